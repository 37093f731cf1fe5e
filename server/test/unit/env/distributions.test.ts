import { describe, expect, it } from 'vitest';
import {
  distributionsOfImport,
  installedDistribution,
  parseExtensionFileName,
  parseRecord,
  readDistributions,
} from '../../../src/env/distributions.ts';
import { memoryHost } from './folders.ts';

const site = '/e/lib/python3.14t/site-packages';
const at = (files: Record<string, string>) =>
  memoryHost(
    Object.fromEntries(
      Object.entries(files).map(([path, text]) => [path.startsWith('/') ? path : `${site}/${path}`, text]),
    ),
  );
const read = async (files: Record<string, string>) => readDistributions([site], at(files));

describe('an installed wheel', () => {
  const files = {
    'Sample_Pkg-1.2.dist-info/METADATA':
      'Metadata-Version: 2.1\nName: Sample.Pkg\nVersion: 1.2\nRequires-Dist: numpy>=2\nRequires-Dist: rich; extra == "cli"\n\nName: not a header\n',
    'Sample_Pkg-1.2.dist-info/WHEEL':
      'Wheel-Version: 1.0\nTag: cp314-cp314t-manylinux_2_17_x86_64\nTag: cp314-cp314t-manylinux2014_x86_64\n',
    'Sample_Pkg-1.2.dist-info/top_level.txt': 'sample\nwrong\n',
    'Sample_Pkg-1.2.dist-info/RECORD': [
      'sample/__init__.py,sha256=x,10',
      'sample/_fast.cpython-314t-x86_64-linux-gnu.so,sha256=x,10',
      'sample/inner/_more.so,,',
      '"sample/odd,name.py",sha256=x,1',
      'sample_pkg.libs/libz-1234.so.1,,',
      'single.py,,',
      '../../../bin/sample,,',
      'Sample_Pkg-1.2.dist-info/RECORD,,',
    ].join('\r\n'),
  };

  it('is known with its version, names, requirements and extension modules', async () => {
    const distribution = installedDistribution(await read(files), 'sample_pkg');
    expect(distribution).toMatchObject({
      name: 'Sample.Pkg',
      version: '1.2',
      imports: ['single', 'sample'],
      requires: ['numpy>=2', 'rich; extra == "cli"'],
      wheelTags: ['cp314-cp314t-manylinux_2_17_x86_64', 'cp314-cp314t-manylinux2014_x86_64'],
      editable: undefined,
    });
    expect(distribution!.extensions.map(({ path, module, suffix }) => [path, module, suffix])).toEqual([
      [
        `${site}/sample/_fast.cpython-314t-x86_64-linux-gnu.so`,
        'sample._fast',
        '.cpython-314t-x86_64-linux-gnu.so',
      ],
      [`${site}/sample/inner/_more.so`, 'sample.inner._more', '.so'],
    ]);
  });

  it('is found by what it lets people import', async () => {
    const installed = await read(files);
    expect(distributionsOfImport(installed, 'sample.inner._more').map(({ name }) => name)).toEqual([
      'Sample.Pkg',
    ]);
    expect(distributionsOfImport(installed, 'wrong')).toEqual([]);
  });

  it('is not read again while its RECORD is unchanged', async () => {
    const host = at(files);
    const first = await readDistributions([site], host);
    const second = await readDistributions([site], host, undefined, first);
    expect(second.distributions[0]).toBe(first.distributions[0]);
  });
});

describe('a shared top-level name', () => {
  it('goes to the distribution that holds the part imported', async () => {
    const installed = await read({
      'protobuf-7.0.dist-info/METADATA': 'Name: protobuf\nVersion: 7.0\n',
      'protobuf-7.0.dist-info/RECORD': 'google/protobuf/__init__.py,,\ngoogle/_upb/_message.abi3.so,,\n',
      'google_auth-2.0.dist-info/METADATA': 'Name: google-auth\nVersion: 2.0\n',
      'google_auth-2.0.dist-info/RECORD': 'google/auth/__init__.py,,\n',
    });
    expect(distributionsOfImport(installed, 'google.protobuf.message').map(({ name }) => name)).toEqual([
      'protobuf',
    ]);
    expect(distributionsOfImport(installed, 'google._upb').map(({ name }) => name)).toEqual(['protobuf']);
    expect(distributionsOfImport(installed, 'google.auth').map(({ name }) => name)).toEqual(['google-auth']);
    expect(distributionsOfImport(installed, 'google')).toEqual([]);
  });
});

