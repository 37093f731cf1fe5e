/** Where the attributes of a `threading.local`, and the values of a `ContextVar`, are set and read: what rules on things of one thread start from. */
import type { FactId, PathId, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';

export interface LocalUse {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly fact: FactId;
  /** As written: `_current.user`, `tenant`. */
  readonly name: string;
  readonly value: ValueShape | undefined;
}

/** What belongs to one thread, or to one context. */
export interface OwnValue {
  readonly kind: 'threadLocal' | 'contextVar';
  readonly sets: LocalUse[];
  /** Reading by `getattr` does not say which attribute: it counts for all. */
  readonly reads: LocalUse[];
}

/** By variable; the attributes of one `threading.local` together. */
export function ownValues(program: ProgramModel): ReadonlyMap<string, OwnValue> {
  const found = new Map<string, OwnValue>();
  const imported = new Set(
    program.modules.flatMap(({ summary }) => summary.imports.map(({ module: from }) => from)),
  );
  const threads = ['threading', 'thread', '_thread'].some((one) => imported.has(one));
  const usesContexts = imported.has('contextvars');
  for (const module of program.modules) {
    if (module.test) continue;
    const contexts = usesContexts && module.summary.imports.length > 0;
    const uses = [
      ...(threads ? program.kept(usesOfLocals, module) : []),
      ...(contexts ? program.kept(usesOfVariables, module) : []),
    ];
    for (const { key, kind, does, use } of uses) {
      const own = entryOf(found, key, kind);
      if (does !== 'deletes') own[does].push(use);
    }
  }
  return found;
}

function entryOf(found: Map<string, OwnValue>, key: string, kind: OwnValue['kind']): OwnValue {
  const known = found.get(key);
  if (known !== undefined) return known;
  const made: OwnValue = { kind, sets: [], reads: [] };
  found.set(key, made);
  return made;
}

interface FoundUse {
  readonly key: string;
  readonly kind: OwnValue['kind'];
  readonly does: 'sets' | 'reads' | 'deletes';
  readonly use: LocalUse;
}

function* usesOfLocals(program: ProgramModel, module: Module): Iterable<FoundUse> {
  const { summary } = module;
  const isLocal = remembered((path: PathId) => {
    const types = program.typesOf(module, { kind: 'path', path });
    return types.length > 0 && types.every((type) => type.kind === 'threadLocal');
  });
  for (const { path, fact, scope, kind, value, use: how } of summary.accesses) {
    const { parent, last } = summary.paths[path]!;
    if (parent === -1 || !isLocal(parent)) continue;
    // A `ContextVar` is as local, and is used by its methods.
    if (VARIABLE_METHODS.has(last) && how !== 'assigned') continue;
    const key = program.keyOf(module, parent);
    if (key === undefined) continue;
    const use = {
      module,
      function: program.functionAt(module, scope),
      fact,
      name: program.nameOf(module, path),
      value,
    };
    const does = kind === 'write' ? 'sets' : kind === 'delete' ? 'deletes' : 'reads';
    yield { key, kind: 'threadLocal', does, use };
  }
  for (const { callee, arguments: given, fact, scope } of summary.calls) {
    const { root, name } = summary.paths[callee]!;
    const [first] = given;
    if (
      root !== 'builtin' ||
      name !== 'getattr' ||
      first?.value.kind !== 'path' ||
      !isLocal(first.value.path)
    )
      continue;
    const key = program.keyOf(module, first.value.path);
    if (key === undefined) continue;
    const use = {
      module,
      function: program.functionAt(module, scope),
      fact,
      name: program.nameOf(module, first.value.path),
      value: undefined,
    };
    yield { key, kind: 'threadLocal', does: 'reads', use };
  }
}

function* usesOfVariables(program: ProgramModel, module: Module): Iterable<FoundUse> {
  const { summary } = module;
  const isVariable = remembered((path: PathId) =>
    program.typesOf(module, { kind: 'path', path }).some((type) => type.kind === 'threadLocal'),
  );
  for (const { callee, arguments: given, fact, scope } of summary.calls) {
    const { parent, last } = summary.paths[callee]!;
    if (parent === -1 || (last !== 'set' && last !== 'get') || !isVariable(parent)) continue;
    const key = program.keyOf(module, parent);
    if (key === undefined) continue;
    const use = {
      module,
      function: program.functionAt(module, scope),
      fact,
      name: program.nameOf(module, parent),
      value: given[0]?.value,
    };
    yield { key, kind: 'contextVar', does: last === 'set' ? 'sets' : 'reads', use };
  }
}

function remembered(ask: (path: PathId) => boolean): (path: PathId) => boolean {
  const answers = new Map<PathId, boolean>();
  return (path) => {
    const known = answers.get(path) ?? ask(path);
    answers.set(path, known);
    return known;
  };
}

const VARIABLE_METHODS: ReadonlySet<string> = new Set(['get', 'set', 'reset']);

const MOST_FUNCTIONS = 200;

/** The function and what it calls, over any number of calls. */
export function calledFrom(program: ProgramModel, function_: FunctionNode): ReadonlySet<FunctionNode> {
  const found = new Set([function_]);
  for (const one of found) {
    if (found.size > MOST_FUNCTIONS) break;
    for (const { callee } of program.callsFrom(one)) found.add(callee);
  }
  return found;
}
