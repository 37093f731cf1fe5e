/** The report for programs. Lines and columns count from one, as in every other format of the command line. */
import { jsonText } from '../../base/printable.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import type { LocatedFinding, Place } from '../../service/locatedFinding.ts';
import { countFindings, findingsOf, levelOf, missedOf, shownPath, shownPosition } from './report.ts';
import type { Scope } from './textReport.ts';

/** Grows when a program that reads the report could break. */
const FORMAT_VERSION = 1;

/** The whole report as indented JSON, ending with a line break. */
export function jsonReport(
  report: AuditReport,
  { changedSince, baseline }: Scope,
  version: string,
  currentFolder: string,
): string {
  const findings = findingsOf(report);
  const { whole, partly } = missedOf(report);
  const content = {
    format: FORMAT_VERSION,
    heddle: version,
    findings: findings.map((finding) => findingJson(finding, currentFolder)),
    notAnalysed: whole.map(({ file, message }) => ({ file: shownPath(file, currentFolder), message })),
    partlyAnalysed: partly.map(({ file, message, part }) => ({
      file: shownPath(file, currentFolder),
      message,
      linesNotUnderstood: part!.lines,
      ofLines: part!.of,
    })),
    configurationProblems: report.configurationProblems.map(({ file, message }) => ({
      file: file === '' ? null : shownPath(file, currentFolder),
      message,
    })),
    summary: {
      files: report.analysed,
      lines: report.lines,
      notAnalysed: whole.length,
      partlyAnalysed: partly.length,
      ...countFindings(findings).byLevel,
      ...(changedSince === undefined ? {} : { changedSince }),
      ...(baseline === undefined ? {} : { inBaseline: baseline.known, goneFromBaseline: baseline.gone }),
    },
  };
  return jsonText(content);
}

function findingJson(finding: LocatedFinding, currentFolder: string): object {
  return {
    rule: finding.rule,
    level: levelOf(finding.severity),
    message: finding.message,
    ...placeJson(finding.place, currentFolder),
    confidence: finding.confidence,
    breaks: finding.breaks,
    related: finding.related.map(({ role, place, message }) => ({
      role,
      message,
      ...placeJson(place, currentFolder),
    })),
    fixes: finding.fixTitles,
    fingerprint: finding.fingerprint,
    ...(finding.cause === undefined ? {} : { cause: finding.cause }),
  };
}

function placeJson(place: Place, currentFolder: string): object {
  return {
    file: shownPath(place.file, currentFolder),
    ...shownPosition(place),
  };
}
