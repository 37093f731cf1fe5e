/**
 * Whose the object is that a local or parameter names: a part of the receiver, what a global holds, what a caller gave, or one that
 * the call has made for itself and has, or has not yet, put where others find it. What cannot be told is nobody's, so that
 * nothing is called shared by a guess.
 */

import { CREATING_NAME, THREAD_IDENTITY } from '../catalog/words.ts';
import {
  type Access,
  type AccessPath,
  type Binding,
  type Call,
  ELEMENT,
  type FactId,
  type Key,
  MAY_RAISE,
  type PathId,
  type ValueShape,
} from '../facts/summary.ts';
import { argumentOf, isFreshInLoop } from './callables.ts';
import { creatorOf } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { push } from './nameIndex.ts';
import { originOfShape } from './origins.ts';
import type { Given } from './parameters.ts';
import type { ClassNode, FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { type BoundHere, methodOffset } from './target.ts';

export type Whose =
  /** The receiver of the function, or what it holds. */
  | { readonly of: 'receiver' }
  /** Kept in a global or class attribute, or given to another thread. */
  | { readonly of: 'everybody' }
  | { readonly of: 'parameter'; readonly name: string }
  /** A local of the function around it. */
  | { readonly of: 'cell'; readonly function: FunctionNode }
  /** Made by this call. */
  | { readonly of: 'call' }
  /** Made by this call, and put before into what somebody else has. */
  | { readonly of: 'call'; readonly handedTo: readonly Whose[] };

const NOBODY: readonly Whose[] = [];
const RECEIVER: readonly Whose[] = [{ of: 'receiver' }];
const EVERYBODY: readonly Whose[] = [{ of: 'everybody' }];
const OWN: readonly Whose[] = [{ of: 'call' }];

const MOST_NESTED = 6;

/** From where a name is looked at. */
interface From {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly fact: FactId;
}

/** Methods that put an argument into their container. */
const PUTS = new Set(['append', 'appendleft', 'add', 'put', 'put_nowait', 'insert', 'setdefault', 'push']);

/** A place behind which somebody else has the object too. */
interface Escape {
  readonly fact: FactId;
  readonly to: readonly Whose[];
}

/** What a function does with the object of a parameter: keeps it where these have it. */
type Kept = ReadonlyMap<string, readonly Whose[]>;

export class Ownership {
  readonly #resolver: Resolver;
  readonly #results = new Map<FunctionNode, readonly Whose[]>();
  readonly #kept = new Map<FunctionNode, Kept>();
  /** By the local that is put somewhere. */
  readonly #escapes = new Map<Module, ReadonlyMap<PathId, readonly Escape[]>>();
  /** Locals given to threads, with where that happens. */
  readonly #given = new Map<Module, Map<PathId, FactId[]>>();

  readonly #keyedByThread = new Map<Module, ReadonlySet<string>>();
  readonly #foreign = new Map<string, boolean>();
  /** Whether what a `ContextVar` holds is of the thread or request that asks, by the variable. */
  readonly #setByEach = new Map<string, boolean>();
  #sets: ReadonlyMap<string, readonly { readonly module: Module; readonly call: Call }[]> | undefined;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
  }

  /** Notes that a thread gets the object of a local. */
  give(module: Module, local: PathId, fact: FactId): void {
    let known = this.#given.get(module);
    if (known === undefined) {
      known = new Map();
      this.#given.set(module, known);
    }
    push(known, local, fact);
  }

  isGiven(module: Module, local: PathId): boolean {
    return this.#given.get(module)?.has(local) === true;
  }

  /** Whether an attribute holds what the constructors of its object were given, one object for all of them. */
  isForeign(class_: ClassNode, attribute: string): boolean {
    const key = `${class_.id} ${attribute}`;
    const known = this.#foreign.get(key);
    if (known !== undefined) return known;
    const bindings = this.#resolver.attributeBindings(class_, attribute);
    const found = bindings.length > 0 && bindings.every((one) => this.#isGivenFromOutside(one));
    this.#foreign.set(key, found);
    return found;
  }

  #isGivenFromOutside({ module, binding: { value, scope } }: BoundHere): boolean {
    if (value.kind !== 'path') return false;
    const { root, name, parent, scope: owner } = module.summary.paths[value.path]!;
    if (root === 'global') return true;
    if (root !== 'local' || parent !== -1 || owner !== scope) return false;
    const given = this.#resolver.given(this.#resolver.functionAt(module, scope), name);
    return (
      given.length > 0 &&
      given.every(
        (one) =>
          one.argument.value.kind === 'path' &&
          one.module.summary.paths[one.argument.value.path]!.root !== 'self' &&
          !isFreshInLoop(one.module, one.argument.value.path, one.fact) &&
          !this.#isMadeForOne(one, given),
      )
    );
  }

  /** A local that each call of its function makes anew and gives to one object: `socket = connect(); Worker(socket)`. */
  #isMadeForOne({ module, argument, fact }: Given, given: readonly Given[]): boolean {
    const { value } = argument;
    if (value.kind !== 'path') return false;
    const { root, parent, name, scope } = module.summary.paths[value.path]!;
    if (root !== 'local' || parent !== -1) return false;
    const { parameters, kind } = module.summary.scopes[scope]!;
    if (kind !== 'function' || parameters.some((one) => one.name === name)) return false;
    const bindings = this.#resolver.bindingsOf(module, value.path);
    const isMade = bindings.every(
      (one) => one.value.kind === 'call' && this.#makesAnew(module, one.value.call),
    );
    const isGivenOnce = !given.some(
      (one) =>
        one.fact !== fact &&
        one.module === module &&
        one.argument.value.kind === 'path' &&
        one.argument.value.path === value.path,
    );
    return (
      bindings.length > 0 && isMade && isGivenOnce && flowOf(module.summary).loopAround(fact) === undefined
    );
  }

  /** A class is called, or something outside the program whose name says that it makes one: `context.socket(REP)`. */
  #makesAnew(module: Module, index: number): boolean {
    const { callee } = module.summary.calls[index]!;
    const target = this.#resolver.target(module, callee);
    if (target.kind === 'class') return true;
    return target.kind !== 'function' && CREATING_NAME.test(module.summary.paths[callee]!.last);
  }

  /** Whose the object is whose attribute or element an access touches. */
  ofAccess(module: Module, access: Access): readonly Whose[] {
    return this.#ofPath(this.#from(module, access), module.summary.paths[access.path]!, 0);
  }

  /** Whose the object is on which a call calls a method. */
  ofReceiver(module: Module, call: Call): readonly Whose[] {
    return this.#ofReceiver(module, call, 0);
  }

  #ofReceiver(module: Module, call: Call, depth: number): readonly Whose[] {
    const { parent } = module.summary.paths[call.callee]!;
    return parent === -1
      ? NOBODY
      : this.#ofPath(this.#from(module, call), module.summary.paths[parent]!, depth);
  }

  /** Whose the object is that a call is given. */
  ofArgument(module: Module, call: Call, value: ValueShape): readonly Whose[] {
    return this.#of(this.#from(module, call), value, 0);
  }

  #from(module: Module, { scope, fact }: Pick<Access, 'scope' | 'fact'>): From {
    return { module, function: this.#resolver.functionAt(module, scope), fact };
  }

  #of(from: From, shape: ValueShape, depth: number): readonly Whose[] {
    if (depth > MOST_NESTED) return NOBODY;
    const { module } = from;
    if (shape.kind === 'call' && this.#isOfContext(module, module.summary.calls[shape.call]!)) return OWN;
    const origin = originOfShape(module, shape);
    if (origin !== undefined) return this.#ofPath(from, origin, depth + 1);
    switch (shape.kind) {
      case 'literal':
        return /^(list|dict|set)$/.test(shape.type) ? OWN : NOBODY;
      case 'container':
        return OWN;
      case 'element':
        return this.#of(from, shape.of, depth + 1);
      case 'either':
        return united(shape.options.map((one) => this.#of(from, one, depth + 1)));
      case 'awaited':
        return this.#of(from, shape.of, depth + 1);
      case 'call':
        return this.#ofCall(module, module.summary.calls[shape.call]!, depth);
      default:
        return NOBODY;
    }
  }

  /** Each thread has an element of its own in the container. */
  #isKeyedByThread(module: Module, container: string): boolean {
    let known = this.#keyedByThread.get(module);
    if (known === undefined) {
      const { accesses, paths } = module.summary;
      known = new Set(
        accesses.filter(({ key }) => this.#namesThread(module, key)).map(({ path }) => paths[path]!.last),
      );
      this.#keyedByThread.set(module, known);
    }
    return known.has(container);
  }

  #namesThread(module: Module, key: Key | undefined): boolean {
    if (key === undefined) return false;
    if (THREAD_IDENTITY.test(key.text)) return true;
    if (key.kind !== 'path' || key.path === -1) return false;
    const { calls, paths } = module.summary;
    return this.#resolver
      .bindingsOf(module, key.path)
      .some(
        ({ value }) => value.kind === 'call' && THREAD_IDENTITY.test(paths[calls[value.call]!.callee]!.last),
      );
  }

  #ofPath(from: From, path: AccessPath, depth: number): readonly Whose[] {
    const element = path.fields.indexOf(ELEMENT);
    if (element !== -1 && this.#isKeyedByThread(from.module, path.fields[element - 1] ?? path.name))
      return NOBODY;
    switch (path.root) {
      case 'self':
      case 'cls':
        return path.root === 'self' ? RECEIVER : EVERYBODY;
      case 'global':
      case 'import':
      case 'class':
        return EVERYBODY;
      case 'result':
        return this.#ofCall(from.module, from.module.summary.calls[path.call]!, depth);
      case 'local':
        return this.#ofLocal(from, path, depth);
      default:
        return NOBODY;
    }
  }

  #ofLocal(from: From, { name, scope }: AccessPath, depth: number): readonly Whose[] {
    if (depth > MOST_NESTED) return NOBODY;
    const { module } = from;
    const resolver = this.#resolver;
    const home = resolver.functionAt(module, scope);
    if (from.function !== home) return [{ of: 'cell', function: home }];
    const root = resolver.local(module, scope, name);
    const bindings = root === undefined ? [] : resolver.bindingsOf(module, root);
    const parameter = module.summary.scopes[scope]!.parameters.find((one) => one.name === name);
    const sole = soleBinding(module, bindings, from.fact);
    const found = (sole === undefined ? bindings.filter(({ how }) => how !== 'update') : [sole]).map(
      ({ value }) => this.#of(from, value, depth + 1),
    );
    if (sole === undefined && (parameter?.kind === 'positional' || parameter?.kind === 'keyword'))
      found.push([{ of: 'parameter', name }]);
    const whose = united(found);
    if (root === undefined || !whose.some((one) => one.of === 'call')) return whose;
    return united([whose, this.#escaped(from, root)]);
  }

  /** To whom the object that a local names has been handed on every or some way to the fact. */
  #escaped({ module, fact }: From, local: PathId): readonly Whose[] {
    const escapes = [
      ...(this.#escapesIn(module).get(local) ?? []),
      ...(this.#given.get(module)?.get(local) ?? []).map((given) => ({ fact: given, to: EVERYBODY })),
    ];
    if (escapes.length === 0) return NOBODY;
    const anew = this.#resolver.bindingsOf(module, local).map((binding) => binding.fact);
    const flow = flowOf(module.summary);
    const to = escapes.filter((one) => flow.reachedFrom([one.fact], anew).has(fact)).flatMap((one) => one.to);
    return to.length === 0 ? NOBODY : [{ of: 'call', handedTo: to }];
  }

  /** What locals and parameters are put into, in the whole file. */
  #escapesIn(module: Module): ReadonlyMap<PathId, readonly Escape[]> {
    const known = this.#escapes.get(module);
    if (known !== undefined) return known;
    const found = new Map<PathId, Escape[]>();
    this.#escapes.set(module, found);
    const { accesses, bindings, calls, paths } = module.summary;
    const bound = new Map<number, PathId[]>();
    for (const { path, value } of bindings)
      if (value.kind === 'call' && paths[path]!.root === 'local' && paths[path]!.parent === -1)
        push(bound, value.call, path);
    const put = (value: ValueShape | undefined, into: PathId, at: Pick<Access, 'scope' | 'fact'>): void => {
      if (this.#isKeyedByThread(module, paths[into]!.last)) return;
      const locals = value?.kind === 'call' ? (bound.get(value.call) ?? []) : localsIn(module, value);
      for (const local of locals) {
        const to = this.#ofPath(this.#from(module, at), paths[into]!, 1).filter((one) => one.of !== 'call');
        if (to.length > 0) push(found, local, { fact: at.fact, to });
      }
    };
    for (const access of accesses)
      if (access.kind === 'write' || access.kind === 'mutate') put(access.value, access.path, access);
    for (const call of calls) {
      const { last, parent } = paths[call.callee]!;
      if (parent !== -1 && PUTS.has(last)) for (const { value } of call.arguments) put(value, parent, call);
      else this.#keptByCallee(module, call, found);
    }
    return found;
  }

  /** `self.register(job)`, where `register` keeps what it is given. */
  #keptByCallee(module: Module, call: Call, found: Map<PathId, Escape[]>): void {
    if (!call.arguments.some(({ value }) => value.kind === 'path')) return;
    const target = this.#resolver.target(module, call.callee);
    if (target.kind !== 'function') return;
    const offset = methodOffset(target);
    const kept = this.#keptBy(target.function);
    for (const [index, { name }] of target.function.scope.parameters.entries()) {
      const to = kept.get(name);
      if (to === undefined) continue;
      const value = argumentOf(call, { position: index - offset, keyword: name });
      for (const local of localsIn(module, value)) {
        const whose = to.flatMap((one) =>
          one.of === 'receiver' ? this.#ofReceiver(module, call, 1) : one.of === 'everybody' ? [one] : [],
        );
        const others = whose.filter((one) => one.of !== 'call');
        if (others.length > 0) push(found, local, { fact: call.fact, to: others });
      }
    }
  }

  /** The parameters that a function keeps, by what it stores itself. */
  #keptBy(function_: FunctionNode): Kept {
    const known = this.#kept.get(function_);
    if (known !== undefined) return known;
    const { module, scope } = function_;
    const kept = new Map<string, readonly Whose[]>();
    this.#kept.set(function_, kept);
    const { accesses, calls, paths } = module.summary;
    const note = (value: ValueShape | undefined, into: PathId): void => {
      for (const local of localsIn(module, value)) {
        const { name, scope: owner } = paths[local]!;
        if (this.#isKeyedByThread(module, paths[into]!.last)) continue;
        if (owner !== scope.id || !scope.parameters.some((one) => one.name === name)) continue;
        const { root } = paths[into]!;
        if (root === 'self') kept.set(name, RECEIVER);
        else if (root === 'cls' || root === 'global' || root === 'class') kept.set(name, EVERYBODY);
      }
    };
    for (const { path, value, kind, scope: at } of accesses)
      if (at === scope.id && (kind === 'write' || kind === 'mutate')) note(value, path);
    for (const call of calls) {
      const { last, parent } = paths[call.callee]!;
      if (call.scope === scope.id && parent !== -1 && PUTS.has(last))
        for (const { value } of call.arguments) note(value, parent);
    }
    return kept;
  }

  /** What a `ContextVar` gives, as a `threading.local` does, is of this thread or this request. */
  #isOfContext(module: Module, { callee }: Call): boolean {
    const { parent, last } = module.summary.paths[callee]!;
    if (parent === -1 || last !== 'get') return false;
    const target = this.#resolver.target(module, parent);
    const kept = this.#resolver
      .typesOf(module, { kind: 'path', path: parent })
      .some(({ kind }) => kind === 'threadLocal');
    if (!kept || target.kind !== 'variable') return kept;
    return this.#isSetByEach(target.variable.key);
  }

  /** Nobody puts into a `ContextVar` what others have, too. */
  #isSetByEach(key: string): boolean {
    const known = this.#setByEach.get(key);
    if (known !== undefined) return known;
    /** What was taken out of it before and is put back adds nothing. */
    this.#setByEach.set(key, true);
    const found = !(this.#setOn().get(key) ?? []).some((set) =>
      this.ofArgument(set.module, set.call, set.call.arguments[0]!.value).some(
        ({ of }) => of === 'everybody' || of === 'receiver',
      ),
    );
    this.#setByEach.set(key, found);
    return found;
  }

  /** By variable, the calls of `set` on what it holds: `_current.set(request)`. */
  #setOn(): ReadonlyMap<string, readonly { readonly module: Module; readonly call: Call }[]> {
    if (this.#sets !== undefined) return this.#sets;
    const found = new Map<string, { readonly module: Module; readonly call: Call }[]>();
    this.#sets = found;
    for (const module of this.#resolver.modules)
      for (const call of module.summary.calls) {
        const { parent, last } = module.summary.paths[call.callee]!;
        if (last !== 'set' || parent === -1 || call.arguments.length === 0) continue;
        const target = this.#resolver.target(module, parent);
        if (target.kind === 'variable') push(found, target.variable.key, { module, call });
      }
    return found;
  }

  #ofCall(module: Module, call: Call, depth: number): readonly Whose[] {
    if (depth > MOST_NESTED) return NOBODY;
    if (this.#isOfContext(module, call)) return OWN;
    const target = this.#resolver.target(module, call.callee);
    if (target.kind === 'class') return this.#ofClass(target.class);
    if (module.summary.paths[call.callee]!.last === '__new__') return OWN;
    if (target.kind !== 'function') {
      const callee = module.summary.paths[call.callee]!;
      return callee.root === 'builtin' && /^(list|dict|set|sorted)$/.test(callee.name) ? OWN : NOBODY;
    }
    const offset = methodOffset(target);
    return united(
      this.#ofResult(target.function, depth).map((one) => {
        if (one.of === 'receiver')
          return target.sameReceiver ? RECEIVER : this.#ofReceiver(module, call, depth + 1);
        if (one.of === 'everybody') return EVERYBODY;
        if (one.of === 'call') return 'handedTo' in one ? one.handedTo : OWN;
        if (one.of !== 'parameter') return NOBODY;
        const index = target.function.scope.parameters.findIndex(({ name }) => name === one.name);
        const given = argumentOf(call, { position: index - offset, keyword: one.name });
        return given === undefined ? NOBODY : this.#of(this.#from(module, call), given, depth + 1);
      }),
    );
  }

  /** A class whose `__new__`, or whose metaclass, gives back what is kept has one object for all who call it. */
  #ofClass(class_: ClassNode): readonly Whose[] {
    const creator = creatorOf(this.#resolver, class_);
    const made = creator ?? this.#resolver.method(class_, '__new__');
    if (made === undefined) return OWN;
    const isKept = this.#ofResult(made, 1).some(
      ({ of }) => of === 'everybody' || (of === 'receiver' && made === creator),
    );
    return isKept ? EVERYBODY : OWN;
  }

  /** Whose what a function gives back is, in the words of the function. */
  #ofResult(function_: FunctionNode, depth: number): readonly Whose[] {
    const known = this.#results.get(function_);
    if (known !== undefined) return known;
    const { module, scope } = function_;
    if (scope.async || scope.generator) return NOBODY;
    /** What leads back to itself adds nothing. */
    this.#results.set(function_, NOBODY);
    const end: From = { module, function: function_, fact: MAY_RAISE };
    const found = united(scope.returns.map((shape) => this.#returned(end, shape, depth)));
    this.#results.set(function_, found);
    return found;
  }

  /** What is returned has been put wherever the function puts it. */
  #returned(end: From, shape: ValueShape, depth: number): readonly Whose[] {
    const whose = this.#of(end, shape, depth + 1);
    if (shape.kind !== 'path' || !whose.some((one) => one.of === 'call')) return whose;
    const handed = (this.#escapesIn(end.module).get(shape.path) ?? []).flatMap(({ to }) => to);
    return handed.length === 0 ? whose : united([whose.filter((one) => one.of !== 'call'), handed]);
  }
}

