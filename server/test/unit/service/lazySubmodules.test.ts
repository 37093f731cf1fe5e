import { afterEach, describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import type { Analyzer } from '../../../src/service/analyzer.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { distribution, project, TAG, withGil } from '../../support/installed.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

/** Nothing but `pkg.sub` loads the module that brings the GIL back, and only `pkg.shown` names what is in it. */
const PKG = distribution('pkg', '1.0', {
  'pkg/__init__.py':
    '_lazy = {"shown": ".sub"}\n\ndef __getattr__(name):\n    return load(_lazy.get(name, name))\n',
  'pkg/sub.py': 'from ._fast import shown\n',
  'pkg/calm.py': '',
  [`pkg/_fast${TAG}`]: withGil('_fast'),
});

const analyzers: Analyzer[] = [];
afterEach(() => {
  for (const analyzer of analyzers.splice(0)) analyzer.dispose();
});

/** `line: message` of what is found about imports in `/work/app.py`, related places as `-> line: message`. */
async function found(app: string, others: Readonly<Record<string, string>> = {}): Promise<readonly string[]> {
  const analyzer = createAnalyzer({
    host: project(PKG, { 'app.py': app, ...others }),
    parser,
    logger: silentLogger,
  });
  analyzers.push(analyzer);
  analyzer.setFolders(['/work']);
  const { findings } = await analyzer.reportFile('/work/app.py', go);
  return findings
    .filter(({ rule }) => rule === 'gil-reenabled-import')
    .flatMap(({ place, message, severity, related }) => [
      `${place.start.line} ${severity}: ${message.replace(/ for the whole process.*$/, '')}`,
      ...related.map((one) => `-> ${one.place.file} ${one.place.start.line}: ${one.message}`),
    ]);
}

describe('a package that loads its submodules when they are asked for', () => {
  it('is reported where the code uses a submodule that brings the GIL back', async () => {
    expect(await found('import pkg\n\npkg.calm.x()\npkg.sub.shown()\n')).toEqual([
      '0 warning: Using `pkg.sub.shown` switches free-threaded Python’s GIL back on. `pkg → pkg.sub → pkg._fast` does so',
      '-> /work/app.py 3: using `pkg.sub.shown` loads it',
    ]);
  });

  it('is reported where the code uses or imports a name that comes from such a submodule', async () => {
    expect(await found('import pkg as p\n\nprint(p.shown)\n')).toEqual([
      '0 warning: Using `pkg.shown` switches free-threaded Python’s GIL back on. `pkg → pkg.sub → pkg._fast` does so',
      '-> /work/app.py 2: using `pkg.shown` loads it',
    ]);
    expect(await found('from pkg import shown\n')).toEqual([
      '0 warning: Importing `pkg` switches free-threaded Python’s GIL back on. `pkg → pkg.sub → pkg._fast` does so',
    ]);
  });

  it.each(['pkg.shown = 1', 'del pkg.shown'])(
    'is a note where a name is only set or deleted: %s',
    async (code) => {
      expect(await found(`import pkg\n\n${code}\n`)).toEqual([expect.stringMatching(/^0 information: /)]);
    },
  );

  it('is reported where a class is derived from what comes from such a submodule', async () => {
    expect(await found('import pkg\n\nclass Mine(pkg.shown):\n    pass\n')).toEqual([
      '0 warning: Using `pkg.shown` switches free-threaded Python’s GIL back on. `pkg → pkg.sub → pkg._fast` does so',
      '-> /work/app.py 2: using `pkg.shown` loads it',
    ]);
  });

  it('is a note where nothing that the file uses does it', async () => {
    expect(await found('import pkg\n\npkg.calm.x()\n')).toEqual([
      '0 information: First use of a part of `pkg` 1.0 switches free-threaded Python’s GIL back on. `pkg → pkg._fast` does so',
    ]);
  });

  it('names the place in another file that loads the part', async () => {
    const others = { 'other.py': 'import json\nimport pkg.sub\n' };
    expect(await found('import pkg\n', others)).toEqual([
      '0 information: First use of a part of `pkg` 1.0 switches free-threaded Python’s GIL back on. `pkg → pkg._fast` does so',
      '-> /work/other.py 1: importing `pkg.sub` loads it',
    ]);
  });

  it('is reported at the import that does it, not at an earlier one that does not', async () => {
    expect(await found('import pkg\nimport pkg.sub\n')).toEqual([
      '1 warning: Importing `pkg` switches free-threaded Python’s GIL back on. `pkg → pkg.sub → pkg._fast` does so',
    ]);
  });
});
