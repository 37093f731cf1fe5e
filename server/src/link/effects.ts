/**
 * What a function does to locks and threads, itself and through what it calls: one summary per function, solved bottom-up over
 * the cycles of the call graph. Each happening keeps the calls that lead to it, the object whose lock it is as the function
 * sees it, and what is taken on the way.
 */
import type { Acquisition, Call, FactId, PathId } from '../facts/summary.ts';
import { argumentFor, backlinksOf, containerIn, isParameter, onlyBinding, shortened } from './backlinks.ts';
import { type Blocking, blockingOf } from './blocking.ts';
import { FlagParameters, saysOtherwise } from './flagParameters.ts';
import { linearized, mayBeOne } from './hierarchy.ts';
import { isCounting } from './lockMakers.ts';
import type { LockTable } from './locks.ts';
import { push } from './nameIndex.ts';
import type {
  CallEdge,
  ClassNode,
  FunctionNode,
  Happening,
  HeldLock,
  HeldTest,
  Lock,
  LockUse,
  Module,
  ObjectPath,
} from './program.ts';
import type { Resolver } from './resolve.ts';
import { VariablePuts } from './variablePuts.ts';

/** What effects need to know of the program. */
export interface Surroundings {
  callsFrom(function_: FunctionNode): readonly CallEdge[];
  usesIn(function_: FunctionNode): readonly LockUse[];
  locksAt(module: Module, fact: FactId): ReadonlySet<string>;
  testsAt(module: Module, fact: FactId): readonly HeldTest[];
  heldThrough(module: Module, fact: FactId, lock: string): readonly number[];
  reaches(module: Module, from: FactId, to: FactId): boolean;
  repeatsAt(module: Module, fact: FactId): boolean;
}

/** Of one kind; what a function does in more ways than these is not told apart any more. */
const MAX_HAPPENINGS = 48;

/** An object that the function made for itself. */
export const FRESH = '?new';

/** Callables that are passed for one parameter; of more than these it is as if it were unknown. */
const MAX_PASSED = 6;

const NOTHING: readonly Happening[] = [];
const NONE: ReadonlySet<string> = new Set();

interface Calls {
  readonly byFunction: ReadonlyMap<FunctionNode, readonly Call[]>;
  readonly byFact: ReadonlyMap<FactId, Call>;
}

export class EffectTable {
  readonly #resolver: Resolver;
  readonly #table: LockTable;
  readonly #program: Surroundings;
  readonly #solved = new Map<FunctionNode, readonly Happening[]>();
  readonly #own = new Map<FunctionNode, readonly Happening[]>();
  readonly #edges = new Map<FunctionNode, readonly CallEdge[]>();
  readonly #calls = new Map<Module, Calls>();
  readonly #back = new Map<ClassNode, ReadonlySet<string>>();
  readonly #puts: VariablePuts;
  readonly #flags: FlagParameters;

  constructor(resolver: Resolver, table: LockTable, program: Surroundings) {
    this.#resolver = resolver;
    this.#puts = new VariablePuts(resolver);
    this.#table = table;
    this.#program = program;
    this.#flags = new FlagParameters(resolver, (module, fact) => program.testsAt(module, fact));
  }

