/** What relies on one test, or is chosen behind it, has one cause: it is one finding, and what comes later is shown with it. */
import type { Test } from '../facts/summary.ts';
import type { SharedAccess } from '../link/program.ts';
import { placeOf } from './evidence.ts';
import type { Finding, Severity } from './finding.ts';

export interface BehindTest {
  readonly access: SharedAccess;
  readonly test: Test;
  /** What the findings have in common besides the test: what spoils its answer. */
  readonly kind: string;
  readonly finding: Finding;
}

const LOUDER: Readonly<Record<Severity, number>> = { error: 3, warning: 2, information: 1, hint: 0 };

/** The loudest finding of each test, the first of equals, with the places of the others of the same function. */
export function* behindOneTest(
  found: Iterable<BehindTest>,
  says: (name: string) => string,
): Iterable<Finding> {
  const groups = new Map<string, BehindTest[]>();
  for (const one of found) {
    const { access, test, kind } = one;
    const key = `${access.module.path}|${access.access.scope}|${test.fact}|${kind}`;
    const group = groups.get(key);
    if (group === undefined) groups.set(key, [one]);
    else group.push(one);
  }
  for (const group of groups.values()) {
    const first = group.reduce((a, b) => (LOUDER[b.finding.severity] > LOUDER[a.finding.severity] ? b : a));
    const others = group.filter((one) => one !== first);
    yield {
      ...first.finding,
      evidence: [
        ...first.finding.evidence,
        ...others.map(({ access }) => ({
          role: 'further' as const,
          at: placeOf(access),
          message: says(access.name),
        })),
      ],
    };
  }
}
