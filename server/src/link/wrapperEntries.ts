/**
 * What runs around a function that a thread enters: the inner function of a decorator of the program, which stands in the
 * decorated function's place and calls it.
 */
import type { Entry, FunctionNode } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';
import { isInside } from './wrapperLocks.ts';

export function withWrappers(resolver: Resolver, thread: DraftThread): DraftThread {
  const around = thread.entries.flatMap((entry) =>
    wrappersOf(resolver, entry.function).map(
      (wrapper): Entry => ({ ...entry, function: wrapper, receiver: 'none', class: undefined }),
    ),
  );
  const added = around.filter(
    (one, index) =>
      !thread.entries.some((entry) => entry.function === one.function) &&
      around.findIndex((other) => other.function === one.function) === index,
  );
  return added.length === 0 ? thread : { ...thread, entries: [...thread.entries, ...added] };
}

/** The functions inside decorators of the program that call what the decorator was given. */
function wrappersOf(resolver: Resolver, decorated: FunctionNode): readonly FunctionNode[] {
  return decorated.scope.decorators.flatMap(({ path }) => {
    const target = resolver.target(decorated.module, path);
    if (target.kind !== 'function') return [];
    const { function: decorator } = target;
    return callersOfGiven(resolver, decorator).filter(({ scope }) => scope.async === decorated.scope.async);
  });
}

function callersOfGiven(resolver: Resolver, decorator: FunctionNode): readonly FunctionNode[] {
  const { module, scope } = decorator;
  const { calls, paths } = module.summary;
  const found = new Set<FunctionNode>();
  for (const { callee, scope: at } of calls) {
    const { root, name, fields, scope: of } = paths[callee]!;
    if (root !== 'local' || fields.length > 0 || of === at || !isInside(module, of, scope.id)) continue;
    const isGiven = module.summary.scopes[of]!.parameters.some((parameter) => parameter.name === name);
    if (isGiven && isInside(module, at, of)) found.add(resolver.functionAt(module, at));
  }
  return [...found];
}
