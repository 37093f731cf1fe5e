/** The workspace that the README invites to audit shows every rule at least once. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';
import { findingsOf, readCase } from '../support/fixtures.ts';

const folder = fileURLToPath(new URL('../../../test-fixtures/workspaces/demo', import.meta.url));

it('the demo workspace has a finding of every rule that marks something', async () => {
  expect(RULES.length).toBeGreaterThan(0);
  const found = await findingsOf(readCase(folder));
  const shown = new Set([...found.values()].flat().map(({ rule }) => rule));
  // A project has modules that do not declare, or a classifier that is missing because all do; never both.
  const wanted = RULES.filter(({ auditOnly }) => auditOnly !== true)
    .map(({ id }) => id)
    .filter((id) => id !== 'missing-free-threading-classifier');
  expect(wanted.filter((id) => !shown.has(id))).toEqual([]);
});

it('a message about code begins with a short sentence of its own, and has at most three', async () => {
  const found = await findingsOf(readCase(folder));
  const aboutPackages = new Set(RULES.filter(({ asks }) => asks === 'environment').map(({ id }) => id));
  const long = [...found.values()]
    .flat()
    .filter(({ rule }) => !aboutPackages.has(rule))
    .map(({ rule, message }) => ({ rule, sentences: message.split(/(?<=\.) (?=[A-Z`])/) }))
    .filter(({ sentences }) => sentences[0]!.length > 105 || sentences.length > 3);
  expect(found.size).toBeGreaterThan(0);
  expect(long).toEqual([]);
});
