/**
 * What is fuzzed: each target makes an input from a number, hands it to a part of Heddle, and says what went wrong. The
 * same number is the same input everywhere, so that a failure of the long run (`npm run fuzz`) can be had again by itself.
 */
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { zipSync } from 'fflate';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import { silentLogger } from '../../src/base/log.ts';
import type { PythonParser } from '../../src/cst/runtime.ts';
import { readGilDeclaration } from '../../src/env/binary/verdict.ts';
import { parseDependencyFile, readDependencyFiles } from '../../src/env/dependencyFiles/dependencyFile.ts';
import { markerHolds } from '../../src/env/dependencyFiles/marker.ts';
import { parseMetadata, parseRecord, readDistributions } from '../../src/env/distributions.ts';
import { findUndeclaredModules } from '../../src/env/extensionSources.ts';
import { findInterpreters } from '../../src/env/interpreter.ts';
import { decideTarget } from '../../src/env/target.ts';
import { openArchive } from '../../src/env/wheel.ts';
import { projectSettings } from '../../src/service/configuration.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { decodeSource } from '../../src/service/decode.ts';
import { extractionHere } from '../../src/service/extraction.ts';
import { decodeFacts, encodeFacts, type FileFacts } from '../../src/service/factsFile.ts';
import { cellLines, notebookProgram, readNotebook } from '../../src/service/notebook.ts';
import { listSources } from '../../src/service/sources.ts';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { secondsOf } from '../support/cpu.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { type StdioClient, startClient } from '../support/stdioClient.ts';
import { runsCommands } from './commands.ts';
import { damage, randomNumbers, wholeBinaries } from './damage.ts';
import { TEXT_FILES, TEXTS } from './foreignFiles.ts';
import { mutated, type Random } from './mutation.ts';

export interface Target {
  readonly name: string;
  /** Inputs of the run that is part of the tests. */
  readonly inputs: number;
  /** What is wrong with the answer to an input; undefined when nothing is. */
  run(input: number): Promise<string | undefined>;
  close(): Promise<void>;
}

/** No input of these sizes may take more of the CPU, in seconds. */
const MOST_SECONDS = 5;

/** @param program of the server @param corpus Python to begin with */
export function fuzzTargets(
  program: string,
  corpus: readonly string[],
  parser: PythonParser,
): readonly Target[] {
  const facts = factsOf(COUNTER, parser);
  return [
    inProcess('binaries', 1500, (random) => {
      const damaged = damage(BINARIES[random(BINARIES.length)]!, random);
      const sibling = BINARIES[random(BINARIES.length)]!;
      const declaration = readGilDeclaration(damaged, 'x.cpython-314t-x86_64-linux-gnu.so', () => ({
        path: 'libcore.so',
        bytes: sibling,
      }));
      return declaration.evidence.length === 0 ? 'a verdict without evidence' : undefined;
    }),
    inProcess('text files', 400, (random) => {
      const [, text] = pick(TEXT_FILES, random);
      readAsEverything(mutated(text, TEXTS, random));
      return undefined;
    }),
    inProcess('folders', 200, async (random) => {
      const files: Record<string, string> = {};
      for (const [path, text] of TEXT_FILES)
        files[path] = random(3) === 0 ? mutated(text, TEXTS, random, 2) : text;
      const host = memoryHost(files);
      const unread: { readonly message: string }[] = [];
      for (const { sitePackages } of await findInterpreters('/p', host)) {
        const installed = await readDistributions(sitePackages, host);
        unread.push(...installed.unread);
      }
      await readDependencyFiles('/p', host, unread as never);
      await listSources(host, { folder: '/p', exclude: [], paths: undefined }, async () => {});
      return unread.find(({ message }) => message.includes('Error'))?.message;
    }),
    inProcess('archives', 300, (random) => {
      const bytes = damage(ARCHIVE, random);
      const archive = openArchive(bytes);
      for (const { path } of archive?.files ?? []) archive?.read(path);
      return undefined;
    }),
    inProcess('facts', 300, async (random) => {
      const read = decodeFacts(damage(await facts, random), VERSION);
      if (typeof read === 'string') return undefined;
      const files = new Map([
        [`/p/${read.path}`, read],
        ['/p/whole.py', decodeFacts(await facts, VERSION) as FileFacts],
      ]);
      const analyzer = createAnalyzer({
        host: memoryHost({}),
        parser,
        logger: silentLogger,
        facts: { files, notAnalysed: [] },
      });
      analyzer.setFolders(['/p']);
      const report = await analyzer.audit(undefined, async () => {}, { report() {} });
      return report.analysed === files.size
        ? undefined
        : `analysed ${report.analysed} of ${files.size} files`;
    }),
    inProcess('command line', 60, runsCommands(corpus, parser)),
    pythonThroughServer(program, corpus),
    protocolStorm(program),
  ];
}

