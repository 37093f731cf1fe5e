/** Reports an attribute that is set to None, or deleted, while another thread uses what it holds without a test. */
import { JOINING_METHODS, TEAR_DOWN_FUNCTION } from '../catalog/words.ts';
import type { Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { isNone } from './acts.ts';
import {
  accessEvidence,
  identityOf,
  isTestState,
  placeOf,
  setsUp,
  threadEvidence,
  threadSentence,
  unprotected,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { resetBefore } from './interleavings.ts';
import { isSurer, levelOf } from './levels.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'reset-while-used',
  title: 'Attribute set to None while another thread uses it',
  severity: 'warning',
  since: '0.3.0',
  cwe: [362, 476],
  witness: resetBefore,
  docs: {
    what: 'One method sets an attribute to `None`, or deletes it, and another, which does not ask first, calls a method of what it holds or subscripts it, while a thread runs one of the two. Nobody waits for that thread in between.',
    why: "The thread comes to its next use when the attribute is gone: AttributeError: 'NoneType' object has no attribute …. Closing or stopping twice as often shows it only by a traceback of a thread that should have ended quietly.",
    bad: [
      `import socket
import threading

class Link:
    def __init__(self, address):
        self._sock = socket.create_connection(address)
        threading.Thread(target=self._read).start()

    def _read(self):
        while True:
            print(self._sock.recv(4096))

    def close(self):
        self._sock.close()
        self._sock = None

link = Link(("localhost", 8000))
link.close()
`,
    ],
    good: [
      `import socket
import threading

class Link:
    def __init__(self, address):
        self._sock = socket.create_connection(address)
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def _read(self):
        sock = self._sock
        while data := sock.recv(4096):
            print(data)

    def close(self):
        self._sock.shutdown(socket.SHUT_RDWR)
        self._thread.join()
        self._sock = None

link = Link(("localhost", 8000))
link.close()
`,
    ],
    whenNotToUse: 'When the thread is known to have ended before, in a way that the analysis does not see.',
    fix: 'Advice only: wait for the thread first, read the attribute once into a local, or leave it as it is.',
    unknown:
      'A lock that may be held counts as held, a use inside a `try` that catches the error as handled. A use behind a test is a matter of `check-then-act`.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Thread.join'],
  },
  *check(program) {
    for (const variable of program.variables) {
      if (variable.kind !== 'instance' || variable.fields.length > 0) continue;
      // A lock is there from the beginning, or is made once.
      if (isTestState(variable) || variable.types.some(({ kind }) => kind === 'lock')) continue;
      const resets = variable.accesses.filter(takesAway);
      if (resets.length > 0) yield* usesOf(program, variable, resets);
    }
  },
});

function takesAway(one: SharedAccess): boolean {
  return (isNone(one) || one.access.kind === 'delete') && !one.beforeSharing && !setsUp(one);
}

/** One finding for each function: the first of its uses. */
function* usesOf(
  program: ProgramModel,
  variable: Variable,
  resets: readonly SharedAccess[],
): Iterable<Finding> {
  const told = new Set<SharedAccess['function']>();
  for (const use of variable.accesses) {
    if (told.has(use.function) || !relies(program, variable, use)) continue;
    const rival = rivalOf(program, variable, use, resets);
    if (rival === undefined) continue;
    told.add(use.function);
    yield report(program, variable, use, rival);
  }
}

const ERRORS: readonly string[] = ['AttributeError', 'TypeError', 'Exception', 'BaseException'];

const OF_THREADS: ReadonlySet<string> = new Set(['start', 'cancel', ...JOINING_METHODS]);

/** A use that fails with None, whose function neither asks for it nor has just made it. */
function relies(program: ProgramModel, variable: Variable, use: SharedAccess): boolean {
  const { access, function: function_, module } = use;
  if (access.kind !== 'read' || use.beforeSharing || use.maybeLocked || use.ownObject) return false;
  if (access.use !== 'method' && access.use !== 'called' && access.operation !== '[]') return false;
  // Threads and timers are started, waited for and forgotten by whoever has them.
  if (OF_THREADS.has(access.operation)) return false;
  if (function_.scope.async || setsUp(use) || program.catchesAt(module, access.fact, ERRORS)) return false;
  // A local that holds what was there is not taken away, and what another object has may be another one's.
  const { root, fields } = module.summary.paths[access.path]!;
  if (root !== 'self' || fields.length !== 1) return false;
  return (
    !isAsked(program, variable, use) &&
    !variable.accesses.some(
      (one) =>
        one.function === function_ &&
        (one.access.kind === 'write' || one.access.use === 'tested') &&
        program.reaches(module, one.access.fact, access.fact),
    )
  );
}

/** It asks for the object itself, or for a state of its owner under a lock: whoever takes it away changes that first. */
function isAsked(program: ProgramModel, variable: Variable, { module, access }: SharedAccess): boolean {
  return program
    .testsAt(module, access.fact)
    .some(
      ({ test, locks }) =>
        program.heldKeyOf(module, test.path) === variable.key ||
        (locks.size > 0 && module.summary.paths[test.path]!.root === 'self'),
    );
}

interface Rival {
  readonly reset: SharedAccess;
  readonly parallel: Parallel;
}

/** Only where a thread is seen: that somebody may close what another uses says nothing. */
function rivalOf(
  program: ProgramModel,
  variable: Variable,
  use: SharedAccess,
  resets: readonly SharedAccess[],
): Rival | undefined {
  let best: Rival | undefined;
  for (const reset of resets) {
    if (reset.function === use.function || !unprotected(use, reset)) continue;
    if (isTeardown(reset) && isTeardown(use)) continue;
    const parallel = program.parallel(variable, use, reset);
    if (parallel?.thread === undefined || parallel.confidence === 'low') continue;
    if (best === undefined || isSurer(parallel, best.parallel)) best = { reset, parallel };
  }
  return best;
}

function isTeardown({ function: { scope } }: SharedAccess): boolean {
  return TEAR_DOWN_FUNCTION.test(scope.name);
}

function report(
  program: ProgramModel,
  variable: Variable,
  use: SharedAccess,
  { reset, parallel }: Rival,
): Finding {
  const level = levelOf(program, parallel, 'breaks', 'everyBuild');
  const deleted = reset.access.kind === 'delete';
  const does = deleted ? 'deletes it' : 'sets it to `None`';
  /** The thread that takes it away is not there to be waited for. */
  const own = program.threadsRunning(reset.function).includes(parallel.thread!);
  const message = `\`${use.name}\` can be ${deleted ? 'gone' : '`None`'} here. ${threadSentence(parallel, use.function)}, and \`${reset.function.label}\` ${does}${own ? ' in it. Read it once into a local and test that, or hold a lock around both' : ' without waiting. Wait for the thread before, or read it once into a local and test that'}.`;
  return {
    rule: 'reset-while-used',
    primary: placeOf(use),
    message,
    severity: level === 'error' ? 'warning' : level,
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [accessEvidence(reset), ...threadEvidence(parallel)],
    fixes: [],
    identity: identityOf(use, variable),
    cause: variable.key,
  };
}
