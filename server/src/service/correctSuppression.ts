/**
 * Edits of a `heddle: ignore…` comment that hides nothing or cannot be read: it goes, or some of the rules it names go or get
 * their right names. What else stands on the line, a comment for another tool included, stays.
 */
import type { Span } from '../base/span.ts';
import type { TextEdit } from '../base/textEdit.ts';
import { lineEnd, lineStart, nextLine } from '../edits/layout.ts';

/** Removes the comment at `span`, and its line when nothing else stands there; undefined inside a comment that goes on. */
export function withoutComment(text: string, span: Span): TextEdit | undefined {
  const comment = text.slice(span.start, span.end);
  if (comment.endsWith('*/') && !comment.startsWith('/*')) return undefined;
  const other = comment.startsWith('#') ? comment.indexOf('#', 1) : -1;
  if (other !== -1) return { span: { start: span.start, end: span.start + other }, text: '' };
  const line = lineStart(text, span.start);
  const end = lineEnd(text, span.end);
  const before = text.slice(line, span.start);
  const blankAfter = text.slice(span.end, end).trim() === '';
  if (/^[\uFEFF\s]*$/.test(before) && blankAfter) {
    const mark = before.startsWith('\uFEFF') ? 1 : 0;
    const next = nextLine(text, end);
    return { span: { start: line + mark, end: next === -1 ? end : next }, text: '' };
  }
  return {
    span: { start: line + before.trimEnd().length, end: blankAfter ? end : span.end },
    text: '',
  };
}

/** Lets the comment at `span` name `rules` instead of those in its brackets; undefined when it has none. */
export function namingRules(text: string, span: Span, rules: readonly string[]): TextEdit | undefined {
  const comment = text.slice(span.start, span.end);
  const open = comment.indexOf('[');
  const close = comment.indexOf(']', open);
  if (open === -1 || close === -1) return undefined;
  return { span: { start: span.start + open + 1, end: span.start + close }, text: rules.join(', ') };
}
