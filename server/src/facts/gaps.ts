/** The parts of a text that are no Python that the grammar knows: what a summary does not speak of. */
import type { Span } from '../base/span.ts';
import { Kind } from '../cst/kinds.ts';
import { children, type Node, type Syntax } from '../cst/syntax.ts';

/** What is whole inside an error still counts: half-typed code has definitions and statements around it. */
const WHOLE: ReadonlySet<number> = new Set([
  Kind.function_definition,
  Kind.class_definition,
  Kind.decorated_definition,
  Kind.import_statement,
  Kind.import_from_statement,
  Kind.if_statement,
  Kind.for_statement,
  Kind.while_statement,
  Kind.try_statement,
  Kind.with_statement,
  Kind.block,
]);

/** The parts of an error that are visited all the same. */
export function wholeInside(syntax: Syntax, error: Node): readonly Node[] {
  return children(syntax, error).filter((child) => WHOLE.has(syntax.kind[child]!));
}

/** In the order of the text. */
export function gaps(syntax: Syntax): readonly Span[] {
  const found: Span[] = syntax.missing.map((at) => ({ start: at, end: at }));
  for (
    let node = syntax.kind.indexOf(Kind.ERROR);
    node !== -1;
    node = syntax.kind.indexOf(Kind.ERROR, node + 1)
  ) {
    let start = syntax.start[node]!;
    const until = (end: number): void => {
      if (end > start) found.push({ start, end });
    };
    for (const part of wholeInside(syntax, node)) {
      until(syntax.start[part]!);
      start = syntax.end[part]!;
    }
    until(syntax.end[node]!);
  }
  return found.sort((a, b) => a.start - b.start);
}
