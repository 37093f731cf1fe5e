/** Reports a non-reentrant lock that its holder acquires again: the thread waits for itself for ever. */
import type { FactId } from '../facts/summary.ts';
import type {
  CallEdge,
  FunctionNode,
  Happening,
  HeldLock,
  Lock,
  LockUse,
  ProgramModel,
} from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Evidence, Finding, Fix } from './finding.ts';
import { defineRule } from './rule.ts';
import { selfWait } from './standstills.ts';
import { heldEvidence, heldName, wayEvidence, wayOf } from './ways.ts';

export const rule = defineRule({
  id: 'self-deadlock',
  title: 'Non-reentrant lock acquired again by its holder',
  severity: 'error',
  since: '0.1.0',
  cwe: [833, 764],
  witness: selfWait,
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
      'When the call passes a value that makes the callee skip the lock; only constants for a flag (`flush(locked=True)`) are followed.',
    fix: 'Unsafe, look at it: the lock becomes an `RLock`; look whether the inner part may see the outer change half done.',
    unknown:
      'Only locks whose every construction is visible and non-reentrant are reported; a call that cannot be resolved takes no lock.',
    references: ['https://docs.python.org/3/library/threading.html#rlock-objects'],
  },
  *check(program, judged) {
    const seen = new Set<string>();
    for (const function_ of judged.lockingFunctions) {
      const taken = takenAt(program.ownEffectsOf(function_));
      for (const use of program.usesIn(function_)) {
        const finding = againHere(program, use, taken);
        if (finding === undefined || seen.has(finding.identity)) continue;
        seen.add(finding.identity);
        yield finding;
      }
      for (const edge of program.callsFrom(function_)) {
        const held = program.heldAt(function_, edge.fact).filter(excludesItself);
        if (held.length === 0) continue;
        const again = program
          .effectsThrough(edge)
          .map((happening) => ({ happening, by: held.find((one) => isSame(one, happening)) }))
          .find(({ by }) => by !== undefined);
        const place = `${edge.module.file} ${edge.fact}`;
        if (again?.by === undefined || seen.has(place)) continue;
        seen.add(place);
        yield throughCall(program, function_, edge, again.by, again.happening);
      }
    }
  },
});

/** A lock whose holder waits for ever when it takes it again. */
function excludesItself({ lock, on, use }: HeldLock): boolean {
  if (lock.reentrant !== 'no' || lock.family || on.startsWith('?')) return false;
  return use === undefined || use.acquisition.blocking === 'yes';
}

function isSame(held: HeldLock, { kind, lock, on, waits }: Happening): boolean {
  return kind === 'acquire' && waits && lock === held.lock && on === held.on;
}

/** What is taken, by where: a function may take locks at very many places. */
function takenAt(happenings: readonly Happening[]): ReadonlyMap<FactId, readonly Happening[]> {
  const taken = new Map<FactId, Happening[]>();
  for (const one of happenings) {
    if (one.kind !== 'acquire') continue;
    const known = taken.get(one.fact);
    if (known === undefined) taken.set(one.fact, [one]);
    else known.push(one);
  }
  return taken;
}

