/** What a report of a problem repeats of the log names no folder of the user. */
import { expect, test } from 'vitest';
import { recentLog } from '../../src/recentLog.ts';

const silent = new Proxy({}, { get: () => () => {} }) as Parameters<typeof recentLog>[0];

test('paths of folders and of the home folder have other names', () => {
  const names = new Map([
    ['/work/secret', '<folder 1>'],
    ['/work/secret/inner', '<folder 2>'],
  ]);
  const line = 'Read /work/secret/inner/a.py and /work/secret/b.py beside /home/ada/x.';
  const { anonymous } = recentLog(silent, '/home/ada');
  expect(anonymous(line, names)).toBe('Read <folder 2>/a.py and <folder 1>/b.py beside ~/x.');
});

test('the last lines are kept, with their level', () => {
  const { channel, lines } = recentLog(silent, '/home/ada');
  for (let line = 0; line < 300; line += 1) channel.info(`line ${line}`);
  channel.error(new Error('no server'));
  const seen = lines(new Map());
  expect(seen).toHaveLength(200);
  expect(seen[0]).toMatch(/ \[info\] line 101$/);
  expect(seen.at(-1)).toMatch(/ \[error\] Error: no server/);
});
