/** Restricted Mode: the folder is not trusted. Heddle runs no code of it, so it works, but takes no path from it. */
import { strict as assert } from 'node:assert';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationTarget, commands, workspace } from 'vscode';
import type { CheckResult } from '../../src/runtimeCheck.ts';
import { writeEnvironment, writePage } from '../environment.ts';
import { type Test, until } from '../harness.ts';
import { writeStandIn } from '../standIns/interpreter.ts';
import { finding, heddle, open, workspaceFile } from './workbench.ts';

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
      const written = await workspace.fs.readFile(workspaceFile('.vscode/settings.json'));
      assert.match(new TextDecoder().decode(written), /"heddle\.python\.interpreter": "\/elsewhere\/python"/);
      await settings.update('level', 'error', ConfigurationTarget.Workspace);
      await until('other settings of the workspace count', () => configured('level') === 'error');
      assert.equal(configured('python.interpreter'), '');
      await settings.update('level', undefined, ConfigurationTarget.Workspace);
    },
  },
  {
    name: 'in Restricted Mode the environment of the folder is read, but its interpreter is not started',
    async run() {
      const environment = workspaceFile('.venv').fsPath;
      writePage(workspaceFile('').fsPath);
      writeEnvironment(environment);
      writeStandIn(join(environment, 'bin'), {});
      const editor = await open('page.py');
      await finding(editor.document, 'gil-reenabled-import');
      const result = await commands.executeCommand<CheckResult>('heddle.checkImports');
      assert.deepEqual(result, {
        kind: 'refused',
        message: 'Heddle runs no interpreter in a workspace that you do not trust.',
      });
      assert.equal(existsSync(join(environment, 'bin', 'started')), false);
    },
  },
];

function configured(key: string): string | undefined {
  return workspace.getConfiguration('heddle').get<string>(key);
}
