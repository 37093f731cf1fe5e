import { describe, expect, it } from 'vitest';
import {
  type CompatRow,
  compatAnswer,
  compatByDistribution,
  compatByImport,
  compatData,
  firstReadyVersion,
} from '../../../src/env/compat.ts';
import { isDistributionName, normalizeName } from '../../../src/env/names.ts';
import { isOlder, parseVersion } from '../../../src/env/version.ts';

const row = (part: Partial<CompatRow>): CompatRow => ({
  name: 'sample',
  imports: ['sample'],
  status: 'ready',
  source: 'test',
  date: '2026-01-01',
  ...part,
});

describe('the shipped data file', () => {
  it('covers at least 600 packages, each once', () => {
    expect(compatData.packages.length).toBeGreaterThanOrEqual(600);
    const names = compatData.packages.map(({ name }) => normalizeName(name));
    expect(new Set(names).size).toBe(names.length);
    expect(names).toEqual([...names].sort());
  });

  it('has well-formed rows with a source and a date each', () => {
    const statuses = ['ready', 'pure', 'gil-at-import', 'gil-later', 'no-wheel', 'partial', 'unknown'];
    for (const entry of compatData.packages) {
      expect(isDistributionName(entry.name), entry.name).toBe(true);
      expect(entry.imports.length, entry.name).toBeGreaterThan(0);
      for (const name of entry.imports) expect(name, entry.name).toMatch(/^[A-Za-z_]\w*(?:\.\w+)*$/);
      expect(statuses, entry.name).toContain(entry.status);
      if (entry.before !== undefined) expect(statuses, entry.name).toContain(entry.before);
      for (const version of [entry.since, entry.since313t, entry.since314t, entry.checked]) {
        if (version !== undefined) expect(parseVersion(version), `${entry.name} ${version}`).toBeDefined();
      }
      if (entry.since !== undefined && entry.checked !== undefined && entry.status !== 'no-wheel') {
        expect(isOlder(entry.checked, entry.since), `${entry.name} since after checked`).toBe(false);
      }
      for (const wheel of entry.wheels ?? []) expect(wheel, entry.name).toMatch(/^cp3\d+t$/);
      for (const module of entry.modules ?? []) expect(module, entry.name).toMatch(/^\w+(?:\.\w+)*$/);
      for (const fact of entry.facts ?? []) {
        expect(parseVersion(fact.version), entry.name).toBeDefined();
        expect(statuses, entry.name).toContain(fact.status);
      }
      expect(entry.source, entry.name).not.toBe('');
      expect(entry.date, entry.name).toMatch(/^20\d\d-[01]\d-[0-3]\d$/);
      expect(entry.date <= compatData.asOf, `${entry.name} is from the future`).toBe(true);
    }
  });

  it('names its sources with their limits', () => {
    expect(compatData.sources.length).toBeGreaterThan(5);
    for (const source of compatData.sources) {
      expect(source.name).not.toBe('');
      expect(source.date).not.toBe('');
    }
  });
});

describe('looking a package up', () => {
  it('finds a distribution by any spelling of its name', () => {
    expect(compatByDistribution('zope_interface')?.name).toBe('zope.interface');
    expect(compatByDistribution('MARKUPSAFE')?.name).toBe('MarkupSafe');
    expect(compatByDistribution('no-such-package')).toBeUndefined();
  });

  it('finds the distribution behind an import that is named otherwise', () => {
    expect(compatByImport('PIL.Image').map(({ name }) => name)).toEqual(['Pillow']);
    expect(compatByImport('google.protobuf.message').map(({ name }) => name)).toEqual(['protobuf']);
    expect(compatByImport('google')).toEqual([]);
    expect(compatByImport('cv2').length).toBeGreaterThan(1);
  });
});

describe('what the data says of one version', () => {
  const numpyLike = row({ since: '2.1.0', before: 'gil-at-import', checked: '2.5.2' });

  it('holds for versions between the first ready one and the newest looked at', () => {
    expect(compatAnswer(numpyLike, '2.3.0')).toMatchObject({ status: 'ready', basis: 'this-version' });
  });

  it('is carried over, and says so, for a newer version', () => {
    expect(compatAnswer(numpyLike, '3.0')).toMatchObject({
      status: 'ready',
      basis: 'other-version',
      dataVersion: '2.5.2',
    });
  });

  it('is inferred for a version older than the first ready one', () => {
    expect(compatAnswer(numpyLike, '2.0.2')).toMatchObject({
      status: 'gil-at-import',
      basis: 'other-version',
      dataVersion: '2.1.0',
      firstReady: '2.1.0',
      inferred: true,
    });
  });

  it('does not call an older version ready when nobody knows where readiness began', () => {
    expect(compatAnswer(row({ checked: '1.28' }), '1.20').status).toBe('unknown');
    expect(compatAnswer(row({ checked: '1.28' }), '1.28.0')).toMatchObject({
      status: 'ready',
      basis: 'this-version',
    });
  });

  it('follows a fact established for exactly that version', () => {
    const pandasLike = row({
      since: '2.2.3',
      checked: '3.0',
      facts: [{ version: '2.3.1', status: 'gil-at-import' }],
    });
    expect(compatAnswer(pandasLike, '2.3.1')).toMatchObject({
      status: 'gil-at-import',
      basis: 'this-version',
    });
    expect(compatAnswer(pandasLike, '2.3.0').status).toBe('ready');
  });

  it('does not say of older versions, or of another Python, that there is no wheel because the newest has none', () => {
    const given = row({
      status: 'no-wheel',
      since: '2.0',
      before: 'unknown',
      checked: '2.0',
      wheels: ['cp313t'],
    });
    expect(compatAnswer(given, '2.0', 14).status).toBe('no-wheel');
    expect(compatAnswer(given, '1.27', 14).status).toBe('unknown');
    expect(compatAnswer(given, '2.0', 13).status).toBe('unknown');
  });

  it('is pure Python for what was so before a compiled part came', () => {
    const given = row({ since: '0.9.4', before: 'pure', checked: '0.9.4' });
    expect(compatAnswer(given, '0.2.13', 14)).toMatchObject({ status: 'pure', firstReady: undefined });
  });

  it('is unknown for a version that is no version', () => {
    expect(compatAnswer(numpyLike, 'main').status).toBe('unknown');
  });

  it('names the first ready version of the interpreter in use', () => {
    const differs = row({ since: '1.0', since314t: '1.4' });
    expect(firstReadyVersion(differs, 14)).toBe('1.4');
    expect(firstReadyVersion(differs, 13)).toBe('1.0');
    expect(firstReadyVersion(row({ since: '0' }))).toBeUndefined();
  });
});
