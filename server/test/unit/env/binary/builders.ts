/**
 * Small extension modules made in memory, so that the readers are tested without a compiler or a download: one layout
 * (code, read-only data, data, zero memory) written as ELF, Mach-O with either kind of fixups, or PE, for x86-64 or AArch64.
 */

export type Format = 'elf' | 'elf-relr' | 'mach-o' | 'mach-o-chained' | 'pe';
/** `riscv64` has the code of x86-64: nothing reads it. */
export type Isa = 'x86-64' | 'aarch64' | 'riscv64';

export interface ModulePlan {
  readonly format: Format;
  readonly isa: Isa;
  /** Exported function names, all at the start of the code. */
  readonly exports: readonly string[];
  /** Imported functions, each with a cell at `cell(index)`. */
  readonly imports: readonly string[];
  /** Imports whose cell the loader fills with the getter of a thread-local variable (ELF only). */
  readonly threadLocal?: readonly string[];
  /** Libraries and search path (ELF only). */
  readonly needed?: readonly string[];
  readonly searchPath?: string;
  readonly code: (layout: Layout, write: Writer) => void;
  readonly data: (layout: Layout, write: DataWriter) => void;
}

export interface Layout {
  /** Writable, in the file. */
  readonly data: number;
  /** Writable, zero, not in the file. */
  readonly zero: number;
  cell(name: string): number;
}

/** Instructions both machines have, by what they do. Argument 0 and 1 as the platform's calls take them. */
export interface Writer {
  readonly address: number;
  argument(index: 0 | 1, value: number | { readonly address: number }): void;
  call(name: string): void;
  jump(name: string): void;
  store(address: number, size: 4 | 8, value: number): void;
  /** Return with what the last call gave, or a constant. */
  returnResult(): void;
  returnConstant(value: number): void;
  returnAddress(address: number): void;
  /** Keeps the last result in a register that calls preserve, and takes it as argument 0 later. */
  keepResult(): void;
  argumentFromKept(): void;
  returnKept(): void;
  /** A jump to itself. */
  spin(): void;
  /** Skips what `inside` writes when the last result is zero. */
  whenResult(inside: () => void): void;
}

export interface DataWriter {
  pointer(address: number, target: number): void;
  number(address: number, size: 1 | 2 | 4 | 8, value: number): void;
  text(address: number, value: string): void;
}

const CODE = 0x1000;
const READ_ONLY = 0x2000;
const DATA = 0x3000;
const CELLS = 0x3800;
const END_OF_FILE_DATA = 0x4000;
const END_OF_MEMORY = 0x5000;

/** Offset in the file of the byte at `layout.data`, the same in all formats. */
export const DATA_OFFSET = DATA;

export function buildModule(plan: ModulePlan): Uint8Array {
  const base = plan.format === 'pe' ? 0x1_8000_0000 : 0;
  const file = new FileBytes(0x8000);
  const layout: Layout = {
    data: base + DATA,
    zero: base + END_OF_FILE_DATA,
    cell: (name) => base + CELLS + 8 * plan.imports.indexOf(name),
  };
  const writer =
    plan.isa !== 'aarch64'
      ? new X64Writer(file, base, layout, plan.format === 'pe')
      : new Arm64Writer(file, base, layout);
  plan.code(layout, writer);
  const pointers: { at: number; target: number }[] = [];
  plan.data(layout, {
    pointer: (address, target) => pointers.push({ at: address - base, target }),
    number: (address, size, value) => file.number(address - base, size, value),
    text: (address, value) => file.text(address - base, value),
  });
  if (plan.format === 'pe') return finishPe(plan, file, base, pointers);
  if (plan.format === 'elf' || plan.format === 'elf-relr') return finishElf(plan, file, pointers);
  return finishMacho(plan, file, pointers);
}

/** A universal file of these parts. */
export function universal(...parts: readonly Uint8Array[]): Uint8Array {
  const file = new FileBytes(0x1000 + 0x8000 * parts.length, false);
  file.number(0, 4, 0xcafebabe);
  file.number(4, 4, parts.length);
  parts.forEach((part, index) => {
    const offset = 0x1000 + 0x8000 * index;
    file.number(8 + 20 * index + 8, 4, offset);
    file.number(8 + 20 * index + 12, 4, part.length);
    file.bytes.set(part, offset);
  });
  return file.bytes;
}

