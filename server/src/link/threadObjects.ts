/**
 * Where a thread object goes in the function that makes it: what holds it, where it is started and where it is waited for. A
 * module is read for this once, so that many threads in it take time in proportion to their number.
 */
import { least } from '../base/manyItems.ts';
import {
  type Binding,
  type Call,
  ELEMENT,
  type FactId,
  type PathId,
  type Release,
  type ScopeId,
  type ValueShape,
} from '../facts/summary.ts';
import { flowOf } from './flow.ts';
import { push } from './nameIndex.ts';
import type { Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { deeper, type VariableId } from './target.ts';

const known = new WeakMap<Resolver, Map<Module, ThreadObjects>>();

export function threadObjectsOf(resolver: Resolver, module: Module): ThreadObjects {
  const ofResolver = known.get(resolver) ?? new Map<Module, ThreadObjects>();
  known.set(resolver, ofResolver);
  const objects = ofResolver.get(module) ?? new ThreadObjects(resolver, module);
  ofResolver.set(module, objects);
  return objects;
}

/** What a resolver answers changes with every edit, so each linking begins anew. */
export function forgetThreadObjects(resolver: Resolver): void {
  known.delete(resolver);
}

/** Who asks for the objects of the module from now on finds them out himself, and rests on all that is asked for that. */
export function forgetThreadObjectsOf(resolver: Resolver, module: Module): void {
  known.get(resolver)?.delete(module);
}

/** Waits of a thread for a variable that others join too are looked for no further than this. */
const MOST_JOINS = 200;

/** Calls after which what they are called on has ended. */
export type WaitMethod = 'join' | 'result' | 'shutdown';

const ON_VARIABLES: ReadonlySet<string> = new Set(['start', 'join', 'result', 'shutdown']);

/** Methods of a container that give back an element and leave the others. */
const TAKES_OUT = new Set(['pop', 'popleft']);

/** Of one module. */
export class ThreadObjects {
  readonly #resolver: Resolver;
  readonly #module: Module;
  /** Index of a call → the paths that its result is bound to, put into or added to, in its scope. */
  readonly #holders = new Map<number, PathId[]>();
  /** What a path is added to by `append` or `add`, and what is bound to something that comes from it, in a scope. */
  readonly #addedTo = new Map<string, PathId[]>();
  readonly #boundFrom = new Map<string, PathId[]>();
  readonly #startsOn = new Map<string, Call[]>();
  readonly #startsOfResult = new Map<number, FactId>();
  readonly #joinsOn = new Map<string, Call[]>();
  /** `shutdown` and `join` by the pool that they are called on. */
  readonly #poolEnds = new Map<string, Call[]>();
  readonly #releases = new Map<string, Release>();
  readonly #withBindings = new Map<string, Binding>();
  #waits: Map<ScopeId, Call[]> | undefined;
  #ofVariables: Map<string, Map<string, Call[]>> | undefined;
  #selfJoins: readonly Call[] | undefined;

  constructor(resolver: Resolver, module: Module) {
    this.#resolver = resolver;
    this.#module = module;
    const { summary } = module;
    const hold = (shape: ValueShape, scope: ScopeId, path: PathId): void => {
      for (const index of callsIn(shape))
        if (summary.calls[index]!.scope === scope) push(this.#holders, index, path);
    };
    for (const binding of summary.bindings) {
      const { scope, path, value, how } = binding;
      hold(value, scope, path);
      for (const source of pathsIn(value)) push(this.#boundFrom, `${scope} ${source}`, path);
      if (how === 'with' && !this.#withBindings.has(`${scope} ${path}`))
        this.#withBindings.set(`${scope} ${path}`, binding);
    }
    for (const { scope, path, value } of summary.accesses) if (value !== undefined) hold(value, scope, path);
    for (const call of summary.calls) this.#noteCall(call);
    for (const release of summary.releases) {
      const key = `${release.scope} ${release.path}`;
      if (release.acquisition !== -1 && !this.#releases.has(key)) this.#releases.set(key, release);
    }
  }

  #noteCall(call: Call): void {
    const { scope } = call;
    const { paths, calls } = this.#module.summary;
    const callee = paths[call.callee]!;
    const owner = this.#ownerOf(call);
    switch (callee.fields.at(-1)) {
      case 'append':
      case 'add': {
        const added = call.arguments[0]?.value;
        if (owner === undefined || added === undefined) return;
        for (const index of callsIn(added))
          if (calls[index]!.scope === scope) push(this.#holders, index, owner);
        if (added.kind === 'path') push(this.#addedTo, `${scope} ${added.path}`, owner);
        return;
      }
      case 'start':
        if (callee.root === 'result' && callee.fields.length === 1) {
          if (!this.#startsOfResult.has(callee.call)) this.#startsOfResult.set(callee.call, call.fact);
        } else if (owner !== undefined) push(this.#startsOn, `${scope} ${owner}`, call);
        return;
      case 'join':
      case 'result':
        if (owner !== undefined && call.arguments.length === 0)
          push(this.#joinsOn, `${scope} ${owner}`, call);
        if (callee.fields.at(-1) === 'join') push(this.#poolEnds, this.#poolOf(call), call);
        return;
      case 'shutdown':
        if (waitsForEnd(call)) push(this.#poolEnds, this.#poolOf(call), call);
        return;
      default:
    }
  }

  #ownerOf(call: Call): PathId | undefined {
    const { parent } = this.#module.summary.paths[call.callee]!;
    return parent === -1 ? undefined : parent;
  }

  /** What a method is called on, in words that are the same for the same object, and the scope of the call. */
  #poolOf(call: Call): string {
    const { root, name, scope, fields } = this.#module.summary.paths[call.callee]!;
    return `${call.scope} ${root} ${name} ${scope} ${fields.slice(0, -1).join('.')}`;
  }

  /** The paths that a thread object is bound to, and those of lists that hold it. */
  holders(call: Call): readonly PathId[] {
    const { scope } = call;
    const paths = new Set(this.#holders.get(call.index) ?? []);
    for (const path of paths)
      for (const owner of this.#addedTo.get(`${scope} ${path}`) ?? []) paths.add(owner);
    for (const path of paths)
      for (const bound of this.#boundFrom.get(`${scope} ${path}`) ?? []) paths.add(bound);
    return [...paths];
  }

  /** The `start()` on the object, in the function that makes it; of several the next one that control comes to. */
  start(call: Call): FactId | undefined {
    const direct = this.#startsOfResult.get(call.index);
    if (direct !== undefined) return direct;
    const flow = flowOf(this.#module.summary);
    const starts = this.holders(call).flatMap((path) => this.#startsOn.get(`${call.scope} ${path}`) ?? []);
    const facts = starts.map(({ fact }) => fact).sort((left, right) => left - right);
    const next = facts.findIndex((fact) => fact > call.fact);
    const inOrder = next < 0 ? facts : [...facts.slice(next), ...facts.slice(0, next)];
    return inOrder.find((fact) => flow.reaches(call.fact, fact));
  }

  /** Calls in the function that makes it after which the thread has ended: `t.join()`, `f.result()`, `wait(fs)`, the end of `with pool`. */
  joins(call: Call): readonly FactId[] {
    const holders = new Set(this.holders(call));
    const found = new Set<FactId>();
    for (const path of holders)
      for (const { fact } of nearest(this.#joinsOn.get(`${call.scope} ${path}`) ?? [], call)) found.add(fact);
    for (const wait of this.#waitsIn(call.scope)) {
      const first = wait.arguments[0]?.value;
      if (first !== undefined && pathsIn(first).some((path) => holders.has(path))) found.add(wait.fact);
    }
    for (const { fact } of nearest(this.#poolEnds.get(this.#poolOf(call)) ?? [], call)) found.add(fact);
    const end = this.#endOfWith(call);
    return [...[...found].sort((left, right) => left - right), ...(end === undefined ? [] : [end])];
  }

  /** Calls of a method on variables, by the variables' keys; those of `shutdown` that wait. */
  onVariables(method: 'start' | WaitMethod): ReadonlyMap<string, readonly Call[]> {
    this.#ofVariables ??= this.#findOfVariables();
    return this.#ofVariables.get(method) ?? new Map();
  }

  #findOfVariables(): Map<string, Map<string, Call[]>> {
    const found = new Map<string, Map<string, Call[]>>();
    const { calls, paths } = this.#module.summary;
    for (const call of calls) {
      const { fields, parent } = paths[call.callee]!;
      const last = fields.at(-1);
      if (last === undefined || !ON_VARIABLES.has(last) || parent === -1) continue;
      if (last === 'shutdown' && !waitsForEnd(call)) continue;
      const owner = this.#takenFrom(call, parent) ?? this.#variableAt(parent);
      if (owner === undefined) continue;
      const ofMethod = found.get(last) ?? new Map<string, Call[]>();
      found.set(last, ofMethod);
      push(ofMethod, owner.key, call);
    }
    return found;
  }

  /** The call whose result a path is, or a local that is bound once. */
  #callAt(path: PathId): number | undefined {
    const { root, fields, call } = this.#module.summary.paths[path]!;
    if (fields.length > 0) return undefined;
    if (root === 'result') return call;
    if (root !== 'local') return undefined;
    const [binding, ...others] = this.#resolver.bindingsOf(this.#module, path);
    return others.length === 0 && binding?.value.kind === 'call' ? binding.value.call : undefined;
  }

  #variableAt(path: PathId): VariableId | undefined {
    const target = this.#resolver.target(this.#module, path);
    return target.kind === 'variable' ? target.variable : undefined;
  }

  /** `while threads: threads.pop().join()`: the elements of what a loop empties, one after the other. */
  #takenFrom({ fact }: Call, path: PathId): VariableId | undefined {
    const { calls, paths } = this.#module.summary;
    const taking = this.#callAt(path);
    if (taking === undefined) return undefined;
    const { last, parent } = paths[calls[taking]!.callee]!;
    if (parent === -1 || !TAKES_OUT.has(last)) return undefined;
    if (flowOf(this.#module.summary).loopAround(fact) === undefined) return undefined;
    const container = this.#variableAt(parent);
    return container && deeper(container, [ELEMENT]);
  }

  /** `self.join()` */
  get selfJoins(): readonly Call[] {
    const { calls, paths } = this.#module.summary;
    this.#selfJoins ??= calls.filter(({ callee }) => {
      const { root, fields } = paths[callee]!;
      return root === 'self' && fields.length === 1 && fields[0] === 'join';
    });
    return this.#selfJoins;
  }

  #waitsIn(scope: ScopeId): readonly Call[] {
    if (this.#waits === undefined) {
      this.#waits = new Map();
      for (const call of this.#module.summary.calls) {
        const dotted = this.#resolver.externalName(this.#module, call.callee);
        const joins = dotted === undefined ? undefined : this.#resolver.catalog.effectOf(dotted)?.joins;
        if (joins !== undefined && joins !== 'receiver') push(this.#waits, call.scope, call);
      }
    }
    return this.#waits.get(scope) ?? [];
  }

  /** For work handed to the pool of a `with` block: the end of the block, which waits for all. */
  #endOfWith(call: Call): FactId | undefined {
    const { summary } = this.#module;
    const { scope } = call;
    const own = this.#releases.get(`${scope} ${call.callee}`);
    if (own !== undefined && call.use === 'with') return own.fact;
    const callee = summary.paths[call.callee]!;
    if (callee.root !== 'local' || callee.fields.length !== 1) return undefined;
    const pool = callee.parent;
    const value = this.#withBindings.get(`${scope} ${pool}`)?.value;
    const made = value?.kind === 'call' ? summary.calls[value.call]!.callee : pool;
    const ends = [made, pool].flatMap((path) => this.#releases.get(`${scope} ${path}`) ?? []);
    return ends.length === 0 ? undefined : least(ends.map(({ fact }) => fact));
  }
}

/** Not `shutdown(wait=False)`. */
function waitsForEnd({ arguments: given }: Call): boolean {
  const value = (given.find(({ name }) => name === 'wait') ?? given.find(({ name }) => name === ''))?.value;
  return value?.kind !== 'literal' || value.text !== 'False';
}

/** The first behind the call where there are very many. */
function nearest(calls: readonly Call[], { fact }: Call): readonly Call[] {
  if (calls.length <= MOST_JOINS) return calls;
  const next = firstBehind(calls, fact);
  return calls.slice(next, next + MOST_JOINS);
}

/** Calls stand in the order of their facts. */
function firstBehind(calls: readonly Call[], fact: FactId): number {
  let low = 0;
  let high = calls.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (calls[middle]!.fact > fact) high = middle;
    else low = middle + 1;
  }
  return low;
}

/** Indices of the calls whose result a value is or holds. */
function callsIn(shape: ValueShape): readonly number[] {
  switch (shape.kind) {
    case 'call':
      return [shape.call];
    case 'container':
      return shape.elements.flatMap(callsIn);
    case 'either':
      return shape.options.flatMap(callsIn);
    default:
      return [];
  }
}

/** Paths that a value is, is taken out of or holds. */
function pathsIn(shape: ValueShape): readonly PathId[] {
  switch (shape.kind) {
    case 'path':
      return [shape.path];
    case 'element':
      return pathsIn(shape.of);
    case 'container':
      return shape.elements.flatMap(pathsIn);
    default:
      return [];
  }
}
