/**
 * From the text of a file to what it says: parses and extracts. Keeps the trees of the documents that are open, so that a
 * keystroke parses what it touched. What keeps a text from being understood becomes one sentence for the user.
 */
import { Cancelled } from '../base/checkpoint.ts';
import type { Logger } from '../base/log.ts';
import { LiveSyntax } from '../cst/liveSyntax.ts';
import { ParserCrashed, ParsingTakesTooLong, type PythonParser } from '../cst/runtime.ts';
import type { Syntax } from '../cst/syntax.ts';
import { extractFacts } from '../facts/extract.ts';
import type { FileSummary } from '../facts/summary.ts';
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
  readonly #logger: Logger;
  readonly #store: Store;
  readonly #live = new Map<string, LiveSyntax>();

  constructor(parser: PythonParser, logger: Logger, store: Store) {
    this.parser = parser;
    this.#logger = logger;
    this.#store = store;
  }

  /** @throws ParserCrashed */
  of(file: string, text: string): Understood {
    try {
      return { summary: extractFacts(this.syntax(file, text)), problem: undefined };
    } catch (error) {
      if (error instanceof Cancelled || error instanceof ParserCrashed) throw error;
      const deep = error instanceof RangeError;
      if (!deep && !(error instanceof ParsingTakesTooLong))
        this.#logger.error(
          `${file}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
        );
      const message =
        error instanceof ParsingTakesTooLong
          ? 'This file is not analysed, because parsing it takes too long; it does not look like Python.'
          : deep
            ? 'This file nests expressions too deeply to be analysed; split the expression.'
            : 'Heddle failed on this file, which is a bug in Heddle; the log has the details.';
      return { summary: undefined, problem: { file, message } };
    }
  }

  /** @throws ParserCrashed, ParsingTakesTooLong */
  syntax(file: string, text: string): Syntax {
    if (this.#store.open.get(file) !== text) return this.parser.parse(text);
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

  close(file: string): void {
    this.#live.get(file)?.dispose();
    this.#live.delete(file);
  }

  dispose(): void {
    for (const live of this.#live.values()) live.dispose();
    this.#live.clear();
  }
}
