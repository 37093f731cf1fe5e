/**
 * Where threads begin: `Thread(target=…)`, a started `Thread` subclass, work handed to a pool, a timer, the request
 * handler of a threading server. Each entry says which functions it runs, whether several may run at once, where it starts and
 * where it is waited for.
 */
import type { EntryModel } from '../catalog/schema.ts';
import { GREENLET_PATCH, isPoolName, LIFE_FUNCTION, POOL_SIZE_KEYWORD } from '../catalog/words.ts';
import {
  type Call,
  ELEMENT,
  type FactId,
  type FileSummary,
  type PathId,
  type ValueShape,
} from '../facts/summary.ts';
import { argumentOf, type Callable, callablesOf, isFreshInLoop, isRepeated } from './callables.ts';
import { type CallGraph, isConstructor } from './callGraph.ts';
import type { Question } from './fixpoint.ts';
import { flowOf } from './flow.ts';
import { FrameworkTable, holdsFor } from './frameworkThreads.ts';
import { GivenToRun } from './givenToRun.ts';
import { mayBeOne } from './hierarchy.ts';
import { foreignBases, libraryNames } from './libraryNames.ts';
import { LoopWork } from './loopWork.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, Confidence, FunctionNode, Module, ThreadEntry } from './program.ts';
import type { Resolver } from './resolve.ts';
import { sameSolution } from './sameSolution.ts';
import type { NamedSetting } from './serverSettings.ts';
import { isStartedOnce } from './startedOnce.ts';
import { deeper } from './target.ts';
import {
  forgetThreadObjects,
  forgetThreadObjectsOf,
  threadObjectsOf,
  type WaitMethod,
} from './threadObjects.ts';
import { Wrappers } from './wrapperEntries.ts';

export interface DraftThread extends ThreadEntry {
  /** Several of these threads may run on one object. */
  readonly manyOnOne: boolean;
  /** The call that makes the thread also makes the object whose method it runs. */
  readonly ownObject?: boolean;
  /** Functions that wait for the thread's end, with their waits. */
  readonly joinedIn: ReadonlyMap<FunctionNode, readonly Wait[]>;
  /** Runs beside other threads only: what the rest of the program does meanwhile, the program does not show. */
  readonly besideThreadsOnly: boolean;
  /** Says nothing unless the program has threads of its own. */
  readonly needsThreads: boolean;
  /** Objects are passed along. */
  readonly passesObjects: boolean;
  /** Facts in the spawner after which the thread has ended. */
  readonly joins: readonly FactId[];
  /** Runs its tasks one after another, however often it is used. */
  readonly serial: boolean;
  /** What it runs first is called again and again, each time anew. */
  readonly again?: boolean;
  /** The function that hands over what is run, when the one that starts the thread gets it from its callers. */
  readonly giver?: FunctionNode;
  /** Where it starts is known. */
  readonly started: boolean;
  /** Locals of the spawner whose objects the thread gets to see. */
  readonly sharedLocals: readonly PathId[];
  /** Of several threads: parameters of the spawner for which each start has another object. */
  readonly ownParameters?: ReadonlySet<PathId>;
}

export interface Wait {
  readonly fact: FactId;
  /** Paths of the module on which helpers that are called there wait. */
  readonly of: readonly PathId[];
}

