/**
 * Which locks a thread must hold where it has found its own name in a variable: if that name is only ever stored with a lock
 * held, `if self._owner == get_ident()` says that this thread holds it still. A re-entrant lock written in Python is made so.
 */
import { THREAD_IDENTITY } from '../catalog/words.ts';
import type { FactId, ValueShape } from '../facts/summary.ts';
import type { HeldPlaces } from './heldPlaces.ts';
import { intersection, NO_KEYS, union } from './keySets.ts';
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';

export class OwnerChecks {
  readonly #resolver: Resolver;
  readonly #held: HeldPlaces;
  /** By the variable that names a thread: what is held at every store of such a name. */
  #locks: ReadonlyMap<string, ReadonlySet<string>> | undefined;

  constructor(resolver: Resolver, held: HeldPlaces) {
    this.#resolver = resolver;
    this.#held = held;
  }

  /** What the running thread holds at the fact because it has asked whether it is the owner. */
  heldAt(module: Module, fact: FactId): ReadonlySet<string> {
    this.#locks ??= this.#find();
    if (this.#locks.size === 0) return NO_KEYS;
    let held = NO_KEYS;
    for (const { test } of this.#held.testsAt(module, fact)) {
      if (test.form !== 'compares') continue;
      const key = this.#resolver.keyOf(module, test.path);
      held = union(held, (key === undefined ? undefined : this.#locks.get(key)) ?? NO_KEYS);
    }
    return held;
  }

  #find(): ReadonlyMap<string, ReadonlySet<string>> {
    const found = new Map<string, ReadonlySet<string>>();
    const others = new Set<string>();
    for (const module of this.#resolver.modules) {
      const { bindings, paths } = module.summary;
      if (!bindings.some(({ value }) => this.#isThread(module, value))) continue;
      for (const { path, value, fact } of bindings) {
        const { root, fields } = paths[path]!;
        if (root === 'local' || fields.length > 1) continue;
        if (value.kind === 'literal' && value.type === 'none') continue;
        const key = this.#resolver.keyOf(module, path);
        if (key === undefined) continue;
        const held = this.#held.locksAt(module, fact);
        // A name that comes from somewhere else is one more owner, as long as it is put there under the lock.
        if (held.size === 0 && !this.#isThread(module, value)) {
          others.add(key);
          continue;
        }
        const before = found.get(key);
        found.set(key, before === undefined ? held : intersection(before, held));
      }
    }
    for (const [key, held] of found) if (held.size === 0 || others.has(key)) found.delete(key);
    return found;
  }

  /** `get_ident()`, or a local that holds what it gave. */
  #isThread(module: Module, value: ValueShape): boolean {
    const { calls, paths } = module.summary;
    if (value.kind === 'call') return THREAD_IDENTITY.test(paths[calls[value.call]!.callee]!.last);
    if (value.kind !== 'path' || paths[value.path]!.root !== 'local') return false;
    const bound = this.#resolver.bindingsOf(module, value.path);
    return (
      bound.length > 0 && bound.every((one) => one.value.kind === 'call' && this.#isThread(module, one.value))
    );
  }
}
