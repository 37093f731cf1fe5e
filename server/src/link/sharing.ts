/**
 * What says that several threads share the objects of a class, where the program shows no thread that reaches them: the class
 * guards or synchronises something, its documentation promises it, or one object of it is kept where everybody finds it.
 * Asked for libraries only: their threads are in the programs that use them.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { CallEffect } from '../catalog/schema.ts';
import { SINGLETON_NAME, SYNCHRONIZER, THREAD_IDENTITY, WIDELY_SHARED_NAME } from '../catalog/words.ts';
import type { FactId, PathId, SaysThreads, ValueShape } from '../facts/summary.ts';
import { isPrivate } from './callGraph.ts';
import { linearized } from './hierarchy.ts';
import { LookupState } from './lookupState.ts';
import { runsLoop } from './loopCode.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, FunctionNode, Lock, Module, Sharing, ThreadEntry } from './program.ts';
import type { Resolver } from './resolve.ts';

/** Of several signs the first is the one that is told. */
const STRENGTH: Readonly<Record<Sharing['by'], number>> = {
  threads: 0,
  framework: 1,
  tests: 2,
  guarded: 3,
  // A promise to callers is about every access; a lock may be there for something else.
  documented: 4,
  concurrent: 5,
  kept: 6,
  moduleState: 7,
  named: 8,
  public: 9,
};

export class SharingIndex {
  readonly #resolver: Resolver;
  readonly #threads: readonly ThreadEntry[];
  readonly #locksOf: (class_: ClassNode) => readonly Lock[];
  readonly #known = new Map<ClassNode, Sharing | undefined>();
  readonly #lookups: LookupState;
  /** Methods whose own documentation promises something, by their class. */
  readonly #promising = new Map<ClassNode, Promised[]>();
  readonly #used = new Map<FunctionNode, ReadonlySet<string>>();
  #denied: ReadonlySet<ClassNode> | undefined;
  /** What single places say of a class. */
  #signs: ReadonlyMap<ClassNode, readonly Sharing[]> | undefined;

