/** Reports a generator that stops with a lock held: whoever steps through it decides when the lock is given back. */
import type { FunctionNode, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { waitsWithLock } from './standstills.ts';
import { heldEvidence, heldName } from './ways.ts';

export const rule = defineRule({
  id: 'yield-under-lock',
  title: 'Generator stops while it holds a lock',
  severity: 'warning',
  since: '0.2.0',
  cwe: [667, 833],
  witness: waitsWithLock,
  docs: {
    what: 'A `yield` in a generator that holds a lock, other than a context manager or a fixture, whose purpose that is.',
    why: 'The lock stays held while the caller works on each item, and until the generator is collected when the caller stops early. A caller that takes the lock meanwhile waits for itself.',
    bad: [
      `import threading

class Table:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    def rows(self):
        with self._lock:
            for key, row in self._rows.items():
                yield key, row
`,
      `import threading

_lock = threading.Lock()
_lines = []

def lines():
    _lock.acquire()
    try:
        yield from _lines
    finally:
        _lock.release()
`,
    ],
    good: [
      `import threading

class Table:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    def rows(self):
        with self._lock:
            rows = list(self._rows.items())
        yield from rows
`,
      `import contextlib
import threading

class Table:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    @contextlib.contextmanager
    def locked(self):
        with self._lock:
            yield self._rows
`,
    ],
    whenNotToUse: 'When the lock is meant to last as long as somebody steps through the generator.',
    fix: 'Advice only: what a snapshot has to hold is not known.',
    unknown:
      'A generator under a decorator that is not known, and one with a single `yield` outside of loops, may be a scope of somebody’s and is not reported.',
    references: ['https://docs.python.org/3/reference/expressions.html#yield-expressions'],
  },
  *check(program) {
    const seen = new Set<FunctionNode>();
    for (const module of program.modules) {
      const { suspensions } = module.summary;
      for (const { fact, how, scope } of suspensions) {
        if (how !== 'yield' && how !== 'yield from') continue;
        const function_ = program.functionAt(module, scope);
        if (seen.has(function_) || isScope(program, function_, fact)) continue;
        const held = program
          .heldAt(function_, fact)
          .find(({ lock }) => lock.kind !== 'asyncio' && !program.isCounting(lock));
        if (held === undefined) continue;
        seen.add(function_);
        const name = heldName(program, function_, held);
        yield {
          rule: 'yield-under-lock',
          primary: at(module, fact),
          message: `${subject(function_)} yields while it holds \`${name}\`. The lock stays held while the caller works on each item, and for as long as it keeps the generator when it stops early; a caller that needs the lock hangs. Copy what is to be yielded under the lock and yield it outside.`,
          severity: 'warning',
          confidence: held.lock.kind === 'unknown' ? 'medium' : 'high',
          breaks: 'everyBuild',
          evidence: [heldEvidence(program, function_, held)],
          fixes: [],
          identity: `${module.path}:${function_.label}|${held.lock.key}`,
        } satisfies Finding;
      }
    }
  },
});

/** A context manager, a fixture, a dependency: the code between its two halves runs under the lock on purpose. */
function isScope(program: ProgramModel, { module, scope }: FunctionNode, fact: number): boolean {
  const { paths, suspensions } = module.summary;
  const known = /^(staticmethod|classmethod|property|override|wraps|final)$/;
  if (scope.decorators.some(({ path }) => !known.test(paths[path]!.last))) return true;
  const own = suspensions.filter((one) => one.scope === scope.id);
  return own.length === 1 && own[0]!.how === 'yield' && !program.repeatsAt(module, fact);
}
