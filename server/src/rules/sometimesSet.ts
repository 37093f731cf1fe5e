/**
 * Part of `thread-local-set-once`: an attribute of a `threading.local` that the function which a thread runs sets on some of its ways
 * only, and reads afterwards on all of them, itself or in what it calls.
 */
import type { FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { at, named, startEvidence, subject } from './evidence.ts';
import type { Finding } from './finding.ts';

/** A place where the attribute is set or read. */
export interface LocalPlace {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly fact: FactId;
}

/** `if "user" in request: local.user = …`, and then `render()`, which reads `local.user`. */
export function sometimesSet(
  program: ProgramModel,
  written: string,
  sets: readonly LocalPlace[],
  reads: readonly LocalPlace[],
): Finding | undefined {
  const [first] = sets;
  if (first === undefined || sets.some((one) => one.function !== first.function)) return undefined;
  const { function: setter, module } = first;
  const thread = threadOf(program, setter);
  if (thread === undefined) return undefined;
  const decides = testsOver(program, sets);
  // What a loop or a handler decides need not be a choice: it may always run, or never.
  if (decides === undefined || decides.size === 0) return undefined;
  const facts = sets.map(({ fact }) => fact);
  for (const read of reads) {
    const comes = waysTo(program, setter, read);
    const on = comes.find(
      (fact) =>
        program.comesPast(module, fact, facts) &&
        facts.some((set) => program.reaches(module, set, fact) && !program.reaches(module, fact, set)) &&
        !program.testsAt(module, fact).some(({ test }) => decides.has(test.path)),
    );
    if (on !== undefined && !isDecidedBelow(program, setter, read))
      return report(first, read, thread, written);
  }
  return undefined;
}

function threadOf(program: ProgramModel, function_: FunctionNode): ThreadEntry | undefined {
  return program
    .threadsRunning(function_)
    .find((thread) => !thread.module.test && thread.entries.some((entry) => entry.function === function_));
}

/** What is tested where the attribute is set; undefined where something else than a test decides. */
function testsOver(program: ProgramModel, sets: readonly LocalPlace[]): ReadonlySet<number> | undefined {
  const paths = new Set<number>();
  for (const { module, fact } of sets) {
    if (program.repeatsAt(module, fact)) return undefined;
    const tests = program.testsAt(module, fact);
    if (tests.length === 0) return undefined;
    for (const { test } of tests) paths.add(test.path);
  }
  return paths;
}

/** Where the function itself reads it, or calls what reads it. */
function waysTo(program: ProgramModel, setter: FunctionNode, read: LocalPlace): readonly FactId[] {
  if (read.function === setter) return [read.fact];
  return program
    .callsFrom(setter)
    .filter(({ callee }) => callee === read.function)
    .map(({ fact }) => fact);
}

/** The function that is called looks at something before it reads. */
function isDecidedBelow(
  program: ProgramModel,
  setter: FunctionNode,
  { module, function: reader, fact }: LocalPlace,
): boolean {
  return reader !== setter && program.isConditional(module, fact);
}

function report(set: LocalPlace, read: LocalPlace, thread: ThreadEntry, written: string): Finding {
  return {
    rule: 'thread-local-set-once',
    primary: at(read.module, read.fact),
    message: `\`${written}\` is set on some ways to this line only. On the others ${named(read.function)} gets an AttributeError, or what an earlier task has left in the thread. Set it on every way, or in a subclass of \`threading.local\`.`,
    severity: 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(set.module, set.fact),
        message: `${subject(set.function)} sets it here, under a condition.`,
      },
      startEvidence(thread),
    ],
    fixes: [],
    identity: `${read.module.name}|${written}|sometimes`,
  };
}
