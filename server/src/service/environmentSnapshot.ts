/**
 * What a folder's surroundings say about imports, as they were read once: an immutable answer, so that rules which ask it
 * twice hear the same. What has changed since is another snapshot.
 */
import { commentSyntaxOf } from '../edits/commentSyntax.ts';
import { compatByDistribution, compatByImport, packageOfImport } from '../env/compat.ts';
import { type DependencyFile, parseDependencyFile } from '../env/dependencyFiles/dependencyFile.ts';
import type { Lock } from '../env/dependencyFiles/locks.ts';
import { assessDependencies, type DependencyReadiness } from '../env/dependencyReadiness.ts';
import { type Distribution, distributionsOfImport } from '../env/distributions.ts';
import type { EnvironmentReading, LoadingOf } from '../env/environmentReading.ts';
import type { FoundInterpreter } from '../env/interpreter.ts';
import { normalizeName } from '../env/names.ts';
import {
  NOTHING_KNOWN,
  type Readiness,
  type ReadinessEvidence,
  type ReadinessOverride,
} from '../env/readiness.ts';
import type { Unread } from '../env/unread.ts';
import type { WheelTarget } from '../env/wheelTags.ts';
import { mayBeStandard, type ReachedExtension } from '../link/importClosure.ts';
import type { Confidence, Environment, GilVerdict, LockedSite, RequirementSite } from '../link/program.ts';
import { evidenceSentence } from './environmentReport.ts';
import type { ExtensionSources } from './extensionSources.ts';
import { lockedSites, type Ways, waysThrough } from './lockedSites.ts';
import { mentionsHeddle, PlainFile } from './plainFile.ts';

/** What was read around a folder. */
export interface Surroundings {
  readonly folder: string;
  /** Undefined when none was found. */
  readonly interpreter: FoundInterpreter | undefined;
  /** What is installed for it. */
  readonly reading: EnvironmentReading | undefined;
  readonly target: WheelTarget;
  readonly overrides: readonly ReadinessOverride[];
  /** Open documents first. */
  readonly dependencyFiles: readonly DependencyFile[];
  readonly sources: ExtensionSources;
  /** Paths of the extension sources that could be read. */
  readonly readSources: ReadonlySet<string>;
  readonly loaded: LoadingOf;
  readonly unreadInstalled: readonly Unread[];
  readonly unreadFiles: readonly Unread[];
}

/** By `importKey` and `useKey`: the offending modules that an import or a use loads. */
export type Followed = ReadonlyMap<string, readonly ReachedExtension[]>;

export class EnvironmentSnapshot implements Environment {
  readonly surroundings: Surroundings;
  readonly followed: Followed;
  /** One row per distribution that the project requires, locks or has installed. */
  readonly dependencies: readonly DependencyReadiness[];
  readonly requirements: readonly RequirementSite[];
  readonly locked: readonly LockedSite[];
  /** Offending module → its distribution. */
  readonly offenders: ReadonlyMap<string, Distribution>;
  readonly #files: Map<string, PlainFile>;
  /** Grows by what the project names nowhere and somebody asks about; each row follows from the shipped data. */
  readonly #rows: Map<string, DependencyReadiness>;
  readonly #requirementsOf = new Map<string, RequirementSite[]>();
  readonly #lockedOf = new Map<string, LockedSite[]>();
  /** Each requirement's distribution is installed or in the shipped data, so that its import names are known. */
  readonly #importsAreKnown: boolean;

