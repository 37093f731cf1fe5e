/**
 * What the files define, under which names: modules, functions, classes, the bindings of each path. A symbol is told apart by
 * its file and its qualified name there, never by a module name, which several files may have.
 */
import { append } from '../base/manyItems.ts';
import type { Binding, FileSummary, Import, PathId, Scope, ScopeId } from '../facts/summary.ts';
import { type Circle, Input, PlaceTable } from './fixpoint.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, FunctionNode, Module } from './program.ts';
import type { VariableId } from './target.ts';

export interface FileInput {
  readonly file: string;
  /** Below the folder of the program; unique. */
  readonly path: string;
  readonly moduleName: string;
  /** Further dotted names under which the file may be imported. */
  readonly otherNames: readonly string[];
  readonly isPackage: boolean;
  readonly test: boolean;
  readonly summary: FileSummary;
}

/** The functions and classes of one module. */
interface Nodes {
  /** By scope: the nearest function around it. */
  readonly functions: readonly (FunctionOfText | undefined)[];
  readonly classes: readonly (ClassOfText | undefined)[];
  /** The same by what makes one the same over edits. */
  readonly byIdentity: ReadonlyMap<string, FunctionOfText | ClassOfText>;
}

/** What one module defines. */
interface Definitions extends Nodes {
  readonly bindings: ReadonlyMap<PathId, readonly Binding[]>;
  readonly globals: ReadonlyMap<string, PathId>;
  /** By scope and name. */
  readonly locals: ReadonlyMap<string, PathId>;
  readonly imports: ReadonlyMap<string, Import>;
  readonly printed: readonly string[];
}

const NO_BINDINGS: readonly Binding[] = [];

/** A module whose text may change: whoever reads what it says rests on it. */
class ModuleOfText implements Module {
  readonly index: number;
  readonly file: string;
  readonly path: string;
  readonly name: string;
  readonly test: boolean;
  readonly isPackage: boolean;
  readonly input = new Input();
  readonly #circle: Circle;
  #summary: FileSummary;

  constructor(index: number, file: FileInput, circle: Circle) {
    this.index = index;
    this.file = file.file;
    this.path = file.path;
    this.name = file.moduleName;
    this.test = file.test;
    this.isPackage = file.isPackage;
    this.#circle = circle;
    this.#summary = file.summary;
  }

  get summary(): FileSummary {
    this.#circle.read(this.input);
    return this.#summary;
  }

  /** Nobody rests on it: how many answers about paths there may be. */
  get pathCount(): number {
    return this.#summary.paths.length;
  }

  replace(summary: FileSummary): void {
    this.#summary = summary;
    this.input.stale = true;
  }
}

/** A function or class that texts of its file define: it stays the same node over edits that leave its name where it is. */
interface NodeOfText {
  /** Stale when no text defines it any more: what is asked of it is gone with it. */
  readonly life: Input;
}

class FunctionOfText implements FunctionNode, NodeOfText {
  readonly id: number;
  readonly module: Module;
  readonly owner: ClassNode | undefined;
  readonly label: string;
  readonly property: boolean;
  readonly static: boolean;
  readonly life = new Input();
  place: ScopeId;

  constructor(id: number, module: Module, scope: Scope, owner: ClassNode | undefined) {
    const { paths } = module.summary;
    const has = (name: string): boolean => scope.decorators.some(({ path }) => paths[path]!.last === name);
    this.id = id;
    this.module = module;
    this.owner = owner;
    this.label = scope.kind === 'module' ? '<module>' : scope.qualified;
    this.property = owner !== undefined && (has('property') || has('cached_property'));
    this.static = has('staticmethod');
    this.place = scope.id;
  }

  get scope(): Scope {
    return this.module.summary.scopes[this.place]!;
  }
}

/** What a class derives from. */
interface Above {
  readonly bases: readonly ClassNode[];
  readonly externalBases: readonly string[];
  readonly metaclass: ClassNode | undefined;
}

