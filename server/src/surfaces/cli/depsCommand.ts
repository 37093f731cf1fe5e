/** `heddle deps [PATH]`: which dependencies of a project are ready for free-threaded Python, and how that is known. */
import { dirname } from 'node:path';
import { type Command, InvalidArgumentError, Option } from 'commander';
import { Cancelled, checkpoint } from '../../base/checkpoint.ts';
import { greatest } from '../../base/manyItems.ts';
import { jsonText, printable } from '../../base/printable.ts';
import type { AuthorChecklist } from '../../env/authorChecklist.ts';
import type { ReadinessStatus } from '../../env/readiness.ts';
import { slashed } from '../../nodeHost.ts';
import type { EnvironmentReport } from '../../service/environmentReport.ts';
import type { FreeThreadingPlan } from '../../service/freeThreadingPlan.ts';
import {
  readinessHeading,
  readinessMarkdown,
  readinessRows,
  readinessSummary,
  STATUS_WORDS,
} from '../../service/readinessTable.ts';
import { type Paint, paintFor, type Style } from './colors.ts';
import { type CommandLine, Exit, type ExitCode, isThere, namedPath, UsageError } from './commandLine.ts';
import { textColumns } from './displayWidth.ts';
import { checklistOutput, planOutput, writePlan } from './planOutput.ts';
import { projectFolder } from './projectFolder.ts';
import { shownPath } from './report.ts';
import { checkWithUv } from './uvCheck.ts';

/** Adds the command to the program; `done` takes its exit code. */
export function addDepsCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('deps')
    .summary('show which dependencies are ready for free-threaded Python')
    .description(
      'Tells for every distribution a project requires, locks or has installed whether free-threaded Python can load it and whether importing it brings the GIL back.',
    )
    .argument('[path]', 'folder of the project', '.')
    .addOption(new Option('--format <format>', 'form of the report').choices(FORMATS).default('text'))
    .option(
      '--plan',
      'tell what to do about each dependency that is not ready, and which of them the code needs',
    )
    .option(
      '--author',
      'tell what the author of the library in the folder still has to do, each with the line to write',
    )
    .option(
      '--check-with-uv',
      'with --plan: let uv, which asks the package index, resolve the plan; nothing is changed',
    )
    .option('--write', 'with --plan: raise the bounds in the dependency files of the project')
    .addOption(
      new Option('--fail-on <status>', 'least bad status that makes the exit code 1')
        .choices(FAIL_ON)
        .default('gil'),
    )
    .option(
      '--target-python <version>',
      'free-threaded Python to ask about (default: the version of the environment if it is free-threaded, else 3.14)',
      minorVersion,
    )
    .option('--python <path>', 'Python interpreter whose installed packages count')
    .addHelpText('after', EXIT_CODES)
    .action(async (path: string, options: DepsOptions) => done(await deps(path, options, commandLine)));
}

const FORMATS = ['text', 'json', 'markdown', 'diff'] as const;
const FAIL_ON = ['gil', 'partial', 'unknown', 'never'] as const;

const EXIT_CODES = `
--fail-on gil: it brings the GIL back or cannot be loaded; partial: that, or it lacks its compiled part;
unknown: that, or nothing is known.

--plan --format diff prints what --write would change, as a patch.

Exit codes: 0 clean, 1 a dependency at or below --fail-on, 2 wrong usage or configuration,
3 a dependency file could not be read, 130 interrupted.

Examples:
  heddle deps
  heddle deps --target-python 3.15 --format markdown
  heddle deps --plan
  heddle deps --plan --format diff | git apply
  heddle deps --plan --check-with-uv
  heddle deps --author
  heddle deps --python .venv/bin/python --fail-on unknown`;

interface DepsOptions {
  readonly format: (typeof FORMATS)[number];
  readonly failOn: (typeof FAIL_ON)[number];
  readonly targetPython?: number;
  readonly python?: string;
  readonly plan?: boolean;
  readonly author?: boolean;
  readonly checkWithUv?: boolean;
  readonly write?: boolean;
}

