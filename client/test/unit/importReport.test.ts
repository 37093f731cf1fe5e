/** The report of “Check Imports at Run Time”: every pair of expectation and outcome, and text that is not ours. */
import { describe, expect, test } from 'vitest';
import type { ImportedModule } from '../../../server/src/protocol.ts';
import { agreementOf, type CheckedImport, reportLine, reportPage } from '../../src/importReport.ts';

type Outcome = CheckedImport['outcome'];

const off: Outcome = { kind: 'imported', gil: 'off', offender: undefined };
const on: Outcome = { kind: 'imported', gil: 'on', offender: 'pkg._core' };
const failed: Outcome = { kind: 'failed', reason: 'ImportError: no libfoo.so' };
const slow: Outcome = { kind: 'took-too-long' };

const row = (verdict: ImportedModule['verdict'], outcome: Outcome, module = 'pkg'): CheckedImport => ({
  module: { module, verdict, ...(verdict === 'on' ? { offender: 'pkg._core' } : {}) },
  outcome,
});

describe('what was read from the files, beside what the interpreter did', () => {
  test.each([
    ['off', off, 'agrees'],
    ['off', on, 'differs'],
    ['on', on, 'agrees'],
    ['on', off, 'differs'],
    ['unknown', on, 'not compared'],
    ['off', failed, 'failed'],
    ['unknown', failed, 'failed'],
    ['not-importable', failed, 'agrees'],
    ['not-importable', off, 'differs'],
    ['on', slow, 'took too long'],
  ] as const)('%s and %o: %s', (verdict, outcome, agreement) => {
    expect(agreementOf(row(verdict, outcome))).toBe(agreement);
  });
});

/** Markdown as a reader sees it: the backslashes that keep punctuation literal are not shown. */
const rendered = (page: string): string => page.replace(/\\([!-/:-@[-`{-~])/g, '$1');

test('the page sums up and has one row for each module, with both columns', () => {
  const rows = [row('on', on), row('off', off, 'pure'), row('off', on, 'odd'), row('off', failed, 'broken')];
  const page = rendered(reportPage({ executable: '/x/.venv/bin/python', rows, asked: 4 }));
  expect(page).toContain(
    'Each module was imported by /x/.venv/bin/python in a process of its own: 2 agree, 1 differs, 1 failed.',
  );
  expect(page.split('\n').filter((line) => line.startsWith('| `'))).toEqual([
    '| `pkg` | *agrees* | GIL comes back: pkg._core | GIL comes back: pkg._core |',
    '| `pure` | *agrees* | GIL stays off | GIL stays off |',
    '| `odd` | *differs* | GIL comes back: pkg._core | GIL stays off |',
    '| `broken` | *failed* | import failed: ImportError: no libfoo.so | GIL stays off |',
  ]);
  expect(page).not.toContain('Cancelled');
});

test('the page says when it was cancelled, and after how many imports', () => {
  const page = rendered(reportPage({ executable: '/python', rows: [row('on', slow)], asked: 3 }));
  expect(page).toContain('Cancelled after 1 of 3 imports.');
  expect(page).toContain('| `pkg` | *took too long* | took too long and was ended |');
});

test('what a package says of itself is shown and not rendered', () => {
  const reason = 'Error: a | b\n![x](https://example.org/x.png) <img src=x> `code` $y$';
  const page = reportPage({ executable: '/a`b', rows: [row('off', { kind: 'failed', reason })], asked: 1 });
  const [line] = page.split('\n').filter((its) => its.startsWith('| `pkg`'));
  expect(line).toContain(
    'Error\\: a \\| b \\!\\[x\\]\\(https\\:\\/\\/example\\.org\\/x\\.png\\) \\<img src\\=x\\> \\`code\\` \\$y\\$',
  );
  expect(page).toContain('\\/a\\`b');
});

test('a line of the log says the same', () => {
  expect(reportLine(row('off', on))).toBe(
    'import pkg: GIL comes back: pkg._core; from its files: GIL stays off (differs)',
  );
});
