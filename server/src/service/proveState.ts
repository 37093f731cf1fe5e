/** What a finding is about, seen by its driver: the variable, what must be in it before it goes wrong, and who puts it there. */
import { REMOVING } from '../catalog/words.ts';
import type { FactId } from '../facts/summary.ts';
import { flowOf } from '../link/flow.ts';
import type { Module, ProgramModel, Variable } from '../link/program.ts';
import type { Finding } from '../rules/finding.ts';
import { sceneOf } from '../rules/witness.ts';
import { RESERVED } from './proveNames.ts';
import type { Writer } from './proveWriter.ts';

/** Whether what the finding is about goes wrong only where there is something in the container. */
export function needsContent(finding: Finding, program: ProgramModel): boolean {
  const access = sceneOf(program, finding.primary)?.access;
  return (
    access === undefined ||
    access.kind === 'iterate' ||
    access?.kind === 'snapshot' ||
    (access?.kind === 'mutate' && REMOVING.has(access.operation)) ||
    (access?.kind === 'read' && access.operation === '[]')
  );
}

/** A statement that puts one entry into a container; undefined for what is none, or cannot be reached from outside. */
export function filling(
  program: ProgramModel,
  variable: Variable,
  key: string,
  writer: Writer,
): string | undefined {
  const [container] = program.containerOf(variable);
  const on = writer.variable(variable);
  if (on === undefined || variable.fields.length > 0) return undefined;
  if (variable.types.some((type) => type.kind === 'safe' && type.role === 'queue'))
    return `${on}.put(${key})`;
  if (container === undefined) return undefined;
  const { types } = variable;
  const of = types.flatMap((type) => (type.kind === 'container' ? (type.of ?? []) : []))[0];
  const value =
    of?.kind === 'number'
      ? '1'
      : of?.kind === 'text'
        ? '"a"'
        : of?.kind === 'container'
          ? '[]'
          : writer.anything();
  switch (container) {
    case 'list':
    case 'deque':
      return `${on}.append(${of === undefined ? key : value})`;
    case 'set':
      return `${on}.add(${key})`;
    case 'dict':
    case 'defaultdict':
    case 'OrderedDict':
    case 'Counter':
      return `${on}[${key}] = ${container === 'Counter' ? '1' : value}`;
    default:
      return undefined;
  }
}

export function variableOf(program: ProgramModel, finding: Finding): Variable | undefined {
  const scene = sceneOf(program, finding.primary);
  const path =
    scene?.access?.path ?? (scene === undefined ? undefined : receiverAt(scene.module, finding.primary.fact));
  const key = scene === undefined || path === undefined ? undefined : program.keyOf(scene.module, path);
  return key === undefined ? undefined : program.variables.find((one) => one.key === key);
}

/** The parameter that the finding is about: one object that both threads were given. */
export function sharedParameter(program: ProgramModel, finding: Finding): string | undefined {
  const scene = sceneOf(program, finding.primary);
  if (scene === undefined) return undefined;
  const path = scene.access?.path ?? receiverAt(scene.module, finding.primary.fact);
  if (path === undefined) return undefined;
  const { root, name } = scene.module.summary.paths[path]!;
  const { parameters } = scene.function.scope;
  const first =
    scene.function.owner !== undefined && !scene.function.static ? parameters[0]?.name : undefined;
  return root === 'local' &&
    name !== first &&
    parameters.some((one) => one.name === name) &&
    !RESERVED.has(name)
    ? name
    : undefined;
}

/** The path on which a call is made: `self.jobs` of `self.jobs.get()`. */
function receiverAt({ summary }: Module, fact: FactId): number | undefined {
  const flow = flowOf(summary);
  if (flow.kindOf(fact) !== 'call') return undefined;
  const { parent } = summary.paths[summary.calls[flow.recordOf(fact)]!.callee]!;
  return parent === -1 ? undefined : parent;
}
