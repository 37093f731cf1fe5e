/** The report as a Code Quality artifact of GitLab: what a merge request adds and removes is told by the fingerprints. */

import { contentHash } from '../../base/hash.ts';
import { jsonText } from '../../base/printable.ts';
import type { Level } from '../../base/settings.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import { findingsOf, levelOf, messageWithCell, shownPath, shownPosition } from './report.ts';

/** The report as indented JSON, ending with a line break; paths are relative to `root`. */
export function gitlabReport(report: AuditReport, root: string): string {
  const found = findingsOf(report).map((finding) => {
    const { severity, rule, place, fingerprint } = finding;
    const { cell, line, endLine } = shownPosition(place);
    const path = shownPath(place.file, root);
    return {
      description: messageWithCell(finding),
      check_name: rule,
      /** GitLab wants it unique in the whole report; ours is in its file. */
      fingerprint: contentHash(`${path}|${rule}|${fingerprint}`),
      severity: SEVERITIES[levelOf(severity)],
      location: { path, lines: cell === undefined ? { begin: line, end: endLine } : { begin: 1, end: 1 } },
    };
  });
  const missed = report.notAnalysed.map(({ file, message, part }) => {
    const path = shownPath(file, root);
    const name = part === undefined ? 'not-analysed' : 'partly-analysed';
    return {
      description: message,
      check_name: name,
      fingerprint: contentHash(`${path}|${name}`),
      severity: 'major',
      location: { path, lines: { begin: 1, end: 1 } },
    };
  });
  return jsonText([...found, ...missed]);
}

const SEVERITIES: Readonly<Record<Level, string>> = {
  error: 'critical',
  warning: 'major',
  note: 'minor',
  hint: 'info',
};
