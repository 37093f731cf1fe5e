/**
 * AArch64 instructions, as far as tracing an init function needs: address arithmetic, loads and stores of every width,
 * constants, calls and branches. What is not listed gives up the value of its target registers.
 */
import type { ByteSource } from './image.ts';
import type { Address, Condition, Decoder, Operand, Operation } from './instruction.ts';
import { FIRST_VECTOR, NO_REGISTER } from './instruction.ts';

export function arm64Decoder(source: ByteSource): Decoder {
  return {
    decode(offset, address) {
      if (offset < 0 || offset + 4 > source.length) return undefined;
      const bytes = source.bytes;
      // Instructions are little-endian whatever the data is.
      const word =
        (bytes[offset]! |
          (bytes[offset + 1]! << 8) |
          (bytes[offset + 2]! << 16) |
          (bytes[offset + 3]! << 24)) >>>
        0;
      const operations = decodeWord(word, address);
      return operations === undefined ? undefined : { size: 4, operations };
    },
  };
}

const NOTHING: readonly Operation[] = [];

const CONDITIONS: readonly Condition[] = [
  'equal',
  'notEqual',
  'aboveOrEqual',
  'below',
  'negative',
  'notNegative',
  'unknown',
  'unknown',
  'above',
  'belowOrEqual',
  'greaterOrEqual',
  'less',
  'greater',
  'lessOrEqual',
  'unknown',
  'unknown',
];

function decodeWord(word: number, address: number): readonly Operation[] | undefined {
  const group = (word >>> 25) & 15;
  if (group === 8 || group === 9) return immediateOperation(word, address);
  if (group === 10 || group === 11) return branchOperation(word, address);
  if ((group & 5) === 4) return memoryOperation(word, address);
  if ((group & 7) === 5) return registerOperation(word);
  if ((group & 7) === 7) return vectorOperation(word);
  // All zero bits and the rest of the unallocated space: nothing comes back from there.
  return group === 0 && word >>> 16 === 0 ? [{ kind: 'stop' }] : undefined;
}

function bits(word: number, high: number, low: number): number {
  return (word >>> low) & (2 ** (high - low + 1) - 1);
}

function signedBits(word: number, high: number, low: number): number {
  const value = bits(word, high, low);
  const limit = 2 ** (high - low);
  return value >= limit ? value - 2 * limit : value;
}

/** Register number where 31 means "zero". */
function general(word: number, low: number): number {
  const register = bits(word, low + 4, low);
  return register === 31 ? NO_REGISTER : register;
}

function operand(register: number): Operand {
  return register === NO_REGISTER ? { constant: 0 } : { register };
}

function at(base: number, displacement: number): Address {
  return { base, index: NO_REGISTER, scale: 1, displacement };
}

