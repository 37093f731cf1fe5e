/**
 * Heddle's own messages between an editor and its language server, beyond what the Language Server Protocol defines.
 * This is all that `client/` may import from the server, so it holds names and shapes only.
 */
import type { Diagnostic, Range } from 'vscode-languageserver-types';

/**
 * Request, editor → server: analyse every Python file of the workspace. Answers an `AuditResult`; reports its progress
 * under `workDoneToken`; when the request is cancelled it stops soon and answers what it has by then with `cancelled`
 * set, or fails as cancelled when it has nothing that holds.
 */
export const auditMethod = 'heddle/audit';

/**
 * Notification, server → editor, with an `AuditChange`: what became of the findings of the last audit that was to be followed,
 * because something was edited, saved, thrown away, or changed on disk. Sent until `heddle/endAudit` or the next audit.
 */
export const auditChangedMethod = 'heddle/auditChanged';

/** Notification, editor → server, without parameters: nobody looks at the findings of the audit any more. */
export const endAuditMethod = 'heddle/endAudit';

/**
 * Request, editor → server, with `KnownParams`: which findings a baseline of the command line holds. Answers a `KnownResult`; fails, in
 * words for the user, when the file is no baseline.
 */
export const knownMethod = 'heddle/known';

/** Request, editor → server, without parameters: the interpreters and what imports do to the GIL. Answers an `EnvironmentResult`. */
export const environmentMethod = 'heddle/environment';

/** Request, editor → server, without parameters: what to do about each folder's dependencies. Answers a `PlanResult`. */
export const planMethod = 'heddle/plan';

/**
 * Request, editor → server, with `ProveParams`: show the finding on a line by running code of the workspace, which the editor has asked
 * the user about. Answers a `ProveResult`; fails, in words for the user, in Restricted Mode and where there is nothing to run.
 */
export const proveMethod = 'heddle/prove';

/** Request, editor → server, without parameters: the readiness of each folder's dependencies. Answers a `ReadinessResult`. */
export const readinessMethod = 'heddle/readiness';

/**
 * Notification, server → editor, without parameters: `heddle/environment` may answer something else now. Sent after changes
 * that the editor cannot judge: of settings, folders, and files on disk.
 */
export const environmentChangedMethod = 'heddle/environmentChanged';

/** Notification, server → editor, with `StatusParams`: sent on every change of what it says. */
export const statusMethod = 'heddle/status';

/**
 * Requests, server → editor, with `WorkspaceFileParams`: a file or folder of the workspace that the server cannot read by
 * itself. They answer a `WorkspaceFileStat`, a `WorkspaceFile` and `WorkspaceEntry[]`, or a failure with its reason; `null`
 * for what does not exist or lies outside the workspace folders.
 */
export const statFileMethod = 'heddle/statFile';
export const readFileMethod = 'heddle/readFile';
export const readDirectoryMethod = 'heddle/readDirectory';

/** The kind of what the light bulb offers below the fixes; a kind that an editor does not know stands in a group of its own. */
export const MORE_ACTIONS = 'heddle';

/**
 * The files besides Python and pyproject.toml that may have findings, as a glob: dependency files, lock
 * files, extension sources. No braces in braces: VS Code does not understand those.
 */
export const plainFilePattern =
  '**/{*requirements*.txt,*requirements*.in,*constraints*.txt,requirements/*.txt,requirements/*.in,uv.lock,poetry.lock,pdm.lock,pylock*.toml,Pipfile,Pipfile.lock,environment*.yml,environment*.yaml,*.c,*.cc,*.cpp,*.cxx,*.pyx,*.rs,*.h,*.hpp,*.cmake,CMakeLists.txt,setup.cfg}';

