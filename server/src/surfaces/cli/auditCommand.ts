/** `heddle audit PATH...`: analyses Python files and folders and writes a report. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { Cancelled, type Checkpoint, checkpoint } from '../../base/checkpoint.ts';
import { namedLike } from '../../base/nearest.ts';
import { printable } from '../../base/printable.ts';
import { LEVELS, type Level, SETTINGS, type Settings } from '../../base/settings.ts';
import type { Analyzer, AuditReport } from '../../service/analyzer.ts';
import type { BaselineOptions } from '../../service/baseline.ts';
import { type ChangedLines, isAboutChange, type LineRange } from '../../service/changedLines.ts';
import { rememberedReport } from '../../service/rememberedReport.ts';
import { sarifReport } from '../sarif/sarif.ts';
import { collected, wholeNumber } from './arguments.ts';
import { againstBaseline, type BaselineAudit, readBaseline, writeBaseline } from './baselineFile.ts';
import { cachePlace } from './cachePlace.ts';
import { paintFor, plain } from './colors.ts';
import {
  type AnalyzerOptions,
  advisedAs,
  type CommandLine,
  calledAs,
  Exit,
  type ExitCode,
  isThere,
  namedPath,
  UnwritableError,
  UsageError,
} from './commandLine.ts';
import { readFacts } from './factsFolders.ts';
import { githubReport } from './githubReport.ts';
import { gitlabReport } from './gitlabReport.ts';
import { jsonReport } from './jsonReport.ts';
import { junitReport } from './junitReport.ts';
import { ensureRoom, inMoreRoom, TooLargeHere } from './largeProgram.ts';
import { withOfferedFixes, withoutFixes } from './offeredFixes.ts';
import { progressLine } from './progressLine.ts';
import { projectFolder, reportRoot } from './projectFolder.ts';
import {
  atLeast,
  findingsOf,
  isIncomplete,
  levelOf,
  onlyFindings,
  shownPath,
  sourceTexts,
} from './report.ts';
import { counted, type Scope, summary, textReport } from './textReport.ts';

/** Adds the command to the program; `done` takes its exit code. */
export function addAuditCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('audit')
    .summary('find thread-safety problems in Python files and folders')
    .description(
      'Finds race conditions, lost updates, deadlocks and imports that bring the GIL back in Python files and folders.',
    )
    .argument('[path...]', 'files and folders to analyse (default: the current folder)')
    .addOption(new Option('--format <format>', 'form of the report').choices(FORMATS).default('text'))
    .option('--explain', 'show with each finding the order of steps in which it goes wrong')
    .option('-o, --output <file>', 'write the report to a file instead of standard output')
    .addOption(settingOption('target', '--target <build>'))
    .addOption(settingOption('profile', '--profile <profile>'))
    .addOption(settingOption('level', '--level <level>'))
    .addOption(
      new Option('--fail-on <level>', 'least severe level that makes the exit code 1')
        .choices([...LEVELS, 'never'])
        .default('warning'),
    )
    .option('--rules <names>', 'report these rules only, separated by commas', commaSeparated)
    .option(
      '--exclude <pattern>',
      'leave out files and folders, as in .gitignore; may be repeated',
      collected,
    )
    .addOption(
      new Option(
        '--changed [revision]',
        'report only what is about lines changed since a git revision (HEAD)',
      )
        .preset('HEAD')
        .conflicts('writeBaseline'),
    )
    .addOption(
      new Option('--baseline <file>', 'report only what is not in this baseline, and shorten it').conflicts(
        'writeBaseline',
      ),
    )
    .option('--write-baseline <file>', 'put everything found into a baseline, and end with 0')
    .option('--python <path>', 'Python interpreter whose installed packages count')
    .option('--facts <folder...>', 'join what `heddle facts` has written there, instead of reading files')
    .option('--jobs <count>', 'threads that parse (default: one for each core)', wholeNumber)
    .addOption(
      new Option(
        '--cache-dir <folder>',
        'keep what is found out about files here, not in .heddle_cache',
      ).conflicts('cache'),
    )
    .option('--no-cache', 'read no cache and write none')
    .addHelpText('after', EXIT_CODES)
    .action(async (paths: readonly string[], options: AuditOptions) =>
      done(await audit(paths, options, commandLine)),
    );
}

