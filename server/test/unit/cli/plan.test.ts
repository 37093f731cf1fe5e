import { expect, test } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { compatByDistribution } from '../../../src/env/compat.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { distribution, project, TAG, withGil } from '../../support/installed.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';
import { runHeddle } from './runHeddle.ts';

const parser = await pythonParser();
/** The versions that the data has seen free-threaded wheels of. */
const NUMPY = compatByDistribution('numpy')!.checked!;
const MATPLOTLIB = compatByDistribution('matplotlib')!.checked!;

function plan(files: Readonly<Record<string, string>>, ...words: string[]) {
  const analyzer = createAnalyzer({ host: memoryHost(files), parser, logger: silentLogger });
  return runHeddle(['deps', '--plan', ...words], { files, analyzer });
}

const PROJECT = '[project]\nname = "loom"\nversion = "1"\n';

test('the nearest ready version is told, with the edit of the line and the import that needs it', async () => {
  const { stdout, code } = await plan({
    '/work/pyproject.toml': `${PROJECT}dependencies = ["numpy>=1.20,<3", "lxml>=5"]\n`,
    '/work/uv.lock': '[[package]]\nname = "numpy"\nversion = "1.26.4"\nsource = { registry = "x" }\n',
    '/work/app.py': 'import numpy as np\n\nTABLE = np.zeros(3)\n',
  });
  expect(code).toBe(1);
  expect(stdout.split('\n').slice(0, 7)).toEqual([
    'Plan for free-threaded Python 3.14: 2 of 2 dependencies stand in the way',
    '',
    'numpy 1.26.4: GIL comes back',
    expect.stringMatching(/^ {2}Move to numpy 2\.1\.0 or later, which your bounds admit; .+ \(.+\)\.$/),
    '  pyproject.toml:4: numpy>=1.20,<3 → numpy>=2.1.0,<3',
    '  Lock it anew: uv lock --upgrade-package numpy',
    '  app.py:1 imports numpy when it is loaded.',
  ]);
  expect(stdout).toMatch(/\nlxml: GIL comes back\n {2}No newer version is known to be ready \(/);
  expect(stdout).toContain('  No import of it was found in the project’s code.\n');
});

test('a version beyond the bounds is told as such, and nobody lifts the author’s upper bound', async () => {
  const files = { '/work/requirements.txt': '# tools\nnumpy>=1.20,<2\n' };
  const { stdout } = await plan(files);
  expect(stdout).toMatch(
    /Move to numpy 2\.1\.0 or later, which lies beyond your bounds; [\d.]+ is known to have wheels for that Python/,
  );
  expect(stdout).toContain(
    '  requirements.txt:2: numpy>=1.20,<2 excludes it, and only you can lift that bound.\n',
  );
  expect((await plan(files, '--format', 'diff')).stdout).toBe('');
});

test('what a tool has pinned by hashes is no bound of the project’s', async () => {
  const pinned = `numpy==1.26.4 --hash=sha256:${'0'.repeat(64)}\n`;
  const files = {
    '/work/pyproject.toml': '[project]\nname = "p"\ndependencies = ["numpy>=1.26"]\n',
    '/work/requirements.txt': pinned,
  };
  const { stdout } = await plan(files);
  expect(stdout).toContain('Move to numpy 2.1.0 or later, which your bounds admit');
  expect(stdout).toContain('requirements.txt:1: numpy==1.26.4 is pinned by hashes: compile the file anew.');
  const alone = await plan({ '/work/requirements.txt': pinned });
  expect(alone.stdout).toMatch(/Move to numpy 2\.1\.0 or later[;(\s]/);
});

test('an import that only functions use could wait; one in a function does; one in a `try` is optional', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'numpy==1.26.4\n',
    '/work/a.py': 'import numpy\n\n\ndef table(rows: int):\n    return numpy.zeros(rows)\n',
    '/work/b.py': 'def table(rows):\n    import numpy\n    return numpy.zeros(rows)\n',
    '/work/c.py': 'try:\n    import numpy\nexcept ImportError:\n    numpy = None\n',
    '/work/d.py': 'import numpy\n\n\ndef table(rows: "numpy.ndarray", start=numpy.nan):\n    return rows\n',
    '/work/e.py': 'from numpy import zeros\n\n__all__ = ["zeros"]\n\n\ndef f():\n    return zeros(1)\n',
    '/work/f.py': 'from typing import TYPE_CHECKING\n\nif TYPE_CHECKING:\n    import numpy\n',
  });
  expect(stdout.split('\n').filter((line) => line.includes(' imports '))).toEqual([
    '  d.py:1 imports numpy when it is loaded.',
    '  e.py:1 imports numpy when it is loaded.',
    '  a.py:1 imports numpy when it is loaded; only functions use it, so the import could wait inside them.',
    '  c.py:2 imports numpy under a condition or in a `try`, so it may do without.',
    '  b.py:2 imports numpy inside a function, so it waits until that is called.',
  ]);
});

