/**
 * Which accesses of a variable a rule tries as the other side of a race: those that its question admits, without those that
 * cannot run beside the first one, and of very many only some, so that time grows with the accesses and not with their pairs.
 */
import type { ProgramModel, SharedAccess, Variable } from '../link/program.ts';

/** So many accesses are tried for each; nobody wrote a variable by hand that has more. */
const MOST_TRIED = 400;

/** For each access of the variable the others that `admits` lets in, in the order of the variable's accesses. */
export function rivalsFor(
  program: ProgramModel,
  variable: Variable,
  admits: (access: SharedAccess) => boolean,
): (access: SharedAccess) => readonly SharedAccess[] {
  const runsInThread = ({ function: function_ }: SharedAccess): boolean =>
    program.threadsRunning(function_).length > 0;
  let all: readonly SharedAccess[] | undefined;
  let inThreads: readonly SharedAccess[] | undefined;
  return (access) => {
    all ??= fewest(variable.accesses.filter(admits));
    // Of two accesses that no thread of an application runs, neither happens beside the other.
    inThreads ??= program.isLibrary(variable.module)
      ? all
      : fewest(variable.accesses.filter((one) => admits(one) && runsInThread(one)));
    const list = runsInThread(access) ? all : inThreads;
    return list.length < MOST_TRIED || list.includes(access) || !admits(access) ? list : [...list, access];
  };
}

/** One of each function and set of locks before a second one. */
function fewest(accesses: readonly SharedAccess[]): readonly SharedAccess[] {
  if (accesses.length <= MOST_TRIED) return accesses;
  const first = new Set<SharedAccess>();
  const seen = new Map<SharedAccess['function'], Set<string>>();
  for (const access of accesses) {
    if (first.size >= MOST_TRIED) break;
    const locks = [...access.locks].join();
    const known = seen.get(access.function);
    if (known?.has(locks) === true) continue;
    first.add(access);
    if (known === undefined) seen.set(access.function, new Set([locks]));
    else known.add(locks);
  }
  for (const access of accesses) {
    if (first.size >= MOST_TRIED) break;
    first.add(access);
  }
  return accesses.filter((access) => first.has(access));
}
