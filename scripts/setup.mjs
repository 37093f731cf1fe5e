/**
 * Installs what is missing, so that `npm run audit`, `npm test` and `npm start` work in a fresh clone. It runs before
 * any dependency exists and on every Node, therefore it imports nothing but Node's own modules and stays on syntax that
 * an old Node can read far enough to say that it is too old.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';

export const projectRoot = dirname(dirname(fileURLToPath(import.meta.url)));

const oldestNode = 20;

/** Runs `npm ci` when node_modules is missing or differs from package-lock.json. Ends the process when it cannot. */
export function setup(log = console.error) {
  const major = Number.parseInt(process.versions.node, 10);
  if (major < oldestNode) {
    log(
      `Heddle needs Node ${oldestNode} or newer; this is Node ${process.versions.node} (${process.execPath}).`,
    );
    log('Install a newer one from https://nodejs.org and try again.');
    process.exit(2);
  }
  const missing = firstDifference();
  if (missing === undefined) return;
  log(`Installing dependencies (${missing}) …`);
  const result = npmSync(['ci', '--no-audit', '--no-fund', '--prefer-offline', '--loglevel=error']);
  if (result.status !== 0) {
    log(`${result.stdout}${result.stderr}`.trimEnd());
    log('`npm ci` failed; the text above says why. Nothing else was tried.');
    process.exit(2);
  }
}

/** What node_modules lacks against package-lock.json, as one clause; undefined when nothing. */
function firstDifference() {
  const installedLock = join(projectRoot, 'node_modules', '.package-lock.json');
  if (!existsSync(installedLock)) return 'there is no node_modules';
  const wanted = packagesOf(join(projectRoot, 'package-lock.json'));
  const installed = packagesOf(installedLock);
  for (const [place, { version, link, optional, devOptional }] of Object.entries(wanted)) {
    // Optional packages are those of other systems; links are the workspaces.
    if (!place.includes('node_modules/') || link || optional || devOptional) continue;
    const name = place.slice(place.lastIndexOf('node_modules/') + 'node_modules/'.length);
    if (installed[place] === undefined) return `${name} is missing`;
    if (installed[place].version !== version)
      return `${name} ${installed[place].version} should be ${version}`;
  }
  return undefined;
}

function packagesOf(file) {
  return JSON.parse(readFileSync(file, 'utf8')).packages;
}

function npmSync(parameters) {
  const options = { cwd: projectRoot, encoding: 'utf8', maxBuffer: 64 * 1024 * 1024 };
  const entry = process.env.npm_execpath;
  if (entry?.endsWith('.js')) {
    return spawnSync(process.execPath, [entry, ...parameters], options);
  }
  return spawnSync('npm', parameters, { ...options, shell: process.platform === 'win32' });
}

if (process.argv[1] !== undefined && import.meta.url === pathToFileURL(process.argv[1]).href) setup();
