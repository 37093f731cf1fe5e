/** Reports a thread that waits for another, or sleeps, while it holds a lock that the other needs. */
import type { FunctionNode, Happening, HeldLock, LockUse, ProgramModel } from '../link/program.ts';
import { at, named, subject } from './evidence.ts';
import type { Evidence, Finding } from './finding.ts';
import { defineRule } from './rule.ts';
import { waitsWithLock } from './standstills.ts';
import { firstFact, heldEvidence, heldName, wayClause, wayEvidence } from './ways.ts';

export const rule = defineRule({
  id: 'blocking-under-lock',
  title: 'Waiting while holding a lock that others need',
  severity: 'error',
  since: '0.2.0',
  cwe: [833, 667],
  witness: waitsWithLock,
  docs: {
    what: '`join()`, `result()`, `put()` into a bounded queue, `get()` and `Event.wait()` under a lock that the other side takes before it can end, answer or signal; and `time.sleep()`, a request to the network or another process that runs, without a timeout, under a lock that other functions need.',
    why: 'The other side waits for the lock and the holder waits for the other side: neither goes on. A sleeper makes everybody wait who only wanted a look.',
    bad: [
      `import threading

class Ferry:
    def __init__(self):
        self._lock = threading.Lock()
        self._loaded = 0
        self._crew = threading.Thread(target=self._load)
        self._crew.start()

    def _load(self):
        for _ in range(100):
            with self._lock:
                self._loaded += 1

    def depart(self):
        with self._lock:
            self._crew.join()
`,
      `import threading

class Scale:
    def __init__(self, port):
        self._port = port
        self._lock = threading.Lock()
        self._answered = threading.Event()
        self._weight = None
        threading.Thread(target=self._receive, daemon=True).start()

    def _receive(self):
        for line in self._port:
            with self._lock:
                self._weight = float(line)
                self._answered.set()

    def request(self):
        with self._lock:
            self._answered.clear()
            self._port.write("W")
            self._answered.wait()
            return self._weight
`,
    ],
    good: [
      `import threading

class Ferry:
    def __init__(self):
        self._lock = threading.Lock()
        self._loaded = 0
        self._crew = threading.Thread(target=self._load)
        self._crew.start()

    def _load(self):
        for _ in range(100):
            with self._lock:
                self._loaded += 1

    def depart(self):
        self._crew.join()
        with self._lock:
            print(self._loaded)
`,
    ],
    whenNotToUse: 'When the lock exists to let one thread at a time do just this slow thing.',
    fix: 'Advice only: what has to stay under the lock is for its author to say.',
    unknown:
      'Without a function of the other side that takes the lock nothing is reported; a wait that gives up after a time is a warning.',
    references: ['https://docs.python.org/3/glossary.html#term-deadlock'],
  },
  *check(program, judged) {
    const seen = new Set<string>();
    const others = new Others(program);
    for (const function_ of judged.lockingFunctions) {
      if (function_.module.test) continue;
      for (const { fact, happenings } of placesIn(program, function_)) {
        const held = program.heldAt(function_, fact).filter((one) => isLock(program, one));
        if (held.length === 0) continue;
        for (const happening of happenings) {
          if (happening.kind !== 'block') continue;
          const finding = judge(program, others, function_, held, happening);
          if (finding === undefined || seen.has(finding.identity)) continue;
          seen.add(finding.identity);
          yield finding;
        }
      }
    }
  },
});

function isLock(program: ProgramModel, { lock }: HeldLock): boolean {
  return lock.kind !== 'asyncio' && !lock.family && !program.isCounting(lock) && lock.constructors.length > 0;
}

/** The calls of a function and what happens in each. */
function* placesIn(
  program: ProgramModel,
  function_: FunctionNode,
): Iterable<{ readonly fact: number; readonly happenings: readonly Happening[] }> {
  for (const own of program.ownEffectsOf(function_)) yield { fact: own.fact, happenings: [own] };
  for (const edge of program.callsFrom(function_))
    if (program.heldAt(function_, edge.fact).length > 0)
      yield { fact: edge.fact, happenings: program.effectsThrough(edge) };
}

/** Who is on the other side of a wait. */
class Others {
  readonly #program: ProgramModel;
  /** Functions that call a method on a variable: `put` on a queue, `set` on an event. */
  readonly #callers = new Map<
    string,
    Map<string, { readonly function: FunctionNode; readonly fact: number }[]>
  >();
  readonly #waiting = new Map<LockUse, boolean>();

