/** A file system that a browser holds in memory: the test workspace under `memory:/workspace`, writable. */
import {
  Disposable,
  EventEmitter,
  type ExtensionContext,
  type FileChangeEvent,
  FileChangeType,
  type FileStat,
  FileSystemError,
  type FileSystemProvider,
  FileType,
  type Uri,
  workspace,
} from 'vscode';

/** Put in by the script that bundles this: the text of each file, by its path in the workspace. */
declare const WORKSPACE_FILES: Readonly<Record<string, string>>;

export function activate(context: ExtensionContext): void {
  const files = new Map(
    Object.entries(WORKSPACE_FILES).map(([path, text]) => [
      `/workspace/${path}`,
      { bytes: new TextEncoder().encode(text), modified: Date.now() },
    ]),
  );
  const change = new EventEmitter<FileChangeEvent[]>();
  const entriesOf = (folder: string): ReadonlyMap<string, FileType> => {
    const within = folder === '/' ? '/' : `${folder}/`;
    const entries = new Map<string, FileType>();
    for (const path of files.keys()) {
      if (!path.startsWith(within)) continue;
      const [name = '', ...rest] = path.slice(within.length).split('/');
      entries.set(name, rest.length === 0 ? FileType.File : FileType.Directory);
    }
    return entries;
  };
  const refuse = (uri: Uri): never => {
    throw FileSystemError.NoPermissions(uri);
  };
  const provider: FileSystemProvider = {
    onDidChangeFile: change.event,
    watch: () => new Disposable(() => {}),
    stat(uri): FileStat {
      const file = files.get(uri.path);
      if (file !== undefined)
        return { type: FileType.File, ctime: 0, mtime: file.modified, size: file.bytes.length };
      if (entriesOf(uri.path).size === 0) throw FileSystemError.FileNotFound(uri);
      return { type: FileType.Directory, ctime: 0, mtime: 0, size: 0 };
    },
    readDirectory: (uri) => [...entriesOf(uri.path)],
    readFile: (uri) => files.get(uri.path)?.bytes ?? refuse(uri),
    writeFile(uri, bytes) {
      files.set(uri.path, { bytes: Uint8Array.from(bytes), modified: Date.now() });
      change.fire([{ type: FileChangeType.Changed, uri }]);
    },
    createDirectory: refuse,
    delete: refuse,
    rename: refuse,
  };
  context.subscriptions.push(change, workspace.registerFileSystemProvider('memory', provider));
}
