/**
 * What the files of one folder mean together, and what the rules say of it. Linked anew when the files mean something else;
 * judged anew in part when only the packages around them do; located anew when only places moved.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Logger } from '../base/log.ts';
import type { Settings } from '../base/settings.ts';
import type { Catalog } from '../catalog/catalog.ts';
import type { FileSummary } from '../facts/summary.ts';
import type { LinkInput } from '../link/link.ts';
import { Linker } from '../link/linker.ts';
import type { ProgramModel } from '../link/program.ts';
import type { NamedSetting } from '../link/serverSettings.ts';
import type { FileInput } from '../link/symbols.ts';
import type { Finding } from '../rules/finding.ts';
import { type JudgedPart, judgedPartOf } from '../rules/judgedPart.ts';
import { RULES } from '../rules/registry.ts';
import type { CodeRule, EnvironmentRule } from '../rules/rule.ts';
import type { EnvironmentSnapshot } from './environmentSnapshot.ts';
import type { LinkedSources } from './folderSources.ts';
import { type Findings, type Judged, judgeFile, preferred } from './judge.ts';
import { Judging, linkBounded } from './linkBounded.ts';
import type { LocatableFile } from './locate.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { nameModules } from './moduleNames.ts';
import { isOfLibrary, type Part } from './profile.ts';

const CODE_RULES = RULES.filter((rule): rule is CodeRule => rule.asks === undefined);
const ENVIRONMENT_RULES = RULES.filter((rule): rule is EnvironmentRule => rule.asks === 'environment');

/** What linking needs besides the files. */
export interface ProgramSettings {
  readonly settings: Settings;
  readonly catalog: Catalog;
  /** Equal for catalogs that say the same. */
  readonly models: string;
  readonly profile: 'application' | 'library' | readonly Part[];
  readonly target: ProgramModel['target'];
  /** What files beside the program say of the servers that run it. */
  readonly servers: readonly NamedSetting[];
}

/** A program with what the rules say of its code. */
interface Linked {
  readonly program: ProgramModel;
  readonly ofCode: Judging<CodeRule>;
  /** Of single files, while not all have been judged. */
  readonly ofFiles: Map<string, Judging<CodeRule>>;
}

interface JudgedEnvironment {
  readonly program: ProgramModel;
  readonly snapshot: EnvironmentSnapshot;
  readonly findings: readonly Finding[];
  readonly failures: readonly NotAnalysed[];
}

const NO_FINDINGS: Findings = new Map();

export class FolderProgram {
  readonly #path: string;
  readonly #sources: LinkedSources;
  readonly #logger: Logger;
  readonly #linker: Linker;
  #linked: Linked | undefined;
  /** The shape of the sources, and the settings, that it was linked with. */
  #linkedFor = '';
  #environment: JudgedEnvironment | undefined;
  #given: ProgramSettings | undefined;
  #snapshot: EnvironmentSnapshot | undefined;
  /** Of all files; undefined as long as single files were all that was asked for. */
  #findings: Findings | undefined;
  #leftOut: ReadonlyMap<string, NotAnalysed> = new Map();
  readonly #judged = new Map<string, readonly Judged[]>();

  /** @param once what holds is asked once, and no text is another after it */
  constructor(path: string, sources: LinkedSources, logger: Logger, once: boolean) {
    this.#linker = new Linker(once);
    this.#path = path;
    this.#sources = sources;
    this.#logger = logger;
  }

  get model(): ProgramModel | undefined {
    return this.#linked?.program;
  }

  /** The findings of all rules, one per place, whatever the settings say of their severity. */
  get findings(): Findings {
    const linked = this.#linked;
    const environment = this.#inEnvironment();
    if (linked === undefined || environment === undefined) return NO_FINDINGS;
    this.#findings ??= preferred([...linked.ofCode.finished(), ...environment.findings]);
    return this.#findings;
  }

