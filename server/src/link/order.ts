/**
 * What is ordered by starting and joining threads: code that ran before a thread started, and code that runs after it
 * was waited for, never runs in parallel with it.
 */
import type { FactId } from '../facts/summary.ts';
import { type CallGraph, isPrivate } from './callGraph.ts';
import { flowOf } from './flow.ts';
import type { FunctionNode } from './program.ts';
import type { FunctionSet } from './reach.ts';
import type { DraftThread } from './threads.ts';

const MAX_CALLERS = 6;

/** What of the rest of the program may run while a thread does. */
export interface Concurrent {
  /**
   * Whether a place in a function that the thread does not run itself may run at the same time: it is called then, or
   * anybody may call it at any time. `onShared` asks for the object of a method.
   */
  at(function_: FunctionNode, fact: FactId, onShared: boolean): 'called' | 'open' | undefined;
}

export function concurrentWith(
  thread: DraftThread,
  graph: CallGraph,
  open: FunctionSet,
  openOnShared: FunctionSet,
  run: { has(function_: FunctionNode): boolean },
): Concurrent {
  /** Functions entered at some time while the thread runs. */
  const during = new Set<FunctionNode>();
  /** Functions of which only a part runs at that time: the spawner and its callers. */
  const partly = new Map<FunctionNode, (fact: FactId) => boolean>();
  const isBehindWait = (function_: FunctionNode, fact: FactId): boolean =>
    thread.joinedIn
      .get(function_)
      ?.some((wait) => flowOf(function_.module.summary).waitsBefore(wait.fact, fact, wait.of)) === true;
  const enter = (function_: FunctionNode): void => {
    if (during.has(function_)) return;
    during.add(function_);
    for (const edge of graph.from(function_)) if (!isBehindWait(function_, edge.fact)) enter(edge.callee);
  };
  let everybody = false;
  const walk = (function_: FunctionNode, start: FactId, joins: readonly FactId[], depth: number): void => {
    if (partly.has(function_)) return;
    const reached = flowOf(function_.module.summary).reachedFrom([start], joins);
    partly.set(function_, reached.has);
    for (const edge of graph.from(function_)) if (reached.has(edge.fact)) enter(edge.callee);
    if (joins.length > 0 && !reached.returns) return;
    everybody = true;
    if (depth > MAX_CALLERS) return;
    for (const edge of graph.to(function_)) walk(edge.caller, edge.fact, [], depth + 1);
  };
  if (Number.isFinite(thread.startFact)) walk(thread.spawner, thread.startFact, thread.joins, 0);
  else everybody = true;
  const again = thread.joins.length === 0 && thread.fact === thread.startFact && open.has(thread.spawner);
  if (again && thread.what !== 'thread') enter(thread.spawner);
  /** A helper that the thread itself calls, and otherwise only what comes before its start or has waited for it. */
  const isOrdered = (function_: FunctionNode, depth: number): boolean => {
    if (!isPrivate(function_) || graph.isHandedOn(function_)) return false;
    const others = graph.to(function_).filter(({ caller }) => !run.has(caller));
    return (
      others.length > 0 &&
      others.every(({ caller, fact }) => {
        if (isBehindWait(caller, fact)) return true;
        const part = partly.get(caller);
        return part === undefined ? depth < MAX_CALLERS && isOrdered(caller, depth + 1) : !part(fact);
      })
    );
  };
  return {
    at(function_, fact, onShared) {
      if (isBehindWait(function_, fact)) return undefined;
      if (during.has(function_)) return 'called';
      const part = partly.get(function_);
      if (part !== undefined) return part(fact) ? 'called' : undefined;
      if (isOrdered(function_, 0)) return undefined;
      return everybody && (onShared ? openOnShared : open).has(function_) ? 'open' : undefined;
    },
  };
}

/**
 * The thread is the program itself: the body of the module that starts it calls, on a way that excludes the start, what the
 * thread runs. A toolkit that must have the main thread is served so.
 */
export function isTheProgram({ spawner, startFact, entries, many }: DraftThread, graph: CallGraph): boolean {
  if (many || spawner.scope.kind !== 'module' || !Number.isFinite(startFact)) return false;
  const flow = flowOf(spawner.module.summary);
  const runs = new Set(entries.flatMap((entry) => [entry.function, ...calleesOf(entry.function, graph)]));
  return graph
    .from(spawner)
    .some(
      ({ callee, fact, how }) =>
        how === 'call' &&
        runs.has(callee) &&
        !flow.reaches(startFact, fact) &&
        !flow.reaches(fact, startFact),
    );
}

function calleesOf(function_: FunctionNode, graph: CallGraph): readonly FunctionNode[] {
  return graph.from(function_).flatMap(({ callee, how }) => (how === 'call' ? [callee] : []));
}

/** One thread does the work of both, one after the other. */
export function inOneLane(first: DraftThread, second: DraftThread): boolean {
  return first.lane !== undefined && first.lane === second.lane;
}
