/**
 * What is known of libraries, as one table that answers by dotted name: what a call makes, what it does, what it sets going
 * in another thread, and whether an object may be shared. The libraries of a project's own models come on top of those that
 * Heddle brings along.
 */
import { nameMatches } from '../base/namePattern.ts';
import { LIBRARIES } from './libraries.ts';
import type {
  CallEffect,
  EntryModel,
  HandingOver,
  KnownType,
  Library,
  LockedMethods,
  ObjectSharing,
  ProcessStateChange,
} from './schema.ts';

export class Catalog {
  readonly #made = new Map<string, KnownType>();
  readonly #returns = new Map<string, string>();
  readonly #bases = new Map<string, string>();
  /** By the first part of the name, so that a question for one library does not go through the patterns of all. */
  readonly #basePatterns = new Map<string, { readonly parts: readonly string[]; readonly base: string }[]>();
  readonly #objects = new Map<string, ObjectSharing>();
  readonly #oneThread = new Set<string>();
  readonly #holders = new Set<string>();
  readonly #contextLocal = new Set<string>();
  readonly #makers = new Map<string, string>();
  readonly #locked = new Map<string, LockedMethods>();
  readonly #effects = new Map<string, CallEffect>();
  readonly #processState = new Map<string, ProcessStateChange>();
  readonly #stateful = new Set<string>();
  readonly #called = new Map<string, EntryModel[]>();
  readonly #decorating = new Map<string, EntryModel[]>();
  readonly #assigned = new Map<string, EntryModel[]>();
  readonly #handed = new Map<string, EntryModel[]>();
  readonly #methods = new Map<string, EntryModel>();
  readonly #skipped = new Map<string, number>([['partial', 1]]);
  readonly #pool = new Map<string, EntryModel[]>();
  readonly #handingCalls = new Map<string, HandingOver>();
  readonly #handingPools = new Map<string, HandingOver>();
  readonly #handingMethods = new Map<string, HandingOver>();
  /** Modules with calls that fork this process, end it or tell it from others. */
  readonly #processModules = new Set<string>();
  /** Last names of everything that sets a thread going when it is called. */
  readonly spawnNames = new Set<string>();
  /** Last names of decorators, and of attributes, by which libraries learn what to run. */
  readonly decoratorNames = new Set<string>();
  readonly assignedNames = new Set<string>();
  readonly #derived = new Map<string, EntryModel[]>();
  readonly #derivedPatterns: { readonly parts: readonly string[]; readonly entry: EntryModel }[] = [];

