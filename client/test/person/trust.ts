/** The walk in a folder that is not trusted at first: what is withheld until then, and what comes with the trust. */
import { strict as assert } from 'node:assert';
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { writeEnvironment, writePage } from '../environment.ts';
import { type Test, until } from '../harness.ts';
import { staysOff, writeStandIn } from '../standIns/interpreter.ts';
import type { Hands } from './hands.ts';

export function trustSteps(hands: Hands): readonly Test[] {
  const { page, workspace, picture, step, command, openFile, squiggle, toast, statusItem } = hands;
  const outside = join(workspace, '..', 'environments', 'outside');

  return [
    step('in Restricted Mode the check is refused with a way out, and a setting leads nowhere', async () => {
      writeEnvironment(outside);
      writeStandIn(join(outside, 'bin'), { markupsafe: staysOff });
      writePage(workspace);
      rmSync(join(workspace, 'requirements.txt'));
      mkdirSync(join(workspace, '.vscode'));
      writeFileSync(
        join(workspace, '.vscode', 'settings.json'),
        JSON.stringify({ 'heddle.python.interpreter': join(outside, 'bin', 'python') }),
      );
      await openFile('counter.py');
      await squiggle.waitFor();
      assert.equal(await statusItem(/\bGIL\b/).count(), 0);
      await command('Heddle: Check Imports at Run Time');
      await toast('Heddle runs no interpreter in a workspace that you do not trust').waitFor();
      await picture('30-restricted');
      assert.equal(existsSync(join(outside, 'bin', 'started')), false);
    }),
    step('once the folder is trusted, its setting counts and its imports can be checked', async () => {
      await toast('Heddle runs no').locator('.monaco-button', { hasText: 'Manage Workspace Trust' }).click();
      await page.locator('.workspace-trust-buttons-row .monaco-button', { hasText: 'Trust' }).first().click();
      await picture('31-trusted');
      await statusItem('GIL would come back: 1 import').waitFor();
      await openFile('page.py');
      await squiggle.waitFor();
      await command('Heddle: Check Imports at Run Time');
      await page.locator('.monaco-dialog-box .monaco-button', { hasText: 'Check' }).click();
      await page.locator('.tab.active', { hasText: 'Imports at run time' }).waitFor();
      await until('the interpreter was started', () => existsSync(join(outside, 'bin', 'started')));
      await picture('32-checked');
    }),
  ];
}
