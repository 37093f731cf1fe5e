import { expect, test } from 'vitest';
import { cibuildwheelBuilds } from '../../../src/env/cibuildwheel.ts';

const WORKFLOW = '.github/workflows/wheels.yml';

/** Whether cp314t and cp315t are built, for a workflow and a `[tool.cibuildwheel]`. */
function builds(workflow: string, settings = ''): readonly (string | undefined)[] {
  const files = [
    { path: WORKFLOW, text: workflow },
    { path: 'pyproject.toml', text: `[tool.cibuildwheel]\n${settings}` },
  ];
  return [cibuildwheelBuilds(files, 14)?.builds, cibuildwheelBuilds(files, 15)?.builds];
}

const uses = (version: string, ...environment: readonly string[]): string =>
  [
    'jobs:',
    '  wheels:',
    '    steps:',
    `      - uses: pypa/cibuildwheel@${version}`,
    '        env:',
    ...environment.map((line) => `          ${line}`),
    '',
  ].join('\n');

test('the version decides where nothing is set', () => {
  expect(builds(uses('v4.2.0'))).toEqual(['yes', 'yes']);
  expect(builds(uses('v3.1.4'))).toEqual(['yes', 'no']);
  expect(builds(uses('v2.22.0'))).toEqual(['no', 'no']);
  expect(builds(uses('v4.0.1'), 'enable = ["cpython-prerelease"]\n')).toEqual(['yes', 'yes']);
  expect(builds(uses('main'))).toEqual(['unknown', 'unknown']);
});

test('an action pinned by commit has its version in the comment; a tool that pip installs in its requirement', () => {
  expect(builds(uses('0123456789abcdef0123456789abcdef01234567 # v3.2.0'))).toEqual(['yes', 'no']);
  expect(builds('run: python -m pip install cibuildwheel==2.23.3\n')).toEqual(['no', 'no']);
});

test('`skip` and `build` select as cibuildwheel does', () => {
  expect(builds(uses('v4.2.0', 'CIBW_SKIP: "pp* cp31?t-*"'))).toEqual(['no', 'no']);
  expect(builds(uses('v4.2.0', 'CIBW_SKIP: "*-musllinux_*"'))).toEqual(['yes', 'yes']);
  expect(builds(uses('v4.2.0'), 'build = "cp3*-*"\n')).toEqual(['yes', 'yes']);
  expect(builds(uses('v4.2.0'), 'build = ["cp31{3,4}-*", "cp314t-*"]\n')).toEqual(['yes', 'no']);
  expect(builds(uses('v4.2.0'), 'build = "cp3[0-9]*-*"\nskip = "cp31[!5]t-*"\n')).toEqual(['no', 'yes']);
});

test('a build for browsers tells nothing of the wheels for computers', () => {
  const browser = uses('v4.2.0', 'CIBW_PLATFORM: pyodide', 'CIBW_BUILD: cp314-pyodide_wasm32');
  expect(builds(browser)).toEqual([undefined, undefined]);
  const both = `${uses('v4.2.0')}${uses('v4.2.0', 'CIBW_PLATFORM: pyodide', 'CIBW_BUILD: "cp314-pyodide_wasm32"')}`;
  expect(builds(both)).toEqual(['yes', 'yes']);
});

test('a selection from a matrix is not guessed', () => {
  const matrix = uses('v4.2.0', `CIBW_BUILD: "\${{ matrix.python }}-*"`);
  expect(builds(matrix)).toEqual(['unknown', 'unknown']);
  expect(builds(`${matrix}# matrix: python: [cp314t-manylinux]\n`)).toEqual(['yes', 'unknown']);
});

test('a project without cibuildwheel has no answer, and the reason names file and line', () => {
  expect(builds('run: pytest  # not cibuildwheel\n')).toEqual([undefined, undefined]);
  const files = [{ path: WORKFLOW, text: uses('v2.22.0') }];
  expect(cibuildwheelBuilds(files, 14)).toEqual({
    builds: 'no',
    path: WORKFLOW,
    line: 4,
    says: 'cibuildwheel 2.22 is older than 3.1, the first that builds it',
    write: 'uses: pypa/cibuildwheel@v4.2.0',
  });
});

test('a selector full of stars is matched in no time', () => {
  const stars = `${'*?'.repeat(2000)}x`;
  expect(builds(uses('v4.2.0'), `build = "${stars}"\n`)).toEqual(['no', 'no']);
});

/** A workflow whose matrix is as given and names what is built. */
const fromMatrix = (...matrix: readonly string[]): string =>
  [
    'jobs:',
    '  wheels:',
    '    strategy:',
    '      matrix:',
    ...matrix.map((line) => `        ${line}`),
    '    steps:',
    '      - uses: pypa/cibuildwheel@v4.2.0',
    '        env:',
    `          CIBW_BUILD: \${{ matrix.python }}-*`,
    '',
  ].join('\n');

test('a selection from a matrix that is written out is followed', () => {
  expect(builds(fromMatrix('os: [a, b]', 'python: ["cp313", "cp314t"]'))).toEqual(['yes', 'no']);
  expect(builds(fromMatrix('python:', '  - cp314t', 'include:', '  - {os: a, python: cp315t}'))).toEqual([
    'yes',
    'yes',
  ]);
  expect(builds(fromMatrix('include:', '  - {os: a, python: "cp3*"}'))).toEqual(['yes', 'yes']);
});

test('a matrix that is computed, or leaves the name out for some of its jobs, is not guessed', () => {
  for (const matrix of [
    fromMatrix(`python: \${{ fromJSON(needs.plan.outputs.pythons) }}`),
    fromMatrix(`python: ["\${{ inputs.python }}"]`),
    fromMatrix('include:', '  - {os: a, python: cp313}', '  - {os: b}'),
    fromMatrix('os: [a]', 'include:', '  - {os: b, python: cp313}'),
    fromMatrix('python: [cp313').replace('cp313', 'cp313\n'),
  ])
    expect(builds(matrix)).toEqual(['unknown', 'unknown']);
});

test('what to write keeps the selectors that are there', () => {
  const write = (workflow: string, settings = '') =>
    cibuildwheelBuilds(
      [
        { path: WORKFLOW, text: workflow },
        { path: 'pyproject.toml', text: `[tool.cibuildwheel]\n${settings}` },
      ],
      14,
    )?.write;
  expect(write(uses('v4.2.0'), 'build = ["cp310-*", "pp*"]\n')).toBe(
    'build = ["cp310-*", "pp*", "cp314t-*"]',
  );
  expect(write(uses('v4.2.0', 'CIBW_BUILD: cp312-* cp313-*'))).toBe('CIBW_BUILD: "cp312-* cp313-* cp314t-*"');
  expect(write(uses('v4.2.0', 'CIBW_SKIP: "pp* cp31?t-*"'))).toBe('CIBW_SKIP: "pp*"');
  expect(write(uses('v4.2.0'), 'skip = "cp3??t-*"\n')).toBe('skip = []');
  expect(write(fromMatrix('python: ["cp313"]'))).toBe('cp314t');
  expect(write('run: pip install cibuildwheel==2.23.3\n')).toBe('cibuildwheel==4.2.0');
  expect(write(uses('v4.2.0', `CIBW_BUILD: "\${{ matrix.python }}-*"`))).toBeUndefined();
});
