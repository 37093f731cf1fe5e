import { describe, expect, it } from 'vitest';
import { arm64Decoder } from '../../../../src/env/binary/decodeArm64.ts';
import { ByteSource } from '../../../../src/env/binary/image.ts';

function operations(word: number) {
  const bytes = new Uint8Array(4);
  new DataView(bytes.buffer).setUint32(0, word, true);
  return arm64Decoder(new ByteSource(bytes, true)).decode(0, 0x1000)?.operations;
}

describe('atomic instructions of AArch64', () => {
  it('load with acquire, in every width', () => {
    expect(operations(0xf8bfc01b)).toMatchObject([{ kind: 'load', to: 27, size: 8, from: { base: 0 } }]); // ldapr x27, [x0]
    expect(operations(0xb8bfc01b)).toMatchObject([{ kind: 'load', to: 27, size: 4, from: { base: 0 } }]); // ldapr w27, [x0]
  });

  it('swap', () => {
    expect(operations(0xf8e08041)).toMatchObject([{ kind: 'exchange', to: 1, at: { base: 2 }, size: 8 }]); // swpal x0, x1, [x2]
  });

  it('add, after which neither register nor memory is known', () => {
    // ldaddal x23, x8, [x8] and ldaddl x23, x8, [x8]
    for (const word of [0xf8f70108, 0xf8770108])
      expect(operations(word)).toMatchObject([
        { kind: 'clobber', to: 8 },
        { kind: 'clobberMemory', at: { base: 8 }, size: 8 },
      ]);
  });

  it('are told from prefetches, which do nothing', () => {
    for (const word of [0xf9800000, 0xf8a16800, 0xf8800000]) expect(operations(word)).toEqual([]);
  });
});
