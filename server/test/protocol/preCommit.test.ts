/**
 * The hooks of pre-commit as docs/ci.md tells people to set them up: installed by pre-commit from a clone, into an
 * environment of its own, and run by `git commit` in another repository. Wants Python and a package index.
 */
import { execFile } from 'node:child_process';
import { copyFileSync, existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { COUNTER } from '../support/python.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const windows = process.platform === 'win32';
const execute = promisify(execFile);

let folder: TemporaryFolder;
let environment: NodeJS.ProcessEnv;

const place = (name: string): string => join(folder.path, name);
async function git(where: string, ...words: readonly string[]): Promise<string> {
  const options = { cwd: place(where), env: environment, maxBuffer: 1 << 26 };
  return (await execute('git', words, options)).stdout;
}

/** A commit of what is here now, so that the hook of the files as they are is tried, committed or not. */
async function snapshot(): Promise<string> {
  await execute('git', ['clone', '--quiet', root, place('heddle')]);
  const { stdout } = await execute(
    'git',
    ['ls-files', '--modified', '--others', '--exclude-standard', '-z'],
    { cwd: root },
  );
  for (const name of stdout.split('\0').filter((one) => one !== '' && existsSync(join(root, one)))) {
    mkdirSync(dirname(place(`heddle/${name}`)), { recursive: true });
    copyFileSync(join(root, name), place(`heddle/${name}`));
  }
  await git('heddle', 'add', '.');
  await git('heddle', 'commit', '--quiet', '--allow-empty', '-m', 'As it is here');
  return (await git('heddle', 'rev-parse', 'HEAD')).trim();
}

/** The lines that docs/ci.md has for a .pre-commit-config.yaml, with an address and both hooks. */
function configuration(commit: string): string {
  const page = readFileSync(join(root, 'docs', 'ci.md'), 'utf8');
  const [, lines] = /## pre-commit\n\n```yaml\n([^`]*)```/.exec(page)!;
  const filled = lines!.replace('ADDRESS', place('heddle')).replace('v0.1.0', commit);
  return filled.replace('- id: heddle\n', '- id: heddle\n      - id: heddle-changed\n');
}

beforeAll(async () => {
  folder = temporaryFolder({ 'work/app.py': COUNTER });
  await execute(windows ? 'python' : 'python3', ['-m', 'venv', place('venv')]);
  const programs = place(windows ? 'venv/Scripts' : 'venv/bin');
  const quiet = ['--quiet', '--disable-pip-version-check'];
  await execute(join(programs, 'python'), ['-m', 'pip', 'install', ...quiet, 'pre-commit']);
  const { PATH } = process.env;
  environment = {
    ...process.env,
    PATH: `${programs}${delimiter}${PATH}`,
    PRE_COMMIT_HOME: place('hooks'),
    GIT_CONFIG_COUNT: '2',
    GIT_CONFIG_KEY_0: 'user.name',
    GIT_CONFIG_VALUE_0: 'Test',
    GIT_CONFIG_KEY_1: 'user.email',
    GIT_CONFIG_VALUE_1: 'test@example.org',
  };
  const commit = await snapshot();
  await git('work', 'init', '--quiet', '--initial-branch=main');
  writeFileSync(place('work/.pre-commit-config.yaml'), configuration(commit));
  await git('work', 'add', '.');
  await execute('pre-commit', ['install', '--install-hooks'], { cwd: place('work'), env: environment });
}, 600_000);

afterAll(() => folder.remove(), 120_000);

test('a commit with a race is refused by both hooks, also the first of a repository', async () => {
  const refused = await git('work', 'commit', '-m', 'A race').catch(
    (error) => `${error.stdout}${error.stderr}`,
  );
  expect(refused).toMatch(/^heddle\.+Failed$/m);
  expect(refused).toMatch(/^heddle \(changed lines\)\.+Failed$/m);
  expect(refused.match(/^warning\[nonatomic-update\]/gm)).toHaveLength(2);
  expect(refused).toContain('exit code: 1');
  await expect(git('work', 'rev-parse', '--verify', 'HEAD')).rejects.toThrow();
});

test('a commit without one passes, and a later one is asked about its own lines only', async () => {
  const guarded = COUNTER.replace(/^( *)(\w+ \+= 1)$/m, '$1with lock:\n$1    $2').replace(
    'import threading\n',
    'import threading\n\nlock = threading.Lock()\n',
  );
  writeFileSync(place('work/app.py'), guarded);
  await git('work', 'commit', '-a', '-m', 'A lock');
  await git('work', 'rev-parse', '--verify', 'HEAD');
  writeFileSync(place('work/race.py'), COUNTER);
  await git('work', 'add', '.');
  await git('work', 'commit', '--no-verify', '-m', 'A race that was let through');
  writeFileSync(place('work/other.py'), 'print("nothing to do with it")\n');
  await git('work', 'add', '.');
  await git('work', 'commit', '-m', 'Something else');
});
