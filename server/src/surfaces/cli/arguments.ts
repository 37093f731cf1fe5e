/** Values of options that several commands have. */
import { InvalidArgumentError } from 'commander';

/** @throws InvalidArgumentError */
export function wholeNumber(value: string): number {
  if (!/^[1-9]\d{0,3}$/.test(value)) throw new InvalidArgumentError('It must be a whole number from 1 on.');
  return Number(value);
}

/** For an option that may be repeated. */
export function collected(value: string, before: readonly string[] | undefined): readonly string[] {
  return [...(before ?? []), value];
}
