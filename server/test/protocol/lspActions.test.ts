/** The light bulb over the protocol: what is offered, in which form, and what the edits do to the text. */

import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CodeAction, Diagnostic, TextDocumentEdit, TextEdit } from 'vscode-languageserver-protocol';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED, UPDATE } from '../support/python.ts';
import { type ClientOptions, PULL, PUSH, type StdioClient, startClient } from '../support/stdioClient.ts';
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

/** Opens the text as counter.py, version 7; resolves with its only finding. */
async function start(text: string, options: ClientOptions = {}): Promise<Diagnostic> {
  folder = temporaryFolder({ 'counter.py': text });
  file = `${folder.path}/counter.py`;
  client = await startClient(server.program, { folders: [folder.path], ...options });
  client.open(file, text, 7);
  const [finding] =
    options.capabilities === PUSH ? await client.pushed(file, 7) : await client.diagnostics(file);
  if (finding === undefined) throw new Error('nothing was found');
  return finding;
}

function action(actions: readonly CodeAction[], title: RegExp): CodeAction {
  const found = actions.find((one) => title.test(one.title));
  if (found === undefined)
    throw new Error(`not offered; there are: ${actions.map((one) => one.title).join('; ')}`);
  return found;
}

function resolved(unresolved: CodeAction): Promise<CodeAction> {
  return client.ask('codeAction/resolve', unresolved);
}

function applied(text: string, edits: readonly TextEdit[]): string {
  return TextDocument.applyEdits(TextDocument.create('file:///a.py', 'python', 1, text), [...edits]);
}

function documentEdit({ edit }: CodeAction): TextDocumentEdit {
  return edit?.documentChanges?.[0] as TextDocumentEdit;
}

test('“hold the lock” is offered without its edit, and resolving gives it for the open version', async () => {
  const finding = await start(COUNTER);
  const fix = action(await client.codeActions(file, finding), /_lock/);
  expect(fix.kind).toBe('quickfix');
  expect(fix.edit).toBeUndefined();
  expect(fix.diagnostics).toEqual([finding]);
  const { edit } = await resolved(fix);
  expect(edit?.changeAnnotations).toBeUndefined();
  const change = documentEdit({ ...fix, edit: edit as NonNullable<typeof edit> });
  expect(change.textDocument).toEqual({ uri: uriOf(file), version: 7 });
  expect(applied(COUNTER, change.edits as TextEdit[])).toBe(GUARDED);
});

test('an editor that cannot resolve gets the edit at once, as plain changes', async () => {
  const finding = await start(COUNTER, { capabilities: PUSH });
  const fix = action(await client.codeActions(file, finding), /_lock/);
  expect(fix.isPreferred).toBeUndefined();
  expect(applied(COUNTER, fix.edit?.changes?.[uriOf(file)] ?? [])).toBe(GUARDED);
});

test('a fix that reaches beyond the place in sight is applied at once and tells how far it reached', async () => {
  const leave = `\n\ndef leave():\n    global visits\n    visits -= 1\n`;
  const text = COUNTER.replace(UPDATE, UPDATE + leave).replace(
    'target=visit',
    'target=lambda: (visit(), leave())',
  );
  folder = temporaryFolder({ 'counter.py': text });
  file = `${folder.path}/counter.py`;
  client = await startClient(server.program, {
    folders: [folder.path],
    initializationOptions: { tellsGuarded: true },
  });
  client.open(file, text, 7);
  const [finding] = await client.diagnostics(file);
  const fix = await resolved(action(await client.codeActions(file, finding as Diagnostic), /wherever|every/));
  expect(fix.edit?.changeAnnotations).toBeUndefined();
  expect(fix.command).toMatchObject({ command: 'heddle.guarded', arguments: [2, 1] });
  const guarded = applied(text, documentEdit(fix).edits as TextEdit[]);
  expect(guarded.match(/with _lock:\n {8}visits [+-]= 1\n/g)).toHaveLength(2);
});

test('a finding can be suppressed on its line, by a comment above, and for the file', async () => {
  const finding = await start(COUNTER);
  const suppressions = (await client.codeActions(file, finding)).filter(({ title }) =>
    /suppress/i.test(title),
  );
  expect(suppressions).toHaveLength(3);
  for (const suppression of suppressions) {
    const text = applied(COUNTER, documentEdit(await resolved(suppression)).edits as TextEdit[]);
    expect(text).toContain('heddle: ignore');
    const version = 8 + suppressions.indexOf(suppression);
    const textDocument = { uri: uriOf(file), version };
    client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text }] });
    expect(await client.diagnostics(file)).toEqual([]);
    client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: COUNTER }] });
  }
});

test('only what the editor asks for is listed', async () => {
  const finding = await start(COUNTER);
  expect(await client.codeActions(file, finding, ['refactor'])).toEqual([]);
  const kinds = (await client.codeActions(file, finding, ['source'])).map(({ kind }) => kind);
  expect(kinds.every((kind) => kind === 'source.fixAll.heddle')).toBe(true);
  expect((await client.codeActions(file, finding, ['quickfix'])).length).toBeGreaterThan(0);
});

