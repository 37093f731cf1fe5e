/**
 * The language server: what it can do, and which handler answers which message. Everything that knows the protocol's
 * order of events (initialise, configuration, folders, shutdown) is here; the work is in the files beside it.
 */
import {
  type Connection,
  DidChangeConfigurationNotification,
  DidChangeWatchedFilesNotification,
  type Disposable,
  DocumentDiagnosticRequest,
  type DocumentSelector,
  ErrorCodes,
  FileChangeType,
  type FileEvent,
  type InitializeParams,
  type InitializeResult,
  LogMessageNotification,
  LSPErrorCodes,
  MessageType,
  NotificationType0,
  PositionEncodingKind,
  ResponseError,
  ShowMessageNotification,
  TextDocumentContentChangeEvent,
  TextDocumentSyncKind,
  TextDocuments,
  type TextDocumentsConfiguration,
  WatchKind,
  type WorkspaceFoldersChangeEvent,
} from 'vscode-languageserver';
import { TextDocument } from 'vscode-languageserver-textdocument';
import { checkpoint } from '../../base/checkpoint.ts';
import type { Host } from '../../base/host.ts';
import type { Logger } from '../../base/log.ts';
import { noticeText } from '../../base/printable.ts';
import {
  type AuditParams,
  auditChangedMethod,
  auditMethod,
  endAuditMethod,
  environmentChangedMethod,
  environmentMethod,
  type InitializationOptions,
  type KnownParams,
  knownMethod,
  type ProveParams,
  plainFilePattern,
  planMethod,
  proveMethod,
  readinessMethod,
  type StatusParams,
  statusMethod,
} from '../../protocol.ts';
import type { Analyzer } from '../../service/analyzer.ts';
import type { ChangedLines } from '../../service/changedLines.ts';
import { type CheckedSettings, checkSettings } from '../../service/configuration.ts';
import { isNotebook } from '../../service/notebook.ts';
import { isInside, isPlainFile, isProjectFile, isPythonFile, pathOf, uriOf } from './addresses.ts';
import { type Audits, audits } from './audit.ts';
import { type ClientSupport, clientSupport } from './clientSupport.ts';
import { CODE_ACTION_KINDS, type CodeActions, codeActions } from './codeActions.ts';
import { converter } from './convert.ts';
import {
  CONFIGURATION_DIAGNOSTICS,
  type PullDiagnostics,
  PYTHON_DIAGNOSTICS,
  pullDiagnostics,
} from './diagnostics.ts';
import { editorSettings } from './editorSettings.ts';
import { environment, plan, readiness } from './environment.ts';
import { type FileStates, fileStates } from './fileStates.ts';
import { hover } from './hover.ts';
import { inlayHints } from './inlayHints.ts';
import { knownInBaseline } from './known.ts';
import { lanes } from './lanes.ts';
import { prove, type Running } from './prove.ts';
import { type PushDiagnostics, pushDiagnostics } from './push.ts';
import { type RulePages, ruleAddresses } from './rulePages.ts';
import { sessionLog } from './sessionLog.ts';
import { type ProgressReporter, type Status, status } from './status.ts';
import { type Folder, type FolderSettings, type Project, type Workspace, workspace } from './workspace.ts';

/** What the server is given by the process that it runs in. */
export interface ServerSurroundings {
  readonly host: Host;
  readonly version: string;
  /** What runs the server, in words: "Node 20.20.2 on linux x64". */
  readonly runtime: string;
  readonly ruleNames: readonly string[];
  readonly rulePages: RulePages;
  /** The lines that changed since a git revision; a sentence saying why that cannot be told. */
  changedSince?(path: string, revision: string): Promise<ChangedLines | string>;
  /** What `heddle/prove` needs; missing where nothing can be run. */
  readonly running?: Running;
  /** Loads the parser and hands back what makes an analyser; rejects in words for the user. */
  loadAnalyzers(logger: Logger, options: InitializationOptions): Promise<() => Analyzer>;
  /** Whether an exception means that this process can do no more work. */
  isFatal(error: unknown): boolean;
  /** Ends the process so that the editor starts another. */
  die(error: unknown): void;
}

