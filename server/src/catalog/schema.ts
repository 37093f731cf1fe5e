/**
 * The form of what Heddle knows about a library, as a schema that is checked and as the types that follow from it. One data
 * file describes one library; projects add files of the same form by the setting `models`. Names are dotted as Python
 * defines them (`queue.Queue`), and a method is named after its class (`queue.Queue.get`).
 */
import * as v from 'valibot';
import { shortened } from '../base/printable.ts';

const Dotted = v.pipe(v.string(), v.regex(/^[A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*$/, 'a dotted name of Python'));
/** `*` in the name of a base stands for any part of it: generated modules are called after their source, widgets after their kind. */
const DottedPattern = v.pipe(
  v.string(),
  v.regex(/^[A-Za-z_*][\w*]*(?:\.[A-Za-z_*][\w*]*)*$/, 'a dotted name of Python'),
);
const Words = v.pipe(v.string(), v.minLength(1, 'some words'));

const LockKinds = ['Lock', 'RLock', 'Condition', 'Semaphore', 'asyncio', 'process'] as const;
const Containers = [
  'dict',
  'list',
  'set',
  'deque',
  'OrderedDict',
  'defaultdict',
  'Counter',
  'bytearray',
  'weak',
] as const;

/** What a constructor or a call makes. */
const Made = v.variant('kind', [
  v.strictObject({ kind: v.literal('lock'), lock: v.picklist(LockKinds), reentrant: v.boolean() }),
  v.strictObject({ kind: v.literal('container'), name: v.picklist(Containers) }),
  /** May be used by several threads without a lock, whatever is called on it. */
  v.strictObject({
    kind: v.literal('safe'),
    name: Words,
    /** What it is for, where that says how its methods wait. */
    role: v.exactOptional(v.picklist(['queue', 'event', 'barrier', 'future'])),
    /** Another one made in the same way is as good: made twice, nothing is lost. */
    equal: v.exactOptional(v.literal(true)),
  }),
  /** Each thread, or each context, sees its own. */
  v.strictObject({ kind: v.literal('threadLocal') }),
  v.strictObject({ kind: v.literal('executor'), executor: v.picklist(['threads', 'processes']) }),
  v.strictObject({ kind: v.literal('thread') }),
  v.strictObject({ kind: v.literal('process') }),
]);

/** An argument of a call: its position among the positional ones, its keyword, or both. */
const Argument = v.pipe(
  v.strictObject({
    position: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(0))),
    keyword: v.exactOptional(v.pipe(v.string(), v.minLength(1))),
  }),
  v.check(
    ({ position, keyword }) => position !== undefined || keyword !== undefined,
    'a position or a keyword',
  ),
);

/** Whether several threads may use one object of a library, or the functions of one module. */
const Sharing = v.strictObject({
  /** `bound`: only the thread that made it; `unsafe`: one thread at a time; `main`: the thread that runs the GUI; `loop`: its event loop only. */
  sharing: v.picklist(['bound', 'unsafe', 'main', 'loop']),
  /** As a message calls it: "a sqlite3 connection". */
  name: Words,
  /** Ends a sentence that begins with the name: "may only be used by the thread that made it". */
  why: Words,
  /** What to do instead, as an imperative: "open one connection per thread". `{call}` stands for what is called, as it is written. */
  instead: Words,
  /** The argument that lifts the restriction, with its literals: `check_same_thread=False`. */
  unless: v.exactOptional(
    v.strictObject({
      keyword: Words,
      values: v.pipe(v.array(Words), v.minLength(1, 'name a literal')),
      sharing: v.picklist(['safe', 'unsafe']),
      /** Methods that then act on what other threads have begun. */
      disturbing: v.exactOptional(v.array(Words)),
    }),
  ),
  /** Methods and attributes that are safe all the same, `winfo_*` those that begin so; those of `loop` objects that other threads may call. */
  safe: v.exactOptional(v.array(Words)),
  /** Only these are unsafe; the others are safe. */
  only: v.exactOptional(v.array(Words)),
  /** Methods that a class of the program surely has from it: of others that it calls on itself, nothing is known. */
  own: v.exactOptional(v.array(Words)),
  /** Setting its items (`label["text"] = …`) or its attributes acts on it like a method. */
  assigned: v.exactOptional(v.picklist(['items', 'attributes'])),
  /** Getting and setting its items is a use like a call of a method. */
  items: v.exactOptional(v.literal(true)),
  /** Decorators whose functions run in the right thread, whoever calls them. */
  handedBy: v.exactOptional(v.array(Dotted)),
  /** For `main`: last names of the calls by which a thread becomes the one that runs the GUI. */
  owners: v.exactOptional(v.array(Words)),
  /** Updating what it holds, in place, takes two steps. */
  updated: v.exactOptional(v.literal(true)),
  /** Use by another thread ends the process, or corrupts memory. */
  crashes: v.exactOptional(v.literal(true)),
  /** What the object keeps for all who use it, and the calls in which that counts. */
  keeps: v.exactOptional(
    v.strictObject({
      attributes: v.pipe(v.array(Words), v.minLength(1)),
      for: v.pipe(v.array(Words), v.minLength(1)),
      /** What goes wrong: "a request of one goes out with what another has set". */
      harm: Words,
      instead: Words,
    }),
  ),
  /** For `bound`: what the library raises in any other thread. */
  raises: v.exactOptional(Dotted),
  /** How sure the library's own words are: a documented contract, a maintainer's word, common knowledge. */
  said: v.picklist(['documented', 'maintainers', 'known']),
});

