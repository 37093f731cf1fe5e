import { describe, expect, test } from 'vitest';
import { findingAt, placeOf, reportOf, runHeddle } from './runHeddle.ts';

const APP = 'import threading\ntotal = 0\n\ndef add():\n    global total\n    total += 1\n';
const FILES = { '/work/app.py': APP, '/work/reset.py': 'import app\napp.total = 0\n' };
const report = reportOf(
  findingAt('/work/app.py', APP, 'total += 1', {
    witness: {
      threads: ['add', 'reset'],
      steps: [
        {
          thread: 0,
          place: placeOf('/work/app.py', APP, 'total += 1'),
          text: 'total += 1',
          does: 'reads `total`',
        },
        {
          thread: 1,
          place: placeOf('/work/reset.py', FILES['/work/reset.py'], 'app.total = 0'),
          text: 'app.total = \u001b[2J0',
          does: 'writes `total`',
        },
        {
          thread: 0,
          place: placeOf('/work/app.py', APP, 'total += 1'),
          text: 'total += 1',
          does: 'stores it',
        },
      ],
      outcome: 'The reset is lost.',
    },
  }),
);
const TABLE = [
  'thread 1: add            │ thread 2: reset',
  '─────────────────────────┼─────────────────────────',
  '6  total += 1            │',
  '  reads `total`          │',
  '                         │ reset.py:2  app.total =…',
  '                         │   writes `total`',
  '6  total += 1            │',
  '  stores it              │',
  '⇒ The reset is lost.',
].map((line) => `    ${line}`);

describe('how a finding goes wrong', () => {
  test('is a table with a column for each thread, steps in other files with their names', async () => {
    const ran = await runHeddle(['explain', 'app.py:6'], {
      files: FILES,
      report,
      terminal: true,
      columns: 56,
      environment: { NO_COLOR: '1' },
    });
    expect(ran).toMatchObject({ code: 0, stderr: '' });
    expect(ran.stdout).toContain(TABLE.join('\n'));
    expect(ran.stdout).not.toContain('\u001b');
  });

  test('stands in the report of an audit that asks for it, and in no other', async () => {
    const words = ['audit', '.', '--explain'];
    expect((await runHeddle(words, { files: FILES, report })).stdout).toContain('How it goes wrong:');
    expect((await runHeddle(['audit', '.'], { files: FILES, report })).stdout).not.toContain('wrong');
  });
});

test.each([
  ['app.py:2', 'There is no finding on line 2 of `app.py`; there is on line 6.'],
  ['gone.py:2', 'There is no file `gone.py`.'],
  ['app.py', '`app.py` names no file and line; write it like `src/app.py:12`.'],
])('`heddle explain %s` is told what is wrong', async (place, message) => {
  const ran = await runHeddle(['explain', place], { files: FILES, report });
  expect(ran).toMatchObject({ code: 2, stdout: '', stderr: `error: ${message}\n` });
});
