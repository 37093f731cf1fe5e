/**
 * Names over files: which module an import means, which function or class a path names, which variable an access
 * touches, and what values a variable may hold. Everything is found by name and binding; what cannot be found is unknown.
 */
import type { Catalog } from '../catalog/catalog.ts';
import { ANNOTATED_CONTAINERS, DATACLASS_DECORATOR } from '../catalog/words.ts';
import type {
  AccessPath,
  Argument,
  Binding,
  Call,
  FileSummary,
  PathId,
  Scope,
  ScopeId,
  ValueShape,
} from '../facts/summary.ts';
import { ELEMENT } from '../facts/summary.ts';
import { indexNames, type NameIndex } from './nameIndex.ts';
import type { ClassNode, FunctionNode, Module, Receiver, ValueType, VariableKind } from './program.ts';

/** What a path names. */
export type Target =
  | {
      readonly kind: 'function';
      readonly function: FunctionNode;
      readonly sameReceiver: boolean;
      readonly receiver: Receiver;
      /** The class that the receiver is known to be an instance of; undefined for a plain function. */
      readonly through: ClassNode | undefined;
    }
  | { readonly kind: 'class'; readonly class: ClassNode }
  | { readonly kind: 'module'; readonly module: Module }
  | { readonly kind: 'variable'; readonly variable: VariableId }
  | { readonly kind: 'external'; readonly dotted: string }
  | { readonly kind: 'unknown' };

export interface VariableId {
  /** Printed once, from the path of the file; two files never share one. */
  readonly key: string;
  readonly kind: VariableKind;
  readonly name: string;
  /** The attribute or name that is bound. */
  readonly attribute: string;
  /** What is followed below it in an object of unknown class; empty for the variable itself. */
  readonly fields: readonly string[];
  /** For `closure`: the local that is bound. */
  readonly cell: PathId | undefined;
  readonly owner: ClassNode | undefined;
  readonly module: Module;
  /** Through what object it is reached. */
  readonly receiver: Receiver;
}

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

const UNKNOWN: Target = { kind: 'unknown' };
const MAX_DEPTH = 8;
/** Names that lead to one another further than this are unknown; each step of theirs needs some of the stack. */
const DEEPEST_CHAIN = 200;

type Draft<T> = { -readonly [key in keyof T]: T[key] };

export class Resolver {
  readonly catalog: Catalog;
  readonly modules: readonly Module[];
  /** Where the names of the program's functions and classes occur. */
  readonly index: NameIndex;
  readonly functions: FunctionNode[] = [];
  readonly classes: ClassNode[] = [];
  readonly #byName = new Map<string, Module[]>();
  readonly #printed: (readonly string[] | undefined)[] = [];
  /** First components of all module names. */
  readonly #firstNames = new Set<string>();
  /** Per module: scope → function node of the nearest function around it. */
  readonly #functionOf: (FunctionNode | undefined)[][] = [];
  readonly #classOf: (ClassNode | undefined)[][] = [];
  /** Per module: path key without fields beyond it → its bindings. */
  readonly #bindings: Map<PathId, Binding[]>[] = [];
  readonly #globals: Map<string, PathId>[] = [];
  readonly #instanceAttributes = new Map<ClassNode, Set<string>>();
  /** Attributes that class methods give to the class: `cls.x = …`. */
  readonly #setOnClass = new Map<ClassNode, Set<string>>();
  readonly #classAttributes = new Map<ClassNode, Map<string, PathId>>();
  /** Bindings of an attribute in the methods of a class. */
  readonly #attributeBindings = new Map<ClassNode, Map<string, { module: Module; binding: Binding }[]>>();
  readonly #typeCache = new Map<string, readonly ValueType[]>();
  readonly #targetCache: (Target | undefined)[][] = [];
  /** How many questions are being answered for the sake of the first. */
  #nested = 0;
  /** Types of arguments seen at calls, per parameter of a function. */
  readonly #argumentTypes = new Map<FunctionNode, Map<string, ValueType[]>>();

  constructor(files: readonly FileInput[], catalog: Catalog) {
    this.catalog = catalog;
    this.modules = files.map((file, index) => ({
      index,
      file: file.file,
      path: file.path,
      name: file.moduleName,
      summary: file.summary,
      test: file.test,
      isPackage: file.isPackage,
    }));
    files.forEach((file, index) => {
      for (const name of [file.moduleName, ...file.otherNames]) {
        this.#firstNames.add(name.split('.')[0]!);
        const known = this.#byName.get(name);
        if (known === undefined) this.#byName.set(name, [this.modules[index]!]);
        else if (!known.includes(this.modules[index]!)) known.push(this.modules[index]!);
      }
    });
    for (const module of this.modules) this.#declare(module);
    // A base may come through a parameter, and what callers pass is looked up in the index.
    this.index = indexNames(this.modules, definedNames(this.functions, this.classes));
    for (const class_ of this.classes) this.#linkBases(class_ as Draft<ClassNode>);
  }

  /** A scope in keys: its file and its qualified name, numbered where the file defines the name again. */
  printed(module: Module, scope: ScopeId): string {
    let names = this.#printed[module.index];
    if (names === undefined) {
      const counts = new Map<string, number>();
      names = module.summary.scopes.map(({ qualified }) => {
        const before = counts.get(qualified) ?? 0;
        counts.set(qualified, before + 1);
        return `${module.path}:${qualified}${before === 0 ? '' : `#${before + 1}`}`;
      });
      this.#printed[module.index] = names;
    }
    return names[scope]!;
  }

