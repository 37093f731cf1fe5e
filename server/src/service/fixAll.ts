/**
 * Applies fixes to files, round after round, until none is left that applies: on texts in memory, which the caller writes when
 * it likes. Fixes of one round that do not touch each other are taken together; when together they bring what none of them
 * brought alone, the first alone is kept.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import { applyEdits, collides, type TextEdit, together } from '../base/textEdit.ts';
import type { Analyzer, FileEdits } from './analyzer.ts';
import type { LocatedFinding } from './locatedFinding.ts';

export interface AppliedFix {
  readonly finding: LocatedFinding;
  readonly title: string;
  /** The files that it changed. */
  readonly files: readonly string[];
}

export interface FixedTexts {
  /** By file: the text as it was, and as it is after all fixes. */
  readonly changed: ReadonlyMap<string, { readonly before: string; readonly after: string }>;
  readonly applied: readonly AppliedFix[];
  /** Findings that have a fix which was not wanted: it needs a look. */
  readonly withUnsafe: number;
}

export interface FixWishes {
  readonly unsafe: boolean;
  /** Whether a file may be changed. */
  mayChange(file: string): boolean;
}

/** More rounds than any program needs: each must remove a finding. */
const MOST_ROUNDS = 1000;

/** @throws Cancelled */
export async function fixAll(
  analyzer: Analyzer,
  paths: readonly string[],
  wishes: FixWishes,
  checkpoint: Checkpoint,
): Promise<FixedTexts> {
  const changed = new Map<string, { readonly before: string; readonly after: string }>();
  const applied: AppliedFix[] = [];
  let withUnsafe = 0;
  const put = (file: string, before: string, after: string): void => {
    const first = changed.get(file);
    if (first === undefined) analyzer.openDocument(file, after);
    else analyzer.changeDocument(file, after);
    changed.set(file, { before: first?.before ?? before, after });
  };
  let findings = await found(analyzer, paths, checkpoint);
  for (let round = 0; round < MOST_ROUNDS; round++) {
    const chosen = await choose(analyzer, findings, wishes, checkpoint);
    withUnsafe = chosen.withUnsafe;
    if (chosen.fixes.length === 0) break;
    let { fixes } = chosen;
    const known = identities(findings);
    for (;;) {
      const texts = textsAfter(fixes);
      for (const [file, { before, after }] of texts) put(file, before, after);
      const after = await found(analyzer, paths, checkpoint);
      if (fixes.length === 1 || after.every(({ fingerprint }) => known.has(fingerprint))) {
        findings = after;
        break;
      }
      for (const [file, { before, after: text }] of texts) put(file, text, before);
      fixes = fixes.slice(0, 1);
    }
    for (const { finding, title, edits } of fixes)
      applied.push({ finding, title, files: edits.map(({ file }) => file) });
  }
  for (const [file, { before, after }] of changed) if (before === after) changed.delete(file);
  return { changed, applied, withUnsafe };
}

async function found(
  analyzer: Analyzer,
  paths: readonly string[],
  checkpoint: Checkpoint,
): Promise<readonly LocatedFinding[]> {
  const report = await analyzer.audit(paths, checkpoint, { report() {} });
  return report.files.flatMap(({ findings }) => findings);
}

function identities(findings: readonly LocatedFinding[]): ReadonlySet<string> {
  return new Set(findings.map(({ fingerprint }) => fingerprint));
}

interface Chosen {
  readonly finding: LocatedFinding;
  readonly title: string;
  readonly edits: readonly FileEdits[];
}

/** The first wanted fix of each finding, without those that touch what one before them touches. */
async function choose(
  analyzer: Analyzer,
  findings: readonly LocatedFinding[],
  { unsafe, mayChange }: FixWishes,
  checkpoint: Checkpoint,
): Promise<{ readonly fixes: readonly Chosen[]; readonly withUnsafe: number }> {
  const fixes: Chosen[] = [];
  const taken = new Map<string, readonly TextEdit[]>();
  let withUnsafe = 0;
  for (const finding of findings) {
    if (finding.fixTitles.length === 0) continue;
    await checkpoint();
    const { file } = finding.place;
    const { offered } = await analyzer.listFixes(file, finding.fingerprint, checkpoint);
    const wanted = offered.filter((one) => (unsafe || one.safety === 'safe') && one.files.every(mayChange));
    if (wanted.length === 0 && offered.some((one) => one.safety === 'unsafe')) withUnsafe++;
    for (const { index, title } of wanted) {
      const edits = await analyzer.fixEdits(file, finding.fingerprint, index, checkpoint);
      if (edits === undefined) continue;
      const fits = edits.every((one) => {
        const before = taken.get(one.file) ?? [];
        return !collides(one.edits, before) && !isBeside(one, before);
      });
      if (!fits) break;
      for (const one of edits) taken.set(one.file, together(taken.get(one.file) ?? [], one.edits));
      fixes.push({ finding, title, edits });
      break;
    }
  }
  return { fixes, withUnsafe };
}

const SECTION = /\bwith [^\n]+:\s/;
/** So far apart, in lines and in characters, sections are made in one round. */
const LINES_APART = 3;
const CHARACTERS_APART = 400;

/** A section that would stand close to what is changed already: the next round finds the other there, and can make one of both. */
function isBeside({ before: text, edits }: FileEdits, taken: readonly TextEdit[]): boolean {
  const near = ({ span }: TextEdit, { span: other }: TextEdit): boolean => {
    const from = Math.min(span.end, other.end);
    const to = Math.max(span.start, other.start);
    if (to - from > CHARACTERS_APART) return false;
    const between = text.slice(from, to);
    return between.split('\n').length - 1 <= LINES_APART;
  };
  const sections = (list: readonly TextEdit[]): readonly TextEdit[] =>
    list.filter((edit) => SECTION.test(edit.text));
  return (
    sections(edits).some((edit) => taken.some((other) => near(edit, other))) ||
    sections(taken).some((edit) => edits.some((other) => near(edit, other)))
  );
}

function textsAfter(
  fixes: readonly Chosen[],
): ReadonlyMap<string, { readonly before: string; readonly after: string }> {
  const edits = new Map<string, { readonly before: string; readonly edits: readonly TextEdit[] }>();
  for (const fix of fixes)
    for (const one of fix.edits)
      edits.set(one.file, {
        before: one.before,
        edits: together(edits.get(one.file)?.edits ?? [], one.edits),
      });
  return new Map(
    [...edits].map(([file, { before, edits: its }]) => [file, { before, after: applyEdits(before, its) }]),
  );
}
