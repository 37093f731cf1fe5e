/** Reports a `threading.local` that a coroutine sets before it awaits: all tasks of a loop run in one thread and share it. */
import type { FunctionNode, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { calledFrom, type LocalUse, ownValues } from './threadLocals.ts';

export const rule = defineRule({
  id: 'thread-local-in-coroutine',
  title: 'Thread-local used for the state of one task',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 488],
  docs: {
    what: 'A coroutine that sets an attribute of a `threading.local` and then awaits, where the attribute is read afterwards.',
    why: 'All tasks of an event loop run in one thread, so there is one value for all. While one task waits, the next sets its own, and the first goes on with the data of another request.',
    bad: [
      `import asyncio
import threading

_request = threading.local()

async def load():
    await asyncio.sleep(0.1)
    return _request.user

async def handle(user):
    _request.user = user
    return await load()

async def main():
    print(await asyncio.gather(handle("ann"), handle("bob")))

asyncio.run(main())
`,
    ],
    good: [
      `import asyncio
import contextvars

_user = contextvars.ContextVar("user")

async def load():
    await asyncio.sleep(0.1)
    return _user.get()

async def handle(user):
    _user.set(user)
    return await load()

async def main():
    print(await asyncio.gather(handle("ann"), handle("bob")))

asyncio.run(main())
`,
    ],
    fix: 'Advice only: a ContextVar is declared, set and read in other ways.',
    whenNotToUse:
      'When the loop runs one task at a time. There is no fix: a ContextVar is declared, set and read in other ways.',
    unknown: 'A coroutine that sets a constant, or reads nothing after it has awaited, is not reported.',
    references: [
      'https://docs.python.org/3/library/contextvars.html',
      'https://docs.python.org/3/library/threading.html#thread-local-data',
    ],
  },
  *check(program) {
    if (!program.functions.some(({ scope }) => scope.async)) return;
    for (const [key, { kind, sets, reads }] of ownValues(program)) {
      if (kind !== 'threadLocal' || reads.length === 0) continue;
      for (const set of sets) {
        const found = setInTask(program, set, reads);
        if (found === undefined) continue;
        yield report(set, found, key);
        break;
      }
    }
  },
});

interface Spoiled {
  readonly task: FunctionNode;
  readonly read: LocalUse;
}

/** The coroutine that sets the attribute, itself or by a call, awaits, and has it read after that. */
function setInTask(program: ProgramModel, set: LocalUse, reads: readonly LocalUse[]): Spoiled | undefined {
  if (set.value?.kind === 'literal' || set.function.scope.name === '__init__') return undefined;
  const places = set.function.scope.async
    ? [{ task: set.function, fact: set.fact }]
    : program.callsTo(set.function).map(({ caller, fact }) => ({ task: caller, fact }));
  for (const { task, fact } of places) {
    if (!task.scope.async || task.module.test) continue;
    const { module } = task;
    const awaits = module.summary.suspensions.filter(
      ({ scope, how }) => scope === task.scope.id && how !== 'yield' && how !== 'yield from',
    );
    const stops = awaits.filter((one) => program.reaches(module, fact, one.fact));
    if (stops.length === 0) continue;
    const read = reads.find((one) => isReadAfter(program, task, one, stops));
    if (read !== undefined) return { task, read };
  }
  return undefined;
}

function isReadAfter(
  program: ProgramModel,
  task: FunctionNode,
  read: LocalUse,
  stops: readonly { readonly fact: number }[],
): boolean {
  if (read.function === task) return stops.some(({ fact }) => program.reaches(task.module, fact, read.fact));
  return program
    .callsFrom(task)
    .some(
      (edge) =>
        (edge.callee.scope.async ||
          stops.some(({ fact }) => program.reaches(task.module, fact, edge.fact))) &&
        calledFrom(program, edge.callee).has(read.function),
    );
}

function report(set: LocalUse, { task, read }: Spoiled, key: string): Finding {
  return {
    rule: 'thread-local-in-coroutine',
    primary: at(set.module, set.fact),
    message: `All tasks of the event loop share \`${set.name}\`, for they run in one thread. ${subject(task)} sets it and awaits; another task sets its own meanwhile, and ${named(read.function)} then reads that. Use a \`contextvars.ContextVar\`.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(read.module, read.fact),
        message: `${subject(read.function)} reads it here.`,
      },
    ],
    fixes: [],
    identity: `${set.module.path}:${task.label}|${key}`,
  };
}
