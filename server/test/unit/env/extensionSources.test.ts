import { describe, expect, it } from 'vitest';
import { builtNames, findUndeclaredModules, isExtensionSource } from '../../../src/env/extensionSources.ts';
import type { ProjectFile } from '../../../src/env/target.ts';

const find = (path: string, text: string, ...others: readonly ProjectFile[]) =>
  findUndeclaredModules([{ path, text }, ...others]);

/** The text under the squiggle and the file after the edit. */
function fix(path: string, text: string, ...others: readonly ProjectFile[]) {
  const findings = find(path, text, ...others);
  expect(findings).toHaveLength(1);
  const [{ span, edit }] = findings as [(typeof findings)[0]];
  const marked = text.slice(span.start, span.end);
  if (edit === undefined) return { marked, after: undefined };
  return { marked, after: text.slice(0, edit.offset) + edit.text + text.slice(edit.offset + edit.length) };
}

describe('C with slots', () => {
  const source = (entries: string) => `#include <Python.h>
/* Py_mod_gil is not set */
static PyModuleDef_Slot spam_slots[] = {
    {Py_mod_exec, spam_exec},
${entries}    {0, NULL}
};
PyMODINIT_FUNC PyInit_spam(void) { return PyModuleDef_Init(&def); }
`;

  it('that lack the entry get it before the end, hidden from older Pythons', () => {
    expect(fix('src/spam.c', source(''))).toEqual({
      marked: 'spam_slots',
      after: source('#ifdef Py_mod_gil\n    {Py_mod_gil, Py_MOD_GIL_NOT_USED},\n#endif\n'),
    });
    expect(find('src/spam.c', source(''))[0]).toMatchObject({ tool: 'c', module: 'spam' });
  });

  it('that fit one line are taken apart', () => {
    const text = 'PyModuleDef_Slot s[] = {{Py_mod_exec, f}, {0}};\n';
    expect(fix('s.c', text).after).toBe(
      'PyModuleDef_Slot s[] = {{Py_mod_exec, f}, \n#ifdef Py_mod_gil\n    {Py_mod_gil, Py_MOD_GIL_NOT_USED},\n#endif\n    {0}};\n',
    );
  });

  it('without an end that can be recognised are reported without an edit', () => {
    expect(fix('s.c', 'PyModuleDef_Slot s[] = {{Py_mod_exec, f}, SLOTS_END};\n').after).toBeUndefined();
  });

  it.each(['Py_MOD_GIL_NOT_USED', 'Py_MOD_GIL_USED'])('that say %s are left alone', (value) => {
    expect(find('src/spam.c', source(`    {Py_mod_gil, ${value}},\n`))).toEqual([]);
  });
});

