/**
 * Questions to the flow graphs of one file: what stands where, what control can reach, what it must have passed; and the one
 * solver that every domain uses (locks held, tests in force). Facts are names; only the graph knows what comes first.
 */
import {
  type Block,
  type BlockId,
  type Body,
  type Edge,
  ENTRY,
  EXIT,
  type FactId,
  type FileSummary,
  MAY_RAISE,
  type PathId,
  RAISED,
  type RegionId,
  type ScopeId,
  type Test,
  type TestForm,
} from '../facts/summary.ts';
import { Dominators } from './dominators.ts';
import { push } from './nameIndex.ts';

export interface Position {
  readonly body: number;
  readonly block: BlockId;
  readonly index: number;
}

export type FactKind = 'access' | 'call' | 'acquisition' | 'release' | 'test' | 'binding' | 'suspension';

/** A state that flows along control: a lattice of finite height, states never changed in place. */
export interface Domain<S> {
  readonly entry: S;
  join(a: S, b: S): S;
  equal(a: S, b: S): boolean;
  /** The state after control has passed the fact. */
  after(state: S, fact: FactId): S;
  /** The state at the other end of an edge. */
  along?(state: S, edge: Edge): S;
}

const KINDS = ['access', 'call', 'acquisition', 'release', 'test', 'binding', 'suspension'] as const;

export class FlowIndex {
  readonly #summary: FileSummary;
  readonly #bodyOf: Int32Array;
  readonly #blockOf: Int32Array;
  readonly #indexIn: Int32Array;
  /** Further positions of facts in `finally` clauses. */
  readonly #copies = new Map<FactId, Position[]>();
  readonly #kindOf: Uint8Array;
  readonly #recordOf: Int32Array;
  readonly #bodyOfScope = new Map<ScopeId, number>();
  readonly #dominators = new Map<number, Dominators>();
  /** Path → the tests that show that nothing is left there to wait for. */
  readonly #absences = new Map<PathId, number[]>();

