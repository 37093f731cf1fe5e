/** `keys = [k for k in self.rows if k <= at]`, `key = max(keys)`, `self.rows[key]`: what one section finds is looked up in the next. */
import type { Span } from '../base/span.ts';
import { childIn, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { parents, runAt } from './layout.ts';

/** Whether a later place looks up what statements before it in the same suite found, directly or by way of assignments in between. */
export function isUsedNext(syntax: Syntax, found: Span, place: Span): boolean {
  const key = /\[(.*)\]$/s.exec(syntax.text.slice(place.start, place.end))?.[1];
  if (key === undefined) return false;
  const up = parents(syntax);
  const before = runAt(syntax, up, found).run;
  const { suite, first: next } = runAt(syntax, up, place).run;
  const at = before.suite.statements.findIndex(
    (statement) => syntax.start[statement]! <= place.start && place.end <= syntax.end[statement]!,
  );
  if (before.first === -1 || next === -1 || suite.inline || at <= before.last) return false;
  const names = new Set<string>();
  for (let index = before.first; index < at; index++) {
    const statement = before.suite.statements[index]!;
    const inSection = index <= before.last;
    if (inSection && TAKEN.test(textOf(syntax, statement))) return false;
    const assigned = assignmentOf(syntax, statement);
    if (assigned === undefined) continue;
    const derived = inSection || mentions(textOf(syntax, assigned.value), names);
    for (const name of assigned.names) {
      if (derived) names.add(name);
      else names.delete(name);
    }
  }
  return mentions(key, names);
}

/** What is taken out is nobody else's. */
const TAKEN = /\.(?:pop|popleft|popitem)\(|\bdel\b/;

function assignmentOf(
  syntax: Syntax,
  statement: Node,
): { readonly names: readonly string[]; readonly value: Node } | undefined {
  const assignment = statement + 1;
  if (syntax.kind[statement] !== Kind.expression_statement || syntax.kind[assignment] !== Kind.assignment)
    return undefined;
  const left = childIn(syntax, assignment, Field.left);
  const value = childIn(syntax, assignment, Field.right);
  const written = textOf(syntax, left);
  if (value === -1 || !/^[\w, ()]+$/.test(written)) return undefined;
  return { names: written.match(/\w+/g) ?? [], value };
}

function mentions(text: string, names: ReadonlySet<string>): boolean {
  return [...names].some((name) => new RegExp(`(?<![\\w.])${name}(?!\\w)`).test(text));
}
