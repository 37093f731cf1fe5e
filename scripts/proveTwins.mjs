/**
 * `npm run prove-twins -- FOLDER…`: `heddle prove` on folders of programs that hold a `bad.py` with its `good.py` (or `bad/` with `good/`) and
 * a `meta.json` that says where the bad one is wrong. Every finding at such a place is run with no input until one shows something; the
 * driver that did is run on the good form, where none did all of them, and once more after the first offered fix.
 * `--only NAME,…` runs those of them only, `--every N` each Nth, `--at-once N` two at a time or another number, `--time SECONDS` begins nothing after it. What
 * came out is kept in artifacts/prove-twins.json, where a later run goes on (`--anew` forgets it), and written to docs/prove-accuracy.md.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { parseArgs } from 'node:util';
import { writePage } from './provePage.mjs';
import {
  analyzerOf,
  findingsOf,
  isShown,
  never,
  proofOf,
  runDrivers,
  sameDriver,
  source,
} from './proving.mjs';
import { projectRoot } from './setup.mjs';

const { values: options, positionals: folders } = parseArgs({
  allowPositionals: true,
  options: {
    only: { type: 'string' },
    'at-once': { type: 'string', default: '2' },
    time: { type: 'string', default: 'Infinity' },
    every: { type: 'string', default: '1' },
    anew: { type: 'boolean', default: false },
    'no-page': { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
    'bad-only': { type: 'boolean', default: false },
    'no-state': { type: 'boolean', default: false },
  },
});
/** A bound for what does not come to an end; the search itself is bounded by its number of runs. */
const SECONDS = 240;
/** The findings at the place that are tried. */
const MOST_FINDINGS = 3;
/** Lines that a place may be off. */
const TOLERANCE = 2;
const STATE = join(projectRoot, 'artifacts', 'prove-twins.json');

const known = options.anew || !existsSync(STATE) ? {} : JSON.parse(readFileSync(STATE, 'utf8'));
const only = options.only?.split(',');
const programs = folders
  .flatMap((folder) =>
    readdirSync(folder)
      .sort()
      .map((name) => ({ set: basename(folder), name, path: join(folder, name) })),
  )
  .filter(({ path }) => existsSync(join(path, 'meta.json')) && sideOf(path, 'bad') !== undefined)
  .filter(({ name }) => only === undefined || only.some((one) => name.startsWith(one)));
const chosen = programs
  .filter((_, index) => index % Number(options.every) === 0)
  .filter(({ set, name }) => only !== undefined || !(`${set}/${name}` in known));
const until = Date.now() + Number(options.time) * 1000;
await Promise.all(Array.from({ length: Number(options['at-once']) }, () => work()));
if (!options['no-page']) writePage(known);

async function work() {
  for (let next = chosen.shift(); next !== undefined && Date.now() < until; next = chosen.shift()) {
    const began = Date.now();
    const { set, name } = next;
    const result = await resultOf(next);
    known[`${set}/${name}`] = result;
    mkdirSync(join(projectRoot, 'artifacts'), { recursive: true });
    if (!options['no-state']) writeFileSync(STATE, `${JSON.stringify(known, null, 1)}\n`);
    const { bad, good, fixed } = result;
    const words = [bad, good, fixed].map((one) =>
      one === undefined ? '-' : `${one.verdict} ${one.says ?? ''}`,
    );
    console.log(
      `${name} (${Math.round((Date.now() - began) / 1000)} s): ${words[0]}\n    good: ${words[1]}\n    fixed: ${words[2]}`,
    );
  }
}

function sideOf(path, side) {
  return [join(path, `${side}.py`), join(path, side)].find((one) => existsSync(one));
}

async function resultOf({ path }) {
  const { kind, expect, profile = 'application' } = JSON.parse(readFileSync(join(path, 'meta.json'), 'utf8'));
  const folder = mkdtempSync(join(tmpdir(), 'heddle-twins-'));
  try {
    const sides = {};
    for (const side of ['bad', 'good', 'fixed']) {
      const from = sideOf(path, side === 'fixed' ? 'bad' : side);
      sides[side] = join(folder, side);
      cpSync(from, join(sides[side], placeIn(from)), { recursive: true });
    }
    const original = sideOf(path, 'bad');
    const places = expect.map(({ file, lines }) => ({ file: fileOf(file, original), lines }));
    return { kind, ...(await tried(sides, places, profile)) };
  } finally {
    if (!options.verbose) rmSync(folder, { recursive: true, force: true });
  }
}

/** A module is imported as one, a package as one; other folders hold modules. */
function placeIn(from) {
  if (statSync(from).isFile()) return 'program.py';
  return existsSync(join(from, '__init__.py')) ? 'program' : '';
}

/** `bad/sub/x.py` as the copy has it. */
function fileOf(file, original) {
  const inside = file.split('/').slice(1).join('/');
  return inside === '' ? 'program.py' : join(placeIn(original), inside);
}

