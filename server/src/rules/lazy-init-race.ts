/** Reports shared state that is created when a test says that it is missing, with the test and the creation not under one lock. */

import { CREATING_METHOD, CREATING_NAME, PURE_CALL, SAME_OBJECT_CALL } from '../catalog/words.ts';
import { type Access, ELEMENT, type Test, type ValueShape } from '../facts/summary.ts';
import type {
  HeldTest,
  Module,
  Parallel,
  ProgramModel,
  SharedAccess,
  Sharing,
  ValueType,
  Variable,
} from '../link/program.ts';
import { isRefusedToOthers } from './acts.ts';
import { type BehindTest, behindOneTest } from './behindOneTest.ts';
import { creationFixes } from './creationFixes.ts';
import {
  accessEvidence,
  at,
  identityOf,
  isTestState,
  named,
  placeOf,
  threadEvidence,
  threadSentence,
} from './evidence.ts';
import { putsInto } from './filledEntries.ts';
import type { Confidence, Evidence, Finding } from './finding.ts';
import { createdTwice } from './interleavings.ts';
import { guardedBy, isWorthSaying, levelOf } from './levels.ts';
import { testedAgain } from './lockChoice.ts';
import { defineRule } from './rule.ts';
import { namesThread } from './threadCode.ts';

export const rule = defineRule({
  id: 'lazy-init-race',
  title: 'Shared state created after a test, without a lock',
  severity: 'error',
  since: '0.1.0',
  cwe: [362, 367],
  witness: createdTwice,
  docs: {
    what: 'Code such as `if _client is None: _client = make()` or `if k not in cache: cache[k] = f(k)` on shared state, where two threads can both find it missing.',
    why: 'Both threads create the object; one copy is thrown away while somebody already uses it. Connections leak, registrations happen twice, and what was stored in the lost copy is gone. This happens with the GIL, too.',
    bad: [
      `import threading

class Client:
    def __init__(self):
        self.open = True

_client = None

def client():
    global _client
    if _client is None:
        _client = Client()
    return _client

for _ in range(4):
    threading.Thread(target=client).start()
`,
      `import threading

class Session:
    pass

class Registry:
    def __init__(self):
        self._lock = threading.Lock()
        self._sessions = {}

    def session(self, name):
        if name not in self._sessions:
            self._sessions[name] = Session()
        return self._sessions[name]

    def start(self):
        for _ in range(4):
            threading.Thread(target=self.session, args=('a',)).start()
`,
    ],
    good: [
      `import threading

class Client:
    pass

_client = None
_client_lock = threading.Lock()

def client():
    global _client
    if _client is None:
        with _client_lock:
            if _client is None:
                _client = Client()
    return _client

for _ in range(4):
    threading.Thread(target=client).start()
`,
    ],
    whenNotToUse:
      'When creating the object twice is harmless and nobody keeps the first one. Such plain memos are shown as notes only.',
    fix: 'Unsafe, look at it: the test is repeated under a lock, a new one or the one that is taken after it, or becomes one `setdefault`.',
    unknown:
      'A value of unknown kind counts as recomputable and is shown as a note; what is certainly an object with identity is a warning.',
    references: [
      'https://docs.python.org/3/library/functools.html#functools.cached_property',
      'https://docs.python.org/3/library/threading.html#lock-objects',
    ],
  },
  *check(program, judged) {
    for (const variable of judged.variables)
      if (!isTestState(variable) && !variable.types.some((type) => type.kind === 'threadLocal'))
        yield* behindOneTest(
          findingsOn(program, variable),
          (name) => `Behind the same test, \`${name}\` is created here.`,
        );
  },
});

function* findingsOn(program: ProgramModel, variable: Variable): Iterable<BehindTest> {
  for (const access of variable.accesses) {
    const { kind, operation } = access.access;
    const creates = kind === 'write' || (kind === 'mutate' && operation === '[]=');
    if (!creates || access.beforeSharing || access.maybeLocked) continue;
    const found = uncheckedCreation(program, variable, access);
    if (found === undefined) continue;
    const finding = report(program, variable, access, found);
    if (finding !== undefined)
      yield { access, test: found.test, kind: access.access.key?.text ?? '', finding };
  }
}

const MISSING: ReadonlySet<string> = new Set(['isNone', 'falsy', 'lacks', 'lacksAttribute', 'caughtMissing']);

