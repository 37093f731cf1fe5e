/**
 * `node scripts/judgements.mjs FILE.sarif…`: compares findings on other people's code with those that somebody has read and judged
 * before (docs/judgements.jsonl, one line each, keyed by fingerprint), prints what is new, and counts what is known.
 *
 * A line: {"fingerprint", "package", "rule", "level", "place", "verdict", "reason"}; the verdict is `true`, `benign` (real, and
 * nothing comes of it), `arguable` or `false`.
 */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

const judged = new Map(
  readFileSync(join(projectRoot, 'docs', 'judgements.jsonl'), 'utf8')
    .split('\n')
    .filter(Boolean)
    .map((line) => JSON.parse(line))
    .map((one) => [one.fingerprint, one]),
);
const counts = new Map();
let unknown = 0;
for (const file of process.argv.slice(2)) {
  for (const { results } of JSON.parse(readFileSync(file, 'utf8')).runs) {
    for (const { ruleId, level, message, locations, partialFingerprints, suppressions } of results) {
      if ((suppressions ?? []).length > 0) continue;
      const [fingerprint] = Object.values(partialFingerprints ?? {});
      const known = judged.get(fingerprint);
      if (known !== undefined) {
        counts.set(known.verdict, (counts.get(known.verdict) ?? 0) + 1);
        continue;
      }
      unknown += 1;
      const { artifactLocation, region } = locations[0].physicalLocation;
      console.log(
        `${fingerprint} ${level} ${ruleId} ${decodeURI(artifactLocation.uri)}:${region.startLine}\n    ${message.text}`,
      );
    }
  }
}
const known = [...counts].map(([verdict, count]) => `${count} ${verdict}`).join(', ') || 'none';
console.log(`judged before: ${known}; not judged: ${unknown}`);
