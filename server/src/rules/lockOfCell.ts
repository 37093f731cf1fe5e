/**
 * The lock of a variable that each call of a function has anew and the functions inside share: a local of the same function, so
 * that there is one lock for one variable. What the call was given may be shared beyond it; such a lock would keep nobody out.
 */
import { ELEMENT } from '../facts/summary.ts';
import type { Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import type { LockChoice } from './finding.ts';
import { changes, isIntended } from './guards.ts';

type LockOfCell =
  | { readonly kind: 'existing'; readonly lock: Lock; readonly counted: boolean }
  | Extract<LockChoice, { readonly kind: 'declare' }>;

interface NoLock {
  readonly kind?: undefined;
  readonly reason: string;
}

export function lockOfCell(program: ProgramModel, variable: Variable): LockOfCell | NoLock {
  const { cell, module, name, attribute } = variable;
  if (cell === undefined) return { reason: `which function \`${name}\` belongs to is not known` };
  if (variable.fields.some((field) => field !== ELEMENT))
    return { reason: `the class of the object that \`${name}\` belongs to is not known` };
  if (!belongsToCall(program, variable))
    return {
      reason: `\`${name}\` may be shared by several calls of \`${cell.label}\`, each with a lock of its own`,
    };
  const [key, ...more] = new Set(
    variable.accesses.flatMap(({ beforeSharing, locks }) => (beforeSharing ? [] : [...locks])),
  );
  if (key === undefined) {
    const word = attribute.replace(/^_+|_+$/g, '').toLowerCase();
    if (word === '') return { reason: `\`${name}\` has no name that a lock could be called after` };
    return {
      kind: 'declare',
      constructor: 'Lock',
      file: module.file,
      owner: 'function',
      fact: cell.scope.fact,
      name: `${word}_lock`,
    };
  }
  // What is held at some of the uses is the lock; of several nobody can say which is meant.
  const lock = program.locks.get(key);
  if (lock === undefined || !isIntended(lock, variable) || more.length > 0)
    return { reason: `a lock of something else is held at some of the uses of \`${name}\`` };
  return { kind: 'existing', lock, counted: false };
}

/** Whether an access lies in the function of a scope, or in one inside of it. */
export function isWithin({ module, access }: SharedAccess, cell: number): boolean {
  const { scopes } = module.summary;
  for (let at = access.scope; at > 0; at = scopes[at]!.parent) if (at === cell) return true;
  return false;
}

/** Whether only this call and what it starts can see the changes: of its own variable, or of an object that it makes. */
function belongsToCall(program: ProgramModel, variable: Variable): boolean {
  const changed = variable.accesses.filter(changes);
  if (!changed.every(isRebinding)) return isMadeInside(program, variable);
  if (!changed.some(({ access }) => AUGMENTED.test(access.operation))) return true;
  // `x += y` changes a list, and gives a number anew.
  if (variable.types.length > 0 && variable.types.every(({ kind }) => IMMUTABLE.has(kind))) return true;
  if (isParameter(variable)) return false;
  return program.containerOf(variable).length === 0 || isMadeInside(program, variable);
}

/** The variable itself is set anew, not an entry of what it holds. */
function isRebinding({ access: { kind, key, operation } }: SharedAccess): boolean {
  return (kind === 'write' || kind === 'update') && key === undefined && !operation.includes('[');
}

const AUGMENTED = /^[^=[\]]+=$/;

const IMMUTABLE: ReadonlySet<string> = new Set(['number', 'text', 'constant', 'tuple']);

function isParameter({ cell, attribute }: Variable): boolean {
  return cell?.scope.parameters.some(({ name }) => name === attribute) === true;
}

/** Each call makes the object itself. */
function isMadeInside(program: ProgramModel, variable: Variable): boolean {
  if (isParameter(variable)) return false;
  const { cell, module, attribute } = variable;
  const id = cell!.scope.id;
  const { bindings, paths } = module.summary;
  return bindings.every(({ path, value, how }) => {
    if (how === 'update') return true;
    const { root, scope, name, fields } = paths[path]!;
    if (root !== 'local' || scope !== id || name !== attribute || fields.length > 0) return true;
    if (value.kind === 'container' || value.kind === 'literal') return true;
    return (
      value.kind === 'call' && program.catalog.makesContainer(program.calleeName(module, value.call) ?? '')
    );
  });
}
