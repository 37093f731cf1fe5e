/**
 * Why two places may run at the same time: by which threads, or by callers of a library, in one process, and not kept apart by the
 * order of starts and waits. The last step of linking; rules ask it of the accesses of each variable.
 */
import { isAsyncTwin } from './asyncTwins.ts';
import type { CallGraph } from './callGraph.ts';
import { ImporterIndex } from './importers.ts';
import type { Modes } from './modes.ts';
import { type Concurrent, concurrentWith, inOneLane, isTheProgram } from './order.ts';
import { MODULE_STATE, type OutsideCallers } from './outsideCallers.ts';
import type { Whose } from './ownership.ts';
import type {
  Confidence,
  FunctionNode,
  Module,
  Parallel,
  Place,
  SharedAccess,
  Sharing,
  ThreadEntry,
  Variable,
} from './program.ts';
import { isNeverStartedOn, type Reach } from './reach.ts';
import type { Resolver } from './resolve.ts';
import { capturedBy, givenTo, type SharedObjects } from './sharedObjects.ts';
import { RANK, ThreadOrder } from './threadOrder.ts';
import { type DraftThread, lifeOf } from './threads.ts';

export class Parallelism {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #threads: readonly DraftThread[];
  readonly #reach: Reach;
  readonly #order: ThreadOrder;
  readonly #objects: SharedObjects;
  readonly #outside: OutsideCallers;
  readonly #isLibrary: (module: Module) => boolean;
  readonly #modes: Modes;
  readonly #programs: boolean[] = [];
  readonly #concurrent: (Concurrent | undefined)[] = [];
  #importers: ImporterIndex | undefined;

  constructor(
    resolver: Resolver,
    graph: CallGraph,
    threads: readonly DraftThread[],
    reach: Reach,
    objects: SharedObjects,
    outside: OutsideCallers,
    isLibrary: (module: Module) => boolean,
    modes: Modes,
  ) {
    this.#modes = modes;
    this.#resolver = resolver;
    this.#graph = graph;
    this.#threads = threads;
    this.#reach = reach;
    this.#order = new ThreadOrder(threads, reach);
    this.#objects = objects;
    this.#outside = outside;
    this.#isLibrary = isLibrary;
  }

