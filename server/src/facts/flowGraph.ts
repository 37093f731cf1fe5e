/**
 * Builds the flow graph of one function while its body is walked: blocks of facts in the order of control, joined by the ways that
 * control can take, exceptions included. What must run on every way out of a stretch of code (the end of a `with`, a
 * `finally` clause) is laid into each of those ways.
 */
import { append } from '../base/manyItems.ts';
import {
  type Block,
  type BlockId,
  type Edge,
  ENTRY,
  EXIT,
  type FactId,
  RAISED,
  type RegionId,
} from './summary.ts';

/** A way out of a block that leads nowhere yet. */
export interface Way {
  readonly from: BlockId;
  /** Tests whose outcome is known on this way, and those that may have had it. */
  readonly tests: readonly number[];
  readonly weak: readonly number[];
  /** Acquisitions that this way shows to have succeeded. */
  readonly takes: readonly number[];
}

interface DraftBlock {
  readonly events: FactId[];
  readonly next: Edge[];
  raises: BlockId;
  region: RegionId;
}

/** Where a statement jumps to: out of the function, or to the end or head of a loop. */
type Jump = { readonly kind: 'return' } | { readonly kind: 'break' | 'continue'; readonly loop: LoopFrame };

interface LoopFrame {
  readonly kind: 'loop';
  readonly head: BlockId;
  readonly breaks: Way[];
}

/** Code that runs on every way out of what it surrounds. */
interface CleanupFrame {
  readonly kind: 'cleanup';
  /** Blocks that jump out from inside, by where they jump to. */
  readonly leaving: { readonly jump: Jump; readonly from: BlockId[] }[];
  /** Releases of a `with`, in order; undefined for `finally`. */
  readonly releases: FactId[] | undefined;
}

const NONE: readonly number[] = [];
/** A clause of more blocks is not laid into each way out: its ways are joined instead. */
const MAX_COPIED = 48;

export class FlowGraph {
  readonly blocks: DraftBlock[] = [];
  current: BlockId = ENTRY;
  /** Whether control reaches the current block. */
  live = true;
  region: RegionId;
  #handler: BlockId = RAISED;
  readonly #frames: (LoopFrame | CleanupFrame)[] = [];

  constructor(region: RegionId) {
    this.region = region;
    for (let block = 0; block < 3; block++) this.#open();
    this.blocks[RAISED]!.raises = RAISED;
  }

  event(fact: FactId): void {
    this.blocks[this.current]!.events.push(fact);
  }

  /** The way on from here; none when control does not get here. */
  end(): readonly Way[] {
    return this.live ? [{ from: this.current, tests: NONE, weak: NONE, takes: NONE }] : [];
  }

  /** Goes on in a new block, reached by these ways. */
  begin(ways: readonly Way[]): void {
    const block = this.#open();
    this.current = block;
    this.live = ways.length > 0;
    this.#lead(ways, block);
  }

  /** Runs `walk` in a region of its own, to which a block belongs that was begun just before. */
  within(region: RegionId, walk: () => void): void {
    const saved = this.region;
    this.region = region;
    const begun = this.blocks[this.current]!;
    if (begun.events.length === 0) begun.region = region;
    walk();
    this.region = saved;
  }

