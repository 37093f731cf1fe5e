/** Reports locks that are made when somebody else may already hold one: lazily, anew, or out of a dict of locks. */
import { CONFIGURING_FUNCTION } from '../catalog/words.ts';
import type { ValueShape } from '../facts/summary.ts';
import { isConstructor } from '../link/callGraph.ts';
import type { FunctionNode, Lock, LockUse, Module, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { replacedMeanwhile } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'lock-rebound',
  title: 'Lock replaced or made lazily',
  severity: 'warning',
  since: '0.2.0',
  cwe: [821, 667],
  witness: replacedMeanwhile,
  docs: {
    what: 'A lock that is made or replaced outside of the constructor, made at its first use, or looked up and stored in a dict of locks in two steps; and an entry of such a dict that is removed while somebody may hold its lock.',
    why: 'Two threads then hold two different locks for one thing, and both go on at once.',
    bad: [
      `import threading

class Hits:
    def __init__(self):
        self._lock = threading.Lock()
        self._hits = {}

    def hit(self, host):
        with self._lock:
            self._hits[host] = self._hits.get(host, 0) + 1

    def reset(self):
        self._lock = threading.Lock()
        self._hits = {}
`,
      `import threading

class Rooms:
    def __init__(self):
        self._locks = {}

    def _lock_of(self, room):
        if room not in self._locks:
            self._locks[room] = threading.Lock()
        return self._locks[room]

    def use(self, room, guest):
        with self._lock_of(room):
            guest.rest()
`,
    ],
    good: [
      `import threading

class Hits:
    def __init__(self):
        self._lock = threading.Lock()
        self._hits = {}

    def hit(self, host):
        with self._lock:
            self._hits[host] = self._hits.get(host, 0) + 1

    def reset(self):
        with self._lock:
            self._hits = {}
`,
      `import threading

class Rooms:
    def __init__(self):
        self._locks = {}

    def use(self, room, guest):
        with self._locks.setdefault(room, threading.Lock()):
            guest.rest()
`,
    ],
    whenNotToUse: 'When no other thread can have the object yet, or any more.',
    fix: 'Advice only: where the lock belongs depends on who else makes objects of the class.',
    unknown:
      'Set-up and unpickling methods, code after a fork, and methods that only constructors call are not reported; nor is a lock that nobody takes.',
    references: ['https://docs.python.org/3/library/threading.html#lock-objects'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(reboundLocks, module);
  },
});

function* reboundLocks(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  yield* rebound(program, module);
  yield* initAgain(program, module);
  yield* families(program, module);
}

function* rebound(program: ProgramModel, module: Module): Iterable<Finding> {
  const seen = new Set<string>();
  // The binding itself stands behind the store, where what was tested holds no longer.
  for (const { kind, path, value, fact, scope } of module.summary.accesses) {
    if (kind !== 'write' || value === undefined) continue;
    const bound = module.summary.paths[path]!;
    if (bound.root === 'local' || bound.root === 'class' || !makesLock(program, module, value)) continue;
    const function_ = program.functionAt(module, scope);
    if (function_.scope.kind === 'module' || isMaking(program, function_)) continue;
    if (program.isForked({ function: function_, fact })) continue;
    const lock = program.lockAt(module, path);
    if (lock === undefined || lock.kind === 'asyncio' || lock.family) continue;
    const name = program.nameOf(module, path);
    const key = program.keyOf(module, path);
    const tests = program
      .testsAt(module, fact)
      .filter(({ test }) => program.keyOf(module, test.path) === key && ABSENT.test(test.form));
    if (tests.length > 0 && program.locksAt(module, fact).size > 0) continue;
    const use = otherUse(program, lock, function_);
    if (use === undefined && tests.length === 0) continue;
    const identity = `${module.path}:${function_.label}|${key ?? name}`;
    if (seen.has(identity)) continue;
    seen.add(identity);
    yield finding(
      module,
      fact,
      tests.length > 0
        ? `\`${name}\` can be made twice, by two first users. Both pass the test in ${named(function_)} before either stores, and hold different locks. Make the lock in \`__init__\` or in the module.`
        : `${subject(function_)} replaces \`${name}\` while others may hold it or wait for it. Who holds the old lock and who takes the new one then run at the same time. Keep one lock for the life of the object and change what it guards.`,
      use === undefined ? [] : [useEvidence(use, name)],
      identity,
    );
  }
}

const ABSENT = /^(isNone|falsy|lacksAttribute|lacks|caughtMissing)$/;

