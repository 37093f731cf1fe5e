/**
 * The walks of a person: keys and clicks in the real VS Code, through Playwright, with a screenshot after each step.
 * What only eyes and hands reach is tested here: the squiggle's hover, its link, the light bulb, the notification's
 * Cancel button, the tree, the status bar, questions that are asked.
 */
import { strict as assert } from 'node:assert';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { runTests, type Test, until } from '../harness.ts';
import { serverProcesses } from '../serverProcesses.ts';
import { auditedSteps } from './audited.ts';
import { browserSteps } from './browser.ts';
import { gilSteps } from './gil.ts';
import { createHands, type Hands, type Place } from './hands.ts';
import { quietSteps } from './quietPlaces.ts';
import { trustSteps } from './trust.ts';
import { walkthroughSteps } from './walkthrough.ts';

interface Walk extends Place {
  readonly launch: 'person' | 'trust' | 'browser';
  readonly only?: string;
  readonly results: string;
}

export async function run(walk: Walk): Promise<void> {
  walk.page.setDefaultTimeout(60_000);
  await walk.page.locator('.explorer-folders-view .monaco-list-row').first().waitFor();
  const hands = createHands(walk);
  const walks = { person: steps, trust: trustSteps, browser: browserSteps };
  await runTests(walks[walk.launch](hands), walk);
}

function steps(hands: Hands): readonly Test[] {
  const {
    page,
    workspace,
    picture,
    step,
    press,
    command,
    openFile,
    goToLine,
    lightBulb,
    hover,
    squiggle,
    toast,
  } = hands;
  const status = page.locator('.statusbar-item[id="heddle.heddle.heddle.status"], .statusbar-item', {
    hasText: 'Heddle',
  });

  return [
    ...walkthroughSteps(hands),
    step('a Python file opened by hand shows the squiggle and the status', async () => {
      await openFile('counter.py');
      await squiggle.waitFor();
      await status.first().waitFor();
      await picture('1-squiggle');
    }),
    step('the hover explains the finding, and its rule opens the packaged page', async () => {
      await goToLine(11, 6);
      const link = await hover('a.code-link', 'nonatomic-update');
      await picture('2-hover');
      await link.click();
      await page.locator('.tab.active', { hasText: /nonatomic-update/ }).waitFor();
      const preview = page.frameLocator('iframe.webview.ready').frameLocator('iframe#active-frame');
      await preview.locator('code', { hasText: 'nonatomic-update' }).first().waitFor();
      await picture('3-rule-page');
      await page.locator('.tab', { hasText: 'nonatomic-update' }).click({ button: 'middle' });
      await page.locator('.tab.active', { hasText: 'counter.py' }).waitFor();
    }),
    step('the hover shows the steps in two threads in which the finding goes wrong', async () => {
      await openFile('counter.py');
      await squiggle.waitFor();
      await goToLine(11, 6);
      const table = await hover('table', 'thread 2');
      assert.equal(await table.locator('tbody tr').count(), 4);
      await table.scrollIntoViewIfNeeded();
      await picture('3-hover-steps');
      await press('Escape');
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
      const menu = await lightBulb();
      await picture('5-light-bulb');
      const lines = await menu.locator('.monaco-list-row').allInnerTexts();
      const place = (text: string): number => lines.findIndex((line) => line.includes(text));
      const order = [
        'Quick Fix',
        'Hold `_lock`',
        'Suppress',
        'More Actions',
        'Prove this race',
        'Show the page',
      ];
      const places = order.map(place);
      assert.ok(
        places.every((at, index) => at >= 0 && at >= (places[index - 1] ?? 0)),
        `fixes, then suppressions, then the rest in a group of its own: ${lines.join(' | ')}`,
      );
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
      const summary = page
        .locator('.notification-toast', { hasText: /Heddle: 2 errors in 2 of 5 files/ })
        .first();
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
    ...auditedSteps(hands),
    step('Cancel on the progress notification ends an audit', async () => {
      await command('Heddle: Focus on Findings View');
      await command('Notifications: Clear All Notifications');
      const servers = await serverProcesses();
      // A server that stands still answers nothing before the button has been pressed, however fast the machine is.
      for (const { id } of servers) process.kill(id, 'SIGSTOP');
      try {
        await command('Heddle: Audit Workspace');
        const cancel = page.locator('.notification-toast .monaco-button', { hasText: 'Cancel' }).first();
        await cancel.waitFor();
        await picture('10-audit-progress');
        await cancel.click();
        // What the extension does for the second command, it does after it has told the server to cancel.
        await command('Heddle: Group Findings by File');
        await page.locator('.pane-body .monaco-list-row[aria-level="1"]', { hasText: 'orders.py' }).waitFor();
      } finally {
        for (const { id } of servers) process.kill(id, 'SIGCONT');
      }
      await toast(/cancelled/).waitFor();
      await picture('11-audit-cancelled');
      await command('Heddle: Group Findings by Rule');
    }),
    ...quietSteps(hands),
    ...gilSteps(hands),
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
    step('proving a race asks first, runs it, and shows the test beside the code', async () => {
      await openFile('shop/stock.py');
      await squiggle.waitFor();
      const lines = readFileSync(join(workspace, 'shop', 'stock.py'), 'utf8').split('\n');
      await goToLine(lines.indexOf('    taken += 1') + 1, 6);
      const menu = await lightBulb();
      await menu.locator('.action', { hasText: 'Prove this race by running it' }).first().click();
      const question = page.locator('.monaco-dialog-box', { hasText: 'Run code of this workspace' });
      await question.waitFor();
      await picture('3-prove-question');
      await question.locator('.monaco-button', { hasText: 'Run It' }).click();
      const said = /Heddle: (It breaks|Is this right|Not shown|Inconclusive)/;
      await page.locator('.notification-toast', { hasText: said }).first().waitFor({ timeout: 120_000 });
      await page.locator('.tab', { hasText: 'test_race_take.py' }).first().waitFor();
      await picture('3-proved');
      await page.locator('.tab', { hasText: 'test_race_take.py' }).click({ button: 'middle' });
      rmSync(join(workspace, 'shop', 'test_race_take.py'));
      await command('Notifications: Clear All Notifications');
      await command('View: Focus First Editor Group');
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