const FORMATS = ['text', 'json', 'sarif', 'github', 'gitlab', 'junit'] as const;

/** The formats that name the fixes of a finding. */
const TELLING_FIXES: readonly string[] = ['text', 'json'];

const EXIT_CODES = `
Settings in [tool.heddle] of a pyproject.toml apply; options win over them.

Exit codes: 0 clean, 1 findings at or above --fail-on, 2 wrong usage or configuration,
3 something could not be analysed, or most of a file, 4 the report could not be written, 130 interrupted.

Examples:
  heddle audit src
  heddle audit src --target free-threaded --fail-on error
  heddle audit . --format sarif --output heddle.sarif
  heddle audit . --write-baseline heddle-baseline.json
  heddle audit . --baseline heddle-baseline.json
  heddle audit . --changed origin/main --format github`;

interface AuditOptions {
  readonly format: (typeof FORMATS)[number];
  readonly explain?: true;
  readonly output?: string;
  readonly target?: Settings['target'];
  readonly profile?: Settings['profile'];
  readonly level?: Level;
  readonly failOn: Level | 'never';
  readonly rules?: readonly string[];
  readonly exclude?: readonly string[];
  readonly changed?: string;
  readonly baseline?: string;
  readonly writeBaseline?: string;
  readonly python?: string;
  readonly facts?: readonly string[];
  readonly jobs?: number;
  readonly cacheDir?: string;
  readonly cache: boolean;
}

async function audit(
  paths: readonly string[],
  options: AuditOptions,
  commandLine: CommandLine,
): Promise<ExitCode> {
  const { host, stderr, currentFolder } = commandLine;
  const settings = settingsOf(options, commandLine);
  if (paths.length > 0 && options.facts !== undefined)
    throw new UsageError('Name either files and folders, or by `--facts` what has been read of them.');
  const given = paths.length === 0 ? ['.'] : paths;
  const absolute = given.map((path) => namedPath(commandLine, path));
  for (const [index, path] of absolute.entries())
    if (given[index] === '' || !(await isThere(host, path)))
      throw new UsageError(`There is no file or folder \`${given[index]}\`.`);
  const python = options.python === undefined ? undefined : await host.stat(settings.pythonInterpreter ?? '');
  if (options.python !== undefined && (python === undefined || python.kind === 'other'))
    throw new UsageError(`There is no Python interpreter \`${options.python}\`; give its path.`);
  const baseline =
    options.baseline === undefined ? undefined : await readBaseline(options.baseline, commandLine);
  const changed =
    options.changed === undefined ? undefined : await changedLines(absolute, options.changed, commandLine);
  const folders = new Set<string>();
  for (const path of absolute) {
    const folder = await projectFolder(host, path);
    if (folder !== undefined) folders.add(folder);
  }

  const progress = progressLine(stderr, () => host.now());
  const wanted = checkpoint(() => !commandLine.interrupted(), host);
  let analyzer: Analyzer | undefined;
  let report: AuditReport;
  try {
    const opened = await analyzerOptions(absolute, options, commandLine, wanted);
    const tellsFixes = TELLING_FIXES.includes(options.format);
    const question = JSON.stringify([absolute, [...folders], settings, tellsFixes]);
    const memory = opened.cache && commandLine.openReports(opened.cache);
    report = await rememberedReport(memory, question, host, wanted, async (through) => {
      analyzer = await commandLine.openAnalyzer({ ...opened, once: true, host: through });
      analyzer.setFolders([...folders]);
      analyzer.setSettings(settings);
      const found = await analyzer.audit(absolute, wanted, {
        report(done, total, file) {
          ensureRoom(total, commandLine);
          progress.report(done, total, shownPath(file, currentFolder));
        },
      });
      if (!tellsFixes) return found;
      return options.facts === undefined ? withOfferedFixes(found, analyzer, wanted) : withoutFixes(found);
    });
  } catch (error) {
    if (error instanceof TooLargeHere) return await inMoreRoom(error, commandLine);
    if (!(error instanceof Cancelled)) throw error;
    progress.clear();
    stderr.write('Interrupted.\n');
    return Exit.interrupted;
  } finally {
    progress.clear();
    analyzer?.dispose();
  }
  const whole: BaselineAudit = { report, paths: absolute, options: baselineOptions(options) };
  if (options.writeBaseline !== undefined) {
    await writeTrouble(report, commandLine);
    const code = exitCode(report, 'never');
    await writeBaseline(options.writeBaseline, whole, commandLine);
    const { length } = findingsOf(report);
    stderr.write(`${options.writeBaseline} holds ${counted(length, 'finding')} now.\n`);
    return code;
  }
  if (changed !== undefined) report = onlyChanged(report, changed);
  let scope: Scope = options.changed === undefined ? {} : { changedSince: options.changed };
  if (baseline !== undefined && options.baseline !== undefined) {
    const complete = changed === undefined && exitCode(report, 'never') === Exit.clean;
    const file = options.baseline;
    const audited = { ...whole, report };
    const compared = await againstBaseline(file, baseline, audited, complete, commandLine);
    report = compared.report;
    scope = { ...scope, baseline: { file, known: compared.known, gone: compared.gone } };
  }
  await writeTrouble(report, commandLine);
  const code = exitCode(report, options.failOn);
  await writeReport({ report, scope, paths: absolute, options, code }, commandLine);
  return code;
}

