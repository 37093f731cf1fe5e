/** `if not self.is_full(): self.count += 1`: the test of a variable stands in another function, and what follows relies on it all the same. */
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess, Variable } from '../link/program.ts';

/** The calls of a function whose answer is tested and comes from the variable, of the same object. */
export function asksFor(
  program: ProgramModel,
  { accesses }: Variable,
  function_: FunctionNode,
): readonly FactId[] {
  const readers = new Set(
    accesses.flatMap((one) => (one.access.kind === 'read' && !one.beforeSharing ? [one.function] : [])),
  );
  const edges = program
    .callsFrom(function_)
    .filter(
      ({ callee, how, sameReceiver }) =>
        how !== 'decorate' &&
        how !== 'construct' &&
        callee !== function_ &&
        sameReceiver &&
        readers.has(callee),
    );
  if (edges.length === 0) return [];
  const { tests } = function_.module.summary;
  const tested = new Set([
    ...program.callsIn(function_).flatMap(({ use, fact }) => (use === 'tested' ? [fact] : [])),
    ...tests.flatMap(({ fact, scope }) => (scope === function_.scope.id ? [fact] : [])),
  ]);
  return [...new Set(edges.map(({ fact }) => fact))].filter((fact) => tested.has(fact));
}

/** Those of them that decide whether control gets to an access. */
export function decidedBy(
  program: ProgramModel,
  { module, access }: SharedAccess,
  asks: readonly FactId[],
): readonly FactId[] {
  if (asks.length === 0 || !program.isConditional(module, access.fact)) return [];
  return asks.filter((fact) => program.dominates(module, fact, access.fact));
}
