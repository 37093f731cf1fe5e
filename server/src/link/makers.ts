/**
 * Objects that a library gives to those it makes: the server that was made with a handler class is the `server` of its handlers.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { foreignBases } from './libraryNames.ts';
import type { NameIndex } from './nameIndex.ts';
import type { Names } from './names.ts';
import type { ClassNode, FunctionNode, Module, ValueType } from './program.ts';
import type { VariableId } from './target.ts';

export interface Asked {
  readonly names: Names;
  readonly index: NameIndex;
  functionAt(module: Module, scope: number): FunctionNode;
}

/** Whether the attribute holds what made its object, and with it many others. */
export function isMaker({ owner, attribute }: VariableId, catalog: Catalog): boolean {
  return owner !== undefined && foreignBases(owner).some((base) => catalog.makerOf(base) === attribute);
}

/** What an attribute that no code of the program binds holds by the library's doing; empty when that is not known. */
export function makersOf(variable: VariableId, { names, index, functionAt }: Asked): readonly ValueType[] {
  const { kind, owner } = variable;
  if (kind !== 'instance' || owner === undefined) return [];
  if (!isMaker(variable, names.catalog)) return [];
  const found = new Set<ClassNode>();
  for (const { module, call } of index.passing(owner.scope.name)) {
    const given = call.arguments.some(({ value }) => {
      const target = value.kind === 'path' ? names.target(module, value.path) : undefined;
      return target?.kind === 'class' && target.class === owner;
    });
    if (!given) continue;
    const callee = module.summary.paths[call.callee]!;
    const target = names.target(module, call.callee);
    // A server that names its handlers to its base class makes them, too.
    const maker =
      target.kind === 'class'
        ? target.class
        : callee.last === '__init__'
          ? functionAt(module, call.scope).owner
          : undefined;
    if (maker !== undefined) found.add(maker);
  }
  return [...found].map((of) => ({ kind: 'instance', of }));
}
