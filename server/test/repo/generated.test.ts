/** What is generated is up to date, and every rule keeps the law of docs/architecture.md from its first day. */
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { RULES } from '../../src/rules/registry.ts';
import { findingsOf } from '../support/fixtures.ts';
import { type Marker, parseMarkers } from '../support/markers.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
const ruleFiles = readdirSync(join(root, 'server/src/rules')).filter((name) =>
  /^[a-z]+(-[a-z0-9]+)+\.ts$/.test(name),
);

it('generated files are what scripts/generate.mjs would write', () => {
  const result = spawnSync(process.execPath, ['scripts/generate.mjs', '--check'], {
    cwd: root,
    encoding: 'utf8',
  });
  expect(`${result.stdout}${result.stderr}`).toContain('everything is up to date');
});

describe('the registry', () => {
  it('holds every rule file once, under the name of its file', () => {
    expect(RULES.map(({ id }) => `${id}.ts`)).toEqual(ruleFiles.sort());
  });
});

for (const rule of RULES) {
  describe(`rule ${rule.id}`, () => {
    it('has a page with every part filled in', () => {
      const { docs } = rule;
      const texts = [
        rule.title,
        docs.what,
        docs.why,
        docs.whenNotToUse,
        docs.unknown,
        ...docs.bad,
        ...docs.good,
      ];
      expect(texts.filter((text) => text.trim() === '')).toEqual([]);
      expect(docs.fix).toMatch(/^(?:Safe|Unsafe, look at it|Advice only): ./);
      expect(docs.bad.length).toBeGreaterThan(0);
      expect(docs.good.length).toBeGreaterThan(0);
      expect(docs.references.length).toBeGreaterThan(0);
      expect(docs.references.filter((reference) => !/^https:\/\/\S+$/.test(reference))).toEqual([]);
    });

    it('has at least two fixtures that it reports and two look-alikes that it must not', () => {
      const markers = markersOf(rule.id);
      expect(markers.filter(({ kind }) => kind === 'expect').length).toBeGreaterThanOrEqual(2);
      expect(markers.filter(({ kind }) => kind === 'ok').length).toBeGreaterThanOrEqual(2);
    });

    it('says in its message what is wrong, why, and what to do, and never "data race"', async () => {
      const file = rule.docs.example?.name ?? 'example.py';
      const files = { ...rule.docs.example?.beside, [file]: rule.docs.bad[0]! };
      const found = await findingsOf(files, { target: 'both' }, rule.id);
      const message = found.get(file)?.find((finding) => finding.rule === rule.id)?.message ?? '';
      expect(message).toMatch(/^[A-Z`].*\.$/s);
      expect(message.length).toBeGreaterThan(40);
      expect(`${message} ${rule.docs.what} ${rule.docs.why}`).not.toMatch(/data race/i);
    });
  });
}

function markersOf(id: string): readonly Marker[] {
  const folder = join(root, 'test-fixtures/rules', id);
  if (!existsSync(folder)) return [];
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => /\.\w+$/.test(name) && !name.endsWith('.fixed.py'))
    .flatMap((name) => parseMarkers(readFileSync(join(folder, name), 'utf8')).markers)
    .filter(({ rule }) => rule === id);
}
