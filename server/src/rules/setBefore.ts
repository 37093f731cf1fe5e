/** Whether an attribute has a value when a constructor comes to one of its calls. */
import type { FactId } from '../facts/summary.ts';
import { linearized } from '../link/hierarchy.ts';
import type { CallEdge, ClassNode, FunctionNode, ProgramModel } from '../link/program.ts';

/** By the class body, by a base class, by what ran before in the init. */
export function isSetBefore(
  program: ProgramModel,
  class_: ClassNode,
  init: FunctionNode,
  attribute: string,
  start: FactId,
): boolean {
  const { module, scope } = init;
  const inBody = linearized(class_).some((one) =>
    one.module.summary.bindings.some(({ path }) => {
      const { root, fields, scope: owner } = one.module.summary.paths[path]!;
      return root === 'class' && owner === one.scope.id && fields.join() === attribute;
    }),
  );
  if (inBody) return true;
  const before = module.summary.bindings.some(
    ({ path, scope: where, fact }) =>
      where === scope.id && isOwn(module, path, attribute) && program.reaches(module, fact, start),
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
      module.summary.bindings.some((one) => one.scope === scope.id && isOwn(module, one.path, attribute)) ||
      setBy(
        program,
        program.callsFrom(callee).filter((edge) => edge.sameReceiver),
        attribute,
        seen,
      )
    );
  });
}

function isOwn(module: FunctionNode['module'], path: number, attribute: string): boolean {
  const { root, fields } = module.summary.paths[path]!;
  return root === 'self' && fields.length === 1 && fields[0] === attribute;
}
