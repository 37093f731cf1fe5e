/**
 * Who calls whom: an edge for each call, property read, construction or decoration whose target the program shows. Edges are
 * found when somebody asks for them and live on over edits as the names do; a call that cannot be resolved has none.
 */
import { keepsCallers, SET_UP_FUNCTION } from '../catalog/words.ts';
import type {
  Access,
  AccessPath,
  Call,
  FactId,
  FileSummary,
  PathId,
  ScopeId,
  ValueShape,
} from '../facts/summary.ts';
import { choicesOf, functionsCalledInPlace } from './calledInPlace.ts';
import type { Question } from './fixpoint.ts';
import { flowOf } from './flow.ts';
import { derived, linearized, mayBeOne } from './hierarchy.ts';
import { type NameIndex, push } from './nameIndex.ts';
import { edgesOfOperation } from './operationCalls.ts';
import { type Operation, operationsIn } from './operations.ts';
import type { CallEdge, ClassNode, FunctionNode, Module, Receiver } from './program.ts';
import type { Resolver } from './resolve.ts';
import { lifeOf } from './symbols.ts';
import { type FunctionTarget, methodOffset, type VariableId } from './target.ts';

export interface DraftEdge extends Omit<CallEdge, 'locks'> {
  readonly receiver: Receiver;
  /** The class of the callee's receiver as far as the call shows it. */
  readonly through: ClassNode | undefined;
  /** The caller only passes the callee on, to a function that calls it here before it returns. */
  readonly calledIn?: { readonly module: Module; readonly fact: FactId } | undefined;
}

export interface CallGraph {
  /** Calls out of a function, in source order. */
  from(function_: FunctionNode): readonly DraftEdge[];
  /** Calls of a function, in file and source order. */
  to(function_: FunctionNode): readonly DraftEdge[];
  /** The function is handed on as a value: anybody may call it. */
  isHandedOn(function_: FunctionNode): boolean;
}

export function buildCallGraph(resolver: Resolver): CallGraph {
  return new LazyCallGraph(resolver);
}

interface Decoration {
  readonly scope: ScopeId;
  readonly path: number;
}

interface Body {
  readonly calls: Call[];
  readonly properties: Access[];
  readonly decorations: Decoration[];
  readonly operations: Operation[];
}

const NO_BODY: Body = { calls: [], properties: [], decorations: [], operations: [] };

type PassedCall = NonNullable<DraftEdge['calledIn']>;

/** What a module does, as its text says it now. */
interface Bodies {
  readonly summary: FileSummary;
  readonly properties: ReadonlySet<string>;
  /** By function. */
  readonly bodies: ReadonlyMap<FunctionNode, Body>;
  /** By parameter: where a function calls what it is given and does nothing else with. */
  readonly ofParameters: ReadonlyMap<PathId, readonly PassedCall[]>;
  /** Lambdas, and functions defined in place, that are handed on. */
  readonly inPlace: ReadonlySet<FunctionNode>;
}

/** Calls out of a function, and the same by what is called, made when somebody asks for it. */
class Calls {
  readonly edges: readonly DraftEdge[];
  #to: Map<FunctionNode, DraftEdge[]> | undefined;
  #named: Map<string, DraftEdge[]> | undefined;

  constructor(edges: readonly DraftEdge[]) {
    this.edges = edges;
  }

  to(function_: FunctionNode): readonly DraftEdge[] {
    if (this.edges.length === 0) return NO_EDGES;
    this.#to ??= grouped(this.edges, ({ callee }) => callee);
    return this.#to.get(function_) ?? NO_EDGES;
  }

  /** Those that `#findCalls` looks for by the name of what is called. */
  named(name: string): readonly DraftEdge[] {
    if (this.edges.length === 0) return NO_EDGES;
    this.#named ??= grouped(this.edges, ({ callee }) =>
      isFoundByClass(callee) ? BY_CLASS : callee.scope.name,
    );
    const byClass = this.#named.get(BY_CLASS) ?? NO_EDGES;
    const byName = this.#named.get(name) ?? NO_EDGES;
    return byClass.length === 0 ? byName : byName.length === 0 ? byClass : [...byClass, ...byName];
  }
}

/** No function has this name. */
const BY_CLASS = '()';

