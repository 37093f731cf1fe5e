/**
 * Which threads run which functions, and on whose objects. A thread that enters through a bound method runs that method
 * on an object its starter can see; a method reached on an object that the thread made for itself runs on one that
 * nobody else has.
 */
import type { CallGraph, DraftEdge } from './callGraph.ts';
import { isConstructor, isPrivate } from './callGraph.ts';
import type { Flows } from './flows.ts';
import { linearized, mayBeOne } from './hierarchy.ts';
import type { ClassNode, Entry, FunctionNode } from './program.ts';
import type { RootTable } from './roots.ts';
import type { DraftThread } from './threads.ts';

const MAX_CALL_DEPTH = 8;

/** A set of functions whose membership is found out when it is asked for. */
export interface FunctionSet {
  has(function_: FunctionNode): boolean;
}

export interface Reach {
  /** Thread id → functions that it runs, with whether their receiver is an object other threads can see. */
  readonly byThread: readonly ReadonlyMap<FunctionNode, boolean>[];
  /** Thread id → parameters of the functions that it runs that get objects other threads can see. */
  readonly parameters: readonly ReadonlyMap<FunctionNode, ReadonlySet<string>>[];
  /**
   * The same two for several threads of which each has objects of its own: what of theirs those see that start at the same place.
   * Undefined for threads that have none.
   */
  readonly amongAlike: readonly (Pick<ReachOfThread, 'reached' | 'parameters'> | undefined)[];
  /** Thread id → the entry through which it comes to each function. */
  readonly through: readonly ReadonlyMap<FunctionNode, Entry>[];
  /** Thread ids per function. */
  readonly threadsOf: ReadonlyMap<FunctionNode, readonly number[]>;
  /** Functions that run in a thread that is not started by the program: whoever calls the program, and its module bodies. */
  readonly main: FunctionSet;
  /** Of those, what callers that the program does not show may run at any time. */
  readonly open: FunctionSet;
  /** Of the open methods, those that such callers run on an object of theirs, which others may have too. */
  readonly openOnShared: FunctionSet;
  /** Run while modules are imported: decorators, and the functions they return. */
  readonly importTime: ReadonlySet<FunctionNode>;
}

export function computeReach(
  functions: readonly FunctionNode[],
  graph: CallGraph,
  roots: RootTable,
  threads: readonly DraftThread[],
  flows: Flows,
): Reach {
  const reaches = threads.map((thread) => reachOf(graph, thread, flows));
  const byThread = reaches.map(({ reached }) => reached);
  const threadsOf = new Map<FunctionNode, number[]>();
  byThread.forEach((reached, id) => {
    for (const function_ of reached.keys()) {
      const known = threadsOf.get(function_);
      if (known === undefined) threadsOf.set(function_, [id]);
      else known.push(id);
    }
  });
  const entries = new Set(threads.flatMap((thread) => thread.entries.map((entry) => entry.function)));
  const ofThreads = threadOnly(graph, entries);
  const importTime = importTimeFunctions(functions, graph);
  const mayBeOpen = (function_: FunctionNode): boolean =>
    !entries.has(function_) && !importTime.has(function_);
  const length = lengthFor(functions);
  const edges = edgesOnce(graph, length);
  const open = calledFrom(length, edges, () => roots.open(), mayBeOpen);
  return {
    byThread,
    parameters: reaches.map(({ parameters }) => parameters),
    amongAlike: threads.map((thread) =>
      (thread.ownParameters?.size ?? 0) === 0 ? undefined : reachOf(graph, thread, flows, 'alike'),
    ),
    through: reaches.map(({ through }) => through),
    threadsOf,
    importTime,
    main: calledFrom(
      length,
      edges,
      () => roots.main((function_) => ofThreads.has(function_)),
      (function_) => !entries.has(function_),
    ),
    open,
    openOnShared: calledFrom(
      length,
      edges,
      () => [...roots.open(), ...roots.onShared((caller) => open.has(caller))],
      mayBeOpen,
      keepsObject,
    ),
  };
}

/** Tables by the number of a function are made in their full length: one that grows from any number on is slow. */
function lengthFor(functions: readonly FunctionNode[]): number {
  return functions.reduce((most, { id }) => Math.max(most, id), 0) + 1;
}

/** The calls out of a function, looked up once however often they are followed. */
function edgesOnce(graph: CallGraph, length: number): (function_: FunctionNode) => readonly DraftEdge[] {
  const known = new Array<readonly DraftEdge[] | undefined>(length);
  return (function_) => {
    known[function_.id] ??= graph.from(function_);
    return known[function_.id]!;
  };
}

const NOT_SEEN = 0;
const ADMITTED = 1;
const REFUSED = 2;

/** The callee works on the caller's object, or on a part of it. */
export function keepsObject({ receiver, callee }: DraftEdge): boolean {
  return receiver === 'self' || receiver === 'member' || callee.owner === undefined;
}

