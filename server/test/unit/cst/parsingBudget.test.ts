import { expect, test } from 'vitest';
import { parsingBudget } from '../../../src/cst/runtime.ts';

/** After how many questions a parse is given up, when each step takes this long on the clock and of the process's work. */
function stepsUntilGivenUp(wallPerStep: number, workPerStep: number): number {
  let steps = 0;
  const budget = parsingBudget(
    1000,
    () => steps * wallPerStep,
    () => steps * workPerStep,
  );
  do steps += 1;
  while (!budget() && steps < 100_000);
  return steps;
}

test('steps that take long are given up after some seconds', () => {
  expect(stepsUntilGivenUp(100, 100)).toBeLessThan(50);
});

test('time in which the machine did something else does not count, nor what other threads worked', () => {
  const enough = stepsUntilGivenUp(0.01, 0.01);
  expect(enough).toBeGreaterThan(1000);
  expect(stepsUntilGivenUp(1000, 0.01)).toBe(enough);
  expect(stepsUntilGivenUp(0.01, 1000)).toBe(enough);
});
