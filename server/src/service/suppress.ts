/**
 * Applies `# heddle: ignore` comments to located findings, and reports the comments that suppress nothing or cannot be
 * read, with the edits that put them right. A rule named in a comment counts as used when the comment hid a finding of it.
 */
import { contentHash } from '../base/hash.ts';
import { nearest } from '../base/nearest.ts';
import { type LineIndex, lineIndex, type Span } from '../base/span.ts';

import { type FileSummary, factSpan, type Suppression } from '../facts/summary.ts';
import { namingRules, withoutComment } from './correctSuppression.ts';
import type { Correction, LocatedFinding, TextEdit } from './locatedFinding.ts';

/** What suppressing needs of a file. */
export interface Suppressible extends Pick<FileSummary, 'spans' | 'suppressions'> {
  /** Where the statement begins that goes on to a line, in formats that join lines. */
  firstLineOf?(line: number): number;
}

import { cellLines, inCell } from './notebook.ts';

export const UNUSED_SUPPRESSION = 'unused-suppression';
export const MALFORMED_SUPPRESSION = 'malformed-suppression';

export function applySuppressions<T extends { readonly located: LocatedFinding }>(
  file: { readonly path: string; readonly text: string; readonly summary: Suppressible },
  findings: readonly T[],
  ruleNames: ReadonlySet<string>,
): { readonly kept: readonly T[]; readonly about: readonly LocatedFinding[] } {
  const { suppressions } = file.summary;
  if (suppressions.length === 0) return { kept: findings, about: [] };
  const lines = lineIndex(file.text);
  const used = new Map<Suppression, Set<string>>();
  const reach = reachOf(file.summary, file.text, lines);
  const kept = findings.filter(({ located }) => {
    const { start, end } = located.place;
    const near = [...reach.everywhere, ...(reach.startingAt.get(start.line) ?? [])];
    for (let line = start.line; line <= end.line; line++) near.push(...(reach.touching.get(line) ?? []));
    const hiding = near.filter(({ rules }) => rules.length === 0 || rules.includes(located.rule));
    for (const one of hiding) used.set(one, (used.get(one) ?? new Set()).add(located.rule));
    return hiding.length === 0;
  });
  const report = reporter(file, lines);
  const about = suppressions.flatMap((suppression) => {
    const span = factSpan(file.summary, suppression.fact);
    const wrong = wrongWith(suppression, used.get(suppression) ?? new Set(), ruleNames, file.text, span);
    if (wrong === undefined) return [];
    const edit = withoutComment(file.text, span);
    const corrections = [...wrong.corrections, ...correction('Remove this comment', edit)];
    return [{ ...report(span, wrong.rule, wrong.message), corrections }];
  });
  return { kept, about };
}

/** What is wrong with a comment, whatever else it does; undefined when nothing is. */
function wrongWith(
  suppression: Suppression,
  used: ReadonlySet<string>,
  ruleNames: ReadonlySet<string>,
  text: string,
  span: Span,
):
  | { readonly rule: string; readonly message: string; readonly corrections: readonly Correction[] }
  | undefined {
  const { form, rules, problem } = suppression;
  if (form === 'malformed') return { rule: MALFORMED_SUPPRESSION, message: problem, corrections: [] };
  if (form === 'pragma') return undefined;
  const idle = rules.filter((rule) => !used.has(rule));
  if (rules.length === 0 ? used.size > 0 : idle.length === 0) return undefined;
  const rule = UNUSED_SUPPRESSION;
  const misspelt = idle.find((name) => !ruleNames.has(name));
  if (misspelt !== undefined) {
    const meant = nearest(misspelt, ruleNames);
    if (meant === undefined) {
      const message = `There is no rule \`${misspelt}\`, so this comment hides nothing. Correct the name or remove it.`;
      return { rule, message, corrections: partly(text, span, rules, idle) };
    }
    const corrected = rules.map((name) => (name === misspelt ? meant : name));
    const message = `There is no rule \`${misspelt}\`, so this comment hides nothing. Did you mean \`${meant}\`?`;
    return {
      rule,
      message,
      corrections: correction(`Change to \`${meant}\``, namingRules(text, span, corrected)),
    };
  }
  if (idle.length === rules.length)
    return { rule, message: 'This comment hides nothing any more; remove it.', corrections: [] };
  const names = idle.map((name) => `\`${name}\``).join(', ');
  const message = `This comment hides nothing of ${names} any more; remove the name.`;
  return { rule, message, corrections: partly(text, span, rules, idle) };
}

