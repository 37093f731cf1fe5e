/** Reports waits that can miss what they wait for: the test, the change and the signal do not belong together. */
import { ASKS_OTHERS_METHOD, NOTIFYING_METHODS } from '../catalog/words.ts';
import type { Access, Call, Test } from '../facts/summary.ts';
import type { FunctionNode, Module, ProgramModel, Variable } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { loneSentinels } from './loneSentinel.ts';
import { defineRule } from './rule.ts';
import { missedSignal } from './standstills.ts';
import { unnotified } from './unnotified.ts';
import { untested } from './untested.ts';

export const rule = defineRule({
  id: 'lost-wakeup',
  title: 'Signal that nobody may see',
  severity: 'warning',
  since: '0.2.0',
  cwe: [821, 367],
  witness: missedSignal,
  docs: {
    what: 'A condition that is waited on after a test made without its lock; what a wait tests is changed and nobody is notified; a wait that tests nothing although what it waits for comes once; `notify()` where two kinds of waiters sleep; an `Event` that is cleared after the work, or after what it announces was asked for; one `None` in a queue from which several threads take until they get one.',
    why: 'The change and the signal can fall between the test and the wait, or reach the wrong thread. The waiter then sleeps although what it waits for is there.',
    bad: [
      `import threading

class Boiler:
    def __init__(self):
        self.ready = False
        self._changed = threading.Condition()

    def heat(self):
        with self._changed:
            self.ready = True
            self._changed.notify_all()

    def wait_until_ready(self):
        if not self.ready:
            with self._changed:
                self._changed.wait()
`,
      `import threading

class Printer:
    def __init__(self):
        self.box = []
        self.bell = threading.Event()

    def order(self, dish):
        self.box.append(dish)
        self.bell.set()

    def run(self):
        while True:
            self.bell.wait()
            self.drain()
            self.bell.clear()

    def drain(self):
        while self.box:
            print(self.box.pop())
`,
      `import threading

class Belt:
    def __init__(self):
        self._changed = threading.Condition()
        self._parcels = []
        self._closed = False
        threading.Thread(target=self._sort).start()

    def put(self, parcel):
        with self._changed:
            self._parcels.append(parcel)
            self._changed.notify()

    def close(self):
        with self._changed:
            self._closed = True

    def _sort(self):
        while True:
            with self._changed:
                while not self._parcels and not self._closed:
                    self._changed.wait()
                if self._closed:
                    return
                print(self._parcels.pop())
`,
    ],
    good: [
      `import threading

class Boiler:
    def __init__(self):
        self.ready = False
        self._changed = threading.Condition()

    def heat(self):
        with self._changed:
            self.ready = True
            self._changed.notify_all()

    def wait_until_ready(self):
        with self._changed:
            while not self.ready:
                self._changed.wait()
`,
      `import threading

class Printer:
    def __init__(self):
        self.box = []
        self.bell = threading.Event()

    def order(self, dish):
        self.box.append(dish)
        self.bell.set()

    def run(self):
        while True:
            self.bell.wait()
            self.bell.clear()
            self.drain()

    def drain(self):
        while self.box:
            print(self.box.pop())
`,
    ],
    whenNotToUse: 'When a waiter that sleeps a little longer does no harm, because it looks again by itself.',
    fix: 'Advice only: the test, the change and the signal have to move together.',
    unknown:
      'A wait with a timeout looks again by itself and is not reported, but for one that tests nothing before it while another method first tests what is stored once and for all; nor is a change whose function, or a caller of it, notifies.',
    references: ['https://docs.python.org/3/library/threading.html#condition-objects'],
  },
  *check(program) {
    yield* conditions(program);
    yield* events(program);
    yield* loneSentinels(program);
  },
});

