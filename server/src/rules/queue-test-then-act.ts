/** Reports \`if not q.empty(): q.get()\`: between the question and the call another thread may take the item, or the last place. */
import type { Call, FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry, ValueType } from '../link/program.ts';
import { at, named, startEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { receiverTypes } from './handOver.ts';
import { testThenAct } from './interleavings.ts';
import { defineRule } from './rule.ts';
import { namesOf } from './threadCode.ts';

export const rule = defineRule({
  id: 'queue-test-then-act',
  title: 'Queue asked first, used afterwards',
  severity: 'warning',
  since: '0.2.0',
  cwe: [367],
  witness: testThenAct,
  docs: {
    what: '`while not q.empty(): q.get()`, or `if not q.full(): q.put(x)`, where several threads take from the queue or fill it.',
    why: 'The answer may be out of date when the next call is made. Then `get()` waits for an item that another thread has taken, perhaps for ever, and `put()` waits although it must not. There is no automatic fix: what to do without an item, only the program knows.',
    bad: [
      `import queue
import threading

jobs = queue.Queue()

def work():
    while not jobs.empty():
        print(jobs.get())

for _ in range(4):
    threading.Thread(target=work).start()
`,
    ],
    good: [
      `import queue
import threading

jobs = queue.Queue()

def work():
    while True:
        try:
            job = jobs.get_nowait()
        except queue.Empty:
            return
        print(job)

for _ in range(4):
    threading.Thread(target=work).start()
`,
    ],
    whenNotToUse: 'When one thread alone takes from the queue (for `get`) or fills it (for `put`).',
    fix: 'Advice only: what to do when the queue is empty after all is for its author to say.',
    unknown:
      'A queue that only one thread is known to use on that side is not reported; neither is a call that does not wait, or waits for a limited time.',
    references: ['https://docs.python.org/3/library/queue.html#queue.Queue.empty'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(testedQueues, module);
  },
});

function* testedQueues(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test || !usesQueues(module)) return;
  for (const call of module.summary.calls) {
    const act = ACTS[module.summary.paths[call.callee]!.last];
    if (act === undefined || !waits(call, act.free)) continue;
    const asked = questionBefore(program, module, call, act.questions);
    if (asked === undefined) continue;
    const function_ = program.functionAt(module, call.scope);
    const thread = program.threadsRunning(function_).find((one) => one.many && !one.module.test);
    if (thread === undefined ? !isOfLibrary(program, function_, call) : !isQueue(program, module, call))
      continue;
    yield finding(program, module, function_, asked, call, thread);
  }
}

/** A queue is of use to several threads only, and those of a library are in the programs that use it. */
function isOfLibrary(program: ProgramModel, function_: FunctionNode, call: Call): boolean {
  const { module, owner, scope } = function_;
  if (!program.isLibrary(module) || scope.kind === 'module' || owner?.methods.has('__next__') === true)
    return false;
  // `while not q.empty(): q.get()`: whoever empties a queue of his own in a loop is its only consumer as often as not.
  if (program.repeatsAt(module, call.fact)) return false;
  return receiverTypes(program, module, call).some(
    (type) => isKnownQueue(type) && !namesOf(type).some((name) => name.includes('Priority')),
  );
}

const ACTS: Readonly<Record<string, { readonly questions: RegExp; readonly free: number }>> = {
  get: { questions: /^(empty|qsize)$/, free: 0 },
  put: { questions: /^(full|qsize)$/, free: 1 },
};

function usesQueues({ summary }: Module): boolean {
  return summary.imports.some((one) => /^(queue|Queue|multiprocessing)\b/.test(one.module));
}

/** Without \`block\` or \`timeout\`. */
function waits(call: Call, free: number): boolean {
  return (
    call.arguments.length <= free &&
    !call.arguments.some(({ name }) => name === 'block' || name === 'timeout' || name.startsWith('*')) &&
    !call.awaited
  );
}

/** The call of \`empty\` or \`full\` on the same queue that every way to the act passes, with nothing taken in between. */
function questionBefore(
  program: ProgramModel,
  module: Module,
  act: Call,
  questions: RegExp,
): Call | undefined {
  const { paths, calls } = module.summary;
  const { parent } = paths[act.callee]!;
  if (parent === -1) return undefined;
  return calls.findLast((one) => {
    const path = paths[one.callee]!;
    return (
      path.parent === parent &&
      questions.test(path.last) &&
      one.fact < act.fact &&
      program.functionAt(module, one.scope) === program.functionAt(module, act.scope) &&
      program.dominates(module, one.fact, act.fact) &&
      !isLockedOver(program, module, one.fact, act.fact)
    );
  });
}

function isLockedOver(program: ProgramModel, module: Module, first: FactId, second: FactId): boolean {
  const held = program.locksAt(module, first);
  for (const key of program.locksAt(module, second)) if (held.has(key)) return true;
  return program.mayHoldAt(module, first);
}

function isKnownQueue(type: ValueType): boolean {
  return type.kind === 'safe' && type.role === 'queue';
}

/** A queue for certain, or something of unknown origin that is asked as only queues are. */
function isQueue(program: ProgramModel, module: Module, call: Call): boolean {
  const types = receiverTypes(program, module, call);
  const names = types.flatMap(namesOf);
  if (types.some(isKnownQueue)) return true;
  return types.every((type) => type.kind === 'unknown') && !names.some((name) => name.startsWith('asyncio'));
}

function finding(
  program: ProgramModel,
  module: Module,
  function_: FunctionNode,
  asked: Call,
  act: Call,
  thread: ThreadEntry | undefined,
): Finding {
  const { paths } = module.summary;
  const name = program.nameOf(module, paths[act.callee]!.parent);
  const question = paths[asked.callee]!.last;
  const takes = paths[act.callee]!.last === 'get';
  const who =
    thread === undefined
      ? `Callers of ${named(function_)} may be several threads`
      : `Several ${thread.what}s run ${named(function_)}`;
  return {
    rule: 'queue-test-then-act',
    primary: at(module, act.fact),
    message: takes
      ? `\`${name}.get()\` may wait for ever: \`${question}()\` promises no item. ${who}, and another one may take the last item in between. Use \`get_nowait()\` and catch \`queue.Empty\`.`
      : `\`${name}.put(…)\` may wait although \`${question}()\` found room. ${who}, and another one may take the last place in between. Use \`put_nowait(…)\` and catch \`queue.Full\`.`,
    severity: 'warning',
    confidence: thread?.confidence ?? 'medium',
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(module, asked.fact), message: `\`${question}()\` is asked here.` },
      ...(thread === undefined ? [] : [startEvidence(thread)]),
    ],
    fixes: [],
    identity: `${module.name}.${function_.label}|${name}`,
  };
}
