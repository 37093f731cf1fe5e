/**
 * `heddle fix PATH...`: shows what the fixes would change, or writes it. Everything is worked out in memory first; files are
 * written at the end, each in one step, and only while they still are what was read and can be taken back with git.
 */
import { type Command, Option } from 'commander';
import { createTwoFilesPatch, FILE_HEADERS_ONLY } from 'diff';
import { Cancelled, checkpoint } from '../../base/checkpoint.ts';
import { isReadFailure } from '../../base/host.ts';
import { printable } from '../../base/printable.ts';
import type { AuditReport } from '../../service/analyzer.ts';
import { type FixedTexts, fixAll } from '../../service/fixAll.ts';
import { commaSeparated, onlyThese, writeTrouble } from './auditCommand.ts';
import {
  type CommandLine,
  Exit,
  type ExitCode,
  isThere,
  namedPath,
  UnwritableError,
  UsageError,
} from './commandLine.ts';
import { projectFolder, reportRoot } from './projectFolder.ts';
import { isIncomplete, shownPath } from './report.ts';
import { counted } from './textReport.ts';

export function addFixCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('fix')
    .summary('apply the fixes of findings')
    .description(
      'Applies the safe fixes of what `heddle audit` finds, and shows them as a patch unless told to write.',
    )
    .argument('<path...>', 'files and folders to fix')
    .addOption(
      new Option('--diff', 'print the changes as a patch (the default)').conflicts(['check', 'write']),
    )
    .addOption(new Option('--check', 'change nothing, and end with 1 when a fix applies').conflicts('write'))
    .option('--write', 'write the changed files')
    .option('--unsafe', 'also apply fixes that need a look afterwards')
    .option('--rules <names>', 'fix what these rules find only, separated by commas', commaSeparated)
    .option('--allow-dirty', 'write also files that git could not bring back')
    .addHelpText('after', HELP)
    .action(async (paths: readonly string[], options: FixOptions) =>
      done(await fix(paths, options, commandLine)),
    );
}

const HELP = `
A safe fix keeps what the code means but for the added exclusion; every other one needs a look.
Each fix is tried before it is applied: its finding is gone afterwards, and no other has come.

Exit codes: 0 done, 1 with --check when a fix applies, 2 wrong usage, 3 something could not be
analysed, or most of a file, 4 a file could not be written, 130 interrupted.

Examples:
  heddle fix src
  heddle fix src --write
  heddle fix src --unsafe --rules nonatomic-update --write`;

interface FixOptions {
  readonly check?: true;
  readonly write?: true;
  readonly unsafe?: true;
  readonly rules?: readonly string[];
  readonly allowDirty?: true;
}

async function fix(
  paths: readonly string[],
  options: FixOptions,
  commandLine: CommandLine,
): Promise<ExitCode> {
  const { host, stdout, stderr, currentFolder } = commandLine;
  const absolute = paths.map((path) => namedPath(commandLine, path));
  for (const [index, path] of absolute.entries())
    if (paths[index] === '' || !(await isThere(host, path)))
      throw new UsageError(`There is no file or folder \`${paths[index]}\`.`);
  const rules = options.rules === undefined ? {} : { rules: onlyThese(options.rules, commandLine) };
  const folders = new Set<string>();
  for (const path of absolute) {
    const folder = await projectFolder(host, path);
    if (folder !== undefined) folders.add(folder);
  }
  const kept = options.write && !options.allowDirty ? await uncommitted(absolute, commandLine) : undefined;
  const analyzer = await commandLine.openAnalyzer();
  let texts: FixedTexts;
  let report: AuditReport;
  try {
    analyzer.setFolders([...folders]);
    analyzer.setSettings(rules);
    const going = checkpoint(() => !commandLine.interrupted(), host);
    const wishes = {
      unsafe: options.unsafe === true,
      mayChange: (file: string) => PYTHON.test(file) && absolute.some((path) => isIn(file, path)),
    };
    report = await analyzer.audit(absolute, going, { report() {} });
    texts = await fixAll(analyzer, absolute, wishes, going);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    stderr.write('Interrupted; no file was changed.\n');
    return Exit.interrupted;
  } finally {
    analyzer.dispose();
  }
  await writeTrouble(report, commandLine);
  const shown = (file: string): string => shownPath(file, currentFolder);
  if (options.write) await writeAll(texts, kept, commandLine);
  if (options.write || options.check)
    for (const { finding, title } of texts.applied)
      stdout.write(`${printable(`${shown(finding.place.file)}: ${finding.rule}: ${title}`)}\n`);
  else {
    const root = await patchRoot(host, absolute, texts, currentFolder);
    for (const [file, { before, after }] of texts.changed) {
      const text = patch(shownPath(file, root), before, after);
      stdout.write(stdout.isTerminal ? text.split('\n').map(printable).join('\n') : text);
    }
    if (root !== currentFolder) stderr.write(`The patch is for the folder ${printable(root)}.\n`);
  }
  stderr.write(`${summary(texts, options)}\n`);
  if (isIncomplete(report)) return Exit.incomplete;
  return options.check && texts.applied.length > 0 ? Exit.findings : Exit.clean;
}

