/**
 * How text comes out on a terminal: which characters take two columns or none, and which must not reach it at all. Source
 * code and file names may hold escape sequences and direction marks, which would repaint or reorder what the user reads.
 */

/** Columns of one code point: 0, 1 or 2 (East Asian Width W and F, emoji). */
export function columnsOf(character: string): number {
  const code = character.codePointAt(0)!;
  if (code < 0x300) return 1;
  if (ZERO_WIDTH.test(character)) return 0;
  return WIDE.test(character) ? 2 : 1;
}

/** Columns of a text that `printable` has been over. */
export function textColumns(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOf(character);
  return columns;
}

/** The text with control characters, direction marks and lone surrogates replaced by U+FFFD, tabs by `TAB`. */
export function printable(text: string): string {
  return text.replace(/\t/g, TAB).replace(UNPRINTABLE, '\uFFFD');
}

/** What a tab comes out as; rustc's choice. */
export const TAB = '    ';

const ZERO_WIDTH = /^(?:\p{Mn}|\p{Me}|[\u200B-\u200D\u2060])$/u;
const WIDE =
  /^[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Hangul}\p{Emoji_Presentation}\u3000-\u303F\uFF01-\uFF60\uFFE0-\uFFE6]$/u;
const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;
