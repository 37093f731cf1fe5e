/** Diagnostics as an editor gets them, by pull and by push, while the text changes under the server. */

import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type {
  Diagnostic,
  DocumentDiagnosticReport,
  WorkspaceDiagnosticReport,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver-protocol';
import { pathOf, uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED, UPDATE, UPDATE_LINE } from '../support/python.ts';
import { type ClientOptions, PULL, PUSH, type StdioClient, startClient } from '../support/stdioClient.ts';
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

async function start(files: Readonly<Record<string, string>>, options: ClientOptions = {}): Promise<string> {
  folder = temporaryFolder(files);
  client = await startClient(server.program, { folders: [folder.path], ...options });
  return `${folder.path}/counter.py`;
}

function change(path: string, version: number, ...contentChanges: readonly object[]): void {
  client.notify('textDocument/didChange', { textDocument: { uri: uriOf(path), version }, contentChanges });
}

function at(line: number, start: number, end: number): object {
  return { start: { line, character: start }, end: { line, character: end } };
}

describe('pull', () => {
  test('the server offers pull and nothing is pushed', async () => {
    const file = await start({ 'counter.py': COUNTER });
    expect(client.hello.capabilities.diagnosticProvider).toEqual({
      interFileDependencies: true,
      workspaceDiagnostics: true,
    });
    client.open(file, COUNTER);
    const [finding, ...others] = await client.diagnostics(file);
    expect(others).toEqual([]);
    expect(finding).toMatchObject({
      source: 'heddle',
      code: 'nonatomic-update',
      range: { start: { line: UPDATE_LINE } },
    });
    expect(finding?.relatedInformation?.length).toBeGreaterThan(0);
  });

  test('of a large folder an opened file is told first with what it imports, and again when the rest shows more', async () => {
    const others = Array.from({ length: 200 }, (_, index) => [`other${index}.py`, `x = ${index}\n`]);
    const [state, starter] = COUNTER.split('\n\n\nthreads') as [string, string];
    const file = await start({
      ...Object.fromEntries(others),
      'counter.py': `${state}\n`,
      'starter.py': `import threading\nfrom counter import visit\n\nthreads${starter}`,
    });
    client.open(file, `${state}\n`);
    expect(await client.diagnostics(file)).toEqual([]);
    await client.take('workspace/diagnostic/refresh');
    expect(await client.diagnostics(file)).toMatchObject([{ code: 'nonatomic-update' }]);
  });

  test('a diagnostic links to the packaged page of its rule', async () => {
    const file = await start({ 'counter.py': COUNTER });
    client.open(file, COUNTER);
    const [finding] = await client.diagnostics(file);
    expect(pathOf(finding?.codeDescription?.href ?? '')).toBe(
      `${server.installation}/docs/rules/nonatomic-update.md`,
    );
  });

  test('an editor that cannot follow links, show related places or keep data gets none', async () => {
    const file = await start(
      { 'counter.py': COUNTER },
      { capabilities: { textDocument: { diagnostic: {} } } },
    );
    client.open(file, COUNTER);
    const [finding] = await client.diagnostics(file);
    expect(Object.keys(finding ?? {}).sort()).toEqual(['code', 'message', 'range', 'severity', 'source']);
  });

  test('the same diagnostics are answered with “unchanged”, also after an edit that does not matter', async () => {
    const file = await start({ 'counter.py': COUNTER });
    client.open(file, COUNTER);
    const first = await client.pull(file);
    const second = await client.pull(file, first.resultId);
    expect(second).toEqual({ kind: 'unchanged', resultId: first.resultId });
    const end = COUNTER.split('\n').length - 1;
    change(file, 2, { range: at(end, 0, 0), text: '# the end\n' });
    expect((await client.pull(file, first.resultId)).kind).toBe('unchanged');
  });

  test('several changes in one notification apply in order, with UTF-16 positions after an emoji', async () => {
    const text = COUNTER.replace(UPDATE, '    "🧵🧵"; visits = 1\n');
    const file = await start({ 'counter.py': text });
    client.open(file, text);
    expect(await client.diagnostics(file)).toEqual([]);
    // 4 blanks, a quote, two emoji of two units each, a quote, `; visits `: the `=` is unit 19.
    change(
      file,
      2,
      { range: at(UPDATE_LINE, 19, 19), text: '-' },
      { range: at(UPDATE_LINE, 19, 20), text: '+' },
    );
    const [finding] = await client.diagnostics(file);
    expect(finding?.range.start).toEqual({ line: UPDATE_LINE, character: 12 });
  });

  test('a finding goes with its bug and comes back with it', async () => {
    const file = await start({ 'counter.py': COUNTER });
    client.open(file, COUNTER);
    expect(await client.diagnostics(file)).toHaveLength(1);
    change(file, 2, { text: GUARDED });
    expect(await client.diagnostics(file)).toEqual([]);
    change(file, 3, { text: COUNTER });
    expect(await client.diagnostics(file)).toHaveLength(1);
  });

  test('a closed file has no diagnostics while only open files count', async () => {
    const file = await start({ 'counter.py': COUNTER });
    client.open(file, COUNTER);
    expect(await client.diagnostics(file)).toHaveLength(1);
    client.notify('textDocument/didClose', { textDocument: { uri: uriOf(file) } });
    expect(await client.diagnostics(file)).toEqual([]);
  });

  test('an untitled document is checked too', async () => {
    await start({});
    const textDocument = { uri: 'untitled:Untitled-1', languageId: 'python', version: 1, text: COUNTER };
    client.notify('textDocument/didOpen', { textDocument });
    const report = await client.ask<DocumentDiagnosticReport>('textDocument/diagnostic', {
      textDocument: { uri: textDocument.uri },
    });
    expect((report as { items: Diagnostic[] }).items).toHaveLength(1);
  });
});

describe('pull for the workspace', () => {
  const whole = { '': { diagnosticMode: 'workspace' } };
  const settings = (): ClientOptions['settings'] => ({ ...whole, [folder.path]: whole[''] });

  async function startWhole(files: Readonly<Record<string, string>>): Promise<void> {
    folder = temporaryFolder(files);
    client = await startClient(server.program, { folders: [folder.path], settings: settings() ?? {} });
  }

  function full(items: readonly WorkspaceDocumentDiagnosticReport[]): Record<string, number> {
    return Object.fromEntries(
      items.map((item) => [
        pathOf(item.uri).slice(folder.path.length + 1),
        item.kind === 'full' ? item.items.length : -1,
      ]),
    );
  }

  test('every file with findings is reported, and then nothing until something changes', async () => {
    await startWhole({ 'a.py': COUNTER, 'b.py': GUARDED, 'c.py': COUNTER });
    const first = await client.ask<WorkspaceDiagnosticReport>('workspace/diagnostic', {
      previousResultIds: [],
    });
    expect(full(first.items)).toEqual({ 'a.py': 1, 'c.py': 1 });
    const previousResultIds = first.items.map(({ uri, resultId }) => ({ uri, value: resultId }));
    const parked = client.request('workspace/diagnostic', { previousResultIds });
    folder.write('a.py', GUARDED);
    folder.write('b.py', COUNTER);
    const changes = ['a.py', 'b.py'].map((name) => ({ uri: uriOf(`${folder.path}/${name}`), type: 2 }));
    client.notify('workspace/didChangeWatchedFiles', { changes });
    const { items } = (await parked.response).result as WorkspaceDiagnosticReport;
    const changed = full(items);
    // The change may come while the request is still looked at; what it missed the next one has.
    if (Object.keys(changed).length < 2) {
      const known = [...previousResultIds.filter(({ uri }) => !items.some((item) => item.uri === uri))];
      for (const { uri, resultId } of items) known.push({ uri, value: resultId });
      const rest = await client.ask<WorkspaceDiagnosticReport>('workspace/diagnostic', {
        previousResultIds: known,
      });
      Object.assign(changed, full(rest.items));
    }
    expect(changed).toEqual({ 'a.py': 0, 'b.py': 1 });
    await client.take('workspace/diagnostic/refresh');
  });

  test('reports are streamed in batches where the editor takes partial results', async () => {
    await startWhole(Object.fromEntries(Array.from({ length: 450 }, (_, at) => [`m${at}.py`, COUNTER])));
    const { result } = await client.request('workspace/diagnostic', {
      previousResultIds: [],
      partialResultToken: 'parts',
    }).response;
    const parts = client
      .takeAll<{ token: unknown; value: WorkspaceDiagnosticReport }>('$/progress')
      .filter(({ token }) => token === 'parts');
    expect(parts.length).toBeGreaterThan(1);
    const items = [...parts.map(({ value }) => value), result as WorkspaceDiagnosticReport].flatMap(
      (part) => part.items,
    );
    expect(items).toHaveLength(450);
  });

  test('a parked request is answered at shutdown, and as cancelled when the editor cancels it', async () => {
    await startWhole({ 'b.py': GUARDED });
    const first = client.request('workspace/diagnostic', { previousResultIds: [] });
    const second = client.request('workspace/diagnostic', { previousResultIds: [] });
    client.notify('$/cancelRequest', { id: first.id });
    expect((await first.response).error?.code).toBe(-32800);
    // Whatever is asked later is answered when the workspace has been looked at, and the second request is parked.
    await client.request('textDocument/diagnostic', { textDocument: { uri: uriOf(`${folder.path}/b.py`) } })
      .response;
    await client.close();
    expect((await second.response).result).toEqual({ items: [] });
  });
});

describe('push', () => {
  test('an editor without pull gets diagnostics for each version, and none when a file closes', async () => {
    const file = await start({ 'counter.py': COUNTER }, { capabilities: PUSH });
    expect(client.hello.capabilities.diagnosticProvider).toBeUndefined();
    client.open(file, COUNTER);
    expect(await client.pushed(file, 1)).toHaveLength(1);
    change(file, 2, { text: GUARDED });
    expect(await client.pushed(file, 2)).toEqual([]);
    change(file, 3, { text: COUNTER });
    expect(await client.pushed(file, 3)).toHaveLength(1);
    client.notify('textDocument/didClose', { textDocument: { uri: uriOf(file) } });
    expect(await client.pushed(file)).toEqual([]);
  });

  test('fast edits end with the diagnostics of the last version', async () => {
    const file = await start({ 'counter.py': COUNTER }, { capabilities: PUSH });
    client.open(file, COUNTER);
    for (let version = 2; version <= 30; version++)
      change(file, version, { text: version % 2 ? COUNTER : GUARDED });
    expect(await client.pushed(file, 30)).toEqual([]);
    client.takeAll('textDocument/publishDiagnostics');
  });

  test('the whole workspace is pushed where that is set', async () => {
    folder = temporaryFolder({ 'counter.py': COUNTER, 'pyproject.toml': '' });
    const settings = { '': { diagnosticMode: 'workspace' }, [folder.path]: { diagnosticMode: 'workspace' } };
    client = await startClient(server.program, {
      folders: [folder.path],
      capabilities: { ...PUSH, workspace: { configuration: true, workspaceFolders: true } },
      settings,
    });
    const file = `${folder.path}/counter.py`;
    expect(await client.pushed(file)).toHaveLength(1);
    client.configure({ '': {}, [folder.path]: {} });
    expect(await client.pushed(file)).toEqual([]);
  });
});

test('an editor that can register diagnostics gets them for the workspace only where that is set', async () => {
  folder = temporaryFolder({ 'counter.py': COUNTER });
  const capabilities = {
    ...PULL,
    textDocument: { ...PULL.textDocument, diagnostic: { dynamicRegistration: true } },
  };
  client = await startClient(server.program, { folders: [folder.path], capabilities });
  expect(client.hello.capabilities.diagnosticProvider).toBeUndefined();
  type Options = { readonly identifier?: string; readonly workspaceDiagnostics?: boolean };
  type Registrations = { readonly registrations: readonly { readonly registerOptions?: Options }[] };
  const registered = async (identifier: string): Promise<Options | undefined> => {
    const isIt = ({ registrations }: Registrations): boolean =>
      registrations.some(({ registerOptions }) => registerOptions?.identifier === identifier);
    const { registrations } = await client.take<Registrations>('client/registerCapability', isIt);
    return registrations[0]?.registerOptions;
  };
  expect(await registered('heddle')).toMatchObject({ workspaceDiagnostics: false });
  expect(await registered('heddle-configuration')).toMatchObject({ workspaceDiagnostics: true });
  client.configure({ '': {}, [folder.path]: { diagnosticMode: 'workspace' } });
  await client.take('client/unregisterCapability');
  expect(await registered('heddle')).toMatchObject({ workspaceDiagnostics: true });
  await client.take('workspace/diagnostic/refresh');
});
