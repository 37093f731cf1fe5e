/**
 * Whether a lock may be held over a part of a function: not while it waits or calls back, not where some way here holds it
 * already, not in code that interrupts its own thread, not against the order of another lock. The first obstacle is the answer.
 */
import { CALLED_WHILE_LOGGING } from '../catalog/words.ts';
import type { Access, FactId } from '../facts/summary.ts';
import type { FunctionNode, Happening, Lock, Module, ProgramModel } from '../link/program.ts';
import { named } from './evidence.ts';
import type { FactRef } from './finding.ts';
import { comesBack, givenTo, handedWhileHeld, heldLong, isOwnWait, takersOf } from './holders.ts';
import { type Interrupting, interruptingFunctions } from './interrupting.ts';
import type { Obstacle } from './lockChoice.ts';
import { isLoggedUnder } from './logged.ts';
import { callObstacle, edgesIn, type HeldRegion, runsIn } from './regionCalls.ts';

export interface Holding {
  /** Undefined for a lock that is yet to be declared. */
  readonly lock: Lock | undefined;
  /** As it will be written. */
  readonly name: string;
  readonly regions: readonly HeldRegion[];
  /** Nobody takes the lock but those who need what the region makes, so that it may take its time. */
  readonly mayTakeTime?: boolean;
  /** One entry of many is made there: those who need another one are no reason to wait for input or output. */
  readonly ofEntry?: boolean;
}

/** What the regions themselves do that the lock must not be held over. */
export function obstacleInside(program: ProgramModel, holding: Holding): Obstacle | undefined {
  const { lock, regions } = holding;
  for (const region of regions) {
    const obstacle =
      (lock === undefined ? undefined : heldAlready(program, lock, region)) ??
      suspended(program, region) ??
      insideOf(program, holding, region, lock?.reentrant === 'yes');
    if (obstacle !== undefined) return obstacle;
  }
  return undefined;
}

export function obstacleTo(program: ProgramModel, holding: Holding): Obstacle | undefined {
  const { lock, regions } = holding;
  const reentrant = lock?.reentrant === 'yes';
  const inside = obstacleInside(program, holding);
  if (inside !== undefined) return inside;
  const callers = callersOf(program, regions);
  const interrupted = interrupting(program, callers);
  if (interrupted !== undefined) return interrupted;
  if (!reentrant) {
    const again = calledInside(program, holding);
    if (again !== undefined) return again;
  }
  if (lock === undefined) return undefined;
  return (
    (reentrant ? undefined : heldByCaller(program, lock, callers)) ??
    (reentrant ? undefined : handedWhileHeld(program, lock, callers)) ??
    (reentrant ? undefined : comesBack(program, lock, callers)) ??
    heldLong(program, lock)
  );
}

/** The functions of the regions and everything that calls them, with the first call that led there. */
function callersOf(program: ProgramModel, regions: readonly HeldRegion[]): ReadonlySet<FunctionNode> {
  const found = new Set(regions.map((region) => region.function));
  for (const function_ of found)
    for (const edge of program.callsTo(function_)) if (edge.how !== 'decorate') found.add(edge.caller);
  return found;
}

function heldAlready(program: ProgramModel, lock: Lock, region: HeldRegion): Obstacle | undefined {
  const { module, function: function_ } = region;
  for (const { fact } of accessesIn(program, function_)) {
    if (!region.contains(fact) || !program.locksAt(module, fact).has(lock.key)) continue;
    const held = program.heldAt(function_, fact).find((one) => one.lock === lock);
    if (held === undefined) return { reason: `${named(function_)} is called with \`${lock.name}\` held` };
    return {
      reason: `${named(function_)} already holds \`${lock.name}\``,
      at: { file: module.file, fact: held.fact },
    };
  }
  const takers = takersOf(program, lock);
  if (takers.size === 0) return undefined;
  const first = accessesIn(program, function_).find(({ fact }) => region.contains(fact));
  const taken = program
    .callsFrom(function_)
    .find(
      ({ callee, fact }) =>
        takers.has(callee) && first !== undefined && program.dominates(module, fact, first.fact),
    );
  return (
    taken && {
      reason: `${named(function_)} may hold \`${lock.name}\` by ${named(taken.callee)}`,
      at: { file: module.file, fact: taken.fact },
    }
  );
}

const accesses = new WeakMap<ProgramModel, Map<Module, Map<FunctionNode, Access[]>>>();

/** Accesses that the function itself makes. Found once for a module: a fix may ask for thousands of its functions. */
function accessesIn(program: ProgramModel, function_: FunctionNode): readonly Access[] {
  const { module } = function_;
  const known = accesses.get(program) ?? new Map<Module, Map<FunctionNode, Access[]>>();
  accesses.set(program, known);
  let byFunction = known.get(module);
  if (byFunction === undefined) {
    byFunction = new Map();
    for (const access of module.summary.accesses) {
      const its = program.functionAt(module, access.scope);
      const list = byFunction.get(its);
      if (list === undefined) byFunction.set(its, [access]);
      else list.push(access);
    }
    known.set(module, byFunction);
  }
  return byFunction.get(function_) ?? [];
}

function suspended(program: ProgramModel, region: HeldRegion): Obstacle | undefined {
  const { module } = region;
  const found = module.summary.suspensions.find((one) => runsIn(program, region, one));
  return found === undefined
    ? undefined
    : { reason: `the lock would be held over \`${found.how}\``, at: { file: module.file, fact: found.fact } };
}

