/** The analyser behind every surface: takes what it is told to the folders, and has them brought up to date when it is asked. */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Settings } from '../base/settings.ts';
import { insertPlainSuppression } from '../edits/insertPlainSuppression.ts';
import { insertSuppression } from '../edits/insertSuppression.ts';
import { isRefused } from '../edits/refusal.ts';
import type { AuthorChecklist } from '../env/authorChecklist.ts';
import type {
  Analyzer,
  AnalyzerInput,
  AuditReport,
  FileEdits,
  FileReport,
  FixOffers,
  Progress,
} from './analyzer.ts';
import { auditReport, belongs, fileReport } from './auditReport.ts';
import { augmentedModules } from './augmentedModules.ts';
import { readAuthorChecklist } from './authorReport.ts';
import { type ConfigurationProblem, checkSettings } from './configuration.ts';
import type { EnvironmentReport, ReadinessPlace } from './environmentReport.ts';
import { tried } from './fixes.ts';
import { type Folder, isPlain } from './folder.ts';
import { listedFixes, triedFixes, tryFix } from './folderFixes.ts';
import { Folders } from './folders.ts';
import type { FreeThreadingPlan } from './freeThreadingPlan.ts';
import { type Judged, witnessesIn } from './judge.ts';
import type { TextEdit } from './locatedFinding.ts';
import { environmentFor, environmentReport, freeThreadingPlan, readinessAt } from './packageReports.ts';
import { type Proof, proofOf } from './proof.ts';
import { RULE_NAMES } from './ruleNames.ts';
import { type SharedState, type SharedStates, sharedStateAt, sharedStatesIn } from './sharedState.ts';
import { Store } from './store.ts';
import { Summaries } from './summaries.ts';

export function createAnalyzer(input: AnalyzerInput): Analyzer {
  return new HeddleAnalyzer(input);
}

class HeddleAnalyzer implements Analyzer {
  readonly #input: AnalyzerInput;
  readonly #store = new Store();
  readonly #summaries: Summaries;
  readonly #folders: Folders;
  #settings: Partial<Settings> = {};
  #settingsProblems: readonly ConfigurationProblem[] = [];

  constructor(input: AnalyzerInput) {
    this.#input = input;
    this.#summaries = new Summaries(input, this.#store);
    const settings = () => this.#settings;
    this.#folders = new Folders({ input, store: this.#store, summaries: this.#summaries, settings });
    input.host.admit(input.activeEnvironment ?? '');
  }

  get revision(): number {
    return this.#store.revision;
  }

  setFolders(folders: readonly string[]): void {
    for (const path of folders) this.#input.host.admit(path);
    this.#folders.set(folders);
    this.#store.tell();
  }

  setSettings(settings: Partial<Settings>): void {
    const checked = checkSettings(settings, RULE_NAMES);
    this.#settings = checked.settings;
    this.#input.host.admit(checked.settings.pythonInterpreter ?? '');
    this.#settingsProblems = checked.problems;
    this.#folders.settingsChanged(this.#store.tell());
  }

  openDocument(file: string, text: string): void {
    this.#input.host.admit(file);
    this.#folders.documentChanged(file, this.#store.setOpen(file, text));
  }

  changeDocument(file: string, text: string): void {
    this.openDocument(file, text);
  }

  closeDocument(file: string): void {
    this.#summaries.close(file);
    this.#folders.forget(file);
    this.#folders.documentChanged(file, this.#store.close(file));
  }

  diskChanged(paths: readonly string[]): void {
    this.#folders.diskChanged(paths, this.#store.tell());
  }

