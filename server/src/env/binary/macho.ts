/**
 * Mach-O dynamic libraries and bundles: one slice of a universal file at a time. Imports come from the classic bind
 * opcodes or from chained fixups; classic rebases need no decoding, because the cell already holds the link address.
 */
import type { ByteSource, Image, Machine, Segment } from './image.ts';
import {
  clippedSegment,
  ImportedSymbol,
  isModuleExport,
  NameKeeper,
  ByteSource as Source,
  UnreadableBinary,
} from './image.ts';

/** The parts of a universal file, or the file itself: views, not copies. */
export function machoSlices(bytes: Uint8Array): readonly Uint8Array[] {
  const source = new Source(bytes, false);
  const magic = source.u32(0);
  if (magic !== FAT_MAGIC && magic !== FAT_MAGIC_64) return [bytes];
  const count = Math.min(source.u32(4), 16);
  const step = magic === FAT_MAGIC ? 20 : 32;
  const slices: Uint8Array[] = [];
  for (let index = 0; index < count; index++) {
    const at = 8 + index * step;
    const offset = magic === FAT_MAGIC ? source.u32(at + 8) : source.u64(at + 8);
    const size = magic === FAT_MAGIC ? source.u32(at + 12) : source.u64(at + 16);
    if (offset >= bytes.length) throw new UnreadableBinary('a part of the universal file lies outside it');
    slices.push(bytes.subarray(offset, Math.min(bytes.length, offset + size)));
  }
  if (slices.length === 0) throw new UnreadableBinary('a universal file without parts');
  return slices;
}

export function parseMacho(bytes: Uint8Array): Image {
  const magic = new Source(bytes, true).u32(0);
  if (magic !== 0xfeedfacf && magic !== 0xfeedface)
    throw new UnreadableBinary('not a little-endian Mach-O file');
  const wide = magic === 0xfeedfacf;
  const source = new Source(bytes, true);
  const commands = readCommands(source, wide);
  const { segments } = commands;
  const base = segments.find((segment) => segment.offset === 0 && segment.fileSize > 0)?.address ?? 0;
  const symbols = readSymbols(source, commands, wide, base);
  const binds = commands.chained === undefined ? new BoundCells(source, commands, wide) : undefined;
  const chained =
    commands.chained === undefined ? undefined : new ChainedFixups(source, commands.chained, segments, base);

  return {
    format: 'mach-o',
    machine: MACHINES[source.u32(4)] ?? 'other',
    pointerSize: wide ? 8 : 4,
    source,
    segments,
    moduleExports: symbols.moduleExports,
    pythonImports: symbols.pythonImports,
    runtimeFunctions: new Map(),
    exportedAddress: (name) =>
      symbols.moduleExports.get(name) ?? exportedAddress(source, commands, wide, name),
    neededLibraries: commands.libraries,
    searchPaths: commands.searchPaths,
    relocationAt: (address) => binds?.at(address) ?? chained?.at(address),
    importCells(name) {
      if (chained !== undefined) return chained.cellsOf(name);
      return binds?.cellsOf(name) ?? [];
    },
    functionStart: (address) =>
      commands.functionStarts === undefined
        ? undefined
        : listedFunctionStart(source, commands.functionStarts, base, address),
  };
}

const FAT_MAGIC = 0xcafebabe;
const FAT_MAGIC_64 = 0xcafebabf;
const MACHINES: Readonly<Record<number, Machine>> = { 7: 'x86', 16777223: 'x86-64', 16777228: 'aarch64' };

interface FileRange {
  readonly offset: number;
  readonly size: number;
}

interface Commands {
  readonly segments: readonly Segment[];
  readonly libraries: readonly string[];
  readonly searchPaths: readonly string[];
  readonly symbolTable:
    | { readonly symbols: number; readonly count: number; readonly strings: number }
    | undefined;
  readonly binds: readonly FileRange[];
  readonly exportTrie: FileRange | undefined;
  readonly chained: FileRange | undefined;
  readonly functionStarts: FileRange | undefined;
}