/** `self.__init__()` outside of a constructor makes the locks of the object anew. */
function* initAgain(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const call of module.summary.calls) {
    const callee = module.summary.paths[call.callee]!;
    if (callee.root !== 'self' || callee.fields.length !== 1 || callee.last !== '__init__') continue;
    const function_ = program.functionAt(module, call.scope);
    if (isMaking(program, function_) || function_.owner === undefined) continue;
    const init = program.functionNamed(module, call.callee);
    const lock = program
      .locksOf(function_.owner, module)
      .find(
        ({ holder, constructors }) =>
          holder === 'instance' &&
          constructors.some((made) => program.functionAt(made.module, made.call.scope) === init),
      );
    const use = lock === undefined ? undefined : otherUse(program, lock, function_);
    if (lock === undefined || use === undefined) continue;
    yield finding(
      module,
      call.fact,
      `${subject(function_)} replaces \`${lock.name}\` while others may hold it or wait for it. \`__init__\` makes the lock anew: who holds the old one and who takes the new one then run at the same time. Set back the data alone, in a method of its own.`,
      [useEvidence(use, lock.name)],
      `${module.path}:${function_.label}|${lock.key}|init`,
    );
  }
}

/** A dict of locks: filled in two steps, or emptied under its users. */
function* families(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const access of module.summary.accesses) {
    if (access.kind !== 'mutate') continue;
    const function_ = program.functionAt(module, access.scope);
    if (CONFIGURING_FUNCTION.test(function_.scope.name)) continue;
    const key = program.keyOf(module, access.path);
    const name = program.nameOf(module, access.path);
    if (key === undefined) continue;
    if (
      access.operation === '[]=' &&
      access.value !== undefined &&
      makesLock(program, module, access.value)
    ) {
      const tested = program
        .testsAt(module, access.fact)
        .some(
          ({ test }) =>
            program.keyOf(module, test.path) === key &&
            /^(lacks|falsy|isNone|caughtMissing)$/.test(test.form),
        );
      if (!tested || program.locksAt(module, access.fact).size > 0 || program.mayHoldAt(module, access.fact))
        continue;
      yield finding(
        module,
        access.fact,
        `A lock in \`${name}\` is looked up and stored in two steps. Two threads get two locks: both find none in ${named(function_)}, each stores its own, and one holds a lock that nobody else will take. Use \`${name}.setdefault(key, threading.Lock())\`.`,
        [],
        `${module.path}:${function_.label}|${key}|two steps`,
      );
    } else if (/^(pop|pop default|del \[\]|popitem|clear)$/.test(access.operation)) {
      const use = program.lockUses.find(
        ({ lock }) => lock.family && lock.constructors.length > 0 && lock.key === `${key}[*]`,
      );
      if (use === undefined || program.mayHoldAt(module, access.fact) || isMaking(program, function_))
        continue;
      if (program.usesIn(function_).some(({ lock }) => lock === use.lock)) continue;
      yield finding(
        module,
        access.fact,
        `${subject(function_)} drops a lock of \`${name}\` that somebody may hold or wait for. The next user makes another one and runs beside the first. Take the lock before it is dropped, or keep it.`,
        [useEvidence(use, use.lock.name)],
        `${module.path}:${function_.label}|${key}|dropped`,
      );
    }
  }
}

function makesLock(program: ProgramModel, module: Module, value: ValueShape): boolean {
  const name = value.kind === 'call' ? program.calleeName(module, value.call) : undefined;
  const made = name === undefined ? undefined : program.catalog.constructed(name);
  return made?.kind === 'lock' && made.lock !== 'asyncio';
}

/** Runs before anybody else has the object. */
function isMaking(program: ProgramModel, function_: FunctionNode): boolean {
  if (
    isConstructor(function_) ||
    /^(__\w+state__|__(deep)?copy__|__reduce\w*__|_?(after|at)\w*fork\w*|open|connect|setup|start)$/i.test(
      function_.scope.name,
    )
  )
    return true;
  const callers = program.callsTo(function_);
  return (
    (function_.scope.name.startsWith('_') || callers.length > 0) &&
    callers.every(
      ({ caller, how }) =>
        caller === function_ ||
        isConstructor(caller) ||
        // A decorator of a module's own functions and classes runs while it is imported.
        (how === 'decorate' && caller.scope.kind === 'module'),
    )
  );
}

function otherUse(program: ProgramModel, lock: Lock, function_: FunctionNode): LockUse | undefined {
  return program.lockUses.find((use) => use.lock === lock && use.function !== function_);
}

function useEvidence(use: LockUse, name: string): Evidence {
  return {
    role: 'lock',
    at: at(use.module, use.acquisition.fact),
    message: `${subject(use.function)} takes \`${name}\` here.`,
  };
}

function finding(
  module: Module,
  fact: number,
  message: string,
  evidence: readonly Evidence[],
  identity: string,
): Finding {
  return {
    rule: 'lock-rebound',
    primary: at(module, fact),
    message,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence,
    fixes: [],
    identity,
  };
}
