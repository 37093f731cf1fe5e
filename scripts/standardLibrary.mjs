/** The standard library of this machine's Python without its tests, copied to where it can be analysed as a folder of its own. */
import { execFileSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { basename, dirname, join, relative } from 'node:path';
import { projectRoot } from './setup.mjs';

const left = new Set(['test', 'tests', 'idle_test', '__pycache__', 'site-packages', 'dist-packages']);

/** `{ folder, version, files, lines }`: absolute paths of the copies, and all their physical lines. */
export function standardLibrary() {
  const code =
    'import sysconfig, platform; print(sysconfig.get_path("stdlib")); print(platform.python_version())';
  const [source, version] = execFileSync('python3', ['-c', code], { encoding: 'utf8' }).trim().split('\n');
  const folder = join(projectRoot, 'artifacts', 'stdlib', version);
  if (!existsSync(folder)) copyPython(source, folder);
  const files = pythonFiles(folder);
  return { folder, version, files, lines: files.reduce((sum, file) => sum + countLines(file), 0) };
}

/** The .py files below a folder, in the order of their paths. */
export function pythonFiles(folder) {
  return readdirSync(folder, { recursive: true })
    .filter((name) => name.endsWith('.py'))
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .sort();
}

export function countLines(file) {
  return readFileSync(file, 'latin1').split('\n').length - 1;
}

function copyPython(source, folder) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  cpSync(source, folder, {
    recursive: true,
    dereference: false,
    filter: (path) => {
      if (left.has(basename(path))) return false;
      const stat = statSync(path, { throwIfNoEntry: false });
      return stat?.isDirectory() === true || relative(source, path).endsWith('.py');
    },
  });
}
