/** Reports functions handed to other threads in a loop that read a variable which the next round of the loop changes. */
import { WAITING_FOR_WORK } from '../catalog/words.ts';
import type { Binding, Call, PathId, ScopeId, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at } from './evidence.ts';
import type { Finding } from './finding.ts';
import { type HandOver, handOvers, RUNS } from './handOver.ts';
import { changedAfterHandOver } from './interleavings.ts';
import { defineRule } from './rule.ts';
import { namesOf } from './threadCode.ts';

export const rule = defineRule({
  id: 'loop-variable-captured',
  title: 'Function for a thread reads the loop variable later',
  severity: 'warning',
  since: '0.2.0',
  cwe: [362],
  witness: changedAfterHandOver,
  docs: {
    what: 'In a loop, a lambda or nested function is handed to a thread, timer, pool or callback and reads a variable that the loop binds anew in each round.',
    why: 'The function reads the variable when it runs, not when it is made. By then the loop is further on: some values are handled twice and others never. There is no automatic fix: passing the value as an argument and binding it by a default are both right, and the function may have other callers.',
    bad: [
      `from concurrent.futures import ThreadPoolExecutor

def cut(logs, saw):
    with ThreadPoolExecutor() as pool:
        for log in logs:
            pool.submit(lambda: saw(log))
`,
      `import threading

def water(zones, valves):
    for zone in zones:
        def open_valve():
            valves.open(zone)
        threading.Timer(60, open_valve).start()
`,
    ],
    good: [
      `from concurrent.futures import ThreadPoolExecutor

def cut(logs, saw):
    with ThreadPoolExecutor() as pool:
        for log in logs:
            pool.submit(saw, log)
`,
      `import threading

def water(zones, valves):
    for zone in zones:
        def open_valve(zone=zone):
            valves.open(zone)
        threading.Timer(60, open_valve).start()
`,
    ],
    whenNotToUse: 'When the function is meant to see the newest value.',
    fix: 'Advice only: whether the value of now or of later is meant is for its author to say.',
    unknown:
      'A loop that waits for what it handed over before its next round is not reported, whatever it waits for. A variable counts only when each round sets it before the function is handed over. Test files are left out.',
    references: [
      'https://docs.python.org/3/faq/programming.html#why-do-lambdas-defined-in-a-loop-with-different-values-all-return-the-same-result',
    ],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(capturedVariables, module);
  },
});

function* capturedVariables(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  const seen = new Set<number>();
  for (const handOver of handOvers(program, module)) {
    if (handOver.runner === 'process' || !program.repeatsAt(module, handOver.call.fact)) continue;
    for (const function_ of functionsIn(program, handOver)) {
      if (seen.has(function_.id)) continue;
      const bindings = capturedBy(program, module, function_)
        .map((captured) => changedLater(program, handOver, captured))
        .filter((binding) => binding !== undefined);
      if (bindings.length === 0) continue;
      seen.add(function_.id);
      yield finding(program, handOver, function_, bindings);
    }
  }
}

/** The lambdas and nested functions of this module that the call hands over. */
function functionsIn(program: ProgramModel, { module, function: given }: HandOver): readonly FunctionNode[] {
  if (given === undefined) return [];
  return program
    .functionsOf(module, given.value)
    .filter((one) => one.module === module && one.owner === undefined && one.scope.parent !== -1);
}

/** Variables around a function that it, or a function in it, uses: their paths, without fields. */
function capturedBy(program: ProgramModel, module: Module, { scope }: FunctionNode): readonly PathId[] {
  const { paths, scopes } = module.summary;
  const isInside = (id: ScopeId): boolean => {
    for (let one = id; one > 0; one = scopes[one]!.parent) if (one === scope.id) return true;
    return false;
  };
  const found = new Set<PathId>();
  const note = (path: PathId): void => {
    let root = path;
    while (paths[root]!.parent !== -1) root = paths[root]!.parent;
    const { root: kind, scope: owner } = paths[root]!;
    if (kind === 'global' || (kind === 'local' && !isInside(owner))) found.add(root);
  };
  const visit = (shape: ValueShape): void => {
    if (shape.kind === 'path') note(shape.path);
    else if (shape.kind === 'container') shape.elements.forEach(visit);
    else if (shape.kind === 'either') shape.options.forEach(visit);
    else if (shape.kind === 'element' || shape.kind === 'awaited') visit(shape.of);
  };
  for (const access of module.summary.accesses)
    if (access.kind === 'read' && isInside(access.scope)) note(access.path);
  for (const call of module.summary.calls) {
    if (!isInside(call.scope)) continue;
    note(call.callee);
    for (const { value } of call.arguments) visit(value);
  }
  for (const one of scopes) if (isInside(one.id)) one.returns.forEach(visit);
  return [...found].filter((path) => program.functionsOf(module, { kind: 'path', path }).length === 0);
}

