/**
 * Whether accesses that run at the same time meet on one object: whose the object is when a thread runs an access, whether several
 * threads of one start have it in common, and whether code outside of threads has it too.
 */
import { isFreshInLoop, isRepeated } from './callables.ts';
import type { CallGraph, DraftEdge } from './callGraph.ts';
import { type Flows, isSeen } from './flows.ts';
import type { HeldPlaces } from './heldPlaces.ts';
import { derived, linearized, mayBeOne } from './hierarchy.ts';
import { NO_KEYS } from './keySets.ts';
import type { OwnedLocks } from './ownedLocks.ts';
import type { Ownership, Whose } from './ownership.ts';
import type { PrivateObjects } from './privateObjects.ts';
import type { CallEdge, ClassNode, FunctionNode, SharedAccess, Variable } from './program.ts';
import type { Reach, ReachOfThread } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

export class SharedObjects {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #reach: Reach;
  readonly #ownership: Ownership;
  readonly #flows: Flows;
  readonly #owned: OwnedLocks;
  readonly #held: HeldPlaces;
  readonly #ofOneObject = new Map<number, ReadonlySet<FunctionNode>>();
  readonly #calledBelow = new Map<FunctionNode, readonly CallEdge[]>();
  readonly #parts: PrivateObjects;

  constructor(
    resolver: Resolver,
    graph: CallGraph,
    reach: Reach,
    ownership: Ownership,
    flows: Flows,
    owned: OwnedLocks,
    held: HeldPlaces,
    parts: PrivateObjects,
  ) {
    this.#resolver = resolver;
    this.#graph = graph;
    this.#reach = reach;
    this.#ownership = ownership;
    this.#flows = flows;
    this.#owned = owned;
    this.#held = held;
    this.#parts = parts;
  }

  /** Whether the object is one that the threads have in common which start at the same place. */
  isSeenByAlike(variable: Variable, thread: DraftThread, access: SharedAccess): boolean {
    const among = this.#reach.amongAlike[thread.id];
    return among === undefined || this.runsOnShared(variable, thread, access, among);
  }

  /** Whether the object that the access touches, when this thread runs it, is one that other threads see. */
  runsOnShared(
    variable: Variable,
    thread: DraftThread,
    access: SharedAccess,
    { reached, parameters: given }: Pick<ReachOfThread, 'reached' | 'parameters'> = {
      reached: this.#reach.byThread[thread.id]!,
      parameters: this.#reach.parameters[thread.id]!,
    },
  ): boolean {
    const { function: function_, receiver, whose } = access;
    if (variable.kind === 'closure') return !this.#makesCell(variable, thread);
    if (variable.kind !== 'instance') return true;
    switch (receiver) {
      case 'shared':
      case 'none':
        return true;
      case 'parameter':
      case 'local': {
        const shared = reached.get(function_) === true;
        const parameters = given.get(function_) ?? NO_KEYS;
        return isSeen(whose, { shared, parameters }, thread);
      }
      default:
        return reached.get(function_) === true || this.isForeign(access);
    }
  }

  /** Below an attribute of the receiver, in an object that its constructor was given and others have, too. */
  isForeign({ module, access, receiver, function: { owner } }: SharedAccess): boolean {
    if (receiver !== 'member' || owner === undefined) return false;
    const path = module.summary.paths[access.path]!;
    const [first] = path.root === 'self' ? path.fields : [];
    return first !== undefined && this.#ownership.isForeign(owner, first);
  }

