/**
 * What those do who hold a lock: what they wait for, whom they call, and whom they give what to call. It decides whether
 * somebody else may take the lock as well, and whether it is one to be taken for a variable that it does not guard yet.
 */
import type { Call, FactId } from '../facts/summary.ts';
import type { FunctionNode, Happening, Lock, ProgramModel } from '../link/program.ts';
import { named } from './evidence.ts';
import type { FactRef } from './finding.ts';
import type { Obstacle } from './lockChoice.ts';
import { callsFar } from './regionCalls.ts';

/** `with self._lock: return self._retry(make)`: whoever is given `make` there may call it at once. */
export function handedWhileHeld(
  program: ProgramModel,
  lock: Lock,
  callers: ReadonlySet<FunctionNode>,
): Obstacle | undefined {
  if (![...callers].some((function_) => program.isHandedOn(function_))) return undefined;
  for (const holder of holdersOf(program, lock)) {
    const { module } = holder;
    for (const call of program.callsIn(holder)) {
      if (!program.locksAt(module, call.fact).has(lock.key)) continue;
      const given = givenTo(program, holder, call).find((function_) => callers.has(function_));
      if (given === undefined) continue;
      return {
        reason: `${named(holder)} hands ${named(given)} on while it holds \`${lock.name}\``,
        at: { file: module.file, fact: call.fact },
      };
    }
  }
  return undefined;
}

/** What a call gives a function of the program to call, perhaps at once: not what a thread, a pool or a new object is given. */
export function givenTo(program: ProgramModel, holder: FunctionNode, call: Call): readonly FunctionNode[] {
  const given = call.arguments.flatMap(({ value }) => program.functionsOf(holder.module, value));
  const isCalled = (): boolean =>
    program.callsFrom(holder).some(({ fact, how }) => fact === call.fact && how === 'call');
  return given.length > 0 && isCalled() ? given : [];
}

/** Somebody was given the function, and a holder of the lock calls what it was given. */
export function comesBack(
  program: ProgramModel,
  lock: Lock,
  callers: ReadonlySet<FunctionNode>,
): Obstacle | undefined {
  return [...callers].some((function_) => program.isHandedOn(function_))
    ? callsOthers(program, lock)
    : undefined;
}

/** A holder of the lock calls what somebody else has given it. */
function callsOthers(program: ProgramModel, lock: Lock): Obstacle | undefined {
  const called = underLock(program, lock).find(({ kind }) => kind === 'callback');
  return called === undefined
    ? undefined
    : {
        reason: `${named(called.edge?.caller ?? called.function)} calls somebody else’s code while it holds \`${lock.name}\``,
        at: placeOf(called),
      };
}

/** The lock is held over something slow: whoever takes it here waits as long. */
export function heldLong(program: ProgramModel, lock: Lock): Obstacle | undefined {
  const waiting = underLock(program, lock).find(
    (one) => one.kind === 'block' && !isOwnWait(program, one, lock),
  );
  return waiting === undefined
    ? undefined
    : {
        reason: `${named(waiting.edge?.caller ?? waiting.function)} holds \`${lock.name}\` while it waits in \`${waiting.blocking?.name ?? 'a call'}\``,
        at: placeOf(waiting),
      };
}

/** What it is known to be held over, that waits or is somebody else’s. */
export function heldOver(program: ProgramModel, lock: Lock): Obstacle | undefined {
  return heldLong(program, lock) ?? callsOthers(program, lock);
}

/** `condition.wait()` gives the condition's own lock back meanwhile. */
export function isOwnWait(
  program: ProgramModel,
  { blocking, function: function_ }: Happening,
  lock: Lock | undefined,
): boolean {
  return (
    blocking?.kind === 'condition' &&
    blocking.subject !== -1 &&
    lock !== undefined &&
    program.lockAt(function_.module, blocking.subject) === lock
  );
}

const slow = new WeakMap<ProgramModel, Map<Lock, boolean>>();

/** It waits, reads or writes outside the program, or calls others, by the name of what is called at least. */
export function isHeldLong(program: ProgramModel, lock: Lock): boolean {
  const known = slow.get(program) ?? new Map<Lock, boolean>();
  slow.set(program, known);
  let found = known.get(lock);
  if (found === undefined) {
    found =
      heldOver(program, lock) !== undefined ||
      [...holdersOf(program, lock)].some((function_) =>
        callsFar(program, function_, (fact) => program.locksAt(function_.module, fact).has(lock.key)),
      );
    known.set(lock, found);
  }
  return found;
}

/** `def _acquire(): if _lock: _lock.acquire()`: functions that leave the lock held, on some ways at least. */
export function takersOf(program: ProgramModel, lock: Lock): ReadonlySet<FunctionNode> {
  return new Set(
    program.lockUses.flatMap((use) => {
      if (use.lock !== lock || use.acquisition.how !== 'acquire') return [];
      const { module, scope } = use.function;
      return module.summary.releases.some((one) => one.scope === scope.id) ? [] : [use.function];
    }),
  );
}

function holdersOf(program: ProgramModel, lock: Lock): ReadonlySet<FunctionNode> {
  return new Set(program.lockUses.filter((use) => use.lock === lock).map((use) => use.function));
}

/** What happens while the lock is held, in the functions that take it. */
function underLock(program: ProgramModel, lock: Lock): readonly Happening[] {
  const found: Happening[] = [];
  for (const function_ of holdersOf(program, lock)) {
    const held = (fact: FactId): boolean => program.locksAt(function_.module, fact).has(lock.key);
    found.push(...program.ownEffectsOf(function_).filter(({ fact }) => held(fact)));
    for (const edge of program.callsFrom(function_))
      if (edge.how !== 'decorate' && held(edge.fact)) found.push(...program.effectsThrough(edge));
  }
  return found;
}

function placeOf({ edge, function: function_, fact }: Happening): FactRef {
  return edge === undefined
    ? { file: function_.module.file, fact }
    : { file: edge.module.file, fact: edge.fact };
}
