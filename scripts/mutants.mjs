/**
 * `npm run mutants [-- PART-OF-A-FAULT]`: puts each fault of `mutantList.mjs` into a copy of the work tree, one at a time, and runs the tests that have to
 * notice. A fault that they let through is a survivor: a test is missing, or it has to be shown that nothing is wrong with
 * it. Exit code 1 when one survived.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join, relative, sep } from 'node:path';
import { MUTANTS } from './mutantList.mjs';
import { projectRoot, setup } from './setup.mjs';

setup();
const wanted = process.argv[2] ?? '';
const copy = copyOfTree(join(projectRoot, 'artifacts', 'mutants'));
const chosen = MUTANTS.filter(({ fault }) => fault.includes(wanted));
if (chosen.length === 0) {
  console.error(`No fault has "${wanted}" in its name.`);
  process.exit(2);
}

const outcomes = chosen.map((mutant) => {
  const outcome = tried(mutant);
  console.log(`${outcome === 'noticed' ? '✓' : '✗'} ${mutant.fault}: ${outcome}`);
  return outcome;
});
const noticed = outcomes.filter((outcome) => outcome === 'noticed').length;
console.log(`${noticed} of ${chosen.length} faults noticed`);
process.exit(noticed === chosen.length ? 0 : 1);

function tried({ file, from, to, tests }) {
  const place = join(copy, file);
  const text = readFileSync(place, 'utf8');
  const pieces = text.split(from);
  if (pieces.length !== 2) return `cannot be put in: the text occurs ${pieces.length - 1} times in ${file}`;
  writeFileSync(place, pieces.join(to));
  try {
    for (const test of tests) {
      const vitest = join(projectRoot, 'node_modules', 'vitest', 'vitest.mjs');
      const ran = spawnSync(process.execPath, [vitest, 'run', '--bail', '1', '--reporter', 'json', test], {
        cwd: copy,
        encoding: 'utf8',
        maxBuffer: 1 << 28,
      });
      const report = JSON.parse(ran.stdout.slice(ran.stdout.indexOf('{')));
      if (report.numTotalTests === 0) return `no test ran in ${test}`;
      if (!report.success) return 'noticed';
    }
    return 'survived';
  } finally {
    writeFileSync(place, text);
  }
}

/** The sources and tests, beside the packages of this tree. */
function copyOfTree(folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const left = new Set(['node_modules', 'artifacts', '.git', '.vscode-test']);
  for (const name of readdirSync(projectRoot)) {
    if (left.has(name)) continue;
    const filter = (path) => !path.endsWith(`${sep}node_modules`) || path.includes('test-fixtures');
    cpSync(join(projectRoot, name), join(folder, name), { recursive: true, filter });
  }
  for (const modules of ['node_modules', 'server/node_modules', 'client/node_modules']) {
    const source = join(projectRoot, modules);
    if (existsSync(source)) symlinkSync(source, join(folder, relative(projectRoot, source)));
  }
  return folder;
}
