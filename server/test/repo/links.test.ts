/** Links in the documentation lead somewhere: relative ones to a file that is here, others to a host that exists. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** Whose pages the documentation may name. A host that nobody of us owns must not look like ours. */
const knownHosts = [
  'docs.python.org',
  'peps.python.org',
  'packaging.python.org',
  'docs.astral.sh',
  'pylint.readthedocs.io',
  'py-free-threading.github.io',
  'spotbugs.readthedocs.io',
  'cwe.mitre.org',
  'github.com',
  'nodejs.org',
  'code.visualstudio.com',
  'microsoft.github.io',
  'docs.oasis-open.org',
  'keepachangelog.com',
  'semver.org',
  'vitest.dev',
  'biomejs.dev',
  'docs.npmjs.com',
  'doc.qt.io',
  'docs.sqlalchemy.org',
];

const pages = [
  ...readdirSync(root).filter((name) => name.endsWith('.md') && name !== 'THIRD_PARTY_NOTICES.md'),
  ...readdirSync(join(root, 'docs'), { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.md'))
    .map((name) => `docs/${name.replaceAll('\\', '/')}`),
];

describe.each(pages)('%s', (page) => {
  const text = readFileSync(join(root, page), 'utf8').replace(/^```[\s\S]*?^```/gm, '');

  it('has relative links that lead to a file', () => {
    const targets = [...text.matchAll(/\]\((?!https?:|#|mailto:)([^)#\s]+)(?:#[^)]*)?\)/g)].map(
      (match) => match[1]!,
    );
    const missing = targets.filter((target) => !existsSync(resolve(root, dirname(page), decodeURI(target))));
    expect(missing).toEqual([]);
  });

  it('names only hosts that are known to exist', () => {
    const hosts = [...text.matchAll(/https?:\/\/([^/\s)>"'`]+)/g)].map((match) => match[1]!);
    expect(hosts.filter((host) => !knownHosts.includes(host) && !host.startsWith('localhost'))).toEqual([]);
  });
});

it('the code names no address that would be ours', () => {
  const files = ['server/src', 'client/src'].flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, encoding: 'utf8' })
      .filter((name) => name.endsWith('.ts'))
      .map((name) => join(root, folder, name)),
  );
  const naming = files.filter((file) => /https?:\/\/[^\s/'"`]*heddle/i.test(readFileSync(file, 'utf8')));
  expect(naming).toEqual([]);
});
