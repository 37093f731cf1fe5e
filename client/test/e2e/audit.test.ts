/** The audit finds what no open editor shows, shows nothing twice, and can be cancelled. */
import { strict as assert } from 'node:assert';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { commands, workspace } from 'vscode';
import type { AuditResult } from '../../../server/src/protocol.ts';
import { type Test, until } from '../harness.ts';
import {
  deleteFolder,
  discard,
  finding,
  findings,
  noFindings,
  open,
  replaceText,
  workspaceFile,
} from './workbench.ts';

export const auditTests: readonly Test[] = [
  {
    name: 'the audit shows the findings of files that are not open, each once',
    async run() {
      const editor = await open('counter.py');
      await finding(editor.document, 'nonatomic-update');
      assert.equal(findings(workspaceFile('shop/orders.py')).length, 0);
      const result = await audit();
      assert.equal(result.cancelled, false);
      assert.equal(result.analysed, 5);
      assert.deepEqual(result.notAnalysed, []);
      assert.ok((result.counts.byRule['nonatomic-update'] ?? 0) >= 3);
      assert.ok(findings(workspaceFile('shop/orders.py')).length > 0);
      assert.equal(findings(workspaceFile('counter.py')).length, 1);
      assert.equal(findings(workspaceFile('guarded.py')).length, 0);
    },
  },
  {
    name: 'opening an audited file replaces its findings by live ones',
    async run() {
      const uri = workspaceFile('shop/orders.py');
      const before = findings(uri).length;
      const editor = await open('shop/orders.py');
      await replaceText(editor, '    last_number += 1\n', '    pass\n');
      await noFindings(uri);
      await replaceText(editor, '    pass\n', '    last_number += 1\n');
      await finding(editor.document, 'nonatomic-update');
      assert.equal(findings(uri).length, before);
      await discard(editor);
      await until('the findings stay when the file closes', () => findings(uri).length === before);
    },
  },
  {
    name: 'a file changed on disk loses the findings of the audit',
    async run() {
      const uri = workspaceFile('shop/stock.py');
      assert.ok(findings(uri).length > 0);
      const text = await workspace.fs.readFile(uri);
      await workspace.fs.writeFile(uri, new TextEncoder().encode('taken = 0\n'));
      await noFindings(uri);
      await workspace.fs.writeFile(uri, text);
    },
  },
  {
    name: 'a folder that is deleted takes the findings of its files along',
    async run() {
      await audit();
      assert.ok(findings(workspaceFile('shop/stock.py')).length > 0);
      const putBack = deleteFolder('shop');
      await noFindings(workspaceFile('shop/stock.py'));
      putBack();
      await until('the audit finds them again', async () => (await audit()).analysed === 5);
    },
  },
  {
    name: 'clearing the audit leaves only what is live',
    async run() {
      await audit();
      assert.ok(findings(workspaceFile('shop/orders.py')).length > 0);
      await commands.executeCommand('heddle.clearAudit');
      await noFindings(workspaceFile('shop/orders.py'));
      const editor = await open('counter.py');
      await finding(editor.document, 'nonatomic-update');
      await discard(editor);
    },
  },
  {
    name: 'an audit of many files stops soon when it is cancelled',
    async run() {
      const text = readFileSync(workspaceFile('shop/orders.py').fsPath, 'utf8').repeat(10);
      const folder = workspaceFile('many').fsPath;
      const count = 1500;
      mkdirSync(folder);
      for (let index = 0; index < count; index += 1)
        writeFileSync(join(folder, `module${index}.py`), `${text}\nnumber = ${index}\n`);
      try {
        await commands.executeCommand('heddle.restartServer');
        const running = commands.executeCommand<AuditResult | undefined>('heddle.auditWorkspace');
        await commands.executeCommand('heddle.cancelAudit');
        const result = await running;
        assert.ok(result === undefined || result.cancelled, 'the audit says that it was cancelled');
        assert.ok(result === undefined || result.analysed < count, 'not every file was analysed');
      } finally {
        rmSync(folder, { recursive: true });
        await commands.executeCommand('heddle.clearAudit');
      }
    },
  },
];

async function audit(): Promise<AuditResult> {
  const result = await commands.executeCommand<AuditResult | undefined>('heddle.auditWorkspace');
  assert.ok(result, 'the audit has a result');
  return result;
}
