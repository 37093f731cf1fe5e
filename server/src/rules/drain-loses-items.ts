/** Reports a container or count that is read out and then emptied or set back, while others add to it: what comes in between is lost. */
import type { Call } from '../facts/summary.ts';
import type { Module, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isSafeType,
  isTestState,
  named,
  placeOf,
  threadClause,
  threadEvidence,
  unprotected,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { addedBetween } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { lockFixes } from './lockChoice.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'drain-loses-items',
  title: 'Container or count read out and emptied in two steps',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 366],
  witness: addedBetween,
  docs: {
    what: 'A shared container whose content is copied, stepped through or taken over and which is then cleared or replaced by an empty one, while another thread adds to it; a shared number that is read and then set back to zero, while another thread counts it up.',
    why: 'What is added between the two steps is neither in the copy nor in the emptied container. With `old, self.x = self.x, []`, an `append` that has read the old list already still lands in it.',
    bad: [
      `import threading

class Mailbag:
    def __init__(self):
        self._letters = []
        threading.Thread(target=self._carry).start()

    def drop(self, letter):
        self._letters.append(letter)

    def _carry(self):
        while True:
            for letter in list(self._letters):
                print(letter)
            self._letters.clear()
`,
      `import threading
import time

class Rate:
    def __init__(self):
        self._lock = threading.Lock()
        self._hits = 0
        threading.Thread(target=self._report).start()

    def hit(self):
        with self._lock:
            self._hits += 1

    def _report(self):
        while True:
            time.sleep(1)
            print(self._hits)
            self._hits = 0
`,
    ],
    good: [
      `import threading
from collections import deque

class Mailbag:
    def __init__(self):
        self._letters = deque()
        threading.Thread(target=self._carry).start()

    def drop(self, letter):
        self._letters.append(letter)

    def _carry(self):
        while True:
            try:
                print(self._letters.popleft())
            except IndexError:
                pass
`,
    ],
    whenNotToUse: 'When losing an entry is acceptable, such as in a rough statistic.',
    fix: 'Unsafe, look at it: one lock around both steps, and around every other change.',
    unknown: 'A lock that may be held counts as held.',
    references: ['https://docs.python.org/3/library/queue.html'],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (isTestState(variable) || isSafeType(variable) || variable.fields.length > 0) continue;
      for (const emptied of variable.accesses) {
        if (emptied.beforeSharing || emptied.maybeLocked || emptied.ownObject || !empties(emptied)) continue;
        const taken = takenBefore(program, variable, emptied);
        const rival = taken === undefined ? undefined : adding(program, variable, taken, emptied);
        if (taken !== undefined && rival !== undefined)
          yield report(program, variable, taken, emptied, rival);
      }
    }
  },
});

function empties(emptied: SharedAccess): boolean {
  const { access } = emptied;
  if (access.kind === 'mutate') return access.operation === 'clear';
  if (access.kind !== 'write' || access.value?.kind !== 'literal') return false;
  return access.value.empty || isZero(emptied);
}

/** `self.hits = 0`. */
function isZero({ access: { value } }: SharedAccess): boolean {
  return value?.kind === 'literal' && /^0(\.0)?$/.test(value.text);
}

/** The content is taken in the same function, on every way to where it is emptied. */
function takenBefore(
  program: ProgramModel,
  variable: Variable,
  emptied: SharedAccess,
): SharedAccess | undefined {
  const counts = isZero(emptied);
  const swaps = emptied.access.kind === 'write';
  return variable.accesses.find((one) => {
    const { function: function_, module, access } = one;
    return (
      function_ === emptied.function &&
      (access.kind === 'iterate' ||
        access.kind === 'snapshot' ||
        (access.kind === 'read' &&
          (access.use === 'assigned' || access.use === 'argument' || (counts && access.use === 'other')) &&
          access.operation === '')) &&
      access.fact !== emptied.access.fact &&
      program.dominates(module, access.fact, emptied.access.fact) &&
      !(swaps && isPutAside(program, variable, one))
    );
  });
}

