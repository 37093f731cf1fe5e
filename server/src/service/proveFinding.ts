/**
 * From a finding to a run and a test file that says what came out, for every surface alike: which drivers are run, where the test
 * goes, and the failing interleaving as steps with their text.
 */
import type { Host } from '../base/host.ts';
import { lineIndex } from '../base/span.ts';
import type { LocatedStep, LocatedWitness } from './locatedFinding.ts';
import {
  type Proof,
  type ProofAnswer,
  type ProofDriver,
  type ProofRow,
  type ProofRun,
  verdictWords,
  witnessLines,
} from './proof.ts';
import { type DriverPlan, filledIn } from './proveDriver.ts';
import { driverTemplate, driverText, MARK, MISSING, seenTable, testText } from './proveTest.ts';
import { readSource } from './sources.ts';

export interface Proving {
  readonly answer: ProofAnswer;
  /** The test file to be written; undefined where it stands there already and was run as it is. */
  readonly text: string | undefined;
  /** The failing interleaving. */
  readonly seen: LocatedWitness | undefined;
}

/** Where the test of a finding goes: the project's folder of tests, else beside the file. */
export async function testPathOf({ project, name, finding }: Proof, host: Host): Promise<string> {
  const tests = `${project}/tests`;
  const there = (await host.stat(tests))?.kind === 'directory';
  return `${there ? tests : folderOf(finding.place.file)}/test_race_${name}.py`;
}

/** Whether a test may be written to a path, or the one there be run: nothing is there, or it is Heddle's. */
export async function isOurs(path: string, host: Host): Promise<boolean> {
  const known = await readSource(host, path);
  return known === undefined || (typeof known === 'string' && known.includes(MARK));
}

/** Runs the finding, or the test that was written for it before and that a user may have changed. */
export async function proveFinding(
  proof: Proof,
  path: string,
  options: { readonly python: string; readonly seconds: number },
  host: Host,
  run: (asked: ProofRun) => Promise<ProofAnswer>,
): Promise<Proving> {
  const found = await readSource(host, path);
  /** A mark that is still there was never answered, so the file says nothing of the user's. */
  const known = typeof found === 'string' && !found.includes(`# ${MISSING}`) ? found : undefined;
  const witness = witnessLines(proof.finding);
  const { project, roots } = proof;
  const standstill = proof.finding.witness?.standstill === true;
  const drivers = known !== undefined ? [{ text: known, path, witness, standstill }] : driversOf(proof, path);
  const answer: ProofAnswer =
    drivers.length === 0
      ? { verdict: 'inconclusive', says: 'no way is known to call the code from outside' }
      : await run({ ...options, project, roots, drivers });
  const seen = await seenInterleaving(answer, host);
  return { answer, seen, text: known !== undefined ? undefined : testFile(proof, answer, path, seen) };
}

/** The drivers of a finding as the run is asked for them. */
export function driversOf({ plans, finding }: Proof, path: string): readonly ProofDriver[] {
  const witness = witnessLines(finding);
  return plans.map((plan) => ({
    text: driverText(plan),
    template: driverTemplate(plan),
    choices: plan.choices,
    path,
    witness,
    standstill: finding.witness?.standstill === true,
  }));
}

/** Stands where nothing is known of how to call the code: for the user to fill in. */
const UNKNOWN: DriverPlan = {
  imports: [],
  surroundings: 'pass',
  subject: 'None',
  prepare: [],
  calls: ['None', 'None'],
  given: [],
  whole: false,
  guessed: true,
  choices: [],
};

function testFile(proof: Proof, answer: ProofAnswer, path: string, seen: LocatedWitness | undefined): string {
  const { finding, name, plans } = proof;
  const folder = folderOf(path);
  const below = (target: string): string => relative(folder, target);
  const line = answer.verdict === 'question' ? answer.line : undefined;
  return testText({
    about: `${finding.rule} in ${below(finding.place.file)}, line ${finding.place.start.line + 1}.`,
    verdict: verdictWords(answer),
    seen: seen === undefined ? '' : seenTable(seen),
    name,
    roots: proof.roots.map(below),
    project: below(proof.project),
    plan: filledIn(plans[answer.driver ?? 0] ?? UNKNOWN, answer.values),
    allowed: answer.allowed ?? [],
    waits: answer.kind === 'deadlock',
    question: line === undefined || line === null ? undefined : { says: answer.says, line },
    missing:
      answer.verdict !== 'inconclusive' ? undefined : answer.engine === false ? NO_ENGINE : MISSING_WORDS,
  });
}

const MISSING_WORDS =
  'write here how the program makes it, below what two threads call, and take this mark away';
const NO_ENGINE = 'never run; prove it again with Python 3.12 or newer';

/** The last lines of the failing run that are shown. */
const MOST_ROWS = 20;

/** The failing run: what each thread ran, line by line. */
async function seenInterleaving(
  { rows = [], says }: ProofAnswer,
  host: Host,
): Promise<LocatedWitness | undefined> {
  const own = rows.filter(({ thread }) => thread !== 'model').slice(-MOST_ROWS);
  const threads = [...new Set(own.map(({ thread }) => thread))].sort();
  if (own.length === 0) return undefined;
  const steps: LocatedStep[] = [];
  for (const { thread, file, line, values } of own) {
    const text = await readSource(host, file);
    const index = typeof text === 'string' ? lineIndex(text) : undefined;
    const known = index !== undefined && line <= index.lineCount;
    const { start, end } = known ? index.lineSpan(line - 1) : { start: 0, end: 0 };
    const place = {
      file,
      span: { start, end },
      start: { line: line - 1, character: 0 },
      end: { line: line - 1, character: end - start },
    };
    const shown = typeof text === 'string' ? text.slice(start, end).trim() : '';
    steps.push({ thread: threads.indexOf(thread), place, text: shown, does: valuesOf(values) });
  }
  const runs = threads.map((thread) => own.find((row) => row.thread === thread)!.function);
  return { threads: runs, steps, outcome: says };
}

/** `self.total: 0 → 1`, `n: 1`. */
function valuesOf(values: ProofRow['values'] = {}): string {
  return Object.entries(values)
    .map(([name, [before, after]]) => `${name}: ${before === after ? before : `${before} → ${after}`}`)
    .join(', ');
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf('/'));
}

/** The way from a folder to a path, both absolute. */
function relative(folder: string, path: string): string {
  const from = folder.split('/');
  const to = path.split('/');
  let common = 0;
  while (common < from.length && common < to.length && from[common] === to[common]) common++;
  return [...from.slice(common).map(() => '..'), ...to.slice(common)].join('/') || '.';
}
