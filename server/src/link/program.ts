/**
 * The read-only answer of linking: what the files mean together. Rules ask it for shared variables, their accesses with
 * the locks in force and the threads that may run them, for lock acquisitions with what is held there, and for imports. Every
 * question that may have no answer is answered by three values, never by a guess.
 */
import type { Catalog } from '../catalog/catalog.ts';
import type { ContainerName, KnownType, LockKind } from '../catalog/schema.ts';
import type {
  Access,
  Acquisition,
  Call,
  FactId,
  FileSummary,
  Import,
  Scope,
  ScopeId,
  Test,
  ValueShape,
} from '../facts/summary.ts';
import type { Blocking } from './blocking.ts';
import type { FlagTest } from './flagParameters.ts';
import type { ImportUse } from './importUses.ts';
import type { Search } from './kept.ts';
import type { Whose } from './ownership.ts';

/** How sure an answer is (semantics §6.2). */
export type Confidence = 'certain' | 'high' | 'medium' | 'low';

export type Answer = 'yes' | 'no' | 'unknown';

export interface Module {
  readonly index: number;
  /** Absolute path. */
  readonly file: string;
  /** Path below the folder of the program, which no two modules share: what printed keys and fingerprints are made of. */
  readonly path: string;
  /** Dotted name under which it is imported, `pkg.sub.mod`: several modules may have one name. */
  readonly name: string;
  readonly summary: FileSummary;
  /** A test file: its own module state is not shared between threads of a program. */
  readonly test: boolean;
  readonly isPackage: boolean;
}

/** A function, method, lambda or the body of a module (scope 0). */
export interface FunctionNode {
  readonly id: number;
  readonly module: Module;
  readonly scope: Scope;
  readonly owner: ClassNode | undefined;
  /** `Cache.get`, `<module>`. */
  readonly label: string;
  readonly property: boolean;
  readonly static: boolean;
}

export interface ClassNode {
  readonly id: number;
  readonly module: Module;
  readonly scope: Scope;
  readonly name: string;
  /** Bases in the program, in order. */
  readonly bases: readonly ClassNode[];
  /** Dotted names of bases outside the program. */
  readonly externalBases: readonly string[];
  /** The metaclass in the program, when the class itself or a base names one. */
  readonly metaclass: ClassNode | undefined;
  readonly methods: ReadonlyMap<string, FunctionNode>;
  readonly subclasses: readonly ClassNode[];
}

export type VariableKind = 'global' | 'classAttribute' | 'instance' | 'closure';

/** A variable that more than one function can reach. */
export interface Variable {
  /** `i:pkg/mod.py:Cache._data`: unique in the program, stable across edits. Compared and printed, never taken apart. */
  readonly key: string;
  readonly kind: VariableKind;
  /** As the user writes it: `self._data`, `CACHE`, `Cache.total`. */
  readonly name: string;
  /** The attribute of its owner, or the name. */
  readonly attribute: string;
  /** What is followed below the attribute in an object of unknown class: empty for the variable itself. */
  readonly fields: readonly string[];
  readonly owner: ClassNode | undefined;
  /** Where it lives: its module. */
  readonly module: Module;
  readonly types: readonly ValueType[];
  /** All accesses in the program, in file and source order. */
  readonly accesses: readonly SharedAccess[];
  /** For `closure`: the function whose calls have it as a cell. */
  readonly cell: FunctionNode | undefined;
  /** Fact of the first binding, for declaring a lock beside it. */
  readonly declaration: { readonly module: Module; readonly fact: FactId } | undefined;
}

export type ValueType =
  | Exclude<KnownType, { readonly kind: 'container' }>
  /** `of`: what its elements may be, when something says so. */
  | {
      readonly kind: 'container';
      readonly name: ContainerName;
      readonly of?: readonly ValueType[] | undefined;
    }
  | { readonly kind: 'number' }
  | { readonly kind: 'text' }
  | { readonly kind: 'constant' /** `None`, `True`, `False`. */; readonly text: string }
  | { readonly kind: 'tuple'; readonly of?: readonly ValueType[] | undefined }
  /** `guessed`: by its name. That is good for what is done with it there, and is not handed on. */
  | { readonly kind: 'instance'; readonly of: ClassNode; readonly guessed?: true }
  | { readonly kind: 'external'; readonly dotted: string }
  | { readonly kind: 'function' }
  /** `many`: an object of more classes than are told apart. */
  | { readonly kind: 'unknown'; readonly classes?: 'many' };

