/** `heddle prove FILE:LINE`: writes a pytest file for a finding and runs it under a controlled scheduler, when the user says so. */
import { dirname, relative, resolve } from 'node:path';
import { type Command, Option } from 'commander';
import { checkpoint } from '../../base/checkpoint.ts';
import { printable } from '../../base/printable.ts';
import { slashed } from '../../nodeHost.ts';
import type { LocatedFinding, LocatedWitness } from '../../service/locatedFinding.ts';
import { type Proof, type ProofAnswer, verdictWords, witnessLines } from '../../service/proof.ts';
import type { DriverPlan } from '../../service/proveCalls.ts';
import { driverText, MARK, type TestFile, testText } from '../../service/proveTest.ts';
import { readSource } from '../../service/sources.ts';
import {
  type CommandLine,
  Exit,
  type ExitCode,
  isThere,
  namedPath,
  UnwritableError,
  UsageError,
} from './commandLine.ts';
import { atPlace } from './explainCommand.ts';
import { shownPath, sourceTexts } from './report.ts';
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
  const path = await testPath(proof, options, commandLine);
  const known = await readSource(host, path);
  if (typeof known === 'string' && !known.includes(MARK))
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
  const witness = witnessLines(proof.finding);
  const drivers =
    typeof known === 'string'
      ? [{ text: known, path, witness }]
      : proof.plans.map((plan) => ({ text: driverText(plan), path, witness }));
  const { project, roots } = proof;
  const { seconds } = options;
  const answer: ProofAnswer =
    drivers.length === 0
      ? { verdict: 'inconclusive', says: 'no way is known to call the code from outside' }
      : await commandLine.prove({ python, project, roots, drivers, seconds });
  if (typeof known !== 'string') await write(path, testFile(proof, answer, path), commandLine);
  await show(proof, answer, path, options, commandLine);
  return EXITS[answer.verdict];
}

const EXITS: Readonly<Record<ProofAnswer['verdict'], ExitCode>> = {
  breaks: Exit.findings,
  question: Exit.findings,
  holds: Exit.clean,
  inconclusive: Exit.incomplete,
};

async function testPath(
  { project, name, finding }: Proof,
  { output }: ProveOptions,
  commandLine: CommandLine,
): Promise<string> {
  if (output !== undefined) return namedPath(commandLine, output);
  const tests = `${project}/tests`;
  const folder = (await isThere(commandLine.host, tests)) ? tests : slashed(dirname(finding.place.file));
  return `${folder}/test_race_${name}.py`;
}

/** Stands where nothing is known of how to call the code: for the user to fill in. */
const UNKNOWN: DriverPlan = {
  imports: [],
  subject: 'None',
  prepare: [],
  calls: ['None', 'None'],
  whole: false,
  guessed: true,
};

function testFile(proof: Proof, answer: ProofAnswer, path: string): string {
  const { finding, name, plans } = proof;
  const plan = plans[answer.driver ?? 0] ?? UNKNOWN;
  const folder = dirname(path);
  const below = (target: string): string => slashed(relative(folder, target)) || '.';
  const line = answer.verdict === 'question' ? answer.line : undefined;
  const file: TestFile = {
    about: `${finding.rule} in ${below(finding.place.file)}, line ${finding.place.start.line + 1}.`,
    verdict: verdictWords(answer).replaceAll('"""', "'''").replaceAll('\\', '\\\\'),
    name,
    roots: proof.roots.map(below),
    project: below(proof.project),
    plan,
    allowed: answer.allowed ?? [],
    question: line === undefined || line === null ? undefined : { says: answer.says, line },
    missing: answer.verdict === 'inconclusive' ? MISSING_WORDS : undefined,
  };
  return testText(file);
}

const MISSING_WORDS = 'write here how the program makes it, and below what two threads call';

async function write(path: string, text: string, { saveFile }: CommandLine): Promise<void> {
  const trouble = await saveFile(resolve(path), text);
  if (trouble !== undefined)
    throw new UnwritableError(`The test cannot be written to \`${path}\`: ${trouble}.`);
}

async function show(
  proof: Proof,
  answer: ProofAnswer,
  path: string,
  { format }: ProveOptions,
  { host, stdout, currentFolder }: CommandLine,
): Promise<void> {
  const { finding } = proof;
  if (format === 'json') {
    stdout.write(`${JSON.stringify({ rule: finding.rule, test: path, ...answer }, null, 2)}\n`);
    return;
  }
  const lines = [printable(verdictWords(answer))];
  const seen = await seenInterleaving(answer, sourceTexts(host));
  if (seen !== undefined)
    lines.push(...witnessTable({ ...finding, witness: seen }, stdout.columns ?? WIDTH_WITHOUT_TERMINAL));
  const missing = answer.missing ?? [];
  if (missing.length > 0)
    lines.push(`Stood in for, because not installed: ${printable(missing.join(', '))}.`);
  lines.push(`The test is in ${printable(shownPath(path, currentFolder))}.`);
  stdout.write(`${lines.join('\n')}\n`);
}

const WIDTH_WITHOUT_TERMINAL = 120;
/** The last lines of the failing run that are shown. */
const MOST_ROWS = 20;

/** The failing run as a table: what each thread ran, line by line. */
async function seenInterleaving(
  { rows = [], says }: ProofAnswer,
  source: ReturnType<typeof sourceTexts>,
): Promise<LocatedWitness | undefined> {
  const own = rows.filter(({ thread }) => thread !== 'model').slice(-MOST_ROWS);
  const threads = [...new Set(own.map(({ thread }) => thread))].sort();
  if (own.length === 0) return undefined;
  const steps: LocatedWitness['steps'][number][] = [];
  for (const { thread, file, line } of own) {
    const text = await source(file);
    const { start, end } = text?.index.lineSpan(line - 1) ?? { start: 0, end: 0 };
    const place: LocatedFinding['place'] = {
      file,
      span: { start, end },
      start: { line: line - 1, character: 0 },
      end: { line: line - 1, character: end - start },
    };
    const shown = text?.text.slice(start, end).trim() ?? '';
    steps.push({ thread: threads.indexOf(thread), place, text: shown, does: '' });
  }
  const runs = threads.map((thread) => own.find((row) => row.thread === thread)!.function);
  return { threads: runs, steps, outcome: says };
}