/** The test for absence under which the value is created, unless a test under the same lock repeats it. */
function uncheckedCreation(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
): HeldTest | undefined {
  const key = access.access.key?.text;
  const tests = program.testsAt(access.module, access.access.fact).filter(({ test }) => {
    if (!MISSING.has(test.form) || test.scope !== access.access.scope) return false;
    if (program.keyOf(access.module, test.path) !== variable.key) return false;
    const keyed = test.form === 'lacks' || test.form === 'caughtMissing';
    return keyed ? key !== undefined && test.key?.text === key : key === undefined;
  });
  if (tests.length === 0) return undefined;
  const checkedUnderLock = tests.some(({ locks }) => [...locks].some((lock) => access.locks.has(lock)));
  const last = tests.at(-1);
  return checkedUnderLock || last === undefined || decidesOther(program, variable, access, last)
    ? undefined
    : last;
}

/** The absence may have let control through, and then something else was asked: that decides about what is stored. */
function decidesOther(
  program: ProgramModel,
  variable: Variable,
  { module, access }: SharedAccess,
  { test, weak }: HeldTest,
): boolean {
  return (
    weak &&
    program
      .testsAt(module, access.fact)
      .some(
        (one) =>
          !one.weak &&
          one.test.scope === test.scope &&
          program.keyOf(module, one.test.path) !== variable.key &&
          program.reaches(module, test.fact, one.test.fact) &&
          !program.reaches(module, one.test.fact, test.fact),
      )
  );
}

function report(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  { test }: HeldTest,
): Finding | undefined {
  const value = access.access.value;
  if (value === undefined || isConstant(value) || isFoundOnly(program, access, value, test)) return undefined;
  const { key } = access.access;
  // `check-then-act` speaks of what is taken for oneself.
  if (key !== undefined && isRefusedToOthers(program, access)) return undefined;
  if (key !== undefined && namesThread(program, access.module, key)) return undefined;
  const parallel = parallelCreation(program, variable, access);
  const owns =
    variable.owner !== undefined &&
    variable.kind === 'instance' &&
    access.receiver !== 'parameter' &&
    access.receiver !== 'local' &&
    !access.function.scope.async &&
    program.locksOf(access.function.owner ?? variable.owner, variable.module).length > 0;
  if (parallel === undefined && !owns) return undefined;
  /** A lock of the class that guards something else is a weak sign. */
  const guarded = variable.accesses.some((one) => one.locks.size > 0 && !one.beforeSharing);
  const confidence: Confidence =
    parallel !== undefined && (parallel.thread !== undefined || !guarded)
      ? parallel.confidence
      : guarded
        ? 'medium'
        : 'low';
  const late = access.locks.size > 0;
  /** Whoever computes a value first and only stores it under the lock means to compute it twice. */
  const consumed = consumes(program, access);
  const half = consumed === undefined && isFilledAfter(program, access);
  const matters =
    consumed !== undefined ||
    half ||
    (late && value.kind === 'call') ||
    hasIdentity(program, variable, access, value, test) ||
    (key !== undefined && program.returnsOnlyAfter(access.module, access.access.fact));
  const sharing = parallel?.sharing ?? ownsLock(program, variable);
  const put = matters || late ? undefined : putsInto(program, variable, access);
  const harm = consumed !== undefined ? 'misses' : matters ? 'twice' : put !== undefined ? 'loses' : 'again';
  if (!isWorthSaying(sharing, harm)) return undefined;
  const severity = levelOf(program, { sharing, confidence }, harm, 'everyBuild');
  const target = access.access.key === undefined ? access.name : `${access.name}[${access.access.key.text}]`;
  const who =
    parallel === undefined
      ? `The class has a lock, so ${named(access.function)} is meant for several threads`
      : threadSentence(parallel, access.function);
  const untested = late ? ', and the lock is taken after the test' : '';
  const gone =
    consumed === undefined
      ? half
        ? ', and one takes it for complete while the other still fills it'
        : put !== undefined
          ? ', and what is in the first is lost'
          : ''
      : `, and the second finds \`${program.nameOf(access.module, consumed.path)}\` gone`;
  return {
    rule: 'lazy-init-race',
    primary: placeOf(access),
    message: `Two threads can both find \`${target}\` missing and create it. ${who}${gone}${untested}. Test and create under one lock.`,
    severity,
    confidence,
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(access.module, test.fact),
        message: `Another thread can pass this test before \`${target}\` is stored.`,
      },
      ...(put === undefined
        ? []
        : [
            {
              role: 'access' as const,
              at: at(put.module, put.access.fact),
              message: 'What is put in here is lost with the one that is replaced.',
            },
          ]),
      ...(parallel === undefined ? lockEvidence(program, variable) : threadEvidence(parallel)),
      ...others(variable, access),
    ],
    fixes: late ? [testedAgain(program, access, test.fact)] : creationFixes(program, variable, access, test),
    identity: identityOf(access, variable),
    cause: variable.key,
  };
}

