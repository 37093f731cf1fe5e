/**
 * Calls that take a function to be run later, by another thread, process or event loop: which argument is the function and
 * which are what it is given. What a library does is data here; the rules about misuse read it in one form.
 */
import type { Argument, Call, ValueShape } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';

export interface HandOver {
  readonly module: Module;
  readonly call: Call;
  /** Who runs the function: words for messages. */
  readonly runner: 'thread' | 'timer thread' | 'pool thread' | 'worker thread' | 'process' | 'callback';
  /** As the program writes the call: `Thread`, `pool.submit`. */
  readonly callee: string;
  readonly function: Argument | undefined;
  /** The tuple of arguments, for those that take one: `args=(…)`. */
  readonly tuple: Argument | undefined;
  /** `target`, `fn`: the keyword of the function, where people write it. */
  readonly keyword: string;
  /** What the function is given, if it is written out. */
  readonly given: readonly ValueShape[];
}

interface Form {
  readonly runner: HandOver['runner'];
  readonly position: number;
  readonly keyword: string;
  /** Position and keyword of a tuple of arguments; without it the arguments follow the function. */
  readonly tuple?: readonly [number, string];
  /** What follows the function is no argument of it. */
  readonly alone?: true;
}

const THREAD: Form = { runner: 'thread', position: 1, keyword: 'target', tuple: [3, 'args'] };
const PROCESS: Form = { runner: 'process', position: 1, keyword: 'target', tuple: [3, 'args'] };
const START: Form = { runner: 'thread', position: 0, keyword: 'function', tuple: [1, 'args'] };
const WORKER: Form = { runner: 'worker thread', position: 0, keyword: 'func' };

const CALLS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['threading.Thread', THREAD],
  ['threading.Timer', { runner: 'timer thread', position: 1, keyword: 'function', tuple: [2, 'args'] }],
  ['_thread.start_new_thread', START],
  ['_thread.start_new', START],
  ['multiprocessing.Process', PROCESS],
  ['multiprocessing.context.Process', PROCESS],
  ['multiprocessing.dummy.Process', THREAD],
  ['asyncio.to_thread', WORKER],
  ['anyio.to_thread.run_sync', WORKER],
  ['trio.to_thread.run_sync', { ...WORKER, keyword: 'sync_fn' }],
  ['starlette.concurrency.run_in_threadpool', WORKER],
  ['fastapi.concurrency.run_in_threadpool', WORKER],
]);

/** Constructors of pools: what each new worker runs first. */
const INITIALIZED: ReadonlySet<string> = new Set([
  'concurrent.futures.ThreadPoolExecutor',
  'concurrent.futures.ProcessPoolExecutor',
  'concurrent.futures.thread.ThreadPoolExecutor',
  'concurrent.futures.process.ProcessPoolExecutor',
  'multiprocessing.Pool',
  'multiprocessing.pool.Pool',
  'multiprocessing.pool.ThreadPool',
]);

/** Methods of pools. */
const POOL: ReadonlyMap<string, Omit<Form, 'runner'>> = new Map<string, Omit<Form, 'runner'>>([
  ['submit', { position: 0, keyword: 'fn' }],
  ['map', { position: 0, keyword: 'fn', alone: true }],
  ['apply', { position: 0, keyword: 'func', tuple: [1, 'args'] }],
  ['apply_async', { position: 0, keyword: 'func', tuple: [1, 'args'] }],
  ['map_async', { position: 0, keyword: 'func', alone: true }],
  ['imap', { position: 0, keyword: 'func', alone: true }],
  ['imap_unordered', { position: 0, keyword: 'func', alone: true }],
  ['starmap', { position: 0, keyword: 'func', alone: true }],
  ['starmap_async', { position: 0, keyword: 'func', alone: true }],
]);

/** Methods that mean the same wherever they occur. */
const METHODS: ReadonlyMap<string, Form> = new Map<string, Form>([
  ['run_in_executor', { runner: 'worker thread', position: 1, keyword: 'func' }],
  ['add_done_callback', { runner: 'callback', position: 0, keyword: 'fn', alone: true }],
  ['call_soon_threadsafe', { runner: 'callback', position: 0, keyword: 'callback' }],
  ['call_soon', { runner: 'callback', position: 0, keyword: 'callback' }],
  ['call_later', { runner: 'callback', position: 1, keyword: 'callback' }],
]);

/** The calls of a module that hand a function over, in source order. */
export function handOvers(program: ProgramModel, module: Module): readonly HandOver[] {
  return program.kept(findHandOvers, module);
}