  /** A later library overrides what an earlier one says of the same name. */
  constructor(libraries: readonly Library[]) {
    for (const library of libraries) {
      addAll(this.#made, library.makes);
      addAll(this.#returns, library.returns);
      for (const [name, base] of Object.entries(library.bases ?? {})) this.#addBase(name, base);
      addAll(this.#objects, library.objects);
      addAll(this.#locked, library.locked);
      addAll(this.#effects, library.calls);
      addAll(this.#processState, library.processState);
      for (const name of Object.keys(library.processState ?? {})) this.#stateful.add(name.split('.')[0]!);
      for (const name of library.oneThread ?? []) this.#oneThread.add(name);
      for (const name of library.holders ?? []) this.#holders.add(name);
      for (const name of library.contextLocal ?? []) this.#contextLocal.add(name);
      for (const [name, attribute] of Object.entries(library.makers ?? {})) this.#makers.set(name, attribute);
      for (const entry of library.entries ?? []) this.#addEntry(entry);
      for (const form of library.handsOver ?? []) this.#addHandingOver(form);
      for (const [name, effect] of Object.entries(library.calls ?? {}))
        if (isAboutProcesses(effect))
          this.#processModules.add(name.slice(0, Math.max(0, name.lastIndexOf('.'))));
    }
  }

  /** The attribute of objects of this class that holds what was given the class and makes them. */
  makerOf(dotted: string): string | undefined {
    return this.#makers.get(dotted);
  }

  /** What a call of this name makes. */
  constructed(dotted: string): KnownType | undefined {
    return this.#made.get(dotted);
  }

  /** Whether objects of this class are threads. */
  isThread(class_: string): boolean {
    return this.#made.get(class_)?.kind === 'thread';
  }

  /** Whether a call of this name makes a container that holds what is put into it. */
  makesContainer(dotted: string): boolean {
    const made = this.#made.get(dotted);
    return made?.kind === 'container' && made.name !== 'weak';
  }

  /** The class of what a call of this name gives: that of a function's result, or the class that is called. */
  classOf(dotted: string): string {
    return this.#returns.get(dotted) ?? dotted;
  }

  /** What a method of a class gives: what it makes, or the class of its result; undefined when nothing is known. */
  givenBy(class_: string, method: string): KnownType | string | undefined {
    return this.#inherited(this.classOf(class_), (one) => {
      const name = `${one}.${method}`;
      return this.#made.get(name) ?? this.#returns.get(name);
    });
  }

  /** Whether an object of this class, or of the class that a call of this name gives, may be shared; undefined when nothing is known. */
  sharing(dotted: string): ObjectSharing | undefined {
    return this.#inherited(this.classOf(dotted), (one) => this.#objects.get(one));
  }

  /** Which methods of an object of this class its library calls with a lock of the object held. */
  lockedMethods(class_: string): LockedMethods | undefined {
    return this.#inherited(class_, (one) => this.#locked.get(one));
  }

  /** Everything that is said of who may use an object. */
  get restrictions(): Iterable<ObjectSharing> {
    return this.#objects.values();
  }

  /** First parts of the names under which objects of such a kind are known: what a program must import to have one. */
  packagesOf(kind: ObjectSharing['sharing']): ReadonlySet<string> {
    const names = [...this.#objects.keys(), ...this.#bases.keys()].filter(
      (name) => this.sharing(name)?.sharing === kind,
    );
    const patterns = [...this.#basePatterns].flatMap(([first, of]) =>
      of.some(({ base }) => this.sharing(base)?.sharing === kind) ? [first] : [],
    );
    return new Set([...names.map((name) => name.split('.')[0]!), ...patterns]);
  }

  /** What a call does: of a function by its name, of a method by that of its class and its own (`queue.Queue.get`). */
  effectOf(dotted: string): CallEffect | undefined {
    const dot = dotted.lastIndexOf('.');
    if (dot === -1) return this.#effects.get(dotted);
    const method = dotted.slice(dot);
    return this.#inherited(dotted.slice(0, dot), (one) => this.#effects.get(one + method));
  }

  /** What a call of, or an assignment to, this name changes for the whole process. */
  processState(dotted: string): ProcessStateChange | undefined {
    return this.#processState.get(dotted);
  }

  /** Whether a module may have functions that change something for the whole process. */
  changesProcess(module: string): boolean {
    return this.#stateful.has(module.split('.')[0]!);
  }

  /** Whether code that imports the module is called by one thread, a reactor or the main loop of a GUI. */
  isOfOneThread(module: string): boolean {
    for (let end = module.length; end > 0; end = module.lastIndexOf('.', end - 1))
      if (this.#oneThread.has(module.slice(0, end))) return true;
    return false;
  }

  /** Whether an attribute of objects of this class holds what is the program's own. */
  isHolder(class_: string, attribute: string): boolean {
    return this.#inherited(class_, (one) => this.#holders.has(`${one}.${attribute}`) || undefined) === true;
  }

  /** Whether each thread, request or context has its own value of this name. */
  isContextLocal(dotted: string): boolean {
    return this.#contextLocal.has(dotted);
  }

  /** What a call of this name lets a thread run. */
  entriesOfCall(dotted: string): readonly EntryModel[] {
    return this.#inheritedMethod(dotted, this.#called) ?? [];
  }

  /** How many positional arguments of a call by this last name come before what it hands on to the callable; undefined when it hands on nothing so. */
  skippedArguments(name: string): number | undefined {
    return this.#skipped.get(name);
  }

  /** What a method of this name, of whatever object, lets a thread run. */
  entryOfMethod(name: string): EntryModel | undefined {
    return this.#methods.get(name);
  }

  /** What a method of this name on a thread pool lets its threads run. */
  entriesOfPool(method: string): readonly EntryModel[] {
    return this.#pool.get(method) ?? [];
  }

  /** How a call of this name is given a function that is run later. */
  handingOver(dotted: string): HandingOver | undefined {
    return this.#handingCalls.get(dotted);
  }

  /** The same of a method of a pool, and of a method that means the same whatever the object. */
  handingOverOfPool(method: string): HandingOver | undefined {
    return this.#handingPools.get(method);
  }

  handingOverOfMethod(method: string): HandingOver | undefined {
    return this.#handingMethods.get(method);
  }

  /** Whether a module may have functions that fork this process, end it or tell it from others. */
  isAboutProcesses(module: string): boolean {
    return this.#processModules.has(module);
  }

  entriesOfDecorator(dotted: string): readonly EntryModel[] {
    return this.#inheritedMethod(dotted, this.#decorating) ?? [];
  }

  /** By the name of the first argument of a constructor. */
  entriesOfInit(parameter: string): readonly EntryModel[] {
    return this.#handed.get(parameter) ?? [];
  }

  entriesOfAssignment(dotted: string): readonly EntryModel[] {
    return this.#inheritedMethod(dotted, this.#assigned) ?? [];
  }

  /** What threads run of a class that derives from this one. */
  entriesOfBase(dotted: string): readonly EntryModel[] {
    const exact = this.#inherited(dotted, (one) => this.#derived.get(one)) ?? [];
    const names = dotted.split('.');
    const others = this.#derivedPatterns.filter(({ parts }) => matches(parts, names));
    return [...exact, ...others.map(({ entry }) => entry)];
  }

  /** Whether a method or function is one of these, or the same method of a class that derives from one of theirs. */
  isOneOf(dotted: string, names: readonly string[]): boolean {
    if (names.includes(dotted)) return true;
    const dot = dotted.lastIndexOf('.');
    const method = dotted.slice(dot);
    return (
      this.#inherited(
        dotted.slice(0, Math.max(dot, 0)),
        (one) => names.includes(one + method) || undefined,
      ) === true
    );
  }

  #addBase(name: string, base: string): void {
    if (!name.includes('*')) {
      this.#bases.set(name, base);
      return;
    }
    const parts = name.split('.');
    push(this.#basePatterns, parts[0]!, { parts, base });
  }

  #baseOf(class_: string): string | undefined {
    const exact = this.#bases.get(class_);
    if (exact !== undefined) return exact;
    const dot = class_.indexOf('.');
    const patterns = dot === -1 ? undefined : this.#basePatterns.get(class_.slice(0, dot));
    if (patterns === undefined) return undefined;
    const names = class_.split('.');
    return patterns.find(({ parts, base }) => base !== class_ && matches(parts, names))?.base;
  }

  #addEntry(entry: EntryModel): void {
    for (const dotted of listed(entry.call)) {
      push(this.#called, dotted, entry);
      this.spawnNames.add(dotted.slice(dotted.lastIndexOf('.') + 1));
    }
    for (const method of entry.pool ?? []) {
      push(this.#pool, method, entry);
      this.spawnNames.add(method);
    }
    for (const method of entry.method ?? []) {
      this.#methods.set(method, entry);
      this.spawnNames.add(method);
    }
    if (entry.passes === 'rest' && entry.argument?.position !== undefined) {
      for (const name of [...listed(entry.call), ...(entry.pool ?? []), ...(entry.method ?? [])])
        this.#skipped.set(name.slice(name.lastIndexOf('.') + 1), entry.argument.position + 1);
    }
    for (const dotted of listed(entry.decorator)) {
      push(this.#decorating, dotted, entry);
      this.decoratorNames.add(dotted.slice(dotted.lastIndexOf('.') + 1));
    }
    for (const dotted of listed(entry.base)) {
      if (!dotted.includes('*')) push(this.#derived, dotted, entry);
      else this.#derivedPatterns.push({ parts: dotted.split('.'), entry });
    }
    if (entry.initParameter !== undefined) push(this.#handed, entry.initParameter, entry);
    for (const dotted of listed(entry.assigned)) {
      push(this.#assigned, dotted, entry);
      this.assignedNames.add(dotted.slice(dotted.lastIndexOf('.') + 1));
    }
  }

  #addHandingOver(form: HandingOver): void {
    for (const dotted of listed(form.call)) this.#handingCalls.set(dotted, form);
    for (const method of form.pool ?? []) this.#handingPools.set(method, form);
    for (const method of form.method ?? []) this.#handingMethods.set(method, form);
  }

  #inheritedMethod<Value>(dotted: string, table: ReadonlyMap<string, Value>): Value | undefined {
    const dot = dotted.lastIndexOf('.');
    if (dot === -1) return table.get(dotted);
    const method = dotted.slice(dot);
    return this.#inherited(dotted.slice(0, dot), (one) => table.get(one + method));
  }

  /** The answer for a class, or for the nearest of its bases that has one. */
  #inherited<Value>(class_: string, answer: (class_: string) => Value | undefined): Value | undefined {
    let one: string | undefined = class_;
    for (let depth = 0; one !== undefined && depth < MAX_BASES; depth++) {
      const found = answer(one);
      if (found !== undefined) return found;
      one = this.#baseOf(one);
    }
    return undefined;
  }
}

/** No library nests its classes so deeply; a model that calls a class its own base must not hang the analysis. */
const MAX_BASES = 16;

/** What Heddle brings along. */
export const BUILT_IN = new Catalog(LIBRARIES);

function isAboutProcesses({ forks, runsInChild, identifiesProcess, endsProcess }: CallEffect): boolean {
  return (
    forks === 'always' || runsInChild !== undefined || identifiesProcess === true || endsProcess === true
  );
}

function matches(pattern: readonly string[], names: readonly string[]): boolean {
  return pattern.length === names.length && pattern.every((part, index) => nameMatches(part, names[index]!));
}

function listed(names: string | readonly string[] | undefined): readonly string[] {
  return names === undefined ? [] : typeof names === 'string' ? [names] : names;
}

function addAll<Value>(table: Map<string, Value>, more: Readonly<Record<string, Value>> | undefined): void {
  for (const [name, value] of Object.entries(more ?? {})) table.set(name, value);
}

function push<Value>(table: Map<string, Value[]>, key: string, value: Value): void {
  const known = table.get(key);
  if (known === undefined) table.set(key, [value]);
  else known.push(value);
}
