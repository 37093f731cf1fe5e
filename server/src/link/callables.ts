/**
 * Which functions a value may be that is handed on to be run: a name, a bound method, a lambda, `partial(f, …)`, an object with
 * `__call__`; what callers give for a parameter, and what was stored in an attribute.
 */
import type { ArgumentPlace } from '../catalog/schema.ts';
import type { Argument, Call, FactId, PathId, ValueShape } from '../facts/summary.ts';
import { flowOf } from './flow.ts';
import { putInto } from './keptCallables.ts';
import type { Entry, FunctionNode, Module, Receiver } from './program.ts';
import type { Resolver } from './resolve.ts';

/** A function that is handed on, and the call further out that gives it when it came through a parameter. */
export interface Callable extends Entry {
  readonly given: { readonly module: Module; readonly call: Call } | undefined;
  /** One of a table that the loop around goes through: each round has another. */
  readonly ofTable?: true;
}

const MAX_DEPTH = 4;
/** A name that is called more often than this is nobody's in particular. */
const MAX_SITES = 100;

export function argumentOf(call: Call, { position, keyword }: ArgumentPlace): ValueShape | undefined {
  const named = keyword === undefined ? undefined : call.arguments.find(({ name }) => name === keyword);
  if (named !== undefined) return named.value;
  const positional = call.arguments.filter((argument) => argument.name === '');
  if (call.arguments.some((argument) => argument.name === '*')) return undefined;
  return position === undefined ? undefined : positional[position]?.value;
}

/** `fact` is where the value is handed on: what is bound anew in each round of the loop there is not shared by the rounds. */
export function callablesOf(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  fact: FactId,
  depth = 0,
): readonly Callable[] {
  if (depth > MAX_DEPTH) return [];
  const inner = (value: ValueShape): readonly Callable[] =>
    callablesOf(resolver, module, value, fact, depth + 1);
  switch (shape.kind) {
    case 'scope': {
      const function_ = resolver.functionAt(module, shape.scope);
      return [{ function: function_, class: undefined, receiver: 'none', given: undefined }];
    }
    case 'path': {
      const target = resolver.target(module, shape.path);
      if (target.kind === 'variable') {
        const { variable } = target;
        /** Of an element of a table, the local that names it knows more. */
        if (variable.kind === 'closure' || variable.fields.length > 0)
          return localCallables(resolver, module, shape.path, fact, depth);
        return resolver
          .bindingsOfVariable(variable)
          .flatMap((one) => callablesOf(resolver, one.module, one.binding.value, fact, depth + 2));
      }
      if (target.kind !== 'function') return localCallables(resolver, module, shape.path, fact, depth);
      const { owner } = target.function;
      const overriding =
        target.sameReceiver && owner !== undefined
          ? resolver.overrides(owner, target.function.scope.name)
          : [];
      const fresh =
        target.receiver === 'local' &&
        (isFreshInLoop(module, shape.path, fact) || isMadeForIt(resolver, module, shape.path));
      const receiver: Receiver = target.receiver === 'local' && !fresh ? 'shared' : target.receiver;
      return [
        { function: target.function, class: target.through, receiver, given: undefined },
        ...overriding.map((one) => ({ function: one, class: one.owner, receiver, given: undefined })),
      ];
    }
    case 'call': {
      const call = module.summary.calls[shape.call]!;
      const binds = resolver.catalog.effectOf(resolver.externalName(module, call.callee) ?? '')?.binds;
      const bound = binds?.position === undefined ? undefined : call.arguments[binds.position];
      if (bound !== undefined) return inner(bound.value);
      return calledObject(resolver, module, shape);
    }
    case 'either':
      return shape.options.flatMap(inner);
    case 'element':
      return [
        ...membersOf(resolver, module, shape.of, 0)
          .flatMap(inner)
          .map((one) => ({ ...one, ofTable: true as const })),
        ...putInto(resolver, module, shape.of).flatMap((put) =>
          callablesOf(resolver, put.module, put.value, fact, depth + 1),
        ),
      ];
    default:
      return [];
  }
}

/** Built-in calls that hand on what their argument holds. */
const HANDS_ON = /^(enumerate|list|tuple|sorted|reversed|iter|set)$/;

