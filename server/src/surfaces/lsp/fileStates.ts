/**
 * What the editor should show for a file at this moment, by whichever way it gets there: findings for Python, wrong
 * settings for a pyproject.toml. Diagnostics are built only when somebody wants them; the result id says whether they
 * changed.
 */
import type { Diagnostic } from 'vscode-languageserver';
import { Cancelled, type Checkpoint } from '../../base/checkpoint.ts';
import { contentHash } from '../../base/hash.ts';
import type { FileReport } from '../../service/analyzer.ts';
import type { ConfigurationProblem } from '../../service/configuration.ts';
import { isNotebook } from '../../service/notebook.ts';
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
  document(
    path: string,
    task: Pick<Task, 'checkpoint' | 'unlessCancelled'>,
    /** Of a notebook, only this cell. */
    cell?: number,
  ): Promise<FileState>;
  /** The Python files with something to show of the folders that are to be shown whole. @throws Cancelled */
  python(checkpoint: Checkpoint): AsyncGenerator<FileState>;
  /** The pyproject.toml of all folders with wrong settings or, where shown, with findings. @throws Cancelled */
  configuration(checkpoint: Checkpoint): AsyncGenerator<FileState>;
  /** The pyproject.toml of a project in which something is wrong or that is among `reports`. */
  problems(project: Project, reports: readonly FileReport[]): Promise<readonly FileState[]>;
  /** Resolves when nothing has changed for a moment: whole folders are not judged anew at every key. */
  quiet(): Promise<void>;
}

export const NOTHING: Omit<FileState, 'path'> = { resultId: 'nothing', items: () => [] };

const QUIET_MS = 300;

/** @param asksAgain whether the editor shows another answer once the folder has been read */
export function fileStates(
  workspace: Workspace,
  convert: Converter,
  status: Status,
  asksAgain: boolean,
): FileStates {
  const ofReport = (report: FileReport): FileState => ({
    path: report.file,
    resultId: report.resultId,
    items: () => convert.report(report),
  });
  /** Wrong settings of a pyproject.toml and, where its findings are wanted, those. */
  const ofProblems = async (
    path: string,
    problems: readonly ConfigurationProblem[],
    report: FileReport | undefined,
  ): Promise<FileState> => {
    const its = problems.filter(({ file }) => file === path);
    const findings = report === undefined ? [] : convert.report(report);
    if (its.length === 0 && findings.length === 0) return { path, ...NOTHING };
    const wrong = its.length === 0 ? [] : convert.problems(its, await workspace.text(path));
    const diagnostics = [...wrong, ...findings];
    return { path, resultId: contentHash(JSON.stringify(diagnostics)), items: () => diagnostics };
  };
  const problemStates: FileStates['problems'] = async (project, reports) => {
    const problems = await project.problems();
    const reported = reports.flatMap(({ file, findings }) =>
      findings.length > 0 && isProjectFile(file) ? [file] : [],
    );
    const paths = [...new Set([...problems.map(({ file }) => file), ...reported])];
    return Promise.all(
      paths
        .filter((path) => owns(workspace, project, path))
        .map((path) =>
          ofProblems(
            path,
            problems,
            reports.find(({ file }) => file === path),
          ),
        ),
    );
  };
  /** The report of the folder's own pyproject.toml when it is open or all of the folder is to be shown. */
  const projectReport = async (project: Project, checkpoint: Checkpoint): Promise<readonly FileReport[]> => {
    if (project.folder === undefined) return [];
    const path = `${project.folder.path}/pyproject.toml`;
    if (!project.wholeFolder && workspace.document(path) === undefined) return [];
    await project.indexed;
    return [await project.analyzer.reportFile(path, checkpoint)];
  };
  /** The report of an open file before its folder has been read, where that takes long. */
  const firstReport = async (
    project: Project,
    path: string,
    task: Pick<Task, 'checkpoint'>,
  ): Promise<FileReport | undefined> => {
    const version = workspace.document(path)?.version;
    if (!asksAgain || project.isIndexed || !project.indexing || version === undefined) return undefined;
    const current = (): boolean => project.alive && workspace.document(path)?.version === version;
    const report = await project.analyzer.reportFirst(path, task.checkpoint(current));
    if (!current()) throw new Cancelled();
    if (report !== undefined) project.answeredFirst.set(path, report.resultId);
    return report;
  };
  return {
    problems: problemStates,
    async document(path, task, cell) {
      const project = workspace.projectOf(path);
      const first =
        cell === undefined && !isProjectFile(path) ? await firstReport(project, path, task) : undefined;
      if (first !== undefined) return ofReport(first);
      await task.unlessCancelled(project.indexed);
      const version = workspace.document(path)?.version;
      const current = (): boolean => project.alive && workspace.document(path)?.version === version;
      const checkpoint = task.checkpoint(current);
      await checkpoint();
      if (isProjectFile(path)) {
        const shown = version !== undefined || project.wholeFolder;
        const its = shown ? await project.analyzer.reportFile(path, checkpoint) : undefined;
        return ofProblems(path, await project.problems(), its);
      }
      // An editor that closes a document asks once more; where only open files count, the answer clears it.
      if (version === undefined && !project.wholeFolder) return { path, ...NOTHING };
      const report = await project.analyzer.reportFile(path, checkpoint);
      if (!current()) throw new Cancelled();
      status.saw(report, workspace.uri(path));
      if (cell === undefined) return ofReport(report);
      const findings = report.findings.filter(({ place }) => place.cell?.number === cell);
      return ofReport({ ...report, findings });
    },
    async *python(checkpoint) {
      for (const project of workspace.projects()) {
        if (!project.wholeFolder) continue;
        await project.indexed;
        const { files } = await project.analyzer.audit(undefined, checkpoint, { report() {} });
        for (const report of files) {
          if (!owns(workspace, project, report.file) || isProjectFile(report.file)) continue;
          /** An open notebook is shown by its cells, each of which the editor asks for. */
          if (isNotebook(report.file) && workspace.document(report.file) !== undefined) continue;
          status.saw(report, workspace.uri(report.file));
          if (report.findings.length > 0 || report.notAnalysed !== undefined) yield ofReport(report);
        }
      }
    },
    async *configuration(checkpoint) {
      for (const project of workspace.projects())
        yield* await problemStates(project, await projectReport(project, checkpoint));
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
