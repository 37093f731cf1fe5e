/**
 * The orders in which threads end up waiting for each other or for themselves: who holds what, who waits for what, and the calls
 * on the way. The steps are the evidence of the finding; its order is the call path.
 */
import type { ProgramModel } from '../link/program.ts';
import type { Finding } from './finding.ts';
import {
  callOnSame,
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

/** Each thread takes its first lock, then each waits for that of the next. */
export const lockCycle: Interleaving = (program, finding) => {
  const sides = orders(program, finding);
  if (sides.length === 0) return undefined;
  if (sides.length === 1) {
    const [held, ...way] = sides[0]!;
    if (held === undefined || way.length === 0) return undefined;
    const exchanged = [0, 1].map((thread) => waitingSteps(thread, way, 'the other thread holds this one'));
    return standingStill(
      [
        step(0, held),
        step(1, held, `${held.does}: that of the other object`),
        ...exchanged[0]!,
        ...exchanged[1]!,
      ],
      'Each thread holds what the other waits for, for ever.',
    );
  }
  const steps: Placed[] = sides.map(([held], thread) => step(thread, held!));
  for (const [thread, [, ...way]] of sides.entries()) {
    const holder = ((thread + 1) % sides.length) + 1;
    steps.push(...waitingSteps(thread, way, `thread ${holder} holds it`));
  }
  return standingStill(
    steps,
    sides.length === 2
      ? 'Each thread holds what the other waits for, for ever.'
      : 'Each thread holds what the one before it waits for, for ever.',
  );
};

/** From the lock that is held to the one that is waited for, for each side of the cycle. */
function orders(program: ProgramModel, { evidence }: Finding): readonly (readonly Scene[])[] {
  const sides: Scene[][] = [];
  let side: Scene[] | undefined;
  for (const { role, at } of evidence) {
    if (role !== 'lock' && role !== 'call') continue;
    const scene = sceneOf(program, at);
    if (scene === undefined) return [];
    if (side === undefined) {
      side = [scene];
      continue;
    }
    side.push(scene);
    if (role !== 'lock') continue;
    sides.push(side);
    side = undefined;
  }
  return sides;
}

function waitingSteps(thread: number, way: readonly Scene[], because: string): readonly Placed[] {
  const last = way.at(-1)!;
  return [
    ...way.slice(0, -1).map((scene) => step(thread, scene)),
    step(thread, last, `waits for \`${last.subject}\`: ${because}`),
  ];
}

/** One thread takes a lock that it holds already. */
export const selfWait: Interleaving = (program, finding) => {
  const path = scenes(program, finding, ['lock', 'call']);
  const own = sceneOf(program, finding.primary);
  const [held, ...rest] = path;
  if (own === undefined) return undefined;
  if (held === undefined)
    return standingStill(
      [step(0, own), step(0, own, `waits for ${quoted(own)}, which it holds itself`)],
      'The thread waits for itself, for ever.',
    );
  const way = rest.some(({ ref }) => ref.fact === own.ref.fact) ? rest : [own, ...rest];
  const last = way.at(-1)!;
  const calls = way.slice(0, -1).map((scene) => step(0, scene));
  return standingStill(
    [step(0, held), ...calls, step(0, last, `waits for ${quoted(last)}, which it holds itself`)],
    'The thread waits for itself, for ever.',
  );
};

/** A finalizer or a signal handler comes into the middle of a section of its own thread. */
export const interruptsItself: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const path = scenes(program, finding, ['call', 'lock']);
  if (own === undefined || path.length === 0) return undefined;
  const held = path.at(-1)!;
  if (!held.does.startsWith('takes'))
    return standingStill(
      [step(0, held), step(0, own, `${own.does}, while the same thread is inside that object`)],
      'The thread waits for itself, for ever.',
    );
  const onTheWay = path
    .slice(0, -1)
    .filter(({ function: caller, ref }) => program.callsFrom(caller).some(({ fact }) => fact === ref.fact));
  const calls = onTheWay.map((scene, index) =>
    step(0, scene, index === 0 ? `is interrupted: ${scene.does}` : scene.does),
  );
  const waits = `waits for ${quoted(held)}, which this thread holds already`;
  return standingStill(
    [step(0, held), ...calls, step(0, own, calls.length === 0 ? `is interrupted: ${waits}` : waits)],
    'The thread waits for itself, for ever.',
  );
};

