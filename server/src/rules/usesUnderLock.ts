/**
 * An object whose methods are called under a lock: a socket, a parser, a protocol of unknown kind. What its methods change is not
 * seen, so the counted evidence of the calls says what the lock is for, where the object is replaced as well.
 */
import { isPlainMethod } from '../catalog/words.ts';
import type { Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { changes, isExempt, isIntended } from './guards.ts';

/** The lock must be held at two calls at least, and at this share of them. */
const LEAST_CALLS = 2;
const LEAST_SHARE = 0.5;

export interface Uses {
  readonly lock: Lock;
  readonly guarded: readonly SharedAccess[];
  readonly bare: readonly SharedAccess[];
}

/** Objects that look after themselves, or that are no objects with a state of their own. */
const LEFT_ALONE: ReadonlySet<string> = new Set([
  'container',
  'number',
  'text',
  'constant',
  'tuple',
  'function',
  'safe',
  'threadLocal',
  'lock',
  'thread',
  'executor',
  'process',
]);

export function usesUnderLock(program: ProgramModel, variable: Variable): Uses | undefined {
  const { kind, fields, accesses, types } = variable;
  if (kind !== 'instance' || fields.length > 0) return undefined;
  if (!accesses.some((one) => one.access.kind === 'write' && !one.beforeSharing)) return undefined;
  if (types.some((type) => type.kind !== 'constant' && LEFT_ALONE.has(type.kind))) return undefined;
  if (types.some((type) => type.kind === 'instance' && program.locksOf(type.of, type.of.module).length > 0))
    return undefined;
  if (accesses.some((one) => !one.beforeSharing && changes(one) && one.access.kind !== 'write'))
    return undefined;
  const calls = accesses.filter(
    (one) =>
      !one.beforeSharing &&
      one.receiver === 'self' &&
      one.access.kind === 'read' &&
      one.access.use === 'method' &&
      !isPlainMethod(one.access.operation) &&
      !one.function.scope.async &&
      !isExempt(one),
  );
  const keys = new Set(calls.flatMap(({ locks }) => [...locks]));
  for (const key of keys) {
    const lock = program.locks.get(key);
    if (lock === undefined || !isIntended(lock, variable)) continue;
    const guarded = calls.filter(({ locks }) => locks.has(key));
    const bare = calls.filter(({ locks, maybeLocked }) => locks.size === 0 && !maybeLocked);
    if (guarded.length < LEAST_CALLS || bare.length === 0) continue;
    if (guarded.length / (guarded.length + bare.length) >= LEAST_SHARE) return { lock, guarded, bare };
  }
  return undefined;
}
