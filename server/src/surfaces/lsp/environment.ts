/** `heddle/environment` and `heddle/readiness`: the interpreter, imports and dependencies of each folder, and the GIL. */
import type { GilVerdict } from '../../link/program.ts';
import type {
  EnvironmentResult,
  FolderEnvironment,
  ImportedModule,
  ReadinessResult,
} from '../../protocol.ts';
import type { EnvironmentReport } from '../../service/environmentReport.ts';
import { readinessMarkdown } from '../../service/readinessTable.ts';
import { rangeOf } from './convert.ts';
import type { Task } from './lanes.ts';
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

async function ofFolders<T>(
  task: Task,
  workspace: Workspace,
  answer: (uri: string, report: EnvironmentReport, workspace: Workspace) => T,
): Promise<readonly T[]> {
  await task.unlessCancelled(workspace.started);
  const answers: T[] = [];
  for (const project of workspace.projects()) {
    if (project.folder === undefined) continue;
    await task.unlessCancelled(project.indexed);
    const checkpoint = task.checkpoint(() => project.alive);
    const report = await project.analyzer.reportEnvironment(project.folder.path, undefined, checkpoint);
    answers.push(answer(project.folder.uri, report, workspace));
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
    imports: imports.map(({ place, message }) => ({
      uri: workspace.uri(place.file),
      range: rangeOf(place),
      message,
    })),
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
