/**
 * `self.engine = engine`, `self.key = key`: what is stored right beside goes under the lock too, where the holders of the lock use
 * all of it together.
 */
import type { Span } from '../base/span.ts';
import { Kind, type Node, type Syntax } from '../cst/syntax.ts';
import { isPlain, MOST_BETWEEN } from './joinSections.ts';
import { codeEnd, parents, runAt } from './layout.ts';

/** The span with ever more of the statements beside it that make one of these stores; empty without any. */
export function besideStores(syntax: Syntax, span: Span, stores: readonly Span[]): readonly Span[] {
  const { run } = runAt(syntax, parents(syntax), span);
  const { statements, inline } = run.suite;
  if (run.first === -1 || inline || stores.length === 0) return [];
  const stored = (statement: Node): boolean =>
    isAssignment(syntax, statement) && holdsOne(syntax, statement, stores);
  const found: Span[] = [];
  let { first, last } = run;
  for (const step of [1, -1] as const)
    for (;;) {
      let edge = step === 1 ? last : first;
      for (let between = 0; between < MOST_BETWEEN && !stored(statements[edge + step] ?? -1); between++) {
        if (!isPlain(syntax, statements[edge + step])) break;
        edge += step;
      }
      if (!stored(statements[edge + step] ?? -1)) break;
      if (step === 1) last = edge + 1;
      else first = edge - 1;
      found.push({ start: syntax.start[statements[first]!]!, end: codeEnd(syntax, statements[last]!) });
    }
  return found;
}

function isAssignment(syntax: Syntax, statement: Node): boolean {
  if (syntax.kind[statement] !== Kind.expression_statement) return false;
  const kind = syntax.kind[statement + 1];
  return kind === Kind.assignment || kind === Kind.augmented_assignment;
}

function holdsOne(syntax: Syntax, statement: Node, stores: readonly Span[]): boolean {
  return stores.some(({ start, end }) => syntax.start[statement]! <= start && end <= syntax.end[statement]!);
}
