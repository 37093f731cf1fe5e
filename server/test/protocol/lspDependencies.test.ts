/** Dependency files in an editor: squiggles, fixes that raise bounds, hovers, and the report on the environment. */
import { writeFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import type { CodeAction, Hover } from 'vscode-languageserver-protocol';
import type { AuditResult, EnvironmentResult } from '../../src/protocol.ts';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { PUSH, type StdioClient, startClient } from '../support/stdioClient.ts';
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

const REQUIREMENTS = 'numpy==2.0.0  # arrays\nrequests\n';
const PYPROJECT = '[project]\nname = "a"\nversion = "1"\ndependencies = [\n  "numpy>=1.26",\n  "lxml",\n]\n';

async function start(files: Readonly<Record<string, string>>): Promise<void> {
  folder = temporaryFolder(files);
  client = await startClient(server.program, { folders: [folder.path] });
}

function pathOf(name: string): string {
  return `${folder.path}/${name}`;
}

test('a requirement of a version that brings the GIL back is marked, and its bound can be raised', async () => {
  await start({ 'requirements.txt': REQUIREMENTS });
  const file = pathOf('requirements.txt');
  client.open(file, REQUIREMENTS);
  const [finding, ...others] = await client.diagnostics(file);
  expect(others).toEqual([]);
  expect(finding).toMatchObject({
    code: 'gil-reenabled-import',
    range: { start: { line: 0, character: 0 }, end: { line: 0, character: 12 } },
  });
  const [action] = await client.codeActions(file, finding!);
  expect(action?.title).toMatch(/^Require `numpy==2\.\d+\.\d+`$/);
  const { edit } = await client.ask<CodeAction>('codeAction/resolve', action);
  expect(edit).toMatchObject({
    documentChanges: [
      { edits: [{ range: { start: { line: 0, character: 7 }, end: { line: 0, character: 12 } } }] },
    ],
  });
});

test('the text in the editor counts, not the one on disk', async () => {
  await start({ 'requirements.txt': REQUIREMENTS });
  const file = pathOf('requirements.txt');
  client.open(file, 'numpy==2.3.0\n');
  expect(await client.diagnostics(file)).toEqual([]);
  client.notify('textDocument/didChange', {
    textDocument: { uri: uriOf(file), version: 2 },
    contentChanges: [{ text: 'numpy==2.0.0\n' }],
  });
  expect((await client.diagnostics(file)).map(({ code }) => code)).toEqual(['gil-reenabled-import']);
});

test('pyproject.toml shows its requirements beside its settings', async () => {
  const text = `${PYPROJECT}\n[tool.heddle]\ntarget = "nonsense"\n`;
  await start({ 'pyproject.toml': text });
  const file = pathOf('pyproject.toml');
  client.open(file, text);
  const codes = (await client.diagnostics(file)).map(({ code }) => code);
  expect(codes).toEqual(['configuration', 'gil-reenabled-import']);
});

test('an import points at the requirement behind it', async () => {
  await start({ 'requirements.txt': REQUIREMENTS, 'a.py': 'import numpy\n' });
  client.open(pathOf('a.py'), 'import numpy\n');
  const [finding] = await client.diagnostics(pathOf('a.py'));
  expect(finding).toMatchObject({
    code: 'gil-reenabled-import',
    relatedInformation: [
      { location: { uri: uriOf(pathOf('requirements.txt')) }, message: '`numpy` is required here' },
    ],
  });
});

test('the hover on a requirement has the evidence', async () => {
  await start({ 'requirements.txt': REQUIREMENTS });
  const file = pathOf('requirements.txt');
  client.open(file, REQUIREMENTS);
  const ask = (line: number, character: number) =>
    client.ask<Hover | null>('textDocument/hover', {
      textDocument: { uri: uriOf(file) },
      position: { line, character },
    });
  const found = await ask(0, 2);
  expect(found?.contents).toMatchObject({
    value: expect.stringMatching(/^\*\*numpy 2\.0\.0\*\*\n\n\| evidence \| says \| source \|/),
  });
  expect(await ask(0, 18)).toBeNull();
});

test('the environment is reported with its interpreter', async () => {
  await start({
    '.venv/pyvenv.cfg': 'version = 3.14.0\n',
    '.venv/lib/python3.14t/site-packages/pure-1.0.dist-info/METADATA': 'Name: pure\nVersion: 1.0\n',
    '.venv/lib/python3.14t/site-packages/pure-1.0.dist-info/RECORD': 'pure.py,,\n',
    '.venv/lib/python3.14t/site-packages/pure.py': '',
    'a.py': 'import pure\n',
  });
  const { folders } = await client.ask<EnvironmentResult>('heddle/environment', null);
  expect(folders).toMatchObject([
    {
      uri: uriOf(folder.path),
      interpreter: { version: '3.14.0', freeThreaded: 'yes' },
      imports: [],
      modules: [{ module: 'pure', verdict: 'off' }],
    },
  ]);
});

test('a suppression is offered outside Python, in the comments of the format', async () => {
  await start({ 'requirements.txt': REQUIREMENTS });
  const file = pathOf('requirements.txt');
  client.open(file, REQUIREMENTS);
  const [finding] = await client.diagnostics(file);
  const action = (await client.codeActions(file, finding!)).find(({ title }) => /on this line$/.test(title));
  const { edit } = await client.ask<CodeAction>('codeAction/resolve', action);
  expect(edit).toMatchObject({
    documentChanges: [{ edits: [{ newText: '  # heddle: ignore[gil-reenabled-import]' }] }],
  });
});

test('no suppression is offered in JSON', async () => {
  const text = '{"default": {"numpy": {"version": "==2.0.0"}}}';
  await start({ 'Pipfile.lock': text });
  const file = pathOf('Pipfile.lock');
  client.open(file, text);
  const [finding] = await client.diagnostics(file);
  expect(finding).toMatchObject({ code: 'gil-reenabled-import' });
  expect(await client.codeActions(file, finding!)).toEqual([]);
});

test('the fix at an import edits the file that requires the package, after a preview, open or not', async () => {
  await start({ 'requirements.txt': REQUIREMENTS, 'a.py': 'import numpy\n' });
  const file = pathOf('a.py');
  client.open(file, 'import numpy\n');
  const [finding] = await client.diagnostics(file);
  const [action] = await client.codeActions(file, finding!);
  expect(action?.title).toMatch(/^Require `numpy==2\.\d+\.\d+` in requirements\.txt$/);
  const uri = uriOf(pathOf('requirements.txt'));
  const range = { start: { line: 0, character: 7 }, end: { line: 0, character: 12 } };
  const { edit } = await client.ask<CodeAction>('codeAction/resolve', action);
  expect(edit).toMatchObject({
    documentChanges: [{ textDocument: { uri, version: null }, edits: [{ range, annotationId: 'heddle' }] }],
    changeAnnotations: {
      heddle: { needsConfirmation: true, description: 'This changes requirements.txt.' },
    },
  });
  client.open(pathOf('requirements.txt'), REQUIREMENTS, 3);
  expect((await client.ask<CodeAction>('codeAction/resolve', action)).edit).toMatchObject({
    documentChanges: [{ textDocument: { uri, version: 3 } }],
  });
});

test('an editor without versioned edits gets the fix at an import as plain changes', async () => {
  folder = temporaryFolder({ 'requirements.txt': REQUIREMENTS, 'a.py': 'import numpy\n' });
  client = await startClient(server.program, { folders: [folder.path], capabilities: PUSH });
  client.open(pathOf('a.py'), 'import numpy\n', 1);
  const [finding] = await client.pushed(pathOf('a.py'), 1);
  const [action] = await client.codeActions(pathOf('a.py'), finding!);
  expect(Object.keys(action?.edit?.changes ?? {})).toEqual([uriOf(pathOf('requirements.txt'))]);
});

test('what is not known of a package is said by an audit only', async () => {
  await start({ 'requirements.txt': 'nobody-knows\n' });
  const file = pathOf('requirements.txt');
  client.open(file, 'nobody-knows\n');
  expect(await client.diagnostics(file)).toEqual([]);
  const { files, counts } = await client.ask<AuditResult>('heddle/audit', {});
  expect(files).toMatchObject([{ uri: uriOf(file), diagnostics: [{ code: 'unknown-gil-readiness' }] }]);
  expect(counts.bySeverity.hint).toBe(1);
});

test('an editor that needs edits at once is spared the ones that there are not', async () => {
  const code = '#define NONE \\\nstatic PyModuleDef_Slot slots[] = {{0, NULL}};\n';
  folder = temporaryFolder({ 'requirements.txt': REQUIREMENTS, 'a.py': 'import numpy\n', 'a.c': code });
  client = await startClient(server.program, { folders: [folder.path], capabilities: PUSH });
  const titles = async (name: string): Promise<readonly string[]> => {
    const [finding] = await client.pushed(pathOf(name), 1);
    return (await client.codeActions(pathOf(name), finding!)).map(({ title }) => title.replace(/`.*`/, ''));
  };
  client.open(pathOf('a.c'), code, 1);
  expect(await titles('a.c')).toEqual([
    'Declare that the module runs without the GIL',
    'Suppress gil-declaration-missing on this line',
    'Suppress gil-declaration-missing in this file',
  ]);
  client.open(pathOf('a.py'), 'import numpy\n', 1);
  writeFileSync(pathOf('requirements.txt'), '# changed by somebody else\nnumpy==2.0.0\n');
  expect(await titles('a.py')).toEqual([
    'Suppress gil-reenabled-import on this line',
    'Suppress gil-reenabled-import with a comment above',
    'Suppress gil-reenabled-import in this file',
  ]);
});
