import { describe, expect, it } from 'vitest';
import { findInterpreters, inspectInterpreter, parseBuildDetails } from '../../../src/env/interpreter.ts';
import { parsePythonRequest } from '../../../src/env/pythonRequest.ts';
import { memoryHost } from './folders.ts';

const uvHome = '/home/me/.local/share/uv/python';

describe('a virtual environment', () => {
  it('made by a free-threaded venv is known by its library folder', async () => {
    const host = memoryHost({
      '/p/.venv/pyvenv.cfg': 'home = /opt/py/bin\nversion = 3.14.2\nexecutable = /opt/py/bin/python3.14t\n',
      '/p/.venv/lib/python3.14t/site-packages/': '',
      '/p/.venv/bin/python': '',
    });
    const [interpreter] = await findInterpreters('/p', host);
    expect(interpreter).toMatchObject({
      origin: 'project-environment',
      kind: 'venv',
      version: '3.14.2',
      freeThreaded: 'yes',
      executable: '/p/.venv/bin/python',
      sitePackages: ['/p/.venv/lib/python3.14t/site-packages'],
    });
    expect(interpreter!.evidence[0]).toEqual({
      path: '/p/.venv/lib/python3.14t',
      says: 'the folder lib/python3.14t belongs to a free-threaded build',
    });
  });

  it('made by uv is known by the folder of the installation it points to', async () => {
    const home = `${uvHome}/cpython-3.14.0+freethreaded-windows-x86_64-none`;
    const host = memoryHost({
      '/p/.venv/pyvenv.cfg': `home = ${home}\nimplementation = CPython\nuv = 0.9.5\nversion_info = 3.14.0\n`,
      '/p/.venv/Lib/site-packages/': '',
      '/p/.venv/Scripts/python.exe': '',
    });
    const [interpreter] = await findInterpreters('/p', host);
    expect(interpreter).toMatchObject({
      version: '3.14.0',
      freeThreaded: 'yes',
      sitePackages: ['/p/.venv/Lib/site-packages'],
      platform: { system: 'windows' },
    });
  });

  it('on the build with the GIL is told apart although the version is the same', async () => {
    const host = memoryHost({
      '/p/.venv/pyvenv.cfg': 'home = /usr/bin\nversion = 3.14.2\n',
      '/p/.venv/lib/python3.14/site-packages/': '',
    });
    expect((await findInterpreters('/p', host))[0]).toMatchObject({ version: '3.14.2', freeThreaded: 'no' });
  });

  it('stays unknown when no file tells, whatever its version', async () => {
    const host = memoryHost({
      '/p/venv/pyvenv.cfg': 'home = C:\\Python314\nversion = 3.14.2\n',
      '/p/venv/Scripts/python.exe': '',
    });
    expect((await findInterpreters('/p', host))[0]).toMatchObject({
      version: '3.14.2',
      freeThreaded: 'unknown',
    });
  });

  it('of a Windows installation with both builds goes by the executable', async () => {
    const host = memoryHost({
      'C:/Python314/python.exe': '',
      'C:/Python314/python3.14t.exe': '',
      'C:/Python314/python314.dll': '',
      'C:/Python314/python314t.dll': '',
      'C:/p/.venv/pyvenv.cfg':
        'home = C:\\Python314\nversion = 3.14.2\nexecutable = C:\\Python314\\python3.14t.exe\n',
      'C:/q/.venv/pyvenv.cfg':
        'home = C:\\Python314\nversion = 3.14.2\nexecutable = C:\\Python314\\python.exe\n',
    });
    expect((await findInterpreters('C:/p', host))[0]?.freeThreaded).toBe('yes');
    expect((await findInterpreters('C:/q', host))[0]?.freeThreaded).toBe('no');
  });

  it('with system packages lists the base folders after its own', async () => {
    const host = memoryHost({
      '/p/.venv/pyvenv.cfg':
        'home = /opt/py/bin\ninclude-system-site-packages = true\nversion = 3.13.1\nexecutable = /opt/py/bin/python3.13t\n',
      '/p/.venv/lib/python3.13t/site-packages/': '',
      '/opt/py/bin/python3.13t': '',
      '/opt/py/lib/python3.13t/os.py': '',
      '/opt/py/lib/python3.13t/site-packages/': '',
    });
    expect((await findInterpreters('/p', host))[0]?.sitePackages).toEqual([
      '/p/.venv/lib/python3.13t/site-packages',
      '/opt/py/lib/python3.13t/site-packages',
    ]);
  });

  it('made by PyPy has no free-threaded build', async () => {
    const host = memoryHost({
      '/p/.venv/pyvenv.cfg': 'home = /opt/pypy\nimplementation = PyPy\nversion_info = 3.11.0\n',
    });
    expect((await findInterpreters('/p', host))[0]).toMatchObject({
      freeThreaded: 'no',
      implementation: 'other',
    });
  });
});

