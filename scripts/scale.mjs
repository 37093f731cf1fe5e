/**
 * `npm run scale [-- --copies 16 --jobs 2]`: the numbers of docs/scale.md. Copies of the standard library under different names are
 * built with Bazel and the rules that stand in that page: from nothing, after one file has changed, and with everything from the
 * cache; the findings must be those of one process. Wants `bazel` (Debian: bazel-bootstrap).
 */
import { spawnSync } from 'node:child_process';
import { appendFileSync, cpSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
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

/** What an `sh_binary` would do, which Bazel fetches the rules for C++ for. */
const TOOL = `
def _tool_impl(ctx):
    script = ctx.actions.declare_file("heddle.sh")
    ctx.actions.write(
        script,
        '#!/bin/bash\\nexec ${process.execPath} "$0.runfiles/heddle_scale/tools/heddle/dist/cli.js" "$@"\\n',
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
const tree = join(work, 'tree');
const cache = join(work, 'cache');
const reports = join(work, 'reports');

run(process.execPath, ['scripts/build.mjs'], projectRoot);
const library = standardLibrary();
const copies = Number(options.copies);
for (const folder of [tree, cache, reports]) rmSync(folder, { recursive: true, force: true });
mkdirSync(reports, { recursive: true });
layTree();
console.log(
  `${copies} copies of the library of CPython ${library.version}: ${copies * library.files.length} files, ${copies * library.lines} lines`,
);

const first = bazel('from nothing');
appendFileSync(join(tree, 'copy_00', 'queue.py'), RACE);
const second = bazel('one file changed');
run('bazel', ['--output_user_root', join(work, 'bazel'), 'clean'], tree);
bazel('everything from the cache');
const joined = audit('the join alone, outside of Bazel', '--facts', 'bazel-bin');
const whole = audit('one process', '.', '--no-cache');
const same = [second, joined].every((report) => findings(report) === findings(whole));
const seen = findings(first) !== findings(second);
console.log(
  `findings of one process: ${same ? 'equal' : 'DIFFERENT'}; the change is ${seen ? 'seen' : 'NOT SEEN'}`,
);
process.exitCode = same && seen ? 0 : 1;

/** The text of the report; prints what was run and what came from the cache. */
function bazel(title) {
  return measured(title, () => {
    const words = [
      'build',
      '//:audit',
      '--jobs',
      options.jobs,
      '--disk_cache',
      cache,
      '--subcommands',
      '--noshow_progress',
    ];
    const { stderr } = run('bazel', ['--output_user_root', join(work, 'bazel'), ...words], tree);
    const count = (mnemonic) => stderr.split(`[action '${mnemonic}`).length - 1;
    const said = /INFO: .*processes?:.*/.exec(stderr)?.[0] ?? '';
    console.log(`  ${count('HeddleFacts')} × facts, ${count('HeddleAudit')} × audit; ${said}`);
    return readFileSync(join(tree, 'bazel-bin', 'audit.json'), 'utf8');
  });
}

function measured(title, work) {
  const start = performance.now();
  const result = work();
  console.log(`${title}: ${((performance.now() - start) / 1000).toFixed(0)} s`);
  return result;
}

/** The report of an audit of the tree; prints its peak of memory. */
function audit(title, ...words) {
  const report = join(reports, 'report.json');
  const usage = join(reports, 'usage.json');
  const hook = join(reports, 'usage.cjs');
  writeFileSync(
    hook,
    `process.on('exit', () => require('node:fs').writeFileSync(${JSON.stringify(usage)}, JSON.stringify(process.resourceUsage())));\n`,
  );
  return measured(title, () => {
    const command = [join(projectRoot, 'dist/cli.js'), 'audit', ...words];
    run(
      process.execPath,
      ['-r', hook, ...command, '--format', 'json', '-o', report, '--fail-on', 'never'],
      tree,
    );
    const { maxRSS, userCPUTime, systemCPUTime } = JSON.parse(readFileSync(usage, 'utf8'));
    console.log(
      `  ${((userCPUTime + systemCPUTime) / 1e6).toFixed(0)} s of CPU, ${(maxRSS / 1024).toFixed(0)} MiB at most`,
    );
    return readFileSync(report, 'utf8');
  });
}

function findings(report) {
  return JSON.stringify(JSON.parse(report).findings.map((finding) => ({ ...finding, fixes: [] })));
}

/** A target for each folder with sources, and one that audits all. */
function layTree() {
  const targets = [];
  for (let copy = 0; copy < copies; copy++) {
    const name = `copy_${String(copy).padStart(2, '0')}`;
    cpSync(library.folder, join(tree, name), { recursive: true });
    writeFileSync(join(tree, name, '__init__.py'), '');
    targets.push(...layTargets(name));
  }
  const tool = join(tree, 'tools', 'heddle');
  mkdirSync(tool, { recursive: true });
  for (const name of ['dist', 'grammars'])
    cpSync(join(projectRoot, name), join(tool, name), { recursive: true });
  const rules = /```python\n# tools\/heddle\/heddle.bzl\n([\s\S]*?)```/.exec(
    readFileSync(join(projectRoot, 'docs/scale.md'), 'utf8'),
  )[1];
  writeFileSync(join(tool, 'heddle.bzl'), rules);
  writeFileSync(join(tool, 'tool.bzl'), TOOL);
  writeFileSync(
    join(tool, 'BUILD'),
    'load(":tool.bzl", "heddle_tool")\n\nheddle_tool(name = "heddle", data = glob(["dist/*", "grammars/*"]), visibility = ["//visibility:public"])\n',
  );
  writeFileSync(join(tree, 'WORKSPACE'), 'workspace(name = "heddle_scale")\n');
  const deps = targets.map((target) => `        "${target}",\n`).join('');
  writeFileSync(
    join(tree, 'BUILD'),
    `load("//tools/heddle:heddle.bzl", "heddle_audit")\n\nheddle_audit(\n    name = "audit",\n    format = "json",\n    settings = ["pyproject.toml"],\n    deps = [\n${deps}    ],\n)\n`,
  );
  writeFileSync(join(tree, 'pyproject.toml'), '[tool.heddle]\nexclude = ["tools", "bazel-*"]\n');
}

function layTargets(folder) {
  const entries = readdirSync(join(tree, folder), { withFileTypes: true });
  const below = entries
    .filter((entry) => entry.isDirectory())
    .flatMap(({ name }) => layTargets(`${folder}/${name}`));
  if (!entries.some(({ name }) => name.endsWith('.py'))) return below;
  writeFileSync(
    join(tree, folder, 'BUILD'),
    'py_library(name = "lib", srcs = glob(["*.py"]), visibility = ["//visibility:public"])\n',
  );
  return [...below, `//${folder}:lib`];
}

function run(command, parameters, cwd) {
  const result = spawnSync(command, parameters, { cwd, encoding: 'utf8', maxBuffer: 1 << 28 });
  if (result.status === 0 || (result.status === 3 && parameters.includes('audit'))) return result;
  console.error(`${command} ${parameters.join(' ')}\n${result.error ?? ''}${result.stderr.slice(-5000)}`);
  process.exit(1);
}
