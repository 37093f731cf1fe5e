/**
 * Which folders, documents and settings there are, and which analyser answers for a file. Every workspace folder has an
 * analyser of its own, since each may have its own settings; files outside all folders share one more.
 *
 * Invariant: the analysers know every edit before the next message is read, so a request always sees the text that the
 * editor saw when it asked.
 */
import type { TextDocuments } from 'vscode-languageserver';
import type { TextDocument } from 'vscode-languageserver-textdocument';
import { Cancelled } from '../../base/checkpoint.ts';
import type { Host } from '../../base/host.ts';
import type { Settings } from '../../base/settings.ts';
import type { Analyzer } from '../../service/analyzer.ts';
import {
  type ConfigurationProblem,
  projectSettings,
  readProjectSettings,
} from '../../service/configuration.ts';
import { isNotebook } from '../../service/notebook.ts';
import { isInside, isPlainFile, isProjectFile, isPythonFile, pathOf, uriOf } from './addresses.ts';
import { type Changes, changes } from './changes.ts';
import { type Notebooks, notebooks } from './notebooks.ts';

export interface Workspace {
  readonly changes: Changes;
  /** Resolves when folders and settings are known; rejects when no analyser can be had. */
  readonly started: Promise<void>;
  /** False from the editor's `shutdown` on. */
  readonly running: boolean;
  /** Resolves at the editor's `shutdown`. */
  readonly stopped: Promise<void>;
  start(createAnalyzer: () => Analyzer, settings: FolderSettings): void;
  cannotStart(error: Error): void;
  stop(): void;

  /** The folders as the editor names them. */
  readonly folders: readonly Folder[];
  setFolders(folders: readonly Folder[], settings: FolderSettings): void;
  setSettings(settings: FolderSettings): void;
  diskChanged(paths: readonly string[]): void;
  documentChanged(document: TextDocument): void;
  documentClosed(document: TextDocument): void;

  projects(): readonly Project[];
  /** The project of the innermost folder around a file. */
  projectOf(path: string): Project;
  /** An open document by its path. */
  document(path: string): TextDocument | undefined;
  /** Paths of the open documents that may have findings, pyproject.toml left out. */
  openPython(): readonly string[];
  /** The URI of a path, in the editor's own spelling where it is open. */
  uri(path: string): string;
  /** The notebooks that are open. */
  readonly notebooks: Notebooks;
  /** The path of what a URI names: for a cell, that of its notebook. */
  path(uri: string): string;
  /** The text of a file: as it is open, else as it is on disk; '' when it cannot be read. */
  text(path: string): Promise<string>;
}

export interface Folder {
  readonly uri: string;
  readonly path: string;
}

/** What the editor set, for a folder or (undefined) for files outside every folder. */
export type FolderSettings = (folder: Folder | undefined) => Partial<Settings>;

export interface Project {
  /** Undefined for the files outside every folder. */
  readonly folder: Folder | undefined;
  readonly analyzer: Analyzer;
  /** False once its folder has left the workspace; work for it ends. */
  readonly alive: boolean;
  readonly wholeFolder: boolean;
  readonly inlayHints: boolean;
  /** Settles when the folder has been read for the first time; questions about a file wait for it. */
  readonly indexed: Promise<void>;
  /** False once something else reads the folder instead. */
  readonly indexing: boolean;
  /** What was answered about open files before the folder had been read, by path: result ids. */
  readonly answeredFirst: Map<string, string>;
  /** Whether `indexed` has settled. */
  readonly isIndexed: boolean;
  /** Reads the folder for the first time. */
  index(work: () => Promise<void>): void;
  /** Ends the first reading, or lets it not begin. */
  stopIndexing(): void;
  /** Ends the first reading and does this work in its place. */
  insteadOfIndexing<Value>(work: () => Promise<Value>): Promise<Value>;
  /** What is wrong in the folder's pyproject.toml, as it is open or on disk; read anew only after it changed. */
  problems(): Promise<readonly ConfigurationProblem[]>;
}

