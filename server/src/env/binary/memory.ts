/**
 * Values and memory of a traced init function. A value is a number (a constant or an address of the image), a pointer
 * into something made at run time, an imported symbol, or undefined: not known. Memory begins as the loader leaves it
 * (file bytes, relocations, zeros) and remembers what the traced code writes on top.
 */
import type { Image } from './image.ts';
import { fileOffset, ImportedSymbol, segmentAt } from './image.ts';

export type Value = number | RegionPointer | LowPart | ImportedSymbol | CallResult | PointerPair | undefined;

/** A pointer into the stack, an allocated block, or another thing that has no address in the file. */
export class RegionPointer {
  readonly region: number;
  readonly offset: number;
  constructor(region: number, offset: number) {
    this.region = region;
    this.offset = offset;
  }
}

/** Only the low bytes of a register are known. */
export class LowPart {
  readonly value: number;
  readonly size: number;
  constructor(value: number, size: number) {
    this.value = value;
    this.size = size;
  }
}

/** Eight bytes of a 32-bit program that are two values: vector registers copy structures that way. */
export class PointerPair {
  readonly low: Value;
  readonly high: Value;
  constructor(low: Value, high: Value) {
    this.low = low;
    this.high = high;
  }
}

/**
 * What the last call at one place gave, where only a comparison shows whether it failed. Two registers with the same
 * object hold the same value. Kept in registers only.
 */
export class CallResult {
  /** The values that mean "an exception is set". */
  readonly failure: 'null' | 'negative' | undefined;
  /** Calls around the one that gave it. */
  readonly depth: number;
  constructor(failure: 'null' | 'negative' | undefined, depth: number) {
    this.failure = failure;
    this.depth = depth;
  }
}

export function sameValue(left: Value, right: Value): boolean {
  if (left === right) return true;
  if (left instanceof RegionPointer)
    return right instanceof RegionPointer && left.region === right.region && left.offset === right.offset;
  if (left instanceof ImportedSymbol) return right instanceof ImportedSymbol && left.name === right.name;
  if (left instanceof PointerPair)
    return right instanceof PointerPair && sameValue(left.low, right.low) && sameValue(left.high, right.high);
  if (left instanceof LowPart)
    return right instanceof LowPart && left.value === right.value && left.size === right.size;
  return false;
}

export function truncated(value: number, size: number): number {
  if (size === 8) return Number.isSafeInteger(value) ? value : Number.NaN;
  if (size === 4) return value >>> 0;
  return size === 2 ? value & 0xffff : value & 0xff;
}

export function signExtended(value: number, size: number): number {
  if (size === 8) return value;
  if (size === 4) return value | 0;
  return size === 2 ? (value << 16) >> 16 : (value << 24) >> 24;
}

export const STACK_REGION = 1;
export const MODULE_REGION = 2;
export const THREAD_BLOCK_REGION = 3;
export const THREAD_ARRAY_REGION = 4;
export const THREAD_DATA_REGION = 5;
export const ERROR_REGION = 6;
export const FIRST_HEAP_REGION = 16;

const REGION_SPAN = 2 ** 42;
const REGION_MIDDLE = 2 ** 41;

interface Cell {
  readonly size: number;
  readonly value: Value;
}

/** Keys with the same quotient share a page. */
const PAGE = 512;

/** Cells by key, for one stretch of keys. Only the memory that owns it may change it. */
interface Page {
  readonly owner: object;
  readonly cells: Map<number, Cell>;
}

export class Memory {
  private readonly image: Image;
  private pages: Map<number, Page>;
  /** The map of pages also belongs to another memory. */
  private shared: boolean;
  private token: object;
  /** Heap regions that were zeroed when they were made. */
  private readonly zeroed: Set<number>;

  constructor(image: Image, pages: Map<number, Page> = new Map(), zeroed: Set<number> = new Set()) {
    this.image = image;
    this.pages = pages;
    this.shared = false;
    this.token = {};
    this.zeroed = zeroed;
  }

