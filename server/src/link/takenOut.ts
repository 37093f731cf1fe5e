/**
 * What was taken out whole: `jobs = self._jobs; self._jobs = []` while a lock is held. Whoever looks for the object under that
 * lock finds the new one, so the local that kept the old one is the only name of it.
 */
import type { Access, PathId } from '../facts/summary.ts';
import { flowOf } from './flow.ts';
import type { Module } from './program.ts';

interface Asked {
  /** Whether the path names the variable that the access was found to be of. */
  readonly names: (path: PathId) => boolean;
  /** Acquisitions through which locks are held at a fact. */
  readonly heldBy: (fact: number) => ReadonlySet<number>;
}

/** Where a local is used. */
export type Use = Pick<Access, 'path' | 'scope' | 'fact'>;

export function isTakenOut({ summary }: Module, access: Use, { names, heldBy }: Asked): boolean {
  const { paths, bindings, accesses } = summary;
  const { root, fields } = paths[access.path]!;
  if (root !== 'local' || fields.length > 0) return false;
  const bound = bindings.filter(({ path, scope }) => path === access.path && scope === access.scope);
  const flow = flowOf(summary);
  return (
    bound.length > 0 &&
    bound.every(({ fact: taken, value }) => {
      if (value.kind !== 'path' || !names(value.path)) return false;
      const locks = heldBy(taken);
      return (
        locks.size > 0 &&
        accesses.some(
          (store) =>
            store.kind === 'write' &&
            store.scope === access.scope &&
            store.value !== undefined &&
            store.value.kind !== 'path' &&
            names(store.path) &&
            flow.dominates(store.fact, access.fact) &&
            [...heldBy(store.fact)].some((one) => locks.has(one)),
        )
      );
    })
  );
}
