/**
 * Where threads begin: `Thread(target=…)`, a started `Thread` subclass, work handed to a pool, a timer, the request
 * handler of a threading server. Each entry says which functions it runs, whether several may run at once, where it starts and
 * where it is waited for.
 */
import type { ArgumentPlace } from '../catalog/schema.ts';
import { isPoolName, POOL_SIZE_KEYWORD } from '../catalog/words.ts';
import type { Call, FactId, PathId, ValueShape } from '../facts/summary.ts';
import type { CallGraph } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, Confidence, Entry, FunctionNode, Module, Receiver, ThreadEntry } from './program.ts';
import { linearized, mayBeOne, type Resolver } from './resolve.ts';

export interface DraftThread extends ThreadEntry {
  /** Several of these threads may run on one object. */
  readonly manyOnOne: boolean;
  /** Functions that wait for the thread's end, with the facts of the waits. */
  readonly joinedIn: ReadonlyMap<FunctionNode, readonly FactId[]>;
  /** Objects are passed along. */
  readonly passesObjects: boolean;
  /** Facts in the spawner after which the thread has ended. */
  readonly joins: readonly FactId[];
  /** Runs its tasks one after another, however often it is used. */
  readonly serial: boolean;
  /** Where it starts is known. */
  readonly started: boolean;
  /** Locals of the spawner whose objects the thread gets to see. */
  readonly sharedLocals: readonly PathId[];
}

export function findThreads(resolver: Resolver, graph: CallGraph): DraftThread[] {
  const found: DraftThread[] = [];
  const threadClasses = new Set(resolver.classes.filter(isThreadClass).map((class_) => class_.scope.name));
  const maySpawn = (module: Module, call: Call): boolean => {
    const name = module.summary.paths[call.callee]!.last;
    if (resolver.catalog.spawnNames.has(name) || threadClasses.has(name)) return true;
    return call.arguments.some((argument) => argument.name === 'target');
  };
  for (const module of resolver.modules) {
    for (const call of module.summary.calls) {
      if (!maySpawn(module, call)) continue;
      const draft = threadAt(resolver, module, call);
      if (draft === undefined) continue;
      found.push({ ...draft, id: found.length });
    }
  }
  for (const thread of handlerThreads(resolver, found.length)) found.push(thread);
  return markMany(
    found.map((thread) => (thread.started ? thread : startedElsewhere(resolver, thread))),
    graph,
  );
}

function isThreadClass(class_: ClassNode): boolean {
  return linearized(class_).some((one) =>
    one.externalBases.some((base) => base === 'threading.Thread' || base === 'threading.Timer'),
  );
}

/** A thread kept in an attribute or global and started by another function of the module. */
function startedElsewhere(resolver: Resolver, thread: DraftThread): DraftThread {
  const { module, call } = thread;
  const { summary } = module;
  const keys = new Set<string>();
  for (const holder of holdersOf(module, call)) {
    const target = resolver.target(module, holder);
    if (target.kind === 'variable') keys.add(target.variable.key);
  }
  for (const other of summary.calls) {
    const callee = summary.paths[other.callee]!;
    if (callee.fields.at(-1) !== 'start' || callee.parent === -1) continue;
    const owner = resolver.target(module, callee.parent);
    if (owner.kind !== 'variable' || !keys.has(owner.variable.key)) continue;
    return {
      ...thread,
      startFact: other.fact,
      spawner: resolver.functionAt(module, other.scope),
      joins: [],
      started: true,
    };
  }
  return thread;
}