/** Where its paths start: neither git nor `patch` follows one that is absolute or leads upwards. */
async function patchRoot(
  host: CommandLine['host'],
  paths: readonly string[],
  { changed }: FixedTexts,
  currentFolder: string,
): Promise<string> {
  const outside = [...changed.keys()].some((file) => !isIn(file, currentFolder));
  return outside ? reportRoot(host, paths) : currentFolder;
}

/** For `git apply` and `patch -p1`. */
function patch(name: string, before: string, after: string): string {
  return createTwoFilesPatch(`a/${name}`, `b/${name}`, before, after, undefined, undefined, {
    context: 3,
    headerOptions: FILE_HEADERS_ONLY,
  });
}

const PYTHON = /\.pyw?$/;

function isIn(file: string, path: string): boolean {
  return file === path || file.startsWith(path.endsWith('/') ? path : `${path}/`);
}

function summary({ changed, applied, withUnsafe }: FixedTexts, { write, unsafe }: FixOptions): string {
  const more =
    withUnsafe === 0 || unsafe
      ? ''
      : ` ${counted(withUnsafe, 'finding')} more would be fixed with --unsafe; look at the result.`;
  if (applied.length === 0) return `Nothing to fix.${more}`;
  const fixes = applied.length === 1 ? '1 fix' : `${applied.length.toLocaleString('en')} fixes`;
  return `${write ? 'Applied' : 'Would apply'} ${fixes} in ${counted(changed.size, 'file')}.${more}`;
}

/** Files below the paths that git could not bring back; a sentence where there is no git to do so. */
async function uncommitted(
  paths: readonly string[],
  commandLine: CommandLine,
): Promise<ReadonlySet<string> | string> {
  const files = new Set<string>();
  for (const path of paths) {
    const changed = await commandLine.changedSince(path, 'HEAD');
    if (typeof changed === 'string') return changed;
    for (const file of changed.keys()) files.add(file);
  }
  return files;
}

/** Writes all files or, when one of them is not what was read or could not be brought back, none. */
async function writeAll(
  { changed }: FixedTexts,
  kept: ReadonlySet<string> | string | undefined,
  { host, currentFolder, saveFile }: CommandLine,
): Promise<void> {
  if (changed.size === 0) return;
  if (typeof kept === 'string')
    throw new UsageError(`${kept} Nothing was changed; with --allow-dirty it is written all the same.`);
  const marked = new Set<string>();
  for (const [file, { before }] of changed) {
    const name = shownPath(file, currentFolder);
    if (kept?.has(file))
      throw new UsageError(
        `\`${name}\` has changes that are not committed, so nothing was changed; commit them, or say --allow-dirty.`,
      );
    const bytes = await host.readFile(file);
    const text = isReadFailure(bytes) ? undefined : Buffer.from(bytes).toString('utf8');
    if (text === `\uFEFF${before}`) marked.add(file);
    else if (text !== before)
      throw new UsageError(`\`${name}\` is not UTF-8, or has changed meanwhile, so nothing was changed.`);
  }
  for (const [file, { after }] of changed) {
    const trouble = await saveFile(file, marked.has(file) ? `\uFEFF${after}` : after);
    if (trouble !== undefined)
      throw new UnwritableError(`\`${shownPath(file, currentFolder)}\` cannot be written: ${trouble}.`);
  }
}
