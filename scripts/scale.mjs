/**
 * `npm run scale [-- --copies 16 --jobs 2]`: the table of docs/scale.md. Copies of the standard library under different names are
 * built with Bazel and the rules that stand in that page: from nothing, after one file has changed, and with everything from the
 * cache; the findings must be those of one process, before the change and after it. Time is that of the CPU, as the actions
 * themselves measure it. Wants `bazel` (Debian: bazel-bootstrap). What an earlier run has begun is gone on with; removing
 * artifacts/scale begins anew.
 */
import { execFile } from 'node:child_process';
import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { projectRoot, setup } from './setup.mjs';

setup();
const { standardLibrary } = await import('./standardLibrary.mjs');

/** What the change adds: something to find, so that the change shows. */
const RACE = `
import threading

waiting = 0


def wait():
    global waiting
    waiting += 1


for _ in range(2):
    threading.Thread(target=wait).start()
`;

/** Writes what a process has taken to a file of its own in a folder; named after what it does. */
const hook = (folder) => `
process.on('exit', () => {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  const said = { seconds: (userCPUTime + systemCPUTime) / 1e6, memory: maxRSS / 1024 };
  const name = process.argv[2] + '-' + require('node:crypto').randomUUID();
  require('node:fs').writeFileSync(${JSON.stringify(folder)} + '/' + name, JSON.stringify(said));
});
`;

/** What an `sh_binary` would do, which Bazel fetches the rules for C++ for. */
const TOOL = `
def _tool_impl(ctx):
    script = ctx.actions.declare_file("heddle.sh")
    ctx.actions.write(
        script,
        '#!/bin/bash\\nF="$0.runfiles/heddle_scale/tools/heddle"\\nexec ${process.execPath} -r "$PWD/$F/usage.cjs" "$F/dist/cli.js" "$@"\\n',
        is_executable = True,
    )
    return [DefaultInfo(executable = script, runfiles = ctx.runfiles(files = ctx.files.data))]

heddle_tool = rule(
    implementation = _tool_impl,
    attrs = {"data": attr.label_list(allow_files = True)},
    executable = True,
)
`;

const { values: options } = parseArgs({
  options: { copies: { type: 'string', default: '16' }, jobs: { type: 'string', default: '2' } },
});
const work = join(projectRoot, 'artifacts', 'scale');
const [tree, changed, cache, usage, done] = ['tree', 'changed', 'cache', 'usage', 'done'].map((name) =>
  join(work, name),
);
const bazelFolder = join(work, 'bazel');
const PAGE = join(projectRoot, 'docs/scale.md');

const library = standardLibrary();
const copies = Number(options.copies);
const size = { files: copies * library.files.length, lines: copies * library.lines, targets: 0 };
for (const folder of [cache, usage, done]) mkdirSync(folder, { recursive: true });
if (!existsSync(join(done, 'tree'))) {
  await run(process.execPath, ['scripts/build.mjs'], projectRoot);
  for (const folder of [tree, changed]) rmSync(folder, { recursive: true, force: true });
  layTree(tree);
  cpSync(tree, changed, { recursive: true });
  appendFileSync(join(changed, 'copy_00', 'queue.py'), RACE);
  writeFileSync(join(done, 'tree'), JSON.stringify(size));
}
Object.assign(size, JSON.parse(readFileSync(join(done, 'tree'), 'utf8')));
console.log(`${copies} copies of the library of CPython ${library.version}:`, size);

// One process takes a core and the build the others.
const alone = audits();
const built = await bazel('from nothing');
const file = join('copy_00', 'queue.py');
const original = readFileSync(join(tree, file));
writeFileSync(join(tree, file), readFileSync(join(changed, file)));
const rebuilt = await bazel('one file changed');
writeFileSync(join(tree, file), original);
await run('bazel', ['--output_user_root', bazelFolder, 'clean'], tree);
const cached = await bazel('everything in the cache, nothing in the workspace');
await run('bazel', ['--output_user_root', bazelFolder, 'shutdown'], tree);
const [whole, wholeChanged] = await alone;

