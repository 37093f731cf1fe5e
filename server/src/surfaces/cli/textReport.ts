/** The report for people: every finding with its excerpt and its related places, and a summary line. */

import { printable } from '../../base/printable.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import { isSamePlace, type LocatedFinding, type Place } from '../../service/locatedFinding.ts';
import { type Paint, SEVERITY_STYLE, type Style } from './colors.ts';
import { excerpt, gutterFor } from './excerpt.ts';
import {
  countFindings,
  findingsOf,
  levelOf,
  missedOf,
  type SourceText,
  shownAt,
  shownPath,
} from './report.ts';
import { witnessTable } from './witnessTable.ts';

export interface TextReportInput extends FindingTextInput {
  readonly report: AuditReport;
  readonly scope: Scope;
  /** As the user calls this program; undefined where no path leads to it. */
  readonly command: string | undefined;
}

/** What the text of one finding needs. */
export interface FindingTextInput {
  readonly currentFolder: string;
  readonly source: (file: string) => Promise<SourceText | undefined>;
  readonly paint: Paint;
  /** Columns of the terminal. */
  readonly width: number;
  /** Whether findings are shown with the order of steps in which they go wrong. */
  readonly explain: boolean;
  /** Said after everything else of a finding. */
  readonly notes?: readonly string[];
}

/** What of an audit a report shows, where it is not all. */
export interface Scope {
  /** Only what changed since this revision. */
  readonly changedSince?: string;
  /** Only what the baseline does not know. */
  readonly baseline?: { readonly file: string; readonly known: number; readonly gone: number };
}

/** The whole report, ending with a line break. */
export async function textReport(input: TextReportInput): Promise<string> {
  const parts: string[] = [];
  for (const [finding, ...more] of byCause(input.report.files.flatMap(({ findings }) => findings)))
    parts.push(await findingText(finding!, { ...input, notes: sameCause(finding!, more, input) }));
  const asides = input.report.files.flatMap(({ auditOnly }) => auditOnly);
  if (asides.length > 0) parts.push(asides.map((finding) => asideText(finding, input)).join('\n'));
  parts.push(summary(input.report, input.scope, input.paint, input.command));
  return `${parts.join('\n\n')}\n`;
}

/** Findings with those that have the same cause behind them, in the order of the first of each. */
function byCause(findings: readonly LocatedFinding[]): readonly (readonly LocatedFinding[])[] {
  const groups = new Map<string, LocatedFinding[]>();
  findings.forEach((finding, index) => {
    const key = finding.cause ?? `${index}`;
    const known = groups.get(key);
    if (known === undefined) groups.set(key, [finding]);
    else known.push(finding);
  });
  return [...groups.values()];
}

/** "The same in 3 more places: lines 12 and 40, other.py:7." */
function sameCause(
  { place }: LocatedFinding,
  more: readonly LocatedFinding[],
  { currentFolder }: FindingTextInput,
): readonly string[] {
  if (more.length === 0) return [];
  const files = new Map<string, Set<string>>();
  for (const one of more) {
    const lines = files.get(one.place.file) ?? new Set<string>();
    lines.add(`${one.place.start.line + 1 - (one.place.cell?.first ?? 0)}`);
    files.set(one.place.file, lines);
  }
  const places = [...files].map(([file, lines]) => {
    const named = joined([...lines]);
    return file === place.file
      ? `${lines.size === 1 ? 'line' : 'lines'} ${named}`
      : `${shownPath(file, currentFolder)}:${named}`;
  });
  return [`The same in ${counted(more.length, 'more place')}: ${places.join('; ')}`];
}

/** "Found 2 warnings and 1 note in 12 files (3,410 lines)." */
export function summary(
  report: AuditReport,
  { changedSince, baseline }: Scope,
  paint: Paint,
  command: string | undefined,
): string {
  const findings = findingsOf(report);
  const { byLevel, total } = countFindings(findings);
  const analysed = `${counted(report.analysed, 'file')} (${counted(report.lines, 'line')})`;
  const where =
    changedSince === undefined
      ? analysed
      : `what changed since ${printable(changedSince)}, of ${analysed} analysed`;
  const sentences: string[] = [];
  if (total === 0) {
    sentences.push(
      paint(`No problems found in ${where}.`, report.notAnalysed.length === 0 ? 'green' : 'bold'),
    );
  } else {
    const levels = (['error', 'warning', 'note', 'hint'] as const)
      .filter((level) => byLevel[level] > 0)
      .map((level) => counted(byLevel[level], level));
    sentences.push(paint(`Found ${joined(levels)} in ${where}.`, 'bold'));
    const causes = byCause(findings).length;
    if (causes < total) sentences.push(`They have ${counted(causes, 'cause')}.`);
  }
  const { whole, partly } = missedOf(report);
  if (whole.length > 0)
    sentences.push(paint(`${counted(whole.length, 'path')} could not be analysed.`, 'yellow'));
  if (partly.length > 0)
    sentences.push(
      paint(
        `${counted(partly.length, 'file')} ${partly.length === 1 ? 'was' : 'were'} analysed only in part.`,
        'yellow',
      ),
    );
  if (baseline !== undefined && baseline.known > 0)
    sentences.push(
      `${counted(baseline.known, 'finding')} more ${baseline.known === 1 ? 'is' : 'are'} in the baseline.`,
    );
  if (baseline !== undefined && baseline.gone > 0)
    sentences.push(
      `${counted(baseline.gone, 'finding')} of the baseline ${baseline.gone === 1 ? 'is' : 'are'} gone and left ${baseline.file}.`,
    );
  if (total > 0 && command !== undefined)
    sentences.push(`\`${command} rule ${findings[0]!.rule}\` explains a rule.`);
  return sentences.join(' ');
}