describe('a development install', () => {
  const metadata = {
    'mine-0.1.dist-info/METADATA': 'Name: mine\nVersion: 0.1\n',
    'mine-0.1.dist-info/direct_url.json': '{"dir_info": {"editable": true}, "url": "file:///work/my%20proj"}',
  };

  it('through a .pth file is followed to its source folder', async () => {
    const installed = await read({
      ...metadata,
      'mine-0.1.dist-info/RECORD': '__editable__.mine-0.1.pth,,\n',
      '__editable__.mine-0.1.pth': '/work/my proj/src\n',
      '/work/my proj/src/mine/__init__.py': '',
      '/work/my proj/src/mine/_c.cpython-314t-x86_64-linux-gnu.so': '',
    });
    const [distribution] = distributionsOfImport(installed, 'mine');
    expect(distribution?.editable).toEqual([{ import: undefined, path: '/work/my proj/src' }]);
    expect(distribution?.extensions.map(({ module }) => module)).toEqual(['mine._c']);
    expect(installed.searchFolders).toContain('/work/my proj/src');
  });

  it("through setuptools' finder is followed to each mapped package", async () => {
    const installed = await read({
      ...metadata,
      'mine-0.1.dist-info/RECORD': '__editable__.mine-0.1.pth,,\n__editable___mine_0_1_finder.py,,\n',
      '__editable__.mine-0.1.pth':
        'import __editable___mine_0_1_finder; __editable___mine_0_1_finder.install()',
      '__editable___mine_0_1_finder.py':
        "MAPPING: dict[str, str] = {'mine': '/work/x/mine', 'mine.sub': '/work/x/mine/sub'}\n",
      '/work/x/mine/__init__.py': '',
      '/work/x/mine/sub/_d.so': '',
    });
    const [distribution] = distributionsOfImport(installed, 'mine');
    expect(distribution?.imports).toEqual(['mine']);
    expect(distribution?.extensions.map(({ module }) => module)).toEqual(['mine.sub._d']);
  });

  it('without a finder is looked for where it was installed from', async () => {
    const installed = await read({ ...metadata, '/work/my proj/mine.py': '', '/work/my proj/setup.py': '' });
    expect(installed.distributions[0]?.imports).toEqual(['mine']);
  });

  it('by an egg-link is followed too', async () => {
    const installed = await read({
      'old.egg-link': '/work/old\n../',
      '/work/old/old.egg-info/PKG-INFO': 'Name: old\nVersion: 3\n',
      '/work/old/old.egg-info/top_level.txt': 'old\n',
      '/work/old/old/__init__.py': '',
    });
    expect(installed.distributions[0]).toMatchObject({ name: 'old', version: '3', imports: ['old'] });
  });
});

describe('installs without a RECORD', () => {
  it('from an egg-info folder are read from its list of files', async () => {
    const installed = await read({
      'legacy-2.0-py3.11.egg-info/PKG-INFO': 'Name: legacy\nVersion: 2.0\n',
      'legacy-2.0-py3.11.egg-info/installed-files.txt':
        '../legacy/__init__.py\n../legacy/_c.so\n../../../bin/legacy\n',
    });
    expect(installed.distributions[0]).toMatchObject({ name: 'legacy', version: '2.0', imports: ['legacy'] });
    expect(installed.distributions[0]?.extensions.map(({ module }) => module)).toEqual(['legacy._c']);
  });

  it('are looked for in the folders top_level.txt names', async () => {
    const installed = await read({
      'bare-1.0.dist-info/METADATA': 'Name: bare\nVersion: 1.0\n',
      'bare-1.0.dist-info/top_level.txt': 'bare\n_bare\n',
      'bare/__init__.py': '',
      'bare/deep/_x.cpython-314t-darwin.so': '',
      '_bare.cpython-314t-darwin.so': '',
    });
    expect(installed.distributions[0]?.extensions.map(({ module }) => module).sort()).toEqual([
      '_bare',
      'bare.deep._x',
    ]);
  });

  it('and without any content have a name and version all the same', async () => {
    const installed = await read({ 'ghost-1.0.dist-info/INSTALLER': 'pip\n' });
    expect(installed.distributions[0]).toMatchObject({ name: 'ghost', version: '1.0', extensions: [] });
  });

  it('in a folder that cannot be read are none', async () => {
    expect((await readDistributions(['/nowhere'], memoryHost({}))).distributions).toEqual([]);
  });
});

describe('the name of an extension file', () => {
  it.each([
    [
      'pandas/_libs/lib.cpython-314t-x86_64-linux-gnu.so',
      'pandas._libs.lib',
      '.cpython-314t-x86_64-linux-gnu.so',
      undefined,
    ],
    ['a/b.cp314t-win_amd64.pyd', 'a.b', '.cp314t-win_amd64.pyd', undefined],
    ['a/b.abi3.so', 'a.b', '.abi3.so', undefined],
    ['a/b.abi3t.so', 'a.b', '.abi3t.so', undefined],
    ['b.pyd', 'b', '.pyd', undefined],
    ['tomli/__init__.cpython-314t-darwin.so', 'tomli', '.cpython-314t-darwin.so', undefined],
    [
      'fd7dcdb10166ebd4db98__mypyc.cpython-314t-darwin.so',
      'fd7dcdb10166ebd4db98__mypyc',
      '.cpython-314t-darwin.so',
      undefined,
    ],
    ['a/name.avx2.cpython-313t-x86_64-linux-gnu.so', 'a.name', '.cpython-313t-x86_64-linux-gnu.so', 'avx2'],
  ])('%s is module %s', (path, module, suffix, variant) => {
    expect(parseExtensionFileName(path)).toEqual({ module, suffix, variant });
  });

  it.each(['numpy.libs/libopenblas.so', 'a/libx.so.1', 'a/libx.1.2.so', 'a/b.py', 'a/not-a-name.so'])(
    '%s is none',
    (path) => {
      expect(parseExtensionFileName(path)).toBeUndefined();
    },
  );
});

describe('a RECORD', () => {
  it('written on Windows has forward slashes', () => {
    expect(parseRecord('a\\b.py,,\n"c\\d,e.py",,\n')).toEqual(['a/b.py', 'c/d,e.py']);
  });
});
