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

import { cellLines, inCell } from './notebook.ts';

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
  const reach = reachOf(file.summary, lines);
  const kept = findings.filter(({ located }) => {
    const { start, end } = located.place;
    const near = [...reach.everywhere, ...(reach.startingAt.get(start.line) ?? [])];
    for (let line = start.line; line <= end.line; line++) near.push(...(reach.touching.get(line) ?? []));
    const hiding = near.filter(({ rules }) => rules.length === 0 || rules.includes(located.rule));
    for (const one of hiding) used.add(one);
    return hiding.length === 0;
  });
  const about: LocatedFinding[] = [];
  const report = reporter(file, lines);
  for (const suppression of suppressions) {
    const span = factSpan(file.summary, suppression.fact);
    if (suppression.form === 'malformed') {
      about.push(report(span, MALFORMED_SUPPRESSION, suppression.problem));
      continue;
    }
    if (suppression.form === 'pragma' || used.has(suppression)) continue;
    const wrong = suppression.rules.filter((rule) => !ruleNames.has(rule));
    const message =
      wrong.length > 0
        ? `Heddle has no rule '${wrong[0]}', so this comment hides nothing; correct the name or remove the comment.`
        : 'This comment hides nothing any more; remove it.';
    about.push(report(span, UNUSED_SUPPRESSION, message));
  }
  return { kept, about };
}

/** The suppressions of a file by what they can hide. */
interface Reach {
  readonly everywhere: readonly Suppression[];
  /** By line: they hide what begins there. */
  readonly startingAt: ReadonlyMap<number, readonly Suppression[]>;
  /** By line: they hide what touches it. */
  readonly touching: ReadonlyMap<number, readonly Suppression[]>;
}

function reachOf(summary: Suppressible, lines: LineIndex): Reach {
  const everywhere: Suppression[] = [];
  const startingAt = new Map<number, Suppression[]>();
  const touching = new Map<number, Suppression[]>();
  const add = (map: Map<number, Suppression[]>, line: number, suppression: Suppression): void => {
    const known = map.get(line);
    if (known === undefined) map.set(line, [suppression]);
    else known.push(suppression);
  };
  for (const suppression of summary.suppressions) {
    const at = lines.position(factSpan(summary, suppression.fact).start).line;
    if (suppression.form === 'file') everywhere.push(suppression);
    else if (suppression.form === 'nextLine') add(startingAt, at + 1, suppression);
    else if (suppression.form !== 'malformed')
      for (let line = summary.firstLineOf?.(at) ?? at; line <= at; line++) add(touching, line, suppression);
  }
  return { everywhere, startingAt, touching };
}

/** Makes findings about comments, whose fingerprints are made of their text and of how many equal ones came before. */
function reporter(
  { path, text }: { readonly path: string; readonly text: string },
  lines: LineIndex,
): (span: Span, rule: string, message: string) => LocatedFinding {
  const counts = new Map<string, number>();
  const cells = cellLines(text);
  return (span, rule, message) => {
    const identity = `${rule}|${text.slice(span.start, span.end)}`;
    const before = counts.get(identity) ?? 0;
    counts.set(identity, before + 1);
    return {
      rule,
      place: inCell(
        { file: path, span, start: lines.position(span.start), end: lines.position(span.end) },
        cells,
      ),
      message,
      severity: 'hint',
      confidence: 'certain',
      breaks: 'everyBuild',
      related: [],
      fingerprint: contentHash(`${identity}|${before}`),
      fixTitles: [],
      tags: ['unnecessary'],
    };
  };
}
