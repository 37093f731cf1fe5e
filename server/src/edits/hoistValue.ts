/**
 * `self.link = connect()` → `link = connect()` and then `self.link = link` under the lock: what takes long or calls elsewhere
 * stays outside, and only the store is exclusive. Only where the value does not read what is stored.
 */
import type { Span } from '../base/span.ts';
import { childIn, Field, Kind, type Node, type Syntax, spanOf, textOf } from '../cst/syntax.ts';
import type { Run } from './layout.ts';
import { definitionsAround, namesIn, uniqueName } from './scopes.ts';

export interface HoistedValue {
  /** What the statement would still do under the lock. */
  readonly target: Span;
  readonly value: Span;
  /** The local that the value is kept in. */
  readonly local: string;
}

/**
 * How the value of the one assignment in a run is made outside; undefined where that could change its meaning, or where `places`, for
 * which the lock is held, lie in the value.
 */
export function hoistedValue(
  syntax: Syntax,
  { suite, first, last }: Run,
  places: Span,
): HoistedValue | undefined {
  const statement = suite.statements[first]!;
  if (first !== last || syntax.kind[statement] !== Kind.expression_statement) return undefined;
  const assignment = statement + 1;
  const kind = syntax.kind[assignment];
  if (kind !== Kind.assignment && kind !== Kind.augmented_assignment) return undefined;
  const left = childIn(syntax, assignment, Field.left);
  const right = childIn(syntax, assignment, Field.right);
  if (left === -1 || right === -1 || syntax.kind[right] === Kind.assignment) return undefined;
  if (childIn(syntax, assignment, Field.type) !== -1 || contains(syntax, left, Kind.call)) return undefined;
  if (contains(syntax, right, Kind.yield) || contains(syntax, right, Kind.named_expression)) return undefined;
  if (!contains(syntax, right, Kind.call) && !contains(syntax, right, Kind.await)) return undefined;
  const stored = textOf(syntax, syntax.kind[left] === Kind.subscript ? left + 1 : left);
  const value = textOf(syntax, right);
  if (value.includes('\n') || value.includes(stored) || syntax.kind[right] === Kind.expression_list)
    return undefined;
  if (places.start >= syntax.start[right]!) return undefined;
  const target = spanOf(syntax, left);
  const function_ = definitionsAround(syntax, target).at(-1);
  const words = /(\w+)\W*$/.exec(stored)?.[1]?.replace(/^_+/, '').toLowerCase();
  if (function_ === undefined || words === undefined || !/^[a-z]/.test(words)) return undefined;
  const local = uniqueName(words, namesIn(syntax, function_, false));
  return { target, value: spanOf(syntax, right), local };
}

function contains(syntax: Syntax, root: Node, kind: number): boolean {
  for (let node = root; node < root + syntax.size[root]!; node++) if (syntax.kind[node] === kind) return true;
  return false;
}
