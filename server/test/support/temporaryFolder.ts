/** A folder on disk for one test, for servers that read real files. */
import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';

export interface TemporaryFolder {
  /** Absolute, without symbolic links, with forward slashes. */
  readonly path: string;
  /** Creates or replaces a file; returns its absolute path. */
  write(name: string, text: string): string;
  remove(name?: string): void;
}

export function temporaryFolder(files: Readonly<Record<string, string>> = {}): TemporaryFolder {
  const path = realpathSync(mkdtempSync(join(tmpdir(), 'heddle-test-'))).replaceAll('\\', '/');
  const folder: TemporaryFolder = {
    path,
    write(name, text) {
      mkdirSync(dirname(join(path, name)), { recursive: true });
      writeFileSync(join(path, name), text);
      return `${path}/${name}`;
    },
    remove: (name = '') => rmSync(join(path, name), { recursive: true, force: true }),
  };
  for (const [name, text] of Object.entries(files)) folder.write(name, text);
  return folder;
}
