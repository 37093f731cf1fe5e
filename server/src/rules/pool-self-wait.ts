/** Reports work in a pool that waits for other work of the same pool, and coroutines that wait for their own loop. */
import type { ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Happening, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { effectOf } from './callEffects.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { waitsForItsPool } from './standstills.ts';
import { firstFact, wayEvidence } from './ways.ts';

export const rule = defineRule({
  id: 'pool-self-wait',
  title: 'Task waits for another task of its own pool',
  severity: 'error',
  since: '0.2.0',
  cwe: [833],
  witness: waitsForItsPool,
  docs: {
    what: 'A function that runs in a thread pool and waits for what it hands to the same pool (`submit(…).result()`, `map`), itself or through the functions that it calls; a coroutine that waits with `result()` for another of its own loop.',
    why: 'When all workers wait like this, no worker is left for what they wait for. With one worker that is at once, with more under load.',
    bad: [
      `from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)

def chop(vegetable):
    return vegetable.upper()

def cook(menu):
    parts = [pool.submit(chop, vegetable) for vegetable in menu]
    return [part.result() for part in parts]

def dinner(menus):
    return [job.result() for job in [pool.submit(cook, menu) for menu in menus]]
`,
      `import asyncio

class Manager:
    def __init__(self, loop):
        self.loop = loop

    def call(self, coroutine):
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result()

    async def _open(self, name):
        return name

    async def query(self, name):
        return self.call(self._open(name))
`,
    ],
    good: [
      `from concurrent.futures import ThreadPoolExecutor

pool = ThreadPoolExecutor(4)
choppers = ThreadPoolExecutor(4)

def chop(vegetable):
    return vegetable.upper()

def cook(menu):
    parts = [choppers.submit(chop, vegetable) for vegetable in menu]
    return [part.result() for part in parts]

def dinner(menus):
    return [job.result() for job in [pool.submit(cook, menu) for menu in menus]]
`,
    ],
    whenNotToUse: 'When there can never be as many waiting tasks as workers.',
    fix: 'Advice only: a second pool, or tasks that hand back futures, are for the author to choose.',
    unknown:
      'Pools are told apart by the variable that holds them; one that cannot be followed is not reported. A loop that the program makes itself (`new_event_loop`) and keeps is another than the one that waits; one that it is given is taken for the same.',
    references: ['https://docs.python.org/3/library/concurrent.futures.html#threadpoolexecutor'],
  },
  *check(program) {
    const seen = new Set<string>();
    const pools = poolsOf(program);
    for (const thread of program.threads) {
      const pool = pools.get(thread);
      if (pool === undefined) continue;
      for (const { function: entry } of thread.entries) {
        for (const happening of program.effectsOf(entry)) {
          const inner =
            waitsForPool(program, pools, happening).find((one) => pools.get(one) === pool) ??
            handedToPool(program, pool, happening);
          if (inner === undefined) continue;
          const finding = report(program, thread, entry, happening, inner);
          if (seen.has(finding.identity)) continue;
          seen.add(finding.identity);
          yield finding;
        }
      }
    }
    yield* loops(program);
  },
});

/** What is handed to a pool. */
type Work = Pick<ThreadEntry, 'module' | 'call' | 'startFact' | 'entries'>;

/** The pool that each piece of work is handed to, by the variable that holds it. */
function poolsOf(program: ProgramModel): ReadonlyMap<ThreadEntry, string> {
  const pools = new Map<ThreadEntry, string>();
  for (const thread of program.threads) {
    const { call } = thread;
    if (thread.what !== 'pool thread' || call === undefined) continue;
    const { summary } = thread.module;
    const { parent, last } = summary.paths[call.callee]!;
    const argument = last === 'run_in_executor' ? call.arguments[0]?.value : undefined;
    const path = argument?.kind === 'path' ? argument.path : parent;
    const key = path === -1 || last === 'run_in_executor' ? undefined : program.keyOf(thread.module, path);
    if (key !== undefined) pools.set(thread, key);
  }
  return pools;
}

/** The work that a blocking call waits for: through its future, or all that is handed over by the call itself. */
function waitsForPool(
  program: ProgramModel,
  pools: ReadonlyMap<ThreadEntry, string>,
  { kind, blocking, function: function_, fact, waits }: Happening,
): readonly ThreadEntry[] {
  if (kind !== 'block' || blocking === undefined || !waits) return [];
  if (blocking.kind === 'result')
    return blocking.subject === -1 ? [] : program.threadsAt(function_.module, blocking.subject);
  if (blocking.kind !== 'pool') return [];
  return [...pools.keys()].filter(
    (thread) => thread.module === function_.module && thread.call?.fact === fact,
  );
}

/** Work for the pool of which is not known what it calls: its future is waited for all the same. */
function handedToPool(
  program: ProgramModel,
  pool: string,
  { kind, blocking, function: { module }, waits }: Happening,
): Work | undefined {
  if (kind !== 'block' || blocking?.kind !== 'result' || !waits || blocking.subject === -1) return undefined;
  const handed = program.submittedAt(module, blocking.subject).find(({ module: where, call }) => {
    const { parent, last } = where.summary.paths[call.callee]!;
    return last === 'submit' && parent !== -1 && program.keyOf(where, parent) === pool;
  });
  return handed === undefined ? undefined : { ...handed, startFact: handed.call.fact, entries: [] };
}

function report(
  program: ProgramModel,
  thread: ThreadEntry,
  entry: FunctionNode,
  happening: Happening,
  inner: Work,
): Finding {
  const { module } = happening.function;
  const handing = inner.call?.fact ?? inner.startFact;
  const callee = inner.call === undefined ? undefined : inner.module.summary.paths[inner.call.callee];
  const pool = callee === undefined ? 'the pool' : program.nameOf(inner.module, callee.parent);
  const work = inner.entries[0]?.function;
  return {
    rule: 'pool-self-wait',
    primary: at(module, happening.fact),
    message: `${subject(entry)} waits for work of the pool that it runs in. Once all workers of \`${pool}\` wait like this, none is left for ${work === undefined ? 'the work' : named(work)}, and nothing moves any more. Use a second pool for the inner work, or hand the futures back and wait outside.`,
    severity: thread.many ? 'warning' : 'error',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'threadStart',
        at: at(thread.module, thread.call?.fact ?? thread.startFact),
        message: `${subject(entry)} is handed to the pool here.`,
      },
      ...wayEvidence(happening, `${subject(happening.function)} waits here.`).slice(0, -1),
      ...(handing === happening.fact
        ? []
        : [
            {
              role: 'threadStart' as const,
              at: at(inner.module, handing),
              message: 'The work that it waits for is handed over here.',
            },
          ]),
    ],
    fixes: [],
    identity: `${module.path}:${happening.function.label}|${pool}|${entry.label}`,
  };
}

