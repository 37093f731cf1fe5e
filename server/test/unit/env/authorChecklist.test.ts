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
