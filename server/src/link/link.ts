/**
 * Joins the summaries of all files into one model: resolve names, find calls, locks and threads, then give each access
 * to a shared variable the locks in force and the threads that may run it. Never looks at text, and cannot fail: what it
 * cannot resolve is unknown.
 */
import type { Catalog } from '../catalog/catalog.ts';
import {
  AFTER_FORK_FUNCTION,
  HANDLER_METHOD_UNDER_LOCK,
  METACLASS_BASE,
  TEAR_DOWN_FUNCTION,
} from '../catalog/words.ts';
import {
  type Access,
  type AccessPath,
  type Call,
  ELEMENT,
  type FactId,
  type RegionId,
  type ValueShape,
} from '../facts/summary.ts';
import { receiverClass, submittedAt } from './blocking.ts';
import { callablesOf, isFreshInLoop, isRepeated } from './callables.ts';
import { buildCallGraph, type CallGraph, type DraftEdge, isConstructor, isPrivate } from './callGraph.ts';
import { EffectTable } from './effects.ts';
import { flowOf } from './flow.ts';
import { Flows, isSeen } from './flows.ts';
import { givenBack } from './givenBack.ts';
import { derived, linearized, mayBeOne } from './hierarchy.ts';
import { ImporterIndex } from './importers.ts';
import { type ImportUse, importUses } from './importUses.ts';
import { inModule, Kept, ownedBy, type Search, type Solution } from './kept.ts';
import { hasKnownCallers } from './knownCallers.ts';
import { libraryNames } from './libraryNames.ts';
import { LockTable } from './locks.ts';
import { push } from './nameIndex.ts';
import { type Concurrent, concurrentWith, endsBefore, inOneLane, isTheProgram } from './order.ts';
import { Ownership, type Whose } from './ownership.ts';
import type {
  CallEdge,
  ClassNode,
  Confidence,
  Entry,
  FunctionNode,
  GivenBack,
  Happening,
  HeldLock,
  HeldTest,
  ImportSite,
  Lock,
  LockUse,
  Module,
  ObjectUse,
  Parallel,
  Place,
  ProgramModel,
  SharedAccess,
  Sharing,
  ThreadEntry,
  ValueType,
  Variable,
} from './program.ts';
import {
  computeReach,
  constructionOnly,
  type FunctionSet,
  isNested,
  type Reach,
  type ReachOfThread,
} from './reach.ts';
import { Resolver } from './resolve.ts';
import { RootTable } from './roots.ts';
import type { NamedSetting } from './serverSettings.ts';
import { SharingIndex } from './sharing.ts';
import { absoluteName, type FileInput } from './symbols.ts';
import { isTakenOut, type Use } from './takenOut.ts';
import type { FunctionTarget, VariableId } from './target.ts';
import { type DraftThread, findThreads, isThreadClass } from './threads.ts';

/** What all files are, or by the path of each whether it belongs to a library. */
export type Profile = 'application' | 'library' | { isLibrary(path: string): boolean };

function isOfLibrary(profile: Profile, { path }: Module): boolean {
  return typeof profile === 'string' ? profile === 'library' : profile.isLibrary(path);
}

export interface LinkInput {
  /** What is known of libraries, the project's own models included. */
  readonly catalog: Catalog;
  readonly files: readonly FileInput[];
  readonly profile: Profile;
  readonly target: ProgramModel['target'];
  /** What files beside the program say of the servers that run it. */
  readonly servers?: readonly NamedSetting[];
}

/** What names mean in a program and who calls whom: what lives on over edits. */
export interface Linking {
  readonly resolver: Resolver;
  readonly graph: CallGraph;
  readonly roots: RootTable;
  readonly kept: Kept;
}

/** A program as the linker has it. */
export interface Linked extends ProgramModel {
  /** From now on this program is meant, of all that were linked. */
  enter(): void;
}

/** @param once for one program, and none with other texts after it */
export function linkingOf({ files, catalog }: LinkInput, once = false): Linking {
  const resolver = new Resolver(files, catalog, once);
  const graph = buildCallGraph(resolver);
  return { resolver, graph, roots: new RootTable(resolver, graph), kept: new Kept(resolver) };
}

/** @param linking of the files of the input */
export function link(input: LinkInput, { resolver, graph, roots, kept }: Linking = linkingOf(input)): Linked {
  const locks = new LockTable(resolver);
  locks.learnHelpers(graph);
  const threads = findThreads(resolver, graph, input.servers ?? []);
  const ownership = new Ownership(resolver);
  for (const { module, sharedLocals, fact } of threads)
    for (const local of sharedLocals) ownership.give(module, local, fact);
  const flows = new Flows(resolver, ownership);
  const reach = computeReach(resolver.functions, graph, roots, threads, flows);
  const entryLocks = inheritedLocks(resolver, graph, locks, threads, (module) =>
    isOfLibrary(input.profile, module),
  );
  const program = new LinkedProgram(
    input,
    resolver,
    graph,
    locks,
    threads,
    reach,
    entryLocks,
    ownership,
    flows,
    kept,
  );
  program.enter();
  return program;
}

const NONE: ReadonlySet<string> = new Set();

/** Over how many calls what was taken out is followed. */
const MOST_HANDED_ON = 2;

/** Kinds of locks that do not say that their owner is meant for several threads. */
const NO_THREAD_LOCKS: ReadonlySet<Lock['kind']> = new Set(['asyncio', 'process', 'Semaphore']);

/**
 * Locks that every caller of a function holds. Only functions whose callers are all known inherit: private helpers, nested
 * functions and what only an application itself calls, that nobody hands on and no thread enters. Greatest solution of entry(f) = ⋂ (locks at call ∪ entry(caller)).
 */
function inheritedLocks(
  resolver: Resolver,
  graph: CallGraph,
  locks: LockTable,
  threads: readonly DraftThread[],
  inLibrary: (module: Module) => boolean,
): ReadonlyMap<FunctionNode, ReadonlySet<string>> {
  const entered = new Set(threads.flatMap((thread) => thread.entries.map((entry) => entry.function)));
  const constructing = constructionOnly(graph);
  const callers = new Map<
    FunctionNode,
    readonly { readonly caller: FunctionNode; readonly held: ReadonlySet<string> }[]
  >();
  for (const function_ of calledUnderLock(resolver, graph, locks, inLibrary)) {
    if (entered.has(function_) || graph.isHandedOn(function_)) continue;
    const counted = graph
      .to(function_)
      .filter((edge) => !(edge.sameReceiver && constructing.has(edge.caller)))
      .map((edge) => ({
        caller: edge.caller,
        held: union(keysAt(locks, edge.module, edge.fact), locks.around(edge.caller, edge.fact)),
      }));
    if (counted.length > 0) callers.set(function_, counted);
  }
  const entry = new Map<FunctionNode, ReadonlySet<string> | undefined>();
  for (const function_ of callers.keys()) entry.set(function_, undefined);
  /** Each set only shrinks, so it ends; a function is looked at again when what a caller of it inherits has shrunk. */
  const waiting = new Set(callers.keys());
  for (const function_ of waiting) {
    waiting.delete(function_);
    const before = entry.get(function_);
    if (before?.size === 0) continue;
    let common: ReadonlySet<string> | undefined;
    for (const { caller, held } of callers.get(function_)!) {
      const inherited = entry.has(caller) ? entry.get(caller) : NONE;
      if (inherited === undefined) continue;
      const both = union(held, inherited);
      common = common === undefined ? both : intersection(common, both);
      if (common.size === 0) break;
    }
    if (common === undefined || (before !== undefined && before.size === common.size)) continue;
    entry.set(function_, common);
    for (const edge of graph.from(function_)) if (callers.has(edge.callee)) waiting.add(edge.callee);
  }
  const known = new Map<FunctionNode, ReadonlySet<string>>();
  for (const function_ of resolver.functions) {
    if (function_.scope.name !== 'emit' || function_.owner === undefined) continue;
    const lock = locks.handlerLock(function_.owner);
    if (lock !== undefined) known.set(function_, new Set([lock.key]));
  }
  for (const [function_, held] of entry) if (held !== undefined && held.size > 0) known.set(function_, held);
  return known;
}

