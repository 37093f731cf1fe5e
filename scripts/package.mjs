/**
 * `npm run package`: builds and packs the extension into artifacts/heddle.vsix, and the command line as a wheel for pip
 * beside it. Fails when the extension grows past its limit. `--list` only prints what would be in it, without building;
 * `--wheel FOLDER` makes the wheel alone and prints its name in the last line, for python/build_backend.py.
 *
 * vsce walks the whole folder it is started in, VS Code and wheels that the tests download included. Therefore it works on
 * a copy of what .vscodeignore lets through, and applies that file there once more.
 *
 * The same commit gives the same bytes in every folder: files in the order of their names, with the time of the commit and
 * one mode. Beside it lies the list of what is in it, `heddle.cdx.json`, as npm writes it (CycloneDX).
 */
import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { packagedReadme } from './packagedReadme.mjs';
import { ENGINE, engineWheel } from './proveEngine.mjs';
import { projectRoot, setup } from './setup.mjs';

const limit = 2_800_000;
const vsce = join(projectRoot, 'node_modules', '@vscode', 'vsce', 'vsce');
const vsix = join(projectRoot, 'artifacts', 'heddle.vsix');

setup();
const wheelAt = process.argv.indexOf('--wheel');
if (process.argv.includes('--list')) {
  node([vsce, 'ls', '--no-dependencies'], staged());
} else if (wheelAt > 0) {
  build();
  console.log(await wheel(process.argv[wheelAt + 1]));
} else {
  build();
  const parameters = ['--no-dependencies', '--allow-missing-repository', '--no-rewrite-relative-links'];
  node([vsce, 'package', ...parameters, '--out', vsix], staged());
  writeFileSync(join(projectRoot, 'artifacts', 'heddle.cdx.json'), billOfMaterials());
  const { size } = statSync(vsix);
  console.log(`${vsix}: ${(size / 1000).toFixed(0)} kB`);
  if (size >= limit) {
    console.error(`The package must stay under ${limit / 1_000_000} MB. Look at what \`--list\` prints.`);
    process.exit(1);
  }
  const artifacts = join(projectRoot, 'artifacts');
  console.log(join(artifacts, await wheel(artifacts)));
}

function build() {
  if (engineWheel() === undefined) throw new Error(`${ENGINE.requirement} cannot be fetched with pip.`);
  node([join(projectRoot, 'scripts', 'build.mjs')], projectRoot);
}

/** Loaded late: it imports what setup() may have to install first. */
async function wheel(folder) {
  const { makeWheel } = await import('./wheel.mjs');
  return makeWheel(folder);
}

/** A folder with copies of every file or folder that a line of .vscodeignore lets through. */
function staged() {
  const folder = join(projectRoot, 'artifacts', 'package');
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const allowed = readFileSync(join(projectRoot, '.vscodeignore'), 'utf8')
    .split('\n')
    .filter((line) => line.startsWith('!'))
    .map((line) => line.slice(1).split('/'));
  for (const parts of [...allowed, ['.vscodeignore']]) {
    const glob = parts.findIndex((part) => part.includes('*'));
    const place = join(...(glob === -1 ? parts : parts.slice(0, glob)));
    const source = join(projectRoot, place);
    if (existsSync(source)) cpSync(source, join(folder, place), { recursive: true });
  }
  const picture = (path) => readFileSync(join(projectRoot, path));
  const readme = readFileSync(join(projectRoot, 'README.md'), 'utf8');
  writeFileSync(join(folder, 'README.md'), packagedReadme(readme, picture));
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true }))
    if (entry.isFile()) chmodSync(join(entry.parentPath ?? entry.path, entry.name), 0o644);
  return folder;
}

function node(parameters, folder) {
  const env = { ...process.env, TZ: 'UTC', SOURCE_DATE_EPOCH: timeOfCommit() };
  execFileSync(process.execPath, parameters, { cwd: folder, stdio: 'inherit', env });
}

/** In seconds since 1970; a ZIP file knows no time before 1980, which stands for a source without history. */
function timeOfCommit() {
  try {
    const parameters = ['log', '-1', '--format=%ct'];
    return execFileSync('git', parameters, { cwd: projectRoot, encoding: 'utf8' }).trim();
  } catch {
    return '315532800';
  }
}

function billOfMaterials() {
  const parameters = ['sbom', '--sbom-format', 'cyclonedx', '--omit', 'dev', '--package-lock-only'];
  return execFileSync('npm', parameters, {
    cwd: projectRoot,
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
}
