/**
 * Applies `# heddle: ignore` comments to located findings, and reports the comments that suppress nothing or cannot be
 * read. A comment counts as used when it hid at least one finding.
 */
import { contentHash } from '../base/hash.ts';
import { type LineIndex, lineIndex, type Span } from '../base/span.ts';
import { type FileSummary, factSpan, type Suppression } from '../facts/summary.ts';
import type { LocatedFinding } from './locatedFinding.ts';

/** What suppressing needs of a file. */
export interface Suppressible extends Pick<FileSummary, 'spans' | 'suppressions'> {
  /** Where the statement begins that goes on to a line, in formats that join lines. */
  firstLineOf?(line: number): number;
}

export const UNUSED_SUPPRESSION = 'unused-suppression';
export const MALFORMED_SUPPRESSION = 'malformed-suppression';

export function applySuppressions<T extends { readonly located: LocatedFinding }>(
  file: { readonly path: string; readonly text: string; readonly summary: Suppressible },
  findings: readonly T[],
  ruleNames: ReadonlySet<string>,
): { readonly kept: readonly T[]; readonly about: readonly LocatedFinding[] } {
  const { suppressions } = file.summary;
  if (suppressions.length === 0) return { kept: findings, about: [] };
  const lines = lineIndex(file.text);
  const used = new Set<Suppression>();
  const kept = findings.filter(({ located }) => {
    const hiding = suppressions.filter((one) => hides(one, located, file.summary, lines));
    for (const one of hiding) used.add(one);
    return hiding.length === 0;
  });
  const about: LocatedFinding[] = [];
  for (const suppression of suppressions) {
    const span = factSpan(file.summary, suppression.fact);
    if (suppression.form === 'malformed') {
      about.push(report(file.path, span, lines, MALFORMED_SUPPRESSION, suppression.problem));
      continue;
    }
    if (suppression.form === 'pragma' || used.has(suppression)) continue;
    const wrong = suppression.rules.filter((rule) => !ruleNames.has(rule));
    const message =
      wrong.length > 0
        ? `Heddle has no rule '${wrong[0]}', so this comment hides nothing; correct the name or remove the comment.`
        : 'This comment hides nothing any more; remove it.';
    about.push(report(file.path, span, lines, UNUSED_SUPPRESSION, message));
  }
  return { kept, about };
}

function hides(
  suppression: Suppression,
  finding: LocatedFinding,
  summary: Suppressible,
  lines: LineIndex,
): boolean {
  if (suppression.form === 'malformed') return false;
  if (suppression.rules.length > 0 && !suppression.rules.includes(finding.rule)) return false;
  if (suppression.form === 'file') return true;
  const at = lines.position(factSpan(summary, suppression.fact).start).line;
  const { start, end } = finding.place;
  if (suppression.form === 'nextLine') return start.line === at + 1;
  return (summary.firstLineOf?.(at) ?? at) <= end.line && start.line <= at;
}

function report(file: string, span: Span, lines: LineIndex, rule: string, message: string): LocatedFinding {
  return {
    rule,
    place: { file, span, start: lines.position(span.start), end: lines.position(span.end) },
    message,
    severity: 'hint',
    confidence: 'certain',
    breaks: 'everyBuild',
    related: [],
    fingerprint: contentHash(`${rule}|${span.start}`),
    fixTitles: [],
    tags: ['unnecessary'],
  };
}
