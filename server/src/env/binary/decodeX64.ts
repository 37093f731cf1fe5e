/**
 * x86-64 and x86 instructions, as far as tracing an init function needs: the length of practically everything that
 * compilers emit, the meaning of moves, address arithmetic, calls and branches.
 */
import type { ByteSource } from './image.ts';
import type {
  Address,
  Arithmetic,
  Condition,
  Decoder,
  Instruction,
  Operand,
  Operation,
} from './instruction.ts';
import { FIRST_VECTOR, NO_REGISTER } from './instruction.ts';

export function x64Decoder(source: ByteSource, wide: boolean): Decoder {
  return {
    decode: (offset, address) =>
      isFiller(source.bytes, offset)
        ? undefined
        : new Reading(source.bytes, offset, address, wide).instruction(),
  };
}

/** Zeros are instructions too, but eight of them are no code. */
function isFiller(bytes: Uint8Array, offset: number): boolean {
  for (let at = offset; at < offset + 8; at++) if (bytes[at] !== 0) return false;
  return true;
}

const RAX = 0;
const RCX = 1;
const RDX = 2;
const RSP = 4;
const RBP = 5;

const CONDITIONS: readonly Condition[] = [
  'unknown',
  'unknown',
  'below',
  'aboveOrEqual',
  'equal',
  'notEqual',
  'belowOrEqual',
  'above',
  'negative',
  'notNegative',
  'unknown',
  'unknown',
  'less',
  'greaterOrEqual',
  'lessOrEqual',
  'greater',
];

const GROUP_1: readonly (Arithmetic | 'compare' | undefined)[] = [
  'add',
  'or',
  undefined,
  undefined,
  'and',
  'subtract',
  'xor',
  'compare',
];

/** The bytes cannot be an instruction this decoder knows; never leaves this file. */
class NotDecoded extends Error {}
const NOT_DECODED = new NotDecoded('not decoded');

type Place = { readonly register: number } | Address;

class Reading {
  private readonly bytes: Uint8Array;
  private readonly start: number;
  private readonly address: number;
  private readonly wide: boolean;
  private at: number;
  private rexW = false;
  private rexR = 0;
  private rexX = 0;
  private rexB = 0;
  private rex = false;
  private operand16 = false;
  private repeat = 0;
  private threadBlock = false;
  private readonly operations: Operation[] = [];
  private modrm = 0;
  private place: Place = { register: 0 };
  private relativeDisplacement = false;

  constructor(bytes: Uint8Array, offset: number, address: number, wide: boolean) {
    this.bytes = bytes;
    this.start = offset;
    this.at = offset;
    this.address = address;
    this.wide = wide;
  }

  instruction(): Instruction | undefined {
    try {
      this.prefixes();
      this.opcode();
    } catch (problem) {
      if (problem instanceof NotDecoded) return undefined;
      throw problem;
    }
    const size = this.at - this.start;
    if (size > 15) return undefined;
    return { size, operations: this.operations };
  }

  private byte(): number {
    const value = this.bytes[this.at];
    if (value === undefined) throw NOT_DECODED;
    this.at++;
    return value;
  }

  private signed(size: number): number {
    let value = 0;
    for (let index = 0; index < size; index++) value += this.byte() * 2 ** (8 * index);
    const limit = 2 ** (8 * size - 1);
    return value >= limit ? value - 2 * limit : value;
  }

  private immediate(size: number): number {
    return this.signed(size === 8 ? 4 : size);
  }

  private prefixes(): void {
    for (;;) {
      const next = this.bytes[this.at];
      if (next === 0x66) this.operand16 = true;
      else if (next === 0xf2 || next === 0xf3) this.repeat = next;
      else if (next === 0x64 || next === 0x65) this.threadBlock = true;
      else if (next !== 0x2e && next !== 0x36 && next !== 0x3e && next !== 0x26 && next !== 0xf0) break;
      this.at++;
      if (this.at - this.start > 14) throw NOT_DECODED;
    }
    const next = this.bytes[this.at];
    if (this.wide && next !== undefined && next >= 0x40 && next <= 0x4f) {
      this.at++;
      this.rex = true;
      this.rexW = (next & 8) !== 0;
      this.rexR = (next & 4) << 1;
      this.rexX = (next & 2) << 2;
      this.rexB = (next & 1) << 3;
    }
  }

  private get size(): number {
    return this.rexW ? 8 : this.operand16 ? 2 : 4;
  }

  private get pointerSize(): number {
    return this.wide ? 8 : 4;
  }

