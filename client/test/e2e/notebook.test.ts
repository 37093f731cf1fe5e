/** A notebook is one program: a lost update that two cells make together is shown in its cell, and mended there. */
import { strict as assert } from 'node:assert';
import { rmSync, writeFileSync } from 'node:fs';
import { commands, type NotebookDocument, window, workspace } from 'vscode';
import type { Test } from '../harness.ts';
import { apply, finding, lightBulb, noFindings, workspaceFile } from './workbench.ts';

const UPDATE = 'import threading\n\ntotal = 0\n\ndef add():\n    global total\n    total += 1\n';
const THREADS = '%matplotlib inline\nfor _ in range(4):\n    threading.Thread(target=add).start()\n';

export const notebookTests: readonly Test[] = [
  {
    name: 'a notebook shows in its cell what two cells do together, and the light bulb mends it there',
    async run() {
      const notebook = await openNotebook([UPDATE, THREADS]);
      const cell = notebook.cellAt(1).document;
      const found = await finding(cell, 'nonatomic-update');
      assert.equal(cell.lineAt(found.range.start.line).text, '    total += 1');
      const actions = await lightBulb(cell, found);
      const lock = actions.find(({ title }) => /lock/i.test(title));
      assert.ok(lock, actions.map(({ title }) => title).join(', '));
      await apply(lock);
      assert.match(cell.getText(), /with _total_lock:\n {8}total \+= 1/);
      await noFindings(cell.uri);
      await commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
      rmSync(notebook.uri.fsPath);
    },
  },
];

/** A notebook with a heading and these cells, on disk and shown. */
async function openNotebook(cells: readonly string[]): Promise<NotebookDocument> {
  const uri = workspaceFile('lesson.ipynb');
  const lines = (text: string): readonly string[] => text.split(/(?<=\n)/);
  const heading = { cell_type: 'markdown', metadata: {}, source: ['# Counting\n'] };
  const code = cells.map((text) => ({
    cell_type: 'code',
    execution_count: null,
    metadata: {},
    outputs: [],
    source: lines(text),
  }));
  const kernel = { kernelspec: { name: 'python3', language: 'python', display_name: 'Python 3' } };
  const content = { cells: [heading, ...code], metadata: { ...kernel, language_info: { name: 'python' } } };
  writeFileSync(uri.fsPath, JSON.stringify({ ...content, nbformat: 4, nbformat_minor: 5 }));
  const notebook = await workspace.openNotebookDocument(uri);
  await window.showNotebookDocument(notebook);
  return notebook;
}
