/**
 * The words that Heddle believes in: names that by convention say what something is or does, where nothing else is known
 * of it, and the words of Python itself. `words.json` has them all on one page, each with its reason, and for patterns with names
 * that they match and names that they must leave alone.
 */
import type { ContainerName, KnownType } from './schema.ts';
import data from './words.json' with { type: 'json' };

// What a file says depends on its text and the analyser alone, so these are the same for every project.

/** Methods of built-in and `collections` containers that change the object in place. */
export const MUTATORS = words('mutators');
/** Methods whose result shows the container itself. */
export const VIEWS = words('views');
/** `six.iteritems(d)` and the like → the view of the argument. */
export const VIEW_CALLS: Readonly<Record<string, string>> = data.viewCalls.pairs;
/** Built-in calls that copy their argument in one step. */
export const SNAPSHOT_CALLS = words('snapshotCalls');
/** Built-in calls that step through their argument. */
export const ITERATING_CALLS = words('iteratingCalls');
/** Built-in calls that hand their argument's elements on lazily. */
export const LAZY_CALLS = words('lazyCalls');
/** Calls that give back an element of their argument, and calls that give back several. */
export const ELEMENT_CALLS = words('elementCalls');
export const SAME_ELEMENT_CALLS = words('sameElementCalls');
/** Built-in calls that call a method of their argument's class → the method. */
export const PROTOCOL_CALLS: Readonly<Record<string, string>> = data.protocolCalls.pairs;
/** Functions that go through all of their first argument → how. */
export const TAKEN_WHOLE: ReadonlyMap<string, string> = new Map(Object.entries(data.takenWhole.pairs));
/** Operations that go through what a container holds, too. */
export const WALKS_BELOW: ReadonlySet<string> = new Set(data.walksBelow.phrases);
/** Functions that change their first argument in place → the kind of the access. */
export const CHANGED_ARGUMENTS: ReadonlyMap<string, string> = new Map(
  Object.entries(data.changedArguments.pairs),
);
/** Functions that never come back. */
export const ENDING_CALLS = words('endingCalls');
/** Calls that run a generator expression at once. */
export const CONSUMERS = words('consumers');
/** Calls after which the iterated object is a copy. */
export const COPIES = words('copies');
/** Methods of a container that give back what stays in it. */
export const ENTRY_LOOKUP = words('entryLookup');
/** Methods that add to each entry of a container of counts. */
export const ADDING_UP = words('addingUp');
/** Operations that step through a container wholly in C. */
export const CONSUMED_IN_C = pattern('consumedInC');
/** Functions whose result nobody can call. */
export const PLAIN_RESULTS = words('plainResults');
/** Operations that take something out of a container. */
export const REMOVING: ReadonlySet<string> = new Set(data.removingOperations.phrases);
/** Operations that move what is in a list to other places. */
export const REORDERING = words('reorderingOperations');
export const BUILTINS = words('builtins');

/** Methods that call nobody back, whatever object they are of. */
const PLAIN_METHODS = words('plainMethods');
const ASKING_METHOD = pattern('askingMethod');
/** Methods that keep their caller waiting, whatever object they are of. */
const WAITING_METHOD = pattern('waitingMethod');
/** Methods of listeners. */
export const TELLING_METHOD = pattern('tellingMethod');
/** Methods by which one asks for something that is answered later. */
export const ASKS_OTHERS_METHOD = pattern('asksOthersMethod');
/** Functions and methods that read or write outside the process. */
export const OUTSIDE_FUNCTION = pattern('outsideFunction');
export const OUTSIDE_METHOD = pattern('outsideMethod');
/** Names of objects that lead out of the process, and methods that do so if they are of such an object. */
export const OUTSIDE_OBJECT = pattern('outsideObject');
export const TRANSFERS = pattern('outsideObjectMethod');
/** Objects whose `close` asks the other side. */
export const SLOW_TO_CLOSE = pattern('slowToClose');

