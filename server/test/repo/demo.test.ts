/** The workspace that the README invites to audit shows every rule at least once. */
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';
import { findingsOf, readCase } from '../support/fixtures.ts';

it('the demo workspace has a finding of every rule that marks something', async () => {
  expect(RULES.length).toBeGreaterThan(0);
  const folder = fileURLToPath(new URL('../../../test-fixtures/workspaces/demo', import.meta.url));
  const found = await findingsOf(readCase(folder));
  const shown = new Set([...found.values()].flat().map(({ rule }) => rule));
  // A project has modules that do not declare, or a classifier that is missing because all do; never both.
  const wanted = RULES.filter(({ auditOnly }) => auditOnly !== true)
    .map(({ id }) => id)
    .filter((id) => id !== 'missing-free-threading-classifier');
  expect(wanted.filter((id) => !shown.has(id))).toEqual([]);
});
