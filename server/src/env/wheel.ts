/**
 * A wheel or other ZIP archive as a folder of bytes: its files are inflated one at a time, never onto a disk. What cannot
 * be read (encrypted, packed in another way, damaged, absurdly large) is said file by file; the others are not affected.
 */
import { inflateSync } from 'fflate';

export interface ArchiveFile {
  readonly path: string;
  /** Size when inflated. */
  readonly size: number;
}

export interface Archive {
  readonly files: readonly ArchiveFile[];
  /** The inflated bytes; undefined when there is no such file or `problem` has something to say. */
  read(path: string): Uint8Array | undefined;
  /** Why a file cannot be read, as one sentence; undefined when it can. */
  problem(path: string): string | undefined;
}

/** Larger files inside an archive are not inflated. */
const LARGEST_FILE = 1024 * 1024 * 1024;
/** Nor are files of this size that were packed tighter than this: no library is. */
const LARGE_FILE = 128 * 1024 * 1024;
const TIGHTEST_PACKING = 200;

interface Entry extends ArchiveFile {
  readonly flags: number;
  readonly method: number;
  readonly checksum: number;
  readonly packedSize: number;
  /** Offset of the local header. */
  readonly start: number;
}

/** Opens an archive; undefined when the bytes are no ZIP file. Never throws. */
export function openArchive(bytes: Uint8Array): Archive | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  let entries: ReadonlyMap<string, Entry>;
  let overlapping: ReadonlySet<string>;
  try {
    const directory = findDirectory(view);
    if (directory === undefined) return undefined;
    entries = readDirectory(bytes, view, directory);
    overlapping = overlappingEntries(entries.values());
  } catch (problem) {
    if (problem instanceof RangeError) return undefined;
    throw problem;
  }
  const problems = new Map<string, string>();
  const contents = (path: string): Uint8Array | string => {
    const known = problems.get(path);
    if (known !== undefined) return known;
    const entry = entries.get(path);
    if (entry === undefined) return 'There is no such file in the archive.';
    const found = overlapping.has(path)
      ? 'This file is not unpacked: it shares bytes of the archive with another one.'
      : unpacked(bytes, view, entry);
    if (typeof found === 'string') problems.set(path, found);
    return found;
  };
  return {
    files: [...entries.values()].map(({ path, size }) => ({ path, size })),
    read(path) {
      const found = contents(path);
      return typeof found === 'string' ? undefined : found;
    },
    problem(path) {
      const found = contents(path);
      return typeof found === 'string' ? found : undefined;
    },
  };
}

/**
 * Entries that lie in one another, which no tool writes: a small archive could otherwise unpack to any size. The one that
 * begins first counts.
 */
function overlappingEntries(entries: Iterable<Entry>): ReadonlySet<string> {
  const overlapping = new Set<string>();
  let end = 0;
  for (const { path, start, packedSize } of [...entries].sort((left, right) => left.start - right.start)) {
    if (start < end) overlapping.add(path);
    else end = start + LOCAL_HEADER_SIZE + packedSize;
  }
  return overlapping;
}

interface Directory {
  readonly start: number;
  readonly count: number;
  /** Bytes before the archive proper, which its offsets do not count. */
  readonly shift: number;
}

const END = 0x06054b50;
const WIDE_END = 0x06064b50;
const WIDE_END_LOCATOR = 0x07064b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER = 0x04034b50;
const LOCAL_HEADER_SIZE = 30;

function findDirectory(view: DataView): Directory | undefined {
  const lowest = Math.max(0, view.byteLength - 22 - 0xffff);
  for (let at = view.byteLength - 22; at >= lowest; at--) {
    if (view.getUint32(at, true) !== END) continue;
    if (at + 22 + view.getUint16(at + 20, true) > view.byteLength) continue;
    let end = at;
    let count = view.getUint16(at + 10, true);
    let size = view.getUint32(at + 12, true);
    let start = view.getUint32(at + 16, true);
    const locator = at - 20;
    if (locator >= 0 && view.getUint32(locator, true) === WIDE_END_LOCATOR) {
      const wide = wideNumber(view, locator + 8);
      if (view.getUint32(wide, true) === WIDE_END) {
        end = wide;
        count = wideNumber(view, wide + 32);
        size = wideNumber(view, wide + 40);
        start = wideNumber(view, wide + 48);
      }
    }
    const shift = end - size - start;
    return shift < 0 ? undefined : { start: start + shift, count, shift };
  }
  return undefined;
}

