/**
 * What a folder's surroundings say about imports: its interpreter, what is installed there, what its dependency files ask
 * for and lock, and the shipped data where none of these tells. Read once per folder and again only when something
 * changed; what imports lead to is followed for the imports the code has, and remembered.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import type { Settings } from '../base/settings.ts';
import { ParserCrashed, type PythonParser } from '../cst/runtime.ts';
import { commentSyntaxOf } from '../edits/commentSyntax.ts';
import { compatByDistribution, compatByImport } from '../env/compat.ts';
import {
  type DependencyFile,
  parseDependencyFile,
  readDependencyFiles,
} from '../env/dependencyFiles/dependencyFile.ts';
import type { Lock } from '../env/dependencyFiles/locks.ts';
import { assessDependencies, type DependencyReadiness } from '../env/dependencyReadiness.ts';
import { type Distribution, distributionsOfImport } from '../env/distributions.ts';
import {
  type EnvironmentReading,
  type LoadingOf,
  readEnvironment,
  readinessTarget,
} from '../env/environmentReading.ts';
import { type FoundInterpreter, findInterpreters, type InterpreterSearch } from '../env/interpreter.ts';
import { normalizeName } from '../env/names.ts';
import {
  NOTHING_KNOWN,
  type Readiness,
  type ReadinessEvidence,
  type ReadinessOverride,
} from '../env/readiness.ts';
import { type Unread, unreadBecause } from '../env/unread.ts';
import type { WheelTarget } from '../env/wheelTags.ts';
import { followImport, mayBeStandard, type ReachedExtension } from '../link/importClosure.ts';
import type { Confidence, Environment, GilVerdict, LockedSite, RequirementSite } from '../link/program.ts';
import { evidenceSentence } from './environmentReport.ts';
import {
  type ExtensionSources,
  noExtensionSources,
  readExtensionSources,
  type TextCache,
} from './extensionSources.ts';
import { InstalledModules, type StepCache } from './installedModules.ts';
import { lockedSites, type Ways, waysThrough } from './lockedSites.ts';
import { mentionsHeddle, PlainFile } from './plainFile.ts';

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

/** What is known around one folder. A lifetime: readings and followed imports are kept for the next question. */
export class FolderEnvironment implements Environment {
  readonly #host: Host;
  readonly #parser: PythonParser;
  readonly #search: InterpreterSearch;
  readonly #steps: StepCache = new Map();
  #folder = '';
  #reading: EnvironmentReading | undefined;
  #interpreter: FoundInterpreter | undefined;
  #target: WheelTarget = { minor: DEFAULT_MINOR, freeThreaded: true };
  #overrides: readonly ReadinessOverride[] = [];
  #dependencyFiles: readonly DependencyFile[] = [];
  #sources: ExtensionSources = noExtensionSources;
  readonly #texts: TextCache = new Map();
  #loaded: LoadingOf = () => 'unknown';
  #files = new Map<string, PlainFile>();
  #dependencies: readonly DependencyReadiness[] = [];
  #rows = new Map<string, DependencyReadiness>();
  #requirements: readonly RequirementSite[] = [];
  #requirementsOf = new Map<string, RequirementSite[]>();
  #locked: readonly LockedSite[] = [];
  #lockedOf = new Map<string, LockedSite[]>();
  /** Each requirement's distribution is installed or in the shipped data, so that its import names are known. */
  #importsAreKnown = true;
  #unreadInstalled: readonly Unread[] = [];
  #unreadFiles: readonly Unread[] = [];
  /** Offending module → its distribution. */
  #offenders = new Map<string, Distribution>();
  #finder: InstalledModules | undefined;
  #followed = new Map<string, readonly ReachedExtension[]>();

  /** @param active the environment that counts where the folder has none of its own */
  constructor(host: Host, parser: PythonParser, active?: string) {
    this.#host = host;
    this.#parser = parser;
    this.#search = active === undefined ? {} : { active };
  }

  /** Undefined when no interpreter was found. */
  get interpreter(): FoundInterpreter | undefined {
    return this.#interpreter;
  }

  get reading(): EnvironmentReading | undefined {
    return this.#reading;
  }

  get target(): WheelTarget {
    return this.#target;
  }

  /** One row per distribution that the project requires, locks or has installed. */
  get dependencies(): readonly DependencyReadiness[] {
    return this.#dependencies;
  }

