/** Reports an access without the lock that guards most other accesses of the same variable: a lock declares intent. */
import { ELEMENT } from '../facts/summary.ts';
import { isPrivate } from '../link/callGraph.ts';
import type { FunctionNode, Lock, Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { isNone } from './acts.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isConsumedInC,
  isTestState,
  placeOf,
  threadEvidence,
  verb,
} from './evidence.ts';
import type { Evidence, Finding, Fix } from './finding.ts';
import { arePaired, changes, type Guard, guardOf, isExempt, soleGuard } from './guards.ts';
import { outsideTheLock } from './interleavings.ts';
import { guardedBy, levelOf } from './levels.ts';
import { lockFixes, refusedFix } from './lockChoice.ts';
import { defineRule } from './rule.ts';
import { usesUnderLock } from './usesUnderLock.ts';

/** Writes count double, and guarded accesses must outweigh the others by this factor (WRITE_BIAS, UNSYNC_FACTOR). */
const WRITE_WEIGHT = 2;
const LEAST_FACTOR = 1.6;
const MAX_CALLERS = 4;

export const rule = defineRule({
  id: 'inconsistent-lock',
  title: 'State guarded by a lock in some places and not in others',
  severity: 'error',
  since: '0.1.0',
  cwe: [362, 820],
  witness: outsideTheLock,
  docs: {
    what: 'An access without the lock that most other accesses of the same attribute or global hold.',
    why: 'A lock protects state only while everybody takes it. One access without it can see a half-done change, lose an update, or change a container that is being iterated.',
    bad: [
      `import threading

class Jobs:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = []

    def add(self, job):
        with self._lock:
            self._jobs.append(job)

    def take(self):
        with self._lock:
            return self._jobs.pop()

    def drop(self, job):
        self._jobs.remove(job)
`,
      `import threading

_lock = threading.Lock()
_sizes = {}

def put(key, size):
    with _lock:
        _sizes[key] = size

def total():
    with _lock:
        return sum(_sizes.values())

def report():
    for key, size in _sizes.items():
        print(key, size)
`,
    ],
    good: [
      `import threading

class Jobs:
    def __init__(self):
        self._lock = threading.Lock()
        self._jobs = []

    def add(self, job):
        with self._lock:
            self._jobs.append(job)

    def drop(self, job):
        with self._lock:
            self._jobs.remove(job)
`,
    ],
    whenNotToUse:
      'When the access cannot run together with the others, for example after all threads have ended: ignore the line and give that reason.',
    fix: 'Unsafe, look at it: the lock that the others hold, around the access and what belongs to it.',
    unknown:
      'No thread needs to be seen: the lock says that the state is meant for several. A lock that may be held counts as held; a private helper holds what all its callers hold.',
    references: [
      'https://docs.python.org/3/library/threading.html#lock-objects',
      'https://docs.python.org/3/howto/free-threading-python.html#thread-safety',
    ],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (variable.kind === 'closure' || isTestState(variable) || isHarmless(variable)) continue;
      const guard = guardOf(program, variable);
      if (guard === undefined) {
        yield* calledBare(program, variable);
        continue;
      }
      let told = false;
      for (const access of variable.accesses) {
        if (access.module.test) continue;
        if (!isBare(access, guard.lock.key) || isExempt(access) || hasUnseenCallers(program, access))
          continue;
        if (guard.lock.family && !isOfEntry(access)) continue;
        // Under another lock: `different-locks` says so.
        if (soleGuard(program, variable, access) !== undefined) continue;
        // Stored under the lock and read before it: `nonatomic-update` says so.
        if (program.locksAt(access.module, access.access.fact).has(guard.lock.key)) continue;
        const rivals = guard.guarded.filter((one) => program.mayTouchOneObject(variable, access, one));
        if (isMadeWith(access, guard.lock) || areOfLoop(program, [access, ...rivals])) continue;
        if (
          isHandedIn(access) &&
          !rivals.some((one) => program.parallel(variable, access, one) !== undefined)
        )
          continue;
        if (!rivals.some(changes) || !matters(program, variable, access, guard)) continue;
        if (isTakenOrMissed(program, access) && !arePaired(guard.lock, variable)) continue;
        told = true;
        yield report(program, variable, access, guard);
      }
      if (!told) yield* calledBare(program, variable);
    }
  },
});

