/** Reports processes that are forked while other threads run: the child has their locks but not the threads that would release them. */
import type { Call, FactId } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, ThreadEntry } from '../link/program.ts';
import { effectOf } from './callEffects.ts';
import { at, named, sentence, startEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { writtenCallee } from './handOver.ts';
import { defineRule } from './rule.ts';
import { cutShort } from './standstills.ts';

export const rule = defineRule({
  id: 'fork-with-threads',
  title: 'Process forked while threads run',
  severity: 'warning',
  since: '0.2.0',
  cwe: [667, 833],
  witness: cutShort,
  docs: {
    what: '`os.fork`, `pty.fork`, the `fork` start method of multiprocessing or `preexec_fn=` in code that a thread runs, or after the program has started one.',
    why: 'Only the forking thread exists in the child. What the others did stops there, and a lock that one of them held stays locked: the child hangs when it needs it. Python 3.12 and newer warn, 3.14 no longer forks by default. There is no automatic fix: what the child is given must be picklable for the other start methods.',
    bad: [
      `import multiprocessing
import threading

def beat():
    print("alive")

def render(tiles):
    threading.Thread(target=beat, daemon=True).start()
    with multiprocessing.get_context("fork").Pool(4) as pool:
        return pool.map(len, tiles)
`,
      `import os
import subprocess
from concurrent.futures import ThreadPoolExecutor

def compile_c(path):
    subprocess.run(["gcc", path], preexec_fn=os.setsid)

with ThreadPoolExecutor() as pool:
    pool.map(compile_c, ["a.c", "b.c"])
`,
    ],
    good: [
      `import multiprocessing
import threading

def beat():
    print("alive")

def render(tiles):
    threading.Thread(target=beat, daemon=True).start()
    with multiprocessing.get_context("spawn").Pool(4) as pool:
        return pool.map(len, tiles)
`,
      `import subprocess
from concurrent.futures import ThreadPoolExecutor

def compile_c(path):
    subprocess.run(["gcc", path], start_new_session=True)

with ThreadPoolExecutor() as pool:
    pool.map(compile_c, ["a.c", "b.c"])
`,
    ],
    whenNotToUse:
      'When the child does nothing but `exec`; a fork that is followed by `exec` at once is left out.',
    fix: 'Advice only: the other start methods need code that can be imported.',
    unknown:
      'A thread that is waited for before the fork is taken to have ended. The default start method depends on version and platform and is not reported.',
    references: [
      'https://docs.python.org/3/library/os.html#os.fork',
      'https://docs.python.org/3/library/multiprocessing.html#contexts-and-start-methods',
    ],
  },
  *check(program) {
    const forks = program.modules.flatMap((module) => program.kept(forksOf, module));
    const choosing = new Set(forks.flatMap(({ what, module }) => (what === START_METHOD ? [module] : [])));
    const chosen = [...choosing].flatMap((module) => program.kept(processesOf, module));
    const found = (fork: Fork): Finding | undefined => byThread(program, fork) ?? afterStart(program, fork);
    for (const fork of [...forks, ...chosen]) {
      const finding = found(fork);
      if (finding !== undefined) yield finding;
      else if (fork.what === START_METHOD)
        for (const use of usesOfContext(program, fork)) {
          const later = found(use);
          if (later !== undefined) yield later;
        }
    }
  },
});

const START_METHOD = 'The start method `fork`';

interface Fork {
  readonly module: Module;
  readonly call: Call;
  readonly function: FunctionNode;
  /** The argument that says so, where it has a place of its own; else the call. */
  readonly place: FactId;
  /** As written: `os.fork()`. */
  readonly what: string;
  readonly instead: string;
}

function* forksOf(program: ProgramModel, module: Module): Iterable<Fork> {
  if (module.test) return;
  for (const call of module.summary.calls) {
    const effect = effectOf(program, module, call.index);
    if (effect === undefined) continue;
    const { forks, forksFor, choosesFork } = effect;
    const function_ = program.functionAt(module, call.scope);
    const written = writtenCallee(program, module, call);
    if (forksFor !== undefined && call.arguments.some((one) => one.name === forksFor && !isNone(one.value)))
      yield {
        module,
        call,
        function: function_,
        place: placeOf(module, call, forksFor),
        what: `\`${forksFor}\``,
        instead: 'Use `start_new_session`, `process_group`, `user`, `umask` or `cwd` of the same call',
      };
    else if (forks === 'always' && !execsAtOnce(program, module, call))
      yield {
        module,
        call,
        function: function_,
        place: call.fact,
        what: `\`${written}()\``,
        instead: 'Fork before the first thread is started, or use `subprocess`',
      };
    else if (choosesFork !== undefined) {
      const chosen =
        call.arguments.find(({ name }) => name !== '' && name === choosesFork.keyword) ??
        call.arguments.filter(({ name }) => name === '')[choosesFork.position ?? 0];
      if (chosen?.value.kind === 'literal' && chosen.value.text === 'fork')
        yield {
          module,
          call,
          function: function_,
          place: call.fact,
          what: START_METHOD,
          instead: 'Use "spawn" or "forkserver"',
        };
    }
  }
}

/** Processes of a module, which its start method makes. */
function* processesOf(program: ProgramModel, module: Module): Iterable<Fork> {
  if (module.test) return;
  for (const call of module.summary.calls) {
    if (effectOf(program, module, call.index)?.forks === 'chosen') yield forkOf(program, module, call);
  }
}

/** Processes made by a context that was kept in a name, `context.Pool()`, or handed on with `mp_context=`. */
function* usesOfContext(program: ProgramModel, { module, call: chosen }: Fork): Iterable<Fork> {
  const { bindings, calls, paths } = module.summary;
  const names = new Set(
    bindings.flatMap(({ path, value }) =>
      value.kind === 'call' && value.call === chosen.index ? [path] : [],
    ),
  );
  for (const call of calls) {
    const { last, parent } = paths[call.callee]!;
    const makes = parent !== -1 && /^(Process|Pool|Manager)$/.test(last) && names.has(parent);
    const handed = call.arguments.some(
      ({ name, value }) => name === 'mp_context' && value.kind === 'path' && names.has(value.path),
    );
    if (makes || handed) yield forkOf(program, module, call);
  }
}

/** What a call starts with the start method `fork`. */
function forkOf(program: ProgramModel, module: Module, call: Call): Fork {
  return {
    module,
    call,
    function: program.functionAt(module, call.scope),
    place: call.fact,
    what: `\`${writtenCallee(program, module, call)}(…)\` with the start method \`fork\``,
    instead: 'Use "spawn" or "forkserver", or make it before the first thread is started',
  };
}

/** Where `preexec_fn` is given its function. */
function placeOf({ summary }: Module, call: Call, keyword: string): FactId {
  const value = call.arguments.find(({ name }) => name === keyword)?.value;
  if (value?.kind === 'scope') return summary.scopes[value.scope]!.fact;
  if (value?.kind !== 'path') return call.fact;
  const read = summary.accesses.findLast(({ path, fact }) => path === value.path && fact < call.fact);
  return read?.fact ?? call.fact;
}

function isNone(value: Call['arguments'][number]['value']): boolean {
  return value.kind === 'literal' && value.type === 'none';
}

/** The first call after the fork replaces the program, or ends it. */
function execsAtOnce(program: ProgramModel, module: Module, fork: Call): boolean {
  const function_ = program.functionAt(module, fork.scope);
  const next = module.summary.calls.find(
    (call) => call.fact > fork.fact && program.functionAt(module, call.scope) === function_,
  );
  return next !== undefined && effectOf(program, module, next.index)?.replacesProcess === true;
}

function byThread(program: ProgramModel, fork: Fork): Finding | undefined {
  const thread = program.threadsRunning(fork.function).find((one) => !one.module.test);
  if (thread === undefined) return undefined;
  return finding(
    fork,
    `${thread.many ? `several ${thread.what}s run` : `a ${thread.what} runs`} ${named(fork.function)}`,
    thread,
  );
}

const MOST_CALLERS = 3;

/** A thread that the same function, or one that calls it, has started before. */
function afterStart(program: ProgramModel, fork: Fork): Finding | undefined {
  let places = [{ function: fork.function, module: fork.module, fact: fork.call.fact }];
  for (let depth = 0; depth < MOST_CALLERS; depth++) {
    for (const place of places) {
      const thread = startedBefore(program, place.function, place.fact);
      if (thread !== undefined)
        return finding(fork, `${named(place.function)} has started a ${thread.what} before`, thread);
    }
    places = places.flatMap((place) =>
      program
        .callsTo(place.function)
        .filter(({ module }) => !module.test)
        .map((edge) => ({ function: edge.caller, module: edge.module, fact: edge.fact })),
    );
  }
  return undefined;
}

/** A thread that runs where the fact stands: started by the function itself or by what it calls, and not waited for. */
function startedBefore(
  program: ProgramModel,
  function_: FunctionNode,
  fact: number,
): ThreadEntry | undefined {
  const { module } = function_;
  const starts: { readonly fact: number; readonly thread: ThreadEntry }[] = [];
  for (const thread of program.threads)
    if (
      thread.spawner === function_ &&
      Number.isFinite(thread.startFact) &&
      !thread.module.test &&
      /thread$/.test(thread.what)
    )
      starts.push({ fact: thread.startFact, thread });
  for (const edge of program.callsFrom(function_)) {
    const thread = program.threads.find((one) => one.spawner === edge.callee && one.what === 'thread');
    if (thread !== undefined && edge.how === 'call') starts.push({ fact: edge.fact, thread });
  }
  return starts.find(
    (start) =>
      start.fact !== fact &&
      program.dominates(module, start.fact, fact) &&
      !module.summary.calls.some(
        (call) =>
          /^(join|shutdown|stop|result|close)$/.test(module.summary.paths[call.callee]!.last) &&
          program.functionAt(module, call.scope) === function_ &&
          program.dominates(module, start.fact, call.fact) &&
          program.dominates(module, call.fact, fact),
      ),
  )?.thread;
}

function finding(
  { module, place, function: function_, what, instead }: Fork,
  why: string,
  thread: ThreadEntry,
): Finding {
  return {
    rule: 'fork-with-threads',
    primary: at(module, place),
    message: `${what} forks while threads run. ${sentence(why)}: the child has their locks but not the threads that release them, and may hang. ${instead}.`,
    severity: 'warning',
    confidence: thread.confidence,
    breaks: 'everyBuild',
    evidence: [startEvidence(thread)],
    fixes: [],
    identity: `${module.name}.${function_.label}|${what}`,
  };
}
