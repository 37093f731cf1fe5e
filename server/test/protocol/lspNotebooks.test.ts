/** Notebooks as an editor opens them: cells are one program, and findings and fixes arrive in the cells. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CodeAction, Diagnostic, TextDocumentEdit } from 'vscode-languageserver-protocol';
import { type AuditResult, auditMethod } from '../../src/protocol.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { PULL, type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
beforeAll(async () => {
  server = await bundleServer();
});
afterAll(() => server.remove());

const CELLS = [
  '%matplotlib inline\nimport threading\n\ntotal = 0\n',
  'def add():\n    global total\n    total += 1\n',
  'for _ in range(4):\n    threading.Thread(target=add).start()\n',
];
const json = (cells: readonly string[]): string =>
  JSON.stringify({
    nbformat: 4,
    metadata: {},
    cells: [
      { cell_type: 'markdown', metadata: {}, source: 'text' },
      ...cells.map((source) => ({ cell_type: 'code', metadata: {}, outputs: [], source })),
    ],
  });

let folder: TemporaryFolder;
let client: StdioClient;
afterEach(async () => {
  await client.close();
  folder.remove();
});

async function started(): Promise<{ readonly notebook: string; readonly uris: readonly string[] }> {
  folder = temporaryFolder({ 'nb.ipynb': json(CELLS) });
  client = await startClient(server.program, {
    folders: [folder.path],
    capabilities: { ...PULL, notebookDocument: { synchronization: {} } },
    settings: { [folder.path]: { target: 'free-threaded' } },
  });
  const notebook = `file://${folder.path}/nb.ipynb`;
  return { notebook, uris: CELLS.map((_, at) => `vscode-notebook-cell:${folder.path}/nb.ipynb#W${at}`) };
}

function open(notebook: string, uris: readonly string[]): void {
  client.notify('notebookDocument/didOpen', {
    notebookDocument: {
      uri: notebook,
      notebookType: 'jupyter-notebook',
      version: 1,
      cells: uris.map((document) => ({ kind: 2, document })),
    },
    cellTextDocuments: uris.map((uri, at) => ({ uri, languageId: 'python', version: 1, text: CELLS[at] })),
  });
}

async function pull(uri: string): Promise<readonly Diagnostic[]> {
  return (
    await client.ask<{ readonly items: Diagnostic[] }>('textDocument/diagnostic', { textDocument: { uri } })
  ).items;
}

test('a finding is in its cell, with its other places in theirs, and follows an edit of another cell', async () => {
  const { notebook, uris } = await started();
  open(notebook, uris);
  expect(await pull(uris[0]!)).toEqual([]);
  const [finding, ...more] = await pull(uris[1]!);
  expect(more).toEqual([]);
  expect(finding).toMatchObject({
    code: 'nonatomic-update',
    range: { start: { line: 2, character: 4 }, end: { line: 2, character: 14 } },
  });
  const starts = finding!.relatedInformation!.map(({ location }) => location).at(-1);
  expect(starts).toMatchObject({ uri: uris[2], range: { start: { line: 1, character: 4 } } });
  client.notify('notebookDocument/didChange', {
    notebookDocument: { uri: notebook, version: 2 },
    change: {
      cells: { textContent: [{ document: { uri: uris[2], version: 2 }, changes: [{ text: 'add()\n' }] }] },
    },
  });
  expect(await pull(uris[1]!)).toEqual([]);
});

test('a fix changes the cells that it concerns, around the magic', async () => {
  const { notebook, uris } = await started();
  open(notebook, uris);
  const [finding] = await pull(uris[1]!);
  const actions = await client.ask<CodeAction[]>('textDocument/codeAction', {
    textDocument: { uri: uris[1] },
    range: finding!.range,
    context: { diagnostics: [finding], only: ['quickfix'] },
  });
  const fix = actions.find(({ title }) => title.startsWith('Add a lock for `total`'))!;
  const { edit } = await client.ask<CodeAction>('codeAction/resolve', fix);
  const texts = new Map(uris.map((uri, at) => [uri, CELLS[at]!]));
  for (const { textDocument, edits } of edit!.documentChanges as TextDocumentEdit[])
    texts.set(textDocument.uri, applied(texts.get(textDocument.uri)!, edits));
  expect([...texts.values()]).toEqual([
    '%matplotlib inline\nimport threading\n\ntotal = 0\n_total_lock = threading.Lock()\n',
    'def add():\n    global total\n    with _total_lock:\n        total += 1\n',
    CELLS[2],
  ]);
  const ignore = actions.find(({ title }) => title === 'Suppress nonatomic-update on this line')!;
  const suppressed = await client.ask<CodeAction>('codeAction/resolve', ignore);
  expect(
    (suppressed.edit!.documentChanges as TextDocumentEdit[]).map(({ textDocument }) => textDocument.uri),
  ).toEqual([uris[1]]);
});

test('an audit reports a closed notebook by its file and an open one by its cells', async () => {
  const { notebook, uris } = await started();
  const audit = () => client.ask<AuditResult>(auditMethod, {});
  const closed = await audit();
  expect(closed.files.map(({ uri }) => uri)).toEqual([notebook]);
  expect(closed.files[0]!.diagnostics[0]!.message).toMatch(/^Cell 3: /);
  expect(closed.analysed).toBe(1);
  open(notebook, uris);
  expect((await audit()).files.map(({ uri }) => uri)).toEqual([uris[1]]);
  client.notify('notebookDocument/didClose', {
    notebookDocument: { uri: notebook },
    cellTextDocuments: uris.map((uri) => ({ uri })),
  });
  expect((await audit()).files.map(({ uri }) => uri)).toEqual([notebook]);
});

function applied(text: string, edits: TextDocumentEdit['edits']): string {
  const starts = [0, ...[...text.matchAll(/\n/g)].map(({ index }) => index + 1)];
  const offset = ({ line, character }: { line: number; character: number }) => starts[line]! + character;
  let result = text;
  for (const edit of [...edits].reverse()) {
    if (!('newText' in edit)) throw new Error('a snippet');
    result = result.slice(0, offset(edit.range.start)) + edit.newText + result.slice(offset(edit.range.end));
  }
  return result;
}
