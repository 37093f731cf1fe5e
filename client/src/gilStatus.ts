/** The second status bar item: which Python the workspace uses and whether its imports would bring the GIL back. */
import {
  type Disposable,
  type QuickPickItem,
  Range,
  StatusBarAlignment,
  Uri,
  window,
  workspace,
} from 'vscode';
import {
  type EnvironmentResult,
  environmentMethod,
  type FolderEnvironment,
  type GilImport,
  type InterpreterSummary,
} from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import type { Findings } from './findings.ts';

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
  let timer: ReturnType<typeof setTimeout> | undefined;
  let disposed = false;

  const refresh = async (): Promise<void> => {
    const folders = await environments(client);
    if (disposed) return;
    const shown = folders === undefined ? undefined : appearance(folders);
    if (shown === undefined) {
      bar.hide();
      return;
    }
    bar.text = shown.text;
    bar.tooltip = shown.tooltip;
    bar.accessibilityInformation = { label: `${shown.label}. ${shown.tooltip}` };
    bar.show();
  };
  const soon = (): void => {
    clearTimeout(timer);
    timer = setTimeout(() => void refresh(), quiet);
  };
  const subscriptions = [
    bar,
    findings.onDidChange(soon),
    client.onDidChangeState(({ state }) => {
      if (state === 'ready') soon();
    }),
  ];
  return {
    async showImports() {
      const imports = (await environments(client))?.flatMap((folder) => folder.imports) ?? [];
      if (imports.length === 0) {
        void window.showInformationMessage('Heddle: no import is known to bring the GIL back.');
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

async function environments(client: HeddleClient): Promise<readonly FolderEnvironment[] | undefined> {
  try {
    const running = await client.running();
    const { folders } = await running.sendRequest<EnvironmentResult>(environmentMethod, null);
    return folders;
  } catch {
    // The server is down or busy with newer input; the first status item says so.
    return undefined;
  }
}

interface Appearance {
  readonly text: string;
  readonly label: string;
  readonly tooltip: string;
}

function appearance(folders: readonly FolderEnvironment[]): Appearance | undefined {
  const [first] = folders.filter(({ interpreter }) => interpreter !== undefined);
  const interpreter = first?.interpreter;
  const count = folders.reduce((sum, { imports }) => sum + imports.length, 0);
  if (interpreter === undefined && count === 0) return undefined;
  const label = labelOf(interpreter, count);
  const version = interpreter?.version ?? 'of unknown version';
  const where =
    interpreter === undefined
      ? 'No Python interpreter was found for this workspace.'
      : `Python ${version} in ${interpreter.executable ?? interpreter.prefix}.`;
  return {
    text: `$(lock) ${label}`,
    label,
    tooltip: `${where} Click for the imports that bring the GIL back.`,
  };
}

function labelOf(interpreter: InterpreterSummary | undefined, count: number): string {
  if (interpreter?.freeThreaded === 'no') return 'GIL build';
  if (count === 0) return interpreter?.freeThreaded === 'yes' ? 'GIL off' : 'GIL: build unknown';
  return `GIL would come back: ${count === 1 ? '1 import' : `${count} imports`}`;
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
