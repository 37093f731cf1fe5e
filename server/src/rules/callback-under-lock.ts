/** Reports callables of somebody else's that are called while a lock is held which they may need themselves. */
import { EVENT_NAME, WEAK_REFERENCE_NAME } from '../catalog/words.ts';
import { type Call, ELEMENT, type ValueShape } from '../facts/summary.ts';
import type { FunctionNode, Happening, HeldLock, LockUse, Module, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Finding } from './finding.ts';
import { receiverTypes } from './handOver.ts';
import { registeredUnderLock } from './registeredUnderLock.ts';
import { defineRule } from './rule.ts';
import { selfWait } from './standstills.ts';
import { firstFact, heldEvidence, heldName, wayEvidence, wayOf } from './ways.ts';

export const rule = defineRule({
  id: 'callback-under-lock',
  title: 'Callback is called while a lock is held',
  severity: 'warning',
  since: '0.2.0',
  cwe: [833, 667],
  witness: selfWait,
  docs: {
    what: 'A callable out of a container or an attribute that callers fill, called while a lock that is not reentrant is held, where public methods of the same object take that lock. And a callback that is given to a future under the lock which it takes.',
    why: 'What the callable does is for its author to say. The first that asks the object for something takes the lock again and waits for itself; one that takes another lock can meet a thread that holds the two the other way round.',
    bad: [
      `import threading

class Choir:
    def __init__(self):
        self._lock = threading.Lock()
        self._singers = []

    def join_in(self, singer):
        with self._lock:
            self._singers.append(singer)

    def sing(self, note):
        with self._lock:
            for singer in self._singers:
                singer(note)
`,
      `import threading

class Leases:
    def __init__(self):
        self._lock = threading.Lock()
        self._leases = {}

    def grant(self, device, on_expiry):
        with self._lock:
            self._leases[device] = on_expiry

    def expire(self, device):
        with self._lock:
            self._leases[device](device)
`,
    ],
    good: [
      `import threading

class Choir:
    def __init__(self):
        self._lock = threading.Lock()
        self._singers = []

    def join_in(self, singer):
        with self._lock:
            self._singers.append(singer)

    def sing(self, note):
        with self._lock:
            singers = list(self._singers)
        for singer in singers:
            singer(note)
`,
    ],
    whenNotToUse: 'When the callables are known and never come back to the object.',
    fix: 'Advice only: what has to be read under the lock before the call is for its author to say.',
    unknown:
      'A callable that one function passes to another and a lock that may be reentrant are not reported; without a public method that takes the lock nothing is.',
    references: ['https://docs.python.org/3/glossary.html#term-deadlock'],
  },
  *check(program, judged) {
    const seen = new Set<string>();
    yield* completed(program);
    yield* registeredUnderLock(program);
    for (const function_ of judged.lockingFunctions) {
      if (function_.module.test || function_.owner === undefined) continue;
      const places: (readonly Happening[])[] = program.ownEffectsOf(function_).map((own) => [own]);
      for (const edge of program.callsFrom(function_))
        if (edge.sameReceiver && program.heldAt(function_, edge.fact).length > 0)
          places.push(program.effectsThrough(edge));
      for (const happening of places.flat()) {
        if (happening.kind !== 'callback' || !isKept(happening)) continue;
        const held = program.heldAt(function_, firstFact(happening)).find(excludesItself);
        const other = held === undefined ? undefined : publicUse(program, function_, held);
        if (held === undefined || other === undefined) continue;
        const identity = `${function_.module.path}:${function_.label}|${held.lock.key}`;
        if (seen.has(identity)) continue;
        seen.add(identity);
        yield report(program, function_, happening, held, other, identity);
      }
    }
  },
});

