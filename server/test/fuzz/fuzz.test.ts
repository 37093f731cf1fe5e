/** The short run of the fuzzers, the same in every run; `npm run fuzz -- --minutes N` is the long one, with other inputs. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { type BundledServer, bundleServer } from '../support/bundledServer.ts';
import { pythonParser } from '../support/parser.ts';
import { fuzzTargets, type Target } from './targets.ts';

const FIXTURES = join(import.meta.dirname, '../../../test-fixtures/rules');

let server: BundledServer;
let targets: readonly Target[] = [];

beforeAll(async () => {
  server = await bundleServer();
  const corpus = readdirSync(FIXTURES, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.py'))
    .sort()
    .map((name) => readFileSync(join(FIXTURES, name), 'utf8'));
  targets = fuzzTargets(server.program, corpus, await pythonParser());
});
afterAll(async () => {
  for (const target of targets) await target.close();
  server.remove();
});

test.each([
  'binaries',
  'text files',
  'folders',
  'archives',
  'facts',
  'command line',
  'python through the server',
  'protocol storm',
])(
  '%s: nothing throws, hangs, or is said wrongly',
  async (name) => {
    const target = targets.find((one) => one.name === name)!;
    for (let input = 0; input < target.inputs; input++)
      expect([input, await target.run(input)]).toEqual([input, undefined]);
  },
  600_000,
);
