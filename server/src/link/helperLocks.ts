/**
 * What functions do to locks for others: the helper that acquires a lock and comes back with it, and the decorator that holds one
 * around what it decorates.
 */
import { SYNCHRONIZING_DECORATOR } from '../catalog/words.ts';
import { EXIT } from '../facts/summary.ts';
import type { CallGraph } from './callGraph.ts';
import { flowOf } from './flow.ts';
import type { LockTable } from './locks.ts';
import { push } from './nameIndex.ts';
import type { FunctionNode } from './program.ts';
import type { Resolver } from './resolve.ts';
import { type Locks, wrapperLocks } from './wrapperLocks.ts';

const NONE: ReadonlySet<string> = new Set();

export class HelperLocks {
  readonly #resolver: Resolver;
  readonly #table: LockTable;
  /** What the table says of locks, as the walk through wrappers asks it. */
  readonly #forWrappers: Locks;
  /** Per function: stretches of facts during which a helper's lock is held. */
  readonly #stretches = new Map<
    FunctionNode,
    { readonly key: string; readonly from: number; readonly to: number }[]
  >();
  readonly #decorated = new Map<FunctionNode, ReadonlySet<string>>();

  constructor(resolver: Resolver, table: LockTable, forWrappers: Locks) {
    this.#resolver = resolver;
    this.#table = table;
    this.#forWrappers = forWrappers;
  }

  /** Locks of the helpers called before a fact of a function, and of its decorators. */
  around(function_: FunctionNode, fact: number): ReadonlySet<string> {
    const decorated = this.#decorated.get(function_);
    const stretches = this.#stretches.get(function_);
    if (stretches === undefined) return decorated ?? NONE;
    const keys = new Set(decorated ?? []);
    for (const stretch of stretches) if (stretch.from < fact && fact <= stretch.to) keys.add(stretch.key);
    return keys;
  }

  /** The locks of helpers and decorators around the facts of a function, all that there are. */
  helpedIn(function_: FunctionNode): readonly unknown[] {
    return [this.#stretches.get(function_), this.#decorated.get(function_)];
  }

  /** The locks that a decorator holds around the whole function. */
  decoratedBy(function_: FunctionNode): ReadonlySet<string> {
    return this.#decorated.get(function_) ?? NONE;
  }

  /** Functions during which a helper's or decorator's lock is held. */
  helped(): readonly FunctionNode[] {
    return [...this.#stretches.keys(), ...this.#decorated.keys()];
  }

  /** Finds the helpers that leave a lock held, and the decorators that hold one. */
  learn(graph: CallGraph): void {
    const acquires = new Map<FunctionNode, Set<string>>();
    const releases = new Map<FunctionNode, Set<string>>();
    for (const module of this.#resolver.modules) {
      const flow = flowOf(module.summary);
      const held = this.#table.heldIn(module);
      for (const acquisition of module.summary.acquisitions) {
        if (acquisition.how !== 'acquire') continue;
        const function_ = this.#resolver.functionAt(module, acquisition.scope);
        if (function_.scope.name === '__enter__') continue;
        const left = held.atBlock(flow.bodyOf(acquisition.fact), EXIT).must;
        for (const [key, through] of left)
          if (through.includes(acquisition.index)) add(acquires, function_, key);
      }
      for (const { acquisition, path, scope, fact } of module.summary.releases) {
        if (acquisition !== -1) continue;
        const lock = this.#table.lockOf(module, path);
        if (lock !== undefined && !held.at(fact).must.has(lock.key))
          add(releases, this.#resolver.functionAt(module, scope), lock.key);
      }
    }
    const holding = this.#holdingDecorators();
    const mayLock = (name: string): boolean => holding.has(name) || SYNCHRONIZING_DECORATOR.test(name);
    const callers = new Set(
      [...acquires.keys()].flatMap((helper) => graph.to(helper).map((edge) => edge.caller)),
    );
    for (const function_ of callers) {
      const edges = graph.from(function_);
      for (const edge of edges) {
        for (const key of acquires.get(edge.callee) ?? []) {
          const end = edges.find((other) => other.fact > edge.fact && releases.get(other.callee)?.has(key));
          push(this.#stretches, function_, {
            key,
            from: edge.fact,
            to: end?.fact ?? Number.POSITIVE_INFINITY,
          });
        }
      }
    }
    for (const function_ of this.#resolver.functions) {
      if (!function_.scope.decorators.some(({ path }) => mayLock(function_.module.summary.paths[path]!.last)))
        continue;
      const keys = this.#decoratorLocks(function_);
      if (keys.size > 0) this.#decorated.set(function_, keys);
    }
  }

  /** Names of functions with an inner function that takes something before it calls a local. */
  #holdingDecorators(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const { module, call } of this.#resolver.index.localCalls) {
      const { scopes, acquisitions } = module.summary;
      if (!acquisitions.some(({ scope, fact }) => scope === call.scope && fact < call.fact)) continue;
      for (let at = scopes[call.scope]!.parent; at > 0; at = scopes[at]!.parent) names.add(scopes[at]!.name);
    }
    return names;
  }

  #decoratorLocks(function_: FunctionNode): ReadonlySet<string> {
    const keys = new Set<string>();
    for (const decorator of function_.scope.decorators) {
      const path = function_.module.summary.paths[decorator.path]!;
      const last = path.fields.at(-1) ?? path.name.split('.').at(-1) ?? '';
      const target = this.#resolver.target(function_.module, decorator.path);
      if (target.kind === 'function') {
        const given = decorator.arguments ?? [];
        for (const key of wrapperLocks(this.#forWrappers, this.#resolver, target.function, function_, given))
          keys.add(key);
        if (keys.size === 0 && SYNCHRONIZING_DECORATOR.test(last)) keys.add(this.#owned(function_));
      } else if (SYNCHRONIZING_DECORATOR.test(last)) {
        const argument = decorator.arguments?.find((one) => one.value.kind === 'path');
        const lock =
          argument?.value.kind === 'path'
            ? this.#table.lockOf(function_.module, argument.value.path)
            : undefined;
        keys.add(lock?.key ?? this.#owned(function_));
      }
    }
    return keys;
  }

  /** The lock that a decorator is believed to hold on the object, or in the module, of what it decorates. */
  #owned({ owner, module }: FunctionNode): string {
    return `auto:${this.#resolver.printed(module, owner?.scope.id ?? 0)}`;
  }
}

function add<Key>(map: Map<Key, Set<string>>, key: Key, value: string): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, new Set([value]));
  else known.add(value);
}
