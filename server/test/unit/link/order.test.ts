import { describe, expect, it } from 'vitest';
import { BUILT_IN } from '../../../src/catalog/catalog.ts';
import type { ValueType } from '../../../src/link/program.ts';
import { Resolver } from '../../../src/link/resolve.ts';
import type { Target } from '../../../src/link/target.ts';
import { fileInput } from '../../support/check.ts';

/** What every path of the files names and may hold, asked from the first to the last or the other way round. */
function answers(files: Readonly<Record<string, string>>, backwards: boolean): ReadonlyMap<string, string> {
  const resolver = new Resolver(
    Object.entries(files).map(([path, text]) => fileInput(path, text)),
    BUILT_IN,
  );
  const asked = resolver.modules.flatMap((module) =>
    module.summary.paths.map((_, path) => ({ module, path })),
  );
  const found = new Map<string, string>();
  for (const { module, path } of backwards ? asked.reverse() : asked)
    found.set(
      `${module.path} ${path}`,
      `${targetText(resolver.target(module, path))} ${typesText(resolver.typesOf(module, { kind: 'path', path }))}`,
    );
  return found;
}

function targetText(target: Target): string {
  switch (target.kind) {
    case 'function':
      return `${target.function.label} ${target.receiver} ${target.through?.name}`;
    case 'class':
      return target.class.name;
    case 'module':
      return target.module.path;
    case 'variable':
      return `${target.variable.key} ${target.variable.receiver}`;
    case 'external':
      return target.dotted;
    case 'several':
      return target.functions.map(targetText).join();
    case 'unknown':
      return '?';
  }
}

function typesText(types: readonly ValueType[]): string {
  return types
    .map((type) => (type.kind === 'instance' ? type.of.name : type.kind))
    .sort()
    .join();
}

describe('the order in which questions are asked changes no answer', () => {
  it.each([
    {
      what: 'a variable that comes from a function that returns it',
      files: {
        'a.py':
          'class Job:\n    def __init__(self):\n        self.n = 0\nlast = None\ndef get():\n    return last\ndef put():\n    global last\n    last = get() or Job()\n    last.n += 1\n    get().n += 1\n',
      },
    },
    {
      what: 'attributes that hold each other',
      files: {
        'a.py':
          'class A:\n    def __init__(self, b):\n        self.b = b\n        self.c = self.b.a.c\nclass B:\n    def __init__(self):\n        self.a = A(self)\n    def f(self):\n        return self.a.b.a.c\nB().a.b.f()\n',
      },
    },
    {
      what: 'a function that hands its argument to itself',
      files: {
        'a.py':
          'class N:\n    def go(self): pass\ndef walk(node, seen):\n    seen.append(node)\n    for one in seen:\n        one.go()\n    walk(node.next, seen)\n    walk(seen[0], seen)\nwalk(N(), [N()])\n',
      },
    },
    {
      what: 'modules that import each other',
      files: {
        'a.py': 'from b import *\nfrom b import x as y\nz = y\ndef f(): return z\n',
        'b.py': 'from a import *\nfrom a import z as x\nw = x\nclass K: pass\nv = K()\n',
      },
    },
  ])('for $what', ({ files }) => {
    expect(answers(files, true)).toEqual(answers(files, false));
  });
});
