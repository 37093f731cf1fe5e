/**
 * Facts and linked programs in a form that a test can be read by: paths as the user writes them with a word for their
 * root, locksets as names, tests as `form path`. A test compares lists of such lines instead of numbers and indices.
 */

import { BUILT_IN } from '../../src/catalog/catalog.ts';
import { extractFacts } from '../../src/facts/extract.ts';
import type { Access, FactId, FileSummary, PathId, Test, ValueShape } from '../../src/facts/summary.ts';
import { flowOf } from '../../src/link/flow.ts';
import { HeldInFile, type HeldLocks, type LockIdentity } from '../../src/link/held.ts';
import { link } from '../../src/link/link.ts';
import type {
  Environment,
  FunctionNode,
  Module,
  ProgramModel,
  SharedAccess,
} from '../../src/link/program.ts';
import type { FileInput } from '../../src/link/symbols.ts';
import type { Finding } from '../../src/rules/finding.ts';
import type { Rule } from '../../src/rules/rule.ts';
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
  /** `isNone self._data`: what each edge of the flow graphs shows that shows something. */
  readonly outcomes: readonly string[];
  /** `acquire self._lock perhaps`: how, path, whether it succeeds, what was held before. */
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
  const held = heldByName(summary);
  const accesses = summary.accesses.map((access) => accessLine(summary, access, held));
  return {
    summary,
    accesses,
    changes: accesses.filter((line) => !line.startsWith('read ')),
    scopes: summary.scopes.slice(1).map(({ kind, qualified }) => `${kind} ${qualified}`.trim()),
    outcomes: summary.bodies.flatMap(({ blocks }) =>
      blocks.flatMap(({ next }) =>
        next
          .filter(({ tests, weak }) => tests.length + weak.length > 0)
          .map(({ tests, weak }) =>
            [
              ...tests.map((test) => testText(summary, summary.tests[test]!)),
              ...weak.map((test) => `perhaps ${testText(summary, summary.tests[test]!)}`),
            ].join(', '),
          ),
      ),
    ),
    acquisitions: summary.acquisitions.map((one) =>
      words(
        one.how,
        pathText(summary, one.path),
        one.takes !== 'here' && one.takes,
        one.blocking !== 'yes' && `blocking ${one.blocking}`,
        one.tested && 'tested',
        lockText(held.at(one.fact)),
      ),
    ),
    calls: summary.calls.map((_, call) => callText(summary, call)),
    bindings: summary.bindings.map(
      ({ path, value }) => `${pathText(summary, path)} = ${shapeText(summary, value)}`,
    ),
    suspensions: summary.suspensions.map(({ how, fact }) => words(how, lockText(held.at(fact)))),
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
    catalog: BUILT_IN,
    files: Object.entries(files).map(([path, text]) => fileInput(path, text)),
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

/** What a rule says of the whole program, with packages of which nothing is known. */
export function checked(rule: Rule, program: ProgramModel): readonly Finding[] {
  return [...(rule.asks === undefined ? rule.check(program, program) : rule.check(program, NO_PACKAGES))];
}

/** Surroundings of which nothing is known. */
export const NO_PACKAGES: Environment = {
  gilVerdict: () => undefined,
  gilVerdictOfUse: () => undefined,
  requirements: [],
  locked: [],
  undeclaredSources: [],
};

export function fileInput(path: string, text: string): FileInput {
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

function accessLine(summary: FileSummary, access: Access, held: HeldInFile): string {
  return words(
    access.kind,
    pathText(summary, access.path),
    access.operation,
    access.key !== undefined && `key ${access.key.text}`,
    access.callBetween && 'call between',
    lockText(held.at(access.fact)),
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

/** What is held when every path that is taken is a lock of its own. */
export function heldByName(summary: FileSummary): HeldInFile {
  const module: Module = {
    index: 0,
    file: '/m.py',
    path: 'm.py',
    name: 'm',
    summary,
    test: false,
    isPackage: false,
  };
  const locks: LockIdentity = {
    taken: (_, acquisition) => ({
      must: new Set([pathText(summary, summary.acquisitions[acquisition]!.path)]),
      maybe: false,
    }),
    released: (_, path) => pathText(summary, path),
    isReentrant: () => false,
  };
  return new HeldInFile(module, flowOf(summary), locks);
}

function lockText({ must, may }: HeldLocks): string {
  const names = [...must.keys(), ...[...may].map((key) => `${key}?`)];
  return names.length === 0 ? '' : `[${names.join(', ')}]`;
}

export function testText(summary: FileSummary, test: Test): string {
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

/** The regions around a fact, innermost first, by kind: `['if', 'loop', 'straight']`. */
export function regionKinds(summary: FileSummary, fact: FactId): readonly string[] {
  return flowOf(summary)
    .regionsAround(fact)
    .map((region) => summary.regions[region]!.kind);
}

function words(...parts: readonly (string | false)[]): string {
  return parts.filter((part) => part !== false && part !== '').join(' ');
}
