/**
 * Npm packages that the tests use but that must stay out of the project's own dependencies, installed on demand into
 * `.vscode-test/`: the VS Code server, the Node it needs, a browser. A folder counts as installed once it holds its
 * `installed` mark, so that an interrupted installation is done again.
 */
import { spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

export const cacheFolder = join(projectRoot, '.vscode-test');

/** The Node that the VS Code server asks for. */
const serverNode = { major: 24, version: '24.21.0' };

/**
 * Installs packages into `.vscode-test/NAME` without running their scripts; `finish` does what else is needed before
 * the folder counts as installed. Answers the folder.
 */
export async function installPackages(name, packages, log, finish = async () => {}) {
  const folder = join(cacheFolder, name);
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return folder;
  log(`Installing ${packages.join(', ')} into .vscode-test/${name} …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  await npm(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund', ...packages], folder);
  await finish(folder);
  writeFileSync(mark, `${packages.join('\n')}\n`);
  return folder;
}

/** The path of a Node new enough for the VS Code server: this one, or the one an npm package carries. */
export async function nodeForServer(log) {
  if (Number.parseInt(process.versions.node, 10) >= serverNode.major) return process.execPath;
  const system = process.platform === 'win32' ? 'win' : process.platform;
  const carrier = `node-${system}-${process.arch}`;
  const folder = await installPackages(
    `node-${serverNode.version}`,
    [`${carrier}@${serverNode.version}`],
    log,
  );
  const binary = join(
    folder,
    'node_modules',
    carrier,
    'bin',
    process.platform === 'win32' ? 'node.exe' : 'node',
  );
  if (process.platform !== 'win32') chmodSync(binary, 0o755);
  return binary;
}

/** Runs npm in a folder; rejects with what it printed when it fails. */
export function npm(parameters, folder) {
  const entry = process.env.npm_execpath;
  const [command, first] =
    entry?.endsWith('.js') === true
      ? [process.execPath, [entry]]
      : [process.platform === 'win32' ? 'npm.cmd' : 'npm', []];
  return new Promise((resolve, reject) => {
    // Inside `npm run`, npm's own variables name the outer project as the place to install to.
    const env = Object.fromEntries(
      Object.entries(process.env).filter(
        ([key]) => !/^npm_(config_local_prefix|package|lifecycle)/.test(key),
      ),
    );
    const child = spawn(command, [...first, ...parameters], {
      cwd: folder,
      env,
      shell: process.platform === 'win32' && first.length === 0,
    });
    let printed = '';
    for (const stream of [child.stdout, child.stderr]) {
      stream.on('data', (chunk) => {
        printed += chunk;
      });
    }
    child.on('error', reject);
    child.on('close', (code) => {
      if (code === 0) resolve(printed);
      else reject(new Error(`npm ${parameters.join(' ')} failed in ${folder}:\n${printed.slice(-2000)}`));
    });
  });
}
