/**
 * Portable Executables (`.pyd`): 32 bit, 64 bit and ARM64. Pointers in data already hold image base plus offset, so only
 * the import table says something that the bytes do not.
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

export function parsePe(bytes: Uint8Array): Image {
  const source = new Source(bytes, true);
  const header = source.u32(0x3c);
  if (source.u32(header) !== 0x0000_4550) throw new UnreadableBinary('no PE header');
  const machine = MACHINES[source.u16(header + 4)] ?? 'other';
  const optional = header + 24;
  const magic = source.u16(optional);
  if (magic !== 0x10b && magic !== 0x20b) throw new UnreadableBinary('an unknown kind of PE header');
  const wide = magic === 0x20b;
  const pointerSize = wide ? 8 : 4;
  const base = wide ? source.u64(optional + 24) : source.u32(optional + 28);
  const segments = readSections(source, header, optional, base);
  const directory = (index: number): { address: number; size: number } => {
    const at = optional + (wide ? 112 : 96) + 8 * index;
    const count = source.u32(optional + (wide ? 108 : 92));
    return index < count ? { address: source.u32(at), size: source.u32(at + 4) } : { address: 0, size: 0 };
  };
  const offsetOf = (relative: number): number => {
    for (const segment of segments) {
      const within = base + relative - segment.address;
      if (within >= 0 && within < segment.fileSize) return segment.offset + within;
    }
    throw new UnreadableBinary('a table lies outside the file');
  };
  const imports = readImports(source, directory(1).address, base, pointerSize, offsetOf);
  const threadLocal = directory(9).address === 0 ? undefined : offsetOf(directory(9).address);

  return {
    format: 'pe',
    machine,
    pointerSize,
    source,
    segments,
    moduleExports: readExports(source, directory(0), base, offsetOf, isModuleExport),
    runtimeFunctions: new Map(),
    exportedAddress: (name) =>
      readExports(source, directory(0), base, offsetOf, (candidate) => candidate === name).get(name),
    pythonImports: imports.pythonNames,
    neededLibraries: imports.libraries,
    searchPaths: [],
    ...(threadLocal === undefined
      ? {}
      : {
          threadLocalData: {
            start: source.pointer(threadLocal, pointerSize),
            end: source.pointer(threadLocal + pointerSize, pointerSize),
          },
        }),
    relocationAt(address) {
      const name = imports.cells.get(address);
      if (name === undefined) return undefined;
      return new ImportedSymbol(name === BY_ORDINAL ? '' : source.name(name, 65536));
    },
    importCells(name) {
      const cells: number[] = [];
      for (const [address, at] of imports.cells) {
        if (at !== BY_ORDINAL && source.startsWith(at, name) && source.u8(at + name.length) === 0)
          cells.push(address);
      }
      return cells;
    },
    functionStart(address) {
      const table = directory(3);
      if (table.address === 0 || machine === 'x86' || machine === 'other') return undefined;
      const step = machine === 'x86-64' ? 12 : 8;
      const start = offsetOf(table.address);
      let low = 0;
      let high = Math.floor(Math.min(table.size, source.length - start) / step) - 1;
      while (low <= high) {
        const middle = (low + high) >> 1;
        if (base + source.u32(start + step * middle) <= address) low = middle + 1;
        else high = middle - 1;
      }
      return high < 0 ? undefined : base + source.u32(start + step * high);
    },
  };
}

const MACHINES: Readonly<Record<number, Machine>> = { 332: 'x86', 34404: 'x86-64', 43620: 'aarch64' };

function readSections(source: ByteSource, header: number, optional: number, base: number): Segment[] {
  const count = Math.min(source.u16(header + 6), 96);
  const table = optional + source.u16(header + 20);
  const headers = source.u32(optional + 60);
  const segments: Segment[] = [
    clippedSegment(source, {
      address: base,
      memorySize: headers,
      offset: 0,
      fileSize: headers,
      writable: false,
      executable: false,
    }),
  ];
  for (let index = 0; index < count; index++) {
    const at = table + 40 * index;
    const flags = source.u32(at + 36);
    const virtualSize = source.u32(at + 8);
    const fileSize = source.u32(at + 16);
    segments.push(
      clippedSegment(source, {
        address: base + source.u32(at + 12),
        memorySize: virtualSize === 0 ? fileSize : virtualSize,
        offset: source.u32(at + 20),
        fileSize,
        writable: (flags & 0x8000_0000) !== 0,
        executable: (flags & 0x2000_0000) !== 0,
      }),
    );
  }
  return segments;
}

function readExports(
  source: ByteSource,
  directory: { address: number; size: number },
  base: number,
  offsetOf: (relative: number) => number,
  wanted: (name: string) => boolean,
): Map<string, number> {
  const found = new Map<string, number>();
  if (directory.address === 0) return found;
  const at = offsetOf(directory.address);
  const functionCount = source.u32(at + 20);
  const nameCount = Math.min(source.u32(at + 24), source.length / 4);
  if (nameCount === 0) return found;
  const functions = offsetOf(source.u32(at + 28));
  const names = offsetOf(source.u32(at + 32));
  const keeper = new NameKeeper(source);
  const ordinals = offsetOf(source.u32(at + 36));
  for (let index = 0; index < nameCount; index++) {
    const nameOffset = offsetOf(source.u32(names + 4 * index));
    const name = keeper.read(nameOffset);
    if (name === undefined) continue;
    const ordinal = source.u16(ordinals + 2 * index);
    if (!wanted(name) || ordinal >= functionCount) continue;
    const address = source.u32(functions + 4 * ordinal);
    // An address inside the export directory is the name of another library's function.
    if (address < directory.address || address >= directory.address + directory.size)
      found.set(name, base + address);
  }
  return found;
}

interface Imports {
  /** Address of the cell → offset of the name in the file, or `BY_ORDINAL`. */
  readonly cells: ReadonlyMap<number, number>;
  readonly pythonNames: ReadonlySet<string>;
  readonly libraries: readonly string[];
}

const BY_ORDINAL = 0;

function readImports(
  source: ByteSource,
  table: number,
  base: number,
  pointerSize: 4 | 8,
  offsetOf: (relative: number) => number,
): Imports {
  const cells = new Map<number, number>();
  const pythonNames = new Set<string>();
  const libraries: string[] = [];
  if (table === 0) return { cells, pythonNames, libraries };
  const keeper = new NameKeeper(source);
  const mostCells = source.length / 32;
  for (let index = 0; index < 1024; index++) {
    const at = offsetOf(table + 20 * index);
    const nameTable = source.u32(at);
    const library = source.u32(at + 12);
    const cellTable = source.u32(at + 16);
    if (library === 0 || cellTable === 0) break;
    const libraryName = keeper.read(offsetOf(library));
    if (libraryName === undefined) break;
    libraries.push(libraryName);
    let entry = offsetOf(nameTable === 0 ? cellTable : nameTable);
    for (let position = 0; cells.size < mostCells; position++) {
      const value = source.pointer(entry, pointerSize);
      if (value === 0) break;
      const byOrdinal = value >= (pointerSize === 8 ? 0x8000_0000_0000_0000 : 0x8000_0000);
      const name = byOrdinal ? BY_ORDINAL : offsetOf(value) + 2;
      cells.set(base + cellTable + position * pointerSize, name);
      if (!byOrdinal && (source.startsWith(name, 'Py') || source.startsWith(name, '_Py'))) {
        const text = keeper.read(name);
        if (text !== undefined) pythonNames.add(text);
      }
      entry += pointerSize;
    }
  }
  return { cells, pythonNames, libraries };
}
