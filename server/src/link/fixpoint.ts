/**
 * Questions that may lead back to themselves: what a variable holds may come from a function that returns that variable. Such a
 * circle starts from nothing and is gone through again until no answer in it changes; only then are its answers kept. So the order
 * in which questions are asked changes no answer.
 *
 * Each answer knows what it rests on: other answers, and inputs that an edit changes. After an edit those that rest on a changed
 * input are forgotten and the others kept, so that asking again costs what the edit concerns.
 */

/** Something that answers rest on and that an edit may change: what one file says, where a name occurs. */
export class Input {
  stale = false;
}

/** An answer that is kept. */
class Memo<Answer> {
  readonly answer: Answer;
  readonly restsOn: readonly Ground[];
  readonly forget: () => void;
  stale = false;

  constructor(answer: Answer, restsOn: readonly Ground[], forget: () => void) {
    this.answer = answer;
    this.restsOn = restsOn;
    this.forget = forget;
  }
}

/** What an answer rests on. */
type Ground = Input | Memo<unknown>;

interface Running {
  /** What was read and asked while it ran. */
  readonly grounds: Ground[];
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
  /**
   * Keeps or forgets the provisional answers of the circles that are not finished, oldest first. They rest on all that the head of
   * their circle rests on.
   */
  readonly provisional: ((keep: number | undefined, head: Memo<unknown> | undefined) => void)[] = [];
  /** Number of the round that is being gone through; each round of each circle has one of its own. */
  round = 0;
  rounds = 0;
  /** An answer inside of the circle differs from that of the round before. */
  changed = false;
  /** Hears of every question that is computed; for tests. */
  onComputed: ((question: string, key: unknown) => void) | undefined;
  /** Answers that are kept, each behind those that it rests on. */
  #memos: Memo<unknown>[] = [];

  /** The running question rests on an input. */
  read(ground: Ground): void {
    const grounds = this.running.at(-1)?.grounds;
    if (grounds !== undefined && grounds.at(-1) !== ground) grounds.push(ground);
  }

  /** Keeps an answer until something that it rests on changes. */
  keep(memo: Memo<unknown>): void {
    this.#memos.push(memo);
  }

  /** Forgets every answer that rests on an input that has become stale, and takes the inputs as they are now. */
  forgetStale(inputs: Iterable<Input>): void {
    this.#memos = this.#memos.filter((memo) => {
      memo.stale = memo.restsOn.some(({ stale }) => stale);
      if (memo.stale) memo.forget();
      return !memo.stale;
    });
    for (const input of inputs) input.stale = false;
  }
}

/** The same without repetitions. */
function distinct(grounds: readonly Ground[]): readonly Ground[] {
  return grounds.length < 2 ? grounds : [...new Set(grounds)];
}

export class Question<Key, Answer extends object> {
  readonly #circle: Circle;
  readonly #bottom: Answer;
  readonly #same: (a: Answer, b: Answer) => boolean;
  readonly #name: string;
  readonly #known = new Map<Key, Memo<Answer>>();
  readonly #running = new Map<Key, Running>();
  readonly #provisional = new Map<Key, Provisional<Answer>>();

  /** `bottom`: what is answered while the question waits for itself. */
  constructor(name: string, circle: Circle, bottom: Answer, same: (a: Answer, b: Answer) => boolean) {
    this.#name = name;
    this.#circle = circle;
    this.#bottom = bottom;
    this.#same = same;
  }

  ask(key: Key, compute: () => Answer): Answer {
    const known = this.#known.get(key);
    if (known !== undefined) {
      this.#circle.read(known);
      return known.answer;
    }
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
      grounds: [],
      depth: running.length,
      answer: before?.answer ?? this.#bottom,
      awaited: false,
      restsOn: undefined,
      finished: false,
    };
    running.push(one);
    this.#running.set(key, one);
    this.#circle.onComputed?.(this.#name, key);
    const oldest = this.#circle.provisional.length;
    let answer: Answer;
    let last = this.#circle.round;
    try {
      answer = compute();
      if (one.awaited && one.restsOn === undefined) [answer, last] = this.#goRound(one, answer, compute);
    } catch (error) {
      this.#abandon(key, one, oldest);
      throw error;
    }
    running.pop();
    this.#running.delete(key);
    one.finished = true;
    if (one.restsOn === undefined) {
      const memo = this.#keep(key, answer, distinct(one.grounds));
      if (one.awaited) for (const settle of this.#circle.provisional.splice(oldest)) settle(last, memo);
      this.#circle.read(memo);
    } else {
      /** What is not kept is asked again: until then its grounds are those of the question that rests on it. */
      for (const ground of distinct(one.grounds)) running.at(-1)?.grounds.push(ground);
      restOn(running, one.restsOn);
      this.#note(key, answer, one.restsOn);
    }
    return answer;
  }

  /** Nothing is kept of a question that failed, so that it can be asked again. */
  #abandon(key: Key, one: Running, oldest: number): void {
    this.#circle.running.length = one.depth;
    this.#running.delete(key);
    for (const settle of this.#circle.provisional.splice(oldest)) settle(undefined, undefined);
  }

  #keep(key: Key, answer: Answer, grounds: readonly Ground[]): Memo<Answer> {
    const memo = new Memo(answer, grounds, () => {
      if (this.#known.get(key) === memo) this.#known.delete(key);
    });
    this.#known.set(key, memo);
    this.#circle.keep(memo);
    return memo;
  }

  /** Asks the head of a circle again until nothing in the circle changes; with the number of the last round. */
  #goRound(one: Running, first: Answer, compute: () => Answer): [Answer, number] {
    const circle = this.#circle;
    const { round, changed } = circle;
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
    return [answer, last];
  }

  #note(key: Key, answer: Answer, restsOn: Running): void {
    const circle = this.#circle;
    const before = this.#provisional.get(key);
    if (before === undefined || !this.#same(before.answer, answer)) circle.changed = true;
    this.#provisional.set(key, { answer, restsOn, round: circle.round });
    if (before !== undefined) return;
    circle.provisional.push((keep, head) => {
      const found = this.#provisional.get(key)!;
      if (head !== undefined && found.round === keep) this.#keep(key, found.answer, [head]);
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