  /** What happens between the entry of a function and its return. */
  of(function_: FunctionNode): readonly Happening[] {
    if (!this.#solved.has(function_)) this.#solve(function_);
    return this.#solved.get(function_)!;
  }

  /** What happens when a call is made, as its caller sees it. */
  through(edge: CallEdge): readonly Happening[] {
    if (!this.#runs(edge)) return NOTHING;
    return this.of(edge.callee)
      .map((happening) => this.#asSeenBy(edge, happening))
      .filter((happening) => happening !== undefined);
  }

  /** What the function does itself. */
  ownOf(function_: FunctionNode): readonly Happening[] {
    const known = this.#own.get(function_);
    if (known !== undefined) return known;
    const made = this.#ownHappenings(function_);
    this.#own.set(function_, made);
    return made;
  }

  /** The locks that the function itself, a helper that it called or its decorator holds at one of its facts. */
  heldAt(function_: FunctionNode, fact: FactId): readonly HeldLock[] {
    const { module } = function_;
    const keys = this.#program.locksAt(module, fact);
    if (keys.size === 0) return [];
    const uses = this.#program.usesIn(function_);
    const held: HeldLock[] = [];
    for (const key of keys) {
      for (const index of this.#program.heldThrough(module, fact, key)) {
        const use = uses.find((one) => one.acquisition.index === index && one.lock.key === key);
        if (use === undefined) continue;
        const on = this.objectOf(module, use.acquisition, use.lock);
        held.push({ lock: use.lock, on, fact: use.acquisition.fact, use });
      }
    }
    for (const key of this.#table.helpers.around(function_, fact)) {
      if (!keys.has(key) || held.some(({ lock }) => lock.key === key)) continue;
      const lock = this.#table.locks.get(key);
      if (lock !== undefined)
        held.push({ lock, on: ownObject(lock), fact: function_.scope.fact, use: undefined });
    }
    return held;
  }

  /** Calls of a parameter, with the functions of the program that callers pass for it. */
  passedTo(function_: FunctionNode): readonly CallEdge[] {
    const { module, scope } = function_;
    const found: CallEdge[] = [];
    for (const call of this.callsIn(function_)) {
      const path = module.summary.paths[call.callee]!;
      if (path.root !== 'local' || path.fields.length > 0 || path.scope !== scope.id) continue;
      if (!scope.parameters.some(({ name }) => name === path.name)) continue;
      for (const { module: from, call: site } of this.#resolver.index.calls(scope.name)) {
        const target = this.#resolver.target(from, site.callee);
        if (target.kind !== 'function' || target.function !== function_ || found.length >= MAX_PASSED)
          continue;
        const argument = argumentFor(function_, site.arguments, path.name);
        if (argument?.value.kind !== 'path') continue;
        const passed = this.#resolver.target(from, argument.value.path);
        if (passed.kind !== 'function' || passed.function === function_) continue;
        found.push({
          caller: function_,
          callee: passed.function,
          module,
          fact: call.fact,
          locks: this.#program.locksAt(module, call.fact),
          sameReceiver: target.sameReceiver && passed.sameReceiver,
          overriding: false,
          how: 'call',
          repeated: this.#program.repeatsAt(module, call.fact),
        });
      }
    }
    return found;
  }

  /** The call that stands at a fact. */
  callAt(module: Module, fact: FactId): Call | undefined {
    return this.#callsOf(module).byFact.get(fact);
  }

  callsIn(function_: FunctionNode): readonly Call[] {
    return this.#callsOf(function_.module).byFunction.get(function_) ?? [];
  }

  /** Whose lock an acquisition takes. */
  objectOf(module: Module, { path, how }: Pick<Acquisition, 'path' | 'how'>, lock: Lock): ObjectPath {
    if (lock.holder !== 'instance') return lock.holder === 'closure' ? this.#parameterOf(module, path) : '';
    const access = module.summary.paths[path]!;
    if (access.root === 'result' && access.fields.length === 0) {
      const { callee } = module.summary.calls[access.call]!;
      return this.objectOf(module, { path: callee, how: 'call' }, lock);
    }
    if (how === 'call' || access.parent === -1)
      return access.parent === -1 ? this.pathOf(module, path) : this.pathOf(module, access.parent);
    const monitor = this.#resolver
      .typesOf(module, { kind: 'path', path })
      .some(
        (type) =>
          type.kind === 'instance' && lock.owner !== undefined && linearized(type.of).includes(lock.owner),
      );
    const target = this.#resolver.target(module, path);
    if (monitor && !(target.kind === 'variable' && target.variable.key === lock.key))
      return this.pathOf(module, path);
    return this.pathOf(module, access.parent);
  }

  /** An object as the function sees it. */
  pathOf(module: Module, path: PathId, depth = 0): ObjectPath {
    const { root, name, fields, scope, parent, last } = module.summary.paths[path]!;
    if (depth > 8) return '?';
    if (root === 'self' && fields[0] === 'super()') return fields.length === 1 ? 'self' : '?';
    if (root === 'self' && fields.length === 0) return 'self';
    if (root === 'self') {
      const class_ = this.#resolver.classAt(module, scope);
      return shortened(`${this.pathOf(module, parent, depth + 1)}.${last}`, class_, (one) =>
        this.#backlinks(one),
      );
    }
    if (root === 'cls' || root === 'class') return '';
    if (root === 'local') {
      if (fields.length > 0) return below(this.pathOf(module, parent, depth + 1), last);
      const bindings = this.#resolver.bindingsOf(module, path);
      const parameter = module.summary.scopes[scope]!.parameters.some((one) => one.name === name);
      const [only] = bindings;
      if (parameter && bindings.length === 0) return `${name}:`;
      if (!parameter && bindings.length === 1 && only!.value.kind === 'path' && only!.how === 'assign')
        return this.pathOf(module, only!.value.path, depth + 1);
      const made = bindings.length === 1 && only!.value.kind === 'call' ? only!.value : undefined;
      if (
        made !== undefined &&
        this.#resolver.target(module, module.summary.calls[made.call]!.callee).kind === 'class'
      )
        return FRESH;
      return `?${module.index}:${path}`;
    }
    if (root === 'global' || root === 'import') {
      const target = this.#resolver.target(module, path);
      if (target.kind === 'variable' && target.variable.kind === 'global') return `=${target.variable.key}`;
      return fields.length > 0 ? below(this.pathOf(module, parent, depth + 1), last) : '?';
    }
    return '?';
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

  #callsOf(module: Module): Calls {
    let known = this.#calls.get(module);
    if (known === undefined) {
      const byFunction = new Map<FunctionNode, Call[]>();
      const byFact = new Map<FactId, Call>();
      for (const call of module.summary.calls) {
        push(byFunction, this.#resolver.functionAt(module, call.scope), call);
        byFact.set(call.fact, call);
      }
      known = { byFunction, byFact };
      this.#calls.set(module, known);
    }
    return known;
  }

  /** Whether making the call runs the function's body: a generator's runs later, a coroutine's when it is awaited. */
  #runs(edge: CallEdge): boolean {
    const { scope } = edge.callee;
    if (scope.generator || edge.how === 'decorate') return false;
    if (!scope.async) return true;
    return this.callAt(edge.module, edge.fact)?.awaited === true;
  }

  #edgesOf(function_: FunctionNode): readonly CallEdge[] {
    let edges = this.#edges.get(function_);
    if (edges === undefined) {
      edges = this.#program.callsFrom(function_).filter((edge) => this.#runs(edge));
      this.#edges.set(function_, edges);
    }
    return edges;
  }

  /** Tarjan's components in the order of their completion: callees come before their callers. */
  #solve(root: FunctionNode): void {
    const order = new Map<FunctionNode, number>();
    const low = new Map<FunctionNode, number>();
    const open: FunctionNode[] = [];
    const isOpen = new Set<FunctionNode>();
    const frames: { readonly function: FunctionNode; next: number }[] = [];
    const enter = (function_: FunctionNode): void => {
      order.set(function_, order.size);
      low.set(function_, order.size - 1);
      open.push(function_);
      isOpen.add(function_);
      frames.push({ function: function_, next: 0 });
    };
    enter(root);
    while (frames.length > 0) {
      const frame = frames.at(-1)!;
      const edge = this.#edgesOf(frame.function)[frame.next++];
      if (edge !== undefined) {
        const { callee } = edge;
        if (this.#solved.has(callee)) continue;
        if (!order.has(callee)) enter(callee);
        else if (isOpen.has(callee))
          low.set(frame.function, Math.min(low.get(frame.function)!, order.get(callee)!));
        continue;
      }
      frames.pop();
      const under = frames.at(-1);
      if (under !== undefined)
        low.set(under.function, Math.min(low.get(under.function)!, low.get(frame.function)!));
      if (low.get(frame.function) !== order.get(frame.function)) continue;
      const component: FunctionNode[] = [];
      for (let one = open.pop(); one !== undefined; one = open.pop()) {
        isOpen.delete(one);
        component.push(one);
        if (one === frame.function) break;
      }
      this.#solveComponent(component);
    }
  }

  #solveComponent(component: readonly FunctionNode[]): void {
    const found = new Map(component.map((function_) => [function_, new Collected(this.ownOf(function_))]));
    for (const [function_, { happenings }] of found) this.#solved.set(function_, happenings);
    for (let changed = true; changed; ) {
      changed = false;
      for (const [function_, collected] of found) {
        for (const edge of this.#edgesOf(function_)) {
          for (const happening of this.#solved.get(edge.callee) ?? NOTHING) {
            if (collected.isFull(happening.kind)) continue;
            const seen = this.#asSeenBy(edge, happening);
            if (seen !== undefined && collected.add(seen)) changed = true;
          }
        }
      }
      if (
        component.length === 1 &&
        !this.#edgesOf(component[0]!).some(({ callee }) => callee === component[0])
      )
        break;
    }
  }

  #ownHappenings(function_: FunctionNode): readonly Happening[] {
    const { module } = function_;
    const found: Happening[] = [];
    const common = {
      function: function_,
      inside: NONE,
      edge: undefined,
      rest: undefined,
      needs: undefined,
    } as const;
    for (const key of this.#table.helpers.decoratedBy(function_)) {
      const lock = this.#table.locks.get(key);
      if (lock !== undefined)
        found.push({
          ...common,
          kind: 'acquire',
          fact: function_.scope.fact,
          lock,
          on: ownObject(lock),
          under: [],
          waits: true,
          blocking: undefined,
        });
    }
    for (const use of this.#program.usesIn(function_)) {
      const { acquisition, lock } = use;
      if (lock.kind === 'asyncio' || this.#isRetaken(use)) continue;
      found.push({
        ...common,
        kind: 'acquire',
        fact: acquisition.fact,
        lock,
        on: this.objectOf(module, acquisition, lock),
        under: this.#flags.at(function_, acquisition.fact),
        inside: this.#insideAt(function_, acquisition.fact),
        waits: acquisition.blocking === 'yes' && !isCounting(lock),
        blocking: undefined,
      });
    }
    for (const call of this.callsIn(function_)) {
      const blocking = blockingOf(this.#resolver, module, call);
      if (blocking !== undefined)
        found.push({
          ...common,
          kind: 'block',
          fact: call.fact,
          lock: undefined,
          on: blocking.subject === -1 ? '?' : this.pathOf(module, blocking.subject),
          under: this.#flags.at(function_, call.fact),
          inside: this.#insideAt(function_, call.fact),
          waits: !blocking.timed,
          blocking,
        });
      else if (this.#isForeign(function_, call))
        found.push({
          ...common,
          kind: 'callback',
          fact: call.fact,
          lock: undefined,
          on: '?',
          under: this.#flags.at(function_, call.fact),
          inside: this.#insideAt(function_, call.fact),
          waits: false,
          blocking: undefined,
        });
    }
    return found;
  }

  #insideAt(function_: FunctionNode, fact: FactId): ReadonlySet<string> {
    const held = this.heldAt(function_, fact);
    return held.length === 0 ? NONE : new Set(held.map(({ lock }) => lock.key));
  }

  /** `lock.release()` before the acquire: the function expects the lock held and gives it back for a while. */
  #isRetaken({ module, function: function_, acquisition, lock }: LockUse): boolean {
    return this.callsIn(function_).some((call) => {
      const callee = module.summary.paths[call.callee]!;
      return (
        callee.last === 'release' &&
        callee.parent !== -1 &&
        this.#program.reaches(module, call.fact, acquisition.fact) &&
        !this.#program.reaches(module, acquisition.fact, call.fact) &&
        this.#table.lockOf(module, callee.parent) === lock
      );
    });
  }

  /** A callable of somebody else's: a parameter, an element of a container, an attribute that only parameters are stored in. */
  #isForeign(function_: FunctionNode, call: Call): boolean {
    const { module } = function_;
    const { summary } = module;
    const path = summary.paths[call.callee]!;
    if (path.fields.at(-1) === '[*]') return true;
    if (path.root === 'local' && path.fields.length === 0) {
      const bindings = this.#resolver.bindingsOf(module, call.callee);
      if (bindings.some(({ value }) => value.kind === 'scope' || value.kind === 'call')) return false;
      const parameter = summary.scopes[path.scope]!.parameters.some(({ name }) => name === path.name);
      const target = this.#resolver.target(module, call.callee);
      if (target.kind === 'function' || target.kind === 'class' || target.kind === 'external') return false;
      return parameter
        ? path.scope === function_.scope.id
        : bindings.some(({ how }) => how === 'for' || how === 'unpack');
    }
    if (path.root !== 'self' || path.fields.length !== 1) return false;
    const target = this.#resolver.target(module, call.callee);
    if (target.kind !== 'variable') return false;
    const bindings = this.#resolver.bindingsOfVariable(target.variable);
    return (
      bindings.length > 0 && bindings.every(({ module: where, binding }) => isParameter(where, binding.value))
    );
  }

