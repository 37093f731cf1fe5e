import { describe, expect, it } from 'vitest';
import { lineIndex } from '../../../src/base/span.ts';

describe('lineIndex', () => {
  it('ends a line at \\n, at \\r\\n and at a lone \\r', () => {
    const lines = lineIndex('a\nbc\r\ndef\rg');
    expect(lines.lineCount).toBe(4);
    expect([0, 1, 2, 3].map((line) => lines.lineSpan(line))).toEqual([
      { start: 0, end: 1 },
      { start: 2, end: 4 },
      { start: 6, end: 9 },
      { start: 10, end: 11 },
    ]);
  });

  it('counts an empty last line after a final line break', () => {
    expect(lineIndex('').lineCount).toBe(1);
    expect(lineIndex('a\n').lineCount).toBe(2);
    expect(lineIndex('a\r\n').lineSpan(1)).toEqual({ start: 3, end: 3 });
  });

  it('counts characters in UTF-16 units, two for an emoji', () => {
    const lines = lineIndex('x\n😀 = 1\n');
    expect(lines.position(2)).toEqual({ line: 1, character: 0 });
    expect(lines.position(4)).toEqual({ line: 1, character: 2 });
    expect(lines.offset({ line: 1, character: 2 })).toBe(4);
  });

  it('gives every offset that is not inside a line break back', () => {
    const text = 'α\r\n😀b\r\rc\n\nlast';
    const lines = lineIndex(text);
    for (let offset = 0; offset <= text.length; offset++) {
      if (text[offset] === '\n' && text[offset - 1] === '\r') continue;
      expect(lines.offset(lines.position(offset))).toBe(offset);
    }
  });

  it('takes the nearest place when a position or offset lies outside the text', () => {
    const lines = lineIndex('ab\r\ncd');
    expect(lines.offset({ line: 0, character: 99 })).toBe(2);
    expect(lines.offset({ line: 9, character: 0 })).toBe(6);
    expect(lines.offset({ line: -1, character: 5 })).toBe(0);
    expect(lines.offset({ line: 1, character: -5 })).toBe(4);
    expect(lines.position(99)).toEqual({ line: 1, character: 2 });
    expect(lines.position(-1)).toEqual({ line: 0, character: 0 });
  });
});
