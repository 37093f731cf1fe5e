/** Text edits of the core → workspace edits, in the richest form that the editor understands. */
import type { ChangeAnnotation, Position, Range, WorkspaceEdit } from 'vscode-languageserver';
import { collides, type TextEdit, together } from '../../base/textEdit.ts';
import type { ClientSupport } from './clientSupport.ts';

export interface EditedDocument {
  readonly uri: string;
  /** Null when the editor does not have it open: the file on disk is meant. */
  readonly version: number | null;
  positionAt(offset: number): Position;
}

export interface EditsOfDocument {
  readonly uri: string;
  readonly version: number | null;
  readonly changes: readonly { readonly range: Range; readonly newText: string }[];
}

/** @param annotation shown before the edit is applied, where the editor can */
export function workspaceEdit(
  documents: readonly EditsOfDocument[],
  support: ClientSupport,
  annotation?: ChangeAnnotation,
): WorkspaceEdit {
  if (!support.versionedEdits)
    return { changes: Object.fromEntries(documents.map(({ uri, changes }) => [uri, [...changes]])) };
  const annotationId = 'heddle';
  const annotated = annotation !== undefined && support.confirmEdits ? { annotationId } : {};
  const documentChanges = documents.map(({ uri, version, changes }) => ({
    textDocument: { uri, version },
    edits: changes.map((change) => ({ ...change, ...annotated })),
  }));
  if (annotation === undefined || !support.confirmEdits) return { documentChanges };
  return { documentChanges, changeAnnotations: { [annotationId]: annotation } };
}

export function rangesOf(
  document: EditedDocument,
  edits: readonly TextEdit[],
): readonly { readonly range: Range; readonly newText: string }[] {
  return edits.map(({ span, text }) => ({
    range: { start: document.positionAt(span.start), end: document.positionAt(span.end) },
    newText: text,
  }));
}

/**
 * The edits of several fixes as one: equal edits (the same import, inserted by each) count once, and a fix that
 * touches what one before it touches is left out.
 */
export function combinedEdits(fixes: readonly (readonly TextEdit[])[]): readonly TextEdit[] {
  let taken: readonly TextEdit[] = [];
  for (const edits of fixes) if (!collides(edits, taken)) taken = together(taken, edits);
  return taken;
}