/** `run_coroutine_threadsafe(…).result()` in a coroutine: the loop that would run it is the one that waits. */
function* loops(program: ProgramModel): Iterable<Finding> {
  const nearest = new Map<string, { readonly function: FunctionNode; readonly happening: Happening }>();
  for (const function_ of reachingLoopWaits(program)) {
    if (!function_.scope.async) continue;
    for (const happening of program.effectsOf(function_)) {
      const { blocking, function: where, fact } = happening;
      if (happening.kind !== 'block' || blocking?.kind !== 'result' || blocking.subject === -1) continue;
      const handed = handedToLoop(program, where.module, blocking.subject);
      if (handed === undefined || makesLoop(program, where)) continue;
      if (
        isOtherLoop(program, handed) &&
        !isHandedThrough(program, function_, where) &&
        !runsOnLoop(program, function_, loopOf(program, handed))
      )
        continue;
      const place = `${where.module.path}:${fact}`;
      const known = nearest.get(place);
      if (known === undefined || calls(happening) < calls(known.happening))
        nearest.set(place, { function: function_, happening });
      break;
    }
  }
  for (const { function: function_, happening } of nearest.values()) {
    const where = happening.function;
    yield {
      rule: 'pool-self-wait',
      primary: at(function_.module, firstFact(happening)),
      message: `${subject(function_)} blocks the event loop that should run what it waits for. \`result()\` of \`run_coroutine_threadsafe\` stops the only thread of the loop, so the other coroutine never runs. \`await\` it instead, and keep \`result()\` for other threads.`,
      severity: 'error',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: wayEvidence(happening, `${subject(where)} waits here.`).slice(
        happening.edge === undefined ? 1 : 0,
      ),
      fixes: [],
      identity: `${function_.module.path}:${function_.label}|own loop`,
    } satisfies Finding;
  }
}

