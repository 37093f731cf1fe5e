/** The command line as its own process, built as it ships, on real files. */
import { execFileSync, type SpawnSyncReturns, spawn, spawnSync } from 'node:child_process';
import {
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';

import { startClient } from '../support/stdioClient.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'server', 'bin', 'heddle.cjs');

const RACE = `import threading

total = 0


def add():
    global total
    total += 1


for _ in range(4):
    threading.Thread(target=add).start()
`;

let folder: string;
beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
  folder = mkdtempSync(join(tmpdir(), 'heddle-cli-'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(name: string, content: string | Uint8Array): string {
  const path = join(folder, name);
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, content);
  return path;
}

function heddle(...words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, ...words], { cwd: folder, encoding: 'utf8' });
}

test('a race is found, shown with its place, and makes the exit code 1', () => {
  write('race/app.py', RACE);
  const ran = heddle('audit', 'race', '--target', 'free-threaded');
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toMatch(/^(?:error|warning)\[nonatomic-update\]: /);
  expect(ran.stdout).toContain('--> race/app.py:8:5\n');
  expect(ran.stdout).toContain(' 8 |     total += 1\n   |     ^^^^^^^^^^\n');
  expect(ran.stdout).toMatch(/\nFound 1 (?:error|warning) in 1 file \(12 lines\)\./);
  expect(ran.status).toBe(1);
});

test('settings of the project apply, and a wrong one is told at its line', () => {
  write('settings/app.py', RACE);
  write('settings/pyproject.toml', '[tool.heddle]\ntarget = "free-threaded"\nprofil = "library"\n');
  const ran = heddle('audit', 'settings');
  expect(ran.stdout).toMatch(/^(?:error|warning)\[nonatomic-update\]: /);
  expect(ran.stderr).toBe(
    'configuration: settings/pyproject.toml:3:1: `[tool.heddle]` has no key `profil`; did you mean `profile`?\n',
  );
  expect(ran.status).toBe(2);
});

test('--output replaces the file whole', () => {
  write('output/app.py', RACE);
  const file = write('report.sarif', 'old');
  const ran = heddle('audit', 'output', '--format', 'sarif', '-o', 'report.sarif', '--fail-on', 'never');
  expect(ran.status).toBe(0);
  expect(JSON.parse(readFileSync(file, 'utf8')).runs[0].results).toHaveLength(1);
});

