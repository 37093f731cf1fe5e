/** `if not self.is_full(): self.count += 1`: the test of a variable stands in another function, and what follows relies on it all the same. */
import { ELEMENT, type FactId } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess, Variable } from '../link/program.ts';

/** The functions that look at the variable; `len(self.rows[name])` looks at an entry by way of what holds it. */
export function readersOf(program: ProgramModel, variable: Variable): ReadonlySet<FunctionNode> {
  const { accesses, fields, attribute, owner, module } = variable;
  const holder =
    fields.at(-1) === ELEMENT
      ? program.variables.find(
          (one) =>
            one.attribute === attribute &&
            one.owner === owner &&
            one.module === module &&
            one.fields.length === fields.length - 1,
        )
      : undefined;
  const looks = [
    ...accesses.filter(({ access }) => access.kind === 'read'),
    ...(holder?.accesses ?? []).filter(({ access }) => access.kind === 'read' && access.operation === '[]'),
  ];
  return new Set(looks.flatMap((one) => (one.beforeSharing ? [] : [one.function])));
}

/** The calls of a function whose answer is tested and comes from one of the readers, of the same object. */
export function asksFor(
  program: ProgramModel,
  readers: ReadonlySet<FunctionNode>,
  function_: FunctionNode,
): readonly FactId[] {
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