  /** Reads ModRM, SIB and displacement. A RIP-relative address is completed by `finishAddress` once the length is known. */
  private readModrm(byteRegister = false): void {
    this.modrm = this.byte();
    const mode = this.modrm >> 6;
    const low = this.modrm & 7;
    if (mode === 3) {
      this.place = this.registerPlace(low | this.rexB, byteRegister);
      return;
    }
    let base: number = low | this.rexB;
    let index = NO_REGISTER;
    let scale = 1;
    let absolute = false;
    if (low === 4) {
      const sib = this.byte();
      index = ((sib >> 3) & 7) | this.rexX;
      if (index === RSP) index = NO_REGISTER;
      scale = 1 << (sib >> 6);
      base = (sib & 7) | this.rexB;
      if ((sib & 7) === 5 && mode === 0) absolute = true;
    } else if (low === 5 && mode === 0) {
      absolute = true;
      this.relativeDisplacement = this.wide;
    }
    const displacement = mode === 1 ? this.signed(1) : mode === 2 || absolute ? this.signed(4) : 0;
    this.place = {
      base: absolute ? NO_REGISTER : base,
      index,
      scale,
      displacement: absolute && !this.wide ? displacement >>> 0 : displacement,
      ...(this.threadBlock ? { threadBlock: true } : {}),
    };
  }

  /** ah, ch, dh, bh are not modelled: the caller sees register -2 and gives up on the value. */
  private registerPlace(register: number, byteRegister: boolean): { register: number } {
    return { register: byteRegister && !this.rex && register >= 4 && register < 8 ? -2 : register };
  }

  private get field(): number {
    return ((this.modrm >> 3) & 7) | this.rexR;
  }

  private byteField(): number {
    return this.registerPlace(this.field, true).register;
  }

  /** To be called when all bytes have been read. */
  private finishAddress(): Place {
    if ('register' in this.place || !this.relativeDisplacement) return this.place;
    return { ...this.place, displacement: this.place.displacement + this.address + (this.at - this.start) };
  }

  private put(operation: Operation): void {
    this.operations.push(operation);
  }

  private load(to: number, size: number, extend: 'zero' | 'sign' | 'keep'): void {
    if (to === -2) return;
    const place = this.finishAddress();
    if ('register' in place) {
      if (place.register === -2) this.put({ kind: 'clobber', to });
      else this.put({ kind: 'move', to, from: place, size, extend });
    } else this.put({ kind: 'load', to, from: place, size, extend });
  }

  private store(from: Operand, size: number): void {
    const place = this.finishAddress();
    if ('register' in place) {
      if (place.register === -2) return;
      if ('register' in from && from.register === -2) this.put({ kind: 'clobber', to: place.register });
      else this.put({ kind: 'move', to: place.register, from, size, extend: size === 4 ? 'zero' : 'keep' });
    } else if ('register' in from && from.register === -2)
      this.put({ kind: 'clobberMemory', at: place, size });
    else this.put({ kind: 'store', to: place, from, size });
  }

  private keepOrZero(size: number): 'zero' | 'keep' {
    return size >= 4 ? 'zero' : 'keep';
  }

  /** A scratch register, 31, holds the memory operand of an instruction that has one. */
  private placeAsOperand(size: number): Operand {
    const place = this.finishAddress();
    if ('register' in place) return place.register === -2 ? { register: SCRATCH_UNKNOWN } : place;
    this.put({ kind: 'load', to: SCRATCH, from: place, size, extend: 'zero' });
    return { register: SCRATCH };
  }

  private arithmetic(what: Arithmetic | 'compare' | undefined, right: Operand, size: number): void {
    const place = this.finishAddress();
    if (what === 'compare') {
      this.put({ kind: 'compare', left: this.placeAsOperand(size), right, size, bits: false });
      return;
    }
    if ('register' in place) {
      if (place.register === -2) return;
      if (what === undefined) this.unknownResult(place.register);
      else this.put({ kind: 'arithmetic', what, to: place.register, left: place, right, size, flags: true });
      return;
    }
    if (what === undefined) {
      this.put({ kind: 'clobberMemory', at: place, size });
      this.put({ kind: 'forgetFlags' });
      return;
    }
    this.put({ kind: 'load', to: SCRATCH, from: place, size, extend: 'zero' });
    this.put({
      kind: 'arithmetic',
      what,
      to: SCRATCH,
      left: { register: SCRATCH },
      right,
      size,
      flags: true,
    });
    this.put({ kind: 'store', to: place, from: { register: SCRATCH }, size });
  }

  private unknownResult(register: number): void {
    if (register >= 0) this.put({ kind: 'clobber', to: register });
    this.put({ kind: 'forgetFlags' });
  }

  private target(size: number): number {
    const distance = this.signed(size);
    const target = this.address + (this.at - this.start) + distance;
    return this.wide ? target : target >>> 0;
  }