/** A method called without the lock under which others are called on the same object. */
function* calledBare(program: ProgramModel, variable: Variable): Iterable<Finding> {
  const uses = usesUnderLock(program, variable);
  if (uses === undefined) return;
  const [example] = uses.guarded;
  for (const access of uses.bare) {
    if (example === undefined || hasUnseenCallers(program, access)) continue;
    if (isCalledWithLock(program, access.function, uses.lock.key, 0)) continue;
    const sharing = guardedBy(uses.lock, example);
    yield {
      rule: 'inconsistent-lock',
      primary: placeOf(access),
      message: `\`${access.name}.${access.access.operation}\` is called here without \`${uses.lock.name}\`. ${holders(uses.guarded.length, uses.guarded.length + uses.bare.length - 1)}, and another thread can be in the middle of a method of the same object. Hold \`${uses.lock.name}\` here.`,
      severity: levelOf(program, { sharing, confidence: 'low' }, 'breaks', 'everyBuild'),
      confidence: 'low',
      breaks: 'everyBuild',
      evidence: [accessEvidence(example, ` while holding \`${uses.lock.name}\``), ...lockEvidence(uses.lock)],
      fixes: lockFixes(program, variable, access),
      identity: identityOf(access, variable),
    };
  }
}

/** Where the lock is made anew, too, nobody can hold it yet. */
function isMadeWith(one: SharedAccess, { constructors }: Lock): boolean {
  const { module, access, receiver, function: function_ } = one;
  return (
    receiver === 'self' &&
    // A constructor that comes here has started a thread before.
    function_.scope.name !== '__init__' &&
    access.kind === 'write' &&
    constructors.some((made) => made.module === module && made.call.scope === access.scope)
  );
}

function areOfLoop(program: ProgramModel, accesses: readonly SharedAccess[]): boolean {
  return accesses.every(({ function: function_ }) => program.isOfLoop(function_));
}

function isBare(access: SharedAccess, key: string): boolean {
  return !access.beforeSharing && !access.maybeLocked && !access.locks.has(key);
}

/** On an object that a caller gives, or that the function has made: whether others have it, its lock does not say. */
function isHandedIn({ receiver }: SharedAccess): boolean {
  return receiver === 'parameter' || receiver === 'local';
}

/** Stores of constants to a plain flag, and objects that are safe as they are. */
function isHarmless(variable: Variable): boolean {
  if (
    variable.types.some((type) => ['safe', 'threadLocal', 'lock', 'function', 'thread'].includes(type.kind))
  )
    return true;
  const writes = variable.accesses.filter(changes);
  return writes.every(
    ({ access }) =>
      access.kind === 'write' &&
      access.value?.kind === 'literal' &&
      ['bool', 'none'].includes(access.value.type),
  );
}

/** A dict in which an entry that was found stays: it is only stored in. */
function keepsEntries(program: ProgramModel, variable: Variable, { access }: SharedAccess): boolean {
  const kinds = program.containerOf(variable);
  return access.operation === '[]=' && kinds.length > 0 && kinds.every((kind) => DICTS.has(kind));
}

/** What the lock of one entry can be about: it keeps others from that entry, not from the whole. */
function isOfEntry({ access: { kind, key, operation } }: SharedAccess): boolean {
  return key !== undefined && (kind === 'update' || /\[\]|^(get|pop|setdefault)/.test(operation));
}

/** `d[k]`, also on the way to something else: `d[k].name`. */
function isLookUp({ operation }: SharedAccess['access']): boolean {
  return operation === '[]' || operation === ELEMENT;
}

const DICTS: ReadonlySet<string> = new Set(['dict', 'defaultdict', 'OrderedDict']);