function immediateOperation(word: number, address: number): readonly Operation[] | undefined {
  const size = word >>> 31 ? 8 : 4;
  const low = bits(word, 4, 0);
  const source = bits(word, 9, 5);
  switch (bits(word, 25, 23)) {
    case 0:
    case 1: {
      const to = general(word, 0);
      const distance = signedBits(word, 23, 5) * 4 + bits(word, 30, 29);
      const constant = word >>> 31 ? Math.floor(address / 4096) * 4096 + distance * 4096 : address + distance;
      return [{ kind: 'move', to, from: { constant }, size: 8, extend: 'zero' }];
    }
    case 2: {
      const flags = ((word >>> 29) & 1) === 1;
      const constant = bits(word, 21, 10) * ((word >>> 22) & 1 ? 4096 : 1);
      const to = flags && low === 31 ? NO_REGISTER : low;
      return [
        {
          kind: 'arithmetic',
          what: (word >>> 30) & 1 ? 'subtract' : 'add',
          to,
          left: { register: source },
          right: { constant },
          size,
          flags,
        },
      ];
    }
    case 4: {
      const mask = logicalImmediate((word >>> 22) & 1, bits(word, 15, 10), bits(word, 21, 16), size);
      const which = bits(word, 30, 29);
      const to = which === 3 && low === 31 ? NO_REGISTER : low;
      if (mask === undefined)
        return [{ kind: 'clobber', to }, ...(which === 3 ? [{ kind: 'forgetFlags' } as const] : [])];
      const what = which === 1 ? 'or' : which === 2 ? 'xor' : 'and';
      return [
        {
          kind: 'arithmetic',
          what,
          to,
          left: operand(general(word, 5)),
          right: { constant: mask },
          size,
          flags: which === 3,
        },
      ];
    }
    case 5: {
      const to = general(word, 0);
      const shift = bits(word, 22, 21) * 16;
      const value = bits(word, 20, 5) * 2 ** shift;
      switch (bits(word, 30, 29)) {
        case 0:
          return [
            {
              kind: 'move',
              to,
              from: { constant: size === 4 ? ~value >>> 0 : -value - 1 },
              size,
              extend: 'zero',
            },
          ];
        case 2:
          return [{ kind: 'move', to, from: { constant: value }, size, extend: 'zero' }];
        case 3: {
          if (to === NO_REGISTER) return NOTHING;
          // movk keeps the other bits: clear the 16 bits, then set them.
          const hole =
            size === 4 ? ~(0xffff << shift) >>> 0 : shift <= 32 ? -(0xffff * 2 ** shift) - 1 : undefined;
          if (hole === undefined) return [{ kind: 'clobber', to }];
          return [
            {
              kind: 'arithmetic',
              what: 'and',
              to,
              left: { register: to },
              right: { constant: hole },
              size,
              flags: false,
            },
            {
              kind: 'arithmetic',
              what: 'or',
              to,
              left: { register: to },
              right: { constant: value },
              size,
              flags: false,
            },
          ];
        }
        default:
          return undefined;
      }
    }
    case 6: {
      const to = general(word, 0);
      const from = operand(general(word, 5));
      const rotate = bits(word, 21, 16);
      const last = bits(word, 15, 10);
      const which = bits(word, 30, 29);
      const top = size * 8 - 1;
      if (which === 2) {
        if (rotate === 0 && (last === 7 || last === 15 || last === 31))
          return [{ kind: 'move', to, from, size: (last + 1) / 8, extend: 'zero' }];
        if (last === top)
          return [
            {
              kind: 'arithmetic',
              what: 'shiftRight',
              to,
              left: from,
              right: { constant: rotate },
              size,
              flags: false,
            },
          ];
        if (last + 1 === rotate)
          return [
            {
              kind: 'arithmetic',
              what: 'shiftLeft',
              to,
              left: from,
              right: { constant: top - last },
              size,
              flags: false,
            },
          ];
        if (rotate === 0)
          return [
            {
              kind: 'arithmetic',
              what: 'and',
              to,
              left: from,
              right: { constant: 2 ** (last + 1) - 1 },
              size,
              flags: false,
            },
          ];
      }
      if (which === 0 && rotate === 0 && (last === 7 || last === 15 || last === 31) && size === 8)
        return [{ kind: 'move', to, from, size: (last + 1) / 8, extend: 'sign' }];
      return [{ kind: 'clobber', to }];
    }
    case 7:
      return [{ kind: 'clobber', to: general(word, 0) }];
    default:
      return undefined;
  }
}

/** The bit patterns of and/orr/eor immediates; undefined when the number does not fit a double exactly. */
function logicalImmediate(large: number, imms: number, immr: number, size: number): number | undefined {
  const length = 31 - Math.clz32((large << 6) | (~imms & 0x3f));
  if (length < 1) return undefined;
  const element = 1 << length;
  const ones = (imms & (element - 1)) + 1;
  const rotate = immr & (element - 1);
  let pattern = (1n << BigInt(ones)) - 1n;
  const mask = (1n << BigInt(element)) - 1n;
  pattern = ((pattern >> BigInt(rotate)) | (pattern << BigInt(element - rotate))) & mask;
  let whole = 0n;
  for (let position = 0; position < size * 8; position += element) whole |= pattern << BigInt(position);
  const value = Number(size === 8 ? BigInt.asIntN(64, whole) : whole);
  return Number.isSafeInteger(value) ? value : undefined;
}

