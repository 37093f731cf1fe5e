/** Reports a non-reentrant lock that its holder acquires again: the thread waits for itself for ever. */
import type { CallEdge, ClassNode, FunctionNode, Lock, LockUse, ProgramModel } from '../link/program.ts';
import { mayBeOne } from '../link/resolve.ts';
import { at, named } from './evidence.ts';
import type { Evidence, Finding, Fix } from './finding.ts';
import { defineRule } from './rule.ts';

const MAX_CALLS = 5;

export const rule = defineRule({
  id: 'self-deadlock',
  title: 'Non-reentrant lock acquired again by its holder',
  severity: 'error',
  since: '0.1.0',
  cwe: [833, 764],
  docs: {
    what: 'A `threading.Lock` that is held and acquired again on the same path, directly or through a method, property or function that is called while it is held.',
    why: '`threading.Lock` is not reentrant: the second acquire waits for a release that only the waiting thread could do.',
    bad: [
      `import threading

class Box:
    def __init__(self):
        self._lock = threading.Lock()
        self._n = 0

    @property
    def n(self):
        with self._lock:
            return self._n

    def bump(self):
        with self._lock:
            self._n = self.n + 1
`,
      `import threading

_lock = threading.Lock()

def read():
    with _lock:
        return 1

def update():
    with _lock:
        return read() + 1
`,
    ],
    good: [
      `import threading

class Box:
    def __init__(self):
        self._lock = threading.RLock()
        self._n = 0

    def n(self):
        with self._lock:
            return self._n

    def bump(self):
        with self._lock:
            self._n = self.n() + 1
`,
    ],
    whenNotToUse:
      'When the call passes an argument that makes the callee skip the lock, which the analysis does not follow.',
    unknown:
      'Only locks whose every construction is visible and non-reentrant are reported; a call that cannot be resolved takes no lock.',
    references: ['https://docs.python.org/3/library/threading.html#rlock-objects'],
  },
  *check(program) {
    const seen = new Set<string>();
    for (const use of program.lockUses) {
      if (use.lock.reentrant !== 'no' || !blocks(use)) continue;
      const finding = nested(program, use);
      if (finding !== undefined && !seen.has(finding.identity)) {
        seen.add(finding.identity);
        yield finding;
      }
      for (const call of callsUnder(program, use)) {
        const inner = acquiredBy(
          program,
          call.callee,
          use.lock,
          objectAfter(call, use.function.owner),
          1,
          new Set(),
        );
        if (inner === undefined) continue;
        const found = throughCall(use, call, inner);
        if (seen.has(`${found.primary.file} ${found.primary.fact}`)) continue;
        seen.add(`${found.primary.file} ${found.primary.fact}`);
        yield found;
      }
    }
  },
});

function blocks({ acquisition }: LockUse): boolean {
  return acquisition.blocking === 'yes';
}

/** The same path acquired twice in one function. */
function nested(program: ProgramModel, use: LockUse): Finding | undefined {
  const { module, acquisition, lock } = use;
  const [outer] = program.heldThrough(module, acquisition.fact, lock.key);
  if (outer === undefined) return undefined;
  const first = module.summary.acquisitions[outer]!;
  if (first.path !== acquisition.path || first.how === 'async') return undefined;
  if (first.blocking !== 'yes') return undefined;
  /** A local lock acquired twice by hand is a signal: somebody who was given it releases it. */
  if (lock.holder === 'closure' && first.how === 'acquire' && acquisition.how === 'acquire') return undefined;
  return {
    rule: 'self-deadlock',
    primary: at(module, acquisition.fact),
    message: `Deadlock: \`${lock.name}\` is acquired here although ${named(use.function)} holds it already; \`threading.Lock\` is not reentrant, so this waits for ever. Remove the inner acquire or use \`threading.RLock\`.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: [
      { role: 'lock', at: at(module, first.fact), message: `\`${lock.name}\` is acquired here first.` },
      ...constructorEvidence(lock),
    ],
    fixes: reentrantFix(lock, module.file),
    identity: `${module.path}:${use.function.label}|${lock.key}|nested`,
  };
}

/** Calls made while this use holds the lock, on an object for which it is the same lock. */
function callsUnder(program: ProgramModel, use: LockUse): readonly CallEdge[] {
  const path = use.module.summary.paths[use.acquisition.path]!;
  const own = path.root === 'self' || path.root === 'cls';
  return program.callsFrom(use.function).filter((edge) => {
    if (!program.heldThrough(edge.module, edge.fact, use.lock.key).includes(use.acquisition.index))
      return false;
    if (use.lock.holder === 'global' || use.lock.holder === 'classAttribute') return true;
    return own && edge.sameReceiver;
  });
}

interface Inner {
  readonly use: LockUse;
  readonly chain: readonly FunctionNode[];
}

