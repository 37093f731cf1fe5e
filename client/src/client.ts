/**
 * The language server's life: builds a client for it, restarts it one restart at a time, brings it back when it dies,
 * and tells the rest of the extension in which state it is.
 */
import {
  type Disposable,
  type Event,
  EventEmitter,
  type ExtensionContext,
  type LogOutputChannel,
  type Uri,
  workspace,
} from 'vscode';
import {
  type BaseLanguageClient,
  CloseAction,
  DidChangeConfigurationNotification,
  ErrorAction,
  type LanguageClientOptions,
  State,
} from 'vscode-languageclient';
import {
  type AuditChange,
  auditChangedMethod,
  environmentChangedMethod,
  plainFilePattern,
  type StatusParams,
  statusMethod,
} from '../../server/src/protocol.ts';
import type { Findings } from './findings.ts';
import { complain } from './notices.ts';
import type { Platform } from './platform.ts';
import type { ChosenInterpreters } from './pythonExtension.ts';
import { withReason } from './reasonEdits.ts';
import { initializationOptions } from './settings.ts';
import { answerForFiles } from './workspaceFiles.ts';

export interface HeddleClient extends Disposable {
  start(): Promise<void>;
  /** Stops the server and starts a fresh one; calls while a restart runs wait for their turn. */
  restart(): Promise<void>;
  /** The running client, once a start that is under way is over. Rejects, in words for the user, when the server does not run. */
  running(): Promise<BaseLanguageClient>;
  readonly state: ServerState;
  readonly onDidChangeState: Event<ServerState>;
  /** What the server knows of the folders' Python may be something else now. */
  readonly onDidChangeEnvironment: Event<void>;
  /** The findings of the last audit are others now. */
  readonly onDidChangeAudit: Event<AuditChange>;
  /** A server runs that knows of nothing that was asked before. */
  readonly onDidStart: Event<void>;
}

/** What the server last said of itself, or that it does not run. */
export type ServerState = StatusParams | { readonly state: 'stopped'; readonly message: string };

/** A server that dies more often than this within `crashWindow` stays down until the user restarts it. */
const crashLimit = 4;
const crashWindow = 3 * 60_000;

