/**
 * `heddle facts PATH... -o DIR`: writes what each of these files says, for `heddle audit --facts DIR...` to join. Nothing but
 * these files is read, so that a build engine may run it anywhere and keep the result.
 */
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Cancelled, checkpoint } from '../../base/checkpoint.ts';
import { silentLogger } from '../../base/log.ts';
import { printable } from '../../base/printable.ts';
import { listSources } from '../../service/sources.ts';
import { takeFacts } from '../../service/takeFacts.ts';
import { collected, wholeNumber } from './arguments.ts';
import {
  type CommandLine,
  Exit,
  type ExitCode,
  isThere,
  namedPath,
  UnwritableError,
  UsageError,
} from './commandLine.ts';
import { progressLine } from './progressLine.ts';
import { shownPath } from './report.ts';

/** What files of facts are called: the name of the source, and this. */
export const FACTS_SUFFIX = '.facts';

export function addFactsCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('facts')
    .summary('write what files say, to be joined by `heddle audit --facts`')
    .description(
      'Writes what each file says, apart from all others, so that many machines can share the work; `heddle audit --facts` joins it.',
    )
    .argument('<path...>', 'files and folders below the current folder')
    .requiredOption('-o, --output <folder>', 'where the facts go, under the paths of the files')
    .addOption(new Option('--shard <k/n>', 'the k-th of n parts of the files').argParser(shard))
    .option(
      '--exclude <pattern>',
      'leave out files and folders, as in .gitignore; may be repeated',
      collected,
    )
    .option('--jobs <count>', 'threads that parse (default: one for each core)', wholeNumber)
    .addHelpText('after', EXAMPLES)
    .action(async (paths: readonly string[], options: FactsOptions) =>
      done(await facts(paths, options, commandLine)),
    );
}

const EXAMPLES = `
A file that cannot be analysed has facts that say so, and the audit names it.

Exit codes: 0 written, 2 wrong usage, 3 a path could not be looked into, 4 facts could not be written, 130 interrupted.

Examples:
  heddle facts . --shard 3/16 -o facts
  heddle facts app/db.py app/cache.py -o facts
  heddle audit --facts facts`;

interface Shard {
  readonly part: number;
  readonly of: number;
}

interface FactsOptions {
  readonly output: string;
  readonly shard?: Shard;
  readonly exclude?: readonly string[];
  readonly jobs?: number;
}

async function facts(
  paths: readonly string[],
  options: FactsOptions,
  commandLine: CommandLine,
): Promise<ExitCode> {
  const { host, stderr, currentFolder } = commandLine;
  const absolute = paths.map((path) => namedPath(commandLine, path));
  for (const [index, path] of absolute.entries()) {
    if (paths[index] === '' || !(await isThere(host, path)))
      throw new UsageError(`There is no file or folder \`${paths[index]}\`.`);
    if (path !== currentFolder && shownPath(path, currentFolder) === path)
      throw new UsageError(
        `\`${paths[index]}\` does not lie below the current folder; start in a folder that holds all files.`,
      );
  }
  const wanted = checkpoint(() => !commandLine.interrupted(), host);
  const progress = progressLine(stderr, () => host.now());
  const extraction = await commandLine.openExtraction(options.jobs);
  const version = commandLine.analyserVersion();
  try {
    const query = { folder: currentFolder, exclude: options.exclude ?? [], paths: absolute };
    const { files, notAnalysed } = await listSources(host, query, wanted);
    const { part, of } = options.shard ?? { part: 1, of: 1 };
    const own = files.filter((_, index) => index % of === part - 1);
    const task = { root: currentFolder, files: own, host, extraction, version, logger: silentLogger };
    for await (const { path, bytes } of takeFacts(task, wanted, progress)) {
      const file = namedPath(commandLine, `${options.output}/${path}${FACTS_SUFFIX}`);
      const reason = await commandLine.saveBytes(file, bytes);
      if (reason !== undefined) throw new UnwritableError(`${file} could not be written: ${reason}.`);
    }
    progress.clear();
    for (const { file, message } of notAnalysed)
      stderr.write(`not analysed: ${printable(`${shownPath(file, currentFolder)}: ${message}`)}\n`);
    return notAnalysed.length > 0 ? Exit.incomplete : Exit.clean;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    progress.clear();
    stderr.write('Interrupted.\n');
    return Exit.interrupted;
  } finally {
    progress.clear();
    extraction.dispose();
  }
}

function shard(value: string): Shard {
  const [, part = 0, of = 0] = (/^(\d{1,5})\/(\d{1,5})$/.exec(value) ?? []).map(Number);
  if (part < 1 || part > of)
    throw new InvalidArgumentError('It must be like 3/16: the third of sixteen parts.');
  return { part, of };
}
