/**
 * `npm run package`: builds and packs the extension into artifacts/heddle.vsix. Fails when it grows past its limit.
 */
import { execFileSync } from 'node:child_process';
import { mkdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot, setup } from './setup.mjs';

const limit = 2_000_000;

setup();
const run = (parameters) =>
  execFileSync(process.execPath, parameters, { cwd: projectRoot, stdio: 'inherit' });
run(['scripts/build.mjs']);
const vsix = join(projectRoot, 'artifacts', 'heddle.vsix');
mkdirSync(join(projectRoot, 'artifacts'), { recursive: true });
run([
  'node_modules/@vscode/vsce/vsce',
  'package',
  '--no-dependencies',
  '--allow-missing-repository',
  '--no-rewrite-relative-links',
  '--out',
  vsix,
]);
const { size } = statSync(vsix);
console.log(`${vsix}: ${(size / 1000).toFixed(0)} kB`);
if (size >= limit) {
  console.error(
    `The package must stay under ${limit / 1_000_000} MB. Look at \`npx vsce ls --no-dependencies\`.`,
  );
  process.exit(1);
}
