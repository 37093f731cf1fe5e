/** Names over files in one place: ties together symbols, classes, paths, types and parameters, which ask each other. */
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessPath, Binding, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import { Elements } from './elements.ts';
import { Circle } from './fixpoint.ts';
import { Hierarchy } from './hierarchy.ts';
import { indexNames, type NameIndex } from './nameIndex.ts';
import type { Names } from './names.ts';
import { type Given, Parameters } from './parameters.ts';
import { Paths } from './paths.ts';
import type { ClassNode, FunctionNode, Module, ValueType } from './program.ts';
import { type FileInput, Symbols } from './symbols.ts';
import type { BoundHere, Target, VariableId } from './target.ts';
import { Types } from './types.ts';

export class Resolver implements Names {
  readonly catalog: Catalog;
  readonly modules: readonly Module[];
  readonly functions: readonly FunctionNode[];
  readonly classes: readonly ClassNode[];
  /** Where the names of the program's functions and classes occur. */
  readonly index: NameIndex;
  readonly #symbols: Symbols;
  readonly #hierarchy: Hierarchy;
  readonly #paths: Paths;
  readonly #types: Types;
  readonly #elements: Elements;
  readonly #parameters: Parameters;

  constructor(files: readonly FileInput[], catalog: Catalog) {
    this.catalog = catalog;
    const symbols = new Symbols(files);
    const hierarchy = new Hierarchy(symbols);
    this.#symbols = symbols;
    this.#hierarchy = hierarchy;
    this.modules = symbols.modules;
    this.functions = symbols.functions;
    this.classes = symbols.classes;
    this.index = indexNames(symbols.modules, symbols.definedNames());
    const part = (): readonly [Paths, Types, Elements, Parameters] => {
      const circle = new Circle();
      const paths = new Paths(symbols, hierarchy, this, circle);
      const types = new Types(symbols, hierarchy, this, paths, circle);
      return [
        paths,
        types,
        new Elements(symbols, this, circle),
        new Parameters(this, hierarchy, this.index, circle),
      ];
    };
    /** What was answered while bases are linked rests on classes without bases, and is forgotten. */
    [this.#paths, this.#types, this.#elements, this.#parameters] = part();
    hierarchy.link((module, path) => this.target(module, path));
    [this.#paths, this.#types, this.#elements, this.#parameters] = part();
  }

  functionAt(module: Module, scope: ScopeId): FunctionNode {
    return this.#symbols.functionAt(module, scope);
  }

  classAt(module: Module, scope: ScopeId): ClassNode | undefined {
    return this.#symbols.classAt(module, scope);
  }

  printed(module: Module, scope: ScopeId): string {
    return this.#symbols.printed(module, scope);
  }

  bindingsOf(module: Module, path: PathId): readonly Binding[] {
    return this.#symbols.bindingsOf(module, path);
  }

  moduleNamed(dotted: string, from: Module): Module | undefined {
    return this.#symbols.moduleNamed(dotted, from);
  }

  target(module: Module, path: PathId): Target {
    return this.#paths.target(module, path);
  }

  resolve(module: Module, path: AccessPath, depth: number): Target {
    return this.#paths.resolve(module, path, depth);
  }

  /** The variable that is an attribute of the objects of a class. */
  attribute(class_: ClassNode, name: string): VariableId | undefined {
    const target = this.#paths.member(class_, [name], 'self', true, 0);
    return target.kind === 'variable' ? target.variable : undefined;
  }

  /** Bindings of `attribute` on instances of the class or its bases: `self.x = …`. */
  attributeBindings(class_: ClassNode, attribute: string): readonly BoundHere[] {
    return this.#hierarchy.inMethods(class_, attribute);
  }

  method(class_: ClassNode, name: string): FunctionNode | undefined {
    return this.#hierarchy.method(class_, name);
  }

  overrides(class_: ClassNode, name: string): readonly FunctionNode[] {
    return this.#hierarchy.overrides(class_, name);
  }

  /** The dotted name of a call's callee outside the program, aliases resolved: `threading.Lock`. */
  externalName(module: Module, path: PathId): string | undefined {
    const access = module.summary.paths[path]!;
    if (access.root === 'builtin') return access.fields.length === 0 ? access.name : undefined;
    const target = this.target(module, path);
    return target.kind === 'external' ? target.dotted : undefined;
  }

  typesOf(module: Module, shape: ValueShape, depth = 0): readonly ValueType[] {
    return this.#types.of(module, shape, depth);
  }

  typesOfVariable(variable: VariableId): readonly ValueType[] {
    return this.#types.ofVariable(variable);
  }

  typesOfParameter(function_: FunctionNode, name: string): readonly ValueType[] {
    return this.#parameters.typesOf(function_, name);
  }

  /** What the places that are seen give to a parameter. */
  given(function_: FunctionNode, name: string): readonly Given[] {
    return this.#parameters.given(function_, name);
  }

  typesOfResult(function_: FunctionNode): readonly ValueType[] {
    return this.#types.ofResult(function_);
  }

  elementsOf(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    return this.#elements.of(module, shape, depth);
  }

  stepsOf(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    return this.#elements.steps(module, shape, depth);
  }

  elementsOfVariable(variable: VariableId): readonly ValueType[] {
    return this.#elements.ofVariable(variable);
  }

  bindingsOfVariable(variable: VariableId): readonly BoundHere[] {
    return this.#types.bindingsOfVariable(variable);
  }
}