  functionAt(module: Module, scope: ScopeId): FunctionNode {
    return this.#functionOf[module.index]![scope]!;
  }

  classAt(module: Module, scope: ScopeId): ClassNode | undefined {
    return this.#classOf[module.index]![scope];
  }

  bindingsOf(module: Module, path: PathId): readonly Binding[] {
    return this.#bindings[module.index]!.get(path) ?? [];
  }

  /** Bindings of `attribute` on instances of the class or its bases: `self.x = …`. */
  attributeBindings(class_: ClassNode, attribute: string): readonly { module: Module; binding: Binding }[] {
    return linearized(class_).flatMap((one) => this.#attributeBindings.get(one)?.get(attribute) ?? []);
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

  /** What a path of a module names. */
  target(module: Module, path: PathId): Target {
    const cache = this.#targetCache[module.index]!;
    const known = cache[path];
    if (known !== undefined) return known;
    if (this.#nested >= DEEPEST_CHAIN) return UNKNOWN;
    cache[path] = UNKNOWN;
    this.#nested += 1;
    const found = this.#resolve(module, module.summary.paths[path]!, 0);
    this.#nested -= 1;
    cache[path] = found;
    return found;
  }

  /** The variable that is an attribute of the objects of a class. */
  attribute(class_: ClassNode, name: string): VariableId | undefined {
    const target = this.#member(class_, [name], 'self', true, 0);
    return target.kind === 'variable' ? target.variable : undefined;
  }

  /** The method of a class or of its bases. */
  method(class_: ClassNode, name: string): FunctionNode | undefined {
    for (const one of linearized(class_)) {
      const method = one.methods.get(name);
      if (method !== undefined) return method;
    }
    return undefined;
  }

  /** Methods of that name in subclasses, which a call through `self` may mean too. */
  overrides(class_: ClassNode, name: string): readonly FunctionNode[] {
    const found: FunctionNode[] = [];
    const visit = (one: ClassNode, depth: number): void => {
      for (const sub of one.subclasses) {
        const method = sub.methods.get(name);
        if (method !== undefined) found.push(method);
        if (depth < MAX_DEPTH) visit(sub, depth + 1);
      }
    };
    visit(class_, 0);
    return found;
  }

  /** The dotted name of a call's callee outside the program, aliases resolved: `threading.Lock`. */
  externalName(module: Module, path: PathId): string | undefined {
    const access = module.summary.paths[path]!;
    if (access.root === 'builtin') return access.fields.length === 0 ? access.name : undefined;
    const target = this.target(module, path);
    if (target.kind === 'external') return target.dotted;
    return undefined;
  }

  /** What an expression may be. */
  typesOf(module: Module, shape: ValueShape, depth = 0): readonly ValueType[] {
    if (depth > MAX_DEPTH) return [UNKNOWN_TYPE];
    switch (shape.kind) {
      case 'literal':
        return [literalType(shape.type, shape.text)];
      case 'container':
        return [literalType(shape.type, '')];
      case 'scope':
        return [{ kind: 'function' }];
      case 'either':
        return shape.options.flatMap((option) => this.typesOf(module, option, depth + 1));
      case 'call':
        return this.#typesOfCall(module, shape.call, depth);
      case 'path':
        return this.#typesOfPath(module, shape.path, depth);
      case 'element':
      case 'awaited':
      case 'other':
        return [UNKNOWN_TYPE];
    }
  }

  /** What a variable may hold, from every binding in the program. */
  typesOfVariable(variable: VariableId): readonly ValueType[] {
    const cached = this.#typeCache.get(variable.key);
    if (cached !== undefined) return cached;
    if (this.#nested >= DEEPEST_CHAIN) return [UNKNOWN_TYPE];
    this.#typeCache.set(variable.key, [UNKNOWN_TYPE]);
    this.#nested += 1;
    const types: ValueType[] = [];
    for (const { module, binding } of this.variableBindings(variable)) {
      if (binding.how === 'for' || binding.how === 'unpack')
        types.push(...this.typesOf(module, binding.value, 1));
      else if (binding.annotation !== undefined) {
        const annotated = this.#annotated(module, binding.annotation);
        if (annotated !== undefined) types.push(annotated);
        else types.push(...this.typesOf(module, binding.value, 1));
      } else types.push(...this.typesOf(module, binding.value, 1));
    }
    this.#nested -= 1;
    const found = dedupe(types);
    this.#typeCache.set(variable.key, found);
    return found;
  }

  variableBindings(variable: VariableId): readonly { module: Module; binding: Binding }[] {
    if (variable.fields.length > 0) return [];
    if (variable.kind === 'instance' || variable.kind === 'classAttribute') {
      if (variable.owner === undefined) return [];
      const inMethods = this.attributeBindings(variable.owner, variable.attribute);
      const inBody = linearized(variable.owner).flatMap((one) => {
        const path = this.#classAttributes.get(one)?.get(variable.attribute);
        return path === undefined
          ? []
          : this.bindingsOf(one.module, path).map((binding) => ({ module: one.module, binding }));
      });
      return [...inBody, ...inMethods];
    }
    if (variable.kind === 'global') {
      const path = this.#globals[variable.module.index]!.get(variable.attribute);
      if (path === undefined) return [];
      return this.bindingsOf(variable.module, path).map((binding) => ({ module: variable.module, binding }));
    }
    if (variable.cell === undefined) return [];
    return this.bindingsOf(variable.module, variable.cell).map((binding) => ({
      module: variable.module,
      binding,
    }));
  }

  /** Whether a path is bound exactly once, to another path: then it is another name for that. */
  aliasOf(module: Module, path: PathId): PathId | undefined {
    const bindings = this.bindingsOf(module, path);
    if (bindings.length !== 1 || bindings[0]!.value.kind !== 'path') return undefined;
    return bindings[0]!.value.path === path ? undefined : bindings[0]!.value.path;
  }

  /** Objects of the program that callers, or those who hand the function on, give to its parameters without an annotation. */
  #learnArguments(function_: FunctionNode): void {
    const { name } = function_.scope;
    const names = [name === '__init__' && function_.owner !== undefined ? function_.owner.scope.name : name];
    for (const one of names) {
      for (const { module, call } of this.index.calls(one)) {
        if (call.arguments.length === 0) continue;
        const target = this.target(module, call.callee);
        if (target.kind === 'function' && target.function === function_)
          this.#learn(module, function_, call.arguments, methodOffset(target));
        else if (target.kind === 'class' && this.method(target.class, '__init__') === function_)
          this.#learn(module, function_, call.arguments, 1);
      }
    }
    for (const { module, call } of this.index.passing(name)) this.#learnHandedOn(module, call, function_);
  }

  /** `Thread(target=f, args=(a, b))`, `submit(f, a, b)`, `partial(f, a)`. */
  #learnHandedOn(module: Module, call: Call, function_: FunctionNode): void {
    const target = call.arguments.find(
      (argument) => argument.name === 'target' || argument.name === 'function',
    );
    if (target !== undefined) {
      const args = call.arguments.find((argument) => argument.name === 'args')?.value;
      const callee = this.#functionOfShape(module, target.value);
      if (callee?.function !== function_ || args?.kind !== 'container') return;
      const given = args.elements.map((value) => ({ name: '', value }));
      this.#learn(module, function_, given, methodOffset(callee));
      return;
    }
    const positional = call.arguments.filter((argument) => argument.name === '');
    const skip = this.catalog.skippedArguments(module.summary.paths[call.callee]!.last);
    const callable = skip === undefined ? undefined : positional[skip - 1];
    const callee = callable === undefined ? undefined : this.#functionOfShape(module, callable.value);
    if (callee?.function === function_)
      this.#learn(module, function_, positional.slice(skip), methodOffset(callee));
  }

  #functionOfShape(module: Module, shape: ValueShape): Extract<Target, { kind: 'function' }> | undefined {
    if (shape.kind !== 'path') return undefined;
    const target = this.target(module, shape.path);
    return target.kind === 'function' ? target : undefined;
  }

  #learn(module: Module, function_: FunctionNode, given: readonly Argument[], offset: number): void {
    const { parameters } = function_.scope;
    given.forEach((argument, position) => {
      if (argument.value.kind !== 'path' && argument.value.kind !== 'call') return;
      const parameter =
        argument.name === ''
          ? parameters[position + offset]
          : parameters.find((one) => one.name === argument.name);
      if (parameter === undefined || parameter.annotation !== undefined) return;
      for (const type of this.typesOf(module, argument.value)) {
        if (type.kind !== 'instance') continue;
        const known = this.#argumentTypes.get(function_) ?? new Map<string, ValueType[]>();
        this.#argumentTypes.set(function_, known);
        known.set(parameter.name, [...(known.get(parameter.name) ?? []), type]);
      }
    });
  }

