/**
 * `npm run ecosystem -- BASE [--level LEVEL] [--profile PROFILE]`: audits the pinned packages with the analyser of a git revision and with
 * that of the work tree, and prints what came and what went, with the code, as Markdown: the thing to read before a commit that
 * touches the analysis. BASE is `origin/main`, `HEAD`, a hash; the work tree counts as it is, uncommitted changes included.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync, symlinkSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { projectRoot, setup } from './setup.mjs';

setup();
const { pinnedWheels } = await import('./pinnedWheels.mjs');
const { countLines, pythonFiles } = await import('./standardLibrary.mjs');

const { values: options, positionals } = parseArgs({
  options: {
    level: { type: 'string', default: 'note' },
    profile: { type: 'string', default: 'auto' },
  },
  allowPositionals: true,
});
const [base] = positionals;
if (base === undefined) {
  console.error('Name the revision to compare with: npm run ecosystem -- HEAD');
  process.exit(2);
}

const commit = execFileSync('git', ['rev-parse', '--verify', `${base}^{commit}`], {
  cwd: projectRoot,
  encoding: 'utf8',
}).trim();
execFileSync(process.execPath, [join(projectRoot, 'scripts', 'build.mjs')], {
  stdio: ['ignore', 'ignore', 'inherit'],
});
const before = builtAt(commit);
const packages = pinnedWheels('ecosystemPackages');

const rows = packages.map((one) => ({ ...one, before: audit(before, one), after: audit(projectRoot, one) }));
const changes = rows.map((row) => ({
  ...row,
  gone: without(row.before.findings, row.after.findings),
  come: without(row.after.findings, row.before.findings),
}));
const sum = (side, level) =>
  rows.reduce((all, row) => all + row[side].findings.filter((one) => one.level === level).length, 0);
const seconds = (side) => rows.reduce((all, row) => all + row[side].seconds, 0);
const thousandLines = rows.reduce((all, row) => all + row.after.lines, 0) / 1000;

console.log(`# ${base} (${commit.slice(0, 9)}) against the work tree\n`);
console.log(
  `${rows.length} packages, ${thousandLines.toFixed(0)} kLoC, profile ${options.profile}, level ${options.level} and above.\n`,
);
console.log('| | before | after | per kLoC |\n|---|---|---|---|');
for (const level of ['error', 'warning', 'note'])
  console.log(
    `| ${level}s | ${sum('before', level)} | ${sum('after', level)} | ${(sum('after', level) / thousandLines).toFixed(3)} |`,
  );
console.log(`\nTime after ÷ before: ${(seconds('after') / seconds('before')).toFixed(2)}\n`);
for (const { name, version, gone, come } of changes) {
  if (gone.length + come.length === 0) continue;
  console.log(`## ${name} ${version}\n`);
  for (const finding of gone) show('gone', finding);
  for (const finding of come) show('come', finding);
}

function show(what, { rule, level, message, path, line, code }) {
  console.log(
    `- **${what}** ${level} \`${rule}\` ${path}:${line}: ${message.split('\n')[0]}\n\n      ${code.trim()}\n`,
  );
}

/** What of the first list has no twin in the second: the same rule at the same fingerprint and level. */
function without(findings, others) {
  const known = new Set(others.map(({ key }) => key));
  return findings.filter(({ key }) => !known.has(key));
}

function audit(tree, { name, folder }) {
  const start = process.hrtime.bigint();
  const parameters = [
    'audit',
    folder,
    '--level',
    options.level,
    '--profile',
    options.profile,
    '--format',
    'sarif',
  ];
  const ran = spawnSync(process.execPath, [join(tree, 'dist', 'cli.js'), ...parameters], {
    encoding: 'utf8',
    maxBuffer: 1 << 30,
  });
  if (ran.status !== 0 && ran.status !== 1)
    throw new Error(`${name}: exit code ${ran.status}\n${ran.stderr.slice(-2000)}`);
  const [run] = JSON.parse(ran.stdout).runs;
  const findings = run.results
    .filter((result) => (result.suppressions ?? []).length === 0)
    .map((result) => finding(result, run.originalUriBaseIds, folder));
  const lines = pythonFiles(folder).reduce((sum, file) => sum + countLines(file), 0);
  return { findings, lines, seconds: Number(process.hrtime.bigint() - start) / 1e9 };
}

function finding({ ruleId, level = 'warning', message, locations, partialFingerprints }, bases, folder) {
  const { artifactLocation, region } = locations[0].physicalLocation;
  const file = fileURLToPath(new URL(artifactLocation.uri, bases[artifactLocation.uriBaseId]?.uri));
  const path = relative(folder, file);
  const fingerprint = Object.values(partialFingerprints ?? {}).join(' ') || `${path}:${region.startLine}`;
  return {
    rule: ruleId,
    level,
    message: message.text,
    path,
    line: region.startLine,
    code: readFileSync(file, 'utf8').split('\n')[region.startLine - 1] ?? '',
    key: `${ruleId} ${level} ${path} ${fingerprint}`,
  };
}

/** The tree of a commit, built; its dependencies are those of this one where they are the same. */
function builtAt(hash) {
  const place = join(projectRoot, 'artifacts', 'ecosystem', 'base');
  const folder = join(place, hash);
  if (existsSync(folder)) return folder;
  mkdirSync(place, { recursive: true });
  const fresh = mkdtempSync(join(place, 'fresh-'));
  const archive = execFileSync('git', ['archive', hash], { cwd: projectRoot, maxBuffer: 1 << 30 });
  execFileSync('tar', ['x', '-C', fresh], { input: archive });
  const lock = (tree) => readFileSync(join(tree, 'package-lock.json'), 'utf8');
  if (lock(fresh) === lock(projectRoot))
    for (const modules of ['node_modules', 'server/node_modules', 'client/node_modules']) {
      if (existsSync(join(projectRoot, modules)))
        symlinkSync(join(projectRoot, modules), join(fresh, modules));
    }
  else
    execFileSync('npm', ['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error'], {
      cwd: fresh,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  execFileSync(process.execPath, [join(fresh, 'scripts', 'build.mjs')], {
    cwd: fresh,
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  rmSync(folder, { recursive: true, force: true });
  renameSync(fresh, folder);
  return folder;
}