/** The locals that a stored value is, alone or among others. */
function localsIn(module: Module, value: ValueShape | undefined): readonly PathId[] {
  if (value === undefined) return [];
  switch (value.kind) {
    case 'path': {
      const { root, parent } = module.summary.paths[value.path]!;
      return root === 'local' && parent === -1 ? [value.path] : [];
    }
    case 'container':
      return value.elements.flatMap((one) => localsIn(module, one));
    case 'either':
      return value.options.flatMap((one) => localsIn(module, one));
    default:
      return [];
  }
}

function united(parts: readonly (readonly Whose[])[]): readonly Whose[] {
  const found: Whose[] = [];
  for (const one of parts.flat()) if (!found.some((known) => sameOwner(known, one))) found.push(one);
  return found;
}

function sameOwner(a: Whose, b: Whose): boolean {
  if (a.of !== b.of) return false;
  if (a.of === 'parameter' && b.of === 'parameter') return a.name === b.name;
  if (a.of === 'call' && b.of === 'call') return 'handedTo' in a === 'handedTo' in b;
  return a.of !== 'cell' || (b.of === 'cell' && a.function === b.function);
}

/** The last binding of a local on every way to the fact: what was bound before is another object. */
function soleBinding(module: Module, bindings: readonly Binding[], fact: FactId): Binding | undefined {
  if (bindings.length < 2 || bindings.length > MOST_BINDINGS || fact === MAY_RAISE) return undefined;
  const flow = flowOf(module.summary);
  return bindings.find(
    (one) =>
      one.how !== 'update' &&
      flow.dominates(one.fact, fact) &&
      bindings.every((other) => other === one || !flow.reachedFrom([other.fact], [one.fact]).has(fact)),
  );
}

/** Of a local that is bound more often than this, all bindings count. */
const MOST_BINDINGS = 8;
