/**
 * What a framework gives to the parameters of a function that it calls: `store: Store = Depends(get_store)`,
 * `store: Annotated[Store, Depends(get_store)]`.
 */
import type { Parameter } from '../facts/summary.ts';
import { argumentOf } from './callables.ts';
import type { FunctionNode } from './program.ts';
import type { Resolver } from './resolve.ts';

/** `Depends(get_store)` in the text of an annotation. */
const CALL = /(?<![\w.])([\w.]+)\(\s*([\w.]+)\s*\)/;

/** Parameters that get an object which the function that gives it has for all: a global, what a cache remembers. */
export function injectedForAll(resolver: Resolver, function_: FunctionNode): readonly string[] {
  return function_.scope.parameters.flatMap((parameter) => {
    const giver = injectorOf(resolver, function_, parameter);
    return giver !== undefined && givesOneToAll(resolver, giver) ? [parameter.name] : [];
  });
}

/** The function of which a parameter gets the result. */
function injectorOf(
  resolver: Resolver,
  { module }: FunctionNode,
  { initial, annotation }: Parameter,
): FunctionNode | undefined {
  if (initial?.kind === 'call') {
    const call = module.summary.calls[initial.call]!;
    const dotted = resolver.externalName(module, call.callee);
    const place = dotted === undefined ? undefined : resolver.catalog.effectOf(dotted)?.injects;
    const given = place === undefined ? undefined : argumentOf(call, place);
    const target = given?.kind === 'path' ? resolver.target(module, given.path) : undefined;
    return target?.kind === 'function' ? target.function : undefined;
  }
  const [, written, giver] = (annotation === undefined ? undefined : CALL.exec(annotation)) ?? [];
  if (written === undefined || giver === undefined) return undefined;
  const called = resolver.named(module, written);
  if (called.kind !== 'external' || resolver.catalog.effectOf(called.dotted)?.injects === undefined)
    return undefined;
  const target = resolver.named(module, giver);
  return target.kind === 'function' ? target.function : undefined;
}

function givesOneToAll(resolver: Resolver, { module, scope }: FunctionNode): boolean {
  const remembers = scope.decorators.some(({ path }) => {
    const name = resolver.externalName(module, path);
    return name !== undefined && resolver.catalog.effectOf(name)?.memoizes === true;
  });
  return (
    remembers ||
    scope.returns.some((shape) => {
      const target = shape.kind === 'path' ? resolver.target(module, shape.path) : undefined;
      return (
        target?.kind === 'variable' &&
        (target.variable.kind === 'global' || target.variable.kind === 'classAttribute')
      );
    })
  );
}
