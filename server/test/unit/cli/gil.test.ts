import { zipSync } from 'fflate';
import { expect, test } from 'vitest';
import { madeBy, multiPhase } from '../env/binary/modules.ts';
import { runHeddle } from './runHeddle.ts';

const TAG = '.cpython-314t-x86_64-linux-gnu.so';
const silent = multiPhase('elf', 'x86-64', [], '_a');
const declares = multiPhase('elf', 'x86-64', [[4, 1]], '_b');
const files = {
  [`/work/site-packages/pkg/_a${TAG}`]: silent,
  [`/work/site-packages/pkg/sub/_b${TAG}`]: declares,
  '/work/site-packages/pkg.libs/libz.so': 'no module',
  '/work/pkg-1.0-cp314-cp314t-linux_x86_64.whl': zipSync({
    [`pkg/_a${TAG}`]: silent,
    'pkg/__init__.py': new Uint8Array(),
  }),
  '/work/broken.whl': 'no archive',
};

test('`heddle gil DIR` judges every extension module below it', async () => {
  const { stdout, code } = await runHeddle(['gil', 'site-packages', '--format', 'json'], { files });
  expect(code).toBe(0);
  expect(JSON.parse(stdout)).toMatchObject([
    {
      file: `site-packages/pkg/_a${TAG}`,
      module: 'pkg._a',
      verdict: 'does-not-declare',
      evidence: [{ file: `site-packages/pkg/_a${TAG}` }],
    },
    { file: `site-packages/pkg/sub/_b${TAG}`, module: 'pkg.sub._b', verdict: 'declares-not-used' },
  ]);
});

test('`heddle gil WHEEL` reads the files inside', async () => {
  const wheel = 'pkg-1.0-cp314-cp314t-linux_x86_64.whl';
  const { stdout } = await runHeddle(['gil', wheel, '--format', 'json'], { files });
  expect(JSON.parse(stdout)).toMatchObject([
    { file: `${wheel}/pkg/_a${TAG}`, module: 'pkg._a', verdict: 'does-not-declare' },
  ]);
});

test('the text says the verdict, the file, what was read, and the sum', async () => {
  const { stdout } = await runHeddle(['gil', 'site-packages'], { files });
  expect(stdout).toContain('pkg.sub._b  declares that it runs without the GIL\n');
  expect(stdout).toContain('Py_mod_gil = 1 (Py_MOD_GIL_NOT_USED)');
  expect(stdout).toMatch(
    /2 extension modules: 1 would bring the GIL back, 1 would not, 0 cannot be told\.\n$/,
  );
});

test('a file that is no module is answered when it is named', async () => {
  const { stdout } = await runHeddle(['gil', 'site-packages/pkg.libs/libz.so', '--format', 'json'], {
    files,
  });
  expect(JSON.parse(stdout)).toMatchObject([{ module: 'libz', verdict: 'cannot-tell' }]);
});

test('what cannot be read is said, and the exit code tells', async () => {
  const { stderr, code } = await runHeddle(['gil', 'broken.whl'], { files });
  expect([stderr, code]).toEqual(['broken.whl: This is no wheel: it cannot be read as a ZIP archive.\n', 3]);
  expect((await runHeddle(['gil', 'nowhere'], { files })).code).toBe(2);
});

test('modules of a wheel that were built for another Python are told apart and not counted', async () => {
  const wheel = 'pkg-1.0-cp314-cp314t-macosx_11_0_arm64.whl';
  const inside = {
    'pkg/_a.cpython-314t-darwin.so': multiPhase('mach-o', 'aarch64', [], '_a'),
    'pkg/_a.cpython-39-darwin.so': multiPhase('mach-o', 'aarch64', [], '_a', 'gil'),
    'pkg/_a.cpython-313-darwin.so': multiPhase('mach-o', 'aarch64', [], '_a', 'gil'),
  };
  const given = { [`/work/${wheel}`]: zipSync(inside) };
  const { stdout } = await runHeddle(['gil', wheel], { files: given });
  expect(stdout).toContain(
    'pkg._a  built for another Python\n  pkg-1.0-cp314-cp314t-macosx_11_0_arm64.whl/pkg/_a.cpython-39-darwin.so\n',
  );
  expect(stdout).toContain('  It was built for Python 3.9; Python 3.14t does not look for it.\n');
  expect(stdout).toMatch(
    /3 extension modules: 1 would bring the GIL back, 0 would not, 0 cannot be told; 2 built for another Python\.\n$/,
  );
  const { stdout: rows } = await runHeddle(['gil', wheel, '--format', 'json'], { files: given });
  expect(JSON.parse(rows).map(({ neverLoaded }: { neverLoaded: string | null }) => neverLoaded)).toEqual([
    'It was built for Python 3.13; Python 3.14t does not look for it.',
    null,
    'It was built for Python 3.9; Python 3.14t does not look for it.',
  ]);
});

test('no module of a wheel for the build with the GIL brings the GIL back', async () => {
  const module = multiPhase('elf', 'x86-64', [], '_a', 'gil');
  const given = {
    '/work/pkg-1.0-cp313-cp313-linux_x86_64.whl': zipSync({
      'pkg/_a.cpython-313-x86_64-linux-gnu.so': module,
    }),
    '/work/pkg-1.0-cp39-abi3-linux_x86_64.whl': zipSync({ 'pkg/_a.abi3.so': module }),
  };
  const { stdout } = await runHeddle(['gil', '.'], { files: given });
  expect(stdout).toContain(
    'The wheel is for the build with the GIL (cp313), which free-threaded Python never installs.',
  );
  expect(stdout).toContain('0 would bring the GIL back, 0 would not, 0 cannot be told; 2 built for another');
});

test('a module that cffi makes is settled by the cffi beside it, without one by the versions that have wheels', async () => {
  const made = { [`/work/pkg/_x${TAG}`]: madeBy('_cffi_backend', '_x') };
  const verdicts = async (more: Record<string, Uint8Array>) => {
    const run = await runHeddle(['gil', '.', '--format', 'json'], { files: { ...made, ...more } });
    const rows: readonly { module: string; verdict: string }[] = JSON.parse(run.stdout);
    return Object.fromEntries(rows.map(({ module, verdict }) => [module, verdict]));
  };
  const backend = (slots: [number, number][]) => ({
    [`/work/_cffi_backend${TAG}`]: multiPhase('elf', 'x86-64', slots, '_cffi_backend'),
  });
  expect(await verdicts({})).toMatchObject({ _x: 'declares-not-used' });
  expect(await verdicts(backend([[4, 1]]))).toMatchObject({ _x: 'declares-not-used' });
  expect(await verdicts(backend([]))).toMatchObject({ _x: 'does-not-declare' });
  const { stdout } = await runHeddle(['gil', 'pkg'], { files: made });
  expect(stdout).toContain('made by _cffi_backend, which from cffi 2.0.0 on declares for it');
});

test('a module that is made by one of which nothing is known cannot be told', async () => {
  const files = { [`/work/pkg/_x${TAG}`]: madeBy('some_maker', '_x') };
  const { stdout } = await runHeddle(['gil', 'pkg', '--format', 'json'], { files });
  expect(JSON.parse(stdout)).toMatchObject([{ verdict: 'cannot-tell' }]);
});