function branchOperation(word: number, address: number): readonly Operation[] | undefined {
  if ((word & 0x7c000000) === 0x14000000) {
    const target: Operand = { constant: address + signedBits(word, 25, 0) * 4 };
    return [{ kind: word >>> 31 ? 'call' : 'jump', target }];
  }
  if ((word & 0xff000000) >>> 0 === 0x54000000) {
    const condition = CONDITIONS[word & 15]!;
    const target = address + signedBits(word, 23, 5) * 4;
    return (word & 14) === 14
      ? [{ kind: 'jump', target: { constant: target } }]
      : [{ kind: 'branch', condition, target }];
  }
  const nonZero = ((word >>> 24) & 1) === 1;
  if ((word & 0x7e000000) === 0x34000000) {
    return [
      {
        kind: 'branchOnRegister',
        register: general(word, 0),
        size: word >>> 31 ? 8 : 4,
        bit: -1,
        whenZero: !nonZero,
        target: address + signedBits(word, 23, 5) * 4,
      },
    ];
  }
  if ((word & 0x7e000000) === 0x36000000) {
    const bit = bits(word, 23, 19) + (word >>> 31) * 32;
    return [
      {
        kind: 'branchOnRegister',
        register: general(word, 0),
        size: 8,
        bit,
        whenZero: !nonZero,
        target: address + signedBits(word, 18, 5) * 4,
      },
    ];
  }
  if ((word & 0xfe000000) >>> 0 === 0xd6000000) {
    const register = bits(word, 9, 5);
    switch (bits(word, 24, 21)) {
      case 0:
      case 8:
        return [{ kind: 'jump', target: { register } }];
      case 1:
      case 9:
        return [{ kind: 'call', target: { register } }];
      case 2:
        return [{ kind: 'return' }];
      default:
        return undefined;
    }
  }
  if ((word & 0xff000000) >>> 0 === 0xd4000000)
    return (word & 0xe0001f) === 1 ? [{ kind: 'clobber', to: 0 }] : [{ kind: 'stop' }];
  if ((word & 0xffc00000) >>> 0 === 0xd5000000)
    return (word >>> 21) & 1 ? [{ kind: 'clobber', to: general(word, 0) }] : NOTHING;
  return undefined;
}

function memoryOperation(word: number, address: number): readonly Operation[] | undefined {
  const vector = ((word >>> 26) & 1) === 1;
  const base = bits(word, 9, 5);
  const registerOf = (low: number): number =>
    vector ? FIRST_VECTOR + bits(word, low + 4, low) : general(word, low);
  if ((word & 0x3b000000) === 0x18000000) {
    const width = bits(word, 31, 30);
    const from: Address = {
      base: NO_REGISTER,
      index: NO_REGISTER,
      scale: 1,
      displacement: address + signedBits(word, 23, 5) * 4,
    };
    if (!vector && width === 3) return NOTHING;
    const size = vector ? 4 << width : width === 1 ? 8 : 4;
    return [
      { kind: 'load', to: registerOf(0), from, size, extend: !vector && width === 2 ? 'sign' : 'zero' },
    ];
  }
  // ldapur, stlur
  if ((word & 0x3f200c00) === 0x19000000) {
    const which = bits(word, 23, 22);
    return [
      moveMemory(
        which !== 0,
        general(word, 0),
        at(base, signedBits(word, 20, 12)),
        1 << bits(word, 31, 30),
        which >= 2 ? 'sign' : 'zero',
      ),
    ];
  }
  if ((word & 0x3a000000) === 0x28000000) return pairOperation(word, vector, base, registerOf);
  if ((word & 0x3f000000) === 0x08000000) return orderedOperation(word, base);
  if ((word & 0x3e000000) === 0x0c000000) return structureOperation(word, base);
  if ((word & 0x3a000000) === 0x38000000) return singleOperation(word, vector, base, registerOf);
  return undefined;
}

