/**
 * `if x is None: with lock: x = f()` → the same test once more as the first thing under the lock; for `if x is not None: return x` and then
 * `with lock: x = f()` as well. What the test read into a local is read again. Nothing else comes under the lock.
 */
import type { Span } from '../base/span.ts';
import { childIn, enclosing, Field, Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { hasEffect, rereading } from './doubleCheck.ts';
import { insertStatement } from './insertStatement.ts';
import { LEAVING, parents, type Suite, suiteOf } from './layout.ts';
import { isRefused, type Outcome, refuse } from './refusal.ts';
import { indented } from './wrapInWith.ts';

/** `test` lies in the condition of an `if`, `act` under a `with` in its body or, where the body leaves, behind it. */
export function testAgain(syntax: Syntax, test: Span, act: Span): Outcome {
  const branch = enclosing(syntax, test).findLast((node) => syntax.kind[node] === Kind.if_statement);
  if (branch === undefined) return refuse('the test is not the condition of an `if`');
  const condition = childIn(syntax, branch, Field.condition);
  if (test.end > syntax.end[condition]!) return refuse('the test is not the condition of an `if`');
  if (childIn(syntax, branch, Field.alternative) !== -1) return refuse('the `if` has an `else`');
  if (hasEffect(syntax, condition) || callsMore(syntax, condition))
    return refuse('the condition does more than test');
  const locked = enclosing(syntax, act).find(
    (node) => syntax.kind[node] === Kind.with_statement && node > branch,
  );
  if (locked === undefined) return refuse('the lock is not taken by a `with` behind the test');
  const up = parents(syntax);
  const around = suiteOf(syntax, up, up[branch]!);
  const position = around.statements.indexOf(branch);
  if (position === -1) return refuse('the `if` is an `elif`');
  const reread = rereading(syntax, around, position, condition);
  if (isRefused(reread)) return reread;
  const held = suiteOf(syntax, up, childIn(syntax, locked, Field.body));
  const body = suiteOf(syntax, up, childIn(syntax, branch, Field.consequence));
  const head = `if ${textOf(syntax, condition)}:`;
  if (head.includes('\n')) return refuse('the test runs over several lines');
  if (isWholly(body, locked))
    return indented(syntax, [
      { suite: held, first: 0, last: held.statements.length - 1, heads: [...reread, head] },
    ]);
  if (body.statements.includes(locked))
    return refuse('more than what the lock is held over depends on the test');
  const [leaving] = body.statements;
  const apart = !around.statements.includes(locked) || body.statements.length > 1;
  if (apart || leaving === undefined || !LEAVING.has(syntax.kind[leaving]!))
    return refuse('the lock is not taken right behind the test');
  const left = textOf(syntax, leaving);
  if (left.includes('\n')) return refuse('the test runs over several lines');
  return insertStatement(syntax, held, 0, [...reread, head, `\t${left}`]);
}

function isWholly({ statements }: Suite, locked: Node): boolean {
  return statements.length === 1 && statements[0] === locked;
}

/** Calls anything but what looks at a container or an attribute. */
function callsMore(syntax: Syntax, root: Node): boolean {
  for (let node = root; node < root + syntax.size[root]!; node++)
    if (
      syntax.kind[node] === Kind.call &&
      !/^(?:len|getattr|hasattr|isinstance)$|\.get$/.test(
        textOf(syntax, childIn(syntax, node, Field.function)),
      )
    )
      return true;
  return false;
}
