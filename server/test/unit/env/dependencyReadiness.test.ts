import { describe, expect, it } from 'vitest';
import { parseDependencyFile } from '../../../src/env/dependencyFiles/dependencyFile.ts';
import { assessDependencies } from '../../../src/env/dependencyReadiness.ts';
import { readEnvironment } from '../../../src/env/environmentReading.ts';
import { inspectInterpreter } from '../../../src/env/interpreter.ts';
import { memoryHost } from './folders.ts';

const target = { minor: 14, freeThreaded: true };
const file = (path: string, text: string) => parseDependencyFile(path, text)!;
const assess = (...files: readonly ReturnType<typeof file>[]) =>
  assessDependencies({ files, environment: undefined, target });

const lock = file(
  '/p/uv.lock',
  `version = 1
requires-python = ">=3.12"
[[package]]
name = "mine"
version = "0.1"
source = { editable = "." }
[[package]]
name = "numpy"
version = "1.26.4"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://x/numpy-1.26.4-cp312-cp312-win_amd64.whl" }]
[[package]]
name = "colorama"
version = "0.4.6"
source = { registry = "https://index.example/simple" }
wheels = [{ url = "https://x/colorama-0.4.6-py2.py3-none-any.whl" }]
`,
);

describe('a project of many dependencies', () => {
  /** How often a name is asked for while `count` requirements and as many lock entries are assessed. */
  const looks = (count: number): number => {
    let seen = 0;
    const counted = <T extends { readonly name: string }>(one: T): T =>
      Object.defineProperty({ ...one }, 'name', {
        enumerable: true,
        get() {
          seen++;
          return one.name;
        },
      });
    const names = Array.from({ length: count }, (_, index) => `package-${index}`);
    const entry = (name: string) =>
      `[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "x" }\n`;
    const text = file('/p/requirements.txt', names.join('\n'));
    const locked = file('/p/uv.lock', names.map(entry).join(''));
    const distributions = locked.lock!.distributions.map(counted);
    const rows = assess(
      { ...text, requirements: text.requirements.map(counted) },
      { ...locked, lock: { ...locked.lock!, distributions } },
    );
    expect(rows).toHaveLength(count);
    return seen;
  };

  it('has each of them looked at a fixed number of times', () => {
    expect(looks(400)).toBeLessThanOrEqual(looks(200) * 2);
  });
});

