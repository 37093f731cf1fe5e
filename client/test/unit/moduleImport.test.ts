/**
 * One import in a process of its own: what it tells, and that nothing a module does makes it tell something else, hang, or
 * leave something running. Against a stand-in everywhere; against the interpreter that HEDDLE_FT_PYTHON names, where set.
 */
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { type ImportOptions, importModule, whyUnusable } from '../../src/moduleImport.ts';
import { until } from '../harness.ts';
import {
  answering,
  type Behaviours,
  comesBack,
  fails,
  gilWarning,
  hangs,
  staysOff,
  writeStandIn,
} from '../standIns/interpreter.ts';

/** No test waits for a limit that it does not mean to meet. */
const patient: ImportOptions = { signal: new AbortController().signal, limit: 600_000 };

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-test-'));
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('an interpreter that answers', () => {
  const outcomeOf = (commands: string) =>
    importModule(writeStandIn(folder, { module: commands }), 'module', patient);

  test('tells that the GIL stays off', async () => {
    expect(await outcomeOf(staysOff)).toEqual({ kind: 'imported', gil: 'off', offender: undefined });
  });

  test('tells which module brings it back', async () => {
    expect(await outcomeOf(comesBack('pkg._core'))).toEqual({
      kind: 'imported',
      gil: 'on',
      offender: 'pkg._core',
    });
  });

  test('names the first of several modules, and no module that other warnings speak of', async () => {
    const warnings = [
      'this wheel does not like the global interpreter lock',
      gilWarning('pkg._first'),
      gilWarning('pkg._second'),
    ];
    expect(await outcomeOf(answering({ gil: true, warnings }))).toMatchObject({ offender: 'pkg._first' });
  });

  test('names no module when the warning was swallowed', async () => {
    const outcome = await outcomeOf(answering({ gil: true, warnings: [] }));
    expect(outcome).toEqual({ kind: 'imported', gil: 'on', offender: undefined });
  });

  test('tells why an import fails, in one line', async () => {
    expect(await outcomeOf(fails("ImportError: no\n 'libfoo.so'"))).toEqual({
      kind: 'failed',
      reason: "ImportError: no 'libfoo.so'",
    });
  });

  test('is of no use when it is not a free-threaded build', async () => {
    const answer = answering({ unusable: 'no-free-threading' });
    const executable = writeStandIn(folder, { sys: answer });
    expect(await whyUnusable(executable, patient)).toBe('it is not a free-threaded build');
  });

  test('is of no use when it starts with the GIL on', async () => {
    const executable = writeStandIn(folder, { sys: answering({ unusable: 'gil-from-start' }) });
    expect(await whyUnusable(executable, patient)).toMatch(/^it starts with the GIL on already/);
  });

  test('is of use when it starts with the GIL off', async () => {
    expect(await whyUnusable(writeStandIn(folder, {}), patient)).toBeUndefined();
  });
});

describe('a module that gives no answer', () => {
  const outcomeOf = (commands: string) =>
    importModule(writeStandIn(folder, { module: commands }), 'module', patient);

  test('because it ends the process in good order, has failed', async () => {
    expect(await outcomeOf('exit 0')).toEqual({
      kind: 'failed',
      reason: 'the process ended with code 0 before the import did',
    });
  });

  test('because the process crashes, has failed with the last thing it wrote', async () => {
    expect(await outcomeOf('printf "one\\nFatal\\033 error" >&2; kill -SEGV $$')).toEqual({
      kind: 'failed',
      reason: 'SIGSEGV ended the process: Fatal error',
    });
  });

  test('because it writes nonsense where the answer goes, has failed', async () => {
    expect(await outcomeOf('echo "[1" >"$answer"')).toMatchObject({ kind: 'failed' });
    expect(await importModule(join(folder, 'python'), 'unheard-of', patient)).toMatchObject({
      kind: 'failed',
    });
  });
});