  constructor(
    resolver: Resolver,
    threads: readonly ThreadEntry[],
    locksOf: (class_: ClassNode) => readonly Lock[],
  ) {
    this.#resolver = resolver;
    this.#threads = threads;
    this.#locksOf = locksOf;
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
    const signs = line.flatMap((one) => this.#signs!.get(one) ?? []);
    const [lock] = this.#locksOf(class_);
    const made = lock?.constructors[0];
    if (lock !== undefined)
      signs.push({
        by: 'concurrent',
        says: `\`${class_.name}\` owns \`${lock.name}\``,
        at: made === undefined ? undefined : { module: made.module, fact: made.call.fact },
      });
    const ofLoop = line.some((one) => isOfEventLoop(this.#resolver.catalog, one));
    const thread = this.#threads.find(
      (one) =>
        (one.spawner.owner === class_ || one.entries.some((entry) => entry.function.owner === class_)) &&
        !(ofLoop && (isLentToThread(one) || runsLoop(one))),
    );
    if (thread !== undefined)
      signs.push({
        by: 'concurrent',
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
    for (const sign of signs)
      if (ofLoop && SAYS_NO_THREAD.has(sign.by)) continue;
      else if (best === undefined || STRENGTH[sign.by] < STRENGTH[best.by]) best = sign;
    return best;
  }

  #collect(): ReadonlyMap<ClassNode, readonly Sharing[]> {
    const signs = new Map<ClassNode, Sharing[]>();
    const note = (class_: ClassNode | undefined, sign: Sharing): void => {
      if (class_ !== undefined) push(signs, class_, sign);
    };
    for (const class_ of this.#resolver.classes) {
      const { module, scope, name } = class_;
      const at = { module, fact: scope.fact };
      if (module.test) continue;
      if (isSingletonMaker(this.#resolver, class_))
        note(class_, { by: 'kept', says: `its metaclass makes one \`${name}\` for all`, at });
      if (scope.saysThreads?.says === 'safe') this.#promised(note, class_, scope.saysThreads);
      else if (module.summary.scopes[0]!.saysThreads?.says === 'safe' && !name.startsWith('_'))
        note(class_, documented('this module', module, module.summary.scopes[0]!.saysThreads.fact));
      if (WIDELY_SHARED_NAME.test(name) && !isOfEventLoop(this.#resolver.catalog, class_))
        note(class_, { by: 'named', says: `a \`${name}\` is usually one for many callers`, at });
    }
    for (const function_ of this.#resolver.functions) {
      const { module, scope, owner } = function_;
      if (module.test) continue;
      // What a private helper may be called from, its caller knows; it says nothing of the whole object.
      if (owner !== undefined && !isPrivate(function_) && scope.saysThreads?.says === 'safe')
        this.#promises(owner, function_, scope.saysThreads.fact);
      for (const { initial, name } of scope.parameters)
        if (initial !== undefined)
          this.#keep(note, module, initial, `the default of \`${name}\``, scope.fact);
      this.#memoized(note, function_);
    }
    for (const module of this.#resolver.modules) if (!module.test) this.#ofModule(note, module);
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
    const { bindings, accesses, calls, paths } = module.summary;
    for (const { path, value, fact } of bindings) {
      const { root, fields, scope, name } = paths[path]!;
      const all = root === 'global' ? fields.length === 0 : root === 'class' || root === 'cls';
      if (all) this.#keep(note, module, value, `\`${[name, ...fields].filter(Boolean).join('.')}\``, fact);
      else if (root === 'self' && fields.length === 1 && value.kind === 'call') {
        const made = this.#resolver.externalName(module, calls[value.call]!.callee);
        if (made !== undefined && SYNCHRONIZER.test(made))
          note(this.#resolver.classAt(module, scope), {
            by: 'concurrent',
            says: `it keeps a \`${made}\` in \`self.${fields[0]}\``,
            at: { module, fact },
          });
      }
    }
    for (const { path, value, operation, fact } of accesses) {
      if (operation !== '[]=' || value === undefined) continue;
      const { root, name, fields } = paths[path]!;
      if (root === 'global' || root === 'class' || root === 'cls')
        this.#keep(note, module, value, `\`${[name, ...fields].filter(Boolean).join('.')}\``, fact);
    }
    for (const { callee, scope, fact } of calls) {
      const { last, root } = paths[callee]!;
      if (root !== 'import' || !THREAD_IDENTITY.test(last)) continue;
      // Who asks which thread is running has more than one in mind.
      if (this.#effectOf(module, callee)?.identifiesThread !== true) continue;
      const function_ = this.#resolver.functionAt(module, scope);
      note(function_.owner, {
        by: 'concurrent',
        says: `\`${function_.label}\` asks which thread runs it`,
        at: { module, fact },
      });
    }
  }

  /** Classes of which a place that all callers see holds an object. */
  #keep(note: Note, module: Module, value: ValueShape, place: string, fact: FactId, depth = 0): void {
    switch (value.kind) {
      case 'call': {
        const target = this.#resolver.target(module, module.summary.calls[value.call]!.callee);
        if (target.kind === 'class')
          note(target.class, {
            by: 'kept',
            says: `${place} holds one \`${target.class.name}\` for all callers`,
            at: { module, fact },
          });
        return;
      }
      case 'either':
        for (const option of value.options) this.#keep(note, module, option, place, fact, depth);
        return;
      case 'container':
        if (depth === 0)
          for (const one of value.elements) this.#keep(note, module, one, place, fact, depth + 1);
        return;
      case 'path':
        if (module.summary.paths[value.path]!.root !== 'local') return;
        for (const type of this.#resolver.typesOf(module, value))
          if (type.kind === 'instance')
            note(type.of, {
              by: 'kept',
              says: `${place} holds one \`${type.of.name}\` for all callers`,
              at: { module, fact },
            });
    }
  }

  #effectOf(module: Module, path: PathId): CallEffect | undefined {
    const name = this.#resolver.externalName(module, path);
    return name === undefined ? undefined : this.#resolver.catalog.effectOf(name);
  }

  /** `@lru_cache def client(): return Client()`: callers share what it once made. */
  #memoized(note: Note, function_: FunctionNode): void {
    const { module, scope, label } = function_;
    const memo = scope.decorators.some(({ path }) => this.#effectOf(module, path)?.memoizes === true);
    if (!memo) return;
    for (const type of this.#resolver.typesOfResult(function_))
      if (type.kind === 'instance')
        note(type.of, {
          by: 'kept',
          says: `\`${label}\` gives all callers one \`${type.of.name}\``,
          at: { module, fact: scope.fact },
        });
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

/** Coroutines of one object, and what a protocol is told, run in the thread of one event loop. */
function isOfEventLoop(catalog: Catalog, { methods, externalBases }: ClassNode): boolean {
  return (
    externalBases.some((base) => catalog.sharing(base)?.sharing === 'loop') ||
    [...methods.values()].some(({ scope }) => scope.async)
  );
}

/** A coroutine has a thread do it and goes on when that is done: its object stays with the loop. */
function isLentToThread({ spawner, because, what }: ThreadEntry): boolean {
  return because === undefined && spawner.scope.async && what === 'worker thread';
}

/** Signs that many callers have one object, and none that they are threads. */
export const SAYS_NO_THREAD: ReadonlySet<Sharing['by']> = new Set(['kept', 'named', 'public']);

/** Its metaclass is called a singleton, or decides itself what calling the class gives. */
function isSingletonMaker(resolver: Resolver, { module, scope }: ClassNode): boolean {
  const { metaclass } = scope;
  if (metaclass?.kind !== 'path') return false;
  if (SINGLETON_NAME.test(module.summary.paths[metaclass.path]!.last)) return true;
  const target = resolver.target(module, metaclass.path);
  return target.kind === 'class' && resolver.method(target.class, '__call__') !== undefined;
}
