import { describe, expect, it } from 'vitest';
import { chooseWheel, freeThreadedWheels, parseWheelName, wheelFits } from '../../../src/env/wheelTags.ts';

const free = (minor: number) => ({ minor, freeThreaded: true });
const gil = (minor: number) => ({ minor, freeThreaded: false });

describe('the name of a wheel', () => {
  it('is taken apart, compressed tags spelled out', () => {
    expect(
      parseWheelName(
        'https://files.example/a/b/torch-2.6.0%2Bcu121-1-cp314-cp314t-manylinux_2_17_x86_64.manylinux2014_x86_64.whl#sha256=0',
      ),
    ).toEqual({
      distribution: 'torch',
      version: '2.6.0+cu121',
      build: '1',
      python: ['cp314'],
      abi: ['cp314t'],
      platform: ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'],
    });
    expect(parseWheelName('x-1.0-cp315-abi3.abi3t-win_amd64.whl')?.abi).toEqual(['abi3', 'abi3t']);
  });

  it.each(['x-1.0.tar.gz', 'x.whl', 'x-1.0-py3-none.whl'])('%s is none', (name) => {
    expect(parseWheelName(name)).toBeUndefined();
  });
});

describe('an installer for free-threaded Python', () => {
  it.each([
    ['x-1-cp314-cp314t-win_amd64.whl', 14, true],
    ['x-1-cp314-cp314t-win_amd64.whl', 13, false],
    ['x-1-cp314-cp314-win_amd64.whl', 14, false],
    ['x-1-cp39-abi3-win_amd64.whl', 14, false],
    ['x-1-cp39-abi3-win_amd64.whl', 15, false],
    ['x-1-cp315-abi3.abi3t-win_amd64.whl', 15, true],
    ['x-1-cp315-abi3.abi3t-win_amd64.whl', 16, true],
    ['x-1-cp315-abi3t-win_amd64.whl', 14, false],
    ['x-1-py3-none-any.whl', 14, true],
    ['x-1-py2.py3-none-any.whl', 14, true],
    ['x-1-py315-none-any.whl', 14, false],
    ['x-1-py3-none-manylinux2014_x86_64.whl', 14, true],
  ])('takes %s on 3.%st: %s', (name, minor, fits) => {
    expect(wheelFits(parseWheelName(name)!, free(minor))).toBe(fits);
  });

  it('goes by the platform when it is known', () => {
    const linux = {
      ...free(14),
      platform: { system: 'linux', architecture: 'aarch64', musl: false },
    } as const;
    const musl = { ...free(14), platform: { system: 'linux', architecture: 'x86_64', musl: true } } as const;
    const mac = { ...free(14), platform: { system: 'macos', architecture: 'arm64', musl: false } } as const;
    const fits = (platform: string, target: Parameters<typeof wheelFits>[1]) =>
      wheelFits(parseWheelName(`x-1-cp314-cp314t-${platform}.whl`)!, target);
    expect(fits('manylinux_2_28_aarch64', linux)).toBe(true);
    expect(fits('manylinux_2_28_x86_64', linux)).toBe(false);
    expect(fits('musllinux_1_2_x86_64', musl)).toBe(true);
    expect(fits('manylinux_2_28_x86_64', musl)).toBe(false);
    expect(fits('macosx_11_0_universal2', mac)).toBe(true);
    expect(fits('win_amd64', mac)).toBe(false);
  });
});

describe('what an installer ends up with', () => {
  const native = 'x-1-cp314-cp314-win_amd64.whl';
  const threaded = 'x-1-cp314-cp314t-win_amd64.whl';
  const pure = 'x-1-py3-none-any.whl';
  const source = 'x-1.tar.gz';

  it.each([
    [[native, threaded, pure, source], 'compiled'],
    [[native, pure, source], 'pure'],
    [[native, source], 'source'],
    [[native], 'none'],
    [[], 'none'],
  ] as const)('of %j is %s', (files, kind) => {
    expect(chooseWheel(files, free(14)).kind).toBe(kind);
  });

  it('on a build with the GIL is the stable ABI wheel too', () => {
    expect(chooseWheel(['x-1-cp39-abi3-win_amd64.whl'], gil(14)).kind).toBe('compiled');
  });

  it('tells a stand-in from a package that is pure', () => {
    expect(chooseWheel([native, pure], free(14)).compiledElsewhere).toBe(true);
    expect(chooseWheel([pure], free(14)).compiledElsewhere).toBe(false);
  });
});

describe('free-threaded wheels among files', () => {
  it('are listed by Python and platform', () => {
    const files = [
      'x-1-cp313-cp313t-musllinux_1_2_x86_64.whl',
      'x-1-cp314-cp314t-win_amd64.whl',
      'x-1-cp314-cp314t-macosx_11_0_arm64.whl',
      'x-1-cp315-abi3.abi3t-win_amd64.whl',
      'x-1-cp39-abi3-win_amd64.whl',
      'x-1.tar.gz',
    ];
    expect([...freeThreadedWheels(files)]).toEqual([
      [13, ['musllinux_1_2_x86_64']],
      [14, ['win_amd64', 'macosx_11_0_arm64']],
      [15, ['win_amd64']],
    ]);
  });
});
