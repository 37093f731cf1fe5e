/**
 * Code that other threads run, call by call: what rules about things that belong to one thread (an event loop, a GUI, the state of
 * the process) look at. A thread that owns the thing itself (runs the loop, shows the window) is no such thread.
 */
import { THREAD_IDENTITY } from '../catalog/words.ts';
import type { Call, Key } from '../facts/summary.ts';
import { runsLoop } from '../link/loopCode.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry, ValueType } from '../link/program.ts';
import { startEvidence } from './evidence.ts';
import type { Evidence } from './finding.ts';
import { receiverTypes } from './handOver.ts';

/** A function that a thread of the program runs. */
export interface ThreadCode {
  readonly function: FunctionNode;
  readonly thread: ThreadEntry;
}

/** Functions that threads run, each with the first thread for which `owns` does not hold. */
export function* threadCode(
  program: ProgramModel,
  owns: (call: Call, module: Module) => boolean = () => false,
): Iterable<ThreadCode> {
  const owning = new Map<ThreadEntry, boolean>();
  const calls = new Map<Module, ReturnType<typeof callsByFunction>>();
  const callsOf = (function_: FunctionNode): readonly Call[] => {
    const ofModule = calls.get(function_.module) ?? callsByFunction(program, function_.module);
    calls.set(function_.module, ofModule);
    return ofModule.get(function_) ?? [];
  };
  const isOwner = (thread: ThreadEntry): boolean => {
    const known = owning.get(thread);
    if (known !== undefined) return known;
    const found = functionsOf(program, thread).some((function_) =>
      callsOf(function_).some((call) => owns(call, function_.module)),
    );
    owning.set(thread, found);
    return found;
  };
  for (const function_ of program.functions) {
    if (function_.module.test || function_.scope.async) continue;
    const threads = program.threadsRunning(function_);
    if (threads.length === 0) continue;
    const thread = threads.find((one) => !one.module.test && !runsLoop(one) && !isOwner(one));
    if (thread !== undefined) yield { function: function_, thread };
  }
}

const MAX_FUNCTIONS = 60;

/** What a thread runs, as far as calls show it. */
function functionsOf(program: ProgramModel, thread: ThreadEntry): readonly FunctionNode[] {
  const found = new Set(thread.entries.map((entry) => entry.function));
  for (const one of found) {
    if (found.size > MAX_FUNCTIONS) break;
    for (const { callee } of program.callsFrom(one)) found.add(callee);
  }
  return [...found];
}

/** The calls of each function of a module, in source order. */
export function callsByFunction(
  program: ProgramModel,
  module: Module,
): ReadonlyMap<FunctionNode, readonly Call[]> {
  const found = new Map<FunctionNode, Call[]>();
  for (const call of module.summary.calls) {
    const function_ = program.functionAt(module, call.scope);
    const known = found.get(function_);
    if (known === undefined) found.set(function_, [call]);
    else known.push(call);
  }
  return found;
}

/** Dotted names of the library classes and functions whose result the object of a method call may be. */
export function receiverNames(program: ProgramModel, module: Module, call: Call): readonly string[] {
  return receiverTypes(program, module, call).flatMap(namesOf);
}

export function namesOf(type: ValueType): readonly string[] {
  if (type.kind === 'external') return [type.dotted];
  if (type.kind === 'safe') return [type.name];
  if (type.kind === 'instance') return baseNames(type.of);
  return [];
}

function baseNames(class_: {
  readonly externalBases: readonly string[];
  readonly bases: readonly unknown[];
}): readonly string[] {
  const found = new Set([class_ as Extract<ValueType, { kind: 'instance' }>['of']]);
  for (const one of found) for (const base of one.bases) found.add(base);
  return [...found].flatMap((one) => one.externalBases);
}

/** "a pool thread runs `work`", with the start as evidence. */
export function threadWords({ thread }: ThreadCode): string {
  return thread.many ? `several ${thread.what}s` : `a ${thread.what}`;
}

export function threadStart({ thread }: ThreadCode): Evidence {
  return startEvidence(thread);
}

/** `me = threading.get_ident()`: each thread has its own key. */
export function namesThread(program: ProgramModel, module: Module, { text, kind, path }: Key): boolean {
  if (THREAD_IDENTITY.test(text)) return true;
  if (kind !== 'path' || path === -1) return false;
  return module.summary.bindings.some((binding) => {
    if (binding.path !== path) return false;
    const { value } = binding;
    const call =
      value.kind === 'call'
        ? value.call
        : value.kind === 'path'
          ? module.summary.paths[value.path]!.call
          : -1;
    return call !== -1 && THREAD_IDENTITY.test(program.calleeName(module, call) ?? '');
  });
}
