/**
 * Part of `task-argument-reused`: one object for the tasks of all rounds of a loop, to which each round gives other values before it hands
 * the object over.
 */
import { WAITING_FOR_WORK } from '../catalog/words.ts';
import type { Access, Call, PathId } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import type { HandOver } from './handOver.ts';

/** `options["name"] = name`, and `pool.submit(render, options)` in the same round. */
export function changedEachRound(
  program: ProgramModel,
  { module, call }: HandOver,
  given: PathId,
): Access | undefined {
  const { summary } = module;
  const { root, fields } = summary.paths[given]!;
  if (root !== 'local' || fields.length > 0 || !program.repeatsAt(module, call.fact)) return undefined;
  if (
    summary.bindings.some(
      ({ path, fact }) => path === given && isPassedEachRound(program, module, call, fact),
    )
  )
    return undefined;
  if (waitsInLoop(program, module, call) || hasPoolOfItsOwn(program, module, call)) return undefined;
  return summary.accesses.find(
    (access) =>
      access.scope === call.scope &&
      gives(module, access, given) &&
      isPassedEachRound(program, module, call, access.fact),
  );
}

/** An entry or attribute gets a value that is not the same in every round. */
function gives({ summary }: Module, { kind, operation, path, key, value }: Access, given: PathId): boolean {
  // Under another key in each round it takes nothing away.
  const entry = path === given && kind === 'mutate' && operation === '[]=' && key?.kind === 'literal';
  const attribute = summary.paths[path]!.parent === given && kind === 'write';
  return (entry || attribute) && value !== undefined && value.kind !== 'literal';
}

/** It stands in the loop, and every way to the call passes it. */
function isPassedEachRound(program: ProgramModel, module: Module, call: Call, fact: number): boolean {
  return program.dominates(module, fact, call.fact) && program.reaches(module, call.fact, fact);
}

function waitsInLoop(program: ProgramModel, module: Module, call: Call): boolean {
  const { calls, paths } = module.summary;
  return calls.some(
    ({ callee, scope, fact, awaited }) =>
      scope === call.scope &&
      (awaited || WAITING_FOR_WORK.has(paths[callee]!.last)) &&
      program.reaches(module, call.fact, fact) &&
      program.reaches(module, fact, call.fact),
  );
}

/** A pool that is made, and whose end is waited for, in each round. */
function hasPoolOfItsOwn(program: ProgramModel, module: Module, call: Call): boolean {
  const { paths, bindings } = module.summary;
  const { parent } = paths[call.callee]!;
  return bindings.some(
    ({ path, how, fact }) =>
      path === parent && how === 'with' && isPassedEachRound(program, module, call, fact),
  );
}
