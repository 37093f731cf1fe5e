/** Reports state that others are let at before it is complete: a flag set before the work, a table emptied and filled in place. */
import type { Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { isNone, says } from './acts.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isTestState,
  placeOf,
  subject,
  threadClause,
  threadEvidence,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { enteredEarly, storedEarly } from './halfBuilt.ts';
import { handedOut } from './handedOut.ts';
import { seenTooEarly } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { defineRule } from './rule.ts';
import { setFirst } from './setFirst.ts';

export const rule = defineRule({
  id: 'published-before-ready',
  title: 'State shown to other threads before it is complete',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 696],
  witness: seenTooEarly,
  docs: {
    what: 'A flag that says "ready" before the data is there, a shared table that is emptied and filled again where readers look, an object that its constructor enters in a shared table before it has set all attributes, or one that is stored first and set up afterwards while others test for it without the lock.',
    why: 'A reader that comes in between takes the half-made state for the whole: it finds nothing, or a part. A lock around the writer alone does not help, as the reader does not take it.',
    bad: [
      `import threading

class Catalogue:
    def __init__(self):
        self.ready = False
        self.rows = None

    def load(self):
        self.ready = True
        self.rows = [line for line in open("rows.txt")]

    def first(self):
        if self.ready:
            return self.rows[0]

catalogue = Catalogue()
threading.Thread(target=catalogue.load).start()
print(catalogue.first())
`,
      `import threading

routes = {}

def reload():
    routes.clear()
    for line in open("routes.txt"):
        name, target = line.split()
        routes[name] = target

def route(name):
    return routes.get(name)

threading.Thread(target=reload).start()
print(route("a"))
`,
    ],
    good: [
      `import threading

routes = {}

def reload():
    global routes
    fresh = {}
    for line in open("routes.txt"):
        name, target = line.split()
        fresh[name] = target
    routes = fresh

def route(name):
    return routes.get(name)

threading.Thread(target=reload).start()
print(route("a"))
`,
    ],
    whenNotToUse: 'When readers are known to wait for the writer in a way that the analysis does not see.',
    fix: 'Advice only: the order of the steps is for its author to change.',
    unknown:
      'A lock that may be held counts as held; a flag that goes back to false in the writer is no sign of readiness, nor is one that is not seen to be set where the data are read.',
    references: ['https://docs.python.org/3/library/threading.html#event-objects'],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (isTestState(variable) || variable.fields.length > 0 || variable.kind === 'closure') continue;
      yield* flagFirst(program, variable);
      yield* setFirst(program, variable);
      yield* filledInPlace(program, variable);
      yield* enteredEarly(program, variable);
      yield* storedEarly(program, variable);
    }
    yield* handedOut(program);
  },
});

function sameOwner(a: Variable, b: Variable): boolean {
  return (
    a !== b && a.kind === b.kind && a.owner === b.owner && a.module === b.module && b.fields.length === 0
  );
}

function* flagFirst(program: ProgramModel, flag: Variable): Iterable<Finding> {
  const sets = flag.accesses.filter(
    (access) => !access.beforeSharing && (says(access, 'True') || isFirstMade(program, flag, access)),
  );
  if (sets.length === 0) return;
  const tests = flag.accesses.filter(
    ({ access, beforeSharing }) => !beforeSharing && access.kind === 'read' && access.use === 'tested',
  );
  for (const set of sets) {
    const takenBack = flag.accesses.some(
      (one) => one.function === set.function && one !== set && (says(one, 'False') || isNone(one)),
    );
    if (takenBack || set.maybeLocked) continue;
    const flagged = says(set, 'True');
    for (const data of program.variables) {
      if (!sameOwner(flag, data) || (!flagged && !isMissingBefore(data))) continue;
      const late = data.accesses.find((one) => isLater(program, set, one));
      if (late === undefined || isMadeBefore(program, data, set)) continue;
      const found = trusting(program, flag, data, set, tests);
      if (found === undefined) continue;
      yield reportFlag(program, flag, data, set, late, found);
      break;
    }
  }
}

/** `if _model is None: _model = read()` under a lock: that it is there is what the others go by. */
function isFirstMade(program: ProgramModel, flag: Variable, set: SharedAccess): boolean {
  const { kind, value } = set.access;
  return (
    kind === 'write' &&
    value?.kind === 'call' &&
    set.locks.size > 0 &&
    isTestedFor(program, flag, set) &&
    isMissingBefore(flag)
  );
}

