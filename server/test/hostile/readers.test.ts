/** Foreign files made to harm: each reader ends in time that grows with the size, and one bad file costs one line. */
import { zipSync } from 'fflate';
import { describe, expect, test } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { parseDependencyFile, readDependencyFiles } from '../../src/env/dependencyFiles/dependencyFile.ts';
import { parseRecord, readDistributions } from '../../src/env/distributions.ts';
import { decideTarget } from '../../src/env/target.ts';
import { parseTomlTree } from '../../src/env/tomlTree.ts';
import { openArchive } from '../../src/env/wheel.ts';
import { checkSettings, projectSettings } from '../../src/service/configuration.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { listSources } from '../../src/service/sources.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { memoryHost as plainHost } from '../support/memoryHost.ts';
import { pythonParser } from '../support/parser.ts';
import { COUNTER } from '../support/python.ts';
import { memoryHost } from '../unit/env/folders.ts';

/** Far above what any of these takes, far below what each took: they ran for ten seconds to ever. */
const MOMENT = 3;

describe('is read in a moment:', () => {
  test('requirements that include each other by links to their own folder', async () => {
    const text = '-r s/requirements.txt\n-r t/requirements.txt\nnumpy\n';
    const host = memoryHost({ '/p/requirements.txt': text }, { '/p/s': '/p', '/p/t': '/p' });
    let read: readonly unknown[] = [];
    expect(
      await cpuSeconds(async () => {
        read = await readDependencyFiles('/p', host);
      }),
    ).toBeLessThan(MOMENT);
    expect(read).toHaveLength(1);
  });

  test.each([
    ['backslashes', `'/${'\\'.repeat(60)}`],
    ['slashes', `'${'/'.repeat(40_000)}`],
    ['pairs', `${"'a.b': '/x', ".repeat(20_000)}`],
  ])('an editable finder of many %s', async (_, value) => {
    const site = '/e/site-packages';
    const host = memoryHost({
      [`${site}/x-1.dist-info/METADATA`]: 'Name: x\n',
      [`${site}/x-1.dist-info/direct_url.json`]: '{"dir_info": {"editable": true}}',
      [`${site}/x-1.dist-info/RECORD`]: 'finder.py,,\n',
      [`${site}/finder.py`]: `MAPPING = {'a': ${value}`,
    });
    expect(await cpuSeconds(() => readDistributions([site], host))).toBeLessThan(MOMENT);
  });

  test.each([
    ['uv.lock', ' [[package]]\n'.repeat(50_000)],
    ['uv.lock', `[[package]]\n${' '.repeat(200_000)}x\n`],
    ['poetry.lock', '[[package]]\nversion = "1"\n'.repeat(50_000)],
    ['Pipfile.lock', JSON.stringify({ default: { a: { version: '==1', markers: 'x'.repeat(14_000_000) } } })],
    ['Pipfile.lock', JSON.stringify({ x: '\\'.repeat(2_000_000), default: {} })],
    ['pyproject.toml', '[[a]]\n'.repeat(300_000)],
    ['pyproject.toml', '\n'.repeat(200_000)],
    ['requirements.txt', `${'a\\\n'.repeat(100_000)}`],
  ])('a %s of many small parts', async (name, text) => {
    expect(await cpuSeconds(() => parseDependencyFile(`/p/${name}`, text))).toBeLessThan(MOMENT);
  });

  test('a setup.cfg of many sections that are not closed', async () => {
    const file = { path: 'setup.cfg', text: '[tox\n'.repeat(80_000) };
    expect(await cpuSeconds(() => decideTarget([file]))).toBeLessThan(MOMENT);
  });

  test('the same TOML again, without being parsed again', async () => {
    const text = Array.from({ length: 10_000 }, (_, index) => `a${index} = 1\n`).join('');
    const first = parseTomlTree(text);
    expect(parseTomlTree(text)).toBe(first);
  });
});

