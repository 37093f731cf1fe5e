/** The server in front of a folder that was made to harm, and of an editor that does not keep to the protocol. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { ShowMessageParams } from 'vscode-languageserver-protocol';
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