export function createClient(
  context: ExtensionContext,
  output: LogOutputChannel,
  findings: Findings,
  chosen: ChosenInterpreters,
  platform: Platform,
): HeddleClient {
  let client: BaseLanguageClient | undefined;
  let crashes: readonly number[] = [];
  let state: ServerState = { state: 'starting' };
  let turn: Promise<void> = Promise.resolve();
  const change = new EventEmitter<ServerState>();
  const environmentChange = new EventEmitter<void>();
  const auditChange = new EventEmitter<AuditChange>();
  const started = new EventEmitter<void>();
  const become = (next: ServerState): void => {
    state = next;
    change.fire(next);
  };

  const build = (): BaseLanguageClient => {
    const options: LanguageClientOptions = {
      documentSelector: [
        { language: 'python' },
        ...schemesOfFolders().flatMap((scheme) => [
          { scheme, pattern: '**/pyproject.toml' },
          { scheme, pattern: plainFilePattern },
        ]),
      ],
      middleware: {
        workspace: { configuration: chosen.configuration },
        didOpen: async (document, next) => {
          if (!isOlderVersion(document.uri)) await next(document);
        },
        resolveCodeAction: async (action, token, next) => {
          const resolved = await next(action, token);
          if (resolved?.edit !== undefined) resolved.edit = withReason(resolved.edit);
          return resolved;
        },
      },
      diagnosticCollectionName: 'heddle',
      diagnosticCollectionProvider: findings.collections,
      outputChannel: output,
      initializationOptions: initializationOptions(context, platform.imports !== undefined),
      initializationFailedHandler: (error) => {
        output.error(error instanceof Error ? error : String(error));
        return false;
      },
      errorHandler: {
        error: () => ({ action: ErrorAction.Continue, handled: true }),
        closed: () => {
          onCrash();
          return { action: CloseAction.DoNotRestart, handled: true, message: 'The server process ended.' };
        },
      },
    };
    const built = platform.createClient(context, options);
    quiet(built);
    answerForFiles(built, platform);
    built.onNotification(statusMethod, (status: StatusParams) => become(status));
    built.onNotification(auditChangedMethod, (its: AuditChange) => auditChange.fire(its));
    built.onNotification(environmentChangedMethod, () => environmentChange.fire());
    built.onDidChangeState(({ newState }) => {
      if (newState === State.Starting) become({ state: 'starting' });
      if (newState === State.Running && state.state === 'starting') become({ state: 'ready' });
    });
    return built;
  };

  const offerRestart = async (message: string): Promise<void> => {
    const restart = 'Restart Server';
    const choice = await complain(`Heddle: ${message}`, restart, 'Show Output');
    if (choice === restart) await self.restart();
    else if (choice !== undefined) output.show();
  };

  const fail = (message: string): void => {
    become({ state: 'stopped', message });
    void offerRestart(message);
  };

  /** Restarts a server that died, quietly, unless it keeps dying. */
  const onCrash = (): void => {
    const now = Date.now();
    client = undefined;
    crashes = [...crashes.filter((time) => now - time < crashWindow), now];
    if (crashes.length > crashLimit) {
      fail(
        `The language server stopped ${crashes.length} times within three minutes and was not started again.`,
      );
    } else {
      become({ state: 'starting' });
      void inTurn(restartFresh);
    }
  };

  const startFresh = async (): Promise<void> => {
    become({ state: 'starting' });
    const crashesBefore = crashes.length;
    const fresh = build();
    client = fresh;
    try {
      await fresh.start();
      started.fire();
    } catch (error) {
      output.error(error instanceof Error ? error : String(error));
      if (crashes.length === crashesBefore) fail('The language server could not start. Its output says why.');
    }
  };

  const stop = async (): Promise<void> => {
    const old = client;
    client = undefined;
    try {
      await old?.dispose();
    } catch (error) {
      output.warn(`The server did not stop in order: ${error}`);
    }
  };

  const restartFresh = async (): Promise<void> => {
    await stop();
    await startFresh();
  };

  /** Starts and stops never overlap: each waits for the one before. */
  const inTurn = (step: () => Promise<void>): Promise<void> => {
    turn = turn.then(step);
    return turn;
  };

  /** The server asks for its settings anew, the chosen interpreters among them. */
  const interpreterChosen = chosen.onDidChange(async () => {
    const running = client?.isRunning() === true ? client : undefined;
    await running?.sendNotification(DidChangeConfigurationNotification.type, { settings: null });
  });

  const self: HeddleClient = {
    start: () => inTurn(startFresh),
    restart() {
      crashes = [];
      return inTurn(restartFresh);
    },
    async running() {
      await turn;
      if (client?.isRunning() !== true) {
        throw new Error('The Heddle server does not run. “Heddle: Restart Server” starts it again.');
      }
      return client;
    },
    get state() {
      return state;
    },
    onDidChangeState: change.event,
    onDidChangeEnvironment: environmentChange.event,
    onDidChangeAudit: auditChange.event,
    onDidStart: started.event,
    dispose() {
      interpreterChosen.dispose();
      void inTurn(stop);
      change.dispose();
      environmentChange.dispose();
      auditChange.dispose();
      started.dispose();
    },
  };
  return self;
}

/** What cannot be written is shown to be compared with, as the left side of a difference; nobody can mend it there. */
function isOlderVersion({ scheme }: Uri): boolean {
  return workspace.fs.isWritableFileSystem(scheme) === false;
}

/** The kinds of files that the workspace is made of; a file of the disk opened beside it counts always. */
function schemesOfFolders(): readonly string[] {
  return [...new Set(['file', ...(workspace.workspaceFolders ?? []).map(({ uri }) => uri.scheme)])];
}

/** Leaves telling the user about a server that does not run to this file; the library would show a message each time. */
function quiet(client: BaseLanguageClient): void {
  const write = client.error.bind(client);
  client.error = (message, data) => write(message, data, false);
}