  /** A happening in the callee, in terms of the caller; undefined when it does not happen on the caller's object. */
  #asSeenBy(edge: CallEdge, happening: Happening): Happening | undefined {
    const { caller, callee, module, fact } = edge;
    let { needs } = happening;
    if (edge.overriding && callee.owner !== undefined) {
      if (needs !== undefined && !mayBeOne(needs, callee.owner)) return undefined;
      needs = needs !== undefined && linearized(needs).includes(callee.owner) ? needs : callee.owner;
    }
    if (needs !== undefined) {
      const own = edge.sameReceiver ? caller.owner : undefined;
      if (own !== undefined && !mayBeOne(own, needs)) return undefined;
      if (!edge.sameReceiver) needs = undefined;
    }
    const call = this.callAt(module, fact);
    if (saysOtherwise(callee, call, happening.under, argumentFor)) return undefined;
    let { lock } = happening;
    let on = this.#objectAfter(edge, call, happening.on);
    if (lock?.holder === 'closure' && happening.on.endsWith(':')) {
      const argument = argumentFor(callee, call?.arguments ?? [], happening.on.slice(0, -1));
      const given =
        argument?.value.kind === 'path' ? this.#table.lockOf(module, argument.value.path) : undefined;
      if (argument?.value.kind !== 'path' || given === undefined) return undefined;
      lock = given;
      on = this.objectOf(module, { path: argument.value.path, how: 'with' }, given);
    }
    if (lock !== undefined && happening.kind === 'acquire' && this.#triesFirst(edge, lock)) return undefined;
    const inside = this.#insideAt(caller, fact);
    return {
      ...happening,
      lock,
      on,
      needs,
      under: this.#flags.at(caller, fact),
      inside: inside.size === 0 ? happening.inside : new Set([...inside, ...happening.inside]),
      edge,
      rest: happening,
    };
  }

