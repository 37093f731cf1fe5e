/**
 * The trials of `npm run trials` that are about what is read: texts of one token or two, pumped up until a parser or a reader
 * would go back and forth in them; folders whose files have names and contents made to harm; files that become others while they
 * are read; and very many files. Each is `{ what, count, turns, turn, expected }`; a turn says what went wrong.
 */
import { spawn } from 'node:child_process';
import {
  linkSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { basename, dirname, join } from 'node:path';
import process from 'node:process';
import { setTimeout as passed } from 'node:timers/promises';

/** What Python is written in, and what it is not. */
const TOKENS = [
  ...'()[]{}<>=+-*/%@&|^~.,:;\'"\\`!?$#_',
  ...['==', '!=', '<=', '>=', ':=', '->', '**', '//', '<<', '>>', '+=', '**=', '...', '"""', "'''"],
  ...['\n', '\t', '    ', '\r', '\r\n', '\f', '\0', '\\\n', ' \\\n', '\uFEFF', '\u2028', '\uD800', '💥', 'é'],
  ...['a', '0', '1.', '1e', '0x', '1_', '9j', 'f"', 'rb"', 'f"{', 'f"{x:', '}"', '{{', '}}', '\\N{', '\\x'],
  ...[
    'if a:\n',
    'elif a:\n',
    '.elif a:\n',
    'else:\n',
    'for a in ',
    'while ',
    'try:\n',
    'except:\n',
    'finally:\n',
  ],
  ...[
    'with a:\n',
    'def f():\n',
    'class C:\n',
    '@a\n',
    'return ',
    'yield ',
    'await ',
    'async ',
    'lambda: ',
    'not ',
  ],
  ...[
    'is not\n',
    ' not in ',
    ' and ',
    ' or ',
    ' if ',
    ' else ',
    'in ',
    'del ',
    'pass\n',
    'global a\n',
    'import a\n',
  ],
  ...[
    'from . import ',
    'match a:\n',
    'case _:\n',
    'type A = ',
    'print ',
    'exec ',
    '*a, ',
    '**a, ',
    'a=1, ',
    'a: int\n',
  ],
  ...[
    '# c\n',
    '# heddle: ignore\n',
    '# type: ignore\n',
    'None ',
    'True ',
    'self.',
    'a.b(',
    'a[0]',
    'a\\\na\\\n',
    '\n\n',
  ],
];
const TEXT_LENGTH = 40_000;
/** Seconds of the CPU: what the parser may take for such a text, twice. */
const MOST_OF_A_TEXT = 10;
const MOST_OF_A_READER = 1;
const MOST_OF_AN_AUDIT = 600;
const PUMPED_LENGTH = 6000;

/** @param corpus programs to damage @param of how many of a number the share that was asked for is @param source the TypeScript that is tried */
export function trialsOfInput({ cli, server, work, corpus, random, of, source }) {
  const { createAnalyzer, memoryHost, silentLogger, parser, readAsEverything, TEXT_FILES, COUNTER } = source;
  const { startClient, mutated, LARGEST_SOURCE_BYTES } = source;
  const pick = (values) => values[random(values.length)];

  async function judged(text) {
    const host = memoryHost({ '/p/a.py': text, '/p/counter.py': COUNTER });
    const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
    analyzer.setFolders(['/p']);
    let report;
    const seconds = await cpuSeconds(async () => {
      report = await analyzer.audit(undefined, async () => {}, { report() {} });
    });
    const said = JSON.stringify(text.slice(0, 20));
    if (seconds > MOST_OF_A_TEXT) return `${said} … takes ${seconds.toFixed(1)} s of the CPU`;
    if (!report.files.some(({ findings }) => findings.length > 0)) return `beside ${said} … nothing is found`;
    return undefined;
  }
  const repeated = (piece, length) => piece.repeat(Math.ceil(length / piece.length));

  async function pumped() {
    const [, text] = pick(TEXT_FILES);
    const from = random(text.length);
    const piece = text.slice(from, from + 1 + random(12)) || ' ';
    const made =
      text.slice(0, from) + repeated(piece, PUMPED_LENGTH) + (random(2) === 0 ? text.slice(from) : '');
    const seconds = await cpuSeconds(() => readAsEverything(made));
    if (seconds <= MOST_OF_A_READER) return undefined;
    return `${JSON.stringify(piece)} pumped up takes ${seconds.toFixed(1)} s of the CPU`;
  }

  /** How the command line ended in a folder, and what it said; it is killed when it takes too long. */
  function audited(folder, ...words) {
    const command = [process.execPath, cli, 'audit', '.', '--no-cache', ...words];
    const limited = ['-c', `ulimit -t ${MOST_OF_AN_AUDIT}; exec "$@"`, 'sh', ...command];
    const child = spawn('sh', limited, { cwd: folder });
    const said = { stdout: '', stderr: '' };
    for (const name of ['stdout', 'stderr'])
      child[name].on('data', (bytes) => {
        said[name] += bytes;
      });
    return new Promise((resolve) =>
      child.on('close', (code, signal) => resolve({ code: signal ?? code, ...said })),
    );
  }
  const failed = ({ code, stderr }) =>
    [0, 1, 3].includes(code) && !stderr.includes('Heddle itself failed') ? undefined : `${code}: ${stderr}`;

  /** A root of its own, so that what lies beside it is no part of the program. */
  function freshFolder() {
    const folder = mkdtempSync(join(work, 'input-'));
    mkdirSync(join(folder, '.git'));
    return folder;
  }

  const FORMATS = ['text', 'json', 'sarif', 'github', 'gitlab', 'junit'];
  async function hostileNames(turn) {
    const folder = freshFolder();
    const files = layHostileNames(folder, COUNTER);
    const format = FORMATS[turn % FORMATS.length];
    const report = await audited(folder, '--format', format);
    rmSync(folder, { recursive: true, force: true });
    const wrong = failed(report);
    if (wrong !== undefined) return wrong;
    const shown = ['text', 'github', 'sarif'].includes(format) ? report.stdout : '';
    const obeyed = OBEYED.exec(report.stderr + shown);
    if (obeyed !== null) return `as ${format} it writes ${JSON.stringify(obeyed[0])}`;
    if (format !== 'json') return undefined;
    const found = new Set(JSON.parse(report.stdout).findings.map(({ file }) => file)).size;
    return found >= files ? undefined : `${found} of ${files} files have a finding`;
  }

  async function changing() {
    const folder = freshFolder();
    const path = (number) => join(folder, `m${number}.py`);
    for (let number = 0; number < 400; number++) writeFileSync(path(number), COUNTER);
    let done = false;
    const auditing = audited(folder, '--format', 'json').finally(() => {
      done = true;
    });
    while (!done) {
      const file = path(random(400));
      rmSync(file, { recursive: true, force: true });
      const kind = random(4);
      if (kind === 0) mkdirSync(file);
      else if (kind === 1) writeFileSync(file, COUNTER.repeat(1 + random(50)));
      else if (kind === 2) writeFileSync(file, COUNTER.slice(0, random(COUNTER.length)));
      await passed(0);
    }
    const report = await auditing;
    rmSync(folder, { recursive: true, force: true });
    const wrong = failed(report);
    if (wrong === undefined) JSON.parse(report.stdout);
    return wrong;
  }

  async function large(token) {
    const folder = freshFolder();
    writeFileSync(join(folder, 'counter.py'), COUNTER);
    const text = Buffer.from(repeated(token, LARGEST_SOURCE_BYTES)).subarray(0, LARGEST_SOURCE_BYTES);
    writeFileSync(join(folder, 'large.py'), text);
    const report = await audited(folder, '--format', 'json');
    rmSync(folder, { recursive: true, force: true });
    const said = JSON.stringify(token);
    const wrong = failed(report);
    if (wrong !== undefined) return `${said}: ${wrong}`;
    const { findings } = JSON.parse(report.stdout);
    return findings.some(({ file }) => file === 'counter.py')
      ? undefined
      : `beside ${said} … nothing is found`;
  }

  /** What the command line finds in a folder of damaged programs, and what the server does. */
  async function onBothSurfaces() {
    const folder = freshFolder();
    for (let number = 0; number < 300; number++)
      writeFileSync(join(folder, `m${number}.py`), mutated(pick(corpus), corpus, random, 3));
    const report = await audited(folder, '--format', 'json');
    const client = await startClient(server, { folders: [folder] });
    let files;
    try {
      ({ files } = await client.ask('heddle/audit', {}));
    } finally {
      client.kill();
      await client.ended;
    }
    const wrong = failed(report);
    const { findings, notAnalysed, partlyAnalysed } = JSON.parse(report.stdout);
    const one = [
      ...findings.map(({ file, line, rule }) => `${file}:${line} ${rule}`),
      ...notAnalysed.map(({ file }) => `${file}:1 not-analysed`),
      ...partlyAnalysed.map(({ file }) => `${file}:1 partly-analysed`),
    ];
    const other = files.flatMap(({ uri, diagnostics }) =>
      diagnostics.map(({ range, code }) => `${basename(uri)}:${range.start.line + 1} ${code}`),
    );
    rmSync(folder, { recursive: true, force: true });
    if (wrong !== undefined) return wrong;
    const [only, alsoOnly] = [differing(one, other), differing(other, one)];
    return only.length + alsoOnly.length === 0
      ? undefined
      : `only on the command line: ${only}; only in the server: ${alsoOnly}`;
  }

  async function manyFiles(count) {
    const folder = freshFolder();
    for (let number = 0; number < count; number++) {
      const name = number % 4 === 0 ? `all/m${number}.py` : `p${number % 1000}/m${number}.py`;
      if (number < 1000) mkdirSync(dirname(join(folder, name)), { recursive: true });
      writeFileSync(join(folder, name), `x${number} = ${number}\n`);
    }
    const report = await audited(folder, '--format', 'json');
    rmSync(folder, { recursive: true, force: true });
    const wrong = failed(report);
    if (wrong !== undefined) return wrong;
    const { files } = JSON.parse(report.stdout).summary;
    return files === count ? undefined : `${files} of ${count} files were analysed`;
  }

  const tokens = TOKENS.slice(0, of(TOKENS.length));
  return [
    {
      what: `texts of ${TEXT_LENGTH.toLocaleString('en')} characters of one token`,
      count: tokens.length,
      turns: tokens.length,
      turn: (index) => judged(repeated(tokens[index], TEXT_LENGTH)),
      expected: `at most ${MOST_OF_A_TEXT} s of the CPU, and the file beside it is judged`,
    },
    {
      what: 'the same of two tokens in turn',
      count: of(500),
      turns: of(500),
      turn: () => judged(repeated(pick(TOKENS) + pick(TOKENS), TEXT_LENGTH)),
      expected: 'the same',
    },
    {
      what: `files of ${LARGEST_SOURCE_BYTES.toLocaleString('en')} bytes of one token`,
      count: of(24),
      turns: of(24),
      turn: () => large(pick(TOKENS)),
      expected: `an audit takes at most ${MOST_OF_AN_AUDIT} s of the CPU, and finds what is in the file beside it`,
    },
    {
      what: 'folders of 300 damaged programs',
      count: of(20),
      turns: of(20),
      turn: onBothSurfaces,
      expected: 'the server finds what the command line finds',
    },
    {
      what: 'lock, configuration, metadata and source files with a piece pumped up, each through every reader',
      count: of(10_000),
      turns: of(10_000),
      turn: pumped,
      expected: `at most ${MOST_OF_A_READER} s of the CPU`,
    },
    {
      what: 'folders with hostile names, links and contents, in each format',
      count: FORMATS.length,
      turns: FORMATS.length,
      turn: hostileNames,
      expected:
        'nothing that a terminal obeys in texts, annotations and SARIF; every file that can be read has its finding',
    },
    {
      what: 'audits of 400 files that vanish, grow, shrink and become folders meanwhile',
      count: of(6),
      turns: of(6),
      turn: changing,
      expected: 'a whole report',
    },
    {
      what: 'files in one program, a quarter of them in one folder',
      count: of(200_000),
      turns: 1,
      turn: () => manyFiles(of(200_000)),
      expected: 'all are analysed',
    },
  ];
}

/** What is in the first list and not in the second. */
function differing(one, other) {
  const there = new Set(other);
  return one.filter((item) => !there.has(item));
}

/** What a terminal obeys, and what no text of a report needs. */
const OBEYED = /(?!\n)[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/u;

async function cpuSeconds(doing) {
  const before = process.cpuUsage();
  await doing();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1e6;
}

/** Lays files with odd names and contents into a folder; how many of them hold the program and can be read. */
function layHostileNames(folder, program) {
  const names = [
    'a\nb',
    '\u001b[31mred',
    '\u202Eyp.x',
    'file:',
    '-r',
    '--output',
    '"quoted"',
    "it's",
    '`x`',
    '$(id)',
  ];
  names.push(
    '[a](command:x)',
    '<b>',
    '::error::',
    '%0A',
    'a b',
    '\u00E9',
    'e\u0301',
    '💥',
    'CON',
    'x'.repeat(240),
    '...',
    '~',
  );
  for (const name of names) writeFileSync(join(folder, `${name}.py`), program);
  linkSync(join(folder, 'CON.py'), join(folder, 'hard.py'));
  let deep = folder;
  for (let depth = 0; depth < 200; depth++) deep = join(deep, 'd');
  mkdirSync(deep, { recursive: true });
  writeFileSync(join(deep, 'deep.py'), program);
  for (const [to, name] of [
    ['nowhere', 'dangling.py'],
    ['loop.py', 'loop.py'],
    ['.', 'self'],
    ['/dev/zero', 'endless.py'],
  ])
    symlinkSync(to, join(folder, name));
  writeFileSync(join(folder, 'binary.py'), readFileSync(process.execPath).subarray(0, 100_000));
  writeFileSync(join(folder, 'utf16.py'), Buffer.from(`\uFEFF${program}`, 'utf16le'));
  writeFileSync(join(folder, 'large.py'), 'x = 1\n'.repeat(1_000_000));
  writeFileSync(join(folder, 'sparse.py'), '');
  truncateSync(join(folder, 'sparse.py'), 2 ** 40);
  const odd = Buffer.concat([Buffer.from(join(folder, 'odd')), Buffer.of(0xff)]);
  writeFileSync(Buffer.concat([odd, Buffer.from('.py')]), program);
  mkdirSync(odd);
  return names.length + 2;
}
