/** `heddle explain FILE:LINE`: the findings of a line, each with the order of steps in which it goes wrong. */
import type { Command } from 'commander';
import { Cancelled, checkpoint } from '../../base/checkpoint.ts';
import type { Settings } from '../../base/settings.ts';
import type { Analyzer } from '../../service/analyzer.ts';
import type { LocatedFinding } from '../../service/locatedFinding.ts';
import { paintFor } from './colors.ts';
import { type CommandLine, Exit, type ExitCode, isThere, namedPath, UsageError } from './commandLine.ts';
import { withTriedFixes } from './offeredFixes.ts';
import { projectFolder } from './projectFolder.ts';
import { findingsOf, sourceTexts } from './report.ts';
import { findingText } from './textReport.ts';

export function addExplainCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('explain')
    .summary('show how a finding goes wrong')
    .description(
      'Shows the findings of a line, each with the order of steps in two threads in which it goes wrong.',
    )
    .argument('<place>', 'file and line of a finding, as a report shows it: src/app.py:12')
    .action(async (place: string) => done(await explain(place, commandLine)));
}

async function explain(place: string, commandLine: CommandLine): Promise<ExitCode> {
  const { host, stdout, currentFolder, environment } = commandLine;
  const code = await atPlace(place, commandLine, {}, async ({ analyzer, findings }) => {
    const input = {
      currentFolder,
      source: sourceTexts(host),
      paint: paintFor(stdout, environment),
      width: stdout.columns ?? WIDTH_WITHOUT_TERMINAL,
      explain: true,
    };
    const parts: string[] = [];
    const going = checkpoint(() => !commandLine.interrupted(), host);
    for (const one of findings) {
      const finding = await withTriedFixes(one, analyzer, going);
      const notes = finding.refused.map(({ title, reason }) => `Not offered: ${title}: ${reason}`);
      parts.push(await findingText(finding, { ...input, notes }));
    }
    stdout.write(`${parts.join('\n\n')}\n`);
    return Exit.clean;
  });
  return code ?? Exit.interrupted;
}

const WIDTH_WITHOUT_TERMINAL = 120;

/** What a place on the command line is about: the findings there, in their project. */
export interface AtPlace {
  readonly analyzer: Analyzer;
  readonly file: string;
  readonly findings: readonly LocatedFinding[];
}

/**
 * Hands on the findings whose place is on the line that `FILE:LINE` names (`FILE:LINE:COLUMN` will do), the file read with the
 * project around it; undefined when interrupted. @throws UsageError where there is none
 */
export async function atPlace<T>(
  place: string,
  commandLine: CommandLine,
  settings: Partial<Settings>,
  answer: (found: AtPlace) => Promise<T>,
): Promise<T | undefined> {
  const { host, stderr } = commandLine;
  const [, path, number] = /^(.+?):(\d+)(?::\d+)?$/.exec(place) ?? [];
  if (path === undefined || number === undefined)
    throw new UsageError(`\`${place}\` names no file and line; write it like \`src/app.py:12\`.`);
  const file = namedPath(commandLine, path);
  if (!(await isThere(host, file))) throw new UsageError(`There is no file \`${path}\`.`);
  const folder = await projectFolder(host, file);
  const analyzer = await commandLine.openAnalyzer();
  try {
    analyzer.setFolders(folder === undefined ? [] : [folder]);
    analyzer.setSettings(settings);
    const report = await analyzer.audit(
      [file],
      checkpoint(() => !commandLine.interrupted(), host),
      {
        report() {},
      },
    );
    const trouble = report.notAnalysed.find((one) => one.file === file && one.part === undefined);
    if (trouble !== undefined) throw new UsageError(trouble.message);
    const all = findingsOf(report).filter((finding) => finding.place.file === file);
    return await answer({ analyzer, file, findings: onLine(all, Number(number), path) });
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    stderr.write('Interrupted.\n');
    return undefined;
  } finally {
    analyzer.dispose();
  }
}

function onLine(all: readonly LocatedFinding[], number: number, path: string): readonly LocatedFinding[] {
  const here = all.filter(({ place: { start, end } }) => start.line < number && number <= end.line + 1);
  if (here.length > 0) return here;
  const lines = [...new Set(all.map((one) => one.place.start.line + 1))].slice(0, MOST_LINES);
  throw new UsageError(
    lines.length === 0
      ? `There is no finding in \`${path}\`.`
      : `There is no finding on line ${number} of \`${path}\`; there is on ${lines.length === 1 ? 'line' : 'lines'} ${lines.join(', ')}.`,
  );
}

/** Lines that are named where the wrong one was. */
const MOST_LINES = 10;
