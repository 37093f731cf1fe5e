/**
 * What says that several threads share the objects of a class, where the program shows no thread that reaches them: the class
 * guards or synchronises something, its documentation promises it, or one object of it is kept where everybody finds it.
 * Asked for libraries only: their threads are in the programs that use them.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { EXECUTOR, SYNCHRONIZER, WIDELY_SHARED_NAME } from '../catalog/words.ts';
import type { Call, FactId, SaysThreads } from '../facts/summary.ts';
import { isPrivate } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { linearized } from './hierarchy.ts';
import { type IsScript, KeptObjects } from './keptObjects.ts';
import { LookupState } from './lookupState.ts';
import { hasBaseOfLoop, isCoroutine, runsLoop } from './loopCode.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, Entry, FunctionNode, Lock, Module, Sharing, ThreadEntry } from './program.ts';
import type { Resolver } from './resolve.ts';
import { askingsForTheThread } from './threadIdentity.ts';
import type { DraftThread } from './threads.ts';

/** Of several signs the first is the one that is told. */
const STRENGTH: Readonly<Record<Sharing['by'], number>> = {
  threads: 0,
  framework: 1,
  tests: 2,
  guarded: 3,
  // A promise to callers is about every access; a lock may be there for something else.
  documented: 4,
  concurrent: 5,
  besides: 6,
  otherLock: 7,
  kept: 8,
  moduleState: 9,
  named: 10,
  public: 11,
};

export class SharingIndex {
  readonly #resolver: Resolver;
  readonly #threads: readonly DraftThread[];
  readonly #locksOf: (class_: ClassNode) => readonly Lock[];
  readonly #known = new Map<ClassNode, Sharing | undefined>();
  readonly #lookups: LookupState;
  /** Methods whose own documentation promises something, by their class. */
  readonly #promising = new Map<ClassNode, Promised[]>();
  readonly #used = new Map<FunctionNode, ReadonlySet<string>>();
  #denied: ReadonlySet<ClassNode> | undefined;
  /** Of an object of just this class, where everybody finds it. */
  readonly #kept = new Map<ClassNode, Sharing[]>();
  /** Attributes whose lock a method takes through its object: `with self._lock:`. */
  readonly #takenByObjects = new Set<string>();
  readonly #isScript: IsScript;
  /** How many threads each function starts. */
  #startedBy: ReadonlyMap<FunctionNode, number> | undefined;
  /** Classes whose methods have a loop do something in a thread. */
  readonly #askingLoop = new Set<ClassNode>();
  /** Classes whose objects remember the thread that has them. */
  readonly #ofOneThread = new Set<ClassNode>();
  /** What single places say of a class, and of what derives from it. */
  #signs: ReadonlyMap<ClassNode, readonly Sharing[]> | undefined;

  constructor(
    resolver: Resolver,
    threads: readonly DraftThread[],
    locksOf: (class_: ClassNode) => readonly Lock[],
    isScript: IsScript,
  ) {
    this.#resolver = resolver;
    this.#threads = threads;
    this.#locksOf = locksOf;
    this.#isScript = isScript;
    this.#lookups = new LookupState(resolver);
  }

