/** Environments as an installer leaves them, in memory: a free-threaded CPython 3.14 and distributions in it. */
import { multiPhase } from '../unit/env/binary/modules.ts';
import { type MemoryHost, memoryHost } from './memoryHost.ts';

/** The folder that packages are installed in. */
export const SITE = '/work/.venv/lib/python3.14t/site-packages';

/** What follows the name of an extension module in its file's name. */
export const TAG = '.cpython-314t-x86_64-linux-gnu.so';

export type Files = Readonly<Record<string, string | Uint8Array>>;

/** An extension module that does not say that it runs without the GIL. */
export function withGil(name: string): Uint8Array {
  return multiPhase('elf', 'x86-64', [], name);
}

export function withoutGil(name: string): Uint8Array {
  return multiPhase('elf', 'x86-64', [[4, 1]], name);
}

/** The project `/work` with a free-threaded environment in which these files are installed. */
export function project(installed: Files, own: Files = {}): MemoryHost {
  return memoryHost({
    '/work/.venv/pyvenv.cfg': 'version = 3.14.0\n',
    '/work/.venv/lib/python3.14t/_sysconfigdata_t_linux_x86_64-linux-gnu.py': '',
    ...Object.fromEntries(Object.entries(installed).map(([path, content]) => [`${SITE}/${path}`, content])),
    ...Object.fromEntries(Object.entries(own).map(([path, content]) => [`/work/${path}`, content])),
  });
}

/** A distribution with these files and the metadata that an installer writes beside them. */
export function distribution(name: string, version: string, files: Files): Files {
  const info = `${name}-${version}.dist-info`;
  const record = Object.keys(files).map((path) => `${path},,\n`);
  return {
    ...files,
    [`${info}/METADATA`]: `Name: ${name}\nVersion: ${version}\n`,
    [`${info}/RECORD`]: record.join(''),
  };
}
