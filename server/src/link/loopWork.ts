/**
 * What is handed to an event loop that a thread of the program runs: `self._loop.call_soon_threadsafe(self._send, text)`. The thread of
 * the loop runs it, whoever handed it over, and one step at a time.
 */
import { GIVES_LOOP, HANDED_TO_LOOP, RUNS_LOOP } from '../catalog/words.ts';
import type { Call, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import { callablesOf } from './callables.ts';
import type { CallGraph } from './callGraph.ts';
import { push } from './nameIndex.ts';
import type { Entry, FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { TaskMakers } from './taskMakers.ts';
import type { DraftThread } from './threads.ts';

export class LoopWork {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  /** By the loop that gets it. */
  readonly #handed = new Map<string, Entry[]>();
  /** The loops that each function runs, or that it gives itself. */
  readonly #loops = new Map<FunctionNode, Set<string>>();
  /** By module and path, the paths on the other side of its bindings. */
  readonly #same = new Map<Module, Map<PathId, PathId[]>>();
  readonly #makers: TaskMakers;
  /** By module and scope, the functions that are defined in it. */
  readonly #nested = new Map<Module, Map<ScopeId, FunctionNode[]>>();

  constructor(resolver: Resolver, graph: CallGraph) {
    this.#resolver = resolver;
    this.#graph = graph;
    this.#makers = new TaskMakers(resolver);
    for (const module of resolver.modules) if (!module.test) this.#findHanded(module);
    if (this.#handed.size > 0) for (const module of resolver.modules) this.#findLoops(module);
  }

  /** The thread with all that its loop is handed. */
  added(thread: DraftThread): DraftThread {
    if (this.#loops.size === 0 || thread.many || thread.because !== undefined) return thread;
    const loops = this.#loopsOf(thread);
    if (loops.size === 0) return thread;
    const entries = new Map<FunctionNode, Entry>(thread.entries.map((entry) => [entry.function, entry]));
    for (const loop of loops)
      for (const entry of this.#handed.get(loop) ?? [])
        if (!entries.has(entry.function)) entries.set(entry.function, entry);
    this.#addHandlers(entries);
    return entries.size === thread.entries.length ? thread : { ...thread, entries: [...entries.values()] };
  }

  /**
   * What is defined inside the code of the loop, runs on a loop and is called by nobody in sight, is given to something that the
   * loop drives: `@peer.on("track")`.
   */
  #addHandlers(entries: Map<FunctionNode, Entry>): void {
    const seen = new Set<FunctionNode>(entries.keys());
    for (const function_ of seen) {
      if (seen.size >= MOST_CODE) return;
      for (const { callee } of this.#graph.from(function_))
        if (callee.module === function_.module) seen.add(callee);
      for (const inner of this.#nestedIn(function_)) {
        if (!inner.scope.async && !this.#makers.has(inner)) continue;
        if (this.#graph.to(inner).length > 0) continue;
        seen.add(inner);
        if (!entries.has(inner)) entries.set(inner, { function: inner, receiver: 'none', class: undefined });
      }
    }
  }

  #nestedIn({ module, scope }: FunctionNode): readonly FunctionNode[] {
    let nested = this.#nested.get(module);
    if (nested === undefined) {
      nested = new Map();
      for (const { id, parent, kind } of module.summary.scopes)
        if (kind === 'function') push(nested, parent, this.#resolver.functionAt(module, id));
      this.#nested.set(module, nested);
    }
    return nested.get(scope.id) ?? [];
  }

  /** The variables whose loop a thread runs, or that it gives its loop. */
  #loopsOf({ entries }: DraftThread): ReadonlySet<string> {
    const found = new Set<string>();
    const seen = new Set<FunctionNode>(entries.map((entry) => entry.function));
    for (const function_ of seen) {
      for (const loop of this.#loops.get(function_) ?? []) found.add(loop);
      if (seen.size < MOST_FUNCTIONS)
        for (const edge of this.#graph.from(function_))
          if (edge.callee.module === function_.module) seen.add(edge.callee);
    }
    return found;
  }

  #findLoops(module: Module): void {
    const { bindings, calls, paths } = module.summary;
    const note = (scope: ScopeId, path: PathId): void => {
      const function_ = this.#resolver.functionAt(module, scope);
      if (function_.scope.id !== scope) return;
      const known = this.#loops.get(function_) ?? new Set();
      this.#loops.set(function_, known);
      for (const key of this.#keysOf(module, path)) known.add(key);
    };
    for (const { callee, scope } of calls)
      if (RUNS_LOOP.has(paths[callee]!.last) && paths[callee]!.parent !== -1)
        note(scope, paths[callee]!.parent);
    for (const { path, value, scope } of bindings)
      if (value.kind === 'call' && GIVES_LOOP.has(paths[calls[value.call]!.callee]!.last)) note(scope, path);
  }

  #findHanded(module: Module): void {
    const { calls, paths } = module.summary;
    for (const call of calls) {
      const position = HANDED_TO_LOOP.get(paths[call.callee]!.last);
      if (position === undefined) continue;
      const given = call.arguments.filter((argument) => argument.name === '')[position]?.value;
      const loop = loopOf(module, call);
      if (given === undefined || loop === undefined) continue;
      const keys = this.#keysOf(module, loop);
      if (keys.length === 0) continue;
      const entries = this.#entriesOf(module, given, call);
      for (const key of keys) for (const entry of entries) push(this.#handed, key, entry);
    }
  }

  /** The variables that a path means, itself or by what a local was bound to or stored in. */
  #keysOf(module: Module, path: PathId): readonly string[] {
    const { paths } = module.summary;
    const meant =
      paths[path]!.root === 'local' && paths[path]!.parent === -1
        ? this.#besides(module, path).filter((other) => paths[other]!.root !== 'local')
        : [path];
    return meant.flatMap((one) => this.#resolver.keyOf(module, one) ?? []);
  }

  /** What a local was bound to, and what it was stored in. */
  #besides(module: Module, local: PathId): readonly PathId[] {
    let known = this.#same.get(module);
    if (known === undefined) {
      known = new Map();
      for (const { path, value } of module.summary.bindings)
        if (value.kind === 'path') {
          push(known, path, value.path);
          push(known, value.path, path);
        }
      this.#same.set(module, known);
    }
    return known.get(local) ?? [];
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
/** The code of a loop is searched for handlers no further than this. */
const MOST_CODE = 400;

/** `loop.call_soon(…)`, `asyncio.run_coroutine_threadsafe(…, loop)`. */
function loopOf({ summary: { paths } }: Module, { callee, arguments: given }: Call): PathId | undefined {
  const loop = given.find(({ name }) => name === 'loop') ?? (given.length > 1 ? given[1] : undefined);
  const { parent, root } = paths[callee]!;
  if (root === 'import') return loop?.value.kind === 'path' ? loop.value.path : undefined;
  return parent === -1 ? undefined : parent;
}

function entryOf({ function: function_, receiver, class: class_ }: Entry): Entry {
  return { function: function_, receiver, class: class_, handed: true };
}
