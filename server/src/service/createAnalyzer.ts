/**
 * The analyser behind every surface. Holds the texts and summaries of each folder, links them when their shape has
 * changed, runs the rules, and answers from what it has as long as nothing changed. An edit that leaves a file's shape as it
 * was (a comment, a string, arithmetic on locals, moved lines) recomputes one summary and looks up places anew.
 */

import { Cancelled, type Checkpoint, checkpoint as startCheckpoint } from '../base/checkpoint.ts';
import { contentHash } from '../base/hash.ts';
import type { Host } from '../base/host.ts';
import type { Logger } from '../base/log.ts';
import type { Level, Settings } from '../base/settings.ts';
import type { Span } from '../base/span.ts';
import { BUILT_IN, type Catalog } from '../catalog/catalog.ts';
import { LiveSyntax } from '../cst/liveSyntax.ts';
import { ParserCrashed, ParsingTakesTooLong, type PythonParser } from '../cst/runtime.ts';
import type { Syntax } from '../cst/syntax.ts';
import { insertPlainSuppression } from '../edits/insertPlainSuppression.ts';
import { insertSuppression } from '../edits/insertSuppression.ts';
import { isRefused, type Refusal, refuse } from '../edits/refusal.ts';
import type { AuthorChecklist } from '../env/authorChecklist.ts';
import { dependencyFileKind } from '../env/dependencyFiles/dependencyFile.ts';
import { isExtensionSource } from '../env/extensionSources.ts';
import { decideTarget, readTargetFiles } from '../env/target.ts';
import { unreadBecause } from '../env/unread.ts';
import { extractFacts } from '../facts/extract.ts';
import { type FileSummary, factSpan } from '../facts/summary.ts';
import { importUses } from '../link/importUses.ts';
import { link } from '../link/link.ts';
import type { GilVerdict, ProgramModel } from '../link/program.ts';
import type { Finding, Severity } from '../rules/finding.ts';
import { RULES } from '../rules/registry.ts';
import type { Interleaving, Witness } from '../rules/witness.ts';
import type {
  Analyzer,
  AnalyzerInput,
  AuditReport,
  FileEdits,
  FileReport,
  FixOffers,
  OfferedFix,
  Progress,
  RefusedFix,
} from './analyzer.ts';
import { readAuthorChecklist } from './authorReport.ts';
import {
  type ConfigurationProblem,
  checkSettings,
  mergeSettings,
  readProjectSettings,
} from './configuration.ts';
import { FolderEnvironment, type WantedImport, type WantedModules } from './environment.ts';
import type { EnvironmentReport, ReadinessPlace } from './environmentReport.ts';
import { tried } from './fixes.ts';
import { type TrialProgram, triedFix } from './fixTrial.ts';
import { type FreeThreadingPlan, planFreeThreading } from './freeThreadingPlan.ts';
import { type Bounded, checkBounded, linkBounded } from './linkBounded.ts';
import { type LocatableFile, Locator } from './locate.ts';
import type { LocatedFinding, NotAnalysed, TextEdit } from './locatedFinding.ts';
import { readModels } from './models.ts';
import { nameModules } from './moduleNames.ts';
import { importsByDistribution } from './planImports.ts';
import { LARGEST_SOURCE_BYTES, listSources, readSource, tooLarge } from './sources.ts';
import { applySuppressions, MALFORMED_SUPPRESSION, UNUSED_SUPPRESSION } from './suppress.ts';

export function createAnalyzer(input: AnalyzerInput): Analyzer {
  return new HeddleAnalyzer(input);
}

const RULE_NAMES: readonly string[] = [
  ...RULES.map((rule) => rule.id),
  UNUSED_SUPPRESSION,
  MALFORMED_SUPPRESSION,
];
const AUDIT_ONLY: ReadonlySet<string> = new Set(
  RULES.filter(({ auditOnly }) => auditOnly === true).map(({ id }) => id),
);
/** How findings of a rule go wrong, for rules that tell. */
const WITNESSES: ReadonlyMap<string, Interleaving> = new Map(
  RULES.flatMap(({ id, witness }) => (witness === undefined ? [] : [[id, witness]])),
);
const RULE_NAME_SET: ReadonlySet<string> = new Set(RULE_NAMES);
/** Files outside every folder that are known without being open. */
const LOOSE_FOLDERS = 100;
/** Stands for size and time of change where the editor holds the text. */
const OPEN = 'open';
/** Trees kept for incremental parsing. */
const LIVE_TREES = 20;

/** A file that has been read and understood, or could not be. */
interface Entry {
  readonly stamp: string;
  readonly text: string;
  readonly summary: FileSummary | undefined;
  readonly problem: NotAnalysed | undefined;
}

interface Judged {
  readonly finding: Finding;
  readonly located: LocatedFinding;
}

