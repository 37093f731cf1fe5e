/** Reports one iterator or generator that several threads advance: steps get lost or doubled, a generator raises. */
import { OF_ONE_CALL_NAME } from '../catalog/words.ts';
import type { FactId, PathId, ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Module, ObjectUse, Parallel, ProgramModel } from '../link/program.ts';
import { at, named, subject, threadClause, threadEvidence } from './evidence.ts';
import type { Finding } from './finding.ts';
import { handOvers } from './handOver.ts';
import { togetherInside } from './interleavings.ts';
import { putIntoSeveral } from './iteratorOfEach.ts';
import { bindingsByKey, isNextOf, isTee, type Kind, kindOf } from './iterators.ts';
import { levelOf } from './levels.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'shared-iterator',
  title: 'Iterator advanced by several threads',
  severity: 'error',
  since: '0.2.0',
  cwe: [366, 662],
  witness: togetherInside,
  docs: {
    what: 'Several threads call `next()` on one generator, `map`, `zip`, file or other iterator, or step through it, without a lock.',
    why: 'A generator that is advanced while it runs raises “generator already executing”; other iterators may give an item twice or skip one, and free-threaded builds may crash. There is no automatic fix: a queue, a list made before, and a lock around `next` change the program in different ways.',
    bad: [
      `import threading

def seats():
    for row in "ABC":
        for number in range(100):
            yield f"{row}{number}"

free = seats()

def usher(guests):
    for guest in guests:
        print(guest, next(free))

for team in (["ann"], ["bob"]):
    threading.Thread(target=usher, args=(team,)).start()
`,
    ],
    good: [
      `import threading

def seats():
    for row in "ABC":
        for number in range(100):
            yield f"{row}{number}"

free = seats()
free_lock = threading.Lock()

def usher(guests):
    for guest in guests:
        with free_lock:
            seat = next(free)
        print(guest, seat)

for team in (["ann"], ["bob"]):
    threading.Thread(target=usher, args=(team,)).start()
`,
    ],
    whenNotToUse:
      'When the iterator locks for itself (`threading.serialize_iterator` of Python 3.15); `itertools.count` is safe and left out.',
    fix: 'Advice only: a queue, or a lock around each step, are for the author to choose.',
    unknown: 'Only what the program shows to be an iterator is reported; what may be locked is taken to be.',
    references: ['https://docs.python.org/3/glossary.html#term-generator-iterator'],
  },
  *check(program) {
    for (const uses of stepsOf(program).values()) {
      const open = uses.filter(({ module, fact }) => !isLocked(program, module, fact)).slice(0, MOST_STEPS);
      const found = firstTogether(program, open);
      const [first] = open;
      if (found !== undefined) yield finding(program, found);
      else if (first !== undefined && isOfLibraryObject(program, first))
        yield ofLibraryObject(program, first);
    }
    for (const module of program.modules) yield* program.kept(sharedInModule, module);
    yield* putIntoSeveral(program);
  },
});

function* sharedInModule(program: ProgramModel, module: Module): Iterable<Finding> {
  if (module.test) return;
  yield* handedToSeveral(program, module);
  yield* branches(program, module);
}

const MOST_STEPS = 30;

interface Step extends ObjectUse {
  readonly generator: boolean;
  readonly what: string;
}

/** Places that advance an iterator, by variable. */
function stepsOf(program: ProgramModel): ReadonlyMap<string, readonly Step[]> {
  const found = new Map<string, Step[]>();
  for (const module of program.modules)
    for (const [key, step] of program.kept(stepsIn, module)) {
      const steps = found.get(key);
      if (steps === undefined) found.set(key, [step]);
      else steps.push(step);
    }
  return found;
}

function stepsIn(program: ProgramModel, module: Module): readonly (readonly [key: string, Step])[] {
  if (module.test) return [];
  const found: [string, Step][] = [];
  const kinds = new Map<string, Kind | undefined>();
  let bindings: ReturnType<typeof bindingsByKey> | undefined;
  const note = (path: PathId, fact: FactId, scope: number): void => {
    const key = program.keyOf(module, path);
    if (key === undefined) return;
    bindings ??= bindingsByKey(program, module);
    if (!kinds.has(key)) kinds.set(key, kindOf(program, module, path, bindings.get(key) ?? []));
    const kind = kinds.get(key);
    if (kind !== undefined) found.push([key, { module, path, fact, scope, ...kind }]);
  };
  for (const call of module.summary.calls) {
    const { root, name, fields } = module.summary.paths[call.callee]!;
    const [first] = call.arguments;
    if (root === 'builtin' && name === 'next' && fields.length === 0 && first?.value.kind === 'path')
      note(first.value.path, call.fact, call.scope);
  }
  for (const access of module.summary.accesses)
    if (access.kind === 'iterate' || access.kind === 'snapshot') note(access.path, access.fact, access.scope);
  return found;
}

