/**
 * Notebooks as Python programs: the code cells in order are one file's text. Lines that are IPython's and not Python's
 * (`%magic`, `!shell`, `name?`) become a statement that does nothing, of the same length, so that every other character
 * stays in its column. A comment line before each cell says which one begins, so that the text alone tells where its
 * lines come from.
 */
import type { Place } from './locatedFinding.ts';

export interface NotebookCell {
  /** Counted from one, cells that are no code included. */
  readonly number: number;
  readonly text: string;
}

/** Where a cell lies in the text of a notebook's program: zero-based lines, the last one included. */
export interface CellLines {
  readonly number: number;
  readonly first: number;
  readonly last: number;
}

export function isNotebook(path: string): boolean {
  return path.endsWith('.ipynb');
}

/** The Python cells in the text of an `.ipynb` file; a sentence for the user when it is none. */
export function readNotebook(json: string): readonly NotebookCell[] | string {
  let read: unknown;
  try {
    read = JSON.parse(json);
  } catch {
    return 'This notebook is not valid JSON, so its cells cannot be read; repair it or exclude it.';
  }
  const { cells, metadata, worksheets } = fieldsOf(read);
  if (worksheets !== undefined)
    return 'This notebook has the format of before 2015 (nbformat 3); open it in Jupyter and save it.';
  if (!Array.isArray(cells)) return 'This file has no cells, so it is not a Jupyter notebook; exclude it.';
  const { kernelspec, language_info: info } = fieldsOf(metadata);
  const language = fieldsOf(info).name ?? fieldsOf(kernelspec).language ?? 'python';
  if (language !== 'python') return [];
  return cells.flatMap((cell: unknown, at) => {
    const { cell_type: type, source, metadata: own } = fieldsOf(cell);
    const other = fieldsOf(fieldsOf(own).vscode).languageId ?? 'python';
    if (type !== 'code' || other !== 'python') return [];
    const text = Array.isArray(source) ? source.join('') : String(source ?? '');
    return [{ number: at + 1, text }];
  });
}

/** Unlike any comment of a user's: it has a character that no text may contain. */
const MARK = '#\uFDD0 cell ';

/** Whether a line says that a cell begins. */
export function isCellMark(line: string): boolean {
  return line.startsWith(MARK);
}

/** The text of the program that these cells are. */
export function notebookProgram(cells: readonly NotebookCell[]): string {
  return cells.map(({ number, text }) => `${MARK}${number}\n${withoutMagic(oneLineBreak(text))}\n`).join('');
}

/** Where the cells lie in such a text, in order; empty for any other text. */
export function cellLines(program: string): readonly CellLines[] {
  if (!program.startsWith(MARK)) return [];
  const cells: { number: number; first: number; last: number }[] = [];
  const lines = program.split('\n');
  for (const [at, line] of lines.entries()) {
    if (!isCellMark(line)) continue;
    const before = cells.at(-1);
    if (before !== undefined) before.last = at - 1;
    /** The line break after the last cell begins no line of it. */
    cells.push({ number: Number(line.slice(MARK.length)), first: at + 1, last: lines.length - 2 });
  }
  return cells;
}

/** The cell that a line belongs to. The mark before a cell counts as the cell's. */
export function cellAt(cells: readonly CellLines[], line: number): CellLines | undefined {
  let low = 0;
  let high = cells.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if (cells[middle]!.first - 1 <= line) low = middle;
    else high = middle - 1;
  }
  return cells[low];
}

/** A place as people name it in a notebook: by its cell, and lines counted in it. */
export function inCell(place: Place, cells: readonly CellLines[]): Place {
  const cell = cellAt(cells, place.start.line);
  return cell === undefined ? place : { ...place, cell: { number: cell.number, first: cell.first } };
}

/** Whether Python text that was put in place of IPython's lies between these offsets of a cell
 * with one kind of line break: no edit may replace it. */
export function hidesMagic(cell: string, start: number, end: number): boolean {
  return cell.slice(start, end) !== withoutMagic(cell).slice(start, end);
}

/** Jupyter and editors may disagree about line breaks. */
export function oneLineBreak(text: string): string {
  return text.replace(/\r\n?/g, '\n');
}

/** Cell magics whose lines are Python of the notebook's own program. */
const PYTHON_CELL_MAGICS: ReadonlySet<string> = new Set(['capture', 'ipytest', 'prun', 'time', 'timeit']);

function withoutMagic(cell: string): string {
  const [, blank = '', name] = /^(\s*)%%(\w*)/.exec(cell) ?? [];
  if (name !== undefined && !PYTHON_CELL_MAGICS.has(name)) return cell.replace(/[^\n]/g, ' ');
  const lines = cell.split('\n');
  const state: LexicalState = { quote: undefined, depth: 0, continued: false };
  const cellMagic = name === undefined ? -1 : blank.split('\n').length - 1;
  let shellGoesOn = false;
  return lines
    .map((line, at) => {
      const fresh = state.quote === undefined && state.depth === 0 && !state.continued;
      if (shellGoesOn || at === cellMagic || (fresh && /^\s*(?:[%!?]|[\w.*]+\?{1,2}\s*$)/.test(line))) {
        shellGoesOn = line.endsWith('\\');
        return nothing(line);
      }
      const assigned = fresh ? /^(\s*[\w.,[\]'" ]+=\s*)[%!](?!=)/.exec(line)?.[1] : undefined;
      if (assigned !== undefined) {
        shellGoesOn = line.endsWith('\\');
        return `${assigned}''`.padEnd(line.length);
      }
      scan(line, state);
      return line;
    })
    .join('\n');
}

function nothing(line: string): string {
  if (line.trim() === '') return line;
  return `${/^\s*/.exec(line)?.[0] ?? ''}0`.padEnd(line.length);
}

interface LexicalState {
  /** The quotes that would end the string that is open. */
  quote: string | undefined;
  /** Brackets that are open. */
  depth: number;
  /** The line before ended with a backslash. */
  continued: boolean;
}

/** Reads one line as far as needed to know whether the next begins a statement. */
function scan(line: string, state: LexicalState): void {
  state.continued = false;
  for (const [token] of line.matchAll(/\\.|\\$|"""|'''|["'()[\]{}#]/g)) {
    if (token === '\\') {
      state.continued = true;
    } else if (state.quote !== undefined) {
      /** Three quotes in a string of one: it ends, and one of two begins and ends. */
      if (token.startsWith(state.quote)) state.quote = undefined;
    } else if (token === '#') break;
    else if (/^["']/.test(token)) state.quote = token;
    else if ('([{'.includes(token)) state.depth++;
    else if (')]}'.includes(token)) state.depth = Math.max(0, state.depth - 1);
  }
  /** A string of one line ends with it, closed or not. */
  if (state.quote?.length === 1 && !state.continued) state.quote = undefined;
}

/** The fields of a notebook that matter here, nothing of which has been checked. */
type Fields = Readonly<
  Partial<
    Record<
      | 'cells'
      | 'cell_type'
      | 'kernelspec'
      | 'language'
      | 'language_info'
      | 'languageId'
      | 'metadata'
      | 'name'
      | 'source'
      | 'vscode'
      | 'worksheets',
      unknown
    >
  >
>;

function fieldsOf(value: unknown): Fields {
  return typeof value === 'object' && value !== null ? value : {};
}