/** Serves one editor until it goes. */
export function serve(connection: Connection, surroundings: ServerSurroundings): void {
  const { host } = surroundings;
  const logger = loggerOf(connection);
  const lane = lanes({
    host,
    logger,
    trace: (message) => connection.tracer.log(message),
    isFatal: surroundings.isFatal,
    die(error, method) {
      const message = `The Python parser crashed in ${method}; the server ends and must be started again.`;
      const said = connection.sendNotification(LogMessageNotification.type, {
        type: MessageType.Error,
        message,
      });
      void said.finally(() => surroundings.die(error));
    },
  });
  const documents = new TextDocuments(TOLERANT_DOCUMENTS);
  let session: Session | undefined;
  let begun = false;
  const here = (): Session => {
    if (session === undefined)
      throw new ResponseError(ErrorCodes.ServerNotInitialized, 'The server has not been initialised.');
    return session;
  };

  connection.onInitialize((params) => {
    if (session !== undefined)
      throw new ResponseError(ErrorCodes.InvalidRequest, 'The server has been initialised before.');
    session = open(connection, surroundings, logger, lane, documents, params);
    session.workspace.notebooks.listen(connection, {
      changed: lane.event('notebookDocument/didChange', (program) => here().edited(program)),
      closed: lane.event('notebookDocument/didClose', (program) => here().closed(program)),
    });
    return session.answer;
  });
  connection.onInitialized(
    lane.event('initialized', async () => {
      if (begun) return;
      begun = true;
      await session?.begin();
    }),
  );
  connection.onShutdown(async () => {
    session?.workspace.stop();
    await lane.settled();
  });

  documents.onDidChangeContent(
    lane.event('textDocument/didChange', ({ document }) => session?.edited(document)),
  );
  documents.onDidClose(lane.event('textDocument/didClose', ({ document }) => session?.closed(document)));
  documents.onDidSave(lane.event('textDocument/didSave', ({ document }) => session?.saved(document)));
  documents.listen(connection);

  connection.languages.diagnostics.on(
    lane.request('textDocument/diagnostic', 'retry', (params, task) => here().pull.document(params, task)),
  );
  connection.languages.diagnostics.onWorkspace((params, token, _progress, stream) => {
    const send = stream && ((part: Parameters<typeof stream.report>[0]) => stream.report(part));
    return lane.request('workspace/diagnostic', 'retry', (its: typeof params, task) =>
      here().pull.workspace(its, task, send),
    )(params, token) as never;
  });
  connection.onCodeAction(
    lane.request('textDocument/codeAction', 'discard', (params, task) => here().actions.list(params, task)),
  );
  connection.onCodeActionResolve(
    lane.request('codeAction/resolve', 'discard', (action, task) => here().actions.resolve(action, task)),
  );
  connection.onHover(
    lane.request('textDocument/hover', 'discard', (params, task) => {
      return hover(params, task, here().workspace);
    }),
  );
  connection.languages.inlayHint.on(
    lane.request('textDocument/inlayHint', 'discard', (params, task) => {
      return inlayHints(params, task, here().workspace);
    }),
  );
  connection.onRequest(
    environmentMethod,
    lane.request('heddle/environment', 'discard', (_params: null, task) => {
      return environment(task, here().workspace);
    }),
  );
  connection.onRequest(
    knownMethod,
    lane.request('heddle/known', 'discard', (params: KnownParams, task) => {
      return knownInBaseline(params, task, here().workspace, host);
    }),
  );
  connection.onRequest(
    planMethod,
    lane.request('heddle/plan', 'discard', (_params: null, task) => {
      return plan(task, here().workspace);
    }),
  );
  connection.onRequest(
    proveMethod,
    lane.request('heddle/prove', 'discard', (params: ProveParams, task) => {
      const { trusted, workspace } = here();
      return prove(params, task, workspace, host, trusted ? surroundings.running : undefined);
    }),
  );
  connection.onRequest(
    readinessMethod,
    lane.request('heddle/readiness', 'discard', (_params: null, task) => {
      return readiness(task, here().workspace);
    }),
  );
  connection.onRequest(
    auditMethod,
    lane.request('heddle/audit', 'discard', async (params: AuditParams | null, task) => {
      const { audits, status, workspace } = here();
      const reporter = connection.window.attachWorkDoneProgress(params?.workDoneToken);
      const wanted = await whereChanged(params ?? {}, workspace, surroundings);
      return audits.run(wanted, task, (work) =>
        status.during('auditing', reporter, 'Heddle: auditing', work),
      );
    }),
  );
  connection.onNotification(
    endAuditMethod,
    lane.event(endAuditMethod, () => here().audits.end()),
  );
  connection.onDidChangeConfiguration(
    lane.event('workspace/didChangeConfiguration', ({ settings }) => here().configurationChanged(settings)),
  );
  connection.onDidChangeWatchedFiles(
    lane.event('workspace/didChangeWatchedFiles', ({ changes }) =>
      here().filesChanged(changes.filter(mayMatter).map(({ uri }) => pathOf(uri))),
    ),
  );
}

