/** The readiness of a folder's dependencies as a table: its rows, its heading, its sum, and the whole as Markdown. */
import { markdownText } from '../base/printable.ts';
import type { DependencyReadiness } from '../env/dependencyReadiness.ts';
import type { ReadinessEvidence, ReadinessStatus } from '../env/readiness.ts';
import { type EnvironmentReport, evidenceSentence } from './environmentReport.ts';

export interface ReadinessRow {
  readonly package: string;
  readonly version: string;
  readonly status: ReadinessStatus;
  /** Empty when no such version is known. */
  readonly firstReady: string;
  /** How it is known, as a sentence. */
  readonly says: string;
}

/** What each status is called where people read it; the worst first, except for `ready`. */
export const STATUS_WORDS: Readonly<Record<ReadinessStatus, string>> = {
  ready: 'ready',
  'gil-at-import': 'GIL comes back',
  'gil-later': 'GIL comes back later',
  'not-importable': 'no usable build',
  partial: 'partial',
  unknown: 'unknown',
};

/** The worst first, then by name. */
export function readinessRows({ dependencies }: EnvironmentReport): readonly ReadinessRow[] {
  const order = Object.keys(STATUS_WORDS).filter((status) => status !== 'ready');
  const rank = ({ readiness }: DependencyReadiness): number =>
    readiness.status === 'ready' ? order.length : order.indexOf(readiness.status);
  return [...dependencies]
    .sort((left, right) => rank(left) - rank(right))
    .map(({ readiness }) => ({
      package: readiness.distribution,
      version: readiness.version ?? '–',
      status: readiness.status,
      firstReady: readiness.firstReady ?? '',
      says: sentence(readiness.evidence[0]),
    }));
}

export function readinessHeading(report: EnvironmentReport): string {
  return `${title(report)} (${foundEnvironment(report)})`;
}

function title({ minor }: EnvironmentReport): string {
  return `Readiness for free-threaded Python 3.${minor}`;
}

function foundEnvironment({ interpreter }: EnvironmentReport): string {
  return interpreter === undefined
    ? 'no environment found'
    : `environment ${interpreter.prefix}${interpreter.version === undefined ? '' : `, Python ${interpreter.version}`}${interpreter.freeThreaded === 'yes' ? ', free-threaded' : ''}`;
}

export function readinessSummary(rows: readonly ReadinessRow[]): string {
  const counted = (Object.keys(STATUS_WORDS) as ReadinessStatus[])
    .map((status) => ({ status, count: rows.filter((row) => row.status === status).length }))
    .filter(({ count }) => count > 0)
    .map(({ status, count }) => `${count} ${STATUS_WORDS[status]}`);
  return rows.length === 0
    ? 'The project has no dependencies that Heddle can see.'
    : `${rows.length === 1 ? '1 dependency' : `${rows.length} dependencies`}: ${counted.join(', ')}.`;
}

/** The table, if there is something in it, with its heading and sum. What a lock file says is shown, never rendered. */
export function readinessMarkdown(report: EnvironmentReport): string {
  const rows = readinessRows(report);
  const found = foundEnvironment(report);
  const head = [
    `# ${title(report)}`,
    '',
    `${readinessSummary(rows)} ${markdownText(found[0]!.toUpperCase() + found.slice(1))}.`,
    '',
  ];
  if (rows.length === 0) return head.join('\n');
  return [
    ...head,
    '| package | version | status | ready from | how it is known |',
    '|---|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| ${[row.package, row.version, STATUS_WORDS[row.status], row.firstReady, row.says].map(markdownText).join(' | ')} |`,
    ),
    '',
  ].join('\n');
}

function sentence(evidence: ReadinessEvidence | undefined): string {
  return `${evidence === undefined ? 'Nothing is known of it' : evidenceSentence(evidence)}.`;
}
