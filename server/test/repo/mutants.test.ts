/** The faults of `npm run mutants` are put into the code as it is: one whose place is gone tries nothing. */
import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

interface Mutant {
  readonly fault: string;
  /** From the root of the repository. */
  readonly file: string;
  readonly from: string;
}

const root = new URL('../../../', import.meta.url);
const { MUTANTS } = (await import(new URL('scripts/mutantList.mjs', root).href)) as {
  readonly MUTANTS: readonly Mutant[];
};

it.each(MUTANTS)('there is a place for the fault "$fault"', ({ file, from }) => {
  expect(readFileSync(new URL(file, root), 'utf8').split(from)).toHaveLength(2);
});