function isAudited(path: string): boolean {
  return /\.pyw?$/.test(path) || isNotebook(path) || isProjectFile(path) || isPlainFile(path);
}

/** The same audit, of the changed files alone where only they are wanted. @throws ResponseError when nothing tells what has changed */
async function whereChanged(
  params: AuditParams,
  workspace: Workspace,
  { changedSince }: ServerSurroundings,
): Promise<AuditParams> {
  const { changedSince: revision, folders } = params;
  if (revision === undefined) return params;
  await workspace.started;
  const roots = folders?.map(pathOf) ?? workspace.folders.map(({ path }) => path);
  const files = new Set<string>();
  for (const root of roots) {
    const changed = (await changedSince?.(root, revision)) ?? 'Changes cannot be told here.';
    if (typeof changed === 'string') throw new ResponseError(LSPErrorCodes.RequestFailed, changed);
    for (const file of changed.keys()) if (isInside(file, root) && isAudited(file)) files.add(file);
  }
  return { ...params, folders: [...files].map((file) => workspace.uri(file)) };
}

/**
 * Documents as the library keeps them, whatever an editor sends: what is no text is none, and an edit far behind the end
 * is one at the end, where the library would make a table of all the lines between.
 */
const TOLERANT_DOCUMENTS: TextDocumentsConfiguration<TextDocument> = {
  create: (uri, languageId, version, content) =>
    TextDocument.create(String(uri), String(languageId), version, typeof content === 'string' ? content : ''),
  update(document, changes, version) {
    for (const change of changes) TextDocument.update(document, [within(change, document)], version);
    return document;
  },
};

function within(
  change: TextDocumentContentChangeEvent,
  document: TextDocument,
): TextDocumentContentChangeEvent {
  if (!TextDocumentContentChangeEvent.isIncremental(change)) return change;
  const { start, end } = change.range;
  if (start.line < document.lineCount && end.line < document.lineCount) return change;
  const [from, to] = [
    document.positionAt(document.offsetAt(start)),
    document.positionAt(document.offsetAt(end)),
  ];
  return { range: { start: from, end: to }, text: change.text };
}

const ENVIRONMENT_CHANGED = new NotificationType0(environmentChangedMethod);

/** What is known once the editor has said `initialize`. */
interface Session {
  readonly answer: InitializeResult;
  /** False in Restricted Mode. */
  readonly trusted: boolean;
  readonly workspace: Workspace;
  readonly states: FileStates;
  readonly pull: PullDiagnostics;
  readonly actions: CodeActions;
  readonly audits: Audits;
  readonly status: Status;
  begin(): Promise<void>;
  edited(document: TextDocument): void;
  closed(document: TextDocument): void;
  saved(document: TextDocument): Promise<void>;
  configurationChanged(pushed: unknown): Promise<void>;
  filesChanged(paths: readonly string[]): Promise<void>;
}