  /** Rules that failed. */
  get failures(): readonly NotAnalysed[] {
    this.#linked?.ofCode.finished();
    return [...(this.#linked?.ofCode.missing ?? []), ...(this.#inEnvironment()?.failures ?? [])];
  }

  /** Why a file that was understood is not in the program. */
  leftOut(file: string): NotAnalysed | undefined {
    return this.#leftOut.get(file);
  }

  /**
   * Brings the findings up to date with the sources, the settings and the surroundings, rule by rule, so that a newer edit need not
   * wait until all have judged the older one. Whoever asks for findings in between gets them complete.
   * @param now how the program is analysed, and in which surroundings, as it is known when this is called
   * @param file the only one of which findings are wanted
   * @throws Cancelled
   */
  async updateInSteps(
    now: () => readonly [ProgramSettings, EnvironmentSnapshot],
    checkpoint: Checkpoint,
    file?: string,
  ): Promise<void> {
    for (;;) {
      this.follow(...now());
      const linked = this.#linked!;
      const judging =
        file === undefined || linked.ofCode.isFinished ? linked.ofCode : this.#judgingOfFile(linked, file);
      if (!judging.step()) return;
      await checkpoint();
    }
  }

  /** Links the program if it is another one; from then on it is the one that is meant, though rules may not have judged it yet. */
  follow(given: ProgramSettings, snapshot: EnvironmentSnapshot): void {
    const linkedFor = JSON.stringify([
      this.#sources.shape,
      given.models,
      given.target,
      given.profile,
      given.servers,
    ]);
    if (this.#linked === undefined || this.#linkedFor !== linkedFor) {
      this.#linked = this.#link(given);
      this.#linkedFor = linkedFor;
    }
    if (this.#given?.settings !== given.settings) this.#judged.clear();
    this.#given = given;
    this.#snapshot = snapshot;
    for (const file of this.#sources.takeMoved()) this.#moved(file);
  }

  /** What the surroundings that are mean for the program that is meant. */
  #inEnvironment(): JudgedEnvironment | undefined {
    const [linked, snapshot] = [this.#linked, this.#snapshot];
    if (linked === undefined || snapshot === undefined) return undefined;
    const { program } = linked;
    if (this.#environment?.program === program && this.#environment.snapshot === snapshot)
      return this.#environment;
    this.#environment = this.#judgeEnvironment(program, snapshot);
    this.#findings = undefined;
    this.#judged.clear();
    return this.#environment;
  }

  /** The same as all findings have of the file. */
  #findingsOf(linked: Linked, environment: JudgedEnvironment, file: string): readonly Finding[] {
    if (linked.ofCode.isFinished) return this.findings.get(file) ?? [];
    const found = [...this.#judgingOfFile(linked, file).finished(), ...environment.findings];
    return preferred(found.filter(({ primary }) => primary.file === file)).get(file) ?? [];
  }

  /** The findings of all rules if some files said something else, and everything around them were as it is. */
  findingsWith(summaries: ReadonlyMap<string, FileSummary>): Findings {
    const given = this.#given!;
    const snapshot = this.#snapshot!;
    const files = this.#named(
      this.#sources
        .understood()
        .filter(({ file }) => !this.#leftOut.has(file))
        .map(({ file, summary }) => ({ file, summary: summaries.get(file) ?? summary })),
    );
    return this.#linker.trial(inputOf(given, files), (program) =>
      preferred([
        ...this.#judging(program, program).finished(),
        ...this.#judgeEnvironment(program, snapshot).findings,
      ]),
    );
  }

  #link(given: ProgramSettings): Linked {
    const { result: program, missing } = linkBounded(
      this.#named(this.#sources.understood()),
      (kept) => this.#linker.link(inputOf(given, kept)),
      this.#logger,
    );
    this.#leftOut = new Map(missing.map((one) => [one.file, one]));
    return { program, ofCode: this.#judging(program, program), ofFiles: new Map() };
  }

  #named(files: readonly { readonly file: string; readonly summary: FileSummary }[]): readonly FileInput[] {
    const summaries = new Map(files.map(({ file, summary }) => [file, summary]));
    return nameModules(
      this.#path,
      files.map(({ file }) => file),
    ).map((one) => ({ ...one, summary: summaries.get(one.file)! }));
  }

  #judging(program: ProgramModel, part: JudgedPart): Judging<CodeRule> {
    return new Judging(CODE_RULES, (rule) => rule.check(program, part), this.#path, this.#logger);
  }

  #judgingOfFile({ program, ofFiles }: Linked, file: string): Judging<CodeRule> {
    const made = ofFiles.get(file) ?? this.#judging(program, judgedPartOf(program, file));
    ofFiles.set(file, made);
    return made;
  }

  /** The findings of a file as they are shown. */
  judged(file: string): readonly Judged[] {
    const environment = this.#inEnvironment();
    const known = this.#judged.get(file);
    if (known !== undefined) return known;
    const summary = this.#sources.source(file)?.summary;
    const plain = environment?.snapshot.files.get(file);
    if (
      this.#linked === undefined ||
      environment === undefined ||
      this.#given === undefined ||
      (plain === undefined && (summary === undefined || summary.generated))
    )
      return [];
    const { settings } = this.#given;
    const { program } = this.#linked;
    const found = this.#findingsOf(this.#linked, environment, file);
    const made = judgeFile(settings, program, file, found, (path) => this.#locatable(path));
    this.#judged.set(file, made);
    return made;
  }

  /** The text and the places of a file that findings may name. */
  #locatable(path: string): LocatableFile | undefined {
    const source = this.#sources.source(path);
    if (source?.summary !== undefined) return { text: source.text, summary: source.summary };
    const unparsed = this.#environment?.snapshot.files.get(path);
    return unparsed === undefined ? undefined : { text: unparsed.text, summary: unparsed };
  }

  #judgeEnvironment(program: ProgramModel, snapshot: EnvironmentSnapshot): JudgedEnvironment {
    const judging = new Judging(
      ENVIRONMENT_RULES,
      (rule) => rule.check(program, snapshot),
      this.#path,
      this.#logger,
    );
    return { program, snapshot, findings: judging.finished(), failures: judging.missing };
  }

  #moved(file: string): void {
    this.#judged.delete(file);
    for (const [other, judged] of this.#judged)
      if (
        judged.some(
          ({ finding, located }) =>
            finding.evidence.some(({ at }) => at.file === file) ||
            located.witness?.steps.some(({ place }) => place.file === file) === true,
        )
      )
        this.#judged.delete(other);
  }
}

function inputOf(
  { catalog, profile, target, servers }: ProgramSettings,
  files: readonly FileInput[],
): LinkInput {
  return {
    catalog,
    files,
    profile: typeof profile === 'string' ? profile : { isLibrary: (path) => isOfLibrary(profile, path) },
    target,
    servers,
  };
}
