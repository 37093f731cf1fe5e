/**
 * Code that a library runs in threads although the program starts none: views and handlers by their decorator or base class,
 * callbacks that are assigned or registered, request handlers of servers. The catalog says what, how many at once, and on whose
 * object; here it is found in the program. All that one module gives to one such way in is one thread entry.
 */
import { least } from '../base/manyItems.ts';
import type { EntryModel } from '../catalog/schema.ts';
import type { Call, FactId, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import { argumentOf, callablesOf, isRepeated, valuesOf } from './callables.ts';
import type { Question } from './fixpoint.ts';
import { flowOf } from './flow.ts';
import { linearized } from './hierarchy.ts';
import { foreignBases, libraryNames } from './libraryNames.ts';
import { isOfLoop } from './loopCode.ts';
import type { ClassNode, Entry, FunctionNode, Module } from './program.ts';
import type { Resolver } from './resolve.ts';
import { sameSolution } from './sameSolution.ts';
import { type NamedSetting, settingFor, settingsIn, threadedFirst } from './serverSettings.ts';
import type { DraftThread } from './threads.ts';

/** A function that the program hands to a library, and the place that shows it. */
interface Found {
  readonly model: EntryModel;
  readonly module: Module;
  readonly fact: FactId;
  readonly entry: Entry;
  /** Where that is told by a statement, the scope of the statement. */
  readonly scope?: ScopeId;
  /** It is handed over in a loop, or once more. */
  readonly repeated?: boolean;
  /** It is handed over under a name that is written out: under that name it runs once. */
  readonly named?: boolean;
}

/** What libraries run in threads; what each module shows of it is found again only where an edit concerns it. */
export class FrameworkTable {
  readonly #resolver: Resolver;
  /** In the order in which they are told. */
  readonly #ways: readonly ((module: Module) => readonly Found[])[];
  readonly #settings: (module: Module) => readonly NamedSetting[];
  readonly #classes: (module: Module) => readonly ClassNode[];
  readonly #classNames: Question<'all', ReadonlySet<string>>;

  constructor(resolver: Resolver) {
    this.#resolver = resolver;
    this.#classes = resolver.perModule(
      'classes of servers',
      (module) =>
        resolver
          .classesIn(module)
          .filter((class_) => foreignBases(class_).some((base) => registrations(resolver, base).length > 0)),
      sameSolution,
    );
    this.#classNames = resolver.question<'all', ReadonlySet<string>>(
      'names of classes of servers',
      new Set(),
      sameSolution,
    );
    this.#settings = resolver.perModule('server settings', (module) => settingsIn(resolver, module));
    this.#ways = [
      resolver.perModule('decorated', (module) => decorated(resolver, module)),
      resolver.perModule('derived', (module) => derived(resolver, module)),
      resolver.perModule('handed', (module) => handed(resolver, module)),
      resolver.perModule('assigned', (module) => assigned(resolver, module)),
      resolver.perModule('registered', (module) => registered(resolver, module, this.#servers())),
    ];
  }

  #servers(): ReadonlySet<string> {
    return this.#classNames.ask(
      'all',
      () => new Set(this.#resolver.modules.flatMap(this.#classes).map((class_) => class_.scope.name)),
    );
  }

  threads(servers: readonly NamedSetting[]): readonly DraftThread[] {
    const { modules } = this.#resolver;
    const settings = threadedFirst([...servers, ...modules.flatMap(this.#settings)]);
    const found = this.#ways
      .flatMap((way) => modules.flatMap(way))
      .filter(({ model, entry }) => runsInThreads(model, entry.function));
    return threadsOf(this.#resolver, found, settings);
  }
}

function threadsOf(
  resolver: Resolver,
  found: readonly Found[],
  settings: readonly NamedSetting[],
): readonly DraftThread[] {
  const starts = new Map<EntryModel, readonly Start[]>();
  for (const model of new Set(found.map((one) => one.model)))
    if (model.startedBy !== undefined) starts.set(model, startsOf(resolver, model, model.startedBy));
  const groups = new Map<EntryModel, Map<Module, Found[]>>();
  for (const one of found) {
    const byModule = groups.get(one.model) ?? new Map<Module, Found[]>();
    groups.set(one.model, byModule);
    const known = byModule.get(one.module);
    if (known === undefined) byModule.set(one.module, [one]);
    else {
      const same = known.findIndex(
        ({ entry }) => entry.function === one.entry.function && entry.class === one.entry.class,
      );
      if (same === -1) known.push(one);
      else if (isOnceMore(known[same]!, one)) known[same] = { ...known[same]!, repeated: true };
    }
  }
  return [...groups].flatMap(([model, byModule]) => {
    if (model.askedBy !== undefined && isAskedByLoop(startsOf(resolver, model, model.askedBy), resolver))
      return [];
    return [...byModule].flatMap(([module, group]) => {
      const setting = settingFor(model, settings, module);
      if (model.threadedServer !== undefined && setting?.threads !== true) return [];
      const start = starts.get(model)?.find((one) => one.module === module) ?? starts.get(model)?.[0];
      if (model.startedBy !== undefined && start === undefined) return [];
      const because = setting === undefined ? model.because : `${model.because} (${setting.says})`;
      const unlikely = setting?.threads === false ? { confidence: 'low' as const } : {};
      return (model.apart === true ? group.map((one) => [one]) : [group]).map((one) => ({
        ...threadOf(resolver, model, module, one, startOf(resolver, one, start)),
        because,
        ...unlikely,
      }));
    });
  });
}

/** A second statement that hands the same over, and that control comes to after the first: not the other branch of a test. */
function isOnceMore(first: Found, second: Found): boolean {
  return (
    first.named !== true &&
    second.named !== true &&
    first.module === second.module &&
    flowOf(first.module.summary).reaches(first.fact, second.fact)
  );
}

/** What is registered after the library's thread was started runs from there on. */
function startOf(resolver: Resolver, group: readonly Found[], start: Start | undefined): Start | undefined {
  if (start === undefined) return undefined;
  const isLater = ({ module, fact, scope }: Found): boolean =>
    scope !== undefined &&
    fact > start.fact &&
    module === start.module &&
    resolver.functionAt(module, scope) === start.function;
  if (!group.every(isLater)) return start;
  return { ...start, fact: least(group.map(({ fact }) => fact)) };
}

/** Frameworks keep coroutine functions on the event loop. */
function runsInThreads({ coroutines }: EntryModel, { scope }: FunctionNode): boolean {
  return coroutines === 'too' || scope.async === (coroutines === 'only');
}

function threadOf(
  resolver: Resolver,
  model: EntryModel,
  module: Module,
  group: readonly Found[],
  start: Start | undefined,
): DraftThread {
  const many = model.many !== false || (model.apart === true && group.some(({ repeated }) => repeated));
  return {
    id: -1,
    module: start?.module ?? module,
    call: undefined,
    fact: group[0]!.fact,
    startFact: start?.fact ?? Number.POSITIVE_INFINITY,
    spawner: start?.function ?? resolver.functionAt(module, 0),
    entries: group.map(({ entry, fact }) => ({ ...entry, shown: { module, fact } })),
    many,
    what: model.what,
    because: model.because,
    confidence: model.confidence ?? 'high',
    manyOnOne: many,
    joinedIn: new Map(),
    passesObjects: false,
    joins: [],
    serial: !many,
    again: model.again === true,
    started: start !== undefined,
    besideThreadsOnly: start === undefined || model.waits === true,
    needsThreads: model.needsThreads === true,
    lane: model.lane,
    around: model.around,
    tells: model.tells,
    sharedLocals: start === undefined ? [] : handedLocals(resolver, group, start),
  };
}

/** `handler = Handler()`, `observer.schedule(handler, …)`, `observer.start()`: from the start on the thread has the object too. */
function handedLocals(
  resolver: Resolver,
  group: readonly Found[],
  { module, function: function_ }: Start,
): readonly PathId[] {
  const { bindings, calls, paths } = module.summary;
  const classes = new Set(group.flatMap(({ entry }) => entry.class ?? entry.function.owner ?? []));
  const isHanded = (local: PathId): boolean =>
    calls.some((call) => call.arguments.some(({ value }) => isOrHolds(value, local)));
  return bindings.flatMap(({ path, scope, value }) => {
    if (value.kind !== 'call' || paths[path]!.root !== 'local' || paths[path]!.parent !== -1) return [];
    if (resolver.functionAt(module, scope) !== function_) return [];
    const made = resolver.target(module, calls[value.call]!.callee);
    return made.kind === 'class' && classes.has(made.class) && isHanded(path) ? [path] : [];
  });
}

/** `printer`, `[printer]`. */
function isOrHolds(value: ValueShape, local: PathId): boolean {
  if (value.kind === 'container') return value.elements.some((element) => isOrHolds(element, local));
  return value.kind === 'path' && value.path === local;
}

/** `@app.route("/")` on a function, or on a class whose methods are run. */
function decorated(resolver: Resolver, module: Module): readonly Found[] {
  const { catalog } = resolver;
  const found: Found[] = [];
  for (const scope of module.summary.scopes) {
    for (const { path, arguments: given = [] } of scope.decorators) {
      if (!catalog.decoratorNames.has(module.summary.paths[path]!.last)) continue;
      const models = libraryNames(resolver, module, path).flatMap((name) => catalog.entriesOfDecorator(name));
      const class_ = scope.kind === 'class' ? resolver.classAt(module, scope.id) : undefined;
      for (const model of models) {
        if (!holdsFor(model, given)) continue;
        const entries =
          class_ !== undefined
            ? methodEntries(class_, model)
            : model.of === 'result'
              ? resultEntries(resolver, resolver.functionAt(module, scope.id), model)
              : [functionEntry(resolver.functionAt(module, scope.id), model)];
        found.push(
          ...entries.map((entry) => ({ model, module, fact: scope.fact, entry, scope: scope.parent })),
        );
      }
    }
  }
  return found;
}

/** Methods of a class that derives from one whose methods a library calls. */
function derived(resolver: Resolver, module: Module): readonly Found[] {
  return resolver.classesIn(module).flatMap((class_) => {
    const models = new Set(foreignBases(class_).flatMap((base) => resolver.catalog.entriesOfBase(base)));
    return [...models].flatMap((model) =>
      methodEntries(class_, model)
        .filter((entry) => entry.function.owner === class_)
        .map((entry) => ({ model, module: class_.module, fact: entry.function.scope.fact, entry })),
    );
  });
}

/** A class that a framework makes with what it is to go on with: `def __init__(self, get_response)`. */
function handed(resolver: Resolver, module: Module): readonly Found[] {
  return resolver.classesIn(module).flatMap((class_) => {
    const first = class_.methods.get('__init__')?.scope.parameters[1];
    if (first === undefined) return [];
    return resolver.catalog.entriesOfInit(first.name).flatMap((model) =>
      methodEntries(class_, model).map((entry) => ({
        model,
        module: class_.module,
        fact: entry.function.scope.fact,
        entry,
      })),
    );
  });
}

/** The methods of the objects that a function returns. */
function resultEntries(resolver: Resolver, function_: FunctionNode, model: EntryModel): readonly Entry[] {
  return resolver
    .typesOfResult(function_)
    .flatMap((type) => (type.kind === 'instance' ? methodEntries(type.of, model) : []));
}

/** `client.on_message = handle`. */
function assigned(resolver: Resolver, module: Module): readonly Found[] {
  const { catalog } = resolver;
  const found: Found[] = [];
  for (const { path, value, fact, scope } of module.summary.bindings) {
    if (!catalog.assignedNames.has(module.summary.paths[path]!.last)) continue;
    for (const model of libraryNames(resolver, module, path).flatMap((name) =>
      catalog.entriesOfAssignment(name),
    ))
      for (const entry of callablesOf(resolver, module, value, fact))
        found.push({ model, module, fact, entry, scope });
  }
  return found;
}

/** `observer.schedule(handler, path)`, `ThreadingHTTPServer(address, Handler)`: a call that hands over what is run later. */
function registered(resolver: Resolver, module: Module, servers: ReadonlySet<string>): readonly Found[] {
  const { catalog } = resolver;
  const found: Found[] = [];
  for (const call of module.summary.calls) {
    const { last } = module.summary.paths[call.callee]!;
    const inBase = last === '__init__' ? constructedBy(resolver, module, call) : undefined;
    if (inBase === undefined && !catalog.spawnNames.has(last) && !servers.has(last)) continue;
    const target = resolver.target(module, call.callee);
    const names =
      inBase !== undefined
        ? foreignBases(inBase)
        : target.kind === 'class'
          ? foreignBases(target.class)
          : libraryNames(resolver, module, call.callee);
    const models = names.flatMap((name) => registrations(resolver, name));
    for (const model of new Set(models)) {
      if (!holdsFor(model, call.arguments)) continue;
      const given =
        model.arguments === 'all' ? valuesOf(call.arguments) : listed(argumentOf(call, model.argument ?? {}));
      for (const value of given) {
        const entries =
          model.methods === undefined
            ? callablesOf(resolver, module, value, call.fact)
            : classesGiven(resolver, module, value).flatMap((class_) => methodEntries(class_, model));
        const named = call.arguments.some(({ name, value: id }) => name === 'id' && id.kind === 'literal');
        const repeated = !named && isRepeated(module, call.fact);
        const { fact, scope } = call;
        for (const entry of entries) found.push({ model, module, fact, entry, scope, repeated, named });
      }
    }
  }
  return found;
}

/** The class whose constructor calls that of its base: `super().__init__(address, Handler)`. */
function constructedBy(resolver: Resolver, module: Module, call: Call): ClassNode | undefined {
  const [first] = module.summary.paths[call.callee]!.fields;
  return first === 'super()' ? resolver.functionAt(module, call.scope).owner : undefined;
}

function registrations(resolver: Resolver, name: string): readonly EntryModel[] {
  return resolver.catalog.entriesOfCall(name).filter(({ starts }) => starts === 'later');
}

function listed<Value>(value: Value | undefined): readonly Value[] {
  return value === undefined ? [] : [value];
}

/** Whether a keyword that decides over the entry has one of the values for which it holds. */
export function holdsFor(
  { when }: EntryModel,
  arguments_: readonly { name: string; value: ValueShape }[],
): boolean {
  if (when === undefined) return true;
  const given = arguments_.find(({ name }) => name === when.keyword)?.value;
  if (given === undefined) return when.otherwise;
  return given.kind === 'literal' && when.values.includes(given.text);
}

/** The classes of the program that a value is, or is an object of. */
function classesGiven(resolver: Resolver, module: Module, value: ValueShape): readonly ClassNode[] {
  const target = value.kind === 'path' ? resolver.target(module, value.path) : undefined;
  if (target?.kind === 'class') return [target.class];
  return resolver.typesOf(module, value).flatMap((type) => (type.kind === 'instance' ? [type.of] : []));
}

function functionEntry(function_: FunctionNode, { object }: EntryModel): Entry {
  const receiver = function_.owner === undefined ? 'none' : object === 'fresh' ? 'local' : 'self';
  return { function: function_, receiver, class: function_.owner };
}

/** The methods of a class, inherited ones included, that the library calls. */
function methodEntries(class_: ClassNode, model: EntryModel): readonly Entry[] {
  const entries = new Map<string, Entry>();
  for (const one of linearized(class_))
    for (const [name, method] of one.methods)
      if (!entries.has(name) && (model.methods ?? []).some((pattern) => namesMethod(pattern, name)))
        entries.set(name, { ...functionEntry(method, model), class: class_ });
  return [...entries.values()];
}

/** `on_*` stands for all names that begin so, `*` for every public one. */
function namesMethod(pattern: string, name: string): boolean {
  if (!pattern.endsWith('*')) return pattern === name;
  return name.startsWith(pattern.slice(0, -1)) && !name.startsWith('_');
}

interface Start {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly fact: FactId;
}

function hasLiteral(call: Call, { argument, values }: NonNullable<EntryModel['startedWhen']>): boolean {
  const given = argumentOf(call, argument);
  return given?.kind === 'literal' && values.includes(given.text);
}

/** The program itself runs what is registered, and it does so in coroutines and in handlers of an event loop. */
function isAskedByLoop(asks: readonly Start[], { catalog }: Resolver): boolean {
  return asks.length > 0 && asks.every(({ function: function_ }) => isOfLoop(function_, catalog));
}

/** Where the program makes the library's threads run: `client.loop_start()`. */
function startsOf(
  resolver: Resolver,
  { startedWhen }: EntryModel,
  startedBy: readonly string[],
): readonly Start[] {
  const last = new Set(startedBy.map((name) => name.slice(name.lastIndexOf('.') + 1)));
  return resolver.modules.flatMap((module) =>
    module.summary.calls
      .filter(
        (call) =>
          last.has(module.summary.paths[call.callee]!.last) &&
          (startedWhen === undefined || hasLiteral(call, startedWhen)) &&
          libraryNames(resolver, module, call.callee).some((name) =>
            resolver.catalog.isOneOf(name, startedBy),
          ),
      )
      .map(({ scope, fact }) => ({
        module,
        function: resolver.functionAt(module, scope),
        fact,
      })),
  );
}
