/** `heddle fix` as its own process, on real files in a real repository: what it shows, what it writes, and what it leaves alone. */
import { execFileSync, type SpawnSyncReturns, spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const program = join(root, 'server', 'bin', 'heddle.cjs');

const LOOP = `import threading

names = {}
total = 0


def watch(name):
    global total
    names[name] = len(name)
    names.pop(name, None)
    total += 1


def show():
    for name in names:
        print(name)


for name in "abc":
    threading.Thread(target=watch, args=(name,)).start()
show()
`;
const COPIED = LOOP.replace('in names:', 'in list(names):');
const LOCKED = COPIED.replace('total = 0\n', 'total = 0\n_total_lock = threading.Lock()\n').replace(
  '    total += 1\n',
  '    with _total_lock:\n        total += 1\n',
);

let folder: string;
beforeAll(() => {
  execFileSync(process.execPath, [join(root, 'scripts', 'build.mjs')]);
});
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-fix-'));
  git('init', '-q');
  writeFileSync(join(folder, 'app.py'), LOOP);
  writeFileSync(join(folder, 'other.py'), 'x = 1\n');
  git('add', '.');
  git('-c', 'user.email=a@example.org', '-c', 'user.name=A', 'commit', '-q', '-m', 'first');
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function git(...words: readonly string[]): void {
  execFileSync('git', words, { cwd: folder });
}

function fix(...words: readonly string[]): SpawnSyncReturns<string> {
  return spawnSync(process.execPath, [program, 'fix', ...words], { cwd: folder, encoding: 'utf8' });
}

function text(name = 'app.py'): string {
  return readFileSync(join(folder, name), 'utf8');
}

test('the safe fixes are shown as a patch that git applies, and nothing is written', () => {
  const ran = fix('.');
  expect(ran.status).toBe(0);
  expect(ran.stderr).toBe(
    'Would apply 1 fix in 1 file. 1 finding more would be fixed with --unsafe; look at the result.\n',
  );
  expect(text()).toBe(LOOP);
  execFileSync('git', ['apply', '-'], { cwd: folder, input: ran.stdout });
  expect(text()).toBe(COPIED);
});

test('a patch for a folder outside the current one has paths that git and patch follow', () => {
  const elsewhere = mkdtempSync(join(tmpdir(), 'heddle-elsewhere-'));
  const ran = spawnSync(process.execPath, [program, 'fix', '--diff', join(folder, 'app.py')], {
    cwd: elsewhere,
    encoding: 'utf8',
  });
  rmSync(elsewhere, { recursive: true });
  expect(ran.stdout).toMatch(/^--- a\/app\.py\n\+\+\+ b\/app\.py\n/);
  expect(ran.stderr).toContain(`The patch is for the folder ${folder}.\n`);
  execFileSync('git', ['apply', '-'], { cwd: folder, input: ran.stdout });
  expect(text()).toBe(COPIED);
});

test('--check writes nothing and ends with 1 where a fix applies, with 0 where none does', () => {
  const ran = fix('.', '--check');
  expect(ran.status).toBe(1);
  expect(ran.stdout).toBe('app.py: iterate-while-mutated: Iterate a copy: `list(…)`\n');
  expect(text()).toBe(LOOP);
  expect(fix('other.py', '--check').status).toBe(0);
});

test('--write writes the safe ones, and with --unsafe all; after that there is nothing left to fix', () => {
  expect(fix('.', '--write').status).toBe(0);
  expect(text()).toBe(COPIED);
  git('checkout', '-q', '.');
  expect(fix('.', '--unsafe', '--write').status).toBe(0);
  expect(text()).toBe(LOCKED);
  const again = fix('.', '--unsafe', '--write', '--allow-dirty');
  expect(again.stderr).toBe('Nothing to fix.\n');
  expect(text()).toBe(LOCKED);
});

test('--rules limits what is fixed to the findings of those rules', () => {
  fix('.', '--unsafe', '--write', '--rules', 'nonatomic-update');
  expect(text()).toBe(LOCKED.replace('in list(names):', 'in names:'));
  expect(fix('.', '--rules', 'nonatomic').stderr).toContain('There is no rule `nonatomic`');
});

test('a file with changes that are not committed is left alone unless told', () => {
  writeFileSync(join(folder, 'app.py'), `${LOOP}# mine\n`);
  const ran = fix('.', '--write');
  expect(ran.status).toBe(2);
  expect(ran.stderr).toBe(
    'error: `app.py` has changes that are not committed, so nothing was changed; commit them, or say --allow-dirty.\n',
  );
  expect(text()).toBe(`${LOOP}# mine\n`);
  expect(fix('.', '--write', '--allow-dirty').status).toBe(0);
  expect(text()).toBe(`${COPIED}# mine\n`);
});

test('without a repository nothing is written unless told', () => {
  rmSync(join(folder, '.git'), { recursive: true });
  const ran = fix('.', '--write');
  expect(ran.status).toBe(2);
  expect(ran.stderr).toContain('is not in a git repository');
  expect(text()).toBe(LOOP);
});

test('line ends, a byte order mark and files beside the named one stay as they are', () => {
  const windows = `\uFEFF${LOOP.replaceAll('\n', '\r\n')}`;
  writeFileSync(join(folder, 'app.py'), windows);
  fix('app.py', '--write', '--allow-dirty');
  expect(text()).toBe(windows.replace('in names:', 'in list(names):'));
  git('checkout', '-q', '.');
  expect(fix('other.py', '--write').stderr).toBe('Nothing to fix.\n');
  expect(text()).toBe(LOOP);
});

test.runIf(process.platform !== 'win32')('a name that would end its line is quoted as git does', () => {
  const name = 'odd "name"\n--- b\tc.py';
  writeFileSync(join(folder, name), LOOP);
  const shown = fix('.', '--rules', 'iterate-while-mutated');
  execFileSync('git', ['apply'], { cwd: folder, input: shown.stdout });
  expect(readFileSync(join(folder, name), 'utf8')).toBe(COPIED);
});
