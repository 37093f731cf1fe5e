/**
 * Every fixture under test-fixtures/rules and test-fixtures/never-flag, found by listing the folders: a new file or
 * folder is a new test. What the markers mean is said in docs/architecture.md.
 */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import type { Settings } from '../src/base/settings.ts';
import { findingsOf, fixAll, markedFindings, readCase, type SourceTree } from './support/fixtures.ts';
import { compareWithMarkers, parseMarkers } from './support/markers.ts';

const fixtures = fileURLToPath(new URL('../../test-fixtures/', import.meta.url));

for (const rule of readdirSync(`${fixtures}rules`)) {
  describe(rule, () => {
    for (const name of casesIn(`${fixtures}rules/${rule}`)) {
      const path = `${fixtures}rules/${rule}/${name}`;

      it(`${name} gives what its markers say`, async () => {
        const files = readCase(path);
        const found = await findingsOf(files, settingsOf(files), rule);
        const wrong = markedFiles(files).flatMap((file) => {
          const marked = parseMarkers(files[file]!);
          const differences = compareWithMarkers(marked, markedFindings(file, found.get(file) ?? []));
          return differences.map((sentence) => `${file} ${sentence}`);
        });
        for (const [file, findings] of found)
          for (const { message, place } of findings)
            if (!beginsShort(message))
              wrong.push(`${file}:${place.start.line + 1} begins too long: ${message}`);
        expect(wrong, wrong.join('\n')).toEqual([]);
      });

      const fixedPath = path.replace(/\.py$/, '.fixed.py');
      if (fixedPath === path || !existsSync(fixedPath)) continue;
      it(`${name} becomes its .fixed.py by the first fixes offered`, async () => {
        const files = readCase(path);
        const { text, left } = await fixAll(files, settingsOf(files), rule, name);
        expect(text).toBe(readFileSync(fixedPath, 'utf8'));
        expect(left).toEqual([]);
      });
    }
  });
}

describe('never flagged', () => {
  for (const name of casesIn(`${fixtures}never-flag`)) {
    it(`${name} is silent`, async () => {
      const found = await findingsOf(readCase(`${fixtures}never-flag/${name}`), { target: 'both' });
      const sentences = [...found].flatMap(([file, findings]) =>
        findings.map((f) => `${file}:${f.place.start.line + 1} ${f.rule}: ${f.message}`),
      );
      expect(sentences, sentences.join('\n')).toEqual([]);
    });
  }
});

/** Lists and the line of an error show the first sentence: about 80 characters, whatever the names in it, and two more follow at most. */
function beginsShort(message: string): boolean {
  const [first = '', ...more] = message.split(/(?<=\.) (?=[A-Z`0-9])/);
  const plain = first.replace(/`[^`]*`/g, '`self._name`');
  return /^[A-Z`]/.test(first) && Math.min(first.length, plain.length) <= 80 && more.length <= 2;
}

function casesIn(folder: string): readonly string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter(
      (entry) => entry.isDirectory() || (entry.name.endsWith('.py') && !entry.name.endsWith('.fixed.py')),
    )
    .map((entry) => entry.name);
}

function pythonFiles(files: SourceTree): readonly string[] {
  return Object.keys(files).filter((file) => file.endsWith('.py'));
}

/** Python, and what else carries markers: dependency files and extension sources. */
function markedFiles(files: SourceTree): readonly string[] {
  return Object.keys(files).filter(
    (file) => file.endsWith('.py') || /#\s*(?:expect|ok|fp|fn):/.test(files[file]!),
  );
}

function settingsOf(files: SourceTree): Partial<Settings> {
  return Object.assign({}, ...pythonFiles(files).map((file) => parseMarkers(files[file]!).settings));
}
