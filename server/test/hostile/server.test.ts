/** The server in front of a folder that was made to harm, and of an editor that does not keep to the protocol. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { LogMessageParams, ShowMessageParams } from 'vscode-languageserver-protocol';
import type { AuditResult } from '../../src/protocol.ts';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER } from '../support/python.ts';
import { type ClientOptions, type StdioClient, startClient } from '../support/stdioClient.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

let server: BundledServer;
let folder: TemporaryFolder;
let client: StdioClient | undefined;

beforeAll(async () => {
  server = await bundleServer();
});
afterEach(async () => {
  try {
    await client?.close();
  } finally {
    client = undefined;
    folder.remove();
  }
});
afterAll(() => server.remove());

async function start(
  files: Readonly<Record<string, string>>,
  options: ClientOptions = {},
): Promise<StdioClient> {
  folder = temporaryFolder(files);
  client = await startClient(server.program, { folders: [folder.path], ...options });
  return client;
}

describe('a setting of the workspace', () => {
  const LINK = '[Click here to repair](command:workbench.action.openSettingsJson)';
  test.each([
    ['the name of a rule', { rules: { [LINK]: 'off' } }],
    ['the level of a rule', { rules: { 'useless-lock': LINK } }],
    ['a level', { level: LINK }],
    ['a target', { target: LINK }],
    ['a package', { gil: { overrides: { [LINK]: {} } } }],
    ['a status', { gil: { overrides: { numpy: { status: LINK, reason: '' } } } }],
  ])('does not become a link as %s', async (_, settings) => {
    const { take } = await start({ 'a.py': COUNTER }, { settings: { '': settings } });
    const { message } = await take<ShowMessageParams>('window/showMessage');
    expect(message).toContain('Click here');
    expect(message).not.toContain('](');
  });
});

describe('an audit in the editor names what it could not read:', () => {
  async function notAnalysed(): Promise<AuditResult['notAnalysed']> {
    return (await client!.ask<AuditResult>('heddle/audit', {})).notAnalysed;
  }

  test('a folder and a file whose names are not UTF-8', async () => {
    folder = temporaryFolder({ 'a.py': COUNTER });
    const { path } = folder;
    const odd = Buffer.concat([Buffer.from(`${path}/dir`), Buffer.of(0xff)]);
    mkdirSync(odd);
    writeFileSync(Buffer.concat([odd, Buffer.from('/b.py')]), COUNTER);
    writeFileSync(Buffer.concat([Buffer.from(`${path}/bad`), Buffer.of(0xff), Buffer.from('.py')]), COUNTER);
    client = await startClient(server.program, { folders: [path] });
    const said = await notAnalysed();
    expect(said.map(({ uri }) => uri)).toEqual([uriOf(`${path}/bad\uFFFD.py`), uriOf(`${path}/dir\uFFFD`)]);
    for (const { reason } of said) expect(reason).toContain('not valid UTF-8');
  });

  test('a workspace folder that is gone', async () => {
    await start({ 'a.py': COUNTER });
    folder.remove();
    const [said] = await notAnalysed();
    expect(said).toEqual({ uri: uriOf(folder.path), reason: 'There is no such file or folder.' });
  });
});

test('a .pyw file is audited and counted in the editor', async () => {
  const { ask } = await start({ 'a.pyw': COUNTER });
  const { analysed, files } = await ask<AuditResult>('heddle/audit', {});
  expect([analysed, files.map(({ uri }) => uri)]).toEqual([1, [uriOf(`${folder.path}/a.pyw`)]]);
});

describe('an editor that does not keep to the protocol', () => {
  test('and initialises twice is refused, and goes on with the first', async () => {
    const { request, notify, open, diagnostics } = await start({});
    const { error } = await request('initialize', { capabilities: {}, processId: null, rootUri: null })
      .response;
    expect(error?.code).toBe(-32600);
    notify('initialized', {});
    open(`${folder.path}/a.py`, COUNTER);
    expect(await diagnostics(`${folder.path}/a.py`)).toHaveLength(1);
  });

  test.each([
    ['null', { tagSupport: true, resolveSupport: null }],
    ['flags for lists', { tagSupport: { valueSet: true }, resolveSupport: { properties: 'edit' } }],
  ])('and names capabilities that are %s is served', async (_, odd) => {
    const textDocument = {
      diagnostic: odd,
      publishDiagnostics: odd,
      codeAction: { dataSupport: true, ...odd },
    };
    const { open, diagnostics } = await start({}, { capabilities: { textDocument } as never });
    open(`${folder.path}/a.py`, COUNTER);
    expect(await diagnostics(`${folder.path}/a.py`)).toHaveLength(1);
  });

  test('and edits far behind the end of a document has edited its end', async () => {
    const { notify, open, diagnostics } = await start({});
    const file = `${folder.path}/a.py`;
    const [head, tail] = [COUNTER.slice(0, 100), COUNTER.slice(100)];
    open(file, head);
    const far = { line: 2 ** 31 - 2, character: 0 };
    notify('textDocument/didChange', {
      textDocument: { uri: uriOf(file), version: 2 },
      contentChanges: [{ range: { start: far, end: far }, text: tail }],
    });
    expect(await diagnostics(file)).toHaveLength(1);
  });

  test('and opens a document without text or address is served', async () => {
    const { notify, open, diagnostics } = await start({});
    notify('textDocument/didOpen', { textDocument: { version: 1 } });
    notify('textDocument/didOpen', { textDocument: { uri: 7, text: null, languageId: 'python' } });
    open(`${folder.path}/a.py`, COUNTER);
    expect(await diagnostics(`${folder.path}/a.py`)).toHaveLength(1);
  });
});

test('an editor that asks before it initialises is told so', async () => {
  folder = temporaryFolder({});
  const child = spawn(process.execPath, [server.program, '--stdio'], { stdio: 'pipe' });
  const body = JSON.stringify({ jsonrpc: '2.0', id: 1, method: 'textDocument/hover', params: {} });
  child.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  let said = '';
  while (!said.includes('}')) said += String((await once(child.stdout, 'data'))[0]);
  expect(said).toContain('"code":-32002');
  child.kill();
  await once(child, 'close');
});

test('an editor that asks to shut down before it has said that it is ready is answered', async () => {
  folder = temporaryFolder({});
  const child = spawn(process.execPath, [server.program, '--stdio'], { stdio: 'pipe' });
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${body.length}\r\n\r\n${body}`);
  };
  let said = '';
  const answered = new Promise<void>((resolve) => {
    child.stdout.on('data', (bytes) => {
      said += String(bytes);
      if (/"id":3,"result":null/.test(said)) resolve();
    });
  });
  const capabilities = { textDocument: { diagnostic: {} } };
  send({ id: 1, method: 'initialize', params: { processId: null, rootUri: null, capabilities } });
  send({ id: 2, method: 'textDocument/diagnostic', params: { textDocument: { uri: 'file:///a.py' } } });
  send({ id: 3, method: 'shutdown' });
  await answered;
  send({ method: 'exit' });
  expect(await once(child, 'close')).toEqual([0, null]);
});

test('an editor that never tells its settings is served with the defaults, and told that', async () => {
  const { open, diagnostics, takeAll } = await start({}, { keepsSettings: true });
  open(`${folder.path}/a.py`, COUNTER);
  expect(await diagnostics(`${folder.path}/a.py`)).toHaveLength(1);
  const said = takeAll<LogMessageParams>('window/logMessage').map(({ message }) => message);
  expect(said.join('\n')).toMatch(/has not told its settings/);
});

test('a server whose storage cannot be written ends all the same when the parser crashes', async () => {
  const crashing = await bundleServer({
    'cst/runtime.ts': join(import.meta.dirname, '../support/crashingRuntime.ts'),
  });
  try {
    folder = temporaryFolder({ 'a-file': '' });
    const storageFolder = `${folder.path}/a-file/storage`;
    const crashed = await startClient(crashing.program, { initializationOptions: { storageFolder } });
    crashed.open(`${folder.path}/a.py`, `${COUNTER}# crash the parser\n`);
    crashed
      .request('textDocument/diagnostic', { textDocument: { uri: uriOf(`${folder.path}/a.py`) } })
      .response.catch(() => {});
    expect(await crashed.ended).toBe(70);
  } finally {
    crashing.remove();
  }
});
