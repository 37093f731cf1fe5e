/** Code that runs in a process that was just forked, where no other thread is. */
import { AFTER_FORK_FUNCTION, FOR_CHILD_KEYWORD, WEAK_REFERENCE_NAME } from '../catalog/words.ts';
import type { AccessPath, FactId, RegionId } from '../facts/summary.ts';
import { callablesOf } from './callables.ts';
import { type CallGraph, isPrivate } from './callGraph.ts';
import { flowOf } from './flow.ts';
import type { FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export class ForkedCode {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #forkChildren = new Map<Module, ForkChildren>();

  constructor(resolver: Resolver, graph: CallGraph) {
    this.#resolver = resolver;
    this.#graph = graph;
  }

  /** Whether the fact, or all of a function, runs in a process that was just forked. */
  has(function_: FunctionNode, fact: FactId | undefined): boolean {
    const { module } = function_;
    const children = this.#forkChildren.get(module) ?? forkChildren(this.#resolver, module);
    this.#forkChildren.set(module, children);
    if (function_.scope.kind === 'module') return false;
    const branches = children.get(function_);
    if (branches !== undefined)
      return (
        branches === 'all' ||
        (fact !== undefined &&
          flowOf(module.summary)
            .regionsAround(fact)
            .some((region) => branches.has(region)))
      );
    if (children.size === 0 || !(isPrivate(function_) || isPrivateClass(function_))) return false;
    const callers = this.#graph.to(function_);
    return callers.length > 0 && callers.every((edge) => children.get(edge.caller) === 'all');
  }
}

/** A method of a class that only its module is expected to use. */
function isPrivateClass({ owner, scope }: FunctionNode): boolean {
  return owner?.name.startsWith('_') === true && !scope.name.startsWith('__');
}

/** `os.fork`, whether or not the library is part of the program. */
function written({ root, name, fields }: AccessPath): string {
  return root === 'import' ? [name, ...fields].join('.') : '';
}

/** What runs in a process that was just forked, where no other thread is: a whole function, or these regions of it. */
type ForkChildren = ReadonlyMap<FunctionNode, 'all' | ReadonlySet<RegionId>>;

/** Functions that end the process themselves, are registered or named for it, or note its number. */
function forkChildren(resolver: Resolver, module: Module): ForkChildren {
  const found = new Map<FunctionNode, 'all' | Set<RegionId>>();
  const { calls, bindings, imports, paths, regions, scopes } = module.summary;
  for (const { id, kind, name } of scopes)
    if (kind === 'function' && AFTER_FORK_FUNCTION.test(name))
      found.set(resolver.functionAt(module, id), 'all');
  const { catalog } = resolver;
  if (!imports.some((one) => catalog.isAboutProcesses(one.module))) return found;
  for (const { callee, scope, arguments: given } of calls) {
    const effect = catalog.effectOf(written(paths[callee]!));
    if (effect?.forks === 'always' || effect?.endsProcess === true)
      found.set(resolver.functionAt(module, scope), 'all');
    for (const { name, value } of given)
      if (name !== '' && (name === effect?.runsInChild || FOR_CHILD_KEYWORD.test(name)))
        for (const one of callablesOf(resolver, module, value, -1)) found.set(one.function, 'all');
    if (effect?.runsInChild === undefined) continue;
    /** `WeakMethod(self._reset)`, which what is registered calls. */
    for (const {
      callee: maker,
      scope: at,
      arguments: [kept],
    } of calls)
      if (at === scope && kept !== undefined && WEAK_REFERENCE_NAME.test(paths[maker]!.last))
        for (const one of callablesOf(resolver, module, kept.value, -1)) found.set(one.function, 'all');
  }
  for (const { value, path, scope, fact } of bindings) {
    const { root, fields } = paths[path]!;
    /** The number of another object's process says nothing of this one. */
    if (value.kind !== 'call' || fields.length !== 1 || !/^(self|cls|class)$/.test(root)) continue;
    const asked = catalog.effectOf(written(paths[calls[value.call]!.callee]!));
    if (asked?.identifiesProcess !== true) continue;
    const function_ = resolver.functionAt(module, scope);
    const known = found.get(function_);
    const branch = flowOf(module.summary)
      .regionsAround(fact)
      .find((region) => regions[region]!.kind === 'if' || regions[region]!.kind === 'else');
    if (branch === undefined) found.set(function_, 'all');
    else if (known === undefined) found.set(function_, new Set([branch]));
    else if (known !== 'all') known.add(branch);
  }
  return found;
}