  /** The thread itself calls the function that the cell belongs to, and so has one of its own. */
  #makesCell(variable: Variable, thread: DraftThread): boolean {
    const { cell } = variable;
    return cell !== undefined && !capturedBy(variable, thread) && this.#reach.byThread[thread.id]!.has(cell);
  }

  /** Several threads of one entry see the same variable: globals always, an instance when it is bound to the entry. */
  sharedByAll(variable: Variable, thread: DraftThread, a: SharedAccess, b: SharedAccess): boolean {
    if (variable.kind === 'closure')
      return (
        !ownedByThread(variable, thread) &&
        (capturedBy(variable, thread) || givenTo(variable, thread) || !thread.passesObjects)
      );
    if (variable.kind !== 'instance') return true;
    if (this.isForeign(a) && this.isForeign(b)) return true;
    const through = this.#reach.through[thread.id]!;
    if ([a, b].every((one) => through.get(one.function)?.common === true)) return true;
    if (!thread.manyOnOne && !thread.entries.some(({ receiver }) => receiver === 'local')) return false;
    return thread.entries.some(
      ({ receiver }) => receiver === 'self' || receiver === 'shared' || receiver === 'parameter',
    )
      ? thread.fact === thread.startFact || !isThreadSubclass(thread)
      : true;
  }

  sameInstance(variable: Variable, first: DraftThread, second: DraftThread): boolean {
    if (first.spawner !== second.spawner && first.module.test && second.module.test) return false;
    const [a, b] = [first.spawner.owner, second.spawner.owner];
    if (a !== b && first.module !== second.module && (a === undefined || b === undefined || !mayBeOne(a, b)))
      return false;
    return !(
      isThreadSubclass(first) &&
      isThreadSubclass(second) &&
      variable.owner !== undefined &&
      first.entries[0]?.function.owner === variable.owner &&
      first.entries[0]?.function === second.entries[0]?.function
    );
  }

  /** Whether code outside of threads gives the function an object that others have, or keeps it where they find it. */
  isSeenOutside(function_: FunctionNode, whose: readonly Whose[], seen: Set<FunctionNode>): boolean {
    return whose.some((one) => {
      if (one.of === 'call') return 'handedTo' in one;
      if (one.of !== 'parameter') return true;
      if (seen.has(function_)) return false;
      seen.add(function_);
      return this.#graph
        .to(function_)
        .some(
          (edge) =>
            this.#reach.main.has(edge.caller) &&
            this.isSeenOutside(edge.caller, this.#flows.given(edge, one.name), seen),
        );
    });
  }

  /** Whether outside callers of a method have the object that the thread has: the thread is its own, or there is one only. */
  isOneObject({ owner, module, accesses }: Variable, thread: DraftThread, inThread: SharedAccess): boolean {
    if (owner === undefined) return true;
    const guards = new Set(this.#owned.of(owner, module).map(({ key }) => key));
    if (accesses.some(({ locks }) => [...locks].some((key) => guards.has(key)))) return true;
    // What an attribute of the starter holds is one of several.
    const own = thread.entries.filter(({ receiver }) => receiver !== 'member');
    if (
      [thread.spawner, ...own.map((entry) => entry.function)].some(
        (one) => one.owner !== undefined && mayBeOne(one.owner, owner),
      )
    )
      return inThread.receiver !== 'self' || this.#besidesHeld(thread).has(inThread.function);
    return this.#isMadeOnce(owner, new Set());
  }

  /** What a thread runs without going from an object to another of its kind that it has: a set of nodes that is itself a node. */
  #besidesHeld(thread: DraftThread): ReadonlySet<FunctionNode> {
    let found = this.#ofOneObject.get(thread.id);
    if (found === undefined) {
      const reached = new Set(thread.entries.map((entry) => entry.function));
      for (const function_ of reached)
        for (const edge of this.#graph.from(function_)) if (!isOnHeld(edge)) reached.add(edge.callee);
      found = reached;
      this.#ofOneObject.set(thread.id, found);
    }
    return found;
  }

  isKeptPrivately(class_: ClassNode | undefined): boolean {
    return class_ !== undefined && this.#parts.has(class_);
  }

  /** Made in one place, and that not by each of several objects. */
  #isMadeOnce(class_: ClassNode, seen: Set<ClassNode>): boolean {
    if (seen.has(class_)) return false;
    seen.add(class_);
    const made = this.#parts.madeAs(class_);
    const [only] = made;
    if (only === undefined || made.length > 1 || isRepeated(only.module, only.call.fact)) return false;
    const maker = this.#resolver.functionAt(only.module, only.call.scope).owner;
    return maker === undefined || this.#isMadeOnce(maker, seen);
  }

  mayTouchOneObject(variable: Variable, a: SharedAccess, b: SharedAccess): boolean {
    if (variable.kind !== 'instance' || a.receiver !== 'self' || b.receiver !== 'self') return true;
    const [first, second] = [a.function.owner, b.function.owner];
    if (first === undefined || second === undefined) return true;
    if (mayBeOne(first, second)) return !(this.#isReplaced(a, b) || this.#isReplaced(b, a));
    const below = derived(second);
    return [...derived(first)].some((one) => below.has(one));
  }

  /**
   * The objects of the other access have a method of their own in place of this one's, and run this one's only from there, with a
   * lock that the other access holds, too.
   */
  #isReplaced(one: SharedAccess, other: SharedAccess): boolean {
    const { name } = one.function.scope;
    const [above, below] = [one.function.owner!, other.function.owner!];
    if (above === below || name === '__init__') return false;
    const line = linearized(below);
    const level = line.indexOf(above);
    if (level === -1 || !line.slice(0, level).some(({ methods }) => methods.has(name))) return false;
    return this.#callsFromBelow(one.function)
      .filter(({ caller }) => caller.owner !== undefined && mayBeOne(caller.owner, below))
      .every(({ locks }) => [...locks].some((key) => other.locks.has(key)));
  }

  /** `super().reset()`: calls of the method on objects that have one of their own in its place. */
  #callsFromBelow(function_: FunctionNode): readonly CallEdge[] {
    let found = this.#calledBelow.get(function_);
    if (found === undefined) {
      found = this.#graph
        .to(function_)
        .filter(({ caller: { owner }, sameReceiver }) => sameReceiver && owner !== function_.owner)
        .map((edge) => this.#held.edge(edge));
      this.#calledBelow.set(function_, found);
    }
    return found;
  }
}

