/** What the catalog says that a call does, for rules that go through the calls of a module. */
import type { CallEffect } from '../catalog/schema.ts';
import type { Module, ProgramModel } from '../link/program.ts';

/** Of a call by its number; undefined when what is called is not known by a name, or nothing is said of it. */
export function effectOf(program: ProgramModel, module: Module, call: number): CallEffect | undefined {
  const name = program.calleeName(module, call);
  return name === undefined ? undefined : program.catalog.effectOf(name);
}