/** Adds the write-back of pre- and post-indexed forms around an access. */
function indexed(
  mode: 'offset' | 'pre' | 'post',
  base: number,
  displacement: number,
  access: (from: Address) => readonly Operation[],
): readonly Operation[] {
  const advance: Operation = {
    kind: 'arithmetic',
    what: 'add',
    to: base,
    left: { register: base },
    right: { constant: displacement },
    size: 8,
    flags: false,
  };
  if (mode === 'offset') return access(at(base, displacement));
  return mode === 'pre' ? [advance, ...access(at(base, 0))] : [...access(at(base, 0)), advance];
}

function moveMemory(
  load: boolean,
  register: number,
  place: Address,
  size: number,
  extend: 'zero' | 'sign' = 'zero',
): Operation {
  if (load) return { kind: 'load', to: register, from: place, size, extend };
  return { kind: 'store', to: place, from: operand(register), size };
}

function pairOperation(
  word: number,
  vector: boolean,
  base: number,
  registerOf: (low: number) => number,
): readonly Operation[] {
  const width = bits(word, 31, 30);
  const load = ((word >>> 22) & 1) === 1;
  const size = vector ? 4 << width : width === 2 ? 8 : 4;
  const mode = (['offset', 'post', 'offset', 'pre'] as const)[bits(word, 24, 23)]!;
  const extend = !vector && width === 1 ? 'sign' : 'zero';
  return indexed(mode, base, signedBits(word, 21, 15) * size, (first) => {
    const second = { ...first, displacement: first.displacement + size };
    const one = moveMemory(load, registerOf(0), first, size, extend);
    const two = moveMemory(load, registerOf(10), second, size, extend);
    // When the first load overwrites the base, the second must come before it.
    return load && registerOf(0) === base ? [two, one] : [one, two];
  });
}

function singleOperation(
  word: number,
  vector: boolean,
  base: number,
  registerOf: (low: number) => number,
): readonly Operation[] | undefined {
  const width = bits(word, 31, 30);
  const which = bits(word, 23, 22);
  const size = vector && which >= 2 ? 16 : 1 << width;
  const load = vector ? (which & 1) === 1 : which !== 0;
  const extend = !vector && which >= 2 ? 'sign' : 'zero';
  const form = bits(word, 11, 10);
  const atomic = ((word >>> 24) & 1) === 0 && ((word >>> 21) & 1) === 1 && form === 0;
  // prfm only hints.
  if (!vector && !atomic && width === 3 && which >= 2) return NOTHING;
  const register = registerOf(0);
  if ((word >>> 24) & 1)
    return [moveMemory(load, register, at(base, bits(word, 21, 10) * size), size, extend)];
  if ((word >>> 21) & 1) {
    if (form === 2) {
      const index = general(word, 16);
      const option = bits(word, 15, 13);
      const shifted = ((word >>> 12) & 1) === 1 ? size : 1;
      const place: Address = {
        base,
        index,
        scale: shifted,
        displacement: 0,
        narrowIndex: (option & 1) === 0,
      };
      return [moveMemory(load, register, place, size, extend)];
    }
    const acquire = atomic && ((word >>> 15) & 1) === 1 && bits(word, 14, 12) === 4;
    // ldapr
    if (acquire && !vector) return [moveMemory(true, register, at(base, 0), size)];
    const swap = atomic && ((word >>> 15) & 1) === 1 && bits(word, 14, 12) === 0;
    if (swap && !vector)
      return [
        { kind: 'exchange', to: general(word, 0), from: operand(general(word, 16)), at: at(base, 0), size },
      ];
    if (atomic)
      return [
        { kind: 'clobber', to: general(word, 0) },
        { kind: 'clobberMemory', at: at(base, 0), size },
      ];
    return undefined;
  }
  const mode = (['offset', 'post', 'offset', 'pre'] as const)[form]!;
  return indexed(mode, base, signedBits(word, 20, 12), (place) => [
    moveMemory(load, register, place, size, extend),
  ]);
}