/** `future.set_result(…)` runs the callbacks of the future before it returns. */
function* completed(program: ProgramModel): Iterable<Finding> {
  for (const function_ of program.lockingFunctions) {
    if (function_.module.test || function_.owner === undefined) continue;
    const { module } = function_;
    for (const call of program.callsIn(function_)) {
      const { last } = module.summary.paths[call.callee]!;
      if (last !== 'set_result' && last !== 'set_exception') continue;
      if (
        !receiverTypes(program, module, call).some((type) => type.kind === 'safe' && type.role === 'future')
      )
        continue;
      const held = program.heldAt(function_, call.fact).find(excludesItself);
      const other = held === undefined ? undefined : publicUse(program, function_, held);
      if (held === undefined || other === undefined) continue;
      const name = heldName(program, function_, held);
      yield {
        rule: 'callback-under-lock',
        primary: at(module, call.fact),
        message: `${subject(function_)} completes a future while it holds \`${name}\`. \`${last}\` runs the callbacks of the future here, and one that comes back, for example to ${named(other.function)}, waits for this lock for ever. Take the future out under the lock and complete it after that.`,
        severity: 'warning',
        confidence: 'medium',
        breaks: 'everyBuild',
        evidence: [
          heldEvidence(program, function_, held),
          {
            role: 'lock',
            at: at(other.module, other.acquisition.fact),
            message: `${subject(other.function)} takes the same lock here.`,
          },
        ],
        fixes: [],
        identity: `${module.path}:${function_.label}|${held.lock.key}|${last}`,
      };
      break;
    }
  }
}

function excludesItself({ lock, on }: HeldLock): boolean {
  return lock.reentrant === 'no' && lock.holder === 'instance' && on === 'self' && !lock.family;
}

/** It comes out of a container or an attribute: whoever stored it is not on the way. */
function isKept({ function: { module }, fact }: Happening): boolean {
  const call = module.summary.calls.find((one) => one.fact === fact);
  if (call === undefined) return false;
  const { root, name, scope, fields } = module.summary.paths[call.callee]!;
  const parameter = module.summary.scopes[scope]!.parameters.some((one) => one.name === name);
  return (
    (root !== 'local' || fields.length > 0 || !parameter) &&
    answersEvents(module, call) &&
    !isReference(module, call)
  );
}

/** `isinstance(one, weakref.ref) and one() is None`: it gives what it refers to. */
function isReference({ summary }: Module, call: Call): boolean {
  const { last, parent } = summary.paths[call.callee]!;
  const isCalled = (value: ValueShape | undefined): boolean =>
    value?.kind === 'path'
      ? value.path === call.callee
      : value?.kind === 'element' && last === ELEMENT && value.of.kind === 'path' && value.of.path === parent;
  return (
    call.arguments.length === 0 &&
    summary.calls.some(({ scope, callee, arguments: [asked, kind] }) => {
      if (scope !== call.scope || summary.paths[callee]!.last !== 'isinstance') return false;
      if (!isCalled(asked?.value) || kind?.value.kind !== 'path') return false;
      return WEAK_REFERENCE_NAME.test(summary.paths[kind.value.path]!.last);
    })
  );
}

/** It was registered, one of several, or is named as what answers an event; a clock or a factory never comes back. */
function answersEvents({ summary }: Module, call: Call): boolean {
  const { root, fields, last } = summary.paths[call.callee]!;
  return (root === 'local' && fields.length === 0) || fields.includes(ELEMENT) || EVENT_NAME.test(last);
}

/** Another public method of the object that takes the lock. */
function publicUse(program: ProgramModel, function_: FunctionNode, { lock }: HeldLock): LockUse | undefined {
  return program.lockUses.find(
    (use) =>
      use.lock === lock &&
      use.function !== function_ &&
      use.acquisition.blocking === 'yes' &&
      !use.function.scope.name.startsWith('_'),
  );
}

function report(
  program: ProgramModel,
  function_: FunctionNode,
  happening: Happening,
  held: HeldLock,
  other: LockUse,
  identity: string,
): Finding {
  const name = heldName(program, function_, held);
  const where = happening.function.module;
  const call = where.summary.calls.find((one) => one.fact === happening.fact);
  const callable = call === undefined ? 'a callback' : `\`${program.nameOf(where, call.callee)}\``;
  const calls =
    wayOf(happening).length === 0
      ? `${subject(function_)} calls ${callable} while it holds \`${name}\``
      : `${subject(function_)} holds \`${name}\` while ${named(happening.function)} calls ${callable}`;
  return {
    rule: 'callback-under-lock',
    primary: at(function_.module, firstFact(happening)),
    message: `${calls}. A callback that comes back, for example to ${named(other.function)}, takes the same lock again and waits for itself for ever. Copy the callables under the lock and call them after it is released.`,
    severity: 'warning',
    confidence: 'medium',
    breaks: 'everyBuild',
    evidence: [
      heldEvidence(program, function_, held),
      ...(happening.edge === undefined ? [] : wayEvidence(happening, 'The callback is called here.')),
      {
        role: 'lock',
        at: at(other.module, other.acquisition.fact),
        message: `${subject(other.function)} takes the same lock here.`,
      },
    ],
    fixes: [],
    identity,
  };
}
