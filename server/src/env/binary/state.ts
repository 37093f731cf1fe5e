/** Registers, memory and flags at one point of a traced init function, and what two paths that meet there agree on. */
import type { Image } from './image.ts';
import type { CallResult, Value } from './memory.ts';
import { Memory, RegionPointer, STACK_REGION, sameValue } from './memory.ts';

export type Lanes = readonly Value[];
export const UNKNOWN_LANES: Lanes = [undefined, undefined, undefined, undefined];

export interface Flags {
  readonly left: Value;
  readonly right: Value;
  readonly size: number;
  /** The comparison is of the bits that both have (`test`), not of the difference. */
  readonly bits: boolean;
  /** A register that is zero exactly when the flags say "equal". */
  readonly register: number | undefined;
  /** What a call gave, compared with 0 or with -1. */
  readonly result?: CallResult;
  readonly against?: 0 | -1;
  /** Nothing is known but whether both are equal. */
  readonly equalityOnly?: boolean;
}

/** The declaration made on this path by `PyUnstable_Module_SetGIL`: none, its argument, or one that is not known. */
export type Declared = 'none' | 'unknown' | number;

export class State {
  readonly general: Value[];
  readonly vectors: Lanes[];
  readonly memory: Memory;
  flags: Flags | undefined;
  declared: Declared;
  created: boolean;
  /** An exception was set: what is returned now is no module. */
  failed: boolean;
  /** That is only known from a comparison of what a call gave; functions that are not followed may undo it. */
  failedByResult = false;

  constructor(
    general: Value[],
    vectors: Lanes[],
    memory: Memory,
    flags: Flags | undefined,
    declared: Declared,
    created: boolean,
    failed: boolean,
  ) {
    this.general = general;
    this.vectors = vectors;
    this.memory = memory;
    this.flags = flags;
    this.declared = declared;
    this.created = created;
    this.failed = failed;
  }

  copy(): State {
    const twin = new State(
      this.general.slice(),
      this.vectors.slice(),
      this.memory.copy(),
      this.flags,
      this.declared,
      this.created,
      this.failed,
    );
    twin.failedByResult = this.failedByResult;
    return twin;
  }

  /** Paths that declared different things are kept apart: this is part of what names a state. */
  get path(): string {
    return `${this.declared}${this.created ? '+' : ''}${this.failed ? '!' : ''}`;
  }

  setGeneral(register: number, value: Value): void {
    this.general[register] = value;
    if (this.flags?.register === register) this.flags = { ...this.flags, register: undefined };
  }

  /** A call gave what says that an exception is set. */
  fail(): void {
    if (this.failed) return;
    this.failed = true;
    this.failedByResult = true;
  }

  /** Every register that holds this now holds that. */
  replace(before: Value, after: Value): void {
    for (let register = 0; register < this.general.length; register++)
      if (this.general[register] === before) this.setGeneral(register, after);
  }

  /** Keeps what both agree on. Gives whether this one changed. */
  join(other: State): boolean {
    let changed = false;
    for (let register = 0; register < this.general.length; register++) {
      const here = this.general[register];
      if (here !== undefined && !sameValue(here, other.general[register])) {
        this.general[register] = undefined;
        changed = true;
      }
    }
    for (let register = 0; register < this.vectors.length; register++) {
      const here = this.vectors[register]!;
      const there = other.vectors[register]!;
      if (here === there || here === UNKNOWN_LANES) continue;
      let same = true;
      for (let lane = 0; lane < 4; lane++) if (!sameValue(here[lane], there[lane])) same = false;
      if (same) continue;
      const joined = here.map((value, lane) => (sameValue(value, there[lane]) ? value : undefined));
      this.vectors[register] = joined.every((value) => value === undefined) ? UNKNOWN_LANES : joined;
      if (joined.some((value, lane) => value !== here[lane])) changed = true;
    }
    if (this.memory.join(other.memory)) changed = true;
    if (other.failedByResult && !this.failedByResult) {
      this.failedByResult = true;
      changed = true;
    }
    if (this.flags !== undefined && !sameFlags(this.flags, other.flags)) {
      this.flags = undefined;
      changed = true;
    }
    return changed;
  }
}

export function initialState(image: Image, stackPointer: number): State {
  const general: Value[] = new Array<Value>(32).fill(undefined);
  general[stackPointer] = new RegionPointer(STACK_REGION, 0);
  return new State(
    general,
    new Array<Lanes>(32).fill(UNKNOWN_LANES),
    new Memory(image),
    undefined,
    'none',
    false,
    false,
  );
}

function sameFlags(left: Flags, right: Flags | undefined): boolean {
  return (
    right !== undefined &&
    left.size === right.size &&
    left.bits === right.bits &&
    left.register === right.register &&
    left.result === right.result &&
    left.against === right.against &&
    left.equalityOnly === right.equalityOnly &&
    sameValue(left.left, right.left) &&
    sameValue(left.right, right.right)
  );
}
