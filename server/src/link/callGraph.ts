/**
 * Who calls whom: an edge for each call, property read or construction whose target the program shows. A call that
 * cannot be resolved has no edge; `callsAreKnown` says for which functions every caller is known to be in the program.
 */
import type { AccessPath, ValueShape } from '../facts/summary.ts';
import type { CallEdge, FunctionNode, Module } from './program.ts';
import type { Receiver, Resolver, Target } from './resolve.ts';

export interface DraftEdge extends Omit<CallEdge, 'locks'> {
  readonly lockset: number;
  readonly receiver: Receiver;
}

export interface CallGraph {
  readonly edges: readonly DraftEdge[];
  readonly from: ReadonlyMap<FunctionNode, readonly DraftEdge[]>;
  readonly to: ReadonlyMap<FunctionNode, readonly DraftEdge[]>;
  /** Functions that are handed on as values: anybody may call them. */
  readonly handedOn: ReadonlySet<FunctionNode>;
}

export function buildCallGraph(resolver: Resolver): CallGraph {
  const edges: DraftEdge[] = [];
  const handedOn = new Set<FunctionNode>();
  for (const module of resolver.modules) {
    const own: DraftEdge[] = [];
    addModule(resolver, module, own, handedOn);
    own.sort((a, b) => a.fact - b.fact);
    for (const edge of own) edges.push(edge);
  }
  const from = new Map<FunctionNode, DraftEdge[]>();
  const to = new Map<FunctionNode, DraftEdge[]>();
  for (const edge of edges) {
    push(from, edge.caller, edge);
    push(to, edge.callee, edge);
  }
  return { edges, from, to, handedOn };
}

function addModule(
  resolver: Resolver,
  module: Module,
  edges: DraftEdge[],
  handedOn: Set<FunctionNode>,
): void {
  const { summary } = module;
  const note = (shape: ValueShape): void => noteHandedOn(resolver, module, shape, handedOn);
  for (const call of summary.calls) {
    const caller = resolver.functionAt(module, call.scope);
    const target = resolver.target(module, call.callee);
    const common = {
      caller,
      module,
      fact: call.fact,
      branch: call.branch,
      lockset: call.lockset,
      repeated: call.repeated,
    };
    for (const argument of call.arguments) note(argument.value);
    if (target.kind === 'function') {
      for (const callee of calleesOf(resolver, module, call.callee, target)) {
        edges.push({
          ...common,
          callee,
          sameReceiver: target.sameReceiver,
          receiver: target.receiver,
          how: 'call',
        });
      }
    } else if (target.kind === 'class') {
      for (const name of ['__init__', '__post_init__', '__new__']) {
        const callee = resolver.method(target.class, name);
        if (callee !== undefined)
          edges.push({ ...common, callee, sameReceiver: false, receiver: 'local', how: 'construct' });
      }
    }
  }
  for (const access of summary.accesses) {
    if (access.kind !== 'read') continue;
    const path = summary.paths[access.path]!;
    if (path.root !== 'self' && path.root !== 'cls' && path.fields.length === 0) continue;
    const target = resolver.target(module, access.path);
    if (target.kind !== 'function') continue;
    if (!target.function.property) {
      if (access.use !== 'called' && access.use !== 'method') handedOn.add(target.function);
      continue;
    }
    edges.push({
      caller: resolver.functionAt(module, access.scope),
      callee: target.function,
      module,
      fact: access.fact,
      branch: access.branch,
      lockset: access.lockset,
      repeated: false,
      sameReceiver: target.sameReceiver,
      receiver: target.receiver,
      how: 'property',
    });
  }
  for (const binding of summary.bindings) if (binding.how !== 'definition') note(binding.value);
  for (const scope of summary.scopes) {
    for (const shape of scope.returns) note(shape);
    for (const decorator of scope.decorators) {
      const target = resolver.target(module, decorator.path);
      if (target.kind === 'function' && scope.parent !== -1)
        edges.push({
          caller: resolver.functionAt(module, scope.parent),
          callee: target.function,
          module,
          fact: scope.fact,
          branch: scope.branch,
          lockset: 0,
          repeated: false,
          sameReceiver: false,
          receiver: 'none',
          how: 'decorate',
        });
      if (isTransparent(summary.paths[decorator.path]!)) continue;
      if (scope.kind === 'function') handedOn.add(resolver.functionAt(module, scope.id));
    }
  }
}

/** Decorators that change how a function is called, not by whom. */
function isTransparent(path: AccessPath): boolean {
  const last = path.fields.at(-1) ?? path.name.split('.').at(-1) ?? '';
  return (
    /^(property|staticmethod|classmethod|cached_property|contextmanager|asynccontextmanager|abstractmethod|override|wraps|lru_cache|cache|setter|getter|deleter|overload|final|singledispatch|singledispatchmethod|total_ordering|dataclass|deprecated|no_type_check|staticproperty)$/.test(
      last,
    ) || /sync|lock|thread_?safe/i.test(last)
  );
}

/** A call through `self` may also mean the overriding methods of subclasses. */
function calleesOf(
  resolver: Resolver,
  module: Module,
  callee: number,
  target: Extract<Target, { kind: 'function' }>,
): readonly FunctionNode[] {
  const path = module.summary.paths[callee]!;
  const { function: found } = target;
  if (!target.sameReceiver || path.fields[0] === 'super()' || found.owner === undefined) return [found];
  return [found, ...resolver.overrides(found.owner, found.scope.name)];
}

function noteHandedOn(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  handedOn: Set<FunctionNode>,
): void {
  switch (shape.kind) {
    case 'path': {
      const path = module.summary.paths[shape.path]!;
      if (path.root === 'local' && path.fields.length === 0 && !resolver.mayBeFunction(module, shape.path))
        return;
      const target = resolver.target(module, shape.path);
      if (target.kind === 'function' && !target.function.property) handedOn.add(target.function);
      return;
    }
    case 'scope':
      if (resolver.classAt(module, shape.scope) === undefined)
        handedOn.add(resolver.functionAt(module, shape.scope));
      return;
    case 'container':
      for (const element of shape.elements) noteHandedOn(resolver, module, element, handedOn);
      return;
    case 'either':
      for (const option of shape.options) noteHandedOn(resolver, module, option, handedOn);
  }
}

export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}

/** Names that only the class or module itself is expected to call. */
export function isPrivate(function_: FunctionNode): boolean {
  const { name } = function_.scope;
  return (name.startsWith('_') && !name.startsWith('__')) || (name.startsWith('__') && !name.endsWith('__'));
}

/** Runs while the object is being made, so that no other thread can see it yet. */
export function isConstructor(function_: FunctionNode): boolean {
  return (
    function_.owner !== undefined &&
    /^(__init__|__new__|__post_init__|__attrs_post_init__|__init_subclass__|__set_name__|__setstate__|__class_getitem__|__prepare__|setUp|setUpClass|setup_method)$/.test(
      function_.scope.name,
    )
  );
}
