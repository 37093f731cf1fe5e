/**
 * How right `heddle deps` is where nothing is installed: draws packages of the shipped data at random, holds its statement on
 * the newest version of each against the reading of that version's wheel, and writes docs/deps-accuracy.md.
 *
 *   node scripts/depsAccuracy.mjs [--seed N --count N] [--project NAME=FOLDER]...
 *
 * Without a seed nothing is drawn and no index asked; the page is written anew, with the plans of the projects that are named.
 * The seed must not have been used before, and no package is drawn twice: what was read once may since be in the data. A package
 * index is no catalogue to be scanned, so a run takes a few, and docs/deps-accuracy.jsonl keeps what came of each, with the day;
 * the page counts each run and adds them up. What was wrong when it was drawn stays wrong there; its `cause` is written into that
 * file by hand. Of each project the whole plan is shown; without one, the plans stay as they are. What was read stays in
 * artifacts/deps-accuracy, so that a run resumes. The bundle must be built (`npm run build`).
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readNewest } from './newestWheel.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = JSON.parse(readFileSync(join(root, 'server/src/env/data/compat.json'), 'utf8'));
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    count: { type: 'string' },
    project: { type: 'string', multiple: true, default: [] },
  },
});
const draws = values.seed !== undefined || values.count !== undefined;
const seed = Number(values.seed);
const count = draws ? Number(values.count) : 0;
const MOST = 8;
if (draws && !(Number.isInteger(seed) && Number.isInteger(count) && count >= 1 && count <= MOST)) {
  process.stderr.write(`depsAccuracy: give --seed and a --count of one to ${MOST}.\n`);
  process.exit(2);
}
const record = join(root, 'docs', 'deps-accuracy.jsonl');
const earlier = readFileSync(record, 'utf8')
  .trim()
  .split('\n')
  .map((line) => JSON.parse(line));
if (earlier.some((one) => one.seed === seed)) {
  process.stderr.write(`depsAccuracy: seed ${seed} was used before.\n`);
  process.exit(2);
}

/** mulberry32 */
function randomFrom(start) {
  let state = start;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

const random = randomFrom(seed);
const known = new Set(earlier.map(({ name }) => name));
const pool = data.packages.filter(({ name }) => !known.has(name));
const drawn = Array.from({ length: Math.min(count, pool.length) }, () => {
  const [row] = pool.splice(Math.floor(random() * pool.length), 1);
  return row;
});

const file = join(root, 'artifacts', 'deps-accuracy', `${seed}.json`);
mkdirSync(dirname(file), { recursive: true });
const readings = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
const today = new Date().toISOString().slice(0, 10);
for (const row of drawn) {
  if (readings[row.name] !== undefined) continue;
  readings[row.name] = { ...readNewest(row), date: today, stated: undefined };
  writeFileSync(file, `${JSON.stringify(readings, null, 2)}\n`);
  process.stderr.write(`${row.name} ${readings[row.name].version}: ${readings[row.name].tag}\n`);
}

const MEANING = {
  ready: 'off',
  partial: 'off',
  'gil-at-import': 'on',
  'gil-later': 'on',
  'not-importable': 'no build',
};

const VERDICTS = ['right', 'wrong', 'unknown', 'not judged'];

const judged = [
  ...earlier,
  ...drawn.map(({ name }) => {
    const reading = readings[name];
    const stated = reading.version === undefined ? undefined : statement(name, reading.version);
    const read = truth(reading);
    return {
      seed,
      date: today,
      name,
      version: reading.version ?? '–',
      shown: shownOf(reading, read),
      status: stated?.status ?? '–',
      says: stated?.says ?? '–',
      verdict: verdictOf(stated?.status, read),
    };
  }),
];
writeFileSync(record, judged.map((one) => `${JSON.stringify(one)}\n`).join(''));
writePage();

function shownOf({ version, tag, platform }, read) {
  if (version === undefined) return 'not on the index';
  return `${tag}${platform === undefined ? '' : ` (${platform})`}: ${read === 'off' || read === 'on' ? `GIL ${read}` : (read ?? 'cannot tell')}`;
}

/** What `heddle deps` says of a project that pins this version, and how it knows. */
function statement(name, version) {
  const folder = mkdtempSync(join(tmpdir(), 'heddle-deps-'));
  try {
    writeFileSync(join(folder, 'requirements.txt'), `${name}==${version}\n`);
    const words = ['deps', folder, '--target-python', '3.14', '--format', 'json'];
    const { stdout } = spawnSync('node', [join(root, 'dist/cli.js'), ...words], { encoding: 'utf8' });
    const [dependency] = JSON.parse(stdout).dependencies;
    return { status: dependency.status, says: dependency.evidence[0]?.says ?? 'Nothing is known of it.' };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What the wheel shows: `off`, `on`, `no build`, or undefined where the file does not tell either. */
function truth({ version, tag, modules }) {
  if (version === undefined) return undefined;
  if (tag === 'no wheel' || tag === 'gil wheels only') return 'no build';
  if (modules.some(({ verdict }) => /^(?:does-not-declare|declares-used)$/.test(verdict))) return 'on';
  return modules.some(({ verdict }) => verdict === 'cannot-tell') ? undefined : 'off';
}

function verdictOf(status, read) {
  if (read === undefined) return 'not judged';
  if (status === undefined || status === 'unknown') return 'unknown';
  return MEANING[status] === read ? 'right' : 'wrong';
}

function writePage() {
  const target = join(root, 'docs', 'deps-accuracy.md');
  const before = existsSync(target) ? readFileSync(target, 'utf8') : '';
  const seeds = [...new Set(judged.map((one) => one.seed))];
  const runs = seeds.map((used) => [used, judged.filter((one) => one.seed === used)]);
  const counted = (verdict, ones) => ones.filter((one) => one.verdict === verdict).length;
  const total = (verdict) => counted(verdict, judged);
  const of = judged.length - total('not judged');
  const percent = of === 0 ? '–' : `${((100 * total('unknown')) / of).toFixed(1)} %`;
  const unknown = data.packages.filter(({ status }) => status === 'unknown').length;
  const doubted = data.packages.filter(
    ({ status, doubts }) => status !== 'unknown' && doubts !== undefined,
  ).length;
  const escaped = (text) => text.replace(/[\\`*<[|]/g, '\\$&');
  const lines = [
    '# Accuracy of what `heddle deps` says',
    '',
    `Written by \`node scripts/depsAccuracy.mjs\`; do not edit. ${judged.length} of the ${data.packages.length} packages of the shipped data, drawn at random a few at a time and none twice; the statement of \`heddle deps\` on the newest version of each, on the day it was drawn and with nothing installed, against the reading of the wheel that an installer for free-threaded CPython 3.14 on x86-64 Linux would take, or, where all are for other systems, of one of those.`,
    '',
    `Of these ${data.packages.length} packages ${unknown} are unknown and ${doubted} more carry a doubt; \`node scripts/refreshCompat.mjs --doubtful\` lists them.`,
    '',
    `**${total('right')} right, ${total('wrong')} wrong, ${total('unknown')} unknown (${percent})** of ${of}; ${total('not judged')} that the index or the file does not tell of.`,
    '',
    '| seed | day | right | wrong | unknown | not judged |',
    '|---|---|---|---|---|---|',
    ...runs.map(
      ([used, ones]) =>
        `| ${used} | ${ones[0].date} | ${VERDICTS.map((verdict) => counted(verdict, ones)).join(' | ')} |`,
    ),
    '',
    '## What was not right',
    '',
    'What is said today of the same version is no measure: most of these have been read since.',
    '',
    '| package | when drawn | why | said today |',
    '|---|---|---|---|',
    ...judged
      .filter(({ verdict, version }) => verdict !== 'right' && version !== '–')
      .map(
        ({ name, version, verdict, cause }) =>
          `| ${name} ${version} | ${verdict} | ${escaped(cause ?? '')} | ${statement(name, version).status} |`,
      ),
    '',
    '## Every package',
    '',
    '| package | version | what was read | statement | how it was known | |',
    '|---|---|---|---|---|---|',
    ...judged.map(
      ({ name, version, shown, status, says, verdict }) =>
        `| ${name} | ${version} | ${shown} | ${status} | ${escaped(says)} | ${verdict} |`,
    ),
    '',
    ...(values.project.length === 0 ? [before.slice(before.indexOf('## The plan of '))] : []),
    ...values.project.flatMap((pair) => {
      const [name, folder] = pair.split('=');
      const words = ['deps', '.', '--plan', '--target-python', '3.14', '--format', 'markdown'];
      const { stdout } = spawnSync('node', [join(root, 'dist/cli.js'), ...words], {
        encoding: 'utf8',
        cwd: folder,
        maxBuffer: 1 << 26,
      });
      return [`## The plan of ${name}`, '', stdout.replace(/^#/gm, '###').trimEnd(), ''];
    }),
  ];
  writeFileSync(target, lines.join('\n'));
  process.stdout.write(
    `${total('right')} right, ${total('wrong')} wrong, ${total('unknown')} unknown of ${of}\n`,
  );
}
