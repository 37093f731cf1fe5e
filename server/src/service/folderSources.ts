/**
 * The Python files of one folder and what each says: listed and read when somebody asks, again only after a change. The open
 * text of a document stands for the file on disk.
 */
import type { Checkpoint } from '../base/checkpoint.ts';
import type { Host } from '../base/host.ts';
import type { FileSummary } from '../facts/summary.ts';
import type { Progress } from './analyzer.ts';
import { importedFiles } from './importedFiles.ts';
import type { NotAnalysed } from './locatedFinding.ts';
import { sameShape } from './sameShape.ts';
import { LARGEST_SOURCE_BYTES, listSources, readSource, type SourceList, tooLarge } from './sources.ts';
import { type Changes, holds, type Read, type Store } from './store.ts';
import type { Summaries, Understood } from './summaries.ts';

/** A file that has been read and understood, or could not be. */
export interface Source extends Understood {
  readonly text: string;
  /** How many there are in the text. */
  readonly lines: number;
}

/** What a program is made of. */
export interface LinkedSources {
  /** Grows when the files together may mean something else than before; places may move without. */
  readonly shape: number;
  source(file: string): Source | undefined;
  /** The files that were understood, in path order. */
  understood(): readonly { readonly file: string; readonly summary: FileSummary }[];
  /** Files whose places changed since this was last asked, while what they say did not. */
  takeMoved(): ReadonlySet<string>;
}

/** The sources of a program, wherever they come from. */
export interface ProgramSources extends LinkedSources {
  /** Folders and named files that could not be looked into. */
  readonly unlisted: readonly NotAnalysed[];
  readonly files: Iterable<string>;
  has(file: string): boolean;
  /**
   * Reads a file and those that it imports before the others; undefined where all are read in a moment anyway. @throws Cancelled
   */
  readFirst(file: string, query: SourcesQuery, checkpoint: Checkpoint): Promise<LinkedSources | undefined>;
  /** Lists and reads what may have changed. @throws Cancelled */
  update(query: SourcesQuery, checkpoint: Checkpoint, progress: Progress | undefined): Promise<void>;
}

/** Size and time of change on disk, or that the editor holds the text. */
type Stamp = string;

/** Stands for the stamp where the editor holds the text. */
const OPEN: Stamp = 'open';

/** Puts what was read in place. */
type Step = () => void;

interface Entry extends Read<Source> {
  readonly stamp: Stamp;
}

interface Listing extends Read<SourceList> {
  readonly exclude: readonly string[];
}

export interface SourcesQuery {
  readonly exclude: readonly string[];
  /** Files and folders that are named; undefined for the whole folder. */
  readonly only: readonly string[] | undefined;
  /** Looks at the disk whatever was told of it. */
  readonly again: boolean;
  /** Whether an open document belongs to this folder. */
  readonly isInside: (file: string) => boolean;
}

/** A folder of fewer files is read within a second. */
const LARGE_FOLDER = 150;
/** Files that a file imports and that are read first. */
const MOST_FIRST = 40;

export class FolderSources implements ProgramSources {
  readonly #path: string;
  /** No workspace folder: only what is named belongs to it. */
  readonly #loose: boolean;
  readonly #host: Host;
  readonly #store: Store;
  readonly #summaries: Summaries;
  readonly #changes: Changes;
  readonly #entries = new Map<string, Entry>();
  /** Files that were listed and could not be found, and when they were looked for. */
  readonly #gone = new Map<string, number>();
  #listing: Listing | undefined;
  #moved = new Set<string>();
  #shape = 0;

  constructor(
    path: string,
    loose: boolean,
    host: Host,
    store: Store,
    summaries: Summaries,
    changes: Changes,
  ) {
    this.#path = path;
    this.#loose = loose;
    this.#host = host;
    this.#store = store;
    this.#summaries = summaries;
    this.#changes = changes;
  }

  get shape(): number {
    return this.#shape;
  }

  get unlisted(): readonly NotAnalysed[] {
    return this.#listing?.value.notAnalysed ?? [];
  }

  has(file: string): boolean {
    return this.#entries.has(file);
  }

  source(file: string): Source | undefined {
    return this.#entries.get(file)?.value;
  }

  get files(): Iterable<string> {
    return this.#entries.keys();
  }

