/**
 * Where a name occurs, over all files, before anything is resolved: linking asks "who may call `flush`?" and resolves only
 * those places. What nobody asks about is never resolved, so that an edit costs what it concerns, not what the program holds.
 */
import type { Access, Call, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import type { Module } from './program.ts';

export interface CallSite {
  readonly module: Module;
  readonly call: Call;
}

export interface ValueSite {
  readonly module: Module;
  readonly path: PathId;
}

export interface ReadSite {
  readonly module: Module;
  readonly access: Access;
}

export interface NameIndex {
  /** Calls whose callee ends in the name. */
  calls(name: string): readonly CallSite[];
  /** Calls with an argument that ends in the name: `submit(self.work, x)` for `work`. */
  passing(name: string): readonly CallSite[];
  /** Values (arguments, assigned, returned, in containers) that end in the name and are not called. */
  values(name: string): readonly ValueSite[];
  /** Calls through a bare local name. */
  readonly localCalls: readonly CallSite[];
  /** Lambdas, and functions defined in place, that are handed on: module and scope. */
  readonly inPlace: readonly { readonly module: Module; readonly scope: ScopeId }[];
  /** Attributes of that name that are read. */
  reads(name: string): readonly ReadSite[];
}

/** Indexes the occurrences of `names`, the functions and classes of the program. */
export function indexNames(modules: readonly Module[], names: ReadonlySet<string>): NameIndex {
  const calls = new Map<string, CallSite[]>();
  const passing = new Map<string, CallSite[]>();
  const values = new Map<string, ValueSite[]>();
  const reads = new Map<string, ReadSite[]>();
  const localCalls: CallSite[] = [];
  const inPlace: { module: Module; scope: ScopeId }[] = [];
  for (const module of modules) {
    const { summary } = module;
    const { paths } = summary;
    const nameAt = (path: PathId): string => paths[path]!.last;
    const note = (shape: ValueShape, site: CallSite | undefined): void => {
      switch (shape.kind) {
        case 'path': {
          const name = nameAt(shape.path);
          if (!names.has(name)) return;
          push(values, name, { module, path: shape.path });
          if (site !== undefined) push(passing, name, site);
          return;
        }
        case 'scope':
          inPlace.push({ module, scope: shape.scope });
          return;
        case 'container':
          for (const element of shape.elements) note(element, site);
          return;
        case 'either':
          for (const option of shape.options) note(option, site);
      }
    };
    for (const call of summary.calls) {
      const callee = paths[call.callee]!;
      const name = callee.last;
      if (callee.root === 'local' && callee.fields.length === 0) localCalls.push({ module, call });
      if (names.has(name)) push(calls, name, { module, call });
      for (const argument of call.arguments) note(argument.value, { module, call });
    }
    for (const access of summary.accesses) {
      if (access.kind !== 'read') continue;
      const name = nameAt(access.path);
      if (!names.has(name)) continue;
      push(reads, name, { module, access });
      if (access.use !== 'called' && access.use !== 'method')
        push(values, name, { module, path: access.path });
    }
    for (const binding of summary.bindings) if (binding.how !== 'definition') note(binding.value, undefined);
    for (const scope of summary.scopes) for (const shape of scope.returns) note(shape, undefined);
  }
  return {
    calls: (name) => calls.get(name) ?? [],
    passing: (name) => passing.get(name) ?? [],
    values: (name) => values.get(name) ?? [],
    reads: (name) => reads.get(name) ?? [],
    localCalls,
    inPlace,
  };
}

export function push<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