/** Last names of constructors of locks. */
export const LOCK_CONSTRUCTORS = words('lockConstructors');
/** Calls that do not fail in practice. */
export const CALM_METHODS = words('calmMethods');
export const CALM_FUNCTIONS = words('calmFunctions');
/** Constructors that wrap the lock they are given. */
export const CONDITION_MAKER = pattern('conditionMaker');
/** Decorators that hold a lock around what they decorate. */
export const SYNCHRONIZING_DECORATOR = pattern('synchronizingDecorator');
/** The text mentions locks at all. */
export const MENTIONS_LOCK = pattern('mentionsLock');
/** The text mentions threads at all. */
export const MENTIONS_THREADS = pattern('mentionsThreads');
/** Documentation that promises use by several threads, and documentation that warns of it. */
export const SAYS_THREAD_SAFE = pattern('saysThreadSafe');
export const SAYS_THREAD_UNSAFE = pattern('saysThreadUnsafe');
/** Functions that give a file to a `with`. */
export const OPENS_FILE = pattern('opensFile');
/** Functions that take the lock for somebody else. */
export const LOCK_TAKING_FUNCTION = pattern('lockTakingFunction');
/** Functions whose callers hold the lock, by name and by comment. */
export const CALLERS_HOLD_LOCK_NAME = pattern('callersHoldLockName');
export const CALLERS_HOLD_LOCK_PHRASE = pattern('callersHoldLockPhrase');
/** Functions that tests alone call, by name and by comment. */
export const MEANT_FOR_TESTS_NAME = pattern('meantForTestsName');
export const MEANT_FOR_TESTS_PHRASE = pattern('meantForTestsPhrase');
/** Classes and modules that stand in for something else in tests. */
export const TEST_DOUBLE_NAME = pattern('testDoubleName');
/** Functions that callers are told to leave, by decorator and by comment. */
export const DEPRECATING_DECORATOR = pattern('deprecatingDecorator');
export const DEPRECATED_PHRASE = pattern('deprecatedPhrase');
/** Functions that tell a module or class of something there is. */
export const REGISTERING_FUNCTION = pattern('registeringFunction');

/** The side of a read-write lock that many may hold. */
export const READ_SIDE_NAME = pattern('readSide');
/** Methods of a class that is a lock. */
export const LOCK_METHOD = pattern('lockMethods');
/** Calls that give a future. */
export const FUTURE_MAKER = pattern('futureMaker');
/** Calls that come back when the work is done, and methods that come back when the threads are. */
export const WAITING_FOR_WORK = words('waitingForWork');
export const JOINING_METHODS = words('joiningMethods');
/** Arguments of pools of processes. */
export const FOR_PROCESSES = words('forProcesses');

/** Methods of a loop for its own thread. */
export const LOOP_METHODS = words('loopMethods');
export const HANDED_TO_LOOP: ReadonlyMap<string, number> = new Map(
  Object.entries(data.handedToLoop.pairs).map(([name, position]) => [name, Number(position)]),
);
/** Decorators of generators that an event loop goes on with. */
export const LOOP_DECORATOR = pattern('loopDecorator');
export const RUNS_LOOP = words('runsLoop');
export const GIVES_LOOP = words('givesLoop');

/** What is called when something happens, and methods that wake others. */
export const EVENT_NAME = pattern('eventName');
/** Classes whose objects give what they refer to. */
export const WEAK_REFERENCE_NAME = pattern('weakReferenceName');
/** What is put into a queue to say that nothing more comes. */
export const END_MARK_NAME = pattern('endMarkName');
export const ENDING_FLAG = pattern('endingFlag');
export const GOING_FLAG = pattern('goingFlag');
export const NOTIFYING_METHODS = words('notifyingMethods');

/** Methods of a logger that make a record and hand it to all handlers. */
export const LOGGING_METHODS = words('loggingMethods');
/** Names of loggers, and modules that have loggers. */
export const LOGGER_NAME = pattern('loggerName');
export const LOGGING_MODULES = words('loggingModules');
/** Methods that `logging` calls while it makes or hands on a record. */
export const CALLED_WHILE_LOGGING = words('calledWhileLogging');

