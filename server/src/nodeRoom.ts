/**
 * A second run of the command in a process that may take most of the machine's memory. An engine says when it starts how much it
 * may ever hold, and holds no more than 4 GB by itself, so a program that turns out to be large is begun again; and one that is
 * too large for the machine ends with a sentence instead of a crash.
 */
import { spawn } from 'node:child_process';
import { totalmem } from 'node:os';
import type { CommandLine } from './surfaces/cli/commandLine.ts';

/** Said in the words of the engine, so that what the user has chosen is found too. */
const LIMIT = '--max-old-space-size';

/** What the system and the threads that parse need besides. */
const SHARE = 3 / 4;

/** Undefined where this is that process, or where the user has said how much memory there is. */
export function roomForMore(): CommandLine['inMoreRoom'] {
  const { NODE_OPTIONS }: NodeJS.ProcessEnv = process.env;
  const said = [...process.execArgv, NODE_OPTIONS ?? ''];
  if (said.some((words) => words.replaceAll('_', '-').includes(LIMIT))) return undefined;
  return () => {
    const limit = `${LIMIT}=${Math.floor((memory() * SHARE) / 2 ** 20)}`;
    const words = [...process.execArgv, limit, ...process.argv.slice(1)];
    return ended(spawn(process.execPath, words, { stdio: 'inherit' }));
  };
}

/** Of the machine, or of the container that the process runs in. */
function memory(): number {
  const most = process.constrainedMemory() ?? 0;
  return most > 0 ? Math.min(most, totalmem()) : totalmem();
}

/** Signals of a terminal reach the other process too, which says what became of it. */
function ended(child: ReturnType<typeof spawn>): ReturnType<NonNullable<CommandLine['inMoreRoom']>> {
  const wait = (): void => {};
  const end = (): void => {
    child.kill('SIGTERM');
  };
  process.on('SIGINT', wait);
  process.on('SIGTERM', end);
  return new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      process.off('SIGINT', wait);
      process.off('SIGTERM', end);
      if (signal === null && code !== null && code !== ABORTED) return resolve(code);
      if (signal === 'SIGINT' || signal === 'SIGTERM') return resolve(INTERRUPTED);
      resolve('outOfMemory');
    });
  });
}

/** What the engine ends with where there are no signals. */
const ABORTED = 134;
const INTERRUPTED = 130;
