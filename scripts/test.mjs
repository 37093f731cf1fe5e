/**
 * `npm test`: installs what is missing and runs everything, one stage after the other, each printed with its time. A
 * stage that fails does not stop those that do not need it. The last line is the sum over all tests; a stage that
 * fails without a test (lint, types, …) counts as one failure, and so does a skipped test.
 *
 *   npm test                 everything
 *   npm test -- NAME         only the unit, rules, docs, repository and protocol tests whose file or name contains NAME
 */
import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, setup } from './setup.mjs';

const filter = process.argv[2];
const minutes = 60_000;
const bin = (name) => join(projectRoot, 'node_modules', ...name.split('/'));
const reportFile = join(projectRoot, 'artifacts', 'test', 'vitest.json');

const sum = { passed: 0, failed: 0 };
const failures = [];
/** What failed in VS Code before it was tried once more. */
const secondTry = [];

const stages = [
  stage('install', async () => setup(console.log)),
  stage('generated files', () => node(['scripts/generate.mjs', '--check']), { whole: true }),
  stage('lint', () => node([bin('@biomejs/biome/bin/biome'), 'check', '--error-on-warnings', '.']), {
    whole: true,
  }),
  ...['server/tsconfig.core.json', 'server/tsconfig.json', 'client/tsconfig.json'].map((project) =>
    stage(`types ${project}`, () => node([bin('typescript/bin/tsc'), '-p', project]), { whole: true }),
  ),
  stage('build', () => node(['scripts/build.mjs'])),
  stage('tests', vitest, { needs: ['install'], tests: true }),
  stage('other editors', otherEditors, { whole: true, needs: ['build'], tests: true }),
  stage('package', () => node(['scripts/package.mjs']), { whole: true, needs: ['build'] }),
  stage('tests in VS Code', endToEnd, { whole: true, needs: ['package'], tests: true }),
];

for (const { name, run, whole, needs, tests } of stages) {
  if (whole && filter !== undefined) continue;
  const lacking = needs.find((need) => failures.includes(need));
  if (lacking !== undefined) {
    fail(name, `not run, because "${lacking}" failed`);
    continue;
  }
  console.log(`\n── ${name}`);
  const start = Date.now();
  const failedBefore = sum.failed;
  try {
    await run();
  } catch (error) {
    if (!tests || sum.failed === failedBefore) fail(name, error.message);
    else failures.push(name);
  }
  console.log(`── ${name}: ${((Date.now() - start) / 1000).toFixed(1)} s`);
}

console.log('');
if (filter !== undefined) {
  console.log(`Only tests that match "${filter}" ran: no lint, no types, no package, no VS Code.`);
}
if (failures.length > 0) console.log(`Failed: ${failures.join(', ')}`);
if (secondTry.length > 0) console.log(`Failed in the first of two tries: ${secondTry.join('; ')}`);
console.log(`${sum.passed} passed, ${sum.failed} failed`);
process.exit(sum.failed === 0 ? 0 : 1);

function stage(name, run, { whole = false, needs = [], tests = false } = {}) {
  return { name, run, whole, needs, tests };
}

function fail(name, why) {
  console.log(`✗ ${name}: ${why}`);
  failures.push(name);
  sum.failed += 1;
}

async function vitest() {
  rmSync(reportFile, { force: true });
  mkdirSync(join(projectRoot, 'artifacts', 'test'), { recursive: true });
  const parameters = [bin('vitest/vitest.mjs'), 'run', '--reporter=default', '--reporter=json'];
  parameters.push(`--outputFile.json=${reportFile}`);
  if (filter !== undefined) parameters.push(...filterParameters(filter));
  const ended = node(parameters, { limit: 18 * minutes });
  const problem = await ended.then(
    () => undefined,
    (error) => error,
  );
  const report = JSON.parse(readFileSync(reportFile, 'utf8'));
  const results = report.testResults.flatMap((file) => file.assertionResults);
  const passed = results.filter((result) => result.status === 'passed').length;
  const skipped = results.filter((result) => !['passed', 'failed'].includes(result.status));
  // A file that could not even be loaded has no results of its own; vitest counts it among the failed suites.
  const broken = report.testResults.filter((file) => file.status === 'failed' && !hasFailedTest(file));
  const failed = results.filter((result) => result.status === 'failed').length + broken.length;
  const notAllowed = filter === undefined ? skipped : [];
  for (const result of notAllowed) console.log(`✗ skipped: ${result.fullName}`);
  for (const file of broken) console.log(`✗ could not run: ${file.name}`);
  sum.passed += passed;
  sum.failed += failed + notAllowed.length;
  if (passed + failed === 0) throw new Error('no test ran');
  if (problem !== undefined) throw problem;
  if (failed + notAllowed.length > 0) throw new Error('some tests failed');
}

