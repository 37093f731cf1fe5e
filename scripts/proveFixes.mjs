/**
 * `npm run prove-fixes`: tries every fix that is offered in the standard library and in packages of PyPI, and writes
 * docs/fix-soundness.md. Of each fix: Python itself parses the result, the finding is gone from a fresh analysis and none has
 * come in any file, nothing changed outside the announced edits, and scripts/fixProof.py, which knows nothing of Heddle, finds
 * the same program with locks added. Needs the network once; the packages are kept under artifacts/.
 *
 * What comes out of each package is kept in artifacts/fixes/, so that the page can be made in pieces; the page says
 * of each with which commit. `--draw N` prints so many of the kept fixes, drawn by a fixed seed, for
 * somebody to read; what was read so far stands in scripts/fixReview.json.
 *
 * `--suites` runs instead the packages' own tests before and after all fixes (scripts/fixSuites.mjs).
 *
 *   npm run prove-fixes [-- --only NAME…] [--suites] [--draw N [--seed N]] [--python PYTHON] [--page FILE]   (3.12 or newer)
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { projectRoot, setup } from './setup.mjs';

setup();
const { createPatch } = await import('diff');
const { importSource } = await import('./importSource.mjs');
const { AGAIN, keptSuites, runSuites } = await import('./fixSuites.mjs');
const { pinnedWheels } = await import('./pinnedWheels.mjs');
const { countLines, pythonFiles, standardLibrary } = await import('./standardLibrary.mjs');

const kept = join(projectRoot, 'artifacts', 'fixes');
mkdirSync(kept, { recursive: true });
const keptFile = (name) => join(kept, `${name}.json`);

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', multiple: true },
    suites: { type: 'boolean', default: false },
    draw: { type: 'string' },
    seed: { type: 'string', default: '20261129' },
    python: { type: 'string', default: 'python3' },
    page: { type: 'string', default: join(projectRoot, 'docs', 'fix-soundness.md') },
  },
});

/** What of the page is written with `--suites`: what was read, and the packages' own tests. */
const READ = /(?<=^## Read by hand\n\n)[\s\S]*?(?=\n\n## )/m;
const SUITES = /<!-- npm run prove-fixes, suites -->[\s\S]*?<!-- end -->/;

/** Fixes that put one operation in the place of two: no locks, and no tree that could be the same. */
const REWRITES =
  /^(Use one|Use `|Read it once|Do it and catch|Take the entry out|Test once more|Take the numbers)/;

const heddle = await importSource(
  'proveFixes',
  `
export { createAnalyzer } from './server/src/service/createAnalyzer.ts';
export { silentLogger } from './server/src/base/log.ts';
export { loadPythonParser } from './server/src/cst/runtime.ts';
export { createNodeHost } from './server/src/nodeHost.ts';
export { applyEdits } from './server/src/base/textEdit.ts';
export { fixAll } from './server/src/service/fixAll.ts';
`,
);
execFileSync(process.execPath, [join(projectRoot, 'scripts', 'build.mjs')]);
const parser = await heddle.loadPythonParser({
  runtime: readFileSync(join(projectRoot, 'dist', 'web-tree-sitter.wasm')),
  python: readFileSync(join(projectRoot, 'grammars', 'tree-sitter-python.wasm')),
});
const go = async () => {};

const sources = [];
const library = standardLibrary();
sources.push({ name: `CPython ${library.version}`, folder: library.folder });
/** Not among what the rules were tuned on. */
for (const { name, version, folder } of pinnedWheels('fixPackages'))
  sources.push({ name: `${name}==${version}`, folder });

const commit = execFileSync('git', ['rev-parse', '--short=8', 'HEAD'], {
  cwd: projectRoot,
  encoding: 'utf8',
}).trim();
const wrong = [];
if (options.suites) wrong.push(...(await runSuites(options.only, commit, allFixed)));
else if (options.draw === undefined)
  for (const { name, folder } of sources) {
    if (options.only !== undefined && !options.only.some((one) => name.startsWith(one))) continue;
    const started = performance.now();
    const row = await proven(name, folder);
    writeFileSync(keptFile(name), JSON.stringify(row, undefined, 1));
    console.log(
      `${name}: ${row.lines} lines, ${row.findings} findings with a fix, ${row.helped} helped, ${row.fixes} fixes, ${row.wrong} wrong, ${Math.round((performance.now() - started) / 1000)} s`,
    );
  }
for (const one of wrong) console.log(`WRONG ${one}`);
const rows = sources.flatMap(({ name }) =>
  existsSync(keptFile(name)) ? [JSON.parse(readFileSync(keptFile(name), 'utf8'))] : [],
);
if (options.suites)
  writeFileSync(
    options.page,
    readFileSync(options.page, 'utf8').replace(SUITES, suites).replace(READ, reviewed),
  );
else if (options.draw === undefined) writeFileSync(options.page, page());
else for (const one of drawn(Number(options.draw))) console.log(one.shown);
process.exitCode = wrong.length > 0 ? 1 : 0;

/** So many of the kept fixes, the same ones for the same fixes. */
function drawn(count) {
  const rest = rows.flatMap(({ samples }) => samples);
  let state = Number(options.seed);
  const taken = [];
  while (taken.length < count && rest.length > 0) {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    taken.push(...rest.splice(state % rest.length, 1));
  }
  return taken;
}

function analyzerOf(folder) {
  const analyzer = heddle.createAnalyzer({
    host: heddle.createNodeHost(),
    parser,
    logger: heddle.silentLogger,
  });
  analyzer.setFolders([folder]);
  analyzer.setSettings({ target: 'both', profile: 'library', level: 'hint' });
  return analyzer;
}

/** Writes the first fix of every finding below a folder, round after round, and gives how many there were. */
async function allFixed(folder) {
  const analyzer = analyzerOf(folder);
  try {
    const wishes = { unsafe: true, mayChange: (file) => file.endsWith('.py') };
    const { changed, applied } = await heddle.fixAll(analyzer, [folder], wishes, go);
    for (const [file, { after }] of changed) writeFileSync(file, after);
    return applied.length;
  } finally {
    analyzer.dispose();
  }
}

async function proven(name, folder) {
  const analyzer = analyzerOf(folder);
  const audit = async () => (await analyzer.audit(undefined, go, { report() {} })).files;
  const prints = (files) => new Set(files.flatMap(({ findings }) => findings.map((f) => f.fingerprint)));
  const files = await audit();
  const before = prints(files);
  const byRule = {};
  const refusals = {};
  const notOffered = [];
  const samples = [];
  const fixes = new Map();
  let helped = 0;
  let wanting = 0;
  for (const finding of files.flatMap((file) => file.findings)) {
    if (finding.fixTitles.length === 0) continue;
    wanting++;
    const { offered, refused } = await analyzer.offerFixes(finding.place.file, finding.fingerprint, go);
    byRule[finding.rule] ??= { findings: 0, helped: 0, fixes: 0, sound: 0 };
    const rule = byRule[finding.rule];
    rule.findings++;
    if (offered.length > 0) {
      helped++;
      rule.helped++;
    } else if (refused.length > 0) {
      const kind = kindOf(refused[0].reason);
      refusals[finding.rule] ??= {};
      refusals[finding.rule][kind] = (refusals[finding.rule][kind] ?? 0) + 1;
      const reasons = refused.map(({ title, reason }) => `${title}: ${reason}`);
      notOffered.push(`${placeOf(folder, finding)} ${finding.rule}: ${reasons.join('; ')}`);
    }
    for (const { index, title, safety } of offered) {
      rule.fixes++;
      const edits = await analyzer.fixEdits(finding.place.file, finding.fingerprint, index, go);
      const key = JSON.stringify(edits.map((one) => [one.file, one.edits]));
      const known = fixes.get(key) ?? { edits, title, safety, findings: [] };
      known.findings.push(finding);
      fixes.set(key, known);
    }
  }
  let wrongs = 0;
  const open = new Set();
  const jobs = [];
  const put = (file, text) => {
    if (open.has(file)) analyzer.changeDocument(file, text);
    else analyzer.openDocument(file, text);
    open.add(file);
  };
  /** What speaks against fixes that are made together. */
  const problemsOf = async (together) => {
    for (const { edits } of together)
      for (const { file, before: text, edits: its } of edits) put(file, heddle.applyEdits(text, its));
    const now = prints(await audit());
    const problems = [];
    // Of several equal findings in one function the last number goes, whichever was fixed.
    if (together.length > 1 || now.size >= before.size)
      for (const { findings } of together)
        for (const finding of findings)
          if (now.has(finding.fingerprint)) problems.push(`${finding.rule} is still there`);
    for (const one of now) if (!before.has(one)) problems.push(`brings ${one}`);
    for (const { edits } of together) for (const { file, before: text } of edits) put(file, text);
    return problems;
  };
  for (const [id, fix] of [...fixes.values()].entries()) {
    fix.problems = [];
    for (const { before: text, edits } of fix.edits) {
      const after = heddle.applyEdits(text, edits);
      if (!sameOutside(text, after, edits)) fix.problems.push('changes more than announced');
      if (!REWRITES.test(fix.title)) jobs.push({ id, before: text, after, title: fix.title });
    }
    samples.push(sampleOf(name, folder, fix));
  }
  // Each was tried alone when it was offered. Here those in different files are tried together, and alone when that fails.
  for (const together of batches([...fixes.values()]))
    if ((await problemsOf(together)).length > 0)
      for (const fix of together) fix.problems.push(...(await problemsOf([fix])));
  analyzer.dispose();
  const list = [...fixes.values()];
  const proof = spawnSync(options.python, ['-B', join(projectRoot, 'scripts', 'fixProof.py')], {
    input: jobs.map((job) => JSON.stringify(job)).join('\n'),
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (proof.status !== 0) throw new Error(proof.stderr);
  for (const line of proof.stdout.split('\n')) {
    if (line === '') continue;
    const { id, wrong: why } = JSON.parse(line);
    if (why !== '' && why !== 'unreadable before') list[id].problems.push(why);
  }
  for (const fix of list) {
    if (fix.problems.length > 0) wrongs++;
    for (const finding of fix.findings) {
      if (fix.problems.length === 0) byRule[finding.rule].sound++;
      else
        wrong.push(
          `${name} ${finding.place.file.slice(folder.length + 1)}:${finding.place.start.line + 1} ${finding.rule}: ${fix.title}: ${[...new Set(fix.problems)].join('; ')}`,
        );
    }
  }
  const lines = pythonFiles(folder).reduce((sum, file) => sum + countLines(file), 0);
  return {
    name,
    commit,
    lines,
    findings: wanting,
    helped,
    fixes: list.length,
    wrong: wrongs,
    byRule,
    refusals,
    notOffered,
    samples,
  };
}

/** Fixes in sets that touch no file twice. */
function batches(fixes) {
  const made = [];
  for (const fix of fixes) {
    const files = fix.edits.map(({ file }) => file);
    let batch = made.find((one) => files.every((file) => !one.files.has(file)));
    if (batch === undefined) {
      batch = { files: new Set(), fixes: [] };
      made.push(batch);
    }
    for (const file of files) batch.files.add(file);
    batch.fixes.push(fix);
  }
  return made.map((batch) => batch.fixes);
}

/** Whether the texts are equal, byte for byte, but for the edits. */
function sameOutside(before, after, edits) {
  let moved = 0;
  let done = 0;
  for (const { span, text } of [...edits].sort(
    (a, b) => a.span.start - b.span.start || a.span.end - b.span.end,
  )) {
    if (before.slice(done, span.start) !== after.slice(done + moved, span.start + moved)) return false;
    if (after.slice(span.start + moved, span.start + moved + text.length) !== text) return false;
    moved += text.length - (span.end - span.start);
    done = span.end;
  }
  return before.slice(done) === after.slice(done + moved);
}

/** A reason without the names and lines that are of one place. */
function kindOf(reason) {
  return reason
    .replace(/, line \d+( of .*)?$/, '')
    .replace(/`[^`]*`/g, '…')
    .replace(/^… (is called with|already holds|holds|takes|calls)/, '… $1');
}

function placeOf(folder, { place }) {
  return `${place.file.slice(folder.length + 1)}:${place.start.line + 1}`;
}

/** A fix for somebody to read: the finding, and the difference that it makes. */
function sampleOf(name, folder, { edits, title, findings }) {
  const [first] = findings;
  const shown = edits.map(({ file, before, edits: its }) =>
    createPatch(file.slice(folder.length + 1), before, heddle.applyEdits(before, its), '', '', { context: 5 })
      .split('\n')
      .slice(2)
      .join('\n'),
  );
  const place = placeOf(folder, first);
  return {
    place,
    rule: first.rule,
    title,
    shown: `=== ${name} ${place} ${first.rule} (${first.severity}): ${first.message}\n--- ${title}\n${shown.join('\n')}`,
  };
}

function page() {
  const sum = (name) => rows.reduce((total, row) => total + row[name], 0);
  const rules = {};
  for (const { byRule } of rows)
    for (const [rule, counts] of Object.entries(byRule)) {
      rules[rule] ??= { findings: 0, helped: 0, fixes: 0, sound: 0 };
      for (const key of Object.keys(counts)) rules[rule][key] += counts[key];
    }
  const reasons = {};
  for (const { refusals } of rows)
    for (const [rule, kinds] of Object.entries(refusals))
      for (const [kind, count] of Object.entries(kinds)) {
        reasons[kind] ??= { count: 0, rules: new Set() };
        reasons[kind].count += count;
        reasons[kind].rules.add(rule);
      }
  const number = (value) => value.toLocaleString('en');
  return `# Are the fixes sound?

Written by \`npm run prove-fixes\`. Every fix that is offered, safe or not, for every finding of every level in
${number(sum('lines'))} lines, on which the rules were not tuned, but the fixes were: some here were read and mended. A fix is *sound* when
Python parses the result, the finding is gone from a fresh analysis, no other has come in any file, nothing changed outside
the announced edits, and \`scripts/fixProof.py\`, which compares the two syntax trees and knows nothing of Heddle, finds the
same program with locks added (but for rewrites to one operation, which are no locks), none of them held over a wait or a suspension
that it knows by name, none taken twice in what the file shows, and each over every change of its variable in the file that the
title promises (\`scripts/fixRegions.py\`). Whether the lock is the right one is not shown by that.

${number(sum('fixes'))} different fixes, ${number(sum('fixes') - sum('wrong'))} sound; of ${number(sum('findings'))} findings whose rule wants a fix ${number(sum('helped'))} are offered one (${Math.round((100 * sum('helped')) / Math.max(1, sum('findings')))} %).

| rule | findings | offered one | fixes | sound |
|---|---:|---:|---:|---:|
${Object.entries(rules)
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([rule, r]) => `| \`${rule}\` | ${r.findings} | ${r.helped} | ${r.fixes} | ${r.sound} |`)
  .join('\n')}