/** More related places than this are counted, not shown. */
const MOST_RELATED = 6;

/** A finding with its excerpts, without a line break at its end. */
export async function findingText(finding: LocatedFinding, input: FindingTextInput): Promise<string> {
  const { paint } = input;
  const style = SEVERITY_STYLE[finding.severity];
  const shown = finding.related.slice(0, MOST_RELATED);
  const gutter = gutterFor(
    [finding.place, ...shown.map((one) => one.place)].map(
      ({ start, cell }) => start.line - (cell?.first ?? 0),
    ),
  );
  const head = `${paint(`${levelOf(finding.severity)}[${finding.rule}]`, style, 'bold')}: ${paint(printable(finding.message), 'bold')}`;
  const lines = [head, ...(await placeLines(finding.place, input, gutter, '^', style, 1))];
  for (const related of shown) {
    lines.push(`${' '.repeat(gutter)} ${paint('=', 'blue', 'bold')} ${printable(related.message)}`);
    // What is said of the finding's own place needs no second look at it.
    if (!isSamePlace(related.place, finding.place))
      lines.push(...(await placeLines(related.place, input, gutter, '-', 'blue', 0)));
  }
  const notes: string[] = [];
  if (finding.related.length > shown.length)
    notes.push(`and ${counted(finding.related.length - shown.length, 'more place')}`);
  if (finding.breaks === 'freeThreadedOnly' && finding.severity !== 'hint')
    notes.push('This goes wrong only on a build without the GIL.');
  const fix = finding.fixTitles[0];
  if (fix !== undefined) notes.push(`Fix: ${printable(fix)}`);
  notes.push(...(input.notes ?? []).map(printable));
  for (const note of notes) lines.push(`${' '.repeat(gutter)} ${paint('=', 'blue', 'bold')} ${note}`);
  if (input.explain) {
    const indent = ' '.repeat(gutter + 3);
    const table = witnessTable(finding, input.width - indent.length);
    if (table.length > 0)
      lines.push(`${' '.repeat(gutter)} ${paint('=', 'blue', 'bold')} How it goes wrong:`);
    lines.push(...table.map((line) => indent + line));
  }
  return lines.join('\n');
}

/** A finding of an audit only, which may be one of many: a line without an excerpt. */
function asideText({ place, rule, message, severity }: LocatedFinding, input: TextReportInput): string {
  const { paint, currentFolder } = input;
  const head = paint(`${levelOf(severity)}[${rule}]`, SEVERITY_STYLE[severity], 'bold');
  const at = `${shownPath(place.file, currentFolder)}:${shownAt(place)}`;
  return `${head}: ${printable(`${at}: ${message}`)}`;
}

async function placeLines(
  place: Place,
  input: FindingTextInput,
  gutter: number,
  mark: '^' | '-',
  style: Style,
  before: number,
): Promise<readonly string[]> {
  const { paint, width } = input;
  const path = printable(shownPath(place.file, input.currentFolder));
  const arrow = `${' '.repeat(gutter)}${paint('-->', 'blue', 'bold')} ${path}:${shownAt(place)}`;
  const source = await input.source(place.file);
  if (source === undefined || place.start.line >= source.index.lineCount) return [arrow];
  const firstLine = place.cell?.first ?? 0;
  const options = { width, gutter, mark, style, before, firstLine, paint };
  return [arrow, ...excerpt(source.text, source.index, place, options)];
}

export function counted(count: number, noun: string): string {
  return `${count.toLocaleString('en')} ${noun}${count === 1 ? '' : 's'}`;
}

function joined(words: readonly string[]): string {
  return words.length < 2 ? words.join('') : `${words.slice(0, -1).join(', ')} and ${words.at(-1)}`;
}
