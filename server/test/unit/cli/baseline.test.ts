import { describe, expect, test } from 'vitest';
import type { LocatedFinding } from '../../../src/service/locatedFinding.ts';
import { findingAt, type Ran, reportOf, rule, runHeddle, type Setting } from './runHeddle.ts';

const APP = 'total = 0\ntotal += 1\ntotal += 2\n';
const FILES = { '/work/app.py': APP, '/work/other.py': APP };
const one = findingAt('/work/app.py', APP, 'total += 1', { fingerprint: 'one' });
const two = findingAt('/work/app.py', APP, 'total += 2', { fingerprint: 'two' });

async function run(words: string, findings: readonly LocatedFinding[], rest: Setting = {}): Promise<Ran> {
  const report = findings.length === 0 ? {} : reportOf(...findings);
  return runHeddle(['audit', ...words.split(' ')], { files: FILES, report, ...rest });
}

/** The text of a baseline that knows these findings. */
async function baselineOf(words: string, ...findings: readonly LocatedFinding[]): Promise<string> {
  return (await run(`${words} --write-baseline base.json`, findings)).saved['/work/base.json']!;
}

function withBaseline(text: string): Setting {
  return { files: { ...FILES, '/work/base.json': text } };
}

test('--write-baseline puts everything found into the file, and ends with 0', async () => {
  const ran = await run('. --write-baseline base.json', [one, two]);
  expect(ran).toMatchObject({ code: 0, stdout: '', stderr: 'base.json holds 2 findings now.\n' });
  expect(JSON.parse(ran.saved['/work/base.json']!)).toEqual({
    heddleBaseline: 1,
    paths: ['.'],
    options: {},
    findings: [
      { file: 'app.py', rule: 'nonatomic-update', fingerprint: 'one' },
      { file: 'app.py', rule: 'nonatomic-update', fingerprint: 'two' },
    ],
  });
});

test('known findings are neither shown nor counted; a new one is', async () => {
  const text = await baselineOf('.', one);
  const same = await run('. --baseline base.json', [one], withBaseline(text));
  expect(same.stdout).toBe('No problems found in 1 file (10 lines). 1 finding more is in the baseline.\n');
  expect(same.code).toBe(0);
  const more = await run('. --baseline base.json', [one, two], withBaseline(text));
  expect(more.code).toBe(1);
  expect(more.stdout).toContain('app.py:3:1');
  expect(more.stdout).not.toContain('app.py:2:1');
  expect(more.saved).toEqual({});
});

test('two equal findings are not both hidden by one entry', async () => {
  const text = await baselineOf('.', one);
  const ran = await run('. --baseline base.json --format json', [one, { ...two, fingerprint: 'one' }], {
    ...withBaseline(text),
  });
  expect(JSON.parse(ran.stdout).summary).toMatchObject({ warning: 1, inBaseline: 1 });
});

test('a finding keeps its entry when its file is renamed, not when the file is still there', async () => {
  const text = await baselineOf('.', one);
  const moved = { ...one, place: { ...one.place, file: '/work/renamed.py' } };
  const renamed = { '/work/renamed.py': APP, '/work/base.json': text };
  const ran = await run('. --baseline base.json', [moved], { files: renamed });
  expect(ran.code).toBe(0);
  expect(ran.saved['/work/base.json']).toBe(text.replace('app.py', 'renamed.py'));
  expect((await run('. --baseline base.json', [moved], withBaseline(text))).code).toBe(1);
});

describe('what is found no more', () => {
  test('leaves the baseline', async () => {
    const ran = await run('. --baseline base.json', [one], withBaseline(await baselineOf('.', one, two)));
    expect(ran.saved['/work/base.json']).toBe(await baselineOf('.', one));
    expect(ran.stdout).toContain('1 finding of the baseline is gone and left base.json.');
  });

  test.each([
    ['an audit of less', '--baseline base.json app.py', {}],
    ['an audit with other options', '. --baseline base.json --level warning', {}],
    ['an audit of changed lines', '. --baseline base.json --changed', { changed: new Map() }],
    [
      'an audit that could not read something',
      '. --baseline base.json',
      { report: { files: [], notAnalysed: [{ file: '/work/bad.py', message: 'It is broken.' }] } },
    ],
  ] as const)('stays after %s', async (_, words, setting) => {
    const base = withBaseline(await baselineOf('.', one, two));
    const ran = await run(words, [one], { ...base, ...(setting as Setting) });
    expect(ran.saved).toEqual({});
  });

  test('stays where it rests on installed packages, which may be others here', async () => {
    const rules = [{ ...rule('gil-reenabled-import', 'warning', []), restsOnInstalled: true }];
    const imported = { ...one, rule: 'gil-reenabled-import', fingerprint: 'three' };
    const text = await baselineOf('.', one, imported);
    const ran = await run('. --baseline base.json', [one], { ...withBaseline(text), rules });
    expect(ran.saved).toEqual({});
  });
});

test.each([
  ['--baseline gone.json', 'There is no baseline `gone.json`; `--write-baseline gone.json` makes one.'],
  ['--baseline app.py', '`app.py` cannot be used as a baseline: it is not JSON.'],
  ['--baseline base.json', '`base.json` cannot be used as a baseline: it is not a baseline.'],
  ['--baseline newer.json', '`newer.json` cannot be used as a baseline: it was written by a newer Heddle.'],
  ['--baseline broken.json', '`broken.json` cannot be used as a baseline: an entry in it is broken.'],
  ['--baseline a --write-baseline b', "cannot be used with option '--write-baseline <file>'"],
])('%s is one clear sentence', async (words, sentence) => {
  const files = {
    ...FILES,
    '/work/base.json': '[]',
    '/work/newer.json': '{"heddleBaseline": 2}',
    '/work/broken.json': '{"heddleBaseline": 1, "paths": [], "options": {}, "findings": [{"file": 1}]}',
  };
  const ran = await run(`. ${words}`, [one], { files });
  expect(ran).toMatchObject({ code: 2, stdout: '', saved: {} });
  expect(ran.stderr).toContain(sentence);
});

describe('--changed', () => {
  const changed = new Map([['/work/app.py', [{ first: 1, last: 1 }]]]);
  test('shows what is about changed lines only', async () => {
    const ran = await run('. --changed origin/main', [one, two], { changed });
    expect(ran.stdout).toContain('app.py:2:1');
    expect(ran.stdout).not.toContain('app.py:3:1');
    expect(ran.stdout).toContain(
      'Found 1 warning in what changed since origin/main, of 1 file (10 lines) analysed.',
    );
    expect(ran.code).toBe(1);
  });
  test('does not fail for a file that could not be analysed and has not changed', async () => {
    const missed = (file: string): Setting => ({
      changed,
      report: { notAnalysed: [{ file, message: 'It is broken.' }] },
    });
    expect((await run('. --changed', [], missed('/work/bad.py'))).code).toBe(0);
    expect((await run('. --changed', [], missed('/work/app.py'))).code).toBe(3);
  });
  test('says why changes cannot be told', async () => {
    const ran = await run('. --changed', [one], { changed: '`.` is not in a git repository.' });
    expect(ran).toMatchObject({ code: 2, stderr: 'error: `.` is not in a git repository.\n' });
  });
});