describe('what a module may do', () => {
  const start = (behaviours: Behaviours): string => writeStandIn(folder, behaviours);

  test('print an answer and 20 MB besides', async () => {
    const flood = 'head -c 20000000 /dev/zero';
    const executable = start({
      module: `echo '{"gil": true, "warnings": []}'; ${flood}; ${flood} >&2; ${staysOff}`,
    });
    expect(await importModule(executable, 'module', patient)).toMatchObject({ gil: 'off' });
  });

  test('read what it is given, which is nothing', async () => {
    const executable = start({ module: `cat >"$here/read"; ${staysOff}` });
    expect(await importModule(executable, 'module', patient)).toMatchObject({ gil: 'off' });
    expect(readFileSync(join(folder, 'read'), 'utf8')).toBe('');
  });

  test('write into its folder, which is nobody’s and goes with it', async () => {
    const executable = start({ module: `touch litter; pwd >"$here/place"; ${staysOff}` });
    await importModule(executable, 'module', patient);
    const place = readFileSync(join(folder, 'place'), 'utf8').trim();
    expect(place).not.toBe(process.cwd());
    expect(existsSync(place)).toBe(false);
  });

  test('start a process that holds its output: the answer does not wait, and the process ends', async () => {
    const executable = start({ module: `sleep 1000 & echo $! >"$here/child"; ${staysOff}` });
    expect(await importModule(executable, 'module', patient)).toMatchObject({ gil: 'off' });
    await gone('child');
  });

  test('take longer than the limit: it ends, with what it started', async () => {
    const executable = start({ module: hangs });
    const outcome = importModule(executable, 'module', { ...patient, limit: 500 });
    expect(await outcome).toEqual({ kind: 'took-too-long' });
    await gone('child');
  });

  test('be cancelled: it ends at once, with what it started', async () => {
    const executable = start({ module: hangs });
    const abort = new AbortController();
    const outcome = importModule(executable, 'module', { ...patient, signal: abort.signal });
    await until('the module has started its process', () => existsSync(join(folder, 'child')));
    abort.abort();
    expect(await outcome).toEqual({ kind: 'cancelled' });
    await gone('child');
  });

  test('nothing at all, after the cancellation', async () => {
    const executable = start({ module: staysOff });
    const outcome = await importModule(executable, 'module', { ...patient, signal: AbortSignal.abort() });
    expect(outcome).toEqual({ kind: 'cancelled' });
    expect(existsSync(join(folder, 'started'))).toBe(false);
  });
});

describe('an interpreter that cannot be started', () => {
  test('because it is not there', async () => {
    expect(await whyUnusable(join(folder, 'python'), patient)).toBe('there is no such file');
  });

  test('because it is not executable', async () => {
    const executable = writeStandIn(folder, {});
    chmodSync(executable, 0o644);
    expect(await whyUnusable(executable, patient)).toBe('it may not be executed');
  });

  test('because it is a folder', async () => {
    expect(await whyUnusable(folder, patient)).toBe('it may not be executed');
  });

  test('because its path is no path', async () => {
    expect(await whyUnusable('py\0thon', patient)).toMatch(/^it cannot be started/);
  });

  test('because it is another program', async () => {
    expect(await whyUnusable('/bin/false', patient)).toMatch(/^the process ended with code 1/);
  });
});