function open(
  connection: Connection,
  surroundings: ServerSurroundings,
  logger: Logger,
  lane: ReturnType<typeof lanes>,
  documents: TextDocuments<TextDocument>,
  params: InitializeParams,
): Session {
  const { host } = surroundings;
  const options: InitializationOptions = params.initializationOptions ?? {};
  const support = clientSupport(params.capabilities, options);
  const current = status(host, (said: StatusParams) => void connection.sendNotification(statusMethod, said));
  const configuration = configurationReader(
    connection,
    support,
    options,
    surroundings.ruleNames,
    async () => {
      await space.started;
      const before = space.changes.count;
      applySettings(configuration.known);
      if (space.changes.count !== before) await recheck();
    },
  );
  let indexing: Promise<void> = Promise.resolve();
  const space = workspace(documents, host, surroundings.ruleNames, (project) => {
    // One folder after the other: there is one thread.
    project.index(() => {
      indexing = indexing.then(() => index(project));
      return indexing;
    });
  });
  const pages = ruleAddresses(surroundings.rulePages, options.ruleLinkBase, uriOf);
  const convert = converter(support, (path) => space.uri(path), space.notebooks.numbered, pages);
  const states = fileStates(space, convert, current, support.refreshDiagnostics || !support.pullDiagnostics);
  const push: PushDiagnostics | undefined = support.pullDiagnostics
    ? undefined
    : pushDiagnostics(
        space,
        states,
        host,
        (diagnostics) => connection.sendDiagnostics(diagnostics),
        (work) => void lane.guard('textDocument/publishDiagnostics', work),
      );
  const providers = diagnosticProviders(connection, support, space);
  const refresh = merged(async () => {
    const { diagnostics, inlayHint } = connection.languages;
    await Promise.all([
      support.refreshInlayHints ? inlayHint.refresh() : undefined,
      support.refreshDiagnostics && push === undefined ? diagnostics.refresh() : undefined,
    ]);
  });
  const tellProblems = problemTeller(connection);
  const log = sessionLog(logger, host);

  /** Reads a folder for the first time, with progress. Never rejects: a question about a file will meet the same trouble. */
  async function index(project: Project): Promise<void> {
    if (project.folder === undefined) return;
    const name = project.folder.path.slice(project.folder.path.lastIndexOf('/') + 1);
    const reporter = lateReporter(
      support.workDoneProgress && options.showsStatus !== true
        ? connection.window.createWorkDoneProgress()
        : undefined,
    );
    const wanted = checkpoint(() => project.alive && project.indexing && space.running, host);
    const { folder, analyzer } = project;
    const since = host.now();
    let incomplete = false;
    await lane.guard(`indexing ${name}`, () =>
      current.during('indexing', reporter, `Heddle: reading ${name}`, async (progress) => {
        const report = await analyzer.audit(undefined, wanted, progress);
        log.read(folder, report, since);
        const { answeredFirst } = project;
        incomplete = report.files.some(
          ({ file, resultId }) => (answeredFirst.get(file) ?? resultId) !== resultId,
        );
        log.interpreter(
          folder,
          (await analyzer.reportEnvironment(folder.path, undefined, wanted)).interpreter,
        );
      }),
    );
    if (incomplete) void askAgain();
  }

  const askAgain = async (): Promise<void> => {
    push?.recheck();
    await refresh();
  };

  /** After a change that the editor cannot know to matter. */
  const recheck = async (): Promise<void> => {
    void connection.sendNotification(ENVIRONMENT_CHANGED);
    await askAgain();
  };

  const applySettings = (settings: FolderSettings): void => {
    space.setSettings(settings);
    providers.arrange();
    log.settings(space.folders, settings);
    tellProblems(configuration.problems());
  };

  const foldersChanged = async ({ added, removed }: WorkspaceFoldersChangeEvent): Promise<void> => {
    await space.started;
    const gone = removed.map(({ uri }) => folderOf(uri).path);
    const kept = space.folders.filter(({ path }) => !gone.includes(path));
    const folders = [...kept, ...added.map(({ uri }) => folderOf(uri))];
    space.setFolders(folders, configuration.known);
    current.forget((uri) => gone.some((folder) => isInside(pathOf(uri), folder)));
    applySettings(await configuration.read(folders));
    await recheck();
  };

  const filesChanged = async (paths: readonly string[]): Promise<void> => {
    if (paths.length === 0) return;
    await space.started;
    space.diskChanged(paths);
    // What is open hides what is on disk, so a save of it changes nothing that the editor shows.
    if (paths.some((path) => isProjectFile(path) || space.document(path) === undefined)) await recheck();
  };

  return {
    answer: answer(support, surroundings.version),
    trusted: options.workspaceTrusted !== false,
    workspace: space,
    states,
    audits: audits(
      space,
      states,
      convert,
      current,
      host,
      log,
      (change) => void connection.sendNotification(auditChangedMethod, change),
      (work) => void lane.guard(auditChangedMethod, work),
    ),
    status: current,
    pull: pullDiagnostics(space, states),
    actions: codeActions(space, convert, support),
    async begin() {
      registerWatchers(connection, support);
      if (support.workspaceFolders)
        connection.workspace.onDidChangeWorkspaceFolders(
          lane.event('workspace/didChangeWorkspaceFolders', foldersChanged),
        );
      log.started(surroundings.version, surroundings.runtime, surroundings.ruleNames.length);
      try {
        const folders = foldersOf(params);
        const [createAnalyzer, settings] = await Promise.all([
          surroundings.loadAnalyzers(logger, options),
          configuration.read(folders),
        ]);
        space.setFolders(folders, settings);
        space.start(createAnalyzer, settings);
        current.ready();
        applySettings(settings);
        push?.recheck();
      } catch (error) {
        const message = `The analyser cannot be loaded: ${error instanceof Error ? error.message : String(error)}`;
        logger.error(message);
        current.failed(message);
        space.cannotStart(new Error(message));
      }
    },
    edited(document) {
      space.documentChanged(document);
      push?.edited(pathOf(document.uri));
    },
    closed(document) {
      space.documentClosed(document);
      push?.closed(pathOf(document.uri));
    },
    async configurationChanged(pushed) {
      await space.started;
      configuration.pushed(pushed);
      const before = space.changes.count;
      applySettings(await configuration.read(space.folders));
      if (space.changes.count !== before) await recheck();
    },
    // An editor that watches files tells of the saved one anyway.
    saved: async ({ uri }) => (support.registerWatchers ? undefined : filesChanged([pathOf(uri)])),
    filesChanged,
  };
}

