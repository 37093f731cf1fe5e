/**
 * The fixes of a creation that two threads may both come to: test and creation under one lock, as a double check or whole, with
 * what is stored beside it because the same question asks for it.
 */
import type { FactId, Test } from '../facts/summary.ts';
import type { ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { isNone } from './acts.ts';
import { at, named } from './evidence.ts';
import { fills } from './filledBehind.ts';
import type { Fix } from './finding.ts';
import {
  choiceAt,
  chooseLock,
  isObstacle,
  lockFixes,
  lockName,
  type Obstacle,
  refusedFix,
} from './lockChoice.ts';
import { isOnlyShown } from './logged.ts';

export function creationFixes(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  test: Test,
): readonly Fix[] {
  const { file } = access.module;
  const chosen = chooseLock(program, variable);
  const choice =
    resetBefore(program, variable, access, test) ??
    takenOutAgain(program, variable, access) ??
    (isObstacle(chosen) ? chosen : choiceAt(program, chosen, variable, access));
  const fixes: Fix[] = [];
  if (isObstacle(choice)) fixes.push(refusedFix(file, 'Test again and create under a lock', choice));
  else {
    const { lock, object } = choice;
    const completed = completion(program, variable, access);
    const act = storedBeside(program, variable, access, test) ?? (completed ?? access).access.fact;
    const title = `Test again and create under ${lockName(lock)}`;
    const ended = endedAgain(program, variable, access);
    if (completed !== undefined)
      fixes.push(
        refusedFix(file, title, {
          reason: `\`${access.name}\` would be seen before it is complete`,
          at: at(completed.module, completed.access.fact),
        }),
      );
    else if (ended === undefined)
      fixes.push({
        title,
        safety: 'unsafe',
        intention: {
          kind: 'doubleCheck',
          file,
          lock,
          object,
          test: test.fact,
          act,
          ...(access.access.key !== undefined && { ofEntry: true }),
        },
      });
    else
      fixes.push(
        refusedFix(file, title, {
          reason: `${named(access.function)} takes \`${access.name}\` back when the lock is free`,
          at: at(ended.module, ended.access.fact),
        }),
      );
    const along = ended === undefined ? [] : [ended.access.fact];
    fixes.push(...lockFixes(program, variable, access, [test.fact, act, ...along]));
  }
  if (access.access.key !== undefined && access.access.value?.kind === 'literal')
    fixes.unshift({
      title: `Use \`${access.name}.setdefault(…)\``,
      safety: 'unsafe',
      intention: {
        kind: 'singleOperation',
        file,
        test: test.fact,
        act: access.access.fact,
        operation: 'setdefault',
      },
    });
  return fixes;
}

/** Each call makes one of its own: a lock between test and creation would hand it the other's. */
function resetBefore(
  program: ProgramModel,
  { accesses }: Variable,
  { function: function_, name }: SharedAccess,
  { fact }: Test,
): Obstacle | undefined {
  const reset = accesses.find(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'write' &&
      program.dominates(one.module, one.access.fact, fact),
  );
  return (
    reset && {
      reason: `${named(function_)} itself sets \`${name}\` before the test`,
      at: at(reset.module, reset.access.fact),
    }
  );
}

const TAKING: ReadonlySet<string> = new Set(['pop', 'pop default', 'del []']);

/** `return self.tasks.pop(key).result()` behind the creation: whoever finds the entry there does not find it there any more. */
function takenOutAgain(
  program: ProgramModel,
  { accesses }: Variable,
  { module, access, function: function_, name }: SharedAccess,
): Obstacle | undefined {
  const { key } = access;
  if (key === undefined) return undefined;
  const taken = accesses.find(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'mutate' &&
      TAKING.has(one.access.operation) &&
      one.access.key?.text === key.text &&
      program.reaches(module, access.fact, one.access.fact),
  );
  return (
    taken && {
      reason: `${named(function_)} takes \`${name}[${key.text}]\` out again when the lock is free`,
      at: at(module, taken.access.fact),
    }
  );
}

/** `self.scope = Scope()`, and then `self.run(self.scope)`: what the same call still does with what it has made. */
function completion(
  program: ProgramModel,
  { accesses }: Variable,
  made: SharedAccess,
): SharedAccess | undefined {
  const { module, access, function: function_ } = made;
  if (access.kind !== 'write') return undefined;
  return accesses.findLast(
    (one) =>
      one.function === function_ &&
      (fills(one) || (one.access.kind === 'read' && COMPLETING.has(one.access.use) && !isOnlyShown(one))) &&
      program.dominates(module, access.fact, one.access.fact),
  );
}

const COMPLETING: ReadonlySet<string> = new Set(['argument', 'method']);

/** `if self.answer is None: self.answer = Answer()`, and, when it is whole, `self.answer = None`: it lives for a few calls. */
function endedAgain(
  program: ProgramModel,
  { accesses }: Variable,
  { module, access, function: function_ }: SharedAccess,
): SharedAccess | undefined {
  return accesses.findLast(
    (one) =>
      one.function === function_ &&
      isNone(one) &&
      program.reaches(module, access.fact, one.access.fact) &&
      !program.reaches(module, one.access.fact, access.fact),
  );
}

/** `if self.rows is not None and self.stamp == now: return self.rows`: `self.stamp`, which is stored behind `self.rows`, tells its age. */
function storedBeside(
  program: ProgramModel,
  variable: Variable,
  { module, access, function: function_ }: SharedAccess,
  test: Test,
): FactId | undefined {
  const asked = new Set<string>();
  for (const one of program.testsAt(module, access.fact)) {
    if (!one.weak || one.test === test || one.test.scope !== test.scope) continue;
    const key = program.keyOf(module, one.test.path);
    if (key !== undefined && key !== variable.key) asked.add(key);
  }
  if (asked.size === 0) return undefined;
  return module.summary.accesses.findLast(
    ({ kind, scope, path, fact }) =>
      kind === 'write' &&
      scope === function_.scope.id &&
      asked.has(program.keyOf(module, path) ?? '') &&
      program.dominates(module, access.fact, fact),
  )?.fact;
}