const { HEDDLE_FT_PYTHON: freeThreaded } = process.env;
if (freeThreaded === undefined) {
  console.log('Not run: imports with a real interpreter. HEDDLE_FT_PYTHON names a free-threaded one.');
} else {
  describe('a real free-threaded interpreter', () => {
    const environment = (modules: Readonly<Record<string, string>>): string => {
      execFileSync(freeThreaded, ['-m', 'venv', '--without-pip', folder]);
      const executable = join(folder, 'bin', 'python');
      const query = "import sysconfig; print(sysconfig.get_path('purelib'))";
      const site = execFileSync(executable, ['-c', query], { encoding: 'utf8' }).trim();
      for (const [name, text] of Object.entries(modules)) writeFileSync(join(site, name), text);
      return executable;
    };
    const outcomeOf = (text: string, options: Partial<ImportOptions> = {}) =>
      importModule(environment({ 'module.py': text }), 'module', { ...patient, ...options });
    const off = { kind: 'imported', gil: 'off', offender: undefined };

    test('is of use', async () => {
      expect(await whyUnusable(freeThreaded, patient)).toBeUndefined();
    });

    test('answers for a module that keeps the GIL off', async () => {
      expect(await outcomeOf('x = 1')).toEqual(off);
    });

    test('is not fooled by what the module prints, warns or is called', async () => {
      const text = `
import sys, warnings
print('{"gil": true, "warnings": []}' * 100000)
warnings.warn("${gilWarning('made.up')}", UserWarning)
assert sys.argv == ["-c"], sys.argv
`;
      expect(await outcomeOf(text)).toEqual(off);
    });

    test('gives the module nothing to read', async () => {
      expect(await outcomeOf('input()')).toEqual({
        kind: 'failed',
        reason: 'EOFError: EOF when reading a line',
      });
    });

    test('tells of a module that ends the process', async () => {
      const reason = 'the process ended with code 0 before the import did';
      expect(await outcomeOf('import os; os._exit(0)')).toEqual({ kind: 'failed', reason });
      expect(await importModule(join(folder, 'bin', 'python'), 'antigravity_', patient)).toEqual({
        kind: 'failed',
        reason: "ModuleNotFoundError: No module named 'antigravity_'",
      });
    });

    test('tells of a module that asks to end', async () => {
      expect(await outcomeOf('raise SystemExit(0)')).toEqual({ kind: 'failed', reason: 'SystemExit: 0' });
    });

    test('does not wait for threads that the module leaves behind', async () => {
      const text = 'import threading, time; threading.Thread(target=time.sleep, args=(1000,)).start()';
      expect(await outcomeOf(text)).toEqual(off);
    });

    test('ends the processes that a module leaves behind', async () => {
      const child = join(folder, 'child');
      const text = `
import subprocess
with open(${JSON.stringify(child)}, "w") as file:
    file.write(str(subprocess.Popen(["sleep", "1000"]).pid))
`;
      expect(await outcomeOf(text)).toEqual(off);
      await gone('child');
    });

    test('ends a module that computes forever', async () => {
      expect(await outcomeOf('while True: pass', { limit: 3000 })).toEqual({ kind: 'took-too-long' });
    });

    test('takes no module from the folder of the workspace, nor from PYTHONPATH', async () => {
      writeFileSync(join(folder, 'local.py'), '');
      const before = process.cwd();
      process.chdir(folder);
      vi.stubEnv('PYTHONPATH', folder);
      try {
        expect(await importModule(environment({}), 'local', patient)).toMatchObject({ kind: 'failed' });
      } finally {
        process.chdir(before);
        vi.unstubAllEnvs();
      }
    });

    test('is not told by a variable to keep the GIL on', async () => {
      vi.stubEnv('PYTHON_GIL', '1');
      try {
        expect(await whyUnusable(freeThreaded, patient)).toBeUndefined();
      } finally {
        vi.unstubAllEnvs();
      }
    });
  });
}

/** The process whose id the file beside the stand-in holds has ended. */
async function gone(file: string): Promise<void> {
  const id = Number(readFileSync(join(folder, file), 'utf8'));
  expect(id).toBeGreaterThan(1);
  await until(`process ${id} is gone`, () => !isAlive(id));
}

function isAlive(id: number): boolean {
  try {
    process.kill(id, 0);
  } catch {
    return false;
  }
  // An orphan that nobody has asked about yet is dead all the same.
  return !/^\d+ \(.*\) Z/.test(readIfThere(`/proc/${id}/stat`));
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
