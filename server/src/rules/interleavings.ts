/**
 * The orders in which races go wrong, by their kind: an update lost between its read and its store, a test that is out of date
 * at the act, a step of another thread between two that belong together. A rule names the kind; the steps are its finding's.
 */
import { REMOVING } from '../catalog/words.ts';
import type { ProgramModel } from '../link/program.ts';
import { at } from './evidence.ts';
import { changesBy } from './guards.ts';
import {
  callOnSame,
  follows,
  type Interleaving,
  inOrder,
  type Placed,
  type Scene,
  sceneOf,
  scenes,
  startedAt,
  step,
  type Witness,
} from './witness.ts';

const STALE = 'Thread 1 stores what it has computed from the old value, so the change of thread 2 is lost.';

/** `x += 1` against another store: read, store of the other thread, store. */
export const lostUpdate: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  const other =
    scenes(program, finding, ['access', 'lock']).find(
      (one) => one.ref.fact !== own.ref.fact && one.access !== undefined && changesBy(one.access.kind),
    ) ?? own;
  const reads = `reads${subjectOf(own)}`;
  const stores = `stores its result in${subjectOf(own)}`;
  const between =
    other === own || other.access?.kind === 'update'
      ? [
          step(1, other, `reads${subjectOf(other)}, the same value`),
          step(1, other, `stores its result in${subjectOf(other)}`),
        ]
      : [step(1, other)];
  return inOrder([step(0, own, reads), ...between, step(0, own, stores)], STALE);
};

/** Test, then act: another thread is in between, with an act of its own or with what the finding names as its rival. */
export const testThenAct: Interleaving = (program, finding) => {
  const act = sceneOf(program, finding.primary);
  if (act === undefined) return undefined;
  const [test, ...others] = scenes(program, finding, ['access']);
  if (test === undefined || !follows(program, test, act)) return undefined;
  const rival = others.find(({ ref }) => ref.fact !== act.ref.fact || ref.file !== act.ref.file);
  return rival === undefined ? twice(test, act) : between(test, rival, act, staleTest(act));
};

/** A look or a request, and then the entry for who waits: the other thread finds nobody in between. */
export const foundNobody: Interleaving = (program, finding) => {
  const last = sceneOf(program, finding.primary);
  const [first, other] = scenes(program, finding, ['access']);
  if (last === undefined || first === undefined || other === undefined || first.access !== undefined)
    return testThenAct(program, finding);
  return between(
    first,
    other,
    last,
    'Thread 2 found nobody waiting; thread 1 waits for what has come already.',
  );
};

/** As `testThenAct` where the rival is always the same act: two threads both find the thing missing. */
export const createdTwice: Interleaving = (program, finding) => {
  const act = sceneOf(program, finding.primary);
  const [test] = scenes(program, finding, ['access']);
  if (act === undefined || test === undefined || !follows(program, test, act)) return undefined;
  const outcome = `Both threads found${subjectOf(test)} missing and made one; what thread 2 got is not what stays.`;
  return inOrder([step(0, test), step(1, test), step(1, act), step(0, act)], outcome);
};

/** Reading out and emptying: what is added in between is lost. */
export const addedBetween: Interleaving = (program, finding) => {
  const last = sceneOf(program, finding.primary);
  const [first, added] = scenes(program, finding, ['access']);
  if (last === undefined || first === undefined || added === undefined) return undefined;
  if (!follows(program, first, last)) return undefined;
  return between(first, added, last, 'What thread 2 added was neither read out nor kept.');
};

/** Stepping through a container while another thread changes it. */
export const changedWhileIterated: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [other] = scenes(program, finding, ['access']);
  if (own === undefined) return undefined;
  const begins = `begins to step through${subjectOf(own)}`;
  // Only the table of loaded modules is changed by what no line of the program names.
  const changes = other === undefined ? step(1, own, 'imports a module, which adds to it') : step(1, other);
  return inOrder(
    [step(0, own, begins), changes, step(0, own, 'asks for the next item')],
    'Thread 1 meets a container that has changed under it: a `RuntimeError`, or an item that is skipped or comes twice.',
  );
};

