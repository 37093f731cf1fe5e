import { describe, expect, it } from 'vitest';
import { directiveIn } from '../../../src/facts/suppressions.ts';

const read = (comment: string) => {
  const found = directiveIn(comment, 0);
  return found === undefined ? undefined : [found.form, ...found.rules, found.reason];
};

describe('a comment that speaks to Heddle', () => {
  it('has its reason without what ends a comment of C', () => {
    expect(read('/* heddle: ignore[a-rule] it is old */')).toEqual(['line', 'a-rule', 'it is old']);
    expect(read('/* heddle: ignore-file[a-rule] **/ ')).toEqual(['file', 'a-rule', '']);
    expect(read('/* heddle: ignore[a-rule] 2 * 3 */')).toEqual(['line', 'a-rule', '2 * 3']);
    expect(read('// heddle: ignore[a-rule] see docs/*')).toEqual(['line', 'a-rule', 'see docs/*']);
    expect(read('# heddle: ignore')).toEqual(['line', '']);
  });

  it('may go on for ever', () => {
    const stars = '*'.repeat(200_000);
    expect(read(`# heddle: ignore ${stars}`)).toEqual(['line', stars]);
    const spaces = ' '.repeat(200_000);
    expect(read(`# heddle: ignore a${spaces}b`)).toEqual(['line', `a${spaces}b`]);
  });
});