/** A change, an iteration, or several reads that belong together; never a lone read. */
function matters(program: ProgramModel, variable: Variable, one: SharedAccess, guard: Guard): boolean {
  const { access, module, function: function_ } = one;
  switch (access.kind) {
    case 'update':
    case 'delete':
      return true;
    case 'mutate':
      return !isAppendOnly(guard, access.operation);
    case 'iterate':
      if (program.containerOf(variable).includes('list') && isConsumedInC(access.operation)) return false;
      // What is only ever replaced whole is iterated as it was when the loop began.
      return guard.guarded.some((one) => one.access.kind === 'mutate');
    case 'write': {
      const weigh = (accesses: readonly SharedAccess[]): number =>
        accesses.reduce((sum, one) => sum + (changes(one) ? WRITE_WEIGHT : 1), 0);
      if (
        access.value?.kind === 'literal' &&
        ['bool', 'none'].includes(access.value.type) &&
        !isReplaced(guard)
      )
        return false;
      return weigh(guard.guarded) >= LEAST_FACTOR * weigh(guard.bare);
    }
    case 'read': {
      if (isReadBack(program, variable, one, guard)) return true;
      if (access.use === 'tested' || access.operation === '') return false;
      const tested = program
        .testsAt(module, access.fact)
        .some(
          ({ test, locks }) =>
            test.via === undefined &&
            program.keyOf(module, test.path) === variable.key &&
            !locks.has(guard.lock.key) &&
            test.scope === function_.scope.id,
        );
      if (!tested && access.operation === '[]' && readsTwice(variable, function_, access.fact))
        return guard.guarded.some((one) => one.access.kind === 'mutate');
      if (!tested && isLookUp(access)) return isLostLookUp(program, variable, one, guard);
      return (
        tested &&
        guard.guarded.some(
          (one) =>
            (one.access.kind === 'mutate' && !(isLookUp(access) && keepsEntries(program, variable, one))) ||
            one.access.kind === 'delete' ||
            isNone(one),
        )
      );
    }
    case 'snapshot':
      return false;
  }
}

/** `jobs[name].run()` beside `with lock: jobs.pop(name)`: an entry that goes while somebody looks it up. */
function isLostLookUp(
  program: ProgramModel,
  variable: Variable,
  { access, module, function: function_, receiver }: SharedAccess,
  { guarded }: Guard,
): boolean {
  const { key, fact } = access;
  if (key === undefined || key.kind === 'literal' || receiver !== 'self') return false;
  if (program.catchesAt(module, fact, ['KeyError', 'LookupError', 'Exception', 'BaseException']))
    return false;
  const kinds = program.containerOf(variable);
  if (kinds.some((kind) => !DICTS.has(kind)) || kinds.includes('defaultdict')) return false;
  // What the function has itself stored or taken a look at is there as far as it knows.
  const knows = variable.accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.fact !== fact &&
      one.access.key?.text === key.text &&
      program.reaches(module, one.access.fact, fact),
  );
  if (knows || program.testsAt(module, fact).some(({ test }) => test.key?.text === key.text)) return false;
  return guarded.some(
    ({ access: { operation, key: gone }, function: taking }) =>
      taking !== function_ && TAKEN_OUT.has(operation) && gone !== undefined && gone.kind !== 'literal',
  );
}

/** One entry of a dict goes. */
const TAKEN_OUT: ReadonlySet<string> = new Set(['pop', 'pop default', 'del []']);

/** `with lock: n += 1`, and then `return n`: by then it may be the number of another caller. */
function isReadBack(
  program: ProgramModel,
  variable: Variable,
  { access, function: function_, module }: SharedAccess,
  { lock }: Guard,
): boolean {
  if (access.operation !== '' || (access.use !== 'returned' && access.use !== 'assigned')) return false;
  return variable.accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'update' &&
      one.access.key === undefined &&
      one.locks.has(lock.key) &&
      program.dominates(module, one.access.fact, access.fact),
  );
}

/**
 * Storing one entry, or taking one away with the error caught, is atomic by itself: it disturbs only code that steps through
 * the container, or that tests it and then acts, while it holds the lock.
 */
