/** Reports a coroutine that is suspended while it holds a lock of threads: the next task that wants it stops the event loop. */
import type { HeldLock, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { waitsWithLock } from './standstills.ts';
import { heldEvidence, heldName } from './ways.ts';

export const rule = defineRule({
  id: 'await-under-lock',
  title: '`await` while a thread lock is held',
  severity: 'error',
  since: '0.2.0',
  cwe: [833, 667],
  witness: waitsWithLock,
  docs: {
    what: 'An `await`, `async for` or `async with` in a coroutine that holds a `threading` lock: taken by `with`, by `acquire()`, through an `ExitStack` or a context manager that holds one.',
    why: 'All tasks of an event loop run in one thread. While one is suspended with the lock, the next that wants it blocks that thread, and the first can never go on to release it. With an `RLock` the next task simply walks in, and only other threads wait; then it is a warning.',
    bad: [
      `import threading

class Tokens:
    def __init__(self, login):
        self._login = login
        self._lock = threading.Lock()
        self._token = None

    async def get(self):
        with self._lock:
            if self._token is None:
                self._token = await self._login()
            return self._token
`,
      `import contextlib
import threading

class Rooms:
    def __init__(self):
        self._mutex = threading.Lock()
        self._members = []

    @contextlib.contextmanager
    def _exclusive(self):
        with self._mutex:
            yield self._members

    async def push(self, text):
        with self._exclusive() as members:
            for member in members:
                await member.send(text)
`,
    ],
    good: [
      `import asyncio

class Tokens:
    def __init__(self, login):
        self._login = login
        self._lock = asyncio.Lock()
        self._token = None

    async def get(self):
        async with self._lock:
            if self._token is None:
                self._token = await self._login()
            return self._token
`,
      `import threading

class Rooms:
    def __init__(self):
        self._mutex = threading.Lock()
        self._members = []

    async def push(self, text):
        with self._mutex:
            members = list(self._members)
        for member in members:
            await member.send(text)
`,
    ],
    whenNotToUse: 'When nothing else ever takes the lock while the loop runs.',
    fix: 'Advice only: whether other threads need the lock too decides between `asyncio.Lock` and a copy made under it.',
    unknown:
      'A lock whose origin is not visible counts when it is entered by a plain `with` and named as one; then it is a warning.',
    references: ['https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading'],
  },
  *check(program) {
    const seen = new Set<string>();
    for (const module of program.modules) {
      for (const { fact, how, scope } of module.summary.suspensions) {
        if (how === 'yield' || how === 'yield from') continue;
        const function_ = program.functionAt(module, scope);
        const held = program.heldAt(function_, fact).find(({ lock }) => isOfThreads(program, lock));
        if (held === undefined || isNoLock(program, held)) continue;
        const identity = `${module.path}:${function_.label}|${held.lock.key}`;
        if (seen.has(identity)) continue;
        seen.add(identity);
        const name = heldName(program, function_, held);
        const walksIn = held.lock.reentrant === 'yes';
        yield {
          rule: 'await-under-lock',
          primary: at(module, fact),
          message: `${subject(function_)} holds \`${name}\` across ${how === 'await' ? 'this `await`' : `this \`${how}\``}. ${walksIn ? WALKS_IN : STOPS} Copy what you need under the lock and await outside, or use \`asyncio.Lock\` if only coroutines take it.`,
          severity: held.lock.kind === 'unknown' || walksIn ? 'warning' : 'error',
          confidence: held.lock.kind === 'unknown' ? 'medium' : 'certain',
          breaks: 'everyBuild',
          evidence: [heldEvidence(program, function_, held)],
          fixes: [],
          identity,
        } satisfies Finding;
      }
    }
  },
});

const STOPS =
  'The event loop can stop for good: the next task that wants the lock blocks the only thread, so this one never resumes to release it.';
/** A re-entrant lock belongs to the thread, which all tasks share. */
const WALKS_IN =
  'It keeps other threads waiting and no other task out, for a re-entrant lock lets in the thread that has it.';

/** An object of the program's own class without a lock inside: what it does when it is entered stands there. */
function isNoLock(program: ProgramModel, { lock, use }: HeldLock): boolean {
  if (lock.kind !== 'unknown' || use === undefined) return false;
  const types = program.typesOf(use.module, { kind: 'path', path: use.acquisition.path });
  return types.some(({ kind }) => kind === 'instance') && types.every(({ kind }) => kind !== 'unknown');
}

function isOfThreads(program: ProgramModel, lock: HeldLock['lock']): boolean {
  return lock.kind !== 'asyncio' && !program.isCounting(lock);
}
