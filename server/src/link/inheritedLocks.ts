/**
 * The locks that all callers of a function hold around it: what is held there beyond what the function itself shows. The second step
 * of linking that needs the whole program, behind the table of locks and the threads.
 */
import { isAsyncTwin } from './asyncTwins.ts';
import { isExcluded } from './beforeSharing.ts';
import { type CallGraph, isPrivate } from './callGraph.ts';
import { intersection, NO_KEYS, union } from './keySets.ts';
import { hasKnownCallers } from './knownCallers.ts';
import { keysAt, type LockTable } from './locks.ts';
import type { PrivateObjects } from './privateObjects.ts';
import type { FunctionNode, Module } from './program.ts';
import { constructionOnly, isNested } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

export interface Inherited {
  /** What all callers of a function hold. */
  readonly locks: ReadonlyMap<FunctionNode, ReadonlySet<string>>;
  /** Public methods of a library that their own class calls with a lock held only, and what they call: others may do as it does. */
  readonly perhaps: ReadonlySet<FunctionNode>;
}

/**
 * Locks that every caller of a function holds. Only functions whose callers are all known inherit: private helpers, nested
 * functions, methods of objects that are part of another, and what only an application itself calls, that nobody hands on and no thread enters.
 */
export function inheritedLocks(
  resolver: Resolver,
  graph: CallGraph,
  locks: LockTable,
  threads: readonly DraftThread[],
  inLibrary: (module: Module) => boolean,
  parts: PrivateObjects,
): Inherited {
  const entered = new Set(threads.flatMap((thread) => thread.entries.map((entry) => entry.function)));
  const constructing = constructionOnly(graph);
  const hasKnown = (function_: FunctionNode): boolean =>
    isPrivate(function_) ||
    isNested(function_) ||
    isPart(function_, graph, parts) ||
    (!inLibrary(function_.module) && hasKnownCallers(function_, graph, resolver));
  const isPublicHelper = (function_: FunctionNode): boolean =>
    inLibrary(function_.module) && isHelper(function_, graph);
  const callers = new Map<FunctionNode, readonly LockedCaller[]>();
  /** Asked for each call, while the answer looks at all calls of the function. */
  const asked = new Map<FunctionNode, boolean>();
  const known = (function_: FunctionNode): boolean => {
    const before = asked.get(function_);
    if (before !== undefined) return before;
    const found = hasKnown(function_) || isPublicHelper(function_);
    asked.set(function_, found);
    return found;
  };
  for (const function_ of calledUnderLock(resolver, graph, locks, known)) {
    if (entered.has(function_) || graph.isHandedOn(function_)) continue;
    const counted = graph
      .to(function_)
      .filter(
        ({ sameReceiver, caller }) =>
          !(sameReceiver && (constructing.has(caller) || isAsyncTwin(caller))) &&
          !isExcluded(caller) &&
          // What a property gives is called later, and holds nothing then.
          (function_.property || !isLeft(caller, graph)),
      )
      .map((edge) => ({
        caller: edge.caller,
        held: union(
          union(keysAt(locks, edge.module, edge.fact), locks.helpers.around(edge.caller, edge.fact)),
          edge.calledIn === undefined ? NO_KEYS : keysAt(locks, edge.calledIn.module, edge.calledIn.fact),
        ),
      }));
    if (counted.length > 0) callers.set(function_, counted);
  }
  const outsiders = [...callers.keys()].filter((function_) => !hasKnown(function_));
  const withAll = outsiders.length === 0 ? undefined : solved(graph, callers);
  for (const function_ of outsiders) callers.delete(function_);
  const sure = solved(graph, callers);
  const perhaps = new Set<FunctionNode>();
  for (const [function_, held] of withAll ?? [])
    if (held.size > (sure.get(function_)?.size ?? 0)) perhaps.add(function_);
  const found = new Map<FunctionNode, ReadonlySet<string>>();
  for (const function_ of resolver.functions) {
    const lock = locks.libraryLock(function_);
    if (lock !== undefined) found.set(function_, new Set([lock.key]));
  }
  for (const [function_, held] of sure) found.set(function_, held);
  return { locks: found, perhaps };
}

