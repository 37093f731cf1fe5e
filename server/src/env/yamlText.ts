/** YAML that a person wrote, parsed within bounds: no text makes the parser overflow its stack or expand without end. */
import { parseDocument } from 'yaml';
import { isDeeplyNested } from './text.ts';

/** Undefined for a text that has not the shape of a file a person wrote, or nests deeper than the parser's stack goes. */
export function parseYaml(text: string): ReturnType<typeof parseDocument> | undefined {
  if (!isModest(text)) return undefined;
  try {
    return parseDocument(text, { prettyErrors: false });
  } catch (error) {
    // Blocks within blocks can stand on one line.
    if (error instanceof RangeError) return undefined;
    throw error;
  }
}

/** Whether it is neither huge nor nested by brackets or indentation. */
function isModest(text: string): boolean {
  return text.length < 1024 * 1024 && !/^[ \t?:-]{200}/m.test(text) && !isDeeplyNested(text);
}
