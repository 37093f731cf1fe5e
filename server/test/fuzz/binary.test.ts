/**
 * Damaged and hostile binaries: bit flips, truncations and absurd numbers in every format. Whatever is read, the answer
 * is a verdict. HEDDLE_FUZZ sets the number of inputs (20000 for the full run); the inputs are the same in every run.
 */
import { expect, it } from 'vitest';
import { readGilDeclaration } from '../../src/env/binary/verdict.ts';
import { damage, randomNumbers, wholeBinaries } from './damage.ts';

const { HEDDLE_FUZZ } = process.env;
const INPUTS = Number(HEDDLE_FUZZ ?? 2000);
const FILE = 'x.cpython-313t-x86_64-linux-gnu.so';

it(`gives a verdict for each of ${INPUTS} damaged binaries, without throwing, within its budgets`, () => {
  const originals = wholeBinaries();
  const random = randomNumbers(20261125);
  const verdicts = new Map<string, number>();
  const slow: string[] = [];
  let longest = 0;
  for (let input = 0; input < INPUTS; input++) {
    const damaged = damage(originals[random(originals.length)]!, random);
    const sibling = originals[random(originals.length)]!;
    const started = performance.now();
    const declaration = readGilDeclaration(damaged, FILE, () => ({ path: 'libcore.so', bytes: sibling }));
    const milliseconds = performance.now() - started;
    longest = Math.max(longest, milliseconds);
    if (milliseconds > 100) slow.push(`input ${input}: ${milliseconds.toFixed(0)} ms`);
    expect(declaration.evidence.length).toBeGreaterThan(0);
    expect(declaration.verdict === 'cannot-tell').toBe(declaration.reason !== undefined);
    verdicts.set(declaration.verdict, (verdicts.get(declaration.verdict) ?? 0) + 1);
  }
  console.log(
    `${INPUTS} inputs, longest ${longest.toFixed(1)} ms, ${JSON.stringify(Object.fromEntries(verdicts))}`,
  );
  // The clock is only judged in the full run, on a machine that does nothing else.
  if (HEDDLE_FUZZ !== undefined) expect(slow).toEqual([]);
  // Damage in unused places leaves some readable, and some must not be.
  expect(verdicts.size).toBeGreaterThan(1);
}, 600_000);
