import { describe, expect, it } from 'vitest';
import { oneEdit } from '../../../src/cst/oneEdit.ts';

/** The two stretches that the edit exchanges. */
function exchanged(before: string, after: string) {
  const edit = oneEdit(before, after)!;
  return [before.slice(edit.start, edit.oldEnd), after.slice(edit.start, edit.newEnd)];
}

describe('oneEdit', () => {
  it('is undefined for equal texts', () => {
    expect(oneEdit('same', 'same')).toBeUndefined();
  });

  it('finds an insertion, a deletion and a replacement', () => {
    expect(exchanged('ac', 'abc')).toEqual(['', 'b']);
    expect(exchanged('abc', 'ac')).toEqual(['b', '']);
    expect(exchanged('x = 1\n', 'x = 25\n')).toEqual(['1', '25']);
    expect(exchanged('', 'all')).toEqual(['', 'all']);
    expect(exchanged('all', '')).toEqual(['all', '']);
  });

  it('does not count the same characters as prefix and as suffix', () => {
    expect(exchanged('aa', 'aaa')).toEqual(['', 'a']);
    expect(exchanged('abab', 'ab')).toEqual(['ab', '']);
  });

  it('never splits a surrogate pair', () => {
    // The two emoji share their first unit, the second pair its last.
    expect(exchanged('a😀b', 'a😁b')).toEqual(['😀', '😁']);
    expect(exchanged('a\u{1F600}b', 'a\u{1FA00}b')).toEqual(['\u{1F600}', '\u{1FA00}']);
  });

  it('gives rows and UTF-16 columns, a lone \\r ending no row', () => {
    const edit = oneEdit('a\r\nb\rc\n😀 = 1\n', 'a\r\nb\rc\n😀 = 2\n3\n')!;
    expect(edit.startPoint).toEqual({ row: 2, column: 5 });
    expect(edit.oldEndPoint).toEqual({ row: 2, column: 6 });
    expect(edit.newEndPoint).toEqual({ row: 3, column: 1 });
  });
});