describe('the dependencies of a project', () => {
  it('are those it requires and those its lock adds, each with its places', () => {
    const rows = assess(file('/p/pyproject.toml', '[project]\ndependencies = ["NumPy>=1.26"]\n'), lock);
    expect(
      rows.map(({ readiness, direct }) => [
        readiness.distribution,
        readiness.version,
        readiness.status,
        direct,
      ]),
    ).toEqual([
      ['colorama', '0.4.6', 'ready', false],
      ['NumPy', '1.26.4', 'not-importable', true],
    ]);
    expect(rows[1]).toMatchObject({
      readiness: { firstReady: '2.1.0' },
      locked: [{ path: '/p/uv.lock', version: '1.26.4' }],
      requirements: [{ path: '/p/pyproject.toml', raise: { result: 'NumPy>=2.1.0' } }],
    });
  });

  it('leave out what the lock has for other targets only', () => {
    const entry = (name: string, more = '') =>
      `[[package]]\nname = "${name}"\nversion = "1"\nsource = { registry = "x" }\n${more}`;
    const forked = file(
      '/p/uv.lock',
      [
        entry(
          'top',
          'dependencies = [{ name = "old", marker = "python_full_version == \'3.13.*\'" }, { name = "both" }]\n',
        ),
        entry('old', 'dependencies = [{ name = "older" }, { name = "both" }]\n'),
        entry('older', 'dependencies = [{ name = "wanted" }]\n'),
        entry('both', '[package.optional-dependencies]\nfast = [{ name = "extra" }]\n'),
        entry('extra'),
        entry('wanted'),
      ].join(''),
    );
    const names = (text: string) =>
      assess(file('/p/requirements.txt', text), forked).map(({ readiness }) => readiness.distribution);
    expect(names('top\n')).toEqual(['both', 'extra', 'top']);
    expect(names('top\nwanted\n')).toContain('wanted');
  });

  it('leave out what a marker of the project rules out, whether or not the lock has its version', () => {
    const lockOf = (version: string) =>
      file(
        '/p/uv.lock',
        `[[package]]\nname = "own"\n${version}source = { editable = "." }\ndependencies = [{ name = "zstandard", marker = "python_full_version < '3.13'" }, { name = "rich" }]\n\n[[package]]\nname = "zstandard"\nversion = "0.25.0"\nsource = { registry = "x" }\n\n[[package]]\nname = "rich"\nversion = "14.0.0"\nsource = { registry = "x" }\n`,
      );
    const project = file(
      '/p/pyproject.toml',
      '[project]\nname = "own"\ndynamic = ["version"]\ndependencies = ["zstandard; python_version < \'3.13\'", "rich"]\n',
    );
    for (const version of ['version = "1"\n', ''])
      expect(assess(project, lockOf(version)).map(({ readiness }) => readiness.distribution)).toEqual([
        'rich',
      ]);
  });

  it('leave out what a marker rules out', () => {
    const rows = assess(file('/p/requirements.txt', "numpy; python_version < '3.9'\nrich\n"));
    expect(rows.map(({ readiness }) => readiness.distribution)).toEqual(['rich']);
  });

  it('take the version that is pinned when nothing is locked', () => {
    const [row] = assess(file('/p/requirements.txt', 'numpy==1.26.4\n'));
    expect(row!.readiness).toMatchObject({ version: '1.26.4', status: 'gil-at-import' });
    expect(row!.requirements[0]?.raise).toMatchObject({ text: '2.1.0' });
  });

  it('judge each of several pins by its own version', () => {
    const [row] = assess(
      file(
        '/p/requirements.txt',
        "numpy==2.0.0; platform_machine == 'armv7l'\nnumpy==2.3.0; platform_machine != 'armv7l'\n",
      ),
    );
    expect(row!.requirements.map(({ readiness }) => [readiness.version, readiness.status])).toEqual([
      ['2.0.0', 'gil-at-import'],
      ['2.3.0', 'ready'],
    ]);
  });

  it('are judged as older versions where a requirement stays below the first ready one', () => {
    const says = (text: string) => {
      const [row] = assess(file('/p/requirements.txt', text));
      return [
        row?.readiness.status,
        row?.readiness.evidence[0]?.says.split(',')[0],
        row?.readiness.firstReady,
      ];
    };
    const older = ['gil-at-import', 'What is asked for of numpy stays below 2.1.0', '2.1.0'];
    for (const text of [
      'numpy>=1.26,<2\n',
      'numpy<2.1\n',
      'numpy<=1.26.4\n',
      'numpy~=1.26\n',
      'numpy==1.*\n',
    ])
      expect(says(text), text).toEqual(older);
    for (const text of ['numpy>=1.26,<3\n', 'numpy<=2.1\n', 'numpy~=2.0\n', 'numpy==2.*\n', 'numpy!=1.26\n'])
      expect(says(text)[0], text).toBe('ready');
  });

  it('are judged so with the caret of Poetry too', () => {
    const [row] = assess(file('/p/pyproject.toml', '[tool.poetry.dependencies]\nnumpy = "^1.26"\n'));
    expect(row?.readiness).toMatchObject({ status: 'gil-at-import', firstReady: '2.1.0' });
  });

  it('do not count the members of its own workspace', () => {
    const rows = assess(
      file('/p/pyproject.toml', '[project]\nname = "whole"\ndependencies = ["part-a"]\n'),
      file('/p/a/pyproject.toml', '[project]\nname = "Part_A"\ndependencies = ["numpy", "whole"]\n'),
    );
    expect(rows.map(({ readiness }) => readiness.distribution)).toEqual(['numpy']);
  });

  it('do not count a constraint as a dependency', () => {
    expect(assess(file('/p/constraints.txt', 'numpy<3\n'))).toEqual([]);
    const [row] = assess(file('/p/requirements.txt', 'numpy\n'), file('/p/constraints.txt', 'numpy<2\n'));
    expect(row!.requirements.map(({ raise }) => (typeof raise === 'string' ? raise : raise?.result))).toEqual(
      ['numpy>=2.1.0', 'excluded'],
    );
  });

  it('of an environment without a lock are what is installed', async () => {
    const host = memoryHost({
      '/e/pyvenv.cfg': 'version = 3.14.0\n',
      '/e/lib/python3.14t/site-packages/a_b-2.0.dist-info/METADATA': 'Name: a.b\nVersion: 2.0\n',
      '/e/lib/python3.14t/site-packages/a_b-2.0.dist-info/RECORD': 'a_b/__init__.py,,\n',
    });
    const environment = await readEnvironment((await inspectInterpreter('/e', host))!, host);
    const rows = assessDependencies({
      files: [file('/p/requirements.txt', 'A-B==1.0\n')],
      environment,
      target,
    });
    expect(rows).toHaveLength(1);
    expect(rows[0]).toMatchObject({
      direct: true,
      readiness: { distribution: 'a.b', version: '2.0', status: 'ready' },
    });
  });

  it('judge a requirement by what it admits, not by an installed version that it rules out', async () => {
    const host = memoryHost({
      '/e/pyvenv.cfg': 'version = 3.14.0\n',
      '/e/lib/python3.14t/site-packages/numpy-1.26.4.dist-info/METADATA': 'Name: numpy\nVersion: 1.26.4\n',
      '/e/lib/python3.14t/site-packages/numpy-1.26.4.dist-info/RECORD': 'numpy/__init__.py,,\n',
    });
    const environment = await readEnvironment((await inspectInterpreter('/e', host))!, host);
    const versions = (text: string) =>
      assessDependencies({
        files: [file('/p/requirements.txt', text)],
        environment,
        target,
      })[0]!.requirements.map(({ readiness }) => readiness.version);
    expect(versions('numpy==2.1.0\n')).toEqual(['2.1.0']);
    expect(versions('numpy>=1.20\n')).toEqual(['1.26.4']);
  });
});