const same = [built, cached].every((one) => one.findings === whole.findings);
const sameChanged = rebuilt.findings === wholeChanged.findings;
const seen = whole.findings !== wholeChanged.findings;
console.log({ same, sameChanged, seen });
if (same && sameChanged && seen) writePage();
process.exitCode = same && sameChanged && seen ? 0 : 1;

async function audits() {
  const before = await audit('one process', tree);
  return [before, await audit('one process, after the change', changed)];
}

/** What was done before under this title, or is done now. */
async function phase(title, work) {
  const kept = join(done, title.replaceAll(/[^a-z]+/g, '-'));
  if (!existsSync(kept)) {
    const result = await work();
    writeFileSync(kept, JSON.stringify(result));
    const { findings, ...rest } = result;
    console.log(title, rest, `${JSON.parse(findings).length} findings`);
  }
  return JSON.parse(readFileSync(kept, 'utf8'));
}

function bazel(title) {
  return phase(title, async () => {
    // A build that was interrupted has left its part in the cache, and its usage here.
    if (title !== 'from nothing') rmSync(usage, { recursive: true });
    mkdirSync(usage, { recursive: true });
    const { stderr } = await run(
      'bazel',
      [
        ...['--output_user_root', bazelFolder, 'build', '//:audit', '--noshow_progress'],
        ...['--jobs', options.jobs, '--disk_cache', cache, `--sandbox_writable_path=${usage}`],
      ],
      tree,
    );
    const [facts, join_] = ['facts-', 'audit-'].map((name) => usageOf(name));
    return {
      facts,
      audit: join_,
      said: /INFO: .*processes?:.*/.exec(stderr)?.[0] ?? '',
      findings: findings(join(tree, 'bazel-bin', 'audit.json')),
    };
  });
}

/** How often something ran, for how long on the CPU, and with how much memory at most. */
function usageOf(name) {
  const all = readdirSync(usage)
    .filter((file) => file.startsWith(name))
    .map((file) => JSON.parse(readFileSync(join(usage, file), 'utf8')));
  return {
    runs: all.length,
    seconds: all.reduce((sum, { seconds }) => sum + seconds, 0),
    memory: Math.max(0, ...all.map(({ memory }) => memory)),
  };
}

async function audit(title, folder) {
  const kept = join(done, title.replaceAll(/[^a-z]+/g, '-'));
  if (!existsSync(kept)) {
    const own = join(work, `usage of ${title}`);
    rmSync(own, { recursive: true, force: true });
    mkdirSync(own, { recursive: true });
    writeFileSync(join(own, 'hook.cjs'), hook(own));
    const report = join(own, 'report.json');
    const words = ['-r', join(own, 'hook.cjs'), join(tree, 'tools/heddle/dist/cli.js'), 'audit', '.'];
    words.push('--no-cache', '--jobs', '1', '--format', 'json', '-o', report, '--fail-on', 'never');
    await promisify(execFile)(process.execPath, words, { cwd: folder, maxBuffer: 1 << 28 }).catch((error) => {
      if (error.code !== 3) throw error;
    });
    const [name] = readdirSync(own).filter((file) => file.startsWith('audit-'));
    const result = { ...JSON.parse(readFileSync(join(own, name), 'utf8')), findings: findings(report) };
    writeFileSync(kept, JSON.stringify(result));
    console.log(title, { seconds: result.seconds, memory: result.memory });
  }
  return JSON.parse(readFileSync(kept, 'utf8'));
}

function findings(report) {
  const { findings } = JSON.parse(readFileSync(report, 'utf8'));
  return JSON.stringify(findings.map((finding) => ({ ...finding, fixes: [] })));
}

