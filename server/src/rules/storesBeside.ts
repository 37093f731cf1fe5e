/**
 * Attributes that one function sets together, and that the holders of a lock use: half of them set is what the lock is to hide. What
 * stands beside what in the text is for `edits/` to see.
 */
import type { Access, FactId } from '../facts/summary.ts';
import { push } from '../link/nameIndex.ts';
import type { ClassNode, FunctionNode, Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';

/** So many stores around the one that is asked for: one that lies further away stands in no statement beside it. */
const MOST_AROUND = 12;

/** Stores of the same function, on the same object, to what is used under the lock elsewhere. */
export function storesBeside(
  program: ProgramModel,
  lock: Lock,
  { module, function: function_, access }: SharedAccess,
): readonly FactId[] {
  if (access.kind !== 'write' || module.summary.paths[access.path]!.root !== 'self') return [];
  const stores = storesUnder(program, lock).get(function_) ?? [];
  const at = stores.indexOf(access);
  if (at === -1) return [];
  return stores
    .slice(Math.max(0, at - MOST_AROUND), at + MOST_AROUND + 1)
    .filter((one) => one !== access)
    .map(({ fact }) => fact);
}

const known = new WeakMap<ProgramModel, Map<Lock, ReadonlyMap<FunctionNode, readonly Access[]>>>();

/** By function: the stores to attributes of the lock's class that others use while they hold it. */
function storesUnder(program: ProgramModel, lock: Lock): ReadonlyMap<FunctionNode, readonly Access[]> {
  const ofProgram = known.get(program) ?? new Map<Lock, ReadonlyMap<FunctionNode, readonly Access[]>>();
  known.set(program, ofProgram);
  let found = ofProgram.get(lock);
  if (found === undefined) {
    const made = new Map<FunctionNode, Access[]>();
    for (const { accesses } of attributesOf(program, lock.owner)) {
      if (!accesses.some(({ locks, beforeSharing }) => !beforeSharing && locks.has(lock.key))) continue;
      for (const { module, access, function: function_, locks, beforeSharing } of accesses) {
        if (access.kind !== 'write' || beforeSharing || locks.has(lock.key)) continue;
        if (module.summary.paths[access.path]!.root !== 'self') continue;
        push(made, function_, access);
      }
    }
    for (const its of made.values()) its.sort((a, b) => a.fact - b.fact);
    found = made;
    ofProgram.set(lock, found);
  }
  return found;
}

const owned = new WeakMap<ProgramModel, ReadonlyMap<ClassNode, readonly Variable[]>>();

function attributesOf(program: ProgramModel, owner: ClassNode | undefined): readonly Variable[] {
  let byOwner = owned.get(program);
  if (byOwner === undefined) {
    const made = new Map<ClassNode, Variable[]>();
    for (const variable of program.variables) {
      if (variable.kind !== 'instance' || variable.owner === undefined) continue;
      push(made, variable.owner, variable);
    }
    byOwner = made;
    owned.set(program, byOwner);
  }
  return (owner && byOwner.get(owner)) ?? [];
}
