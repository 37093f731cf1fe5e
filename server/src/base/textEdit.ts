/** Replacements in a text: what a fix is made of, from `edits/` to the editor. */
import type { Span } from './span.ts';

/** One replacement in a file. Edits of one list do not overlap; those at the same place apply in list order. */
export interface TextEdit {
  readonly span: Span;
  readonly text: string;
}

/** The text after all `edits`. @throws Error when two of them overlap or one lies outside the text. */
export function applyEdits(text: string, edits: readonly TextEdit[]): string {
  let result = '';
  let done = 0;
  for (const { span, text: replacement } of inOrder(edits)) {
    if (span.start < done || span.end < span.start || span.end > text.length)
      throw new Error('edits overlap');
    result += text.slice(done, span.start) + replacement;
    done = span.end;
  }
  return result + text.slice(done);
}

/** The edits by place; those at one place keep their order. */
export function inOrder(edits: readonly TextEdit[]): readonly TextEdit[] {
  return [...edits].sort((a, b) => a.span.start - b.span.start || a.span.end - b.span.end);
}

export function insertion(at: number, text: string): TextEdit {
  return { span: { start: at, end: at }, text };
}

export function replacement(start: number, end: number, text: string): TextEdit {
  return { span: { start, end }, text };
}

/** Equal edits (the same import, inserted by each) count once. */
export function together(taken: readonly TextEdit[], more: readonly TextEdit[]): readonly TextEdit[] {
  const fresh = more.filter((edit) => !taken.some((other) => isEqual(edit, other)));
  return [...taken, ...fresh].sort((a, b) => a.span.start - b.span.start);
}

/** Whether an edit touches another one that is not equal to it. */
export function collides(edits: readonly TextEdit[], taken: readonly TextEdit[]): boolean {
  return edits.some((edit) =>
    taken.some(
      (other) =>
        !isEqual(edit, other) && edit.span.start <= other.span.end && other.span.start <= edit.span.end,
    ),
  );
}

function isEqual(a: TextEdit, b: TextEdit): boolean {
  return a.span.start === b.span.start && a.span.end === b.span.end && a.text === b.text;
}
