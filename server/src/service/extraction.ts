/**
 * From the text of a file to what it says, wherever that is worked out: here, on another thread, or in an earlier run. The
 * analyser hands in texts and gets the same summaries whichever of them it has. What keeps a text from being understood
 * becomes one sentence for the user.
 */
import { Cancelled } from '../base/checkpoint.ts';
import type { Logger } from '../base/log.ts';
import { ParserCrashed, ParsingTakesTooLong, type PythonParser } from '../cst/runtime.ts';
import type { Syntax } from '../cst/syntax.ts';
import { decodeSummary, encodeSummary } from '../facts/codec.ts';
import { extractFacts } from '../facts/extract.ts';
import type { FileSummary } from '../facts/summary.ts';
import type { NotAnalysed } from './locatedFinding.ts';

/** Why there is no summary of a text. `crashed`: the parser trapped, on another thread, which has been replaced. */
export interface ExtractionFailure {
  readonly failure: 'nestedTooDeeply' | 'takesTooLong' | 'crashed' | 'defect';
  /** For the log. */
  readonly detail: string;
}

export interface Extracted {
  readonly summary: FileSummary;
  /** The same as bytes, where they were made on the way. */
  readonly bytes?: Uint8Array;
}

export interface Extraction {
  /** How many texts it is worth handing in before the first is answered. */
  readonly width: number;
  /** @throws ParserCrashed when the parser of this thread has trapped */
  of(text: string): Promise<Extracted | ExtractionFailure>;
  /** No more texts come for a while: gives up what is only kept for the next. */
  rest(): void;
  dispose(): void;
}

/** What earlier runs have found out. Nothing that goes wrong with it is an error. */
export interface SummaryCache {
  load(text: string): Uint8Array | undefined;
  save(text: string, bytes: Uint8Array): void;
  dispose(): void;
}

/** Everything on this thread. */
export function extractionHere(parser: PythonParser): Extraction {
  return { width: 1, of: async (text) => extracted(() => parser.parse(text)), rest() {}, dispose() {} };
}

/** Asks the cache first, and tells it what it did not know. */
export function rememberedExtraction(extraction: Extraction, cache: SummaryCache): Extraction {
  return {
    width: extraction.width,
    async of(text) {
      const known = cache.load(text);
      const summary = known === undefined ? undefined : decodeSummary(known);
      if (summary !== undefined) return { summary };
      const made = await extraction.of(text);
      if (!('failure' in made)) cache.save(text, made.bytes ?? encodeSummary(made.summary));
      return made;
    },
    rest: () => extraction.rest(),
    dispose() {
      cache.dispose();
      extraction.dispose();
    },
  };
}

/** @throws ParserCrashed, Cancelled */
export function extracted(parse: () => Syntax): Extracted | ExtractionFailure {
  try {
    return { summary: extractFacts(parse()) };
  } catch (error) {
    if (error instanceof Cancelled || error instanceof ParserCrashed) throw error;
    const detail = error instanceof Error ? (error.stack ?? error.message) : String(error);
    if (error instanceof RangeError) return { failure: 'nestedTooDeeply', detail };
    return { failure: error instanceof ParsingTakesTooLong ? 'takesTooLong' : 'defect', detail };
  }
}

/** What the user is told of a file that was not understood; a bug of Heddle's is logged besides. */
export function notUnderstood(
  file: string,
  { failure, detail }: ExtractionFailure,
  logger: Logger,
): NotAnalysed {
  if (failure === 'defect' || failure === 'crashed') logger.error(`${file}: ${detail}`);
  return { file, message: MESSAGES[failure] };
}

const MESSAGES: Readonly<Record<ExtractionFailure['failure'], string>> = {
  nestedTooDeeply: 'This file nests expressions too deeply to be analysed; split the expression.',
  takesTooLong: 'This file is not analysed, because parsing it takes too long; it does not look like Python.',
  crashed: 'This file is not analysed, because the parser crashed on it, which is a bug in Heddle.',
  defect: 'Heddle failed on this file, which is a bug in Heddle; the log has the details.',
};
