/**
 * What files say, kept on disk from run to run. An entry is named by the text's hash and lies in a folder named by the hash
 * of everything else that a summary depends on: the code that extracts, its words, the grammar and its runtime.
 *
 * An entry is believed when it is sealed with the key of this cache. In a folder that others hand in, a checkout above all,
 * the key lies elsewhere (`keyFolder`), so that what came with the folder is not believed, nor followed: no link is read
 * or written through. Entries are written beside and renamed; whatever else goes wrong, the file is analysed.
 */
import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmdirSync,
  rmSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { SummaryCache } from './service/extraction.ts';
import type { ReportMemory } from './service/rememberedReport.ts';

export interface CacheInput {
  readonly folder: string;
  /** Where the key lies; without one nothing is kept. */
  readonly keyFolder: string | undefined;
  /** Files that everything extracted depends on. */
  readonly programs: readonly string[];
  /** What the entries may take on disk. */
  readonly mostBytes?: number;
}

/** Of some ten million lines. */
const MOST_BYTES = 512 * 1024 * 1024;
/** The summary of a file of the largest size that is read is smaller. */
const LARGEST_ENTRY = 64 * 1024 * 1024;
const SEAL_BYTES = 32;
const DAY_MS = 24 * 60 * 60 * 1000;
/** What other programs leave alone, as they do with those of other caches. */
const TAG =
  'Signature: 8a477f597d28d172789f06886806bc55\n# A cache of Heddle; `heddle cache clear` removes it.\n';

const VERSION = /^[0-9a-f]{16}$/;
const ENTRY = /^[0-9a-f]{64}(?:\.[0-9a-f]{12}\.new)?$/;

/** Names what a summary depends on besides its text. */
export function analyserVersion(programs: readonly string[]): string {
  const hash = createHash('sha256');
  for (const program of programs) hash.update(readFileSync(program));
  return hash.digest('hex').slice(0, 16);
}

/** Undefined when the folder cannot be used; it is made if need be. */
export function openCache(input: CacheInput): SummaryCache | undefined {
  try {
    const name = analyserVersion(input.programs);
    ownFolder(input.folder);
    writeOnce(join(input.folder, '.gitignore'), '*\n');
    writeOnce(join(input.folder, 'CACHEDIR.TAG'), TAG);
    ownFolder(join(input.folder, name));
    const key = input.keyFolder === undefined ? undefined : keyIn(input.keyFolder);
    return key === undefined ? undefined : new DiskCache(input, name, key);
  } catch {
    return undefined;
  }
}

/**
 * Reports beside the summaries: each under the hash of its question, so that a newer one takes the place of the one before.
 * @param input with all programs that a report depends on
 */
export function openReports(input: CacheInput): ReportMemory | undefined {
  const cache = openCache(input);
  if (cache === undefined) return undefined;
  return {
    digest: (content) => createHash('sha256').update(content).digest('base64'),
    writes: (path) => isEntry(input.folder, path),
    load(question) {
      const bytes = cache.load(question);
      return bytes && Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('utf8');
    },
    save(question, text) {
      const bytes = Buffer.from(text, 'utf8');
      if (bytes.length <= LARGEST_ENTRY) cache.save(question, bytes);
    },
    dispose: () => cache.dispose(),
  };
}

/** Of an entry of the cache in the folder. All else that lies in a cache is there before anything is audited. */
function isEntry(folder: string, path: string): boolean {
  if (!path.startsWith(`${folder}/`)) return false;
  const [version = '', entry = '', ...deeper] = path.slice(folder.length + 1).split('/');
  return VERSION.test(version) && ENTRY.test(entry) && deeper.length === 0;
}

/** Removes what a cache has written, and the folder when nothing else is in it. Answers whether there was one. */
export function clearCache(folder: string): boolean {
  if (!isOwnFolder(folder)) return false;
  for (const version of readdirSync(folder).filter((name) => VERSION.test(name))) {
    const path = join(folder, version);
    if (!isOwnFolder(path)) continue;
    for (const name of readdirSync(path)) if (ENTRY.test(name)) rmSync(join(path, name), { force: true });
    removeIfEmpty(path);
  }
  for (const name of ['.gitignore', 'CACHEDIR.TAG', KEY]) rmSync(join(folder, name), { force: true });
  removeIfEmpty(folder);
  return true;
}

const KEY = 'key';