function answer(support: ClientSupport, version: string): InitializeResult {
  return {
    serverInfo: { name: 'Heddle', version },
    capabilities: {
      positionEncoding: PositionEncodingKind.UTF16,
      textDocumentSync: { openClose: true, change: TextDocumentSyncKind.Incremental, save: true },
      ...(support.notebooks && support.pullDiagnostics
        ? { notebookDocumentSync: { notebookSelector: [{ notebook: '*', cells: [{ language: 'python' }] }] } }
        : {}),
      hoverProvider: true,
      inlayHintProvider: true,
      codeActionProvider: { codeActionKinds: [...CODE_ACTION_KINDS], resolveProvider: support.resolveEdits },
      workspace: { workspaceFolders: { supported: true, changeNotifications: true } },
      ...(support.pullDiagnostics && !support.registerDiagnostics
        ? { diagnosticProvider: { ...DIAGNOSTIC_OPTIONS, workspaceDiagnostics: true } }
        : {}),
    },
  };
}

/** An edit in one file changes the threads and locks that another file sees. */
const DIAGNOSTIC_OPTIONS = { interFileDependencies: true } as const;

function foldersOf({ workspaceFolders, rootUri }: InitializeParams): readonly Folder[] {
  const uris = workspaceFolders?.map((folder) => folder?.uri) ?? (rootUri ? [rootUri] : []);
  return uris.filter((uri) => typeof uri === 'string').map(folderOf);
}

function folderOf(uri: string): Folder {
  return { uri, path: pathOf(uri).replace(/(.)\/$/, '$1') };
}

