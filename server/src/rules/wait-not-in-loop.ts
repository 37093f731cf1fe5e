/** Reports a wait on a condition after which nobody looks whether what was waited for is true. */
import { REMOVING } from '../catalog/words.ts';
import type { Call, Test } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { wokenForNothing } from './standstills.ts';

export const rule = defineRule({
  id: 'wait-not-in-loop',
  title: 'Condition is not tested again after the wait',
  severity: 'warning',
  since: '0.2.0',
  cwe: [821, 367],
  witness: wokenForNothing,
  docs: {
    what: '`wait()` of a `threading.Condition` outside of a loop that tests again, typically under an `if`; with a timeout, when what was waited for is used afterwards all the same.',
    why: '`wait` may come back although another thread has taken what was there, for the notification of something else, or because the time is over. Only a test after it knows.',
    bad: [
      `import threading

class Belt:
    def __init__(self):
        self._changed = threading.Condition()
        self._parcels = []

    def put(self, parcel):
        with self._changed:
            self._parcels.append(parcel)
            self._changed.notify()

    def take(self):
        with self._changed:
            if not self._parcels:
                self._changed.wait()
            return self._parcels.pop()
`,
      `import threading

class Client:
    def __init__(self):
        self._arrived = threading.Condition()
        self._answers = {}

    def store(self, number, answer):
        with self._arrived:
            self._answers[number] = answer
            self._arrived.notify_all()

    def fetch(self, number):
        with self._arrived:
            if number not in self._answers:
                self._arrived.wait(5.0)
            return self._answers.pop(number)
`,
    ],
    good: [
      `import threading

class Belt:
    def __init__(self):
        self._changed = threading.Condition()
        self._parcels = []

    def put(self, parcel):
        with self._changed:
            self._parcels.append(parcel)
            self._changed.notify()

    def take(self):
        with self._changed:
            while not self._parcels:
                self._changed.wait()
            return self._parcels.pop()
`,
      `import threading

class Belt:
    def __init__(self):
        self._changed = threading.Condition()
        self._parcels = []

    def put(self, parcel):
        with self._changed:
            self._parcels.append(parcel)
            self._changed.notify()

    def take(self):
        with self._changed:
            self._changed.wait_for(lambda: self._parcels)
            return self._parcels.pop()
`,
    ],
    whenNotToUse: 'When the wait is only a pause that anybody may end early.',
    fix: 'Advice only: `while` for `if` is one word, but whether the loop can end when the program stops is for its author to say.',
    unknown:
      'A wait whose result is used, one with a timeout and without a test before it, and a helper that is only called from loops are not reported.',
    references: ['https://docs.python.org/3/library/threading.html#condition-objects'],
  },
  *check(program) {
    for (const module of program.modules) yield* program.kept(bareWaits, module);
  },
});

function* bareWaits(program: ProgramModel, module: Module): Iterable<Finding> {
  for (const call of module.summary.calls) {
    const callee = module.summary.paths[call.callee]!;
    if (callee.last !== 'wait' || callee.parent === -1 || call.use !== 'statement') continue;
    const types = program.typesOf(module, { kind: 'path', path: callee.parent });
    if (!types.some((type) => type.kind === 'lock' && type.lock === 'Condition')) continue;
    const function_ = program.functionAt(module, call.scope);
    const finding = judge(program, module, call, function_);
    if (finding !== undefined) yield finding;
  }
}

