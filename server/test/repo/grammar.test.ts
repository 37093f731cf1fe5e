/** The committed grammar and the pinned runtime are the ones of grammars.lock.json, and fit each other. */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { GRAMMAR_ABI } from '../../src/cst/runtime.ts';
import { pythonParser } from '../support/parser.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const lock = JSON.parse(readFileSync(`${root}grammars/grammars.lock.json`, 'utf8'));
const committed = `${root}grammars/${lock.python.file}`;
const published = `${root}node_modules/${lock.python.package}/${lock.python.file}`;
const runtime = `${root}node_modules/${lock.runtime.package}/web-tree-sitter.wasm`;

it('the committed grammar is the published one, unchanged', () => {
  expect(sha256(committed)).toBe(lock.python.sha256);
  expect(sha256(published)).toBe(lock.python.sha256);
});

it('the runtime is the pinned one', () => {
  expect(sha256(runtime)).toBe(lock.runtime.sha256);
});

it('the lock names the versions that are installed and asked for', () => {
  expect(installedVersion(lock.python.package)).toBe(lock.python.version);
  expect(installedVersion(lock.runtime.package)).toBe(lock.runtime.version);
  expect(manifest('package.json').devDependencies[lock.python.package]).toBe(lock.python.version);
  expect(manifest('server/package.json').dependencies[lock.runtime.package]).toBe(lock.runtime.version);
});

it('the grammar has the ABI that the code wants, and parses', async () => {
  expect(lock.python.abi).toBe(GRAMMAR_ABI);
  const parser = await pythonParser();
  expect(() => parser.parse('with lock:\n    total += 1\n')).not.toThrow();
});

function sha256(file: string): string {
  return createHash('sha256').update(readFileSync(file)).digest('hex');
}

function installedVersion(name: string): string {
  return manifest(`node_modules/${name}/package.json`).version;
}

function manifest(file: string): {
  version: string;
  dependencies: Record<string, string>;
  devDependencies: Record<string, string>;
} {
  return JSON.parse(readFileSync(`${root}${file}`, 'utf8'));
}
