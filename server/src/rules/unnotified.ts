/**
 * Changes that end what a condition is waited on for, where nobody notifies it: the waiter sleeps on. That a change ends a wait is
 * told by the form of the wait's test; a change of which that cannot be said counts for none.
 */
import { NOTIFYING_METHODS, REMOVING } from '../catalog/words.ts';
import type { Access, Call, FactId, Test } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, SharedAccess } from '../link/program.ts';
import { at, placeOf, subject, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { calledFrom } from './threadLocals.ts';

/** A call of `wait` without a timeout, with the tests that hold where it stands. */
export interface Sleep {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly call: Call;
  /** Of the condition. */
  readonly name: string;
  readonly tests: readonly { readonly test: Test; readonly variable: string }[];
}

export function* unnotified(
  program: ProgramModel,
  sleeps: readonly Sleep[],
  notifying: ReadonlySet<FunctionNode>,
): Iterable<Finding> {
  const said = new Set<string>();
  for (const sleep of sleeps)
    for (const { test, variable: key } of sleep.tests) {
      const variable = program.variables.find((one) => one.key === key);
      for (const change of variable?.accesses ?? []) {
        if (change.beforeSharing || change.ownObject || change.function === sleep.function) continue;
        if (!endsWait(program, change.access, test, sleep, variable!.accesses)) continue;
        const early = notifiedBefore(program, sleep, change, notifying);
        if (early === undefined && isHeard(program, change.function, notifying)) continue;
        const identity = `${change.module.path}:${change.function.label}|${key}|unnotified`;
        const finding = said.has(identity)
          ? undefined
          : report(program, sleep, test, change, early, identity);
        if (finding === undefined) continue;
        said.add(identity);
        yield finding;
      }
    }
}

/** The function has notified before it makes the change, which it does without the lock: who wakes up finds what was there before. */
function notifiedBefore(
  program: ProgramModel,
  { module: where, call }: Sleep,
  { module, function: function_, access, locks, maybeLocked }: SharedAccess,
  notifying: ReadonlySet<FunctionNode>,
): Call | undefined {
  if (maybeLocked || !notifying.has(function_)) return undefined;
  const held = program.locksAt(where, call.fact);
  if ([...locks].some((lock) => held.has(lock))) return undefined;
  const { paths } = module.summary;
  const calls = program
    .callsIn(function_)
    .filter(
      ({ callee, fact }) =>
        NOTIFYING_METHODS.has(paths[callee]!.last) && isUnder(program, module, fact, held),
    );
  const before = calls.find(({ fact }) => program.dominates(module, fact, access.fact));
  if (before === undefined || calls.some(({ fact }) => program.dominates(module, access.fact, fact)))
    return undefined;
  const others = [
    ...program.callsFrom(function_).map(({ callee }) => callee),
    ...program.callsTo(function_).map(({ caller }) => caller),
  ];
  return others.some((one) => one !== function_ && notifying.has(one)) ? undefined : before;
}

function isUnder(program: ProgramModel, module: Module, fact: FactId, wanted: ReadonlySet<string>): boolean {
  return [...program.locksAt(module, fact)].some((lock) => wanted.has(lock));
}

const GROWS: ReadonlySet<string> = new Set([
  'append',
  'appendleft',
  'add',
  'insert',
  'extend',
  '[]=',
  'update',
  'setdefault',
  'heappush()',
]);

/** Whether the change makes what the wait has tested come out the other way. */
function endsWait(
  program: ProgramModel,
  { kind, operation, value }: Access,
  { form }: Test,
  sleep: Sleep,
  others: readonly SharedAccess[],
): boolean {
  const grows = kind === 'mutate' && GROWS.has(operation);
  const shrinks = kind === 'mutate' && REMOVING.has(operation);
  const constant = kind === 'write' && value?.kind === 'literal' ? value : undefined;
  const isFalse =
    constant !== undefined && (constant.empty || constant.text === 'False' || constant.text === 'None');
  switch (form) {
    case 'falsy':
      return grows || (constant !== undefined && !isFalse);
    case 'truthy':
      return shrinks || isFalse;
    case 'isNone':
      return kind === 'write' && value !== undefined && value.kind !== 'other' && constant?.type !== 'none';
    case 'isNotNone':
      return constant?.type === 'none';
    case 'lacks':
      return grows;
    case 'contains':
      return shrinks;
    case 'orders': {
      // Who goes on behind the wait makes it more, so less is what he waits for; and the other way round.
      const own = others.filter(
        (one) =>
          one.function === sleep.function && program.reaches(sleep.module, sleep.call.fact, one.access.fact),
      );
      const more = own.some(({ access }) => GROWS.has(access.operation) || access.operation === '+=');
      const less = own.some(({ access }) => REMOVING.has(access.operation) || access.operation === '-=');
      if (more === less) return false;
      return more ? shrinks || operation === '-=' : grows || operation === '+=';
    }
    default:
      return false;
  }
}

/** Somebody notifies: the function, what it calls, or a method of the same object that calls it. */
function isHeard(
  program: ProgramModel,
  function_: FunctionNode,
  notifying: ReadonlySet<FunctionNode>,
  depth = 0,
): boolean {
  for (const one of calledFrom(program, function_)) if (notifying.has(one)) return true;
  if (depth === MOST_CALLERS) return true;
  return program
    .callsTo(function_)
    .some(
      ({ caller }) =>
        notifying.has(caller) ||
        (caller !== function_ &&
          caller.owner === function_.owner &&
          caller.scope.kind !== 'module' &&
          isHeard(program, caller, notifying, depth + 1)),
    );
}

const MOST_CALLERS = 4;

function report(
  program: ProgramModel,
  sleep: Sleep,
  test: Test,
  change: SharedAccess,
  early: Call | undefined,
  identity: string,
): Finding | undefined {
  const parallel = program.atOnce(
    { function: change.function, fact: change.access.fact },
    { function: sleep.function, fact: sleep.call.fact },
  );
  if (parallel === undefined) return undefined;
  return {
    rule: 'lost-wakeup',
    primary: placeOf(change),
    message: `${subject(sleep.function)} sleeps on although \`${change.name}\` is what it waits for. ${subject(change.function)} ${early === undefined ? `changes it and nobody calls \`${sleep.name}.notify()\`` : `notifies first and changes it when the lock is free again, so that who wakes up finds what was there before`}. Call \`${sleep.name}.notify_all()\` after the change, with the lock held.`,
    severity: 'warning',
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(sleep.module, test.fact),
        message: `${subject(sleep.function)} tests it here.`,
      },
      {
        role: 'call',
        at: at(sleep.module, sleep.call.fact),
        message: `${subject(sleep.function)} waits here without a timeout.`,
      },
      ...(early === undefined
        ? []
        : [
            {
              role: 'call' as const,
              at: at(change.module, early.fact),
              message: `${subject(change.function)} notifies here.`,
            },
          ]),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity,
  };
}
