/** Where a function waits for the end of threads that somebody has told to end. */
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel } from '../link/program.ts';

/** Whether a function comes, behind one of its facts, to a `join()` that waits as long as it takes. */
export function joinsBehind(program: ProgramModel, function_: FunctionNode, fact: FactId): boolean {
  const { module } = function_;
  return program
    .callsIn(function_)
    .some(
      (call) =>
        module.summary.paths[call.callee]!.last === 'join' &&
        call.arguments.length === 0 &&
        program.reaches(module, fact, call.fact),
    );
}
