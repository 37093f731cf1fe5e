import { describe, expect, it } from 'vitest';
import {
  dependencyFileKind,
  parseDependencyFile,
  readDependencyFiles,
} from '../../../../src/env/dependencyFiles/dependencyFile.ts';
import { memoryHost } from '../folders.ts';

/** The requirements of a file as [text under the squiggle, constraint, group or role]. */
function requirementsOf(path: string, text: string) {
  const file = parseDependencyFile(path, text)!;
  expect(file.unreadable).toBe(false);
  for (const { name, constraint, places } of file.requirements) {
    if (places === undefined) continue;
    expect(text.slice(places.name.start, places.name.end)).toBe(name);
    expect(text.slice(places.constraint.start, places.constraint.end)).toBe(constraint);
  }
  return file.requirements.map(({ span, constraint, group, role }) => [
    text.slice(span.start, span.end),
    constraint,
    group ?? role,
  ]);
}

describe('requirements.txt', () => {
  const text = [
    '# comment',
    '-r base.txt',
    '--constraint=limits.txt',
    '-e ./local',
    '--index-url https://example.org/simple',
    './wheel.whl',
    'https://example.org/x-1.0.tar.gz',
    'Django>=4,<6  # web',
    'numpy [extra] == 1.26.4 ; python_version < "3.13"',
    'regex==2024.1.1 \\',
    '    --hash=sha256:aa \\',
    '    --hash=sha256:bb',
    'direct @ https://example.org/direct.whl ; sys_platform == "win32"',
    '???',
    '',
  ].join('\r\n');

  it('gives each requirement with its place, and leaves the rest out', () => {
    expect(requirementsOf('requirements-dev.txt', text)).toEqual([
      ['Django>=4,<6', '>=4,<6', 'requirement'],
      ['numpy [extra] == 1.26.4 ; python_version < "3.13"', '== 1.26.4', 'requirement'],
      ['regex==2024.1.1', '==2024.1.1', 'requirement'],
      ['direct @ https://example.org/direct.whl ; sys_platform == "win32"', '', 'requirement'],
    ]);
    const [, numpy, regex, direct] = parseDependencyFile('requirements.txt', text)!.requirements;
    expect(numpy).toMatchObject({ extras: ['extra'], marker: 'python_version < "3.13"', hashed: false });
    expect(regex).toMatchObject({ hashed: true });
    expect(direct).toMatchObject({ direct: true, marker: 'sys_platform == "win32"' });
  });

  it('names the files it includes', () => {
    const { includes } = parseDependencyFile('requirements.txt', text)!;
    expect(includes.map(({ path, role, span }) => [path, role, text.slice(span.start, span.end)])).toEqual([
      ['base.txt', 'requirement', 'base.txt'],
      ['limits.txt', 'constraint', 'limits.txt'],
    ]);
  });
});

describe('a line of a requirements file', () => {
  it.each([
    ['numpy==2.0.0\\', ['numpy==2.0.0']],
    ['numpy>=1!2.0', ['numpy>=1!2.0']],
    ['numpy-2.0.0-cp314-cp314t-linux_x86_64.whl', []],
    ['sub/numpy-2.0.0.tar.gz ; os_name == "nt"', []],
    ['numpy @ https://x/numpy-2.0.0.whl', ['numpy']],
  ])('%j requires %j', (text, expected) => {
    const { requirements } = parseDependencyFile('requirements.txt', text)!;
    expect(requirements.map(({ name, constraint }) => `${name}${constraint}`)).toEqual(expected);
  });

  it('may quote the file that it includes', () => {
    const { includes } = parseDependencyFile('requirements.txt', '-r "a b.txt"\n-c \'c d.txt\'\n')!;
    expect(includes.map(({ path }) => path)).toEqual(['a b.txt', 'c d.txt']);
  });
});

