/**
 * The Host of everything that runs in Node. Files are read synchronously: an audit reads thousands of small ones, for
 * which a round through the thread pool costs several times the read itself; the checkpoints between files keep the
 * message loop alive.
 */
import { lstatSync, readdirSync, readFileSync, readlinkSync, realpathSync, statSync } from 'node:fs';
import type { DirectoryEntry, FileStat, Host, ReadFailure } from './base/host.ts';
import { keptOnThisComputer, otherComputer } from './base/otherComputers.ts';

export function createNodeHost(): Host {
  return keptOnThisComputer({
    admit() {},
    readFile: async (path, limit = LARGEST_BUFFER) => {
      try {
        if (leadsToOther(path)) return FOREIGN_LINK;
        const stat = statSync(path);
        if (!stat.isFile())
          return {
            failure: 'other',
            reason: stat.isDirectory() ? 'it is a folder' : 'it is not a regular file',
          };
        if (stat.size > limit) return { failure: 'tooLarge', reason: `it is larger than ${inWords(limit)}` };
        return readFileSync(path);
      } catch (error) {
        return readFailure(error);
      }
    },
    readDirectory: async (path) => {
      try {
        if (leadsToOther(path)) return FOREIGN_LINK;
        const entries = readdirSync(path, { withFileTypes: true }).map((entry): DirectoryEntry => {
          if (!entry.isSymbolicLink()) return { name: entry.name, kind: kindOf(entry), link: false };
          return { name: entry.name, kind: statOf(`${path}/${entry.name}`)?.kind ?? 'other', link: true };
        });
        return entries.sort((left, right) => (left.name < right.name ? -1 : left.name > right.name ? 1 : 0));
      } catch (error) {
        return readFailure(error);
      }
    },
    stat: async (path) => statOf(path),
    realPath: async (path) => {
      try {
        if (leadsToOther(path)) return undefined;
        return slashed(realpathSync.native(path));
      } catch {
        return undefined;
      }
    },
    now: () => performance.now(),
    yieldToEvents: () => new Promise((resolve) => setImmediate(resolve)),
  });
}

/** A path of this system in the form that the core uses. */
export function slashed(path: string): string {
  return process.platform === 'win32' ? path.replaceAll('\\', '/') : path;
}

const LARGEST_BUFFER = 2 ** 31 - 1;

function inWords(bytes: number): string {
  return bytes >= LARGEST_BUFFER ? '2 GB' : `${Math.floor(bytes / (1024 * 1024))} MB`;
}

/** On Windows a link may lead to a share, and following it is asking for it. */
function leadsToOther(path: string): boolean {
  if (process.platform !== 'win32') return false;
  const link = lstatSync(path, { throwIfNoEntry: false })?.isSymbolicLink() === true;
  return link && otherComputer(readlinkSync(path).replace(/^\\\\\?\\(?!UNC\\)/, '')) !== undefined;
}

const FOREIGN_LINK: ReadFailure = { failure: 'denied', reason: 'it is a link to another computer' };

const REASONS: Readonly<Record<string, ReadFailure>> = {
  ENOENT: { failure: 'missing', reason: 'there is no such file or folder' },
  ENOTDIR: { failure: 'missing', reason: 'there is no such file or folder' },
  EACCES: { failure: 'denied', reason: 'permission denied' },
  EPERM: { failure: 'denied', reason: 'permission denied' },
  ELOOP: { failure: 'other', reason: 'its symbolic links lead in a circle' },
  EISDIR: { failure: 'other', reason: 'it is a folder' },
  EMFILE: { failure: 'other', reason: 'too many files are open' },
  ENAMETOOLONG: { failure: 'other', reason: 'its name is too long' },
};

function readFailure(error: unknown): ReadFailure {
  const code = (error as NodeJS.ErrnoException).code ?? '';
  return (
    REASONS[code] ?? { failure: 'other', reason: code === '' ? String(error) : `the system says ${code}` }
  );
}

function statOf(path: string): FileStat | undefined {
  try {
    if (leadsToOther(path)) return undefined;
    const stat = statSync(path, { throwIfNoEntry: false });
    return stat === undefined ? undefined : { size: stat.size, modified: stat.mtimeMs, kind: kindOf(stat) };
  } catch {
    return undefined;
  }
}

function kindOf(entry: { isFile(): boolean; isDirectory(): boolean }): FileStat['kind'] {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'directory' : 'other';
}

/** Milliseconds that this process has worked, all its threads together. */
export function workClock(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}
