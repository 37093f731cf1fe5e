/**
 * Functions that run in the middle of other code of the same thread: signal handlers, finalizers, callbacks of weak references.
 * A lock that they wait for may be held by the very thread that they interrupt.
 */
import type { ArgumentPlace } from '../catalog/schema.ts';
import type { Argument } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Evidence } from './finding.ts';

export interface Interrupting {
  readonly function: FunctionNode;
  readonly what: 'signal handler' | 'finalizer';
  /** Where it is registered. */
  readonly evidence: readonly Evidence[];
}

/** The functions that run in the middle of other code of the same thread. */
export function* interruptingFunctions(program: ProgramModel): Iterable<Interrupting> {
  for (const function_ of program.functions)
    if (function_.scope.name === '__del__' && function_.owner !== undefined)
      yield { function: function_, what: 'finalizer', evidence: [] };
  for (const module of program.modules) yield* program.kept(registeredIn, module);
}

function* registeredIn(program: ProgramModel, module: Module): Iterable<Interrupting> {
  for (const call of module.summary.calls) {
    const name = program.calleeName(module, call.index);
    const registered = name === undefined ? undefined : program.catalog.effectOf(name)?.interrupts;
    const given = registered === undefined ? undefined : argumentAt(call.arguments, registered.argument);
    if (registered === undefined || given === undefined) continue;
    const function_ = functionOf(program, module, given);
    if (function_ === undefined) continue;
    yield {
      function: function_,
      what: registered.what,
      evidence: [
        { role: 'call', at: at(module, call.fact), message: `${subject(function_)} is registered here.` },
      ],
    };
  }
}

function argumentAt(given: readonly Argument[], { position, keyword }: ArgumentPlace): Argument | undefined {
  const named = given.find(({ name }) => name !== '' && name === keyword);
  if (named !== undefined || position === undefined) return named;
  return given.filter(({ name }) => name === '')[position];
}

function functionOf(program: ProgramModel, module: Module, { value }: Argument): FunctionNode | undefined {
  if (value.kind === 'scope') return program.functionAt(module, value.scope);
  return value.kind === 'path' ? program.functionNamed(module, value.path) : undefined;
}