  /** Paths of dependency files that cannot be read as what their names promise. */
  get unreadableFiles(): readonly string[] {
    return this.#dependencyFiles.filter(({ unreadable }) => unreadable).map(({ path }) => path);
  }

  /** As they are read now, open documents first. */
  get dependencyFiles(): readonly DependencyFile[] {
    return this.#dependencyFiles;
  }

  /** What could not be read to the end; everything else counts all the same. */
  get unread(): readonly Unread[] {
    return [...this.#unreadInstalled, ...this.#unreadFiles];
  }

  /** Whether a file that is no Python has been read, as a dependency file or as an extension source. */
  hasRead(path: string): boolean {
    return (
      this.#dependencyFiles.some((file) => file.path === path && !file.unreadable) ||
      this.#texts.get(path)?.text !== undefined
    );
  }

  get requirements(): readonly RequirementSite[] {
    return this.#requirements;
  }

  get locked(): readonly LockedSite[] {
    return this.#locked;
  }

  get undeclaredSources(): Environment['undeclaredSources'] {
    return this.#sources.undeclared;
  }

  /** The files that are no Python and can have findings, by path. */
  get files(): ReadonlyMap<string, PlainFile> {
    return this.#files;
  }

  /** Reads everything anew, except what has not changed since the last time. @throws Cancelled */
  async load(input: EnvironmentInput, checkpoint: Checkpoint): Promise<void> {
    const { folder, settings } = input;
    this.#folder = folder;
    const chosen = settings.pythonInterpreter;
    const unread: Unread[] = [];
    const [interpreter] =
      (await bounded(folder, unread, () =>
        findInterpreters(folder, this.#host, chosen === '' ? this.#search : { chosen }),
      )) ?? [];
    this.#reading =
      interpreter === undefined
        ? undefined
        : await bounded(interpreter.prefix, unread, () =>
            readEnvironment(interpreter, this.#host, checkpoint, this.#reading),
          );
    this.#unreadInstalled = [...unread, ...(this.#reading?.unread ?? [])];
    this.#interpreter = interpreter;
    const { minor } = input;
    this.#target =
      minor === undefined
        ? readinessTarget(interpreter, DEFAULT_MINOR)
        : { ...readinessTarget(interpreter, minor), minor };
    this.#overrides = Object.entries(settings.gilOverrides).map(([subject, { status, reason }]) => ({
      subject,
      status: status === 'gil' ? 'gil-at-import' : status,
      reason,
    }));
    this.#finder = undefined;
    this.#followed.clear();
    this.#loaded = () => 'unknown';
    await this.#readFiles(input, checkpoint);
    this.#assess();
    const loaded = await bounded(folder, unread, () => this.#loadingOfOffenders(checkpoint));
    this.#unreadInstalled = [...unread, ...(this.#reading?.unread ?? [])];
    if (loaded === undefined) return;
    this.#loaded = loaded;
    this.#assess();
  }

  /** Reads the folder's own files anew: what is installed has not changed. @throws Cancelled */
  async loadFiles(input: EnvironmentInput, checkpoint: Checkpoint): Promise<void> {
    await this.#readFiles(input, checkpoint);
    this.#assess();
  }

  async #readFiles({ folder, open, loose }: EnvironmentInput, checkpoint: Checkpoint): Promise<void> {
    const unread: Unread[] = [];
    this.#dependencyFiles = (await readDependencyFiles(folder, this.#host, unread)).map((file) => {
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
    this.#sources =
      (loose === true
        ? undefined
        : await bounded(folder, unread, () =>
            readExtensionSources(folder, this.#host, open, this.#texts, checkpoint),
          )) ?? noExtensionSources;
    this.#unreadFiles = [...unread, ...this.#dependencyFiles.filter(isBrokenLock).map(brokenLock)];
  }

  /** Which offending modules the import of their own distribution runs; undefined when there are none. */
  async #loadingOfOffenders(checkpoint: Checkpoint): Promise<LoadingOf | undefined> {
    const owners = [...new Set(this.#offenders.values())];
    if (owners.length === 0) return undefined;
    const imports = owners.flatMap((owner) => owner.imports.map((dotted) => ({ dotted, name: '' })));
    await this.follow({ imports }, checkpoint);
    const atImport = new Set(
      imports
        .flatMap(({ dotted, name }) => this.#followed.get(keyOf(dotted, name)) ?? [])
        .filter(({ when }) => when !== 'later')
        .map(({ module }) => module),
    );
    return (_, module) => (atImport.has(module) ? 'at-import' : 'later');
  }

  /** Follows imports and uses, so that `gilVerdict` and `gilVerdictOfUse` can answer for them. @throws Cancelled */
  async follow({ imports, uses = [] }: WantedModules, checkpoint: Checkpoint): Promise<void> {
    if (this.#reading === undefined || this.#offenders.size === 0) return;
    this.#finder ??= new InstalledModules({
      reading: this.#reading,
      host: this.#host,
      parser: this.#parser,
      cache: this.#steps,
      ignored: this.#irrelevant(this.#reading),
    });
    const finder = this.#finder;
    const add = async (key: string, dotted: string, name: string): Promise<void> => {
      const reached = await followImport(dotted, name, finder, checkpoint);
      this.#followed.set(
        key,
        reached.filter(({ module }) => this.#offenders.has(module)),
      );
    };
    for (const { dotted, name } of imports) {
      const key = keyOf(dotted, name);
      if (!this.#followed.has(key)) await add(key, dotted, name);
    }
    for (const dotted of uses) {
      const key = useKeyOf(dotted);
      const [top = '', ...rest] = dotted.split('.');
      if (this.#followed.has(key) || !finder.concerns(top) || (await finder.find(top)) === undefined)
        continue;
      let module = top;
      let next = rest.shift();
      for (; next !== undefined; next = rest.shift()) {
        if ((await finder.find(`${module}.${next}`)) === undefined) break;
        module = `${module}.${next}`;
      }
      await add(key, module, next ?? '');
    }
  }

  isInstalled(dotted: string): boolean {
    return this.#reading !== undefined && distributionsOfImport(this.#reading.installed, dotted).length > 0;
  }

  /** What is known of a distribution, by any spelling of its name. */
  dependency(name: string): DependencyReadiness | undefined {
    return this.#rows.get(normalizeName(name));
  }

  gilVerdict(dotted: string, name: string): GilVerdict | undefined {
    const followed = this.#followed.get(keyOf(dotted, name));
    const [first, ...rest] = followed ?? [];
    if (first !== undefined && (first.when !== 'later' || this.#isOwn(first, dotted)))
      return this.#verdictOfChain(first, rest);
    const row = this.#rowOfImport(dotted);
    const top = dotted.split('.')[0]!;
    return row === undefined ? this.#unknownImport(top) : this.#verdictOf(row.readiness, top);
  }

  /** Of a module whose distribution nobody names; none where it may be that of a requirement with another name. */
  #unknownImport(top: string): GilVerdict | undefined {
    if (!this.#importsAreKnown || mayBeStandard(top) || this.#sources.builds.has(top)) return undefined;
    return {
      distribution: top,
      version: undefined,
      status: 'unknown',
      chain: [top],
      others: [],
      evidence: NOTHING_KNOWN,
      fixedIn: undefined,
      certainty: 'low',
      requirements: [],
      locked: [],
    };
  }

  gilVerdictOfUse(dotted: string): GilVerdict | undefined {
    const [first, ...rest] = this.#followed.get(useKeyOf(dotted)) ?? [];
    return first === undefined || first.when === 'later' ? undefined : this.#verdictOfChain(first, rest);
  }

  #isOwn({ module }: ReachedExtension, dotted: string): boolean {
    return module.split('.')[0] === dotted.split('.')[0];
  }

  #verdictOfChain(first: ReachedExtension, rest: readonly ReachedExtension[]): GilVerdict | undefined {
    const distribution = this.#offenders.get(first.module)!;
    const row = this.#rows.get(normalizeName(distribution.name));
    const base = row === undefined ? undefined : this.#verdictOf(row.readiness, first.module);
    if (base === undefined) return undefined;
    const sameMoment = rest.filter(({ when }) => (when === 'later') === (first.when === 'later'));
    const certainty: Confidence = first.when === 'at-import' ? 'certain' : 'medium';
    return {
      ...base,
      status: first.when === 'later' ? 'gil-later' : 'gil-at-import',
      chain: first.chain,
      others: sameMoment.map(({ module }) => module),
      evidence: this.#declarationOf(first) ?? base.evidence,
      certainty,
    };
  }

  /** What the file itself says; undefined when the settings say otherwise. */
  #declarationOf({ module, path }: ReachedExtension): string | undefined {
    const declaration = this.#reading?.modules.get(path)?.declaration;
    const read = declaration?.evidence.at(-1)?.read;
    if (declaration?.verdict === 'declares-used')
      return `${module} declares that it needs the GIL (${read}, read from its file)`;
    if (declaration?.verdict === 'does-not-declare')
      return `${module} does not declare that it runs without the GIL (${read}, read from its file)`;
    return undefined;
  }

  /** Names of the distributions that may provide an import, by what is installed, else by the shipped data. */
  providersOf(dotted: string): readonly string[] {
    const installed =
      this.#reading === undefined ? [] : distributionsOfImport(this.#reading.installed, dotted);
    return installed.length > 0
      ? installed.map(({ name }) => name)
      : compatByImport(dotted)
          .filter(({ imports }) => imports.some((one) => dotted === one || dotted.startsWith(`${one}.`)))
          .map(({ name }) => name);
  }

  #rowOfImport(dotted: string): DependencyReadiness | undefined {
    const names = this.providersOf(dotted);
    const known = names.map((name) => this.#rows.get(normalizeName(name)));
    const [named] = known.filter((row) => row !== undefined);
    if (named !== undefined || names[0] === undefined) return named;
    const row = this.#assessOne(names[0]);
    if (row !== undefined) this.#rows.set(normalizeName(names[0]), row);
    return row;
  }

  #verdictOf(readiness: Readiness, imported: string): GilVerdict | undefined {
    const { status, distribution, version, modules, evidence, certain, firstReady } = readiness;
    const key = normalizeName(distribution);
    if (status === 'ready') return undefined;
    const [deciding] = evidence;
    return {
      distribution,
      version,
      status,
      chain: [imported, ...modules.filter((module) => module !== imported).slice(0, 1)],
      others: modules.slice(1),
      evidence: deciding === undefined ? NOTHING_KNOWN : evidenceSentence(deciding),
      fixedIn: firstReady,
      certainty: certaintyOf(certain, deciding),
      requirements: this.#requirementsOf.get(key) ?? [],
      locked: this.#lockedOf.get(key) ?? [],
    };
  }

  #assess(): void {
    const question = {
      files: this.#dependencyFiles,
      environment: this.#evidence(),
      target: this.#target,
      overrides: this.#overrides,
      loaded: this.#loaded,
    };
    this.#dependencies = assessDependencies(question);
    this.#rows = new Map(
      [...assessDependencies({ ...question, files: [] }), ...this.#dependencies].map((row) => [
        normalizeName(row.readiness.distribution),
        row,
      ]),
    );
    this.#offenders = new Map();
    for (const { installed, readiness } of this.#rows.values())
      if (installed !== undefined && readiness.evidence[0]?.kind === 'installed')
        for (const module of readiness.modules) this.#offenders.set(module, installed);
    this.#files = new Map(this.#sources.files);
    this.#requirementsOf = new Map();
    this.#lockedOf = new Map();
    this.#requirements = this.#dependencies.flatMap((row) => this.#sitesOf(row));
    const ways = this.#waysThroughLocks();
    this.#locked = this.#dependencies.flatMap((row) => this.#lockedSitesOf(row, ways));
    this.#importsAreKnown = this.#dependencies.every(
      ({ direct, installed, readiness: { distribution } }) =>
        !direct || installed !== undefined || compatByDistribution(distribution) !== undefined,
    );
    for (const { path, text } of this.#dependencyFiles) if (mentionsHeddle(text)) this.#textOf(path);
  }