export interface SharedAccess {
  /** The variable as this place writes it. */
  readonly name: string;
  readonly module: Module;
  readonly function: FunctionNode;
  readonly access: Access;
  /** Keys of the locks held on every way here, callers' locks included. */
  readonly locks: ReadonlySet<string>;
  /** A lock may be held, or the code says that its caller holds one: what cannot be excluded. */
  readonly maybeLocked: boolean;
  /** Happens before the object can be seen by another thread: in `__init__`, in the module body. */
  readonly beforeSharing: boolean;
  /** Only the main thread comes here: the code asks. */
  readonly inMainThread: boolean;
  /** Whether the object belongs to the function itself, so that nobody else sees it. */
  readonly ownObject: boolean;
  /** Whose the object is, where no attribute or global leads to it. */
  readonly whose: readonly Whose[];
  /** Through what the object is reached: the receiver of the method, an attribute of it, a global, a parameter, a local. */
  readonly receiver: Receiver;
}

export interface HeldTest {
  readonly test: Test;
  /** Locks held without a break from where the test was made to the place that asks. */
  readonly locks: ReadonlySet<string>;
  /** The test, or another of the same condition, had this outcome. */
  readonly weak: boolean;
}

/** A lock of the program. */
export interface Lock {
  /** Of the variable that holds it: unique in the program. Compared and printed, never taken apart. */
  readonly key: string;
  /** The attribute or global that holds it; undefined when it is reached in another way. */
  readonly attribute: string | undefined;
  /** As written: `self._lock`. */
  readonly name: string;
  readonly kind: LockKind | 'unknown';
  readonly reentrant: Answer;
  readonly owner: ClassNode | undefined;
  readonly module: Module;
  /** Where it is constructed, when the program shows it. */
  readonly constructors: readonly { readonly module: Module; readonly call: Call }[];
  /** Instance attribute, class attribute, module global, or local. */
  readonly holder: VariableKind;
  /** Any of the locks in a container: held and acquired need not be the same one. */
  readonly family: boolean;
}

export interface LockUse {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly acquisition: Acquisition;
  readonly lock: Lock;
  /** Locks held on every way here within the function and through its callers. */
  readonly held: ReadonlySet<string>;
}

/** A function that a thread runs first. */
export interface Entry {
  readonly function: FunctionNode;
  /** Through what its object is reached: decides whether its attributes are shared. */
  readonly receiver: Receiver;
  /** The class that its object is known to be of. */
  readonly class: ClassNode | undefined;
  /** The place that shows that a library runs it; undefined when the call that starts the thread does. */
  readonly shown?: { readonly module: Module; readonly fact: FactId };
  /** The event loop that the thread runs is handed it. */
  readonly handed?: true;
  /** Of several threads that each have an object of their own: bound to one that whoever made them has given to all of them. */
  readonly common?: true;
}

/** Through what object a method or attribute is reached. */
export type Receiver =
  /** The receiver of the method it is in. */
  | 'self'
  /** What an attribute of the receiver holds: seen by whoever sees the receiver. */
  | 'member'
  /** A global, a class attribute: seen by all. */
  | 'shared'
  | 'parameter'
  | 'local'
  | 'none';

/** How the function that acquires a lock by a call gives it back. */
export interface GivenBack {
  /** Somewhere behind the acquisition. */
  readonly released: boolean;
  /** `return`, `raise` or the end of the function is reached without. */
  readonly leaves: boolean;
  /** An exception passes it by. */
  readonly mayRaise: boolean;
  /** In the same suite. */
  readonly sibling: boolean;
}

/** A lock that is given back while it is not held any more. */
export interface ReleasedTwice {
  readonly first: FactId;
  readonly again: FactId;
  /** The second release is the end of a `with`. */
  readonly byWith: boolean;
}

/**
 * An object as a function sees it: `self`, `self.pool`, `other:` for a parameter and `other:pool` below it, `=…` for what a
 * global holds, '' for none, because there is only one lock of the kind, and `?…` for what cannot be told.
 */
export type ObjectPath = string;

/** A lock that a function holds at some place, and whose it is. */
export interface HeldLock {
  readonly lock: Lock;
  readonly on: ObjectPath;
  /** Where it was taken; the definition of the function for the lock of a decorator or a helper. */
  readonly fact: FactId;
  readonly use: LockUse | undefined;
}

