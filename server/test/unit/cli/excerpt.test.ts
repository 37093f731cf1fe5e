import { describe, expect, test } from 'vitest';
import { lineIndex } from '../../../src/base/span.ts';
import { plain } from '../../../src/surfaces/cli/colors.ts';
import { excerpt } from '../../../src/surfaces/cli/excerpt.ts';
import { placeOf } from './runHeddle.ts';

/** The excerpt for the text between ‹ and ›. */
function shown(text: string, options: { readonly width?: number; readonly before?: number } = {}): string {
  const marked = /‹([\s\S]*)›/.exec(text)![1]!;
  const source = text.replace(/[‹›]/g, '');
  const at = text.indexOf('‹');
  const index = lineIndex(source);
  const place = { start: index.position(at), end: index.position(at + marked.length) };
  return excerpt(source, index, place, {
    width: options.width ?? 80,
    gutter: String(place.start.line + 1).length,
    mark: '^',
    style: 'red',
    firstLine: 0,
    before: options.before ?? 0,
    paint: plain,
  }).join('\n');
}

describe('the marks stand under the place', () => {
  test('with the line before it', () => {
    expect(shown('def f():\n    ‹total += 1›  # c\n', { before: 1 })).toBe(
      ['  |', '1 | def f():', '2 |     total += 1  # c', '  |     ^^^^^^^^^^'].join('\n'),
    );
  });

  test('in a line with tabs', () => {
    expect(shown('\t\t‹x += 1›\n')).toBe(['  |', '1 |         x += 1', '  |         ^^^^^^'].join('\n'));
  });

  test('after characters two columns wide', () => {
    expect(shown('s = "日本🎉"; ‹n += 1›\n')).toBe(
      ['  |', '1 | s = "日本🎉"; n += 1', '  |               ^^^^^^'].join('\n'),
    );
    expect(shown('‹名前 += 1›\n')).toBe(['  |', '1 | 名前 += 1', '  | ^^^^^^^^^'].join('\n'));
  });

  test('after combining characters', () => {
    expect(shown('e\u0301 = 1; ‹n›\n')).toBe(['  |', '1 | e\u0301 = 1; n', '  |        ^'].join('\n'));
  });

  test('in files with CRLF', () => {
    expect(shown('a = 1\r\n‹b += 1›\r\n', { before: 1 })).toBe(
      ['  |', '1 | a = 1', '2 | b += 1', '  | ^^^^^^'].join('\n'),
    );
  });

  test('when the place is empty, at the end of the line', () => {
    expect(shown('x‹›\n')).toBe(['  |', '1 | x', '  |  ^'].join('\n'));
  });

  test('to the end of the first line when it goes on below', () => {
    expect(shown('‹with a:\n    pass›\n')).toBe(['  |', '1 | with a:', '  | ^^^^^^^…'].join('\n'));
  });
});

describe('very long lines', () => {
  test('are cut on the right', () => {
    expect(shown(`‹n += 1›; ${'x'.repeat(100)}`, { width: 40 })).toBe(
      ['  |', `1 | n += 1; ${'x'.repeat(27)}…`, '  | ^^^^^^'].join('\n'),
    );
  });

  test('are cut on both sides, the place stays in sight', () => {
    const out = shown(`${'x = 1; '.repeat(20_000)}‹n += 1›${'; y = 2'.repeat(20_000)}`, { width: 60 });
    const [, line, marks] = out.split('\n');
    expect(line!.length).toBeLessThanOrEqual(60);
    expect(line).toMatch(/^1 \| ….*n \+= 1.*…$/);
    expect(line!.slice(marks!.indexOf('^'), marks!.lastIndexOf('^') + 1)).toBe('n += 1');
  });

  test('a place longer than the line is marked as far as it is shown', () => {
    const [, line, marks] = shown(`‹${'a'.repeat(5000)}›`, { width: 40 }).split('\n');
    expect(marks!.length).toBeLessThanOrEqual(line!.length);
  });
});

test('escape sequences and direction marks in the source do not reach the terminal', () => {
  expect(shown('s = "\u001b[31m\u202e"; ‹n›\n')).toBe(
    ['  |', '1 | s = "�[31m�"; n', '  |               ^'].join('\n'),
  );
});

test('a place helper finds what it is asked for', () => {
  expect(placeOf('/a.py', 'x\nyz', 'z').start).toEqual({ line: 1, character: 1 });
});
