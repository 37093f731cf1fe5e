/** Edits of a suppression in which the reason is selected, to be typed over. */
import { SnippetString, SnippetTextEdit, type TextEdit, WorkspaceEdit } from 'vscode';
import { aroundReason } from './reasonPlace.ts';

/** The same edit, with a place for the reason where it inserts a suppression. */
export function withReason(edit: WorkspaceEdit): WorkspaceEdit {
  const files = edit.entries();
  const suppresses = files.some(([, edits]) => edits.some(({ newText }) => aroundReason(newText)));
  // An edit that wants to be confirmed cannot be made anew from its parts; no suppression does so.
  if (!suppresses) return edit;
  const made = new WorkspaceEdit();
  for (const [uri, edits] of files) made.set(uri, edits.map(toBeTypedOver));
  return made;
}

function toBeTypedOver(edit: TextEdit): TextEdit | SnippetTextEdit {
  const parts = aroundReason(edit.newText);
  if (parts === undefined) return edit;
  const [before, after] = parts;
  const snippet = new SnippetString().appendText(before).appendPlaceholder('reason').appendText(after);
  return new SnippetTextEdit(edit.range, snippet);
}