class DiskCache implements SummaryCache {
  readonly #input: CacheInput;
  readonly #folder: string;
  readonly #version: string;
  readonly #key: Buffer;
  #written = 0;

  constructor(input: CacheInput, version: string, key: Buffer) {
    this.#input = input;
    this.#version = version;
    this.#folder = join(input.folder, version);
    this.#key = key;
  }

  load(text: string): Uint8Array | undefined {
    const name = hashOf(text);
    const path = join(this.#folder, name);
    try {
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined || !stat.isFile() || stat.size > LARGEST_ENTRY || stat.size < SEAL_BYTES)
        return undefined;
      const all = readFileSync(path);
      const bytes = all.subarray(SEAL_BYTES);
      if (!timingSafeEqual(all.subarray(0, SEAL_BYTES), this.#seal(name, bytes))) return undefined;
      /** The oldest go first, and what is still used is not old. */
      if (Date.now() - stat.mtimeMs > DAY_MS) utimesSync(path, new Date(), new Date());
      return bytes;
    } catch {
      return undefined;
    }
  }

  save(text: string, bytes: Uint8Array): void {
    const name = hashOf(text);
    const beside = join(this.#folder, `${name}.${randomBytes(6).toString('hex')}.new`);
    try {
      writeFileSync(beside, Buffer.concat([this.#seal(name, bytes), bytes]), { flag: 'wx' });
      renameSync(beside, join(this.#folder, name));
      this.#written += bytes.length + SEAL_BYTES;
    } catch {
      rmSync(beside, { force: true });
    }
    if (this.#written > this.#mostBytes / 8) this.dispose();
  }

  /** Whoever goes on saving afterwards may; then this is done again. */
  dispose(): void {
    if (this.#written === 0) return;
    this.#written = 0;
    try {
      keepWithin(this.#input.folder, this.#mostBytes);
    } catch {
      // Too large a cache costs disk only, and the next one who saves tries again.
    }
  }

  get #mostBytes(): number {
    return this.#input.mostBytes ?? MOST_BYTES;
  }

  #seal(name: string, bytes: Uint8Array): Buffer {
    return createHmac('sha256', this.#key).update(`${this.#version} ${name} `).update(bytes).digest();
  }
}

/** Removes the oldest entries of all versions until the rest takes four fifths of what is allowed, if it takes more. */
function keepWithin(folder: string, mostBytes: number): void {
  const entries: { readonly path: string; readonly size: number; readonly used: number }[] = [];
  let total = 0;
  for (const version of readdirSync(folder).filter((name) => VERSION.test(name))) {
    if (!isOwnFolder(join(folder, version))) continue;
    for (const name of readdirSync(join(folder, version)).filter((one) => ENTRY.test(one))) {
      const path = join(folder, version, name);
      const stat = lstatSync(path, { throwIfNoEntry: false });
      if (stat === undefined) continue;
      entries.push({ path, size: stat.size, used: stat.mtimeMs });
      total += stat.size;
    }
  }
  if (total <= mostBytes) return;
  entries.sort((a, b) => a.used - b.used);
  for (const { path, size } of entries) {
    if (total <= mostBytes * 0.8) break;
    rmSync(path, { force: true });
    total -= size;
  }
  for (const version of readdirSync(folder).filter((name) => VERSION.test(name)))
    removeIfEmpty(join(folder, version));
}

/** In UTF-16, so that no two texts have one hash. */
function hashOf(text: string): string {
  return createHash('sha256').update(text, 'utf16le').digest('hex');
}

/** The key of a folder, made when there is none; undefined for what is none. */
function keyIn(folder: string): Buffer | undefined {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, KEY);
  writeOnce(path, randomBytes(32).toString('hex'));
  const stat = lstatSync(path);
  if (!stat.isFile() || stat.size !== 64) return undefined;
  return Buffer.from(readFileSync(path, 'latin1'), 'hex');
}

function writeOnce(path: string, text: string): void {
  try {
    writeFileSync(path, text, { flag: 'wx', mode: 0o600 });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** @throws when there is something else */
function ownFolder(path: string): void {
  if (!isOwnFolder(path)) mkdirSync(path, { recursive: true });
  if (!isOwnFolder(path)) throw new Error('not a folder');
}

/** A folder, not a link to one. */
function isOwnFolder(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}

function removeIfEmpty(folder: string): void {
  try {
    rmdirSync(folder);
  } catch {
    // Something else lies in it, or it may not be removed: it stays.
  }
}