async function analyzerOptions(
  paths: readonly string[],
  { jobs, facts, cache, cacheDir }: AuditOptions,
  commandLine: CommandLine,
  wanted: Checkpoint,
): Promise<AnalyzerOptions> {
  if (facts === undefined)
    return { jobs, cache: cache ? await cachePlace(cacheDir, paths, commandLine) : undefined };
  const version = commandLine.analyserVersion();
  const read = await readFacts(facts, version, commandLine, wanted);
  ensureRoom(read.files.size, commandLine);
  return { jobs, cache: undefined, facts: read };
}

async function changedLines(
  paths: readonly string[],
  revision: string,
  commandLine: CommandLine,
): Promise<ChangedLines> {
  const all = new Map<string, readonly LineRange[]>();
  for (const path of paths) {
    const changed = await commandLine.changedSince(path, revision);
    if (typeof changed === 'string') throw new UsageError(changed);
    for (const [file, ranges] of changed) all.set(file, ranges);
  }
  return all;
}

/** What could not be analysed counts as changed when its file did. */
function onlyChanged(report: AuditReport, changed: ChangedLines): AuditReport {
  const { notAnalysed } = report;
  return {
    ...onlyFindings(report, (finding) => isAboutChange(finding, changed)),
    notAnalysed: notAnalysed.filter(({ file }) => changed.has(file)),
  };
}

/** The options that decide what is found, as a baseline remembers them. */
function baselineOptions({ target, profile, level, rules, exclude }: AuditOptions): BaselineOptions {
  return {
    ...(target === undefined ? {} : { target }),
    ...(profile === undefined ? {} : { profile }),
    ...(level === undefined ? {} : { level }),
    ...(rules === undefined ? {} : { rules: [...rules].sort() }),
    ...(exclude === undefined ? {} : { exclude }),
  };
}

function settingsOf(options: AuditOptions, commandLine: CommandLine): Partial<Settings> {
  return {
    ...(options.target === undefined ? {} : { target: options.target }),
    ...(options.profile === undefined ? {} : { profile: options.profile }),
    ...(options.level === undefined ? {} : { level: options.level }),
    ...(options.exclude === undefined ? {} : { exclude: options.exclude }),
    ...(options.rules === undefined ? {} : { rules: onlyThese(options.rules, commandLine) }),
    ...(options.python === undefined ? {} : { pythonInterpreter: namedPath(commandLine, options.python) }),
  };
}

/** Every other rule is off; the named ones are on even where the project has switched them off. */
export function onlyThese(names: readonly string[], { rules, environment }: CommandLine): Settings['rules'] {
  const lists = `\`${calledAs(environment)} rule\` lists them.`;
  const ids = rules.map((rule) => rule.id);
  if (names.length === 0) throw new UsageError(`\`--rules\` names no rule; ${lists}`);
  for (const name of names)
    if (!ids.includes(name))
      throw new UsageError(`There is no rule \`${name}\`${namedLike(name, ids) || `; ${lists}`}`);
  return Object.fromEntries(ids.map((id) => [id, names.includes(id) ? 'default' : 'off']));
}