function judge(
  program: ProgramModel,
  module: Module,
  call: Call,
  function_: FunctionNode,
): Finding | undefined {
  const callee = module.summary.paths[call.callee]!;
  const tested = program.testsAt(module, call.fact).find(({ test }) => test.scope === call.scope);
  if (
    program.repeatsAt(module, call.fact) &&
    (tested === undefined || !isTakenUntested(program, module, call, tested.test))
  )
    return undefined;
  const timed = call.arguments.length > 0;
  if (timed && tested === undefined) return undefined;
  if (tested !== undefined && timed && !isUsedAfter(program, module, call, tested.test.path))
    return undefined;
  if (tested !== undefined && timed && isTestedAfter(program, module, call, tested.test.path))
    return undefined;
  const callers = program.callsTo(function_);
  const again = callers.length > 0 && callers.every((edge) => program.repeatsAt(edge.module, edge.fact));
  if (again && !(tested !== undefined && isChangedBlindly(program, module, call, tested.test.path)))
    return undefined;
  if (tested === undefined && isBareWrapper(program, function_)) return undefined;
  const name = program.nameOf(module, callee.parent);
  const about =
    tested === undefined ? 'what it waits for' : `\`${program.nameOf(module, tested.test.path)}\``;
  return {
    rule: 'wait-not-in-loop',
    primary: at(module, call.fact),
    message: `After \`${name}.wait()\` nothing tests ${about} again. ${
      timed
        ? 'The wait also ends when the time is over, or for the notification of something else'
        : 'Another thread may have been faster, or the notification was about something else'
    }, and ${named(function_)} goes on as if it were there. Use \`while …: ${name}.wait()\` or \`${name}.wait_for(…)\`.`,
    severity: 'warning',
    confidence: tested === undefined ? 'medium' : 'high',
    breaks: 'everyBuild',
    evidence:
      tested === undefined
        ? []
        : [
            {
              role: 'access',
              at: at(module, tested.test.fact),
              message: `${subject(function_)} tests it once, before the wait.`,
            },
          ],
    fixes: [],
    identity: `${module.path}:${function_.label}|${name}`,
  };
}

/** Whether control gets from the wait to where something is taken out, past all that looks whether it is there: the loop is another's. */
function isTakenUntested(program: ProgramModel, module: Module, call: Call, tested: Test): boolean {
  if (tested.form !== 'falsy' && tested.form !== 'lacks') return false;
  const { accesses, tests, paths } = module.summary;
  const looks = [...tests, ...accesses.filter(({ kind, use }) => kind === 'read' && use === 'tested')]
    .filter(
      ({ path, scope }) =>
        scope === call.scope && (path === tested.path || paths[path]!.parent === tested.path),
    )
    .flatMap((one) => ('made' in one ? [one.fact, one.made] : [one.fact]));
  return accesses.some(
    ({ path, scope, fact, kind, operation }) =>
      path === tested.path &&
      scope === call.scope &&
      kind === 'mutate' &&
      REMOVING.has(operation) &&
      program.reachesPast(module, call.fact, fact, looks) &&
      !program.catchesAt(module, fact, MISSING),
  );
}

/** Whether what was tested is used where control gets from the wait. */
function isUsedAfter(program: ProgramModel, module: Module, call: Call, path: number): boolean {
  return module.summary.accesses.some(
    (access) =>
      access.path === path &&
      access.scope === call.scope &&
      access.fact !== call.fact &&
      program.reaches(module, call.fact, access.fact) &&
      !program.reaches(module, access.fact, call.fact),
  );
}

/** Whether what was tested before the wait is changed after it, and no test behind the wait says for sure that it may be. */
function isChangedBlindly(program: ProgramModel, module: Module, call: Call, path: number): boolean {
  return module.summary.accesses.some(
    ({ path: used, scope, fact, kind }) =>
      used === path &&
      scope === call.scope &&
      (kind === 'mutate' || kind === 'update') &&
      program.reaches(module, call.fact, fact) &&
      !program.reaches(module, fact, call.fact) &&
      !program.catchesAt(module, fact, MISSING) &&
      !program
        .testsAt(module, fact)
        .some(
          ({ test, weak }) => test.path === path && !weak && program.reaches(module, call.fact, test.fact),
        ),
  );
}

/** Whether control that comes from a wait looks once more, or expects that nothing is there. */
function isTestedAfter(program: ProgramModel, module: Module, call: Call, path: number): boolean {
  return module.summary.accesses.some(
    (access) =>
      access.path === path &&
      access.scope === call.scope &&
      program.reaches(module, call.fact, access.fact) &&
      !program.reaches(module, access.fact, call.fact) &&
      (access.use === 'tested' || program.catchesAt(module, access.fact, MISSING)),
  );
}

const MISSING: readonly string[] = ['IndexError', 'KeyError', 'LookupError', 'Empty'];

/** A method that only waits: its callers are to test. */
function isBareWrapper(program: ProgramModel, function_: FunctionNode): boolean {
  return /wait|sleep|pause|join/i.test(function_.scope.name) && program.callsIn(function_).length <= 2;
}