/** A lock held while its thread waits for something that needs the lock. */
export const waitsWithLock: Interleaving = (program, finding) => {
  const path = scenes(program, finding, ['lock', 'call']);
  const own = sceneOf(program, finding.primary);
  const [held, ...rest] = path;
  if (own === undefined || held === undefined) return undefined;
  const needing = rest.at(-1);
  const other = needing?.does.startsWith('takes') === true ? needing : held;
  const calls = (other === needing ? rest.slice(0, -1) : rest).filter(({ ref }) => ref.fact !== own.ref.fact);
  return standingStill(
    [
      step(0, held),
      step(0, own, `${own.does}, with ${quoted(held)} held`),
      ...calls.map((scene) => step(0, scene)),
      step(1, other, `waits for ${quoted(held)}: thread 1 holds it`),
    ],
    'Thread 2 cannot go on before thread 1 gives the lock back, and that is not before it is done waiting.',
  );
};

/** Work that waits for work which needs a worker. */
export const waitsForItsPool: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  const handed = scenes(program, finding, ['threadStart']);
  const calls = scenes(program, finding, ['call']);
  const waits = (scene: Scene): Placed =>
    step(0, scene, `${scene.does} and waits for what nobody is left to do`);
  if (handed.length === 0 && calls.length > 1)
    return standingStill(
      [...calls.slice(0, -1).map((scene) => step(0, scene)), waits(calls.at(-1)!)],
      'The thread waits for work that only it could do.',
    );
  const [first, ...inner] = handed;
  const worker = first === undefined ? undefined : startedAt(program, first);
  const inWorker = (scene: Scene, does = scene.does): Placed =>
    step(first === undefined ? 0 : 1, { ...scene, function: worker ?? scene.function }, does);
  return standingStill(
    [
      ...(first === undefined ? [] : [step(0, first, 'hands work to the pool')]),
      ...[...calls].map((scene) => inWorker(scene)),
      ...inner.map((scene) => inWorker(scene, 'hands more work to the same pool')),
      inWorker(own, `${own.does} and waits for what nobody is left to do`),
    ],
    'Every worker waits for work that only a worker could do.',
  );
};

/** A signal that comes between the test and the wait, before the wait, or to the wrong thread. */
export const missedSignal: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  const [tested, changed] = scenes(program, finding, ['access']);
  if (tested !== undefined && changed !== undefined)
    return inOrder(
      [
        step(0, tested),
        step(1, changed, `${changed.does}, and signals it to nobody`),
        step(0, own, 'waits for a signal that has gone'),
      ],
      'Thread 1 waits for ever, or until the next signal.',
    );
  const [first, second] = scenes(program, finding, ['call']);
  if (first !== undefined && second !== undefined)
    return inOrder(
      [
        step(0, first, 'sleeps'),
        step(1, second, 'sleeps, waiting for something else'),
        step(2, own, 'wakes one of them, and it is the wrong one'),
      ],
      'The right thread sleeps on.',
    );
  if (first === undefined) {
    const [other] = scenes(program, finding, ['definition']);
    if (other === undefined) return tested === undefined ? undefined : toldBefore(own, tested);
    return tested === undefined ? endsOne(own, other) : answeredTooSoon(own, tested, other);
  }
  if (tested !== undefined)
    return inOrder(
      [
        step(0, tested),
        step(0, first, 'sleeps until it is notified'),
        step(1, own, `${own.does}, and notifies nobody`),
      ],
      'Thread 1 sleeps on, although what it waits for is so.',
    );
  const set = callOnSame(program, first, 'set');
  return inOrder(
    [
      step(0, first, 'wakes up and does the work'),
      ...(set === undefined ? [] : [step(1, set, 'signals that there is more')]),
      step(0, own, `${own.does}: the signal is gone`),
      step(0, first, 'waits, although there is something to do'),
    ],
    'What was signalled during the work is forgotten.',
  );
};

/** What is waited for has come before anybody waits. */
function toldBefore(own: Scene, comes: Scene): Witness {
  return inOrder(
    [
      step(1, comes, `${comes.does}, and signals it to nobody`),
      step(0, own, 'waits for a signal that has gone'),
    ],
    'Thread 1 waits for what is there.',
  );
}