function writePage() {
  const of = ({ runs, seconds, memory }, unit = '') =>
    runs === 0 ? `none${unit}` : `${runs}${unit}, ${seconds.toFixed(0)} s, ${memory.toFixed(0)} MiB`;
  const rows = [
    ['from nothing', built],
    ['one file changed', rebuilt],
    ['everything in the cache, nothing in the workspace', cached],
  ].map(([title, { facts, audit, said }]) => {
    // An audit of so many files goes on in a second process.
    const runs = Number(/(\d+) \S*sandbox/.exec(said)?.[1] ?? 0) - facts.runs;
    return `| ${title} | ${of(facts)} | ${of({ ...audit, runs })} |`;
  });
  const lone = ({ seconds, memory }) => `${seconds.toFixed(0)} s, ${memory.toFixed(0)} MiB`;
  const text = [
    `${copies} copies: ${size.files.toLocaleString('en')} files, ${size.lines.toLocaleString('en')} lines, ${size.targets} targets; ${JSON.parse(whole.findings).length.toLocaleString('en')} findings. Actions run, their seconds of CPU together, and the most memory that one took:`,
    '',
    '| build | facts | audit |',
    '|---|---|---|',
    ...rows,
    `| one process on one thread | | ${lone(whole)} |`,
  ].join('\n');
  const page = readFileSync(PAGE, 'utf8');
  writeFileSync(
    PAGE,
    page.replace(/(<!-- npm run scale -->\n)[\s\S]*?(\n<!-- end -->)/, (_, begin, end) => begin + text + end),
  );
}

/** A target for each package of each copy, one for the modules beside them, and one that audits all. */
function layTree(folder) {
  const targets = [];
  for (let copy = 0; copy < copies; copy++) {
    const name = `copy_${String(copy).padStart(2, '0')}`;
    cpSync(library.folder, join(folder, name), { recursive: true });
    writeFileSync(join(folder, name, '__init__.py'), '');
    const packages = readdirSync(join(folder, name), { withFileTypes: true }).filter((entry) =>
      entry.isDirectory(),
    );
    layTarget(join(folder, name), '*.py');
    targets.push(`//${name}:lib`);
    for (const { name: inner } of packages) {
      if (!readdirSync(join(folder, name, inner), { recursive: true }).some((file) => file.endsWith('.py')))
        continue;
      layTarget(join(folder, name, inner), '**/*.py');
      targets.push(`//${name}/${inner}:lib`);
    }
  }
  size.targets = targets.length;
  const tool = join(folder, 'tools', 'heddle');
  mkdirSync(tool, { recursive: true });
  for (const name of ['dist', 'grammars'])
    cpSync(join(projectRoot, name), join(tool, name), { recursive: true });
  const rules = /```python\n# tools\/heddle\/heddle.bzl\n([\s\S]*?)```/.exec(readFileSync(PAGE, 'utf8'))[1];
  writeFileSync(join(tool, 'heddle.bzl'), rules);
  writeFileSync(join(tool, 'tool.bzl'), TOOL);
  writeFileSync(join(tool, 'usage.cjs'), hook(usage));
  writeFileSync(
    join(tool, 'BUILD'),
    'load(":tool.bzl", "heddle_tool")\n\nheddle_tool(name = "heddle", data = glob(["dist/*", "grammars/*", "usage.cjs"]), visibility = ["//visibility:public"])\n',
  );
  writeFileSync(join(folder, 'WORKSPACE'), 'workspace(name = "heddle_scale")\n');
  const deps = targets.map((target) => `        "${target}",\n`).join('');
  writeFileSync(
    join(folder, 'BUILD'),
    `load("//tools/heddle:heddle.bzl", "heddle_audit")\n\nheddle_audit(\n    name = "audit",\n    format = "json",\n    settings = ["pyproject.toml"],\n    deps = [\n${deps}    ],\n)\n`,
  );
  writeFileSync(join(folder, 'pyproject.toml'), '[tool.heddle]\nexclude = ["tools", "bazel-*"]\n');
}

function layTarget(folder, pattern) {
  writeFileSync(
    join(folder, 'BUILD'),
    `py_library(name = "lib", srcs = glob(["${pattern}"]), visibility = ["//visibility:public"])\n`,
  );
}

function run(command, parameters, cwd) {
  return promisify(execFile)(command, parameters, { cwd, maxBuffer: 1 << 28 }).catch((error) => {
    console.error(`${command} ${parameters.join(' ')}\n${error.message.slice(-5000)}`);
    process.exit(1);
  });
}
