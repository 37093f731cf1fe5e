/** What goes into a log: a message there runs the handlers that others have registered, and what it only shows decides nothing. */
import { LOGGER_NAME, LOGGING_METHODS, LOGGING_MODULES } from '../catalog/words.ts';
import type { Call, FactId, FileSummary } from '../facts/summary.ts';
import type { Module, ProgramModel, SharedAccess } from '../link/program.ts';

/** `logger.debug(…)`, by the type of the logger or by its name. */
export function isLogMessage(program: ProgramModel, module: Module, { callee, index }: Call): boolean {
  const { paths } = module.summary;
  const { last, parent } = paths[callee]!;
  if (parent === -1 || !LOGGING_METHODS.has(last)) return false;
  return (
    LOGGER_NAME.test(paths[parent]!.last) ||
    program.libraryNames(module, index).some((name) => LOGGING_MODULES.has(name.split('.')[0]!))
  );
}

const underLocks = new WeakMap<ProgramModel, ReadonlySet<string>>();

/** Whether the program itself writes into a log somewhere while it holds the lock. Looked for once. */
export function isLoggedUnder(program: ProgramModel, lock: string): boolean {
  let found = underLocks.get(program);
  if (found === undefined) {
    found = new Set(
      program.modules.flatMap((module) =>
        module.summary.calls
          .filter((call) => isLogMessage(program, module, call))
          .flatMap((call) => [...program.locksAt(module, call.fact)]),
      ),
    );
    underLocks.set(program, found);
  }
  return found.has(lock);
}

/** `log.info(f"{self.host}:{self.port}")`: what goes into a line of the log and nowhere else. */
export function isOnlyShown({ module, access }: SharedAccess): boolean {
  if (access.use !== 'argument' && access.use !== 'other') return false;
  const { calls, ends } = stepsIn(module);
  const { paths } = module.summary;
  for (let fact = access.fact + 1; fact < access.fact + MOST_IN_LINE && !ends.has(fact); fact++) {
    const call = calls.get(fact);
    if (call === undefined || call.scope !== access.scope) continue;
    return call.arguments.length > 0 && LOGGING_METHODS.has(paths[call.callee]!.last);
  }
  return false;
}

/** Facts looked at behind a read, for the call that it is an argument of. */
const MOST_IN_LINE = 40;

interface Steps {
  readonly calls: ReadonlyMap<FactId, Call>;
  /** Where something else than a call has become of what was read before. */
  readonly ends: ReadonlySet<FactId>;
}

/** By the text of a module, which is replaced as a whole. */
const steps = new WeakMap<FileSummary, Steps>();

function stepsIn({ summary }: Module): Steps {
  let found = steps.get(summary);
  if (found === undefined) {
    const { accesses, bindings, calls, tests } = summary;
    const changes = accesses.filter(({ kind }) => kind !== 'read');
    found = {
      calls: new Map(calls.map((call) => [call.fact, call])),
      ends: new Set([...bindings, ...tests, ...changes].map(({ fact }) => fact)),
    };
    steps.set(summary, found);
  }
  return found;
}