  constructor(summary: FileSummary) {
    this.#summary = summary;
    const count = summary.spans.length / 2;
    this.#bodyOf = new Int32Array(count).fill(-1);
    this.#blockOf = new Int32Array(count);
    this.#indexIn = new Int32Array(count);
    this.#kindOf = new Uint8Array(count);
    this.#recordOf = new Int32Array(count);
    for (const [body, { scope, blocks }] of summary.bodies.entries()) {
      this.#bodyOfScope.set(scope, body);
      for (const [block, { events }] of blocks.entries())
        for (const [index, fact] of events.entries()) this.#place(fact, { body, block, index });
    }
    for (const [index, { form, path, via }] of summary.tests.entries())
      if (ABSENT.has(form))
        for (const one of via === undefined ? [path] : [path, via]) push(this.#absences, one, index);
    const records = [
      summary.accesses,
      summary.calls,
      summary.acquisitions,
      summary.releases,
      summary.tests,
      summary.bindings,
      summary.suspensions,
    ];
    for (const [kind, facts] of records.entries())
      for (const [record, { fact }] of facts.entries()) {
        this.#kindOf[fact] = kind + 1;
        this.#recordOf[fact] = record;
      }
  }

  /** The number of the body that the scope's facts run in; -1 for a scope that is none. */
  bodyOfScope(scope: ScopeId): number {
    const { scopes } = this.#summary;
    for (let at = scope; at >= 0; at = scopes[at]!.parent) {
      const body = this.#bodyOfScope.get(at);
      if (body !== undefined) return body;
    }
    return -1;
  }

  body(index: number): Body {
    return this.#summary.bodies[index]!;
  }

  /** Where the fact stands: in several blocks when it lies in a `finally` clause, in none when it is no event. */
  positions(fact: FactId): readonly Position[] {
    const body = fact < 0 ? -1 : (this.#bodyOf[fact] ?? -1);
    if (body === -1) return [];
    const first = { body, block: this.#blockOf[fact]!, index: this.#indexIn[fact]! };
    return [first, ...(this.#copies.get(fact) ?? [])];
  }

  /** The body that the fact is an event of; -1 for none. */
  bodyOf(fact: FactId): number {
    return this.#bodyOf[fact] ?? -1;
  }

  kindOf(fact: FactId): FactKind | undefined {
    const kind = fact < 0 ? 0 : this.#kindOf[fact]!;
    return kind === 0 ? undefined : KINDS[kind - 1];
  }

  /** Index of the fact's record in the list of its kind. */
  recordOf(fact: FactId): number {
    return this.#recordOf[fact]!;
  }

  /** The regions around the fact, the innermost first. */
  regionsAround(fact: FactId): readonly RegionId[] {
    const [position] = this.positions(fact);
    if (position === undefined) return [];
    const found: RegionId[] = [];
    let at = this.#blockAt(position).region;
    for (; at >= 0; at = this.#summary.regions[at]!.parent) found.push(at);
    return found;
  }

  /** The innermost loop or comprehension around the fact, in its function. */
  loopAround(fact: FactId): RegionId | undefined {
    const body = fact < 0 ? -1 : this.bodyOf(fact);
    if (body === -1) return undefined;
    const { regions } = this.#summary;
    let at = this.body(body).blocks[this.#blockOf[fact]!]!.region;
    while (at >= 0 && regions[at]!.kind !== 'loop') at = regions[at]!.parent;
    return at >= 0 ? at : undefined;
  }

  /** Whether the fact may come about once more in the same run of its function, after it went well: no attempt that is made again. */
  comesAgain(fact: FactId): boolean {
    return this.loopAround(fact) !== undefined && this.reaches(fact, fact);
  }

  /** Whether every way from the beginning of the function to `fact` passes `before`. */
  dominates(before: FactId, fact: FactId): boolean {
    const body = this.bodyOf(fact);
    if (body === -1 || body !== this.bodyOf(before)) return false;
    if (before === fact) return true;
    const [place, ...more] = this.positions(before);
    if (more.length > 0) return !this.#walkPast(before, OPEN).reaches(fact);
    const dominators = this.#dominatorsOf(body);
    return this.positions(fact).every((one) => one.body !== body || dominators.dominates(place!, one));
  }

  #dominatorsOf(body: number): Dominators {
    const known = this.#dominators.get(body);
    if (known !== undefined) return known;
    const made = new Dominators(this.body(body), ENTRY, (fact) => this.mayRaise(fact));
    this.#dominators.set(body, made);
    return made;
  }

  /**
   * As `dominates`, but that a loop around the wait `before` is taken to run, and that a way on which what it waits for is seen
   * not to be there, or to have ended, counts as passed. `awaited` is what a helper called there waits for.
   */
  waitsBefore(before: FactId, fact: FactId, awaited: readonly PathId[] = []): boolean {
    const body = this.bodyOf(fact);
    if (body === -1 || body !== this.bodyOf(before) || before === fact) return false;
    const closed = this.#withoutWaiting([before], new Set(this.regionsAround(fact)), body, awaited);
    return !this.#walkPast(before, closed).reaches(fact);
  }

  /** Whether the function returns only after the wait, as `waitsBefore` has it. */
  waitsBeforeReturn(before: FactId, awaited: readonly PathId[] = []): boolean {
    const body = this.bodyOf(before);
    if (body === -1) return false;
    return !this.#walkPast(before, this.#withoutWaiting([before], new Set(), body, awaited)).enters(EXIT);
  }

  /** Whether control can come from the beginning of the function to the fact without passing one of `barriers`. */
  comesPast(fact: FactId, barriers: readonly FactId[]): boolean {
    const body = this.bodyOf(fact);
    return body !== -1 && this.#walkFromEntry(body, barriers).reaches(fact);
  }

  /** Whether the function returns only after it has passed the fact; it may raise before. */
  returnsOnlyAfter(fact: FactId): boolean {
    return this.bodyOf(fact) !== -1 && !this.#walkPast(fact, OPEN).enters(EXIT);
  }

  /** Whether the function returns only on ways that show the outcome of such a test; it may raise on others. */
  returnsOnlyIf(scope: ScopeId, isMet: (test: Test) => boolean): boolean {
    const number = this.#bodyOfScope.get(scope);
    if (number === undefined) return false;
    const { blocks } = this.body(number);
    const { tests } = this.#summary;
    const entered = new Set<BlockId>([ENTRY]);
    for (const at of entered) {
      const { next, raises } = blocks[at]!;
      for (const edge of next) if (!edge.tests.some((test) => isMet(tests[test]!))) entered.add(edge.to);
      entered.add(raises);
    }
    return !entered.has(EXIT);
  }

  /** From the beginning of the function, by the ways that do not pass the fact. */
  #walkPast(fact: FactId, closed: Closed): Walk {
    return this.#walkFromEntry(this.bodyOf(fact), [fact], closed);
  }

  #walkFromEntry(body: number, barriers: readonly FactId[], closed: Closed = OPEN): Walk {
    return this.#walk(body, [{ body, block: ENTRY, index: -1 }], new Set(barriers), closed);
  }

  /** Whether control can go from one fact to another of the same function. */
  reaches(from: FactId, to: FactId): boolean {
    const [start, ...more] = this.positions(from);
    const [end, ...others] = this.positions(to);
    if (start === undefined || end === undefined || start.body !== end.body) return false;
    if (more.length === 0) {
      // What follows in the same block is reached without a walk.
      if (start.block === end.block && end.index > start.index) return true;
      const decided = this.#dominatorsOf(start.body).decides(start, end);
      if (decided !== undefined && (decided || others.length === 0)) return decided;
    }
    return this.reachedFrom([from], []).has(to);
  }

  /**
   * What control can reach after one of the facts without passing one of `barriers`. A barrier in a loop that `from` is not in counts
   * as passed with the loop: nobody joins threads in a loop that he does not expect to run. So does one where what it is called on is
   * seen not to be there, or to have ended.
   */
  reachedFrom(
    from: readonly FactId[],
    barriers: readonly FactId[],
  ): { readonly has: (fact: FactId) => boolean; readonly returns: boolean } {
    const starts = from.flatMap((fact) => this.positions(fact));
    const [start] = starts;
    if (start === undefined) return { has: () => false, returns: false };
    const outside = new Set(from.flatMap((fact) => this.regionsAround(fact)));
    const closed = this.#withoutWaiting(barriers, outside, start.body);
    const walk = this.#walk(start.body, starts, new Set(barriers), closed);
    return { has: (fact) => walk.reaches(fact), returns: walk.enters(EXIT) };
  }

  /** How control leaves the function after a fact without passing one of `barriers`, when only what `raises` admits may raise. */
  leavesBy(
    from: FactId,
    barriers: readonly FactId[],
    raises: (fact: FactId) => boolean,
  ): { readonly returns: boolean; readonly raises: boolean } {
    const walk = this.#walk(this.bodyOf(from), this.positions(from), new Set(barriers), OPEN, raises);
    return { returns: walk.enters(EXIT), raises: walk.enters(RAISED) };
  }

  /** Whether an exception may leave what stands at the event, reading of attributes aside. */
  mayRaise(fact: FactId): boolean {
    if (fact === MAY_RAISE) return true;
    const kind = this.kindOf(fact);
    if (kind === 'access') {
      const { kind: how } = this.#summary.accesses[this.recordOf(fact)]!;
      return how !== 'write' && how !== 'mutate';
    }
    return kind === 'call' || kind === 'suspension';
  }

  /** The state before each block of a body; undefined where control does not come. */
  solve<S extends object>(body: number, domain: Domain<S>): readonly (S | undefined)[] {
    const { blocks } = this.body(body);
    const before: (S | undefined)[] = blocks.map(() => undefined);
    before[ENTRY] = domain.entry;
    const waiting = new Set<BlockId>([ENTRY]);
    const reach = (to: BlockId, state: S): void => {
      const known = before[to];
      const joined = known === undefined ? state : domain.join(known, state);
      if (known !== undefined && domain.equal(known, joined)) return;
      before[to] = joined;
      waiting.add(to);
    };
    for (const block of waiting) {
      waiting.delete(block);
      const { events, next, raises } = blocks[block]!;
      let state = before[block]!;
      for (const fact of events) {
        if (this.mayRaise(fact)) reach(raises, state);
        if (fact !== MAY_RAISE) state = domain.after(state, fact);
      }
      for (const edge of next) reach(edge.to, domain.along?.(state, edge) ?? state);
    }
    return before;
  }

  /** The state just before a fact takes effect, joined over its positions; undefined where control does not come. */
  stateAt<S extends object>(
    fact: FactId,
    domain: Domain<S>,
    before: readonly (S | undefined)[],
  ): S | undefined {
    let found: S | undefined;
    for (const { body, block, index } of this.positions(fact)) {
      let state = before[block];
      if (state === undefined) continue;
      const { events } = this.body(body).blocks[block]!;
      for (let at = 0; at < index; at++)
        if (events[at] !== MAY_RAISE) state = domain.after(state, events[at]!);
      found = found === undefined ? state : domain.join(found, state);
    }
    return found;
  }

  #place(fact: FactId, position: Position): void {
    if (fact < 0) return;
    if (this.#bodyOf[fact] === -1) {
      this.#bodyOf[fact] = position.body;
      this.#blockOf[fact] = position.block;
      this.#indexIn[fact] = position.index;
      return;
    }
    const known = this.#copies.get(fact);
    if (known === undefined) this.#copies.set(fact, [position]);
    else known.push(position);
  }

  #blockAt({ body, block }: Position): Block {
    return this.body(body).blocks[block]!;
  }

  #outermostLoop(fact: FactId, outside: ReadonlySet<RegionId>): RegionId | undefined {
    return this.regionsAround(fact).findLast(
      (region) => this.#summary.regions[region]!.kind === 'loop' && !outside.has(region),
    );
  }

  /** The ways around waits that count as if they had been made. */
  #withoutWaiting(
    waits: readonly FactId[],
    outside: ReadonlySet<RegionId>,
    body: number,
    of: readonly PathId[] = [],
  ): Closed {
    const blocks = waits.flatMap((fact) => {
      const loop = this.#outermostLoop(fact, outside);
      return loop === undefined ? [] : [this.#headOf(body, loop)];
    });
    const { calls, paths } = this.#summary;
    const awaited = new Set(
      waits
        .filter((fact) => this.kindOf(fact) === 'call')
        .map((fact) => paths[calls[this.recordOf(fact)]!.callee]!.parent)
        .filter((path) => path !== -1),
    );
    const absent = [...new Set([...awaited, ...of])].flatMap((path) => this.#absences.get(path) ?? []);
    return {
      blocks: new Set(blocks),
      tests: new Set(absent.filter((test) => this.bodyOf(this.#summary.tests[test]!.fact) === body)),
    };
  }

  #headOf(body: number, loop: RegionId): BlockId {
    return this.body(body).blocks.findIndex(({ region }) => region === loop);
  }

  /** Follows control from just behind the starts, up to barriers. */
  #walk(
    body: number,
    starts: readonly Position[],
    barriers: ReadonlySet<FactId>,
    closed: Closed = OPEN,
    raising: (fact: FactId) => boolean = (fact) => this.mayRaise(fact),
  ): Walk {
    const { blocks } = this.body(body);
    /** Of a block that is entered from its beginning, and of one that a start is in, how far control comes in it. */
    const until = new Int32Array(blocks.length).fill(-1);
    const first = new Map<BlockId, { readonly from: number; readonly until: number }[]>();
    const waiting: BlockId[] = [];
    const enter = (block: BlockId): void => {
      if (until[block] !== -1 || closed.blocks.has(block)) return;
      until[block] = 0;
      waiting.push(block);
    };
    const goThrough = (block: BlockId, from: number): number => {
      const { events, next, raises } = blocks[block]!;
      let at = from;
      while (at < events.length && !barriers.has(events[at]!)) {
        if (raising(events[at]!)) enter(raises);
        at++;
      }
      if (at === events.length)
        for (const { to, tests } of next) if (!tests.some((test) => closed.tests.has(test))) enter(to);
      return at;
    };
    for (const { block, index } of starts) {
      if (index === -1) enter(block);
      else push(first, block, { from: index + 1, until: goThrough(block, index + 1) });
    }
    for (let block = waiting.pop(); block !== undefined; block = waiting.pop())
      until[block] = goThrough(block, 0);
    return {
      enters: (block) => until[block] !== -1 || first.has(block),
      reaches: (fact) =>
        this.positions(fact).some(
          ({ body: at, block, index }) =>
            at === body &&
            ((until[block] !== -1 && index <= until[block]!) ||
              first.get(block)?.some((one) => one.from <= index && index <= one.until) === true),
        ),
    };
  }
}

const INDICES = new WeakMap<FileSummary, FlowIndex>();

/** The flow of a file; found once for a summary, whatever program it is a part of. */
export function flowOf(summary: FileSummary): FlowIndex {
  const known = INDICES.get(summary);
  if (known !== undefined) return known;
  const made = new FlowIndex(summary);
  INDICES.set(summary, made);
  return made;
}

/** Ways that are not gone: blocks that are not entered, and edges that show one of the tests. */
interface Closed {
  readonly blocks: ReadonlySet<BlockId>;
  readonly tests: ReadonlySet<number>;
}

const OPEN: Closed = { blocks: new Set(), tests: new Set() };

/** What shows that nothing is left to wait for. */
const ABSENT: ReadonlySet<TestForm> = new Set<TestForm>(['isNone', 'falsy', 'hasEnded']);

interface Walk {
  enters(block: BlockId): boolean;
  reaches(fact: FactId): boolean;
}
