/**
 * How loud a race is: a table of how sure it is that threads share the state and of what the interleaving does to the user of
 * the program. Every rule on races asks it, and `npm run generate` prints it as docs/levels.md.
 */
import type { Lock, Parallel, ProgramModel, SharedAccess, Sharing } from '../link/program.ts';
import { named } from './evidence.ts';
import type { Breaks, Confidence, Severity } from './finding.ts';

/** What comes of the interleaving, the worst first. */
export type Harm =
  /** An exception, a corrupted container, a deadlock. */
  | 'breaks'
  /** One is left without: a callback that nobody calls any more, what it was to make something of already used up. */
  | 'misses'
  /** An update is lost. */
  | 'loses'
  /** There are two of what has an identity: a connection, a registration, a number that is given out. */
  | 'twice'
  /** Two are both told that it is theirs: one reservation, one name, one job. */
  | 'claims'
  /** A value is read that is old, or half of a pair. */
  | 'stale'
  /** Work is done twice, with the same result. */
  | 'again';

export const LEVELS_OF_RACES: Readonly<Record<Sharing['by'], Readonly<Record<Harm, Severity>>>> = {
  threads: {
    breaks: 'error',
    misses: 'error',
    loses: 'error',
    twice: 'error',
    claims: 'error',
    stale: 'warning',
    again: 'hint',
  },
  framework: {
    breaks: 'error',
    misses: 'error',
    loses: 'error',
    twice: 'error',
    claims: 'error',
    stale: 'warning',
    again: 'hint',
  },
  tests: {
    breaks: 'warning',
    misses: 'warning',
    loses: 'warning',
    twice: 'warning',
    claims: 'warning',
    stale: 'information',
    again: 'hint',
  },
  guarded: {
    breaks: 'warning',
    misses: 'warning',
    loses: 'warning',
    twice: 'warning',
    claims: 'warning',
    stale: 'warning',
    again: 'hint',
  },
  concurrent: {
    breaks: 'information',
    misses: 'information',
    loses: 'information',
    twice: 'information',
    claims: 'information',
    stale: 'information',
    again: 'hint',
  },
  besides: {
    breaks: 'hint',
    misses: 'information',
    loses: 'information',
    twice: 'information',
    claims: 'information',
    stale: 'information',
    again: 'hint',
  },
  otherLock: {
    breaks: 'hint',
    misses: 'information',
    loses: 'hint',
    twice: 'hint',
    claims: 'hint',
    stale: 'hint',
    again: 'hint',
  },
  documented: {
    breaks: 'warning',
    misses: 'warning',
    loses: 'warning',
    twice: 'warning',
    claims: 'warning',
    stale: 'information',
    again: 'hint',
  },
  kept: {
    breaks: 'information',
    misses: 'information',
    loses: 'hint',
    twice: 'information',
    claims: 'hint',
    stale: 'hint',
    again: 'hint',
  },
  moduleState: {
    breaks: 'information',
    misses: 'information',
    loses: 'information',
    twice: 'warning',
    claims: 'hint',
    stale: 'information',
    again: 'hint',
  },
  named: {
    breaks: 'hint',
    misses: 'information',
    loses: 'hint',
    twice: 'information',
    claims: 'hint',
    stale: 'hint',
    again: 'hint',
  },
  public: {
    breaks: 'hint',
    misses: 'information',
    loses: 'hint',
    twice: 'hint',
    claims: 'hint',
    stale: 'hint',
    again: 'hint',
  },
};

const RANK: Readonly<Record<Severity, number>> = { error: 3, warning: 2, information: 1, hint: 0 };

/** The level of a race, for the build that the program is for. */
export function levelOf(
  program: Pick<ProgramModel, 'target'>,
  { sharing, confidence }: { readonly sharing: Sharing; readonly confidence: Confidence },
  harm: Harm,
  breaks: Breaks,
): Severity {
  const level = LEVELS_OF_RACES[rowOf(sharing.by, confidence)][harm];
  const most = mostFor(program.target, harm, breaks);
  return RANK[level] > RANK[most] ? most : level;
}

/** Signs that a thread is there, and none that it reaches this object or that this access is meant. */
const SURE: ReadonlySet<Sharing['by']> = new Set(['threads', 'framework', 'tests', 'guarded']);

function rowOf(by: Sharing['by'], confidence: Confidence): Sharing['by'] {
  return confidence === 'low' && SURE.has(by) ? 'concurrent' : by;
}

/** Of a public class that nothing says is shared only what is missed or doubled is worth a word. */
export function isWorthSaying({ by }: Sharing, harm: Harm): boolean {
  return by !== 'public' || harm === 'misses' || harm === 'twice';
}

/** Whether the first of two ways to run at once is the one to speak of. */
export function isSurer(first: Parallel, second: Parallel): boolean {
  const [a, b] = [first, second].map(
    ({ sharing, confidence }) => RANK[LEVELS_OF_RACES[rowOf(sharing.by, confidence)].breaks],
  );
  return a! > b! || (a === b && first.thread !== undefined && second.thread === undefined);
}

/** The lock that an access of the same state holds. */
export function guardedBy(lock: Lock, { function: function_, module, access }: SharedAccess): Sharing {
  const says = `${named(function_)} holds \`${lock.name}\` for it`;
  return { by: 'guarded', says, at: { module, fact: access.fact } };
}

/** What breaks only without the GIL is an error where that is known to be met, and a warning where nobody has ruled it out. */
function mostFor(target: ProgramModel['target'], harm: Harm, breaks: Breaks): Severity {
  if (breaks === 'freeThreadedOnly') {
    if (target === 'gil') return 'information';
    return target === 'undecided' ? 'warning' : 'error';
  }
  const raises = harm === 'breaks' || harm === 'misses';
  return !raises && (target === 'gil' || target === 'undecided') ? 'warning' : 'error';
}
