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

  it('says which file is damaged, and reads the others', () => {
    const damaged = wheel.slice();
    const at = find(damaged, 'pkg/_x.so') + 12;
    damaged[at] = damaged[at]! ^ 0xff;
    const archive = openArchive(damaged);
    expect(archive?.read('pkg/_x.so')).toBeUndefined();
    expect(archive?.problem('pkg/_x.so')).toBe('This file is damaged.');
    expect(archive?.read('pkg/__init__.py')).toEqual(new Uint8Array([35]));
    expect(archive?.problem('pkg/__init__.py')).toBeUndefined();
  });

  it('believes the checksum over the bytes: a changed byte of a stored file is damage', () => {
    const stored = zipSync({ 'a.so': new Uint8Array([1, 2, 3, 4, 5, 6]) }, { level: 0 });
    const at = find(stored, 'a.so') + 4;
    stored[at] = 9;
    expect(openArchive(stored)?.problem('a.so')).toBe('This file is damaged.');
  });

  it('does not unpack what is encrypted, packed in another way, or absurdly large', () => {
    const changed = (offset: number, ...bytes: readonly number[]): string | undefined => {
      const copy = wheel.slice();
      // The entry of the directory is the second place with the name.
      const entry = find(copy, 'pkg/_x.so', find(copy, 'pkg/_x.so') + 1) - 46;
      copy.set(bytes, entry + offset);
      return openArchive(copy)?.problem('pkg/_x.so');
    };
    expect(changed(8, 1)).toBe('This file is encrypted.');
    expect(changed(10, 14)).toMatch(/packed by method 14/);
    expect(changed(24, 0xf0, 0xff, 0xff, 0xfe)).toMatch(
      /^This file is not unpacked: it would become 4080 MiB/,
    );
    expect(changed(42, 0xff, 0xff, 0xff, 0x7f)).toBe('This file is damaged.');
  });

  it('reads an archive that stands behind something else, and sizes in the ZIP64 field', () => {
    const behind = new Uint8Array(100 + wheel.length);
    behind.set(wheel, 100);
    expect(openArchive(behind)?.read('pkg/__init__.py')).toEqual(new Uint8Array([35]));
    expect(openArchive(wide())?.read('a.so')).toEqual(new Uint8Array([7, 7, 7]));
  });
});

function find(bytes: Uint8Array, text: string, from = 0): number {
  for (let at = from; at < bytes.length; at++)
    if ([...text].every((letter, index) => bytes[at + index] === letter.charCodeAt(0))) return at;
  throw new Error(`${text} is not there`);
}

/** One stored file whose sizes are only in the ZIP64 field of the directory. */
function wide(): Uint8Array {
  const plain = zipSync({ 'a.so': new Uint8Array([7, 7, 7]) }, { level: 0 });
  const entry = find(plain, 'a.so', find(plain, 'a.so') + 1) - 46;
  const extra = new Uint8Array([1, 0, 16, 0, 3, 0, 0, 0, 0, 0, 0, 0, 3, 0, 0, 0, 0, 0, 0, 0]);
  const all = new Uint8Array(plain.length + extra.length);
  all.set(plain.subarray(0, entry + 50));
  all.set(extra, entry + 50);
  all.set(plain.subarray(entry + 50), entry + 50 + extra.length);
  all.set(new Uint8Array(8).fill(0xff), entry + 20);
  all[entry + 30] = extra.length;
  const end = all.length - 22;
  all[end + 12] = all[end + 12]! + extra.length;
  return all;
}
