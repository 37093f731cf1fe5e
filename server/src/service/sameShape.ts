/** Whether two summaries say the same: what an edit must change so that anything has to be judged anew. */
import type { FileSummary } from '../facts/summary.ts';

/** Whether two summaries say the same, wherever it stands. */
export function sameShape(a: FileSummary, b: FileSummary): boolean {
  return (Object.keys(a) as (keyof FileSummary)[]).every(
    (key) => key === 'spans' || sameValue(a[key], b[key]),
  );
}

/** Deep equality of JSON values. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!sameValue(a[index], b[index])) return false;
    return true;
  }
  for (const key in a)
    if (!sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
  return true;
}
