/**
 * Stands in for the extension `ms-python.vscode-python-envs`: the part of its documented API (`PythonEnvironmentApi` in
 * its `src/api.ts`) that Heddle uses. A chosen environment is told late, as by the real one while it looks around.
 */
import { commands, EventEmitter, type ExtensionContext, Uri } from 'vscode';

/** In ms; longer than anybody waits for it. */
const lateness = 1500;

export function activate(context: ExtensionContext): unknown {
  const change = new EventEmitter<unknown>();
  let chosen: { readonly environmentPath: Uri } | undefined;
  const choose = (folder: string): void => {
    const old = chosen;
    chosen = folder === '' ? undefined : { environmentPath: Uri.file(folder) };
    change.fire({ uri: undefined, old, new: chosen });
  };
  context.subscriptions.push(change, commands.registerCommand('standIn.chooseEnvironment', choose));
  return {
    async getEnvironment(scope: Uri | undefined) {
      if (scope === undefined || chosen === undefined) return undefined;
      await new Promise((resolve) => setTimeout(resolve, lateness));
      return chosen;
    },
    onDidChangeEnvironment: change.event,
  };
}
