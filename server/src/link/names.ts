/** The questions on names and values, which answer each other: what a path names depends on what values are, and the other way round. */
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessPath, PathId, ValueShape } from '../facts/summary.ts';
import type { Given } from './parameters.ts';
import type { FunctionNode, Module, ValueType } from './program.ts';
import type { BoundHere, Target, VariableId } from './target.ts';

export interface Names {
  readonly catalog: Catalog;
  /** What a path of a module names. */
  target(module: Module, path: PathId): Target;
  /** The same of a path that the module need not mention; `depth` is how many names were followed to it. */
  resolve(module: Module, path: AccessPath, depth: number): Target;
  /** What an expression may be. */
  typesOf(module: Module, shape: ValueShape, depth?: number): readonly ValueType[];
  /** What a variable may hold, from every binding in the program. */
  typesOfVariable(variable: VariableId): readonly ValueType[];
  /** What callers give to a parameter of a function, and those who hand the function on. */
  typesOfParameter(function_: FunctionNode, name: string): readonly ValueType[];
  /** What the places that are seen give to a parameter. */
  given(function_: FunctionNode, name: string): readonly Given[];
  /** What a function gives back. */
  typesOfResult(function_: FunctionNode): readonly ValueType[];
  /** What the elements of a container may be. */
  elementsOf(module: Module, shape: ValueShape, depth: number): readonly ValueType[];
  /** What a loop over a container gives: the keys of a mapping are not what it holds. */
  stepsOf(module: Module, shape: ValueShape, depth: number): readonly ValueType[];
  /** What is put into a variable that holds a container. */
  elementsOfVariable(variable: VariableId): readonly ValueType[];
  bindingsOfVariable(variable: VariableId): readonly BoundHere[];
}

/** Names followed one after the other, before the rest counts as unknown. */
export const MOST_FOLLOWED = 8;