  #parameterTypes(module: Module, scope: ScopeId, name: string): readonly ValueType[] {
    const function_ = this.#functionOf[module.index]![scope];
    if (function_ === undefined) return [];
    if (!this.#argumentTypes.has(function_)) {
      this.#argumentTypes.set(function_, new Map());
      this.#learnArguments(function_);
    }
    return dedupe(this.#argumentTypes.get(function_)!.get(name) ?? []);
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

  #declare(module: Module): void {
    const { summary } = module;
    const functions: (FunctionNode | undefined)[] = [];
    const classes: (ClassNode | undefined)[] = [];
    this.#functionOf.push(functions);
    this.#classOf.push(classes);
    this.#targetCache.push([]);
    const bindings = new Map<PathId, Binding[]>();
    this.#bindings.push(bindings);
    const globals = new Map<string, PathId>();
    this.#globals.push(globals);
    for (const binding of summary.bindings) {
      const known = bindings.get(binding.path);
      if (known === undefined) bindings.set(binding.path, [binding]);
      else known.push(binding);
    }
    summary.paths.forEach((path, id) => {
      if (path.root === 'global' && path.fields.length === 0) globals.set(path.name, id);
    });
    for (const scope of summary.scopes) {
      if (scope.kind === 'class') {
        const class_: ClassNode = {
          id: this.classes.length,
          module,
          scope,
          name: scope.qualified,
          bases: [],
          externalBases: [],
          methods: new Map(),
          subclasses: [],
        };
        this.classes.push(class_);
        classes[scope.id] = class_;
        functions[scope.id] = scope.parent === -1 ? undefined : functions[scope.parent];
        this.#instanceAttributes.set(class_, new Set());
        this.#setOnClass.set(class_, new Set());
        this.#classAttributes.set(class_, new Map());
        this.#attributeBindings.set(class_, new Map());
      } else if (scope.kind === 'comprehension') {
        functions[scope.id] = functions[scope.parent];
        classes[scope.id] = undefined;
      } else {
        const owner = scope.parent === -1 ? undefined : classes[scope.parent];
        const has = (name: string): boolean =>
          scope.decorators.some((decorator) => {
            const path = summary.paths[decorator.path]!;
            return (path.fields.at(-1) ?? path.name.split('.').at(-1)) === name;
          });
        const node: FunctionNode = {
          id: this.functions.length,
          module,
          scope,
          owner,
          label: scope.kind === 'module' ? '<module>' : scope.qualified,
          property: owner !== undefined && (has('property') || has('cached_property')),
          static: has('staticmethod'),
        };
        this.functions.push(node);
        functions[scope.id] = node;
        if (owner !== undefined && !has('setter') && !has('deleter') && !has('overload'))
          (owner.methods as Map<string, FunctionNode>).set(scope.name, node);
      }
    }
    summary.paths.forEach((path, id) => {
      if (path.root === 'class' && path.fields.length === 1) {
        const class_ = classes[path.scope];
        if (class_ !== undefined) this.#classAttributes.get(class_)!.set(path.fields[0]!, id);
      }
    });
    for (const binding of summary.bindings) {
      const path = summary.paths[binding.path]!;
      if ((path.root !== 'self' && path.root !== 'cls') || path.fields.length !== 1) continue;
      const class_ = classes[path.scope];
      if (class_ === undefined) continue;
      const [attribute] = path.fields;
      (path.root === 'self' ? this.#instanceAttributes : this.#setOnClass).get(class_)!.add(attribute!);
      const byName = this.#attributeBindings.get(class_)!;
      const known = byName.get(attribute!);
      if (known === undefined) byName.set(attribute!, [{ module, binding }]);
      else known.push({ module, binding });
    }
  }

  #linkBases(class_: Draft<ClassNode>): void {
    const bases: ClassNode[] = [];
    const external: string[] = [];
    for (const base of class_.scope.bases) {
      if (base.kind !== 'path') continue;
      const target = this.target(class_.module, base.path);
      if (target.kind === 'class' && target.class !== class_) {
        bases.push(target.class);
        (target.class.subclasses as ClassNode[]).push(class_);
      } else if (target.kind === 'external') external.push(target.dotted);
      else {
        const path = class_.module.summary.paths[base.path]!;
        if (path.root === 'builtin') external.push(path.name);
      }
    }
    class_.bases = bases;
    class_.externalBases = external;
  }

