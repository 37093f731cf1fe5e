/**
 * What runs around a function that a thread enters or calls: the inner function of a decorator of the program, which stands in the
 * decorated function's place and calls it. Its cells are those of the decorator's call, which all threads see when it is made once.
 * An object that decorates is called in the same way; one that is made for the function stands in its place, or makes what does.
 */
import type { CallGraph } from './callGraph.ts';
import type { ClassNode, Entry, FunctionNode } from './program.ts';
import { isNested } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';
import { isInside } from './wrapperLocks.ts';

const MAX_CALLS = 6;

interface Wrapper {
  readonly function: FunctionNode;
  /** The class of the object that stands in the place of the function, which is called itself. */
  readonly class: ClassNode | undefined;
  /** Each decorated function has an object of its own: only threads of one function share it. */
  readonly own: boolean;
}

export class Wrappers {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  /** Functions that are decorated once, where they are defined, with what runs around them. */
  readonly #once = new Map<FunctionNode, readonly Wrapper[]>();
  /** By decorator: the functions inside it that call what it was given. */
  readonly #inside = new Map<FunctionNode, readonly FunctionNode[]>();

  constructor(resolver: Resolver, graph: CallGraph) {
    this.#resolver = resolver;
    this.#graph = graph;
    for (const function_ of resolver.functions) {
      if (function_.scope.decorators.length === 0 || isNested(function_)) continue;
      const around = this.#around(function_);
      if (around.length > 0) this.#once.set(function_, around);
    }
  }

  added(thread: DraftThread): DraftThread {
    const known = new Set(thread.entries.map((entry) => entry.function));
    const added: Entry[] = [];
    const add = (entry: Entry, wrappers: readonly Wrapper[]): void => {
      for (const { function: function_, class: class_, own } of wrappers) {
        if (known.has(function_) || (own && !thread.many)) continue;
        known.add(function_);
        const receiver = class_ === undefined ? 'none' : 'shared';
        added.push({ ...entry, function: function_, receiver, class: class_ });
      }
    };
    for (const entry of thread.entries) add(entry, this.#around(entry.function));
    if (this.#once.size > 0)
      for (const [entry, called] of this.#calledBy(thread)) add(entry, this.#once.get(called) ?? []);
    return added.length === 0 ? thread : { ...thread, entries: [...thread.entries, ...added] };
  }

  /** The functions inside decorators of the program that call what the decorator was given. */
  #around(decorated: FunctionNode): readonly Wrapper[] {
    const { module, scope } = decorated;
    return scope.decorators
      .flatMap(({ path, arguments: given }): readonly Wrapper[] => {
        const target = this.#resolver.target(module, path);
        if (target.kind === 'function') return this.#inOf(target.function, false);
        if (target.kind !== 'class')
          return this.#resolver
            .typesOf(module, { kind: 'path', path })
            .flatMap((type) => (type.kind === 'instance' ? this.#inCall(type.of, false) : []));
        if (given !== undefined) return this.#inCall(target.class, true);
        const call = this.#resolver.method(target.class, '__call__');
        return call === undefined ? [] : [{ function: call, class: target.class, own: true }];
      })
      .filter((one) => one.function.scope.async === scope.async);
  }

  #inCall(class_: ClassNode, own: boolean): readonly Wrapper[] {
    const call = this.#resolver.method(class_, '__call__');
    return call === undefined ? [] : this.#inOf(call, own);
  }

  #inOf(decorator: FunctionNode, own: boolean): readonly Wrapper[] {
    const inside = this.#inside.get(decorator) ?? callersOfGiven(this.#resolver, decorator);
    this.#inside.set(decorator, inside);
    return inside.map((one) => ({ function: one, class: undefined, own }));
  }

  /** What the thread calls, except through functions that take a lock and so may hold it around what they call. */
  #calledBy(thread: DraftThread): readonly (readonly [Entry, FunctionNode])[] {
    const depths = new Map<FunctionNode, number>();
    const found: [Entry, FunctionNode][] = [];
    for (const entry of thread.entries) {
      const waiting = [entry.function];
      depths.set(entry.function, 0);
      for (const caller of waiting) {
        const depth = depths.get(caller)!;
        if (depth === MAX_CALLS || takesLock(caller)) continue;
        for (const { callee } of this.#graph.from(caller)) {
          if (depths.has(callee)) continue;
          depths.set(callee, depth + 1);
          waiting.push(callee);
          found.push([entry, callee]);
        }
      }
    }
    return found;
  }
}

function takesLock({ module, scope }: FunctionNode): boolean {
  return module.summary.acquisitions.some((one) => one.scope === scope.id);
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
