/**
 * One view of a loadable binary, whatever its format: memory ranges backed by file bytes, what the loader writes into
 * pointer cells, exported and imported names. Everything is a view on the file's own bytes: nothing is copied, and the
 * tables are looked up in place, so that a 300 MB library costs no more than itself.
 */
export interface Image {
  readonly format: 'elf' | 'mach-o' | 'pe';
  readonly machine: Machine;
  readonly pointerSize: 4 | 8;
  readonly source: ByteSource;
  readonly segments: readonly Segment[];
  /** Exported `PyInit…` and `PyModExport…` functions: name → address. */
  readonly moduleExports: ReadonlyMap<string, number>;
  /** Undefined symbols whose name begins with `Py` or `_Py`. */
  readonly pythonImports: ReadonlySet<string>;
  /** Functions of the C++ run-time library that are part of the image: address → name. */
  readonly runtimeFunctions: ReadonlyMap<number, string>;
  /** The address of any exported function. */
  exportedAddress(name: string): number | undefined;
  /** Libraries the loader brings in with this one, as written in the file. */
  readonly neededLibraries: readonly string[];
  /** Folders in which the loader looks for them, as written (`$ORIGIN/..`, `@loader_path/..`). */
  readonly searchPaths: readonly string[];
  /** Thread-local initial data, when the format has it in one place (PE): address range. */
  readonly threadLocalData?: { readonly start: number; readonly end: number };
  /** What the loader writes at this address: an address of this image, an imported name, or undefined for "nothing". */
  relocationAt(address: number): number | ImportedSymbol | undefined;
  /** Every cell that the loader fills with this import. */
  importCells(name: string): readonly number[];
  /** Start of the function that contains the address, from the unwind or function-start table. */
  functionStart(address: number): number | undefined;
}

export type Machine = 'x86-64' | 'aarch64' | 'x86' | 'other';

export interface Segment {
  readonly address: number;
  readonly memorySize: number;
  readonly offset: number;
  /** Bytes in the file, never more than the file has. */
  readonly fileSize: number;
  readonly writable: boolean;
  readonly executable: boolean;
}

export class ImportedSymbol {
  readonly name: string;
  constructor(name: string) {
    this.name = name;
  }
}

/** The name given to the loader's own function behind a thread-local descriptor of ELF; Mach-O has one with this name. */
export const THREAD_LOCAL_GETTER = '_tlv_bootstrap';

/** The file is not what it says it is, or ends too early. Caught at the public door, never seen by callers. */
export class UnreadableBinary extends Error {}

/** Bounds-checked reads in one byte order. Reading past the end throws `UnreadableBinary`. */
export class ByteSource {
  readonly bytes: Uint8Array;
  readonly littleEndian: boolean;
  private readonly view: DataView;

  constructor(bytes: Uint8Array, littleEndian: boolean) {
    this.bytes = bytes;
    this.littleEndian = littleEndian;
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  get length(): number {
    return this.bytes.length;
  }

  u8(offset: number): number {
    this.check(offset, 1);
    return this.view.getUint8(offset);
  }

  u16(offset: number): number {
    this.check(offset, 2);
    return this.view.getUint16(offset, this.littleEndian);
  }

  u32(offset: number): number {
    this.check(offset, 4);
    return this.view.getUint32(offset, this.littleEndian);
  }

  i32(offset: number): number {
    this.check(offset, 4);
    return this.view.getInt32(offset, this.littleEndian);
  }

  /** Unsigned; above 2^53 the low bits are lost, which no valid address or size reaches. */
  u64(offset: number): number {
    this.check(offset, 8);
    const low = this.view.getUint32(this.littleEndian ? offset : offset + 4, this.littleEndian);
    const high = this.view.getUint32(this.littleEndian ? offset + 4 : offset, this.littleEndian);
    return high * 0x1_0000_0000 + low;
  }

  i64(offset: number): number {
    this.check(offset, 8);
    const low = this.view.getUint32(this.littleEndian ? offset : offset + 4, this.littleEndian);
    const high = this.view.getInt32(this.littleEndian ? offset + 4 : offset, this.littleEndian);
    return high * 0x1_0000_0000 + low;
  }

  pointer(offset: number, size: 4 | 8): number {
    return size === 8 ? this.u64(offset) : this.u32(offset);
  }

  /** A NUL-terminated name of at most `limit` bytes, Latin-1. */
  name(offset: number, limit = 1024): string {
    let text = '';
    for (let at = offset; at < offset + limit; at++) {
      const byte = this.u8(at);
      if (byte === 0) return text;
      text += String.fromCharCode(byte);
    }
    throw new UnreadableBinary(`a name at offset ${offset} does not end`);
  }

  /** Whether the bytes at `offset` are exactly this ASCII text. */
  startsWith(offset: number, text: string): boolean {
    if (offset < 0 || offset + text.length > this.bytes.length) return false;
    for (let index = 0; index < text.length; index++) {
      if (this.bytes[offset + index] !== text.charCodeAt(index)) return false;
    }
    return true;
  }

  private check(offset: number, size: number): void {
    if (!(offset >= 0 && offset + size <= this.bytes.length)) {
      throw new UnreadableBinary(`offset ${offset} is outside the file`);
    }
  }
}

/**
 * Names worth keeping from a symbol table. A hostile table may point at the same bytes a thousand times over, so no more
 * characters are kept than the file has bytes.
 */
export class NameKeeper {
  private readonly source: ByteSource;
  private left: number;

