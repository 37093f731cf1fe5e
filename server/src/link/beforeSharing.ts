/**
 * What happens before others can see an object or variable: in constructors, in the bodies of modules up to the first thread that is
 * started there, in processes that were just forked.
 */
import type { Access, FactId, ScopeId } from '../facts/summary.ts';
import type { CallGraph } from './callGraph.ts';
import { flowOf } from './flow.ts';
import type { ForkedCode } from './forkChildren.ts';
import { push } from './nameIndex.ts';
import type { FunctionNode, Module } from './program.ts';
import { constructionOnly, type FunctionSet, type Reach } from './reach.ts';
import type { Resolver } from './resolve.ts';
import type { VariableId } from './target.ts';
import type { DraftThread } from './threads.ts';

export class BeforeSharing {
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #reach: Reach;
  readonly #fields = new Map<Module, ReadonlyMap<ScopeId, readonly string[]>>();
  readonly #constructing: FunctionSet;
  readonly #forked: ForkedCode;
  readonly #threads = new Map<FunctionNode, DraftThread[]>();
  readonly #startFacts = new Map<FunctionNode, FactId[]>();
  readonly #touched = new Map<FunctionNode, ReadonlySet<string>>();
  readonly #afterStarts = new Map<FunctionNode, { has(fact: FactId): boolean }>();

  constructor(
    resolver: Resolver,
    graph: CallGraph,
    reach: Reach,
    threads: readonly DraftThread[],
    forked: ForkedCode,
  ) {
    this.#resolver = resolver;
    this.#graph = graph;
    this.#reach = reach;
    this.#constructing = constructionOnly(graph);
    this.#forked = forked;
    for (const thread of threads)
      if (thread.started) {
        push(this.#startFacts, thread.spawner, thread.startFact);
        push(this.#threads, thread.spawner, thread);
      }
  }

  startsThreads(function_: FunctionNode): boolean {
    return this.#startFacts.has(function_);
  }

  has(function_: FunctionNode, access: Access, variable: VariableId): boolean {
    if (isExcluded(function_)) return true;
    if (this.#reach.importTime.has(function_) && !this.#decoratesAfterStart(function_)) return true;
    if (variable.kind === 'instance' && variable.receiver === 'self' && function_.scope.name === '__del__')
      return true;
    if (this.#forked.has(function_, access.fact)) return true;
    if (variable.kind === 'classAttribute' && isOfNewClass(function_, access)) return true;
    if (access.scope !== function_.scope.id && function_.scope.kind === 'module') return true;
    const afterStart = this.#afterStart(function_)?.has(access.fact) === true;
    if (variable.kind === 'instance' && variable.receiver === 'self' && this.#constructing.has(function_))
      return !afterStart || !this.#touchedByThreadsOf(function_).has(variable.attribute);
    if (variable.kind === 'instance' && variable.receiver !== 'self' && function_.scope.kind === 'module')
      return !afterStart;
    if (function_.scope.kind === 'module') return !afterStart;
    return false;
  }

  /** The module that applies a decorator has started a thread by then. */
  #decoratesAfterStart(decorator: FunctionNode): boolean {
    return this.#graph.to(decorator).some(({ caller, fact }) => this.#afterStart(caller)?.has(fact) === true);
  }

  /** The names of all attributes that the threads which a function starts come across. */
  #touchedByThreadsOf(function_: FunctionNode): ReadonlySet<string> {
    const known = this.#touched.get(function_);
    if (known !== undefined) return known;
    const names = new Set<string>();
    for (const { id } of this.#threads.get(function_) ?? [])
      for (const { module, scope } of this.#reach.byThread[id]!.keys())
        for (const field of this.#fieldsIn(module).get(scope.id) ?? []) names.add(field);
    this.#touched.set(function_, names);
    return names;
  }

  /** The attributes that each function of a module comes across. */
  #fieldsIn(module: Module): ReadonlyMap<ScopeId, readonly string[]> {
    const known = this.#fields.get(module);
    if (known !== undefined) return known;
    const { accesses, paths } = module.summary;
    const found = new Map<ScopeId, string[]>();
    for (const { scope, path } of accesses)
      for (const field of paths[path]!.fields)
        push(found, this.#resolver.functionAt(module, scope).scope.id, field);
    this.#fields.set(module, found);
    return found;
  }

  /** What control can reach behind the threads that a function starts; undefined where it starts none. */
  #afterStart(function_: FunctionNode): { has(fact: FactId): boolean } | undefined {
    const started = this.#startFacts.get(function_);
    if (started === undefined) return undefined;
    const known = this.#afterStarts.get(function_);
    if (known !== undefined) return known;
    const reached = flowOf(function_.module.summary).reachedFrom(started, []);
    this.#afterStarts.set(function_, reached);
    return reached;
  }
}

/** `cls.name = …` in `__init_subclass__`: nobody has the class yet that is being made. */
function isOfNewClass({ module, scope }: FunctionNode, { kind, path }: Access): boolean {
  const { root, fields } = module.summary.paths[path]!;
  const replaced = kind === 'write' || kind === 'update';
  return scope.name === '__init_subclass__' && replaced && root === 'cls' && fields.length === 1;
}

/** The definition, or one around it, says `# pragma: no thread`, or that tests alone call it. */
export function isExcluded(function_: FunctionNode): boolean {
  const { scopes } = function_.module.summary;
  for (let at = function_.scope.id; at > 0; at = scopes[at]!.parent) if (scopes[at]!.noThread) return true;
  return false;
}
