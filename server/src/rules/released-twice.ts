/** Reports a lock that is given back twice for one acquisition: the second `release` raises, or takes the lock from another thread. */

import type { LockUse, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { writtenName } from './ways.ts';

export const rule = defineRule({
  id: 'released-twice',
  title: 'Lock released twice',
  severity: 'error',
  since: '0.3.0',
  cwe: [765],
  docs: {
    what: 'A `release()` of a lock after which every way comes to a second one, by another call, by a `finally` or by the end of a `with`, and nothing acquires the lock in between.',
    why: 'The second release raises RuntimeError when the lock is free. When another thread has acquired it meanwhile, it frees the lock of that thread, and a third one comes in beside it.',
    bad: [
      `import threading

class Gate:
    def __init__(self):
        self._lock = threading.Lock()
        self._inside = 0

    def enter(self, limit):
        self._lock.acquire()
        try:
            if self._inside == limit:
                self._lock.release()
                return False
            self._inside += 1
            return True
        finally:
            self._lock.release()
`,
      `import threading

_lock = threading.Lock()
_jobs = []

def next_job():
    with _lock:
        if not _jobs:
            _lock.release()
            raise LookupError("no job")
        return _jobs.pop()
`,
    ],
    good: [
      `import threading

class Gate:
    def __init__(self):
        self._lock = threading.Lock()
        self._inside = 0

    def enter(self, limit):
        with self._lock:
            if self._inside == limit:
                return False
            self._inside += 1
            return True
`,
      `import threading

_lock = threading.Lock()

def pause(work):
    with _lock:
        _lock.release()
        try:
            work()
        finally:
            _lock.acquire()
`,
    ],
    whenNotToUse: 'When the lock was acquired as many times before, in a way that the analysis does not see.',
    fix: 'Advice only: which of the two releases is the wrong one is for its author to say.',
    unknown:
      'Semaphores and re-entrant locks, which may be released several times, are not reported, nor is a release that only some ways come to.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Lock.release'],
  },
  *check(program, judged) {
    const seen = new Set<string>();
    /** Of a function, a lock and the name that it is taken by there, however often. */
    const asked = new Set<string>();
    for (const use of [...judged.lockUses, ...awaited(program)]) {
      const { module, function: function_, acquisition, lock } = use;
      const once = (lock.kind === 'Lock' || lock.kind === 'asyncio') && lock.reentrant === 'no';
      const place = `${module.path}:${function_.id}|${lock.key}`;
      if (!once || program.isCounting(lock) || lock.family || seen.has(place)) continue;
      const named = `${place}|${acquisition.path}`;
      if (asked.has(named)) continue;
      asked.add(named);
      const twice = program.releasedTwice(use);
      if (twice === undefined) continue;
      seen.add(place);
      const name = writtenName(program, module, acquisition.path, lock.name);
      yield {
        rule: 'released-twice',
        primary: at(module, twice.first),
        message: `\`${name}\` is released here and ${twice.byWith ? 'at the end of the `with`' : 'once more'}. ${subject(function_)} comes from here to the second release on every way: it raises RuntimeError, or frees the lock of a thread that has acquired it meanwhile. Release it once.`,
        severity: 'error',
        confidence: 'certain',
        breaks: 'everyBuild',
        evidence: [
          {
            role: 'lock',
            at: at(module, acquisition.fact),
            message: `\`${name}\` is acquired here, once.`,
          },
          {
            role: 'lock',
            at: at(module, twice.again),
            message: 'It is released a second time here.',
          },
        ],
        fixes: [],
        identity: `${module.path}:${function_.label}|${lock.key}`,
      } satisfies Finding;
    }
  },
});

/** `await lock.acquire()`: the locks of an event loop, which keep its tasks apart and no threads. */
function awaited(program: ProgramModel): readonly Omit<LockUse, 'held'>[] {
  return program.modules.flatMap((module) =>
    module.summary.acquisitions.flatMap((acquisition) => {
      const lock = acquisition.how === 'async' ? program.lockAt(module, acquisition.path) : undefined;
      if (lock?.kind !== 'asyncio') return [];
      return [{ module, function: program.functionAt(module, acquisition.scope), acquisition, lock }];
    }),
  );
}
