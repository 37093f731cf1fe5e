/** Reports objects of an event loop that a thread touches: they are not safe there, and the loop is not woken. */
import type { Catalog } from '../catalog/catalog.ts';
import type { ObjectSharing } from '../catalog/schema.ts';
import { LOOP_METHODS } from '../catalog/words.ts';
import type { Call, PathId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { effectOf } from './callEffects.ts';
import { at, named, sentence } from './evidence.ts';
import type { FactRef, Finding } from './finding.ts';
import { receiverShape, writtenCallee } from './handOver.ts';
import { restricts } from './libraryObjects.ts';
import { defineRule } from './rule.ts';
import {
  callsByFunction,
  receiverNames,
  type ThreadCode,
  threadCode,
  threadStart,
  threadWords,
} from './threadCode.ts';

export const rule = defineRule({
  id: 'asyncio-from-thread',
  title: 'Event loop object used from another thread',
  severity: 'error',
  since: '0.2.0',
  cwe: [820],
  docs: {
    what: 'A thread calls a method of an asyncio loop, future, task, queue, event or lock, other than the two that are meant for threads.',
    why: 'These objects are not thread-safe, and the loop does not wake up: what waits for them goes on when something else happens to wake it, seconds later or never. There is no automatic fix: the loop must be at hand where the thread runs.',
    bad: [
      `import asyncio
import threading

class Doorbell:
    def __init__(self):
        self.rung = asyncio.Event()
        threading.Thread(target=self._wait_for_finger).start()

    def _wait_for_finger(self):
        input()
        self.rung.set()
`,
      `import asyncio
import threading

class Feed:
    async def run(self):
        self.loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        self.loop.create_task(self.show(input()))

    async def show(self, line):
        print(line)
`,
    ],
    good: [
      `import asyncio
import threading

class Doorbell:
    def __init__(self, loop):
        self.rung = asyncio.Event()
        self.loop = loop
        threading.Thread(target=self._wait_for_finger).start()

    def _wait_for_finger(self):
        input()
        self.loop.call_soon_threadsafe(self.rung.set)
`,
      `import asyncio
import threading

class Feed:
    async def run(self):
        self.loop = asyncio.get_running_loop()
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self):
        asyncio.run_coroutine_threadsafe(self.show(input()), self.loop)

    async def show(self, line):
        print(line)
`,
    ],
    whenNotToUse: 'When the loop does not run yet, or has ended, while the thread does this.',
    fix: 'Advice only: which loop is meant is not known at the place of the call.',
    unknown:
      'An object is reported when the program shows that it comes from asyncio, or when it is called a loop in a module that uses asyncio. A thread that runs an event loop itself is left out.',
    references: ['https://docs.python.org/3/library/asyncio-dev.html#concurrency-and-multithreading'],
  },
  *check(program) {
    const packages = program.catalog.packagesOf('loop');
    const hasLoop = ({ summary }: Module): boolean =>
      summary.imports.some(({ module }) => packages.has(module.split('.')[0]!));
    const calls = new Map<Module, ReadonlyMap<FunctionNode, readonly Call[]>>();
    for (const code of threadCode(program, (call, module) => runsLoop(program.catalog, call, module))) {
      const { module } = code.function;
      if (!hasLoop(module)) continue;
      const byFunction = calls.get(module) ?? callsByFunction(program, module);
      calls.set(module, byFunction);
      for (const call of byFunction.get(code.function) ?? []) {
        const method = judge(program, module, call);
        if (method !== undefined) yield finding(program, code, call, method);
      }
    }
    for (const module of program.modules)
      if (!module.test && hasLoop(module)) yield* loopOfThread(program, module);
  },
});

/** `Thread(target=loop.run_forever).start()`, and then `loop.call_later(…)` in the thread that started it. */
function* loopOfThread(program: ProgramModel, module: Module): Iterable<Finding> {
  const { calls, paths } = module.summary;
  for (const made of calls) {
    const given = loopsGiven(program, module, made);
    yield* loopKept(program, module, made);
    const loops = given.filter((path) => paths[path]!.root === 'local');
    if (loops.length === 0) continue;
    const started = startsOf(module, made);
    for (const call of calls) {
      const { parent, last } = paths[call.callee]!;
      if (!loops.includes(parent) || !LOOP_METHODS.has(last) || last === 'create_future') continue;
      const function_ = program.functionAt(module, call.scope);
      if (function_ !== program.functionAt(module, made.scope) || function_.scope.async) continue;
      const start = started.find((one) => program.reaches(module, one.fact, call.fact));
      if (start === undefined) continue;
      yield ofOtherThread(
        program,
        module,
        call,
        'is not safe here: the thread started above runs the loop',
        at(module, start.fact),
        'The thread that runs the loop starts here.',
      );
    }
  }
}

/** `Thread(target=self.loop.run_forever)`, and `self.loop.create_task(…)` in a method that others call. */
function* loopKept(program: ProgramModel, module: Module, made: Call): Iterable<Finding> {
  const { calls, paths } = module.summary;
  const kept = loopsRun(program, module, made);
  if (kept.length === 0) return;
  for (const call of calls) {
    const { parent, last } = paths[call.callee]!;
    if (parent === -1 || !LOOP_METHODS.has(last) || last === 'create_future') continue;
    const key = program.keyOf(module, parent);
    const function_ = program.functionAt(module, call.scope);
    if (key === undefined || !kept.includes(key) || !isCalledFromOutside(program, function_)) continue;
    const setsUp = function_ === program.functionAt(module, made.scope);
    if (setsUp && !program.dominates(module, made.fact, call.fact)) continue;
    yield ofOtherThread(
      program,
      module,
      call,
      `is not safe in ${named(function_)}: another thread runs the loop`,
      at(module, made.fact),
      'The thread that runs the loop is made here.',
    );
  }
}

function ofOtherThread(
  program: ProgramModel,
  module: Module,
  call: Call,
  says: string,
  thread: FactRef,
  about: string,
): Finding {
  const written = writtenCallee(program, module, call);
  return {
    rule: 'asyncio-from-thread',
    primary: at(module, call.fact),
    message: `\`${written}\` ${says}. It is not woken by this call, and two threads change what it keeps. Use \`call_soon_threadsafe\` or \`asyncio.run_coroutine_threadsafe\`.`,
    severity: 'error',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [{ role: 'threadStart', at: thread, message: about }],
    fixes: [],
    identity: `${module.name}.${program.functionAt(module, call.scope).label}|${written}`,
  };
}

/** Variables whose loop the thread that is made here runs for good, itself or in its function. */
function loopsRun(program: ProgramModel, module: Module, made: Call): readonly string[] {
  const { paths } = module.summary;
  const target = made.arguments.find(({ name }) => name === 'target')?.value;
  if (target?.kind !== 'path' || paths[made.callee]!.last !== 'Thread') return [];
  const { last, parent, root } = paths[target.path]!;
  if (last === 'run_forever') return root === 'local' ? [] : [program.keyOf(module, parent) ?? []].flat();
  return program.functionsOf(module, target).flatMap((function_) =>
    program.callsIn(function_).flatMap(({ callee }) => {
      const path = function_.module.summary.paths[callee]!;
      const runs = path.last === 'run_forever' && path.parent !== -1 && path.root !== 'local';
      return runs ? (program.keyOf(function_.module, path.parent) ?? []) : [];
    }),
  );
}

/** Ordinary code calls it, and neither a coroutine nor the loop does. */
function isCalledFromOutside(program: ProgramModel, function_: FunctionNode): boolean {
  if (function_.scope.async || program.isHandedOn(function_)) return false;
  const callers = program.callsTo(function_).map(({ caller }) => caller);
  return callers.length > 0 && callers.every(({ scope }) => !scope.async && scope.kind !== 'lambda');
}

/** The loops that a thread is made to run. */
function loopsGiven(program: ProgramModel, module: Module, made: Call): readonly PathId[] {
  const { paths } = module.summary;
  const target = made.arguments.find(({ name }) => name === 'target')?.value;
  if (target?.kind !== 'path' || paths[made.callee]!.last !== 'Thread') return [];
  if (paths[target.path]!.last === 'run_forever') return [paths[target.path]!.parent];
  const runs = program.functionsOf(module, target).some((function_) =>
    program.callsIn(function_).some(({ callee }) => {
      const { last, root, scope } = function_.module.summary.paths[callee]!;
      return last === 'run_forever' && root === 'local' && scope === function_.scope.id;
    }),
  );
  const given = made.arguments.find(({ name }) => name === 'args')?.value;
  if (!runs || given?.kind !== 'container') return [];
  return given.elements.flatMap((value) => (value.kind === 'path' ? [value.path] : []));
}

/** The calls of `start` of a thread that is made here. */
function startsOf({ summary: { bindings, calls, paths } }: Module, made: Call): readonly Call[] {
  const names = bindings.flatMap(({ path, value }) =>
    value.kind === 'call' && value.call === made.index ? [path] : [],
  );
  return calls.filter(({ callee }) => {
    const { last, parent, root, call } = paths[callee]!;
    return last === 'start' && ((root === 'result' && call === made.index) || names.includes(parent));
  });
}

function runsLoop(catalog: Catalog, { callee }: Call, { summary }: Module): boolean {
  const { root, name, last, parent, fields } = summary.paths[callee]!;
  if (last === 'start' && parent !== -1 && /loop$/i.test(summary.paths[parent]!.last)) return true;
  if (last === 'run_forever' || last === 'run_until_complete' || last === 'new_event_loop') return true;
  return root === 'import' && catalog.effectOf([name, ...fields].join('.'))?.runsLoop === true;
}

interface Misuse {
  /** It needs a loop in the very thread. */
  readonly fails: boolean;
  /** What is known of the object. */
  readonly sharing: ObjectSharing | undefined;
  readonly method: string;
}

function judge(program: ProgramModel, module: Module, call: Call): Misuse | undefined {
  const path = module.summary.paths[call.callee]!;
  if (effectOf(program, module, call.index)?.needsLoop === true)
    return { fails: true, sharing: undefined, method: path.last };
  if (path.parent === -1 || isOwnLoop(module, path.parent) || isOfClosedLoop(program, module, call))
    return undefined;
  const receiver = receiverShape(module, call);
  const classes = receiver === undefined ? [] : program.libraryClasses(module, receiver);
  for (const class_ of [...classes, ...receiverNames(program, module, call)]) {
    const sharing = program.catalog.sharing(class_);
    if (sharing?.sharing === 'loop' && restricts(sharing, path.last))
      return { fails: false, sharing, method: path.last };
  }
  const owner = module.summary.paths[path.parent]!;
  const called = owner.root !== 'import' && /^_*(event_?|io_?)?loop$/.test(owner.last);
  return called && /^(call_soon|create_task|call_at)$/.test(path.last)
    ? { fails: false, sharing: undefined, method: path.last }
    : undefined;
}

/** `asyncio.get_running_loop().create_task(…)`: the loop of this very thread, or the call before it fails. */
function isOwnLoop({ summary: { bindings, calls, paths } }: Module, owner: PathId): boolean {
  const givesRunning = (call: number): boolean =>
    call !== -1 && /^get_(running|event)_loop$/.test(paths[calls[call]!.callee]!.last);
  const { root, call, fields, parent } = paths[owner]!;
  if (root === 'result') return fields.length === 0 && givesRunning(call);
  if (root !== 'local' || parent !== -1) return false;
  const bound = bindings.filter(({ path }) => path === owner);
  return bound.length > 0 && bound.every(({ value }) => value.kind === 'call' && givesRunning(value.call));
}

/** Behind `if loop.is_closed():` nothing runs that a call could disturb or would have to wake. */
function isOfClosedLoop(program: ProgramModel, module: Module, { fact }: Call): boolean {
  return program
    .testsAt(module, fact)
    .some(({ test }) => test.form === 'hasEnded' && /loop$/i.test(module.summary.paths[test.path]!.last));
}

function finding(
  program: ProgramModel,
  code: ThreadCode,
  call: Call,
  { fails, sharing, method }: Misuse,
): Finding {
  const { module } = code.function;
  const written = writtenCallee(program, module, call);
  const runs = `${threadWords(code)} ${code.thread.many ? 'run' : 'runs'} ${named(code.function)}`;
  const says = fails
    ? `\`${written}\` fails in this thread, which has no event loop.`
    : `\`${written}\` is not safe in this thread.`;
  const why = fails
    ? 'tasks can be made only in the thread of the running loop'
    : 'the event loop belongs to another thread and is not woken, so what waits there may wait on';
  const advice = /^create_task$|^ensure_future$/.test(method)
    ? 'Use `asyncio.run_coroutine_threadsafe(…, loop)`'
    : method.startsWith('call_soon')
      ? 'Use `call_soon_threadsafe`'
      : sentence(
          (sharing?.instead ?? 'use `loop.call_soon_threadsafe({call}, …)`').replace('{call}', written),
        );
  return {
    rule: 'asyncio-from-thread',
    primary: at(module, call.fact),
    message: `${says} ${sentence(runs)}: ${why}. ${advice}.`,
    severity: 'error',
    confidence: code.thread.confidence,
    breaks: 'everyBuild',
    evidence: [threadStart(code)],
    fixes: [],
    identity: `${module.name}.${code.function.label}|${written}`,
  };
}
