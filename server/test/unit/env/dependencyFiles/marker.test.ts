import { describe, expect, it } from 'vitest';
import { markerHolds } from '../../../../src/env/dependencyFiles/marker.ts';

const target = {
  minor: 14,
  freeThreaded: true,
  platform: { system: 'linux', architecture: 'x86_64', musl: false },
} as const;

describe('a marker on free-threaded CPython 3.14 on Linux', () => {
  it.each([
    [undefined, 'yes'],
    ['python_version >= "3.10"', 'yes'],
    ["python_version < '3.9'", 'no'],
    ["'3.9' > python_version", 'no'],
    ['python_full_version >= "3.14"', 'yes'],
    ['python_full_version >= "3.14.2"', 'unknown'],
    ["python_version in '3.9, 3.10'", 'unknown'],
    ['sys_platform == "win32"', 'no'],
    ['sys_platform != "win32" and python_version > "3.8"', 'yes'],
    ['sys_platform == "win32" or platform_machine == "x86_64"', 'yes'],
    ['(sys_platform == "win32" or os_name == "posix") and implementation_name == "cpython"', 'yes'],
    ['platform_python_implementation == "PyPy"', 'no'],
    ['extra == "cli"', 'unknown'],
    ['extra == "cli" and sys_platform == "win32"', 'no'],
    ['extra == "cli" or sys_platform == "linux"', 'yes'],
    ['sys_platform not in "win32 darwin"', 'yes'],
    ['nonsense', 'unknown'],
    ['sys_platform == ', 'unknown'],
  ])('%s: %s', (marker, expected) => {
    expect(markerHolds(marker, target)).toBe(expected);
  });

  it('that nests deeper than any tool writes is unknown', () => {
    const marker = `${'('.repeat(9000)}os_name == "posix"${')'.repeat(9000)}`;
    expect(markerHolds(marker, target)).toBe('unknown');
  });

  it('on a version with more digits than a number keeps is answered', () => {
    const far = { minor: Number('9'.repeat(30)), freeThreaded: true };
    expect(markerHolds('python_version >= "3.9"', far)).toBe('yes');
    expect(markerHolds('python_full_version < "3.9"', far)).toBe('no');
  });

  it('about the platform is unknown when the platform is', () => {
    expect(markerHolds('sys_platform == "win32"', { minor: 14, freeThreaded: true })).toBe('unknown');
  });
});