describe('C in one phase', () => {
  it('gets the call after the module is made', () => {
    const text = `PyMODINIT_FUNC
PyInit_spam(void)
{
    PyObject *m;
    m = PyModule_Create(&spam_module);
    if (m == NULL) return NULL;
    return m;
}
`;
    expect(fix('spam.c', text)).toEqual({
      marked: 'PyInit_spam',
      after: text.replace(
        'spam_module);',
        'spam_module);\n#ifdef Py_GIL_DISABLED\n    if (m != NULL) {\n        PyUnstable_Module_SetGIL(m, Py_MOD_GIL_NOT_USED);\n    }\n#endif',
      ),
    });
  });

  it('that returns the module at once gets a variable for it', () => {
    const text =
      'PyMODINIT_FUNC PyInit_spam(void)\r\n{\r\n    return PyModule_Create(&spam_module);\r\n}\r\n';
    expect(fix('spam.c', text).after).toBe(
      [
        'PyMODINIT_FUNC PyInit_spam(void)',
        '{',
        '    PyObject *module = PyModule_Create(&spam_module);',
        '#ifdef Py_GIL_DISABLED',
        '    if (module != NULL) {',
        '        PyUnstable_Module_SetGIL(module, Py_MOD_GIL_NOT_USED);',
        '    }',
        '#endif',
        '    return module;',
        '}',
        '',
      ].join('\r\n'),
    );
  });

  it('that has another `module` gets a variable of another name', () => {
    const text =
      'static struct PyModuleDef module;\nPyMODINIT_FUNC PyInit_spam(void) {\n    return PyModule_Create(&module);\n}\n';
    expect(fix('spam.c', text).after).toContain(
      '    PyObject *created = PyModule_Create(&module);\n#ifdef Py_GIL_DISABLED\n    if (created != NULL) {\n',
    );
    const taken = text.replace('module;', 'module; /* a definition */ int created, new_module;');
    expect(fix('spam.c', taken).after).toBeUndefined();
  });

  it('has no other one in it', () => {
    const init = (name: string, inner: string) =>
      `PyMODINIT_FUNC PyInit_${name}(void) { ${inner} return PyModule_Create(&d); }\n`;
    const text = init('a', init('b', '')) + init('c', '');
    expect(find('s.c', text).map(({ module }) => module)).toEqual(['a', 'c']);
  });

  it('that makes it inside a condition is reported without an edit', () => {
    const text =
      'PyMODINIT_FUNC PyInit_spam(void) { PyObject *m; if ((m = PyModule_Create(&d)) == NULL) return NULL; return m; }';
    expect(fix('spam.c', text).after).toBeUndefined();
  });

  it('that calls SetGIL, or makes no module here, is left alone', () => {
    const call = 'PyUnstable_Module_SetGIL(m, Py_MOD_GIL_NOT_USED);';
    expect(
      find('s.c', `PyMODINIT_FUNC PyInit_s(void) { PyObject *m = PyModule_Create(&d); ${call} return m; }`),
    ).toEqual([]);
    expect(find('s.c', 'PyMODINIT_FUNC PyInit_s(void) { return make(); }')).toEqual([]);
    expect(find('s.c', '// PyInit_s(void) { return PyModule_Create(&d); }\nint x;')).toEqual([]);
  });

  it('written by Cython is judged by its .pyx', () => {
    const text =
      '/* Generated by Cython 3.0 */\nPyMODINIT_FUNC PyInit_s(void) { return PyModule_Create(&d); }';
    expect(find('s.c', text)).toEqual([]);
  });
});

describe('pybind11', () => {
  it('gets the option', () => {
    const text = '#include <pybind11/pybind11.h>\nnamespace py = pybind11;\nPYBIND11_MODULE(_core, m) {\n}\n';
    expect(fix('src/core.cpp', text)).toEqual({
      marked: 'PYBIND11_MODULE',
      after: text.replace('(_core, m)', '(_core, m, py::mod_gil_not_used())'),
    });
    expect(find('src/core.cpp', text)[0]).toMatchObject({ module: '_core', needs: 'pybind11 2.13' });
    expect(fix('a.cpp', 'PYBIND11_MODULE(a, m) {}').after).toBe(
      'PYBIND11_MODULE(a, m, pybind11::mod_gil_not_used()) {}',
    );
  });

  it.each([
    'PYBIND11_MODULE(a, m, py::mod_gil_not_used()) {}',
    'PYBIND11_MODULE(a, m, py::mod_gil_not_used(false)) {}',
    'PYBIND11_MODULE(a, m, py::multiple_interpreters::per_interpreter_gil(), py::mod_gil_not_used()) {}',
    '#define PYBIND11_MODULE_X 1\n',
  ])('is left alone in %s', (text) => {
    expect(find('a.cpp', text)).toEqual([]);
  });
});

describe('nanobind', () => {
  it('gets the option in CMake', () => {
    const text = '# nanobind_add_module(old x.cpp)\nnanobind_add_module(_core STABLE_ABI core.cpp)\n';
    expect(fix('CMakeLists.txt', text)).toEqual({
      marked: '_core',
      after: text.replace('(_core ', '(_core FREE_THREADED '),
    });
  });

  it('that has it is left alone', () => {
    expect(find('CMakeLists.txt', 'nanobind_add_module(\n  _core\n  FREE_THREADED\n  core.cpp)\n')).toEqual(
      [],
    );
  });
});

