/** Reports packaging metadata that keeps quiet about free-threaded Python although the modules declare it. */
import type { FactId } from '../facts/summary.ts';
import type { ProgramModel } from '../link/program.ts';
import type { Fix, Intention } from './finding.ts';
import { defineRule } from './rule.ts';

export const rule = defineRule({
  id: 'missing-free-threading-classifier',
  title: 'Packaging metadata without the free-threading classifier',
  severity: 'information',
  since: '0.1.0',
  cwe: [],
  asks: 'environment',
  docs: {
    what: 'Packaging metadata without a `Programming Language :: Python :: Free Threading` classifier, in a project whose extension modules all declare that they run without the GIL. It is reported at the list of classifiers in pyproject.toml, setup.cfg or setup.py.',
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
    fix: 'Unsafe, look at it: the classifier is added to the list.',
    unknown: 'Metadata that a build backend computes is not reported.',
    references: ['https://packaging.python.org/en/latest/specifications/core-metadata/'],
  },
  *check(program, environment) {
    for (const { tool, file, fact, says, edit } of environment.undeclaredSources) {
      if (tool !== 'packaging') continue;
      const intention = edit && ({ kind: 'replaceText', file, place: edit.fact, text: edit.text } as const);
      const place = fact === undefined ? inSetup(program, file) : { fact, intention };
      if (place === undefined) continue;
      const fixes: readonly Fix[] =
        place.intention === undefined
          ? []
          : [
              {
                title: 'Add the classifier for unstable support',
                safety: 'unsafe',
                intention: place.intention,
              },
            ];
      yield {
        rule: 'missing-free-threading-classifier',
        primary: { file, fact: place.fact },
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

/** Where a setup.py hands its classifiers to `setup()`; undefined when it does not, or has the classifier by now. */
function inSetup(
  { modules }: ProgramModel,
  file: string,
): { readonly fact: FactId; readonly intention: Intention | undefined } | undefined {
  const calls = modules.find((module) => module.file === file)?.summary.calls ?? [];
  const lists = calls.flatMap(({ arguments: given }) => given.map(({ classifiers }) => classifiers));
  const [list, ...more] = lists.filter((one) => one !== undefined);
  if (list === undefined || more.length > 0) return undefined;
  const { fact, texts } = list;
  if (texts?.some((text) => text.startsWith(CLASSIFIER)) === true) return undefined;
  const text = `${CLASSIFIER} :: 1 - Unstable`;
  return { fact, intention: texts && { kind: 'appendItem', file, list: fact, text } };
}

const CLASSIFIER = 'Programming Language :: Python :: Free Threading';
