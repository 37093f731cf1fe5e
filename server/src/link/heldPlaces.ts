/**
 * What is held at each place, with what helpers, decorators and callers hold around it, and every place that takes a lock. Puts
 * together what the table of locks knows of each function and what is inherited from callers.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { FactId, ScopeId } from '../facts/summary.ts';
import type { DraftEdge } from './callGraph.ts';
import { flowOf } from './flow.ts';
import { givenBack } from './givenBack.ts';
import type { Inherited } from './inheritedLocks.ts';
import { NO_KEYS, union } from './keySets.ts';
import { keysAt, type LockTable, lockedMethods } from './locks.ts';
import { push } from './nameIndex.ts';
import type {
  CallEdge,
  FunctionNode,
  GivenBack,
  HeldTest,
  LockUse,
  Module,
  ReleasedTwice,
} from './program.ts';
import { releasedAgain } from './releasedAgain.ts';
import type { Resolver } from './resolve.ts';

export class HeldPlaces {
  readonly #resolver: Resolver;
  readonly #table: LockTable;
  readonly #entryLocks: Inherited['locks'];
  readonly #perhaps: Inherited['perhaps'];
  readonly #usesByFunction = new Map<FunctionNode, LockUse[]>();
  readonly #givenBackFor = new Map<Module, ReadonlyMap<ScopeId, readonly FactId[]>>();
  readonly lockUses: readonly LockUse[];

  constructor(resolver: Resolver, table: LockTable, { locks, perhaps }: Inherited) {
    this.#resolver = resolver;
    this.#table = table;
    this.#entryLocks = locks;
    this.#perhaps = perhaps;
    this.lockUses = this.#findLockUses();
  }

  get usesByFunction(): ReadonlyMap<FunctionNode, readonly LockUse[]> {
    return this.#usesByFunction;
  }

  /** A lock from elsewhere is held around the function, or after some call in it. */
  isHeldAround(function_: FunctionNode): boolean {
    return (
      this.#entryLocks.has(function_) ||
      this.#table.helpers.around(function_, Number.POSITIVE_INFINITY).size > 0
    );
  }

  #functionAround(module: Module, fact: FactId): FunctionNode | undefined {
    const flow = flowOf(module.summary);
    const body = flow.bodyOf(fact);
    return body === -1 ? undefined : this.#resolver.functionAt(module, flow.body(body).scope);
  }

  /** Locks that callers, helpers and decorators hold around the fact. */
  inheritedAt(module: Module, fact: FactId): ReadonlySet<string> {
    const function_ = this.#functionAround(module, fact);
    if (function_ === undefined) return NO_KEYS;
    return union(this.#table.helpers.around(function_, fact), this.#entryLocks.get(function_) ?? NO_KEYS);
  }

  locksAt(module: Module, fact: FactId): ReadonlySet<string> {
    return union(keysAt(this.#table, module, fact), this.inheritedAt(module, fact));
  }

  testsAt(module: Module, fact: FactId): readonly HeldTest[] {
    const inherited = this.inheritedAt(module, fact);
    return this.#table
      .heldIn(module)
      .testsAt(fact)
      .map((held) => ({ ...held, locks: union(held.locks, inherited) }));
  }

  /** Behind `if threading.current_thread() is threading.main_thread()`. */
  isInMainThread(module: Module, fact: FactId): boolean {
    return this.#table
      .heldIn(module)
      .testsAt(fact)
      .some(
        ({ test }) => test.form === 'compares' && module.summary.paths[test.path]!.last === 'main_thread',
      );
  }

  /** Behind `if __name__ == "__main__"`. */
  isUnderMain(module: Module, fact: FactId): boolean {
    return this.#table
      .heldIn(module)
      .testsAt(fact)
      .some(({ test }) => module.summary.paths[test.path]!.last === '__name__');
  }

  mayHoldAt(module: Module, fact: FactId): boolean {
    const function_ = this.#functionAround(module, fact);
    if (function_ === undefined) return false;
    const { must, may } = this.#table.heldIn(module).at(fact);
    return (
      may.size > 0 || must.size > 0 || this.saysHeld(function_) || this.#isGivenBackBehind(function_, fact)
    );
  }

  isUncertainAt(module: Module, fact: FactId): boolean {
    const function_ = this.#functionAround(module, fact);
    if (function_ === undefined) return false;
    return (
      this.#table.heldIn(module).at(fact).may.size > 0 ||
      this.saysHeld(function_) ||
      this.#isGivenBackBehind(function_, fact)
    );
  }

  /** The function gives back later what another has taken for it: `__exit__` what `__enter__` holds. */
  #isGivenBackBehind({ module, scope }: FunctionNode, fact: FactId): boolean {
    const releases = this.#takenByOthers(module).get(scope.id);
    if (releases === undefined) return false;
    const flow = flowOf(module.summary);
    return releases.some((release) => release !== fact && flow.reaches(fact, release));
  }

  /** By scope, where it releases a lock that it does not take itself. */
  #takenByOthers(module: Module): ReadonlyMap<ScopeId, readonly FactId[]> {
    const known = this.#givenBackFor.get(module);
    if (known !== undefined) return known;
    const { acquisitions, releases } = module.summary;
    const taken = new Set(acquisitions.map(({ scope, path }) => `${scope} ${path}`));
    const found = new Map<ScopeId, FactId[]>();
    for (const { acquisition, scope, path, fact } of releases) {
      if (acquisition !== -1 || taken.has(`${scope} ${path}`)) continue;
      const lock = this.#table.lockOf(module, path);
      // Each release of a semaphore lets somebody else in, whoever came before.
      if (lock !== undefined && lock.kind !== 'Semaphore' && lock.kind !== 'asyncio')
        push(found, scope, fact);
    }
    this.#givenBackFor.set(module, found);
    return found;
  }

  heldThrough(module: Module, fact: FactId, lock: string): readonly number[] {
    return this.#table.heldIn(module).at(fact).must.get(lock) ?? [];
  }

  givenBack(use: LockUse): GivenBack {
    const { module, lock } = use;
    const releases = module.summary.releases.filter(
      ({ acquisition, path, scope }) =>
        acquisition === -1 &&
        this.#resolver.functionAt(module, scope) === use.function &&
        this.#table.released(module, path) === lock.key,
    );
    return givenBack(
      use,
      releases.map(({ fact }) => fact),
    );
  }

  /** Two releases of the lock of one acquisition, the second of which comes after the first on every way and finds it released. */
  releasedTwice(
    use: Omit<LockUse, 'held'>,
    callsFrom: (function_: FunctionNode) => readonly CallEdge[],
  ): ReleasedTwice | undefined {
    const { module, lock, acquisition } = use;
    const here = ({ scope }: { readonly scope: number }): boolean =>
      this.#resolver.functionAt(module, scope) === use.function;
    const onLoop = acquisition.how === 'async';
    const uses: readonly Pick<LockUse, 'acquisition'>[] = onLoop
      ? this.#takenOnLoop(module, lock.key).filter((one) => here(one.acquisition))
      : this.#usesByFunction.get(use.function)!.filter((one) => one.lock === lock);
    const releases = module.summary.releases.filter((one) => one.path === acquisition.path && here(one));
    const explicit = releases.filter((one) => one.acquisition === -1);
    if (explicit.length === 0 || releases.length < 2) return undefined;
    const taking = callsFrom(use.function).filter(({ callee }) =>
      onLoop
        ? this.#takenOnLoop(callee.module, lock.key).some(
            (one) => this.#resolver.functionAt(callee.module, one.acquisition.scope) === callee,
          )
        : this.#usesByFunction
            .get(callee)
            ?.some((one) => one.lock === lock && one.acquisition.how === 'acquire'),
    );
    const steps = {
      module,
      path: acquisition.path,
      releases: new Set(releases.map(({ fact }) => fact)),
      takes: new Set([...uses.map((one) => one.acquisition.fact), ...taking.map(({ fact }) => fact)]),
      acquisitions: new Set(uses.map((one) => one.acquisition.index)),
    };
    const flow = flowOf(module.summary);
    const isTakenOnce = (fact: FactId): boolean =>
      onLoop
        ? uses.length === 1 && flow.dominates(acquisition.fact, fact)
        : this.heldThrough(module, fact, lock.key).length === 1;
    for (const { fact } of explicit) {
      if (!isTakenOnce(fact)) continue;
      const again = releasedAgain(fact, steps);
      if (again === undefined) continue;
      const written = explicit.some((one) => one.fact === again);
      return { first: fact, again, byWith: !written };
    }
    return undefined;
  }

  /** What a module's coroutines take of a lock of their event loop. */
  #takenOnLoop(module: Module, key: string): readonly Pick<LockUse, 'acquisition'>[] {
    return module.summary.acquisitions
      .filter(({ how, path }) => how === 'async' && this.#table.lockOf(module, path)?.key === key)
      .map((acquisition) => ({ acquisition }));
  }

  edge(edge: DraftEdge): CallEdge {
    const { caller, callee, module, fact, sameReceiver, overriding, how, repeated, object } = edge;
    const locks = union(keysAt(this.#table, module, fact), this.#table.helpers.around(caller, fact));
    const made = { caller, callee, module, fact, locks, sameReceiver, overriding, how, repeated };
    return object === undefined ? made : { ...made, object };
  }

  saysHeld(function_: FunctionNode): boolean {
    if (this.#perhaps.has(function_)) return true;
    if (runsUnderLibraryLock(this.#resolver.catalog, function_)) return true;
    const { scopes } = function_.module.summary;
    for (let at = function_.scope.id; at > 0; at = scopes[at]!.parent)
      if (scopes[at]!.saysLockHeld) return true;
    return false;
  }

  #findLockUses(): readonly LockUse[] {
    const uses: LockUse[] = [];
    for (const module of this.#resolver.modules) {
      for (const acquisition of module.summary.acquisitions) {
        const taken = this.#table.takenBy(module, acquisition);
        if (taken.length === 0) continue;
        const function_ = this.#resolver.functionAt(module, acquisition.scope);
        const held = this.locksAt(module, acquisition.fact);
        for (const lock of taken) {
          const use: LockUse = { module, function: function_, acquisition, lock, held };
          uses.push(use);
          push(this.#usesByFunction, function_, use);
        }
      }
    }
    return uses;
  }
}

/** A library may call it with a lock of the object held, as `logging` does certain methods of a handler. */
function runsUnderLibraryLock(catalog: Catalog, { owner, scope }: FunctionNode): boolean {
  return owner !== undefined && lockedMethods(catalog, owner)?.methods.includes(scope.name) === true;
}
