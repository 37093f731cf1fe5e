/**
 * Writes server/src/env/data/compat.json, the shipped facts on packages and free-threaded Python, from two inputs: the
 * shared facts (../shared/data/compat.json) and what was established since (server/src/env/data/supplement.json).
 *
 *   node scripts/compatData.mjs [FACTS]
 *       make the data file again
 *   node scripts/compatData.mjs --lock UV_LOCK --imports FILE --url URL --date DATE
 *       first add to the supplement what the wheel names of a public uv.lock show of the packages in FILE, a JSON object
 *       from distribution name to import names: pure, no free-threaded wheel, or wheel there and declaration not known
 *   node scripts/compatData.mjs --readings FILE --date DATE
 *       first add what was read from binaries: FILE is a JSON array, one object per wheel, of
 *       {name, version, tag, platform, imports, modules: [{module, verdict}]}, verdicts as `heddle gil --format json`
 *       prints them, no platform for x86-64 Linux; a wheel for any platform (`py3-none-any`) without modules is pure Python
 *
 * Without the shared facts at hand (a clone elsewhere) the data file stays as it is and the script says so.
 */

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const supplementFile = join(root, 'server/src/env/data/supplement.json');
const outputFile = join(root, 'server/src/env/data/compat.json');

/** What `scripts/refreshCompat.mjs` says of a version that has no wheel to read. */
const NOT_READ = {
  'gil wheels only': {
    status: 'no-wheel',
    note: 'the newest version has wheels for the build with the GIL only',
  },
  'no wheel': {
    status: 'no-wheel',
    note: 'the newest version has no wheel for CPython 3.14 on Linux, Windows or macOS',
  },
  'stand-in': {
    status: 'partial',
    note: 'pure-Python wheel is what a t-build installs; extension absent, so no GIL re-enable',
  },
};

const OLDER = 'older versions may have free-threaded wheels, which an installer would then take';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    lock: { type: 'string' },
    readings: { type: 'string' },
    imports: { type: 'string' },
    url: { type: 'string' },
    date: { type: 'string' },
  },
});

const supplement = JSON.parse(readFileSync(supplementFile, 'utf8'));
const factsFile = positionals[0] ?? join(root, '../shared/data/compat.json');
if (!existsSync(factsFile)) {
  console.error(`compatData: ${factsFile} is not there; ${outputFile} stays as it is`);
  process.exit(values.lock || values.readings ? 2 : 0);
}
const facts = JSON.parse(readFileSync(factsFile, 'utf8'));

if (values.lock !== undefined) {
  const { parse } = await import('smol-toml');
  const imports = JSON.parse(readFileSync(values.imports, 'utf8'));
  const rows = rowsFromLock(parse(readFileSync(values.lock, 'utf8')), imports, values.url, values.date);
  rows.forEach(addRow);
  writeSupplement();
  console.log(`compatData: ${rows.length} rows from ${values.lock}`);
}
if (values.readings !== undefined) {
  const readings = JSON.parse(readFileSync(values.readings, 'utf8'));
  for (const reading of readings) mergeReading(reading, values.date);
  if (values.date > supplement.asOf) supplement.asOf = values.date;
  writeSupplement();
  console.log(`compatData: ${readings.length} readings merged`);
}
writeData();

function writeSupplement() {
  supplement.packages.sort(byName);
  writeFileSync(supplementFile, rowPerLine(supplement));
}

function writeData() {
  const rows = new Map(facts.packages.map((fact) => [normalize(fact.name), rowFromFact(fact)]));
  for (const row of supplement.packages) {
    const key = normalize(row.name);
    rows.set(key, { ...rows.get(key), ...row });
  }
  const packages = [...rows.values()].map(withDoubt).map(ordered).sort(byName);
  const sources = [
    ...facts.sources.map(({ name, url, date, limits }) => ({ name, url, date, limits })),
    ...supplement.sources,
  ];
  writeFileSync(outputFile, rowPerLine({ schema: 1, asOf: supplement.asOf, sources, packages }));
  console.log(`compatData: ${packages.length} packages`);
}

