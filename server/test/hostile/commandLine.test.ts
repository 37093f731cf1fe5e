/** The built command line in surroundings that do harm: full disks, closed folders, odd names, pipes, tiny terminals. */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { COUNTER } from '../support/python.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'server', 'bin', 'heddle.cjs');

let folder: string;
beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-hostile-'));
  writeFileSync(join(folder, 'counter.py'), COUNTER);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function heddle(...words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: 'utf8' });
}

describe('output that cannot be written is an error of its own:', () => {
  test.runIf(process.platform === 'linux')('a full device', () => {
    const command = `'${process.execPath}' '${program}' audit . > /dev/full`;
    const ran = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
    expect(ran.stderr).toBe('error: The report could not be written: the disk is full.\n');
    expect(ran.status).toBe(4);
  });

  test.each([
    ['a folder that does not exist', 'no/report.txt', 'its folder does not exist'],
    ['a name that is too long', 'x'.repeat(300), 'its name is too long'],
    ['a folder', '.', 'it is a folder'],
  ])('%s', (_, name, reason) => {
    const ran = heddle('audit', '.', '-o', name);
    expect(ran.stderr).toContain(`cannot be written to \`${name}\`: ${reason}.`);
    expect(ran.status).toBe(4);
  });
});

describe('a report in a file', () => {
  test('may have a name of 250 characters', () => {
    const name = 'x'.repeat(250);
    expect(heddle('audit', '.', '--fail-on', 'note', '-o', name).status).toBe(1);
    expect(readFileSync(join(folder, name), 'utf8')).toContain('nonatomic-update');
  });

  test('goes where a link leads that leads to nothing yet', () => {
    symlinkSync('later.txt', join(folder, 'report.txt'));
    expect(heddle('audit', '.', '--fail-on', 'note', '-o', 'report.txt').status).toBe(1);
    expect(readlinkSync(join(folder, 'report.txt'))).toBe('later.txt');
    expect(readFileSync(join(folder, 'later.txt'), 'utf8')).toContain('nonatomic-update');
  });

  test.runIf(process.platform !== 'win32')(
    'that is a pipe nobody reads can be given up with Ctrl-C',
    async () => {
      execFileSync('mkfifo', [join(folder, 'pipe')]);
      const child = spawn(process.execPath, [program, 'audit', '.', '-o', 'pipe'], { cwd: folder });
      const report = once(child, 'exit');
      // It says nothing before it waits for a reader, so it is asked to end until it does.
      const asking = setInterval(() => child.kill('SIGINT'), 100);
      expect(await report).toEqual([null, 'SIGINT']);
      clearInterval(asking);
    },
  );

  test('is whole or as it was, whenever a signal comes, and nothing is left beside it', async () => {
    const report = join(folder, 'report.json');
    for (let delay = 0; delay < 8; delay++) {
      writeFileSync(report, 'old');
      const child = spawn(
        process.execPath,
        [program, 'audit', '.', '--no-cache', '--format', 'json', '-o', report],
        {
          cwd: folder,
        },
      );
      child.stderr.once('data', () => child.kill('SIGTERM'));
      if (delay % 2 === 1) setTimeout(() => child.kill('SIGTERM'), 150 * delay);
      await once(child, 'exit');
      const text = readFileSync(report, 'utf8');
      if (text !== 'old') expect(JSON.parse(text)).toHaveProperty('findings');
      expect(readdirSync(folder).sort()).toEqual(['counter.py', 'report.json']);
    }
  });
});

describe('usage that makes no sense is refused in one line:', () => {
  test.each([
    ['no rule', ['audit', '.', '--rules', ''], '`--rules` names no rule'],
    ['an empty path', ['audit', ''], 'There is no file or folder ``'],
    ['an empty path', ['gil', ''], 'There is no file or folder ``'],
    ['a device as interpreter', ['audit', '.', '--python', '/dev/null'], 'There is no Python interpreter'],
    ['a name that paints', ['audit', '\u001b[31mred'], 'There is no file or folder `\uFFFD[31mred`'],
    ['an option that paints', ['audit', '.', '--\u001b[31mred'], '\uFFFD[31mred'],
  ])('%s', (_, words, message) => {
    const ran = heddle(...words);
    expect(ran.stderr).toContain(message);
    expect(ran.stderr).not.toContain('\u001b');
    expect(ran.status).toBe(2);
  });
});

test.runIf(process.platform === 'linux')('a current folder that is gone is said in one line', () => {
  mkdirSync(join(folder, 'gone'));
  const command = `cd gone && rmdir ../gone && '${process.execPath}' '${program}' audit .`;
  const ran = spawnSync('sh', ['-c', command], { cwd: folder, encoding: 'utf8' });
  expect(ran.stderr).toBe('error: The current folder does not exist any more; change to another one.\n');
  expect(ran.status).toBe(2);
});

test.runIf(process.platform === 'linux')('an audit on a terminal without a size ends', () => {
  const command = `'${process.execPath}' '${program}' audit . --fail-on note`;
  const ran = spawnSync('script', ['-qec', command, '/dev/null'], {
    cwd: folder,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
    timeout: 60_000,
  });
  expect(ran.stdout).toContain('nonatomic-update');
  expect(ran.status).toBe(1);
});

test.runIf(process.platform === 'linux')(
  'a folder whose name is not UTF-8 is named, and the exit code says it',
  () => {
    const odd = Buffer.concat([Buffer.from(join(folder, 'dir')), Buffer.of(0xff)]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/a.py')]), COUNTER);
    const ran = heddle('audit', '.');
    expect(ran.stderr).toMatch(/^not analysed: dir\uFFFD: This folder's name is not valid UTF-8/);
    expect(ran.status).toBe(3);
  },
);
