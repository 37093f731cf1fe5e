/** Reports a callback that is stored after a look at whether it is too late, or after the request it belongs to was sent, when the other side can be done in between. */
import { LISTENER_NAME } from '../catalog/words.ts';
import type { HeldTest, Parallel, ProgramModel, SharedAccess, Variable } from '../link/program.ts';
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
import type { Finding } from './finding.ts';
import { foundNobody } from './interleavings.ts';
import { levelOf } from './levels.ts';
import { defineRule } from './rule.ts';
import { sentFirst } from './sentFirst.ts';

export const rule = defineRule({
  id: 'missed-callback',
  title: 'Callback stored after the event that it waits for',
  severity: 'error',
  since: '0.2.0',
  cwe: [362, 367],
  witness: foundNobody,
  docs: {
    what: 'One function asks whether something has happened already and, if not, stores a callback; another marks it as done and then calls what is stored. No lock is held over both steps. Or a request is sent before it is noted who waits for its answer, and another thread takes answers in.',
    why: 'Between the question and the store the other thread can mark it as done and call all callbacks it finds. The new one comes too late: nobody calls it, and what waits for it waits for ever.',
    bad: [
      `import threading

class Order:
    def __init__(self):
        self._lock = threading.Lock()
        self.paid = False
        self.listeners = []

    def on_paid(self, listener):
        if self.paid:
            listener()
        else:
            self.listeners.append(listener)

    def pay(self):
        self.paid = True
        for listener in list(self.listeners):
            listener()

order = Order()
threading.Thread(target=order.pay).start()
order.on_paid(print)
`,
      `import threading

class Client:
    def __init__(self, line):
        self.line = line
        self.waiting = {}
        threading.Thread(target=self.read).start()

    def ask(self, number, question):
        answered = threading.Event()
        self.line.send((number, question))
        self.waiting[number] = answered
        answered.wait()

    def read(self):
        while True:
            number, answer = self.line.receive()
            answered = self.waiting.pop(number, None)
            if answered is not None:
                answered.set()
`,
    ],
    good: [
      `import threading

class Order:
    def __init__(self):
        self._lock = threading.Lock()
        self.paid = False
        self.listeners = []

    def on_paid(self, listener):
        with self._lock:
            if not self.paid:
                self.listeners.append(listener)
                return
        listener()

    def pay(self):
        with self._lock:
            self.paid = True
            listeners = list(self.listeners)
        for listener in listeners:
            listener()

order = Order()
threading.Thread(target=order.pay).start()
order.on_paid(print)
`,
    ],
    whenNotToUse: 'When both sides run in one thread, for example in one event loop.',
    fix: 'Advice only: the callbacks themselves are to be called after the lock is released.',
    unknown:
      'Whoever looks again after the store has missed nothing and is left alone. A lock that may be held counts as held. Classes with coroutines belong to an event loop.',
    references: ['https://docs.python.org/3/library/threading.html#lock-objects'],
  },
  *check(program, judged) {
    const wanted = new Set(judged.variables);
    const byOwner = new Map<string, Variable[]>();
    for (const variable of program.variables) {
      if (variable.kind === 'closure' || isTestState(variable)) continue;
      const owner = ownerOf(variable);
      const known = byOwner.get(owner);
      if (known === undefined) byOwner.set(owner, [variable]);
      else known.push(variable);
      if (wanted.has(variable)) yield* sentFirst(program, variable);
    }
    for (const variables of byOwner.values())
      for (const listeners of variables) {
        if (!wanted.has(listeners) || !LISTENER_NAME.test(listeners.attribute) || hasCoroutines(listeners))
          continue;
        for (const stored of listeners.accesses) {
          const finding = stores(stored) ? missed(program, variables, listeners, stored) : undefined;
          if (finding !== undefined) yield finding;
        }
      }
  },
});

function ownerOf({ kind, owner, module }: Variable): string {
  return `${kind === 'instance'}${owner?.id ?? module.path}`;
}

