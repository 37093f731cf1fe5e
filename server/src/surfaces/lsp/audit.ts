/**
 * `heddle/audit`: every Python file of the workspace, on request; and afterwards, as long as the editor shows what was found,
 * what becomes of it when something changes: an edit, a save, a change thrown away, files that come, go or get other names.
 */
import { Cancelled, type Checkpoint, checkpoint as checkpointWhile } from '../../base/checkpoint.ts';
import type { Host } from '../../base/host.ts';
import { append } from '../../base/manyItems.ts';
import type {
  AuditChange,
  AuditCounts,
  AuditedFile,
  AuditParams,
  AuditResult,
  FileNotAnalysed,
} from '../../protocol.ts';
import type { Severity } from '../../rules/finding.ts';
import type { AuditReport, FileReport, Progress } from '../../service/analyzer.ts';
import type { LocatedFinding } from '../../service/locatedFinding.ts';
import { isInside, isProjectFile, pathOf } from './addresses.ts';
import type { Converter } from './convert.ts';
import { type FileStates, owns } from './fileStates.ts';
import { InvalidParams, type Task } from './lanes.ts';
import type { SessionLog } from './sessionLog.ts';
import type { Status } from './status.ts';
import type { Project, Workspace } from './workspace.ts';

export interface Audits {
  /**
   * Audits folder after folder. When the editor cancels, the folders done by then are the answer.
   * @param during shows the work's progress
   * @throws Cancelled when it cancels before the first is done
   */
  run(params: AuditParams, task: Task, during: During): Promise<AuditResult>;
  /** What was found is of no interest any more. */
  end(): void;
}

type During = (work: (progress: Progress) => Promise<boolean>) => Promise<boolean>;

type Audited = readonly { readonly project: Project; readonly report: AuditReport }[];

/** An audit whose findings the editor shows. */
interface Followed {
  /** Paths of the audited folders; undefined for all. */
  readonly wanted: readonly string[] | undefined;
  /** The editor cancelled: only these were audited. */
  readonly only: readonly Project[] | undefined;
  /** What the editor was told last, by URI. */
  readonly known: Map<string, string>;
  /** What it was told besides. */
  rest: string;
}

/**
 * @param tell tells the editor of a change
 * @param inBackground starts work under the error boundary
 */
