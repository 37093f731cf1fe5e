/** How the commands that read files the user names begin: all paths are there, Ctrl-C ends it, and what was not read is told. */
import { Cancelled, type Checkpoint, checkpoint } from '../../base/checkpoint.ts';
import type { Host } from '../../base/host.ts';
import { printable } from '../../base/printable.ts';
import type { UnreadPath } from '../../service/gilFiles.ts';
import { type CommandLine, isThere, namedPath, UsageError } from './commandLine.ts';
import { shownPath } from './report.ts';

/** What `read` makes of the paths; undefined when the user interrupted it, which has been said. */
export async function readPaths<Report extends { readonly unread: readonly UnreadPath[] }>(
  paths: readonly string[],
  commandLine: CommandLine,
  read: (absolute: readonly string[], host: Host, checkpoint: Checkpoint) => Promise<Report>,
): Promise<Report | undefined> {
  const { host, stderr, currentFolder } = commandLine;
  const absolute = paths.map((path) => namedPath(commandLine, path));
  for (const [index, path] of absolute.entries())
    if (paths[index] === '' || !(await isThere(host, path)))
      throw new UsageError(`There is no file or folder \`${paths[index]}\`.`);
  try {
    const goOn = checkpoint(() => !commandLine.interrupted(), host);
    const report = await read(absolute, host, goOn);
    for (const { file, message } of report.unread)
      stderr.write(`${printable(`${shownPath(file, currentFolder)}: ${message}`)}\n`);
    return report;
  } catch (error) {
    if (!(error instanceof Cancelled)) throw error;
    stderr.write('Interrupted.\n');
    return undefined;
  }
}
