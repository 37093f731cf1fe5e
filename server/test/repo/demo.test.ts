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
  const wanted = RULES.filter(({ auditOnly, onRequest }) => auditOnly !== true && onRequest !== true)
    .map(({ id }) => id)
    .filter((id) => id !== 'missing-free-threading-classifier');
  expect(wanted.filter((id) => !shown.has(id))).toEqual([]);
});

/** What a rule has written, whatever the names in it. */
const length = (sentence: string): number => sentence.replace(/`[^`]*`/g, '`self._name`').length;

it('a message begins with a short sentence of its own, and has at most three', async () => {
  const found = await findingsOf(readCase(folder));
  const long = [...found.values()]
    .flat()
    .map(({ rule, message }) => ({ rule, sentences: message.split(/(?<=\.) (?=[A-Z`])/) }))
    .filter(
      ({ sentences: [first = '', ...more] }) =>
        !/^[A-Z`]/.test(first) || length(first) > 80 || more.length > 2,
    );
  expect(found.size).toBeGreaterThan(0);
  expect(long).toEqual([]);
});
