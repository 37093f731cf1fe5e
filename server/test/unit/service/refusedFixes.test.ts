/**
 * Fixes that would break a working program, each the smallest of its kind: nothing is offered that locks there, and the one
 * reason is said with its line.
 */
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

interface Answer {
  readonly offered: readonly string[];
  readonly refused: readonly string[];
}

/** What is answered for the finding on the line that is marked `# here`. */
async function asked(
  text: string,
  beside: Readonly<Record<string, string>> = {},
  profile: 'library' | 'application' = 'application',
): Promise<Answer> {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({
    host: memoryHost({ ...beside, [file]: text }),
    parser,
    logger: silentLogger,
  });
  try {
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both', profile });
    const { findings } = await analyzer.reportFile(file, go);
    const line = text.split('\n').findIndex((one) => one.endsWith('# here'));
    const finding = findings.find(({ place }) => place.start.line === line);
    if (finding === undefined)
      throw new Error(
        `nothing is found in line ${line + 1}, only ${findings.map(({ rule, place }) => `${rule}:${place.start.line + 1}`).join(', ')}`,
      );
    const { offered, refused } = await analyzer.offerFixes(file, finding.fingerprint, go);
    return { offered: offered.map(({ title }) => title), refused: refused.map(({ reason }) => reason) };
  } finally {
    analyzer.dispose();
  }
}

/** A class whose lock guards `_jobs`, with a method that changes them without it. */
const guarded = (bare: string, more = '', lock = 'threading.Lock()'): string => `import threading


class Depot:
    def __init__(self, on_change=None):
        self._lock = ${lock}
        self._jobs = {}
        self.on_change = on_change

    def put(self, key, job):
        with self._lock:
            self._jobs[key] = job

    def take(self, key):
        with self._lock:
            return self._jobs.pop(key)

    def all(self):
        with self._lock:
            return [job for job in self._jobs.values()]

${bare}
${more}`;

