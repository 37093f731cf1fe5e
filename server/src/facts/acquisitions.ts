/**
 * Places where a lock is taken, and how the same function gives it back: in `finally`, in a later statement, on
 * some ways, or never.
 */
import { childIn, childOfKind, children, Field, isAsync, Kind, type Node, textOf } from '../cst/syntax.ts';
import { calleeName, currentLockset, factOf, type Pass } from './pass.ts';
import type { Acquisition, Argument, Held, PathId } from './summary.ts';

/** `X.acquire(…)` just recorded as a call: the lock is held from here, or may be. */
export function recordAcquire(
  pass: Pass,
  node: Node,
  siblings: readonly Node[],
  index: number,
  tested: boolean,
): Held | undefined {
  const syntax = pass.syntax;
  const call = pass.out.calls.at(-1)!;
  const callee = pass.out.paths[call.callee]!;
  if (callee.fields.at(-1) !== 'acquire') return undefined;
  const lock = callee.parent;
  const blocking = blockingOf(call.arguments);
  const function_ = childIn(syntax, node, Field.function);
  const object = function_ === -1 ? -1 : childIn(syntax, function_, Field.object);
  const held = recordAcquisition(pass, node, lock, 'acquire', 'no');
  const acquisition = pass.out.acquisitions[held.acquisition]!;
  acquisition.blocking = blocking;
  acquisition.tested = tested;
  if (object !== -1) Object.assign(acquisition, releaseAfter(pass, textOf(syntax, object), siblings, index));
  if (!tested || blocking === 'yes') {
    if (blocking === 'yes') pass.flow = { ...pass.flow, must: [...pass.flow.must, held] };
    else pass.flow = { ...pass.flow, may: [...pass.flow.may, held] };
    return tested ? undefined : held;
  }
  return held;
}

export function recordAcquisition(
  pass: Pass,
  node: Node,
  path: PathId,
  how: Held['how'],
  suspends: Acquisition['suspends'],
): Held {
  const index = pass.out.acquisitions.length;
  pass.out.acquisitions.push({
    fact: factOf(pass, node),
    index,
    path,
    how,
    scope: pass.context.scope,
    lockset: currentLockset(pass),
    branch: pass.flow.branch,
    blocking: 'yes',
    release: how === 'acquire' ? 'absent' : 'with',
    mayRaise: false,
    leaves: false,
    region: undefined,
    suspends,
    tested: false,
  });
  return { path, how, acquisition: index };
}

/** Where the statements after an `acquire` give the lock back. */
function releaseAfter(
  pass: Pass,
  lock: string,
  siblings: readonly Node[],
  index: number,
): Pick<Acquisition, 'release' | 'mayRaise' | 'leaves' | 'region'> {
  const syntax = pass.syntax;
  const text = `${lock}.release`;
  const none = { release: 'absent', mayRaise: false, leaves: false, region: undefined } as const;
  if (pass.context.released.includes(text)) return { ...none, release: 'finally' };
  const own = siblings[index];
  if (own !== undefined && syntax.kind[own] === Kind.if_statement) {
    const consequence = childIn(syntax, own, Field.consequence);
    const inner = consequence === -1 ? [] : children(syntax, consequence);
    if (inner.some((statement) => releasesInFinally(pass, statement, text)))
      return { ...none, release: 'finally' };
    if (consequence !== -1 && mentionsCall(pass, consequence, text))
      return { ...none, release: 'nested', mayRaise: false };
  }
  let mayRaise = false;
  let leaves = false;
  for (let at = index + 1; at < siblings.length; at++) {
    const statement = siblings[at]!;
    if (releasesInFinally(pass, statement, text)) {
      if (!mayRaise) return { ...none, release: 'finally' };
      return { release: 'nested', mayRaise, leaves, region: undefined };
    }
    if (isCallTo(pass, statement, text)) {
      return {
        release: 'sibling',
        mayRaise,
        leaves,
        region: pass.out.fact(syntax.start[own!]!, syntax.end[statement]!),
      };
    }
    if (mentionsCall(pass, statement, text)) {
      return {
        release: 'nested',
        mayRaise: mayRaise || mayRaiseIn(pass, statement),
        leaves: leaves || leavesBefore(pass, statement, text, false),
        region: undefined,
      };
    }
    mayRaise = mayRaise || mayRaiseIn(pass, statement);
    leaves = leaves || leavesBefore(pass, statement, text, false);
  }
  return none;
}

function releasesInFinally(pass: Pass, statement: Node, text: string): boolean {
  if (pass.syntax.kind[statement] !== Kind.try_statement) return false;
  const last = childOfKind(pass.syntax, statement, Kind.finally_clause);
  return last !== -1 && mentionsCall(pass, last, text);
}

export function releaseTexts(pass: Pass, clause: Node): string[] {
  const syntax = pass.syntax;
  const found: string[] = [];
  const stop = clause + syntax.size[clause]!;
  for (let node = clause; node < stop; node++) {
    if (syntax.kind[node] !== Kind.call || calleeName(pass, node) !== 'release') continue;
    const callee = childIn(syntax, node, Field.function);
    if (callee !== -1) found.push(textOf(syntax, callee));
  }
  return found;
}

