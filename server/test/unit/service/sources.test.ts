import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Cancelled, checkpoint } from '../../../src/base/checkpoint.ts';
import type { Host } from '../../../src/base/host.ts';
import { createNodeHost } from '../../../src/nodeHost.ts';
import { listSources, readSource, type SourceList } from '../../../src/service/sources.ts';

const host = createNodeHost();
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'heddle-sources-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function write(files: Readonly<Record<string, string | Uint8Array>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

/** Lists and shows paths relative to the folder. */
async function list(
  query: {
    readonly exclude?: readonly string[];
    readonly paths?: readonly string[];
    readonly host?: Host;
  } = {},
): Promise<SourceList> {
  const found = await listSources(
    query.host ?? host,
    {
      folder,
      exclude: query.exclude ?? [],
      paths: query.paths?.map((path) => join(folder, path)),
    },
    async () => {},
  );
  const short = (path: string): string => path.slice(folder.length + 1);
  return {
    files: found.files.map(short),
    notAnalysed: found.notAnalysed.map(({ file, message }) => ({ file: short(file), message })),
  };
}

describe('which files are Python sources', () => {
  test('.py and .pyw in path order, no stubs and nothing else', async () => {
    write({ 'b.py': '', 'a/z.py': '', 'a.pyw': '', 'c.pyi': '', 'd.txt': '', script: '#!/usr/bin/python\n' });
    expect(await list()).toEqual({ files: ['a.pyw', 'a/z.py', 'b.py'], notAnalysed: [] });
  });

  test('virtual environments, caches and build results are left out', async () => {
    write({
      'app.py': '',
      '.git/hooks/x.py': '',
      '.venv/lib/x.py': '',
      'node_modules/a/x.py': '',
      'pkg/__pycache__/x.py': '',
      'lib/site-packages/x.py': '',
      'my-env/pyvenv.cfg': '',
      'my-env/lib/x.py': '',
      'build/lib/x.py': '',
      'dist/x.py': '',
    });
    expect((await list()).files).toEqual(['app.py']);
  });

  test('a package that is called build is code', async () => {
    write({ 'src/build/__init__.py': '', 'src/build/env.py': '' });
    expect((await list()).files).toEqual(['src/build/__init__.py', 'src/build/env.py']);
  });

  test('what is named is taken, whatever the default excludes and .gitignore say', async () => {
    write({
      '.venv/lib/site-packages/pkg/x.py': '',
      '.gitignore': 'generated/\n',
      'generated/y.py': '',
      'generated/sub/z.py': '',
      'other.py': '',
    });
    expect((await list({ paths: ['.venv/lib/site-packages/pkg', 'generated'] })).files).toEqual([
      '.venv/lib/site-packages/pkg/x.py',
      'generated/sub/z.py',
      'generated/y.py',
    ]);
    expect((await list({ paths: ['.venv', '.'] })).files).toContain('other.py');
  });

  test('a named file that a folder around it leaves out is taken once', async () => {
    write({ 'build/x.py': '', 'a.py': '' });
    expect((await list({ paths: ['.', 'build', 'build/x.py', 'a.py'] })).files).toEqual([
      'a.py',
      'build/x.py',
    ]);
  });

  test('a named script needs a Python shebang, a named stub holds no code', async () => {
    write({ tool: '#!/usr/bin/env python3.13t\n', notes: 'hello\n', 's.pyi': '' });
    const found = await list({ paths: ['tool', 'notes', 's.pyi', 'gone.py'] });
    expect(found.files).toEqual(['tool']);
    expect(found.notAnalysed).toEqual([
      { file: 'gone.py', message: 'There is no such file or folder.' },
      {
        file: 'notes',
        message:
          'This is not a Python file: its name does not end in `.py` and it does not begin with a `#!` line for Python.',
      },
      { file: 's.pyi', message: 'This is a stub file, which holds no code that runs; name the `.py` file.' },
    ]);
  });
});

describe('excludes', () => {
  test('.gitignore files hold for their folder and below, the nearest one wins', async () => {
    write({
      '.gitignore': '*_pb2.py\n/top.py\nout/\n',
      'top.py': '',
      'a_pb2.py': '',
      'out/x.py': '',
      'sub/top.py': '',
      'sub/.gitignore': '!keep_pb2.py\n',
      'sub/keep_pb2.py': '',
      'sub/b_pb2.py': '',
    });
    expect((await list()).files).toEqual(['sub/keep_pb2.py', 'sub/top.py']);
  });

  test('the .gitignore of the repository holds when a folder inside it is audited', async () => {
    write({ '.git/HEAD': '', '.gitignore': 'gen_*.py\n', 'src/gen_a.py': '', 'src/b.py': '' });
    expect((await list({ paths: ['src'] })).files).toEqual(['src/b.py']);
  });

  test('excluded patterns are relative to the folder and hold for named paths too', async () => {
    write({ 'a/gen.py': '', 'a/b.py': '', 'gen.py': '', 'tests/t.py': '' });
    expect((await list({ exclude: ['/gen.py', 'tests/'] })).files).toEqual(['a/b.py', 'a/gen.py']);
    expect((await list({ exclude: ['gen.py'], paths: ['a', 'gen.py'] })).files).toEqual(['a/b.py']);
  });
});

