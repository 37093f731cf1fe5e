/**
 * The own tests of packages, before and after all fixes of the package: `npm run prove-fixes -- --suites` runs those that
 * scripts/fixSuites.json names, and keeps what came out under artifacts/fixes/suites/. Each is the source distribution at a fixed
 * version, in a virtual environment of its own with what its tests need. A test that passed and fails after the fixes is run
 * again, four times on both forms: it is *worse* unless it fails in the old form, too, or never again in the new one.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { downloaded, SOURCE } from './pinnedWheels.mjs';
import { projectRoot } from './setup.mjs';

const place = join(projectRoot, 'artifacts', 'suites');
const kept = join(projectRoot, 'artifacts', 'fixes', 'suites');
const MINUTES = 20;
/** How often a test that fails afterwards is run again, on both forms. */
export const AGAIN = 4;

const listed = JSON.parse(readFileSync(join(projectRoot, 'scripts', 'fixSuites.json'), 'utf8'));

/** What is kept of each package that was run. */
export function keptSuites() {
  return listed.flatMap(({ name }) => {
    const file = join(kept, `${name}.json`);
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8'))] : [];
  });
}

/**
 * Runs the suites of the packages whose names begin with one of `only`.
 * @param fixed writes all fixes into the Python files below a folder, and gives how many there were
 * @returns the tests that are worse, a sentence each
 */
export async function runSuites(only, commit, fixed) {
  mkdirSync(kept, { recursive: true });
  const worse = [];
  for (const suite of listed) {
    if (only !== undefined && !only.some((one) => suite.name.startsWith(one))) continue;
    const row = { commit, ...(await suiteOf(suite, fixed)) };
    writeFileSync(join(kept, `${suite.name}.json`), JSON.stringify(row, undefined, 1));
    console.log(
      `${row.name}: ${row.fixes} fixes, ${row.passed} of ${row.tests} tests pass before, ${row.worse.length} worse after, ${row.unsteady.length} unsteady, ${row.seconds} s`,
    );
    worse.push(...row.worse.map((test) => `${row.name}: ${test} fails after the fixes`));
  }
  return worse;
}

async function suiteOf(suite, fixed) {
  const python = environment(suite);
  const folder = mkdtempSync(join(tmpdir(), 'heddle-suite-'));
  try {
    const forms = { before: join(folder, 'before'), after: join(folder, 'after') };
    const source = sourceOf(suite);
    for (const form of Object.values(forms)) cpSync(source, form, { recursive: true });
    const fixes = await fixed(join(forms.after, suite.code));
    const began = performance.now();
    const before = outcomes(suite, python, forms.before, suite.tests);
    const seconds = Math.round((performance.now() - began) / 1000);
    const after = outcomes(suite, python, forms.after, suite.tests);
    if (before.size === 0) throw new Error(`${suite.name}: no test ran.`);
    const suspects = [...before].filter(([test, was]) => was === 'passed' && after.get(test) !== 'passed');
    const { worse, unsteady } = runAgain(
      suite,
      python,
      forms,
      suspects.map(([test]) => test),
    );
    return {
      name: `${suite.name}==${suite.version}`,
      fixes,
      seconds,
      tests: before.size,
      passed: [...before.values()].filter((one) => one === 'passed').length,
      passedAfter: [...after.values()].filter((one) => one === 'passed').length,
      worse,
      unsteady,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function runAgain(suite, python, forms, suspects) {
  if (suspects.length === 0) return { worse: [], unsteady: [] };
  const files = [...new Set(suspects.map((test) => test.split('::')[0]))];
  const failed = { before: new Set(), after: new Set() };
  for (let run = 0; run < AGAIN; run++)
    for (const [form, folder] of Object.entries(forms)) {
      const now = outcomes(suite, python, folder, files);
      for (const test of suspects) if (now.get(test) !== 'passed') failed[form].add(test);
    }
  const worse = suspects.filter((test) => failed.after.has(test) && !failed.before.has(test));
  return { worse, unsteady: suspects.filter((test) => !worse.includes(test)) };
}

/** By test, as `path/test_x.py::Class::test`: passed, failed or skipped. */
function outcomes({ under = '.', options = [] }, python, folder, tests) {
  const report = join(folder, 'heddle-outcomes.xml');
  rmSync(report, { force: true });
  const home = mkdtempSync(join(folder, 'home-'));
  const run = spawnSync(
    python,
    [
      '-m',
      'pytest',
      '-q',
      '-o',
      'junit_family=xunit1',
      `--junitxml=${report}`,
      '--timeout=120',
      ...options,
      ...tests,
    ],
    {
      cwd: folder,
      env: {
        PATH: `${join(python, '..')}:${process.env.PATH}`,
        PYTHONPATH: join(folder, under),
        PYTHONDONTWRITEBYTECODE: '1',
        HOME: home,
        LANG: 'C.UTF-8',
      },
      encoding: 'utf8',
      timeout: MINUTES * 60_000,
      killSignal: 'SIGKILL',
      maxBuffer: 1 << 28,
    },
  );
  if (!existsSync(report)) {
    console.log(`${run.stdout ?? ''}${run.stderr ?? ''}`.slice(-3000));
    return new Map();
  }
  const found = new Map();
  for (const [, head, , body = ''] of readFileSync(report, 'utf8').matchAll(
    /<testcase\b([^>]*?)(\/>|>([\s\S]*?)<\/testcase>)/g,
  )) {
    const of = (name) => new RegExp(` ${name}="([^"]*)"`).exec(head)?.[1] ?? '';
    const test = `${of('file')}::${of('classname')}::${of('name')}`;
    const outcome = /<(failure|error)\b/.test(body)
      ? 'failed'
      : /<skipped\b/.test(body)
        ? 'skipped'
        : 'passed';
    if (found.get(test) !== 'failed') found.set(test, outcome);
  }
  return found;
}

/** The interpreter of the package's own environment, made when it is not there. */
function environment({ name, version, needs, python = 'python3' }) {
  const folder = join(place, `${name}-${version}-env`);
  const interpreter = join(folder, 'bin', 'python');
  if (existsSync(join(folder, 'made'))) return interpreter;
  console.error(`Making an environment for the tests of ${name} …`);
  rmSync(folder, { recursive: true, force: true });
  execFileSync(python, ['-m', 'venv', folder]);
  execFileSync(interpreter, [
    '-m',
    'pip',
    'install',
    '-q',
    `${name}==${version}`,
    'pytest-timeout',
    ...needs,
  ]);
  writeFileSync(join(folder, 'made'), '');
  return interpreter;
}

/** The unpacked source distribution. @throws Error when it is not the one that was pinned */
function sourceOf(suite) {
  const folder = join(place, `${suite.name}-${suite.version}`);
  if (existsSync(folder)) return folder;
  mkdirSync(place, { recursive: true });
  const work = mkdtempSync(join(place, 'unpacking-'));
  try {
    execFileSync('tar', ['xzf', '-'], { cwd: work, input: downloaded(suite, SOURCE) });
    renameSync(join(work, readdirSync(work)[0]), folder);
  } finally {
    rmSync(work, { recursive: true, force: true });
  }
  return folder;
}
