/**
 * Inserts `# heddle: ignore…` comments. A comment that is already there is extended; where a line cannot take a comment
 * at its end (a multi-line string or a backslash continues it), the next-line form goes above the statement.
 */
import type { Span } from '../base/span.ts';
import { insertion, type TextEdit } from '../base/textEdit.ts';
import { Kind, type Syntax } from '../cst/syntax.ts';
import { lineEnd, lineStart, newlineAt, nextLine, parents, runAt } from './layout.ts';
import { type Outcome, refuse } from './refusal.ts';

export type SuppressionForm = 'line' | 'nextLine' | 'file';

/** Suppresses `rule` for the finding at `place`: on its line, from the line above, or in the whole file. */
export function insertSuppression(syntax: Syntax, place: Span, rule: string, form: SuppressionForm): Outcome {
  if (form === 'file') return [onFile(syntax, rule)];
  const line = lineStart(syntax.text, place.start);
  if (form === 'line') {
    const end = lineEnd(syntax.text, line);
    const merged = extended(syntax, line, end, 'ignore', rule);
    if (merged === 'present') return refuse('the rule is ignored on this line already');
    if (merged !== undefined) return [merged];
    if (canEndInComment(syntax, line, end)) {
      const code = syntax.text.slice(line, end).trimEnd();
      return [insertion(line + code.length, `  # heddle: ignore[${rule}]`)];
    }
  }
  return aboveLine(syntax, canTakeLineAbove(syntax, line) ? line : statementLine(syntax, place), rule);
}

function aboveLine(syntax: Syntax, line: number, rule: string): Outcome {
  const { text } = syntax;
  if (line > 0) {
    const above = lineStart(text, line - 1);
    const merged = extended(syntax, above, lineEnd(text, above), 'ignore-next-line', rule);
    if (merged === 'present') return refuse('the rule is ignored on this line already');
    if (merged !== undefined) return [merged];
  }
  const [, first, indent] = /^([\uFEFF\f]*)([ \t]*)/.exec(text.slice(line))!;
  // A whole line, which no editor indents once more.
  return [
    insertion(line + first!.length, `${indent}# heddle: ignore-next-line[${rule}]${newlineAt(text, line)}`),
  ];
}

/** Under the shebang and the coding line. */
function onFile(syntax: Syntax, rule: string): TextEdit {
  const { text } = syntax;
  let at = text.startsWith('\uFEFF') ? 1 : 0;
  for (let row = 0; row < 2 && at !== -1; row++) {
    const content = text.slice(at, lineEnd(text, at));
    if (!(row === 0 && content.startsWith('#!')) && !/^[ \t\f]*#.*?coding[:=]/.test(content)) break;
    const after = nextLine(text, lineEnd(text, at));
    if (after === -1)
      return insertion(lineEnd(text, at), `${newlineAt(text, at)}# heddle: ignore-file[${rule}]`);
    at = after;
  }
  const merged = extended(syntax, at, lineEnd(text, at), 'ignore-file', rule);
  if (merged !== undefined && merged !== 'present') return merged;
  return insertion(at, `# heddle: ignore-file[${rule}]${newlineAt(text, at)}`);
}

/** The rule added to a comment of the given form on a line; `present` when the comment covers it. */
function extended(
  syntax: Syntax,
  line: number,
  end: number,
  form: string,
  rule: string,
): TextEdit | 'present' | undefined {
  const comment = syntax.comments.find((candidate) => candidate.start >= line && candidate.end <= end);
  if (comment === undefined) return undefined;
  const written = syntax.text.slice(comment.start, comment.end);
  const found = new RegExp(`#\\s*heddle\\s*:\\s*${form}(?![-\\w])\\s*(?:\\[([^\\]]*)\\])?`, 'i').exec(
    written,
  );
  if (found === null) return undefined;
  if (found[1] === undefined || found[1].trim() === '') return 'present';
  if (found[1].split(',').some((name) => name.trim() === rule)) return 'present';
  const close = comment.start + found.index + found[0].length - 1;
  const listed = syntax.text.slice(0, close).trimEnd().length;
  return insertion(listed, `, ${rule}`);
}

/** Whether a comment may stand at the end of a line. */
function canEndInComment(syntax: Syntax, line: number, end: number): boolean {
  const comment = syntax.comments.find((candidate) => candidate.start >= line && candidate.end <= end);
  if (comment !== undefined) return true;
  return !syntax.text.slice(line, end).trimEnd().endsWith('\\') && !insideString(syntax, end);
}

/** Whether a comment line may stand above a line: the line continues neither a string nor a backslash. */
function canTakeLineAbove(syntax: Syntax, line: number): boolean {
  return (
    line === 0 ||
    canEndInComment(
      syntax,
      lineStart(syntax.text, line - 1),
      lineEnd(syntax.text, lineStart(syntax.text, line - 1)),
    )
  );
}

function insideString(syntax: Syntax, offset: number): boolean {
  for (let node = 0; node < syntax.count && syntax.start[node]! < offset; node++) {
    const kind = syntax.kind[node];
    if ((kind === Kind.string || kind === Kind.type) && offset < syntax.end[node]!) return true;
  }
  return false;
}

function statementLine(syntax: Syntax, place: Span): number {
  const { run } = runAt(syntax, parents(syntax), place);
  const statement = run.suite.statements[run.first];
  return lineStart(syntax.text, statement === undefined ? place.start : syntax.start[statement]!);
}