function readCommands(source: ByteSource, wide: boolean): Commands {
  const segments: Segment[] = [];
  const libraries: string[] = [];
  const searchPaths: string[] = [];
  const binds: FileRange[] = [];
  let symbolTable: Commands['symbolTable'];
  let exportTrie: FileRange | undefined;
  let chained: FileRange | undefined;
  let functionStarts: FileRange | undefined;
  const count = Math.min(source.u32(16), 4096);
  let at = wide ? 32 : 28;
  const end = Math.min(source.length, at + source.u32(20));
  const rangeAt = (offset: number): FileRange => ({
    offset: source.u32(offset),
    size: source.u32(offset + 4),
  });
  for (let index = 0; index < count && at + 8 <= end; index++) {
    const command = source.u32(at);
    const size = source.u32(at + 4);
    if (size < 8) throw new UnreadableBinary('a load command has no size');
    if (command === (wide ? 0x19 : 1)) {
      const number = (narrow: number, large: number): number =>
        wide ? source.u64(at + large) : source.u32(at + narrow);
      const protection = source.u32(at + (wide ? 60 : 44));
      const name = source.startsWith(at + 8, '__LINKEDIT');
      if (!name) {
        segments.push(
          clippedSegment(source, {
            address: number(24, 24),
            memorySize: number(28, 32),
            offset: number(32, 40),
            fileSize: number(36, 48),
            writable: (protection & 2) !== 0,
            executable: (protection & 4) !== 0,
          }),
        );
      } else
        segments.push({
          address: number(24, 24),
          memorySize: 0,
          offset: 0,
          fileSize: 0,
          writable: false,
          executable: false,
        });
    } else if (command === 2)
      symbolTable = { symbols: source.u32(at + 8), count: source.u32(at + 12), strings: source.u32(at + 16) };
    else if (command === 0x22 || command === 0x8000_0022) {
      binds.push(rangeAt(at + 16), rangeAt(at + 24), rangeAt(at + 32));
      exportTrie ??= rangeAt(at + 40);
    } else if (command === 0x8000_0033) exportTrie = rangeAt(at + 8);
    else if (command === 0x8000_0034) chained = rangeAt(at + 8);
    else if (command === 0x26) functionStarts = rangeAt(at + 8);
    else if (command === 0xc || command === 0x8000_0018 || command === 0x8000_001f)
      libraries.push(source.name(at + source.u32(at + 8), 4096));
    else if (command === 0x8000_001c) searchPaths.push(source.name(at + source.u32(at + 8), 4096));
    at += size;
  }
  if (segments.length === 0) throw new UnreadableBinary('nothing in it is loaded into memory');
  return { segments, libraries, searchPaths, symbolTable, binds, exportTrie, chained, functionStarts };
}

function readSymbols(
  source: ByteSource,
  commands: Commands,
  wide: boolean,
  base: number,
): { moduleExports: Map<string, number>; pythonImports: Set<string> } {
  const moduleExports = new Map<string, number>();
  const pythonImports = new Set<string>();
  const keeper = new NameKeeper(source);
  const table = commands.symbolTable;
  if (table !== undefined) {
    const step = wide ? 16 : 12;
    const count = Math.min(table.count, Math.floor((source.length - table.symbols) / step));
    for (let index = 0; index < count; index++) {
      const at = table.symbols + index * step;
      const type = source.u8(at + 4);
      // Debugging entries and private symbols.
      if ((type & 0xe0) !== 0 || (type & 1) === 0) continue;
      const nameOffset = table.strings + source.u32(at);
      if (!source.startsWith(nameOffset, '_Py') && !source.startsWith(nameOffset, '__Py')) continue;
      const name = keeper.read(nameOffset + 1);
      if (name === undefined) continue;
      if ((type & 0x0e) === 0x0e) {
        if (isModuleExport(name)) moduleExports.set(name, wide ? source.u64(at + 8) : source.u32(at + 8));
      } else if ((type & 0x0e) === 0) pythonImports.add(name);
    }
  }
  if (moduleExports.size === 0 && commands.exportTrie !== undefined)
    readExportTrie(source, commands.exportTrie, base, moduleExports);
  return { moduleExports, pythonImports };
}