  private opcode(): void {
    const code = this.byte();
    if (code === 0x0f) {
      this.twoByte();
      return;
    }
    if (
      (code === 0xc4 || code === 0xc5 || code === 0x62) &&
      (this.wide || (this.bytes[this.at] ?? 0) >= 0xc0)
    ) {
      this.vector(code);
      return;
    }
    if (code < 0x40) {
      this.arithmeticOpcode(code);
      return;
    }
    if (code < 0x50) {
      // 32-bit inc and dec; in 64-bit code these are prefixes and were taken already.
      if (this.wide) throw NOT_DECODED;
      const register = code & 7;
      this.put({
        kind: 'arithmetic',
        what: code < 0x48 ? 'add' : 'subtract',
        to: register,
        left: { register },
        right: { constant: 1 },
        size: this.size,
        flags: true,
      });
      return;
    }
    if (code < 0x58) {
      this.put({ kind: 'push', from: { register: (code & 7) | this.rexB }, size: this.pointerSize });
      return;
    }
    if (code < 0x60) {
      this.put({ kind: 'pop', to: (code & 7) | this.rexB, size: this.pointerSize });
      return;
    }
    if (code >= 0x70 && code < 0x80) {
      const target = this.target(1);
      this.put({ kind: 'branch', condition: CONDITIONS[code & 15]!, target });
      return;
    }
    if (code >= 0x91 && code < 0x98) {
      this.put({ kind: 'clobber', to: (code & 7) | this.rexB });
      this.put({ kind: 'clobber', to: RAX });
      return;
    }
    if (code >= 0xb0 && code < 0xb8) {
      const register = this.registerPlace((code & 7) | this.rexB, true).register;
      const constant = this.signed(1);
      if (register !== -2)
        this.put({ kind: 'move', to: register, from: { constant }, size: 1, extend: 'keep' });
      return;
    }
    if (code >= 0xb8 && code < 0xc0) {
      const size = this.size;
      const constant = this.signed(size);
      this.put({
        kind: 'move',
        to: (code & 7) | this.rexB,
        from: { constant },
        size,
        extend: this.keepOrZero(size),
      });
      return;
    }
    if (code >= 0xd8 && code < 0xe0) {
      this.readModrm();
      return;
    }
    this.otherOneByte(code);
  }

  private arithmeticOpcode(code: number): void {
    const what = GROUP_1[code >> 3];
    const form = code & 7;
    if (form > 5) {
      if (code === 0x27 || code === 0x2f || code === 0x37 || code === 0x3f) this.unknownResult(RAX);
      else if (this.wide) throw NOT_DECODED;
      return;
    }
    if (form >= 4) {
      const size = form === 4 ? 1 : this.size;
      const constant = this.immediate(size);
      if (what === 'compare')
        this.put({ kind: 'compare', left: { register: RAX }, right: { constant }, size, bits: false });
      else if (what === undefined) this.unknownResult(RAX);
      else
        this.put({
          kind: 'arithmetic',
          what,
          to: RAX,
          left: { register: RAX },
          right: { constant },
          size,
          flags: true,
        });
      return;
    }
    const narrow = (form & 1) === 0;
    const size = narrow ? 1 : this.size;
    this.readModrm(narrow);
    const field = narrow ? this.byteField() : this.field;
    if (form < 2) {
      this.arithmetic(what, { register: field === -2 ? SCRATCH_UNKNOWN : field }, size);
      return;
    }
    const right = this.placeAsOperand(size);
    if (what === 'compare')
      this.put({
        kind: 'compare',
        left: { register: field === -2 ? SCRATCH_UNKNOWN : field },
        right,
        size,
        bits: false,
      });
    else if (field === -2) this.put({ kind: 'forgetFlags' });
    else if (what === undefined) this.unknownResult(field);
    else
      this.put({ kind: 'arithmetic', what, to: field, left: { register: field }, right, size, flags: true });
  }

