/**
 * Questions that may lead back to themselves: what a variable holds may come from a function that returns that variable. Such a
 * circle starts from nothing and is gone through again until no answer in it changes; only then are its answers kept. So the order
 * in which questions are asked changes no answer.
 */

interface Running {
  readonly depth: number;
  answer: unknown;
  /** Something asked for it while it was running. */
  awaited: boolean;
  /** The outermost running question that its answer rests on, itself not counted. */
  restsOn: Running | undefined;
  finished: boolean;
}

/** A question inside of a circle that is not finished. */
interface Provisional<Answer> {
  readonly answer: Answer;
  readonly restsOn: Running;
  readonly round: number;
}

/** Rounds after which answers that still change are taken as they are. */
const MOST_ROUNDS = 8;

/** Questions nested deeper are answered by nothing: the stack has an end. */
const MOST_NESTED = 200;

/** All questions that may meet in one circle. */
export class Circle {
  readonly running: Running[] = [];
  /** Keeps or forgets the provisional answers of the circles that are not finished, oldest first. */
  readonly provisional: ((keep: number) => void)[] = [];
  /** Number of the round that is being gone through; each round of each circle has one of its own. */
  round = 0;
  rounds = 0;
  /** An answer inside of the circle differs from that of the round before. */
  changed = false;
}

export class Question<Key, Answer extends object> {
  readonly #circle: Circle;
  readonly #bottom: Answer;
  readonly #same: (a: Answer, b: Answer) => boolean;
  readonly #known = new Map<Key, Answer>();
  readonly #running = new Map<Key, Running>();
  readonly #provisional = new Map<Key, Provisional<Answer>>();

  /** `bottom`: what is answered while the question waits for itself. */
  constructor(circle: Circle, bottom: Answer, same: (a: Answer, b: Answer) => boolean) {
    this.#circle = circle;
    this.#bottom = bottom;
    this.#same = same;
  }

  ask(key: Key, compute: () => Answer): Answer {
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const { running } = this.#circle;
    const itself = this.#running.get(key);
    if (itself !== undefined) {
      itself.awaited = true;
      restOn(running, itself);
      return itself.answer as Answer;
    }
    const before = this.#provisional.get(key);
    if (before !== undefined && before.round === this.#circle.round) {
      restOn(running, before.restsOn);
      return before.answer;
    }
    if (running.length >= MOST_NESTED) return this.#bottom;
    const one: Running = {
      depth: running.length,
      answer: before?.answer ?? this.#bottom,
      awaited: false,
      restsOn: undefined,
      finished: false,
    };
    running.push(one);
    this.#running.set(key, one);
    let answer = compute();
    if (one.awaited && one.restsOn === undefined) answer = this.#goRound(one, answer, compute);
    running.pop();
    this.#running.delete(key);
    one.finished = true;
    if (one.restsOn === undefined) this.#known.set(key, answer);
    else {
      restOn(running, one.restsOn);
      this.#note(key, answer, one.restsOn);
    }
    return answer;
  }

  /** Asks the head of a circle again until nothing in the circle changes, and keeps what was found in the last round. */
  #goRound(one: Running, first: Answer, compute: () => Answer): Answer {
    const circle = this.#circle;
    const { round, changed } = circle;
    const oldest = circle.provisional.length;
    let answer = first;
    for (let count = 1; count < MOST_ROUNDS; count++) {
      circle.changed = false;
      one.answer = answer;
      circle.rounds++;
      circle.round = circle.rounds;
      answer = compute();
      if (!circle.changed && this.#same(answer, one.answer as Answer)) break;
    }
    const last = circle.round;
    circle.round = round;
    circle.changed = changed;
    if (one.restsOn === undefined) for (const settle of circle.provisional.splice(oldest)) settle(last);
    return answer;
  }

  #note(key: Key, answer: Answer, restsOn: Running): void {
    const circle = this.#circle;
    const before = this.#provisional.get(key);
    if (before === undefined || !this.#same(before.answer, answer)) circle.changed = true;
    this.#provisional.set(key, { answer, restsOn, round: circle.round });
    if (before !== undefined) return;
    circle.provisional.push((keep) => {
      const found = this.#provisional.get(key)!;
      if (found.round === keep) this.#known.set(key, found.answer);
      this.#provisional.delete(key);
    });
  }
}

/** The question that is asking rests on another one that is not finished. */
function restOn(running: readonly Running[], other: Running): void {
  const asking = running.at(-1);
  let head = other;
  while (head.finished && head.restsOn !== undefined) head = head.restsOn;
  if (asking === undefined || head.depth >= asking.depth) return;
  if (asking.restsOn === undefined || head.depth < asking.restsOn.depth) asking.restsOn = head;
}