/** The receiver of a method, or one of its arguments. */
const Operand = v.union([v.literal('receiver'), Argument]);

/** What a call does to its receiver and arguments, and to the thread that makes it. */
const Effect = v.strictObject({
  mutates: v.exactOptional(Operand),
  iterates: v.exactOptional(Operand),
  snapshots: v.exactOptional(Operand),
  /** Must be called with this lock held. */
  needs: v.exactOptional(Operand),
  /** Gives this lock up while it waits. */
  releases: v.exactOptional(Operand),
  waits: v.exactOptional(Operand),
  notifies: v.exactOptional(Operand),
  /** Comes back only when this thread, task or pool has ended. */
  joins: v.exactOptional(Operand),
  /** Gives the object to another thread, which has it for itself afterwards. */
  hands: v.exactOptional(Operand),
  /** Takes over an object that another thread handed on. */
  takes: v.exactOptional(v.literal('result')),
  gives: v.exactOptional(
    v.strictObject({
      what: v.picklist(['view', 'element', 'copy', 'itself', 'iterator', 'iterators']),
      of: Operand,
      /** As a message calls it, where the call is not name enough: "a file". */
      name: v.exactOptional(Words),
    }),
  ),
  /**
   * May keep the calling thread waiting for others: for `others` of the program (a queue, a thread, a future), for the
   * `world` (network, disk, a process, the clock).
   */
  blocks: v.exactOptional(v.picklist(['others', 'world'])),
  /** A call that is made to wait, for as long as that takes: for the clock, for another machine, for another process or a person. */
  awaits: v.exactOptional(v.picklist(['clock', 'network', 'answer'])),
  /** Gives up after a time of its own. */
  timed: v.exactOptional(v.literal(true)),
  /** The argument that bounds the waiting. */
  timeout: v.exactOptional(Argument),
  /** The argument, with its literal, that makes it come back at once. */
  unlessArgument: v.exactOptional(v.strictObject({ argument: Argument, value: Words })),
  /** Runs code of whoever uses the library before it comes back: callbacks of the object, the text or module it is given. */
  callsBack: v.exactOptional(v.literal(true)),
  /** Forks this process; `chosen`: when that is the start method. */
  forks: v.exactOptional(v.picklist(['always', 'chosen'])),
  /** The keyword of a function that it runs in a forked child, before anything else runs there. */
  forksFor: v.exactOptional(Words),
  /** The keyword of a function that is called in every child that is forked later. */
  runsInChild: v.exactOptional(Words),
  /** The argument that names a start method of processes. */
  choosesFork: v.exactOptional(Argument),
  /** Puts another program into this process: of a child that was forked for it, nothing is left. */
  replacesProcess: v.exactOptional(v.literal(true)),
  /** A decorator that keeps the result and gives it to later callers. */
  memoizes: v.exactOptional(v.literal(true)),
  /** Tells which thread makes the call. */
  identifiesThread: v.exactOptional(v.literal(true)),
  /** Fails in a thread that runs no event loop. */
  needsLoop: v.exactOptional(v.literal(true)),
  /** Makes the calling thread the one that runs an event loop. */
  runsLoop: v.exactOptional(v.literal(true)),
  /** Makes an event loop that no thread runs yet. */
  makesLoop: v.exactOptional(v.literal(true)),
  /** Gives the number of the process: what is stored under it is of one process. */
  identifiesProcess: v.exactOptional(v.literal(true)),
  /** Ends this process at once, as only a forked child does. */
  endsProcess: v.exactOptional(v.literal(true)),
  /** Gives a callable that calls this argument. */
  binds: v.exactOptional(Argument),
  /** As the base of a class: its objects are decorators, whose calls all enter the one object, unless it has a method of this name. */
  decoratesByOne: v.exactOptional(Words),
  /** A decorator that fills the cache it is given, which several callers may not do at once without a lock, the keyword for one. */
  fills: v.exactOptional(v.strictObject({ cache: Argument, lock: Words })),
  /** Makes the argument run in the middle of whatever a thread is just doing. */
  interrupts: v.exactOptional(
    v.strictObject({ argument: Argument, what: v.picklist(['signal handler', 'finalizer']) }),
  ),
  /** As the default or in the annotation of a parameter: the parameter gets what this argument, a function, returns. */
  injects: v.exactOptional(Argument),
  /** May be called from any thread, although the object belongs to one. */
  anyThread: v.exactOptional(v.literal(true)),
});