function* findHandOvers(program: ProgramModel, module: Module): Iterable<HandOver> {
  for (const call of module.summary.calls) {
    const found = call.arguments.length === 0 ? undefined : handOverAt(program, module, call);
    if (found !== undefined) yield found;
  }
}

function handOverAt(program: ProgramModel, module: Module, call: Call): HandOver | undefined {
  const path = module.summary.paths[call.callee]!;
  const method = path.fields.at(-1);
  const form = method === undefined ? undefined : METHODS.get(method);
  if (form !== undefined) return read(program, module, call, form);
  const pooled = method === undefined ? undefined : POOL.get(method);
  if (pooled !== undefined) {
    const runner = poolOf(program, module, call);
    if (runner !== undefined) return read(program, module, call, { ...pooled, runner });
  }
  const named = program.calleeName(module, call.index);
  if (named === undefined) return undefined;
  const known = CALLS.get(named);
  if (known !== undefined) return read(program, module, call, known);
  if (!INITIALIZED.has(named)) return undefined;
  const first = call.arguments.find(({ name }) => name === 'initializer');
  const given = call.arguments.find(({ name }) => name === 'initargs');
  if (first === undefined && given === undefined) return undefined;
  return {
    module,
    call,
    runner: 'pool thread',
    callee: writtenCallee(program, module, call),
    function: first,
    tuple: given,
    keyword: 'initializer',
    given: given === undefined ? [] : elementsOf(given.value),
  };
}

/** Whose threads or processes run what is given to a method of a pool. */
function poolOf(program: ProgramModel, module: Module, call: Call): HandOver['runner'] | undefined {
  for (const type of receiverTypes(program, module, call))
    if (type.kind === 'executor') return type.executor === 'processes' ? 'process' : 'pool thread';
  return undefined;
}

/** What the object may be on which a method is called. */
export function receiverTypes(
  program: ProgramModel,
  module: Module,
  call: Call,
): ReturnType<ProgramModel['typesOf']> {
  const shape = receiverShape(module, call);
  return shape === undefined ? [] : program.typesOf(module, shape);
}

/** Whether a method is called on an event, as `threading.Event` is one. */
export function isOnEvent(program: ProgramModel, module: Module, call: Call): boolean {
  return receiverTypes(program, module, call).some((type) => type.kind === 'safe' && type.role === 'event');
}

export function receiverShape(module: Module, call: Call): ValueShape | undefined {
  const { parent } = module.summary.paths[call.callee]!;
  if (parent === -1) return undefined;
  const owner = module.summary.paths[parent]!;
  return owner.root === 'result' && owner.fields.length === 0
    ? { kind: 'call', call: owner.call }
    : { kind: 'path', path: parent };
}

function read(program: ProgramModel, module: Module, call: Call, form: Form): HandOver | undefined {
  if (call.arguments.some(({ name }) => name === '*')) return undefined;
  const positional = call.arguments.filter(({ name }) => name === '');
  const at = (position: number, keyword: string): Argument | undefined =>
    call.arguments.find(({ name }) => name === keyword) ?? positional[position];
  const tuple = form.tuple === undefined ? undefined : at(...form.tuple);
  const rest = positional.slice(form.position + 1).map(({ value }) => value);
  return {
    module,
    call,
    runner: form.runner,
    callee: writtenCallee(program, module, call),
    function: at(form.position, form.keyword),
    tuple,
    keyword: form.keyword,
    given: tuple !== undefined ? elementsOf(tuple.value) : form.alone === true ? [] : rest,
  };
}

/** `Thread`, `pool.submit`; what another call gave is left out: `submit`. */
export function writtenCallee(program: ProgramModel, module: Module, call: Call): string {
  const path = module.summary.paths[call.callee]!;
  if (path.root === 'import') return [path.name.split('.').at(-1), ...path.fields].slice(-2).join('.');
  if (path.root === 'result' || path.root === 'unknown') return path.last;
  return program.nameOf(module, call.callee).replace('super().', '');
}

function elementsOf(shape: ValueShape): readonly ValueShape[] {
  return shape.kind === 'container' ? shape.elements : [];
}

export const RUNS: Readonly<Record<HandOver['runner'], string>> = {
  thread: 'the thread',
  'timer thread': 'the timer',
  'pool thread': 'the pool',
  'worker thread': 'the worker thread',
  process: 'the process',
  callback: 'the callback',
};