describe('pyproject.toml', () => {
  it('gives dependencies, extras, groups and what uv and PDM had before', () => {
    const text = `
[project]
dependencies = ["numpy>=1.26", 'rich']
[project.optional-dependencies]
fast = ["orjson ; python_version >= '3.10'"]
[dependency-groups]
test = ["pytest>=8", { include-group = "lint" }]
lint = ["ruff"]
[tool.uv]
dev-dependencies = ["mypy"]
constraint-dependencies = ["pandas<3"]
[tool.pdm.dev-dependencies]
docs = ["sphinx"]
`;
    expect(requirementsOf('pyproject.toml', text)).toEqual([
      ['numpy>=1.26', '>=1.26', 'requirement'],
      ['rich', '', 'requirement'],
      ["orjson ; python_version >= '3.10'", '', 'fast'],
      ['pytest>=8', '>=8', 'test'],
      ['ruff', '', 'lint'],
      ['mypy', '', 'dev'],
      ['pandas<3', '<3', 'constraint'],
      ['sphinx', '', 'docs'],
    ]);
  });

  it("gives Poetry's tables", () => {
    const text = `
[tool.poetry.dependencies]
python = "^3.12"
numpy = "^1.26"
pandas = [{ version = "<2", python = "<3.9" }, { version = "^2.2", python = ">=3.9" }]
mine = { path = "../mine" }
[tool.poetry.group.dev.dependencies]
pytest = "*"
[tool.poetry.group.docs]
optional = true
[tool.poetry.group.docs.dependencies.sphinx]
version = "~7.1"
`;
    expect(requirementsOf('pyproject.toml', text)).toEqual([
      ['numpy = "^1.26"', '^1.26', 'requirement'],
      ['{ version = "<2", python = "<3.9" }', '<2', 'requirement'],
      ['{ version = "^2.2", python = ">=3.9" }', '^2.2', 'requirement'],
      ['mine = { path = "../mine" }', '', 'requirement'],
      ['pytest = "*"', '*', 'dev'],
      ['sphinx', '~7.1', 'docs'],
    ]);
  });

  it('leaves out the project itself, which it may require with extras', () => {
    const text =
      '[project]\nname = "My.App"\ndependencies = ["rich"]\n[dependency-groups]\nd = ["my-app[x]"]\n';
    expect(requirementsOf('pyproject.toml', text)).toEqual([['rich', '', 'requirement']]);
  });

  it("has Poetry's limits on Python and platform as markers", () => {
    const text =
      '[tool.poetry.dependencies]\na = { version = "1", python = "^3.9", platform = "darwin", markers = "extra == \'x\'" }\n';
    expect(parseDependencyFile('pyproject.toml', text)?.requirements[0]?.marker).toBe(
      "python_version >= '3.9' and python_version < '4' and sys_platform == 'darwin' and (extra == 'x')",
    );
  });

  it('that is half typed is unreadable, not an error', () => {
    expect(parseDependencyFile('pyproject.toml', '[project\ndep')).toMatchObject({
      unreadable: true,
      requirements: [],
    });
  });
});

describe('Pipfile', () => {
  it('gives the packages of all categories', () => {
    const text = `
[[source]]
url = "https://pypi.org/simple"
[packages]
numpy = ">=1.26"
rich = "*"
lxml = { version = "==5.0", sys_platform = "== 'win32'" }
mine = { path = ".", editable = true }
[dev-packages]
pytest = "~=8.0"
[requires]
python_version = "3.14"
`;
    expect(requirementsOf('Pipfile', text)).toEqual([
      ['numpy = ">=1.26"', '>=1.26', 'requirement'],
      ['rich = "*"', '*', 'requirement'],
      [`lxml = { version = "==5.0", sys_platform = "== 'win32'" }`, '==5.0', 'requirement'],
      ['mine = { path = ".", editable = true }', '', 'requirement'],
      ['pytest = "~=8.0"', '~=8.0', 'dev-packages'],
    ]);
    expect(
      parseDependencyFile('Pipfile', text)?.requirements.map(({ marker, direct }) => [marker, direct]),
    ).toEqual([
      [undefined, false],
      [undefined, false],
      ["sys_platform == 'win32'", false],
      [undefined, true],
      [undefined, false],
    ]);
  });
});

