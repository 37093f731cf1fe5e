/** `heddle/environment`, `heddle/plan` and `heddle/readiness`: interpreter, imports and dependencies of each folder, and the GIL. */
import type { Checkpoint } from '../../base/checkpoint.ts';
import { lineIndex } from '../../base/span.ts';
import type { GilVerdict } from '../../link/program.ts';
import type {
  EnvironmentResult,
  FolderEnvironment,
  ImportedModule,
  PlannedFile,
  PlanResult,
  ReadinessResult,
} from '../../protocol.ts';
import type { Analyzer } from '../../service/analyzer.ts';
import { checklistMarkdown } from '../../service/authorReport.ts';
import type { EnvironmentReport } from '../../service/environmentReport.ts';
import type { PlanEdits } from '../../service/freeThreadingPlan.ts';
import { planMarkdown } from '../../service/planText.ts';
import { readinessMarkdown } from '../../service/readinessTable.ts';
import { rangeOf } from './convert.ts';
import type { Task } from './lanes.ts';
import { shownPlace } from './notebooks.ts';
import type { Workspace } from './workspace.ts';

/** @throws Cancelled */
export async function environment(task: Task, workspace: Workspace): Promise<EnvironmentResult> {
  return { folders: await ofFolders(task, workspace, summary) };
}

/** @throws Cancelled */
export async function readiness(task: Task, workspace: Workspace): Promise<ReadinessResult> {
  return {
    folders: await ofFolders(task, workspace, (uri, report) => ({
      uri,
      markdown: readinessMarkdown(report),
    })),
  };
}

/** @throws Cancelled */
export async function plan(task: Task, workspace: Workspace): Promise<PlanResult> {
  return {
    folders: await eachFolder(task, workspace, async ({ path, uri }, analyzer, checkpoint) => {
      const found = await analyzer.planFreeThreading(path, undefined, checkpoint);
      const author = await analyzer.authorChecklist(path, checkpoint);
      const show = (file: string): string =>
        file.startsWith(`${path}/`) ? file.slice(path.length + 1) : file;
      const parts = [planMarkdown(found, show)];
      if (author !== undefined) parts.push(checklistMarkdown(author));
      return {
        uri,
        markdown: parts.join('\n'),
        edits: found.edits.map((file) => plannedFile(file, workspace)),
      };
    }),
  };
}

function plannedFile({ path, before, edits }: PlanEdits, workspace: Workspace): PlannedFile {
  const index = lineIndex(before);
  return {
    uri: workspace.uri(path),
    edits: edits.map(({ span, text }) => ({
      range: rangeOf({ start: index.position(span.start), end: index.position(span.end) }),
      newText: text,
    })),
  };
}

async function ofFolders<T>(
  task: Task,
  workspace: Workspace,
  answer: (uri: string, report: EnvironmentReport, workspace: Workspace) => T,
): Promise<readonly T[]> {
  return eachFolder(task, workspace, async ({ path, uri }, analyzer, checkpoint) =>
    answer(uri, await analyzer.reportEnvironment(path, undefined, checkpoint), workspace),
  );
}

async function eachFolder<T>(
  task: Task,
  workspace: Workspace,
  answer: (
    folder: { readonly path: string; readonly uri: string },
    analyzer: Analyzer,
    checkpoint: Checkpoint,
  ) => Promise<T>,
): Promise<readonly T[]> {
  await task.unlessCancelled(workspace.started);
  const answers: T[] = [];
  for (const project of workspace.projects()) {
    if (project.folder === undefined) continue;
    await task.unlessCancelled(project.indexed);
    const checkpoint = task.checkpoint(() => project.alive);
    answers.push(await answer(project.folder, project.analyzer, checkpoint));
  }
  return answers;
}

function summary(
  uri: string,
  { interpreter, imports, modules }: EnvironmentReport,
  workspace: Workspace,
): FolderEnvironment {
  const found =
    interpreter === undefined
      ? {}
      : {
          interpreter: {
            prefix: interpreter.prefix,
            freeThreaded: interpreter.freeThreaded,
            ...(interpreter.executable === undefined ? {} : { executable: interpreter.executable }),
            ...(interpreter.version === undefined ? {} : { version: interpreter.version }),
          },
        };
  return {
    uri,
    ...found,
    imports: imports.map(({ place, message }) => {
      const { uri: shown, range } = shownPlace(place, workspace.uri, workspace.notebooks.numbered);
      return { uri: shown, range, message };
    }),
    modules: [...modules]
      .sort(([left], [right]) => (left < right ? -1 : 1))
      .map(([module, verdict]) => importedModule(module, verdict)),
  };
}

function importedModule(module: string, verdict: GilVerdict | undefined): ImportedModule {
  if (verdict?.status === 'not-importable' || verdict?.status === 'unknown')
    return { module, verdict: verdict.status };
  if (verdict?.status !== 'gil-at-import') return { module, verdict: 'off' };
  const offender = verdict.chain.at(-1);
  return { module, verdict: 'on', ...(offender === undefined ? {} : { offender }) };
}
