/**
 * The wheel as Python people install it: into a fresh virtual environment, with no Node on the path. Wants Python 3.8 or
 * newer and a package index for the Node that the wheel asks for.
 */
import { execFile, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COUNTER } from '../support/python.ts';
import { startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
const windows = process.platform === 'win32';

let folder: TemporaryFolder;
let programs: string;

/** Not in this thread: an installation takes longer than vitest waits for a sign of life. */
const execute = promisify(execFile);

beforeAll(async () => {
  folder = temporaryFolder({ 'work/app.py': COUNTER });
  const wheels = join(folder.path, 'wheels');
  const package_ = join(root, 'scripts', 'package.mjs');
  const { stdout } = await execute(process.execPath, [package_, '--wheel', wheels]);
  const wheel = stdout.trim().split('\n').at(-1)!;
  const venv = join(folder.path, 'venv');
  await execute(windows ? 'python' : 'python3', ['-m', 'venv', venv]);
  programs = join(venv, windows ? 'Scripts' : 'bin');
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await execute(join(programs, 'python'), ['-m', 'pip', 'install', ...quiet, join(wheels, wheel)]);
}, 300_000);

afterAll(() => folder.remove(), 120_000);

/** Runs a program of the environment with nothing else on the path. */
function run(program: string, ...words: readonly string[]): SpawnSyncReturns<string> {
  const env = { ...process.env, PATH: programs };
  return spawnSync(join(programs, program), words, { cwd: join(folder.path, 'work'), env, encoding: 'utf8' });
}

test.each([
  ['heddle', 'heddle', []],
  ['python -m heddle', 'python', ['-m', 'heddle']],
])('`%s audit` finds the race, and its exit code arrives', (_, program, words) => {
  const ran = run(program, ...words, 'audit', '.', '--target', 'free-threaded');
  expect(ran.stderr).toBe('');
  expect(ran.stdout).toContain('[nonatomic-update]');
  expect(ran.status).toBe(1);
  expect(run(program, ...words, 'audit', 'gone').status).toBe(2);
});

test('it has the version of the extension, for pip too', () => {
  expect(run('heddle', '--version').stdout).toBe(`${version}\n`);
  expect(run('python', '-m', 'pip', 'show', 'heddle').stdout).toContain(`Version: ${version}`);
  expect(run('python', '-m', 'pip', 'check').stdout).toContain('No broken requirements');
});

test('`heddle server --stdio` serves an editor, with the pages of its rules', async () => {
  const work = join(folder.path, 'work');
  const environment = { ...process.env, PATH: programs };
  const client = await startClient(join(programs, 'heddle'), { folders: [work], installedIn: environment });
  expect(client.hello.serverInfo).toMatchObject({ name: 'Heddle', version });
  const file = `${work}/app.py`;
  client.open(file, COUNTER);
  const [finding] = await client.diagnostics(file);
  expect(finding).toMatchObject({ code: 'nonatomic-update' });
  expect(finding?.codeDescription?.href).toContain('heddle/bundle/docs/rules/nonatomic-update.md');
  await client.close();
});

test('what is recorded of its files is true', () => {
  const check = `
import base64, hashlib, importlib.metadata as metadata
for file in metadata.distribution("heddle").files:
    if file.hash is not None:
        digest = hashlib.new(file.hash.mode, file.locate().read_bytes()).digest()
        assert base64.urlsafe_b64encode(digest).rstrip(b"=").decode() == file.hash.value, file
print("true")
`;
  expect(run('python', '-c', check).stdout.trim()).toBe('true');
});