describe('environment.yml', () => {
  it("gives conda's specs and pip's requirements", () => {
    const text = `
name: x
channels: [conda-forge]
dependencies:
  - python=3.14=*_cp314t
  - conda-forge::numpy >=1.26,<3
  - scipy=1.11  # c
  - "polars"
  - pip:
      - regex>=2024 ; python_version > "3"
      - -r requirements.txt
`;
    expect(requirementsOf('environment.yml', text)).toEqual([
      ['python=3.14=*_cp314t', '=3.14=*_cp314t', 'requirement'],
      ['conda-forge::numpy >=1.26,<3', '>=1.26,<3', 'requirement'],
      ['scipy=1.11', '=1.11', 'requirement'],
      ['polars', '', 'requirement'],
      ['regex>=2024 ; python_version > "3"', '>=2024', 'pip'],
    ]);
  });

  it('takes bounds apart by white space, builds, and what an alias stands for', () => {
    const text = `
base: &base
  - numpy >= 1.26, < 3
  - scipy = 1.11
  - lxml 5.0 py312_0
  - pip: &pip [regex>=2024]
dependencies: *base
`;
    expect(requirementsOf('environment.yml', text)).toEqual([
      ['numpy >= 1.26, < 3', '>= 1.26, < 3', 'requirement'],
      ['scipy = 1.11', '= 1.11', 'requirement'],
      ['lxml 5.0 py312_0', '5.0 py312_0', 'requirement'],
      ['regex>=2024', '>=2024', 'pip'],
    ]);
  });

  it.each(['name: x\n', 'dependencies:\n', 'name: x\ndependencies: []\n'])('may have none (%j)', (text) => {
    expect(parseDependencyFile('environment.yml', text)).toMatchObject({
      unreadable: false,
      requirements: [],
    });
  });

  it.each(['dependencies: [', 'dependencies: x\n', '- a\n'])(
    'that is no environment (%j) is unreadable',
    (text) => {
      expect(parseDependencyFile('environment.yml', text)?.unreadable).toBe(true);
    },
  );
});