function isOneStep(
  program: ProgramModel,
  variable: Variable,
  bare: SharedAccess,
  { guarded }: Guard,
): boolean {
  const { module } = bare;
  const { operation, key, fact } = bare.access;
  const stores = operation === '[]=' && key !== undefined;
  const takes = operation === 'del []' || operation === 'pop' || operation === 'remove';
  const caught =
    takes &&
    program.catchesAt(module, fact, ['KeyError', 'ValueError', 'LookupError', 'Exception', 'BaseException']);
  if (!stores && !caught) return false;
  const replaces = stores && readsFirst(variable, bare);
  return guarded.every((one) => {
    const { kind } = one.access;
    if (kind === 'update' || (kind === 'iterate' && !replaces)) return false;
    return !program
      .testsAt(one.module, one.access.fact)
      .some(
        ({ test }) =>
          ((stores && !replaces) || !MISSING.has(test.form)) &&
          program.keyOf(one.module, test.path) === variable.key,
      );
  });
}

/** `try: x = items.popleft()`, `except IndexError`: asked and taken in one step. */
function isTakenOrMissed(program: ProgramModel, { module, access }: SharedAccess): boolean {
  return (
    access.kind === 'mutate' &&
    /^(pop|popleft|popitem|remove|del \[\])$/.test(access.operation) &&
    program.catchesAt(module, access.fact, [
      'KeyError',
      'IndexError',
      'ValueError',
      'LookupError',
      'Exception',
      'BaseException',
    ])
  );
}

/** `manager.state = x`: code outside the class that gives an object another value sets it up more often than not. */
function isPutInFromOutside({ access, receiver }: SharedAccess): boolean {
  return access.kind === 'write' && receiver !== 'self' && receiver !== 'none';
}

/** Tests after which it does no harm that an entry goes. */
const MISSING: ReadonlySet<string> = new Set(['isNone', 'falsy', 'lacks', 'caughtMissing']);

/** The function has read the entry before: it is there, and is given another value. */
function readsFirst(variable: Variable, { function: function_, access }: SharedAccess): boolean {
  return variable.accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.fact < access.fact &&
      one.access.kind === 'read' &&
      one.access.operation === '[]' &&
      one.access.key?.text === access.key?.text,
  );
}

/** A private method that nothing in the program calls or hands on: what its callers hold cannot be seen. */
function hasUnseenCallers(program: ProgramModel, { function: function_ }: SharedAccess): boolean {
  return (
    isPrivate(function_) &&
    program.callsTo(function_).length === 0 &&
    !program.isHandedOn(function_) &&
    program.threadsRunning(function_).length === 0
  );
}

/** Every call of the function in the program is made with the lock held, though others could call it without. */
function isCalledWithLock(
  program: ProgramModel,
  function_: FunctionNode,
  key: string,
  depth: number,
): boolean {
  const calls = program.callsTo(function_);
  return (
    depth <= MAX_CALLERS &&
    calls.length > 0 &&
    calls.every((edge) => edge.locks.has(key) || isCalledWithLock(program, edge.caller, key, depth + 1))
  );
}

/** `x[-1] / len(x)`: an item and another look at the same container, both without the lock. */
function readsTwice(variable: Variable, function_: FunctionNode, fact: number): boolean {
  return variable.accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'read' &&
      one.access.fact !== fact &&
      one.locks.size === 0 &&
      one.access.use === 'argument',
  );
}

/** Some guarded access stores something other than a constant. */
function isReplaced(guard: Guard): boolean {
  return guard.guarded.some(
    ({ access }) =>
      access.kind === 'mutate' ||
      access.kind === 'update' ||
      (access.kind === 'write' && access.value?.kind !== 'literal'),
  );
}

/** One item at an end: as atomic as the `append` beside it, and the lock elects who takes it. */
const TAKES: ReadonlySet<string> = new Set(['popleft', 'pop']);

