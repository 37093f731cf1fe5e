/** Reports fields that are changed together and read together by another thread, with nothing that keeps the steps apart. */
import type {
  FunctionNode,
  Parallel,
  ProgramModel,
  SharedAccess,
  Sharing,
  Variable,
} from '../link/program.ts';
import {
  accessEvidence,
  identityOf,
  isSafeType,
  isTestState,
  named,
  placeOf,
  threadClause,
  threadEvidence,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { tornReading } from './interleavings.ts';
import { guardedBy, isWorthSaying, levelOf } from './levels.ts';
import { lockFixes } from './lockChoice.ts';
import { isOnlyShown } from './logged.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'torn-pair',
  title: 'Related fields changed in steps that another thread can see',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 366],
  witness: tornReading,
  docs: {
    what: 'Two attributes of one object, or two globals, that are always stored one after the other, and a reader in another thread that uses both.',
    why: 'Between the two stores a reader gets one new value and one old one: a token with the expiry of the next, the x of one position with the y of another. Each store is atomic by itself; the pair is not, with the GIL neither.',
    bad: [
      `import threading

class Position:
    def __init__(self):
        self.x = 0
        self.y = 0
        threading.Thread(target=self.follow).start()

    def follow(self):
        while True:
            x, y = input().split()
            self.x = int(x)
            self.y = int(y)

    def distance(self):
        return abs(self.x) + abs(self.y)
`,
    ],
    good: [
      `import threading

class Position:
    def __init__(self):
        self.place = (0, 0)
        threading.Thread(target=self.follow).start()

    def follow(self):
        while True:
            x, y = input().split()
            self.place = (int(x), int(y))

    def distance(self):
        x, y = self.place
        return abs(x) + abs(y)
`,
      `import threading

class Position:
    def __init__(self):
        self._lock = threading.Lock()
        self.x = 0
        self.y = 0
        threading.Thread(target=self.follow).start()

    def follow(self):
        while True:
            x, y = input().split()
            with self._lock:
                self.x = int(x)
                self.y = int(y)

    def distance(self):
        with self._lock:
            return abs(self.x) + abs(self.y)
`,
    ],
    whenNotToUse:
      'When the two values do not depend on each other, such as two counters that are only shown.',
    fix: 'Unsafe, look at it: the lock under which the two change together, around both reads.',
    unknown:
      'Fields that some function changes alone are taken to be independent. A lock that may be held counts as held. That callers of a library store a pair while others read it, a lock for it or the documentation must say.',
    references: ['https://docs.python.org/3/howto/free-threading-python.html#thread-safety'],
  },
  *check(program, judged) {
    const seen = new Set<string>();
    const wanted = new Set(judged.variables);
    for (const group of groups(program))
      for (const [index, first] of group.entries())
        for (const second of group.slice(index + 1)) {
          if (!wanted.has(first) && !wanted.has(second)) continue;
          const finding = tornPair(program, first, second);
          if (finding === undefined || seen.has(finding.identity)) continue;
          seen.add(finding.identity);
          yield finding;
        }
  },
});

/** Fields compared with each other: more of one object are not looked at in pairs. */
const MAX_FIELDS = 24;

/** Variables that belong to one object or module and may hold values that depend on each other. */
function groups(program: ProgramModel): readonly (readonly Variable[])[] {
  const byOwner = new Map<string, Variable[]>();
  for (const variable of program.variables) {
    if (variable.kind === 'closure' || isTestState(variable) || isSafeType(variable)) continue;
    if (
      variable.fields.length > 0 ||
      isFlag(variable) ||
      isTaken(variable) ||
      !variable.accesses.some(stores)
    )
      continue;
    const owner = `${variable.kind} ${variable.owner?.id ?? variable.module.path}`;
    const known = byOwner.get(owner);
    if (known === undefined) byOwner.set(owner, [variable]);
    else known.push(variable);
  }
  return [...byOwner.values()].filter(({ length }) => length > 1 && length <= MAX_FIELDS);
}

/** Something that is entered or acquired is no value. */
function isTaken(variable: Variable): boolean {
  return variable.accesses.some(({ access }) => access.use === 'lock' || access.operation === 'acquire');
}

function isFlag(variable: Variable): boolean {
  return variable.accesses
    .filter(({ access }) => access.kind === 'write')
    .every(({ access }) => access.value?.kind === 'literal' && ['bool', 'none'].includes(access.value.type));
}

function stores({ access, beforeSharing }: SharedAccess): boolean {
  return !beforeSharing && (access.kind === 'write' || access.kind === 'update');
}

