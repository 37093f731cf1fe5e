/**
 * Diagnostics by pull: for a document, and for the workspace with partial results and parking. A pull for the workspace
 * that has nothing new to say is not answered until something changes, since the editor would only ask again.
 */
import type {
  DocumentDiagnosticParams,
  DocumentDiagnosticReport,
  WorkspaceDiagnosticParams,
  WorkspaceDiagnosticReport,
  WorkspaceDiagnosticReportPartialResult,
  WorkspaceDocumentDiagnosticReport,
} from 'vscode-languageserver';
import { Cancelled, type Checkpoint } from '../../base/checkpoint.ts';
import { isProjectFile, pathOf } from './addresses.ts';
import { type FileState, type FileStates, NOTHING } from './fileStates.ts';
import { InvalidParams, type Task } from './lanes.ts';
import type { Workspace } from './workspace.ts';

/** Identifiers of the two providers that are registered with editors that allow it. */
export const PYTHON_DIAGNOSTICS = 'heddle';
export const CONFIGURATION_DIAGNOSTICS = 'heddle-configuration';

/** Reports sent in one partial result. */
const BATCH = 200;

export interface PullDiagnostics {
  document(params: DocumentDiagnosticParams, task: Task): Promise<DocumentDiagnosticReport>;
  /** @param stream takes partial results, where the editor wants them */
  workspace(
    params: WorkspaceDiagnosticParams,
    task: Task,
    stream: ((part: WorkspaceDiagnosticReportPartialResult) => void) | undefined,
  ): Promise<WorkspaceDiagnosticReport>;
}

export function pullDiagnostics(workspace: Workspace, states: FileStates): PullDiagnostics {
  return {
    async document({ textDocument, previousResultId }, task) {
      if (typeof textDocument?.uri !== 'string') throw new InvalidParams('textDocument.uri is missing');
      await task.unlessCancelled(workspace.started);
      const path = workspace.path(textDocument.uri);
      const cell = workspace.notebooks.cell(textDocument.uri)?.number;
      const { resultId, items } = await states.document(path, task, cell);
      if (resultId === previousResultId) return { kind: 'unchanged', resultId };
      return { kind: 'full', resultId, items: items() };
    },
    async workspace({ identifier, previousResultIds }, task, stream) {
      await task.unlessCancelled(workspace.started);
      const known = new Map((previousResultIds ?? []).map(({ uri, value }) => [pathOf(uri), value]));
      const batches = batched(stream);
      while (workspace.running) {
        await task.unlessCancelled(Promise.all(workspace.projects().map((project) => project.indexed)));
        const seen = workspace.changes.count;
        await untilOutdated(task, async () => {
          const checkpoint = task.checkpoint(() => workspace.changes.count === seen);
          for await (const report of news(workspace, states, identifier, known, checkpoint))
            batches.add(report);
        });
        if (batches.any) break;
        if (workspace.changes.count === seen) await task.unlessCancelled(workspace.changes.next());
        await task.unlessCancelled(states.quiet());
      }
      return { items: batches.rest() };
    },
  };
}

/** Runs work that may be interrupted by newer input, which the caller then does anew; a cancel by the editor goes through. */
async function untilOutdated(task: Task, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof Cancelled) || task.token.isCancellationRequested) throw error;
  }
}

/** The reports that differ from what the editor knows; `known` is kept up to date. */
async function* news(
  workspace: Workspace,
  states: FileStates,
  identifier: string | undefined,
  known: Map<string, string>,
  checkpoint: Checkpoint,
): AsyncGenerator<WorkspaceDocumentDiagnosticReport> {
  const python = identifier !== CONFIGURATION_DIAGNOSTICS;
  const configuration = identifier !== PYTHON_DIAGNOSTICS;
  const there = new Set<string>();
  const report = (
    path: string,
    resultId: string,
    items: () => WorkspaceItems,
  ): WorkspaceDocumentDiagnosticReport => {
    known.set(path, resultId);
    const version = workspace.document(path)?.version ?? null;
    return { kind: 'full', uri: workspace.uri(path), version, resultId, items: items() };
  };
  const check = function* ({
    path,
    resultId,
    items,
  }: FileState): Generator<WorkspaceDocumentDiagnosticReport> {
    there.add(path);
    if (known.get(path) !== resultId) yield report(path, resultId, items);
  };
  if (configuration) for await (const state of states.configuration(checkpoint)) yield* check(state);
  if (python) for await (const state of states.python(checkpoint)) yield* check(state);
  for (const [path, value] of known) {
    const wanted = isProjectFile(path) ? configuration : python;
    if (wanted && !there.has(path) && value !== NOTHING.resultId)
      yield report(path, NOTHING.resultId, NOTHING.items);
  }
}

type WorkspaceItems = Extract<WorkspaceDocumentDiagnosticReport, { readonly kind: 'full' }>['items'];

interface Batches {
  add(report: WorkspaceDocumentDiagnosticReport): void;
  readonly any: boolean;
  /** What has not been streamed. */
  rest(): WorkspaceDocumentDiagnosticReport[];
}

function batched(stream: ((part: WorkspaceDiagnosticReportPartialResult) => void) | undefined): Batches {
  let batch: WorkspaceDocumentDiagnosticReport[] = [];
  let any = false;
  return {
    add(report) {
      any = true;
      batch.push(report);
      if (stream === undefined || batch.length < BATCH) return;
      stream({ items: batch });
      batch = [];
    },
    get any() {
      return any;
    },
    rest: () => batch,
  };
}
