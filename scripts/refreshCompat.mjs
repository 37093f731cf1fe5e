/**
 * Refreshes shipped facts (server/src/env/data) on packages that somebody names, from the newest wheel of each: what an
 * installer for free-threaded CPython 3.14 on x86-64 Linux would get is downloaded by pip and read, never loaded.
 *
 *   node scripts/refreshCompat.mjs --doubtful      prints the packages whose entry is unknown or carries a doubt
 *   node scripts/refreshCompat.mjs NAME...         refreshes these, at most eight a run (`--facts FILE` as for compatData.mjs)
 *
 * A package index is no catalogue to be scanned: a run takes a few names, what it has read stays in
 * artifacts/refresh/journal.json, and a name that was read within thirty days is not asked for again. Each entry gets the
 * date on which it was read; a package without any wheel is said to have none. The bundle must be built (`npm run build`).
 */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readNewest } from './newestWheel.mjs';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const data = JSON.parse(readFileSync(join(root, 'server/src/env/data/compat.json'), 'utf8'));
const journalFile = join(root, 'artifacts', 'refresh', 'journal.json');
const MOST = 8;
const DAYS = 30;

const normalize = (name) => name.toLowerCase().replace(/[-_.]+/g, '-');
const rows = new Map(data.packages.map((row) => [normalize(row.name), row]));
const { values, positionals: names } = parseArgs({
  allowPositionals: true,
  options: { doubtful: { type: 'boolean', default: false }, facts: { type: 'string' } },
});

if (values.doubtful) {
  const doubtful = data.packages.filter((row) => row.status === 'unknown' || row.doubts !== undefined);
  const oldest = doubtful.sort((left, right) => (left.date < right.date ? -1 : 1));
  process.stdout.write(oldest.map((row) => `${row.name}\t${row.status}\t${row.date}\n`).join(''));
  process.exit(0);
}
if (names.length === 0 || names.length > MOST) {
  process.stderr.write(`refreshCompat: give one to ${MOST} names, or --doubtful for a list.\n`);
  process.exit(2);
}

mkdirSync(dirname(journalFile), { recursive: true });
const journal = existsSync(journalFile) ? JSON.parse(readFileSync(journalFile, 'utf8')) : {};
const today = new Date().toISOString().slice(0, 10);
const readings = [];
for (const name of names) {
  const row = rows.get(normalize(name));
  if (row === undefined) {
    process.stderr.write(`refreshCompat: the data has no ${name}; its import names would not be known.\n`);
    continue;
  }
  const before = journal[normalize(name)];
  if (before !== undefined && Date.parse(today) - Date.parse(before.date) < DAYS * 86_400_000) {
    process.stderr.write(`refreshCompat: ${name} was read on ${before.date}\n`);
    readings.push(before);
    continue;
  }
  const reading = { ...readNewest(row), date: today };
  journal[normalize(name)] = reading;
  writeFileSync(journalFile, `${JSON.stringify(journal, null, 2)}\n`);
  readings.push(reading);
  process.stderr.write(`refreshCompat: ${name} ${reading.version ?? ''}: ${reading.tag}\n`);
}
for (const date of new Set(readings.map((reading) => reading.date))) {
  const file = join(dirname(journalFile), `readings-${date}.json`);
  const ofDate = readings.filter((reading) => reading.date === date && reading.version !== undefined);
  writeFileSync(file, JSON.stringify(ofDate));
  const facts = values.facts === undefined ? [] : [values.facts];
  const words = [...facts, '--readings', file, '--date', date];
  execFileSync('node', [join(root, 'scripts/compatData.mjs'), ...words], { stdio: 'inherit' });
}
