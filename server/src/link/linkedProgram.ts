/**
 * The linked program as rules ask it: hands each question to the part of linking that answers it, and notes for whoever searches what
 * the answer rests on.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { Access, Call, FactId, Test, ValueShape } from '../facts/summary.ts';
import { BeforeSharing } from './beforeSharing.ts';
import { Beginnings } from './beginnings.ts';
import { submittedAt } from './blocking.ts';
import { callablesOf } from './callables.ts';
import { CallersLocks } from './callersLocks.ts';
import type { CallGraph, DraftEdge } from './callGraph.ts';
import { EffectTable } from './effects.ts';
import { flowOf } from './flow.ts';
import type { Flows } from './flows.ts';
import { ForkedCode } from './forkChildren.ts';
import { HeldPlaces } from './heldPlaces.ts';
import { linearized } from './hierarchy.ts';
import { type ImportUse, importUses } from './importUses.ts';
import type { Inherited } from './inheritedLocks.ts';
import { inModule, type Kept, ownedBy, type Search, type Solution } from './kept.ts';
import { libraryClasses, libraryNames } from './libraryNames.ts';
import { isCounting } from './lockMakers.ts';
import type { LockTable } from './locks.ts';
import { LoopCode } from './loopCode.ts';
import { Modes } from './modes.ts';
import { OutsideCallers } from './outsideCallers.ts';
import { OwnedLocks } from './ownedLocks.ts';
import type { Ownership } from './ownership.ts';
import { Parallelism } from './parallel.ts';
import type { PrivateObjects } from './privateObjects.ts';
import type {
  CallEdge,
  ClassNode,
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
  ReleasedTwice,
  SharedAccess,
  ThreadEntry,
  ValueType,
  Variable,
} from './program.ts';
import type { Reach } from './reach.ts';
import type { Resolver } from './resolve.ts';
import { nameOf, SharedAccesses } from './sharedAccesses.ts';
import { capturedBy, SharedObjects } from './sharedObjects.ts';
import { SharingIndex } from './sharing.ts';
import { absoluteName } from './symbols.ts';
import type { DraftThread } from './threads.ts';
import { ThreadsOfObjects } from './threadsAt.ts';
import { VariableFinder } from './variables.ts';

/** A program as the linker has it. */
export interface Linked extends ProgramModel {
  /** From now on this program is meant, of all that were linked. */
  enter(): void;
}

/** What was solved over the whole program, step by step. */
export interface Steps {
  readonly catalog: Catalog;
  readonly target: ProgramModel['target'];
  readonly libraries: ReadonlySet<Module>;
  readonly resolver: Resolver;
  readonly graph: CallGraph;
  readonly kept: Kept;
  readonly locks: LockTable;
  readonly threads: readonly DraftThread[];
  readonly reach: Reach;
  readonly inherited: Inherited;
  readonly parts: PrivateObjects;
  readonly ownership: Ownership;
  readonly flows: Flows;
}

export class LinkedProgram implements Linked {
  readonly catalog: Catalog;
  readonly modules: readonly Module[];
  readonly #functions: readonly FunctionNode[];
  readonly #classes: readonly ClassNode[];
  readonly #variables: readonly Variable[];
  readonly #locks: ReadonlyMap<string, Lock>;
  readonly #lockUses: readonly LockUse[];
  readonly #threads: readonly DraftThread[];
  readonly #imports: readonly ImportSite[];
  readonly #libraries: ReadonlySet<Module>;
  readonly #target: ProgramModel['target'];
  readonly #resolver: Resolver;
  readonly #graph: CallGraph;
  readonly #kept: Kept;
  readonly #table: LockTable;
  readonly #reach: Reach;
  readonly #inherited: Inherited;
  readonly #forked: ForkedCode;
  readonly #owned: OwnedLocks;
  readonly #held: HeldPlaces;
  readonly #accesses: SharedAccesses;
  readonly #objects: SharedObjects;
  readonly #parallelism: Parallelism;
  readonly #threadsOfObjects: ThreadsOfObjects;
  readonly #effects: EffectTable;
  readonly #solution: Solution;
  readonly #edges = new Map<FunctionNode, readonly CallEdge[]>();
  readonly #usesBelowImports = new Map<Module, readonly ImportUse[]>();
  readonly #loopCode: LoopCode;
  #locking: readonly FunctionNode[] | undefined;

