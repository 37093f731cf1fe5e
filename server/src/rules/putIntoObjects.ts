/**
 * Objects that whoever makes the object that a thread works on has put into it: `Loader(rows).start()`, `submit(Part(rows).work)`, a
 * `Feeder(rows)` that starts a thread on itself.
 */
import type { Call, FileSummary, PathId, ScopeId } from '../facts/summary.ts';
import { isFreshInLoop } from '../link/callables.ts';
import type { CallEdge, ClassNode, FunctionNode, ProgramModel, ThreadEntry } from '../link/program.ts';

export interface PutInto {
  readonly thread: ThreadEntry;
  /** The function that makes the object, the call by which it does, and what it gives, as it writes it. */
  readonly maker: FunctionNode;
  readonly made: Call;
  readonly given: PathId;
  /** What the object's own methods call it, and those of them that the thread runs. */
  readonly kept: PathId;
  readonly methods: readonly FunctionNode[];
  /** Several objects are made, whose threads may run at once, and all get this. */
  readonly toSeveral: boolean;
}

/** Methods that a thread runs on its object are followed no further than this. */
const MOST_METHODS = 12;
/** A class that is made in more places is everybody's. */
const MOST_SITES = 20;
const WAITS: ReadonlySet<string> = new Set(['join', 'result']);

export function* putIntoObjects(program: ProgramModel): Iterable<PutInto> {
  const before = new Map<string, Call>();
  for (const thread of program.threads) {
    if (thread.module.test || thread.because !== undefined) continue;
    for (const { function: entered, receiver } of thread.entries) {
      const { owner } = entered;
      if (owner === undefined || entered.static || receiver === 'none') continue;
      const init = owner.methods.get('__init__');
      if (init === undefined) continue;
      const keeps = storedBy(init.module.summary).get(init.scope.id);
      if (keeps === undefined) continue;
      const sites = sitesOf(program, thread, owner, init);
      if (sites.length === 0) continue;
      const methods = runOn(program, entered);
      for (const { caller, module, fact } of sites) {
        const made = program.callAt(module, fact);
        if (made === undefined) continue;
        for (const [parameter, given] of givenTo(init, made)) {
          const kept = keeps.get(parameter);
          if (kept === undefined) continue;
          const key = `${owner.id} ${caller.id} ${given}`;
          const first = before.get(key);
          before.set(key, made);
          const toSeveral =
            (first !== undefined && first !== made && isAfter(program, caller, first, made)) ||
            (!isFreshInLoop(module, given, fact) && isAfter(program, caller, made, made));
          yield { thread, maker: caller, made, given, kept, methods, toSeveral };
        }
      }
    }
  }
}

const storedIn = new WeakMap<FileSummary, ReadonlyMap<ScopeId, ReadonlyMap<string, PathId>>>();

/**
 * By constructor and parameter: the attribute that it stores the parameter in as it is, where nothing else in the class binds that
 * attribute.
 */
function storedBy(summary: FileSummary): ReadonlyMap<ScopeId, ReadonlyMap<string, PathId>> {
  const known = storedIn.get(summary);
  if (known !== undefined) return known;
  const { bindings, paths, scopes } = summary;
  const times = new Map<PathId, number>();
  for (const { path } of bindings) times.set(path, (times.get(path) ?? 0) + 1);
  const found = new Map<ScopeId, Map<string, PathId>>();
  for (const { path, scope, value } of bindings) {
    const { root, fields } = paths[path]!;
    if (root !== 'self' || fields.length !== 1 || value.kind !== 'path' || times.get(path) !== 1) continue;
    const given = paths[value.path]!;
    if (scopes[scope]!.name !== '__init__' || given.root !== 'local' || given.scope !== scope) continue;
    if (given.fields.length > 0 || !scopes[scope]!.parameters.some(({ name }) => name === given.name))
      continue;
    const ofScope = found.get(scope) ?? new Map<string, PathId>();
    found.set(scope, ofScope.set(given.name, path));
  }
  storedIn.set(summary, found);
  return found;
}

/** Where the objects are made that the thread works on. */
function sitesOf(
  program: ProgramModel,
  { call, module, spawner }: ThreadEntry,
  owner: ClassNode,
  init: FunctionNode,
): readonly CallEdge[] {
  const sites = program.callsTo(init).filter(({ how }) => how === 'construct');
  if (sites.length > MOST_SITES) return [];
  const isThread = call !== undefined && program.makes(module, call.index) === owner;
  /** Where the thread object is made; who starts it may be another. */
  const handsOver = call === undefined ? spawner : program.functionAt(module, call.scope);
  return sites.filter(({ caller, module: where, fact }) => {
    if (where.test || caller.owner === owner) return false;
    if (isThread) return where === module && fact === call.fact;
    return spawner.owner === owner || caller === spawner || caller === handsOver;
  });
}

/** The method that the thread enters, and what it calls on its own object. */
function runOn(program: ProgramModel, entered: FunctionNode): readonly FunctionNode[] {
  const found = new Set([entered]);
  for (const method of found)
    for (const { callee, sameReceiver } of program.callsFrom(method))
      if (sameReceiver && callee.owner === entered.owner && found.size < MOST_METHODS) found.add(callee);
  return [...found];
}

/** What a call gives as it is, by the parameter that gets it. */
function givenTo(
  { scope }: FunctionNode,
  { arguments: given }: Call,
): readonly (readonly [string, PathId])[] {
  if (given.some(({ name }) => name === '*')) return [];
  return given.flatMap(({ name, value }, position) => {
    const parameter = name === '' ? scope.parameters[position + 1]?.name : name;
    return parameter !== undefined && value.kind === 'path' ? [[parameter, value.path] as const] : [];
  });
}

/** The second is made after the first, with no wait for a thread between them. */
function isAfter(program: ProgramModel, maker: FunctionNode, first: Call, second: Call): boolean {
  const { module } = maker;
  const { paths } = module.summary;
  const waits = program
    .callsIn(maker)
    .filter(({ callee }) => WAITS.has(paths[callee]!.last))
    .map(({ fact }) => fact);
  return program.reachesPast(module, first.fact, second.fact, waits);
}
