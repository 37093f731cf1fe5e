import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import type { ProofAnswer, ProofRun } from '../../../src/service/proof.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';
import { type Ran, runHeddle, type Setting } from './runHeddle.ts';

const APP = `import threading

class Queue:
    def __init__(self, name: str):
        self.name = name
        self.boats = []

    def add(self, boat):
        self.boats.append(boat)

    def next(self):
        if self.boats:
            return self.boats.pop(0)

def main():
    queue = Queue("north")
    for _ in range(4):
        threading.Thread(target=queue.next).start()
        threading.Thread(target=queue.add, args=(1,)).start()
`;
const FILES = { '/work/app.py': APP, '/work/pyproject.toml': '' };
const TEST = '/work/test_race_queue_next.py';
const BREAKS: ProofAnswer = {
  verdict: 'breaks',
  says: 'IndexError: pop from empty list',
  schedule: 7,
  how: 'with one switch',
  switches: 1,
  gil: false,
  driver: 0,
  rows: [
    { thread: 'thread 1', file: '/work/app.py', line: 12, function: 'Queue.next' },
    { thread: 'thread 2', file: '/work/app.py', line: 13, function: 'Queue.next' },
  ],
};

async function proving(words: readonly string[], setting: Setting = {}, answer = BREAKS) {
  const files = { ...FILES, ...setting.files };
  const runs: ProofRun[] = [];
  const analyzer = createAnalyzer({
    host: memoryHost(files),
    parser: await pythonParser(),
    logger: silentLogger,
  });
  const prove = async (run: ProofRun) => {
    runs.push(run);
    return answer;
  };
  const ran: Ran = await runHeddle(['prove', 'app.py:13', ...words], { ...setting, files, analyzer, prove });
  return { ...ran, runs };
}

