/**
 * Which threads of two functions nothing puts one after the other, found once for a function instead of for every pair of its
 * accesses; and of very many threads only some, so that time grows with the threads of a function and not with their pairs.
 */
import type { FactId } from '../facts/summary.ts';
import { flowOf } from './flow.ts';
import type { FunctionNode } from './program.ts';
import type { Reach } from './reach.ts';
import type { DraftThread } from './threads.ts';

export const RANK = { low: 0, medium: 1, high: 2, certain: 3 } as const;

/** So many threads of a function are looked at; nobody starts more of one by hand. */
const MOST_THREADS = 100;

export class ThreadOrder {
  readonly #threads: readonly DraftThread[];
  readonly #reach: Reach;
  readonly #some = new Map<FunctionNode, readonly number[]>();
  /** Thread → where control comes while it runs. */
  readonly #while: ((fact: FactId) => boolean)[] = [];
  /** What was found for the function that was last asked about. */
  #unordered: { readonly function: FunctionNode; readonly of: Map<number, readonly number[]> } | undefined;

  constructor(threads: readonly DraftThread[], reach: Reach) {
    this.#threads = threads;
    this.#reach = reach;
  }

  /** The threads that run a function; of very many the surest, and of these those that nobody waits for. */
  running(function_: FunctionNode): readonly number[] {
    const all = this.#reach.threadsOf.get(function_) ?? [];
    if (all.length <= MOST_THREADS) return all;
    let some = this.#some.get(function_);
    if (some === undefined) {
      const rank = (id: number): number => {
        const { confidence, joins } = this.#threads[id]!;
        return 2 * RANK[confidence] + (joins.length === 0 ? 1 : 0);
      };
      some = [...all]
        .sort((a, b) => rank(b) - rank(a) || a - b)
        .slice(0, MOST_THREADS)
        .sort((a, b) => a - b);
      this.#some.set(function_, some);
    }
    return some;
  }

  /** Of the threads that run a function those that neither end before the thread starts nor start when it has ended; it is one. */
  beside(id: number, function_: FunctionNode): readonly number[] {
    if (this.#unordered?.function !== function_) this.#unordered = { function: function_, of: new Map() };
    let found = this.#unordered.of.get(id);
    if (found === undefined) {
      found = this.running(function_).filter(
        (other) => other === id || !(this.#endsBefore(id, other) || this.#endsBefore(other, id)),
      );
      this.#unordered.of.set(id, found);
    }
    return found;
  }

  /** Whether the first thread has ended before the second starts, both in one function. */
  #endsBefore(one: number, other: number): boolean {
    const first = this.#threads[one]!;
    const second = this.#threads[other]!;
    if (first.spawner !== second.spawner || first.joins.length === 0) return false;
    if (!Number.isFinite(second.startFact)) return false;
    const flow = flowOf(first.module.summary);
    this.#while[one] ??= flow.reachedFrom([first.startFact], first.joins).has;
    return !this.#while[one](second.startFact) && flow.reaches(first.startFact, second.startFact);
  }
}
