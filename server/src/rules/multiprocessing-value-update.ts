/** Reports `value.value += 1` on shared memory of processes: the lock of a `Value` is held for the reading and the writing, not for both. */
import type { FactId, PathId } from '../facts/summary.ts';
import type { FunctionNode, HeldLock, Module, ProgramModel } from '../link/program.ts';
import { at, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { lostUpdate } from './interleavings.ts';
import { defineRule } from './rule.ts';
import { namesOf } from './threadCode.ts';
import { heldEvidence, heldName } from './ways.ts';

export const rule = defineRule({
  id: 'multiprocessing-value-update',
  title: 'Update of a shared Value or Array in two steps',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 366],
  witness: lostUpdate,
  docs: {
    what: '`counter.value += 1` or `histogram[i] += 1` on a `multiprocessing.Value` or `Array` without its lock.',
    why: 'The lock inside is taken for the reading and again for the writing. Another process or thread can come in between, and its update is lost. There is no automatic fix: a longer update may need the lock around several statements.',
    bad: [
      `from multiprocessing import Process, Value

counter = Value("i", 0)

def work():
    counter.value += 1

for _ in range(4):
    Process(target=work).start()
`,
    ],
    good: [
      `from multiprocessing import Process, Value

counter = Value("i", 0)

def work():
    with counter.get_lock():
        counter.value += 1

for _ in range(4):
    Process(target=work).start()
`,
    ],
    whenNotToUse: 'When one process alone ever writes the value.',
    fix: 'Advice only: the lock of the value has to be held in every process that changes it.',
    unknown:
      'A value that comes through a parameter is followed to the processes that are given it; any lock that may be held is taken to be the right one, but for one between threads in what a `Process` is seen to run.',
    references: ['https://docs.python.org/3/library/multiprocessing.html#multiprocessing.Value'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(sharedUpdates, module);
  },
});

function* sharedUpdates(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test || !sharesMemory(module)) return;
  const values = sharedPaths(program, module);
  const processes = runByProcesses(program, module);
  for (const { path, fact, scope } of updates(module)) {
    const function_ = program.functionAt(module, scope);
    const target = module.summary.paths[path]!;
    const owner = target.last === 'value' ? target.parent : target.last === '[*]' ? target.parent : path;
    if (!values.has(owner) || function_.scope.kind === 'module') continue;
    const own = processes.has(function_) ? lockOfOneProcess(program, function_, fact) : undefined;
    if (own === undefined && isLocked(program, module, fact)) continue;
    yield finding(program, module, function_, owner, fact, target.last === 'value', own);
  }
}

function sharesMemory({ summary }: Module): boolean {
  return summary.imports.some((one) => /^(multiprocessing|ctypes)\b/.test(one.module));
}

/** Places that hold a \`Value\` or \`Array\`: by their origin, or because a process was given one in that position. */
function sharedPaths(program: ProgramModel, module: Module): ReadonlySet<PathId> {
  const { summary } = module;
  const found = new Set<PathId>();
  const holds = (path: PathId): boolean =>
    program
      .typesOf(module, { kind: 'path', path })
      .flatMap(namesOf)
      .some((name) => program.catalog.sharing(name)?.updated === true);
  summary.paths.forEach((path, id) => {
    if (path.root === 'local' || path.root === 'global' || path.root === 'self') if (holds(id)) found.add(id);
  });
  const roots = new Map<string, PathId>();
  summary.paths.forEach((path, id) => {
    if (path.root === 'local' && path.fields.length === 0) roots.set(`${path.scope}:${path.name}`, id);
  });
  const globals = new Map<string, PathId>();
  summary.paths.forEach((path, id) => {
    if (path.root === 'global' && path.fields.length === 0) globals.set(path.name, id);
  });
  for (const call of summary.calls) {
    const targets = call.arguments.find(({ name }) => name === 'target' || name === 'initializer');
    const given = call.arguments.find(({ name }) => name === 'args' || name === 'initargs')?.value;
    if (targets === undefined || given?.kind !== 'container') continue;
    for (const function_ of program.functionsOf(module, targets.value)) {
      if (function_.module !== module) continue;
      const offset = function_.owner !== undefined && !function_.static ? 1 : 0;
      given.elements.forEach((element, index) => {
        const parameter = function_.scope.parameters[index + offset];
        if (element.kind !== 'path' || !found.has(element.path) || parameter === undefined) return;
        const inside = roots.get(`${function_.scope.id}:${parameter.name}`);
        if (inside !== undefined) found.add(inside);
        for (const binding of summary.bindings) {
          const target = summary.paths[binding.path]!;
          if (binding.value.kind === 'path' && binding.value.path === inside && target.root === 'global')
            found.add(globals.get(target.name) ?? binding.path);
        }
      });
    }
  }
  return found;
}

interface Update {
  readonly path: PathId;
  readonly fact: FactId;
  readonly scope: number;
}

function* updates({ summary }: Module): Iterable<Update> {
  for (const { kind, path, fact, scope } of summary.accesses)
    if (kind === 'update') yield { path, fact, scope };
  for (const { how, path, fact, scope } of summary.bindings)
    if (how === 'update') yield { path, fact, scope };
}

function isLocked(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}

/** All that is held in a function that processes run is a lock between threads: each process has one of its own. */
function lockOfOneProcess(
  program: ProgramModel,
  function_: FunctionNode,
  fact: FactId,
): HeldLock | undefined {
  const held = program.heldAt(function_, fact);
  const between = ({ lock }: HeldLock): boolean =>
    lock.kind !== 'process' && lock.kind !== 'unknown' && lock.constructors.length > 0;
  return held.every(between) ? held[0] : undefined;
}

/** Functions that are the target of a process. */
function runByProcesses(program: ProgramModel, module: Module): ReadonlySet<FunctionNode> {
  const found = new Set<FunctionNode>();
  for (const { index, arguments: given } of module.summary.calls) {
    const target = given.find(({ name }) => name === 'target');
    if (
      target !== undefined &&
      program.typesOf(module, { kind: 'call', call: index }).some(({ kind }) => kind === 'process')
    )
      for (const function_ of program.functionsOf(module, target.value)) found.add(function_);
  }
  return found;
}

function finding(
  program: ProgramModel,
  module: Module,
  function_: FunctionNode,
  owner: PathId,
  fact: FactId,
  scalar: boolean,
  own: HeldLock | undefined,
): Finding {
  const name = program.nameOf(module, owner);
  const written = scalar ? `${name}.value` : `${name}[…]`;
  return {
    rule: 'multiprocessing-value-update',
    primary: at(module, fact),
    message: `Updates of \`${written}\` can get lost. ${subject(function_)} reads and writes it in two steps, and ${
      own === undefined
        ? 'the lock inside is held for each step only'
        : `each process has \`${heldName(program, function_, own)}\` for itself`
    }. Hold the lock of the value for both: \`with ${name}.get_lock():\`.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: own === undefined ? [] : [heldEvidence(program, function_, own)],
    fixes: [],
    identity: `${module.name}.${function_.label}|${written}`,
  };
}
