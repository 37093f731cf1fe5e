import { zipSync } from 'fflate';
import { describe, expect, it } from 'vitest';
import { openArchive } from '../../../src/env/wheel.ts';

const wheel = zipSync({
  'pkg/__init__.py': new Uint8Array([35]),
  'pkg/_x.so': new Uint8Array(5000).fill(7),
  'pkg/empty/': new Uint8Array(),
});

describe('a wheel', () => {
  it('lists its files with their size, folders left out', () => {
    expect(openArchive(wheel)?.files).toEqual([
      { path: 'pkg/__init__.py', size: 1 },
      { path: 'pkg/_x.so', size: 5000 },
    ]);
  });

  it('gives the bytes of one file', () => {
    expect(openArchive(wheel)?.read('pkg/_x.so')).toEqual(new Uint8Array(5000).fill(7));
    expect(openArchive(wheel)?.read('pkg/other.so')).toBeUndefined();
  });

  it('is not opened when it is none, or cut off', () => {
    expect(openArchive(new Uint8Array(200))).toBeUndefined();
    expect(openArchive(wheel.subarray(0, wheel.length - 40))).toBeUndefined();
  });

  it('gives nothing for a file whose bytes are damaged', () => {
    const damaged = wheel.slice();
    damaged.fill(0xff, 60, 140);
    expect(() => openArchive(damaged)?.read('pkg/_x.so')).not.toThrow();
  });
});
