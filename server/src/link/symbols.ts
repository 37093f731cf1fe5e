/**
 * What the files define, under which names: modules, functions, classes, the bindings of each path. A symbol is told apart by
 * its file and its qualified name there, never by a module name, which several files may have.
 */
import type { Binding, FileSummary, Import, PathId, Scope, ScopeId } from '../facts/summary.ts';
import { type Circle, Input, PlaceTable } from './fixpoint.ts';
import { push } from './nameIndex.ts';
import type { ClassNode, FunctionNode, Module } from './program.ts';

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

/** What one module defines. */
interface Definitions {
  /** By scope: the nearest function around it. */
  readonly functions: readonly (FunctionNode | undefined)[];
  readonly classes: readonly (ClassOfText | undefined)[];
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

class FunctionOfText implements FunctionNode {
  readonly id: number;
  readonly module: Module;
  readonly owner: ClassNode | undefined;
  readonly label: string;
  readonly property: boolean;
  readonly static: boolean;
  readonly #scope: ScopeId;

  constructor(id: number, module: Module, scope: Scope, owner: ClassNode | undefined) {
    const { paths } = module.summary;
    const has = (name: string): boolean => scope.decorators.some(({ path }) => paths[path]!.last === name);
    this.id = id;
    this.module = module;
    this.owner = owner;
    this.label = scope.kind === 'module' ? '<module>' : scope.qualified;
    this.property = owner !== undefined && (has('property') || has('cached_property'));
    this.static = has('staticmethod');
    this.#scope = scope.id;
  }

  get scope(): Scope {
    return this.module.summary.scopes[this.#scope]!;
  }
}

class ClassOfText implements ClassNode {
  readonly id: number;
  readonly module: Module;
  readonly name: string;
  bases: readonly ClassNode[] = [];
  externalBases: readonly string[] = [];
  metaclass: ClassNode | undefined;
  readonly methods = new Map<string, FunctionNode>();
  subclasses: ClassNode[] = [];
  readonly #scope: ScopeId;

  constructor(id: number, module: Module, scope: Scope) {
    this.id = id;
    this.module = module;
    this.name = scope.qualified;
    this.#scope = scope.id;
  }

  get scope(): Scope {
    return this.module.summary.scopes[this.#scope]!;
  }
}

export class Symbols {
  readonly modules: readonly ModuleOfText[];
  readonly functions: FunctionNode[] = [];
  readonly classes: ClassOfText[] = [];
  readonly #byName = new Map<string, Module[]>();
  /** First components of all module names. */
  readonly #firstNames = new Set<string>();
  readonly #definitions: Definitions[] = [];

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
      const functions: (FunctionNode | undefined)[] = [];
      const classes: (ClassOfText | undefined)[] = [];
      this.#defineNodes(module, functions, classes);
      this.#definitions.push({ functions, classes, ...definitionsOf(module) });
    }
  }

  /** Gives a module another text that defines the same functions and classes: they stay the nodes that they are. */
  replace(index: number, summary: FileSummary): ModuleOfText {
    const module = this.modules[index]!;
    module.replace(summary);
    const { functions, classes } = this.#definitions[index]!;
    this.#definitions[index] = { functions, classes, ...definitionsOf(module) };
    return module;
  }

  /** Who asks rests on what the text of the module says. */
  readIn(module: Module): void {
    this.#circle.read(this.textOf(module));
  }

  /** The text of a module as what answers rest on. */
  textOf(module: Module): Input {
    return this.modules[module.index]!.input;
  }

  /** A table for answers about paths. */
  placeTable(): PlaceTable {
    return new PlaceTable((module) => this.modules[module]!.pathCount);
  }

  /** Names of the program's functions and classes. */
  definedNames(): ReadonlySet<string> {
    return new Set([...this.functions, ...this.classes].map((one) => one.scope.name));
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

  #defineNodes(
    module: Module,
    functions: (FunctionNode | undefined)[],
    classes: (ClassOfText | undefined)[],
  ): void {
    const { paths, scopes } = module.summary;
    for (const scope of scopes) {
      const around = scope.parent === -1 ? undefined : functions[scope.parent];
      if (scope.kind === 'class') {
        const class_ = new ClassOfText(this.classes.length, module, scope);
        this.classes.push(class_);
        classes[scope.id] = class_;
        functions[scope.id] = around;
      } else if (scope.kind === 'comprehension') functions[scope.id] = around;
      else {
        const owner = scope.parent === -1 ? undefined : classes[scope.parent];
        const function_ = new FunctionOfText(this.functions.length, module, scope, owner);
        this.functions.push(function_);
        functions[scope.id] = function_;
        const replaced = scope.decorators.some(({ path }) =>
          ['setter', 'deleter', 'overload'].includes(paths[path]!.last),
        );
        if (owner !== undefined && !replaced) owner.methods.set(scope.name, function_);
      }
    }
  }
}

/** What may change while functions and classes stay. */
function definitionsOf(module: Module): Omit<Definitions, 'functions' | 'classes'> {
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

/** Whether two texts of a file define the same functions and classes, so that one can take the place of the other. */
export function sameDefinitions(a: FileSummary, b: FileSummary): boolean {
  return (
    a.scopes.length === b.scopes.length &&
    a.scopes.every((one, id) => {
      const other = b.scopes[id]!;
      return (
        one.kind === other.kind &&
        one.name === other.name &&
        one.qualified === other.qualified &&
        one.parent === other.parent &&
        one.decorators.length === other.decorators.length &&
        one.decorators.every(
          ({ path }, index) => a.paths[path]!.last === b.paths[other.decorators[index]!.path]!.last,
        )
      );
    })
  );
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