function exitCode(report: AuditReport, failOn: Level | 'never'): ExitCode {
  if (isIncomplete(report)) return Exit.incomplete;
  if (report.configurationProblems.length > 0) return Exit.usage;
  const fails =
    failOn !== 'never' && findingsOf(report).some((finding) => atLeast(levelOf(finding.severity), failOn));
  return fails ? Exit.findings : Exit.clean;
}

/** What went wrong goes to standard error in every format, so that it is seen where the report goes to a file. */
export async function writeTrouble(report: AuditReport, commandLine: CommandLine): Promise<void> {
  const { stderr, currentFolder } = commandLine;
  const paint = paintFor(stderr, commandLine.environment);
  const source = sourceTexts(commandLine.host);
  const lines: string[] = [];
  for (const { file, span, message } of report.configurationProblems) {
    const known = span === undefined ? undefined : await source(file);
    const at = known === undefined || span === undefined ? undefined : known.index.position(span.start);
    const where = at === undefined ? '' : `:${at.line + 1}:${at.character + 1}`;
    const place = file === '' ? '' : `${shownPath(file, currentFolder)}${where}: `;
    lines.push(`${paint('configuration', 'red', 'bold')}: ${printable(place + message)}`);
  }
  for (const { file, message, part } of report.notAnalysed)
    lines.push(
      `${paint(part === undefined ? 'not analysed' : 'partly analysed', 'yellow', 'bold')}: ${printable(`${shownPath(file, currentFolder)}: ${message}`)}`,
    );
  if (lines.length > 0) stderr.write(`${lines.join('\n')}\n`);
}

/** What an audit came to. */
interface Outcome {
  readonly report: AuditReport;
  readonly scope: Scope;
  /** Absolute, as given by the user. */
  readonly paths: readonly string[];
  readonly options: AuditOptions;
  readonly code: ExitCode;
}

async function writeReport(outcome: Outcome, commandLine: CommandLine): Promise<void> {
  const { report, scope, options } = outcome;
  const { stdout, stderr, currentFolder, environment } = commandLine;
  const toFile = options.output !== undefined && options.output !== '-';
  const text = await reportText(outcome, toFile, commandLine);
  if (!toFile) {
    stdout.write(text);
    return;
  }
  const file = resolve(currentFolder, options.output);
  const trouble = await commandLine.saveFile(file, text);
  if (trouble !== undefined)
    throw new UnwritableError(`The report cannot be written to \`${options.output}\`: ${trouble}.`);
  const said = summary(report, scope, paintFor(stderr, environment), advisedAs(environment));
  stderr.write(`${said} The report is in ${options.output}.\n`);
}

async function reportText(
  { report, scope, paths, options: { format, failOn, explain }, code }: Outcome,
  toFile: boolean,
  commandLine: CommandLine,
): Promise<string> {
  const { host, stdout, currentFolder, environment, version, rules } = commandLine;
  const source = sourceTexts(host);
  if (format !== 'text') {
    const root = await reportRoot(host, paths);
    switch (format) {
      case 'json':
        return jsonReport(report, scope, version, currentFolder);
      case 'sarif':
        return sarifReport({ report, rules, version, root, exitCode: code, source });
      case 'github':
        return githubReport(report, root, summary(report, scope, plain, advisedAs(environment)));
      case 'gitlab':
        return gitlabReport(report, root);
      case 'junit':
        return junitReport(report, root, failOn);
    }
  }
  return textReport({
    report,
    scope,
    currentFolder,
    source,
    paint: toFile ? plain : paintFor(stdout, environment),
    width: (toFile ? undefined : stdout.columns) ?? WIDTH_WITHOUT_TERMINAL,
    explain: explain === true,
    command: advisedAs(environment),
  });
}

const WIDTH_WITHOUT_TERMINAL = 120;

function settingOption(name: keyof Settings, flags: string): Option {
  const declaration = SETTINGS.find((one) => one.name === name)!;
  const description = declaration.description.charAt(0).toLowerCase() + declaration.description.slice(1, -1);
  return new Option(flags, description).choices(declaration.choices!.map((choice) => choice.value));
}

export function commaSeparated(value: string): readonly string[] {
  return value
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
