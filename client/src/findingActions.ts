/** What can be done about one finding from outside its editor: fix, suppress, switch its rule off, copy it. */
import {
  type CodeAction,
  CodeActionKind,
  ConfigurationTarget,
  commands,
  env,
  type QuickPickItem,
  Uri,
  window,
  workspace,
} from 'vscode';
import { rangeOf } from './auditTree.ts';
import type { ListedFinding } from './findingTree.ts';
import { inform } from './notices.ts';

/** Opens the place and its light bulb. */
export async function showFixes(finding: ListedFinding): Promise<void> {
  await window.showTextDocument(Uri.parse(finding.uri, true), { selection: rangeOf(finding) });
  await commands.executeCommand('editor.action.quickFix');
}

/** Opens the place and its hover, which has the order of steps in which it goes wrong. */
export async function showSteps(finding: ListedFinding): Promise<void> {
  await window.showTextDocument(Uri.parse(finding.uri, true), { selection: rangeOf(finding) });
  await commands.executeCommand('editor.action.showHover', { focus: 'autoFocusImmediately' });
}

/** Asks how to suppress a finding and does it. */
export async function suppress(finding: ListedFinding): Promise<void> {
  const uri = Uri.parse(finding.uri, true);
  const editor = await window.showTextDocument(uri, { selection: rangeOf(finding) });
  const actions = await commands.executeCommand<readonly CodeAction[]>(
    'vscode.executeCodeActionProvider',
    uri,
    editor.selection,
    CodeActionKind.QuickFix.value,
    50,
  );
  const ways = actions
    .filter(({ title, edit }) => title.startsWith(`Suppress ${finding.rule} `) && edit !== undefined)
    .map((action): QuickPickItem & { readonly action: CodeAction } => ({ label: action.title, action }));
  if (ways.length === 0) {
    void inform(
      'Heddle: this cannot be suppressed here; the file takes no comments, or the finding is gone.',
    );
    return;
  }
  const choice = await window.showQuickPick(ways, { placeHolder: finding.message });
  if (choice?.action.edit !== undefined) await workspace.applyEdit(choice.action.edit);
}

/** Switches a rule off for the workspace folder of a file, and says so with a way back. */
export async function turnRuleOff(rule: string, uri: Uri | undefined): Promise<void> {
  const several = (workspace.workspaceFolders?.length ?? 0) > 1;
  const folder = uri === undefined ? undefined : workspace.getWorkspaceFolder(uri);
  const target =
    several && folder !== undefined
      ? ConfigurationTarget.WorkspaceFolder
      : workspace.workspaceFolders === undefined
        ? ConfigurationTarget.Global
        : ConfigurationTarget.Workspace;
  const settings = workspace.getConfiguration('heddle', folder?.uri ?? null);
  const found = settings.inspect<Readonly<Record<string, string>>>('rules');
  const before =
    target === ConfigurationTarget.WorkspaceFolder
      ? found?.workspaceFolderValue
      : target === ConfigurationTarget.Workspace
        ? found?.workspaceValue
        : found?.globalValue;
  await settings.update('rules', { ...before, [rule]: 'off' }, target);
  const where = target === ConfigurationTarget.Global ? 'your settings' : 'the settings of this workspace';
  const undo = 'Undo';
  const choice = await inform(`Heddle: the rule ${rule} is off in ${where}.`, undo);
  if (choice === undo) await settings.update('rules', before, target);
}

export async function copyFinding({ path, start, message, rule }: ListedFinding): Promise<void> {
  await env.clipboard.writeText(`${path}:${start.line + 1}:${start.character + 1}: ${message} (${rule})`);
}

/** What a fix that reaches beyond the place in sight has changed, with the way back. */
export async function tellGuarded(places: number, files: number): Promise<void> {
  const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
  const undo = 'Undo';
  const said = `Heddle: ${counted(places, 'place')} in ${counted(files, 'file')} under the lock now.`;
  if ((await inform(said, undo)) === undo) await commands.executeCommand('undo');
}