/** Before it is made there is nothing. */
function isMissingBefore({ accesses }: Variable): boolean {
  return accesses.every((one) => !one.beforeSharing || one.access.kind !== 'write' || isNone(one));
}

/** Changed for good once the flag is set, in the same function or filled by one that it then calls. */
function isLater(
  program: ProgramModel,
  set: SharedAccess,
  { function: function_, access }: SharedAccess,
): boolean {
  const changes =
    (access.kind === 'write' || access.kind === 'mutate') &&
    !(access.kind === 'write' && access.value?.kind === 'literal' && /^(bool|none)$/.test(access.value.type));
  if (!changes) return false;
  const comesAfter = (fact: number): boolean =>
    program.reaches(set.module, set.access.fact, fact) && !program.reaches(set.module, fact, set.access.fact);
  if (function_ === set.function) return comesAfter(access.fact);
  return (
    access.kind === 'mutate' &&
    FILLS.has(access.operation) &&
    program.callsFrom(set.function).some(({ callee, fact }) => callee === function_ && comesAfter(fact))
  );
}

function isMadeBefore(program: ProgramModel, data: Variable, set: SharedAccess): boolean {
  return data.accesses.some(
    ({ function: function_, access }) =>
      function_ === set.function &&
      access.kind !== 'read' &&
      program.reaches(set.module, access.fact, set.access.fact),
  );
}

interface Trusting {
  readonly test: SharedAccess;
  readonly read: SharedAccess;
  readonly parallel: Parallel;
}

/** A thread that tests the flag without a lock and goes on to the data. */
function trusting(
  program: ProgramModel,
  flag: Variable,
  data: Variable,
  set: SharedAccess,
  tests: readonly SharedAccess[],
): Trusting | undefined {
  for (const test of tests) {
    if (test.maybeLocked || [...test.locks].some((lock) => set.locks.has(lock))) continue;
    const read = data.accesses.find(
      (one) =>
        one.access.kind === 'read' &&
        (one.function === test.function
          ? (isWhereSet(program, flag, one) &&
              program.reaches(test.module, test.access.fact, one.access.fact)) ||
            isBehindLoading(program, flag, set, one) ||
            isPastLoading(program, flag, set, test, one)
          : test.function === set.function &&
            isTestedFor(program, flag, set) &&
            isReadBehind(program, set.function, one)) &&
        ![...one.locks].some((lock) => set.locks.has(lock)),
    );
    if (read === undefined) continue;
    const parallel = program.parallel(flag, set, test);
    // A lock around the setting says that threads were thought of.
    if (parallel !== undefined && (parallel.thread !== undefined || set.locks.size > 0))
      return { test, read, parallel };
  }
  return undefined;
}

/** `if not loaded: load()`, and then the data: who finds the flag set comes here without loading. */
function isBehindLoading(
  program: ProgramModel,
  flag: Variable,
  set: SharedAccess,
  { function: reader, module, access }: SharedAccess,
): boolean {
  return (
    reader !== set.function &&
    program
      .callsFrom(reader)
      .some(
        ({ callee, fact }) =>
          callee === set.function &&
          isTestedFor(program, flag, { module, access: { ...access, fact } }) &&
          program.reaches(module, fact, access.fact) &&
          !program.dominates(module, fact, access.fact),
      )
  );
}

/** Who has called the function relies on what it leaves: `self.load()`, and then the data. */
function isReadBehind(
  program: ProgramModel,
  sets: SharedAccess['function'],
  { function: reader, module, access }: SharedAccess,
): boolean {
  return (
    reader !== sets &&
    program
      .callsFrom(reader)
      .some(({ callee, fact }) => callee === sets && program.reaches(module, fact, access.fact))
  );
}

/** `if not loaded: loaded = True; load()`, and then the data in the same function. */
function isPastLoading(
  program: ProgramModel,
  flag: Variable,
  set: SharedAccess,
  test: SharedAccess,
  { function: reader, module, access }: SharedAccess,
): boolean {
  return (
    reader === set.function &&
    isTestedFor(program, flag, set) &&
    program.dominates(module, test.access.fact, access.fact) &&
    program.reaches(module, set.access.fact, access.fact) &&
    !program.dominates(module, set.access.fact, access.fact)
  );
}

/** Whoever comes here has seen the flag set; a flag that makes its reader stop promises nothing. */
function isWhereSet(program: ProgramModel, flag: Variable, { module, access }: SharedAccess): boolean {
  return program
    .testsAt(module, access.fact)
    .some(
      ({ test }) => /^(truthy|isNotNone)$/.test(test.form) && program.keyOf(module, test.path) === flag.key,
    );
}

