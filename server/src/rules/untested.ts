/**
 * Part of `lost-wakeup`: a wait that nobody tests for, where another method first tests whether what is waited for has come. It
 * comes once and for all, so that who waits after it waits in vain.
 */
import type { Call, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { accessEvidence, at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';

/** A call of `wait` on a condition, with the tests that hold where it stands. */
export interface TestedWait {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly call: Call;
  /** Of the condition. */
  readonly name: string;
  readonly timed: boolean;
  readonly tests: readonly { readonly variable: string; readonly locked: boolean }[];
}

/** `waits`: those on one lock together. */
export function* untested(
  program: ProgramModel,
  waits: readonly (readonly TestedWait[])[],
  variables: ReadonlyMap<string, Variable>,
  notifying: ReadonlySet<FunctionNode>,
): Iterable<Finding> {
  for (const together of waits) {
    const careful = together.filter(({ tests }) => tests.some(({ locked }) => locked));
    if (careful.length === 0) continue;
    for (const wait of together) {
      if (!wait.timed || wait.module.test || wait.tests.length > 0) continue;
      if (program.repeatsAt(wait.module, wait.call.fact)) continue;
      for (const other of careful) {
        if (other.function === wait.function || other.function.owner !== wait.function.owner) continue;
        const finding = judge(program, wait, other, variables, notifying);
        if (finding === undefined) continue;
        yield finding;
        break;
      }
    }
  }
}

function judge(
  program: ProgramModel,
  wait: TestedWait,
  other: TestedWait,
  variables: ReadonlyMap<string, Variable>,
  notifying: ReadonlySet<FunctionNode>,
): Finding | undefined {
  for (const { variable: key, locked } of other.tests) {
    const variable = locked ? variables.get(key) : undefined;
    const comes = variable === undefined ? undefined : comesOnce(program, variable, wait, notifying);
    if (variable === undefined || comes === undefined || !isAskedAfterOnly(program, variable, wait)) continue;
    const { module, function: function_, call, name } = wait;
    return {
      rule: 'lost-wakeup',
      primary: at(module, call.fact),
      message: `${subject(function_)} waits although what it waits for may have come. ${subject(comes.function)} stores \`${variable.name}\` once and notifies who waits then; ${named(other.function)} tests that first, and this does not. Test it before the wait, or use \`${name}.wait_for(…)\`.`,
      severity: 'warning',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: [
        accessEvidence(comes),
        {
          role: 'lock',
          at: at(other.module, other.call.fact),
          message: `${subject(other.function)} waits here, and only when it has not come.`,
        },
      ],
      fixes: [],
      identity: `${module.path}:${function_.label}|${key}|untested`,
    };
  }
  return undefined;
}

/** Stored by who notifies, under the lock, and by nobody taken back: the store, if it is so. */
function comesOnce(
  program: ProgramModel,
  { accesses }: Variable,
  { module, call }: TestedWait,
  notifying: ReadonlySet<FunctionNode>,
): SharedAccess | undefined {
  const changes = accesses.filter(({ access }) => access.kind !== 'read');
  const first = changes.filter(({ beforeSharing }) => beforeSharing);
  const later = changes.filter(({ beforeSharing }) => !beforeSharing);
  const held = program.locksAt(module, call.fact);
  const before = first.map((one) => written(one));
  return later.length > 0 &&
    before.length > 0 &&
    later.every(
      (one) =>
        one.access.kind === 'write' &&
        notifying.has(one.function) &&
        [...one.locks].some((lock) => held.has(lock)) &&
        !program.repeatsAt(one.module, one.access.fact) &&
        !before.includes(written(one)),
    )
    ? later[0]
    : undefined;
}

/** What is stored, as far as it can be told from other values; each value of which that cannot be said is like none. */
function written({ module, access }: SharedAccess): string {
  const text = (value: ValueShape | undefined): string => {
    if (value?.kind === 'literal') return `${value.type} ${value.text}`;
    if (value?.kind === 'path') return `path ${module.summary.paths[value.path]!.last}`;
    return '';
  };
  return text(access.value);
}

/** The function looks at it behind the wait, to say whether it has come, and neither it nor a caller does so before. */
function isAskedAfterOnly(program: ProgramModel, { key, accesses }: Variable, wait: TestedWait): boolean {
  const { module, function: function_, call } = wait;
  const own = accesses.filter((one) => one.function === function_);
  return (
    own.some(
      ({ access }) =>
        access.kind === 'read' && access.use !== 'method' && program.reaches(module, call.fact, access.fact),
    ) &&
    !own.some(({ access }) => program.reaches(module, access.fact, call.fact)) &&
    program.callsFrom(function_).every(({ fact }) => !program.reaches(module, fact, call.fact)) &&
    program
      .callsTo(function_)
      .every((edge) =>
        program
          .testsAt(edge.module, edge.fact)
          .every(({ test }) => program.heldKeyOf(edge.module, test.path) !== key),
      )
  );
}
