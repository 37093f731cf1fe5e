/** No path that only a file of the workspace names is opened on another computer, which on Windows would get the user's credentials. */
import { describe, expect, test } from 'vitest';
import type { Host } from '../../src/base/host.ts';
import { keptOnThisComputer, otherComputer } from '../../src/base/otherComputers.ts';
import { readDependencyFiles } from '../../src/env/dependencyFiles/dependencyFile.ts';
import { readDistributions } from '../../src/env/distributions.ts';
import { findInterpreters } from '../../src/env/interpreter.ts';
import { memoryHost } from '../unit/env/folders.ts';

/** A host that keeps to this computer, over one that notes every path it is asked for. */
function recording(files: Readonly<Record<string, string>>): {
  readonly host: Host;
  readonly asked: string[];
} {
  const inner = memoryHost(files);
  const asked: string[] = [];
  const noted =
    <Rest extends readonly unknown[], Answer>(ask: (path: string, ...rest: Rest) => Answer) =>
    (path: string, ...rest: Rest): Answer => {
      asked.push(path);
      return ask(path, ...rest);
    };
  const host = keptOnThisComputer({
    ...inner,
    readFile: noted(inner.readFile),
    readDirectory: noted(inner.readDirectory),
    stat: noted(inner.stat),
    realPath: noted(inner.realPath),
  });
  return { host, asked };
}

const SITE = '/p/.venv/lib/python3.14t/site-packages';
const EDITABLE = {
  [`${SITE}/x-1.dist-info/METADATA`]: 'Name: x\nVersion: 1\n',
  [`${SITE}/x-1.dist-info/direct_url.json`]: '{"url": "file:////host/share", "dir_info": {"editable": true}}',
};

test.each<readonly [string, Readonly<Record<string, string>>]>([
  ['the home of a virtual environment', { '/p/.venv/pyvenv.cfg': 'home = \\\\host\\share\nversion = 3.14' }],
  [
    'its base interpreter',
    { '/p/.venv/pyvenv.cfg': 'executable = \\\\host\\share\\python.exe\nversion = 3.14' },
  ],
  ['a home under an automounter', { '/p/.venv/pyvenv.cfg': 'home = /net/host/bin\nversion = 3.14' }],
  ['an egg-link', { [`${SITE}/x.egg-link`]: '\\\\host\\share\n.\n' }],
  ['a .pth file', { [`${SITE}/x.pth`]: '\\\\host\\share\n//host/share\n/net/host/x\n' }],
  ['the address of an editable install', EDITABLE],
  [
    'an editable finder',
    {
      ...EDITABLE,
      [`${SITE}/x-1.dist-info/RECORD`]: '__editable___x_finder.py,,\n',
      [`${SITE}/__editable___x_finder.py`]:
        "MAPPING = {'x': '\\\\\\\\host\\\\share\\\\x', 'y': '//host/y'}\n",
    },
  ],
  [
    'included requirements',
    {
      '/p/requirements.txt':
        '-r \\\\host\\a.txt\n-r //host/b.txt\n-r /\\host\\c.txt\n-r \\/host/d.txt\n-c ////host/e.txt\n-r file://host/f.txt\n',
    },
  ],
])('%s', async (_, files) => {
  const { host, asked } = recording({ [`${SITE}/`]: '', ...files });
  await findInterpreters('/p', host);
  await readDistributions([SITE], host);
  await readDependencyFiles('/p', host);
  expect(asked.length).toBeGreaterThan(0);
  expect(asked.filter((path) => otherComputer(path) !== undefined)).toEqual([]);
});

describe('a folder on another computer that the user opened', () => {
  const files = {
    '//host/share/p/requirements.txt': '-r ../q.txt\n-r //other/x.txt\n',
    '//host/share/q.txt': 'a\n',
  };

  test('is read, with what its files name there and nowhere else', async () => {
    const { host, asked } = recording(files);
    host.admit('//host/share/p');
    const read = await readDependencyFiles('//host/share/p', host);
    expect(read.map(({ path }) => path)).toEqual(Object.keys(files));
    expect(asked.filter((path) => !path.startsWith('//host/share/'))).toEqual([]);
  });
});