/** A call or assignment that changes state which the whole process has in common. */
const ProcessState = v.strictObject({
  /** What it changes: "the working directory". */
  changes: Words,
  /** What to do instead, as an imperative. */
  instead: Words,
  /** Only several threads of one kind disturb each other. */
  several: v.exactOptional(v.literal(true)),
  /** Set for the time of a call and given back; `perhaps`: what is set once while a program starts looks the same. */
  borrowed: v.exactOptional(v.picklist(['always', 'perhaps'])),
  /** What it raises outside the main thread, where it changes nothing. */
  fails: v.exactOptional(Dotted),
  /** With fewer arguments it only asks. */
  asksBelow: v.exactOptional(v.pipe(v.number(), v.integer(), v.minValue(1))),
  /** The module whose functions it is called for: without one of them behind it, it is of no use to the caller. */
  drawnFrom: v.exactOptional(Dotted),
  said: v.picklist(['documented', 'maintainers', 'known']),
});

/** Where another thread comes to run code of the program. Exactly one of `call`, `pool`, `method`, `decorator`, `base`, `initParameter`, `assigned` says at what. */
const Entry = v.pipe(
  v.strictObject({
    /** A call of this function, constructor or method, one of whose arguments is run. */
    call: v.exactOptional(v.union([Dotted, v.array(Dotted)])),
    /** A call of a method with this name on a thread pool, whose argument is run. */
    pool: v.exactOptional(v.array(Words)),
    /** A call of a method with this name, whatever the object: names that no other library uses. */
    method: v.exactOptional(v.array(Words)),
    /** Functions and classes with this decorator. */
    decorator: v.exactOptional(v.union([Dotted, v.array(Dotted)])),
    /** Subclasses of this class. */
    base: v.exactOptional(v.union([DottedPattern, v.array(DottedPattern)])),
    /** Classes whose constructor takes a first argument of this name, by which a framework hands over what to go on with. */
    initParameter: v.exactOptional(Words),
    /** What is assigned to this attribute of an object of this class: `paho.mqtt.client.Client.on_message`. */
    assigned: v.exactOptional(v.union([Dotted, v.array(Dotted)])),

    /** For `decorator`: the methods of what the decorated function returns, not the function. */
    of: v.exactOptional(v.literal('result')),
    /** For `call` and `pool`: which argument is run. */
    argument: v.exactOptional(Argument),
    /** Every argument of the call is run: `Depends(a, b)`. */
    arguments: v.exactOptional(v.literal('all')),
    /** The methods that are run: of the subclass, of the decorated class, of the object or class that is handed over. `on_*` means all that begin so. */
    methods: v.exactOptional(v.array(Words)),

    /** For a call. `now`: it starts the thread; `start`: `.start()` on its result does; `later`: it only registers, threads come to it. */
    starts: v.exactOptional(v.picklist(['now', 'start', 'later'])),
    /** Whether several threads may run it at once; `server`: when the web server does so; `workers`: by the size of the pool. */
    many: v.union([v.boolean(), v.picklist(['server', 'workers'])]),
    /** Methods run on an object made for this call (`fresh`), or on one that all threads share (`shared`). */
    object: v.exactOptional(v.picklist(['fresh', 'shared'])),
    /** Whether coroutine functions are run so, too, or only they: frameworks keep them on the event loop. */
    coroutines: v.exactOptional(v.picklist(['too', 'only'])),
    /** The threads run from such a call on, of a function or a method of the same object; without one in the program there are none. */
    startedBy: v.exactOptional(v.array(Dotted)),
    /** Who calls one of these runs the callable himself: where the program does so in the code of event loops only, that is its thread. */
    askedBy: v.exactOptional(v.array(Dotted)),
    /** Of the calls of `startedBy`, those with one of these literals for the argument. */
    startedWhen: v.exactOptional(v.strictObject({ argument: Argument, values: v.array(Words) })),
    /** Holds only where a setting or command of the program says that one process of this server runs several threads. */
    threadedServer: v.exactOptional(v.picklist(['celery'])),
    /** Each that is registered is a way in of its own: different ones run at once, even if the same one does not. */
    apart: v.exactOptional(v.literal(true)),
    /** The callable is run by a thread of this process even when the pool is one of processes. */
    evenProcesses: v.exactOptional(v.literal(true)),
    /** Whatever thread happens to call it: says nothing unless the program has threads. */
    needsThreads: v.exactOptional(v.literal(true)),
    /** The call comes back only when the work is done. */
    waits: v.exactOptional(v.literal(true)),
    /** Where the arguments for the callable begin: everything after it, or a keyword. */
    passes: v.exactOptional(v.union([v.literal('rest'), v.array(Words)])),
    /** It is called again and again: a thread that it starts may still run when the next one is started. */
    again: v.exactOptional(v.literal(true)),
    /** Only methods of an object on which this method is called, too: it puts the object into a thread of its own. */
    movedBy: v.exactOptional(Words),
    /** It runs in a copy of the context of whoever hands it over. */
    context: v.exactOptional(v.literal(true)),
    /** The classes of the first arguments that the library gives to what it runs, objects that it goes on using itself. */
    tells: v.exactOptional(v.array(Dotted)),
    /** It runs before, or after, what else the library runs for the same request. */
    around: v.exactOptional(v.picklist(['before', 'after'])),
    /** One thread does it all: entries of the same name never run at the same time. */
    lane: v.exactOptional(Words),
    /** A keyword that must have one of these literals for the entry to hold, and whether it holds without the keyword. */
    when: v.exactOptional(
      v.strictObject({ keyword: Words, values: v.array(v.string()), otherwise: v.boolean() }),
    ),
    /** As messages call it, after "a": "request thread". */
    what: Words,
    /** The framework, as evidence names it: "Flask runs views in threads". */
    because: v.exactOptional(Words),
    confidence: v.exactOptional(v.picklist(['high', 'medium', 'low'])),
  }),
  v.check(
    ({ call, pool, method, decorator, base, assigned, initParameter }) =>
      [call, pool, method, decorator, base, assigned, initParameter].filter((one) => one !== undefined)
        .length === 1,
    'name exactly one of call, pool, method, decorator, base, initParameter, assigned',
  ),
  v.check(
    ({ call, pool, method, argument, arguments: all }) =>
      (call === undefined && pool === undefined && method === undefined) ||
      argument !== undefined ||
      all !== undefined,
    'name an argument that is run',
  ),
  v.check(
    ({ base, initParameter, of, methods }) =>
      (base === undefined && initParameter === undefined && of === undefined) || methods !== undefined,
    'name the methods that are run',
  ),
);

