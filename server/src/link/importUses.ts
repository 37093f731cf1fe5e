/**
 * The places of a file that use something below an imported module. A package may load its submodules only when they are
 * asked for, so that the import alone does not tell what the program loads.
 */
import type { FactId, FileSummary } from '../facts/summary.ts';

export interface ImportUse {
  /** The call, access or class. */
  readonly fact: FactId;
  /** Absolute, as far as it is written: it need not all be modules. */
  readonly dotted: string;
}

const known = new WeakMap<FileSummary, readonly ImportUse[]>();

/**
 * Each dotted name once, at its first call, access or use as a base class, in source order. Relative imports are left out, and
 * the last name of what is only stored or deleted: nothing asks the module for it. Found once per summary, which never changes.
 */
export function importUses(summary: FileSummary): readonly ImportUse[] {
  const before = known.get(summary);
  if (before !== undefined) return before;
  const uses = findUses(summary);
  known.set(summary, uses);
  return uses;
}

function findUses({ accesses, calls, paths, scopes }: FileSummary): readonly ImportUse[] {
  const first = new Map<string, FactId>();
  const use = (path: number, fact: FactId): void => {
    if (path === -1) return;
    const { root, name, fields } = paths[path]!;
    if (root !== 'import' || fields.length === 0 || name.startsWith('.')) return;
    const dotted = [name, ...fields].join('.');
    const earlier = first.get(dotted);
    if (earlier === undefined || fact < earlier) first.set(dotted, fact);
  };
  for (const { callee, fact } of calls) use(callee, fact);
  for (const { path, fact, kind } of accesses)
    use(kind === 'write' || kind === 'delete' ? paths[path]!.parent : path, fact);
  for (const { bases, fact } of scopes)
    for (const base of bases) if (base.kind === 'path') use(base.path, fact);
  return [...first].map(([dotted, fact]) => ({ dotted, fact })).sort((a, b) => a.fact - b.fact);
}
