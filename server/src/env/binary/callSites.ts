/**
 * All places in the code of a binary that may call one imported function, found by bytes. Only asked when following the
 * init function did not meet the call; the answer is for tracing the functions around, never a verdict by itself.
 */
import { greatest, least } from '../../base/manyItems.ts';
import type { Image } from './image.ts';

/** Code larger than this is not searched. */
const LONGEST_SEARCH = 96 * 1024 * 1024;

/** More places than any use has are not collected. */
const MOST_PLACES = 4096;

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

const MOST_CALLERS = 64;

/**
 * Functions from which one of these can be reached by direct calls and jumps, themselves included. Undefined when that
 * cannot be said: one of them may be called through a pointer, or there are too many.
 */
export function functionsLeadingTo(
  image: Image,
  functions: ReadonlySet<number>,
): ReadonlySet<number> | undefined {
  const closure = new Set(functions);
  let fresh: ReadonlySet<number> = closure;
  while (fresh.size > 0) {
    if (mayBeHeldAsPointer(image, fresh)) return undefined;
    const found = new Set<number>();
    for (const site of image.machine === 'aarch64'
      ? arm64References(image, fresh)
      : x64References(image, fresh)) {
      const start = site === undefined ? undefined : image.functionStart(site);
      if (start === undefined) return undefined;
      if (!closure.has(start)) found.add(start);
    }
    for (const start of found) closure.add(start);
    if (closure.size > MOST_CALLERS) return undefined;
    fresh = found;
  }
  return closure;
}

/** Places that call or jump there; undefined for one that takes the address (`lea`). */
function x64References(image: Image, targets: ReadonlySet<number>): readonly (number | undefined)[] {
  const { bytes } = image.source;
  const lowest = least(targets);
  const highest = greatest(targets);
  const references: (number | undefined)[] = [];
  for (const segment of image.segments) {
    if (!segment.executable) continue;
    const end = segment.offset + segment.fileSize - 4;
    const toAddress = segment.address - segment.offset;
    for (let at = segment.offset + 1; at <= end; at++) {
      const distance = bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
      const target = toAddress + at + 4 + distance;
      if (target < lowest || target > highest || !targets.has(target)) continue;
      const before = bytes[at - 1]!;
      const jumpsWhen = (before & 0xf0) === 0x80 && bytes[at - 2] === 0x0f;
      if ((before & 0xfe) === 0xe8 || jumpsWhen) {
        if (references.push(toAddress + at - 1) > MOST_PLACES) return [undefined];
      } else if ((before & 0xc7) === 0x05 && bytes[at - 2] === 0x8d) return [undefined];
    }
  }
  return references;
}

function arm64References(image: Image, targets: ReadonlySet<number>): readonly (number | undefined)[] {
  const { bytes } = image.source;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const references: (number | undefined)[] = [];
  for (const segment of image.segments) {
    if (!segment.executable) continue;
    const end = segment.offset + segment.fileSize - 8;
    for (let at = segment.offset; at <= end; at += 4) {
      const word = view.getUint32(at, true);
      const address = segment.address + at - segment.offset;
      if ((word & 0x7c000000) === 0x14000000) {
        const distance = (word << 6) >> 6;
        if (targets.has(address + distance * 4) && references.push(address) > MOST_PLACES) return [undefined];
        continue;
      }
      if ((word & 0x1f000000) !== 0x10000000) continue;
      const distance = (((word >> 5) << 13) >> 11) | ((word >>> 29) & 3);
      if (word >>> 31 === 0) {
        if (targets.has(address + distance)) return [undefined];
        continue;
      }
      const page = (Math.floor(address / 4096) + distance) * 4096;
      const next = view.getUint32(at + 4, true);
      if ((next & 0xffc00000) >>> 0 === 0x91000000 && targets.has(page + ((next >>> 10) & 0xfff)))
        return [undefined];
    }
  }
  return references;
}

/** Whether data of the image holds one of these addresses. */
function mayBeHeldAsPointer(image: Image, targets: ReadonlySet<number>): boolean {
  const { source, pointerSize } = image;
  for (const segment of image.segments) {
    const start = Math.ceil(segment.address / pointerSize) * pointerSize;
    const end = segment.address + segment.fileSize - pointerSize;
    if (segment.executable || end - start > LONGEST_DATA) {
      if (!segment.executable) return true;
      continue;
    }
    for (let address = start; address <= end; address += pointerSize) {
      const relocated = image.relocationAt(address);
      const value =
        typeof relocated === 'number'
          ? relocated
          : source.pointer(segment.offset + address - segment.address, pointerSize);
      if (targets.has(value)) return true;
    }
  }
  return false;
}

/** More data than this is not looked through for pointers. */
const LONGEST_DATA = 2 * 1024 * 1024;

function x64Sites(image: Image, cells: ReadonlySet<number>): readonly number[] {
  const { bytes, littleEndian } = image.source;
  if (!littleEndian) return [];
  const sites: number[] = [];
  const stubs = new Set<number>();
  const code = image.segments.filter((segment) => segment.executable);
  const lowestCell = least(cells);
  const highestCell = greatest(cells);
  for (const segment of code) {
    const last = segment.offset + segment.fileSize - 6;
    const toAddress = segment.address - segment.offset;
    for (let at = segment.offset; at <= last; at++) {
      const first = bytes[at]!;
      if (first !== 0xff && first !== 0x8b) continue;
      const second = bytes[at + 1]!;
      if (first === 0xff ? second !== 0x15 && second !== 0x25 : (second & 0xc7) !== 0x05) continue;
      const address = toAddress + at;
      const cell = address + 6 + distanceAt(bytes, at + 2);
      if (cell < lowestCell || cell > highestCell || !cells.has(cell)) continue;
      if (sites.length + stubs.size > MOST_PLACES) return sites;
      if (second !== 0x25) sites.push(address);
      // A stub may begin with endbr64, bnd, or both.
      else for (const before of [0, 1, 4, 5]) stubs.add(address - before);
    }
  }
  if (stubs.size === 0) return sites;
  const lowestStub = least(stubs);
  const highestStub = greatest(stubs);
  for (const segment of code) {
    const last = segment.offset + segment.fileSize - 5;
    const toAddress = segment.address - segment.offset;
    for (let at = segment.offset; at <= last; at++) {
      if ((bytes[at]! & 0xfe) !== 0xe8) continue;
      const target = toAddress + at + 5 + distanceAt(bytes, at + 1);
      if (target < lowestStub || target > highestStub || !stubs.has(target)) continue;
      if (sites.push(toAddress + at) > MOST_PLACES) return sites;
    }
  }
  return sites;
}

function distanceAt(bytes: Uint8Array, at: number): number {
  return bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24);
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
        // The register gets another page, or the code goes elsewhere: a neighbouring stub begins.
        const otherPage = (load & 0x9f000000) >>> 0 === 0x90000000 && (load & 31) === register;
        if (otherPage || (load & 0xff000000) >>> 0 === 0xd6000000 || (load & 0xfc000000) >>> 0 === 0x14000000)
          break;
        if ((load & 0xffc00000) >>> 0 !== 0xf9400000 || ((load >>> 5) & 31) !== register) continue;
        if (!cells.has(page * 4096 + ((load >>> 10) & 0xfff) * 8)) continue;
        if (sites.length + stubs.size > MOST_PLACES) return sites;
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
      if (stubs.has(address + distance * 4) && sites.push(address) > MOST_PLACES) return sites;
    }
  }
  return sites;
}
