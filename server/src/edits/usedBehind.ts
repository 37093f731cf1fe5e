/** `self.timer = Timer(…)` and then `self.timer.start()`: what was just stored is meant, so that both go under the lock. */
import type { Span } from '../base/span.ts';
import { childIn, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { codeEnd, parents, runAt, suiteOf } from './layout.ts';

/** The span with the statements right behind it that call methods of what its last statement stores; undefined without any. */
export function usedBehind(syntax: Syntax, span: Span): Span | undefined {
  const { run } = runAt(syntax, parents(syntax), span);
  const { statements } = run.suite;
  if (run.first === -1 || run.suite.inline) return undefined;
  const stored = madeBy(syntax, statements[run.last]!);
  if (stored === undefined) return undefined;
  let { last } = run;
  while (last + 1 < statements.length && callsMethodOf(syntax, statements[last + 1]!, stored)) last++;
  return last === run.last ? undefined : { start: span.start, end: codeEnd(syntax, statements[last]!) };
}

/** What a statement stores, or the body of an `if` without `else`: `if self.timer is None: self.timer = Timer(…)`. */
export function madeBy(syntax: Syntax, statement: Node): string | undefined {
  if (syntax.kind[statement] !== Kind.if_statement) return storedBy(syntax, statement);
  if (childIn(syntax, statement, Field.alternative) !== -1) return undefined;
  const body = suiteOf(syntax, parents(syntax), childIn(syntax, statement, Field.consequence));
  return body.statements.map((one) => storedBy(syntax, one)).findLast((one) => one !== undefined);
}

/** The one attribute or global that a statement sets to what a call gives. */
function storedBy(syntax: Syntax, statement: Node): string | undefined {
  const assignment = statement + 1;
  if (syntax.kind[statement] !== Kind.expression_statement || syntax.kind[assignment] !== Kind.assignment)
    return undefined;
  const left = childIn(syntax, assignment, Field.left);
  const right = childIn(syntax, assignment, Field.right);
  const kind = syntax.kind[left];
  if (right === -1 || syntax.kind[right] !== Kind.call) return undefined;
  return kind === Kind.attribute || kind === Kind.identifier ? textOf(syntax, left) : undefined;
}

function callsMethodOf(syntax: Syntax, statement: Node, stored: string): boolean {
  const call = statement + 1;
  if (syntax.kind[statement] !== Kind.expression_statement || syntax.kind[call] !== Kind.call) return false;
  const callee = childIn(syntax, call, Field.function);
  return (
    callee !== -1 &&
    syntax.kind[callee] === Kind.attribute &&
    textOf(syntax, childIn(syntax, callee, Field.object)) === stored
  );
}
