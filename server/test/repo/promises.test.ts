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
