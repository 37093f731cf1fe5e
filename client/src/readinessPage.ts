/** “Show Dependency Readiness”: which dependencies of the workspace are ready for free-threaded Python, as a page. */
import { commands, type Disposable, Uri, workspace } from 'vscode';
import { type ReadinessResult, readinessMethod } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { untilCurrent } from './outdated.ts';

export interface ReadinessPage extends Disposable {
  /** Asks the server and shows the page. Rejects, in words for the user, when the server does not run. */
  show(): Promise<void>;
}

const scheme = 'heddle-readiness';

export function createReadinessPage(client: HeddleClient): ReadinessPage {
  const pages: string[] = [];
  const provider = workspace.registerTextDocumentContentProvider(scheme, {
    provideTextDocumentContent: ({ query }) =>
      pages[Number(query)] ?? 'Run “Heddle: Show Dependency Readiness” again.',
  });
  return {
    async show() {
      const { folders } = await untilCurrent(async () => {
        const running = await client.running();
        return running.sendRequest<ReadinessResult>(readinessMethod, null);
      });
      const none = 'Open a folder to see whether what it depends on is ready for free-threaded Python.';
      pages.push(folders.length === 0 ? none : folders.map(({ markdown }) => markdown).join('\n'));
      // The Markdown preview takes a text for the one that it has shown at the same address.
      const query = `${pages.length - 1}`;
      await commands.executeCommand(
        'vscode.open',
        Uri.from({ scheme, path: '/Dependency readiness.md', query }),
      );
    },
    dispose: () => provider.dispose(),
  };
}
