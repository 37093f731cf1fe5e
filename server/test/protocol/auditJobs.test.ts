/** An audit on threads and with a cache: the same report, however it came about; a parser that crashes costs one file. */
import { execFile } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import type { LogMessageParams } from 'vscode-languageserver-protocol';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER } from '../support/python.ts';
import { startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let shipped: BundledServer;
let crashing: BundledServer;
let folder: TemporaryFolder;

beforeAll(async () => {
  shipped = await bundleServer();
  crashing = await bundleServer({
    'cst/runtime.ts': join(import.meta.dirname, '../support/crashingRuntime.ts'),
  });
});
afterAll(() => {
  shipped.remove();
  crashing.remove();
});
beforeEach(() => {
  folder = temporaryFolder({ 'project/pyproject.toml': '', 'home/.keep': '' });
  for (let index = 0; index < 30; index++)
    folder.write(`project/m${index}.py`, `${COUNTER}\nvalue_${index} = ${index}\n`);
});
afterEach(() => folder.remove());

test('the report is the same for every number of threads, and with what an earlier run has kept', async () => {
  const reports: string[] = [];
  for (const words of [['--no-cache', '--jobs', '1'], ['--no-cache', '--jobs', '3'], [], [], ['--jobs', '1']])
    reports.push((await audit(shipped, ...words)).stdout);
  expect(reports[0]).toContain('nonatomic-update');
  for (const report of reports) expect(report).toBe(reports[0]);
});

test('each format says the same of what was kept, and an edit is noticed', async () => {
  for (const format of ['text', 'json', 'sarif', 'gitlab']) {
    const said = async (...words: readonly string[]): Promise<string> =>
      (await heddle(shipped, 'audit', '.', '--explain', '--format', format, ...words)).stdout;
    const fresh = await said('--no-cache');
    await said();
    expect(await said()).toBe(fresh);
  }
  folder.write('project/m3.py', 'value_3 = 3\n');
  expect((await audit(shipped)).stdout).toBe((await audit(shipped, '--no-cache')).stdout);
});

test('the cache lies in the project, hides itself from git, and is no source', async () => {
  await audit(shipped, '--no-cache');
  const cache = `${folder.path}/project/.heddle_cache`;
  expect(existsSync(cache)).toBe(false);
  const before = await audit(shipped);
  expect(readFileSync(`${cache}/.gitignore`, 'utf8')).toBe('*\n');
  /** One for each file, and the report. */
  expect(entries(cache)).toBe(31);
  folder.write('project/.heddle_cache/planted.py', COUNTER);
  folder.write('project/m0.py', `${COUNTER}\nvalue_0 = 1\n`);
  const after = await audit(shipped);
  expect(after.stdout).toBe(before.stdout);
  expect(entries(cache)).toBe(32);
  expect((await heddle(shipped, 'cache', 'clear')).stdout).toBe('Removed .heddle_cache.\n');
  expect(entries(cache)).toBe(0);
});

test('a key of this user seals what lies in a project; elsewhere the key lies beside it', async () => {
  await audit(shipped);
  expect(existsSync(`${folder.path}/project/.heddle_cache/key`)).toBe(false);
  expect(existsSync(`${folder.path}/home/heddle/key`)).toBe(true);
  await audit(shipped, '--cache-dir', '../kept');
  expect(existsSync(`${folder.path}/kept/key`)).toBe(true);
  expect(entries(`${folder.path}/kept`)).toBe(31);
  await audit(shipped, '--cache-dir', 'inside');
  expect(existsSync(`${folder.path}/project/inside/key`)).toBe(false);
});

test('a file on which the parser crashes costs one line, and everything else is reported', async () => {
  const whole = JSON.parse((await audit(shipped, '--no-cache')).stdout);
  for (const index of [0, 7, 29]) folder.write(`project/bad${index}.py`, `${COUNTER}# crash the parser\n`);
  for (const jobs of ['1', '2']) {
    const ran = await audit(crashing, '--no-cache', '--jobs', jobs);
    expect(ran.status).toBe(3);
    expect(JSON.parse(ran.stdout).findings).toEqual(whole.findings);
    expect(ran.stderr.match(/not analysed: bad\d+\.py: .*the parser crashed/g)).toHaveLength(3);
  }
});

test('in the editor, a file that is not open and crashes the parser costs that file', async () => {
  folder.write('project/bad.py', `${COUNTER}# crash the parser\n`);
  const client = await startClient(crashing.program, { folders: [`${folder.path}/project`] });
  const file = `${folder.path}/project/m3.py`;
  client.open(file, COUNTER);
  expect((await client.diagnostics(file)).map(({ code }) => code)).toContain('nonatomic-update');
  await client.take<LogMessageParams>('window/logMessage', ({ message }) => message.includes('bad.py'));
  await client.close();
});

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function audit(bundle: BundledServer, ...words: readonly string[]): Promise<Ran> {
  return heddle(bundle, 'audit', '.', '--format', 'json', ...words);
}

function heddle(bundle: BundledServer, ...words: readonly string[]): Promise<Ran> {
  const home = `${folder.path}/home`;
  const options = {
    cwd: `${folder.path}/project`,
    env: { ...process.env, XDG_STATE_HOME: home, LOCALAPPDATA: home },
  };
  return new Promise((resolve) => {
    execFile(process.execPath, [bundle.commandLine, ...words], options, (error, stdout, stderr) =>
      resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}

function entries(cache: string): number {
  if (!existsSync(cache)) return 0;
  return readdirSync(cache, { recursive: true, encoding: 'utf8' }).filter((name) =>
    /[0-9a-f]{64}$/.test(name),
  ).length;
}