/**
 * The roots, and the functions that they call, as far as `admits` lets them in. Found all at once, so that asking for each in turn
 * takes no longer than the calls are many.
 */
function calledFrom(
  length: number,
  edges: (function_: FunctionNode) => readonly DraftEdge[],
  roots: () => Iterable<FunctionNode>,
  admits: (function_: FunctionNode) => boolean,
  follows: (edge: DraftEdge) => boolean = () => true,
): FunctionSet {
  let members: Uint8Array | undefined;
  const find = (): Uint8Array => {
    const found = new Uint8Array(length);
    const waiting: FunctionNode[] = [];
    const enter = (one: FunctionNode): void => {
      if (found[one.id] !== NOT_SEEN) return;
      found[one.id] = admits(one) ? ADMITTED : REFUSED;
      if (found[one.id] === ADMITTED) waiting.push(one);
    };
    for (const root of roots()) enter(root);
    for (const one of waiting)
      for (const edge of edges(one))
        if (found[edge.callee.id] === NOT_SEEN && follows(edge)) enter(edge.callee);
    return found;
  };
  return {
    has(function_) {
      members ??= find();
      return members[function_.id] === ADMITTED;
    },
  };
}

/** What is known of the object on which a thread runs a function. */
interface Running {
  readonly function: FunctionNode;
  readonly shared: boolean;
  /** Parameters that get objects others can see. */
  readonly parameters: ReadonlySet<string>;
  /** The most derived class it is known to be of; undefined when nothing is known. */
  readonly of: ClassNode | undefined;
  readonly depth: number;
  readonly entry: Entry;
}

/** Beyond this many classes of receivers a function counts as run on any. */
const MAX_CLASSES = 8;

const NO_PARAMETERS: ReadonlySet<string> = new Set();

export interface ReachOfThread {
  readonly reached: ReadonlyMap<FunctionNode, boolean>;
  readonly parameters: ReadonlyMap<FunctionNode, ReadonlySet<string>>;
  readonly through: ReadonlyMap<FunctionNode, Entry>;
}

function reachOf(
  graph: CallGraph,
  thread: DraftThread,
  flows: Flows,
  others: 'any' | 'alike' = 'any',
): ReachOfThread {
  const reached = new Map<FunctionNode, boolean>();
  const through = new Map<FunctionNode, Entry>();
  const parameters = new Map<FunctionNode, ReadonlySet<string>>();
  const classes = new Map<FunctionNode, Set<ClassNode | undefined>>();
  const queue: Running[] = [];
  const visit = (one: Running): void => {
    const known = reached.get(one.function);
    const seen = classes.get(one.function) ?? new Set();
    classes.set(one.function, seen);
    const of = seen.size < MAX_CLASSES ? one.of : undefined;
    const news = !seen.has(of) && !seen.has(undefined);
    const before = parameters.get(one.function) ?? NO_PARAMETERS;
    const given = one.parameters.size === 0 ? before : new Set([...before, ...one.parameters]);
    if (!news && given.size === before.size && (known === true || known === one.shared)) return;
    seen.add(of);
    const shared = one.shared || known === true;
    reached.set(one.function, shared);
    if (given.size > 0) parameters.set(one.function, given);
    if (known === undefined) through.set(one.function, one.entry);
    if (one.depth < MAX_CALL_DEPTH)
      queue.push({ ...one, shared: one.shared, parameters: given, of, depth: one.depth + 1 });
  };
  for (const entry of thread.entries) {
    const { receiver, class: of } = entry;
    /** A function defined in a method sees the method's object. */
    const shared =
      receiver === 'self' ||
      receiver === 'member' ||
      receiver === 'shared' ||
      receiver === 'parameter' ||
      (entry.function.owner === undefined && isNested(entry.function));
    const given = flows.intoEntry(thread, entry.function, others);
    visit({ function: entry.function, shared, parameters: given, of, depth: 0, entry });
  }
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const edge of graph.from(next.function)) {
      if (edge.sameReceiver && (!canRun(edge, next.of) || isNeverStartedOn(graph, thread, edge.callee.owner)))
        continue;
      visit({
        function: edge.callee,
        shared: flows.receiverIsShared(edge, next, thread),
        parameters: flows.into(edge, next, thread),
        of: classAfter(edge, next.of),
        depth: next.depth,
        entry: next.entry,
      });
    }
  }
  return { reached, parameters, through };
}

/** Whether a method that overrides the one that was called is that of an object of this class. */
function canRun({ overriding, callee }: DraftEdge, of: ClassNode | undefined): boolean {
  return !overriding || of === undefined || callee.owner === undefined || mayBeOne(of, callee.owner);
}

