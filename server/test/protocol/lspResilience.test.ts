/** The server under bad luck: killed, crashed, spoken to in nonsense, interrupted, left alone. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { LogMessageParams } from 'vscode-languageserver-protocol';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
let crashing: BundledServer;
let folder: TemporaryFolder;
let file: string;
const clients: StdioClient[] = [];

beforeAll(async () => {
  server = await bundleServer();
  crashing = await bundleServer({
    'cst/runtime.ts': join(import.meta.dirname, '../support/crashingRuntime.ts'),
  });
});
afterEach(async () => {
  try {
    for (const client of clients.splice(0)) await client.close();
  } finally {
    folder.remove();
  }
});
afterAll(() => {
  server.remove();
  crashing.remove();
});

async function start(program = server.program, initializationOptions: object = {}): Promise<StdioClient> {
  const client = await startClient(program, { folders: [folder.path], initializationOptions });
  clients.push(client);
  return client;
}

function counterFolder(): void {
  folder = temporaryFolder({ 'counter.py': COUNTER });
  file = `${folder.path}/counter.py`;
}

test('a server that was killed starts again and says the same', async () => {
  counterFolder();
  const first = await startClient(server.program, { folders: [folder.path] });
  first.open(file, COUNTER);
  const before = await first.pull(file);
  first.kill();
  await first.ended;
  const second = await start();
  second.open(file, COUNTER);
  expect(await second.pull(file, before.resultId)).toEqual({ kind: 'unchanged', resultId: before.resultId });
});

test('a text that crashes the parser ends the server with code 70; the next server refuses the text and lives', async () => {
  counterFolder();
  const storageFolder = `${folder.path}/storage`;
  const text = `${COUNTER}# crash the parser\n`;
  const first = await startClient(crashing.program, {
    folders: [folder.path],
    initializationOptions: { storageFolder },
  });
  first.open(file, text);
  first.request('textDocument/diagnostic', { textDocument: { uri: uriOf(file) } }).response.catch(() => {});
  expect(await first.ended).toBe(70);
  const { type } = await first.take<LogMessageParams>('window/logMessage', ({ message }) =>
    message.includes('parser crashed'),
  );
  expect(type).toBe(1);

  const second = await start(crashing.program, { storageFolder });
  second.open(file, text);
  const [said] = await second.diagnostics(file);
  expect(said?.code).toBe('not-analysed');
  await second.take<LogMessageParams>('window/logMessage', (logged) =>
    logged.message.includes('crashed on this text before'),
  );
  const textDocument = { uri: uriOf(file), version: 2 };
  second.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: COUNTER }] });
  expect((await second.diagnostics(file)).map(({ code }) => code)).toEqual(['nonatomic-update']);
});

test('malformed requests are answered with an error, and the server goes on', async () => {
  counterFolder();
  const client = await start();
  const code = async (method: string, params: unknown): Promise<number | undefined> =>
    (await client.request(method, params).response).error?.code;
  expect(await code('textDocument/diagnostic', {})).toBe(-32602);
  expect(await code('textDocument/diagnostic', { textDocument: { uri: 5 } })).toBe(-32602);
  expect(await code('textDocument/codeAction', { textDocument: { uri: uriOf(file) } })).toBe(-32602);
  expect(await code('codeAction/resolve', { title: 'x' })).toBe(-32602);
  expect(await code('heddle/audit', { folders: 'all' })).toBe(-32602);
  expect(await code('heddle/nothing', {})).toBe(-32601);
  client.open(file, COUNTER);
  expect(await client.diagnostics(file)).toHaveLength(1);
});

test('strange URIs, unknown documents and changes to closed ones do no harm', async () => {
  counterFolder();
  const client = await start();
  expect(await client.diagnostics(`${folder.path}/missing.py`)).toEqual([]);
  const uris = ['', 'nonsense', 'file:', 'file://', 'file:///%FF', 'untitled:x', 'git:/a/b.py?ref'];
  for (const uri of uris)
    expect(await client.ask('textDocument/diagnostic', { textDocument: { uri } })).toMatchObject({
      items: [],
    });
  const textDocument = { uri: uriOf(file), version: 3 };
  client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: '' }] });
  client.notify('textDocument/didClose', { textDocument });
  client.open(file, COUNTER);
  expect(await client.diagnostics(file)).toHaveLength(1);
});

test('a pull that the editor cancels is answered as cancelled', async () => {
  counterFolder();
  const client = await start();
  client.open(file, COUNTER);
  const pull = client.request('textDocument/diagnostic', { textDocument: { uri: uriOf(file) } });
  client.notify('$/cancelRequest', { id: pull.id });
  expect((await pull.response).error?.code).toBe(-32800);
  expect(await client.diagnostics(file)).toHaveLength(1);
});

test('a pull that an edit overtakes asks the editor to come again', async () => {
  counterFolder();
  const client = await start();
  client.open(file, COUNTER);
  const pull = client.request('textDocument/diagnostic', { textDocument: { uri: uriOf(file) } });
  const textDocument = { uri: uriOf(file), version: 2 };
  client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: GUARDED }] });
  const { result, error } = await pull.response;
  // Which of the two it is depends on how far the server was; an answer about the old text is not among them.
  if (error !== undefined) expect(error).toMatchObject({ code: -32802, data: { retriggerRequest: true } });
  else expect(result).toMatchObject({ items: [] });
  expect(await client.diagnostics(file)).toEqual([]);
});

test('the server ends when its editor dies', async () => {
  counterFolder();
  const editor = `
    const { spawn } = require('node:child_process');
    const server = spawn(process.execPath, [${JSON.stringify(server.program)}, '--stdio'], { stdio: ['pipe', 'ignore', 'ignore'] });
    process.stdout.write(String(server.pid));
    process.stdin.resume();
  `;
  const parent = spawn(process.execPath, ['-e', editor], { stdio: ['pipe', 'pipe', 'inherit'] });
  const pid = await new Promise<number>((resolve) => {
    parent.stdout.once('data', (chunk: Buffer) => resolve(Number(chunk.toString())));
  });
  parent.kill('SIGKILL');
  await expect.poll(() => isAlive(pid), { timeout: 10_000, interval: 20 }).toBe(false);
});

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
