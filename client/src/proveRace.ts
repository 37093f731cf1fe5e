/** *Prove This Race*: asks, has the server run the finding's code, and shows the test that says what came out beside the code. */
import { commands, Uri, ViewColumn, window, workspace } from 'vscode';
import { type ProveParams, type ProveResult, proveMethod } from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import { ask, complain, inform, withProgressNotice } from './notices.ts';

export const proveRaceCommand = 'heddle.proveRace';

/** @param line of the finding, from 0 */
export async function proveRace(client: HeddleClient, uri: string, line: number): Promise<void> {
  if (!workspace.isTrusted) {
    await commands.executeCommand('workbench.trust.manage');
    return;
  }
  const run = 'Run It';
  const detail =
    'Heddle writes a pytest file that calls the code in two threads, and runs it with the Python of this folder, in a process with bounds on time and memory. Made-up arguments may be passed. The code may not write files elsewhere, start processes or open connections meanwhile.';
  if ((await ask('Run code of this workspace to show the race?', detail, run)) !== run) return;
  await workspace.textDocuments.find((document) => document.uri.toString() === uri)?.save();
  try {
    const running = await client.running();
    const result = await withProgressNotice('Heddle: looking for an interleaving', (_report, token) =>
      running.sendRequest<ProveResult>(proveMethod, { uri, line } satisfies ProveParams, token),
    );
    await window.showTextDocument(Uri.parse(result.test, true), {
      viewColumn: ViewColumn.Beside,
      preserveFocus: true,
      preview: false,
    });
    void inform(`Heddle: ${result.says}`);
  } catch (error) {
    if (!isCancelled(error))
      void complain(`Heddle: ${error instanceof Error ? error.message : String(error)}`);
  }
}

function isCancelled(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === REQUEST_CANCELLED;
}

/** LSP's code for a request that the user cancelled. */
const REQUEST_CANCELLED = -32800;
