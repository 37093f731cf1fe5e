import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';
import { runHeddle } from './runHeddle.ts';

const parser = await pythonParser();
const files = {
  '/work/pyproject.toml':
    '[project]\nname = "a"\nversion = "1"\ndependencies = ["lxml>=5", "numpy>=2.3", "who-knows-this"]\n',
};
const run = (...words: string[]) =>
  runHeddle(['deps', ...words], {
    files,
    analyzer: createAnalyzer({ host: memoryHost(files), parser, logger: silentLogger }),
  });

test('`heddle deps` lists the dependencies, the worst first', async () => {
  const { stdout, code } = await run();
  const lines = stdout.split('\n');
  expect(lines[0]).toBe('Readiness for free-threaded Python 3.14 (no environment found)');
  expect(lines[2]).toMatch(/^lxml +– +GIL comes back +lxml brings the GIL back/);
  expect(lines[3]).toMatch(/^who-knows-this +– +unknown +Nothing is known of it\.$/);
  expect(lines[4]).toMatch(/^numpy +– +ready/);
  expect(lines[6]).toBe('3 dependencies: 1 ready, 1 GIL comes back, 1 unknown.');
  expect(code).toBe(1);
});

test('`--fail-on` says what makes the exit code 1', async () => {
  expect((await run('--fail-on', 'never')).code).toBe(0);
  expect((await run('--fail-on', 'unknown')).code).toBe(1);
});

test('the JSON has requirements, evidence and the Python asked about', async () => {
  const { stdout } = await run('--format', 'json', '--target-python', '3.15');
  expect(JSON.parse(stdout)).toMatchObject({
    targetPython: '3.15t',
    interpreter: null,
    dependencies: [
      {
        package: 'lxml',
        status: 'gil-at-import',
        direct: true,
        requiredBy: [{ file: 'pyproject.toml', constraint: '>=5' }],
      },
      { package: 'numpy', status: 'ready' },
      { package: 'who-knows-this', status: 'unknown', evidence: [] },
    ],
  });
});

test('the Markdown is a table', async () => {
  expect((await run('--format', 'markdown')).stdout).toContain(
    '| package | version | status | ready from | how it is known |\n|---|---|---|---|---|\n| lxml | – | GIL comes back |',
  );
});

test('a version without a free-threaded build, and a missing interpreter, are wrong usage', async () => {
  expect((await run('--target-python', '3.12')).code).toBe(2);
  const { code, stderr } = await run('--python', 'nowhere');
  expect([code, stderr]).toEqual([2, 'error: There is no Python interpreter `nowhere`; give its path.\n']);
});

/** The output for a lock file with this name and version. */
async function withLocked(name: string, version: string, format: string): Promise<string> {
  const locked = {
    '/work/uv.lock': `[[package]]\nname = ${JSON.stringify(name)}\nversion = ${JSON.stringify(version)}\nsource = { registry = "x" }\n`,
  };
  const host = memoryHost(locked);
  const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  return (await runHeddle(['deps', '--format', format], { files: locked, analyzer })).stdout;
}

test('names and versions from a lock file neither steer the terminal nor break the table', async () => {
  const [name, version] = ['\u001b[31mred', '1\n2'];
  expect((await withLocked(name, version, 'text')).split('\n')[2]).toMatch(/^\uFFFD\[31mred {2}1\uFFFD2 {2}/);
  expect(await withLocked('a|*b*', '<i>`[x](y)', 'markdown')).toContain(
    '\n| a\\|\\*b\\* | \\<i\\>\\`\\[x\\](y) | unknown |',
  );
});

test('a file stands for its folder', async () => {
  const alone = { '/work/sub/requirements.txt': 'lxml\n' };
  const analyzer = createAnalyzer({ host: memoryHost(alone), parser, logger: silentLogger });
  const { stdout, code } = await runHeddle(['deps', 'sub/requirements.txt'], { files: alone, analyzer });
  expect([stdout.split('\n')[2], code]).toEqual([expect.stringMatching(/^lxml /), 1]);
});

test('a file that is no interpreter is wrong usage', async () => {
  const { code, stderr } = await run('--python', 'pyproject.toml');
  expect([code, stderr]).toEqual([
    2,
    'error: `pyproject.toml` is no Python interpreter, or not one whose files tell its version.\n',
  ]);
});