/** A lone atomic `append` beside guarded appends only. */
function isAppendOnly(guard: Guard, operation: string): boolean {
  const appends = (name: string): boolean => name === 'append' || name === 'add' || name === 'appendleft';
  return (
    appends(operation) &&
    guard.guarded.every(
      ({ access }) =>
        access.kind !== 'iterate' &&
        (access.kind !== 'mutate' || appends(access.operation) || TAKES.has(access.operation)) &&
        access.kind !== 'update',
    )
  );
}

function report(program: ProgramModel, variable: Variable, access: SharedAccess, guard: Guard): Finding {
  const { lock, guarded, bare } = guard;
  const example = guarded.find(changes) ?? guarded[0]!;
  const others = guarded.length + bare.length - 1;
  const parallel = program.parallel(variable, access, example);
  /** One guarded access alone is a weak sign, unless a thread is seen to run beside it. */
  const seen = parallel?.thread !== undefined;
  const harmless = isOneStep(program, variable, access, guard) || isPutInFromOutside(access);
  const readBack = access.access.kind === 'read' && isReadBack(program, variable, access, guard);
  const weak = (guarded.length < 2 && !readBack) || isCalledWithLock(program, access.function, lock.key, 0);
  const lookUp =
    access.access.kind === 'read' &&
    isLookUp(access.access) &&
    isLostLookUp(program, variable, access, guard);
  const confidence = harmless || lookUp ? 'low' : seen ? 'high' : weak ? 'low' : 'medium';
  const strong = access.access.kind !== 'write' && access.access.kind !== 'read';
  const sharing = seen ? parallel.sharing : guardedBy(lock, example);
  const harm = strong ? 'breaks' : readBack ? 'twice' : 'stale';
  const severity = levelOf(program, { sharing, confidence }, harm, 'everyBuild');
  return {
    rule: 'inconsistent-lock',
    primary: placeOf(access),
    message: readBack
      ? `\`${access.name}\` is read back here when \`${lock.name}\` is free again. Another thread can have changed it since, so that two get the same value. Keep what was stored in a local, under the lock.`
      : `${lookUp ? `\`${access.name}\` is looked into here` : here(access)} without \`${lock.name}\`. ${holders(guarded.length, others)}, and another thread can be in the middle of ${guarded.length === 1 ? 'it' : 'one of them'}. Hold \`${lock.name}\` here.`,
    severity,
    confidence,
    breaks: 'everyBuild',
    evidence: [
      accessEvidence(example, ` while holding \`${lock.name}\``),
      ...lockEvidence(lock),
      ...(parallel === undefined ? [] : threadEvidence(parallel)),
    ],
    // A lock around the reading alone would leave it as wrong as it is.
    fixes: readBack
      ? []
      : isOneStep(program, variable, access, guard)
        ? oneStepFix(access, lock)
        : lockFixes(program, variable, access),
    identity: identityOf(access, variable),
    cause: variable.key,
  };
}

function holders(guarded: number, others: number): string {
  if (guarded === others)
    return others === 1 ? 'The other access holds it' : `All ${others} other accesses hold it`;
  return guarded === 1
    ? `One of the ${others} other accesses holds it`
    : `${guarded} of the ${others} other accesses hold it`;
}

function here(access: SharedAccess): string {
  const doing = verb(access);
  const passive: Readonly<Record<string, string>> = {
    writes: 'is written',
    updates: 'is updated',
    deletes: 'is deleted',
    iterates: 'is iterated',
    reads: 'is tested and used',
    'removes from': 'loses an item',
    'stores in': 'gets an item',
    changes: 'is changed',
  };
  return `\`${access.name}\` ${passive[doing] ?? 'is used'} here`;
}

function lockEvidence(lock: Lock): readonly Evidence[] {
  const [first] = lock.constructors;
  if (first === undefined) return [];
  const module: Module = first.module;
  return [{ role: 'lock', at: at(module, first.call.fact), message: `\`${lock.name}\` is made here.` }];
}

function oneStepFix(access: SharedAccess, lock: Lock): readonly Fix[] {
  return [
    refusedFix(access.module.file, `Hold \`${lock.name}\` here`, {
      reason: 'this one step cannot be torn as it is, and the lock would only make it wait',
    }),
  ];
}