const REFUSED: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
  'a helper goes on with what its caller has set': [
    `import threading


class Reading:
    def __init__(self, text):
        self.rest = text

    def parse(self, text, words):
        self.rest = text
        for word in words:
            self._strip(word)

    def _strip(self, word):
        left = self.rest
        self.rest = left.replace(word, "")  # here


reading = Reading("")
for _ in range(2):
    threading.Thread(target=reading.parse, args=("a b", ["a"])).start()
`,
    /^`Reading\._strip` goes on with what `Reading\.parse` has set in `self\.rest`, when the lock is free, line 11$/,
  ],
  'the statement writes into a log': [
    `import logging
import threading

logger = logging.getLogger(__name__)
sold = 0


def sell():
    global sold
    if sold < 9:
        logger.info("one more")
        sold += 2  # here


for _ in range(2):
    threading.Thread(target=sell).start()
`,
    /the lock would be held over `logger\.info`, which runs the handlers of `logging`, line 11$/,
  ],
  'a library sends objects of the class to other processes': [
    `import threading
import ray


class Tally:
    def __init__(self):
        self.done = 0

    def one(self):
        self.done += 1  # here


tally = Tally()
for _ in range(2):
    threading.Thread(target=tally.one).start()
`,
    /^a `Tally` may be sent to other processes by `ray`, where a lock cannot go, line 2$/,
  ],
  'a process is started with a method of the object': [
    `import multiprocessing
import threading


class Tally:
    def __init__(self):
        self.done = 0
        multiprocessing.Process(target=self.show).start()
        for _ in range(2):
            threading.Thread(target=self.one).start()

    def one(self):
        self.done += 1  # here

    def show(self):
        print(self.done)
`,
    /^`multiprocessing\.Process` sends a `Tally` to another process, where a lock cannot go, line 8$/,
  ],
  'what was read is stored behind a loop, the second time in a tuple': [
    `import threading


class Reader:
    def __init__(self, source):
        self.rest = ""
        self.source = source
        for _ in range(2):
            threading.Thread(target=self.take, args=(8,)).start()

    def take(self, size):
        rest = self.rest
        if self.source.ended:
            self.rest = rest[size:]  # here
            return rest[:size]
        while len(rest) < size:
            rest += self.source.line
        taken, self.rest = rest[:size], rest[size:]
        return taken
`,
    /^a loop lies between the places, which would hold the lock as long as it runs/,
  ],
  'what is created is taken out again behind the lock': [
    `import threading
from concurrent.futures import ThreadPoolExecutor


class Runs:
    def __init__(self, work):
        self.work = work
        self.pool = ThreadPoolExecutor()
        self.runs = {}

    def get(self, key):
        if key not in self.runs:
            self.runs[key] = self.pool.submit(self.work, key)  # here
        return self.runs.pop(key).result()


runs = Runs(print)
for _ in range(2):
    threading.Thread(target=runs.get, args=("a",)).start()
`,
    /^`Runs\.get` takes `self\.runs\[key\]` out again when the lock is free, line 14$/,
  ],
  'a caller holds the lock': [
    guarded(
      '    def drop(self):\n        self._jobs.clear()  # here\n',
      '    def reset(self):\n        with self._lock:\n            self.drop()\n\n\ndef emptied(depot: Depot):\n    depot.drop()\n',
    ),
    /^`Depot\.reset` already holds `self\._lock`, line 27$/,
  ],
  'a caller of a caller holds the lock': [
    guarded(
      '    def drop(self):\n        self._jobs.clear()  # here\n\n    def middle(self):\n        self.drop()\n',
      '    def reset(self):\n        with self._lock:\n            self.middle()\n\n\ndef emptied(depot: Depot):\n    depot.drop()\n',
    ),
    /already holds `self\._lock`/,
  ],
  'a property is read under the lock': [
    guarded(
      '    @property\n    def first(self):\n        return sorted(k for k in self._jobs)  # here\n',
      '    def show(self):\n        with self._lock:\n            print(self.first)\n\n\ndef first_of(depot: Depot):\n    return depot.first\n',
    ),
    /^`Depot\.show` already holds `self\._lock`, line \d+$/,
  ],
  'a method that overrides one called under the lock': [
    guarded(
      '    def refresh(self):\n        pass\n\n    def tick(self):\n        with self._lock:\n            self.refresh()\n',
      'class Store(Depot):\n    def refresh(self):\n        self._jobs.clear()  # here\n',
    ),
    /^`Depot\.tick` already holds `self\._lock`, line \d+$/,
  ],
  'a callback that the holder of the lock calls': [
    guarded(
      '    def drop(self):\n        self._jobs.clear()  # here\n',
      '    def change(self):\n        with self._lock:\n            self.on_change()\n\n\ndef made():\n    depot = Depot()\n    depot.put("a", Depot(on_change=depot.drop))\n    return depot\n',
    ),
    /calls somebody else’s code while it holds `self\._lock`, line \d+$/,
  ],
  'the statement calls what takes the lock': [
    guarded(
      '    def size(self):\n        with self._lock:\n            return len(self._jobs)\n\n    def mark(self):\n        self._jobs["n"] = self._jobs.get("n", 0) + self.size()  # here\n',
    ),
    /^`Depot\.size` takes `self\._lock` itself, line \d+$/,
  ],
  'a stored callable is called in the statement': [
    guarded(
      '    def mark(self):\n        self._jobs["n"] = self._jobs.get("n", 0) + self.on_change()  # here\n',
    ),
    /somebody else’s code/,
  ],
  'the statement waits for a thread': [
    guarded(
      '    def mark(self, k):\n        worker = threading.Thread(target=self.put, args=(k, 1))\n        worker.start()\n        for job in self._jobs.values():  # here\n            worker.join()\n',
    ),
    /waits in `join\(\)`, line \d+$/,
  ],
  'the statement reads from a connection': [
    guarded(
      '    def read(self, connection):\n        for key in self._jobs:  # here\n            print(key, connection.recv(100))\n',
    ),
    /input or output of `connection\.recv`, line \d+$/,
  ],
  'the statement yields': [
    guarded('    def every(self):\n        for key in self._jobs:  # here\n            yield key\n'),
    /yield/,
  ],
  'the holder of the lock waits for something slow': [
    guarded(
      '    def drop(self):\n        self._jobs.clear()  # here\n',
      '    def drain(self, done: threading.Event):\n        with self._lock:\n            done.wait()\n            self._jobs.clear()\n',
    ),
    /^`Depot\.drain` holds `self\._lock` while it waits in `wait\(\)`, line \d+$/,
  ],
  'a finalizer': [
    guarded(
      '    def drop(self):\n        self._jobs.clear()  # here\n\n    def __del__(self):\n        self.drop()\n',
    ),
    /is a finalizer/,
  ],
  'a signal handler': [
    guarded(
      '    def drop(self, *_):\n        self._jobs.clear()  # here\n\n    def listen(self):\n        signal.signal(signal.SIGTERM, self.drop)\n',
    ).replace('import threading', 'import signal\nimport threading'),
    /is a signal handler/,
  ],
  'a filter of logging': [
    guarded('    def filter(self, record):\n        self._jobs.clear()  # here\n')
      .replace('import threading', 'import logging\nimport threading')
      .replace('class Depot:', 'class Depot(logging.Filter):'),
    /is called by `logging`/,
  ],
  'the other lock is taken first elsewhere': [
    guarded(
      '    def drop(self):\n        self._jobs.update(self.kept())  # here\n',
      '    def kept(self):\n        with self._io:\n            return {}\n\n    def save(self):\n        with self._io:\n            with self._lock:\n                print(self._jobs)\n',
    ).replace('        self._jobs = {}', '        self._io = threading.Lock()\n        self._jobs = {}'),
    /taken in the other order, line \d+$/,
  ],
  'a lock between processes': [
    guarded(
      '    def drop(self):\n        self._jobs.clear()  # here\n',
      '',
      'multiprocessing.Lock()',
    ).replace('import threading', 'import multiprocessing'),
    /lock between processes/,
  ],
  'a value is read, and stored back after a wait': [
    `import threading


class Basin:
    def __init__(self, spring: threading.Event):
        self.level = 0
        self.spring = spring
        for _ in range(3):
            threading.Thread(target=self.fill, args=(1,)).start()

    def fill(self, more):
        level = self.level
        self.spring.wait()
        self.level = level + more  # here
`,
    /waits in `wait\(\)`, line \d+$/,
  ],
  'an object whose code is not seen is called': [
    guarded(
      '    def mark(self, pump):\n        self.pump = pump\n        for key in self._jobs:  # here\n            self.pump.press(key)\n',
    ),
    /held over `self\.pump\.press`, whose code is not seen, line \d+$/,
  ],
  'an object in a local whose code is not seen is called': [
    guarded(
      '    def mark(self):\n        for job in self._jobs.values():  # here\n            job.abort()\n',
    ),
    /held over `job\.abort`, whose code is not seen, line \d+$/,
  ],
  'an attribute that nothing in the program sets is called': [
    guarded(
      '    def mark(self, links: dict[str, Link]):\n        for link in links.values():\n            for key in self._jobs:  # here\n                link.transport.abort(key)\n',
      'class Link(wires.Protocol):\n    def made(self):\n        print("made")\n',
    ).replace('import threading', 'import threading\nimport wires'),
    /held over `link\.transport\.abort`, whose code is not seen, line \d+$/,
  ],
  'an object of a library is called': [
    guarded(
      '    def mark(self):\n        task = greens.spawn(print)\n        for key in self._jobs:  # here\n            task.kill(key)\n',
    ).replace('import threading', 'import greens\nimport threading'),
    /held over `task\.kill`, whose code is not seen, line \d+$/,
  ],
  'a method is called that others override': [
    guarded(
      '    def tell(self, watcher: Watcher):\n        for key in self._jobs:  # here\n            watcher.seen(key)\n',
      'class Watcher:\n    def seen(self, key):\n        """Called for each job."""\n',
    ),
    /held over `Watcher\.seen`, which does nothing and is there to be overridden, line \d+$/,
  ],
  'the function itself resets what it then creates': [
    `import threading


class Caller:
    def __init__(self):
        self.answer = None
        for _ in range(3):
            threading.Thread(target=self.ask).start()

    def ask(self):
        self.answer = None
        print("asking")
        if self.answer is None:
            self.answer = make_answer()  # here
        return self.answer
`,
    /^`Caller\.ask` itself sets `self\.answer` before the test, line \d+$/,
  ],
  'a thread of unknown origin is waited for': [
    guarded(
      '    def mark(self, keeper):\n        for key in self._jobs:  # here\n            keeper.thread.join()\n',
    ),
    /held while it waits in `keeper\.thread\.join`, line \d+$/,
  ],
  'a loop tests it on each pass': [
    `import threading
from collections import deque


class Line:
    def __init__(self):
        self.waiting = deque()
        for _ in range(3):
            threading.Thread(target=self.run).start()

    def run(self):
        while self.waiting:
            print(self.waiting.popleft())  # here
`,
    /^the test is the condition of a loop/,
  ],
};

