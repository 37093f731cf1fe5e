/**
 * Methods that Python calls for what is written as an operation: `with box:`, `box[k]`, `box[k] = v`, `del box[k]`, `k in box`,
 * `for x in box`.
 */
import type { FactId, FileSummary, PathId, ScopeId } from '../facts/summary.ts';

export interface Operation {
  /** `__getitem__`. */
  readonly method: string;
  /** The object; for `made` the class that is called to make it. */
  readonly path: PathId;
  readonly made: boolean;
  readonly fact: FactId;
  readonly scope: ScopeId;
}

const known = new WeakMap<FileSummary, readonly Operation[]>();

export function operationsIn(summary: FileSummary): readonly Operation[] {
  let found = known.get(summary);
  if (found === undefined) {
    found = findIn(summary);
    known.set(summary, found);
  }
  return found;
}

function findIn({ accesses, acquisitions, releases, bodies, tests }: FileSummary): readonly Operation[] {
  const found: Operation[] = [];
  for (const { kind, operation, path, fact, scope, key } of accesses) {
    const add = (method: string): number => found.push({ method, path, made: false, fact, scope });
    if (kind === 'iterate' && operation === 'for') add('__iter__');
    else if (kind === 'update' && key !== undefined) {
      add('__getitem__');
      add('__setitem__');
    } else {
      const method = BY_OPERATION.get(operation);
      if (method !== undefined) add(method);
    }
  }
  for (const { how, path, fact, scope } of acquisitions)
    if (how === 'with' || how === 'call')
      found.push({ method: '__enter__', path, made: how === 'call', fact, scope });
  for (const { path, fact, scope, acquisition } of releases) {
    const how = acquisition === -1 ? undefined : acquisitions[acquisition]!.how;
    if (how === 'with' || how === 'call')
      found.push({ method: '__exit__', path, made: how === 'call', fact, scope });
  }
  const events = new Set(bodies.flatMap(({ blocks }) => blocks.flatMap((block) => block.events)));
  const seen = new Set<FactId>();
  for (const { form, path, fact, scope } of tests) {
    if ((form !== 'contains' && form !== 'lacks') || seen.has(fact) || !events.has(fact)) continue;
    seen.add(fact);
    found.push({ method: '__contains__', path, made: false, fact, scope });
  }
  return found;
}

const BY_OPERATION: ReadonlyMap<string, string> = new Map([
  ['[]', '__getitem__'],
  ['[]=', '__setitem__'],
  ['del []', '__delitem__'],
]);