/** Two fields stored one after the other and read one after the other. */
export const tornReading: Interleaving = (program, finding) => {
  const primary = sceneOf(program, finding.primary);
  const [written, first, second] = scenes(program, finding, ['access']);
  if (primary === undefined || written === undefined || first === undefined || second === undefined)
    return undefined;
  const outcome = 'Thread 1 goes on with one value from before and one from after the change.';
  if (primary.access?.kind !== 'read') {
    const [one, other] = follows(program, written, primary) ? [written, primary] : [primary, written];
    const reads = [first, second].map((scene) => step(1, scene));
    return inOrder(
      [step(0, one), ...reads, step(0, other)],
      'Thread 2 has read one value from before and one from after the change.',
    );
  }
  const [early, late] = follows(program, first, second) ? [first, second] : [second, first];
  const partner = storeBeside(program, written, written === early ? late : early);
  const stores = partner === undefined ? [written] : [written, partner];
  return inOrder([step(0, early), ...stores.map((scene) => step(1, scene)), step(0, late)], outcome);
};

/** The store of the other field in the function that stores the first. */
function storeBeside(program: ProgramModel, written: Scene, read: Scene): Scene | undefined {
  const path = read.access?.path;
  const key = path === undefined ? undefined : program.keyOf(read.module, path);
  for (const access of written.module.summary.accesses) {
    if (!changesBy(access.kind) || program.keyOf(written.module, access.path) !== key) continue;
    const scene = sceneOf(program, at(written.module, access.fact));
    if (scene?.function === written.function && access.fact !== written.ref.fact) return scene;
  }
  return undefined;
}

/** A flag set before its data, or a table emptied and filled again: a reader comes in between. */
export const seenTooEarly: Interleaving = (program, finding) => {
  const first = sceneOf(program, finding.primary);
  const [last, ...reads] = scenes(program, finding, ['access']);
  if (first === undefined || last === undefined || reads.length === 0) return undefined;
  const filledByCall = (): boolean =>
    program
      .callsFrom(first.function)
      .some(
        ({ callee, fact }) => callee === last.function && program.reaches(first.module, first.ref.fact, fact),
      );
  if (!follows(program, first, last) && !filledByCall()) return undefined;
  return inOrder(
    [step(0, first), ...reads.map((read) => step(1, read)), step(0, last)],
    'Thread 2 goes on with data that is not there yet, or only in part.',
  );
};

/** The other thread takes away what this one then uses. */
export const resetBefore: Interleaving = (program, finding) => {
  const use = sceneOf(program, finding.primary);
  const [reset] = scenes(program, finding, ['access']);
  if (use === undefined || reset === undefined) return undefined;
  return inOrder([step(1, reset), step(0, use)], 'Thread 1 finds nothing where it needs an object.');
};

/** An access without the lock that the others hold comes into the middle of a section that trusts in it. */
export const outsideTheLock: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [guarded] = scenes(program, finding, ['access']);
  if (own === undefined || guarded === undefined) return undefined;
  const inside = sectionOf(program, guarded);
  if (inside === undefined) return undefined;
  const { taken, lock } = inside;
  const takes = step(1, taken, `takes \`${lock}\``);
  if (own.access?.kind === 'update')
    return inOrder(
      [
        step(0, own, `reads${subjectOf(own)}`),
        takes,
        step(1, guarded),
        step(0, own, `stores its result in${subjectOf(own)}`),
      ],
      STALE,
    );
  if (own.access?.kind === 'iterate')
    return inOrder(
      [
        step(0, own, `begins to step through${subjectOf(own)}`),
        takes,
        step(1, guarded),
        step(0, own, 'asks for the next item'),
      ],
      `Thread 1 meets a container that changes under it; \`${lock}\` keeps out only who takes it.`,
    );
  const earlier = inside.before === undefined ? [] : [step(1, inside.before)];
  const intrusion = step(0, own, `${own.does} without \`${lock}\``);
  return inOrder(
    earlier.length > 0 || (own.access !== undefined && changesBy(own.access.kind))
      ? [takes, ...earlier, intrusion, step(1, guarded)]
      : [takes, step(1, guarded), intrusion],
    `Thread 1 is in the middle of what thread 2 does under \`${lock}\`, which was to be one step.`,
  );
};

interface Section {
  /** Where the lock is taken. */
  readonly taken: Scene;
  readonly lock: string;
  /** An earlier access to the same variable in the section. */
  readonly before: Scene | undefined;
}

