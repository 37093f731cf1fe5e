/**
 * Stands in for the extension `ms-python.python`: the part of its documented API (`PythonExtension` in its
 * `src/client/api/types.ts`) that Heddle uses. The command chooses an interpreter as the real one's picker does.
 */
import { commands, EventEmitter, type ExtensionContext, type Uri, window } from 'vscode';

/** What the real one says when nothing is chosen. */
const none = 'python';

export function activate(context: ExtensionContext): unknown {
  const change = new EventEmitter<{ readonly id: string; readonly path: string }>();
  let chosen = none;
  const choose = async (given?: string): Promise<void> => {
    const path = given ?? (await window.showInputBox({ prompt: 'Path of the interpreter' }));
    chosen = path === undefined || path === '' ? none : path;
    change.fire({ id: chosen, path: chosen });
  };
  context.subscriptions.push(change, commands.registerCommand('standIn.chooseInterpreter', choose));
  return {
    ready: Promise.resolve(),
    environments: {
      getActiveEnvironmentPath(resource?: Uri) {
        const path = resource === undefined ? none : chosen;
        return { id: path, path };
      },
      onDidChangeActiveEnvironmentPath: change.event,
    },
  };
}
