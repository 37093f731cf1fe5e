import { strToU8, zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { multiPhase } from '../env/binary/modules.ts';
import { runHeddle } from './runHeddle.ts';

const declares = multiPhase('elf', 'x86-64', [[4, 1]], '_a');
const silent = multiPhase('elf', 'x86-64', [], '_a');
const gil = multiPhase('elf', 'x86-64', [[4, 1]], '_a', 'gil');
const BETA = 'Classifier: Programming Language :: Python :: Free Threading :: 2 - Beta';

/** A wheel of `loom` 1.0 with these tags. */
function wheel(tags: string, modules: Readonly<Record<string, Uint8Array>>, ...headers: readonly string[]) {
  const metadata = ['Metadata-Version: 2.4', 'Name: loom', 'Version: 1.0', ...headers, '', 'About.'].join(
    '\n',
  );
  return {
    [`/work/dist/loom-1.0-${tags}.whl`]: zipSync({
      ...Object.fromEntries(Object.entries(modules).map(([name, bytes]) => [`loom/${name}`, bytes])),
      'loom-1.0.dist-info/METADATA': strToU8(metadata),
    }),
  };
}

const FREE = 'cp314-cp314t-manylinux_2_28_x86_64';
const FREE_MODULE = '_a.cpython-314t-x86_64-linux-gnu.so';
const GIL = 'cp314-cp314-manylinux_2_28_x86_64';
const GIL_MODULE = '_a.cpython-314-x86_64-linux-gnu.so';

async function kinds(files: Readonly<Record<string, Uint8Array>>): Promise<readonly string[]> {
  const { stdout } = await runHeddle(['wheel', 'dist', '--format', 'json'], { files });
  return JSON.parse(stdout).flatMap(({ problems }: { problems: { kind: string }[] }) =>
    problems.map(({ kind }) => kind),
  );
}

test('a release whose wheels, classifier and modules agree passes', async () => {
  const files = {
    ...wheel(FREE, { [FREE_MODULE]: declares }, BETA, 'Requires-Python: >=3.9'),
    ...wheel(GIL, { [GIL_MODULE]: gil }, BETA, 'Requires-Python: >=3.9'),
  };
  const { stdout, code } = await runHeddle(['wheel', 'dist'], { files });
  expect([stdout, code]).toEqual([
    'loom 1.0  2 wheels\n  ✓ Names, metadata and binaries agree on free-threaded Python.\n',
    0,
  ]);
});

test('a module of a free-threaded wheel that does not declare is named with its wheel and the advice', async () => {
  const files = wheel(FREE, { [FREE_MODULE]: silent }, BETA);
  const { stdout, code } = await runHeddle(['wheel', 'dist'], { files });
  expect(stdout).toMatch(
    /✗ loom\._a does not declare that it runs without the GIL \(.+\), so importing it turns/,
  );
  expect(stdout).toContain(
    `\n    loom-1.0-${FREE}.whl\n    Declare it in the source; \`heddle deps --author\``,
  );
  expect(code).toBe(1);
});

test('a classifier without a free-threaded wheel, and the reverse, are told', async () => {
  expect(await kinds(wheel(GIL, { [GIL_MODULE]: gil }, BETA))).toEqual(['classifier-without-wheel']);
  expect(await kinds(wheel(FREE, { [FREE_MODULE]: declares }))).toEqual(['wheel-without-classifier']);
});

test('a pure-Python wheel may carry the classifier', async () => {
  expect(await kinds(wheel('py3-none-any', {}, BETA))).toEqual([]);
  expect(
    await kinds({ ...wheel('py3-none-any', {}, BETA), ...wheel(GIL, { [GIL_MODULE]: gil }, BETA) }),
  ).toEqual([]);
});

test('only stable-ABI wheels are told, with or without the classifier', async () => {
  const abi3 = (...headers: readonly string[]) => wheel('cp39-abi3-win_amd64', { '_a.pyd': gil }, ...headers);
  expect(await kinds(abi3())).toEqual(['abi3-only']);
  expect(await kinds(abi3(BETA))).toEqual(['abi3-only', 'classifier-without-wheel']);
});

test('a file for another build does not count as the module of a free-threaded wheel', async () => {
  expect(await kinds(wheel(FREE, { [GIL_MODULE]: gil }, BETA))).toEqual(['unloadable-module']);
  // Left over from an earlier build, beside the right one.
  expect(await kinds(wheel(FREE, { [GIL_MODULE]: gil, [FREE_MODULE]: declares }, BETA))).toEqual([]);
});

test('a `Requires-Python` that excludes what tag or classifier promises is told', async () => {
  const old = 'Requires-Python: >=3.9,<3.13';
  expect(await kinds(wheel(FREE, { [FREE_MODULE]: declares }, BETA, old))).toEqual(['excluded-python']);
  expect(await kinds(wheel('py3-none-any', {}, BETA, old))).toEqual(['excluded-python']);
  expect(await kinds(wheel('py3-none-any', {}, BETA, 'Requires-Python: >=3.14,!=3.14.0'))).toEqual([]);
});

test('a platform that only the build with the GIL has is told', async () => {
  const files = {
    ...wheel(FREE, { [FREE_MODULE]: declares }, BETA),
    ...wheel(GIL, { [GIL_MODULE]: gil }, BETA),
    ...wheel('cp314-cp314-win_amd64', { '_a.cp314-win_amd64.pyd': gil }, BETA),
    ...wheel('cp39-abi3-macosx_11_0_arm64', { '_a.abi3.so': gil }, BETA),
    // An older Python may have been given up there.
    ...wheel('cp39-cp39-win32', { '_a.cp39-win32.pyd': gil }, BETA),
  };
  const { stdout } = await runHeddle(['wheel', 'dist'], { files });
  expect(stdout).toContain('✗ There is no wheel for Python 3.14t on win_amd64, macosx arm64, though');
  const universal = wheel(
    'cp314-cp314t-macosx_11_0_universal2',
    { '_a.cpython-314t-darwin.so': declares },
    BETA,
  );
  expect(
    await kinds({ ...universal, ...wheel('cp39-abi3-macosx_11_0_arm64', { '_a.abi3.so': gil }, BETA) }),
  ).toEqual([]);
});

test('a Python that only the build with the GIL has is told, but not an older one than the supported', async () => {
  const platform = 'manylinux_2_28_x86_64';
  const gilFor = (minor: number) =>
    wheel(`cp3${minor}-cp3${minor}-${platform}`, { [`_a.cpython-3${minor}-x86_64-linux-gnu.so`]: gil }, BETA);
  const freeFor = (minor: number) =>
    wheel(
      `cp3${minor}-cp3${minor}t-${platform}`,
      { [`_a.cpython-3${minor}t-x86_64-linux-gnu.so`]: declares },
      BETA,
    );
  const older = await runHeddle(['wheel', 'dist'], {
    files: { ...freeFor(13), ...gilFor(13), ...gilFor(14) },
  });
  expect(older.stdout).toContain('✗ There is no wheel for Python 3.14t on manylinux x86_64, though');
  expect(await kinds({ ...freeFor(14), ...gilFor(13), ...gilFor(14) })).toEqual([]);
  const stable = wheel(`cp315-abi3.abi3t-${platform}`, { '_a.abi3t.so': declares }, BETA);
  expect(await kinds({ ...stable, ...gilFor(16) })).toEqual([]);
  expect(await kinds({ ...stable, ...gilFor(14) })).toEqual(['missing-platform']);
});

test('a folder without wheels and a damaged wheel do not pass', async () => {
  const empty = { '/work/dist/loom-1.0.tar.gz': 'x' };
  const none = await runHeddle(['wheel', 'dist'], { files: empty });
  expect([none.stderr, none.code]).toEqual(['error: There are no wheels in `dist`.\n', 2]);
  const files = { '/work/dist/loom-1.0-py3-none-any.whl': 'no archive' };
  const { stderr, code } = await runHeddle(['wheel', 'dist'], { files });
  expect([stderr, code]).toEqual([
    'dist/loom-1.0-py3-none-any.whl: This is no wheel: it cannot be read as a ZIP archive.\n',
    3,
  ]);
});

test('what is to be done about several modules of one wheel is said once', async () => {
  const other = multiPhase('elf', 'x86-64', [], '_b');
  const files = wheel(FREE, { [FREE_MODULE]: silent, [FREE_MODULE.replace('_a', '_b')]: other }, BETA);
  const { stdout } = await runHeddle(['wheel', 'dist'], { files });
  expect(stdout.match(/✗ loom\._[ab] does not declare/g)).toHaveLength(2);
  expect(stdout.match(/Declare it in the source/g)).toHaveLength(1);
  expect(await kinds(files)).toEqual(['undeclared-module', 'undeclared-module']);
});
