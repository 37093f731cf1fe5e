/** The sources of a program that was read elsewhere, file by file: nothing is listed and no source is opened. */
import type { FileSummary } from '../facts/summary.ts';
import type { FileFacts } from './factsFile.ts';
import type { ProgramSources, Source, SourcesQuery } from './folderSources.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { excluded } from './sources.ts';

/** Facts to be joined, and what was no facts. */
export interface Facts {
  /** By absolute path of the source. */
  readonly files: ReadonlyMap<string, FileFacts>;
  readonly notAnalysed: readonly NotAnalysed[];
}

export class FactsSources implements ProgramSources {
  readonly shape = 1;
  readonly #folder: string;
  readonly #facts: Facts;
  #kept: ReadonlyMap<string, FileFacts> = new Map();

  constructor(folder: string, facts: Facts) {
    this.#folder = folder;
    this.#facts = facts;
  }

  get unlisted(): readonly NotAnalysed[] {
    return this.#facts.notAnalysed;
  }

  get files(): Iterable<string> {
    return this.#kept.keys();
  }

  has(file: string): boolean {
    return this.#kept.has(file);
  }

  source(file: string): Source | undefined {
    const facts = this.#kept.get(file);
    if (facts === undefined) return undefined;
    const { problem, summary, lines } = facts;
    return {
      summary,
      lines,
      problem: problem === undefined ? undefined : { file, message: problem },
      get text() {
        return facts.text();
      },
    };
  }

  understood(): readonly { readonly file: string; readonly summary: FileSummary }[] {
    return [...this.#kept].flatMap(([file, { summary }]) =>
      summary === undefined ? [] : [{ file, summary }],
    );
  }

  takeMoved(): ReadonlySet<string> {
    return new Set();
  }

  /** All is there. */
  async readFirst(): Promise<undefined> {
    return undefined;
  }

  async update({ exclude }: SourcesQuery): Promise<void> {
    const isExcluded = excluded(this.#folder, exclude);
    const kept = [...this.#facts.files.keys()].sort().filter((path) => !isExcluded(path));
    this.#kept = new Map(kept.map((path) => [path, this.#facts.files.get(path)!]));
  }
}
