/** “Open the Demo”: a copy of the packaged program with bugs, to look at and to fix; made anew each time. */
import { type ExtensionContext, Uri, window, workspace } from 'vscode';

export async function openDemo({ extensionUri, globalStorageUri }: ExtensionContext): Promise<void> {
  const copy = Uri.joinPath(globalStorageUri, 'demo', 'demo.py');
  await workspace.fs.createDirectory(Uri.joinPath(copy, '..'));
  await workspace.fs.copy(Uri.joinPath(extensionUri, 'client', 'media', 'demo.py'), copy, {
    overwrite: true,
  });
  await window.showTextDocument(copy, { preview: false });
}
