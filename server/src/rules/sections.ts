/** What rules ask of the steps that belong together: whether an act rests on a test of the same variable, and what takes entries away. */
import { REMOVING } from '../catalog/words.ts';
import type { Access } from '../facts/summary.ts';
import type { ProgramModel, SharedAccess, Variable } from '../link/program.ts';

/** Done only because of what the same function found the variable to be. */
export function testsItself(
  program: ProgramModel,
  variable: Variable,
  { module, access }: SharedAccess,
): boolean {
  return program
    .testsAt(module, access.fact)
    .some(({ test }) => test.scope === access.scope && program.keyOf(module, test.path) === variable.key);
}

export function removes({ kind, operation }: Access): boolean {
  return kind === 'mutate' && REMOVING.has(operation);
}