/** The threads of a program. What each module shows of them is found again only where an edit concerns it. */
export class ThreadTable {
  readonly #resolver: Resolver;
  readonly #classes: (module: Module) => readonly ClassNode[];
  readonly #classNames: Question<'all', ReadonlySet<string>>;
  readonly #started: (module: Module) => readonly DraftThread[];
  readonly #neverMade: (module: Module) => readonly DraftThread[];
  readonly #patches: (module: Module) => readonly Call[];
  readonly #framework: FrameworkTable;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    this.#classes = resolver.perModule(
      'classes of threads',
      (module) => resolver.classesIn(module).filter((class_) => isThreadClass(resolver, class_)),
      sameSolution,
    );
    this.#classNames = resolver.question<'all', ReadonlySet<string>>(
      'names of classes of threads',
      new Set(),
      sameSolution,
    );
    this.#started = resolver.perModule('threads started', (module) => {
      forgetThreadObjectsOf(resolver, module);
      const classes = this.#threadClasses();
      return module.summary.calls
        .filter((call) => this.#maySpawn(module, call, classes))
        .flatMap((call) => threadsAt(resolver, module, call));
    });
    this.#neverMade = resolver.perModule('threads never made', (module) =>
      this.#classes(module).flatMap((class_) => neverMade(resolver, class_)),
    );
    this.#patches = resolver.perModule('patches of threads', (module) =>
      module.test ? [] : module.summary.calls.filter((call) => patchesThreads(resolver, module, call)),
    );
    this.#framework = new FrameworkTable(resolver);
  }

  find(graph: CallGraph, servers: readonly NamedSetting[]): DraftThread[] {
    const resolver = this.#resolver;
    forgetThreadObjects(resolver);
    const found = [
      ...resolver.modules.flatMap(this.#started),
      ...resolver.modules.flatMap(this.#neverMade),
      ...this.#framework.threads(servers),
    ];
    const sure = resolver.modules.some((module) => this.#patches(module).length > 0)
      ? found.map((thread) => ({ ...thread, confidence: 'low' as const }))
      : found;
    const work = new LoopWork(resolver, graph);
    const given = new GivenToRun(resolver, graph);
    const wrappers = new Wrappers(resolver, graph);
    return markMany(
      resolver,
      chained(
        withThreads(sure)
          .flatMap((thread) => given.added(throughCalls(startedElsewhere(resolver, thread), graph)))
          .map((thread, id) => ({ ...wrappers.added(thread), id })),
      ),
      graph,
    ).map((thread) => work.added(thread));
  }

  #threadClasses(): ReadonlySet<string> {
    return this.#classNames.ask(
      'all',
      () => new Set(this.#resolver.modules.flatMap(this.#classes).map((class_) => class_.scope.name)),
    );
  }

  #maySpawn(module: Module, call: Call, classes: ReadonlySet<string>): boolean {
    const name = module.summary.paths[call.callee]!.last;
    if (this.#resolver.catalog.spawnNames.has(name) || classes.has(name)) return true;
    return call.arguments.some((argument) => argument.name === 'target');
  }
}

/** The program makes threads take turns in one thread, so that little can come between two steps. */
function patchesThreads(resolver: Resolver, module: Module, { callee }: Call): boolean {
  return (
    module.summary.paths[callee]!.last.includes('patch') &&
    GREENLET_PATCH.test(resolver.externalName(module, callee) ?? '')
  );
}

/** Without those that run in whatever thread there is, when the program has none. */
function withThreads(found: readonly DraftThread[]): readonly DraftThread[] {
  const own = found.filter((thread) => !thread.needsThreads);
  return own.length === 0 ? [] : [...own, ...found.filter((thread) => thread.needsThreads)];
}

/** A class whose `run` is run in a thread of its own when an object of it is started. */
export function isThreadClass(resolver: Resolver, class_: ClassNode): boolean {
  return foreignBases(class_).some((base) => resolver.catalog.constructed(base)?.kind === 'thread');
}

/** Classes of threads of which the program makes no object: others do, and have the object while its thread runs. */
function neverMade(resolver: Resolver, class_: ClassNode): readonly DraftThread[] {
  const run = class_.methods.get('run');
  if (run === undefined || class_.subclasses.length > 0 || class_.module.test) return [];
  const made = resolver.index.calls(class_.scope.name).some(({ module, call }) => {
    const target = resolver.target(module, call.callee);
    return target.kind === 'class' && target.class === class_;
  });
  if (made) return [];
  return [
    {
      id: -1,
      module: class_.module,
      call: undefined,
      fact: class_.scope.fact,
      startFact: Number.POSITIVE_INFINITY,
      spawner: resolver.functionAt(class_.module, 0),
      entries: [{ function: run, receiver: 'self', class: class_ }],
      many: false,
      what: 'thread',
      because: undefined,
      confidence: 'medium',
      manyOnOne: false,
      joinedIn: new Map(),
      passesObjects: false,
      joins: [],
      serial: true,
      started: false,
      besideThreadsOnly: false,
      needsThreads: false,
      lane: undefined,
      sharedLocals: [],
    },
  ];
}

/** A thread kept in an attribute or global and started by another function of the module. */
function startedElsewhere(resolver: Resolver, thread: DraftThread): DraftThread {
  const { module, call } = thread;
  if (thread.started || call === undefined) return thread;
  const objects = threadObjectsOf(resolver, module);
  const first = firstOnVariables(resolver, module, objects.holders(call), objects.onVariables('start'));
  if (first !== undefined)
    return {
      ...thread,
      startFact: first.fact,
      spawner: resolver.functionAt(module, first.scope),
      joins: [],
      started: true,
    };
  return thread;
}

function threadsAt(resolver: Resolver, module: Module, call: Call): readonly DraftThread[] {
  const { catalog } = resolver;
  const target = resolver.target(module, call.callee);
  if (target.kind === 'class') return threadObject(resolver, module, call, target.class);
  const { last } = module.summary.paths[call.callee]!;
  const models = libraryNames(resolver, module, call.callee)
    .flatMap((name) => catalog.entriesOfCall(name))
    .filter((model) => model.starts !== 'later' && holdsFor(model, call.arguments));
  if (models.length > 0) return models.flatMap((model) => threadsFrom(resolver, module, call, model));
  const ofPool = catalog.entriesOfPool(last);
  if (ofPool.length > 0) {
    const pool = poolOf(resolver, module, call);
    return ofPool
      .filter((model) => pool !== undefined && (pool.kind === 'threads' || model.evenProcesses === true))
      .flatMap((model) => threadsFrom(resolver, module, call, model, pool));
  }
  const anywhere = catalog.entryOfMethod(last);
  if (anywhere === undefined || runsProcesses(resolver, module, call)) return [];
  return anywhere.movedBy === undefined
    ? threadsFrom(resolver, module, call, anywhere)
    : threadOfMoved(resolver, module, call, anywhere, anywhere.movedBy);
}

/** `signal.connect(worker.work)`, of a `worker.moveToThread(thread)`: the thread runs all that is called on the object in this way. */
function threadOfMoved(
  resolver: Resolver,
  module: Module,
  call: Call,
  model: EntryModel,
  movedBy: string,
): readonly DraftThread[] {
  const target = argumentOf(call, model.argument ?? {});
  const owner = target?.kind === 'path' ? module.summary.paths[target.path]!.parent : -1;
  const moved = owner === -1 ? [] : calledOn(module.summary, movedBy);
  if (moved.length === 0) return [];
  const key = resolver.keyOf(module, owner);
  if (!moved.some((one) => one === owner || (key !== undefined && resolver.keyOf(module, one) === key)))
    return [];
  const lane = `moved ${key ?? `${module.index} ${owner}`}`;
  return threadsFrom(resolver, module, call, model).map((thread) => ({ ...thread, lane }));
}

const calledIn = new WeakMap<FileSummary, Map<string, readonly PathId[]>>();

/** What a method is called on in a text. */
function calledOn(summary: FileSummary, method: string): readonly PathId[] {
  const byMethod = calledIn.get(summary) ?? new Map<string, readonly PathId[]>();
  calledIn.set(summary, byMethod);
  let found = byMethod.get(method);
  if (found === undefined) {
    const { calls, paths } = summary;
    found = calls
      .map(({ callee }) => paths[callee]!)
      .filter(({ last, parent }) => last === method && parent !== -1)
      .map(({ parent }) => parent);
    byMethod.set(method, found);
  }
  return found;
}

/** `run_in_executor(pool, f)` with a pool of processes. */
function runsProcesses(resolver: Resolver, module: Module, call: Call): boolean {
  const [executor] = call.arguments;
  return (
    executor?.value.kind === 'path' &&
    resolver
      .typesOf(module, executor.value)
      .some((type) => type.kind === 'executor' && type.executor === 'processes')
  );
}

/** `Worker()` of a class that derives from `Thread`. */
function threadObject(
  resolver: Resolver,
  module: Module,
  call: Call,
  class_: ClassNode,
): readonly DraftThread[] {
  const run = isThreadClass(resolver, class_) ? resolver.method(class_, 'run') : undefined;
  if (run === undefined) return [];
  const started = threadObjectsOf(resolver, module).start(call);
  return [
    {
      id: -1,
      module,
      call,
      startFact: started ?? call.fact,
      spawner: resolver.functionAt(module, call.scope),
      entries: [{ function: run, receiver: 'self', class: class_ }],
      many: startsAgain(module, call, started),
      what: 'thread',
      confidence: 'high',
      manyOnOne: false,
      joinedIn: joinsElsewhere(resolver, module, call, class_),
      passesObjects: call.arguments.length > 0,
      joins: threadObjectsOf(resolver, module).joins(call),
      serial: false,
      started: started !== undefined,
      sharedLocals: [
        ...threadObjectsOf(resolver, module).holders(call),
        ...localRoots(module, call.arguments),
      ],
      fact: call.fact,
      because: undefined,
      besideThreadsOnly: false,
      needsThreads: false,
      lane: undefined,
    },
  ];
}

/** The threads that a call starts: one, unless several callers give it what to run. */
function threadsFrom(
  resolver: Resolver,
  module: Module,
  call: Call,
  model: EntryModel,
  pool?: Pool,
): readonly DraftThread[] {
  const target = argumentOf(call, model.argument ?? {});
  if (target === undefined) return [];
  const groups = new Map<unknown, Callable[]>();
  /** A loop over a table of functions, in no other loop, starts each of them once. */
  const once = pool === undefined && model.many === false && loopsAround(module, call.fact) === 1;
  const awaited = isOfAwaiting(resolver, module, call, target);
  for (const found of callablesOf(resolver, module, target, call.fact)) {
    const callable =
      awaited && found.receiver === 'shared' ? { ...found, receiver: 'local' as const } : found;
    const alone = once && callable.ofTable === true && callable.given === undefined;
    push(groups, alone ? callable.function : callable.given?.call, callable);
  }
  const started = model.starts === 'start' ? threadObjectsOf(resolver, module).start(call) : call.fact;
  const spawner = resolver.functionAt(module, call.scope);
  const many =
    pool === undefined ? model.many !== false || startsAgain(module, call, started) : pool.workers !== 1;
  /** Several that are not waited for one by one run at once, whatever the coroutine is called. */
  const oneByOne = call.awaited || !isRepeated(module, call.fact);
  const life = pool === undefined && oneByOne ? lifeOf(spawner) : undefined;
  const ownObject =
    pool === undefined && model.starts === 'start' && makesItsObject(resolver, module, call, target);
  return [...groups].map(
    ([by, entries]): DraftThread => ({
      id: -1,
      module,
      call,
      fact: call.fact,
      startFact: started ?? call.fact,
      spawner,
      entries,
      many:
        (many && by !== entries[0]!.function) ||
        entries.some(({ given }) => given !== undefined && isRepeated(given.module, given.call.fact)),
      what: model.what,
      because: model.because,
      confidence: lesser(model.confidence ?? 'high', pool?.confidence ?? 'high'),
      manyOnOne: many && by !== entries[0]!.function && life === undefined && !ownObject,
      ownObject,
      joinedIn: joinsElsewhere(resolver, module, call, undefined),
      passesObjects: call.arguments.some(
        ({ name, value }) =>
          (name === 'args' || name === 'kwargs' || name === '') &&
          value !== target &&
          passesShared(module, value, call),
      ),
      joins: model.waits === true ? [call.fact] : threadObjectsOf(resolver, module).joins(call),
      serial: pool?.workers === 1,
      started: started !== undefined,
      besideThreadsOnly: false,
      needsThreads: false,
      lane: model.lane ?? life ?? (pool?.workers === 1 ? poolLane(resolver, module, call) : undefined),
      ...giverOf(resolver, entries),
      sharedLocals: localRoots(module, call.arguments),
    }),
  );
}

/** Made anew in the same run, and started each time: a start in the round that fails and is tried again is one. */
function startsAgain(module: Module, { fact }: Call, started: FactId | undefined): boolean {
  if (!isRepeated(module, fact)) return false;
  const flow = flowOf(module.summary);
  return (
    started === undefined || flow.loopAround(started) !== flow.loopAround(fact) || isRepeated(module, started)
  );
}

/**
 * `await to_thread(job.step)`, where the coroutine has made the job and gives it to nobody: each run of the coroutine has a job of its
 * own, and is not at it while the thread is.
 */
function isOfAwaiting(resolver: Resolver, module: Module, call: Call, target: ValueShape): boolean {
  if (!call.awaited || target.kind !== 'path') return false;
  const { bindings, calls, paths } = module.summary;
  const owner = paths[target.path]!.parent;
  if (owner === -1 || paths[owner]!.root !== 'local' || paths[owner]!.scope !== call.scope) return false;
  const bound = bindings.filter(({ path }) => path === owner);
  return (
    bound.length > 0 &&
    bound.every(
      ({ value, scope }) =>
        scope === call.scope &&
        value.kind === 'call' &&
        resolver.target(module, calls[value.call]!.callee).kind === 'class',
    ) &&
    !calls.some((one) => one.arguments.some(({ value }) => value.kind === 'path' && value.path === owner))
  );
}

/** The lane of what coroutines do, or have a thread do, to begin or end the life of their object: one after the other. */
export function lifeOf({ owner, scope }: FunctionNode): string | undefined {
  return owner !== undefined && scope.async && LIFE_FUNCTION.test(scope.name)
    ? `life ${owner.id}`
    : undefined;
}

function loopsAround({ summary }: Module, fact: FactId): number {
  return flowOf(summary)
    .regionsAround(fact)
    .filter((region) => summary.regions[region]!.kind === 'loop').length;
}

function giverOf(resolver: Resolver, [first]: readonly Callable[]): Pick<DraftThread, 'giver'> {
  if (first?.given === undefined) return {};
  return { giver: resolver.functionAt(first.given.module, first.given.call.scope) };
}

/** A thread that starts its own successor, as timers do: one after the other, whoever started the first. */
function chained(threads: readonly DraftThread[]): readonly DraftThread[] {
  const chains = new Set(
    threads.flatMap(({ spawner, entries }) =>
      entries.length === 1 && entries[0]!.function === spawner ? [spawner] : [],
    ),
  );
  return threads.map((thread) => {
    const [entry] = thread.entries;
    if (entry === undefined || thread.lane !== undefined || !chains.has(entry.function)) return thread;
    return { ...thread, lane: `chain ${entry.function.id}` };
  });
}

function lesser(a: Confidence, b: Confidence): Confidence {
  return CONFIDENCES.indexOf(a) < CONFIDENCES.indexOf(b) ? a : b;
}

const CONFIDENCES: readonly Confidence[] = ['low', 'medium', 'high', 'certain'];

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
  if (shape.kind === 'path') return !isFreshInLoop(module, shape.path, call.fact);
  if (shape.kind === 'container')
    return shape.elements.some((element) => passesShared(module, element, call));
  return false;
}