function orderedOperation(word: number, base: number): readonly Operation[] {
  const size = 1 << bits(word, 31, 30);
  const load = ((word >>> 22) & 1) === 1;
  const plain = ((word >>> 23) & 1) === 1 && ((word >>> 21) & 1) === 0;
  if (plain) return [moveMemory(load, general(word, 0), at(base, 0), size)];
  const exclusive = ((word >>> 23) & 1) === 0 && ((word >>> 21) & 1) === 0;
  if (exclusive && load) return [moveMemory(true, general(word, 0), at(base, 0), size)];
  // A store-exclusive that nobody disturbs: status 0.
  if (exclusive)
    return [
      moveMemory(false, general(word, 0), at(base, 0), size),
      { kind: 'move', to: general(word, 16), from: { constant: 0 }, size: 4, extend: 'zero' },
    ];
  const compareAndSwap = ((word >>> 23) & 1) === 1 && ((word >>> 21) & 1) === 1;
  if (compareAndSwap)
    return [
      {
        kind: 'compareExchange',
        expected: general(word, 16),
        desired: operand(general(word, 0)),
        at: at(base, 0),
        size,
      },
    ];
  const operations: Operation[] = [
    { kind: 'clobber', to: general(word, 0) },
    { kind: 'clobber', to: general(word, 10) },
    { kind: 'clobber', to: general(word, 16) },
  ];
  if (!load) operations.push({ kind: 'clobberMemory', at: at(base, 0), size });
  return operations;
}

function structureOperation(word: number, base: number): readonly Operation[] {
  const load = ((word >>> 22) & 1) === 1;
  const operations: Operation[] = [];
  const first = bits(word, 4, 0);
  if (load)
    for (let index = 0; index < 4; index++)
      operations.push({ kind: 'clobber', to: FIRST_VECTOR + ((first + index) % 32) });
  // st1 {v.d}[lane], [x]
  else if ((word & 0xbf20fc00) >>> 0 === 0x0d008400)
    operations.push({
      kind: 'storeLane',
      to: at(base, 0),
      from: FIRST_VECTOR + first,
      lane: (word >>> 30) & 1,
      size: 8,
    });
  // st1 {v.16b}, [x] and its other element sizes
  else if ((word & 0xbfbff000) >>> 0 === 0x0c007000)
    operations.push({
      kind: 'store',
      to: at(base, 0),
      from: { register: FIRST_VECTOR + first },
      size: (word >>> 30) & 1 ? 16 : 8,
    });
  else operations.push({ kind: 'clobberMemory', at: at(base, 0), size: 64 });
  if ((word >>> 23) & 1) operations.push({ kind: 'clobber', to: base });
  return operations;
}

