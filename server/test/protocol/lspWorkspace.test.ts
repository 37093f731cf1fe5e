/** What the server does when the world around the text changes: settings, folders, files, pyproject.toml, an audit. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ShowMessageParams, WorkspaceDiagnosticReport } from 'vscode-languageserver-protocol';
import type { AuditResult, StatusParams } from '../../src/protocol.ts';
import { pathOf, uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { type ClientOptions, PUSH, type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
let folders: TemporaryFolder[] = [];
let client: StdioClient;

beforeAll(async () => {
  server = await bundleServer();
});
afterEach(async () => {
  try {
    await client.close();
  } finally {
    for (const folder of folders) folder.remove();
    folders = [];
  }
});
afterAll(() => server.remove());

function folderWith(files: Readonly<Record<string, string>>): TemporaryFolder {
  const folder = temporaryFolder(files);
  folders.push(folder);
  return folder;
}

async function start(options: ClientOptions = {}): Promise<void> {
  client = await startClient(server.program, { folders: folders.map(({ path }) => path), ...options });
}

const off = { rules: { 'nonatomic-update': 'off' } };

describe('settings', () => {
  test('a rule switched off goes at once, without a restart, and comes back', async () => {
    const { path } = folderWith({ 'counter.py': COUNTER });
    const file = `${path}/counter.py`;
    await start();
    client.open(file, COUNTER);
    expect(await client.diagnostics(file)).toHaveLength(1);
    client.configure({ '': off, [path]: off });
    await client.take('workspace/diagnostic/refresh');
    expect(await client.diagnostics(file)).toEqual([]);
    client.configure({ '': {}, [path]: {} });
    await client.take('workspace/diagnostic/refresh');
    expect(await client.diagnostics(file)).toHaveLength(1);
  });

  test('each folder has its own', async () => {
    const [one, other] = [folderWith({ 'a.py': COUNTER }), folderWith({ 'a.py': COUNTER })];
    await start({ settings: { [one.path]: off } });
    for (const { path } of folders) client.open(`${path}/a.py`, COUNTER);
    expect(await client.diagnostics(`${one.path}/a.py`)).toEqual([]);
    expect(await client.diagnostics(`${other.path}/a.py`)).toHaveLength(1);
  });

  test('an editor that cannot be asked sends them', async () => {
    const { path } = folderWith({ 'counter.py': COUNTER });
    await start({ capabilities: PUSH });
    client.open(`${path}/counter.py`, COUNTER);
    expect(await client.pushed(`${path}/counter.py`)).toHaveLength(1);
    client.configure({ '': off });
    expect(await client.pushed(`${path}/counter.py`)).toEqual([]);
  });

  test('a wrong value is one message, the rest applies, and it is not repeated while it stays', async () => {
    const { path } = folderWith({ 'counter.py': COUNTER });
    const wrong = { target: 'jython', ...off };
    await start({ settings: { '': wrong, [path]: wrong } });
    const { type, message } = await client.take<ShowMessageParams>('window/showMessage');
    expect(type).toBe(2);
    expect(message).toContain('jython');
    client.open(`${path}/counter.py`, COUNTER);
    expect(await client.diagnostics(`${path}/counter.py`)).toEqual([]);
    client.configure({ '': { ...wrong, level: 'note' }, [path]: { ...wrong, level: 'note' } });
    await client.take('workspace/diagnostic/refresh');
  });
});

describe('pyproject.toml', () => {
  const broken = '[tool.heddle]\ntarget = "jython"\nrules = { "nonatomic-update" = "off" }\n';

  test('a wrong value is a diagnostic at its place, and the rest applies', async () => {
    const { path } = folderWith({ 'counter.py': COUNTER, 'pyproject.toml': broken });
    await start();
    client.open(`${path}/counter.py`, COUNTER);
    expect(await client.diagnostics(`${path}/counter.py`)).toEqual([]);
    const [problem, ...others] = await client.diagnostics(`${path}/pyproject.toml`);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'configuration', severity: 2, range: { start: { line: 1 } } });
  });

  test('it follows the text while the file is open and unsaved', async () => {
    const { path } = folderWith({ 'pyproject.toml': broken });
    const file = `${path}/pyproject.toml`;
    await start();
    client.open(file, '[tool.heddle]\ntarget = "both"\n');
    expect(await client.diagnostics(file)).toEqual([]);
    const textDocument = { uri: uriOf(file), version: 2 };
    client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: '[tool.heddle\n' }] });
    expect(await client.diagnostics(file)).toHaveLength(1);
  });

  test('closed, it is in the workspace’s report, also where only open files count', async () => {
    const { path } = folderWith({ 'counter.py': COUNTER, 'pyproject.toml': broken });
    await start();
    const { items } = await client.ask<WorkspaceDiagnosticReport>('workspace/diagnostic', {
      previousResultIds: [],
    });
    expect(items.map(({ uri }) => pathOf(uri))).toEqual([`${path}/pyproject.toml`]);
  });

  test('closed, it is pushed to an editor that cannot pull, and cleared when repaired', async () => {
    const folder = folderWith({ 'pyproject.toml': broken });
    const file = `${folder.path}/pyproject.toml`;
    await start({ capabilities: PUSH });
    expect(await client.pushed(file)).toHaveLength(1);
    folder.write('pyproject.toml', '');
    client.notify('workspace/didChangeWatchedFiles', { changes: [{ uri: uriOf(file), type: 2 }] });
    expect(await client.pushed(file)).toEqual([]);
  });
});

describe('folders', () => {
  test('a folder that is added is analysed, and one that is removed is forgotten', async () => {
    const [one, other] = [folderWith({ 'a.py': COUNTER }), folderWith({ 'b.py': COUNTER })];
    client = await startClient(server.program, { folders: [one.path] });
    const audited = async (): Promise<readonly string[]> =>
      (await client.ask<AuditResult>('heddle/audit', {})).files.map(({ uri }) => pathOf(uri));
    expect(await audited()).toEqual([`${one.path}/a.py`]);
    const asFolder = ({ path }: TemporaryFolder): object => ({ uri: uriOf(path), name: path });
    const change = { added: [asFolder(other)], removed: [asFolder(one)] };
    client.notify('workspace/didChangeWorkspaceFolders', { event: change });
    await client.take('workspace/diagnostic/refresh');
    expect(await audited()).toEqual([`${other.path}/b.py`]);
  });

  test('a file open in a folder that leaves the workspace is still checked, by itself', async () => {
    const { path } = folderWith({ 'a.py': COUNTER });
    await start();
    client.open(`${path}/a.py`, COUNTER);
    expect(await client.diagnostics(`${path}/a.py`)).toHaveLength(1);
    const removed = [{ uri: uriOf(path), name: path }];
    client.notify('workspace/didChangeWorkspaceFolders', { event: { added: [], removed } });
    await client.take('workspace/diagnostic/refresh');
    expect(await client.diagnostics(`${path}/a.py`)).toHaveLength(1);
  });
});

describe('audit', () => {
  test('every file is counted, with the same diagnostics as a pull', async () => {
    const { path } = folderWith({ 'a.py': COUNTER, 'b.py': GUARDED, 'c.py': COUNTER });
    await start();
    const result = await client.ask<AuditResult>('heddle/audit', { workDoneToken: 'audit' });
    expect(result.files.map(({ uri }) => pathOf(uri))).toEqual([`${path}/a.py`, `${path}/c.py`]);
    expect(result.counts.byRule).toEqual({ 'nonatomic-update': 2 });
    expect(Object.values(result.counts.bySeverity).reduce((sum, count) => sum + count)).toBe(2);
    expect(result).toMatchObject({ analysed: 3, notAnalysed: [], cancelled: false });
    const kinds = client
      .takeAll<{ token: unknown; value: { kind: string } }>('$/progress')
      .filter(({ token }) => token === 'audit')
      .map(({ value }) => value.kind);
    expect([kinds[0], kinds.at(-1)]).toEqual(['begin', 'end']);
    client.open(`${path}/a.py`, COUNTER);
    expect(await client.diagnostics(`${path}/a.py`)).toEqual(result.files[0]?.diagnostics);
  });

  test('one folder of several can be audited', async () => {
    const [, other] = [folderWith({ 'a.py': COUNTER }), folderWith({ 'b.py': COUNTER })];
    await start();
    const { files } = await client.ask<AuditResult>('heddle/audit', { folders: [uriOf(other.path)] });
    expect(files.map(({ uri }) => pathOf(uri))).toEqual([`${other.path}/b.py`]);
  });

  test('cancelling interrupts it long before its end', async () => {
    folderWith(Object.fromEntries(Array.from({ length: 1500 }, (_, at) => [`m${at}.py`, COUNTER])));
    await start();
    await client.take<StatusParams>('heddle/status', ({ state }) => state === 'ready');
    const audit = client.request('heddle/audit', {});
    client.notify('$/cancelRequest', { id: audit.id });
    expect((await audit.response).error?.code).toBe(-32800);
    // The server is free again at once.
    const again = client.request('heddle/audit', {});
    await client.take<StatusParams>('heddle/status', ({ state }) => state === 'auditing');
    client.notify('$/cancelRequest', { id: again.id });
    expect((await again.response).error?.code).toBe(-32800);
  });

  test('the server tells what it does: it starts, it reads, it is ready, it audits', async () => {
    folderWith({ 'a.py': COUNTER });
    await start();
    for (const state of ['ready', 'auditing', 'ready']) {
      if (state === 'auditing') await client.ask('heddle/audit', {});
      await client.take<StatusParams>('heddle/status', (params) => params.state === state);
    }
  });
});

test('a file that cannot be analysed is said to be so, in the file and in the status', async () => {
  const { path } = folderWith({ 'a.py': GUARDED });
  const file = `${path}/latin.py`;
  writeFileSync(file, Buffer.from('name = "Zo\xeb"\n', 'latin1'));
  const whole = { diagnosticMode: 'workspace' };
  await start({ settings: { '': whole, [path]: whole } });
  const { items } = await client.ask<WorkspaceDiagnosticReport>('workspace/diagnostic', {
    previousResultIds: [],
  });
  expect(items.map(({ uri }) => pathOf(uri))).toEqual([file]);
  const [said, ...others] = items[0]?.kind === 'full' ? items[0].items : [];
  expect(others).toEqual([]);
  expect(said).toMatchObject({ code: 'not-analysed', range: { start: { line: 0, character: 0 } } });
  const { notAnalysed } = await client.take<StatusParams>(
    'heddle/status',
    (params) => params.state === 'ready' && params.notAnalysed !== undefined,
  );
  expect(notAnalysed).toEqual([{ uri: uriOf(file), reason: said?.message }]);
  const { notAnalysed: audited } = await client.ask<AuditResult>('heddle/audit', {});
  expect(audited).toEqual(notAnalysed);
});
