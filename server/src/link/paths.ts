/**
 * What a path names: from its root through imports, attributes and elements to a function, a class, a variable or something outside
 * of the program. Everything is found by name and binding; what cannot be found is unknown.
 */
import { ENUMERATION_BASE } from '../catalog/words.ts';
import { type AccessPath, ELEMENT, type PathId } from '../facts/summary.ts';
import { type Circle, placeOf, Question } from './fixpoint.ts';
import { type Hierarchy, linearized } from './hierarchy.ts';
import { isMaker } from './makers.ts';
import { MOST_FOLLOWED, type Names } from './names.ts';
import { originOfShape } from './origins.ts';
import type { ClassNode, Module, Receiver } from './program.ts';
import { originOf, type Symbols, splitDotted } from './symbols.ts';
import {
  deeper,
  type FunctionTarget,
  functionTarget,
  NOTHING_YET,
  sameTarget,
  type Target,
  UNKNOWN,
  type VariableId,
} from './target.ts';
import { instancesIn, onlyExternal } from './valueTypes.ts';

/** Through what an attribute is asked for; `cls`: the class itself. */
type Through = Receiver | 'cls';

export class Paths {
  readonly #symbols: Symbols;
  readonly #hierarchy: Hierarchy;
  readonly #names: Names;
  readonly #targets: Question<number, Target>;
  readonly #named: Question<string, Target>;
  /** Dotted names that lie outside of the program. */
  readonly #external = new Map<string, Target>();

  constructor(symbols: Symbols, hierarchy: Hierarchy, names: Names, circle: Circle) {
    this.#symbols = symbols;
    this.#hierarchy = hierarchy;
    this.#names = names;
    this.#targets = new Question('target', circle, NOTHING_YET, sameTarget, symbols.placeTable());
    this.#named = new Question('name in module', circle, NOTHING_YET, sameTarget);
  }

