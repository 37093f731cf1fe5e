/**
 * Calls that take a function to be run later, by another thread, process or event loop: which argument is the function and
 * which are what it is given. The catalog says what such a call looks like; the rules about misuse read it in one form.
 */
import type { ArgumentPlace, HandingOver, Runner } from '../catalog/schema.ts';
import type { Argument, Call, ValueShape } from '../facts/summary.ts';
import type { Module, ProgramModel } from '../link/program.ts';

export interface HandOver {
  readonly module: Module;
  readonly call: Call;
  /** Who runs the function: words for messages. */
  readonly runner: Runner;
  /** As the program writes the call: `Thread`, `pool.submit`. */
  readonly callee: string;
  readonly function: Argument | undefined;
  /** The tuple of arguments, for those that take one: `args=(…)`. */
  readonly tuple: Argument | undefined;
  /** `target`, `fn`: the keyword of the function, where people write it. */
  readonly keyword: string;
  /** What the function is given, if it is written out. */
  readonly given: readonly ValueShape[];
}

/** The calls of a module that hand a function over, in source order. */
export function handOvers(program: ProgramModel, module: Module): readonly HandOver[] {
  return program.kept(findHandOvers, module);
}

function* findHandOvers(program: ProgramModel, module: Module): Iterable<HandOver> {
  for (const call of module.summary.calls) {
    const found = call.arguments.length === 0 ? undefined : handOverAt(program, module, call);
    if (found !== undefined) yield found;
  }
}

function handOverAt(program: ProgramModel, module: Module, call: Call): HandOver | undefined {
  const { catalog } = program;
  const { fields } = module.summary.paths[call.callee]!;
  const method = fields.at(-1);
  if (method !== undefined) {
    const form = catalog.handingOverOfMethod(method);
    if (form !== undefined) return read(program, module, call, form, form.runner);
    const pooled = catalog.handingOverOfPool(method);
    const runner = pooled === undefined ? undefined : poolOf(program, module, call);
    if (pooled !== undefined && runner !== undefined) return read(program, module, call, pooled, runner);
  }
  const named = program.calleeName(module, call.index);
  const known = named === undefined ? undefined : catalog.handingOver(named);
  return known && read(program, module, call, known, known.runner);
}

/** Whose threads or processes run what is given to a method of a pool. */
function poolOf(program: ProgramModel, module: Module, call: Call): Runner | undefined {
  for (const type of receiverTypes(program, module, call))
    if (type.kind === 'executor') return type.executor === 'processes' ? 'process' : 'pool thread';
  return undefined;
}

/** What the object may be on which a method is called. */
export function receiverTypes(
  program: ProgramModel,
  module: Module,
  call: Call,
): ReturnType<ProgramModel['typesOf']> {
  const shape = receiverShape(module, call);
  return shape === undefined ? [] : program.typesOf(module, shape);
}

/** Whether a method is called on an event, as `threading.Event` is one. */
export function isOnEvent(program: ProgramModel, module: Module, call: Call): boolean {
  return receiverTypes(program, module, call).some((type) => type.kind === 'safe' && type.role === 'event');
}

export function receiverShape(module: Module, call: Call): ValueShape | undefined {
  const { parent } = module.summary.paths[call.callee]!;
  if (parent === -1) return undefined;
  const owner = module.summary.paths[parent]!;
  return owner.root === 'result' && owner.fields.length === 0
    ? { kind: 'call', call: owner.call }
    : { kind: 'path', path: parent };
}

/** @param runner undefined for none: what is handed over is run by nobody that is known */
function read(
  program: ProgramModel,
  module: Module,
  call: Call,
  form: HandingOver,
  runner: Runner | undefined,
): HandOver | undefined {
  if (runner === undefined || call.arguments.some(({ name }) => name === '*')) return undefined;
  const positional = call.arguments.filter(({ name }) => name === '');
  const at = ({ position, keyword }: ArgumentPlace): Argument | undefined =>
    call.arguments.find(({ name }) => name !== '' && name === keyword) ??
    (position === undefined ? undefined : positional[position]);
  const { argument, alone } = form;
  const function_ = at(argument);
  const tuple = form.tuple && at(form.tuple);
  // What makes a pool need not be given anything to run.
  if (argument.position === undefined && function_ === undefined && tuple === undefined) return undefined;
  const follows = form.tuple === undefined && alone !== true;
  const rest = follows ? positional.slice((argument.position ?? 0) + 1).map(({ value }) => value) : [];
  return {
    module,
    call,
    runner,
    callee: writtenCallee(program, module, call),
    function: function_,
    tuple,
    keyword: argument.keyword ?? '',
    given: tuple === undefined ? rest : elementsOf(tuple.value),
  };
}

/** `Thread`, `pool.submit`; what another call gave is left out: `submit`. */
export function writtenCallee(program: ProgramModel, module: Module, call: Call): string {
  const path = module.summary.paths[call.callee]!;
  if (path.root === 'import') return [path.name.split('.').at(-1), ...path.fields].slice(-2).join('.');
  if (path.root === 'result' || path.root === 'unknown') return path.last;
  return program.nameOf(module, call.callee).replace('super().', '');
}

function elementsOf(shape: ValueShape): readonly ValueShape[] {
  return shape.kind === 'container' ? shape.elements : [];
}

export const RUNS: Readonly<Record<Runner, string>> = {
  thread: 'the thread',
  'timer thread': 'the timer',
  'pool thread': 'the pool',
  'worker thread': 'the worker thread',
  process: 'the process',
  callback: 'the callback',
};
