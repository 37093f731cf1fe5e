/**
 * An editor for tests: starts the server as a process, speaks the protocol on its standard input and output, and keeps
 * every message until a test takes it. `close` fails when a message is left over, so that no test can overlook what the
 * server said. It waits for messages and for nothing else.
 */
import { type ChildProcessWithoutNullStreams, spawn } from 'node:child_process';
import type {
  ClientCapabilities,
  CodeAction,
  Diagnostic,
  DocumentDiagnosticReport,
  InitializeResult,
  PublishDiagnosticsParams,
} from 'vscode-languageserver-protocol';
import { uriOf } from '../../src/surfaces/lsp/addresses.ts';

export interface Message {
  readonly id?: number | string | null;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
  readonly error?: { readonly code: number; readonly message: string; readonly data?: unknown };
}

export interface ClientOptions {
  readonly folders?: readonly string[];
  readonly capabilities?: ClientCapabilities;
  /** What the client answers for section `heddle`, by the path of the folder; '' for files outside. */
  readonly settings?: Readonly<Record<string, unknown>>;
  readonly initializationOptions?: unknown;
  /** The environment of an installed `heddle` that is started by itself, instead of a bundle that this Node runs. */
  readonly installedIn?: NodeJS.ProcessEnv;
  /** Never tells its settings, though it said that it could. */
  readonly keepsSettings?: boolean;
}

export interface StdioClient {
  /** Of the server's process. */
  readonly pid: number;
  readonly hello: InitializeResult;
  /** Sends a request; resolves with its response, error or not. */
  request(method: string, params: unknown): { readonly id: number; readonly response: Promise<Message> };
  /** The result of a request. @throws when it failed */
  ask<Result>(method: string, params: unknown): Promise<Result>;
  notify(method: string, params: unknown): void;
  /** Bytes as they stand, for malformed messages. */
  write(bytes: string): void;
  /** Takes the first message of this method for which `wanted` holds, now or as soon as it comes. */
  take<Params>(method: string, wanted?: (params: Params) => boolean): Promise<Params>;
  /** Takes all messages of this method that have come. */
  takeAll<Params>(method: string): readonly Params[];
  /** Sets what the client answers for section `heddle` and tells that it changed. */
  configure(settings: Readonly<Record<string, unknown>>): void;
  open(path: string, text: string, version?: number): void;
  pull(path: string, previousResultId?: string): Promise<DocumentDiagnosticReport>;
  /** The diagnostics of a full pull. */
  diagnostics(path: string): Promise<readonly Diagnostic[]>;
  /** The next diagnostics pushed for a file at a version. */
  pushed(path: string, version?: number): Promise<readonly Diagnostic[]>;
  codeActions(path: string, diagnostic: Diagnostic, only?: readonly string[]): Promise<readonly CodeAction[]>;
  /** Resolves with the exit code when the process has ended. */
  readonly ended: Promise<number | null>;
  kill(): void;
  /** Shuts the server down in order. @throws when a message of the server was not taken, or it does not exit with 0 */
  close(): Promise<void>;
}

/** What VS Code can do, as far as it matters here. */
export const PULL: ClientCapabilities = {
  workspace: {
    workspaceFolders: true,
    configuration: true,
    diagnostics: { refreshSupport: true },
    workspaceEdit: { documentChanges: true, changeAnnotationSupport: {} },
  },
  textDocument: {
    diagnostic: { relatedDocumentSupport: true },
    publishDiagnostics: {
      relatedInformation: true,
      codeDescriptionSupport: true,
      dataSupport: true,
      tagSupport: { valueSet: [1, 2] },
    },
    codeAction: {
      isPreferredSupport: true,
      disabledSupport: true,
      dataSupport: true,
      honorsChangeAnnotations: true,
      resolveSupport: { properties: ['edit'] },
      codeActionLiteralSupport: { codeActionKind: { valueSet: ['', 'quickfix', 'source'] } },
    },
  },
};

/** The least that an editor can do: everything is pushed to it, and nothing can be asked. */
export const PUSH: ClientCapabilities = {
  textDocument: { codeAction: { codeActionLiteralSupport: { codeActionKind: { valueSet: ['quickfix'] } } } },
};