/** Functions with known callers that some caller, or a caller's caller of that kind, calls with a lock held. */
function calledUnderLock(
  resolver: Resolver,
  graph: CallGraph,
  locks: LockTable,
  inLibrary: (module: Module) => boolean,
): ReadonlySet<FunctionNode> {
  const known = (function_: FunctionNode): boolean =>
    isPrivate(function_) ||
    isNested(function_) ||
    (!inLibrary(function_.module) && hasKnownCallers(function_, graph, resolver));
  const holding = new Set<FunctionNode>();
  for (const module of resolver.modules)
    for (const { scope } of module.summary.acquisitions) holding.add(resolver.functionAt(module, scope));
  for (const function_ of locks.helped()) holding.add(function_);
  const found = new Set<FunctionNode>();
  const follow = (function_: FunctionNode, all: boolean): void => {
    for (const edge of graph.from(function_)) {
      const held =
        all || keysAt(locks, edge.module, edge.fact).size > 0 || locks.around(function_, edge.fact).size > 0;
      if (held && known(edge.callee)) found.add(edge.callee);
    }
  };
  for (const function_ of holding) follow(function_, false);
  for (const function_ of found) follow(function_, true);
  return found;
}

interface DraftVariable {
  readonly id: VariableId;
  readonly uses: DraftUse[];
  /** A property: functions stand behind it, and no value is bound. */
  readonly computed: boolean;
}

/** An access before anybody asks what holds there: most variables turn out to be nobody else's. */
interface DraftUse {
  readonly module: Module;
  readonly access: Access;
  readonly variable: VariableId;
  /** What stands for the access, where it is only on the way to what is accessed. */
  readonly instead?: Access;
}

type Drafts = Map<string, DraftVariable>;

class LinkedProgram implements Linked {
  readonly modules: readonly Module[];
  readonly #functions: readonly FunctionNode[];
  readonly #classes: readonly ClassNode[];
  readonly #variables: readonly Variable[];
  readonly #locks: ReadonlyMap<string, Lock>;
  readonly #lockUses: readonly LockUse[];
  readonly #threads: readonly DraftThread[];
  readonly #imports: readonly ImportSite[];
  readonly #kept: Kept;
  readonly #solution: Solution;
  readonly #usesBelowImports = new Map<Module, readonly ImportUse[]>();
  readonly catalog: Catalog;
  readonly #libraries: ReadonlySet<Module>;
  readonly #target: ProgramModel['target'];
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #table: LockTable;
  readonly #reach: Reach;
  readonly #entryLocks: ReadonlyMap<FunctionNode, ReadonlySet<string>>;
  readonly #constructing: FunctionSet;
  readonly #programs: boolean[] = [];
  readonly #concurrent: (Concurrent | undefined)[] = [];
  #importers: ImporterIndex | undefined;
  readonly #forkChildren = new Map<Module, ForkChildren>();
  readonly #usesByFunction = new Map<FunctionNode, LockUse[]>();
  readonly #startFacts = new Map<FunctionNode, FactId[]>();
  readonly #afterStarts = new Map<FunctionNode, { has(fact: FactId): boolean }>();
  readonly #edges = new Map<FunctionNode, readonly CallEdge[]>();
  readonly #ownership: Ownership;
  readonly #flows: Flows;
  readonly #captured = new Map<Module, ReadonlySet<number>>();
  readonly #locksByOwner = new Map<ClassNode | Module, Lock[]>();
  readonly #concurrentClasses = new Map<ClassNode, boolean>();
  readonly #sharing: SharingIndex;
  readonly #effects: EffectTable;
  #locking: readonly FunctionNode[] | undefined;
  /** Names that classes bind in their bodies. */
  readonly #inBodies: ReadonlySet<string>;

  constructor(
    input: LinkInput,
    resolver: Resolver,
    graph: CallGraph,
    locks: LockTable,
    threads: readonly DraftThread[],
    reach: Reach,
    entryLocks: ReadonlyMap<FunctionNode, ReadonlySet<string>>,
    ownership: Ownership,
    flows: Flows,
    kept: Kept,
  ) {
    this.#kept = kept;
    this.catalog = input.catalog;
    this.#libraries = new Set(resolver.modules.filter((module) => isOfLibrary(input.profile, module)));
    this.#target = input.target;
    this.modules = resolver.modules;
    this.#functions = resolver.functions;
    this.#classes = resolver.classes;
    this.#threads = threads;
    this.#resolver = resolver;
    this.#graph = graph;
    this.#table = locks;
    this.#reach = reach;
    this.#entryLocks = entryLocks;
    this.#ownership = ownership;
    this.#flows = flows;
    this.#constructing = constructionOnly(graph);
    this.#sharing = new SharingIndex(resolver, threads, (class_) => this.locksOf(class_, class_.module));
    this.#effects = new EffectTable(resolver, locks, this);
    for (const thread of threads) {
      if (!thread.started) continue;
      push(this.#startFacts, thread.spawner, thread.startFact);
    }
    this.#inBodies = new Set(
      this.modules.flatMap(({ summary }) =>
        summary.bindings.flatMap(({ path, how }) => {
          const { root, fields } = summary.paths[path]!;
          return root === 'class' && how !== 'definition' ? fields.slice(0, 1) : [];
        }),
      ),
    );
    this.#lockUses = this.#findLockUses();
    this.#variables = this.#findVariables();
    this.#locks = locks.locks;
    this.#imports = this.#findImports();
    this.#solution = this.#solved();
  }