/** One shared fact, told in the terms of `CompatRow` (server/src/env/compat.ts). */
function rowFromFact(fact) {
  const clauses = fact.notes
    .split(/;(?![^(]*\))/)
    .map((clause) => clause.trim())
    .filter((clause) => clause !== '' && clause !== '1.15.0+');
  const has = (pattern) => clauses.some((clause) => pattern.test(clause));
  const row = { name: fact.name, imports: fact.imports, status: statusOfFact(fact, has) };
  if (fact.since !== null) row.since = fact.since.replace(/^[A-Za-z-]+-(?=\d)/, '');
  const noExtension =
    /^ctypes\b|ctypes library|no PyInit_ symbol|^cffi ABI mode|ctypes to libpq|PyInit_ symbol in the wheel checked/;
  if (row.status === 'pure' || (row.status === 'ready' && row.since === undefined && has(noExtension)))
    row.since = '0';
  if (fact.name === 'torchvision') delete row.since;
  if (row.since !== undefined && row.since !== '0') {
    row.before =
      row.status === 'partial' || has(/mypyc/)
        ? 'unknown'
        : has(/^cffi API module/) || has(noExtension)
          ? 'no-wheel'
          : 'gil-at-import';
  }
  const wheelVersion = clauses.map((clause) => /^t-wheel in (\S+)$/.exec(clause)?.[1]).find(Boolean);
  const sourceVersion = clauses
    .map((clause) => /^declared in source at tag \D*?([\d.]+\w*) /.exec(clause)?.[1])
    .find(Boolean);
  const checked = wheelVersion ?? sourceVersion;
  // A wheel older than the first ready version tells nothing of the versions the row is about.
  const outdated = checked !== undefined && row.since !== undefined && isOlder(checked, row.since);
  if (checked !== undefined) row.checked = outdated ? row.since : checked;
  const wheels = outdated
    ? []
    : [
        ...(fact.cp313t ? ['cp313t'] : []),
        ...(fact.cp314t ? ['cp314t'] : []),
        ...(has(/3\.15 free-threaded wheel/) ? ['cp315t'] : []),
      ];
  if (wheels.length > 0) row.wheels = wheels;
  const modules = (fact.gil_modules ?? []).map((module) => module.split(' ')[0]);
  if (modules.length > 0) row.modules = modules;
  row.source = fact.source.startsWith('PyPI: ') ? 'cp311 wheel in a package mirror' : fact.source;
  row.date = dateOfFact(clauses);
  const implied = /^t-wheel in \S+$|^3\.15 free-threaded wheel|^per tracker [\d-]+$|^native extension$/;
  const doubtful =
    /not (verified|established|checked|pinned|recorded|re-verified|found|reproduce)|too old|tracker says|inferred|double-checked|no declaration|no free-threading data|no data of its own|tracker: /;
  const doubts = clauses.filter((clause) => doubtful.test(clause));
  const notes = clauses.filter((clause) => !doubtful.test(clause) && !implied.test(clause));
  if (notes.length > 0) row.note = notes.join('; ');
  if (doubts.length > 0)
    row.doubts = doubts.map((doubt) =>
      doubt
        .replace(/\btracker\b/, 'the py-free-threading tracker')
        .replace('re-verified here', 'verified again'),
    );
  return row;
}

/** Newer wheels may be others: who has not looked at the index has to say of which version it holds. */
function withDoubt(row) {
  const told =
    /^(?:package index|own reading)/.test(row.source) || row.checked !== undefined || row.since !== undefined;
  if (told || (row.doubts ?? []).length > 0 || !/^(?:ready|partial|no-wheel)$/.test(row.status)) return row;
  return { ...row, doubts: ['the version that it was seen with is not recorded'] };
}

function statusOfFact(fact, has) {
  switch (fact.status) {
    case 'supported':
      return has(/^pure Python/) ? 'pure' : 'ready';
    case 'partial':
      // "Declares, but only a source build": what an installer does there is the same as without the declaration.
      return has(/sdist build needed/) ? 'no-wheel' : 'partial';
    case 'wheels-only':
      return 'unknown';
    case 'unsupported':
      if (has(/^GIL re-enabled(?! if built)/) && (fact.cp313t || fact.cp314t || has(/had a t-wheel/)))
        return 'gil-at-import';
      return 'no-wheel';
    default:
      return 'unknown';
  }
}

function dateOfFact(clauses) {
  const dates = clauses.flatMap((clause) => clause.match(/\b20\d\d-\d\d-\d\d\b/g) ?? []);
  return dates.sort().at(-1) ?? facts.as_of;
}