/** Removing only the names that hide nothing, where others do. */
function partly(
  text: string,
  span: Span,
  rules: readonly string[],
  idle: readonly string[],
): readonly Correction[] {
  const left = rules.filter((name) => !idle.includes(name));
  if (left.length === 0) return [];
  const names = idle.map((name) => `\`${name}\``).join(', ');
  return correction(`Remove ${names} from this comment`, namingRules(text, span, left));
}

function correction(title: string, edit: TextEdit | undefined): readonly Correction[] {
  return edit === undefined ? [] : [{ title, edits: [edit] }];
}

/** The suppressions of a file by what they can hide. */
interface Reach {
  readonly everywhere: readonly Suppression[];
  /** By line: they hide what begins there. */
  readonly startingAt: ReadonlyMap<number, readonly Suppression[]>;
  /** By line: they hide what touches it. */
  readonly touching: ReadonlyMap<number, readonly Suppression[]>;
}

function reachOf(summary: Suppressible, text: string, lines: LineIndex): Reach {
  const everywhere: Suppression[] = [];
  const startingAt = new Map<number, Suppression[]>();
  const touching = new Map<number, Suppression[]>();
  const add = (map: Map<number, Suppression[]>, line: number, suppression: Suppression): void => {
    const known = map.get(line);
    if (known === undefined) map.set(line, [suppression]);
    else known.push(suppression);
  };
  const codeBelow = linesOfCode(text, lines);
  for (const suppression of summary.suppressions) {
    const { start } = factSpan(summary, suppression.fact);
    const at = lines.position(start).line;
    const alone = text.slice(lines.lineSpan(at).start, start).trim() === '';
    if (suppression.form === 'file') everywhere.push(suppression);
    else if (suppression.form === 'nextLine' || (suppression.form === 'line' && alone))
      // A finding of a Cython source may itself begin in a comment.
      for (const line of new Set([at + 1, codeBelow(at, text.charAt(start))]))
        add(startingAt, line, suppression);
    if (suppression.form === 'line' || suppression.form === 'pragma')
      for (let line = summary.firstLineOf?.(at) ?? at; line <= at; line++) add(touching, line, suppression);
  }
  return { everywhere, startingAt, touching };
}

/**
 * The first line below that is no comment of the same kind. To be asked from the top of the file downwards: a line within
 * the run of comments looked at last is not looked at again.
 */
function linesOfCode(text: string, lines: LineIndex): (at: number, mark: string) => number {
  let [from, to] = [0, 0];
  return (at, mark) => {
    if (at + 1 > from && at + 1 <= to) return to;
    from = at;
    to = at + 1;
    const isComment = (line: number): boolean => {
      const { start, end } = lines.lineSpan(line);
      const code = text.slice(start, end).trimStart();
      return mark === '#' ? code.startsWith('#') : code.startsWith('//') || code.startsWith('/*');
    };
    while (to < lines.lineCount && isComment(to)) to++;
    return to;
  };
}

/** Makes findings about comments, whose fingerprints are made of their text and of how many equal ones came before. */
function reporter(
  { path, text }: { readonly path: string; readonly text: string },
  lines: LineIndex,
): (span: Span, rule: string, message: string) => LocatedFinding {
  const counts = new Map<string, number>();
  const cells = cellLines(text);
  return (span, rule, message) => {
    const identity = `${rule}|${text.slice(span.start, span.end)}`;
    const before = counts.get(identity) ?? 0;
    counts.set(identity, before + 1);
    return {
      rule,
      place: inCell(
        { file: path, span, start: lines.position(span.start), end: lines.position(span.end) },
        cells,
      ),
      message,
      severity: 'hint',
      confidence: 'certain',
      breaks: 'everyBuild',
      related: [],
      fingerprint: contentHash(`${identity}|${before}`),
      lasting: contentHash(`${identity}|${before}`),
      fixTitles: [],
      tags: ['unnecessary'],
    };
  };
}
