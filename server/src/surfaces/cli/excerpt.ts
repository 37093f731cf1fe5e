/**
 * A place in the source, shown as rustc does: line numbers, the line, and marks under the place. Tabs and wide
 * characters keep the marks where they belong; of a very long line only the part around the place is shown.
 */

import { printable, withoutLogCommands } from '../../base/printable.ts';
import type { LineIndex, Position } from '../../base/span.ts';
import type { Paint, Style } from './colors.ts';
import { columnsOf } from './displayWidth.ts';

export interface ExcerptOptions {
  /** Columns of the whole excerpt. */
  readonly width: number;
  /** Columns of the line numbers. */
  readonly gutter: number;
  /** `^` under the place itself, `-` under related ones. */
  readonly mark: '^' | '-';
  readonly style: Style;
  /** Lines shown before the place. */
  readonly before: number;
  /** The line that is shown as the first: that of a notebook's cell, else 0. */
  readonly firstLine: number;
  readonly paint: Paint;
}

/** The lines of an excerpt. Of a place over several lines, the first is marked to its end. */
export function excerpt(
  source: string,
  index: LineIndex,
  place: { readonly start: Position; readonly end: Position },
  options: ExcerptOptions,
): readonly string[] {
  const { paint, gutter, firstLine } = options;
  const bar = paint('|', 'blue', 'bold');
  const margin = (line: number | undefined): string =>
    `${paint((line === undefined ? '' : String(line - firstLine + 1)).padStart(gutter), 'blue', 'bold')} ${bar}`;
  const { line } = place.start;
  const shown = [margin(undefined)];
  const available = Math.max(20, options.width - gutter - 3);
  for (let before = Math.max(firstLine, line - options.before); before < line; before++) {
    const { start, end } = index.lineSpan(before);
    shown.push(
      withText(
        margin(before),
        cutLine(withoutLogCommands(source.slice(start, Math.min(end, start + LONGEST))), 0, 0, available)
          .text,
      ),
    );
  }
  const { start, end } = index.lineSpan(line);
  const from = place.start.character;
  const to = place.end.line === line ? place.end.character : end - start;
  const cut = cutLine(withoutLogCommands(source.slice(start, end)), from, to, available);
  const more = place.end.line === line ? '' : '…';
  shown.push(withText(margin(line), cut.text));
  shown.push(
    `${margin(undefined)} ${' '.repeat(cut.from)}${paint(options.mark.repeat(Math.max(1, cut.to - cut.from)) + more, options.style, 'bold')}`,
  );
  return shown;
}

/** Width of the line numbers that a set of places needs. */
export function gutterFor(lines: Iterable<number>): number {
  let largest = 0;
  for (const line of lines) largest = Math.max(largest, line + 1);
  return String(largest).length;
}

/** No line is looked at further than this many units around the place. */
const LONGEST = 1000;
/** Columns kept to the left of a place in a line that is too long. */
const LEFT_CONTEXT = 20;

interface CutLine {
  readonly text: string;
  /** Columns of the marked part in `text`. */
  readonly from: number;
  readonly to: number;
}

/** The part of a line that fits, and where the units `from` to `to` of the line come out in it. */
function cutLine(line: string, from: number, to: number, available: number): CutLine {
  const clipStart = wholeCharacter(line, Math.max(0, from - LONGEST));
  const clipEnd = wholeCharacter(line, Math.min(line.length, from + LONGEST));
  const cells: { readonly text: string; readonly columns: number; readonly unit: number }[] = [];
  let unit = clipStart;
  let columns = 0;
  let fromColumn = 0;
  for (const character of line.slice(clipStart, clipEnd)) {
    if (unit < from) fromColumn = columns;
    const text = printable(character);
    const width = character === '\t' ? text.length : columnsOf(text);
    cells.push({ text, columns: width, unit });
    unit += character.length;
    columns += width;
    if (unit <= from) fromColumn = columns;
  }
  const fits = columns <= available && clipStart === 0 && clipEnd === line.length;
  const leftCut = fits || fromColumn < available - LEFT_CONTEXT ? 0 : fromColumn - LEFT_CONTEXT;
  let text = clipStart > 0 || leftCut > 0 ? '…' : '';
  let column = text.length;
  let passed = 0;
  let markFrom: number | undefined;
  let markTo = column;
  for (const cell of cells) {
    passed += cell.columns;
    if (passed <= leftCut && leftCut > 0) continue;
    if (!fits && column + cell.columns > available - 1) {
      text += '…';
      break;
    }
    if (cell.unit >= from) markFrom ??= column;
    text += cell.text;
    column += cell.columns;
    if (cell.unit < to) markTo = column;
  }
  const start = markFrom ?? column;
  return { text, from: start, to: Math.max(start, markTo) };
}

/** The nearest offset at or after `at` that does not split a surrogate pair. */
function wholeCharacter(line: string, at: number): number {
  const unit = line.charCodeAt(at);
  return unit >= 0xdc00 && unit <= 0xdfff ? at + 1 : at;
}

function withText(margin: string, text: string): string {
  return text.trimEnd() === '' ? margin : `${margin} ${text.trimEnd()}`;
}