  private otherOneByte(code: number): void {
    const size = this.size;
    switch (code) {
      case 0x63:
        this.readModrm();
        if (this.wide) this.load(this.field, 4, this.rexW ? 'sign' : 'zero');
        return;
      case 0x68: {
        const constant = this.signed(4);
        this.put({ kind: 'push', from: { constant }, size: this.pointerSize });
        return;
      }
      case 0x6a: {
        const constant = this.signed(1);
        this.put({ kind: 'push', from: { constant }, size: this.pointerSize });
        return;
      }
      case 0x69:
      case 0x6b:
        this.readModrm();
        this.immediate(code === 0x6b ? 1 : size);
        this.unknownResult(this.field);
        return;
      case 0x80:
      case 0x81:
      case 0x83: {
        const width = code === 0x80 ? 1 : size;
        this.readModrm(code === 0x80);
        const constant = this.immediate(code === 0x81 ? width : 1);
        this.arithmetic(GROUP_1[(this.modrm >> 3) & 7], { constant }, width);
        return;
      }
      case 0x84:
      case 0x85: {
        const width = code === 0x84 ? 1 : size;
        this.readModrm(code === 0x84);
        const field = code === 0x84 ? this.byteField() : this.field;
        this.put({
          kind: 'compare',
          left: this.placeAsOperand(width),
          right: { register: field === -2 ? SCRATCH_UNKNOWN : field },
          size: width,
          bits: true,
        });
        return;
      }
      case 0x86:
      case 0x87: {
        const width = code === 0x86 ? 1 : size;
        this.readModrm(code === 0x86);
        const place = this.finishAddress();
        const field = code === 0x86 ? this.byteField() : this.field;
        if ('register' in place || field === -2) {
          if ('register' in place && place.register >= 0) this.put({ kind: 'clobber', to: place.register });
          if (!('register' in place)) this.put({ kind: 'clobberMemory', at: place, size: width });
          if (field >= 0) this.put({ kind: 'clobber', to: field });
        } else this.put({ kind: 'exchange', to: field, from: { register: field }, at: place, size: width });
        return;
      }
      case 0x88:
        this.readModrm(true);
        this.store({ register: this.byteField() }, 1);
        return;
      case 0x89:
        this.readModrm();
        this.store({ register: this.field }, size);
        return;
      case 0x8a:
        this.readModrm(true);
        this.load(this.byteField(), 1, 'keep');
        return;
      case 0x8b:
        this.readModrm();
        this.load(this.field, size, this.keepOrZero(size));
        return;
      case 0x8d: {
        this.readModrm();
        const place = this.finishAddress();
        if ('register' in place) throw NOT_DECODED;
        this.put({ kind: 'address', to: this.field, of: place });
        return;
      }
      case 0x8f:
        this.readModrm();
        this.put({
          kind: 'pop',
          to: 'register' in this.place ? this.place.register : SCRATCH,
          size: this.pointerSize,
        });
        return;
      case 0x90:
      case 0x9b:
      case 0xf5:
      case 0xf8:
      case 0xf9:
      case 0xfc:
      case 0xfd:
        return;
      case 0x98:
        if (size === 8) this.put({ kind: 'move', to: RAX, from: { register: RAX }, size: 4, extend: 'sign' });
        else this.put({ kind: 'clobber', to: RAX });
        return;
      case 0x99:
        this.put({ kind: 'clobber', to: RDX });
        return;
      case 0x9c:
        this.put({ kind: 'push', from: { register: SCRATCH_UNKNOWN }, size: this.pointerSize });
        return;
      case 0x9d:
        this.put({ kind: 'pop', to: SCRATCH, size: this.pointerSize });
        return;
      case 0xa0:
      case 0xa1: {
        const address = this.wide ? this.signed(8) : this.signed(4) >>> 0;
        const width = code === 0xa0 ? 1 : size;
        const threadBlock = this.threadBlock ? { threadBlock: true } : {};
        this.put({
          kind: 'load',
          to: RAX,
          from: { base: NO_REGISTER, index: NO_REGISTER, scale: 1, displacement: address, ...threadBlock },
          size: width,
          extend: this.keepOrZero(width),
        });
        return;
      }
      case 0xa2:
      case 0xa3: {
        const address = this.wide ? this.signed(8) : this.signed(4) >>> 0;
        const threadBlock = this.threadBlock ? { threadBlock: true } : {};
        this.put({
          kind: 'store',
          to: { base: NO_REGISTER, index: NO_REGISTER, scale: 1, displacement: address, ...threadBlock },
          from: { register: RAX },
          size: code === 0xa2 ? 1 : size,
        });
        return;
      }
      case 0xa4:
      case 0xa5:
        this.put({
          kind: 'fillMemory',
          unit: this.repeat === 0 ? 0 : code === 0xa4 ? 1 : size,
          copy: true,
        });
        return;
      case 0xaa:
      case 0xab:
        this.put({
          kind: 'fillMemory',
          unit: this.repeat === 0 ? 0 : code === 0xaa ? 1 : size,
          copy: false,
        });
        return;
      case 0xa6:
      case 0xa7:
      case 0xae:
      case 0xaf:
        for (const register of [RCX, 6, 7]) this.put({ kind: 'clobber', to: register });
        this.put({ kind: 'forgetFlags' });
        return;
      case 0xa8:
      case 0xa9: {
        const width = code === 0xa8 ? 1 : size;
        const constant = this.immediate(width);
        this.put({
          kind: 'compare',
          left: { register: RAX },
          right: { constant },
          size: width,
          bits: true,
        });
        return;
      }
      case 0xc0:
      case 0xc1:
      case 0xd0:
      case 0xd1:
      case 0xd2:
      case 0xd3: {
        const width = (code & 1) === 0 ? 1 : size;
        this.readModrm(width === 1);
        const by: Operand =
          code < 0xd0 ? { constant: this.signed(1) } : code < 0xd2 ? { constant: 1 } : { register: RCX };
        const what = (
          [
            undefined,
            undefined,
            undefined,
            undefined,
            'shiftLeft',
            'shiftRight',
            'shiftLeft',
            'shiftRightSigned',
          ] as const
        )[(this.modrm >> 3) & 7];
        const rotation = (this.modrm >> 3) & 7;
        if (rotation < 2 && 'register' in this.place && this.place.register >= 0) {
          const { register } = this.place;
          this.put({
            kind: 'arithmetic',
            what: rotation === 0 ? 'rotateLeft' : 'rotateRight',
            to: register,
            left: { register },
            right: by,
            size: width,
            flags: false,
          });
          return;
        }
        this.arithmetic(what, by, width);
        return;
      }
      case 0xc2:
        this.signed(2);
        this.put({ kind: 'return' });
        return;
      case 0xc3:
        this.put({ kind: 'return' });
        return;
      case 0xc6:
      case 0xc7: {
        const width = code === 0xc6 ? 1 : size;
        this.readModrm(code === 0xc6);
        const constant = this.immediate(width);
        this.store({ constant }, width);
        return;
      }
      case 0xc8:
        this.signed(3);
        throw NOT_DECODED;
      case 0xc9:
        this.put({ kind: 'move', to: RSP, from: { register: RBP }, size: this.pointerSize, extend: 'zero' });
        this.put({ kind: 'pop', to: RBP, size: this.pointerSize });
        return;
      case 0xcc:
      case 0xf4:
        this.put({ kind: 'stop' });
        return;
      case 0xcd:
        // int 29h: the fast way to end the process on Windows.
        this.byte();
        this.put({ kind: 'stop' });
        return;
      case 0xe0:
      case 0xe1:
      case 0xe2:
      case 0xe3: {
        const target = this.target(1);
        this.put({ kind: 'clobber', to: RCX });
        this.put({ kind: 'branch', condition: 'unknown', target });
        return;
      }
      case 0xe8: {
        const constant = this.target(4);
        this.put({ kind: 'call', target: { constant } });
        return;
      }
      case 0xe9: {
        const constant = this.target(4);
        this.put({ kind: 'jump', target: { constant } });
        return;
      }
      case 0xeb: {
        const constant = this.target(1);
        this.put({ kind: 'jump', target: { constant } });
        return;
      }
      case 0xf6:
      case 0xf7:
        this.group3(code === 0xf6);
        return;
      case 0xfe:
      case 0xff:
        this.group5(code === 0xfe);
        return;
      default:
        throw NOT_DECODED;
    }
  }

