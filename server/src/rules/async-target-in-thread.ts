/** Reports a coroutine function that is handed to a thread: calling it only makes a coroutine, which nobody runs. */
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type HandOver, handOvers, RUNS } from './handOver.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'async-target-in-thread',
  title: 'Coroutine function handed to a thread',
  severity: 'error',
  since: '0.2.0',
  cwe: [670],
  docs: {
    what: 'An `async def` given to `Thread(target=…)`, a timer, a pool, `to_thread` or `run_in_executor`, directly, by `partial`, or called in a lambda.',
    why: 'The thread calls the function, gets a coroutine object, throws it away and ends: none of its code runs, and Python only prints “was never awaited”. There is no automatic fix: the work must either be an ordinary function or get an event loop.',
    bad: [
      `import threading

async def poll():
    print("polling")

threading.Thread(target=poll).start()
`,
      `import asyncio

async def scale(picture):
    return picture

async def upload(picture):
    return await asyncio.to_thread(scale, picture)
`,
    ],
    good: [
      `import asyncio
import threading

async def poll():
    print("polling")

threading.Thread(target=asyncio.run, args=(poll(),)).start()
`,
      `import asyncio

def scale(picture):
    return picture

async def upload(picture):
    return await asyncio.to_thread(scale, picture)
`,
    ],
    whenNotToUse: 'Nowhere.',
    fix: 'Advice only: whether the coroutine should run in a loop of its own or in the caller’s is not known.',
    unknown:
      'A decorated coroutine function may be an ordinary one by then and is not reported; neither is an executor of unknown type. Test files are left out.',
    references: ['https://docs.python.org/3/library/asyncio-task.html#coroutines'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(coroutinesHandedOver, module);
  },
});

function* coroutinesHandedOver(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  for (const handOver of handOvers(program, module)) {
    const { function: given, call, runner } = handOver;
    if (given === undefined) continue;
    // Some event loops await what a callback gives them.
    if (runner === 'callback' && module.summary.paths[call.callee]!.last !== 'add_done_callback') continue;
    const functions = program.functionsOf(module, given.value);
    const made = functions.map((one) => coroutineOf(program, one));
    const [first] = made;
    if (first === undefined || made.includes(undefined)) continue;
    yield finding(program, handOver, first);
  }
}

/** The coroutine function that is handed over, or that a lambda handed over only calls. */
function coroutineOf(program: ProgramModel, given: FunctionNode): FunctionNode | undefined {
  const { scope } = given;
  if (isCoroutine(given)) return given;
  if (scope.kind !== 'lambda') return undefined;
  const [returned] = scope.returns;
  if (returned?.kind !== 'call') return undefined;
  const { fact } = given.module.summary.calls[returned.call]!;
  const edges = program.callsFrom(given).filter((edge) => edge.fact === fact && edge.how === 'call');
  return edges.length > 0 && edges.every(({ callee }) => isCoroutine(callee)) ? edges[0]!.callee : undefined;
}

function isCoroutine({ scope }: FunctionNode): boolean {
  return scope.async && !scope.generator && scope.decorators.length === 0;
}

function finding(program: ProgramModel, handOver: HandOver, coroutine: FunctionNode): Finding {
  const { module, call, runner } = handOver;
  const name = coroutine.scope.name;
  const advice =
    runner === 'worker thread'
      ? `Await \`${name}(…)\` itself, or make it an ordinary function`
      : runner === 'callback'
        ? `Give an ordinary function that hands \`${name}(…)\` to the loop`
        : `Run it there with \`asyncio.run(${name}(…))\`, or make it an ordinary function`;
  return {
    rule: 'async-target-in-thread',
    primary: at(module, call.fact),
    message: `\`${name}\` is \`async def\`, so nothing of it runs here. ${capital(RUNS[runner])} only makes a coroutine object and throws it away. ${advice}.`,
    severity: 'error',
    confidence: 'certain',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'definition',
        at: at(coroutine.module, coroutine.scope.fact),
        message: `${subject(coroutine)} is a coroutine function.`,
      },
    ],
    fixes: [],
    identity: `${module.name}.${program.functionAt(module, call.scope).label}|${name}`,
  };
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
