/** Writes docs/prove-accuracy.md from what `scripts/proveTwins.mjs` has seen. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { projectRoot } from './setup.mjs';

const SHOWN = ['breaks', 'question'];
const VERDICTS = ['breaks', 'question', 'holds', 'inconclusive', 'no driver', 'no order', 'not found'];

/** @param known what came out, by `set/program` */
export function writePage(known) {
  const all = Object.entries(known).map(([name, result]) => ({ name, set: name.split('/')[0], ...result }));
  const proved = all.filter(({ bad }) => !['not found', 'no order'].includes(bad.verdict));
  const lines = [
    '# Races shown by running them',
    '',
    `Written by \`scripts/proveTwins.mjs\` on ${new Date().toISOString().slice(0, 10)}. \`heddle prove\` with no input on programs with one`,
    'bug each: every finding at the place of the bug (three at most) until one shows something. Its driver (all of them, where none did) is then run on the',
    'repaired form of the program, where nothing may show, and the one that showed something once more after the first offered fix.',
    '',
    `${all.length} programs were run, not all that there are: a run on a slow machine goes over each fourth of them (\`--every\`).`,
    '',
    '- *breaks*: an exception or a deadlock that no serial order of the calls gives',
    '- *question*: a result or state that no serial order gives',
    '- *nothing found*: the calls come to the places of the finding, and no interleaving that was tried shows anything',
    '- *inconclusive*: the calls never come there, or cannot be run',
    '- *no driver*: no way is known to call the code from outside',
    '- *no order*: the finding is no matter of the order of threads, so there is nothing to prove',
    '- *not found*: the analysis reports nothing at the place',
    '',
    '## Bad programs',
    '',
    ...table(
      [
        'programs',
        ...VERDICTS.map((one) => (one === 'holds' ? 'nothing found' : one)),
        'shown of those with a finding to prove',
      ],
      [...new Set(all.map(({ set }) => set)), 'all'].map((set) => {
        const own = all.filter((one) => set === 'all' || one.set === set);
        const shown = own.filter(({ bad }) => SHOWN.includes(bad.verdict)).length;
        const toProve = own.filter((one) => proved.includes(one)).length;
        return [
          `${set}: ${own.length}`,
          ...VERDICTS.map((verdict) => own.filter(({ bad }) => bad.verdict === verdict).length),
          `${shown} of ${toProve} (${percent(shown, toProve)})`,
        ];
      }),
    ),
    '',
    '## Repaired programs, and after the first offered fix',
    '',
    ...table(
      ['', 'run', 'break', 'question', 'nothing found', 'inconclusive'],
      [
        ['that driver, or all, on the repaired program', ...counts(proved.map(({ good }) => good))],
        [
          'the driver that showed it, after the first offered fix',
          ...counts(proved.filter(({ fix }) => fix !== undefined).map(({ fixed }) => fixed)),
        ],
      ],
    ),
    '',
    ...listed('Repaired programs of which something is said', proved, 'good'),
    ...listed('Fixes after which the driver still shows something', proved, 'fixed'),
    '## By kind',
    '',
    ...table(
      ['kind', 'to prove', 'breaks', 'question', 'nothing found', 'inconclusive', 'no driver'],
      [...new Set(proved.map(({ kind }) => kind))].sort().map((kind) => {
        const own = proved.filter((one) => one.kind === kind);
        const count = (verdict) => own.filter(({ bad }) => bad.verdict === verdict).length;
        return [kind, own.length, ...VERDICTS.slice(0, 5).map(count)];
      }),
    ),
    '',
    '## Why nothing is shown',
    '',
    ...table(
      ['why', 'programs'],
      grouped(
        proved
          .filter(({ bad }) => !SHOWN.includes(bad.verdict))
          .map(({ bad }) =>
            bad.verdict === 'no driver'
              ? 'no way is known to call the code'
              : reason(bad.says ?? bad.verdict),
          ),
      ),
    ),
    '',
  ];
  writeFileSync(join(projectRoot, 'docs', 'prove-accuracy.md'), lines.join('\n'));
}

function counts(answers) {
  const run = answers.filter((one) => one !== undefined);
  const count = (verdict) => run.filter((one) => one.verdict === verdict).length;
  return [run.length, ...['breaks', 'question', 'holds', 'inconclusive'].map(count)];
}

function listed(title, programs, side) {
  const worth = programs.filter((one) => SHOWN.includes(one[side]?.verdict));
  if (worth.length === 0) return [];
  return [
    `${title}:`,
    '',
    ...worth.map(
      (one) => `- ${one.name} (${one.rules.join(', ')}): ${one[side].verdict}, ${cell(one[side].says)}`,
    ),
    '',
  ];
}

/** The kind of a reason: without names, numbers and what Python says in detail. */
function reason(says) {
  return says
    .replace(/^no failure in .*/, 'nothing failed in the interleavings that were tried')
    .replace(/line \d+/, 'a line of the finding')
    .replace(/(through: \w+).*/, '$1')
    .replace(/^(\w+(?:Error|Exception)): .*/, 'the object cannot be made: $1');
}

function grouped(reasons) {
  const counted = new Map();
  for (const one of reasons) counted.set(one, (counted.get(one) ?? 0) + 1);
  return [...counted].sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));
}

function table(head, rows) {
  const line = (cells) => `| ${cells.map(cell).join(' | ')} |`;
  return [line(head), line(head.map(() => '---')), ...rows.map(line)];
}

function cell(value) {
  return String(value).replaceAll('|', '\\|').replaceAll('\n', ' ');
}

function percent(some, all) {
  return all === 0 ? '-' : `${Math.round((100 * some) / all)} %`;
}