  private group3(narrow: boolean): void {
    const size = narrow ? 1 : this.size;
    this.readModrm(narrow);
    const which = (this.modrm >> 3) & 7;
    if (which < 2) {
      const constant = this.immediate(size);
      this.put({
        kind: 'compare',
        left: this.placeAsOperand(size),
        right: { constant },
        size,
        bits: true,
      });
      return;
    }
    if (which < 4) {
      if (which === 2) this.arithmetic('xor', { constant: -1 }, size);
      else this.arithmetic(undefined, { constant: 0 }, size);
      return;
    }
    this.put({ kind: 'clobber', to: RAX });
    this.put({ kind: 'clobber', to: RDX });
    this.put({ kind: 'forgetFlags' });
  }

  private group5(narrow: boolean): void {
    const size = narrow ? 1 : this.size;
    this.readModrm(narrow);
    const which = (this.modrm >> 3) & 7;
    if (which < 2) {
      this.arithmetic(which === 0 ? 'add' : 'subtract', { constant: 1 }, size);
      return;
    }
    if (narrow) throw NOT_DECODED;
    const place = this.finishAddress();
    if (which === 2) {
      this.put({ kind: 'call', target: place });
      return;
    }
    if (which === 4) {
      this.put({ kind: 'jump', target: place });
      return;
    }
    if (which === 6) {
      if ('register' in place) {
        this.put({ kind: 'push', from: place, size: this.pointerSize });
        return;
      }
      this.put({ kind: 'load', to: SCRATCH, from: place, size: this.pointerSize, extend: 'zero' });
      this.put({ kind: 'push', from: { register: SCRATCH }, size: this.pointerSize });
      return;
    }
    throw NOT_DECODED;
  }