/** What happens in the region itself and through its calls. */
function insideOf(
  program: ProgramModel,
  { lock, name, mayTakeTime = false, ofEntry = false }: Holding,
  region: HeldRegion,
  reentrant: boolean,
): Obstacle | undefined {
  const { module, function: function_, contains } = region;
  const at = (fact: FactId): FactRef => ({ file: module.file, fact });
  const happenings = [
    ...program.ownEffectsOf(function_).filter(({ fact }) => contains(fact)),
    ...edgesIn(program, region).flatMap((edge) => program.effectsThrough(edge)),
  ];
  for (const happening of happenings) {
    const { kind, blocking } = happening;
    const place = at(happening.edge?.fact ?? happening.fact);
    const who = happening.edge === undefined ? 'it' : named(happening.edge.callee);
    if (kind === 'acquire') {
      if (happening.lock === lock && lock !== undefined && !reentrant)
        return { reason: `${who === 'it' ? 'the statement' : who} takes \`${lock.name}\` itself`, at: place };
      const against = lock === undefined ? undefined : inverted(program, lock, happening);
      if (against !== undefined) return against;
    } else if (kind === 'callback')
      return {
        reason: `the lock would be held while ${who === 'it' ? 'somebody else’s code' : `${who} calls somebody else’s code`}${who === 'it' ? ' is called' : ''}, which may come back for it`,
        at: place,
      };
    else if (!isOwnWait(program, happening, lock) && !(mayTakeTime && !ofEntry && isOutside(happening)))
      return {
        reason: `the lock would be held while ${who === 'it' ? 'it' : who} waits in \`${blocking?.name ?? 'a call'}\``,
        at: place,
      };
  }
  const log = lock !== undefined && isLoggedUnder(program, lock.key);
  return callObstacle(program, region, name, { takeTime: mayTakeTime, ofEntry, log });
}

function isOutside({ blocking }: Happening): boolean {
  return blocking?.kind === 'outside' || blocking?.kind === 'network' || blocking?.kind === 'sleep';
}

/** The region takes another lock, while which some other code takes this one. */
function inverted(program: ProgramModel, lock: Lock, { lock: taken }: Happening): Obstacle | undefined {
  if (taken === undefined || taken === lock) return undefined;
  const other = program.lockUses.find((use) => use.lock === lock && use.held.has(taken.key));
  return other === undefined
    ? undefined
    : {
        reason: `\`${lock.name}\` and \`${taken.name}\` are taken in the other order`,
        at: { file: other.module.file, fact: other.acquisition.fact },
      };
}

/** A call in one region leads to a region, whose lock would be taken again. */
function calledInside(program: ProgramModel, { regions, name }: Holding): Obstacle | undefined {
  const targets = new Set(regions.map((region) => region.function));
  for (const region of regions) {
    for (const edge of edgesIn(program, region)) {
      const again = leadingTo(program, [edge.callee], targets);
      if (again !== undefined)
        return {
          reason: `\`${name}\` would be taken again in ${named(again)}`,
          at: { file: edge.module.file, fact: edge.fact },
        };
    }
    for (const call of program.callsIn(region.function)) {
      if (!region.contains(call.fact)) continue;
      const again = leadingTo(program, givenTo(program, region.function, call), targets);
      if (again !== undefined)
        return {
          reason: `\`${name}\` would be taken again in ${named(again)}, which is handed on`,
          at: { file: region.module.file, fact: call.fact },
        };
    }
  }
  return undefined;
}

/** The first of some functions that is one of `targets` or calls one, with all that lies between. */
function leadingTo(
  program: ProgramModel,
  from: readonly FunctionNode[],
  targets: ReadonlySet<FunctionNode>,
): FunctionNode | undefined {
  const seen = new Set(from);
  for (const function_ of seen) {
    if (targets.has(function_)) return function_;
    for (const next of program.callsFrom(function_)) if (next.how !== 'decorate') seen.add(next.callee);
  }
  return undefined;
}

function heldByCaller(
  program: ProgramModel,
  lock: Lock,
  callers: ReadonlySet<FunctionNode>,
): Obstacle | undefined {
  for (const function_ of callers)
    for (const edge of program.callsTo(function_))
      if (program.locksAt(edge.module, edge.fact).has(lock.key))
        return {
          reason: `${named(edge.caller)} already holds \`${lock.name}\``,
          at: { file: edge.module.file, fact: edge.fact },
        };
  return undefined;
}

const interruptions = new WeakMap<ProgramModel, readonly Interrupting[]>();

function interrupting(program: ProgramModel, callers: ReadonlySet<FunctionNode>): Obstacle | undefined {
  let found = interruptions.get(program);
  if (found === undefined) {
    found = [...interruptingFunctions(program)];
    interruptions.set(program, found);
  }
  for (const { function: function_, what } of found)
    if (callers.has(function_))
      return {
        reason: `${named(function_)} is a ${what}, which may interrupt the holder of the lock`,
        at: { file: function_.module.file, fact: function_.scope.fact },
      };
  for (const function_ of callers) {
    const { owner, scope } = function_;
    if (owner === undefined || !CALLED_WHILE_LOGGING.has(scope.name)) continue;
    const bases = [owner, ...owner.bases].flatMap(({ externalBases }) => externalBases);
    if (bases.some((base) => /^logging(\.handlers)?\.\w+$/.test(base)))
      return {
        reason: `${named(function_)} is called by \`logging\`, which may be used while the lock is held`,
        at: { file: function_.module.file, fact: scope.fact },
      };
  }
  return undefined;
}
