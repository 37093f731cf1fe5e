/**
 * `npm run accuracy -- DIR`: scores the analysis on real bugs that were fixed, file by file and in their whole projects, on
 * pairs of programs, and counts what it says about code that is right. DIR holds ID/before.py and ID/after.py for each case,
 * made by ../shared/tools/extract-races. Writes docs/accuracy.md.
 *
 *   npm run accuracy -- DIR [--cases races.jsonl] [--scorer score-races] [--mirrors DIR [--projects DIR] [--only ID,…] [--note TEXT]]
 *
 * Whole projects need git mirrors of them; --projects is the folder in which ../shared/tools/score-projects keeps what it has
 * audited already, --only the cases to score there, --note what has to be said of how it was measured.
 */
import { spawnSync } from 'node:child_process';
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, setup } from './setup.mjs';

setup();
const { countLines, standardLibrary } = await import('./standardLibrary.mjs');

const shared = join(projectRoot, '..', 'shared', 'corpus');
const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: join(shared, 'races.jsonl') },
    scorer: { type: 'string', default: join(shared, 'score-races') },
    mirrors: { type: 'string' },
    projects: { type: 'string' },
    only: { type: 'string' },
    note: { type: 'string' },
  },
});
if (positionals.length !== 1 || !existsSync(positionals[0])) {
  console.error('Usage: npm run accuracy -- DIR   (made by ../shared/tools/extract-races)');
  process.exit(2);
}
const folder = resolve(positionals[0]);
const work = join(projectRoot, 'artifacts', 'accuracy');
const cli = join(projectRoot, 'dist', 'cli.js');
const profiles = ['application', 'library'];
const levels = ['warning', 'note'];
const target = 'both';

/** Lock-correct files that are to stay almost silent: paths in the standard library, and in packages of these versions. */
const silentInLibrary = [
  'queue.py',
  'concurrent/futures/thread.py',
  'concurrent/futures/_base.py',
  'logging/__init__.py',
  'threading.py',
  'functools.py',
  'tempfile.py',
  'subprocess.py',
  'importlib/_bootstrap.py',
  'multiprocessing/pool.py',
];
const silentInPackages = {
  'jinja2==3.1.6': ['jinja2/utils.py'],
  'prometheus_client==0.22.1': [
    'prometheus_client/metrics.py',
    'prometheus_client/values.py',
    'prometheus_client/registry.py',
  ],
  'kafka-python==2.2.15': ['kafka/future.py'],
  'loguru==0.7.3': ['loguru/_handler.py'],
  'cachetools==6.1.0': ['cachetools/_cached.py'],
};

mkdirSync(work, { recursive: true });
run(process.execPath, ['scripts/build.mjs']);
const cases = readdirSync(folder).filter((name) => existsSync(join(folder, name, 'before.py')));
const page = [
  '# Accuracy',
  '',
  `Written by \`scripts/accuracy.mjs\` on ${new Date().toISOString().slice(0, 10)}, with \`--target ${target}\`.`,
  '',
  `## Real bugs that were fixed (${cases.length} cases)`,
  '',
  'A case is *found* when a result lies at the bug in the file before its fix, and *silent after* when the same rule no longer',
  'reports that place in the file after the fix. Each file is analysed by itself: nothing of its project is seen.',
  '',
];
for (const profile of profiles) {
  const sarif = join(work, `races-${profile}.sarif`);
  auditCases(profile, sarif);
  for (const level of levels) {
    page.push(
      `### Profile ${profile}, level ${level} and above`,
      '',
      '```text',
      score(sarif, level),
      '```',
      '',
    );
  }
}

if (options.mirrors !== undefined) page.push(...wholeProjects());
page.push(...pairs());

const silent = silentFiles();
page.push(
  '## Code to stay silent on',
  '',
  `Lock-correct, well-tested files: ${silent.sources.join('; ')}.`,
  '',
  '| profile | lines | warnings and errors | per kLoC | notes | per kLoC |',
  '|---|---|---|---|---|---|',
);
const named = [];
for (const profile of profiles) {
  const found = results(auditSilent(profile));
  const loud = found.filter(({ level }) => level === 'warning' || level === 'error');
  const notes = found.filter(({ level }) => level === 'note');
  const perThousand = (count) => ((1000 * count) / silent.lines).toFixed(2);
  page.push(
    `| ${profile} | ${silent.lines} | ${loud.length} | ${perThousand(loud.length)} | ${notes.length} | ${perThousand(notes.length)} |`,
  );
  named.push(...loud.map((each) => `| ${profile} | ${each.place} | ${each.rule} | ${each.message} |`));
}
page.push('', '| profile | place | rule | what it says |', '|---|---|---|---|', ...named, '');
writeFileSync(join(projectRoot, 'docs', 'accuracy.md'), page.join('\n'));
console.log(page.join('\n'));

/**
 * Audits every file in a folder of its own, out of reach of this repository's settings, and joins the results: two
 * versions of one module in one program would otherwise see each other.
 */
