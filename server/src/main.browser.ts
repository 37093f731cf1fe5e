/**
 * The entry of the language server in a web worker of a browser, where the extension runs without Node. The first message brings
 * the parser's files; from then on the messages are the protocol's. Every file is read through the editor.
 */
import { BrowserMessageReader, BrowserMessageWriter, createConnection } from 'vscode-languageserver/browser';
import type { Host } from './base/host.ts';
import { cautiousParser } from './cst/cautiousParser.ts';
import { loadPythonParser, ParserCrashed } from './cst/runtime.ts';
import type { BrowserEnd, BrowserStart } from './protocol.ts';
import { RULES } from './rules/registry.ts';
import { createAnalyzer } from './service/createAnalyzer.ts';
import { clientFiles } from './surfaces/lsp/clientFiles.ts';
import { serve } from './surfaces/lsp/server.ts';

/** Replaced by the version of package.json when the bundle is made. */
declare const HEDDLE_VERSION: string;

/** What of a worker's global scope is used; the rest of the server is compiled without a browser's types. */
declare const self: {
  addEventListener(
    type: 'message',
    listener: (event: { readonly data: BrowserStart }) => void,
    options: { once: true },
  ): void;
  postMessage(message: BrowserEnd): void;
  readonly navigator: { readonly userAgent: string };
};

self.addEventListener('message', ({ data }) => startServer(data), { once: true });

function startServer({ runtime, python, rules, crashedTexts }: BrowserStart): void {
  const connection = createConnection(
    new BrowserMessageReader(self as never),
    new BrowserMessageWriter(self as never),
  );
  const host = clientFiles(connection, CLOCK);
  let crashedOn: string | null = null;
  serve(connection, {
    host,
    version: HEDDLE_VERSION,
    runtime: self.navigator.userAgent,
    ruleNames: RULES.map(({ id }) => id),
    rulePages: { folder: '', rules: new Set(rules) },
    async loadAnalyzers(logger) {
      const parser = cautiousParser(
        await loadPythonParser({ runtime, python }),
        new Set(crashedTexts),
        (hash) => {
          crashedOn = hash;
        },
      );
      return () => createAnalyzer({ host, parser, logger });
    },
    isFatal: (error) => error instanceof ParserCrashed,
    die: () => self.postMessage({ crashedOn }),
  });
  connection.listen();
}

/** `setTimeout` would wait for 4 ms each time. */
const CLOCK: Pick<Host, 'now' | 'yieldToEvents'> = {
  now: () => performance.now(),
  yieldToEvents: () =>
    new Promise((resolve) => {
      const { port1, port2 } = new MessageChannel();
      port1.addEventListener('message', () => {
        port1.close();
        resolve();
      });
      port1.start();
      port2.postMessage(undefined);
    }),
};