async function deps(path: string, options: DepsOptions, commandLine: CommandLine): Promise<ExitCode> {
  const { host, stdout, stderr, currentFolder, environment } = commandLine;
  if (
    options.plan !== true &&
    (options.write === true || options.checkWithUv === true || options.format === 'diff')
  )
    throw new UsageError('`--write`, `--check-with-uv` and `--format diff` belong to a plan; add `--plan`.');
  const absolute = namedPath(commandLine, path);
  if (path === '' || !(await isThere(host, absolute)))
    throw new UsageError(`There is no file or folder \`${path}\`.`);
  const python = options.python === undefined ? '' : namedPath(commandLine, options.python);
  if (python !== '' && (await host.stat(python)) === undefined)
    throw new UsageError(`There is no Python interpreter \`${options.python}\`; give its path.`);
  // Of a file that belongs to no project, the neighbours count: dependencies are a folder's.
  const folder = (await projectFolder(host, absolute)) ?? slashed(dirname(absolute));
  const analyzer = await commandLine.openAnalyzer();
  let report: EnvironmentReport | undefined;
  let plan: FreeThreadingPlan | undefined;
  let checklist: AuthorChecklist | undefined;
  try {
    analyzer.setFolders([folder]);
    analyzer.setSettings(python === '' ? {} : { pythonInterpreter: python });
    const goOn = checkpoint(() => !commandLine.interrupted(), host);
    if (options.plan === true || options.author !== true)
      report = await analyzer.reportEnvironment(folder, options.targetPython, goOn);
    if (options.plan === true) plan = await analyzer.planFreeThreading(folder, options.targetPython, goOn);
    if (options.plan === true || options.author === true)
      checklist = await analyzer.authorChecklist(folder, goOn);
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    stderr.write('Interrupted.\n');
    return Exit.interrupted;
  } finally {
    analyzer.dispose();
  }
  if (options.author === true && checklist === undefined)
    throw new UsageError(`\`${path}\` builds no distribution: it has neither a build system nor a setup.py.`);
  if (report === undefined) return showChecklist(checklist!, options, commandLine);
  if (python !== '' && report.interpreter?.version === undefined)
    throw new UsageError(
      `\`${options.python}\` is no Python interpreter, or not one whose files tell its version.`,
    );
  for (const file of report.unreadable)
    stderr.write(`${printable(shownPath(file, currentFolder))}: This dependency file cannot be read.\n`);
  if (plan !== undefined) {
    // Who writes no extension module has a short list, which is shown when asked for.
    const author = options.author === true || (checklist?.tools.length ?? 0) > 0 ? checklist : undefined;
    return showPlan(plan, author, options, commandLine, report.unreadable.length > 0);
  }
  if (options.format === 'json') stdout.write(json(report, currentFolder));
  else if (options.format === 'markdown') stdout.write(readinessMarkdown(report));
  else stdout.write(text(report, paintFor(stdout, environment)));
  if (report.unreadable.length > 0) return Exit.incomplete;
  const failing = FAILING[options.failOn];
  return report.dependencies.some(({ readiness }) => failing.includes(readiness.status))
    ? Exit.findings
    : Exit.clean;
}

async function showPlan(
  plan: FreeThreadingPlan,
  author: AuthorChecklist | undefined,
  { format, failOn, write, checkWithUv: check }: DepsOptions,
  commandLine: CommandLine,
  incomplete: boolean,
): Promise<ExitCode> {
  commandLine.stdout.write(planOutput(plan, author, format, commandLine));
  if (check === true) {
    const said = await checkWithUv(plan, commandLine);
    // A patch and JSON are read by programs.
    (format === 'text' ? commandLine.stdout : commandLine.stderr).write(said);
  }
  if (write === true) await writePlan(plan, commandLine);
  if (incomplete) return Exit.incomplete;
  return plan.steps.length > 0 && failOn !== 'never' ? Exit.findings : Exit.clean;
}

