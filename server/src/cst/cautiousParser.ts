/**
 * A parser that refuses the texts that have crashed it before. A crash ends the process or the worker, the editor starts
 * another one, and without this memory the same open file would crash that one too.
 */
import { contentHash } from '../base/hash.ts';
import { ParserCrashed, type PythonParser } from './runtime.ts';

/** `known` has the `contentHash` of each text that crashed; `remember` is told the next one, and outlives this process. */
export function cautiousParser(
  parser: PythonParser,
  known: ReadonlySet<string>,
  remember: (hash: string) => void,
): PythonParser {
  const guarded = <Result>(text: string, parse: () => Result): Result => {
    if (known.size > 0 && known.has(contentHash(text)))
      throw new Error('the parser crashed on this text before; change the text or report it');
    try {
      return parse();
    } catch (error) {
      if (error instanceof ParserCrashed) remember(contentHash(text));
      throw error;
    }
  };
  return {
    parse: (text) => guarded(text, () => parser.parse(text)),
    parseLive: (text, previous, edit) => guarded(text, () => parser.parseLive(text, previous, edit)),
  };
}