interface MutableProject extends Project {
  alive: boolean;
  indexed: Promise<void>;
  indexing: boolean;
  isIndexed: boolean;
  wholeFolder: boolean;
  inlayHints: boolean;
  settings: string;
  forgetProblems(): void;
}

/**
 * @param ruleNames the rules that settings may name
 * @param onProject called for each project that comes into being
 */
export function workspace(
  documents: TextDocuments<TextDocument>,
  host: Host,
  ruleNames: readonly string[],
  onProject: (project: Project) => void,
): Workspace {
  const changed = changes();
  const cells = notebooks();
  const open = new Map<string, TextDocument>();
  let create: (() => Analyzer) | undefined;
  let folders: readonly Folder[] = [];
  let projects: MutableProject[] = [];
  let running = true;
  let resolveStarted: () => void;
  let rejectStarted: (error: Error) => void;
  let resolveStopped: () => void;
  const stopped = new Promise<void>((resolve) => {
    resolveStopped = resolve;
  });
  const started = new Promise<void>((resolve, reject) => {
    resolveStarted = resolve;
    rejectStarted = reject;
  });
  started.catch(() => {});

  const projectOf = (path: string): MutableProject => {
    let best: MutableProject | undefined;
    for (const project of projects) {
      const length = project.folder?.path.length ?? -1;
      const inside = project.folder === undefined || isInside(path, project.folder.path);
      if (inside && (best === undefined || length > (best.folder?.path.length ?? -1))) best = project;
    }
    if (best === undefined) throw new Error('the workspace has not started');
    return best;
  };

  const readProblems = async (folder: Folder): Promise<readonly ConfigurationProblem[]> => {
    const path = `${folder.path}/pyproject.toml`;
    const document = open.get(path);
    const { problems } =
      document === undefined
        ? await readProjectSettings(host, folder.path, ruleNames)
        : projectSettings(path, document.getText(), ruleNames);
    return problems;
  };

  const projectWith = (folder: Folder | undefined, analyzer: Analyzer): MutableProject => {
    let known: Promise<readonly ConfigurationProblem[]> | undefined;
    const project: MutableProject = {
      folder,
      analyzer,
      alive: true,
      wholeFolder: false,
      inlayHints: false,
      settings: '',
      indexed: Promise.resolve(),
      indexing: true,
      answeredFirst: new Map(),
      isIndexed: folder === undefined,
      index(work) {
        project.indexed = work().finally(() => {
          project.isIndexed = true;
        });
      },
      stopIndexing() {
        project.indexing = false;
      },
      async insteadOfIndexing(work) {
        project.stopIndexing();
        const done = project.indexed.then(work);
        project.indexed = done.then(
          () => {},
          () => {},
        );
        return done;
      },
      problems() {
        known ??= folder === undefined ? Promise.resolve([]) : readProblems(folder);
        return known;
      },
      forgetProblems() {
        known = undefined;
      },
    };
    analyzer.setFolders(folder === undefined ? [] : [folder.path]);
    return project;
  };

  const applySettings = (project: MutableProject, settings: FolderSettings): boolean => {
    const values = settings(project.folder);
    const written = JSON.stringify(values);
    if (written === project.settings) return false;
    project.settings = written;
    project.inlayHints = values.inlayHints === 'on';
    project.wholeFolder = project.folder !== undefined && values.diagnosticMode === 'workspace';
    project.analyzer.setSettings(values);
    return true;
  };

  /** Makes the projects those of the folders; documents move to the project that they now belong to. */
  const arrange = (settings: FolderSettings): void => {
    if (create === undefined) return;
    const before = new Map(
      [...open.keys()].map((path) => [path, projects.length > 0 ? projectOf(path) : undefined]),
    );
    const wanted = [undefined, ...folders];
    const gone = projects.filter(
      (project) => !wanted.some((folder) => folder?.path === project.folder?.path),
    );
    const made: MutableProject[] = [];
    projects = wanted.map((folder) => {
      const kept = projects.find((project) => project.folder?.path === folder?.path);
      if (kept !== undefined) return kept;
      const project = projectWith(folder, (create as () => Analyzer)());
      made.push(project);
      applySettings(project, settings);
      return project;
    });
    for (const [path, document] of open) {
      const [from, to] = [before.get(path), projectOf(path)];
      if (from === to) continue;
      if (from !== undefined && !gone.includes(from)) from.analyzer.closeDocument(path);
      to.analyzer.openDocument(path, document.getText());
    }
    for (const project of gone) {
      project.alive = false;
      project.analyzer.dispose();
    }
    for (const project of made) onProject(project);
    changed.raise();
  };

  return {
    changes: changed,
    started,
    stopped,
    get running() {
      return running;
    },
    start(createAnalyzer, settings) {
      create = createAnalyzer;
      for (const document of documents.all()) if (isOurs(document)) open.set(pathOf(document.uri), document);
      arrange(settings);
      resolveStarted();
    },
    cannotStart: (error) => rejectStarted(error),
    stop() {
      running = false;
      // Who waits for a beginning that does not come any more has to be answered.
      rejectStarted(new Cancelled());
      resolveStopped();
      changed.raise();
    },
    get folders() {
      return folders;
    },
    setFolders(next, settings) {
      folders = next.filter(({ path }, at) => next.findIndex((other) => other.path === path) === at);
      arrange(settings);
    },
    setSettings(settings) {
      const touched = projects.filter((project) => applySettings(project, settings));
      if (touched.length > 0) changed.raise();
    },
    diskChanged(paths) {
      const byProject = new Map<MutableProject, string[]>();
      for (const path of paths) {
        const project = projectOf(path);
        byProject.set(project, [...(byProject.get(project) ?? []), path]);
        if (isProjectFile(path)) project.forgetProblems();
      }
      for (const [project, its] of byProject) project.analyzer.diskChanged(its);
      changed.raise();
    },
    documentChanged(document) {
      if (!isOurs(document)) return;
      const path = pathOf(document.uri);
      const isNew = !open.has(path);
      open.set(path, document);
      if (projects.length > 0) {
        const project = projectOf(path);
        if (isNew) project.analyzer.openDocument(path, document.getText());
        else project.analyzer.changeDocument(path, document.getText());
        if (isProjectFile(path)) project.forgetProblems();
      }
      changed.raise();
    },
    documentClosed(document) {
      const path = pathOf(document.uri);
      if (!open.delete(path)) return;
      if (projects.length > 0) {
        const project = projectOf(path);
        project.analyzer.closeDocument(path);
        if (isProjectFile(path)) project.forgetProblems();
      }
      changed.raise();
    },
    projects: () => projects,
    projectOf,
    document: (path) => open.get(path),
    openPython: () => [...open.keys()].filter((path) => !isProjectFile(path)),
    notebooks: cells,
    path: (uri) => cells.cell(uri)?.path ?? pathOf(uri),
    uri: (path) => open.get(path)?.uri ?? uriOf(path),
    async text(path) {
      const document = open.get(path);
      if (document !== undefined) return document.getText();
      const bytes = await host.readFile(path);
      return bytes instanceof Uint8Array ? new TextDecoder(encodingOf(bytes)).decode(bytes) : '';
    },
  };
}

/** By its mark, as editors tell it. */
function encodingOf([first, second]: Uint8Array): string {
  if (first === 0xff && second === 0xfe) return 'utf-16le';
  return first === 0xfe && second === 0xff ? 'utf-16be' : 'utf-8';
}

function isOurs({ uri, languageId }: TextDocument): boolean {
  const path = pathOf(uri);
  /** The JSON of a notebook, opened as text, is no Python. */
  if (isNotebook(path)) return languageId === 'python';
  return languageId === 'python' || isPythonFile(path) || isProjectFile(path) || isPlainFile(path);
}