/** Objects of the standard library, and a call of one that waits or calls back. */
const WAITING: readonly (readonly [imported: string, made: string, call: string])[] = [
  ['asyncio', 'asyncio.new_event_loop()', 'it.run_until_complete(key)'],
  ['asyncio', 'asyncio.get_event_loop()', 'it.run_forever()'],
  ['asyncio', 'key', 'asyncio.run(key)'],
  ['queue', 'queue.Queue()', 'it.get()'],
  ['queue', 'queue.Queue(3)', 'it.put(key)'],
  ['queue', 'queue.Queue()', 'it.join()'],
  ['queue', 'self.unknown', 'it.get()'],
  ['socket', 'socket.socket()', 'it.recv(100)'],
  ['socket', 'socket.create_connection(key)', 'it.send(key)'],
  ['ssl', 'ssl.create_default_context().wrap_socket(key)', 'it.do_handshake()'],
  ['subprocess', 'subprocess.Popen(key)', 'it.wait()'],
  ['subprocess', 'subprocess.Popen(key)', 'it.communicate()'],
  ['subprocess', 'key', 'subprocess.run(key)'],
  ['select', 'select.poll()', 'it.poll()'],
  ['select', 'key', 'select.select([key], [], [])'],
  ['selectors', 'selectors.DefaultSelector()', 'it.select()'],
  ['concurrent.futures', 'concurrent.futures.Future()', 'it.result()'],
  ['concurrent.futures', 'concurrent.futures.Future()', 'it.set_result(key)'],
  ['concurrent.futures', 'concurrent.futures.ThreadPoolExecutor()', 'it.map(print, key)'],
  ['concurrent.futures', 'concurrent.futures.ThreadPoolExecutor()', 'it.shutdown()'],
  ['concurrent.futures', 'key', 'concurrent.futures.wait([key])'],
  ['multiprocessing', 'multiprocessing.Process(target=print)', 'it.join()'],
  ['multiprocessing', 'multiprocessing.Pool()', 'it.join()'],
  ['multiprocessing', 'multiprocessing.Pool()', 'it.map(print, [key])'],
  ['multiprocessing', 'multiprocessing.Pool()', 'it.map_async(print, [key]).wait()'],
  ['multiprocessing.connection', 'multiprocessing.connection.Listener()', 'it.accept()'],
  ['threading', 'threading.Barrier(2)', 'it.wait()'],
  ['threading', 'threading.Event()', 'it.wait(3)'],
  ['threading', 'threading.Condition()', 'it.wait()'],
  ['time', 'key', 'time.sleep(1)'],
  ['signal', 'key', 'signal.pause()'],
  ['sched', 'sched.scheduler()', 'it.run()'],
  ['urllib.request', 'key', 'urllib.request.urlopen(key)'],
  ['urllib.request', 'urllib.request.build_opener()', 'it.open(key)'],
  ['http.client', 'http.client.HTTPSConnection("host")', 'it.getresponse()'],
  ['smtplib', 'smtplib.SMTP_SSL("host")', 'it.send_message(key)'],
  ['ftplib', 'ftplib.FTP("host")', 'it.retrlines(key)'],
  ['imaplib', 'imaplib.IMAP4("host")', 'it.search(None, key)'],
  ['socketserver', 'socketserver.TCPServer(("", 80), print)', 'it.serve_forever()'],
  ['fcntl', 'key', 'fcntl.flock(key, 2)'],
  ['getpass', 'key', 'getpass.getpass()'],
  ['importlib', 'key', 'importlib.import_module(key)'],
  ['zipfile', 'zipfile.ZipFile("a.zip")', 'it.extractall()'],
  ['os', 'key', 'input()'],
  ['os', 'key', 'exec(key)'],
];

