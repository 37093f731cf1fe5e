/**
 * Facts and linked programs in a form that a test can be read by: paths as the user writes them with a word for their
 * root, locksets as names, tests as `form path`. A test compares lists of such lines instead of numbers and indices.
 */

import { extractFacts } from '../../src/facts/extract.ts';
import type {
  Access,
  BranchId,
  FileSummary,
  LocksetId,
  PathId,
  Test,
  ValueShape,
} from '../../src/facts/summary.ts';
import { link } from '../../src/link/link.ts';
import type { Environment, FunctionNode, ProgramModel, SharedAccess } from '../../src/link/program.ts';
import type { FileInput } from '../../src/link/resolve.ts';
import { pythonParser } from './parser.ts';

const parser = await pythonParser();

/** What one file says, a line per fact and in source order. */
export interface ReadableFacts {
  readonly summary: FileSummary;
  /** `update global:n +=`, `mutate self._jobs append [self._lock]`: kind, path, operation, locks (`?` for perhaps). */
  readonly accesses: readonly string[];
  /** The same without reads. */
  readonly changes: readonly string[];
  /** `function Cache.get`, in order of definition. */
  readonly scopes: readonly string[];
  /** `if isNone self._data`: the tests that hold on entry of each branch that has some. */
  readonly branches: readonly string[];
  /** `acquire self._lock finally`: how, path, release, then what else is known. */
  readonly acquisitions: readonly string[];
  /** `import:threading.Thread(target=global:run)`. */
  readonly calls: readonly string[];
  /** `self._lock = import:threading.Lock()`. */
  readonly bindings: readonly string[];
  /** `await [self._lock]`: how the function is left for a while, and with which locks. */
  readonly suspensions: readonly string[];
  /** `load os.path → os`: when, what, under which name. */
  readonly imports: readonly string[];
}

/** The facts of a Python text. */
export function facts(source: string): ReadableFacts {
  const summary = extractFacts(parser.parse(source));
  const accesses = summary.accesses.map((access) => accessLine(summary, access));
  return {
    summary,
    accesses,
    changes: accesses.filter((line) => !line.startsWith('read ')),
    scopes: summary.scopes.slice(1).map(({ kind, qualified }) => `${kind} ${qualified}`.trim()),
    branches: summary.branches
      .filter(({ tests }) => tests.length > 0)
      .map(
        ({ kind, tests }) =>
          `${kind} ${tests.map((test) => testText(summary, summary.tests[test]!)).join(', ')}`,
      ),
    acquisitions: summary.acquisitions.map((one) =>
      words(
        one.how,
        pathText(summary, one.path),
        one.release,
        one.mayRaise && 'may raise',
        one.leaves && 'leaves',
        one.suspends !== 'no' && one.suspends,
        one.blocking !== 'yes' && `blocking ${one.blocking}`,
        one.tested && 'tested',
        lockText(summary, one.lockset),
      ),
    ),
    calls: summary.calls.map((_, call) => callText(summary, call)),
    bindings: summary.bindings.map(
      ({ path, value }) => `${pathText(summary, path)} = ${shapeText(summary, value)}`,
    ),
    suspensions: summary.suspensions.map(({ how, lockset }) => words(how, lockText(summary, lockset))),
    imports: summary.imports.map(({ when, module, name, local }) =>
      words(when, module, name !== '' && name, `→ ${local}`),
    ),
  };
}

/** The program that files make together: path below the root, `pkg/__init__.py`, → text. */
export function linked(
  files: Readonly<Record<string, string>>,
  profile: 'application' | 'library' = 'application',
): ProgramModel {
  return link({
    files: Object.entries(files).map(([path, text]) => fileInput(path, text)),
    environment: NO_PACKAGES,
    profile,
    target: 'free-threaded',
  });
}

/** The accesses of a variable: `update in Cache.put [self._lock]`, changes first named by its key's last part. */
export function accessesTo(program: ProgramModel, attribute: string): readonly string[] {
  return program.variables
    .filter((variable) => variable.attribute === attribute)
    .flatMap((variable) => variable.accesses.map((access) => sharedText(program, access)));
}

/** The thread entries: `thread run`, `pool thread work, many`. */
export function threadsOf(program: ProgramModel): readonly string[] {
  return program.threads.map((thread) =>
    [
      `${thread.what} ${thread.entries.map((entry) => entry.function.label).join('/')}`,
      ...(thread.many ? ['many'] : []),
    ].join(', '),
  );
}

