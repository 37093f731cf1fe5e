/**
 * What the server writes to the editor's output while all is well: what it is, which folders and settings it works with,
 * which interpreter it found, what it read and how long it took. Times and counts, no code.
 */
import type { Host } from '../../base/host.ts';
import type { Logger } from '../../base/log.ts';
import type { Settings } from '../../base/settings.ts';
import type { AuditResult } from '../../protocol.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import type { EnvironmentReport } from '../../service/environmentReport.ts';
import type { Folder, FolderSettings } from './workspace.ts';

export interface SessionLog {
  started(version: string, runtime: string, pages: number): void;
  /** Folders and what the editor set for each; said again only when it differs. */
  settings(folders: readonly Folder[], of: FolderSettings): void;
  /** A folder has been read; `since` as `host.now()`. */
  read(folder: Folder, report: AuditReport, since: number): void;
  interpreter(folder: Folder, found: EnvironmentReport['interpreter']): void;
  audited(result: AuditResult, since: number): void;
}

export function sessionLog(logger: Logger, host: Host): SessionLog {
  const said = new Map<string, string>();
  const sayNew = (key: string, line: string): void => {
    if (said.get(key) === line) return;
    said.set(key, line);
    logger.info(line);
  };
  const took = (since: number): string => `${Math.round(host.now() - since)} ms`;
  return {
    started: (version, runtime, pages) =>
      logger.info(`Language server ${version} on ${runtime}, ${pages} rules.`),
    settings(folders, of) {
      if (folders.length === 0) sayNew('', `No folder is open; ${settingsText(of(undefined))}.`);
      for (const folder of folders)
        sayNew(folder.path, `Folder ${folder.path}: ${settingsText(of(folder))}.`);
    },
    read(folder, report, since) {
      const { files, analysed, lines, notAnalysed } = report;
      const findings = files.reduce((sum, file) => sum + file.findings.length + file.auditOnly.length, 0);
      logger.info(
        `Read ${folder.path} in ${took(since)} (files: ${analysed}, lines: ${lines}, findings: ${findings}).`,
      );
      for (const { file, message, part } of notAnalysed)
        logger.info(`${part === undefined ? 'Not' : 'Partly'} analysed: ${file}: ${message}`);
    },
    interpreter(folder, found) {
      const text =
        found === undefined
          ? 'no Python interpreter found'
          : `Python ${found.version ?? 'of unknown version'} in ${found.executable ?? found.prefix}, free-threaded: ${found.freeThreaded}`;
      sayNew(`python ${folder.path}`, `Folder ${folder.path}: ${text}.`);
    },
    audited({ analysed, counts, notAnalysed, cancelled }, since) {
      const { error, warning, note, hint } = counts.bySeverity;
      const ended = cancelled ? 'Audit cancelled after' : 'Audit took';
      logger.info(
        `${ended} ${took(since)} (files: ${analysed}, errors: ${error}, warnings: ${warning}, notes: ${note}, hints: ${hint}).`,
      );
      for (const { uri, reason, partly } of notAnalysed)
        logger.info(`${partly === true ? 'Partly' : 'Not'} analysed: ${uri}: ${reason}`);
    },
  };
}

function settingsText(settings: Partial<Settings>): string {
  const set = Object.entries(settings);
  if (set.length === 0) return 'no settings of the editor';
  return `settings of the editor: ${set.map(([name, value]) => `${name}=${JSON.stringify(value)}`).join(', ')}`;
}