  of(variable: Variable, a: SharedAccess, b: SharedAccess): Parallel | undefined {
    if (a.beforeSharing || b.beforeSharing || a.ownObject || b.ownObject) return undefined;
    if (isMadeHere(a) && isMadeHere(b)) return undefined;
    if (!this.#objects.mayTouchOneObject(variable, a, b)) return undefined;
    if (variable.kind === 'instance' && (isAsyncTwin(a.function) || isAsyncTwin(b.function)))
      return undefined;
    if (a.inMainThread && b.inMainThread) return undefined;
    const threadsA = a.inMainThread ? [] : this.#order.running(a.function);
    const threadsB = b.inMainThread ? [] : this.#order.running(b.function);
    let best: Parallel | undefined;
    const offer = (found: Omit<Parallel, 'sharing'> & { readonly thread: ThreadEntry }): void => {
      if (best === undefined || RANK[found.confidence] > RANK[best.confidence])
        best = { ...found, sharing: sharingThrough(found.thread) };
    };
    const isElsewhere = (thread: DraftThread): boolean =>
      variable.kind === 'instance' &&
      [a, b].some(
        ({ receiver, function: { owner } }) =>
          receiver === 'self' && isNeverStartedOn(this.#graph, thread, owner),
      );
    // Beyond `high` no thread is surer, and helpers of a large program are reached by very many.
    const settled = (): boolean => best !== undefined && RANK[best.confidence] >= RANK.high;
    for (const id of threadsA) {
      if (settled()) break;
      const thread = this.#threads[id]!;
      if (!this.#objects.runsOnShared(variable, thread, a) || isElsewhere(thread)) continue;
      for (const other of this.#order.beside(id, b.function)) {
        if (settled()) break;
        const second = this.#threads[other]!;
        if (!this.#objects.runsOnShared(variable, second, b)) continue;
        if (id === other) {
          if (!thread.many || !this.#objects.sharedByAll(variable, thread, a, b)) continue;
          if (
            !this.#objects.isSeenByAlike(variable, thread, a) ||
            !this.#objects.isSeenByAlike(variable, thread, b)
          )
            continue;
          const confidence = this.#inOneProcess(thread, [variable.module]);
          if (confidence !== undefined)
            offer({ thread, runs: 'both', entry: this.#reach.through[id]!.get(a.function), confidence });
        } else if (
          !inOneLane(thread, second) &&
          !this.#runsBefore(thread, a, second) &&
          !this.#runsBefore(second, b, thread)
        ) {
          if (
            variable.kind === 'instance' &&
            !(this.#objects.isForeign(a) && this.#objects.isForeign(b)) &&
            !this.#objects.sameInstance(variable, thread, second)
          )
            continue;
          const confidence = this.#inOneProcess(thread, [a.module, second.module]);
          if (confidence !== undefined)
            offer(
              this.#isTheProgram(thread)
                ? {
                    thread: second,
                    runs: 'second',
                    entry: this.#reach.through[other]!.get(b.function),
                    confidence: lesser(confidence, second.confidence),
                  }
                : {
                    thread,
                    runs: this.#isTheProgram(second) ? 'first' : 'both',
                    entry: this.#reach.through[id]!.get(a.function),
                    confidence: lesser(confidence, second.confidence),
                  },
            );
        }
      }
      if (settled()) break;
      const confidence = this.#besides(variable, id, a, b);
      if (confidence !== undefined)
        offer({ thread, runs: 'first', entry: this.#reach.through[id]!.get(a.function), confidence });
    }
    for (const id of threadsB) {
      if (settled()) break;
      const thread = this.#threads[id]!;
      if (!this.#objects.runsOnShared(variable, thread, b) || isElsewhere(thread)) continue;
      const confidence = this.#besides(variable, id, b, a);
      if (confidence !== undefined)
        offer({ thread, runs: 'second', entry: this.#reach.through[id]!.get(b.function), confidence });
    }
    return best ?? (this.#isLibrary(variable.module) ? this.#outside.of(variable, a, b) : undefined);
  }

  atOnce(a: Place, b: Place): Parallel | undefined {
    const threadsA = this.#threadsRunning(a.function);
    const threadsB = this.#threadsRunning(b.function);
    let best: Parallel | undefined;
    const offer = (found: Omit<Parallel, 'sharing'> & { readonly thread: ThreadEntry }): void => {
      if (best === undefined || RANK[found.confidence] > RANK[best.confidence])
        best = { ...found, sharing: sharingThrough(found.thread) };
    };
    for (const thread of threadsA) {
      for (const id of this.#order.beside(thread.id, b.function)) {
        const other = this.#threads[id]!;
        if (thread === other && !thread.many) continue;
        const confidence = this.#inOneProcess(thread, [other.module]);
        if (confidence !== undefined)
          offer({ thread, runs: 'both', confidence: lesser(confidence, other.confidence) });
      }
    }
    for (const [threads, place, runs] of [
      [threadsA, b, 'first'],
      [threadsB, a, 'second'],
    ] as const) {
      if (!this.#reach.main.has(place.function)) continue;
      for (const thread of threads) {
        const { open, openOnShared } = this.#reach;
        this.#concurrent[thread.id] ??= concurrentWith(
          thread,
          this.#graph,
          open,
          openOnShared,
          this.#reach.byThread[thread.id]!,
        );
        if (this.#concurrent[thread.id]!.at(place.function, place.fact, false) === undefined) continue;
        const confidence = this.#inOneProcess(thread, [place.function.module]);
        if (confidence !== undefined) offer({ thread, runs, confidence });
      }
    }
    const isFree = ({ function: function_ }: Place): boolean =>
      this.#reach.main.has(function_) &&
      function_.scope.kind !== 'module' &&
      this.#isLibrary(function_.module);
    if (best === undefined && isFree(a) && isFree(b))
      return { thread: undefined, runs: 'both', confidence: 'low', sharing: MODULE_STATE };
    return best;
  }

  /** How sure it is that an access outside a thread may run while the thread does the first. */
  #besides(
    variable: Variable,
    id: number,
    inThread: SharedAccess,
    access: SharedAccess,
  ): Confidence | undefined {
    const thread = this.#threads[id]!;
    if (thread.besideThreadsOnly) return undefined;
    if (variable.kind === 'instance' && this.#modes.exclude(thread, access, this.#reach.byThread[id]!))
      return undefined;
    if (thread.lane !== undefined && thread.lane === lifeOf(access.function)) return undefined;
    // A test makes the objects that it works on; what threads the program starts elsewhere have others.
    if (access.module.test && !thread.module.test) return undefined;
    const { open, openOnShared } = this.#reach;
    this.#concurrent[id] ??= concurrentWith(
      this.#threads[id]!,
      this.#graph,
      open,
      openOnShared,
      this.#reach.byThread[id]!,
    );
    const { fact } = access.access;
    if (variable.kind === 'closure' && !capturedBy(variable, thread) && !givenTo(variable, thread))
      return undefined;
    if (
      !this.#reach.main.has(access.function) &&
      (this.#reach.threadsOf.get(access.function) ?? []).length > 0 &&
      thread.spawner !== access.function
    )
      return undefined;
    const given =
      variable.kind === 'instance' && (access.receiver === 'parameter' || access.receiver === 'local');
    const onShared =
      variable.kind === 'instance' &&
      (access.receiver === 'self' || access.receiver === 'member' || (given && isReceivers(access.whose)));
    const how = this.#concurrent[id]!.at(access.function, fact, onShared);
    if (how === undefined || (how === 'open' && this.#isTheProgram(thread))) return undefined;
    if (how === 'open' && variable.kind === 'instance' && this.#outside.begins(access)) return undefined;
    if (how === 'open' && this.#isLibrary(variable.module) && this.#outside.keepApart(inThread, access))
      return undefined;
    if (given && !onShared && !this.#objects.isSeenOutside(access.function, access.whose, new Set()))
      return undefined;
    if (how === 'open' && onShared && !this.#objects.isOneObject(variable, thread, inThread))
      return this.#outside.isOfOneThread(access.module) ? undefined : this.#assumed(variable.module);
    return this.#inOneProcess(thread, [inThread.module, access.module]);
  }

  /** What a thread does before it starts the other, where nothing else starts that one. */
  #runsBefore(
    thread: DraftThread,
    { function: function_, access }: SharedAccess,
    other: DraftThread,
  ): boolean {
    if (thread.many || !this.#reach.byThread[thread.id]!.has(other.spawner)) return false;
    if ((this.#reach.threadsOf.get(other.spawner) ?? []).some((id) => id !== thread.id)) return false;
    if (this.#reach.main.has(other.spawner) && !this.#isTheProgram(thread)) return false;
    const { open, openOnShared } = this.#reach;
    this.#concurrent[other.id] ??= concurrentWith(
      other,
      this.#graph,
      open,
      openOnShared,
      this.#reach.byThread[other.id]!,
    );
    return this.#concurrent[other.id]!.at(function_, access.fact, false) === undefined;
  }

  /** The confidence in a thread, unless nothing in the program loads it together with these modules. */
  #inOneProcess(thread: DraftThread, modules: readonly Module[]): Confidence | undefined {
    this.#importers ??= new ImporterIndex(this.#resolver.modules, this.#resolver);
    return this.#importers.haveCommon([thread.module, ...modules])
      ? thread.confidence
      : this.#assumed(thread.module);
  }

  /** What may be so in another program only: of a library it is assumed, of an application it is not. */
  #assumed(module: Module): 'low' | undefined {
    return this.#isLibrary(module) ? 'low' : undefined;
  }

  #isTheProgram(thread: DraftThread): boolean {
    this.#programs[thread.id] ??= isTheProgram(thread, this.#graph);
    return this.#programs[thread.id]!;
  }

  #threadsRunning(function_: FunctionNode): readonly DraftThread[] {
    return this.#order.running(function_).map((id) => this.#threads[id]!);
  }
}

/** A single thread of a test is there to end a wait as often as to work beside others. */
function sharingThrough({ because, module, fact, what, many }: ThreadEntry): Sharing {
  const inTests = many ? 'tests' : 'besides';
  const by = module.test ? inTests : because === undefined ? 'threads' : 'framework';
  return { by, says: because ?? `a ${what} starts`, at: { module, fact } };
}

function lesser<T extends keyof typeof RANK>(a: T, b: T): T {
  return RANK[a] <= RANK[b] ? a : b;
}

/** Made by the call that touches it: another call has another one. */
function isMadeHere({ receiver, whose }: SharedAccess): boolean {
  return (receiver === 'local' || receiver === 'parameter') && whose.every((one) => one.of === 'call');
}

function isReceivers(whose: readonly Whose[]): boolean {
  return whose.some((one) => one.of === 'receiver');
}
