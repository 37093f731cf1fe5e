/** Terminals of any size: the progress line fits or is left out, and the audit ends. */
import { expect, test } from 'vitest';
import { runHeddle } from '../unit/cli/runHeddle.ts';

test.each([0, 1, 2, 5, 80, 65_535])('an audit on a terminal of %i columns ends', async (columns) => {
  const ran = await runHeddle(['audit', '.'], { terminal: true, columns, environment: { NO_COLOR: '1' } });
  expect(ran.code).toBe(0);
  const [line = ''] = ran.stderr.split('\r\u001b[2K').slice(1);
  expect(line.length).toBeLessThanOrEqual(Math.max(0, columns - 1));
});
