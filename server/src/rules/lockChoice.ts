/** Which lock a fix should hold: the one that already guards the variable, the only one its owner has, or a new one. */
import type { Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import type { Fix, LockChoice } from './finding.ts';

/** The lock for an access as it must be written there; undefined when no lock can be named in that place. */
export function lockFor(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
): LockChoice | undefined {
  const existing = guarding(program, variable) ?? ownedAlone(program, variable);
  if (existing !== undefined) {
    const expression = expressionFor(existing, access);
    return expression === undefined ? undefined : { kind: 'existing', expression };
  }
  const name = [variable.attribute, ...variable.fields].join('_').replace(/^_+/, '').replace(/\W+/g, '_');
  if (variable.module !== access.module || name === '') return undefined;
  switch (variable.kind) {
    case 'instance':
      return variable.owner === undefined || variable.fields.length > 0 || access.function.owner === undefined
        ? undefined
        : {
            kind: 'declare',
            owner: 'instance',
            fact: variable.owner.scope.fact,
            name: '_lock',
            constructor: 'Lock',
          };
    case 'classAttribute':
      return variable.owner === undefined
        ? undefined
        : {
            kind: 'declare',
            owner: 'class',
            fact: variable.owner.scope.fact,
            name: `_${name}_lock`,
            constructor: 'Lock',
          };
    case 'global':
      return variable.declaration === undefined || variable.declaration.module !== access.module
        ? undefined
        : {
            kind: 'declare',
            owner: 'module',
            fact: variable.declaration.fact,
            name: `_${name.toLowerCase()}_lock`,
            constructor: 'Lock',
          };
    case 'closure':
      return undefined;
  }
}

/** "Hold the lock here", and "around every update in this file" when there are more. */
export function lockFixes(program: ProgramModel, variable: Variable, access: SharedAccess): readonly Fix[] {
  const lock = lockFor(program, variable, access);
  if (lock === undefined) return [];
  const file = access.module.file;
  const title =
    lock.kind === 'existing'
      ? `Hold \`${lock.expression}\` here`
      : `Add a lock for \`${variable.name}\` and hold it here`;
  const fixes: Fix[] = [
    { title, safety: 'unsafe', intention: { kind: 'holdLock', file, lock, around: [access.access.fact] } },
  ];
  const all = variable.accesses.filter(
    (one) =>
      one.module === access.module &&
      !one.beforeSharing &&
      !one.maybeLocked &&
      one.locks.size === 0 &&
      (one.access.kind === 'write' ||
        one.access.kind === 'update' ||
        one.access.kind === 'mutate' ||
        one.access.kind === 'delete'),
  );
  if (all.length > 1) {
    fixes.push({
      title: `Guard every update of \`${variable.name}\` in this file with ${lock.kind === 'existing' ? `\`${lock.expression}\`` : 'a new lock'}`,
      safety: 'unsafe',
      intention: { kind: 'holdLock', file, lock, around: [...new Set(all.map((one) => one.access.fact))] },
    });
  }
  return fixes;
}

/** The lock held at most of the variable's accesses. */
export function guarding(program: ProgramModel, variable: Variable): Lock | undefined {
  const counts = new Map<string, number>();
  for (const access of variable.accesses)
    for (const key of access.locks) counts.set(key, (counts.get(key) ?? 0) + 1);
  let best: Lock | undefined;
  for (const [key, count] of counts) {
    const lock = program.locks.get(key);
    if (lock !== undefined && (best === undefined || count > (counts.get(best.key) ?? 0))) best = lock;
  }
  return best;
}

/** The only lock of the variable's class or module. */
function ownedAlone(program: ProgramModel, variable: Variable): Lock | undefined {
  if (variable.kind === 'closure') return undefined;
  const owner = variable.kind === 'global' ? undefined : variable.owner;
  const owned = program
    .locksOf(owner, variable.module)
    .filter((lock) => variable.kind !== 'classAttribute' || lock.holder === 'classAttribute');
  return owned.length === 1 ? owned[0] : undefined;
}

/** The lock as it is written in the function of an access. */
export function expressionFor(lock: Lock, access: SharedAccess): string | undefined {
  const { attribute } = lock;
  if (attribute === undefined) return undefined;
  switch (lock.holder) {
    case 'instance': {
      const { owner, scope } = access.function;
      const [receiver] = scope.parameters;
      const own =
        owner !== undefined &&
        lock.owner !== undefined &&
        (owner === lock.owner || owner.bases.includes(lock.owner));
      return own && receiver !== undefined && !access.function.static
        ? `${receiver.name}.${attribute}`
        : undefined;
    }
    case 'classAttribute':
      return lock.owner !== undefined && lock.module === access.module
        ? `${lock.owner.name}.${attribute}`
        : undefined;
    case 'global':
      return lock.module === access.module ? attribute : undefined;
    case 'closure':
      return undefined;
  }
}
