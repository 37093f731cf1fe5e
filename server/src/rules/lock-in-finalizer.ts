/** Reports a lock that is taken by code which Python runs in the middle of anything: finalizers and signal handlers. */
import type { FunctionNode, Happening, LockUse, Module, ProgramModel } from '../link/program.ts';
import { isAliveUnder, isOwnQueue } from './aliveMeanwhile.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type Interrupting, interruptingFunctions } from './interrupting.ts';
import { defineRule } from './rule.ts';
import { interruptsItself } from './standstills.ts';
import { wayEvidence } from './ways.ts';

export const rule = defineRule({
  id: 'lock-in-finalizer',
  title: 'Lock taken in a finalizer or signal handler',
  severity: 'warning',
  since: '0.2.0',
  cwe: [833, 364],
  witness: interruptsItself,
  docs: {
    what: 'A lock that is not reentrant, or a `queue.Queue`, that is used in `__del__`, a `weakref` callback, a `weakref.finalize` function or a handler of `signal.signal`, and by ordinary code as well.',
    why: 'The garbage collector and signals interrupt a thread wherever it is. When it holds the lock just then, the finalizer waits for a release that only the interrupted code could do.',
    bad: [
      `import signal
import threading

_lock = threading.Lock()
_done = 0

def step():
    global _done
    with _lock:
        _done += 1

def show(number, frame):
    with _lock:
        print(_done)

signal.signal(signal.SIGUSR1, show)
`,
      `import threading

class Pool:
    def __init__(self):
        self._lock = threading.Lock()
        self._free = []

    def take(self):
        with self._lock:
            return Handle(self, self._free.pop())

    def give_back(self, raw):
        with self._lock:
            self._free.append(raw)

class Handle:
    def __init__(self, pool: Pool, raw):
        self._pool = pool
        self._raw = raw

    def __del__(self):
        self._pool.give_back(self._raw)
`,
    ],
    good: [
      `import signal
import threading

_wanted = threading.Event()

def show(number, frame):
    _wanted.set()

signal.signal(signal.SIGUSR1, show)
`,
      `import queue

class Pool:
    def __init__(self):
        self._dropped = queue.SimpleQueue()

    def give_back(self, raw):
        self._dropped.put(raw)

class Handle:
    def __init__(self, pool: Pool, raw):
        self._pool = pool
        self._raw = raw

    def __del__(self):
        self._pool.give_back(self._raw)
`,
    ],
    whenNotToUse:
      'When the object can never be collected while the lock is held, because nothing is made or dropped there.',
    fix: 'Advice only: an `RLock` lets the finalizer into the middle of the interrupted change.',
    unknown:
      'A lock that may be reentrant, and an acquire that does not wait, are not reported; nor is a finalizer whose lock is held around nothing that makes or drops objects.',
    references: [
      'https://docs.python.org/3/library/signal.html#execution-of-python-signal-handlers',
      'https://docs.python.org/3/reference/datamodel.html#object.__del__',
    ],
  },
  *check(program) {
    const seen = new Set<string>();
    for (const interrupting of interruptingFunctions(program)) {
      const { function: function_ } = interrupting;
      for (const happening of program.effectsOf(function_)) {
        const finding = judge(program, interrupting, happening);
        if (finding === undefined || seen.has(finding.identity)) continue;
        seen.add(finding.identity);
        yield finding;
        break;
      }
    }
  },
});

