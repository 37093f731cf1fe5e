/**
 * ELF shared objects, 32 and 64 bit, either byte order: what the dynamic loader would see (program headers and the
 * dynamic section; section headers are never needed). Relocation tables stay where they are in the file and are
 * searched in place: sorted runs by bisection, the rest through one compact hash index.
 */
import type { ByteSource, Image, Machine, Segment } from './image.ts';
import {
  clippedSegment,
  ImportedSymbol,
  isModuleExport,
  isRuntimeFunction,
  NameKeeper,
  ByteSource as Source,
  THREAD_LOCAL_GETTER,
  UnreadableBinary,
} from './image.ts';

export function parseElf(bytes: Uint8Array): Image {
  const bits = bytes[4];
  if (bits !== 1 && bits !== 2) throw new UnreadableBinary('neither a 32-bit nor a 64-bit ELF file');
  const wide = bits === 2;
  const source = new Source(bytes, bytes[5] !== 2);
  const machineCode = source.u16(18);
  const { segments, dynamic, unwind } = readProgramHeaders(source, wide);
  const offsetOf = (address: number): number => {
    for (const segment of segments) {
      const within = address - segment.address;
      if (within >= 0 && within < segment.fileSize) return segment.offset + within;
    }
    throw new UnreadableBinary('a dynamic table lies outside the file');
  };
  const { tags, needed } = readDynamic(source, dynamic, wide);
  const symbols = readSymbols(source, tags, offsetOf, wide);
  const relocationTypes = RELOCATION_TYPES[machineCode];
  const tables = relocationTables(source, tags, offsetOf, wide);
  const relative = tags.has(DT_RELR)
    ? new RelativeBitmap(source, offsetOf(tags.get(DT_RELR)!), tags.get(DT_RELRSZ) ?? 0, wide)
    : undefined;
  const stringTable = tags.has(DT_STRTAB) ? offsetOf(tags.get(DT_STRTAB)!) : 0;
  const pointerSize = wide ? 8 : 4;

  const inPlace = (address: number): number => {
    const offset = offsetOf(address);
    return source.pointer(offset, pointerSize);
  };
  const entryValue = (table: RelocationTable, index: number): number | ImportedSymbol | undefined => {
    if (relocationTypes === undefined) return undefined;
    const { type, symbol, addend } = table.entry(index);
    if (relocationTypes.relative === type) return addend ?? inPlace(table.addressOf(index));
    if (relocationTypes.threadLocal === type) return new ImportedSymbol(THREAD_LOCAL_GETTER);
    if (!relocationTypes.symbolic.includes(type)) return undefined;
    const target = symbols.at(symbol);
    const plus = addend ?? (type === relocationTypes.symbolic[0] ? inPlace(table.addressOf(index)) : 0);
    return target.defined ? target.value + plus : new ImportedSymbol(target.name());
  };

  return {
    format: 'elf',
    machine: MACHINES[machineCode] ?? 'other',
    pointerSize,
    source,
    segments,
    moduleExports: symbols.moduleExports,
    pythonImports: symbols.pythonImports,
    runtimeFunctions: symbols.runtimeFunctions,
    exportedAddress: symbols.exportedAddress,
    neededLibraries: needed.map((name) => source.name(stringTable + name)),
    searchPaths: [tags.get(DT_RUNPATH), tags.get(DT_RPATH)]
      .filter((entry) => entry !== undefined)
      .flatMap((entry) => source.name(stringTable + entry, 4096).split(':')),
    relocationAt(address) {
      for (const table of tables) {
        const index = table.find(address);
        if (index >= 0) return entryValue(table, index);
      }
      return relative?.has(address) ? inPlace(address) : undefined;
    },
    importCells(name) {
      const cells: number[] = [];
      const wanted = symbols.indexOfImport(name);
      if (wanted === undefined) return cells;
      for (const table of tables) {
        for (let index = 0; index < table.count; index++) {
          if (table.symbolOf(index) === wanted) cells.push(table.addressOf(index));
        }
      }
      return cells;
    },
    functionStart: (address) =>
      unwind === undefined ? undefined : unwindFunctionStart(source, unwind, address),
  };
}