function threadAt(resolver: Resolver, module: Module, call: Call): DraftThread | undefined {
  const callee = module.summary.paths[call.callee]!;
  const dotted = resolver.externalName(module, call.callee);
  const { catalog } = resolver;
  const [entry] = dotted === undefined ? [] : catalog.entriesOfCall(dotted);
  if (entry !== undefined) {
    const target = argumentOf(call, entry.argument ?? {});
    if (target === undefined) return undefined;
    const many = entry.many !== false || isRepeated(module, call);
    return threadFrom(resolver, module, call, target, many, entry.what, 'high', entry.starts ?? 'now');
  }
  const method = callee.fields.at(-1) ?? '';
  const ofPool = catalog.entryOfPool(method);
  if (ofPool !== undefined) {
    const pool = poolKind(resolver, module, callee.fields.length, call);
    if (pool === undefined) return undefined;
    const target = argumentOf(call, ofPool.argument ?? {});
    if (target === undefined) return undefined;
    const many = pool.workers !== 1;
    const thread = threadFrom(
      resolver,
      module,
      call,
      target,
      many,
      ofPool.what,
      pool.confidence,
      'now',
      ofPool.waits,
    );
    return thread === undefined ? undefined : { ...thread, serial: pool.workers === 1 };
  }
  const anywhere = catalog.entryOfMethod(method);
  if (anywhere !== undefined) {
    const target = argumentOf(call, anywhere.argument ?? {});
    const [executor] = call.arguments;
    if (target === undefined || executor === undefined) return undefined;
    if (executor.value.kind === 'path') {
      const types = resolver.typesOf(module, executor.value);
      if (types.some((type) => type.kind === 'executor' && type.executor === 'processes')) return undefined;
    }
    return threadFrom(resolver, module, call, target, true, anywhere.what, 'high', 'now');
  }
  const target = resolver.target(module, call.callee);
  if (target.kind === 'class') {
    const isThread = isThreadClass(target.class);
    const run = isThread ? resolver.method(target.class, 'run') : undefined;
    if (run === undefined) return undefined;
    const started = startOf(module, call);
    return {
      id: -1,
      module,
      call,
      startFact: started ?? call.fact,
      spawner: resolver.functionAt(module, call.scope),
      entries: [{ function: run, receiver: 'self', class: target.class }],
      many: isRepeated(module, call),
      what: 'thread',
      confidence: 'high',
      manyOnOne: false,
      joinedIn: joinsElsewhere(resolver, module, call, target.class),
      passesObjects: call.arguments.length > 0,
      joins: joinsOf(resolver, module, call),
      serial: false,
      started: started !== undefined,
      sharedLocals: [...holdersOf(module, call), ...localRoots(module, call.arguments)],
    };
  }
  return undefined;
}

function threadFrom(
  resolver: Resolver,
  module: Module,
  call: Call,
  target: ValueShape,
  many: boolean,
  what: string,
  confidence: Confidence,
  starts: 'now' | 'start' | 'later',
  waits = false,
): DraftThread | undefined {
  const callables = callablesOf(resolver, module, target, call, 0);
  if (callables.length === 0) return undefined;
  const started = starts !== 'start' ? call.fact : (startOf(module, call) ?? call.fact);
  return {
    id: -1,
    module,
    call,
    startFact: started,
    spawner: resolver.functionAt(module, call.scope),
    entries: callables,
    many,
    what,
    confidence,
    manyOnOne: many,
    joinedIn: starts !== 'start' ? new Map() : joinsElsewhere(resolver, module, call, undefined),
    passesObjects: call.arguments.some(
      ({ name, value }) =>
        (name === 'args' || name === 'kwargs' || name === '') &&
        value !== target &&
        passesShared(module, value, call),
    ),
    joins: waits ? [call.fact] : joinsOf(resolver, module, call),
    serial: false,
    started: starts !== 'start' || startOf(module, call) !== undefined,
    sharedLocals: localRoots(module, call.arguments),
  };
}

/** The locals at the roots of everything that is passed. */
function localRoots(module: Module, arguments_: Call['arguments']): readonly PathId[] {
  const { paths, calls } = module.summary;
  const found: PathId[] = [];
  const visit = (shape: ValueShape): void => {
    if (shape.kind === 'container') for (const element of shape.elements) visit(element);
    if (shape.kind === 'call') for (const argument of calls[shape.call]!.arguments) visit(argument.value);
    if (shape.kind !== 'path') return;
    let root = shape.path;
    while (paths[root]!.parent !== -1) root = paths[root]!.parent;
    if (paths[root]!.root === 'local') found.push(root);
  };
  for (const argument of arguments_) visit(argument.value);
  return found;
}

