/**
 * Questions that may lead back to themselves: what a variable holds may come from a function that returns that variable. Such a
 * circle starts from nothing and is gone through again until no answer in it changes; only then are its answers kept. So the order
 * in which questions are asked changes no answer.
 *
 * Each answer knows what it rests on: other answers, and inputs that an edit changes. After an edit those that rest on something
 * that changed are computed anew, and where the answer is the same, what rests on it is kept: asking again costs what the edit
 * concerns.
 */

/** Something that answers rest on and that an edit may change: what one file says, where a name occurs. */
export class Input {
  stale = false;
}

/** An answer that is kept. */
interface Memo {
  restsOn: readonly Ground[];
  /** What its question is about is part of this: there is no such question any more when it changes. */
  readonly about: Input | undefined;
  /** Of a circle: it cannot be computed by itself. */
  readonly circular: boolean;
  /** Something far or near below it has changed, and it has not been looked at yet. */
  suspect: boolean;
  /** The answer is another one, or there is none any more. */
  stale: boolean;
  forget(): void;
  /** Computes it anew; whether the answer is the same. */
  renew(): boolean;
}

/** What an answer rests on. */
type Ground = Input | Memo;

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

interface Known<Answer> {
  readonly answer: Answer;
  readonly memo: Memo;
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
  readonly provisional: ((keep: number | undefined, head: Memo | undefined) => void)[] = [];
  /** Number of the round that is being gone through; each round of each circle has one of its own. */
  round = 0;
  rounds = 0;
  /** An answer inside of the circle differs from that of the round before. */
  changed = false;
  /** Hears of every question that is computed; for tests. */
  onComputed: ((question: string, key: unknown) => void) | undefined;
  /** Answers that are kept, each behind those that it rests on. */
  #memos: Memo[] = [];

  /** The running question rests on an input. */
  read(ground: Ground): void {
    const grounds = this.running.at(-1)?.grounds;
    if (grounds !== undefined && grounds.at(-1) !== ground) grounds.push(ground);
  }

  /** Keeps an answer until something that it rests on changes. */
  keep(memo: Memo): void {
    this.#memos.push(memo);
  }

  /** Takes back an answer that was kept last: an older one is as good. */
  forsake(memo: Memo): void {
    if (this.#memos.at(-1) === memo) this.#memos.pop();
  }

  /** Computes anew what rests on inputs that have become stale, as far as answers change, and takes the inputs as they are now. */
  renew(inputs: Iterable<Input>): void {
    const before = this.#memos;
    const suspects: Memo[] = [];
    this.#memos = before.filter((memo) => {
      memo.suspect = memo.restsOn.some((one) => one.stale || ('suspect' in one && one.suspect));
      if (!memo.suspect) return true;
      /** Gone at once: what is renewed before it must not meet its old answer. */
      if (memo.circular || memo.about?.stale === true) this.#drop(memo);
      else suspects.push(memo);
      return false;
    });
    for (const memo of suspects) this.settle(memo);
    for (const input of inputs) input.stale = false;
  }

  /** Before the answer of a suspect is used: whether it still holds. Those that do stand behind all that was not suspect. */
  settle(memo: Memo): void {
    if (!memo.suspect) return;
    memo.suspect = false;
    let holds = true;
    for (const ground of memo.restsOn) {
      if ('suspect' in ground) this.settle(ground);
      if (ground.stale) {
        holds = false;
        break;
      }
    }
    if (holds || memo.renew()) this.#memos.push(memo);
    else memo.stale = true;
  }

  #drop(memo: Memo): void {
    memo.suspect = false;
    memo.stale = true;
    memo.forget();
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
  readonly #known = new Map<Key, Known<Answer>>();
  readonly #running = new Map<Key, Running>();
  readonly #provisional = new Map<Key, Provisional<Answer>>();

  /** `bottom`: what is answered while the question waits for itself. */
  constructor(name: string, circle: Circle, bottom: Answer, same: (a: Answer, b: Answer) => boolean) {
    this.#name = name;
    this.#circle = circle;
    this.#bottom = bottom;
    this.#same = same;
  }

  /** `about`: what the key is part of, for keys that an edit does away with. */
  ask(key: Key, compute: () => Answer, about?: Input): Answer {
    let known = this.#known.get(key);
    if (known?.memo.suspect === true) {
      this.#circle.settle(known.memo);
      known = this.#known.get(key);
    }
    if (known !== undefined) {
      this.#circle.read(known.memo);
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
    if (about !== undefined) this.#circle.read(about);
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
      const memo = this.#keep(key, answer, distinct(one.grounds), one.awaited, about, compute);
      if (one.awaited) for (const settle of this.#circle.provisional.splice(oldest)) settle(last, memo);
      this.#circle.read(memo);
    } else {
      /** What is not kept is asked again: until then its grounds are those of the question that rests on it. */
      for (const ground of distinct(one.grounds)) running.at(-1)?.grounds.push(ground);
      restOn(running, one.restsOn);
      this.#note(key, answer, one.restsOn, about, compute);
    }
    return answer;
  }

  /** Nothing is kept of a question that failed, so that it can be asked again. */
  #abandon(key: Key, one: Running, oldest: number): void {
    this.#circle.running.length = one.depth;
    this.#running.delete(key);
    for (const settle of this.#circle.provisional.splice(oldest)) settle(undefined, undefined);
  }

  #keep(
    key: Key,
    answer: Answer,
    restsOn: readonly Ground[],
    circular: boolean,
    about: Input | undefined,
    compute: () => Answer,
  ): Memo {
    const known: Known<Answer> = {
      answer,
      memo: {
        restsOn,
        about,
        circular,
        suspect: false,
        stale: false,
        forget: () => {
          if (this.#known.get(key) === known) this.#known.delete(key);
        },
        renew: () => this.#renewed(key, known, compute, about),
      },
    };
    this.#known.set(key, known);
    this.#circle.keep(known.memo);
    return known.memo;
  }

  #renewed(key: Key, known: Known<Answer>, compute: () => Answer, about: Input | undefined): boolean {
    this.#known.delete(key);
    const answer = this.ask(key, compute, about);
    const made = this.#known.get(key);
    /** In a circle now, whose answers hold together only. */
    if (made === undefined || made.memo.circular || !this.#alike(answer, known.answer)) return false;
    this.#circle.forsake(made.memo);
    known.memo.restsOn = made.memo.restsOn;
    this.#known.set(key, known);
    return true;
  }

  /** The same in the same order: in a circle order says nothing, to whoever uses the answer it may. */
  #alike(a: Answer, b: Answer): boolean {
    if (!Array.isArray(a) || !Array.isArray(b)) return this.#same(a, b);
    return a.length === b.length && a.every((one, at) => this.#same([one] as never, [b[at]] as never));
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

  #note(key: Key, answer: Answer, restsOn: Running, about: Input | undefined, compute: () => Answer): void {
    const circle = this.#circle;
    const before = this.#provisional.get(key);
    if (before === undefined || !this.#same(before.answer, answer)) circle.changed = true;
    this.#provisional.set(key, { answer, restsOn, round: circle.round });
    if (before !== undefined) return;
    circle.provisional.push((keep, head) => {
      const found = this.#provisional.get(key)!;
      if (head !== undefined && found.round === keep)
        this.#keep(key, found.answer, [head], true, about, compute);
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