/** The binding in the loop that each round makes before the call, and the next round makes again without waiting. */
function changedLater(
  program: ProgramModel,
  { module, call }: HandOver,
  captured: PathId,
): Binding | undefined {
  for (const binding of module.summary.bindings) {
    if (binding.path !== captured || binding.how === 'definition' || binding.how === 'import') continue;
    if (program.functionAt(module, binding.scope) !== program.functionAt(module, call.scope)) continue;
    if (binding.value.kind === 'literal' && binding.value.type !== 'tuple') continue;
    if (!program.repeatsAt(module, binding.fact)) continue;
    if (!program.dominates(module, binding.fact, call.fact)) continue;
    if (!program.reaches(module, call.fact, binding.fact)) continue;
    if (!waits(program, module, call, binding) && !isSameEachRound(program, module, binding)) return binding;
  }
  return undefined;
}

/**
 * `letters = self.letters` each time, where `self.letters` is a queue, and neither the function nor what it calls gives it another: what
 * holds work is replaced when the work begins anew, not with each piece of it.
 */
function isSameEachRound(program: ProgramModel, module: Module, { value, scope }: Binding): boolean {
  if (value.kind !== 'path') return false;
  const { root, fields } = module.summary.paths[value.path]!;
  const types = program.typesOf(module, value).filter((type) => type.kind !== 'constant');
  if (root !== 'self' || fields.length !== 1 || types.length === 0) return false;
  if (!types.every((type) => namesOf(type).some((name) => QUEUE.test(name)))) return false;
  const function_ = program.functionAt(module, scope);
  return [function_, ...program.callsFrom(function_).map(({ callee }) => callee)].every(
    (one) => !replaces(one, fields[0]!),
  );
}

const QUEUE = /(^|\.)(Lifo|Priority|Simple|Joinable)?Queue$/;

function replaces({ module, scope }: FunctionNode, attribute: string): boolean {
  const { accesses, paths } = module.summary;
  return accesses.some(
    ({ kind, path, scope: where }) =>
      kind === 'write' && where === scope.id && paths[path]!.fields.join('.') === attribute,
  );
}

/** Whether the round that handed the function over waits for it: by a call, or by leaving the pool's \`with\` block. */
function waits(program: ProgramModel, module: Module, call: Call, binding: Binding): boolean {
  const inRound = (fact: number): boolean =>
    program.dominates(module, binding.fact, fact) && program.reaches(module, fact, binding.fact);
  const { paths, calls, bindings } = module.summary;
  for (const other of calls) {
    if (program.functionAt(module, other.scope) !== program.functionAt(module, call.scope)) continue;
    const path = paths[other.callee]!;
    if (!WAITING_FOR_WORK.has(path.last)) continue;
    // `d.get(key)`, `",".join(names)`: not those of a thread or a future.
    if (
      MEANS_MORE.test(path.last) &&
      other.arguments.some(({ name, value }) => name === '' && value.kind !== 'literal')
    )
      continue;
    if (program.reaches(module, call.fact, other.fact) && inRound(other.fact)) return true;
  }
  const callee = paths[call.callee]!;
  return bindings.some(
    (one) => one.how === 'with' && one.path === callee.parent && inRound(one.fact) && one.fact < call.fact,
  );
}

const MEANS_MORE = /^(join|get)$/;

function finding(
  program: ProgramModel,
  { module, call, runner }: HandOver,
  function_: FunctionNode,
  bindings: readonly Binding[],
): Finding {
  const names = bindings.map(({ path }) => program.nameOf(module, path));
  const all = listed(names);
  const isLambda = function_.scope.kind === 'lambda';
  const what = isLambda ? 'The lambda' : `\`${function_.scope.name}\``;
  const defaults = names.map((name) => `${name}=${name}`).join(', ');
  const bound = isLambda ? `lambda ${defaults}: …` : `def ${function_.scope.name}(${defaults})`;
  return {
    rule: 'loop-variable-captured',
    primary: at(module, function_.scope.fact),
    message: `${what} reads ${all} when ${RUNS[runner]} runs it, not now. By then the loop may be further on, so some values are handled twice and others never. Pass ${all} as ${names.length === 1 ? 'an argument' : 'arguments'}, or bind by default: \`${bound}\`.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      ...bindings.map(({ fact }, index) => ({
        role: 'access' as const,
        at: at(module, fact),
        message: `Each round of the loop binds \`${names[index]}\` anew here.`,
      })),
      { role: 'threadStart', at: at(module, call.fact), message: 'It is handed over here.' },
    ],
    fixes: [],
    identity: `${module.name}.${program.functionAt(module, call.scope).label}|${names.join(',')}`,
  };
}

function listed(names: readonly string[]): string {
  const quoted = names.map((name) => `\`${name}\``);
  return quoted.length === 1 ? quoted[0]! : `${quoted.slice(0, -1).join(', ')} and ${quoted.at(-1)}`;
}
