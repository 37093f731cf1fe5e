/**
 * The notebooks that are open: each is one program, made of its cells as the editor has them, and the only document that
 * the analysers know of it. This file translates between the two: a place in a cell is one in the program, and back.
 */
import {
  type Connection,
  NotebookCellKind,
  type NotebookDocument,
  NotebookDocuments,
  type Position,
  type Range,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import type { Place, TextEdit } from '../../service/locatedFinding.ts';
import { cellAt, cellLines, hidesMagic, notebookProgram, oneLineBreak } from '../../service/notebook.ts';
import { pathOf } from './addresses.ts';
import { type EditedDocument, type EditsOfDocument, rangesOf } from './edits.ts';

export interface Notebooks {
  /** Begins to take the editor's messages about notebooks. */
  listen(connection: Connection, events: NotebookEvents): void;
  /** The open cell of this URI. */
  cell(uri: string): OpenCell | undefined;
  /** The open cell with this number, of the notebook of a path. */
  numbered(path: string, number: number): OpenCell | undefined;
  /**
   * Edits of a notebook's program as edits of its cells; undefined when one would reach over the end of a cell, or
   * replace a line that is IPython's. Edits of anything else are those of `document`.
   */
  edited(document: EditedDocument, edits: readonly TextEdit[]): readonly EditsOfDocument[] | undefined;
}

export interface NotebookEvents {
  changed(program: TextDocument): void;
  closed(program: TextDocument): void;
}

export interface OpenCell {
  readonly uri: string;
  readonly version: number;
  readonly number: number;
  /** Of the notebook. */
  readonly path: string;
  /** Its first line in the program. */
  readonly first: number;
  readonly text: string;
}

export function notebooks(): Notebooks {
  const documents = new NotebookDocuments(TextDocument);
  /** The cells of each open notebook, by its path. */
  const open = new Map<string, readonly OpenCell[]>();
  const byUri = new Map<string, OpenCell>();
  let version = 0;

  const forget = (path: string): void => {
    for (const { uri } of open.get(path) ?? []) byUri.delete(uri);
    open.delete(path);
  };
  const programOf = (notebook: NotebookDocument): TextDocument => {
    const path = pathOf(notebook.uri);
    forget(path);
    const cells = notebook.cells.flatMap((cell, at) => {
      const document = cell.kind === NotebookCellKind.Code ? documents.getCellTextDocument(cell) : undefined;
      return document === undefined
        ? []
        : [{ document, number: at + 1, text: oneLineBreak(document.getText()) }];
    });
    const program = notebookProgram(cells);
    const lines = cellLines(program);
    const opened = cells.map(({ document, number, text }, at) => {
      return {
        uri: document.uri,
        version: document.version,
        number,
        path,
        first: lines[at]?.first ?? 0,
        text,
      };
    });
    open.set(path, opened);
    for (const cell of opened) byUri.set(cell.uri, cell);
    version += 1;
    return TextDocument.create(notebook.uri, 'python', version, program);
  };

  return {
    listen(connection, { changed, closed }) {
      documents.onDidOpen((notebook) => changed(programOf(notebook)));
      documents.onDidChange(({ notebookDocument }) => changed(programOf(notebookDocument)));
      documents.onDidClose((notebook) => {
        forget(pathOf(notebook.uri));
        closed(TextDocument.create(notebook.uri, 'python', version, ''));
      });
      documents.listen(connection);
    },
    cell: (uri) => byUri.get(uri),
    numbered: (path, number) => open.get(path)?.find((cell) => cell.number === number),
    edited(document, edits) {
      const cells = open.get(pathOf(document.uri));
      const changes = rangesOf(document, edits);
      if (cells === undefined) return [{ uri: document.uri, version: document.version, changes }];
      const lines = cells.map(({ number, first }, at) => ({
        number,
        first,
        last: (cells[at + 1]?.first ?? Number.POSITIVE_INFINITY) - 2,
      }));
      const byCell = new Map<OpenCell, { range: Range; newText: string }[]>();
      for (const change of changes) {
        const cell = cells.find(({ number }) => number === cellAt(lines, change.range.start.line)?.number);
        const own = cell === undefined ? undefined : editOfCell(cell, change);
        if (cell === undefined || own === undefined) return undefined;
        byCell.set(cell, [...(byCell.get(cell) ?? []), own]);
      }
      return [...byCell].map(([cell, its]) => ({ uri: cell.uri, version: cell.version, changes: its }));
    },
  };
}

/** The edit in the cell's own lines. What is to stand before the cell's mark or in its place stands at its beginning. */
function editOfCell(
  cell: OpenCell,
  { range, newText }: { readonly range: Range; readonly newText: string },
): { range: Range; newText: string } | undefined {
  const inserts = isEqual(range.start, range.end);
  if (range.start.line < cell.first) {
    const beginning = { line: 0, character: 0 };
    if (!inserts) return undefined;
    if (range.start.character === 0 && newText.endsWith('\n'))
      return { range: { start: beginning, end: beginning }, newText };
    if (!newText.startsWith('\n')) return undefined;
    return { range: { start: beginning, end: beginning }, newText: `${newText.slice(1)}\n` };
  }
  const document = TextDocument.create(cell.uri, 'python', cell.version, cell.text);
  const start = inOwnLines(range.start, cell);
  const end = inOwnLines(range.end, cell);
  if (end.line >= document.lineCount) return undefined;
  if (!inserts && hidesMagic(cell.text, document.offsetAt(start), document.offsetAt(end))) return undefined;
  return { range: { start, end }, newText };
}

/** A position of the program, in the lines of the cell that it is in. */
export function inOwnLines({ line, character }: Position, { first }: Pick<OpenCell, 'first'>): Position {
  return { line: line - first, character };
}

/** A position of the cell, in the lines of the program. */
export function inProgram<Where extends Position>({ line, character }: Where, { first }: OpenCell): Position {
  return { line: line + first, character };
}

/** A place in the document that the editor has it in: a cell where its notebook is open. */
export function shownPlace(
  place: Place,
  uriOf: (path: string) => string,
  numbered: Notebooks['numbered'],
): { readonly uri: string; readonly range: Range; readonly cellIsOpen: boolean } {
  const first = place.cell?.first ?? 0;
  const open = place.cell === undefined ? undefined : numbered(place.file, place.cell.number);
  return {
    uri: open?.uri ?? uriOf(place.file),
    range: { start: inOwnLines(place.start, { first }), end: inOwnLines(place.end, { first }) },
    cellIsOpen: open !== undefined,
  };
}

function isEqual(a: Position, b: Position): boolean {
  return a.line === b.line && a.character === b.character;
}
