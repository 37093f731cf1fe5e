/** What the tests do in VS Code, in the words of a user: open a file, replace its text, look at the findings. */
import { cpSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type CodeAction,
  commands,
  type Diagnostic,
  type Extension,
  extensions,
  languages,
  Range,
  type TextDocument,
  type TextEditor,
  Uri,
  window,
  workspace,
} from 'vscode';
import { until } from '../harness.ts';

export function heddle(): Extension<unknown> {
  const extension = extensions.getExtension('heddle.heddle');
  if (extension === undefined) throw new Error('the packaged extension is not installed');
  return extension;
}

export function workspaceFile(path: string): Uri {
  const folder = workspace.workspaceFolders?.[0];
  if (folder === undefined) throw new Error('no folder is open');
  return Uri.joinPath(folder.uri, path);
}

export async function open(path: string): Promise<TextEditor> {
  return window.showTextDocument(workspaceFile(path));
}

export async function replaceText(editor: TextEditor, from: string, to: string): Promise<void> {
  const { document } = editor;
  const start = document.getText().indexOf(from);
  if (start < 0) throw new Error(`“${from}” is not in ${document.uri.path}`);
  const range = new Range(document.positionAt(start), document.positionAt(start + from.length));
  if (!(await editor.edit((edit) => edit.replace(range, to)))) throw new Error('the edit was refused');
}

export function findings(uri: Uri): readonly Diagnostic[] {
  return languages.getDiagnostics(uri).filter((diagnostic) => diagnostic.source === 'heddle');
}

export function rule(diagnostic: Diagnostic): string {
  const { code } = diagnostic;
  return String(typeof code === 'object' ? code.value : code);
}

/** The first finding of a rule in a document, once it is there. */
export function finding(document: TextDocument, id: string): Promise<Diagnostic> {
  return until(`${id} is shown in ${document.uri.path}`, () =>
    findings(document.uri).find((diagnostic) => rule(diagnostic) === id),
  );
}

export async function noFindings(uri: Uri): Promise<void> {
  await until(`no finding is shown in ${uri.path}`, () => findings(uri).length === 0);
}

/** The light bulb's entries at a finding. */
export async function lightBulb(
  document: TextDocument,
  diagnostic: Diagnostic,
): Promise<readonly CodeAction[]> {
  const actions = await commands.executeCommand<readonly CodeAction[]>(
    'vscode.executeCodeActionProvider',
    document.uri,
    diagnostic.range,
    'quickfix',
    10,
  );
  return actions ?? [];
}

export async function apply(action: CodeAction): Promise<void> {
  if (action.edit !== undefined && !(await workspace.applyEdit(action.edit))) {
    throw new Error(`“${action.title}” could not be applied`);
  }
  if (action.command !== undefined) {
    await commands.executeCommand(action.command.command, ...(action.command.arguments ?? []));
  }
}

/** Deletes a folder of the workspace on disk; what it answers puts the folder back. */
export function deleteFolder(path: string): () => void {
  const folder = workspaceFile(path).fsPath;
  const kept = join(workspaceFile('').fsPath, '..', 'kept');
  cpSync(folder, kept, { recursive: true });
  rmSync(folder, { recursive: true });
  return () => renameSync(kept, folder);
}

/** Puts a file back as it is on disk and closes its editor. */
export async function discard(editor: TextEditor): Promise<void> {
  await window.showTextDocument(editor.document);
  await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
}
