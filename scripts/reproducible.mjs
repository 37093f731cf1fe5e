/**
 * `npm run reproducible`: builds the package of the current commit twice, in two folders with different names, time zones
 * and default permissions, and compares the bytes. Ends with 1 when they differ.
 */
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { projectRoot, setup } from './setup.mjs';

setup();

const folders = [0, 1].map((index) =>
  mkdtempSync(join(tmpdir(), index === 0 ? 'heddle-' : 'a-longer-name-')),
);
try {
  const hashes = folders.map((folder, index) => {
    const checkout = join(folder, 'heddle');
    git('clone', '--quiet', '--no-hardlinks', projectRoot, checkout);
    for (const place of ['node_modules', 'server/node_modules', 'client/node_modules'])
      if (existsSync(join(projectRoot, place)))
        cpSync(join(projectRoot, place), join(checkout, place), { recursive: true, verbatimSymlinks: true });
    process.umask(index === 0 ? 0o022 : 0o077);
    execFileSync(process.execPath, [join(checkout, 'scripts', 'package.mjs')], {
      cwd: checkout,
      env: { ...process.env, TZ: index === 0 ? 'Asia/Tokyo' : 'America/New_York' },
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    return createHash('sha256')
      .update(readFileSync(join(checkout, 'artifacts', 'heddle.vsix')))
      .digest('hex');
  });
  for (const hash of hashes) console.log(hash);
  console.log(hashes[0] === hashes[1] ? 'the same' : 'different');
  process.exitCode = hashes[0] === hashes[1] ? 0 : 1;
} finally {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
}

function git(...parameters) {
  execFileSync('git', parameters, { stdio: ['ignore', 'ignore', 'inherit'] });
}