/** A call of `wait` on a condition, with what is tested before it. */
interface Wait {
  readonly module: Module;
  readonly function: FunctionNode;
  readonly call: Call;
  readonly key: string;
  readonly name: string;
  readonly timed: boolean;
  readonly tests: readonly {
    readonly test: Test;
    readonly variable: string;
    readonly locked: boolean;
    readonly weak: boolean;
  }[];
}

function* conditions(program: ProgramModel): Iterable<Finding> {
  const waits = new Map<string, Wait[]>();
  const notifies = new Map<string, { readonly module: Module; readonly call: Call }[]>();
  const handedIn = handedInConditions(program);
  for (const module of program.modules) {
    for (const call of module.summary.calls) {
      const { last, parent } = module.summary.paths[call.callee]!;
      if (parent === -1 || !CONDITION_METHOD.test(last)) continue;
      if (!isCondition(program, module, parent) && !handedIn.has(program.keyOf(module, parent) ?? ''))
        continue;
      const lock = program.lockAt(module, parent);
      if (lock === undefined) continue;
      if (last === 'wait') add(waits, lock.key, waitAt(program, module, call, lock.key));
      else add(notifies, program.keyOf(module, parent) ?? lock.key, { module, call });
    }
  }
  const signals = notifying(program);
  const variables = new Map(program.variables.map((one) => [one.key, one]));
  for (const list of waits.values()) {
    for (const wait of list) {
      const outside = untestedInside(wait, variables, signals);
      if (outside !== undefined) yield testedOutside(program, wait, outside);
    }
  }
  yield* wrongKind(program, waits, notifies);
  yield* untested(program, [...waits.values()], variables, signals);
  yield* unnotified(
    program,
    [...waits.values()]
      .flat()
      .flatMap((wait) => (wait.timed ? [] : [{ ...wait, tests: wait.tests.filter(holds) }])),
    signals,
  );
}

/** What was tested under the lock, and for sure. */
function holds({ locked, weak }: Wait['tests'][number]): boolean {
  return locked && !weak;
}

/** Functions that notify any condition: whose it is need not be known for their changes not to be lost. */
function notifying(program: ProgramModel): ReadonlySet<FunctionNode> {
  return new Set(
    program.modules.flatMap((module) =>
      module.summary.calls
        .filter(({ callee }) => NOTIFYING_METHODS.has(module.summary.paths[callee]!.last))
        .map(({ scope }) => program.functionAt(module, scope)),
    ),
  );
}

function isCondition(program: ProgramModel, module: Module, path: number): boolean {
  return program
    .typesOf(module, { kind: 'path', path })
    .some((type) => type.kind === 'lock' && type.lock === 'Condition');
}

const CONDITION_METHOD = /^(wait|notify|notify_all|notifyAll)$/;

/**
 * Of whose making the program shows nothing (`self._changed = make_condition()` with a parameter): what is held by `with`, waited on
 * and notified, and not awaited, is a condition.
 */
function handedInConditions(program: ProgramModel): ReadonlySet<string> {
  const methods = new Map<string, Set<string>>();
  const awaited = new Set<string>();
  for (const module of program.modules)
    for (const call of module.summary.calls) {
      const { last, parent } = module.summary.paths[call.callee]!;
      if (parent === -1 || !CONDITION_METHOD.test(last)) continue;
      const key = program.keyOf(module, parent);
      const types = program.typesOf(module, { kind: 'path', path: parent });
      if (key === undefined || types.some(({ kind }) => kind !== 'unknown')) continue;
      const lock = program.lockAt(module, parent);
      if (lock === undefined || !program.locksAt(module, call.fact).has(lock.key)) continue;
      if (call.awaited) awaited.add(key);
      const known = methods.get(key) ?? new Set();
      methods.set(key, known.add(last === 'wait' ? 'wait' : 'notify'));
    }
  return new Set(
    [...methods].filter(([key, { size }]) => size === 2 && !awaited.has(key)).map(([key]) => key),
  );
}

