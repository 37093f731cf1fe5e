/** Binaries whose numbers are too large to be counted up: each costs one verdict and no more than a moment. */
import { expect, test } from 'vitest';
import { readGilDeclaration } from '../../src/env/binary/verdict.ts';
import { FORMATS, multiPhase } from '../unit/env/binary/modules.ts';

const FILE = 'x.cpython-313t-x86_64-linux-gnu.so';
const HUGE = [2n ** 53n - 8n, 2n ** 57n, 2n ** 60n, 2n ** 63n, 2n ** 64n - 1n];

/** Places of eight bytes that may be an offset, an address or a size: those in the headers. */
function places(bytes: Uint8Array): readonly number[] {
  return Array.from({ length: Math.floor(Math.min(bytes.length, 1024) / 8) }, (_, index) => 8 * index);
}

test.each(FORMATS)(
  '%s for %s with a huge number anywhere in its headers is read to the end',
  (format, isa) => {
    const original = multiPhase(format, isa, [[4, 1]]);
    for (const at of places(original)) {
      for (const value of HUGE) {
        const bytes = original.slice();
        new DataView(bytes.buffer).setBigUint64(at, value, true);
        const { verdict, evidence } = readGilDeclaration(bytes, FILE, () => undefined);
        expect([verdict, evidence.length > 0]).toEqual([verdict, true]);
      }
    }
  },
);