class HeddleAnalyzer implements Analyzer {
  readonly #host: Host;
  readonly #parser: PythonParser;
  readonly #logger: Logger;
  readonly #active: string | undefined;
  readonly #open = new Map<string, string>();
  readonly #live = new Map<string, LiveSyntax>();
  #folders = new Map<string, Folder>();
  #settings: Partial<Settings> = {};
  #settingsProblems: readonly ConfigurationProblem[] = [];
  #revision = 0;
  #disposed = false;

  constructor(input: AnalyzerInput) {
    this.#host = input.host;
    this.#parser = input.parser;
    this.#logger = input.logger;
    this.#active = input.activeEnvironment;
    this.#host.admit(input.activeEnvironment ?? '');
  }

  get revision(): number {
    return this.#revision;
  }

  setFolders(folders: readonly string[]): void {
    const kept = new Map<string, Folder>();
    for (const path of folders) this.#host.admit(path);
    for (const path of folders)
      kept.set(path, this.#folders.get(path) ?? new Folder(path, this.#newEnvironment()));
    this.#folders = kept;
    this.#revision++;
  }

  setSettings(settings: Partial<Settings>): void {
    const checked = checkSettings(settings, RULE_NAMES);
    this.#settings = checked.settings;
    this.#host.admit(checked.settings.pythonInterpreter ?? '');
    this.#settingsProblems = checked.problems;
    for (const folder of this.#folders.values()) {
      folder.configured = false;
      folder.environmentRead = false;
    }
    this.#revision++;
  }

  openDocument(file: string, text: string): void {
    this.#host.admit(file);
    this.#open.set(file, text);
    this.#plainTextChanged(file);
    this.#revision++;
  }

  changeDocument(file: string, text: string): void {
    this.openDocument(file, text);
  }

  closeDocument(file: string): void {
    this.#open.delete(file);
    this.#live.get(file)?.dispose();
    this.#live.delete(file);
    this.#looseFolders.delete(file);
    if (!isPlain(file)) for (const folder of this.#folders.values()) folder.stale.add(file);
    this.#plainTextChanged(file);
    this.#revision++;
  }

  diskChanged(paths: readonly string[]): void {
    for (const folder of this.#folders.values()) {
      for (const path of paths) {
        if (path !== folder.path && !path.startsWith(`${folder.path}/`)) continue;
        if (/\.pyw?$/.test(path) && folder.entries.has(path)) folder.stale.add(path);
        else folder.listed = false;
        if (!/\.pyw?$/.test(path)) folder.configured = false;
        if (concernsEnvironment(path)) folder.environmentRead = false;
      }
    }
    this.#revision++;
  }

  async reportFile(file: string, checkpoint: Checkpoint): Promise<FileReport> {
    const folder = this.#folderOf(file);
    await this.#update(folder, folder.loose ? [file] : undefined, checkpoint, undefined);
    return this.#fileReport(folder, file);
  }

  async audit(
    paths: readonly string[] | undefined,
    checkpoint: Checkpoint,
    progress: Progress,
  ): Promise<AuditReport> {
    const reports = new Map<string, FileReport>();
    const notAnalysed: NotAnalysed[] = [];
    const problems: ConfigurationProblem[] = [...this.#settingsProblems];
    let lines = 0;
    const jobs: { readonly folder: Folder; readonly only: readonly string[] | undefined }[] = [];
    const within = (folder: Folder, path: string): boolean =>
      path === folder.path || path.startsWith(`${folder.path}/`);
    if (paths === undefined)
      for (const folder of this.#folders.values()) jobs.push({ folder, only: undefined });
    else {
      const loose: string[] = [];
      for (const path of paths) {
        const folder = [...this.#folders.values()]
          .filter((one) => within(one, path))
          .sort((a, b) => b.path.length - a.path.length)[0];
        if (folder === undefined) loose.push(path);
        else if (!jobs.some((job) => job.folder === folder))
          jobs.push({ folder, only: paths.filter((one) => within(folder, one)) });
      }
      if (loose.length > 0)
        jobs.push({ folder: new Folder(commonFolder(loose), this.#newEnvironment(), true), only: loose });
    }
    for (const { folder, only } of jobs) {
      /** An audit is asked for: it looks again, whatever the watcher has told so far. */
      folder.listed = false;
      await this.#update(folder, only, checkpoint, progress);
      problems.push(...folder.problems);
      const { environment } = folder;
      notAnalysed.push(
        ...folder.unlisted.filter(({ file }) => isWanted(folder, only, file) && !environment.hasRead(file)),
      );
      for (const one of [...environment.unread, ...folder.unread, ...folder.failures]) notAnalysed.push(one);
      for (const [file, entry] of folder.entries) {
        if (!isWanted(folder, only, file)) continue;
        const report = this.#fileReport(folder, file);
        reports.set(file, report);
        if (report.notAnalysed !== undefined) notAnalysed.push(report.notAnalysed);
        else lines += countLines(entry.text);
      }
      for (const file of environment.files.keys()) {
        const report = isWanted(folder, only, file) ? this.#fileReport(folder, file) : undefined;
        if (report !== undefined && report.findings.length + report.auditOnly.length > 0)
          reports.set(file, report);
      }
    }
    const files = [...reports.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
    return {
      files,
      analysed: files.filter((report) => report.notAnalysed === undefined).length,
      notAnalysed,
      configurationProblems: problems,
      lines,
    };
  }

  async reportEnvironment(
    path: string,
    minor: number | undefined,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentReport> {
    const folder = this.#folders.get(path) ?? this.#folderOf(path);
    await this.#configure(folder, checkpoint);
    let { environment } = folder;
    let imports: readonly LocatedFinding[] = [];
    if (minor === undefined) {
      await this.#update(folder, undefined, checkpoint, undefined);
      imports = [...folder.entries.keys()]
        .sort()
        .flatMap((file) => this.#judgedIn(folder, file))
        .map(({ located }) => located)
        .filter(({ rule }) => rule === 'gil-reenabled-import');
    } else {
      environment = this.#newEnvironment();
      await environment.load(
        { folder: folder.path, settings: folder.settings, open: this.#open, minor },
        checkpoint,
      );
    }
    const modules = new Map<string, GilVerdict | undefined>();
    for (const { dotted } of folder.linked?.program.imports ?? [])
      if (environment.isInstalled(dotted)) modules.set(dotted, environment.gilVerdict(dotted, ''));
    return {
      folder: folder.path,
      interpreter: environment.interpreter,
      modules,
      minor: environment.target.minor,
      dependencies: environment.dependencies,
      imports,
      unreadable: environment.unreadableFiles,
    };
  }

  async planFreeThreading(
    path: string,
    minor: number | undefined,
    checkpoint: Checkpoint,
  ): Promise<FreeThreadingPlan> {
    const folder = this.#folders.get(path) ?? this.#folderOf(path);
    await this.#update(folder, undefined, checkpoint, undefined);
    const program = folder.linked?.program;
    let { environment } = folder;
    if (minor !== undefined && minor !== environment.target.minor) {
      environment = this.#newEnvironment();
      await environment.load(
        { folder: folder.path, settings: folder.settings, open: this.#open, minor },
        checkpoint,
      );
      await environment.follow(wantedModules(folder), checkpoint);
    }
    return planFreeThreading({
      minor: environment.target.minor,
      dependencies: environment.dependencies,
      locked: environment.locked,
      installed: environment.reading?.installed.distributions ?? [],
      unreadable: environment.unreadableFiles,
      files: environment.dependencyFiles,
      importsOf:
        program === undefined
          ? () => []
          : importsByDistribution(
              program,
              environment,
              folder.path,
              (file) => folder.entries.get(file)!.text,
              (file) => this.#syntaxOf(file, folder.entries.get(file)!.text),
            ),
    });
  }

  async authorChecklist(path: string, checkpoint: Checkpoint): Promise<AuthorChecklist | undefined> {
    const folder = this.#folders.get(path) ?? this.#folderOf(path);
    return readAuthorChecklist(folder.path, this.#host, this.#open, checkpoint);
  }

  async readinessAt(
    file: string,
    offset: number,
    checkpoint: Checkpoint,
  ): Promise<ReadinessPlace | undefined> {
    const folder = this.#folderOf(file);
    await this.#update(folder, folder.loose ? [file] : undefined, checkpoint, undefined);
    const { environment } = folder;
    const covers = ({ start, end }: Span): boolean => start <= offset && offset <= end;
    for (const row of environment.dependencies) {
      const at = [
        ...row.requirements.map(({ path, requirement: { span }, readiness }) => ({ path, span, readiness })),
        ...row.locked,
      ].find(({ path, span }) => path === file && span !== undefined && covers(span));
      if (at?.span !== undefined)
        return { row: { ...row, readiness: at.readiness }, span: at.span, chain: [] };
    }
    for (const { module, import: imported, dotted } of folder.linked?.program.imports ?? []) {
      if (module.file !== file) continue;
      const span = factSpan(module.summary, imported.fact);
      const verdict = covers(span) ? environment.gilVerdict(dotted, imported.name) : undefined;
      const row = verdict === undefined ? undefined : environment.dependency(verdict.distribution);
      if (verdict !== undefined && row !== undefined) return { row, span, chain: verdict.chain };
    }
    return undefined;
  }

  async offerFixes(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<FixOffers> {
    const judged = await this.#judged(file, fingerprint, checkpoint);
    const offered: OfferedFix[] = [];
    const refused: RefusedFix[] = [];
    for (const [index, { title, safety }] of (judged?.finding.fixes ?? []).entries()) {
      const edits = this.#editsOf(judged!, index);
      if (isRefused(edits)) refused.push({ title, reason: edits.refused });
      else offered.push({ title, files: edits.map((one) => one.file), safety, index });
    }
    return { offered, refused };
  }

  async fixEdits(
    file: string,
    fingerprint: string,
    index: number,
    checkpoint: Checkpoint,
  ): Promise<readonly FileEdits[] | undefined> {
    const judged = await this.#judged(file, fingerprint, checkpoint);
    const edits = judged === undefined ? undefined : this.#editsOf(judged, index);
    return edits === undefined || isRefused(edits) ? undefined : edits;
  }

  async suppressEdits(
    file: string,
    fingerprint: string,
    form: 'line' | 'nextLine' | 'file',
    checkpoint: Checkpoint,
  ): Promise<readonly TextEdit[] | undefined> {
    const judged = await this.#judged(file, fingerprint, checkpoint);
    const folder = this.#folderOf(file);
    const entry = folder.entries.get(file);
    if (judged === undefined) return undefined;
    const { place, rule } = judged.located;
    const plain = folder.environment.files.get(file);
    if (plain !== undefined) {
      if (plain.comments === undefined) return undefined;
      const outcome = insertPlainSuppression(plain.text, plain.comments, place.span, rule, form);
      return isRefused(outcome) ? undefined : outcome;
    }
    if (entry === undefined) return undefined;
    const syntax = this.#syntaxOf(file, entry.text);
    const edits = insertSuppression(syntax, place.span, rule, form);
    if (isRefused(edits)) return undefined;
    const outcome = tried(syntax, edits, this.#parser);
    return isRefused(outcome) ? undefined : outcome;
  }

  dispose(): void {
    this.#disposed = true;
    for (const live of this.#live.values()) live.dispose();
    this.#live.clear();
    this.#open.clear();
    this.#folders.clear();
  }

  // ── keeping up to date ───────────────────────────────────────────────────────────────────────────────────────

  readonly #looseFolders = new Map<string, Folder>();

  /** The innermost workspace folder around a file; a file outside all of them is a program of its own. */
  #folderOf(file: string): Folder {
    let best: Folder | undefined;
    for (const folder of this.#folders.values())
      if (file.startsWith(`${folder.path}/`) && folder.path.length > (best?.path.length ?? -1)) best = folder;
    if (best !== undefined) return best;
    let loose = this.#looseFolders.get(file);
    if (loose === undefined) {
      loose = new Folder(file.slice(0, file.lastIndexOf('/')), this.#newEnvironment(), true);
      this.#looseFolders.set(file, loose);
      for (const other of this.#looseFolders.keys()) {
        if (this.#looseFolders.size <= LOOSE_FOLDERS) break;
        if (!this.#open.has(other)) this.#looseFolders.delete(other);
      }
    }
    return loose;
  }

  /** Brings a folder's summaries, its program and its findings up to date. @throws Cancelled */
  async #update(
    folder: Folder,
    only: readonly string[] | undefined,
    checkpoint: Checkpoint,
    progress: Progress | undefined,
  ): Promise<void> {
    await this.#configure(folder, checkpoint);
    await checkpoint();
    if (
      !folder.listed ||
      folder.listedUnder !== folder.settings.exclude ||
      (only !== undefined && !folder.loose)
    ) {
      const paths = only === undefined || folder.loose ? only : [folder.path, ...only];
      const query = { folder: folder.path, exclude: folder.settings.exclude, paths };
      const { files, notAnalysed } = await listSources(this.#host, query, checkpoint);
      folder.unlisted = notAnalysed;
      const present = new Set(files);
      for (const file of folder.entries.keys())
        if (!present.has(file) && !this.#open.has(file)) {
          folder.entries.delete(file);
          folder.linked = undefined;
        }
      folder.files = files;
      for (const file of files) folder.stale.add(file);
      folder.listed = true;
      folder.listedUnder = folder.settings.exclude;
    }
    for (const file of this.#open.keys()) {
      if (isPlain(file)) continue;
      const inside = folder.loose ? only?.includes(file) === true : this.#folderOf(file) === folder;
      if (inside && !folder.entries.has(file)) folder.stale.add(file);
      if (inside && folder.entries.get(file)?.text !== this.#open.get(file)) folder.stale.add(file);
    }
    const waiting = [...folder.stale];
    for (const [done, file] of waiting.entries()) {
      await checkpoint();
      progress?.report(done, waiting.length, file);
      await this.#refresh(folder, file);
      folder.stale.delete(file);
    }
    progress?.report(waiting.length, waiting.length, '');
    await checkpoint();
    if (folder.linked === undefined) await folder.environment.follow(wantedModules(folder), checkpoint);
    this.#judge(folder);
  }

  #newEnvironment(): FolderEnvironment {
    return new FolderEnvironment(this.#host, this.#parser, this.#active);
  }

  /** A dependency file or an extension source was opened, edited or closed. */
  #plainTextChanged(file: string): void {
    if (!isPlain(file) && !isExtensionSource(file)) return;
    for (const folder of this.#folders.values())
      if (file.startsWith(`${folder.path}/`)) {
        folder.filesRead = false;
        folder.configured = false;
      }
  }

  async #configure(folder: Folder, checkpoint: Checkpoint): Promise<void> {
    if (folder.configured) return;
    const project = await readProjectSettings(this.#host, folder.path, RULE_NAMES);
    const settings = mergeSettings(project.settings, this.#settings);
    const files = await readTargetFiles(folder.path, this.#host);
    const models = await readModels(this.#host, folder.path, settings.models);
    await this.#readEnvironment(folder, settings, checkpoint);
    await checkpoint();
    const unread: NotAnalysed[] = [];
    let decided: Pick<ReturnType<typeof decideTarget>, 'target'> = { target: 'gil' };
    try {
      decided = decideTarget(files, folder.environment.interpreter);
    } catch (error) {
      unread.push(unreadBecause(folder.path, error));
    }
    folder.unread = unread;
    const met = decided.target === 'gil' ? 'undecided' : decided.target;
    const target = settings.target === 'auto' ? met : settings.target;
    const packaged =
      files.some(
        ({ path, text }) =>
          path === 'pyproject.toml' && /^[ \t]*\[(project|build-system|tool\.poetry)\]/m.test(text),
      ) || files.some(({ path }) => path === 'setup.py' || path === 'setup.cfg');
    const profile = settings.profile === 'auto' ? (packaged ? 'library' : 'application') : settings.profile;
    folder.problems = [...project.problems, ...models.problems];
    folder.catalog = models.catalog;
    const key = JSON.stringify([
      settings.rules,
      settings.level,
      settings.gilOverrides,
      target,
      profile,
      models.key,
    ]);
    if (key !== folder.settingsKey) folder.linked = undefined;
    folder.settingsKey = key;
    folder.settings = settings;
    folder.target = target;
    folder.profile = profile;
    folder.configured = true;
  }

  /**
   * Once begun, a reading is finished: a cancelled request would otherwise have the next one begin anew. Who waits for it
   * may stop waiting. @throws Cancelled
   */
  async #readEnvironment(folder: Folder, settings: Settings, checkpoint: Checkpoint): Promise<void> {
    if (!folder.environmentRead || !folder.filesRead) {
      const input = { folder: folder.path, settings, open: this.#open, loose: folder.loose };
      const { environment, environmentRead } = folder;
      const wanted = startCheckpoint(() => !this.#disposed, this.#host);
      const before = folder.reading?.catch(() => {}) ?? Promise.resolve();
      folder.environmentRead = true;
      folder.filesRead = true;
      folder.reading = before
        .then(() =>
          environmentRead ? environment.loadFiles(input, wanted) : environment.load(input, wanted),
        )
        .catch((error: unknown) => {
          folder.environmentRead = false;
          throw error;
        });
      folder.linked = undefined;
    }
    let reading = folder.reading !== undefined;
    const ended = folder.reading?.finally(() => {
      reading = false;
    });
    ended?.catch(() => {});
    while (reading) {
      await Promise.race([ended, this.#host.yieldToEvents()]);
      await checkpoint();
    }
    await ended;
  }

  async #refresh(folder: Folder, file: string): Promise<void> {
    const before = folder.entries.get(file);
    const open = this.#open.get(file);
    if (open !== undefined) {
      if (before?.stamp === OPEN && before.text === open) return;
      if (open.length > LARGEST_SOURCE_BYTES) {
        const problem = tooLarge(file, open.length, LARGEST_SOURCE_BYTES);
        this.#replace(folder, file, before, { stamp: OPEN, text: open, summary: undefined, problem });
        return;
      }
      this.#replace(folder, file, before, this.#understood(file, open, OPEN, true));
      return;
    }
    const stat = await this.#host.stat(file);
    const stamp = stat === undefined ? '' : `${stat.size}:${stat.modified}`;
    if (before !== undefined && before.stamp === stamp && stamp !== '') return;
    const read = await readSource(this.#host, file);
    if (read === undefined) {
      if (folder.entries.delete(file)) folder.linked = undefined;
      return;
    }
    if (typeof read !== 'string') {
      folder.linked = before?.summary === undefined ? folder.linked : undefined;
      folder.entries.set(file, { stamp, text: '', summary: undefined, problem: read });
      return;
    }
    this.#replace(folder, file, before, this.#understood(file, read, stamp, false));
  }

  /** Puts the new entry in place; the program stays valid when the shape of the file is what it was. */
  #replace(folder: Folder, file: string, before: Entry | undefined, after: Entry): void {
    folder.entries.set(file, after);
    if (folder.linked === undefined) return;
    const same =
      before?.summary !== undefined &&
      after.summary !== undefined &&
      sameShape(before.summary, after.summary);
    if (!same) folder.linked = undefined;
    else folder.moved.add(file);
  }

  #understood(file: string, text: string, stamp: string, live: boolean): Entry {
    try {
      const syntax = live ? this.#syntaxOf(file, text) : this.#parser.parse(text);
      return { stamp, text, summary: extractFacts(syntax), problem: undefined };
    } catch (error) {
      if (error instanceof Cancelled || error instanceof ParserCrashed) throw error;
      const deep = error instanceof RangeError;
      if (!deep && !(error instanceof ParsingTakesTooLong))
        this.#logger.error(
          `${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      const message =
        error instanceof ParsingTakesTooLong
          ? 'This file is not analysed, because parsing it takes too long; it does not look like Python.'
          : deep
            ? 'This file nests expressions too deeply to be analysed; split the expression.'
            : 'Heddle failed on this file, which is a bug in Heddle; the log has the details.';
      return { stamp, text, summary: undefined, problem: { file, message } };
    }
  }

  #syntaxOf(file: string, text: string): Syntax {
    if (!this.#open.has(file)) return this.#parser.parse(text);
    let live = this.#live.get(file);
    this.#live.delete(file);
    live ??= new LiveSyntax(this.#parser);
    this.#live.set(file, live);
    for (const [oldest, one] of this.#live) {
      if (this.#live.size <= LIVE_TREES) break;
      one.dispose();
      this.#live.delete(oldest);
    }
    return live.update(text);
  }

  // ── judging ──────────────────────────────────────────────────────────────────────────────────────────────────

  #judge(folder: Folder): void {
    if (folder.linked === undefined) {
      const linked = this.#program(folder, folder.entries);
      const checked = checkBounded(RULES, linked.result, folder.path, this.#logger);
      folder.leftOut = new Map(linked.missing.map((one) => [one.file, one]));
      folder.failures = checked.missing;
      folder.linked = { program: linked.result, findings: groupByFile(preferred(checked.result)) };
      folder.judged.clear();
    }
    for (const file of folder.moved) {
      folder.judged.delete(file);
      for (const [other, findings] of folder.linked.findings)
        if (
          findings.some((finding) => finding.evidence.some((evidence) => evidence.at.file === file)) ||
          folder.judged
            .get(other)
            ?.some(({ located }) => located.witness?.steps.some((step) => step.place.file === file))
        )
          folder.judged.delete(other);
    }
    folder.moved.clear();
  }

  #program(folder: Folder, entries: ReadonlyMap<string, Pick<Entry, 'summary'>>): Bounded<ProgramModel> {
    const known = [...entries].filter(([, entry]) => entry.summary !== undefined).map(([file]) => file);
    known.sort();
    const files = nameModules(folder.path, known).map((named) => ({
      ...named,
      summary: entries.get(named.file)!.summary!,
    }));
    const { catalog, environment, profile, target } = folder;
    return linkBounded(
      files,
      (kept) => link({ catalog, files: kept, environment, profile, target }),
      this.#logger,
    );
  }

  #judgedIn(folder: Folder, file: string): readonly Judged[] {
    const known = folder.judged.get(file);
    if (known !== undefined) return known;
    const entry = folder.entries.get(file);
    const plain = folder.environment.files.get(file);
    if (plain === undefined && (entry?.summary === undefined || entry.summary.generated)) return [];
    const made = judgeFile(folder, file, folder.linked?.findings.get(file) ?? [], (path) => {
      const other = folder.entries.get(path);
      if (other?.summary !== undefined) return { text: other.text, summary: other.summary };
      const unparsed = folder.environment.files.get(path);
      return unparsed === undefined ? undefined : { text: unparsed.text, summary: unparsed };
    });
    folder.judged.set(file, made);
    return made;
  }

  #fileReport(folder: Folder, file: string): FileReport {
    const entry = folder.entries.get(file);
    const all = this.#judgedIn(folder, file).map(({ located }) => located);
    const findings = all.filter(({ rule }) => !AUDIT_ONLY.has(rule));
    const auditOnly = all.filter(({ rule }) => AUDIT_ONLY.has(rule));
    const notAnalysed = entry?.problem ?? folder.leftOut.get(file);
    const resultId = contentHash(JSON.stringify([findings, notAnalysed?.message ?? '']));
    return { file, findings, auditOnly, notAnalysed, resultId };
  }

  async #judged(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<Judged | undefined> {
    const folder = this.#folderOf(file);
    await this.#update(folder, folder.loose ? [file] : undefined, checkpoint, undefined);
    return this.#judgedIn(folder, file).find(({ located }) => located.fingerprint === fingerprint);
  }

  /** The edits of a fix when they remove the finding and add no other; tried on the texts by analysing them again. */
  #editsOf({ finding, located }: Judged, index: number): readonly FileEdits[] | Refusal {
    const folder = this.#folderOf(located.place.file);
    const fix = finding.fixes[index];
    if (fix === undefined || folder.linked === undefined) return refuse('there is no such fix');
    if (fix.intention.kind === 'replaceText') {
      const { file: changed, place, text, also = [] } = fix.intention;
      const plain = folder.environment.files.get(changed);
      if (plain !== undefined) {
        const edits = [{ place, text }, ...also].map((one) => ({
          span: factSpan(plain, one.place),
          text: one.text,
        }));
        return [{ file: changed, before: plain.text, edits }];
      }
    }
    const { program, findings } = folder.linked;
    const on: TrialProgram = {
      program,
      findings,
      fileOf: (file) => {
        const entry = folder.entries.get(file);
        return entry?.summary && { text: entry.text, summary: entry.summary };
      },
      syntaxOf: (file, text) => this.#syntaxOf(file, text),
      findingsWith: (texts) => {
        const entries = new Map<string, Pick<Entry, 'summary'>>(folder.entries);
        for (const [file, text] of texts)
          entries.set(file, { summary: extractFacts(this.#parser.parse(text)) });
        const linked = this.#program(folder, entries).result;
        return groupByFile(preferred(checkBounded(RULES, linked, folder.path, this.#logger).result));
      },
    };
    return triedFix(finding, fix, on, this.#parser);
  }
}

/** One workspace folder: a program. */
class Folder {
  readonly path: string;
  /** Not a workspace folder: only the files that were named. */
  readonly loose: boolean;
  readonly entries = new Map<string, Entry>();
  /** Files to look at again. */
  readonly stale = new Set<string>();
  /** Files whose places changed while their shape did not. */
  readonly moved = new Set<string>();
  readonly judged = new Map<string, readonly Judged[]>();
  /** Interpreter, packages and dependency files around it. */
  readonly environment: FolderEnvironment;
  environmentRead = false;
  /** The folder's own dependency files and extension sources have been read as they are now. */
  filesRead = false;
  reading: Promise<void> | undefined;
  files: readonly string[] = [];
  unlisted: readonly NotAnalysed[] = [];
  /** Configuration that could not be read to the end. */
  unread: readonly NotAnalysed[] = [];
  /** Files that are not in the program because linking failed with them. */
  leftOut: ReadonlyMap<string, NotAnalysed> = new Map();
  /** Rules that failed. */
  failures: readonly NotAnalysed[] = [];
  problems: readonly ConfigurationProblem[] = [];
  /** What is known of libraries, the project's own models included. */
  catalog: Catalog = BUILT_IN;
  settings: Settings = mergeSettings({}, {});
  settingsKey = '';
  target: ProgramModel['target'] = 'undecided';
  profile: 'application' | 'library' = 'application';
  configured = false;
  listed = false;
  listedUnder: readonly string[] | undefined;
  linked:
    | { readonly program: ProgramModel; readonly findings: ReadonlyMap<string, readonly Finding[]> }
    | undefined;

  constructor(path: string, environment: FolderEnvironment, loose = false) {
    this.path = path;
    this.environment = environment;
    this.loose = loose;
  }
}

/** One finding per place: where two rules speak of the same access, the more telling one stays. */
function preferred(findings: readonly Finding[]): readonly Finding[] {
  const best = new Map<string, Finding>();
  for (const finding of findings) {
    const key = `${finding.primary.file} ${finding.primary.fact}`;
    const known = best.get(key);
    if (known === undefined || rankOf(finding) < rankOf(known)) best.set(key, finding);
  }
  return [...best.values()];
}

const PREFERENCE: readonly string[] = [
  'self-deadlock',
  'inconsistent-lock',
  'lazy-init-race',
  'check-then-act',
  'iterate-while-mutated',
  'nonatomic-update',
];

function rankOf(finding: Finding): number {
  const index = PREFERENCE.indexOf(finding.rule);
  const severity = SEVERITIES.indexOf(finding.severity);
  return severity * 10 + (index === -1 ? 9 : index);
}

const SEVERITIES: readonly Severity[] = ['error', 'warning', 'information', 'hint'];

const SEVERITY_OF: Readonly<Record<Level, Severity>> = {
  error: 'error',
  warning: 'warning',
  note: 'information',
  hint: 'hint',
};

function judgeFile(
  folder: Folder,
  file: string,
  findings: readonly Finding[],
  fileOf: (path: string) => LocatableFile | undefined,
): readonly Judged[] {
  const { settings } = folder;
  const witnessOf = witnessIn(folder);
  /** A race whose steps cannot be put in an order that goes wrong is not understood. */
  const isUnderstood = (finding: Finding): boolean =>
    !WITNESSES.has(finding.rule) || witnessOf(finding) !== undefined;
  const adjusted = findings.flatMap((finding) => {
    const setting = settings.rules[finding.rule];
    if (setting === 'off') return [];
    const severity =
      setting !== undefined && setting !== 'default'
        ? SEVERITY_OF[setting]
        : isUnderstood(finding)
          ? finding.severity
          : 'hint';
    return [{ ...finding, severity }];
  });
  const own = fileOf(file)!;
  const located = new Locator(fileOf).located(adjusted, witnessOf);
  const { kept, about } = applySuppressions({ path: file, ...own }, located, RULE_NAME_SET);
  const remarks = about
    .filter((one) => settings.rules[one.rule] !== 'off')
    .map((one) => ({ finding: withoutFixes(one), located: one }));
  const least = SEVERITIES.indexOf(SEVERITY_OF[settings.level]);
  return [...kept, ...remarks].filter(({ located: one }) => SEVERITIES.indexOf(one.severity) <= least);
}

function witnessIn({ linked }: Folder): (finding: Finding) => Witness | undefined {
  const known = new Map<string, Witness | undefined>();
  return (finding) => {
    const key = `${finding.rule} ${finding.primary.fact} ${finding.identity}`;
    if (linked !== undefined && !known.has(key))
      known.set(key, WITNESSES.get(finding.rule)?.(linked.program, finding));
    return known.get(key);
  };
}

function withoutFixes(located: LocatedFinding): Finding {
  const { rule, message, severity, confidence, breaks } = located;
  return {
    rule,
    primary: { file: located.place.file, fact: 0 },
    message,
    severity,
    confidence,
    breaks,
    evidence: [],
    fixes: [],
    identity: '',
  };
}

function groupByFile(findings: readonly Finding[]): ReadonlyMap<string, readonly Finding[]> {
  const grouped = new Map<string, Finding[]>();
  for (const finding of findings) {
    const known = grouped.get(finding.primary.file);
    if (known === undefined) grouped.set(finding.primary.file, [finding]);
    else known.push(finding);
  }
  return grouped;
}

/** Whether two summaries say the same, wherever it stands. */
function sameShape(a: FileSummary, b: FileSummary): boolean {
  return (Object.keys(a) as (keyof FileSummary)[]).every(
    (key) => key === 'spans' || sameValue(a[key], b[key]),
  );
}

/** Deep equality of JSON values. */
function sameValue(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a)) {
    if (!Array.isArray(b) || a.length !== b.length) return false;
    for (let index = 0; index < a.length; index++) if (!sameValue(a[index], b[index])) return false;
    return true;
  }
  for (const key in a)
    if (!sameValue((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key])) return false;
  return true;
}

function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return text === '' || text.endsWith('\n') ? lines : lines + 1;
}

/** A dependency file or an extension source: read for the environment, not as Python. */
function isPlain(file: string): boolean {
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

/** The absolute imports of a folder's files, each once. */
function wantedModules({ entries }: Folder): WantedModules {
  const imports = new Map<string, WantedImport>();
  const uses = new Set<string>();
  for (const { summary } of entries.values()) {
    if (summary === undefined) continue;
    for (const { module, name, when } of summary.imports)
      if (when !== 'never' && !module.startsWith('.'))
        imports.set(`${module}:${name}`, { dotted: module, name });
    for (const { dotted } of importUses(summary)) uses.add(dotted);
  }
  return { imports: imports.values(), uses };
}

/** Whether an audit of `only` (undefined for all) is about the file. */
function isWanted(folder: Folder, only: readonly string[] | undefined, file: string): boolean {
  return (
    only === undefined ||
    only.some((path) => file === path || file.startsWith(`${path}/`) || path === folder.path)
  );
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.split('/'));
  let length = Math.min(...folders.map((parts) => parts.length - 1));
  while (
    length > 0 &&
    !folders.every((parts) => parts.slice(0, length).join('/') === folders[0]!.slice(0, length).join('/'))
  )
    length--;
  const only = paths.length === 1 && !/\.\w+$/.test(paths[0]!) ? paths[0] : undefined;
  return only ?? folders[0]!.slice(0, length).join('/');
}
