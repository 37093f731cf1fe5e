/**
 * What the program itself holds whenever it calls a function. A library cannot show who else calls it; where all of its own calls hold a
 * lock, outside callers are meant to do so as well.
 */
import type { CallGraph } from './callGraph.ts';
import type { HeldPlaces } from './heldPlaces.ts';
import { mayBeOne } from './hierarchy.ts';
import { isCoroutine, isImplicit } from './loopCode.ts';
import type { ClassNode, FunctionNode } from './program.ts';
import type { SharedObjects } from './sharedObjects.ts';

interface LockedCall {
  readonly caller: ClassNode | undefined;
  readonly locks: ReadonlySet<string>;
  /** A lock is held of which it is not known whose it is. */
  readonly unknown: boolean;
  /** A coroutine calls it. */
  readonly inLoop: boolean;
}

/** What is called from so many places, several of them call at once. */
const MOST_CALLS = 40;

export class CallersLocks {
  readonly #graph: CallGraph;
  readonly #held: HeldPlaces;
  readonly #objects: SharedObjects;
  readonly #known = new Map<FunctionNode, readonly LockedCall[] | undefined>();

  constructor(graph: CallGraph, held: HeldPlaces, objects: SharedObjects) {
    this.#graph = graph;
    this.#held = held;
    this.#objects = objects;
  }

  /** Whether no two calls of the program, one of each, run at once: of one object they hold a lock in common. */
  keepApart(a: FunctionNode, b: FunctionNode): boolean {
    const [first, second] = [this.#callsOf(a), this.#callsOf(b)];
    if (first === undefined && this.#isNeverCalled(a)) return second !== undefined || this.#isNeverCalled(b);
    if (second === undefined && this.#isNeverCalled(b)) return first !== undefined;
    if (first === undefined || second === undefined) return false;
    return first.every((one) => second.every((other) => exclude(one, other)));
  }

  /** A method of an object that only the program has, and that the program does not call. */
  #isNeverCalled(function_: FunctionNode): boolean {
    return (
      this.#graph.to(function_).every(({ module }) => module.test) &&
      this.#objects.isKeptPrivately(function_.owner)
    );
  }

  /** Undefined where nobody is seen to call it, or somebody does without a lock. */
  #callsOf(function_: FunctionNode): readonly LockedCall[] | undefined {
    if (this.#known.has(function_)) return this.#known.get(function_);
    // What leads back to itself counts as called without one.
    this.#known.set(function_, undefined);
    const found = this.#graph.isHandedOn(function_) ? undefined : this.#find(function_);
    this.#known.set(function_, found);
    return found;
  }

  #find(function_: FunctionNode): readonly LockedCall[] | undefined {
    const calls: LockedCall[] = [];
    for (const { caller, module, fact } of this.#graph.to(function_)) {
      // A test is one thread, and calls what it likes.
      if (module.test || this.#isNeverCalled(caller)) continue;
      if (isImplicit(caller) && this.#graph.to(caller).length === 0) continue;
      const locks = this.#held.locksAt(module, fact);
      const unknown = locks.size === 0 && this.#held.mayHoldAt(module, fact);
      const inLoop = isCoroutine(caller);
      if (locks.size > 0 || unknown || inLoop) calls.push({ caller: caller.owner, locks, unknown, inLoop });
      else {
        const above = this.#callsOf(caller);
        if (above === undefined) return undefined;
        calls.push(...above);
      }
    }
    return calls.length === 0 || calls.length > MOST_CALLS ? undefined : calls;
  }
}

/** Of different lines are different objects, and coroutines take turns. */
function exclude(one: LockedCall, other: LockedCall): boolean {
  const ofOneLine =
    one.caller === undefined || other.caller === undefined || mayBeOne(one.caller, other.caller);
  if (!ofOneLine || (one.inLoop && other.inLoop) || one.unknown || other.unknown) return true;
  return [...one.locks].some((lock) => other.locks.has(lock));
}
