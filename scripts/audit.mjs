/**
 * `npm run audit -- PATH …`: from a fresh clone to findings. Installs the packages and builds what is missing or older
 * than its sources, then audits. Everything but the report goes to standard error.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, setup } from './setup.mjs';

setup();
buildIfStale();
// Ctrl-C reaches the audit too, which says what became of it.
process.on('SIGINT', () => {});
const audit = spawnSync(
  process.execPath,
  [join(projectRoot, 'dist', 'cli.js'), 'audit', ...process.argv.slice(2)],
  // Where npm was called, so that relative paths mean what the user means.
  {
    cwd: process.env.INIT_CWD ?? process.cwd(),
    env: { ...process.env, HEDDLE_CALLED_AS: 'npx heddle' },
    stdio: 'inherit',
  },
);
process.exitCode = audit.status ?? 130;

function buildIfStale() {
  const built = join(projectRoot, 'dist', 'cli.js');
  const sources = ['server/src', 'client/src', 'grammars', 'scripts/build.mjs', 'package-lock.json'];
  if (existsSync(built) && statSync(built).mtimeMs >= Math.max(...sources.map(newest))) return;
  console.error('Building …');
  const build = spawnSync(process.execPath, [join(projectRoot, 'scripts', 'build.mjs')], {
    stdio: ['ignore', 2, 2],
  });
  if (build.status !== 0) process.exit(2);
}

/** Time of the last change at or below a path, relative to the project. */
function newest(path) {
  const full = join(projectRoot, path);
  const stat = statSync(full);
  if (!stat.isDirectory()) return stat.mtimeMs;
  return Math.max(stat.mtimeMs, ...readdirSync(full).map((name) => newest(join(path, name))));
}