const FILLS: ReadonlySet<string> = new Set([
  '[]=',
  'append',
  'add',
  'insert',
  'extend',
  'update',
  'setdefault',
]);

/** `cls._rules[cls] = []` and then `cls._rules[cls].append(…)`: whoever asks meanwhile finds it, and not all of it. */
function isFilledAfter(
  program: ProgramModel,
  { module, access, function: function_, locks }: SharedAccess,
): boolean {
  const { value } = access;
  if (value?.kind !== 'literal' || !value.empty || locks.size > 0) return false;
  const { accesses, paths } = module.summary;
  const { last, fields } = paths[access.path]!;
  const isIt = (path: number): boolean => {
    const { parent, last: name, fields: below } = paths[path]!;
    if (access.key !== undefined) return parent === access.path && name === ELEMENT;
    return path === access.path || (name === last && fields.length > 0 && below.length === fields.length);
  };
  return accesses.some((one) => {
    if (one.kind !== 'mutate' || !FILLS.has(one.operation) || !isIt(one.path)) return false;
    const within = program.functionAt(module, one.scope);
    if (within === function_)
      return program.repeatsAt(module, one.fact) && program.reaches(module, access.fact, one.fact);
    return within.scope.qualified.startsWith(`${function_.scope.qualified}.<locals>`);
  });
}

/** What the creation uses up, so that it cannot be made a second time: the factory that is then set to `None`. */
function consumes(
  program: ProgramModel,
  { module, access, function: function_ }: SharedAccess,
): Access | undefined {
  const { accesses, calls } = module.summary;
  return accesses.find(
    ({ kind, value, path, scope, fact }) =>
      kind === 'write' &&
      scope === access.scope &&
      path !== access.path &&
      value?.kind === 'literal' &&
      value.type === 'none' &&
      module.summary.paths[path]!.root === 'self' &&
      program.dominates(module, access.fact, fact) !== program.dominates(module, fact, access.fact) &&
      calls.some(
        (call) =>
          call.callee === path &&
          call.scope === function_.scope.id &&
          program.dominates(module, call.fact, fact) &&
          program.dominates(module, call.fact, access.fact),
      ),
  );
}

function ownsLock(program: ProgramModel, variable: Variable): Sharing {
  const guarded = variable.accesses.find((one) => one.locks.size > 0 && !one.beforeSharing);
  const [lock] = program.locksOf(variable.owner, variable.module);
  return guarded !== undefined && lock !== undefined
    ? guardedBy(lock, guarded)
    : { by: 'otherLock', says: 'its class owns a lock', at: undefined };
}

function parallelCreation(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
): Parallel | undefined {
  const own = program.parallel(variable, access, access);
  if (own !== undefined) return own;
  for (const other of variable.accesses) {
    if (other === access || other.beforeSharing || other.access.kind === 'read' || other.maybeLocked)
      continue;
    if (
      other.access.kind === 'write' &&
      other.access.value?.kind === 'literal' &&
      other.access.value.type === 'none'
    )
      continue;
    const found = program.parallel(variable, access, other);
    if (found !== undefined && found.thread !== undefined) return found;
  }
  return undefined;
}

function isConstant(value: ValueShape): boolean {
  return (
    value.kind === 'literal' &&
    ['bool', 'none', 'int', 'str', 'float', 'bytes', 'number'].includes(value.type)
  );
}

/** `if _np is None: import numpy; _np = numpy`: nothing is created, and what is found is the same for all who look for it. */
function isFoundOnly(
  program: ProgramModel,
  { module, access }: SharedAccess,
  value: ValueShape,
  test: Test,
): boolean {
  if (!isSameForAll(program, module, value)) return false;
  const found = value.kind === 'call' ? value.call : -1;
  return module.summary.calls.every(
    ({ scope, fact, index }) =>
      scope !== access.scope ||
      index === found ||
      !program.testsAt(module, fact).some((held) => held.test === test),
  );
}

