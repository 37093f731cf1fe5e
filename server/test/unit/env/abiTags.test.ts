import { describe, expect, it } from 'vitest';
import type { TargetInterpreter } from '../../../src/env/abiTags.ts';
import { parseExtensionName, tagContradiction, tagMeaning } from '../../../src/env/abiTags.ts';

const free314: TargetInterpreter = { minor: 14, freeThreaded: true, platform: 'linux', machine: 'x86_64' };
const free315: TargetInterpreter = { ...free314, minor: 15 };
const gil314: TargetInterpreter = { ...free314, freeThreaded: false };
const windows314: TargetInterpreter = {
  minor: 14,
  freeThreaded: true,
  platform: 'windows',
  machine: 'amd64',
};

describe('file names', () => {
  it.each([
    [
      'a/_x.cpython-314t-x86_64-linux-gnu.so',
      {
        module: '_x',
        variant: undefined,
        tag: { kind: 'cpython', minor: 14, freeThreaded: true, debug: false, platform: 'x86_64-linux-gnu' },
      },
    ],
    [
      '_x.cpython-313-darwin.so',
      { module: '_x', tag: { kind: 'cpython', minor: 13, freeThreaded: false, platform: 'darwin' } },
    ],
    [
      '_x.cp313t-win_amd64.pyd',
      {
        module: '_x',
        suffix: '.pyd',
        tag: { kind: 'cpython', minor: 13, freeThreaded: true, platform: 'win_amd64' },
      },
    ],
    ['_x.fast.cpython-313t-darwin.so', { module: '_x', variant: 'fast' }],
    ['_x.abi3.so', { tag: { kind: 'abi3' } }],
    ['_x.abi3t.so', { tag: { kind: 'abi3t' } }],
    ['_x.so', { tag: { kind: 'untagged' } }],
    ['_x.pypy310-pp73-x86_64-linux-gnu.so', { tag: { kind: 'other' } }],
  ])('splits %s', (name, expected) => expect(parseExtensionName(name)).toMatchObject(expected));

  it.each(['libx.so.3', 'x.py', 'x.dylib', '.so'])('%s is none', (name) =>
    expect(parseExtensionName(name)).toBeUndefined(),
  );
});

describe('what a name means for an interpreter', () => {
  it.each([
    ['_x.cpython-314t-x86_64-linux-gnu.so', free314, 'importable'],
    ['_x.cpython-314-x86_64-linux-gnu.so', free314, 'not-importable'],
    ['_x.cpython-314t-x86_64-linux-gnu.so', gil314, 'not-importable'],
    ['_x.cpython-313t-x86_64-linux-gnu.so', free314, 'not-importable'],
    ['_x.cpython-314t-aarch64-linux-gnu.so', free314, 'not-importable'],
    ['_x.cpython-314t-darwin.so', free314, 'not-importable'],
    ['_x.abi3.so', gil314, 'importable'],
    ['_x.abi3.so', free314, 'found-but-broken'],
    ['_x.abi3.so', free315, 'not-importable'],
    ['_x.abi3t.so', free314, 'not-importable'],
    ['_x.abi3t.so', free315, 'importable'],
    ['_x.so', free314, 'depends-on-build'],
    ['_x.pyd', free314, 'not-importable'],
    ['_x.cp314t-win_amd64.pyd', windows314, 'importable'],
    ['_x.cp314t-win_arm64.pyd', windows314, 'not-importable'],
    ['_x.pypy310-pp73-x86_64-linux-gnu.so', free314, 'not-importable'],
  ] as const)('%s', (file, target, importability) => {
    expect(tagMeaning(parseExtensionName(file)!, target).importability).toBe(importability);
  });

  it('lets the content settle a name that fits every build', () => {
    const name = parseExtensionName('_x.so')!;
    expect(tagMeaning(name, free314, { abi: 'gil', hooks: ['PyInit'] }).importability).toBe(
      'found-but-broken',
    );
    expect(tagMeaning(name, free314, { abi: 'free-threaded', hooks: ['PyInit'] }).importability).toBe(
      'importable',
    );
    expect(tagMeaning(name, free314, { abi: undefined, hooks: ['PyModExport'] }).importability).toBe(
      'not-importable',
    );
  });
});

describe('files that can never have been built for their tag', () => {
  it.each([
    [
      '_x.cpython-312t-darwin.so',
      { abi: undefined, hooks: [] },
      'There is no free-threaded build of Python 3.12.',
    ],
    [
      '_x.cpython-314t-darwin.so',
      { abi: 'gil', hooks: ['PyInit'] },
      'The name says free-threaded, but the file was compiled for the build with the GIL.',
    ],
    [
      '_x.cpython-314-darwin.so',
      { abi: 'free-threaded', hooks: ['PyInit'] },
      'The name says the build with the GIL, but the file was compiled for the free-threaded build.',
    ],
    [
      '_x.abi3.so',
      { abi: 'free-threaded', hooks: ['PyInit'] },
      'The stable ABI named abi3 has no free-threaded form, but the file was compiled for the free-threaded build.',
    ],
    [
      '_x.abi3t.so',
      { abi: undefined, hooks: ['PyInit'] },
      'An abi3t module must export PyModExport_, and this one does not.',
    ],
    [
      '_x.cpython-314t-darwin.so',
      { abi: undefined, hooks: ['PyModExport'] },
      'It only exports PyModExport_, which Python 3.14 does not know.',
    ],
  ] as const)('%s', (file, facts, sentence) =>
    expect(tagContradiction(parseExtensionName(file)!, facts)).toBe(sentence),
  );

  it('finds nothing wrong with a file that fits', () => {
    expect(
      tagContradiction(parseExtensionName('_x.cpython-314t-darwin.so')!, {
        abi: 'free-threaded',
        hooks: ['PyInit'],
      }),
    ).toBeUndefined();
  });
});

describe('machines', () => {
  const meaning = (file: string, machine: string) =>
    tagMeaning(parseExtensionName(file)!, { ...free314, machine }).importability;

  it.each([
    ['_x.cpython-314t-i386-linux-gnu.so', 'i686'],
    ['_x.cpython-314t-arm-linux-gnueabihf.so', 'armv7l'],
    ['_x.cpython-314t-powerpc64le-linux-gnu.so', 'ppc64le'],
    ['_x.cpython-314t-s390x-linux-gnu.so', 's390x'],
    ['_x.cpython-314t-riscv64-linux-gnu.so', 'riscv64'],
  ])('have another name in %s than in %s', (file, machine) => {
    expect(meaning(file, machine)).toBe('importable');
    expect(meaning(file, 'x86_64')).toBe('not-importable');
  });
});
