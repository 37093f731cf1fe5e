import { describe, expect, it } from 'vitest';
import { compatByDistribution } from '../../../src/env/compat.ts';
import {
  type InstalledEvidence,
  judgeReadiness,
  type LockedEvidence,
  type ModuleReading,
  moduleReading,
  type ReadinessQuestion,
} from '../../../src/env/readiness.ts';

const target = { minor: 14, freeThreaded: true };

const ask = (part: Partial<ReadinessQuestion>) =>
  judgeReadiness({ distribution: 'some-unheard-of-package', version: '1.0', target, ...part });

const reading = (part: Partial<ModuleReading>): ModuleReading => ({
  module: 'pkg._c',
  path: '/site/pkg/_c.cpython-314t-x86_64-linux-gnu.so',
  verdict: 'declares-not-used',
  says: 'Py_mod_gil = 1',
  loadable: 'yes',
  loaded: 'at-import',
  ...part,
});

const installed = (...modules: readonly ModuleReading[]): InstalledEvidence => ({
  sameBuild: true,
  metadataPath: '/site/pkg-1.0.dist-info',
  version: '1.0',
  modules,
});

const locked = (...files: readonly string[]): LockedEvidence => ({
  path: '/p/uv.lock',
  span: { start: 10, end: 20 },
  version: '1.0',
  files,
  prunedTo: '>=3.10',
});

describe('the installed files decide', () => {
  it('ready when every module declares', () => {
    const answer = ask({ installed: installed(reading({}), reading({ module: 'pkg._d' })) });
    expect(answer).toMatchObject({ status: 'ready', certain: true, modules: [] });
    expect(answer.evidence[0]?.says).toBe(
      'All 2 compiled modules of some-unheard-of-package 1.0 declare that they run without the GIL.',
    );
  });

  it('GIL at import when a module that is loaded there does not declare', () => {
    const answer = ask({
      installed: installed(
        reading({ module: 'pkg._late', verdict: 'does-not-declare', loaded: 'later' }),
        reading({ module: 'pkg._now', verdict: 'does-not-declare', says: 'm_slots is NULL' }),
      ),
    });
    expect(answer).toMatchObject({
      status: 'gil-at-import',
      certain: true,
      modules: ['pkg._now', 'pkg._late'],
    });
    expect(answer.evidence[0]?.says).toBe(
      'pkg._now does not declare that it runs without the GIL (m_slots is NULL).',
    );
  });

  it('GIL later when only modules loaded on use do not declare', () => {
    const answer = ask({
      installed: installed(
        reading({}),
        reading({ module: 'pkg.sub._x', verdict: 'declares-used', loaded: 'later' }),
      ),
    });
    expect(answer).toMatchObject({ status: 'gil-later', modules: ['pkg.sub._x'] });
  });

  it('with less certainty when it is not known what an import loads', () => {
    const answer = ask({ installed: installed(reading({ verdict: 'does-not-declare', loaded: 'unknown' })) });
    expect(answer).toMatchObject({ status: 'gil-at-import', certain: false });
  });

  it('GIL later when the shipped data knows from a run that the import itself keeps it off', () => {
    const forgotten = reading({ module: 'skimage.util._remap', verdict: 'declares-used', loaded: 'unknown' });
    const answer = ask({ distribution: 'scikit-image', version: '0.26.0', installed: installed(forgotten) });
    expect(answer).toMatchObject({ status: 'gil-later', certain: false, modules: ['skimage.util._remap'] });
  });

  it('not importable when no file is for this interpreter', () => {
    const answer = ask({
      installed: installed(reading({ loadable: 'no', path: '/site/pkg/_c.cpython-314-x86_64-linux-gnu.so' })),
    });
    expect(answer).toMatchObject({ status: 'not-importable' });
    expect(answer.evidence[0]?.says).toContain('_c.cpython-314-x86_64-linux-gnu.so');
  });

  it('but not files this interpreter does not look for', () => {
    const answer = ask({
      installed: installed(reading({}), reading({ verdict: 'does-not-declare', loadable: 'no' })),
    });
    expect(answer.status).toBe('ready');
  });

  it('nor files of an environment of the other build', () => {
    const gilBuild = { ...installed(reading({ verdict: 'does-not-declare' })), sameBuild: false };
    expect(ask({ installed: gilBuild }).status).toBe('unknown');
  });

  it('unknown when a file cannot be read to the end', () => {
    const answer = ask({ installed: installed(reading({}), reading({ verdict: 'cannot-tell' })) });
    expect(answer).toMatchObject({ status: 'unknown', certain: false });
  });

  it('and win over the shipped data', () => {
    const lxml = compatByDistribution('lxml')!;
    const answer = ask({ distribution: 'lxml', version: lxml.checked, installed: installed(reading({})) });
    expect(answer.status).toBe('ready');
    expect(answer.evidence.map(({ kind, status }) => [kind, status])).toEqual([
      ['installed', 'ready'],
      ['data', 'gil-at-import'],
    ]);
  });
});