interface Pool {
  readonly kind: 'threads' | 'processes';
  readonly workers: number | undefined;
  readonly confidence: Confidence;
}

/** The pool a `submit` or `map` is called on, by its constructor or, less surely, by its name. */
function poolOf(resolver: Resolver, module: Module, call: Call): Pool | undefined {
  const callee = module.summary.paths[call.callee]!;
  if (callee.fields.length === 0) return undefined;
  const owner = module.summary.paths[callee.parent]!;
  const shape: ValueShape =
    owner.root === 'result' && owner.fields.length === 0
      ? { kind: 'call', call: owner.call }
      : { kind: 'path', path: callee.parent };
  const types = resolver.typesOf(module, shape);
  const executor = types.find((type) => type.kind === 'executor');
  if (executor?.kind === 'executor')
    return { kind: executor.executor, workers: workersOf(resolver, module, shape, 0), confidence: 'high' };
  if (types.some((type) => type.kind !== 'unknown' && type.kind !== 'external' && type.kind !== 'constant'))
    return undefined;
  const name = owner.fields.at(-1) ?? owner.name;
  if (call.arguments.length > 0 && isPoolName(name))
    return { kind: 'threads', workers: undefined, confidence: 'medium' };
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
      ? resolver.bindingsOfVariable(target.variable)
      : resolver.bindingsOf(module, shape.path).map((binding) => ({ module, binding }));
  const counts = bindings
    .filter(({ binding }) => binding.value.kind === 'call')
    .map((one) => workersOf(resolver, one.module, one.binding.value, depth + 1));
  return counts.length > 0 && counts.every((count) => count === counts[0]) ? counts[0] : undefined;
}

