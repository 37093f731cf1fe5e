/**
 * What locals hold that was computed from shared state: `next = x + 1` and then `x = next` is one read-modify-write in two
 * statements, however far apart.
 */
import { Field, Kind, type Node, textOf } from '../cst/syntax.ts';
import type { Copy, Pass } from './pass.ts';
import type { FactId, Key, PathId, ValueShape } from './summary.ts';

/** A local in `right` whose value was computed from `path` (with the same key): `next = x + 1; x = next`. The read it came from. */
export function computedIn(pass: Pass, right: Node, path: PathId, key: Key | undefined): FactId | undefined {
  if (pass.context.computed.size === 0) return undefined;
  for (const name of namesIn(pass, right))
    for (const read of pass.context.computed.get(name) ?? [])
      if (read.path === path && read.key?.text === key?.text && read.fact !== undefined) return read.fact;
  return undefined;
}

function namesIn(pass: Pass, node: Node): readonly string[] {
  const syntax = pass.syntax;
  const names: string[] = [];
  for (let at = node; at < node + syntax.size[node]!; at++)
    if (syntax.kind[at] === Kind.identifier && syntax.field[at] !== Field.attribute)
      names.push(textOf(syntax, at));
  return names;
}

/** What is computed from more reads than this is a result of its own, not a new value of one of them. */
const MOST_READS = 4;

/** The reads of shared state that the value of an assignment to a local is computed from, those of other locals among them. */
export function computedFrom(
  pass: Pass,
  left: Node,
  right: Node,
  value: ValueShape,
  firstRead: number,
): readonly Copy[] {
  if (pass.syntax.kind[left] !== Kind.identifier || pass.syntax.size[right] === 1) return [];
  if (value.kind === 'either' || value.kind === 'path' || value.kind === 'scope') return [];
  const { accesses } = pass.out;
  if (accesses.length - firstRead > MOST_READS) return [];
  const reads = accesses
    .slice(firstRead)
    .filter(
      ({ kind, use, operation, scope }) =>
        kind === 'read' &&
        scope === pass.context.scope &&
        (use !== 'method' || operation === 'get') &&
        use !== 'lock' &&
        use !== 'called',
    )
    .map(({ path, operation, key, fact }): Copy => {
      const element = operation === '[]' || operation === 'get';
      return { path, form: element ? 'element' : 'value', key: element ? key : undefined, fact };
    });
  const through = namesIn(pass, right).flatMap((name) => {
    const copy = pass.context.copies.get(name);
    return [...(copy === undefined ? [] : [copy]), ...(pass.context.computed.get(name) ?? [])];
  });
  return [...reads, ...through].slice(0, MOST_READS);
}

export function noteComputed(pass: Pass, left: Node, from: readonly Copy[]): void {
  if (pass.syntax.kind[left] !== Kind.identifier) return;
  const name = textOf(pass.syntax, left);
  if (from.length > 0) pass.context.computed.set(name, from);
  else pass.context.computed.delete(name);
}

/** `n = x; n += 1`: no copy of `x` any more, but computed from it. */
export function changeCopy({ context: { copies, computed } }: Pass, name: string): void {
  const copy = copies.get(name);
  if (copy === undefined) return;
  copies.delete(name);
  computed.set(name, [...(computed.get(name) ?? []), copy]);
}

/** The name is given another value. */
export function forget(pass: Pass, node: Node): void {
  if (pass.syntax.kind[node] !== Kind.identifier) return;
  const name = textOf(pass.syntax, node);
  pass.context.copies.delete(name);
  pass.context.computed.delete(name);
}
