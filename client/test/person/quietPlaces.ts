/** The part of the walk where nothing is drawn red: the settings editor, comments that hide nothing, the output channel, git, notebooks. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Test, until } from '../harness.ts';
import type { Hands } from './hands.ts';

export function quietSteps(hands: Hands): readonly Test[] {
  const { page, workspace, picture, step, press, command, openFile, goToLine, lightBulb, squiggle, toast } =
    hands;
  const file = (name: string): string => join(workspace, name);
  const read = (name: string): string => readFileSync(file(name), 'utf8');
  const lineOf = (name: string, code: string): number => read(name).split('\n').indexOf(code) + 1;
  const update = '    taken += 1';
  const row = (text: RegExp | string) =>
    page.locator('.tree-explorer-viewlet-tree-view .monaco-list-row', { hasText: text }).first();

  return [
    step(
      'the settings editor has the rules as a table, and a level chosen there counts at once',
      async () => {
        await openFile('shop/stock.py');
        await squiggle.waitFor();
        await command('Preferences: Open Workspace Settings');
        const editor = page.locator('.settings-editor');
        await editor.locator('.suggest-input-container .view-line').first().click();
        await page.keyboard.type('heddle.rules');
        const item = editor.locator('.setting-item-contents', { hasText: 'Rules to switch off' }).first();
        await item.locator('.monaco-button', { hasText: 'Add Item' }).click();
        const [rule, level] = [item.locator('select').nth(0), item.locator('select').nth(1)];
        await rule.selectOption('nonatomic-update');
        await level.selectOption('off');
        await picture('50-rules-table');
        await item.locator('.monaco-button', { hasText: 'OK' }).click();
        await until('the settings say so', () => {
          const path = file('.vscode/settings.json');
          return existsSync(path) && /"nonatomic-update": "off"/.test(readFileSync(path, 'utf8'));
        });
        await press('Escape');
        await openFile('shop/stock.py');
        await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
        rmSync(file('.vscode'), { recursive: true });
        await squiggle.waitFor();
      },
    ),
    step('a comment that hides nothing is underlined, and the light bulb takes it away', async () => {
      await openFile('guarded.py');
      await goToLine(lineOf('guarded.py', '        visits += 1'));
      await press('End');
      await page.keyboard.type('  # heddle: ignore[nonatomic-update] once there was a reason');
      await goToLine(lineOf('guarded.py', '        visits += 1'), 26);
      // What hides nothing is faded, as code that cannot be reached.
      await page.locator('.monaco-editor .squiggly-inline-unnecessary').first().waitFor();
      const menu = await lightBulb();
      await picture('51-unused-suppression');
      await menu
        .locator('.action', { hasText: /Remove/ })
        .first()
        .click();
      const lines = page.locator('.editor-instance .view-lines');
      await until('the comment is gone', async () => !(await lines.textContent())?.includes('heddle:'));
      await picture('52-unused-suppression-removed');
      await command('View: Revert and Close Editor');
    }),
    step('a suppression has a place for the reason, which is typed at once', async () => {
      await openFile('shop/stock.py');
      await goToLine(lineOf('shop/stock.py', update), 6);
      await squiggle.waitFor();
      const menu = await lightBulb();
      await menu.locator('.action', { hasText: 'with a comment above' }).first().click();
      const lines = page.locator('.editor-instance .view-lines');
      const says = async (what: string): Promise<boolean> =>
        ((await lines.textContent()) ?? '').replaceAll('\u00a0', ' ').includes(what);
      await until('the comment is there', () => says('# heddle: ignore-next-line[nonatomic-update] reason'));
      await picture('52-suppression-reason');
      await page.keyboard.type('one clerk at a time');
      await until('it has the reason', () =>
        says('# heddle: ignore-next-line[nonatomic-update] one clerk at a time'),
      );
      await until('the squiggle is gone', async () => (await squiggle.count()) === 0);
      await command('View: Revert and Close Editor');
    }),
    step('the output channel says what runs and what it reads, and more when asked for', async () => {
      // With an audit on show, a new server makes that anew and says so instead of what it read.
      await command('Heddle: Clear Audit Findings');
      await command('Heddle: Restart Server');
      await command('Heddle: Show Output');
      const lines = page.locator('.output-view .view-lines');
      // The space between words is one that does not break.
      const says = async (what: RegExp): Promise<boolean> =>
        what.test(((await lines.textContent()) ?? '').replaceAll('\u00a0', ' '));
      for (const what of [
        /Language server \d+\.\d+\.\d+ on Node \d/,
        /Folder \S+workspace: no settings of the editor\./,
        /Read \S+workspace in \d+ ms \(files: \d+, lines: \d+, findings: \d+\)/,
        /no Python interpreter found/,
      ])
        await until(`the output says ${what}`, () => says(what));
      await picture('53-output');
      await command('Developer: Set Log Level');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Heddle' }).first().click();
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Trace' }).first().waitFor();
      await picture('54-log-level');
      await page.locator('.quick-input-list .monaco-list-row', { hasText: 'Trace' }).first().click();
      await openFile('guarded.py');
      await until('what goes to the server and back is written', () => says(/\[trace\]|\[debug\]/));
      await picture('54-trace');
      await command('View: Hide Panel');
    }),
    step('the audit of changed files speaks of what came since the last commit alone', async () => {
      const git = (...words: string[]): void => {
        execFileSync('git', ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org', ...words], {
          cwd: workspace,
        });
      };
      git('init', '-q');
      git('add', '-A');
      git('commit', '-q', '-m', 'What was there');
      const before = read('shop/stock.py');
      writeFileSync(file('shop/stock.py'), before.replace(update, '    taken += 2'));
      // What is open shows its findings whatever was audited.
      await command('View: Close All Editors');
      await command('Heddle: Clear Audit Findings');
      await command('Heddle: Audit Changed Files');
      await toast(/Heddle: 1 error/).waitFor();
      await toast(/Heddle: 1 error/)
        .locator('.monaco-button', { hasText: 'Show in Heddle' })
        .click();
      await row('stock.py').waitFor();
      assert.equal(await row('orders.py').count(), 0);
      await picture('55-changed-files');
      await command('Heddle: Clear Audit Findings');
      writeFileSync(file('shop/stock.py'), before);
      rmSync(file('.git'), { recursive: true });
    }),
    step(
      'with a baseline the view shows what is new since it, and the race is shown from there',
      async () => {
        const cli = join(process.cwd(), 'dist', 'cli.js');
        const words = [cli, 'audit', '.', '--write-baseline', 'heddle-baseline.json'];
        execFileSync(process.execPath, words, { cwd: workspace, stdio: 'ignore' });
        writeFileSync(file('fresh.py'), read('shop/stock.py').replaceAll('taken', 'fresh'));
        await command('Heddle: Audit Workspace');
        await toast(/Heddle: \d+ errors? in/).waitFor();
        await command('Heddle: Focus on Findings View');
        await row('stock.py').waitFor();
        await command('Heddle: Filter Findings');
        const entry = page.locator('.quick-input-list .monaco-list-row', {
          hasText: 'new since the baseline',
        });
        await entry.first().click();
        await picture('58-filter-baseline');
        await press('Enter');
        await page
          .locator('.quick-input-widget .quick-input-message', { hasText: 'Part of a path' })
          .waitFor();
        await press('Enter');
        await row('fresh.py').waitFor();
        await until('what is known is hidden', async () => (await row('stock.py').count()) === 0);
        await row('fresh.py').click({ button: 'right' });
        const steps = page
          .locator('.monaco-menu .action-item', { hasText: 'Show How It Goes Wrong' })
          .first();
        await steps.waitFor();
        // A menu that has just opened does not take a click yet.
        await until('the menu takes the click', async () => {
          await steps.click({ timeout: 1000 }).catch(() => {});
          return (await steps.count()) === 0;
        });
        await page.locator('.monaco-hover table', { hasText: 'thread 2' }).first().waitFor();
        await picture('59-new-since-baseline');
        await press('Escape');
        await command('Heddle: Show All Findings');
        await row('stock.py').waitFor();
        await command('View: Close All Editors');
        rmSync(file('fresh.py'));
        rmSync(file('heddle-baseline.json'));
      },
    ),
    step(
      'a notebook shows in its cell what two cells do together, and the light bulb mends it there',
      async () => {
        writeFileSync(file('lesson.ipynb'), notebook());
        await command('Heddle: Audit Workspace');
        await openFile('lesson.ipynb');
        const cell = page
          .locator('.notebook-editor .cell-editor-container', { hasText: 'total += 1' })
          .first();
        await cell.locator('.squiggly-error, .squiggly-warning').first().waitFor();
        await cell.locator('.view-line', { hasText: 'total += 1' }).click();
        await picture('56-notebook');
        const menu = await lightBulb();
        await menu.locator('.action', { hasText: /lock/i }).first().click();
        await cell.locator('.view-line', { hasText: 'with _total_lock:' }).waitFor();
        await cell.locator('.squiggly-error, .squiggly-warning').first().waitFor({ state: 'detached' });
        await picture('57-notebook-lock-added');
        await command('View: Revert and Close Editor');
        rmSync(file('lesson.ipynb'));
      },
    ),
  ];
}

/** A heading and two cells that lose updates together. */
function notebook(): string {
  const cells = [
    'import threading\n\ntotal = 0\n\ndef add():\n    global total\n    total += 1\n',
    '%matplotlib inline\nfor _ in range(4):\n    threading.Thread(target=add).start()\n',
  ];
  const code = cells.map((source) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source,
  }));
  const heading = { cell_type: 'markdown', metadata: {}, source: '# Counting\n' };
  return JSON.stringify({
    cells: [heading, ...code],
    metadata: { language_info: { name: 'python' } },
    nbformat: 4,
    nbformat_minor: 5,
  });
}