/** Keys of the variables that paths name, and of their elements: a thread that a list holds is one of them. */
function variablesAt(resolver: Resolver, module: Module, paths: readonly PathId[]): ReadonlySet<string> {
  const keys = new Set<string>();
  for (const path of paths) {
    const target = resolver.target(module, path);
    if (target.kind === 'variable') keys.add(target.variable.key).add(deeper(target.variable, [ELEMENT]).key);
  }
  return keys;
}

/** The first call in the text on one of the variables that paths name. */
function firstOnVariables(
  resolver: Resolver,
  module: Module,
  paths: readonly PathId[],
  calls: ReadonlyMap<string, readonly Call[]>,
): Call | undefined {
  const firsts = [...variablesAt(resolver, module, paths)].flatMap((key) => calls.get(key)?.[0] ?? []);
  return firsts.sort((left, right) => left.index - right.index)[0];
}

/**
 * Waits in other functions than the one that makes the thread: `self._thread.join()`, `self._future.result()`, `self._pool.shutdown()`,
 * `self.join()` in a `Thread` subclass.
 */
function joinsElsewhere(
  resolver: Resolver,
  module: Module,
  call: Call,
  threadClass: ClassNode | undefined,
): ReadonlyMap<FunctionNode, readonly Wait[]> {
  const found = new Map<FunctionNode, Wait[]>();
  const note = (where: Module, other: Call): void => {
    push(found, resolver.functionAt(where, other.scope), { fact: other.fact, of: waitsOn(where, other) });
  };
  const objects = threadObjectsOf(resolver, module);
  const { last, parent } = module.summary.paths[call.callee]!;
  const waitOn = (paths: readonly PathId[], methods: readonly WaitMethod[]): void => {
    for (const key of variablesAt(resolver, module, paths))
      for (const method of methods)
        for (const other of objects.onVariables(method).get(key) ?? [])
          if (other.scope !== call.scope) note(module, other);
  };
  waitOn(objects.holders(call), ['join', 'result']);
  if (resolver.catalog.entriesOfPool(last).length > 0 && parent !== -1)
    waitOn([parent], ['join', 'shutdown']);
  if (threadClass !== undefined)
    for (const one of threadObjectsOf(resolver, threadClass.module).selfJoins) {
      const callee = threadClass.module.summary.paths[one.callee]!;
      const class_ = resolver.classAt(threadClass.module, callee.scope);
      if (class_ !== undefined && mayBeOne(class_, threadClass)) note(threadClass.module, one);
    }
  return found;
}