  private twoByte(): void {
    const code = this.byte();
    if (code === 0x38) {
      this.byte();
      this.readModrm();
      this.unknownVectorOrGeneral();
      return;
    }
    if (code === 0x3a) {
      const third = this.byte();
      this.readModrm();
      const lane = this.byte();
      if (third === 0x22) {
        this.insertLane(lane);
        return;
      }
      if (third === 0x16) {
        this.extractLane(lane);
        return;
      }
      this.unknownVectorOrGeneral();
      return;
    }
    if (code >= 0x80 && code < 0x90) {
      const target = this.target(4);
      this.put({ kind: 'branch', condition: CONDITIONS[code & 15]!, target });
      return;
    }
    if (code >= 0x90 && code < 0xa0) {
      this.readModrm(true);
      const place = this.finishAddress();
      if ('register' in place) {
        if (place.register !== -2) {
          this.put({
            kind: 'select',
            to: SCRATCH,
            condition: CONDITIONS[code & 15]!,
            yes: { constant: 1 },
            no: { constant: 0 },
            noPlusOne: false,
            size: 4,
          });
          this.put({
            kind: 'move',
            to: place.register,
            from: { register: SCRATCH },
            size: 1,
            extend: 'keep',
          });
        }
      } else {
        this.put({
          kind: 'select',
          to: SCRATCH,
          condition: CONDITIONS[code & 15]!,
          yes: { constant: 1 },
          no: { constant: 0 },
          noPlusOne: false,
          size: 4,
        });
        this.put({ kind: 'store', to: place, from: { register: SCRATCH }, size: 1 });
      }
      return;
    }
    if (code >= 0x40 && code < 0x50) {
      this.readModrm();
      const yes = this.placeAsOperand(this.size);
      this.put({
        kind: 'select',
        to: this.field,
        condition: CONDITIONS[code & 15]!,
        yes,
        no: { register: this.field },
        noPlusOne: false,
        size: this.size,
      });
      return;
    }
    if (code >= 0xc8 && code < 0xd0) {
      this.put({ kind: 'clobber', to: (code & 7) | this.rexB });
      return;
    }
    switch (code) {
      case 0x05:
        this.put({ kind: 'clobber', to: RAX });
        return;
      case 0x0b:
        this.put({ kind: 'stop' });
        return;
      case 0x1e:
      case 0x1f:
      case 0x18:
      case 0x19:
      case 0x1a:
      case 0x1b:
      case 0x1c:
      case 0x1d:
      case 0x0d:
        this.readModrm();
        return;
      case 0x31:
      case 0xa2:
        for (const register of [RAX, RCX, RDX, 3]) this.put({ kind: 'clobber', to: register });
        return;
      case 0x77:
        return;
      case 0xa3:
      case 0xab:
      case 0xb3:
      case 0xbb:
        this.readModrm();
        this.put({ kind: 'forgetFlags' });
        return;
      case 0xba:
        this.readModrm();
        this.byte();
        if ('register' in this.place && (this.modrm & 0x38) !== 0x20)
          this.put({ kind: 'clobber', to: this.place.register });
        this.put({ kind: 'forgetFlags' });
        return;
      case 0xa4:
      case 0xac:
        this.readModrm();
        this.byte();
        this.unknownPlace();
        return;
      case 0xa5:
      case 0xad:
        this.readModrm();
        this.unknownPlace();
        return;
      case 0xae:
      case 0xc7:
        this.readModrm();
        if (code === 0xc7) this.unknownPlace();
        return;
      case 0xaf:
        this.readModrm();
        this.put({
          kind: 'arithmetic',
          what: 'multiply',
          to: this.field,
          left: { register: this.field },
          right: this.placeAsOperand(this.size),
          size: this.size,
          flags: false,
        });
        return;
      case 0xb0:
      case 0xb1: {
        this.readModrm(code === 0xb0);
        const field = code === 0xb0 ? this.byteField() : this.field;
        const place = this.finishAddress();
        if ('register' in place || field === -2) {
          this.unknownPlace();
          this.unknownResult(RAX);
          return;
        }
        this.put({
          kind: 'compareExchange',
          expected: RAX,
          desired: { register: field },
          at: place,
          size: code === 0xb0 ? 1 : this.size,
        });
        return;
      }
      case 0xc0:
      case 0xc1:
        this.readModrm((code & 1) === 0);
        this.unknownPlace();
        this.unknownResult(code < 0xc0 ? RAX : this.field);
        return;
      case 0xb6:
      case 0xb7:
        this.readModrm(code === 0xb6);
        this.load(this.field, code === 0xb6 ? 1 : 2, 'zero');
        return;
      case 0xbe:
      case 0xbf:
        this.readModrm(code === 0xbe);
        this.load(this.field, code === 0xbe ? 1 : 2, 'sign');
        return;
      case 0xb8:
      case 0xbc:
      case 0xbd:
        this.readModrm();
        this.unknownResult(this.field);
        return;
      default:
        this.sse(code, NO_REGISTER, false);
        return;
    }
  }

  private unknownPlace(): void {
    const place = this.finishAddress();
    if ('register' in place) {
      if (place.register >= 0) this.put({ kind: 'clobber', to: place.register });
    } else this.put({ kind: 'clobberMemory', at: place, size: this.size });
    this.put({ kind: 'forgetFlags' });
  }

  /** Map 0F38 and 0F3A: either kind of register may be the target, so both are given up. */
  private unknownVectorOrGeneral(): void {
    this.put({ kind: 'clobber', to: this.field });
    this.put({ kind: 'clobber', to: FIRST_VECTOR + this.field });
    const place = this.finishAddress();
    if ('register' in place) {
      this.put({ kind: 'clobber', to: place.register });
      this.put({ kind: 'clobber', to: FIRST_VECTOR + place.register });
    }
    this.put({ kind: 'forgetFlags' });
  }

  private insertLane(lane: number): void {
    const to = FIRST_VECTOR + this.field;
    if (!this.rexW) {
      this.put({ kind: 'clobber', to });
      return;
    }
    const place = this.finishAddress();
    this.put({ kind: 'setLane', to, lane: lane & 1, from: place, clearRest: false, size: 8 });
  }

  private extractLane(lane: number): void {
    const place = this.finishAddress();
    const from = FIRST_VECTOR + this.field;
    if (!this.rexW) {
      if ('register' in place) this.put({ kind: 'clobber', to: place.register });
      else this.put({ kind: 'clobberMemory', at: place, size: 4 });
    } else if ('register' in place)
      this.put({ kind: 'getLane', to: place.register, from, lane: lane & 1, size: 8 });
    else this.put({ kind: 'storeLane', to: place, from, lane: lane & 1, size: 8 });
  }

