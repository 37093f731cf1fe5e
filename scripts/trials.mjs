/**
 * `npm run trials [-- --seed S --share 0.1]`: what is tried against Heddle at random moments and in large numbers, and is too much
 * for the tests: processes that are killed, signals, storms of messages, random edits against a fresh server, reports written by
 * many at once. Each trial says what it expected where it was disappointed. A run of a fifth or more of it writes docs/trials.md;
 * ends with 1 when something went wrong. The bundle must be built (`npm run build`).
 */
import { execFileSync, spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import process from 'node:process';
import { setTimeout as passed } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import { importSource } from './importSource.mjs';
import { projectRoot, setup } from './setup.mjs';
import { trialsOfInput } from './trialsOfInput.mjs';

setup();

const { values: options } = parseArgs({
  options: { seed: { type: 'string', default: '1' }, share: { type: 'string', default: '1' } },
});
const source = await importSource(
  'trials',
  [
    "export { startClient } from './server/test/support/stdioClient.ts';",
    "export { uriOf } from './server/src/surfaces/lsp/addresses.ts';",
    "export { COUNTER, GUARDED } from './server/test/support/python.ts';",
    "export { mutated } from './server/test/fuzz/mutation.ts';",
    "export { randomNumbers } from './server/test/fuzz/damage.ts';",
    "export { secondsOf } from './server/test/support/cpu.ts';",
    "export { loadPythonParser } from './server/src/cst/runtime.ts';",
    "export { createAnalyzer } from './server/src/service/createAnalyzer.ts';",
    "export { LARGEST_SOURCE_BYTES } from './server/src/service/sources.ts';",
    "export { silentLogger } from './server/src/base/log.ts';",
    "export { memoryHost } from './server/test/support/memoryHost.ts';",
    "export { readAsEverything } from './server/test/fuzz/targets.ts';",
    "export { TEXT_FILES } from './server/test/fuzz/foreignFiles.ts';",
  ].join('\n'),
);
const { startClient, uriOf, COUNTER, GUARDED, mutated, randomNumbers, secondsOf } = source;

const cli = join(projectRoot, 'dist', 'cli.js');
const program = join(projectRoot, 'dist', 'server.js');
const random = randomNumbers(Number(options.seed));
const fixtures = join(projectRoot, 'test-fixtures', 'rules');
const corpus = readdirSync(fixtures, { recursive: true })
  .filter((name) => name.endsWith('.py'))
  .sort()
  .map((name) => readFileSync(join(fixtures, name), 'utf8'));

const work = mkdtempSync(join(tmpdir(), 'heddle-trials-'));
const project = join(work, 'project');
// A root of its own, so that nothing beside it counts as one project with it.
mkdirSync(join(project, '.git'), { recursive: true });
for (let file = 0; file < 60; file++)
  writeFileSync(join(project, `m${file}.py`), corpus[random(corpus.length)]);
const report = join(work, 'report.json');
const audit = ['audit', '.', '--format', 'json', '--fail-on', 'never', '-o', report];

/** Starts an audit that writes the report, and says how it ended. */
function auditing() {
  const child = spawn(process.execPath, [cli, ...audit], { cwd: project, stdio: 'ignore' });
  const ended = new Promise((resolve) => child.on('exit', (code, signal) => resolve(signal ?? code)));
  return { child, ended };
}

/** The sources and nothing else: what an audit keeps lies in a folder whose name begins with a dot. */
function sources() {
  const digest = createHash('sha256');
  for (const name of readdirSync(project).sort())
    if (!name.startsWith('.')) digest.update(name).update(readFileSync(join(project, name)));
  return digest.digest('hex');
}

const started = Date.now();
await auditing().ended;
const duration = Date.now() - started;
const whole = readFileSync(report, 'utf8');
const untouched = sources();
const OLD = '{"an": "older report"}\n';

/** Ends an audit by a signal at a random moment of its life; what is wrong afterwards. */
async function interrupted(signal, thenAudit) {
  writeFileSync(report, OLD);
  const { child, ended } = auditing();
  await passed(random(Math.ceil(duration * 1.2)));
  child.kill(signal);
  const how = await ended;
  const left = readFileSync(report, 'utf8');
  if (left !== OLD && left !== whole) return `${signal}: the report is neither the old one nor the new one`;
  if (left === OLD && how === 0) return `${signal}: it ended with 0 and left the old report`;
  const beside = readdirSync(work).filter((name) => name !== 'project' && name !== 'report.json');
  // Nobody can tidy up after SIGKILL.
  if (signal !== 'SIGKILL' && beside.length > 0) return `${signal} left ${beside.join(', ')}`;
  for (const name of beside) rmSync(join(work, name));
  if (sources() !== untouched) return `${signal} changed the sources`;
  if (!thenAudit) return undefined;
  await auditing().ended;
  return readFileSync(report, 'utf8') === whole ? undefined : `after ${signal} an audit says something else`;
}

/** A server in which `storm` happens; afterwards two documents must be judged rightly. */
async function stormed(storm) {
  const client = await startClient(program, { folders: [project] });
  try {
    await storm(client);
    for (const [text, expected] of [
      [COUNTER, 1],
      [GUARDED, 0],
    ]) {
      const path = join(project, `after${expected}.py`);
      client.open(path, text, 1);
      const found = (await client.diagnostics(path)).length;
      if (found !== expected) return `afterwards it reports ${found} findings instead of ${expected}`;
    }
    seconds = secondsOf(client.pid);
    return undefined;
  } finally {
    client.kill();
    await client.ended;
  }
}

const edited = join(project, 'edited.py');
const change = (client, text, version) =>
  client.notify('textDocument/didChange', {
    textDocument: { uri: uriOf(edited), version },
    contentChanges: [{ text }],
  });
const pullOf = (path) => ({ textDocument: { uri: uriOf(path) } });

const STORMS = {
  'edits without a question between': [
    10_000,
    async (client, count) => {
      client.open(edited, COUNTER, 1);
      for (let version = 2; version < count + 2; version++)
        change(client, version % 2 === 0 ? GUARDED : `${COUNTER}# ${version}\n`, version);
    },
  ],
  'edits, each followed by a question': [
    3000,
    async (client, count) => {
      client.open(edited, COUNTER, 1);
      const answers = [];
      for (let version = 2; version < count + 2; version++) {
        change(client, version % 2 === 0 ? GUARDED : `${COUNTER}# ${version}\n`, version);
        answers.push(client.request('textDocument/diagnostic', pullOf(edited)).response.catch(() => {}));
      }
      await Promise.all(answers);
    },
  ],
  'documents opened and closed': [
    7000,
    async (client, count) => {
      for (let number = 0; number < count; number++) {
        const path = join(project, `opened${number}.py`);
        client.open(path, COUNTER, 1);
        client.notify('textDocument/didClose', pullOf(path));
      }
    },
  ],
  'questions, each cancelled': [
    5000,
    async (client, count) => {
      client.open(edited, COUNTER, 1);
      const answers = [];
      for (let number = 0; number < count; number++) {
        const { id, response } = client.request('textDocument/diagnostic', pullOf(edited));
        client.notify('$/cancelRequest', { id });
        answers.push(response.catch(() => {}));
      }
      await Promise.all(answers);
    },
  ],
  'folders added and removed during audits': [
    60,
    async (client, count) => {
      const added = join(work, 'added');
      mkdirSync(join(added, '.git'), { recursive: true });
      for (let number = 0; number < 20; number++) writeFileSync(join(added, `m${number}.py`), COUNTER);
      const folder = [{ uri: uriOf(added), name: 'added' }];
      const audits = [];
      for (let number = 0; number < count; number++) {
        audits.push(client.request('heddle/audit', {}).response.catch(() => {}));
        await passed(random(duration / 4));
        const event = number % 2 === 0 ? { added: folder, removed: [] } : { added: [], removed: folder };
        client.notify('workspace/didChangeWorkspaceFolders', { event });
      }
      await Promise.all(audits);
      rmSync(added, { recursive: true });
    },
  ],
  'files said to have changed': [
    100_000,
    async (client, count) => {
      for (let number = 0; number < count; number += 1000) {
        const changes = Array.from({ length: Math.min(1000, count - number) }, (_, index) => ({
          uri: uriOf(join(project, index % 3 === 0 ? `m${index % 60}.py` : `new${number + index}.py`)),
          type: 1 + (index % 3),
        }));
        client.notify('workspace/didChangeWatchedFiles', { changes });
      }
    },
  ],
};

/** A server that has seen random edits of some documents, against a fresh one that is shown their last texts in another order. */
async function consistent(edits) {
  const client = await startClient(program, { folders: [project] });
  const texts = new Map([0, 1, 2].map((number) => [join(project, `m${number}.py`), '']));
  try {
    for (const path of texts.keys()) {
      texts.set(path, readFileSync(path, 'utf8'));
      client.open(path, texts.get(path), 1);
    }
    const paths = [...texts.keys()];
    for (let edit = 0; edit < edits; edit++) {
      const path = paths[random(paths.length)];
      const text =
        random(4) === 0 ? corpus[random(corpus.length)] : mutated(texts.get(path), corpus, random, 1);
      texts.set(path, text);
      client.notify('textDocument/didChange', {
        textDocument: { uri: uriOf(path), version: edit + 2 },
        contentChanges: [{ text }],
      });
      if (random(20) === 0) await client.diagnostics(path);
    }
    const said = [];
    for (const path of paths) said.push(await client.diagnostics(path));
    const fresh = await startClient(program, { folders: [project] });
    try {
      for (const path of paths.toReversed()) fresh.open(path, texts.get(path), 1);
      for (const [index, path] of paths.entries()) {
        const anew = await fresh.diagnostics(path);
        if (JSON.stringify(anew) !== JSON.stringify(said[index])) return `${path} is judged differently anew`;
      }
    } finally {
      fresh.kill();
      await fresh.ended;
    }
    return undefined;
  } finally {
    client.kill();
    await client.ended;
  }
}

let seconds = 0;
const rows = [];
const wrong = [];

/** One row of the page: `count` units of work, in `turns` steps that may each say what went wrong. */
async function trial(what, count, turns, turn, expected) {
  let failures = 0;
  for (let index = 0; index < turns; index++) {
    const said = await turn(index).catch((error) => String(error?.stack ?? error));
    if (said === undefined) continue;
    failures += 1;
    wrong.push(`${what}: ${said}`);
    console.log(`✗ ${wrong.at(-1)}`);
  }
  rows.push(
    `| ${what} | ${count.toLocaleString('en')} | ${expected} | ${failures === 0 ? 'none' : failures} |`,
  );
  console.log(rows.at(-1));
}

const share = Number(options.share);
const of = (count) => Math.max(1, Math.round(count * share));

await trial(
  'audits killed with SIGKILL at a random moment',
  of(50),
  of(50),
  (index) => interrupted('SIGKILL', index % 5 === 0),
  'the report is the old one or the whole new one, the sources are as they were, and every fifth time a later audit says the same',
);
const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP', 'SIGQUIT'];
await trial(
  `audits ended by ${SIGNALS.join(', ')} at a random moment`,
  of(48),
  of(48),
  (index) => interrupted(SIGNALS[index % SIGNALS.length], false),
  'the same, and no file is left beside the report',
);
await trial(
  'audits at the same time that write one report',
  of(20),
  1,
  async () => {
    await Promise.all(Array.from({ length: of(20) }, () => auditing().ended));
    return readFileSync(report, 'utf8') === whole ? undefined : 'the report is torn or another';
  },
  'the report is whole and the same',
);
for (const [what, [count, storm]] of Object.entries(STORMS))
  await trial(
    what,
    of(count),
    1,
    () => stormed((client) => storm(client, of(count))),
    'the right answers afterwards',
  ).then(() => console.log(`  ${seconds.toFixed(1)} s of the server's CPU, its start included`));
await trial(
  'random edits of three documents of a project, in ten rounds',
  10 * of(500),
  10,
  () => consistent(of(500)),
  'a fresh server that is shown the last texts in another order says the same',
);
const bytesOf = (...place) => readFileSync(join(projectRoot, ...place));
const parser = await source.loadPythonParser({
  runtime: bytesOf('node_modules/web-tree-sitter/web-tree-sitter.wasm'),
  python: bytesOf('grammars/tree-sitter-python.wasm'),
});
const tried = { cli, server: program, work, corpus, random, of, source: { ...source, parser } };
for (const { what, count, turns, turn, expected } of trialsOfInput(tried))
  await trial(what, count, turns, turn, expected);
rmSync(work, { recursive: true, force: true });

if (share >= 0.2) {
  const revision = execFileSync('git', ['rev-parse', '--short', 'HEAD'], {
    cwd: projectRoot,
    encoding: 'utf8',
  });
  writeFileSync(
    join(projectRoot, 'docs', 'trials.md'),
    [
      '# What is tried in large numbers',
      '',
      `Written by \`npm run trials -- --seed ${options.seed} --share ${options.share}\` at revision ${revision.trim()}; do not edit.`,
      '',
      'Damaged binaries, files, folders, archives, facts, programs and messages are the fuzzers’ ([fuzzing.md](fuzzing.md)), `npm run growth`',
      'shows how time grows, and what can be tried once and for all is a test ([security.md](security.md)). Here is what happens at random',
      'moments and in large numbers.',
      '',
      '| what | how many | expected | disappointed |',
      '|---|--:|---|--:|',
      ...rows,
      '',
      ...wrong.map((said) => `- ${said.split('\n')[0]}`),
    ]
      .join('\n')
      .trimEnd()
      .concat('\n'),
  );
}
console.log(wrong.length === 0 ? 'nothing went wrong' : `${wrong.length} went wrong`);
process.exitCode = wrong.length === 0 ? 0 : 1;
