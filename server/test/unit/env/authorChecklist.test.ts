import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join, relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { applyEdits, replacement } from '../../../src/base/textEdit.ts';
import { type AuthorItem, authorChecklist } from '../../../src/env/authorChecklist.ts';
import type { ProjectFile } from '../../../src/env/target.ts';

const LIBRARIES = fileURLToPath(new URL('../../../../test-fixtures/libraries', import.meta.url));

function filesBelow(folder: string): readonly ProjectFile[] {
  return (readdirSync(folder, { recursive: true }) as string[])
    .map((name) => join(folder, name))
    .filter((path) => statSync(path).isFile())
    .map((path) => ({ path: relative(folder, path), text: readFileSync(path, 'utf8') }));
}

function itemsOf(files: readonly ProjectFile[]): readonly AuthorItem[] {
  return authorChecklist(files)!.items;
}

/** The files after every edit of the list. */
function edited(files: readonly ProjectFile[]): readonly ProjectFile[] {
  const items = itemsOf(files);
  return files.map(({ path, text }) => ({
    path,
    text: applyEdits(
      text,
      items
        .filter((item) => item.path === path)
        .flatMap(({ edit }) =>
          edit === undefined ? [] : [replacement(edit.offset, edit.offset + edit.length, edit.text)],
        ),
    ),
  }));
}

const left = (items: readonly AuthorItem[]): readonly string[] =>
  items.filter(({ state }) => state === 'todo').map(({ topic }) => topic);

test.each(readdirSync(LIBRARIES))(
  '%s: the edits of the list do what it says is left of code and metadata',
  (name) => {
    const files = filesBelow(join(LIBRARIES, name));
    const before = left(itemsOf(files));
    expect(before).toContain(name === 'cffi' ? 'build-tool' : 'declaration');
    expect(before).toContain('classifier');
    expect(left(itemsOf(edited(files)))).toEqual(['tests', 'tests']);
  },
);

const PYPROJECT = {
  path: 'pyproject.toml',
  text: '[build-system]\nrequires = ["setuptools"]\n[project]\nname = "loom"\nclassifiers = ["Programming Language :: Python :: Free Threading :: 3 - Stable"]\n',
};

test('a project of pure Python has metadata and tests to think of, no wheels and no declaration', () => {
  const checklist = authorChecklist([PYPROJECT])!;
  expect([checklist.project, checklist.tools]).toEqual(['loom', []]);
  expect(checklist.items.map(({ topic, state }) => [topic, state])).toEqual([
    ['classifier', 'done'],
    ['tests', 'todo'],
    ['tests', 'todo'],
  ]);
});

test('what builds no distribution has no list', () => {
  expect(authorChecklist([{ path: 'pyproject.toml', text: '[tool.ruff]\n' }])).toBeUndefined();
});

test('tests count that run on a free-threaded Python and in several threads', () => {
  const workflow = {
    path: '.github/workflows/ci.yml',
    text: 'python: ["3.14", "3.14t"]\nrun: pytest --parallel-threads=8\n',
  };
  expect(left(itemsOf([PYPROJECT, workflow]))).toEqual([]);
});

test('a bound that excludes 3.15 is told with its line', () => {
  const text = PYPROJECT.text.replace('name =', 'requires-python = ">=3.10,<3.15"\nname =');
  expect(itemsOf([{ ...PYPROJECT, text }])).toContainEqual({
    topic: 'requires-python',
    state: 'todo',
    says: '`>=3.10,<3.15` excludes Python 3.15, so no installer takes the wheel there.',
    path: 'pyproject.toml',
    line: 4,
    write: 'requires-python = ">=3.10"',
    edit: undefined,
  });
});

const MODULE = {
  path: 'loom.c',
  text: 'static PyModuleDef_Slot slots[] = {\n    {Py_mod_gil, Py_MOD_GIL_NOT_USED},\n    {0, NULL},\n};\n',
};

