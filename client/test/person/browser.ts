/**
 * The walk in a VS Code that runs in a browser alone, on a file system in memory: the server is a web worker and reads
 * every file through the editor.
 */
import { type Test, until } from '../harness.ts';
import type { Hands } from './hands.ts';

export function browserSteps(hands: Hands): readonly Test[] {
  const { page, picture, step, press, command, goToLine, lightBulb, hover, squiggle, toast } = hands;
  const row = (text: RegExp | string) =>
    page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: text }).first();

  return [
    step('in a browser a Python file shows its squiggle, and the hover says why', async () => {
      // A virtual file system has no search by name.
      await page.locator('.explorer-folders-view .monaco-list-row', { hasText: 'counter.py' }).dblclick();
      await page.locator('.tab.active[data-resource-name="counter.py"]').waitFor();
      await page.locator('.editor-instance .view-line').first().waitFor();
      await squiggle.waitFor();
      await goToLine(11, 6);
      await hover('a.code-link', 'nonatomic-update');
      await picture('60-browser-squiggle');
      await press('Escape');
    }),
    step('in a browser the light bulb adds the lock', async () => {
      await goToLine(11, 6);
      const menu = await lightBulb();
      await menu.locator('.action.focused', { hasText: /lock/i }).waitFor();
      await press('Enter');
      await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
      await picture('61-browser-lock-added');
      await press('ControlOrMeta+z');
      await squiggle.waitFor();
    }),
    step('in a browser the audit reads the files that nobody opened', async () => {
      await command('Heddle: Audit Workspace');
      await toast(/Heddle: 3 errors in 3 of \d files/).waitFor();
      await toast(/Heddle: 3 errors/)
        .locator('.monaco-button', { hasText: 'Show in Heddle' })
        .click();
      await row('orders.py').waitFor();
      await row('stock.py').waitFor();
      await picture('62-browser-audit');
    }),
    step('in a browser a check that would start an interpreter is refused with the reason', async () => {
      await command('Heddle: Check Imports at Run Time');
      await toast('a browser can start no interpreter').waitFor();
    }),
  ];
}
