/** The promises of docs/security.md: each test that is named there stands where it says, and nothing opens a connection. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const page = readFileSync(join(root, 'docs/security.md'), 'utf8').replace(/\s+/g, ' ');

const named = [...page.matchAll(/`([\w/.]+\.test\.ts)`: ((?:"[^"]+"(?:; )?)+)/g)].flatMap(
  ([, file = '', names = '']) =>
    [...names.matchAll(/"([^"]+)"/g)].map(([, name = '']) => [file, name] as const),
);

test('name tests', () => expect(named.length).toBeGreaterThan(12));

test.each(named)('%s has a test about %s', (file, name) => {
  expect(readFileSync(join(root, file), 'utf8')).toContain(name);
});

/** What a row of the table of faults names: a file, and a part of a title of a test in it. */
const faults = [...page.matchAll(/\| (\w+) \| [^|]+ \| `([\w/.]+\.test\.ts)`: "([^"]+)" \|/g)];

test('every fault that was found has a row with its test', () => {
  const found = new Set(faults.map(([, id]) => id));
  const series = (letter: string, count: number): readonly string[] =>
    Array.from({ length: count }, (_, index) => `${letter}${index + 1}`);
  for (const id of [...series('H', 5), ...series('M', 9), ...series('L', 15)])
    expect([id, found.has(id)]).toEqual([id, true]);
  for (const [, id, file = '', name = ''] of faults)
    expect([id, readFileSync(join(root, file), 'utf8').includes(name)]).toEqual([id, true]);
});

test('the README says of Restricted Mode what this page says', () => {
  const readme = readFileSync(join(root, 'README.md'), 'utf8').replace(/\s+/g, ' ');
  expect(readme).toContain('the setting that names an interpreter is ignored until you trust the workspace');
  expect(readme).toContain('Files that the workspace names elsewhere on this computer are read');
});

test('every sentence on what is never done, and on what it may cost, names its tests', () => {
  const text = readFileSync(join(root, 'docs/security.md'), 'utf8');
  for (const heading of ['What is never opened, run or sent', 'What hostile input may cost']) {
    const section = text.split(`## ${heading}\n`)[1]!.split('\n## ')[0]!;
    for (const promise of section.trim().split(/\n- /)) expect(promise).toMatch(/\.test\.ts`/);
  }
});

test('no source file opens a connection', () => {
  const sources = ['server/src', 'client/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      // The examples of the rules are Python.
      .filter((name) => name.endsWith('.ts') && !name.startsWith('rules'))
      .map((name) => join(root, folder, name)),
  );
  const network =
    /from '(?:node:)?(?:https?|http2|net|tls|dgram|dns)(?:\/promises)?'|(?<!def )\bfetch\(|\bXMLHttpRequest\b|\bWebSocket\b/;
  expect(sources.filter((file) => network.test(readFileSync(file, 'utf8')))).toEqual([]);
});
