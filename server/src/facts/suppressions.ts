/**
 * `# heddle: …` comments: on the line, for the next line, or for the file, with the rules they name and a reason.
 * `# pragma: no thread` says that code is never run by a second thread.
 */
import type { Span } from '../base/span.ts';
import type { Syntax } from '../cst/syntax.ts';
import type { Suppression } from './summary.ts';

export interface SuppressionComment extends Omit<Suppression, 'fact'> {
  readonly span: Span;
}

const DIRECTIVE = /^(?:#+|\/\/+|\/\*+)\s*heddle\s*:(.*)$/is;
const IGNORE = /^(ignore-next-line|ignore-file|ignore)\s*(?:\[([^\]]*)\])?\s*(.*)$/is;

export function suppressionComments(syntax: Syntax): readonly SuppressionComment[] {
  const found: SuppressionComment[] = [];
  for (const span of syntax.comments) {
    const text = syntax.text.slice(span.start, span.end);
    if (/pragma:\s*no thread/.test(text)) {
      found.push({ span, form: 'pragma', rules: [], reason: 'no thread', problem: '' });
      continue;
    }
    const directive = directiveIn(text, span.start);
    if (directive !== undefined) found.push(directive);
  }
  return found;
}

/** The directive in a comment of whichever language (`#`, `//`, `/*`) that begins at `start`; undefined when it has none. */
export function directiveIn(comment: string, start: number): SuppressionComment | undefined {
  const at = comment.search(/(?:#|(?<!:)\/\/|\/\*)\s*heddle\s*:/i);
  if (at === -1) return undefined;
  return { span: { start: start + at, end: start + comment.length }, ...readDirective(comment.slice(at)) };
}

function readDirective(comment: string): Omit<Suppression, 'fact'> {
  const directive = withoutEnd(DIRECTIVE.exec(comment)?.[1] ?? '').trim();
  const match = IGNORE.exec(directive);
  if (match === null) {
    return malformed(`Heddle does not know '${directive}'; write 'heddle: ignore[rule] reason'.`);
  }
  const word = match[1]!.toLowerCase();
  const form = word === 'ignore' ? 'line' : word === 'ignore-file' ? 'file' : 'nextLine';
  if (match[2] === undefined && match[3]?.startsWith('['))
    return malformed(
      `The rule list of this comment has no closing bracket; write 'heddle: ${word}[rule] reason'.`,
    );
  const rules = (match[2] ?? '')
    .split(',')
    .map((rule) => rule.trim())
    .filter((rule) => rule !== '');
  return { form, rules, reason: (match[3] ?? '').trim(), problem: '' };
}

/** A text without the stars and the slash that end a comment of C. */
function withoutEnd(text: string): string {
  let end = text.trimEnd().length;
  if (!text.startsWith('*/', end - 2)) return text;
  end--;
  while (text[end - 1] === '*') end--;
  return text.slice(0, end);
}

function malformed(problem: string): Omit<Suppression, 'fact'> {
  return { form: 'malformed', rules: [], reason: '', problem };
}
