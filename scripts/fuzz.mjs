/**
 * `npm run fuzz -- --minutes N [--seed S] [--target NAME] [--input I]`: the long run of the fuzzers, in a process that is
 * watched, so that a hang is a failure like any other. Prints how many inputs each target had and every failure with the
 * number of its input; ends with 1 when there was one. A run of all targets of an hour or more writes docs/fuzzing.md.
 */
import { execFileSync, fork } from 'node:child_process';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { bundleSource } from './importSource.mjs';
import { projectRoot, setup } from './setup.mjs';

setup();

/** A target that works for this long and says nothing hangs; so does one that neither works nor says anything for longer. */
const SILENT_WORK_S = 180;
const SILENCE_MS = 1_800_000;
const ROUND = 25;

const WHAT = {
  binaries: 'damaged ELF, Mach-O and PE files: a verdict with its evidence, in bounded time',
  'text files': 'damaged lock, configuration, metadata, notebook and source files, each through every reader',
  folders: 'projects some of whose files are damaged: environment, dependency files, sources',
  archives: 'damaged wheels: read in memory, bounded',
  facts: 'damaged facts of `heddle facts`: nothing, or facts of a file below the folder',
  'command line':
    'audit, explain, deps, its plan and facts over damaged projects, in every format: no failure, no control character',
  'python through the server':
    'five edits of a mutated program with hovers and code actions: the same findings as when opened anew',
  'protocol storm': 'thirty messages that make little sense: the right answer afterwards',
};

const { values: options } = parseArgs({
  options: {
    minutes: { type: 'string', default: '1' },
    seed: { type: 'string', default: '1' },
    target: { type: 'string' },
    input: { type: 'string' },
    worker: { type: 'string' },
  },
});

if (options.worker === undefined) await watch();
else await work();

/** Runs targets in turn, from the input on that it is told, and says after each input that it lives. */
async function work() {
  const { fuzzTargets, loadPythonParser } = await import(options.worker);
  const parser = await loadPythonParser({
    runtime: readFileSync(join(projectRoot, 'node_modules/web-tree-sitter/web-tree-sitter.wasm')),
    python: readFileSync(join(projectRoot, 'grammars/tree-sitter-python.wasm')),
  });
  const fixtures = join(projectRoot, 'test-fixtures', 'rules');
  const corpus = readdirSync(fixtures, { recursive: true })
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => readFileSync(join(fixtures, name), 'utf8'));
  const targets = fuzzTargets(join(projectRoot, 'dist', 'server.js'), corpus, parser).filter(
    ({ name }) => options.target === undefined || name === options.target,
  );
  const only = options.input === undefined ? undefined : Number(options.input);
  for (let round = Number(options.seed); ; round++) {
    for (const target of targets) {
      for (let index = 0; index < (only === undefined ? ROUND : 1); index++) {
        const input = only ?? round * ROUND + index;
        process.send({ name: target.name, input });
        const wrong = await target.run(input);
        process.send({ name: target.name, input, done: true, wrong });
      }
    }
    if (only !== undefined) break;
  }
  for (const target of targets) await target.close();
  process.exit(0);
}

async function watch() {
  const bundle = await bundleSource(
    'fuzz',
    "export { fuzzTargets } from './server/test/fuzz/targets.ts'; export { loadPythonParser } from './server/src/cst/runtime.ts'; export { secondsOf } from './server/test/support/cpu.ts';",
  );
  const { secondsOf } = await import(bundle);
  const end = Date.now() + Number(options.minutes) * 60_000;
  const counts = new Map();
  const failures = [];
  let seed = Number(options.seed) * 1_000_000;
  while (Date.now() < end) {
    const parameters = ['--worker', bundle, '--seed', String(seed)];
    for (const name of ['target', 'input'])
      if (options[name] !== undefined) parameters.push(`--${name}`, options[name]);
    const child = fork(import.meta.filename, parameters);
    let last = { name: 'start', input: seed };
    let heard = Date.now();
    let worked = secondsOf(child.pid);
    child.on('message', (said) => {
      heard = Date.now();
      worked = secondsOf(child.pid);
      last = said;
      if (said.done !== true) return;
      counts.set(said.name, (counts.get(said.name) ?? 0) + 1);
      seed = Math.max(seed, Math.floor(said.input / ROUND));
      if (said.wrong !== undefined) failed(said.name, said.input, said.wrong);
    });
    const ended = new Promise((resolve) => child.on('exit', resolve));
    const watching = setInterval(() => {
      const silent = secondsOf(child.pid) - worked;
      if (Date.now() >= end) child.kill('SIGKILL');
      else if (silent > SILENT_WORK_S || Date.now() - heard > SILENCE_MS) {
        failed(last.name, last.input, `nothing for ${silent.toFixed(0)} s of the CPU`);
        child.kill('SIGKILL');
      }
    }, 1000);
    const code = await ended;
    clearInterval(watching);
    if (options.input !== undefined) break;
    if (code !== null && Date.now() < end) failed(last.name, last.input, `the process ended with ${code}`);
    seed += 1;
  }
  for (const [name, count] of counts) console.log(`${name}: ${count.toLocaleString('en')} inputs`);
  console.log(failures.length === 0 ? 'nothing went wrong' : `${failures.length} failures`);
  if (Number(options.minutes) >= 60 && options.target === undefined) writePage();
  process.exit(failures.length === 0 ? 0 : 1);

  function writePage() {
    const revision = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
      cwd: projectRoot,
      encoding: 'utf8',
    }).trim();
    const rows = [...counts].map(([name, count]) => {
      const found = failures.filter((failure) => failure.name === name).length;
      return `| ${name} | ${WHAT[name]} | ${count.toLocaleString('en')} | ${found === 0 ? 'none' : found} |`;
    });
    writeFileSync(
      join(projectRoot, 'docs', 'fuzzing.md'),
      [
        '# The long run of the fuzzers',
        '',
        `Written by \`npm run fuzz -- --minutes ${options.minutes} --seed ${options.seed}\` at revision ${revision}; do not edit. \`npm run fuzz -- --target NAME --input NUMBER\` has an input again.`,
        '',
        '| target | what is done | inputs | failures |',
        '|---|---|--:|--:|',
        ...rows,
        '',
        ...failures.map(({ name, input, why }) => `- ${name}, input ${input}: ${why.split('\n')[0]}`),
      ]
        .join('\n')
        .trimEnd()
        .concat('\n'),
    );
  }

  function failed(name, input, why) {
    failures.push({ name, input, why });
    console.log(`✗ ${name}, input ${input}: ${why}`);
  }
}