/** A free-threaded `PyModuleDef` at `layout.data` with its name, and a slot array at `layout.data + 0x200`. */
export function definition(
  layout: Layout,
  write: DataWriter,
  name: string,
  slots: 'array' | 'null' | number,
  abi: 'free-threaded' | 'gil' = 'free-threaded',
): void {
  const at = layout.data;
  if (abi === 'free-threaded') write.number(at + 12, 4, 0xffff_ffff);
  else write.number(at, 4, 0xffff_ffff);
  const nameOffset = abi === 'free-threaded' ? 56 : 40;
  write.text(at + 0x180, name);
  write.pointer(at + nameOffset, at + 0x180);
  if (slots !== 'null') write.pointer(at + nameOffset + 32, slots === 'array' ? at + 0x200 : slots);
}

/** Entries of a `PyModuleDef_Slot` array at `layout.data + 0x200`, closed. */
export function slotArray(
  layout: Layout,
  write: DataWriter,
  ...slots: readonly (readonly [number, number])[]
): void {
  slots.forEach(([id, value], index) => {
    write.number(layout.data + 0x200 + 16 * index, 4, id);
    write.number(layout.data + 0x208 + 16 * index, 8, value);
  });
}

class FileBytes {
  readonly bytes: Uint8Array;
  private readonly view: DataView;
  private readonly littleEndian: boolean;

  constructor(size: number, littleEndian = true) {
    this.bytes = new Uint8Array(size);
    this.view = new DataView(this.bytes.buffer);
    this.littleEndian = littleEndian;
  }

  number(at: number, size: 1 | 2 | 4 | 8, value: number): void {
    if (size === 1) this.view.setUint8(at, value & 0xff);
    else if (size === 2) this.view.setUint16(at, value & 0xffff, this.littleEndian);
    else if (size === 4) this.view.setUint32(at, value >>> 0, this.littleEndian);
    else this.view.setBigInt64(at, BigInt(value), this.littleEndian);
  }

  text(at: number, value: string): void {
    for (let index = 0; index < value.length; index++) this.bytes[at + index] = value.charCodeAt(index);
  }
}

class X64Writer implements Writer {
  private at = CODE;
  private readonly file: FileBytes;
  private readonly base: number;
  private readonly layout: Layout;
  private readonly windows: boolean;

  constructor(file: FileBytes, base: number, layout: Layout, windows: boolean) {
    this.file = file;
    this.base = base;
    this.layout = layout;
    this.windows = windows;
    this.emit(0x53); // push rbx
  }

  get address(): number {
    return this.base + this.at;
  }

  argument(index: 0 | 1, value: number | { readonly address: number }): void {
    // rdi, rsi; on Windows rcx, rdx.
    const register = this.windows ? 1 + index : 7 - index;
    if (typeof value === 'number') {
      this.emit(0xb8 + register);
      this.immediate(value);
    } else this.relative([0x48, 0x8d, 0x05 | (register << 3)], value.address);
  }

  call(name: string): void {
    this.relative([0xff, 0x15], this.layout.cell(name));
  }

  jump(name: string): void {
    this.emit(0x5b);
    this.relative([0xff, 0x25], this.layout.cell(name));
  }

  store(address: number, size: 4 | 8, value: number): void {
    this.relative(size === 8 ? [0x48, 0xc7, 0x05] : [0xc7, 0x05], address, 4);
    this.immediate(value);
  }

  returnResult(): void {
    this.emit(0x5b, 0xc3);
  }

  returnConstant(value: number): void {
    this.emit(0xb8);
    this.immediate(value);
    this.returnResult();
  }

  returnAddress(address: number): void {
    this.relative([0x48, 0x8d, 0x05], address);
    this.returnResult();
  }

  keepResult(): void {
    this.emit(0x48, 0x89, 0xc3); // mov rbx, rax
  }

  argumentFromKept(): void {
    this.emit(0x48, 0x89, this.windows ? 0xd9 : 0xdf);
  }

  returnKept(): void {
    this.emit(0x48, 0x89, 0xd8);
    this.returnResult();
  }

  spin(): void {
    this.emit(0xeb, 0xfe);
  }

  whenResult(inside: () => void): void {
    this.emit(0x48, 0x85, 0xc0, 0x74, 0); // test rax, rax; je
    const from = this.at;
    inside();
    this.file.bytes[from - 1] = this.at - from;
  }

