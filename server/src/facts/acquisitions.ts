/** Places where a lock is taken and given back, and where control leaves a function for a while. */
import { Kind, type Node } from '../cst/syntax.ts';
import { factOf, type Pass, passes } from './pass.ts';
import type { Acquisition, Argument, FactId, PathId } from './summary.ts';

/** `X.acquire(…)` just recorded as a call. `result`: what becomes of its answer. */
export function recordAcquire(
  pass: Pass,
  node: Node,
  result: 'dropped' | 'kept' | 'tested',
): number | undefined {
  const call = pass.out.calls.at(-1)!;
  const callee = pass.out.paths[call.callee]!;
  if (callee.fields.at(-1) !== 'acquire') return undefined;
  const blocking = blockingOf(call.arguments);
  const takes = blocking === 'yes' ? 'here' : result === 'tested' ? 'onEdge' : 'perhaps';
  return recordAcquisition(pass, node, callee.parent, 'acquire', {
    blocking,
    takes,
    tested: result !== 'dropped',
  });
}

export function recordAcquisition(
  pass: Pass,
  node: Node,
  path: PathId,
  how: Acquisition['how'],
  more: Partial<Pick<Acquisition, 'blocking' | 'takes' | 'tested'>> = {},
): number {
  const { acquisitions } = pass.out;
  const index = acquisitions.length;
  acquisitions.push({
    fact: passes(pass, factOf(pass, node)),
    index,
    path,
    how,
    scope: pass.context.scope,
    blocking: more.blocking ?? 'yes',
    takes: more.takes ?? 'here',
    tested: more.tested ?? false,
  });
  return index;
}

/** The fact that gives a lock back; where control passes it is for the caller to say. */
export function recordRelease(pass: Pass, node: Node, path: PathId, acquisition: number): FactId {
  const fact = factOf(pass, node);
  pass.out.releases.push({ fact, path, scope: pass.context.scope, acquisition });
  return fact;
}

/** Whether the body of a function yields: then calling it runs none of it. */
export function yieldsIn(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  const stop = node + syntax.size[node]!;
  for (let at = node; at < stop; at++) {
    const kind = syntax.kind[at];
    if (kind === Kind.yield) return true;
    if (kind === Kind.lambda || kind === Kind.function_definition || kind === Kind.class_definition)
      at += syntax.size[at]! - 1;
  }
  return false;
}

function blockingOf(arguments_: readonly Argument[]): Acquisition['blocking'] {
  if (arguments_.length === 0) return 'yes';
  for (const [position, argument] of arguments_.entries()) {
    const { name, value } = argument;
    const text = value.kind === 'literal' ? value.text : '';
    if (name === 'timeout' || (name === '' && position === 1))
      return text === '-1' || text === 'None' ? 'yes' : 'no';
    if (name === 'blocking' || (name === '' && position === 0)) {
      if (text === 'False' || text === '0') return 'no';
      if (text !== 'True' && text !== '1') return 'unknown';
    }
  }
  return 'yes';
}
