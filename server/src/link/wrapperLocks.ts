/**
 * The locks that a decorator's inner function holds around its call of the function it decorates: one it is given
 * (`@guarded(lock)`), an attribute of the decorated function's object (`args[0].lock`, `getattr(self, name)`), the same under
 * another name, or a lock of the decorator's own.
 */
import { type Acquisition, type Argument, ELEMENT, type PathId, type ValueShape } from '../facts/summary.ts';
import { flowOf } from './flow.ts';
import type { FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

/** What is asked of the table of locks. */
export interface Locks {
  /** The key of the lock that a path of a module means. */
  keyOfPath(module: Module, path: PathId): string | undefined;
  /** The key of the lock that an attribute of a class holds, whether or not its constructor is seen. */
  keyOfAttribute(owner: NonNullable<FunctionNode['owner']>, name: string): string | undefined;
  keysTaken(module: Module, acquisition: Acquisition): ReadonlySet<string>;
  /** Acquisitions behind the locks that are held for sure at a fact. */
  heldThrough(module: Module, fact: number): readonly Acquisition[];
}

interface Use {
  readonly locks: Locks;
  readonly resolver: Resolver;
  readonly decorator: FunctionNode;
  readonly inner: FunctionNode;
  readonly decorated: FunctionNode;
  readonly given: readonly Argument[];
}

export function wrapperLocks(
  locks: Locks,
  resolver: Resolver,
  decorator: FunctionNode,
  decorated: FunctionNode,
  given: readonly Argument[],
): ReadonlySet<string> {
  const keys = new Set<string>();
  const { module } = decorator;
  const { summary } = module;
  for (const call of summary.calls) {
    const callee = summary.paths[call.callee]!;
    if (callee.root !== 'local' || callee.fields.length > 0) continue;
    const inner = resolver.functionAt(module, call.scope);
    if (inner === decorator || !isInside(module, inner.scope.id, decorator.scope.id)) continue;
    const use: Use = { locks, resolver, decorator, inner, decorated, given };
    const around = new Set([...locks.heldThrough(module, call.fact), ...takenAround(use, call.fact)]);
    for (const acquisition of around) {
      const key = keyOfShape(use, shapeOf(use, acquisition), 0);
      if (key !== undefined) keys.add(key);
      else for (const taken of locks.keysTaken(module, acquisition)) keys.add(taken);
    }
  }
  return keys;
}

/** What the inner function itself takes before the call and has not given back there. */
function takenAround({ inner }: Use, call: number): readonly Acquisition[] {
  const { acquisitions, releases } = inner.module.summary;
  const flow = flowOf(inner.module.summary);
  return acquisitions.filter(
    ({ index, scope, fact, path, blocking }) =>
      scope === inner.scope.id &&
      blocking === 'yes' &&
      fact < call &&
      flow.dominates(fact, call) &&
      releases.every(
        (release) =>
          release.fact > call ||
          (release.acquisition === -1 ? release.path !== path : release.acquisition !== index),
      ),
  );
}

function shapeOf({ inner }: Use, { path, how, scope, fact }: Acquisition): ValueShape {
  if (how !== 'call') return { kind: 'path', path };
  const made = inner.module.summary.calls.findLast(
    (call) => call.callee === path && call.scope === scope && call.fact <= fact,
  );
  return made === undefined ? { kind: 'other' } : { kind: 'call', call: made.index };
}

/** Names are followed through this many bindings. */
const MOST_NAMES = 4;

function keyOfShape(use: Use, shape: ValueShape, depth: number): string | undefined {
  const { resolver, inner, decorated } = use;
  const { module } = inner;
  if (depth > MOST_NAMES) return undefined;
  if (shape.kind === 'either') return firstOf(use, shape.options, depth);
  if (shape.kind === 'call') {
    const { callee, arguments: [object, name] = [] } = module.summary.calls[shape.call]!;
    const { root, last } = module.summary.paths[callee]!;
    if (root !== 'builtin' || last !== 'getattr' || object === undefined) return undefined;
    if (name?.value.kind !== 'literal' || !isReceiver(use, object.value) || decorated.owner === undefined)
      return undefined;
    return use.locks.keyOfAttribute(decorated.owner, name.value.text);
  }
  if (shape.kind !== 'path') return undefined;
  const path = module.summary.paths[shape.path]!;
  if (path.root !== 'local') return undefined;
  if (path.fields.length > 0) {
    const isOwn =
      path.parent !== -1 &&
      isReceiver(use, { kind: 'path', path: path.parent }) &&
      decorated.owner !== undefined;
    return isOwn ? use.locks.keyOfAttribute(decorated.owner!, path.last) : undefined;
  }
  const argument = argumentFor(use, shape.path);
  if (argument?.value.kind === 'path') return use.locks.keyOfPath(decorated.module, argument.value.path);
  return firstOf(
    use,
    resolver.bindingsOf(module, shape.path).map(({ value }) => value),
    depth,
  );
}

function firstOf(use: Use, shapes: readonly ValueShape[], depth: number): string | undefined {
  for (const shape of shapes) {
    const key = keyOfShape(use, shape, depth + 1);
    if (key !== undefined) return key;
  }
  return undefined;
}

/** The object of the decorated method: the wrapper's first parameter, or the first of all that it is given. */
function isReceiver({ inner }: Use, shape: ValueShape): boolean {
  const whole = shape.kind === 'element' ? shape.of : shape;
  if (whole.kind !== 'path') return false;
  const { root, name, fields, scope } = inner.module.summary.paths[whole.path]!;
  const [first] = inner.scope.parameters;
  if (root !== 'local' || first?.name !== name || scope !== inner.scope.id) return false;
  const isElement =
    shape.kind === 'element' ? fields.length === 0 : fields.length === 1 && fields[0] === ELEMENT;
  return first.kind === 'rest' ? isElement : fields.length === 0 && shape.kind === 'path';
}

/** What the decorator gets for a parameter of its own. */
function argumentFor({ decorator, given }: Use, path: PathId): Argument | undefined {
  const { root, name, fields, scope } = decorator.module.summary.paths[path]!;
  if (root !== 'local' || fields.length > 0 || scope !== decorator.scope.id) return undefined;
  const position = decorator.scope.parameters.findIndex((one) => one.name === name);
  return given.find((one) => one.name === name) ?? given.filter((one) => one.name === '')[position];
}

/** Whether a scope is another, or lies in it. */
export function isInside(module: Module, scope: number, ancestor: number): boolean {
  for (let at = scope; at > 0; at = module.summary.scopes[at]!.parent) if (at === ancestor) return true;
  return false;
}
