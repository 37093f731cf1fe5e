/** Adds a string to a literal list, written as its last item is: on the same line or on a line of its own. */
import type { Span } from '../base/span.ts';
import { insertion } from '../base/textEdit.ts';
import { children, enclosing, Kind, type Syntax, textOf } from '../cst/syntax.ts';
import { indentAt, lineEnd, lineStart, newlineAt } from './layout.ts';
import { type Outcome, refuse } from './refusal.ts';

/** `place` is that of the list; `item` becomes a string in the quotes that the list uses. */
export function appendItem(syntax: Syntax, place: Span, item: string): Outcome {
  const list = enclosing(syntax, place).findLast((node) => syntax.kind[node] === Kind.list);
  if (list === undefined) return refuse('there is no list');
  const { text } = syntax;
  const last = children(syntax, list).at(-1);
  if (last === undefined) return [insertion(syntax.start[list]! + 1, `"${item}"`)];
  const quote = /['"]/.exec(textOf(syntax, last))?.[0] ?? '"';
  const written = `${quote}${item}${quote}`;
  const end = syntax.end[last]!;
  const line = lineStart(text, syntax.start[last]!);
  const ownLine = text.slice(line, syntax.start[last]).trim() === '';
  if (!ownLine) return [insertion(end, `, ${written}`)];
  const indent = `${newlineAt(text, line)}${indentAt(text, syntax.start[last]!)}`;
  // A comment behind the item stays with it.
  const comment = /^[ \t]*(,?)[ \t]*#/.exec(text.slice(end, lineEnd(text, end)));
  if (comment === null) return [insertion(end, `,${indent}${written}`)];
  return comment[1] === ','
    ? [insertion(lineEnd(text, end), `${indent}${written},`)]
    : [insertion(end, ','), insertion(lineEnd(text, end), `${indent}${written}`)];
}
