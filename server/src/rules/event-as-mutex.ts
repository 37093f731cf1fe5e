/** Reports an event that is asked and then set to keep others out: two threads can both find it clear. */
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { isOnEvent } from './handOver.ts';
import { testThenAct } from './interleavings.ts';
import { defineRule } from './rule.ts';
import { calledFrom } from './threadLocals.ts';

export const rule = defineRule({
  id: 'event-as-mutex',
  title: 'Event used to keep other threads out',
  severity: 'warning',
  since: '0.2.0',
  cwe: [367],
  witness: testThenAct,
  docs: {
    what: '`if busy.is_set(): return`, then `busy.set()`, and `busy.clear()` at the end, in code that several threads run.',
    why: 'Asking and setting are two steps. Two threads can both find the event clear, and both go on. There is no automatic fix: a lock that is tried needs its release in the place of `clear()`.',
    bad: [
      `import threading

busy = threading.Event()

def backup():
    if busy.is_set():
        return
    busy.set()
    print("copying")
    busy.clear()

for _ in range(2):
    threading.Thread(target=backup).start()
`,
    ],
    good: [
      `import threading

busy = threading.Lock()

def backup():
    if not busy.acquire(blocking=False):
        return
    try:
        print("copying")
    finally:
        busy.release()

for _ in range(2):
    threading.Thread(target=backup).start()
`,
    ],
    whenNotToUse: 'When doing the work twice does no harm.',
    fix: 'Advice only: what the event was to keep apart is for its author to say.',
    unknown:
      'Only events are reported that the same function clears again, or the work that it calls or hands on; both steps under one lock are right.',
    references: ['https://docs.python.org/3/library/threading.html#threading.Lock.acquire'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(eventsAsMutexes, module);
  },
});

function* eventsAsMutexes(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const { calls, paths } = module.summary;
  for (const set of calls) {
    const { last, parent } = paths[set.callee]!;
    if (last !== 'set' || parent === -1 || set.arguments.length > 0) continue;
    const function_ = program.functionAt(module, set.scope);
    const same = (call: Call, method: string): boolean =>
      paths[call.callee]!.parent === parent &&
      paths[call.callee]!.last === method &&
      program.functionAt(module, call.scope) === function_;
    const asked = calls.find(
      (call) =>
        same(call, 'is_set') &&
        program.dominates(module, call.fact, set.fact) &&
        !isLocked(program, module, call),
    );
    if (asked === undefined || !isOnEvent(program, module, set)) continue;
    const cleared =
      calls.some((call) => same(call, 'clear') && program.reaches(module, set.fact, call.fact)) ||
      (asked.use === 'tested' && isClearedByWork(program, module, function_, set));
    if (!cleared) continue;
    const threads = program.threadsRunning(function_).filter((one) => !one.module.test);
    const thread = threads.find((one) => one.many) ?? (threads.length > 1 ? threads[0] : undefined);
    if (thread !== undefined) yield finding(program, module, function_, asked, set, thread);
  }
}

/** What the function calls or hands on after it has set the event clears it: the work that the event is to keep apart. */
function isClearedByWork(program: ProgramModel, module: Module, function_: FunctionNode, set: Call): boolean {
  const key = program.keyOf(module, module.summary.paths[set.callee]!.parent);
  if (key === undefined) return false;
  const after = program.callsIn(function_).filter(({ fact }) => program.reaches(module, set.fact, fact));
  const work = new Set([
    ...program
      .callsFrom(function_)
      .filter(({ fact }) => program.reaches(module, set.fact, fact))
      .map(({ callee }) => callee),
    ...after.flatMap(({ arguments: given }) =>
      given.flatMap(({ value }) => program.functionsOf(module, value)),
    ),
  ]);
  work.delete(function_);
  return [...work]
    .flatMap((one) => [...calledFrom(program, one)])
    .some((one) => {
      const { paths } = one.module.summary;
      return program.callsIn(one).some(({ callee }) => {
        const { last, parent } = paths[callee]!;
        return last === 'clear' && parent !== -1 && program.keyOf(one.module, parent) === key;
      });
    });
}

function isLocked(program: ProgramModel, module: Module, { fact }: Call): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}

function finding(
  program: ProgramModel,
  module: Module,
  function_: FunctionNode,
  asked: Call,
  set: Call,
  thread: ThreadEntry,
): Finding {
  const name = program.nameOf(module, module.summary.paths[set.callee]!.parent);
  return {
    rule: 'event-as-mutex',
    primary: at(module, set.fact),
    message: `Two threads can both find \`${name}\` clear and go on. ${subject(function_)} asks and sets it in two steps, and ${thread.many ? `several ${thread.what}s run` : 'more than one thread runs'} it. Use a lock and \`acquire(blocking=False)\`.`,
    severity: 'warning',
    confidence: thread.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(module, asked.fact), message: 'It is asked here.' },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${module.name}.${function_.label}|${name}`,
  };
}