/** A generator of an object that a library gives to its users, advanced by a public method. */
function isOfLibraryObject(program: ProgramModel, step: Step): boolean {
  const { owner, scope } = program.functionAt(step.module, step.scope);
  if (!program.isLibrary(step.module) || !step.generator || owner === undefined) return false;
  if (step.module.summary.paths[step.path]!.root !== 'self' || OF_ONE_CALL_NAME.test(owner.name))
    return false;
  return (
    !scope.name.startsWith('_') &&
    !owner.methods.has('__next__') &&
    !owner.methods.has('__iter__') &&
    !scope.generator
  );
}

function ofLibraryObject(program: ProgramModel, { module, path, fact, scope }: Step): Finding {
  const name = program.nameOf(module, path);
  const function_ = program.functionAt(module, scope);
  return {
    rule: 'shared-iterator',
    primary: at(module, fact),
    message: `Two callers of ${named(function_)} advance the generator \`${name}\` at once. A generator that is advanced while it runs raises a ValueError. Hold a lock around \`next(${name})\`.`,
    severity: 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [],
    fixes: [],
    identity: `${module.name}|${program.keyOf(module, path) ?? name}`,
  };
}

/** The place behind the elements that a loop or an unpacking takes. */
function takenFrom(shape: ValueShape): PathId | undefined {
  if (shape.kind === 'path') return shape.path;
  return shape.kind === 'element' ? takenFrom(shape.of) : undefined;
}

/** An iterator made once and given to several threads, each of which steps through it. */
function* handedToSeveral(program: ProgramModel, module: Module): Iterable<Finding> {
  const { summary } = module;
  const seen = new Map<PathId, number>();
  const reported = new Set<string>();
  let byKey: ReturnType<typeof bindingsByKey> | undefined;
  for (const handOver of handOvers(program, module)) {
    const { call, runner, given, function: target } = handOver;
    if (runner === 'process' || runner === 'callback' || target === undefined) continue;
    for (const [index, value] of given.entries()) {
      if (value.kind !== 'path') continue;
      const key = program.keyOf(module, value.path);
      if (key === undefined) continue;
      byKey ??= bindingsByKey(program, module);
      const kind = kindOf(program, module, value.path, byKey.get(key) ?? []);
      if (kind === undefined) continue;
      const bindings = summary.bindings.filter(({ path }) => path === value.path);
      const remade = bindings.some(({ fact }) => program.repeatsAt(module, fact));
      const times = (seen.get(value.path) ?? 0) + 1;
      seen.set(value.path, times);
      // What a coroutine waits for at once is done before its next round.
      if (call.awaited && summary.paths[value.path]!.scope === call.scope) continue;
      if (remade || (times < 2 && !program.repeatsAt(module, call.fact))) continue;
      for (const function_ of program.functionsOf(module, target.value)) {
        const step = stepOn(program, function_, index);
        const id = `${function_.id} ${index}`;
        if (step === undefined || reported.has(id)) continue;
        reported.add(id);
        const name = program.nameOf(module, value.path);
        yield {
          rule: 'shared-iterator',
          primary: at(function_.module, step),
          message: `Several threads step through one iterator, \`${name}\`, in ${named(function_)}. ${kind.generator ? `${kind.what} that is advanced while it runs raises a ValueError.` : `${kind.what} may give an item twice or skip one.`} Hand the items out through a \`queue.Queue\`, or hold a lock around each step.`,
          severity: 'warning',
          confidence: 'high',
          breaks: 'everyBuild',
          evidence: [
            { role: 'threadStart', at: at(module, call.fact), message: `Each thread is given \`${name}\`.` },
            ...bindings.slice(0, 1).map(({ fact }) => ({
              role: 'definition' as const,
              at: at(module, fact),
              message: `\`${name}\` is made once, here.`,
            })),
          ],
          fixes: [],
          identity: `${module.name}.${function_.label}|${name}`,
        };
      }
    }
  }
}

