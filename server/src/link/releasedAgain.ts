/** Releases after which the same lock is released once more on every way, with nothing that takes it in between. */
import { type BlockId, EXIT, type FactId, type PathId, RAISED } from '../facts/summary.ts';
import { type FlowIndex, flowOf } from './flow.ts';
import type { Module } from './program.ts';

/** What may happen to the lock of one path in one function. */
export interface LockSteps {
  readonly module: Module;
  readonly path: PathId;
  /** Calls of `release` and ends of `with`. */
  readonly releases: ReadonlySet<FactId>;
  /** Whatever takes the lock or may take it, the calls of functions that do so included. */
  readonly takes: ReadonlySet<FactId>;
  /** Acquisitions, by index, of the same lock. */
  readonly acquisitions: ReadonlySet<number>;
}

/**
 * The release that every way from `first` comes to next; undefined when a way takes the lock before, gives its name another object, or
 * leaves the function. An exception counts only where it is raised by a statement: that something may fail shows no second release.
 */
export function releasedAgain(first: FactId, steps: LockSteps): FactId | undefined {
  const { module } = steps;
  const flow = flowOf(module.summary);
  const rebound = boundWithin(flow, module, steps.path);
  let again: FactId | undefined;
  for (const { body, block, index } of flow.positions(first)) {
    const { blocks } = flow.body(body);
    const waiting = new Map<BlockId, number>([[block, index + 1]]);
    for (const [at, from] of waiting) {
      if (at === EXIT || at === RAISED) return undefined;
      const { events, next, raises } = blocks[at]!;
      const ahead = events.slice(from);
      const found = ahead.find((fact) => steps.releases.has(fact));
      const passed = found === undefined ? ahead : ahead.slice(0, ahead.indexOf(found));
      if (passed.some((fact) => steps.takes.has(fact) || rebound(fact))) return undefined;
      if (found !== undefined) {
        again ??= found;
        continue;
      }
      const ways = next.length > 0 ? next : [{ to: raises, takes: [] }];
      for (const { to, takes } of ways) {
        // A way back to the first one is a loop, whose next turn nothing is known of.
        if (to === block || takes.some((one) => steps.acquisitions.has(one))) return undefined;
        if (!waiting.has(to)) waiting.set(to, 0);
      }
    }
  }
  return again;
}

/** Whether a fact gives another object to the local or attribute that the lock is reached by. */
function boundWithin(flow: FlowIndex, { summary }: Module, path: PathId): (fact: FactId) => boolean {
  const along = new Set<PathId>();
  for (let at = path; at !== -1; at = summary.paths[at]!.parent) along.add(at);
  return (fact) => {
    if (fact < 0) return false;
    const record = flow.recordOf(fact);
    switch (flow.kindOf(fact)) {
      case 'binding':
        return along.has(summary.bindings[record]!.path);
      case 'access': {
        const { kind, path: written } = summary.accesses[record]!;
        return kind === 'write' && along.has(written);
      }
      default:
        return false;
    }
  };
}
