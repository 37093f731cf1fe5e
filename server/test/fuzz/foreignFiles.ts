/** One file of each kind that a reader of foreign files reads, undamaged, as a project in /p. */
import { COUNTER } from '../support/python.ts';

const SITE = '/p/.venv/lib/python3.14t/site-packages';
/** One file of each kind that a reader of foreign files reads, by the path under which it is looked for. */
export const TEXT_FILES: readonly (readonly [string, string])[] = [
  [
    '/p/pyproject.toml',
    '[project]\nname = "x"\nrequires-python = ">=3.13"\ndependencies = ["numpy[a]>=1,<2 ; python_version < \'3.15\'", "b"]\n[tool.heddle]\nlevel = "note"\nexclude = ["a/**"]\nmodels = ["models/*.json"]\nrules = { useless-lock = "off" }\n[tool.heddle.gil-overrides]\nnumpy = { status = "ready", reason = "r" }\n[tool.uv.workspace]\nmembers = ["packages/*"]\n',
  ],
  [
    '/p/uv.lock',
    'version = 1\nrequires-python = ">=3.13"\n[[package]]\nname = "a"\nversion = "1.0"\nsource = { registry = "r" }\ndependencies = [{ name = "b", marker = "os_name == \'nt\'" }]\nwheels = [{ url = "https://x/a-1.0-cp314-cp314t-linux_x86_64.whl" }]\n',
  ],
  [
    '/p/poetry.lock',
    '[[package]]\nname = "a"\nversion = "1"\nfiles = [{file = "a-1.whl"}]\n[package.dependencies]\nb = ">=1"\n',
  ],
  [
    '/p/pylock.toml',
    'lock-version = "1.0"\n[[packages]]\nname = "a"\nversion = "1"\nwheels = [{ name = "a-1-py3-none-any.whl" }]\n',
  ],
  [
    '/p/Pipfile.lock',
    '{"default": {"a": {"version": "==1", "markers": "os_name == \'nt\'"}}, "develop": {}}',
  ],
  ['/p/Pipfile', '[packages]\na = "*"\nb = {version = ">=1", markers = "os_name == \'nt\'"}\n'],
  ['/p/environment.yml', 'name: x\ndependencies:\n  - a=1\n  - b >=1,<2\n  - pip:\n    - c>=1\n'],
  [
    '/p/requirements.txt',
    '# c\nnumpy==1.2 \\\n    --hash=sha256:0\n-r more.txt\nb[x]>=1,<2 ; python_version >= "3" and (os_name == "nt" or extra not in "a")\n-e .\n',
  ],
  [
    '/p/setup.cfg',
    '[metadata]\nname = x\nclassifiers =\n    A :: B\n[options]\npython_requires = >=3.13\n[tox:tox]\nenvlist = py314t\n',
  ],
  ['/p/tox.ini', '[tox]\nenvlist = py314t,py313\n[testenv]\nbasepython = python3.14t\n'],
  ['/p/.python-version', '3.14t\ncpython-3.14.0+freethreaded-linux-x86_64-gnu\n'],
  ['/p/.gitignore', '*.egg-info/\nbuild/**/gen\n!keep\n/a*b*c\n'],
  [
    '/p/src/m.c',
    'static PyModuleDef_Slot slots[] = {{Py_mod_exec, f}, {0, NULL}};\nPyMODINIT_FUNC PyInit_m(void) {\n    PyObject *m = PyModule_Create(&d);\n    return m;\n}\n/* c */ "s"\n',
  ],
  ['/p/src/n.cpp', 'PYBIND11_MODULE(n, m, py::mod_gil_not_used()) {}\n'],
  ['/p/src/o.pyx', '# cython: language_level=3\ncdef int f(): return 1\n'],
  ['/p/src/lib.rs', '#[pymodule(gil_used = true)]\nfn p(m: &Bound<PyModule>) {}\n'],
  ['/p/Cargo.toml', '[dependencies]\npyo3 = { version = "0.25" }\n'],
  ['/p/CMakeLists.txt', 'nanobind_add_module(x STABLE_ABI src/x.cpp) # c\n'],
  [
    '/p/.venv/pyvenv.cfg',
    'home = /usr/bin\nversion_info = 3.14.0\nimplementation = CPython\nexecutable = /usr/bin/python3.14t\n',
  ],
  ['/usr/bin/python3.14t', ''],
  [
    `${SITE}/x-1.0.dist-info/METADATA`,
    'Metadata-Version: 2.1\nName: x\nVersion: 1.0\nRequires-Dist: a>=1 ; extra == "b"\n  more\n\nText\n',
  ],
  [
    `${SITE}/x-1.0.dist-info/RECORD`,
    'x/__init__.py,sha256=a,1\n"x/a,b.py",,\nx/_c.cpython-314t-x86_64-linux-gnu.so,,\n',
  ],
  [`${SITE}/x-1.0.dist-info/WHEEL`, 'Wheel-Version: 1.0\nTag: cp314-cp314t-manylinux_2_28_x86_64\n'],
  [`${SITE}/y-1.dist-info/METADATA`, 'Name: y\nVersion: 1\n'],
  [`${SITE}/y-1.dist-info/direct_url.json`, '{"url": "file:///p/y", "dir_info": {"editable": true}}'],
  [`${SITE}/y-1.dist-info/RECORD`, '__editable___y_finder.py,,\ny.pth,,\n'],
  [`${SITE}/__editable___y_finder.py`, "MAPPING = {'y': '/p/y/y', 'y.z': 'C:\\\\\\\\y'}\n"],
  [`${SITE}/y.pth`, 'import y\n/p/y\n../other\n# c\n'],
  [`${SITE}/z.egg-link`, '/p/z\n.\n'],
  ['/p/y/y/__init__.py', ''],
  ['/p/a.py', COUNTER],
  [
    '/p/models/jobs.json',
    JSON.stringify({
      library: 'jobs',
      source: 'https://example.org/jobs',
      date: '2026-11-29',
      makes: { 'jobs.Lock': { kind: 'lock', lock: 'Lock', reentrant: false } },
      bases: { 'jobs.Special': 'jobs.App' },
      objects: {
        'jobs.App': { sharing: 'unsafe', name: 'an app', why: 'is not', instead: 'make one', said: 'known' },
      },
      calls: { 'jobs.App.wait': { blocks: 'others', timeout: { position: 0 } } },
      entries: [
        {
          decorator: 'jobs.App.job',
          many: true,
          what: 'job thread',
          because: 'The queue runs jobs in threads',
        },
        { base: 'jobs.*Handler*', many: true, methods: ['on_*'], what: 'handler thread' },
      ],
    }),
  ],
  [
    '/p/n.ipynb',
    JSON.stringify({
      cells: [
        { cell_type: 'markdown', source: ['# Title'], metadata: {} },
        {
          cell_type: 'code',
          source: ['%time x = 1\n', 'files = !ls \\\n', ' -l\n'],
          metadata: {},
          outputs: [],
        },
        { cell_type: 'code', source: COUNTER, metadata: {}, outputs: [] },
        { cell_type: 'code', source: ['%%bash\n', 'echo x'], metadata: {}, outputs: [] },
      ],
      metadata: { language_info: { name: 'python' } },
      nbformat: 4,
      nbformat_minor: 5,
    }),
  ],
  [
    '/p/jobs_app.py',
    'from jobs import App\napp = App()\ndone = 0\n@app.job\ndef work():\n    global done\n    done += 1\n',
  ],
];
export const TEXTS: readonly string[] = TEXT_FILES.map(([, text]) => text);
