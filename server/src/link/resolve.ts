/**
 * Names over files in one place: ties together symbols, classes, paths, types and parameters, which ask each other. Lives on over
 * edits: what is remembered here is remembered by a `Question`, which knows what its answers rest on, or replaced with the text.
 */
import { append } from '../base/manyItems.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { AccessPath, Binding, FileSummary, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import { Elements } from './elements.ts';
import { Circle, type Input, Question } from './fixpoint.ts';
import { Hierarchy } from './hierarchy.ts';
import { type NameIndex, ProgramNames } from './nameIndex.ts';
import type { Names } from './names.ts';
import { Namesakes } from './namesakes.ts';
import { type Given, Parameters } from './parameters.ts';
import { Paths } from './paths.ts';
import type { ClassNode, FunctionNode, Module, ValueType } from './program.ts';
import { type Put, Puts } from './puts.ts';
import { rememberedAt } from './remembered.ts';
import { type FileInput, Symbols } from './symbols.ts';
import type { BoundHere, Target, VariableId } from './target.ts';
import { Types } from './types.ts';

/** The questions, which remember their answers. */
interface Parts {
  readonly paths: Paths;
  readonly types: Types;
  readonly elements: Elements;
  readonly parameters: Parameters;
}

export class Resolver implements Names {
  readonly catalog: Catalog;
  readonly modules: readonly Module[];
  readonly #index: ProgramNames;
  readonly #circle: Circle;
  readonly #symbols: Symbols;
  readonly #hierarchy: Hierarchy;
  readonly #puts: Puts;
  #parts: Parts;
  /** What else is stale with every replacement. */
  onReplaced: () => readonly Input[] = () => [];

