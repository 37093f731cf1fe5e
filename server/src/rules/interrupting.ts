/**
 * Functions that run in the middle of other code of the same thread: signal handlers, finalizers, callbacks of weak references.
 * A lock that they wait for may be held by the very thread that they interrupt.
 */
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
    const registered = REGISTERING[program.calleeName(module, call.index) ?? ''];
    const given = registered === undefined ? undefined : argumentAt(call.arguments, registered.position);
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

/** Calls that make their argument run in the middle of other code. */
const REGISTERING: Readonly<
  Record<string, { readonly position: number; readonly what: Interrupting['what'] }>
> = {
  'signal.signal': { position: 1, what: 'signal handler' },
  'weakref.ref': { position: 1, what: 'finalizer' },
  'weakref.proxy': { position: 1, what: 'finalizer' },
  'weakref.finalize': { position: 1, what: 'finalizer' },
};

function argumentAt(given: readonly Argument[], position: number): Argument | undefined {
  return given.filter(({ name }) => name === '')[position];
}

function functionOf(program: ProgramModel, module: Module, { value }: Argument): FunctionNode | undefined {
  if (value.kind === 'scope') return program.functionAt(module, value.scope);
  return value.kind === 'path' ? program.functionNamed(module, value.path) : undefined;
}
