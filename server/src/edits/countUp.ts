/**
 * `self.last += 1; return self.last` → `return next(self.last)` with `self.last = itertools.count(1)`: one operation gives each caller a
 * number of its own. Only where the number is raised by one and given out by the statement beside it.
 */
import type { Span } from '../base/span.ts';
import { replacement, type TextEdit } from '../base/textEdit.ts';
import { childIn, enclosing, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { CONDITIONAL } from './attempt.ts';
import { reference } from './insertImport.ts';
import { lineEnd, lineStart, newlineAt, opening, parents, runAt } from './layout.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';

/** `declared` is where the number gets its first value, `update` where it is raised, `read` where it is given out. */
export function countUp(syntax: Syntax, declared: Span, update: Span, read: Span): Outcome {
  const up = parents(syntax);
  const { run } = runAt(syntax, up, update);
  const { suite, first: index } = run;
  const raising = suite.statements[index];
  const giving = suite.statements.findIndex(
    (statement) => syntax.start[statement]! <= read.start && read.end <= syntax.end[statement]!,
  );
  if (raising === undefined || run.last !== index || Math.abs(giving - index) !== 1)
    return refuse('the number is not given out right beside where it is raised');
  const raised = raising + 1;
  const name = syntax.kind[raised] === Kind.augmented_assignment ? textOf(syntax, raised + 1) : '';
  if (name === '' || textOf(syntax, raising).replace(/\s/g, '') !== `${name}+=1`)
    return refuse('the number is not raised by one');
  const statement = suite.statements[giving]!;
  const uses = usesOf(syntax, statement, name);
  if (!GIVING.has(syntax.kind[statement]!) || uses.length !== 1 || isPerhaps(syntax, uses[0]!, statement))
    return refuse('the number is not given out once');
  const start = firstValue(syntax, declared);
  if (start === undefined) return refuse('the number does not begin with a literal');
  const { value, right } = start;
  const begins = giving > index ? value + 1 : value;
  const counter = reference(syntax, 'itertools', 'count');
  if (isRefused(counter)) return counter;
  const { text } = syntax;
  const line = { start: lineStart(text, syntax.start[raising]!), end: lineEnd(text, syntax.end[raising]!) };
  const newline = newlineAt(text, line.start);
  const behind = text.slice(syntax.end[raising], line.end).trimStart();
  if (opening(syntax, suite, index) !== 'line' || !/^(#.*)?$/.test(behind))
    return refuse('there is more on the line than the number');
  const edits: TextEdit[] = [
    ...counter.edits,
    replacement(
      syntax.start[right]!,
      syntax.end[right]!,
      `${counter.expression}(${begins === 0 ? '' : begins})`,
    ),
    replacement(syntax.start[uses[0]!]!, syntax.end[uses[0]!]!, `next(${name})`),
    behind !== ''
      ? replacement(syntax.start[raising]!, line.end - behind.length, '')
      : giving > index
        ? replacement(line.start, line.end + newline.length, '')
        : replacement(line.start - newline.length, line.end, ''),
  ];
  return edits.sort((a, b) => a.span.start - b.span.start);
}

const GIVING: ReadonlySet<number> = new Set([Kind.return_statement, Kind.expression_statement]);
function usesOf(syntax: Syntax, root: Node, name: string): readonly Node[] {
  const found: Node[] = [];
  for (let node = root; node < root + syntax.size[root]!; node++)
    if (
      (syntax.kind[node] === Kind.attribute || syntax.kind[node] === Kind.identifier) &&
      textOf(syntax, node) === name
    )
      found.push(node);
  return found;
}

function isPerhaps(syntax: Syntax, node: Node, statement: Node): boolean {
  const span = { start: syntax.start[node]!, end: syntax.end[node]! };
  return enclosing(syntax, span).some(
    (around) => around > statement && around < node && CONDITIONAL.has(syntax.kind[around]!),
  );
}

/** `self.last = 0` at the place of the declaration, with nothing else set. */
function firstValue(
  syntax: Syntax,
  declared: Span,
): { readonly value: number; readonly right: Node } | undefined {
  const assignment = enclosing(syntax, declared).findLast((node) => syntax.kind[node] === Kind.assignment);
  if (assignment === undefined || childIn(syntax, assignment, Field.type) !== -1) return undefined;
  const right = childIn(syntax, assignment, Field.right);
  if (right === -1 || syntax.kind[right] !== Kind.integer) return undefined;
  const value = Number(textOf(syntax, right));
  return Number.isSafeInteger(value) ? { value, right } : undefined;
}
