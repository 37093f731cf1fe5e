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
} from 'vscode';
import {
  type LanguageClient,
  LSPErrorCodes,
  ResponseError,
  WorkDoneProgress,
} from 'vscode-languageclient/node';
import {
  type AuditParams,
  type AuditResult,
  auditMethod,
  type SeverityCounts,
} from '../../server/src/protocol.ts';
import type { HeddleClient } from './client.ts';
import type { Findings } from './findings.ts';
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
  readonly last: AuditResult | undefined;
  readonly running: boolean;
  readonly onDidChange: Event<void>;
}

export function createAudit(client: HeddleClient, findings: Findings): Audit {
  const change = new EventEmitter<void>();
  let current:
    | { readonly cancellation: CancellationTokenSource; readonly result: Promise<AuditResult> }
    | undefined;
  let last: AuditResult | undefined;

  const start = (changedSince: string | undefined): Promise<AuditResult> => {
    const cancellation = new CancellationTokenSource();
    const startedAt = Date.now();
    const audit = async (): Promise<AuditResult> => {
      const running = await client.running();
      const answer = await request(running, cancellation, changedSince);
      const files = await Promise.all(
        answer.files.map(async (file) => ({
          uri: Uri.parse(file.uri, true),
          diagnostics: await running.protocol2CodeConverter.asDiagnostics([...file.diagnostics]),
        })),
      );
      findings.setAudit(files, startedAt);
      last = answer;
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

  return {
    async run(changedSince) {
      if (current !== undefined) return current.result;
      try {
        const result = await start(changedSince);
        void announce(result);
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
    },
    get last() {
      return last;
    },
    get running() {
      return current !== undefined;
    },
    onDidChange: change.event,
    dispose() {
      current?.cancellation.cancel();
      change.dispose();
    },
  };
}

/** The outcome in one line: "3 warnings, 2 notes in 41 files (1 not analysed)". */
export function summary(result: AuditResult): string {
  const files = counted(result.analysed, 'file');
  const missed = result.notAnalysed.length === 0 ? '' : ` (${result.notAnalysed.length} not analysed)`;
  const ended = result.cancelled ? '; the audit was cancelled' : '';
  return `${findingCounts(result.counts.bySeverity)} in ${files}${missed}${ended}`;
}

function findingCounts(counts: SeverityCounts): string {
  const parts = (['error', 'warning', 'note', 'hint'] as const)
    .filter((severity) => counts[severity] > 0)
    .map((severity) => counted(counts[severity], severity));
  return parts.length === 0 ? 'no findings' : parts.join(', ');
}

function counted(count: number, what: string): string {
  return `${count.toLocaleString('en')} ${what}${count === 1 ? '' : 's'}`;
}

function wasCancelled(error: unknown): boolean {
  if (error instanceof CancellationError) return true;
  const code = error instanceof ResponseError ? error.code : undefined;
  return code === LSPErrorCodes.RequestCancelled || code === LSPErrorCodes.ServerCancelled;
}

let requests = 0;

/** Sends the request with a progress notification around it whose Cancel button cancels it. */
function request(
  client: LanguageClient,
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
        const params: AuditParams = { workDoneToken, ...only };
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

async function announce(result: AuditResult): Promise<void> {
  const total = Object.values(result.counts.byRule).reduce((sum, count) => sum + count, 0);
  const [problems, tree] = ['Show Problems', 'Show in Heddle'];
  const choice = await inform(`Heddle: ${summary(result)}`, ...(total === 0 ? [] : [problems, tree]));
  if (choice === problems) await commands.executeCommand('workbench.panel.markers.view.focus');
  if (choice === tree) await commands.executeCommand('heddle.findings.focus');
}
