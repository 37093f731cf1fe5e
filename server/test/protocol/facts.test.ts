/** An audit shared out: facts taken apart, joined elsewhere, give the report of one process; other people's facts harm nothing. */
import { execFile } from 'node:child_process';
import { cpSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from 'vitest';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { COUNTER, GUARDED } from '../support/python.ts';
import { type TemporaryFolder, temporaryFolder } from '../support/temporaryFolder.ts';

const CELLS = [{ cell_type: 'code', metadata: {}, source: 'import threading\n' }].concat(
  COUNTER.split('\n\n').map((source) => ({ cell_type: 'code', metadata: {}, source })),
);
const FILES: Readonly<Record<string, string>> = {
  'pyproject.toml': '[tool.heddle]\nexclude = ["left/"]\n',
  'app/__init__.py': '',
  'app/counter.py': COUNTER,
  'app/guarded.py': GUARDED,
  'app/use.py': 'from app.counter import *\nimport app.guarded\n',
  'breaks.py': COUNTER.replaceAll('\n', '\r\n').replace('\r\n', '\r'),
  'quiet.py': `# heddle: ignore-file a reason\n${COUNTER}`,
  'idle.py':
    'x = 1  # heddle: ignore[nonatomic-updte] misspelt\n\n    # heddle: ignore\n    # more\ny = "\u00e4😀"\n',
  'left/out.py': COUNTER,
  'binary.py': 'x = "\0"\n',
  'cells.ipynb': JSON.stringify({ cells: CELLS, metadata: {}, nbformat: 4, nbformat_minor: 5 }),
};

let shipped: BundledServer;
let folder: TemporaryFolder;

beforeAll(async () => {
  shipped = await bundleServer();
});
afterAll(() => shipped.remove());
beforeEach(() => {
  folder = temporaryFolder();
  for (const [name, text] of Object.entries(FILES)) folder.write(`tree/${name}`, text);
});
afterEach(() => folder.remove());

test('facts of three shards, joined, give the report of one process', async () => {
  for (const part of [1, 2, 3]) {
    const ran = await heddle('facts', '.', '--shard', `${part}/3`, '-o', `../facts/${part}`);
    expect(ran).toEqual({ status: 0, stdout: '', stderr: '' });
  }
  expect(factsBelow('facts').map((name) => name.slice(2))).toHaveLength(Object.keys(FILES).length - 1);
  for (const format of ['sarif', 'github', 'gitlab', 'junit']) {
    const whole = await heddle('audit', '.', '--no-cache', '--format', format, '--level', 'hint');
    const joined = await heddle('audit', '--facts', '../facts', '--format', format, '--level', 'hint');
    expect(joined).toEqual(whole);
  }
});

test('where there are no sources, the findings and their places are the same, and no fix is named', async () => {
  const whole = await heddle('audit', '.', '--no-cache', '--format', 'json');
  await heddle('facts', '.', '-o', '../facts');
  renameSync(`${folder.path}/tree`, `${folder.path}/moved`);
  mkdirSync(`${folder.path}/tree`);
  folder.write('tree/pyproject.toml', FILES['pyproject.toml']!);
  const joined = await heddle('audit', '--facts', '../facts', '--format', 'json');
  expect(unmended(joined.stdout)).toEqual(unmended(whole.stdout));
  expect(joined.stdout).toContain('"app/counter.py"');
});

test('the same file gives the same bytes, whatever lies around it', async () => {
  await heddle('facts', 'app/counter.py', '-o', '../one');
  await heddle('facts', '.', '-o', '../all', '--jobs', '1');
  expect(factsBelow('one')).toEqual(['app/counter.py.facts']);
  expect(read('one/app/counter.py.facts').equals(read('all/app/counter.py.facts'))).toBe(true);
});

test('what is no facts costs a line, and what is of another version is said once', async () => {
  await heddle('facts', 'app', 'breaks.py', '-o', '../facts');
  const whole = read('facts/breaks.py.facts');
  for (const [name, bytes] of Object.entries({
    empty: Buffer.alloc(0),
    text: Buffer.from('facts'),
    short: whole.subarray(0, whole.length - 3),
    long: Buffer.concat([whole, whole]),
    outside: moved(whole, 'breaks.py', '../out.py'),
    absolute: moved(whole, 'breaks.py', '/etc/a.py'),
  }))
    writeFileSync(`${folder.path}/facts/${name}.facts`, bytes);
  const ran = await heddle('audit', '--facts', '../facts', '--format', 'json');
  expect(ran.status).toBe(3);
  expect(ran.stderr.match(/not analysed: .*This is no file of facts/g)).toHaveLength(6);
  expect(JSON.parse(ran.stdout).findings).not.toEqual([]);

  cpSync(`${folder.path}/facts/breaks.py.facts`, `${folder.path}/facts/z.facts`);
  writeFileSync(
    `${folder.path}/facts/z.facts`,
    moved(whole, whole.subarray(13, 29).toString(), '0123456789abcdef'),
  );
  const other = await heddle('audit', '--facts', '../facts');
  expect(other.status).toBe(2);
  expect(other.stderr).toMatch(/^error: .*z\.facts` is of another version of Heddle/);
});

test('wrong usage is one message', async () => {
  const cases: readonly (readonly [readonly string[], string])[] = [
    [['facts', '.', '-o', 'f', '--shard', '4/3'], 'It must be like 3/16'],
    [['facts', '..', '-o', 'f'], 'does not lie below the current folder'],
    [['facts', 'gone.py', '-o', 'f'], 'There is no file or folder `gone.py`.'],
    [['audit', '.', '--facts', 'app'], 'Name either files and folders, or by `--facts`'],
    [['audit', '--facts', 'gone'], 'There is no folder `gone`.'],
  ];
  for (const [words, message] of cases) {
    const ran = await heddle(...words);
    expect(ran.status).toBe(2);
    expect(ran.stderr).toContain(message);
  }
  expect((await heddle('facts', 'app', '-o', 'quiet.py')).status).toBe(4);
});

/** A report without the fixes, which want a text to be tried on. */
function unmended(json: string): object {
  const report = JSON.parse(json);
  return { ...report, findings: report.findings.map((one: object) => ({ ...one, fixes: [] })) };
}

/** The bytes with one ASCII word for another, and what counts its length. */
function moved(bytes: Buffer, from: string, to: string): Buffer {
  const at = bytes.indexOf(from);
  const changed = Buffer.concat([bytes.subarray(0, at), Buffer.from(to), bytes.subarray(at + from.length)]);
  const head = bytes.indexOf('\n') + 1;
  if (at < head) return changed;
  changed.writeUInt32BE(bytes.readUInt32BE(head) + to.length - from.length, head);
  changed[head + 5] = to.length * 2;
  return changed;
}

function read(name: string): Buffer {
  return readFileSync(join(folder.path, name));
}

function factsBelow(name: string): readonly string[] {
  return readdirSync(join(folder.path, name), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.facts'))
    .map((file) => file.replaceAll('\\', '/'))
    .sort();
}

interface Ran {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
}

function heddle(...words: readonly string[]): Promise<Ran> {
  return new Promise((resolve) => {
    execFile(
      process.execPath,
      [shipped.commandLine, ...words],
      { cwd: `${folder.path}/tree` },
      (error, stdout, stderr) => resolve({ status: error === null ? 0 : Number(error.code), stdout, stderr }),
    );
  });
}