  constructor(program: ProgramModel) {
    this.#program = program;
  }

  /** Functions that have to run, or places that have to be reached, before the wait ends. */
  of(happening: Happening): readonly Needed[] {
    const { blocking } = happening;
    if (blocking === undefined || blocking.subject === -1) return [];
    const where = happening.function.module;
    const key = this.#program.keyOf(where, blocking.subject);
    switch (blocking.kind) {
      case 'join':
      case 'result':
      case 'pool':
        return this.#program
          .threadsAt(where, blocking.subject)
          .flatMap((thread) =>
            thread.entries.map((entry) => ({ function: entry.function, fact: undefined })),
          );
      case 'event':
        return key === undefined ? [] : this.#calling(key, 'set');
      case 'get':
        return key === undefined ? [] : this.#calling(key, 'put');
      case 'put':
        return key === undefined || !this.#program.isBounded(where, blocking.subject)
          ? []
          : this.#calling(key, 'get');
      case 'drain':
        return key === undefined ? [] : this.#calling(key, 'task_done');
      default:
        return [];
    }
  }

  /** Whether the function that takes the lock waits for something with it held. */
  waitsUnder(use: LockUse): boolean {
    const known = this.#waiting.get(use);
    if (known !== undefined) return known;
    const { lock, function: function_ } = use;
    const found = [...placesIn(this.#program, function_)].some(
      ({ fact, happenings }) =>
        happenings.some(({ kind }) => kind === 'block') &&
        this.#program.heldAt(function_, fact).some((held) => held.lock === lock),
    );
    this.#waiting.set(use, found);
    return found;
  }

  #calling(key: string, method: string): readonly Needed[] {
    if (this.#callers.size === 0) this.#index();
    return this.#callers.get(method)?.get(key) ?? [];
  }

  #index(): void {
    for (const method of ['set', 'put', 'get', 'task_done']) this.#callers.set(method, new Map());
    for (const module of this.#program.modules) {
      for (const call of module.summary.calls) {
        const { last, parent } = module.summary.paths[call.callee]!;
        const byKey = this.#callers.get(last);
        if (byKey === undefined || parent === -1) continue;
        const key = this.#program.keyOf(module, parent);
        if (key === undefined) continue;
        const list = byKey.get(key) ?? [];
        byKey.set(key, list);
        list.push({ function: this.#program.functionAt(module, call.scope), fact: call.fact });
      }
    }
  }
}

interface Needed {
  readonly function: FunctionNode;
  /** The place that has to be reached; the end of the function when there is none. */
  readonly fact: number | undefined;
}

function judge(
  program: ProgramModel,
  others: Others,
  function_: FunctionNode,
  held: readonly HeldLock[],
  happening: Happening,
): Finding | undefined {
  const { blocking } = happening;
  if (blocking === undefined || blocking.kind === 'condition' || blocking.kind === 'barrier')
    return undefined;
  if (blocking.kind === 'sleep') return keptWaiting(program, others, function_, held, happening, SLEEPS);
  if (blocking.kind === 'network')
    return blocking.timed ? undefined : keptWaiting(program, others, function_, held, happening, ASKS);
  if (blocking.kind === 'outside')
    return blocking.timed ? undefined : keptWaiting(program, others, function_, held, happening, RUNS);
  for (const needed of others.of(happening)) {
    if (needed.function === function_ && needed.fact !== undefined) continue;
    for (const one of held) {
      const taken = takenBefore(program, needed, one);
      if (taken !== undefined) return waiting(program, function_, one, happening, needed, taken);
    }
  }
  return undefined;
}

/** Where the other side takes the lock before it gets to what is waited for, or while it does that. */
function takenBefore(
  program: ProgramModel,
  { function: function_, fact }: Needed,
  held: HeldLock,
): Happening | undefined {
  const { module } = function_;
  const taken = program
    .effectsOf(function_)
    .filter(({ kind, lock, waits }) => kind === 'acquire' && waits && lock === held.lock);
  if (fact === undefined) return taken[0];
  const { lock } = held;
  if (program.locksAt(module, fact).has(lock.key)) return taken[0];
  return taken.find((one) => {
    const first = firstFact(one);
    return (
      program.dominates(module, first, fact) ||
      (program.reaches(module, fact, first) &&
        program.repeatsAt(module, fact) &&
        program.reaches(module, first, fact))
    );
  });
}

function waiting(
  program: ProgramModel,
  function_: FunctionNode,
  held: HeldLock,
  happening: Happening,
  needed: Needed,
  taken: Happening,
): Finding {
  const name = heldName(program, function_, held);
  const blocking = happening.blocking!;
  const what =
    wayClause(happening) === ''
      ? `calls \`${blocking.name}\``
      : `${wayClause(happening)}calls \`${blocking.name}\``;
  return {
    rule: 'blocking-under-lock',
    primary: at(function_.module, firstFact(happening)),
    message: `${subject(function_)} waits under \`${name}\` for ${named(needed.function)}, which needs it. It ${what} with the lock held, and the other side cannot ${needed.fact === undefined ? 'end' : 'go on'} before it gets the lock${
      happening.waits ? ': both wait for ever' : ', so the time is over before there is an answer'
    }. Release \`${name}\` before waiting.`,
    severity: happening.waits ? 'error' : 'warning',
    confidence: 'high',
    breaks: 'everyBuild',
    evidence: [
      heldEvidence(program, function_, held),
      ...(happening.edge === undefined
        ? []
        : wayEvidence(happening, `${subject(happening.function)} waits here.`).slice(1)),
      ...wayEvidence(taken, `${subject(taken.function)} takes the lock here.`),
    ],
    fixes: [],
    identity: `${function_.module.path}:${function_.label}|${held.lock.key}|${blocking.kind}`,
    cause: `${held.lock.key}|${happening.function.label}|${blocking.kind}`,
  };
}

/** What a holder does for as long as it takes. */
interface Pause {
  readonly does: string;
  readonly kind: string;
  readonly instead: string;
  /** Names of locks that are there for just this. */
  readonly meant: RegExp;
  /** Counts only where the other function does nothing slow under the lock: else the lock may be there for what is slow. */
  readonly onlyLooked?: true;
}

const SLEEPS: Pause = {
  does: 'sleeps',
  kind: 'sleep',
  instead: 'Sleep with the lock released, and look again at what may have changed.',
  meant: /io|write|send|rate|throttle|pace|interval|sleep/i,
};

const ASKS: Pause = {
  does: 'waits for the network',
  kind: 'network',
  instead: 'Ask with the lock released and store the answer under it, or give the call a timeout.',
  meant: /io|write|send|conn|sock|http|net|request|refresh|fetch|load|login|auth|session|client/i,
};

const RUNS: Pause = {
  does: 'waits for an answer',
  kind: 'outside',
  instead: 'Wait with the lock released, and store what came of it under the lock.',
  meant:
    /io|write|send|run|exec|proc|build|compil|install|shell|command|cmd|git|repo|print|input|console|tty|prompt|device|convert|render/i,
  onlyLooked: true,
};

/** Sleeping, or asking somebody who may never answer, under a lock that another function takes, too. */
function keptWaiting(
  program: ProgramModel,
  others: Others,
  function_: FunctionNode,
  held: readonly HeldLock[],
  happening: Happening,
  { does, kind, instead, meant, onlyLooked }: Pause,
): Finding | undefined {
  for (const one of held) {
    const other = program.lockUses.find(
      (use) =>
        use.lock === one.lock &&
        use.function !== function_ &&
        use.acquisition.blocking === 'yes' &&
        !(onlyLooked === true && others.waitsUnder(use)),
    );
    if (other === undefined || meant.test(one.lock.attribute ?? '')) continue;
    const name = heldName(program, function_, one);
    const way = wayClause(happening);
    return {
      rule: 'blocking-under-lock',
      primary: at(function_.module, firstFact(happening)),
      message: `All who need \`${name}\` wait while ${named(function_)} ${does}. It ${way === '' ? '' : `${way}`}calls \`${happening.blocking!.name}\` with the lock held, and ${named(other.function)} takes the same lock. ${instead}`,
      severity: 'warning',
      confidence: 'high',
      breaks: 'everyBuild',
      evidence: [
        heldEvidence(program, function_, one),
        ...(happening.edge === undefined
          ? []
          : wayEvidence(happening, `${subject(happening.function)} ${does} here.`).slice(1)),
        {
          role: 'lock',
          at: at(other.module, other.acquisition.fact),
          message: `${subject(other.function)} takes it here.`,
        } satisfies Evidence,
      ],
      fixes: [],
      identity: `${function_.module.path}:${function_.label}|${one.lock.key}|${kind}`,
      cause: `${one.lock.key}|${happening.function.label}|${kind}`,
    };
  }
  return undefined;
}
