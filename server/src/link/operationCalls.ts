/**
 * Who is called by an operation: the method of the object's class, where one class is known by more than a name. What takes a lock on
 * the way into a `with` is no call but is held like a lock.
 */
import type { PathId, ValueShape } from '../facts/summary.ts';
import type { DraftEdge } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { mayBeOne } from './hierarchy.ts';
import type { Operation } from './operations.ts';
import type { ClassNode, FunctionNode, Module, Receiver } from './program.ts';
import type { Resolver } from './resolve.ts';

export function edgesOfOperation(
  resolver: Resolver,
  caller: FunctionNode,
  { method, path, made, fact }: Operation,
): readonly DraftEdge[] {
  if (resolver.index.operations(method).length === 0) return [];
  const { module } = caller;
  const class_ = made ? classMade(resolver, module, path) : classAt(resolver, module, path);
  const callee = class_ === undefined ? undefined : resolver.method(class_, method);
  if (class_ === undefined || callee === undefined) return [];
  if (/^__(enter|exit)__$/.test(method)) {
    const enter = resolver.method(class_, '__enter__');
    if (enter === undefined || takesLock(enter)) return [];
  }
  const { root, fields } = module.summary.paths[path]!;
  const sameReceiver = !made && root === 'self' && fields.length === 0;
  const edgeTo = (one: FunctionNode): DraftEdge => ({
    caller,
    module,
    fact,
    repeated: flowOf(module.summary).comesAgain(fact),
    callee: one,
    sameReceiver,
    overriding: one !== callee,
    receiver: made ? 'local' : receiverAt(module, path),
    through: class_,
    how: 'operation',
    ...(made ? {} : { object: path }),
  });
  const overriding =
    sameReceiver && callee.owner !== undefined
      ? resolver
          .overrides(callee.owner, method)
          .filter(({ owner }) => owner === undefined || mayBeOne(owner, class_))
      : [];
  return [callee, ...overriding].map(edgeTo);
}

function classMade(resolver: Resolver, module: Module, path: PathId): ClassNode | undefined {
  const target = resolver.target(module, path);
  return target.kind === 'class' ? target.class : undefined;
}

function classAt(resolver: Resolver, module: Module, path: PathId): ClassNode | undefined {
  const { root, fields, scope, call } = module.summary.paths[path]!;
  if (root === 'self' && fields.length === 0) return resolver.classAt(module, scope);
  const shape: ValueShape =
    root === 'result' && fields.length === 0 ? { kind: 'call', call } : { kind: 'path', path };
  const [type, ...others] = resolver.typesOf(module, shape);
  return type?.kind === 'instance' && others.length === 0 && type.guessed !== true ? type.of : undefined;
}

function receiverAt(module: Module, path: PathId): Receiver {
  const { root, name, scope, fields } = module.summary.paths[path]!;
  switch (root) {
    case 'self':
      return fields.length === 0 ? 'self' : 'member';
    case 'local':
      return module.summary.scopes[scope]!.parameters.some((one) => one.name === name)
        ? 'parameter'
        : 'local';
    case 'result':
      return 'local';
    default:
      return 'shared';
  }
}

/** Takes a lock itself, or goes into one. */
function takesLock({ module, scope }: FunctionNode): boolean {
  const { acquisitions, calls, paths } = module.summary;
  return (
    acquisitions.some((one) => one.scope === scope.id) ||
    calls.some((one) => one.scope === scope.id && paths[one.callee]!.last === '__enter__')
  );
}
