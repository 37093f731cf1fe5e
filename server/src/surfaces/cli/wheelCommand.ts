/** `heddle wheel DIST...`: what is wrong with built wheels for people on free-threaded Python, before they are published. */
import { basename } from 'node:path';
import { type Command, Option } from 'commander';
import { jsonText, printable } from '../../base/printable.ts';
import { type CheckedRelease, checkWheels } from '../../service/wheelCheck.ts';
import { type Paint, paintFor } from './colors.ts';
import { type CommandLine, Exit, type ExitCode, UsageError } from './commandLine.ts';
import { readPaths } from './readPaths.ts';
import { shownPath } from './report.ts';

/** Adds the command to the program; `done` takes its exit code. */
export function addWheelCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('wheel')
    .summary('check built wheels for free-threaded Python before publishing them')
    .description(
      'Holds names, metadata and binaries of built wheels against each other, without running them, and tells what people on free-threaded Python would trip over.',
    )
    .argument('<path...>', 'wheels, and folders that hold them')
    .addOption(
      new Option('--format <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (paths: readonly string[], options: { readonly format: 'text' | 'json' }) =>
      done(await wheel(paths, options.format, commandLine)),
    );
}

const EXIT_CODES = `
Exit codes: 0 nothing is wrong, 1 something is, 2 wrong usage, 3 a file could not be read, 130 interrupted.

Examples:
  heddle wheel dist/
  heddle wheel wheelhouse/*.whl --format json`;

async function wheel(
  paths: readonly string[],
  format: 'text' | 'json',
  commandLine: CommandLine,
): Promise<ExitCode> {
  const { stdout, currentFolder, environment } = commandLine;
  const check = await readPaths(paths, commandLine, checkWheels);
  if (check === undefined) return Exit.interrupted;
  const { releases, unread } = check;
  // A check of nothing must not pass in a workflow.
  if (releases.length === 0 && unread.length === 0)
    throw new UsageError(`There are no wheels in ${paths.map((path) => `\`${path}\``).join(', ')}.`);
  stdout.write(
    format === 'json' ? json(releases, currentFolder) : text(releases, paintFor(stdout, environment)),
  );
  if (unread.length > 0) return Exit.incomplete;
  return releases.some(({ problems }) => problems.length > 0) ? Exit.findings : Exit.clean;
}

function json(releases: readonly CheckedRelease[], currentFolder: string): string {
  const shown = releases.map(({ name, version, wheels, problems, open }) => ({
    package: name,
    version,
    wheels: wheels.map((file) => shownPath(file, currentFolder)),
    problems: problems.map(({ kind, file, says, advice }) => ({
      kind,
      file: file === undefined ? null : shownPath(file, currentFolder),
      says,
      advice,
    })),
    cannotTell: open,
  }));
  return jsonText(shown);
}

function text(releases: readonly CheckedRelease[], paint: Paint): string {
  return releases.map((release) => releaseText(release, paint)).join('\n');
}

function releaseText({ name, version, wheels, problems, open }: CheckedRelease, paint: Paint): string {
  const counted = wheels.length === 1 ? '1 wheel' : `${wheels.length} wheels`;
  const lines = [`${paint(printable(`${name} ${version}`), 'bold')}  ${counted}`];
  for (const [index, { file, says, advice }] of problems.entries()) {
    lines.push(`  ${paint('✗', 'red')} ${printable(says)}`);
    const next = problems[index + 1];
    // What is to be done about all modules of a wheel is said once.
    if (next !== undefined && next.file === file && next.advice === advice) continue;
    if (file !== undefined) lines.push(`    ${printable(basename(file))}`);
    lines.push(`    ${printable(advice)}`);
  }
  for (const says of open) lines.push(`  ${paint('?', 'yellow')} ${printable(says)}`);
  if (problems.length === 0)
    lines.push(`  ${paint('✓', 'green')} Names, metadata and binaries agree on free-threaded Python.`);
  return `${lines.join('\n')}\n`;
}