  constructor(steps: Steps) {
    const { resolver, graph, locks, threads, reach, ownership, libraries } = steps;
    const isLibrary = (module: Module): boolean => libraries.has(module);
    this.catalog = steps.catalog;
    this.modules = resolver.modules;
    this.#functions = resolver.functions;
    this.#classes = resolver.classes;
    this.#libraries = libraries;
    this.#target = steps.target;
    this.#resolver = resolver;
    this.#graph = graph;
    this.#kept = steps.kept;
    this.#table = locks;
    this.#threads = threads;
    this.#reach = reach;
    this.#inherited = steps.inherited;
    this.#owned = new OwnedLocks(resolver, locks, threads);
    this.#held = new HeldPlaces(resolver, locks, steps.inherited);
    this.#forked = new ForkedCode(resolver, graph);
    const beforeSharing = new BeforeSharing(resolver, graph, reach, threads, this.#forked);
    this.#accesses = new SharedAccesses(resolver, locks, this.#held, beforeSharing, ownership);
    const sharing = new SharingIndex(
      resolver,
      threads,
      (class_) => this.locksOf(class_, class_.module),
      (module, fact) => this.#held.isUnderMain(module, fact),
    );
    this.#objects = new SharedObjects(
      resolver,
      graph,
      reach,
      ownership,
      steps.flows,
      this.#owned,
      this.#held,
      steps.parts,
    );
    this.#loopCode = new LoopCode(resolver, graph, reach, threads);
    const outside = new OutsideCallers(
      reach,
      sharing,
      locks.locks,
      this.#owned,
      isLibrary,
      this.#loopCode,
      new CallersLocks(graph, this.#held, this.#objects),
      graph,
      new Beginnings(threads, graph),
      resolver,
    );
    const modes = new Modes(resolver, graph, (module, fact) => this.testsAt(module, fact));
    this.#parallelism = new Parallelism(
      resolver,
      graph,
      threads,
      reach,
      this.#objects,
      outside,
      isLibrary,
      modes,
    );
    this.#threadsOfObjects = new ThreadsOfObjects(resolver, threads);
    this.#effects = new EffectTable(resolver, locks, this);
    this.#lockUses = this.#held.lockUses;
    this.#variables = new VariableFinder(resolver, {
      reach,
      held: this.#held,
      beforeSharing,
      accesses: this.#accesses,
      ownership,
      owned: this.#owned,
      sharing,
      isLibrary,
    }).find();
    this.#locks = locks.locks;
    this.#imports = this.#findImports();
    this.#solution = this.#solved();
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

  classesIn(module: Module): readonly ClassNode[] {
    return this.#resolver.classesIn(module);
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
    return this.#parallelism.of(variable, a, b);
  }

  usedTogether(a: ObjectUse, b: ObjectUse): Parallel | undefined {
    this.#kept.readProgram();
    const first = this.#useOf(a);
    const second = this.#useOf(b);
    if (first === undefined || second?.variable.key !== first.variable.key) return undefined;
    const found = this.#parallelism.of(first.variable, first.access, second.access);
    if (found === undefined || first.variable.kind !== 'closure') return found;
    // The locals of a call that a thread makes are its own.
    return found.thread !== undefined && capturedBy(first.variable, this.#threads[found.thread.id]!)
      ? found
      : undefined;
  }

  #useOf({ module, path, fact, scope }: ObjectUse): { variable: Variable; access: SharedAccess } | undefined {
    const target = this.#resolver.target(module, path);
    const variable =
      this.#resolver.remembered(module, path) ?? (target.kind === 'variable' ? target.variable : undefined);
    if (variable === undefined) return undefined;
    const { key, kind, name, attribute, owner, module: home, fields, cell } = variable;
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
      access: this.#accesses.of(module, access, variable),
    };
  }

  mayTouchOneObject(variable: Variable, a: SharedAccess, b: SharedAccess): boolean {
    this.#kept.readProgram();
    return this.#objects.mayTouchOneObject(variable, a, b);
  }

  callsFrom(function_: FunctionNode): readonly CallEdge[] {
    this.#kept.readProgram();
    const known = this.#edges.get(function_);
    if (known !== undefined) return known;
    const direct = this.#graph
      .from(function_)
      .filter((edge) => edge.calledIn === undefined)
      .map((edge) => this.#edge(edge));
    const made = [...direct, ...this.#effects.passedTo(function_)];
    this.#edges.set(function_, made);
    return made;
  }

  callsTo(function_: FunctionNode): readonly CallEdge[] {
    return this.#graph.to(function_).map((edge) => this.#edge(edge));
  }

  isForked({ function: function_, fact }: Place): boolean {
    return this.#forked.has(function_, fact);
  }

  isOfLoop(function_: FunctionNode): boolean {
    return this.#loopCode.has(function_);
  }

  rememberedAt(module: Module, path: number): string | undefined {
    return this.#resolver.remembered(module, path)?.key;
  }

  isHandedOn(function_: FunctionNode): boolean {
    return this.#graph.isHandedOn(function_);
  }

  usesIn(function_: FunctionNode): readonly LockUse[] {
    this.#readSolvedIn(function_.module);
    return this.#held.usesByFunction.get(function_) ?? [];
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
    this.#locking ??= [...new Set([...this.#held.usesByFunction.keys(), ...this.#table.helpers.helped()])];
    return this.#locking;
  }

  threadsAt(module: Module, path: number): readonly DraftThread[] {
    this.#kept.readProgram();
    return this.#threadsOfObjects.at(module, path);
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
    return isCounting(lock);
  }

  callsIn(function_: FunctionNode): readonly Call[] {
    this.#readIn(function_.module);
    return this.#effects.callsIn(function_);
  }

  callAt(module: Module, fact: FactId): Call | undefined {
    this.#readIn(module);
    return this.#effects.callAt(module, fact);
  }

  atOnce(a: Place, b: Place): Parallel | undefined {
    this.#kept.readProgram();
    return this.#parallelism.atOnce(a, b);
  }

  locksOf(owner: ClassNode | undefined, module: Module): readonly Lock[] {
    for (const one of owner === undefined ? [module] : linearized(owner)) this.#kept.readSolved(ownedBy(one));
    return this.#owned.of(owner, module);
  }

  isConcurrent(class_: ClassNode): boolean {
    this.#kept.readSolved('threads');
    for (const one of linearized(class_)) this.#kept.readSolved(ownedBy(one));
    return this.#owned.isConcurrent(class_);
  }

  testsAt(module: Module, fact: FactId): readonly HeldTest[] {
    this.#readHeldIn(module);
    return this.#held.testsAt(module, fact);
  }

  locksAt(module: Module, fact: FactId): ReadonlySet<string> {
    this.#readHeldIn(module);
    return this.#held.locksAt(module, fact);
  }

  mayHoldAt(module: Module, fact: FactId): boolean {
    this.#readHeldIn(module);
    return this.#held.mayHoldAt(module, fact);
  }

  isUncertainAt(module: Module, fact: FactId): boolean {
    this.#readHeldIn(module);
    return this.#held.isUncertainAt(module, fact);
  }

  heldThrough(module: Module, fact: FactId, lock: string): readonly number[] {
    this.#readHeldIn(module);
    return this.#held.heldThrough(module, fact, lock);
  }

  givenBack(use: LockUse): GivenBack {
    this.#kept.readProgram();
    return this.#held.givenBack(use);
  }

  releasedTwice(use: Omit<LockUse, 'held'>): ReleasedTwice | undefined {
    this.#kept.readProgram();
    return this.#held.releasedTwice(use, (function_) => this.callsFrom(function_));
  }

  comesPast(module: Module, fact: FactId, barriers: readonly FactId[]): boolean {
    return flowOf(module.summary).comesPast(fact, barriers);
  }

  returnsOnlyAfter(module: Module, fact: FactId): boolean {
    return flowOf(module.summary).returnsOnlyAfter(fact);
  }

  returnsOnlyIf({ module, scope }: FunctionNode, isMet: (test: Test) => boolean): boolean {
    return flowOf(module.summary).returnsOnlyIf(scope.id, isMet);
  }

  dominates(module: Module, before: FactId, fact: FactId): boolean {
    return flowOf(module.summary).dominates(before, fact);
  }

  reaches(module: Module, from: FactId, to: FactId): boolean {
    return flowOf(module.summary).reaches(from, to);
  }

  reachesPast(module: Module, from: FactId, to: FactId, barriers: readonly FactId[]): boolean {
    return flowOf(module.summary).reachedFrom([from], barriers).has(to);
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
    return nameOf(module, path);
  }

  keyOf(module: Module, path: number): string | undefined {
    return this.#resolver.keyOf(module, path);
  }

  heldKeyOf(module: Module, path: number): string | undefined {
    const target = this.#resolver.heldBy(this.#resolver.target(module, path));
    return target.kind === 'variable' ? target.variable.key : undefined;
  }

  calleeName(module: Module, call: number): string | undefined {
    return this.#resolver.externalName(module, module.summary.calls[call]!.callee);
  }

  libraryNames(module: Module, call: number): readonly string[] {
    return libraryNames(this.#resolver, module, module.summary.calls[call]!.callee);
  }

  libraryClasses(module: Module, value: ValueShape): readonly string[] {
    return libraryClasses(this.#resolver, module, value);
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

  #readHeldIn(module: Module): void {
    this.#readSolvedIn(module);
    this.#readIn(module);
  }

  #edge(edge: DraftEdge): CallEdge {
    this.#readHeldIn(edge.module);
    return this.#held.edge(edge);
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
    for (const function_ of this.#table.helpers.helped())
      note(function_, this.#table.helpers.helpedIn(function_));
    for (const [function_, held] of this.#inherited.locks) note(function_, held);
    for (const function_ of this.#inherited.perhaps) note(function_, 'perhaps');
    for (const [function_, uses] of this.#held.usesByFunction) note(function_, uses);
    for (const [function_, ids] of this.#reach.threadsOf)
      note(
        function_,
        ids.map((id) => [this.#threads[id], this.#reach.through[id]!.get(function_)]),
      );
    for (const [module, found] of inModules) parts.set(inModule(module), found);
    for (const [owner, locks] of this.#owned.all()) parts.set(ownedBy(owner), locks);
    return parts;
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
