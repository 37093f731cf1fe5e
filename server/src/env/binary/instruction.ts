/**
 * The few things that a machine instruction can do, as far as tracing an init function goes. Both decoders translate to
 * this form, so that the tracing is written once. Anything else is `clobber`: the register holds something unknown.
 */
export interface Instruction {
  readonly size: number;
  readonly operations: readonly Operation[];
}

/** General registers are 0–31, vector registers 32–63. Writes to `NO_REGISTER` are dropped, reads give 0. */
export const NO_REGISTER = -1;
export const FIRST_VECTOR = 32;

export interface Address {
  readonly base: number;
  readonly index: number;
  readonly scale: number;
  readonly displacement: number;
  /** The address lies in the thread's own block (`fs:`, `gs:`). */
  readonly threadBlock?: boolean;
  /** Only the low 32 bits of the index count. */
  readonly narrowIndex?: boolean;
}

export interface RegisterOperand {
  readonly register: number;
}

export interface ConstantOperand {
  readonly constant: number;
}

export type Operand = RegisterOperand | ConstantOperand;

export type Condition =
  | 'equal'
  | 'notEqual'
  | 'less'
  | 'lessOrEqual'
  | 'greater'
  | 'greaterOrEqual'
  | 'below'
  | 'belowOrEqual'
  | 'above'
  | 'aboveOrEqual'
  | 'negative'
  | 'notNegative'
  | 'unknown';

export type Arithmetic =
  | 'add'
  | 'subtract'
  | 'and'
  | 'or'
  | 'xor'
  | 'shiftLeft'
  | 'shiftRight'
  | 'shiftRightSigned'
  | 'multiply'
  | 'rotateLeft'
  | 'rotateRight';

/** How a narrow value fills a register: the rest becomes zero, the sign, or stays as it was. */
export type Extension = 'zero' | 'sign' | 'keep';

export type Operation =
  | {
      readonly kind: 'move';
      readonly to: number;
      readonly from: Operand;
      readonly size: number;
      readonly extend: Extension;
    }
  | {
      readonly kind: 'load';
      readonly to: number;
      readonly from: Address;
      readonly size: number;
      readonly extend: Extension;
    }
  | { readonly kind: 'store'; readonly to: Address; readonly from: Operand; readonly size: number }
  | { readonly kind: 'address'; readonly to: number; readonly of: Address }
  | {
      readonly kind: 'arithmetic';
      readonly what: Arithmetic;
      readonly to: number;
      readonly left: Operand;
      readonly right: Operand;
      readonly size: number;
      readonly flags: boolean;
    }
  | {
      readonly kind: 'compare';
      readonly left: Operand;
      readonly right: Operand;
      readonly size: number;
      readonly bits: boolean;
    }
  | { readonly kind: 'forgetFlags' }
  /** AArch64 ccmp: compares when the condition holds, else the flags say equal or not as given. */
  | {
      readonly kind: 'compareWhen';
      readonly condition: Condition;
      readonly left: Operand;
      readonly right: Operand;
      readonly size: number;
      readonly otherwiseEqual: boolean;
    }
  | {
      readonly kind: 'select';
      readonly to: number;
      readonly condition: Condition;
      readonly yes: Operand;
      readonly no: Operand;
      readonly noPlusOne: boolean;
      readonly size: number;
    }
  | { readonly kind: 'clobber'; readonly to: number }
  /** Something unknown is written there. */
  | { readonly kind: 'clobberMemory'; readonly at: Address; readonly size: number }
  | { readonly kind: 'call'; readonly target: Operand | Address }
  | { readonly kind: 'jump'; readonly target: Operand | Address }
  | { readonly kind: 'branch'; readonly condition: Condition; readonly target: number }
  /** Branch on one register alone: zero / not zero (`cbz`), or one bit of it (`tbz`). */
  | {
      readonly kind: 'branchOnRegister';
      readonly register: number;
      readonly size: number;
      readonly bit: number;
      readonly whenZero: boolean;
      readonly target: number;
    }
  | { readonly kind: 'return' }
  | { readonly kind: 'stop' }
  | { readonly kind: 'push'; readonly from: Operand; readonly size: number }
  | { readonly kind: 'pop'; readonly to: number; readonly size: number }
  /** One 8-byte lane of a vector register. */
  | {
      readonly kind: 'setLane';
      readonly to: number;
      readonly lane: number;
      readonly from: Operand | Address;
      readonly clearRest: boolean;
      readonly size: number;
    }
  | {
      readonly kind: 'getLane';
      readonly to: number;
      readonly from: number;
      readonly lane: number;
      readonly size: number;
    }
  | {
      readonly kind: 'storeLane';
      readonly to: Address;
      readonly from: number;
      readonly lane: number;
      readonly size: number;
    }
  /** Low lanes of both (`punpcklqdq`), high lanes of both, or first low and second high. */
  | {
      readonly kind: 'combineLanes';
      readonly to: number;
      readonly low: LaneSource;
      readonly high: LaneSource;
    }
  /** Atomic: when memory holds `expected`, it becomes `desired`; `expected` gets what memory held. */
  | {
      readonly kind: 'compareExchange';
      readonly expected: number;
      readonly desired: Operand;
      readonly at: Address;
      readonly size: number;
    }
  | {
      readonly kind: 'exchange';
      readonly to: number;
      readonly from: Operand;
      readonly at: Address;
      readonly size: number;
    }
  | { readonly kind: 'fillMemory'; readonly unit: number; readonly copy: boolean };

export interface LaneSource {
  readonly vector: number;
  readonly lane: number;
}

export interface Decoder {
  /** The instruction at this file offset, loaded at `address`; undefined when the bytes are none it knows. */
  decode(offset: number, address: number): Instruction | undefined;
}