function waitAt(program: ProgramModel, module: Module, call: Call, key: string): Wait {
  const { parent } = module.summary.paths[call.callee]!;
  return {
    module,
    function: program.functionAt(module, call.scope),
    call,
    key: program.keyOf(module, parent) ?? key,
    name: program.nameOf(module, parent),
    timed: call.arguments.length > 0,
    tests: program.testsAt(module, call.fact).flatMap(({ test, locks, weak }) => {
      const variable = program.heldKeyOf(module, test.path);
      return variable === undefined ? [] : [{ test, variable, locked: locks.has(key), weak }];
    }),
  };
}

/**
 * A test without the lock that is not made again with it: of what is changed where somebody is notified, if there is such a
 * test. Behind a right test of something else, one of what nobody signals is no test of what is waited for.
 */
function untestedInside(
  wait: Wait,
  variables: ReadonlyMap<string, Variable>,
  signals: ReadonlySet<FunctionNode>,
): Wait['tests'][number] | undefined {
  if (wait.timed) return undefined;
  const outside = wait.tests.filter(
    ({ variable, locked }) =>
      !locked && !wait.tests.some((other) => other.locked && other.variable === variable),
  );
  if (outside.length === 0) return undefined;
  const signalled = outside.find(({ variable }) =>
    variables
      .get(variable)
      ?.accesses.some((one) => one.access.kind !== 'read' && !one.beforeSharing && signals.has(one.function)),
  );
  return signalled ?? (wait.tests.some(holds) ? undefined : outside[0]);
}

function testedOutside(
  program: ProgramModel,
  { module, function: function_, call, name }: Wait,
  { test, variable }: Wait['tests'][number],
): Finding {
  const tested = program.nameOf(module, test.path);
  const change = program.variables
    .find(({ key }) => key === variable)
    ?.accesses.find(({ access, beforeSharing }) => access.kind !== 'read' && !beforeSharing);
  return {
    rule: 'lost-wakeup',
    primary: at(module, call.fact),
    message: `${subject(function_)} can wait for a notification that has already gone. \`${tested}\` is tested before \`${name}\` is held: it can change, and be signalled, in between. Test it inside \`with ${name}:\`, in a \`while\` around the wait.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(module, test.fact),
        message: `\`${tested}\` is tested here without the lock.`,
      },
      ...(change === undefined
        ? []
        : [
            {
              role: 'access' as const,
              at: at(change.module, change.access.fact),
              message: `${subject(change.function)} changes it here.`,
            },
          ]),
    ],
    fixes: [],
    identity: `${module.path}:${function_.label}|${variable}|outside`,
  };
}

/** `notify()` wakes one thread; when those that wait do so for different things it may be the wrong one. */
function* wrongKind(
  program: ProgramModel,
  waits: ReadonlyMap<string, readonly Wait[]>,
  notifies: ReadonlyMap<string, readonly { readonly module: Module; readonly call: Call }[]>,
): Iterable<Finding> {
  for (const list of waits.values()) {
    const byCondition = new Map<string, Wait[]>();
    for (const wait of list) if (!wait.timed) add(byCondition, wait.key, wait);
    for (const [key, sleepers] of byCondition) {
      const [first] = sleepers;
      const other =
        sleepers.find(
          (wait) => first !== undefined && wait.function !== first.function && kindOf(wait) !== kindOf(first),
        ) ?? (first !== undefined && waitsForItsOwn(program, first) ? first : undefined);
      if (first === undefined || other === undefined || kindOf(first) === '' || kindOf(other) === '')
        continue;
      const who =
        other === first
          ? `Several threads wait in ${named(first.function)}, each for something else`
          : `${subject(first.function)} and ${named(other.function)} wait on it for different things`;
      for (const { module, call } of notifies.get(key) ?? []) {
        if (module.summary.paths[call.callee]!.last !== 'notify' || call.arguments.length > 0) continue;
        const function_ = program.functionAt(module, call.scope);
        yield {
          rule: 'lost-wakeup',
          primary: at(module, call.fact),
          message: `\`${first.name}.notify()\` can wake the wrong thread, and the right one sleeps on. ${who}, and \`notify\` picks any one of the sleepers. Use \`notify_all()\`, or one condition for each thing over the same lock.`,
          severity: 'warning',
          confidence: 'high',
          breaks: 'everyBuild',
          evidence: [...new Set([first, other])].map(
            (wait): Evidence => ({
              role: 'call',
              at: at(wait.module, wait.call.fact),
              message: `${subject(wait.function)} waits here.`,
            }),
          ),
          fixes: [],
          identity: `${module.path}:${function_.label}|${key}|kinds`,
        } satisfies Finding;
      }
    }
  }
}

