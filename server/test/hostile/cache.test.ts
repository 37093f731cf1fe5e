/** A cache is a folder that anybody may have written to: what is not sealed by this user is not believed, and links are not followed. */
import { execFileSync } from 'node:child_process';
import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, test } from 'vitest';
import { encodeSummary } from '../../src/facts/codec.ts';
import { type CacheInput, clearCache, openCache, openReports } from '../../src/nodeCache.ts';
import { extractionHere, rememberedExtraction } from '../../src/service/extraction.ts';
import { pythonParser } from '../support/parser.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

const parser = await pythonParser();
const TEXT = 'import threading\nlock = threading.Lock()\n';

let folder: TemporaryFolder;
let input: CacheInput;

beforeEach(() => {
  folder = temporaryFolder({ program: 'the analyser' });
  input = {
    folder: `${folder.path}/project/.heddle_cache`,
    keyFolder: `${folder.path}/home`,
    programs: [`${folder.path}/program`],
  };
});
afterEach(() => folder.remove());

it('says which files are its own entries, and calls nothing else so', () => {
  const reports = openReports(input)!;
  reports.save('question', 'report');
  const [entry = ''] = entriesOf(input.folder);
  expect(reports.writes(entry)).toBe(true);
  expect(reports.writes(`${entry}.py`)).toBe(false);
  expect(reports.writes(`${dirname(entry)}/more.py`)).toBe(false);
  expect(reports.writes(`${entry}/more.py`)).toBe(false);
  expect(reports.writes(entry.replace(input.folder, `${folder.path}/project`))).toBe(false);
});

describe('a cache entry that came with a checkout', () => {
  it('is not believed, and is replaced', async () => {
    const forged = { ...input, folder: `${folder.path}/forged`, keyFolder: `${folder.path}/elsewhere` };
    openCache(forged)!.save(TEXT, Uint8Array.of(1, 2, 3));
    const own = openCache(input)!;
    const [entry] = entriesOf(forged.folder);
    copyFileSync(entry!, entry!.replace(forged.folder, input.folder));
    expect(own.load(TEXT)).toBeUndefined();
    own.save(TEXT, Uint8Array.of(4));
    expect([...own.load(TEXT)!]).toEqual([4]);
  });

  it('is not believed for another text, nor for another analyser', () => {
    const cache = openCache(input)!;
    cache.save(TEXT, Uint8Array.of(1));
    cache.save('x = 1\n', Uint8Array.of(2));
    const [one, other] = entriesOf(input.folder);
    copyFileSync(one!, other!);
    const before = [TEXT, 'x = 1\n'].filter((text) => cache.load(text) !== undefined);
    expect(before).toHaveLength(1);
    folder.write('program', 'another analyser');
    const newer = openCache(input)!;
    expect(newer.load(before[0]!)).toBeUndefined();
    newer.save('y = 1\n', Uint8Array.of(3));
    const version = dirname(entriesOf(input.folder).find((path) => dirname(path) !== dirname(one!))!);
    copyFileSync(one!, join(version, one!.slice(one!.lastIndexOf('/') + 1)));
    expect(newer.load(before[0]!)).toBeUndefined();
  });
});

test('a damaged cache entry is as good as none, and is replaced', async () => {
  const cache = openCache(input)!;
  const extraction = rememberedExtraction(extractionHere(parser), cache);
  const first = await extraction.of(TEXT);
  const [entry] = entriesOf(input.folder);
  const whole = readFileSync(entry!);
  const damages: (() => void)[] = [
    () => truncateSync(entry!, 0),
    () => truncateSync(entry!, 20),
    () => truncateSync(entry!, whole.length - 1),
    () => writeFileSync(entry!, Buffer.concat([whole, whole])),
    ...[0, 31, 32, 40, whole.length - 1].map((at) => () => {
      const changed = Buffer.from(whole);
      changed[at]! ^= 1;
      writeFileSync(entry!, changed);
    }),
  ];
  for (const damage of damages) {
    damage();
    expect(cache.load(TEXT)).toBeUndefined();
    expect(summaryOf(await extraction.of(TEXT))).toEqual(summaryOf(first));
    expect(readFileSync(entry!).equals(whole)).toBe(true);
  }
});