  #resolve(module: Module, path: AccessPath, depth: number): Target {
    if (depth > MAX_DEPTH) return UNKNOWN;
    switch (path.root) {
      case 'self':
      case 'cls': {
        const class_ = this.classAt(module, path.scope);
        if (class_ === undefined) return UNKNOWN;
        if (path.fields.length === 0) return path.root === 'cls' ? { kind: 'class', class: class_ } : UNKNOWN;
        if (path.fields[0] === 'super()') {
          const method = class_.bases
            .map((base) => this.method(base, path.fields[1] ?? ''))
            .find((found) => found);
          return method === undefined || path.fields.length !== 2
            ? UNKNOWN
            : { kind: 'function', function: method, sameReceiver: true, receiver: 'self', through: class_ };
        }
        return this.#member(class_, path.fields, path.root === 'self' ? 'self' : 'cls', true, depth);
      }
      case 'class': {
        const class_ = this.classAt(module, path.scope);
        return class_ === undefined ? UNKNOWN : this.#member(class_, path.fields, 'cls', true, depth);
      }
      case 'global':
        return this.#global(module, path.name, path.fields, depth);
      case 'import':
        return this.#imported(module, path.name, path.fields, depth);
      case 'local':
        return this.#local(module, path, depth);
      case 'result':
        return this.#ofResult(module, path, depth);
      default:
        return UNKNOWN;
    }
  }

  #member(
    class_: ClassNode,
    fields: readonly string[],
    through: 'self' | 'cls' | 'member' | 'shared' | 'parameter' | 'local',
    sameReceiver: boolean,
    depth: number,
  ): Target {
    const [name, ...rest] = fields;
    if (name === undefined) return UNKNOWN;
    const receiver: Receiver = through === 'cls' ? 'self' : through;
    const owner = this.#attributeOwner(class_, name);
    if (owner === undefined) {
      const method = this.method(class_, name);
      if (method !== undefined) {
        if (rest.length === 0)
          return { kind: 'function', function: method, sameReceiver, receiver, through: class_ };
        return UNKNOWN;
      }
      const nested = this.#nestedClass(class_, name);
      if (nested !== undefined)
        return rest.length === 0
          ? { kind: 'class', class: nested }
          : this.#member(nested, rest, 'cls', false, depth + 1);
    }
    const declaring = owner?.class ?? class_;
    const instance = through !== 'cls' && (owner === undefined || owner.instance);
    const variable: VariableId = {
      key: `${instance ? 'i' : 'c'}:${this.printed(declaring.module, declaring.scope.id)}.${name}`,
      kind: instance ? 'instance' : 'classAttribute',
      name: instance ? `self.${name}` : `${declaring.name}.${name}`,
      attribute: name,
      fields: [],
      cell: undefined,
      owner: declaring,
      module: declaring.module,
      receiver,
    };
    return this.#ofVariable(
      variable,
      rest,
      through === 'self' || through === 'cls' ? 'self' : through,
      depth,
    );
  }

  /** The class in the hierarchy that gives its instances (or itself) the attribute. */
  #attributeOwner(
    class_: ClassNode,
    name: string,
  ): { readonly class: ClassNode; readonly instance: boolean } | undefined {
    const line = linearized(class_);
    let onClass: ClassNode | undefined;
    let onInstance: ClassNode | undefined;
    for (const one of line) {
      if (this.#instanceAttributes.get(one)!.has(name)) onInstance = one;
      const path = this.#classAttributes.get(one)!.get(name);
      const inBody =
        path !== undefined &&
        this.bindingsOf(one.module, path).some((binding) => binding.how !== 'definition');
      if (inBody || this.#setOnClass.get(one)!.has(name)) onClass = one;
    }
    if (onInstance !== undefined) return { class: onInstance, instance: true };
    if (onClass !== undefined) return { class: onClass, instance: this.#isFieldOnly(onClass, name) };
    return undefined;
  }

  /** In a dataclass, a name annotated in the body is an instance attribute. */
  #isFieldOnly(class_: ClassNode, name: string): boolean {
    const path = this.#classAttributes.get(class_)!.get(name);
    if (path === undefined) return false;
    const annotated = this.bindingsOf(class_.module, path).some(
      (binding) => binding.annotation !== undefined && !binding.annotation.includes('ClassVar'),
    );
    return annotated && isDataclass(class_);
  }

  #nestedClass(class_: ClassNode, name: string): ClassNode | undefined {
    const path = this.#classAttributes.get(class_)?.get(name);
    if (path === undefined) return undefined;
    const definition = this.bindingsOf(class_.module, path).find((binding) => binding.how === 'definition');
    return definition?.value.kind === 'scope'
      ? this.classAt(class_.module, definition.value.scope)
      : undefined;
  }

  #ofVariable(variable: VariableId, rest: readonly string[], through: Receiver, depth: number): Target {
    if (rest.length === 0) return { kind: 'variable', variable };
    if (rest[0] === ELEMENT) return { kind: 'variable', variable: deeper(variable, rest) };
    const types = this.typesOfVariable(variable);
    if (types.some((type) => type.kind === 'threadLocal')) return UNKNOWN;
    const instances = types.filter((type) => type.kind === 'instance');
    if (instances.length === 1) {
      const receiver =
        variable.kind === 'global' || variable.kind === 'classAttribute'
          ? 'shared'
          : through === 'none'
            ? 'local'
            : through === 'self'
              ? 'member'
              : through;
      return this.#member(instances[0]!.of, rest, receiver, false, depth + 1);
    }
    const external = types.filter((type) => type.kind === 'external');
    if (external.length === 1 && types.length === 1)
      return { kind: 'external', dotted: `${external[0]!.dotted}().${rest.join('.')}` };
    return { kind: 'variable', variable: deeper(variable, rest) };
  }

  #global(module: Module, name: string, fields: readonly string[], depth: number): Target {
    const path = this.#globals[module.index]!.get(name);
    const bindings = path === undefined ? [] : this.bindingsOf(module, path);
    const definitions = bindings.filter((binding) => binding.value.kind === 'scope');
    const definition = definitions.at(-1);
    if (
      definition !== undefined &&
      definition.value.kind === 'scope' &&
      definitions.length === bindings.length
    ) {
      const class_ = this.classAt(module, definition.value.scope);
      if (class_ !== undefined)
        return fields.length === 0
          ? { kind: 'class', class: class_ }
          : this.#member(class_, fields, 'cls', false, depth + 1);
      return fields.length === 0
        ? {
            kind: 'function',
            function: this.functionAt(module, definition.value.scope),
            sameReceiver: false,
            receiver: 'none',
            through: undefined,
          }
        : UNKNOWN;
    }
    const [only] = bindings;
    if (bindings.length === 1 && only!.value.kind === 'path' && only!.how === 'assign') {
      const aliased = module.summary.paths[only!.value.path]!;
      if (aliased.root === 'import' || aliased.root === 'global') {
        const target = this.#resolve(
          module,
          { ...aliased, fields: [...aliased.fields, ...fields] },
          depth + 1,
        );
        if (target.kind !== 'unknown' && target.kind !== 'variable') return target;
      }
    }
    const variable: VariableId = {
      key: `g:${this.printed(module, 0)}${name}`,
      kind: 'global',
      name,
      attribute: name,
      fields: [],
      cell: undefined,
      owner: undefined,
      module,
      receiver: 'none',
    };
    return this.#ofVariable(variable, fields, 'shared', depth);
  }

  readonly #importedTargets = new Map<string, Target>();

  #imported(module: Module, dotted: string, fields: readonly string[], depth: number): Target {
    if (dotted.startsWith('.')) return this.#findImported(module, dotted, fields, depth);
    const key = fields.length === 0 ? dotted : `${dotted}.${fields.join('.')}`;
    const known = this.#importedTargets.get(key);
    if (known !== undefined) return known;
    const found = this.#findImported(module, dotted, fields, depth);
    if (found.kind === 'external' || !this.#isAmbiguous(dotted)) this.#importedTargets.set(key, found);
    return found;
  }

  /** Several files of the program go by the first name: which one is meant depends on the importing file. */
  #isAmbiguous(dotted: string): boolean {
    for (let end = dotted.length; end !== -1; end = dotted.lastIndexOf('.', end - 1))
      if ((this.#byName.get(dotted.slice(0, end))?.length ?? 0) > 1) return true;
    return false;
  }

  #findImported(module: Module, dotted: string, fields: readonly string[], depth: number): Target {
    if (!dotted.startsWith('.')) {
      const end = dotted.indexOf('.');
      if (!this.#firstNames.has(end === -1 ? dotted : dotted.slice(0, end)))
        return { kind: 'external', dotted: fields.length === 0 ? dotted : `${dotted}.${fields.join('.')}` };
    }
    const parts = [...splitDotted(dotted), ...fields];
    const written = parts.join('.').replace(/^(\.+)\./, '$1');
    if (!dotted.startsWith('.') && this.catalog.constructed(written) !== undefined)
      return { kind: 'external', dotted: written };
    for (let length = parts.length; length > 0; length--) {
      const name = joinDotted(parts.slice(0, length));
      const found = this.moduleNamed(name, module);
      if (found === undefined) continue;
      const rest = parts.slice(length);
      const [first, ...others] = rest;
      if (first === undefined) return { kind: 'module', module: found };
      if (found === module && depth > 2) return UNKNOWN;
      return this.#nameIn(found, first, others, depth + 1);
    }
    if (dotted.startsWith('.')) return UNKNOWN;
    return { kind: 'external', dotted: written };
  }

  /** A name of another module: bound there, or imported into it. */
  #nameIn(module: Module, name: string, fields: readonly string[], depth: number): Target {
    if (depth > MAX_DEPTH) return UNKNOWN;
    if (
      this.#globals[module.index]!.has(name) &&
      this.bindingsOf(module, this.#globals[module.index]!.get(name)!).length > 0
    )
      return this.#global(module, name, fields, depth);
    const imported = module.summary.imports.find((one) => one.local === name && one.scope === 0);
    if (imported !== undefined) {
      const origin =
        imported.name === ''
          ? imported.local === imported.module.split('.')[0]
            ? imported.local
            : imported.module
          : joinedName(imported.module, imported.name);
      return this.#imported(module, origin, fields, depth + 1);
    }
    for (const wildcard of module.summary.imports) {
      if (wildcard.name !== '*') continue;
      const from = this.moduleNamed(wildcard.module, module);
      if (from === undefined || from === module) continue;
      const found = this.#nameIn(from, name, fields, depth + 1);
      if (found.kind !== 'unknown') return found;
    }
    return UNKNOWN;
  }

  #local(module: Module, path: AccessPath, depth: number): Target {
    const rootPath = this.#rootId(module, path);
    const bindings = rootPath === undefined ? [] : this.bindingsOf(module, rootPath);
    const scope = module.summary.scopes[path.scope]!;
    const [only] = bindings;
    if (bindings.length === 1 && only!.value.kind === 'scope') {
      const class_ = this.classAt(module, only!.value.scope);
      if (class_ !== undefined)
        return path.fields.length === 0
          ? { kind: 'class', class: class_ }
          : this.#member(class_, path.fields, 'cls', false, depth + 1);
      return path.fields.length === 0
        ? {
            kind: 'function',
            function: this.functionAt(module, only!.value.scope),
            sameReceiver: false,
            receiver: 'none',
            through: undefined,
          }
        : UNKNOWN;
    }
    const parameter = scope.parameters.find((one) => one.name === path.name);
    if (
      bindings.length === 1 &&
      parameter === undefined &&
      only!.value.kind === 'path' &&
      only!.how !== 'for'
    ) {
      const aliased = module.summary.paths[only!.value.path]!;
      if (aliased.root !== 'local' || aliased.name !== path.name)
        return this.#resolve(module, { ...aliased, fields: [...aliased.fields, ...path.fields] }, depth + 1);
    }
    if (path.fields.length > 0) {
      const types =
        bindings.length > 0
          ? bindings.flatMap((binding) => this.typesOf(module, binding.value, depth + 1))
          : [];
      const annotated =
        parameter?.annotation === undefined ? undefined : this.#annotated(module, parameter.annotation);
      const learned =
        parameter === undefined || annotated !== undefined
          ? []
          : this.#parameterTypes(module, path.scope, path.name);
      const known = [...(annotated === undefined ? [] : [annotated]), ...learned, ...types];
      const instances = dedupe(known).filter((type) => type.kind === 'instance');
      if (instances.length === 1)
        return this.#member(
          instances[0]!.of,
          path.fields,
          parameter === undefined ? 'local' : 'parameter',
          false,
          depth + 1,
        );
      const external = dedupe(known).filter((type) => type.kind === 'external');
      if (external.length === 1 && known.length === 1)
        return { kind: 'external', dotted: `${external[0]!.dotted}().${path.fields.join('.')}` };
    }
    if (rootPath === undefined) return UNKNOWN;
    const variable: VariableId = {
      key: `l:${this.printed(module, path.scope)}.${path.name}`,
      kind: 'closure',
      name: path.name,
      attribute: path.name,
      fields: [],
      cell: rootPath,
      owner: undefined,
      module,
      receiver: 'none',
    };
    return {
      kind: 'variable',
      variable: path.fields.length === 0 ? variable : deeper(variable, path.fields),
    };
  }

  readonly #rootIds = new Map<number, Map<string, PathId>>();

  #rootId(module: Module, path: AccessPath): PathId | undefined {
    let known = this.#rootIds.get(module.index);
    if (known === undefined) {
      known = new Map();
      for (const [id, one] of module.summary.paths.entries())
        if (one.root === 'local' && one.fields.length === 0) known.set(`${one.scope}:${one.name}`, id);
      this.#rootIds.set(module.index, known);
    }
    return known.get(`${path.scope}:${path.name}`);
  }

  #ofResult(module: Module, path: AccessPath, depth: number): Target {
    if (path.fields.length === 0) return UNKNOWN;
    const types = dedupe(this.#typesOfCall(module, path.call, depth + 1));
    const [only] = types;
    if (types.length !== 1 || only === undefined) return UNKNOWN;
    if (only.kind === 'instance') {
      const fresh = this.#isConstruction(module, path.call);
      return this.#member(only.of, path.fields, fresh ? 'local' : 'shared', false, depth + 1);
    }
    if (only.kind === 'external')
      return { kind: 'external', dotted: `${only.dotted}().${path.fields.join('.')}` };
    return UNKNOWN;
  }

  #isConstruction(module: Module, call: number): boolean {
    return this.target(module, module.summary.calls[call]!.callee).kind === 'class';
  }

  #typesOfCall(module: Module, index: number, depth: number): readonly ValueType[] {
    if (depth > MAX_DEPTH) return [UNKNOWN_TYPE];
    const call = module.summary.calls[index]!;
    const path = module.summary.paths[call.callee]!;
    if (path.root === 'builtin' && path.fields.length === 0) {
      if (path.name === 'int' || path.name === 'float' || path.name === 'len' || path.name === 'round')
        return [{ kind: 'number' }];
      if (path.name === 'str' || path.name === 'repr') return [{ kind: 'text' }];
      if (path.name === 'tuple') return [{ kind: 'tuple' }];
      const known = this.catalog.constructed(path.name);
      if (known !== undefined) return [known];
      if (path.name === 'sorted') return [{ kind: 'container', name: 'list' }];
      return [UNKNOWN_TYPE];
    }
    const target = this.target(module, call.callee);
    switch (target.kind) {
      case 'class': {
        const known = this.#knownBase(target.class);
        return known === undefined
          ? [{ kind: 'instance', of: target.class }]
          : [known, { kind: 'instance', of: target.class }];
      }
      case 'function':
        return target.function.scope.async || target.function.scope.generator
          ? [UNKNOWN_TYPE]
          : target.function.scope.returns.length === 0
            ? [UNKNOWN_TYPE]
            : dedupe(
                target.function.scope.returns.flatMap((shape) =>
                  this.typesOf(target.function.module, shape, depth + 2),
                ),
              );
      case 'external': {
        const known = this.catalog.constructed(target.dotted);
        if (known !== undefined) return [known];
        const field = fieldFactory(target.dotted, call.arguments);
        if (field !== undefined) return this.#factoryTypes(module, field, depth);
        return [{ kind: 'external', dotted: target.dotted }];
      }
      case 'variable': {
        // `make = sessionmaker(engine)`, `make()`: what a library's object gives when it is called.
        const [made, ...others] = this.#typesOfPath(module, call.callee, depth + 1);
        return made?.kind === 'external' && others.length === 0
          ? [{ kind: 'external', dotted: `${made.dotted}()` }]
          : [UNKNOWN_TYPE];
      }
      default:
        return [UNKNOWN_TYPE];
    }
  }

  /** `field(default_factory=threading.Lock)`: what the factory makes. */
  #factoryTypes(module: Module, factory: ValueShape, depth: number): readonly ValueType[] {
    if (factory.kind === 'scope') {
      const shapes = module.summary.scopes[factory.scope]!.returns;
      return dedupe(shapes.flatMap((shape) => this.typesOf(module, shape, depth + 1)));
    }
    if (factory.kind !== 'path') return [UNKNOWN_TYPE];
    const path = module.summary.paths[factory.path]!;
    const dotted = path.root === 'builtin' ? path.name : this.externalName(module, factory.path);
    const known = dotted === undefined ? undefined : this.catalog.constructed(dotted);
    if (known !== undefined) return [known];
    const target = this.target(module, factory.path);
    return target.kind === 'class' ? [{ kind: 'instance', of: target.class }] : [UNKNOWN_TYPE];
  }

  /** A program class that derives from a modelled one counts as that: a `dict` subclass, a `Thread` subclass. */
  #knownBase(class_: ClassNode): ValueType | undefined {
    for (const one of linearized(class_)) {
      for (const base of one.externalBases) {
        const known = this.catalog.constructed(base);
        if (
          known !== undefined &&
          (known.kind === 'thread' ||
            known.kind === 'process' ||
            known.kind === 'threadLocal' ||
            known.kind === 'executor')
        )
          return known;
      }
    }
    return undefined;
  }

  #typesOfPath(module: Module, path: PathId, depth: number): readonly ValueType[] {
    const access = module.summary.paths[path]!;
    if (access.root === 'local' && access.fields.length === 0) {
      const bindings = this.bindingsOf(module, path);
      const parameter = module.summary.scopes[access.scope]!.parameters.find(
        (one) => one.name === access.name,
      );
      const types: ValueType[] = [];
      if (parameter !== undefined) {
        const annotated =
          parameter.annotation === undefined ? undefined : this.#annotated(module, parameter.annotation);
        const learned =
          annotated === undefined ? this.#parameterTypes(module, access.scope, access.name) : [];
        if (annotated !== undefined) types.push(annotated);
        else types.push(...(learned.length > 0 ? learned : [UNKNOWN_TYPE]));
      }
      for (const binding of bindings) types.push(...this.typesOf(module, binding.value, depth + 1));
      return types.length === 0 ? [UNKNOWN_TYPE] : dedupe(types);
    }
    const target = this.target(module, path);
    switch (target.kind) {
      case 'variable':
        return target.variable.fields.length > 0 ? [UNKNOWN_TYPE] : this.typesOfVariable(target.variable);
      case 'function':
        if (target.function.property)
          return dedupe(
            target.function.scope.returns.flatMap((shape) =>
              this.typesOf(target.function.module, shape, depth + 2),
            ),
          );
        return [{ kind: 'function' }];
      case 'class':
      case 'module':
        return [{ kind: 'function' }];
      case 'external':
        return [UNKNOWN_TYPE];
      default:
        return [UNKNOWN_TYPE];
    }
  }

  #annotated(module: Module, annotation: string): ValueType | undefined {
    const text = annotation.replace(/^["']|["']$/g, '').trim();
    const optional = /^(?:typing\.)?Optional\[(.*)\]$/.exec(text)?.[1] ?? text;
    const plain = optional
      .split('|')
      .map((part) => part.trim())
      .filter((part) => part !== 'None' && part !== '');
    if (plain.length !== 1) return undefined;
    const name = plain[0]!.replace(/\[.*$/s, '');
    const last = name.split('.').at(-1)!;
    if (last === 'int' || last === 'float') return { kind: 'number' };
    if (last === 'str' || last === 'bytes') return { kind: 'text' };
    if (last === 'bool') return { kind: 'constant', text: 'bool' };
    if (last === 'tuple' || last === 'Tuple') return { kind: 'tuple' };
    const container = ANNOTATED_CONTAINERS[last];
    if (container !== undefined) return container;
    const target = this.#annotationTarget(module, name);
    if (target.kind === 'class') return { kind: 'instance', of: target.class };
    if (target.kind === 'external')
      return this.catalog.constructed(target.dotted) ?? { kind: 'external', dotted: target.dotted };
    return undefined;
  }

  #annotationTarget(module: Module, dotted: string): Target {
    const [first, ...rest] = dotted.split('.');
    return first === undefined || !/^\w+$/.test(first) ? UNKNOWN : this.#nameIn(module, first, rest, 1);
  }
}

