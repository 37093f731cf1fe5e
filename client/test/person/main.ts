/**
 * The walk of a person: keys and clicks in the real VS Code, through Playwright, with a screenshot after each step.
 * What only eyes and hands reach is tested here: the squiggle's hover, its link, the light bulb, the notification's
 * Cancel button, the tree, the status bar.
 */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Page } from 'playwright-core';
import { writeEnvironment } from '../environment.ts';
import { runTests, type Test, until } from '../harness.ts';
import { serverProcesses } from '../serverProcesses.ts';

interface Walk {
  readonly page: Page;
  readonly workspace: string;
  readonly screenshots: string;
  readonly only?: string;
  readonly results: string;
}

export async function run(walk: Walk): Promise<void> {
  walk.page.setDefaultTimeout(60_000);
  await walk.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  await runTests(steps(walk), walk);
}

function steps({ page, workspace, screenshots }: Walk): readonly Test[] {
  const picture = async (name: string): Promise<void> => {
    await page.screenshot({ path: join(screenshots, `${name}.png`), animations: 'disabled' });
  };
  const step = (name: string, body: () => Promise<void>): Test => ({
    name,
    async run() {
      try {
        // A tooltip where the last step left the pointer would be in the way.
        await page.mouse.move(0, 0);
        await body();
      } catch (error) {
        await picture(`failed-${name.replace(/[^a-z]+/gi, '-')}`);
        throw error;
      }
    },
  });
  const press = (keys: string): Promise<void> => page.keyboard.press(keys);
  const command = async (title: string): Promise<void> => {
    await press('F1');
    await page.locator('.quick-input-widget input').first().fill(`>${title}`);
    await page.locator('.quick-input-list .monaco-list-row.focused', { hasText: title }).waitFor();
    await press('Enter');
  };
  const openFile = async (path: string): Promise<void> => {
    const name = path.slice(path.lastIndexOf('/') + 1);
    const entry = page.locator('.quick-input-list .monaco-list-row.focused', { hasText: name });
    // The box searches once when it opens: a file that was written just before may not be found at the first time.
    await until(`${path} is found by name`, async () => {
      await press('Escape');
      await press('ControlOrMeta+p');
      await page.locator('.quick-input-widget input').first().fill(path);
      return entry.waitFor({ timeout: 5_000 }).then(
        () => true,
        () => false,
      );
    });
    await press('Enter');
    await page.locator(`.tab.active[data-resource-name="${name}"]`).waitFor();
    await page.locator('.editor-instance .view-line').first().waitFor();
  };
  const goToLine = async (line: number, column = 1): Promise<void> => {
    await press('Control+g');
    await page.locator('.quick-input-widget input').first().fill(`:${line}:${column}`);
    await press('Enter');
  };
  const squiggle = page.locator('.monaco-editor .squiggly-error, .monaco-editor .squiggly-warning').first();
  const status = page.locator('.statusbar-item[id="heddle.heddle.heddle.status"], .statusbar-item', {
    hasText: 'Heddle',
  });

  return [
    step('a Python file opened by hand shows the squiggle and the status', async () => {
      await openFile('counter.py');
      await squiggle.waitFor();
      await status.first().waitFor();
      await picture('1-squiggle');
    }),
    step('the hover explains the finding, and its rule opens the packaged page', async () => {
      await goToLine(11, 6);
      await command('Show or Focus Hover');
      const link = page.locator('.monaco-hover a.code-link', { hasText: 'nonatomic-update' }).first();
      await link.waitFor();
      await picture('2-hover');
      await link.click();
      await page.locator('.tab.active', { hasText: /nonatomic-update/ }).waitFor();
      const preview = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
      await preview.locator('code', { hasText: 'nonatomic-update' }).first().waitFor();
      await picture('3-rule-page');
      await page.locator('.tab', { hasText: 'nonatomic-update' }).click({ button: 'middle' });
      await page.locator('.tab.active', { hasText: 'counter.py' }).waitFor();
    }),
    step('typing the bug underlines it, and undoing takes the squiggle away', async () => {
      await openFile('guarded.py');
      await until('guarded.py is clean', async () => (await squiggle.count()) === 0);
      await goToLine(11);
      await press('ControlOrMeta+Shift+k');
      await goToLine(11, 5);
      await press('Shift+Tab');
      await squiggle.waitFor();
      await picture('4-typed-bug');
      await press('ControlOrMeta+z');
      await press('ControlOrMeta+z');
      await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
    }),
    step('the light bulb adds the lock', async () => {
      await openFile('counter.py');
      await squiggle.waitFor();
      await goToLine(11, 6);
      await press('ControlOrMeta+.');
      const menu = page.locator('.action-widget:not(.action-list-submenu-panel)');
      await menu.waitFor();
      await picture('5-light-bulb');
      await menu.locator('.action', { hasText: /lock/i }).first().click();
      await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
      await picture('6-lock-added');
      await press('ControlOrMeta+s');
      await until('the saved file holds the lock', () =>
        readFileSync(join(workspace, 'counter.py'), 'utf8').includes(
          '    with _lock:\n        visits += 1\n',
        ),
      );
    }),
    step('the audit ends with a summary and fills the tree', async () => {
      await command('Heddle: Audit Workspace');
      const summary = page.locator('.notification-toast', { hasText: /Heddle: 2 errors in 5 files/ }).first();
      await summary.waitFor();
      await picture('7-audit-summary');
      await summary.locator('.monaco-button', { hasText: 'Show in Heddle' }).click();
      const tree = page.locator('.pane-body .monaco-list-row', { hasText: 'nonatomic-update' });
      await tree.first().waitFor();
      await page.locator('.pane-body .monaco-list-row', { hasText: 'orders.py' }).first().waitFor();
      await picture('8-tree-by-rule');
    }),
    step('a line of the tree opens its place, and the tree groups by file', async () => {
      await page.locator('.pane-body .monaco-list-row', { hasText: 'orders.py' }).first().click();
      await page.locator('.tab.active', { hasText: 'orders.py' }).waitFor();
      await command('Heddle: Group Findings by File');
      await page.locator('.pane-body .monaco-list-row[aria-level="1"]', { hasText: 'orders.py' }).waitFor();
      await picture('9-tree-by-file');
    }),
    step('Cancel on the progress notification ends an audit of many files', async () => {
      const text = readFileSync(join(workspace, 'shop', 'orders.py'), 'utf8').repeat(10);
      mkdirSync(join(workspace, 'many'));
      for (let index = 0; index < 3000; index += 1) {
        writeFileSync(join(workspace, 'many', `module${index}.py`), `${text}\nnumber = ${index}\n`);
      }
      await command('Notifications: Clear All Notifications');
      await command('Heddle: Restart Server');
      await command('Heddle: Audit Workspace');
      const cancel = page.locator('.notification-toast .monaco-button', { hasText: 'Cancel' }).first();
      await cancel.waitFor();
      await picture('10-audit-progress');
      await cancel.click();
      await page
        .locator('.notification-toast', { hasText: /cancelled/ })
        .first()
        .waitFor();
      await picture('11-audit-cancelled');
      rmSync(join(workspace, 'many'), { recursive: true });
    }),
    step(
      'an installed module that brings the GIL back shows its chain and a count in the status bar',
      async () => {
        writeEnvironment(workspace);
        await command('Heddle: Restart Server');
        await openFile('page.py');
        await squiggle.waitFor();
        await goToLine(2, 10);
        await command('Show or Focus Hover');
        await page.locator('.monaco-hover', { hasText: 'markupsafe._speedups' }).first().waitFor();
        await page.locator('.statusbar-item', { hasText: 'GIL would come back: 1 import' }).waitFor();
        await picture('15-gil-import');
        await press('Escape');
        await page.locator('.statusbar-item', { hasText: 'GIL would come back' }).click();
        await page.locator('.quick-input-list .monaco-list-row', { hasText: 'page.py:2' }).waitFor();
        await picture('16-gil-imports');
        await press('Escape');
      },
    ),
    step('the light bulb in requirements.txt raises the bound and keeps the comment', async () => {
      await openFile('requirements.txt');
      await squiggle.waitFor();
      await goToLine(1, 3);
      await press('ControlOrMeta+.');
      const menu = page.locator('.action-widget:not(.action-list-submenu-panel)');
      await menu.waitFor();
      await picture('17-gil-requirement');
      await menu.locator('.action', { hasText: 'Require' }).first().click();
      await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
      await press('ControlOrMeta+s');
      await until('the saved requirement has another version', () =>
        /^markupsafe==(?!2\.1\.5)\d+\.\d+\.\d+ {2}# escapes\n$/.test(
          readFileSync(join(workspace, 'requirements.txt'), 'utf8'),
        ),
      );
      await picture('18-gil-requirement-raised');
    }),
    step('the status bar item offers what can be done', async () => {
      await page.locator('.statusbar-item[aria-label="Heddle: ready"]').click();
      const entries = page.locator('.quick-input-list .monaco-list-row');
      await entries.first().waitFor();
      await picture('12-status-menu');
      const labels = await entries.allInnerTexts();
      assert.ok(
        labels.some((label) => label.includes('Restart Server')),
        labels.join(', '),
      );
      await press('Escape');
    }),
    step(
      'a server that keeps dying is given up with a message, and Restart Server brings it back',
      async () => {
        await command('Notifications: Clear All Notifications');
        await openFile('shop/stock.py');
        await squiggle.waitFor();
        const message = page.locator('.notification-toast', { hasText: 'was not started again' }).first();
        await until('the server is given up', async () => {
          if ((await message.count()) > 0) return true;
          for (const { id } of await serverProcesses()) process.kill(id, 'SIGKILL');
          return false;
        });
        await picture('13-server-given-up');
        await message.locator('.monaco-button', { hasText: 'Restart Server' }).click();
        await openFile('shop/orders.py');
        await squiggle.waitFor();
        await picture('14-server-back');
      },
    ),
  ];
}
