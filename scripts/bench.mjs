/**
 * `npm run bench`: what an audit of the standard library costs, beside merely parsing the same files in the same
 * process, with and without threads and a cache, what copies of it side by side cost, how long an edit takes to its
 * diagnostics, and how long the fixes of a finding take to be listed and made. Printed as measured.
 *
 *   npm run bench [-- --rounds 3] [--edits 60] [--fixes 20] [--copies 16] [--latency-tool PATH]
 */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, setup } from './setup.mjs';

setup();
const { bundleSource } = await import('./importSource.mjs');
const { standardLibrary } = await import('./standardLibrary.mjs');

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    edits: { type: 'string', default: '60' },
    /** Findings whose fixes are asked for. */
    fixes: { type: 'string', default: '20' },
    /** Of the library, in one workspace; 0 for none. */
    copies: { type: 'string', default: '16' },
    'latency-tool': { type: 'string', default: join(projectRoot, '..', 'shared', 'tools', 'lsp-latency') },
  },
});
const work = join(projectRoot, 'artifacts', 'bench');
const cli = join(projectRoot, 'dist', 'cli.js');
mkdirSync(work, { recursive: true });
run(process.execPath, ['scripts/build.mjs']);

const library = standardLibrary();
console.log(
  `Node ${process.versions.node}, ${availableParallelism()} × ${cpus()[0]?.model ?? 'unknown processor'}`,
);
console.log(
  `standard library of CPython ${library.version} without tests: ${number(library.files.length)} files, ${number(library.lines)} lines\n`,
);

const cache = join(work, 'cache');
rmSync(cache, { recursive: true, force: true });
const audits = [
  ['one thread, no cache', wholeAudit('--jobs', '1', '--no-cache')],
  ['a thread for each core, no cache', wholeAudit('--no-cache')],
  ['a thread for each core, filling a cache', wholeAudit('--cache-dir', cache)],
  ['everything in the cache', wholeAudit('--cache-dir', cache)],
  /** What the report is not kept for: what each file says is. */
  ['all files in the cache, joined anew', wholeAudit('--cache-dir', cache, '--level', 'note')],
];
const rounds = await sameProcess();
console.log(`parse and audit in one process, median of ${rounds.length} rounds:`);
for (const clock of ['wall', 'cpu']) {
  const ratios = rounds.map(({ parse, audit: whole }) => whole[clock] / parse[clock]);
  const [parse, whole] = ['parse', 'audit'].map((work) =>
    seconds(medianOf(rounds.map((round) => round[work][clock]))),
  );
  console.log(
    `  ${clock}: parse alone ${parse}, whole audit ${whole}; audit ÷ parse ${medianOf(ratios).toFixed(2)} (first round, nothing compiled yet: ${ratios[0].toFixed(2)})`,
  );
}
const parse = (clock) => medianOf(rounds.map((round) => round.parse[clock]));
console.log('heddle audit, a process of its own:');
for (const [how, { wall, cpu, peak }] of audits)
  console.log(
    `  ${how}: ${seconds(wall)} wall (÷ parse ${(wall / parse('wall')).toFixed(2)}), ${seconds(cpu)} CPU (÷ parse ${(cpu / parse('cpu')).toFixed(2)}), peak memory ${number(peak / 1024)} MiB, ${number(library.lines / wall / 1000)} kLoC/s`,
  );
console.log('');

const latency = editLatency();
console.log(`edit to diagnostics in ${latency.file}, ${latency.edits} edits (${latency.tool}):`);
console.log(
  `  median ${latency.median_ms.toFixed(1)} ms, 95 % ${latency.p95_ms.toFixed(1)} ms, max ${latency.max_ms.toFixed(1)} ms; the diagnostics changed after ${latency.reactions}`,
);
console.log(
  `  first diagnostics ${latency.first_diagnostics_ms.toFixed(0)} ms after opening, peak memory ${latency.peak_rss_mib.toFixed(0)} MiB`,
);

const fixes = fixLatency();
console.log(`fixes of a finding at the cursor, ${fixes.fixes_listed} findings:`);
console.log(
  `  listed: median ${milliseconds(fixes.fixes_list_median_ms)}, 95 % ${milliseconds(fixes.fixes_list_p95_ms)}; one made (${fixes.fixes_resolved}): median ${milliseconds(fixes.fix_resolve_median_ms)}, 95 % ${milliseconds(fixes.fix_resolve_p95_ms)}`,
);

const copies = Number(options.copies);
if (copies > 0) {
  const one = audits.find(([how]) => how === 'a thread for each core, no cache')[1];
  const { wall, cpu, peak } = copiesSideBySide(copies);
  console.log(
    `${copies} copies in one workspace, no cache: ${seconds(wall)} wall (${(wall / one.wall).toFixed(1)} × one), ${seconds(cpu)} CPU (${(cpu / one.cpu).toFixed(1)} × one), peak memory ${number(peak / 1024)} MiB`,
  );
}

/**
 * Wall and CPU seconds and the peak of resident memory in KiB of the command, reported by itself as it ends, and before it by the
 * process in which it audits a program of very many files.
 */
function wholeAudit(...words) {
  return auditOf(library.folder, ...words);
}

