/**
 * What is fuzzed: each target makes an input from a number, hands it to a part of Heddle, and says what went wrong. The
 * same number is the same input everywhere, so that a failure of the long run (`npm run fuzz`) can be had again by itself.
 */
import { zipSync } from 'fflate';
import type { Diagnostic } from 'vscode-languageserver-protocol';
import { readGilDeclaration } from '../../src/env/binary/verdict.ts';
import { parseDependencyFile, readDependencyFiles } from '../../src/env/dependencyFiles/dependencyFile.ts';
import { markerHolds } from '../../src/env/dependencyFiles/marker.ts';
import { parseMetadata, parseRecord, readDistributions } from '../../src/env/distributions.ts';
import { findUndeclaredModules } from '../../src/env/extensionSources.ts';
import { findInterpreters } from '../../src/env/interpreter.ts';
import { decideTarget } from '../../src/env/target.ts';
import { openArchive } from '../../src/env/wheel.ts';
import { projectSettings } from '../../src/service/configuration.ts';
import { decodeSource } from '../../src/service/decode.ts';
import { listSources } from '../../src/service/sources.ts';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { type StdioClient, startClient } from '../support/stdioClient.ts';
import { damage, randomNumbers, wholeBinaries } from './damage.ts';
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
export function fuzzTargets(program: string, corpus: readonly string[]): readonly Target[] {
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

const SITE = '/p/.venv/lib/python3.14t/site-packages';
/** One file of each kind that a reader of foreign files reads, by the path under which it is looked for. */
const TEXT_FILES: readonly (readonly [string, string])[] = [
  [
    '/p/pyproject.toml',
    '[project]\nname = "x"\nrequires-python = ">=3.13"\ndependencies = ["numpy[a]>=1,<2 ; python_version < \'3.15\'", "b"]\n[tool.heddle]\nlevel = "note"\nexclude = ["a/**"]\nrules = { useless-lock = "off" }\n[tool.heddle.gil-overrides]\nnumpy = { status = "ready", reason = "r" }\n[tool.uv.workspace]\nmembers = ["packages/*"]\n',
  ],
  [
    '/p/uv.lock',
    'version = 1\nrequires-python = ">=3.13"\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { registry = "r" }\ndependencies = [{ name = "b", marker = "os_name == \'nt\'" }]\nwheels = [{ url = "https://x/a-1.0-cp314-cp314t-linux_x86_64.whl" }]\n',
  ],
  [
    '/p/poetry.lock',
    '[[package]]\nname = "a"\nversion = "1"\nfiles = [{file = "a-1.whl"}]\n[package.dependencies]\nb = ">=1"\n',
  ],
  [
    '/p/pylock.toml',
    'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nwheels = [{ name = "a-1-py3-none-any.whl" }]\n',
  ],
  [
    '/p/Pipfile.lock',
    '{"default": {"a": {"version": "==1", "markers": "os_name == \'nt\'"}}, "develop": {}}',
  ],
  ['/p/Pipfile', '[packages]\na = "*"\nb = {version = ">=1", markers = "os_name == \'nt\'"}\n'],
  ['/p/environment.yml', 'name: x\ndependencies:\n  - a=1\n  - b >=1,<2\n  - pip:\n    - c>=1\n'],
  [
    '/p/requirements.txt',
    '# c\nnumpy==1.2 \\\n    --hash=sha256:0\n-r more.txt\nb[x]>=1,<2 ; python_version >= "3" and (os_name == "nt" or extra not in "a")\n-e .\n',
  ],
  [
    '/p/setup.cfg',
    '[metadata]\nname = x\nclassifiers =\n    A :: B\n[options]\npython_requires = >=3.13\n[tox:tox]\nenvlist = py314t\n',
  ],
  ['/p/tox.ini', '[tox]\nenvlist = py314t,py313\n[testenv]\nbasepython = python3.14t\n'],
  ['/p/.python-version', '3.14t\ncpython-3.14.0+freethreaded-linux-x86_64-gnu\n'],
  ['/p/.gitignore', '*.egg-info/\nbuild/**/gen\n!keep\n/a*b*c\n'],
  [
    '/p/src/m.c',
    'static PyModuleDef_Slot slots[] = {{Py_mod_exec, f}, {0, NULL}};\nPyMODINIT_FUNC PyInit_m(void) {\n    PyObject *m = PyModule_Create(&d);\n    return m;\n}\n/* c */ "s"\n',
  ],
  ['/p/src/n.cpp', 'PYBIND11_MODULE(n, m, py::mod_gil_not_used()) {}\n'],
  ['/p/src/o.pyx', '# cython: language_level=3\ncdef int f(): return 1\n'],
  ['/p/src/lib.rs', '#[pymodule(gil_used = true)]\nfn p(m: &Bound<PyModule>) {}\n'],
  ['/p/Cargo.toml', '[dependencies]\npyo3 = { version = "0.25" }\n'],
  ['/p/CMakeLists.txt', 'nanobind_add_module(x STABLE_ABI src/x.cpp) # c\n'],
  [
    '/p/.venv/pyvenv.cfg',
    'home = /usr/bin\nversion_info = 3.14.0\nimplementation = CPython\nexecutable = /usr/bin/python3.14t\n',
  ],
  ['/usr/bin/python3.14t', ''],
  [
    `${SITE}/x-1.0.dist-info/METADATA`,
    'Metadata-Version: 2.1\nName: x\nVersion: 1.0\nRequires-Dist: a>=1 ; extra == "b"\n  more\n\nText\n',
  ],
  [
    `${SITE}/x-1.0.dist-info/RECORD`,
    'x/__init__.py,sha256=a,1\n"x/a,b.py",,\nx/_c.cpython-314t-x86_64-linux-gnu.so,,\n',
  ],
  [`${SITE}/x-1.0.dist-info/WHEEL`, 'Wheel-Version: 1.0\nTag: cp314-cp314t-manylinux_2_28_x86_64\n'],
  [`${SITE}/y-1.dist-info/METADATA`, 'Name: y\nVersion: 1\n'],
  [`${SITE}/y-1.dist-info/direct_url.json`, '{"url": "file:///p/y", "dir_info": {"editable": true}}'],
  [`${SITE}/y-1.dist-info/RECORD`, '__editable___y_finder.py,,\ny.pth,,\n'],
  [`${SITE}/__editable___y_finder.py`, "MAPPING = {'y': '/p/y/y', 'y.z': 'C:\\\\\\\\y'}\n"],
  [`${SITE}/y.pth`, 'import y\n/p/y\n../other\n# c\n'],
  [`${SITE}/z.egg-link`, '/p/z\n.\n'],
  ['/p/y/y/__init__.py', ''],
  ['/p/a.py', COUNTER],
];
const TEXTS: readonly string[] = TEXT_FILES.map(([, text]) => text);

/** Hands a text to every reader of texts, under every name. */
function readAsEverything(text: string): void {
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
  return {
    async server(): Promise<StdioClient> {
      client ??= await startClient(program, { folders: [] });
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
    },
  };
}

/** The answer, or what became of it after so long that no text of this size explains it. */
async function answer(client: StdioClient, method: string, params: unknown): Promise<Answer> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<Answer>((resolve) => {
    timer = setTimeout(() => resolve({ wrong: `${method} was not answered` }), LONGEST_WAIT);
  });
  const gone = client.ended.then((code): Answer => ({ wrong: `the server ended with ${code} in ${method}` }));
  const answered = client.request(method, params).response.then(({ result, error }): Answer => {
    if (error === undefined) return { result };
    return { error: `${method}: ${error.code} ${error.message}` };
  });
  try {
    return await Promise.race([answered, late, gone]);
  } finally {
    clearTimeout(timer);
  }
}

type Answer = { readonly result?: unknown; readonly error?: string; readonly wrong?: string };

const LONGEST_WAIT = 90_000;

interface Report {
  readonly kind: string;
  readonly items?: readonly Diagnostic[];
}

function pythonThroughServer(program: string, corpus: readonly string[]): Target {
  const { server, giveUp, close } = editor(program);
  const work = async (random: Random, client: StdioClient): Promise<string | undefined> => {
    const path = '/fuzz/edited.py';
    const uri = uriOf(path);
    let text = mutated(corpus[random(corpus.length)]!, corpus, random, 3);
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
      return wrong;
    },
    close,
  };
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
  'workspace/diagnostic',
  'workspace/didChangeConfiguration',
  'workspace/didChangeWatchedFiles',
  'workspace/didChangeWorkspaceFolders',
  'heddle/audit',
  'heddle/environment',
  'heddle/readiness',
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
