import { describe, expect, it } from 'vitest';
import { importSkeleton } from '../../../src/facts/importSkeleton.ts';
import { importSteps } from '../../../src/facts/importSteps.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();

const stepsOf = (text: string) => importSteps(parser.parse(text));
const shown = (text: string): readonly string[] =>
  stepsOf(text).body.map((step) =>
    step.kind === 'call' ? `${step.name}()` : `${step.module}:${step.name}${step.conditional ? '?' : ''}`,
  );

describe('the imports that loading a module runs', () => {
  it('come in source order, those of class bodies included', () => {
    expect(shown('import a.b\nclass C:\n    from . import c as d\nfrom .e import *\n')).toEqual([
      'a.b:',
      '.:c',
      '.e:*',
    ]);
  });

  it('are marked when a condition guards them, and left out for type checkers and scripts', () => {
    const text =
      'if TYPE_CHECKING:\n    import t\nelse:\n    import r\nif x:\n    import c\nif __name__ == "__main__":\n    import m\n';
    expect(shown(text)).toEqual(['r:', 'c:?']);
    expect(shown('if not typing.TYPE_CHECKING:\n    import r\nelse:\n    import t\n')).toEqual(['r:']);
  });

  it('tell what replaces a failed import', () => {
    const { body } = stepsOf('try:\n    import fast\nexcept ImportError:\n    import slow\n');
    expect(body).toMatchObject([
      { module: 'fast', attempt: 0, fallbackOf: -1 },
      { module: 'slow', attempt: -1, fallbackOf: 0 },
    ]);
  });

  it('leave out functions, but say when the module calls one', () => {
    const { body, functions, deferred } = stepsOf('def load():\n    import late\n\nload()\n');
    expect(body).toEqual([{ kind: 'call', name: 'load' }]);
    expect(functions.get('load')).toMatchObject([{ module: 'late' }]);
    expect(deferred).toMatchObject([{ module: 'late' }]);
  });

  it('include those by name', () => {
    expect(shown('import importlib\nx = importlib.import_module("pkg.sub")\n')).toEqual([
      'importlib:',
      'pkg.sub:',
    ]);
  });
});

describe('the skeleton of a text', () => {
  it('keeps every import and drops functions without any', () => {
    const text = [
      '"""Doc: def f():',
      '    import not_this',
      '"""',
      'import a',
      '',
      'class C:',
      '    def f(self, x=(1,',
      '2)):',
      "        '''",
      'import nor_this',
      "'''",
      '        return x',
      '',
      '    def g(self):',
      '        from . import b',
      '        return b',
      '',
      'async def h(): pass',
      'def i():',
      '    return 1',
      'import c',
      '',
    ].join('\n');
    const skeleton = importSkeleton(text);
    expect(skeleton).not.toContain('return x');
    expect(skeleton).not.toContain('not_this');
    expect(importSteps(parser.parse(skeleton))).toEqual(stepsOf(text));
  });

  it('is the same text where nothing can be dropped', () => {
    const text = 'import a\nif a:\n    import b\n';
    expect(importSkeleton(text)).toBe(text);
  });
});

describe('the names that a module provides when they are asked for', () => {
  const lazy = (text: string) => Object.fromEntries(stepsOf(importSkeleton(text)).lazy);

  it('are those of its imports for type checkers', () => {
    const text =
      'if TYPE_CHECKING:\n    from .a import A, B as C\ndef __getattr__(name):\n    return load(name)\n';
    expect(lazy(text)).toEqual({ A: ['.a'], C: ['.a'] });
  });

  it('are those of its tables, in the usual forms', () => {
    const text =
      '_names = {"A": ".a", "B": (".b", "B"), "C": "pkg.c:C", "D": "d"}\n_modules = {"e": ["E", "F"]}\ndef __getattr__(name):\n    pass\n';
    expect(lazy(text)).toEqual({
      A: ['.a'],
      B: ['.b'],
      C: ['pkg.c', '.pkg.c'],
      D: ['.d'],
      E: ['.e'],
      F: ['.e'],
    });
  });

  it('are found in a table within the function, and in a long one', () => {
    const long = Array.from({ length: 60 }, (_, index) => `"Name${index}": ".m${index}"`).join(', ');
    expect(lazy(`def __getattr__(name):\n    names = {${long}}\n    return names[name]\n`)).toHaveProperty(
      'Name59',
      ['.m59'],
    );
    expect(lazy(`TABLE = {${long}}\n__getattr__, __dir__ = attach(TABLE)\n`)).toHaveProperty('Name0', [
      '.m0',
    ]);
  });

  it('are none that the module binds itself', () => {
    const text = [
      'CODES = {"A": ".a", "B": ".b", "C": ".c", "D": ".d", "E": ".e", "F": ".f", "G": ".g"}',
      'from .other import A',
      'import B',
      'class C: pass',
      'D, E = 1, 2',
      'if TYPE_CHECKING:',
      '    from .f import F',
      'else:',
      '    def G(): pass',
      'def __getattr__(name):',
      '    F = 1',
      '    return F',
      '',
    ].join('\n');
    expect(lazy(text)).toEqual({ F: ['.f', '.f'] });
  });

  it('are none where the module has no such function, or only a class has one', () => {
    expect(lazy('T = {"A": ".a"}\n')).toEqual({});
    expect(lazy('T = {"A": ".a"}\nclass C:\n    def __getattr__(self, name):\n        pass\n')).toEqual({});
  });
});