function exportedAddress(
  source: ByteSource,
  commands: Commands,
  wide: boolean,
  name: string,
): number | undefined {
  const table = commands.symbolTable;
  if (table === undefined) return undefined;
  const step = wide ? 16 : 12;
  const count = Math.min(table.count, Math.floor((source.length - table.symbols) / step));
  for (let index = 0; index < count; index++) {
    const at = table.symbols + index * step;
    const type = source.u8(at + 4);
    if ((type & 0xe0) !== 0 || (type & 0x0f) !== 0x0f) continue;
    const nameOffset = table.strings + source.u32(at);
    if (source.startsWith(nameOffset, `_${name}`) && source.u8(nameOffset + 1 + name.length) === 0)
      return wide ? source.u64(at + 8) : source.u32(at + 8);
  }
  return undefined;
}

/** Walks the export trie along `_PyInit…` and `_PyModExport…` only. */
function readExportTrie(
  source: ByteSource,
  range: FileRange,
  base: number,
  found: Map<string, number>,
): void {
  const wanted = ['_PyInit', '_PyModExport'];
  const todo: { node: number; prefix: string }[] = [{ node: 0, prefix: '' }];
  for (let visits = 0; todo.length > 0 && visits < 4096; visits++) {
    const { node, prefix } = todo.pop()!;
    const cursor = { at: range.offset + node };
    const terminal = unsigned(source, cursor);
    if (terminal > 0 && isModuleExport(prefix.slice(1))) {
      const inside = { at: cursor.at };
      const flags = unsigned(source, inside);
      if ((flags & 8) === 0) found.set(prefix.slice(1), base + unsigned(source, inside));
    }
    cursor.at += terminal;
    for (let children = source.u8(cursor.at++); children > 0; children--) {
      const edge = source.name(cursor.at, 4096);
      cursor.at += edge.length + 1;
      const child = unsigned(source, cursor);
      const name = prefix + edge;
      if (
        name.length < 4096 &&
        child < range.size &&
        wanted.some((word) => word.startsWith(name) || name.startsWith(word))
      )
        todo.push({ node: child, prefix: name });
    }
  }
}

function unsigned(source: ByteSource, cursor: { at: number }): number {
  let value = 0;
  let factor = 1;
  for (let count = 0; count < 10; count++) {
    const byte = source.u8(cursor.at++);
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value;
    factor *= 128;
  }
  throw new UnreadableBinary('a number in the link information does not end');
}

/**
 * What the bind, weak bind and lazy bind programs fill: two numbers per cell, found through a hash index. The programs
 * can say "fill a million cells" in ten bytes, so no more cells are taken than a file of this size can hold.
 */
class BoundCells {
  private readonly source: ByteSource;
  private readonly addresses: Float64Array;
  /** Offsets of the names in the file. */
  private readonly names: Uint32Array;
  private readonly count: number;
  private slots: Int32Array | undefined;

  constructor(source: ByteSource, commands: Commands, wide: boolean) {
    this.source = source;
    const most = Math.floor(source.length / 24);
    let count = 0;
    runBinds(source, commands, wide, most, () => count++);
    this.addresses = new Float64Array(count);
    this.names = new Uint32Array(count);
    let filled = 0;
    runBinds(source, commands, wide, most, (address, name) => {
      this.addresses[filled] = address;
      this.names[filled++] = name;
    });
    this.count = count;
  }

  at(address: number): ImportedSymbol | undefined {
    const slots = this.index();
    const mask = slots.length - 1;
    let found: number | undefined;
    let slot = Math.imul(address >>> 3, 0x9e3779b1) & mask;
    for (let probes = 0; slots[slot] !== 0 && probes < LONGEST_PROBE; slot = (slot + 1) & mask, probes++) {
      if (this.addresses[slots[slot]! - 1] === address) found = slots[slot]! - 1;
    }
    return found === undefined
      ? undefined
      : new ImportedSymbol(withoutUnderscore(this.source.name(this.names[found]!, 65536)));
  }