/** The functions that wait for what they have handed to a loop, and whatever calls them, in the order of the program. */
function reachingLoopWaits(program: ProgramModel): readonly FunctionNode[] {
  const found = new Set(program.modules.flatMap((module) => loopWaitsIn(program, module)));
  // A set that grows meanwhile is gone through to its end.
  for (const function_ of found) for (const { caller } of program.callsTo(function_)) found.add(caller);
  return [...found].sort((a, b) => a.id - b.id);
}

function loopWaitsIn(program: ProgramModel, module: Module): readonly FunctionNode[] {
  const { calls, paths } = module.summary;
  return calls.flatMap(({ callee, scope }) => {
    const { last, parent } = paths[callee]!;
    const waits =
      (last === 'result' || last === 'exception') &&
      parent !== -1 &&
      handedToLoop(program, module, parent) !== undefined;
    return waits ? [program.functionAt(module, scope)] : [];
  });
}

/** How many calls lie between a coroutine and the place where it waits: of all that get there the nearest is told. */
function calls(happening: Happening): number {
  return happening.rest === undefined ? 0 : 1 + calls(happening.rest);
}

/** Where no loop runs it starts one in another thread, and waits for that. */
function makesLoop(program: ProgramModel, function_: FunctionNode): boolean {
  return program.callsIn(function_).some(({ index }) => isNewLoop(program, function_.module, index));
}

type Handed = ReturnType<ProgramModel['submittedAt']>[number];

function handedToLoop(program: ProgramModel, module: Module, path: number): Handed | undefined {
  return program
    .submittedAt(module, path)
    .find(({ module: where, call }) => where.summary.paths[call.callee]!.last === 'run_coroutine_threadsafe');
}

/** The calls that are given the coroutine itself: `handing(coroutine())`. */
function* handingsOf(program: ProgramModel, coroutine: FunctionNode): Iterable<Handed> {
  for (const { module, fact } of program.callsTo(coroutine)) {
    const { calls } = module.summary;
    const made = calls.find((one) => one.fact === fact);
    if (made === undefined) continue;
    for (const call of calls)
      if (call.arguments.some(({ value }) => value.kind === 'call' && value.call === made.index))
        yield { module, call };
  }
}

/** The coroutine itself is given to the function that hands what it is given to the loop: it runs there, whoever made the loop. */
function isHandedThrough(program: ProgramModel, coroutine: FunctionNode, handing: FunctionNode): boolean {
  for (const { module, call } of handingsOf(program, coroutine))
    if (program.functionNamed(module, call.callee) === handing) return true;
  return false;
}

/** The variable of the loop that a call hands a coroutine to. */
function loopOf(program: ProgramModel, { module, call }: Handed): string | undefined {
  const loop = call.arguments.find(({ name }) => name === 'loop') ?? call.arguments[1];
  return loop?.value.kind === 'path' ? program.keyOf(module, loop.value.path) : undefined;
}

/** The coroutine, too, is handed to the loop that this variable holds. */
function runsOnLoop(program: ProgramModel, coroutine: FunctionNode, loop: string | undefined): boolean {
  for (const handed of handingsOf(program, coroutine)) {
    const { last } = handed.module.summary.paths[handed.call.callee]!;
    if (last === 'run_coroutine_threadsafe' && loopOf(program, handed) === loop) return true;
  }
  return false;
}

/** The loop is kept where the program stores one that it has made: some thread of its own runs that. */
function isOtherLoop(program: ProgramModel, handed: Handed): boolean {
  const key = loopOf(program, handed);
  return (
    key !== undefined &&
    program.modules.some((one) =>
      one.summary.bindings.some(
        ({ path, value }) => program.keyOf(one, path) === key && isMadeLoop(program, one, value),
      ),
    )
  );
}

function isMadeLoop(program: ProgramModel, module: Module, value: ValueShape): boolean {
  if (value.kind === 'call') return isNewLoop(program, module, value.call);
  if (value.kind !== 'path' || module.summary.paths[value.path]!.root !== 'local') return false;
  return module.summary.bindings.some(
    (one) =>
      one.path === value.path && one.value.kind === 'call' && isNewLoop(program, module, one.value.call),
  );
}

function isNewLoop(program: ProgramModel, module: Module, call: number): boolean {
  return effectOf(program, module, call)?.makesLoop === true;
}
