/** Reports `wait` and `notify` of a condition by a thread that does not hold its lock. */
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, Lock, Module, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'condition-without-lock',
  title: '`wait` or `notify` without the lock of the condition',
  severity: 'error',
  since: '0.2.0',
  cwe: [821],
  docs: {
    what: '`wait`, `wait_for`, `notify` or `notify_all` of a `threading.Condition` where its lock is not held on every way.',
    why: 'It raises `RuntimeError: cannot notify on un-acquired lock` (or `cannot wait on …`), often only when somebody waits or something is missing.',
    bad: [
      `import threading

class Uploader:
    def __init__(self):
        self._state = threading.Condition()
        self._paused = False

    def resume(self):
        self._paused = False
        self._state.notify_all()
`,
      `import threading

class Tank:
    def __init__(self):
        self._room = threading.Condition()
        self._level = 0

    def _await_room(self, litres):
        while self._level + litres > 100:
            self._room.wait()

    def reserve(self, litres):
        self._await_room(litres)
        with self._room:
            self._level += litres
`,
    ],
    good: [
      `import threading

class Uploader:
    def __init__(self):
        self._state = threading.Condition()
        self._paused = False

    def resume(self):
        with self._state:
            self._paused = False
            self._state.notify_all()
`,
      `import threading

class Tank:
    def __init__(self):
        self._room = threading.Condition()
        self._level = 0

    def _await_room(self, litres):
        while self._level + litres > 100:
            self._room.wait()

    def reserve(self, litres):
        with self._room:
            self._await_room(litres)
            self._level += litres
`,
    ],
    whenNotToUse:
      'When all callers outside of the program hold the lock; say so in the name (`…_locked`) or the docstring.',
    fix: 'Advice only: what belongs under the lock with it is not known.',
    unknown:
      'A function that is handed on, or that says that its caller holds the lock, is not reported; nor is a private one that nothing is seen to call.',
    references: ['https://docs.python.org/3/library/threading.html#condition-objects'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(usesWithoutLock, module);
  },
});

function* usesWithoutLock(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const call of module.summary.calls) {
    const callee = module.summary.paths[call.callee]!;
    if (!METHODS.has(callee.last) || callee.parent === -1) continue;
    if (!isCondition(program, module, callee.parent)) continue;
    const lock = program.lockAt(module, callee.parent);
    if (lock === undefined || lock.holder === 'closure') continue;
    if (program.locksAt(module, call.fact).has(lock.key) || program.isUncertainAt(module, call.fact))
      continue;
    const function_ = program.functionAt(module, call.scope);
    const bare = bareCaller(program, function_, lock);
    if (bare === undefined) continue;
    yield report(program, module, call, function_, lock, bare);
  }
}

const METHODS: ReadonlySet<string> = new Set(['wait', 'wait_for', 'notify', 'notify_all', 'notifyAll']);

function isCondition(program: ProgramModel, module: Module, path: number): boolean {
  const types = program.typesOf(module, { kind: 'path', path });
  return types.length > 0 && types.every((type) => type.kind === 'lock' && type.lock === 'Condition');
}

/** The evidence that somebody runs the function without the lock; empty for a function that anybody may call. */
function bareCaller(
  program: ProgramModel,
  function_: FunctionNode,
  lock: Lock,
): readonly Evidence[] | undefined {
  if (/^(_*(wait|notify)\w*|__exit__|release)$/.test(function_.scope.name) && isWrapper(function_))
    return undefined;
  const edges = program.callsTo(function_);
  const bare = edges.find(
    (edge) =>
      !program.locksAt(edge.module, edge.fact).has(lock.key) &&
      !program.isUncertainAt(edge.module, edge.fact),
  );
  const isPrivate = function_.scope.name.startsWith('_') || function_.scope.qualified.includes('<locals>');
  if (bare !== undefined)
    return [
      {
        role: 'call',
        at: at(bare.module, bare.fact),
        message: `${subject(bare.caller)} calls it here without the lock.`,
      },
    ];
  if (edges.length > 0) return undefined;
  return isPrivate || program.isHandedOn(function_) ? undefined : [];
}

/** A class that offers the methods of a condition itself leaves the lock to its callers. */
function isWrapper({ owner }: FunctionNode): boolean {
  return owner !== undefined && (owner.methods.has('acquire') || owner.methods.has('__enter__'));
}

function report(
  program: ProgramModel,
  module: Module,
  call: Call,
  function_: FunctionNode,
  lock: Lock,
  evidence: readonly Evidence[],
): Finding {
  const callee = module.summary.paths[call.callee]!;
  const name = program.nameOf(module, callee.parent);
  const what = callee.last.startsWith('wait') ? 'wait' : 'notify';
  return {
    rule: 'condition-without-lock',
    primary: at(module, call.fact),
    message: `\`${name}.${callee.last}()\` without its lock raises RuntimeError. ${subject(function_)} does not hold \`${name}\` here, and Python refuses to ${what} on a condition whose lock is not held. Call it inside \`with ${name}:\`, together with the change it is about.`,
    severity: 'error',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      ...evidence,
      ...lock.constructors.slice(0, 1).map(
        (made): Evidence => ({
          role: 'lock',
          at: at(made.module, made.call.fact),
          message: `\`${lock.name}\` is made here.`,
        }),
      ),
    ],
    fixes: [],
    identity: `${module.path}:${function_.label}|${lock.key}|${callee.last}`,
  };
}