  cellsOf(name: string): number[] {
    const cells: number[] = [];
    for (let index = 0; index < this.count; index++) {
      const at = this.names[index]!;
      if (this.source.startsWith(at, `_${name}`) && this.source.u8(at + name.length + 1) === 0)
        cells.push(this.addresses[index]!);
    }
    return cells;
  }

  private index(): Int32Array {
    if (this.slots !== undefined) return this.slots;
    let size = 16;
    while (size < this.count * 1.5) size *= 2;
    const slots = new Int32Array(size);
    for (let entry = 0; entry < this.count; entry++) {
      let slot = Math.imul(this.addresses[entry]! >>> 3, 0x9e3779b1) & (size - 1);
      let probes = 0;
      while (slots[slot] !== 0) {
        slot = (slot + 1) & (size - 1);
        if (++probes > LONGEST_PROBE)
          throw new UnreadableBinary('its link information binds the same cell over and over');
      }
      slots[slot] = entry + 1;
    }
    this.slots = slots;
    return slots;
  }
}

const LONGEST_PROBE = 4096;

function withoutUnderscore(name: string): string {
  return name.startsWith('_') ? name.slice(1) : name;
}

function runBinds(
  source: ByteSource,
  commands: Commands,
  wide: boolean,
  most: number,
  filled: (address: number, name: number) => void,
): void {
  const pointer = wide ? 8 : 4;
  let total = 0;
  for (const range of commands.binds) {
    const cursor = { at: range.offset };
    const end = Math.min(source.length, range.offset + range.size);
    let name = 0;
    let address = 0;
    let segment: Segment | undefined;
    const bind = (advance: number): boolean => {
      if (
        segment === undefined ||
        address < segment.address ||
        address >= segment.address + segment.memorySize ||
        total >= most
      )
        return false;
      total++;
      filled(address, name);
      address += pointer + advance;
      return true;
    };
    while (cursor.at < end) {
      const byte = source.u8(cursor.at++);
      const immediate = byte & 0x0f;
      const operation = byte >> 4;
      // 0 ends the program, or only one entry in the lazy program; 1, 3, 5 set the library, special library and type.
      if (operation === 2 || operation === 6) unsigned(source, cursor);
      else if (operation === 4) {
        name = cursor.at;
        while (source.u8(cursor.at) !== 0) cursor.at++;
        cursor.at++;
      } else if (operation === 7) {
        segment = commands.segments[immediate];
        address = (segment?.address ?? 0) + unsigned(source, cursor);
      } else if (operation === 8) address += step(source, cursor);
      else if (operation === 9) {
        if (!bind(0)) break;
      } else if (operation === 10) {
        if (!bind(step(source, cursor))) break;
      } else if (operation === 11) {
        if (!bind(immediate * pointer)) break;
      } else if (operation === 12) {
        const count = unsigned(source, cursor);
        const skip = step(source, cursor);
        let done = 0;
        while (done < count && bind(skip)) done++;
        if (done < count) break;
      } else if (operation > 12) break;
    }
  }
}

/** Linkers step backwards by adding 2^64 minus the distance: too large for a number, so what is above 2^35 is kept apart. */
function step(source: ByteSource, cursor: { at: number }): number {
  let low = 0;
  let high = 0;
  let shift = 0;
  for (; shift < 70; shift += 7) {
    const byte = source.u8(cursor.at++);
    if (shift < 35) low += (byte & 0x7f) * 2 ** shift;
    else high += (byte & 0x7f) * 2 ** (shift - 35);
    if (byte < 0x80) break;
  }
  if (shift >= 70) throw new UnreadableBinary('a number in the link information does not end');
  high %= 2 ** 29;
  return (high >= 2 ** 28 ? high - 2 ** 29 : high) * 2 ** 35 + low;
}

/** LC_DYLD_CHAINED_FIXUPS, looked up page by page without building a table. */
class ChainedFixups {
  private readonly source: ByteSource;
  private readonly header: number;
  private readonly segments: readonly Segment[];
  private readonly base: number;

  constructor(source: ByteSource, range: FileRange, segments: readonly Segment[], base: number) {
    this.source = source;
    this.header = range.offset;
    this.segments = segments;
    this.base = base;
  }

