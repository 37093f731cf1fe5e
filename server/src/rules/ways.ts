/** How rules word the way from a function to what happens to a lock or thread in the functions that it calls. */
import type { FunctionNode, Happening, HeldLock, Module, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Evidence } from './finding.ts';

/** The functions that are called on the way, the first one first. */
export function wayOf(happening: Happening): readonly FunctionNode[] {
  const way: FunctionNode[] = [];
  for (let one: Happening | undefined = happening; one?.edge !== undefined; one = one.rest)
    way.push(one.edge.callee);
  return way;
}

/** The first place of a happening in the function that was asked about: the call that leads to it, or itself. */
export function firstFact(happening: Happening): number {
  return happening.edge?.fact ?? happening.fact;
}

/** "calls `a`, which calls `b`, which"; empty when it happens in the function itself. */
export function wayClause(happening: Happening): string {
  const way = wayOf(happening);
  if (way.length === 0) return '';
  const first = way[0]!;
  const last = way.at(-1)!;
  if (way.length === 1) return `calls ${named(first)}, which `;
  return `calls ${named(first)}, which through ${named(last)} `;
}

/** The calls on the way and the place itself. */
export function wayEvidence(happening: Happening, says: string): readonly Evidence[] {
  const found: Evidence[] = [];
  for (let one: Happening | undefined = happening; one?.edge !== undefined; one = one.rest)
    found.push({
      role: 'call',
      at: at(one.edge.module, one.edge.fact),
      message: `${subject(one.edge.caller)} ${one.edge.how === 'property' ? 'reads the property' : 'calls'} ${named(one.edge.callee)} here.`,
    });
  found.push({
    role: happening.kind === 'acquire' ? 'lock' : 'call',
    at: at(happening.function.module, happening.fact),
    message: says,
  });
  return found;
}

/** A lock as the line that takes it writes it. */
export function heldName(program: ProgramModel, function_: FunctionNode, held: HeldLock): string {
  const { use, lock } = held;
  if (use === undefined || use.acquisition.how === 'call') return lock.name;
  return writtenName(program, function_.module, use.acquisition.path, lock.name);
}

/** The path as written; a lock that a call gives keeps its own name. */
export function writtenName(program: ProgramModel, module: Module, path: number, otherwise: string): string {
  const { root } = module.summary.paths[path]!;
  return root === 'result' || root === 'unknown' ? otherwise : program.nameOf(module, path);
}

/** Where a held lock was taken. */
export function heldEvidence(program: ProgramModel, function_: FunctionNode, held: HeldLock): Evidence {
  return {
    role: 'lock',
    at: at(function_.module, held.fact),
    message: `${subject(function_)} takes \`${heldName(program, function_, held)}\` here.`,
  };
}
