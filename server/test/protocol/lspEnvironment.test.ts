/** What an editor learns of the folder's Python, and when it hears that it has become another. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { EnvironmentResult, PlanResult, ReadinessResult } from '../../src/protocol.ts';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
let folder: TemporaryFolder;
let client: StdioClient;

beforeAll(async () => {
  server = await bundleServer();
});
afterEach(async () => {
  try {
    await client.close();
  } finally {
    folder.remove();
  }
});
afterAll(() => server.remove());

const created = 1;
const deleted = 3;

async function start(files: Readonly<Record<string, string>>): Promise<void> {
  folder = temporaryFolder(files);
  client = await startClient(server.program, { folders: [folder.path] });
}

/** The version of the folder's interpreter; undefined when it has none. */
async function version(): Promise<string | undefined> {
  const { folders } = await client.ask<EnvironmentResult>('heddle/environment', null);
  return folders[0]?.interpreter?.version;
}

function tell(type: number, path: string): void {
  const changes = [{ uri: uriOf(`${folder.path}/${path}`), type }];
  client.notify('workspace/didChangeWatchedFiles', { changes });
}

test('an environment that comes and goes as a folder is told of, and known at once', async () => {
  await start({ 'a.py': '' });
  expect(await version()).toBeUndefined();
  folder.write('.venv/pyvenv.cfg', 'version = 3.14.0\n');
  tell(created, '.venv');
  await client.take('heddle/environmentChanged');
  await client.take('workspace/diagnostic/refresh');
  expect(await version()).toBe('3.14.0');
  folder.remove('.venv');
  tell(deleted, '.venv');
  await client.take('heddle/environmentChanged');
  await client.take('workspace/diagnostic/refresh');
  expect(await version()).toBeUndefined();
});

test('the interpreter of the settings is told of, and known at once', async () => {
  await start({
    'a.py': '',
    'other/pyvenv.cfg': 'version = 3.13.5\n',
    '.venv/pyvenv.cfg': 'version = 3.14.0\n',
  });
  expect(await version()).toBe('3.14.0');
  client.configure({ [folder.path]: { python: { interpreter: `${folder.path}/other` } } });
  await client.take('heddle/environmentChanged');
  await client.take('workspace/diagnostic/refresh');
  expect(await version()).toBe('3.13.5');
});

test('the deletion of a file that nobody reads is not told of', async () => {
  await start({ 'a.py': '', 'notes.log': '' });
  expect(await version()).toBeUndefined();
  for (const path of ['notes.log', 'node_modules/left', '.git/refs']) tell(deleted, path);
  expect(await version()).toBeUndefined();
  expect(client.takeAll('heddle/environmentChanged')).toEqual([]);
});

test('a package without a build for the interpreter is one that cannot be imported', async () => {
  const site = '.venv/lib/python3.14t/site-packages';
  await start({
    '.venv/pyvenv.cfg': 'version = 3.14.0\n',
    [`${site}/pkg-1.0.dist-info/METADATA`]: 'Name: pkg\nVersion: 1.0\n',
    [`${site}/pkg-1.0.dist-info/WHEEL`]: 'Wheel-Version: 1.0\nTag: cp314-cp314-linux_x86_64\n',
    [`${site}/pkg-1.0.dist-info/RECORD`]: 'pkg.cpython-314-x86_64-linux-gnu.so,,\n',
    [`${site}/pkg.cpython-314-x86_64-linux-gnu.so`]: '',
    'a.py': 'import pkg\n',
  });
  const { folders } = await client.ask<EnvironmentResult>('heddle/environment', null);
  expect(folders[0]?.modules).toEqual([{ module: 'pkg', verdict: 'not-importable' }]);
});

test('the readiness of the dependencies comes as a page, and nothing that a lock file says is rendered', async () => {
  await start({
    'requirements.txt': 'numpy==2.0.0\n',
    'uv.lock': 'version = 1\n[[package]]\nname = "a|b"\nversion = "<b>1"\nsource = { registry = "x" }\n',
  });
  const { folders } = await client.ask<ReadinessResult>('heddle/readiness', null);
  const [page, ...more] = folders;
  expect(more).toEqual([]);
  expect(page?.uri).toBe(uriOf(folder.path));
  expect(page?.markdown).toMatch(/^# Readiness for free-threaded Python 3\.\d+\n/);
  expect(page?.markdown).toContain('| numpy | 2.0.0 | GIL comes back | 2.1.0 |');
  expect(page?.markdown).toContain('| a\\|b | \\<b\\>1 | unknown |');
});

test('the plan comes as a page, with the edits of the dependency files', async () => {
  await start({
    'pyproject.toml':
      '[build-system]\nrequires = []\n[project]\nname = "loom"\ndependencies = ["numpy==2.0.0"]\n',
    'app.py': 'import numpy\n\nx = numpy.zeros(1)\n',
  });
  const { folders } = await client.ask<PlanResult>('heddle/plan', null);
  expect(folders).toHaveLength(1);
  const { markdown, edits } = folders[0]!;
  expect(markdown).toMatch(/^# Plan for free-threaded Python 3\.\d+: 1 of 1 dependency stands in the way\n/);
  expect(markdown).toContain('  - app.py:1 imports numpy when it is loaded.\n');
  expect(markdown).toContain('# As the author of loom (pure Python): ');
  expect(edits).toEqual([
    {
      uri: uriOf(`${folder.path}/pyproject.toml`),
      edits: [
        {
          range: { start: { line: 4, character: 24 }, end: { line: 4, character: 29 } },
          newText: expect.stringMatching(/^2\.\d+\.\d+$/),
        },
      ],
    },
  ]);
});
