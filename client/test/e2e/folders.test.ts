/** Several folders in one workspace: each with its own settings and its own Python; folders come and go. */
import { strict as assert } from 'node:assert';
import { ConfigurationTarget, commands, Uri, window, workspace } from 'vscode';
import type { AuditResult } from '../../../server/src/protocol.ts';
import { writeEnvironment, writePage } from '../environment.ts';
import { type Test, until } from '../harness.ts';
import { discard, finding, findings, noFindings, rule } from './workbench.ts';

const folderFile = (folder: number, path: string): Uri => {
  const its = workspace.workspaceFolders?.[folder];
  if (its === undefined) throw new Error(`there is no folder ${folder}`);
  return Uri.joinPath(its.uri, path);
};

export const folderTests: readonly Test[] = [
  {
    name: 'files of both folders show their findings, and the audit covers both',
    async run() {
      assert.equal(workspace.workspaceFolders?.length, 2);
      for (const folder of [0, 1]) {
        const editor = await window.showTextDocument(folderFile(folder, 'counter.py'));
        await finding(editor.document, 'nonatomic-update');
        await discard(editor);
      }
      const audit = await commands.executeCommand<AuditResult>('heddle.auditWorkspace');
      const audited = audit.files.map(({ uri }) => uri);
      for (const folder of [0, 1]) {
        const uri = folderFile(folder, 'shop/orders.py').toString();
        assert.equal(audited.filter((other) => other === uri).length, 1, uri);
      }
      await commands.executeCommand('heddle.clearAudit');
    },
  },
  {
    name: 'a setting of one folder leaves the other alone',
    async run() {
      const [first, second] = [folderFile(0, 'counter.py'), folderFile(1, 'counter.py')];
      const settings = workspace.getConfiguration('heddle', second);
      await window.showTextDocument(first, { preview: false });
      await window.showTextDocument(second, { preview: false });
      await until('both are underlined', () => findings(first).length > 0 && findings(second).length > 0);
      await settings.update('rules', { 'nonatomic-update': 'off' }, ConfigurationTarget.WorkspaceFolder);
      await noFindings(second);
      assert.equal(findings(first).length, 1);
      await settings.update('rules', undefined, ConfigurationTarget.WorkspaceFolder);
      await until('it is underlined again', () => findings(second).length > 0);
      await commands.executeCommand('workbench.action.closeAllEditors');
    },
  },
  {
    name: 'each folder has its own Python',
    async run() {
      const [first, second] = [folderFile(0, ''), folderFile(1, '')];
      for (const folder of [first, second]) writePage(folder.fsPath);
      writeEnvironment(folderFile(0, '.venv').fsPath, { declared: true });
      writeEnvironment(folderFile(1, '.venv').fsPath);
      const good = await window.showTextDocument(folderFile(0, 'page.py'), { preview: false });
      const bad = await window.showTextDocument(folderFile(1, 'page.py'), { preview: false });
      const found = await finding(bad.document, 'gil-reenabled-import');
      assert.match(found.message, /markupsafe\._speedups/);
      assert.deepEqual(findings(good.document.uri).map(rule), []);
      writeEnvironment(folderFile(0, '.venv').fsPath);
      writeEnvironment(folderFile(1, '.venv').fsPath, { declared: true });
      await finding(good.document, 'gil-reenabled-import');
      await noFindings(bad.document.uri);
      await commands.executeCommand('workbench.action.closeAllEditors');
    },
  },
  {
    name: 'a folder that is added shows its findings, and one that is removed loses them',
    async run() {
      const added = Uri.joinPath(folderFile(0, ''), '..', 'third');
      await workspace.fs.copy(Uri.joinPath(folderFile(0, ''), 'shop'), added);
      assert.ok(workspace.updateWorkspaceFolders(2, 0, { uri: added }));
      const editor = await window.showTextDocument(Uri.joinPath(added, 'orders.py'));
      await finding(editor.document, 'nonatomic-update');
      await discard(editor);
      const covers = async (): Promise<boolean> => {
        const { files } = await commands.executeCommand<AuditResult>('heddle.auditWorkspace');
        return files.some(({ uri }) => uri.startsWith(added.toString()));
      };
      await until('the audit covers the added folder', covers);
      assert.ok(workspace.updateWorkspaceFolders(2, 1));
      await until('the audit covers it no more', async () => !(await covers()));
      await commands.executeCommand('heddle.clearAudit');
      await noFindings(Uri.joinPath(added, 'orders.py'));
    },
  },
];
