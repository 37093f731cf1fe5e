/** Reports a stop flag that is cleared or replaced for the next thread while the one that it told to stop may still run. */
import type { Call } from '../facts/summary.ts';
import type {
  CallEdge,
  ClassNode,
  FunctionNode,
  Module,
  ProgramModel,
  ThreadEntry,
} from '../link/program.ts';
import { restarted } from './endingThread.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { putBackByThread } from './flagOfThread.ts';
import { defineRule } from './rule.ts';
import { askedTooLate } from './standstills.ts';
import { calledFrom } from './threadLocals.ts';

export const rule = defineRule({
  id: 'stop-flag-reused',
  title: 'Stop flag taken back before its thread has seen it',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 820],
  witness: askedTooLate,
  docs: {
    what: 'A `threading.Event` tells a thread to stop, and the method that starts the next thread clears the event or puts another in its place. Nobody waits for the first thread in between. Or the flag is taken back and `is_alive()` asked: a thread that has seen the flag is alive until it has ended. Or the thread itself puts the flag back when it begins.',
    why: 'A thread that sleeps or works while the flag is set and taken back never sees it. It goes on beside the new one, and everything is done twice from then on. One that has seen it ends although it counted as alive, and there is none from then on. One that is told to stop before it has begun, and begins with putting the flag back, never ends.',
    bad: [
      `import threading
import time

class Poller:
    def __init__(self):
        self._stop = threading.Event()

    def start(self):
        self._stop.clear()
        threading.Thread(target=self._run).start()

    def _run(self):
        while not self._stop.is_set():
            time.sleep(1)

    def restart(self):
        self._stop.set()
        self.start()

Poller().restart()
`,
      `import threading
import time

class Poller:
    def __init__(self):
        self._stopped = False
        self._thread = None

    def open(self):
        self._stopped = False
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run)
            self._thread.start()

    def close(self):
        self._stopped = True

    def _run(self):
        while not self._stopped:
            time.sleep(1)

poller = Poller()
poller.open()
poller.close()
poller.open()
`,
      `import threading
import time

class Pump:
    def __init__(self):
        self._stop = False
        self._thread = threading.Thread(target=self._run)
        self._thread.start()

    def stop(self):
        self._stop = True
        self._thread.join()

    def _run(self):
        self._stop = False
        while not self._stop:
            time.sleep(1)

Pump().stop()
`,
    ],
    good: [
      `import threading
import time

class Poller:
    def __init__(self):
        self._stop = threading.Event()

    def start(self):
        self._stop = stop = threading.Event()
        threading.Thread(target=self._run, args=(stop,)).start()

    def _run(self, stop):
        while not stop.is_set():
            time.sleep(1)

    def restart(self):
        self._stop.set()
        self.start()

Poller().restart()
`,
    ],
    whenNotToUse: 'When two of these threads may run side by side for a while.',
    fix: 'Advice only: whether to wait for the old thread or to give each thread a flag of its own is for the author to say.',
    unknown:
      'Reported where one function of the program sets the flag and then calls what takes it back. A class that joins any thread, and a start under a test, are left alone; so is a thread that puts its flag back where its starter waits for it to begin.',
    references: ['https://docs.python.org/3/library/threading.html#event-objects'],
  },
  *check(program) {
    yield* restarted(program);
    yield* putBackByThread(program);
    const seen = new Set<string>();
    for (const thread of program.threads) {
      const finding = reused(program, thread);
      if (finding === undefined || seen.has(finding.identity)) continue;
      seen.add(finding.identity);
      yield finding;
    }
  },
});

/** A place at which something is done to the flag. */
interface Step {
  readonly function: FunctionNode;
  readonly module: Module;
  readonly fact: number;
}

function reused(program: ProgramModel, thread: ThreadEntry): Finding | undefined {
  const { spawner, entries, module } = thread;
  const class_ = spawner.owner;
  if (class_ === undefined || module.test || spawner.scope.name === '__init__') return undefined;
  if (joins(program, class_)) return undefined;
  for (const { function: entry } of entries) {
    if (entry.owner !== class_) continue;
    for (const reader of calledFrom(program, entry))
      for (const asked of flagCalls(program, reader, ASKS)) {
        const key = askedAnew(program, reader.module, asked);
        if (key === undefined) continue;
        for (const stops of ['set', 'clear'] as const) {
          const back = takenBack(program, spawner, key, stops);
          if (back === undefined || !program.returnsOnlyAfter(module, back.fact)) continue;
          if (!program.reaches(module, back.fact, thread.startFact)) continue;
          const again = stoppedAndStarted(program, class_, spawner, key, stops);
          if (again !== undefined) return report(program, thread, reader, asked, back, again);
        }
      }
  }
  return undefined;
}