describe('an installation', () => {
  it('is known by the name of its configuration module', async () => {
    const host = memoryHost(
      {
        '/opt/py/bin/python3.14': 'x',
        '/opt/py/lib/python3.14t/os.py': '',
        '/opt/py/lib/python3.14t/_sysconfigdata_t_linux_aarch64-linux-gnu.py': '',
      },
      { '/usr/local/bin/python3': '/opt/py/bin/python3.14' },
    );
    expect(await inspectInterpreter('/usr/local/bin/python3', host)).toMatchObject({
      kind: 'installation',
      prefix: '/opt/py',
      version: '3.14',
      freeThreaded: 'yes',
      platform: { system: 'linux', architecture: 'aarch64', musl: false },
    });
  });

  it('with both builds under one prefix goes by the name of the executable', async () => {
    const host = memoryHost({
      '/usr/bin/python3.13': 'gil build',
      '/usr/bin/python3.13t': 'threaded',
      '/usr/lib/python3.13/os.py': '',
      '/usr/lib/python3.13t/os.py': '',
    });
    expect((await inspectInterpreter('/usr/bin/python3.13', host))?.freeThreaded).toBe('no');
    expect((await inspectInterpreter('/usr/bin/python3.13t', host))?.freeThreaded).toBe('yes');
  });

  it('from conda is known by the build string', async () => {
    const host = memoryHost({
      '/p/env/conda-meta/python-3.14.0-h1234567_2_cp314t.json': '{}',
      '/p/env/bin/python': '',
      '/p/other/conda-meta/python-3.14.0-h7654321_2_cp314.json': '{}',
    });
    const [first, second] = await findInterpreters('/p', host);
    expect(first).toMatchObject({ kind: 'conda', version: '3.14.0', freeThreaded: 'yes' });
    expect(second).toMatchObject({ kind: 'conda', version: '3.14.0', freeThreaded: 'no' });
  });

  it('is read from build-details.json', () => {
    const details = {
      schema_version: '1.0',
      language: { version: '3.14' },
      implementation: { name: 'cpython', version: { major: 3, minor: 14, micro: 1 } },
      abi: { flags: ['t'], extension_suffix: '.cpython-314t-x86_64-linux-gnu.so' },
    };
    expect(parseBuildDetails(JSON.stringify(details))).toEqual({ freeThreaded: 'yes', version: '3.14.1' });
    expect(parseBuildDetails('{ not json')).toBeUndefined();
  });

  it('older than 3.13 cannot be free-threaded', async () => {
    const host = memoryHost({ '/opt/bin/python3.12': '' });
    expect((await inspectInterpreter('/opt/bin/python3.12', host))?.freeThreaded).toBe('no');
  });
});

describe('which interpreter is meant', () => {
  const files = {
    '/p/.python-version': '# pinned\n3.14t\n',
    [`${uvHome}/cpython-3.14.0+freethreaded-linux-x86_64-gnu/bin/python3.14t`]: '',
    [`${uvHome}/cpython-3.14.2+freethreaded-linux-x86_64-gnu/bin/python3.14t`]: '',
    [`${uvHome}/cpython-3.14.3-linux-x86_64-gnu/bin/python3.14`]: '',
    '/envs/chosen/pyvenv.cfg': 'version = 3.13.0\n',
    '/envs/active/pyvenv.cfg': 'version = 3.12.0\n',
  };

  it('.python-version picks the newest installation of that build', async () => {
    const found = await findInterpreters('/p', memoryHost(files), { installations: [uvHome] });
    expect(found).toHaveLength(1);
    expect(found[0]).toMatchObject({ origin: 'python-version-file', version: '3.14.2', freeThreaded: 'yes' });
  });

  it('the one the user chose leaves the others out', async () => {
    const search = { chosen: '/envs/chosen', active: '/envs/active', installations: [uvHome] };
    const found = await findInterpreters('/p', memoryHost(files), search);
    expect(found.map(({ origin, prefix }) => [origin, prefix])).toEqual([['setting', '/envs/chosen']]);
  });

  it('.venv comes before any other environment of the folder and the active one', async () => {
    const host = memoryHost({
      ...files,
      '/p/aaa/pyvenv.cfg': 'version = 3.11.0\n',
      '/p/.venv/pyvenv.cfg': 'version = 3.13.0\n',
    });
    const found = await findInterpreters('/p', host, { active: '/envs/active' });
    expect(found.map(({ prefix }) => prefix)).toEqual(['/p/.venv', '/p/aaa', '/envs/active']);
  });

  it('nothing is found where nothing is', async () => {
    expect(await findInterpreters('/nowhere', memoryHost({}), { chosen: '/gone/bin/python' })).toEqual([]);
  });
});

describe('a request for a Python', () => {
  it.each([
    ['3.14t', '3.14', 'yes'],
    ['3.14.0t', '3.14.0', 'yes'],
    ['3.15.0a1t', '3.15.0a1', 'yes'],
    ['3.14td', '3.14', 'yes'],
    ['3.14t-dev', '3.14', 'yes'],
    ['3.14+freethreaded', '3.14', 'yes'],
    ['3.14+freethreaded+debug', '3.14', 'yes'],
    ['cpython-3.14.0+freethreaded-linux-x86_64-gnu', '3.14.0', 'yes'],
    ['cpython@3.13t', '3.13', 'yes'],
    ['cp314t', '3.14', 'yes'],
    ['py313t', '3.13', 'yes'],
    ['3.13-nogil', '3.13', 'yes'],
    ['3.14+gil', '3.14', 'no'],
    ['3.14', '3.14', 'unknown'],
    ['cpython-3.14.0-linux-x86_64-gnu', '3.14.0', 'unknown'],
  ])('%s means %s, free-threaded: %s', (text, version, freeThreaded) => {
    expect(parsePythonRequest(text)).toMatchObject({ version, freeThreaded, implementation: 'cpython' });
  });

  it.each(['', 'system', 'my-environment', '/usr/bin/python'])('"%s" is none', (text) => {
    expect(parsePythonRequest(text)).toBeUndefined();
  });
});
