/**
 * Which threads run which functions, and on whose objects. A thread that enters through a bound method runs that method
 * on an object its starter can see; a method reached on an object that the thread made for itself runs on one that
 * nobody else has.
 */
import type { CallGraph, DraftEdge } from './callGraph.ts';
import { isConstructor, isPrivate } from './callGraph.ts';
import type { FunctionNode } from './program.ts';
import type { DraftThread } from './threads.ts';

const MAX_CALL_DEPTH = 8;

export interface Reach {
  /** Thread id → functions that it runs, with whether their receiver is an object other threads can see. */
  readonly byThread: readonly ReadonlyMap<FunctionNode, boolean>[];
  /** Thread ids per function. */
  readonly threadsOf: ReadonlyMap<FunctionNode, readonly number[]>;
  /** Functions that run in a thread that is not started by the program: whoever calls the program, and its module bodies. */
  readonly main: ReadonlySet<FunctionNode>;
  /** Of those, what callers that the program does not show may run at any time. */
  readonly open: ReadonlySet<FunctionNode>;
  /** Run while modules are imported: decorators, and the functions they return. */
  readonly importTime: ReadonlySet<FunctionNode>;
}

export function computeReach(
  functions: readonly FunctionNode[],
  graph: CallGraph,
  threads: readonly DraftThread[],
): Reach {
  const byThread = threads.map((thread) => reachOf(graph, thread));
  const threadsOf = new Map<FunctionNode, number[]>();
  byThread.forEach((reached, id) => {
    for (const function_ of reached.keys()) {
      const known = threadsOf.get(function_);
      if (known === undefined) threadsOf.set(function_, [id]);
      else known.push(id);
    }
  });
  const importTime = importTimeFunctions(functions, graph);
  let main: ReadonlySet<FunctionNode> | undefined;
  let open: ReadonlySet<FunctionNode> | undefined;
  return {
    byThread,
    threadsOf,
    importTime,
    get main() {
      main ??= mainFunctions(functions, graph, threads);
      return main;
    },
    get open() {
      open ??= openFunctions(functions, graph, threads, importTime);
      return open;
    },
  };
}

function reachOf(graph: CallGraph, thread: DraftThread): ReadonlyMap<FunctionNode, boolean> {
  const reached = new Map<FunctionNode, boolean>();
  const queue: { readonly function: FunctionNode; readonly shared: boolean; readonly depth: number }[] = [];
  const visit = (function_: FunctionNode, shared: boolean, depth: number): void => {
    const known = reached.get(function_);
    if (known === true || known === shared) return;
    reached.set(function_, shared);
    if (depth < MAX_CALL_DEPTH) queue.push({ function: function_, shared, depth: depth + 1 });
  };
  thread.entries.forEach((entry, index) => {
    const receiver = thread.receivers[index] ?? 'none';
    visit(
      entry,
      receiver === 'self' || receiver === 'member' || receiver === 'shared' || receiver === 'parameter',
      0,
    );
  });
  for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
    for (const edge of graph.from.get(next.function) ?? [])
      visit(edge.callee, receiverIsShared(edge, next.shared, thread), next.depth);
  }
  return reached;
}

function receiverIsShared(edge: DraftEdge, callerShared: boolean, thread: DraftThread): boolean {
  if (edge.how === 'construct') return false;
  switch (edge.receiver) {
    case 'self':
    case 'member':
      return callerShared;
    case 'shared':
      return true;
    case 'parameter':
      return thread.passesObjects && thread.entries.includes(edge.caller);
    default:
      return false;
  }
}

/** Module bodies, what they call, and whatever an outside caller may call: public functions, and those handed on. */
function mainFunctions(
  functions: readonly FunctionNode[],
  graph: CallGraph,
  threads: readonly DraftThread[],
): ReadonlySet<FunctionNode> {
  const entries = new Set(threads.flatMap((thread) => thread.entries));
  const main = new Set<FunctionNode>();
  const queue: FunctionNode[] = [];
  const add = (function_: FunctionNode): void => {
    if (main.has(function_)) return;
    main.add(function_);
    queue.push(function_);
  };
  for (const function_ of functions) {
    const { scope } = function_;
    if (scope.kind === 'module') add(function_);
    else if (entries.has(function_)) continue;
    else if (
      scope.kind === 'function' &&
      !isNested(function_) &&
      !isPrivate(function_) &&
      !hasOnlyThreadCallers(function_, graph, entries)
    )
      add(function_);
    else if (graph.handedOn.has(function_) && !entries.has(function_)) add(function_);
    else if ((graph.to.get(function_) ?? []).length === 0 && scope.kind === 'function') add(function_);
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const edge of graph.from.get(next) ?? [])
      if (!entries.has(edge.callee) || edge.how === 'construct') add(edge.callee);
  }
  return main;
}

