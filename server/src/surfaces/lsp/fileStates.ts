/**
 * What the editor should show for a file at this moment, by whichever way it gets there: findings for Python, wrong
 * settings for a pyproject.toml. Diagnostics are built only when somebody wants them; the result id says whether they
 * changed.
 */
import type { Diagnostic } from 'vscode-languageserver/node';
import { Cancelled, type Checkpoint } from '../../base/checkpoint.ts';
import { contentHash } from '../../base/hash.ts';
import type { FileReport } from '../../service/analyzer.ts';
import type { ConfigurationProblem } from '../../service/configuration.ts';
import { isProjectFile } from './addresses.ts';
import type { Converter } from './convert.ts';
import type { Task } from './lanes.ts';
import type { Status } from './status.ts';
import type { Project, Workspace } from './workspace.ts';

export interface FileState {
  readonly path: string;
  /** Equal when the diagnostics are. */
  readonly resultId: string;
  readonly items: () => Diagnostic[];
}

export interface FileStates {
  /** The state of one file. Waits until its folder is indexed. @throws Cancelled also when the document changes meanwhile */
  document(path: string, task: Pick<Task, 'checkpoint' | 'unlessCancelled'>): Promise<FileState>;
  /** The Python files with something to show of the folders that are to be shown whole. @throws Cancelled */
  python(checkpoint: Checkpoint): AsyncGenerator<FileState>;
  /** The pyproject.toml with wrong settings of all folders. */
  configuration(): AsyncGenerator<FileState>;
  /** The pyproject.toml of a project, if something is wrong in it. */
  problems(project: Project): Promise<readonly FileState[]>;
  /** Resolves when nothing has changed for a moment: whole folders are not judged anew at every key. */
  quiet(): Promise<void>;
}

export const NOTHING: Omit<FileState, 'path'> = { resultId: 'nothing', items: () => [] };

const QUIET_MS = 300;

export function fileStates(workspace: Workspace, convert: Converter, status: Status): FileStates {
  const ofReport = (report: FileReport): FileState => ({
    path: report.file,
    resultId: report.resultId,
    items: () => convert.report(report),
  });
  const ofProblems = async (path: string, problems: readonly ConfigurationProblem[]): Promise<FileState> => {
    const its = problems.filter(({ file }) => file === path);
    if (its.length === 0) return { path, ...NOTHING };
    const diagnostics = convert.problems(its, await workspace.text(path));
    return { path, resultId: contentHash(JSON.stringify(diagnostics)), items: () => diagnostics };
  };
  const problemStates: FileStates['problems'] = async (project) => {
    const problems = await project.problems();
    const paths = [...new Set(problems.map(({ file }) => file))];
    return Promise.all(
      paths.filter((path) => owns(workspace, project, path)).map((path) => ofProblems(path, problems)),
    );
  };
  return {
    problems: problemStates,
    async document(path, task) {
      const project = workspace.projectOf(path);
      await task.unlessCancelled(project.indexed);
      const version = workspace.document(path)?.version;
      const current = (): boolean => project.alive && workspace.document(path)?.version === version;
      const checkpoint = task.checkpoint(current);
      await checkpoint();
      if (isProjectFile(path)) return ofProblems(path, await project.problems());
      // An editor that closes a document asks once more; where only open files count, the answer clears it.
      if (version === undefined && !project.wholeFolder) return { path, ...NOTHING };
      const report = await project.analyzer.reportFile(path, checkpoint);
      if (!current()) throw new Cancelled();
      status.saw(report, workspace.uri(path));
      return ofReport(report);
    },
    async *python(checkpoint) {
      for (const project of workspace.projects()) {
        if (!project.wholeFolder) continue;
        await project.indexed;
        const { files } = await project.analyzer.audit(undefined, checkpoint, { report() {} });
        for (const report of files) {
          if (!owns(workspace, project, report.file)) continue;
          status.saw(report, workspace.uri(report.file));
          if (report.findings.length > 0 || report.notAnalysed !== undefined) yield ofReport(report);
        }
      }
    },
    async *configuration() {
      for (const project of workspace.projects()) yield* await problemStates(project);
    },
    async quiet() {
      let seen: number;
      do {
        seen = workspace.changes.count;
        await Promise.race([new Promise((resolve) => setTimeout(resolve, QUIET_MS)), workspace.stopped]);
      } while (workspace.running && workspace.changes.count !== seen);
    },
  };
}

/** A file in nested folders belongs to the innermost only. */
export function owns(workspace: Workspace, project: Project, path: string): boolean {
  return workspace.projectOf(path) === project;
}
