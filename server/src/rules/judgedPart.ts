/**
 * The part of a program that findings are wanted of: all of it for an audit, or what can have a finding in one file, so that an
 * edit of an open file need not wait until every other file has been judged again. A rule looks for what it reports in the part, and for
 * everything else in the program.
 */
import type { FunctionNode, LockUse, Module, ProgramModel, Variable } from '../link/program.ts';

/** The program itself is the whole. */
export interface JudgedPart {
  readonly modules: readonly Module[];
  readonly variables: readonly Variable[];
  readonly lockUses: readonly LockUse[];
  readonly lockingFunctions: readonly FunctionNode[];
}

/** @param file absolute path; of a file outside the program nothing is judged */
export function judgedPartOf(program: ProgramModel, file: string): JudgedPart {
  const isHere = ({ module }: { readonly module: Module }): boolean => module.file === file;
  return {
    modules: program.modules.filter((module) => module.file === file),
    variables: program.variables.filter((variable) => isHere(variable) || variable.accesses.some(isHere)),
    lockUses: program.lockUses.filter(isHere),
    lockingFunctions: program.lockingFunctions.filter(isHere),
  };
}
