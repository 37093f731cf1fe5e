/**
 * What is ordered by starting and joining threads: code that ran before a thread started, and code that runs after it
 * was waited for, never runs in parallel with it.
 */
import type { FactId } from '../facts/summary.ts';
import type { CallGraph } from './callGraph.ts';
import type { FunctionNode, Module } from './program.ts';
import type { FunctionSet } from './reach.ts';
import type { DraftThread } from './threads.ts';

const MAX_CALLERS = 6;

/** What of the rest of the program may run while a thread does. */
export interface Concurrent {
  /**
   * Whether a place in a function that the thread does not run itself may run at the same time: it is called then, or
   * anybody may call it at any time. `onShared` asks for the object of a method.
   */
  at(function_: FunctionNode, fact: FactId, branch: number, onShared: boolean): 'called' | 'open' | undefined;
}

export function concurrentWith(
  thread: DraftThread,
  graph: CallGraph,
  open: FunctionSet,
  openOnShared: FunctionSet,
): Concurrent {
  /** Functions entered at some time while the thread runs. */
  const during = new Set<FunctionNode>();
  /** Functions of which only a part runs at that time: the spawner and its callers. */
  const partly = new Map<FunctionNode, (fact: FactId, branch: number) => boolean>();
  const enter = (function_: FunctionNode): void => {
    if (during.has(function_)) return;
    during.add(function_);
    for (const edge of graph.from(function_)) enter(edge.callee);
  };
  let everybody = false;
  const walk = (
    function_: FunctionNode,
    start: FactId,
    branch: number,
    joins: readonly FactId[],
    depth: number,
  ): void => {
    if (partly.has(function_)) return;
    const { module } = function_;
    const join = joins.length === 0 ? Number.POSITIVE_INFINITY : Math.min(...joins);
    const loop = loopOf(module, branch);
    const during_ = (fact: FactId, at: number): boolean => {
      if (loop !== -1 && isWithin(module, at, loop)) return joins.length === 0 || fact > start;
      return fact > start && fact <= join;
    };
    partly.set(function_, during_);
    for (const edge of graph.from(function_))
      if (during_(edge.fact, edge.branch) && (edge.fact !== start || loop !== -1)) enter(edge.callee);
    if (joins.length > 0) return;
    everybody = true;
    if (depth > MAX_CALLERS) return;
    const callers = graph.to(function_);
    for (const edge of callers) walk(edge.caller, edge.fact, edge.branch, [], depth + 1);
  };
  walk(thread.spawner, thread.startFact, thread.branch, thread.joins, 0);
  const again =
    thread.joins.length === 0 && thread.call.fact === thread.startFact && open.has(thread.spawner);
  if (again && thread.what !== 'thread') enter(thread.spawner);
  return {
    at(function_, fact, branch, onShared) {
      const join = thread.joinedIn.get(function_);
      if (join !== undefined && fact > join) return undefined;
      if (during.has(function_)) return 'called';
      const part = partly.get(function_);
      if (part !== undefined) return part(fact, branch) ? 'called' : undefined;
      return everybody && (onShared ? openOnShared : open).has(function_) ? 'open' : undefined;
    },
  };
}

/** Whether the first thread has ended before the second starts, both in one function. */
export function endsBefore(first: DraftThread, second: DraftThread): boolean {
  if (first.spawner !== second.spawner || first.joins.length === 0) return false;
  return Math.min(...first.joins) < second.startFact && loopOf(first.module, first.branch) === -1;
}

function loopOf(module: Module, branch: number): number {
  for (let at = branch; at >= 0; at = module.summary.branches[at]!.parent)
    if (module.summary.branches[at]!.kind === 'loop') return at;
  return -1;
}

function isWithin(module: Module, branch: number, outer: number): boolean {
  for (let at = branch; at >= 0; at = module.summary.branches[at]!.parent) if (at === outer) return true;
  return false;
}
