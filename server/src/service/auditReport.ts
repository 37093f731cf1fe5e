/** The report on all files of the workspace, or on those below some paths. */
import type { Checkpoint } from '../base/checkpoint.ts';
import { contentHash } from '../base/hash.ts';
import { append, least } from '../base/manyItems.ts';
import type { AuditReport, FileReport, Progress } from './analyzer.ts';
import type { ConfigurationProblem } from './configuration.ts';
import { type Folder, isPlain, type ReadFirst } from './folder.ts';
import type { Folders } from './folders.ts';
import { gapsInFile } from './gapsInFile.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { AUDIT_ONLY } from './ruleNames.ts';

/** What is known of one file of a folder that is up to date. */
export function fileReport({ program, sources }: ReadFirst, file: string): FileReport {
  const all = program.judged(file).map(({ located }) => located);
  const findings = all.filter(({ rule }) => !AUDIT_ONLY.has(rule));
  const auditOnly = all.filter(({ rule }) => AUDIT_ONLY.has(rule));
  const notAnalysed = sources.source(file)?.problem ?? program.leftOut(file);
  const resultId = contentHash(JSON.stringify([findings, notAnalysed?.message ?? '']));
  const source = sources.source(file);
  const gaps = source?.summary && gapsInFile(file, source.text, source.summary);
  return { file, findings, auditOnly, notAnalysed, gaps, resultId };
}

/** While somebody types, half a line is no reason to call a file anything; in an audit, what is no Python was not analysed. */
function audited(report: FileReport): FileReport {
  const { gaps, notAnalysed } = report;
  if (gaps === undefined || gaps.part !== undefined || notAnalysed !== undefined) return report;
  return { ...report, findings: [], auditOnly: [], notAnalysed: gaps };
}

/** @param paths undefined for every workspace folder. @throws Cancelled */
export async function auditReport(
  folders: Folders,
  paths: readonly string[] | undefined,
  checkpoint: Checkpoint,
  progress: Progress,
): Promise<AuditReport> {
  const reports = new Map<string, FileReport>();
  const notAnalysed: NotAnalysed[] = [];
  const configurationProblems: ConfigurationProblem[] = [];
  let lines = 0;
  for (const { folder, only } of jobsOf(folders, paths)) {
    const { problems, unread } = await folder.update(
      /** An audit is asked for: it looks again, whatever the watcher has told so far. */
      { only, again: true, isInside: (file) => !isPlain(file) && belongs(folders, folder, only, file) },
      checkpoint,
      progress,
    );
    append(configurationProblems, problems);
    const { environment, program, sources } = folder;
    append(
      notAnalysed,
      sources.unlisted.filter(({ file }) => isWanted(folder, only, file) && !environment.hasRead(file)),
    );
    for (const one of [...environment.unread, ...unread, ...program.failures]) notAnalysed.push(one);
    for (const file of sources.files) {
      if (!isWanted(folder, only, file)) continue;
      const report = audited(fileReport(folder, file));
      reports.set(file, report);
      if (report.notAnalysed === undefined && report.gaps !== undefined) notAnalysed.push(report.gaps);
      if (report.notAnalysed !== undefined) notAnalysed.push(report.notAnalysed);
      else lines += sources.source(file)!.lines;
    }
    for (const file of environment.files.keys()) {
      const report = isWanted(folder, only, file) ? fileReport(folder, file) : undefined;
      if (report !== undefined && report.findings.length + report.auditOnly.length > 0)
        reports.set(file, report);
    }
  }
  const files = [...reports.values()].sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  return {
    files,
    analysed: files.filter((report) => report.notAnalysed === undefined).length,
    notAnalysed,
    configurationProblems,
    lines,
  };
}

/** Whether an open document is one of the files that a folder is asked about. */
export function belongs(
  folders: Folders,
  folder: Folder,
  only: readonly string[] | undefined,
  file: string,
): boolean {
  return folder.loose ? only?.includes(file) === true : folders.of(file) === folder;
}

interface Job {
  readonly folder: Folder;
  readonly only: readonly string[] | undefined;
}

function jobsOf(folders: Folders, paths: readonly string[] | undefined): readonly Job[] {
  if (paths === undefined) return folders.all.map((folder) => ({ folder, only: undefined }));
  const named = new Map<Folder, string[]>();
  const outside: string[] = [];
  for (const path of paths) {
    const folder = folders.around(path);
    if (folder === undefined) outside.push(path);
    else named.set(folder, [...(named.get(folder) ?? []), path]);
  }
  const jobs: Job[] = [...named.keys()].map((folder) => ({
    folder,
    only: paths.filter((one) => folder.contains(one)),
  }));
  if (outside.length > 0) jobs.push({ folder: folders.outside(commonFolder(outside)), only: outside });
  return jobs;
}

/** Whether an audit of `only` (undefined for all) is about the file. */
function isWanted({ path: root }: Folder, only: readonly string[] | undefined, file: string): boolean {
  return (
    only === undefined || only.some((path) => file === path || file.startsWith(`${path}/`) || path === root)
  );
}

function commonFolder(paths: readonly string[]): string {
  const folders = paths.map((path) => path.split('/'));
  let length = least(folders.map((parts) => parts.length - 1));
  while (
    length > 0 &&
    !folders.every((parts) => parts.slice(0, length).join('/') === folders[0]!.slice(0, length).join('/'))
  )
    length--;
  const only = paths.length === 1 && !/\.\w+$/.test(paths[0]!) ? paths[0] : undefined;
  return only ?? folders[0]!.slice(0, length).join('/');
}