/** Where a function, or one it calls on the same object, acquires the lock. */
function acquiredBy(
  program: ProgramModel,
  function_: FunctionNode,
  lock: Lock,
  object: ClassNode | undefined,
  depth: number,
  seen: Set<FunctionNode>,
): Inner | undefined {
  if (depth > MAX_CALLS || seen.has(function_) || function_.scope.generator || function_.scope.async)
    return undefined;
  seen.add(function_);
  for (const use of program.usesIn(function_)) {
    if (use.lock !== lock || !blocks(use)) continue;
    const path = use.module.summary.paths[use.acquisition.path]!;
    const same =
      lock.holder === 'global' ||
      lock.holder === 'classAttribute' ||
      path.root === 'self' ||
      path.root === 'cls';
    if (same && !releasesFirst(use, lock)) return { use, chain: [function_] };
  }
  for (const edge of program.callsFrom(function_)) {
    const follows = lock.holder === 'global' || lock.holder === 'classAttribute' || edge.sameReceiver;
    if (!follows || !fits(edge, object) || triesFirst(program, edge, lock)) continue;
    const inner = acquiredBy(program, edge.callee, lock, objectAfter(edge, object), depth + 1, seen);
    if (inner !== undefined) return { use: inner.use, chain: [function_, ...inner.chain] };
  }
  return undefined;
}

/** The most derived class that the object is known to be of after a call on it. */
function objectAfter(
  { callee, sameReceiver, overriding }: CallEdge,
  object: ClassNode | undefined,
): ClassNode | undefined {
  if (!sameReceiver) return undefined;
  return overriding ? callee.owner : object;
}

/** An overriding method of another subclass is not run on this object. */
function fits({ callee, overriding }: CallEdge, object: ClassNode | undefined): boolean {
  return !overriding || object === undefined || callee.owner === undefined || mayBeOne(object, callee.owner);
}

/** The caller has tried to take the lock without waiting, and goes this way when nobody holds it. */
function triesFirst(program: ProgramModel, { caller, fact }: CallEdge, lock: Lock): boolean {
  return program
    .usesIn(caller)
    .some(
      ({ lock: tried, acquisition }) =>
        tried === lock && acquisition.fact < fact && acquisition.blocking !== 'yes',
    );
}

/** `lock.release()` before the acquire: the function expects the lock held and gives it back for a while. */
function releasesFirst(use: LockUse, lock: Lock): boolean {
  const { calls, paths } = use.module.summary;
  return calls.some((call) => {
    const callee = paths[call.callee]!;
    return (
      call.scope === use.acquisition.scope &&
      call.fact < use.acquisition.fact &&
      callee.fields.at(-1) === 'release' &&
      callee.parent === use.acquisition.path &&
      lock.reentrant === 'no'
    );
  });
}

function throughCall(use: LockUse, call: CallEdge, inner: Inner): Finding {
  const { lock } = use;
  const verbs = call.how === 'property' ? 'reads property' : 'calls';
  const via = inner.chain.length > 1 ? ` (through ${inner.chain.slice(1).map(named).join(', ')})` : '';
  return {
    rule: 'self-deadlock',
    primary: at(call.module, call.fact),
    message: `Deadlock: ${named(use.function)} holds \`${lock.name}\` and ${verbs} ${named(call.callee)}, which acquires \`${lock.name}\` again${via}; \`threading.Lock\` is not reentrant, so this waits for ever. Call it without the lock or use \`threading.RLock\`.`,
    severity: 'error',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'lock',
        at: at(use.module, use.acquisition.fact),
        message: `\`${lock.name}\` is acquired here first.`,
      },
      {
        role: 'lock',
        at: at(inner.use.module, inner.use.acquisition.fact),
        message: `${named(inner.use.function)} acquires it again here.`,
      },
      ...constructorEvidence(lock),
    ],
    fixes: reentrantFix(lock, call.module.file),
    identity: `${call.module.path}:${use.function.label}|${lock.key}|${call.callee.label}`,
  };
}

function constructorEvidence(lock: Lock): readonly Evidence[] {
  const [made] = lock.constructors;
  return made === undefined
    ? []
    : [
        {
          role: 'definition',
          at: at(made.module, made.call.fact),
          message: `\`${lock.name}\` is made here.`,
        },
      ];
}

/** One constructor in the same file: `Lock` becomes `RLock`. */
function reentrantFix(lock: Lock, file: string): readonly Fix[] {
  const [made] = lock.constructors;
  if (
    made === undefined ||
    lock.constructors.length !== 1 ||
    made.module.file !== file ||
    lock.kind !== 'Lock'
  )
    return [];
  return [
    {
      title: `Make \`${lock.name}\` a \`threading.RLock\``,
      safety: 'unsafe',
      intention: { kind: 'renameConstructor', file, call: made.call.fact, from: 'Lock', to: 'RLock' },
    },
  ];
}
