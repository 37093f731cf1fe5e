/**
 * What the scripts share that run findings under the controlled scheduler: an analyser over a folder, the drivers of a finding, and a run
 * of them with the Python to use. Wants `npm run build` and Python 3.12 or newer: $HEDDLE_PROVE_PYTHON, else one on the PATH.
 */
import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { importSource } from './importSource.mjs';
import { projectRoot } from './setup.mjs';

export const source = await importSource(
  'proving',
  `export { createAnalyzer } from './server/src/service/createAnalyzer.ts';
export { driverText } from './server/src/service/proveTest.ts';
export { driversOf } from './server/src/service/proveFinding.ts';
export { filledIn } from './server/src/service/proveDriver.ts';
export { applyEdits } from './server/src/base/textEdit.ts';
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

export const python = pythonToUse();
/** Where the text of a driver would stand. */
const DRIVER = 'heddle_driver.py';
export const never = async () => {};

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

export function analyzerOf(folder, profile) {
  const host = source.createNodeHost();
  const analyzer = source.createAnalyzer({ host, parser, logger: source.silentLogger });
  analyzer.setFolders([folder]);
  analyzer.setSettings({ target: 'both', ...(profile === undefined ? {} : { profile }) });
  return analyzer;
}

/** Every finding of a folder, those that only an audit shows among them. */
export async function findingsOf(analyzer) {
  const report = await analyzer.audit(undefined, never, { report() {} });
  return report.files.flatMap(({ findings, auditOnly }) => [...findings, ...auditOnly]);
}

/** The drivers of a finding as `heddle prove` runs them; undefined where there is none. */
export async function proofOf(analyzer, folder, finding) {
  const proof = await analyzer.proofOf(finding.place.file, finding.fingerprint, never);
  if (proof === undefined || proof.plans.length === 0) return undefined;
  return { proof, finding, drivers: source.driversOf(proof, join(folder, DRIVER)) };
}

/** The one driver that showed something, its arguments filled in, for another form of the same program, whose lines are others. */
export function sameDriver({ proof, drivers: [{ standstill }] }, answer, folder) {
  const question =
    answer.verdict === 'question' && answer.line ? { says: answer.says, line: answer.line } : undefined;
  const plan = source.filledIn(proof.plans[answer.driver], answer.values);
  return { text: source.driverText(plan, question), path: join(folder, DRIVER), witness: [], standstill };
}

export function runDrivers(project, roots, drivers, seconds) {
  return source.proveWith(join(projectRoot, 'dist', 'prove'), { python, project, roots, drivers, seconds });
}

export function isShown(answer) {
  return answer?.verdict === 'breaks' || answer?.verdict === 'question';
}