describe('bad input', () => {
  const messages: Readonly<Record<string, string>> = {
    'utf16.py': 'This file is UTF-16, which Python cannot read; save it as UTF-8.',
    'latin1.py':
      'This file is not valid UTF-8 (byte 0xE9 at offset 5, in line 1); save it as UTF-8, or name its encoding in the first line (`# -*- coding: latin-1 -*-`).',
    'binary.py':
      'This file has a NUL byte in line 1, so it is not Python source text; exclude it, or save it as UTF-8.',
    'large.py': 'This file has 50 MB, and Heddle reads files of up to 5 MB; split it, or exclude it.',
  };

  test('is named in one sentence each, and the race beside it is found all the same', () => {
    write('bad/app.py', RACE);
    write('bad/empty.py', '');
    write('bad/utf16.py', new Uint8Array([0xff, 0xfe, 0x78, 0x00]));
    write('bad/latin1.py', new Uint8Array([...'s = "'].map((c) => c.charCodeAt(0)).concat(0xe9, 0x22, 0x0a)));
    write('bad/declared.py', Buffer.from('# coding: latin-1\ns = "\xe9"\n', 'latin1'));
    write('bad/binary.py', new Uint8Array([0x7f, 0x45, 0x4c, 0x46, 0, 1, 2, 3]));
    truncateSync(write('bad/large.py', ''), 50 * 1024 * 1024);
    symlinkSync('.', join(folder, 'bad', 'loop'));
    const ran = heddle('audit', 'bad', '--format', 'json', '--target', 'free-threaded');
    expect(ran.status).toBe(3);
    const report = JSON.parse(ran.stdout);
    const told = report.notAnalysed.map((one: { file: string; message: string }) => [one.file, one.message]);
    expect(Object.fromEntries(told)).toEqual(
      Object.fromEntries(Object.entries(messages).map(([name, message]) => [`bad/${name}`, message])),
    );
    expect(report.findings.map((one: { file: string }) => one.file)).toEqual(['bad/app.py']);
    expect(report.summary).toMatchObject({ files: 3, notAnalysed: 4 });
    for (const [name, message] of Object.entries(messages))
      expect(ran.stderr).toContain(`not analysed: bad/${name}: ${message}\n`);
  });

  test.each([
    ['CRLF', RACE.replaceAll('\n', '\r\n')],
    ['tabs', RACE.replaceAll('    ', '\t')],
    ['a byte order mark', `\uFEFF${RACE}`],
  ])('a race is found in a file with %s', (name, text) => {
    const file = `forms-${name.replaceAll(' ', '-')}.py`;
    write(file, text);
    const ran = heddle('audit', file, '--target', 'free-threaded', '--format', 'json');
    expect(JSON.parse(ran.stdout).findings).toMatchObject([{ rule: 'nonatomic-update', line: 8 }]);
    expect(ran.stderr).toBe('');
  });

  test('a race is found before half-typed code, and the rest is said not to be understood', () => {
    write('half.py', `${RACE}\n\nclass Broken(\n    def f(self:\n        return [1, (2, \n`);
    const ran = heddle('audit', 'half.py', '--target', 'free-threaded', '--format', 'json');
    const report = JSON.parse(ran.stdout);
    expect(ran.status).toBe(1);
    expect(report.findings).toMatchObject([{ rule: 'nonatomic-update', line: 8 }]);
    expect(report.partlyAnalysed).toMatchObject([{ file: 'half.py' }]);
    expect(ran.stderr).toMatch(/^partly analysed: half\.py: \d+ of its \d+ lines of code are not understood/);
  });

  test.each([
    ['a line without end', 'x = "'],
    ['only a keyword', 'def'],
    ['a web page', '<html>\n<p>Hello world.</p>\n</html>\n'],
    ['a shell script', '#!/bin/sh\nif [ -f "$1" ]; then\n  cat "$1"\nfi\n'],
  ])('%s is not called clean', (_, text) => {
    write('no.py', text);
    const ran = heddle('audit', 'no.py');
    expect(ran.status).toBe(3);
    expect(ran.stdout).toBe('No problems found in 0 files (0 lines). 1 path could not be analysed.\n');
    expect(ran.stderr).toMatch(/^not analysed: no\.py: This does not look like Python: /);
  });

  test.each([
    [
      'Python 2',
      'print "hello"\nexec "x = 1" in {}\ntry:\n    raise ValueError, "x"\nexcept ValueError, e:\n    print >>f, `e`\n',
    ],
    ['mixed tabs and spaces', 'if a:\n\tx = 1\n        y = 2\n  z = 3\n'],
  ])('%s is analysed without a word', (_, text) => {
    write('odd.py', text);
    const ran = heddle('audit', 'odd.py');
    expect(ran).toMatchObject({ status: 0, stderr: '' });
    expect(ran.stdout).toMatch(/^No problems found in 1 file /);
  });

  test.each([
    ['[', ']'],
    ['(', ')'],
    ['{', '}'],
    ['[', ''],
  ])('10,000 nested %s…%s end in a report', (open, close) => {
    write('nested/nested.py', `x = ${open.repeat(10_000)}${close.repeat(10_000)}\n`);
    write('nested/app.py', RACE);
    const ran = heddle('audit', 'nested', '--target', 'free-threaded', '--format', 'json');
    const report = JSON.parse(ran.stdout);
    expect(report.findings.map((one: { file: string }) => one.file)).toEqual(['nested/app.py']);
    expect([0, 1]).toContain(report.notAnalysed.length);
    for (const one of report.notAnalysed)
      expect(one).toEqual({
        file: 'nested/nested.py',
        message: expect.stringMatching(/^This (file nests expressions too deeply|does not look like Python)/),
      });
    expect(ran.status).toBe(report.notAnalysed.length === 0 ? 1 : 3);
  });
});

