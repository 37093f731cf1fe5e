/**
 * One workspace folder, or some files outside of all: a program with its sources, its surroundings and its findings, brought up
 * to date when somebody asks.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Settings } from '../base/settings.ts';
import { dependencyFileKind } from '../env/dependencyFiles/dependencyFile.ts';
import { isExtensionSource } from '../env/extensionSources.ts';
import { importUses } from '../link/importUses.ts';
import type { AnalyzerInput, Progress } from './analyzer.ts';
import type { ConfigurationProblem } from './configuration.ts';
import { EnvironmentReader, type WantedImport, type WantedModules } from './environment.ts';
import type { EnvironmentSnapshot } from './environmentSnapshot.ts';
import { FactsSources } from './factsSources.ts';
import { type FolderConfiguration, readFolderConfiguration, targetOf } from './folderConfiguration.ts';
import { FolderEnvironment } from './folderEnvironment.ts';
import { FolderProgram, type ProgramSettings } from './folderProgram.ts';
import { FolderSources, type LinkedSources, type ProgramSources } from './folderSources.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { type Changes, holds, noChanges, type Read, type Store } from './store.ts';
import type { Summaries } from './summaries.ts';

/** What all folders of an analyser share. */
export interface Shared {
  readonly input: AnalyzerInput;
  readonly store: Store;
  readonly summaries: Summaries;
  /** Settings of the editor or the command line. */
  readonly settings: () => Partial<Settings>;
}

export interface FolderQuery {
  /** Files and folders that are named; undefined for the whole folder. */
  readonly only: readonly string[] | undefined;
  /** Looks at the disk whatever was told of it. */
  readonly again?: boolean;
  /** Whether an open document belongs to the folder. */
  readonly isInside: (file: string) => boolean;
  /** The only file of which findings are wanted; undefined for those of all. */
  readonly alone?: string | undefined;
}

/** A program of some files of the folder. */
export interface ReadFirst {
  readonly program: FolderProgram;
  readonly sources: LinkedSources;
}

/** How the folder is analysed now. */
interface Meant extends ProgramSettings {
  readonly problems: readonly ConfigurationProblem[];
  /** Configuration that could not be read to the end. */
  readonly unread: readonly NotAnalysed[];
}

/** Of the message loop, until an answer has left. */
const TURNS_TO_SEND = 4;

export class Folder {
  readonly path: string;
  /** Not a workspace folder: only the files that were named. */
  readonly loose: boolean;
  readonly sources: ProgramSources;
  readonly program: FolderProgram;
  readonly #shared: Shared;
  readonly #changes: Changes = noChanges();
  readonly #environment: FolderEnvironment;
  #configuration: Read<FolderConfiguration> | undefined;
  /** Answers about single files, before all has been read: they come first. */
  #first: Promise<void> = Promise.resolve();
  #followed: { readonly shape: number; readonly snapshot: EnvironmentSnapshot } | undefined;

  constructor(path: string, shared: Shared, loose = false) {
    const { input, store, summaries } = shared;
    this.path = path;
    this.loose = loose;
    this.#shared = shared;
    this.#environment = new FolderEnvironment(
      path,
      loose,
      input.host,
      store,
      this.newReader(),
      this.#changes,
    );
    this.sources =
      input.facts === undefined
        ? new FolderSources(path, loose, input.host, store, summaries, this.#changes)
        : new FactsSources(path, input.facts);
    this.program = new FolderProgram(path, this.sources, input.logger, input.once === true);
  }

  /** The surroundings as they were read last. */
  get environment(): EnvironmentSnapshot {
    return this.#environment.snapshot;
  }

  /** A reader that remembers nothing of this folder: for the question about another Python. */
  newReader(): EnvironmentReader {
    const { host, parser, activeEnvironment } = this.#shared.input;
    return new EnvironmentReader(host, parser, activeEnvironment);
  }

  contains(path: string): boolean {
    return path === this.path || path.startsWith(`${this.path}/`);
  }

  settingsChanged(at: number): void {
    this.#changes.configuration = at;
    this.#changes.environment = at;
  }

  /** An open document of this folder was opened, edited or closed. */
  documentChanged(file: string, at: number): void {
    if (!isPlain(file)) {
      this.#changes.files.set(file, at);
      if (!isExtensionSource(file)) return;
    }
    this.#changes.ownFiles = at;
    this.#changes.configuration = at;
  }

  diskChanged(path: string, at: number): void {
    if (!this.contains(path)) return;
    const python = /\.pyw?$/.test(path);
    if (python && this.sources.has(path)) this.#changes.files.set(path, at);
    else this.#changes.listing = at;
    if (!python) this.#changes.configuration = at;
    if (concernsEnvironment(path)) this.#changes.environment = at;
  }

