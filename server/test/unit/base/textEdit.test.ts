import { describe, expect, it } from 'vitest';
import { applyEdits, insertion, replacement } from '../../../src/base/textEdit.ts';

describe('applyEdits', () => {
  it('applies edits by place, whatever their order in the list', () => {
    expect(applyEdits('abcdef', [replacement(4, 5, 'E'), insertion(0, '>'), replacement(1, 3, '')])).toBe(
      '>adEf',
    );
  });

  it('keeps the order of insertions at one place', () => {
    expect(applyEdits('ac', [insertion(1, 'b'), insertion(1, 'B')])).toBe('abBc');
  });

  it('refuses edits that overlap or leave the text', () => {
    expect(() => applyEdits('abc', [replacement(0, 2, ''), replacement(1, 3, '')])).toThrow('overlap');
    expect(() => applyEdits('abc', [replacement(2, 9, '')])).toThrow();
  });
});