## Why nothing is offered

| reason | findings | rules |
|---|---:|---|
${Object.entries(reasons)
  .sort(([a, x], [b, y]) => y.count - x.count || (a < b ? -1 : 1))
  .map(([kind, { count, rules: its }]) => `| ${kind} | ${count} | ${[...its].sort().join(', ')} |`)
  .join('\n')}

## Read by hand

${reviewed()}

## The packages' own tests

${suites()}

## By package

| package | lines | findings | offered one | fixes | unsound |
|---|---:|---:|---:|---:|---:|
${rows.map((r) => `| ${r.name} (at ${r.commit}) | ${number(r.lines)} | ${r.findings} | ${r.helped} | ${r.fixes} | ${r.wrong} |`).join('\n')}
`;
}

/** The section on the packages' own tests: the rows of the page as it is, and those of what was run on this machine. */
function suites() {
  const text = existsSync(options.page) ? readFileSync(options.page, 'utf8') : '';
  const section = SUITES.exec(text)?.[0] ?? '';
  const lines = new Map([...section.matchAll(/^\| (\S+==\S+) .*$/gm)].map(([line, name]) => [name, line]));
  const number = (value) => value.toLocaleString('en');
  for (const row of keptSuites())
    lines.set(
      row.name,
      `| ${row.name} (at ${row.commit}) | ${row.fixes} | ${number(row.tests)} | ${number(row.passed)} | ${number(row.passedAfter)} | ${row.worse.length} | ${row.unsteady.length} |`,
    );
  return `<!-- npm run prove-fixes, suites -->
