/**
 * What expressions and variables may be: declared before inferred, from every binding in the program. An answer that would have to
 * guess is the unknown type beside what is known.
 */

import { append } from '../base/manyItems.ts';
import type { Catalog } from '../catalog/catalog.ts';
import { ELEMENT_CALLS, FACTORY_FIELD, SAME_ELEMENT_CALLS } from '../catalog/words.ts';
import type { Argument, Binding, PathId, ValueShape } from '../facts/summary.ts';
import { annotated } from './annotations.ts';
import { argumentOf } from './callables.ts';
import { type Circle, placeOf, Question } from './fixpoint.ts';
import { type Hierarchy, linearized } from './hierarchy.ts';
import { canonicalName } from './libraryNames.ts';
import { makersOf } from './makers.ts';
import type { NameIndex } from './nameIndex.ts';
import { MOST_FOLLOWED, type Names } from './names.ts';
import type { Namesakes } from './namesakes.ts';
import type { Paths } from './paths.ts';
import type { ClassNode, FunctionNode, Module, ValueType } from './program.ts';
import { isPlaceholder, NO_STORES, sameStores, storedByOthers } from './storedByOthers.ts';
import { lifeOf, type Symbols } from './symbols.ts';
import { type BoundHere, NOTHING_YET, type VariableId } from './target.ts';
import { joined, literalType, NO_TYPES, onlyExternal, sameTypes, UNKNOWN_TYPE } from './valueTypes.ts';

/** Built-in calls and what they give. */
const GIVES: Readonly<Record<string, ValueType>> = {
  int: { kind: 'number' },
  float: { kind: 'number' },
  len: { kind: 'number' },
  round: { kind: 'number' },
  str: { kind: 'text' },
  repr: { kind: 'text' },
  sorted: { kind: 'container', name: 'list' },
};

export class Types {
  readonly #symbols: Symbols;
  readonly #hierarchy: Hierarchy;
  readonly #names: Names;
  readonly #paths: Paths;
  readonly #namesakes: Namesakes;
  readonly #index: NameIndex;
  readonly #variables: Question<string, readonly ValueType[]>;
  readonly #results: Question<FunctionNode, readonly ValueType[]>;
  readonly #locals: Question<number, readonly ValueType[]>;
  readonly #stored: Question<string, readonly BoundHere[]>;

  constructor(
    symbols: Symbols,
    hierarchy: Hierarchy,
    names: Names,
    paths: Paths,
    namesakes: Namesakes,
    index: NameIndex,
    circle: Circle,
  ) {
    this.#symbols = symbols;
    this.#hierarchy = hierarchy;
    this.#names = names;
    this.#paths = paths;
    this.#namesakes = namesakes;
    this.#index = index;
    this.#variables = new Question('types of variable', circle, NO_TYPES, sameTypes);
    this.#results = new Question('types of result', circle, NO_TYPES, sameTypes);
    this.#locals = new Question('types of local', circle, NO_TYPES, sameTypes, symbols.placeTable());
    this.#stored = new Question('stored by others', circle, NO_STORES, sameStores);
  }

  of(module: Module, shape: ValueShape, depth = 0): readonly ValueType[] {
    if (depth > MOST_FOLLOWED) return [UNKNOWN_TYPE];
    switch (shape.kind) {
      case 'literal':
        return [literalType(shape)];
      case 'container': {
        const made = literalType({ ...shape, kind: 'literal', text: '', empty: false });
        const of = joined(shape.elements.flatMap((one) => this.of(module, one, depth + 1)));
        return [made.kind === 'container' || made.kind === 'tuple' ? { ...made, of } : made];
      }
      case 'scope':
        return [{ kind: 'function' }];
      case 'either':
        return joined(shape.options.flatMap((option) => this.of(module, option, depth + 1)));
      case 'call':
        return this.#ofCall(module, shape.call, depth);
      case 'path':
        return this.#ofPath(module, shape.path, depth);
      case 'element':
        return orUnknown(this.#names.elementsOf(module, shape.of, depth + 1));
      case 'awaited':
        return this.#ofAwaited(module, shape.of, depth);
      case 'other':
        return [UNKNOWN_TYPE];
    }
  }

  ofVariable(variable: VariableId): readonly ValueType[] {
    return this.#variables.ask(
      variable.key,
      () => this.#ofBindings(variable),
      this.#symbols.lifeOfVariable(variable),
    );
  }