  private emit(...bytes: readonly number[]): void {
    this.file.bytes.set(bytes, this.at);
    this.at += bytes.length;
  }

  private immediate(value: number): void {
    this.file.number(this.at, 4, value);
    this.at += 4;
  }

  private relative(opcode: readonly number[], target: number, after = 0): void {
    this.emit(...opcode);
    this.file.number(this.at, 4, target - this.base - (this.at + 4 + after));
    this.at += 4;
  }
}

class Arm64Writer implements Writer {
  private at = CODE;
  private readonly file: FileBytes;
  private readonly base: number;
  private readonly layout: Layout;

  constructor(file: FileBytes, base: number, layout: Layout) {
    this.file = file;
    this.base = base;
    this.layout = layout;
    this.word(0xa9be7bfd); // stp x29, x30, [sp, #-32]!
    this.word(0xf9000bf3); // str x19, [sp, #16]
  }

  get address(): number {
    return this.base + this.at;
  }

  argument(index: 0 | 1, value: number | { readonly address: number }): void {
    if (typeof value === 'number') this.word(0x52800000 | (value << 5) | index);
    else this.addressInto(index, value.address);
  }

  call(name: string): void {
    this.loadCell(name);
    this.word(0xd63f0200); // blr x16
  }

  jump(name: string): void {
    this.epilogue();
    this.loadCell(name);
    this.word(0xd61f0200); // br x16
  }

  store(address: number, size: 4 | 8, value: number): void {
    this.word(0x52800000 | (value << 5) | 9); // mov w9, #value
    this.addressInto(10, address);
    this.word(size === 8 ? 0xf9000149 : 0xb9000149);
  }

  returnResult(): void {
    this.epilogue();
    this.word(0xd65f03c0);
  }

  returnConstant(value: number): void {
    this.word(0x52800000 | (value << 5));
    this.returnResult();
  }

  returnAddress(address: number): void {
    this.addressInto(0, address);
    this.returnResult();
  }

  keepResult(): void {
    this.word(0xaa0003f3); // mov x19, x0
  }

  argumentFromKept(): void {
    this.word(0xaa1303e0);
  }

  returnKept(): void {
    this.word(0xaa1303e0);
    this.returnResult();
  }

  spin(): void {
    this.word(0x14000000);
  }

  whenResult(inside: () => void): void {
    const from = this.at;
    this.word(0);
    inside();
    this.file.number(from, 4, 0xb4000000 | (((this.at - from) / 4) << 5)); // cbz x0
  }

  private epilogue(): void {
    this.word(0xf9400bf3);
    this.word(0xa8c27bfd);
  }

  private loadCell(name: string): void {
    this.addressInto(16, this.layout.cell(name));
    this.word(0xf9400210); // ldr x16, [x16]
  }

  private addressInto(register: number, address: number): void {
    const pages = Math.floor((address - this.base) / 4096) - Math.floor(this.at / 4096);
    this.word(0x90000000 | ((pages & 3) << 29) | (((pages >> 2) & 0x7ffff) << 5) | register);
    this.word(0x91000000 | ((address & 0xfff) << 10) | (register << 5) | register);
  }

  private word(value: number): void {
    this.file.number(this.at, 4, value);
    this.at += 4;
  }
}

const ELF_NUMBERS = {
  'x86-64': { machine: 62, relative: 8, jumpSlot: 7, threadLocal: 36 },
  aarch64: { machine: 183, relative: 1027, jumpSlot: 1026, threadLocal: 1031 },
  riscv64: { machine: 243, relative: 3, jumpSlot: 5, threadLocal: 12 },
} as const;

