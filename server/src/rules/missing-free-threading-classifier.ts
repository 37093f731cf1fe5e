/** Reports packaging metadata that keeps quiet about free-threaded Python although the modules declare it. */
import type { Fix } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'missing-free-threading-classifier',
  title: 'Packaging metadata without the free-threading classifier',
  severity: 'information',
  since: '0.1.0',
  cwe: [],
  docs: {
    what: 'Packaging metadata without a `Programming Language :: Python :: Free Threading` classifier, in a project whose extension modules all declare that they run without the GIL.',
    why: 'Users and tools that look for packages ready for free-threaded Python go by the classifier, since a wheel alone says nothing about it.',
    example: {
      name: 'pyproject.toml',
      language: 'toml',
      beside: {
        'fast.c':
          '#include <Python.h>\nstatic PyModuleDef_Slot slots[] = {{Py_mod_gil, Py_MOD_GIL_NOT_USED}, {0, NULL}};\n',
      },
    },
    bad: [
      `[project]
name = "fast"
version = "1.0"
classifiers = ["Programming Language :: C"]
`,
    ],
    good: [
      `[project]
name = "fast"
version = "1.0"
classifiers = [
    "Programming Language :: C",
    "Programming Language :: Python :: Free Threading :: 2 - Beta",
]
`,
    ],
    whenNotToUse: 'Before the package has been used by several threads at once in earnest.',
    unknown: 'Metadata that a build backend computes is not reported.',
    references: ['https://packaging.python.org/en/latest/specifications/core-metadata/'],
  },
  *check(program) {
    for (const { tool, file, fact, says, edit } of program.environment.undeclaredSources) {
      if (tool !== 'packaging') continue;
      const fixes: readonly Fix[] =
        edit === undefined
          ? []
          : [
              {
                title: 'Add the classifier for unstable support',
                safety: 'unsafe',
                intention: { kind: 'replaceText', file, place: edit.fact, text: edit.text },
              },
            ];
      yield {
        rule: 'missing-free-threading-classifier',
        primary: { file, fact },
        message: `${says} Add the classifier that fits how far the support has come.`,
        severity: 'information',
        confidence: 'high',
        breaks: 'freeThreadedOnly',
        evidence: [],
        fixes,
        identity: '',
      };
    }
  },
});
