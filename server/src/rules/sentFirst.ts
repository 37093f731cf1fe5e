/**
 * A request that goes out before it is noted who waits for its answer: another thread takes answers in, looks for who waits, finds
 * nobody and drops the answer. That a call sends is told by its name, and that it is about this entry by the key: among its arguments, or
what it gives back.
 */

import { REMOVING, SENDING_METHOD } from '../catalog/words.ts';
import type { Call, PathId, ValueShape } from '../facts/summary.ts';
import type { Module, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import {
  accessEvidence,
  at,
  identityOf,
  named,
  placeOf,
  threadEvidence,
  threadSentence,
} from './evidence.ts';
import type { Finding } from './finding.ts';
import { levelOf } from './levels.ts';

export function* sentFirst(program: ProgramModel, variable: Variable): Iterable<Finding> {
  for (const stored of variable.accesses) {
    const { access, module } = stored;
    if (access.kind !== 'mutate' || access.operation !== '[]=' || access.key?.kind !== 'path') continue;
    if (stored.beforeSharing || stored.ownObject || access.key.path === -1) continue;
    const sent = sendingBefore(program, variable, stored, access.key.path);
    const taker = sent === undefined ? undefined : takerOf(program, variable, stored, sent);
    if (sent !== undefined && taker !== undefined)
      yield report(program, variable, stored, sent, taker, module);
  }
}

/** A call before the store, on every way to it, that is given the key or gives it; nothing is stored under it before. */
function sendingBefore(
  program: ProgramModel,
  variable: Variable,
  { module, access, function: function_ }: SharedAccess,
  key: PathId,
): Call | undefined {
  const { calls, paths } = module.summary;
  const sent = calls.find(
    (call) =>
      call.scope === access.scope &&
      !call.awaited &&
      paths[call.callee]!.parent !== -1 &&
      SENDING_METHOD.test(paths[call.callee]!.last) &&
      program.dominates(module, call.fact, access.fact) &&
      (call.arguments.some(({ value }) => mentions(module, value, key, 0)) || givesIt(module, call, key)),
  );
  if (sent === undefined) return undefined;
  const noted = variable.accesses.some(
    (one) =>
      one.function === function_ &&
      one.access.fact !== access.fact &&
      one.access.kind === 'mutate' &&
      program.reaches(module, one.access.fact, sent.fact),
  );
  return noted ? undefined : sent;
}

/** `number = link.send(order)`, and nothing else is ever put under that name. */
function givesIt({ summary: { bindings } }: Module, { index, scope }: Call, key: PathId): boolean {
  const bound = bindings.filter((one) => one.path === key && one.scope === scope);
  return bound.length === 1 && bound[0]!.value.kind === 'call' && bound[0]!.value.call === index;
}

const MOST_NESTED = 6;

function mentions(module: Module, value: ValueShape, key: PathId, depth: number): boolean {
  if (depth > MOST_NESTED) return false;
  const { calls, bindings } = module.summary;
  const within = (one: ValueShape): boolean => mentions(module, one, key, depth + 1);
  switch (value.kind) {
    case 'path':
      return (
        value.path === key ||
        bindings.some((one) => one.path === value.path && one.how === 'assign' && within(one.value))
      );
    case 'call':
      return calls[value.call]!.arguments.some((one) => within(one.value));
    case 'container':
      return value.elements.some(within);
    case 'either':
      return value.options.some(within);
    default:
      return false;
  }
}

interface Taker {
  readonly access: SharedAccess;
  readonly parallel: Parallel;
}

/** Another thread that takes the entry out, or looks it up, while no lock is held that spans the call and the store. */
function takerOf(
  program: ProgramModel,
  variable: Variable,
  stored: SharedAccess,
  sent: Call,
): Taker | undefined {
  const spanned = program.locksAt(stored.module, sent.fact);
  if (program.mayHoldAt(stored.module, sent.fact) && spanned.size === 0) return undefined;
  for (const access of variable.accesses) {
    const { kind, operation, key } = access.access;
    const takes =
      (kind === 'mutate' && REMOVING.has(operation) && key !== undefined) ||
      (kind === 'read' && (operation === 'get' || operation === '[]') && key !== undefined);
    if (!takes || access.function === stored.function || access.beforeSharing) continue;
    if ([...spanned].some((lock) => access.locks.has(lock))) continue;
    const parallel = program.parallel(variable, stored, access);
    if (parallel?.thread === undefined || parallel.runs === 'first') continue;
    return { access, parallel };
  }
  return undefined;
}

function report(
  program: ProgramModel,
  variable: Variable,
  stored: SharedAccess,
  sent: Call,
  { access, parallel }: Taker,
  module: Module,
): Finding {
  const name = program.nameOf(module, sent.callee);
  return {
    rule: 'missed-callback',
    primary: placeOf(stored),
    message: `The answer can come before \`${stored.name}\` has its entry. ${threadSentence(parallel, access.function)}: between \`${name}(…)\` and this store ${named(access.function)} can look for it and find nobody waiting. Store the entry before the call.`,
    severity: levelOf(program, parallel, 'breaks', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(module, sent.fact), message: `\`${name}(…)\` sends what is to be answered.` },
      accessEvidence(access),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: `${identityOf(stored, variable)}|sent`,
  };
}