  /** SSE moves, also with a VEX prefix (`first` is then the extra source register). Everything else clobbers its target. */
  private sse(code: number, first: number, wideVector: boolean): void {
    const lastByte =
      code === 0x70 ||
      code === 0x71 ||
      code === 0x72 ||
      code === 0x73 ||
      code === 0xc2 ||
      code === 0xc4 ||
      code === 0xc5 ||
      code === 0xc6;
    this.readModrm();
    const vector = FIRST_VECTOR + this.field;
    const left = first === NO_REGISTER ? vector : FIRST_VECTOR + first;
    const selector = lastByte ? this.byte() : 0;
    const place = this.finishAddress();
    const width = wideVector ? 32 : 16;
    const other = 'register' in place ? FIRST_VECTOR + place.register : NO_REGISTER;
    const scalar = this.repeat === 0xf3 ? 4 : this.repeat === 0xf2 ? 8 : 0;
    const moveIn = (size: number): void => {
      if ('register' in place)
        this.put({ kind: 'move', to: vector, from: { register: other }, size, extend: 'zero' });
      else this.put({ kind: 'load', to: vector, from: place, size, extend: 'zero' });
    };
    const moveOut = (size: number): void => {
      if ('register' in place)
        this.put({ kind: 'move', to: other, from: { register: vector }, size, extend: 'zero' });
      else this.put({ kind: 'store', to: place, from: { register: vector }, size });
    };
    switch (code) {
      case 0x10:
        if (scalar === 0) {
          moveIn(width);
          return;
        }
        if ('register' in place) {
          this.put({ kind: 'clobber', to: vector });
          return;
        }
        this.put({ kind: 'setLane', to: vector, lane: 0, from: place, clearRest: true, size: scalar });
        return;
      case 0x11:
        if (scalar === 0) {
          moveOut(width);
          return;
        }
        if ('register' in place) {
          this.put({ kind: 'clobber', to: other });
          return;
        }
        this.put({ kind: 'storeLane', to: place, from: vector, lane: 0, size: scalar });
        return;
      case 0x28:
        moveIn(width);
        return;
      case 0x29:
      case 0xe7:
      case 0x2b:
        moveOut(width);
        return;
      case 0x6f:
        if (!this.operand16 && this.repeat !== 0xf3) {
          this.put({ kind: 'clobber', to: vector });
          return;
        }
        moveIn(width);
        return;
      case 0x7f:
        if (!this.operand16 && this.repeat !== 0xf3) {
          this.clobberOut(place, 8);
          return;
        }
        moveOut(width);
        return;
      case 0x6e: {
        const size = this.rexW ? 8 : 4;
        this.put({ kind: 'setLane', to: vector, lane: 0, from: place, clearRest: true, size });
        return;
      }
      case 0x7e:
        if (this.repeat === 0xf3) {
          if ('register' in place) {
            this.put({
              kind: 'combineLanes',
              to: vector,
              low: { vector: other, lane: 0 },
              high: ZERO_LANE,
            });
            return;
          }
          this.put({ kind: 'setLane', to: vector, lane: 0, from: place, clearRest: true, size: 8 });
          return;
        }
        if ('register' in place) {
          this.put({
            kind: 'getLane',
            to: place.register,
            from: vector,
            lane: 0,
            size: this.rexW ? 8 : 4,
          });
          return;
        }
        this.put({ kind: 'storeLane', to: place, from: vector, lane: 0, size: this.rexW ? 8 : 4 });
        return;
      case 0xd6:
        if ('register' in place) {
          this.put({ kind: 'combineLanes', to: other, low: { vector, lane: 0 }, high: ZERO_LANE });
          return;
        }
        this.put({ kind: 'storeLane', to: place, from: vector, lane: 0, size: 8 });
        return;
      case 0x12:
      case 0x16: {
        const lane = code === 0x12 ? 0 : 1;
        if (scalar !== 0) {
          this.put({ kind: 'clobber', to: vector });
          return;
        }
        if ('register' in place) {
          // movhlps takes the high lane, movlhps the low one.
          const from = { vector: other, lane: 1 - lane };
          this.put({
            kind: 'combineLanes',
            to: vector,
            low: lane === 0 ? from : { vector: left, lane: 0 },
            high: lane === 0 ? { vector: left, lane: 1 } : from,
          });
          return;
        }
        if (left !== vector)
          this.put({ kind: 'move', to: vector, from: { register: left }, size: 16, extend: 'zero' });
        this.put({ kind: 'setLane', to: vector, lane, from: place, clearRest: false, size: 8 });
        return;
      }
      case 0x13:
      case 0x17:
        if ('register' in place) throw NOT_DECODED;
        this.put({ kind: 'storeLane', to: place, from: vector, lane: code === 0x13 ? 0 : 1, size: 8 });
        return;
      case 0x14:
      case 0x15:
      case 0x6c:
      case 0x6d: {
        const lane = code === 0x14 || code === 0x6c ? 0 : 1;
        if (!this.operand16) {
          this.put({ kind: 'clobber', to: vector });
          return;
        }
        if ('register' in place) {
          this.put({
            kind: 'combineLanes',
            to: vector,
            low: { vector: left, lane },
            high: { vector: other, lane },
          });
          return;
        }
        this.put({ kind: 'load', to: SCRATCH_VECTOR, from: place, size: 16, extend: 'zero' });
        this.put({
          kind: 'combineLanes',
          to: vector,
          low: { vector: left, lane },
          high: { vector: SCRATCH_VECTOR, lane },
        });
        return;
      }
      case 0xc6:
        if (this.operand16 && 'register' in place) {
          this.put({
            kind: 'combineLanes',
            to: vector,
            low: { vector: left, lane: selector & 1 },
            high: { vector: other, lane: (selector >> 1) & 1 },
          });
          return;
        }
        this.put({ kind: 'clobber', to: vector });
        return;
      case 0x70:
        if (
          this.operand16 &&
          'register' in place &&
          (selector === 0x44 || selector === 0x4e || selector === 0xee || selector === 0xe4)
        ) {
          this.put({
            kind: 'combineLanes',
            to: vector,
            low: { vector: other, lane: (selector & 3) >> 1 },
            high: { vector: other, lane: ((selector >> 4) & 3) >> 1 },
          });
          return;
        }
        this.put({ kind: 'clobber', to: vector });
        return;
      case 0x57:
      case 0xef:
      case 0xfb:
      case 0xfa:
      case 0xf9:
      case 0xf8:
        if (other === left) {
          this.put({ kind: 'combineLanes', to: vector, low: ZERO_LANE, high: ZERO_LANE });
          return;
        }
        this.put({ kind: 'clobber', to: vector });
        return;
      case 0x2e:
      case 0x2f:
        this.put({ kind: 'forgetFlags' });
        return;
      case 0x2c:
      case 0x2d:
      case 0x50:
      case 0xd7:
      case 0xc5:
        this.put({ kind: 'clobber', to: this.field });
        return;
      default:
        if (code >= 0x50 || code === 0x2a) {
          this.put({ kind: 'clobber', to: vector });
          return;
        }
        if ((code >= 0x20 && code < 0x28) || code < 0x10 || (code >= 0x30 && code < 0x40)) throw NOT_DECODED;
        this.put({ kind: 'clobber', to: vector });
        return;
    }
  }