describe('--changed asks git', () => {
  const CLEAN = RACE.replace('total += 1', 'pass');
  function git(...words: readonly string[]): void {
    const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
    execFileSync('git', ['-C', join(folder, 'history'), ...identity, ...words], { encoding: 'utf8' });
  }
  function changed(...words: readonly string[]): readonly string[] {
    const options = ['--target', 'free-threaded', '--format', 'json', '--fail-on', 'never'];
    const ran = heddle('audit', 'history', ...options, ...words);
    expect(ran.stderr).toBe('');
    return JSON.parse(ran.stdout).findings.map(
      (one: { file: string; line: number }) => `${one.file}:${one.line}`,
    );
  }

  test('committed, edited, renamed and new files, against the common ancestor', () => {
    write('history/old.py', RACE);
    write('history/edited.py', CLEAN);
    git('init', '--quiet', '--initial-branch=main');
    expect(changed('--changed')).toEqual(['history/old.py:8']);
    git('add', '.');
    expect(changed('--changed')).toEqual(['history/old.py:8']);
    git('commit', '--quiet', '-m', 'one');
    expect(changed('--changed')).toEqual([]);
    write('history/edited.py', RACE);
    write('history/ünew.py', RACE);
    expect(changed('--changed')).toEqual(['history/edited.py:8', 'history/ünew.py:8']);
    git('checkout', '--quiet', '-b', 'topic');
    git('mv', 'old.py', 'moved.py');
    git('add', '.');
    git('commit', '--quiet', '-m', 'two');
    expect(changed('--changed')).toEqual([]);
    git('checkout', '--quiet', 'main');
    write('history/later.py', CLEAN);
    git('add', '.');
    git('commit', '--quiet', '-m', 'three');
    git('checkout', '--quiet', 'topic');
    expect(changed('--changed', 'main')).toEqual(['history/edited.py:8', 'history/ünew.py:8']);
    const only = heddle(
      'audit',
      'history',
      '--changed',
      'main',
      '--target',
      'free-threaded',
      '--format',
      'github',
    );
    expect(only.stdout).toMatch(/^::error file=edited\.py,line=8,/);
  });

  test.each([
    ['a revision that does not exist', 'history', 'nowhere', 'The repository has no revision `nowhere`;'],
    [
      'an option in the place of a revision',
      'history',
      '--output=x',
      'The repository has no revision `--output=x`;',
    ],
    ['a folder outside of every repository', 'plain', 'HEAD', 'is not in a git repository'],
  ])('%s is one clear sentence', (_, where, revision, sentence) => {
    write('plain/app.py', RACE);
    const ran = heddle('audit', where, `--changed=${revision}`);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(sentence);
    expect(ran.stdout).toBe('');
  });
});

test('what is named is analysed even where the default excludes would leave it out', () => {
  write('site/pyproject.toml', '');
  write('site/.venv/lib/site-packages/pkg/app.py', RACE);
  write('site/tool', `#!/usr/bin/env python3\n${RACE}`);
  expect(heddle('audit', 'site').stdout).toContain('No problems found in 0 files');
  expect(heddle('audit', 'site/.venv/lib/site-packages/pkg').stdout).toContain('app.py:8:5');
  expect(heddle('audit', 'site/tool').stdout).toContain('site/tool:9:5');
});

test('a reader that closes the pipe early is no error', async () => {
  write('pipe/app.py', RACE.repeat(400));
  const child = spawn(process.execPath, [program, 'audit', 'pipe', '--format', 'json'], { cwd: folder });
  let stderr = '';
  child.stderr.on('data', (data) => {
    stderr += data;
  });
  child.stdout.destroy();
  const code = await new Promise((resolve) => child.on('close', resolve));
  expect(stderr).toBe('');
  expect([0, 1]).toContain(code);
});

test('`heddle rule NAME` prints the page that is packaged for the editor', () => {
  const page = readFileSync(join(root, 'docs', 'rules', 'nonatomic-update.md'), 'utf8');
  // The list of pages to learn from leads to files, which a terminal cannot follow; what was run is told on the page alone.
  const alone = page.replace(/\n## (?:Learn|Shown by running)\n\n(?:- .*\n)+/g, '');
  expect(heddle('rule', 'nonatomic-update').stdout).toBe(alone);
  expect(heddle('rule').stdout).toContain('nonatomic-update');
});

test('`heddle --version` prints the version of the package', () => {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  expect(heddle('--version').stdout).toBe(`${version}\n`);
});

test('`heddle server --stdio` is the language server, and ends when the editor does', async () => {
  const start = `process.argv.splice(2, 0, 'server'); require(${JSON.stringify(program)});\n`;
  const client = await startClient(write('start.cjs', start));
  expect(client.hello.serverInfo?.name).toBe('Heddle');
  await client.close();
});