/** Whether a class overrides the method that starts this thread on its object, without calling it: no object of that class has one. */
export function isNeverStartedOn(
  graph: CallGraph,
  { spawner, entries }: DraftThread,
  class_: ClassNode | undefined,
): boolean {
  if (class_ === undefined || spawner.owner === undefined || class_ === spawner.owner) return false;
  if (!entries.every(({ receiver }) => receiver === 'self') || isConstructor(spawner)) return false;
  const { name } = spawner.scope;
  const classes = linearized(class_);
  return (
    classes.includes(spawner.owner) &&
    classes.find(({ methods }) => methods.has(name)) !== spawner.owner &&
    !graph.to(spawner).some(({ caller, sameReceiver }) => sameReceiver && caller.scope.name === name)
  );
}

function classAfter(edge: DraftEdge, of: ClassNode | undefined): ClassNode | undefined {
  const { callee, sameReceiver, through } = edge;
  if (callee.owner === undefined) return isNested(callee) ? of : undefined;
  if (!sameReceiver) return through;
  const found = of ?? through;
  return found !== undefined && linearized(found).includes(callee.owner) ? found : callee.owner;
}

/** Decorators whose every use is at import, and the functions inside them that they return. */
function importTimeFunctions(
  functions: readonly FunctionNode[],
  graph: CallGraph,
): ReadonlySet<FunctionNode> {
  const found = new Set<FunctionNode>();
  const decorating = new Set<string>();
  for (const { module, scope } of functions)
    for (const { path } of scope.decorators) decorating.add(module.summary.paths[path]!.last);
  for (const function_ of functions) {
    if (!decorating.has(function_.scope.name)) continue;
    const callers = graph.to(function_);
    const decorates = callers.some((edge) => edge.how === 'decorate');
    if (decorates && callers.every((edge) => edge.caller.scope.kind === 'module')) found.add(function_);
  }
  if (found.size === 0) return found;
  for (const function_ of functions) {
    const outer = function_.module.summary.scopes[function_.scope.parent];
    if (outer === undefined || !isNested(function_)) continue;
    const returned = outer.returns.some(
      (shape) =>
        shape.kind === 'path' && function_.module.summary.paths[shape.path]!.name === function_.scope.name,
    );
    const factory = [...found].find((one) => one.module === function_.module && one.scope.id === outer.id);
    if (
      factory !== undefined &&
      returned &&
      graph.to(function_).length === 0 &&
      outer.parameters.length > 0 &&
      isFactory(graph, factory)
    )
      found.add(function_);
  }
  return found;
}

/** `@register("name")`: the decorator is called, and what it returns is applied at once. */
function isFactory(graph: CallGraph, decorator: FunctionNode): boolean {
  return graph.to(decorator).some((edge) => edge.how === 'call');
}

/**
 * Public functions that the program calls from thread code only, taken to belong to the threads: all that leads to them begins
 * in a thread's entry. A cycle that nothing leads to begins nowhere.
 */
function threadOnly(graph: CallGraph, entries: ReadonlySet<FunctionNode>): FunctionSet {
  const known = new Map<FunctionNode, boolean>();
  return {
    has(function_) {
      const answer = known.get(function_);
      if (answer !== undefined) return answer;
      const cameFrom = new Map<FunctionNode, FunctionNode | undefined>([[function_, undefined]]);
      let entered = false;
      for (const one of cameFrom.keys()) {
        const begun = known.get(one) ?? (entries.has(one) ? true : undefined);
        const edges = begun === undefined ? graph.to(one) : [];
        if (begun === false || (begun === undefined && (one.scope.kind === 'module' || edges.length === 0))) {
          for (let at: FunctionNode | undefined = one; at !== undefined; at = cameFrom.get(at))
            known.set(at, false);
          return false;
        }
        entered ||= begun === true;
        for (const { caller } of edges) if (!cameFrom.has(caller)) cameFrom.set(caller, one);
      }
      if (entered) for (const one of cameFrom.keys()) known.set(one, true);
      known.set(function_, entered);
      return entered;
    },
  };
}

export function isNested(function_: FunctionNode): boolean {
  return function_.scope.qualified.includes('<locals>');
}

/** Functions that run only while an object is being made: constructors, and private helpers called by nothing else. */
/** `made = super().__new__(cls)`, `made._fill()`: what `__new__` calls on the object that it makes. */
function isOnMade({ caller, callee, receiver }: DraftEdge): boolean {
  return caller.scope.name === '__new__' && receiver === 'local' && caller.owner === callee.owner;
}

export function constructionOnly(graph: CallGraph): FunctionSet {
  const known = new Map<FunctionNode, boolean>();
  const has = (function_: FunctionNode): boolean => {
    const answer = known.get(function_);
    if (answer !== undefined) return answer;
    if (isConstructor(function_)) return true;
    if (function_.owner === undefined || !isPrivate(function_)) return false;
    known.set(function_, false);
    const callers = graph.to(function_);
    const only =
      callers.length > 0 &&
      callers.every((edge) => (edge.sameReceiver || isOnMade(edge)) && has(edge.caller)) &&
      !graph.isHandedOn(function_);
    known.set(function_, only);
    return only;
  };
  return { has };
}