/** What an attribute or global that is waited for is called in the whole module: `self._thread` of `self._thread.join()`. */
function waitsOn({ summary: { paths } }: Module, { callee }: Call): readonly PathId[] {
  const { parent } = paths[callee]!;
  return parent !== -1 && (paths[parent]!.root === 'self' || paths[parent]!.root === 'global')
    ? [parent]
    : [];
}

/** Functions that wait are not looked for through more calls than this. */
const MOST_WAITING = 100;

/** With the calls of functions that return only after one of the waits. */
function throughCalls(thread: DraftThread, graph: CallGraph): DraftThread {
  if (thread.joinedIn.size === 0) return thread;
  const found = new Map([...thread.joinedIn].map(([function_, waits]) => [function_, [...waits]]));
  for (const [function_, waits] of found) {
    if (found.size > MOST_WAITING) break;
    const flow = flowOf(function_.module.summary);
    const last = waits.filter(({ fact, of }) => flow.waitsBeforeReturn(fact, of));
    if (last.length === 0) continue;
    const awaited = [...new Set(last.flatMap(({ of }) => of))];
    for (const { caller, module, fact } of graph.to(function_)) {
      const known = found.get(caller);
      if (known?.some((wait) => wait.fact === fact) !== true)
        push(found, caller, { fact, of: module === function_.module ? awaited : [] });
    }
  }
  return { ...thread, joinedIn: found };
}

