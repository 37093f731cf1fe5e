/** What stays of a text beside its facts: every place is in the same line and column, and comments for Heddle are whole. */
import { expect, it } from 'vitest';
import { lineIndex } from '../../../src/base/span.ts';
import { NotASummary } from '../../../src/facts/byteStreams.ts';
import { extractFacts } from '../../../src/facts/extract.ts';
import { factSpan } from '../../../src/facts/summary.ts';
import { cellLines, notebookProgram } from '../../../src/service/notebook.ts';
import { decodeOutline, encodeOutline } from '../../../src/service/outline.ts';
import { pythonTexts } from '../../property/texts.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();

it('has the lines, the comments and nothing else of the text', () => {
  const text =
    'secret = 1\r\n\tb = 2  # heddle: ignore[x] why\n# 🐍 plain\n\n  # heddle: ignore-file\n\u3000é';
  expect(outlined(text)).toBe(
    'xxxxxx x x'.replaceAll(' ', 'x') +
      '\r\n xxxxxxx# heddle: ignore[x] why\n#xxxxxxxxx\n\n  # heddle: ignore-file\n x',
  );
});

it('keeps every place of every text', () => {
  for (const [name, text] of pythonTexts()) {
    const lines = lineIndex(text);
    const after = lineIndex(outlined(text));
    const summary = extractFacts(parser.parse(text));
    expect(after.lineCount, name).toBe(lines.lineCount);
    for (let fact = 0; fact < summary.spans.length / 2; fact++) {
      const { start, end } = factSpan(summary, fact);
      expect([after.position(start), after.position(end)]).toEqual([
        lines.position(start),
        lines.position(end),
      ]);
    }
  }
});

it('keeps where the cells of a notebook begin', () => {
  const program = notebookProgram([
    { number: 1, text: 'x = 1' },
    { number: 4, text: 'y = 2\nz = 3' },
  ]);
  expect(cellLines(outlined(program))).toEqual(cellLines(program));
});

it('of damaged bytes is none', () => {
  const text = 'a = 1\n# heddle: ignore-file\n';
  const bytes = encodeOutline(text, extractFacts(parser.parse(text)));
  for (let at = 0; at < bytes.length; at++)
    for (const value of [0, 1, 127, 128, 255]) {
      const damaged = bytes.slice();
      damaged[at] = value;
      try {
        expect(decodeOutline(damaged).length).toBeLessThan(1 << 27);
      } catch (error) {
        expect(error).toBeInstanceOf(NotASummary);
      }
    }
});

function outlined(text: string): string {
  return decodeOutline(encodeOutline(text, extractFacts(parser.parse(text))));
}