  /** Both copies go on independently; a page is copied at the first write to it only. */
  copy(): Memory {
    const twin = new Memory(this.image, this.pages, this.zeroed);
    twin.shared = true;
    this.shared = true;
    this.token = {};
    return twin;
  }

  /** Takes over the content of a memory that will not be used any more. */
  replaceWith(other: Memory): void {
    this.pages = other.pages;
    this.shared = other.shared;
    this.token = other.token;
  }

  markZeroed(region: number): void {
    this.zeroed.add(region);
  }

  private cellAt(key: number): Cell | undefined {
    return this.pages.get(Math.floor(key / PAGE))?.cells.get(key);
  }

  private setCell(key: number, cell: Cell): void {
    this.ownPage(Math.floor(key / PAGE)).set(key, cell);
  }

  private deleteCell(key: number): void {
    this.ownPage(Math.floor(key / PAGE)).delete(key);
  }

  private ownPage(index: number): Map<number, Cell> {
    const page = this.pages.get(index);
    if (page !== undefined && page.owner === this.token) return page.cells;
    if (this.shared) {
      this.pages = new Map(this.pages);
      this.shared = false;
    }
    const cells = new Map(page?.cells);
    this.pages.set(index, { owner: this.token, cells });
    return cells;
  }

  store(pointer: number | RegionPointer, size: number, value: Value): void {
    const key = keyOf(pointer);
    if (key === undefined || isThreadData(pointer)) return;
    if (value instanceof PointerPair && size === 8) {
      this.store(pointer, 4, value.low);
      this.store(moved(pointer, 4), 4, value.high);
      return;
    }
    this.forget(key, size);
    this.setCell(key, {
      size,
      value:
        typeof value === 'number' && size < 8
          ? truncated(value, size)
          : narrowed(value, size, this.image.pointerSize),
    });
  }

  /** What a read of 1, 2, 4 or 8 bytes gives. */
  load(pointer: number | RegionPointer, size: number): Value {
    const key = keyOf(pointer);
    if (key === undefined) return undefined;
    const exact = this.cellAt(key);
    if (exact !== undefined && exact.size >= size)
      return exact.size === size ? exact.value : part(exact.value, 0, size);
    for (let before = 1; before < 8; before++) {
      const cell = this.cellAt(key - before);
      if (cell !== undefined && cell.size > before)
        return cell.size >= before + size ? part(cell.value, before, size) : undefined;
    }
    let overlaps = false;
    for (let within = 0; within < size; within++)
      if (this.cellAt(key + within) !== undefined) overlaps = true;
    if (!overlaps) return this.initial(pointer, size);
    if (size === 8) {
      const low = this.load(pointer, 4);
      const high = this.load(moved(pointer, 4), 4);
      if (this.image.pointerSize === 4 && (isPlaced(low) || isPlaced(high)))
        return new PointerPair(low, high);
      if (typeof low === 'number' && typeof high !== 'number') return new LowPart(low, 4);
      if (typeof low === 'number' && typeof high === 'number') {
        const whole = (high | 0) * 0x1_0000_0000 + low;
        if (Number.isSafeInteger(whole)) return whole;
        return this.image.pointerSize === 4 ? new PointerPair(low, high) : undefined;
      }
    }
    return undefined;
  }

  /** Gives up what is known about a stretch of a region. */
  forgetRange(pointer: RegionPointer, length: number): void {
    const start = keyOf(pointer);
    if (start === undefined || this.pages.size === 0 || isThreadData(pointer)) return;
    const last = Math.floor((start + length - 1) / PAGE);
    for (let index = Math.floor((start - 7) / PAGE); index <= last; index++) {
      const page = this.pages.get(index);
      if (page === undefined) continue;
      for (const [key, cell] of [...page.cells]) {
        if (key > start - 8 && key < start + length && cell.value !== undefined)
          this.setCell(key, { size: cell.size, value: undefined });
      }
    }
  }

