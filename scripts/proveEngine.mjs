/**
 * Fetches the engine of `heddle prove`, the unchanged wheel of interleave-test, into artifacts/engines, where it is kept. Its hash
 * is checked each time, so that nothing else gets into a package.
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

export const ENGINE = {
  requirement: 'interleave-test==0.1.0',
  title: 'interleave-test 0.1.0 (MIT)',
  file: 'interleave_test-0.1.0-py3-none-any.whl',
  sha256: 'c3f1c27a1a952d114e92f7630251dc81e370cfa9db73948d1b5ca7a1d2652218',
};

/** The path of the wheel; undefined when it is not there and cannot be had. */
export function engineWheel() {
  const folder = join(projectRoot, 'artifacts', 'engines');
  const path = join(folder, ENGINE.file);
  if (!existsSync(path)) {
    mkdirSync(folder, { recursive: true });
    const target = [
      '--python-version',
      '3.12',
      '--implementation',
      'py',
      '--abi',
      'none',
      '--platform',
      'any',
    ];
    const words = ['-m', 'pip', 'download', '--quiet', '--no-deps', '--only-binary=:all:', ...target];
    ['python3', 'python'].some((python) => {
      const { status } = spawnSync(python, [...words, '-d', folder, ENGINE.requirement], {
        // What is printed may be the name of a wheel alone; why pip failed has to be read.
        stdio: ['ignore', 'ignore', 'inherit'],
      });
      return status === 0;
    });
  }
  if (!existsSync(path)) return undefined;
  const found = createHash('sha256').update(readFileSync(path)).digest('hex');
  if (found === ENGINE.sha256) return path;
  rmSync(path);
  throw new Error(`${ENGINE.file} has the hash ${found}, not ${ENGINE.sha256}; it was removed.`);
}
