/**
 * Part of `stop-flag-reused`: a thread that begins with putting its stop flag back. Who has stopped it before it got that far has
 * stopped nothing.
 */
import { ENDING_FLAG, GOING_FLAG } from '../catalog/words.ts';
import type { FunctionNode, ProgramModel, SharedAccess, ThreadEntry, Variable } from '../link/program.ts';
import { says } from './acts.ts';
import { accessEvidence, named, placeOf, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { joinsBehind } from './joins.ts';
import { calledFrom } from './threadLocals.ts';

/** `def _run(self): self._stop = False; while not self._stop: …` */
export function* putBackByThread(program: ProgramModel): Iterable<Finding> {
  const starts = new Map<FunctionNode, ThreadEntry>();
  for (const thread of program.threads)
    if (thread.what === 'thread' && !thread.module.test)
      for (const { function: entry } of thread.entries) if (!starts.has(entry)) starts.set(entry, thread);
  if (starts.size === 0) return;
  for (const flag of program.variables) {
    if (flag.fields.length > 0) continue;
    const goes = GOING_FLAG.test(flag.attribute)
      ? 'True'
      : ENDING_FLAG.test(flag.attribute)
        ? 'False'
        : undefined;
    if (goes === undefined) continue;
    for (const back of flag.accesses) {
      const thread = says(back, goes) ? starts.get(back.function) : undefined;
      if (thread === undefined || !isFirstThing(program, flag, back) || isAwaited(program, thread)) continue;
      const inThread = calledFrom(program, back.function);
      const asked = askedAfter(program, flag, back, inThread);
      const stop = flag.accesses.find(
        (one) =>
          says(one, goes === 'True' ? 'False' : 'True') &&
          !inThread.has(one.function) &&
          one.function !== thread.spawner &&
          !one.beforeSharing &&
          !one.module.test &&
          program
            .testsAt(one.module, one.access.fact)
            .every(({ test }) => !isOf(program, flag, one, test.path)),
      );
      if (asked === undefined || stop === undefined) continue;
      yield report(program, thread, { flag, back, asked, stop });
      break;
    }
  }
}

/** Without a lock, once, and before the thread has looked at the flag. */
function isFirstThing(program: ProgramModel, { accesses }: Variable, back: SharedAccess): boolean {
  const { module, function: function_, access } = back;
  return (
    back.locks.size === 0 &&
    !back.maybeLocked &&
    !program.repeatsAt(module, access.fact) &&
    program.testsAt(module, access.fact).length === 0 &&
    !accesses.some(
      (one) =>
        one !== back && one.function === function_ && program.reaches(module, one.access.fact, access.fact),
    )
  );
}

/** Who starts the thread waits until it has begun. */
function isAwaited(program: ProgramModel, { spawner, module, startFact }: ThreadEntry): boolean {
  return program
    .callsIn(spawner)
    .some(
      ({ callee, fact }) =>
        /^(wait|wait_for|acquire|get|join|sleep|result)$/.test(module.summary.paths[callee]!.last) &&
        program.reaches(module, startFact, fact),
    );
}

function askedAfter(
  program: ProgramModel,
  { accesses }: Variable,
  back: SharedAccess,
  inThread: ReadonlySet<FunctionNode>,
): SharedAccess | undefined {
  return accesses.find(
    ({ function: function_, module, access }) =>
      inThread.has(function_) &&
      access.kind === 'read' &&
      access.use === 'tested' &&
      program.repeatsAt(module, access.fact) &&
      (function_ !== back.function || program.reaches(module, back.access.fact, access.fact)),
  );
}

function isOf(program: ProgramModel, flag: Variable, { module }: SharedAccess, path: number): boolean {
  return program.keyOf(module, path) === flag.key;
}

function report(
  program: ProgramModel,
  thread: ThreadEntry,
  {
    flag,
    back,
    asked,
    stop,
  }: { flag: Variable; back: SharedAccess; asked: SharedAccess; stop: SharedAccess },
): Finding {
  // It waits for the end of the thread: for ever, when the thread goes on.
  const joins = joinsBehind(program, stop.function, stop.access.fact);
  return {
    rule: 'stop-flag-reused',
    primary: placeOf(back),
    message: `The thread forgets that it was told to stop before it began. This line takes back what ${named(stop.function)} may have stored in \`${flag.name}\` since the start${joins ? ', which then waits for a thread that never ends' : ''}. Store it ${thread.spawner.owner === back.function.owner ? `in ${named(thread.spawner)}, before the start` : 'in the init'}.`,
    severity: joins ? 'warning' : 'information',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      startEvidence(thread),
      { role: 'call', at: placeOf(stop), message: `${subject(stop.function)} tells it to stop here.` },
      accessEvidence(asked, ' to see whether it is to end'),
    ],
    fixes: [],
    identity: `${back.module.path}:${back.function.label}|${flag.name}|begins`,
  };
}
