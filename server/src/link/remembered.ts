/**
 * Objects that a function makes when it is first asked and gives to all who ask again: `@lru_cache def session()`, `@cached_property def
 * connection(self)`. They are told apart like variables: one for the program, or one for each object.
 */
import { REMEMBERED_PROPERTY } from '../catalog/words.ts';
import type { PathId } from '../facts/summary.ts';
import type { FunctionNode, Module } from './program.ts';
import { isNested } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { VariableId } from './target.ts';

export function rememberedAt(resolver: Resolver, module: Module, path: PathId): VariableId | undefined {
  const { root, fields, call, scope } = module.summary.paths[path]!;
  if (root === 'result') return fields.length === 0 ? ofCall(resolver, module, call) : undefined;
  if (root === 'local' && fields.length === 0) {
    const [bound, ...others] = resolver.bindingsOf(module, path);
    if (bound?.value.kind !== 'call' || bound.how !== 'assign' || bound.scope !== scope || others.length > 0)
      return undefined;
    return ofCall(resolver, module, bound.value.call);
  }
  if (fields.length === 0) return undefined;
  const target = resolver.target(module, path);
  if (target.kind !== 'function' || !target.function.property) return undefined;
  const { function: function_, receiver } = target;
  const { owner, scope: made } = function_;
  if (owner === undefined || !made.decorators.some((one) => isCachedProperty(function_, one.path)))
    return undefined;
  return {
    key: `m:${function_.module.path}:${function_.label}`,
    kind: 'instance',
    name: `self.${made.name}`,
    attribute: made.name,
    fields: [],
    cell: undefined,
    owner,
    module: function_.module,
    receiver,
  };
}

function ofCall(resolver: Resolver, module: Module, index: number): VariableId | undefined {
  const call = module.summary.calls[index]!;
  const target = resolver.target(module, call.callee);
  if (target.kind !== 'function' || call.arguments.length > 0) return undefined;
  const { function: function_ } = target;
  const remembers = function_.scope.decorators.some(({ path }) => {
    const name = resolver.externalName(function_.module, path);
    return name !== undefined && resolver.catalog.effectOf(name)?.memoizes === true;
  });
  if (!remembers || function_.owner !== undefined || isNested(function_)) return undefined;
  return {
    key: `m:${function_.module.path}:${function_.label}`,
    kind: 'global',
    name: `${function_.scope.name}()`,
    attribute: function_.scope.name,
    fields: [],
    cell: undefined,
    owner: undefined,
    module: function_.module,
    receiver: 'none',
  };
}

function isCachedProperty({ module }: FunctionNode, path: PathId): boolean {
  return REMEMBERED_PROPERTY.test(module.summary.paths[path]!.last);
}
