/**
 * A Python syntax tree as flat arrays in preorder: what remains of tree-sitter's tree once it has been deleted. Nodes are
 * numbers; the children of `n` are `n + 1`, then each one's next sibling at `child + size[child]`, up to `n + size[n]`.
 * Only named nodes are kept; the insides of plain strings are pruned. Reading it costs array look-ups and no call into
 * WASM, which is what makes the pass over it cheaper than the parse.
 */
import type { Span } from '../base/span.ts';
import { Field, Kind } from './kinds.ts';

/** A node: its index in the arrays. The root is 0. */
export type Node = number;

export interface Syntax {
  readonly text: string;
  readonly count: number;
  readonly kind: Uint8Array;
  /** The field under which the node hangs in its parent. */
  readonly field: Uint8Array;
  readonly start: Int32Array;
  readonly end: Int32Array;
  /** Nodes in the subtree, itself included. */
  readonly size: Int32Array;
  /** Comments in source order; they are not nodes. */
  readonly comments: readonly Span[];
  /** Where the parser put in what the text lacks, such as a closing bracket; not told where there are errors besides. */
  readonly missing: readonly number[];
}

/** The child of `node` in a field, or -1. */
export function childIn(syntax: Syntax, node: Node, field: number): Node {
  const stop = node + syntax.size[node]!;
  for (let child = node + 1; child < stop; child += syntax.size[child]!) {
    if (syntax.field[child] === field) return child;
  }
  return -1;
}

/** The children of `node` in a field, in source order. */
export function childrenIn(syntax: Syntax, node: Node, field: number): Node[] {
  const found: Node[] = [];
  const stop = node + syntax.size[node]!;
  for (let child = node + 1; child < stop; child += syntax.size[child]!) {
    if (syntax.field[child] === field) found.push(child);
  }
  return found;
}

/** All children of `node`, in source order. */
export function children(syntax: Syntax, node: Node): Node[] {
  const found: Node[] = [];
  const stop = node + syntax.size[node]!;
  for (let child = node + 1; child < stop; child += syntax.size[child]!) found.push(child);
  return found;
}

/** The first child, or -1. */
export function firstChild(syntax: Syntax, node: Node): Node {
  return syntax.size[node]! > 1 ? node + 1 : -1;
}

/** The first child of a kind, or -1. */
export function childOfKind(syntax: Syntax, node: Node, kind: number): Node {
  const stop = node + syntax.size[node]!;
  for (let child = node + 1; child < stop; child += syntax.size[child]!) {
    if (syntax.kind[child] === kind) return child;
  }
  return -1;
}

export function textOf(syntax: Syntax, node: Node): string {
  return syntax.text.slice(syntax.start[node]!, syntax.end[node]!);
}

export function spanOf(syntax: Syntax, node: Node): Span {
  return { start: syntax.start[node]!, end: syntax.end[node]! };
}

/** Whether a definition, `for`, `with` or comprehension clause begins with the keyword `async`. */
export function isAsync(syntax: Syntax, node: Node): boolean {
  return syntax.text.startsWith('async', syntax.start[node]!);
}

/** The expression inside any number of parentheses. */
export function unparenthesized(syntax: Syntax, node: Node): Node {
  let inner = node;
  while (syntax.kind[inner] === Kind.parenthesized_expression && syntax.size[inner]! > 1) inner++;
  return inner;
}

/** The nodes that contain `offset` or the whole of `span`, outermost first. */
export function enclosing(syntax: Syntax, span: Span): Node[] {
  const chain: Node[] = [];
  let node: Node = 0;
  for (;;) {
    chain.push(node);
    const stop = node + syntax.size[node]!;
    let next = -1;
    for (let child = node + 1; child < stop; child += syntax.size[child]!) {
      if (syntax.start[child]! <= span.start && span.end <= syntax.end[child]!) {
        next = child;
        break;
      }
    }
    if (next === -1) return chain;
    node = next;
  }
}

/** The operator of a binary, boolean, unary or augmented node: the text between its operands, e.g. `+=` or `not in`. */
export function operatorBetween(syntax: Syntax, left: Node, right: Node): string {
  return syntax.text
    .slice(syntax.end[left]!, syntax.start[right]!)
    .replace(/[\s()\\]+/g, ' ')
    .trim();
}

export { Field, Kind };
