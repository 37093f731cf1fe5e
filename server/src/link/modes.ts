/**
 * Objects that are made for one way of working: `if queue_size > 0:` the constructor starts a thread, and `if self.queue_size <= 0:`
 * a method does the same work itself. No object does both.
 */
import type { FactId, PathId, Test } from '../facts/summary.ts';
import { type CallGraph, isConstructor, isPrivate } from './callGraph.ts';
import type { FunctionNode, HeldTest, Module, SharedAccess } from './program.ts';
import type { Resolver } from './resolve.ts';
import type { DraftThread } from './threads.ts';

/** What is so of an object from its making on. */
interface Mode extends Pick<Test, 'form' | 'against' | 'relation'> {
  /** The attribute that says it. */
  readonly key: string;
}

const NONE: readonly Mode[] = [];
/** Private helpers are followed to their callers no further than this, and not where more call them. */
const MOST_FOLLOWED = 3;
const MOST_CALLERS = 8;

export class Modes {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #testsAt: (module: Module, fact: FactId) => readonly HeldTest[];
  readonly #ofThreads = new Map<number, readonly Mode[]>();
  /** By thread, function and place. */
  readonly #excluded = new Map<string, boolean>();
  /** By module and path, the attribute that nothing but constructors sets. */
  readonly #fixed = new Map<Module, Map<PathId, string | undefined>>();

  constructor(
    resolver: Resolver,
    graph: CallGraph,
    testsAt: (module: Module, fact: FactId) => readonly HeldTest[],
  ) {
    this.#resolver = resolver;
    this.#graph = graph;
    this.#testsAt = testsAt;
  }

  /** Whether an object for which the thread is started never comes to an access outside of it. */
  exclude(
    thread: DraftThread,
    { function: function_, access, receiver }: SharedAccess,
    run: { has(function_: FunctionNode): boolean },
  ): boolean {
    if (receiver !== 'self' && receiver !== 'member') return false;
    const started = this.#ofThread(thread);
    if (started.length === 0) return false;
    const place = `${thread.id} ${function_.id} ${access.fact}`;
    const known = this.#excluded.get(place);
    if (known !== undefined) return known;
    const found = this.#at(function_, access.fact, run, 0).some((mode) =>
      started.some((one) => one.key === mode.key && excludeEachOther(one, mode)),
    );
    this.#excluded.set(place, found);
    return found;
  }

  /** What holds of an object where its thread is started. */
  #ofThread(thread: DraftThread): readonly Mode[] {
    const { id, spawner, startFact, entries } = thread;
    const known = this.#ofThreads.get(id);
    if (known !== undefined) return known;
    const own = spawner.owner !== undefined && entries.every(({ receiver }) => receiver === 'self');
    const found = own && Number.isFinite(startFact) ? this.#modesOf(spawner, startFact) : NONE;
    this.#ofThreads.set(id, found);
    return found;
  }

  /** What holds at a place outside of the thread, by its function or by all who call that on the same object. */
  #at(
    function_: FunctionNode,
    fact: FactId,
    run: { has(function_: FunctionNode): boolean },
    depth: number,
  ): readonly Mode[] {
    const own = this.#modesOf(function_, fact);
    if (depth === MOST_FOLLOWED || !isPrivate(function_) || this.#graph.isHandedOn(function_)) return own;
    const callers = this.#graph.to(function_).filter(({ caller }) => !run.has(caller));
    if (callers.length > MOST_CALLERS) return own;
    const [first, ...others] = callers.map((edge) =>
      edge.sameReceiver ? this.#at(edge.caller, edge.fact, run, depth + 1) : NONE,
    );
    if (first === undefined) return own;
    return [
      ...own,
      ...first.filter((mode) => others.every((modes) => modes.some((one) => isAlike(one, mode)))),
    ];
  }

  #modesOf({ module }: FunctionNode, fact: FactId): readonly Mode[] {
    return this.#testsAt(module, fact).flatMap(({ test, weak }) => {
      const key =
        weak || test.via !== undefined || test.key !== undefined ? undefined : this.#keyOf(module, test.path);
      const { form, against, relation } = test;
      return key === undefined ? [] : [{ key, form, against, relation }];
    });
  }

  /** The attribute that a path means, or in which the constructor keeps the parameter, if only constructors set it. */
  #keyOf(module: Module, path: PathId): string | undefined {
    const known = this.#fixed.get(module) ?? new Map<PathId, string | undefined>();
    this.#fixed.set(module, known);
    if (!known.has(path)) known.set(path, this.#findKey(module, path));
    return known.get(path);
  }

  #findKey(module: Module, path: PathId): string | undefined {
    const { bindings, paths } = module.summary;
    const { root, fields } = paths[path]!;
    if (root === 'local' && fields.length === 0) {
      if (this.#resolver.bindingsOf(module, path).length > 0) return undefined;
      const kept = bindings.filter(({ value }) => value.kind === 'path' && value.path === path);
      const [only] = kept;
      return only === undefined || kept.length > 1 || paths[only.path]!.root !== 'self'
        ? undefined
        : this.#findKey(module, only.path);
    }
    if (root !== 'self' || fields.length !== 1) return undefined;
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'variable') return undefined;
    const set = this.#resolver.bindingsOfVariable(target.variable);
    const isFixed =
      set.length > 0 &&
      set.every((one) => isConstructor(this.#resolver.functionAt(one.module, one.binding.scope)));
    return isFixed ? target.variable.key : undefined;
  }
}

function isAlike(a: Mode, b: Mode): boolean {
  return a.key === b.key && a.form === b.form && a.against === b.against && a.relation === b.relation;
}

const OPPOSITE: ReadonlySet<string> = new Set([
  'truthy falsy',
  'falsy truthy',
  'truthy isNone',
  'isNone truthy',
  'isNone isNotNone',
  'isNotNone isNone',
]);

const OPPOSITE_ORDER: ReadonlySet<string> = new Set(['> <=', '<= >', '< >=', '>= <', '> <', '< >']);

function excludeEachOther(a: Mode, b: Mode): boolean {
  if (a.form === 'orders' && b.form === 'orders')
    return a.against === b.against && OPPOSITE_ORDER.has(`${a.relation} ${b.relation}`);
  return OPPOSITE.has(`${a.form} ${b.form}`);
}
