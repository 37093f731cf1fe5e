/** The status bar item: what the server does right now, and a menu of what the user can do about it. */
import {
  commands,
  type Disposable,
  type QuickPickItem,
  StatusBarAlignment,
  type TextEditor,
  ThemeColor,
  window,
} from 'vscode';
import type { HeddleClient, ServerState } from './client.ts';

export interface Status extends Disposable {
  showMenu(): Promise<void>;
}

export const showMenuCommand = 'heddle.showMenu';

export function createStatus(client: HeddleClient): Status {
  const bar = window.createStatusBarItem('heddle.status', StatusBarAlignment.Right, 90);
  bar.name = 'Heddle';
  bar.command = showMenuCommand;
  const update = (): void => {
    const { text, tooltip, alarm } = appearance(client.state, window.activeTextEditor);
    bar.text = text;
    bar.tooltip = tooltip;
    bar.backgroundColor = alarm ? new ThemeColor('statusBarItem.warningBackground') : undefined;
    bar.accessibilityInformation = { label: tooltip };
  };
  update();
  bar.show();
  const subscriptions = [bar, client.onDidChangeState(update), window.onDidChangeActiveTextEditor(update)];
  return {
    async showMenu() {
      const placeHolder = appearance(client.state, window.activeTextEditor).tooltip;
      const choice = await window.showQuickPick(menu(), { placeHolder });
      if (choice !== undefined) await commands.executeCommand(choice.command, ...choice.parameters);
    },
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

interface Appearance {
  readonly text: string;
  readonly tooltip: string;
  readonly alarm: boolean;
}

function appearance(state: ServerState, editor: TextEditor | undefined): Appearance {
  const calm = (icon: string, tooltip: string, note = ''): Appearance => ({
    text: `$(${icon}) Heddle${note}`,
    tooltip: `Heddle: ${tooltip}`,
    alarm: false,
  });
  const alarm = (icon: string, tooltip: string): Appearance => ({ ...calm(icon, tooltip), alarm: true });
  switch (state.state) {
    case 'stopped':
      return alarm('error', state.message);
    case 'error':
      return alarm('error', state.message ?? 'the server has a problem; its output says which.');
    case 'starting':
      return calm('loading~spin', 'starting');
    case 'indexing':
      return calm('loading~spin', `analysing${progressOf(state)}`, progressOf(state));
    case 'auditing':
      // The notification of the audit has the numbers.
      return calm('loading~spin', 'auditing the workspace');
    case 'ready': {
      const uri = editor?.document.uri.toString();
      const missed = state.notAnalysed?.find((file) => file.uri === uri);
      // Half a line comes and goes while somebody types: nothing but the tooltip says so.
      if (missed?.partly === true) return calm('check', `${state.message ?? 'ready'}. ${missed.reason}`);
      if (missed !== undefined) return alarm('circle-slash', `this file is not analysed. ${missed.reason}`);
      return calm('check', state.message ?? 'ready');
    }
  }
}

function progressOf({ indexed, total }: { readonly indexed?: number; readonly total?: number }): string {
  return indexed === undefined || total === undefined ? '' : ` ${indexed}/${total}`;
}

interface MenuEntry extends QuickPickItem {
  readonly command: string;
  readonly parameters: readonly unknown[];
}

function menu(): readonly MenuEntry[] {
  const entry = (label: string, command: string, ...parameters: readonly unknown[]): MenuEntry => ({
    label,
    command,
    parameters,
  });
  return [
    entry('$(search) Audit Workspace', 'heddle.auditWorkspace'),
    entry('$(list-tree) Show Findings', 'heddle.findings.focus'),
    entry('$(book) Show Rule Page', 'heddle.showRulePage'),
    entry('$(package) Show Dependency Readiness', 'heddle.showReadiness'),
    entry('$(beaker) Check Imports at Run Time', 'heddle.checkImports'),
    entry('$(mortar-board) Open Documentation', 'heddle.openDocumentation'),
    entry('$(output) Show Output', 'heddle.showOutput'),
    entry('$(report) Report Issue', 'heddle.reportIssue'),
    entry('$(settings-gear) Open Settings', 'workbench.action.openSettings', '@ext:heddle.heddle'),
    entry('$(debug-restart) Restart Server', 'heddle.restartServer'),
  ];
}
