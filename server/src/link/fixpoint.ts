/**
 * Questions that may lead back to themselves: what a variable holds may come from a function that returns that variable. Such a
 * circle starts from nothing and is gone through again until no answer in it changes; only then are its answers kept. So the order
 * in which questions are asked changes no answer.
 *
 * Each answer knows what it rests on: other answers, and inputs that an edit changes. After an edit those that rest on something
 * that changed are computed anew, and where the answer is the same, what rests on it is kept: asking again costs what the edit
 * concerns. A program that is linked once and thrown away notes none of that: half of the memory that answers take is for it.
 */

/** Something that answers rest on and that an edit may change: what one file says, where a name occurs. */
export class Input {
  stale = false;
  readonly state: State = 'holds';
  /** Number of the question that has read it last. */
  reader = 0;
}

/** `suspect`: something far or near below has changed, and it has not been looked at yet; `settling`: that is being done. */
type State = 'holds' | 'suspect' | 'settling';

/** An answer that is kept. */
class Memo {
  readonly question: Asked;
  readonly key: unknown;
  readonly answer: object;
  readonly compute: () => object;
  /** What its question is about is part of this: there is no such question any more when it changes. */
  readonly about: Input | undefined;
  /** Of a circle, or late: it cannot be computed by itself, or not now. */
  readonly circular: boolean;
  /** No other kind of answer rests on it. */
  readonly late: boolean;
  restsOn: readonly Ground[];
  state: State = 'holds';
  /** The answer is another one, or there is none any more. */
  stale = false;
  reader = 0;

  constructor(
    question: Asked,
    key: unknown,
    answer: object,
    compute: () => object,
    about: Input | undefined,
    circular: boolean,
    late: boolean,
    restsOn: readonly Ground[],
  ) {
    this.question = question;
    this.key = key;
    this.answer = answer;
    this.compute = compute;
    this.about = about;
    this.circular = circular;
    this.late = late;
    this.restsOn = restsOn;
  }

  /** There is no such answer any more. */
  drop(): void {
    this.state = 'holds';
    this.stale = true;
    this.question.forget(this);
  }

  /** Computes it anew; whether the answer is the same. */
  renew(): boolean {
    return this.question.renew(this);
  }
}

/** The question of an answer. */
interface Asked {
  forget(memo: Memo): void;
  renew(memo: Memo): boolean;
}

/** What an answer rests on. */
type Ground = Input | Memo;

interface Running {
  readonly number: number;
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

/** Of a circle that is gone through once; nobody writes to it. */
const NO_GROUNDS: Ground[] = [];

/** No round has this number: nothing is kept. */
const NO_ROUND = -1;

/** Rounds after which answers that still change are taken as they are. */
const MOST_ROUNDS = 8;

/** Questions nested deeper are answered by nothing: the stack has an end. */
const MOST_NESTED = 200;

/** All questions that may meet in one circle. */
export class Circle {
  /** Nothing is ever renewed, so no answer has to know what it rests on. */
  readonly once: boolean;
  readonly running: Running[] = [];
  /**
   * Keeps or forgets the provisional answers of the circles that are not finished, oldest first. They rest on all that the head of
   * their circle rests on.
   */
  readonly provisional: ((keep: number, head: Memo | undefined) => void)[] = [];
  /** Number of the round that is being gone through; each round of each circle has one of its own. */
  round = 0;
  rounds = 0;
  /** An answer inside of the circle differs from that of the round before. */
  changed = false;
  /** Hears of every question that is computed; for tests. */
  onComputed: ((question: string, key: unknown) => void) | undefined;
  /** Answers that are kept, each behind those that it rests on. */
  readonly #memos: Memo[] = [];
  /** Late ones, which stand behind all others. */
  readonly #late: Memo[] = [];
  #readers = 0;

  constructor(once = false) {
    this.once = once;
  }

  /** A number that no question had before. */
  nextReader(): number {
    return ++this.#readers;
  }

  /** The running question rests on an input or an answer. */
  read(ground: Ground): void {
    if (this.once) return;
    const asking = this.running.at(-1);
    if (asking === undefined || ground.reader === asking.number) return;
    ground.reader = asking.number;
    asking.grounds.push(ground);
  }