/** Several threads wait here at once, each for what its own parameter says: `while self.floor != floor`. */
function waitsForItsOwn(program: ProgramModel, { function: function_, tests }: Wait): boolean {
  const threads = program.threadsRunning(function_);
  const several = threads.length > 1 || threads.some(({ many }) => many);
  const parameters = new Set(function_.scope.parameters.map(({ name }) => name));
  return (
    several &&
    tests.some(
      ({ locked, test }) => locked && (parameters.has(test.against) || parameters.has(test.key?.text ?? '')),
    )
  );
}

/** What a wait is for, as far as its tests say; two comparisons of one variable are for opposite things in two functions. */
function kindOf({ tests, module, function: { label } }: Wait): string {
  return tests
    .filter(({ locked }) => locked)
    .map(
      ({ variable, test }) =>
        `${variable} ${test.form}${/^(compares|orders)$/.test(test.form) ? ` ${module.index} ${label}` : ''}`,
    )
    .sort()
    .join();
}

// ── events ─────────────────────────────────────────────────────────────────────────────────────────────────────

function* events(program: ProgramModel): Iterable<Finding> {
  for (const module of program.modules) {
    for (const clear of module.summary.calls) {
      const { last, parent } = module.summary.paths[clear.callee]!;
      if (last !== 'clear' || parent === -1 || !isEvent(program, module, parent)) continue;
      const function_ = program.functionAt(module, clear.scope);
      const calls = program.callsIn(function_);
      const on = (method: string): readonly Call[] =>
        calls.filter((call) => {
          const callee = module.summary.paths[call.callee]!;
          return callee.last === method && callee.parent === parent && call !== clear;
        });
      const name = program.nameOf(module, parent);
      const common = { program, module, clear, function_, name };
      const wait = on('wait').find(
        (one) =>
          one.arguments.length === 0 &&
          program.dominates(module, one.fact, clear.fact) &&
          program.repeatsAt(module, clear.fact) &&
          worksBetween(program, module, one, clear),
      );
      const asked = wait === undefined ? askedBefore(program, module, clear, calls, on('wait')) : undefined;
      if (wait === undefined && asked === undefined) continue;
      const set = setElsewhere(program, module, clear, function_);
      if (set === undefined) continue;
      if (wait !== undefined) yield clearedLate(common, wait);
      else if (asked !== undefined) yield clearedAfterAsking(common, asked, set);
    }
  }
}

function isEvent(program: ProgramModel, module: Module, path: number): boolean {
  return program
    .typesOf(module, { kind: 'path', path })
    .some((type) => type.kind === 'safe' && type.role === 'event');
}

/** Shared state is used, or a method of the object called, after the wait and before the clear. */
function worksBetween(program: ProgramModel, module: Module, wait: Call, clear: Call): boolean {
  const lies = (fact: number, scope: number): boolean =>
    scope === clear.scope &&
    fact !== wait.fact &&
    fact !== clear.fact &&
    program.dominates(module, wait.fact, fact) &&
    !program.dominates(module, clear.fact, fact) &&
    program.reaches(module, fact, clear.fact);
  const event = module.summary.paths[clear.callee]!.parent;
  const isOther = ({ path }: Access): boolean => path !== event;
  return (
    module.summary.calls.some(
      (call) => lies(call.fact, call.scope) && module.summary.paths[call.callee]!.parent !== event,
    ) ||
    module.summary.accesses.some(
      (access) => isOther(access) && access.kind !== 'read' && lies(access.fact, access.scope),
    )
  );
}

