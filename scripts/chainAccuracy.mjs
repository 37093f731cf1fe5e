/**
 * Compares, for packages installed in a free-threaded environment, the first module of the chain that Heddle reports for
 * `import X` with the one that the interpreter's own warning names, and writes docs/gil-chains.md.
 *
 *   node scripts/chainAccuracy.mjs VENV... [IMPORT...]
 *
 * What is no folder is an import; without any, every top-level name that the environments' distributions provide is tried.
 * Run `npm run build` first.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { importSource } from './importSource.mjs';
import { projectRoot as root } from './setup.mjs';

const words = process.argv.slice(2);
const venvs = words.filter((word) => existsSync(join(word, 'bin', 'python'))).map((word) => resolve(word));
const named = words.filter((word) => !existsSync(word));
if (venvs.length === 0) {
  console.error('usage: node scripts/chainAccuracy.mjs VENV... [IMPORT...]');
  process.exit(2);
}

const heddle = await importSource(
  'chainAccuracy',
  `export { FolderEnvironment } from './server/src/service/environment.ts';
export { mergeSettings } from './server/src/service/configuration.ts';
export { createNodeHost } from './server/src/nodeHost.ts';
export { loadPythonParser } from './server/src/cst/runtime.ts';`,
);
const parser = await heddle.loadPythonParser({
  runtime: readFileSync(join(root, 'dist', 'web-tree-sitter.wasm')),
  python: readFileSync(join(root, 'grammars', 'tree-sitter-python.wasm')),
});
const host = heddle.createNodeHost();
const rows = [];
/** Imports that fail in the interpreter itself, so that there is no truth to compare with. */
const leftOut = [];
let version;
for (const venv of venvs) rows.push(...(await compare(venv)));

const offending = rows.filter(({ told, truth }) => told !== '' || truth !== '');
const wrong = rows.filter(({ told, truth }) => told !== truth);
writeFileSync(join(root, 'docs', 'gil-chains.md'), page());
console.log(`${rows.length - wrong.length} of ${rows.length} agree; docs/gil-chains.md written`);

/** The imports of one environment with both answers; those that fail in the interpreter are left out. */
async function compare(venv) {
  const reader = new heddle.EnvironmentReader(host, parser);
  const now = async () => {};
  const settings = heddle.mergeSettings({ pythonInterpreter: venv }, {});
  const empty = mkdtempSync(join(tmpdir(), 'heddle-chains-'));
  let environment = await reader.load(
    { folder: empty, settings, open: new Map() },
    reader.nothing(empty),
    now,
  );
  rmSync(empty, { recursive: true });
  const { interpreter, reading } = environment.surroundings;
  ({ version } = interpreter);
  const distributionOf = new Map();
  for (const { imports, name, version: installed } of reading.installed.distributions)
    for (const top of imports) distributionOf.set(top, `${name} ${installed}`);
  const provided = [...distributionOf.keys()]
    .filter((name) => /^[A-Za-z]\w*$/.test(name) && name !== 'pip')
    .sort();
  const compared = [];
  for (const name of named.length > 0 ? named : provided) {
    if (!distributionOf.has(name)) continue;
    environment = await reader.follow(environment, { imports: [{ dotted: name, name: '' }] }, now);
    const verdict = environment.gilVerdict(name, '');
    const told = verdict?.status === 'gil-at-import' ? verdict.chain.at(-1) : undefined;
    const truth = imported(join(venv, 'bin', 'python'), name)?.module;
    if (truth === undefined) {
      leftOut.push(name);
      continue;
    }
    const later = verdict?.status === 'gil-later' ? verdict.chain.join(' → ') : '';
    const distribution = distributionOf.get(name);
    compared.push({ name, distribution, told: told ?? '', truth, later, chain: verdict?.chain ?? [] });
    const mark = (told ?? '') === truth ? 'same' : 'DIFFERENT';
    console.log(`${mark}  ${name}: Heddle ${told ?? 'stays off'}, the interpreter ${truth || 'stays off'}`);
  }
  return compared;
}

/** What the interpreter says: the module its warning names, '' when the GIL stays off; undefined when the import fails. */
function imported(python, name) {
  const code = [
    'import sys, warnings',
    'with warnings.catch_warnings(record=True) as seen:',
    '    warnings.simplefilter("always")',
    `    import ${name}`,
    'text = [str(one.message) for one in seen if "global interpreter lock" in str(one.message)]',
    'print("\\n@@", sys._is_gil_enabled(), text[0].split("\'")[1] if text else "-")',
  ].join('\n');
  const { status, stdout } = spawnSync(python, ['-W', 'always', '-c', code], {
    encoding: 'utf8',
    timeout: 60_000,
  });
  const line = /@@ (\w+) (\S+)/.exec(stdout ?? '');
  if (status !== 0 || line === null) return undefined;
  return { module: line[1] === 'True' ? line[2] : '' };
}

function page() {
  const code = (text) => (text === '' ? 'stays off' : `\`${text}\``);
  return [
    '# Chains against the interpreter',
    '',
    'Written by `scripts/chainAccuracy.mjs`. For each import, the extension module that Heddle says switches the GIL back on first,',
    `found without running anything, beside the one that CPython ${version}t names in its own RuntimeWarning for the same import.`,
    '',
    `${rows.length} imports of installed packages; ${offending.length} switch the GIL on by either account;`,
    `${rows.length - wrong.length} of ${rows.length} agree, ${offending.filter(({ told, truth }) => told === truth).length} of ${offending.length} where the GIL comes back.`,
    '',
    '| import | distribution | chain that Heddle reports | the warning names | agree |',
    '|---|---|---|---|---|',
    ...offending.map(
      ({ name, distribution, told, truth, chain }) =>
        `| \`${name}\` | ${distribution} | ${told === '' ? 'stays off' : code(chain.join(' → '))} | ${code(truth)} | ${told === truth ? 'yes' : '**no**'} |`,
    ),
    '',
    `Both say that the GIL stays off: ${rows
      .filter(({ told, truth }) => told === '' && truth === '')
      .map(({ name, later }) =>
        later === '' ? `\`${name}\`` : `\`${name}\` (comes back later: \`${later}\`)`,
      )
      .join(', ')}.`,
    '',
    `Left out because the import itself fails or ends without an answer: ${leftOut.length === 0 ? 'none' : leftOut.map((name) => `\`${name}\``).join(', ')}.`,
    '',
  ].join('\n');
}