describe('Cython', () => {
  it('gets the directive beside the others', () => {
    const text = '# -*- coding: utf-8 -*-\n# note\n# cython: language_level=3\n\ncdef int x\n';
    expect(fix('pkg/fast.pyx', text)).toEqual({
      marked: '# cython: language_level=3',
      after: text.replace('# cython: l', '# cython: freethreading_compatible=True\n# cython: l'),
    });
  });

  it('without any gets it at the top, after the coding line', () => {
    expect(fix('fast.pyx', '# coding: utf-8\nimport os\n').after).toBe(
      '# coding: utf-8\n# cython: freethreading_compatible=True\nimport os\n',
    );
  });

  it.each([
    ['setup.py', 'cythonize("*.pyx", compiler_directives={"freethreading_compatible": True})'],
    ['meson.build', "cython_args += ['-Xfreethreading_compatible=True']"],
    ['CMakeLists.txt', 'set(ARGS -X freethreading_compatible=True)'],
    ['setup.py', 'define_macros=[("CYTHON_FREETHREADING_COMPATIBLE", "1")]'],
  ])('is left alone when %s says it for all', (path, text) => {
    expect(find('fast.pyx', 'import os\n', { path, text })).toEqual([]);
  });

  it('that says False on purpose is left alone', () => {
    expect(find('fast.pyx', '# cython: freethreading_compatible = False\n')).toEqual([]);
  });

  it('that another one includes is no module', () => {
    const part = { path: 'pkg/parts/rows.pyx', text: 'cdef int rows\n' };
    const found = find('pkg/fast.pyx', 'include "parts/rows.pyx"\n', part);
    expect(found.map(({ path }) => path)).toEqual(['pkg/fast.pyx']);
    expect(find('pkg/fast.pyx', 'import os\n', part)).toHaveLength(2);
  });
});

describe('PyO3', () => {
  const cargo = (version: string) => ({ path: 'Cargo.toml', text: `[dependencies]\npyo3 = ${version}\n` });

  it('before 0.28 gets the option', () => {
    const text =
      'use pyo3::prelude::*;\n\n#[pymodule]\nfn _native(m: &Bound<PyModule>) -> PyResult<()> { Ok(()) }\n';
    expect(fix('src/lib.rs', text, cargo('"0.27"'))).toEqual({
      marked: '#[pymodule]',
      after: text.replace('#[pymodule]', '#[pymodule(gil_used = false)]'),
    });
    expect(find('src/lib.rs', text, cargo('{ version = "0.23.4", features = ["abi3"] }'))[0]?.module).toBe(
      '_native',
    );
  });

  it('keeps the options it has', () => {
    expect(fix('src/lib.rs', '#[pymodule(name = "x")]\nfn y() {}\n', cargo('"0.26"')).after).toBe(
      '#[pymodule(name = "x", gil_used = false)]\nfn y() {}\n',
    );
  });

  it('too old to know the option is reported without an edit', () => {
    const [finding] = find('src/lib.rs', '#[pymodule]\nfn y() {}\n', cargo('"0.20"'));
    expect(finding).toMatchObject({ edit: undefined, needs: 'PyO3 0.23' });
  });

  it.each([
    ['#[pymodule]\nfn y() {}\n', '"0.28"'],
    ['#[pymodule(gil_used = true)]\nfn y() {}\n', '"0.27"'],
    ['#[pymodule(gil_used = false)]\nfn y() {}\n', '"0.27"'],
    ['// #[pymodule]\nfn y() {}\n', '"0.27"'],
    ['#[pymodule]\nfn y() {}\n', '{ workspace = true }'],
  ])('is left alone in %j with PyO3 %s', (text, version) => {
    expect(find('src/lib.rs', text, cargo(version))).toEqual([]);
  });
});