  constructor(surroundings: Surroundings, followed: Followed) {
    this.surroundings = surroundings;
    this.followed = followed;
    const { dependencyFiles, target, overrides, loaded, sources } = surroundings;
    const question = {
      files: dependencyFiles,
      environment: evidenceIn(surroundings),
      target,
      overrides,
      loaded,
    };
    this.dependencies = assessDependencies(question);
    this.#rows = new Map(
      [...assessDependencies({ ...question, files: [] }), ...this.dependencies].map((row) => [
        normalizeName(row.readiness.distribution),
        row,
      ]),
    );
    const offenders = new Map<string, Distribution>();
    for (const { installed, readiness } of this.#rows.values())
      if (installed !== undefined && readiness.evidence[0]?.kind === 'installed')
        for (const module of readiness.modules) offenders.set(module, installed);
    this.offenders = offenders;
    this.#files = new Map(sources.files);
    this.requirements = this.dependencies.flatMap((row) => this.#sitesOf(row));
    const ways = this.#waysThroughLocks();
    this.locked = this.dependencies.flatMap((row) => this.#lockedSitesOf(row, ways));
    this.#importsAreKnown = this.dependencies.every(
      ({ direct, installed, readiness: { distribution } }) =>
        !direct || installed !== undefined || compatByDistribution(distribution) !== undefined,
    );
    for (const { path, text } of dependencyFiles) if (mentionsHeddle(text)) this.#textOf(path);
  }

  get undeclaredSources(): Environment['undeclaredSources'] {
    return this.surroundings.sources.undeclared;
  }

  /** The files that are no Python and can have findings, by path. */
  get files(): ReadonlyMap<string, PlainFile> {
    return this.#files;
  }

  /** Paths of dependency files that cannot be read as what their names promise. */
  get unreadableFiles(): readonly string[] {
    return this.surroundings.dependencyFiles.filter(({ unreadable }) => unreadable).map(({ path }) => path);
  }

  /** What could not be read to the end; everything else counts all the same. */
  get unread(): readonly Unread[] {
    const { unreadInstalled, unreadFiles } = this.surroundings;
    return [...unreadInstalled, ...unreadFiles];
  }

  /** Whether a file that is no Python has been read, as a dependency file or as an extension source. */
  hasRead(path: string): boolean {
    const { dependencyFiles, readSources } = this.surroundings;
    return dependencyFiles.some((file) => file.path === path && !file.unreadable) || readSources.has(path);
  }

  isInstalled(dotted: string): boolean {
    const { reading } = this.surroundings;
    return reading !== undefined && distributionsOfImport(reading.installed, dotted).length > 0;
  }

  /** What is known of a distribution, by any spelling of its name. */
  dependency(name: string): DependencyReadiness | undefined {
    return this.#rows.get(normalizeName(name));
  }

  gilVerdict(dotted: string, name: string): GilVerdict | undefined {
    const followed = this.followed.get(importKey(dotted, name));
    const [first, ...rest] = followed ?? [];
    if (first !== undefined && (first.when !== 'later' || this.#isOwn(first, dotted)))
      return this.#verdictOfChain(first, rest);
    const top = dotted.split('.')[0]!;
    // `from google.cloud import storage` names a package below a namespace.
    const whole = name === '' || name === '*' ? dotted : `${dotted}.${name}`;
    const row = this.#rowOfImport(dotted) ?? this.#rowOfImport(whole);
    return row === undefined
      ? this.#unknownImport(top, packageOfImport(whole))
      : this.#verdictOf(row.readiness, top);
  }

  /** Of a module whose distribution nobody names; none where it may be that of a requirement with another name. */
  #unknownImport(top: string, named: string): GilVerdict | undefined {
    if (!this.#importsAreKnown || mayBeStandard(top) || this.surroundings.sources.builds.has(top))
      return undefined;
    return {
      distribution: named,
      version: undefined,
      status: 'unknown',
      chain: [named],
      others: [],
      evidence: NOTHING_KNOWN,
      fixedIn: undefined,
      certainty: 'low',
      requirements: [],
      locked: [],
    };
  }

  gilVerdictOfUse(dotted: string): GilVerdict | undefined {
    const [first, ...rest] = this.followed.get(useKey(dotted)) ?? [];
    return first === undefined || first.when === 'later' ? undefined : this.#verdictOfChain(first, rest);
  }

  #isOwn({ module }: ReachedExtension, dotted: string): boolean {
    return module.split('.')[0] === dotted.split('.')[0];
  }

  #verdictOfChain(first: ReachedExtension, rest: readonly ReachedExtension[]): GilVerdict | undefined {
    const distribution = this.offenders.get(first.module)!;
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
    const declaration = this.surroundings.reading?.modules.get(path)?.declaration;
    const read = declaration?.evidence.at(-1)?.read;
    if (declaration?.verdict === 'declares-used')
      return `${module} declares that it needs the GIL (${read}, read from its file)`;
    if (declaration?.verdict === 'does-not-declare')
      return `${module} does not declare that it runs without the GIL (${read}, read from its file)`;
    return undefined;
  }

  /** Names of the distributions that may provide an import, by what is installed, else by the shipped data. */
  providersOf(dotted: string): readonly string[] {
    const { reading } = this.surroundings;
    const installed = reading === undefined ? [] : distributionsOfImport(reading.installed, dotted);
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

  /** A dependency file by its path, as one that can have findings. */
  #textOf(path: string): PlainFile | undefined {
    const known = this.#files.get(path);
    if (known !== undefined) return known;
    const file = this.surroundings.dependencyFiles.find((one) => one.path === path);
    if (file === undefined) return undefined;
    const comments = file.kind === 'requirements' ? 'requirements' : commentSyntaxOf(path);
    const made = new PlainFile(file.text, comments);
    this.#files.set(path, made);
    return made;
  }

  #waysThroughLocks(): ReadonlyMap<Lock, Ways> {
    const required = this.requirements.filter(({ role }) => role === 'requirement');
    const roots = new Set(required.map(({ name }) => normalizeName(name)));
    return new Map(
      this.surroundings.dependencyFiles.flatMap(({ lock }): readonly [Lock, Ways][] =>
        lock === undefined ? [] : [[lock, waysThrough(lock, roots)]],
      ),
    );
  }