/** What the VS Code client sends as `initializationOptions`; an editor that sends nothing means a trusted workspace. */
export interface InitializationOptions {
  /** True in an editor that answers `heddle/statFile`, `heddle/readFile` and `heddle/readDirectory`. */
  readonly readsFiles?: boolean;
  /** False in Restricted Mode: nothing outside the workspace may be read on the word of a file inside it. */
  readonly workspaceTrusted?: boolean;
  /**
   * Where the rules' pages are: `<rule>.md` is appended to it. Missing: the packaged pages themselves. A rule without a
   * packaged page gets no link either way.
   */
  readonly ruleLinkBase?: string;
  /** True in an editor that shows `heddle/status` itself, so that the reading of folders needs no other progress display. */
  readonly showsStatus?: boolean;
  /** True in an editor that has the command `heddle.proveRace`, with a URI and a line from 0, which asks and sends `heddle/prove`. */
  readonly provesRaces?: boolean;
  /** True in an editor that has the command `heddle.guarded`, with a number of places and of files, which tells of them and offers to undo. */
  readonly tellsGuarded?: boolean;
  /** Absolute path of a folder in which the server may remember texts that crashed its parser, to refuse them after a restart. */
  readonly storageFolder?: string;
}

export interface AuditParams {
  /** The URIs of the folders or files to audit; all workspace folders when it is missing. */
  readonly folders?: readonly string[];
  /** Whether the editor wants to hear, by `heddle/auditChanged`, of what changes afterwards. */
  readonly follow?: boolean;
  /** Of these, only files that changed since this git revision, uncommitted and new ones included. Needs git. */
  readonly changedSince?: string;
  readonly workDoneToken?: string | number;
}

export interface KnownParams {
  /** The URI of the baseline. */
  readonly baseline: string;
  readonly findings: readonly KnownFinding[];
}

export interface KnownFinding {
  /** The document that shows it. */
  readonly uri: string;
  readonly rule: string;
  /** As in the `data` of its diagnostic. */
  readonly lasting: string;
}

export interface KnownResult {
  /** Which of the findings asked about are in the baseline, as numbers from 0. */
  readonly known: readonly number[];
}

export interface AuditResult {
  /** The files with findings or that could not be analysed, each once, in the order of their paths. */
  readonly files: readonly AuditedFile[];
  readonly counts: AuditCounts;
  /** How many files were analysed, those without findings included. */
  readonly analysed: number;
  readonly notAnalysed: readonly FileNotAnalysed[];
  readonly cancelled: boolean;
}

export interface AuditChange {
  /** The files whose diagnostics are others now; without any for a file that has none left or is gone. */
  readonly files: readonly AuditedFile[];
  readonly analysed: number;
  readonly notAnalysed: readonly FileNotAnalysed[];
}

export interface AuditedFile {
  readonly uri: string;
  /** The same diagnostics, down to `data`, that a pull for this file would give. */
  readonly diagnostics: readonly Diagnostic[];
}

export interface AuditCounts {
  readonly bySeverity: SeverityCounts;
  /** By rule id; rules without findings are missing. */
  readonly byRule: Readonly<Record<string, number>>;
}

/** How many findings there are of each severity; a `note` is LSP's Information. */
export interface SeverityCounts {
  readonly error: number;
  readonly warning: number;
  readonly note: number;
  readonly hint: number;
}

export interface FileNotAnalysed {
  readonly uri: string;
  /** One sentence a user understands: "The file is larger than 10 MB." */
  readonly reason: string;
  /** The rest of the file was analysed. */
  readonly partly?: true;
}

export interface StatusParams {
  /** `indexing`: reading the workspace; `auditing`: an audit runs; `error`: the server lives but cannot do its work, see `message`. */
  readonly state: 'starting' | 'indexing' | 'ready' | 'auditing' | 'error';
  /** Files done and files in all, while indexing or auditing. */
  readonly indexed?: number;
  readonly total?: number;
  readonly message?: string;
  /** Every file known not to be analysable at this moment; missing means none. */
  readonly notAnalysed?: readonly FileNotAnalysed[];
}

