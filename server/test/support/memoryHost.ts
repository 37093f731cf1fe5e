/**
 * A Host over files held in memory, for tests of everything below the surfaces. Its clock stands still unless a test
 * moves it, and it yields at once, so that nothing depends on time.
 */
import type { DirectoryEntry, Host, ReadFailure } from '../../src/base/host.ts';

export interface MemoryHost extends Host {
  /** Creates or replaces a file; the folders above it come into being. */
  write(path: string, content: string | Uint8Array): void;
  /** Removes a file, or a folder with everything in it. */
  remove(path: string): void;
  /** Makes reading a file or folder fail in this way. */
  fail(path: string, failure: ReadFailure): void;
  /** Moves the clock, in ms. */
  advance(milliseconds: number): void;
  /** The paths handed to `readFile` since the last call of this function. */
  takeReads(): readonly string[];
}

/** @param files absolute path with forward slashes → text (as UTF-8) or bytes */
export function memoryHost(files: Readonly<Record<string, string | Uint8Array>> = {}): MemoryHost {
  const contents = new Map<string, { readonly bytes: Uint8Array; readonly modified: number }>();
  const failures = new Map<string, ReadFailure>();
  let reads: string[] = [];
  let clock = 0;
  let writes = 0;
  const missing: ReadFailure = { failure: 'missing', reason: 'there is no such file' };
  const insideOf = (path: string): string => (path.endsWith('/') ? path : `${path}/`);
  const isFolder = (path: string): boolean =>
    path === '/' || [...contents.keys(), ...failures.keys()].some((key) => key.startsWith(insideOf(path)));
  const host: MemoryHost = {
    admit() {},
    async readFile(path, limit = Number.POSITIVE_INFINITY) {
      reads.push(path);
      const bytes = contents.get(path)?.bytes;
      if (bytes !== undefined && bytes.length > limit)
        return { failure: 'tooLarge', reason: `it is larger than ${limit} bytes` };
      return failures.get(path) ?? bytes ?? missing;
    },
    async readDirectory(path) {
      const failure = failures.get(path);
      if (failure !== undefined) return failure;
      if (!isFolder(path)) return missing;
      const entries = new Map<string, DirectoryEntry>();
      for (const key of [...contents.keys(), ...failures.keys()]) {
        if (!key.startsWith(insideOf(path))) continue;
        const [name, ...rest] = key.slice(insideOf(path).length).split('/');
        if (name === undefined || name === '') continue;
        entries.set(name, { name, kind: rest.length > 0 ? 'directory' : 'file', link: false });
      }
      return [...entries.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
    },
    async stat(path) {
      const content = contents.get(path);
      if (content !== undefined)
        return { size: content.bytes.length, modified: content.modified, kind: 'file' };
      return isFolder(path) ? { size: 0, modified: 0, kind: 'directory' } : undefined;
    },
    async realPath(path) {
      return contents.has(path) || isFolder(path) ? path : undefined;
    },
    now: () => clock,
    async yieldToEvents() {},
    write(path, content) {
      writes += 1;
      const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
      contents.set(path, { bytes, modified: writes });
    },
    remove(path) {
      for (const key of [...contents.keys()])
        if (key === path || key.startsWith(insideOf(path))) contents.delete(key);
    },
    fail(path, failure) {
      failures.set(path, failure);
    },
    advance(milliseconds) {
      clock += milliseconds;
    },
    takeReads() {
      const taken = reads;
      reads = [];
      return taken;
    },
  };
  for (const [path, content] of Object.entries(files)) host.write(path, content);
  return host;
}
