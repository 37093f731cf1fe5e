/**
 * A virtual environment as an installer leaves it, written by the test: a CPython 3.13 by its files, and a package with an
 * extension module. Nothing in it can be run unless a stand-in is put there.
 */
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { multiPhase } from '../../server/test/unit/env/binary/modules.ts';

export interface EnvironmentOptions {
  /** The build of the interpreter; free-threaded when missing. */
  readonly gilBuild?: boolean;
  /** Whether the extension module declares that it runs without the GIL, as it does from version 3 on. */
  readonly declared?: boolean;
  /** Modules of one empty file, each a distribution of its own. */
  readonly pure?: readonly string[];
}

const slotGil = [4, 1] as const;
const slotExec = [2, 1] as const;

/** Writes an environment at a path, in place of the one that was there, with markupsafe installed. */
export function writeEnvironment(path: string, options: EnvironmentOptions = {}): void {
  const { gilBuild = false, declared = false, pure = [] } = options;
  const abi = gilBuild ? '313' : '313t';
  const site = join(path, 'lib', `python3.13${gilBuild ? '' : 't'}`, 'site-packages');
  const extension = `_speedups.cpython-${abi}-x86_64-linux-gnu.so`;
  rmSync(path, { recursive: true, force: true });
  mkdirSync(join(path, 'bin'), { recursive: true });
  mkdirSync(join(site, 'markupsafe'), { recursive: true });
  writeFileSync(join(site, 'markupsafe', '__init__.py'), 'from ._speedups import escape\n');
  writeFileSync(
    join(site, 'markupsafe', extension),
    multiPhase(
      'elf',
      'x86-64',
      [declared ? slotGil : slotExec],
      '_speedups',
      gilBuild ? 'gil' : 'free-threaded',
    ),
  );
  writeDistribution(site, 'MarkupSafe', declared ? '3.0.2' : '2.1.5', `cp313-cp${abi}-linux_x86_64`, [
    'markupsafe/__init__.py',
    `markupsafe/${extension}`,
  ]);
  for (const name of pure) {
    writeFileSync(join(site, `${name}.py`), '');
    writeDistribution(site, name, '1.0', 'py3-none-any', [`${name}.py`]);
  }
  // Last, since this is the file whose change says that there is another environment.
  writeFileSync(join(path, 'pyvenv.cfg'), 'home = /usr/bin\nversion = 3.13.5\n');
}

/** Writes `requirements.txt` and `page.py`, which imports the package on its second line. */
export function writePage(workspace: string): void {
  writeFileSync(join(workspace, 'requirements.txt'), 'markupsafe==2.1.5  # escapes\n');
  writeFileSync(
    join(workspace, 'page.py'),
    '"""Escapes text."""\nimport markupsafe\n\n\ndef page(text):\n    return markupsafe.escape(text)\n',
  );
}

/** What an installer writes about a distribution beside its `files`, paths relative to `site`. */
export function writeDistribution(
  site: string,
  name: string,
  version: string,
  tag: string,
  files: readonly string[],
): void {
  const metadata = join(site, `${name}-${version}.dist-info`);
  mkdirSync(metadata);
  writeFileSync(join(metadata, 'METADATA'), `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`);
  writeFileSync(join(metadata, 'WHEEL'), `Wheel-Version: 1.0\nTag: ${tag}\n`);
  writeFileSync(join(metadata, 'RECORD'), files.map((file) => `${file},,\n`).join(''));
}