export interface EnvironmentResult {
  /** One per workspace folder, in their order. */
  readonly folders: readonly FolderEnvironment[];
}

export interface ReadinessResult {
  /** One per workspace folder, in their order. */
  readonly folders: readonly FolderReadiness[];
}

export interface PlanResult {
  /** One per workspace folder, in their order. */
  readonly folders: readonly FolderPlan[];
}

export interface ProveParams {
  readonly uri: string;
  /** Of the finding, from 0. */
  readonly line: number;
}

export interface ProveResult {
  readonly verdict: 'breaks' | 'question' | 'holds' | 'inconclusive';
  /** What came out, one to three sentences. */
  readonly says: string;
  /** The test file that was written or run. */
  readonly test: string;
}

export interface FolderPlan {
  readonly uri: string;
  /** A page with the plan and, for a library, what its author has to do. */
  readonly markdown: string;
  /** What the plan would change in the folder's dependency files. */
  readonly edits: readonly PlannedFile[];
}

export interface PlannedFile {
  readonly uri: string;
  readonly edits: readonly PlannedEdit[];
}

export interface PlannedEdit {
  readonly range: Range;
  readonly newText: string;
}

export interface FolderReadiness {
  readonly uri: string;
  /** A page with a heading and one row per dependency. */
  readonly markdown: string;
}

export interface FolderEnvironment {
  readonly uri: string;
  /** Missing when no interpreter was found. */
  readonly interpreter?: InterpreterSummary;
  /** Imports of the folder's code that bring the GIL back, or may. */
  readonly imports: readonly GilImport[];
  /** The installed modules that the folder's code imports, in the order of their names. */
  readonly modules: readonly ImportedModule[];
}

export interface InterpreterSummary {
  /** Path of the executable; missing when no file tells. */
  readonly executable?: string;
  readonly prefix: string;
  readonly version?: string;
  readonly freeThreaded: 'yes' | 'no' | 'unknown';
}

export interface GilImport {
  readonly uri: string;
  readonly range: Range;
  readonly message: string;
}

export interface ImportedModule {
  readonly module: string;
  /** What reading the files says of the import: the GIL stays off, comes back, it fails, or nobody can tell. */
  readonly verdict: 'off' | 'on' | 'not-importable' | 'unknown';
  /** The extension module that brings it back first; missing where none does or it is not known. */
  readonly offender?: string;
}

export interface WorkspaceFileParams {
  readonly uri: string;
  /** In bytes; a larger file is not wanted. Only for `heddle/readFile`. */
  readonly limit?: number;
}

export type FileKind = 'file' | 'directory' | 'other';

export interface WorkspaceFileStat {
  /** In bytes. */
  readonly size: number;
  /** Time of the last change, in ms since 1970. */
  readonly modified: number;
  readonly kind: FileKind;
}

export interface WorkspaceFile {
  /** In Base64 where messages are text. */
  readonly bytes: Uint8Array | string;
}

export interface WorkspaceEntry {
  readonly name: string;
  readonly kind: FileKind;
  /** A symbolic link to what `kind` says. */
  readonly link: boolean;
}

export interface WorkspaceFileFailure {
  readonly failure: 'missing' | 'denied' | 'tooLarge' | 'other';
  /** One clause a user understands. */
  readonly reason: string;
}

/** The first message to the server of a browser, before the protocol begins. */
export interface BrowserStart {
  /** The bytes of web-tree-sitter.wasm and tree-sitter-python.wasm. */
  readonly runtime: Uint8Array;
  readonly python: Uint8Array;
  /** Where the rules' pages are, and which there are. */
  readonly rules: readonly string[];
  /** Hashes of the texts on which a server before this one crashed. */
  readonly crashedTexts: readonly string[];
}

/** The last message of the server of a browser whose parser crashed; what is not of this shape belongs to the protocol. */
export interface BrowserEnd {
  readonly crashedOn: string | null;
}
