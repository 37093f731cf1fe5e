/** How rules word what they know: evidence for a finding, and names for threads and accesses. */
import { CONFIGURING_FUNCTION, CONSUMED_IN_C, REMOVING } from '../catalog/words.ts';
import type { Access, FactId } from '../facts/summary.ts';
import type {
  FunctionNode,
  Lock,
  Module,
  Parallel,
  SharedAccess,
  Sharing,
  ThreadEntry,
  Variable,
} from '../link/program.ts';
import type { Evidence, FactRef } from './finding.ts';

export function at(module: Module, fact: FactId): FactRef {
  return { file: module.file, fact };
}

export function placeOf(access: SharedAccess): FactRef {
  return at(access.module, access.access.fact);
}

/** `worker`, `Cache.get`, or the module body. */
export function named(function_: FunctionNode): string {
  return function_.scope.kind === 'module' ? 'the module body' : `\`${function_.label}\``;
}

/** The same as the beginning of a sentence. */
export function subject(function_: FunctionNode): string {
  return sentence(named(function_));
}

/** "pool threads run `work`": the thread that makes it parallel, as a clause. */
export function threadClause(
  parallel: Pick<Parallel, 'thread' | 'entry'> & { readonly sharing?: Sharing },
  fallback: FunctionNode,
): string {
  const { thread, sharing } = parallel;
  if (thread === undefined) {
    const why = sharing === undefined || sharing.by === 'moduleState' ? '' : ` (${sharing.says})`;
    return `callers of ${named(fallback)} may be several threads at once${why}`;
  }
  const entry = (parallel.entry ?? thread.entries[0])?.function;
  const whose = thread.module.test ? ' of the tests' : '';
  const what = thread.many ? `several ${thread.what}s${whose} run` : `a ${thread.what}${whose} runs`;
  return entry === undefined ? `${what} it` : `${what} ${named(entry)}`;
}

/** The same as the beginning of a sentence. */
export function threadSentence(...of: Parameters<typeof threadClause>): string {
  return sentence(threadClause(...of));
}

export function sentence(clause: string): string {
  return `${clause[0]!.toUpperCase()}${clause.slice(1)}`;
}

/** What the sharing rests on: the start of the thread, or the place that speaks for it. */
export function threadEvidence({ thread, entry, sharing }: Parallel): readonly Evidence[] {
  return thread === undefined ? sharingEvidence(sharing) : [startEvidence(thread, entry)];
}

export function sharingEvidence({ says, at: place }: Sharing): readonly Evidence[] {
  if (place === undefined) return [];
  const message = `${sentence(says)}.`;
  return [{ role: 'definition', at: at(place.module, place.fact), message }];
}

export function startEvidence(thread: ThreadEntry, through = thread.entries[0]): Evidence {
  const entry = through?.function;
  const shown = through?.shown;
  if (thread.because !== undefined && entry !== undefined && shown !== undefined) {
    const message = `${thread.because}, ${named(entry)} among them.`;
    return { role: 'threadStart', at: at(shown.module, shown.fact), message };
  }
  const what = thread.many ? `Several ${thread.what}s start here` : `A ${thread.what} starts here`;
  return {
    role: 'threadStart',
    at: at(thread.module, thread.fact),
    message:
      entry === undefined ? `${what}.` : `${what} and ${thread.many ? 'run' : 'runs'} ${named(entry)}.`,
  };
}

export function accessEvidence(access: SharedAccess, note = ''): Evidence {
  return {
    role: 'access',
    at: placeOf(access),
    message: `${subject(access.function)} ${verb(access)} \`${access.name}\` here${note}.`,
  };
}

/** "writes", "updates", "adds to", "removes from", "iterates", "reads". */
export function verb({ access }: SharedAccess): string {
  return verbOf(access);
}

export function verbOf({ kind, operation }: Access): string {
  switch (kind) {
    case 'write':
      return 'writes';
    case 'delete':
      return 'deletes';
    case 'update':
      return 'updates';
    case 'iterate':
      return 'iterates';
    case 'snapshot':
      return 'copies';
    case 'mutate':
      if (REMOVING.has(operation)) return 'removes from';
      return operation === '[]=' ? 'stores in' : 'changes';
    case 'read':
      return 'reads';
  }
}

export function lockName(lock: Lock): string {
  return `\`${lock.name}\``;
}

/**
 * How locks are written in one message, by their keys. Where two of them are written alike, each is named by its class or
 * module instead; where that is the same too, by its file besides.
 */
export function lockNames(
  written: readonly { readonly lock: Lock | undefined; readonly as: string }[],
): (lock: Lock | undefined, as: string) => string {
  const alike = (naming: (lock: Lock, as: string) => string, lock: Lock, as: string): boolean =>
    written.some(
      (other) =>
        other.lock !== undefined &&
        other.lock.key !== lock.key &&
        naming(other.lock, other.as) === naming(lock, as),
    );
  return (lock, as) => {
    if (lock === undefined || !alike((_, text) => text, lock, as)) return as;
    const placed = placedName(lock, as);
    return alike(placedName, lock, as) ? `${placed} (${lock.module.path})` : placed;
  };
}

/** `Stock._lock`, or `stock._lock` for a lock of the module. */
function placedName({ owner, module }: Lock, as: string): string {
  return `${owner?.name ?? module.name.split('.').at(-1)}.${as.split('.').at(-1)}`;
}

export function commonLock(a: SharedAccess, b: SharedAccess): boolean {
  for (const key of a.locks) if (b.locks.has(key)) return true;
  return false;
}

/** Unprotected for certain: no common lock, and nothing that might be one; where one side holds none, whatever the other may hold. */
export function unprotected(a: SharedAccess, b: SharedAccess): boolean {
  return isBare(a) || isBare(b) || (!a.maybeLocked && !b.maybeLocked && !commonLock(a, b));
}

function isBare({ locks, maybeLocked }: SharedAccess): boolean {
  return locks.size === 0 && !maybeLocked;
}

export function isConsumedInC(operation: string): boolean {
  return CONSUMED_IN_C.test(operation);
}

/** Code that sets an object up before it is put to use. */
export function setsUp({ function: { scope } }: SharedAccess): boolean {
  return CONFIGURING_FUNCTION.test(scope.name);
}

/** Module state of a test file is not shared between the threads of a program. */
export function isTestState(variable: Variable): boolean {
  return variable.module.test;
}

const SAFE_KINDS: ReadonlySet<string> = new Set([
  'safe',
  'threadLocal',
  'lock',
  'executor',
  'thread',
  'function',
]);

/** Objects that threads may share as they are, or that are not data at all. */
export function isSafeType(variable: Variable): boolean {
  return variable.types.some((type) => SAFE_KINDS.has(type.kind));
}

/** What makes a finding the same finding after edits elsewhere. */
export function identityOf(access: SharedAccess, variable: Variable): string {
  return `${access.module.path}:${access.function.label}|${variable.key}`;
}
