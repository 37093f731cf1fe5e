/** What a race rests on, as its finding says it: the other access, and the start of the thread with what it runs. */
import { expect, test } from 'vitest';
import { findingsOf } from '../../support/fixtures.ts';
import { COUNTER } from '../../support/python.ts';

test('a race names where its threads start and what they run', async () => {
  const findings = (await findingsOf({ 'counter.py': COUNTER })).get('counter.py') ?? [];
  expect(findings.map(({ rule, related }) => [rule, related.map(({ message }) => message)])).toEqual([
    [
      'nonatomic-update',
      [
        '`visit` updates `visits` here in the other threads as well.',
        'Several threads start here and run `visit`.',
      ],
    ],
  ]);
});
