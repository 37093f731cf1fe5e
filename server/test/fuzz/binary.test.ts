/**
 * Damaged and hostile binaries: bit flips, truncations and absurd numbers in every format. Whatever is read, the answer
 * is a verdict. HEDDLE_FUZZ sets the number of inputs (20000 for the full run); the inputs are the same in every run.
 */
import { expect, it } from 'vitest';
import { readGilDeclaration } from '../../src/env/binary/verdict.ts';
import { universal } from '../unit/env/binary/builders.ts';
import {
  FORMATS,
  forwarding,
  modExport,
  multiPhase,
  patchedSlot,
  singlePhase,
  storedSlots,
} from '../unit/env/binary/modules.ts';

const { HEDDLE_FUZZ } = process.env;
const INPUTS = Number(HEDDLE_FUZZ ?? 2000);
const FILE = 'x.cpython-313t-x86_64-linux-gnu.so';

it(`gives a verdict for each of ${INPUTS} damaged binaries, without throwing, within its budgets`, () => {
  const originals = [
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
    ]),
    universal(multiPhase('mach-o', 'x86-64', [[4, 1]]), multiPhase('mach-o-chained', 'aarch64', [[4, 1]])),
    forwarding('Wrapped_PyInit_x'),
  ];
  const random = randomNumbers(20261125);
  const verdicts = new Map<string, number>();
  const slow: string[] = [];
  let longest = 0;
  for (let input = 0; input < INPUTS; input++) {
    const damaged = damage(originals[random(originals.length)]!, random);
    const sibling = originals[random(originals.length)]!;
    const started = performance.now();
    const declaration = readGilDeclaration(damaged, FILE, () => ({ path: 'libcore.so', bytes: sibling }));
    const milliseconds = performance.now() - started;
    longest = Math.max(longest, milliseconds);
    if (milliseconds > 100) slow.push(`input ${input}: ${milliseconds.toFixed(0)} ms`);
    expect(declaration.evidence.length).toBeGreaterThan(0);
    expect(declaration.verdict === 'cannot-tell').toBe(declaration.reason !== undefined);
    verdicts.set(declaration.verdict, (verdicts.get(declaration.verdict) ?? 0) + 1);
  }
  console.log(
    `${INPUTS} inputs, longest ${longest.toFixed(1)} ms, ${JSON.stringify(Object.fromEntries(verdicts))}`,
  );
  // The clock is only judged in the full run, on a machine that does nothing else.
  if (HEDDLE_FUZZ !== undefined) expect(slow).toEqual([]);
  // Damage in unused places leaves some readable, and some must not be.
  expect(verdicts.size).toBeGreaterThan(1);
}, 600_000);

function damage(original: Uint8Array, random: (below: number) => number): Uint8Array {
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
function randomNumbers(seed: number): (below: number) => number {
  let state = seed >>> 0;
  return (below) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor((state / 0x1_0000_0000) * below);
  };
}