async function tried(sides, places, profile) {
  const analyzer = analyzerOf(sides.bad, profile);
  try {
    const all = await findingsOf(analyzer);
    const there = all.filter(({ place }) =>
      places.some(
        ({ file, lines: [first, last] }) =>
          place.file === join(sides.bad, file) &&
          place.start.line + 1 >= first - TOLERANCE &&
          place.start.line + 1 <= last + TOLERANCE,
      ),
    );
    if (there.length === 0) return { bad: { verdict: 'not found' } };
    const rules = [...new Set(there.map(({ rule }) => rule))];
    const ordered = there.filter(({ witness }) => witness !== undefined);
    if (ordered.length === 0) return { rules, bad: { verdict: 'no order' } };
    let best;
    const provings = [];
    for (const finding of ordered.slice(0, MOST_FINDINGS)) {
      const proving = await proofOf(analyzer, sides.bad, finding);
      if (proving === undefined) continue;
      provings.push(proving);
      const answer = await runDrivers(sides.bad, proving.proof.roots, proving.drivers, SECONDS);
      if (options.verbose) showDrivers(proving, answer);
      if (best === undefined || rank(answer) > rank(best.answer)) best = { proving, answer };
      if (isShown(answer)) break;
    }
    if (best === undefined) return { rules, bad: { verdict: 'no driver' } };
    const { answer, proving } = best;
    const result = { rules: [proving.finding.rule], bad: kept(answer) };
    if (options['bad-only']) return result;
    const good = await onGood(sides, provings, answer);
    if (!isShown(answer)) return { ...result, good };
    return { ...result, good, ...(await afterFix(analyzer, sides, proving, answer)) };
  } finally {
    analyzer.dispose();
  }
}

function showDrivers({ finding, drivers, proof }, answer) {
  console.log(`== ${finding.rule} ${finding.place.file}:${finding.place.start.line + 1} ${finding.message}`);
  for (const [index, { text }] of drivers.entries())
    if (answer.driver === undefined || answer.driver === index)
      console.log(`-- ${index}\n${text.slice(text.indexOf('def make'))}`);
  if (answer.values?.length > 0)
    console.log(
      source
        .driverText(source.filledIn(proof.plans[answer.driver], answer.values))
        .replace(/^[\s\S]*?(?=def make)/, '-- filled\n'),
    );
  console.log(JSON.stringify({ ...answer, rows: undefined }));
}

function rank({ verdict }) {
  return ['inconclusive', 'holds', 'question', 'breaks'].indexOf(verdict);
}

function kept({ verdict, kind, says, schedule, how, gil }) {
  return {
    verdict,
    kind,
    says: says?.replaceAll(/\/\S*heddle-\w+-\w+\//g, ''),
    schedule,
    how,
    gil,
  };
}

/** The driver that showed something on the good form; where none did, all drivers of all findings, and the worst that any says. */
async function onGood({ bad, good }, provings, shown) {
  let worst;
  for (const [index, proving] of provings.entries()) {
    if (isShown(shown) && index < provings.length - 1) continue;
    const drivers = isShown(shown)
      ? [sameDriver(proving, shown, good)]
      : proving.drivers.map((driver) => ({ ...driver, path: driver.path.replace(bad, good) }));
    const witness = proving.drivers[0].witness.map((step) => movedTo(step, bad, good));
    const mapped = drivers.map((driver) => ({
      ...driver,
      witness: witness.includes(undefined) ? [] : witness,
    }));
    const roots = proving.proof.roots.map((root) => root.replace(bad, good));
    const answer = await runDrivers(good, roots, mapped, SECONDS);
    if (worst === undefined || rank(answer) > rank(worst)) worst = answer;
  }
  return worst && kept(worst);
}

/** The same step in another form of the program: the nearest line with the same text. */
function movedTo(step, from, to) {
  const file = step.file.replace(from, to);
  if (!existsSync(file)) return undefined;
  const text = readFileSync(step.file, 'utf8').split('\n')[step.line - 1].trim();
  const same = readFileSync(file, 'utf8')
    .split('\n')
    .flatMap((line, index) => (line.trim() === text ? [index + 1] : []))
    .sort((a, b) => Math.abs(a - step.line) - Math.abs(b - step.line));
  return same.length === 0 ? undefined : { ...step, file, line: same[0] };
}

/** The driver that showed it, after the first fix that is offered. */
async function afterFix(analyzer, { bad, fixed }, proving, answer) {
  const { finding, proof } = proving;
  const { offered } = await analyzer.offerFixes(finding.place.file, finding.fingerprint, never);
  if (offered.length === 0) return {};
  const [{ title, index }] = offered;
  const edits = await analyzer.fixEdits(finding.place.file, finding.fingerprint, index, never);
  if (edits === undefined) return {};
  for (const { file, before, edits: changes } of edits)
    writeFileSync(file.replace(bad, fixed), source.applyEdits(before, changes));
  const driver = sameDriver(proving, answer, fixed);
  const witness = proving.drivers[0].witness.map((step) => movedTo(step, bad, fixed));
  const roots = proof.roots.map((root) => root.replace(bad, fixed));
  const again = await runDrivers(
    fixed,
    roots,
    [{ ...driver, witness: witness.includes(undefined) ? [] : witness }],
    SECONDS,
  );
  return { fix: title, fixed: kept(again) };
}
