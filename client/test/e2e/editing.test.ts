/** Findings follow the text: they come while typing, and go by a fix, a suppression or a setting. */
import { strict as assert } from 'node:assert';
import { ConfigurationTarget, commands, type InlayHint, Range, workspace } from 'vscode';
import type { Test } from '../harness.ts';
import { until } from '../harness.ts';
import {
  apply,
  discard,
  finding,
  findings,
  lightBulb,
  noFindings,
  open,
  replaceText,
  rule,
} from './workbench.ts';

const locked = '    with _lock:\n        visits += 1\n';
const unlocked = '    visits += 1\n';

export const editingTests: readonly Test[] = [
  {
    name: 'a squiggle appears when the bug is typed and goes when it is fixed',
    async run() {
      const editor = await open('guarded.py');
      await noFindings(editor.document.uri);
      await replaceText(editor, locked, unlocked);
      const found = await finding(editor.document, 'nonatomic-update');
      assert.equal(editor.document.getText(found.range).includes('visits'), true);
      await replaceText(editor, unlocked, locked);
      await noFindings(editor.document.uri);
      await discard(editor);
    },
  },
  {
    name: 'inlay hints say what guards shared state, once they are switched on',
    async run() {
      const { document } = await open('guarded.py');
      const shown = async () => {
        const hints = await commands.executeCommand<InlayHint[]>(
          'vscode.executeInlayHintProvider',
          document.uri,
          new Range(0, 0, document.lineCount, 0),
        );
        return hints.map(({ label }) => String(label));
      };
      const settings = workspace.getConfiguration('heddle');
      assert.deepEqual(await shown(), []);
      await settings.update('inlayHints', 'on', ConfigurationTarget.Workspace);
      await until('the hint says which lock guards it', async () =>
        (await shown()).some((label) => /^visits: guarded by _lock at /.test(label)),
      );
      await settings.update('inlayHints', undefined, ConfigurationTarget.Workspace);
      await until('the hints are gone', async () => (await shown()).length === 0);
    },
  },
  {
    name: 'the light bulb holds the module’s lock around the update, and the finding is gone',
    async run() {
      const editor = await open('counter.py');
      const before = editor.document.getText();
      const found = await finding(editor.document, 'nonatomic-update');
      const actions = await lightBulb(editor.document, found);
      const fix = actions.find((action) => /lock/i.test(action.title));
      assert.ok(fix, `a lock is offered: ${actions.map((action) => action.title).join('; ')}`);
      await apply(fix);
      assert.equal(editor.document.getText(), before.replace(unlocked, locked));
      await noFindings(editor.document.uri);
      await discard(editor);
    },
  },
  {
    name: 'a suppression inserted by the light bulb silences the line',
    async run() {
      const editor = await open('counter.py');
      const found = await finding(editor.document, 'nonatomic-update');
      const actions = await lightBulb(editor.document, found);
      const ignore = actions.find((action) => /ignore|suppress/i.test(action.title));
      assert.ok(ignore, `a suppression is offered: ${actions.map((action) => action.title).join('; ')}`);
      await apply(ignore);
      assert.match(editor.document.getText(), /# heddle: ignore\[nonatomic-update\]/);
      await noFindings(editor.document.uri);
      await discard(editor);
    },
  },
  {
    name: 'a rule switched off in the settings goes at once, and comes back with them',
    async run() {
      const editor = await open('counter.py');
      await finding(editor.document, 'nonatomic-update');
      const settings = workspace.getConfiguration('heddle');
      await settings.update('rules', { 'nonatomic-update': 'off' }, ConfigurationTarget.Global);
      await until('the finding goes with its rule', () =>
        findings(editor.document.uri).every((diagnostic) => rule(diagnostic) !== 'nonatomic-update'),
      );
      await settings.update('rules', undefined, ConfigurationTarget.Global);
      await finding(editor.document, 'nonatomic-update');
      await discard(editor);
    },
  },
];