test('what comes with something else is traced to the import of that', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'pandas\n',
    '/work/poetry.lock':
      '[[package]]\nname = "pandas"\nversion = "3.0.3"\n[package.dependencies]\nnumpy = ">=1.26"\n\n[[package]]\nname = "numpy"\nversion = "1.26.4"\n',
    '/work/app.py': 'import json\nimport pandas\n',
  });
  expect(stdout).toContain(
    '  Lock it anew: poetry update numpy\n  It comes with pandas, which app.py:2 imports.\n',
  );
});

test('where no version is ready, the replacement or the place where people work on it is named', async () => {
  const { stdout } = await plan({ '/work/requirements.txt': 'zstandard\ntokenizers\n' });
  expect(stdout).toContain(
    'No version is ready; use `compression.zstd` of the standard library (Python 3.14)',
  );
  expect(stdout).toContain(
    'No version is known to be ready; people work on it at https://github.com/huggingface/tokenizers/issues/1784.',
  );
});

test('a version whose wheels are all for a newer Python is not offered to an older one', async () => {
  const files = { '/work/requirements.txt': 'pyyaml==6.0.1\n' };
  expect((await plan(files)).stdout).toContain('Move to pyyaml 6.0.3 or later');
  const { stdout } = await plan(files, '--target-python', '3.13');
  expect(stdout).not.toContain('Move to');
  expect(stdout).toContain('use the fork PyYAML-ft');
});

test('the patch and `--write` raise the same bounds, and touch nothing else', async () => {
  const files = {
    '/work/requirements.txt':
      'click\nflask\nnumpy==1.26.4  # pinned\njinja2\nrich\nattrs\nhttpx\nanyio\nmatplotlib>=3.5 ; python_version > "3.8"',
  };
  const { stdout: patch } = await plan(files, '--format', 'diff');
  expect(patch).toBe(
    [
      '--- a/requirements.txt',
      '+++ b/requirements.txt',
      '@@ -1,6 +1,6 @@',
      ' click',
      ' flask',
      '-numpy==1.26.4  # pinned',
      `+numpy==${NUMPY}  # pinned`,
      ' jinja2',
      ' rich',
      ' attrs',
      '',
    ].join('\n'),
  );
  const { saved, stdout } = await plan(files, '--write');
  expect(saved).toEqual({
    '/work/requirements.txt': files['/work/requirements.txt'].replace('numpy==1.26.4', `numpy==${NUMPY}`),
  });
  expect(stdout).toMatch(/requirements\.txt: 1 bound raised\.\n$/);
});

test('the Markdown is a list of tasks, and what a lock file says is never rendered', async () => {
  const { stdout } = await plan(
    {
      '/work/requirements.txt': 'numpy<2\n',
      '/work/uv.lock':
        '[[package]]\nname = "numpy"\nversion = "1.26.4"\nsource = { registry = "x" }\n[[package]]\nname = "<b>*x*"\nversion = "1"\nsource = { registry = "x" }\n',
    },
    '--format',
    'markdown',
  );
  expect(stdout).toContain('- [ ] **numpy 1.26.4: GIL comes back**\n  - Move to numpy 2.1.0 or later');
  expect(stdout).toContain('Not known: \\<b\\>\\*x\\*.');
});

test('a project without offenders has an empty plan and passes', async () => {
  const { stdout, code } = await plan({ '/work/requirements.txt': 'numpy>=2.3\n' });
  expect([stdout, code]).toEqual([
    'Plan for free-threaded Python 3.14: none of 1 dependency is known to stand in the way\n',
    0,
  ]);
});

test('`--write` without a plan is wrong usage', async () => {
  const { stderr, code } = await runHeddle(['deps', '--write'], { files: { '/work/requirements.txt': '' } });
  expect([stderr, code]).toEqual([
    'error: `--write`, `--check-with-uv` and `--format diff` belong to a plan; add `--plan`.\n',
    2,
  ]);
});

