/**
 * Reads a folder's surroundings: its interpreter, what is installed there, what its dependency files ask for and lock. Each
 * reading gives a snapshot; what has not changed since the one before is not read again.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import type { Settings } from '../base/settings.ts';
import { ParserCrashed, type PythonParser } from '../cst/runtime.ts';
import {
  type DependencyFile,
  parseDependencyFile,
  readDependencyFiles,
} from '../env/dependencyFiles/dependencyFile.ts';
import type { Distribution } from '../env/distributions.ts';
import { type EnvironmentReading, readEnvironment, readinessTarget } from '../env/environmentReading.ts';
import { findInterpreters, type InterpreterSearch } from '../env/interpreter.ts';
import { normalizeName } from '../env/names.ts';
import { type Unread, unreadBecause } from '../env/unread.ts';
import { followImport } from '../link/importClosure.ts';
import { EnvironmentSnapshot, importKey, type Surroundings, useKey } from './environmentSnapshot.ts';
import { noExtensionSources, readExtensionSources, type TextCache } from './extensionSources.ts';
import { InstalledModules, type StepCache } from './installedModules.ts';

/** The free-threaded Python that is asked about where no interpreter says which. */
export const DEFAULT_MINOR = 14;

export interface EnvironmentInput {
  readonly folder: string;
  readonly settings: Settings;
  /** Texts of open documents, by path; they stand for the files on disk. */
  readonly open: ReadonlyMap<string, string>;
  /** No workspace folder: only the folder that some files lie in, so nothing below it is looked at. */
  readonly loose?: boolean;
  /** Minor version of the free-threaded Python meant; undefined: the interpreter's, else the newest. */
  readonly minor?: number | undefined;
}

/** An import as the user wrote it, made absolute. */
export interface WantedImport {
  readonly dotted: string;
  readonly name: string;
}

/** What the code asks of what is installed. */
export interface WantedModules {
  readonly imports: Iterable<WantedImport>;
  /** Dotted names that the code uses below what it imports; they need not all be modules. */
  readonly uses?: Iterable<string>;
}

/** Reads the surroundings of one folder; what it remembers only saves reading the same files again. */
export class EnvironmentReader {
  readonly #host: Host;
  readonly #parser: PythonParser;
  readonly #search: InterpreterSearch;
  readonly #steps: StepCache = new Map();
  readonly #texts: TextCache = new Map();
  #finder: { readonly reading: EnvironmentReading; readonly modules: InstalledModules } | undefined;

  /** @param active the environment that counts where the folder has none of its own */
  constructor(host: Host, parser: PythonParser, active?: string) {
    this.#host = host;
    this.#parser = parser;
    this.#search = active === undefined ? {} : { active };
  }

  /** What is known before anything is read. */
  nothing(folder: string): EnvironmentSnapshot {
    return new EnvironmentSnapshot(
      {
        folder,
        interpreter: undefined,
        reading: undefined,
        target: readinessTarget(undefined, DEFAULT_MINOR),
        overrides: [],
        dependencyFiles: [],
        sources: noExtensionSources,
        readSources: new Set(),
        loaded: () => 'unknown',
        unreadInstalled: [],
        unreadFiles: [],
      },
      new Map(),
    );
  }