  /** The strongest sign that objects of the class are shared; undefined when there is none, or the documentation denies it. */
  of(class_: ClassNode): Sharing | undefined {
    if (this.#known.has(class_)) return this.#known.get(class_);
    const found = this.#find(class_);
    this.#known.set(class_, found);
    return found;
  }

  /** Whether something says that objects of the class, or some of their attributes, are shared. */
  concerns(class_: ClassNode): boolean {
    return (
      this.of(class_) !== undefined ||
      (!this.#isDenied(class_) && linearized(class_).some((one) => this.#promising.has(one)))
    );
  }

  /** What says that an attribute of a shared object is concerned: of a class that is no more than public, what its look-ups change. */
  ofAttribute(class_: ClassNode, attribute: string): Sharing | undefined {
    const found = this.of(class_);
    if (found !== undefined && STRENGTH[found.by] <= STRENGTH.documented) return found;
    const promised = this.#isDenied(class_) ? undefined : this.#promisedFor(class_, attribute);
    if (promised !== undefined) return promised;
    if (found?.by !== 'public') return found;
    const changed = this.#lookups.of(class_).get(attribute);
    if (changed === undefined) return undefined;
    const { function: function_, fact } = changed;
    return {
      by: 'public',
      says: `\`${function_.label}\` only looks something up, and changes \`self.${attribute}\``,
      at: { module: function_.module, fact },
    };
  }

  /** What the documentation of a method promises, of the attributes that it uses itself or by a method that it calls. */
  #promisedFor(class_: ClassNode, attribute: string): Sharing | undefined {
    for (const { method, fact } of linearized(class_).flatMap((one) => this.#promising.get(one) ?? []))
      if (this.#usedBy(method).has(attribute)) return documented(`\`${method.label}\``, method.module, fact);
    return undefined;
  }

  /** The attributes of its object that a method uses, itself or by a method that it calls. */
  #usedBy(method: FunctionNode): ReadonlySet<string> {
    let used = this.#used.get(method);
    if (used === undefined) {
      const called = calledOnSelf(method).flatMap((name) => method.owner?.methods.get(name) ?? []);
      used = new Set([method, ...called].flatMap(ownAttributes));
      this.#used.set(method, used);
    }
    return used;
  }

  /** Its documentation, or that of a class that it derives from or lies beside, denies that threads may share its objects. */
  #isDenied(class_: ClassNode): boolean {
    this.#denied ??= new Set(this.#resolver.classes.flatMap((one) => this.#deniedBy(one)));
    return linearized(class_).some((one) => this.#denied!.has(one));
  }

  #deniedBy(class_: ClassNode): readonly ClassNode[] {
    const { saysThreads } = class_.scope;
    if (saysThreads?.says !== 'unsafe') return [];
    const named = saysThreads.of.filter((name) => /^[A-Z]/.test(name));
    if (named.length === 0) return [class_];
    return this.#resolver.classesIn(class_.module).filter(({ name }) => named.includes(name));
  }

  #find(class_: ClassNode): Sharing | undefined {
    const line = linearized(class_);
    if (this.#isDenied(class_)) return undefined;
    this.#signs ??= this.#collect();
    const signs = [...line.flatMap((one) => this.#signs!.get(one) ?? []), ...(this.#kept.get(class_) ?? [])];
    const lock = this.#locksOf(class_).find((one) => this.#isOfObjects(one));
    const made = lock?.constructors[0];
    if (lock !== undefined)
      signs.push({
        by: 'otherLock',
        says: `\`${class_.name}\` owns \`${lock.name}\``,
        at: made === undefined ? undefined : { module: made.module, fact: made.call.fact },
      });
    const ofLoop = line.some((one) => this.#isOfEventLoop(one));
    const thread = this.#threads.find(
      (one) =>
        (one.spawner.owner === class_ ||
          one.entries.some((entry) => entry.handed !== true && entry.function.owner === class_)) &&
        !this.#standsIn(one) &&
        !(
          ofLoop &&
          (isLentToThread(this.#resolver.catalog, one) || runsLoop(one) || !one.entries.some(touchesObject))
        ),
    );
    if (thread !== undefined)
      signs.push({
        by: 'besides',
        says: `\`${class_.name}\` starts a ${thread.what}`,
        at: { module: thread.module, fact: thread.fact },
      });
    const [changed] = this.#lookups.of(class_).values();
    if (changed !== undefined)
      signs.push({
        by: 'public',
        says: `\`${changed.function.label}\` only looks something up, and changes its object`,
        at: { module: changed.function.module, fact: changed.fact },
      });
    let best: Sharing | undefined;
    const hasOwner = line.some((one) => this.#ofOneThread.has(one));
    for (const sign of signs)
      if (ofLoop && SAYS_NO_THREAD.has(sign.by)) continue;
      else if (hasOwner && sign.by !== 'documented') continue;
      else if (best === undefined || STRENGTH[sign.by] < STRENGTH[best.by]) best = sign;
    return best;
  }

  /** The only thread of a function that waits for it at once: it stands in for its starter. */
  #standsIn({ many, joins, spawner, startFact }: DraftThread): boolean {
    if (many || joins.length === 0 || !Number.isFinite(startFact)) return false;
    this.#startedBy ??= countBy(this.#threads);
    if (this.#startedBy.get(spawner) !== 1) return false;
    return !flowOf(spawner.module.summary).reachedFrom([startFact], joins).returns;
  }

  /** A lock of the class is there for what its objects share, unless they take it as theirs. */
  #isOfObjects({ holder, attribute }: Lock): boolean {
    return holder === 'instance' || (attribute !== undefined && this.#takenByObjects.has(attribute));
  }

  /** Coroutines of one object, and what a protocol is told, run in the thread of one event loop, and so does who asks that loop for a thread. */
  #isOfEventLoop(class_: ClassNode): boolean {
    return (
      this.#askingLoop.has(class_) ||
      hasBaseOfLoop(class_, this.#resolver.catalog) ||
      [...class_.methods.values()].some(isCoroutine)
    );
  }

  #collect(): ReadonlyMap<ClassNode, readonly Sharing[]> {
    const signs = new Map<ClassNode, Sharing[]>();
    const note = (class_: ClassNode | undefined, sign: Sharing): void => {
      if (class_ !== undefined) push(signs, class_, sign);
    };
    for (const module of this.#resolver.modules)
      for (const call of module.summary.calls)
        if (isAskedOfLoop(this.#resolver.catalog, module, call)) {
          const { owner } = this.#resolver.functionAt(module, call.scope);
          if (owner !== undefined) this.#askingLoop.add(owner);
        }
    const kept = new KeptObjects(this.#resolver, this.#isScript, (class_, sign) =>
      push(this.#kept, class_, sign),
    );
    for (const class_ of this.#resolver.classes) {
      const { module, scope, name } = class_;
      const at = { module, fact: scope.fact };
      if (module.test) continue;
      if (kept.isMadeOnce(class_))
        note(class_, { by: 'kept', says: `its metaclass makes one \`${name}\` for all`, at });
      if (scope.saysThreads?.says === 'safe') this.#promised(note, class_, scope.saysThreads);
      else if (module.summary.scopes[0]!.saysThreads?.says === 'safe' && !name.startsWith('_'))
        note(class_, documented('this module', module, module.summary.scopes[0]!.saysThreads.fact));
      if (WIDELY_SHARED_NAME.test(name) && !this.#isOfEventLoop(class_))
        note(class_, { by: 'named', says: `a \`${name}\` is usually one for many callers`, at });
    }
    for (const function_ of this.#resolver.functions) {
      const { module, scope, owner } = function_;
      if (module.test) continue;
      // What a private helper may be called from, its caller knows; it says nothing of the whole object.
      if (owner !== undefined && !isPrivate(function_) && scope.saysThreads?.says === 'safe')
        this.#promises(owner, function_, scope.saysThreads.fact);
    }
    for (const module of this.#resolver.modules) if (!module.test) this.#ofModule(note, module);
    kept.collect();
    return signs;
  }

  /** The documentation of a class speaks of all of it, or of single methods. */
  #promised(note: Note, class_: ClassNode, { of, fact }: SaysThreads): void {
    if (of.length === 0) note(class_, documented(`\`${class_.name}\``, class_.module, fact));
    for (const name of of) {
      const method = class_.methods.get(name);
      if (method !== undefined) this.#promises(class_, method, fact);
    }
  }

  #promises(class_: ClassNode, method: FunctionNode, fact: FactId): void {
    push(this.#promising, class_, { method, fact });
  }

  /** What bindings, stores and calls of a module say. */
  #ofModule(note: Note, module: Module): void {
    const { bindings, acquisitions, calls, paths } = module.summary;
    const isOfLoop = (class_: ClassNode | undefined): boolean =>
      class_ !== undefined && this.#isOfEventLoop(class_);
    for (const { path, value, fact } of bindings) {
      const { root, fields, scope } = paths[path]!;
      if (root !== 'self' || fields.length !== 1 || value.kind !== 'call') continue;
      const made = this.#resolver.externalName(module, calls[value.call]!.callee);
      const class_ = this.#resolver.classAt(module, scope);
      if (made === undefined || class_ === undefined || !SYNCHRONIZER.test(made)) continue;
      // A loop has a pool do what blocks, and goes on itself.
      if (EXECUTOR.test(made) && isOfLoop(class_)) continue;
      note(class_, {
        by: 'besides',
        says: `it keeps a \`${made}\` in \`self.${fields[0]}\``,
        at: { module, fact },
      });
    }
    for (const { call, as } of askingsForTheThread(this.#resolver, module)) {
      const { fact, scope } = call;
      const function_ = this.#resolver.functionAt(module, scope);
      if (as === 'owner') {
        if (function_.owner !== undefined) this.#ofOneThread.add(function_.owner);
        continue;
      }
      // The step that a loop has a thread do may say which one that is.
      if (isOfLoop(function_.owner)) continue;
      note(function_.owner, {
        by: 'concurrent',
        says: `\`${function_.label}\` asks which thread runs it`,
        at: { module, fact },
      });
    }
    for (const { path } of acquisitions) {
      const { root, fields } = paths[path]!;
      if (root === 'self' && fields.length === 1) this.#takenByObjects.add(fields[0]!);
    }
  }
}

interface Promised {
  readonly method: FunctionNode;
  readonly fact: FactId;
}

type Note = (class_: ClassNode | undefined, sign: Sharing) => void;

/** Names of the methods that a method calls on its own object. */
function calledOnSelf({ module, scope }: FunctionNode): readonly string[] {
  const { calls, paths } = module.summary;
  return calls.flatMap(({ callee, scope: at }) => {
    const { root, fields, last } = paths[callee]!;
    return at === scope.id && root === 'self' && fields.length === 1 ? [last] : [];
  });
}

/** The attributes of its own object that a method comes across. */
function ownAttributes({ module, scope }: FunctionNode): readonly string[] {
  const { accesses, paths } = module.summary;
  return accesses.flatMap(({ path, scope: at }) => {
    const { root, fields } = paths[path]!;
    return at === scope.id && root === 'self' ? fields.slice(0, 1) : [];
  });
}

/** What the documentation of something promises. */
export function documented(what: string, module: Module, fact: FactId): Sharing {
  return { by: 'documented', says: `the documentation of ${what} says so`, at: { module, fact } };
}

/** A loop has a thread do it and goes on when that is done: its object stays with the loop. */
function isLentToThread(catalog: Catalog, { spawner, because, call, module, what }: ThreadEntry): boolean {
  if (because !== undefined || what !== 'worker thread') return false;
  return spawner.scope.async || (call !== undefined && isAskedOfLoop(catalog, module, call));
}

/** `loop.run_in_executor(…)`, which the thread of the loop calls. */
function isAskedOfLoop(catalog: Catalog, { summary: { paths } }: Module, { callee }: Call): boolean {
  const model = catalog.entryOfMethod(paths[callee]!.last);
  return model !== undefined && model.movedBy === undefined;
}

function countBy(threads: readonly DraftThread[]): ReadonlyMap<FunctionNode, number> {
  const counts = new Map<FunctionNode, number>();
  for (const { spawner } of threads) counts.set(spawner, (counts.get(spawner) ?? 0) + 1);
  return counts;
}

/** A method, or a function in one that uses its object. */
function touchesObject({ function: { module, owner, scope } }: Entry): boolean {
  if (owner !== undefined && owner.methods.get(scope.name)?.scope === scope) return true;
  const { accesses, calls, paths } = module.summary;
  return (
    accesses.some(({ scope: at, path }) => at === scope.id && paths[path]!.root === 'self') ||
    calls.some(({ scope: at, callee }) => at === scope.id && paths[callee]!.root === 'self')
  );
}

/** Signs that many callers have one object, and none that they are threads. */
export const SAYS_NO_THREAD: ReadonlySet<Sharing['by']> = new Set(['kept', 'named', 'public']);
