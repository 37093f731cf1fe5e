/**
 * Orderings: `a < b` says something of both sides, of a place as of one entry of a container, and of the local that holds a
 * copy of either.
 */
import {
  childIn,
  children,
  childrenIn,
  Field,
  Kind,
  type Node,
  textOf,
  unparenthesized,
} from '../cst/syntax.ts';
import { namePlace } from './names.ts';
import { type Pass, placeOf } from './pass.ts';
import { keyOf } from './places.ts';
import { isOfMaking, isShareable, recordTest } from './records.ts';
import type { PathId, Relation, ValueShape } from './summary.ts';

export function isOrdering(operator: string): operator is Exclude<Relation, ''> {
  return operator === '<' || operator === '>' || operator === '<=' || operator === '>=';
}

/** What holds where the ordering does not. */
export const DENIED = { '<': '>=', '>': '<=', '<=': '>', '>=': '<' } as const;
/** The ordering as its other side sees it. */
export const MIRRORED = { '<': '>', '>': '<', '<=': '>=', '>=': '<=' } as const;

/** The test that one visited side of an ordering makes when it comes out one way; empty when it names nothing that others could change. */
export function orderingTest(
  pass: Pass,
  side: Node,
  shape: ValueShape,
  other: Node,
  relation: Relation,
): readonly number[] {
  const { syntax } = pass;
  const against = textOf(syntax, unparenthesized(syntax, other));
  const node = unparenthesized(syntax, side);
  const copy =
    syntax.kind[node] === Kind.identifier ? pass.context.copies.get(textOf(syntax, node)) : undefined;
  if (copy !== undefined) {
    const via = namePlace(pass, textOf(syntax, node))?.path;
    return [
      recordTest(pass, node, copy.path, 'orders', copy.key, { via, made: copy.fact, against, relation }),
    ];
  }
  if (shape.kind === 'element' && shape.of.kind === 'path' && syntax.kind[node] === Kind.subscript) {
    const keys = childrenIn(syntax, node, Field.subscript);
    if (keys.length !== 1 || !isShareable(pass, placeOf(pass, shape.of.path))) return [];
    return [recordTest(pass, node, shape.of.path, 'orders', keyOf(pass, keys[0]!), { against, relation })];
  }
  const lookedUp = shape.kind === 'call' ? entryLookedUp(pass, node, shape.call) : undefined;
  if (lookedUp !== undefined)
    return [
      recordTest(pass, node, lookedUp.container, 'orders', keyOf(pass, lookedUp.key), { against, relation }),
    ];
  if (shape.kind !== 'path') return [];
  const place = placeOf(pass, shape.path);
  if (!isShareable(pass, place) && !isOfMaking(pass, place)) return [];
  return [recordTest(pass, node, shape.path, 'orders', undefined, { against, relation })];
}

/** `d` and `k` of `d.get(k, 0)`. */
function entryLookedUp(
  pass: Pass,
  node: Node,
  call: number,
): { readonly container: PathId; readonly key: Node } | undefined {
  const { syntax, out } = pass;
  const { fields, parent } = out.paths[out.calls[call]!.callee]!;
  const list = childIn(syntax, node, Field.arguments);
  if (fields.at(-1) !== 'get' || list === -1 || !isShareable(pass, placeOf(pass, parent))) return undefined;
  const [key] = children(syntax, list);
  return key === undefined ? undefined : { container: parent, key };
}
