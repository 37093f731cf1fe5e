/**
 * What is put into a container that was made because its key was missing: of two that are made for one key one is dropped, with
 * what is in it by then. Tables below a table that only remember what was computed lose nothing that cannot be computed again.
 */
import type { Access, ValueShape } from '../facts/summary.ts';
import type { Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';

const PUTS: ReadonlySet<string> = new Set([
  'append',
  'appendleft',
  'add',
  'extend',
  'insert',
  'update',
  'discard',
  'heappush()',
  '[]=',
  '+=',
]);

/** The access by which something gets into the container that `made` stores under a key; undefined when nothing is seen to. */
export function putsInto(
  program: ProgramModel,
  variable: Variable,
  made: SharedAccess,
): Pick<SharedAccess, 'module' | 'access'> | undefined {
  const { access, module } = made;
  if (access.key === undefined || access.value === undefined) return undefined;
  const local = containerLocal(program, module, access.value);
  if (local === undefined && !isContainer(program, module, access.value)) return undefined;
  if (local !== undefined) {
    const put = module.summary.accesses.find(
      (one) =>
        isBelow(module, one.path, local) &&
        puts(program, module, one) &&
        program.reaches(module, access.fact, one.fact),
    );
    if (put !== undefined) return { module, access: put };
  }
  for (const below of program.variables) {
    if (!below.key.startsWith(`${variable.key}[*]`)) continue;
    const put = below.accesses.find(
      (one) => !one.beforeSharing && !one.ownObject && puts(program, one.module, one.access),
    );
    if (put !== undefined) return put;
  }
  return undefined;
}

/** An entry that is stored because it is missing is a memo below a memo. */
function puts(program: ProgramModel, module: Module, { kind, operation, fact, path }: Access): boolean {
  if ((kind !== 'mutate' && kind !== 'update') || !PUTS.has(operation)) return false;
  return (
    operation !== '[]=' ||
    !program
      .testsAt(module, fact)
      .some(({ test }) => test.path === path && /^(lacks|isNone|falsy|caughtMissing)$/.test(test.form))
  );
}

function isContainer(program: ProgramModel, module: Module, value: ValueShape): boolean {
  if (value.kind !== 'literal' && value.kind !== 'container' && value.kind !== 'call') return false;
  const types = program.typesOf(module, value);
  return types.length > 0 && types.every((type) => type.kind === 'container');
}

/** `calls = []`, `table[key] = calls`. */
function containerLocal(program: ProgramModel, module: Module, value: ValueShape): number | undefined {
  if (value.kind !== 'path') return undefined;
  const { root, parent } = module.summary.paths[value.path]!;
  if (root !== 'local' || parent !== -1) return undefined;
  const made = module.summary.bindings.some(
    (one) => one.path === value.path && isContainer(program, module, one.value),
  );
  return made ? value.path : undefined;
}

function isBelow({ summary: { paths } }: Module, path: number, root: number): boolean {
  for (let at = path; at !== -1; at = paths[at]!.parent) if (at === root) return true;
  return false;
}
