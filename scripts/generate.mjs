/**
 * `npm run generate`: writes what follows from the code, so that nothing is said twice by hand:
 *
 *   server/src/rules/registry.ts          every file of that folder that is named like a rule
 *   docs/rules/*.md                       a page for each rule, and their index; what `npm run prove-rules` saw is in docs/rule-runs.json
 *   docs/configuration.md                 the table of settings
 *   docs/levels.md                        how loud a race is
 *   package.json                          contributes.configuration
 *   THIRD_PARTY_NOTICES.md                the licences of what is bundled
 *
 * With `--check` it writes nothing and fails when something would change.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { importSource } from './importSource.mjs';
import { ENGINE } from './proveEngine.mjs';
import { projectRoot } from './setup.mjs';

const check = process.argv.includes('--check');
const rulesFolder = 'server/src/rules';
const pagesFolder = 'docs/rules';
const changed = [];

const ruleIds = readdirSync(join(projectRoot, rulesFolder))
  .filter((name) => /^[a-z]+(-[a-z0-9]+)+\.ts$/.test(name))
  .map((name) => name.slice(0, -'.ts'.length))
  .sort();
put(`${rulesFolder}/registry.ts`, formatted('registry.ts', registry(ruleIds)));

const { LEVELS, LEVELS_OF_RACES, parseMarkers, rulePage, rules, SETTINGS } = await importSource(
  'generate',
  source(ruleIds),
);
const runs = JSON.parse(readFileSync(join(projectRoot, 'docs', 'rule-runs.json'), 'utf8'));
for (const rule of rules)
  put(
    `${pagesFolder}/${rule.id}.md`,
    `${rulePage(rule)}${shownByRunning(runs[rule.id])}${learnMore(rule.id)}`,
  );
put(`${pagesFolder}/README.md`, ruleIndex(rules));
remove(pagesFolder, [...rules.map((rule) => `${rule.id}.md`), 'README.md']);
put('docs/configuration.md', configurationPage(SETTINGS, rules));
put('docs/levels.md', levelsPage());
put('package.json', manifest(SETTINGS, rules));
put('THIRD_PARTY_NOTICES.md', notices());

if (changed.length === 0) console.log('generate: everything is up to date');
else if (check) {
  console.error(`generate: out of date: ${changed.join(', ')}\nRun \`npm run generate\`.`);
  process.exit(1);
} else console.log(`generate: wrote ${changed.join(', ')}`);

function put(file, text) {
  const path = join(projectRoot, file);
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return;
  changed.push(file);
  if (check) return;
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Removes from a generated folder what no rule asks for any more. */
function remove(folder, wanted) {
  const path = join(projectRoot, folder);
  if (!existsSync(path)) return;
  for (const name of readdirSync(path)) {
    if (wanted.includes(name)) continue;
    changed.push(`${folder}/${name}`);
    if (!check) rmSync(join(path, name));
  }
}

function registry(ids) {
  return [
    '/** Every rule, in the order of their names. Written by scripts/generate.mjs from the files of this folder. */',
    ...ids.map((id) => `import { rule as ${camelCase(id)} } from './${id}.ts';`),
    "import type { Rule } from './rule.ts';",
    '',
    `export const RULES: readonly Rule[] = [${ids.map(camelCase).join(', ')}];`,
    '',
  ].join('\n');
}

function source(ids) {
  return [
    ...ids.map((id) => `import { rule as ${camelCase(id)} } from './${rulesFolder}/${id}.ts';`),
    `export { rulePage } from './${rulesFolder}/page.ts';`,
    "export { LEVELS, SETTINGS } from './server/src/base/settings.ts';",
    `export { LEVELS_OF_RACES } from './${rulesFolder}/levels.ts';`,
    "export { parseMarkers } from './server/test/support/markers.ts';",
    `export const rules = [${ids.map(camelCase).join(', ')}];`,
  ].join('\n');
}

function camelCase(id) {
  return id.replace(/-([a-z0-9])/g, (_, letter) => letter.toUpperCase());
}