function hasFailedTest(file) {
  return file.assertionResults.some((result) => result.status === 'failed');
}

/** A part of a test file's path selects files; anything else selects tests by their names. */
function filterParameters(wanted) {
  const names = ['server/test', 'client/test/unit'].flatMap((folder) =>
    readdirSync(join(projectRoot, folder), { recursive: true }).map((file) => `${folder}/${file}`),
  );
  const files = names.map((file) => file.replaceAll('\\', '/')).filter((file) => file.endsWith('.test.ts'));
  if (files.some((file) => file.includes(wanted))) return [wanted];
  return ['-t', wanted];
}

async function inVSCode(output) {
  return node(['scripts/vscodeTest.mjs', '--vsix', 'artifacts/heddle.vsix'], {
    limit: 30 * minutes,
    output,
  }).then(
    () => undefined,
    (error) => error,
  );
}

/**
 * A real editor on a busy machine is not always in time: a run with a failure is made once more, and that one counts. What
 * only the second one brought is named at the end, for a test that depends on time is a fault of its own.
 */
async function endToEnd() {
  let output = [];
  let problem = await inVSCode(output);
  if (problem !== undefined) {
    secondTry.push(...failedIn(output));
    console.log('\nSomething failed in VS Code; once more:');
    output = [];
    problem = await inVSCode(output);
  }
  count(output, problem, 'the tests in VS Code');
}

/** The names of the tests that failed, as they were printed. */
function failedIn(output) {
  return [...output.join('').matchAll(/^ {2}✗ (.*) \(\d+\.\d s\)$/gm)].map(([, name]) => name);
}

async function otherEditors() {
  const output = [];
  const problem = await node(['scripts/editors.mjs'], { output }).then(
    () => undefined,
    (error) => error,
  );
  count(output, problem, 'the tests in other editors', 0);
}

/** Adds the numbers of the last lines to the sum. @throws Error when there are none, fewer than `least` ran, or one failed */
function count(output, problem, what, least = 1) {
  const counts = /^(\d+) passed, (\d+) failed$/m.exec(output.join('').split('\n').slice(-5).join('\n'));
  if (counts === null) throw problem ?? new Error(`${what} gave no result`);
  const [passed, failed] = [Number(counts[1]), Number(counts[2])];
  sum.passed += passed;
  sum.failed += failed;
  if (passed + failed < least) throw new Error(`nothing of ${what} ran`);
  if (problem !== undefined) throw problem;
  if (failed > 0) throw new Error(`some of ${what} failed`);
}

/** Runs a script with this Node; rejects when it fails or takes longer than `limit` milliseconds. */
function node(parameters, { limit = 10 * minutes, output } = {}) {
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, parameters, {
      cwd: projectRoot,
      stdio: ['ignore', output === undefined ? 'inherit' : 'pipe', 'inherit'],
    });
    child.stdout?.on('data', (bytes) => {
      output.push(`${bytes}`);
      process.stdout.write(bytes);
    });
    const timer = setTimeout(() => {
      child.kill();
      reject(new Error(`did not end within ${limit / minutes} minutes`));
    }, limit);
    child.on('error', reject);
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) done();
      else reject(new Error(signal === null ? `exit code ${code}` : `ended by ${signal}`));
    });
  });
}
