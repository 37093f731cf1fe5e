/** Reports extension modules among the project's own sources that do not declare that they run without the GIL. */
import type { UndeclaredSource } from '../link/program.ts';
import type { Fix } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'gil-declaration-missing',
  title: 'Extension module without a declaration about the GIL',
  severity: 'warning',
  since: '0.1.0',
  cwe: [],
  asks: 'environment',
  docs: {
    what: 'A module definition in C, C++ (pybind11, nanobind), Cython or Rust (PyO3) that does not say that the module runs without the GIL.',
    why: 'On a free-threaded interpreter, importing the module switches the GIL back on in every program that uses it, whatever its wheel is called.',
    example: { name: 'fast.c', language: 'c' },
    bad: [
      `#include <Python.h>

static PyModuleDef_Slot slots[] = {
    {0, NULL}
};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "fast", .m_slots = slots
};
PyMODINIT_FUNC PyInit_fast(void) { return PyModuleDef_Init(&module); }
`,
    ],
    good: [
      `#include <Python.h>

static PyModuleDef_Slot slots[] = {
    {Py_mod_gil, Py_MOD_GIL_NOT_USED},
    {0, NULL}
};
static struct PyModuleDef module = {
    PyModuleDef_HEAD_INIT, .m_name = "fast", .m_slots = slots
};
PyMODINIT_FUNC PyInit_fast(void) { return PyModuleDef_Init(&module); }
`,
    ],
    whenNotToUse:
      'While the module is not safe without the GIL: the declaration is a promise of the author, and no edit makes it true. Write `Py_MOD_GIL_USED` to say so.',
    fix: 'Unsafe, look at it: the declaration is added; whether the module may say so is for its author to know.',
    unknown: 'A definition whose slots are made by code is not reported.',
    references: [
      'https://docs.python.org/3/howto/free-threading-extensions.html',
      'https://py-free-threading.github.io/porting/',
    ],
  },
  *check(program, environment) {
    for (const source of environment.undeclaredSources) {
      if (source.tool === 'packaging' || source.fact === undefined) continue;
      const needs = source.needs === undefined ? '' : `; that takes ${source.needs} or later`;
      yield {
        rule: 'gil-declaration-missing',
        primary: { file: source.file, fact: source.fact },
        message: `${source.says} Declare it once the module is safe without the GIL${needs}.`,
        severity: program.target === 'gil' || program.target === 'undecided' ? 'information' : 'warning',
        confidence: 'high',
        breaks: 'freeThreadedOnly',
        evidence: [],
        fixes: fixesOf(source),
        identity: source.module ?? '',
      };
    }
  },
});

function fixesOf({ edit, file }: UndeclaredSource): readonly Fix[] {
  if (edit === undefined) return [];
  const intention = { kind: 'replaceText', file, place: edit.fact, text: edit.text } as const;
  return [{ title: 'Declare that the module runs without the GIL', safety: 'unsafe', intention }];
}