  /** Reads everything anew, except what has not changed since `before`. @throws Cancelled */
  async load(
    input: EnvironmentInput,
    before: EnvironmentSnapshot,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentSnapshot> {
    const { folder, settings, minor } = input;
    const chosen = settings.pythonInterpreter;
    const unread: Unread[] = [];
    const [interpreter] =
      (await bounded(folder, unread, () =>
        findInterpreters(folder, this.#host, chosen === '' ? this.#search : { chosen }),
      )) ?? [];
    const reading =
      interpreter === undefined
        ? undefined
        : await bounded(interpreter.prefix, unread, () =>
            readEnvironment(interpreter, this.#host, checkpoint, before.surroundings.reading),
          );
    this.#finder = undefined;
    const surroundings: Surroundings = {
      folder,
      interpreter,
      reading,
      target:
        minor === undefined
          ? readinessTarget(interpreter, DEFAULT_MINOR)
          : { ...readinessTarget(interpreter, minor), minor },
      overrides: Object.entries(settings.gilOverrides).map(([subject, { status, reason }]) => ({
        subject,
        status: status === 'gil' ? 'gil-at-import' : status,
        reason,
      })),
      ...(await this.#readFiles(input, checkpoint)),
      loaded: () => 'unknown',
      unreadInstalled: [...unread, ...(reading?.unread ?? [])],
    };
    const first = new EnvironmentSnapshot(surroundings, new Map());
    const loaded = await bounded(folder, unread, () => this.#loadingOfOffenders(first, checkpoint));
    if (loaded !== undefined) return loaded;
    const unreadInstalled = [...unread, ...(reading?.unread ?? [])];
    return new EnvironmentSnapshot({ ...surroundings, unreadInstalled }, new Map());
  }

  /** Reads the folder's own files anew: what is installed has not changed. @throws Cancelled */
  async loadFiles(
    input: EnvironmentInput,
    before: EnvironmentSnapshot,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentSnapshot> {
    const files = await this.#readFiles(input, checkpoint);
    return new EnvironmentSnapshot({ ...before.surroundings, ...files }, before.followed);
  }

  async #readFiles(
    { folder, open, loose }: EnvironmentInput,
    checkpoint: Checkpoint,
  ): Promise<Pick<Surroundings, 'dependencyFiles' | 'sources' | 'readSources' | 'unreadFiles'>> {
    const unread: Unread[] = [];
    const dependencyFiles = (await readDependencyFiles(folder, this.#host, unread)).map((file) => {
      const text = open.get(file.path);
      const role = file.kind === 'requirements' ? file.requirements[0]?.role : undefined;
      if (text === undefined) return file;
      try {
        return parseDependencyFile(file.path, text, role) ?? file;
      } catch (error) {
        unread.push(unreadBecause(file.path, error));
        return file;
      }
    });
    const sources =
      (loose === true
        ? undefined
        : await bounded(folder, unread, () =>
            readExtensionSources(folder, this.#host, open, this.#texts, checkpoint),
          )) ?? noExtensionSources;
    const readSources = new Set<string>();
    for (const [path, { text }] of this.#texts) if (text !== undefined) readSources.add(path);
    const unreadFiles = [...unread, ...dependencyFiles.filter(isBrokenLock).map(brokenLock)];
    return { dependencyFiles, sources, readSources, unreadFiles };
  }

  /** The snapshot that knows which offending modules the import of their own distribution runs; undefined when there are none. */
  async #loadingOfOffenders(
    first: EnvironmentSnapshot,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentSnapshot | undefined> {
    const owners = [...new Set(first.offenders.values())];
    if (owners.length === 0) return undefined;
    const imports = owners.flatMap((owner) => owner.imports.map((dotted) => ({ dotted, name: '' })));
    const { followed } = await this.follow(first, { imports }, checkpoint);
    const atImport = new Set(
      imports
        .flatMap(({ dotted, name }) => followed.get(importKey(dotted, name)) ?? [])
        .filter(({ when }) => when !== 'later')
        .map(({ module }) => module),
    );
    const loaded: Surroundings['loaded'] = (_, module) => (atImport.has(module) ? 'at-import' : 'later');
    return new EnvironmentSnapshot({ ...first.surroundings, loaded }, followed);
  }

  /**
   * Follows imports and uses, so that `gilVerdict` and `gilVerdictOfUse` can answer for them: the snapshot itself when nothing of
   * it was unknown. @throws Cancelled
   */
  async follow(
    snapshot: EnvironmentSnapshot,
    { imports, uses = [] }: WantedModules,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentSnapshot> {
    const { offenders, surroundings } = snapshot;
    const { reading } = surroundings;
    if (reading === undefined || offenders.size === 0) return snapshot;
    const finder = this.#finderOf(reading, offenders.values());
    const followed = new Map(snapshot.followed);
    const add = async (key: string, dotted: string, name: string): Promise<void> => {
      const reached = await followImport(dotted, name, finder, checkpoint);
      followed.set(
        key,
        reached.filter(({ module }) => offenders.has(module)),
      );
    };
    for (const { dotted, name } of imports) {
      const key = importKey(dotted, name);
      if (!followed.has(key)) await add(key, dotted, name);
    }
    for (const dotted of uses) {
      const key = useKey(dotted);
      const [top = '', ...rest] = dotted.split('.');
      if (followed.has(key) || !finder.concerns(top) || (await finder.find(top)) === undefined) continue;
      let module = top;
      let next = rest.shift();
      for (; next !== undefined; next = rest.shift()) {
        if ((await finder.find(`${module}.${next}`)) === undefined) break;
        module = `${module}.${next}`;
      }
      await add(key, module, next ?? '');
    }
    return followed.size === snapshot.followed.size
      ? snapshot
      : new EnvironmentSnapshot(surroundings, followed);
  }

  #finderOf(reading: EnvironmentReading, offenders: Iterable<Distribution>): InstalledModules {
    if (this.#finder?.reading === reading) return this.#finder.modules;
    const modules = new InstalledModules({
      reading,
      host: this.#host,
      parser: this.#parser,
      cache: this.#steps,
      ignored: irrelevant(reading, offenders),
    });
    this.#finder = { reading, modules };
    return modules;
  }
}

/** Top-level names of distributions from which no offending module can be reached. */
function irrelevant(
  { installed: { distributions } }: EnvironmentReading,
  offenders: Iterable<Distribution>,
): ReadonlySet<string> {
  const relevant = new Set([...offenders].map(({ name }) => normalizeName(name)));
  const requires = distributions.map(({ name, requires: lines }) => ({
    name: normalizeName(name),
    needs: lines.map((line) => normalizeName(/^[\w.-]+/.exec(line)?.[0] ?? '')),
  }));
  for (let before = -1; before !== relevant.size; ) {
    before = relevant.size;
    for (const { name, needs } of requires) if (needs.some((need) => relevant.has(need))) relevant.add(name);
  }
  const names = (keep: boolean): readonly string[] =>
    distributions
      .filter(({ name }) => relevant.has(normalizeName(name)) === keep)
      .flatMap(({ imports }) => imports.map((one) => one.split('.')[0]!));
  const wanted = new Set(names(true));
  return new Set(names(false).filter((name) => !wanted.has(name)));
}

/** A stage of the reading, after whose failure the rest goes on. @throws Cancelled */
async function bounded<Value>(
  place: string,
  unread: Unread[],
  stage: () => Promise<Value>,
): Promise<Value | undefined> {
  try {
    return await stage();
  } catch (error) {
    if (error instanceof ParserCrashed) throw error;
    unread.push(unreadBecause(place, error));
    return undefined;
  }
}

/** Tools write locks; one that cannot be read is damaged, and what it pins is not seen. */
function isBrokenLock({ kind, unreadable }: DependencyFile): boolean {
  return unreadable && /lock$/.test(kind);
}

function brokenLock({ path }: DependencyFile): Unread {
  return { file: path, message: 'This lock file cannot be read, so what it pins is not known.' };
}