/** Calls over which a lock may be held. */
const CALM: readonly (readonly [imported: string, made: string, call: string])[] = [
  ['datetime', 'datetime.datetime.now()', 'it.replace(hour=3)'],
  ['re', 're.compile("a")', 'it.sub("b", key)'],
  ['random', 'random.Random(3)', 'it.choice(key)'],
  ['queue', 'queue.Queue()', 'it.put_nowait(key)'],
  ['queue', 'queue.Queue()', 'it.get(False)'],
  ['threading', 'threading.Event()', 'it.set()'],
  ['threading', 'threading.local()', 'it.get()'],
  ['concurrent.futures', 'concurrent.futures.ThreadPoolExecutor()', 'it.submit(print, key)'],
  ['time', 'key', 'time.monotonic()'],
  ['os', '", "', 'it.join(key)'],
];

const iterating = (imported: string, made: string, call: string): string =>
  guarded(
    `    def mark(self, more):\n        for key in more:\n            self._jobs[key] = 0\n        for key in self._jobs:  # here\n            ${call}\n`,
  )
    .replace('import threading', `import ${imported}\nimport threading`)
    .replace(
      '        for key in more:',
      `        key = more\n        it = ${made}\n        for key in more:`,
    );

describe('over what Python’s own objects wait for or call back', () => {
  it.each(WAITING)('no lock is offered: %s: %s: %s', async (imported, made, call) => {
    const { offered } = await asked(iterating(imported, made, call));
    expect(offered.filter((title) => /hold|guard/i.test(title))).toEqual([]);
  });

  it.each(CALM)('a lock is offered over what does neither: %s: %s: %s', async (imported, made, call) => {
    const { offered, refused } = await asked(iterating(imported, made, call));
    expect(refused).toEqual([]);
    expect(offered.filter((title) => /hold|guard/i.test(title))).not.toEqual([]);
  });
});

