/** Reports code of threads that changes what belongs to the whole process: every other thread sees the change. */
import type { Call, FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named, sentence } from './evidence.ts';
import type { Finding, Severity } from './finding.ts';
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
        if (seen.has(state.name) || (state.several === true && !isRunByMany(program, code))) continue;
        if (!state.fails && isLocked(program, module, one.fact)) continue;
        seen.add(state.name);
        yield finding(code, one);
      }
    }
  },
});

/** Commands run alone in their process. */
const COMMAND = /(^|\.)(__main__|main|cli|commands?|console|setup|conftest|scripts?)(\.|$)/;

/** A library switches something of the whole process on for a call and off again, whoever calls it meanwhile. */
function* inLibrary(program: ProgramModel): Iterable<Finding> {
  for (const module of program.modules) {
    if (
      module.test ||
      !program.isLibrary(module) ||
      COMMAND.test(module.name) ||
      !module.summary.imports.some(({ module: from }) => STATEFUL.test(from))
    )
      continue;
    for (const [function_, calls] of callsByFunction(program, module)) {
      const { kind, name, async } = function_.scope;
      if (kind !== 'function' || async || /^_*(main|test|run_as_script)/.test(name)) continue;
      if (program.threadsRunning(function_).some((thread) => !thread.module.test)) continue;
      const seen = new Set<string>();
      for (const call of calls)
        for (const one of changedBy(program, module, call)) {
          const { state, fact } = one;
          if (state.borrowed === undefined || seen.has(state.name) || isLocked(program, module, fact))
            continue;
          if (state === RANDOM && !drawsAfter(program, module, calls, call)) continue;
          seen.add(state.name);
          yield ofLibrary(function_, one);
        }
    }
  }
}

/** Modules whose functions change such state. */
const STATEFUL = /^(os|locale|warnings|contextlib|random|numpy)\b/;

/** A seed is set for what is drawn behind it. */
function drawsAfter(program: ProgramModel, module: Module, calls: readonly Call[], seed: Call): boolean {
  const from = program.calleeName(module, seed.index)!.replace(/\.\w+$/, '.');
  return calls.some(
    (call) =>
      call !== seed &&
      program.calleeName(module, call.index)?.startsWith(from) === true &&
      program.reaches(module, seed.fact, call.fact),
  );
}

function ofLibrary(function_: FunctionNode, { state, fact, written }: Change): Finding {
  const { module } = function_;
  return {
    rule: 'process-state-from-thread',
    primary: at(module, fact),
    message: `\`${written}\` changes ${state.name} of all threads. Callers of ${named(function_)} may be several: what one sets for itself, the others work with, and the one that restores it restores what another has set. ${state.instead}.`,
    // What is set once while a program starts looks the same as what is borrowed for a call.
    severity: state === WARNINGS || state === RANDOM ? 'warning' : 'information',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [],
    fixes: [],
    identity: `${module.name}.${function_.label}|${state.name}`,
  };
}

interface State {
  /** Of what: "the working directory". */
  readonly name: string;
  /** What to do instead, as a whole sentence without its full stop. */
  readonly instead: string;
  /** Only several threads of one kind disturb each other. */
  readonly several?: true;
  /** Set for the time of a call, and given back. */
  readonly borrowed?: true;
  /** Raises there. */
  readonly fails?: true;
  readonly level?: Severity;
}

const DIRECTORY: State = {
  name: 'the working directory',
  borrowed: true,
  instead: 'Use absolute paths, or `cwd=` of the child process',
};
const OUTPUT: State = {
  name: 'standard output',
  borrowed: true,
  instead: 'Pass the file to write to, `print(…, file=out)`',
};
const WARNINGS: State = {
  name: 'the warning filters',
  borrowed: true,
  instead: 'Set the filters once, before the threads start',
  several: true,
};
const ENVIRONMENT: State = {
  name: 'the environment',
  instead: 'Give the child its own: `env={**os.environ, …}`',
  several: true,
};
const RANDOM: State = {
  name: 'the random generator of the module',
  borrowed: true,
  instead: 'Make a generator for each task',
  several: true,
};
const SIGNALS: State = {
  name: 'signal handlers',
  instead: 'Install the handler in the main thread, before the thread starts',
  fails: true,
  level: 'error',
};
const FIGURE: State = {
  name: 'the current figure of pyplot',
  instead: 'Make a `Figure()` for each task and draw on its axes',
  several: true,
};

const DEFAULT_SESSION: State = {
  name: 'the default session of boto3',
  instead: 'Make a `boto3.Session()` for each thread, or one client before the threads start',
  several: true,
};

