/**
 * What belongs together with one access of a variable, so that it must lie under the lock as a whole: the tests that it relies on,
 * what was read for it, and what reads its result back before anything else is done.
 */
import type { FactId, ValueShape } from '../facts/summary.ts';
import type { Module, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { decidedBy } from './askedThrough.ts';
import { empties, filledBehind } from './filledBehind.ts';
import { changes } from './guards.ts';
import { isOnlyShown } from './logged.ts';

export interface Siblings {
  readonly byFact: ReadonlyMap<FactId, readonly SharedAccess[]>;
  /** And what steps through it. */
  readonly reads: readonly SharedAccess[];
  readonly writes: readonly SharedAccess[];
  /** What puts something into it. */
  readonly fills: readonly SharedAccess[];
  /** Tests of it that another function makes. */
  readonly asks: readonly FactId[];
}

/** Of a function that uses the variable more often, what holds on some ways only is not asked of each pair of its uses. */
const MOST_ACCESSES = 64;

/** The places that belong together with an access, itself included; its siblings in the same function may. */
export function unitOf(
  program: ProgramModel,
  variable: Variable,
  one: SharedAccess,
  { byFact, reads, writes, fills, asks }: Siblings,
): readonly FactId[] {
  const { module, access } = one;
  const few = byFact.size <= MOST_ACCESSES;
  const found = new Set<FactId>([access.fact]);
  if (changes(one)) for (const fact of decidedBy(program, one, asks)) found.add(fact);
  if (changes(one) || access.operation === '[]' || failsWithoutTest(one)) {
    for (const { test } of program.testsAt(module, access.fact)) {
      if (test.scope !== access.scope || program.keyOf(module, test.path) !== variable.key) continue;
      found.add(test.fact);
      if (test.made !== -1) found.add(test.made);
    }
  }
  if (access.kind === 'update')
    for (const sibling of reads)
      if (readsBack(sibling) && program.dominates(module, access.fact, sibling.access.fact))
        found.add(sibling.access.fact);
  if (changes(one))
    for (const sibling of reads)
      if (leadsTo(program, sibling, one) && comesBefore(program, sibling, one, few))
        found.add(sibling.access.fact);
  for (const fact of builtUp(program, one, writes, reads)) found.add(fact);
  for (const { access: filled } of filledBehind(program, one, fills)) found.add(filled.fact);
  return [...found];
}

/** `self.headers = {…}`, `self.headers = {**self.headers, …}`, `return self.headers`: one call makes it step by step, and uses it. */
function builtUp(
  program: ProgramModel,
  one: SharedAccess,
  writes: readonly SharedAccess[],
  reads: readonly SharedAccess[],
): readonly FactId[] {
  const { module, access } = one;
  if (access.kind !== 'update' || (access.operation !== '=' && access.operation !== '[]=')) return [];
  const begun = writes.find(
    (write) => mayBeGrown(write) && program.dominates(module, write.access.fact, access.fact),
  );
  if (begun === undefined) return [];
  const used = reads.filter(
    (read) =>
      readsBack(read) &&
      program.reaches(module, access.fact, read.access.fact) &&
      program.dominates(module, begun.access.fact, read.access.fact),
  );
  return [begun, ...used].map((sibling) => sibling.access.fact);
}

/** No number or constant, which a loop begins with and counts up from. */
function mayBeGrown({ access: { value } }: SharedAccess): boolean {
  return value !== undefined && (value.kind !== 'literal' || ['dict', 'list', 'set'].includes(value.type));
}

/** `if self.link is None: return`, `self.link.send()`; `if not self.jobs: return`, `next(iter(self.jobs))`. */
function failsWithoutTest({ access: { kind, use, operation } }: SharedAccess): boolean {
  if (kind === 'read') return use === 'method' || use === 'called';
  return kind === 'iterate' && FIRST.test(operation);
}

const FIRST = /^(iter|next|min|max)\(\)/;

/** On every way, or, of what is stepped through, on some: the change may stand in a `finally`. */
function comesBefore(
  program: ProgramModel,
  earlier: SharedAccess,
  { module, access }: SharedAccess,
  few: boolean,
): boolean {
  const { fact, kind, use } = earlier.access;
  if (program.dominates(module, fact, access.fact)) return true;
  // `else: self.name = f"level{self.depth + 1}"`, and then `self.depth += 1`: the number is given out on that way.
  const givenOut =
    few && kind === 'read' && use !== 'tested' && access.kind === 'update' && !isOnlyShown(earlier);
  return (
    (steps(earlier) || givenOut) &&
    program.reaches(module, fact, access.fact) &&
    !program.reaches(module, access.fact, fact)
  );
}

/** What an earlier read gave may decide whether, or with what, the variable is changed, or be used up by the change. */
function leadsTo(program: ProgramModel, sibling: SharedAccess, change: SharedAccess): boolean {
  const { access: read } = sibling;
  // `for job in self.jobs: …; self.jobs = []`: what comes in between would be thrown away.
  if (steps(sibling)) return empties(change);
  if (read.kind !== 'read') return false;
  // `assert self.stack[-1] is step; self.stack.pop()`: what is looked at is what is taken.
  if (read.operation === '[]' && isTaking(change)) return true;
  // `number = self.next; …; self.next += 1`: the number is given out, and the next one made.
  // `sent = self.queue; self.queue = b""`: what comes in between is thrown away here, too.
  if (read.use === 'assigned')
    return (
      change.access.kind === 'update' ||
      mayDependOnReads(change) ||
      resets(change) ||
      (COUNTED.has(read.operation) && change.access.kind === 'mutate')
    );
  if (read.use !== 'tested' && read.use !== 'argument' && read.use !== 'other') return false;
  if (change.access.kind === 'update' && read.use !== 'tested') return true;
  if (read.operation === 'in' && change.access.kind === 'mutate')
    return (
      read.key?.text === change.access.key?.text || program.isConditional(change.module, change.access.fact)
    );
  if (change.access.kind !== 'update' && change.access.kind !== 'write') return false;
  return program.isConditional(change.module, change.access.fact);
}

/** `place = len(self.rows); self.rows.append(row)`, `known = key in self.rows`: true until somebody else changes it. */
const COUNTED: ReadonlySet<string> = new Set(['len', 'in']);

/** What is stored may have been computed from what the function read before. */
function mayDependOnReads({ module, access: { kind, value } }: SharedAccess): boolean {
  return kind === 'write' && isComputed(module, value);
}

function isComputed(module: Module, value: ValueShape | undefined): boolean {
  if (value === undefined || value.kind === 'other' || value.kind === 'either') return true;
  if (value.kind === 'path') return module.summary.paths[value.path]!.root === 'local';
  if (value.kind === 'call') return module.summary.calls[value.call]!.arguments.length > 0;
  if (value.kind === 'element' || value.kind === 'awaited') return isComputed(module, value.of);
  return value.kind === 'container' && value.elements.length > 0;
}

/** The new value is used, not merely stepped through, changed again or written into a log. */
function readsBack(one: SharedAccess): boolean {
  return one.access.kind === 'read' && one.access.use !== 'lock' && !isOnlyShown(one);
}

/** Begins anew, with an empty text or list or with a number; a flag or `None` says that something has ended. */
function resets({ access: { kind, value } }: SharedAccess): boolean {
  return kind === 'write' && value?.kind === 'literal' && value.type !== 'none' && value.type !== 'bool';
}

/** Takes whatever is the first or the last. */
function isTaking({ access: { kind, operation, key } }: SharedAccess): boolean {
  return kind === 'mutate' && key === undefined && TAKING.has(operation);
}

const TAKING: ReadonlySet<string> = new Set(['pop', 'popleft', 'heappop()']);

export function steps({ access }: SharedAccess): boolean {
  return access.kind === 'iterate' || access.kind === 'snapshot';
}
