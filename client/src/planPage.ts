/** “Plan for Free-Threading”: what to do about the dependencies that are not ready, as a page, with its edits to make. */
import { commands, type Disposable, Range, Uri, WorkspaceEdit, window, workspace } from 'vscode';
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

const RAISE = 'Raise the Bounds';
const UNDO = 'Undo';

/** Nothing is changed unasked, nothing is saved, and one key takes it back: a preview would come with every box empty. */
async function offerEdits(folders: PlanResult['folders']): Promise<void> {
  const files = folders.flatMap(({ edits }) => edits);
  const count = files.reduce((sum, { edits }) => sum + edits.length, 0);
  const [first] = files;
  if (first === undefined || count === 0) return;
  const what = count === 1 ? '1 bound' : `${count} bounds`;
  const answer = await inform(`Heddle: the plan raises ${what} in the dependency files.`, RAISE);
  if (answer !== RAISE) return;
  const change = new WorkspaceEdit();
  for (const { uri, edits } of files)
    for (const { range, newText } of edits) {
      const { start, end } = range;
      const replaced = new Range(start.line, start.character, end.line, end.character);
      change.replace(Uri.parse(uri), replaced, newText);
    }
  await window.showTextDocument(Uri.parse(first.uri));
  await workspace.applyEdit(change, { isRefactoring: true });
  const names = files.map(({ uri }) => uri.slice(uri.lastIndexOf('/') + 1)).join(', ');
  const undo = await inform(`Heddle: ${what} raised in ${names}; look through it and save.`, UNDO);
  if (undo === UNDO) await commands.executeCommand('undo');
}
