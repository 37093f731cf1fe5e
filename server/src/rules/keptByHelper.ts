/**
 * What a private method stores on its object for the call that it is a part of, where the method that calls it goes on to what reads it:
 * `self._authorize(context)` keeps the user, `self._may_read(name)` asks for him.
 */
import type { Binding, FileSummary, PathId, ValueShape } from '../facts/summary.ts';
import { isPrivate } from '../link/callGraph.ts';
import { isCoroutine } from '../link/loopCode.ts';
import { push } from '../link/nameIndex.ts';
import type { FunctionNode, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { calledFrom } from './threadLocals.ts';

const MOST_STEPS = 4;
const READS: ReadonlySet<string> = new Set(['read', 'iterate', 'snapshot']);

export function keptByHelper(
  program: ProgramModel,
  variable: Variable,
  isFree: (access: SharedAccess) => boolean,
): { readonly put: SharedAccess; readonly then: SharedAccess; readonly parallel: Parallel } | undefined {
  if (variable.kind !== 'instance' || variable.fields.length > 0) return undefined;
  for (const put of variable.accesses) {
    const { access, module, function: helper, receiver } = put;
    if (access.kind !== 'write' || !isFree(put) || receiver !== 'self') continue;
    if (!isPrivate(helper) || isCoroutine(helper) || program.isConditional(module, access.fact)) continue;
    if (access.value === undefined || !comesFromArgument(helper, access.value, 0)) continue;
    const then = readAfterwards(program, variable, helper, isFree);
    const parallel = then === undefined ? undefined : program.parallel(variable, put, put);
    if (then !== undefined && parallel?.thread?.many === true && parallel.runs === 'both')
      return { put, then, parallel };
  }
  return undefined;
}

/** A read that the caller of the helper comes to after it, itself or in what it calls. */
function readAfterwards(
  program: ProgramModel,
  variable: Variable,
  helper: FunctionNode,
  isFree: (access: SharedAccess) => boolean,
): SharedAccess | undefined {
  const reads = variable.accesses.filter((one) => READS.has(one.access.kind) && isFree(one));
  if (reads.length === 0) return undefined;
  for (const { caller, module, fact, sameReceiver } of program.callsTo(helper)) {
    if (!sameReceiver || caller === helper) continue;
    const later = program
      .callsFrom(caller)
      .filter((edge) => edge.sameReceiver && edge.fact !== fact && program.reaches(module, fact, edge.fact));
    const found = reads.find((one) =>
      one.function === caller
        ? program.reaches(module, fact, one.access.fact)
        : one.function !== helper &&
          later.some(({ callee }) => calledFrom(program, callee).has(one.function)),
    );
    if (found !== undefined) return found;
  }
  return undefined;
}

/** A parameter, a part of it, or what a call has made of one. */
function comesFromArgument(function_: FunctionNode, shape: ValueShape, depth: number): boolean {
  if (depth > MOST_STEPS) return false;
  const { module, scope } = function_;
  const { paths, calls } = module.summary;
  const comes = (path: PathId): boolean => {
    const { root, name, scope: of, call } = paths[path]!;
    if (root === 'result') return comesFromArgument(function_, { kind: 'call', call }, depth + 1);
    if (root !== 'local' || of !== scope.id) return false;
    const bound = localsOf(module.summary).get(`${of} ${name}`) ?? [];
    if (bound.length === 0) return scope.parameters.some((one) => one.name === name);
    return bound.every(({ value }) => comesFromArgument(function_, value, depth + 1));
  };
  switch (shape.kind) {
    case 'path':
      return comes(shape.path);
    case 'element':
      return comesFromArgument(function_, shape.of, depth + 1);
    case 'call': {
      const { callee, arguments: given } = calls[shape.call]!;
      const { parent } = paths[callee]!;
      if (parent !== -1 && comes(parent)) return true;
      return given.some(({ value }) => comesFromArgument(function_, value, depth + 1));
    }
    default:
      return false;
  }
}

const localsIn = new WeakMap<FileSummary, ReadonlyMap<string, readonly Binding[]>>();

/** Bindings of locals, by scope and name. */
function localsOf(summary: FileSummary): ReadonlyMap<string, readonly Binding[]> {
  const known = localsIn.get(summary);
  if (known !== undefined) return known;
  const found = new Map<string, Binding[]>();
  for (const binding of summary.bindings) {
    const { root, name, scope, fields } = summary.paths[binding.path]!;
    if (root === 'local' && fields.length === 0) push(found, `${scope} ${name}`, binding);
  }
  localsIn.set(summary, found);
  return found;
}