/** The text as biome would leave it: imports sorted, lines broken. */
function formatted(name, text) {
  const biome = join(projectRoot, 'node_modules', '@biomejs', 'biome', 'bin', 'biome');
  const parameters = [biome, 'check', '--write', `--stdin-file-path=${rulesFolder}/${name}`];
  const result = spawnSync(process.execPath, parameters, { cwd: projectRoot, input: text, encoding: 'utf8' });
  if (result.status !== 0) throw new Error(`biome: ${result.stderr}`);
  return result.stdout;
}

/** What `npm run prove-rules` has seen of the rule's examples under a controlled scheduler; nothing of those that it could not run. */
function shownByRunning(results = []) {
  const lines = results.flatMap(({ verdict, says, schedule, how, gil, good }, index) => {
    if (verdict !== 'breaks' && verdict !== 'question') return [];
    const what = verdict === 'breaks' ? 'breaks' : 'has a result that no serial order gives';
    const builds = gil ? ', with the GIL too' : ', seen only without the GIL';
    const repaired = good === 'holds' ? ' The repaired one does not.' : '';
    return [
      `- Bad example ${index + 1} ${what}: ${says} (interleaving ${schedule}, ${how}${builds}).${repaired}`,
    ];
  });
  return lines.length === 0 ? '' : ['', '## Shown by running', '', ...lines, ''].join('\n');
}

/** The pages for people who learn that name a rule in their last line. */
function learnMore(id) {
  const folder = join(projectRoot, 'docs', 'learn');
  const topics = readdirSync(folder)
    .sort()
    .map((name) => ({ name, text: readFileSync(join(folder, name), 'utf8') }))
    .filter(({ text }) => /^Rules: (.*)$/m.exec(text)?.[1].includes(`\`${id}\``))
    .map(({ name, text }) => `- [${/^# (.*)$/m.exec(text)[1]}](../learn/${name})`);
  return topics.length === 0 ? '' : ['', '## Learn', '', ...topics, ''].join('\n');
}

function ruleIndex(all) {
  const rows = all.map((rule) => {
    const { expect, fn, ok, fp } = marked(rule.id);
    return `| [\`${rule.id}\`](${rule.id}.md) | ${rule.title} | ${rule.severity === 'information' ? 'note' : rule.severity} | ${expect} of ${expect + fn} | ${ok} of ${ok + fp} |`;
  });
  return [
    '# Rules',
    '',
    'Written by `scripts/generate.mjs`; the last two columns are counted from the markers in `test-fixtures/rules`: how many of',
    'the defects there are found, and how many of the look-alikes that are right stay silent. Fixtures are written to be hard, so',
    'these are no rates to expect in other code; `docs/accuracy.md` in the repository has those.',
    '',
    '| rule | reports | at most | defects found | look-alikes silent |',
    '|---|---|---|---|---|',
    ...rows,
    '',
  ].join('\n');
}

/** How many markers of each kind name this rule, in all fixtures. */
function marked(id) {
  const counts = { expect: 0, fn: 0, ok: 0, fp: 0, evidence: 0 };
  const folder = join(projectRoot, 'test-fixtures', 'rules');
  for (const name of readdirSync(folder, { recursive: true }).filter((each) => /\.\w+$/.test(each))) {
    if (name.endsWith('.fixed.py')) continue;
    for (const { kind, rule } of parseMarkers(readFileSync(join(folder, name), 'utf8')).markers) {
      if (rule === id) counts[kind] += 1;
    }
  }
  return counts;
}

