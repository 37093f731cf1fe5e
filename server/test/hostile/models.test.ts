/** Models of libraries that came with a checkout: patterns that match without end, huge files, names made to be slow. */
import { expect, test } from 'vitest';
import { Catalog } from '../../src/catalog/catalog.ts';
import type { Library } from '../../src/catalog/schema.ts';
import { readModels } from '../../src/service/models.ts';
import { cpuSeconds } from '../support/cpu.ts';
import { memoryHost } from '../unit/env/folders.ts';

/** Far above what any of these takes, far below for ever. */
const MOMENT = 3;
const MODEL: Library = { library: 'x', source: 'https://example.org/x', date: '2026-11-29' };

test('patterns for models do not go through links to their own folder for ever', async () => {
  const host = memoryHost({ '/p/x.json': '{}' }, { '/p/s': '/p', '/p/t': '/p' });
  const folders = '*/'.repeat(30);
  let messages: readonly string[] = [];
  const seconds = await cpuSeconds(async () => {
    const { problems } = await readModels(host, '/p', [`${folders}x.json`, `${folders}y.json`, 'x.json']);
    messages = problems.map(({ file, message }) => `${file}: ${message}`);
  });
  expect(seconds).toBeLessThan(MOMENT);
  expect(messages).toEqual([
    expect.stringMatching(/^\/p\/pyproject.toml: `models` is followed through 5000 folders and no further/),
    '/p/x.json: This model does not count: `library` is missing.',
  ]);
});

test('a model that is larger than models are is named, and the others count', async () => {
  const inner = memoryHost({ '/p/a.json': JSON.stringify(MODEL), '/p/b.json': '{}' });
  const limits: (number | undefined)[] = [];
  const host: typeof inner = {
    ...inner,
    readFile: async (path, limit) => {
      limits.push(limit);
      return path.endsWith('b.json')
        ? { failure: 'tooLarge', reason: 'it is larger than 1 MB' }
        : inner.readFile(path, limit);
    },
  };
  const { problems } = await readModels(host, '/p', ['*.json']);
  expect(problems.map(({ file, message }) => [file, message])).toEqual([
    ['/p/b.json', 'This model cannot be read (it is larger than 1 MB), so it does not count.'],
  ]);
  expect(limits).toEqual([1024 * 1024, 1024 * 1024]);
});

test('a base class with many stars in its name is held against a long name in a moment', async () => {
  const base = `x.${'*a'.repeat(40)}*`;
  const catalog = new Catalog([
    { ...MODEL, entries: [{ base, many: true, methods: ['run'], what: 'thread' }] },
  ]);
  const found = (name: string): number => catalog.entriesOfBase(name).length;
  let counts: readonly number[] = [];
  const seconds = await cpuSeconds(async () => {
    counts = [
      found(`x.${'ab'.repeat(39)}`),
      found(`x.${'ab'.repeat(500)}`),
      found(`x.${'ab'.repeat(500)}.y`),
    ];
  });
  expect(seconds).toBeLessThan(MOMENT);
  expect(counts).toEqual([0, 1, 0]);
});