  /** Drops the stack below the pointer: frames of functions that have returned. */
  dropBelow(stack: RegionPointer): void {
    const limit = keyOf(stack);
    const first = keyOf(new RegionPointer(stack.region, 1 - REGION_MIDDLE));
    if (limit === undefined || first === undefined) return;
    for (const [index, page] of [...this.pages]) {
      if (index * PAGE >= limit || (index + 1) * PAGE <= first) continue;
      for (const key of [...page.cells.keys()]) if (key < limit && key >= first) this.deleteCell(key);
    }
  }

  /** Whether traced code wrote any of these bytes. */
  written(pointer: number | RegionPointer, length: number): boolean {
    const start = keyOf(pointer);
    if (start === undefined) return false;
    for (let key = start - 7; key < start + length; key++) {
      const cell = this.cellAt(key);
      if (cell !== undefined && key + cell.size > start) return true;
    }
    return false;
  }

  /** Keeps what both agree on. Gives whether this one changed. */
  join(other: Memory): boolean {
    if (this.pages === other.pages) return false;
    let changed = false;
    for (const [index, page] of [...this.pages]) {
      const twin = other.pages.get(index);
      if (twin === page) continue;
      for (const [key, cell] of [...page.cells]) {
        const there = twin?.cells.get(key);
        if (there !== undefined && there.size === cell.size && sameValue(there.value, cell.value)) continue;
        if (cell.value === undefined) continue;
        const value = other.load(pointerOf(key), cell.size);
        if (sameValue(value, cell.value)) continue;
        this.setCell(key, { size: cell.size, value: undefined });
        changed = true;
      }
    }
    for (const [index, page] of other.pages) {
      const twin = this.pages.get(index);
      if (twin === page) continue;
      for (const [key, cell] of page.cells) {
        if (this.cellAt(key) !== undefined) continue;
        const here = this.load(pointerOf(key), cell.size);
        if (here === undefined && this.coveredUnknown(key, cell.size)) continue;
        if (sameValue(here, cell.value)) continue;
        this.forget(key, cell.size);
        this.setCell(key, { size: cell.size, value: undefined });
        changed = true;
      }
    }
    return changed;
  }

  private coveredUnknown(key: number, size: number): boolean {
    const pointer = pointerOf(key);
    if (pointer instanceof RegionPointer && !this.zeroed.has(pointer.region)) return true;
    for (let at = key - 7; at < key + size; at++) {
      const cell = this.cellAt(at);
      if (cell !== undefined && at + cell.size > key) return true;
    }
    return false;
  }

  /** Removes what overlaps; the bytes of an overlapping cell that stay become unknown. */
  private forget(key: number, size: number): void {
    for (let before = 1; before < 8; before++) {
      const cell = this.cellAt(key - before);
      if (cell === undefined || cell.size <= before) continue;
      this.deleteCell(key - before);
      this.split(key - before, cell, key, size);
    }
    for (let within = 0; within < size; within++) {
      const cell = this.cellAt(key + within);
      if (cell === undefined) continue;
      this.deleteCell(key + within);
      if (within + cell.size > size) this.split(key + within, cell, key, size);
    }
  }

  private split(start: number, cell: Cell, key: number, size: number): void {
    for (let at = start; at < start + cell.size; at++) {
      if (at < key || at >= key + size) this.setCell(at, { size: 1, value: part(cell.value, at - start, 1) });
    }
  }

  private initial(pointer: number | RegionPointer, size: number): Value {
    if (pointer instanceof RegionPointer) return this.initialOfRegion(pointer, size);
    if (size === this.image.pointerSize) {
      const relocated = this.image.relocationAt(pointer);
      if (relocated !== undefined) return relocated;
    }
    if (size === 8 && this.image.pointerSize === 4) {
      const low = this.initial(pointer, 4);
      const high = this.initial(pointer + 4, 4);
      if (isPlaced(low) || isPlaced(high) || (typeof high === 'number' && high > 0x1f_ffff))
        return new PointerPair(low, high);
    }
    const offset = fileOffset(this.image, pointer, size);
    if (offset === undefined) return segmentAt(this.image, pointer) === undefined ? undefined : 0;
    return this.raw(offset, size);
  }

