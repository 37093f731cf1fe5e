/** A loop over a copy of a container that takes entries out of it: what the copy has, another thread can have taken out since. */
import type { PathId, ValueShape } from '../facts/summary.ts';
import type { HeldTest, Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import type { Act } from './acts.ts';

/** `for key in list(entries): … del entries[key]`: being in the copy is taken for being in the container. */
export function walkedFor(
  program: ProgramModel,
  variable: Variable,
  { access, module, function: function_ }: SharedAccess,
  { spoiledBy, forms }: Act,
): HeldTest | undefined {
  const { key } = access;
  if (access.kind !== 'mutate') return undefined;
  if (spoiledBy !== 'removal' || !forms.includes('contains') || key?.kind !== 'path') return undefined;
  const loop = module.summary.bindings.find(
    ({ path, how, scope, fact }) =>
      path === key.path &&
      how === 'for' &&
      scope === access.scope &&
      program.dominates(module, fact, access.fact),
  );
  if (loop === undefined || loop.value.kind !== 'element') return undefined;
  const { of } = loop.value;
  const copy = variable.accesses.find(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'snapshot' &&
      isCopyOf(module, of, one.access.path) &&
      program.dominates(module, one.access.fact, loop.fact),
  );
  if (copy === undefined) return undefined;
  const { fact, path, scope } = copy.access;
  const test = {
    fact,
    path,
    form: 'contains',
    key,
    scope,
    via: undefined,
    made: fact,
    against: '',
    relation: '',
  } as const;
  /** Held without a break from the copy on. */
  const through = (at: number, lock: string): string => program.heldThrough(module, at, lock).join();
  const locks = [...copy.locks].filter((lock) => through(fact, lock) === through(access.fact, lock));
  return { test, locks: new Set(locks), weak: false };
}

/** `list(entries)`, `entries.copy()`, `sorted(entries.keys())`. */
function isCopyOf(module: Module, shape: ValueShape, path: PathId): boolean {
  if (shape.kind === 'path') return shape.path === path;
  if (shape.kind !== 'call') return false;
  const { calls, paths } = module.summary;
  const { callee, arguments: given } = calls[shape.call]!;
  const [first] = given;
  if (first !== undefined && paths[callee]!.parent === -1) return isCopyOf(module, first.value, path);
  return paths[callee]!.parent === path;
}