const UNKNOWN_TYPE: ValueType = { kind: 'unknown' };

function definedNames(
  functions: readonly FunctionNode[],
  classes: readonly ClassNode[],
): ReadonlySet<string> {
  return new Set([...functions.map((one) => one.scope.name), ...classes.map((one) => one.scope.name)]);
}

/** Positional arguments of a bound method start at its second parameter. */
function methodOffset(target: Extract<Target, { kind: 'function' }>): number {
  return target.function.owner !== undefined && !target.function.static && target.receiver !== 'none' ? 1 : 0;
}

/** The class and its bases in the program, in an order close to Python's. */
export function linearized(class_: ClassNode): readonly ClassNode[] {
  const seen = new Set<ClassNode>();
  const visit = (one: ClassNode): void => {
    if (seen.has(one) || seen.size > 40) return;
    seen.add(one);
    for (const base of one.bases) visit(base);
  };
  visit(class_);
  return [...seen];
}

/** Whether one object can be an instance of both: one derives from the other. */
export function mayBeOne(a: ClassNode, b: ClassNode): boolean {
  return a === b || linearized(a).includes(b) || linearized(b).includes(a);
}

export function isDataclass(class_: ClassNode): boolean {
  return class_.scope.decorators.some((decorator) => {
    const path = class_.module.summary.paths[decorator.path]!;
    const name = path.fields.at(-1) ?? path.name.split('.').at(-1);
    return name !== undefined && DATACLASS_DECORATOR.test(name);
  });
}

