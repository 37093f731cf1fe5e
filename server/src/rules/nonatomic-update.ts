/** Reports a read-modify-write of shared state that nothing makes atomic: two threads interleave, and one update is lost. */
import { ADDING_UP, THREAD_INDEX_NAME } from '../catalog/words.ts';
import type { Access } from '../facts/summary.ts';
import type {
  FunctionNode,
  Module,
  Parallel,
  ProgramModel,
  SharedAccess,
  Variable,
} from '../link/program.ts';
import {
  accessEvidence,
  identityOf,
  isSafeType,
  isTestState,
  placeOf,
  threadEvidence,
  threadSentence,
  unprotected,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { soleGuard } from './guards.ts';
import { lostUpdate } from './interleavings.ts';
import { isWorthSaying, levelOf } from './levels.ts';
import { lockFixes } from './lockChoice.ts';
import { numberingFixes } from './numbering.ts';
import { rivalsFor } from './rivals.ts';
import { defineRule } from './rule.ts';
import { namesThread } from './threadCode.ts';

export const rule = defineRule({
  id: 'nonatomic-update',
  title: 'Read-modify-write of shared state without a lock',
  severity: 'error',
  since: '0.1.0',
  cwe: [362, 366],
  witness: lostUpdate,
  docs: {
    what: 'An update such as `x += 1` or `d[k] = d.get(k, 0) + 1` on state that several threads change, with no lock that all of them hold.',
    why: 'The value is read, computed and stored in separate steps. When another thread stores in between, its update is lost. Without the GIL most concurrent updates are lost; with the GIL they are lost as soon as a call happens between the read and the write.',
    bad: [
      `import threading

done = 0

def work():
    global done
    done += 1

for _ in range(8):
    threading.Thread(target=work).start()
`,
      `from concurrent.futures import ThreadPoolExecutor

class Stats:
    def __init__(self):
        self.counts = {}
        self.pool = ThreadPoolExecutor()

    def record(self, key):
        self.counts[key] = self.counts.get(key, 0) + 1

    def run(self, keys):
        for key in keys:
            self.pool.submit(self.record, key)
`,
    ],
    good: [
      `import threading

done = 0
done_lock = threading.Lock()

def work():
    global done
    with done_lock:
        done += 1

for _ in range(8):
    threading.Thread(target=work).start()
`,
    ],
    whenNotToUse:
      'When losing an update is acceptable, for example in a rough statistic: ignore the line and say so.',
    fix: 'Unsafe, look at it: numbers from `itertools.count` where they are only given out, else one lock around every update and what reads it back; a value that takes long is made outside it.',
    unknown:
      'A variable of unknown type counts as a number for `+=`; in-place operators on lists, sets and dicts are never reported. A lock that may be held counts as held.',
    references: [
      'https://docs.python.org/3/glossary.html#term-atomic-operation',
      'https://docs.python.org/3/library/threading.html#lock-objects',
    ],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (isTestState(variable) || isSafeType(variable)) continue;
      const ofWhole = rivalsFor(program, variable, (one) => writes(one, false));
      if (DESCRIBES.test(variable.attribute)) continue;
      const ofElement = rivalsFor(program, variable, (one) => writes(one, true));
      const guard = mostHeld(program, variable);
      let about: VariableUse | undefined;
      for (const access of variable.accesses) {
        const addsUp = isAddedUp(program, variable, access);
        if ((access.access.kind !== 'update' && !addsUp) || access.beforeSharing) continue;
        // It holds the lock of the variable; that another access does not is for `inconsistent-lock` to say.
        if (guard !== undefined && access.locks.has(guard)) continue;
        if (isMadeOnce(access)) continue;
        if (!losesUpdates(program, variable, access)) continue;
        const others = access.access.key === undefined && !addsUp ? ofWhole(access) : ofElement(access);
        const other = rival(program, variable, access, others);
        if (other === undefined) continue;
        about ??= useOf(variable);
        yield report(program, variable, about, access, other);
      }
    }
  },
});

/** What a class or function says of itself, which is put together while its module is loaded. */
const DESCRIBES = /^__(?:doc|name|qualname|module|annotations)__$/;

