/**
 * Calls that make the calling thread wait: for time to pass, for another thread, for a task, a queue, an event or the world
 * outside. What is known of libraries stands in the catalog.
 */
import type { CallEffect } from '../catalog/schema.ts';
import { FUTURE_MAKER } from '../catalog/words.ts';
import type { Call, PathId, ValueShape } from '../facts/summary.ts';
import { canonicalName } from './libraryNames.ts';
import type { ClassNode, Module, ValueType } from './program.ts';
import type { Resolver } from './resolve.ts';
import { isThreadClass } from './threads.ts';

export type BlockingKind =
  /** `time.sleep(…)`. */
  | 'sleep'
  /** Another machine. */
  | 'network'
  /** Another process, a person at the keyboard. */
  | 'outside'
  /** `thread.join()`. */
  | 'join'
  /** `future.result()`. */
  | 'result'
  /** `queue.get()` of an empty queue, `queue.put()` into a full one, `queue.join()`. */
  | 'get'
  | 'put'
  | 'drain'
  /** `event.wait()`. */
  | 'event'
  /** `barrier.wait()`. */
  | 'barrier'
  /** `condition.wait()`, which gives back the condition's own lock meanwhile. */
  | 'condition'
  /** `pool.shutdown()`, `pool.map(…)`, the end of `with pool`. */
  | 'pool';

export interface Blocking {
  readonly kind: BlockingKind;
  /** What is waited for, as a path; -1 when it has none. */
  readonly subject: PathId;
  /** It gives up after a time. */
  readonly timed: boolean;
  /** As written: `join()`, `time.sleep()`. */
  readonly name: string;
}

/** How a call makes its caller wait; undefined when it does not, or nothing shows that it does. */
export function blockingOf(resolver: Resolver, module: Module, call: Call): Blocking | undefined {
  if (call.awaited) return undefined;
  const path = module.summary.paths[call.callee]!;
  const dotted = resolver.externalName(module, call.callee);
  if (dotted !== undefined) {
    const effect = resolver.catalog.effectOf(canonicalName(resolver.catalog, dotted));
    if (effect?.awaits === 'clock') {
      const seconds = call.arguments[0]?.value;
      const none = seconds?.kind === 'literal' && /^0(\.0*)?$/.test(seconds.text);
      return none ? undefined : { kind: 'sleep', subject: -1, timed: true, name: `${dotted}()` };
    }
    if (effect?.awaits !== undefined) {
      const kind = effect.awaits === 'network' ? 'network' : 'outside';
      return { kind, subject: -1, timed: givesUp(effect, call), name: `${dotted}()` };
    }
    if (effect?.joins !== undefined && effect.joins !== 'receiver')
      return { kind: 'result', subject: -1, timed: givesUp(effect, call), name: `${dotted}()` };
  }
  if (path.parent === -1) return undefined;
  const object = path.parent;
  const kind = methodKind(resolver, module, call, object, path.last);
  if (kind === undefined) return undefined;
  const at = kind === 'get' ? 1 : kind === 'put' ? 2 : kind === 'pool' ? -1 : 0;
  return { kind, subject: object, timed: isTimed(call, at), name: `${path.last}()` };
}

/** Some libraries have a limit of their own; others wait as long as it takes when they are given none. */
function givesUp({ timed, timeout }: CallEffect, { arguments: given }: Call): boolean {
  if (timed === true || given.some(({ name }) => name === '**')) return true;
  const limit =
    timeout === undefined
      ? undefined
      : (given.find(({ name }) => name !== '' && name === timeout.keyword) ??
        (timeout.position === undefined
          ? undefined
          : given.filter(({ name }) => name === '')[timeout.position]));
  return limit !== undefined && !(limit.value.kind === 'literal' && limit.value.type === 'none');
}

