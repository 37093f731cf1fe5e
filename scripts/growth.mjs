/**
 * How time grows with the input: `npm run growth [-- KIND...]`. Audits generated programs of each kind at three sizes, each
 * twice as large as the one before, and writes docs/growth.md with the CPU seconds beyond those of a start and the exponent of
 * the last doubling. Ends with 1 when one is above 1.3. CPU time, not wall: other work on the machine disturbs it less. What
 * was measured of a bundle is kept in artifacts/growth, so that a run resumes. The bundle must be built (`npm run build`).
 */
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import process from 'node:process';
import { projectRoot, setup } from './setup.mjs';

setup();

const MOST = 1.3;
/** Seconds after which a run is given up. */
const LIMIT = 600;

const times = (count, line) => Array.from({ length: count }, (_, index) => line(index));
const module = (...lines) => ({ 'app.py': `${lines.flat().join('\n')}\n` });
const start = (name) => `threading.Thread(target=${name}).start()`;
const updates = (name, ...more) => [`def ${name}():`, '    global total', '    total += 1', ...more, ''];

/** mulberry32, so that every run has the same programs. */
function random(state) {
  let at = state;
  return (below) => {
    at = (at + 0x6d2b79f5) | 0;
    let mixed = Math.imul(at ^ (at >>> 15), 1 | at);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

/** What a kind is called, its smallest size, and the files of a size. */
const KINDS = {
  'functions that call each other in a ring and update one global': [
    2500,
    (n) =>
      module(
        'import threading',
        'total = 0',
        times(n, (i) => updates(`f${i}`, `    f${(i + 1) % n}()`)).flat(),
        start('f0'),
        start('f0'),
      ),
  ],
  'functions with ten random calls each that update one global': [
    1250,
    (n) => {
      const below = random(7);
      return module(
        'import threading',
        'total = 0',
        times(n, (i) => updates(`f${i}`, ...times(10, () => `    f${below(n)}()`))).flat(),
        start('f0'),
        start('f0'),
      );
    },
  ],
  'updates of one global in one function': [
    2500,
    (n) =>
      module(
        'import threading',
        'total = 0',
        'def f():',
        '    global total',
        times(n, () => '    total += 1'),
        start('f'),
        start('f'),
      ),
  ],
  'accesses to one global from as many functions, each a thread': [
    1250,
    (n) =>
      module(
        'import threading',
        'total = 0',
        times(n, (i) => updates(`f${i}`)).flat(),
        times(n, (i) => start(`f${i}`)),
      ),
  ],
  'locks, functions that take them, two thread starts each': [
    1250,
    (n) =>
      module(
        'import threading',
        times(n, (i) => [
          `lock${i} = threading.Lock()`,
          `n${i} = 0`,
          `def f${i}():`,
          `    global n${i}`,
          `    with lock${i}:`,
          `        n${i} += 1`,
          start(`f${i}`),
          start(`f${i}`),
        ]).flat(),
      ),
  ],
  'lock orders in a ring, a thread start each': [
    1250,
    (n) =>
      module(
        'import threading',
        times(n, (i) => `lock${i} = threading.Lock()`),
        times(n, (i) => [
          `def f${i}():`,
          `    with lock${i}:`,
          `        with lock${(i + 1) % n}:`,
          '            pass',
          start(`f${i}`),
        ]).flat(),
      ),
  ],
  'thread starts of one function': [
    2500,
    (n) =>
      module(
        'import threading',
        'total = 0',
        updates('f'),
        times(n, () => start('f')),
      ),
  ],
  'objects that each keep a thread, and are started by a method': [
    2000,
    (n) =>
      module(
        'import threading',
        'class Job:',
        '    def __init__(self):',
        '        self.thread = threading.Thread(target=print)',
        '    def start(self):',
        '        self.thread.start()',
        'def run():',
        times(n, (i) => [`    job${i} = Job()`, `    job${i}.start()`]).flat(),
      ),
  ],
  'classes that each keep a thread': [
    1000,
    (n) =>
      module(
        'import threading',
        times(n, (i) => [
          `class Job${i}:`,
          '    def __init__(self):',
          '        self.thread = threading.Thread(target=print)',
          '    def start(self):',
          '        self.thread.start()',
        ]).flat(),
      ),
  ],
  'functions that wait for another program under one lock': [
    1000,
    (n) =>
      module(
        'import subprocess',
        'import threading',
        'lock = threading.Lock()',
        times(n, (i) => [`def f${i}():`, '    with lock:', '        subprocess.run(["x"])']).flat(),
      ),
  ],
  'coroutines that are handed to the loop of a thread': [
    2000,
    (n) =>
      module(
        'import asyncio',
        'import threading',
        'loop = asyncio.new_event_loop()',
        'threading.Thread(target=loop.run_forever).start()',
        times(n, (i) => [
          `async def work${i}():`,
          '    pass',
          `def ask${i}():`,
          `    asyncio.run_coroutine_threadsafe(work${i}(), loop)`,
        ]).flat(),
      ),
  ],
  'classes whose objects are called': [
    1000,
    (n) =>
      module(
        times(n, (i) => [
          `class Call${i}:`,
          '    def __call__(self):',
          `        return ${i}`,
          `call${i} = Call${i}()`,
          `call${i}()`,
        ]).flat(),
      ),
  ],
  'threads that are kept under names, started and joined': [
    1250,
    (n) =>
      module(
        'import threading',
        'total = 0',
        updates('f'),
        'def main():',
        times(n, (i) => [
          `    t${i} = threading.Thread(target=f)`,
          `    t${i}.start()`,
          `    t${i}.join()`,
        ]).flat(),
        'main()',
      ),
  ],
  'functions that each run in a thread, started and joined one after another': [
    625,
    (n) =>
      module(
        'import threading',
        'total = 0',
        times(n, (i) => updates(`f${i}`)).flat(),
        'def main():',
        times(n, (i) => [
          `    t${i} = threading.Thread(target=f${i})`,
          `    t${i}.start()`,
          `    t${i}.join()`,
        ]).flat(),
        'main()',
      ),
  ],
  'attributes of one shared class': [
    1250,
    (n) =>
      module(
        'import threading',
        'class Box:',
        '    def __init__(self):',
        times(n, (i) => `        self.a${i} = 0`),
        '    def run(self):',
        times(n, (i) => `        self.a${i} += 1`),
        'box = Box()',
        start('box.run'),
        start('box.run'),
      ),
  ],
  'methods of one shared class that update one attribute': [
    1250,
    (n) =>
      module(
        'import threading',
        'class Box:',
        '    def __init__(self):',
        '        self.n = 0',
        times(n, (i) => [
          `    def m${i}(self):`,
          '        self.n += 1',
          `        self.m${(i + 1) % n}()`,
        ]).flat(),
        'box = Box()',
        start('box.m0'),
        start('box.m0'),
      ),
  ],
  'methods of one thread class that never makes the thread': [
    500,
    (n) =>
      module(
        'import threading',
        'class Worker(threading.Thread):',
        '    def __init__(self):',
        '        self.f0()',
        times(n, (i) => [
          `    def f${i}(self):`,
          i + 1 < n ? `        self.f${i + 1}()` : '        pass',
        ]).flat(),
      ),
  ],
  'functions that each go through one dict, change it and run in a thread': [
    500,
    (n) =>
      module(
        'import threading',
        'seen = {}',
        times(n, (i) => [
          `def f${i}(key):`,
          '    for one in seen:',
          '        print(one)',
          '    seen[key] = 1',
          `threading.Thread(target=f${i}, args=(${i},)).start()`,
        ]).flat(),
      ),
  ],
  'threads that are given one connection, which goes on being used': [
    500,
    (n) =>
      module(
        'import sqlite3, threading',
        'def use(db):',
        '    db.execute("x")',
        'def main():',
        '    db = sqlite3.connect("x")',
        times(n, () => ['    threading.Thread(target=use, args=(db,)).start()', '    db.commit()']).flat(),
        'main()',
      ),
  ],
  'functions that take from one queue until the end, each in several threads': [
    500,
    (n) =>
      module(
        'import queue, threading',
        'jobs = queue.Queue()',
        times(n, (i) => [
          `def f${i}():`,
          '    while True:',
          '        job = jobs.get()',
          '        if job is None:',
          '            break',
          'for _ in range(3):',
          `    threading.Thread(target=f${i}).start()`,
          `jobs.put(${i})`,
        ]).flat(),
      ),
  ],
  'locks without thread starts': [
    2500,
    (n) =>
      module(
        'import threading',
        times(n, (i) => [
          `lock${i} = threading.Lock()`,
          `def f${i}():`,
          `    with lock${i}:`,
          '        pass',
        ]).flat(),
      ),
  ],
  'functions in a ring without shared state': [
    5000,
    (n) => module(times(n, (i) => [`def f${i}():`, `    f${(i + 1) % n}()`]).flat()),
  ],
  'classes in a chain of bases': [
    2000,
    (n) =>
      module(
        'class C0:',
        '    def m(self): pass',
        times(n, (i) => [`class C${i + 1}(C${i}):`, `    def m${i}(self):`, '        self.m()']).flat(),
      ),
  ],
  'classes whose methods call the next one’s': [
    500,
    (n) =>
      module(times(n, (i) => [`class C${i}:`, `    def m${i}(self, o):`, `        o.m${i + 1}(o)`]).flat()),
  ],
  'names bound to one another in a chain': [
    2500,
    (n) =>
      module(
        'import threading',
        'a0 = threading.Lock()',
        times(n, (i) => `a${i + 1} = a${i}`),
        'def go():',
        `    with a${n}:`,
        '        pass',
      ),
  ],
  'attributes bound to one another in a chain': [
    2500,
    (n) =>
      module(
        'import threading',
        'class Box:',
        '    def __init__(self):',
        '        self.a0 = threading.Lock()',
        times(n, (i) => `        self.a${i + 1} = self.a${i}`),
        '    def go(self):',
        `        with self.a${n}:`,
        '            pass',
      ),
  ],
  'context managers that enter the one before': [
    1250,
    (n) =>
      module(
        'import threading',
        'from contextlib import contextmanager',
        'lock = threading.Lock()',
        '@contextmanager',
        'def c0():',
        '    with lock:',
        '        yield',
        times(n, (i) => ['@contextmanager', `def c${i + 1}():`, `    with c${i}():`, '        yield']).flat(),
        'def go():',
        `    with c${n}():`,
        '        pass',
      ),
  ],
  'parameters handed on from function to function': [
    1250,
    (n) =>
      module(
        'import threading',
        'lock = threading.Lock()',
        times(n, (i) => [`def f${i}(x):`, `    f${i + 1}(x)`]).flat(),
        `def f${n}(x):`,
        '    with x:',
        '        pass',
        'f0(lock)',
        start('f0'),
      ),
  ],
  'objects of one class, each with its thread': [
    1250,
    (n) =>
      module(
        'import threading',
        'class Box:',
        '    def __init__(self):',
        '        self.n = 0',
        '    def run(self):',
        '        self.n += 1',
        times(n, (i) => [`b${i} = Box()`, start(`b${i}.run`)]).flat(),
      ),
  ],
  'cases of a match': [
    5000,
    (n) =>
      module(
        'def f(x):',
        '    match x:',
        times(n, (i) => [`        case ${i}:`, '            return x']).flat(),
      ),
  ],
  'entries of a dict literal': [
    50_000,
    (n) =>
      module(
        'TABLE = {',
        times(n, (i) => `    "k${i}": ${i},`),
        '}',
      ),
  ],
  'statements of one function': [
    25_000,
    (n) =>
      module(
        'def f(x):',
        times(n, () => '    x = x + 1'),
        '    return x',
      ),
  ],
  'branches in one function under a lock': [
    2500,
    (n) =>
      module(
        'import threading',
        'lock = threading.Lock()',
        'total = 0',
        'def f(x):',
        '    global total',
        times(n, (i) => [`    if x == ${i}:`, '        with lock:', '            total += 1']).flat(),
        start('f'),
        start('f'),
      ),
  ],
  'loops one after another in one function': [
    2500,
    (n) =>
      module('def f(xs):', times(n, () => ['    for x in xs:', '        if x:', '            break']).flat()),
  ],
  'modules that import each other in a ring with stars': [
    300,
    (n) =>
      Object.fromEntries(
        times(n, (i) => [
          `m${i}.py`,
          `from m${(i + 1) % n} import *\nx${i} = ${i}\ndef f${i}():\n    return x${(i + 1) % n}\n`,
        ]),
      ),
  ],
  'modules that update the global of one': [
    500,
    (n) => ({
      'shared.py': 'total = 0\n',
      ...Object.fromEntries(
        times(n, (i) => [
          `m${i}.py`,
          `import threading\nimport shared\n\ndef f():\n    shared.total += 1\n\n${start('f')}\n`,
        ]),
      ),
    }),
  ],
  'updates of one global in one function, each in its own loop': [
    250,
    (n) =>
      module(
        'import threading',
        'total = 0',
        'def f(x):',
        '    global total',
        times(n, () => ['    for i in x:', '        total += i', '        print(total)']).flat(),
        start('f'),
        start('f'),
      ),
  ],
  'globals with an update each, every one a finding with its fixes': [
    500,
    (n) =>
      module(
        'import threading',
        times(n, (i) => [`n${i} = 0`, `def f${i}():`, `    global n${i}`, `    n${i} += 1`]).flat(),
        times(n, (i) => [start(`f${i}`), start(`f${i}`)]).flat(),
      ),
  ],
  'blocks nested in each other': [
    250,
    (n) =>
      module(
        'def f(x):',
        times(n, (i) => `${' '.repeat(i + 1)}if x:`),
        `${' '.repeat(n + 1)}pass`,
      ),
  ],
  'brackets nested in each other': [25_000, (n) => module(`x = ${'['.repeat(n)}${']'.repeat(n)}`)],
  'terms of a sum in one line': [50_000, (n) => module(`x = ${'a + '.repeat(n)}a`)],
  'attributes of attributes in one chain': [25_000, (n) => module(`x = a${'.b'.repeat(n)}`)],
  'calls of results in one chain': [25_000, (n) => module(`x = a${'.b()'.repeat(n)}`)],
  'arguments of one call': [25_000, (n) => module(`x = f(${times(n, (i) => `k${i}=${i}`).join(', ')})`)],
  'parameters of one function': [
    10_000,
    (n) => module(`def f(${times(n, (i) => `a${i}=None`).join(', ')}):`, '    pass'),
  ],
  'decorators of one function': [
    5000,
    (n) =>
      module(
        times(n, (i) => `@d${i}`),
        'def f(): pass',
      ),
  ],
  'characters of one string': [1_000_000, (n) => module(`x = "${'a'.repeat(n)}"`)],
  'cells of a notebook': [
    2000,
    (n) => ({
      'app.ipynb': JSON.stringify({
        cells: times(n, (i) => ({ cell_type: 'code', source: `x${i} = ${i}`, metadata: {}, outputs: [] })),
        metadata: {},
        nbformat: 4,
        nbformat_minor: 5,
      }),
    }),
  ],
  'small files': [
    // Beyond 3,000 files the audit takes a second process, whose time is not counted here.
    700,
    (n) => Object.fromEntries(times(n, (i) => [`p${i % 50}/m${i}.py`, `x${i} = ${i}\n`])),
  ],
  'objects that their constructors give to a thread before they are complete': [
    500,
    (n) =>
      module(
        'import threading',
        times(n, (i) => [
          `class Hub${i}:`,
          '    def __init__(self):',
          '        self.all = []',
          '        threading.Thread(target=self.run).start()',
          `    def add${i}(self, one):`,
          '        self.all.append(one)',
          '    def run(self):',
          `        for one in self.all: one.tell${i}()`,
          `class Listener${i}:`,
          `    def __init__(self, hub: Hub${i}):`,
          `        hub.add${i}(self)`,
          '        self.seen = []',
          `    def tell${i}(self):`,
          '        self.seen.append(1)',
        ]).flat(),
      ),
  ],
  'threads that are started before the flag under which they run': [
    1000,
    (n) =>
      module(
        'import threading',
        times(n, (i) => [
          `class Worker${i}:`,
          '    def __init__(self):',
          '        self.running = False',
          '    def start(self):',
          `        ${start('self.run')}`,
          '        self.running = True',
          '    def run(self):',
          '        while self.running: print(1)',
        ]).flat(),
      ),
  ],
};

const work = mkdtempSync(join(tmpdir(), 'heddle-growth-'));
const hook = join(work, 'cpu.cjs');
writeFileSync(
  hook,
  "process.on('exit', () => { const { user, system } = process.cpuUsage(); require('node:fs').writeFileSync(process.env.HEDDLE_CPU, String((user + system) / 1e6)); });\n",
);

/** CPU seconds of an audit; undefined when it was given up. */
function audit(files) {
  const folder = mkdtempSync(join(work, 'program-'));
  // A root of its own, so that what lies beside it in the folder of temporary files is no part of the program.
  mkdirSync(join(folder, '.git'));
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
  }
  const said = join(work, 'cpu');
  const words = ['--require', hook, join(projectRoot, 'dist', 'cli.js'), 'audit', '.', '--format', 'json'];
  words.push('--no-cache', '--jobs', '1');
  const ran = spawnSync(process.execPath, words, {
    cwd: folder,
    env: { ...process.env, HEDDLE_CPU: said },
    stdio: ['ignore', 'ignore', 'pipe'],
    encoding: 'utf8',
    timeout: LIMIT * 1000,
  });
  rmSync(folder, { recursive: true, force: true });
  if (ran.signal !== null) return undefined;
  // 3: what is nested too deeply for the parser is not analysed, which may take no longer either.
  if (![0, 1, 3].includes(ran.status)) throw new Error(`exit ${ran.status}: ${ran.stderr}`);
  return Number(readFileSync(said, 'utf8'));
}

/** CPU seconds at each size, beyond those of a start, as far as none was given up. */
function measured(sizes, files) {
  const seconds = [];
  for (const size of sizes) {
    const total = audit(files(size));
    if (total === undefined) break;
    seconds.push(Math.max(0.01, total - nothing));
  }
  return seconds;
}

const exponentOf = ([, before, last]) =>
  last === undefined ? Number.POSITIVE_INFINITY : Math.log2(last / before);

const asked = process.argv.slice(2);
const kinds = Object.entries(KINDS).filter(
  ([name]) => asked.length === 0 || asked.some((word) => name.includes(word)),
);
const bundle = createHash('sha256')
  .update(readFileSync(join(projectRoot, 'dist', 'cli.js')))
  .digest('hex');
const journal = join(projectRoot, 'artifacts', 'growth', `${bundle.slice(0, 16)}.json`);
mkdirSync(dirname(journal), { recursive: true });
const before = existsSync(journal) ? JSON.parse(readFileSync(journal, 'utf8')) : { kinds: {} };
before.nothing ??= audit({ 'app.py': 'x = 1\n' });
const { nothing } = before;
const rows = [];
for (const [name, [smallest, files]] of kinds) {
  const sizes = [smallest, 2 * smallest, 4 * smallest];
  const key = `${name}, from ${smallest}`;
  let seconds = before.kinds[key] ?? measured(sizes, files);
  // Other work on the machine may have disturbed it: what is slow is slow a second time.
  if (before.kinds[key] === undefined && exponentOf(seconds) > MOST) {
    const again = measured(sizes, files);
    if (exponentOf(again) < exponentOf(seconds)) seconds = again;
  }
  before.kinds[key] = seconds;
  writeFileSync(journal, JSON.stringify(before));
  const exponent = exponentOf(seconds);
  const shown = sizes.map((_, index) => seconds[index]?.toFixed(2) ?? '–');
  rows.push({
    exponent,
    line: `| ${name}, ${sizes.map((size) => size.toLocaleString('en')).join(' / ')} | ${shown.join(' | ')} | ${Number.isFinite(exponent) ? exponent.toFixed(2) : 'given up'} |`,
  });
  process.stdout.write(`${rows.at(-1).line}\n`);
}
rmSync(work, { recursive: true, force: true });

const worst = rows.filter(({ exponent }) => exponent > MOST);
if (asked.length === 0)
  writeFileSync(
    join(projectRoot, 'docs', 'growth.md'),
    [
      '# How time grows',
      '',
      `Written by \`npm run growth\`; do not edit. CPU seconds of \`heddle audit\` on one thread and without a cache, beyond the ${nothing.toFixed(2)} of a start, at three sizes; the exponent is that of the last doubling (1: linear). None may be above ${MOST}.`,
      '',
      '| program, sizes | | | | exponent |',
      '|---|--:|--:|--:|--:|',
      ...rows.map(({ line }) => line),
      '',
    ].join('\n'),
  );
process.stdout.write(`${rows.length} kinds, ${worst.length} above ${MOST}\n`);
process.exitCode = worst.length > 0 ? 1 : 0;
