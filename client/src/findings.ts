/**
 * Every finding that VS Code shows, each once. The language client writes what the server says about a file right now
 * (live); an audit adds files that nothing live is known about, and the server keeps those true as long as they are shown.
 * Both end in one diagnostic collection, and a file is never in both halves: what is live hides what the audit says.
 */
import {
  type Diagnostic,
  type DiagnosticCollection,
  DiagnosticSeverity,
  type Disposable,
  type Event,
  EventEmitter,
  languages,
  Uri,
  workspace,
} from 'vscode';
import type { DiagnosticCollectionProvider } from 'vscode-languageclient';
import type { SeverityCounts } from '../../server/src/protocol.ts';
import { NO_FINDINGS } from './findingTree.ts';

export interface Findings extends Disposable {
  /** Hands the language client the collections it writes to. */
  readonly collections: DiagnosticCollectionProvider;
  readonly onDidChange: Event<void>;
  /** The files with findings and what is shown for them, in the order of their addresses. */
  files(): readonly FileFindings[];
  /** Replaces the results of the audit before. */
  setAudit(files: readonly FileFindings[]): void;
  /** Replaces what the audit says of these files only. */
  changeAudit(files: readonly FileFindings[]): void;
  clearAudit(): void;
}

export interface FileFindings {
  readonly uri: Uri;
  readonly diagnostics: readonly Diagnostic[];
}

/** VS Code sends at most about a thousand diagnostics of one `set` call on to Problems, so they go in by portions. */
const diagnosticsPerCall = 500;

export function createFindings(): Findings {
  const shown = languages.createDiagnosticCollection('heddle');
  const layers = new Set<Map<string, FileFindings>>();
  const audited = new Map<string, FileFindings>();
  const change = new EventEmitter<void>();

  const show = (uris: readonly Uri[]): void => {
    let portion: [Uri, readonly Diagnostic[] | undefined][] = [];
    let size = 0;
    let changed = false;
    for (const uri of uris) {
      const key = uri.toString();
      const live = [...layers].flatMap((layer) => layer.get(key) ?? []);
      const said = live.flatMap(({ diagnostics: its }) => its);
      // Of a closed document the server may say, live, that nothing is shown any more: that is no word against the audit.
      const diagnostics =
        live.length === 0 || (said.length === 0 && !isOpen(key)) ? audited.get(key)?.diagnostics : said;
      changed ||= (diagnostics?.length ?? 0) > 0 || (shown.get(uri)?.length ?? 0) > 0;
      portion.push([uri, diagnostics]);
      size += diagnostics?.length ?? 0;
      if (size >= diagnosticsPerCall) {
        shown.set(portion);
        portion = [];
        size = 0;
      }
    }
    shown.set(portion);
    if (changed) change.fire();
  };

  /** The collection that the language client believes to be its own. */
  const createLayer = (name: string | undefined): DiagnosticCollection => {
    const layer = new Map<string, FileFindings>();
    layers.add(layer);
    const clear = (): void => {
      const uris = [...layer.values()].map((file) => file.uri);
      layer.clear();
      show(uris);
    };
    return {
      name: name ?? 'heddle',
      set(target, diagnostics?: readonly Diagnostic[]) {
        const entries: readonly [Uri, readonly Diagnostic[] | undefined][] =
          target instanceof Uri ? [[target, diagnostics]] : target;
        for (const [uri, list] of entries) {
          if (list === undefined) layer.delete(uri.toString());
          else layer.set(uri.toString(), { uri, diagnostics: list });
        }
        show(entries.map(([uri]) => uri));
      },
      delete(uri) {
        layer.delete(uri.toString());
        show([uri]);
      },
      clear,
      forEach(callback, self) {
        for (const file of layer.values()) callback.call(self, file.uri, file.diagnostics, this);
      },
      get: (uri) => layer.get(uri.toString())?.diagnostics,
      has: (uri) => layer.has(uri.toString()),
      *[Symbol.iterator]() {
        for (const file of layer.values()) yield [file.uri, file.diagnostics];
      },
      dispose() {
        clear();
        layers.delete(layer);
      },
    };
  };

  const setAudit = (files: readonly FileFindings[]): void => {
    const before = [...audited.values()].map((file) => file.uri);
    audited.clear();
    for (const file of files) audited.set(file.uri.toString(), file);
    const gone = before.filter((uri) => !audited.has(uri.toString()));
    show([...gone, ...files.map(({ uri }) => uri)]);
  };

  return {
    collections: { create: createLayer, dispose: (collection) => collection.dispose() },
    onDidChange: change.event,
    files() {
      const files: FileFindings[] = [];
      shown.forEach((uri, diagnostics) => {
        if (diagnostics.length > 0) files.push({ uri, diagnostics });
      });
      return files.sort((a, b) => (a.uri.path < b.uri.path ? -1 : 1));
    },
    setAudit,
    changeAudit(files) {
      for (const file of files) {
        if (file.diagnostics.length === 0) audited.delete(file.uri.toString());
        else audited.set(file.uri.toString(), file);
      }
      show(files.map(({ uri }) => uri));
    },
    clearAudit: () => setAudit([]),
    dispose() {
      shown.dispose();
      change.dispose();
    },
  };
}

function isOpen(key: string): boolean {
  return workspace.textDocuments.some(({ uri }) => uri.toString() === key);
}

/** Whether a diagnostic is a finding; otherwise it says why there is none. */
export function isFinding({ code }: Diagnostic): boolean {
  const name = typeof code === 'object' ? code.value : code;
  return !NO_FINDINGS.includes(String(name));
}

/** Heddle's name of a severity. */
export function levelOf(severity: DiagnosticSeverity): keyof SeverityCounts {
  switch (severity) {
    case DiagnosticSeverity.Error:
      return 'error';
    case DiagnosticSeverity.Warning:
      return 'warning';
    case DiagnosticSeverity.Information:
      return 'note';
    case DiagnosticSeverity.Hint:
      return 'hint';
  }
}