/** Public functions without a caller in the program, functions handed on as values, and what these call. */
function openFunctions(
  functions: readonly FunctionNode[],
  graph: CallGraph,
  threads: readonly DraftThread[],
  importTime: ReadonlySet<FunctionNode>,
): ReadonlySet<FunctionNode> {
  const entries = new Set(threads.flatMap((thread) => thread.entries));
  const open = new Set<FunctionNode>();
  const queue: FunctionNode[] = [];
  const add = (function_: FunctionNode): void => {
    if (open.has(function_) || entries.has(function_) || importTime.has(function_)) return;
    open.add(function_);
    queue.push(function_);
  };
  for (const function_ of functions) {
    if (function_.scope.kind !== 'function' && function_.scope.kind !== 'lambda') continue;
    const uncalled = (graph.to.get(function_) ?? []).length === 0;
    if (graph.handedOn.has(function_) || (uncalled && !isPrivate(function_) && !isNested(function_)))
      add(function_);
  }
  for (let next = queue.pop(); next !== undefined; next = queue.pop())
    for (const edge of graph.from.get(next) ?? []) add(edge.callee);
  return open;
}

/** Decorators whose every use is at import, and the functions inside them that they return. */
function importTimeFunctions(
  functions: readonly FunctionNode[],
  graph: CallGraph,
): ReadonlySet<FunctionNode> {
  const found = new Set<FunctionNode>();
  for (const function_ of functions) {
    const callers = graph.to.get(function_) ?? [];
    const decorates = callers.some((edge) => edge.how === 'decorate');
    if (decorates && callers.every((edge) => edge.caller.scope.kind === 'module')) found.add(function_);
  }
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
      (graph.to.get(function_) ?? []).length === 0 &&
      outer.parameters.length > 0 &&
      isFactory(graph, factory)
    )
      found.add(function_);
  }
  return found;
}

/** `@register("name")`: the decorator is called, and what it returns is applied at once. */
function isFactory(graph: CallGraph, decorator: FunctionNode): boolean {
  return (graph.to.get(decorator) ?? []).some((edge) => edge.how === 'call');
}

/** A public module-level function that the program calls from thread code only is taken to belong to the threads. */
function hasOnlyThreadCallers(
  function_: FunctionNode,
  graph: CallGraph,
  entries: ReadonlySet<FunctionNode>,
): boolean {
  const callers = graph.to.get(function_) ?? [];
  if (callers.length === 0) return false;
  const seen = new Set<FunctionNode>([function_]);
  const onlyThreads = (one: FunctionNode, depth: number): boolean => {
    if (entries.has(one)) return true;
    if (depth > MAX_CALL_DEPTH || one.scope.kind === 'module') return false;
    const edges = graph.to.get(one) ?? [];
    if (edges.length === 0) return false;
    return edges.every((edge) => {
      if (seen.has(edge.caller)) return true;
      seen.add(edge.caller);
      return onlyThreads(edge.caller, depth + 1);
    });
  };
  return callers.every((edge) => onlyThreads(edge.caller, 0));
}

export function isNested(function_: FunctionNode): boolean {
  return function_.scope.qualified.includes('<locals>');
}

/** Functions that run only while an object is being made: constructors, and private helpers called by nothing else. */
export function constructionOnly(
  functions: readonly FunctionNode[],
  graph: CallGraph,
): ReadonlySet<FunctionNode> {
  const only = new Set(functions.filter(isConstructor));
  for (let grown = true; grown; ) {
    grown = false;
    for (const function_ of functions) {
      if (
        only.has(function_) ||
        function_.owner === undefined ||
        !isPrivate(function_) ||
        graph.handedOn.has(function_)
      )
        continue;
      const callers = graph.to.get(function_) ?? [];
      if (callers.length === 0 || !callers.every((edge) => only.has(edge.caller) && edge.sameReceiver))
        continue;
      only.add(function_);
      grown = true;
    }
  }
  return only;
}