/** 32-bit x86 ELF: `code` at 0x1000, one import with its cell at 0x3800, bytes and relocated pointers in the data at 0x3000. */
export function buildNarrowElf(
  exported: string,
  imported: string,
  code: ReadonlyMap<number, readonly number[]>,
  words: ReadonlyMap<number, number>,
  pointers: ReadonlyMap<number, number>,
  texts: ReadonlyMap<number, string>,
): Uint8Array {
  const file = new FileBytes(0x8000);
  for (const [at, bytes] of code) file.bytes.set(bytes, at);
  for (const [at, value] of words) file.number(at, 4, value);
  for (const [at, text] of texts) file.text(at, text);
  const strings = new StringTable(file, 0x2800);
  const relocations = 0x5000;
  let entry = relocations;
  for (const [at, target] of pointers) {
    file.number(at, 4, target);
    file.number(entry, 4, at);
    file.number(entry + 4, 4, 8);
    entry += 8;
  }
  file.number(entry, 4, CELLS);
  file.number(entry + 4, 4, (2 << 8) | 7);
  [exported, imported].forEach((name, index) => {
    const at = 0x2000 + 16 * (index + 1);
    file.number(at, 4, strings.add(name));
    if (index === 0) {
      file.number(at + 4, 4, CODE);
      file.number(at + 14, 2, 1);
    }
  });
  file.number(0x2404, 4, 3);
  const tags = [4, 0x2400, 5, 0x2800, 6, 0x2000, 17, relocations, 18, entry + 8 - relocations, 0, 0];
  tags.forEach((value, index) => {
    file.number(0x7000 + 4 * index, 4, value);
  });
  file.text(0, '\x7fELF\x01\x01\x01');
  file.number(18, 2, 3);
  file.number(28, 4, 52);
  file.number(42, 2, 32);
  file.number(44, 2, 4);
  const headers = [
    [1, 0, 0, 0, DATA, DATA, 5],
    [1, DATA, DATA, 0, END_OF_FILE_DATA - DATA, END_OF_MEMORY - DATA, 6],
    [1, relocations, relocations, 0, 0x3000, 0x3000, 4],
    [2, 0x7000, 0x7000, 0, 0x400, 0x400, 6],
  ];
  headers.flat().forEach((value, index) => {
    const place = 52 + 32 * Math.floor(index / 7) + 4 * (index % 7);
    file.number(place, 4, value);
  });
  return file.bytes;
}

function finishElf(
  plan: ModulePlan,
  file: FileBytes,
  pointers: readonly { at: number; target: number }[],
): Uint8Array {
  const strings = new StringTable(file, 0x2800);
  const symbols = 0x2000;
  const hash = 0x2400;
  const relocations = 0x5000;
  const dynamic = 0x7000;
  const names = [...plan.exports, ...plan.imports];
  names.forEach((name, index) => {
    const at = symbols + 24 * (index + 1);
    file.number(at, 4, strings.add(name));
    file.number(at + 4, 1, 0x12);
    if (index < plan.exports.length) {
      file.number(at + 6, 2, 1);
      file.number(at + 8, 8, CODE);
    }
  });
  file.number(hash + 4, 4, names.length + 1);
  const packed = plan.format === 'elf-relr';
  let entry = relocations;
  const relocate = (at: number, type: number, symbol: number, addend: number): void => {
    file.number(entry, 8, at);
    file.number(entry + 8, 4, type);
    file.number(entry + 12, 4, symbol);
    file.number(entry + 16, 8, addend);
    entry += 24;
  };
  const { machine, relative, jumpSlot, threadLocal } = ELF_NUMBERS[plan.isa];
  const packedTable = 0x6000;
  if (packed) {
    pointers.forEach(({ at, target }, index) => {
      file.number(at, 8, target);
      // The first by address, the others as one-bit bitmaps would need them in order: each by its own address here.
      file.number(packedTable + 8 * index, 8, at);
    });
  } else
    for (const { at, target } of [...pointers].sort((left, right) => left.at - right.at))
      relocate(at, relative, 0, target);
  plan.imports.forEach((name, index) => {
    const type = plan.threadLocal?.includes(name) ? threadLocal : jumpSlot;
    relocate(CELLS + 8 * index, type, plan.exports.length + 1 + index, 0);
  });
  const tags: [number, number][] = [
    ...(plan.needed ?? []).map((name): [number, number] => [1, strings.add(name)]),
    ...(plan.searchPath === undefined ? [] : [[29, strings.add(plan.searchPath)] as [number, number]]),
    [4, hash],
    [5, 0x2800],
    [6, symbols],
    [7, relocations],
    [8, entry - relocations],
    ...(packed
      ? ([
          [36, packedTable],
          [35, 8 * pointers.length],
        ] as [number, number][])
      : []),
    [0, 0],
  ];
  tags.forEach(([tag, value], index) => {
    file.number(dynamic + 16 * index, 8, tag);
    file.number(dynamic + 16 * index + 8, 8, value);
  });
  file.text(0, '\x7fELF\x02\x01\x01');
  file.number(16, 2, 3);
  file.number(18, 2, machine);
  file.number(32, 8, 64);
  file.number(54, 2, 56);
  file.number(56, 2, 4);
  const header = (
    index: number,
    type: number,
    flags: number,
    at: number,
    fileSize: number,
    memorySize: number,
  ): void => {
    const start = 64 + 56 * index;
    file.number(start, 4, type);
    file.number(start + 4, 4, flags);
    file.number(start + 8, 8, at);
    file.number(start + 16, 8, at);
    file.number(start + 32, 8, fileSize);
    file.number(start + 40, 8, memorySize);
  };
  header(0, 1, 5, 0, DATA, DATA);
  header(1, 1, 6, DATA, END_OF_FILE_DATA - DATA, END_OF_MEMORY - DATA);
  header(2, 1, 4, relocations, 0x3000, 0x3000);
  header(3, 2, 6, dynamic, 0x400, 0x400);
  return file.bytes;
}