/** Calls that copy or store an object with all its attributes. */
export const COPYING_CALL = pattern('copyingCall');
/** Modules of Python that `threading` needs, or that are there before any other can be loaded. */
export const LOADED_FIRST = words('loadedFirst');
/** Libraries that send objects to other processes. */
export const SENDING_MODULE = pattern('sendingModule');
/** Methods with which a class says how its objects are copied and stored. */
export const COPY_METHODS = words('copyMethods');

/** Methods that run before another thread can see the object. */
export const SET_UP_FUNCTION = pattern('setUpFunction');
/** Functions that run in a process that was just forked. */
export const AFTER_FORK_FUNCTION = pattern('afterForkFunction');
/** Arguments that run there, whatever is called: `register = getattr(os, 'register_at_fork', None)`. */
export const FOR_CHILD_KEYWORD = pattern('forChildKeyword');
export const CONFIGURING_FUNCTION = pattern('configuringFunction');
/** Flags that something was said. */
export const SAID_ONCE_NAME = pattern('saidOnceName');
/** Functions with which a program begins. */
export const BEGINS_PROGRAM = pattern('beginsProgram');
/** Functions with which a program ends. */
export const ENDS_PROGRAM = pattern('endsProgram');
/** Coroutines of which one runs at a time on an object. */
export const LIFE_FUNCTION = pattern('lifeFunction');
export const TEAR_DOWN_FUNCTION = pattern('tearDownFunction');
/** Functions that need not hold the lock that others hold. */
export const EXEMPT_FROM_GUARD = pattern('exemptFromGuard');

/** Calls that make something of which there should be one. */
export const CREATING_NAME = pattern('creatingName');
/** Methods of an object by which it makes one of something. */
export const CREATING_METHOD = pattern('creatingMethod');
/** Calls that show when they are made twice. */
export const DONE_ONCE_CALL = pattern('doneOnceCall');
/** Calls that give an equal value every time. */
export const PURE_CALL = pattern('pureCall');
/** Calls that give the same object every time. */
export const SAME_OBJECT_CALL = pattern('sameObjectCall');

/** What names the running thread. */
export const THREAD_IDENTITY = pattern('threadIdentity');
/** Constructors of what is of use to several threads only. */
export const SYNCHRONIZER = pattern('synchronizer');
/** Bases of enumerations. */
export const ENUMERATION_BASE = pattern('enumerationBase');
/** Pools of threads that do single steps for whoever keeps them. */
export const EXECUTOR = pattern('executor');
/** Metaclasses that make one object for all. */
export const SINGLETON_NAME = pattern('singletonName');
/** Classes of which one object serves many callers. */
export const WIDELY_SHARED_NAME = pattern('widelySharedName');
/** Methods that are called to learn something. */
export const LOOKUP_METHOD = pattern('lookupMethod');
/** Classes of which each call, request or run has an object of its own. */
export const OF_ONE_CALL_NAME = pattern('ofOneCallName');
/** Modules that change nothing of the process. */
export const PURE_MODULE = pattern('pureModule');
/** Methods that hand something to whoever answers it. */
export const SENDING_METHOD = pattern('sendingMethod');
/** Attributes that hold what is to be called when something happens. */
export const LISTENER_NAME = pattern('listenerName');
/** Methods that an object has to be called again and again, each time for something else. */
export const CALLED_FOR_EACH = pattern('calledForEach');
/** Calls after which threads are greenlets. */
export const GREENLET_PATCH = pattern('greenletPatch');
/** Parameters that are a thread's own slot. */
export const THREAD_INDEX_NAME = pattern('threadIndexName');
/** Names of thread pools of unknown origin. */
const POOL_NAME = pattern('poolName');
const PROCESS_POOL_NAME = pattern('processPoolName');
export const POOL_SIZE_KEYWORD = pattern('poolSizeKeyword');

