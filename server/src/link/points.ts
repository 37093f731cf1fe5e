/**
 * What holds at a place of the program: a fact is where control passes, and the model answers questions about that place. Rules
 * ask by fact, so that how flow is known stays inside `link`.
 */
import type { BranchId, FactId, FileSummary, LocksetId, ScopeId } from '../facts/summary.ts';

export interface Point {
  readonly scope: ScopeId;
  readonly lockset: LocksetId;
  readonly branch: BranchId;
}

/** The places at which a file's accesses, calls, acquisitions, tests and bindings stand, by fact. */
export function pointsOf(summary: FileSummary): ReadonlyMap<FactId, Point> {
  const points = new Map<FactId, Point>();
  for (const facts of [
    summary.bindings,
    summary.tests,
    summary.suspensions,
    summary.accesses,
    summary.acquisitions,
    summary.calls,
  ])
    for (const { fact, scope, lockset, branch } of facts) points.set(fact, { scope, lockset, branch });
  return points;
}