function hasCoroutines({ owner, accesses }: Variable): boolean {
  const methods = [...(owner?.methods.values() ?? [])];
  return methods.some(({ scope }) => scope.async) || accesses.some((one) => one.function.scope.async);
}

const PUTS: ReadonlySet<string> = new Set(['append', 'add', 'insert', 'appendleft', '[]=']);

function stores({ access, beforeSharing, maybeLocked, ownObject }: SharedAccess): boolean {
  if (beforeSharing || maybeLocked || ownObject) return false;
  if (access.kind === 'mutate') return PUTS.has(access.operation);
  return access.kind === 'write' && access.value?.kind !== 'literal';
}

/** What marks the event as having happened, and the look at the callbacks behind it. */
interface Event {
  readonly done: SharedAccess;
  readonly called: SharedAccess;
  readonly parallel: Parallel;
}

function missed(
  program: ProgramModel,
  variables: readonly Variable[],
  listeners: Variable,
  stored: SharedAccess,
): Finding | undefined {
  const { module, access, function: function_ } = stored;
  for (const held of program.testsAt(module, access.fact)) {
    const { test } = held;
    if (test.scope !== access.scope || test.via !== undefined) continue;
    const key = program.keyOf(module, test.path);
    const state = variables.find((one) => one.key === key);
    if (state === undefined || state === listeners) continue;
    const looksAgain = state.accesses.some(
      (one) =>
        one.function === function_ &&
        one.access.kind === 'read' &&
        program.reaches(module, access.fact, one.access.fact),
    );
    const event = looksAgain ? undefined : eventOf(program, state, listeners, stored, held);
    if (event !== undefined) return report(program, state, listeners, stored, held, event);
  }
  return undefined;
}

function eventOf(
  program: ProgramModel,
  state: Variable,
  listeners: Variable,
  stored: SharedAccess,
  held: HeldTest,
): Event | undefined {
  const kept = [...held.locks].filter((lock) => stored.locks.has(lock));
  for (const done of state.accesses) {
    const { access, module, function: function_ } = done;
    if (access.kind !== 'write' || done.beforeSharing || done.maybeLocked || function_ === stored.function)
      continue;
    if (isTakenBack(done)) continue;
    const called = listeners.accesses.find(
      (one) =>
        one.function === function_ &&
        (one.access.kind === 'read' || one.access.kind === 'iterate' || one.access.kind === 'snapshot') &&
        one.access.use !== 'lock' &&
        program.reaches(module, access.fact, one.access.fact) &&
        !program.reaches(module, one.access.fact, access.fact),
    );
    if (called === undefined || called.maybeLocked) continue;
    if (kept.some((lock) => done.locks.has(lock) || called.locks.has(lock))) continue;
    const parallel = program.parallel(listeners, stored, called);
    if (parallel !== undefined) return { done, called, parallel };
  }
  return undefined;
}

/** `self.paid = False` makes it wait again. */
function isTakenBack({ access: { value } }: SharedAccess): boolean {
  return value?.kind === 'literal' && (value.type === 'none' || value.text === 'False');
}

function report(
  program: ProgramModel,
  state: Variable,
  listeners: Variable,
  stored: SharedAccess,
  { test }: HeldTest,
  { done, called, parallel }: Event,
): Finding {
  return {
    rule: 'missed-callback',
    primary: placeOf(stored),
    message: `\`${stored.name}\` can get a callback that nobody calls any more. ${threadSentence(parallel, stored.function)}: between the test of \`${state.name}\` and this store ${named(done.function)} can set it and call what it finds. Hold one lock around the test and the store, and there around both steps.`,
    severity: levelOf(program, parallel, 'misses', 'everyBuild'),
    confidence: parallel.confidence,
    breaks: 'everyBuild',
    evidence: [
      {
        role: 'access',
        at: at(stored.module, test.fact),
        message: `\`${state.name}\` is tested here.`,
      },
      accessEvidence(done),
      accessEvidence(called),
      ...threadEvidence(parallel),
    ],
    fixes: [],
    identity: identityOf(stored, listeners),
  };
}
