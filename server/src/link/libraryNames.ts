/**
 * The names by which the catalog knows what a program uses: of what a path calls or assigns to, methods named after the
 * class of their object. `pool.submit` is `concurrent.futures.Executor.submit`, whatever `pool` is called.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { PathId, ValueShape } from '../facts/summary.ts';
import { linearized } from './hierarchy.ts';
import type { ClassNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';

/** The name of a dotted target whose calls stand in brackets: `flask.Flask().route` is `flask.Flask.route`. */
export function canonicalName(catalog: Catalog, dotted: string): string {
  let name = dotted;
  for (let at = name.indexOf('()'); at !== -1; at = name.indexOf('()'))
    name = catalog.classOf(name.slice(0, at)) + name.slice(at + 2);
  return name;
}

/** The class of what a call of a dotted target gives, as far as the catalog knows: the name itself otherwise. `sessionmaker()` is called once more. */
export function classGiven(catalog: Catalog, dotted: string): string {
  const name = canonicalName(catalog, dotted);
  const called = dotted.endsWith('()') ? `${name}.__call__` : name;
  const dot = called.lastIndexOf('.');
  const given = dot === -1 ? undefined : catalog.givenBy(called.slice(0, dot), called.slice(dot + 1));
  return typeof given === 'string' ? given : catalog.classOf(called);
}

/** The names that a path may have for the catalog: one, unless its object may be of several classes. */
export function libraryNames(resolver: Resolver, module: Module, path: PathId, depth = 0): readonly string[] {
  const written = module.summary.paths[path]!;
  const dotted = resolver.externalName(module, path);
  if (dotted !== undefined) return [canonicalName(resolver.catalog, dotted)];
  if (written.fields.length === 0) return written.root === 'global' ? importedAs(module, written.name) : [];
  const owner = module.summary.paths[written.parent]!;
  const shape: ValueShape =
    owner.root === 'result' && owner.fields.length === 0
      ? { kind: 'call', call: owner.call }
      : { kind: 'path', path: written.parent };
  return libraryClasses(resolver, module, shape, depth).map((one) => `${one}.${written.fields.at(-1)!}`);
}

/** What a name stands for when its import succeeds: the program may define a stand-in for when it does not. */
function importedAs({ summary }: Module, name: string): readonly string[] {
  return summary.imports
    .filter(({ local, when, name: what }) => local === name && what !== '' && when !== 'never')
    .map((from) => `${from.module}.${from.name}`);
}

/** The classes of libraries that a value may be of. */
export function libraryClasses(
  resolver: Resolver,
  module: Module,
  shape: ValueShape,
  depth = 0,
): readonly string[] {
  const { catalog } = resolver;
  const found = resolver.typesOf(module, shape).flatMap((type): readonly string[] => {
    switch (type.kind) {
      case 'external':
        return [classGiven(catalog, type.dotted)];
      case 'executor':
        return [
          type.executor === 'threads'
            ? 'concurrent.futures.Executor'
            : 'concurrent.futures.ProcessPoolExecutor',
        ];
      case 'instance':
        return foreignBases(type.of);
      default:
        return [];
    }
  });
  if (found.length > 0 || depth >= MAX_DEPTH) return found;
  if (shape.kind === 'call')
    return libraryNames(resolver, module, module.summary.calls[shape.call]!.callee, depth + 1).map((name) =>
      catalog.classOf(name),
    );
  if (shape.kind !== 'path') return [];
  const bindings = resolver.bindingsOf(module, shape.path);
  if (bindings.length > MAX_BINDINGS) return [];
  return bindings.flatMap(({ value }) =>
    value.kind === 'call' ? libraryClasses(resolver, module, value, depth + 1) : [],
  );
}

/** The classes outside the program that a class derives from; a stand-in that the program defines for a missing import counts as what it stands for. */
export function foreignBases(class_: ClassNode): readonly string[] {
  return linearized(class_).flatMap((one) => {
    const { summary } = one.module;
    const imported = one.scope.bases.flatMap((base): readonly string[] => {
      const path = base.kind === 'path' ? summary.paths[base.path]! : undefined;
      if (path?.root !== 'global' || path.fields.length > 0) return [];
      return importedAs(one.module, path.name);
    });
    const inProgram = one.bases.map((base) => `${base.module.name}.${base.name}`);
    return [...one.externalBases, ...imported, ...inProgram];
  });
}

/** `job = job.next()` names itself. */
const MAX_DEPTH = 4;
/** A name that is bound more often than this is nobody's object in particular. */
const MAX_BINDINGS = 4;
