/**
 * Which lock a held path means, with its identity: the same lock under two names (`Condition(self._lock)`) has one key,
 * two locks never share one. Also the lock that a function or class gives whoever enters it by `with`: the context manager that yields
 * inside another `with`, the class whose `__enter__` acquires.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { LockedMethods } from '../catalog/schema.ts';
import { CONDITION_MAKER, isLockish, isLockName, LOCK_METHOD, READ_SIDE_NAME } from '../catalog/words.ts';
import {
  type AccessPath,
  type Acquisition,
  type Binding,
  ELEMENT,
  type FactId,
  type PathId,
  type ValueShape,
} from '../facts/summary.ts';
import { flowOf } from './flow.ts';
import { HeldInFile, type LockIdentity, type TakenLocks } from './held.ts';
import { HelperLocks } from './helperLocks.ts';
import { linearized } from './hierarchy.ts';
import { constructorsIn, isCounting, isMadeOf, lockMakersOf, type Made, mayMakeLock } from './lockMakers.ts';
import type { Answer, ClassNode, FunctionNode, Lock, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { Target, VariableId } from './target.ts';
import type { Locks } from './wrapperLocks.ts';

const NOTHING: TakenLocks = { must: new Set(), maybe: false };
/** A lock between the tasks of one event loop, which all run in one thread. */
const MAYBE: TakenLocks = { must: new Set(), maybe: true };
const NONE: ReadonlySet<string> = new Set();

export class LockTable implements LockIdentity {
  readonly locks = new Map<string, Lock>();
  /** What functions do to these locks for others. */
  readonly helpers: HelperLocks;
  readonly #resolver: Resolver;
  readonly #taken = new Map<Module, TakenLocks[]>();
  readonly #held = new Map<Module, HeldInFile>();
  readonly #entering = new Set<FunctionNode>();
  /** Attribute → the classes whose instances keep a lock in it. */
  readonly #owners = new Map<string, Set<ClassNode>>();
  /** Variables whose lock is being looked for. */
  readonly #looking = new Set<string>();
  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    this.helpers = new HelperLocks(resolver, this, this.#forWrappers);
    for (const module of resolver.modules) this.#declareAll(module);
  }

  /** The lock a path of a module means, if it is one. */
  lockOf(module: Module, path: PathId): Lock | undefined {
    const access = module.summary.paths[path]!;
    if (access.root === 'self' && access.fields.length === 0) {
      const class_ = this.#resolver.classAt(module, access.scope);
      return class_ === undefined ? undefined : (this.#enteredLock(class_) ?? this.handlerLock(class_));
    }
    if (access.root === 'result' && access.fields.length === 0)
      return this.#lockOfShape(module, { kind: 'call', call: access.call });
    if (access.root === 'self' && access.fields.length === 1 && isLockName(access.last)) {
      const class_ = this.#resolver.classAt(module, access.scope);
      const handler = class_ === undefined ? undefined : this.handlerLock(class_);
      if (handler?.attribute === access.last) return handler;
    }
    if (access.fields.at(-1) === ELEMENT) return this.#family(module, access.parent);
    const target = this.#resolver.target(module, path);
    if (access.root === 'local' && access.fields.length === 1 && !this.#isAttribute(target)) {
      const likely = this.#likelyLock(module, access);
      if (likely !== undefined) return likely;
    }
    if (target.kind === 'variable') return this.#lockOfVariable(target.variable);
    if (target.kind === 'function' && target.function.property) return this.#returnedLock(target.function);
    const last = access.fields.at(-1) ?? access.name.split('.').at(-1)!;
    if ((target.kind === 'external' || target.kind === 'unknown') && isLockName(last))
      return this.#named(module, path, last);
    return undefined;
  }

  #isAttribute(target: Target): boolean {
    return target.kind === 'variable' && target.variable.kind !== 'closure';
  }

