/** The locks that classes and modules own, and which classes show by them, or by threads, that they are meant for several threads. */
import { linearized } from './hierarchy.ts';
import type { LockTable } from './locks.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, Lock, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

/** Kinds of locks that do not say that their owner is meant for several threads. */
const NO_THREAD_LOCKS: ReadonlySet<Lock['kind']> = new Set(['asyncio', 'process', 'Semaphore']);

export class OwnedLocks {
  readonly #resolver: Resolver;
  readonly #table: LockTable;
  readonly #threads: readonly DraftThread[];
  readonly #locksByOwner = new Map<ClassNode | Module, Lock[]>();
  readonly #concurrentClasses = new Map<ClassNode, boolean>();

  constructor(resolver: Resolver, table: LockTable, threads: readonly DraftThread[]) {
    this.#resolver = resolver;
    this.#table = table;
    this.#threads = threads;
  }

  all(): ReadonlyMap<ClassNode | Module, readonly Lock[]> {
    if (this.#locksByOwner.size === 0) {
      for (const lock of new Set(this.#table.locks.values())) {
        if (NO_THREAD_LOCKS.has(lock.kind) || lock.constructors.length === 0) continue;
        if (lock.owner !== undefined) push(this.#locksByOwner, lock.owner, lock);
        else if (lock.holder === 'global') push(this.#locksByOwner, lock.module, lock);
      }
    }
    return this.#locksByOwner;
  }

  /** Of a class its bases included, or, for undefined, of the module; not what the class has given up. */
  of(owner: ClassNode | undefined, module: Module): readonly Lock[] {
    const owned = (one: ClassNode | Module): readonly Lock[] => this.all().get(one) ?? [];
    if (owner === undefined) return owned(module);
    const locks = linearized(owner).flatMap(owned);
    return locks.filter((lock) => lock.owner === owner || !this.#isGivenUp(lock, owner));
  }

  /** Whether objects of the class lack a lock of its base: they belong to one thread, whatever the base does under the lock. */
  givesUp(class_: ClassNode, base: ClassNode): boolean {
    if (class_ === base || !linearized(class_).includes(base)) return false;
    return this.of(base, base.module).some((lock) => this.#isGivenUp(lock, class_));
  }

  /** The constructor of a class puts `None` in the place of the lock that its base has made. */
  #isGivenUp({ attribute, owner }: Lock, class_: ClassNode): boolean {
    if (attribute === undefined || owner === undefined) return false;
    const bindings = this.#resolver.attributeBindings(class_, attribute);
    for (const one of linearized(class_)) {
      if (one === owner) return false;
      const own = bindings.filter(
        ({ module, binding }) =>
          this.#resolver.classAt(module, module.summary.paths[binding.path]!.scope) === one,
      );
      if (own.length > 0)
        return own.every(
          ({ binding: { value, scope } }) =>
            value.kind === 'literal' &&
            value.type === 'none' &&
            one.methods.get('__init__')?.scope.id === scope,
        );
    }
    return false;
  }

  isConcurrent(class_: ClassNode): boolean {
    const known = this.#concurrentClasses.get(class_);
    if (known !== undefined) return known;
    const found =
      this.of(class_, class_.module).length > 0 ||
      this.#threads.some(
        (thread) =>
          thread.spawner.owner === class_ || thread.entries.some((entry) => entry.function.owner === class_),
      );
    this.#concurrentClasses.set(class_, found);
    return found;
  }
}
