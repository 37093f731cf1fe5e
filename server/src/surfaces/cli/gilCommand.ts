/** `heddle gil FILE|WHEEL|DIR...`: what each extension module declares about the GIL, and where that was read. */
import { type Command, Option } from 'commander';
import { jsonText, printable } from '../../base/printable.ts';
import type { GilEvidence, GilVerdict } from '../../env/binary/verdict.ts';
import { type JudgedModule, judgeGilFiles } from '../../service/gilFiles.ts';
import { type Paint, paintFor, type Style } from './colors.ts';
import { type CommandLine, Exit, type ExitCode } from './commandLine.ts';
import { readPaths } from './readPaths.ts';
import { shownPath } from './report.ts';

/** Adds the command to the program; `done` takes its exit code. */
export function addGilCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('gil')
    .summary('show what extension modules declare about the GIL')
    .description(
      'Reads extension modules without loading them and tells whether importing each one brings the GIL back.',
    )
    .argument('<path...>', 'extension modules, wheels and folders')
    .addOption(
      new Option('--format <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (paths: readonly string[], options: { readonly format: 'text' | 'json' }) =>
      done(await gil(paths, options.format, commandLine)),
    );
}

const EXIT_CODES = `
Exit codes: 0 everything was read, 2 wrong usage, 3 a file could not be read, 130 interrupted.

Examples:
  heddle gil numpy-2.3.0-cp314-cp314t-manylinux_2_28_x86_64.whl
  heddle gil .venv/lib/python3.14t/site-packages --format json`;

async function gil(
  paths: readonly string[],
  format: 'text' | 'json',
  commandLine: CommandLine,
): Promise<ExitCode> {
  const { stdout, currentFolder, environment } = commandLine;
  const report = await readPaths(paths, commandLine, judgeGilFiles);
  if (report === undefined) return Exit.interrupted;
  stdout.write(
    format === 'json'
      ? json(report.modules, currentFolder)
      : text(report.modules, currentFolder, paintFor(stdout, environment)),
  );
  return report.unread.length > 0 ? Exit.incomplete : Exit.clean;
}

function json(modules: readonly JudgedModule[], currentFolder: string): string {
  const rows = modules.map(({ file, module, declaration, neverLoaded }) => ({
    file: shownPath(file, currentFolder),
    module,
    verdict: declaration.verdict,
    neverLoaded: neverLoaded ?? null,
    evidence: declaration.evidence.map((one) => ({ ...one, file: shownPath(one.file, currentFolder) })),
  }));
  return jsonText(rows);
}

function text(modules: readonly JudgedModule[], currentFolder: string, paint: Paint): string {
  if (modules.length === 0) return 'There are no extension modules.\n';
  const parts = modules.map(({ file, module, declaration, contradiction, neverLoaded }) => {
    const [words, style]: readonly [string, Style] =
      neverLoaded === undefined ? VERDICT_WORDS[declaration.verdict] : ['built for another Python', 'dim'];
    const lines = [
      `${paint(printable(module), 'bold')}  ${paint(words, style)}`,
      `  ${printable(shownPath(file, currentFolder))}`,
      ...declaration.evidence.map((one) => `  ${printable(evidenceText(one, file, currentFolder))}`),
    ];
    if (neverLoaded !== undefined) lines.push(`  ${printable(neverLoaded)}`);
    if (contradiction !== undefined) lines.push(`  ${paint(contradiction, 'yellow')}`);
    return lines.join('\n');
  });
  const loaded = modules.filter(({ neverLoaded }) => neverLoaded === undefined);
  const others = modules.length - loaded.length;
  const count = (verdict: GilVerdict): number =>
    loaded.filter(({ declaration }) => declaration.verdict === verdict).length;
  const back = count('declares-used') + count('does-not-declare');
  const open = count('cannot-tell');
  const summary = `${modules.length === 1 ? '1 extension module' : `${modules.length} extension modules`}: ${back} would bring the GIL back, ${count('declares-not-used')} would not, ${open} cannot be told${others === 0 ? '' : `; ${others} built for another Python`}.`;
  return `${parts.join('\n\n')}\n\n${paint(summary, 'bold')}\n`;
}

function evidenceText(
  { file, symbol, offset, read }: GilEvidence,
  own: string,
  currentFolder: string,
): string {
  const place = offset === undefined ? symbol : `${symbol} at 0x${offset.toString(16)}`;
  const where = file === own ? '' : ` in ${shownPath(file, currentFolder)}`;
  return `${place}${where}: ${read}`;
}

const VERDICT_WORDS: Readonly<Record<GilVerdict, readonly [string, Style]>> = {
  'declares-not-used': ['declares that it runs without the GIL', 'green'],
  'declares-used': ['declares that it needs the GIL', 'red'],
  'does-not-declare': ['does not declare, so it brings the GIL back', 'red'],
  'cannot-tell': ['cannot be told', 'yellow'],
};
