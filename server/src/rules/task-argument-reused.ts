/** Reports an object that is handed to another thread and then emptied or changed for the next round: the task works with what it finds. */
import { WAITING_FOR_WORK } from '../catalog/words.ts';
import type { Call, FactId, PathId } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';
import { changedEachRound } from './changedEachRound.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type HandOver, handOvers, RUNS } from './handOver.ts';
import { changedAfterHandOver } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'task-argument-reused',
  title: 'Argument of a task emptied or changed for the next one',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362],
  witness: changedAfterHandOver,
  docs: {
    what: 'A container is given to a pool, thread or timer, and the same function empties it afterwards with `clear()` without waiting. Or each round of a loop stores other values in one object and hands that over.',
    why: 'The task gets the object, not a copy. When it starts later, it finds an empty or half-filled container: work is lost or done twice. There is no automatic fix: a new container (`batch = []`) and a copy (`list(batch)`) are both right.',
    bad: [
      `from concurrent.futures import ThreadPoolExecutor

def send_all(rows, send):
    with ThreadPoolExecutor() as pool:
        batch = []
        for row in rows:
            batch.append(row)
            if len(batch) == 100:
                pool.submit(send, batch)
                batch.clear()
        pool.submit(send, batch)
`,
    ],
    good: [
      `from concurrent.futures import ThreadPoolExecutor

def send_all(rows, send):
    with ThreadPoolExecutor() as pool:
        batch = []
        for row in rows:
            batch.append(row)
            if len(batch) == 100:
                pool.submit(send, batch)
                batch = []
        pool.submit(send, batch)
`,
    ],
    whenNotToUse: 'When the task is certain to be over by then.',
    fix: 'Advice only: whether the task wants a copy is for its author to say.',
    unknown: 'A function that waits for anything between handing over and emptying is not reported.',
    references: [
      'https://docs.python.org/3/library/concurrent.futures.html#concurrent.futures.Executor.submit',
    ],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(reusedArguments, module);
  },
});

function* reusedArguments(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const seen = new Set<number>();
  for (const handOver of handOvers(program, module)) {
    if (handOver.runner === 'process' || handOver.runner === 'callback') continue;
    for (const value of handOver.given) {
      if (value.kind !== 'path') continue;
      const emptied = emptiedAfter(program, handOver, value.path);
      const changed = emptied ?? changedEachRound(program, handOver, value.path);
      if (changed === undefined || seen.has(changed.fact)) continue;
      seen.add(changed.fact);
      yield finding(program, handOver, value.path, changed.fact, emptied !== undefined);
    }
  }
}

/** The \`clear()\` of what was handed over, on every way on from there, with neither a wait nor a new container before it. */
function emptiedAfter(program: ProgramModel, { module, call }: HandOver, given: PathId): Call | undefined {
  const { paths, calls, bindings } = module.summary;
  const function_ = program.functionAt(module, call.scope);
  const between = (fact: number, clear: Call): boolean =>
    fact > call.fact &&
    fact < clear.fact &&
    program.reaches(module, call.fact, fact) &&
    program.reaches(module, fact, clear.fact);
  return calls.find((clear) => {
    const path = paths[clear.callee]!;
    if (
      path.last !== 'clear' ||
      path.parent !== given ||
      program.functionAt(module, clear.scope) !== function_
    )
      return false;
    if (!program.dominates(module, call.fact, clear.fact)) return false;
    const waits = calls.some(
      (one) =>
        WAITING_FOR_WORK.has(paths[one.callee]!.last) && one.scope === call.scope && between(one.fact, clear),
    );
    const rebound = bindings.some(({ path: target, fact }) => target === given && between(fact, clear));
    return !waits && !rebound && !isEvent(program, module, given);
  });
}

/** \`clear\` of an event is something else. */
function isEvent(program: ProgramModel, module: Module, path: PathId): boolean {
  const types = program.typesOf(module, { kind: 'path', path });
  return !types.some((type) => type.kind === 'container' || type.kind === 'unknown');
}

function finding(
  program: ProgramModel,
  { module, call, runner }: HandOver,
  given: PathId,
  change: FactId,
  emptied: boolean,
): Finding {
  const name = program.nameOf(module, given);
  const remedy = emptied
    ? `Start a new one instead: \`${name} = []\`, or hand over \`list(${name})\``
    : 'Make one in each round, or hand over a copy';
  const function_ = program.functionAt(module, call.scope);
  return {
    rule: 'task-argument-reused',
    primary: at(module, change),
    message: `\`${name}\` is ${emptied ? 'emptied' : 'changed'} while ${RUNS[runner]} may still need it. The task was given this object, not a copy, and finds what ${emptied ? 'is left in it' : 'the next round has put there'}. ${remedy}.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'threadStart',
        at: at(module, call.fact),
        message: `${subject(function_)} hands \`${name}\` over here.`,
      },
    ],
    fixes: [],
    identity: `${module.name}.${function_.label}|${name}`,
  };
}