/** What is in a table that is written out: `(("a", f), ("b", g))`, `enumerate((f, g))`, `{"a": f}.items()`. */
function membersOf(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  depth: number,
): readonly ValueShape[] {
  if (depth > MAX_DEPTH) return [];
  const inside = (one: ValueShape): readonly ValueShape[] => membersOf(resolver, module, one, depth + 1);
  switch (shape.kind) {
    case 'container':
      return shape.elements;
    case 'element':
      return inside(shape.of).flatMap((one) => (one.kind === 'container' ? one.elements : [one]));
    case 'call': {
      const { callee, arguments: given } = module.summary.calls[shape.call]!;
      const { root, name, last, parent } = module.summary.paths[callee]!;
      if (root === 'builtin' && HANDS_ON.test(name) && given[0] !== undefined) return inside(given[0].value);
      if (parent === -1 || (last !== 'items' && last !== 'values') || given.length > 0) return [];
      return inside({ kind: 'path', path: parent });
    }
    case 'path': {
      const bindings = resolver.bindingsOf(module, shape.path);
      return bindings.length === 1 && bindings[0]!.how === 'assign' ? inside(bindings[0]!.value) : [];
    }
    default:
      return [];
  }
}

/** `Job()` as something to be called: its `__call__`. */
function calledObject(resolver: Resolver, module: Module, shape: ValueShape): readonly Callable[] {
  return resolver.typesOf(module, shape).flatMap((type) => {
    const method = type.kind === 'instance' ? resolver.method(type.of, '__call__') : undefined;
    if (method === undefined || type.kind !== 'instance') return [];
    return [{ function: method, class: type.of, receiver: 'shared' as const, given: undefined }];
  });
}

function localCallables(
  resolver: Resolver,
  module: Module,
  path: PathId,
  fact: FactId,
  depth: number,
): readonly Callable[] {
  const access = module.summary.paths[path]!;
  if (access.root !== 'local' || access.fields.length > 0) return [];
  const bound = resolver
    .bindingsOf(module, path)
    .flatMap((binding) => callablesOf(resolver, module, binding.value, fact, depth + 1));
  if (bound.length > 0) return bound;
  const function_ = resolver.functionAt(module, access.scope);
  return function_.scope.id === access.scope ? givenFor(resolver, function_, access.name, depth) : [];
}

/** What the callers of a function give for one of its parameters. */
function givenFor(
  resolver: Resolver,
  function_: FunctionNode,
  parameter: string,
  depth: number,
): readonly Callable[] {
  const { scope, owner } = function_;
  const index = scope.parameters.findIndex(({ name }) => name === parameter);
  if (index === -1) return [];
  const constructs = scope.name === '__init__' && owner !== undefined;
  const sites = resolver.index.calls(constructs ? owner.scope.name : scope.name);
  if (sites.length > MAX_SITES) return [];
  return sites.flatMap(({ module, call }): readonly Callable[] => {
    const target = resolver.target(module, call.callee);
    const offset =
      target.kind === 'class' && resolver.method(target.class, '__init__') === function_
        ? 1
        : target.kind === 'function' && target.function === function_
          ? Number(owner !== undefined && !function_.static && target.receiver !== 'none')
          : undefined;
    if (offset === undefined) return [];
    const value = argumentOf(call, { position: index - offset, keyword: parameter });
    if (value === undefined) return [];
    const given = { module, call };
    return callablesOf(resolver, module, value, call.fact, depth + 1).map((one) => ({
      ...one,
      given: one.given ?? given,
    }));
  });
}

export function isRepeated(module: Module, fact: FactId): boolean {
  return flowOf(module.summary).comesAgain(fact);
}

/** Whether the local or global at the root of a path is bound anew in each round of the loop around the fact. */
export function isFreshInLoop({ summary }: Module, path: PathId, fact: FactId): boolean {
  let root = path;
  while (summary.paths[root]!.parent !== -1) root = summary.paths[root]!.parent;
  const { root: kind } = summary.paths[root]!;
  if (kind !== 'local' && kind !== 'global') return false;
  const flow = flowOf(summary);
  const loop = flow.loopAround(fact);
  if (loop === undefined) return false;
  return summary.bindings.some(
    (binding) => binding.path === root && flow.regionsAround(binding.fact).includes(loop),
  );
}

/** `task.copy().start`, `Job(name).run`: a method of an object that is made where the method is named. */
function isMadeForIt(resolver: Resolver, module: Module, path: PathId): boolean {
  let root = path;
  while (module.summary.paths[root]!.parent !== -1) root = module.summary.paths[root]!.parent;
  const { root: kind, call } = module.summary.paths[root]!;
  if (kind !== 'result') return false;
  const { callee } = module.summary.calls[call]!;
  return (
    /^(copy|deepcopy|clone|replace)$/.test(module.summary.paths[callee]!.last) ||
    resolver.target(module, callee).kind === 'class'
  );
}

/** Every value that a call is given, those in tuples and lists included. */
export function valuesOf(arguments_: readonly Argument[]): readonly ValueShape[] {
  const all = (value: ValueShape): readonly ValueShape[] =>
    value.kind === 'container' ? [value, ...value.elements.flatMap(all)] : [value];
  return arguments_.flatMap(({ value }) => all(value));
}