function methodKind(
  resolver: Resolver,
  module: Module,
  call: Call,
  object: PathId,
  method: string,
): BlockingKind | undefined {
  if (!METHODS.has(method)) return undefined;
  const types = typesAt(resolver, module, object);
  const roles = types.flatMap((type) => (type.kind === 'safe' ? (type.role ?? []) : []));
  const isQueue = roles.includes('queue');
  switch (method) {
    case 'join':
      if (types.some((type) => type.kind === 'thread' || isThreadObject(resolver, type))) return 'join';
      if (isThreadReceiver(resolver, module, object)) return 'join';
      if (call.arguments.length === 0 || isTimed(call, 0)) {
        const given = resolver.bindingsOf(module, object);
        if (given.some(({ value }) => isOfThreads(resolver, module, value, 0))) return 'join';
      }
      return isQueue ? 'drain' : undefined;
    case 'result':
    case 'exception':
      return isFuture(resolver, module, object) ? 'result' : undefined;
    case 'get':
      return isQueue && !isImmediate(call, 0) ? 'get' : undefined;
    case 'put':
      return isQueue && !isImmediate(call, 1) ? 'put' : undefined;
    case 'wait':
      if (roles.includes('event')) return 'event';
      if (roles.includes('barrier')) return 'barrier';
      return types.some((type) => type.kind === 'lock' && type.lock === 'Condition')
        ? 'condition'
        : undefined;
    case 'wait_for':
      return types.some((type) => type.kind === 'lock' && type.lock === 'Condition')
        ? 'condition'
        : undefined;
    case 'shutdown':
    case 'terminate':
    case 'close':
    case 'map':
    case 'starmap':
    case 'apply': {
      if (!types.some((type) => type.kind === 'executor')) return undefined;
      const detached = call.arguments.some(
        ({ name, value }) => name === 'wait' && value.kind === 'literal' && value.text === 'False',
      );
      return method === 'close' || (method === 'shutdown' && detached) ? undefined : 'pool';
    }
    default:
      return undefined;
  }
}

/** An object of a class of the program that is a thread. */
function isThreadObject(resolver: Resolver, type: ValueType): boolean {
  return type.kind === 'instance' && isThreadClass(resolver, type.of);
}

/**
 * Something out of a container of threads, or of a part of one. What a loop over a dict gives is not known for sure; that it has a
 * `join` without an argument shows that it is no key.
 */
function isOfThreads(resolver: Resolver, module: Module, shape: ValueShape, depth: number): boolean {
  if (shape.kind !== 'element' || depth > 2) return false;
  const inside = resolver.elementsOf(module, shape.of, 0);
  if (inside.some((type) => type.kind === 'thread' || isThreadObject(resolver, type))) return true;
  return (
    shape.of.kind === 'path' &&
    resolver
      .bindingsOf(module, shape.of.path)
      .some(({ value }) => isOfThreads(resolver, module, value, depth + 1))
  );
}

/** `self.join()` in a method of a class of threads. */
function isThreadReceiver(resolver: Resolver, module: Module, object: PathId): boolean {
  const class_ = receiverClass(resolver, module, object);
  return class_ !== undefined && isThreadClass(resolver, class_);
}

/** The class whose method calls something on its own object. */
export function receiverClass(
  resolver: Pick<Resolver, 'classAt'>,
  module: Module,
  object: PathId,
): ClassNode | undefined {
  const { root, scope, fields } = module.summary.paths[object]!;
  return root === 'self' && fields.length === 0 ? resolver.classAt(module, scope) : undefined;
}

const METHODS: ReadonlySet<string> = new Set([
  'join',
  'result',
  'exception',
  'get',
  'put',
  'wait',
  'wait_for',
  'shutdown',
  'terminate',
  'map',
  'starmap',
  'apply',
]);

/** What the object of a method may be; elements of a container are what it was filled with. */
function typesAt(resolver: Resolver, module: Module, object: PathId): readonly ValueType[] {
  const path = module.summary.paths[object]!;
  if (path.root === 'result' && path.fields.length === 0)
    return resolver.typesOf(module, { kind: 'call', call: path.call });
  return resolver.typesOf(module, { kind: 'path', path: object });
}

/** Whether the object is what `submit` gave, directly or through a local, an attribute or a container of them. */
export function isFuture(resolver: Resolver, module: Module, object: PathId): boolean {
  return submittedAt(resolver, module, object).length > 0;
}

/** The calls of `submit` whose future the object may be. */
export function submittedAt(
  resolver: Resolver,
  module: Module,
  object: PathId,
): readonly { readonly module: Module; readonly call: Call }[] {
  const path = module.summary.paths[object]!;
  const shape: ValueShape =
    path.root === 'result' && path.fields.length === 0
      ? { kind: 'call', call: path.call }
      : { kind: 'path', path: object };
  return submittedIn(resolver, module, shape, 0);
}