/** `self.kept.append(self.rows)`, and elsewhere `self.rows = self.kept.pop()`: what comes in meanwhile comes back with it. */
function isPutAside(
  program: ProgramModel,
  { accesses }: Variable,
  { module, access }: SharedAccess,
): boolean {
  if (access.use !== 'argument') return false;
  const { calls, paths } = module.summary;
  const holder = (home: Module, { callee }: Call): string | undefined =>
    program.keyOf(home, home.summary.paths[callee]!.parent);
  const aside = calls.find(
    ({ scope, callee, arguments: given }) =>
      scope === access.scope &&
      paths[callee]!.last === 'append' &&
      given.some(({ value }) => value.kind === 'path' && value.path === access.path),
  );
  const key = aside === undefined ? undefined : holder(module, aside);
  return (
    key !== undefined &&
    accesses.some(({ module: home, access: { kind, value } }) => {
      if (kind !== 'write' || value?.kind !== 'call') return false;
      const call = home.summary.calls[value.call]!;
      return home.summary.paths[call.callee]!.last === 'pop' && holder(home, call) === key;
    })
  );
}

const ADDS: ReadonlySet<string> = new Set([
  'append',
  'add',
  'extend',
  'insert',
  'appendleft',
  '[]=',
  'setdefault',
  'update',
]);

interface Rival {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
}

function adding(
  program: ProgramModel,
  variable: Variable,
  taken: SharedAccess,
  emptied: SharedAccess,
): Rival | undefined {
  const apart = areApart(program, taken, emptied);
  for (const access of variable.accesses) {
    const { kind, operation } = access.access;
    const adds = isZero(emptied)
      ? kind === 'update' && access.access.key === undefined
      : (kind === 'mutate' && ADDS.has(operation)) || (kind === 'update' && access.access.key !== undefined);
    if (!adds || access.beforeSharing || access.function === emptied.function) continue;
    if (!unprotected(emptied, access) && (!apart || access.maybeLocked)) continue;
    const parallel = program.parallel(variable, emptied, access);
    if (parallel !== undefined) return { access, parallel };
  }
  return undefined;
}

/** Both hold the lock, and it is given back in between. What is added to a list that is only replaced then is in the list that was taken. */
function areApart(program: ProgramModel, taken: SharedAccess, emptied: SharedAccess): boolean {
  const { access, module, locks } = emptied;
  const sections = (fact: number): readonly number[] =>
    [...locks].flatMap((lock) => program.heldThrough(module, fact, lock));
  const second = sections(access.fact);
  const same = taken.access.kind === 'read' && access.kind === 'write' && !isZero(emptied);
  return (
    !same &&
    locks.size === 1 &&
    second.length > 0 &&
    [...locks].every((lock) => taken.locks.has(lock)) &&
    !sections(taken.access.fact).some((one) => second.includes(one))
  );
}

function report(
  program: ProgramModel,
  variable: Variable,
  taken: SharedAccess,
  emptied: SharedAccess,
  { access, parallel }: Rival,
): Finding {
  const counts = isZero(emptied);
  const swap = emptied.access.kind === 'write';
  const how = counts ? 'set back to zero' : swap ? 'replaced by an empty one' : 'emptied';
  const apart = emptied.locks.size > 0 && !unprotected(emptied, access);
  const instead = apart
    ? 'Do both in one section of the lock.'
    : counts
      ? 'Hold one lock around both steps and around every addition.'
      : 'Take the entries one by one (`popleft`, `queue.Queue`), or hold one lock around both steps and around every addition.';
  return {
    rule: 'drain-loses-items',
    primary: placeOf(emptied),
    message: `\`${emptied.name}\` is read out and then ${how}. What comes in between${apart ? ', when the lock is free,' : ''} is lost: ${named(access.function)} adds to it while ${threadClause(parallel, emptied.function)}. ${instead}`,
    severity: levelOf(program, parallel, 'loses', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(taken.module, taken.access.fact), message: `The content is taken here.` },
      accessEvidence(access),
      ...threadEvidence(parallel),
    ],
    fixes: apart ? [] : lockFixes(program, variable, emptied, [taken.access.fact]),
    identity: identityOf(emptied, variable),
  };
}
