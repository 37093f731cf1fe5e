/** Part of `published-before-ready`: an event that is set before what those who wait for it go on to read. */
import type { Call } from '../facts/summary.ts';
import type { Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { accessEvidence, at, identityOf, subject, threadClause, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { isOnEvent } from './handOver.ts';

interface Waiting {
  readonly set: Call;
  readonly wait: Call;
  readonly read: SharedAccess;
  readonly parallel: Parallel;
}

/** `self.ready.set()`, then `self.result = …`, while another thread comes past `ready.wait()` to `result`. */
export function* setFirst(program: ProgramModel, data: Variable): Iterable<Finding> {
  for (const late of data.accesses) {
    if (late.beforeSharing || late.access.kind !== 'write') continue;
    const sets = eventCalls(program, late, 'set');
    const found = sets.length === 0 ? undefined : waitingFor(program, data, sets, late);
    if (found === undefined) continue;
    yield report(program, data, late, found);
    return;
  }
}

/** Calls of a method of an event without arguments in the function of an access, with nothing made of what they give. */
function eventCalls(
  program: ProgramModel,
  { function: function_, module }: SharedAccess,
  method: 'set' | 'wait',
): readonly Call[] {
  return program
    .callsIn(function_)
    .filter(
      (call) =>
        call.use === 'statement' &&
        call.arguments.length === 0 &&
        module.summary.paths[call.callee]!.last === method &&
        isOnEvent(program, module, call),
    );
}

/** Nothing of the data is there yet when the event is set, and it is set once. */
function isOnlyBefore(program: ProgramModel, data: Variable, set: Call, late: SharedAccess): boolean {
  const { module, access, function: function_ } = late;
  const madeBefore = data.accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.kind !== 'read' &&
      program.reaches(module, one.access.fact, set.fact),
  );
  return !madeBefore && program.dominates(module, set.fact, access.fact);
}

function waitingFor(
  program: ProgramModel,
  data: Variable,
  sets: readonly Call[],
  late: SharedAccess,
): Waiting | undefined {
  for (const read of data.accesses) {
    const reads = read.access.kind !== 'write' && read.access.kind !== 'delete';
    if (!reads || read.function === late.function) continue;
    const found = lastWait(program, data, sets, late, read);
    const parallel = found === undefined ? undefined : program.parallel(data, late, read);
    if (found !== undefined && parallel?.thread !== undefined) return { ...found, read, parallel };
  }
  return undefined;
}

/** The last event that the reader has waited for, unless he has waited for one that is set when the data are there. */
function lastWait(
  program: ProgramModel,
  data: Variable,
  sets: readonly Call[],
  late: SharedAccess,
  read: SharedAccess,
): Pick<Waiting, 'set' | 'wait'> | undefined {
  const waits = eventCalls(program, read, 'wait').filter((wait) =>
    program.dominates(read.module, wait.fact, read.access.fact),
  );
  let last: Pick<Waiting, 'set' | 'wait'> | undefined;
  for (const wait of waits)
    for (const set of sets) {
      if (!isSameEvent(program, late, set, read, wait)) continue;
      if (program.dominates(late.module, late.access.fact, set.fact)) return undefined;
      if (isOnlyBefore(program, data, set, late)) last = { set, wait };
    }
  return last;
}

/** The same variable, or the attribute of the same name beside the data. */
function isSameEvent(
  program: ProgramModel,
  late: SharedAccess,
  set: Call,
  read: SharedAccess,
  wait: Call,
): boolean {
  const [a, b] = [eventBeside(late, set), eventBeside(read, wait)];
  if (a !== undefined && a === b) return true;
  const key = program.keyOf(late.module, late.module.summary.paths[set.callee]!.parent);
  return (
    key !== undefined && key === program.keyOf(read.module, read.module.summary.paths[wait.callee]!.parent)
  );
}

/** `ready` of `job.ready.set()` and `job.result`. */
function eventBeside({ module, access }: SharedAccess, { callee }: Call): string | undefined {
  const { paths } = module.summary;
  const event = paths[paths[callee]!.parent]!;
  return event.parent !== -1 && event.parent === paths[access.path]!.parent ? event.last : undefined;
}

function report(
  program: ProgramModel,
  data: Variable,
  late: SharedAccess,
  { set, wait, read, parallel }: Waiting,
): Finding {
  const written = program.nameOf(late.module, set.callee);
  return {
    rule: 'published-before-ready',
    primary: at(late.module, set.fact),
    message: `\`${written}()\` comes before \`${data.name}\` is there. ${subject(read.function)} waits for the event while ${threadClause(parallel, late.function)}, and goes on to data that is not there yet. Set the event last.`,
    severity: 'error',
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      accessEvidence(late),
      { role: 'call', at: at(read.module, wait.fact), message: `${subject(read.function)} waits here.` },
      accessEvidence(read),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: `${identityOf(late, data)}|event`,
    cause: data.key,
  };
}
