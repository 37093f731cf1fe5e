/**
 * The body of an `else` as text that can stand under another header at the same depth, such as `except KeyError:`, with what has to be
 * cut out where it stood. Comments in it come along; one on the line of the `else` itself has no place to go to.
 */
import type { Span } from '../base/span.ts';
import { childIn, Field, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import { attachedStart, codeEnd, type Suite, statementEnd, suiteOf } from './layout.ts';
import { type Refusal, refuse } from './refusal.ts';

export interface Otherwise {
  /** Whole lines without the last line break. */
  readonly text: string;
  readonly cut: Span;
}

/** @param body what stands under the `if`, which ends where the `else` begins */
export function otherwiseOf(syntax: Syntax, up: Int32Array, clause: Node, body: Suite): Otherwise | Refusal {
  if (!/^else\s*:[ \t]*\r?\n/.test(textOf(syntax, clause))) return refuse('the `if` has an `elif`');
  const suite = suiteOf(syntax, up, childIn(syntax, clause, Field.body));
  const [first] = suite.statements;
  if (first === undefined || suite.inline || suite.indent !== body.indent)
    return refuse('the `else` is laid out in another way');
  const start = attachedStart(syntax, first);
  const end = statementEnd(syntax, suite.statements.at(-1)!);
  const before = statementEnd(syntax, body.statements.at(-1)!);
  if (codeEnd(syntax, clause) > end || start < syntax.start[clause]!)
    return refuse('the `else` is laid out in another way');
  return { text: syntax.text.slice(start, end), cut: { start: before, end } };
}
