/** “Plan for Free-Threading”: what to do about the dependencies that are not ready, as a page, with its edits to look through. */
import { type Disposable, Range, Uri, WorkspaceEdit, workspace } from 'vscode';
import { type PlanResult, planMethod } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { createGeneratedPages } from './generatedPages.ts';
import { inform } from './notices.ts';
import { untilCurrent } from './outdated.ts';

export interface PlanPage extends Disposable {
  /** Asks the server, shows the page and offers its edits. Rejects, in words for the user, when the server does not run. */
  show(): Promise<void>;
}

export function createPlanPage(client: HeddleClient): PlanPage {
  const pages = createGeneratedPages(
    'heddle-plan',
    'Plan for free-threading',
    'Run “Heddle: Plan for Free-Threading” again.',
  );
  return {
    async show() {
      const { folders } = await untilCurrent(async () => {
        const running = await client.running();
        return running.sendRequest<PlanResult>(planMethod, null);
      });
      const none = 'Open a folder to plan what it takes to run it on free-threaded Python.';
      await pages.show(folders.length === 0 ? none : folders.map(({ markdown }) => markdown).join('\n'));
      void offerEdits(folders);
    },
    dispose: () => pages.dispose(),
  };
}

const REVIEW = 'Review Changes';

/** Nothing is changed before the user has seen it: the editor shows the edits side by side with the files first. */
async function offerEdits(folders: PlanResult['folders']): Promise<void> {
  const files = folders.flatMap(({ edits }) => edits);
  const count = files.reduce((sum, { edits }) => sum + edits.length, 0);
  if (count === 0) return;
  const what = count === 1 ? '1 bound' : `${count} bounds`;
  const answer = await inform(`Heddle: the plan raises ${what} in the dependency files.`, REVIEW);
  if (answer !== REVIEW) return;
  const change = new WorkspaceEdit();
  for (const { uri, edits } of files)
    for (const { range, newText } of edits) {
      const { start, end } = range;
      change.replace(
        Uri.parse(uri),
        new Range(start.line, start.character, end.line, end.character),
        newText,
        { label: 'Plan for free-threading', needsConfirmation: true },
      );
    }
  await workspace.applyEdit(change);
}