  /** Brings settings and surroundings up to date: how the folder is analysed. @throws Cancelled */
  async configure(checkpoint: Checkpoint): Promise<Meant> {
    if (!holds(this.#configuration, this.#changes.configuration)) {
      const { input, store, settings } = this.#shared;
      const at = store.begin();
      const value = await readFolderConfiguration(input.host, this.path, settings());
      if (this.#configuration === undefined || this.#configuration.at < at)
        this.#configuration = { value, at };
    }
    await this.#environment.update(this.#configuration!.value.settings, checkpoint);
    return this.#meant();
  }

  /** As it was read last, by whichever request. */
  #meant(): Meant {
    const { value } = this.#configuration!;
    const { target, unread } = targetOf(value, this.environment.surroundings.interpreter, this.path);
    return { ...value, target, unread };
  }

  /** Brings the findings up to date. @throws Cancelled */
  async update(query: FolderQuery, checkpoint: Checkpoint, progress: Progress | undefined): Promise<Meant> {
    const { settings } = await this.configure(checkpoint);
    await checkpoint();
    const { only, again = false, isInside, alone } = query;
    const { exclude } = settings;
    const afterFirst = async (): Promise<void> => {
      await this.#first;
      await checkpoint();
    };
    await this.sources.update({ exclude, only, again, isInside }, afterFirst, progress);
    await this.#follow(checkpoint);
    await afterFirst();
    await this.program.updateInSteps(() => [this.#meant(), this.environment], checkpoint, alone);
    return this.#meant();
  }

  /**
   * What can be said of a file before the folder has been read: the program of this file and of those that it imports. Undefined
   * where the whole is not worth not waiting for. @throws Cancelled
   */
  async firstProgram(
    file: string,
    isInside: FolderQuery['isInside'],
    checkpoint: Checkpoint,
  ): Promise<ReadFirst | undefined> {
    const before = this.#first;
    const made = before.then(() => this.#programOf(file, isInside, checkpoint));
    /** The answer is sent before longer work goes on. */
    const sent = async (): Promise<void> => {
      for (let turn = 0; turn < TURNS_TO_SEND; turn++) await this.#shared.input.host.yieldToEvents();
    };
    this.#first = made.then(sent, sent);
    return made;
  }

  async #programOf(
    file: string,
    isInside: FolderQuery['isInside'],
    checkpoint: Checkpoint,
  ): Promise<ReadFirst | undefined> {
    const { settings } = await this.configure(checkpoint);
    const { exclude } = settings;
    const query = { exclude, only: undefined, again: false, isInside };
    const sources = await this.sources.readFirst(file, query, checkpoint);
    if (sources === undefined) return undefined;
    const snapshot = await this.#environment.followed(wantedModules(sources), checkpoint);
    const program = new FolderProgram(this.path, sources, this.#shared.input.logger, true);
    program.follow(this.#meant(), snapshot);
    return { program, sources };
  }

  /** Until the imports of the code as it is now are followed in the surroundings as they are now. @throws Cancelled */
  async #follow(checkpoint: Checkpoint): Promise<void> {
    for (;;) {
      const { shape } = this.sources;
      if (this.#followed?.shape === shape && this.#followed.snapshot === this.environment) return;
      const known = await this.#environment.follow(wantedModules(this.sources), checkpoint);
      if (known && this.sources.shape === shape) this.#followed = { shape, snapshot: this.environment };
    }
  }

  dispose(): void {
    this.#environment.dispose();
  }
}

/** The absolute imports of the files, each once. */
export function wantedModules(sources: LinkedSources): WantedModules {
  const imports = new Map<string, WantedImport>();
  const uses = new Set<string>();
  for (const { summary } of sources.understood()) {
    for (const { module, name, when } of summary.imports)
      if (when !== 'never' && !module.startsWith('.'))
        imports.set(`${module}:${name}`, { dotted: module, name });
    for (const { dotted } of importUses(summary)) uses.add(dotted);
  }
  return { imports: imports.values(), uses };
}

/** A dependency file or an extension source: read for the environment, not as Python. */
export function isPlain(file: string): boolean {
  return !/\.pyw?$/.test(file) && (dependencyFileKind(file) !== undefined || isExtensionSource(file));
}

/** Whether a changed path may change what is known of interpreter, packages, dependency files or extension sources. */
function concernsEnvironment(path: string): boolean {
  return (
    dependencyFileKind(path) !== undefined ||
    isExtensionSource(path) ||
    /\/(?:pyvenv\.cfg|\.python-version)$|\/site-packages(?:\/|$)|\.(?:dist-info|egg-info|pth|so|pyd)(?:\/|$)/.test(
      path,
    ) ||
    /\/\.?venv$/.test(path)
  );
}