  private clobberOut(place: Place, size: number): void {
    if ('register' in place) this.put({ kind: 'clobber', to: FIRST_VECTOR + place.register });
    else this.put({ kind: 'clobberMemory', at: place, size });
  }

  /** VEX and EVEX: the AVX forms of the moves above; of the rest only the length counts. */
  private vector(code: number): void {
    const second = this.byte();
    let map = 1;
    let control = second;
    this.rexR = ~second & 0x80 ? 8 : 0;
    if (code !== 0xc5) {
      map = second & (code === 0x62 ? 7 : 0x1f);
      this.rexX = ~second & 0x40 ? 8 : 0;
      this.rexB = ~second & 0x20 ? 8 : 0;
      control = this.byte();
      this.rexW = (control & 0x80) !== 0;
    }
    const length = code === 0x62 ? this.byte() : control;
    this.operand16 = (control & 3) === 1;
    this.repeat = (control & 3) === 2 ? 0xf3 : (control & 3) === 3 ? 0xf2 : 0;
    const first = (~control >> 3) & 15;
    const opcode = this.byte();
    if (code === 0x62) {
      this.readModrm();
      const hasImmediate =
        map === 3 ||
        (map === 1 &&
          (opcode === 0x70 ||
            (opcode >= 0x71 && opcode <= 0x73) ||
            opcode === 0xc2 ||
            (opcode >= 0xc4 && opcode <= 0xc6)));
      if (hasImmediate) this.byte();
      const place = this.finishAddress();
      // The displacement is scaled and the register may be above 15: nothing is claimed about either.
      if (!('register' in place)) this.put({ kind: 'clobberMemory', at: place, size: 0 });
      this.put({ kind: 'clobber', to: FIRST_VECTOR + this.field });
      this.put({ kind: 'clobber', to: this.field });
      return;
    }
    if (map === 1) {
      if (opcode === 0x77) return;
      this.sse(opcode, first === 0 && (control & 0x78) === 0x78 ? NO_REGISTER : first, (length & 4) !== 0);
      return;
    }
    this.readModrm();
    if (map === 3) {
      const lane = this.byte();
      if (opcode === 0x22) {
        if (FIRST_VECTOR + first !== FIRST_VECTOR + this.field)
          this.put({
            kind: 'move',
            to: FIRST_VECTOR + this.field,
            from: { register: FIRST_VECTOR + first },
            size: 16,
            extend: 'zero',
          });
        this.insertLane(lane);
        return;
      }
      if (opcode === 0x16) {
        this.extractLane(lane);
        return;
      }
    } else if (map !== 2) throw NOT_DECODED;
    this.unknownVectorOrGeneral();
  }
}

/** Registers that no instruction names, for values on their way to or from memory. */
const SCRATCH = 30;
/** Never written, so its value is always unknown. */
const SCRATCH_UNKNOWN = 29;
const SCRATCH_VECTOR = FIRST_VECTOR + 31;
const ZERO_LANE = { vector: NO_REGISTER, lane: 0 } as const;