function deeper(variable: VariableId, rest: readonly string[]): VariableId {
  const suffix = rest.map((field) => (field === ELEMENT ? '[*]' : `.${field}`)).join('');
  return {
    ...variable,
    key: `${variable.key}${suffix}`,
    name: `${variable.name}${suffix.replaceAll('[*]', '[…]')}`,
    fields: [...variable.fields, ...rest],
  };
}

function literalType(type: string, text: string): ValueType {
  switch (type) {
    case 'int':
    case 'float':
    case 'number':
      return { kind: 'number' };
    case 'str':
    case 'bytes':
      return { kind: 'text' };
    case 'bool':
      return { kind: 'constant', text };
    case 'none':
      return { kind: 'constant', text: 'None' };
    case 'tuple':
      return { kind: 'tuple' };
    case 'list':
    case 'dict':
    case 'set':
      return { kind: 'container', name: type };
    default:
      return UNKNOWN_TYPE;
  }
}

function fieldFactory(
  dotted: string,
  arguments_: readonly { readonly name: string; readonly value: ValueShape }[],
): ValueShape | undefined {
  const last = dotted.split('.').at(-1);
  if (last !== 'field' && last !== 'ib' && last !== 'Field') return undefined;
  return arguments_.find((argument) => argument.name === 'default_factory' || argument.name === 'factory')
    ?.value;
}

