/** Reports code of threads that changes what belongs to the whole process: every other thread sees the change. */
import type { ProcessStateChange } from '../catalog/schema.ts';
import { BEGINS_PROGRAM, COMMAND_FUNCTION, COMMAND_MODULE } from '../catalog/words.ts';
import type { Call, FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { effectOf } from './callEffects.ts';
import { at, named, sentence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { failsInThread, setForAll } from './interleavings.ts';
import { defineRule } from './rule.ts';
import { callsByFunction, type ThreadCode, threadCode, threadStart, threadWords } from './threadCode.ts';

export const rule = defineRule({
  id: 'process-state-from-thread',
  title: 'State of the whole process changed by a thread',
  severity: 'error',
  since: '0.2.0',
  cwe: [362, 421],
  witness: (program, found) =>
    found.severity === 'error' ? failsInThread(program, found) : setForAll(program, found),
  docs: {
    what: 'Code that a thread runs changes the working directory, the environment, the locale, standard output, warning filters, the shared random generator, the current figure of pyplot, or installs a signal handler.',
    why: 'There is one of each for all threads: what one sets for itself, the others work with, and the one that restores it restores what another has set. Signal handlers can be installed in the main thread only; elsewhere a `ValueError` is raised. There is no automatic fix: each has another thread-safe way, named in the message.',
    bad: [
      `import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

def build(folder):
    os.chdir(folder)
    subprocess.run(["make"])

with ThreadPoolExecutor() as pool:
    pool.map(build, ["a", "b"])
`,
      `import signal
import threading

def work():
    signal.signal(signal.SIGTERM, print)

threading.Thread(target=work).start()
`,
    ],
    good: [
      `import subprocess
from concurrent.futures import ThreadPoolExecutor

def build(folder):
    subprocess.run(["make"], cwd=folder)

with ThreadPoolExecutor() as pool:
    pool.map(build, ["a", "b"])
`,
    ],
    whenNotToUse: 'When one thread alone ever uses that state and the rest of the program does not care.',
    fix: 'Advice only: what replaces it (`cwd=`, `env=`, an object of one’s own) depends on the call that follows.',
    unknown:
      'Code that holds a lock is taken to have agreed with all others that use the state. In a library, whose callers may be several threads, only what is set for the time of a call is reported, commands and seeds without a draw behind them left out. The random generator, the environment and pyplot count only when several threads of one kind run the code.',
    references: [
      'https://docs.python.org/3/library/contextlib.html#contextlib.chdir',
      'https://docs.python.org/3/library/locale.html#locale.setlocale',
      'https://docs.python.org/3/library/signal.html#signals-and-threads',
    ],
  },
  *check(program) {
    yield* inLibrary(program);
    const calls = new Map<Module, ReadonlyMap<FunctionNode, readonly Call[]>>();
    const stores = new Map<Module, ReturnType<typeof storesIn>>();
    for (const code of threadCode(program)) {
      const { module } = code.function;
      const byFunction = calls.get(module) ?? callsByFunction(program, module);
      calls.set(module, byFunction);
      const stored = stores.get(module) ?? storesIn(program, module);
      stores.set(module, stored);
      const found = [
        ...(byFunction.get(code.function) ?? []).flatMap((call) => changedBy(program, module, call)),
        ...(stored.get(code.function) ?? []),
      ];
      const seen = new Set<string>();
      for (const one of found) {
        const { state } = one;
        if (seen.has(state.changes) || (state.several === true && !isRunByMany(program, code))) continue;
        if (state.fails === undefined && isLocked(program, module, one.fact)) continue;
        if (isMeantForMain(program, module, one)) continue;
        seen.add(state.changes);
        yield finding(code, one);
      }
    }
  },
});

/** A library switches something of the whole process on for a call and off again, whoever calls it meanwhile. */
function* inLibrary(program: ProgramModel): Iterable<Finding> {
  for (const module of program.modules) {
    if (
      module.test ||
      !program.isLibrary(module) ||
      COMMAND_MODULE.test(module.name) ||
      !module.summary.imports.some(({ module: from }) => program.catalog.changesProcess(from))
    )
      continue;
    for (const [function_, calls] of callsByFunction(program, module)) {
      const { kind, name, async } = function_.scope;
      if (kind !== 'function' || async || COMMAND_FUNCTION.test(name)) continue;
      if (function_.owner === undefined && BEGINS_PROGRAM.test(name)) continue;
      if (program.threadsRunning(function_).some((thread) => !thread.module.test)) continue;
      // Callers are told to use something else, and the program itself does.
      if (function_.scope.deprecated && program.callsTo(function_).every((one) => one.module.test)) continue;
      // A process that was just forked, to be a daemon, has one thread.
      if (calls.some(({ index }) => effectOf(program, module, index)?.forks === 'always')) continue;
      const seen = new Set<string>();
      for (const call of calls)
        for (const one of changedBy(program, module, call)) {
          const { state, fact } = one;
          if (state.borrowed === undefined || seen.has(state.changes) || isLocked(program, module, fact))
            continue;
          if (state.drawnFrom !== undefined && !drawsAfter(program, module, calls, call, state.drawnFrom))
            continue;
          seen.add(state.changes);
          yield ofLibrary(function_, one);
        }
    }
  }
}

/** A seed is set for what is drawn behind it. */
function drawsAfter(
  program: ProgramModel,
  module: Module,
  calls: readonly Call[],
  seed: Call,
  from: string,
): boolean {
  return calls.some(
    (call) =>
      call !== seed &&
      program.calleeName(module, call.index)?.startsWith(`${from}.`) === true &&
      program.reaches(module, seed.fact, call.fact),
  );
}

function ofLibrary(function_: FunctionNode, { state, fact, written }: Change): Finding {
  const { module } = function_;
  return {
    rule: 'process-state-from-thread',
    primary: at(module, fact),
    message: `\`${written}\` changes ${state.changes} of all threads. Callers of ${named(function_)} may be several: what one sets for itself, the others work with, and the one that restores it restores what another has set. ${sentence(state.instead)}.`,
    // What is set once while a program starts looks the same as what is borrowed for a call.
    severity: state.borrowed === 'always' ? 'warning' : 'hint',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [],
    fixes: [],
    identity: `${module.name}.${function_.label}|${state.changes}`,
  };
}

interface Change {
  readonly state: ProcessStateChange;
  readonly fact: FactId;
  /** As written: `os.chdir`. */
  readonly written: string;
}

function changedBy(program: ProgramModel, module: Module, call: Call): readonly Change[] {
  const name = program.calleeName(module, call.index);
  const state = name === undefined ? undefined : program.catalog.processState(name);
  if (name === undefined || state === undefined) return [];
  if (state.asksBelow !== undefined && call.arguments.length < state.asksBelow) return [];
  return [{ state, fact: call.fact, written: name.split('.').slice(-2).join('.') }];
}

/** `os.environ["K"] = v`, `sys.stdout = buffer`. */
function storesIn(program: ProgramModel, module: Module): ReadonlyMap<FunctionNode, readonly Change[]> {
  const found = new Map<FunctionNode, Change[]>();
  for (const access of module.summary.accesses) {
    if (access.kind !== 'write' && access.kind !== 'mutate') continue;
    const path = module.summary.paths[access.path]!;
    if (path.root !== 'import') continue;
    const name = [path.name, ...path.fields].join('.');
    const state = program.catalog.processState(name);
    if (state === undefined) continue;
    const function_ = program.functionAt(module, access.scope);
    const change = { state, fact: access.fact, written: name };
    const known = found.get(function_);
    if (known === undefined) found.set(function_, [change]);
    else known.push(change);
  }
  return found;
}

/** The code asks first whether this is the main thread, or catches what Python raises in any other. */
function isMeantForMain(program: ProgramModel, module: Module, { state, fact }: Change): boolean {
  if (
    state.fails !== undefined &&
    program.catchesAt(module, fact, [state.fails, 'Exception', 'BaseException'])
  )
    return true;
  return program
    .testsAt(module, fact)
    .some(({ test }) => test.form === 'compares' && module.summary.paths[test.path]!.last === 'main_thread');
}

function isRunByMany(program: ProgramModel, { function: function_ }: ThreadCode): boolean {
  return program.threadsRunning(function_).some(({ many, module }) => many && !module.test);
}

function isLocked(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}

function finding(code: ThreadCode, { state, fact, written }: Change): Finding {
  const { module } = code.function;
  const runs = `${threadWords(code)} ${code.thread.many ? 'run' : 'runs'} ${named(code.function)}`;
  const instead = sentence(state.instead);
  const message =
    state.fails !== undefined
      ? `\`${written}\` fails here: ${runs}. Python allows it in the main thread only and raises a ${state.fails}. ${instead}.`
      : `\`${written}\` changes ${state.changes} of all threads. ${sentence(runs)}: what one sets for itself, the others work with. ${instead}.`;
  return {
    rule: 'process-state-from-thread',
    primary: at(module, fact),
    message,
    severity: state.fails === undefined ? 'warning' : 'error',
    confidence: code.thread.confidence,
    breaks: 'everyBuild',
    evidence: [threadStart(code)],
    fixes: [],
    identity: `${module.name}.${code.function.label}|${state.changes}`,
  };
}