describe('over an object of the program', () => {
  it('that needs no code to be made, a lock is offered', async () => {
    const text = guarded(
      '    def mark(self):\n        for key in self._jobs:  # here\n            print(errors.Odd(key))\n',
    ).replace('import threading', 'import errors\nimport threading');
    const { offered } = await asked(text, { '/w/errors.py': 'class Odd(Exception):\n    pass\n' });
    expect(offered.join()).toContain('Hold `self._lock`');
  });
});

describe('a lock is not offered', () => {
  for (const [name, [text, reason]] of Object.entries(REFUSED)) {
    it(`where ${name}`, async () => {
      // Whoever uses a library may call a method without the lock that its own callers hold.
      const { offered, refused } = await asked(text, {}, 'library');
      expect(offered.filter((title) => /hold|guard/i.test(title))).toEqual([]);
      expect(refused.join('\n')).toMatch(reason);
    });
  }
});

/** A class without a lock, whose `hits` several threads count. */
const counted = (head: string, body: string, more = ''): string => `import threading
${head}
${body}

    def hit(self):
        self.hits += 1  # here

    def start(self):
        for _ in range(4):
            threading.Thread(target=self.hit).start()

${more}`;
const PLAIN = 'class Tally:\n    def __init__(self):\n        self.hits = 0';

/** Objects that are copied or stored with all that they have. */
const COPIED: Readonly<Record<string, string>> = {
  'objects of the class are pickled': counted(
    'import pickle\n',
    PLAIN,
    '\ndef store(tally: Tally):\n    return pickle.dumps(tally)\n',
  ),
  'objects of the class are copied deep': counted(
    'import copy\n',
    PLAIN,
    '\ndef twin(tally: Tally):\n    return copy.deepcopy(tally)\n',
  ),
  'the class says how it is stored': counted(
    '',
    `${PLAIN}\n\n    def __getstate__(self):\n        return {"hits": self.hits}`,
  ),
  'the class is looked through attribute by attribute': counted(
    '',
    `${PLAIN}\n\n    def shown(self):\n        return dict(self.__dict__)`,
  ),
  'the dataclass becomes a dictionary': counted(
    'from dataclasses import asdict, dataclass\n',
    '@dataclass\nclass Tally:\n    hits: int = 0',
    '\ndef shown(tally: Tally):\n    return asdict(tally)\n',
  ),
};

