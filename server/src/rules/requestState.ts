/**
 * State of one request in a variable that all requests share: put there by what runs before each of them, or by a function for what it
 * calls. Another request puts its own there before the first one has read it.
 */
import type { ValueShape } from '../facts/summary.ts';
import type {
  FunctionNode,
  Module,
  Parallel,
  ProgramModel,
  SharedAccess,
  ThreadEntry,
  Variable,
} from '../link/program.ts';
import { calledFrom } from './threadLocals.ts';

export interface OfRequest {
  readonly put: SharedAccess;
  readonly then: SharedAccess;
  readonly parallel: Parallel;
}

export function stateOfRequest(
  program: ProgramModel,
  variable: Variable,
  isFree: (access: SharedAccess) => boolean,
): OfRequest | undefined {
  const { kind, fields, accesses } = variable;
  if (fields.length > 0 || kind === 'closure') return undefined;
  const puts = accesses.filter(
    (one) => one.access.kind === 'write' && isFree(one) && !one.function.scope.async,
  );
  for (const put of puts) {
    const hook = hookOf(program, put.function);
    const then = hook === undefined ? undefined : readBehind(program, variable, put, hook, isFree);
    const parallel = then === undefined ? undefined : program.parallel(variable, put, then);
    if (then !== undefined && parallel?.thread !== undefined) return { put, then, parallel };
  }
  const [first] = puts;
  const then = kind === 'instance' ? undefined : readBack(program, variable, puts, isFree);
  if (first === undefined || then === undefined) return undefined;
  const parallel = program.parallel(variable, first, then);
  const several = parallel?.thread?.many === true && parallel.runs === 'both';
  return several ? { put: first, then, parallel } : undefined;
}

/** The request threads that begin with the function, when a library runs it before each request. */
function hookOf(program: ProgramModel, function_: FunctionNode): ThreadEntry | undefined {
  return program
    .threadsRunning(function_)
    .find(
      ({ many, around, entries }) =>
        many && around === 'before' && entries.some((entry) => entry.function === function_),
    );
}

/** What else runs for the request reads what the hook has put there for it. */
function readBehind(
  program: ProgramModel,
  { key, accesses }: Variable,
  put: SharedAccess,
  { because }: ThreadEntry,
  isFree: (access: SharedAccess) => boolean,
): SharedAccess | undefined {
  const { module, access } = put;
  const isTested = program
    .testsAt(module, access.fact)
    .some(({ test }) => program.keyOf(module, test.path) === key);
  if (isTested || access.value === undefined) return undefined;
  const depends = isOfCall(program, put.function, access.value, 0);
  const isMade = access.value.kind === 'call';
  return accesses.find(
    (one) =>
      one.access.kind === 'read' &&
      one.function !== put.function &&
      isFree(one) &&
      program
        .threadsRunning(one.function)
        .some(
          (thread) =>
            thread.many && thread.because === because && (depends || (isMade && thread.around === 'after')),
        ),
  );
}

/** Nobody reads it but those who have put there what they were called with, and what they call. */
function readBack(
  program: ProgramModel,
  { accesses }: Variable,
  puts: readonly SharedAccess[],
  isFree: (access: SharedAccess) => boolean,
): SharedAccess | undefined {
  const [first] = puts;
  const own = puts.every(
    ({ function: function_, access: { value } }) =>
      value !== undefined && isOfCall(program, function_, value, 0),
  );
  if (first === undefined || !own) return undefined;
  const putters = new Set(puts.map((one) => one.function));
  const inside = new Set([...putters].flatMap((one) => [...calledFrom(program, one)]));
  const isBehind = (one: SharedAccess): boolean =>
    putters.has(one.function)
      ? puts.some(
          (put) =>
            put.function === one.function && program.dominates(one.module, put.access.fact, one.access.fact),
        )
      : inside.has(one.function) && program.callsTo(one.function).every(({ caller }) => inside.has(caller));
  const others = accesses.filter((one) => !one.beforeSharing && !puts.includes(one));
  if (!others.every((one) => one.access.kind === 'read' && isBehind(one))) return undefined;
  return others.find(isFree);
}

const MOST_STEPS = 4;

/** Made of what the call was given: an argument, or what the library keeps for each request. */
function isOfCall(program: ProgramModel, function_: FunctionNode, value: ValueShape, depth: number): boolean {
  if (depth > MOST_STEPS) return false;
  const { module } = function_;
  const inner = (one: ValueShape): boolean => isOfCall(program, function_, one, depth + 1);
  switch (value.kind) {
    case 'path':
      return isPathOfCall(program, function_, value.path, depth);
    case 'call': {
      const { callee, arguments: given } = module.summary.calls[value.call]!;
      const { parent } = module.summary.paths[callee]!;
      return (
        given.some((one) => inner(one.value)) ||
        (parent !== -1 && isPathOfCall(program, function_, parent, depth))
      );
    }
    case 'element':
    case 'awaited':
      return inner(value.of);
    case 'either':
      return value.options.some(inner);
    case 'container':
      return value.elements.some(inner);
    default:
      return false;
  }
}

function isPathOfCall(program: ProgramModel, function_: FunctionNode, path: number, depth: number): boolean {
  const { module, scope } = function_;
  const { root, name, fields, call, parent } = module.summary.paths[path]!;
  if (root === 'result') return isOfCall(program, function_, { kind: 'call', call }, depth + 1);
  if (root === 'import') return isContextLocal(program, module, path);
  if (root !== 'local') return false;
  if (scope.parameters.some((one) => one.name === name)) return name !== 'self' && name !== 'cls';
  let local = path;
  if (fields.length > 0)
    for (local = parent; module.summary.paths[local]!.parent !== -1; )
      local = module.summary.paths[local]!.parent;
  return module.summary.bindings.some(
    (one) => one.path === local && isOfCall(program, function_, one.value, depth + 1),
  );
}

/** `request.headers`: below a name whose value each request has for itself. */
function isContextLocal(program: ProgramModel, { summary }: Module, path: number): boolean {
  const { name, fields } = summary.paths[path]!;
  return [name, ...fields].some((_, at) =>
    program.catalog.isContextLocal([name, ...fields].slice(0, at + 1).join('.')),
  );
}
