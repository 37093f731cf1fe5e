/**
 * What only coroutines run: coroutines themselves, what makes tasks for the loop that runs, and the private helpers that nothing
 * else calls. On the objects of one event loop it takes turns in one thread, whatever locks these objects have.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { LOOP_DECORATOR } from '../catalog/words.ts';
import { type CallGraph, isPrivate } from './callGraph.ts';
import { linearized } from './hierarchy.ts';
import type { ClassNode, FunctionNode, ThreadEntry } from './program.ts';
import type { Reach } from './reach.ts';
import type { Resolver } from './resolve.ts';
import { TaskMakers } from './taskMakers.ts';

/** Coroutines that a framework runs: its event loop, and no thread beside it. */
export function runsLoop({ entries }: ThreadEntry): boolean {
  return entries.length > 0 && entries.every((entry) => entry.function.scope.async);
}

export class LoopCode {
  readonly #graph: CallGraph;
  readonly #reach: Pick<Reach, 'threadsOf'>;
  readonly #threads: readonly ThreadEntry[];
  readonly #known = new Map<FunctionNode, boolean>();
  readonly #serving = new Map<FunctionNode, boolean>();
  readonly #makers: TaskMakers;
  readonly #catalog: Catalog;

  constructor(
    resolver: Resolver,
    graph: CallGraph,
    reach: Pick<Reach, 'threadsOf'>,
    threads: readonly ThreadEntry[],
  ) {
    this.#graph = graph;
    this.#reach = reach;
    this.#threads = threads;
    this.#makers = new TaskMakers(resolver);
    this.#catalog = resolver.catalog;
  }

  has(function_: FunctionNode): boolean {
    const known = this.#known.get(function_);
    if (known !== undefined) return known;
    const { owner, scope } = function_;
    if ((this.#reach.threadsOf.get(function_) ?? []).some((id) => !runsLoop(this.#threads[id]!)))
      return false;
    if (isOfLoop(function_, this.#catalog) || this.#makers.has(function_)) return true;
    const isHidden = isPrivate(function_) || owner?.name.startsWith('_') === true;
    if (scope.kind !== 'function' || !isHidden || this.#graph.isHandedOn(function_)) return false;
    // What leads back to itself counts as run by anybody, whichever function of the circle is asked about first.
    this.#known.set(function_, false);
    // What a function does to an object that it has made is nobody else's business.
    const callers = this.#graph.to(function_).filter(({ receiver }) => receiver !== 'local');
    const found = callers.length > 0 && callers.every(({ caller }) => this.has(caller));
    this.#known.set(function_, found);
    return found;
  }

  /** Whether all that the program calls it from is coroutines, and classes that have coroutines. */
  serves(function_: FunctionNode): boolean {
    const known = this.#serving.get(function_);
    if (known !== undefined) return known;
    this.#serving.set(function_, false);
    const callers = this.#graph.to(function_);
    const others = callers.filter(({ sameReceiver }) => !sameReceiver);
    // A step that only its own object takes is taken for whom the object serves.
    const found =
      others.length > 0
        ? others.every(
            ({ caller }) => isCoroutine(caller) || hasCoroutines(caller.owner) || this.serves(caller),
          )
        : callers.some(({ caller }) => this.serves(caller)) &&
          callers.every(({ caller }) => isImplicit(caller) || this.serves(caller));
    this.#serving.set(function_, found);
    return found;
  }
}

/** Of the language, or a generator that a loop goes on with: `@gen.coroutine`. */
export function isCoroutine({ module, scope }: FunctionNode): boolean {
  if (scope.async || !scope.generator) return scope.async;
  return scope.decorators.some(({ path }) => LOOP_DECORATOR.test(module.summary.paths[path]!.last));
}

/** A coroutine, or a method of what an event loop drives: a protocol, a request handler. */
export function isOfLoop(function_: FunctionNode, catalog: Catalog): boolean {
  return isCoroutine(function_) || (function_.owner !== undefined && isDriven(function_.owner, catalog));
}

function isDriven(class_: ClassNode, catalog: Catalog): boolean {
  return linearized(class_).some((one) => hasBaseOfLoop(one, catalog));
}

/** It derives directly from a class of a library whose objects belong to an event loop. */
export function hasBaseOfLoop({ externalBases }: ClassNode, catalog: Catalog): boolean {
  return externalBases.some((base) => catalog.sharing(base)?.sharing === 'loop');
}

function hasCoroutines(class_: ClassNode | undefined): boolean {
  return class_ !== undefined && [...class_.methods.values()].some(isCoroutine);
}

/** `del cache[key]` runs `__delitem__`, and no call is seen. */
export function isImplicit({ scope: { name } }: FunctionNode): boolean {
  return name.startsWith('__') && name.endsWith('__');
}
