/** Pages that a command writes and VS Code shows: Markdown under a scheme that the manifest opens in the preview. */
import { commands, type Disposable, Uri, workspace } from 'vscode';

export interface GeneratedPages extends Disposable {
  /** Shows a page with this Markdown. */
  show(markdown: string): Promise<void>;
}

/** @param stale what stands on a page that VS Code restores after a restart, when its text is gone */
export function createGeneratedPages(scheme: string, title: string, stale: string): GeneratedPages {
  const pages: string[] = [];
  const provider = workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: ({ query }) => pages[Number(query)] ?? stale,
  });
  return {
    async show(markdown) {
      pages.push(markdown);
      // The Markdown preview takes a text for the one that it has shown at the same address.
      const query = `${pages.length - 1}`;
      await commands.executeCommand('vscode.open', Uri.from({ scheme, path: `/${title}.md`, query }));
    },
    dispose: () => provider.dispose(),
  };
}
