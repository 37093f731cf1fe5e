/** An audit of changed files alone, as git tells them. */
import { execFileSync } from 'node:child_process';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type AuditResult, auditMethod } from '../../src/protocol.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER } from '../support/python.ts';
import { type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
let folder: TemporaryFolder;
let client: StdioClient;
beforeAll(async () => {
  server = await bundleServer();
}, 120_000);
afterAll(() => server.remove());
beforeEach(async () => {
  folder = temporaryFolder({ 'old.py': COUNTER, 'edited.py': '', 'stub.pyi': '', 'README.md': '' });
  client = await startClient(server.program, {
    folders: [folder.path],
    settings: { [folder.path]: { target: 'free-threaded' } },
  });
});
afterEach(async () => {
  await client.close();
  folder.remove();
});

const audit = (): Promise<AuditResult> => client.ask(auditMethod, { changedSince: 'HEAD' });

test('files that were edited or are new, and nothing else', async () => {
  const identity = ['-c', 'user.name=Test', '-c', 'user.email=test@example.org'];
  for (const words of [
    ['init', '--quiet'],
    ['add', '.'],
    [...identity, 'commit', '--quiet', '-m', 'one'],
  ])
    execFileSync('git', ['-C', folder.path, ...words]);
  expect(await audit()).toMatchObject({ files: [], analysed: 0, notAnalysed: [] });
  folder.write('edited.py', COUNTER);
  folder.write('new.py', COUNTER);
  folder.write('stub.pyi', 'x: int\n');
  folder.write('README.md', 'new\n');
  const { files, analysed, notAnalysed } = await audit();
  expect(files.map(({ uri }) => uri.slice(uri.lastIndexOf('/') + 1))).toEqual(['edited.py', 'new.py']);
  expect([analysed, notAnalysed]).toEqual([2, []]);
});

test('without a repository it says so', async () => {
  await expect(audit()).rejects.toThrow('is not in a git repository');
});