/** A call that takes a function which is run later, by whomever: what it looks like, not what it sets going. Exactly one of `call`, `pool`, `method`. */
const HandingOver = v.pipe(
  v.strictObject({
    call: v.exactOptional(v.union([Dotted, v.array(Dotted)])),
    /** Methods of a pool, whose threads or processes run it. */
    pool: v.exactOptional(v.array(Words)),
    /** Methods that mean the same wherever they occur. */
    method: v.exactOptional(v.array(Words)),
    argument: Argument,
    /** A tuple of arguments for the function; without it they follow the function. */
    tuple: v.exactOptional(Argument),
    /** What follows the function is no argument of it. */
    alone: v.exactOptional(v.literal(true)),
    /** Who runs it; of a pool its kind says so. */
    runner: v.exactOptional(
      v.picklist(['thread', 'timer thread', 'pool thread', 'worker thread', 'process', 'callback']),
    ),
  }),
  v.check(
    ({ call, pool, method }) => [call, pool, method].filter((one) => one !== undefined).length === 1,
    'name exactly one of call, pool, method',
  ),
  v.check(
    ({ pool, runner }) => (pool === undefined) !== (runner === undefined),
    'name a runner unless it is a pool',
  ),
);

export const LibrarySchema = v.strictObject({
  library: Words,
  /** Where this was read, and when. */
  source: v.pipe(v.string(), v.url('the address of the documentation')),
  date: v.pipe(v.string(), v.isoDate('a date such as 2026-11-28')),
  /** A dotted name of a call → what it makes. */
  makes: v.exactOptional(v.record(Dotted, Made)),
  /** A dotted name of a call → the class of what it returns. */
  returns: v.exactOptional(v.record(Dotted, Dotted)),
  /** A class, or a pattern for several → the class that it inherits from, or is another name of: what is known of that holds for it too. */
  bases: v.exactOptional(v.record(DottedPattern, Dotted)),
  /** A class → whether its objects may be shared; a module → who may call its functions. */
  objects: v.exactOptional(v.record(Dotted, Sharing)),
  /** A class → its attribute that holds the object which was given this class when it was made: a handler's `server`. */
  makers: v.exactOptional(v.record(Dotted, Words)),
  /** Packages whose programs one thread runs, a reactor or the main loop of a GUI: it calls the code that imports them, unless a thread of the program does. */
  oneThread: v.exactOptional(v.array(Dotted)),
  /** Attributes of objects in which programs keep what is their own, for all threads: `fastapi.FastAPI.state`. */
  holders: v.exactOptional(v.array(Dotted)),
  /** Names whose value each thread, request or context has for itself: `flask.request`. */
  contextLocal: v.exactOptional(v.array(Dotted)),
  /** A class → its attribute with a re-entrant lock, and the methods that the library calls with that lock held. */
  locked: v.exactOptional(
    v.record(
      Dotted,
      v.strictObject({
        lock: Words,
        methods: v.pipe(v.array(Words), v.minLength(1)),
        /** Those of them that nobody else calls. */
        only: v.array(Words),
      }),
    ),
  ),
  calls: v.exactOptional(v.record(Dotted, Effect)),
  /** Calls, and attributes that are assigned to (`sys.stdout`). */
  processState: v.exactOptional(v.record(Dotted, ProcessState)),
  entries: v.exactOptional(v.array(Entry)),
  handsOver: v.exactOptional(v.array(HandingOver)),
});

