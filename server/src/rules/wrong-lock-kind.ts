/** Reports state that threads change under something that does not keep threads apart: a counting semaphore, the lock of an event loop. */
import type { FactId } from '../facts/summary.ts';
import type {
  FunctionNode,
  Lock,
  Module,
  Parallel,
  ProgramModel,
  SharedAccess,
  Variable,
} from '../link/program.ts';
import {
  accessEvidence,
  at,
  commonLock,
  identityOf,
  isSafeType,
  isTestState,
  placeOf,
  subject,
  threadClause,
  threadEvidence,
  verb,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { changes } from './guards.ts';
import { togetherInside } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { defineRule } from './rule.ts';
import { testsItself } from './sections.ts';

export const rule = defineRule({
  id: 'wrong-lock-kind',
  title: 'Lock that does not keep threads apart',
  severity: 'error',
  since: '0.2.0',
  cwe: [362, 667],
  witness: togetherInside,
  docs: {
    what: 'State that threads share and that is changed under a semaphore of more than one, or under an `asyncio.Lock` while a thread changes it, too.',
    why: 'A semaphore of four lets four threads in: it limits, it does not guard. An `asyncio.Lock` keeps out the other tasks of one event loop and no thread.',
    bad: [
      `import threading

class Fetcher:
    def __init__(self):
        self._slots = threading.Semaphore(4)
        self.bytes = 0

    def fetch(self, url):
        with self._slots:
            self.bytes += len(url)

fetcher = Fetcher()
for url in ("a", "b"):
    threading.Thread(target=fetcher.fetch, args=(url,)).start()
`,
      `import asyncio
import threading

class Seats:
    def __init__(self):
        self._lock = asyncio.Lock()
        self._taken = {}

    def _take(self, seat, who):
        if seat not in self._taken:
            self._taken[seat] = who

    async def book(self, seat, who):
        async with self._lock:
            self._take(seat, who)

    def load(self, rows):
        for seat, who in rows:
            self._take(seat, who)

seats = Seats()
threading.Thread(target=seats.load, args=([],)).start()
asyncio.run(seats.book(1, "ann"))
`,
    ],
    good: [
      `import threading

class Fetcher:
    def __init__(self):
        self._slots = threading.Semaphore(4)
        self._lock = threading.Lock()
        self.bytes = 0

    def fetch(self, url):
        with self._slots:
            size = len(url)
        with self._lock:
            self.bytes += size

fetcher = Fetcher()
for url in ("a", "b"):
    threading.Thread(target=fetcher.fetch, args=(url,)).start()
`,
    ],
    whenNotToUse: 'When the state need not be exact, such as a rough count for a log.',
    fix: 'Advice only: which kind was meant is for its author to say.',
    unknown: 'A semaphore whose number is not seen, or is one, counts as a lock.',
    references: [
      'https://docs.python.org/3/library/threading.html#semaphore-objects',
      'https://docs.python.org/3/library/asyncio-sync.html',
    ],
  },
  *check(program, judged) {
    const counting = countingUses(program);
    const onLoop = loopSections(program);
    if (counting.length === 0 && onLoop.length === 0) return;
    for (const variable of judged.variables) {
      if (isTestState(variable) || isSafeType(variable)) continue;
      yield* underSemaphore(program, variable, counting);
      const found = besideLoop(program, variable, onLoop);
      if (found !== undefined) yield found;
    }
  },
});

/** A stretch of a function in which something is held. */
interface Section {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly lock: Lock;
  readonly taken: FactId;
  readonly given: readonly FactId[];
}

function countingUses(program: ProgramModel): readonly Section[] {
  return program.lockUses.flatMap(({ module, function: function_, lock, acquisition }) =>
    program.isCounting(lock) && isAboveOne(lock)
      ? [sectionOf(program, module, function_, lock, acquisition)]
      : [],
  );
}

/** The number is seen, and is not one. */
function isAboveOne({ constructors }: Lock): boolean {
  return (
    constructors.length > 0 &&
    constructors.every(({ call: { arguments: given } }) => {
      const [first] = given;
      if (first === undefined) return false;
      return first.value.kind !== 'literal' || Number(first.value.text) > 1;
    })
  );
}

function loopSections(program: ProgramModel): readonly Section[] {
  return program.modules.flatMap((module) =>
    module.summary.acquisitions.flatMap((acquisition) => {
      if (acquisition.how !== 'async') return [];
      const lock = program.lockAt(module, acquisition.path);
      if (lock?.kind !== 'asyncio') return [];
      return [sectionOf(program, module, program.functionAt(module, acquisition.scope), lock, acquisition)];
    }),
  );
}

function sectionOf(
  program: ProgramModel,
  module: Module,
  function_: FunctionNode,
  lock: Lock,
  acquisition: { readonly fact: FactId; readonly index: number; readonly path: number },
): Section {
  const given = module.summary.releases
    .filter(
      (one) =>
        one.acquisition === acquisition.index ||
        (one.acquisition === -1 &&
          one.path === acquisition.path &&
          program.functionAt(module, one.scope) === function_),
    )
    .map(({ fact }) => fact);
  return { module, function: function_, lock, taken: acquisition.fact, given };
}

function isInside(program: ProgramModel, { module, taken, given }: Section, fact: FactId): boolean {
  return (
    program.dominates(module, taken, fact) &&
    given.some((end) => program.reaches(module, fact, end)) &&
    !given.some((end) => program.dominates(module, end, fact))
  );
}

/** A change that rests on what was there before. */
function isExact(program: ProgramModel, variable: Variable, access: SharedAccess): boolean {
  if (access.access.kind === 'update') {
    const inPlace = /^[|&^+]=$/.test(access.access.operation) && access.access.key === undefined;
    return !(inPlace && program.containerOf(variable).length > 0);
  }
  return changes(access) && testsItself(program, variable, access);
}

function* underSemaphore(
  program: ProgramModel,
  variable: Variable,
  sections: readonly Section[],
): Iterable<Finding> {
  for (const access of variable.accesses) {
    if (access.beforeSharing || access.ownObject || access.locks.size > 0) continue;
    if (!isExact(program, variable, access)) continue;
    const section = sections.find(
      (one) => one.function === access.function && isInside(program, one, access.access.fact),
    );
    const parallel = section === undefined ? undefined : program.parallel(variable, access, access);
    if (section === undefined || parallel?.thread === undefined) continue;
    yield reportSemaphore(program, variable, access, section, parallel);
  }
}

function reportSemaphore(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  { lock }: Section,
  parallel: Parallel,
): Finding {
  const [made] = lock.constructors;
  const breaks =
    access.access.kind === 'update' && !access.access.callBetween ? 'freeThreadedOnly' : 'everyBuild';
  return {
    rule: 'wrong-lock-kind',
    primary: placeOf(access),
    message: `\`${lock.name}\` is a semaphore and lets several threads at \`${variable.name}\`. ${subject(access.function)} ${verb(access)} it here in steps that belong together, while ${threadClause(parallel, access.function)}. Hold a \`Lock\` for this part besides.`,
    severity: levelOf(program, parallel, 'loses', breaks),
    confidence: parallel.confidence,
    breaks,
    evidence: [
      {
        role: 'lock',
        at: at(made!.module, made!.call.fact),
        message: `\`${lock.name}\` is made for more than one here.`,
      },
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: identityOf(access, variable),
    cause: variable.key,
  };
}

const MOST_CALLS = 3;

/** Functions that run while the section lasts, the one that it is in among them. */
function runsInside(program: ProgramModel, section: Section): ReadonlySet<FunctionNode> {
  const found = new Set<FunctionNode>();
  let edge = program
    .callsFrom(section.function)
    .filter(({ fact }) => isInside(program, section, fact))
    .map(({ callee }) => callee);
  for (let depth = 0; depth < MOST_CALLS && edge.length > 0; depth++) {
    for (const one of edge) found.add(one);
    edge = edge
      .flatMap((one) => program.callsFrom(one).map(({ callee }) => callee))
      .filter((one) => !found.has(one));
  }
  return found;
}

/** A task holds the loop's lock around what a thread changes without it. */
function besideLoop(
  program: ProgramModel,
  variable: Variable,
  sections: readonly Section[],
): Finding | undefined {
  for (const section of sections) {
    if (!mayGuard(section.lock, variable)) continue;
    const inside = runsInside(program, section);
    const held = variable.accesses.filter(
      (one) =>
        !one.beforeSharing &&
        (inside.has(one.function) ||
          (one.function === section.function && isInside(program, section, one.access.fact))),
    );
    if (!held.some((one) => isExact(program, variable, one))) continue;
    for (const one of held) {
      for (const other of variable.accesses) {
        if (other.beforeSharing || other.function.scope.async || commonLock(one, other)) continue;
        if (!changes(other) && !changes(one)) continue;
        if (
          program.threadsRunning(other.function).every(({ many, entries }) => entries.length === 0 && !many)
        )
          continue;
        const parallel = program.parallel(variable, one, other);
        if (parallel?.thread === undefined || runsLoop(parallel)) continue;
        return reportLoop(program, variable, section, other, parallel);
      }
    }
  }
  return undefined;
}

/** What a lock of one object happens to be held around, far away, it is not there for. */
function mayGuard(lock: Lock, variable: Variable): boolean {
  return lock.module === variable.module || (lock.owner !== undefined && lock.owner === variable.owner);
}

/** The thread is that of the loop itself. */
function runsLoop({ thread }: Parallel): boolean {
  return (
    thread !== undefined &&
    (thread.entries.length === 0 || thread.entries.every(({ function: { scope } }) => scope.async))
  );
}

function reportLoop(
  program: ProgramModel,
  variable: Variable,
  { lock, module, function: function_, taken }: Section,
  other: SharedAccess,
  parallel: Parallel,
): Finding {
  return {
    rule: 'wrong-lock-kind',
    primary: placeOf(other),
    message: `\`${lock.name}\` is a lock between tasks and keeps no thread away from \`${variable.name}\`. ${subject(function_)} holds it around the same data, while ${threadClause(parallel, other.function)}, which ${verb(other)} it. Hold a \`threading.Lock\` on both sides.`,
    severity: levelOf(program, parallel, 'loses', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'lock', at: at(module, taken), message: `${subject(function_)} holds \`${lock.name}\` here.` },
      accessEvidence(other),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: identityOf(other, variable),
    cause: variable.key,
  };
}