function configurationPage(settings, all) {
  const rows = settings.map((setting) => {
    const values =
      setting.choices?.map(({ value, meaning }) => `\`${value}\`: ${meaning}`).join('<br>') ??
      typeWord(setting.type);
    const projectKey = setting.projectKey === undefined ? '–' : `\`${setting.projectKey}\``;
    const given = `\`${JSON.stringify(setting.default)}\``;
    return `| \`heddle.${setting.editorKey}\` | ${projectKey} | ${setting.description} | ${values} | ${given} |`;
  });
  return [
    '# Configuration',
    '',
    'Written by `scripts/generate.mjs` from `server/src/base/settings.ts`.',
    '',
    'VS Code settings and `[tool.heddle]` in `pyproject.toml` have the same meaning. A value of the project file lies under one of',
    'the editor or of the command line. A wrong key or value is one message at its line; everything else still applies.',
    '',
    '```toml',
    '[tool.heddle]',
    'target = "free-threaded"',
    'exclude = ["tests/", "build/"]',
    '',
    '[tool.heddle.rules]',
    `${all[0]?.id ?? 'useless-lock'} = "off"`,
    '```',
    '',
    '| in VS Code | in `[tool.heddle]` | what it says | values | default |',
    '|---|---|---|---|---|',
    ...rows,
    '',
    'Suppressing one finding is done in the code, by a comment in one of these places. The rule may be left out, which ignores all of',
    'them; several are separated by commas; the reason is for the next reader.',
    '',
    '| comment | hides |',
    '|---|---|',
    '| `# heddle: ignore[rule-name] reason` at the end of a line | what is reported on this line |',
    '| `# heddle: ignore[rule-name] reason` alone on a line | what is reported on the next line that is no comment |',
    '| `# heddle: ignore-next-line[rule-name] reason` | the same, whatever else stands on the line of the comment |',
    '| `# heddle: ignore-file[rule-name] reason` | what is reported in the file |',
    '',
    'A suppression that suppresses nothing, or names a rule that there is not, is a hint; the light bulb removes or corrects it.',
    'Dependency files, lock files and extension sources take the same comments in their own form: `//` in C++ and Rust, `/* */` in C,',
    'whole lines only in setup.cfg, none in JSON.',
    '',
  ].join('\n');
}

function levelsPage() {
  const sharing = {
    threads: 'two threads of the program reach it',
    framework: 'a framework runs it in several threads',
    tests: "the project's own tests start threads on it",
    guarded: 'other code holds a lock for the same state',
    concurrent: 'a lock is held where it is looked at, or its class asks which thread it is run by',
    besides: 'its class starts a thread, or has another synchroniser than a lock',
    otherLock: 'its class owns a lock, which nothing holds for it',
    documented: 'the documentation of the function, the class or the module promises it',
    kept: 'one object is a global, an attribute of a class, a default argument or an entry of a table',
    moduleState: 'state of a module or class of a library, reached from its public functions',
    named: 'the class has a name like `…Pool`, `…Cache`, `…Registry`',
    public:
      'a public class changes it in a method that only asks for something (`get`, `find`, `__getitem__`)',
  };
  const harms = {
    breaks: 'exception, corruption, deadlock',
    misses: 'one is left without',
    loses: 'an update is lost',
    twice: 'two of what has an identity',
    claims: 'two are both told that it is theirs',
    stale: 'old or torn value',
    again: 'work done twice, same result',
  };
  const word = (level) => (level === 'information' ? 'note' : level);
  const rows = Object.entries(LEVELS_OF_RACES).map(
    ([row, levels]) =>
      `| ${sharing[row] ?? fail(row)} | ${Object.keys(harms)
        .map((harm) => word(levels[harm]))
        .join(' | ')} |`,
  );
  return [
    '# How loud a race is',
    '',
    'Written by `scripts/generate.mjs` from `server/src/rules/levels.ts`.',
    '',
    'A race has two sides: how sure it is that threads share the state, and what the interleaving does to the user of the',
    'program. The level is looked up here. The message names what the sharing rests on, and the place is shown with the finding.',
    '',
    `| what says that threads share it | ${Object.values(harms).join(' | ')} |`,
    `|---|${Object.keys(harms)
      .map(() => '---|')
      .join('')}`,
    ...rows,
    '',
    '- A row of the first four counts as the fifth when a thread is seen, but not that it has this very object.',
    '- What breaks only without the GIL is at most a note with `target = "gil"`, and at most a warning while nothing says which',
    '  build the project is for. With either of them, only what raises, corrupts or blocks is an error.',
    '- The rows from the third on count in libraries only (`profile = "library"`): the threads of an application are in it.',
    '- Of a public class of a library that nothing says is shared only what its look-ups change is spoken of. Nothing is said of a class',
    '  whose documentation says that it is not thread-safe, of what runs while an object is made, and of tests.',
    '',
  ].join('\n');
}

