/** The examples in every rule's documentation: the bad ones are reported, the good ones are not. */
import { describe, expect, it } from 'vitest';
import { RULES } from '../src/rules/registry.ts';
import type { ExampleFile } from '../src/rules/rule.ts';
import { findingsOf } from './support/fixtures.ts';

for (const { id, docs } of RULES) {
  describe(`the page of ${id}`, () => {
    docs.bad.forEach((code, index) => {
      it(`bad example ${index + 1} is reported`, async () => {
        expect(await rulesReported(id, code, docs.example)).toContain(id);
      });
    });
    docs.good.forEach((code, index) => {
      it(`good example ${index + 1} is silent`, async () => {
        expect(await rulesReported(id, code, docs.example)).toEqual([]);
      });
    });
  });
}

async function rulesReported(id: string, code: string, example?: ExampleFile): Promise<readonly string[]> {
  const file = example?.name ?? 'example.py';
  const found = await findingsOf({ ...example?.beside, [file]: code }, { target: 'both' }, id);
  return (found.get(file) ?? []).map(({ rule }) => rule);
}
