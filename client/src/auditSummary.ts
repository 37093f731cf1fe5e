/** What is found, in one line, for the tree and for the message at the end of an audit; made of what is shown. */
import type { SeverityCounts } from '../../server/src/protocol.ts';

/** How far the last audit got. */
export interface Audited {
  readonly analysed: number;
  readonly notAnalysed: readonly { readonly partly?: true }[];
  readonly cancelled: boolean;
}

/**
 * "3 warnings, 2 notes in 4 of 41 files (1 not analysed)".
 * @param files how many files have findings
 */
export function auditSummary(counts: SeverityCounts, files: number, audited: Audited): string {
  const { analysed, notAnalysed, cancelled } = audited;
  const all = counted(analysed, 'file');
  // Open files count, too, where the audit was of few others.
  const where =
    files === 0 ? all : files > analysed ? counted(files, 'file') : `${files.toLocaleString('en')} of ${all}`;
  const partly = notAnalysed.filter((one) => one.partly === true).length;
  const whole = notAnalysed.length - partly;
  const parts = [
    ...(whole > 0 ? [`${whole} not analysed`] : []),
    ...(partly > 0 ? [`${partly} only in part`] : []),
  ];
  const missed = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `${findingCounts(counts)} in ${where}${missed}${cancelled ? '; the audit was cancelled' : ''}`;
}

function findingCounts(counts: SeverityCounts): string {
  const parts = (['error', 'warning', 'note', 'hint'] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => counted(counts[severity], severity));
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

export function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}
