/**
 * All places in the code of a binary that may call one imported function, found by bytes. Only asked when following the
 * init function did not meet the call; the answer is for tracing the functions around, never a verdict by itself.
 */
import type { Image } from './image.ts';

/** Code larger than this is not searched. */
const LONGEST_SEARCH = 96 * 1024 * 1024;

/** Addresses of instructions that read the import's cell or call a stub that does; undefined when the code is too long or of a machine that is not read. */
export function importCallSites(image: Image, name: string): readonly number[] | undefined {
  const cells = new Set(image.importCells(name));
  const code = image.segments.filter((segment) => segment.executable);
  if (code.reduce((sum, segment) => sum + segment.fileSize, 0) > LONGEST_SEARCH) return undefined;
  if (cells.size === 0) return [];
  if (image.machine === 'x86-64') return x64Sites(image, cells);
  if (image.machine === 'aarch64') return arm64Sites(image, cells);
  return undefined;
}

function x64Sites(image: Image, cells: ReadonlySet<number>): readonly number[] {
  const { bytes, littleEndian } = image.source;
  if (!littleEndian) return [];
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const sites: number[] = [];
  const stubs = new Set<number>();
  const code = image.segments.filter((segment) => segment.executable);
  for (const segment of code) {
    const end = segment.offset + segment.fileSize;
    for (let at = segment.offset; at + 6 <= end; at++) {
      const first = bytes[at]!;
      const second = bytes[at + 1]!;
      const reads =
        first === 0xff ? second === 0x15 || second === 0x25 : first === 0x8b && (second & 0xc7) === 0x05;
      if (!reads) continue;
      const address = segment.address + at - segment.offset;
      if (!cells.has(address + 6 + view.getInt32(at + 2, true))) continue;
      if (second !== 0x25) sites.push(address);
      // A stub may begin with endbr64, bnd, or both.
      else for (const before of [0, 1, 4, 5]) stubs.add(address - before);
    }
  }
  if (stubs.size === 0) return sites;
  for (const segment of code) {
    const end = segment.offset + segment.fileSize;
    for (let at = segment.offset; at + 5 <= end; at++) {
      const first = bytes[at]!;
      if (first !== 0xe8 && first !== 0xe9) continue;
      const address = segment.address + at - segment.offset;
      if (stubs.has(address + 5 + view.getInt32(at + 1, true))) sites.push(address);
    }
  }
  return sites;
}

function arm64Sites(image: Image, cells: ReadonlySet<number>): readonly number[] {
  const { bytes } = image.source;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const pages = new Set([...cells].map((cell) => Math.floor(cell / 4096)));
  const sites: number[] = [];
  const stubs = new Set<number>();
  const code = image.segments.filter((segment) => segment.executable);
  for (const segment of code) {
    const end = segment.offset + segment.fileSize - 8;
    for (let at = segment.offset; at <= end; at += 4) {
      const word = view.getUint32(at, true);
      if ((word & 0x9f000000) >>> 0 !== 0x90000000) continue;
      const address = segment.address + at - segment.offset;
      const distance = (((word >>> 5) & 0x7ffff) << 2) | ((word >>> 29) & 3);
      const page = Math.floor(address / 4096) + (distance >= 0x100000 ? distance - 0x200000 : distance);
      if (!pages.has(page)) continue;
      const register = word & 31;
      // The load follows within a few instructions.
      for (let later = at + 4; later <= Math.min(end, at + 32); later += 4) {
        const load = view.getUint32(later, true);
        if ((load & 0xffc00000) >>> 0 !== 0xf9400000 || ((load >>> 5) & 31) !== register) continue;
        if (!cells.has(page * 4096 + ((load >>> 10) & 0xfff) * 8)) continue;
        const next = view.getUint32(Math.min(later + 8, end), true);
        const loaded = load & 31;
        // Stubs go on with br to what was loaded (after at most one add).
        const branches = [view.getUint32(Math.min(later + 4, end), true), next].some(
          (word2) => (word2 & 0xfffffc1f) >>> 0 === 0xd61f0000 && ((word2 >>> 5) & 31) === loaded,
        );
        if (branches) for (const before of [0, 4]) stubs.add(address - before);
        else sites.push(segment.address + later - segment.offset);
        break;
      }
    }
  }
  if (stubs.size === 0) return sites;
  for (const segment of code) {
    const end = segment.offset + segment.fileSize - 4;
    for (let at = segment.offset; at <= end; at += 4) {
      const word = view.getUint32(at, true);
      if ((word & 0x7c000000) !== 0x14000000) continue;
      const address = segment.address + at - segment.offset;
      const distance = (word & 0x3ffffff) >= 0x2000000 ? (word & 0x3ffffff) - 0x4000000 : word & 0x3ffffff;
      if (stubs.has(address + distance * 4)) sites.push(address);
    }
  }
  return sites;
}
