/**
 * “Check Imports at Run Time”: starts the folder's free-threaded interpreter once for each module that the code
 * imports, and shows where the interpreter and the reading of the files agree. It runs other people's code, so it asks
 * first and does nothing in Restricted Mode.
 */
import { commands, type Disposable, type LogOutputChannel, Uri, window, workspace } from 'vscode';
import type { FolderEnvironment, ImportedModule } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { environments } from './environments.ts';
import { createGeneratedPages } from './generatedPages.ts';
import { type CheckedImport, type ImportReport, reportLine, reportPage } from './importReport.ts';
import { ask, warn, withProgressNotice } from './notices.ts';
import type { ImportTrials, Platform } from './platform.ts';

export interface RuntimeCheck extends Disposable {
  /** Checks the imports after asking; what the user is told says why it did not. A second call during a check does nothing. */
  run(): Promise<CheckResult>;
}

export type CheckResult =
  | { readonly kind: 'refused'; readonly message: string }
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'done'; readonly report: ImportReport };

export function createRuntimeCheck(
  client: HeddleClient,
  output: LogOutputChannel,
  { imports }: Platform,
): RuntimeCheck {
  const pages = createGeneratedPages(
    'heddle-imports',
    'Imports at run time',
    'Run “Heddle: Check Imports at Run Time” again.',
  );
  let current: AbortController | undefined;

  const check = async (abort: AbortController): Promise<CheckResult> => {
    if (imports === undefined)
      return refuse(
        'Heddle: a browser can start no interpreter. Open the folder in VS Code on a computer to check its imports.',
      );
    const prepared = await prepare(client);
    if ('kind' in prepared) return prepared;
    const { executable, modules } = prepared;
    const rows = await importAll(imports, executable, modules, abort);
    if (typeof rows === 'string') return refuse(`Heddle cannot use ${executable}: ${rows}.`);
    if (rows.length === 0) return { kind: 'cancelled' };
    for (const row of rows) output.info(reportLine(row));
    const report = { executable, rows, asked: modules.length };
    await pages.show(reportPage(report));
    return { kind: 'done', report };
  };

  return {
    async run() {
      if (current !== undefined) return { kind: 'cancelled' };
      current = new AbortController();
      try {
        return await check(current);
      } finally {
        current = undefined;
      }
    },
    dispose() {
      current?.abort();
      pages.dispose();
    },
  };
}

interface Prepared {
  readonly executable: string;
  readonly modules: readonly ImportedModule[];
}

/** Finds what there is to import, and asks the user. */
async function prepare(client: HeddleClient): Promise<Prepared | CheckResult> {
  if (!workspace.isTrusted)
    return refuse('Heddle runs no interpreter in a workspace that you do not trust.', {
      title: 'Manage Workspace Trust',
      command: 'workbench.trust.manage',
    });
  const folders = await environments(client);
  const usable = folders.filter(({ interpreter }) => interpreter?.freeThreaded === 'yes');
  if (usable.length === 0) {
    const other = folders.find(({ interpreter }) => interpreter !== undefined)?.interpreter;
    const found = other === undefined ? 'no Python interpreter' : 'no free-threaded interpreter';
    return refuse(
      `Heddle: ${found} was found for this workspace. Choose a free-threaded one in the setting “heddle.python.interpreter”.`,
      openSetting,
    );
  }
  const folder = usable.length === 1 ? usable[0] : await pickFolder(usable);
  if (folder === undefined) return { kind: 'cancelled' };
  const { interpreter, modules } = folder;
  if (interpreter?.executable === undefined)
    return refuse(
      `Heddle: the environment ${interpreter?.prefix} has no interpreter that can be started.`,
      openSetting,
    );
  const { executable } = interpreter;
  if (modules.length === 0) return refuse('Heddle: the code imports no installed module.');
  const check = 'Check';
  const choice = await ask(
    `Import ${modules.length === 1 ? '1 module' : `${modules.length} modules`} with ${executable}?`,
    'Each import runs the code of the packages, once, in a process of its own.',
    check,
  );
  return choice === check ? { executable, modules } : { kind: 'cancelled' };
}

/** The rows up to the end or to the cancellation; a text where the interpreter is of no use. */
function importAll(
  { importModule, whyUnusable }: ImportTrials,
  executable: string,
  modules: readonly ImportedModule[],
  abort: AbortController,
): Thenable<readonly CheckedImport[] | string> {
  return withProgressNotice('Heddle: importing', async (report, token) => {
    const { signal } = abort;
    token.onCancellationRequested(() => abort.abort());
    const reason = await whyUnusable(executable, { signal });
    if (reason !== undefined) return reason;
    const rows: CheckedImport[] = [];
    for (const module of modules) {
      report(
        `${module.module} (${rows.length + 1} of ${modules.length})`,
        rows.length === 0 ? 0 : 100 / modules.length,
      );
      const outcome = await importModule(executable, module.module, { signal });
      if (outcome.kind === 'cancelled') break;
      if (outcome.kind === 'unusable') return outcome.reason;
      rows.push({ module, outcome });
    }
    return rows;
  });
}

async function pickFolder(folders: readonly FolderEnvironment[]): Promise<FolderEnvironment | undefined> {
  const entries = folders.map((folder) => ({
    label: workspace.getWorkspaceFolder(Uri.parse(folder.uri, true))?.name ?? folder.uri,
    description: folder.interpreter?.executable ?? folder.interpreter?.prefix ?? '',
    folder,
  }));
  const choice = await window.showQuickPick(entries, { placeHolder: 'The folder whose imports to check' });
  return choice?.folder;
}

interface WayOut {
  readonly title: string;
  readonly command: string;
  readonly argument?: string;
}

const openSetting: WayOut = {
  title: 'Open Setting',
  command: 'workbench.action.openSettings',
  argument: 'heddle.python.interpreter',
};

function refuse(message: string, wayOut?: WayOut): CheckResult {
  const offer = async (): Promise<void> => {
    const choice = await warn(message, ...(wayOut === undefined ? [] : [wayOut]));
    if (choice === undefined) return;
    const { command, argument } = choice;
    await commands.executeCommand(command, ...(argument === undefined ? [] : [argument]));
  };
  void offer();
  return { kind: 'refused', message };
}