/**
 * Rows for the packages of a uv.lock that `imports` (distribution name to import names) asks for, from nothing but the
 * wheel names in it.
 */
function rowsFromLock(lock, imports, url, date) {
  const rows = [];
  for (const entry of lock.package ?? []) {
    const names = imports[normalize(entry.name)];
    if (names === undefined || entry.source?.registry === undefined || !entry.wheels) continue;
    const files = entry.wheels.map((wheel) => (wheel.url ?? wheel.path ?? '').split('/').at(-1));
    const abis = files.map((file) =>
      file
        .replace(/\.whl$/, '')
        .split('-')
        .at(-2),
    );
    const pure = files.some((file) => file.endsWith('-none-any.whl'));
    const free = new Set();
    for (const abi of abis) {
      if (/^cp3\d+t$/.test(abi)) free.add(abi);
      else if (abi.includes('abi3t')) free.add('cp315t');
    }
    const row = { name: entry.name, imports: names, source: url, date, checked: entry.version };
    if (abis.every((abi) => abi === 'none')) {
      if (!pure) continue;
      Object.assign(row, { status: 'pure', since: '0', note: 'pure Python wheel only' });
    } else if (free.size > 0) {
      const doubts = ['free-threaded wheel there, declaration not read'];
      Object.assign(row, { status: 'unknown', wheels: [...free].sort(), doubts });
    } else if (pure) {
      const note = 'pure-Python wheel is what a t-build installs; extension absent, so no GIL re-enable';
      Object.assign(row, { status: 'partial', note });
    } else {
      Object.assign(row, { status: 'no-wheel', note: 'no free-threaded wheel in the lock' });
    }
    rows.push(row);
  }
  return rows;
}

/** Folds what was read from the binaries of one wheel into the supplement. */
function mergeReading({ name, version, tag, platform = 'x86-64 Linux', imports, modules }, date) {
  const before = {
    ...facts.packages.filter((fact) => normalize(fact.name) === normalize(name)).map(rowFromFact)[0],
    ...supplement.packages.find((row) => normalize(row.name) === normalize(name)),
  };
  const outcome = NOT_READ[tag];
  if (outcome !== undefined) {
    const source = `package index: newest files for CPython 3.14t on ${platform}, looked at one by one`;
    addRow({
      name,
      imports,
      status: outcome.status,
      checked: version,
      source,
      date,
      note: outcome.note,
      doubts: [],
      ...(outcome.status === 'no-wheel' ? wheelsBeside(before, version, platform) : {}),
    });
    return;
  }
  if (modules.length === 0 && tag.endsWith('-none-any')) {
    const source = `own reading of the ${tag} wheel of ${version}`;
    addRow({
      name,
      imports,
      status: 'pure',
      ...pureSince(before, version),
      checked: version,
      source,
      date,
      note: 'pure Python wheel only',
      doubts: [],
    });
    return;
  }
  const offending = modules.filter(({ verdict }) => /^(?:does-not-declare|declares-used)$/.test(verdict));
  const open = modules.filter(({ verdict }) => verdict === 'cannot-tell');
  const declared = modules.length - offending.length - open.length;
  const doubts = [];
  if (offending.length > 0 && declared > 0) {
    doubts.push('whether `import` alone loads one of the modules that do not declare was not tried');
  }
  if (open.length > 0) doubts.push(`not decided by the file: ${open.map(({ module }) => module).join(', ')}`);
  // What the file leaves open stays as it was told.
  const undecided = before.status === 'ready' ? 'ready' : 'unknown';
  const status = offending.length > 0 ? 'gil-at-import' : open.length > 0 ? undecided : 'ready';
  // A wheel that is not tied to a build (`py3-none-manylinux…`) serves free-threaded Python, too.
  const isFreeTag = /^cp3\d+t$/.test(tag);
  // A reading replaces what was said of declaration and wheels, not other remarks.
  const remarks = (before.note ?? '')
    .split('; ')
    .filter((clause) => clause !== '' && !/declar|classifier|wheel|modules? /.test(clause));
  addRow({
    name,
    imports,
    status,
    ...(status === 'ready' && before.status === 'pure' ? { since: version, before: 'pure' } : {}),
    checked: version,
    // Wheels for newer Pythons stay; those for older ones are given up at times.
    wheels: [
      ...new Set([...(isFreeTag ? [tag] : []), ...(before.wheels ?? []).filter((other) => other > tag)]),
    ].sort(),
    // Those of older versions stay, where none is left.
    ...(offending.length === 0 ? {} : { modules: offending.map(({ module }) => module) }),
    source: `own reading of the ${tag} wheel of ${version} (${platform})`,
    date,
    note: [
      modules.length === 0
        ? 'no extension module in the wheel'
        : `${declared} of ${modules.length} modules declare`,
      ...remarks,
    ].join('; '),
    doubts,
  });
}

