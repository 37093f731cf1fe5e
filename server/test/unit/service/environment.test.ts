import { describe, expect, it } from 'vitest';
import type { Settings } from '../../../src/base/settings.ts';
import { mergeSettings } from '../../../src/service/configuration.ts';
import { EnvironmentReader } from '../../../src/service/environment.ts';
import { distribution, project, SITE, TAG, withGil, withoutGil } from '../../support/installed.ts';
import { type MemoryHost, memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const PKG = distribution('pkg', '1.0', {
  'pkg/__init__.py': 'from ._fast import run\n\ndef slow():\n    from . import _later\n',
  [`pkg/_fast${TAG}`]: withGil('_fast'),
  [`pkg/_later${TAG}`]: withGil('_later'),
  [`pkg/_other${TAG}`]: withoutGil('_other'),
});

async function loaded(host: MemoryHost, settings: Partial<Settings> = {}) {
  const reader = new EnvironmentReader(host, parser);
  let environment = reader.nothing('/work');
  const load = async () => {
    const input = { folder: '/work', settings: mergeSettings(settings, {}), open: new Map() };
    environment = await reader.load(input, environment, async () => {});
  };
  await load();
  const verdict = async (dotted: string, name = '') => {
    environment = await reader.follow(environment, { imports: [{ dotted, name }] }, async () => {});
    return environment.gilVerdict(dotted, name);
  };
  return { environment, load, verdict };
}

describe('the verdict on an import of something installed', () => {
  it('has the chain to the first module that brings the GIL back, read from its file', async () => {
    const { verdict } = await loaded(project(PKG));
    const found = await verdict('pkg');
    expect(found).toMatchObject({
      distribution: 'pkg',
      version: '1.0',
      status: 'gil-at-import',
      chain: ['pkg', 'pkg._fast'],
      others: [],
      certainty: 'certain',
    });
    expect(found?.evidence).toMatch(/^pkg\._fast does not declare that it runs without the GIL/);
  });

  it('says "later" when importing the package leaves the GIL off', async () => {
    const { verdict } = await loaded(
      project(
        distribution('pkg', '1.0', {
          'pkg/__init__.py': 'def slow():\n    from . import _later\n',
          [`pkg/_later${TAG}`]: withGil('_later'),
        }),
      ),
    );
    expect(await verdict('pkg')).toMatchObject({ status: 'gil-later', chain: ['pkg', 'pkg._later'] });
    expect(await verdict('pkg', '_later')).toMatchObject({ status: 'gil-at-import' });
  });

  it('names the distribution at the end of the chain, not the one imported', async () => {
    const host = project({
      ...PKG,
      ...distribution('user', '2.0', { 'user/__init__.py': 'import pkg\n' }),
      'user-2.0.dist-info/METADATA': 'Name: user\nVersion: 2.0\nRequires-Dist: pkg>=1\n',
    });
    const { verdict } = await loaded(host);
    expect(await verdict('user')).toMatchObject({
      distribution: 'pkg',
      chain: ['user', 'pkg', 'pkg._fast'],
    });
  });

  it('is none for what declares', async () => {
    const files = { 'pkg/__init__.py': 'from . import _a\n', [`pkg/_a${TAG}`]: withoutGil('_a') };
    const { verdict } = await loaded(project(distribution('pkg', '1.0', files)));
    expect(await verdict('pkg')).toBeUndefined();
  });

  it('gives way to what the settings say of the package or the module', async () => {
    const ready = { status: 'ready', reason: 'patched' } as const;
    const whole = await loaded(project(PKG), { gilOverrides: { pkg: ready } });
    expect(await whole.verdict('pkg')).toBeUndefined();
    const one = await loaded(project(PKG), { gilOverrides: { 'pkg._fast': ready } });
    expect(await one.verdict('pkg')).toMatchObject({ status: 'gil-later', chain: ['pkg', 'pkg._later'] });
  });
});

describe('reading a folder again', () => {
  it('opens no extension module that has not changed, and sees one that has', async () => {
    const host = project(PKG);
    const { load, verdict } = await loaded(host);
    host.takeReads();
    await load();
    expect(host.takeReads().filter((path) => path.endsWith('.so'))).toEqual([]);
    host.write(`${SITE}/pkg/_fast${TAG}`, withoutGil('_fast'));
    await load();
    expect(host.takeReads().filter((path) => path.endsWith('.so'))).toEqual([`${SITE}/pkg/_fast${TAG}`]);
    expect(await verdict('pkg')).toMatchObject({ status: 'gil-later' });
  });
});

describe('requirements', () => {
  it('point at their line, and say how far the lower bound must rise', async () => {
    const text = 'numpy>=1.26,<3  # arrays\n';
    const host = memoryHost({ '/work/requirements.txt': text });
    const { environment } = await loaded(host);
    const [site] = environment.requirements;
    const file = environment.files.get('/work/requirements.txt')!;
    const span = (fact: number) => text.slice(file.spans[2 * fact], file.spans[2 * fact + 1]);
    expect(span(site!.fact)).toBe('numpy>=1.26,<3');
    expect(span(site!.raise!.fact)).toBe('1.26');
    expect(site!.raise!.result).toMatch(/^numpy>=2\.\d+\.\d+,<3$/);
  });
});
