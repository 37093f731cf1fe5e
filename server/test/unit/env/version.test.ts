import { describe, expect, it } from 'vitest';
import {
  compareVersions,
  isOlder,
  lowerBound,
  newestVersion,
  parseSpecifiers,
  parseVersion,
  satisfies,
} from '../../../src/env/version.ts';

describe('PEP 440 versions', () => {
  it('are ordered as the standard orders them', () => {
    const ordered = [
      '1.0.dev456',
      '1.0a1',
      '1.0a2.dev456',
      '1.0a12.dev456',
      '1.0a12',
      '1.0b1.dev456',
      '1.0b2',
      '1.0b2.post345.dev456',
      '1.0b2.post345',
      '1.0rc1.dev456',
      '1.0rc1',
      '1.0',
      '1.0+abc.5',
      '1.0+abc.7',
      '1.0+5',
      '1.0.post456.dev34',
      '1.0.post456',
      '1.0.15',
      '1.1.dev1',
      '1.1',
      '1.10',
      '2026.7.19',
      '1!0.1',
    ].map((text) => parseVersion(text)!);
    for (let left = 0; left < ordered.length; left += 1) {
      for (let right = 0; right < ordered.length; right += 1) {
        expect(Math.sign(compareVersions(ordered[left]!, ordered[right]!))).toBe(Math.sign(left - right));
      }
    }
  });

  it.each([
    ['1.0', '1'],
    ['1.0a1', '1.0-alpha.1'],
    ['1.0rc1', '1.0-c1'],
    ['1.0rc2', '1.0preview2'],
    ['1.0.post1', '1.0-1'],
    ['1.0.post0', '1.0.rev'],
    ['1.0.dev0', '1.0-dev'],
    ['1.0', 'v1.0.0'],
    ['1.0+ubuntu.1', '1.0+UBUNTU-1'],
  ])('%s and %s are the same version', (left, right) => {
    expect(compareVersions(parseVersion(left)!, parseVersion(right)!)).toBe(0);
  });

  it.each(['', 'main', '1.0-', '2013x', '1..0', '1.0+', '1.2.x'])('"%s" is no version', (text) => {
    expect(parseVersion(text)).toBeUndefined();
    expect(isOlder(text, '1.0')).toBeUndefined();
  });

  it('the newest is found among texts that are not all versions', () => {
    expect(newestVersion(['1.9', 'main', '1.10', '1.10rc1'])).toBe('1.10');
  });
});

describe('version specifiers', () => {
  it.each([
    ['>=1.2,<2', '1.9', true],
    ['>=1.2,<2', '2.0rc1', false],
    ['<2.0rc1', '2.0b1', true],
    ['==1.2.*', '1.2.7', true],
    ['==1.2.*', '1.20', false],
    ['!=1.2.*', '1.3', true],
    ['~=2.2', '2.9', true],
    ['~=2.2', '3.0', false],
    ['~=2.2.1', '2.3', false],
    ['>1.7', '1.7.post1', false],
    ['>1.7.post1', '1.7.post2', true],
    ['==1.0', '1.0+cu121', true],
    ['==1.0+cu121', '1.0', false],
    ['===1.0', '1.0', true],
    ['', '0.1', true],
  ])('%s lets %s in: %s', (set, version, expected) => {
    expect(satisfies(parseVersion(version)!, parseSpecifiers(set)!)).toBe(expected);
  });

  it('name their lower bound', () => {
    expect(lowerBound(parseSpecifiers('>=1.2, <2, !=1.5')!)).toBe('1.2');
    expect(lowerBound(parseSpecifiers('==3.1.*')!)).toBe('3.1');
    expect(lowerBound(parseSpecifiers('<2')!)).toBeUndefined();
  });

  it('are refused when one cannot be read', () => {
    expect(parseSpecifiers('>=1.2, latest')).toBeUndefined();
  });
});