/** Starts the server at `program` and initialises it. */
export async function startClient(program: string, options: ClientOptions = {}): Promise<StdioClient> {
  const child =
    options.installedIn === undefined
      ? spawn(process.execPath, [program, '--stdio'], { stdio: 'pipe' })
      : spawn(program, ['server', '--stdio'], { stdio: 'pipe', env: options.installedIn });
  const capabilities = options.capabilities ?? PULL;
  let settings = options.settings ?? {};
  let last = 0;
  let closing = false;
  const inbox: Message[] = [];
  const waiters = new Set<() => void>();
  const stderr: string[] = [];
  child.stderr.on('data', (chunk: Buffer) => stderr.push(chunk.toString()));
  // A server that has ended cannot be written to; who waits for its answer hears of its end.
  child.stdin.on('error', () => {});
  let hasEnded = false;
  const ended = new Promise<number | null>((resolve) => {
    child.on('close', (code) => {
      hasEnded = true;
      resolve(code);
      for (const wake of [...waiters]) wake();
    });
  });
  const send = (message: object): void => {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    child.stdin.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  };
  const answer = (method: string, params: unknown): unknown => {
    if (method !== 'workspace/configuration') return null;
    const { items } = params as { readonly items: readonly { readonly scopeUri?: string }[] };
    return items.map(({ scopeUri }) => {
      const path = Object.keys(settings).find((folder) => folder !== '' && uriOf(folder) === scopeUri);
      return settings[path ?? ''] ?? null;
    });
  };
  readMessages(child, (message) => {
    const { id, method } = message;
    if (method === 'workspace/configuration' && options.keepsSettings === true) return;
    if (method !== undefined && id !== undefined) {
      send({ id, result: answer(method, message.params) });
      if (method === 'workspace/configuration' || method === 'window/workDoneProgress/create') return;
    }
    inbox.push(message);
    for (const wake of [...waiters]) wake();
  });

  const takeMessage = (wanted: (message: Message) => boolean, what: string): Promise<Message> =>
    new Promise((resolve, reject) => {
      const look = (): void => {
        const at = inbox.findIndex(wanted);
        if (at < 0 && !hasEnded) return;
        waiters.delete(look);
        if (at >= 0) resolve(inbox.splice(at, 1)[0] as Message);
        else reject(new Error(`the server ended while the test waited for ${what}. ${stderr.join('')}`));
      };
      waiters.add(look);
      look();
    });

  const request: StdioClient['request'] = (method, params) => {
    last += 1;
    const id = last;
    send({ id, method, params });
    return {
      id,
      response: takeMessage((message) => message.method === undefined && message.id === id, method),
    };
  };
  const ask = async <Result>(method: string, params: unknown): Promise<Result> => {
    const { error, result } = await request(method, params).response;
    if (error !== undefined) throw new Error(`${method}: ${error.message} (${error.code})`);
    return result as Result;
  };
  const notify: StdioClient['notify'] = (method, params) => send({ method, params });
  const take: StdioClient['take'] = async <Params>(method: string, wanted?: (params: Params) => boolean) => {
    const message = await takeMessage(
      (one) => one.method === method && (wanted === undefined || wanted(one.params as Params)),
      method,
    );
    return message.params as Params;
  };
  const takeAll = <Params>(method: string): readonly Params[] => {
    const taken = inbox.filter((message) => message.method === method);
    for (const message of taken) inbox.splice(inbox.indexOf(message), 1);
    return taken.map(({ params }) => params as Params);
  };
  const pull: StdioClient['pull'] = (path, previousResultId) =>
    ask('textDocument/diagnostic', {
      textDocument: { uri: uriOf(path) },
      ...(previousResultId === undefined ? {} : { previousResultId }),
    });

  const hello = await ask<InitializeResult>('initialize', {
    processId: process.pid,
    rootUri: null,
    capabilities,
    workspaceFolders: (options.folders ?? []).map((path) => ({ uri: uriOf(path), name: path })),
    ...(options.initializationOptions === undefined
      ? {}
      : { initializationOptions: options.initializationOptions }),
  });
  notify('initialized', {});

  return {
    hello,
    request,
    ask,
    notify,
    write: (bytes) => void child.stdin.write(bytes),
    take,
    takeAll,
    configure(next) {
      settings = next;
      notify('workspace/didChangeConfiguration', { settings: { heddle: next[''] } });
    },
    open(path, text, version = 1) {
      const textDocument = { uri: uriOf(path), languageId: languageOf(path), version, text };
      notify('textDocument/didOpen', { textDocument });
    },
    pull,
    async diagnostics(path) {
      const report = await pull(path);
      if (report.kind !== 'full') throw new Error('the report is not full');
      return report.items;
    },
    async pushed(path, version) {
      const { diagnostics } = await take<PublishDiagnosticsParams>(
        'textDocument/publishDiagnostics',
        (params) => params.uri === uriOf(path) && (version === undefined || params.version === version),
      );
      return diagnostics;
    },
    codeActions: (path, diagnostic, only) =>
      ask('textDocument/codeAction', {
        textDocument: { uri: uriOf(path) },
        range: diagnostic.range,
        context: { diagnostics: [diagnostic], ...(only === undefined ? {} : { only }) },
      }),
    pid: child.pid!,
    ended,
    kill: () => void child.kill('SIGKILL'),
    async close() {
      if (closing) return;
      closing = true;
      await ask('shutdown', undefined);
      notify('exit', undefined);
      const code = await ended;
      const left = inbox.filter((message) => !isSpokenFreely(message));
      if (left.length > 0) throw new Error(`messages were not taken: ${JSON.stringify(left, undefined, 2)}`);
      if (code !== 0) throw new Error(`the server exited with ${code}. ${stderr.join('')}`);
    },
  };
}

/** Notifications that a test may leave, since how many there are depends on the machine. */
const SPOKEN_FREELY: ReadonlySet<string> = new Set([
  'heddle/environmentChanged',
  'heddle/status',
  '$/progress',
]);

/** Whether a message may be left; what goes wrong, a `window/logMessage` that warns, may not. */
function isSpokenFreely({ method, params }: Message): boolean {
  if (method === 'window/logMessage') return (params as { readonly type: number }).type > 2;
  return method !== undefined && SPOKEN_FREELY.has(method);
}

function languageOf(path: string): string {
  return path.endsWith('.toml') ? 'toml' : 'python';
}

function readMessages(child: ChildProcessWithoutNullStreams, receive: (message: Message) => void): void {
  let buffer = Buffer.alloc(0);
  child.stdout.on('data', (chunk: Buffer) => {
    buffer = Buffer.concat([buffer, chunk]);
    for (;;) {
      const headerEnd = buffer.indexOf('\r\n\r\n');
      if (headerEnd < 0) return;
      const length = Number(/Content-Length: (\d+)/i.exec(buffer.subarray(0, headerEnd).toString())?.[1]);
      const bodyEnd = headerEnd + 4 + length;
      if (buffer.length < bodyEnd) return;
      const message = JSON.parse(buffer.subarray(headerEnd + 4, bodyEnd).toString()) as Message;
      buffer = buffer.subarray(bodyEnd);
      receive(message);
    }
  });
}
