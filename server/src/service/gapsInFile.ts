/** How much of a file was not understood, in lines, as the user is told. */
import { least } from '../base/manyItems.ts';
import { lineIndex } from '../base/span.ts';
import { type FileSummary, factSpan } from '../facts/summary.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { cellLines, inCell, isCellMark } from './notebook.ts';

/** Undefined when all of it was understood. */
export function gapsInFile(file: string, text: string, summary: FileSummary): NotAnalysed | undefined {
  if (summary.skipped.length === 0) return undefined;
  const index = lineIndex(text);
  const isCode = (line: number): boolean => {
    const { start, end } = index.lineSpan(line);
    const content = text.slice(start, end).trim();
    return content !== '' && !content.startsWith('#') && !isCellMark(content);
  };
  const missed = new Set<number>();
  for (const fact of summary.skipped) {
    const { start, end } = factSpan(summary, fact);
    const last = index.position(Math.max(start, end - 1)).line;
    for (let line = index.position(start).line; line <= last; line++) if (isCode(line)) missed.add(line);
  }
  if (missed.size === 0) return undefined;
  let of = 0;
  for (let line = 0; line < index.lineCount; line++) if (isCode(line)) of++;
  const first = least(missed);
  const start = { line: first, character: 0 };
  const place = inCell({ file, span: index.lineSpan(first), start, end: start }, cellLines(text));
  const number = place.start.line - (place.cell?.first ?? 0) + 1;
  const where = `${place.cell === undefined ? '' : `cell ${place.cell.number}, `}line ${number}`;
  const lines = missed.size;
  if (lines * 2 > of && !hasPython(summary))
    return {
      file,
      message: `This does not look like Python: ${lines} of ${of === 1 ? 'its one line' : `its ${of} lines`} of code ${lines === 1 ? 'is' : 'are'} not understood (the first is ${where}); rename it, or exclude it.`,
    };
  return {
    file,
    message: `${lines} of its ${of} lines of code ${lines === 1 ? 'is' : 'are'} not understood (the first is ${where}), and nothing is said of them; mend the syntax, or exclude the file.`,
    part: { lines, of },
  };
}

/** Definitions and imports are not understood by accident; words beside words are. */
function hasPython({ imports, scopes }: FileSummary): boolean {
  return imports.length > 0 || scopes.some(({ kind }) => kind === 'function' || kind === 'class');
}
