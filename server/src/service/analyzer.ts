/**
 * The facade that every surface talks to: which files there are, what is open, what was found. It holds the state
 * (open texts, summaries by content hash, the linked program) and hands out located findings as plain data.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import type { Logger } from '../base/log.ts';
import type { Settings } from '../base/settings.ts';
import type { PythonParser } from '../cst/runtime.ts';
import type { AuthorChecklist } from '../env/authorChecklist.ts';
import type { ConfigurationProblem } from './configuration.ts';
import type { EnvironmentReport, ReadinessPlace } from './environmentReport.ts';
import type { Extraction } from './extraction.ts';
import type { Facts } from './factsSources.ts';
import type { FreeThreadingPlan } from './freeThreadingPlan.ts';
import type { LocatedFinding, NotAnalysed, TextEdit } from './locatedFinding.ts';
import type { Proof } from './proof.ts';
import type { SharedState, SharedStates } from './sharedState.ts';

/** What is known about one file at one moment. */
export interface FileReport {
  readonly file: string;
  readonly findings: readonly LocatedFinding[];
  /** What an audit shows besides: nothing to mark while somebody edits. */
  readonly auditOnly: readonly LocatedFinding[];
  /** Set when the file could not be analysed; `findings` is empty then. */
  readonly notAnalysed: NotAnalysed | undefined;
  /** What the text has that is not understood; an audit says of files that are hardly Python that they were not analysed. */
  readonly gaps: NotAnalysed | undefined;
  /** Hash of everything a client would see; equal when nothing changed. */
  readonly resultId: string;
}

export interface AuditReport {
  /** Files with findings or trouble, and clean ones, in path order. */
  readonly files: readonly FileReport[];
  readonly analysed: number;
  /** Those of which only a part was not analysed count as analysed. */
  readonly notAnalysed: readonly NotAnalysed[];
  readonly configurationProblems: readonly ConfigurationProblem[];
  /** Physical lines of the files analysed. */
  readonly lines: number;
}

export interface Progress {
  /** Called between files; `total` is 0 while it is not known. */
  report(done: number, total: number, file: string): void;
}

/** Edits of one file, which need not be the file of the finding. */
export interface FileEdits {
  readonly file: string;
  /** The text that the edits are for. */
  readonly before: string;
  readonly edits: readonly TextEdit[];
}

export interface OfferedFix {
  readonly title: string;
  /** The files that it changes. */
  readonly files: readonly string[];
  readonly safety: 'safe' | 'unsafe';
  /** It reaches beyond the place of the finding: every access of a variable goes under its lock. */
  readonly spreads: boolean;
  /** Position of the fix in the finding's list: what to hand to `fixEdits`. */
  readonly index: number;
}

/** A fix that the rule wants and that would do harm or no good here. */
export interface RefusedFix {
  readonly title: string;
  /** One clause with the place that says so: "`db` already holds `self.lock`, line 822". */
  readonly reason: string;
}

export interface FixOffers {
  readonly offered: readonly OfferedFix[];
  readonly refused: readonly RefusedFix[];
}

export interface Analyzer {
  /** Replaces the set of workspace folders (absolute paths). Their `pyproject.toml` are read on the next question. */
  setFolders(folders: readonly string[]): void;
  /** Settings of the editor or the command line; `[tool.heddle]` of a folder lies under them. */
  setSettings(settings: Partial<Settings>): void;
  /** An open document overlays the file of that path. */
  openDocument(file: string, text: string): void;
  changeDocument(file: string, text: string): void;
  closeDocument(file: string): void;
  /** Files or folders changed, appeared or vanished on disk. */
  diskChanged(paths: readonly string[]): void;

  /** The findings of one file, in the context of its workspace folder (indexed first if it is not yet). @throws Cancelled */
  reportFile(file: string, checkpoint: Checkpoint): Promise<FileReport>;
  /**
   * The findings of an open file as far as the files that it imports tell, while the rest of a large folder has not been read
   * yet; undefined where `reportFile` answers as soon. @throws Cancelled
   */
  reportFirst(file: string, checkpoint: Checkpoint): Promise<FileReport | undefined>;
  /** Every Python file under the folders (or under `paths`). @throws Cancelled */
  audit(
    paths: readonly string[] | undefined,
    checkpoint: Checkpoint,
    progress: Progress,
  ): Promise<AuditReport>;

  /**
   * The environment of a workspace folder; of the innermost one around the path. `minor` asks about another free-threaded
   * Python than the environment's. @throws Cancelled
   */
  reportEnvironment(
    path: string,
    minor: number | undefined,
    checkpoint: Checkpoint,
  ): Promise<EnvironmentReport>;

  /** What to do about the dependencies that are not ready, and which of them the code needs. @throws Cancelled */
  planFreeThreading(
    path: string,
    minor: number | undefined,
    checkpoint: Checkpoint,
  ): Promise<FreeThreadingPlan>;

  /** What the author of the library in a folder still has to do; undefined when it builds no distribution. @throws Cancelled */
  authorChecklist(path: string, checkpoint: Checkpoint): Promise<AuthorChecklist | undefined>;

  /** What is known of the package that an import or a requirement at `offset` brings in. @throws Cancelled */
  readinessAt(file: string, offset: number, checkpoint: Checkpoint): Promise<ReadinessPlace | undefined>;

  /** The state of the program at `offset` that threads share, with its lock; undefined where there is none. @throws Cancelled */
  sharedStateAt(file: string, offset: number, checkpoint: Checkpoint): Promise<SharedState | undefined>;
  /** The same of a whole file, with the functions that threads run. */
  sharedStatesIn(file: string, checkpoint: Checkpoint): Promise<SharedStates>;

  /** The fixes that a finding has edits for; whether they help is tried when one is chosen. @throws Cancelled */
  listFixes(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<FixOffers>;
  /** The fixes that really apply to a finding right now: each has been tried on the text. @throws Cancelled */
  offerFixes(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<FixOffers>;
  /** The edits of one of them; undefined when the finding is gone or the edit would make things worse. @throws Cancelled */
  fixEdits(
    file: string,
    fingerprint: string,
    index: number,
    checkpoint: Checkpoint,
  ): Promise<readonly FileEdits[] | undefined>;
  /** All that is needed to show a finding by running it; undefined where it is gone or no matter of order. @throws Cancelled */
  proofOf(file: string, fingerprint: string, checkpoint: Checkpoint): Promise<Proof | undefined>;
  /** The edit that inserts a suppression for a finding; undefined also where the format has no comments. */
  suppressEdits(
    file: string,
    fingerprint: string,
    form: 'line' | 'nextLine' | 'file',
    checkpoint: Checkpoint,
  ): Promise<readonly TextEdit[] | undefined>;
  /** Grows whenever an answer given before may have changed. */
  readonly revision: number;
  dispose(): void;
}

export interface AnalyzerInput {
  readonly host: Host;
  readonly parser: PythonParser;
  /** How files that are not open are understood; here when it is missing. Disposed of with the analyser. */
  readonly extraction?: Extraction | undefined;
  /** The sources of the one folder, when they were read elsewhere. */
  readonly facts?: Facts | undefined;
  readonly logger: Logger;
  /** It is asked for a report and thrown away: nothing is noted for edits and trials to come, which then link all anew. */
  readonly once?: boolean | undefined;
  /** The Python environment active where Heddle was started; counts where a folder has none of its own. */
  readonly activeEnvironment?: string | undefined;
}
