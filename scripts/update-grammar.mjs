/**
 * Takes the grammar of the installed npm package `tree-sitter-python` into `grammars/`: checks first that the pinned
 * runtime loads it and parses with it, and only then replaces the file and the lock.
 *
 *   npm install --save-exact --save-dev tree-sitter-python@VERSION && node scripts/update-grammar.mjs
 */
import { createHash } from 'node:crypto';
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Language, Parser } from 'web-tree-sitter';
import { projectRoot } from './setup.mjs';

const packages = join(projectRoot, 'node_modules');
const source = join(packages, 'tree-sitter-python', 'tree-sitter-python.wasm');
const runtime = join(packages, 'web-tree-sitter', 'web-tree-sitter.wasm');

const abi = await checkedAbi();
const lock = {
  runtime: { package: 'web-tree-sitter', version: version('web-tree-sitter'), sha256: sha256(runtime) },
  python: {
    package: 'tree-sitter-python',
    version: version('tree-sitter-python'),
    file: 'tree-sitter-python.wasm',
    abi,
    sha256: sha256(source),
  },
};
copyFileSync(source, join(projectRoot, 'grammars', lock.python.file));
copyFileSync(
  join(packages, 'tree-sitter-python', 'LICENSE'),
  join(projectRoot, 'grammars', 'LICENSE.tree-sitter-python'),
);
writeFileSync(join(projectRoot, 'grammars', 'grammars.lock.json'), `${JSON.stringify(lock, undefined, 2)}\n`);
console.log(`grammars: tree-sitter-python ${lock.python.version}, ABI ${abi}`);
console.log('Now compare server/src/cst/kinds.ts with the new grammar: `npm test -- cst`.');

async function checkedAbi() {
  await Parser.init({ wasmBinary: readFileSync(runtime) });
  const language = await Language.load(readFileSync(source));
  const parser = new Parser();
  parser.setLanguage(language);
  const tree = parser.parse('with lock:\n    total += 1\n');
  const works = tree !== null && !tree.rootNode.hasError;
  tree?.delete();
  parser.delete();
  if (!works) throw new Error('the grammar does not parse two lines of Python with this runtime');
  return language.abiVersion;
}

function version(name) {
  return JSON.parse(readFileSync(join(packages, name, 'package.json'), 'utf8')).version;
}

function sha256(file) {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}