  /**
   * The lock of an object of unknown class: a private attribute of another object is one of the own class, and an attribute that
   * holds a lock in one class only, of those that have all that is used of the object or of those in its module, is of that class.
   */
  #likelyLock(module: Module, { name, scope, last }: AccessPath): Lock | undefined {
    const owners = this.#owners.get(last);
    if (owners === undefined) return undefined;
    const own = this.#resolver.functionAt(module, scope).owner;
    const isOwn = (one: ClassNode): boolean => own !== undefined && linearized(own).includes(one);
    const used = new Set(
      module.summary.paths
        .filter((one) => one.root === 'local' && one.name === name && one.scope === scope)
        .flatMap(({ fields }) => fields.slice(0, 1)),
    );
    const fits = (one: ClassNode): boolean => owners.size === 1 || this.#has(one, used);
    const likely = [...owners].filter(last.startsWith('_') ? isOwn : fits);
    const near = likely.length > 1 ? likely.filter((one) => one.module === module) : likely;
    const [owner] = near.length === 1 || last.startsWith('_') ? near : [];
    const variable = owner === undefined ? undefined : this.#resolver.attribute(owner, last);
    return variable === undefined ? undefined : this.#lockOfVariable(variable);
  }

  #has(class_: ClassNode, names: ReadonlySet<string>): boolean {
    return [...names].every(
      (name) =>
        this.#resolver.method(class_, name) !== undefined ||
        this.#resolver.attributeBindings(class_, name).length > 0,
    );
  }

  /** What is held and tested in the functions of a module, as far as they show it themselves. */
  heldIn(module: Module): HeldInFile {
    const known = this.#held.get(module);
    if (known !== undefined) return known;
    const made = new HeldInFile(module, flowOf(module.summary), this);
    this.#held.set(module, made);
    return made;
  }

  /** The locks that an acquisition takes. */
  taken(module: Module, acquisition: number): TakenLocks {
    let known = this.#taken.get(module);
    if (known === undefined) {
      known = [];
      this.#taken.set(module, known);
    }
    known[acquisition] ??= this.keysOf(module, module.summary.acquisitions[acquisition]!);
    return known[acquisition];
  }

  released(module: Module, path: PathId): string | undefined {
    return this.lockOf(module, path)?.key;
  }

  isReentrant(key: string): boolean {
    return this.locks.get(key)?.reentrant !== 'no';
  }

  /** What is found out of the whole program for one module: what each acquisition and release means there. */
  solvedIn(module: Module): readonly unknown[] {
    const { acquisitions, releases } = module.summary;
    if (acquisitions.length === 0 && releases.length === 0) return [];
    return [
      acquisitions.map(({ index }) => this.taken(module, index)),
      releases.map(({ path }) => {
        const key = this.released(module, path);
        return key === undefined ? undefined : [key, this.isReentrant(key)];
      }),
    ];
  }

  /** The locks that an acquisition takes, for itself or through the function that it calls. */
  takenBy(module: Module, { path, how }: Acquisition): readonly Lock[] {
    if (how === 'async') return [];
    if (how !== 'call') {
      const lock = this.lockOf(module, path);
      return lock === undefined ? [] : [lock];
    }
    const { must } = this.keysOf(module, { path, how });
    return [...must].map((key) => this.locks.get(key)).filter((lock) => lock !== undefined);
  }

  /** The lock keys of one thing that is taken. */
  keysOf(module: Module, held: Pick<Acquisition, 'path' | 'how'>): TakenLocks {
    if (held.how === 'async') return this.lockOf(module, held.path) === undefined ? NOTHING : MAYBE;
    if (held.how !== 'call') {
      const lock = this.lockOf(module, held.path);
      if (lock === undefined) return NOTHING;
      if (lock.kind === 'asyncio') return NOTHING;
      if (isCounting(lock)) return { must: NONE, maybe: true };
      return { must: new Set([lock.key]), maybe: false };
    }
    const target = this.#resolver.target(module, held.path);
    if (target.kind === 'function') {
      const inside = this.#yieldedLocks(target.function);
      if (inside.size > 0) return { must: inside, maybe: false };
      const returned = this.#returnedLock(target.function);
      if (returned !== undefined) return { must: new Set([returned.key]), maybe: false };
      return { must: NONE, maybe: isLockish(target.function.scope.name) || isSideOfLock(target.function) };
    }
    if (target.kind === 'class') {
      const lock = this.#enteredLock(target.class);
      if (lock !== undefined) return { must: new Set([lock.key]), maybe: false };
      return { must: NONE, maybe: isLockish(target.class.name) };
    }
    const path = module.summary.paths[held.path]!;
    if (target.kind === 'external' && this.#resolver.catalog.constructed(target.dotted)?.kind === 'lock')
      return NOTHING;
    const words = [path.name, ...path.fields].filter((word) => word !== ELEMENT);
    if (words.some(isLockish) && words.some((word) => READ_SIDE_NAME.test(word)))
      return { must: NONE, maybe: true };
    if (words.some(isLockish))
      return { must: new Set([`call:${module.path}:${words.join('.')}`]), maybe: true };
    return NOTHING;
  }

  /** Every attribute and global that is bound to a lock constructor, so that owners know their locks. */
  #declareAll(module: Module): void {
    for (const binding of module.summary.bindings) {
      if (binding.value.kind === 'scope' || binding.value.kind === 'literal') continue;
      const path = module.summary.paths[binding.path]!;
      if (path.root === 'local' || path.fields.includes(ELEMENT)) continue;
      if (!mayMakeLock(module, path, binding.value)) continue;
      const types = this.#resolver.typesOf(module, binding.value);
      if (!types.some((type) => type.kind === 'lock')) continue;
      this.lockOf(module, binding.path);
      const owner = path.root === 'self' ? this.#resolver.classAt(module, path.scope) : undefined;
      if (owner === undefined || path.fields.length !== 1) continue;
      const owners = this.#owners.get(path.last);
      if (owners === undefined) this.#owners.set(path.last, new Set([owner]));
      else owners.add(owner);
    }
  }

  #lockOfVariable(variable: VariableId): Lock | undefined {
    const known = this.locks.get(variable.key);
    if (known !== undefined) return known;
    const plain = variable.fields.length === 0;
    const types = plain ? this.#resolver.typesOfVariable(variable) : [];
    const bindings = plain ? this.#resolver.bindingsOfVariable(variable) : [];
    const last = variable.fields.at(-1) ?? variable.attribute;
    const lockTypes = types.filter((type) => type.kind === 'lock');
    if (lockTypes.length === 0) {
      const instances = types.filter((type) => type.kind === 'instance');
      if (instances.length === 1 && types.length === 1) {
        const class_ = instances[0]!.of;
        const entered = this.#enteredLock(class_);
        if (entered !== undefined)
          return this.#isLockClass(class_, entered)
            ? this.#wrapperLock(variable, bindings, entered)
            : entered;
      }
      const given = this.#givenLock(variable, bindings);
      if (given !== undefined) return given;
      const foreign = types.every(
        (type) =>
          type.kind === 'unknown' ||
          type.kind === 'external' ||
          type.kind === 'instance' ||
          type.kind === 'constant',
      );
      if (!foreign || !isLockName(last)) return undefined;
    }
    const aliased = this.#aliasedLock(variable, bindings);
    if (aliased !== undefined) return aliased;
    const constructors = bindings.flatMap(({ module, binding }) =>
      constructorsIn(this.#resolver, module, binding.value),
    );
    const kinds = new Set(lockTypes.map((type) => type.lock));
    const uncertain =
      types.some((type) => type.kind === 'unknown' || type.kind === 'external') || constructors.length === 0;
    const reentrant: Answer = uncertain
      ? 'unknown'
      : constructors.every(({ reentrant: yes }) => !yes)
        ? 'no'
        : constructors.every(({ reentrant: yes }) => yes)
          ? 'yes'
          : 'unknown';
    const lock: Lock = {
      key: variable.key,
      attribute: plain ? variable.attribute : undefined,
      name: variable.name,
      kind: kinds.size === 1 ? [...kinds][0]! : 'unknown',
      reentrant,
      owner: variable.owner,
      module: variable.module,
      constructors: constructors.map(({ module, call }) => ({ module, call })),
      holder: variable.kind,
      family: false,
    };
    this.locks.set(variable.key, lock);
    return lock;
  }

  /** An object of a class that is a lock itself: one lock for each place that keeps one, of the kind that is inside. */
  #wrapperLock(
    variable: VariableId,
    bindings: readonly { readonly module: Module; readonly binding: Binding }[],
    inside: Lock,
  ): Lock {
    const aliased = this.#aliasedLock(variable, bindings);
    if (aliased !== undefined) return aliased;
    const { key, name, attribute, owner, module, kind: holder } = variable;
    const lock: Lock = { ...inside, key, name, attribute, owner, module, holder };
    this.locks.set(key, lock);
    return lock;
  }

  /** Whether the class does nothing with its lock but to offer it: its other methods never take it. */
  #isLockClass(class_: ClassNode, inside: Lock): boolean {
    for (const one of linearized(class_)) {
      for (const acquisition of one.module.summary.acquisitions) {
        const function_ = this.#resolver.functionAt(one.module, acquisition.scope);
        if (function_.owner !== one || LOCK_METHOD.test(function_.scope.name)) continue;
        if (this.lockOf(one.module, acquisition.path) === inside) return false;
      }
    }
    return true;
  }

  /** The lock that a library surely holds when the method runs: nobody else calls it. */
  libraryLock({ owner, scope }: FunctionNode): Lock | undefined {
    if (owner === undefined || !lockedMethods(this.#resolver.catalog, owner)?.only.includes(scope.name))
      return undefined;
    return this.handlerLock(owner);
  }

  /** The lock that a library keeps in every object of the class and holds while it calls certain methods: that of a handler of `logging`. */
  handlerLock(class_: ClassNode): Lock | undefined {
    const { catalog } = this.#resolver;
    const top = linearized(class_).findLast((one) =>
      one.externalBases.some((base) => catalog.lockedMethods(base) !== undefined),
    );
    const attribute = top === undefined ? undefined : lockedMethods(catalog, top)?.lock;
    if (top === undefined || attribute === undefined) return undefined;
    const [own] = this.#resolver.attributeBindings(class_, attribute);
    if (own !== undefined) {
      const target = this.#resolver.target(own.module, own.binding.path);
      return target.kind === 'variable' ? this.#lockOfVariable(target.variable) : undefined;
    }
    const key = `handler:${this.#resolver.printed(top.module, top.scope.id)}`;
    const lock: Lock = this.locks.get(key) ?? {
      key,
      name: `self.${attribute}`,
      attribute,
      kind: 'RLock',
      reentrant: 'yes',
      owner: top,
      module: top.module,
      constructors: [],
      holder: 'instance',
      family: false,
    };
    this.locks.set(key, lock);
    return lock;
  }

  /** A local, or what a parameter of the constructor hands over, when all that it may be is one lock. */
  #givenLock(
    variable: VariableId,
    bindings: readonly { readonly module: Module; readonly binding: Binding }[],
  ): Lock | undefined {
    if (variable.kind !== 'closure' || this.#looking.has(variable.key)) return undefined;
    this.#looking.add(variable.key);
    const values = bindings.filter(({ binding }) => binding.value.kind !== 'literal');
    const locks = values.map(({ module, binding }) => this.#lockOfShape(module, binding.value));
    this.#looking.delete(variable.key);
    const [first] = locks;
    return first !== undefined && locks.every((lock) => lock === first) ? first : undefined;
  }

  /** The lock that an expression gives: a path, an element of a container of locks, the result of an accessor. */
  #lockOfShape(module: Module, shape: ValueShape): Lock | undefined {
    switch (shape.kind) {
      case 'path':
        return this.lockOf(module, shape.path);
      case 'element':
        return shape.of.kind === 'path' ? this.#family(module, shape.of.path) : undefined;
      case 'call': {
        const { callee, arguments: given } = module.summary.calls[shape.call]!;
        const { last, parent } = module.summary.paths[callee]!;
        if (parent !== -1 && (last === 'setdefault' || last === 'get' || last === 'pop')) {
          const made = given[1] === undefined ? [] : constructorsIn(this.#resolver, module, given[1].value);
          return this.#family(module, parent, made);
        }
        const target = this.#resolver.target(module, callee);
        return target.kind === 'function' ? this.#returnedLock(target.function) : undefined;
      }
      default:
        return undefined;
    }
  }

  /** `Condition(self._lock)`, `make_condition(self._lock)` and `self.mutex = other.lock` are other names for a lock. */
  #aliasedLock(
    variable: VariableId,
    bindings: readonly { readonly module: Module; readonly binding: Binding }[],
  ): Lock | undefined {
    const values = bindings.filter(({ binding }) => binding.value.kind !== 'literal');
    if (values.length !== 1) return undefined;
    const { module, binding } = values[0]!;
    let path: PathId | undefined;
    if (binding.value.kind === 'path') path = binding.value.path;
    else if (binding.value.kind === 'call') {
      const call = module.summary.calls[binding.value.call]!;
      const dotted = this.#resolver.externalName(module, call.callee);
      const [first] = call.arguments;
      const made = dotted ?? module.summary.paths[call.callee]!.last;
      if (CONDITION_MAKER.test(made) && first?.value.kind === 'path') path = first.value.path;
    }
    if (path === undefined) return undefined;
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'variable' || target.variable.key === variable.key) return undefined;
    if (this.#looking.has(variable.key)) return undefined;
    this.#looking.add(variable.key);
    const lock =
      target.variable.kind === 'closure'
        ? this.#lockOfLocal(variable, module, path, binding)
        : this.#lockOfVariable(target.variable);
    this.#looking.delete(variable.key);
    if (lock !== undefined) this.locks.set(variable.key, lock);
    return lock;
  }

  /**
   * A local that an attribute or global is made of: the lock is the first other attribute that is made of it, the lock that all
   * callers pass when it is a parameter, or the local itself when functions inside use it.
   */
  #lockOfLocal(variable: VariableId, module: Module, path: PathId, binding: Binding): Lock | undefined {
    const local = module.summary.paths[path]!;
    if (local.fields.length > 0) return undefined;
    const parameter = module.summary.scopes[local.scope]!.parameters.some(({ name }) => name === local.name);
    if (parameter) {
      const passed = this.#passedLock(module, local);
      if (passed !== undefined) return passed;
    }
    for (const other of module.summary.bindings) {
      if (other.scope !== binding.scope || !isMadeOf(module, other.value, path)) continue;
      if (module.summary.paths[other.path]!.root === 'local') continue;
      const target = this.#resolver.target(module, other.path);
      if (target.kind !== 'variable') continue;
      return target.variable.key === variable.key ? undefined : this.#lockOfVariable(target.variable);
    }
    return undefined;
  }

  /** The one lock that every call of the function passes for a parameter. */
  #passedLock(module: Module, parameter: AccessPath): Lock | undefined {
    const function_ = this.#resolver.functionAt(module, parameter.scope);
    const { owner, scope } = function_;
    const making = scope.name === '__init__' && owner !== undefined;
    const position = scope.parameters.findIndex(({ name }) => name === parameter.name);
    let found: Lock | undefined;
    for (const { module: from, call } of this.#resolver.index.calls(making ? owner.scope.name : scope.name)) {
      const target = this.#resolver.target(from, call.callee);
      const calls = making
        ? target.kind === 'class' && this.#resolver.method(target.class, '__init__') === function_
        : target.kind === 'function' && target.function === function_;
      if (!calls) continue;
      const offset = owner === undefined || function_.static ? 0 : 1;
      const positional = call.arguments.filter(({ name }) => name === '');
      const argument =
        call.arguments.find(({ name }) => name === parameter.name) ?? positional[position - offset];
      const lock = argument?.value.kind === 'path' ? this.#sharedLock(from, argument.value.path) : undefined;
      if (lock === undefined || (found !== undefined && found !== lock)) return undefined;
      found = lock;
    }
    return found;
  }

  #sharedLock(module: Module, path: PathId): Lock | undefined {
    const lock = this.lockOf(module, path);
    return lock?.constructors.length === 0 ? undefined : lock;
  }

  /** The lock that `with obj:` takes when the class's own `__enter__` acquires one. */
  #enteredLock(class_: ClassNode): Lock | undefined {
    for (const one of linearized(class_)) {
      const enter = one.methods.get('__enter__') ?? one.methods.get('acquire');
      if (enter === undefined) continue;
      if (this.#entering.has(enter)) return undefined;
      this.#entering.add(enter);
      try {
        for (const acquisition of enter.module.summary.acquisitions) {
          if (acquisition.how !== 'acquire') continue;
          if (this.#resolver.functionAt(enter.module, acquisition.scope) !== enter) continue;
          if (givesBack(enter, acquisition.path)) continue;
          const lock = this.lockOf(enter.module, acquisition.path);
          if (lock !== undefined) return lock;
        }
      } finally {
        this.#entering.delete(enter);
      }
      return undefined;
    }
    return undefined;
  }

  #yieldedLocks(function_: FunctionNode): ReadonlySet<string> {
    if (!function_.scope.generator || this.#entering.has(function_)) return NONE;
    const keys = new Set<string>();
    this.#entering.add(function_);
    for (const { how, scope, fact } of function_.module.summary.suspensions) {
      if (how !== 'yield' || this.#resolver.functionAt(function_.module, scope) !== function_) continue;
      for (const key of this.heldIn(function_.module).at(fact).must.keys()) keys.add(key);
    }
    this.#entering.delete(function_);
    return keys;
  }

  /** `def lock(self): return self._lock`; all that is returned is the one lock. */
  #returnedLock(function_: FunctionNode): Lock | undefined {
    const { returns } = function_.scope;
    if (returns.length === 0 || returns.length > 4 || this.#entering.has(function_)) return undefined;
    this.#entering.add(function_);
    const locks = returns.map((shape) => this.#lockOfShape(function_.module, shape));
    this.#entering.delete(function_);
    return locks.every((lock) => lock === locks[0]) ? locks[0] : undefined;
  }

  readonly #forWrappers: Locks = {
    keyOfPath: (module, path) => this.lockOf(module, path)?.key,
    keyOfAttribute: (owner, name) => {
      const variable = this.#resolver.attribute(owner, name);
      return variable === undefined ? undefined : (this.#lockOfVariable(variable)?.key ?? variable.key);
    },
    keysTaken: (module, acquisition) => this.keysOf(module, acquisition).must,
    heldThrough: (module, fact) =>
      [...this.heldIn(module).at(fact).must.values()]
        .flat()
        .map((index) => module.summary.acquisitions[index]!),
  };

  /** The locks in a container are one family: which of them is held is not known. */
  #family(module: Module, container: PathId, made: readonly Made[] = []): Lock | undefined {
    const { last, name } = module.summary.paths[container]!;
    const target = this.#resolver.target(module, container);
    const variable = target.kind === 'variable' ? target.variable : undefined;
    const key = variable === undefined ? `n:${module.path}.${last}[*]` : `${variable.key}[*]`;
    const known = this.locks.get(key);
    if (known !== undefined) return known;
    const constructors = [...made, ...(variable === undefined ? [] : lockMakersOf(this.#resolver, variable))];
    if (constructors.length === 0 && !isLockName(last)) return undefined;
    const lock: Lock = {
      key,
      name: `${variable?.name ?? (last === '' ? name : last)}[…]`,
      attribute: variable?.attribute ?? last,
      kind:
        constructors.length === 0
          ? 'unknown'
          : constructors.every(({ reentrant }) => reentrant)
            ? 'RLock'
            : 'Lock',
      reentrant:
        constructors.length === 0
          ? 'unknown'
          : constructors.every(({ reentrant }) => reentrant)
            ? 'yes'
            : constructors.some(({ reentrant }) => reentrant)
              ? 'unknown'
              : 'no',
      owner: variable?.owner,
      module,
      constructors: constructors.map((one) => ({ module: one.module, call: one.call })),
      holder: variable?.kind ?? 'global',
      family: true,
    };
    this.locks.set(key, lock);
    return lock;
  }

  #named(module: Module, path: PathId, name: string): Lock {
    const access = module.summary.paths[path]!;
    const words = [
      access.root === 'import' ? access.name : `${access.root}${access.scope}`,
      ...access.fields,
    ].join('.');
    return this.#unknownLock(`n:${access.root === 'import' ? '' : module.path}:${words}`, name, module);
  }

  #unknownLock(key: string, name: string, module: Module): Lock {
    const known = this.locks.get(key);
    if (known !== undefined) return known;
    const lock: Lock = {
      key,
      attribute: undefined,
      name,
      kind: 'unknown',
      reentrant: 'unknown',
      owner: undefined,
      module,
      constructors: [],
      holder: 'global',
      family: false,
    };
    this.locks.set(key, lock);
    return lock;
  }
}

/** The function itself releases what it acquires. */
function givesBack({ module, scope }: FunctionNode, path: PathId): boolean {
  return module.summary.releases.some((release) => release.path === path && release.scope === scope.id);
}

/** A method that gives a side of a lock to hold: `with self._lock.reading():`. */
function isSideOfLock({ owner, scope }: FunctionNode): boolean {
  return owner !== undefined && scope.generator && isLockish(owner.name);
}

/** What a library calls with a lock held on an object of a class, or of one that it derives from. */
export function lockedMethods(catalog: Catalog, class_: ClassNode): LockedMethods | undefined {
  for (const one of linearized(class_))
    for (const base of [...one.externalBases, `${one.module.name}.${one.name}`]) {
      const locked = catalog.lockedMethods(base);
      if (locked !== undefined) return locked;
    }
  return undefined;
}

/** Locks that a function itself holds at one of its facts. */
export function keysAt(locks: LockTable, module: Module, fact: FactId): ReadonlySet<string> {
  const { must } = locks.heldIn(module).at(fact);
  return must.size === 0 ? NONE : new Set(must.keys());
}