  /** What searches may have read of what was solved; a function that is in no part has nothing solved for it. */
  #solved(): Solution {
    const parts = new Map<Parameters<Kept['readSolved']>[0], unknown>([
      ['settings', [this.#target, [...this.#libraries]]],
      ['threads', this.#threads],
    ]);
    const inModules = new Map<Module, unknown[]>();
    for (const module of this.modules) inModules.set(module, [this.#table.solvedIn(module)]);
    const note = (function_: FunctionNode, ...found: readonly unknown[]): void => {
      inModules.get(function_.module)!.push(function_, ...found);
    };
    for (const function_ of this.#table.helped()) note(function_, this.#table.helpedIn(function_));
    for (const [function_, held] of this.#entryLocks) note(function_, held);
    for (const [function_, uses] of this.#usesByFunction) note(function_, uses);
    for (const [function_, ids] of this.#reach.threadsOf)
      note(
        function_,
        ids.map((id) => [this.#threads[id], this.#reach.through[id]!.get(function_)]),
      );
    for (const [module, found] of inModules) parts.set(inModule(module), found);
    for (const [owner, locks] of this.#ownedLocks()) parts.set(ownedBy(owner), locks);
    return parts;
  }

  enter(): void {
    this.#kept.enter(this, this.#solution);
  }

  kept<Found>(search: Search<Found>, module: Module): readonly Found[] {
    return this.#kept.of(search, module);
  }

  get functions(): readonly FunctionNode[] {
    this.#resolver.readDefined();
    return this.#functions;
  }

  get classes(): readonly ClassNode[] {
    this.#resolver.readDefined();
    return this.#classes;
  }

  get variables(): readonly Variable[] {
    this.#kept.readProgram();
    return this.#variables;
  }

  get locks(): ReadonlyMap<string, Lock> {
    this.#kept.readProgram();
    return this.#locks;
  }

  get lockUses(): readonly LockUse[] {
    this.#kept.readProgram();
    return this.#lockUses;
  }

  get imports(): readonly ImportSite[] {
    this.#kept.readProgram();
    return this.#imports;
  }

  get threads(): readonly DraftThread[] {
    this.#kept.readSolved('threads');
    return this.#threads;
  }

  get target(): ProgramModel['target'] {
    this.#kept.readSolved('settings');
    return this.#target;
  }

  isLibrary(module: Module): boolean {
    this.#kept.readSolved('settings');
    return this.#libraries.has(module);
  }

  parallel(variable: Variable, a: SharedAccess, b: SharedAccess): Parallel | undefined {
    this.#kept.readProgram();
    if (a.beforeSharing || b.beforeSharing || a.ownObject || b.ownObject) return undefined;
    if (isMadeHere(a) && isMadeHere(b)) return undefined;
    if (!this.mayTouchOneObject(variable, a, b)) return undefined;
    const threadsA = this.#reach.threadsOf.get(a.function) ?? [];
    const threadsB = this.#reach.threadsOf.get(b.function) ?? [];
    let best: Parallel | undefined;
    const offer = (found: Omit<Parallel, 'sharing'> & { readonly thread: ThreadEntry }): void => {
      if (best === undefined || RANK[found.confidence] > RANK[best.confidence])
        best = { ...found, sharing: sharingThrough(found.thread) };
    };
    // Beyond `high` no thread is surer, and helpers of a large program are reached by very many.
    const settled = (): boolean => best !== undefined && RANK[best.confidence] >= RANK.high;
    for (const id of threadsA) {
      if (settled()) break;
      const thread = this.#threads[id]!;
      if (!this.#runsOnShared(variable, thread, a)) continue;
      for (const other of threadsB) {
        if (settled()) break;
        const second = this.#threads[other]!;
        if (!this.#runsOnShared(variable, second, b)) continue;
        if (id === other) {
          if (!thread.many || !this.#sharedByAll(variable, thread, a, b)) continue;
          if (!this.#isSeenByAlike(variable, thread, a) || !this.#isSeenByAlike(variable, thread, b))
            continue;
          const confidence = this.#inOneProcess(thread, [variable.module]);
          if (confidence !== undefined)
            offer({ thread, runs: 'both', entry: this.#reach.through[id]!.get(a.function), confidence });
        } else if (
          !inOneLane(thread, second) &&
          !endsBefore(thread, second) &&
          !endsBefore(second, thread) &&
          !this.#runsBefore(thread, a, second) &&
          !this.#runsBefore(second, b, thread)
        ) {
          if (
            variable.kind === 'instance' &&
            !(this.#isForeign(a) && this.#isForeign(b)) &&
            !this.#sameInstance(variable, thread, second)
          )
            continue;
          const confidence = this.#inOneProcess(thread, [a.module, second.module]);
          if (confidence !== undefined)
            offer(
              this.#isTheProgram(thread)
                ? {
                    thread: second,
                    runs: 'second',
                    entry: this.#reach.through[other]!.get(b.function),
                    confidence: lesser(confidence, second.confidence),
                  }
                : {
                    thread,
                    runs: this.#isTheProgram(second) ? 'first' : 'both',
                    entry: this.#reach.through[id]!.get(a.function),
                    confidence: lesser(confidence, second.confidence),
                  },
            );
        }
      }
      if (settled()) break;
      const confidence = this.#besides(variable, id, a, b);
      if (confidence !== undefined)
        offer({ thread, runs: 'first', entry: this.#reach.through[id]!.get(a.function), confidence });
    }
    for (const id of threadsB) {
      if (settled()) break;
      const thread = this.#threads[id]!;
      if (!this.#runsOnShared(variable, thread, b)) continue;
      const confidence = this.#besides(variable, id, b, a);
      if (confidence !== undefined)
        offer({ thread, runs: 'second', entry: this.#reach.through[id]!.get(b.function), confidence });
    }
    if (
      best === undefined &&
      this.isLibrary(variable.module) &&
      this.#isOpen(variable, a) &&
      this.#isOpen(variable, b)
    )
      return assumedOf(this.#sharingOf(variable), endsIt(a) || endsIt(b));
    return best;
  }

  usedTogether(a: ObjectUse, b: ObjectUse): Parallel | undefined {
    this.#kept.readProgram();
    const first = this.#useOf(a);
    const second = this.#useOf(b);
    if (first === undefined || second?.variable.key !== first.variable.key) return undefined;
    const found = this.parallel(first.variable, first.access, second.access);
    if (found === undefined || first.variable.kind !== 'closure') return found;
    // The locals of a call that a thread makes are its own.
    return found.thread !== undefined && capturedBy(first.variable, this.#threads[found.thread.id]!)
      ? found
      : undefined;
  }

  #useOf({ module, path, fact, scope }: ObjectUse): { variable: Variable; access: SharedAccess } | undefined {
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'variable') return undefined;
    const { key, kind, name, attribute, owner, module: home, fields, cell } = target.variable;
    const access: Access = {
      fact,
      path,
      scope,
      kind: 'read',
      operation: '',
      key: undefined,
      value: undefined,
      callBetween: false,
      readAt: undefined,
      use: 'method',
    };
    return {
      variable: {
        key,
        kind,
        name,
        attribute,
        owner,
        module: home,
        types: [],
        accesses: [],
        declaration: undefined,
        fields,
        cell:
          cell === undefined ? undefined : this.#resolver.functionAt(home, home.summary.paths[cell]!.scope),
      },
      access: this.#sharedAccess(module, access, target.variable),
    };
  }

  mayTouchOneObject(variable: Variable, a: SharedAccess, b: SharedAccess): boolean {
    if (variable.kind !== 'instance' || a.receiver !== 'self' || b.receiver !== 'self') return true;
    const [first, second] = [a.function.owner, b.function.owner];
    if (first === undefined || second === undefined || mayBeOne(first, second)) return true;
    const below = derived(second);
    return [...derived(first)].some((one) => below.has(one));
  }

  callsFrom(function_: FunctionNode): readonly CallEdge[] {
    this.#kept.readProgram();
    const known = this.#edges.get(function_);
    if (known !== undefined) return known;
    const direct = this.#graph.from(function_).map((edge) => this.#edge(edge));
    const made = [...direct, ...this.#effects.passedTo(function_)];
    this.#edges.set(function_, made);
    return made;
  }

  callsTo(function_: FunctionNode): readonly CallEdge[] {
    return this.#graph.to(function_).map((edge) => this.#edge(edge));
  }

  isHandedOn(function_: FunctionNode): boolean {
    return this.#graph.isHandedOn(function_);
  }

  usesIn(function_: FunctionNode): readonly LockUse[] {
    this.#readSolvedIn(function_.module);
    return this.#usesByFunction.get(function_) ?? [];
  }

  effectsOf(function_: FunctionNode): readonly Happening[] {
    this.#kept.readProgram();
    return this.#effects.of(function_);
  }

  ownEffectsOf(function_: FunctionNode): readonly Happening[] {
    this.#kept.readProgram();
    return this.#effects.ownOf(function_);
  }

  effectsThrough(edge: CallEdge): readonly Happening[] {
    this.#kept.readProgram();
    return this.#effects.through(edge);
  }

  heldAt(function_: FunctionNode, fact: FactId): readonly HeldLock[] {
    this.#kept.readProgram();
    return this.#effects.heldAt(function_, fact);
  }

  get lockingFunctions(): readonly FunctionNode[] {
    this.#kept.readProgram();
    this.#locking ??= [...new Set([...this.#usesByFunction.keys(), ...this.#table.helped()])];
    return this.#locking;
  }

  threadsAt(module: Module, path: number): readonly DraftThread[] {
    this.#kept.readProgram();
    const key = this.keyOf(module, path);
    const submitted = submittedAt(this.#resolver, module, path);
    const own = this.#classOfThreadsAt(module, path);
    return this.#threads.filter((thread) => {
      const made = thread.call;
      if (own !== undefined && thread.entries.some((entry) => isRunOf(entry, own))) return true;
      if (made === undefined) return false;
      if (submitted.some(({ call }) => call === made)) return true;
      if (key === undefined) return false;
      const { summary } = thread.module;
      const { parent } = summary.paths[made.callee]!;
      if (parent !== -1 && this.keyOf(thread.module, parent) === key) return true;
      return summary.bindings.some(
        ({ value, path: holder }) =>
          value.kind === 'call' && value.call === made.index && this.keyOf(thread.module, holder) === key,
      );
    });
  }

  /** The class of the program whose object the path is, which is a thread itself. */
  #classOfThreadsAt(module: Module, path: number): ClassNode | undefined {
    const types = this.#resolver.typesOf(module, { kind: 'path', path });
    const [object] = types.flatMap((type) => (type.kind === 'instance' ? [type.of] : []));
    const class_ = receiverClass(this.#resolver, module, path) ?? object;
    return class_ !== undefined && isThreadClass(this.#resolver, class_) ? class_ : undefined;
  }

  submittedAt(module: Module, path: number): readonly { readonly module: Module; readonly call: Call }[] {
    this.#kept.readProgram();
    return submittedAt(this.#resolver, module, path);
  }

  functionNamed(module: Module, path: number): FunctionNode | undefined {
    const target = this.#resolver.target(module, path);
    return target.kind === 'function' ? target.function : undefined;
  }

  isBounded(module: Module, path: number): boolean {
    const target = this.#resolver.target(module, path);
    if (target.kind !== 'variable') return false;
    return this.#resolver
      .bindingsOfVariable(target.variable)
      .some(({ module: where, binding: { value } }) => {
        if (value.kind !== 'call') return false;
        const given = where.summary.calls[value.call]!.arguments;
        const size = given.find(({ name }) => name === 'maxsize') ?? given.find(({ name }) => name === '');
        return size !== undefined && !(size.value.kind === 'literal' && /^(0|-.*)$/.test(size.value.text));
      });
  }

  isCounting(lock: Lock): boolean {
    this.#kept.readProgram();
    return this.#table.isCounting(lock);
  }

  callsIn(function_: FunctionNode): readonly Call[] {
    this.#readIn(function_.module);
    return this.#effects.callsIn(function_);
  }

  atOnce(a: Place, b: Place): Parallel | undefined {
    this.#kept.readProgram();
    const threadsA = this.threadsRunning(a.function);
    const threadsB = this.threadsRunning(b.function);
    let best: Parallel | undefined;
    const offer = (found: Omit<Parallel, 'sharing'> & { readonly thread: ThreadEntry }): void => {
      if (best === undefined || RANK[found.confidence] > RANK[best.confidence])
        best = { ...found, sharing: sharingThrough(found.thread) };
    };
    for (const thread of threadsA) {
      for (const other of threadsB) {
        if (thread === other ? !thread.many : endsBefore(thread, other) || endsBefore(other, thread))
          continue;
        const confidence = this.#inOneProcess(thread, [other.module]);
        if (confidence !== undefined)
          offer({ thread, runs: 'both', confidence: lesser(confidence, other.confidence) });
      }
    }
    for (const [threads, place, runs] of [
      [threadsA, b, 'first'],
      [threadsB, a, 'second'],
    ] as const) {
      if (!this.#reach.main.has(place.function)) continue;
      for (const thread of threads) {
        const { open, openOnShared } = this.#reach;
        this.#concurrent[thread.id] ??= concurrentWith(thread, this.#graph, open, openOnShared);
        if (this.#concurrent[thread.id]!.at(place.function, place.fact, false) === undefined) continue;
        const confidence = this.#inOneProcess(thread, [place.function.module]);
        if (confidence !== undefined) offer({ thread, runs, confidence });
      }
    }
    const isFree = ({ function: function_ }: Place): boolean =>
      this.#reach.main.has(function_) &&
      function_.scope.kind !== 'module' &&
      this.isLibrary(function_.module);
    if (best === undefined && isFree(a) && isFree(b))
      return { thread: undefined, runs: 'both', confidence: 'low', sharing: MODULE_STATE };
    return best;
  }

  locksOf(owner: ClassNode | undefined, module: Module): readonly Lock[] {
    const owned = (one: ClassNode | Module): readonly Lock[] => {
      this.#kept.readSolved(ownedBy(one));
      return this.#ownedLocks().get(one) ?? [];
    };
    return owner === undefined ? owned(module) : linearized(owner).flatMap(owned);
  }

  #ownedLocks(): ReadonlyMap<ClassNode | Module, readonly Lock[]> {
    if (this.#locksByOwner.size === 0) {
      for (const lock of new Set(this.#table.locks.values())) {
        if (NO_THREAD_LOCKS.has(lock.kind) || lock.constructors.length === 0) continue;
        if (lock.owner !== undefined) push(this.#locksByOwner, lock.owner, lock);
        else if (lock.holder === 'global') push(this.#locksByOwner, lock.module, lock);
      }
    }
    return this.#locksByOwner;
  }

  isConcurrent(class_: ClassNode): boolean {
    this.#kept.readSolved('threads');
    for (const one of linearized(class_)) this.#kept.readSolved(ownedBy(one));
    const known = this.#concurrentClasses.get(class_);
    if (known !== undefined) return known;
    const found =
      this.locksOf(class_, class_.module).length > 0 ||
      this.#threads.some(
        (thread) =>
          thread.spawner.owner === class_ || thread.entries.some((entry) => entry.function.owner === class_),
      );
    this.#concurrentClasses.set(class_, found);
    return found;
  }

  testsAt(module: Module, fact: FactId): readonly HeldTest[] {
    this.#readSolvedIn(module);
    this.#readIn(module);
    const inherited = this.#entryLocksAt(module, fact);
    return this.#table
      .heldIn(module)
      .testsAt(fact)
      .map((held) => ({ ...held, locks: union(held.locks, inherited) }));
  }

  locksAt(module: Module, fact: FactId): ReadonlySet<string> {
    this.#readSolvedIn(module);
    this.#readIn(module);
    return union(keysAt(this.#table, module, fact), this.#entryLocksAt(module, fact));
  }

  mayHoldAt(module: Module, fact: FactId): boolean {
    this.#readSolvedIn(module);
    this.#readIn(module);
    const function_ = this.#functionAround(module, fact);
    if (function_ === undefined) return false;
    const { must, may } = this.#table.heldIn(module).at(fact);
    return may.size > 0 || must.size > 0 || this.#saysHeld(function_);
  }

  isUncertainAt(module: Module, fact: FactId): boolean {
    this.#readSolvedIn(module);
    this.#readIn(module);
    const function_ = this.#functionAround(module, fact);
    if (function_ === undefined) return false;
    return this.#table.heldIn(module).at(fact).may.size > 0 || this.#saysHeld(function_);
  }

  heldThrough(module: Module, fact: FactId, lock: string): readonly number[] {
    this.#readSolvedIn(module);
    this.#readIn(module);
    return this.#table.heldIn(module).at(fact).must.get(lock) ?? [];
  }

  givenBack(use: LockUse): GivenBack {
    this.#kept.readProgram();
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

  returnsOnlyAfter(module: Module, fact: FactId): boolean {
    return flowOf(module.summary).returnsOnlyAfter(fact);
  }

  dominates(module: Module, before: FactId, fact: FactId): boolean {
    return flowOf(module.summary).dominates(before, fact);
  }

  reaches(module: Module, from: FactId, to: FactId): boolean {
    return flowOf(module.summary).reaches(from, to);
  }

  repeatsBefore(module: Module, fact: FactId, other: FactId): boolean {
    return flowOf(module.summary).reachedFrom([fact], [other]).has(fact);
  }

  isConditional(module: Module, fact: FactId): boolean {
    const { regions } = module.summary;
    return flowOf(module.summary)
      .regionsAround(fact)
      .some((region) => !/^(straight|with|try|finally)$/.test(regions[region]!.kind));
  }

  repeatsAt(module: Module, fact: FactId): boolean {
    return flowOf(module.summary).loopAround(fact) !== undefined;
  }

  catchesAt(module: Module, fact: FactId, names: readonly string[]): boolean {
    return flowOf(module.summary)
      .regionsAround(fact)
      .some((region) => {
        const { kind, catches } = module.summary.regions[region]!;
        return kind === 'try' && catches.some((name) => names.includes(name));
      });
  }

  usesBelowImports(module: Module): readonly ImportUse[] {
    this.#readIn(module);
    let uses = this.#usesBelowImports.get(module);
    if (uses === undefined) {
      uses = importUses(module.summary).filter(
        ({ dotted }) => this.#resolver.moduleNamed(dotted.split('.')[0]!, module) === undefined,
      );
      this.#usesBelowImports.set(module, uses);
    }
    return uses;
  }

  nameOf(module: Module, path: number): string {
    const { root, name, scope, fields } = module.summary.paths[path]!;
    const first =
      root === 'self'
        ? 'self'
        : root === 'cls'
          ? 'cls'
          : root === 'class'
            ? module.summary.scopes[scope]!.name
            : name;
    return [first, ...fields].join('.').replaceAll('.[*]', '[…]');
  }

  keyOf(module: Module, path: number): string | undefined {
    const target = this.#resolver.target(module, path);
    return target.kind === 'variable' ? target.variable.key : undefined;
  }

  calleeName(module: Module, call: number): string | undefined {
    return this.#resolver.externalName(module, module.summary.calls[call]!.callee);
  }

  libraryNames(module: Module, call: number): readonly string[] {
    return libraryNames(this.#resolver, module, module.summary.calls[call]!.callee);
  }

  makes(module: Module, call: number): ClassNode | undefined {
    const target = this.#resolver.target(module, module.summary.calls[call]!.callee);
    return target.kind === 'class' ? target.class : undefined;
  }

  functionsOf(module: Module, value: ValueShape): readonly FunctionNode[] {
    return callablesOf(this.#resolver, module, value, -1).map((one) => one.function);
  }

  typesOf(module: Module, value: ValueShape): readonly ValueType[] {
    return this.#resolver.typesOf(module, value);
  }

  lockAt(module: Module, path: number): Lock | undefined {
    this.#kept.readProgram();
    return this.#table.lockOf(module, path);
  }

  functionAt(module: Module, scope: number): FunctionNode {
    return this.#resolver.functionAt(module, scope);
  }

  threadsRunning(function_: FunctionNode): readonly DraftThread[] {
    this.#readSolvedIn(function_.module);
    return (this.#reach.threadsOf.get(function_) ?? []).map((id) => this.#threads[id]!);
  }

  entryTo(thread: ThreadEntry, function_: FunctionNode): Entry | undefined {
    this.#readSolvedIn(function_.module);
    return this.#reach.through[thread.id]?.get(function_);
  }

  containerOf(variable: Variable): readonly string[] {
    return variable.types.flatMap((type) => (type.kind === 'container' ? [type.name] : []));
  }

  // ── inside ───────────────────────────────────────────────────────────────────────────────────────────────────

  /** Who asks rests on what the module says, though the answer was found before. */
  #readIn(module: Module): void {
    this.#resolver.readIn(module);
  }

  /** Who asks rests on what is held in the module and on who runs its functions. */
  #readSolvedIn(module: Module): void {
    this.#kept.readSolved(inModule(module));
  }

  #functionAround(module: Module, fact: FactId): FunctionNode | undefined {
    const flow = flowOf(module.summary);
    const body = flow.bodyOf(fact);
    return body === -1 ? undefined : this.#resolver.functionAt(module, flow.body(body).scope);
  }

  /** Locks that callers, helpers and decorators hold around the fact. */
  #entryLocksAt(module: Module, fact: FactId): ReadonlySet<string> {
    const function_ = this.#functionAround(module, fact);
    if (function_ === undefined) return NONE;
    return union(this.#table.around(function_, fact), this.#entryLocks.get(function_) ?? NONE);
  }

  #edge(edge: DraftEdge): CallEdge {
    const { caller, callee, module, fact, sameReceiver, overriding, how, repeated } = edge;
    this.#readSolvedIn(module);
    this.#readIn(module);
    const locks = union(keysAt(this.#table, module, fact), this.#table.around(caller, fact));
    return { caller, callee, module, fact, locks, sameReceiver, overriding, how, repeated };
  }

  /** Whether the object is one that the threads have in common which start at the same place. */
  #isSeenByAlike(variable: Variable, thread: DraftThread, access: SharedAccess): boolean {
    const among = this.#reach.amongAlike[thread.id];
    return among === undefined || this.#runsOnShared(variable, thread, access, among);
  }

  /** Whether the object that the access touches, when this thread runs it, is one that other threads see. */
  #runsOnShared(
    variable: Variable,
    thread: DraftThread,
    access: SharedAccess,
    { reached, parameters: given }: Pick<ReachOfThread, 'reached' | 'parameters'> = {
      reached: this.#reach.byThread[thread.id]!,
      parameters: this.#reach.parameters[thread.id]!,
    },
  ): boolean {
    const { function: function_, receiver, whose } = access;
    if (variable.kind === 'closure') return !this.#makesCell(variable, thread);
    if (variable.kind !== 'instance') return true;
    switch (receiver) {
      case 'shared':
      case 'none':
        return true;
      case 'parameter':
      case 'local': {
        const shared = reached.get(function_) === true;
        const parameters = given.get(function_) ?? NONE;
        return isSeen(whose, { shared, parameters }, thread);
      }
      default:
        return reached.get(function_) === true || this.#isForeign(access);
    }
  }

  /** Below an attribute of the receiver, in an object that its constructor was given and others have, too. */
  #isForeign({ module, access, receiver, function: { owner } }: SharedAccess): boolean {
    if (receiver !== 'member' || owner === undefined) return false;
    const path = module.summary.paths[access.path]!;
    const [first] = path.root === 'self' ? path.fields : [];
    return first !== undefined && this.#ownership.isForeign(owner, first);
  }

  /** The thread itself calls the function that the cell belongs to, and so has one of its own. */
  #makesCell(variable: Variable, thread: DraftThread): boolean {
    const { cell } = variable;
    return cell !== undefined && !capturedBy(variable, thread) && this.#reach.byThread[thread.id]!.has(cell);
  }

  /** Several threads of one entry see the same variable: globals always, an instance when it is bound to the entry. */
  #sharedByAll(variable: Variable, thread: DraftThread, a: SharedAccess, b: SharedAccess): boolean {
    if (variable.kind === 'closure')
      return (
        !ownedByThread(variable, thread) &&
        (capturedBy(variable, thread) || givenTo(variable, thread) || !thread.passesObjects)
      );
    if (variable.kind !== 'instance') return true;
    if (this.#isForeign(a) && this.#isForeign(b)) return true;
    if (!thread.manyOnOne && !thread.entries.some(({ receiver }) => receiver === 'local')) return false;
    return thread.entries.some(
      ({ receiver }) => receiver === 'self' || receiver === 'shared' || receiver === 'parameter',
    )
      ? thread.fact === thread.startFact || !isThreadSubclass(thread)
      : true;
  }

  #sameInstance(variable: Variable, first: DraftThread, second: DraftThread): boolean {
    if (first.spawner !== second.spawner && first.module.test && second.module.test) return false;
    const [a, b] = [first.spawner.owner, second.spawner.owner];
    if (a !== b && first.module !== second.module && (a === undefined || b === undefined || !mayBeOne(a, b)))
      return false;
    return !(
      isThreadSubclass(first) &&
      isThreadSubclass(second) &&
      variable.owner !== undefined &&
      first.entries[0]?.function.owner === variable.owner &&
      first.entries[0]?.function === second.entries[0]?.function
    );
  }

  /** What may be so in another program only: of a library it is assumed, of an application it is not. */
  #assumed(module: Module): 'low' | undefined {
    return this.isLibrary(module) ? 'low' : undefined;
  }

  /** The confidence in a thread, unless nothing in the program loads it together with these modules. */
  #inOneProcess(thread: DraftThread, modules: readonly Module[]): Confidence | undefined {
    this.#importers ??= new ImporterIndex(this.modules, this.#resolver);
    return this.#importers.haveCommon([thread.module, ...modules])
      ? thread.confidence
      : this.#assumed(thread.module);
  }

  /** How sure it is that an access outside a thread may run while the thread does the first. */
  #besides(
    variable: Variable,
    id: number,
    inThread: SharedAccess,
    access: SharedAccess,
  ): Confidence | undefined {
    const thread = this.#threads[id]!;
    if (thread.besideThreadsOnly) return undefined;
    // A test makes the objects that it works on; what threads the program starts elsewhere have others.
    if (access.module.test && !thread.module.test) return undefined;
    const { open, openOnShared } = this.#reach;
    this.#concurrent[id] ??= concurrentWith(this.#threads[id]!, this.#graph, open, openOnShared);
    const { fact } = access.access;
    if (variable.kind === 'closure' && !capturedBy(variable, thread) && !givenTo(variable, thread))
      return undefined;
    if (
      !this.#reach.main.has(access.function) &&
      (this.#reach.threadsOf.get(access.function) ?? []).length > 0 &&
      thread.spawner !== access.function
    )
      return undefined;
    const given =
      variable.kind === 'instance' && (access.receiver === 'parameter' || access.receiver === 'local');
    const onShared =
      variable.kind === 'instance' &&
      (access.receiver === 'self' || access.receiver === 'member' || (given && isReceivers(access.whose)));
    const how = this.#concurrent[id]!.at(access.function, fact, onShared);
    if (how === undefined || (how === 'open' && this.#isTheProgram(thread))) return undefined;
    if (given && !onShared && !this.#isSeenOutside(access.function, access.whose, new Set()))
      return undefined;
    if (how === 'open' && onShared && !this.#isOneObject(variable, thread))
      return this.#assumed(variable.module);
    return this.#inOneProcess(thread, [inThread.module, access.module]);
  }

  /** What a thread does before it starts the other, where nothing else starts that one. */
  #runsBefore(
    thread: DraftThread,
    { function: function_, access }: SharedAccess,
    other: DraftThread,
  ): boolean {
    if (thread.many || !this.#reach.byThread[thread.id]!.has(other.spawner)) return false;
    if ((this.#reach.threadsOf.get(other.spawner) ?? []).some((id) => id !== thread.id)) return false;
    if (this.#reach.main.has(other.spawner) && !this.#isTheProgram(thread)) return false;
    const { open, openOnShared } = this.#reach;
    this.#concurrent[other.id] ??= concurrentWith(other, this.#graph, open, openOnShared);
    return this.#concurrent[other.id]!.at(function_, access.fact, false) === undefined;
  }

  #isTheProgram(thread: DraftThread): boolean {
    this.#programs[thread.id] ??= isTheProgram(thread, this.#graph);
    return this.#programs[thread.id]!;
  }

  /** Whether code outside of threads gives the function an object that others have, or keeps it where they find it. */
  #isSeenOutside(function_: FunctionNode, whose: readonly Whose[], seen: Set<FunctionNode>): boolean {
    return whose.some((one) => {
      if (one.of === 'call') return 'handedTo' in one;
      if (one.of !== 'parameter') return true;
      if (seen.has(function_)) return false;
      seen.add(function_);
      return this.#graph
        .to(function_)
        .some(
          (edge) =>
            this.#reach.main.has(edge.caller) &&
            this.#isSeenOutside(edge.caller, this.#flows.given(edge, one.name), seen),
        );
    });
  }

  /** Whether outside callers of a method have the object that the thread has: the thread is its own, or there is one only. */
  #isOneObject({ owner, module, accesses }: Variable, thread: DraftThread): boolean {
    if (owner === undefined) return true;
    const guards = new Set(this.locksOf(owner, module).map(({ key }) => key));
    if (accesses.some(({ locks }) => [...locks].some((key) => guards.has(key)))) return true;
    if (
      [thread.spawner, ...thread.entries.map((entry) => entry.function)].some(
        (one) => one.owner !== undefined && mayBeOne(one.owner, owner),
      )
    )
      return true;
    return this.#isMadeOnce(owner, new Set());
  }

  /** Made in one place, and that not by each of several objects. */
  #isMadeOnce(class_: ClassNode, seen: Set<ClassNode>): boolean {
    if (seen.has(class_)) return false;
    seen.add(class_);
    const made = this.#resolver.index.calls(class_.scope.name).filter(({ module, call }) => {
      const target = this.#resolver.target(module, call.callee);
      return target.kind === 'class' && target.class === class_;
    });
    const [only] = made;
    if (only === undefined || made.length > 1 || isRepeated(only.module, only.call.fact)) return false;
    const maker = this.#resolver.functionAt(only.module, only.call.scope).owner;
    return maker === undefined || this.#isMadeOnce(maker, seen);
  }

  /** In the library profile: whether outside callers may run this from several threads on the same object. */
  #isOpen(variable: Variable, access: SharedAccess): boolean {
    if (!this.#reach.main.has(access.function) || access.function.scope.kind === 'module') return false;
    if (!this.isLibrary(access.module) || access.module.test) return false;
    if (variable.kind === 'global' || variable.kind === 'classAttribute') return true;
    /** Of an object that a caller hands over nothing says that another has it. */
    if (access.receiver === 'parameter' || access.receiver === 'local') return false;
    return (
      variable.owner !== undefined &&
      (isMetaclass(variable.owner) ||
        this.#sharing.ofAttribute(variable.owner, variable.attribute) !== undefined)
    );
  }

  /** What says that outside callers share the variable, where `#isOpen` says that they may. */
  #sharingOf(variable: Variable): Sharing {
    const { owner, kind } = variable;
    // What is only read under a lock may be there by chance.
    const guarded = variable.accesses.find(
      (one) =>
        one.access.kind !== 'read' &&
        one.locks.size > 0 &&
        !one.beforeSharing &&
        !TEAR_DOWN_FUNCTION.test(one.function.scope.name),
    );
    const lock = guarded === undefined ? undefined : this.#locks.get([...guarded.locks][0]!);
    // A lock of one object guards nothing that all objects share.
    if (guarded !== undefined && lock !== undefined && (kind === 'instance' || lock.holder !== 'instance'))
      return {
        by: 'guarded',
        says: `\`${guarded.function.label}\` holds \`${lock.name}\` for \`${variable.name}\``,
        at: { module: guarded.module, fact: guarded.access.fact },
      };
    const ofClass =
      owner === undefined || kind !== 'instance'
        ? undefined
        : this.#sharing.ofAttribute(owner, variable.attribute);
    return ofClass ?? MODULE_STATE;
  }

  #findLockUses(): readonly LockUse[] {
    const uses: LockUse[] = [];
    for (const module of this.modules) {
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

  #findVariables(): readonly Variable[] {
    const drafts: Drafts = new Map();
    const changed = this.#withProperties(this.#changedNames());
    const concerned = this.#withProperties(this.#concernedNames());
    for (const module of this.modules) {
      const { accesses, paths } = module.summary;
      for (const access of accesses) {
        const path = paths[access.path]!;
        const last = path.last;
        const first = path.fields[0] ?? '';
        if (!changed.has(last) && !changed.has(first) && !changed.has(path.name)) continue;
        if (!concerned.has(last) && !concerned.has(first) && !concerned.has(path.name)) continue;
        const named = this.#resolver.target(module, access.path);
        const target = touchesHeld(access) ? this.#resolver.heldBy(named) : named;
        if (target.kind === 'function') this.#propertyUpdate(module, access, target, drafts);
        if (target.kind !== 'variable') continue;
        if (this.#isOwnLocal(target.variable)) continue;
        const use = { module, access, variable: target.variable };
        const draft = drafts.get(target.variable.key);
        if (draft === undefined)
          drafts.set(target.variable.key, { id: target.variable, uses: [use], computed: false });
        else draft.uses.push(use);
        this.#readPrefix(module, access, drafts);
      }
    }
    const variables: Variable[] = [];
    for (const { id, uses, computed } of drafts.values()) {
      if (!uses.some((use) => this.#mayChange(use))) continue;
      const accesses = uses.map((use) => this.#accessOf(use));
      const open = this.isLibrary(id.module) && (id.kind === 'global' || id.kind === 'classAttribute');
      if (
        !open &&
        !accesses.some((one) => one.maybeLocked || one.locks.size > 0 || this.#isConcerned(one.function))
      )
        continue;
      if (!accesses.some((one) => one.access.kind !== 'read' && !one.beforeSharing)) continue;
      const kind = isStoredInObjects(id, accesses) ? 'instance' : id.kind;
      const types = id.fields.length > 0 || computed ? [] : this.#resolver.typesOfVariable(id);
      const [first] = this.#resolver.bindingsOfVariable(id);
      variables.push({
        key: id.key,
        kind,
        name: id.name,
        attribute: id.attribute,
        fields: id.fields,
        cell:
          id.cell === undefined
            ? undefined
            : this.#resolver.functionAt(id.module, id.module.summary.paths[id.cell]!.scope),
        owner: id.owner,
        module: id.module,
        types,
        accesses,
        declaration: first === undefined ? undefined : { module: first.module, fact: first.binding.fact },
      });
    }
    return variables;
  }

  /** A local that no function inside of its own uses, and no thread is given. */
  #isOwnLocal({ kind, module, cell }: VariableId): boolean {
    return (
      kind === 'closure' &&
      cell !== undefined &&
      !this.#isCaptured(module, cell) &&
      !this.#ownership.isGiven(module, cell)
    );
  }

  /** Whether functions inside the one that has the local use it. */
  #isCaptured(module: Module, local: number): boolean {
    let captured = this.#captured.get(module);
    if (captured === undefined) {
      const { accesses, paths } = module.summary;
      const found = new Set<number>();
      for (const access of accesses) {
        const root = rootOf(module, access.path);
        const { root: kind, scope } = paths[root]!;
        if (kind !== 'local' || found.has(root)) continue;
        const home = this.#resolver.functionAt(module, scope);
        if (home !== this.#resolver.functionAt(module, access.scope)) found.add(root);
      }
      captured = found;
      this.#captured.set(module, captured);
    }
    return captured.has(local);
  }

  /** A property that gives back an attribute of that name is another name for it. */
  #withProperties(names: ReadonlySet<string>): ReadonlySet<string> {
    const all = new Set(names);
    for (const { module, scope, property } of this.#functions) {
      const [only] = property && scope.returns.length === 1 ? scope.returns : [];
      if (only?.kind === 'path' && names.has(module.summary.paths[only.path]!.last)) all.add(scope.name);
    }
    return all;
  }

  /** Last names of everything that is changed after it could be shared: what never changes needs no look. */
  #changedNames(): ReadonlySet<string> {
    const names = new Set<string>();
    for (const module of this.modules) {
      for (const access of module.summary.accesses) {
        if (access.kind === 'read' || access.kind === 'iterate' || access.kind === 'snapshot') continue;
        const path = module.summary.paths[access.path]!;
        const function_ = this.#resolver.functionAt(module, access.scope);
        const made = path.root === 'self' && isConstructor(function_) && !this.#startFacts.has(function_);
        const imported = function_.scope.kind === 'module' && !this.#startFacts.has(function_);
        if (made || imported) continue;
        names.add(path.last);
        const element = path.fields.indexOf(ELEMENT);
        if (element !== -1) names.add(path.fields[element - 1] ?? path.name);
      }
    }
    return names;
  }

  /** Names that occur where a thread runs, a lock is held, or outside callers may be several threads. */
  #concernedNames(): ReadonlySet<string> {
    const names = new Set<string>();
    const concerned: (boolean | undefined)[] = [];
    for (const module of this.modules) {
      const library = this.isLibrary(module);
      const { accesses, paths } = module.summary;
      for (const access of accesses) {
        const path = paths[access.path]!;
        const first = path.fields[0] ?? path.name;
        if (names.has(path.last) && names.has(first) && names.has(path.name)) continue;
        const function_ = this.#resolver.functionAt(module, access.scope);
        concerned[function_.id] ??= this.#isConcerned(function_);
        const open = library && (path.root !== 'self' || this.#inBodies.has(path.fields[0] ?? ''));
        if (
          concerned[function_.id] === false &&
          !open &&
          this.locksAt(module, access.fact).size === 0 &&
          !this.mayHoldAt(module, access.fact)
        )
          continue;
        names.add(path.last);
        if (path.fields.length > 0) names.add(path.fields[0]!);
        names.add(path.name);
      }
    }
    return names;
  }

  /** A thread runs the function, it holds a lock from elsewhere, or its class is meant for several threads. */
  #isConcerned(function_: FunctionNode): boolean {
    if (function_.owner === undefined && this.isLibrary(function_.module)) return true;
    return (
      this.#reach.threadsOf.has(function_) ||
      this.#entryLocks.has(function_) ||
      this.#table.around(function_, Number.POSITIVE_INFINITY).size > 0 ||
      this.#startFacts.has(function_) ||
      (function_.owner !== undefined && this.#isShared(function_.owner))
    );
  }

  /** The class is meant for several threads; of a library's it is enough that something says so. */
  #isShared(class_: ClassNode): boolean {
    return (
      this.isConcurrent(class_) ||
      isMetaclass(class_) ||
      (this.isLibrary(class_.module) && this.#sharing.of(class_) !== undefined)
    );
  }

  /** `self.weight += 1` on a property runs the getter and the setter: Python code between the read and the write. */
  #propertyUpdate(module: Module, access: Access, target: FunctionTarget, drafts: Drafts): void {
    const { owner, property, scope } = target.function;
    if (!property || owner === undefined || access.kind !== 'update' || access.key !== undefined) return;
    const id: VariableId = {
      key: `p:${this.#resolver.printed(owner.module, owner.scope.id)}.${scope.name}`,
      kind: 'instance',
      name: `self.${scope.name}`,
      attribute: scope.name,
      fields: [],
      cell: undefined,
      owner,
      module: owner.module,
      receiver: target.receiver,
    };
    const use = { module, access: { ...access, callBetween: true }, variable: id };
    const draft = drafts.get(id.key);
    if (draft === undefined) drafts.set(id.key, { id, uses: [use], computed: true });
    else draft.uses.push(use);
  }

  /** `self.conn.sock.send()` reads `self.conn` as well. */
  #readPrefix(module: Module, access: Access, drafts: Drafts): void {
    const path = module.summary.paths[access.path]!;
    const named = path.root === 'local' && !this.#isCaptured(module, rootOf(module, access.path));
    const least = path.root === 'self' || path.root === 'cls' || named ? 1 : 0;
    if (path.fields.length <= least || path.root === 'import') return;
    let prefix = access.path;
    while (module.summary.paths[prefix]!.fields.length > least) prefix = module.summary.paths[prefix]!.parent;
    const target = this.#resolver.target(module, prefix);
    if (target.kind !== 'variable') return;
    const draft = drafts.get(target.variable.key);
    if (draft === undefined) return;
    draft.uses.push({
      module,
      access,
      variable: target.variable,
      instead: {
        ...access,
        path: prefix,
        kind: 'read',
        operation: path.fields[least] ?? '',
        use: 'method',
        value: undefined,
      },
    });
  }

  /** Whether it may change what others see, as far as the place alone says. */
  #mayChange({ module, access, variable, instead }: DraftUse): boolean {
    if (instead !== undefined || access.kind === 'read') return false;
    return !this.#isBeforeSharing(this.#resolver.functionAt(module, access.scope), access, variable);
  }

  #accessOf({ module, access, variable, instead }: DraftUse): SharedAccess {
    const shared = this.#sharedAccess(module, access, variable);
    return instead === undefined ? shared : { ...shared, access: instead };
  }

  #sharedAccess(module: Module, access: Access, variable: VariableId): SharedAccess {
    const function_ = this.#resolver.functionAt(module, access.scope);
    const held = this.#table.heldIn(module).at(access.fact);
    const ownership = this.#ownership;
    let whose: readonly Whose[] | undefined;
    let before: boolean | undefined;
    let own: boolean | undefined;
    const isTaken = (): boolean => this.#isTakenOut(module, access, variable);
    const isBefore = (): boolean => this.#isBeforeSharing(function_, access, variable);
    return {
      name: this.#writtenName(module, access, variable),
      module,
      function: function_,
      access,
      locks: this.#locksThrough(module, access),
      maybeLocked: held.may.size > 0 || this.#saysHeld(function_),
      get beforeSharing() {
        before ??= isBefore() || this.ownObject;
        return before;
      },
      receiver: variable.receiver,
      get whose() {
        whose ??= ownership.ofAccess(module, access);
        return whose;
      },
      get ownObject() {
        own ??= isNobodys(this) || isTaken();
        return own;
      },
    };
  }

  /** Taken out in the function itself, or by everybody who hands it to the function. */
  #isTakenOut(module: Module, use: Use, variable: VariableId, depth = MOST_HANDED_ON): boolean {
    const held = this.#table.heldIn(module);
    const taken = isTakenOut(module, use, {
      names: (path) => path !== use.path && this.keyOf(module, path) === variable.key,
      heldBy: (fact) => new Set([...held.at(fact).must.values()].flat()),
    });
    if (taken || depth === 0) return taken;
    const { root, name, fields } = module.summary.paths[use.path]!;
    if (root !== 'local' || fields.length > 0) return false;
    const function_ = this.#resolver.functionAt(module, use.scope);
    if (!function_.scope.parameters.some((parameter) => parameter.name === name)) return false;
    const given = this.#resolver.given(function_, name);
    return (
      given.length > 0 &&
      given.every(({ module: from, argument: { value }, fact }) => {
        const call = from.summary.calls.find((one) => one.fact === fact);
        return (
          value.kind === 'path' &&
          call !== undefined &&
          this.#isTakenOut(from, { path: value.path, scope: call.scope, fact }, variable, depth - 1)
        );
      })
    );
  }

  #writtenName(module: Module, { path }: Access, { name, receiver, kind }: VariableId): string {
    const { root } = module.summary.paths[path]!;
    const otherwise =
      (root === 'local' && kind !== 'closure') ||
      root === 'import' ||
      (root === 'self' && receiver !== 'self');
    return otherwise ? this.nameOf(module, path) : name;
  }

  /** The locks at an access; of an update in two statements, those that are held from its read to its store without a break. */
  #locksThrough(module: Module, { fact, readAt }: Access): ReadonlySet<string> {
    const atStore = this.locksAt(module, fact);
    if (readAt === undefined || atStore.size === 0) return atStore;
    const around = this.#entryLocksAt(module, fact);
    return new Set(
      [...atStore].filter((lock) => {
        if (around.has(lock)) return true;
        const before = this.heldThrough(module, readAt, lock);
        return this.heldThrough(module, fact, lock).some((acquisition) => before.includes(acquisition));
      }),
    );
  }

  #saysHeld(function_: FunctionNode): boolean {
    if (runsUnderHandlerLock(function_)) return true;
    const { scopes } = function_.module.summary;
    for (let at = function_.scope.id; at > 0; at = scopes[at]!.parent)
      if (scopes[at]!.saysLockHeld) return true;
    return false;
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

  #isBeforeSharing(function_: FunctionNode, access: Access, variable: VariableId): boolean {
    if (this.#reach.importTime.has(function_) || isExcluded(function_)) return true;
    if (variable.kind === 'instance' && variable.receiver === 'self' && function_.scope.name === '__del__')
      return true;
    if (this.#isForkChild(function_, access.fact)) return true;
    if (access.scope !== function_.scope.id && function_.scope.kind === 'module') return true;
    const afterStart = this.#afterStart(function_)?.has(access.fact) === true;
    if (variable.kind === 'instance' && variable.receiver === 'self' && this.#constructing.has(function_))
      return !afterStart;
    if (variable.kind === 'instance' && variable.receiver !== 'self' && function_.scope.kind === 'module')
      return !afterStart;
    if (function_.scope.kind === 'module') return !afterStart;
    return false;
  }

  /** Whether the fact, or all of a function, runs in a process that was just forked. */
  #isForkChild(function_: FunctionNode, fact: FactId | undefined): boolean {
    const { module } = function_;
    const children = this.#forkChildren.get(module) ?? forkChildren(this.#resolver, module);
    this.#forkChildren.set(module, children);
    if (function_.scope.kind === 'module') return false;
    const branches = children.get(function_);
    if (branches !== undefined)
      return (
        branches === 'all' ||
        (fact !== undefined &&
          flowOf(module.summary)
            .regionsAround(fact)
            .some((region) => branches.has(region)))
      );
    if (children.size === 0 || !isPrivate(function_)) return false;
    const callers = this.#graph.to(function_);
    return callers.length > 0 && callers.every((edge) => children.get(edge.caller) === 'all');
  }

  #findImports(): readonly ImportSite[] {
    const sites: ImportSite[] = [];
    for (const module of this.modules) {
      for (const imported of module.summary.imports) {
        const dotted = absoluteName(imported.module, module);
        if (dotted === undefined || imported.module.startsWith('.')) continue;
        if (this.#resolver.moduleNamed(dotted, module) !== undefined) continue;
        sites.push({ module, import: imported, dotted });
      }
    }
    return sites;
  }
}

/** State of a module or class of a library, which all its callers share. */
const MODULE_STATE: Sharing = { by: 'moduleState', says: 'all callers share it', at: undefined };

/** Beside what ends the object nothing else is meant to run. */
function endsIt({ function: { scope } }: SharedAccess): boolean {
  return TEAR_DOWN_FUNCTION.test(scope.name);
}

function assumedOf(sharing: Sharing, ends: boolean): Parallel {
  const confidence = sharing.by === 'guarded' && !ends ? 'medium' : 'low';
  return { thread: undefined, runs: 'both', entry: undefined, confidence, sharing };
}

/** A single thread of a test is there to end a wait as often as to work beside others. */
function sharingThrough({ because, module, fact, what, many }: ThreadEntry): Sharing {
  const inTests = many ? 'tests' : 'concurrent';
  const by = module.test ? inTests : because === undefined ? 'threads' : 'framework';
  return { by, says: because ?? `a ${what} starts`, at: { module, fact } };
}

const RANK = { low: 0, medium: 1, high: 2, certain: 3 } as const;

function lesser<T extends keyof typeof RANK>(a: T, b: T): T {
  return RANK[a] <= RANK[b] ? a : b;
}

/** `logging` calls these methods of a handler with the handler's lock held. */
function runsUnderHandlerLock({ owner, scope }: FunctionNode): boolean {
  if (owner === undefined || !HANDLER_METHOD_UNDER_LOCK.test(scope.name)) return false;
  return linearized(owner).some(
    (one) =>
      one.externalBases.some((base) => /^logging(\.handlers)?\.\w*Handler$/.test(base)) ||
      (one.name === 'Handler' && one.module.name === 'logging'),
  );
}

/** What a path begins with. */
function rootOf({ summary: { paths } }: Module, path: number): number {
  let root = path;
  while (paths[root]!.parent !== -1) root = paths[root]!.parent;
  return root;
}

/** The class has a default, and what is assigned through an object becomes an attribute of that object. */
function isStoredInObjects({ kind, fields }: VariableId, accesses: readonly SharedAccess[]): boolean {
  return (
    kind === 'classAttribute' &&
    fields.length === 0 &&
    accesses.some(
      ({ receiver, access }) =>
        /^(member|parameter|local|shared)$/.test(receiver) &&
        access.key === undefined &&
        (access.kind === 'write' || access.kind === 'update'),
    )
  );
}

/** What is touched is the object that a place holds, not the place. */
function touchesHeld({ kind, key, operation }: Access): boolean {
  return (
    kind === 'mutate' ||
    kind === 'iterate' ||
    kind === 'snapshot' ||
    (kind !== 'write' && key !== undefined) ||
    operation === '[]'
  );
}

/** The object is reached through a local, and nothing says that somebody else has it. */
function isNobodys({ receiver, whose }: Pick<SharedAccess, 'receiver' | 'whose'>): boolean {
  if (receiver !== 'local' && receiver !== 'parameter') return false;
  return whose.every((one) => one.of === 'call' && !('handedTo' in one));
}

/** Made by the call that touches it: another call has another one. */
function isMadeHere({ receiver, whose }: SharedAccess): boolean {
  return (receiver === 'local' || receiver === 'parameter') && whose.every((one) => one.of === 'call');
}

function isReceivers(whose: readonly Whose[]): boolean {
  return whose.some((one) => one.of === 'receiver');
}

/** Its instances are classes, which are as global as the modules they are in. */
function isMetaclass(class_: ClassNode): boolean {
  return linearized(class_).some((one) => one.externalBases.some((base) => METACLASS_BASE.test(base)));
}

/** `os.fork`, whether or not the library is part of the program. */
function written({ root, name, fields }: AccessPath): string {
  return root === 'import' ? [name, ...fields].join('.') : '';
}

/** What runs in a process that was just forked, where no other thread is: a whole function, or these regions of it. */
type ForkChildren = ReadonlyMap<FunctionNode, 'all' | ReadonlySet<RegionId>>;

/** Functions that end the process themselves, are registered or named for it, or note its number. */
function forkChildren(resolver: Resolver, module: Module): ForkChildren {
  const found = new Map<FunctionNode, 'all' | Set<RegionId>>();
  const { calls, bindings, imports, paths, regions, scopes } = module.summary;
  for (const { id, kind, name } of scopes)
    if (kind === 'function' && AFTER_FORK_FUNCTION.test(name))
      found.set(resolver.functionAt(module, id), 'all');
  if (!imports.some((one) => one.module === 'os')) return found;
  for (const { callee, scope, arguments: given } of calls) {
    const called = written(paths[callee]!);
    if (called === 'os.fork' || called === 'os._exit') found.set(resolver.functionAt(module, scope), 'all');
    if (called !== 'os.register_at_fork') continue;
    for (const { name, value } of given)
      if (name === 'after_in_child')
        for (const one of callablesOf(resolver, module, value, -1)) found.set(one.function, 'all');
    /** `WeakMethod(self._reset)`, which what is registered calls. */
    for (const {
      callee: maker,
      scope: at,
      arguments: [kept],
    } of calls)
      if (at === scope && kept !== undefined && paths[maker]!.last === 'WeakMethod')
        for (const one of callablesOf(resolver, module, kept.value, -1)) found.set(one.function, 'all');
  }
  for (const { value, path, scope, fact } of bindings) {
    const { root, fields } = paths[path]!;
    /** The number of another object's process says nothing of this one. */
    if (value.kind !== 'call' || fields.length !== 1 || !/^(self|cls|class)$/.test(root)) continue;
    if (written(paths[calls[value.call]!.callee]!) !== 'os.getpid') continue;
    const function_ = resolver.functionAt(module, scope);
    const known = found.get(function_);
    const branch = flowOf(module.summary)
      .regionsAround(fact)
      .find((region) => regions[region]!.kind === 'if' || regions[region]!.kind === 'else');
    if (branch === undefined) found.set(function_, 'all');
    else if (known === undefined) found.set(function_, new Set([branch]));
    else if (known !== 'all') known.add(branch);
  }
  return found;
}

/** The definition, or one around it, says `# pragma: no thread`. */
function isExcluded(function_: FunctionNode): boolean {
  const { scopes } = function_.module.summary;
  for (let at = function_.scope.id; at > 0; at = scopes[at]!.parent) if (scopes[at]!.noThread) return true;
  return false;
}

/** Each call of a function has cells of its own: a thread sees those that a function it was given captured. */
function capturedBy({ cell }: Variable, thread: DraftThread): boolean {
  if (cell === undefined) return false;
  const { scopes } = cell.module.summary;
  return thread.entries.some(({ function: entry }) => {
    if (entry.module !== cell.module) return false;
    for (let at = entry.scope.parent; at > 0; at = scopes[at]!.parent) if (at === cell.scope.id) return true;
    return false;
  });
}

/** A thread that the function of the cell starts is given what is in the cell. */
function givenTo({ cell, attribute }: Variable, thread: DraftThread): boolean {
  if (cell === undefined || thread.module !== cell.module) return false;
  const { paths } = thread.module.summary;
  return thread.sharedLocals.some((path) => {
    const { name, scope } = paths[path]!;
    return name === attribute && scope === cell.scope.id && !isFreshInLoop(thread.module, path, thread.fact);
  });
}

function ownedByThread({ cell }: Variable, thread: DraftThread): boolean {
  return cell !== undefined && enters(thread, cell);
}

export function enters(thread: DraftThread, function_: FunctionNode): boolean {
  return thread.entries.some((entry) => entry.function === function_);
}

/** `run` of that class of threads. */
function isRunOf({ function: function_ }: Entry, class_: ClassNode): boolean {
  return function_.scope.name === 'run' && function_.owner !== undefined && mayBeOne(function_.owner, class_);
}

function isThreadSubclass({ entries, what, spawner }: DraftThread): boolean {
  const [first] = entries;
  return (
    first?.function.scope.name === 'run' &&
    first.receiver === 'self' &&
    what === 'thread' &&
    first.function.owner !== undefined &&
    first.function.owner !== spawner.owner
  );
}

/** Locks that a function itself holds at one of its facts. */
function keysAt(locks: LockTable, module: Module, fact: FactId): ReadonlySet<string> {
  const { must } = locks.heldIn(module).at(fact);
  return must.size === 0 ? NONE : new Set(must.keys());
}

export function union(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  if (a.size === 0) return b;
  if (b.size === 0 || a === b) return a;
  return new Set([...a, ...b]);
}

export function intersection(a: ReadonlySet<string>, b: ReadonlySet<string>): ReadonlySet<string> {
  return new Set([...a].filter((key) => b.has(key)));
}