  at(address: number): number | ImportedSymbol | undefined {
    for (const page of this.pages()) {
      if (address < page.address || address >= page.address + page.size) continue;
      for (const cell of this.chain(page))
        if (cell.address === address) return this.decode(cell.offset, page.format);
      return undefined;
    }
    return undefined;
  }

  cellsOf(name: string): number[] {
    const cells: number[] = [];
    for (const page of this.pages()) {
      for (const cell of this.chain(page)) {
        const value = this.decode(cell.offset, page.format);
        if (value instanceof ImportedSymbol && value.name === name) cells.push(cell.address);
      }
    }
    return cells;
  }

  private *pages(): Generator<{
    address: number;
    offset: number;
    size: number;
    start: number;
    format: number;
  }> {
    const starts = this.header + this.source.u32(this.header + 4);
    const count = Math.min(this.source.u32(starts), this.segments.length);
    for (let index = 0; index < count; index++) {
      const relative = this.source.u32(starts + 4 + 4 * index);
      if (relative === 0) continue;
      const at = starts + relative;
      const size = this.source.u16(at + 4);
      const format = this.source.u16(at + 6);
      const address = this.base + this.source.u64(at + 8);
      const segment = this.segments[index]!;
      const pageCount =
        size === 0 ? 0 : Math.min(this.source.u16(at + 20), Math.ceil(segment.fileSize / size));
      for (let page = 0; page < pageCount; page++) {
        const start = this.source.u16(at + 22 + 2 * page);
        if (start !== 0xffff)
          yield { address: address + page * size, offset: segment.offset + page * size, size, start, format };
      }
    }
  }

  private *chain(page: {
    address: number;
    offset: number;
    size: number;
    start: number;
    format: number;
  }): Generator<{ address: number; offset: number }> {
    const authenticated = ARM64E_FORMATS.includes(page.format);
    if (!authenticated && page.format !== 2 && page.format !== 6) return;
    let position = page.start;
    while (position < page.size) {
      yield { address: page.address + position, offset: page.offset + position };
      const high = this.source.u32(page.offset + position + 4);
      const step = authenticated ? ((high >>> 19) & 0x7ff) * 8 : ((high >>> 19) & 0xfff) * 4;
      if (step === 0) return;
      position += step;
    }
  }

  private decode(offset: number, format: number): number | ImportedSymbol {
    const low = this.source.u32(offset);
    const high = this.source.u32(offset + 4);
    if (ARM64E_FORMATS.includes(format)) {
      if ((high >>> 30) & 1) return this.importName(format === 12 ? low & 0xff_ffff : low & 0xffff);
      if (high >>> 31) return this.base + low;
      const target = (high & 0x7ff) * 0x1_0000_0000 + low;
      return format === 1 ? target : this.base + target;
    }
    if (high >>> 31) return this.importName(low & 0xff_ffff);
    const target = (high & 0xf) * 0x1_0000_0000 + low;
    return format === 2 ? target : this.base + target;
  }

  private importName(ordinal: number): ImportedSymbol {
    const format = this.source.u32(this.header + 20);
    const count = this.source.u32(this.header + 16);
    if (ordinal >= count) throw new UnreadableBinary('a fixup names an import that is not there');
    const at =
      this.header + this.source.u32(this.header + 8) + ordinal * (format === 1 ? 4 : format === 2 ? 8 : 16);
    const nameOffset = format === 3 ? this.source.u32(at + 4) : this.source.u32(at) >>> 9;
    const name = this.source.name(this.header + this.source.u32(this.header + 12) + nameOffset, 65536);
    return new ImportedSymbol(withoutUnderscore(name));
  }
}

const ARM64E_FORMATS: readonly number[] = [1, 9, 12];

function listedFunctionStart(
  source: ByteSource,
  range: FileRange,
  base: number,
  address: number,
): number | undefined {
  const cursor = { at: range.offset };
  const end = Math.min(source.length, range.offset + range.size);
  let start: number | undefined;
  let current = base;
  while (cursor.at < end) {
    const step = unsigned(source, cursor);
    if (step === 0) break;
    current += step;
    if (current > address) break;
    start = current;
  }
  return start;
}
