/** `heddle prove FILE:LINE`: writes a pytest file for a finding and runs it under a controlled scheduler, when the user says so. */
import { resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { checkpoint } from '../../base/checkpoint.ts';
import { jsonText, printable } from '../../base/printable.ts';
import { type Proof, type ProofAnswer, verdictWords } from '../../service/proof.ts';
import { isOurs, type Proving, proveFinding, testPathOf } from '../../service/proveFinding.ts';
import {
  type CommandLine,
  Exit,
  type ExitCode,
  namedPath,
  UnwritableError,
  UsageError,
} from './commandLine.ts';
import { atPlace } from './explainCommand.ts';
import { shownPath } from './report.ts';
import { witnessTable } from './witnessTable.ts';

export function addProveCommand(
  program: Command,
  commandLine: CommandLine,
  done: (code: ExitCode) => void,
): void {
  program
    .command('prove')
    .summary('show a finding by running it')
    .description(
      'Writes a pytest file for a finding and runs it under a scheduler that tries interleavings. It runs code of the project, so it asks first.',
    )
    .argument('<place>', 'file and line of a finding, as a report shows it: src/app.py:12')
    .option('-y, --yes', 'run without asking')
    .option('-o, --output <file>', 'where the test goes: a folder `tests` beside it, else beside the file')
    .option('--python <path>', 'Python interpreter to run it with: the project’s own')
    .addOption(
      new Option('--seconds <number>', 'how long to search').default(30).argParser((text) => {
        const seconds = Number(text);
        if (!(seconds >= 1 && seconds <= 3600))
          throw new UsageError('`--seconds` takes a number from 1 to 3600.');
        return seconds;
      }),
    )
    .addOption(
      new Option('--format <format>', 'form of the answer').choices(['text', 'json']).default('text'),
    )
    .addHelpText('after', EXIT_CODES)
    .action(async (place: string, options: ProveOptions) => done(await prove(place, options, commandLine)));
}

const EXIT_CODES = `
What was searched is said; a run that fails nothing proves nothing. A test that Heddle wrote before is run as it is now.

Exit codes: 0 nothing shown, 1 it breaks, or has a result that no serial order gives, 2 wrong usage, 3 inconclusive,
4 the test could not be written, 130 interrupted.`;

interface ProveOptions {
  readonly yes?: true;
  readonly output?: string;
  readonly python?: string;
  readonly seconds: number;
  readonly format: 'text' | 'json';
}

async function prove(place: string, options: ProveOptions, commandLine: CommandLine): Promise<ExitCode> {
  const code = await atPlace(place, commandLine, {}, async ({ analyzer, file, findings }) => {
    const finding = findings.find(({ witness }) => witness !== undefined);
    const wanted = checkpoint(() => !commandLine.interrupted(), commandLine.host);
    const proof =
      finding === undefined ? undefined : await analyzer.proofOf(file, finding.fingerprint, wanted);
    if (proof === undefined)
      throw new UsageError(
        'What is found there is no matter of the order of threads, so there is nothing to run.',
      );
    return run(proof, options, commandLine);
  });
  return code ?? Exit.interrupted;
}

async function run(proof: Proof, options: ProveOptions, commandLine: CommandLine): Promise<ExitCode> {
  const { host, stderr, currentFolder } = commandLine;
  const { output, seconds } = options;
  const path = output === undefined ? await testPathOf(proof, host) : namedPath(commandLine, output);
  if (!(await isOurs(path, host)))
    throw new UsageError(
      `\`${shownPath(path, currentFolder)}\` is not of Heddle; name another file with \`--output\`.`,
    );
  const python = options.python ?? proof.interpreter ?? 'python3';
  if (options.yes === undefined) {
    const question = `This runs code of ${printable(proof.project)} with ${printable(python)}. Go on?`;
    const said = await commandLine.confirm(question);
    if (said === undefined)
      throw new UsageError('`heddle prove` runs code of the project; say `--yes` where nobody can be asked.');
    if (!said) {
      stderr.write('Nothing was run.\n');
      return Exit.clean;
    }
  }
  const proving = await proveFinding(proof, path, { python, seconds }, host, commandLine.prove);
  if (proving.text !== undefined) await write(path, proving.text, commandLine);
  show(proof, proving, path, options, commandLine);
  return EXITS[proving.answer.verdict];
}

const EXITS: Readonly<Record<ProofAnswer['verdict'], ExitCode>> = {
  breaks: Exit.findings,
  question: Exit.findings,
  holds: Exit.clean,
  inconclusive: Exit.incomplete,
};

async function write(path: string, text: string, { saveFile }: CommandLine): Promise<void> {
  const trouble = await saveFile(resolve(path), text);
  if (trouble !== undefined)
    throw new UnwritableError(`The test cannot be written to \`${path}\`: ${trouble}.`);
}

function show(
  { finding }: Proof,
  { answer, seen }: Proving,
  path: string,
  { format }: ProveOptions,
  { stdout, currentFolder }: CommandLine,
): void {
  if (format === 'json') {
    stdout.write(jsonText({ rule: finding.rule, test: path, ...answer }));
    return;
  }
  const lines = [printable(verdictWords(answer))];
  if (seen !== undefined)
    lines.push(...witnessTable({ ...finding, witness: seen }, stdout.columns ?? WIDTH_WITHOUT_TERMINAL));
  const missing = answer.missing ?? [];
  if (missing.length > 0)
    lines.push(`Stood in for, because not installed: ${printable(missing.join(', '))}.`);
  lines.push(`The test is in ${printable(shownPath(path, currentFolder))}.`);
  stdout.write(`${lines.join('\n')}\n`);
}

const WIDTH_WITHOUT_TERMINAL = 120;
