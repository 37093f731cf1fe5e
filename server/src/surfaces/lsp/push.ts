/**
 * Diagnostics by push, for editors that cannot pull. The document just edited comes first and is always answered, with
 * its version; the other open ones follow and are sent only when they changed; whole folders and wrong settings wait
 * until the editor has been quiet for a moment.
 */
import type { PublishDiagnosticsParams } from 'vscode-languageserver';
import { Cancelled, checkpoint } from '../../base/checkpoint.ts';
import type { Host } from '../../base/host.ts';
import { type FileState, type FileStates, NOTHING } from './fileStates.ts';
import type { Task } from './lanes.ts';
import type { Workspace } from './workspace.ts';

export interface PushDiagnostics {
  /** An open document has a new text (or is new). */
  edited(path: string): void;
  closed(path: string): void;
  /** Anything may have changed. */
  recheck(): void;
}

/** @param inBackground starts work under the error boundary */
export function pushDiagnostics(
  workspace: Workspace,
  states: FileStates,
  host: Host,
  send: (params: PublishDiagnosticsParams) => Promise<void>,
  inBackground: (work: () => Promise<void>) => void,
): PushDiagnostics {
  /** Result ids of what the editor shows, by path. */
  const shown = new Map<string, string>();
  /** Documents to look at, the most urgent first. */
  let pending: string[] = [];
  const owed = new Set<string>();
  let sweepDue = false;
  let running = false;

  const publish = async (
    { path, resultId, items }: FileState,
    version: number | undefined,
  ): Promise<void> => {
    if (resultId === NOTHING.resultId) shown.delete(path);
    else shown.set(path, resultId);
    await send({
      uri: workspace.uri(path),
      diagnostics: items(),
      ...(version === undefined ? {} : { version }),
    });
  };

  const publishDocument = async (path: string): Promise<void> => {
    const version = workspace.document(path)?.version;
    if (version === undefined) return;
    const seen = workspace.changes.count;
    const state = await states.document(
      path,
      taskUntil(() => workspace.changes.count === seen, host),
    );
    if (owed.delete(path) || state.resultId !== (shown.get(path) ?? NOTHING.resultId))
      await publish(state, version);
  };

  const sweep = async (): Promise<void> => {
    await states.quiet();
    const seen = workspace.changes.count;
    const closed = (path: string): boolean => !workspace.openPython().includes(path);
    const there = new Set<string>();
    const interrupt = checkpoint(() => workspace.running && workspace.changes.count === seen, host);
    const show = async (state: FileState): Promise<void> => {
      there.add(state.path);
      if (closed(state.path) && shown.get(state.path) !== state.resultId)
        await publish(state, workspace.document(state.path)?.version);
    };
    for await (const state of states.configuration(interrupt)) await show(state);
    for await (const state of states.python(interrupt)) await show(state);
    for (const path of [...shown.keys()])
      if (!there.has(path) && closed(path)) await publish({ path, ...NOTHING }, undefined);
  };

  const run = async (): Promise<void> => {
    await workspace.started;
    while (workspace.running) {
      const path = pending.shift();
      if (path === undefined && !sweepDue) return;
      try {
        if (path !== undefined) {
          await publishDocument(path);
        } else {
          sweepDue = false;
          await sweep();
        }
      } catch (error) {
        // Newer input came; whoever brought it has put what is to do into `pending`.
        if (!(error instanceof Cancelled)) throw error;
        if (path === undefined) sweepDue = true;
      }
    }
  };

  const wake = (): void => {
    if (running) return;
    running = true;
    inBackground(async () => {
      try {
        await run();
      } finally {
        running = false;
      }
    });
  };

  const recheck = (): void => {
    const documents = workspace.openPython();
    pending = [...pending, ...documents.filter((path) => !pending.includes(path))];
    sweepDue = true;
    wake();
  };

  return {
    edited(path) {
      if (workspace.openPython().includes(path)) {
        owed.add(path);
        pending = [path, ...pending.filter((other) => other !== path)];
      }
      recheck();
    },
    closed(path) {
      pending = pending.filter((other) => other !== path);
      owed.delete(path);
      recheck();
    },
    recheck,
  };
}

/** A task that nobody can cancel, but that ends with newer input. */
function taskUntil(current: () => boolean, host: Host): Pick<Task, 'checkpoint' | 'unlessCancelled'> {
  return {
    checkpoint: (also = () => true) => checkpoint(() => current() && also(), host),
    unlessCancelled: (promise) => promise,
  };
}
