/** The one line that says what is found. */
import { expect, test } from 'vitest';
import { auditSummary } from '../../src/auditSummary.ts';

const none = { error: 0, warning: 0, note: 0, hint: 0 };
const whole = { analysed: 41, notAnalysed: [], cancelled: false };

test('it counts findings by severity, and the files they are in among those analysed', () => {
  expect(auditSummary({ ...none, error: 1, note: 1200 }, 4, whole)).toBe(
    '1 error, 1,200 notes in 4 of 41 files',
  );
  expect(auditSummary(none, 0, whole)).toBe('no findings in 41 files');
});

test('it says what is missing', () => {
  const cut = { analysed: 1, notAnalysed: [{}], cancelled: true };
  expect(auditSummary(none, 0, cut)).toBe('no findings in 1 file (1 not analysed); the audit was cancelled');
  const parts = [{}, { partly: true }, { partly: true }] as const;
  expect(auditSummary(none, 0, { analysed: 9, notAnalysed: parts, cancelled: false })).toBe(
    'no findings in 9 files (1 not analysed, 2 only in part)',
  );
});

test('open files that the audit was not of are no part of those analysed', () => {
  const changedOnly = { analysed: 1, notAnalysed: [], cancelled: false };
  expect(auditSummary({ ...none, error: 2 }, 2, changedOnly)).toBe('2 errors in 2 files');
});
