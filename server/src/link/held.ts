/**
 * Locks held and tests in force at each place of a function, solved over its flow graph. Locks are told apart by identity, so
 * that giving back an alias gives back the lock; a test keeps the locks that have been held without a break since it was made.
 */
import type { Edge, FactId } from '../facts/summary.ts';
import type { Domain, FlowIndex } from './flow.ts';
import type { HeldTest, Module } from './program.ts';

/** Which locks a place that takes one takes. */
export interface TakenLocks {
  readonly must: ReadonlySet<string>;
  /** Something that may be a lock. */
  readonly maybe: boolean;
}

/** What `held.ts` asks of the table of locks. */
export interface LockIdentity {
  /** By index in `acquisitions`. */
  taken(module: Module, acquisition: number): TakenLocks;
  /** The key of the lock that a call of `release` on this path gives back. */
  released(module: Module, path: number): string | undefined;
  /** Locks that may be taken several times by one thread. */
  isReentrant(key: string): boolean;
}

/** Locks held at a place, as far as the function itself shows. */
export interface HeldLocks {
  /** Held on every way, with the acquisitions through which. */
  readonly must: ReadonlyMap<string, readonly number[]>;
  /** Held on some way only, or perhaps no lock. */
  readonly may: ReadonlySet<string>;
}

const NO_LOCKS: HeldLocks = { must: new Map(), may: new Set() };

class LockDomain implements Domain<HeldLocks> {
  readonly entry = NO_LOCKS;
  readonly #module: Module;
  readonly #flow: FlowIndex;
  readonly #locks: LockIdentity;

  constructor(module: Module, flow: FlowIndex, locks: LockIdentity) {
    this.#module = module;
    this.#flow = flow;
    this.#locks = locks;
  }

  join(a: HeldLocks, b: HeldLocks): HeldLocks {
    if (a === b) return a;
    const must = new Map<string, readonly number[]>();
    const may = new Set([...a.may, ...b.may]);
    for (const [key, acquisitions] of a.must) {
      const others = b.must.get(key);
      if (others === undefined) may.add(key);
      else must.set(key, [...new Set([...acquisitions, ...others])]);
    }
    for (const key of b.must.keys()) if (!a.must.has(key)) may.add(key);
    return { must, may };
  }

  equal(a: HeldLocks, b: HeldLocks): boolean {
    if (a === b) return true;
    if (a.must.size !== b.must.size || a.may.size !== b.may.size) return false;
    for (const [key, acquisitions] of a.must)
      if (b.must.get(key)?.length !== acquisitions.length) return false;
    for (const key of a.may) if (!b.may.has(key)) return false;
    return true;
  }

  after(state: HeldLocks, fact: FactId): HeldLocks {
    const kind = this.#flow.kindOf(fact);
    if (kind === 'acquisition') {
      const acquisition = this.#module.summary.acquisitions[this.#flow.recordOf(fact)]!;
      if (acquisition.takes === 'onEdge') return state;
      return this.#take(state, acquisition.index, acquisition.takes === 'perhaps');
    }
    if (kind !== 'release') return state;
    const { acquisition, path } = this.#module.summary.releases[this.#flow.recordOf(fact)]!;
    return acquisition === -1 ? this.#release(state, path) : this.#leave(state, acquisition);
  }

