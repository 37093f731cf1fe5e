/**
 * The one edit between two texts, by common prefix and suffix. Whatever changes a client sends and in whatever order,
 * the incremental parse is told a single replacement that is true of exactly these two texts.
 */
export interface OneEdit {
  readonly start: number;
  readonly oldEnd: number;
  readonly newEnd: number;
  readonly startPoint: Point;
  readonly oldEndPoint: Point;
  readonly newEndPoint: Point;
}

/** Row and UTF-16 column; only `\n` ends a row, as tree-sitter counts. */
export interface Point {
  readonly row: number;
  readonly column: number;
}

/** The edit that turns `before` into `after`; undefined when they are equal. Never splits a surrogate pair. */
export function oneEdit(before: string, after: string): OneEdit | undefined {
  if (before === after) return undefined;
  const shorter = Math.min(before.length, after.length);
  let start = 0;
  while (start < shorter && before.charCodeAt(start) === after.charCodeAt(start)) start++;
  if (start > 0 && isHighSurrogate(before.charCodeAt(start - 1))) start--;
  let tail = 0;
  const tailLimit = shorter - start;
  while (
    tail < tailLimit &&
    before.charCodeAt(before.length - 1 - tail) === after.charCodeAt(after.length - 1 - tail)
  )
    tail++;
  if (tail > 0 && isLowSurrogate(before.charCodeAt(before.length - tail))) tail--;
  const oldEnd = before.length - tail;
  const newEnd = after.length - tail;
  const startPoint = pointAt(before, start, { row: 0, column: 0 }, 0);
  return {
    start,
    oldEnd,
    newEnd,
    startPoint,
    oldEndPoint: pointAt(before, oldEnd, startPoint, start),
    newEndPoint: pointAt(after, newEnd, startPoint, start),
  };
}

function pointAt(text: string, offset: number, from: Point, fromOffset: number): Point {
  let row = from.row;
  let lineStart = fromOffset - from.column;
  for (let at = text.indexOf('\n', fromOffset); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    row++;
    lineStart = at + 1;
  }
  return { row, column: offset - lineStart };
}

function isHighSurrogate(unit: number): boolean {
  return unit >= 0xd800 && unit <= 0xdbff;
}

function isLowSurrogate(unit: number): boolean {
  return unit >= 0xdc00 && unit <= 0xdfff;
}
