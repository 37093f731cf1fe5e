/** Takes the facts of files, each for itself: what a machine does of the analysis that sees only some of the files. */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import type { Logger } from '../base/log.ts';
import type { Progress } from './analyzer.ts';
import { type Extraction, notUnderstood } from './extraction.ts';
import { encodeFacts, type Taken } from './factsFile.ts';
import { countLines } from './folderSources.ts';
import { readSource } from './sources.ts';

export interface FactsTask {
  /** Below it lie the files; the same place on every machine is a path below it. */
  readonly root: string;
  /** Absolute. */
  readonly files: readonly string[];
  readonly host: Host;
  readonly extraction: Extraction;
  readonly version: string;
  readonly logger: Logger;
}

/** The bytes for each file that is there, in order. @throws Cancelled, ParserCrashed */
export async function* takeFacts(
  task: FactsTask,
  checkpoint: Checkpoint,
  progress: Progress,
): AsyncGenerator<{ readonly path: string; readonly bytes: Uint8Array }> {
  const { files, extraction, version } = task;
  const taking: Promise<Taken | undefined>[] = [];
  for (const [done, file] of files.entries()) {
    for (const next of files.slice(done + taking.length, done + extraction.width)) {
      taking.push(taken(task, next));
      taking.at(-1)!.catch(() => {});
    }
    await checkpoint();
    progress.report(done, files.length, file);
    const one = await taking.shift()!;
    if (one !== undefined) yield { path: one.path, bytes: encodeFacts(one, version) };
  }
}

async function taken(
  { root, host, extraction, logger }: FactsTask,
  file: string,
): Promise<Taken | undefined> {
  const path = file.slice(root.endsWith('/') ? root.length : root.length + 1);
  const text = await readSource(host, file);
  if (text === undefined) return undefined;
  if (typeof text !== 'string')
    return { path, problem: text.message, summary: undefined, lines: 0, text: '' };
  const made = await extraction.of(text);
  const lines = countLines(text);
  return 'failure' in made
    ? { path, problem: notUnderstood(file, made, logger).message, summary: undefined, lines, text }
    : { path, problem: undefined, summary: made.summary, lines, text };
}
