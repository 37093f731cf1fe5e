/**
 * A list that is sorted in place while other threads use it: it looks empty to them until the sort has ended. With a `key` other threads
 * run meanwhile on every build, and one that changes the list makes the sort raise.
 */
import type { Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  identityOf,
  placeOf,
  threadEvidence,
  threadSentence,
  unprotected,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { levelOf } from './levels.ts';
import { lockFixes } from './lockChoice.ts';

const CHANGES: ReadonlySet<string> = new Set([
  'append',
  'insert',
  'extend',
  'remove',
  'pop',
  'clear',
  'sort',
  'reverse',
  'del []',
]);

export function* sortedMeanwhile(program: ProgramModel, variable: Variable): Iterable<Finding> {
  for (const sort of variable.accesses) {
    if (sort.access.kind !== 'mutate' || sort.access.operation !== 'sort') continue;
    if (sort.beforeSharing || sort.maybeLocked || sort.ownObject) continue;
    const keyed = hasKey(sort);
    const rival = rivalOf(program, variable, sort, (one) => (keyed ? isChange(one) : isTakenFirst(one)));
    if (rival !== undefined) yield report(program, variable, sort, rival, keyed);
  }
}

/** `scores.sort(key=…)`. */
function hasKey({ module: { summary }, access }: SharedAccess): boolean {
  return summary.calls.some(
    ({ callee, scope, arguments: given }) =>
      scope === access.scope &&
      summary.paths[callee]!.parent === access.path &&
      summary.paths[callee]!.last === 'sort' &&
      given.some(({ name }) => name === 'key'),
  );
}

function isChange({ access: { kind, operation } }: SharedAccess): boolean {
  return kind === 'mutate' && CHANGES.has(operation);
}

/** `scores[0]`. */
function isTakenFirst({ access: { kind, operation, key } }: SharedAccess): boolean {
  return kind === 'read' && operation === '[]' && key !== undefined && /^-?\d+$/.test(key.text);
}

interface Rival {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
}

function rivalOf(
  program: ProgramModel,
  variable: Variable,
  sort: SharedAccess,
  disturbs: (access: SharedAccess) => boolean,
): Rival | undefined {
  for (const access of variable.accesses) {
    if (access.beforeSharing || !disturbs(access) || !unprotected(sort, access)) continue;
    const parallel = program.parallel(variable, sort, access);
    if (parallel?.thread !== undefined) return { access, parallel };
  }
  return undefined;
}

function report(
  program: ProgramModel,
  variable: Variable,
  sort: SharedAccess,
  { access, parallel }: Rival,
  keyed: boolean,
): Finding {
  const breaks = keyed ? 'everyBuild' : 'freeThreadedOnly';
  const consequence = keyed
    ? 'ValueError: list modified during sort'
    : 'IndexError on free-threaded Python, where the list looks empty meanwhile';
  return {
    rule: 'iterate-while-mutated',
    primary: placeOf(sort),
    message: `\`${sort.name}\` is sorted in place while others ${keyed ? 'change' : 'read'} it. ${threadSentence(parallel, access.function)}: ${consequence}. Store a new list, \`sorted(…)\`, or hold a lock around both.`,
    severity: levelOf(program, parallel, keyed ? 'breaks' : 'stale', breaks),
    confidence: parallel.confidence,
    breaks,
    evidence: [accessEvidence(access), ...threadEvidence(parallel)],
    fixes: lockFixes(program, variable, sort),
    identity: `${identityOf(sort, variable)}|sort`,
    cause: variable.key,
  };
}