test('uv is asked only when named, and gets the files as they will be, with bounds on what comes along', async () => {
  const files = {
    '/work/requirements.txt': '-r base.in\npandas\n',
    '/work/base.in': 'matplotlib==3.8.0\n',
    '/work/poetry.lock': '[[package]]\nname = "numpy"\nversion = "1.26.4"\n',
  };
  const analyzer = () => createAnalyzer({ host: memoryHost(files), parser, logger: silentLogger });
  const asked: unknown[] = [];
  const uv = async (...given: readonly unknown[]) => {
    asked.push(given);
    return {
      code: 0,
      stdout: `numpy==2.0.1\nmatplotlib==${MATPLOTLIB} ; sys_platform == "linux"\n`,
      stderr: '',
    };
  };
  await runHeddle(['deps', '--plan'], { files, analyzer: analyzer(), uv });
  expect(asked).toEqual([]);
  const { stdout } = await runHeddle(['deps', '--plan', '--check-with-uv'], {
    files,
    analyzer: analyzer(),
    uv,
  });
  expect(asked).toEqual([
    [
      expect.arrayContaining([
        { path: '/work/requirements.txt', text: '-r base.in\npandas\n' },
        { path: '/work/base.in', text: `matplotlib==${MATPLOTLIB}\n` },
      ]),
      expect.arrayContaining(['compile', '--python-version', '3.14', '--no-build', '/work/requirements.txt']),
      { name: 'heddle-plan.txt', text: 'numpy>=2.1.0\n' },
    ],
  ]);
  expect(stdout).toContain(
    `uv: requirements.txt resolves with the plan on Python 3.14: matplotlib ${MATPLOTLIB}; numpy 2.0.1, older than 2.1.0.\n`,
  );
});

test('what uv cannot resolve is shown in its own words; without uv that is said', async () => {
  const files = { '/work/requirements.txt': 'numpy==1.26.4\n' };
  const analyzer = () => createAnalyzer({ host: memoryHost(files), parser, logger: silentLogger });
  const words = ['deps', '--plan', '--check-with-uv'];
  const uv = async () => ({ code: 1, stdout: '', stderr: '  × No solution found\n' });
  const failed = await runHeddle(words, { files, analyzer: analyzer(), uv });
  expect(failed.stdout).toContain(
    'uv: requirements.txt does not resolve with the plan on Python 3.14:\n  × No solution found\n',
  );
  const { stderr, code } = await runHeddle(words, { files, analyzer: analyzer() });
  expect([stderr, code]).toEqual(['error: uv is not installed, so the plan was not checked with it.\n', 2]);
});

test('tests and documentation count after the program itself', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'numpy==1.26.4\nmatplotlib==3.8.0\n',
    '/work/docs/conf.py': 'import matplotlib\n\nmatplotlib.use("agg")\n',
    '/work/tests/test_table.py': 'import numpy\n\nX = numpy.nan\n',
    '/work/app/table.py': 'import numpy\n\nX = numpy.nan\n',
  });
  expect(stdout.indexOf('\nnumpy 1.26.4')).toBeLessThan(stdout.indexOf('\nmatplotlib 3.8.0'));
  expect(stdout.indexOf('app/table.py:1')).toBeLessThan(stdout.indexOf('tests/test_table.py:1'));
});

test('a version that is new enough but has no wheel for this Python moves to one that has', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'pillow\n',
    '/work/uv.lock':
      '[[package]]\nname = "pillow"\nversion = "11.0.0"\nsource = { registry = "x" }\nwheels = [{ url = "https://x/pillow-11.0.0-cp313-cp313t-manylinux_2_28_x86_64.whl" }]\n',
  });
  expect(stdout).toMatch(/Move to pillow (?:1[2-9]|[2-9]\d)[\d.]* or later/);
  expect(stdout).toMatch(/requirements\.txt:1: pillow → pillow>=(?:1[2-9]|[2-9]\d)/);
});

test('no command is shown that would find nothing better', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'tokenizers\n',
    '/work/poetry.lock': '[[package]]\nname = "tokenizers"\nversion = "0.20.0"\n',
  });
  expect(stdout).toContain('tokenizers 0.20.0: no usable build');
  expect(stdout).not.toContain('poetry update');
});

