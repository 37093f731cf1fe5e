/**
 * Text from files made fit to be shown. Source code, file names and lock files may hold escape sequences and direction
 * marks, which would repaint or reorder what the user reads, and links, images or HTML, which a place that renders
 * Markdown would make live.
 */

/** The text with control characters, direction marks and lone surrogates replaced by U+FFFD, tabs by `TAB`. */
export function printable(text: string): string {
  return text.replace(/\t/g, TAB).replace(UNPRINTABLE, '\uFFFD');
}

/** What a tab comes out as; rustc's choice. */
export const TAB = '    ';

const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;

/** Text in one line that Markdown shows as it is, bare addresses included, which many renderers make links. */
export function markdownText(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).replace(/[\\`*_{}[\]<>|&@~$]|:(?=\/\/)|(?<=www)\./gi, '\\$&');
}

/**
 * Text for a notification. Editors make `[text](command:…)` a link there that runs the command, in folders that are not
 * trusted too, so no text keeps that form.
 */
export function noticeText(text: string): string {
  return printable(text).replaceAll('](', '] (');
}

/** The beginning of a name or value that is quoted in a sentence. */
export function shortened(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}

const LONGEST_QUOTE = 60;
