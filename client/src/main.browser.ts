/** The entry of the extension where VS Code itself runs in a browser; the server runs in a web worker. */
import { type ExtensionContext, Uri, workspace } from 'vscode';
import {
  BrowserMessageReader,
  BrowserMessageWriter,
  LanguageClient,
  type MessageTransports,
} from 'vscode-languageclient/browser';
import type { BrowserEnd, BrowserStart } from '../../server/src/protocol.ts';
import { activateOn } from './extension.ts';
import type { Platform } from './platform.ts';

/** What of a browser's web workers is used; the rest of the client is compiled without a browser's types. */
interface ServerWorker {
  addEventListener(type: 'message', listener: (event: { readonly data: unknown }) => void): void;
  addEventListener(type: 'error', listener: () => void): void;
  postMessage(start: BrowserStart): void;
  terminate(): void;
}
declare const Worker: new (address: string) => ServerWorker;
declare const navigator: { readonly userAgent: string };

/** Hashes of the texts on which the parser crashed in this window. */
const crashedTexts = new Set<string>();

const platform: Platform = {
  createClient: (context, options) =>
    new LanguageClient('heddle', 'Heddle', () => startServer(context.extensionUri), options),
  sendable: (bytes) => bytes,
  home: '',
  system: navigator.userAgent,
  exists: async () => false,
  imports: undefined,
};

/** The worker lives as long as its connection. */
async function startServer(extension: Uri): Promise<MessageTransports> {
  const file = (path: string): Thenable<Uint8Array> => workspace.fs.readFile(Uri.joinPath(extension, path));
  const [runtime, python, pages] = await Promise.all([
    file('dist/web-tree-sitter.wasm'),
    file('grammars/tree-sitter-python.wasm'),
    rulesWithPages(extension),
  ]);
  const worker = new Worker(Uri.joinPath(extension, 'dist', 'server.browser.js').toString(true));
  const reader = new EndingReader(worker as never);
  worker.addEventListener('message', ({ data }) => {
    if (typeof data !== 'object' || data === null || !('crashedOn' in data)) return;
    const { crashedOn } = data as BrowserEnd;
    if (crashedOn !== null) crashedTexts.add(crashedOn);
    reader.end();
  });
  worker.addEventListener('error', () => reader.end());
  reader.onClose(() => worker.terminate());
  worker.postMessage({ runtime, python, rules: pages, crashedTexts: [...crashedTexts] });
  return { reader, writer: new EndingWriter(worker as never, () => worker.terminate()) };
}

async function rulesWithPages(extension: Uri): Promise<readonly string[]> {
  const index = await workspace.fs.readFile(Uri.joinPath(extension, 'docs', 'rules', 'README.md'));
  return [...new TextDecoder().decode(index).matchAll(/\(([a-z0-9-]+)\.md\)/g)].map(
    (match) => match[1] ?? '',
  );
}

/** A worker that has ended does not say so by itself. */
class EndingReader extends BrowserMessageReader {
  end(): void {
    this.fireClose();
  }
}

/** The connection ends its writer when it ends. */
class EndingWriter extends BrowserMessageWriter {
  readonly #terminate: () => void;

  constructor(port: never, terminate: () => void) {
    super(port);
    this.#terminate = terminate;
  }

  override end(): void {
    this.#terminate();
  }
}

export function activate(context: ExtensionContext): Promise<void> {
  return activateOn(platform, context);
}

/** Nothing to do here: the parts are disposed through the context's subscriptions, the server with them. */
export function deactivate(): void {}