/** Hands over an object that is not made anew for each thread. */
function passesShared(module: Module, shape: ValueShape, call: Call): boolean {
  if (shape.kind === 'path') return !isFreshInLoop(module, shape.path, call);
  if (shape.kind === 'container')
    return shape.elements.some((element) => passesShared(module, element, call));
  return false;
}

function argumentOf(call: Call, { position, keyword }: ArgumentPlace): ValueShape | undefined {
  const named = keyword === undefined ? undefined : call.arguments.find(({ name }) => name === keyword);
  if (named !== undefined) return named.value;
  const positional = call.arguments.filter((argument) => argument.name === '');
  if (call.arguments.some((argument) => argument.name === '*')) return undefined;
  return position === undefined ? undefined : positional[position]?.value;
}

function isRepeated(module: Module, { fact }: Call): boolean {
  return flowOf(module.summary).loopAround(fact) !== undefined;
}

/** Whether the local at the root of a path is bound anew in each round of the loop around the call. */
function isFreshInLoop({ summary }: Module, path: PathId, call: Call): boolean {
  let root = path;
  while (summary.paths[root]!.parent !== -1) root = summary.paths[root]!.parent;
  if (summary.paths[root]!.root !== 'local') return false;
  const flow = flowOf(summary);
  const loop = flow.loopAround(call.fact);
  if (loop === undefined) return false;
  return summary.bindings.some(
    (binding) => binding.path === root && flow.regionsAround(binding.fact).includes(loop),
  );
}

/** The functions a value may be: a name, a bound method, a lambda, `partial(f, …)`. */
function callablesOf(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  call: Call,
  depth: number,
): readonly Entry[] {
  if (depth > 4) return [];
  switch (shape.kind) {
    case 'scope':
      return [{ function: resolver.functionAt(module, shape.scope), class: undefined, receiver: 'none' }];
    case 'path': {
      const target = resolver.target(module, shape.path);
      if (target.kind === 'function') {
        const { owner } = target.function;
        const overriding =
          target.sameReceiver && owner !== undefined
            ? resolver.overrides(owner, target.function.scope.name)
            : [];
        const fresh = target.receiver === 'local' && isFreshInLoop(module, shape.path, call);
        const receiver: Receiver = target.receiver === 'local' && !fresh ? 'shared' : target.receiver;
        return [
          { function: target.function, class: target.through, receiver },
          ...overriding.map((one) => ({ function: one, class: one.owner, receiver })),
        ];
      }
      return localCallables(resolver, module, shape.path, call, depth);
    }
    case 'call': {
      const made = module.summary.calls[shape.call]!;
      const dotted = resolver.externalName(module, made.callee);
      const [first] = made.arguments;
      if (dotted === 'functools.partial' && first !== undefined)
        return callablesOf(resolver, module, first.value, call, depth + 1);
      return [];
    }
    case 'either':
      return shape.options.flatMap((option) => callablesOf(resolver, module, option, call, depth + 1));
    case 'element':
      return shape.of.kind === 'container'
        ? shape.of.elements.flatMap((element) => callablesOf(resolver, module, element, call, depth + 1))
        : [];
    default:
      return [];
  }
}

function localCallables(
  resolver: Resolver,
  module: Module,
  path: PathId,
  call: Call,
  depth: number,
): readonly Entry[] {
  const access = module.summary.paths[path]!;
  if (access.root !== 'local' || access.fields.length > 0) return [];
  return resolver
    .bindingsOf(module, path)
    .flatMap((binding) => callablesOf(resolver, module, binding.value, call, depth + 1));
}

interface Pool {
  readonly workers: number | undefined;
  readonly confidence: Confidence;
}