  /** The caller has tried to take the lock without waiting, and goes this way when nobody holds it. */
  #triesFirst({ caller, module, fact }: CallEdge, lock: Lock): boolean {
    return this.#program
      .usesIn(caller)
      .some(
        (use) =>
          use.lock === lock &&
          use.acquisition.blocking !== 'yes' &&
          this.#program.reaches(module, use.acquisition.fact, fact),
      );
  }

  #objectAfter(edge: CallEdge, call: Call | undefined, on: ObjectPath): ObjectPath {
    if (on === '' || on.startsWith('=')) return on;
    if (on === 'self' || on.startsWith('self.')) {
      const rest = on.slice(4);
      if (edge.sameReceiver) return shortened(on, edge.caller.owner, (one) => this.#backlinks(one));
      if (edge.how === 'construct') return FRESH;
      const path = edge.object ?? call?.callee ?? this.#propertyAt(edge);
      const parent =
        path === undefined || edge.object !== undefined
          ? edge.object
          : edge.module.summary.paths[path]!.parent;
      if (parent === undefined || parent === -1) return '?';
      const base = this.#elementPath(edge.module, parent, rest) ?? this.pathOf(edge.module, parent);
      if (base === FRESH) return FRESH;
      if (base.startsWith('?') || base === '') return '?';
      return shortened(joined(base, rest), edge.caller.owner, (one) => this.#backlinks(one));
    }
    const end = on.indexOf(':');
    if (end === -1 || on.startsWith('?')) return '?';
    const argument = argumentFor(edge.callee, call?.arguments ?? [], on.slice(0, end));
    if (argument?.value.kind !== 'path') return '?';
    const base = this.pathOf(edge.module, argument.value.path);
    if (base.startsWith('?') || base === '') return '?';
    return shortened(joined(base, on.slice(end + 1)), edge.caller.owner, (one) => this.#backlinks(one));
  }

  /** What a loop takes out of a container of parts that lead back: which of them it is does not matter then. */
  #elementPath(module: Module, path: PathId, rest: string): ObjectPath | undefined {
    const shape = onlyBinding(this.#resolver, module, path);
    const held = shape?.kind === 'element' ? containerIn(this.#resolver, module, shape.of) : undefined;
    if (held === undefined) return undefined;
    const container = this.pathOf(module, held);
    if (!container.startsWith('self.')) return undefined;
    const class_ = this.#resolver.functionAt(module, module.summary.paths[path]!.scope).owner;
    const element = `${container}.[*]`;
    const whole = joined(element, rest);
    return shortened(whole, class_, (one) => this.#backlinks(one)) === whole ? undefined : element;
  }

  #propertyAt(edge: CallEdge): PathId | undefined {
    if (edge.how !== 'property') return undefined;
    return edge.module.summary.accesses.find((access) => access.fact === edge.fact)?.path;
  }

  #parameterOf(module: Module, path: PathId): ObjectPath {
    const { root, name, scope, fields } = module.summary.paths[path]!;
    const parameter =
      root === 'local' && module.summary.scopes[scope]!.parameters.some((one) => one.name === name);
    return parameter && fields.length === 0 ? `${name}:` : '';
  }

  /** Ways from an object of the class to a part and back. */
  #backlinks(class_: ClassNode): ReadonlySet<string> {
    let known = this.#back.get(class_);
    if (known === undefined) {
      known = backlinksOf(this.#resolver, this.#puts, class_);
      this.#back.set(class_, known);
    }
    return known;
  }
}

/** The happenings of one function, each once. */
class Collected {
  readonly happenings: Happening[] = [];
  readonly #keys = new Set<string>();
  readonly #counts = new Map<Happening['kind'], number>();

  constructor(own: readonly Happening[]) {
    for (const happening of own) this.add(happening);
  }

  isFull(kind: Happening['kind']): boolean {
    return (this.#counts.get(kind) ?? 0) >= MAX_HAPPENINGS;
  }

  add(happening: Happening): boolean {
    const what =
      happening.kind === 'acquire'
        ? `${happening.lock!.key} ${happening.on} ${happening.waits} ${happening.needs?.id ?? ''}`
        : `${happening.kind} ${happening.function.module.index} ${happening.fact} ${happening.on}`;
    const under = happening.under.map(({ parameter, form }) => `${parameter} ${form}`);
    const key = [what, ...under].join('|');
    if (this.#keys.has(key) || this.isFull(happening.kind)) return false;
    this.#keys.add(key);
    this.#counts.set(happening.kind, (this.#counts.get(happening.kind) ?? 0) + 1);
    this.happenings.push(happening);
    return true;
  }
}

function ownObject(lock: Lock): ObjectPath {
  return lock.holder === 'instance' ? 'self' : '';
}

function below(base: ObjectPath, field: string): ObjectPath {
  if (base.startsWith('?')) return base === '?' ? '?' : `${base}.${field}`;
  return base.endsWith(':') ? `${base}${field}` : `${base}.${field}`;
}

function joined(base: ObjectPath, rest: string): ObjectPath {
  const fields = rest.replace(/^\./, '');
  return fields === '' ? base : below(base, fields);
}

export type { Blocking };
