/** `heddle cache clear [PATH...]`: removes what audits have kept of the projects at these paths. */
import type { Command } from 'commander';
import { printable } from '../../base/printable.ts';
import { cachePlace } from './cachePlace.ts';
import { type CommandLine, namedPath } from './commandLine.ts';
import { shownPath } from './report.ts';

export function addCacheCommand(program: Command, commandLine: CommandLine): void {
  const command = program
    .command('cache')
    .summary('the summaries that audits keep from run to run')
    .description('Audits keep what they have found out about files, so that the next one is quicker.');
  command
    .command('clear')
    .summary('remove them')
    .description('Removes the cache of the projects at the given paths, or the one that `--cache-dir` names.')
    .argument('[path...]', 'files and folders of the projects', ['.'])
    .option('--cache-dir <folder>', 'the cache of audits with this option')
    .action(async (paths: readonly string[], { cacheDir }: { readonly cacheDir?: string }) => {
      const folders = new Set<string>();
      for (const path of paths) {
        const place = await cachePlace(cacheDir, [namedPath(commandLine, path)], commandLine);
        if (place !== undefined) folders.add(place.folder);
      }
      for (const folder of folders) {
        const shown = printable(shownPath(folder, commandLine.currentFolder));
        commandLine.stdout.write(
          commandLine.clearCache(folder) ? `Removed ${shown}.\n` : `There is no cache in ${shown}.\n`,
        );
      }
    });
}
