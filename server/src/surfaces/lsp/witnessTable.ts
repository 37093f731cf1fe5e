/** The interleaving of a finding as a Markdown table for hovers: a column for each thread, a row for each step. */
import { markdownText } from '../../base/printable.ts';
import type { LocatedStep, LocatedWitness } from '../../service/locatedFinding.ts';

/** @param file the file that is looked at: steps elsewhere name theirs */
export function witnessMarkdown({ threads, steps, outcome }: LocatedWitness, file: string): string {
  const row = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    '**How it goes wrong**',
    [
      row(threads.map((name, index) => `thread ${index + 1}: ${markdownText(name)}`)),
      row(threads.map(() => '---')),
      ...steps.map((step) => row(threads.map((_, index) => (index === step.thread ? cell(step, file) : '')))),
    ].join('\n'),
    markdownText(outcome.replaceAll('`', '')),
  ].join('\n\n');
}

/** A table has no line breaks in its cells without HTML: the line, its text and what is done stand in one. */
function cell({ place, text, does }: LocatedStep, file: string): string {
  const number = place.start.line - (place.cell?.first ?? 0) + 1;
  const name = place.file === file ? '' : `${place.file.slice(place.file.lastIndexOf('/') + 1)}:`;
  const where = place.cell === undefined ? `${name}${number}` : `cell ${place.cell.number}:${number}`;
  return `**${markdownText(where)}** ${markdownText(text)} · *${markdownText(does.replaceAll('`', ''))}*`;
}