describe('a lock is one for all objects', () => {
  for (const [name, text] of Object.entries(COPIED)) {
    it(`when ${name}`, async () => {
      const { offered } = await asked(text);
      expect(offered).toContain(
        'Add a lock for `self.hits`, one for all objects, and hold it wherever it changes',
      );
    });
  }
});

const UNDECLARED: Readonly<Record<string, readonly [text: string, reason: RegExp]>> = {
  'the attribute is set by a class outside the program': [
    counted('from votes import Base\n', 'class Tally(Base):\n    limit = 3'),
    /^`self\.hits` is set by a class outside this project, which takes no lock$/,
  ],
  'a metaclass makes the class': [
    counted('from plugins import Meta\n', PLAIN.replace('Tally:', 'Tally(metaclass=Meta):')),
    /metaclass/,
  ],
};

describe('a lock is not put into a class', () => {
  for (const [name, [text, reason]] of Object.entries(UNDECLARED)) {
    it(`when ${name}`, async () => {
      const { offered, refused } = await asked(text);
      expect(offered).toEqual([]);
      expect(refused[0]).toMatch(reason);
    });
  }
});

describe('a lock is not held', () => {
  it('in a constructor that makes it only later', async () => {
    const { offered, refused } = await asked(`import threading


class Pool:
    def __init__(self):
        self.idle = set()
        for _ in range(3):
            threading.Thread(target=self.work).start()
            self.idle.add(1)
        self.count_lock = threading.Lock()

    def work(self):
        with self.count_lock:
            self.idle.add(2)
        for one in self.idle:  # here
            print(one)
`);
    expect(offered.filter((title) => !title.startsWith('Iterate'))).toEqual([]);
    expect(refused.join()).toMatch(/`self\.count_lock` is made only later there, line 10/);
  });
});

describe('one reading is not put into a local', () => {
  it('where a call in between may set the attribute anew', async () => {
    const { refused } = await asked(`import threading


class Radio:
    def __init__(self):
        self.speaker = None
        threading.Thread(target=self.unplug).start()

    def unplug(self):
        self.speaker = None

    def plug(self):
        self.speaker = open("/dev/audio", "wb")

    def say(self, words):
        if self.speaker is not None:
            self.plug()
            self.speaker.play(words)  # here
`);
    expect(refused).toContain('`Radio.plug` may set `self.speaker` anew, line 17');
  });
});

describe('not every use is guarded', () => {
  it('where a logger is asked to tell its handlers, or the container is handed out', async () => {
    const teller = `import logging
import threading

logger = None


def tell(*words):
    global logger
    if logger is None:
        logger = logging.Logger("a")  # here
    logger.debug(*words)


for _ in range(4):
    threading.Thread(target=tell).start()
`;
    const told = await asked(teller);
    expect(told.offered.filter((title) => title.startsWith('Guard'))).toEqual([]);
    expect(told.refused.join()).toMatch(/`logger\.debug`, which runs the handlers of `logging`, line 11/);
    const handed = await asked(`import threading

boats = {}


def dock(name):
    if name not in boats:
        boats[name] = threading.Event()  # here


def all_boats():
    return boats


for _ in range(4):
    threading.Thread(target=dock, args=("a",)).start()
    threading.Thread(target=all_boats).start()
`);
    expect(handed.offered).not.toEqual([]);
    expect(handed.refused.join()).toContain('`boats` is handed out, to be used when the lock is free again');
  });
});

describe('a lock is not put into a class that Cython compiles', () => {
  it('with a declaration of its attributes beside it', async () => {
    const { offered, refused } = await asked(counted('', PLAIN), {
      '/w/a.pxd': 'cdef class Tally:\n    cdef public int hits\n',
    });
    expect(offered).toEqual([]);
    expect(refused).toEqual(['a `.pxd` file says which attributes the compiled classes of the module have']);
  });

  it('but beside a global of the same module', async () => {
    const { offered } = await asked(
      'import threading\n\nhits = 0\n\n\ndef hit():\n    global hits\n    hits += 1  # here\n\n\nfor _ in range(4):\n    threading.Thread(target=hit).start()\n',
      { '/w/a.pxd': 'cdef int hits\n' },
    );
    expect(offered).not.toEqual([]);
  });
});

