/**
 * What a thread runs because it was given to its code to call: an argument of its function, an argument of the function that starts
 * it, an attribute that a constructor has stored. Whoever gives a callable makes a thread of its own run it, so that what one
 * of several timers calls is not taken to be called by all.
 */
import { OPENS_FILE } from '../catalog/words.ts';
import type { Call, FileSummary, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import { type Callable, callablesOf, isRepeated } from './callables.ts';
import type { CallGraph } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { push } from './nameIndex.ts';
import type { FunctionNode, Module } from './program.ts';
import { isNested } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

/** Helpers of a thread's first function are followed no further than this. */
const MOST_FUNCTIONS = 12;
/** What is given from more places is everybody's. */
const MOST_GIVEN = 12;

export class GivenToRun {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #calls = new Map<FileSummary, ReadonlyMap<ScopeId, readonly Call[]>>();

  constructor(resolver: Resolver, graph: CallGraph) {
    this.#resolver = resolver;
    this.#graph = graph;
  }

  /** The thread with what it is given itself, and a thread for each other place that gives it something. */
  added(thread: DraftThread): readonly DraftThread[] {
    const own: Callable[] = [];
    const elsewhere = new Map<Call, Callable[]>();
    for (const callable of this.#givenTo(thread)) {
      const { function: called, given } = callable;
      if (called.scope.async || called.scope.generator) continue;
      if (thread.entries.some((entry) => entry.function === called)) continue;
      const isOwn =
        given === undefined ||
        given.call === thread.call ||
        thread.because !== undefined ||
        this.#isOfClass(thread, given);
      if (isOwn) own.push(callable);
      else if (!this.#isObject(thread)) push(elsewhere, given.call, callable);
    }
    if (elsewhere.size > MOST_GIVEN) return [thread];
    const ofAll = this.#isObject(thread) && isRepeated(thread.module, thread.call!.fact);
    const given = ofAll
      ? own.map((one) => (isOfAll(thread, one) ? { ...one, common: true as const } : one))
      : own;
    return [
      own.length === 0 ? thread : { ...thread, entries: [...thread.entries, ...given] },
      ...[...elsewhere.values()].map((entries): DraftThread => {
        const { module, call } = entries[0]!.given!;
        return {
          ...thread,
          entries,
          many: thread.many || isRepeated(module, call.fact),
          giver: this.#resolver.functionAt(module, call.scope),
        };
      }),
    ];
  }

  /** Each object of a class of threads is a thread, and has what its own constructor was given. */
  #isObject({ module, call }: DraftThread): boolean {
    return call !== undefined && this.#resolver.target(module, call.callee).kind === 'class';
  }

  /** `super().__init__(self._work)` in a class of threads. */
  #isOfClass({ entries }: DraftThread, { module, call }: NonNullable<Callable['given']>): boolean {
    const { owner } = this.#resolver.functionAt(module, call.scope);
    return owner !== undefined && entries.some((entry) => entry.class === owner);
  }

  #givenTo(thread: DraftThread): readonly Callable[] {
    if (thread.module.test) return [];
    const found: Callable[] = [];
    for (const entry of thread.entries)
      for (const function_ of this.#ownCode(entry.function))
        for (const call of this.#callsIn(function_))
          if (isFree(function_, call)) found.push(...this.#meant(thread, function_, call));
    return found;
  }

  /** The function, and what it calls on its own object. */
  #ownCode(first: FunctionNode): ReadonlySet<FunctionNode> {
    const found = new Set([first]);
    if (first.owner === undefined) return found;
    for (const function_ of found)
      for (const edge of this.#graph.from(function_))
        if (edge.sameReceiver && found.size < MOST_FUNCTIONS && isFree(function_, edge))
          found.add(edge.callee);
    return found;
  }

  #callsIn({ module, scope }: FunctionNode): readonly Call[] {
    const { summary } = module;
    let known = this.#calls.get(summary);
    if (known === undefined) {
      const byFunction = new Map<ScopeId, Call[]>();
      for (const call of summary.calls)
        push(byFunction, this.#resolver.functionAt(module, call.scope).scope.id, call);
      known = byFunction;
      this.#calls.set(summary, known);
    }
    return known.get(scope.id) ?? [];
  }

  /** The functions that a call of something given may mean. */
  #meant(thread: DraftThread, function_: FunctionNode, { callee, fact }: Call): readonly Callable[] {
    const { module } = function_;
    const { root, name, fields, scope } = module.summary.paths[callee]!;
    if (root === 'self' && fields.length === 1) {
      const target = this.#resolver.target(module, callee);
      return target.kind === 'variable' ? this.#known(module, callee, fact) : [];
    }
    if (root !== 'local' || fields.length > 0) return [];
    const bound = this.#resolver.bindingsOf(module, callee);
    if (bound.length > 0)
      return bound.flatMap(({ how, value }) =>
        how === 'for' || how === 'unpack' ? this.#kept(module, value, fact) : [],
      );
    const home = this.#resolver.functionAt(module, scope);
    if (home.scope.id !== scope) return [];
    if (home !== function_)
      return home === thread.spawner && isNested(function_) ? this.#known(module, callee, thread.fact) : [];
    return this.#resolver
      .given(function_, name)
      .filter((one) => one.module === thread.module && one.fact === thread.call?.fact)
      .flatMap((one) => callablesOf(this.#resolver, one.module, one.argument.value, one.fact));
  }

  /** Listeners that others have added: one thread calls them all, one after the other. */
  #kept(module: Module, value: ValueShape, fact: number): readonly Callable[] {
    return callablesOf(this.#resolver, module, value, fact).map((one) => ({ ...one, given: undefined }));
  }

  #known(module: Module, path: PathId, fact: number): readonly Callable[] {
    return callablesOf(this.#resolver, module, { kind: 'path', path }, fact);
  }
}

/** Given by the call that makes the threads one after the other, and bound to an object that outlives a round of that. */
function isOfAll(thread: DraftThread, { given, receiver }: Callable): boolean {
  return given?.call === thread.call && (receiver === 'self' || receiver === 'shared');
}

/** Nothing is held around a call: what is called under a lock of the caller's is not free to run beside others. */
function isFree({ module, scope }: FunctionNode, { fact }: { readonly fact: number }): boolean {
  const { regions, acquisitions, paths } = module.summary;
  const inWith = flowOf(module.summary)
    .regionsAround(fact)
    .some((region) => regions[region]!.kind === 'with');
  return !acquisitions.some(
    ({ how, path, scope: where }) =>
      where === scope.id &&
      (how === 'acquire' || (inWith && !(how === 'call' && OPENS_FILE.test(paths[path]!.last)))),
  );
}