  along(state: HeldLocks, { takes }: Edge): HeldLocks {
    return takes.reduce((held, acquisition) => this.#take(held, acquisition, false), state);
  }

  #take(state: HeldLocks, acquisition: number, perhaps: boolean): HeldLocks {
    const taken = this.#locks.taken(this.#module, acquisition);
    if (taken.must.size === 0 && !taken.maybe) return state;
    const must = new Map(state.must);
    const may = new Set(state.may);
    for (const key of taken.must) {
      if (perhaps) {
        if (!must.has(key)) may.add(key);
      } else {
        must.set(key, [...(must.get(key) ?? []), acquisition]);
        may.delete(key);
      }
    }
    if (taken.maybe) may.add(perhapsKey(this.#module.summary.acquisitions[acquisition]!.path));
    return { must, may };
  }

  /** The end of a `with`. */
  #leave(state: HeldLocks, acquisition: number): HeldLocks {
    const taken = this.#locks.taken(this.#module, acquisition);
    const must = new Map(state.must);
    const may = new Set(state.may);
    for (const key of taken.must) {
      const left = (must.get(key) ?? []).filter((one) => one !== acquisition);
      if (left.length === 0) must.delete(key);
      else must.set(key, left);
      may.delete(key);
    }
    may.delete(perhapsKey(this.#module.summary.acquisitions[acquisition]!.path));
    return { must, may };
  }

  #release(state: HeldLocks, path: number): HeldLocks {
    const key = this.#locks.released(this.#module, path);
    const must = new Map(state.must);
    const may = new Set(state.may);
    may.delete(perhapsKey(path));
    if (key !== undefined) {
      const held = must.get(key) ?? [];
      if (held.length > 1 && this.#locks.isReentrant(key)) must.set(key, held.slice(0, -1));
      else must.delete(key);
      may.delete(key);
    }
    return { must, may };
  }
}

function perhapsKey(path: number): string {
  return `?${path}`;
}

/** A test on the way from where it was made to where it is relied on. */
interface Tracked {
  readonly locks: ReadonlySet<string>;
  readonly holds: 'no' | 'perhaps' | 'yes';
  /** Control has passed the condition: only the edges behind it say whether the test holds. */
  readonly passed: boolean;
}

type TestState = ReadonlyMap<number, Tracked>;

/** Tests relied on at once: beyond this the oldest are forgotten, so that a long row of early exits costs no more than its length. */
const MAX_TESTS = 48;
const NO_TESTS: TestState = new Map();

class TestDomain implements Domain<TestState> {
  readonly entry = NO_TESTS;
  readonly #module: Module;
  readonly #flow: FlowIndex;
  readonly #heldAt: (fact: FactId) => HeldLocks;
  readonly #locks: LockIdentity;
  readonly #madeAt = new Map<FactId, number[]>();

  constructor(
    module: Module,
    flow: FlowIndex,
    body: number,
    heldAt: (fact: FactId) => HeldLocks,
    locks: LockIdentity,
  ) {
    this.#module = module;
    this.#flow = flow;
    this.#heldAt = heldAt;
    this.#locks = locks;
    for (const [index, test] of module.summary.tests.entries()) {
      if (flow.bodyOf(test.fact) !== body) continue;
      const known = this.#madeAt.get(test.made);
      if (known === undefined) this.#madeAt.set(test.made, [index]);
      else known.push(index);
    }
  }

  join(a: TestState, b: TestState): TestState {
    if (a === b) return a;
    const joined = new Map<number, Tracked>();
    for (const [test, one] of a) {
      const other = b.get(test);
      if (other === undefined) continue;
      const locks =
        one.locks === other.locks ? one.locks : new Set([...one.locks].filter((key) => other.locks.has(key)));
      const holds =
        one.holds === other.holds ? one.holds : one.holds === 'no' || other.holds === 'no' ? 'no' : 'perhaps';
      joined.set(test, { locks, holds, passed: one.passed || other.passed });
    }
    return joined;
  }

  equal(a: TestState, b: TestState): boolean {
    if (a === b) return true;
    if (a.size !== b.size) return false;
    for (const [test, one] of a) {
      const other = b.get(test);
      if (other?.holds !== one.holds || other.locks.size !== one.locks.size || other.passed !== one.passed)
        return false;
    }
    return true;
  }

  after(state: TestState, fact: FactId): TestState {
    let next = state;
    for (const test of this.#madeAt.get(fact) ?? []) {
      const locks = new Set(this.#heldAt(fact).must.keys());
      next = withTest(next, test, { locks, holds: 'no', passed: false });
    }
    const kind = this.#flow.kindOf(fact);
    if (kind === 'test') {
      const test = this.#flow.recordOf(fact);
      const known = next.get(test);
      if (known !== undefined) next = withTest(next, test, { ...known, passed: true });
    } else if (kind === 'release' && next.size > 0) next = this.#released(next, fact);
    else if (kind === 'access' && next.size > 0) next = this.#overwritten(next, fact);
    return next;
  }

  along(state: TestState, { tests, weak }: Edge): TestState {
    if (state.size + tests.length + weak.length === 0) return state;
    const next = new Map<number, Tracked>();
    for (const [test, one] of state) {
      const holds = tests.includes(test)
        ? 'yes'
        : one.holds === 'no' && weak.includes(test)
          ? 'perhaps'
          : one.holds;
      if (holds !== 'no' || !one.passed) next.set(test, { ...one, holds });
    }
    const add = (test: number, holds: 'yes' | 'perhaps'): void => {
      if (!next.has(test)) next.set(test, { locks: this.#keptSince(test), holds, passed: true });
    };
    for (const test of tests) add(test, 'yes');
    for (const test of weak) add(test, 'perhaps');
    return next;
  }

  /** For a test that lies on another way than this one: what was held at the look-up and where the answer comes. */
  #keptSince(test: number): ReadonlySet<string> {
    const { made, fact } = this.#module.summary.tests[test]!;
    const now = this.#heldAt(fact).must;
    return new Set([...this.#heldAt(made).must.keys()].filter((key) => now.has(key)));
  }

  #released(state: TestState, fact: FactId): TestState {
    const { acquisition, path } = this.#module.summary.releases[this.#flow.recordOf(fact)]!;
    const key = acquisition === -1 ? this.#locks.released(this.#module, path) : undefined;
    const keys =
      acquisition === -1
        ? new Set(key === undefined ? [] : [key])
        : this.#locks.taken(this.#module, acquisition).must;
    const still = this.#heldAt(fact).must;
    const next = new Map<number, Tracked>();
    for (const [test, one] of state) {
      const kept = [...one.locks].filter((lock) => !keys.has(lock) || (still.get(lock)?.length ?? 0) > 1);
      next.set(test, kept.length === one.locks.size ? one : { ...one, locks: new Set(kept) });
    }
    return next;
  }

  /** A store makes what was tested before untrue, or true anew. */
  #overwritten(state: TestState, fact: FactId): TestState {
    const access = this.#module.summary.accesses[this.#flow.recordOf(fact)]!;
    if (access.kind === 'read' || access.kind === 'iterate' || access.kind === 'snapshot') return state;
    return without(state, (test) => {
      const { path, key } = this.#module.summary.tests[test]!;
      if (path !== access.path) return false;
      return access.kind !== 'mutate' || (key !== undefined && key.text === access.key?.text);
    });
  }
}

function withTest(state: TestState, test: number, tracked: Tracked): TestState {
  const next = new Map(state);
  next.delete(test);
  next.set(test, tracked);
  for (const oldest of next.keys()) {
    if (next.size <= MAX_TESTS) break;
    next.delete(oldest);
  }
  return next;
}

function without(state: TestState, ends: (test: number) => boolean): TestState {
  const ended = [...state.keys()].filter(ends);
  if (ended.length === 0) return state;
  const next = new Map(state);
  for (const test of ended) next.delete(test);
  return next;
}

/** The answers for the functions of one file, found when they are asked for. */
export class HeldInFile {
  readonly #module: Module;
  readonly #flow: FlowIndex;
  readonly #locks: LockIdentity;
  readonly #lockDomain: LockDomain;
  readonly #lockStates: (readonly (HeldLocks | undefined)[] | undefined)[] = [];
  readonly #testStates: (readonly (TestState | undefined)[] | undefined)[] = [];
  readonly #testDomains: (TestDomain | undefined)[] = [];
  readonly #held = new Map<FactId, HeldLocks>();
  /** Bodies that take a lock, and bodies that test something. */
  readonly #taking = new Set<number>();
  readonly #testing = new Set<number>();

  constructor(module: Module, flow: FlowIndex, locks: LockIdentity) {
    this.#module = module;
    this.#flow = flow;
    this.#locks = locks;
    this.#lockDomain = new LockDomain(module, flow, locks);
    for (const { fact } of module.summary.acquisitions) this.#taking.add(flow.bodyOf(fact));
    for (const { fact } of module.summary.tests) this.#testing.add(flow.bodyOf(fact));
  }

  /** Locks held where the fact stands, before it takes effect. */
  at(fact: FactId): HeldLocks {
    const body = this.#flow.bodyOf(fact);
    if (!this.#taking.has(body)) return NO_LOCKS;
    const known = this.#held.get(fact);
    if (known !== undefined) return known;
    const states = this.#statesOf(body);
    const state = this.#flow.stateAt(fact, this.#lockDomain, states);
    const held = state ?? NO_LOCKS;
    this.#held.set(fact, held);
    return held;
  }

  /** Locks held where a body ends, in a block of its own. */
  atBlock(body: number, block: number): HeldLocks {
    if (!this.#taking.has(body)) return NO_LOCKS;
    const state = this.#statesOf(body)[block];
    return state ?? NO_LOCKS;
  }

  /** Tests that hold where the fact stands, with the locks held without a break since they were made. */
  testsAt(fact: FactId): readonly HeldTest[] {
    const body = this.#flow.bodyOf(fact);
    if (!this.#testing.has(body)) return [];
    this.#testDomains[body] ??= new TestDomain(
      this.#module,
      this.#flow,
      body,
      (one) => this.at(one),
      this.#locks,
    );
    const domain = this.#testDomains[body];
    this.#testStates[body] ??= this.#flow.solve(body, domain);
    const state = this.#flow.stateAt(fact, domain, this.#testStates[body]) ?? NO_TESTS;
    return [...state]
      .filter(([, { holds }]) => holds !== 'no')
      .map(([test, { locks, holds }]) => ({
        test: this.#module.summary.tests[test]!,
        locks,
        weak: holds === 'perhaps',
      }));
  }

  #statesOf(body: number): readonly (HeldLocks | undefined)[] {
    this.#lockStates[body] ??= this.#flow.solve(body, this.#lockDomain);
    return this.#lockStates[body];
  }
}