  /** The same without repetitions, which come of questions that were asked in between. */
  distinct(grounds: readonly Ground[]): readonly Ground[] {
    if (this.once) return NO_GROUNDS;
    const number = this.nextReader();
    const once = grounds.filter((ground) => {
      if (ground.reader === number) return false;
      ground.reader = number;
      return true;
    });
    /** Without the room that was left to grow. */
    return once.slice();
  }

  /** Keeps an answer until something that it rests on changes. */
  keep(memo: Memo): void {
    if (memo.late) this.#late.push(memo);
    else this.#memos.push(memo);
  }

  /** Takes back an answer that was kept last: an older one is as good. */
  forsake(memo: Memo): void {
    if (this.#memos.at(-1) === memo) this.#memos.pop();
  }

  /** Computes anew what rests on inputs that have become stale, as far as answers change, and takes the inputs as they are now. */
  renew(inputs: Iterable<Input>): void {
    const suspects: Memo[] = [];
    takeTouched(this.#memos, suspects);
    this.#renewLate(inputs, suspects);
  }

  /** The same for inputs on which late answers alone rest. */
  renewLate(inputs: Iterable<Input>): void {
    this.#renewLate(inputs, []);
  }

  #renewLate(inputs: Iterable<Input>, suspects: Memo[]): void {
    takeTouched(this.#late, suspects);
    /** Gone at once: what is renewed must not meet them. */
    for (const memo of suspects) if (memo.about?.stale === true) memo.drop();
    for (const memo of suspects) this.settle(memo);
    for (const input of inputs) input.stale = false;
  }

  /**
   * Before the answer of a suspect is used: whether it still holds. Those that do stand behind all that was not suspect. Of a circle
   * all answers hold or none, as its head does.
   */
  settle(memo: Memo): void {
    if (memo.stale || memo.state === 'holds') return;
    /** It now leads back to itself, and has to be asked as a circle. */
    if (memo.state === 'settling') {
      memo.drop();
      return;
    }
    memo.state = 'settling';
    let holds = true;
    for (const ground of memo.restsOn) {
      if (ground instanceof Memo) this.settle(ground);
      if (ground.stale) {
        holds = false;
        break;
      }
    }
    if (memo.stale) return;
    memo.state = 'holds';
    if (holds || (!memo.circular && memo.renew())) this.keep(memo);
    else if (memo.circular) memo.drop();
    else memo.stale = true;
  }
}

/** Takes out what rests on something stale or suspect, and so becomes suspect itself; the others keep their order. */
function takeTouched(memos: Memo[], suspects: Memo[]): void {
  let left = 0;
  for (const memo of memos) {
    if (isTouched(memo.restsOn)) {
      memo.state = 'suspect';
      suspects.push(memo);
    } else {
      memos[left] = memo;
      left++;
    }
  }
  memos.length = left;
}

function isTouched(grounds: readonly Ground[]): boolean {
  for (const ground of grounds) if (ground.stale || ground.state === 'suspect') return true;
  return false;
}

/** Where answers are kept by what they are about. */
interface Table<Key, Value> {
  get(key: Key): Value | undefined;
  set(key: Key, value: Value): unknown;
  delete(key: Key): unknown;
}

/** A path of a module in one number. */
export function placeOf(module: number, path: number): number {
  return module * MOST_PATHS + path;
}

export function moduleOf(place: number): number {
  return Math.floor(place / MOST_PATHS);
}

/** More than a text can have. */
const MOST_PATHS = 2 ** 24;

/** Answers about paths by `placeOf`: found without hashing, since most questions are about them. */
export class PlaceTable implements Table<number, object> {
  readonly #rows: (object | undefined)[][] = [];
  readonly #sizeOf: (module: number) => number;

  /** @param sizeOf how many paths a module has */
  constructor(sizeOf: (module: number) => number) {
    this.#sizeOf = sizeOf;
  }

  get(place: number): object | undefined {
    const module = moduleOf(place);
    const row = this.#rows[module];
    return row === undefined ? undefined : row[place - module * MOST_PATHS];
  }

  set(place: number, value: object): void {
    this.#put(place, value);
  }

  delete(place: number): void {
    this.#put(place, undefined);
  }

  #put(place: number, value: object | undefined): void {
    const module = moduleOf(place);
    while (this.#rows.length <= module) this.#rows.push([]);
    let row = this.#rows[module]!;
    const path = place - module * MOST_PATHS;
    if (row.length <= path) {
      const longer = new Array<object | undefined>(this.#sizeOf(module));
      for (let at = 0; at < row.length; at++) longer[at] = row[at];
      row = longer;
      this.#rows[module] = row;
    }
    row[path] = value;
  }
}

export class Question<Key, Answer extends object> {
  readonly #circle: Circle;
  readonly #bottom: Answer;
  readonly #same: (a: Answer, b: Answer) => boolean;
  readonly #name: string;
  /** Memos; of a circle that is gone through once, the answers themselves. */
  readonly #known: Table<Key, object>;
  /** Not computed anew before somebody asks: what it needs is not there yet when the texts are replaced. */
  readonly #late: boolean;
  readonly #running = new Map<Key, Running>();
  readonly #provisional = new Map<Key, Provisional<Answer>>();

  /** `bottom`: what is answered while the question waits for itself. */
  constructor(
    name: string,
    circle: Circle,
    bottom: Answer,
    same: (a: Answer, b: Answer) => boolean,
    known: Table<Key, object> = new Map(),
    late = false,
  ) {
    this.#late = late;
    this.#name = name;
    this.#circle = circle;
    this.#bottom = bottom;
    this.#same = same;
    this.#known = known;
  }

  /** `about`: what the key is part of, for keys that an edit does away with. */
  ask(key: Key, compute: () => Answer, about?: Input): Answer {
    const known = this.#known.get(key);
    if (known === undefined) return this.#find(key, compute, about);
    if (this.#circle.once) return known as Answer;
    const memo = known as Memo;
    if (memo.state !== 'holds') return this.#afterSettling(memo, key, compute, about);
    this.#circle.read(memo);
    return memo.answer as Answer;
  }

  #afterSettling(suspect: Memo, key: Key, compute: () => Answer, about: Input | undefined): Answer {
    this.#circle.settle(suspect);
    const known = this.#known.get(key) as Memo | undefined;
    if (known === undefined) return this.#find(key, compute, about);
    this.#circle.read(known);
    return known.answer as Answer;
  }

  #find(key: Key, compute: () => Answer, about: Input | undefined): Answer {
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
      number: this.#circle.nextReader(),
      grounds: this.#circle.once ? NO_GROUNDS : [],
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
      const grounds = this.#circle.distinct(one.grounds);
      const memo = this.#keep(key, answer, grounds, one.awaited || this.#late, about, compute);
      if (one.awaited) for (const settle of this.#circle.provisional.splice(oldest)) settle(last, memo);
      if (memo !== undefined) this.#circle.read(memo);
    } else {
      /** What is not kept is asked again: until then its grounds are those of the question that rests on it. */
      for (const ground of one.grounds) this.#circle.read(ground);
      restOn(running, one.restsOn);
      this.#note(key, answer, one.restsOn, about, compute);
    }
    return answer;
  }

  /** Nothing is kept of a question that failed, so that it can be asked again. */
  #abandon(key: Key, one: Running, oldest: number): void {
    this.#circle.running.length = one.depth;
    this.#running.delete(key);
    for (const settle of this.#circle.provisional.splice(oldest)) settle(NO_ROUND, undefined);
  }

  #keep(
    key: Key,
    answer: Answer,
    restsOn: readonly Ground[],
    circular: boolean,
    about: Input | undefined,
    compute: () => Answer,
  ): Memo | undefined {
    if (this.#circle.once) {
      this.#known.set(key, answer);
      return undefined;
    }
    const memo = new Memo(this, key, answer, compute, about, circular, this.#late, restsOn);
    this.#known.set(key, memo);
    this.#circle.keep(memo);
    return memo;
  }

  forget(memo: Memo): void {
    const key = memo.key as Key;
    if (this.#known.get(key) === memo) this.#known.delete(key);
  }

  renew(before: Memo): boolean {
    const key = before.key as Key;
    const compute = before.compute as () => Answer;
    this.#known.delete(key);
    const answer = this.ask(key, compute, before.about);
    const made = this.#known.get(key) as Memo | undefined;
    /** In a circle now, whose answers hold together only. */
    if (made === undefined || made.circular || !this.#alike(answer, before.answer as Answer)) return false;
    this.#circle.forsake(made);
    before.restsOn = made.restsOn;
    this.#known.set(key, before);
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
      if (found.round === keep)
        this.#keep(key, found.answer, head === undefined ? NO_GROUNDS : [head], true, about, compute);
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