const SHOWS =
  /^(__(repr|str|format|getstate|reduce)__|\w*(status|stats|info|debug|dump|describe|summary|snapshot)\w*)$/;

interface Pair {
  readonly function: FunctionNode;
  readonly first: SharedAccess;
  readonly second: SharedAccess;
}

function tornPair(program: ProgramModel, first: Variable, second: Variable): Finding | undefined {
  const writers = together(program, first, second, stores);
  if (writers.length === 0 || changesAlone(first, second) || changesAlone(second, first)) return undefined;
  const readers = together(program, first, second, (access) => reads(access) && !isOnlyShown(access));
  for (const writer of writers)
    for (const reader of readers) {
      if (isConstant(writer.first) && isConstant(writer.second)) continue;
      if (writer.function === reader.function || SHOWS.test(reader.function.scope.name)) continue;
      if (areKeptApart(writer, reader) || losesUpdates(program, first, writer)) continue;
      if (isDefinedBehind(program, writer, reader) || areTestedApart(program, first, second, reader))
        continue;
      if (isOwners(program, first, second, writer, reader)) continue;
      if (isGuarded(writer) && reader.function.scope.name.startsWith('_')) continue;
      const parallel = program.parallel(first, writer.first, reader.first);
      if (parallel === undefined || !isWorthSaying(parallel.sharing, 'stale')) continue;
      // That the pair is stored again while others read it must be seen, or promised.
      if (parallel.thread === undefined && SAYS_NOTHING_OF_WRITERS.has(parallel.sharing.by)) continue;
      // What is read only when the thread has ended is not torn from what it stored before.
      if (program.parallel(second, writer.second, reader.second) === undefined) continue;
      if (!isOneThread(program, writer, reader))
        return report(program, first, second, writer, reader, parallel);
    }
  return undefined;
}

/** Signs that several callers have the object or module, and none that one of them stores what the others read. */
const SAYS_NOTHING_OF_WRITERS: ReadonlySet<Sharing['by']> = new Set([
  'concurrent',
  'besides',
  'otherLock',
  'kept',
  'moduleState',
  'named',
]);

/** Two constants that mean "from the beginning again" go together with whatever the other still was. */
function isConstant({ access }: SharedAccess): boolean {
  return access.kind === 'write' && access.value?.kind === 'literal';
}

function reads({ access, beforeSharing }: SharedAccess): boolean {
  return !beforeSharing && access.kind === 'read' && access.use !== 'lock' && access.use !== 'called';
}

/** A function that the writer itself defines once both are stored: it runs afterwards. */
function isDefinedBehind(
  program: ProgramModel,
  writer: Pair,
  { function: { module, scope } }: Pair,
): boolean {
  return (
    module === writer.function.module &&
    scope.parent === writer.function.scope.id &&
    !program.threadsRunning(writer.function).some(({ many }) => many) &&
    program.dominates(module, writer.second.access.fact, scope.fact)
  );
}

/** `if self.timer: self.timer.cancel()`, `if self.window: self.window.close()`: each is looked at for itself. */
function areTestedApart(program: ProgramModel, first: Variable, second: Variable, reader: Pair): boolean {
  const isTested = (variable: Variable): boolean => {
    const used = variable.accesses.filter(
      (one) => one.function === reader.function && reads(one) && one.access.use !== 'tested',
    );
    return (
      used.length > 0 &&
      used.every(({ module, access }) => {
        const tests = program.testsAt(module, access.fact);
        const ofIt = (one: Variable): boolean =>
          tests.some(({ test }) => program.keyOf(module, test.path) === one.key);
        return ofIt(variable) && !ofIt(variable === first ? second : first);
      })
    );
  };
  return isTested(first) && isTested(second);
}

/** The one value names the thread that holds the lock: who finds his own name in it has the lock without taking it. */
function isOwners(
  program: ProgramModel,
  first: Variable,
  second: Variable,
  writer: Pair,
  { first: one, second: other }: Pair,
): boolean {
  const guards = [...writer.first.locks].filter((lock) => writer.second.locks.has(lock));
  const isHeld = ({ module, access, locks }: SharedAccess): boolean =>
    guards.some((lock) => locks.has(lock) && program.heldThrough(module, access.fact, lock).length === 0);
  const comparedWith = isHeld(other) ? one : isHeld(one) ? other : undefined;
  if (comparedWith === undefined) return false;
  return [first, second].some((variable) =>
    program
      .testsAt(other.module, other.access.fact)
      .some(
        ({ test }) => test.form === 'compares' && program.keyOf(other.module, test.path) === variable.key,
      ),
  );
}