describe('a lock file decides when nothing is installed', () => {
  it('a wheel for the interpreter proves no declaration', () => {
    const answer = ask({ locked: locked('pkg-1.0-cp314-cp314t-manylinux_2_28_x86_64.whl') });
    expect(answer.status).toBe('unknown');
    expect(answer.evidence[0]?.says).toContain('says nothing of the declaration');
  });

  it('no wheel for it means no usable build', () => {
    const answer = ask({ locked: locked('pkg-1.0-cp314-cp314-win_amd64.whl', 'pkg-1.0.tar.gz') });
    expect(answer).toMatchObject({ status: 'not-importable' });
    expect(answer.evidence[0]).toMatchObject({
      kind: 'lock',
      path: '/p/uv.lock',
      span: { start: 10, end: 20 },
    });
    expect(answer.evidence[0]?.says).toContain('build it from source');
  });

  it('a pure stand-in means partial, a pure package ready', () => {
    const pure = 'pkg-1.0-py3-none-any.whl';
    expect(ask({ locked: locked('pkg-1.0-cp314-cp314-win_amd64.whl', pure) }).status).toBe('partial');
    expect(ask({ locked: locked(pure) }).status).toBe('ready');
  });

  it('its silence on a Python it is not made for says nothing', () => {
    const limited = { ...locked('pkg-1.0-cp313-cp313-win_amd64.whl'), prunedTo: '>=3.10,<3.14' };
    expect(ask({ locked: limited }).status).toBe('unknown');
    const withPure = { ...locked('pkg-1.0-cp313-cp313-win_amd64.whl', 'pkg-1.0-py3-none-any.whl') };
    expect(ask({ locked: { ...withPure, prunedTo: '>=3.10,<3.14' } }).status).toBe('unknown');
  });

  it('a wheel for every Python stays in a lock that is limited to older ones, so the package is known to be pure', () => {
    const pure = { ...locked('pkg-1.0-py3-none-any.whl', 'pkg-1.0.tar.gz'), prunedTo: '>=3.10,<3.14' };
    expect(ask({ locked: pure })).toMatchObject({ status: 'ready', certain: false });
  });

  it('without file names it says nothing', () => {
    expect(ask({ locked: { ...locked(), files: undefined } })).toMatchObject({
      status: 'unknown',
      evidence: [],
    });
  });
});

describe('the shipped data decides last', () => {
  it('and says when it is about another version', () => {
    const answer = ask({ distribution: 'numpy', version: '9.0' });
    expect(answer).toMatchObject({ status: 'ready', certain: false });
    expect(answer.evidence[0]).toMatchObject({ kind: 'data-other-version' });
    expect(answer.evidence[0]?.says).toMatch(/known for \d/);
  });

  it('names the first ready version to move to', () => {
    const answer = ask({ distribution: 'numpy', version: '1.26.4' });
    expect(answer).toMatchObject({ status: 'gil-at-import', certain: false, firstReady: '2.1.0' });
    expect(answer.evidence[0]?.says).toBe(
      'numpy 1.26.4 is older than 2.1.0, the first version known to keep the GIL off.',
    );
    expect(ask({ distribution: 'numpy', version: '2.3.0' }).firstReady).toBeUndefined();
  });

  it('knows pure packages and those without a wheel', () => {
    expect(ask({ distribution: 'requests', version: '2.32' }).status).toBe('ready');
    expect(ask({ distribution: 'orjson', version: '3.11' }).status).toBe('not-importable');
  });

  it('gives date and source', () => {
    const [evidence] = ask({ distribution: 'fastavro', version: '1.13.1' }).evidence;
    expect(evidence).toMatchObject({ kind: 'data', status: 'gil-at-import' });
    expect(evidence?.date).toMatch(/^20\d\d-/);
    expect(evidence?.source).not.toBe('');
  });
});

describe('what the user states', () => {
  it('about a distribution wins over everything, and its reason is shown', () => {
    const answer = ask({
      installed: installed(reading({ verdict: 'does-not-declare' })),
      overrides: [
        { subject: 'Some_Unheard.of-Package', status: 'ready', reason: 'tested here with 32 threads' },
      ],
    });
    expect(answer).toMatchObject({ status: 'ready', certain: true });
    expect(answer.evidence[0]?.says).toContain('tested here with 32 threads');
    expect(answer.evidence[1]).toMatchObject({ kind: 'installed', status: 'gil-at-import' });
  });

  it('"unknown" silences', () => {
    const overrides = [{ subject: 'lxml', status: 'unknown', reason: 'only used in a subprocess' }] as const;
    expect(ask({ distribution: 'lxml', version: '6.1.3', overrides }).status).toBe('unknown');
  });

  it('about a module replaces what was read of that module', () => {
    const answer = ask({
      installed: installed(reading({}), reading({ module: 'pkg._old', verdict: 'does-not-declare' })),
      overrides: [{ subject: 'pkg._old', status: 'gil-later', reason: 'imported in export() only' }],
    });
    expect(answer).toMatchObject({ status: 'gil-later', modules: ['pkg._old'] });
    expect(answer.evidence[0]?.says).toContain('imported in export() only');
  });
});

describe('a library beside the modules', () => {
  it('is no evidence', () => {
    const extension = { path: '/site/pkg/libx.so', module: 'pkg.libx', suffix: '.so', variant: undefined };
    const declaration = {
      file: '/site/pkg/libx.so',
      module: 'libx',
      verdict: 'cannot-tell',
      reason: 'not-an-extension-module',
      evidence: [
        {
          file: '/site/pkg/libx.so',
          symbol: 'PyInit_libx',
          read: 'it exports no init function',
          pattern: 'not settled',
        },
      ],
    } as const;
    expect(moduleReading(extension, declaration, 'unknown', 'unknown')).toBeUndefined();
    expect(moduleReading(extension, { ...declaration, reason: 'unreadable' }, 'yes', 'later')).toMatchObject({
      module: 'pkg.libx',
      says: 'it exports no init function',
    });
  });
});
