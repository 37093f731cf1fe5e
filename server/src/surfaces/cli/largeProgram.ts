/** Programs of so many files that what they mean together may not fit into the memory that a process has by itself. */
import { type CommandLine, Exit, type ExitCode } from './commandLine.ts';
import { counted } from './textReport.ts';

/** Thrown where the command has to be begun again in a process with more memory. */
export class TooLargeHere extends Error {
  readonly files: number;

  constructor(files: number) {
    super(`${files} files are too many for this process`);
    this.name = 'TooLargeHere';
    this.files = files;
  }
}

/** A third of what 4 GB have room for, with files of the size of the standard library's. */
const MOST_FILES_HERE = 3000;

/** @throws TooLargeHere */
export function ensureRoom(files: number, { inMoreRoom }: CommandLine): void {
  if (files > MOST_FILES_HERE && inMoreRoom !== undefined) throw new TooLargeHere(files);
}

/** The same command in a process that has all the memory that there is. */
export async function inMoreRoom(
  { files }: TooLargeHere,
  { inMoreRoom: run, stderr }: CommandLine,
): Promise<ExitCode> {
  const code = await run!();
  if (code !== 'outOfMemory') return code as ExitCode;
  stderr.write(
    `error: What these ${counted(files, 'file')} mean together does not fit into the memory of this machine. Audit a folder of them at a time, or leave folders out with --exclude.\n`,
  );
  return Exit.incomplete;
}
