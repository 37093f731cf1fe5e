/** `heddle/audit`: every Python file of the workspace, on request. */
import { Cancelled } from '../../base/checkpoint.ts';
import type { AuditCounts, AuditedFile, AuditParams, AuditResult, FileNotAnalysed } from '../../protocol.ts';
import type { Severity } from '../../rules/finding.ts';
import type { AuditReport, FileReport } from '../../service/analyzer.ts';
import type { LocatedFinding } from '../../service/locatedFinding.ts';
import { isNotebook } from '../../service/notebook.ts';
import { isInside, isProjectFile, isPythonFile, pathOf } from './addresses.ts';
import type { Converter } from './convert.ts';
import { type FileStates, owns } from './fileStates.ts';
import { InvalidParams, type Task } from './lanes.ts';
import type { ProgressReporter, Status } from './status.ts';
import type { Project, Workspace } from './workspace.ts';

/**
 * Audits folder after folder. When the editor cancels, the folders done by then are the answer.
 * @throws Cancelled when it cancels before the first is done
 */
export async function audit(
  { folders }: AuditParams,
  task: Task,
  workspace: Workspace,
  states: FileStates,
  convert: Converter,
  status: Status,
  reporter: ProgressReporter,
): Promise<AuditResult> {
  if (folders !== undefined && !Array.isArray(folders))
    throw new InvalidParams('folders must be a list of URIs');
  await task.unlessCancelled(workspace.started);
  const wanted = folders?.map(pathOf);
  const parts: { readonly project: Project; readonly report: AuditReport }[] = [];
  const cancelled = await status.during('auditing', reporter, 'Heddle: auditing', async (progress) => {
    for (const project of workspace.projects()) {
      const paths = pathsIn(project, wanted);
      if (paths?.length === 0) continue;
      try {
        await task.unlessCancelled(project.indexed);
        const checkpoint = task.checkpoint(() => project.alive);
        const report = await project.analyzer.audit(paths, checkpoint, progress);
        parts.push({ project, report });
      } catch (error) {
        if (!(error instanceof Cancelled) || parts.length === 0) throw error;
        return true;
      }
    }
    return false;
  });
  return result(parts, cancelled, workspace, states, convert, status);
}

/** What to audit in a project: undefined for all of it, an empty list for nothing. */
function pathsIn({ folder }: Project, wanted: readonly string[] | undefined): readonly string[] | undefined {
  if (folder === undefined) return [];
  if (wanted === undefined || wanted.some((path) => isInside(folder.path, path))) return undefined;
  return wanted.filter((path) => isInside(path, folder.path));
}

async function result(
  parts: readonly { readonly project: Project; readonly report: AuditReport }[],
  cancelled: boolean,
  workspace: Workspace,
  states: FileStates,
  convert: Converter,
  status: Status,
): Promise<AuditResult> {
  const files: (AuditedFile & { readonly path: string })[] = [];
  const notAnalysed: FileNotAnalysed[] = [];
  const findings: LocatedFinding[] = [];
  let analysed = 0;
  for (const { project, report } of parts) {
    for (const file of report.files) {
      if (!owns(workspace, project, file.file)) continue;
      const uri = workspace.uri(file.file);
      status.saw(file, uri);
      if (file.notAnalysed !== undefined) continue;
      if (isPythonFile(file.file) || isNotebook(file.file)) analysed += 1;
      findings.push(...file.findings, ...file.auditOnly);
      const whole = withAuditOnly(file);
      if (whole.findings.length > 0 && !isProjectFile(file.file))
        for (const document of convert.documents(whole))
          if (document.diagnostics.length > 0) files.push({ path: file.file, ...document });
    }
    for (const { file, message } of report.notAnalysed)
      if (owns(workspace, project, file)) notAnalysed.push({ uri: workspace.uri(file), reason: message });
    for (const { path, items } of await states.problems(project, report.files.map(withAuditOnly)))
      files.push({ path, uri: workspace.uri(path), diagnostics: items() });
  }
  files.sort((a, b) => (a.path < b.path ? -1 : 1));
  return {
    files: files.map(({ uri, diagnostics }) => ({ uri, diagnostics })),
    counts: counts(findings),
    analysed,
    notAnalysed,
    cancelled,
  };
}

/** What only an audit shows, among the rest. */
function withAuditOnly(report: FileReport): FileReport {
  return { ...report, findings: [...report.findings, ...report.auditOnly], auditOnly: [] };
}

const LEVEL_OF = {
  error: 'error',
  warning: 'warning',
  information: 'note',
  hint: 'hint',
} as const satisfies Record<Severity, string>;

function counts(findings: readonly LocatedFinding[]): AuditCounts {
  const bySeverity = { error: 0, warning: 0, note: 0, hint: 0 };
  const byRule: Record<string, number> = {};
  for (const { severity, rule } of findings) {
    bySeverity[LEVEL_OF[severity]] += 1;
    byRule[rule] = (byRule[rule] ?? 0) + 1;
  }
  return { bySeverity, byRule };
}