  /** A dependency file by its path, as one that can have findings. */
  #textOf(path: string): PlainFile | undefined {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = this.#dependencyFiles.find((one) => one.path === path);
    if (file === undefined) return undefined;
    const comments = file.kind === 'requirements' ? 'requirements' : commentSyntaxOf(path);
    const made = new PlainFile(file.text, comments);
    this.#files.set(path, made);
    return made;
  }

  #waysThroughLocks(): ReadonlyMap<Lock, Ways> {
    const required = this.#requirements.filter(({ role }) => role === 'requirement');
    const roots = new Set(required.map(({ name }) => normalizeName(name)));
    return new Map(
      this.#dependencyFiles.flatMap(({ lock }): readonly [Lock, Ways][] =>
        lock === undefined ? [] : [[lock, waysThrough(lock, roots)]],
      ),
    );
  }

  #lockedSitesOf(row: DependencyReadiness, ways: ReadonlyMap<Lock, Ways>): readonly LockedSite[] {
    const { distribution } = row.readiness;
    const own = lockedSites({
      row,
      files: this.#dependencyFiles,
      verdictOf: (readiness) => this.#verdictOf(readiness, distribution),
      requirementsOf: this.#requirementsOf,
      waysOf: (lock) => ways.get(lock)!,
      textOf: (path) => this.#textOf(path),
    });
    this.#lockedOf.get(normalizeName(distribution))?.push(...own);
    return own;
  }

  /** What is installed for another Python than the one asked about tells versions, and nothing of the builds. */
  #evidence(): EnvironmentReading | undefined {
    const reading = this.#reading;
    const version = reading?.interpreter.version;
    if (reading === undefined || version === undefined) return reading;
    if (version === `3.${this.#target.minor}` || version.startsWith(`3.${this.#target.minor}.`))
      return reading;
    return { ...reading, interpreter: { ...reading.interpreter, freeThreaded: 'no' } };
  }

  #sitesOf(row: DependencyReadiness): readonly RequirementSite[] {
    const own: RequirementSite[] = [];
    const key = normalizeName(row.readiness.distribution);
    this.#requirementsOf.set(key, own);
    // Filled once all requirements are known; verdicts hold the list itself.
    this.#lockedOf.set(key, []);
    for (const { path, requirement, readiness, raise } of row.requirements) {
      const verdict = this.#verdictOf(readiness, readiness.distribution);
      const file = this.#textOf(path);
      if (file === undefined) continue;
      const generated = this.#dependencyFiles.some((one) => one.path === path && one.generated);
      own.push({
        file: path,
        fact: file.add(requirement.span),
        name: requirement.name,
        role: requirement.role,
        conda: requirement.style === 'conda',
        hindrance: raise === 'excluded' || raise === 'hashed' ? raise : generated ? 'generated' : undefined,
        verdict,
        raise:
          typeof raise !== 'object'
            ? undefined
            : {
                fact: file.add({ start: raise.offset, end: raise.offset + raise.length }),
                text: raise.text,
                result: raise.result,
              },
      });
    }
    return own;
  }

  /** What is known of a distribution that the project names nowhere. */
  #assessOne(name: string): DependencyReadiness | undefined {
    const asked = parseDependencyFile(`${this.#folder}/requirements.txt`, name);
    if (asked === undefined) return undefined;
    const question = { environment: undefined, target: this.#target, overrides: this.#overrides };
    const [row] = assessDependencies({ ...question, files: [asked] });
    return row === undefined ? undefined : { ...row, requirements: [] };
  }

  /** Top-level names of distributions from which no offending module can be reached. */
  #irrelevant({ installed: { distributions } }: EnvironmentReading): ReadonlySet<string> {
    const relevant = new Set([...this.#offenders.values()].map(({ name }) => normalizeName(name)));
    const requires = distributions.map(({ name, requires: lines }) => ({
      name: normalizeName(name),
      needs: lines.map((line) => normalizeName(/^[\w.-]+/.exec(line)?.[0] ?? '')),
    }));
    for (let before = -1; before !== relevant.size; ) {
      before = relevant.size;
      for (const { name, needs } of requires)
        if (needs.some((need) => relevant.has(need))) relevant.add(name);
    }
    const names = (keep: boolean): readonly string[] =>
      distributions
        .filter(({ name }) => relevant.has(normalizeName(name)) === keep)
        .flatMap(({ imports }) => imports.map((one) => one.split('.')[0]!));
    const wanted = new Set(names(true));
    return new Set(names(false).filter((name) => !wanted.has(name)));
  }
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

function keyOf(dotted: string, name: string): string {
  return name === '' || name === '*' ? dotted : `${dotted}:${name}`;
}

function useKeyOf(dotted: string): string {
  return `use ${dotted}`;
}

function certaintyOf(certain: boolean, evidence: ReadinessEvidence | undefined): Confidence {
  if (certain) return evidence?.kind === 'override' || evidence?.kind === 'installed' ? 'certain' : 'high';
  return evidence?.kind === 'data-other-version' ? 'low' : 'medium';
}