const MACHINES: Readonly<Record<number, Machine>> = { 3: 'x86', 62: 'x86-64', 183: 'aarch64' };

interface RelocationTypes {
  readonly relative: number;
  /** Absolute, GOT cell, PLT cell: all give "symbol plus addend". */
  readonly symbolic: readonly number[];
  /** The loader puts the address of a function that gives a thread-local variable there. */
  readonly threadLocal?: number;
}

const RELOCATION_TYPES: Readonly<Record<number, RelocationTypes>> = {
  3: { relative: 8, symbolic: [1, 6, 7], threadLocal: 41 },
  62: { relative: 8, symbolic: [1, 6, 7], threadLocal: 36 },
  183: { relative: 1027, symbolic: [257, 1025, 1026], threadLocal: 1031 },
  // 64-bit PowerPC, S/390, 32-bit ARM and RISC-V: their code is not read, their data is.
  21: { relative: 22, symbolic: [38, 20, 21] },
  22: { relative: 12, symbolic: [22, 10, 11] },
  40: { relative: 23, symbolic: [2, 21, 22] },
  243: { relative: 3, symbolic: [2, 5] },
};

const DT_NEEDED = 1;
const DT_PLTRELSZ = 2;
const DT_HASH = 4;
const DT_STRTAB = 5;
const DT_SYMTAB = 6;
const DT_RELA = 7;
const DT_RELASZ = 8;
const DT_RPATH = 15;
const DT_REL = 17;
const DT_RELSZ = 18;
const DT_PLTREL = 20;
const DT_JMPREL = 23;
const DT_RUNPATH = 29;
const DT_RELRSZ = 35;
const DT_RELR = 36;
const DT_GNU_HASH = 0x6ffffef5;

interface FileRange {
  readonly offset: number;
  readonly size: number;
}

interface UnwindIndex extends FileRange {
  readonly address: number;
}

function readProgramHeaders(
  source: ByteSource,
  wide: boolean,
): { segments: Segment[]; dynamic: FileRange | undefined; unwind: UnwindIndex | undefined } {
  const table = wide ? source.u64(32) : source.u32(28);
  const entrySize = source.u16(wide ? 54 : 42);
  const count = Math.min(source.u16(wide ? 56 : 44), 256);
  if (entrySize < (wide ? 56 : 32)) throw new UnreadableBinary('the program headers are too small');
  const segments: Segment[] = [];
  let dynamic: FileRange | undefined;
  let unwind: UnwindIndex | undefined;
  for (let index = 0; index < count; index++) {
    const at = table + index * entrySize;
    const type = source.u32(at);
    const flags = source.u32(at + (wide ? 4 : 24));
    const offset = wide ? source.u64(at + 8) : source.u32(at + 4);
    const address = wide ? source.u64(at + 16) : source.u32(at + 8);
    const fileSize = wide ? source.u64(at + 32) : source.u32(at + 16);
    const memorySize = wide ? source.u64(at + 40) : source.u32(at + 20);
    if (type === 1) {
      segments.push(
        clippedSegment(source, {
          address,
          memorySize,
          offset,
          fileSize,
          writable: (flags & 2) !== 0,
          executable: (flags & 1) !== 0,
        }),
      );
    } else if (type === 2) dynamic = { offset, size: fileSize };
    else if (type === 0x6474e550) unwind = { offset, size: fileSize, address };
  }
  if (segments.length === 0) throw new UnreadableBinary('nothing in it is loaded into memory');
  return { segments, dynamic, unwind };
}

function readDynamic(
  source: ByteSource,
  dynamic: FileRange | undefined,
  wide: boolean,
): { tags: Map<number, number>; needed: number[] } {
  const tags = new Map<number, number>();
  const needed: number[] = [];
  if (dynamic === undefined) return { tags, needed };
  const step = wide ? 16 : 8;
  const count = Math.min(Math.floor(dynamic.size / step), 4096);
  for (let index = 0; index < count; index++) {
    const at = dynamic.offset + index * step;
    const tag = wide ? source.u64(at) : source.u32(at);
    const value = wide ? source.u64(at + 8) : source.u32(at + 4);
    if (tag === 0) break;
    if (tag === DT_NEEDED) needed.push(value);
    else if (!tags.has(tag)) tags.set(tag, value);
  }
  return { tags, needed };
}

