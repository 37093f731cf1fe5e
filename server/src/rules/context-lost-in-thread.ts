/** Reports work handed to a thread that reads a thread-local or ContextVar which only the thread that hands it over has set. */
import type { ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { calledFrom, type LocalUse, type OwnValue, ownValues } from './threadLocals.ts';

export const rule = defineRule({
  id: 'context-lost-in-thread',
  title: 'Thread reads what only its creator has set for itself',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 488],
  docs: {
    what: 'Work that is handed to a thread and reads a `threading.local` or a `ContextVar` which the code that hands it over sets for itself.',
    why: 'Another thread has its own value: the default, an AttributeError, or what an earlier task has left there. The tenant, user or request of the caller does not come along. There is no automatic fix: pass the value as an argument, or run the work in a copy of the context.',
    bad: [
      `import threading
from concurrent.futures import ThreadPoolExecutor

_current = threading.local()
pool = ThreadPoolExecutor()

def mail(text):
    print(getattr(_current, "user", "nobody"), text)

def handle(request):
    _current.user = request.user
    pool.submit(mail, "done")
`,
      `from concurrent.futures import ThreadPoolExecutor
from contextvars import ContextVar

tenant = ContextVar("tenant", default="public")
pool = ThreadPoolExecutor()

def turnover(region):
    return tenant.get(), region

def report(regions):
    return [pool.submit(turnover, region) for region in regions]

def handle(name):
    tenant.set(name)
    return report(["north", "south"])
`,
    ],
    good: [
      `import contextvars
from concurrent.futures import ThreadPoolExecutor

tenant = contextvars.ContextVar("tenant", default="public")
pool = ThreadPoolExecutor()

def turnover(region):
    return tenant.get(), region

def handle(name):
    tenant.set(name)
    context = contextvars.copy_context()
    return pool.submit(context.run, turnover, "north")
`,
    ],
    fix: 'Advice only: passing the value as an argument and running the work in a copy of the context are both right.',
    whenNotToUse: 'When the thread is meant to start from the default.',
    unknown:
      'A value that the thread sets itself, one that is only ever set to a constant, and `asyncio.to_thread`, which takes the context along, are not reported.',
    references: [
      'https://docs.python.org/3/library/contextvars.html#contextvars.copy_context',
      'https://docs.python.org/3/library/threading.html#thread-local-data',
    ],
  },
  *check(program) {
    const values = ownValues(program);
    for (const thread of program.threads) {
      if (thread.call === undefined || thread.module.test || takesContext(program, thread)) continue;
      for (const [key, value] of values) {
        if (value.kind === 'contextVar' && bringsContext(program, thread)) continue;
        const found = lost(program, thread, value);
        if (found !== undefined) yield report(program, thread, found, value, key);
      }
    }
  },
});

/** The library runs what it is given in a copy of the caller's context. */
function bringsContext(program: ProgramModel, { call, module }: ThreadEntry): boolean {
  const name = call === undefined ? undefined : program.calleeName(module, call.index);
  return name !== undefined && program.catalog.entriesOfCall(name).some(({ context }) => context);
}

/** `submit(context.run, f)`, `Thread(target=f, context=…)`. */
function takesContext(program: ProgramModel, { call, module }: ThreadEntry): boolean {
  if (call === undefined) return false;
  return call.arguments.some(
    ({ name, value }) =>
      name === 'context' ||
      (value.kind === 'path' &&
        module.summary.paths[value.path]!.last === 'run' &&
        program.functionsOf(module, value).length === 0),
  );
}

interface Lost {
  readonly set: LocalUse;
  readonly read: LocalUse;
}

function lost(program: ProgramModel, thread: ThreadEntry, { sets, reads }: OwnValue): Lost | undefined {
  if (sets.length === 0 || reads.length === 0) return undefined;
  const inThread = new Set(thread.entries.flatMap((entry) => [...calledFrom(program, entry.function)]));
  const read = reads.find((one) => inThread.has(one.function));
  if (read === undefined || sets.some((one) => inThread.has(one.function))) return undefined;
  const set = sets.find(
    (one) =>
      one.value?.kind !== 'literal' &&
      one.function.scope.kind !== 'module' &&
      reachesSpawn(program, one, thread),
  );
  return set === undefined ? undefined : { set, read };
}

/** The value is there where the work is handed over: set on the way to it, or by what the same threads run before. */
function reachesSpawn(program: ProgramModel, set: LocalUse, { spawner }: ThreadEntry): boolean {
  if (set.function === spawner || calledFrom(program, set.function).has(spawner)) return true;
  if (program.callsTo(set.function).some(({ caller }) => calledFrom(program, caller).has(spawner)))
    return true;
  const around = new Set(program.threadsRunning(set.function).map(({ because, what }) => because ?? what));
  return program
    .threadsRunning(spawner)
    .some(({ because, what }) => because !== undefined && around.has(because ?? what));
}

function report(
  program: ProgramModel,
  thread: ThreadEntry,
  { set, read }: Lost,
  { kind }: OwnValue,
  key: string,
): Finding {
  const instead =
    kind === 'contextVar'
      ? 'Pass it as an argument, or run the work by `contextvars.copy_context().run`'
      : 'Pass the value as an argument';
  const entry = thread.entries[0]!.function;
  return {
    rule: 'context-lost-in-thread',
    primary: at(thread.module, thread.fact),
    message: `\`${set.name}\` does not come along into the ${thread.what} that runs ${named(entry)}. ${subject(set.function)} sets it for its own thread, and ${named(read.function)} finds the default there, or what an earlier task has left. ${instead}.`,
    severity: 'warning',
    confidence: thread.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(set.module, set.fact), message: `${subject(set.function)} sets it here.` },
      { role: 'access', at: at(read.module, read.fact), message: `${subject(read.function)} reads it here.` },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${thread.module.path}:${program.functionAt(thread.module, thread.call!.scope).label}|${key}`,
  };
}
