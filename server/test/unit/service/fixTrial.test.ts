/** A fix is offered when the program after it has the finding no more, and no other one that it had not. */
import { expect, test } from 'vitest';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { isRefused } from '../../../src/edits/refusal.ts';
import type { Finding } from '../../../src/rules/finding.ts';
import { RULES } from '../../../src/rules/registry.ts';
import { triedFix } from '../../../src/service/fixTrial.ts';
import { fileInput, linked } from '../../support/check.ts';
import { pythonParser } from '../../support/parser.ts';
import { COUNTER, GUARDED } from '../../support/python.ts';

const parser = await pythonParser();
const program = linked({ 'counter.py': COUNTER });
const { file, summary } = fileInput('counter.py', COUNTER);
const found = RULES.flatMap((rule) =>
  rule.id === 'nonatomic-update' && rule.asks === undefined ? [...rule.check(program, program)] : [],
)[0]!;

/** What becomes of the first fix when these are the findings before and after it. */
function tried(after: readonly Finding[], before: readonly Finding[] = [found]): string {
  const result = triedFix(
    found,
    found.fixes[0]!,
    {
      program,
      augmented: new Set(),
      findings: new Map([[file, before]]),
      fileOf: () => ({ text: COUNTER, summary }),
      syntaxOf: (_, text) => parser.parse(text),
      findingsWith: () => new Map([[file, after]]),
    },
    parser,
  );
  return isRefused(result) ? result.refused : result.map(({ edits }) => applyEdits(COUNTER, edits)).join();
}

test('a fix after which nothing is found is made', () => {
  expect(tried([])).toBe(GUARDED);
});

test('a fix after which the problem is still there is refused', () => {
  expect(tried([found])).toBe('the problem would still be there');
});

test('a fix that brings another problem is refused, and says which', () => {
  expect(tried([{ ...found, rule: 'self-deadlock' }])).toBe(
    'it would bring a problem of the kind `self-deadlock`',
  );
});

test('a problem that was there before speaks against no fix', () => {
  const other = { ...found, identity: 'another' };
  expect(tried([other], [found, other])).toBe(GUARDED);
});