/** `if not self.ready: self.ready = True`, `if self.net is None: self.net = read()`: who finds it set leaves the rest to who has set it. */
function isTestedFor(
  program: ProgramModel,
  flag: Variable,
  { module, access }: Pick<SharedAccess, 'module' | 'access'>,
): boolean {
  return program
    .testsAt(module, access.fact)
    .some(({ test }) => /^(falsy|isNone)$/.test(test.form) && program.keyOf(module, test.path) === flag.key);
}

function reportFlag(
  program: ProgramModel,
  flag: Variable,
  data: Variable,
  set: SharedAccess,
  late: SharedAccess,
  { test, read, parallel }: Trusting,
): Finding {
  return {
    rule: 'published-before-ready',
    primary: placeOf(set),
    message: `\`${flag.name}\` says ready before \`${data.name}\` is. ${subject(test.function)} tests it without a lock while ${threadClause(parallel, set.function)}, and goes on to data that is not there yet. ${says(set, 'True') ? 'Set the flag' : 'Store it'} last.`,
    severity: parallel.thread === undefined ? levelOf(program, parallel, 'breaks', 'everyBuild') : 'warning',
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [accessEvidence(late), accessEvidence(test), accessEvidence(read), ...threadEvidence(parallel)],
    fixes: [],
    identity: `${identityOf(set, flag)}|${data.attribute}`,
  };
}

function empties({ access }: SharedAccess): boolean {
  return (
    (access.kind === 'mutate' && access.operation === 'clear') ||
    (access.kind === 'write' && access.value?.kind === 'literal' && access.value.empty)
  );
}

const FILLS: ReadonlySet<string> = new Set(['[]=', 'append', 'add', 'insert', 'appendleft']);

/** Operations that put everything in at once; before them the emptied container is empty. */
const FILLS_WHOLE: ReadonlySet<string> = new Set(['update', 'extend']);

function* filledInPlace(program: ProgramModel, table: Variable): Iterable<Finding> {
  for (const emptied of table.accesses) {
    if (emptied.beforeSharing || emptied.maybeLocked || emptied.ownObject || !empties(emptied)) continue;
    const filled = table.accesses.find(
      ({ function: function_, module, access }) =>
        function_ === emptied.function &&
        ((FILLS_WHOLE.has(access.operation) && program.dominates(module, emptied.access.fact, access.fact)) ||
          (FILLS.has(access.operation) &&
            program.reachesPast(module, access.fact, access.fact, [emptied.access.fact]))) &&
        program.reaches(module, emptied.access.fact, access.fact),
    );
    if (filled === undefined) continue;
    const reader = readerBetween(program, table, emptied);
    if (reader === undefined) continue;
    yield {
      rule: 'published-before-ready',
      primary: placeOf(emptied),
      message: `\`${table.name}\` is emptied and filled again where others read it. ${subject(reader.read.function)} reads it while ${threadClause(reader.parallel, emptied.function)}, and finds it empty or half filled. Fill a new one and store it when it is complete.`,
      severity: levelOf(program, reader.parallel, 'stale', 'everyBuild'),
      confidence: reader.parallel.confidence,
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'access',
          at: at(filled.module, filled.access.fact),
          message: FILLS_WHOLE.has(filled.access.operation)
            ? 'It is filled again here.'
            : 'It is filled entry by entry here.',
        },
        accessEvidence(reader.read),
        ...threadEvidence(reader.parallel),
      ],
      fixes: [],
      identity: identityOf(emptied, table),
      cause: table.key,
    };
  }
}

function readerBetween(
  program: ProgramModel,
  table: Variable,
  emptied: SharedAccess,
): { readonly read: SharedAccess; readonly parallel: Parallel } | undefined {
  for (const read of table.accesses) {
    const { kind, use, operation } = read.access;
    const looks =
      kind === 'iterate' ||
      kind === 'snapshot' ||
      (kind === 'read' && (use !== 'method' || operation === 'get' || operation === '[]'));
    if (!looks || read.function === emptied.function || read.beforeSharing || read.maybeLocked) continue;
    if ([...read.locks].some((lock) => emptied.locks.has(lock))) continue;
    const parallel = program.parallel(table, emptied, read);
    if (parallel?.thread !== undefined) return { read, parallel };
  }
  return undefined;
}