/** Something that happens to locks and threads while a function runs. */
export interface Happening {
  readonly kind: /** A lock is taken. */
    | 'acquire'
    /** The thread waits for something else. */
    | 'block'
    /** A callable of somebody else's is called. */
    | 'callback';
  /** Where it happens. */
  readonly function: FunctionNode;
  readonly fact: FactId;
  /** For `acquire`. */
  readonly lock: Lock | undefined;
  /** Whose lock, or what is waited for, as the function that was asked about sees it. */
  readonly on: ObjectPath;
  /** Without giving up after a time. */
  readonly waits: boolean;
  readonly blocking: Blocking | undefined;
  /** Locks taken on the way that are held when it happens. */
  readonly inside: ReadonlySet<string>;
  /** The call that leads there, and the happening as the called function sees it; undefined where it happens. */
  readonly edge: CallEdge | undefined;
  readonly rest: Happening | undefined;
  /** It happens only on objects of this class, which overrides a method on the way. */
  readonly needs: ClassNode | undefined;
  /** What the caller of the function that was asked about must have said. */
  readonly under: readonly FlagTest[];
}

/** A place where another thread begins. */
export interface ThreadEntry {
  readonly id: number;
  readonly module: Module;
  /** The call that names the callable; undefined when a decorator, a base class or an assignment does. */
  readonly call: Call | undefined;
  /** The place of what names the callable. */
  readonly fact: FactId;
  /** Where it starts running: the `start()` call, or the call itself; `Infinity` when the program does not show it. */
  readonly startFact: FactId;
  readonly spawner: FunctionNode;
  readonly entries: readonly Entry[];
  /** Several of these threads may run at once. */
  readonly many: boolean;
  readonly what: string;
  /** Which library runs it so, as a sentence without its full stop; undefined when the program itself starts the thread. */
  readonly because: string | undefined;
  /** Threads of one lane never run at the same time: a pool of one worker, a chain of timers. */
  readonly lane: string | undefined;
  /** The classes of the first arguments that its library gives to what it runs, objects that it goes on using itself. */
  readonly tells?: readonly string[] | undefined;
  /** It runs before, or after, what else its library runs for the same request. */
  readonly around?: 'before' | 'after' | undefined;
  readonly confidence: Confidence;
}

/** What says that several threads share something, the strongest first. */
export interface Sharing {
  readonly by: /** Threads that the program starts reach it. */
    | 'threads'
    /** A library runs it in several threads. */
    | 'framework'
    /** The project's own tests start threads on it. */
    | 'tests'
    /** Other code guards the same state with a lock. */
    | 'guarded'
    /** A lock is held where it is looked at, or its class asks which thread it is run by. */
    | 'concurrent'
    /** Its class starts a thread, or has a synchroniser that is no lock. */
    | 'besides'
    /** Its class owns a lock, which nobody holds for it. */
    | 'otherLock'
    /** Documentation promises it. */
    | 'documented'
    /** One object is kept where all callers find it. */
    | 'kept'
    /** State of a module or class of a library, reached from its public functions. */
    | 'moduleState'
    /** The class is called what classes of shared objects are called. */
    | 'named'
    /** A public class of a library changes it in methods that only ask for something. */
    | 'public';
  /** As a clause: "`Registry` owns `self._lock`". */
  readonly says: string;
  readonly at: { readonly module: Module; readonly fact: FactId } | undefined;
}

/** Why two accesses can run at the same time. */
export interface Parallel {
  /** What it rests on. */
  readonly sharing: Sharing;
  /** The thread that makes it parallel; undefined when only outside callers could (library profile). */
  readonly thread: ThreadEntry | undefined;
  /** The function through which that thread runs `via`. */
  readonly runs: 'first' | 'second' | 'both';
  /** The function that the thread ran first on its way to that access. */
  readonly entry?: Entry | undefined;
  readonly confidence: Confidence;
}

/** An object used at a place: a method called on it, an item of it, the object itself handed on. */
export interface ObjectUse {
  readonly module: Module;
  /** Names a variable: `self.book`, `session`. */
  readonly path: number;
  readonly fact: FactId;
  readonly scope: ScopeId;
}

/** A fact of a function. */
export interface Place {
  readonly function: FunctionNode;
  readonly fact: FactId;
}

export interface CallEdge {
  readonly caller: FunctionNode;
  readonly callee: FunctionNode;
  readonly module: Module;
  readonly fact: FactId;
  /** Locks held at the call within the caller. */
  readonly locks: ReadonlySet<string>;
  /** On the same object: `self.m()`, `super().m()`, `cls.m()`. */
  readonly sameReceiver: boolean;
  /** The callee overrides the method that was found: only some objects run it. */
  readonly overriding: boolean;
  readonly how: 'call' | 'property' | 'construct' | 'decorate' | 'operation';
  /** For an operation: the object that it is done with. */
  readonly object?: number;
  readonly repeated: boolean;
}

