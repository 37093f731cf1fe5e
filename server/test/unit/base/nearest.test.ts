import { describe, expect, it } from 'vitest';
import { contentHash } from '../../../src/base/hash.ts';
import { nearest, suggestion } from '../../../src/base/nearest.ts';

const RULES = ['useless-lock', 'lazy-init-race', 'check-then-act'];

describe('nearest', () => {
  it.each([
    ['useles-lock', 'useless-lock'],
    ['uselses-lock', 'useless-lock'],
    ['Useless_Lock', 'useless-lock'],
    ['lazyinitrace', 'lazy-init-race'],
    ['check-than-act', 'check-then-act'],
  ])('takes "%s" for a slip of %s', (word, rule) => {
    expect(nearest(word, RULES)).toBe(rule);
  });

  it('stays silent when nothing is near', () => {
    expect(nearest('deadlock', RULES)).toBeUndefined();
    expect(suggestion('deadlock', RULES)).toBe('');
    expect(suggestion('useless-lok', RULES)).toBe('; did you mean `useless-lock`?');
  });
});

describe('contentHash', () => {
  it('is one for equal texts, and another after a swap, a change or an added character', () => {
    const texts = ['', 'a', 'ab', 'ba', 'ab ', 'aB', '\u0000', 'ab\u0000'];
    expect(new Set(texts.map(contentHash)).size).toBe(texts.length);
    expect(contentHash('same text')).toBe(contentHash(['same', 'text'].join(' ')));
    for (const text of texts) expect(contentHash(text)).toMatch(/^[0-9a-f]{16}$/);
  });
});
