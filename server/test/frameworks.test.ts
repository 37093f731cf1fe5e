/**
 * A small program for each framework and library whose threads Heddle knows of: a folder of test-fixtures/frameworks is a
 * program, and its markers say what every rule together finds. What the markers mean is said in docs/architecture.md.
 */
import { readdirSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';
import { findingsOf, markedFindings, readCase } from './support/fixtures.ts';
import { compareWithMarkers, parseMarkers } from './support/markers.ts';

const fixtures = fileURLToPath(new URL('../../test-fixtures/frameworks/', import.meta.url));

it.each(readdirSync(fixtures))('%s gives what its markers say', async (name) => {
  const files = readCase(`${fixtures}${name}`);
  const found = await findingsOf(files, { target: 'both' });
  const wrong = Object.keys(files)
    .filter((file) => file.endsWith('.py'))
    .flatMap((file) =>
      compareWithMarkers(parseMarkers(files[file]!), markedFindings(file, found.get(file) ?? [])).map(
        (sentence) => `${file} ${sentence}`,
      ),
    );
  expect(wrong, wrong.join('\n')).toEqual([]);
});
