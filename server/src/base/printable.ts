/**
 * Text from files made fit to be shown. Source code, file names and lock files may hold escape sequences and direction
 * marks, which would repaint or reorder what the user reads, and links, images or HTML, which a place that renders
 * Markdown would make live.
 */

/**
 * The text with control characters, direction marks and lone surrogates replaced by U+FFFD, tabs by `TAB`, and without what
 * the log of a CI system takes for a command to itself.
 */
export function printable(text: string): string {
  return withoutLogCommands(text.replace(/\t/g, TAB).replace(UNPRINTABLE, '\uFFFD'));
}

/**
 * Azure Pipelines and TeamCity obey `##vso[…]` and `##teamcity[…]` wherever they stand in a line of the log, GitHub `##[…]`,
 * and `::…` where a line begins. Keeps its length, so that marks below a line stay in their places.
 */
export function withoutLogCommands(text: string): string {
  return text.replace(/(##[\w.-]*)\[/g, '$1\uFFFD').replace(/^( *:):/, '$1\uFFFD');
}

/** What a tab comes out as; rustc's choice. */
export const TAB = '    ';

const UNPRINTABLE = /[\p{Cc}\p{Cs}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;

/**
 * A value as indented JSON that ends with a line break. What a terminal or the log of a CI system would obey stands in it as
 * `\uXXXX`: a reader of JSON gets the same value.
 */
export function jsonText(value: unknown): string {
  return `${JSON.stringify(value, null, 2).replace(OBEYED_IN_LINES, escapedUnit)}\n`;
}

/** The same in XML, where a reference to the character stands for it. */
export function xmlReferences(text: string): string {
  return text.replace(OBEYED_IN_LINES, (unit) => `&#x${codeOf(unit)};`);
}

/** Every one of them is a single UTF-16 unit, and none stands outside strings in JSON. */
const OBEYED_IN_LINES = /(?!\n)[\p{Cc}\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069\uFEFF]/gu;

function escapedUnit(unit: string): string {
  return `\\u${codeOf(unit)}`;
}

function codeOf(unit: string): string {
  return unit.charCodeAt(0).toString(16).padStart(4, '0');
}

/** Text in one line that Markdown shows as it is, bare addresses included, which many renderers make links. */
export function markdownText(text: string): string {
  return printable(text.replace(/\s+/g, ' ')).replace(/[\\`*_{}[\]<>|&@~$]|:(?=\/\/)|(?<=www)\./gi, '\\$&');
}

/** Text that stays text where `[words](address)` becomes a link: in the messages of SARIF too. */
export function withoutLinks(text: string): string {
  return text.replaceAll('](', '] (');
}

/**
 * Text for a notification. Editors make `[text](command:…)` a link there that runs the command, in folders that are not
 * trusted too, so no text keeps that form.
 */
export function noticeText(text: string): string {
  return withoutLinks(printable(text));
}

/** The beginning of a name or value that is quoted in a sentence. */
export function shortened(text: string): string {
  return text.length <= LONGEST_QUOTE ? text : `${text.slice(0, LONGEST_QUOTE)}…`;
}

const LONGEST_QUOTE = 60;
