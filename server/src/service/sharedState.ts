/**
 * What the program says of the state at a place, whether there is a finding or not: which lock guards it at how many places, and
 * which threads run the code there. Only what threads are seen to reach, or a lock guards, is spoken of.
 */
import type { Span } from '../base/span.ts';
import { factSpan } from '../facts/summary.ts';
import type { ProgramModel, SharedAccess, ThreadEntry, Variable } from '../link/program.ts';
import { isSafeType } from '../rules/evidence.ts';
import { changes, guardOf } from '../rules/guards.ts';

export interface SharedState {
  /** As the code writes it. */
  readonly name: string;
  readonly span: Span;
  /** The lock that guards it by counted evidence; undefined when none does. */
  readonly guard: { readonly lock: string; readonly held: number; readonly of: number } | undefined;
  /** The threads that run this place, each as a clause: "several threads run `work`". */
  readonly threads: readonly string[];
}

export function sharedStateAt(program: ProgramModel, file: string, offset: number): SharedState | undefined {
  const found = innermost(program, file, offset);
  if (found === undefined) return undefined;
  const { variable, access, span } = found;
  const guard = guardOf(program, variable);
  const threads = program.threadsRunning(access.function);
  if (guard === undefined && (isSafeType(variable) || !isShared(program, variable, access))) return undefined;
  return {
    name: variable.name,
    span,
    guard: guard && {
      lock: guard.lock.name,
      held: guard.guarded.length,
      of: guard.guarded.length + guard.bare.length,
    },
    threads: [...new Set(threads.map(clause))],
  };
}

/** How many of the other accesses are looked at. */
const MOST_OTHERS = 100;

/** Whether something may change it while it is used here. */
function isShared(program: ProgramModel, variable: Variable, access: SharedAccess): boolean {
  return variable.accesses
    .slice(0, MOST_OTHERS)
    .some(
      (other) =>
        (changes(other) || changes(access)) &&
        program.parallel(variable, access, other)?.thread !== undefined,
    );
}

/** The smallest access around the place: `self.jobs` in `self.jobs.count`. */
function innermost(
  program: ProgramModel,
  file: string,
  offset: number,
): { readonly variable: Variable; readonly access: SharedAccess; readonly span: Span } | undefined {
  let best: ReturnType<typeof innermost>;
  for (const variable of program.variables)
    for (const access of variable.accesses) {
      if (access.module.file !== file) continue;
      const span = factSpan(access.module.summary, access.access.fact);
      if (offset < span.start || span.end < offset) continue;
      if (best === undefined || span.end - span.start < best.span.end - best.span.start)
        best = { variable, access, span };
    }
  return best;
}

function clause({ many, what, entries: [entry], because }: ThreadEntry): string {
  const name = entry === undefined ? '' : ` \`${entry.function.label}\``;
  const who = many ? `several ${what}s run${name}` : `a ${what} runs${name}`;
  return because === undefined ? who : `${who} (${because})`;
}
