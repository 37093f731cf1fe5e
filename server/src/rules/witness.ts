/**
 * The interleaving witness of a finding: the shortest order of its own steps in two or three threads that goes wrong. It
 * names facts as findings do; `service/locate.ts` looks up places and text. This file holds its shape and the words for a
 * single step; the orders stand in `interleavings.ts` and `standstills.ts`.
 */
import { type Access, ELEMENT, type FactId } from '../facts/summary.ts';
import { flowOf } from '../link/flow.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named, verbOf } from './evidence.ts';
import type { Evidence, FactRef, Finding } from './finding.ts';

export interface WitnessStep {
  /** Index in `threads`. */
  readonly thread: number;
  readonly at: FactRef;
  /** What the thread does there, from its verb on: "reads `self.total`". */
  readonly does: string;
}

export interface Witness {
  /** What each thread runs, as code writes it: `Counter.add`. */
  readonly threads: readonly string[];
  /** In the order in which they happen. */
  readonly steps: readonly WitnessStep[];
  /** What has gone wrong then, one sentence. */
  readonly outcome: string;
  /** It ends with a thread that waits: what comes of those that go on is no matter of the finding. */
  readonly standstill?: true;
}

/** How a rule's finding goes wrong; undefined when its steps cannot be put in an order that does. */
export type Interleaving = (program: ProgramModel, finding: Finding) => Witness | undefined;

/** A fact of a finding with what the program says of it. */
export interface Scene {
  readonly ref: FactRef;
  readonly module: Module;
  readonly function: FunctionNode;
  readonly access: Access | undefined;
  /** What the step does, from its verb on. */
  readonly does: string;
  /** What it does it to, as written; empty where it has no name. */
  readonly subject: string;
}

/** Undefined for a place that is in no module of the program. */
export function sceneOf(program: ProgramModel, ref: FactRef): Scene | undefined {
  const module = program.modules.find(({ file }) => file === ref.file);
  if (module === undefined) return undefined;
  const { summary } = module;
  const flow = flowOf(summary);
  const kind = flow.kindOf(ref.fact);
  const record = flow.recordOf(ref.fact);
  const access = kind === 'access' ? summary.accesses[record] : undefined;
  const body = flow.bodyOf(ref.fact);
  const scope = scopeOf(module, ref.fact);
  const inside =
    kind === undefined && scope !== undefined ? scope : body === -1 ? 0 : summary.bodies[body]!.scope;
  const function_ = program.functionAt(module, inside);
  const written = (path: number): string => nameOf(program, module, path);
  const scene = (does: string, subject: string): Scene => ({
    ref,
    module,
    function: function_,
    access,
    does: subject === '' ? does : `${does} \`${subject}\``,
    subject,
  });
  switch (kind) {
    case 'access':
      return scene(verbOf(access!), written(access!.path));
    case 'test':
      return scene('tests', written(summary.tests[record]!.path));
    case 'acquisition':
      return scene('takes', written(summary.acquisitions[record]!.path));
    case 'release':
      return scene('gives back', written(summary.releases[record]!.path));
    case 'binding':
      return scene('sets', written(summary.bindings[record]!.path));
    case 'call':
      return scene('calls', written(summary.calls[record]!.callee));
    case 'suspension':
      return scene(
        summary.suspensions[record]!.how.startsWith('yield') ? 'hands a value out' : 'stops in an `await`',
        '',
      );
    default:
      return scene(scope === undefined ? 'comes here' : 'runs', scope === undefined ? '' : function_.label);
  }
}

/** A path as written; empty where it has no name of its own. */
function nameOf(program: ProgramModel, module: Module, path: number): string {
  const { root, fields } = module.summary.paths[path]!;
  if (root === 'unknown' || root === 'result') {
    const shown = fields.filter((field) => field !== ELEMENT);
    return shown.length === 0 ? '' : `….${shown.join('.')}`;
  }
  return program.nameOf(module, path);
}

/** The scope that a fact is the place of. */
function scopeOf({ summary }: Module, fact: FactId): number | undefined {
  return summary.scopes.find((scope) => scope.fact === fact && scope.id !== 0)?.id;
}

/** The scenes of the evidence in these roles, in its order. */
export function scenes(
  program: ProgramModel,
  { evidence }: Finding,
  roles: readonly Evidence['role'][],
): readonly Scene[] {
  return evidence.flatMap(({ role, at: ref }) => {
    const scene = roles.includes(role) ? sceneOf(program, ref) : undefined;
    return scene === undefined ? [] : [scene];
  });
}

/** One step to be put in order: who does it, where, and what; the scene's own words when nothing else is said. */
export function step(thread: number, scene: Scene, does = scene.does): Placed {
  return { thread, scene, does };
}

export interface Placed {
  readonly thread: number;
  readonly scene: Scene;
  readonly does: string;
}

/** The witness of these steps in this order; threads are named by the function of their first step. */
export function inOrder(steps: readonly Placed[], outcome: string): Witness {
  const threads: string[] = [];
  for (const { thread, scene } of steps) threads[thread] ??= labelOf(scene.function);
  return {
    threads,
    steps: steps.map(({ thread, scene, does }) => ({ thread, at: scene.ref, does })),
    outcome,
  };
}

function labelOf(function_: FunctionNode): string {
  return named(function_).replaceAll('`', '');
}

/** The function that a thread runs which starts at a place; undefined when no thread is known to. */
export function startedAt(program: ProgramModel, { module, ref }: Scene): FunctionNode | undefined {
  return program.threads.find((thread) => thread.module === module && thread.fact === ref.fact)?.entries[0]
    ?.function;
}

/** Whether control can come from one step to another of the same function. */
export function follows(program: ProgramModel, first: Scene, second: Scene): boolean {
  return (
    first.function === second.function &&
    (first.ref.fact === second.ref.fact || program.reaches(first.module, first.ref.fact, second.ref.fact))
  );
}

/** A call of a method on the object that another call's receiver is. */
export function callOnSame(program: ProgramModel, scene: Scene, method: string): Scene | undefined {
  const receiver = receiverKey(program, scene.module, scene.ref.fact);
  if (receiver === undefined) return undefined;
  for (const module of program.modules)
    for (const { callee, fact } of module.summary.calls) {
      const { parent, last } = module.summary.paths[callee]!;
      if (last === method && parent !== -1 && program.keyOf(module, parent) === receiver)
        return sceneOf(program, at(module, fact));
    }
  return undefined;
}

function receiverKey(program: ProgramModel, module: Module, fact: FactId): string | undefined {
  const flow = flowOf(module.summary);
  if (flow.kindOf(fact) !== 'call') return undefined;
  const { callee } = module.summary.calls[flow.recordOf(fact)]!;
  const { parent } = module.summary.paths[callee]!;
  return parent === -1 ? undefined : program.keyOf(module, parent);
}