/** What the rule `gil-reenabled-import` needs to know of an import. */
export interface ImportSite {
  readonly module: Module;
  readonly import: Import;
  /** Dotted name of the module that is loaded, when it lies outside the program. */
  readonly dotted: string;
}

export interface ProgramModel {
  /** What is known of libraries. */
  readonly catalog: Catalog;
  readonly modules: readonly Module[];
  readonly functions: readonly FunctionNode[];
  readonly classes: readonly ClassNode[];
  readonly variables: readonly Variable[];
  readonly locks: ReadonlyMap<string, Lock>;
  readonly lockUses: readonly LockUse[];
  readonly threads: readonly ThreadEntry[];
  readonly imports: readonly ImportSite[];
  /** Whether callers of the module that the program does not show may use threads. */
  isLibrary(module: Module): boolean;
  /** `undecided`: nothing says which build the code is for; it may meet either. */
  readonly target: 'gil' | 'free-threaded' | 'both' | 'undecided';

  /** What a search finds in a module; kept over edits that change nothing that it looks at. */
  kept<Found>(search: Search<Found>, module: Module): readonly Found[];
  /** What a module uses below the modules that it imports from outside the program. */
  usesBelowImports(module: Module): readonly ImportUse[];
  /** The classes that a module defines, in the order of its text. */
  classesIn(module: Module): readonly ClassNode[];
  /** Whether two accesses to the variable may be to one object: methods of sibling classes never are. */
  mayTouchOneObject(variable: Variable, a: SharedAccess, b: SharedAccess): boolean;
  /** Why `a` and `b` may run at the same time; undefined when nothing shows that they may. */
  parallel(variable: Variable, a: SharedAccess, b: SharedAccess): Parallel | undefined;
  /** Why two uses of what one variable holds may happen at the same time; also for variables that never change. */
  usedTogether(a: ObjectUse, b: ObjectUse): Parallel | undefined;
  /** Calls out of a function, in source order. */
  callsFrom(function_: FunctionNode): readonly CallEdge[];
  callsTo(function_: FunctionNode): readonly CallEdge[];
  /** Whether the function is handed on as a value, so that anybody may call it. */
  isHandedOn(function_: FunctionNode): boolean;
  /** Whether a place runs in a process that was just forked, where no other thread is. */
  isForked(place: Place): boolean;
  /** A coroutine, or a private helper that only coroutines call. */
  isOfLoop(function_: FunctionNode): boolean;
  /** The lock uses of a function, in source order. */
  usesIn(function_: FunctionNode): readonly LockUse[];
  /** What happens to locks and threads between the entry of a function and its return, itself and through its calls. */
  effectsOf(function_: FunctionNode): readonly Happening[];
  /** The same of what the function does itself. */
  ownEffectsOf(function_: FunctionNode): readonly Happening[];
  /** What happens while a call is made, as the caller sees it. */
  effectsThrough(edge: CallEdge): readonly Happening[];
  /** The locks that the function itself, a helper or its decorator holds at one of its facts, with their objects. */
  heldAt(function_: FunctionNode, fact: FactId): readonly HeldLock[];
  /** The threads that an object stands for: a thread, what `submit` gave, a pool with all its work. */
  threadsAt(module: Module, path: number): readonly ThreadEntry[];
  /** The calls of `submit` and the like whose future an object may be. */
  submittedAt(module: Module, path: number): readonly { readonly module: Module; readonly call: Call }[];
  /** The function that a path means. */
  functionNamed(module: Module, path: number): FunctionNode | undefined;
  /** Whether a queue was made with a limit to what it holds. */
  isBounded(module: Module, path: number): boolean;
  /** Functions that take a lock themselves, or during which a decorator's or helper's lock is held. */
  readonly lockingFunctions: readonly FunctionNode[];
  /** Whether several threads may hold the lock at once: a semaphore of more than one. */
  isCounting(lock: Lock): boolean;
  /** The calls that stand in a function, in source order. */
  callsIn(function_: FunctionNode): readonly Call[];
  /** The call that stands at a fact. */
  callAt(module: Module, fact: FactId): Call | undefined;
  /** Why two places may be reached at the same time by two threads; undefined when nothing shows that they may. */
  atOnce(a: Place, b: Place): Parallel | undefined;
  /** Locks owned by a class (its bases included) or, for undefined, by a module. */
  locksOf(owner: ClassNode | undefined, module: Module): readonly Lock[];
  /** Whether the class itself shows that it is meant for several threads: it owns a lock or starts a thread. */
  isConcurrent(class_: ClassNode): boolean;
  /** Every test that holds where the fact stands, with the locks held since it was made. */
  testsAt(module: Module, fact: FactId): readonly HeldTest[];
  /** Locks held on every way to the fact, those of callers, helpers and decorators included. */
  locksAt(module: Module, fact: FactId): ReadonlySet<string>;
  /** Whether a lock, or what may be one, is held on some way to the fact. */
  mayHoldAt(module: Module, fact: FactId): boolean;
  /** The acquisitions (indices) through which the function itself holds a lock at the fact; empty when it does not on every way. */
  heldThrough(module: Module, fact: FactId, lock: string): readonly number[];
  /** How the function that acquires a lock by a call gives it back. */
  givenBack(use: LockUse): GivenBack;
  /** Two releases of what an acquisition took, the second on every way after the first; undefined when there are none. */
  releasedTwice(use: Omit<LockUse, 'held'>): ReleasedTwice | undefined;
  /** Whether a lock that is not among `locksAt` may be held: on some ways only, by callers of whom the text speaks, by another name. */
  isUncertainAt(module: Module, fact: FactId): boolean;
  /** Whether every way to `fact` from the beginning of its function passes `before`, both of one function. */
  dominates(module: Module, before: FactId, fact: FactId): boolean;
  /** Whether control can go from one fact to another of the same function. */
  reaches(module: Module, from: FactId, to: FactId): boolean;
  /** Whether control can go from one fact to another of the same function, or back to it, without passing one of `barriers`. */
  reachesPast(module: Module, from: FactId, to: FactId, barriers: readonly FactId[]): boolean;
  /** Whether control can come from the beginning of the function to the fact without passing one of `barriers`. */
  comesPast(module: Module, fact: FactId, barriers: readonly FactId[]): boolean;
  /** Whether the function returns only after it has passed the fact; it may raise before. */
  returnsOnlyAfter(module: Module, fact: FactId): boolean;
  /** Whether the function returns only on ways that show the outcome of such a test; it may raise on others. */
  returnsOnlyIf(function_: FunctionNode, isMet: (test: Test) => boolean): boolean;
  /** Whether a test, a loop or a handler decides if control gets from the beginning of the function to the fact. */
  isConditional(module: Module, fact: FactId): boolean;
  /** Whether the fact stands in a loop or comprehension of its function. */
  repeatsAt(module: Module, fact: FactId): boolean;
  /** A path as it is written in its module: `self._lock`. */
  nameOf(module: Module, path: number): string;
  /** The variable that a path of a module means, by its key. */
  keyOf(module: Module, path: number): string | undefined;
  /** The same, or that of the attribute which a property gives back where the path means one: `self.is_paused` for `self._paused`. */
  heldKeyOf(module: Module, path: number): string | undefined;
  /** The one object that a cached function or property gives to all, where a path means it, by a key like that of a variable. */
  rememberedAt(module: Module, path: number): string | undefined;
  /** The dotted name of what a call calls outside the program. */
  calleeName(module: Module, call: number): string | undefined;
  /** The names by which the catalog may know what a call calls, methods after the class of their object. */
  libraryNames(module: Module, call: number): readonly string[];
  /** The classes of libraries that a value may be of, as the catalog names them. */
  libraryClasses(module: Module, value: ValueShape): readonly string[];
  /** The class of the program of which a call makes an object. */
  makes(module: Module, call: number): ClassNode | undefined;
  /** The functions that a value may be: a name, a bound method, a lambda, `partial(f, …)`. */
  functionsOf(module: Module, value: ValueShape): readonly FunctionNode[];
  /** What a value may be. */
  typesOf(module: Module, value: ValueShape): readonly ValueType[];
  /** The lock that a path means. */
  lockAt(module: Module, path: number): Lock | undefined;
  /** The function whose body a scope's facts run in. */
  functionAt(module: Module, scope: number): FunctionNode;
  /** Whether a thread of the program, or an outside caller, runs the function. */
  threadsRunning(function_: FunctionNode): readonly ThreadEntry[];
  /** Of the functions that a thread may begin with, the one from which it gets to this function. */
  entryTo(thread: ThreadEntry, function_: FunctionNode): Entry | undefined;
  /** Whether the fact stands inside a `try` that catches one of these. */
  catchesAt(module: Module, fact: FactId, names: readonly string[]): boolean;
  /** What the variable may hold is one of the container names. */
  containerOf(variable: Variable): readonly string[];
}

