/** A file that is no Python but can have findings: its text, the places in it that facts name, its suppressions. */
import { type LineIndex, lineIndex, type Span } from '../base/span.ts';
import { type CommentSyntax, joinsLines, tokensOf } from '../edits/commentSyntax.ts';
import type { FactId, Suppression } from '../facts/summary.ts';
import { directiveIn } from '../facts/suppressions.ts';

export class PlainFile {
  readonly text: string;
  /** How the file writes comments; undefined when it cannot have any. */
  readonly comments: CommentSyntax | undefined;
  /** Start and end of each fact, as in a `FileSummary`. */
  readonly spans: number[] = [];
  readonly suppressions: readonly Suppression[];
  #lines: LineIndex | undefined;

  constructor(text: string, comments: CommentSyntax | undefined) {
    this.text = text;
    this.comments = comments;
    this.suppressions = comments === undefined ? [] : this.#readSuppressions(comments);
  }

  /** The fact of a place. */
  add(span: Span): FactId {
    this.spans.push(span.start, span.end);
    return this.spans.length / 2 - 1;
  }

  /**
   * Where the statement begins that a line ends: a comment behind the last hash of a requirement concerns the line with
   * its name.
   */
  firstLineOf(line: number): number {
    if (this.comments === undefined || !joinsLines(this.comments)) return line;
    this.#lines ??= lineIndex(this.text);
    let first = line;
    while (first > 0 && this.text[this.#lines.lineSpan(first - 1).end - 1] === '\\') first--;
    return first;
  }

  #readSuppressions(syntax: CommentSyntax): readonly Suppression[] {
    if (!mentionsHeddle(this.text)) return [];
    return tokensOf(this.text, syntax).comments.flatMap(({ start, end }) => {
      const found = directiveIn(this.text.slice(start, end), start);
      if (found === undefined) return [];
      const { span, ...directive } = found;
      return [{ ...directive, fact: this.add(span) }];
    });
  }
}

/** Whether a text may have a suppression; tells without reading its comments. */
export function mentionsHeddle(text: string): boolean {
  return /heddle\s*:/i.test(text);
}
