/**
 * Containers that one function fills, once and under a lock, before it sets a flag. Who steps through such a container behind a test of
 * the flag does not meet the change.
 */
import type { FactId } from '../facts/summary.ts';
import type { CallEdge, FunctionNode, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { says } from './acts.ts';

/** `if not self.ready: raise …` before the walk, and `self.ready = True` behind the last change. */
export function isBehindFilling(
  program: ProgramModel,
  variable: Variable,
  walk: SharedAccess,
  change: SharedAccess,
): boolean {
  if (walk.function === change.function || walk.function.module !== change.module) return false;
  if (variable.kind === 'instance' && (walk.receiver !== 'self' || change.receiver !== 'self')) return false;
  const fillsOnce = program
    .testsAt(change.module, change.access.fact)
    .filter(({ test, locks, weak }) => !weak && test.form === 'falsy' && locks.size > 0)
    .map(({ test }) => program.keyOf(change.module, test.path));
  if (fillsOnce.length === 0) return false;
  const flags = flagsBehind(program, variable, change);
  return (
    fillsOnce.some((key) => flags.some((flag) => flag.key === key)) &&
    flags.some((flag) => isBehind(program, flag, walk.function, walk.access.fact))
  );
}

/** Flags that the filling function sets when it has made its last change, and that nobody else sets while it fills. */
function flagsBehind(program: ProgramModel, variable: Variable, change: SharedAccess): readonly Variable[] {
  const { function: filler } = change;
  const changes = variable.accesses.filter(
    ({ function: function_, access }) =>
      function_ === filler && access.kind !== 'read' && access.kind !== 'iterate',
  );
  const isLast = ({ module, access }: SharedAccess): boolean =>
    changes.every((one) => !program.reaches(module, access.fact, one.access.fact));
  return program.variables.filter(
    (flag) =>
      flag.owner === variable.owner &&
      flag.kind === variable.kind &&
      flag.module === variable.module &&
      flag.accesses.some((one) => one.function === filler && says(one, 'True')) &&
      flag.accesses.every(
        (one) =>
          one.access.kind === 'read' ||
          one.beforeSharing ||
          (one.function === filler && says(one, 'True') && isLast(one)) ||
          isForAnother(program, variable, one),
      ),
  );
}

/** The container was replaced before, so that who steps through it has the old one; or the object has no lock and belongs to one thread. */
function isForAnother(
  program: ProgramModel,
  { accesses, owner, module: home }: Variable,
  { module, access, function: function_ }: SharedAccess,
): boolean {
  const given = function_.owner;
  if (owner !== undefined && given !== undefined && given !== owner) {
    const kept = program.locksOf(given, home);
    if (program.locksOf(owner, home).some((lock) => !kept.includes(lock))) return true;
  }
  return accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.kind === 'write' &&
      program.dominates(module, one.access.fact, access.fact),
  );
}

/** Methods that call one another until the flag is asked. */
const FOLLOWED = 2;

/** Control comes to the place only when the flag is set. */
function isBehind(program: ProgramModel, flag: Variable, function_: FunctionNode, fact: FactId): boolean {
  const { module } = function_;
  const tested = program
    .testsAt(module, fact)
    .some(
      ({ test, weak }) => !weak && test.form === 'truthy' && program.keyOf(module, test.path) === flag.key,
    );
  return (
    tested ||
    isAskedBy(program, flag, function_, FOLLOWED, (edge) => program.dominates(module, edge.fact, fact))
  );
}

/** A method that it calls on the way returns only when the flag is set, whichever of the overriding ones it is. */
function isAskedBy(
  program: ProgramModel,
  flag: Variable,
  function_: FunctionNode,
  depth: number,
  isOnWay: (edge: CallEdge) => boolean,
): boolean {
  const edges = program.callsFrom(function_);
  const asks = ({ callee, sameReceiver }: CallEdge): boolean =>
    (sameReceiver || flag.kind === 'global') &&
    !callee.scope.async &&
    !callee.scope.generator &&
    (program.returnsOnlyIf(
      callee,
      ({ form, path }) => form === 'truthy' && program.keyOf(callee.module, path) === flag.key,
    ) ||
      (depth > 1 &&
        isAskedBy(program, flag, callee, depth - 1, (edge) =>
          program.returnsOnlyAfter(callee.module, edge.fact),
        )));
  return edges.some((edge) => isOnWay(edge) && edges.every((one) => one.fact !== edge.fact || asks(one)));
}