/** The lock taken twice in one function, or by a function that is run with it. */
function againHere(
  program: ProgramModel,
  use: LockUse,
  takenHere: ReadonlyMap<FactId, readonly Happening[]>,
): Finding | undefined {
  const { module, acquisition, lock, function: function_ } = use;
  if (lock.reentrant !== 'no' || lock.family || acquisition.blocking !== 'yes') return undefined;
  const again = takenHere.get(acquisition.fact)?.find((one) => one.lock === lock);
  if (again === undefined) return undefined;
  const first = program
    .heldAt(function_, acquisition.fact)
    .find(
      (held) => excludesItself(held) && isSame(held, again) && isCertain(program, held, acquisition.fact),
    );
  const name = program.nameOf(module, acquisition.path);
  if (first === undefined) return inHandler(program, use, name);
  /** A local lock acquired twice by hand is a signal: somebody who was given it releases it. */
  const byHand = acquisition.how === 'acquire' && first.use?.acquisition.how === 'acquire';
  if (lock.holder === 'closure' && byHand) return undefined;
  const other = heldName(program, function_, first);
  const alias = other === name ? 'A' : `It is the same lock as \`${other}\`, and a`;
  return {
    rule: 'self-deadlock',
    primary: at(module, acquisition.fact),
    message: `\`${name}\` is acquired here although ${named(function_)} holds it already. ${alias} \`threading.Lock\` cannot be taken twice, so this waits for ever. Remove the inner acquire or use \`threading.RLock\`.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: [
      { role: 'lock', at: at(module, first.fact), message: `\`${other}\` is acquired here first.` },
      ...constructorEvidence(lock),
    ],
    fixes: reentrantFix(lock, module.file),
    identity: `${module.path}:${function_.label}|${lock.key}|nested`,
  };
}

/** Every way to the place passes the acquisition, so that what is held there is held through it. */
function isCertain(program: ProgramModel, { use, fact }: HeldLock, place: number): boolean {
  return use === undefined || program.dominates(use.module, fact, place);
}

/** `logging` calls `emit` with the lock of the handler held. */
function inHandler(program: ProgramModel, use: LockUse, name: string): Finding | undefined {
  const { module, acquisition, lock, function: function_ } = use;
  if (function_.scope.name !== 'emit' || lock.attribute !== 'lock' || !use.held.has(lock.key))
    return undefined;
  if (program.heldAt(function_, acquisition.fact).some((held) => held.lock === lock)) return undefined;
  return {
    rule: 'self-deadlock',
    primary: at(module, acquisition.fact),
    message: `\`${name}\` is acquired here although \`logging\` holds it around \`emit\`. A \`threading.Lock\` cannot be taken twice, so the first record waits for ever. Leave out the \`with\`, or keep a lock of your own under another name.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: constructorEvidence(lock),
    fixes: reentrantFix(lock, module.file),
    identity: `${module.path}:${function_.label}|${lock.key}|handler`,
  };
}

function throughCall(
  program: ProgramModel,
  function_: FunctionNode,
  edge: CallEdge,
  held: HeldLock,
  again: Happening,
): Finding {
  const { lock } = held;
  const name = heldName(program, function_, held);
  const verbs = edge.how === 'property' ? 'reads property' : 'calls';
  const way = wayOf(again);
  const via = way.length > 1 ? ` (through ${way.slice(1).map(named).join(', ')})` : '';
  return {
    rule: 'self-deadlock',
    primary: at(edge.module, edge.fact),
    message: `${subject(edge.callee)} takes \`${name}\`, which is held here already. ${subject(function_)} holds it and ${verbs} ${named(edge.callee)}${via}; a \`threading.Lock\` cannot be taken twice, so this waits for ever. Call it without the lock or use \`threading.RLock\`.`,
    severity: 'error',
    confidence: isUnconditional(program, again) ? 'certain' : 'high',
    breaks: 'everyBuild',
    evidence: [
      { ...heldEvidence(program, function_, held), message: `\`${name}\` is acquired here first.` },
      ...wayEvidence(again, `${subject(again.function)} acquires it again here.`).slice(1),
      ...constructorEvidence(lock),
    ],
    fixes: reentrantFix(lock, edge.module.file),
    identity: `${edge.module.path}:${function_.label}|${lock.key}|${edge.callee.label}`,
  };
}

/** No test decides on the way whether the lock is taken. */
function isUnconditional(program: ProgramModel, again: Happening): boolean {
  for (let one = again.rest; one !== undefined; one = one.rest) {
    const place = one.edge ?? { module: one.function.module, fact: one.fact };
    if (program.isConditional(place.module, place.fact)) return false;
  }
  return true;
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