  async reportFile(file: string, checkpoint: Checkpoint): Promise<FileReport> {
    return fileReport(await this.#upToDate(file, checkpoint), file);
  }

  async reportFirst(file: string, checkpoint: Checkpoint): Promise<FileReport | undefined> {
    const folder = this.#folders.of(file);
    if (folder.loose || isPlain(file)) return undefined;
    const isInside = (one: string): boolean =>
      !isPlain(one) && belongs(this.#folders, folder, undefined, one);
    const first = await folder.firstProgram(file, isInside, checkpoint);
    return first && fileReport(first, file);
  }

  async audit(
    paths: readonly string[] | undefined,
    checkpoint: Checkpoint,
    progress: Progress,
  ): Promise<AuditReport> {
    const report = await auditReport(this.#folders, paths, checkpoint, progress);
    return {
      ...report,
      configurationProblems: [...this.#settingsProblems, ...report.configurationProblems],
    };
  }

  async reportEnvironment(
    path: string,
    minor: number | undefined,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentReport> {
    const folder = this.#folders.at(path);
    if (minor !== undefined)
      return environmentReport(folder, await environmentFor(folder, minor, this.#store, checkpoint), false);
    await this.#update(folder, undefined, checkpoint);
    return environmentReport(folder, folder.environment, true);
  }

  async planFreeThreading(
    path: string,
    minor: number | undefined,
    checkpoint: Checkpoint,
  ): Promise<FreeThreadingPlan> {
    const folder = this.#folders.at(path);
    await this.#update(folder, undefined, checkpoint);
    const { target } = folder.environment.surroundings;
    const environment =
      minor === undefined || minor === target.minor
        ? folder.environment
        : await environmentFor(folder, minor, this.#store, checkpoint);
    return freeThreadingPlan(folder, environment, this.#summaries);
  }

  async authorChecklist(path: string, checkpoint: Checkpoint): Promise<AuthorChecklist | undefined> {
    const folder = this.#folders.at(path);
    return readAuthorChecklist(folder.path, this.#input.host, this.#store.open, checkpoint);
  }

  async readinessAt(
    file: string,
    offset: number,
    checkpoint: Checkpoint,
  ): Promise<ReadinessPlace | undefined> {
    return readinessAt(await this.#upToDate(file, checkpoint), file, offset);
  }

  async sharedStateAt(
    file: string,
    offset: number,
    checkpoint: Checkpoint,
  ): Promise<SharedState | undefined> {
    const { model } = (await this.#upToDate(file, checkpoint)).program;
    return model && sharedStateAt(model, file, offset);
  }

  async sharedStatesIn(file: string, checkpoint: Checkpoint): Promise<SharedStates> {
    const { model } = (await this.#upToDate(file, checkpoint)).program;
    return model === undefined ? { variables: [], functions: [] } : sharedStatesIn(model, file);
  }

  async listFixes(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<FixOffers> {
    const { folder, judged } = await this.#judged(file, fingerprint, checkpoint);
    if (judged === undefined) return NO_FIXES;
    return listedFixes(folder, this.#summaries, judged.finding, await this.#augmented(folder, judged));
  }

  async offerFixes(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<FixOffers> {
    const { folder, judged } = await this.#judged(file, fingerprint, checkpoint);
    if (judged === undefined) return NO_FIXES;
    return triedFixes(folder, this.#summaries, judged.finding, await this.#augmented(folder, judged));
  }

  async fixEdits(
    file: string,
    fingerprint: string,
    index: number,
    checkpoint: Checkpoint,
  ): Promise<readonly FileEdits[] | undefined> {
    const { folder, judged } = await this.#judged(file, fingerprint, checkpoint);
    const fix = judged?.finding.fixes[index];
    if (judged === undefined || fix === undefined) return undefined;
    const augmented = await this.#augmented(folder, judged);
    const edits = tryFix(folder, this.#summaries, judged.finding, fix, augmented);
    return edits === undefined || isRefused(edits) ? undefined : edits;
  }

  async proofOf(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<Proof | undefined> {
    const { folder, judged } = await this.#judged(file, fingerprint, checkpoint);
    const program = folder.program.model;
    if (judged === undefined || program === undefined) return undefined;
    const witness = witnessesIn(program)(judged.finding);
    const where = {
      project: folder.path,
      interpreter: folder.environment.surroundings.interpreter?.executable,
    };
    return witness && proofOf(program, judged.finding, witness, judged.located, where);
  }

  async suppressEdits(
    file: string,
    fingerprint: string,
    form: 'line' | 'nextLine' | 'file',
    checkpoint: Checkpoint,
  ): Promise<readonly TextEdit[] | undefined> {
    const { folder, judged } = await this.#judged(file, fingerprint, checkpoint);
    if (judged === undefined) return undefined;
    const { place, rule } = judged.located;
    const plain = folder.environment.files.get(file);
    if (plain !== undefined) {
      if (plain.comments === undefined) return undefined;
      const outcome = insertPlainSuppression(plain.text, plain.comments, place.span, rule, form);
      return isRefused(outcome) ? undefined : outcome;
    }
    const source = folder.sources.source(file);
    if (source === undefined) return undefined;
    const syntax = this.#summaries.syntax(file, source.text);
    const edits = insertSuppression(syntax, place.span, rule, form);
    if (isRefused(edits)) return undefined;
    const outcome = tried(syntax, edits, this.#input.parser);
    return isRefused(outcome) ? undefined : outcome;
  }

  dispose(): void {
    this.#summaries.dispose();
    this.#store.clear();
    this.#folders.dispose();
  }

  /** The folder of a file, up to date. @throws Cancelled */
  async #upToDate(file: string, checkpoint: Checkpoint): Promise<Folder> {
    const folder = this.#folders.of(file);
    await this.#update(folder, folder.loose ? [file] : undefined, checkpoint, file);
    return folder;
  }

  async #update(
    folder: Folder,
    only: readonly string[] | undefined,
    checkpoint: Checkpoint,
    alone?: string,
  ): Promise<void> {
    const isInside = (file: string): boolean => !isPlain(file) && belongs(this.#folders, folder, only, file);
    await folder.update({ only, isInside, alone }, checkpoint, undefined);
  }

  #augmented({ program }: Folder, { finding }: Judged): Promise<ReadonlySet<string>> {
    return augmentedModules(this.#input.host, program.model, finding);
  }

  async #judged(
    file: string,
    fingerprint: string,
    checkpoint: Checkpoint,
  ): Promise<{ readonly folder: Folder; readonly judged: Judged | undefined }> {
    const folder = await this.#upToDate(file, checkpoint);
    const judged = folder.program.judged(file).find(({ located }) => located.fingerprint === fingerprint);
    return { folder, judged };
  }
}

const NO_FIXES: FixOffers = { offered: [], refused: [] };
