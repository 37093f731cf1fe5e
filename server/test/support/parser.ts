/** The one Python parser of a test process, loaded from the files that are shipped. */
import { readFile } from 'node:fs/promises';
import { loadPythonParser, type PythonParser } from '../../src/cst/runtime.ts';

const ROOT = new URL('../../../', import.meta.url);

let loading: Promise<PythonParser> | undefined;

/** Loads the grammar on the first call; every later call gives the same parser. */
export function pythonParser(): Promise<PythonParser> {
  loading ??= load();
  return loading;
}

async function load(): Promise<PythonParser> {
  return loadPythonParser({
    runtime: await readFile(new URL('node_modules/web-tree-sitter/web-tree-sitter.wasm', ROOT)),
    python: await readFile(new URL('grammars/tree-sitter-python.wasm', ROOT)),
  });
}
