/**
 * Extraction on threads of their own. A thread has one text at a time, so that what goes wrong costs that text: the thread
 * is replaced, the others go on. Threads start when there is work for them and end when there has been none for a while.
 */
import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { Cancelled } from './base/checkpoint.ts';
import type { PythonParser } from './cst/runtime.ts';
import type { WorkerAnswer } from './extractionWorker.ts';
import { decodeSummary } from './facts/codec.ts';
import { type CacheInput, openCache } from './nodeCache.ts';
import {
  type Extracted,
  type Extraction,
  type ExtractionFailure,
  extractionHere,
  rememberedExtraction,
} from './service/extraction.ts';

interface Job {
  readonly text: string;
  readonly done: (made: Extracted | ExtractionFailure) => void;
  readonly dropped: (reason: Cancelled) => void;
}

interface Thread {
  readonly worker: Worker;
  job: Job | undefined;
}

/** So long a thread waits for more; starting one takes a tenth of a second. */
const IDLE_MS = 3000;
/** Texts that wait for each thread, so that none waits for this one. */
const WAITING_FOR_EACH = 4;

export interface NodeExtractionInput {
  /** Of this thread: used where `worker` is missing. */
  readonly parser: PythonParser;
  /** Path of the bundled worker. */
  readonly worker: string;
  readonly threads: number;
  readonly cache: CacheInput | undefined;
}

export function nodeExtraction({ parser, worker, threads, cache }: NodeExtractionInput): Extraction {
  const extraction = existsSync(worker) ? new Threads(worker, threads) : extractionHere(parser);
  const opened = cache && openCache(cache);
  return opened === undefined ? extraction : rememberedExtraction(extraction, opened);
}

/** The files of the package that extraction needs, from the folder of the bundles. */
export function packaged(bundles: string): {
  readonly runtime: string;
  readonly python: string;
  readonly worker: string;
} {
  return {
    runtime: join(bundles, 'web-tree-sitter.wasm'),
    python: join(dirname(bundles), 'grammars', 'tree-sitter-python.wasm'),
    worker: join(bundles, 'extractionWorker.js'),
  };
}

class Threads implements Extraction {
  readonly width: number;
  readonly #program: string;
  readonly #most: number;
  readonly #threads = new Set<Thread>();
  readonly #waiting: Job[] = [];
  #idle: NodeJS.Timeout | undefined;

  constructor(program: string, threads: number) {
    this.#program = program;
    this.#most = threads;
    this.width = threads * WAITING_FOR_EACH;
  }

  of(text: string): Promise<Extracted | ExtractionFailure> {
    return new Promise((done, dropped) => {
      this.#waiting.push({ text, done, dropped });
      this.#assign();
    });
  }

  dispose(): void {
    for (const { job } of this.#threads) job?.dropped(new Cancelled());
    for (const { dropped } of this.#waiting.splice(0)) dropped(new Cancelled());
    this.#end();
  }

  rest(): void {
    if (this.#waiting.length === 0 && [...this.#threads].every(({ job }) => job === undefined)) this.#end();
  }

  #end(): void {
    clearTimeout(this.#idle);
    for (const { worker } of this.#threads) void worker.terminate();
    this.#threads.clear();
  }

  #assign(): void {
    clearTimeout(this.#idle);
    for (const thread of this.#threads) if (thread.job === undefined) this.#give(thread);
    while (this.#waiting.length > 0 && this.#threads.size < this.#most) this.#give(this.#start());
    if ([...this.#threads].some(({ job }) => job !== undefined)) return;
    this.#idle = setTimeout(() => this.#end(), IDLE_MS);
    this.#idle.unref();
  }

  #give(thread: Thread): void {
    const job = this.#waiting.shift();
    thread.job = job;
    if (job === undefined) thread.worker.unref();
    else {
      thread.worker.ref();
      thread.worker.postMessage(job.text);
    }
  }

  #start(): Thread {
    const thread: Thread = { worker: new Worker(this.#program), job: undefined };
    this.#threads.add(thread);
    thread.worker.on('message', (said: WorkerAnswer) => {
      const { job } = thread;
      thread.job = undefined;
      if ('failure' in said && said.failure === 'crashed') this.#replace(thread);
      job?.done(understood(said));
      this.#assign();
    });
    /** Out of memory, above all: what the thread had at hand is lost. */
    thread.worker.on('error', (error) => {
      const { job } = thread;
      thread.job = undefined;
      this.#replace(thread);
      job?.done({ failure: 'crashed', detail: String(error) });
      this.#assign();
    });
    return thread;
  }

  #replace(thread: Thread): void {
    this.#threads.delete(thread);
    void thread.worker.terminate();
  }
}

function understood(said: WorkerAnswer): Extracted | ExtractionFailure {
  if ('failure' in said) return said;
  const summary = decodeSummary(said.bytes);
  return summary === undefined
    ? { failure: 'defect', detail: 'what a thread has sent is no summary' }
    : { summary, bytes: said.bytes };
}
