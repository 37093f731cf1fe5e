/**
 * The entry of a thread that parses and extracts: a text comes in, the summary as bytes or why there is none goes out. A
 * parser that has trapped can parse nothing more, so the thread says so and is replaced. The hash of this bundle names the
 * analyser in the cache, for everything that a summary depends on besides its text is in it, the words of the catalog too.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parentPort } from 'node:worker_threads';
import { loadPythonParser, ParserCrashed } from './cst/runtime.ts';
import { encodeSummary } from './facts/codec.ts';
import { workClock } from './nodeHost.ts';
import { type ExtractionFailure, extracted } from './service/extraction.ts';

export type WorkerAnswer = { readonly bytes: Uint8Array<ArrayBuffer> } | ExtractionFailure;

async function work(): Promise<void> {
  const parser = await loadPythonParser(
    {
      runtime: readFileSync(join(__dirname, 'web-tree-sitter.wasm')),
      python: readFileSync(join(__dirname, '..', 'grammars', 'tree-sitter-python.wasm')),
    },
    workClock,
  );
  const answer = (text: string): WorkerAnswer => {
    try {
      const made = extracted(() => parser.parse(text));
      return 'failure' in made ? made : { bytes: encodeSummary(made.summary) };
    } catch (error) {
      if (error instanceof ParserCrashed) return { failure: 'crashed', detail: String(error.cause) };
      throw error;
    }
  };
  parentPort!.on('message', (text: string) => {
    const said = answer(text);
    parentPort!.postMessage(said, 'bytes' in said ? [said.bytes.buffer] : []);
  });
}

void work();