  constructor(source: ByteSource) {
    this.source = source;
    this.left = source.length;
  }

  /** The name at this offset; undefined when it is longer than any that matters, or too many were kept. */
  read(offset: number): string | undefined {
    if (this.left <= 0) return undefined;
    let length = 0;
    while (length < LONGEST_NAME && this.source.u8(offset + length) !== 0) length++;
    this.left -= length + 1;
    return length === LONGEST_NAME ? undefined : this.source.name(offset, LONGEST_NAME);
  }
}

const LONGEST_NAME = 512;

/** The segment that holds the address in memory, file-backed or not. */
export function segmentAt(image: Image, address: number): Segment | undefined {
  for (const segment of image.segments) {
    if (address >= segment.address && address < segment.address + segment.memorySize) return segment;
  }
  return undefined;
}

/** File offset of an address, when `size` bytes from it are in the file. */
export function fileOffset(image: Image, address: number, size = 1): number | undefined {
  for (const segment of image.segments) {
    const within = address - segment.address;
    if (within >= 0 && within + size <= segment.fileSize) return segment.offset + within;
  }
  return undefined;
}

/** A printable NUL-terminated string at an address, or undefined. */
export function textAt(image: Image, address: number, limit = 512): string | undefined {
  const offset = fileOffset(image, address);
  if (offset === undefined) return undefined;
  let text = '';
  for (let at = offset; at < Math.min(offset + limit, image.source.length); at++) {
    const byte = image.source.bytes[at]!;
    if (byte === 0) return text.length > 0 ? text : undefined;
    if (byte < 0x20) return undefined;
    text += String.fromCharCode(byte);
  }
  return undefined;
}

/** Functions of the C++ run-time library whose meaning matters when an init function is followed. */
export function isRuntimeFunction(name: string): boolean {
  return (
    name.startsWith('__cxa_guard_') ||
    name === '__cxa_throw' ||
    name === '__cxa_rethrow' ||
    name === '_Unwind_Resume'
  );
}

export function isModuleExport(name: string): boolean {
  return /^(?:PyInitU?|PyModExportU?)_/.test(name);
}

/**
 * A segment whose file part lies in the file, so that no loop over it meets numbers that are too large to be counted up.
 * @throws UnreadableBinary for memory at addresses that no machine has
 */
export function clippedSegment(source: ByteSource, segment: Segment): Segment {
  const { address, memorySize, offset, fileSize } = segment;
  if (!(address + memorySize < HIGHEST_ADDRESS))
    throw new UnreadableBinary('a part of it belongs at an address that no machine has');
  if (!(offset < source.length)) return { ...segment, offset: 0, fileSize: 0 };
  return { ...segment, fileSize: Math.min(fileSize, memorySize, source.length - offset) };
}

/** User space ends at 2^47 or 2^52; above 2^53 adding 1 to a number changes nothing. */
const HIGHEST_ADDRESS = 2 ** 52;