function judge(
  program: ProgramModel,
  { function: function_, what, evidence }: Interrupting,
  happening: Happening,
): Finding | undefined {
  const { kind, lock, waits, blocking, function: where } = happening;
  const how =
    what === 'finalizer'
      ? 'The collector runs it in the middle of anything'
      : 'The signal interrupts the main thread anywhere';
  if (
    kind === 'block' &&
    waits &&
    blocking?.kind === 'put' &&
    isQueue(program, where.module, blocking.subject) &&
    !isOwnQueue(function_, where, blocking.subject)
  ) {
    const name = program.nameOf(where.module, blocking.subject);
    return {
      rule: 'lock-in-finalizer',
      primary: at(where.module, happening.fact),
      message: `\`${name}.put()\` in a ${what} can wait for its own thread. ${how}, also inside \`put\` or \`get\` of the same queue, whose lock is not reentrant. Use \`queue.SimpleQueue\`, whose \`put\` may be interrupted by itself.`,
      severity:
        what === 'finalizer' && isUsedElsewhere(program, function_, where, name) ? 'warning' : 'information',
      confidence: 'medium',
      breaks: 'everyBuild',
      evidence: [
        ...evidence,
        ...wayEvidence(happening, `${subject(where)} puts into the queue here.`).slice(0, -1),
      ],
      fixes: [],
      identity: `${function_.module.path}:${function_.label}|${name}|queue`,
    };
  }
  if (kind !== 'acquire' || !waits || lock === undefined || lock.reentrant !== 'no' || lock.family)
    return undefined;
  const again = program.lockUses.find(
    (use) =>
      use.lock === lock &&
      !(what === 'finalizer' && isAliveUnder(program, function_, use)) &&
      use.acquisition.blocking === 'yes' &&
      runsOutside(program, use.function, function_, what) &&
      (what === 'signal handler' || canCollect(program, use)),
  );
  if (again === undefined) return undefined;
  return {
    rule: 'lock-in-finalizer',
    primary: at(where.module, happening.fact),
    message: `${subject(function_)} can wait for its own thread: a ${what} takes \`${lock.name}\`. ${how}, also while ${named(again.function)} holds the lock; then it waits for ever. ${
      what === 'finalizer'
        ? 'Put what is to be done into a `queue.SimpleQueue` or a `deque` and do it elsewhere.'
        : 'Only set a flag or an event there, and do the rest in the main loop.'
    }`,
    severity: 'warning',
    confidence: what === 'signal handler' ? 'high' : 'medium',
    breaks: 'everyBuild',
    evidence: [
      ...evidence,
      ...wayEvidence(happening, `${subject(where)} takes the lock here.`).slice(0, -1),
      {
        role: 'lock',
        at: at(again.module, again.acquisition.fact),
        message: `${subject(again.function)} holds it from here on.`,
      },
    ],
    fixes: [],
    identity: `${function_.module.path}:${function_.label}|${lock.key}`,
  };
}

/** Ordinary code puts or gets as well: the collector may run in the middle of that. */
function isUsedElsewhere(
  program: ProgramModel,
  finalizer: FunctionNode,
  where: FunctionNode,
  name: string,
): boolean {
  const { module } = where;
  const { calls, paths } = module.summary;
  return calls.some(({ callee, scope }) => {
    const { last, parent } = paths[callee]!;
    if (parent === -1 || !/^(get|put)(_nowait)?$/.test(last)) return false;
    const function_ = program.functionAt(module, scope);
    return (
      function_ !== where &&
      function_ !== finalizer &&
      function_.owner === where.owner &&
      program.nameOf(module, parent) === name
    );
  });
}

function isQueue(program: ProgramModel, module: Module, path: number): boolean {
  return program
    .typesOf(module, { kind: 'path', path })
    .some((type) => type.kind === 'safe' && /^(Lifo|Priority)?Queue$/.test(type.name));
}

/** Whether objects are made or dropped while the lock is held, so that the collector can run. */
function canCollect(program: ProgramModel, { module, function: function_, lock }: LockUse): boolean {
  const { calls, accesses, paths } = module.summary;
  const isHeld = (fact: number): boolean => program.locksAt(module, fact).has(lock.key);
  return (
    calls.some(
      (call) =>
        program.functionAt(module, call.scope) === function_ &&
        !/^(acquire|release|len|isinstance|is_set|get|notify|notify_all)$/.test(paths[call.callee]!.last) &&
        isHeld(call.fact),
    ) ||
    accesses.some(
      (access) =>
        program.functionAt(module, access.scope) === function_ &&
        (access.kind === 'delete' || access.kind === 'write' || access.kind === 'mutate') &&
        isHeld(access.fact),
    )
  );
}

/**
 * Whether a function runs in ordinary code, too: nobody calls it that is known, or somebody whom not only the handler runs. Signals
 * interrupt the main thread alone, so what only another thread runs does not count for them.
 */
function runsOutside(
  program: ProgramModel,
  function_: FunctionNode,
  handler: FunctionNode,
  what: Interrupting['what'],
  seen = new Set([handler]),
): boolean {
  if (seen.has(function_)) return false;
  seen.add(function_);
  const callers = program.callsTo(function_);
  if (callers.length === 0) return what === 'finalizer' || program.threadsRunning(function_).length === 0;
  return callers.some(({ caller }) => runsOutside(program, caller, handler, what, seen));
}