test('what is installed and asks for something older has to move too', async () => {
  const host = project(
    {
      ...distribution('bcrypt', '4.0.1', {
        [`bcrypt/_bcrypt${TAG}`]: withGil('_bcrypt'),
        'bcrypt/__init__.py': 'from . import _bcrypt\n',
      }),
      'loom-1.0.dist-info/METADATA':
        'Name: loom\nVersion: 1.0\nRequires-Dist: bcrypt<4.2\nRequires-Dist: bcrypt<1 ; extra == "old"\n',
      'loom-1.0.dist-info/RECORD': '',
    },
    { 'requirements.txt': 'loom\nbcrypt>=4\n', 'app.py': 'import bcrypt\n\nbcrypt.gensalt()\n' },
  );
  const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
  const { stdout } = await runHeddle(['deps', '--plan'], { analyzer });
  expect(stdout).toContain(
    '\nbcrypt 4.0.1: GIL comes back\n  Move to bcrypt 4.3.0 or later, which your bounds admit',
  );
  expect(stdout).toContain('  loom 1.0, which is installed, asks for bcrypt<4.2: it has to move too.\n');
  expect(stdout).not.toContain('bcrypt<1');
  expect(stdout).toContain('  app.py:1 imports bcrypt (bcrypt → bcrypt._bcrypt) when it is loaded.\n');
});

test('an import that is called like a dependency of which nothing else is known counts for it', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'loom-cloud-store\n',
    '/work/poetry.lock':
      '[[package]]\nname = "loom-cloud-store"\nversion = "1"\n[package.dependencies]\nnumpy = ">=1"\n\n[[package]]\nname = "numpy"\nversion = "1.26.4"\n',
    '/work/app.py': 'from loom.cloud import store\n',
  });
  expect(stdout).toContain('  It comes with loom-cloud-store, which app.py:1 imports.\n');
});

test('an environment whose version is damaged is planned for as if it named none', async () => {
  const { stdout, code } = await plan({
    '/work/pyproject.toml': `${PROJECT}requires-python = ">=3.9"\ndependencies = ["lxml>=5"]\n`,
    '/work/.venv/pyvenv.cfg': `version = 3.${'9'.repeat(30)}.0\n`,
  });
  expect(stdout.split('\n')[0]).toBe(
    'Plan for free-threaded Python 3.14: 1 of 1 dependency stands in the way',
  );
  expect(code).toBe(1);
});

test.each([
  ['[project]\nname = "loom"\nrequires-python = "==3.12.*"\ndependencies = ["numpy>=2.3"]\n', 3],
  ['[tool.poetry.dependencies]\npython = "~3.13"\nnumpy = ">=2.3"\n', 2],
])('a project that keeps the Python meant out is told to widen that bound first', async (text, line) => {
  const files = { '/work/pyproject.toml': text };
  const written = text.split('\n')[line - 1];
  const { stdout } = await plan(files);
  expect(stdout).toContain(`\n\npyproject.toml:${line}: ${written} excludes Python 3.14: widen it first.\n`);
  const { stdout: json } = await plan(files, '--format', 'json');
  expect(JSON.parse(json).pythonBounds).toEqual([{ file: 'pyproject.toml', line, written }]);
  const admitting = text.replace('==3.12.*', '>=3.14.1').replace('~3.13', '^3.12');
  expect((await plan({ '/work/pyproject.toml': admitting })).stdout).not.toContain('widen');
});

test('what has no wheel in any version but declares is told to be built from source', async () => {
  const row = compatByDistribution('thrift')!;
  expect(row).toMatchObject({ status: 'no-wheel', before: 'gil-at-import' });
  const { stdout } = await plan({ '/work/requirements.txt': 'thrift==0.16.0\n' });
  expect(stdout).toContain(
    `No version has a wheel for that Python; built from source, thrift ${row.since} and later keep the GIL off (`,
  );
  expect(stdout).not.toContain('the first version known to keep the GIL off');
});

test('a bound is shown with its extras, and folders that begin with a dot are no part of the program', async () => {
  const { stdout } = await plan({
    '/work/requirements.txt': 'numpy[fast]==1.26.4\n',
    '/work/.rules/sample.py': 'import numpy\n\nX = numpy.nan\n',
    '/work/app/table.py': 'import numpy\n\nX = numpy.nan\n',
  });
  expect(stdout).toContain(`  requirements.txt:1: numpy[fast]==1.26.4 → numpy[fast]==${NUMPY}\n`);
  expect(stdout.indexOf('app/table.py:1')).toBeLessThan(stdout.indexOf('.rules/sample.py:1'));
});