function auditCases(profile, sarif) {
  const place = mkdtempSync(join(tmpdir(), 'heddle-accuracy-'));
  const joined = [];
  try {
    for (const side of ['before', 'after']) {
      const tree = join(place, side);
      for (const name of cases) {
        const from = join(folder, name, `${side}.py`);
        if (existsSync(from)) cpSync(from, join(tree, name, `${side}.py`));
      }
      joined.push(...sarifOf(tree, profile).runs);
    }
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
  writeFileSync(sarif, JSON.stringify({ version: '2.1.0', runs: joined }));
}

/** The SARIF of one audit. */
function sarifOf(tree, profile) {
  const output = join(work, 'run.sarif');
  rmSync(output, { force: true });
  const parameters = [
    'audit',
    tree,
    '--no-cache',
    '--format',
    'sarif',
    '--output',
    output,
    '--fail-on',
    'never',
  ];
  run(
    process.execPath,
    [cli, ...parameters, '--profile', profile, '--target', target, '--level', 'note'],
    [0, 3],
  );
  return JSON.parse(readFileSync(output, 'utf8'));
}

function score(sarif, level) {
  const { stdout } = run('python3', [
    options.scorer,
    ...['--cases', options.cases],
    ...['--files', folder],
    ...['--sarif', sarif],
    ...['--level', level],
  ]);
  return stdout.trimEnd();
}

/** The same bugs as a user meets them: the project at the commit before the fix, and at the fix. */
function wholeProjects() {
  const parameters = [
    join(shared, '..', 'tools', 'score-projects'),
    ...['--cases', options.cases, '--mirrors', options.mirrors, '--heddle', `${process.execPath} ${cli}`],
    ...(options.projects === undefined ? [] : ['--work', options.projects]),
    ...(options.only === undefined ? [] : ['--only', options.only]),
  ];
  const { stdout } = run('python3', parameters);
  return [
    '## The same bugs in their whole projects, profile auto, target auto',
    '',
    'Every project is analysed as a whole at the commit before the fix and at the fix.',
    ...(options.note === undefined ? [] : [options.note]),
    '',
    '```text',
    stdout.trimEnd(),
    '```',
    '',
  ];
}

/** Programs of which one half is wrong and the other right, by kind. */
function pairs() {
  const twins = join(shared, '..', 'twins');
  const reports = join(shared, '..', 'reports');
  const audited = (folder, profile) => {
    const file = join(work, `${profile}-pairs.sarif`);
    writeFileSync(file, JSON.stringify(sarifOf(folder, profile)));
    return file;
  };
  const scored = (scorer, ...parameters) => run('python3', [scorer, ...parameters]).stdout.trimEnd();
  const twinScore = scored(
    join(twins, 'score.py'),
    audited(twins, 'application'),
    '--library',
    audited(twins, 'library'),
  );
  const reportScore = scored(join(reports, 'score.py'), audited(reports, 'auto'));
  return [
    '## Pairs of programs, level warning and above',
    '',
    'A pair is *solved* when the wrong program is reported at the place and the right one is silent.',
    '',
    '### Every rule and framework',
    '',
    '```text',
    twinScore,
    '```',
    '',
    '### Made from public bug reports',
    '',
    '```text',
    reportScore,
    '```',
    '',
  ];
}

function silentFiles() {
  const tree = join(work, 'silent');
  rmSync(tree, { recursive: true, force: true });
  const library = standardLibrary();
  const packages = join(work, 'packages');
  const names = Object.keys(silentInPackages);
  const mark = join(packages, 'installed');
  if (!existsSync(mark) || readFileSync(mark, 'utf8') !== names.join('\n')) {
    rmSync(packages, { recursive: true, force: true });
    run('python3', [
      '-m',
      'pip',
      'install',
      '--quiet',
      '--no-deps',
      '--no-compile',
      '--target',
      packages,
      ...names,
    ]);
    writeFileSync(mark, names.join('\n'));
  }
  const files = [
    ...silentInLibrary.map((file) => ({ from: join(library.folder, file), to: join(tree, 'stdlib', file) })),
    ...Object.values(silentInPackages)
      .flat()
      .map((file) => ({ from: join(packages, file), to: join(tree, 'packages', file) })),
  ];
  for (const { from, to } of files) cpSync(from, to);
  return {
    tree,
    lines: files.reduce((sum, { to }) => sum + countLines(to), 0),
    sources: [
      `${silentInLibrary.length} files of CPython ${library.version}`,
      ...names.map((name) => `\`${name}\``),
    ],
  };
}

function auditSilent(profile) {
  const place = mkdtempSync(join(tmpdir(), 'heddle-silent-'));
  try {
    cpSync(silent.tree, place, { recursive: true });
    return sarifOf(place, profile);
  } finally {
    rmSync(place, { recursive: true, force: true });
  }
}

/** `{ level, rule, place, message }` of each result that is not suppressed. */
function results(sarif) {
  return sarif.runs.flatMap((each) =>
    each.results
      .filter(({ suppressions }) => (suppressions ?? []).length === 0)
      .map(({ level, ruleId, message, locations }) => {
        const { artifactLocation, region } = locations[0].physicalLocation;
        const file = decodeURI(artifactLocation.uri).split('/').slice(-3).join('/');
        return {
          level,
          rule: ruleId,
          place: `${file}:${region.startLine}`,
          message: message.text.replaceAll('|', '\\|'),
        };
      }),
  );
}

function run(command, parameters, allowed = [0]) {
  const result = spawnSync(command, parameters, { cwd: projectRoot, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (allowed.includes(result.status)) return result;
  console.error(`${command} ${parameters.join(' ')}\n${result.error ?? ''}${result.stdout}${result.stderr}`);
  process.exit(1);
}
