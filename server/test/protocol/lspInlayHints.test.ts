/** Inlay hints over the protocol: nothing unless asked for, then at the ends of lines, and gone when switched off. */
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { InlayHint } from 'vscode-languageserver-protocol';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { PULL, type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
let folder: TemporaryFolder;
let client: StdioClient;
let file: string;

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

async function start(text: string, settings: object): Promise<void> {
  folder = temporaryFolder({ 'counter.py': text });
  file = `${folder.path}/counter.py`;
  const workspace = { ...PULL.workspace, inlayHint: { refreshSupport: true } };
  client = await startClient(server.program, {
    folders: [folder.path],
    capabilities: { ...PULL, workspace },
    settings: { '': settings, [folder.path]: settings },
  });
  client.open(file, text);
}

/** Each hint as it reads behind its line, with the line's number. */
async function hints(text: string, first = 0, last = text.split('\n').length): Promise<string[]> {
  const lines = text.split('\n');
  const range = { start: { line: first, character: 0 }, end: { line: last, character: 0 } };
  const all = await client.ask<InlayHint[]>('textDocument/inlayHint', {
    textDocument: { uri: uriOf(file) },
    range,
  });
  return all.map(({ position: { line, character }, label }) => {
    expect(character).toBe(lines[line]?.length);
    return `${line}: ${lines[line]} ← ${label}`;
  });
}

test('nothing is shown unless it is asked for', async () => {
  await start(COUNTER, {});
  expect(await hints(COUNTER)).toEqual([]);
});

test('the state without a lock and the function that threads run, in the lines that are on the screen', async () => {
  await start(COUNTER, { inlayHints: 'on' });
  const all = ['3: visits = 0 ← visits: shared, no lock', '6: def visit(): ← several threads run visit'];
  expect(await hints(COUNTER)).toEqual(all);
  expect(await hints(COUNTER, 5)).toEqual(all.slice(1));
});

test('switched on, the editor is told to ask again', async () => {
  await start(GUARDED, {});
  expect(await hints(GUARDED)).toEqual([]);
  client.configure({ '': { inlayHints: 'on' }, [folder.path]: { inlayHints: 'on' } });
  await client.take('workspace/inlayHint/refresh');
  expect(await hints(GUARDED)).toContain('3: visits = 0 ← visits: guarded by _lock at its only place');
  await client.take('workspace/diagnostic/refresh');
});
