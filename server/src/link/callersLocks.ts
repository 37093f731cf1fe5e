/**
 * What the program itself holds whenever it calls a function. A library cannot show who else calls it; where all of its own calls hold a
 * lock, outside callers are meant to do so as well.
 */
import type { CallGraph, DraftEdge } from './callGraph.ts';
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
    const found = this.#find(function_);
    this.#known.set(function_, found);
    return found;
  }

  /** The calls with a lock through which control gets to the function; what leads back to itself adds none. */
  #find(function_: FunctionNode): readonly LockedCall[] | undefined {
    const calls: LockedCall[] = [];
    const withoutLock = new Set([function_]);
    for (const called of withoutLock) {
      if (this.#graph.isHandedOn(called)) return undefined;
      const counted = this.#graph.to(called).filter((edge) => this.#counts(edge));
      if (counted.length === 0) return undefined;
      for (const { caller, module, fact } of counted) {
        const locks = this.#held.locksAt(module, fact);
        const unknown = locks.size === 0 && this.#held.mayHoldAt(module, fact);
        const inLoop = isCoroutine(caller);
        if (locks.size > 0 || unknown || inLoop) calls.push({ caller: caller.owner, locks, unknown, inLoop });
        else withoutLock.add(caller);
        if (calls.length > MOST_CALLS || withoutLock.size > MOST_CALLS) return undefined;
      }
    }
    return calls.length === 0 ? undefined : calls;
  }

  /** A test is one thread, and calls what it likes. */
  #counts({ caller, module }: DraftEdge): boolean {
    if (module.test || this.#isNeverCalled(caller)) return false;
    return !isImplicit(caller) || this.#graph.to(caller).length > 0;
  }
}

/** Of different lines are different objects, and coroutines take turns. */
function exclude(one: LockedCall, other: LockedCall): boolean {
  const ofOneLine =
    one.caller === undefined || other.caller === undefined || mayBeOne(one.caller, other.caller);
  if (!ofOneLine || (one.inLoop && other.inLoop) || one.unknown || other.unknown) return true;
  return [...one.locks].some((lock) => other.locks.has(lock));
}
