import { describe, expect, it } from 'vitest';
import type { Host } from '../../../src/base/host.ts';
import { installedEvidence, readEnvironment, readinessTarget } from '../../../src/env/environmentReading.ts';
import { inspectInterpreter } from '../../../src/env/interpreter.ts';
import { judgeReadiness } from '../../../src/env/readiness.ts';
import { madeBy, multiPhase } from './binary/modules.ts';
import { memoryHost } from './folders.ts';

const environment = (library: string, files: Record<string, string | Uint8Array>) =>
  memoryHost({
    '/e/pyvenv.cfg': 'version = 3.14.0\n',
    [`/e/lib/${library}/_sysconfigdata_t_linux_x86_64-linux-gnu.py`]: '',
    ...Object.fromEntries(
      Object.entries(files).map(([path, text]) => [`/e/lib/${library}/site-packages/${path}`, text]),
    ),
  });

const files = {
  'pkg-1.0.dist-info/METADATA': 'Name: pkg\nVersion: 1.0\n',
  'pkg-1.0.dist-info/RECORD':
    'pkg/__init__.py,,\npkg/_a.cpython-314t-x86_64-linux-gnu.so,,\npkg/_b.cpython-313-x86_64-linux-gnu.so,,\n',
  'pkg/_a.cpython-314t-x86_64-linux-gnu.so': 'not an ELF file',
  'pkg/_b.cpython-313-x86_64-linux-gnu.so': 'another',
};

async function read(host: Host) {
  const interpreter = (await inspectInterpreter('/e', host))!;
  return readEnvironment(interpreter, host);
}

/** The same host, counting the extension files it was asked to read. */
function counting(host: Host): { readonly host: Host; readonly reads: string[] } {
  const reads: string[] = [];
  const readFile: Host['readFile'] = async (path) => {
    if (path.endsWith('.so')) reads.push(path.slice(path.lastIndexOf('/') + 1));
    return host.readFile(path);
  };
  return { host: { ...host, readFile }, reads };
}

describe('reading a free-threaded environment', () => {
  it('opens only the modules its interpreter looks for, and each once', async () => {
    const { host, reads } = counting(environment('python3.14t', files));
    const interpreter = (await inspectInterpreter('/e', host))!;
    const first = await readEnvironment(interpreter, host);
    await readEnvironment(interpreter, host, undefined, first);
    expect(reads).toEqual(['_a.cpython-314t-x86_64-linux-gnu.so']);
  });

  it('says of a file that is no library that it cannot be told', async () => {
    const reading = await read(environment('python3.14t', files));
    const [distribution] = reading.installed.distributions;
    const evidence = installedEvidence(reading, distribution!);
    expect(evidence).toMatchObject({ sameBuild: true, version: '1.0' });
    expect(evidence.modules.map(({ module, verdict, loadable }) => [module, verdict, loadable])).toEqual([
      ['pkg._a', 'cannot-tell', 'yes'],
      ['pkg._b', 'cannot-tell', 'no'],
    ]);
    const target = readinessTarget(reading.interpreter, 14);
    expect(judgeReadiness({ distribution: 'pkg', version: '1.0', target, installed: evidence }).status).toBe(
      'unknown',
    );
  });

  it('calls a distribution built for the other build only not importable', async () => {
    const other = {
      'pkg-1.0.dist-info/METADATA': 'Name: pkg\nVersion: 1.0\n',
      'pkg-1.0.dist-info/RECORD': 'pkg/__init__.py,,\npkg/_a.cpython-314-x86_64-linux-gnu.so,,\n',
    };
    const reading = await read(environment('python3.14t', other));
    const installed = installedEvidence(reading, reading.installed.distributions[0]!);
    const target = readinessTarget(reading.interpreter, 14);
    expect(judgeReadiness({ distribution: 'pkg', version: '1.0', target, installed }).status).toBe(
      'not-importable',
    );
  });
});

describe('a module that cffi makes', () => {
  const status = async (backend: Record<string, string | Uint8Array>) => {
    const reading = await read(
      environment('python3.14t', {
        'pkg-1.0.dist-info/METADATA': 'Name: pkg\nVersion: 1.0\n',
        'pkg-1.0.dist-info/RECORD': 'pkg/__init__.py,,\npkg/_a.cpython-314t-x86_64-linux-gnu.so,,\n',
        'pkg/_a.cpython-314t-x86_64-linux-gnu.so': madeBy('_cffi_backend', '_a'),
        ...backend,
      }),
    );
    const distribution = reading.installed.distributions.find(({ name }) => name === 'pkg')!;
    const target = readinessTarget(reading.interpreter, 14);
    const installed = installedEvidence(reading, distribution);
    return judgeReadiness({ distribution: 'pkg', version: '1.0', target, installed });
  };
  const cffi = (slots: [number, number][]) => ({
    'cffi-9.9.dist-info/METADATA': 'Name: cffi\nVersion: 9.9\n',
    'cffi-9.9.dist-info/RECORD': '_cffi_backend.cpython-314t-x86_64-linux-gnu.so,,\n',
    '_cffi_backend.cpython-314t-x86_64-linux-gnu.so': multiPhase('elf', 'x86-64', slots, '_cffi_backend'),
  });

  it('is what the installed cffi is', async () => {
    expect(await status(cffi([[4, 1]]))).toMatchObject({ status: 'ready', certain: true });
    expect(await status(cffi([]))).toMatchObject({ status: 'gil-at-import', modules: ['pkg._a'] });
  });

  it('is not known where no cffi is installed', async () => {
    expect((await status({})).status).toBe('unknown');
  });
});

describe('reading an environment with the GIL', () => {
  it('opens no module, and its files are no evidence', async () => {
    const { host, reads } = counting(environment('python3.14', files));
    const reading = await read(host);
    expect(reads).toEqual([]);
    expect(installedEvidence(reading, reading.installed.distributions[0]!).sameBuild).toBe(false);
  });
});

describe('the interpreter readiness is asked for', () => {
  it("is the environment's version, or the newest given where that has no free-threaded build", async () => {
    const host = environment('python3.14t', {});
    const interpreter = (await inspectInterpreter('/e', host))!;
    expect(readinessTarget(interpreter, 15)).toMatchObject({ minor: 14, freeThreaded: true });
    expect(readinessTarget({ ...interpreter, version: '3.11.2' }, 15).minor).toBe(15);
    expect(readinessTarget(undefined, 15)).toMatchObject({ minor: 15, platform: undefined });
  });
});