  private raw(offset: number, size: number): Value {
    const { source } = this.image;
    if (size === 8) {
      const whole = source.i64(offset);
      return Number.isSafeInteger(whole)
        ? whole
        : new LowPart(source.u32(source.littleEndian ? offset : offset + 4), 4);
    }
    return size === 4 ? source.u32(offset) : size === 2 ? source.u16(offset) : source.u8(offset);
  }

  private initialOfRegion(pointer: RegionPointer, size: number): Value {
    if (this.zeroed.has(pointer.region)) return 0;
    const { pointerSize, threadLocalData } = this.image;
    // Windows: the thread block holds the array of thread-local blocks, whose first content is in the file.
    if (
      pointer.region === THREAD_BLOCK_REGION &&
      size === pointerSize &&
      pointer.offset === (pointerSize === 8 ? 0x58 : 0x2c)
    )
      return new RegionPointer(THREAD_ARRAY_REGION, 0);
    if (pointer.region === THREAD_ARRAY_REGION && size === pointerSize)
      return new RegionPointer(THREAD_DATA_REGION, 0);
    if (pointer.region === THREAD_DATA_REGION && threadLocalData !== undefined) {
      const address = threadLocalData.start + pointer.offset;
      if (pointer.offset < 0 || address + size > threadLocalData.end) return undefined;
      const offset = fileOffset(this.image, address, size);
      return offset === undefined ? undefined : this.raw(offset, size);
    }
    return undefined;
  }
}

/**
 * Stores to thread-local data are dropped: on Windows it holds the epoch of the guards of local statics, and a guard
 * read with the first epoch takes the slow way, which then looks at the guard itself.
 */
function isThreadData(pointer: number | RegionPointer): boolean {
  return pointer instanceof RegionPointer && pointer.region === THREAD_DATA_REGION;
}

export function moved(pointer: number | RegionPointer, by: number): number | RegionPointer {
  return typeof pointer === 'number' ? pointer + by : new RegionPointer(pointer.region, pointer.offset + by);
}

function isPlaced(value: Value): boolean {
  return value instanceof RegionPointer || value instanceof ImportedSymbol;
}

function keyOf(pointer: number | RegionPointer): number | undefined {
  const region = typeof pointer === 'number' ? 0 : pointer.region;
  const offset = typeof pointer === 'number' ? pointer : pointer.offset;
  if (!(offset > -REGION_MIDDLE && offset < REGION_MIDDLE)) return undefined;
  return region * REGION_SPAN + offset + REGION_MIDDLE;
}

function pointerOf(key: number): number | RegionPointer {
  const region = Math.floor(key / REGION_SPAN);
  const offset = key - region * REGION_SPAN - REGION_MIDDLE;
  return region === 0 ? offset : new RegionPointer(region, offset);
}

/** A pointer that does not fit the bytes written is no longer known. */
function narrowed(value: Value, size: number, pointerSize: number): Value {
  if (value instanceof LowPart) return value.size >= size ? truncated(value.value, size) : value;
  if (value instanceof CallResult || value instanceof PointerPair) return undefined;
  if (typeof value === 'number' || value === undefined) return value;
  return size >= pointerSize ? value : undefined;
}

function part(value: Value, skip: number, size: number): Value {
  if (value instanceof LowPart) return skip + size <= value.size ? part(value.value, skip, size) : undefined;
  if (typeof value !== 'number') return undefined;
  if (value >= 0) return Math.floor(value / 2 ** (8 * skip)) % 2 ** (8 * size);
  return Number(BigInt.asUintN(8 * size, BigInt(value) >> BigInt(8 * skip)));
}
