/** The report as workflow commands of GitHub Actions, which become annotations of the changed files of a pull request. */
import { printable } from '../../base/printable.ts';
import type { Level } from '../../base/settings.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import type { Place } from '../../service/locatedFinding.ts';
import { findingsOf, levelOf, messageWithCell, shownPath, shownPosition } from './report.ts';

/** The report with one command a line and `summary` at the end; paths are relative to `root`. */
export function githubReport(report: AuditReport, root: string, summary: string): string {
  const lines = findingsOf(report).map((finding) =>
    command(COMMANDS[levelOf(finding.severity)], messageWithCell(finding), {
      file: shownPath(finding.place.file, root),
      ...lineProperties(finding.place),
      title: `Heddle: ${finding.rule}`,
    }),
  );
  for (const { file, message, part } of report.notAnalysed)
    lines.push(
      command(part === undefined ? 'error' : 'warning', message, {
        file: shownPath(file, root),
        title: `Heddle: ${part === undefined ? 'not analysed' : 'partly analysed'}`,
      }),
    );
  return `${[...lines, summary].join('\n')}\n`;
}

const COMMANDS: Readonly<Record<Level, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'notice',
  hint: 'notice',
};

function lineProperties(place: Place): Readonly<Record<string, number>> {
  const { cell, line, column, endLine, endColumn } = shownPosition(place);
  if (cell !== undefined) return {};
  // Columns mean something to GitHub only within one line.
  return { line, endLine, ...(line === endLine ? { col: column, endColumn } : {}) };
}

function command(
  name: string,
  message: string,
  properties: Readonly<Record<string, string | number>>,
): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`);
  return `::${name} ${given.join(',')}::${escaped(message)}`;
}

/** A message that begins a new line would end the command; nothing else may reach whoever reads the log by itself. */
function escaped(text: string): string {
  return printable(text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A'));
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