describe('the names that the project builds', () => {
  it('are those of its modules and its own', () => {
    const names = builtNames([
      { path: 'a.c', text: 'PyMODINIT_FUNC PyInit__fast(void) {}' },
      { path: 'b.cpp', text: 'PYBIND11_MODULE(bound, m) {}\nNB_MODULE(nano, m) {}' },
      { path: 'src/lib.rs', text: '#[pymodule(gil_used = false)]\nfn native() {}' },
      { path: 'pkg/speed.pyx', text: '' },
      { path: 'pyproject.toml', text: '[project]\nname = "My-App"\n' },
    ]);
    expect([...names].sort()).toEqual(['My_App', '_fast', 'bound', 'nano', 'native', 'speed']);
  });
});

describe('packaging metadata', () => {
  const module = { path: 'CMakeLists.txt', text: 'nanobind_add_module(_core FREE_THREADED core.cpp)\n' };

  it('lacks the classifier although the modules declare', () => {
    const text = '[project]\nname = "x"\nclassifiers = [\n    "Programming Language :: Python :: 3",\n]\n';
    const after = text.replace(
      ':: 3"',
      ':: 3",\n    "Programming Language :: Python :: Free Threading :: 1 - Unstable"',
    );
    expect(fix('pyproject.toml', text, module).after).toBe(after);
    expect(fix('pyproject.toml', '[project]\nclassifiers = []\n', module).after).toContain('["Programming');
  });

  it.each([
    ['    "A :: B", # why\n    # more\n', '    "A :: B", # why\n    "P",\n    # more\n'],
    ['    "A :: B" # why\n', '    "A :: B", # why\n    "P"\n'],
  ])('keeps the comment of the last one: %j', (before, after) => {
    const list = (items: string) => `[project]\nname = "x"\nclassifiers = [\n${items}]\n`;
    expect(fix('pyproject.toml', list(before), module).after).toBe(
      list(after.replace('"P"', '"Programming Language :: Python :: Free Threading :: 1 - Unstable"')),
    );
  });

  it('of a setup.cfg gets a line when its list is one of lines', () => {
    const line = '    Programming Language :: Python :: Free Threading :: 1 - Unstable\n';
    const text = '[metadata]\nclassifiers =\n    A :: B\n    # c\n\n    D :: E\nname = x\n';
    expect(fix('setup.cfg', text, module)).toEqual({
      marked: 'classifiers',
      after: text.replace('D :: E\n', `D :: E\n${line}`),
    });
    expect(fix('setup.cfg', '[metadata]\nclassifiers = A :: B\n', module).after).toBeUndefined();
    expect(find('setup.cfg', '[metadata]\nclassifiers = file: c.txt\n', module)).toEqual([]);
  });

  it('is left alone when it has it, or when a module does not declare', () => {
    const text =
      '[project]\nclassifiers = ["Programming Language :: Python :: Free Threading :: 2 - Beta"]\n';
    expect(find('pyproject.toml', text, module)).toEqual([]);
    const other = { path: 'a.cpp', text: 'PYBIND11_MODULE(a, m) {}' };
    expect(
      find('pyproject.toml', '[project]\nclassifiers = ["A :: B"]\n', module, other).map(({ tool }) => tool),
    ).toEqual(['pybind11']);
    expect(find('pyproject.toml', '[project]\nclassifiers = ["A :: B"]\n')).toEqual([]);
  });
});

describe('files that matter', () => {
  it.each(['src/a.c', 'a.cxx', 'b.pyx', 'src/lib.rs', 'CMakeLists.txt', 'Cargo.toml', 'pyproject.toml'])(
    '%s does',
    (path) => {
      expect(isExtensionSource(path)).toBe(true);
    },
  );
  it.each(['a.py', 'b.txt', 'c.pyi'])('%s does not', (path) => {
    expect(isExtensionSource(path)).toBe(false);
  });
});