function registerOperation(word: number): readonly Operation[] | undefined {
  const size = word >>> 31 ? 8 : 4;
  const to = general(word, 0);
  const left = operand(general(word, 5));
  const right = operand(general(word, 16));
  const shift = bits(word, 15, 10);
  if ((word & 0x1f000000) === 0x0a000000) {
    const which = bits(word, 30, 29);
    const flags = which === 3;
    const inverted = ((word >>> 21) & 1) === 1;
    // mvn
    if (inverted && which === 1 && 'constant' in left && shift === 0) {
      return [
        { kind: 'arithmetic', what: 'xor', to, left: right, right: { constant: -1 }, size, flags: false },
      ];
    }
    if (inverted || shift !== 0) {
      return [{ kind: 'clobber', to }, ...(flags ? [{ kind: 'forgetFlags' } as const] : [])];
    }
    if (which === 1 && 'constant' in left) return [{ kind: 'move', to, from: right, size, extend: 'zero' }];
    return [
      {
        kind: 'arithmetic',
        what: which === 1 ? 'or' : which === 2 ? 'xor' : 'and',
        to,
        left,
        right,
        size,
        flags,
      },
    ];
  }
  if ((word & 0x1f000000) === 0x0b000000) {
    const flags = ((word >>> 29) & 1) === 1;
    const what = (word >>> 30) & 1 ? 'subtract' : 'add';
    if ((word >>> 21) & 1) {
      const option = bits(word, 15, 13);
      const target = flags && bits(word, 4, 0) === 31 ? NO_REGISTER : bits(word, 4, 0);
      if (bits(word, 12, 10) !== 0 || (option & 3) !== 3)
        return [{ kind: 'clobber', to: target }, ...(flags ? [{ kind: 'forgetFlags' } as const] : [])];
      return [
        { kind: 'arithmetic', what, to: target, left: { register: bits(word, 9, 5) }, right, size, flags },
      ];
    }
    if (shift !== 0) {
      if (
        what === 'add' &&
        !flags &&
        bits(word, 23, 22) === 0 &&
        shift < 4 &&
        size === 8 &&
        'register' in left
      ) {
        return [
          {
            kind: 'address',
            to,
            of: { base: left.register, index: general(word, 16), scale: 1 << shift, displacement: 0 },
          },
        ];
      }
      return [{ kind: 'clobber', to }, ...(flags ? [{ kind: 'forgetFlags' } as const] : [])];
    }
    return [{ kind: 'arithmetic', what, to, left, right, size, flags }];
  }
  if ((word & 0x1fe00000) === 0x1a800000) {
    const inverted = ((word >>> 30) & 1) === 1;
    if (inverted) return [{ kind: 'clobber', to }];
    return [
      {
        kind: 'select',
        to,
        condition: CONDITIONS[bits(word, 15, 12)]!,
        yes: left,
        no: right,
        noPlusOne: ((word >>> 10) & 1) === 1,
        size,
      },
    ];
  }
  if ((word & 0x7fe00410) === 0x7a400000) {
    const number: Operand = (word >>> 11) & 1 ? { constant: bits(word, 20, 16) } : right;
    return [
      {
        kind: 'compareWhen',
        condition: CONDITIONS[bits(word, 15, 12)]!,
        left,
        right: number,
        size,
        otherwiseEqual: (word & 4) !== 0,
      },
    ];
  }
  if ((word & 0x1fe00000) === 0x1a400000) return [{ kind: 'forgetFlags' }];
  if ((word & 0x1fe00000) === 0x1b000000 && bits(word, 14, 10) === 31 && ((word >>> 15) & 1) === 0) {
    return [{ kind: 'arithmetic', what: 'multiply', to, left, right, size, flags: false }];
  }
  return [{ kind: 'clobber', to }, ...((word >>> 29) & 1 ? [{ kind: 'forgetFlags' } as const] : [])];
}

