/** Python texts with the places of interest between « and », and one way to apply and check an edit in every test. */
import { expect } from 'vitest';
import type { Span } from '../../../src/base/span.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import type { Syntax } from '../../../src/cst/syntax.ts';
import { isRefused, type Outcome } from '../../../src/edits/refusal.ts';
import { tried } from '../../../src/service/fixes.ts';
import { pythonParser } from '../../support/parser.ts';

export interface Marked {
  readonly syntax: Syntax;
  readonly spans: readonly Span[];
}

/** Takes the marks out; nested marks give spans in the order of their «. */
export async function marked(text: string): Promise<Marked> {
  const parser = await pythonParser();
  const open: number[] = [];
  const spans: { start: number; end: number }[] = [];
  let plain = '';
  for (const unit of text) {
    if (unit === '«') {
      open.push(spans.length);
      spans.push({ start: plain.length, end: -1 });
    } else if (unit === '»') spans[open.pop()!]!.end = plain.length;
    else plain += unit;
  }
  return { syntax: parser.parse(plain), spans };
}

/** The text after the edits, tried as the analyzer would; `refused: …` when there are none. */
export async function result(syntax: Syntax, outcome: Outcome): Promise<string> {
  if (isRefused(outcome)) return `refused: ${outcome.refused}`;
  const checked = tried(syntax, outcome, await pythonParser());
  if (isRefused(checked)) return `refused: ${checked.refused} (${applyEdits(syntax.text, outcome)})`;
  return applyEdits(syntax.text, checked);
}

/** One before/after pair per case; `edit` makes the edits from the marked text. */
export interface Case {
  readonly name: string;
  readonly before: string;
  readonly after: string;
}

export async function expectCase({ before, after }: Case, edit: (marked: Marked) => Outcome): Promise<void> {
  const given = await marked(before);
  expect(await result(given.syntax, edit(given))).toBe(after);
}
