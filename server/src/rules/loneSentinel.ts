/**
 * One `None` put into a queue from which several threads take until they get one: it ends one of them, and the others go on
 * waiting. A thread that puts it back, or one put for each thread, ends them all.
 */
import { END_MARK_NAME } from '../catalog/words.ts';
import type { Call, FactId, PathId } from '../facts/summary.ts';
import { push } from '../link/nameIndex.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { joinsBehind } from './joins.ts';

interface Consumer {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly get: FactId;
  readonly thread: ThreadEntry;
  /** The queue, by the variable that all the threads get it from. */
  readonly queue: string;
  readonly name: string;
}

export function* loneSentinels(program: ProgramModel): Iterable<Finding> {
  const consumers = program.modules.flatMap((module) => consumersIn(program, module));
  if (consumers.length === 0) return;
  const puts = putsByQueue(program, new Set(consumers.map((one) => one.queue)));
  const marks = new Map<string, EndMark | undefined>();
  for (const [queue, its] of puts) marks.set(queue, endMarkOf(program, its));
  const said = new Set<string>();
  for (const consumer of consumers) {
    const { queue, module, function: function_, thread, name, get } = consumer;
    const mark = marks.get(queue);
    // Whoever takes it may put it back for the next.
    if (mark === undefined || said.has(queue) || mark.putters.has(thread)) continue;
    const { end } = mark;
    said.add(queue);
    const written = program.nameOf(end.module, end.module.summary.paths[end.call.callee]!.parent);
    yield {
      rule: 'lost-wakeup',
      primary: at(end.module, end.call.fact),
      message: `\`${written}\` gets this one end mark, and one of several threads takes it. The others that run ${named(function_)} wait for ever for theirs. Put one for each thread, or let each put it back.`,
      severity: 'warning',
      confidence: thread.confidence,
      breaks: 'everyBuild',
      evidence: [
        {
          role: 'definition',
          at: at(module, get),
          message: `\`${name}\` is asked here until it gives the end mark.`,
        },
        startEvidence(thread),
      ],
      fixes: [],
      identity: `${end.module.path}:${end.function.label}|${queue}|sentinel`,
    };
  }
}

interface EndMark {
  readonly end: Put;
  /** The threads that put something into the queue. */
  readonly putters: ReadonlySet<ThreadEntry>;
}

/** The only end mark of a queue. */
function endMarkOf(program: ProgramModel, puts: readonly Put[]): EndMark | undefined {
  const ends = puts.filter((one) => isEnd(one.module, one.call));
  const [end] = ends;
  if (end === undefined || ends.length > 1 || !isOnce(program, end)) return undefined;
  const functions = new Set(puts.map((one) => one.function));
  return { end, putters: new Set([...functions].flatMap((one) => program.threadsRunning(one))) };
}

function consumersIn(program: ProgramModel, module: Module): readonly Consumer[] {
  const { summary } = module;
  if (module.test) return [];
  const held = new Map<number, PathId>();
  for (const { path, value } of summary.bindings)
    if (value.kind === 'call' && !held.has(value.call)) held.set(value.call, path);
  const tested = new Set(summary.tests.flatMap(({ path, via }) => [path, via]));
  /** `task = tasks.get()`, `if task is None: break`. */
  const endsLoop = ({ callee, fact, index, arguments: given }: Call): boolean =>
    given.length === 0 &&
    summary.paths[callee]!.last === 'get' &&
    held.has(index) &&
    tested.has(held.get(index)) &&
    program.repeatsAt(module, fact);
  const gets = [
    ...summary.calls.filter(endsLoop).map(({ callee, scope, fact }) => ({ path: callee, scope, fact })),
    // `for task in iter(tasks.get, None)`.
    ...summary.accesses.filter(({ kind }) => kind === 'iterate'),
  ];
  return gets.flatMap(({ path, scope, fact }): readonly Consumer[] => {
    const { parent, last } = summary.paths[path]!;
    if (parent === -1 || last !== 'get' || !isQueue(program, module, parent)) return [];
    const function_ = program.functionAt(module, scope);
    const thread = program.threadsRunning(function_).find((one) => isStartedSeveralTimes(program, one));
    const queue = thread === undefined ? undefined : commonQueue(program, thread, module, function_, parent);
    if (thread === undefined || queue === undefined) return [];
    return [{ module, function: function_, get: fact, thread, queue, name: program.nameOf(module, parent) }];
  });
}

function isQueue(program: ProgramModel, module: Module, path: PathId): boolean {
  return program
    .typesOf(module, { kind: 'path', path })
    .some((type) => type.kind === 'safe' && type.role === 'queue');
}

/** A loop around the start, and nobody lets the threads end with the program. */
function isStartedSeveralTimes(program: ProgramModel, { module, call, many }: ThreadEntry): boolean {
  if (call === undefined || !many || module.test || !program.repeatsAt(module, call.fact)) return false;
  return !call.arguments.some(
    ({ name, value }) => name === 'daemon' && value.kind === 'literal' && value.text === 'True',
  );
}

/** The variable outside of the loop from which each of the threads has the queue. */
function commonQueue(
  program: ProgramModel,
  thread: ThreadEntry,
  module: Module,
  { scope }: FunctionNode,
  path: PathId,
): string | undefined {
  const { root, name, fields } = module.summary.paths[path]!;
  if (root === 'self') {
    const bound = thread.entries.some(({ receiver }) => receiver === 'self');
    return bound && thread.spawner.owner !== undefined ? program.keyOf(module, path) : undefined;
  }
  if (root !== 'local') return program.keyOf(module, path);
  const position = scope.parameters.findIndex((one) => one.name === name);
  if (position === -1) return program.keyOf(module, path);
  if (fields.length > 0) return undefined;
  const args = thread.call?.arguments.find((one) => one.name === 'args')?.value;
  const given = args?.kind === 'container' ? args.elements[position] : undefined;
  return given?.kind === 'path' ? program.keyOf(thread.module, given.path) : undefined;
}

interface Put {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly call: Call;
}

function putsByQueue(
  program: ProgramModel,
  wanted: ReadonlySet<string>,
): ReadonlyMap<string, readonly Put[]> {
  const found = new Map<string, Put[]>();
  for (const module of program.modules)
    for (const call of module.summary.calls) {
      const { last, parent } = module.summary.paths[call.callee]!;
      if (parent === -1 || (last !== 'put' && last !== 'put_nowait')) continue;
      const key = program.keyOf(module, parent);
      if (key === undefined || !wanted.has(key)) continue;
      push(found, key, { module, function: program.functionAt(module, call.scope), call });
    }
  return found;
}

/** `put(None)`, `put(STOP)`. */
function isEnd({ summary }: Module, { arguments: [item] }: Call): boolean {
  if (item === undefined) return false;
  if (item.value.kind === 'literal') return item.value.type === 'none';
  return item.value.kind === 'path' && END_MARK_NAME.test(summary.paths[item.value.path]!.last);
}

/** It is put once in the life of the threads: not in a loop, nor by a function that is called again and again. */
function isOnce(program: ProgramModel, { module, function: function_, call }: Put): boolean {
  if (program.repeatsAt(module, call.fact) || program.threadsRunning(function_).some((one) => one.many))
    return false;
  const callers = program.callsTo(function_);
  if (callers.length > 1 || callers.some(({ repeated }) => repeated)) return false;
  return callers.length === 1 || joinsBehind(program, function_, call.fact);
}