function vectorOperation(word: number): readonly Operation[] {
  const to = FIRST_VECTOR + bits(word, 4, 0);
  const source = FIRST_VECTOR + bits(word, 9, 5);
  const second = FIRST_VECTOR + bits(word, 20, 16);
  const lanes = (
    low: { vector: number; lane: number },
    high: { vector: number; lane: number },
  ): readonly Operation[] => [{ kind: 'combineLanes', to, low, high }];
  const zero = { vector: NO_REGISTER, lane: 0 };
  if ((word & 0x9ff80400) >>> 0 === 0x0f000400) return spreadImmediate(word, to);
  switch ((word & 0xfffffc00) >>> 0) {
    case 0x9e670000:
      return [{ kind: 'setLane', to, lane: 0, from: operand(general(word, 5)), clearRest: true, size: 8 }];
    case 0x1e270000:
      return [{ kind: 'setLane', to, lane: 0, from: operand(general(word, 5)), clearRest: true, size: 4 }];
    case 0x9eaf0000:
      return [{ kind: 'setLane', to, lane: 1, from: operand(general(word, 5)), clearRest: false, size: 8 }];
    case 0x9e660000:
      return [{ kind: 'getLane', to: general(word, 0), from: source, lane: 0, size: 8 }];
    case 0x1e260000:
      return [{ kind: 'getLane', to: general(word, 0), from: source, lane: 0, size: 4 }];
    case 0x9eae0000:
      return [{ kind: 'getLane', to: general(word, 0), from: source, lane: 1, size: 8 }];
    case 0x1e604000:
      return lanes({ vector: source, lane: 0 }, zero);
  }
  const element = bits(word, 20, 16);
  const wholeLane = (element & 15) === 8;
  const lane = element >> 4;
  switch ((word & 0xffe0fc00) >>> 0) {
    case 0x4e001c00:
      return wholeLane
        ? [{ kind: 'setLane', to, lane, from: operand(general(word, 5)), clearRest: false, size: 8 }]
        : [{ kind: 'clobber', to }];
    case 0x4e000c00:
      if (!wholeLane) return [{ kind: 'clobber', to }];
      return [
        { kind: 'setLane', to, lane: 0, from: operand(general(word, 5)), clearRest: true, size: 8 },
        { kind: 'setLane', to, lane: 1, from: operand(general(word, 5)), clearRest: false, size: 8 },
      ];
    case 0x4e000400:
      return wholeLane
        ? lanes({ vector: source, lane }, { vector: source, lane })
        : [{ kind: 'clobber', to }];
    case 0x4e003c00:
      return wholeLane
        ? [{ kind: 'getLane', to: general(word, 0), from: source, lane, size: 8 }]
        : [{ kind: 'clobber', to: general(word, 0) }];
    case 0x4ec03800:
      return lanes({ vector: source, lane: 0 }, { vector: second, lane: 0 });
    case 0x4ec07800:
      return lanes({ vector: source, lane: 1 }, { vector: second, lane: 1 });
    case 0x4ea01c00:
      return source === second
        ? [{ kind: 'move', to, from: { register: source }, size: 16, extend: 'zero' }]
        : [{ kind: 'clobber', to }];
    case 0x6e201c00:
      return source === second ? lanes(zero, zero) : [{ kind: 'clobber', to }];
  }
  if ((word & 0xffe08400) >>> 0 === 0x6e000400 && wholeLane) {
    const from = { vector: source, lane: (word >>> 14) & 1 };
    return lane === 0 ? lanes(from, { vector: to, lane: 1 }) : lanes({ vector: to, lane: 0 }, from);
  }
  const operations: Operation[] = [{ kind: 'clobber', to }];
  // Moves to a general register: umov, smov, and the conversions to integers.
  const toGeneral = (word & 0xbfe0dc00) >>> 0 === 0x0e000c00 || (word & 0x5f20fc00) >>> 0 === 0x1e200000;
  if (toGeneral) operations.push({ kind: 'clobber', to: general(word, 0) });
  // fcmp, fccmp
  if ((word & 0xff202c00) >>> 0 === 0x1e202000 || (word & 0xff200c00) >>> 0 === 0x1e200400)
    operations.push({ kind: 'forgetFlags' });
  return operations;
}

/** movi: the same small constant in every lane. */
function spreadImmediate(word: number, to: number): readonly Operation[] {
  const mode = bits(word, 15, 12);
  const inverted = ((word >>> 29) & 1) === 1;
  const value = bits(word, 18, 16) * 32 + bits(word, 9, 5);
  const whole = ((word >>> 30) & 1) === 1;
  let constant: number | undefined;
  if (value === 0 && (!inverted || mode === 14)) constant = 0;
  else if (!inverted && (mode & 9) === 0) constant = value * 2 ** (8 * (mode >> 1)) * 0x1_0000_0001;
  if (constant === undefined || !Number.isSafeInteger(constant)) return [{ kind: 'clobber', to }];
  return [
    { kind: 'setLane', to, lane: 0, from: { constant }, clearRest: true, size: 8 },
    ...(whole
      ? [{ kind: 'setLane', to, lane: 1, from: { constant }, clearRest: false, size: 8 } as const]
      : []),
  ];
}
