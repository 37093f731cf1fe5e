/** Reports a lock that an exception or an early exit leaves held: `acquire()` and `release()` without `with` or `finally`. */
import { LOCK_TAKING_FUNCTION } from '../catalog/words.ts';
import type { FunctionNode, GivenBack, Lock, LockUse, ProgramModel } from '../link/program.ts';
import { at } from './evidence.ts';
import type { Finding, Fix } from './finding.ts';
import { canBeEntered, refusedFix } from './lockChoice.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'acquire-no-finally',
  title: 'Exception leaves the lock held',
  severity: 'error',
  since: '0.1.0',
  cwe: [667, 772],
  docs: {
    what: 'A lock that is acquired and released by calls in one function, with code in between that may raise or leave.',
    why: 'When it does, the lock stays held and every other thread that wants it waits for ever.',
    bad: [
      `import threading

_lock = threading.Lock()

def load(raw):
    _lock.acquire()
    data = parse(raw)
    _lock.release()
    return data
`,
      `import threading

class Store:
    def __init__(self):
        self._lock = threading.Lock()
        self._rows = {}

    def find(self, key):
        self._lock.acquire()
        if key not in self._rows:
            return None
        row = self._rows[key]
        self._lock.release()
        return row
`,
    ],
    good: [
      `import threading

_lock = threading.Lock()

def load(raw):
    with _lock:
        return parse(raw)
`,
      `import threading

_lock = threading.Lock()

def load(raw):
    _lock.acquire()
    try:
        return parse(raw)
    finally:
        _lock.release()
`,
    ],
    whenNotToUse: 'When the lock is handed over on purpose and another function releases it.',
    fix: 'Unsafe, look at it: `acquire` and `release` of one block become `with`, so that an exception gives the lock back as well.',
    unknown:
      'A function that acquires without releasing anywhere is taken to hand the lock over and is not reported.',
    references: [
      'https://docs.python.org/3/library/threading.html#using-locks-conditions-and-semaphores-in-the-with-statement',
    ],
  },
  *check(program, judged) {
    for (const use of judged.lockUses) {
      const { acquisition } = use;
      if (acquisition.how !== 'acquire' || acquisition.tested || acquisition.blocking !== 'yes') continue;
      const back = program.givenBack(use);
      if (isGuardItself(use.function, back) || isHandOverHand(program, use)) continue;
      if (back.mayRaise || back.leaves) yield report(program, use, back);
    }
  },
});

/** Functions whose purpose is to take the lock for somebody else: what gives it back on every way out does not. */
function isGuardItself({ scope, module }: FunctionNode, { released, leaves }: GivenBack): boolean {
  if (LOCK_TAKING_FUNCTION.test(scope.name) && (!released || leaves)) return true;
  if (released) return false;
  return scope.decorators.some((decorator) => {
    const path = module.summary.paths[decorator.path]!;
    return (path.fields.at(-1) ?? path.name).endsWith('contextmanager');
  });
}

/** The next lock of a chain is acquired before this one is released. */
function isHandOverHand(program: ProgramModel, use: LockUse): boolean {
  return program
    .usesIn(use.function)
    .some(
      (other) =>
        other !== use &&
        other.acquisition.how === 'acquire' &&
        program
          .heldThrough(other.module, other.acquisition.fact, use.lock.key)
          .includes(use.acquisition.index),
    );
}

function report(
  program: ProgramModel,
  { module, function: function_, acquisition, lock }: LockUse,
  { leaves, sibling }: GivenBack,
): Finding {
  const name = program.nameOf(module, acquisition.path);
  const how = leaves
    ? `A way out before the \`release()\` leaves \`${name}\` held`
    : `\`${name}\` stays held when something before the \`release()\` raises`;
  return {
    rule: 'acquire-no-finally',
    primary: at(module, acquisition.fact),
    message: `${how}. Every other thread that wants it then waits for ever. Use \`with ${name}:\`.`,
    severity: leaves ? 'error' : 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: lock.constructors.slice(0, 1).map((made) => ({
      role: 'lock',
      at: at(made.module, made.call.fact),
      message: `\`${name}\` is made here.`,
    })),
    fixes: sibling ? [withFix(program, module.file, acquisition.fact, lock, leaves)] : [],
    identity: `${module.path}:${function_.label}|${lock.key}`,
  };
}

function withFix(program: ProgramModel, file: string, acquire: number, lock: Lock, leaves: boolean): Fix {
  const title = 'Use `with` instead of `acquire()` and `release()`';
  if (!canBeEntered(program, lock))
    return refusedFix(file, title, {
      reason: `nothing shows that \`${lock.name}\` can be taken by \`with\``,
    });
  return {
    title,
    safety: leaves ? 'unsafe' : 'safe',
    intention: { kind: 'acquireToWith', file, acquire },
  };
}
