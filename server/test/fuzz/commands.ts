/**
 * The command line over a project some of whose files are damaged: whatever they hold, it ends with one of its exit codes,
 * says no more than one line for what it could not read, and writes nothing that a terminal or a reader of the format obeys.
 */
import { silentLogger } from '../../src/base/log.ts';
import type { PythonParser } from '../../src/cst/runtime.ts';
import { RULES } from '../../src/rules/registry.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { runHeddle } from '../unit/cli/runHeddle.ts';
import { TEXT_FILES, TEXTS } from './foreignFiles.ts';
import { mutated, type Random } from './mutation.ts';

const FORMATS = ['text', 'json', 'sarif', 'github', 'gitlab', 'junit'] as const;
const COMMANDS: readonly (readonly string[])[] = [
  ...FORMATS.map((format) => ['audit', '.', '--fail-on', 'note', '--format', format]),
  ['audit', '.', '--explain', '--level', 'hint'],
  ['deps', '.'],
  ['deps', '.', '--format', 'json'],
  ['deps', '.', '--format', 'markdown'],
  ['deps', '.', '--plan'],
  ['deps', '.', '--plan', '--format', 'markdown'],
  ['explain', 'a.py:7'],
  ['facts', '.', '-o', 'facts'],
];
const CODES: readonly number[] = [0, 1, 2, 3];
/** What a terminal obeys, and what no text of a report needs. */
const OBEYED = /(?!\n)[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

/** @param corpus Python to begin with */
export function runsCommands(
  corpus: readonly string[],
  parser: PythonParser,
): (random: Random) => Promise<string | undefined> {
  return async (random) => {
    const files: Record<string, string> = {};
    for (const [path, text] of [...TEXT_FILES, ['/p/c.py', corpus[random(corpus.length)]!] as const])
      files[path.replace(/^\/p\//, '/work/')] = random(3) === 0 ? mutated(text, TEXTS, random, 2) : text;
    const words = COMMANDS[random(COMMANDS.length)]!;
    const analyzer = createAnalyzer({
      host: memoryHost(files),
      parser,
      logger: silentLogger,
    });
    const { code, stdout, stderr } = await runHeddle(words, { files, analyzer, parser, rules: RULES });
    const said = `heddle ${words.join(' ')}`;
    if (stderr.includes('Heddle itself failed')) return `${said}: ${stderr}`;
    if (!CODES.includes(code)) return `${said} ended with ${code}`;
    if (OBEYED.test(stderr)) return `${said} tells a terminal ${JSON.stringify(OBEYED.exec(stderr))}`;
    const format = words[words.indexOf('--format') + 1];
    if (stdout !== '' && (format === 'json' || format === 'sarif' || format === 'gitlab')) JSON.parse(stdout);
    if (OBEYED.test(stdout)) return `${said} writes ${JSON.stringify(OBEYED.exec(stdout))}`;
    return undefined;
  };
}