/** Each call of a function has cells of its own: a thread sees those that a function it was given captured. */
export function capturedBy({ cell }: Variable, thread: DraftThread): boolean {
  if (cell === undefined) return false;
  const { scopes } = cell.module.summary;
  return thread.entries.some(({ function: entry }) => {
    if (entry.module !== cell.module) return false;
    for (let at = entry.scope.parent; at > 0; at = scopes[at]!.parent) if (at === cell.scope.id) return true;
    return false;
  });
}

/** A thread that the function of the cell starts is given what is in the cell. */
export function givenTo({ cell, attribute }: Variable, thread: DraftThread): boolean {
  if (cell === undefined || thread.module !== cell.module) return false;
  const { paths } = thread.module.summary;
  return thread.sharedLocals.some((path) => {
    const { name, scope } = paths[path]!;
    return name === attribute && scope === cell.scope.id && !isFreshInLoop(thread.module, path, thread.fact);
  });
}

function ownedByThread({ cell }: Variable, thread: DraftThread): boolean {
  return cell !== undefined && enters(thread, cell);
}

/** A method calls one on another object of its kind. */
function isOnHeld({ caller, callee, receiver, sameReceiver }: DraftEdge): boolean {
  return (
    !sameReceiver &&
    (receiver === 'member' || receiver === 'local' || receiver === 'shared') &&
    caller.owner !== undefined &&
    callee.owner !== undefined &&
    mayBeOne(caller.owner, callee.owner)
  );
}

function isThreadSubclass({ entries, what, spawner }: DraftThread): boolean {
  const [first] = entries;
  return (
    first?.function.scope.name === 'run' &&
    first.receiver === 'self' &&
    what === 'thread' &&
    first.function.owner !== undefined &&
    first.function.owner !== spawner.owner
  );
}

function enters(thread: DraftThread, function_: FunctionNode): boolean {
  return thread.entries.some((entry) => entry.function === function_);
}