/** The section of a lock in which an access stands, itself or through its callers. */
function sectionOf(program: ProgramModel, guarded: Scene): Section | undefined {
  const { module, ref, function: function_, access } = guarded;
  for (const held of program.heldAt(function_, ref.fact)) {
    const taken = sceneOf(program, at(function_.module, held.fact));
    if (taken === undefined) continue;
    const key = access === undefined ? undefined : program.keyOf(module, access.path);
    const before = module.summary.accesses.find(
      (one) =>
        one.fact !== ref.fact &&
        one.scope === access?.scope &&
        program.keyOf(module, one.path) === key &&
        program.dominates(module, held.fact, one.fact) &&
        program.dominates(module, one.fact, ref.fact),
    );
    const earlier = before === undefined ? undefined : sceneOf(program, at(module, before.fact));
    return { taken, lock: taken.subject === '' ? held.lock.name : taken.subject, before: earlier };
  }
  const caller = program.callsTo(function_).find(({ locks }) => locks.size > 0);
  const [key] = caller?.locks ?? [];
  const call = caller === undefined ? undefined : sceneOf(program, at(caller.module, caller.fact));
  const lock = key === undefined ? undefined : program.locks.get(key);
  return call === undefined || lock === undefined
    ? undefined
    : { taken: { ...call, function: function_ }, lock: lock.name, before: undefined };
}

/** Several threads are in the same place with the same object, which serves one at a time. */
export const togetherInside: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  const other = scenes(program, finding, ['access'])[0] ?? own;
  return inOrder(
    [
      step(0, own, `begins: ${own.does}`),
      step(1, other, `${other.does}, while thread 1 is inside`),
      step(0, own, 'goes on with what thread 2 has left'),
    ],
    'Two threads are inside one object that serves one at a time.',
  );
};

/** Each thread sets for itself what there is only once; in the end both use what the second one set. */
export const setForAll: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  if (own.access?.kind === 'update') return lostUpdate(program, finding);
  const [reads] = scenes(program, finding, ['access']);
  return inOrder(
    [
      step(0, own),
      step(1, own, `${own.does}, which is the same one`),
      ...(reads === undefined ? [] : [step(0, reads)]),
    ],
    'Thread 1 goes on with what thread 2 has put there.',
  );
};

/** A lock of one object each, for something that the objects share. */
export const eachItsOwnLock: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const inside = own === undefined ? undefined : sectionOf(program, own);
  if (own === undefined || inside === undefined) return undefined;
  const { taken, lock } = inside;
  const update = own.access?.kind === 'update';
  const reads = update ? `reads${subjectOf(own)}` : own.does;
  return inOrder(
    [
      step(0, taken, `takes \`${lock}\` of its object`),
      step(1, taken, `takes \`${lock}\` of another object, which is free`),
      step(0, own, reads),
      step(1, own),
      ...(update ? [step(0, own, `stores its result in${subjectOf(own)}`)] : []),
    ],
    update ? STALE : 'Both threads are inside at once, each with a lock of its own.',
  );
};

/** Set in one thread, missing in every other one that reads it. */
export const missingElsewhere: Interleaving = (program, finding) => {
  const primary = sceneOf(program, finding.primary);
  const [other] = scenes(program, finding, ['access']);
  if (primary === undefined) return undefined;
  if (other === undefined) return setForAll(program, finding);
  const [own, reads] = primary.access?.kind === 'read' ? [other, primary] : [primary, other];
  return inOrder(
    [step(0, own, `${own.does}, for itself only`), step(1, reads, `${reads.does}, which it does not have`)],
    'Thread 2 fails with an `AttributeError`.',
  );
};

/** Something that only the main thread may do. */
export const failsInThread: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [start] = scenes(program, finding, ['threadStart']);
  if (own === undefined || start === undefined) return undefined;
  return inOrder(
    [step(0, start, 'starts thread 2'), step(1, own)],
    'Thread 2 is not the main thread and gets a `ValueError`.',
  );
};

/** A reference handed out from under the lock, and used while another thread changes the thing under the lock. */
export const usedAfterRelease: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [changed] = scenes(program, finding, ['access']);
  if (own === undefined || changed === undefined) return undefined;
  const edge = program.callsTo(own.function)[0];
  const caller = edge === undefined ? undefined : sceneOf(program, at(edge.module, edge.fact));
  const begins = step(0, own, `hands${subjectOf(own)} itself out and gives the lock back`);
  const uses =
    caller === undefined ? [] : [step(0, caller, `uses what it got from \`${own.function.label}\``)];
  return inOrder(
    [begins, step(1, changed), ...uses],
    'The caller of thread 1 holds no lock: it iterates over, or reads, what thread 2 is changing.',
  );
};