/** The thread pool a `submit` or `map` is called on, by its constructor or, less surely, by its name. */
function poolKind(resolver: Resolver, module: Module, fields: number, call: Call): Pool | undefined {
  if (fields === 0) return undefined;
  const callee = module.summary.paths[call.callee]!;
  const owner = module.summary.paths[callee.parent]!;
  const shape: ValueShape =
    owner.root === 'result' && owner.fields.length === 0
      ? { kind: 'call', call: owner.call }
      : { kind: 'path', path: callee.parent };
  const types = resolver.typesOf(module, shape);
  const executor = types.find((type) => type.kind === 'executor');
  if (executor !== undefined) {
    if (executor.kind !== 'executor' || executor.executor === 'processes') return undefined;
    return { workers: workersOf(resolver, module, shape, 0), confidence: 'high' };
  }
  if (types.some((type) => type.kind !== 'unknown' && type.kind !== 'external' && type.kind !== 'constant'))
    return undefined;
  const name = owner.fields.at(-1) ?? owner.name;
  if (call.arguments.length > 0 && isPoolName(name)) return { workers: undefined, confidence: 'medium' };
  return undefined;
}

function workersOf(resolver: Resolver, module: Module, shape: ValueShape, depth: number): number | undefined {
  if (depth > 3) return undefined;
  if (shape.kind === 'call') {
    const call = module.summary.calls[shape.call]!;
    const argument = call.arguments.find((one) => POOL_SIZE_KEYWORD.test(one.name)) ?? call.arguments[0];
    const value = argument?.value;
    return value?.kind === 'literal' && /^\d+$/.test(value.text) ? Number(value.text) : undefined;
  }
  if (shape.kind !== 'path') return undefined;
  const target = resolver.target(module, shape.path);
  const bindings =
    target.kind === 'variable'
      ? resolver.variableBindings(target.variable)
      : resolver.bindingsOf(module, shape.path).map((binding) => ({ module, binding }));
  const counts = bindings
    .filter(({ binding }) => binding.value.kind === 'call')
    .map((one) => workersOf(resolver, one.module, one.binding.value, depth + 1));
  return counts.length > 0 && counts.every((count) => count === counts[0]) ? counts[0] : undefined;
}

/** The path that a thread object is bound to, or that a list holding it is bound to. */
function holdersOf(module: Module, call: Call): readonly PathId[] {
  const { summary } = module;
  const holds = (shape: ValueShape): boolean => {
    switch (shape.kind) {
      case 'call':
        return shape.call === call.index;
      case 'container':
        return shape.elements.some(holds);
      case 'either':
        return shape.options.some(holds);
      default:
        return false;
    }
  };
  const paths = new Set<PathId>();
  for (const binding of summary.bindings)
    if (binding.scope === call.scope && holds(binding.value)) paths.add(binding.path);
  for (const access of summary.accesses) {
    if (access.scope === call.scope && access.value !== undefined && holds(access.value))
      paths.add(access.path);
  }
  for (const other of summary.calls) {
    const callee = summary.paths[other.callee]!;
    if (other.scope !== call.scope || callee.fields.length === 0) continue;
    const last = callee.fields.at(-1);
    if (last !== 'append' && last !== 'add') continue;
    const added = other.arguments[0]?.value;
    const adds = added !== undefined && (holds(added) || (added.kind === 'path' && paths.has(added.path)));
    if (!adds) continue;
    const owner = ownerPath(module, other);
    if (owner !== undefined) paths.add(owner);
  }
  for (let grown = true; grown; ) {
    grown = false;
    for (const binding of summary.bindings) {
      if (paths.has(binding.path) || binding.scope !== call.scope) continue;
      if (comesFrom(binding.value, paths)) {
        paths.add(binding.path);
        grown = true;
      }
    }
  }
  return [...paths];
}

function comesFrom(shape: ValueShape, paths: ReadonlySet<PathId>): boolean {
  switch (shape.kind) {
    case 'path':
      return paths.has(shape.path);
    case 'element':
      return comesFrom(shape.of, paths);
    case 'container':
      return shape.elements.some((element) => comesFrom(element, paths));
    default:
      return false;
  }
}

function ownerPath(module: Module, call: Call): PathId | undefined {
  const { parent } = module.summary.paths[call.callee]!;
  return parent === -1 ? undefined : parent;
}