const NOTHING_ABOVE: Above = { bases: [], externalBases: [], metaclass: undefined };

export class ClassOfText implements ClassNode, NodeOfText {
  readonly id: number;
  readonly module: Module;
  readonly name: string;
  readonly life = new Input();
  place: ScopeId;
  readonly #circle: Circle;
  readonly #aboveInput = new Input();
  readonly #belowInput = new Input();
  readonly #methodsInput = new Input();
  #above = NOTHING_ABOVE;
  #below: readonly ClassNode[] = [];
  #methods: ReadonlyMap<string, FunctionNode> = new Map();

  constructor(id: number, module: Module, scope: Scope, circle: Circle) {
    this.id = id;
    this.module = module;
    this.name = scope.qualified;
    this.place = scope.id;
    this.#circle = circle;
  }

  get scope(): Scope {
    return this.module.summary.scopes[this.place]!;
  }

  get bases(): readonly ClassNode[] {
    this.readAbove();
    return this.#above.bases;
  }

  get externalBases(): readonly string[] {
    this.readAbove();
    return this.#above.externalBases;
  }

  get metaclass(): ClassNode | undefined {
    this.readAbove();
    return this.#above.metaclass;
  }

  get subclasses(): readonly ClassNode[] {
    this.#circle.read(this.#belowInput);
    return this.#below;
  }

  get methods(): ReadonlyMap<string, FunctionNode> {
    this.#circle.read(this.#methodsInput);
    return this.#methods;
  }

  /** Who asks rests on what the class derives from, though the answer was found before. */
  readAbove(): void {
    this.#circle.read(this.#aboveInput);
  }

