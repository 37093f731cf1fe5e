/**
 * Threads that a method other than the constructor starts before it gives an attribute the value that they begin with: `self._thread.start()`
 * and then `self._running = True`, where the thread goes on only while that is set.
 */
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { isNone, says } from './acts.ts';
import { at, isTestState, named, placeOf, subject, unprotected } from './evidence.ts';
import type { Finding } from './finding.ts';
import type { OwnStarts, Start } from './ownStarts.ts';
import { isSetOnWay } from './setBefore.ts';

const UNREADY: readonly string[] = ['AttributeError', 'TypeError', 'Exception', 'BaseException'];

export function* startedFirst(program: ProgramModel, starts: OwnStarts): Iterable<Finding> {
  for (const variable of program.variables) {
    if (variable.kind !== 'instance' || variable.fields.length > 0 || isTestState(variable)) continue;
    for (const set of variable.accesses) {
      if (!gives(set)) continue;
      const [start] = starts.in(set.function).filter((one) => isBehind(program, variable, set, one));
      if (start === undefined || !isMissingElsewhere(variable, set)) continue;
      const read = readFirst(program, variable, set, start.entry);
      if (read !== undefined) yield report(set, start, read);
    }
  }
}

/** `self._running = True`, `self._jobs = Queue()`: the first value that is good for anything. */
function gives(one: SharedAccess): boolean {
  const { access, beforeSharing, function: function_ } = one;
  const { kind, value } = access;
  if (kind !== 'write' || beforeSharing || value === undefined || function_.scope.name === '__init__')
    return false;
  return value.kind === 'literal' ? says(one, 'True') : value.kind === 'call' || value.kind === 'path';
}

function isBehind(
  program: ProgramModel,
  { accesses, attribute }: Variable,
  { function: function_, module, access }: SharedAccess,
  { fact }: Start,
): boolean {
  if (!program.dominates(module, fact, access.fact) || program.reaches(module, access.fact, fact))
    return false;
  const before = accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'write' &&
      program.reaches(module, one.access.fact, fact),
  );
  return !before && !isSetOnWay(program, function_, attribute, fact);
}

/** Until then there is nothing, or `False`: wherever else it is stored, it is taken back. */
function isMissingElsewhere({ accesses }: Variable, set: SharedAccess): boolean {
  return accesses.every(
    (one) => one === set || one.access.kind !== 'write' || isNone(one) || says(one, 'False'),
  );
}

/** Where the thread relies on the value before anything has made it wait. */
function readFirst(
  program: ProgramModel,
  variable: Variable,
  set: SharedAccess,
  entry: FunctionNode,
): SharedAccess | undefined {
  const flag = says(set, 'True');
  for (const [function_, fact] of runFirst(program, entry))
    for (const one of variable.accesses)
      if (
        one.function === function_ &&
        unprotected(set, one) &&
        !hasWaited(program, one.function, one.access.fact)
      )
        if (flag ? leavesWithout(program, variable, one) : failsWithout(program, one))
          if (fact === undefined || !hasWaited(program, entry, fact)) return one;
  return undefined;
}

/** The function that the thread begins with, and the methods of the same object that it calls. */
function runFirst(
  program: ProgramModel,
  entry: FunctionNode,
): readonly (readonly [FunctionNode, FactId | undefined])[] {
  const called = program.callsFrom(entry).filter((edge) => edge.sameReceiver && edge.callee !== entry);
  return [[entry, undefined], ...called.map(({ callee, fact }) => [callee, fact] as const)];
}

/** `while self._running:` ends at once when it does not run yet; `while not self._ready:` waits for it. */
function leavesWithout(program: ProgramModel, variable: Variable, one: SharedAccess): boolean {
  const { access, module } = one;
  if (access.use !== 'tested') return false;
  const calls = program.callsIn(one.function);
  const repeatedUnder = (form: string): boolean =>
    calls.some(
      (call) =>
        program.repeatsAt(module, call.fact) &&
        program
          .testsAt(module, call.fact)
          .some(({ test }) => test.form === form && program.keyOf(module, test.path) === variable.key),
    );
  return repeatedUnder('truthy') && !repeatedUnder('falsy');
}

/** What it asks of its object first may be whether all is there. */
function failsWithout(program: ProgramModel, { access, module }: SharedAccess): boolean {
  const { kind, use, operation, fact } = access;
  const uses = kind === 'iterate' || kind === 'mutate' || use === 'method' || operation === '[]';
  return (
    uses &&
    !program.catchesAt(module, fact, UNREADY) &&
    !program.testsAt(module, fact).some(({ test }) => module.summary.paths[test.path]!.root === 'self')
  );
}

function hasWaited(program: ProgramModel, function_: FunctionNode, fact: FactId): boolean {
  return program
    .ownEffectsOf(function_)
    .some(
      (one) =>
        one.kind === 'block' && one.fact !== fact && program.dominates(function_.module, one.fact, fact),
    );
}

function report(set: SharedAccess, { fact, entry }: Start, read: SharedAccess): Finding {
  const { module, function: function_ } = set;
  const comes = says(set, 'True') ? 'finds it unset, and ends' : 'finds nothing there';
  return {
    rule: 'start-before-init',
    primary: at(module, fact),
    message: `The thread starts before \`${set.name}\` is set, which it reads. It runs ${named(entry)} at once and ${comes}, when it is faster than the line that sets it. Start it last.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: placeOf(set), message: `${subject(function_)} sets \`${set.name}\` only here.` },
      { role: 'access', at: placeOf(read), message: `${subject(read.function)} reads it in the thread.` },
    ],
    fixes: [],
    identity: `${module.path}:${function_.label}|${set.name}`,
  };
}