/** The `start()` call on a thread object, in the function that makes it; else where it is made. */
function startOf(module: Module, call: Call): FactId | undefined {
  const { summary } = module;
  const flow = flowOf(summary);
  const holders = new Set(holdersOf(module, call));
  for (const other of summary.calls) {
    const callee = summary.paths[other.callee]!;
    if (callee.fields.at(-1) !== 'start') continue;
    if (callee.root === 'result' && callee.call === call.index && callee.fields.length === 1)
      return other.fact;
    if (other.scope !== call.scope || !flow.reaches(call.fact, other.fact)) continue;
    const owner = ownerPath(module, other);
    if (owner !== undefined && holders.has(owner)) return other.fact;
  }
  return undefined;
}

/** Calls in the spawner after which the thread has ended: `t.join()`, `f.result()`, `wait(fs)`, the end of `with pool`. */
function joinsOf(resolver: Resolver, module: Module, call: Call): readonly FactId[] {
  const { summary } = module;
  const holders = new Set(holdersOf(module, call));
  const joins: FactId[] = [];
  for (const other of summary.calls) {
    if (other.scope !== call.scope) continue;
    const callee = summary.paths[other.callee]!;
    const last = callee.fields.at(-1);
    const owner = ownerPath(module, other);
    if (
      (last === 'join' || last === 'result') &&
      owner !== undefined &&
      holders.has(owner) &&
      !timesOut(other)
    )
      joins.push(other.fact);
    const dotted = resolver.externalName(module, other.callee);
    if (dotted === 'concurrent.futures.wait' || dotted === 'concurrent.futures.as_completed') {
      const first = other.arguments[0]?.value;
      if (first !== undefined && comesFrom(first, holders)) joins.push(other.fact);
    }
    if (last === 'shutdown' && isPoolOf(module, call, other)) joins.push(other.fact);
    if (last === 'join' && isPoolOf(module, call, other)) joins.push(other.fact);
  }
  const end = withEnd(module, call);
  if (end !== undefined) joins.push(end);
  return joins;
}

/** `self._thread.join()` in another function than the one that makes the thread; `self.join()` in a `Thread` subclass. */
function joinsElsewhere(
  resolver: Resolver,
  module: Module,
  call: Call,
  threadClass: ClassNode | undefined,
): ReadonlyMap<FunctionNode, readonly FactId[]> {
  const { summary } = module;
  const found = new Map<FunctionNode, FactId[]>();
  const keys = new Set<string>();
  for (const holder of holdersOf(module, call)) {
    const target = resolver.target(module, holder);
    if (target.kind === 'variable') keys.add(target.variable.key);
  }
  const note = (where: Module, other: Call): void => {
    push(found, resolver.functionAt(where, other.scope), other.fact);
  };
  for (const other of summary.calls) {
    const callee = summary.paths[other.callee]!;
    if (callee.fields.at(-1) !== 'join' || other.scope === call.scope || callee.parent === -1) continue;
    const owner = resolver.target(module, callee.parent);
    if (owner.kind === 'variable' && keys.has(owner.variable.key)) note(module, other);
  }
  if (threadClass === undefined) return found;
  for (const one of threadClass.module.summary.calls) {
    const callee = threadClass.module.summary.paths[one.callee]!;
    if (callee.root !== 'self' || callee.fields.length !== 1 || callee.fields[0] !== 'join') continue;
    const class_ = resolver.classAt(threadClass.module, callee.scope);
    if (class_ !== undefined && mayBeOne(class_, threadClass)) note(threadClass.module, one);
  }
  return found;
}

function timesOut(call: Call): boolean {
  return call.arguments.length > 0;
}

function isPoolOf(module: Module, call: Call, other: Call): boolean {
  const a = module.summary.paths[call.callee]!;
  const b = module.summary.paths[other.callee]!;
  return (
    a.root === b.root &&
    a.name === b.name &&
    a.scope === b.scope &&
    a.fields.length === b.fields.length &&
    a.fields.slice(0, -1).every((field, index) => field === b.fields[index])
  );
}

