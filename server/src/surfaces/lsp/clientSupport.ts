/**
 * What the connected editor can do, read once from its capabilities, so that no other file digs in that tree. Every
 * answer is "no" unless the editor said yes.
 */
import type { ClientCapabilities } from 'vscode-languageserver';
import type { InitializationOptions } from '../../protocol.ts';

export interface ClientSupport {
  readonly pullDiagnostics: boolean;
  /** Providers of diagnostics may be registered after initialisation. */
  readonly registerDiagnostics: boolean;
  readonly refreshDiagnostics: boolean;
  readonly refreshInlayHints: boolean;
  readonly relatedInformation: boolean;
  readonly codeDescription: boolean;
  readonly diagnosticData: boolean;
  readonly unnecessaryTag: boolean;
  readonly resolveEdits: boolean;
  readonly preferredActions: boolean;
  readonly disabledActions: boolean;
  readonly confirmEdits: boolean;
  readonly versionedEdits: boolean;
  readonly configuration: boolean;
  readonly registerConfiguration: boolean;
  readonly workspaceFolders: boolean;
  readonly registerWatchers: boolean;
  readonly workDoneProgress: boolean;
  readonly notebooks: boolean;
  /** The editor has the command that asks and sends `heddle/prove`. */
  readonly provesRaces: boolean;
  /** The editor has the command that tells what was guarded. */
  readonly tellsGuarded: boolean;
}

/** What an editor sends here may be anything; a part that is no such thing is one that it cannot do. */
export function clientSupport(
  capabilities: ClientCapabilities | undefined | null,
  { provesRaces, tellsGuarded }: InitializationOptions,
): ClientSupport {
  const { notebookDocument, textDocument, workspace, window } = capabilities ?? {};
  const pull = textDocument?.diagnostic;
  const push = textDocument?.publishDiagnostics;
  const action = textDocument?.codeAction;
  const edit = workspace?.workspaceEdit;
  return {
    pullDiagnostics: pull !== undefined,
    registerDiagnostics: pull?.dynamicRegistration === true,
    refreshDiagnostics: workspace?.diagnostics?.refreshSupport === true,
    refreshInlayHints: workspace?.inlayHint?.refreshSupport === true,
    // Up to 3.17 these four stand under `publishDiagnostics` only and hold for both ways.
    relatedInformation: pull?.relatedInformation ?? push?.relatedInformation ?? false,
    codeDescription: pull?.codeDescriptionSupport ?? push?.codeDescriptionSupport ?? false,
    diagnosticData: pull?.dataSupport ?? push?.dataSupport ?? false,
    unnecessaryTag: includes((pull?.tagSupport ?? push?.tagSupport)?.valueSet, 1),
    resolveEdits: action?.dataSupport === true && includes(action.resolveSupport?.properties, 'edit'),
    preferredActions: action?.isPreferredSupport === true,
    disabledActions: action?.disabledSupport === true,
    confirmEdits:
      edit?.changeAnnotationSupport !== undefined &&
      edit.documentChanges === true &&
      action?.honorsChangeAnnotations === true,
    versionedEdits: edit?.documentChanges === true,
    configuration: workspace?.configuration === true,
    registerConfiguration: workspace?.didChangeConfiguration?.dynamicRegistration === true,
    workspaceFolders: workspace?.workspaceFolders === true,
    registerWatchers: workspace?.didChangeWatchedFiles?.dynamicRegistration === true,
    notebooks: notebookDocument !== undefined,
    provesRaces: provesRaces === true,
    tellsGuarded: tellsGuarded === true,
    workDoneProgress: window?.workDoneProgress === true,
  };
}

function includes(list: unknown, item: unknown): boolean {
  return Array.isArray(list) && list.includes(item);
}