test('what is no file in a cache is left alone', async () => {
  const cache = openCache(input)!;
  cache.save(TEXT, encodeSummary(summaryOf(await extractionHere(parser).of(TEXT))));
  const [entry] = entriesOf(input.folder);
  rmSync(entry!);
  mkdirSync(entry!);
  expect(cache.load(TEXT)).toBeUndefined();
  cache.save(TEXT, Uint8Array.of(1));
  expect(readdirSync(dirname(entry!))).toHaveLength(1);
  rmSync(entry!, { recursive: true });
  symlinkSync('/dev/zero', entry!);
  expect(cache.load(TEXT)).toBeUndefined();
  rmSync(entry!);
  if (process.platform !== 'win32') execFileSync('mkfifo', [entry!]);
  expect(cache.load(TEXT)).toBeUndefined();
});

test('a cache folder that is a link is neither used nor cleared', () => {
  const target = `${folder.path}/target`;
  mkdirSync(`${target}/0123456789abcdef`, { recursive: true });
  const kept = folder.write(`target/0123456789abcdef/${'0'.repeat(64)}`, 'kept');
  mkdirSync(dirname(input.folder), { recursive: true });
  symlinkSync(target, input.folder);
  expect(openCache(input)).toBeUndefined();
  expect(clearCache(input.folder)).toBe(false);
  rmSync(input.folder);
  mkdirSync(input.folder);
  symlinkSync(`${target}/0123456789abcdef`, `${input.folder}/0123456789abcdef`);
  expect(clearCache(input.folder)).toBe(true);
  expect(readFileSync(kept, 'utf8')).toBe('kept');
});

test('clearing a cache removes what it has written and nothing else', () => {
  openCache(input)!.save(TEXT, Uint8Array.of(1));
  const own = folder.write('project/.heddle_cache/notes.txt', 'mine');
  expect(clearCache(input.folder)).toBe(true);
  expect(readdirSync(input.folder)).toEqual(['notes.txt']);
  rmSync(own);
  expect(clearCache(input.folder)).toBe(true);
  expect(existsSync(input.folder)).toBe(false);
  expect(clearCache(input.folder)).toBe(false);
});

test('a cache stays within its size; what was used last stays', () => {
  const cache = openCache({ ...input, mostBytes: 10_000 })!;
  const text = (index: number): string => `x = ${index}\n`;
  const long = new Date(Date.now() - 5 * 24 * 60 * 60 * 1000);
  for (let index = 0; index < 9; index++) cache.save(text(index), new Uint8Array(1000));
  for (const entry of entriesOf(input.folder)) utimesSync(entry, long, long);
  expect(cache.load(text(3))).toHaveLength(1000);
  cache.save(text(9), new Uint8Array(1000));
  cache.dispose();
  const size = entriesOf(input.folder).reduce((sum, path) => sum + statSync(path).size, 0);
  expect(size).toBeLessThanOrEqual(10_000);
  expect(cache.load(text(3))).toHaveLength(1000);
  expect(cache.load(text(9))).toHaveLength(1000);
});

test('a text that was understood once is not parsed again, and others are', async () => {
  const parsed: string[] = [];
  const here = extractionHere(parser);
  const counting = {
    ...here,
    of(text: string) {
      parsed.push(text);
      return here.of(text);
    },
  };
  const first = rememberedExtraction(counting, openCache(input)!);
  const made = await first.of(TEXT);
  const second = rememberedExtraction(counting, openCache(input)!);
  expect(summaryOf(await second.of(TEXT))).toEqual(summaryOf(made));
  await second.of(`${TEXT}\n`);
  expect(parsed).toEqual([TEXT, `${TEXT}\n`]);
});

function entriesOf(cache: string): readonly string[] {
  return readdirSync(cache, { recursive: true, encoding: 'utf8' })
    .filter((name) => /[\\/][0-9a-f]{64}$/.test(name))
    .sort()
    .map((name) => `${cache}/${name}`);
}

function summaryOf(made: Awaited<ReturnType<ReturnType<typeof extractionHere>['of']>>) {
  if ('failure' in made) throw new Error(made.detail);
  return made.summary;
}
