/** The part of the walk after an audit: what is found stays true whatever becomes of the files, and the tree leads to it. */
import { strict as assert } from 'node:assert';
import { readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Locator } from 'playwright-core';
import { type Test, until } from '../harness.ts';
import type { Hands } from './hands.ts';

export function auditedSteps(hands: Hands): readonly Test[] {
  const { page, workspace, picture, step, press, command, openFile, goToLine } = hands;
  const pane = page.locator('.pane-body:has(.tree-explorer-viewlet-tree-view)');
  const row = (text: RegExp | string): Locator => pane.locator('.monaco-list-row', { hasText: text }).first();
  const none = (text: RegExp | string): Promise<true> =>
    until(`no line with ${text}`, async () => (await row(text).count()) === 0);
  const summary = (text: RegExp | string): Promise<void> =>
    page.locator('.tree-explorer-viewlet-tree-view .message', { hasText: text }).first().waitFor();
  const file = (name: string): string => join(workspace, 'shop', name);
  const lineOf = (name: string, code: string): number =>
    readFileSync(file(name), 'utf8').split('\n').indexOf(code) + 1;
  const update = '    taken += 1';

  return [
    step('a closed file that changes on disk keeps its finding, at its new line', async () => {
      await command('Heddle: Group Findings by Rule');
      const line = lineOf('stock.py', update);
      await row(`stock.py:${line}`).waitFor();
      writeFileSync(
        file('stock.py'),
        `# A comment of somebody else.\n${readFileSync(file('stock.py'), 'utf8')}`,
      );
      await row(`stock.py:${line + 1}`).waitFor();
      await summary('2 errors in 2 of 5 files');
      await picture('40-changed-on-disk');
    }),
    step('an edit that removes a bug and is thrown away brings its finding back', async () => {
      await openFile('shop/stock.py');
      await goToLine(lineOf('stock.py', update));
      await press('ControlOrMeta+Shift+k');
      await none('stock.py');
      await summary('1 error in 1 of 5 files');
      await command('View: Revert and Close Editor');
      await row('stock.py').waitFor();
      await summary('2 errors in 2 of 5 files');
      await picture('41-removal-thrown-away');
    }),
    step('an edit that makes a bug and is thrown away leaves no finding behind', async () => {
      await openFile('guarded.py');
      await goToLine(11);
      await press('ControlOrMeta+Shift+k');
      await goToLine(11, 5);
      await press('Shift+Tab');
      await row('guarded.py').waitFor();
      await command('View: Revert and Close Editor');
      await none('guarded.py');
      await summary('2 errors in 2 of 5 files');
      await picture('42-bug-thrown-away');
    }),
    step('a renamed file keeps its finding under its new name', async () => {
      renameSync(file('stock.py'), file('store.py'));
      await row('store.py').waitFor();
      await none('stock.py');
      await picture('43-renamed');
      renameSync(file('store.py'), file('stock.py'));
      await row('stock.py').waitFor();
    }),
    step('the line above the tree counts what the tree shows', async () => {
      const text = readFileSync(file('stock.py'), 'utf8');
      writeFileSync(file('stock.py'), text.replace(update, '    pass'));
      await summary('1 error in 1 of 5 files');
      await picture('44-summary-follows');
      writeFileSync(file('stock.py'), text);
      await summary('2 errors in 2 of 5 files');
    }),
    step('by keyboard: down to a finding, into its related places, and to the code', async () => {
      await command('Heddle: Focus on Findings View');
      const focused = (level: number) =>
        pane.locator(`.monaco-list-row.focused[aria-level="${level}"]`).first();
      /** Presses a key until a line of that level has the focus: what is opened comes from the server. */
      const pressUntil = async (key: string, level: number): Promise<void> => {
        for (let tries = 0; tries < 20 && !(await focused(level).isVisible()); tries++) {
          await press(key);
          await focused(level)
            .waitFor({ timeout: 500 })
            .catch(() => {});
        }
        await focused(level).waitFor();
      };
      await pressUntil('Home', 1);
      await pressUntil('ArrowRight', 2);
      await pressUntil('ArrowRight', 3);
      await picture('45-tree-by-keyboard');
      await press('Enter');
      await page.locator('.tab.active', { hasText: /orders\.py|stock\.py/ }).waitFor();
    }),
    step('a line of the tree says its severity, and its menu what can be done', async () => {
      const line = row('stock.py');
      assert.match((await line.getAttribute('aria-label')) ?? '', /^error: .*Rule nonatomic-update\./);
      await line.click({ button: 'right' });
      const menu = page.locator('.monaco-menu');
      await menu.locator('.action-item', { hasText: 'Suppress' }).first().waitFor();
      for (const entry of ['Fix…', 'Turn Rule Off', 'Show Rule Page', 'Copy Finding'])
        await menu.locator('.action-item', { hasText: entry }).first().waitFor();
      await picture('46-tree-menu');
      await press('Escape');
    }),
    step('a filter by file hides the others and says so', async () => {
      await command('Heddle: Filter Findings');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Errors' }).waitFor();
      await picture('47-filter-levels');
      await press('Enter');
      await page.locator('.quick-input-widget input[type="text"]').first().fill('orders');
      await press('Enter');
      await none('stock.py');
      await row('orders.py').waitFor();
      await summary('1 error in 1 of 5 files · 1 finding hidden by the filter (in orders)');
      await picture('48-filtered');
      await command('Heddle: Show All Findings');
      await row('stock.py').waitFor();
    }),
    step('the tree follows the cursor', async () => {
      await openFile('shop/stock.py');
      await goToLine(lineOf('stock.py', update), 6);
      await pane.locator('.monaco-list-row.selected', { hasText: 'stock.py' }).waitFor();
      await picture('49-follows-cursor');
    }),
  ];
}
