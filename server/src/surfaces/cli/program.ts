/** The commands of `heddle`, one file each, and what becomes of their errors. */
import { Command, CommanderError } from 'commander';
import { printable } from '../../base/printable.ts';
import { addAuditCommand } from './auditCommand.ts';
import { addCacheCommand } from './cacheCommand.ts';
import { paintFor } from './colors.ts';
import {
  type CommandLine,
  calledAs,
  Exit,
  type ExitCode,
  UnwritableError,
  UsageError,
} from './commandLine.ts';
import { addDepsCommand } from './depsCommand.ts';
import { addExplainCommand } from './explainCommand.ts';
import { addFactsCommand } from './factsCommand.ts';
import { addFixCommand } from './fixCommand.ts';
import { addGilCommand } from './gilCommand.ts';
import { addProveCommand } from './proveCommand.ts';
import { addRuleCommand } from './ruleCommand.ts';
import { addServerCommand } from './serverCommand.ts';
import { addWheelCommand } from './wheelCommand.ts';

/** Runs a command line without the program's own name; answers the exit code. Never throws. */
export async function runCommandLine(words: readonly string[], commandLine: CommandLine): Promise<ExitCode> {
  const { host, currentFolder, stdout, stderr, environment } = commandLine;
  host.admit(currentFolder);
  let code: ExitCode = Exit.clean;
  const program = new Command('heddle')
    .description('Finds thread-safety problems in Python code.')
    .version(commandLine.version, '--version', 'print the version')
    .helpOption('-h, --help', 'show this help')
    .helpCommand(false)
    .showHelpAfterError(`\`${calledAs(environment)} --help\` shows how to use it.`)
    .exitOverride()
    .configureOutput({
      writeOut: (text) => stdout.write(text),
      // A usage error quotes what was given, and that may be the name of a file.
      writeErr: (text) => stderr.write(text.split('\n').map(printable).join('\n')),
      getOutHelpWidth: () => stdout.columns ?? 100,
      getErrHelpWidth: () => stderr.columns ?? 100,
    });
  addAuditCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addExplainCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addProveCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addFixCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addDepsCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addGilCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addWheelCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addRuleCommand(program, commandLine);
  addFactsCommand(program, commandLine, (ended) => {
    code = ended;
  });
  addCacheCommand(program, commandLine);
  addServerCommand(program, commandLine);
  for (const command of program.commands)
    command.showHelpAfterError(`\`${calledAs(environment)} ${command.name()} --help\` shows how to use it.`);
  const paint = paintFor(stderr, environment);
  try {
    await program.parseAsync([...words], { from: 'user' });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? Exit.clean : Exit.usage;
    if (error instanceof UsageError || error instanceof UnwritableError) {
      stderr.write(`${paint('error', 'red', 'bold')}: ${printable(error.message)}\n`);
      return error instanceof UsageError ? Exit.usage : Exit.unwritable;
    }
    const trace = error instanceof Error ? (error.stack ?? error.message) : String(error);
    stderr.write(
      `${paint('error', 'red', 'bold')}: Heddle itself failed, so nothing was reported; this is a bug.\n${trace}\n`,
    );
    return Exit.incomplete;
  }
}
