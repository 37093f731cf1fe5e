/**
 * Which events of a function control must have passed before it comes to another one, answered in one comparison after one
 * look at the whole flow graph: rules and fixes ask it for pairs of the uses of a variable, which may be very many.
 *
 * Cooper, Harvey, Kennedy: A Simple, Fast Dominance Algorithm. Its nodes are the places before each event and at the
 * end of each block, for an event that may raise leaves its block there.
 */
import type { Body, FactId } from '../facts/summary.ts';

export interface Place {
  readonly block: number;
  /** Of the event in its block. */
  readonly index: number;
}

export class Dominators {
  /** The node before the first event of each block; those before the others and that of its end follow. */
  readonly #first: Int32Array;
  /** When a node is entered and left on a walk through the tree of dominators; 0 where control never comes. */
  readonly #entered: Int32Array;
  readonly #left: Int32Array;
  /** Of each node the number of its cycle, such that control only goes from lower numbers to higher ones. */
  readonly #cycles: Int32Array;

  constructor({ blocks }: Body, entry: number, raises: (fact: FactId) => boolean) {
    this.#first = new Int32Array(blocks.length + 1);
    for (const [block, { events }] of blocks.entries())
      this.#first[block + 1] = this.#first[block]! + events.length + 1;
    const count = this.#first[blocks.length]!;
    const next: number[][] = Array.from({ length: count }, () => []);
    for (const [block, { events, next: ways, raises: handler }] of blocks.entries()) {
      const begin = this.#first[block]!;
      for (const [index, fact] of events.entries()) {
        next[begin + index]!.push(begin + index + 1);
        if (raises(fact)) next[begin + index]!.push(this.#first[handler]!);
      }
      for (const { to } of ways) next[begin + events.length]!.push(this.#first[to]!);
    }
    const order = postorder(next, this.#first[entry]!);
    [this.#entered, this.#left] = intervals(dominatorsOf(next, order), order, count);
    this.#cycles = cyclesOf(next, order);
  }

  /** Whether every way to the second place passes the first; so it is where there is no way. */
  dominates(before: Place, place: Place): boolean {
    return this.#entered[this.#node(place)] === 0 || this.leads(before, place);
  }

  /** Whether control comes to the second place, and every way there passes the first. */
  leads(before: Place, place: Place): boolean {
    const one = this.#node(before);
    const other = this.#node(place);
    return (
      this.#entered[one] !== 0 &&
      this.#entered[one]! <= this.#entered[other]! &&
      this.#left[other]! <= this.#left[one]!
    );
  }

  /** Whether control can go from just behind an event to another one; undefined where only a walk can say. */
  decides(from: Place, to: Place): boolean | undefined {
    const behind = { block: from.block, index: from.index + 1 };
    const [one, other] = [this.#node(behind), this.#node(to)];
    if (this.#entered[one] === 0 || this.#entered[other] === 0) return undefined;
    if (this.#cycles[one]! > this.#cycles[other]!) return false;
    return this.#cycles[one] === this.#cycles[other] || this.leads(behind, to) || undefined;
  }

  #node({ block, index }: Place): number {
    return this.#first[block]! + index;
  }
}

/** The nodes that control comes to, each after all that come after it, loops aside. */
function postorder(next: readonly (readonly number[])[], entry: number): readonly number[] {
  const seen = new Uint8Array(next.length);
  const order: number[] = [];
  const open: { readonly node: number; way: number }[] = [{ node: entry, way: 0 }];
  seen[entry] = 1;
  for (let one = open.at(-1); one !== undefined; one = open.at(-1)) {
    const to = next[one.node]![one.way++];
    if (to === undefined) {
      order.push(one.node);
      open.pop();
    } else if (seen[to] === 0) {
      seen[to] = 1;
      open.push({ node: to, way: 0 });
    }
  }
  return order;
}

/** Kosaraju: against the direction of control, beginning at what control comes to first, no way leads out of a cycle but back. */
function cyclesOf(next: readonly (readonly number[])[], order: readonly number[]): Int32Array {
  const before: number[][] = next.map(() => []);
  for (const node of order) for (const to of next[node]!) before[to]!.push(node);
  const cycles = new Int32Array(next.length).fill(-1);
  let cycle = 0;
  for (const first of [...order].reverse()) {
    if (cycles[first] !== -1) continue;
    const open = [first];
    cycles[first] = cycle;
    for (let node = open.pop(); node !== undefined; node = open.pop())
      for (const one of before[node]!)
        if (cycles[one] === -1) {
          cycles[one] = cycle;
          open.push(one);
        }
    cycle += 1;
  }
  return cycles;
}

/** The nearest node that every way to a node passes, by its number in the order; the entry is its own. */
function dominatorsOf(next: readonly (readonly number[])[], order: readonly number[]): Int32Array {
  const numberOf = new Int32Array(next.length).fill(-1);
  for (const [number, node] of order.entries()) numberOf[node] = number;
  const before: number[][] = order.map(() => []);
  for (const [number, node] of order.entries())
    for (const to of next[node]!) before[numberOf[to]!]!.push(number);
  const entry = order.length - 1;
  const nearest = new Int32Array(order.length).fill(-1);
  nearest[entry] = entry;
  for (let changed = true; changed; ) {
    changed = false;
    for (let number = entry - 1; number >= 0; number--) {
      let found = -1;
      for (const one of before[number]!) {
        if (nearest[one] === -1) continue;
        found = found === -1 ? one : meeting(nearest, found, one);
      }
      if (nearest[number] === found) continue;
      nearest[number] = found;
      changed = true;
    }
  }
  return nearest;
}

function meeting(nearest: Int32Array, one: number, other: number): number {
  let [a, b] = [one, other];
  while (a !== b) {
    while (a < b) a = nearest[a]!;
    while (b < a) b = nearest[b]!;
  }
  return a;
}

/** Of each node, such that those of the nodes that it dominates lie in its own. */
function intervals(
  nearest: Int32Array,
  order: readonly number[],
  count: number,
): readonly [Int32Array, Int32Array] {
  const entered = new Int32Array(count);
  const left = new Int32Array(count);
  const below: number[][] = order.map(() => []);
  const entry = order.length - 1;
  for (let number = 0; number < entry; number++) below[nearest[number]!]!.push(number);
  let time = 1;
  const open: { readonly number: number; way: number }[] = [{ number: entry, way: 0 }];
  entered[order[entry]!] = time;
  for (let one = open.at(-1); one !== undefined; one = open.at(-1)) {
    const inner = below[one.number]![one.way++];
    if (inner === undefined) {
      left[order[one.number]!] = time;
      open.pop();
    } else {
      entered[order[inner]!] = ++time;
      open.push({ number: inner, way: 0 });
    }
  }
  return [entered, left];
}