  understood(): readonly { readonly file: string; readonly summary: FileSummary }[] {
    return [...this.#entries]
      .flatMap(([file, { value }]) => (value.summary === undefined ? [] : [{ file, summary: value.summary }]))
      .sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : 0));
  }

  takeMoved(): ReadonlySet<string> {
    const moved = this.#moved;
    this.#moved = new Set();
    return moved;
  }

  async update(query: SourcesQuery, checkpoint: Checkpoint, progress: Progress | undefined): Promise<void> {
    await this.#list(query, checkpoint);
    const waiting = [...this.#stale(query)];
    const reading: Promise<Step>[] = [];
    for (const [done, file] of waiting.entries()) {
      for (const next of waiting.slice(done + reading.length, done + this.#summaries.width)) {
        reading.push(this.#refreshed(next));
        reading.at(-1)!.catch(() => {});
      }
      await checkpoint();
      progress?.report(done, waiting.length, file);
      (await reading.shift()!)();
    }
    if (waiting.length >= LARGE_FOLDER) this.#summaries.rest();
    progress?.report(waiting.length, waiting.length, '');
  }

  async readFirst(
    file: string,
    query: SourcesQuery,
    checkpoint: Checkpoint,
  ): Promise<LinkedSources | undefined> {
    await this.#list(query, checkpoint);
    const listed = this.#listing!.value.files;
    if (listed.length < LARGE_FOLDER) return undefined;
    const read = async (wanted: readonly string[]): Promise<void> => {
      const unread = wanted.filter((one) => !this.#entries.has(one) || this.#store.open.has(one));
      for (const step of await Promise.all(unread.map((one) => this.#refreshed(one)))) step();
    };
    await read([file]);
    const summary = this.source(file)?.summary;
    if (summary === undefined) return undefined;
    const imported = importedFiles(this.#path, listed, file, summary).slice(0, MOST_FIRST);
    await read(imported);
    await checkpoint();
    const kept = new Set([file, ...imported]);
    return {
      shape: this.#shape,
      source: (one) => (kept.has(one) ? this.source(one) : undefined),
      understood: () => this.understood().filter((one) => kept.has(one.file)),
      takeMoved: () => new Set(),
    };
  }

  async #list({ exclude, only, again }: SourcesQuery, checkpoint: Checkpoint): Promise<void> {
    const known = this.#listing;
    const named = only !== undefined && !this.#loose;
    if (!again && !named && known?.exclude === exclude && holds(known, this.#changes.listing)) return;
    const at = this.#store.begin();
    const paths = only === undefined || this.#loose ? only : [this.#path, ...only];
    const value = await listSources(this.#host, { folder: this.#path, exclude, paths }, checkpoint);
    if (this.#listing !== undefined && this.#listing.at > at) return;
    this.#listing = { value, at, exclude };
    const present = new Set(value.files);
    for (const file of this.#entries.keys())
      if (!present.has(file) && !this.#store.open.has(file)) this.#remove(file, at);
  }

  /** The files whose text may be another than the one that was read. */
  *#stale({ isInside }: SourcesQuery): Iterable<string> {
    const { open } = this.#store;
    const listed = this.#listing?.at ?? 0;
    const isOld = (file: string, at: number): boolean =>
      at < Math.max(listed, this.#changes.files.get(file) ?? 0);
    for (const file of this.#listing?.value.files ?? [])
      if (!this.#entries.has(file) && !open.has(file) && isOld(file, this.#gone.get(file) ?? -1)) yield file;
    for (const [file, { stamp, at, value }] of this.#entries) {
      const held = open.get(file);
      if (held === undefined ? stamp === OPEN || isOld(file, at) : stamp !== OPEN || value.text !== held)
        yield file;
    }
    for (const file of open.keys()) if (!this.#entries.has(file) && isInside(file)) yield file;
  }

  /** Reads a file; the step that puts the result in place is taken in the order of asking. */
  async #refreshed(file: string): Promise<Step> {
    const at = this.#store.begin();
    if (this.#store.open.has(file)) return () => this.#refreshOpen(file);
    const stat = await this.#host.stat(file);
    const stamp = stat === undefined ? '' : `${stat.size}:${stat.modified}`;
    if (stamp !== '' && this.#entries.get(file)?.stamp === stamp)
      return this.#unlessNewer(file, at, () => {
        const known = this.#entries.get(file);
        if (known?.stamp === stamp) this.#entries.set(file, { ...known, at });
      });
    const read = await readSource(this.#host, file);
    if (read === undefined) return this.#unlessNewer(file, at, () => this.#remove(file, at));
    const value: Source =
      typeof read === 'string'
        ? { ...ofText(read), ...(await this.#summaries.ofRead(file, read)) }
        : { ...ofText(''), summary: undefined, problem: read };
    return this.#unlessNewer(file, at, () => this.#replace(file, { value, at, stamp }));
  }

  /** Opened, or read by another request, meanwhile: what that one has is newer. */
  #unlessNewer(file: string, at: number, step: Step): Step {
    return () => {
      if (!this.#store.open.has(file) && (this.#entries.get(file)?.at ?? -1) <= at) step();
    };
  }

  #refreshOpen(file: string): void {
    const at = this.#store.begin();
    const open = this.#store.open.get(file);
    if (open === undefined) return;
    const value =
      open.length > LARGEST_SOURCE_BYTES
        ? { ...ofText(open), summary: undefined, problem: tooLarge(file, open.length, LARGEST_SOURCE_BYTES) }
        : { ...ofText(open), ...this.#summaries.ofOpen(file, open) };
    this.#replace(file, { value, at, stamp: OPEN });
  }

  #replace(file: string, after: Entry): void {
    const before = this.#entries.get(file)?.value.summary;
    const { summary } = after.value;
    this.#entries.set(file, after);
    this.#gone.delete(file);
    if (before === undefined && summary === undefined) return;
    if (before !== undefined && summary !== undefined && sameShape(before, summary)) this.#moved.add(file);
    else this.#shape++;
  }

  #remove(file: string, at: number): void {
    this.#gone.set(file, at);
    if (this.#entries.delete(file)) this.#shape++;
  }
}

function ofText(text: string): Pick<Source, 'text' | 'lines'> {
  return { text, lines: countLines(text) };
}

export function countLines(text: string): number {
  let lines = 0;
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) lines++;
  return text === '' || text.endsWith('\n') ? lines : lines + 1;
}