/** A pool of one worker runs all that is handed to it in one thread, wherever that is done. */
function poolLane(resolver: Resolver, module: Module, call: Call): string | undefined {
  const { parent } = module.summary.paths[call.callee]!;
  const pool = parent === -1 ? undefined : resolver.target(module, parent);
  return pool?.kind === 'variable' ? `pool ${pool.variable.key}` : undefined;
}

/** A thread made in a function that is itself called in a loop or run by many threads may exist several times. */
function markMany(resolver: Resolver, threads: readonly DraftThread[], graph: CallGraph): DraftThread[] {
  const entryOf = new Map<FunctionNode, DraftThread[]>();
  for (const thread of threads) for (const entry of thread.entries) push(entryOf, entry.function, thread);
  /** `onOne`: the function runs several times for the same object. */
  const repeated = (function_: FunctionNode, onOne: boolean, seen: Set<FunctionNode>): boolean => {
    if (seen.size > 40 || seen.has(function_)) return false;
    seen.add(function_);
    const starts = entryOf.get(function_) ?? [];
    if (starts.some(({ many, manyOnOne, again }) => again === true || (many && (!onOne || manyOnOne))))
      return true;
    return graph.to(function_).some((edge) => {
      if (onOne && (edge.receiver === 'local' || edge.receiver === 'parameter')) return false;
      return edge.repeated || repeated(edge.caller, onOne, seen);
    });
  };
  return threads.map((thread) => {
    const from = thread.giver ?? thread.spawner;
    if (thread.many || thread.serial || !repeated(from, false, new Set())) return thread;
    return {
      ...thread,
      many: true,
      manyOnOne:
        !isOneOfItsObject(resolver, thread) &&
        thread.ownObject !== true &&
        !isStartedOnce(resolver, graph, thread) &&
        repeated(from, true, new Set()),
      ownParameters: parametersOfEach(resolver, thread),
    };
  });
}

