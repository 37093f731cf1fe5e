/** Reports state of a class or module that is guarded by a lock of the instance: each object has its own, so they exclude nobody. */
import type { Lock, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
import { at, identityOf, isSafeType, isTestState, placeOf, subject, verb } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { eachItsOwnLock } from './interleavings.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'lock-of-one-instance',
  title: "Instance's lock around state of the class or module",
  severity: 'warning',
  since: '0.2.0',
  cwe: [362, 667],
  witness: eachItsOwnLock,
  docs: {
    what: 'A class attribute or global that is changed under a lock that each instance makes for itself.',
    why: 'Two objects hold two locks, so both threads are let in at once. The code looks protected and is not.',
    bad: [
      `import threading

class Booth:
    sold = 0

    def __init__(self):
        self._lock = threading.Lock()

    def sell(self):
        with self._lock:
            Booth.sold += 1

left, right = Booth(), Booth()
threading.Thread(target=left.sell).start()
threading.Thread(target=right.sell).start()
`,
    ],
    good: [
      `import threading

class Booth:
    sold = 0
    _lock = threading.Lock()

    def sell(self):
        with Booth._lock:
            Booth.sold += 1

left, right = Booth(), Booth()
threading.Thread(target=left.sell).start()
threading.Thread(target=right.sell).start()
`,
    ],
    whenNotToUse: 'When there is only ever one object of the class.',
    fix: 'Advice only: the lock has to become one of the class, in all places that take it.',
    unknown:
      'A program that makes one object of the class in one place, outside of any loop, is taken to have no other.',
    references: ['https://docs.python.org/3/library/threading.html#lock-objects'],
  },
  *check(program, judged) {
    for (const variable of judged.variables) {
      if (variable.kind !== 'classAttribute' && variable.kind !== 'global') continue;
      if (isTestState(variable) || isSafeType(variable) || variable.fields.length > 1) continue;
      const changing = variable.accesses.filter(
        (access) => !access.beforeSharing && changes(program, variable, access),
      );
      for (const access of changing) {
        const lock = ownLock(program, access);
        if (lock === undefined || isOnlyObject(program, lock)) continue;
        yield report(variable, access, lock);
        break;
      }
    }
  },
});

/** A step that needs the lock: read and written back, or done because of a test. One store of one entry needs none. */
function changes(program: ProgramModel, variable: Variable, { module, access }: SharedAccess): boolean {
  if (access.kind === 'update') return true;
  if (access.kind === 'read' || access.kind === 'iterate' || access.kind === 'snapshot') return false;
  return program
    .testsAt(module, access.fact)
    .some(({ test }) => program.keyOf(module, test.path) === variable.key);
}

/** The lock of the instance, when nothing else that could exclude others is held. */
function ownLock(program: ProgramModel, access: SharedAccess): Lock | undefined {
  if (access.maybeLocked || access.locks.size !== 1) return undefined;
  const [key] = access.locks;
  const lock = program.locks.get(key!);
  return lock?.holder === 'instance' && lock.constructors.length > 0 && lock.kind !== 'unknown'
    ? lock
    : undefined;
}

function isOnlyObject(program: ProgramModel, { owner }: Lock): boolean {
  if (owner === undefined || owner.subclasses.length > 0) return false;
  const makings = program.modules.flatMap((module) =>
    module.summary.calls
      .filter((call) => program.makes(module, call.index) === owner)
      .map((call) => ({ module, call })),
  );
  const [only] = makings;
  return (
    makings.length === 1 &&
    only !== undefined &&
    program.functionAt(only.module, only.call.scope).scope.kind === 'module' &&
    !program.repeatsAt(only.module, only.call.fact)
  );
}

function report(variable: Variable, access: SharedAccess, lock: Lock): Finding {
  const [made] = lock.constructors;
  const evidence: Evidence[] =
    made === undefined
      ? []
      : [
          {
            role: 'lock',
            at: at(made.module, made.call.fact),
            message: `Every object makes its own \`${lock.name}\` here.`,
          },
        ];
  const of = variable.kind === 'global' ? 'the module' : 'the class';
  return {
    rule: 'lock-of-one-instance',
    primary: placeOf(access),
    message: `\`${variable.name}\` belongs to ${of}, but \`${lock.name}\` to one object. ${subject(access.function)} ${verb(access)} it under a lock that the next object does not share, so two threads with two objects are in here at once. Make the lock where the state is: in ${of}.`,
    severity: 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence,
    fixes: [],
    identity: identityOf(access, variable),
  };
}
