/**
 * Where the command line writes: the streams of the process, and files. What cannot be written is said and counts as an
 * error; a report on disk is the old one or the new one, never half of one, whatever happens meanwhile.
 */
import { randomBytes } from 'node:crypto';
import {
  lstatSync,
  mkdirSync,
  readlinkSync,
  realpathSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import type { TextStream } from './surfaces/cli/commandLine.ts';

export interface OutputStream extends TextStream {
  /** Resolves when everything has been handed to the system: with a clause why that failed, or nothing. */
  settled(): Promise<string | undefined>;
}

/** A reader that has seen enough (`heddle audit . | head`) is no error: the rest is dropped. */
export function outputStream(stream: NodeJS.WriteStream): OutputStream {
  let closed = false;
  let trouble: string | undefined;
  stream.on('error', (error: NodeJS.ErrnoException) => {
    closed = true;
    if (error.code !== 'EPIPE') trouble ??= reasonOf(error);
  });
  return {
    write(text) {
      if (!closed) stream.write(text);
    },
    isTerminal: stream.isTTY === true,
    get columns() {
      // A terminal that nobody has told its size says 0.
      return stream.isTTY && stream.columns > 0 ? stream.columns : undefined;
    },
    async settled() {
      if (!closed) await new Promise((done) => stream.write('', done));
      // A failure of the last write is told after its callback.
      await new Promise((done) => setImmediate(done));
      return trouble;
    },
  };
}

/** Writes beside the file and renames; devices and pipes are written to directly. Answers why it failed. */
export async function savedFile(path: string, text: string): Promise<string | undefined> {
  try {
    const stat = statSync(path, { throwIfNoEntry: false });
    if (stat?.isDirectory()) return 'it is a folder';
    if (stat === undefined || stat.isFile()) await undisturbed(() => replace(path, text, stat?.mode));
    else writeFileSync(path, text);
    return undefined;
  } catch (error) {
    return reasonOf(error as NodeJS.ErrnoException);
  }
}

/** The same for bytes, in a folder that is made if need be. */
export async function savedBytes(path: string, bytes: Uint8Array): Promise<string | undefined> {
  try {
    mkdirSync(dirname(path), { recursive: true });
    await undisturbed(() => replace(path, bytes));
    return undefined;
  } catch (error) {
    return reasonOf(error as NodeJS.ErrnoException);
  }
}

function replace(path: string, content: string | Uint8Array, mode = 0o666): void {
  const target = behindLinks(path);
  const beside = join(dirname(target), `.heddle-${randomBytes(6).toString('hex')}`);
  try {
    writeFileSync(beside, content, { flag: 'wx', mode });
    renameSync(beside, target);
  } catch (error) {
    rmSync(beside, { force: true });
    throw error;
  }
}

/** The file that a path means; of a link that leads to nothing yet, the file that it would lead to. */
function behindLinks(path: string): string {
  let target = path;
  for (let links = 0; links < MOST_LINKS; links++) {
    if (lstatSync(target, { throwIfNoEntry: false })?.isSymbolicLink() !== true) return target;
    target = resolve(realpathSync(dirname(target)), readlinkSync(target));
  }
  return target;
}

const MOST_LINKS = 40;

const ENDING = { SIGHUP: 1, SIGINT: 2, SIGTERM: 15 } as const;

/** Runs work to its end; a signal that comes meanwhile ends the process after it. */
async function undisturbed(work: () => void): Promise<void> {
  const handlers = Object.entries(ENDING).map(
    ([signal, number]) => [signal, () => process.exit(128 + number)] as const,
  );
  for (const [signal, end] of handlers) process.on(signal, end);
  try {
    work();
  } finally {
    // Signals are told in the next turns of the loop.
    for (let turn = 0; turn < 2; turn++) await new Promise((done) => setImmediate(done));
    for (const [signal, end] of handlers) process.off(signal, end);
  }
}

function reasonOf(error: NodeJS.ErrnoException): string {
  const { code } = error;
  return code === undefined ? String(error) : (REASONS[code] ?? `the system says ${code}`);
}

const REASONS: Readonly<Record<string, string>> = {
  ENOENT: 'its folder does not exist',
  ENOTDIR: 'its folder does not exist',
  EACCES: 'permission denied',
  EPERM: 'permission denied',
  ENAMETOOLONG: 'its name is too long',
  ENOSPC: 'the disk is full',
  EDQUOT: 'the disk quota is used up',
};