/** `worker = Worker()`, `Thread(target=worker.serve)`: each call makes both, and no thread object starts twice. */
function makesItsObject(resolver: Resolver, module: Module, call: Call, given: ValueShape): boolean {
  const { paths, scopes } = module.summary;
  if (given.kind !== 'path' || isRepeated(module, call.fact)) return false;
  const { parent } = paths[given.path]!;
  if (parent === -1) return false;
  const { root, parent: above, name, scope } = paths[parent]!;
  if (root !== 'local' || above !== -1 || scope !== call.scope) return false;
  if (scopes[scope]!.parameters.some((one) => one.name === name)) return false;
  const bindings = resolver.bindingsOf(module, parent);
  return (
    bindings.length > 0 &&
    bindings.every(
      ({ value }) =>
        value.kind === 'call' &&
        resolver.target(module, module.summary.calls[value.call]!.callee).kind === 'class',
    )
  );
}

/** Made with its object and kept for later: no thread object starts twice. */
function isOneOfItsObject(resolver: Resolver, { module, call, spawner, entries }: DraftThread): boolean {
  if (call === undefined) return false;
  const maker = resolver.functionAt(module, call.scope);
  return (
    isConstructor(maker) &&
    maker !== spawner &&
    maker.owner === spawner.owner &&
    entries.every(({ receiver }) => receiver === 'self')
  );
}

/** `for device in devices: self._listen(device)`, where `_listen` starts a thread: one for each device. */
function parametersOfEach(
  resolver: Resolver,
  { module, spawner, sharedLocals }: DraftThread,
): ReadonlySet<PathId> {
  const { paths } = module.summary;
  return new Set(
    sharedLocals.filter((local) => {
      const { name, scope } = paths[local]!;
      if (scope !== spawner.scope.id || resolver.bindingsOf(module, local).length > 0) return false;
      const given = resolver.given(spawner, name);
      return (
        given.length > 0 &&
        given.every(
          ({ module: from, argument: { value }, fact }) =>
            value.kind === 'path' && isFreshInLoop(from, value.path, fact),
        )
      );
    }),
  );
}