/** By another function, and not under a lock that is held at the `clear`, too. */
function setElsewhere(
  program: ProgramModel,
  module: Module,
  clear: Call,
  function_: FunctionNode,
): { readonly module: Module; readonly call: Call } | undefined {
  const key = program.keyOf(module, module.summary.paths[clear.callee]!.parent);
  const held = program.locksAt(module, clear.fact);
  for (const other of program.modules)
    for (const call of other.summary.calls) {
      const { last, parent } = other.summary.paths[call.callee]!;
      if (last !== 'set' || parent === -1 || program.keyOf(other, parent) !== key) continue;
      if (program.functionAt(other, call.scope) === function_) continue;
      if (![...program.locksAt(other, call.fact)].some((lock) => held.has(lock)))
        return { module: other, call };
    }
  return undefined;
}

/** `port.write("ask")`, `answered.clear()`, `answered.wait()`: with nothing asked between the last two. */
function askedBefore(
  program: ProgramModel,
  module: Module,
  clear: Call,
  calls: readonly Call[],
  waits: readonly Call[],
): Call | undefined {
  const asks = ({ callee }: Call): boolean => ASKS_OTHERS_METHOD.test(module.summary.paths[callee]!.last);
  const wait = waits.find((one) => program.dominates(module, clear.fact, one.fact));
  if (wait === undefined) return undefined;
  const between = calls.some(
    (one) =>
      one !== clear &&
      one !== wait &&
      program.reaches(module, clear.fact, one.fact) &&
      program.reaches(module, one.fact, wait.fact) &&
      !program.dominates(module, one.fact, clear.fact),
  );
  return between
    ? undefined
    : calls.find((one) => asks(one) && program.dominates(module, one.fact, clear.fact));
}

interface Cleared {
  readonly program: ProgramModel;
  readonly module: Module;
  readonly clear: Call;
  readonly function_: FunctionNode;
  readonly name: string;
}

function clearedLate({ module, clear, function_, name }: Cleared, wait: Call): Finding {
  return {
    rule: 'lost-wakeup',
    primary: at(module, clear.fact),
    message: `\`${name}\` is cleared after the work: what is set meanwhile is forgotten. A \`set()\` between the work and this \`clear()\` in ${named(function_)} leaves nothing for the next \`wait()\` to see. Clear the event right after the wait, before looking at what there is to do.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [{ role: 'call', at: at(module, wait.fact), message: `${subject(function_)} waits here.` }],
    fixes: [],
    identity: `${module.path}:${function_.label}|${name}|late`,
  };
}

function clearedAfterAsking(
  { module, clear, function_, name }: Cleared,
  asked: Call,
  set: { readonly module: Module; readonly call: Call },
): Finding {
  return {
    rule: 'lost-wakeup',
    primary: at(module, clear.fact),
    message: `\`${name}\` is cleared after what it announces has been asked for. An answer that comes before this \`clear()\` in ${named(function_)} is forgotten, and the \`wait()\` behind it waits in vain. Clear the event first, then ask.`,
    severity: 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      { role: 'access', at: at(module, asked.fact), message: 'It is asked for here.' },
      { role: 'definition', at: at(set.module, set.call.fact), message: 'The answer sets the event here.' },
    ],
    fixes: [],
    identity: `${module.path}:${function_.label}|${name}|asked`,
  };
}

function add<T>(map: Map<string, T[]>, key: string, value: T): void {
  const known = map.get(key);
  if (known === undefined) map.set(key, [value]);
  else known.push(value);
}
