/**
 * What the server must know before it starts. Settings are not among it: the server asks for those itself and hears of
 * their changes. Workspace Trust is: without it VS Code already withholds the workspace's values of the settings in
 * `restrictedConfigurations`, and the server must do the same for files it reads itself, such as `pyproject.toml`.
 */
import type { Disposable, ExtensionContext } from 'vscode';
import { workspace } from 'vscode';
import type { InitializationOptions } from '../../server/src/protocol.ts';
import { ruleLinkBase } from './rulePages.ts';

/** @param provesRaces whether code can be run here at all */
export function initializationOptions(
  context: ExtensionContext,
  provesRaces: boolean,
): InitializationOptions {
  return {
    workspaceTrusted: workspace.isTrusted,
    readsFiles: true,
    ruleLinkBase,
    showsStatus: true,
    tellsGuarded: true,
    provesRaces: provesRaces && workspace.isTrusted,
    storageFolder: context.globalStorageUri.fsPath,
  };
}

/** Trust can only be granted while a window is open; taking it away reloads the window. */
export function onTrustGranted(restart: () => Promise<void>): Disposable {
  return workspace.onDidGrantWorkspaceTrust(() => void restart());
}