describe('another lock is made', () => {
  const withLock = (lock: string): string =>
    counted('', PLAIN.replace('        self.hits', `        self._gate = ${lock}\n        self.hits`));

  it('beside a semaphore that lets several in, a lock of asyncio and one that guards nothing', async () => {
    for (const lock of ['threading.Semaphore(3)', 'asyncio.Lock()']) {
      const { offered } = await asked(withLock(lock));
      expect(offered[0]).toBe('Add a lock for `self.hits` and hold it wherever it changes');
    }
    const { offered } = await asked(
      `${withLock('threading.Lock()')}\n\nclass Late(Tally):\n    def send(self):\n        with self._gate:\n            print("sent")\n`,
    );
    expect(offered[0]).toBe('Add a lock for `self.hits` and hold it wherever it changes');
  });
});

describe('a lock is put into a class', () => {
  it('whose objects are copied with the lock that they share, beside a module that is looked through', async () => {
    const { offered } = await asked(
      counted(
        'import copy\nimport signal\n',
        PLAIN,
        '\ndef twin(tally):\n    print(vars(signal))\n    return copy.copy(tally)\n',
      ),
    );
    expect(offered[0]).toBe('Add a lock for `self.hits` and hold it wherever it changes');
  });
});

describe('a lock for what a subclass in another file creates', () => {
  it('is declared where the class of the attribute is', async () => {
    const host = memoryHost({
      '/w/base.py':
        'class Base:\n    def __init__(self):\n        self.link = None\n\n    def close(self):\n        self.link = None\n',
      '/w/a.py':
        'import threading\nfrom base import Base\n\n\nclass Client(Base):\n    def start(self):\n        for _ in range(3):\n            threading.Thread(target=self.ask).start()\n\n    def ask(me):\n        if me.link is None:\n            me.link = connect()\n        return me.link\n',
    });
    const analyzer = createAnalyzer({ host, parser, logger: silentLogger });
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both' });
    const found = (await analyzer.reportFile('/w/a.py', go)).findings.find(
      ({ rule }) => rule === 'lazy-init-race',
    );
    const { offered } = await analyzer.offerFixes('/w/a.py', found!.fingerprint, go);
    expect(offered[0]!.title).toBe('Test again and create under a new lock');
    const edits = await analyzer.fixEdits('/w/a.py', found!.fingerprint, offered[0]!.index, go);
    analyzer.dispose();
    const after = Object.fromEntries(edits!.map((one) => [one.file, applyEdits(one.before, one.edits)]));
    expect(after['/w/base.py']).toContain('self._lock = threading.Lock()');
    expect(after['/w/a.py']).toContain(
      '        if me.link is None:\n            with me._lock:\n                if me.link is None:\n                    me.link = connect()\n',
    );
  });
});

describe('a new lock', () => {
  it('is called after the variable, without the underscores around it', async () => {
    const file = '/w/a.py';
    const text =
      'import threading\n\n__hits__ = 0\n\n\ndef hit():\n    global __hits__\n    __hits__ += 1\n\n\nfor _ in range(4):\n    threading.Thread(target=hit).start()\n';
    const analyzer = createAnalyzer({ host: memoryHost({ [file]: text }), parser, logger: silentLogger });
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both' });
    const [finding] = (await analyzer.reportFile(file, go)).findings;
    const edits = await analyzer.fixEdits(file, finding!.fingerprint, 0, go);
    analyzer.dispose();
    expect(edits?.flatMap((one) => one.edits.map(({ text: added }) => added)).join('')).toContain(
      '_hits_lock = threading.Lock()',
    );
  });
});