  /** Until `link` has found them again; what it had before, for `settle`. */
  unlink(): { readonly above: Above; readonly below: readonly ClassNode[] } {
    const before = { above: this.#above, below: this.#below };
    this.#above = NOTHING_ABOVE;
    this.#below = [];
    return before;
  }

  derive(above: Above): void {
    this.#above = above;
  }

  beBelow(subclasses: readonly ClassNode[]): void {
    this.#below = subclasses;
  }

  /** With what answers no longer hold by. */
  settle({ above, below }: ReturnType<ClassOfText['unlink']>): Input[] {
    const same =
      sameItems(above.bases, this.#above.bases) &&
      sameItems(above.externalBases, this.#above.externalBases) &&
      above.metaclass === this.#above.metaclass;
    const stale = same ? [] : [this.#aboveInput];
    if (!sameItems(below, this.#below)) stale.push(this.#belowInput);
    return stale;
  }

  /** Takes the methods that the text gives it; with what answers no longer hold by. */
  define(methods: ReadonlyMap<string, FunctionNode>): Input[] {
    const same =
      sameItems([...methods.keys()], [...this.#methods.keys()]) &&
      sameItems([...methods.values()], [...this.#methods.values()]);
    if (same) return [];
    this.#methods = methods;
    return [this.#methodsInput];
  }
}

function sameItems<Item>(a: readonly Item[], b: readonly Item[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

/** What an answer about a function or class is gone with. */
export function lifeOf(node: FunctionNode | ClassNode): Input {
  return (node as FunctionNode & NodeOfText).life;
}

export class Symbols {
  readonly modules: readonly ModuleOfText[];
  readonly #byName = new Map<string, Module[]>();
  /** First components of all module names. */
  readonly #firstNames = new Set<string>();
  readonly #definitions: Definitions[] = [];
  /** Stale when functions or classes come or go. */
  readonly #defined = new Input();
  /** Stale when properties of other names come or go. */
  readonly #properties = new Input();
  #propertyNames: ReadonlySet<string> = new Set();
  #functions: readonly FunctionNode[] | undefined;
  #classes: readonly ClassOfText[] | undefined;
  #nextId = 0;
  /** By module: what its last text no longer defined. A text that defines it again, as after a trial, gets the same nodes. */
  readonly #gone = new Map<Module, ReadonlyMap<string, FunctionOfText | ClassOfText>>();

  readonly #circle: Circle;

  constructor(files: readonly FileInput[], circle: Circle) {
    this.#circle = circle;
    this.modules = files.map((file, index) => new ModuleOfText(index, file, circle));
    files.forEach((file, index) => {
      for (const name of new Set([file.moduleName, ...file.otherNames])) {
        this.#firstNames.add(name.split('.')[0]!);
        push(this.#byName, name, this.modules[index]!);
      }
    });
    for (const module of this.modules) {
      const rest = definitionsOf(module);
      this.#definitions.push({ ...this.#defineNodes(module, rest.printed, [], []), ...rest });
    }
    this.#nameProperties();
  }

  /** Gives a module another text: what both define stays the nodes that it is. With what answers no longer hold by. */
  replace(index: number, summary: FileSummary): { readonly module: ModuleOfText; readonly stale: Input[] } {
    const module = this.modules[index]!;
    module.replace(summary);
    const stale = [module.input];
    const rest = definitionsOf(module);
    const before = this.#definitions[index]!.byIdentity;
    const known = [before, this.#gone.get(module) ?? before];
    const nodes = this.#defineNodes(module, rest.printed, known, stale);
    this.#definitions[index] = { ...nodes, ...rest };
    const gone = new Map([...before].filter(([identity, node]) => nodes.byIdentity.get(identity) !== node));
    this.#gone.set(module, gone);
    append(
      stale,
      [...gone.values()].map(({ life }) => life),
    );
    if (gone.size > 0 || nodes.byIdentity.size !== before.size) {
      this.#functions = undefined;
      this.#classes = undefined;
      stale.push(this.#defined, ...this.#nameProperties());
    }
    return { module, stale };
  }

  /** Who asks rests on which functions and classes there are. */
  readDefined(): void {
    this.#circle.read(this.#defined);
  }

  /** In the order of modules and texts. */
  get functions(): readonly FunctionNode[] {
    this.readDefined();
    this.#functions ??= this.modules.flatMap((module) => this.functionsIn(module));
    return this.#functions;
  }

  get classes(): readonly ClassOfText[] {
    this.readDefined();
    this.#classes ??= this.modules.flatMap((module) => this.classesIn(module));
    return this.#classes;
  }

  /** Names under which classes have properties; the same set until others come or go. */
  get propertyNames(): ReadonlySet<string> {
    this.#circle.read(this.#properties);
    return this.#propertyNames;
  }

  /** Takes the names of properties as they are now; with what answers no longer hold by. */
  #nameProperties(): Input[] {
    const names = new Set(this.functions.filter((one) => one.property).map((one) => one.scope.name));
    if (names.size === this.#propertyNames.size && [...names].every((name) => this.#propertyNames.has(name)))
      return [];
    this.#propertyNames = names;
    return [this.#properties];
  }

  functionsIn(module: Module): readonly FunctionNode[] {
    this.readIn(module);
    return this.#nodesIn(module).filter((node) => node instanceof FunctionOfText);
  }

  classesIn(module: Module): readonly ClassOfText[] {
    this.readIn(module);
    return this.#nodesIn(module).filter((node) => node instanceof ClassOfText);
  }

  #nodesIn({ index }: Module): readonly (FunctionOfText | ClassOfText)[] {
    return [...this.#definitions[index]!.byIdentity.values()];
  }

  /** Who asks rests on what the text of the module says. */
  readIn(module: Module): void {
    this.#circle.read(this.textOf(module));
  }

  /** The text of a module as what answers rest on. */
  textOf(module: Module): Input {
    return this.modules[module.index]!.input;
  }

  /** What answers about a variable are gone with: a cell is named by a place in the text, others by what they are called. */
  lifeOfVariable({ cell, module, owner }: VariableId): Input | undefined {
    if (cell !== undefined) return this.textOf(module);
    return owner === undefined ? undefined : lifeOf(owner);
  }

  /** A table for answers about paths. */
  placeTable(): PlaceTable {
    return new PlaceTable((module) => this.modules[module]!.pathCount);
  }

  /** Names of the functions and classes of a module. */
  definedIn(module: Module): ReadonlySet<string> {
    return new Set(this.#nodesIn(module).map((one) => one.scope.name));
  }

  functionAt(module: Module, scope: ScopeId): FunctionNode {
    this.readIn(module);
    return this.#definitions[module.index]!.functions[scope]!;
  }

  classAt(module: Module, scope: ScopeId): ClassNode | undefined {
    this.readIn(module);
    return this.#definitions[module.index]!.classes[scope];
  }

  bindingsOf(module: Module, path: PathId): readonly Binding[] {
    this.readIn(module);
    return this.#definitions[module.index]!.bindings.get(path) ?? NO_BINDINGS;
  }

  /** The path of a name of the module, if the module mentions it. */
  global(module: Module, name: string): PathId | undefined {
    this.readIn(module);
    return this.#definitions[module.index]!.globals.get(name);
  }

  /** The path of a name of a function. */
  local(module: Module, scope: ScopeId, name: string): PathId | undefined {
    this.readIn(module);
    return this.#definitions[module.index]!.locals.get(`${scope}:${name}`);
  }

  /** The import that gives the module a name. */
  importOf(module: Module, name: string): Import | undefined {
    this.readIn(module);
    return this.#definitions[module.index]!.imports.get(name);
  }

  /** A scope in keys: its file and its qualified name, numbered where the file defines the name again. */
  printed(module: Module, scope: ScopeId): string {
    return this.#definitions[module.index]!.printed[scope]!;
  }

  /** Whether some module of the program goes by the first component of a dotted name. */
  knowsFirst(dotted: string): boolean {
    const end = dotted.indexOf('.');
    return this.#firstNames.has(end === -1 ? dotted : dotted.slice(0, end));
  }

  /** Several files of the program go by the name or a part of it: which is meant depends on the importing file. */
  isAmbiguous(dotted: string): boolean {
    for (let end = dotted.length; end !== -1; end = dotted.lastIndexOf('.', end - 1))
      if ((this.#byName.get(dotted.slice(0, end))?.length ?? 0) > 1) return true;
    return false;
  }

  /** The module that a dotted name means for an importing module; relative names count from its package. */
  moduleNamed(dotted: string, from: Module): Module | undefined {
    const absolute = absoluteName(dotted, from);
    if (absolute === undefined) return undefined;
    const found = this.#byName.get(absolute);
    if (found === undefined) return undefined;
    if (found.length === 1) return found[0];
    const folder = folderOf(from.file);
    return found.find((module) => folderOf(module.file) === folder);
  }

  /**
   * The nodes of a module in the order of its text, those in `known` again where they are the same; `stale` gets what answers no
   * longer hold by.
   */
  #defineNodes(
    module: Module,
    printed: readonly string[],
    known: readonly ReadonlyMap<string, FunctionOfText | ClassOfText>[],
    stale: Input[],
  ): Nodes {
    const { paths, scopes } = module.summary;
    const functions: (FunctionOfText | undefined)[] = [];
    const classes: (ClassOfText | undefined)[] = [];
    const byIdentity = new Map<string, FunctionOfText | ClassOfText>();
    const methods = new Map<ClassOfText, Map<string, FunctionNode>>();
    for (const scope of scopes) {
      const around = scope.parent === -1 ? undefined : functions[scope.parent];
      const decorators = scope.decorators.map(({ path }) => paths[path]!.last);
      const identity = `${printed[scope.id]} ${scope.kind} ${decorators.join(' ')}`;
      const before = known.flatMap((nodes) => nodes.get(identity) ?? []);
      if (scope.kind === 'class') {
        const class_ =
          before.find((node) => node instanceof ClassOfText) ??
          new ClassOfText(this.#nextId++, module, scope, this.#circle);
        class_.place = scope.id;
        classes[scope.id] = class_;
        functions[scope.id] = around;
        methods.set(class_, new Map());
        byIdentity.set(identity, class_);
      } else if (scope.kind === 'comprehension') functions[scope.id] = around;
      else {
        const owner = scope.parent === -1 ? undefined : classes[scope.parent];
        const function_ =
          before.find(
            (node): node is FunctionOfText => node instanceof FunctionOfText && node.owner === owner,
          ) ?? new FunctionOfText(this.#nextId++, module, scope, owner);
        function_.place = scope.id;
        functions[scope.id] = function_;
        byIdentity.set(identity, function_);
        if (owner !== undefined && !decorators.some((name) => REPLACING.has(name)))
          methods.get(owner)!.set(scope.name, function_);
      }
    }
    for (const [class_, own] of methods) append(stale, class_.define(own));
    return { functions, classes, byIdentity };
  }
}

/** Decorators of functions that are not what their name means in the class. */
const REPLACING: ReadonlySet<string> = new Set(['setter', 'deleter', 'overload']);

/** What may change while functions and classes stay. */
function definitionsOf(module: Module): Omit<Definitions, keyof Nodes> {
  const { summary } = module;
  const bindings = new Map<PathId, Binding[]>();
  for (const binding of summary.bindings) push(bindings, binding.path, binding);
  const globals = new Map<string, PathId>();
  const locals = new Map<string, PathId>();
  summary.paths.forEach(({ root, name, scope, parent }, id) => {
    if (parent !== -1) return;
    if (root === 'global') globals.set(name, id);
    if (root === 'local') locals.set(`${scope}:${name}`, id);
  });
  const imports = new Map<string, Import>();
  for (const one of summary.imports)
    if (one.scope === 0 && one.name !== '*' && !imports.has(one.local)) imports.set(one.local, one);
  return { bindings, globals, locals, imports, printed: printedNames(module) };
}

function printedNames(module: Module): readonly string[] {
  const counts = new Map<string, number>();
  return module.summary.scopes.map(({ qualified }) => {
    const before = counts.get(qualified) ?? 0;
    counts.set(qualified, before + 1);
    return `${module.path}:${qualified}${before === 0 ? '' : `#${before + 1}`}`;
  });
}

export function folderOf(file: string): string {
  return file.slice(0, Math.max(0, file.lastIndexOf('/')));
}

/** `..models` from `pkg.sub.mod` is `pkg.models`. Undefined when it climbs out. */
export function absoluteName(dotted: string, from: Pick<Module, 'name' | 'isPackage'>): string | undefined {
  const dots = /^\.*/.exec(dotted)![0].length;
  if (dots === 0) return dotted;
  const parts = from.name.split('.');
  const drop = from.isPackage ? dots - 1 : dots;
  if (drop > parts.length) return undefined;
  const base = parts.slice(0, parts.length - drop);
  const rest = dotted.slice(dots);
  return [...base, ...(rest === '' ? [] : rest.split('.'))].join('.');
}

/** The dotted name that an import binds a name to: `from .a import b` gives `.a.b`, `import a.b` gives `a`. */
export function originOf(imported: Import): string {
  if (imported.name !== '')
    return imported.module.endsWith('.')
      ? `${imported.module}${imported.name}`
      : `${imported.module}.${imported.name}`;
  const first = imported.module.split('.')[0]!;
  return imported.local === first ? first : imported.module;
}

/** `..a.b` → `..a`, `b`: the dots stay with the first part. */
export function splitDotted(dotted: string): string[] {
  const dots = /^\.*/.exec(dotted)![0];
  const parts = dotted
    .slice(dots.length)
    .split('.')
    .filter((part) => part !== '');
  if (dots === '') return parts;
  return [`${dots}${parts[0] ?? ''}`, ...parts.slice(1)];
}
