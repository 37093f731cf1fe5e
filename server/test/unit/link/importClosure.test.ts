import { describe, expect, it } from 'vitest';
import { importSteps } from '../../../src/facts/importSteps.ts';
import { followImport, type InstalledModule, type ModuleFinder } from '../../../src/link/importClosure.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();

/** Modules by name: Python text, or `so` for an extension; a package ends with a dot. */
function finder(modules: Readonly<Record<string, string>>): ModuleFinder {
  const found = new Map<string, InstalledModule & { readonly text: string }>();
  for (const [key, text] of Object.entries(modules)) {
    const name = key.replace(/\.$/, '');
    const kind = text === 'so' ? 'extension' : 'python';
    found.set(name, { name, kind, path: `/site/${name}`, isPackage: key.endsWith('.'), text });
  }
  return {
    find: async (dotted) => found.get(dotted),
    steps: async ({ name }) => importSteps(parser.parse(found.get(name)!.text)),
  };
}

async function reached(dotted: string, name: string, modules: Readonly<Record<string, string>>) {
  const extensions = await followImport(dotted, name, finder(modules), async () => {});
  return extensions.map(({ chain, when }) => `${chain.join(' → ')}: ${when}`);
}

describe('following an import', () => {
  it('goes through packages and other distributions to the extension modules, in loading order', async () => {
    const modules = {
      'pkg.': 'from pkg._libs import lib\nimport other\n',
      'pkg._libs.': 'from . import first\n',
      'pkg._libs.first': 'so',
      'pkg._libs.lib': 'so',
      'other.': 'import other._x\n',
      'other._x': 'so',
    };
    expect(await reached('pkg', '', modules)).toEqual([
      'pkg → pkg._libs → pkg._libs.first: at-import',
      'pkg → pkg._libs → pkg._libs.lib: at-import',
      'pkg → other → other._x: at-import',
    ]);
  });

  it('tells what a function loads later from what is loaded at once', async () => {
    const modules = {
      'pkg.': 'def f():\n    from ._slow import g\n    return g\nif x:\n    from . import _maybe\n',
      'pkg._slow': 'so',
      'pkg._maybe': 'so',
    };
    expect(await reached('pkg', '', modules)).toEqual([
      'pkg → pkg._maybe: guarded',
      'pkg → pkg._slow: later',
    ]);
  });

  it('runs the replacement only when the first choice is missing', async () => {
    const text = 'try:\n    from . import _c\nexcept ImportError:\n    from . import _other\n';
    const both = { 'pkg.': text, 'pkg._c': 'so', 'pkg._other': 'so' };
    expect(await reached('pkg', '', both)).toEqual(['pkg → pkg._c: at-import']);
    const tried = 'try:\n    import gone\nexcept ImportError:\n    from . import _other\n';
    expect(await reached('pkg', '', { 'pkg.': tried, 'pkg._other': 'so' })).toEqual([
      'pkg → pkg._other: at-import',
    ]);
  });

  it('stops where an import fails, in the module and in those that need it', async () => {
    const modules = {
      'pkg.':
        'try:\n    from . import needs\n    from . import _b\nexcept ImportError:\n    from . import _c\n',
      'pkg.needs': 'import sys\nimport gone\nfrom . import _a\n',
      'pkg._a': 'so',
      'pkg._b': 'so',
      'pkg._c': 'so',
    };
    expect(await reached('pkg', '', modules)).toEqual(['pkg → pkg._c: at-import']);
  });

  it('follows what a module calls while it is loaded', async () => {
    const text = 'def _check():\n    from . import _a\n_check()\nfrom . import _b\n';
    expect(await reached('pkg', '', { 'pkg.': text, 'pkg._a': 'so', 'pkg._b': 'so' })).toEqual([
      'pkg → pkg._a: at-import',
      'pkg → pkg._b: at-import',
    ]);
  });

  it('loads the submodule that a `from` names, and stops at circles', async () => {
    const modules = { 'pkg.': 'from .a import x\n', 'pkg.a': 'import pkg\n', 'pkg.sub': 'so' };
    expect(await reached('pkg', '', modules)).toEqual([]);
    expect(await reached('pkg', 'sub', modules)).toEqual(['pkg → pkg.sub: at-import']);
  });

  it('loads what a lazy name comes from when a `from` asks for it', async () => {
    const modules = {
      'pkg.':
        'from . import _eager\n_lazy = {"Fast": ".fast", "Other": ".gone"}\ndef __getattr__(name):\n    pass\n',
      'pkg._eager': 'so',
      'pkg.fast': 'from ._speed import Fast\n',
      'pkg._speed': 'so',
    };
    expect(await reached('pkg', '', modules)).toEqual(['pkg → pkg._eager: at-import']);
    expect(await reached('pkg', 'Fast', modules)).toEqual([
      'pkg → pkg._eager: at-import',
      'pkg → pkg.fast → pkg._speed: at-import',
    ]);
    expect(await reached('pkg', 'Other', modules)).toEqual(['pkg → pkg._eager: at-import']);
  });

  it('ends when two modules say of a lazy name that the other has it', async () => {
    const lazy = (module: string) => `_lazy = {"A": "${module}"}\ndef __getattr__(name):\n    pass\n`;
    expect(
      await reached('pkg', 'A', { 'pkg.': lazy('pkg.a'), 'pkg.a': lazy('.b'), 'pkg.b': lazy('.a') }),
    ).toEqual([]);
  });
});