  #ofBindings(variable: VariableId): readonly ValueType[] {
    const bound = this.bindingsOfVariable(variable);
    if (bound.length === 0) return this.#madeBy(variable);
    const declared = bound.map(({ module, binding }) =>
      binding.annotation === undefined ? undefined : this.annotated(module, binding.annotation),
    );
    if (declared.some((one) => one !== undefined)) return joined(declared.flatMap((one) => one ?? NO_TYPES));
    return joined(bound.flatMap(({ module, binding }) => this.#ofBound(module, binding, 1)));
  }

  #madeBy(variable: VariableId): readonly ValueType[] {
    return makersOf(variable, {
      names: this.#names,
      index: this.#index,
      functionAt: (module, scope) => this.#symbols.functionAt(module, scope),
    });
  }

  ofResult(function_: FunctionNode): readonly ValueType[] {
    return this.#results.ask(
      function_,
      () => {
        const { module, scope } = function_;
        if (scope.returns.length === 0) return [UNKNOWN_TYPE];
        return joined(scope.returns.flatMap((shape) => this.of(module, shape, 2)));
      },
      lifeOf(function_),
    );
  }

  bindingsOfVariable(variable: VariableId): readonly BoundHere[] {
    const { kind, module, owner, attribute, cell } = variable;
    if (variable.fields.length > 0) return [];
    if (kind === 'instance' || kind === 'classAttribute') {
      if (owner === undefined) return [];
      const own = this.#hierarchy.bindingsOf(owner, attribute);
      return own.length > 0 && own.every(isPlaceholder)
        ? [...own, ...this.#storedByOthers(variable, owner)]
        : own;
    }
    const path = kind === 'global' ? this.#symbols.global(module, attribute) : cell;
    return path === undefined
      ? []
      : this.#symbols.bindingsOf(module, path).map((binding) => ({ module, binding }));
  }

  #storedByOthers(variable: VariableId, owner: ClassNode): readonly BoundHere[] {
    return this.#stored.ask(
      variable.key,
      () => {
        const typesOf = (module: Module, path: PathId) => this.of(module, { kind: 'path', path }, 1);
        const classAt = (module: Module, path: PathId): ClassNode | undefined => {
          const target = this.#paths.target(module, path);
          return target.kind === 'class' ? target.class : undefined;
        };
        return storedByOthers(variable.attribute, owner, this.#index, typesOf, classAt);
      },
      this.#symbols.lifeOfVariable(variable),
    );
  }

  annotated(module: Module, annotation: string): readonly ValueType[] | undefined {
    return annotated(module, annotation, {
      catalog: this.#names.catalog,
      find: (from, name, fields) => this.#paths.nameIn(from, name, fields),
    });
  }

  #ofPath(module: Module, path: PathId, depth: number): readonly ValueType[] {
    const access = module.summary.paths[path]!;
    if (access.root === 'local' && access.fields.length === 0)
      return this.#locals.ask(
        placeOf(module.index, path),
        () => this.#ofLocal(module, path),
        this.#symbols.textOf(module),
      );
    if (access.root === 'self' && access.fields.length === 0) {
      const class_ = this.#symbols.classAt(module, access.scope);
      return class_ === undefined ? [UNKNOWN_TYPE] : [{ kind: 'instance', of: class_ }];
    }
    const target = this.#names.target(module, path);
    switch (target.kind) {
      case 'variable': {
        const { variable } = target;
        if (variable.fields.length === 0) return this.ofVariable(variable);
        if (variable.fields.length > 1 || access.last !== '[*]') return [UNKNOWN_TYPE];
        return orUnknown(this.#names.elementsOf(module, { kind: 'path', path: access.parent }, depth + 1));
      }
      case 'function':
        return target.function.property ? this.ofResult(target.function) : [{ kind: 'function' }];
      case 'several':
      case 'class':
      case 'module':
        return [{ kind: 'function' }];
      default:
        return target === NOTHING_YET ? NO_TYPES : [UNKNOWN_TYPE];
    }
  }

  #ofLocal(module: Module, path: PathId): readonly ValueType[] {
    const { name, scope } = module.summary.paths[path]!;
    const parameter = module.summary.scopes[scope]!.parameters.find((one) => one.name === name);
    const types: ValueType[] = [];
    if (parameter !== undefined) {
      const declared =
        parameter.annotation === undefined ? undefined : this.annotated(module, parameter.annotation);
      const given = declared ?? this.#names.typesOfParameter(this.#symbols.functionAt(module, scope), name);
      append(types, given);
    }
    const bindings = this.#symbols.bindingsOf(module, path);
    for (const binding of bindings) {
      const declared =
        binding.annotation === undefined ? undefined : this.annotated(module, binding.annotation);
      append(types, declared ?? this.#ofBound(module, binding, 1));
    }
    if (parameter === undefined && bindings.length === 0) return [UNKNOWN_TYPE];
    if (parameter === undefined && types.length > 0 && types.every((type) => type.kind === 'unknown')) {
      const called = this.#namesakes.of(module, scope, name);
      if (called !== undefined) return [{ kind: 'instance', of: called, guessed: true }, UNKNOWN_TYPE];
    }
    return joined(types);
  }

  #ofBound(module: Module, { how, value }: Binding, depth: number): readonly ValueType[] {
    if (how === 'with') return joined(this.of(module, value, depth).flatMap((type) => this.#entered(type)));
    if (how !== 'for' || value.kind !== 'element') return this.of(module, value, depth);
    return orUnknown(this.#names.stepsOf(module, value.of, depth));
  }

  /** What `with x as y` binds: the result of `__enter__`; libraries' objects mostly give themselves. */
  #entered(type: ValueType): readonly ValueType[] {
    const enter = type.kind === 'instance' ? this.#hierarchy.method(type.of, '__enter__') : undefined;
    if (enter === undefined) return [type];
    return this.ofResult(enter).flatMap((one) =>
      one.kind === 'instance' && type.kind === 'instance' && one.of === enter.owner ? [type] : [one],
    );
  }

  #ofCall(module: Module, index: number, depth: number): readonly ValueType[] {
    const call = module.summary.calls[index]!;
    const path = module.summary.paths[call.callee]!;
    if (path.root === 'builtin' && path.fields.length === 0)
      return this.#ofBuiltin(module, path.name, call.arguments, depth);
    const made = this.#byNew(module, call.callee, call.arguments);
    if (made !== undefined) return [{ kind: 'instance', of: made }];
    const target = this.#names.target(module, call.callee);
    switch (target.kind) {
      case 'class': {
        const known = knownBase(target.class, this.#names.catalog);
        const instance: ValueType = { kind: 'instance', of: target.class };
        return known === undefined ? [instance] : [known, instance];
      }
      case 'function': {
        const { scope } = target.function;
        return scope.async || scope.generator ? [UNKNOWN_TYPE] : this.ofResult(target.function);
      }
      case 'several':
        return joined(target.functions.flatMap((one) => this.ofResult(one.function)));
      case 'external': {
        const known = this.#names.catalog.constructed(target.dotted);
        if (known !== undefined) return [known];
        const [first] = call.arguments;
        if (first !== undefined && ELEMENT_CALLS.has(target.dotted))
          return orUnknown(this.#names.elementsOf(module, first.value, depth + 1));
        if (first !== undefined && SAME_ELEMENT_CALLS.has(target.dotted))
          return [
            { kind: 'container', name: 'list', of: this.#names.elementsOf(module, first.value, depth + 1) },
          ];
        const injects = this.#names.catalog.effectOf(target.dotted)?.injects;
        if (injects !== undefined) return this.#ofInjected(module, argumentOf(call, injects));
        const factory = fieldFactory(target.dotted, call.arguments);
        if (factory !== undefined) return this.#ofFactory(module, factory, depth);
        return [{ kind: 'external', dotted: target.dotted }];
      }
      case 'variable': {
        /** `make = sessionmaker(engine)`, `make()`: what a library's object gives when it is called. */
        const made = onlyExternal(this.#ofPath(module, call.callee, depth + 1));
        if (made !== undefined) return [{ kind: 'external', dotted: `${made}()` }];
        return this.#ofMethod(module, path.parent, path.last, depth);
      }
      default:
        return target === NOTHING_YET ? NO_TYPES : this.#ofMethod(module, path.parent, path.last, depth);
    }
  }

  /** `Depends(get_store)`: what the function gives, or the object that the class makes. */
  #ofInjected(module: Module, given: ValueShape | undefined): readonly ValueType[] {
    const target = given?.kind === 'path' ? this.#names.target(module, given.path) : undefined;
    if (target?.kind === 'class') return [{ kind: 'instance', of: target.class }];
    return target?.kind === 'function' && !target.function.scope.generator
      ? this.ofResult(target.function)
      : [UNKNOWN_TYPE];
  }

  /** `super().__new__(cls)`: an object of the class itself. */
  #byNew(module: Module, callee: PathId, [first]: readonly Argument[]): ClassNode | undefined {
    if (module.summary.paths[callee]!.last !== '__new__' || first?.value.kind !== 'path') return undefined;
    const { root, scope, fields } = module.summary.paths[first.value.path]!;
    return root === 'cls' && fields.length === 0 ? this.#symbols.classAt(module, scope) : undefined;
  }

  /** What a method of a container gives: an element, or another container of the same. */
  #ofMethod(module: Module, owner: PathId, method: string, depth: number): readonly ValueType[] {
    if (owner === -1) return [UNKNOWN_TYPE];
    const shape: ValueShape = { kind: 'path', path: owner };
    if (GIVE_ELEMENT.has(method)) return orUnknown(this.#names.elementsOf(module, shape, depth + 1));
    if (method === 'copy') return this.of(module, shape, depth + 1);
    const class_ = onlyExternal(this.#ofPath(module, owner, depth + 1));
    if (class_ === undefined) return [UNKNOWN_TYPE];
    const { catalog } = this.#names;
    const given = catalog.givenBy(canonicalName(catalog, class_), method);
    if (given === undefined) return [UNKNOWN_TYPE];
    return [typeof given === 'string' ? { kind: 'external', dotted: given } : given];
  }

  #ofBuiltin(module: Module, name: string, given: readonly Argument[], depth: number): readonly ValueType[] {
    const [first] = given;
    const of =
      first !== undefined && COPIES_ELEMENTS.has(name)
        ? this.#names.elementsOf(module, first.value, depth + 1)
        : NO_TYPES;
    const known =
      name === 'tuple'
        ? ({ kind: 'tuple' } as const)
        : (GIVES[name] ?? this.#names.catalog.constructed(name));
    if (known === undefined) {
      if (!ELEMENT_CALLS.has(name) || first === undefined || given[1]?.name === '') return [UNKNOWN_TYPE];
      return orUnknown(this.#names.elementsOf(module, first.value, depth + 1));
    }
    return (known.kind === 'container' || known.kind === 'tuple') && of.length > 0
      ? [{ ...known, of }]
      : [known];
  }

  #ofAwaited(module: Module, shape: ValueShape, depth: number): readonly ValueType[] {
    if (shape.kind !== 'call') return [UNKNOWN_TYPE];
    const target = this.#names.target(module, module.summary.calls[shape.call]!.callee);
    return target.kind === 'function' && target.function.scope.async && depth < MOST_FOLLOWED
      ? this.ofResult(target.function)
      : [UNKNOWN_TYPE];
  }

  /** `field(default_factory=threading.Lock)`: what the factory makes. */
  #ofFactory(module: Module, factory: ValueShape, depth: number): readonly ValueType[] {
    if (factory.kind === 'scope') {
      const shapes = module.summary.scopes[factory.scope]!.returns;
      return joined(shapes.flatMap((shape) => this.of(module, shape, depth + 1)));
    }
    if (factory.kind !== 'path') return [UNKNOWN_TYPE];
    const path = module.summary.paths[factory.path]!;
    const target = this.#names.target(module, factory.path);
    const dotted =
      path.root === 'builtin' ? path.name : target.kind === 'external' ? target.dotted : undefined;
    const known = dotted === undefined ? undefined : this.#names.catalog.constructed(dotted);
    if (known !== undefined) return [known];
    return target.kind === 'class' ? [{ kind: 'instance', of: target.class }] : [UNKNOWN_TYPE];
  }
}

/** Of what a container gives nothing is sure: whoever has it may put something else there. */
function orUnknown(types: readonly ValueType[]): readonly ValueType[] {
  return [...types, UNKNOWN_TYPE];
}

/** Methods that give one element of their container. */
const GIVE_ELEMENT = new Set(['get', 'setdefault', 'pop', 'popleft', 'get_nowait', '__getitem__']);

/** Built-in calls that make a container of the elements of another. */
const COPIES_ELEMENTS = new Set(['list', 'tuple', 'set', 'sorted', 'dict', 'frozenset']);

/** A program class that derives from a modelled one counts as that: a `Thread` subclass. */
function knownBase(class_: ClassNode, catalog: Catalog): ValueType | undefined {
  for (const one of linearized(class_)) {
    for (const base of one.externalBases) {
      const known = catalog.constructed(base);
      if (known !== undefined && /^(thread|process|threadLocal|executor)$/.test(known.kind)) return known;
    }
  }
  return undefined;
}

function fieldFactory(dotted: string, given: readonly Argument[]): ValueShape | undefined {
  if (!FACTORY_FIELD.test(dotted.slice(dotted.lastIndexOf('.') + 1))) return undefined;
  return given.find(({ name }) => name === 'default_factory' || name === 'factory')?.value;
}
