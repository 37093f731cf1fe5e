/**
 * Which lock a fix should hold: the one that guards the variable by counted evidence, the only data lock that its owner has,
 * or a new one; and why none of them will do. A lock that does not exclude threads, or that `with` cannot take, is none.
 */
import { LOADED_FIRST } from '../catalog/words.ts';
import { ELEMENT, type FactId } from '../facts/summary.ts';
import type { ClassNode, Lock, Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { copiedWhole } from './copied.ts';
import type { FactRef, Fix, LockChoice } from './finding.ts';
import { cellOf, guardOf, isIntended } from './guards.ts';
import { isHeldLong } from './holders.ts';
import { objectAt } from './lockObject.ts';
import { lockOfCell } from './lockOfCell.ts';

/** Why a fix is not offered, as a clause, with the place that says so. */
export interface Obstacle {
  readonly reason: string;
  readonly at?: FactRef;
}

export type ChosenLock =
  | {
      readonly kind: 'existing';
      readonly lock: Lock;
      /** The others hold it already, by counted evidence. */
      readonly counted: boolean;
    }
  | Extract<LockChoice, { readonly kind: 'declare' }>;

export function isObstacle(value: object): value is Obstacle {
  return 'reason' in value;
}

/** Each is asked for by every finding on the variable. */
const chosen = new WeakMap<ProgramModel, Map<Variable, ChosenLock | Obstacle>>();

export function chooseLock(program: ProgramModel, variable: Variable): ChosenLock | Obstacle {
  const ofProgram = chosen.get(program) ?? new Map<Variable, ChosenLock | Obstacle>();
  chosen.set(program, ofProgram);
  const known = ofProgram.get(variable) ?? choose(program, variable);
  ofProgram.set(variable, known);
  return known;
}

function choose(program: ProgramModel, variable: Variable): ChosenLock | Obstacle {
  const computed = variable.owner?.methods.get(variable.attribute);
  if (computed?.property === true)
    return {
      reason: `\`${variable.name}\` is a property, and what it keeps lies elsewhere`,
      at: { file: computed.module.file, fact: computed.scope.fact },
    };
  if (variable.kind === 'closure') {
    const its = lockOfCell(program, variable);
    return its.kind === 'existing' ? (unfit(program, its.lock) ?? its) : its;
  }
  const guard = guardOf(program, variable);
  if (guard !== undefined)
    return unfit(program, guard.lock) ?? { kind: 'existing', lock: guard.lock, counted: true };
  const alone = partly(program, variable) ?? ownedAlone(program, variable);
  if (alone !== undefined && isObstacle(alone)) return alone;
  if (alone !== undefined) return { kind: 'existing', lock: alone, counted: false };
  return newLock(program, variable);
}

/** Why a lock cannot be held by `with` to keep other threads out; undefined when it can. */
function unfit(program: ProgramModel, lock: Lock): Obstacle | undefined {
  const [made] = lock.constructors;
  const at = made === undefined ? {} : { at: { file: made.module.file, fact: made.call.fact } };
  if (lock.family) return { reason: `which of the locks in \`${lock.name}\` is meant is not known`, ...at };
  if (lock.kind === 'asyncio')
    return { reason: `\`${lock.name}\` is a lock between tasks, which does not keep threads apart`, ...at };
  if (lock.kind === 'process') return { reason: `\`${lock.name}\` is a lock between processes`, ...at };
  if (program.isCounting(lock))
    return { reason: `\`${lock.name}\` is a semaphore that lets several threads in`, ...at };
  return canBeEntered(program, lock)
    ? undefined
    : { reason: `nothing shows that \`${lock.name}\` can be taken by \`with\``, ...at };
}

/** Only a name says that it is a lock: of its own it may have no more than `acquire` and `release`. */
export function canBeEntered(program: ProgramModel, lock: Lock): boolean {
  return (
    lock.kind !== 'unknown' ||
    program.lockUses.some((use) => use.lock === lock && use.acquisition.how === 'with')
  );
}

/** The one lock that is held at some of its accesses, though not at as many as would make it the rule: a second one would not do. */
function partly(program: ProgramModel, variable: Variable): Lock | Obstacle | undefined {
  const keys = new Set(
    variable.accesses.flatMap(({ beforeSharing, locks }) => (beforeSharing ? [] : [...locks])),
  );
  const [key] = keys;
  const lock = key === undefined || keys.size > 1 ? undefined : program.locks.get(key);
  if (lock === undefined || !isIntended(lock, variable)) return undefined;
  if (unfit(program, lock) !== undefined) return undefined;
  if (isHeldLong(program, lock))
    return { reason: `\`${lock.name}\`, under which some of it is used, is held for long` };
  return lock;
}

/** The only lock of the variable's class or module, when it is one that guards data. */
function ownedAlone(program: ProgramModel, variable: Variable): Lock | undefined {
  const owner = variable.kind === 'global' ? undefined : variable.owner;
  const owned = program
    .locksOf(owner, variable.module)
    .filter((lock) => variable.kind !== 'classAttribute' || lock.holder === 'classAttribute');
  const [lock] = owned;
  if (lock === undefined || owned.length > 1 || unfit(program, lock) !== undefined) return undefined;
  // Whoever needs this variable alone would wait as long.
  if (isHeldLong(program, lock)) return undefined;
  const used = program.lockUses.some((use) => use.lock === lock);
  return !used || guardsData(program, lock, variable) ? lock : undefined;
}

function guardsData(program: ProgramModel, lock: Lock, { owner, module }: Variable): boolean {
  return program.variables.some(
    (one) => one.owner === owner && one.module === module && guardOf(program, one)?.lock === lock,
  );
}

function newLock(program: ProgramModel, variable: Variable): ChosenLock | Obstacle {
  // The entries of a container have the lock that the container would have.
  const fields = variable.fields.filter((field) => field !== ELEMENT);
  const words = [variable.attribute, ...fields].join('_');
  const name = words.replace(/^_+|_+$/g, '').replace(/\W+/g, '_');
  const { owner, declaration, module } = variable;
  const common = { kind: 'declare', constructor: 'Lock' } as const;
  if (name === '') return { reason: `\`${variable.name}\` has no name that a lock could be called after` };
  const home = variable.kind === 'global' ? declaration?.module : owner?.module;
  if (home !== undefined && LOADED_FIRST.has(home.name) && !importsThreads(home))
    return { reason: `\`${home.name}\` is loaded while Python starts, before \`threading\` can be` };
  if (variable.kind === 'global')
    return declaration === undefined
      ? { reason: `\`${variable.name}\` is bound outside this project` }
      : {
          ...common,
          file: declaration.module.file,
          owner: 'module',
          fact: declaration.fact,
          name: `_${name.toLowerCase()}_lock`,
        };
  if (owner === undefined || fields.length > 0)
    return { reason: `the class of the object that \`${variable.name}\` belongs to is not known` };
  const foreign =
    variable.kind === 'instance' &&
    variable.fields.length === 0 &&
    owner.externalBases.length > 0 &&
    variable.accesses.every(isNeverSet);
  if (foreign)
    return { reason: `\`${variable.name}\` is set by a class outside this project, which takes no lock` };
  const unusual = copiedWhole(program, owner);
  if (unusual !== undefined && !unusual.ofObject) return unusual;
  // What all objects have in common is neither copied nor stored with one of them.
  const ofAll = variable.kind === 'instance' && unusual !== undefined;
  const without = variable.kind === 'instance' && !ofAll ? madeWithout(owner) : undefined;
  if (without !== undefined) return without;
  const has = program.locksOf(owner, module).length > 0;
  return variable.kind === 'instance' && !ofAll
    ? {
        ...common,
        file: owner.module.file,
        owner: 'instance',
        fact: owner.scope.fact,
        name: has ? `_${name}_lock` : '_lock',
        guards: variable.attribute,
      }
    : {
        ...common,
        file: owner.module.file,
        owner: 'class',
        fact: owner.scope.fact,
        name: `_${name}_lock`,
        ...(ofAll && { ofAll }),
      };
}

/** A subclass, in whichever file, whose constructor leaves out that of the class: its objects would have no lock. */
function madeWithout(owner: ClassNode): Obstacle | undefined {
  const below = new Set(owner.subclasses);
  for (const subclass of below) {
    for (const one of subclass.subclasses) below.add(one);
    const own = subclass.methods.get('__init__');
    if (own === undefined) continue;
    const { summary, file } = own.module;
    const calls = summary.calls.some(
      ({ callee, scope }) => scope === own.scope.id && summary.paths[callee]!.last === '__init__',
    );
    if (!calls)
      return {
        reason: `\`${subclass.name}.__init__\` does not call \`super().__init__\``,
        at: { file, fact: own.scope.fact },
      };
  }
  return undefined;
}

function importsThreads({ summary }: Module): boolean {
  return summary.imports.some((one) => one.module === 'threading' || one.module === '_thread');
}

function isNeverSet({ access }: SharedAccess): boolean {
  return access.kind !== 'write';
}

/** The lock as it is to be written at an access. */
export function choiceAt(
  program: ProgramModel,
  chosen: ChosenLock,
  variable: Variable,
  access: SharedAccess,
): { readonly lock: LockChoice; readonly object: string } | Obstacle {
  const holder =
    chosen.kind === 'existing'
      ? { ...chosen.lock, kind: chosen.lock.holder, cell: cellOf(chosen.lock) }
      : {
          kind: chosen.owner === 'class' ? 'classAttribute' : variable.kind,
          owner: variable.owner,
          module: variable.owner?.module ?? variable.module,
          cell: variable.cell?.scope.id,
        };
  const object = objectAt(program, holder, access);
  if (typeof object !== 'string') return object;
  if (chosen.kind === 'declare') return { lock: chosen, object };
  const late = madeLater(program, chosen.lock, access);
  if (late !== undefined) return late;
  const { attribute, key } = chosen.lock;
  if (attribute === undefined) return { reason: `\`${chosen.lock.name}\` has no name to take it by` };
  const expression = object === '' ? attribute : `${object}.${attribute}`;
  return { lock: { kind: 'existing', expression, key }, object };
}

/** A constructor that starts threads before it makes the lock. */
function madeLater(
  program: ProgramModel,
  lock: Lock,
  { module, access }: SharedAccess,
): Obstacle | undefined {
  const made = lock.constructors.find(
    (one) =>
      one.module === module &&
      one.call.scope === access.scope &&
      !program.dominates(module, one.call.fact, access.fact),
  );
  return (
    made && {
      reason: `\`${lock.name}\` is made only later there`,
      at: { file: module.file, fact: made.call.fact },
    }
  );
}

/**
 * The fixes that bring an access under its lock: here, where the others hold it already; else around every change as well, for
 * a lock that one side alone holds keeps nobody out. And one that guards every access of the variable. `where` names the
 * place of the access for somebody who looks at the finding.
 */
export function lockFixes(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  along: readonly FactId[] = [],
  where = 'here',
): readonly Fix[] {
  const { file } = access.module;
  const chosen = chooseLock(program, variable);
  const choice = isObstacle(chosen) ? chosen : choiceAt(program, chosen, variable, access);
  if (isObstacle(chosen) || isObstacle(choice)) {
    const { reason, at } = choice as Obstacle;
    return [refusedFix(file, `Hold a lock for \`${variable.name}\` ${where}`, { reason, ...(at && { at }) })];
  }
  const places = [...new Set([access.access.fact, ...along])];
  const guard = { kind: 'guard', file, variable: variable.key, places } as const;
  const { lock } = choice;
  const name = lockName(lock);
  const here = chosen.kind === 'existing' && chosen.counted;
  return [
    {
      title: here
        ? `Hold ${name} ${where}`
        : lock.kind === 'existing'
          ? `Hold ${name} wherever \`${variable.name}\` changes`
          : `Add a lock for \`${variable.name}\`${lock.ofAll === true ? ', one for all objects,' : ''} and hold it wherever it changes`,
      safety: 'unsafe',
      intention: { ...guard, reach: here ? 'here' : 'changes' },
    },
    {
      title: `Guard every use of \`${variable.name}\` with ${name}`,
      safety: 'unsafe',
      intention: { ...guard, reach: 'all' },
    },
  ];
}

/** As it is called in the title of a fix. */
export function lockName(lock: LockChoice): string {
  if (lock.kind === 'existing') return `\`${lock.expression}\``;
  return lock.ofAll === true ? 'a new lock for all objects' : 'a new lock';
}

/** The lock is there and is taken after the test. */
export function testedAgain(program: ProgramModel, access: SharedAccess, test: FactId): Fix {
  const held = [...access.locks].flatMap((key) => program.locks.get(key) ?? []);
  const which = held.length === 1 ? `\`${held[0]!.name}\`` : 'the lock';
  return {
    title: `Test once more under ${which}`,
    safety: 'unsafe',
    intention: { kind: 'testAgain', file: access.module.file, test, act: access.access.fact },
  };
}

export function refusedFix(file: string, title: string, obstacle: Obstacle): Fix {
  return { title, safety: 'unsafe', intention: { kind: 'refused', file, ...obstacle } };
}
