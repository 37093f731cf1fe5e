/**
 * What differs between an extension host with Node and one in a browser, as the rest of the extension sees it. `main.node.ts`
 * and `main.browser.ts` each bring theirs.
 */
import type { ExtensionContext } from 'vscode';
import type { BaseLanguageClient, LanguageClientOptions } from 'vscode-languageclient';
import type { ImportOptions, ImportOutcome } from './moduleImport.ts';

export interface Platform {
  /** A client of a server that it starts when it is started itself. */
  createClient(context: ExtensionContext, options: LanguageClientOptions): BaseLanguageClient;
  /** The bytes of a file in a form that reaches the server whole. */
  sendable(bytes: Uint8Array): Uint8Array | string;
  /** The user's folder; empty where there is none. */
  readonly home: string;
  /** In words: "linux x64". */
  readonly system: string;
  /** Whether there is a file at an absolute path of this computer. */
  exists(path: string): Promise<boolean>;
  /** Undefined where no interpreter can be started. */
  readonly imports: ImportTrials | undefined;
}

/** As `moduleImport.ts` documents them. */
export interface ImportTrials {
  importModule(executable: string, module: string, options: ImportOptions): Promise<ImportOutcome>;
  whyUnusable(executable: string, options: ImportOptions): Promise<string | undefined>;
}
