/** Tells, when asked, of work that runs in processes only because of the GIL: pure Python over data that is handed in and given back. */
import { FOR_PROCESSES, PURE_MODULE } from '../catalog/words.ts';
import type { Call } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { calledFrom } from './threadLocals.ts';

export const rule = defineRule({
  id: 'processes-could-be-threads',
  title: 'Processes that could be threads',
  severity: 'hint',
  since: '0.2.0',
  onRequest: true,
  cwe: [],
  docs: {
    what: 'Work that is handed to a `multiprocessing.Pool` or `ProcessPoolExecutor` and is pure Python over data that is only read or returned, in a project that is meant for free-threaded Python.',
    why: 'Without the GIL threads compute at the same time as well. They start faster, share what is loaded, and need not pickle arguments and results. What the work changes outside of itself was a copy of each process and would be one for all threads: that has to be guarded first.',
    bad: [
      `from concurrent.futures import ProcessPoolExecutor

def count(text):
    words = {}
    for word in text.split():
        words[word] = words.get(word, 0) + 1
    return words

def count_all(texts):
    with ProcessPoolExecutor() as pool:
        return list(pool.map(count, texts))
`,
      `import multiprocessing

seen = set()

def is_new(line):
    known = line in seen
    seen.add(line)
    return not known

def filter_all(lines):
    with multiprocessing.Pool(4) as pool:
        return pool.map(is_new, lines)
`,
    ],
    good: [
      `from concurrent.futures import ThreadPoolExecutor

def count(text):
    words = {}
    for word in text.split():
        words[word] = words.get(word, 0) + 1
    return words

def count_all(texts):
    with ThreadPoolExecutor() as pool:
        return list(pool.map(count, texts))
`,
      `import os
from concurrent.futures import ProcessPoolExecutor

def build(folder):
    os.chdir(folder)
    return sorted(os.listdir())

def build_all(folders):
    with ProcessPoolExecutor() as pool:
        return list(pool.map(build, folders))
`,
    ],
    whenNotToUse:
      'When the processes are there to survive a crash, to limit memory, or when the code must also be fast with the GIL.',
    fix: 'Advice only: whether the code will only ever run without the GIL is for its author to say.',
    unknown:
      'Work that calls what is not known to be pure, a pool with an initializer or a limit of tasks for each process, and projects that are meant for the GIL are left alone.',
    references: ['https://docs.python.org/3/howto/free-threading-python.html'],
  },
  *check(program) {
    if (program.target !== 'free-threaded' && program.target !== 'both') return;
    for (const module of program.modules) if (!module.test) yield* program.kept(poolsOf, module);
  },
});

function* poolsOf(program: ProgramModel, module: Module): Iterable<Finding> {
  const { calls, paths } = module.summary;
  const special = calls.some((call) => call.arguments.some(({ name }) => FOR_PROCESSES.has(name)));
  if (special) return;
  const said = new Set<FunctionNode>();
  for (const call of calls) {
    const { last, parent } = paths[call.callee]!;
    if (
      parent === -1 ||
      program.catalog.entriesOfPool(last).length === 0 ||
      !isProcesses(program, module, parent)
    )
      continue;
    const [work] = call.arguments;
    const [function_, another] = work === undefined ? [] : program.functionsOf(module, work.value);
    if (function_ === undefined || another !== undefined || said.has(function_)) continue;
    said.add(function_);
    const changed = changedBy(program, function_);
    if (changed !== undefined) yield finding(program, module, call, function_, changed);
  }
}

function isProcesses(program: ProgramModel, module: Module, path: number): boolean {
  return program
    .typesOf(module, { kind: 'path', path })
    .some((type) => type.kind === 'executor' && type.executor === 'processes');
}

interface Changed {
  readonly name: string;
  readonly at: Evidence['at'];
  readonly by: FunctionNode;
}

/** What the work changes outside of itself; undefined when it is not pure Python, as far as can be seen. */
function changedBy(program: ProgramModel, function_: FunctionNode): readonly Changed[] | undefined {
  const found = new Map<string, Changed>();
  for (const by of calledFrom(program, function_)) {
    const { module } = by;
    for (const call of program.callsIn(by)) if (!isPure(program, module, call)) return undefined;
    const { accesses, paths } = module.summary;
    for (const { kind, path, scope, fact } of accesses) {
      if (!CHANGES.has(kind) || !/^(global|import|cls|class)$/.test(paths[path]!.root)) continue;
      if (program.functionAt(module, scope) !== by) continue;
      const key = program.keyOf(module, path);
      if (key !== undefined && !found.has(key))
        found.set(key, { name: program.nameOf(module, path), at: at(module, fact), by });
    }
  }
  return [...found.values()];
}

const CHANGES: ReadonlySet<string> = new Set(['write', 'update', 'mutate', 'delete']);

/** A function or class of the program, a method of a value, or something that changes nothing of the process. */
function isPure(program: ProgramModel, module: Module, { callee, index }: Call): boolean {
  const { root, name } = module.summary.paths[callee]!;
  if (root === 'builtin') return !/^(open|input|exec|eval|print|exit|__import__)$/.test(name);
  const dotted = program.calleeName(module, index);
  if (dotted !== undefined) return PURE_MODULE.test(dotted);
  return (
    root !== 'import' ||
    program.functionNamed(module, callee) !== undefined ||
    program.makes(module, index) !== undefined
  );
}

const MOST_NAMED = 3;

function finding(
  program: ProgramModel,
  module: Module,
  call: Call,
  function_: FunctionNode,
  changed: readonly Changed[],
): Finding {
  const pool = program.nameOf(module, module.summary.paths[call.callee]!.parent);
  const names = changed.slice(0, MOST_NAMED).map(({ name }) => `\`${name}\``);
  const more = changed.length > MOST_NAMED ? ` and ${changed.length - MOST_NAMED} more` : '';
  return {
    rule: 'processes-could-be-threads',
    primary: at(module, call.fact),
    message: `${named(function_)} runs in processes of \`${pool}\` and could run in threads. Without the GIL a \`ThreadPoolExecutor\` computes at the same time too, with no process to start and nothing to pickle. ${
      changed.length === 0
        ? 'It changes nothing outside of itself, so there is nothing to guard first.'
        : `Guard ${names.join(', ')}${more} first: threads share what each process has for itself.`
    }`,
    severity: 'hint',
    confidence: 'medium',
    breaks: 'freeThreadedOnly',
    evidence: changed.slice(0, MOST_NAMED).map(
      ({ name, at: place, by }): Evidence => ({
        role: 'access',
        at: place,
        message: `${named(by)} changes \`${name}\` here.`,
      }),
    ),
    fixes: [],
    identity: `${module.path}|${function_.label}`,
  };
}