describe('links', () => {
  test('a loop of links is walked once', async () => {
    write({ 'a/x.py': '' });
    symlinkSync('..', join(folder, 'a', 'up'));
    symlinkSync('a', join(folder, 'again'));
    symlinkSync('self', join(folder, 'self'));
    symlinkSync('nowhere.py', join(folder, 'dangling.py'));
    symlinkSync('me@host.1:2', join(folder, '.#edited.py'));
    expect(await list()).toEqual({
      files: ['a/x.py'],
      notAnalysed: [
        {
          file: 'dangling.py',
          message: 'This is a link that leads to nothing that can be read; remove or exclude it.',
        },
      ],
    });
  });

  test('a link to code elsewhere is followed, a link to a folder above is not', async () => {
    write({ 'project/main.py': '', 'shared/lib.py': '', 'other.py': '' });
    symlinkSync('../shared', join(folder, 'project', 'shared'));
    symlinkSync('..', join(folder, 'project', 'up'));
    symlinkSync('main.py', join(folder, 'project', 'alias.py'));
    folder = join(folder, 'project');
    try {
      expect((await list()).files).toEqual(['main.py', 'shared/lib.py']);
    } finally {
      folder = dirname(folder);
    }
  });
});

describe('what cannot be read', () => {
  /** A folder without permission; chmod does not stop root, under which tests may run. */
  const denying = (name: string): Host => ({
    ...host,
    readDirectory: async (path) =>
      path.endsWith(name) ? { failure: 'denied', reason: 'permission denied' } : host.readDirectory(path),
    readFile: async (path) =>
      path.endsWith(name) ? { failure: 'denied', reason: 'permission denied' } : host.readFile(path),
  });

  test('an unreadable folder is named, the rest is listed', async () => {
    write({ 'secret/x.py': '', 'a.py': '' });
    expect(await list({ host: denying('/secret') })).toEqual({
      files: ['a.py'],
      notAnalysed: [
        {
          file: 'secret',
          message:
            'This folder cannot be read (permission denied), so nothing in it was analysed; make it readable or exclude it.',
        },
      ],
    });
  });

  test('an unreadable file is named', async () => {
    write({ 'a.py': '' });
    const file = join(folder, 'a.py');
    expect(await readSource(denying('/a.py'), file)).toEqual({
      file,
      message: 'This file cannot be read (permission denied); make it readable or exclude it.',
    });
  });

  test('a file of 50 MB is named without being read', async () => {
    write({ 'big.py': '' });
    const file = join(folder, 'big.py');
    truncateSync(file, 50 * 1024 * 1024);
    const unread: Host = { ...host, readFile: () => Promise.reject(new Error('it was read')) };
    expect(await readSource(unread, file)).toEqual({
      file,
      message: 'This file has 50 MB, and Heddle reads files of up to 5 MB; split it, or exclude it.',
    });
  });

  test('a file that goes while it is read leaves no trace', async () => {
    write({ 'a.py': 'x = 1\n' });
    const file = join(folder, 'a.py');
    const vanishing: Host = {
      ...host,
      readFile: async (path) => {
        rmSync(path, { force: true });
        return host.readFile(path);
      },
    };
    expect(await readSource(vanishing, file)).toBeUndefined();
  });

  test('a folder that goes while its parent is listed leaves no trace', async () => {
    write({ 'sub/a.py': '', 'b.py': '' });
    const vanishing: Host = {
      ...host,
      readDirectory: async (path) => {
        const entries = await host.readDirectory(path);
        rmSync(join(folder, 'sub'), { recursive: true, force: true });
        return entries;
      },
    };
    expect(await list({ host: vanishing })).toEqual({ files: ['b.py'], notAnalysed: [] });
  });

  test.runIf(process.platform !== 'win32')('a pipe called x.py does not block', async () => {
    const file = join(folder, 'x.py');
    execFileSync('mkfifo', [file]);
    expect(await readSource(host, file)).toEqual({
      file,
      message: 'This is not a regular file, so there is nothing to read.',
    });
    expect((await list()).files).toEqual([]);
  });

  test('an empty file is an empty text', async () => {
    write({ 'a.py': '' });
    expect(await readSource(host, join(folder, 'a.py'))).toBe('');
  });
});

test('listing stops when it is cancelled', async () => {
  write({ 'a/x.py': '' });
  const query = { folder, exclude: [], paths: undefined };
  await expect(
    listSources(
      host,
      query,
      checkpoint(() => false, host),
    ),
  ).rejects.toBeInstanceOf(Cancelled);
});