/** What is known of the packages around the program. */
export interface Environment {
  /**
   * The verdict on `import dotted`, or on `from dotted import name`, of a module that lies outside the program; undefined
   * when nothing speaks against it. `unknown` and `certain` together mean that the user wants to hear nothing of it.
   */
  gilVerdict(dotted: string, name: string): GilVerdict | undefined;
  /** The verdict on what the use of `dotted` loads beyond its import: a submodule that comes when it is asked for. */
  gilVerdictOfUse(dotted: string): GilVerdict | undefined;
  /** The requirements that people wrote in dependency files, with what is known of each. */
  readonly requirements: readonly RequirementSite[];
  /** The entries of lock files that bring the GIL back or cannot be loaded. */
  readonly locked: readonly LockedSite[];
  /** Extension sources of the project whose module definition lacks the declaration. */
  readonly undeclaredSources: readonly UndeclaredSource[];
}

export interface GilVerdict {
  /** The distribution whose module brings the GIL back: not always the one that was imported. */
  readonly distribution: string;
  /** Installed or locked version; undefined when neither is known. */
  readonly version: string | undefined;
  readonly status: 'gil-at-import' | 'gil-later' | 'not-importable' | 'partial' | 'unknown';
  /** The chain from the import to the extension module, when it is known: `pandas`, `pandas._libs.lib`. */
  readonly chain: readonly string[];
  /** Further modules that bring the GIL back with the same import. */
  readonly others: readonly string[];
  /** One sentence without its full stop: how we know, with source and date. */
  readonly evidence: string;
  /** First version that keeps the GIL off, when there is one. */
  readonly fixedIn: string | undefined;
  readonly certainty: Confidence;
  /** The lines of dependency files that bring the distribution in. */
  readonly requirements: readonly RequirementSite[];
  /** Where lock files chose this version of it. */
  readonly locked: readonly LockedSite[];
}

