/** Reports `event.set()` followed at once by `event.clear()`: only threads that wait at that very moment notice it. */
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { isOnEvent } from './handOver.ts';
import { pulse } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'event-pulse',
  title: 'Event set and cleared at once',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362],
  witness: pulse,
  docs: {
    what: '`event.set()` and, with nothing in between, `event.clear()` on the same `threading.Event`.',
    why: 'Only a thread that waits at that very moment wakes. One that is about to wait has missed it and waits for the next time, or for ever. There is no automatic fix: a `Condition` needs a predicate that only the program knows.',
    bad: [
      `import threading

passed = threading.Event()

def car_passes():
    passed.set()
    passed.clear()
`,
    ],
    good: [
      `import threading

changed = threading.Condition()
laps = 0

def car_passes():
    global laps
    with changed:
        laps += 1
        changed.notify_all()
`,
    ],
    whenNotToUse: 'When a missed wake-up does no harm, because all waits have a short timeout.',
    fix: 'Advice only: a condition with a counter has to be written on both sides.',
    unknown: 'Only objects that the program shows to be a `threading.Event` are reported.',
    references: ['https://docs.python.org/3/library/threading.html#event-objects'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(pulses, module);
  },
});

function* pulses(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const { calls, paths } = module.summary;
  let last: Call | undefined;
  for (const call of calls) {
    const before = last;
    last = call;
    const path = paths[call.callee]!;
    if (path.last !== 'clear' || path.parent === -1 || before === undefined) continue;
    const other = paths[before.callee]!;
    if (other.last !== 'set' || other.parent !== path.parent || before.scope !== call.scope) continue;
    if (!program.dominates(module, before.fact, call.fact) || !isOnEvent(program, module, call)) continue;
    yield finding(program, module, program.functionAt(module, call.scope), before, call);
  }
}

function finding(
  program: ProgramModel,
  module: Module,
  function_: FunctionNode,
  set: Call,
  clear: Call,
): Finding {
  const name = program.nameOf(module, module.summary.paths[set.callee]!.parent);
  return {
    rule: 'event-pulse',
    primary: at(module, set.fact),
    message: `\`${name}.set()\` is undone at once by \`clear()\`. A thread that is just about to wait misses it and waits for the next time. Use a \`threading.Condition\` and what the thread waits for as its predicate.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      { role: 'call', at: at(module, clear.fact), message: `${subject(function_)} clears \`${name}\` here.` },
    ],
    fixes: [],
    identity: `${module.name}.${function_.label}|${name}`,
  };
}