/** Functions that do this to both, one after the other. */
function together(
  program: ProgramModel,
  first: Variable,
  second: Variable,
  does: (access: SharedAccess) => boolean,
): readonly Pair[] {
  const pairs: Pair[] = [];
  for (const a of first.accesses) {
    if (!does(a) || pairs.some((pair) => pair.function === a.function)) continue;
    const b = second.accesses.find(
      (one) =>
        does(one) &&
        one.function === a.function &&
        (program.dominates(a.module, a.access.fact, one.access.fact) ||
          program.dominates(a.module, one.access.fact, a.access.fact)),
    );
    if (b === undefined) continue;
    const inOrder = program.reaches(a.module, a.access.fact, b.access.fact);
    pairs.push({ function: a.function, first: inOrder ? a : b, second: inOrder ? b : a });
  }
  return pairs;
}

function changesAlone(one: Variable, other: Variable): boolean {
  const partners = new Set(other.accesses.filter(stores).map((access) => access.function));
  return one.accesses.some((access) => stores(access) && !partners.has(access.function));
}

/** The writer holds a lock around both; a private reader may have callers that hold it too, unseen. */
function isGuarded({ first, second }: Pair): boolean {
  return [...first.locks].some((lock) => second.locks.has(lock));
}

/** Several threads update it at once without a lock: that is for `nonatomic-update` to say. */
function losesUpdates(program: ProgramModel, variable: Variable, writer: Pair): boolean {
  const { first } = writer;
  return (
    first.access.kind === 'update' &&
    !isGuarded(writer) &&
    program.parallel(variable, first, first) !== undefined
  );
}

/** Only one thread, and it alone, runs both functions. */
function isOneThread(program: ProgramModel, writer: Pair, reader: Pair): boolean {
  const writing = program.threadsRunning(writer.function);
  const reading = program.threadsRunning(reader.function);
  const [only] = writing;
  return (
    writing.length === 1 &&
    reading.length === 1 &&
    only === reading[0] &&
    only?.many === false &&
    program.callsTo(reader.function).every((edge) => program.threadsRunning(edge.caller).includes(only))
  );
}

/** One lock is held at all four steps, or might be. */
function areKeptApart(writer: Pair, reader: Pair): boolean {
  const steps = [writer.first, writer.second, reader.first, reader.second];
  if (steps.some(({ maybeLocked, ownObject }) => maybeLocked || ownObject)) return true;
  return [...writer.first.locks].some((lock) => steps.every(({ locks }) => locks.has(lock)));
}

function report(
  program: ProgramModel,
  first: Variable,
  second: Variable,
  writer: Pair,
  reader: Pair,
  parallel: Parallel,
): Finding {
  const guarded = [...writer.first.locks].find((lock) => writer.second.locks.has(lock));
  const lock = guarded === undefined ? undefined : program.locks.get(guarded);
  const confidence = lock !== undefined && parallel.confidence === 'low' ? 'medium' : parallel.confidence;
  const sharing =
    lock === undefined || parallel.confidence !== 'low' ? parallel.sharing : guardedBy(lock, writer.first);
  const names = `\`${first.name}\` and \`${second.name}\``;
  const primary = lock === undefined ? writer.second : reader.second;
  const variable = second.accesses.includes(primary) ? second : first;
  const message =
    lock === undefined
      ? `${names} are stored in two steps. A reader can see one of them new: ${named(reader.function)} reads both while ${threadClause(parallel, writer.function)}. Keep them in one object that is replaced whole, or hold one lock around both steps on either side.`
      : `${names} belong together and are read without \`${lock.name}\`. They change under it, and ${named(reader.function)} can see one of them new and the other old. Hold \`${lock.name}\` around both reads.`;
  return {
    rule: 'torn-pair',
    primary: placeOf(primary),
    message,
    severity: levelOf(program, { sharing, confidence }, 'stale', 'everyBuild'),
    confidence,
    breaks: 'everyBuild',
    evidence: [
      accessEvidence(writer.first),
      accessEvidence(reader.first),
      accessEvidence(reader.second),
      ...threadEvidence(parallel),
    ],
    fixes: lock === undefined ? [] : lockFixes(program, variable, primary, [reader.first.access.fact]),
    identity: `${identityOf(primary, variable)}|${[first.attribute, second.attribute].sort().join('+')}`,
  };
}
