/**
 * Every finding that VS Code shows, each once. The language client writes what the server says about a file right now
 * (live); an audit adds files that nothing live is known about. Both end in one diagnostic collection, and a file is
 * never in both halves: what is live replaces what the audit said, and what was live last stays when its file closes
 * after an audit.
 */
import {
  type Diagnostic,
  type DiagnosticCollection,
  type Disposable,
  type Event,
  EventEmitter,
  languages,
  Uri,
  workspace,
} from 'vscode';
import type { DiagnosticCollectionProvider } from 'vscode-languageclient/node';

export interface Findings extends Disposable {
  /** Hands the language client the collections it writes to. */
  readonly collections: DiagnosticCollectionProvider;
  readonly onDidChange: Event<void>;
  /** The files with findings and what is shown for them, in the order of their addresses. */
  files(): readonly FileFindings[];
  /** Replaces the results of the audit before; `startedAt` in ms since 1970. */
  setAudit(files: readonly FileFindings[], startedAt: number): void;
  clearAudit(): void;
}

export interface FileFindings {
  readonly uri: Uri;
  readonly diagnostics: readonly Diagnostic[];
}

interface AuditedFile extends FileFindings {
  /** The diagnostics are true of the file as it was at this time (ms since 1970). */
  readonly validAt: number;
}

/** VS Code sends at most about a thousand diagnostics of one `set` call on to Problems, so they go in by portions. */
const diagnosticsPerCall = 500;

export function createFindings(): Findings {
  const shown = languages.createDiagnosticCollection('heddle');
  const layers = new Set<Map<string, FileFindings>>();
  const audited = new Map<string, AuditedFile>();
  let auditDone = false;
  const change = new EventEmitter<void>();

  const show = (uris: readonly Uri[]): void => {
    let portion: [Uri, readonly Diagnostic[] | undefined][] = [];
    let size = 0;
    let changed = false;
    for (const uri of uris) {
      const key = uri.toString();
      const live = [...layers].filter((layer) => layer.has(key));
      const diagnostics =
        live.length === 0
          ? audited.get(key)?.diagnostics
          : live.flatMap((layer) => layer.get(key)?.diagnostics ?? []);
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

  const isLive = (key: string): boolean => [...layers].some((layer) => layer.has(key));

  const setLive = (layer: Map<string, FileFindings>, uri: Uri, diagnostics: readonly Diagnostic[]): void => {
    layer.set(uri.toString(), { uri, diagnostics });
    audited.delete(uri.toString());
  };

  const endLive = (layer: Map<string, FileFindings>, uri: Uri): void => {
    const key = uri.toString();
    const last = layer.get(key);
    layer.delete(key);
    if (last !== undefined && auditDone && uri.scheme === 'file' && !isLive(key)) {
      audited.set(key, { ...last, validAt: Date.now() });
    }
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
          if (list === undefined) endLive(layer, uri);
          else setLive(layer, uri, list);
        }
        show(entries.map(([uri]) => uri));
      },
      delete(uri) {
        endLive(layer, uri);
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

  const watcher = workspace.createFileSystemWatcher('**/*.{py,pyi,pyw}', true, false, true);
  const forgetChanged = async (uri: Uri): Promise<void> => {
    const entry = audited.get(uri.toString());
    if (entry === undefined) return;
    const changedAt = await workspace.fs.stat(uri).then(
      (stat) => stat.mtime,
      () => Number.POSITIVE_INFINITY, // It is gone meanwhile.
    );
    if (changedAt <= entry.validAt || audited.get(uri.toString()) !== entry) return;
    audited.delete(uri.toString());
    show([uri]);
  };
  watcher.onDidChange(forgetChanged);
  /** A folder that is deleted is told of alone, without the files that it held. */
  const deletions = workspace.createFileSystemWatcher('**', true, true);
  deletions.onDidDelete((deleted) => {
    const inside = `${deleted.toString()}/`;
    const gone = [...audited].filter(([key]) => key === deleted.toString() || key.startsWith(inside));
    for (const [key] of gone) audited.delete(key);
    show(gone.map(([, { uri }]) => uri));
  });

  const clearAudit = (): void => {
    const uris = [...audited.values()].map((file) => file.uri);
    audited.clear();
    auditDone = false;
    show(uris);
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
    setAudit(files, startedAt) {
      clearAudit();
      auditDone = true;
      const added: Uri[] = [];
      for (const file of files) {
        const key = file.uri.toString();
        if (isLive(key)) continue;
        audited.set(key, { ...file, validAt: startedAt });
        added.push(file.uri);
      }
      show(added);
    },
    clearAudit,
    dispose() {
      watcher.dispose();
      deletions.dispose();
      shown.dispose();
      change.dispose();
    },
  };
}
