/** The second status bar item: which Python the folder uses and whether its imports would bring the GIL back. */
import {
  type Disposable,
  type QuickPickItem,
  Range,
  StatusBarAlignment,
  Uri,
  window,
  workspace,
} from 'vscode';
import type { FolderEnvironment, GilImport } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { environments } from './environments.ts';
import type { Findings } from './findings.ts';
import { gilAppearance, shownFolder } from './gilAppearance.ts';
import { inform } from './notices.ts';

export interface GilStatus extends Disposable {
  /** Lists the imports that bring the GIL back, to go to one. */
  showImports(): Promise<void>;
}

export const showGilImportsCommand = 'heddle.showGilImports';

/** Findings change with every key; the environment is asked about when they have been still for this long (ms). */
const quiet = 1000;

export function createGilStatus(client: HeddleClient, findings: Findings): GilStatus {
  const bar = window.createStatusBarItem('heddle.gil', StatusBarAlignment.Right, 89);
  bar.name = 'Heddle: GIL';
  bar.command = showGilImportsCommand;
  let folders: readonly FolderEnvironment[] = [];
  let timer: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  const update = (): void => {
    if (disposed) return;
    const folder = shownFolder(folders, isActiveFolder);
    const shown = folder === undefined ? undefined : gilAppearance(folder);
    if (shown === undefined) {
      bar.hide();
      return;
    }
    bar.text = `$(lock) ${shown.label}`;
    bar.tooltip = shown.tooltip;
    bar.accessibilityInformation = { label: `${shown.label}. ${shown.tooltip}` };
    bar.show();
  };
  const refresh = async (): Promise<void> => {
    try {
      folders = await environments(client);
      update();
    } catch {
      // The first status item says that the server is down.
      folders = [];
      update();
    }
  };
  const soon = (): void => {
    clearTimeout(timer);
    if (!disposed) timer = setTimeout(() => void refresh(), quiet);
  };
  const subscriptions = [
    bar,
    findings.onDidChange(soon),
    client.onDidChangeEnvironment(soon),
    client.onDidChangeState(({ state }) => {
      if (state === 'ready') soon();
    }),
    window.onDidChangeActiveTextEditor(update),
  ];
  return {
    async showImports() {
      folders = await environments(client);
      const imports = shownFolder(folders, isActiveFolder)?.imports ?? [];
      if (imports.length === 0) {
        void inform('Heddle: no import is known to bring the GIL back.');
        return;
      }
      const placeHolder = 'Imports that bring the GIL back on free-threaded Python';
      const choice = await window.showQuickPick(imports.map(entryOf), { placeHolder, matchOnDetail: true });
      if (choice !== undefined) await show(choice.its);
    },
    dispose() {
      disposed = true;
      clearTimeout(timer);
      for (const subscription of subscriptions) subscription.dispose();
    },
  };
}

function isActiveFolder(uri: string): boolean {
  const document = window.activeTextEditor?.document.uri;
  const folder = document === undefined ? undefined : workspace.getWorkspaceFolder(document);
  return folder?.uri.toString() === Uri.parse(uri, true).toString();
}

interface ImportEntry extends QuickPickItem {
  readonly its: GilImport;
}

function entryOf(its: GilImport): ImportEntry {
  const place = workspace.asRelativePath(Uri.parse(its.uri, true));
  return { label: `${place}:${its.range.start.line + 1}`, detail: its.message, its };
}

async function show({ uri, range }: GilImport): Promise<void> {
  const { start, end } = range;
  const selection = new Range(start.line, start.character, end.line, end.character);
  await window.showTextDocument(Uri.parse(uri, true), { selection });
}