/** What stays true of free-threaded wheels that were seen before the newest version was found to have none. */
function wheelsBeside({ status, checked, wheels = [], doubts = [] }, version, platform) {
  if (status === 'no-wheel') return { doubts: doubts.filter((doubt) => doubt === OLDER) };
  const seen =
    wheels.length > 0 || /^(?:ready|partial|gil-)/.test(status ?? '') || /had a t-wheel/.test(doubts);
  if (!seen) return {};
  // Nobody knows how far down those go that have none.
  const older = { since: version, before: 'unknown' };
  if (checked !== version) return { ...older, wheels: [], doubts: [OLDER] };
  return {
    ...older,
    wheels: wheels.filter((tag) => tag !== 'cp314t'),
    doubts: wheels.includes('cp314t') ? [`${platform} has none, other systems may`] : [],
  };
}

/** From which version on a package is pure Python: what had compiled parts has them in its older versions still. */
function pureSince(before, version) {
  if (before.status === undefined) return { since: '0' };
  if (before.status === 'pure') return { since: before.since, before: before.before };
  return { since: version, before: before.status === 'no-wheel' ? 'no-wheel' : 'unknown' };
}

/** A row of the supplement replaces the one of the same name that was there; what no reading of one version tells is kept. */
function addRow(fresh) {
  const key = normalize(fresh.name);
  const before = supplement.packages.find((other) => normalize(other.name) === key) ?? {};
  const { since, since313t, since314t, before: older, facts: seen, replacement, makers } = before;
  const kept = {
    replacement,
    makers,
    facts: seen,
    ...(fresh.status === before.status ? { since, since313t, since314t, before: older } : {}),
  };
  const row = {
    ...Object.fromEntries(Object.entries(kept).filter(([, value]) => value !== undefined)),
    ...fresh,
  };
  supplement.packages = [...supplement.packages.filter((other) => normalize(other.name) !== key), row];
}

function ordered(row) {
  const keys = [
    'name',
    'imports',
    'makers',
    'status',
    'since',
    'since313t',
    'since314t',
    'before',
    'checked',
    'wheels',
    'facts',
    'modules',
    'source',
    'date',
    'note',
    'doubts',
    'replacement',
  ];
  for (const key of Object.keys(row))
    if (!keys.includes(key)) throw new Error(`${row.name}: unknown field ${key}`);
  return Object.fromEntries(
    keys.filter((key) => row[key] !== undefined && row[key].length !== 0).map((key) => [key, row[key]]),
  );
}

/** JSON with one package or source a line, so that a change of a fact is a change of a line. */
function rowPerLine(document) {
  const lines = Object.entries(document).map(([key, value]) =>
    Array.isArray(value)
      ? `${JSON.stringify(key)}: [\n${value.map((item) => `  ${JSON.stringify(item)}`).join(',\n')}\n]`
      : `${JSON.stringify(key)}: ${JSON.stringify(value)}`,
  );
  return `{\n${lines.join(',\n')}\n}\n`;
}

function isOlder(left, right) {
  const first = left.split('.').map((part) => Number.parseInt(part, 10) || 0);
  const second = right.split('.').map((part) => Number.parseInt(part, 10) || 0);
  for (let index = 0; index < Math.max(first.length, second.length); index += 1) {
    const difference = (first[index] ?? 0) - (second[index] ?? 0);
    if (difference !== 0) return difference < 0;
  }
  return false;
}

function normalize(name) {
  return name.toLowerCase().replace(/[-_.]+/g, '-');
}

function byName(left, right) {
  const first = normalize(left.name);
  const second = normalize(right.name);
  return first < second ? -1 : first > second ? 1 : 0;
}