Run in the source distributions, before and after the first fix offered for every finding of every level, all of them together
(\`scripts/fixSuites.mjs\`). A test is *worse* that passed before and fails after, and does so in one of ${AGAIN} more runs, but in
none of as many of the old form; *unsteady* is one that passed before and failed after, but fails in the old form, too, or never
again.

| package | fixes | tests | pass before | pass after | worse | unsteady |
|---|---:|---:|---:|---:|---:|---:|
${[...lines]
  .sort(([a], [b]) => (a < b ? -1 : 1))
  .map(([, line]) => line)
  .join('\n')}
<!-- end -->`;
}

function reviewed() {
  const { readings, stillOffered } = JSON.parse(
    readFileSync(join(projectRoot, 'scripts', 'fixReview.json'), 'utf8'),
  );
  const count = (fixes, verdict) => fixes.filter((one) => one.verdict === verdict).length;
  const said = readings.map(
    ({ how, fixes }) =>
      `- ${how}: ${count(fixes, 'right')} right, ${count(fixes, 'useless')} useless, ${count(fixes, 'wrong')} wrong.`,
  );
  const still = stillOffered.map(
    (one) => `| ${one.package} | ${one.place} | \`${one.rule}\` | ${one.reason} |`,
  );
  const rows = readings.flatMap(({ fixes }) =>
    fixes.map(
      (one) => `| ${one.package} | ${one.place} | \`${one.rule}\` | ${one.verdict} | ${one.reason} |`,
    ),
  );
  const doubtful =
    still.length === 0
      ? 'What made the wrong ones is refused or mended since.'
      : `What made the wrong ones is refused since, but for these, doubtful or wrong and still offered:

| package | place | rule | why it is doubtful |
|---|---|---|---|
${still.join('\n')}`;
  return `${said.join('\n')}

${doubtful}

| package | place | rule | verdict | reason |
|---|---|---|---|---|
${rows.join('\n')}`;
}
