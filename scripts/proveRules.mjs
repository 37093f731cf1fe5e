/**
 * `npm run prove-rules`: runs the examples of every rule's page under the controlled scheduler. The bad one must break, the good one
 * must not; what came out, with the number of the interleaving, is written to docs/rule-runs.json, from which the pages take it.
 * With names of rules only those are run anew. `scripts/proveTwins.mjs` does so with programs that lie elsewhere. What it wants is said in `scripts/proving.mjs`.
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { analyzerOf, findingsOf, isShown, proofOf, runDrivers, sameDriver, source } from './proving.mjs';
import { projectRoot } from './setup.mjs';

const SECONDS = 60;
const only = process.argv.slice(2);
await examples();

/** Runs every finding of a rule in a folder until one shows something; `good` is run with the driver that did. */
async function prove(bad, good, id) {
  const analyzer = analyzerOf(bad);
  try {
    const wanted = (await findingsOf(analyzer)).filter(
      ({ witness, rule }) => witness !== undefined && rule === id,
    );
    let best;
    for (const finding of wanted.slice(0, 2)) {
      const proving = await proofOf(analyzer, bad, finding);
      if (proving === undefined) continue;
      const answer = await runDrivers(bad, proving.proof.roots, proving.drivers, SECONDS);
      best = rank(answer) > rank(best?.answer) ? { proving, answer } : best;
      if (isShown(answer)) break;
    }
    if (best === undefined) return { verdict: wanted.length === 0 ? 'not found' : 'no driver' };
    const { proving, answer } = best;
    if (!isShown(answer) || good === undefined) return answer;
    const roots = proving.proof.roots.map((root) => root.replace(bad, good));
    return {
      ...answer,
      good: await runDrivers(good, roots, [sameDriver(proving, answer, good)], SECONDS),
    };
  } finally {
    analyzer.dispose();
  }
}

function rank(answer) {
  return ['not found', 'inconclusive', 'question', 'breaks'].indexOf(
    answer === undefined ? 'not found' : answer.verdict === 'holds' ? 'inconclusive' : answer.verdict,
  );
}

/** The good example that defines what the bad one does; undefined where none has the same names. */
function repairedOf(bad, goods) {
  const names = (code) => [...code.matchAll(/^(?:class|def) (\w+)/gm)].map(([, name]) => name);
  const wanted = names(bad);
  return goods.find((good) => wanted.every((name) => names(good).includes(name)));
}

async function examples() {
  const path = join(projectRoot, 'docs', 'rule-runs.json');
  const results = only.length === 0 ? {} : JSON.parse(readFileSync(path, 'utf8'));
  for (const { id, docs, witness } of source.RULES) {
    if (witness === undefined || (only.length > 0 && !only.includes(id))) continue;
    results[id] = [];
    for (const [index, bad] of docs.bad.entries()) {
      const folder = mkdtempSync(join(tmpdir(), 'heddle-rules-'));
      try {
        const sides = { bad, good: repairedOf(bad, docs.good) };
        for (const [side, text] of Object.entries(sides)) {
          if (text === undefined) continue;
          mkdirSync(join(folder, side));
          writeFileSync(join(folder, side, 'example.py'), text);
        }
        const found = await prove(join(folder, 'bad'), sides.good && join(folder, 'good'), id);
        const { verdict, kind, says, schedule, how, gil, good } = found;
        results[id].push({
          verdict,
          kind,
          says: says?.replaceAll(folder, ''),
          schedule,
          how,
          gil,
          good: good?.verdict,
        });
        console.log(
          `${id} ${index + 1}: ${verdict} ${says ?? ''} ${schedule ?? ''} | good: ${good?.verdict ?? '-'} ${good?.says ?? ''}`,
        );
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  }
  const all = Object.values(results).flat();
  const shown = all.filter(({ verdict }) => verdict === 'breaks' || verdict === 'question');
  console.log(
    `${shown.length} of ${all.length} bad examples shown (${count(all, 'breaks')} break, ${count(all, 'question')} have a result that no serial order gives); ${shown.filter(({ good }) => good === 'breaks').length} good ones called broken`,
  );
  writeFileSync(path, `${JSON.stringify(results, null, 1)}\n`);
}

function count(all, verdict) {
  return all.filter((one) => one.verdict === verdict).length;
}
