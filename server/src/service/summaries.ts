/**
 * From the text of a file to what it says. Keeps the trees of the documents that are open, so that a keystroke parses what it
 * touched; other files are understood wherever the extraction does that.
 */
import type { Logger } from '../base/log.ts';
import { LiveSyntax } from '../cst/liveSyntax.ts';
import type { PythonParser } from '../cst/runtime.ts';
import type { Syntax } from '../cst/syntax.ts';
import type { FileSummary } from '../facts/summary.ts';
import type { AnalyzerInput } from './analyzer.ts';
import {
  type Extracted,
  type Extraction,
  type ExtractionFailure,
  extracted,
  extractionHere,
  notUnderstood,
} from './extraction.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import type { Store } from './store.ts';

/** Trees kept for incremental parsing. */
const LIVE_TREES = 20;

/** What a text says, or why that is not known. */
export interface Understood {
  readonly summary: FileSummary | undefined;
  readonly problem: NotAnalysed | undefined;
}

export class Summaries {
  readonly parser: PythonParser;
  readonly #extraction: Extraction;
  readonly #logger: Logger;
  readonly #store: Store;
  #last: { readonly text: string; readonly syntax: Syntax } | undefined;
  readonly #live = new Map<string, LiveSyntax>();

  constructor({ parser, extraction, logger }: AnalyzerInput, store: Store) {
    this.parser = parser;
    this.#extraction = extraction ?? extractionHere(parser);
    this.#logger = logger;
    this.#store = store;
  }

  /** How many files it is worth asking for before the first is answered. */
  get width(): number {
    return this.#extraction.width;
  }

  /** A whole folder has been read, and what comes next needs the memory. */
  rest(): void {
    this.#extraction.rest();
  }

  /** What an open document says. @throws ParserCrashed */
  ofOpen(file: string, text: string): Understood {
    return this.#understood(
      file,
      extracted(() => this.syntax(file, text)),
    );
  }

  /** What a text that was read says. @throws ParserCrashed */
  async ofRead(file: string, text: string): Promise<Understood> {
    return this.#understood(file, await this.#extraction.of(text));
  }

  #understood(file: string, made: Extracted | ExtractionFailure): Understood {
    return 'failure' in made
      ? { summary: undefined, problem: notUnderstood(file, made, this.#logger) }
      : { summary: made.summary, problem: undefined };
  }

  /** @throws ParserCrashed, ParsingTakesTooLong */
  syntax(file: string, text: string): Syntax {
    if (this.#store.open.get(file) !== text) return this.#closed(text);
    let live = this.#live.get(file);
    this.#live.delete(file);
    live ??= new LiveSyntax(this.parser);
    this.#live.set(file, live);
    for (const [oldest, one] of this.#live) {
      if (this.#live.size <= LIVE_TREES) break;
      one.dispose();
      this.#live.delete(oldest);
    }
    return live.update(text);
  }

  /** The fixes of a file that is not open are asked for one finding after the other. */
  #closed(text: string): Syntax {
    if (this.#last?.text !== text) this.#last = { text, syntax: this.parser.parse(text) };
    return this.#last.syntax;
  }

  close(file: string): void {
    this.#live.get(file)?.dispose();
    this.#live.delete(file);
  }

  dispose(): void {
    for (const live of this.#live.values()) live.dispose();
    this.#live.clear();
    this.#extraction.dispose();
  }
}