  return(): void {
    this.#jump(
      { kind: 'return' },
      this.end().map(({ from }) => from),
    );
    this.#stop();
  }

  raise(): void {
    for (const { from } of this.end()) this.#link(from, this.#handler);
    this.#stop();
  }

  /** These ways raise: a failed assertion. */
  raiseFrom(ways: readonly Way[]): void {
    this.#lead(ways, this.#handler);
  }

  leaveLoop(kind: 'break' | 'continue'): void {
    const loop = this.#frames.findLast((frame) => frame.kind === 'loop');
    if (loop !== undefined)
      this.#jump(
        { kind, loop },
        this.end().map(({ from }) => from),
      );
    this.#stop();
  }

  /**
   * A loop. `condition` is walked in its head and gives the ways into the body and past it; `otherwise` is its `else`.
   */
  loop(
    region: RegionId,
    condition: () => { readonly into: readonly Way[]; readonly past: readonly Way[] },
    body: () => void,
    otherwise: () => void,
  ): void {
    let past: readonly Way[] = [];
    const breaks: Way[] = [];
    this.within(region, () => {
      this.begin(this.end());
      const frame: LoopFrame = { kind: 'loop', head: this.current, breaks };
      const ways = condition();
      past = ways.past;
      this.begin(ways.into);
      this.#frames.push(frame);
      body();
      this.#frames.pop();
      for (const { from } of this.end()) this.#link(from, frame.head);
    });
    this.begin(past);
    otherwise();
    this.begin([...this.end(), ...breaks]);
  }

  /** `with`: the releases run on every way out of the body, those of stacks entered inside included. */
  holding(releases: FactId[], suppresses: boolean, body: () => void): void {
    const outer = this.#handler;
    const raised = this.#open();
    const frame: CleanupFrame = { kind: 'cleanup', leaving: [], releases };
    this.#frames.push(frame);
    this.#handler = raised;
    this.begin(this.end());
    body();
    this.#frames.pop();
    this.#handler = outer;
    append(this.blocks[raised]!.events, releases);
    this.#link(raised, outer);
    const ends = this.end();
    this.begin(suppresses ? [...ends, way(raised)] : ends);
    for (const release of releases) this.event(release);
    const { current, live } = this;
    for (const { jump, from } of frame.leaving) {
      const block = this.#open();
      for (const one of from) this.#link(one, block);
      append(this.blocks[block]!.events, releases);
      this.#jump(jump, [block]);
    }
    this.current = current;
    this.live = live;
    this.begin(this.end());
  }

  /** A release that comes with the end of the innermost `with`; false when there is none around. */
  releaseAtEnd(fact: FactId): boolean {
    const frame = this.#frames.findLast((one) => one.kind === 'cleanup' && one.releases !== undefined);
    if (frame?.kind !== 'cleanup' || frame.releases === undefined) return false;
    frame.releases.push(fact);
    return true;
  }

  /**
   * `try`. Each handler is walked on the ways that `handlers` makes of an exception in the body; `catchesAll` says that none
   * passes them by.
   */
  attempt(
    body: () => void,
    handlers: readonly { readonly tests: () => readonly number[]; readonly walk: () => void }[],
    catchesAll: boolean,
    otherwise: () => void,
    last: (() => void) | undefined,
  ): void {
    const outer = this.#handler;
    let frame: CleanupFrame | undefined;
    let unhandled = outer;
    if (last !== undefined) {
      unhandled = this.#open();
      frame = { kind: 'cleanup', leaving: [], releases: undefined };
      this.#frames.push(frame);
      this.#handler = unhandled;
    }
    const dispatch = handlers.length === 0 ? unhandled : this.#open();
    this.#handler = dispatch;
    this.begin(this.end());
    body();
    this.#handler = unhandled;
    this.begin(this.end());
    otherwise();
    const ends = [...this.end()];
    if (handlers.length > 0 && !catchesAll) this.#link(dispatch, unhandled);
    for (const { tests, walk } of handlers) {
      const shown: number[] = [];
      this.begin([{ ...way(dispatch), tests: shown }]);
      append(shown, tests());
      walk();
      append(ends, this.end());
    }
    this.#handler = outer;
    this.begin(ends);
    if (last === undefined || frame === undefined) return;
    this.#frames.pop();
    const first = this.current;
    // Some way leads here, if only that of an exception.
    this.live = true;
    last();
    const after = this.end();
    const reached = ends.length > 0;
    this.#finish(first, unhandled, frame, after);
    this.begin(reached ? after : []);
  }

  /** Lays the blocks from `first` on into every way out that is not the normal one. */
  #finish(first: BlockId, unhandled: BlockId, frame: CleanupFrame, after: readonly Way[]): void {
    const stop = this.blocks.length;
    const copies = stop - first <= MAX_COPIED;
    const ends = after.map(({ from }) => from);
    const laid = (from: readonly BlockId[]): readonly BlockId[] => {
      const moved = copies ? this.#copy(first, stop) : 0;
      for (const one of from) this.#link(one, first + moved);
      return ends.map((end) => end + moved);
    };
    for (const end of laid([unhandled])) this.#link(end, this.#handler);
    for (const { jump, from } of frame.leaving) this.#jump(jump, laid(from));
  }

  /** Copies the blocks of a range to the end; returns how far they moved. */
  #copy(first: BlockId, stop: BlockId): number {
    const moved = this.blocks.length - first;
    const target = (block: BlockId): BlockId => (block >= first && block < stop ? block + moved : block);
    for (let at = first; at < stop; at++) {
      const { events, next, raises, region } = this.blocks[at]!;
      this.blocks.push({
        events: [...events],
        next: next.map((edge) => ({ ...edge, to: target(edge.to) })),
        raises: target(raises),
        region,
      });
    }
    return moved;
  }

  /** The finished graph: what control falls off the end of returns. */
  finished(): readonly Block[] {
    for (const { from } of this.end()) this.#link(from, EXIT);
    return this.blocks;
  }

  #stop(): void {
    this.begin([]);
  }

  #jump(jump: Jump, from: readonly BlockId[]): void {
    for (let at = this.#frames.length - 1; at >= 0; at--) {
      const frame = this.#frames[at]!;
      if (frame.kind === 'cleanup') {
        const known = frame.leaving.find(
          (one) => one.jump.kind === jump.kind && loopOf(one.jump) === loopOf(jump),
        );
        if (known === undefined) frame.leaving.push({ jump, from: [...from] });
        else append(known.from, from);
        return;
      }
      if (frame === loopOf(jump)) {
        if (jump.kind === 'break') append(frame.breaks, from.map(way));
        else for (const one of from) this.#link(one, frame.head);
        return;
      }
    }
    for (const one of from) this.#link(one, EXIT);
  }

  #open(): BlockId {
    this.blocks.push({ events: [], next: [], raises: this.#handler, region: this.region });
    return this.blocks.length - 1;
  }

  #lead(ways: readonly Way[], to: BlockId): void {
    for (const { from, tests, weak, takes } of ways) this.blocks[from]!.next.push({ to, tests, weak, takes });
  }

  #link(from: BlockId, to: BlockId): void {
    this.blocks[from]!.next.push({ to, tests: NONE, weak: NONE, takes: NONE });
  }
}

function loopOf(jump: Jump): LoopFrame | undefined {
  return jump.kind === 'return' ? undefined : jump.loop;
}

function way(from: BlockId): Way {
  return { from, tests: NONE, weak: NONE, takes: NONE };
}
