/**
 * Inserts `heddle: ignore…` comments into files that are no Python, in the comments of their format. Where a line cannot
 * end in a comment (a backslash joins it with the next, or the format knows whole-line comments only), the next-line form
 * goes above it, as in Python.
 */
import type { Span } from '../base/span.ts';
import { insertion } from '../base/textEdit.ts';
import { type CommentSyntax, commentOf, commentsEndLines, joinsLines, tokensOf } from './commentSyntax.ts';
import type { SuppressionForm } from './insertSuppression.ts';
import { lineEnd, lineStart, newlineAt, nextLine } from './layout.ts';
import { type Outcome, refuse } from './refusal.ts';

/** Suppresses `rule` for the finding at `place`: on its line, from the line above, or in the whole file. */
export function insertPlainSuppression(
  text: string,
  syntax: CommentSyntax,
  place: Span,
  rule: string,
  form: SuppressionForm,
): Outcome {
  const plain: Plain = { text, syntax, ...tokensOf(text, syntax) };
  if (form === 'file') return onFile(plain, rule);
  const line = lineStart(text, place.start);
  if (form === 'nextLine') return aboveLine(plain, line, rule);
  const end = lineEnd(text, line);
  const merged = extended(plain, line, end, 'ignore', rule);
  if (merged !== undefined) return merged;
  if (!canEndInComment(plain, line, end)) return aboveLine(plain, line, rule);
  const code = text.slice(line, end).trimEnd();
  const space = code === '' ? '' : '  ';
  return [insertion(line + code.length, `${space}${commentOf(syntax, `heddle: ignore[${rule}]`)}`)];
}

interface Plain {
  readonly text: string;
  readonly syntax: CommentSyntax;
  readonly comments: readonly Span[];
  readonly multiLine: readonly Span[];
}

function aboveLine(plain: Plain, line: number, rule: string): Outcome {
  const { text, syntax } = plain;
  if (line > 0) {
    const above = lineStart(text, line - 1);
    const merged = extended(plain, above, lineEnd(text, above), 'ignore-next-line', rule);
    if (merged !== undefined) return merged;
    if (isInside(plain, line)) return refuse('a literal goes on there');
    if (continues(plain, above)) return refuse('the line continues the one above');
  }
  const [, first, indent] = /^(\uFEFF?)([ \t]*)/.exec(text.slice(line))!;
  const comment = commentOf(syntax, `heddle: ignore-next-line[${rule}]`);
  return [insertion(line + first!.length, `${indent}${comment}${newlineAt(text, line)}`)];
}

/** At the top; in Cython under the shebang and the coding line. */
function onFile(plain: Plain, rule: string): Outcome {
  const { text, syntax } = plain;
  const comment = commentOf(syntax, `heddle: ignore-file[${rule}]`);
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (let row = 0; row < 2 && syntax === 'cython'; row++) {
    const content = text.slice(at, lineEnd(text, at));
    if (!(row === 0 && content.startsWith('#!')) && !/^[ \t\f]*#.*?coding[:=]/.test(content)) break;
    const after = nextLine(text, lineEnd(text, at));
    if (after === -1) return [insertion(lineEnd(text, at), `${newlineAt(text, at)}${comment}`)];
    at = after;
  }
  return (
    extended(plain, at, lineEnd(text, at), 'ignore-file', rule) ?? [
      insertion(at, `${comment}${newlineAt(text, at)}`),
    ]
  );
}

/** The rule added to a comment of the given form on a line; a refusal when that comment covers it; undefined without one. */
function extended(
  { text, comments }: Plain,
  line: number,
  end: number,
  form: string,
  rule: string,
): Outcome | undefined {
  const pattern = new RegExp(`heddle\\s*:\\s*${form}(?![-\\w])\\s*(?:\\[([^\\]]*)\\])?`, 'i');
  for (const comment of comments) {
    if (comment.start < line || comment.end > end) continue;
    const found = pattern.exec(text.slice(comment.start, comment.end));
    if (found === null) continue;
    const listed = found[1]?.split(',').map((name) => name.trim());
    if (listed === undefined || listed.join('') === '' || listed.includes(rule))
      return refuse('the rule is ignored on this line already');
    const close = comment.start + found.index + found[0].length - 1;
    return [insertion(text.slice(0, close).trimEnd().length, `, ${rule}`)];
  }
  return undefined;
}

function canEndInComment(plain: Plain, line: number, end: number): boolean {
  const { text, syntax } = plain;
  if (!commentsEndLines(syntax) || isInside(plain, end) || continues(plain, line)) return false;
  // Only the first directive of a comment is read.
  if (plain.comments.some((one) => one.start >= line && one.end === end && directiveAt(text, one)))
    return false;
  // What follows on such a line is read as the directive's value.
  return !(syntax === 'cython' && /^[ \t]*#[ \t]*(?:cython|distutils)[ \t]*:/.test(text.slice(line, end)));
}

function directiveAt(text: string, { start, end }: Span): boolean {
  return /heddle\s*:/i.test(text.slice(start, end));
}

/** Whether the line that begins at `line` goes on in the next. */
function continues({ text, syntax }: Plain, line: number): boolean {
  return joinsLines(syntax) && text.slice(line, lineEnd(text, line)).endsWith('\\');
}

/** Whether an offset lies inside a literal or a comment that spans lines. */
function isInside({ multiLine, comments, text }: Plain, offset: number): boolean {
  const within = ({ start, end }: Span): boolean => start < offset && offset < end;
  return (
    multiLine.some(within) ||
    comments.some((comment) => within(comment) && text.slice(comment.start, comment.end).includes('\n'))
  );
}
