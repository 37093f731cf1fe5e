/** While somebody types, a file is nearly always broken: every beginning of a program has facts, and links. */
import { describe, expect, it } from 'vitest';
import { extractFacts } from '../../src/facts/extract.ts';
import { linked } from '../support/check.ts';
import { pythonParser } from '../support/parser.ts';
import { pythonTexts } from './texts.ts';

const parser = await pythonParser();

const PREFIXES = 60;

describe('half-typed programs', () => {
  for (const [name, text] of pythonTexts()) {
    it(`every beginning of ${name} has facts whose places lie in the text`, () => {
      const step = Math.max(1, Math.ceil(text.length / PREFIXES));
      for (let length = 0; length <= text.length; length += step) {
        const prefix = text.slice(0, length);
        expect(placesOutside(Array.from(extractFacts(parser.parse(prefix)).spans), prefix.length)).toEqual(
          [],
        );
      }
    });
  }

  it('link, whatever is missing', () => {
    for (const text of pythonTexts().values())
      for (let part = 1; part < 8; part++) {
        const prefix = text.slice(0, Math.floor((text.length * part) / 8));
        expect(linked({ 'program.py': prefix }).modules).toHaveLength(1);
      }
  });
});

/** Numbers of the facts whose span is not one of a text of that length. */
function placesOutside(spans: readonly number[], length: number): readonly number[] {
  const outside: number[] = [];
  for (let fact = 0; fact < spans.length / 2; fact++) {
    const start = spans[2 * fact]!;
    const end = spans[2 * fact + 1]!;
    if (start < 0 || end < start || end > length) outside.push(fact);
  }
  return outside;
}