  #lockedSitesOf(row: DependencyReadiness, ways: ReadonlyMap<Lock, Ways>): readonly LockedSite[] {
    const { distribution } = row.readiness;
    const own = lockedSites({
      row,
      files: this.surroundings.dependencyFiles,
      verdictOf: (readiness) => this.#verdictOf(readiness, distribution),
      requirementsOf: this.#requirementsOf,
      waysOf: (lock) => ways.get(lock)!,
      textOf: (path) => this.#textOf(path),
    });
    this.#lockedOf.get(normalizeName(distribution))?.push(...own);
    return own;
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
      const generated = this.surroundings.dependencyFiles.some((one) => one.path === path && one.generated);
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
    const asked = parseDependencyFile(`${this.surroundings.folder}/requirements.txt`, name);
    if (asked === undefined) return undefined;
    const { target, overrides } = this.surroundings;
    const question = { environment: undefined, target, overrides };
    const [row] = assessDependencies({ ...question, files: [asked] });
    return row === undefined ? undefined : { ...row, requirements: [] };
  }
}

/** What is installed for another Python than the one asked about tells versions, and nothing of the builds. */
function evidenceIn({ reading, target }: Surroundings): EnvironmentReading | undefined {
  const version = reading?.interpreter.version;
  if (reading === undefined || version === undefined) return reading;
  if (version === `3.${target.minor}` || version.startsWith(`3.${target.minor}.`)) return reading;
  return { ...reading, interpreter: { ...reading.interpreter, freeThreaded: 'no' } };
}

export function importKey(dotted: string, name: string): string {
  return name === '' || name === '*' ? dotted : `${dotted}:${name}`;
}

export function useKey(dotted: string): string {
  return `use ${dotted}`;
}

function certaintyOf(certain: boolean, evidence: ReadinessEvidence | undefined): Confidence {
  if (certain) return evidence?.kind === 'override' || evidence?.kind === 'installed' ? 'certain' : 'high';
  return evidence?.kind === 'data-other-version' ? 'low' : 'medium';
}
