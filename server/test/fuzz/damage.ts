/** Binaries of every format, and ways to damage them that are the same in every run. */
import { universal } from '../unit/env/binary/builders.ts';
import {
  detour,
  FORMATS,
  forwarding,
  modExport,
  multiPhase,
  narrowMultiPhase,
  patchedSlot,
  singlePhase,
  storedSlots,
  threadLocalBetween,
} from '../unit/env/binary/modules.ts';

/** One of each kind, undamaged. */
export function wholeBinaries(): readonly Uint8Array[] {
  return [
    ...FORMATS.flatMap(([format, isa]) => [
      multiPhase(format, isa, [
        [2, 0x1000],
        [4, 1],
      ]),
      storedSlots(format, isa, [
        [2, 0x80],
        [4, 1],
      ]),
      patchedSlot(format, isa, false),
      singlePhase(format, isa, 'sometimes'),
      modExport(format, isa, [[87, 1]]),
      detour(format, isa, 'returns when a call failed'),
      detour(format, isa, 'spins'),
    ]),
    universal(multiPhase('mach-o', 'x86-64', [[4, 1]]), multiPhase('mach-o-chained', 'aarch64', [[4, 1]])),
    forwarding('Wrapped_PyInit_x'),
    narrowMultiPhase(1),
    threadLocalBetween('aarch64'),
    multiPhase('elf', 'riscv64', [[4, 1]]),
  ];
}

/** A copy with up to four damages, sometimes cut short. */
export function damage(original: Uint8Array, random: (below: number) => number): Uint8Array {
  const bytes = original.slice();
  const view = new DataView(bytes.buffer);
  const interesting = usedPlaces(original);
  const place = (): number =>
    random(8) === 0 ? random(bytes.length) : interesting[random(interesting.length)]!;
  for (let count = 1 + random(4); count > 0; count--) {
    const at = place();
    switch (random(5)) {
      case 0:
        bytes[at] = bytes[at]! ^ (1 << random(8));
        break;
      case 1:
        if (at + 4 <= bytes.length) view.setUint32(at, ABSURD[random(ABSURD.length)]!, true);
        break;
      case 2:
        if (at + 8 <= bytes.length)
          view.setBigUint64(
            at,
            (BigInt(ABSURD[random(ABSURD.length)]!) << 32n) | BigInt(random(0x1_0000_0000)),
            true,
          );
        break;
      case 3:
        bytes.copyWithin(at, place(), place());
        break;
      default:
        bytes[at] = random(256);
    }
  }
  return random(6) === 0 ? bytes.subarray(0, random(bytes.length)) : bytes;
}

const ABSURD: readonly number[] = [
  0, 1, 0x7f, 0xff, 0xffff, 0x7fff_ffff, 0x8000_0000, 0xffff_fff0, 0xffff_ffff, 0x0100_0000, 0x1000, 0x3000,
  0x7ff8, 0x8000,
];

const PLACES = new WeakMap<Uint8Array, readonly number[]>();

/** Offsets of bytes that are not zero, where damage is more likely to be felt, and their neighbours. */
function usedPlaces(bytes: Uint8Array): readonly number[] {
  let places = PLACES.get(bytes);
  if (places === undefined) {
    places = Array.from(bytes.keys()).filter((at) => bytes[at] !== 0 || bytes[Math.max(0, at - 1)] !== 0);
    PLACES.set(bytes, places);
  }
  return places;
}

/** A linear congruential generator: the same numbers everywhere. */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}
