/** Adds statements to a suite: on lines of their own, whatever shape the suite has. */
import { insertion, type TextEdit } from '../base/textEdit.ts';
import { Kind, type Node, type Syntax, textOf } from '../cst/syntax.ts';
import {
  codeEnd,
  colonBefore,
  lineStart,
  newlineAt,
  opening,
  rendered,
  type Suite,
  statementEnd,
} from './layout.ts';
import { openedSuite } from './wrapInWith.ts';

/**
 * Inserts `lines` (one leading tab per level) before the statement at `index`, or at the end when `index` is the number
 * of statements. Empty lines in `lines` stay empty.
 */
export function insertStatement(
  syntax: Syntax,
  suite: Suite,
  index: number,
  lines: readonly string[],
): readonly TextEdit[] {
  const { text } = syntax;
  const { statements, indent, unit } = suite;
  const follower = statements[index];
  const before = statements[index - 1];
  const anchor = follower ?? before!;
  const newline = newlineAt(text, syntax.start[anchor]!);
  const written = rendered(lines, indent, unit, newline);
  const edits: TextEdit[] = suite.inline ? [openedSuite(syntax, suite)] : [];
  if (follower !== undefined) {
    const how = opening(syntax, suite, index);
    if (how === 'semicolon') return [...edits, insertion(codeEnd(syntax, before!), `; ${lines.join('; ')}`)];
    if (how === 'header') return [{ span: edits[0]!.span, text: newline + written + newline + indent }];
    const at =
      suite.header === -1 ? lineStart(text, syntax.start[follower]!) : belowComments(syntax, suite, follower);
    return [...edits, insertion(at, written + newline)];
  }
  return [...edits, insertion(statementEnd(syntax, before!), newline + written)];
}

/** The place of a docstring's follower: 1 when the suite begins with a docstring, else 0. */
export function afterDocstring(syntax: Syntax, suite: Suite): number {
  const first = suite.statements[0];
  if (first === undefined || syntax.kind[first] !== Kind.expression_statement) return 0;
  return syntax.kind[first + 1] === Kind.string || syntax.kind[first + 1] === Kind.concatenated_string
    ? 1
    : 0;
}

/** The start of the line for a new statement above `follower`: over its comments, but under a type comment of the header. */
function belowComments(syntax: Syntax, suite: Suite, follower: Node): number {
  const { text } = syntax;
  let start = lineStart(text, syntax.start[follower]!);
  const floor = suite.statements[0] === follower ? colonBefore(syntax, syntax.start[follower]!) : 0;
  for (;;) {
    const above = lineStart(text, Math.max(0, start - 1));
    const comment = syntax.comments.find((candidate) => candidate.start >= above && candidate.end < start);
    const alone = comment !== undefined && text.slice(above, comment.start).trim() === '';
    if (above <= floor || !alone || /^#\s*type:/.test(text.slice(comment.start, comment.end))) return start;
    start = above;
  }
}

/** The text of a string literal without prefix and quotes. */
export function stringContent(syntax: Syntax, node: Node): string {
  return textOf(syntax, node).replace(/^\w*(?:"""|'''|"|')|(?:"""|'''|"|')$/g, '');
}