/** Methods of a container that give what it holds, and functions of Python that give another with the same in it. */
const GIVES_HELD: ReadonlySet<string> = new Set([
  'get',
  'pop',
  'popleft',
  'popitem',
  'items',
  'values',
  'copy',
]);
const HOLDS_SAME: ReadonlySet<string> = new Set([
  'list',
  'tuple',
  'set',
  'sorted',
  'reversed',
  'enumerate',
  'iter',
]);
const PUTS_IN: ReadonlySet<string> = new Set(['append', 'appendleft', 'add']);

function submittedIn(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  depth: number,
): readonly { readonly module: Module; readonly call: Call }[] {
  if (depth > 6) return [];
  switch (shape.kind) {
    case 'call': {
      const call = module.summary.calls[shape.call]!;
      const path = module.summary.paths[call.callee]!;
      if (FUTURE_MAKER.test(path.last)) return [{ module, call }];
      if (path.parent !== -1 && GIVES_HELD.has(path.last))
        return submittedIn(resolver, module, { kind: 'path', path: path.parent }, depth + 1);
      const [first] = call.arguments;
      if (
        path.root === 'builtin' &&
        path.fields.length === 0 &&
        HOLDS_SAME.has(path.name) &&
        first !== undefined
      )
        return submittedIn(resolver, module, first.value, depth + 1);
      const target = resolver.target(module, call.callee);
      return target.kind === 'function'
        ? target.function.scope.returns.flatMap((returned) =>
            submittedIn(resolver, target.function.module, returned, depth + 1),
          )
        : [];
    }
    case 'element':
      return submittedIn(resolver, module, shape.of, depth + 1);
    case 'container':
      return shape.elements.flatMap((element) => submittedIn(resolver, module, element, depth + 1));
    case 'either':
      return shape.options.flatMap((option) => submittedIn(resolver, module, option, depth + 1));
    case 'path': {
      const target = resolver.target(module, shape.path);
      /** A local that holds an element of an attribute means that element, which nothing binds. */
      const isLocal = module.summary.paths[shape.path]!.root === 'local';
      const found =
        target.kind === 'variable' && target.variable.kind !== 'closure' && !isLocal
          ? resolver
              .bindingsOfVariable(target.variable)
              .flatMap((one) => submittedIn(resolver, one.module, one.binding.value, depth + 1))
          : resolver
              .bindingsOf(module, shape.path)
              .flatMap(({ value }) => submittedIn(resolver, module, value, depth + 1));
      return found.length > 0 ? found : storedIn(resolver, module, shape.path, depth);
    }
    default:
      return [];
  }
}

/** `self._running[k] = pool.submit(…)`, `jobs.append(pool.submit(…))`. */
function storedIn(
  resolver: Resolver,
  module: Module,
  path: PathId,
  depth: number,
): readonly { readonly module: Module; readonly call: Call }[] {
  const { summary } = module;
  return [
    ...summary.accesses
      .filter((access) => access.path === path && access.operation === '[]=' && access.value !== undefined)
      .flatMap((access) => submittedIn(resolver, module, access.value!, depth + 1)),
    ...summary.calls
      .filter(
        ({ callee }) => summary.paths[callee]!.parent === path && PUTS_IN.has(summary.paths[callee]!.last),
      )
      .flatMap((call) =>
        call.arguments[0] === undefined
          ? []
          : submittedIn(resolver, module, call.arguments[0].value, depth + 1),
      ),
  ];
}

/** `get(False)`, `put(x, block=False)`. */
function isImmediate(call: Call, position: number): boolean {
  const positional = call.arguments.filter(({ name }) => name === '');
  const block = call.arguments.find(({ name }) => name === 'block') ?? positional[position];
  return block?.value.kind === 'literal' && (block.value.text === 'False' || block.value.text === '0');
}

function isTimed(call: Call, position: number): boolean {
  const positional = call.arguments.filter(({ name }) => name === '');
  const timeout = call.arguments.find(({ name }) => name === 'timeout') ?? positional[position];
  return timeout !== undefined && !(timeout.value.kind === 'literal' && timeout.value.text === 'None');
}
