/** `heddle.diagnosticMode: workspace`: every file is checked without an audit, for as long as the setting says so. */
import { ConfigurationTarget, workspace } from 'vscode';
import { type Test, until } from '../harness.ts';
import { deleteFolder, findings, noFindings, workspaceFile } from './workbench.ts';

export const wholeWorkspaceTests: readonly Test[] = [
  {
    name: 'with diagnosticMode “workspace”, files that nobody has opened show their findings and follow the disk',
    async run() {
      const uri = workspaceFile('shop/stock.py');
      const settings = workspace.getConfiguration('heddle');
      await noFindings(uri);
      await settings.update('diagnosticMode', 'workspace', ConfigurationTarget.Workspace);
      await until('the closed file shows its findings', () => findings(uri).length > 0);
      const text = await workspace.fs.readFile(uri);
      await workspace.fs.writeFile(uri, new TextEncoder().encode('taken = 0\n'));
      await noFindings(uri);
      await workspace.fs.writeFile(uri, text);
      await until('the findings are back', () => findings(uri).length > 0);
      const putBack = deleteFolder('shop');
      await noFindings(uri);
      putBack();
      await until('the findings are back with the folder', () => findings(uri).length > 0);
      await settings.update('diagnosticMode', undefined, ConfigurationTarget.Workspace);
      await noFindings(uri);
    },
  },
];