function finishMacho(
  plan: ModulePlan,
  file: FileBytes,
  pointers: readonly { at: number; target: number }[],
): Uint8Array {
  const chained = plan.format === 'mach-o-chained';
  file.number(0, 4, 0xfeedfacf);
  file.number(4, 4, plan.isa === 'x86-64' ? 0x01000007 : 0x0100000c);
  let at = 32;
  let commands = 0;
  const command = (kind: number, ...values: readonly number[]): void => {
    file.number(at, 4, kind);
    file.number(at + 4, 4, 8 + 4 * values.length);
    values.forEach((value, index) => {
      file.number(at + 8 + 4 * index, 4, value);
    });
    at += 8 + 4 * values.length;
    commands++;
  };
  const segment = (address: number, memorySize: number, fileSize: number, protection: number): void =>
    command(0x19, 0, 0, 0, 0, address, 0, memorySize, 0, address, 0, fileSize, 0, 7, protection, 0, 0);
  segment(0, DATA, DATA, 5);
  segment(DATA, END_OF_MEMORY - DATA, END_OF_FILE_DATA - DATA, 3);
  const strings = new StringTable(file, 0x5800);
  const names = [...plan.exports, ...plan.imports];
  names.forEach((name, index) => {
    const entry = 0x5000 + 16 * index;
    file.number(entry, 4, strings.add(`_${name}`));
    file.number(entry + 4, 1, index < plan.exports.length ? 0x0f : 0x01);
    file.number(entry + 8, 8, index < plan.exports.length ? CODE : 0);
  });
  command(2, 0x5000, names.length, 0x5800, 0x400);
  if (chained) chainFixups(plan, file, pointers, command);
  else {
    for (const { at: cell, target } of pointers) file.number(cell, 8, target);
    let program = 0x6000;
    const number = (value: bigint): void => {
      for (let rest = value; ; rest >>= 7n) {
        file.number(program++, 1, Number(rest & 0x7fn) | (rest > 0x7fn ? 0x80 : 0));
        if (rest <= 0x7fn) break;
      }
    };
    // From the last cell to the first, as linkers do that sort by name: each step back is 2^64 less the distance.
    plan.imports.toReversed().forEach((name, index) => {
      file.number(program++, 1, 0x40);
      file.text(program, `_${name}`);
      program += name.length + 2;
      if (index === 0) {
        file.number(program++, 1, 0x71);
        number(BigInt(CELLS + 8 * (plan.imports.length - 1) - DATA));
      } else {
        file.number(program++, 1, 0x80);
        number(2n ** 64n - 16n);
      }
      file.number(program++, 1, 0x90);
    });
    command(0x80000022, 0, 0, 0x6000, program - 0x6000, 0, 0, 0, 0, 0, 0);
  }
  file.number(16, 4, commands);
  file.number(20, 4, at - 32);
  return file.bytes;
}