  /** @param once no text is ever replaced */
  constructor(files: readonly FileInput[], catalog: Catalog, once = false) {
    this.catalog = catalog;
    this.#circle = new Circle(once);
    const symbols = new Symbols(files, this.#circle);
    const hierarchy = new Hierarchy(symbols);
    this.#symbols = symbols;
    this.#hierarchy = hierarchy;
    this.modules = symbols.modules;
    this.#index = new ProgramNames(symbols.modules, (module) => symbols.definedIn(module), this.#circle);
    this.#puts = new Puts(symbols.modules, this.#circle);
    this.#parts = this.#newParts(this.#circle);
    this.#linkBases();
  }

  get functions(): readonly FunctionNode[] {
    return this.#symbols.functions;
  }

  get classes(): readonly ClassNode[] {
    return this.#symbols.classes;
  }

  /** Who asks rests on which functions and classes there are. */
  readDefined(): void {
    this.#symbols.readDefined();
  }

  functionsIn(module: Module): readonly FunctionNode[] {
    return this.#symbols.functionsIn(module);
  }

  classesIn(module: Module): readonly ClassNode[] {
    return this.#symbols.classesIn(module);
  }

  /** Names under which classes have properties. */
  get propertyNames(): ReadonlySet<string> {
    return this.#symbols.propertyNames;
  }

  /** Where the names of the program's functions and classes occur. */
  get index(): NameIndex {
    return this.#index;
  }

  /** Hears of every question that is computed. */
  set onComputed(hear: (question: string, key: unknown) => void) {
    this.#circle.onComputed = hear;
  }

  /** Takes other texts of some files, and forgets what rested on those before. */
  replace(texts: ReadonlyMap<number, FileSummary>): void {
    const stale: Input[] = [];
    const modules: Module[] = [];
    for (const [index, summary] of texts) {
      const replaced = this.#symbols.replace(index, summary);
      modules.push(replaced.module);
      append(stale, replaced.stale);
      append(stale, this.#puts.replace(replaced.module));
      this.#hierarchy.replace(replaced.module);
    }
    append(stale, this.#index.replace(modules));
    append(stale, this.#linkBases());
    for (const input of stale) input.stale = true;
    this.#circle.renew([...stale, ...this.onReplaced()]);
  }

  /** A question whose answers rest on names, and are forgotten with them. */
  question<Key, Answer extends object>(
    name: string,
    bottom: Answer,
    same: (a: Answer, b: Answer) => boolean,
  ): Question<Key, Answer> {
    return new Question(name, this.#circle, bottom, same);
  }

  /** A question whose answers rest on the whole program as well, and are found late: when it has been linked. */
  search<Key, Answer extends object>(name: string, bottom: Answer): Question<Key, Answer> {
    return new Question<Key, Answer>(name, this.#circle, bottom, () => false, new Map(), true);
  }

  /**
   * What is found in each module by names, values and texts alone: found again where an edit concerns it. What is found again is
   * another answer though it says the same: it holds facts of the new text, which are told apart as objects.
   */
  perModule<Found>(
    name: string,
    find: (module: Module) => readonly Found[],
    same: (a: readonly Found[], b: readonly Found[]) => boolean = () => false,
  ): (module: Module) => readonly Found[] {
    const question = this.question<Module, readonly Found[]>(name, [], same);
    return (module) => question.ask(module, () => find(module));
  }

  /** Who asks rests on what the text of the module says. */
  readIn(module: Module): void {
    this.#symbols.readIn(module);
  }

  /** Who asks rests on the input. */
  read(input: Input): void {
    this.#circle.read(input);
  }

  /** Forgets what searches have found that rests on inputs which have become stale, and which nothing else rests on. */
  renewSearches(inputs: readonly Input[]): void {
    this.#circle.renewLate(inputs);
  }

  #newParts(circle: Circle): Parts {
    const paths = new Paths(this.#symbols, this.#hierarchy, this, circle);
    const namesakes = new Namesakes(this.#symbols, this.#hierarchy, this);
    return {
      paths,
      types: new Types(this.#symbols, this.#hierarchy, this, paths, namesakes, this.#index, circle),
      elements: new Elements(this.#symbols, this, this.#puts, circle),
      parameters: new Parameters(this, this.#hierarchy, this.#index, namesakes, circle),
    };
  }

  /** What is answered while bases are linked rests on classes without bases, and is forgotten. */
  #linkBases(): readonly Input[] {
    const kept = this.#parts;
    this.#parts = this.#newParts(new Circle(this.#circle.once));
    const stale = this.#hierarchy.link((module, path) => this.target(module, path));
    this.#parts = kept;
    return stale;
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

  /** The path of a name of a function. */
  local(module: Module, scope: ScopeId, name: string): PathId | undefined {
    return this.#symbols.local(module, scope, name);
  }

  moduleNamed(dotted: string, from: Module): Module | undefined {
    return this.#symbols.moduleNamed(dotted, from);
  }

  target(module: Module, path: PathId): Target {
    return this.#parts.paths.target(module, path);
  }

  /** What a name that stands in a text means in its module. */
  named(module: Module, written: string): Target {
    const [name, ...fields] = written.split('.');
    return this.#parts.paths.nameIn(module, name!, fields);
  }

  /** The variable that a path of a module means, by its key. */
  keyOf(module: Module, path: PathId): string | undefined {
    const target = this.target(module, path);
    return target.kind === 'variable' ? target.variable.key : undefined;
  }

  /** The one object that a function or property makes and remembers, where a path means it: `session()`, `self.connection`. */
  remembered(module: Module, path: PathId): VariableId | undefined {
    return rememberedAt(this, module, path);
  }

  /** What a property gives back stands for the attribute that it reads. */
  heldBy(target: Target): Target {
    return target.kind === 'function' ? this.#parts.paths.heldBy(target) : target;
  }

  resolve(module: Module, path: AccessPath, depth: number): Target {
    return this.#parts.paths.resolve(module, path, depth);
  }

  /** The variable that is an attribute of the objects of a class. */
  attribute(class_: ClassNode, name: string): VariableId | undefined {
    const target = this.#parts.paths.member(class_, [name], 'self', true, 0);
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
    return this.#parts.types.of(module, shape, depth);
  }

  typesOfVariable(variable: VariableId): readonly ValueType[] {
    return this.#parts.types.ofVariable(variable);
  }

  typesOfParameter(function_: FunctionNode, name: string): readonly ValueType[] {
    return this.#parts.parameters.typesOf(function_, name);
  }

  /** What the places that are seen give to a parameter. */
  given(function_: FunctionNode, name: string): readonly Given[] {
    return this.#parts.parameters.given(function_, name);
  }

  typesOfResult(function_: FunctionNode): readonly ValueType[] {
    return this.#parts.types.ofResult(function_);
  }

  elementsOf(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    return this.#parts.elements.of(module, shape, depth);
  }

  stepsOf(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    return this.#parts.elements.steps(module, shape, depth);
  }

  elementsOfVariable(variable: VariableId): readonly ValueType[] {
    return this.#parts.elements.ofVariable(variable);
  }

  /** Places that put something into a container of this name. */
  putsAt(name: string): readonly Put[] {
    return this.#puts.at(name);
  }

  bindingsOfVariable(variable: VariableId): readonly BoundHere[] {
    return this.#parts.types.bindingsOfVariable(variable);
  }
}
