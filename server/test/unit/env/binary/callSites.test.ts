import { describe, expect, it } from 'vitest';
import { functionsLeadingTo, importCallSites } from '../../../../src/env/binary/callSites.ts';
import { ByteSource, type Image, type Machine } from '../../../../src/env/binary/image.ts';

/** Code at 0x1000, data at 0x2000 (8 bytes of it), functions of 0x40 bytes each. */
function image(machine: Machine, code: ReadonlyMap<number, readonly number[]>, held = 0): Image {
  const bytes = new Uint8Array(0x2008);
  for (const [at, values] of code) bytes.set(values, at);
  new DataView(bytes.buffer).setUint32(0x2000, held, true);
  const segment = (address: number, size: number, executable: boolean) => ({
    address,
    memorySize: size,
    offset: address,
    fileSize: size,
    writable: !executable,
    executable,
  });
  return {
    format: 'elf',
    machine,
    pointerSize: 8,
    source: new ByteSource(bytes, true),
    segments: [segment(0x1000, 0x1000, true), segment(0x2000, 8, false)],
    moduleExports: new Map(),
    pythonImports: new Set(['f', 'g']),
    runtimeFunctions: new Map(),
    exportedAddress: () => undefined,
    neededLibraries: [],
    searchPaths: [],
    relocationAt: () => undefined,
    importCells: (name) => [name === 'f' ? 0x2100 : 0x2108],
    functionStart: (address) => Math.floor(address / 0x40) * 0x40,
  };
}

const words = (...values: readonly number[]): readonly number[] =>
  values.flatMap((value) => [value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24]);
/** adrp x16, 0x2000; ldr x16, [x16, cell]; br x16 */
const stub = (cell: number): readonly number[] =>
  words(0xb0000010, 0xf9400210 | (((cell & 0xfff) / 8) << 10), 0xd61f0200);

describe('call sites', () => {
  it('on AArch64 takes the stub of an import, not the one before it', () => {
    const code = new Map([
      [0x1100, [...stub(0x2108), ...stub(0x2100)]],
      [0x1000, words(0x94000000 | (0x100 / 4))], // bl 0x1100: g
      [0x1004, words(0x94000000 | (0x108 / 4))], // bl 0x110c: f
    ]);
    expect(importCallSites(image('aarch64', code), 'f')).toEqual([0x1004]);
    expect(importCallSites(image('aarch64', code), 'g')).toEqual([0x1000]);
  });
});

describe('functions that lead to others', () => {
  // 0x1040 calls 0x1080, 0x1080 jumps to 0x10c0.
  const calls = new Map([
    [0x1040, [0xe8, ...words(0x1080 - 0x1045)]],
    [0x1088, [0xe9, ...words(0x10c0 - 0x108d)]],
  ]);

  it('are found over several calls', () => {
    expect(functionsLeadingTo(image('x86-64', calls), new Set([0x10c0]))).toEqual(
      new Set([0x10c0, 0x1080, 0x1040]),
    );
    expect(functionsLeadingTo(image('x86-64', calls), new Set([0x1040]))).toEqual(new Set([0x1040]));
    const branches = new Map([[0x1040, words(0x94000010)]]);
    expect(functionsLeadingTo(image('aarch64', branches), new Set([0x1080]))).toEqual(
      new Set([0x1080, 0x1040]),
    );
  });

  it('are not known when an address is taken, in code or in data', () => {
    const taken = new Map([[0x1040, [0x48, 0x8d, 0x05, ...words(0x1080 - 0x1047)]]]);
    expect(functionsLeadingTo(image('x86-64', taken), new Set([0x1080]))).toBeUndefined();
    expect(functionsLeadingTo(image('x86-64', new Map(), 0x1080), new Set([0x1080]))).toBeUndefined();
  });
});