const BINARIES = wholeBinaries();
const ARCHIVE = zipSync({
  'a/b.so': new Uint8Array(2000).fill(3),
  'c.py': new Uint8Array([35]),
  'd/': new Uint8Array(),
});

const VERSION = '0123456789abcdef';

async function factsOf(text: string, parser: PythonParser): Promise<Uint8Array> {
  const made = await extractionHere(parser).of(text);
  if ('failure' in made) throw new Error(made.detail);
  const lines = text.split('\n').length;
  return encodeFacts({ path: 'a/b.py', problem: undefined, summary: made.summary, lines, text }, VERSION);
}

/** Hands a text to every reader of texts, under every name. */
export function readAsEverything(text: string): void {
  for (const [path] of TEXT_FILES) {
    parseDependencyFile(path, text);
    const file = { path: path.replace(/^\/p\//, ''), text };
    decideTarget([file]);
    findUndeclaredModules([file, { path: 'Cargo.toml', text: '[dependencies]\npyo3 = "0.25"\n' }]);
  }
  projectSettings('/p/pyproject.toml', `${text}# heddle`, ['useless-lock']);
  parseMetadata(text);
  parseRecord(text);
  markerHolds(text, { minor: 14, freeThreaded: true });
  decodeSource(new TextEncoder().encode(text));
  const cells = readNotebook(text);
  if (typeof cells !== 'string') cellLines(notebookProgram(cells));
  cellLines(notebookProgram([{ number: 1, text }]));
}

function inProcess(
  name: string,
  inputs: number,
  work: (random: Random) => string | undefined | Promise<string | undefined>,
): Target {
  return {
    name,
    inputs,
    async run(input) {
      const before = process.cpuUsage();
      try {
        const wrong = await work(randomNumbers(input));
        const { user, system } = process.cpuUsage(before);
        const seconds = (user + system) / 1e6;
        return wrong ?? (seconds > MOST_SECONDS ? `took ${seconds.toFixed(1)} s of the CPU` : undefined);
      } catch (error) {
        return error instanceof Error ? (error.stack ?? error.message) : String(error);
      }
    },
    close: async () => {},
  };
}

/** An editor with one server, which is started again when it has gone. */
function editor(program: string) {
  let client: StdioClient | undefined;
  const storageFolder = mkdtempSync(join(tmpdir(), 'heddle-fuzz-'));
  return {
    async server(): Promise<StdioClient> {
      client ??= await startClient(program, { folders: [], initializationOptions: { storageFolder } });
      return client;
    },
    giveUp(): void {
      client?.kill();
      client = undefined;
    },
    async close(): Promise<void> {
      client?.kill();
      await client?.ended;
      client = undefined;
      rmSync(storageFolder, { recursive: true, force: true });
    },
  };
}

/** The answer, or what became of it after so much work that no text of this size explains it. */
async function answer(client: StdioClient, method: string, params: unknown): Promise<Answer> {
  let timer: ReturnType<typeof setInterval> | undefined;
  const [asked, worked] = [Date.now(), secondsOf(client.pid)];
  const late = new Promise<Answer>((resolve) => {
    timer = setInterval(() => {
      const seconds = secondsOf(client.pid) - worked;
      if (seconds < MOST_WORK && Date.now() - asked < LONGEST_WAIT) return;
      resolve({ wrong: `${method} was not answered in ${seconds.toFixed(0)} s of the CPU` });
    }, 1000);
  });
  const gone = client.ended.then((code): Answer => ({ wrong: `the server ended with ${code} in ${method}` }));
  const answered = client.request(method, params).response.then(({ result, error }): Answer => {
    if (error === undefined) return { result };
    return { error: `${method}: ${error.code} ${error.message}` };
  });
  try {
    return await Promise.race([answered, late, gone]);
  } finally {
    clearInterval(timer);
  }
}

type Answer = { readonly result?: unknown; readonly error?: string; readonly wrong?: string };

/** Seconds of the server's CPU; a machine that is shared may take many times as long. */
const MOST_WORK = 60;
/** A server that waits for nothing does no work either. */
const LONGEST_WAIT = 900_000;

interface Report {
  readonly kind: string;
  readonly items?: readonly Diagnostic[];
}

function pythonThroughServer(program: string, corpus: readonly string[]): Target {
  const { server, giveUp, close } = editor(program);
  const path = '/fuzz/edited.py';
  const uri = uriOf(path);
  let text = '';
  const work = async (random: Random, client: StdioClient): Promise<string | undefined> => {
    text = mutated(corpus[random(corpus.length)]!, corpus, random, 3);
    let version = 1;
    client.open(path, text, version);
    const pull = () => answer(client, 'textDocument/diagnostic', { textDocument: { uri } });
    for (let edit = 0; edit < 5; edit++) {
      const changed = mutated(text, corpus, random, 2);
      version += 1;
      client.notify('textDocument/didChange', {
        textDocument: { uri, version },
        contentChanges: [difference(text, changed)],
      });
      text = changed;
      const { wrong, error } = await pull();
      if (wrong !== undefined || error !== undefined) return wrong ?? error;
      const position = { line: random(30), character: random(30) };
      const said = await answer(client, 'textDocument/hover', { textDocument: { uri }, position });
      if (said.wrong !== undefined || said.error !== undefined) return said.wrong ?? said.error;
    }
    const incremental = (await pull()).result as Report | undefined;
    for (const diagnostic of incremental?.items?.slice(0, 2) ?? []) {
      const context = { diagnostics: [diagnostic] };
      const params = { textDocument: { uri }, range: diagnostic.range, context };
      const { wrong, error } = await answer(client, 'textDocument/codeAction', params);
      if (wrong !== undefined || error !== undefined) return wrong ?? error;
    }
    client.notify('textDocument/didClose', { textDocument: { uri } });
    client.open(path, text, 1);
    const anew = (await pull()).result as Report | undefined;
    client.notify('textDocument/didClose', { textDocument: { uri } });
    const [before, after] = [incremental, anew].map((report) => JSON.stringify(report?.items));
    if (before !== after) return `edited, it says ${before}; opened again, ${after}`;
    return client
      .takeAll<{ readonly type: number; readonly message: string }>('window/logMessage')
      .find(({ type }) => type === 1)?.message;
  };
  return {
    name: 'python through the server',
    inputs: 12,
    async run(input) {
      const wrong = await work(randomNumbers(input), await server());
      if (wrong !== undefined) giveUp();
      return wrong?.includes('the server ended with 70') ? refused() : wrong;
    },
    close,
  };

  /** What is wrong with the server after one that ended because the parser crashed: it is to refuse that text, and live. */
  async function refused(): Promise<string | undefined> {
    const client = await server();
    client.open(path, text, 1);
    const params = { textDocument: { uri } };
    const { wrong, error } = await answer(client, 'textDocument/diagnostic', params);
    client.notify('textDocument/didClose', params);
    // That it refuses the text is logged, and is no fault of what comes next.
    client.takeAll('window/logMessage');
    if (wrong !== undefined) giveUp();
    return wrong ?? error;
  }
}

/** One change with a range, as an editor sends it. */
function difference(before: string, after: string): { readonly range: unknown; readonly text: string } {
  let start = 0;
  while (start < before.length && before[start] === after[start]) start += 1;
  let end = 0;
  while (
    end < before.length - start &&
    end < after.length - start &&
    before.at(-1 - end) === after.at(-1 - end)
  )
    end += 1;
  const position = (offset: number) => {
    const lines = before.slice(0, offset).split(/\r\n|\r|\n/);
    return { line: lines.length - 1, character: lines.at(-1)!.length };
  };
  // Between the two halves of a line break there is no position; the whole text is as good a change.
  const between = (offset: number) => before[offset - 1] === '\r' && before[offset] === '\n';
  if (between(start) || between(before.length - end))
    return { range: { start: { line: 0, character: 0 }, end: position(before.length) }, text: after };
  return {
    range: { start: position(start), end: position(before.length - end) },
    text: after.slice(start, after.length - end),
  };
}

const METHODS: readonly string[] = [
  'textDocument/didOpen',
  'textDocument/didChange',
  'textDocument/didClose',
  'textDocument/didSave',
  'textDocument/diagnostic',
  'textDocument/hover',
  'textDocument/codeAction',
  'codeAction/resolve',
  'textDocument/inlayHint',
  'textDocument/codeLens',
  'notebookDocument/didOpen',
  'notebookDocument/didChange',
  'notebookDocument/didClose',
  'workspace/executeCommand',
  'workspace/diagnostic',
  'workspace/didChangeConfiguration',
  'workspace/didChangeWatchedFiles',
  'workspace/didChangeWorkspaceFolders',
  'heddle/audit',
  'heddle/environment',
  'heddle/readiness',
  'heddle/prove',
  'heddle/plan',
  'initialized',
  'initialize',
  '$/cancelRequest',
  '$/setTrace',
  'no/such/method',
];

function protocolStorm(program: string): Target {
  const { server, giveUp, close } = editor(program);
  const work = async (random: Random, client: StdioClient): Promise<string | undefined> => {
    for (let count = 0; count < 30; count++) {
      const method = METHODS[random(METHODS.length)]!;
      const params = randomParameters(random);
      if (random(2) === 0) client.notify(method, params);
      else {
        // Whatever it says to nonsense, it has to say something, or end the request when it is cancelled.
        const { id, response } = client.request(method, params);
        response.catch(() => {});
        if (method === 'workspace/diagnostic' || random(3) === 0) client.notify('$/cancelRequest', { id });
      }
    }
    const path = `/fuzz/after${random(3)}.py`;
    const [text, expected] = random(2) === 0 ? [COUNTER, 1] : [GUARDED, 0];
    client.open(path, text, 1);
    const { wrong, error, result } = await answer(client, 'textDocument/diagnostic', {
      textDocument: { uri: uriOf(path) },
    });
    client.notify('textDocument/didClose', { textDocument: { uri: uriOf(path) } });
    client.takeAll('window/logMessage');
    if (wrong !== undefined || error !== undefined) return wrong ?? error;
    const found = (result as Report).items?.length;
    return found === expected ? undefined : `afterwards it reports ${found} findings instead of ${expected}`;
  };
  return {
    name: 'protocol storm',
    inputs: 40,
    async run(input) {
      const wrong = await work(randomNumbers(input), await server());
      if (wrong !== undefined) giveUp();
      return wrong;
    },
    close,
  };
}

/** Values that make some sense at some places, and none at others. */
function randomParameters(random: Random, depth = 0): unknown {
  const uris = [
    'file:///fuzz/x.py',
    'file:///fuzz/y.py',
    'untitled:U',
    'file://%ff%/x',
    '',
    'x',
    'file:////host/share/x.py',
    'git:/a?b#c',
  ];
  const values: readonly (() => unknown)[] = [
    () => null,
    () => random(100) - 50,
    () => 2 ** random(40),
    () => uris[random(uris.length)],
    () => '\u0000\uD800',
    () => true,
    () => [],
    () => Array.from({ length: random(4) }, () => randomParameters(random, depth + 1)),
    () => ({
      uri: uris[random(uris.length)],
      version: random(9) - 2,
      languageId: 'python',
      text: random(2) === 0 ? COUNTER : 'x = (',
    }),
    () => ({
      start: { line: random(20) - 2, character: random(20) },
      end: { line: random(20), character: random(20) - 2 },
    }),
  ];
  if (depth > 3 || (depth > 0 && random(3) > 0)) return values[random(values.length)]!();
  const keys = [
    'textDocument',
    'contentChanges',
    'position',
    'range',
    'context',
    'diagnostics',
    'settings',
    'changes',
    'event',
    'added',
    'removed',
    'folders',
    'id',
    'data',
    'previousResultIds',
    'text',
    'uri',
    'capabilities',
    'title',
    'items',
  ];
  return Object.fromEntries(
    Array.from({ length: random(5) }, () => [keys[random(keys.length)], randomParameters(random, depth + 1)]),
  );
}

function pick<Value>(values: readonly Value[], random: Random): Value {
  return values[random(values.length)]!;
}
