/** What an audit found stays true: every change of a file that was audited reaches the editor that shows it. */
import { renameSync, rmSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LogMessageParams } from 'vscode-languageserver-protocol';
import type { AuditChange, AuditResult } from '../../src/protocol.ts';
import { pathOf, uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { PULL, type StdioClient, startClient } from '../support/stdioClient.ts';
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

/** An editor that is not asked to pull anew, so that all it hears of is the audit. */
const capabilities = { ...PULL, workspace: { ...PULL.workspace, diagnostics: {} } };

async function audited(files: Readonly<Record<string, string>>): Promise<AuditResult> {
  folder = temporaryFolder(files);
  client = await startClient(server.program, { folders: [folder.path], capabilities });
  return client.ask<AuditResult>('heddle/audit', { follow: true });
}

const file = (name: string): string => `${folder.path}/${name}`;

function told(...changes: readonly (readonly [name: string, type: 1 | 2 | 3])[]): void {
  client.notify('workspace/didChangeWatchedFiles', {
    changes: changes.map(([name, type]) => ({ uri: uriOf(file(name)), type })),
  });
}

/** The next change: the lines of the findings of each file that it names. */
async function change(): Promise<Readonly<Record<string, readonly number[]>>> {
  const { files } = await client.take<AuditChange>('heddle/auditChanged');
  return Object.fromEntries(
    files.map(({ uri, diagnostics }) => [
      pathOf(uri).slice(folder.path.length + 1),
      diagnostics.map(({ range }) => range.start.line),
    ]),
  );
}

const LINE = COUNTER.split('\n').findIndex((line) => /visits \+= 1/.test(line));

test('a closed file that changes on disk keeps the findings that are true of it', async () => {
  const { files } = await audited({ 'a.py': COUNTER, 'b.py': COUNTER });
  expect(files.map(({ uri }) => pathOf(uri))).toEqual([file('a.py'), file('b.py')]);
  writeFileSync(file('a.py'), `# one comment\n${COUNTER}`);
  told(['a.py', 2]);
  expect(await change()).toEqual({ 'a.py': [LINE + 1] });
  writeFileSync(file('a.py'), GUARDED);
  told(['a.py', 2]);
  expect(await change()).toEqual({ 'a.py': [] });
});

test('an edit that removes the bug and is thrown away brings the finding back', async () => {
  await audited({ 'a.py': COUNTER });
  const textDocument = { uri: uriOf(file('a.py')), version: 2 };
  client.open(file('a.py'), COUNTER);
  client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: GUARDED }] });
  expect(await change()).toEqual({ 'a.py': [] });
  client.notify('textDocument/didClose', { textDocument });
  expect(await change()).toEqual({ 'a.py': [LINE] });
});

test('an edit that makes a bug and is thrown away leaves no finding behind', async () => {
  await audited({ 'a.py': GUARDED });
  const textDocument = { uri: uriOf(file('a.py')), version: 2 };
  client.open(file('a.py'), GUARDED);
  client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: COUNTER }] });
  expect(Object.keys(await change())).toEqual(['a.py']);
  client.notify('textDocument/didClose', { textDocument });
  expect(await change()).toEqual({ 'a.py': [] });
});

test('files that are renamed, made and deleted take their findings along', async () => {
  await audited({ 'a.py': COUNTER });
  renameSync(file('a.py'), file('b.py'));
  told(['a.py', 3], ['b.py', 1]);
  expect(await change()).toEqual({ 'a.py': [], 'b.py': [LINE] });
  writeFileSync(file('c.py'), COUNTER);
  told(['c.py', 1]);
  expect(await change()).toEqual({ 'c.py': [LINE] });
  rmSync(file('b.py'));
  told(['b.py', 3]);
  expect(await change()).toEqual({ 'b.py': [] });
});

test('what is no Python, or only in part, is among the files of the audit, and a half-typed file is not', async () => {
  folder = temporaryFolder({
    'page.py': '<html>\n<p>Hello world.</p>\n</html>\n',
    'half.py': 'import os\nthis is no python\nprint(os)\n',
  });
  client = await startClient(server.program, { folders: [folder.path], capabilities });
  const { files, analysed, notAnalysed } = await client.ask<AuditResult>('heddle/audit', {});
  expect(files.map(({ uri, diagnostics }) => [pathOf(uri), diagnostics.map(({ code }) => code)])).toEqual([
    [file('half.py'), ['partly-analysed']],
    [file('page.py'), ['not-analysed']],
  ]);
  expect(analysed).toBe(1);
  expect(notAnalysed.map(({ partly }) => partly).sort()).toEqual([true, undefined]);
});

test('a file that cannot be analysed is among the files of the audit, with the reason', async () => {
  folder = temporaryFolder({ 'a.py': GUARDED });
  writeFileSync(file('latin.py'), Buffer.from('name = "Zo\xeb"\n', 'latin1'));
  client = await startClient(server.program, { folders: [folder.path], capabilities });
  const { files, notAnalysed } = await client.ask<AuditResult>('heddle/audit', {});
  expect(files.map(({ uri }) => pathOf(uri))).toEqual([file('latin.py')]);
  expect(files[0]?.diagnostics).toMatchObject([{ code: 'not-analysed', message: notAnalysed[0]?.reason }]);
});

test('an audit that is no longer shown is followed no longer', async () => {
  await audited({ 'a.py': COUNTER });
  client.notify('heddle/endAudit', undefined);
  writeFileSync(file('a.py'), GUARDED);
  told(['a.py', 2]);
  const { files } = await client.ask<AuditResult>('heddle/audit', {});
  expect(files).toEqual([]);
  expect(client.takeAll('heddle/auditChanged')).toEqual([]);
});

test('the output says which version, folder and settings are at work, and what was read in which time', async () => {
  folder = temporaryFolder({ 'a.py': COUNTER });
  const settings = { '': {}, [folder.path]: { target: 'both' } };
  client = await startClient(server.program, { folders: [folder.path], capabilities, settings });
  await client.ask<AuditResult>('heddle/audit', {});
  const lines: string[] = [];
  while (!lines.some((line) => line.startsWith('Audit took')))
    lines.push((await client.take<LogMessageParams>('window/logMessage')).message);
  const text = lines.join('\n');
  expect(text).toMatch(/^Language server 0\.0\.0-test on Node \d+\.\d+\.\d+ on \w+ \w+, \d+ rules\.$/m);
  expect(text).toContain(`Folder ${folder.path}: settings of the editor: target="both".`);
  expect(text).toMatch(/^Audit took \d+ ms \(files: 1, errors: \d, /m);
  expect(text).not.toContain('visits');
});
