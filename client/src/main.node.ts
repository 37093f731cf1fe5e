/** The entry of the extension where VS Code runs extensions in Node: on a computer, over SSH, in a container. */
import { access } from 'node:fs/promises';
import { homedir } from 'node:os';
import type { ExtensionContext } from 'vscode';
import { LanguageClient, TransportKind } from 'vscode-languageclient/node';
import { activateOn } from './extension.ts';
import { importModule, whyUnusable } from './moduleImport.ts';
import type { Platform } from './platform.ts';

const platform: Platform = {
  createClient(context, options) {
    const module = context.asAbsolutePath('dist/server.js');
    const transport = TransportKind.ipc;
    const inspected = { execArgv: ['--nolazy', '--inspect=6009'] };
    const server = { run: { module, transport }, debug: { module, transport, options: inspected } };
    return new LanguageClient('heddle', 'Heddle', server, options);
  },
  sendable: (bytes) => Buffer.from(bytes).toString('base64'),
  home: homedir(),
  system: `${process.platform} ${process.arch}`,
  exists: (path) =>
    access(path).then(
      () => true,
      () => false,
    ),
  imports: { importModule, whyUnusable },
};

export function activate(context: ExtensionContext): Promise<void> {
  return activateOn(platform, context);
}

/** Nothing to do here: the parts are disposed through the context's subscriptions, the server with them. */
export function deactivate(): void {}
