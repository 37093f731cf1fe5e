/** The extension starts with the first Python file and shows what is wrong in it. */
import { strict as assert } from 'node:assert';
import { commands, DiagnosticSeverity, workspace } from 'vscode';
import { type Test, until } from '../harness.ts';
import { discard, finding, findings, heddle, open } from './workbench.ts';

export const activationTests: readonly Test[] = [
  {
    name: 'opening a Python file starts the extension, and the unlocked counter is underlined',
    async run() {
      const editor = await open('counter.py');
      await until('the extension is active', () => heddle().isActive);
      const found = await finding(editor.document, 'nonatomic-update');
      assert.match(editor.document.lineAt(found.range.start.line).text, /visits \+= 1/);
      assert.equal(found.severity, DiagnosticSeverity.Error);
      assert.equal(findings(editor.document.uri).length, 1);
    },
  },
  {
    name: 'the rule of a finding links to its packaged page',
    async run() {
      const editor = await open('counter.py');
      const { code } = await finding(editor.document, 'nonatomic-update');
      assert.ok(typeof code === 'object', 'the rule is a link');
      const page = await workspace.openTextDocument(code.target);
      assert.match(page.getText(), /^`nonatomic-update`/m);
      await discard(editor);
    },
  },
  {
    name: 'every command of the manifest exists',
    async run() {
      const manifest = heddle().packageJSON as {
        readonly contributes: { readonly commands: readonly { readonly command: string }[] };
      };
      const existing = new Set(await commands.getCommands(true));
      const declared = manifest.contributes.commands.map(({ command }) => command);
      assert.ok(declared.includes('heddle.auditWorkspace'));
      assert.deepEqual(
        declared.filter((command) => !existing.has(command)),
        [],
      );
    },
  },
];
