/** Reports an `acquire` that may come back without the lock and whose result nobody looks at. */
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { entersWithoutLock } from './standstills.ts';
import { writtenName } from './ways.ts';

export const rule = defineRule({
  id: 'acquire-ignored',
  title: 'Result of `acquire` with a timeout is ignored',
  severity: 'error',
  since: '0.2.0',
  cwe: [252, 667],
  witness: entersWithoutLock,
  docs: {
    what: '`acquire(timeout=…)` or `acquire(blocking=False)` as a statement of its own.',
    why: 'When the lock is not free it returns `False`, and the code below runs without the lock. Its `release()` then raises, or frees the lock of another thread.',
    bad: [
      `import threading

class Table:
    def __init__(self, motor):
        self.motor = motor
        self._moving = threading.Lock()

    def move_to(self, x, y):
        self._moving.acquire(timeout=2.0)
        try:
            self.motor.travel(x, y)
        finally:
            self._moving.release()
`,
      `import threading

_rebuilding = threading.Lock()

def rebuild(index):
    _rebuilding.acquire(False)
    try:
        index.rebuild()
    finally:
        _rebuilding.release()
`,
    ],
    good: [
      `import threading

class Table:
    def __init__(self, motor):
        self.motor = motor
        self._moving = threading.Lock()

    def move_to(self, x, y):
        if not self._moving.acquire(timeout=2.0):
            return False
        try:
            self.motor.travel(x, y)
        finally:
            self._moving.release()
        return True
`,
    ],
    whenNotToUse: 'When the lock is only to be in the locked state afterwards, whoever locked it.',
    fix: 'Advice only: what to do without the lock is for its author to say.',
    unknown: 'A `blocking` argument whose value is not visible is not reported.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Lock.acquire'],
  },
  *check(program, judged) {
    for (const { module, function: function_, acquisition, lock } of judged.lockUses) {
      if (acquisition.how !== 'acquire' || acquisition.tested || acquisition.blocking !== 'no') continue;
      const call = program.callsIn(function_).find(({ fact }) => fact === acquisition.fact);
      if (call !== undefined && call.use !== 'statement') continue;
      if (call === undefined && !isStatement(program.callsIn(function_), module.summary, acquisition.path))
        continue;
      if (lock.kind === 'asyncio' || lock.holder === 'closure') continue;
      const name = writtenName(program, module, acquisition.path, lock.name);
      yield {
        rule: 'acquire-ignored',
        primary: at(module, acquisition.fact),
        message: `${subject(function_)} goes on without \`${name}\` when \`acquire\` returns False. The code below then runs unguarded, and its \`release()\` fails or frees the lock of another thread. Test the result: \`if not ${name}.acquire(…): return\`.`,
        severity: lock.kind === 'unknown' ? 'warning' : 'error',
        confidence: lock.kind === 'unknown' ? 'medium' : 'certain',
        breaks: 'everyBuild',
        evidence: lock.constructors.slice(0, 1).map((made) => ({
          role: 'lock',
          at: at(made.module, made.call.fact),
          message: `\`${name}\` is made here.`,
        })),
        fixes: [],
        identity: `${module.path}:${function_.label}|${lock.key}`,
      } satisfies Finding;
    }
  },
});

/** The call of `acquire` on the path stands alone: the acquisition has a fact of its own. */
function isStatement(
  calls: readonly { readonly callee: number; readonly use: string }[],
  { paths }: { readonly paths: readonly { readonly last: string; readonly parent: number }[] },
  lock: number,
): boolean {
  const own = calls.filter(
    ({ callee }) => paths[callee]!.last === 'acquire' && paths[callee]!.parent === lock,
  );
  return own.length > 0 && own.every(({ use }) => use === 'statement');
}
