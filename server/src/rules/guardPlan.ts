/**
 * What it takes to bring a variable under its lock: which lock, and the units that must lie under it whole. A unit is an access
 * with the tests that it relies on, and with what reads its result back before anything else is done: half of it under a lock
 * is no repair.
 */
import { LOGGING_METHODS } from '../catalog/words.ts';
import type { FactId, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { tornByCall } from './acrossCalls.ts';
import { asksFor, decidedBy, readersOf } from './askedThrough.ts';
import { empties, filledBehind, fills } from './filledBehind.ts';
import type { HeldUnit, Intention, LockChoice } from './finding.ts';
import { changes, isExempt } from './guards.ts';
import { heldOver, isHeldLong } from './holders.ts';
import { choiceAt, chooseLock, isObstacle, type Obstacle } from './lockChoice.ts';
import { isOnlyShown } from './logged.ts';
import { storesBeside } from './storesBeside.ts';

export interface GuardPlan {
  readonly lock: LockChoice;
  readonly units: readonly HeldUnit[];
}

export function guardPlan(
  program: ProgramModel,
  { file, variable: key, places, reach }: Extract<Intention, { readonly kind: 'guard' }>,
): GuardPlan | Obstacle {
  const variable = program.variables.find((one) => one.key === key);
  const access = variable?.accesses.find((one) => one.module.file === file && one.access.fact === places[0]);
  if (variable === undefined || access === undefined) return { reason: 'the access is not there any more' };
  const its = planning(program, variable);
  if (isObstacle(its.chosen)) return its.chosen;
  const first = choiceAt(program, its.chosen, variable, access);
  if (isObstacle(first)) return first;
  const own = unitAt(program, its, access, places);
  if (isObstacle(own)) return own;
  if (reach === 'here') return { lock: first.lock, units: [own.unit] };
  const alike = apart(program, its, reach);
  if (alike?.leaders.get(access) === keyOf(own.unit)) return { lock: first.lock, units: alike.units };
  const units = unitsFrom(program, its, reach, own);
  return isObstacle(units) ? units : { lock: first.lock, units: units.map(({ unit }) => unit) };
}

/** What the plans for one variable have in common, found once: a file may have thousands of findings on it. */
interface Planning {
  readonly variable: Variable;
  readonly chosen: ReturnType<typeof chooseLock>;
  readonly siblings: ReadonlyMap<FunctionNode, Siblings>;
  readonly apart: Map<Reach, Apart | undefined>;
}

interface Siblings {
  readonly byFact: ReadonlyMap<FactId, readonly SharedAccess[]>;
  /** And what steps through it. */
  readonly reads: readonly SharedAccess[];
  readonly writes: readonly SharedAccess[];
  /** What puts something into it. */
  readonly fills: readonly SharedAccess[];
  /** Tests of it that another function makes. */
  readonly asks: readonly FactId[];
}

interface Apart {
  readonly units: readonly HeldUnit[];
  /** The access that a unit was made for, and `keyOf` the unit. */
  readonly leaders: ReadonlyMap<SharedAccess, string>;
}

type Reach = 'changes' | 'all';

interface OneUnit {
  readonly unit: HeldUnit;
  readonly of: SharedAccess;
  readonly covers: readonly SharedAccess[];
}

const plannings = new WeakMap<Variable, Planning>();

function planning(program: ProgramModel, variable: Variable): Planning {
  const known = plannings.get(variable);
  if (known !== undefined) return known;
  const all = new Map<FunctionNode, SharedAccess[]>();
  for (const one of variable.accesses) {
    const its = all.get(one.function);
    if (its === undefined) all.set(one.function, [one]);
    else its.push(one);
  }
  const readers = readersOf(program, variable);
  const found: Planning = {
    variable,
    chosen: chooseLock(program, variable),
    siblings: new Map(
      [...all].map(([function_, its]) => [function_, siblingsOf(its, asksFor(program, readers, function_))]),
    ),
    apart: new Map(),
  };
  plannings.set(variable, found);
  return found;
}

/** The units of all accesses where no two of them share a place: then it does not matter with which one begins. */
function apart(program: ProgramModel, its: Planning, reach: Reach): Apart | undefined {
  if (its.apart.has(reach)) return its.apart.get(reach);
  const units = unitsFrom(program, its, reach, undefined);
  let found: Apart | undefined;
  if (!isObstacle(units)) {
    const covered = new Set(units.flatMap(({ covers }) => covers));
    if (units.reduce((sum, { covers }) => sum + covers.length, 0) === covered.size)
      found = {
        units: units.map(({ unit }) => unit),
        leaders: new Map(units.map(({ of, unit }) => [of, keyOf(unit)])),
      };
  }
  its.apart.set(reach, found);
  return found;
}

function siblingsOf(all: readonly SharedAccess[], asks: readonly FactId[]): Siblings {
  const byFact = new Map<FactId, SharedAccess[]>();
  for (const one of all) {
    const its = byFact.get(one.access.fact);
    if (its === undefined) byFact.set(one.access.fact, [one]);
    else its.push(one);
  }
  return {
    byFact,
    reads: all.filter((one) => one.access.kind === 'read' || steps(one)),
    writes: all.filter(({ access }) => access.kind === 'write'),
    fills: all.filter(fills),
    asks,
  };
}

function keyOf({ places, object }: HeldUnit): string {
  return JSON.stringify([object, [...places].sort((a, b) => a - b)]);
}

/** The unit of one access and of what is to lie along with it. */
function unitAt(
  program: ProgramModel,
  { variable, chosen, siblings }: Planning,
  one: SharedAccess,
  along: readonly FactId[],
): OneUnit | Obstacle {
  if (isObstacle(chosen)) return chosen;
  const choice = choiceAt(program, chosen, variable, one);
  if (isObstacle(choice)) return choice;
  const its = siblings.get(one.function)!;
  const unit = new Set([...along, ...unitOf(program, variable, one, its)]);
  const beside = chosen.kind === 'existing' ? storesBeside(program, chosen.lock, one) : [];
  return {
    unit: {
      file: one.module.file,
      places: [...unit],
      object: choice.object,
      ...(beside.length > 0 && { beside }),
    },
    of: one,
    covers: [...unit].flatMap((fact) => its.byFact.get(fact) ?? []),
  };
}

/** The units for all that a reach wants under the lock, `first` before all others. */
function unitsFrom(
  program: ProgramModel,
  its: Planning,
  reach: Reach,
  first: OneUnit | undefined,
): readonly OneUnit[] | Obstacle {
  const { variable, chosen } = its;
  if (isObstacle(chosen)) return chosen;
  const held = chosen.kind === 'existing' ? chosen.lock.key : undefined;
  if (reach === 'all' && chosen.kind === 'existing' && isHeldLong(program, chosen.lock))
    return (
      heldOver(program, chosen.lock) ?? {
        reason: `who only looks at \`${variable.name}\` would wait for what \`${chosen.lock.name}\` is held over`,
      }
    );
  const units = first === undefined ? [] : [first];
  const begins = beginsCell(program, variable);
  const covered = new Set(first?.covers);
  for (const one of variable.accesses) {
    if (covered.has(one) || one === begins || one.beforeSharing || one.ownObject || one.maybeLocked) continue;
    if ((held !== undefined && one.locks.has(held)) || isExempt(one) || one.module.test) continue;
    if (reach === 'changes' && !changes(one) && (!steps(one) || isOfLocal(one))) continue;
    const told = reach === 'all' ? (tellsHandlers(one) ?? handsOut(program, variable, one)) : undefined;
    if (told !== undefined) return told;
    const unit = unitAt(program, its, one, []);
    if (isObstacle(unit)) return unit;
    units.push(unit);
    for (const access of unit.covers) covered.add(access);
  }
  return tornByCall(program, [...covered]) ?? units;
}

/** What a call gives its variable before any thread can have it. */
function beginsCell(program: ProgramModel, variable: Variable): SharedAccess | undefined {
  const { cell, accesses } = variable;
  const first = accesses.find(({ function: own, access }) => own === cell && access.kind === 'write');
  const alone = first && accesses.every((one) => program.parallel(variable, first, one) === undefined);
  return alone === true ? first : undefined;
}

/** Begins anew, with an empty text or list or with a number; a flag or `None` says that something has ended. */
function resets({ access: { kind, value } }: SharedAccess): boolean {
  return kind === 'write' && value?.kind === 'literal' && value.type !== 'none' && value.type !== 'bool';
}

/** Takes whatever is the first or the last. */
function isTaking({ access: { kind, operation, key } }: SharedAccess): boolean {
  return kind === 'mutate' && key === undefined && TAKING.has(operation);
}

const TAKING: ReadonlySet<string> = new Set(['pop', 'popleft', 'heappop()']);

/** A local has the object: no lock of it can be named there, and what was swapped out is nobody else's. */
function isOfLocal({ module, access }: SharedAccess): boolean {
  const { root, parent } = module.summary.paths[access.path]!;
  return root === 'local' && parent === -1;
}

/** `return self.jobs`: what is handed out is used when the lock is free again. */
function handsOut(
  program: ProgramModel,
  variable: Variable,
  { module, access }: SharedAccess,
): Obstacle | undefined {
  const whole = access.kind === 'read' && access.operation === '' && access.use === 'returned';
  if (!whole || program.containerOf(variable).length === 0) return undefined;
  return {
    reason: `\`${variable.name}\` is handed out, to be used when the lock is free again`,
    at: { file: module.file, fact: access.fact },
  };
}

/** `logger.debug(…)` runs what others have registered. */
function tellsHandlers({ module, access, name }: SharedAccess): Obstacle | undefined {
  if (access.use !== 'method' || !LOGGING_METHODS.has(access.operation)) return undefined;
  return {
    reason: `the lock would be held over \`${name}.${access.operation}\`, which runs the handlers of \`logging\``,
    at: { file: module.file, fact: access.fact },
  };
}

function steps({ access }: SharedAccess): boolean {
  return access.kind === 'iterate' || access.kind === 'snapshot';
}

/** The places that belong together with an access, itself included; its siblings in the same function may. */
function unitOf(
  program: ProgramModel,
  variable: Variable,
  one: SharedAccess,
  { reads, writes, fills, asks }: Siblings,
): readonly FactId[] {
  const { module, access } = one;
  const found = new Set<FactId>([access.fact]);
  if (changes(one)) for (const fact of decidedBy(program, one, asks)) found.add(fact);
  if (changes(one) || access.operation === '[]' || failsWithoutTest(one)) {
    for (const { test } of program.testsAt(module, access.fact)) {
      if (test.scope !== access.scope || program.keyOf(module, test.path) !== variable.key) continue;
      found.add(test.fact);
      if (test.made !== -1) found.add(test.made);
    }
  }
  if (access.kind === 'update')
    for (const sibling of reads)
      if (readsBack(sibling) && program.dominates(module, access.fact, sibling.access.fact))
        found.add(sibling.access.fact);
  if (changes(one))
    for (const sibling of reads)
      if (leadsTo(program, sibling, one) && comesBefore(program, sibling, one))
        found.add(sibling.access.fact);
  for (const fact of builtUp(program, one, writes, reads)) found.add(fact);
  for (const { access: filled } of filledBehind(program, one, fills)) found.add(filled.fact);
  return [...found];
}

/** `self.headers = {…}`, `self.headers = {**self.headers, …}`, `return self.headers`: one call makes it step by step, and uses it. */
function builtUp(
  program: ProgramModel,
  one: SharedAccess,
  writes: readonly SharedAccess[],
  reads: readonly SharedAccess[],
): readonly FactId[] {
  const { module, access } = one;
  if (access.kind !== 'update' || (access.operation !== '=' && access.operation !== '[]=')) return [];
  const begun = writes.find(
    (write) => mayBeGrown(write) && program.dominates(module, write.access.fact, access.fact),
  );
  if (begun === undefined) return [];
  const used = reads.filter(
    (read) =>
      readsBack(read) &&
      program.reaches(module, access.fact, read.access.fact) &&
      program.dominates(module, begun.access.fact, read.access.fact),
  );
  return [begun, ...used].map((sibling) => sibling.access.fact);
}

/** No number or constant, which a loop begins with and counts up from. */
function mayBeGrown({ access: { value } }: SharedAccess): boolean {
  return value !== undefined && (value.kind !== 'literal' || ['dict', 'list', 'set'].includes(value.type));
}

/** `if self.link is None: return`, `self.link.send()`; `if not self.jobs: return`, `next(iter(self.jobs))`. */
function failsWithoutTest({ access: { kind, use, operation } }: SharedAccess): boolean {
  if (kind === 'read') return use === 'method' || use === 'called';
  return kind === 'iterate' && FIRST.test(operation);
}

const FIRST = /^(iter|next|min|max)\(\)/;

/** On every way, or, of what is stepped through, on some: the change may stand in a `finally`. */
function comesBefore(
  program: ProgramModel,
  earlier: SharedAccess,
  { module, access }: SharedAccess,
): boolean {
  const { fact, kind, use } = earlier.access;
  if (program.dominates(module, fact, access.fact)) return true;
  // `else: self.name = f"level{self.depth + 1}"`, and then `self.depth += 1`: the number is given out on that way.
  const givenOut = kind === 'read' && use !== 'tested' && access.kind === 'update' && !isOnlyShown(earlier);
  return (
    (steps(earlier) || givenOut) &&
    program.reaches(module, fact, access.fact) &&
    !program.reaches(module, access.fact, fact)
  );
}

/** What an earlier read gave may decide whether, or with what, the variable is changed, or be used up by the change. */
function leadsTo(program: ProgramModel, sibling: SharedAccess, change: SharedAccess): boolean {
  const { access: read } = sibling;
  // `for job in self.jobs: …; self.jobs = []`: what comes in between would be thrown away.
  if (steps(sibling)) return empties(change);
  if (read.kind !== 'read') return false;
  // `assert self.stack[-1] is step; self.stack.pop()`: what is looked at is what is taken.
  if (read.operation === '[]' && isTaking(change)) return true;
  // `number = self.next; …; self.next += 1`: the number is given out, and the next one made.
  // `sent = self.queue; self.queue = b""`: what comes in between is thrown away here, too.
  if (read.use === 'assigned')
    return (
      change.access.kind === 'update' ||
      mayDependOnReads(change) ||
      resets(change) ||
      (COUNTED.has(read.operation) && change.access.kind === 'mutate')
    );
  if (read.use !== 'tested' && read.use !== 'argument' && read.use !== 'other') return false;
  if (change.access.kind === 'update' && read.use !== 'tested') return true;
  if (read.operation === 'in' && change.access.kind === 'mutate')
    return (
      read.key?.text === change.access.key?.text || program.isConditional(change.module, change.access.fact)
    );
  if (change.access.kind !== 'update' && change.access.kind !== 'write') return false;
  return program.isConditional(change.module, change.access.fact);
}

/** `place = len(self.rows); self.rows.append(row)`, `known = key in self.rows`: true until somebody else changes it. */
const COUNTED: ReadonlySet<string> = new Set(['len', 'in']);

/** What is stored may have been computed from what the function read before. */
function mayDependOnReads({ module, access: { kind, value } }: SharedAccess): boolean {
  return kind === 'write' && isComputed(module, value);
}

function isComputed(module: Module, value: ValueShape | undefined): boolean {
  if (value === undefined || value.kind === 'other' || value.kind === 'either') return true;
  if (value.kind === 'path') return module.summary.paths[value.path]!.root === 'local';
  if (value.kind === 'call') return module.summary.calls[value.call]!.arguments.length > 0;
  if (value.kind === 'element' || value.kind === 'awaited') return isComputed(module, value.of);
  return value.kind === 'container' && value.elements.length > 0;
}

/** The new value is used, not merely stepped through, changed again or written into a log. */
function readsBack(one: SharedAccess): boolean {
  return one.access.kind === 'read' && one.access.use !== 'lock' && !isOnlyShown(one);
}
