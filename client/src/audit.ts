/**
 * The audit of the whole workspace as the user meets it: progress that can be cancelled, findings handed to Problems
 * and the tree, and one sentence at the end that says what came of it.
 */
import {
  CancellationError,
  CancellationTokenSource,
  commands,
  type Disposable,
  type Event,
  EventEmitter,
  Uri,
  workspace,
} from 'vscode';
import {
  type BaseLanguageClient,
  LSPErrorCodes,
  ResponseError,
  WorkDoneProgress,
} from 'vscode-languageclient';
import {
  type AuditParams,
  type AuditResult,
  auditMethod,
  endAuditMethod,
  type SeverityCounts,
} from '../../server/src/protocol.ts';
import { type Audited, auditSummary } from './auditSummary.ts';
import type { HeddleClient } from './client.ts';
import { type FileFindings, type Findings, isFinding, levelOf } from './findings.ts';
import { complain, inform, withProgressNotice } from './notices.ts';
import { untilCurrent } from './outdated.ts';

export interface Audit extends Disposable {
  /**
   * Audits the workspace, or its files changed since a git revision, and shows the outcome; while one audit runs, a second
   * call waits for the same.
   */
  run(changedSince?: string): Promise<AuditResult | undefined>;
  /** Ends the running audit; what it has found by then is kept. */
  cancel(): void;
  /** Forgets the last audit's findings. */
  clear(): void;
  /** What is found at this moment, in one line; empty without an audit. */
  readonly summary: string;
  /** How far the last audit got; undefined without one. */
  readonly last: Audited | undefined;
  readonly running: boolean;
  readonly onDidChange: Event<void>;
}

export function createAudit(client: HeddleClient, findings: Findings): Audit {
  const change = new EventEmitter<void>();
  let current:
    | { readonly cancellation: CancellationTokenSource; readonly result: Promise<AuditResult> }
    | undefined;
  let last: Audited | undefined;
  /** The revision whose changes the last audit was of. */
  let since: string | undefined;

  const show = async (running: BaseLanguageClient, answer: AuditResult): Promise<void> => {
    findings.setAudit(await converted(running, answer.files));
    last = answer;
    change.fire();
  };

  const start = (changedSince: string | undefined): Promise<AuditResult> => {
    const cancellation = new CancellationTokenSource();
    const audit = async (): Promise<AuditResult> => {
      const running = await client.running();
      const answer = await request(running, cancellation, changedSince);
      since = changedSince;
      await show(running, answer);
      return answer;
    };
    const result = audit();
    current = { cancellation, result };
    change.fire();
    return result.finally(() => {
      current = undefined;
      cancellation.dispose();
      change.fire();
    });
  };

  const summary = (): string => {
    if (last === undefined) return '';
    const files = findings.files().filter(({ diagnostics }) => diagnostics.some(isFinding));
    return auditSummary(countsOf(files), files.length, last);
  };

  const subscriptions = [
    client.onDidChangeAudit(async ({ files, analysed, notAnalysed }) => {
      if (last === undefined) return;
      last = { ...last, analysed, notAnalysed };
      findings.changeAudit(await converted(await client.running(), files));
      change.fire();
    }),
    // A fresh server knows nothing of the audit whose findings are shown.
    client.onDidStart(async () => {
      if (last === undefined || current !== undefined) return;
      try {
        const running = await client.running();
        const only = since === undefined ? {} : { changedSince: since };
        const params: AuditParams = { follow: true, ...only };
        await show(running, await untilCurrent(() => running.sendRequest<AuditResult>(auditMethod, params)));
      } catch {
        // This server is gone too; the status says so.
      }
    }),
  ];

  return {
    async run(changedSince) {
      if (current !== undefined) return current.result;
      if ((workspace.workspaceFolders ?? []).length === 0) {
        void offerFolder();
        return undefined;
      }
      try {
        const result = await start(changedSince);
        void announce(summary(), findings.files().length > 0);
        return result;
      } catch (error) {
        if (wasCancelled(error)) {
          void inform('Heddle: the audit was cancelled.');
          return undefined;
        }
        void complain(`Heddle: the audit failed. ${error instanceof Error ? error.message : error}`);
        return undefined;
      }
    },
    cancel() {
      current?.cancellation.cancel();
    },
    clear() {
      last = undefined;
      findings.clearAudit();
      change.fire();
      void client.running().then(
        (running) => running.sendNotification(endAuditMethod),
        () => {},
      );
    },
    get summary() {
      return summary();
    },
    get last() {
      return last;
    },
    get running() {
      return current !== undefined;
    },
    onDidChange: change.event,
    dispose() {
      for (const subscription of subscriptions) subscription.dispose();
      current?.cancellation.cancel();
      change.dispose();
    },
  };
}

async function converted(
  client: BaseLanguageClient,
  files: AuditResult['files'],
): Promise<readonly FileFindings[]> {
  return Promise.all(
    files.map(async (file) => ({
      uri: Uri.parse(file.uri, true),
      diagnostics: await client.protocol2CodeConverter.asDiagnostics([...file.diagnostics]),
    })),
  );
}

function countsOf(files: readonly FileFindings[]): SeverityCounts {
  const counts = { error: 0, warning: 0, note: 0, hint: 0 };
  for (const { severity } of files.flatMap(({ diagnostics }) => diagnostics.filter(isFinding)))
    counts[levelOf(severity)] += 1;
  return counts;
}

async function offerFolder(): Promise<void> {
  const open = 'Open Folder';
  const message = 'Heddle: an audit is of a folder, and none is open. Open files are checked as you type.';
  if ((await inform(message, open)) === open)
    await commands.executeCommand('workbench.action.files.openFolder');
}

function wasCancelled(error: unknown): boolean {
  if (error instanceof CancellationError) return true;
  const code = error instanceof ResponseError ? error.code : undefined;
  return code === LSPErrorCodes.RequestCancelled || code === LSPErrorCodes.ServerCancelled;
}

let requests = 0;

/** Sends the request with a progress notification around it whose Cancel button cancels it. */
function request(
  client: BaseLanguageClient,
  cancellation: CancellationTokenSource,
  changedSince: string | undefined,
): Promise<AuditResult> {
  return Promise.resolve(
    withProgressNotice('Heddle: auditing', async (report, token) => {
      token.onCancellationRequested(() => cancellation.cancel());
      requests += 1;
      const workDoneToken = `heddle-audit-${requests}`;
      let done = 0;
      const reports = client.onProgress(WorkDoneProgress.type, workDoneToken, (value) => {
        if (value.kind === 'end') return;
        const percentage = value.percentage ?? done;
        report(value.message ?? '', percentage - done);
        done = percentage;
      });
      try {
        const only = changedSince === undefined ? {} : { changedSince };
        const params: AuditParams = { workDoneToken, follow: true, ...only };
        return await untilCurrent(() =>
          client.sendRequest<AuditResult>(auditMethod, params, cancellation.token),
        );
      } catch (error) {
        // Whatever the server had to say about it: the user did not want it any more.
        throw cancellation.token.isCancellationRequested ? new CancellationError() : error;
      } finally {
        reports.dispose();
      }
    }),
  );
}

async function announce(summary: string, any: boolean): Promise<void> {
  const [problems, tree] = ['Show Problems', 'Show in Heddle'];
  const choice = await inform(`Heddle: ${summary}`, ...(any ? [problems, tree] : []));
  if (choice === problems) await commands.executeCommand('workbench.panel.markers.view.focus');
  if (choice === tree) await commands.executeCommand('heddle.findings.focus');
}
