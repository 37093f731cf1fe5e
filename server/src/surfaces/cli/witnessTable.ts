/** The interleaving of a finding as a table for terminals: a column for each thread, a row for each step, time going down. */
import { printable } from '../../base/printable.ts';
import type { LocatedFinding, LocatedStep } from '../../service/locatedFinding.ts';
import { columnsOf, textColumns } from './displayWidth.ts';
import { shownAt } from './report.ts';

/** Lines without a line break at their end, none for a finding without a witness. */
export function witnessTable(
  { witness, place }: Pick<LocatedFinding, 'witness' | 'place'>,
  width: number,
): readonly string[] {
  if (witness === undefined) return [];
  const { threads, steps, outcome } = witness;
  const column = Math.max(
    NARROWEST,
    Math.min(WIDEST, Math.floor((width - 3 * (threads.length - 1)) / threads.length)),
  );
  const row = (thread: number, text: string): string =>
    threads
      .map((_, index) => fitted(index === thread ? text : '', column))
      .join(' │ ')
      .trimEnd();
  const heads = threads.map((name, index) => fitted(`thread ${index + 1}: ${printable(name)}`, column));
  return [
    heads.join(' │ ').trimEnd(),
    threads.map(() => '─'.repeat(column)).join('─┼─'),
    ...steps.flatMap((step) => [
      row(step.thread, `${whereOf(step, place.file)}  ${printable(step.text)}`),
      ...(step.does === '' ? [] : [row(step.thread, `  ${printable(step.does)}`)]),
    ]),
    `⇒ ${printable(outcome)}`,
  ];
}

const NARROWEST = 24;
const WIDEST = 60;

/** The line, with its file where that is another than the finding's. */
function whereOf({ place }: LocatedStep, file: string): string {
  const at = shownAt(place).replace(/:\d+$/, '');
  return place.file === file ? at : `${printable(place.file.slice(place.file.lastIndexOf('/') + 1))}:${at}`;
}

/** As many columns as there are, the rest of the text cut off. */
function fitted(text: string, columns: number): string {
  const wanted = textColumns(text);
  if (wanted <= columns) return text + ' '.repeat(columns - wanted);
  let shown = '';
  let used = 0;
  for (const character of text) {
    const next = columnsOf(character);
    if (used + next > columns - 1) break;
    shown += character;
    used += next;
  }
  return `${shown}…${' '.repeat(columns - used - 1)}`;
}