/** The thread runs before what it needs is set. */
export const startedTooEarly: Interleaving = (program, finding) => {
  const start = sceneOf(program, finding.primary);
  const [sets, reads] = scenes(program, finding, ['access']);
  if (start === undefined || sets === undefined || reads === undefined) return undefined;
  if (!follows(program, start, sets)) return undefined;
  return inOrder(
    [
      step(0, start, 'starts thread 2'),
      step(1, reads, `needs \`${sets.subject}\`, which is not there yet`),
      step(0, sets, `sets \`${sets.subject}\`, too late`),
    ],
    `Thread 2 fails with an \`AttributeError\`, when it is faster.`,
  );
};

/** A variable or object handed over by reference and changed by the one who handed it over. */
export const changedAfterHandOver: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [handed] = scenes(program, finding, ['threadStart']);
  if (own === undefined || handed === undefined) return undefined;
  const [bound] = scenes(program, finding, ['access']);
  const entry = startedAt(program, handed);
  const begun = entry === undefined ? undefined : sceneOf(program, at(entry.module, entry.scope.fact));
  const run = bound === undefined ? (begun ?? handed) : own;
  return inOrder(
    [
      step(0, handed, 'hands the work over'),
      bound === undefined ? step(0, own) : step(0, bound, `${bound.does} for the next round`),
      step(1, { ...run, function: entry ?? run.function }, 'only now reads what it was given'),
    ],
    'Thread 2 works on what thread 1 has made of it since.',
  );
};

/** A lock that one thread replaces while another one holds it, or that two threads make. */
export const replacedMeanwhile: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  const [used] = scenes(program, finding, ['lock']);
  if (used === undefined)
    return inOrder(
      [
        step(0, own, 'finds none'),
        step(1, own, 'finds none, and stores its own'),
        step(0, own, 'stores its own over it'),
      ],
      'The threads go on with two different objects where one was meant.',
    );
  return inOrder(
    [
      step(0, used),
      step(1, own),
      step(2, used, `${used.does}, the new one, while thread 1 is in the section`),
    ],
    'Two threads are in the section at once.',
  );
};

/** One object that a cache gives to every caller, changed by one of them. */
export const changedForAll: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [cached] = scenes(program, finding, ['definition']);
  if (own === undefined || cached === undefined) return undefined;
  const { label } = cached.function;
  return inOrder(
    [step(0, cached, `uses the object that \`${label}\` gives to everybody`), step(1, own)],
    'Thread 1 finds its object changed, also in the middle of its work.',
  );
};

function twice(test: Scene, act: Scene): Witness {
  return inOrder([step(0, test), step(1, test), step(1, act), step(0, act)], staleTest(act));
}

function between(first: Scene, rival: Scene, last: Scene, outcome: string): Witness {
  const steps: readonly Placed[] = [step(0, first), step(1, rival), step(0, last)];
  return inOrder(steps, outcome);
}

/** What an act does whose test is out of date. */
function staleTest({ access, does }: Scene): string {
  const out = 'The answer of the test is out of date when thread 1 acts on it';
  if (access === undefined) return `${out}: it waits, fails, or does the work a second time.`;
  const { kind, operation, key } = access;
  if (kind === 'mutate' && operation === 'del []') return `${out}: a \`KeyError\`.`;
  if (kind === 'mutate' && REMOVING.has(operation) && key === undefined)
    return `${out}: an \`IndexError\` or \`KeyError\` from an empty container.`;
  if (kind === 'mutate' && REMOVING.has(operation)) return `${out}: there is nothing left to remove.`;
  if (kind === 'mutate') return `${out}: it ${does} a second time.`;
  if (kind === 'read' && operation === '[]') return `${out}: a \`KeyError\` or \`IndexError\`.`;
  if (kind === 'read' || kind === 'delete') return `${out}: an \`AttributeError\`.`;
  return `${out}.`;
}

function subjectOf({ subject }: Scene): string {
  return subject === '' ? '' : ` \`${subject}\``;
}

/** A set and a clear one after the other, and a wait that comes between them and after. */
export const pulse: Interleaving = (program, finding) => {
  const set = sceneOf(program, finding.primary);
  const [clear] = scenes(program, finding, ['call']);
  if (set === undefined || clear === undefined || !follows(program, set, clear)) return undefined;
  const wait = callOnSame(program, set, 'wait');
  const misses = wait === undefined ? [] : [step(1, wait, 'waits, and finds nothing signalled')];
  return inOrder([step(0, set), step(0, clear), ...misses], 'Who waits from now on has missed it.');
};