function readDirectory(
  bytes: Uint8Array,
  view: DataView,
  { start, count, shift }: Directory,
): ReadonlyMap<string, Entry> {
  const entries = new Map<string, Entry>();
  let at = start;
  for (let index = 0; index < count; index++) {
    if (view.getUint32(at, true) !== DIRECTORY_ENTRY) throw new RangeError('the directory is damaged');
    const nameLength = view.getUint16(at + 28, true);
    const extraLength = view.getUint16(at + 30, true);
    const flags = view.getUint16(at + 8, true);
    const extra = at + 46 + nameLength;
    const path = nameText(bytes.subarray(at + 46, extra), (flags & 0x800) !== 0);
    const [size, packedSize, header] = wideFields(
      view,
      [view.getUint32(at + 24, true), view.getUint32(at + 20, true), view.getUint32(at + 42, true)],
      extra,
      extraLength,
    );
    if (!path.endsWith('/'))
      entries.set(path, {
        path,
        size,
        packedSize,
        flags,
        method: view.getUint16(at + 10, true),
        checksum: view.getUint32(at + 16, true),
        start: header + shift,
      });
    at = extra + extraLength + view.getUint16(at + 32, true);
  }
  return entries;
}

/** Numbers that are all ones stand, in this order, in the ZIP64 extra field. */
function wideFields(
  view: DataView,
  narrow: readonly [number, number, number],
  extra: number,
  extraLength: number,
): readonly [number, number, number] {
  if (!narrow.includes(0xffff_ffff)) return narrow;
  for (let at = extra; at + 4 <= extra + extraLength; at += 4 + view.getUint16(at + 2, true)) {
    if (view.getUint16(at, true) !== 1) continue;
    let next = at + 4;
    const take = (value: number): number => {
      if (value !== 0xffff_ffff) return value;
      next += 8;
      return wideNumber(view, next - 8);
    };
    return [take(narrow[0]), take(narrow[1]), take(narrow[2])];
  }
  return narrow;
}

function wideNumber(view: DataView, at: number): number {
  return view.getUint32(at + 4, true) * 0x1_0000_0000 + view.getUint32(at, true);
}

function unpacked(bytes: Uint8Array, view: DataView, entry: Entry): Uint8Array | string {
  const { size, packedSize, method, flags, start } = entry;
  if ((flags & 1) !== 0) return 'This file is encrypted.';
  if (method !== 0 && method !== 8)
    return `This file is packed by method ${method}, which Python's installers do not use and which is not read.`;
  if (size > LARGEST_FILE || (size > LARGE_FILE && size > packedSize * TIGHTEST_PACKING))
    return `This file is not unpacked: it would become ${Math.round(size / 1024 / 1024)} MiB from ${Math.ceil(packedSize / 1024)} KiB.`;
  const damaged = 'This file is damaged.';
  if (start + LOCAL_HEADER_SIZE > bytes.length || view.getUint32(start, true) !== LOCAL_HEADER)
    return damaged;
  const from =
    start + LOCAL_HEADER_SIZE + view.getUint16(start + 26, true) + view.getUint16(start + 28, true);
  if (from + packedSize > bytes.length) return damaged;
  const packed = bytes.subarray(from, from + packedSize);
  let contents: Uint8Array;
  try {
    contents = method === 0 ? packed : inflateSync(packed, { out: new Uint8Array(size) });
  } catch {
    return damaged;
  }
  return contents.length === size && checksumOf(contents) === entry.checksum ? contents : damaged;
}

/** File names beyond ASCII: UTF-8 when the entry says so, else as if Latin-1. */
function nameText(bytes: Uint8Array, utf8: boolean): string {
  let text = '';
  for (const byte of bytes) text += String.fromCharCode(byte);
  if (!utf8) return text;
  try {
    return decodeURIComponent(text.replace(/[%\x80-\xff]/g, (byte) => `%${byte.charCodeAt(0).toString(16)}`));
  } catch {
    return text;
  }
}

/** CRC-32, four bytes at a time. */
function checksumOf(bytes: Uint8Array): number {
  const [first, second, third, fourth] = checksumTables();
  let sum = -1;
  let at = 0;
  for (const end = bytes.length - 3; at < end; at += 4) {
    sum ^= bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
    sum =
      fourth[sum & 0xff]! ^ third[(sum >>> 8) & 0xff]! ^ second[(sum >>> 16) & 0xff]! ^ first[sum >>> 24]!;
  }
  for (; at < bytes.length; at++) sum = first[(sum ^ bytes[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

type Tables = readonly [Int32Array, Int32Array, Int32Array, Int32Array];
let tables: Tables | undefined;

function checksumTables(): Tables {
  if (tables !== undefined) return tables;
  const first = new Int32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let sum = byte;
    for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ 0xedb88320 : sum >>> 1;
    first[byte] = sum;
  }
  const after = (table: Int32Array): Int32Array => table.map((sum) => first[sum & 0xff]! ^ (sum >>> 8));
  const second = after(first);
  const third = after(second);
  tables = [first, second, third, after(third)];
  return tables;
}
