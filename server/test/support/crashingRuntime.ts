/** The parser, except that it traps on a text with the words “crash the parser”: stands in for a defect of the WASM runtime. */
import * as runtime from '../../src/cst/runtime.ts';

export { GRAMMAR_ABI, ParserCrashed, ParsingTakesTooLong } from '../../src/cst/runtime.ts';

export async function loadPythonParser(bytes: runtime.GrammarBytes): Promise<runtime.PythonParser> {
  const parser = await runtime.loadPythonParser(bytes);
  const trap = (text: string): void => {
    if (text.includes('crash the parser')) throw new runtime.ParserCrashed(new Error('unreachable'));
  };
  return {
    parse(text) {
      trap(text);
      return parser.parse(text);
    },
    parseLive(text, previous, edit) {
      trap(text);
      return parser.parseLive(text, previous, edit);
    },
  };
}
