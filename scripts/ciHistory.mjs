/**
 * `node scripts/ciHistory.mjs NAME REPOSITORY [PATH]`: walks the last fifty commits of a public project that touch Python, as its CI would have met
 * them: at each one an audit against the baseline of the commit before, one of the lines that the commit changed, and one of everything. Writes
 * docs/ci-history.md. REPOSITORY is a clone or a git directory; PATH the folder in it to audit.
 *
 * What has to hold at every commit: the baseline knows exactly what was known before, wherever lines have moved; what it calls new is a
 * part of everything; after it is written anew, nothing is new; and what is said of changed lines is a part of everything.
 */
import { execFileSync, spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

const [name, repository, path = '.'] = process.argv.slice(2);
if (repository === undefined) {
  console.error('usage: node scripts/ciHistory.mjs NAME REPOSITORY [PATH]');
  process.exit(2);
}
const COMMITS = 50;

const place = mkdtempSync(join(tmpdir(), 'heddle-history-'));
const tree = join(place, 'tree');
const baseline = join(place, 'baseline.json');
const git = (...parameters) =>
  execFileSync('git', parameters, { cwd: tree, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
try {
  execFileSync('git', ['clone', '-q', '--no-checkout', repository, tree]);
  const commits = git('log', '--first-parent', '--format=%H', `-${COMMITS + 1}`, 'HEAD', '--', '*.py')
    .split('\n')
    .reverse();
  const wrong = [];
  const sum = { everything: 0, come: 0, changed: 0, elsewhere: 0, moved: 0 };
  let before = new Set();
  for (const [at, commit] of commits.entries()) {
    git('checkout', '-q', '--force', commit);
    const everything = audit();
    if (at > 0) {
      const come = audit('--baseline', baseline);
      const changed = audit('--changed', commits[at - 1]);
      const known = everything.length - come.length;
      sum.everything += everything.length;
      sum.come += come.length;
      sum.changed += changed.length;
      sum.elsewhere += come.filter((one) => !keys(changed).has(keyOf(one))).length;
      sum.moved += everything.filter((one) => before.has(keyOf(one)) && !before.has(placeOf(one))).length;
      const unknown = come.filter((one) => before.has(keyOf(one)));
      if (unknown.length > 0)
        wrong.push(`${commit}: ${unknown.length} findings of the commit before are called new`);
      if (known > before.size) wrong.push(`${commit}: the baseline knows more than there was`);
      for (const [what, part] of [
        ['new', come],
        ['changed', changed],
      ])
        if (part.some((one) => !keys(everything).has(keyOf(one))))
          wrong.push(`${commit}: ${what} findings that the whole audit has not`);
    }
    audit('--write-baseline', baseline);
    const again = audit('--baseline', baseline);
    if (again.length > 0)
      wrong.push(`${commit}: ${again.length} findings are new against the baseline just written`);
    before = new Set(everything.flatMap((one) => [keyOf(one), placeOf(one)]));
    process.stderr.write(`\r${at} of ${commits.length - 1} commits`);
  }
  process.stderr.write('\n');
  writeFileSync(join(projectRoot, 'docs', 'ci-history.md'), page(commits, sum, wrong));
  for (const one of wrong) console.error(one);
  process.exitCode = wrong.length === 0 ? 0 : 1;
} finally {
  rmSync(place, { recursive: true, force: true });
}

function audit(...more) {
  const parameters = ['audit', path, '--level', 'note', '--fail-on', 'never', '--format', 'sarif', ...more];
  const ran = spawnSync(process.execPath, [join(projectRoot, 'dist', 'cli.js'), ...parameters], {
    cwd: tree,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  });
  if (ran.status !== 0 && ran.status !== 3)
    throw new Error(`exit code ${ran.status}: ${ran.stderr.slice(-1000)}`);
  return ran.stdout === '' ? [] : JSON.parse(ran.stdout).runs[0].results;
}

/** What a finding is about, wherever it stands in its file. */
function keyOf({ ruleId, locations, partialFingerprints }) {
  return `${ruleId} ${locations[0].physicalLocation.artifactLocation.uri} ${JSON.stringify(partialFingerprints)}`;
}

function placeOf(result) {
  return `${keyOf(result)}:${result.locations[0].physicalLocation.region.startLine}`;
}

function keys(results) {
  return new Set(results.map(keyOf));
}

function page(commits, sum, wrong) {
  const day = new Date().toISOString().slice(0, 10);
  const from = commits[0].slice(0, 9);
  const to = commits.at(-1).slice(0, 9);
  return `# Baseline and changed lines over a real history

Written by \`scripts/ciHistory.mjs\` on ${day}: the last ${commits.length - 1} commits of ${name} that touch Python (\`${from}\` to \`${to}\`), audited one
after the other at level note, each against the baseline of the commit before.

| over all commits | |
|---|---|
| findings | ${sum.everything} |
| the same as before at another line | ${sum.moved} |
| new against the baseline of the commit before | ${sum.come} |
| about lines that the commit changed | ${sum.changed} |
| new, and about none of those lines | ${sum.elsewhere} |
| commits at which something did not hold | ${new Set(wrong.map((one) => one.slice(0, 40))).size} |

Held at each commit: what was known before is known, also where lines moved; what is new, and what is about changed lines, is a part of
everything; nothing is new against a baseline just written.
`;
}