/** Where a function steps through one of its positional parameters, without a lock. */
function stepOn(program: ProgramModel, function_: FunctionNode, index: number): FactId | undefined {
  const { module, scope, owner } = function_;
  const { paths, bindings, calls } = module.summary;
  const offset = owner !== undefined && !function_.static ? 1 : 0;
  const parameter = scope.parameters[index + offset]?.name;
  if (parameter === undefined) return undefined;
  const path = paths.findIndex(
    (one) =>
      one.root === 'local' && one.scope === scope.id && one.name === parameter && one.fields.length === 0,
  );
  const steps = [
    ...bindings.filter(
      ({ how, value }) =>
        (how === 'for' || how === 'unpack') && value.kind === 'element' && takenFrom(value) === path,
    ),
    ...calls.filter((call) => isNextOf(module, call, path)),
  ];
  return steps.map(({ fact }) => fact).find((fact) => path !== -1 && !isLocked(program, module, fact));
}

/** Two branches of one `tee`, given to two threads. */
function* branches(program: ProgramModel, module: Module): Iterable<Finding> {
  const { summary } = module;
  const made = new Map<PathId, number>();
  for (const { path, value } of summary.bindings)
    if (value.kind === 'element' && value.of.kind === 'call' && isTee(program, module, value.of.call))
      made.set(path, value.of.call);
  if (made.size < 2) return;
  const given = new Map<number, Set<PathId>>();
  const note = (value: ValueShape): void => {
    const tee = value.kind === 'path' ? made.get(value.path) : undefined;
    if (tee === undefined || value.kind !== 'path') return;
    given.set(tee, (given.get(tee) ?? new Set()).add(value.path));
  };
  for (const { given: values, runner } of handOvers(program, module))
    if (runner !== 'process') values.forEach(note);
  for (const call of summary.calls)
    if (program.typesOf(module, { kind: 'call', call: call.index }).some(({ kind }) => kind === 'thread'))
      for (const { value } of call.arguments) note(value);
  for (const [tee, paths] of given) {
    if (paths.size < 2) continue;
    const call = summary.calls[tee]!;
    const names = [...paths].map((path) => `\`${program.nameOf(module, path)}\``);
    yield {
      rule: 'shared-iterator',
      primary: at(module, call.fact),
      message: `${names.join(' and ')} share one iterator, and two threads advance them. The branches of \`tee\` are not thread-safe, on any build. Make a list once and give it to both.`,
      severity: 'error',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: [],
      fixes: [],
      identity: `${module.name}.${program.functionAt(module, call.scope).label}|tee`,
    };
  }
}

interface Together {
  readonly first: Step;
  readonly second: Step;
  readonly parallel: Parallel;
}

function firstTogether(program: ProgramModel, steps: readonly Step[]): Together | undefined {
  for (const first of steps)
    for (const second of steps) {
      if (second.fact < first.fact && second.module === first.module) continue;
      const parallel = program.usedTogether(first, second);
      if (parallel !== undefined) return { first, second, parallel };
    }
  return undefined;
}

function isLocked(program: ProgramModel, module: Module, fact: FactId): boolean {
  return program.locksAt(module, fact).size > 0 || program.mayHoldAt(module, fact);
}

function finding(program: ProgramModel, { first, second, parallel }: Together): Finding {
  const { module, fact, generator, what } = first;
  const name = program.nameOf(module, first.path);
  const function_ = program.functionAt(module, first.scope);
  const other = program.functionAt(second.module, second.scope);
  const why = generator
    ? `${what} that is advanced while it runs raises a ValueError, and ${threadClause(parallel, function_)}.`
    : `${what} may give an item twice or skip one without the GIL, and ${threadClause(parallel, function_)}.`;
  return {
    rule: 'shared-iterator',
    primary: at(module, fact),
    message: `Several threads advance \`${name}\` at once. ${why} Hold a lock around each step, or hand the items out through a \`queue.Queue\`.`,
    severity: generator
      ? levelOf(program, parallel, 'breaks', 'everyBuild')
      : levelOf(program, parallel, 'stale', 'freeThreadedOnly'),
    confidence: parallel.confidence,
    breaks: generator ? 'everyBuild' : 'freeThreadedOnly',
    evidence: [
      ...(second.fact === fact && second.module === module
        ? []
        : [
            {
              role: 'access' as const,
              at: at(second.module, second.fact),
              message: `${subject(other)} advances \`${program.nameOf(second.module, second.path)}\` as well.`,
            },
          ]),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: `${module.name}|${program.keyOf(module, first.path) ?? name}`,
  };
}
