/**
 * What a method does on every way before it starts a thread on its own object: the object's life among threads begins behind it. Only
 * a start on every way counts: a method that starts a thread when there is none yet is called again while that one runs.
 */
import type { FactId } from '../facts/summary.ts';
import { type CallGraph, isPrivate } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { push } from './nameIndex.ts';
import type { FunctionNode } from './program.ts';
import type { DraftThread } from './threads.ts';

/** Helpers of helpers are not followed further. */
const MOST_HELPERS = 3;

export class Beginnings {
  readonly #graph: CallGraph;
  /** The starts that each method comes to before it returns. */
  readonly #starts = new Map<FunctionNode, FactId[]>();

  constructor(threads: readonly DraftThread[], graph: CallGraph) {
    this.#graph = graph;
    for (const thread of threads) {
      const { module, spawner, startFact } = thread;
      if (spawner.owner === undefined || !Number.isFinite(startFact) || !isOnOwnObject(thread)) continue;
      if (flowOf(module.summary).returnsOnlyAfter(startFact)) push(this.#starts, spawner, startFact);
    }
  }

  /** In such a method before the start, or in a private helper that is called there only. */
  has(function_: FunctionNode, fact: FactId, depth = 0): boolean {
    if (this.#starts.size === 0 || function_.owner === undefined || depth > MOST_HELPERS) return false;
    const flow = flowOf(function_.module.summary);
    if (this.#starts.get(function_)?.some((start) => !flow.reaches(start, fact)) === true) return true;
    if (!isPrivate(function_) || this.#graph.isHandedOn(function_)) return false;
    const callers = this.#graph.to(function_);
    return (
      callers.length > 0 &&
      callers.every((edge) => edge.sameReceiver && this.has(edge.caller, edge.fact, depth + 1))
    );
  }
}

/** The thread runs a method of the starter's object, or is given the object. */
function isOnOwnObject({ call, entries, module, spawner }: DraftThread): boolean {
  const { paths } = module.summary;
  return (
    entries.some(({ receiver, function: { owner } }) => receiver === 'self' && owner === spawner.owner) ||
    call?.arguments.some(({ value }) => value.kind === 'path' && paths[value.path]!.root === 'self') === true
  );
}
