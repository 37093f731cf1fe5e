/** The language server may die or be restarted at any time; the findings come back without the user doing anything. */
import { strict as assert } from 'node:assert';
import { commands } from 'vscode';
import { type Test, until } from '../harness.ts';
import { serverProcesses } from '../serverProcesses.ts';
import { discard, finding, noFindings, open, replaceText } from './workbench.ts';

export const serverTests: readonly Test[] = [
  {
    name: 'a killed server comes back and follows the text again',
    async run() {
      const editor = await open('counter.py');
      await finding(editor.document, 'nonatomic-update');
      const [old] = await ownServers();
      assert.ok(old, 'the server runs as a process of its own');
      process.kill(old, 'SIGKILL');
      await until('another server process runs', async () => {
        const [now] = await ownServers();
        return now !== undefined && now !== old;
      });
      await followsTheText();
    },
  },
  {
    name: 'Restart Server, asked for twice at once, leaves one server that works',
    async run() {
      const before = await ownServers();
      await Promise.all([
        commands.executeCommand('heddle.restartServer'),
        commands.executeCommand('heddle.restartServer'),
      ]);
      await until('one new server process runs', async () => {
        const now = await ownServers();
        return now.length === 1 && now[0] !== before[0];
      });
      await followsTheText();
    },
  },
];

async function followsTheText(): Promise<void> {
  const editor = await open('counter.py');
  await finding(editor.document, 'nonatomic-update');
  await replaceText(editor, '    visits += 1\n', '    pass\n');
  await noFindings(editor.document.uri);
  await replaceText(editor, '    pass\n', '    visits += 1\n');
  await finding(editor.document, 'nonatomic-update');
  await discard(editor);
}

/** The process ids of the servers that this extension host has started. */
async function ownServers(): Promise<readonly number[]> {
  const all = await serverProcesses();
  return all.filter(({ parent }) => parent === process.pid).map(({ id }) => id);
}