function auditOf(folder, ...words) {
  const usageFile = join(work, 'usage.json');
  const hook = join(work, 'usage.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').appendFileSync(${JSON.stringify(usageFile)}, JSON.stringify(process.resourceUsage()) + '\\n'));\n`,
  );
  rmSync(usageFile, { force: true });
  const start = performance.now();
  run(process.execPath, [
    '-r',
    hook,
    cli,
    'audit',
    folder,
    '--format',
    'json',
    '--output',
    join(work, 'stdlib.json'),
    '--fail-on',
    'never',
    ...words,
  ]);
  const wall = (performance.now() - start) / 1000;
  const usages = readFileSync(usageFile, 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
  const cpu = usages.reduce((sum, { userCPUTime, systemCPUTime }) => sum + userCPUTime + systemCPUTime, 0);
  return { wall, cpu: cpu / 1e6, peak: Math.max(...usages.map(({ maxRSS }) => maxRSS)) };
}

/** Rounds of `{ parse, audit }` in seconds: web-tree-sitter's own parse of every file, then the whole audit of the folder. */
async function sameProcess() {
  const script = await bundleSource('benchRounds', roundsSource());
  const listFile = join(work, 'files.json');
  writeFileSync(listFile, JSON.stringify(library.files));
  return JSON.parse(run(process.execPath, [script, library.folder, listFile, options.rounds]).stdout);
}

function roundsSource() {
  return `
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { silentLogger } from './server/src/base/log.ts';
import { loadPythonParser } from './server/src/cst/runtime.ts';
import { createNodeHost } from './server/src/nodeHost.ts';
import { createAnalyzer } from './server/src/service/createAnalyzer.ts';

const root = ${JSON.stringify(`${projectRoot}/`)};
const [, , folder, listFile, rounds] = process.argv;
const wasm = { runtime: readFileSync(root + 'node_modules/web-tree-sitter/web-tree-sitter.wasm'), python: readFileSync(root + 'grammars/tree-sitter-python.wasm') };

// A runtime of its own, so that the parse is measured as web-tree-sitter does it and disturbs nothing.
const { Parser, Language } = createRequire(root + 'package.json')('web-tree-sitter');
await Parser.init({ wasmBinary: wasm.runtime });
const plain = new Parser();
plain.setLanguage(await Language.load(wasm.python));

const host = createNodeHost();
const parser = await loadPythonParser(wasm);
const texts = JSON.parse(readFileSync(listFile, 'utf8')).map((file) => readFileSync(file, 'utf8'));
const measured = [];
for (let round = 0; round < Number(rounds); round++) {
  const parse = await timed(async () => {
    for (const text of texts) plain.parse(text).delete();
  });
  const audit = await timed(async () => {
    const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
    analyzer.setFolders([folder]);
    const report = await analyzer.audit([folder], async () => {}, { report() {} });
    analyzer.dispose();
    if (report.analysed < texts.length * 0.95) throw new Error('only ' + report.analysed + ' of ' + texts.length + ' files were analysed');
  });
  measured.push({ parse, audit });
}

async function timed(work) {
  const start = performance.now();
  const before = process.cpuUsage();
  await work();
  const { user, system } = process.cpuUsage(before);
  return { wall: (performance.now() - start) / 1000, cpu: (user + system) / 1e6 };
}
process.stdout.write(JSON.stringify(measured));
`;
}

/** The library several times, side by side under different names, beside the same audit of one. */
function copiesSideBySide(count) {
  const folder = join(work, 'copies');
  rmSync(folder, { recursive: true, force: true });
  for (let copy = 0; copy < count; copy++)
    cpSync(library.folder, join(folder, `copy${copy}`), { recursive: true });
  const measured = auditOf(folder, '--no-cache');
  rmSync(folder, { recursive: true });
  return measured;
}

/** The files and places of findings with fixes, spread over the report. */
function findingsWithFixes(count) {
  const { findings } = JSON.parse(readFileSync(join(work, 'stdlib.json'), 'utf8'));
  const fixable = findings.filter(({ fixes }) => fixes.length > 0);
  const step = Math.max(1, Math.floor(fixable.length / count));
  return fixable
    .filter((_, index) => index % step === 0)
    .slice(0, count)
    .map(({ file, line, column }) => ({ file: resolve(projectRoot, file), line, column }));
}

function fixLatency() {
  const parameters = [
    ...['--server', `${process.execPath} ${cli} server --stdio`, '--root', library.folder],
    ...['--file', 'typing.py', '--edits', '1', '--json'],
    ...['--fixes', JSON.stringify(findingsWithFixes(Number(options.fixes)))],
  ];
  return JSON.parse(
    run(process.execPath, [join(projectRoot, 'scripts', 'latency.mjs'), ...parameters]).stdout,
  );
}

function editLatency() {
  const tool = resolve(options['latency-tool']);
  const provoke = 'import threading\\nwith threading.Lock():\\n    pass';
  const common = [
    '--root',
    library.folder,
    '--file',
    'typing.py',
    '--edits',
    options.edits,
    '--provoke',
    provoke,
  ];
  const server = `${process.execPath} ${cli} server --stdio`;
  const [command, first, name] = existsSync(tool)
    ? ['python3', tool, 'lsp-latency']
    : [process.execPath, join(projectRoot, 'scripts', 'latency.mjs'), 'scripts/latency.mjs'];
  const { stdout } = run(command, [first, '--server', server, ...common, '--json']);
  return { tool: name, ...JSON.parse(stdout) };
}

function run(command, parameters) {
  const result = spawnSync(command, parameters, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status === 0) return result;
  console.error(`${command} ${parameters.join(' ')}\n${result.error ?? ''}${result.stderr}`);
  process.exit(1);
}

function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

function seconds(value) {
  return `${value.toFixed(2)} s`;
}

function milliseconds(value) {
  return value === null ? 'none' : `${value.toFixed(0)} ms`;
}

function number(value) {
  return Math.round(value).toLocaleString('en');
}
