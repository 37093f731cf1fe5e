/**
 * Flags by which something is to be done once (`if not self.started: self.started = True; …`): an act of `check-then-act` where
 * doing it twice shows. Whether it does is told by what is called: a thread that starts, something that is registered, opened, created.
 */
import { DONE_ONCE_CALL } from '../catalog/words.ts';
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess } from '../link/program.ts';
import type { Act } from './acts.ts';

/** @param flag where the flag is set */
export function onceOf(program: ProgramModel, flag: SharedAccess): Act | undefined {
  if (!doesOnce(program, flag)) return undefined;
  return {
    forms: ['falsy'],
    errors: [],
    spoiledBy: 'claim',
    harm: 'twice',
    consequence: 'two threads both find it unset, and both do what is to be done once',
  };
}

/** Under the test of the flag something is called of which two are one too many. */
function doesOnce(program: ProgramModel, { access, module, function: function_ }: SharedAccess): boolean {
  const key = program.keyOf(module, access.path);
  const unset = program
    .testsAt(module, access.fact)
    .filter(({ test }) => test.form === 'falsy' && program.keyOf(module, test.path) === key)
    .map(({ test }) => test);
  if (unset.length === 0) return false;
  const isUnder = (fact: number): boolean =>
    program.dominates(module, access.fact, fact) ||
    program.testsAt(module, fact).some(({ test }) => unset.includes(test));
  return (
    program.callsIn(function_).some((call) => isUnder(call.fact) && shows(function_, call)) ||
    program
      .callsFrom(function_)
      .some(
        ({ callee, fact }) => isUnder(fact) && callee !== function_ && showsWithin(program, callee, FOLLOWED),
      )
  );
}

const FOLLOWED = 2;

function showsWithin(program: ProgramModel, function_: FunctionNode, depth: number): boolean {
  if (program.callsIn(function_).some((call) => shows(function_, call))) return true;
  return (
    depth > 1 && program.callsFrom(function_).some(({ callee }) => showsWithin(program, callee, depth - 1))
  );
}

/** Not on an object that the function has made for itself: that is thrown away with it. */
function shows({ module }: FunctionNode, { callee }: Call): boolean {
  const { last, root, parent } = module.summary.paths[callee]!;
  // Who opens a file reads it, more often than not.
  if (!DONE_ONCE_CALL.test(last) || root === 'builtin') return false;
  return !ADDS_TO.test(last) || (parent !== -1 && root !== 'local' && root !== 'result');
}

const ADDS_TO = /^(append|appendleft|insert)$/;
