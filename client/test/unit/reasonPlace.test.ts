import { describe, expect, it } from 'vitest';
import { aroundReason } from '../../src/reasonPlace.ts';

describe('a suppression is inserted with a place for its reason', () => {
  it.each([
    ['  # heddle: ignore[nonatomic-update]', '  # heddle: ignore[nonatomic-update] …'],
    ['    # heddle: ignore-next-line[a]\n', '    # heddle: ignore-next-line[a] …\n'],
    ['# heddle: ignore-file[a]\r\n', '# heddle: ignore-file[a] …\r\n'],
    ['  /* heddle: ignore[a] */', '  /* heddle: ignore[a] … */'],
  ])('%j', (text, withPlace) => expect(aroundReason(text)?.join('…')).toBe(withPlace));
  it('but not where a comment that is there gets another rule, or code is inserted', () => {
    expect(aroundReason(', useless-lock')).toBeUndefined();
    expect(aroundReason('with self._lock:\n')).toBeUndefined();
  });
});