/** Sources, settings, dependency files, and what tells that something was installed. */
const WATCHED = [
  '**/*.{py,pyi,pyw,ipynb}',
  '**/pyproject.toml',
  plainFilePattern,
  // The folder too: what is written into a new folder at once may not be told of.
  '**/{.venv,venv,pyvenv.cfg,.python-version}',
  '**/site-packages/*.{dist-info,egg-info,pth}',
];

/** A folder that is deleted is told of alone, without what it held. */
const WATCHED_DELETIONS = '**/*';

/** Leaves out deletions that are told of only because anything might have been a folder. */
function mayMatter({ type, uri }: FileEvent): boolean {
  if (type !== FileChangeType.Deleted) return true;
  const path = pathOf(uri);
  if (/\/(?:\.git|node_modules|__pycache__)(?:\/|$)/.test(path)) return false;
  const isFolder = !/[^/]\.[^/]*$/.test(path);
  return isFolder || isOurs(path);
}

/** The kinds of files that WATCHED names. */
function isOurs(path: string): boolean {
  return (
    isPythonFile(path) ||
    isNotebook(path) ||
    isProjectFile(path) ||
    isPlainFile(path) ||
    /\/pyvenv\.cfg$|\.(?:dist-info|egg-info|pth)$/.test(path)
  );
}

function registerWatchers(connection: Connection, support: ClientSupport): void {
  const register = (registration: Promise<Disposable>): void => void registration.catch(() => {});
  if (support.registerWatchers) {
    const watchers = [
      ...WATCHED.map((globPattern) => ({ globPattern })),
      { globPattern: WATCHED_DELETIONS, kind: WatchKind.Delete },
    ];
    register(connection.client.register(DidChangeWatchedFilesNotification.type, { watchers }));
  }
  if (support.registerConfiguration)
    register(connection.client.register(DidChangeConfigurationNotification.type, { section: 'heddle' }));
}

/**
 * With editors that allow it, diagnostics are registered as two providers: Python, for the workspace only while a
 * folder is to be shown whole (an editor then forgets a closed file by itself otherwise), and pyproject.toml, always
 * for the workspace, so that wrong settings show without opening the file.
 */
function diagnosticProviders(
  connection: Connection,
  support: ClientSupport,
  space: Workspace,
): { arrange(): void } {
  let whole: boolean | undefined;
  let python: Disposable | undefined;
  let turn: Promise<void> = Promise.resolve();
  const register = (identifier: string, workspaceDiagnostics: boolean): Promise<Disposable> =>
    connection.client.register(DocumentDiagnosticRequest.type, {
      ...DIAGNOSTIC_OPTIONS,
      identifier,
      workspaceDiagnostics,
      documentSelector: identifier === PYTHON_DIAGNOSTICS ? PYTHON_DOCUMENTS : PROJECT_DOCUMENTS,
    });
  return {
    arrange() {
      if (!support.registerDiagnostics) return;
      const wanted = space.projects().some((project) => project.wholeFolder);
      if (wanted === whole) return;
      const first = whole === undefined;
      whole = wanted;
      turn = turn
        .then(async () => {
          python?.dispose();
          python = await register(PYTHON_DIAGNOSTICS, wanted);
          if (first) await register(CONFIGURATION_DIAGNOSTICS, true);
        })
        .catch(() => {});
    },
  };
}

/** Python of any scheme: files, untitled documents, cells of notebooks, what other extensions show. */
const PYTHON_DOCUMENTS: DocumentSelector = [
  { language: 'python' },
  { scheme: 'file', pattern: plainFilePattern },
];
const PROJECT_DOCUMENTS: DocumentSelector = [{ scheme: 'file', pattern: '**/pyproject.toml' }];

/** How long an editor may take to tell its settings, in ms; work begins without them then. */
const PATIENCE_MS = 5000;

