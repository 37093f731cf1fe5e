/** Whether an attribute has a value when a constructor comes to one of its calls. */
import type { FactId } from '../facts/summary.ts';
import { linearized } from '../link/hierarchy.ts';
import type { CallEdge, ClassNode, FunctionNode, ProgramModel } from '../link/program.ts';
import { isSetInBody, ownStores } from './ownAttributes.ts';

/** By the class body, by a base class, by what ran before in the init. */
export function isSetBefore(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  attribute: string,
  start: FactId,
): boolean {
  const { module, scope } = init;
  const inBody = linearized(class_).some((one) => isSetInBody(one.module.summary, one.scope.id, attribute));
  if (inBody) return true;
  const before = ownStores(module.summary, scope.id).some(
    (one) => one.attribute === attribute && program.reaches(module, one.binding.fact, start),
  );
  if (before) return true;
  return isSetOnWay(program, init, attribute, start);
}

/** By a method of the same object that was called before. */
export function isSetOnWay(
  program: ProgramModel,
  function_: FunctionNode,
  attribute: string,
  start: FactId,
): boolean {
  const earlier = program
    .callsFrom(function_)
    .filter(
      (edge) =>
        edge.sameReceiver && edge.fact !== start && program.reaches(function_.module, edge.fact, start),
    );
  return setBy(program, earlier, attribute, new Set([function_]));
}

function setBy(
  program: ProgramModel,
  edges: readonly CallEdge[],
  attribute: string,
  seen: Set<FunctionNode>,
): boolean {
  return edges.some(({ callee }) => {
    if (seen.has(callee)) return false;
    seen.add(callee);
    const { module, scope } = callee;
    return (
      ownStores(module.summary, scope.id).some((one) => one.attribute === attribute) ||
      setBy(
        program,
        program.callsFrom(callee).filter((edge) => edge.sameReceiver),
        attribute,
        seen,
      )
    );
  });
}