function fail(row) {
  throw new Error(`levels.ts has a row that the page does not explain: ${row}`);
}

function typeWord(type) {
  return {
    choice: 'one of the choices',
    globs: 'a list of globs',
    rules: 'rule name → `error`, `warning`, `note`, `hint`, `off` or `default`',
    path: 'a path',
    overrides: 'package or module → `{status, reason}`; status `ready` or `gil`',
  }[type];
}

function manifest(settings, all) {
  const found = JSON.parse(readFileSync(join(projectRoot, 'package.json'), 'utf8'));
  const properties = Object.fromEntries(
    settings.map((setting) => [
      `heddle.${setting.editorKey}`,
      { ...schema(setting, all), scope: 'resource' },
    ]),
  );
  found.contributes.configuration = { title: 'Heddle', properties };
  return `${JSON.stringify(found, undefined, 2)}\n`;
}

function schema(setting, all) {
  const common = { default: setting.default, markdownDescription: setting.description };
  switch (setting.type) {
    case 'choice':
      return {
        type: 'string',
        enum: setting.choices.map(({ value }) => value),
        enumDescriptions: setting.choices.map(({ meaning }) => meaning),
        ...common,
      };
    case 'globs':
      return { type: 'array', items: { type: 'string' }, ...common };
    case 'path':
      return { type: 'string', ...common };
    case 'rules':
      return {
        type: 'object',
        properties: Object.fromEntries(
          all.map((rule) => [
            rule.id,
            { type: 'string', enum: [...LEVELS, 'off', 'default'], description: rule.title },
          ]),
        ),
        additionalProperties: false,
        ...common,
      };
    case 'overrides':
      return {
        type: 'object',
        additionalProperties: {
          type: 'object',
          properties: { status: { type: 'string', enum: ['ready', 'gil'] }, reason: { type: 'string' } },
          required: ['status', 'reason'],
          additionalProperties: false,
        },
        ...common,
      };
  }
}

/** The licences of every package that can end up in the bundles, and of the grammar. */
function notices() {
  const { packages } = JSON.parse(readFileSync(join(projectRoot, 'package-lock.json'), 'utf8'));
  const places = Object.entries(packages)
    .filter(
      ([place, entry]) => place.includes('node_modules/') && !entry.link && !entry.dev && !entry.devOptional,
    )
    .map(([place]) => place);
  places.push('node_modules/tree-sitter-python');
  const sections = [...new Set(places)]
    .map((place) => {
      const { name, version, license } = JSON.parse(
        readFileSync(join(projectRoot, place, 'package.json'), 'utf8'),
      );
      return { title: `${name} ${version} (${license})`, text: licenceText(place) };
    })
    .concat({ title: ENGINE.title, text: engineLicence() })
    .sort((a, b) => (a.title < b.title ? -1 : 1));
  return [
    '# Third-party notices',
    '',
    'Heddle contains code of these packages. Written by `scripts/generate.mjs` from the installed packages.',
    '',
    ...sections.flatMap(({ title, text }) => [`## ${title}`, '', '```text', text, '```', '']),
  ].join('\n');
}

/** Of the wheel that `heddle prove` runs, as it is in the wheel. */
function engineLicence() {
  const path = join(projectRoot, 'python', 'prove', 'LICENSE.interleave-test');
  return readFileSync(path, 'utf8').replaceAll('\r\n', '\n').trim();
}

function licenceText(place) {
  const folder = join(projectRoot, place);
  const file = readdirSync(folder).find((name) => /^licen[cs]e/i.test(name));
  if (file !== undefined) return readFileSync(join(folder, file), 'utf8').replaceAll('\r\n', '\n').trim();
  throw new Error(`${place} has no licence file; add its text here by hand`);
}