/** `words.update(line.split())` of a `Counter`: each entry is read, added to and stored. */
function isAddedUp(program: ProgramModel, variable: Variable, { access }: SharedAccess): boolean {
  if (access.kind !== 'mutate' || !ADDING_UP.has(access.operation)) return false;
  const kinds = program.containerOf(variable);
  return kinds.length > 0 && kinds.every((kind) => kind === 'Counter');
}

/** What is asked once of a variable, however many of its updates are reported. */
interface VariableUse {
  readonly isRead: boolean;
  /** The first access under a lock. */
  readonly guarded: SharedAccess | undefined;
  /** By function: the reads whose value it goes on to use. */
  readonly goneOnWith: ReadonlyMap<FunctionNode, readonly SharedAccess[]>;
}

function useOf({ accesses }: Variable): VariableUse {
  const goneOnWith = new Map<FunctionNode, SharedAccess[]>();
  for (const one of accesses) {
    const { kind, use } = one.access;
    if (kind !== 'read' || (use !== 'returned' && use !== 'assigned' && use !== 'argument')) continue;
    const known = goneOnWith.get(one.function);
    if (known === undefined) goneOnWith.set(one.function, [one]);
    else known.push(one);
  }
  return {
    isRead: accesses.some(
      ({ access: { kind } }) => kind === 'read' || kind === 'iterate' || kind === 'snapshot',
    ),
    guarded: accesses.find((access) => access.locks.size > 0 && !access.beforeSharing),
    goneOnWith,
  };
}

interface Rival {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
}

/** Of the same variable, between the read and the write of an update. */
function writes({ access: { kind, operation }, beforeSharing }: SharedAccess, element: boolean): boolean {
  if (beforeSharing) return false;
  if (kind === 'mutate') return element && operation !== 'setdefault';
  return kind === 'update' || kind === 'write' || kind === 'delete';
}

/** The first write elsewhere that may happen then, else the update itself in another thread. */
function rival(
  program: ProgramModel,
  variable: Variable,
  update: SharedAccess,
  others: readonly SharedAccess[],
): Rival | undefined {
  /** Two that each hold a lock of their own are for `different-locks` to report. */
  const lock = soleGuard(program, variable, update);
  let own: Rival | undefined;
  for (const access of others) {
    if (!unprotected(update, access)) continue;
    if (lock !== undefined && soleGuard(program, variable, access) !== undefined) continue;
    const parallel = program.parallel(variable, update, access);
    if (parallel === undefined || !isWorthSaying(parallel.sharing, 'loses')) continue;
    if (access !== update) return { access, parallel };
    own = { access, parallel };
  }
  return own;
}

/** The lock that is held at most of the accesses. */
function mostHeld(program: ProgramModel, variable: Variable): string | undefined {
  const counts = new Map<string, number>();
  for (const { locks } of variable.accesses)
    for (const key of locks) if (program.locks.has(key)) counts.set(key, (counts.get(key) ?? 0) + 1);
  let best: string | undefined;
  for (const [key, count] of counts) if (best === undefined || count > counts.get(best)!) best = key;
  return best;
}

/** Not an in-place operator of a container, and not a slot of its own for each thread. */
function losesUpdates(
  program: ProgramModel,
  variable: Variable,
  { access, function: function_, module }: SharedAccess,
): boolean {
  const inPlace = access.operation.endsWith('=') && access.operation !== '=' && access.operation !== '[]=';
  if (access.key === undefined && inPlace) {
    if (program.containerOf(variable).length > 0) return false;
    const value = access.value;
    if (value?.kind === 'container') return false;
    if (value?.kind === 'literal' && ['list', 'set', 'dict', 'generator'].includes(value.type)) return false;
    if (
      /^[|&^]=$/.test(access.operation) &&
      !variable.types.some((type) => type.kind === 'number' || type.kind === 'constant')
    )
      return false;
    if (
      access.operation === '-=' &&
      variable.types.every((type) => type.kind === 'unknown') &&
      value?.kind === 'path' &&
      !isOrdered(program, module, access)
    )
      return false;
  }
  if (access.key === undefined) return true;
  if (namesThread(program, module, access.key)) return false;
  if (access.key.kind !== 'path' || access.key.path === -1) return true;
  const key = module.summary.paths[access.key.path]!;
  const isParameter =
    key.root === 'local' && function_.scope.parameters.some((parameter) => parameter.name === key.name);
  const isEntry = program
    .threadsRunning(function_)
    .some((thread) => thread.entries.some((entry) => entry.function === function_));
  const isIndex = THREAD_INDEX_NAME.test(key.name);
  return !(isParameter && isEntry && isIndex);
}