const NO_EDGES: readonly DraftEdge[] = [];

function grouped<Key>(edges: readonly DraftEdge[], keyOf: (edge: DraftEdge) => Key): Map<Key, DraftEdge[]> {
  const found = new Map<Key, DraftEdge[]>();
  for (const edge of edges) push(found, keyOf(edge), edge);
  return found;
}

/** What runs when a class is made or an object is called is written as something else than its own name. */
function isFoundByClass({ owner, scope }: FunctionNode): boolean {
  return owner !== undefined && (scope.name === '__call__' || CONSTRUCTORS.includes(scope.name));
}

type CallsByCallee = ReadonlyMap<FunctionNode, readonly DraftEdge[]>;

const NO_CALLS = new Calls([]);

interface HandedOn {
  readonly is: boolean;
}

class LazyCallGraph implements CallGraph {
  readonly #resolver: Resolver;
  readonly #index: NameIndex;
  readonly #bodies = new Map<Module, Bodies>();
  readonly #handedOn: Question<FunctionNode, HandedOn>;
  readonly #from: Question<FunctionNode, Calls>;
  readonly #to: Question<FunctionNode, readonly DraftEdge[]>;
  readonly #named: Question<string, CallsByCallee>;
  readonly #passing: Question<string, CallsByCallee>;
  readonly #values: Question<string, ReadonlySet<FunctionNode>>;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    this.#index = resolver.index;
    this.#handedOn = resolver.question<FunctionNode, HandedOn>(
      'handed on',
      { is: false },
      (a, b) => a.is === b.is,
    );
    this.#from = resolver.question('calls from', NO_CALLS, (a, b) => sameEdges(a.edges, b.edges));
    this.#to = resolver.question<FunctionNode, readonly DraftEdge[]>('calls to', [], sameItems);
    this.#named = resolver.question<string, CallsByCallee>('calls by name', new Map(), sameCalls);
    this.#passing = resolver.question<string, CallsByCallee>('calls passing a name', new Map(), sameCalls);
    this.#values = resolver.question<string, ReadonlySet<FunctionNode>>(
      'values by name',
      new Set(),
      (a, b) => a.size === b.size && [...a].every((one) => b.has(one)),
    );
  }

  from(function_: FunctionNode): readonly DraftEdge[] {
    return this.#callsOf(function_).edges;
  }

  #callsOf(function_: FunctionNode): Calls {
    return this.#from.ask(
      function_,
      () => {
        const edges: DraftEdge[] = [];
        const body = this.#bodiesOf(function_.module).bodies.get(function_) ?? NO_BODY;
        for (const call of body.calls) this.#addCall(function_, call, edges);
        for (const access of body.properties) this.#addProperty(function_, access, edges);
        for (const decoration of body.decorations) this.#addDecoration(function_, decoration, edges);
        for (const operation of body.operations)
          edges.push(...edgesOfOperation(this.#resolver, function_, operation));
        return edges.length === 0 ? NO_CALLS : new Calls(edges.sort((a, b) => a.fact - b.fact));
      },
      lifeOf(function_),
    );
  }

  to(function_: FunctionNode): readonly DraftEdge[] {
    return this.#to.ask(function_, () => this.#findCalls(function_), lifeOf(function_));
  }

  #findCalls(function_: FunctionNode): readonly DraftEdge[] {
    const found = new Set<DraftEdge>();
    const note = (edges: readonly DraftEdge[] | undefined): void => {
      for (const edge of edges ?? []) found.add(edge);
    };
    const from = (caller: FunctionNode): void => note(this.#callsOf(caller).to(function_));
    const named = (name: string): void => note(this.#callsNamed(name).get(function_));
    const { owner, scope } = function_;
    if (owner !== undefined && CONSTRUCTORS.includes(scope.name)) {
      /** Written as the class, or as `super().__init__(…)` in a class derived from it. */
      for (const class_ of derived(owner)) {
        named(class_.scope.name);
        for (const name of CONSTRUCTORS) {
          const derived = class_ === owner ? undefined : class_.methods.get(name);
          if (derived !== undefined) from(derived);
        }
      }
    } else {
      if (owner !== undefined && scope.name === '__call__') {
        /** Few classes name a metaclass, and fewer one of this line. */
        const metaclasses = derived(owner);
        for (const class_ of this.#resolver.classes)
          if (class_.metaclass !== undefined && metaclasses.has(class_.metaclass))
            for (const made of derived(class_))
              if (creatorOf(this.#resolver, made) === function_) named(made.scope.name);
      }
      named(scope.name);
      if (owner !== undefined && scope.name === '__call__')
        for (const caller of this.#callersOfObjects(owner)) from(caller);
    }
    if (function_.property)
      for (const { module, access } of this.#index.reads(function_.scope.name))
        from(this.#resolver.functionAt(module, access.scope));
    for (const { module, scope } of this.#index.decorations(function_.scope.name))
      from(this.#resolver.functionAt(module, scope));
    note(this.#callsPassing(function_.scope.name).get(function_));
    return [...found].sort((a, b) => a.module.index - b.module.index || a.fact - b.fact);
  }

  /** Functions that call, by its name, what a module keeps an object of the class in: `self.limit = Limiter()`, `self.limit()`. */
  #callersOfObjects(owner: ClassNode): ReadonlySet<FunctionNode> {
    const found = new Set<FunctionNode>();
    for (const class_ of derived(owner))
      for (const { module, call } of this.#index.calls(class_.scope.name)) {
        if (call.use !== 'assigned') continue;
        this.#resolver.readIn(module);
        const { keptAs, calledIn } = keptObjects(module.summary);
        for (const name of keptAs.get(call.index) ?? [])
          for (const scope of calledIn.get(name) ?? []) found.add(this.#resolver.functionAt(module, scope));
      }
    return found;
  }

  /** What the functions call, whatever it is, that call something by the name: gone through once for all that have the name. */
  #callsNamed(name: string): CallsByCallee {
    return this.#named.ask(name, () => {
      const callers = new Set<FunctionNode>();
      for (const { module, call } of this.#index.calls(name))
        callers.add(this.#resolver.functionAt(module, call.scope));
      for (const { module, scope } of this.#index.operations(name))
        callers.add(this.#resolver.functionAt(module, scope));
      return this.#byCallee(callers, name);
    });
  }

  /** Of the functions that pass something of the name on, or call it through a local: what they call that has the name. */
  #callsPassing(name: string): CallsByCallee {
    return this.#passing.ask(name, () => {
      const callers = new Set<FunctionNode>();
      for (const { module, call } of this.#index.passing(name))
        callers.add(this.#resolver.functionAt(module, call.scope));
      for (const { module, scope } of this.#index.throughLocal(name))
        callers.add(this.#resolver.functionAt(module, scope));
      return this.#byCallee(callers, name);
    });
  }

  /** The calls that `#findCalls` looks for by a name, of some functions, by what is called. */
  #byCallee(callers: Iterable<FunctionNode>, name: string): CallsByCallee {
    const found = new Map<FunctionNode, DraftEdge[]>();
    for (const caller of callers)
      for (const edge of this.#callsOf(caller).named(name)) push(found, edge.callee, edge);
    return found;
  }

  isHandedOn(function_: FunctionNode): boolean {
    return this.#handedOn.ask(
      function_,
      () => ({
        is:
          this.#bodiesOf(function_.module).inPlace.has(function_) ||
          this.#isValue(function_) ||
          this.#isWrapped(function_),
      }),
      lifeOf(function_),
    ).is;
  }

  #isValue(function_: FunctionNode): boolean {
    if (function_.property) return false;
    return this.#valuesNamed(function_.scope.name).has(function_);
  }

  /** The functions that values of the name are: gone through once for all functions that have the name. */
  #valuesNamed(name: string): ReadonlySet<FunctionNode> {
    return this.#values.ask(name, () => {
      const found = new Set<FunctionNode>();
      for (const { module, path, argumentOf: call } of this.#index.values(name)) {
        const target = this.#resolver.target(module, path);
        if (target.kind !== 'function' || found.has(target.function)) continue;
        if (call === undefined || this.#callsDuring(module, call, path).length === 0)
          found.add(target.function);
      }
      return found;
    });
  }

  /** A decorator that is not known to leave the function's callers as they are may hand it to anybody. */
  #isWrapped({ module, scope }: FunctionNode): boolean {
    return scope.decorators.some((decorator) => !isTransparent(module.summary.paths[decorator.path]!));
  }

  #bodiesOf(module: Module): Bodies {
    const { summary } = module;
    const properties = this.#resolver.propertyNames;
    const known = this.#bodies.get(module);
    if (known?.summary === summary && known.properties === properties) return known;
    const bodies = new Map<FunctionNode, Body>();
    const bodyAt = (scope: ScopeId): Body => {
      const function_ = this.#resolver.functionAt(module, scope);
      let body = bodies.get(function_);
      if (body === undefined) {
        body = { calls: [], properties: [], decorations: [], operations: [] };
        bodies.set(function_, body);
      }
      return body;
    };
    for (const call of summary.calls) bodyAt(call.scope).calls.push(call);
    for (const operation of operationsIn(summary)) bodyAt(operation.scope).operations.push(operation);
    for (const access of summary.accesses) {
      if (access.kind === 'read' && properties.has(summary.paths[access.path]!.last))
        bodyAt(access.scope).properties.push(access);
    }
    for (const scope of summary.scopes) {
      if (scope.parent === -1) continue;
      for (const decorator of scope.decorators)
        bodyAt(scope.parent).decorations.push({ scope: scope.id, path: decorator.path });
    }
    const made = {
      summary,
      properties,
      bodies,
      inPlace: this.#inPlace(module),
      ofParameters: this.#callsOfParameters(module),
    };
    this.#bodies.set(module, made);
    return made;
  }

  /** By parameter: where its own function calls what it is given, if nothing else is done with that. */
  #callsOfParameters(module: Module): ReadonlyMap<PathId, readonly PassedCall[]> {
    const { summary } = module;
    const { locals } = functionsCalledInPlace(summary);
    const found = new Map<PathId, PassedCall[]>();
    const elsewhere = new Set<PathId>();
    for (const { callee, scope, fact } of summary.calls) {
      if (!locals.has(callee)) continue;
      const home = summary.paths[callee]!.scope;
      if (this.#resolver.functionAt(module, scope) === this.#resolver.functionAt(module, home))
        push(found, callee, { module, fact });
      else elsewhere.add(callee);
    }
    for (const path of elsewhere) found.delete(path);
    return found;
  }

  #inPlace(module: Module): ReadonlySet<FunctionNode> {
    const found = new Set<FunctionNode>();
    const note = (shape: ValueShape): void => {
      if (shape.kind === 'container') shape.elements.forEach(note);
      else if (shape.kind === 'either') shape.options.forEach(note);
      else if (shape.kind === 'scope' && this.#resolver.classAt(module, shape.scope) === undefined)
        found.add(this.#resolver.functionAt(module, shape.scope));
    };
    const { calls, bindings, scopes } = module.summary;
    for (const call of calls) for (const { value } of call.arguments) note(value);
    for (const { how, value } of bindings) if (how !== 'definition') note(value);
    for (const { returns } of scopes) returns.forEach(note);
    return found;
  }

  #addCall(caller: FunctionNode, call: Call, edges: DraftEdge[]): void {
    const { module } = caller;
    const target = this.#resolver.target(module, call.callee);
    if (target.kind === 'variable') {
      this.#addChoices(caller, call, target.variable, edges);
      this.#addCalledObject(caller, call, target.variable, edges);
    }
    if (target.kind !== 'function' && target.kind !== 'class' && target.kind !== 'several') return;
    const common = {
      caller,
      module,
      fact: call.fact,
      repeated: flowOf(module.summary).comesAgain(call.fact),
    };
    for (const { value } of call.arguments)
      if (value.kind === 'path') this.#addPassed(caller, call, value.path, edges);
    if (target.kind !== 'class') {
      for (const one of target.kind === 'several' ? target.functions : [target]) {
        const { sameReceiver, receiver, through } = one;
        for (const callee of calleesOf(this.#resolver, module, call.callee, one))
          edges.push({
            ...common,
            callee,
            sameReceiver,
            overriding: callee !== one.function,
            receiver,
            through,
            how: 'call',
          });
      }
      return;
    }
    const creating = creatorOf(this.#resolver, target.class);
    if (creating !== undefined)
      edges.push({
        ...common,
        callee: creating,
        sameReceiver: false,
        receiver: 'shared',
        overriding: false,
        through: creating.owner,
        how: 'call',
      });
    for (const name of CONSTRUCTORS) {
      const callee = this.#resolver.method(target.class, name);
      if (callee !== undefined)
        edges.push({
          ...common,
          callee,
          sameReceiver: false,
          receiver: 'local',
          overriding: false,
          through: target.class,
          how: 'construct',
        });
    }
  }

  /** `self.limit()`, where `self.limit = Limiter()`: the method `__call__` of what is kept there. */
  #addCalledObject(caller: FunctionNode, { fact }: Call, variable: VariableId, edges: DraftEdge[]): void {
    const { module } = caller;
    if (variable.kind === 'closure' || variable.fields.length > 0) return;
    const [type, ...others] = this.#resolver.typesOfVariable(variable);
    if (type?.kind !== 'instance' || others.length > 0 || type.guessed === true) return;
    const callee = this.#resolver.method(type.of, '__call__');
    if (callee === undefined) return;
    edges.push({
      caller,
      module,
      fact,
      repeated: flowOf(module.summary).comesAgain(fact),
      callee,
      sameReceiver: false,
      overriding: false,
      receiver: variable.kind === 'instance' ? 'member' : 'shared',
      through: type.of,
      how: 'call',
    });
  }

  /** `self._each(self._close)`, where `_each` calls what it is given and does nothing else with it. */
  #addPassed(caller: FunctionNode, call: Call, path: PathId, edges: DraftEdge[]): void {
    const { module } = caller;
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'function' || target.function.property) return;
    for (const calledIn of this.#callsDuring(module, call, path))
      for (const callee of calleesOf(this.#resolver, module, path, target))
        edges.push({
          caller,
          module,
          fact: call.fact,
          repeated: [{ module, fact: call.fact }, calledIn].some((one) =>
            flowOf(one.module.summary).comesAgain(one.fact),
          ),
          callee,
          sameReceiver: target.sameReceiver,
          overriding: callee !== target.function,
          receiver: target.receiver,
          through: target.through,
          how: 'call',
          calledIn,
        });
  }

  /** Where the called function calls an argument that it does nothing else with. */
  #callsDuring(module: Module, { callee, arguments: given }: Call, path: PathId): readonly PassedCall[] {
    const target = this.#resolver.target(module, callee);
    if (target.kind !== 'function') return [];
    const { function: called } = target;
    const { scope } = called;
    this.#resolver.readIn(called.module);
    if (scope.async || scope.generator) return [];
    const at = given.findIndex(({ value }) => value.kind === 'path' && value.path === path);
    const argument = given[at];
    if (argument === undefined || given.slice(0, at).some(({ name }) => name === '*')) return [];
    const parameter =
      argument.name === ''
        ? scope.parameters[at + methodOffset(target)]
        : scope.parameters.find(({ name }) => name === argument.name);
    if (parameter === undefined) return [];
    const local = this.#resolver.local(called.module, scope.id, parameter.name);
    return local === undefined ? [] : (this.#bodiesOf(called.module).ofParameters.get(local) ?? []);
  }

  /** `step = self._open if first else self._next`, `step()`. */
  #addChoices(
    caller: FunctionNode,
    { callee, fact }: Call,
    { kind, fields }: VariableId,
    edges: DraftEdge[],
  ): void {
    const { module } = caller;
    if (kind !== 'closure' || fields.length > 0) return;
    const repeated = flowOf(module.summary).comesAgain(fact);
    for (const path of new Set(
      this.#resolver.bindingsOf(module, callee).flatMap(({ value }) => choicesOf(value)),
    )) {
      const target = this.#resolver.target(module, path);
      const functions =
        target.kind === 'several' ? target.functions : target.kind === 'function' ? [target] : [];
      for (const one of functions) {
        if (one.function.property) continue;
        const { sameReceiver, receiver, through } = one;
        for (const called of calleesOf(this.#resolver, module, path, one))
          edges.push({
            caller,
            module,
            fact,
            repeated,
            callee: called,
            sameReceiver,
            overriding: called !== one.function,
            receiver,
            through,
            how: 'call',
          });
      }
    }
  }

  #addProperty(caller: FunctionNode, access: Access, edges: DraftEdge[]): void {
    const { module } = caller;
    const target = this.#resolver.target(module, access.path);
    if (target.kind !== 'function' || !target.function.property) return;
    edges.push({
      caller,
      callee: target.function,
      module,
      fact: access.fact,
      repeated: false,
      sameReceiver: target.sameReceiver,
      receiver: target.receiver,
      through: target.through,
      overriding: false,
      how: 'property',
    });
  }

  #addDecoration(caller: FunctionNode, { scope, path }: Decoration, edges: DraftEdge[]): void {
    const { module } = caller;
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'function') return;
    const decorated = module.summary.scopes[scope]!;
    edges.push({
      caller,
      callee: target.function,
      module,
      fact: decorated.fact,
      repeated: false,
      sameReceiver: false,
      receiver: 'none',
      through: undefined,
      overriding: false,
      how: 'decorate',
    });
  }
}

function sameEdges(a: readonly DraftEdge[], b: readonly DraftEdge[]): boolean {
  const same = (one: DraftEdge, other: DraftEdge): boolean =>
    (Object.keys(one) as (keyof DraftEdge)[]).every((key) => one[key] === other[key]);
  return a.length === b.length && a.every((one, index) => same(one, b[index]!));
}

/** Edges of calls that are the same are the same objects. */
function sameItems(a: readonly DraftEdge[], b: readonly DraftEdge[]): boolean {
  return a.length === b.length && a.every((one, index) => one === b[index]);
}

function sameCalls(a: CallsByCallee, b: CallsByCallee): boolean {
  if (a.size !== b.size) return false;
  for (const [callee, edges] of a) {
    const others = b.get(callee);
    if (others === undefined || !sameItems(edges, others)) return false;
  }
  return true;
}

const CONSTRUCTORS = ['__init__', '__post_init__', '__new__'];

/** What runs when the class is called: `__call__` of its metaclass. */
export function creatorOf(resolver: Resolver, class_: ClassNode): FunctionNode | undefined {
  const metaclass = linearized(class_).find((one) => one.metaclass !== undefined)?.metaclass;
  return metaclass === undefined ? undefined : resolver.method(metaclass, '__call__');
}

/** Decorators that change how a function is called, not by whom. */
function isTransparent(path: AccessPath): boolean {
  return keepsCallers(path.last);
}

/** A call through `self` may also mean the overriding methods of subclasses. */
function calleesOf(
  resolver: Resolver,
  module: Module,
  callee: number,
  target: FunctionTarget,
): readonly FunctionNode[] {
  const path = module.summary.paths[callee]!;
  const { function: found } = target;
  if (!target.sameReceiver || path.fields[0] === 'super()' || found.owner === undefined) return [found];
  const { through } = target;
  const fits = ({ owner }: FunctionNode): boolean =>
    owner === undefined || through === undefined || mayBeOne(owner, through);
  return [found, ...resolver.overrides(found.owner, found.scope.name).filter(fits)];
}

/** Names that only the class or module itself is expected to call. */
export function isPrivate(function_: FunctionNode): boolean {
  const { name } = function_.scope;
  return (name.startsWith('_') && !name.startsWith('__')) || (name.startsWith('__') && !name.endsWith('__'));
}

/** Runs while the object is being made, or in a process that was just forked: no other thread can see it. */
export function isConstructor(function_: FunctionNode): boolean {
  return function_.owner !== undefined && SET_UP_FUNCTION.test(function_.scope.name);
}

interface KeptObjects {
  /** By call, the last names of what its result is bound to. */
  readonly keptAs: ReadonlyMap<number, readonly string[]>;
  /** By last name, the scopes that call it. */
  readonly calledIn: ReadonlyMap<string, readonly ScopeId[]>;
}

const keptIn = new WeakMap<FileSummary, KeptObjects>();

function keptObjects(summary: FileSummary): KeptObjects {
  const known = keptIn.get(summary);
  if (known !== undefined) return known;
  const keptAs = new Map<number, string[]>();
  const calledIn = new Map<string, ScopeId[]>();
  for (const { path, value } of summary.bindings)
    if (value.kind === 'call') push(keptAs, value.call, summary.paths[path]!.last);
  for (const { callee, scope } of summary.calls) push(calledIn, summary.paths[callee]!.last, scope);
  const made = { keptAs, calledIn };
  keptIn.set(summary, made);
  return made;
}