test('the limited API on every build is told where it is set, and not where the build asks for it only with the GIL', () => {
  const setup = (text: string) => itemsOf([PYPROJECT, MODULE, { path: 'setup.py', text }]);
  const todo = setup(
    'from setuptools import setup, Extension\nsetup(ext_modules=[Extension("loom", ["loom.c"],\n  py_limited_api=True)])\n',
  );
  expect(todo.filter(({ topic, state }) => topic === 'stable-abi' && state === 'todo')).toMatchObject([
    { path: 'setup.py', line: 3, write: 'py_limited_api=not sysconfig.get_config_var("Py_GIL_DISABLED")' },
  ]);
  const fine = setup(
    'import sysconfig\nsetup(ext_modules=[Extension("loom", ["loom.c"], py_limited_api=not sysconfig.get_config_var("Py_GIL_DISABLED"))])\n',
  );
  expect(left(fine)).toEqual(['tests', 'tests']);
});

test('abi3 of PyO3 is met with abi3t', () => {
  const files = [
    PYPROJECT,
    { path: 'Cargo.toml', text: '[dependencies]\npyo3 = { version = "0.29", features = ["abi3-py39"] }\n' },
    { path: 'src/lib.rs', text: '#[pymodule]\nfn loom() {}\n' },
  ];
  const [stable] = itemsOf(files).filter(({ topic }) => topic === 'stable-abi');
  expect(stable).toMatchObject({ state: 'open', path: 'Cargo.toml', line: 2 });
  expect(stable!.write).toContain('features = ["abi3", "abi3t"]');
});

test('where maturin builds, a missing free-threaded interpreter is told', () => {
  const files = [
    PYPROJECT,
    { path: 'Cargo.toml', text: '[dependencies]\npyo3 = "0.29"\n' },
    { path: 'src/lib.rs', text: '#[pymodule]\nfn loom() {}\n' },
    {
      path: '.github/workflows/wheels.yml',
      text: 'steps:\n  - uses: PyO3/maturin-action@v1\n    with:\n      args: --release -i 3.14 3.14t\n',
    },
  ];
  expect(itemsOf(files).filter(({ topic }) => topic === 'wheels')).toMatchObject([
    { state: 'done' },
    { state: 'todo', line: 2, write: 'args: --release --out dist --interpreter 3.15t' },
  ]);
});

test('a module that wants the GIL is the author’s choice, not a thing to do', () => {
  const wants = { ...MODULE, text: MODULE.text.replace('NOT_USED', 'USED') };
  expect(itemsOf([PYPROJECT, wants])).toEqual(
    expect.not.arrayContaining([expect.objectContaining({ topic: 'declaration', state: 'todo' })]),
  );
});

test('a line for Pythons that have no free-threaded build lets no older tool in', () => {
  const text =
    '[build-system]\nrequires = ["setuptools", "cffi>=1.4; python_version < \'3.9\'", "cffi>=2; python_version >= \'3.9\'"]\n[project]\nname = "loom"\nclassifiers = ["Programming Language :: Python :: Free Threading"]\n';
  const setup = { path: 'setup.py', text: 'setup(cffi_modules=["build.py:ffi"])\n' };
  expect(left(itemsOf([{ path: 'pyproject.toml', text }, setup]))).toEqual(['tests', 'tests']);
});

test.each([
  ['scikit_build_core.build', 'dependencies = ["cffi>=2"]\n', ['cffi']],
  ['scikit_build_core.build', '', ['CMake']],
  ['mesonpy', '', ['Meson']],
  ['setuptools.build_meta', 'dependencies = ["cffi>=2"]\n', []],
])('%s with %j is made with %j', (backend, dependencies, tools) => {
  const text = `[build-system]\nbuild-backend = "${backend}"\n[project]\nname = "loom"\n${dependencies}`;
  const checklist = authorChecklist([{ path: 'pyproject.toml', text }])!;
  expect(checklist.tools).toEqual(tools);
  expect(checklist.items.some(({ topic }) => topic === 'wheels')).toBe(tools.length > 0);
});

