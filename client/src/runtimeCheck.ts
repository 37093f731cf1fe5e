/**
 * “Check Imports at Run Time”: starts the workspace's free-threaded interpreter once for each module that the code
 * imports, and shows where the interpreter and the reading of the files agree. It runs other people's code, so it asks
 * first and does nothing in Restricted Mode.
 */
import { execFile } from 'node:child_process';
import { type LogOutputChannel, ProgressLocation, Uri, window, workspace } from 'vscode';
import {
  type EnvironmentResult,
  environmentMethod,
  type FolderEnvironment,
  type ImportedModule,
} from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';

/** How long one import may take, in ms. */
const importLimit = 30_000;

export async function checkImports(client: HeddleClient, output: LogOutputChannel): Promise<void> {
  if (!workspace.isTrusted) {
    void window.showWarningMessage('Heddle runs no interpreter in a workspace that you do not trust.');
    return;
  }
  const running = await client.running();
  const { folders } = await running.sendRequest<EnvironmentResult>(environmentMethod, null);
  const folder = folders.find(({ interpreter }) => interpreter?.freeThreaded === 'yes');
  const executable = folder?.interpreter?.executable;
  if (folder === undefined || executable === undefined) {
    void window.showWarningMessage(
      'Heddle: this workspace has no free-threaded interpreter. Choose one in the setting “heddle.python.interpreter”.',
    );
    return;
  }
  if (folder.modules.length === 0) {
    void window.showInformationMessage('Heddle: the code imports no installed module.');
    return;
  }
  const count = folder.modules.length === 1 ? '1 module' : `${folder.modules.length} modules`;
  const check = 'Check';
  const choice = await window.showWarningMessage(
    `Import ${count} with ${executable}?`,
    { modal: true, detail: 'Each import runs the code of the packages, once, in a process of its own.' },
    check,
  );
  if (choice !== check) return;
  const rows = await window.withProgress(
    { location: ProgressLocation.Notification, title: 'Heddle: importing', cancellable: true },
    async (progress, token) => {
      const done: CheckedImport[] = [];
      for (const module of folder.modules) {
        if (token.isCancellationRequested) break;
        progress.report({ message: module.module, increment: 100 / folder.modules.length });
        done.push({ module, outcome: await importOnce(executable, module.module, folder) });
      }
      return done;
    },
  );
  for (const row of rows) output.info(sentenceOf(row));
  const document = await workspace.openTextDocument({
    language: 'markdown',
    content: table(executable, rows),
  });
  await window.showTextDocument(document, { preview: true });
}

/** What an interpreter showed for one import. */
export type ImportOutcome =
  | { readonly kind: 'imported'; readonly gil: 'on' | 'off'; readonly offender: string | undefined }
  | { readonly kind: 'failed'; readonly reason: string };

interface CheckedImport {
  readonly module: ImportedModule;
  readonly outcome: ImportOutcome;
}

const script = [
  'import importlib, sys, warnings',
  'with warnings.catch_warnings(record=True) as seen:',
  '    warnings.simplefilter("always")',
  '    importlib.import_module(sys.argv[1])',
  'said = [str(one.message) for one in seen if "global interpreter lock" in str(one.message)]',
  'print("\\n@heddle", "on" if sys._is_gil_enabled() else "off", said[0].split("\'")[1] if said else "-")',
].join('\n');

/** Imports one module in a process of its own. Never rejects. */
function importOnce(executable: string, module: string, folder: FolderEnvironment): Promise<ImportOutcome> {
  // A variable that forces the GIL one way or the other would hide what the import does.
  const { PYTHON_GIL: _, ...environment } = process.env;
  const options = { timeout: importLimit, env: environment, cwd: Uri.parse(folder.uri, true).fsPath };
  return new Promise((resolve) => {
    execFile(executable, ['-P', '-c', script, module], options, (error, stdout, stderr) => {
      const answer = /@heddle (on|off) (\S+)/.exec(stdout);
      if (answer !== null) {
        const [, gil, offender] = answer;
        resolve({
          kind: 'imported',
          gil: gil === 'on' ? 'on' : 'off',
          offender: offender === '-' ? undefined : offender,
        });
        return;
      }
      const last = stderr.trim().split('\n').at(-1);
      const reason = error?.killed === true ? `took longer than ${importLimit / 1000} s` : last;
      resolve({ kind: 'failed', reason: reason ?? error?.message ?? 'it ended without a word' });
    });
  });
}

function agreement({ module, outcome }: CheckedImport): string {
  if (outcome.kind === 'failed') return 'cannot be compared';
  if (module.verdict === 'unknown') return 'Heddle could not tell';
  if (module.verdict !== outcome.gil) return 'differs';
  const differentModule =
    outcome.gil === 'on' && module.offender !== undefined && module.offender !== outcome.offender;
  return differentModule ? `agrees, but Heddle names ${module.offender}` : 'agrees';
}

function outcomeText(outcome: ImportOutcome): string {
  if (outcome.kind === 'failed') return `import failed: ${outcome.reason}`;
  if (outcome.gil === 'off') return 'GIL stays off';
  return outcome.offender === undefined ? 'GIL comes back' : `GIL comes back: ${outcome.offender}`;
}

const VERDICTS: Readonly<Record<ImportedModule['verdict'], string>> = {
  off: 'GIL stays off',
  on: 'GIL comes back',
  unknown: 'not known',
};

function sentenceOf(row: CheckedImport): string {
  return `import ${row.module.module}: ${outcomeText(row.outcome)}; from its files: ${VERDICTS[row.module.verdict]} (${agreement(row)})`;
}

function table(executable: string, rows: readonly CheckedImport[]): string {
  const cell = (text: string): string => text.replaceAll('|', '\\|');
  return [
    '# Imports at run time',
    '',
    `Each module was imported by \`${executable}\` in a process of its own.`,
    '',
    '| import | the interpreter | Heddle, from the files | |',
    '|---|---|---|---|',
    ...rows.map(
      (row) =>
        `| \`${row.module.module}\` | ${cell(outcomeText(row.outcome))} | ${VERDICTS[row.module.verdict]} | ${cell(agreement(row))} |`,
    ),
    '',
  ].join('\n');
}
