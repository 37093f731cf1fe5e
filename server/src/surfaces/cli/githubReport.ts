/** The report as workflow commands of GitHub Actions, which become annotations of the changed files of a pull request. */
import type { Level } from '../../base/settings.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import { findingsOf, levelOf, shownPath } from './report.ts';

/** The report with one command a line and `summary` at the end; paths are relative to `root`. */
export function githubReport(report: AuditReport, root: string, summary: string): string {
  const lines = findingsOf(report).map(({ severity, rule, message, place: { file, start, end } }) =>
    command(COMMANDS[levelOf(severity)], message, {
      file: shownPath(file, root),
      line: start.line + 1,
      endLine: end.line + 1,
      // Columns mean something to GitHub only within one line.
      ...(start.line === end.line ? { col: start.character + 1, endColumn: end.character + 1 } : {}),
      title: `Heddle: ${rule}`,
    }),
  );
  for (const { file, message } of report.notAnalysed)
    lines.push(command('error', message, { file: shownPath(file, root), title: 'Heddle: not analysed' }));
  return `${[...lines, summary].join('\n')}\n`;
}

const COMMANDS: Readonly<Record<Level, string>> = {
  error: 'error',
  warning: 'warning',
  note: 'notice',
  hint: 'notice',
};

function command(
  name: string,
  message: string,
  properties: Readonly<Record<string, string | number>>,
): string {
  const given = Object.entries(properties).map(([key, value]) => `${key}=${escapedProperty(String(value))}`);
  return `::${name} ${given.join(',')}::${escaped(message)}`;
}

/** A message that begins a new line would end the command. */
function escaped(text: string): string {
  return text.replaceAll('%', '%25').replaceAll('\r', '%0D').replaceAll('\n', '%0A');
}

function escapedProperty(text: string): string {
  return escaped(text).replaceAll(':', '%3A').replaceAll(',', '%2C');
}