function showChecklist(
  checklist: AuthorChecklist,
  { format, failOn }: DepsOptions,
  commandLine: CommandLine,
): ExitCode {
  commandLine.stdout.write(checklistOutput(checklist, format, commandLine));
  const left = checklist.items.some(({ state }) => state === 'todo');
  return left && failOn !== 'never' ? Exit.findings : Exit.clean;
}

const OFFENDING: readonly ReadinessStatus[] = ['gil-at-import', 'gil-later', 'not-importable'];
const FAILING: Readonly<Record<DepsOptions['failOn'], readonly ReadinessStatus[]>> = {
  gil: OFFENDING,
  partial: [...OFFENDING, 'partial'],
  unknown: [...OFFENDING, 'partial', 'unknown'],
  never: [],
};

const STYLES: Readonly<Record<ReadinessStatus, Style>> = {
  ready: 'green',
  'gil-at-import': 'red',
  'gil-later': 'yellow',
  'not-importable': 'red',
  partial: 'yellow',
  unknown: 'dim',
};

function text(report: EnvironmentReport, paint: Paint): string {
  const rows = readinessRows(report).map((row) => ({
    ...row,
    package: printable(row.package),
    version: printable(row.version),
    says: printable(row.says),
  }));
  const lines = [paint(printable(readinessHeading(report)), 'bold'), ''];
  const width = (cells: readonly string[]): number => greatest(cells.map((cell) => textColumns(cell)));
  const padded = (cell: string, to: number): string => cell + ' '.repeat(to - textColumns(cell));
  if (rows.length > 0) {
    const names = width(rows.map((row) => row.package));
    const versions = width(rows.map((row) => row.version));
    const statuses = width(rows.map((row) => STATUS_WORDS[row.status]));
    for (const row of rows) {
      const words = STATUS_WORDS[row.status];
      const style = STYLES[row.status];
      const upgrade = row.firstReady === '' ? '' : ` Ready from ${row.firstReady} on.`;
      lines.push(
        `${paint(padded(row.package, names), 'bold')}  ${padded(row.version, versions)}  ${paint(padded(words, statuses), style)}  ${row.says}${upgrade}`,
      );
    }
    lines.push('');
  }
  lines.push(readinessSummary(rows));
  return `${lines.join('\n')}\n`;
}

function json(report: EnvironmentReport, currentFolder: string): string {
  const { interpreter, minor, dependencies } = report;
  const value = {
    targetPython: `3.${minor}t`,
    interpreter:
      interpreter === undefined
        ? null
        : {
            prefix: shownPath(interpreter.prefix, currentFolder),
            version: interpreter.version ?? null,
            freeThreaded: interpreter.freeThreaded,
          },
    dependencies: dependencies.map(({ readiness, direct, requirements, locked }) => ({
      package: readiness.distribution,
      version: readiness.version ?? null,
      status: readiness.status,
      certain: readiness.certain,
      modules: readiness.modules,
      firstReady: readiness.firstReady ?? null,
      direct,
      requiredBy: requirements.map(({ path, requirement, raise }) => ({
        file: shownPath(path, currentFolder),
        constraint: requirement.constraint,
        raiseTo: typeof raise === 'object' ? raise.result : null,
      })),
      lockedBy: locked.map(({ path, version }) => ({ file: shownPath(path, currentFolder), version })),
      evidence: readiness.evidence.map(({ kind, status, says, path, source, date }) => ({
        kind,
        status,
        says,
        file: path === undefined ? null : shownPath(path, currentFolder),
        source: source ?? null,
        date: date ?? null,
      })),
    })),
  };
  return jsonText(value);
}

/** `3.14` or `3.14t` → 14. */
function minorVersion(value: string): number {
  const minor = /^3\.(\d{1,3})t?$/.exec(value)?.[1];
  if (minor === undefined || Number(minor) < 13)
    throw new InvalidArgumentError('Give a version like 3.14; free-threaded builds exist from 3.13 on.');
  return Number(minor);
}
