/**
 * What is handed to an event loop that a thread of the program runs: `self._loop.call_soon_threadsafe(self._send, text)`. The thread of
 * the loop runs it, whoever handed it over, and one step at a time.
 */
import { GIVES_LOOP, HANDED_TO_LOOP, RUNS_LOOP } from '../catalog/words.ts';
import type { Call, PathId, ValueShape } from '../facts/summary.ts';
import { callablesOf } from './callables.ts';
import type { CallGraph } from './callGraph.ts';
import type { Entry, FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

export class LoopWork {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  /** By the loop that gets it. */
  #handed: ReadonlyMap<string, readonly Entry[]> | undefined;

  constructor(resolver: Resolver, graph: CallGraph) {
    this.#resolver = resolver;
    this.#graph = graph;
  }

  /** The thread with all that its loop is handed. */
  added(thread: DraftThread): DraftThread {
    if (thread.many || thread.because !== undefined) return thread;
    const loops = this.#loopsOf(thread);
    if (loops.size === 0) return thread;
    this.#handed ??= this.#find();
    const entries = new Map<FunctionNode, Entry>(thread.entries.map((entry) => [entry.function, entry]));
    for (const loop of loops)
      for (const entry of this.#handed.get(loop) ?? [])
        if (!entries.has(entry.function)) entries.set(entry.function, entry);
    return entries.size === thread.entries.length ? thread : { ...thread, entries: [...entries.values()] };
  }

  /** The variables whose loop a thread runs, or that it gives its loop. */
  #loopsOf({ entries }: DraftThread): ReadonlySet<string> {
    const found = new Set<string>();
    const seen = new Set<FunctionNode>(entries.map((entry) => entry.function));
    for (const function_ of seen) {
      const { module, scope } = function_;
      const { bindings, calls, paths } = module.summary;
      for (const { callee, scope: at } of calls)
        if (at === scope.id && RUNS_LOOP.has(paths[callee]!.last) && paths[callee]!.parent !== -1)
          for (const key of this.#keysOf(module, paths[callee]!.parent)) found.add(key);
      for (const { path, value, scope: at } of bindings) {
        if (at !== scope.id || value.kind !== 'call') continue;
        if (GIVES_LOOP.has(paths[calls[value.call]!.callee]!.last))
          for (const key of this.#keysOf(module, path)) found.add(key);
      }
      if (seen.size < MOST_FUNCTIONS)
        for (const edge of this.#graph.from(function_))
          if (edge.callee.module === module) seen.add(edge.callee);
    }
    return found;
  }

  /** The variables that a path means, itself or by what a local was bound to or stored in. */
  #keysOf(module: Module, path: PathId): readonly string[] {
    const { bindings, paths } = module.summary;
    if (paths[path]!.root !== 'local' || paths[path]!.parent !== -1)
      return [this.#resolver.keyOf(module, path) ?? []].flat();
    return bindings.flatMap((binding) => {
      const other =
        binding.path === path && binding.value.kind === 'path'
          ? binding.value.path
          : binding.value.kind === 'path' && binding.value.path === path
            ? binding.path
            : undefined;
      if (other === undefined || paths[other]!.root === 'local') return [];
      return this.#resolver.keyOf(module, other) ?? [];
    });
  }

  #find(): ReadonlyMap<string, readonly Entry[]> {
    const found = new Map<string, Entry[]>();
    for (const module of this.#resolver.modules) {
      if (module.test) continue;
      for (const call of module.summary.calls) {
        const position = HANDED_TO_LOOP.get(module.summary.paths[call.callee]!.last);
        if (position === undefined) continue;
        const given = call.arguments.filter((argument) => argument.name === '')[position]?.value;
        const loop = loopOf(module, call);
        if (given === undefined || loop === undefined) continue;
        const entries = this.#entriesOf(module, given, call);
        for (const key of this.#keysOf(module, loop)) found.set(key, [...(found.get(key) ?? []), ...entries]);
      }
    }
    return found;
  }

  /** A function, or a coroutine by the call that makes it. */
  #entriesOf(module: Module, given: ValueShape, { fact }: Call): readonly Entry[] {
    if (given.kind !== 'call') return callablesOf(this.#resolver, module, given, fact).map(entryOf);
    const { callee } = module.summary.calls[given.call]!;
    return callablesOf(this.#resolver, module, { kind: 'path', path: callee }, fact)
      .filter((one) => one.function.scope.async)
      .map(entryOf);
  }
}

/** Helpers of a thread's first function are followed no further than this. */
const MOST_FUNCTIONS = 20;

/** `loop.call_soon(…)`, `asyncio.run_coroutine_threadsafe(…, loop)`. */
function loopOf({ summary: { paths } }: Module, { callee, arguments: given }: Call): PathId | undefined {
  const loop = given.find(({ name }) => name === 'loop') ?? (given.length > 1 ? given[1] : undefined);
  const { parent, root } = paths[callee]!;
  if (root === 'import') return loop?.value.kind === 'path' ? loop.value.path : undefined;
  return parent === -1 ? undefined : parent;
}

function entryOf({ function: function_, receiver, class: class_ }: Entry): Entry {
  return { function: function_, receiver, class: class_ };
}
