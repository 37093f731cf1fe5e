/** What ships: the list of files in the package, and their size when packed. Wants `npm run build` to have run. */
import { execFileSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { deflateRawSync } from 'node:zlib';
import { expect, it } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const limit = 2_500_000;

const shipped = execFileSync(process.execPath, ['scripts/package.mjs', '--list'], {
  cwd: root,
  encoding: 'utf8',
})
  .trim()
  .split('\n')
  .sort();

it('the package holds these files and no others', () => {
  const pages = RULES.map(({ id }) => `docs/rules/${id}.md`);
  expect(shipped).toEqual(
    [
      'CHANGELOG.md',
      'LICENSE',
      'README.md',
      'THIRD_PARTY_NOTICES.md',
      'client/media/demo.py',
      'client/media/heddle.svg',
      'client/media/icon.png',
      'client/media/icon.svg',
      ...['audit', 'ci', 'demo', 'target'].map((step) => `client/media/walkthrough/${step}.md`),
      'dist/cli.js',
      'dist/extension.browser.js',
      'dist/extension.js',
      'dist/extractionWorker.js',
      ...readdirSync(`${root}python/prove`)
        .filter((name) => name.endsWith('.py'))
        .map((name) => `dist/prove/${name}`),
      'dist/prove/interleave_test-0.1.0-py3-none-any.whl',
      'dist/server.browser.js',
      'dist/server.js',
      'dist/web-tree-sitter.wasm',
      'docs/assumptions.md',
      'docs/ci.md',
      'docs/configuration.md',
      ...readdirSync(`${root}docs/learn`).map((name) => `docs/learn/${name}`),
      'docs/rules/README.md',
      ...pages,
      'grammars/LICENSE.tree-sitter-python',
      'grammars/tree-sitter-python.wasm',
      'package.json',
    ].sort(),
  );
});

it('the README links to what is in the package, except where it speaks of the repository', () => {
  const readme = readFileSync(`${root}README.md`, 'utf8');
  const used = readme.slice(0, readme.indexOf('## Contributing'));
  const links = [...used.matchAll(/(?<!!)\[[^\]]*\]\((?!https?:|#)([^)#]+)/g)].map((match) => match[1]);
  expect(links).not.toEqual([]);
  for (const link of links) expect(shipped).toContain(link);
});

it('the README of the package has its pictures in it, and no link that its page cannot follow', () => {
  const packaged = readFileSync(`${root}artifacts/package/README.md`, 'utf8');
  const targets = [...packaged.matchAll(/\]\(([^)]*)\)/g)].map((match) => match[1]!.slice(0, 30));
  expect(targets.filter((target) => target.startsWith('data:image/png;base64,')).length).toBe(3);
  expect(targets.filter((target) => !/^(?:https?:|#|data:image\/png;base64,)/.test(target))).toEqual([]);
  const headings = [...packaged.matchAll(/^#+ (.*)$/gm)].map((match) =>
    match[1]!.toLowerCase().replace(/[^\w]+/g, '-'),
  );
  for (const target of targets.filter((one) => one.startsWith('#')))
    expect(headings).toContain(target.slice(1));
});

it('they take less than 2 MB when packed', () => {
  const packed = shipped.map((file) => deflateRawSync(readFileSync(`${root}${file}`), { level: 9 }).length);
  expect(packed.reduce((sum, size) => sum + size, 0)).toBeLessThan(limit);
});