function isCallTo(pass: Pass, statement: Node, callee: string): boolean {
  const syntax = pass.syntax;
  if (syntax.kind[statement] !== Kind.expression_statement || syntax.size[statement] === 1) return false;
  const call = statement + 1;
  return syntax.kind[call] === Kind.call && textOf(syntax, call).startsWith(`${callee}(`);
}

function mentionsCall(pass: Pass, node: Node, callee: string): boolean {
  const syntax = pass.syntax;
  return syntax.text.slice(syntax.start[node]!, syntax.end[node]!).includes(`${callee}(`);
}

/** Calls that practically cannot fail, such as `append` and `notify`, do not count, nor does storing in a slot. */
function mayRaiseIn(pass: Pass, node: Node): boolean {
  const syntax = pass.syntax;
  const stop = node + syntax.size[node]!;
  let slot = -1;
  for (let at = node; at < stop; at++) {
    const kind = syntax.kind[at];
    if (kind === Kind.assignment) slot = childIn(syntax, at, Field.left);
    if (
      (kind === Kind.call && !CALM_CALLS.has(calleeName(pass, at))) ||
      (kind === Kind.subscript && at !== slot) ||
      kind === Kind.binary_operator ||
      kind === Kind.raise_statement ||
      kind === Kind.await ||
      kind === Kind.yield ||
      kind === Kind.assert_statement ||
      kind === Kind.import_statement ||
      kind === Kind.import_from_statement
    )
      return true;
    if (kind === Kind.lambda || kind === Kind.function_definition) at += syntax.size[at]! - 1;
  }
  return false;
}

/**
 * A way out of the block, at the level of this function, without a call of `release` before it. Loops inside keep their
 * own `break` and `continue`.
 */
function leavesBefore(pass: Pass, node: Node, release: string, inLoop: boolean): boolean {
  const syntax = pass.syntax;
  switch (syntax.kind[node]) {
    case Kind.return_statement:
    case Kind.raise_statement:
      return true;
    case Kind.break_statement:
    case Kind.continue_statement:
      return !inLoop;
    case Kind.try_statement:
      if (releasesInFinally(pass, node, release)) return false;
      break;
    case Kind.block:
      for (const statement of children(syntax, node)) {
        if (isCallTo(pass, statement, release)) return false;
        if (leavesBefore(pass, statement, release, inLoop)) return true;
      }
      return false;
  }
  if (!COMPOUND.has(syntax.kind[node]!)) return false;
  const loops = syntax.kind[node] === Kind.for_statement || syntax.kind[node] === Kind.while_statement;
  return children(syntax, node).some((child) => leavesBefore(pass, child, release, inLoop || loops));
}

/** Nodes whose children may be statements of the same function, blocks aside. */
const COMPOUND: ReadonlySet<number> = new Set([
  Kind.ERROR,
  Kind.if_statement,
  Kind.elif_clause,
  Kind.else_clause,
  Kind.for_statement,
  Kind.while_statement,
  Kind.try_statement,
  Kind.except_clause,
  Kind.finally_clause,
  Kind.with_statement,
  Kind.match_statement,
  Kind.case_clause,
]);

export function suspendsIn(pass: Pass, node: Node): Acquisition['suspends'] {
  const syntax = pass.syntax;
  const stop = node + syntax.size[node]!;
  for (let at = node; at < stop; at++) {
    const kind = syntax.kind[at];
    if (kind === Kind.await) return 'await';
    if (kind === Kind.yield) return 'yield';
    if ((kind === Kind.for_statement || kind === Kind.with_statement) && isAsync(syntax, at)) return 'await';
    if (kind === Kind.lambda || kind === Kind.function_definition || kind === Kind.class_definition)
      at += syntax.size[at]! - 1;
  }
  return 'no';
}

export function containsKind(pass: Pass, node: Node, wanted: number): boolean {
  const syntax = pass.syntax;
  const stop = node + syntax.size[node]!;
  for (let at = node; at < stop; at++) {
    const kind = syntax.kind[at];
    if (kind === wanted) return true;
    if (kind === Kind.lambda || kind === Kind.function_definition || kind === Kind.class_definition)
      at += syntax.size[at]! - 1;
  }
  return false;
}

/** Calls that do not fail in practice: what stands between an `acquire` and its `release` on hot paths. */
const CALM_CALLS: ReadonlySet<string> = new Set([
  'add',
  'append',
  'appendleft',
  'clear',
  'copy',
  'current_thread',
  'discard',
  'get',
  'get_ident',
  'is_set',
  'isinstance',
  'items',
  'keys',
  'len',
  'locked',
  'monotonic',
  'notify',
  'notifyAll',
  'notify_all',
  'perf_counter',
  'release',
  'set',
  'time',
  'values',
  'wait',
]);

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
