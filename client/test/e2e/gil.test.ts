/** Dependency files in the editor: the squiggle on a requirement, its hover, and the fix that raises its bound. */
import { strict as assert } from 'node:assert';
import { commands, type Hover, type MarkdownString, TabInputCustom, window, workspace } from 'vscode';
import type { Test } from '../harness.ts';
import { until } from '../harness.ts';
import { apply, discard, finding, lightBulb, noFindings, open, workspaceFile } from './workbench.ts';

const requirements = 'requirements-test.txt';
const text = 'numpy==2.0.0  # arrays\nrequests\n';

export const gilTests: readonly Test[] = [
  {
    name: 'a requirement that brings the GIL back has a squiggle, a hover and a fix that keeps its comment',
    async run() {
      const uri = workspaceFile(requirements);
      await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      try {
        const editor = await open(requirements);
        const found = await finding(editor.document, 'gil-reenabled-import');
        assert.equal(editor.document.getText(found.range), 'numpy==2.0.0');
        const hover = await until('the hover has the evidence', async () => {
          const shown = await commands.executeCommand<readonly Hover[]>(
            'vscode.executeHoverProvider',
            uri,
            found.range.start,
          );
          const parts = shown.flatMap(({ contents }) => contents as readonly MarkdownString[]);
          return parts.map(({ value }) => value).find((value) => value.includes('| evidence |'));
        });
        assert.match(hover, /numpy 2\.0\.0/);
        const actions = await lightBulb(editor.document, found);
        const fix = actions.find(({ title }) => title.startsWith('Require `numpy=='));
        assert.ok(fix, `a raised bound is offered: ${actions.map(({ title }) => title).join('; ')}`);
        await apply(fix);
        assert.match(editor.document.getText(), /^numpy==2\.\d+\.\d+ {2}# arrays\nrequests\n$/);
        await noFindings(uri);
        await discard(editor);
      } finally {
        await workspace.fs.delete(uri);
      }
    },
  },
  {
    name: 'Show Dependency Readiness opens a table of what the workspace depends on',
    async run() {
      const uri = workspaceFile(requirements);
      await workspace.fs.writeFile(uri, new TextEncoder().encode(text));
      try {
        const page = await until('the table has the requirement', async () => {
          await commands.executeCommand('heddle.showReadiness');
          const { input } = window.tabGroups.activeTabGroup.activeTab ?? {};
          if (!(input instanceof TabInputCustom) || input.uri.scheme !== 'heddle-readiness') return undefined;
          const document = await workspace.openTextDocument(input.uri);
          return document.getText().includes('| numpy |') ? document.getText() : undefined;
        });
        assert.match(page, /^# Readiness for free-threaded Python/);
        assert.match(page, /\| numpy \| 2\.0\.0 \| GIL comes back \| 2\.1\.0 \|/);
        await commands.executeCommand('workbench.action.closeAllEditors');
      } finally {
        await workspace.fs.delete(uri);
      }
    },
  },
];