/** A requirement in a dependency file. */
export interface RequirementSite {
  /** Absolute path of the dependency file. */
  readonly file: string;
  /** In that file's `spans`. */
  readonly fact: FactId;
  /** As written: `numpy`. */
  readonly name: string;
  /** A constraint limits what others require; it asks for nothing itself. */
  readonly role: 'requirement' | 'constraint';
  /** A conda package, which need not be Python. */
  readonly conda: boolean;
  readonly verdict: GilVerdict | undefined;
  /** The edit that raises its lower bound to the first ready version; undefined when there is none to make. */
  readonly raise: RaisedRequirement | undefined;
  /** Why there is none: another bound excludes that version, hashes belong to this one, a tool writes the file. */
  readonly hindrance: 'excluded' | 'hashed' | 'generated' | undefined;
}

/** An entry of a lock file. */
export interface LockedSite {
  readonly file: string;
  readonly fact: FactId;
  readonly name: string;
  readonly version: string;
  readonly verdict: GilVerdict;
  /** What makes the tool that wrote the lock choose a newer version: `uv lock --upgrade-package numpy`. */
  readonly upgrade: string | undefined;
  /** How it got there: from a requirement of the project's to what depends on it; empty when that cannot be told. */
  readonly through: readonly string[];
  /** The lines that require the first of `through`. */
  readonly broughtBy: readonly RequirementSite[];
}

export interface RaisedRequirement {
  /** The version part, to be replaced. */
  readonly fact: FactId;
  readonly text: string;
  /** What stands there afterwards: `numpy>=2.1.0`. */
  readonly result: string;
}

/** A module definition in C, C++, Cython, Rust or packaging metadata that does not say that it runs without the GIL. */
export interface UndeclaredSource {
  readonly file: string;
  /** Undefined in a setup.py, whose places its own summary has. */
  readonly fact: FactId | undefined;
  readonly tool: 'c' | 'pybind11' | 'nanobind' | 'cython' | 'pyo3' | 'packaging';
  readonly module: string | undefined;
  /** One sentence: what is missing. */
  readonly says: string;
  /** Replacement of the text of another fact; undefined when there is no one way to write it. */
  readonly edit: { readonly fact: FactId; readonly text: string } | undefined;
  /** What the edit needs to compile: `pybind11 2.13`. */
  readonly needs: string | undefined;
}
