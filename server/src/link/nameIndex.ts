/**
 * Where a name occurs, over all files, before anything is resolved: linking asks "who may call `flush`?" and resolves only
 * those places. What nobody asks about is never resolved, so that an edit costs what it concerns, not what the program holds.
 */
import { append } from '../base/manyItems.ts';
import type { Access, Binding, Call, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import { choicesOf, functionsCalledInPlace } from './calledInPlace.ts';
import { type Circle, Input } from './fixpoint.ts';
import { operationsIn } from './operations.ts';
import type { Module } from './program.ts';
import type { BoundHere } from './target.ts';

export interface CallSite {
  readonly module: Module;
  readonly call: Call;
}

export interface ValueSite {
  readonly module: Module;
  readonly path: PathId;
  /** The call of which the value is an argument by itself. */
  readonly argumentOf: Call | undefined;
}

export interface ReadSite {
  readonly module: Module;
  readonly access: Access;
}

export interface NameIndex {
  /** Calls whose callee ends in the name. */
  calls(name: string): readonly CallSite[];
  /** Of these, the calls in one module. */
  callsIn(module: Module, name: string): readonly CallSite[];
  /** Calls with an argument that ends in the name: `submit(self.work, x)` for `work`. */
  passing(name: string): readonly CallSite[];
  /** Values (arguments, assigned, returned, in containers) that end in the name and are not called. */
  values(name: string): readonly ValueSite[];
  /** Calls through a local that the name is bound to: `f = self.work; f()` for `work`. */
  throughLocal(name: string): readonly ScopeSite[];
  /** Calls through a bare local name. */
  readonly localCalls: readonly CallSite[];
  /** Attributes of that name that are read. */
  reads(name: string): readonly ReadSite[];
  /** Where something with a value to follow is stored in an attribute of that name of another object: `board.source = feed`. */
  stores(name: string): readonly BoundHere[];
  /** Definitions that are decorated by something of the name, with the scope that they stand in. */
  decorations(name: string): readonly ScopeSite[];
  /** Scopes with an operation for which Python may call the method of the name: `box[k]` for `__getitem__`. */
  operations(name: string): readonly ScopeSite[];
}

/** The sites of one kind by name, each module's beside the others', so that an edit replaces those of its file. */
export class Occurrences<Site extends { readonly module: Module }> {
  readonly #circle: Circle;
  readonly #sites = new Map<string, Site[]>();
  readonly #inputs = new Map<string, Input>();

  constructor(circle: Circle) {
    this.#circle = circle;
  }

  /** In the order of modules and texts. */
  at(name: string): readonly Site[] {
    let input = this.#inputs.get(name);
    if (input === undefined) {
      input = new Input();
      this.#inputs.set(name, input);
    }
    this.#circle.read(input);
    return this.#sites.get(name) ?? [];
  }

  /** Those of one module, found without going through the others'. */
  in(module: Module, name: string): readonly Site[] {
    const sites = this.at(name);
    const start = firstFrom(sites, module.index);
    return sites.slice(start, firstFrom(sites, module.index + 1));
  }

  add(name: string, site: Site): void {
    push(this.#sites, name, site);
  }

  /** There are no such places any more; with what answers no longer hold by. */
  forget(name: string): Input[] {
    const known = this.#sites.delete(name);
    const input = this.#inputs.get(name);
    if (!known || input === undefined) return [];
    input.stale = true;
    return [input];
  }

  /** Puts the sites of a module in place of those that it had; with what answers no longer hold by. */
  replace(module: Module, sites: ReadonlyMap<string, readonly Site[]>): Input[] {
    const changed = new Set(sites.keys());
    for (const [name, known] of this.#sites)
      if (known.some((site) => site.module === module)) changed.add(name);
    return this.put(module, sites, changed);
  }

  /** The same for some names only. */
  put(module: Module, sites: ReadonlyMap<string, readonly Site[]>, names: Iterable<string>): Input[] {
    const stale: Input[] = [];
    for (const name of names) {
      const others = (this.#sites.get(name) ?? []).filter((site) => site.module !== module);
      const at = others.findIndex((site) => site.module.index > module.index);
      others.splice(at === -1 ? others.length : at, 0, ...(sites.get(name) ?? []));
      this.#sites.set(name, others);
      const input = this.#inputs.get(name);
      if (input === undefined) continue;
      input.stale = true;
      stale.push(input);
    }
    return stale;
  }
}

/** Where the sites of the module with this number, or of those behind it, begin. */
function firstFrom(sites: readonly { readonly module: Module }[], index: number): number {
  let before = 0;
  let end = sites.length;
  while (before < end) {
    const middle = (before + end) >> 1;
    if (sites[middle]!.module.index < index) before = middle + 1;
    else end = middle;
  }
  return before;
}

/** A scope in which something happens. */
export interface ScopeSite {
  readonly module: Module;
  readonly scope: ScopeId;
}

/** The sites of one text, by name. */
interface Sites {
  readonly calls: Map<string, CallSite[]>;
  readonly passing: Map<string, CallSite[]>;
  readonly values: Map<string, ValueSite[]>;
  readonly reads: Map<string, ReadSite[]>;
  readonly decorations: Map<string, ScopeSite[]>;
  readonly localCalls: Map<string, CallSite[]>;
  readonly throughLocal: Map<string, ScopeSite[]>;
  readonly stores: Map<string, BoundHere[]>;
  readonly operations: Map<string, ScopeSite[]>;
}

/** The occurrences of the names of the program's functions and classes. */
export class ProgramNames implements NameIndex {
  readonly #modules: readonly Module[];
  readonly #definedIn: (module: Module) => ReadonlySet<string>;
  /** By module, and in how many modules each is defined. */
  readonly #defined = new Map<Module, ReadonlySet<string>>();
  readonly #names = new Map<string, number>();
  readonly #calls: Occurrences<CallSite>;
  readonly #passing: Occurrences<CallSite>;
  readonly #values: Occurrences<ValueSite>;
  readonly #reads: Occurrences<ReadSite>;
  readonly #decorations: Occurrences<ScopeSite>;
  readonly #localCalls: Occurrences<CallSite>;
  readonly #throughLocal: Occurrences<ScopeSite>;
  readonly #stores: Occurrences<BoundHere>;
  readonly #operations: Occurrences<ScopeSite>;

  /** @param definedIn the names of the functions and classes that a module defines now */
  constructor(
    modules: readonly Module[],
    definedIn: (module: Module) => ReadonlySet<string>,
    circle: Circle,
  ) {
    this.#modules = modules;
    this.#definedIn = definedIn;
    this.#calls = new Occurrences(circle);
    this.#passing = new Occurrences(circle);
    this.#values = new Occurrences(circle);
    this.#reads = new Occurrences(circle);
    this.#decorations = new Occurrences(circle);
    this.#localCalls = new Occurrences(circle);
    this.#throughLocal = new Occurrences(circle);
    this.#stores = new Occurrences(circle);
    this.#operations = new Occurrences(circle);
    for (const module of modules) this.#define(module);
    for (const module of modules)
      this.#visit(module, this.#names, {
        calls: (name, site) => this.#calls.add(name, site),
        passing: (name, site) => this.#passing.add(name, site),
        values: (name, site) => this.#values.add(name, site),
        reads: (name, site) => this.#reads.add(name, site),
        decorations: (name, site) => this.#decorations.add(name, site),
        localCalls: (site) => this.#localCalls.add('', site),
        throughLocal: (name, site) => this.#throughLocal.add(name, site),
        stores: (name, site) => this.#stores.add(name, site),
        operations: (name, site) => this.#operations.add(name, site),
      });
  }

  /** Takes what the texts of some modules define and mention as it is now; with what answers no longer hold by. */
  replace(modules: readonly Module[]): readonly Input[] {
    const before = new Map<string, boolean>();
    for (const module of modules) {
      for (const name of this.#defined.get(module) ?? []) before.set(name, true);
      for (const name of this.#definedIn(module)) before.set(name, before.get(name) ?? this.#names.has(name));
    }
    for (const module of modules) this.#define(module);
    const stale: Input[] = [];
    const come = new Set<string>();
    for (const [name, was] of before) {
      const is = this.#names.has(name);
      if (is && !was) come.add(name);
      if (was && !is) append(stale, this.#forget(name));
    }
    for (const module of modules) {
      const { calls, passing, values, reads, decorations, localCalls, throughLocal, stores, operations } =
        this.#sitesIn(module, this.#names);
      for (const inputs of [
        this.#calls.replace(module, calls),
        this.#passing.replace(module, passing),
        this.#values.replace(module, values),
        this.#reads.replace(module, reads),
        this.#decorations.replace(module, decorations),
        this.#localCalls.replace(module, localCalls),
        this.#throughLocal.replace(module, throughLocal),
        this.#stores.replace(module, stores),
        this.#operations.replace(module, operations),
      ])
        append(stale, inputs);
    }
    if (come.size === 0) return stale;
    for (const module of this.#modules) {
      const mentions =
        module.summary.paths.some(({ last }) => come.has(last)) ||
        operationsIn(module.summary).some(({ method }) => come.has(method));
      if (modules.includes(module) || !mentions) continue;
      const { calls, passing, values, reads, decorations, operations } = this.#sitesIn(module, come);
      for (const inputs of [
        this.#calls.put(module, calls, calls.keys()),
        this.#passing.put(module, passing, passing.keys()),
        this.#values.put(module, values, values.keys()),
        this.#reads.put(module, reads, reads.keys()),
        this.#decorations.put(module, decorations, decorations.keys()),
        this.#operations.put(module, operations, operations.keys()),
      ])
        append(stale, inputs);
    }
    return stale;
  }

  #define(module: Module): void {
    for (const name of this.#defined.get(module) ?? []) {
      const left = this.#names.get(name)! - 1;
      if (left === 0) this.#names.delete(name);
      else this.#names.set(name, left);
    }
    const defined = this.#definedIn(module);
    this.#defined.set(module, defined);
    for (const name of defined) this.#names.set(name, (this.#names.get(name) ?? 0) + 1);
  }

  /** Nothing of the program goes by the name any more. */
  #forget(name: string): readonly Input[] {
    return [
      ...this.#calls.forget(name),
      ...this.#passing.forget(name),
      ...this.#values.forget(name),
      ...this.#reads.forget(name),
      ...this.#decorations.forget(name),
      ...this.#operations.forget(name),
    ];
  }

  #sitesIn(module: Module, names: { has(name: string): boolean }): Sites {
    const sites: Sites = {
      calls: new Map(),
      passing: new Map(),
      values: new Map(),
      reads: new Map(),
      decorations: new Map(),
      localCalls: new Map(),
      throughLocal: new Map(),
      stores: new Map(),
      operations: new Map(),
    };
    this.#visit(module, names, {
      calls: (name, site) => push(sites.calls, name, site),
      passing: (name, site) => push(sites.passing, name, site),
      values: (name, site) => push(sites.values, name, site),
      reads: (name, site) => push(sites.reads, name, site),
      decorations: (name, site) => push(sites.decorations, name, site),
      localCalls: (site) => push(sites.localCalls, '', site),
      throughLocal: (name, site) => push(sites.throughLocal, name, site),
      stores: (name, site) => push(sites.stores, name, site),
      operations: (name, site) => push(sites.operations, name, site),
    });
    return sites;
  }

  calls(name: string): readonly CallSite[] {
    return this.#calls.at(name);
  }

  callsIn(module: Module, name: string): readonly CallSite[] {
    return this.#calls.in(module, name);
  }

  passing(name: string): readonly CallSite[] {
    return this.#passing.at(name);
  }

  values(name: string): readonly ValueSite[] {
    return this.#values.at(name);
  }

  reads(name: string): readonly ReadSite[] {
    return this.#reads.at(name);
  }

  get localCalls(): readonly CallSite[] {
    return this.#localCalls.at('');
  }

  throughLocal(name: string): readonly ScopeSite[] {
    return this.#throughLocal.at(name);
  }

  stores(name: string): readonly BoundHere[] {
    return this.#stores.at(name);
  }

  decorations(name: string): readonly ScopeSite[] {
    return this.#decorations.at(name);
  }

  operations(name: string): readonly ScopeSite[] {
    return this.#operations.at(name);
  }

  #visit(module: Module, names: { has(name: string): boolean }, to: Mentions): void {
    const { summary } = module;
    const { paths } = summary;
    const called = functionsCalledInPlace(summary);
    const nameAt = (path: PathId): string => paths[path]!.last;
    const note = (shape: ValueShape, site: CallSite | undefined, itself = true): void => {
      switch (shape.kind) {
        case 'path': {
          const name = nameAt(shape.path);
          if (!names.has(name)) return;
          to.values(name, { module, path: shape.path, argumentOf: itself ? site?.call : undefined });
          if (site !== undefined) to.passing(name, site);
          return;
        }
        case 'container':
          for (const element of shape.elements) note(element, site, false);
          return;
        case 'either':
          for (const option of shape.options) note(option, site, false);
      }
    };
    let bindings: Map<PathId, Binding[]> | undefined;
    const boundTo = (path: PathId): readonly Binding[] => {
      if (bindings === undefined) {
        bindings = new Map();
        for (const binding of summary.bindings) push(bindings, binding.path, binding);
      }
      return bindings.get(path) ?? [];
    };
    for (const call of summary.calls) {
      const callee = paths[call.callee]!;
      const name = callee.last;
      if (callee.root === 'local' && callee.fields.length === 0) {
        to.localCalls({ module, call });
        for (const { value } of boundTo(call.callee)) {
          if (value.kind === 'scope')
            to.throughLocal(summary.scopes[value.scope]!.name, { module, scope: call.scope });
          for (const path of choicesOf(value)) to.throughLocal(nameAt(path), { module, scope: call.scope });
        }
      }
      if (names.has(name)) to.calls(name, { module, call });
      for (const argument of call.arguments) note(argument.value, { module, call });
    }
    for (const access of summary.accesses) {
      if (access.kind !== 'read') continue;
      const name = nameAt(access.path);
      if (!names.has(name)) continue;
      to.reads(name, { module, access });
      if (access.use === 'called' || access.use === 'method') continue;
      if (access.use === 'assigned' && called.everywhere.has(access.path)) continue;
      if (access.use !== 'argument' || !called.asArguments.has(access.path))
        to.values(name, { module, path: access.path, argumentOf: undefined });
    }
    for (const binding of summary.bindings) {
      const { how, path, value } = binding;
      if (how !== 'definition' && !called.locals.has(path)) note(value, undefined);
      const { root, fields, last } = paths[path]!;
      const onAnother = fields.length > (root === 'self' || root === 'cls' || root === 'class' ? 1 : 0);
      if (how === 'assign' && onAnother && (value.kind === 'path' || value.kind === 'call'))
        to.stores(last, { module, binding });
    }
    const done = new Set<string>();
    for (const { method, scope } of operationsIn(summary)) {
      const key = `${scope} ${method}`;
      if (!names.has(method) || done.has(key)) continue;
      done.add(key);
      to.operations(method, { module, scope });
    }
    for (const scope of summary.scopes) {
      for (const shape of scope.returns) note(shape, undefined);
      if (scope.parent === -1) continue;
      for (const { path } of scope.decorators)
        if (names.has(nameAt(path))) to.decorations(nameAt(path), { module, scope: scope.parent });
    }
  }
}

/** Who hears of each place in a text where a name of the program occurs. */
interface Mentions {
  calls(name: string, site: CallSite): void;
  passing(name: string, site: CallSite): void;
  values(name: string, site: ValueSite): void;
  reads(name: string, site: ReadSite): void;
  decorations(name: string, site: ScopeSite): void;
  localCalls(site: CallSite): void;
  throughLocal(name: string, site: ScopeSite): void;
  stores(name: string, site: BoundHere): void;
  operations(name: string, site: ScopeSite): void;
}

export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