export type Library = v.InferOutput<typeof LibrarySchema>;
export type KnownType = v.InferOutput<typeof Made>;
export type ContainerName = (typeof Containers)[number];
export type LockKind = (typeof LockKinds)[number];
export type ArgumentPlace = v.InferOutput<typeof Argument>;
export type CallEffect = v.InferOutput<typeof Effect>;
export type ObjectSharing = v.InferOutput<typeof Sharing>;
export type ProcessStateChange = v.InferOutput<typeof ProcessState>;
export type LockedMethods = NonNullable<Library['locked']>[string];
export type EntryModel = v.InferOutput<typeof Entry>;
export type HandingOver = v.InferOutput<typeof HandingOver>;
export type Runner = NonNullable<HandingOver['runner']>;

/** What is wrong with a value that should describe a library, as one sentence without its full stop; undefined when nothing is. */
export function problemOf(value: unknown): string | undefined {
  const checked = v.safeParse(LibrarySchema, value, { abortEarly: true });
  if (checked.success) return undefined;
  const [issue] = checked.issues;
  const path = v.getDotPath(issue);
  const found = shortened(issue.received);
  if (path === null) return `it should be an object, not ${found}`;
  const at = `\`${shortened(path)}\``;
  if (issue.type === 'strict_object' && issue.expected === 'never') return `${at} is no field of a model`;
  if (issue.type === 'strict_object' && issue.received === 'undefined') return `${at} is missing`;
  if (issue.type === 'check') return `${at} should ${issue.message}`;
  const wanted = issue.kind === 'validation' ? issue.message : issue.expected;
  return `${at} should be ${wanted}, not ${found}`;
}
