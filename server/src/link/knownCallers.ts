/**
 * Functions with a public name of which an application shows every caller: nobody outside it calls them, and of no
 * call of that name it is unknown what it calls.
 */
import type { CallGraph } from './callGraph.ts';
import { linearized } from './hierarchy.ts';
import type { FunctionNode } from './program.ts';
import type { Resolver } from './resolve.ts';

export function hasKnownCallers(function_: FunctionNode, graph: CallGraph, resolver: Resolver): boolean {
  const { scope, owner } = function_;
  // A framework calls what is decorated for it, special methods, and what overrides its own classes' methods.
  if (scope.kind !== 'function' || scope.decorators.length > 0 || /^__.*__$/.test(scope.name)) return false;
  if (owner !== undefined && linearized(owner).some(({ externalBases }) => externalBases.length > 0))
    return false;
  if (graph.to(function_).length === 0) return false;
  return resolver.index
    .calls(scope.name)
    .every(({ module, call }) =>
      graph.from(resolver.functionAt(module, call.scope)).some(({ fact }) => fact === call.fact),
    );
}