/** Functions that make a field of a data class from a factory. */
export const FACTORY_FIELD = pattern('factoryField');
/** Functions and classes that declare in the body of a class what each object has. */
export const DECLARED_FIELD = pattern('declaredField');
/** Modules of descriptors. */
export const DESCRIPTOR_MODULE = pattern('descriptorModule');
export const DATACLASS_DECORATOR = pattern('dataclassDecorator');
/** Decorators of properties that are computed once and kept. */
export const REMEMBERED_PROPERTY = pattern('rememberedProperty');
export const METACLASS_BASE = pattern('metaclassBase');
/** Bases whose subclasses cannot be given a lock as an attribute. */
export const UNLOCKABLE_BASES = words('unlockableBases');
/** Bases that are built by `__new__`. */
export const IMMUTABLE_BASES = words('immutableBases');
/** Bases without an attribute `_lock` of their own. */
export const HARMLESS_BASES = words('harmlessBases');

/** Modules that are commands, and what those run. */
export const COMMAND_MODULE = pattern('commandModule');
export const COMMAND_FUNCTION = pattern('commandFunction');
/** What may be asked of an object that is not thread-safe. */
export const HARMLESS_MEMBERS = words('harmlessMembers');
/** Annotations that name a container, by last name → what they name. */
export const ANNOTATED_CONTAINERS: Readonly<Record<string, KnownType>> = Object.fromEntries(
  Object.entries(data.annotatedContainers.pairs).map(([annotation, name]) => [
    annotation,
    { kind: 'container', name: name as ContainerName },
  ]),
);

/** A text that says of itself that a tool wrote it. */
export const GENERATED_TEXT = pattern('generatedText');

const LOCK_NAME = pattern('lockName');
const LOCK_NAME_CAMEL = pattern('lockNameCamel');
const LOCKS_SOMEHOW = pattern('locksSomehow');
const LOCKS_NOTHING = pattern('locksNothing');
const DECORATOR_KEEPS_CALLERS = pattern('decoratorKeepsCallers');
const LOCKING_DECORATOR = pattern('lockingDecorator');
const CALM_MODULES = words('calmModules');
const STANDARD_MODULES = words('standardModules');

/** Whether a method of this name only looks at what is its object's, or changes a container. */
export function isPlainMethod(name: string): boolean {
  return PLAIN_METHODS.has(name) || ASKING_METHOD.test(name);
}

/** Whether a method of this name keeps its caller waiting: not `", ".join(parts)`, where a thread's takes nothing but a time. */
export function isWaitingMethod(name: string, positional: number): boolean {
  return WAITING_METHOD.test(name) && !(name === 'join' && positional === 1);
}

/** Whether a dotted name belongs to a module of the standard library of which nothing waits or calls back. */
export function isCalm(dotted: string): boolean {
  return CALM_MODULES.has(dotted.split('.')[0]!) || CALM_MODULES.has(dotted.split('.').slice(0, 2).join('.'));
}

/** Whether the name is a lock's by convention. */
export function isLockName(name: string): boolean {
  return LOCK_NAME.test(name) || LOCK_NAME_CAMEL.test(name);
}

/** Whether a dotted name contains a word for locking. */
export function isLockish(dotted: string): boolean {
  return dotted.split('.').some((part) => LOCKS_SOMEHOW.test(part) && !LOCKS_NOTHING.test(part));
}

/** Whether the name is a thread pool's by convention. */
export function isPoolName(name: string): boolean {
  return POOL_NAME.test(name) && !PROCESS_POOL_NAME.test(name);
}

/** Whether a decorator of this name leaves it to the program who calls the function. */
export function keepsCallers(decorator: string): boolean {
  return DECORATOR_KEEPS_CALLERS.test(decorator) || LOCKING_DECORATOR.test(decorator);
}

/** Whether a dotted module name as written in an import belongs to the standard library. */
export function isStandardModule(module: string): boolean {
  return STANDARD_MODULES.has(module.split('.')[0]!);
}

type Entries = typeof data;
type Having<Field extends string> = {
  [Name in keyof Entries]: Entries[Name] extends Record<Field, unknown> ? Name : never;
}[keyof Entries];

function words(name: Having<'words'>): ReadonlySet<string> {
  return new Set(data[name].words.flatMap((line) => line.split(' ')));
}

function pattern(name: Having<'pattern'>): RegExp {
  const entry: { readonly pattern: string; readonly flags?: string } = data[name];
  return new RegExp(entry.pattern, entry.flags);
}
