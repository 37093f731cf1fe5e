/**
 * Python texts for the property tests: files of CPython's library where the machine has one, our fixtures, and texts
 * made to be awkward. The tests hold for any text, so that a machine without Python only tries fewer.
 */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const LIBRARY_FILES = ['bisect.py', 'contextlib.py', 'queue.py', 'sched.py', 'shelve.py', 'threading.py'];

const AWKWARD: Readonly<Record<string, string>> = {
  'line breaks of all kinds':
    'import os\r\n\r\nclass A:\r\n    x = 1\r    y = 2\n\tdef f(self):\r\n\t\treturn self.x\r\n',
  'wide characters': 'π = 3\n名前 = "😀"  # 🐍\nprint(f"{π}{名前!r:>{π}}")\nd = {"🐍": π}\n',
  'broken syntax': 'def f(:\n  x = [1, 2\nclass\nif x\n    y = "open\nreturn }\nwith lock\n  pass\n',
  'new and old syntax':
    'match x:\n    case [1, *rest] if rest:\n        pass\n    case {"k": v, **_}:\n        pass\n' +
    'type X[T] = list[T]\nprint >>f, x\ntry:\n    pass\nexcept* E:\n    pass\nasync def f():\n    async with a as b, c:\n        await d\n',
};

/** Name → text, the same ones in the same order on every run of a machine. */
export function pythonTexts(): ReadonlyMap<string, string> {
  const texts = new Map(Object.entries(AWKWARD));
  const rules = fileURLToPath(new URL('../../../test-fixtures/rules/', import.meta.url));
  for (const rule of ['inconsistent-lock', 'lazy-init-race']) {
    const name = readdirSync(`${rules}${rule}`).find((entry) => entry.endsWith('.py'));
    if (name !== undefined) texts.set(`${rule}/${name}`, readFileSync(`${rules}${rule}/${name}`, 'utf8'));
  }
  const library = libraryFolder();
  if (library === undefined) return texts;
  for (const name of LIBRARY_FILES) {
    const text = textOr(`${library}/${name}`);
    if (text !== undefined) texts.set(name, text);
  }
  return texts;
}

function libraryFolder(): string | undefined {
  try {
    return execFileSync('python3', ['-I', '-c', 'import os; print(os.path.dirname(os.__file__))'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
    }).trim();
  } catch {
    return undefined;
  }
}

function textOr(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return undefined;
  }
}
