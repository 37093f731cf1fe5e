/**
 * A virtual environment as an installer leaves it, written by the test: a free-threaded CPython 3.13 by its files, and one
 * package whose extension module does not declare that it runs without the GIL. Nothing in it can be run.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { multiPhase } from '../../server/test/unit/env/binary/modules.ts';

const version = '2.1.5';
const extension = '_speedups.cpython-313t-x86_64-linux-gnu.so';

/** Writes `.venv`, `requirements.txt` and `page.py`, which imports the package on its second line. */
export function writeEnvironment(workspace: string): void {
  const site = join(workspace, '.venv', 'lib', 'python3.13t', 'site-packages');
  const metadata = join(site, `MarkupSafe-${version}.dist-info`);
  const packageFolder = join(site, 'markupsafe');
  for (const folder of [join(workspace, '.venv', 'bin'), metadata, packageFolder])
    mkdirSync(folder, { recursive: true });
  writeFileSync(join(workspace, '.venv', 'pyvenv.cfg'), 'home = /usr/bin\nversion = 3.13.5\n');
  writeFileSync(join(packageFolder, '__init__.py'), 'from ._speedups import escape\n');
  writeFileSync(join(packageFolder, extension), multiPhase('elf', 'x86-64', [[2, 1]], '_speedups'));
  writeFileSync(join(metadata, 'METADATA'), `Metadata-Version: 2.1\nName: MarkupSafe\nVersion: ${version}\n`);
  writeFileSync(join(metadata, 'WHEEL'), 'Wheel-Version: 1.0\nTag: cp313-cp313t-linux_x86_64\n');
  writeFileSync(
    join(metadata, 'RECORD'),
    ['markupsafe/__init__.py,,', `markupsafe/${extension},,`, ''].join('\n'),
  );
  writeFileSync(join(workspace, 'requirements.txt'), `markupsafe==${version}  # escapes\n`);
  writeFileSync(
    join(workspace, 'page.py'),
    '"""Escapes text."""\nimport markupsafe\n\n\ndef page(text):\n    return markupsafe.escape(text)\n',
  );
}