describe('a lock under which the program writes into a log anyway', () => {
  it('may be held over one more message', async () => {
    const { offered } = await asked(
      guarded(
        '    def reset(self):\n        if "a" in self._jobs:\n            logger.info("reset")\n            del self._jobs["a"]  # here\n',
        '    def told(self):\n        with self._lock:\n            logger.info("%d left", len(self._jobs))\n',
      ).replace(
        'import threading\n',
        'import logging\nimport threading\n\nlogger = logging.getLogger(__name__)\n',
      ),
      {},
      'library',
    );
    expect(offered.join()).toContain('Hold `self._lock`');
  });
});

describe('what is asked of the object itself may run its __getattr__ once more', () => {
  it('so that no lock is held there', async () => {
    const { offered, refused } = await asked(`import threading

known = {}


class Mail:
    def __getattr__(self, name):
        if name in known:
            return getattr(self, name.lower())
        raise AttributeError(name)

    def add(self, name):
        if name not in known:
            known[name] = 1
        if name in known:
            del known[name]  # here


mail = Mail()
for _ in range(2):
    threading.Thread(target=mail.add, args=("A",)).start()
`);
    expect(offered.filter((title) => title.startsWith('Guard every use'))).toEqual([]);
    expect(refused.join()).toContain(
      '`getattr` may run `Mail.__getattr__`, which may take the lock again, line 9',
    );
  });
});

describe('a comprehension alone names the object that has the lock', () => {
  it('so that no lock is held there', async () => {
    const { offered, refused } = await asked(`import threading


class Sample:
    def __init__(self):
        self.events = 0

    def reset(self):
        self.events = 0


class Stat:
    def __init__(self):
        self.samples = [Sample()]
        for _ in range(2):
            threading.Thread(target=self.record).start()

    def record(self):
        sample = self.samples[0]
        sample.events += 1  # here

    def events(self):
        return max(sample.events.bit_length() for sample in self.samples)
`);
    expect(offered).toEqual(['Add a lock for `self.events` and hold it wherever it changes']);
    expect(refused.join()).toContain('`sample._lock` is out of reach there');
  });
});

describe('a module that Python loads before `threading`', () => {
  it('gets no lock', async () => {
    const text = `known = None


def found():
    global known
    if known is None:
        known = object()  # here
    return known
`;
    const analyzer = createAnalyzer({
      host: memoryHost({ '/w/posixpath.py': text }),
      parser,
      logger: silentLogger,
    });
    try {
      analyzer.setFolders(['/w']);
      analyzer.setSettings({ target: 'both', profile: 'library', level: 'hint' });
      const [finding] = (await analyzer.reportFile('/w/posixpath.py', go)).findings;
      const { offered, refused } = await analyzer.offerFixes('/w/posixpath.py', finding!.fingerprint, go);
      expect(offered).toEqual([]);
      expect(refused.map(({ reason }) => reason).join()).toContain(
        '`posixpath` is loaded while Python starts',
      );
    } finally {
      analyzer.dispose();
    }
  });
});

describe('a lock would only make wait', () => {
  it('where storing one entry is one step', async () => {
    const text = guarded('    def set(self, key, job):\n        self._jobs[key] = job  # here\n').replace(
      'return [job for job in self._jobs.values()]',
      'return len(self._jobs)',
    );
    const { offered, refused } = await asked(text);
    expect(offered).toEqual([]);
    expect(refused).toEqual(['this one step cannot be torn as it is, and the lock would only make it wait']);
  });
});

describe('no local lock is made', () => {
  it('for what several calls of the function may be given', async () => {
    const given = await asked(`import threading


def tally(found, names):
    def work(name):
        found[name] = found.get(name, 0) + 1  # here

    for name in names:
        threading.Thread(target=work, args=(name,)).start()
`);
    expect(given.offered).toEqual([]);
    expect(given.refused.join()).toContain('`found` may be shared by several calls of `tally`');
  });
  it('beside one that is held elsewhere', async () => {
    const { offered, refused } = await asked(`import threading


def sell(shop):
    left = 10

    def one():
        nonlocal left
        with shop.lock:
            left -= 1

    def two():
        nonlocal left
        left -= 1  # here

    for work in (one, two):
        threading.Thread(target=work).start()
`);
    expect(offered).toEqual([]);
    expect(refused.join()).toContain('a lock of something else is held at some of the uses of `left`');
  });
});
