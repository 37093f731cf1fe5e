/** `heddle server --stdio`: the language server, for editors other than VS Code. */
import type { Command } from 'commander';
import { type CommandLine, UsageError } from './commandLine.ts';

export function addServerCommand(program: Command, commandLine: CommandLine): void {
  program
    .command('server')
    .summary('run the language server')
    .description('Runs the language server (LSP) for an editor, until the editor ends it.')
    .option('--stdio', 'speak on standard input and output')
    .action(async (options: { readonly stdio?: boolean }) => {
      if (options.stdio !== true)
        throw new UsageError('The language server speaks on standard input and output only; add `--stdio`.');
      await commandLine.serve();
    });
}