/** The flag that a loop looks up in its attribute each time it asks. */
function askedAnew(program: ProgramModel, module: Module, asked: Call): string | undefined {
  const { paths } = module.summary;
  const { root } = paths[paths[asked.callee]!.parent]!;
  return root === 'self' && program.repeatsAt(module, asked.fact)
    ? flagOf(program, module, asked)
    : undefined;
}

const ASKS = new Set(['is_set', 'isSet', 'wait']);

/** Somebody waits for the threads of the class to end. */
function joins(program: ProgramModel, { methods }: ClassNode): boolean {
  return [...methods.values()].some((method) =>
    program.callsIn(method).some(({ callee }) => {
      const { root, last } = method.module.summary.paths[callee]!;
      return last === 'join' && root !== 'unknown';
    }),
  );
}

/** The calls of such methods on a flag. */
function flagCalls(
  program: ProgramModel,
  function_: FunctionNode,
  names: ReadonlySet<string>,
): readonly Call[] {
  const { paths } = function_.module.summary;
  return program
    .callsIn(function_)
    .filter(({ callee }) => names.has(paths[callee]!.last) && paths[callee]!.parent !== -1);
}

/** The variable of an event that a method is called on. */
function flagOf(program: ProgramModel, module: Module, { callee }: Call): string | undefined {
  const path = module.summary.paths[callee]!.parent;
  const isEvent = program
    .typesOf(module, { kind: 'path', path })
    .some((type) => type.kind === 'safe' && type.role === 'event');
  return isEvent ? program.keyOf(module, path) : undefined;
}

/** What tells the thread to stop: a `stop` that is set, a `running` that is cleared. */
type Stops = 'set' | 'clear';

/** Where a function takes back what stops the thread, or puts another flag in its place. */
function takenBack(
  program: ProgramModel,
  function_: FunctionNode,
  key: string,
  stops: Stops,
): Step | undefined {
  const { module } = function_;
  const undoes = new Set([stops === 'set' ? 'clear' : 'set']);
  const undone = flagCalls(program, function_, undoes).find((call) => flagOf(program, module, call) === key);
  if (undone !== undefined) return { function: function_, module, fact: undone.fact };
  if (stops === 'clear') return undefined;
  const replaced = module.summary.bindings.find(
    ({ path, value, scope }) =>
      value.kind === 'call' &&
      program.functionAt(module, scope) === function_ &&
      program.keyOf(module, path) === key,
  );
  return replaced === undefined ? undefined : { function: function_, module, fact: replaced.fact };
}

interface Again {
  readonly set: Step;
  readonly start: CallEdge;
}

/** A function that stops the thread, itself or by a method of the class, and then calls what takes that back. */
function stoppedAndStarted(
  program: ProgramModel,
  class_: ClassNode,
  starting: FunctionNode,
  key: string,
  stops: Stops,
): Again | undefined {
  const setters = new Map<FunctionNode, Step>();
  for (const method of class_.methods.values()) {
    const set = flagCalls(program, method, new Set([stops])).find(
      (call) => flagOf(program, method.module, call) === key,
    );
    if (set !== undefined) setters.set(method, { function: method, module: method.module, fact: set.fact });
  }
  for (const start of program.callsTo(starting)) {
    const { caller, module, fact } = start;
    const own = setters.get(caller);
    if (own !== undefined && program.reaches(module, own.fact, fact)) return { set: own, start };
    const through = program
      .callsFrom(caller)
      .find(
        (edge) =>
          setters.has(edge.callee) &&
          edge.sameReceiver === start.sameReceiver &&
          program.reaches(module, edge.fact, fact),
      );
    if (through !== undefined) return { set: setters.get(through.callee)!, start };
  }
  return undefined;
}

function report(
  program: ProgramModel,
  thread: ThreadEntry,
  entry: FunctionNode,
  asked: Call,
  back: Step,
  { set, start }: Again,
): Finding {
  const name = program.nameOf(entry.module, entry.module.summary.paths[asked.callee]!.parent);
  const call = set.module.summary.calls.find(({ fact }) => fact === set.fact);
  const stopped =
    call !== undefined && set.module.summary.paths[call.callee]!.last === 'clear' ? 'cleared' : 'set';
  return {
    rule: 'stop-flag-reused',
    primary: at(back.module, back.fact),
    message: `The old thread may never see that \`${name}\` was ${stopped}. ${subject(back.function)} takes the flag back when ${named(start.caller)} starts the next thread, and ${named(entry)} then runs twice. \`join()\` the old thread first, or give each thread an event of its own.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'call',
        at: at(set.module, set.fact),
        message: `${subject(set.function)} ${stopped === 'set' ? 'sets' : 'clears'} the flag here.`,
      },
      {
        role: 'call',
        at: at(start.module, start.fact),
        message: `${subject(start.caller)} starts the next thread here.`,
      },
      {
        role: 'access',
        at: at(entry.module, asked.fact),
        message: `${subject(entry)} asks the flag here, now and then.`,
      },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${back.module.path}:${back.function.label}|${name}`,
  };
}
