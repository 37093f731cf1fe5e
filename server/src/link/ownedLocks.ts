/** The locks that classes and modules own, and which classes show by them, or by threads, that they are meant for several threads. */
import { linearized } from './hierarchy.ts';
import type { LockTable } from './locks.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, Lock, Module } from './program.ts';
import type { DraftThread } from './threads.ts';

/** Kinds of locks that do not say that their owner is meant for several threads. */
const NO_THREAD_LOCKS: ReadonlySet<Lock['kind']> = new Set(['asyncio', 'process', 'Semaphore']);

export class OwnedLocks {
  readonly #table: LockTable;
  readonly #threads: readonly DraftThread[];
  readonly #locksByOwner = new Map<ClassNode | Module, Lock[]>();
  readonly #concurrentClasses = new Map<ClassNode, boolean>();

  constructor(table: LockTable, threads: readonly DraftThread[]) {
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

  /** Of a class its bases included, or, for undefined, of the module. */
  of(owner: ClassNode | undefined, module: Module): readonly Lock[] {
    const owned = (one: ClassNode | Module): readonly Lock[] => this.all().get(one) ?? [];
    return owner === undefined ? owned(module) : linearized(owner).flatMap(owned);
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