const NAME_STARTS: readonly string[] = ['Py', '_Py', '__cxa_', '_Unwind_'];

interface SymbolEntry {
  readonly defined: boolean;
  readonly value: number;
  name(): string;
}

interface SymbolTable {
  readonly moduleExports: ReadonlyMap<string, number>;
  readonly pythonImports: ReadonlySet<string>;
  readonly runtimeFunctions: ReadonlyMap<number, string>;
  exportedAddress(name: string): number | undefined;
  at(index: number): SymbolEntry;
  indexOfImport(name: string): number | undefined;
}

function readSymbols(
  source: ByteSource,
  tags: ReadonlyMap<number, number>,
  offsetOf: (address: number) => number,
  wide: boolean,
): SymbolTable {
  const moduleExports = new Map<string, number>();
  const pythonImports = new Set<string>();
  const runtimeFunctions = new Map<number, string>();
  const keeper = new NameKeeper(source);
  const importIndices = new Map<string, number>();
  if (!tags.has(DT_SYMTAB) || !tags.has(DT_STRTAB)) throw new UnreadableBinary('it has no dynamic symbols');
  const table = offsetOf(tags.get(DT_SYMTAB)!);
  const strings = offsetOf(tags.get(DT_STRTAB)!);
  const entrySize = wide ? 24 : 16;
  const count = Math.min(
    symbolCount(source, tags, offsetOf, wide),
    Math.floor((source.length - table) / entrySize),
  );
  const entryAt = (index: number): SymbolEntry => {
    const at = table + index * entrySize;
    return {
      defined: source.u16(at + (wide ? 6 : 14)) !== 0,
      value: wide ? source.u64(at + 8) : source.u32(at + 4),
      name: () => source.name(strings + source.u32(at), 4096),
    };
  };
  for (let index = 1; index < count; index++) {
    const nameOffset = strings + source.u32(table + index * entrySize);
    const interesting = NAME_STARTS.some((prefix) => source.startsWith(nameOffset, prefix));
    if (!interesting) continue;
    const entry = entryAt(index);
    const name = keeper.read(nameOffset);
    if (name === undefined) continue;
    if (entry.defined) {
      if (isModuleExport(name)) moduleExports.set(name, entry.value);
      else if (isRuntimeFunction(name)) runtimeFunctions.set(entry.value, name);
    } else if (!name.startsWith('__cxa_') && !name.startsWith('_Unwind_')) {
      pythonImports.add(name);
      importIndices.set(name, index);
    }
  }
  return {
    moduleExports,
    pythonImports,
    runtimeFunctions,
    exportedAddress(name) {
      for (let index = 1; index < count; index++) {
        const nameOffset = strings + source.u32(table + index * entrySize);
        if (
          source.startsWith(nameOffset, name) &&
          source.u8(nameOffset + name.length) === 0 &&
          entryAt(index).defined
        )
          return entryAt(index).value;
      }
      return undefined;
    },
    at: (index) => {
      if (index <= 0 || index >= count)
        throw new UnreadableBinary('a relocation names a symbol that is not there');
      return entryAt(index);
    },
    indexOfImport: (name) => importIndices.get(name),
  };
}

