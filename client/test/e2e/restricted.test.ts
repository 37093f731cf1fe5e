/** Restricted Mode: the folder is not trusted. Heddle runs no code of it, so it works, but takes no path from it. */
import { strict as assert } from 'node:assert';
import { ConfigurationTarget, workspace } from 'vscode';
import { type Test, until } from '../harness.ts';
import { finding, heddle, open } from './workbench.ts';

export const restrictedTests: readonly Test[] = [
  {
    name: 'in Restricted Mode the findings are shown all the same',
    async run() {
      assert.equal(workspace.isTrusted, false);
      const editor = await open('counter.py');
      await until('the extension is active', () => heddle().isActive);
      await finding(editor.document, 'nonatomic-update');
    },
  },
  {
    name: 'in Restricted Mode the workspace cannot name an interpreter',
    async run() {
      const settings = workspace.getConfiguration('heddle');
      await settings.update('python.interpreter', '/elsewhere/python', ConfigurationTarget.Workspace);
      await until(
        'the value is written',
        () =>
          workspace.getConfiguration('heddle').inspect<string>('python.interpreter')?.workspaceValue ===
          '/elsewhere/python',
      );
      assert.equal(workspace.getConfiguration('heddle').get('python.interpreter'), '');
    },
  },
];
