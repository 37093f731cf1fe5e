/**
 * What stays of a text where only its summary is at hand: its lines with their lengths, which of them are comments, and the
 * comments that are for Heddle. A text that is made of this has every place in the same line and column, and the same
 * comments in effect; everything else in it reads `x`.
 */
import { type Coder, NotASummary, Reader, Writer } from '../facts/byteStreams.ts';
import { type FileSummary, factSpan } from '../facts/summary.ts';
import { isCellMark } from './notebook.ts';

interface Line {
  /** Blanks before the first character. */
  readonly indent: number;
  /** The other characters. */
  readonly rest: number;
  readonly comment: boolean;
  /** What ends it, an index in `BREAKS`. */
  readonly end: number;
}

/** A part of the text that stays as it is. */
interface Kept {
  readonly start: number;
  readonly text: string;
}

const BREAKS: readonly string[] = ['', '\n', '\r\n', '\r'];
/** More than any text that is read. */
const LONGEST = 1 << 27;

export function encodeOutline(text: string, summary: FileSummary): Uint8Array {
  const lines: Line[] = [];
  const kept: Kept[] = summary.suppressions.map(({ fact }) => {
    const { start, end } = factSpan(summary, fact);
    return { start, text: text.slice(start, end) };
  });
  for (const { index, 0: whole, 1: content = '', 2: end = '' } of text.matchAll(
    /([^\r\n]*)(\r\n|\r|\n|$)/g,
  )) {
    if (whole === '' && lines.length > 0) break;
    const rest = content.trimStart();
    lines.push({
      indent: content.length - rest.length,
      rest: rest.length,
      comment: rest.startsWith('#'),
      end: BREAKS.indexOf(end),
    });
    if (isCellMark(content)) kept.push({ start: index, text: content });
  }
  const writer = new Writer();
  writer.list(lines, line);
  writer.list(kept, keptPart);
  return writer.finished();
}

/** The text that bytes describe which `checkOutline` has let pass. */
export function decodeOutline(bytes: Uint8Array): string {
  const { lines, kept } = read(bytes);
  const masked = lines
    .map(
      ({ indent, rest, comment, end }) =>
        ' '.repeat(indent) + (comment ? `#${'x'.repeat(rest - 1)}` : 'x'.repeat(rest)) + BREAKS[end]!,
    )
    .join('');
  const parts: string[] = [];
  let at = 0;
  for (const { start, text } of kept) {
    parts.push(masked.slice(at, start), text);
    at = start + text.length;
  }
  return parts.join('') + masked.slice(at);
}

/**
 * Refuses what is no outline, before anything depends on it: its text is made only when a place in it is asked for.
 * @throws NotASummary
 */
export function checkOutline(bytes: Uint8Array): void {
  read(bytes);
}

/** @throws NotASummary */
function read(bytes: Uint8Array): { readonly lines: readonly Line[]; readonly kept: readonly Kept[] } {
  const reader = new Reader(bytes);
  const lines = reader.list(undefined, line);
  const kept = [...reader.list(undefined, keptPart)].sort((a, b) => a.start - b.start);
  reader.ended();
  let length = 0;
  for (const { indent, rest, end } of lines) length += indent + rest + BREAKS[end]!.length;
  let at = 0;
  for (const { start, text } of kept) {
    if (start < at) throw new NotASummary();
    at = start + text.length;
  }
  if (length > LONGEST || at > length) throw new NotASummary();
  return { lines, kept };
}

function line(coder: Coder, value: Line | undefined): Line {
  const end = coder.word(ENDS, value && ENDS[value.end * 2 + (value.comment ? 1 : 0)]);
  const indent = coder.count(value?.indent);
  const rest = coder.count(value?.rest);
  const comment = ENDS.indexOf(end) % 2 === 1;
  if (indent > LONGEST || rest > LONGEST || (comment && rest === 0)) throw new NotASummary();
  return { indent, rest, comment, end: ENDS.indexOf(end) >> 1 };
}

/** Each line break, for code and for a comment, in one number. */
const ENDS: readonly string[] = BREAKS.flatMap((_, index) => [`${index}`, `${index}#`]);

function keptPart(coder: Coder, value: Kept | undefined): Kept {
  return { start: coder.count(value?.start), text: coder.text(value?.text) };
}
