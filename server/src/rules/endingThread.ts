/**
 * Part of `stop-flag-reused`: a thread that has seen its stop flag and is about to end still counts as alive, so that who takes the flag
 * back and asks `is_alive()` starts no new one.
 */
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess, ThreadEntry, Variable } from '../link/program.ts';
import { says } from './acts.ts';
import { accessEvidence, at, named, placeOf, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { calledFrom } from './threadLocals.ts';

/** `self._stopped = False`, and then `if not self._thread.is_alive(): start another`. */
export function* restarted(program: ProgramModel): Iterable<Finding> {
  const said = new Set<string>();
  const asking = new Map<FunctionNode, FactId | undefined>();
  for (const thread of program.threads) {
    const { spawner, module } = thread;
    if (!asking.has(spawner)) asking.set(spawner, aliveAsked(program, spawner));
    const asked = asking.get(spawner);
    if (asked === undefined || module.test || spawner.scope.name === '__init__') continue;
    if (thread.what !== 'thread' || joinsFirst(program, spawner, thread.startFact)) continue;
    const loops = thread.entries.flatMap(({ function: entry }) => [...calledFrom(program, entry)]);
    for (const flag of program.variables) {
      if (flag.fields.length > 0 || flag.owner !== spawner.owner || said.has(flag.key)) continue;
      const back = takenBack(program, flag, spawner, asked);
      const ask = back === undefined ? undefined : askedInLoop(program, flag, loops);
      const set = flag.accesses.find((one) => one.function !== spawner && says(one, 'True'));
      if (back === undefined || ask === undefined || set === undefined) continue;
      said.add(flag.key);
      yield report(program, thread, { flag, back, ask, set, asked });
    }
  }
}

/** Where a function asks whether a thread is alive. */
function aliveAsked(program: ProgramModel, function_: FunctionNode): FactId | undefined {
  const { paths } = function_.module.summary;
  return program
    .callsIn(function_)
    .find(({ callee }) => /^(is_alive|isAlive)$/.test(paths[callee]!.last) && paths[callee]!.parent !== -1)
    ?.fact;
}

function joinsFirst(program: ProgramModel, function_: FunctionNode, start: FactId): boolean {
  const { module } = function_;
  return program
    .callsIn(function_)
    .some(
      ({ callee, fact }) =>
        module.summary.paths[callee]!.last === 'join' && program.reaches(module, fact, start),
    );
}

/** Without a lock, and before the thread is asked for. */
function takenBack(
  program: ProgramModel,
  { accesses }: Variable,
  spawner: FunctionNode,
  asked: FactId,
): SharedAccess | undefined {
  return accesses.find(
    (one) =>
      one.function === spawner &&
      says(one, 'False') &&
      one.locks.size === 0 &&
      !one.maybeLocked &&
      program.dominates(one.module, one.access.fact, asked),
  );
}

/** What the loop of the thread goes by. */
function askedInLoop(
  program: ProgramModel,
  { accesses }: Variable,
  loops: readonly FunctionNode[],
): SharedAccess | undefined {
  return accesses.find(
    ({ function: function_, module, access }) =>
      loops.includes(function_) &&
      access.kind === 'read' &&
      access.use === 'tested' &&
      program.repeatsAt(module, access.fact),
  );
}

function report(
  program: ProgramModel,
  thread: ThreadEntry,
  {
    flag,
    back,
    ask,
    set,
    asked,
  }: { flag: Variable; back: SharedAccess; ask: SharedAccess; set: SharedAccess; asked: FactId },
): Finding {
  return {
    rule: 'stop-flag-reused',
    primary: placeOf(back),
    message: `The old thread may be about to end, and no new one is started. ${subject(ask.function)} has seen \`${flag.name}\` and still counts as alive when ${named(back.function)} takes it back and asks. Hold one lock around both, or \`join()\` the old thread first.`,
    severity: program.isLibrary(back.module) ? 'information' : 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      { role: 'call', at: placeOf(set), message: `${subject(set.function)} sets the flag here.` },
      accessEvidence(ask, ' to see whether it is to end'),
      { role: 'call', at: at(back.module, asked), message: `${subject(back.function)} asks here.` },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${back.module.path}:${back.function.label}|${flag.name}|ending`,
  };
}
