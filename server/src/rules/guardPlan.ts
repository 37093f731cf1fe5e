/**
 * What it takes to bring a variable under its lock: which lock, and the units that must lie under it whole. A unit is an access
 * with the tests that it relies on, and with what reads its result back before anything else is done: half of it under a lock
 * is no repair.
 */
import { LOGGING_METHODS } from '../catalog/words.ts';
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { tornByCall } from './acrossCalls.ts';
import { asksFor, readersOf } from './askedThrough.ts';
import { type Siblings, steps, unitOf } from './belongingTogether.ts';
import { fills } from './filledBehind.ts';
import type { HeldUnit, Intention, LockChoice } from './finding.ts';
import { changes, isExempt } from './guards.ts';
import { heldOver, isHeldLong } from './holders.ts';
import { choiceAt, chooseLock, isObstacle, type Obstacle } from './lockChoice.ts';
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
  let looks = 0;
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
    if (reach === 'all' && unit.covers.length === 1 && keptForLater(program, variable, one))
      return {
        reason: `\`${variable.name}\` is put into a local, to be used when the lock is free again`,
        at: { file: one.module.file, fact: one.access.fact },
      };
    units.push(unit);
    if (unit.covers.length === 1 && isLook(program, variable, one)) looks++;
    for (const access of unit.covers) covered.add(access);
  }
  const inSteps = units.some(({ covers }) => covers.filter(changes).length > 1);
  if (
    reach === 'all' &&
    looks > 0 &&
    !inSteps &&
    units.every(
      ({ of, covers }) => covers.some(changes) || (covers.length === 1 && isLook(program, variable, of)),
    )
  )
    return { reason: `what else uses \`${variable.name}\` only looks at it, and cannot be torn` };
  return tornByCall(program, [...covered]) ?? units;
}

/** What a call gives its variable before any thread can have it. */
function beginsCell(program: ProgramModel, variable: Variable): SharedAccess | undefined {
  const { cell, accesses } = variable;
  const first = accesses.find(({ function: own, access }) => own === cell && access.kind === 'write');
  const alone = first && accesses.every((one) => program.parallel(variable, first, one) === undefined);
  return alone === true ? first : undefined;
}

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

/** `jobs = self.jobs`: the local is used when the lock is free. */
function keptForLater(program: ProgramModel, variable: Variable, { access }: SharedAccess): boolean {
  const whole = access.kind === 'read' && access.operation === '' && access.use === 'assigned';
  return whole && program.containerOf(variable).length > 0;
}

/** One reading of what is only ever replaced as a whole; not the use of an object that somebody else may end meanwhile. */
function isLook(program: ProgramModel, variable: Variable, { access }: SharedAccess): boolean {
  const whole = access.kind === 'read' && access.operation === '';
  return whole && !USES.has(access.use) && program.containerOf(variable).length === 0;
}

const USES: ReadonlySet<string> = new Set(['method', 'called', 'lock']);

/** `logger.debug(…)` runs what others have registered. */
function tellsHandlers({ module, access, name }: SharedAccess): Obstacle | undefined {
  if (access.use !== 'method' || !LOGGING_METHODS.has(access.operation)) return undefined;
  return {
    reason: `the lock would be held over \`${name}.${access.operation}\`, which runs the handlers of \`logging\``,
    at: { file: module.file, fact: access.fact },
  };
}
