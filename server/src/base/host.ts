/**
 * The one door through which the core reads the world. The Node server, the command line, the tests (an in-memory
 * folder) and a browser worker each bring their own Host, so that everything from `base` to `service` runs anywhere.
 * Paths are absolute, with forward slashes, on every platform.
 */
export interface Host {
  /**
   * Lets paths on the computer of this path be asked for: the user or the editor named it. What only a file names never
   * makes this computer talk to another one.
   */
  admit(path: string): void;
  /** The bytes of a file; a `ReadFailure` when it cannot be had or is larger than `limit` bytes. Never throws. */
  readFile(path: string, limit?: number): Promise<Uint8Array | ReadFailure>;
  /** The entries of a folder in name order; a `ReadFailure` when it cannot be had. Never throws. Symbolic links are reported as what they lead to, with `link` set. */
  readDirectory(path: string): Promise<readonly DirectoryEntry[] | ReadFailure>;
  /** Size in bytes, time of last change (ms since 1970) and kind; undefined when there is nothing there. */
  stat(path: string): Promise<FileStat | undefined>;
  /** The path with every symbolic link resolved; undefined when there is nothing there. */
  realPath(path: string): Promise<string | undefined>;
  /** Milliseconds on a clock that never goes back. */
  now(): number;
  /** Lets pending input (a cancellation, an edit) be handled before it resolves. */
  yieldToEvents(): Promise<void>;
}

export interface ReadFailure {
  readonly failure: 'missing' | 'denied' | 'tooLarge' | 'other';
  /** One clause a user understands, without the path: "permission denied". */
  readonly reason: string;
}

export interface DirectoryEntry {
  readonly name: string;
  readonly kind: 'file' | 'directory' | 'other';
  readonly link: boolean;
}

export interface FileStat {
  readonly size: number;
  readonly modified: number;
  readonly kind: 'file' | 'directory' | 'other';
}

export function isReadFailure(value: object): value is ReadFailure {
  return 'failure' in value;
}
