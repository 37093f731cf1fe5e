/**
 * Reports a test and an act, or a reading and a storing of what was made of it, by two methods that each take the lock for themselves:
 * the sequence is not one step.
 */
import type { ArgumentPlace } from '../catalog/schema.ts';
import type { Call, ValueShape } from '../facts/summary.ts';
import { argumentOf } from '../link/callables.ts';
import type { CallEdge, FunctionNode, Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { accessEvidence, at, isSafeType, isTestState, named, subject, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { changes, soleGuard } from './guards.ts';
import { guardedBy, levelOf } from './levels.ts';
import { defineRule } from './rule.ts';
import { removes, testsItself } from './sections.ts';

export const rule = defineRule({
  id: 'locked-steps-apart',
  title: 'Test and act that each take the lock for themselves',
  severity: 'error',
  since: '0.2.0',
  cwe: [367, 362],
  docs: {
    what: 'A function that asks an object by one method and, by the answer, changes it by another, or stores by another what it has made of the answer, where each of the two takes the lock and gives it back.',
    why: 'Between the two calls the lock is free. Another thread changes what was asked about, and the act goes by an answer that is no longer true, although no access is without the lock.',
    bad: [
      `import threading
from concurrent.futures import ThreadPoolExecutor

class Stock:
    def __init__(self, pieces):
        self._lock = threading.Lock()
        self._pieces = dict(pieces)

    def available(self, sku):
        with self._lock:
            return self._pieces.get(sku, 0)

    def take(self, sku, count):
        with self._lock:
            self._pieces[sku] = self._pieces.get(sku, 0) - count

    def reserve(self, sku, count):
        if self.available(sku) < count:
            raise LookupError(sku)
        self.take(sku, count)

stock = Stock({"a": 3})
with ThreadPoolExecutor() as pool:
    for _ in range(5):
        pool.submit(stock.reserve, "a", 1)
`,
      `import threading

class Score:
    def __init__(self):
        self._lock = threading.Lock()
        self._points = {}

    def get(self, name):
        with self._lock:
            return self._points.get(name, 0)

    def set(self, name, points):
        with self._lock:
            self._points[name] = points

score = Score()

def play(name):
    score.set(name, score.get(name) + 1)

for _ in range(4):
    threading.Thread(target=play, args=("ann",)).start()
`,
    ],
    good: [
      `import threading
from concurrent.futures import ThreadPoolExecutor

class Stock:
    def __init__(self, pieces):
        self._lock = threading.Lock()
        self._pieces = dict(pieces)

    def reserve(self, sku, count):
        with self._lock:
            if self._pieces.get(sku, 0) < count:
                raise LookupError(sku)
            self._pieces[sku] -= count

stock = Stock({"a": 3})
with ThreadPoolExecutor() as pool:
    for _ in range(5):
        pool.submit(stock.reserve, "a", 1)
`,
    ],
    fix: 'Advice only: both steps belong into one method, or under a lock that may be taken again, which is for its author to say.',
    whenNotToUse:
      'When only one thread ever changes the object. There is no fix: both steps belong into one method, or under a lock that may be taken again.',
    unknown:
      'An act that tests once more under the lock is not reported, nor are two calls with different first arguments. What is stored counts as made of the answer when it is computed where the answer is at hand.',
    references: ['https://docs.python.org/3/glossary.html#term-LBYL'],
  },
  *check(program, judged) {
    const seen = new Set<string>();
    const modules = new Set(judged.modules);
    /** What is reported is a caller. */
    const isCalled = ({ function: function_ }: SharedAccess): boolean =>
      program.callsTo(function_).some(({ module }) => modules.has(module));
    for (const variable of program.variables) {
      if (variable.kind === 'closure' || isTestState(variable) || isSafeType(variable)) continue;
      if (!variable.accesses.some(isCalled)) continue;
      const steps = lockedSteps(program, variable);
      if (steps.looks.size === 0 || (steps.acts.size === 0 && steps.stores.length === 0)) continue;
      for (const act of steps.acts.values())
        for (const edge of program.callsTo(act.access.function)) {
          const finding = apart(program, variable, steps.looks, act, edge);
          if (finding === undefined || seen.has(finding.identity)) continue;
          seen.add(finding.identity);
          yield finding;
        }
      for (const store of steps.stores)
        for (const edge of program.callsTo(store.access.function)) {
          const finding = storedBack(program, variable, steps.looks, store, edge);
          if (finding === undefined || seen.has(finding.identity)) continue;
          seen.add(finding.identity);
          yield finding;
        }
    }
  },
});

interface Step {
  readonly access: SharedAccess;
  readonly lock: Lock;
}

interface Steps {
  /** Functions that only look at the variable under its lock. */
  readonly looks: ReadonlyMap<FunctionNode, Step>;
  /** Functions that change it under the lock without a look of their own. */
  readonly acts: ReadonlyMap<FunctionNode, Step>;
  /** Functions that store what they are given, under the lock. */
  readonly stores: readonly (Step & ArgumentPlace)[];
}

function lockedSteps(program: ProgramModel, variable: Variable): Steps {
  const looks = new Map<FunctionNode, Step>();
  const acts = new Map<FunctionNode, Step>();
  const stores: (Step & ArgumentPlace)[] = [];
  for (const access of variable.accesses) {
    if (access.beforeSharing || access.maybeLocked) continue;
    const lock = soleGuard(program, variable, access);
    if (lock === undefined || !takesItself(program, access.function, lock)) continue;
    if (!changes(access)) looks.set(access.function, { access, lock });
    else if (
      (access.access.kind === 'update' || removes(access.access)) &&
      access.access.operation !== 'pop default' &&
      access.access.operation !== 'clear' &&
      access.access.operation !== 'discard' &&
      !testsItself(program, variable, access)
    )
      acts.set(access.function, { access, lock });
    else {
      const given = parameterStored(access);
      if (given !== undefined) stores.push({ access, lock, ...given });
    }
  }
  for (const { function: function_, ...one } of variable.accesses)
    if (changes({ function: function_, ...one })) looks.delete(function_);
  return { looks, acts, stores };
}

/** The parameter whose value is stored, as a place among the arguments of a call. */
function parameterStored({
  access,
  function: { scope, owner },
  module,
}: SharedAccess): ArgumentPlace | undefined {
  const { kind, operation, value } = access;
  if ((kind !== 'write' && operation !== '[]=') || value?.kind !== 'path') return undefined;
  const { root, fields, name } = module.summary.paths[value.path]!;
  if (root !== 'local' || fields.length > 0) return undefined;
  const index = scope.parameters.findIndex((one) => one.name === name);
  return index === -1 ? undefined : { position: index - (owner === undefined ? 0 : 1), keyword: name };
}

/** The function takes and gives back the lock, so that it is free between two calls. */
function takesItself(program: ProgramModel, function_: FunctionNode, lock: Lock): boolean {
  return program.usesIn(function_).some((use) => use.lock === lock && use.acquisition.how === 'with');
}

function apart(
  program: ProgramModel,
  variable: Variable,
  looks: ReadonlyMap<FunctionNode, Step>,
  act: Step,
  edge: CallEdge,
): Finding | undefined {
  const { caller, module } = edge;
  if (!isUnlockedCall(program, edge)) return undefined;
  const acting = callAt(edge);
  if (acting === undefined) return undefined;
  for (const first of program.callsFrom(caller)) {
    const look = looks.get(first.callee);
    const asking = callAt(first);
    if (look === undefined || look.lock !== act.lock || asking?.use !== 'tested') continue;
    if (!program.dominates(module, first.fact, edge.fact) || !isOnSame(edge, asking, acting)) continue;
    return report(program, variable, look, act, first, edge);
  }
  return undefined;
}

/** A plain call with no lock held, by callers neither. */
function isUnlockedCall(program: ProgramModel, { module, how, caller, fact }: CallEdge): boolean {
  if (module.test || how !== 'call' || caller.scope.async || program.mayHoldAt(module, fact)) return false;
  return program.locksAt(module, fact).size === 0;
}

/** `score.set(name, score.get(name) + 1)`: read and stored under the lock, and free in between. */
function storedBack(
  program: ProgramModel,
  variable: Variable,
  looks: ReadonlyMap<FunctionNode, Step>,
  store: Step & ArgumentPlace,
  edge: CallEdge,
): Finding | undefined {
  const { caller, module } = edge;
  if (!isUnlockedCall(program, edge)) return undefined;
  const storing = callAt(edge);
  if (storing === undefined || !isComputed(argumentOf(storing, store))) return undefined;
  for (const first of program.callsFrom(caller)) {
    const look = looks.get(first.callee);
    const reading = callAt(first);
    if (look === undefined || look.lock !== store.lock) continue;
    if (reading?.use !== 'other' && reading?.use !== 'assigned') continue;
    if (!program.dominates(module, first.fact, edge.fact) || !isOnSame(edge, reading, storing, store))
      continue;
    return report(program, variable, look, store, first, edge);
  }
  return undefined;
}

/** Neither handed on as it is nor written out. */
function isComputed(value: ValueShape | undefined): boolean {
  return value?.kind === 'other' || (value?.kind === 'literal' && value.text === '' && !value.empty);
}

function callAt({ module, fact }: CallEdge): Call | undefined {
  return module.summary.calls.find((call) => call.fact === fact);
}

/** Methods of one object, about one thing. */
function isOnSame({ module }: CallEdge, asking: Call, acting: Call, stored?: ArgumentPlace): boolean {
  const { paths } = module.summary;
  if (paths[asking.callee]!.parent !== paths[acting.callee]!.parent) return false;
  const about = asking.arguments[0]?.value;
  const on = stored?.position === 0 ? undefined : acting.arguments[0]?.value;
  if (about === undefined || on === undefined) return about === on;
  return about.kind === 'path' && on.kind === 'path' ? about.path === on.path : about.kind === on.kind;
}

function report(
  program: ProgramModel,
  variable: Variable,
  look: Step,
  act: Step,
  asks: CallEdge,
  acts: CallEdge,
): Finding | undefined {
  const parallel = program.parallel(variable, act.access, act.access);
  const sharing = parallel?.thread === undefined ? guardedBy(act.lock, act.access) : parallel.sharing;
  const confidence = parallel?.thread === undefined ? 'medium' : parallel.confidence;
  const { caller, module } = acts;
  const stored = act.access.access.kind === 'write' || act.access.access.operation === '[]=';
  const harm = stored || act.access.access.kind === 'update' ? 'loses' : 'breaks';
  return {
    rule: 'locked-steps-apart',
    primary: at(module, acts.fact),
    message: `${subject(caller)} gives the lock back between ${stored ? 'reading and storing' : 'the test and the act'}. Between ${named(asks.callee)} and ${named(acts.callee)} another thread can change \`${variable.name}\`, ${stored ? 'and what it stored is lost' : 'so that the answer no longer holds'}. Do both in one method, under \`${act.lock.name}\` once.`,
    severity: levelOf(program, { sharing, confidence }, harm, 'everyBuild'),
    confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'call', at: at(module, asks.fact), message: `${subject(caller)} asks here.` },
      accessEvidence(look.access, ` while holding \`${look.lock.name}\``),
      accessEvidence(act.access, ` while holding \`${act.lock.name}\`, in a section of its own`),
      ...(parallel === undefined ? [] : threadEvidence(parallel)),
    ],
    fixes: [],
    identity: `${module.path}:${caller.label}|${variable.key}|${acts.callee.label}`,
  };
}
