/**
 * Ways from an object to a part and back: `Part(self)` is kept in `self.part` or put into `self.parts`, and its constructor keeps
 * the argument in `self.whole`, so `part.whole` is the object itself.
 */
import type { Argument, Call, PathId, ValueShape } from '../facts/summary.ts';
import { linearized } from './hierarchy.ts';
import type { ClassNode, FunctionNode, Module, ObjectPath } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { Given, VariablePuts } from './variablePuts.ts';

/** `part.whole`, and `parts.[*].whole` for a container, where everything that the attribute ever holds leads back. */
export function backlinksOf(resolver: Resolver, puts: VariablePuts, class_: ClassNode): ReadonlySet<string> {
  const found = new Set<string>();
  for (const name of attributesOf(resolver, class_)) {
    const kept = resolver
      .attributeBindings(class_, name)
      .map(({ module, binding }) => ({ module, shape: binding.value }))
      .filter(({ shape }) => !(shape.kind === 'literal' && shape.type === 'none'));
    const filled = kept.length > 0 && kept.every(({ shape }) => shape.kind === 'literal' && shape.empty);
    const variable = filled ? resolver.attribute(class_, name) : undefined;
    const made = variable === undefined ? kept : puts.into(variable);
    for (const field of fieldsBack(resolver, class_, made))
      found.add(filled ? `${name}.[*].${field}` : `${name}.${field}`);
  }
  return found;
}

/** `self.parts.[*].whole.lock` is `self.lock`. */
export function shortened(
  on: ObjectPath,
  class_: ClassNode | undefined,
  backlinks: (class_: ClassNode) => ReadonlySet<string>,
): ObjectPath {
  if (class_ === undefined || !on.startsWith('self.')) return on;
  const [, ...fields] = on.split('.');
  const length = fields[1] === '[*]' ? 3 : 2;
  if (fields.length < length) return on;
  return backlinks(class_).has(fields.slice(0, length).join('.'))
    ? ['self', ...fields.slice(length)].join('.')
    : on;
}

/** Names of attributes that methods of the class store something in. */
function attributesOf(resolver: Resolver, class_: ClassNode): ReadonlySet<string> {
  const names = new Set<string>();
  for (const one of linearized(class_))
    for (const { path } of one.module.summary.bindings) {
      const { root, fields, scope, last } = one.module.summary.paths[path]!;
      if (root === 'self' && fields.length === 1 && resolver.classAt(one.module, scope) === one)
        names.add(last);
    }
  return names;
}

/** The attributes in which every one of the parts keeps the object of the class that made it. */
function fieldsBack(resolver: Resolver, class_: ClassNode, parts: readonly Given[]): readonly string[] {
  let common: readonly string[] | undefined;
  for (const { module, shape } of parts) {
    const call = constructionOf(resolver, module, shape);
    const fields = call === undefined ? [] : fieldsOf(resolver, class_, module, call);
    common = common === undefined ? fields : common.filter((one) => fields.includes(one));
    if (common.length === 0) return [];
  }
  return common ?? [];
}

/** The call that makes the part, directly or kept in a local first. */
function constructionOf(resolver: Resolver, module: Module, value: ValueShape): Call | undefined {
  const made = value.kind === 'path' ? onlyBinding(resolver, module, value.path) : value;
  return made?.kind === 'call' ? module.summary.calls[made.call] : undefined;
}

/** What a local holds, when it is bound once. */
export function onlyBinding(resolver: Resolver, module: Module, path: PathId): ValueShape | undefined {
  const { root, fields } = module.summary.paths[path]!;
  const bound = root === 'local' && fields.length === 0 ? resolver.bindingsOf(module, path) : [];
  return bound.length === 1 ? bound[0]!.value : undefined;
}

const COPYING = /^(list|tuple|set|sorted|reversed)$/;

/** The container of which the shape has the items: it, a local for it, or a copy. */
export function containerIn(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  depth = 0,
): PathId | undefined {
  if (depth > 3) return undefined;
  if (shape.kind === 'path') {
    const held = onlyBinding(resolver, module, shape.path);
    return held === undefined ? shape.path : containerIn(resolver, module, held, depth + 1);
  }
  if (shape.kind !== 'call') return undefined;
  const { callee, arguments: given } = module.summary.calls[shape.call]!;
  const { root, name, parent, last } = module.summary.paths[callee]!;
  const [first] = given;
  if (parent !== -1 && given.length === 0 && (last === 'copy' || last === 'values')) return parent;
  return root === 'builtin' && COPYING.test(name) && first !== undefined
    ? containerIn(resolver, module, first.value, depth + 1)
    : undefined;
}

function fieldsOf(resolver: Resolver, class_: ClassNode, module: Module, call: Call): readonly string[] {
  const target = resolver.target(module, call.callee);
  const init = target.kind === 'class' ? resolver.method(target.class, '__init__') : undefined;
  if (init === undefined) return [];
  return keptParameters(resolver, init).flatMap(({ name, parameter }) => {
    const argument = argumentFor(init, call.arguments, parameter);
    if (argument?.value.kind !== 'path') return [];
    const { root, fields, scope } = module.summary.paths[argument.value.path]!;
    const maker = root === 'self' && fields.length === 0 ? resolver.classAt(module, scope) : undefined;
    return maker !== undefined && linearized(class_).includes(maker) ? [name] : [];
  });
}

/** The attributes in which a constructor keeps its parameters and that nothing else is stored in. */
function keptParameters(
  resolver: Resolver,
  { module, owner, scope: own }: FunctionNode,
): readonly { readonly name: string; readonly parameter: string }[] {
  return module.summary.bindings.flatMap(({ path, value, scope }) => {
    const kept = module.summary.paths[path]!;
    if (scope !== own.id || kept.root !== 'self' || kept.fields.length !== 1) return [];
    if (value.kind !== 'path' || !isParameter(module, value)) return [];
    if (owner === undefined || resolver.attributeBindings(owner, kept.last).length !== 1) return [];
    return [{ name: kept.last, parameter: module.summary.paths[value.path]!.name }];
  });
}

export function isParameter(
  module: Module,
  value: { readonly kind: string; readonly path?: PathId },
): boolean {
  if (value.kind !== 'path' || value.path === undefined) return false;
  const path = module.summary.paths[value.path]!;
  return (
    path.root === 'local' &&
    path.fields.length === 0 &&
    module.summary.scopes[path.scope]!.parameters.some(({ name }) => name === path.name)
  );
}

export function argumentFor(
  callee: FunctionNode,
  given: readonly Argument[],
  name: string,
): Argument | undefined {
  const named = given.find((argument) => argument.name === name);
  if (named !== undefined) return named;
  const { parameters } = callee.scope;
  const position = parameters.findIndex((parameter) => parameter.name === name);
  if (position === -1) return undefined;
  const offset = callee.owner === undefined || callee.static ? 0 : 1;
  const positional = given.filter((argument) => argument.name === '' || argument.name === '*');
  const before = positional.slice(0, position - offset + 1);
  return before.some((argument) => argument.name === '*') ? undefined : positional[position - offset];
}
