/** The manifest offers exactly the settings of the one table, and asks for trust where the table does. */
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { DEFAULT_SETTINGS, SETTINGS } from '../../src/base/settings.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const manifest = JSON.parse(readFileSync(`${root}package.json`, 'utf8'));

it('package.json has every setting of the table and no other', () => {
  const offered = Object.keys(manifest.contributes.configuration.properties);
  expect(offered.sort()).toEqual(SETTINGS.map(({ editorKey }) => `heddle.${editorKey}`).sort());
});

it('settings that reach outside the workspace are withheld until it is trusted', () => {
  const wanted = SETTINGS.filter(({ restricted }) => restricted).map(
    ({ editorKey }) => `heddle.${editorKey}`,
  );
  expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(wanted);
});

it('every setting has a default among its choices and one line of documentation', () => {
  const wrong = SETTINGS.filter(
    ({ choices, default: value, description }) =>
      (choices !== undefined && !choices.some((choice) => choice.value === value)) ||
      !/^[A-Z][^\n]*\.$/.test(description),
  );
  expect(wrong).toEqual([]);
});

it('each key of the settings is declared once', () => {
  expect(SETTINGS.map(({ name }) => name).sort()).toEqual(Object.keys(DEFAULT_SETTINGS).sort());
});

it('the settings editor of VS Code can show every rule as a row of a table', () => {
  const { properties } = manifest.contributes.configuration.properties['heddle.rules'];
  const rows = Object.values(properties) as { readonly type?: string; readonly description?: string }[];
  expect(rows.length).toBeGreaterThan(10);
  expect(rows.filter(({ type, description }) => type !== 'string' || !description)).toEqual([]);
});