function dedupe(types: readonly ValueType[]): readonly ValueType[] {
  if (types.length < 2) return types;
  const seen = new Set<string>();
  return types.filter((type) => {
    const key = typeKey(type);
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
}

function typeKey(type: ValueType): string {
  switch (type.kind) {
    case 'instance':
      return `instance ${type.of.id}`;
    case 'lock':
      return `lock ${type.lock}`;
    case 'container':
      return `container ${type.name}`;
    case 'external':
      return `external ${type.dotted}`;
    case 'constant':
      return `constant ${type.text}`;
    case 'executor':
      return `executor ${type.executor}`;
    default:
      return type.kind;
  }
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

function joinedName(module: string, name: string): string {
  return module.endsWith('.') ? `${module}${name}` : `${module}.${name}`;
}

/** `..a.b` → `..a`, `b`: the dots stay with the first part. */
function splitDotted(dotted: string): string[] {
  const dots = /^\.*/.exec(dotted)![0];
  const parts = dotted
    .slice(dots.length)
    .split('.')
    .filter((part) => part !== '');
  if (dots === '') return parts;
  return [`${dots}${parts[0] ?? ''}`, ...parts.slice(1)];
}

function joinDotted(parts: readonly string[]): string {
  return parts.join('.');
}

export function scopeOf(module: Module, id: ScopeId): Scope {
  return module.summary.scopes[id]!;
}
