/** Which Python counts: none, one chosen in another extension, one that the folder has; and what cannot be checked at run time. */
import { strict as assert } from 'node:assert';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ConfigurationTarget, commands, extensions, workspace } from 'vscode';
import type { CheckResult } from '../../src/runtimeCheck.ts';
import { writeEnvironment, writePage } from '../environment.ts';
import { type Test, until } from '../harness.ts';
import { discard, finding, noFindings, open, workspaceFile } from './workbench.ts';

/** Outside the workspace, so that only a choice leads there. */
const beside = (name: string): string => join(workspaceFile('').fsPath, '..', 'environments', name);

export const environmentTests: readonly Test[] = [
  {
    name: 'without a Python, the check at run time says so',
    async run() {
      assert.match(await refusal(), /no Python interpreter was found/);
    },
  },
  {
    name: 'an interpreter chosen in the Python extension counts at once, and another one after it',
    async run() {
      writeEnvironment(beside('offending'));
      writeEnvironment(beside('declared'), { declared: true });
      writeEnvironment(beside('gil'), { gilBuild: true, declared: true });
      writePage(workspaceFile('').fsPath);
      rmSync(workspaceFile('requirements.txt').fsPath);
      await until('Heddle has started the extension', () => {
        return extensions.getExtension('ms-python.python')?.isActive;
      });
      const editor = await open('page.py');
      await noFindings(editor.document.uri);
      await chooseInterpreter(beside('offending'));
      const found = await finding(editor.document, 'gil-reenabled-import');
      assert.match(found.message, /markupsafe\._speedups/);
      await chooseInterpreter(beside('declared'));
      await noFindings(editor.document.uri);
      await chooseInterpreter(beside('gil'));
      await until('the GIL build is known', async () => /no free-threaded interpreter/.test(await refusal()));
      await chooseInterpreter('');
      await until('no Python is known', async () => /no Python interpreter/.test(await refusal()));
      await discard(editor);
    },
  },
  {
    name: 'an interpreter of the settings comes before the chosen one, and one that is gone does not count',
    async run() {
      const settings = workspace.getConfiguration('heddle');
      const editor = await open('page.py');
      await chooseInterpreter(beside('offending'));
      await finding(editor.document, 'gil-reenabled-import');
      await settings.update('python.interpreter', beside('declared'), ConfigurationTarget.Workspace);
      await noFindings(editor.document.uri);
      await settings.update('python.interpreter', undefined, ConfigurationTarget.Workspace);
      await finding(editor.document, 'gil-reenabled-import');
      writeEnvironment(workspaceFile('.venv').fsPath);
      await chooseInterpreter(beside('deleted'));
      await finding(editor.document, 'gil-reenabled-import');
      await until('the environment of the folder counts', async () =>
        /no interpreter that/.test(await refusal()),
      );
      rmSync(workspaceFile('.venv').fsPath, { recursive: true });
      await noFindings(editor.document.uri);
      await chooseInterpreter('');
      await discard(editor);
    },
  },
  {
    name: 'an environment of the Python Environments extension counts when it is told late',
    async run() {
      const editor = await open('page.py');
      await commands.executeCommand('standIn.chooseEnvironment', beside('offending'));
      await finding(editor.document, 'gil-reenabled-import');
      await chooseInterpreter(beside('declared'));
      await noFindings(editor.document.uri);
      const settings = workspace.getConfiguration('python');
      await settings.update('useEnvironmentsExtension', true, ConfigurationTarget.Global);
      await commands.executeCommand('standIn.chooseEnvironment', beside('offending'));
      await finding(editor.document, 'gil-reenabled-import');
      await settings.update('useEnvironmentsExtension', undefined, ConfigurationTarget.Global);
      await commands.executeCommand('standIn.chooseEnvironment', '');
      await chooseInterpreter('');
      await noFindings(editor.document.uri);
      await discard(editor);
      rmSync(workspaceFile('page.py').fsPath);
    },
  },
];

async function chooseInterpreter(path: string): Promise<void> {
  await commands.executeCommand('standIn.chooseInterpreter', path);
}

/** What the check at run time says instead of asking. */
async function refusal(): Promise<string> {
  const result = await commands.executeCommand<CheckResult>('heddle.checkImports');
  return result.kind === 'refused' ? result.message : '';
}