function symbolCount(
  source: ByteSource,
  tags: ReadonlyMap<number, number>,
  offsetOf: (address: number) => number,
  wide: boolean,
): number {
  const classic = tags.get(DT_HASH);
  if (classic !== undefined) return source.u32(offsetOf(classic) + 4);
  const gnu = tags.get(DT_GNU_HASH);
  if (gnu !== undefined) {
    const at = offsetOf(gnu);
    const bucketCount = source.u32(at);
    const firstHashed = source.u32(at + 4);
    const buckets = at + 16 + source.u32(at + 8) * (wide ? 8 : 4);
    let highest = 0;
    for (let index = 0; index < bucketCount; index++)
      highest = Math.max(highest, source.u32(buckets + 4 * index));
    if (highest < firstHashed) return firstHashed;
    const chain = buckets + 4 * bucketCount;
    while ((source.u32(chain + 4 * (highest - firstHashed)) & 1) === 0) highest++;
    return highest + 1;
  }
  // Neither hash table: linkers put the strings right after the symbols.
  const between = tags.get(DT_STRTAB)! - tags.get(DT_SYMTAB)!;
  return between > 0 ? Math.floor(between / (wide ? 24 : 16)) : 0;
}

function relocationTables(
  source: ByteSource,
  tags: ReadonlyMap<number, number>,
  offsetOf: (address: number) => number,
  wide: boolean,
): RelocationTable[] {
  const tables: RelocationTable[] = [];
  const add = (start: number | undefined, size: number | undefined, explicitAddend: boolean): void => {
    if (start === undefined || size === undefined || size === 0) return;
    tables.push(new RelocationTable(source, offsetOf(start), size, wide, explicitAddend));
  };
  add(tags.get(DT_JMPREL), tags.get(DT_PLTRELSZ), tags.get(DT_PLTREL) !== DT_REL);
  add(tags.get(DT_RELA), tags.get(DT_RELASZ), true);
  add(tags.get(DT_REL), tags.get(DT_RELSZ), false);
  return tables;
}

/** A REL or RELA table read in place. `find` gives the entry for an address, or -1. */
class RelocationTable {
  readonly count: number;
  private readonly source: ByteSource;
  private readonly start: number;
  private readonly wide: boolean;
  private readonly explicitAddend: boolean;
  private readonly step: number;
  /** Entries before this one are in ascending order of address. */
  private readonly sorted: number;
  private slots: Int32Array | undefined;

  constructor(source: ByteSource, start: number, size: number, wide: boolean, explicitAddend: boolean) {
    this.source = source;
    this.start = start;
    this.wide = wide;
    this.explicitAddend = explicitAddend;
    this.step = (wide ? 8 : 4) * (explicitAddend ? 3 : 2);
    this.count = Math.floor(Math.min(size, source.length - start) / this.step);
    let sorted = Math.min(1, this.count);
    while (sorted < this.count && this.addressOf(sorted) > this.addressOf(sorted - 1)) sorted++;
    this.sorted = sorted;
  }

  addressOf(index: number): number {
    const at = this.start + index * this.step;
    return this.wide ? this.source.u64(at) : this.source.u32(at);
  }

  symbolOf(index: number): number {
    const at = this.start + index * this.step;
    return this.wide
      ? this.source.u32(at + (this.source.littleEndian ? 12 : 8))
      : this.source.u32(at + 4) >>> 8;
  }

  entry(index: number): { type: number; symbol: number; addend: number | undefined } {
    const at = this.start + index * this.step;
    const type = this.wide
      ? this.source.u32(at + (this.source.littleEndian ? 8 : 12))
      : this.source.u32(at + 4) & 0xff;
    const addend = this.explicitAddend
      ? this.wide
        ? this.source.i64(at + 16)
        : this.source.i32(at + 8)
      : undefined;
    return { type, symbol: this.symbolOf(index), addend };
  }

  find(address: number): number {
    let low = 0;
    let high = this.sorted - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      const there = this.addressOf(middle);
      if (there === address) return middle;
      if (there < address) low = middle + 1;
      else high = middle - 1;
    }
    if (this.sorted === this.count) return -1;
    const slots = this.index();
    const mask = slots.length - 1;
    for (let slot = hashOf(address) & mask; slots[slot]! !== 0; slot = (slot + 1) & mask) {
      if (this.addressOf(slots[slot]! - 1) === address) return slots[slot]! - 1;
    }
    return -1;
  }

  /** Open addressing over the unsorted entries, entry + 1 per slot: at most 16 bytes per 16- or 24-byte entry. */
  private index(): Int32Array {
    if (this.slots !== undefined) return this.slots;
    let size = 16;
    while (size < (this.count - this.sorted) * 1.5) size *= 2;
    const slots = new Int32Array(size);
    for (let entry = this.sorted; entry < this.count; entry++) {
      let slot = hashOf(this.addressOf(entry)) & (size - 1);
      let probes = 0;
      while (slots[slot] !== 0) {
        slot = (slot + 1) & (size - 1);
        // Only a file made for it piles up so many entries on one place.
        if (++probes > 4096) throw new UnreadableBinary('its relocations repeat the same address');
      }
      slots[slot] = entry + 1;
    }
    this.slots = slots;
    return slots;
  }
}

