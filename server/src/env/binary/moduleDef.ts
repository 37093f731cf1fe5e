/**
 * `PyModuleDef` and slot arrays as CPython 3.5–3.15 lay them out, in both builds, read through the memory of a traced
 * init function: bytes of the file, what the loader relocates, and what the traced code stored on top.
 */
import type { Image } from './image.ts';
import { fileOffset, textAt } from './image.ts';
import type { Value } from './memory.ts';
import { moved, RegionPointer } from './memory.ts';
import type { State } from './state.ts';

export type ModuleAbi = 'free-threaded' | 'gil';

export interface ModuleDefinition {
  /** Which build's layout the definition has; `source` says how that is known. */
  readonly abi: ModuleAbi;
  readonly abiFrom: 'head' | 'hint';
  readonly name: string | undefined;
  readonly slots: Value;
}

export interface Slot {
  readonly id: number;
  readonly value: Value;
  /** File offset of the entry; undefined when the entry is not in the file. */
  readonly offset: number | undefined;
  /** The entry, or a part of it, was stored by the traced code. */
  readonly stored: boolean;
}

export interface SlotArray {
  readonly slots: readonly Slot[];
  /** False when an id could not be read or no end was found. */
  readonly complete: boolean;
  /** The closing entry was stored or is in the file; false for one that is only zero memory. */
  readonly endSeen: boolean;
  /** Bytes from the first entry up to and with the closing one. */
  readonly length: number;
}

export const SLOT_GIL: readonly number[] = [4, 87];
const SLOT_NESTED: readonly number[] = [92, 94];
const MOST_SLOTS = 64;

/** Reads a definition, or undefined when what lies there cannot be one. */
export function readDefinition(
  image: Image,
  state: State,
  at: number | RegionPointer,
  hint: ModuleAbi,
): ModuleDefinition | undefined {
  const { pointerSize } = image;
  const load = (offset: number, size: number): Value => state.memory.load(moved(at, offset), size);
  const fromHead = abiOfHead(pointerSize, image.source.littleEndian ? [0, 4] : [0, 0x40000], load);
  const abi = fromHead ?? hint;
  const nameOffset = pointerSize === 8 ? (abi === 'gil' ? 40 : 56) : abi === 'gil' ? 20 : 32;
  const slotsOffset = nameOffset + 4 * pointerSize;
  const namePointer = load(nameOffset, pointerSize);
  const name = typeof namePointer === 'number' ? textAt(image, namePointer) : undefined;
  // Without a head that says so, only a name at its place makes this a definition.
  if (fromHead === undefined && name === undefined) return undefined;
  if (typeof namePointer === 'number' && namePointer !== 0 && name === undefined) return undefined;
  return {
    abi,
    abiFrom: fromHead === undefined ? 'hint' : 'head',
    name,
    slots: load(slotsOffset, pointerSize),
  };
}

/** More definitions than this in one file are not told apart without its code. */
const MOST_DEFINITIONS = 8;

/**
 * Every named module definition that lies ready in the writable data of the file, for machines whose code is not read.
 * A search by form: only one that finds a single definition tells which one the init function hands over.
 */
export function definitionsInFile(
  image: Image,
  state: State,
): readonly { readonly at: number; readonly definition: ModuleDefinition }[] {
  const { source, pointerSize } = image;
  const found: { at: number; definition: ModuleDefinition }[] = [];
  const last = pointerSize === 8 ? 12 : 8;
  for (const segment of image.segments) {
    if (!segment.writable) continue;
    const end = segment.offset + segment.fileSize - 26 * 4;
    for (let offset = segment.offset; offset < end; offset += pointerSize) {
      const headed =
        (source.bytes[offset + last] === 0xff && source.u32(offset + last) === 0xffff_ffff) ||
        isGilCount(source.u32(offset));
      if (!headed) continue;
      const at = segment.address + offset - segment.offset;
      const definition = readDefinition(image, state, at, 'free-threaded');
      if (definition?.abiFrom !== 'head' || definition.name === undefined) continue;
      found.push({ at, definition });
      if (found.length > MOST_DEFINITIONS) return found;
    }
  }
  return found;
}

/** `PyModuleDef_HEAD_INIT` as each version and build writes it. */
function abiOfHead(
  pointerSize: 4 | 8,
  flagWords: readonly number[],
  load: (offset: number, size: number) => Value,
): ModuleAbi | undefined {
  const isFlags = (value: Value): boolean => typeof value === 'number' && flagWords.includes(value);
  const first = load(0, 4);
  if (pointerSize === 8) {
    const second = load(4, 4);
    const flags = load(8, 4);
    const localCount = load(12, 4);
    if (first === 0 && second === 0 && isFlags(flags) && localCount === 0xffff_ffff) return 'free-threaded';
    if (isGilCount(first) && load(8, 8) === 0) return 'gil';
    return undefined;
  }
  const flags = load(4, 4);
  if (first === 0 && isFlags(flags) && load(8, 4) === 0xffff_ffff) return 'free-threaded';
  if (isGilCount(first) && flags === 0) return 'gil';
  return undefined;
}

/** 1 up to 3.11; the immortal counts of 3.12, 3.13 and 3.14. */
function isGilCount(value: Value): boolean {
  return (
    value === 1 ||
    value === 0xffff_ffff ||
    value === 0x3fff_ffff ||
    value === 0xc000_0000 ||
    value === 0x5000_0000
  );
}

/** The array of a `PyModuleDef` (`layout` "definition") or of a `PyModExport` function ("export"). */
export function readSlots(
  image: Image,
  state: State,
  at: number | RegionPointer,
  layout: 'definition' | 'export',
  depth = 0,
): SlotArray {
  const { pointerSize } = image;
  const step = layout === 'export' ? 16 : 2 * pointerSize;
  const valueOffset = layout === 'export' ? 8 : pointerSize;
  const slots: Slot[] = [];
  for (let index = 0; index < MOST_SLOTS; index++) {
    const entry = moved(at, index * step);
    const offset = typeof entry === 'number' ? fileOffset(image, entry, step) : undefined;
    const stored = state.memory.written(entry, step);
    const id = state.memory.load(entry, layout === 'export' ? 2 : 4);
    const length = (index + 1) * step;
    if (typeof id !== 'number') return { slots, complete: false, endSeen: false, length };
    if (id === 0) return { slots, complete: true, endSeen: stored || offset !== undefined, length };
    const value = state.memory.load(moved(entry, valueOffset), pointerSize);
    if (SLOT_NESTED.includes(id)) {
      if ((typeof value !== 'number' && !(value instanceof RegionPointer)) || depth > 4)
        return { slots, complete: false, endSeen: false, length };
      const inner = readSlots(image, state, value, id === 92 ? 'export' : 'definition', depth + 1);
      slots.push(...inner.slots);
      if (!inner.complete) return { slots, complete: false, endSeen: false, length };
    } else slots.push({ id, value, offset, stored });
  }
  return { slots, complete: false, endSeen: false, length: MOST_SLOTS * step };
}
