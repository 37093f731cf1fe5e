/** “Show Dependency Readiness”: which dependencies of the workspace are ready for free-threaded Python, as a page. */
import type { Disposable } from 'vscode';
import { type ReadinessResult, readinessMethod } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { createGeneratedPages } from './generatedPages.ts';
import { untilCurrent } from './outdated.ts';

export interface ReadinessPage extends Disposable {
  /** Asks the server and shows the page. Rejects, in words for the user, when the server does not run. */
  show(): Promise<void>;
}

export function createReadinessPage(client: HeddleClient): ReadinessPage {
  const pages = createGeneratedPages(
    'heddle-readiness',
    'Dependency readiness',
    'Run “Heddle: Show Dependency Readiness” again.',
  );
  return {
    async show() {
      const { folders } = await untilCurrent(async () => {
        const running = await client.running();
        return running.sendRequest<ReadinessResult>(readinessMethod, null);
      });
      const none = 'Open a folder to see whether what it depends on is ready for free-threaded Python.';
      await pages.show(folders.length === 0 ? none : folders.map(({ markdown }) => markdown).join('\n'));
    },
    dispose: () => pages.dispose(),
  };
}