/** For work handed to the pool of a `with` block: the end of the block, which waits for all. */
function withEnd({ summary }: Module, call: Call): FactId | undefined {
  const callee = summary.paths[call.callee]!;
  if (callee.root !== 'local' || callee.fields.length !== 1) return undefined;
  const pool = callee.parent;
  const binding = summary.bindings.find(
    (one) => one.how === 'with' && one.scope === call.scope && one.path === pool,
  );
  const made = binding?.value.kind === 'call' ? summary.calls[binding.value.call]!.callee : pool;
  const release = summary.releases.find(
    ({ acquisition, path, scope }) =>
      acquisition !== -1 && scope === call.scope && (path === made || path === pool),
  );
  return release?.fact;
}

/** Handler classes of threading servers: a new instance per request, many at once. */
function handlerThreads(resolver: Resolver, firstId: number): readonly DraftThread[] {
  const found: DraftThread[] = [];
  const serverNames = new Set([
    ...['ThreadingHTTPServer', 'ThreadingTCPServer', 'ThreadingUDPServer', 'ThreadingUnixStreamServer'],
    ...resolver.classes
      .filter((class_) =>
        linearized(class_).some((one) => one.externalBases.some((base) => THREADING_SERVERS.test(base))),
      )
      .map((class_) => class_.scope.name),
  ]);
  for (const module of resolver.modules) {
    for (const call of module.summary.calls) {
      if (!serverNames.has(module.summary.paths[call.callee]!.last)) continue;
      if (!isThreadingServer(resolver, module, call.callee)) continue;
      for (const argument of call.arguments) {
        if (argument.value.kind !== 'path') continue;
        const target = resolver.target(module, argument.value.path);
        if (target.kind !== 'class') continue;
        const entries = linearized(target.class)
          .flatMap((one) => [...one.methods.values()])
          .filter((method) => /^(handle|setup|finish|do_[A-Z]+)$/.test(method.scope.name))
          .map((method): Entry => ({ function: method, receiver: 'local', class: target.class }));
        if (entries.length === 0) continue;
        found.push({
          id: firstId + found.length,
          module,
          call,
          startFact: call.fact,
          spawner: resolver.functionAt(module, call.scope),
          entries,
          many: true,
          what: 'request thread',
          confidence: 'high',
          manyOnOne: false,
          joinedIn: new Map(),
          passesObjects: false,
          joins: [],
          serial: false,
          started: true,
          sharedLocals: [],
        });
      }
    }
  }
  return found;
}

const THREADING_SERVERS =
  /^(http\.server\.ThreadingHTTPServer|socketserver\.(ThreadingMixIn|ThreadingTCPServer|ThreadingUDPServer|ThreadingUnixStreamServer|ThreadingUnixDatagramServer))$/;

function isThreadingServer(resolver: Resolver, module: Module, callee: PathId): boolean {
  const target = resolver.target(module, callee);
  if (target.kind === 'external') return THREADING_SERVERS.test(target.dotted);
  if (target.kind !== 'class') return false;
  return linearized(target.class).some((one) =>
    one.externalBases.some((base) => THREADING_SERVERS.test(base)),
  );
}

/** A thread made in a function that is itself called in a loop or run by many threads may exist several times. */
function markMany(threads: readonly DraftThread[], graph: CallGraph): DraftThread[] {
  const entryOf = new Map<FunctionNode, DraftThread[]>();
  for (const thread of threads) for (const entry of thread.entries) push(entryOf, entry.function, thread);
  /** `onOne`: the function runs several times for the same object. */
  const repeated = (function_: FunctionNode, onOne: boolean, seen: Set<FunctionNode>): boolean => {
    if (seen.size > 40 || seen.has(function_)) return false;
    seen.add(function_);
    if (entryOf.get(function_)?.some((thread) => thread.many && (!onOne || thread.manyOnOne)) === true)
      return true;
    return graph.to(function_).some((edge) => {
      if (onOne && (edge.receiver === 'local' || edge.receiver === 'parameter')) return false;
      return edge.repeated || repeated(edge.caller, onOne, seen);
    });
  };
  return threads.map((thread) => {
    if (thread.many || thread.serial || !repeated(thread.spawner, false, new Set())) return thread;
    return { ...thread, many: true, manyOnOne: repeated(thread.spawner, true, new Set()) };
  });
}
