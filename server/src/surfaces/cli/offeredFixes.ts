/** The fixes of findings as an editor would offer them, so that no report names one that is refused there. */
import type { Checkpoint } from '../../base/checkpoint.ts';
import type { Analyzer, AuditReport, FileReport, RefusedFix } from '../../service/analyzer.ts';
import type { LocatedFinding } from '../../service/locatedFinding.ts';

/** Looking at a fix reads its whole file: of more findings in one file no fix is told. */
const MOST_IN_FILE = 60;

/** The report with the titles of those fixes only that have edits. @throws Cancelled */
export async function withOfferedFixes(
  report: AuditReport,
  analyzer: Analyzer,
  checkpoint: Checkpoint,
): Promise<AuditReport> {
  const files: FileReport[] = [];
  for (const file of report.files) {
    let looked = 0;
    const findings: LocatedFinding[] = [];
    for (const finding of file.findings) {
      const { fixTitles, fingerprint, place } = finding;
      let titles: readonly string[] = [];
      if (fixTitles.length > 0 && looked++ < MOST_IN_FILE) {
        await checkpoint();
        const { offered } = await analyzer.listFixes(place.file, fingerprint, checkpoint);
        titles = offered.map(({ title }) => title);
      }
      findings.push({ ...finding, fixTitles: titles });
    }
    files.push({ ...file, findings });
  }
  return { ...report, files };
}

/** Where there is no text to try them on. */
export function withoutFixes(report: AuditReport): AuditReport {
  const bare = (findings: readonly LocatedFinding[]) => findings.map((one) => ({ ...one, fixTitles: [] }));
  return { ...report, files: report.files.map((file) => ({ ...file, findings: bare(file.findings) })) };
}

/** A finding with the fixes that help it, and why the others are not offered. @throws Cancelled */
export async function withTriedFixes(
  finding: LocatedFinding,
  analyzer: Analyzer,
  checkpoint: Checkpoint,
): Promise<LocatedFinding & { readonly refused: readonly RefusedFix[] }> {
  const { offered, refused } = await analyzer.offerFixes(finding.place.file, finding.fingerprint, checkpoint);
  return { ...finding, fixTitles: offered.map(({ title }) => title), refused };
}