describe('lock files', () => {
  const placed = (path: string, text: string) => {
    const { lock, unreadable } = parseDependencyFile(path, text)!;
    expect(unreadable).toBe(false);
    return lock!.distributions.map(({ name, version, files, span, fromIndex }) => ({
      name,
      version,
      files,
      fromIndex,
      line: span && text.slice(span.start, span.end),
    }));
  };

  it('uv.lock', () => {
    const text = `version = 1
revision = 3
requires-python = ">=3.13"

[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }
dependencies = [
    { name = "numpy" },
]

[package.metadata]
requires-dist = [{ name = "numpy" }]

[[package]]
name = "numpy"
version = "2.3.0"
source = { registry = "https://index.example/simple" }
resolution-markers = ["sys_platform == 'win32'"]
sdist = { url = "https://x/numpy-2.3.0.tar.gz", hash = "sha256:0", size = 1 }
wheels = [
    { url = "https://x/numpy-2.3.0-cp314-cp314t-win_amd64.whl", hash = "sha256:0" },
]
`;
    const numpy = {
      name: 'numpy',
      version: '2.3.0',
      files: ['numpy-2.3.0-cp314-cp314t-win_amd64.whl', 'numpy-2.3.0.tar.gz'],
      fromIndex: true,
      line: 'name = "numpy"',
    };
    const mine = { name: 'mine', version: '0.1', files: undefined, fromIndex: false, line: 'name = "mine"' };
    expect(placed('uv.lock', text)).toEqual([mine, numpy]);
    const { lock } = parseDependencyFile('uv.lock', text)!;
    expect(lock).toMatchObject({ prunedTo: '>=3.13' });
    expect(lock!.distributions[0]?.dependencies).toEqual([{ name: 'numpy', marker: undefined }]);
    expect(lock!.distributions[1]?.marker).toBe("(sys_platform == 'win32')");
  });

  it('poetry.lock, present and earlier', () => {
    const present = `[[package]]
name = "numpy"
version = "2.3.0"
files = [
    {file = "numpy-2.3.0-cp314-cp314t-win_amd64.whl", hash = "sha256:0"},
]
[package.dependencies]
six = "*"

[metadata]
content-hash = "0"
`;
    const files = ['numpy-2.3.0-cp314-cp314t-win_amd64.whl'];
    const row = { name: 'numpy', version: '2.3.0', files, fromIndex: true, line: 'name = "numpy"' };
    expect(placed('poetry.lock', present)).toEqual([row]);
    const earlier = `[[package]]
name = "numpy"
version = "2.3.0"

[metadata.files]
numpy = [
    {file = "numpy-2.3.0-cp314-cp314t-win_amd64.whl", hash = "sha256:0"},
]
`;
    expect(placed('poetry.lock', earlier)).toEqual([row]);
  });

  it('pdm.lock', () => {
    const text = `[metadata]
groups = ["default"]

[[package]]
name = "regex"
version = "2024.1"
dependencies = ["six>=1"]
files = [
    {url = "https://x/regex-2024.1-cp314-cp314t-win_amd64.whl#frag", hash = "sha256:0"},
]
`;
    expect(placed('pdm.lock', text)[0]).toMatchObject({
      name: 'regex',
      files: ['regex-2024.1-cp314-cp314t-win_amd64.whl'],
      line: 'name = "regex"',
    });
    expect(parseDependencyFile('pdm.lock', text)!.lock!.distributions[0]?.dependencies).toEqual([
      { name: 'six', marker: undefined },
    ]);
  });

  it('pylock.toml, with and without a file name', () => {
    const text = `lock-version = "1.0"
requires-python = ">=3.14"
[[packages]]
name = "regex"
version = "2024.1"
wheels = [
  { url = "https://x/regex-2024.1-cp314-cp314t-win_amd64.whl", hashes = {} },
  { name = "regex-2024.1-py3-none-any.whl", url = "https://x/other", hashes = {} },
]
sdist = { name = "regex-2024.1.tar.gz", hashes = {} }
`;
    expect(placed('pylock.dev.toml', text)[0]).toMatchObject({
      files: [
        'regex-2024.1-cp314-cp314t-win_amd64.whl',
        'regex-2024.1-py3-none-any.whl',
        'regex-2024.1.tar.gz',
      ],
      line: 'name = "regex"',
    });
  });

  it('Pipfile.lock, which names no files', () => {
    const text = JSON.stringify(
      {
        _meta: {},
        default: { numpy: { version: '==2.3.0', hashes: ['sha256:0'], markers: "python_version >= '3'" } },
        develop: { numpy: { version: '==2.3.0' }, mine: { path: '.' } },
      },
      undefined,
      4,
    );
    expect(placed('Pipfile.lock', text)).toEqual([
      { name: 'numpy', version: '2.3.0', files: undefined, fromIndex: true, line: '"numpy"' },
      { name: 'numpy', version: '2.3.0', files: undefined, fromIndex: true, line: '"numpy"' },
    ]);
    const [first, second] = parseDependencyFile('Pipfile.lock', text)!.lock!.distributions;
    expect(second!.span!.start).toBeGreaterThan(first!.span!.start);
  });

  it('point at the right line whatever stands around the headings', () => {
    const text = [
      'note = """',
      '[[package]]',
      'name = "no package"',
      '"""',
      ' [[ package ]] # first',
      "  name = 'numpy' # why",
      '  version = "2.3.0"',
      '[[package]]',
      '"name" = "flask"',
      'version = "3.0"',
      '[[package]]',
      'name = "numpy"',
      'version = "2.0.0"',
    ].join('\r\n');
    expect(placed('pdm.lock', text).map(({ name, line }) => [name, line])).toEqual([
      ['numpy', "name = 'numpy'"],
      ['flask', '"name" = "flask"'],
      ['numpy', 'name = "numpy"'],
    ]);
  });

  it('Pipfile.lock with white space of its own, escapes, and names that its values have too', () => {
    const text =
      '{"default" : {"r\\u0069ch" : {"version" : "==1"}, "index" : {"version" : "==1"}, "numpy" : {"index" : "pypi", "version" : "==2.3.0"}, "version" : {"version" : "==1"}}}';
    const spans = parseDependencyFile('Pipfile.lock', text)!.lock!.distributions.map(
      ({ span }) => span?.start,
    );
    expect(spans).toEqual([
      text.indexOf('"r\\u0069ch"'),
      text.indexOf('"index"'),
      text.indexOf('"numpy"'),
      text.indexOf('"version" : {'),
    ]);
  });

  it.each(['uv.lock', 'poetry.lock', 'pdm.lock', 'pylock.toml', 'Pipfile.lock'])(
    '%s full of rubbish is unreadable',
    (path) => {
      expect(parseDependencyFile(path, '{{{ = [')).toMatchObject({ unreadable: true, lock: undefined });
    },
  );
});

