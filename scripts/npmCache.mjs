/**
 * Npm packages that the tests use but that must stay out of the project's own dependencies, installed on demand into
 * `.vscode-test/`: the VS Code server, the Node it needs, a browser. What is installed stands with its hashes in the lock files
 * of `scripts/tools/`. A folder counts as installed once it holds its `installed` mark, so that an interrupted installation is
 * done again.
 */
import { spawn } from 'node:child_process';
import { chmodSync, cpSync, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

export const cacheFolder = join(projectRoot, '.vscode-test');

/** The oldest Node that the VS Code server starts on. */
const SERVER_NODE = 24;

/**
 * Installs what `scripts/tools/TOOL` asks for into `.vscode-test/`, by the hashes of its lock file and without running scripts of
 * packages; `finish` does what else is needed before the folder counts as installed. Answers the folder and the version of
 * what gave the tool its name.
 */
export async function installTool(tool, log, finish = async () => {}) {
  const source = join(projectRoot, 'scripts', 'tools', tool);
  const { dependencies, optionalDependencies } = JSON.parse(
    readFileSync(join(source, 'package.json'), 'utf8'),
  );
  const [version] = Object.values({ ...dependencies, ...optionalDependencies });
  const folder = join(cacheFolder, `${tool}-${version}`);
  const mark = join(folder, 'installed');
  if (existsSync(mark)) return { folder, version };
  log(`Installing ${tool} ${version} into .vscode-test …`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  for (const file of ['package.json', 'package-lock.json']) cpSync(join(source, file), join(folder, file));
  await npm(['ci', '--ignore-scripts', '--no-audit', '--no-fund'], folder);
  await finish(folder);
  writeFileSync(mark, `${version}\n`);
  return { folder, version };
}

/** The path of a Node new enough for the VS Code server: this one, or the one an npm package carries. */
export async function nodeForServer(log) {
  if (Number.parseInt(process.versions.node, 10) >= SERVER_NODE) return process.execPath;
  const { folder, version } = await installTool('node', log);
  const carrier = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const name = process.platform === 'win32' ? 'node.exe' : 'node';
  const binary = join(folder, 'node_modules', carrier, 'bin', name);
  if (!existsSync(binary))
    throw new Error(
      `The VS Code server wants Node ${SERVER_NODE}, and there is no package ${carrier} ${version}.`,
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