function hashOf(address: number): number {
  return Math.imul((address >>> 0) ^ 0x9e3779b9, 0x85ebca6b) >>> 7;
}

/** DT_RELR: even words are addresses, odd words bitmaps of the 63 (31) words that follow. */
class RelativeBitmap {
  private readonly source: ByteSource;
  private readonly start: number;
  private readonly count: number;
  private readonly word: 4 | 8;
  private anchors: Uint32Array | undefined;

  constructor(source: ByteSource, start: number, size: number, wide: boolean) {
    this.source = source;
    this.start = start;
    this.word = wide ? 8 : 4;
    this.count = Math.floor(Math.min(size, source.length - start) / this.word);
  }

  has(address: number): boolean {
    const anchors = this.anchorIndex();
    let low = 0;
    let high = anchors.length - 1;
    while (low <= high) {
      const middle = (low + high) >> 1;
      if (this.at(anchors[middle]!) <= address) low = middle + 1;
      else high = middle - 1;
    }
    if (high < 0) return false;
    const anchor = anchors[high]!;
    const base = this.at(anchor);
    if (base === address) return true;
    const distance = (address - base) / this.word - 1;
    if (!Number.isInteger(distance)) return false;
    const perBitmap = this.word * 8 - 1;
    const bitmap = anchor + 1 + Math.floor(distance / perBitmap);
    const next = high + 1 < anchors.length ? anchors[high + 1]! : this.count;
    if (bitmap >= next) return false;
    const bit = (distance % perBitmap) + 1;
    const offset = this.start + bitmap * this.word;
    const half =
      this.word === 8 && bit >= 32
        ? this.source.u32(offset + (this.source.littleEndian ? 4 : 0))
        : this.source.u32(offset + (this.word === 8 && !this.source.littleEndian ? 4 : 0));
    return ((half >>> (bit % 32)) & 1) === 1;
  }

  private at(index: number): number {
    return this.source.pointer(this.start + index * this.word, this.word);
  }

  private anchorIndex(): Uint32Array {
    if (this.anchors !== undefined) return this.anchors;
    const even = (index: number): boolean =>
      (this.source.u8(this.start + index * this.word + (this.source.littleEndian ? 0 : this.word - 1)) &
        1) ===
      0;
    let total = 0;
    for (let index = 0; index < this.count; index++) if (even(index)) total++;
    const anchors = new Uint32Array(total);
    let filled = 0;
    for (let index = 0; index < this.count; index++) if (even(index)) anchors[filled++] = index;
    this.anchors = anchors;
    return anchors;
  }
}

/** The bisection table of `.eh_frame_hdr` in its usual encoding (data-relative, signed 4 bytes). */
function unwindFunctionStart(source: ByteSource, unwind: UnwindIndex, address: number): number | undefined {
  if (
    source.u8(unwind.offset) !== 1 ||
    source.u8(unwind.offset + 2) !== 0x03 ||
    source.u8(unwind.offset + 3) !== 0x3b
  )
    return undefined;
  const count = Math.min(source.u32(unwind.offset + 8), Math.floor((source.length - unwind.offset) / 8));
  let low = 0;
  let high = count - 1;
  while (low <= high) {
    const middle = (low + high) >> 1;
    if (unwind.address + source.i32(unwind.offset + 12 + 8 * middle) <= address) low = middle + 1;
    else high = middle - 1;
  }
  return high < 0 ? undefined : unwind.address + source.i32(unwind.offset + 12 + 8 * high);
}
