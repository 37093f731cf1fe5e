/** The examples in every rule's documentation: the bad ones are reported, the good ones are not. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../src/rules/registry.ts';
import { findingsOf } from './support/fixtures.ts';

for (const { id, docs } of RULES) {
  describe(`the page of ${id}`, () => {
    docs.bad.forEach((code, index) => {
      it(`bad example ${index + 1} is reported`, async () => {
        expect(await rulesReported(code, docs.example?.name)).toContain(id);
      });
    });
    docs.good.forEach((code, index) => {
      it(`good example ${index + 1} is silent`, async () => {
        expect(await rulesReported(code, docs.example?.name)).toEqual([]);
      });
    });
  });
}

async function rulesReported(code: string, file = 'example.py'): Promise<readonly string[]> {
  const found = await findingsOf({ [file]: code }, { target: 'both' });
  return (found.get(file) ?? []).map(({ rule }) => rule);
}
