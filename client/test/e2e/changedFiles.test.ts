/** The audit of changed files: what the last commit holds is not spoken of. */
import { strict as assert } from 'node:assert';
import { execFileSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { commands, workspace } from 'vscode';
import type { AuditResult } from '../../../server/src/protocol.ts';
import type { Test } from '../harness.ts';
import { findings, noFindings, workspaceFile } from './workbench.ts';

export const changedFilesTests: readonly Test[] = [
  {
    name: 'the audit of changed files shows what is new since the last commit, and nothing else',
    async run() {
      const folder = workspaceFile('').fsPath;
      const git = (...parameters: string[]): void => {
        const who = ['-c', 'user.name=Ada', '-c', 'user.email=ada@example.org'];
        execFileSync('git', [...who, ...parameters], { cwd: folder });
      };
      git('init', '-q');
      git('add', '-A');
      git('commit', '-q', '-m', 'What was there');
      const stock = workspaceFile('shop/stock.py');
      const text = await workspace.fs.readFile(stock);
      const changed = new TextDecoder().decode(text).replace('    taken += 1', '    taken += 2');
      await workspace.fs.writeFile(stock, new TextEncoder().encode(changed));
      await commands.executeCommand('heddle.clearAudit');
      const result = await commands.executeCommand<AuditResult | undefined>('heddle.auditChangedFiles');
      assert.deepEqual(
        result?.files.map(({ uri }) => uri.slice(uri.lastIndexOf('/') + 1)),
        ['stock.py'],
      );
      assert.ok(findings(stock).length > 0);
      assert.equal(findings(workspaceFile('shop/orders.py')).length, 0);
      await commands.executeCommand('heddle.clearAudit');
      await noFindings(stock);
      await workspace.fs.writeFile(stock, text);
      rmSync(join(folder, '.git'), { recursive: true });
    },
  },
];