describe('`heddle prove`', () => {
  test('runs nothing where nobody can be asked', async () => {
    const ran = await proving([]);
    expect(ran).toMatchObject({ code: 2, runs: [], saved: {} });
    expect(ran.stderr).toContain('say `--yes`');
  });

  test('runs nothing when the user says no', async () => {
    expect(await proving([], { confirmed: false })).toMatchObject({
      code: 0,
      runs: [],
      saved: {},
      stderr: 'Nothing was run.\n',
    });
  });

  test('makes the object and the calls as the program does, and fills what the finding is about', async () => {
    const { runs, code } = await proving(['--yes', '--python', '/py']);
    expect(code).toBe(1);
    expect(runs[0]).toMatchObject({ python: '/py', project: '/work', roots: ['/work'] });
    const [first] = runs[0]!.drivers;
    expect(first!.text).toContain('import app\n    return app.Queue("a")\n');
    expect(first!.text).toContain('subject.boats.append(');
    expect(first!.text).toContain('lambda: subject.next(),\n        lambda: subject.next(),\n');
    expect(first!.witness.map(({ thread, line }) => [thread, line])).toEqual([
      [0, 12],
      [1, 12],
      [1, 13],
      [0, 13],
    ]);
  });

  test('says what broke, how it was found, and shows the interleaving', async () => {
    const { stdout, saved } = await proving(['--yes']);
    expect(stdout).toContain(
      'It breaks: IndexError: pop from empty list (interleaving 7, with one switch, 1 switch). Seen only without the GIL.',
    );
    expect(stdout).toMatch(/thread 1: Queue.next +│ thread 2: Queue.next/);
    expect(stdout).toContain('12  if self.boats:');
    expect(Object.keys(saved)).toEqual([TEST]);
    expect(saved[TEST]).toContain('def test_queue_next():');
  });

  test('shows the values of a line in the table of the terminal and of the test', async () => {
    const [row, other] = BREAKS.rows!;
    const values = { 'self.boats': ['1 items', '0 items'], count: ['3', '3'] } as const;
    const { stdout, saved } = await proving(
      ['--yes'],
      {},
      { ...BREAKS, rows: [{ ...row!, values }, other!] },
    );
    expect(stdout).toContain('self.boats: 1 items → 0 items, count: 3');
    expect(saved[TEST]).toContain('self.boats: 1 items → 0 items, count: 3');
  });

  test('asks for values of arguments that nothing tells, and writes those that led to the finding', async () => {
    const { runs, saved } = await proving(
      ['--yes'],
      {
        files: {
          '/work/app.py': APP.replace('(target=queue.add, args=(1,))', '(target=lambda: queue.add(given))'),
        },
      },
      { ...BREAKS, driver: 3, values: Array(9).fill('{"a": 1}') },
    );
    const driver = runs[0]!.drivers.find(({ template }) => template?.includes('subject.add('))!;
    const hole = Number(/subject\.add\(\u27e8(\d+)\u27e9\)/.exec(driver.template!)![1]);
    expect(driver.choices![hole]).toEqual(expect.arrayContaining(['"a"', '1', 'MagicMock()']));
    expect(driver.text).not.toMatch(/\u27e8/);
    expect(saved[TEST]).not.toMatch(/\u27e8/);
    expect(saved[TEST]).toContain('{"a": 1}');
  });

  test('an argument may be a key of what the finding is about, and the two calls may have other arguments', async () => {
    const code = APP.replaceAll('self.boats = []', 'self.boats = {}')
      .replace('def next(self):', 'def next(self, number):')
      .replace('if self.boats:', 'if number in self.boats:')
      .replace('.pop(0)', '.pop(number)');
    const { runs } = await proving(['--yes'], { files: { '/work/app.py': code } });
    const texts = runs[0]!.drivers.map(({ template }) => template ?? '');
    expect(texts[0]).toContain('    key = next(iter(subject.boats), "a")\n    return [');
    expect(runs[0]!.drivers[0]!.choices!.flat()).toContain('key');
    const calls = texts.map((text) =>
      [...text.matchAll(/lambda: subject\.next\((.*)\)/g)].map(([, one]) => one),
    );
    expect(calls).toContainEqual([calls[0]![0], calls[0]![0]]);
    expect(calls.some(([a, b]) => b !== undefined && a !== b)).toBe(true);
  });

  test('a result that no serial order gives is a question, with the line that makes it an answer', async () => {
    const answer: ProofAnswer = {
      verdict: 'question',
      says: '`boats` holds 1, in every serial order 2',
      line: 'assert len(subject.boats) == 2',
      driver: 0,
    };
    const { stdout, saved, code } = await proving(['--yes'], {}, answer);
    expect(code).toBe(1);
    expect(stdout).toContain('Is this right? `boats` holds 1, in every serial order 2.');
    expect(saved[TEST]).toContain('    # Heddle asks: `boats` holds 1');
    expect(saved[TEST]).toContain('    assert len(subject.boats) == 2\n');
  });

  test('what was searched without a failure is said, and that it proves nothing', async () => {
    const answer: ProofAnswer = {
      verdict: 'holds',
      says: 'no failure in all 89 interleavings with one switch',
    };
    const { stdout, code } = await proving(['--yes'], {}, answer);
    expect(code).toBe(0);
    expect(stdout).toContain('Not shown: no failure in all 89 interleavings');
    expect(stdout).toContain('no proof');
    expect(stdout).not.toMatch(/\bproven\b|\bsafe\b/i);
  });

  test('what cannot be run is inconclusive, and the test marks the line to be filled in', async () => {
    const answer: ProofAnswer = { verdict: 'inconclusive', says: 'a call does not return' };
    const { stdout, saved, code } = await proving(['--yes'], {}, answer);
    expect(code).toBe(3);
    expect(stdout).toContain('Inconclusive: a call does not return.');
    expect(saved[TEST]!.match(/# HEDDLE: /g)).toHaveLength(1);
  });

  test('runs a test that it has written before as the user has left it', async () => {
    const text = '"""Written by `heddle prove`."""\ndef make(): ...\n';
    const { runs, saved } = await proving(['--yes'], { files: { [TEST]: text } });
    expect(runs[0]!.drivers.map((driver) => driver.text)).toEqual([text]);
    expect(saved).toEqual({});
  });

  test('makes a test anew whose mark nobody has answered', async () => {
    const text = '"""Written by `heddle prove`."""\ndef make():\n    return None  # HEDDLE: write here\n';
    const { runs, saved } = await proving(['--yes'], { files: { [TEST]: text } });
    expect(runs[0]!.drivers.map((driver) => driver.text)).not.toContain(text);
    expect(saved[TEST]).toContain('app.Queue("a")');
  });

  test('leaves a file alone that it has not written', async () => {
    const ran = await proving(['--yes'], { files: { [TEST]: 'import pytest\n' } });
    expect(ran).toMatchObject({ code: 2, runs: [], saved: {} });
    expect(ran.stderr).toContain('is not of Heddle');
  });
});
