/** Findings name facts; here they get their places, and their fingerprints. */
import { contentHash } from '../base/hash.ts';
import { type LineIndex, lineIndex } from '../base/span.ts';
import { type FactId, factSpan } from '../facts/summary.ts';
import type { Finding } from '../rules/finding.ts';
import type { Witness } from '../rules/witness.ts';
import type { LocatedFinding, LocatedWitness, Place } from './locatedFinding.ts';
import { type CellLines, cellLines, inCell } from './notebook.ts';
import type { Suppressible } from './suppress.ts';

/** What locating needs of a file. */
export interface LocatableFile {
  readonly text: string;
  readonly summary: Suppressible;
}

/** Of the line of a step no more is shown. */
const LONGEST_LINE = 200;

export class Locator {
  readonly #fileOf: (file: string) => LocatableFile | undefined;
  readonly #lines = new Map<string, LineIndex>();
  readonly #cells = new Map<string, readonly CellLines[]>();

  constructor(fileOf: (file: string) => LocatableFile | undefined) {
    this.#fileOf = fileOf;
  }

  place(file: string, fact: FactId): Place | undefined {
    const known = this.#fileOf(file);
    if (known === undefined) return undefined;
    const span = factSpan(known.summary, fact);
    let lines = this.#lines.get(file);
    if (lines === undefined) {
      lines = lineIndex(known.text);
      this.#lines.set(file, lines);
    }
    const place = { file, span, start: lines.position(span.start), end: lines.position(span.end) };
    return inCell(place, this.#cellsOf(file, known.text));
  }

  /** Undefined when one of its steps has no place. */
  #witness(witness: Witness | undefined): LocatedWitness | undefined {
    if (witness === undefined) return undefined;
    const steps = witness.steps.flatMap(({ thread, at, does }) => {
      const place = this.place(at.file, at.fact);
      return place === undefined ? [] : [{ thread, place, text: this.#lineOf(place), does }];
    });
    return steps.length < witness.steps.length ? undefined : { ...witness, steps };
  }

  #lineOf({ file, span }: Place): string {
    const { text } = this.#fileOf(file)!;
    const begin = text.lastIndexOf('\n', span.start - 1) + 1;
    const end = text.indexOf('\n', span.start);
    return text
      .slice(begin, end === -1 ? undefined : end)
      .slice(0, LONGEST_LINE)
      .trim();
  }

  #cellsOf(file: string, text: string): readonly CellLines[] {
    let cells = this.#cells.get(file);
    if (cells === undefined) {
      cells = cellLines(text);
      this.#cells.set(file, cells);
    }
    return cells;
  }

  /**
   * The findings of one file in source order.
   * @param lasting an identity without the name of the file
   */
  located(
    findings: readonly Finding[],
    lasting: (identity: string) => string = (identity) => identity,
    witnessOf: (finding: Finding) => Witness | undefined = () => undefined,
  ): readonly { readonly finding: Finding; readonly located: LocatedFinding }[] {
    const counts = new Map<string, number>();
    return findings
      .flatMap((finding) => {
        const place = this.place(finding.primary.file, finding.primary.fact);
        return place === undefined ? [] : [{ finding, place }];
      })
      .sort((a, b) => a.place.span.start - b.place.span.start || compare(a.finding.rule, b.finding.rule))
      .map(({ finding, place }) => {
        const identity = `${finding.rule}|${finding.identity}`;
        const before = counts.get(identity) ?? 0;
        counts.set(identity, before + 1);
        const related = finding.evidence.flatMap((evidence) => {
          const at = this.place(evidence.at.file, evidence.at.fact);
          return at === undefined ? [] : [{ role: evidence.role, place: at, message: evidence.message }];
        });
        const witness = this.#witness(witnessOf(finding));
        const located: LocatedFinding = {
          rule: finding.rule,
          place,
          message: finding.message,
          severity: finding.severity,
          confidence: finding.confidence,
          breaks: finding.breaks,
          related,
          ...(witness === undefined ? {} : { witness }),
          fingerprint: contentHash(`${identity}|${before}`),
          lasting: contentHash(`${finding.rule}|${lasting(finding.identity)}|${before}`),
          ...(finding.cause === undefined
            ? {}
            : { cause: contentHash(`${finding.rule}|${finding.severity}|${finding.cause}`) }),
          fixTitles: finding.fixes.map((fix) => fix.title),
          tags: finding.rule === 'useless-lock' ? ['unnecessary'] : [],
        };
        return { finding, located };
      });
  }
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
