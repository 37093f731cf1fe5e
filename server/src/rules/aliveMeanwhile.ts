/**
 * Whether an object is alive while others use a lock or a queue that its finalizer needs: who runs one of its methods has the object,
 * and nobody collects it meanwhile. So it is with what is part of it alone.
 */
import type { PathId, ValueShape } from '../facts/summary.ts';
import { mayBeOne } from '../link/hierarchy.ts';
import type { CallEdge, ClassNode, FunctionNode, LockUse, ProgramModel } from '../link/program.ts';

/** A method that holds the object's own lock, or calls a part of it that holds its lock, holds the object, too. */
export function isAliveUnder(program: ProgramModel, { owner, scope }: FunctionNode, use: LockUse): boolean {
  const { module, function: user, acquisition, lock } = use;
  if (owner === undefined || lock.holder !== 'instance' || lock.constructors.length === 0) return false;
  const isOwn = lock.constructors.every(
    (made) => program.functionAt(made.module, made.call.scope).owner === lock.owner,
  );
  if (!isOwn || user.owner === undefined || module.summary.paths[acquisition.path]!.root !== 'self')
    return false;
  if (mayBeOne(user.owner, owner)) return true;
  return (
    scope.name === '__del__' &&
    isPartOf(program, user.owner, owner) &&
    isCalledThrough(program, user, user.owner, owner, new Set())
  );
}

/** Every object of the one class is made by a method of the other for itself: `self._buffer = Buffer()`. */
function isPartOf(program: ProgramModel, part: ClassNode, whole: ClassNode): boolean {
  const init = part.methods.get('__init__');
  const made = (init === undefined ? [] : program.callsTo(init)).filter(({ module }) => !module.test);
  return (
    made.length > 0 &&
    made.every(
      ({ how, caller, module, fact }) =>
        how === 'construct' &&
        caller.owner !== undefined &&
        mayBeOne(caller.owner, whole) &&
        module.summary.bindings.some(({ path, value }) => {
          const { root, fields } = module.summary.paths[path]!;
          return (
            root === 'self' &&
            fields.length === 1 &&
            value.kind === 'call' &&
            module.summary.calls[value.call]!.fact === fact
          );
        }),
    )
  );
}

/** The method of a part is called by methods of the whole, through an attribute of theirs, or by methods that are. */
function isCalledThrough(
  program: ProgramModel,
  method: FunctionNode,
  part: ClassNode,
  whole: ClassNode,
  seen: Set<FunctionNode>,
): boolean {
  if (seen.has(method)) return true;
  seen.add(method);
  const calls = program.callsTo(method).filter(({ module }) => !module.test);
  if (calls.length === 0 || program.isHandedOn(method)) return false;
  return calls.every((edge) => {
    const { owner } = edge.caller;
    if (owner === undefined || rootOf(program, edge) !== 'self') return false;
    if (mayBeOne(owner, whole)) return true;
    return (
      edge.sameReceiver && mayBeOne(owner, part) && isCalledThrough(program, edge.caller, part, whole, seen)
    );
  });
}

function rootOf(program: ProgramModel, { module, fact }: CallEdge): string | undefined {
  const call = program.callAt(module, fact);
  return call === undefined ? undefined : module.summary.paths[call.callee]!.root;
}

/** A queue that the object has made for itself and gives to nobody: who uses it runs one of its methods. */
export function isOwnQueue({ owner, scope }: FunctionNode, where: FunctionNode, queue: PathId): boolean {
  const { summary } = where.module;
  const { root, fields } = summary.paths[queue]!;
  if (scope.name !== '__del__' || root !== 'self' || fields.length !== 1) return false;
  if (owner === undefined || where.owner === undefined || !mayBeOne(where.owner, owner)) return false;
  const made = summary.bindings.filter(({ path }) => path === queue);
  const isGiven = (value: ValueShape): boolean =>
    value.kind === 'container' ? value.elements.some(isGiven) : value.kind === 'path' && value.path === queue;
  return (
    made.length > 0 &&
    made.every(({ value }) => value.kind === 'call') &&
    !summary.bindings.some(({ value }) => isGiven(value)) &&
    !summary.calls.some((call) => call.arguments.some(({ value }) => isGiven(value)))
  );
}