  target(module: Module, path: PathId): Target {
    return this.#targets.ask(
      placeOf(module.index, path),
      () => this.resolve(module, module.summary.paths[path]!, 0),
      this.#symbols.textOf(module),
    );
  }

  resolve(module: Module, path: AccessPath, depth: number): Target {
    if (depth > MOST_FOLLOWED) return UNKNOWN;
    switch (path.root) {
      case 'self':
      case 'cls':
        return this.#ofReceiver(module, path, depth);
      case 'class': {
        const class_ = this.#symbols.classAt(module, path.scope);
        return class_ === undefined ? UNKNOWN : this.member(class_, path.fields, 'cls', true, depth);
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

  /** An attribute of an object of the class, and what lies below it. */
  member(
    class_: ClassNode,
    fields: readonly string[],
    through: Through,
    sameReceiver: boolean,
    depth: number,
  ): Target {
    const [name, ...rest] = fields;
    if (name === undefined || depth > MOST_FOLLOWED) return UNKNOWN;
    const receiver: Receiver = through === 'cls' ? 'self' : through;
    const owner = this.#hierarchy.attributeOwner(class_, name);
    if (owner === undefined) {
      const method = this.#hierarchy.method(class_, name);
      if (method !== undefined) {
        const target: FunctionTarget = {
          kind: 'function',
          function: method,
          sameReceiver,
          receiver,
          through: class_,
        };
        if (rest.length === 0) return target;
        return method.property ? this.#ofProperty(target, rest, depth) : UNKNOWN;
      }
      const nested = this.#hierarchy.nestedClass(class_, name);
      if (nested !== undefined)
        return rest.length === 0
          ? { kind: 'class', class: nested }
          : this.member(nested, rest, 'cls', false, depth + 1);
      const complete = sameReceiver ? this.#hierarchy.completing(class_, name) : undefined;
      if (complete !== undefined && complete !== class_)
        return this.member(complete, fields, through, sameReceiver, depth + 1);
    }
    const declaring = owner?.class ?? class_;
    const instance = through !== 'cls' && (owner === undefined || owner.instance);
    let variable = this.#attribute(declaring, name, instance, receiver);
    if (!instance && through !== 'cls' && this.#isDataDescriptor(declaring, variable))
      variable = this.#attribute(declaring, name, true, receiver);
    return this.#below(variable, rest, receiver, depth);
  }

  #attribute(owner: ClassNode, name: string, instance: boolean, receiver: Receiver): VariableId {
    return {
      key: `${instance ? 'i' : 'c'}:${this.#symbols.printed(owner.module, owner.scope.id)}.${name}`,
      kind: instance ? 'instance' : 'classAttribute',
      name: `${instance ? 'self' : owner.name}${name === ELEMENT ? '[…]' : `.${name}`}`,
      attribute: name,
      fields: [],
      cell: undefined,
      owner,
      module: owner.module,
      receiver,
    };
  }

  /** What the class holds keeps a value of its own for each object: its class defines `__set__`. */
  #isDataDescriptor(class_: ClassNode, variable: VariableId): boolean {
    return (
      this.#hierarchy
        .bindingsOf(class_, variable.attribute)
        .some(({ binding: { value } }) => value.kind === 'call' || value.kind === 'path') &&
      this.#names
        .typesOfVariable(variable)
        .some((type) => type.kind === 'instance' && this.#hierarchy.method(type.of, '__set__') !== undefined)
    );
  }

  #ofReceiver(module: Module, path: AccessPath, depth: number): Target {
    const class_ = this.#symbols.classAt(module, path.scope);
    if (class_ === undefined) return UNKNOWN;
    if (path.fields.length === 0) return path.root === 'cls' ? { kind: 'class', class: class_ } : UNKNOWN;
    if (path.fields[0] !== 'super()')
      return this.member(class_, path.fields, path.root === 'self' ? 'self' : 'cls', true, depth);
    const method = this.#hierarchy.inherited(class_, path.fields[1] ?? '');
    return method === undefined || path.fields.length !== 2
      ? UNKNOWN
      : { kind: 'function', function: method, sameReceiver: true, receiver: 'self', through: class_ };
  }

  /** The attribute that a property gives back; the property itself where it gives something else. */
  heldBy(target: FunctionTarget): Target {
    if (!target.function.property || target.through === undefined) return target;
    const { scopes } = target.function.module.summary;
    const { returns } = scopes[target.function.scope.id]!;
    return returns.length === 1 ? this.#ofProperty(target, [], 0) : target;
  }

  /** A property that gives back an attribute of its object is another name for that. */
  #ofProperty(
    { function: property, receiver, sameReceiver, through }: FunctionTarget,
    rest: readonly string[],
    depth: number,
  ): Target {
    const { module, scope } = property;
    const [only] = scope.returns;
    const path =
      only?.kind === 'path' && scope.returns.length === 1 ? module.summary.paths[only.path]! : undefined;
    if (path?.root === 'self' && path.fields.length > 0 && through !== undefined)
      return this.member(through, [...path.fields, ...rest], receiver, sameReceiver, depth + 1);
    const instances = instancesIn(this.#names.typesOfResult(property));
    return this.#ofEach(instances, rest, receiver === 'self' ? 'member' : receiver, depth) ?? UNKNOWN;
  }

  /** What lies below a variable, by what the variable holds. */
  #below(variable: VariableId, rest: readonly string[], receiver: Receiver, depth: number): Target {
    if (rest.length === 0) return { kind: 'variable', variable };
    if (rest[0] === ELEMENT && rest.length === 1)
      return { kind: 'variable', variable: deeper(variable, rest) };
    const types =
      rest[0] === ELEMENT ? this.#names.elementsOfVariable(variable) : this.#names.typesOfVariable(variable);
    if (types.some((type) => type.kind === 'threadLocal')) return UNKNOWN;
    const shared =
      variable.kind === 'global' ||
      variable.kind === 'classAttribute' ||
      isMaker(variable, this.#names.catalog);
    const held: Receiver = shared
      ? 'shared'
      : receiver === 'none'
        ? 'local'
        : receiver === 'self'
          ? 'member'
          : receiver;
    const below = rest[0] === ELEMENT ? rest.slice(1) : rest;
    const found = this.#ofEach(instancesIn(types), below, held, depth);
    if (found !== undefined) return found;
    const external = onlyExternal(types);
    const isOwn =
      rest.length > 1 && external !== undefined && this.#names.catalog.isHolder(external, rest[0]!);
    if (external !== undefined && rest[0] !== ELEMENT && !isOwn)
      return { kind: 'external', dotted: `${external}().${rest.join('.')}` };
    return { kind: 'variable', variable: deeper(variable, rest) };
  }

  /** The attribute of an object of one of several classes: what all agree on, or a method of each. */
  #ofEach(
    classes: readonly ClassNode[],
    fields: readonly string[],
    receiver: Receiver,
    depth: number,
  ): Target | undefined {
    if (classes.length === 0) return undefined;
    const found = classes.map((one) => this.member(one, fields, receiver, false, depth + 1));
    const [first] = found;
    if (found.every((one) => sameTarget(one, first!))) return first;
    const functions = found.filter((one) => one.kind === 'function');
    return functions.length === found.length ? { kind: 'several', functions } : undefined;
  }

  #global(module: Module, name: string, fields: readonly string[], depth: number): Target {
    const path = this.#symbols.global(module, name);
    const bindings = path === undefined ? [] : this.#symbols.bindingsOf(module, path);
    const definitions = bindings.filter((binding) => binding.value.kind === 'scope');
    const definition = definitions.at(-1)?.value;
    if (definition?.kind === 'scope' && definitions.length === bindings.length)
      return this.#ofDefinition(module, definition.scope, fields, depth);
    const [only] = bindings;
    if (bindings.length === 1 && only!.value.kind === 'path' && only!.how === 'assign') {
      const aliased = module.summary.paths[only!.value.path]!;
      if (aliased.root === 'import' || aliased.root === 'global') {
        const target = this.resolve(module, below(aliased, fields), depth + 1);
        if (target.kind !== 'unknown' && target.kind !== 'variable') return target;
      }
    }
    const variable: VariableId = {
      key: `g:${this.#symbols.printed(module, 0)}${name}`,
      kind: 'global',
      name,
      attribute: name,
      fields: [],
      cell: undefined,
      owner: undefined,
      module,
      receiver: 'none',
    };
    return this.#below(variable, fields, 'shared', depth);
  }

  #ofDefinition(module: Module, scope: number, fields: readonly string[], depth: number): Target {
    const class_ = this.#symbols.classAt(module, scope);
    if (class_ === undefined)
      return fields.length === 0 ? functionTarget(this.#symbols.functionAt(module, scope)) : UNKNOWN;
    // `Cache[str]` is the class for the types it is given; of an enumeration it is a member.
    const [first, ...others] = fields;
    const below = first === ELEMENT && isGeneric(class_) ? others : fields;
    return below.length === 0
      ? { kind: 'class', class: class_ }
      : this.member(class_, below, 'cls', false, depth + 1);
  }

  #imported(module: Module, dotted: string, fields: readonly string[], depth: number): Target {
    const relative = dotted.startsWith('.');
    const written = fields.length === 0 ? dotted : `${dotted}.${fields.join('.')}`;
    if (!relative) {
      const known = this.#external.get(written);
      if (known !== undefined) return known;
      if (!this.#symbols.knowsFirst(dotted) || this.#names.catalog.constructed(written) !== undefined) {
        const target: Target = { kind: 'external', dotted: written };
        this.#external.set(written, target);
        return target;
      }
    }
    const parts = [...splitDotted(dotted), ...fields];
    for (let length = parts.length; length > 0; length--) {
      const found = this.#symbols.moduleNamed(parts.slice(0, length).join('.'), module);
      if (found === undefined) continue;
      const [first, ...others] = parts.slice(length);
      if (first === undefined) return { kind: 'module', module: found };
      if (found === module && depth > 2) return UNKNOWN;
      return this.nameIn(found, first, others);
    }
    return relative ? UNKNOWN : { kind: 'external', dotted: written };
  }

  /** A name of another module: bound there, or imported into it. */
  nameIn(module: Module, name: string, fields: readonly string[]): Target {
    const key = `${module.index}:${[name, ...fields].join('.')}`;
    return this.#named.ask(key, () => this.#findIn(module, name, fields));
  }

  #findIn(module: Module, name: string, fields: readonly string[]): Target {
    const path = this.#symbols.global(module, name);
    if (path !== undefined && this.#symbols.bindingsOf(module, path).length > 0)
      return this.#global(module, name, fields, 1);
    const imported = this.#symbols.importOf(module, name);
    if (imported !== undefined) return this.#imported(module, originOf(imported), fields, 1);
    for (const wildcard of module.summary.imports) {
      if (wildcard.name !== '*') continue;
      const from = this.#symbols.moduleNamed(wildcard.module, module);
      if (from === undefined || from === module) continue;
      const found = this.nameIn(from, name, fields);
      if (found.kind !== 'unknown') return found;
    }
    return UNKNOWN;
  }

  #local(module: Module, path: AccessPath, depth: number): Target {
    const root = this.#symbols.local(module, path.scope, path.name);
    const bindings = root === undefined ? [] : this.#symbols.bindingsOf(module, root);
    const scope = module.summary.scopes[path.scope]!;
    const [only] = bindings;
    if (bindings.length === 1 && only!.value.kind === 'scope')
      return this.#ofDefinition(module, only!.value.scope, path.fields, depth);
    const parameter = scope.parameters.find((one) => one.name === path.name);
    if (bindings.length === 1 && parameter === undefined) {
      const origin = originOfShape(module, only!.value);
      if (origin !== undefined && (origin.root !== 'local' || origin.name !== path.name))
        return this.resolve(module, below(origin, path.fields), depth + 1);
    }
    if (path.fields.length > 0 && root !== undefined) {
      const [first] = path.fields;
      const shape = { kind: 'path', path: root } as const;
      const types =
        first === ELEMENT
          ? this.#names.elementsOf(module, shape, depth + 1)
          : this.#names.typesOf(module, shape, depth + 1);
      if (types.some((type) => type.kind === 'threadLocal')) return UNKNOWN;
      const receiver = parameter === undefined ? 'local' : 'parameter';
      const fields = first === ELEMENT ? path.fields.slice(1) : path.fields;
      const found = this.#ofEach(instancesIn(types), fields, receiver, depth);
      if (found !== undefined) return found;
      const external = onlyExternal(types);
      if (external !== undefined && first !== ELEMENT)
        return { kind: 'external', dotted: `${external}().${path.fields.join('.')}` };
    }
    if (root === undefined) return UNKNOWN;
    if (parameter !== undefined && bindings.length === 0) {
      const given = path.fields.length === 0 ? this.#ofGiven(module, path) : this.target(module, root);
      if (given?.kind === 'variable' && (path.fields.length === 0 || given.variable.cell !== root))
        return this.#below({ ...given.variable, receiver: 'parameter' }, path.fields, 'parameter', depth);
    }
    const variable: VariableId = {
      key: `l:${this.#symbols.printed(module, path.scope)}.${path.name}`,
      kind: 'closure',
      name: path.name,
      attribute: path.name,
      fields: [],
      cell: root,
      owner: undefined,
      module,
      receiver: 'none',
    };
    return {
      kind: 'variable',
      variable: path.fields.length === 0 ? variable : deeper(variable, path.fields),
    };
  }

  /** A parameter is another name for what all calls give for it, when that is one place. */
  #ofGiven(module: Module, { scope, name }: AccessPath): Target | undefined {
    const function_ = this.#symbols.functionAt(module, scope);
    const given = this.#names
      .given(function_, name)
      .map((one) => ({ module: one.module, value: one.argument.value }));
    const initial = function_.scope.parameters.find((one) => one.name === name)?.initial;
    /** A global of the module itself; who gives nothing for `environ=os.environ` is not seen. */
    const own = initial?.kind === 'path' && module.summary.paths[initial.path]!.root === 'global';
    if (initial !== undefined && own) given.push({ module, value: initial });
    else if (initial !== undefined && initial.kind !== 'literal') return undefined;
    let found: Target | undefined;
    for (const one of given) {
      if (one.value.kind !== 'path') return undefined;
      const target = this.target(one.module, one.value.path);
      if (target.kind !== 'variable') return undefined;
      if (found?.kind === 'variable' && found.variable.key !== target.variable.key) return undefined;
      found = target;
    }
    return found;
  }

  /** `self._subs.get(topic)`, of a container: the entry. What a client of something gives is the caller's. */
  #ofEntry(module: Module, { call }: AccessPath, origin: AccessPath | undefined, depth: number): Target {
    const { callee } = module.summary.calls[call]!;
    const { parent } = module.summary.paths[callee]!;
    if (origin === undefined || parent === -1) return UNKNOWN;
    const types = this.#names.typesOf(module, { kind: 'path', path: parent }, depth + 1);
    if (!types.some((type) => type.kind === 'container')) return UNKNOWN;
    const found = this.resolve(module, origin, depth + 1);
    return found.kind === 'variable' ? found : UNKNOWN;
  }

  #ofResult(module: Module, path: AccessPath, depth: number): Target {
    const call = { kind: 'call', call: path.call } as const;
    const origin = originOfShape(module, call);
    if (path.fields.length === 0) return this.#ofEntry(module, path, origin, depth);
    if (origin !== undefined) {
      const found = this.resolve(module, below(origin, path.fields), depth + 1);
      if (found.kind === 'function' || (found.kind === 'variable' && found.variable.owner !== undefined))
        return found;
    }
    const types = this.#names.typesOf(module, call, depth + 1);
    const found = this.#ofEach(instancesIn(types), path.fields, 'local', depth);
    if (found !== undefined) return found;
    const external = onlyExternal(types);
    return external === undefined
      ? UNKNOWN
      : { kind: 'external', dotted: `${external}().${path.fields.join('.')}` };
  }
}

function below(path: AccessPath, fields: readonly string[]): AccessPath {
  return fields.length === 0 ? path : { ...path, fields: [...path.fields, ...fields] };
}

/** What stands in brackets behind the class are types, and no member of an enumeration. */
function isGeneric(class_: ClassNode): boolean {
  return linearized(class_).every(
    ({ externalBases, scope }) =>
      scope.metaclass === undefined && !externalBases.some((base) => ENUMERATION_BASE.test(base)),
  );
}
