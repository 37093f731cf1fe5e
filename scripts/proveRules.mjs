/**
 * `npm run prove-rules`: runs the examples of every rule's page under the controlled scheduler. The bad one must break, the good one
 * must not; what came out, with the number of the interleaving, is written to docs/rule-runs.json, from which the pages take it.
 * With `-- --pairs FOLDER…` it runs folders that hold `bad.py` and `good.py` (or `bad/` and `good/`) instead and prints how many of the
 * bad ones `heddle prove` breaks with no input, and how many of the good ones it calls broken. `--every N` takes each Nth only.
 * Wants `npm run build` and Python 3.12 or newer: $HEDDLE_PROVE_PYTHON, else one on the PATH.
 */
import { execFileSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { importSource } from './importSource.mjs';
import { projectRoot } from './setup.mjs';

const source = await importSource(
  'proveRules',
  `export { createAnalyzer } from './server/src/service/createAnalyzer.ts';
export { driverText } from './server/src/service/proveTest.ts';
export { driversOf } from './server/src/service/proveFinding.ts';
export { filledIn } from './server/src/service/proveCalls.ts';
export { proveWith } from './server/src/nodeProve.ts';
export { createNodeHost } from './server/src/nodeHost.ts';
export { loadPythonParser } from './server/src/cst/runtime.ts';
export { silentLogger } from './server/src/base/log.ts';
export { RULES } from './server/src/rules/registry.ts';`,
);
const parser = await source.loadPythonParser({
  runtime: readFileSync(join(projectRoot, 'dist', 'web-tree-sitter.wasm')),
  python: readFileSync(join(projectRoot, 'grammars', 'tree-sitter-python.wasm')),
});
const python = pythonToUse();
/** Where the text of a driver would stand. */
const DRIVER = 'heddle_driver.py';
const parameters = process.argv.slice(2);
const pairsAt = parameters.indexOf('--pairs');
if (pairsAt === -1) await examples();
else
  await pairs(parameters.slice(pairsAt + 1).filter((word) => !word.startsWith('--') && !/^\d+$/.test(word)));

function pythonToUse() {
  const wanted = process.env.HEDDLE_PROVE_PYTHON;
  for (const name of wanted === undefined ? ['python3.14', 'python3.13', 'python3.12', 'python3'] : [wanted])
    try {
      const says = execFileSync(name, ['-c', 'import sys; print(sys.version_info >= (3, 12))'], {
        stdio: 'pipe',
      });
      if (String(says).trim() === 'True') return name;
    } catch {
      // The next one.
    }
  throw new Error('There is no Python 3.12 or newer; name one in HEDDLE_PROVE_PYTHON.');
}

function option(name, otherwise) {
  const at = parameters.indexOf(name);
  return at === -1 ? otherwise : Number(parameters[at + 1]);
}

/** Runs every finding that `isWanted` in a folder until one shows something; `good` is run with the driver that did. */
async function prove(bad, good, isWanted, seconds, profile) {
  const analyzer = source.createAnalyzer({
    host: source.createNodeHost(),
    parser,
    logger: source.silentLogger,
  });
  try {
    analyzer.setFolders([bad]);
    analyzer.setSettings({ target: 'both', ...(profile === undefined ? {} : { profile }) });
    const never = async () => {};
    const report = await analyzer.audit(undefined, never, { report() {} });
    const wanted = report.files
      .flatMap(({ findings, auditOnly }) => [...findings, ...auditOnly])
      .filter((finding) => finding.witness !== undefined && isWanted(finding));
    let best;
    for (const finding of wanted.slice(0, 2)) {
      const proof = await analyzer.proofOf(finding.place.file, finding.fingerprint, never);
      if (proof === undefined || proof.plans.length === 0) continue;
      const answer = await run(bad, proof, source.driversOf(proof, join(bad, DRIVER)), seconds);
      const found = { finding, proof, answer };
      best = rank(answer) > rank(best?.answer) ? found : best;
      if (rank(answer) >= 2) break;
    }
    if (best === undefined) return { verdict: wanted.length === 0 ? 'not found' : 'no driver' };
    const { proof, answer } = best;
    if (rank(answer) < 2 || good === undefined) return answer;
    const question =
      answer.verdict === 'question' && answer.line ? { says: answer.says, line: answer.line } : undefined;
    const plan = source.filledIn(proof.plans[answer.driver], answer.values);
    const [driver] = source.driversOf({ ...proof, plans: [plan] }, join(good, DRIVER));
    driver.text = source.driverText(plan, question);
    const roots = proof.roots.map((root) => root.replace(bad, good));
    const repaired = await run(good, { ...proof, project: good, roots }, [driver], seconds);
    return { ...answer, good: repaired };
  } finally {
    analyzer.dispose();
  }
}

function rank(answer) {
  return ['not found', 'inconclusive', 'question', 'breaks'].indexOf(
    answer === undefined ? 'not found' : answer.verdict === 'holds' ? 'inconclusive' : answer.verdict,
  );
}

function run(project, { roots }, drivers, seconds) {
  return source.proveWith(join(projectRoot, 'dist', 'prove'), { python, project, roots, drivers, seconds });
}

/** The good example that defines what the bad one does; undefined where none has the same names. */
function repairedOf(bad, goods) {
  const names = (code) => [...code.matchAll(/^(?:class|def) (\w+)/gm)].map(([, name]) => name);
  const wanted = names(bad);
  return goods.find((good) => wanted.every((name) => names(good).includes(name)));
}

async function examples() {
  const results = {};
  const only = parameters.filter((word) => !word.startsWith('--') && !/^\d+$/.test(word));
  for (const { id, docs, witness } of source.RULES) {
    if (witness === undefined || (only.length > 0 && !only.includes(id))) continue;
    results[id] = [];
    for (const [index, bad] of docs.bad.entries()) {
      const folder = mkdtempSync(join(tmpdir(), 'heddle-rules-'));
      try {
        const sides = { bad, good: repairedOf(bad, docs.good) };
        for (const [side, text] of Object.entries(sides)) {
          if (text === undefined) continue;
          mkdirSync(join(folder, side));
          writeFileSync(join(folder, side, 'example.py'), text);
        }
        const found = await prove(
          join(folder, 'bad'),
          sides.good && join(folder, 'good'),
          ({ rule }) => rule === id,
          15,
        );
        const { verdict, kind, says, schedule, how, gil, good } = found;
        results[id].push({
          verdict,
          kind,
          says: says?.replaceAll(folder, ''),
          schedule,
          how,
          gil,
          good: good?.verdict,
        });
        console.log(
          `${id} ${index + 1}: ${verdict} ${says ?? ''} ${schedule ?? ''} | good: ${good?.verdict ?? '-'} ${good?.says ?? ''}`,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  const all = Object.values(results).flat();
  const shown = all.filter(({ verdict }) => verdict === 'breaks' || verdict === 'question');
  console.log(
    `${shown.length} of ${all.length} bad examples shown (${count(all, 'breaks')} break, ${count(all, 'question')} have a result that no serial order gives); ${shown.filter(({ good }) => good === 'breaks').length} good ones called broken`,
  );
  if (only.length === 0) {
    const path = join(projectRoot, 'docs', 'rule-runs.json');
    writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
  }
}

function count(all, verdict) {
  return all.filter((one) => one.verdict === verdict).length;
}

async function pairs(folders) {
  const every = option('--every', 1);
  const all = [];
  const names = folders.flatMap((folder) =>
    readdirSync(folder)
      .sort()
      .map((name) => join(folder, name)),
  );
  const runnable = names.filter((path) => existsSync(join(path, 'bad.py')) || existsSync(join(path, 'bad')));
  for (const path of runnable.filter((_, index) => index % every === 0)) {
    const folder = mkdtempSync(join(tmpdir(), 'heddle-pairs-'));
    try {
      for (const side of ['bad', 'good']) {
        mkdirSync(join(folder, side));
        const from = existsSync(join(path, `${side}.py`)) ? join(path, `${side}.py`) : join(path, side);
        const isModule = statSync(from).isFile();
        const isPackage = existsSync(join(from, '__init__.py'));
        const to = isModule ? 'program.py' : isPackage ? 'program' : '';
        cpSync(from, join(folder, side, to), { recursive: true });
      }
      const meta = existsSync(join(path, 'meta.json'))
        ? JSON.parse(readFileSync(join(path, 'meta.json'), 'utf8'))
        : {};
      const found = await prove(join(folder, 'bad'), join(folder, 'good'), () => true, 15, meta.profile);
      all.push(found);
      const name = path.slice(path.lastIndexOf('/') + 1);
      console.log(
        `${name}: ${found.verdict} ${found.says ?? ''} | good: ${found.good?.verdict ?? '-'} ${found.good?.says ?? ''}`,
      );
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  }
  const shown = all.filter(({ verdict }) => verdict === 'breaks' || verdict === 'question');
  const wrong = shown.filter(({ good }) => good?.verdict === 'breaks' || good?.verdict === 'question');
  console.log(
    `${all.length} pairs: ${count(all, 'breaks')} bad ones broken and ${count(all, 'question')} with a result that no serial order gives, ${count(all, 'not found')} not found by the analysis, ${count(all, 'no driver')} without a way to call them; ${wrong.length} good ones called so`,
  );
}
