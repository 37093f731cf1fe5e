/**
 * What belongs together though a call lies between: a helper finds something under the lock, and its caller looks it up; a
 * function begins a value, and a helper goes on from it. Each half under the lock for itself is no repair.
 */
import type { CallEdge, FunctionNode, ProgramModel, SharedAccess } from '../link/program.ts';
import { named } from './evidence.ts';
import type { Obstacle } from './lockChoice.ts';

/** Why the accesses of one variable cannot be brought under its lock each in its own function. */
export function tornByCall(program: ProgramModel, accesses: readonly SharedAccess[]): Obstacle | undefined {
  const byFunction = new Map<FunctionNode, SharedAccess[]>();
  for (const one of accesses) {
    const its = byFunction.get(one.function);
    if (its === undefined) byFunction.set(one.function, [one]);
    else its.push(one);
  }
  for (const [function_, its] of byFunction)
    for (const edge of program.callsFrom(function_)) {
      if (edge.how === 'decorate' || !edge.sameReceiver || edge.callee === function_) continue;
      const below = byFunction.get(edge.callee);
      if (below === undefined) continue;
      const torn = lookedUpBehind(its, edge, below) ?? goneOnWith(program, its, edge, below);
      if (torn !== undefined) return { reason: torn, at: { file: edge.module.file, fact: edge.fact } };
    }
  return undefined;
}

/** `at = self._before(x)`, `return self.rows[at]`. */
function lookedUpBehind(
  its: readonly SharedAccess[],
  { callee, module, fact, caller }: CallEdge,
  below: readonly SharedAccess[],
): string | undefined {
  if (!below.some(({ access: { kind } }) => kind === 'read' || kind === 'iterate' || kind === 'snapshot'))
    return undefined;
  const { bindings, calls, paths } = module.summary;
  const found = new Set(
    bindings.flatMap(({ value, scope, path }) =>
      scope === caller.scope.id && value.kind === 'call' && calls[value.call]!.fact === fact
        ? [paths[path]!.name]
        : [],
    ),
  );
  const used = its.some(({ access: { key } }) => key?.kind === 'path' && found.has(paths[key.path]!.name));
  return used ? `what ${named(callee)} finds is looked up when it has given the lock back` : undefined;
}

/** `self.text = text`, `self._strip()`, which makes a new one of the old one: what is between would go into another’s. */
function goneOnWith(
  program: ProgramModel,
  its: readonly SharedAccess[],
  { caller, callee, module, fact }: CallEdge,
  below: readonly SharedAccess[],
): string | undefined {
  const goesOn = below.some(
    ({ access: { kind, operation } }) => kind === 'update' && (operation === '=' || operation === '[]='),
  );
  if (!goesOn) return undefined;
  const begun = its.find(
    ({ access }) => access.kind === 'write' && program.dominates(module, access.fact, fact),
  );
  return begun === undefined
    ? undefined
    : `${named(callee)} goes on with what ${named(caller)} has set in \`${begun.name}\`, when the lock is free`;
}
