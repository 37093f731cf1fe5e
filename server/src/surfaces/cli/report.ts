/**
 * What an audit found, in the terms that all report formats of the command line share: paths as the user would type
 * them, levels by their names, counts.
 */
import type { Host } from '../../base/host.ts';
import type { Level } from '../../base/settings.ts';
import { LEVELS } from '../../base/settings.ts';
import type { LineIndex } from '../../base/span.ts';
import { lineIndex } from '../../base/span.ts';
import type { Severity } from '../../rules/finding.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import type { LocatedFinding, NotAnalysed, Place } from '../../service/locatedFinding.ts';
import { readSource } from '../../service/sources.ts';

export interface Counts {
  readonly byLevel: Readonly<Record<Level, number>>;
  readonly total: number;
}

export function levelOf(severity: Severity): Level {
  return severity === 'information' ? 'note' : severity;
}

/** Whether a level is as severe as `least` or more. */
export function atLeast(level: Level, least: Level): boolean {
  return LEVELS.indexOf(level) <= LEVELS.indexOf(least);
}

export function findingsOf(report: AuditReport): readonly LocatedFinding[] {
  return report.files.flatMap(({ findings, auditOnly }) => [...findings, ...auditOnly]);
}

/** The report with the findings for which this holds. */
export function onlyFindings(
  report: AuditReport,
  isWanted: (finding: LocatedFinding) => boolean,
): AuditReport {
  const files = report.files.map((file) => ({
    ...file,
    findings: file.findings.filter(isWanted),
    auditOnly: file.auditOnly.filter(isWanted),
  }));
  return { ...report, files };
}

/** What of the paths was not analysed at all, and the files of which only a part was not. */
export function missedOf({ notAnalysed }: AuditReport): {
  readonly whole: readonly NotAnalysed[];
  readonly partly: readonly NotAnalysed[];
} {
  return {
    whole: notAnalysed.filter(({ part }) => part === undefined),
    partly: notAnalysed.filter(({ part }) => part !== undefined),
  };
}

/** A syntax newer than the grammar may stand in good code; where most of a file is not understood, nothing was found out. */
export function isIncomplete({ notAnalysed }: AuditReport): boolean {
  return notAnalysed.some(({ part }) => part === undefined || part.lines * 2 > part.of);
}

export function countFindings(findings: readonly LocatedFinding[]): Counts {
  const byLevel = { error: 0, warning: 0, note: 0, hint: 0 };
  for (const finding of findings) byLevel[levelOf(finding.severity)]++;
  return { byLevel, total: findings.length };
}

/** `path` relative to the current folder when it lies there, else as it is. */
export function shownPath(path: string, currentFolder: string): string {
  if (path === currentFolder) return '.';
  const prefix = currentFolder.endsWith('/') ? currentFolder : `${currentFolder}/`;
  return path.startsWith(prefix) ? path.slice(prefix.length) : path;
}

/** Line and column from one; in a notebook the cell, and lines counted in it. */
export interface ShownPosition {
  readonly cell?: number;
  readonly line: number;
  readonly column: number;
  readonly endLine: number;
  readonly endColumn: number;
}

export function shownPosition({ start, end, cell }: Place): ShownPosition {
  const first = cell?.first ?? 0;
  return {
    ...(cell === undefined ? {} : { cell: cell.number }),
    line: start.line - first + 1,
    column: start.character + 1,
    endLine: end.line - first + 1,
    endColumn: end.character + 1,
  };
}

/** `12:5`, in a notebook `cell 3:2:5`. */
export function shownAt(place: Place): string {
  const { cell, line, column } = shownPosition(place);
  return `${cell === undefined ? '' : `cell ${cell}:`}${line}:${column}`;
}

/** The message for programs that know only lines of files, of which a place in a notebook has none. */
export function messageWithCell({ message, place }: LocatedFinding): string {
  const { cell, line } = shownPosition(place);
  return cell === undefined ? message : `Cell ${cell}, line ${line}: ${message}`;
}

export interface SourceText {
  readonly text: string;
  readonly index: LineIndex;
}

/** Reads sources for excerpts and line numbers, each once; undefined when a file has gone since. */
export function sourceTexts(host: Host): (file: string) => Promise<SourceText | undefined> {
  const known = new Map<string, SourceText | undefined>();
  return async (file) => {
    if (known.has(file)) return known.get(file);
    const text = await readSource(host, file);
    const source = typeof text === 'string' ? { text, index: lineIndex(text) } : undefined;
    known.set(file, source);
    return source;
  };
}
