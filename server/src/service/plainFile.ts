/** A file that is no Python but can have findings: its text, and the places in it that facts name. */
import type { Span } from '../base/span.ts';
import type { FactId } from '../facts/summary.ts';

export class PlainFile {
  readonly text: string;
  /** Start and end of each fact, as in a `FileSummary`. */
  readonly spans: number[] = [];

  constructor(text: string) {
    this.text = text;
  }

  /** The fact of a place. */
  add(span: Span): FactId {
    this.spans.push(span.start, span.end);
    return this.spans.length / 2 - 1;
  }
}
