/**
 * The fixes of a finding in a folder: listed by what their edits would be, tried on the whole program when one is chosen, and
 * remembered for as long as the program is the same.
 */
import { contentHash } from '../base/hash.ts';
import { isRefused, type Refusal } from '../edits/refusal.ts';
import { extractFacts } from '../facts/extract.ts';
import { factSpan } from '../facts/summary.ts';
import type { ProgramModel } from '../link/program.ts';
import type { Finding, Fix } from '../rules/finding.ts';
import type { FileEdits, FixOffers, OfferedFix, RefusedFix } from './analyzer.ts';
import type { EditsInFile } from './fixes.ts';
import { sketchedFix, type TrialProgram, triedFix } from './fixTrial.ts';
import type { Folder } from './folder.ts';
import type { Findings } from './judge.ts';
import type { Summaries } from './summaries.ts';

type Trial = readonly FileEdits[] | Refusal;

/** What was tried on a program. */
const trials = new WeakMap<ProgramModel, Map<Fix, Trial>>();

/** What is found after a fix: the findings of one variable often have the same. */
const afterwards = new WeakMap<ProgramModel, Map<string, Findings>>();
const MOST_AFTERWARDS = 16;

/** The fixes that have edits, and those that were refused: without trying, or when they were tried before. */
export function listedFixes(
  folder: Folder,
  summaries: Summaries,
  { fixes }: Finding,
  augmented: ReadonlySet<string>,
): FixOffers {
  const on = trialProgram(folder, summaries, augmented);
  return offers(fixes, (fix) => {
    if (on === undefined) return undefined;
    return trialsOf(on.program).get(fix) ?? plainEdits(folder, fix) ?? sketchedFix(fix, on);
  });
}

/** The fixes that remove the finding and add no other, and why the others do not. @throws ParserCrashed */
export function triedFixes(
  folder: Folder,
  summaries: Summaries,
  finding: Finding,
  augmented: ReadonlySet<string>,
): FixOffers {
  return offers(finding.fixes, (fix) => tryFix(folder, summaries, finding, fix, augmented));
}

/** The edits of a fix when they remove the finding and add no other. @throws ParserCrashed */
export function tryFix(
  folder: Folder,
  summaries: Summaries,
  finding: Finding,
  fix: Fix,
  augmented: ReadonlySet<string>,
): Trial | undefined {
  const on = trialProgram(folder, summaries, augmented);
  if (on === undefined) return undefined;
  const known = trialsOf(on.program);
  const before = known.get(fix);
  if (before !== undefined && (isRefused(before) || before.every((one) => isOf(folder, one)))) return before;
  const made = plainEdits(folder, fix) ?? triedFix(finding, fix, on, summaries.parser);
  known.set(fix, made);
  return made;
}

/** Whether edits are of the text as it is now. */
function isOf({ environment, sources }: Folder, { file, before }: FileEdits): boolean {
  return (environment.files.get(file)?.text ?? sources.source(file)?.text) === before;
}

function trialsOf(program: ProgramModel): Map<Fix, Trial> {
  const known = trials.get(program) ?? new Map<Fix, Trial>();
  trials.set(program, known);
  return known;
}

function offers(
  fixes: readonly Fix[],
  outcomeOf: (fix: Fix) => readonly EditsInFile[] | Refusal | undefined,
): FixOffers {
  const said = new Set<string>();
  const offered: OfferedFix[] = [];
  const refused: RefusedFix[] = [];
  for (const [index, fix] of fixes.entries()) {
    const outcome = outcomeOf(fix);
    const { title, safety } = fix;
    if (outcome === undefined) continue;
    // One of two that come to the same, or are refused for the same reason, is enough.
    const told = wordsOf(outcome);
    if (said.has(told)) continue;
    said.add(told);
    if (isRefused(outcome)) refused.push({ title, reason: outcome.refused });
    else {
      const spreads = fix.intention.kind === 'guard' && fix.intention.reach !== 'here';
      offered.push({ title, files: outcome.map(({ file }) => file), safety, spreads, index });
    }
  }
  return { offered, refused };
}

const words = new WeakMap<object, string>();

/** The outcome as a text, made once: findings on one variable may share it, with thousands of edits. */
function wordsOf(outcome: readonly EditsInFile[] | Refusal): string {
  let found = words.get(outcome);
  if (found === undefined) {
    found = JSON.stringify(isRefused(outcome) ? outcome : outcome.map(({ file, edits }) => [file, edits]));
    words.set(outcome, found);
  }
  return found;
}

/** Of a replacement in a file that is no Python: nothing there is analysed with the code. */
function plainEdits({ environment }: Folder, { intention }: Fix): readonly FileEdits[] | undefined {
  if (intention.kind !== 'replaceText') return undefined;
  const { file, place, text, also = [] } = intention;
  const plain = environment.files.get(file);
  if (plain === undefined) return undefined;
  const edits = [{ place, text }, ...also].map((one) => ({
    span: factSpan(plain, one.place),
    text: one.text,
  }));
  return [{ file, before: plain.text, edits }];
}

function trialProgram(
  { program, sources }: Folder,
  summaries: Summaries,
  augmented: ReadonlySet<string>,
): TrialProgram | undefined {
  const { model } = program;
  if (model === undefined) return undefined;
  return {
    program: model,
    /** Of all files, which nobody needs as long as no fix is tried. */
    get findings() {
      return program.findings;
    },
    augmented,
    fileOf: (file) => {
      const source = sources.source(file);
      return source?.summary && { text: source.text, summary: source.summary };
    },
    syntaxOf: (file, text) => summaries.syntax(file, text),
    findingsWith: (texts) => {
      const key = contentHash(JSON.stringify([...texts]));
      const known = afterwards.get(model) ?? new Map<string, Findings>();
      afterwards.set(model, known);
      const found =
        known.get(key) ??
        program.findingsWith(
          new Map([...texts].map(([file, text]) => [file, extractFacts(summaries.parser.parse(text))])),
        );
      known.set(key, found);
      for (const oldest of known.keys()) {
        if (known.size <= MOST_AFTERWARDS) break;
        known.delete(oldest);
      }
      return found;
    },
  };
}