/** `self._options = read(self._options)` in a `cached_property`: made of what the object began with, and not run again. */
function isMadeOnce({ access, function: { module, scope, property } }: SharedAccess): boolean {
  return (
    property &&
    access.operation === '=' &&
    scope.decorators.some(({ path }) => module.summary.paths[path]!.last === 'cached_property')
  );
}

/** `if self.left < wanted: return`, `self.left -= wanted`: what is compared so is a number, and no set. */
function isOrdered(program: ProgramModel, module: Module, { fact, path }: Access): boolean {
  return program.testsAt(module, fact).some(({ test }) => test.form === 'orders' && test.path === path);
}

function report(
  program: ProgramModel,
  variable: Variable,
  { isRead, guarded, goneOnWith }: VariableUse,
  update: SharedAccess,
  { access: other, parallel }: Rival,
): Finding {
  const { operation, callBetween, key } = update.access;
  const addsUp = update.access.kind === 'mutate';
  const target = key === undefined || addsUp ? update.name : `${update.name}[${key.text}]`;
  const statement =
    operation === '=' || operation === '[]='
      ? `${target} = …`
      : addsUp
        ? `${target}.${operation}(…)`
        : `${target} ${operation} …`;
  const consequence = callBetween
    ? 'and a call between the read and the write makes it happen with the GIL, too'
    : 'so an update can be lost on free-threaded Python';
  const late = isStoredUnderLock(program, update);
  const inserts = operation.endsWith('()');
  const breaks = callBetween || late ? 'everyBuild' : 'freeThreadedOnly';
  const how = late
    ? 'it is read before the lock and stored under it'
    : update.locks.size > 0
      ? 'another change does not hold its lock'
      : 'it is not one step, and no lock is held';
  const severity = levelOf(
    program,
    parallel,
    handsOut(program, variable, update, goneOnWith.get(update.function) ?? []) ? 'twice' : 'loses',
    breaks,
  );
  return {
    rule: 'nonatomic-update',
    primary: placeOf(update),
    message: inserts
      ? `\`${operation.slice(0, -2)}(${update.name}, …)\` looks for the place and inserts in two steps. ${threadSentence(parallel, update.function)}: what is inserted in between leaves the list out of order. Hold a lock around every change.`
      : `\`${statement}\` can lose updates: ${how}. ${threadSentence(parallel, update.function)}, ${consequence}. Hold ${late ? 'the lock from the reading on' : 'a lock around every update'}.`,
    severity: !isRead && /^_|\._/.test(variable.name) ? 'hint' : severity,
    confidence: parallel.confidence,
    breaks,
    evidence: [
      accessEvidence(
        other,
        other === update
          ? ' in the other threads as well'
          : other.locks.size > 0
            ? ' under another lock'
            : ' without a lock',
      ),
      ...threadEvidence(parallel),
      ...guardEvidence(program, guarded),
    ],
    fixes: late
      ? []
      : [...numberingFixes(program, variable, update), ...lockFixes(program, variable, update)],
    identity: identityOf(update, variable),
    cause: variable.key,
  };
}

/** The lock is held at the store alone, or was given back in between. */
function isStoredUnderLock(program: ProgramModel, { module, access, locks }: SharedAccess): boolean {
  return access.readAt !== undefined && locks.size < program.locksAt(module, access.fact).size;
}

/** State of all callers whose old or new value the function goes on to use: the same number is given out twice. */
function handsOut(
  program: ProgramModel,
  { kind }: Variable,
  { module, access: { fact } }: SharedAccess,
  goneOnWith: readonly SharedAccess[],
): boolean {
  if (kind !== 'global' && kind !== 'classAttribute') return false;
  return goneOnWith.some(
    ({ access }) => program.reaches(module, access.fact, fact) || program.reaches(module, fact, access.fact),
  );
}

/** The lock that other accesses hold. */
function guardEvidence(program: ProgramModel, guarded: SharedAccess | undefined): Finding['evidence'] {
  if (guarded === undefined) return [];
  const lock = [...guarded.locks].map((key) => program.locks.get(key)).find((found) => found !== undefined);
  return lock === undefined
    ? []
    : [{ ...accessEvidence(guarded, ` while holding \`${lock.name}\``), role: 'lock' }];
}