describe('settings that nest deeper than a stack', () => {
  const wrong = ({ problems }: { readonly problems: readonly { readonly message: string }[] }) =>
    problems.map(({ message }) => message);

  test.each([
    ['dotted tables', `[tool.heddle${'.a'.repeat(20_000)}]\n`],
    ['dotted keys', `[tool.heddle]\n${'a.'.repeat(20_000)}a = 1\n`],
    [
      'dotted keys in tables',
      `[tool.heddle]\na = ${`{${'a.'.repeat(90)}a = `.repeat(90)}1${'}'.repeat(90)}\n`,
    ],
    ['tables of a key', `[tool.heddle]\nrules = ${'{a = '.repeat(400)}1${'}'.repeat(400)}\n`],
  ])('in a pyproject.toml are refused: %s', (_, text) => {
    const messages = wrong(projectSettings('/p/pyproject.toml', `${text}# heddle`, ['useless-lock']));
    expect(messages).toHaveLength(1);
    expect(messages[0]).toMatch(/nest deeper than 100 levels/);
    expect(parseDependencyFile('/p/pyproject.toml', text)?.requirements ?? []).toEqual([]);
  });

  test('from the editor are refused', () => {
    let deep: unknown = 'off';
    for (let level = 0; level < 20_000; level++) deep = level % 2 === 0 ? { a: deep } : [deep];
    expect(wrong(checkSettings({ rules: { 'useless-lock': deep } } as never, ['useless-lock']))).toHaveLength(
      1,
    );
    expect(wrong(checkSettings({ exclude: deep } as never, ['useless-lock']))).toHaveLength(1);
  });
});

describe('a setup.cfg', () => {
  test('names its free-threaded test environments, and nothing of other sections', () => {
    const text =
      '[metadata]\nx = py314t\n[tox:tox]\nenvlist = py314t\n[testenv]\nbase = 3.13t\n[other]\ny = cp315t\n';
    const { evidence } = decideTarget([{ path: 'setup.cfg', text }]);
    expect(evidence.map(({ says }) => says)).toEqual(['setup.cfg names py314t', 'setup.cfg names 3.13t']);
  });
});

describe('a RECORD', () => {
  test('with a path of 5,000 folders or of 40 MB in quotes gives the others', () => {
    const paths = [
      `${'a/'.repeat(5000)}b.py,,`,
      `"${'a'.repeat(40_000_000)}",,`,
      '"we""ird.py",,',
      'pkg/x.py,,',
    ];
    expect(parseRecord(paths.join('\n')).slice(-2)).toEqual(['we"ird.py', 'pkg/x.py']);
  });

  test('of many modules, or very deep ones, leaves the other packages alone', async () => {
    const site = '/e/site-packages';
    const record = [
      `${'a/'.repeat(1500)}b.py,,`,
      ...Array.from({ length: 150_000 }, (_, index) => `ns/m${index}/x.py,,`),
    ].join('\n');
    const host = memoryHost({
      [`${site}/bad-1.dist-info/METADATA`]: 'Name: bad\n',
      [`${site}/bad-1.dist-info/RECORD`]: record,
      [`${site}/good-1.dist-info/METADATA`]: 'Name: good\nVersion: 1\n',
    });
    const { distributions, unread } = await readDistributions([site], host);
    expect(distributions.map(({ name }) => name)).toEqual(['bad', 'good']);
    expect(unread).toEqual([]);
  });
});

describe('an installation in development mode', () => {
  test('whose finder has many names, and is named as often by its RECORD, is read once', async () => {
    const site = '/e/site-packages';
    const names = Array.from({ length: 2500 }, (_, index) => `'y${index}': '/p/y${index}'`);
    const host = memoryHost({
      [`${site}/y-1.dist-info/METADATA`]: 'Name: y\n',
      [`${site}/y-1.dist-info/RECORD`]: '__editable___y_finder.py,,\n'.repeat(2500),
      [`${site}/y-1.dist-info/direct_url.json`]: '{"dir_info": {"editable": true}, "url": "file:///p"}',
      [`${site}/__editable___y_finder.py`]: `MAPPING = {${names.join(', ')}}\n`,
      '/p/y7/__init__.py': '',
    });
    const seconds = await cpuSeconds(async () => {
      const { distributions } = await readDistributions([site], host);
      expect(distributions.map(({ imports }) => imports)).toEqual([['y7']]);
    });
    expect(seconds).toBeLessThan(MOMENT);
  });
});

describe('patterns of file names', () => {
  const list = (files: Readonly<Record<string, string>>) =>
    listSources(plainHost(files), { folder: '/p', exclude: [], paths: undefined }, async () => {});

  test.each([
    ['of 40,000 characters', `x${'a'.repeat(40_000)}`],
    ['with many folders at any depth', `${'**/a/'.repeat(30)}b`],
    ['with many stars', `${'*ab'.repeat(30)}`],
  ])('%s are not followed, and the file that has them is named', async (_, pattern) => {
    const deep = `/p/${'a/'.repeat(60)}c.py`;
    const { files, notAnalysed } = await list({
      '/p/.gitignore': `b.py\n${pattern}\n`,
      '/p/b.py': '',
      [deep]: '',
    });
    expect(files).toEqual([deep]);
    expect(notAnalysed).toHaveLength(1);
    expect(notAnalysed[0]).toMatchObject({ file: '/p/.gitignore' });
    expect(notAnalysed[0]?.message).toMatch(/^The pattern in line 2 is not followed/);
  });

  test('that people write are followed', async () => {
    const gitignore = '*.egg-info/\nbuild/**/gen/*_pb2*.py\n/docs/**/x-*-*.py\n!keep.py\n**/tmp/**\n';
    const files = {
      '/p/.gitignore': gitignore,
      '/p/a.py': '',
      '/p/build/x/gen/a_pb2.py': '',
      '/p/tmp/b.py': '',
    };
    expect(await list(files)).toEqual({ files: ['/p/a.py'], notAnalysed: [] });
  });

  test('for the members of a workspace do not go through links for ever', async () => {
    const pattern = Array.from({ length: 30 }, () => '*').join('/');
    const text = `[tool.uv.workspace]\nmembers = ["${pattern}"]\n`;
    const host = memoryHost({ '/p/pyproject.toml': text }, { '/p/s': '/p', '/p/t': '/p' });
    const unread: { readonly file: string }[] = [];
    await readDependencyFiles('/p', host, unread as never);
    expect(unread.map(({ file }) => file)).toEqual(['/p/pyproject.toml']);
  });
});

describe('a wheel', () => {
  test('whose entries share bytes unpacks the first of them only', () => {
    const bytes = zipSync({ 'a.so': new Uint8Array(1000).fill(1), 'b.so': new Uint8Array(1000).fill(1) });
    const view = new DataView(bytes.buffer);
    const directory = view.getUint32(bytes.length - 22 + 16, true);
    const second = directory + 46 + 'a.so'.length;
    view.setUint32(second + 42, 0, true);
    const archive = openArchive(bytes);
    expect(archive?.read('a.so')).toHaveLength(1000);
    expect(archive?.problem('b.so')).toBe(
      'This file is not unpacked: it shares bytes of the archive with another one.',
    );
  });
});

describe('one file that cannot be read to the end', () => {
  test('costs one line, and everything else is reported', async () => {
    const host = plainHost({
      '/p/counter.py': COUNTER,
      '/p/uv.lock': '[[package]\n',
      '/p/.gitignore': 'x'.repeat(40_000),
    });
    const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
    analyzer.setFolders(['/p']);
    const report = await analyzer.audit(undefined, async () => {}, { report() {} });
    expect(report.notAnalysed.map(({ file }) => file)).toEqual(['/p/.gitignore', '/p/uv.lock']);
    expect(report.files.flatMap(({ findings }) => findings)).not.toEqual([]);
  });
});
