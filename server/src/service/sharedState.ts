/**
 * What the program says of the state at a place, or of all in a file, whether there is a finding or not: which lock guards it at
 * how many places, and which threads run the code. Only what threads are seen to reach, or a lock guards, is spoken of.
 */
import type { Span } from '../base/span.ts';
import { factSpan } from '../facts/summary.ts';
import type { FunctionNode, ProgramModel, SharedAccess, ThreadEntry, Variable } from '../link/program.ts';
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

/** At how many places the lock is held: "2 of 3 places". */
export function placesHeld({ held, of }: { readonly held: number; readonly of: number }): string {
  return of === 1 ? 'its only place' : `${held} of ${of} places`;
}

/** A function that threads run, where its name stands. */
export interface ThreadedFunction {
  readonly span: Span;
  /** As in `SharedState`. */
  readonly threads: readonly string[];
}

export interface SharedStates {
  /** Each variable once, where the file first uses it. */
  readonly variables: readonly SharedState[];
  readonly functions: readonly ThreadedFunction[];
}

export function sharedStateAt(program: ProgramModel, file: string, offset: number): SharedState | undefined {
  const found = innermost(program, file, offset);
  return found && stateOf(program, found);
}

export function sharedStatesIn(program: ProgramModel, file: string): SharedStates {
  const variables = program.variables.flatMap((variable) => {
    const uses = usesIn(file, variable).sort((a, b) => a.span.start - b.span.start);
    // Any of its uses may show that it is shared; the first is where that is said.
    const state = uses.map((use) => stateOf(program, use)).find((known) => known !== undefined);
    return state === undefined ? [] : [{ ...state, span: uses[0]!.span }];
  });
  const functions = program.functions.flatMap((function_) => {
    const { module, scope } = function_;
    if (module.file !== file) return [];
    const threads = clausesOf(program, function_);
    return threads.length === 0 ? [] : [{ span: factSpan(module.summary, scope.fact), threads }];
  });
  return { variables, functions };
}

interface Use {
  readonly variable: Variable;
  readonly access: SharedAccess;
  readonly span: Span;
}

function stateOf(program: ProgramModel, { variable, access, span }: Use): SharedState | undefined {
  const guard = guardOf(program, variable);
  if (guard === undefined && (isSafeType(variable) || !isShared(program, variable, access))) return undefined;
  return {
    name: variable.name,
    span,
    guard: guard && {
      lock: guard.lock.name,
      held: guard.guarded.length,
      of: guard.guarded.length + guard.bare.length,
    },
    threads: clausesOf(program, access.function),
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
function innermost(program: ProgramModel, file: string, offset: number): Use | undefined {
  let best: Use | undefined;
  for (const variable of program.variables)
    for (const use of usesIn(file, variable)) {
      const { span } = use;
      if (offset < span.start || span.end < offset) continue;
      if (best === undefined || span.end - span.start < best.span.end - best.span.start) best = use;
    }
  return best;
}

function usesIn(file: string, variable: Variable): Use[] {
  return variable.accesses
    .filter(({ module }) => module.file === file)
    .map((access) => ({ variable, access, span: factSpan(access.module.summary, access.access.fact) }));
}

function clausesOf(program: ProgramModel, function_: FunctionNode): readonly string[] {
  return [
    ...new Set(
      program.threadsRunning(function_).map((thread) => clause(thread, program.entryTo(thread, function_))),
    ),
  ];
}

function clause({ many, what, entries, because }: ThreadEntry, entry = entries[0]): string {
  const name = entry === undefined ? '' : ` \`${entry.function.label}\``;
  const who = many ? `several ${what}s run${name}` : `a ${what} runs${name}`;
  return because === undefined ? who : `${who} (${because})`;
}