const CALLS: ReadonlyMap<string, State> = new Map<string, State>([
  ['boto3.client', DEFAULT_SESSION],
  ['boto3.resource', DEFAULT_SESSION],
  ['os.chdir', DIRECTORY],
  ['os.fchdir', DIRECTORY],
  ['contextlib.chdir', DIRECTORY],
  [
    'os.umask',
    {
      name: 'the file mode mask',
      borrowed: true,
      instead: 'Set the mode of the file itself: `os.open(…, mode)` or `os.fchmod`',
    },
  ],
  [
    'locale.setlocale',
    {
      name: 'the locale',
      borrowed: true,
      instead: 'Set it once at the start, or format with a library that takes the locale',
    },
  ],
  ['contextlib.redirect_stdout', OUTPUT],
  ['contextlib.redirect_stderr', { ...OUTPUT, name: 'standard error' }],
  ['warnings.catch_warnings', WARNINGS],
  ['random.seed', RANDOM],
  ['numpy.random.seed', RANDOM],
  ['torch.manual_seed', RANDOM],
  [
    'socket.setdefaulttimeout',
    {
      name: 'the default timeout of sockets',
      instead: 'Set the timeout of the socket: `sock.settimeout(…)`',
    },
  ],
  ['signal.signal', SIGNALS],
  ['signal.set_wakeup_fd', SIGNALS],
  ['os.putenv', ENVIRONMENT],
  ['os.unsetenv', ENVIRONMENT],
  ['time.tzset', { name: 'the time zone', instead: 'Use aware datetimes with `zoneinfo`' }],
  ['importlib.reload', { name: 'a loaded module', instead: 'Reload it before the threads start' }],
]);

const PYPLOT =
  /^matplotlib\.pyplot\.(clf|cla|plot|scatter|bar|barh|hist|pie|imshow|title|xlabel|ylabel|xlim|ylim|xticks|yticks|legend|grid|figure|subplot|savefig|axis|fill_between|errorbar|boxplot|contour|colorbar|text|annotate|close)$/;

interface Change {
  readonly state: State;
  readonly fact: FactId;
  /** As written: `os.chdir`. */
  readonly written: string;
}

function changedBy(program: ProgramModel, module: Module, call: Call): readonly Change[] {
  const name = program.calleeName(module, call.index);
  if (name === undefined) return [];
  if (PYPLOT.test(name))
    return [{ state: FIGURE, fact: call.fact, written: `pyplot.${name.split('.').at(-1)!}` }];
  const state = CALLS.get(name);
  if (state === undefined) return [];
  // With one argument, \`setlocale\` only asks.
  if (name === 'locale.setlocale' && call.arguments.length < 2) return [];
  if (name === 'random.seed' && call.arguments.length === 0) return [];
  return [{ state, fact: call.fact, written: name }];
}

/** `os.environ["K"] = v`, `sys.stdout = buffer`. */
function storesIn(program: ProgramModel, module: Module): ReadonlyMap<FunctionNode, readonly Change[]> {
  const found = new Map<FunctionNode, Change[]>();
  for (const access of module.summary.accesses) {
    if (access.kind === 'read' || access.kind === 'iterate' || access.kind === 'snapshot') continue;
    const path = module.summary.paths[access.path]!;
    if (path.root !== 'import') continue;
    const name = [path.name, ...path.fields].join('.');
    const change: Change | undefined =
      name === 'os.environ' && access.kind === 'mutate'
        ? { state: ENVIRONMENT, fact: access.fact, written: 'os.environ' }
        : /^sys\.(stdout|stderr|stdin)$/.test(name) && access.kind === 'write'
          ? { state: { ...OUTPUT, name: `\`${name}\`` }, fact: access.fact, written: name }
          : undefined;
    if (change === undefined) continue;
    const function_ = program.functionAt(module, access.scope);
    const known = found.get(function_);
    if (known === undefined) found.set(function_, [change]);
    else known.push(change);
  }
  return found;
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
  const message = state.fails
    ? `\`${written}\` fails here: ${runs}. Python allows it in the main thread only and raises a ValueError. ${state.instead}.`
    : `\`${written}\` changes ${state.name} of all threads. ${sentence(runs)}: what one sets for itself, the others work with. ${state.instead}.`;
  return {
    rule: 'process-state-from-thread',
    primary: at(module, fact),
    message,
    severity: state.level ?? 'warning',
    confidence: code.thread.confidence,
    breaks: 'everyBuild',
    evidence: [threadStart(code)],
    fixes: [],
    identity: `${module.name}.${code.function.label}|${state.name}`,
  };
}