/** Whether some pair of accesses to the variable, at least one of them a change, may run at the same time. */
export function isContended(program: ProgramModel, attribute: string): boolean {
  return program.variables
    .filter((variable) => variable.attribute === attribute)
    .some((variable) =>
      variable.accesses.some((a) =>
        variable.accesses.some(
          (b) =>
            (a.access.kind !== 'read' || b.access.kind !== 'read') &&
            program.parallel(variable, a, b) !== undefined,
        ),
      ),
    );
}

/** The function of a label: `Cache.get`. @throws Error when there is none */
export function functionNamed(program: ProgramModel, label: string): FunctionNode {
  const found = program.functions.find((function_) => function_.label === label);
  if (found === undefined) throw new Error(`no function ${label}`);
  return found;
}

const NO_PACKAGES: Environment = {
  gilVerdict: () => undefined,
  gilVerdictOfUse: () => undefined,
  requirements: [],
  locked: [],
  undeclaredSources: [],
};

function fileInput(path: string, text: string): FileInput {
  const isPackage = path.endsWith('/__init__.py');
  const dotted = path.replace(/(?:\/__init__)?\.py$/, '').replaceAll('/', '.');
  return {
    file: `/${path}`,
    path,
    moduleName: dotted,
    otherNames: [],
    isPackage,
    test: false,
    summary: extractFacts(parser.parse(text)),
  };
}

function sharedText(
  program: ProgramModel,
  { function: runs, access, locks, maybeLocked }: SharedAccess,
): string {
  const names = [...locks].map((key) => program.locks.get(key)?.name ?? key).sort();
  return words(
    access.kind,
    'in',
    runs.label,
    names.length > 0 && `[${names.join(', ')}]`,
    maybeLocked && 'maybe locked',
  );
}

function accessLine(summary: FileSummary, access: Access): string {
  return words(
    access.kind,
    pathText(summary, access.path),
    access.operation,
    access.key !== undefined && `key ${access.key.text}`,
    access.callBetween && 'call between',
    lockText(summary, access.lockset),
  );
}

/** A path with a word for its root, unless it begins at a receiver: `self.x`, `global:n`, `import:threading.Lock`. */
export function pathText(summary: FileSummary, path: PathId): string {
  const { root, name, scope, call, fields } = summary.paths[path]!;
  const owner = summary.scopes[scope]!.qualified;
  const begins = {
    self: 'self',
    cls: 'cls',
    class: `class:${owner}`,
    global: `global:${name}`,
    local: `local:${name}`,
    import: `import:${name}`,
    builtin: `builtin:${name}`,
    result: call === -1 ? 'result' : callText(summary, call),
    unknown: 'unknown',
  }[root];
  return begins + fields.map((field) => (field.startsWith('[') ? field : `.${field}`)).join('');
}

function lockText(summary: FileSummary, id: LocksetId): string {
  const { must, may } = summary.locksets[id]!;
  if (must.length + may.length === 0) return '';
  const names = [
    ...must.map(({ path }) => pathText(summary, path)),
    ...may.map(({ path }) => `${pathText(summary, path)}?`),
  ];
  return `[${names.join(', ')}]`;
}

function testText(summary: FileSummary, test: Test): string {
  return words(
    test.form,
    pathText(summary, test.path),
    test.key?.text ?? '',
    test.via !== undefined && `via ${pathText(summary, test.via)}`,
  );
}

function callText(summary: FileSummary, call: number): string {
  const { callee, arguments: list } = summary.calls[call]!;
  const passed = list.map(({ name, value }) => {
    const text = shapeText(summary, value);
    return name === '' || name.startsWith('*') ? `${name}${text}` : `${name}=${text}`;
  });
  return `${pathText(summary, callee)}(${passed.join(', ')})`;
}

/** What is known of a value: a path, a call, a literal's type, `element of …`. */
export function shapeText(summary: FileSummary, value: ValueShape): string {
  switch (value.kind) {
    case 'call':
      return callText(summary, value.call);
    case 'path':
      return pathText(summary, value.path);
    case 'literal':
      return value.type;
    case 'scope':
      return summary.scopes[value.scope]!.qualified;
    case 'element':
      return `element of ${shapeText(summary, value.of)}`;
    case 'container':
      return `${value.type} of ${value.elements.map((element) => shapeText(summary, element)).join(', ')}`;
    case 'either':
      return value.options.map((option) => shapeText(summary, option)).join(' or ');
    case 'awaited':
      return `await ${shapeText(summary, value.of)}`;
    case 'other':
      return '…';
  }
}

/** The branches around a branch, innermost first, by kind: `['if', 'loop', 'straight']`. */
export function branchKinds(summary: FileSummary, branch: BranchId): readonly string[] {
  const kinds: string[] = [];
  for (let at = branch; at !== -1; at = summary.branches[at]!.parent) kinds.push(summary.branches[at]!.kind);
  return kinds;
}

function words(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join(' ');
}