function chainFixups(
  plan: ModulePlan,
  file: FileBytes,
  pointers: readonly { at: number; target: number }[],
  command: (kind: number, ...values: readonly number[]) => void,
): void {
  const header = 0x6000;
  const starts = header + 32;
  const imports = header + 0x80;
  const symbols = header + 0x200;
  const strings = new StringTable(file, symbols);
  file.number(header + 4, 4, 32);
  file.number(header + 8, 4, 0x80);
  file.number(header + 12, 4, 0x200);
  file.number(header + 16, 4, plan.imports.length);
  file.number(header + 20, 4, 1);
  plan.imports.forEach((name, index) => {
    file.number(imports + 4 * index, 4, strings.add(`_${name}`) << 9);
  });
  file.number(starts, 4, 2);
  file.number(starts + 8, 4, 12);
  const inSegment = starts + 12;
  file.number(inSegment + 4, 2, 0x1000);
  file.number(inSegment + 6, 2, 6);
  file.number(inSegment + 8, 8, DATA);
  file.number(inSegment + 20, 2, 1);
  const cells = [
    ...pointers.map(({ at, target }) => ({ at, low: target, bind: 0 })),
    ...plan.imports.map((_, index) => ({ at: CELLS + 8 * index, low: index, bind: 1 })),
  ].sort((left, right) => left.at - right.at);
  file.number(inSegment + 22, 2, cells[0]!.at - DATA);
  cells.forEach((cell, index) => {
    const step = index + 1 < cells.length ? (cells[index + 1]!.at - cell.at) / 4 : 0;
    file.number(cell.at, 4, cell.low);
    file.number(cell.at + 4, 4, (step << 19) | (cell.bind << 31));
  });
  command(0x80000034, header, 0x400);
}

function finishPe(
  plan: ModulePlan,
  file: FileBytes,
  base: number,
  pointers: readonly { at: number; target: number }[],
): Uint8Array {
  for (const { at, target } of pointers) file.number(at, 8, target);
  file.text(0, 'MZ');
  file.number(0x3c, 4, 0x80);
  file.text(0x80, 'PE\0\0');
  file.number(0x84, 2, plan.isa === 'x86-64' ? 0x8664 : 0xaa64);
  file.number(0x86, 2, 3);
  file.number(0x94, 2, 0xf0);
  const optional = 0x98;
  file.number(optional, 2, 0x20b);
  file.number(optional + 24, 8, base);
  file.number(optional + 60, 4, 0x400);
  file.number(optional + 108, 4, 16);
  const exportTable = READ_ONLY;
  const importTable = READ_ONLY + 0x400;
  file.number(optional + 112, 4, exportTable);
  file.number(optional + 116, 4, 0x100);
  file.number(optional + 120, 4, importTable);
  const section = (index: number, at: number, memorySize: number, fileSize: number, flags: number): void => {
    const start = optional + 0xf0 + 40 * index;
    file.number(start + 8, 4, memorySize);
    file.number(start + 12, 4, at);
    file.number(start + 16, 4, fileSize);
    file.number(start + 20, 4, at);
    file.number(start + 36, 4, flags);
  };
  section(0, CODE, 0x1000, 0x1000, 0x60000020);
  section(1, READ_ONLY, 0x1000, 0x1000, 0x40000040);
  section(2, DATA, END_OF_MEMORY - DATA, END_OF_FILE_DATA - DATA, 0xc0000040);
  const strings = new StringTable(file, READ_ONLY + 0x800);
  file.number(exportTable + 20, 4, plan.exports.length);
  file.number(exportTable + 24, 4, plan.exports.length);
  file.number(exportTable + 28, 4, READ_ONLY + 0x100);
  file.number(exportTable + 32, 4, READ_ONLY + 0x180);
  file.number(exportTable + 36, 4, READ_ONLY + 0x200);
  plan.exports.forEach((name, index) => {
    file.number(READ_ONLY + 0x100 + 4 * index, 4, CODE);
    file.number(READ_ONLY + 0x180 + 4 * index, 4, READ_ONLY + 0x800 + strings.add(name));
    file.number(READ_ONLY + 0x200 + 2 * index, 2, index);
  });
  file.number(importTable, 4, READ_ONLY + 0x500);
  file.number(importTable + 12, 4, READ_ONLY + 0x800 + strings.add('python313t.dll'));
  file.number(importTable + 16, 4, CELLS);
  plan.imports.forEach((name, index) => {
    const hint = READ_ONLY + 0x800 + strings.add(`\0\0${name}`);
    file.number(READ_ONLY + 0x500 + 8 * index, 8, hint);
    file.number(CELLS + 8 * index, 8, hint);
  });
  return file.bytes;
}

class StringTable {
  private readonly file: FileBytes;
  private readonly start: number;
  private next = 1;

  constructor(file: FileBytes, start: number) {
    this.file = file;
    this.start = start;
  }

  add(text: string): number {
    const at = this.next;
    this.file.text(this.start + at, text);
    this.next += text.length + 1;
    return at;
  }
}