describe('the dependency files of a folder', () => {
  it.each([
    ['requirements.txt', 'requirements'],
    ['dev-requirements.txt', 'requirements'],
    ['requirements_test.txt', 'requirements'],
    ['constraints.txt', 'requirements'],
    ['requirements/base.txt', 'requirements'],
    ['pylock.toml', 'pylock'],
    ['environment-dev.yaml', 'conda-environment'],
    ['notes.txt', undefined],
    ['Cargo.lock', undefined],
  ])('%s is recognised as %s', (path, kind) => {
    expect(dependencyFileKind(`/p/${path}`)).toBe(kind);
  });

  it('are those of the members of a uv workspace too', async () => {
    const member = (name: string) => `[project]\nname = "${name}"\ndependencies = ["numpy"]\n`;
    const host = memoryHost({
      '/p/pyproject.toml':
        '[tool.uv.workspace]\nmembers = ["packages/*", "./tool/", "../other", "gone"]\nexclude = ["packages/old*"]\n',
      '/p/packages/a/pyproject.toml': member('a'),
      '/p/packages/old-b/pyproject.toml': member('b'),
      '/p/packages/.hidden/pyproject.toml': member('hidden'),
      '/p/packages/notes.txt': '',
      '/p/tool/pyproject.toml': '[tool.uv.workspace]\nmembers = ["inner"]\n',
      '/p/tool/inner/pyproject.toml': member('inner'),
      '/other/pyproject.toml': member('other'),
    });
    const files = await readDependencyFiles('/p', host);
    expect(files.map(({ path }) => path)).toEqual([
      '/p/pyproject.toml',
      '/p/packages/a/pyproject.toml',
      '/p/tool/pyproject.toml',
    ]);
  });

  it('are read in UTF-16 with its mark as well, as PowerShell writes them', async () => {
    const little = [...'\uFEFFnumpy==2.0\r\n'].flatMap((unit) => {
      const code = unit.charCodeAt(0);
      return [code & 0xff, code >> 8];
    });
    const big = little.map((_, index) => little[index ^ 1]!);
    const host = memoryHost({
      '/p/requirements.txt': new Uint8Array(little),
      '/p/requirements-dev.txt': new Uint8Array(big),
    });
    const files = await readDependencyFiles('/p', host);
    expect(files.map(({ text }) => text)).toEqual(['numpy==2.0\r\n', 'numpy==2.0\r\n']);
  });

  it('that are there and cannot be had are unreadable', async () => {
    const host = memoryHost({
      '/p/requirements.txt': '-r locked.txt\n-r missing.txt\n',
      '/p/locked.txt': '',
      '/p/uv.lock': '',
    });
    const denied = { failure: 'denied', reason: 'permission denied' } as const;
    const readFile = async (path: string) => (/lock/.test(path) ? denied : host.readFile(path));
    const files = await readDependencyFiles('/p', { ...host, readFile });
    expect(files.map(({ path, unreadable }) => [path, unreadable])).toEqual([
      ['/p/requirements.txt', false],
      ['/p/uv.lock', true],
      ['/p/locked.txt', true],
    ]);
  });

  it('include no file of another computer', async () => {
    const host = memoryHost({
      '/p/requirements.txt':
        '-r //evil/share/a.txt\n-r \\\\evil\\share\\b.txt\n-r https://evil/c.txt\n-r FILE:///d.txt\n',
    });
    const reads: string[] = [];
    const readFile = (path: string) => {
      reads.push(path);
      return host.readFile(path);
    };
    await readDependencyFiles('/p', { ...host, readFile });
    expect(reads).toEqual(['/p/requirements.txt']);
  });

  it('are found with what they include, each once, even in a circle', async () => {
    const host = memoryHost({
      '/p/requirements.txt': '-r requirements/base.txt\n-c ../shared/limits.txt\n-r missing.txt\n',
      '/p/requirements/base.txt': '-r ../requirements.txt\nnumpy\n',
      '/p/uv.lock': 'version = 1\n',
      '/shared/limits.txt': 'pandas<3\n',
      '/p/README.txt': 'numpy\n',
    });
    const files = await readDependencyFiles('/p', host);
    expect(files.map(({ path }) => path)).toEqual([
      '/p/requirements.txt',
      '/p/uv.lock',
      '/p/requirements/base.txt',
      '/shared/limits.txt',
    ]);
    expect(files.at(-1)?.requirements).toMatchObject([{ name: 'pandas', role: 'constraint' }]);
  });
});