interface LockedCaller {
  readonly caller: FunctionNode;
  readonly held: ReadonlySet<string>;
}

/** Greatest solution of entry(f) = ⋂ (locks at call ∪ entry(caller)), where it is not empty. */
function solved(
  graph: CallGraph,
  callers: ReadonlyMap<FunctionNode, readonly LockedCaller[]>,
): ReadonlyMap<FunctionNode, ReadonlySet<string>> {
  const entry = new Map<FunctionNode, ReadonlySet<string> | undefined>();
  for (const function_ of callers.keys()) entry.set(function_, undefined);
  /** Each set only shrinks, so it ends; a function is looked at again when what a caller of it inherits has shrunk. */
  const waiting = new Set(callers.keys());
  for (const function_ of waiting) {
    waiting.delete(function_);
    const before = entry.get(function_);
    if (before?.size === 0) continue;
    let common: ReadonlySet<string> | undefined;
    for (const { caller, held } of callers.get(function_)!) {
      const inherited = entry.has(caller) ? entry.get(caller) : NO_KEYS;
      if (inherited === undefined) continue;
      const both = union(held, inherited);
      common = common === undefined ? both : intersection(common, both);
      if (common.size === 0) break;
    }
    if (common === undefined || (before !== undefined && before.size === common.size)) continue;
    entry.set(function_, common);
    for (const edge of graph.from(function_)) if (callers.has(edge.callee)) waiting.add(edge.callee);
  }
  const found = new Map<FunctionNode, ReadonlySet<string>>();
  for (const [function_, held] of entry) if (held !== undefined && held.size > 0) found.set(function_, held);
  return found;
}

/** A function that callers are told to leave, and that the program itself has left. */
function isLeft(function_: FunctionNode, graph: Pick<CallGraph, 'to'>): boolean {
  return function_.scope.deprecated && graph.to(function_).every(({ module }) => module.test);
}

/** A method of an object that is part of another, which calls it. */
function isPart(function_: FunctionNode, graph: CallGraph, parts: PrivateObjects): boolean {
  const { owner, scope } = function_;
  return (
    owner !== undefined &&
    !scope.name.startsWith('__') &&
    graph.to(function_).length > 0 &&
    owner.externalBases.every((base) => base === 'object') &&
    parts.has(owner)
  );
}

/** A method that the library itself calls, and only its own class, on the object whose method calls it. */
function isHelper(function_: FunctionNode, graph: CallGraph): boolean {
  const { owner, scope } = function_;
  if (owner === undefined || scope.name.startsWith('__')) return false;
  const callers = graph.to(function_);
  return (
    callers.length > 0 && callers.every(({ sameReceiver, caller }) => sameReceiver && caller.owner === owner)
  );
}

/** Functions with known callers that some caller, or a caller's caller of that kind, calls with a lock held. */
function calledUnderLock(
  resolver: Resolver,
  graph: CallGraph,
  locks: LockTable,
  known: (function_: FunctionNode) => boolean,
): ReadonlySet<FunctionNode> {
  const holding = new Set<FunctionNode>();
  for (const module of resolver.modules)
    for (const { scope } of module.summary.acquisitions) holding.add(resolver.functionAt(module, scope));
  for (const function_ of locks.helpers.helped()) holding.add(function_);
  const found = new Set<FunctionNode>();
  const follow = (function_: FunctionNode, all: boolean): void => {
    for (const edge of graph.from(function_)) {
      const held =
        all ||
        keysAt(locks, edge.module, edge.fact).size > 0 ||
        locks.helpers.around(function_, edge.fact).size > 0;
      if (held && known(edge.callee)) found.add(edge.callee);
    }
  };
  for (const function_ of holding) {
    follow(function_, false);
    for (const { caller } of graph.to(function_))
      for (const { callee, calledIn } of graph.from(caller))
        if (calledIn !== undefined && known(callee) && keysAt(locks, calledIn.module, calledIn.fact).size > 0)
          found.add(callee);
  }
  for (const function_ of found) follow(function_, true);
  return found;
}
