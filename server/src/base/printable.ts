/**
 * Text from files made fit to be shown. Source code, file names and lock files may hold escape sequences and direction
 * marks, which would repaint or reorder what the user reads.
 */

/** The text with control characters, direction marks and lone surrogates replaced by U+FFFD, tabs by `TAB`. */
export function printable(text: string): string {
  return text.replace(/\t/g, TAB).replace(UNPRINTABLE, '\uFFFD');
}

/** What a tab comes out as; rustc's choice. */
export const TAB = '    ';

const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;