interface ConfigurationReader {
  /** Asks the editor for the settings of these folders; keeps what was known when it does not answer. */
  read(folders: readonly Folder[]): Promise<FolderSettings>;
  /** Settings as last read. */
  readonly known: FolderSettings;
  /** What an editor sent by itself; counts only for one that cannot be asked. */
  pushed(settings: unknown): void;
  /** What is wrong among the settings as last read, each message once. */
  problems(): readonly string[];
}

function configurationReader(
  connection: Connection,
  support: ClientSupport,
  { workspaceTrusted }: InitializationOptions,
  ruleNames: readonly string[],
  late: () => Promise<void>,
): ConfigurationReader {
  let values = new Map<string, CheckedSettings>();
  let common: CheckedSettings = { settings: {}, problems: [] };
  let latest = 0;
  const checked = (section: unknown): CheckedSettings =>
    checkSettings(editorSettings(section, workspaceTrusted !== false), ruleNames);
  const known: FolderSettings = (folder) => (values.get(folder?.path ?? '') ?? common).settings;
  return {
    known,
    async read(folders) {
      if (!support.configuration) return known;
      latest += 1;
      const mine = latest;
      const items = [undefined, ...folders].map((folder) => ({
        section: 'heddle',
        ...(folder === undefined ? {} : { scopeUri: folder.uri }),
      }));
      let patience = true;
      const asked = connection.workspace.getConfiguration(items).then(
        async (answers: unknown) => {
          if (mine !== latest || !Array.isArray(answers)) return;
          common = checked(answers[0]);
          values = new Map(folders.map(({ path }, at) => [path, checked(answers[at + 1])]));
          if (!patience) await late().catch(() => {});
        },
        (error: unknown) => connection.console.warn(`The editor did not tell its settings: ${String(error)}`),
      );
      let timer: ReturnType<typeof setTimeout> | undefined;
      const enough = new Promise<void>((resolve) => {
        timer = setTimeout(() => {
          patience = false;
          connection.console.warn('The editor has not told its settings; the defaults count until it does.');
          resolve();
        }, PATIENCE_MS);
      });
      await Promise.race([asked, enough]);
      clearTimeout(timer);
      return known;
    },
    pushed(settings) {
      if (support.configuration || typeof settings !== 'object' || settings === null) return;
      common = checked('heddle' in settings ? settings.heddle : undefined);
    },
    problems() {
      const all = [common, ...values.values()].flatMap(({ problems }) => problems);
      return [...new Set(all.map(({ message }) => message))];
    },
  };
}

/** Shows the messages unless they are the ones shown last. */
function problemTeller(connection: Connection): (messages: readonly string[]) => void {
  let shown = '';
  return (messages) => {
    const text = messages.join(' ');
    if (text === shown) return;
    shown = text;
    if (text === '') return;
    void connection.sendNotification(ShowMessageNotification.type, {
      type: MessageType.Warning,
      message: noticeText(`Heddle settings: ${text}`),
    });
  };
}

/** Runs never overlap, and calls during a run ask for one more, not for many. */
function merged(run: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | undefined;
  let again: Promise<void> | undefined;
  const start = (): Promise<void> => {
    running = run().finally(() => {
      running = undefined;
    });
    return running;
  };
  return () => {
    if (running === undefined) return start();
    again ??= running
      .catch(() => {})
      .then(() => {
        again = undefined;
        return start();
      });
    return again;
  };
}

/** A reporter that the editor still has to agree to; work does not wait for it. */
function lateReporter(arriving: Promise<ProgressReporter> | undefined): ProgressReporter {
  let reporter: ProgressReporter | undefined;
  let title: string | undefined;
  arriving?.then(
    (arrived) => {
      if (title === undefined) return;
      reporter = arrived;
      reporter.begin(title, 0);
    },
    () => {},
  );
  return {
    begin(its) {
      title = its;
    },
    report: (percentage, message) => reporter?.report(percentage, message),
    done() {
      title = undefined;
      reporter?.done();
    },
  };
}

function loggerOf({ console }: Connection): Logger {
  return {
    debug: (message) => console.debug(message),
    info: (message) => console.info(message),
    warn: (message) => console.warn(message),
    error: (message) => console.error(message),
  };
}