test('a module in Rust that is written on the C interface states what it states', () => {
  const rust = (word: string) => [
    PYPROJECT,
    { path: 'Cargo.toml', text: '[dependencies]\npyo3-ffi = "0.28"\n' },
    {
      path: 'src/lib.rs',
      text: `pub unsafe extern "C" fn PyInit_loom() -> *mut PyObject {\n    let slot = PyModuleDef_Slot { slot: ffi::Py_mod_gil, value: ffi::${word} };\n}\n`,
    },
  ];
  const declaration = (word: string) => itemsOf(rust(word)).find(({ topic }) => topic === 'declaration');
  expect(authorChecklist(rust('Py_MOD_GIL_USED'))!.tools).toEqual(['Rust']);
  expect(declaration('Py_MOD_GIL_USED')).toMatchObject({
    state: 'open',
    says: expect.stringMatching(/^One module states/),
  });
  expect(declaration('Py_MOD_GIL_NOT_USED')).toMatchObject({ state: 'done' });
});

test.each([
  ['setup(\n    name="loom",\n)\n', 'loom'],
  ['name = about["name"]\nsetup(name=about["name"].replace("-", "_"))\n', undefined],
  ['for name in names:\n    name = name.replace("a", "b")\nsetup(name=NAME)\n', undefined],
])('the name of a project is what setup.py writes out: %j', (text, name) => {
  expect(authorChecklist([{ path: 'setup.py', text }])!.project).toBe(name);
});

test('what to write about tests goes where the tests run', () => {
  const workflow = (name: string, run: string) => ({
    path: `.github/workflows/${name}.yml`,
    text: `jobs:\n  x:\n    strategy:\n      matrix:\n        python-version: ["3.14"]\n    steps:\n      - run: ${run}\n`,
  });
  const files = [
    PYPROJECT,
    workflow('benchmark', 'asv run'),
    workflow('emscripten', 'pytest -k web'),
    workflow('tests', 'pytest'),
  ];
  const places = (some: readonly ProjectFile[]) =>
    itemsOf(some).flatMap(({ topic, path, line }) => (topic === 'tests' ? [[path, line]] : []));
  expect(places(files)).toEqual([
    ['.github/workflows/tests.yml', 5],
    ['.github/workflows/tests.yml', 7],
  ]);
  expect(places(files.slice(0, 3))[0]).toEqual(['.github/workflows/emscripten.yml', 5]);
  expect(places(files.slice(0, 2))).toEqual([
    [undefined, undefined],
    [undefined, undefined],
  ]);
});

test('tests that cibuildwheel runs on each wheel run on the free-threaded one; a workflow that only builds runs none', () => {
  const building = (settings: string) => [
    { ...PYPROJECT, text: `${PYPROJECT.text}[tool.cibuildwheel]\n${settings}` },
    MODULE,
    { path: '.github/workflows/release.yml', text: 'steps:\n  - uses: pypa/cibuildwheel@v4.2.0\n' },
  ];
  const first = (files: readonly ProjectFile[]) => itemsOf(files).find(({ topic }) => topic === 'tests');
  expect(first(building('test-command = "pytest {package}/tests"\n'))).toMatchObject({
    state: 'done',
    path: 'pyproject.toml',
    line: 7,
  });
  expect(first(building('test-command = "python -c \'import loom\'"\n'))).toMatchObject({ state: 'todo' });
  const release = { path: '.github/workflows/release.yml', text: 'python: cp314t\nrun: python -m build\n' };
  expect(first([PYPROJECT, release])).toMatchObject({ state: 'todo' });
});

test('what is in no wheel of the library has nothing to declare: tests, examples, other distributions below', () => {
  const slots = (name: string) => ({
    path: name,
    text: 'static PyModuleDef_Slot slots[] = {\n    {Py_mod_gil, Py_MOD_GIL_NOT_USED},\n    {0, NULL},\n};\n',
  });
  const other = 'from setuptools import setup\nsetup(name="other")\n';
  const items = itemsOf([
    PYPROJECT,
    slots('loom/_loom.c'),
    { path: 'tests/helper.pyx', text: 'x = 1\n' },
    { path: 'tools/other/setup.py', text: other },
    { path: 'tools/other/src/other.pyx', text: 'x = 1\n' },
  ]);
  expect(items.filter(({ topic }) => topic === 'declaration').map(({ state }) => state)).toEqual(['done']);
  expect(left(itemsOf([PYPROJECT, { path: 'loom/fast.pyx', text: 'x = 1\n' }]))).toContain('declaration');
});