export function audits(
  workspace: Workspace,
  states: FileStates,
  convert: Converter,
  status: Status,
  host: Host,
  log: SessionLog,
  tell: (change: AuditChange) => void,
  inBackground: (work: () => Promise<void>) => void,
): Audits {
  let followed: Followed | undefined;

  /** Looks again whenever something has changed since `seen`, until another audit or none is followed. */
  const follow = async (mine: Followed, since: number): Promise<void> => {
    let seen = since;
    for (;;) {
      if (workspace.changes.count === seen) await Promise.race([workspace.changes.next(), workspace.stopped]);
      await states.quiet();
      if (followed !== mine || !workspace.running) return;
      seen = workspace.changes.count;
      const now = seen;
      const current = (): boolean =>
        workspace.running && followed === mine && workspace.changes.count === now;
      try {
        const parts = await lookAgain(mine, checkpointWhile(current, host));
        const result = await resultOf(parts, false);
        if (current()) tellChange(mine, result);
      } catch (error) {
        // Newer input came: it counts as a change, and the loop goes on with it.
        if (!(error instanceof Cancelled)) throw error;
      }
    }
  };

  const lookAgain = async (mine: Followed, checkpoint: Checkpoint): Promise<Audited> => {
    const parts: { readonly project: Project; readonly report: AuditReport }[] = [];
    for (const project of workspace.projects()) {
      const paths = pathsIn(project, mine.wanted);
      if (paths?.length === 0 || mine.only?.includes(project) === false) continue;
      await project.indexed;
      await checkpoint();
      const report = await project.analyzer.audit(paths, checkpoint, { report() {} });
      parts.push({ project, report });
    }
    return parts;
  };

  const tellChange = ({ known }: Followed, result: AuditResult): void => {
    const { analysed, notAnalysed } = result;
    const files: AuditedFile[] = [];
    const there = new Set<string>();
    for (const file of result.files) {
      const written = JSON.stringify(file.diagnostics);
      there.add(file.uri);
      if (known.get(file.uri) === written) continue;
      known.set(file.uri, written);
      files.push(file);
    }
    for (const uri of [...known.keys()]) {
      if (there.has(uri)) continue;
      known.delete(uri);
      files.push({ uri, diagnostics: [] });
    }
    const rest = JSON.stringify([analysed, notAnalysed]);
    if (files.length === 0 && rest === followed?.rest) return;
    if (followed !== undefined) followed.rest = rest;
    tell({ files, analysed, notAnalysed });
  };

  const resultOf = (parts: Audited, cancelled: boolean): Promise<AuditResult> =>
    result(parts, cancelled, workspace, states, convert, status);

  return {
    async run({ folders, follow: wish }, task, during) {
      if (folders !== undefined && !Array.isArray(folders))
        throw new InvalidParams('folders must be a list of URIs');
      await task.unlessCancelled(workspace.started);
      followed = undefined;
      const since = workspace.changes.count;
      const startedAt = host.now();
      const wanted = folders?.map(pathOf);
      const parts: { readonly project: Project; readonly report: AuditReport }[] = [];
      const jobs = workspace
        .projects()
        .map((project) => ({ project, paths: pathsIn(project, wanted) }))
        .filter(({ paths }) => paths?.length !== 0);
      const cancelled = await during(async (progress) => {
        for (const { project } of jobs) project.stopIndexing();
        for (const { project, paths } of jobs) {
          try {
            const checkpoint = task.checkpoint(() => project.alive);
            const report = await task.unlessCancelled(
              project.insteadOfIndexing(() => project.analyzer.audit(paths, checkpoint, progress)),
            );
            parts.push({ project, report });
          } catch (error) {
            if (!(error instanceof Cancelled) || parts.length === 0) throw error;
            return true;
          }
        }
        return false;
      });
      const answer = await resultOf(parts, cancelled);
      log.audited(answer, startedAt);
      if (wish === true) {
        const mine: Followed = {
          wanted,
          only: cancelled ? parts.map(({ project }) => project) : undefined,
          known: new Map(answer.files.map(({ uri, diagnostics }) => [uri, JSON.stringify(diagnostics)])),
          rest: JSON.stringify([answer.analysed, answer.notAnalysed]),
        };
        followed = mine;
        inBackground(() => follow(mine, since));
      }
      return answer;
    },
    end() {
      followed = undefined;
    },
  };
}

/** What to audit in a project: undefined for all of it, an empty list for nothing. */
function pathsIn({ folder }: Project, wanted: readonly string[] | undefined): readonly string[] | undefined {
  if (folder === undefined) return [];
  if (wanted === undefined || wanted.some((path) => isInside(folder.path, path))) return undefined;
  return wanted.filter((path) => isInside(path, folder.path));
}

async function result(
  parts: Audited,
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
    for (const { file, message, part } of report.notAnalysed)
      if (owns(workspace, project, file))
        notAnalysed.push({
          uri: workspace.uri(file),
          reason: message,
          ...(part === undefined ? {} : { partly: true }),
        });
    for (const file of report.files) {
      if (!owns(workspace, project, file.file)) continue;
      const uri = workspace.uri(file.file);
      status.saw(file, uri);
      const whole = withAuditOnly(file);
      if (file.notAnalysed === undefined) {
        analysed += 1;
        append(findings, whole.findings);
      }
      if (!isProjectFile(file.file))
        for (const document of file.notAnalysed === undefined
          ? convert.documents(whole)
          : [{ uri, diagnostics: convert.report(whole) }])
          if (document.diagnostics.length > 0) files.push({ path: file.file, ...document });
    }
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
