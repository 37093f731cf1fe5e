/** Reports two accesses of one variable that each hold a lock, but not the same one: nobody keeps the other out. */
import type { Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isSafeType,
  isTestState,
  lockNames,
  named,
  placeOf,
  subject,
  verb,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { changes, isExempt, soleGuard } from './guards.ts';
import { outsideTheLock } from './interleavings.ts';
import { guardedBy, levelOf } from './levels.ts';
import { defineRule } from './rule.ts';
import { removes, testsItself } from './sections.ts';

export const rule = defineRule({
  id: 'different-locks',
  title: 'One variable under different locks',
  severity: 'error',
  since: '0.2.0',
  cwe: [362, 667],
  witness: outsideTheLock,
  docs: {
    what: 'State that one function uses under one lock and another under a second one, with no lock that both hold.',
    why: 'A lock keeps out only those who take the same one. Two threads hold their two locks and are at the same data at once, in code that looks protected.',
    bad: [
      `import threading

class Places:
    def __init__(self):
        self._read_lock = threading.Lock()
        self._write_lock = threading.Lock()
        self._guests = {}

    def seat(self, place, guest):
        with self._write_lock:
            self._guests[place] = guest

    def clear(self, place):
        with self._write_lock:
            del self._guests[place]

    def names(self):
        with self._read_lock:
            return sorted(guest.name for guest in self._guests.values())
`,
      `import threading

class Series:
    def __init__(self):
        self.__lock = threading.Lock()
        self._points = []

    def add(self, point):
        with self.__lock:
            self._points.append(point)

class ShortSeries(Series):
    def __init__(self):
        super().__init__()
        self.__lock = threading.Lock()

    def trim(self):
        with self.__lock:
            self._points = self._points[-100:]
`,
    ],
    good: [
      `import threading

class Places:
    def __init__(self):
        self._lock = threading.Lock()
        self._guests = {}

    def seat(self, place, guest):
        with self._lock:
            self._guests[place] = guest

    def clear(self, place):
        with self._lock:
            del self._guests[place]

    def names(self):
        with self._lock:
            return sorted(guest.name for guest in self._guests.values())
`,
    ],
    whenNotToUse:
      'When something else keeps the two apart, such as a phase that has ended before the other begins.',
    fix: 'Advice only: which of the locks is the right one is for its author to say.',
    unknown:
      'A lock whose origin is not seen may be the other one under another name: nothing is then reported. The two need to disturb each other: a plain store beside a plain reading does not.',
    references: ['https://docs.python.org/3/library/threading.html#lock-objects'],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (variable.kind === 'closure' || isTestState(variable) || isSafeType(variable)) continue;
      const found = apart(program, variable);
      if (found !== undefined) yield report(program, variable, found);
    }
  },
});

interface Apart {
  /** What is disturbed. */
  readonly access: SharedAccess;
  readonly lock: Lock;
  readonly other: SharedAccess;
  readonly otherLock: Lock;
}

function apart(program: ProgramModel, variable: Variable): Apart | undefined {
  const locked = variable.accesses.flatMap((access) => {
    if (access.beforeSharing || access.maybeLocked || access.ownObject || isExempt(access)) return [];
    const lock = soleGuard(program, variable, access);
    return lock === undefined ? [] : [{ access, lock }];
  });
  if (new Set(locked.map(({ lock }) => lock)).size < 2) return undefined;
  for (const one of locked) {
    if (!isSection(program, variable, one.access)) continue;
    for (const other of locked) {
      if (other.lock === one.lock || !disturbs(variable, one.access, other.access)) continue;
      if (!program.mayTouchOneObject(variable, one.access, other.access)) continue;
      return { access: one.access, lock: one.lock, other: other.access, otherLock: other.lock };
    }
  }
  return undefined;
}

/** More than one step that relies on the variable to stay as it is. */
function isSection(program: ProgramModel, variable: Variable, one: SharedAccess): boolean {
  const { access } = one;
  if (access.kind === 'update' || access.kind === 'iterate') return true;
  if (access.kind === 'read') return access.operation === '[]' && access.key !== undefined;
  return changes(one) && testsItself(program, variable, one);
}

/** What the other does in between makes the first go wrong. */
function disturbs(variable: Variable, { access }: SharedAccess, other: SharedAccess): boolean {
  if (!changes(other)) return false;
  const { value } = other.access;
  if (value?.kind === 'literal' && (value.type === 'bool' || value.type === 'none')) return false;
  if (access.kind === 'read') return removes(other.access);
  if (access.kind === 'iterate') return other.access.kind === 'mutate';
  return (
    variable.types.every(({ kind }) => kind !== 'container') ||
    other.access.kind !== 'mutate' ||
    access.kind === 'update'
  );
}

function report(
  program: ProgramModel,
  variable: Variable,
  { access, lock, other, otherLock }: Apart,
): Finding {
  const parallel = program.parallel(variable, access, other);
  const sharing = parallel?.thread === undefined ? guardedBy(otherLock, other) : parallel.sharing;
  const confidence = parallel?.thread === undefined ? 'medium' : parallel.confidence;
  const harm = access.access.kind === 'iterate' || access.access.kind === 'read' ? 'breaks' : 'loses';
  const shown = lockNames([lock, otherLock].map((one) => ({ lock: one, as: one.name })));
  return {
    rule: 'different-locks',
    primary: placeOf(access),
    message: `\`${variable.name}\` is under \`${shown(lock, lock.name)}\` here and under \`${shown(otherLock, otherLock.name)}\` elsewhere. ${subject(other.function)} ${verb(other)} it while ${named(access.function)} is in the middle, for the two locks keep nobody apart. Hold one lock for it everywhere.`,
    severity: levelOf(program, { sharing, confidence }, harm, 'everyBuild'),
    confidence,
    breaks: 'everyBuild',
    evidence: [
      accessEvidence(other, ` while holding \`${shown(otherLock, otherLock.name)}\``),
      ...[lock, otherLock].map((one) => ({
        role: 'lock' as const,
        at: at(one.constructors[0]!.module, one.constructors[0]!.call.fact),
        message: `\`${shown(one, one.name)}\` is made here.`,
      })),
    ],
    fixes: [],
    identity: identityOf(access, variable),
    cause: variable.key,
  };
}