test('“fix all” applies every safe fix of the file, and leaves the others alone', async () => {
  const text = `import threading

names = {}


def watch(name):
    names[name] = len(name)
    names.pop(name, None)


def show():
    for name in names:
        print(name)
    for name, size in names.items():
        print(name, size)


for name in "abc":
    threading.Thread(target=watch, args=(name,)).start()
show()
`;
  const finding = await start(text);
  const [all, ...others] = await client.codeActions(file, finding, ['source.fixAll']);
  expect(others).toEqual([]);
  expect(all?.kind).toBe('source.fixAll.heddle');
  const change = documentEdit(await resolved(all as CodeAction));
  const expected = text
    .replace('in names:', 'in list(names):')
    .replace('names.items():', 'list(names.items()):');
  expect(applied(text, change.edits as TextEdit[])).toBe(expected);
});

test('a comment that suppresses nothing is removed by the light bulb, and cannot be suppressed in its turn', async () => {
  const text = 'n = 0  # heddle: ignore[nonatomic-update]\nm = 0\n';
  const finding = await start(text);
  expect(finding.code).toBe('unused-suppression');
  const actions = await client.codeActions(file, finding);
  expect(actions.map(({ title }) => title)).toEqual(['Remove this comment']);
  const edit = documentEdit(await resolved(actions[0]!));
  expect(applied(text, edit.edits as TextEdit[])).toBe('n = 0\nm = 0\n');
});

test('nothing is offered away from a finding', async () => {
  const finding = await start(COUNTER);
  const range = { start: { line: 0, character: 0 }, end: { line: 0, character: 3 } };
  expect(await client.codeActions(file, { ...finding, range })).toEqual([]);
});

test('an action whose finding is gone says so when it is resolved', async () => {
  const finding = await start(COUNTER);
  const fix = action(await client.codeActions(file, finding), /_lock/);
  const textDocument = { uri: uriOf(file), version: 8 };
  client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text: GUARDED }] });
  const { error } = await client.request('codeAction/resolve', fix).response;
  expect(error?.message).toContain('no longer applies');
});

test('an action resolved after an edit elsewhere fits the new text', async () => {
  const finding = await start(COUNTER);
  const fix = action(await client.codeActions(file, finding), /_lock/);
  const text = `# 🧵 a line above\n${COUNTER}`;
  const textDocument = { uri: uriOf(file), version: 8 };
  client.notify('textDocument/didChange', { textDocument, contentChanges: [{ text }] });
  const change = documentEdit(await resolved(fix));
  expect(change.textDocument.version).toBe(8);
  expect(applied(text, change.edits as TextEdit[])).toBe(`# 🧵 a line above\n${GUARDED}`);
});

test('a fix that would wrap an await or deadlock is not among the enabled actions', async () => {
  const text = COUNTER.replace('def visit():', 'async def visit():').replace(
    UPDATE,
    '    visits = visits + await number()\n',
  );
  folder = temporaryFolder({ 'counter.py': text });
  file = `${folder.path}/counter.py`;
  client = await startClient(server.program, { folders: [folder.path], capabilities: PULL });
  client.open(file, text, 7);
  for (const finding of await client.diagnostics(file)) {
    const actions = await client.codeActions(file, finding);
    const enabled = actions.filter(({ disabled }) => disabled === undefined);
    expect(enabled.some(({ title }) => /hold/i.test(title))).toBe(false);
  }
});

test('proving a race is offered as a command to an editor that has it, and to no other', async () => {
  const options: ClientOptions = { initializationOptions: { workspaceTrusted: true, provesRaces: true } };
  const finding = await start(COUNTER, options);
  const offered = await client.codeActions(file, finding);
  const { command, edit } = action(offered, /^Prove this race/);
  expect(command).toMatchObject({
    command: 'heddle.proveRace',
    arguments: [uriOf(file), finding.range.start.line],
  });
  expect(edit).toBeUndefined();
  await client.close();
  const other = await start(COUNTER);
  const without = await client.codeActions(file, other);
  expect(without.filter(({ title }) => title.startsWith('Prove'))).toEqual([]);
});

test('in Restricted Mode nothing is run, whatever the editor asks', async () => {
  const finding = await start(COUNTER, { initializationOptions: { workspaceTrusted: false } });
  const asked = client.ask('heddle/prove', { uri: uriOf(file), line: finding.range.start.line });
  await expect(asked).rejects.toThrow('Heddle runs code in trusted workspaces on a desktop only.');
});

test('the hover on a race is a table of its steps, a column for each thread', async () => {
  const finding = await start(COUNTER);
  const hover = await client.ask<{ contents: { value: string }; range: unknown }>('textDocument/hover', {
    textDocument: { uri: uriOf(file) },
    position: finding.range.start,
  });
  expect(hover.range).toEqual(finding.range);
  const rows = hover.contents.value.split('\n').filter((line) => line.startsWith('| '));
  expect(rows[0]).toBe('| thread 1: visit | thread 2: visit |');
  expect(rows.slice(2).map((row) => row.startsWith('|  |'))).toEqual([false, true, true, false]);
});
