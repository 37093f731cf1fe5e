/** Reports a test of shared state and an act that relies on it, when another thread can change the state in between. */
import { JOINING_METHODS, REMOVING, TEAR_DOWN_FUNCTION } from '../catalog/words.ts';
import type { HeldTest, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { attempts, rewrites } from './actFixes.ts';
import { type Act, actOf, boundedChange, claimOf, isNone, takingOf } from './acts.ts';
import { type BehindTest, behindOneTest } from './behindOneTest.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isSafeType,
  isTestState,
  placeOf,
  threadEvidence,
  threadSentence,
  unprotected,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { testThenAct } from './interleavings.ts';
import { isSurer, levelOf } from './levels.ts';
import { lockFixes, testedAgain } from './lockChoice.ts';
import { defineRule } from './rule.ts';
import { namesThread } from './threadCode.ts';
import { walkedFor } from './walked.ts';

export const rule = defineRule({
  id: 'check-then-act',
  title: 'Test and use of shared state in two steps',
  severity: 'error',
  since: '0.1.0',
  cwe: [362, 367],
  witness: testThenAct,
  docs: {
    what: 'Code such as `if k in d: del d[k]`, `if queue: queue.pop()` or `if self.conn: self.conn.send()` on shared state that another thread can change between the test and the use.',
    why: 'The answer of the test may be out of date when the use happens: KeyError, IndexError, AttributeError on None, or an entry that is handled twice.',
    bad: [
      `import threading

running = {}

def finish(job):
    if job in running:
        del running[job]

for _ in range(4):
    threading.Thread(target=finish, args=(1,)).start()
`,
      `import threading
from collections import deque

class Worker:
    def __init__(self):
        self.tasks = deque()
        for _ in range(4):
            threading.Thread(target=self.run).start()

    def run(self):
        while self.tasks:
            self.tasks.popleft()
`,
    ],
    good: [
      `import threading

running = {}

def finish(job):
    running.pop(job, None)

for _ in range(4):
    threading.Thread(target=finish, args=(1,)).start()
`,
    ],
    whenNotToUse:
      'When only one thread ever removes, which the analysis may not be able to see: ignore the line and say so.',
    fix: 'Unsafe, look at it: one operation in the place of two (`pop(k, None)`, `discard`), the entry taken out before it is used, the test made once more under the lock, the use without the test and with its error caught, one read into a local, or one lock around the test and what relies on it, and around everything else that changes the state.',
    unknown:
      'A use inside a `try` that catches the error counts as handled. A lock that may be held counts as held.',
    references: [
      'https://docs.python.org/3/glossary.html#term-LBYL',
      'https://docs.python.org/3/library/stdtypes.html#dict.pop',
    ],
  },
  *check(program, judged) {
    for (const variable of judged.variables)
      if (!isTestState(variable))
        yield* behindOneTest(
          findingsOn(program, variable),
          (name) => `\`${name}\` relies on the same test here.`,
        );
  },
});

function* findingsOn(program: ProgramModel, variable: Variable): Iterable<BehindTest> {
  const safe = isSafeType(variable);
  for (const access of variable.accesses) {
    if (access.beforeSharing || access.maybeLocked) continue;
    const act =
      actOf(access) ??
      claimOf(program, access) ??
      takingOf(program, variable, access) ??
      boundedChange(program, access);
    // A thread or an event locks for itself, not for the attribute that holds it.
    if (act === undefined || (safe && (act.spoiledBy !== 'replacement' || isLock(variable)))) continue;
    if (access.access.key !== undefined && namesThread(program, access.module, access.access.key)) continue;
    const tested = testFor(program, variable, access, act) ?? copyFor(program, variable, access, act);
    const test = tested ?? walkedFor(program, variable, access, act);
    if (test === undefined || program.catchesAt(access.module, access.access.fact, act.errors)) continue;
    const rival = rivalOf(program, variable, access, act, test);
    // That a class is public is no sign that two threads clean up its entries at once.
    if (tested === undefined && rival?.parallel.sharing.by === 'public') continue;
    if (rival === undefined) continue;
    const finding = report(program, variable, access, act, test, rival);
    yield { access, test: test.test, kind: `${act.spoiledBy} ${access.access.kind}`, finding };
  }
}

/** A lock that is there or not is set up once. */
function isLock({ types }: Variable): boolean {
  return types.some(({ kind }) => kind === 'lock');
}

/** A test in the same function whose answer the act relies on, made through the variable itself and not under a common lock. */
function testFor(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  act: Act,
): HeldTest | undefined {
  const tests = program.testsAt(access.module, access.access.fact).filter(({ test }) => {
    if (!act.forms.includes(test.form) || test.scope !== access.access.scope) return false;
    if (program.keyOf(access.module, test.path) !== variable.key) return false;
    if (test.via !== undefined && act.spoiledBy === 'replacement') return false;
    if (act.fits !== undefined && !act.fits(test)) return false;
    const byKey = test.form === 'contains' || test.form === 'lacks' || test.form === 'orders';
    return !byKey || test.key?.text === access.access.key?.text;
  });
  /** Tested again under the lock: the first look only spares the lock. */
  const repeated = tests.some(({ locks }) => [...locks].some((lock) => access.locks.has(lock)));
  return repeated ? undefined : tests[0];
}

/** `sock = self.sock; sock.send(…); self.sock.recv(…)`: the copy is there so that it is one socket, and is then not used. */
function copyFor(
  program: ProgramModel,
  variable: Variable,
  { access, module, function: function_ }: SharedAccess,
  { spoiledBy }: Act,
): HeldTest | undefined {
  if (spoiledBy !== 'replacement' || access.kind !== 'read') return undefined;
  const { bindings, calls } = module.summary;
  const copy = bindings.find(
    ({ path, value, scope, how, fact }) =>
      how === 'assign' &&
      scope === access.scope &&
      value.kind === 'path' &&
      value.path === access.path &&
      calls.some((call) => call.scope === scope && module.summary.paths[call.callee]!.parent === path) &&
      program.dominates(module, fact, access.fact),
  );
  if (copy === undefined) return undefined;
  const own = variable.accesses.some((one) => one.function === function_ && one.access.kind !== 'read');
  if (own) return undefined;
  const { fact, scope } = copy;
  const test = {
    fact,
    path: access.path,
    form: 'isNotNone',
    key: undefined,
    scope,
    via: copy.path,
    made: fact,
    against: '',
    relation: '',
  } as const;
  return { test, locks: new Set(), weak: false };
}

interface Rival {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
}

function rivalOf(
  program: ProgramModel,
  variable: Variable,
  act: SharedAccess,
  { spoiledBy, harm }: Act,
  { locks }: HeldTest,
): Rival | undefined {
  let best: Rival | undefined;
  for (const access of variable.accesses) {
    if (access.beforeSharing || !spoils(access, spoiledBy) || isOpposite(act, access)) continue;
    // What is held from the test on keeps the other out; a lock that is taken in between comes too late.
    const late = access.locks.size > 0 && [...access.locks].some((lock) => act.locks.has(lock));
    if (late ? [...access.locks].some((lock) => locks.has(lock)) : !unprotected(act, access)) continue;
    const parallel = program.parallel(variable, act, access);
    const ends = spoiledBy === 'replacement' && isTeardown(act) && isTeardown(access);
    if (ends && !isFinalized(program, act) && !endsBeside(program, act, parallel)) continue;
    // A name is no sign that two calls of a step that is made once can meet.
    if (spoiledBy === 'replacement' && harm === 'twice' && parallel?.sharing.by === 'named') continue;
    if (parallel !== undefined && (best === undefined || isSurer(parallel, best.parallel)))
      best = { access, parallel };
  }
  return best;
}

/** Two calls of `close` at once are nobody's intention, unless a thread of the program is seen to make one of them. */
function isTeardown({ function: { scope } }: SharedAccess): boolean {
  return TEAR_DOWN_FUNCTION.test(scope.name);
}

/** A thread of the program ends the object, and somebody else does not wait for it first. */
function endsBeside(
  program: ProgramModel,
  { function: function_ }: SharedAccess,
  parallel: Parallel | undefined,
): boolean {
  const { thread } = parallel ?? {};
  if (thread === undefined || parallel?.sharing.by !== 'threads') return false;
  const others = program
    .callsTo(function_)
    .filter(({ caller }) => !program.threadsRunning(caller).includes(thread));
  return others.some(
    ({ caller, module, fact }) =>
      !program
        .callsIn(caller)
        .some(
          (call) =>
            JOINING_METHODS.has(module.summary.paths[call.callee]!.last) &&
            program.dominates(module, call.fact, fact),
        ),
  );
}

/** The collector ends the object too, in whatever thread it runs. */
function isFinalized(program: ProgramModel, { function: function_ }: SharedAccess): boolean {
  const callers = program.callsTo(function_).map((edge) => edge.caller);
  return [...callers, ...callers.flatMap((one) => program.callsTo(one).map((edge) => edge.caller))].some(
    ({ scope }) => scope.name === '__del__',
  );
}

function spoils(one: SharedAccess, how: Act['spoiledBy']): boolean {
  const { access } = one;
  switch (how) {
    case 'removal':
      return (
        (access.kind === 'mutate' && REMOVING.has(access.operation)) ||
        (access.kind === 'write' && access.value?.kind === 'literal' && access.value.empty)
      );
    case 'replacement':
      return isNone(one) || access.kind === 'delete';
    case 'insertion':
      return (
        access.kind === 'mutate' && ['append', 'insert', 'extend', 'add', '[]='].includes(access.operation)
      );
    case 'claim':
      return access.kind === 'write' && access.value?.kind === 'literal' && !access.value.empty;
    case 'change':
      return access.kind === 'write' || access.kind === 'update' || access.kind === 'mutate';
  }
}

/** One counts up to the limit and the other down: neither passes it because of the other. */
function isOpposite({ access: act }: SharedAccess, { access: other }: SharedAccess): boolean {
  return act.kind === 'update' && OPPOSITE.get(act.operation) === other.operation;
}

const OPPOSITE: ReadonlyMap<string, string> = new Map([
  ['+=', '-='],
  ['-=', '+='],
]);

function report(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  act: Act,
  { test }: HeldTest,
  rival: Rival,
): Finding {
  const { parallel } = rival;
  const late = [...rival.access.locks].some((lock) => access.locks.has(lock));
  const copied = act.spoiledBy === 'replacement' && test.via !== undefined;
  const severity = levelOf(program, parallel, act.harm, 'everyBuild');
  const ofCopy = isOfCopy(access, test);
  const since = `can change between the ${ofCopy ? 'copy' : 'test'} and this use`;
  return {
    rule: 'check-then-act',
    primary: placeOf(access),
    message: `\`${access.name}\` ${copied ? 'is read again here, and can have changed since it was copied' : since}. ${threadSentence(parallel, access.function)}: ${act.consequence}${late ? ', for the lock is taken after the test' : ''}. ${copied ? 'Use the copy.' : advice(access, test.form, late)}`,
    severity,
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(access.module, test.fact),
        message: copied
          ? `It is read into a local here.`
          : `\`${variable.name}\` is ${ofCopy ? 'copied' : 'tested'} here.`,
      },
      accessEvidence(rival.access, rival.access === access ? ' in the other threads as well' : ''),
      ...threadEvidence(parallel),
    ],
    fixes: [
      ...(copied ? [] : rewrites(program, variable, access, test.fact, test.form, late)),
      ...attempts(program, variable, access, test.fact, test.form),
      ...(late
        ? [testedAgain(program, access, test.fact)]
        : lockFixes(program, variable, access, [test.fact, test.made])),
    ],
    identity: identityOf(access, variable),
    cause: variable.key,
  };
}

/** The test is that the entry was in a copy. */
function isOfCopy({ module }: SharedAccess, { fact }: HeldTest['test']): boolean {
  return !module.summary.tests.some((test) => test.fact === fact || test.made === fact);
}

function advice({ access }: SharedAccess, form: string, late: boolean): string {
  if (late && access.kind === 'read') return 'Test once more under the lock, or hold it around both.';
  if (
    access.operation === 'del []' ||
    (access.operation === 'pop' && access.key !== undefined && form === 'contains')
  )
    return 'Use `pop(key, None)`, or hold a lock around both.';
  if (access.operation === 'remove') return 'Hold a lock around both, or catch the error.';
  if (access.kind === 'mutate' && form === 'truthy')
    return 'Catch `IndexError` instead of testing, or hold a lock around both.';
  if (access.kind === 'mutate' && access.operation === '[]=' && form === 'lacks')
    return 'Look at what `setdefault` returns, or hold a lock around both.';
  if (access.kind === 'read' && access.use === 'method')
    return 'Read it once into a local and test that, or hold a lock around both.';
  return 'Hold a lock around both.';
}
