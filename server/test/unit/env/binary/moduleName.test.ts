import { expect, it } from 'vitest';
import { initNames, moduleNameOfFile } from '../../../../src/env/binary/moduleName.ts';

it.each([
  ['_core.cpython-313t-x86_64-linux-gnu.so', '_core'],
  ['pkg/sub/_core.abi3.so', '_core'],
  ['pkg/core.avx2.cpython-313t-darwin.so', 'core'],
  ['plain.pyd', 'plain'],
])('the module of %s is %s', (file, module) => expect(moduleNameOfFile(file)).toBe(module));

// Expected values: Python's own `name.encode('punycode').replace(b'-', b'_')`.
it.each([
  ['core', 'PyInit_core'],
  ['my-core', 'PyInit_my_core'],
  ['späm', 'PyInitU_spm_rla'],
  ['ünïcode', 'PyInitU_ncode_cta3g'],
  ['日本語', 'PyInitU_wgv71a119e'],
  ['aé-b', 'PyInitU_a_b_bma'],
])('CPython looks for the init function of %s as %s', (module, init) =>
  expect(initNames(module).init).toBe(init),
);
