import { describe, expect, it } from 'vitest';
import type { Interpreter } from '../../../src/env/interpreter.ts';
import { decideTarget, isTargetFile, readTargetFiles } from '../../../src/env/target.ts';
import { memoryHost } from './folders.ts';

const decide = (path: string, text: string) => decideTarget([{ path, text }]);

describe('the project means free-threaded Python when', () => {
  it.each([
    ['.python-version', '3.14t\n', '3.14t'],
    ['.tool-versions', 'nodejs 22\npython 3.14.0t\n', '3.14.0t'],
    ['tox.ini', '[tox]\nenvlist = py313, py314t\n', 'py314t'],
    ['tox.toml', 'env_list = ["3.13", "3.14t"]\n', '3.14t'],
    ['noxfile.py', '@nox.session(python=["3.13", "3.13t"])\ndef tests(s): ...\n', '3.13t'],
    ['.github/workflows/ci.yml', 'matrix:\n  python-version: ["3.13", "3.14t"]\n', '3.14t'],
    [
      '.github/workflows/ci.yml',
      'with:\n  python-version: 3.14\n  freethreaded: true\n',
      'freethreaded: true',
    ],
    ['.github/workflows/w.yml', 'env:\n  CIBW_ENABLE: cpython-freethreading\n', 'cpython-freethreading'],
    [
      '.gitlab-ci.yml',
      'image: python:3.14-slim\nscript: uv run -p 3.14+freethreaded x\n',
      '3.14+freethreaded',
    ],
    ['environment.yml', 'dependencies:\n  - python-freethreading=3.14\n', 'python-freethreading'],
    ['pyproject.toml', '[tool.tox]\nenv_list = ["3.14t"]\n', '"3.14t"'],
    ['pyproject.toml', '[[tool.hatch.envs.test.matrix]]\npython = ["3.13", "3.14t"]\n', '"3.14t"'],
    [
      'pyproject.toml',
      '[tool.cibuildwheel]\nenable = ["cpython-freethreading"]\n',
      '"cpython-freethreading"',
    ],
    ['pyproject.toml', '[tool.cibuildwheel]\nfree-threaded-support = true\n', 'true'],
    [
      'pyproject.toml',
      '[project]\nname = "x"\nclassifiers = [\n  "Programming Language :: Python :: Free Threading :: 2 - Beta",\n]\n',
      '"Programming Language :: Python :: Free Threading :: 2 - Beta"',
    ],
    [
      'setup.cfg',
      '[metadata]\nclassifiers =\n    Programming Language :: Python :: Free Threading :: 3 - Stable\n',
      'Programming Language :: Python :: Free Threading :: 3 - Stable',
    ],
    ['setup.cfg', '[metadata]\nname = x\n[tox:tox]\nenvlist = py314t\n[flake8]\nmax = 1\n', 'py314t'],
  ])('%s says so, and the place that says it is known', (path, text, marked) => {
    const { target, evidence } = decide(path, text);
    expect(target).toBe('free-threaded');
    const [first] = evidence;
    expect(first!.path).toBe(path);
    expect(text.slice(first!.span!.start, first!.span!.end)).toBe(marked);
  });

  it('its interpreter is free-threaded', () => {
    const interpreter: Interpreter = {
      kind: 'venv',
      prefix: '/p/.venv',
      executable: '/p/.venv/bin/python',
      version: '3.14.0',
      freeThreaded: 'yes',
      implementation: 'cpython',
      evidence: [
        {
          path: '/p/.venv/lib/python3.14t',
          says: 'the folder lib/python3.14t belongs to a free-threaded build',
        },
      ],
      sitePackages: [],
      platform: undefined,
    };
    expect(decideTarget([], interpreter)).toMatchObject({
      target: 'free-threaded',
      evidence: [
        {
          says: 'the interpreter in use is free-threaded (the folder lib/python3.14t belongs to a free-threaded build)',
        },
      ],
    });
    expect(decideTarget([], { ...interpreter, freeThreaded: 'unknown' }).target).toBe('gil');
  });
});

describe('it does not when', () => {
  it.each([
    ['.python-version', '3.14\n'],
    ['.python-version', '3.14+gil\n'],
    ['.github/workflows/ci.yml', '# later: 3.14t\npython-version: ["3.14"]\n'],
    ['.github/workflows/w.yml', 'env:\n  CIBW_SKIP: cp313t-* cp314t-*\n'],
    ['pyproject.toml', '[tool.cibuildwheel]\nskip = ["cp31?t-*", "cp314t-*"]\n'],
    ['pyproject.toml', '[project]\ndescription = "not yet on 3.14t"\n'],
    ['pyproject.toml', '[project\n'],
    ['tox.ini', '[tox]\nenvlist = py313, test\n'],
    ['noxfile.py', 'VERSION = "1.3.14test"\n'],
  ])('%s says nothing of it: %j', (path, text) => {
    expect(decide(path, text)).toMatchObject({ target: 'gil', evidence: [] });
  });
});

describe('the strongest statement comes first', () => {
  it('a pinned interpreter before the test matrix before a classifier', () => {
    const { evidence } = decideTarget([
      {
        path: 'pyproject.toml',
        text: '[project]\nclassifiers = ["Programming Language :: Python :: Free Threading"]\n',
      },
      { path: '.github/workflows/ci.yml', text: 'python: 3.14t\n' },
      { path: 'tox.ini', text: 'envlist = 3.14t\n' },
      { path: '.python-version', text: '3.14t\n' },
    ]);
    expect(evidence.map(({ path }) => path)).toEqual([
      '.python-version',
      'tox.ini',
      '.github/workflows/ci.yml',
      'pyproject.toml',
    ]);
  });
});

describe('the oldest Python admitted', () => {
  it.each([
    ['pyproject.toml', '[project]\nrequires-python = ">=3.10,<4"\n', '3.10'],
    ['pyproject.toml', '[tool.poetry.dependencies]\npython = "^3.9"\n', '3.9'],
    ['setup.cfg', '[options]\npython_requires = >=3.8\n', '3.8'],
    ['setup.py', 'setup(\n    python_requires=">=3.11",\n)\n', '3.11'],
  ])('is read from %s', (path, text, lowest) => {
    const { requiresPython } = decide(path, text);
    expect(requiresPython?.lowest).toBe(lowest);
    expect(text.slice(requiresPython!.span.start, requiresPython!.span.end)).toContain(lowest);
  });

  it('is not known when nothing says it', () => {
    expect(decide('pyproject.toml', '[project]\nrequires-python = "<4"\n').requiresPython).toBeUndefined();
  });
});

describe('reading the files', () => {
  it('takes the known ones and every workflow', async () => {
    const host = memoryHost({
      '/p/tox.ini': 'a',
      '/p/.github/workflows/ci.yml': 'b',
      '/p/.github/workflows/notes.md': 'c',
      '/p/other.txt': 'd',
    });
    expect((await readTargetFiles('/p', host)).map(({ path }) => path)).toEqual([
      'tox.ini',
      '.github/workflows/ci.yml',
    ]);
    expect(isTargetFile('.github/workflows/ci.yml')).toBe(true);
    expect(isTargetFile('src/tox.ini')).toBe(false);
  });
});
