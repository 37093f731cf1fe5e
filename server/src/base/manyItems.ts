/**
 * What is spread into the arguments of a call has to fit on the stack: a hundred thousand items do not. So lists that a text or a
 * folder may make as long as it likes are joined, and searched for their ends, here.
 */

export function append<Item>(list: Item[], more: Iterable<Item>): void {
  for (const item of more) list.push(item);
}

/** Infinity when there are none. */
export function least(numbers: Iterable<number>): number {
  let found = Number.POSITIVE_INFINITY;
  for (const number of numbers) if (number < found) found = number;
  return found;
}

/** Minus infinity when there are none. */
export function greatest(numbers: Iterable<number>): number {
  let found = Number.NEGATIVE_INFINITY;
  for (const number of numbers) if (number > found) found = number;
  return found;
}