/** The answer comes between the question and the end of the last one. */
function answeredTooSoon(own: Scene, asks: Scene, answers: Scene): Witness {
  return inOrder(
    [
      step(0, asks, 'asks'),
      step(1, answers, 'sets the event'),
      step(0, own, `${own.does}: the answer is forgotten`),
    ],
    'Thread 1 waits for an answer that has been given.',
  );
}

/** One end mark for several that wait for one. */
function endsOne(own: Scene, taker: Scene): Witness {
  return inOrder(
    [
      step(0, taker, 'waits for the next item'),
      step(1, taker, 'waits, too'),
      step(2, own, 'puts the only end mark'),
      step(0, taker, 'takes it and ends'),
    ],
    'Thread 2 waits for ever.',
  );
}

/** After the wait nobody looks whether it is so. */
export const wokenForNothing: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  const [tested] = scenes(program, finding, ['access']);
  return inOrder(
    [
      ...(tested === undefined ? [] : [step(0, tested)]),
      step(0, own, 'waits'),
      ...(tested === undefined ? [] : [step(1, tested, 'is faster, and takes what was announced')]),
      step(0, own, 'wakes up and goes on without looking'),
    ],
    'Thread 1 goes on as if what it waited for were there.',
  );
};

/** Who did not get the lock goes on all the same. */
export const entersWithoutLock: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  if (own === undefined) return undefined;
  return inOrder(
    [step(0, own), step(1, own, `does not get ${quoted(own)}, and goes on all the same`)],
    'Two threads are in the section, and thread 2 gives back a lock that it does not hold.',
  );
};

/** The other threads are left out of a process, or the process leaves them. */
export const cutShort: Interleaving = (program, finding) => {
  const own = sceneOf(program, finding.primary);
  const [other] = scenes(program, finding, ['threadStart', 'call']);
  if (own === undefined || other === undefined) return undefined;
  const forks = finding.evidence.some(({ role }) => role === 'threadStart');
  return forks
    ? inOrder(
        [
          step(
            1,
            { ...other, function: startedAt(program, other) ?? other.function },
            'runs, and may hold any lock',
          ),
          step(
            0,
            own,
            `${own.does}: the child has the locks as they are, and no thread that gives them back`,
          ),
        ],
        'The child waits for a lock that nobody holds any more.',
      )
    : inOrder(
        [step(0, own, 'starts a daemon thread'), step(1, other, `${other.does}, and is in the middle of it`)],
        'The program ends, and thread 2 with it.',
      );
};

/** An import that waits for a thread which imports. */
export const importWaits: Interleaving = (program, finding) => {
  const start = sceneOf(program, finding.primary);
  const [imports] = scenes(program, finding, ['import']);
  const [waits] = scenes(program, finding, ['lock']);
  if (start === undefined || imports === undefined || waits === undefined) return undefined;
  return standingStill(
    [
      step(0, start, 'starts thread 2, while the module is being imported'),
      step(1, imports, 'imports, and waits for the import lock: thread 1 holds it'),
      step(0, waits, 'waits for thread 2'),
    ],
    'Each thread waits for the other, for ever.',
  );
};

function standingStill(steps: readonly Placed[], outcome: string): Witness {
  return { ...inOrder(steps, outcome), standstill: true };
}

function quoted({ subject }: Scene): string {
  return subject === '' ? 'the lock' : `\`${subject}\``;
}

/** A flag is set and taken back while the thread that asks for it looks elsewhere. */
export const askedTooLate: Interleaving = (program, finding) => {
  const back = sceneOf(program, finding.primary);
  const [set] = scenes(program, finding, ['call']);
  const [asked] = scenes(program, finding, ['access']);
  if (back === undefined || set === undefined || asked === undefined) return undefined;
  // The start comes first in the evidence where the thread itself takes the flag back.
  if (finding.evidence[0]?.role === 'threadStart')
    return inOrder(
      [step(0, set), step(1, back, 'takes it back'), step(1, asked, 'asks, and finds it not set')],
      'The thread never ends.',
    );
  return inOrder(
    [step(0, set), step(0, back, 'takes it back'), step(1, asked, 'asks, and finds it not set')],
    'The old thread goes on, beside the one that is started now.',
  );
};
