/**
 * Which lock guards a variable, by the counted evidence of the program: held at least at half of the accesses that matter, of
 * the same owner, and waited for. Rules and fixes ask here, so that no fix holds a lock that a rule does not believe in.
 */
import { EXEMPT_FROM_GUARD } from '../catalog/words.ts';
import type { Access } from '../facts/summary.ts';
import type { FunctionNode, Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { setsUp } from './evidence.ts';

/** The lock must be held at this share of the accesses (SpotBugs, FindInconsistentSync2: MIN_SYNC_PERCENT). */
const LEAST_SHARE = 0.5;

export interface Guard {
  readonly lock: Lock;
  readonly guarded: readonly SharedAccess[];
  readonly bare: readonly SharedAccess[];
}

/** A variable of a program never changes, and its fixes ask again and again. */
const known = new WeakMap<Variable, { readonly guard: Guard | undefined }>();

/** The lock that the accesses outside constructors agree on, if they do. */
export function guardOf(program: ProgramModel, variable: Variable): Guard | undefined {
  let found = known.get(variable);
  if (found === undefined) {
    found = { guard: counted(program, variable) };
    known.set(variable, found);
  }
  return found.guard;
}

function counted(program: ProgramModel, variable: Variable): Guard | undefined {
  const alone = aloneIn(program, variable);
  const matter = variable.accesses.filter(
    (access) => !access.beforeSharing && !isExempt(access) && !alone(access),
  );
  const keys = new Map<string, number>();
  for (const access of matter) for (const key of access.locks) keys.set(key, (keys.get(key) ?? 0) + 1);
  let best: Guard | undefined;
  for (const key of keys.keys()) {
    const lock = program.locks.get(key);
    if (lock === undefined || !isIntended(lock, variable) || isOnlyTried(program, lock)) continue;
    const guarded = matter.filter((access) => access.locks.has(key));
    const bare = matter.filter((access) => !access.locks.has(key) && !access.maybeLocked);
    if (!guarded.some(changes)) continue;
    const share = guarded.length / (guarded.length + bare.length);
    if (share < LEAST_SHARE && !arePaired(lock, variable)) continue;
    if (best === undefined || guarded.length > best.guarded.length) best = { lock, guarded, bare };
  }
  return best;
}

/** How many functions inside are asked whether they run beside the one around them. */
const MOST_INSIDE = 20;

/** What a call does with a variable of its own before its threads start, or after they have ended. */
function aloneIn(program: ProgramModel, variable: Variable): (access: SharedAccess) => boolean {
  const { cell } = variable;
  if (cell === undefined) return () => false;
  const inside = new Map<FunctionNode, SharedAccess>();
  for (const one of variable.accesses)
    if (one.function !== cell && !inside.has(one.function)) inside.set(one.function, one);
  if (inside.size > MOST_INSIDE) return () => false;
  const others = [...inside.values()];
  return (access) =>
    access.function === cell &&
    others.every((other) => program.parallel(variable, access, other) === undefined);
}

/** `jobs` and `jobs_lock`: the name says what the lock guards, however seldom it is held. */
export function arePaired({ attribute }: Lock, variable: Variable): boolean {
  const stem = /^_*(.+?)_?(lock|mutex|mtx|guard)$/.exec(attribute ?? '')?.[1];
  return (
    stem !== undefined &&
    (stem === withoutUnderscores(variable.attribute) || `${stem}s` === withoutUnderscores(variable.attribute))
  );
}

function withoutUnderscores(name: string): string {
  return name.replace(/^_+/, '');
}

/** The scope that makes a lock which is kept in a local. */
export function cellOf({ constructors }: Lock): number | undefined {
  const [first, ...more] = constructors;
  return more.length === 0 ? first?.call.scope : undefined;
}

/** The lock of the same class, of the same module, or of the same call of a function. */
export function isIntended(lock: Lock, variable: Variable): boolean {
  if (lock.holder === 'closure')
    return (
      lock.module === variable.module &&
      variable.cell !== undefined &&
      cellOf(lock) === variable.cell.scope.id
    );
  if (variable.owner === undefined) return lock.holder === 'global' && lock.module === variable.module;
  if (lock.holder === 'global') return lock.module === variable.module && variable.kind === 'classAttribute';
  if (lock.owner === undefined) return false;
  return lock.owner === variable.owner || related(lock, variable);
}

function related(lock: Lock, variable: Variable): boolean {
  const { owner } = variable;
  return (
    owner !== undefined &&
    lock.owner !== undefined &&
    (owner.bases.includes(lock.owner) || lock.owner.bases.includes(owner))
  );
}

/** The one lock that is held, when it is one that could guard the variable and is seen to be made for itself. */
export function soleGuard(
  program: ProgramModel,
  variable: Variable,
  { locks }: SharedAccess,
): Lock | undefined {
  if (locks.size !== 1) return undefined;
  const lock = program.locks.get([...locks][0]!);
  if (lock === undefined || lock.family || !isIntended(lock, variable)) return undefined;
  if (lock.constructors.length === 0) return undefined;
  return lock.kind === 'Lock' || lock.kind === 'RLock' || lock.kind === 'Condition' ? lock : undefined;
}

/** `if not lock.acquire(blocking=False): …` everywhere: it says "busy", and guards no data. */
function isOnlyTried(program: ProgramModel, lock: Lock): boolean {
  let onlyTried = tried.get(program);
  if (onlyTried === undefined) {
    onlyTried = new Map();
    for (const use of program.lockUses)
      if (use.lock !== undefined)
        onlyTried.set(use.lock, use.acquisition.blocking !== 'yes' && onlyTried.get(use.lock) !== false);
    tried.set(program, onlyTried);
  }
  return onlyTried.get(lock) === true;
}

/** The locks that are taken, with whether nobody waits for them. */
const tried = new WeakMap<ProgramModel, Map<Lock, boolean>>();

/** Code that by its role runs when nobody else does, or only shows the state. */
export function isExempt(access: SharedAccess): boolean {
  return EXEMPT_FROM_GUARD.test(access.function.scope.name) || setsUp(access);
}

export function changes({ access }: SharedAccess): boolean {
  return changesBy(access.kind);
}

/** Whether an access of this kind leaves another value or content behind. */
export function changesBy(kind: Access['kind']): boolean {
  return kind === 'write' || kind === 'update' || kind === 'mutate' || kind === 'delete';
}