function isSameForAll(program: ProgramModel, module: Module, value: ValueShape): boolean {
  switch (value.kind) {
    case 'path': {
      const { root, fields } = module.summary.paths[value.path]!;
      return root === 'import' || root === 'builtin' || (root === 'cls' && fields.length === 0);
    }
    case 'call':
      return SAME_OBJECT_CALL.test(program.calleeName(module, value.call) ?? '');
    case 'container':
      return (
        value.type === 'tuple' &&
        value.elements.length > 0 &&
        value.elements.every((one) => isSameForAll(program, module, one))
      );
    case 'either':
      return value.options.every((one) => isSameForAll(program, module, one));
    default:
      return isConstant(value);
  }
}

/** Whether it matters which of two objects is kept: instances, connections, containers that are filled afterwards. */
function hasIdentity(
  program: ProgramModel,
  variable: Variable,
  access: SharedAccess,
  value: ValueShape,
  test: Test,
): boolean {
  if (value.kind === 'either')
    return value.options.some((option) => hasIdentity(program, variable, access, option, test));
  if (value.kind === 'path')
    return madeAfter(program, access, value.path, test).some(
      (made) => hasIdentity(program, variable, access, made, test) && isResourceOnly(program, access, made),
    );
  const filled = variable.accesses.some(
    (one) =>
      !one.beforeSharing &&
      one.access.kind === 'mutate' &&
      one.access.fact !== access.access.fact &&
      (one.access.key === undefined) === (access.access.key === undefined),
  );
  if (value.kind === 'literal' || value.kind === 'container')
    return access.access.key === undefined && filled;
  if (value.kind !== 'call') return false;
  if (makesObject(access, value.call)) return true;
  const types = program.typesOf(access.module, value);
  if (types.some(isResource)) return true;
  if (access.access.key === undefined && filled && types.some((type) => type.kind === 'container'))
    return true;
  const called = program.calleeName(access.module, value.call);
  if (called !== undefined) {
    if (PURE_CALL.test(called)) return false;
    return CREATING_NAME.test(called.split('.').at(-1) ?? '') && access.access.key === undefined;
  }
  const { last, root } = access.module.summary.paths[access.module.summary.calls[value.call]!.callee]!;
  return (root === 'self' || root === 'cls') && CREATING_METHOD.test(last) && types.every(isUnknown);
}

/** What a method for subclasses to write gives, and what nothing is known of. */
function isUnknown(type: ValueType): boolean {
  return type.kind === 'unknown' || (type.kind === 'constant' && type.text === 'None');
}

/** `made = make()` and then `_one = made`: what the function bound the local to, once it knew that there is none. */
function madeAfter(
  program: ProgramModel,
  { module, access }: SharedAccess,
  path: number,
  test: Test,
): readonly ValueShape[] {
  const { paths, bindings } = module.summary;
  if (paths[path]!.root !== 'local' || paths[path]!.fields.length > 0) return [];
  return bindings
    .filter(
      (one) =>
        one.path === path &&
        one.scope === access.scope &&
        one.value.kind === 'call' &&
        program.testsAt(module, one.fact).some((held) => held.test === test),
    )
    .map(({ value }) => value);
}

/** A local may have been given many things: nothing else than what has an identity. */
function isResourceOnly(program: ProgramModel, access: SharedAccess, value: ValueShape): boolean {
  if (value.kind === 'call' && makesObject(access, value.call)) return true;
  return program.typesOf(access.module, value).every(isResource);
}

/** `super().__new__(cls)`, and `super().__call__()` of a metaclass. */
function makesObject({ module }: SharedAccess, call: number): boolean {
  const { paths, calls } = module.summary;
  const { last, fields } = paths[calls[call]!.callee]!;
  return last === '__new__' || (last === '__call__' && fields[0] === 'super()');
}

function isResource(type: ValueType): boolean {
  return (
    type.kind === 'instance' ||
    type.kind === 'lock' ||
    type.kind === 'thread' ||
    type.kind === 'executor' ||
    type.kind === 'process' ||
    (type.kind === 'safe' && type.equal !== true)
  );
}

function lockEvidence(program: ProgramModel, variable: Variable): readonly Evidence[] {
  const [lock] = variable.owner === undefined ? [] : program.locksOf(variable.owner, variable.module);
  const made = lock?.constructors[0];
  return lock === undefined || made === undefined
    ? []
    : [
        {
          role: 'lock',
          at: at(made.module, made.call.fact),
          message: `\`${lock.name}\` of the same class is made here.`,
        },
      ];
}

function others(variable: Variable, access: SharedAccess): readonly Evidence[] {
  const other = variable.accesses.find(
    (one) => one !== access && !one.beforeSharing && one.function !== access.function,
  );
  return other === undefined ? [] : [accessEvidence(other)];
}
