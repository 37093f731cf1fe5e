/** The file of `--baseline` and `--write-baseline`: read, compared with what an audit found, shortened, written. */
import { dirname, relative, resolve } from 'node:path';
import { isReadFailure } from '../../base/host.ts';
import { slashed } from '../../nodeHost.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import {
  type Baseline,
  type BaselineOptions,
  baselineOf,
  baselineText,
  compareWithBaseline,
  coversBaseline,
  type NamedFinding,
  parseBaseline,
} from '../../service/baseline.ts';
import { type CommandLine, namedPath, UnwritableError, UsageError } from './commandLine.ts';
import { findingsOf, onlyFindings } from './report.ts';

/** The audit that a baseline is compared with. */
export interface BaselineAudit {
  readonly report: AuditReport;
  /** Absolute, as given by the user. */
  readonly paths: readonly string[];
  readonly options: BaselineOptions;
}

export interface AgainstBaseline {
  /** Without the findings that the baseline knows. */
  readonly report: AuditReport;
  readonly known: number;
  /** Entries that left the baseline, since they are true no more. */
  readonly gone: number;
}

/** Reads a baseline before the audit, so that a wrong one costs no time. */
export async function readBaseline(file: string, commandLine: CommandLine): Promise<Baseline> {
  const bytes = await commandLine.host.readFile(namedPath(commandLine, file));
  if (isReadFailure(bytes)) {
    if (bytes.failure === 'missing')
      throw new UsageError(`There is no baseline \`${file}\`; \`--write-baseline ${file}\` makes one.`);
    throw new UsageError(`The baseline \`${file}\` cannot be read: ${bytes.reason}.`);
  }
  const baseline = parseBaseline(new TextDecoder().decode(bytes));
  if (typeof baseline === 'string')
    throw new UsageError(
      `\`${file}\` cannot be used as a baseline: ${baseline}. \`--write-baseline ${file}\` writes it anew.`,
    );
  return baseline;
}

/** Puts everything that was found into the file. */
export async function writeBaseline(
  file: string,
  { report, paths, options }: BaselineAudit,
  commandLine: CommandLine,
): Promise<void> {
  const nameOf = namer(file, commandLine);
  await save(file, baselineOf(named(report, nameOf), paths.map(nameOf), options), commandLine);
}

/** Takes the known findings out of a report, and out of the baseline what a complete audit has not found any more. */
export async function againstBaseline(
  file: string,
  baseline: Baseline,
  { report, paths, options }: BaselineAudit,
  /** Whether all findings are in the report, and nothing kept the audit from finding more. */
  complete: boolean,
  commandLine: CommandLine,
): Promise<AgainstBaseline> {
  const nameOf = namer(file, commandLine);
  const folder = dirname(resolve(commandLine.currentFolder, file));
  const there = new Set<string>();
  for (const name of new Set(baseline.findings.map((entry) => entry.file)))
    if ((await commandLine.host.stat(slashed(resolve(folder, name)))) !== undefined) there.add(name);
  const { known, met, missed } = compareWithBaseline(baseline, named(report, nameOf), (name) =>
    there.has(name),
  );
  const elsewhere = new Set(
    commandLine.rules.filter(({ restsOnInstalled }) => restsOnInstalled).map(({ id }) => id),
  );
  const kept = missed.filter((entry) => elsewhere.has(entry.rule) && there.has(entry.file));
  const gone = missed.length - kept.length;
  const shorter = { ...baseline, findings: [...met, ...kept] };
  if (
    complete &&
    coversBaseline(baseline, paths.map(nameOf), options) &&
    baselineText(shorter) !== baselineText(baseline)
  ) {
    await save(file, shorter, commandLine);
    return { report: onlyFindings(report, (one) => !known.has(one)), known: known.size, gone };
  }
  return { report: onlyFindings(report, (one) => !known.has(one)), known: known.size, gone: 0 };
}

/** How a baseline names files: relative to its own folder, so that it can be committed. */
function namer(file: string, { currentFolder }: CommandLine): (path: string) => string {
  const folder = dirname(resolve(currentFolder, file));
  return (path) => slashed(relative(folder, path)) || '.';
}

function named(report: AuditReport, nameOf: (path: string) => string): readonly NamedFinding[] {
  return findingsOf(report).map((finding) => ({ file: nameOf(finding.place.file), finding }));
}

async function save(file: string, baseline: Baseline, commandLine: CommandLine): Promise<void> {
  const path = resolve(commandLine.currentFolder, file);
  const trouble = await commandLine.saveFile(path, baselineText(baseline));
  if (trouble !== undefined)
    throw new UnwritableError(`The baseline cannot be written to \`${file}\`: ${trouble}.`);
}
