/** Fixes of which only the code around the finding says whether they are true: what is offered there, and what it makes. */
import { describe, expect, it } from 'vitest';
import { silentLogger } from '../../../src/base/log.ts';
import { applyEdits } from '../../../src/base/textEdit.ts';
import { createAnalyzer } from '../../../src/service/createAnalyzer.ts';
import { memoryHost } from '../../support/memoryHost.ts';
import { pythonParser } from '../../support/parser.ts';

const parser = await pythonParser();
const go = async () => {};

interface Answer {
  /** By title: the text afterwards. */
  readonly offered: ReadonlyMap<string, string>;
  readonly refused: string;
}

/** What is answered for the finding on the line that is marked `# here`, in a library. */
async function asked(text: string, beside: Readonly<Record<string, string>> = {}): Promise<Answer> {
  const file = '/w/a.py';
  const analyzer = createAnalyzer({
    host: memoryHost({ ...beside, [file]: text }),
    parser,
    logger: silentLogger,
  });
  try {
    analyzer.setFolders(['/w']);
    analyzer.setSettings({ target: 'both', profile: 'library', level: 'hint' });
    const { findings } = await analyzer.reportFile(file, go);
    const line = text.split('\n').findIndex((one) => one.endsWith('# here'));
    const finding = findings.find(({ place }) => place.start.line === line);
    if (finding === undefined)
      throw new Error(`only ${findings.map((one) => `${one.rule}:${one.place.start.line + 1}`).join(', ')}`);
    const { offered, refused } = await analyzer.offerFixes(file, finding.fingerprint, go);
    const made = new Map<string, string>();
    for (const { title, index } of offered) {
      const edits = (await analyzer.fixEdits(file, finding.fingerprint, index, go))!;
      const texts = edits.map((one) => applyEdits(one.before, one.edits));
      made.set(title, texts.join('\n'));
    }
    return { offered: made, refused: refused.map(({ title, reason }) => `${title}: ${reason}`).join('\n') };
  } finally {
    analyzer.dispose();
  }
}

const titles = ({ offered }: Answer): string => [...offered.keys()].join('; ');

describe('what is handed on', () => {
  const desk = (rest: string): string => `import threading


class Desk:
    """Safe to use from several threads."""

    def __init__(self, link):
        self._lock = threading.Lock()
        self._tags = {}
        self.link = link

    def forget(self):
        with self._lock:
            self._tags.clear()

${rest}
`;

  it('while the lock is held takes it no second time', async () => {
    const answer = await asked(
      desk(`    def tag(self, name):
        def make():
            if name not in self._tags:
                self._tags[name] = object()  # here
            return name

        with self._lock:
            return self._retry(make)

    def _retry(self, step):
        return self.link.run(step)`),
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain(
      '`Desk.tag` hands `Desk.tag.<locals>.make` on while it holds `self._lock`',
    );
  });

  it('while a lock of the program’s own is held takes it no second time', async () => {
    const own = `class Latch:
    def __enter__(self):
        return self

    def __exit__(self, *error):
        pass


class Desk:`;
    const answer = await asked(
      desk(`    def tag(self, name):
        def make():
            if name not in self._tags:
                self._tags[name] = object()  # here
            return name

        with self._lock:
            return self._retry(make)

    def _retry(self, step):
        return self.link.run(step)`)
        .replace('class Desk:', own)
        .replace('= threading.Lock()', '= Latch() if link else None'),
    );
    expect(titles(answer)).not.toContain('`self._lock`');
  });

  it('to a thread may take it', async () => {
    const answer = await asked(
      desk(`    def start(self):
        with self._lock:
            self._tags["start"] = 1
            threading.Thread(target=self.make, args=("a",)).start()

    def make(self, name):
        self._tags[name] += 1  # here`),
    );
    expect(titles(answer)).toContain('`self._lock`');
  });
});

describe('a lock that is held for long', () => {
  const line = `import threading


class Line:
    """Safe to use from several threads."""

    def __init__(self, sock):
        self._write_lock = threading.Lock()
        self.sock = sock
        self.sent = 0
        self.got = 0

    def reset(self):
        with self._write_lock:
            self.sent = 0

    def send(self, data):
        with self._write_lock:
            self.sent += len(data)
            self._write(data)

    def _write(self, data):
        while data:
            data = data[self.link.send(data):]

    def receive(self, data):
        self.got += len(data)  # here
`;

  it('is not taken for what it does not guard yet', async () => {
    const answer = await asked(line.replace('self.link', 'self.sock'));
    expect(titles(answer)).toBe('Add a lock for `self.got` and hold it wherever it changes');
  });

  it('nor is another for what it guards in part', async () => {
    const answer = await asked(
      line
        .replace('self.link', 'self.sock')
        .replace('            self.sent = 0\n', '            self.sent = 0\n            self.got = 0\n')
        .concat(
          '\n    def lose(self):\n        self.got -= 1\n\n    def gain(self):\n        self.got += 9\n',
        ),
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`self._write_lock`, under which some of it is used, is held for long');
  });

  it('is one that is held over input and output', async () => {
    const answer = await asked(line.replace('self.link.send', 'len'));
    expect(titles(answer)).toBe('Hold `self._write_lock` wherever `self.got` changes');
  });
});

describe('what is tested before the lock is taken', () => {
  it('is tested once more there, not read into a local', async () => {
    const answer = await asked(`import threading


class Store:
    """Safe to use from several threads."""

    def __init__(self, connect):
        self.lock = threading.Lock()
        self.connect = connect
        self._conn = None

    def open(self):
        with self.lock:
            self._conn = self.connect()

    def part(self):
        if self._conn is None:
            return False
        with self.lock:
            self._conn.send(b"")  # here
            self._conn = None
        return True
`);
    expect(titles(answer)).toBe('Test once more under `self.lock`');
    expect(answer.refused).toContain('`self._conn` may be another one when the lock is there');
  });
});

describe('what is made and ended by one function', () => {
  const parts = (rest: string): string => `import threading


class Parts:
    """Safe to use from several threads."""

    def __init__(self):
        self.message = None

    def take(self, raw):
        if self.message is None:
            self.message = Message()  # here
${rest}

class Message:
    def __init__(self):
        self.whole = False

    def parse(self, raw):
        self.whole = raw.endswith(b"!")
`;

  it('lies under one lock from its creation to its end', async () => {
    const answer = await asked(
      parts(`        print(raw)
        self.message.parse(raw)
        if self.message.whole:
            self.message = None
`),
    );
    expect(titles(answer)).not.toContain('Test again');
    expect(answer.refused).toContain('`Parts.take` takes `self.message` back when the lock is free, line 16');
    expect(
      answer.offered.get('Add a lock for `self.message` and hold it wherever it changes'),
    ).toContain(`        with self._lock:
            if self.message is None:
                self.message = Message()  # here
            print(raw)
            self.message.parse(raw)
            if self.message.whole:
                self.message = None
`);
  });

  it('is tested again when another function ends it', async () => {
    const answer = await asked(
      parts(`        self.message.parse(raw)

    def drop(self):
        self.message = None
`),
    );
    expect(titles(answer)).toContain('Test again and create under a new lock');
  });
});

describe('a lock of which only the name is known', () => {
  const drawer = (rest: string): string => `def shut(drawer, key):
    lock = drawer.lock_for(key)
    lock.acquire()  # here
    drawer.write(key)
    lock.release()
${rest}`;

  it('is not entered by `with`', async () => {
    const answer = await asked(drawer(''));
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('nothing shows that `lock` can be taken by `with`');
  });
});

describe('what the holders of a lock use together', () => {
  const cipher = (rest: string): string => `import threading


class Cipher:
    """Safe to use from several threads."""

    def __init__(self, log):
        self._lock = threading.Lock()
        self._log = log
        self._engine = None
        self._key = b""
        self._sent = 0

    def send(self, data):
        with self._lock:
            self._sent += len(data)
            return self._seal(data)

    def _seal(self, data):
        return (self._engine, self._key, data)

    def again(self):
        with self._lock:
            self._sent = 0

    def switch(self, engine, key, name):
${rest}`;

  it('is stored under one lock', async () => {
    const answer = await asked(
      cipher(`        print(name)
        self._engine = engine
        self._name = name
        self._key = key
        self._sent = 0  # here
        print(key)
`),
    );
    expect(answer.offered.get('Hold `self._lock` here')).toContain(`        print(name)
        with self._lock:
            self._engine = engine
            self._name = name
            self._key = key
            self._sent = 0  # here
        print(key)
`);
  });

  it('but for what may not happen under it', async () => {
    const answer = await asked(
      cipher(`        self._engine = self._log.make(engine)
        self._key = key
        self._sent = 0  # here
`),
    );
    expect(
      answer.offered.get('Hold `self._lock` here'),
    ).toContain(`        self._engine = self._log.make(engine)
        with self._lock:
            self._key = key
            self._sent = 0  # here
`);
  });
});

describe('what is stepped through later', () => {
  const rows = (returned: string): string => `import threading


class Rows:
    """Safe to use from several threads."""

    def __init__(self):
        self._rows = {}

    def add(self, key, row):
        if key not in self._rows:
            self._rows[key] = [row]  # here

    def each(self):
        return ${returned}
`;

  it.each(['iter(self._rows)', 'self._rows.items()', 'map(str, self._rows)'])(
    'is returned under no lock: %s',
    async (returned) => {
      const answer = await asked(rows(returned));
      expect(titles(answer)).not.toContain('Guard every use');
      expect(answer.refused).toContain(
        'what is returned there is stepped through when the lock is free again',
      );
    },
  );

  it('is returned under a lock when it is stepped through there', async () => {
    const answer = await asked(rows('sorted(self._rows)'));
    expect([...answer.offered.values()].join()).toContain('with self._lock:\n            return sorted');
  });
});

describe('a test that another function makes', () => {
  it('lies under the lock with what relies on it', async () => {
    const answer = await asked(`import threading


class Box:
    """Safe to use from several threads."""

    def __init__(self):
        self.count = 0

    def is_full(self):
        return self.count > 10

    def put(self):
        if not self.is_full():
            self.count += 1  # here
`);
    expect(titles(answer)).toBe('Add a lock for `self.count` and hold it wherever it changes');
    expect([...answer.offered.values()][0]).toContain(`        with self._lock:
            if not self.is_full():
                self.count += 1  # here
`);
  });
});

/** A class that is for several threads. */
const promised = (rest: string): string => `import threading


class Crew:
    """Safe to use from several threads."""

    def __init__(self, men):
        self.men = men
        self.names = None
        self.thread = None
        self.state = {"left": 9}

${rest}`;

describe('a container that is filled by who begins it', () => {
  const named = (rest: string): string =>
    promised(`    def known(self):
        if self.names is not None:
            return
        self.names = []  # here
${rest}`);

  it('is filled under the lock', async () => {
    const answer = await asked(
      named(`        for man in self.men:
            self.names.append(man.strip())
`),
    );
    expect(titles(answer)).not.toContain('Test again');
    expect(
      answer.offered.get('Add a lock for `self.names` and hold it wherever it changes'),
    ).toContain(`        with self._lock:
            if self.names is not None:
                return
            self.names = []  # here
            for man in self.men:
                self.names.append(man.strip())
`);
  });

  it('is left alone where that waits', async () => {
    const answer = await asked(
      named(`        for man in self.men:
            self.names.append(man.result())
`),
    );
    expect(titles(answer)).toBe('');
  });
});

describe('an object that is completed by who makes it', () => {
  const scope = (rest: string): string =>
    promised(`    def known(self):
        if self.names is not None:
            return self.names
        self.names = Names()  # here
${rest}
        return self.names


class Names:
    def __init__(self):
        self.all = []
`);

  it('is completed under the lock', async () => {
    const answer = await asked(
      scope(`        for man in self.men:
            self.note(self.names, man)

    def note(self, names, man):
        names.all.append(man)
`).replace('\n        return self.names\n\n\nclass', '\n\n\nclass'),
    );
    expect(titles(answer)).not.toContain('Test again');
    expect(
      answer.offered.get('Add a lock for `self.names` and hold it wherever it changes'),
    ).toContain(`            self.names = Names()  # here
            for man in self.men:
                self.note(self.names, man)
`);
  });

  it('is left alone where that may do anything', async () => {
    const answer = await asked(scope('        self.men.teach(self.names)'));
    expect(answer.refused).toContain('`self.men.teach`');
    expect(titles(answer)).not.toContain('Add a lock');
  });
});

describe('a thread that is made once', () => {
  it('is started under the lock', async () => {
    const answer = await asked(
      promised(`    def start(self):
        if not self.thread:
            self.thread = threading.Thread(target=print)  # here
        self.thread.start()
`),
    );
    expect(titles(answer)).not.toContain('Test again');
    expect(
      answer.offered.get('Add a lock for `self.thread` and hold it wherever it changes'),
    ).toContain(`        with self._lock:
            if not self.thread:
                self.thread = threading.Thread(target=print)  # here
            self.thread.start()
`);
  });
});

describe('a property', () => {
  it('has no lock of its own', async () => {
    const answer = await asked(
      promised(`    @property
    def left(self):
        return self.state["left"]

    @left.setter
    def left(self, value):
        self.state["left"] = value

    def take(self):
        self.left -= 1  # here
`),
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`self.left` is a property, and what it keeps lies elsewhere, line 14');
  });
});

describe('objects that another file copies', () => {
  const plain = promised(`    def start(self):
        if not self.names:
            self.names = {}  # here
`);
  const text = `${plain}
    def __eq__(self, other):
        return self.men == other.men
`;

  it('have one lock in common', async () => {
    const twin =
      'import copy\n\nfrom a import Crew\n\n\ndef twins(crews):\n    return copy.deepcopy(crews)\n';
    const answer = await asked(text, { '/w/b.py': twin });
    expect(
      answer.offered.get('Test again and create under a new lock for all objects'),
    ).toContain(`        if not self.names:
            with Crew._names_lock:
                if not self.names:
                    self.names = {}  # here
`);
  });

  it('have none where that takes time', async () => {
    const twin =
      'import copy\n\nfrom a import Crew\n\n\ndef twins(crews):\n    return copy.deepcopy(crews)\n';
    const answer = await asked(text.replace('= {}', '= open("names")'), { '/w/b.py': twin });
    expect(titles(answer)).toBe('');
  });

  it('but where they are no values', async () => {
    const twin =
      'import copy\n\nfrom a import Crew\n\n\ndef twins(crews):\n    return copy.deepcopy(crews)\n';
    expect(titles(await asked(plain, { '/w/b.py': twin }))).not.toContain('for all objects');
  });

  it('but where the file knows nothing of them', async () => {
    const twin = 'import copy\n\n\ndef twins(rows):\n    return copy.deepcopy(rows)\n';
    expect(titles(await asked(text, { '/w/b.py': twin }))).not.toBe('');
  });
});

describe('a variable of another module', () => {
  const shop = (imported: string, limits: string): string => `import threading
${imported}


def raise_limit(name):
    if name not in ${limits}:
        ${limits}[name] = object()  # here
    return name


for _ in range(2):
    threading.Thread(target=raise_limit, args=("a",)).start()
`;
  const settings = { '/w/settings.py': 'import threading\n\nlimits = {}\n' };

  it('has its lock there', async () => {
    const answer = await asked(shop('import settings', 'settings.limits'), settings);
    const made = answer.offered.get('Test again and create under a new lock');
    expect(made).toContain('limits = {}\n_limits_lock = threading.Lock()\n');
    expect(made).toContain(`    if name not in settings.limits:
        with settings._limits_lock:
            if name not in settings.limits:
                settings.limits[name] = object()  # here
`);
  });

  it('under the name that the file has for it', async () => {
    const answer = await asked(shop('import settings as given', 'given.limits'), settings);
    expect(answer.offered.get('Test again and create under a new lock')).toContain(
      '        with given._limits_lock:',
    );
  });

  it('which is out of reach where only its own name is imported', async () => {
    const answer = await asked(shop('from settings import limits', 'limits'), settings);
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('the lock belongs to another file');
  });
});

describe('a lock that a function takes for others', () => {
  it('is not taken once more', async () => {
    const answer = await asked(`import threading

_lock = threading.Lock()
count = 0


def _acquire():
    if _lock:
        _lock.acquire()


def _release():
    if _lock:
        _lock.release()


def add():
    global count
    _acquire()
    try:
        count += 1  # here
    finally:
        _release()


def drop():
    global count
    with _lock:
        count -= 1
`);
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`add` may hold `_lock` by `_acquire`, line 19');
  });
});

describe('what one section finds and the next looks up', () => {
  const rows = (between: string): string =>
    promised(`    def add(self, at, row):
        if at not in self.rows:
            self.rows[at] = row  # here

    def before(self, at):
        keys = [key for key in self.rows if key <= at]
        if not keys:
            return None
        last = max(keys)
${between}
        return self.rows[last]
`).replace('self.names = None', 'self.rows = {}');

  it('lies under one lock', async () => {
    const answer = await asked(rows('        width = last - at'));
    expect(
      answer.offered.get('Guard every use of `self.rows` with a new lock'),
    ).toContain(`        with self._lock:
            keys = [key for key in self.rows if key <= at]
            if not keys:
                return None
            last = max(keys)
            width = last - at
            return self.rows[last]
`);
  });

  it('or under none', async () => {
    const answer = await asked(rows('        self.men.wait()'));
    expect(titles(answer)).not.toContain('Guard every use');
    expect(answer.refused).toContain('what is found in one section is looked up in the next');
  });
});

describe('every use is guarded', () => {
  const wire = (sends: string): string => `import threading


class Wire:
    """Safe to use from several threads."""

    def __init__(self, sock):
        self._lock = threading.Lock()
        self._sock = sock
        self._sent = {}

    def send(self, key, data):
        with self._lock:
            self._sent[key] = data
            ${sends}

    def again(self, key):
        with self._lock:
            return self._sent.pop(key)

    def all(self):
        with self._lock:
            return [data for data in self._sent.values()]

    def forget(self, key):
        self._sent.pop(key, None)  # here

    def knows(self, key):
        return key in self._sent
`;

  it('with a lock that is held for data', async () => {
    expect(titles(await asked(wire('self.last = data')))).toContain('Guard every use');
  });

  it('but not with one under which the network is written to', async () => {
    const answer = await asked(wire('self._sock.sendall(data)'));
    expect(titles(answer)).toBe('Hold `self._lock` here');
    expect(answer.refused).toContain(
      'who only looks at `self._sent` would wait for what `self._lock` is held over',
    );
  });

  const pages = (reads: string): string => `import threading


class Pages:
    def __init__(self):
        self._lock = threading.Lock()
        self._pages = {}

    def came(self, at, page):
        with self._lock:
            self._pages[at] = page

    def went(self, at):
        with self._lock:
            self._pages.pop(at, None)

    def _before(self, at):
        starts = [one for one in self._pages if one <= at]  # here
        return max(starts, default=None)

    def read(self, at):
        start = self._before(at)
        return ${reads}


pages = Pages()
threading.Thread(target=pages.came, args=(1, b"")).start()
threading.Thread(target=pages.read, args=(1,)).start()
`;

  it('but not where a helper finds what its caller looks up', async () => {
    const answer = await asked(pages('self._pages[start]'));
    expect(titles(answer)).not.toContain('Guard every use');
    expect(answer.refused).toContain(
      'what `Pages._before` finds is looked up when it has given the lock back, line 22',
    );
    expect(titles(await asked(pages('(start, self._pages[at])')))).toContain('Guard every use');
  });
});

describe('what leads out of the process', () => {
  it('sends without the lock, through what is called a transport', async () => {
    const answer = await asked(`import threading


class Login:
    def __init__(self, link):
        self.transport = link.far_end

    def begin(self, name):
        self.transport._send_message(name)


class Session:
    def __init__(self, link):
        self.link = link
        self.login = None

    def start(self, name):
        self.login = Login(self.link)
        self.login.begin(name)

    def serve(self):
        if self.login is None:
            self.login = Login(self.link)  # here


session = Session(object())
for _ in range(2):
    threading.Thread(target=session.serve).start()
`);
    expect(
      answer.offered.get('Add a lock for `self.login` and hold it wherever it changes'),
    ).toContain(`        with self._lock:
            self.login = Login(self.link)
        self.login.begin(name)
`);
  });

  it('asks another program through `ctypes` before the lock is taken', async () => {
    const answer = await asked(`import ctypes
import threading


def ask(question):
    return ctypes.windll.user32.SendMessageA(0, 74, len(question), question)


class Agent:
    def __init__(self):
        self._answer = None

    def send(self, question):
        self._answer = ask(question)

    def recv(self, size):
        if self._answer is None:
            return b""
        part = self._answer[:size]
        self._answer = self._answer[size:]  # here
        return part


agent = Agent()
for _ in range(2):
    threading.Thread(target=agent.recv, args=(9,)).start()
`);
    expect([...answer.offered.values()].join()).toContain(`        answer = ask(question)
        with self._lock:
            self._answer = answer
`);
  });
});

describe('what is asked before, and what relies on it', () => {
  it('lies under one lock when the answer is kept in a local', async () => {
    const answer = await asked(`from collections import OrderedDict


class Cache:
    """Safe to use from several threads."""

    def __init__(self, capacity):
        self.capacity = capacity
        self.cache = OrderedDict()

    def put(self, key, value):
        found = key in self.cache
        if found:
            self.cache.move_to_end(key)
        else:
            if len(self.cache) >= self.capacity:
                self.cache.popitem(last=False)  # here
        self.cache[key] = value
        return found
`);
    expect(
      answer.offered.get('Add a lock for `self.cache` and hold it wherever it changes'),
    ).toContain(`        with self._lock:
            found = key in self.cache
            if found:
                self.cache.move_to_end(key)
            else:
                if len(self.cache) >= self.capacity:
                    self.cache.popitem(last=False)  # here
            self.cache[key] = value
        return found
`);
  });

  it('lies under one lock when a branch gives the number out', async () => {
    const answer = await asked(`class Stack:
    """Safe to use from several threads."""

    def __init__(self):
        self.depth = 0

    def push(self, outer):
        name = "top"
        if not outer:
            name = f"level{self.depth + 1}"
        self.depth += 1  # here
        return name
`);
    expect(
      answer.offered.get('Add a lock for `self.depth` and hold it wherever it changes'),
    ).toContain(`        with self._lock:
            if not outer:
                name = f"level{self.depth + 1}"
            self.depth += 1  # here
`);
  });

  it('gets no lock when a loop asks by way of another method, which looks at an entry', async () => {
    const answer = await asked(`import threading
from collections import deque


class Tree:
    def __init__(self):
        self._lock = threading.RLock()
        self._tree = {}

    def register(self, name):
        self._tree[name] = deque(maxlen=3)

    def borrow(self, name):
        with self._lock:
            if len(self._tree[name]) > 0:
                return self._tree[name].pop()
        return None

    def recycle(self, name, item):
        with self._lock:
            if len(self._tree[name]) < 3:
                self._tree[name].append(item)

    def is_empty(self, name):
        return len(self._tree[name]) == 0

    def clear(self, name):
        while not self.is_empty(name):
            self._tree[name].pop()  # here
`);
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('the test is the condition of a loop');
  });
});

describe('a new lock', () => {
  const slot = (rest: string): string => `class Handler(somewhere.Handler):
    """Safe to use from several threads."""

${rest}
    def take(self):
        if self.slot is None:
            self.slot = dict()  # here
        return self.slot
`;

  it('is there before the constructor of a base that is not seen, which may use it', async () => {
    const made = [...(await asked(slot(''))).offered.values()].join();
    expect(made).toContain(`        self._handler_lock = threading.Lock()
        super().__init__(*args, **kwargs)
`);
    const written = slot(`    def __init__(self, name):
        self.name = name
        super().__init__()

    def initialize(self):
        self.slot = None
`);
    expect([...(await asked(written)).offered.values()].join()).toContain(`        self.name = name
        self._handler_lock = threading.Lock()
        super().__init__()
`);
  });

  it('is there behind it when that is where the attribute is set', async () => {
    const text = slot(`    def __init__(self, name):
        super().__init__()
        self.slot = None
`);
    expect([...(await asked(text)).offered.values()].join()).toContain(`        super().__init__()
        self._handler_lock = threading.Lock()
        self.slot = None
`);
  });

  it('is missing in a subclass of another file that does not call the constructor', async () => {
    const answer = await asked(
      `class Client:
    """Safe to use from several threads."""

    def __init__(self):
        self.url = None

    def open(self):
        if self.url is None:
            self.url = dict()  # here
        return self.url
`,
      {
        '/w/b.py':
          'from a import Client\n\n\nclass Fast(Client):\n    def __init__(self):\n        self.url = None\n',
      },
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`Fast.__init__` does not call `super().__init__`, line 5 of b.py');
  });
});

describe('the second test', () => {
  const context = (read: string): string =>
    promised(`    def project(self):
        facts = ${read}
        if self.names is None:
            facts = dict(self.load())
            self.names = facts  # here
        return facts["project"]
`);

  it('is not offered where a local that was read before it is used behind', async () => {
    const answer = await asked(context('self.names'));
    expect(titles(answer)).not.toContain('Test again');
    expect(answer.refused).toContain(
      '`facts` is used behind the `if`, and is not set when another thread was first',
    );
  });
});

describe('a handler of `logging` that another class of the file is derived from', () => {
  it('takes no lock', async () => {
    const answer = await asked(`import logging

_quiet = set()


def silence(name):
    _quiet.add(name)


class Base(logging.Handler):
    def wanted(self, record):
        for name in _quiet:  # here
            if name in record.name:
                return False
        return True


class Notes(Base):
    def emit(self, record):
        if self.wanted(record):
            print(record)
`);
    expect(titles(answer)).not.toContain('hold');
    expect(answer.refused).toContain('`Notes.emit` is called by `logging`');
  });
});

describe('a cursor of a database', () => {
  it('is not closed under a lock', async () => {
    const answer = await asked(
      promised(`    def add(self, key, rows):
        self.names[key] = Rows(rows)

    def drop(self, key):
        if key in self.names:
            self.names[key].close()
            self.names.pop(key)  # here


class Rows:
    def __init__(self, cursor):
        self.cursor = cursor

    def close(self):
        self.cursor.close()
`).replace('self.names = None', 'self.names = {}'),
    );
    expect(titles(answer)).not.toContain('Add a lock');
    expect(answer.refused).toContain(
      '`Rows.close` reads or writes outside the program in `self.cursor.close`',
    );
  });
});

describe('guarding every use', () => {
  const depot = (uses: string, starts = 'None'): string =>
    promised(`    def open(self):
        if self.names is None:
            self.names = dict()  # here

${uses}
`).replace('self.names = None', `self.names = ${starts}`);

  it('is not offered where the others only look at it', async () => {
    const answer = await asked(
      promised(`    def add(self):
        self.count += 1  # here

    def show(self):
        return f"{self.count} so far"
`).replace('self.names = None', 'self.count = 0'),
    );
    expect(titles(answer)).toBe('Add a lock for `self.count` and hold it wherever it changes');
    expect(answer.refused).toContain('what else uses `self.count` only looks at it, and cannot be torn');
  });

  it('is offered where an object is used that another thread may end', async () => {
    const text = promised(`    def open(self):
        if self.link is None:
            self.link = Link()  # here

    def title(self):
        return self.link.title()


class Link:
    def __init__(self):
        self.name = "a"

    def title(self):
        return self.name
`).replace('self.names = None', 'self.link = None');
    expect(titles(await asked(text))).toContain('Guard every use');
  });

  it('is not offered where a container is put into a local, to be used later', async () => {
    const answer = await asked(
      depot(
        `    def add(self, name):
        self.names[name] = 1

    def show(self):
        names = self.names
        return dict(names)`,
        '{}',
      ),
    );
    expect(titles(answer)).not.toContain('Guard every use');
    expect(answer.refused).toContain(
      '`self.names` is put into a local, to be used when the lock is free again',
    );
  });
});

describe('what runs somebody else’s code further down', () => {
  it('is a function that is kept in a variable of the module', async () => {
    const answer = await asked(`on_warning = None
done = 0


def warn(text):
    if on_warning:
        on_warning(text)


def count():
    global done
    if done > 9:
        warn("too many")
        return
    done += 1  # here


def listen(function):
    global on_warning
    on_warning = function
`);
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`warn` calls somebody else’s code in `on_warning`');
  });

  it('is `hasattr` in a class with a `__getattr__`, also for the second test', async () => {
    const answer = await asked(
      promised(`    def load(self):
        if not hasattr(self, "table"):
            self.table = dict()  # here
        return self.table

    def __getattr__(self, name):
        return self.load()[name]
`),
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain('`hasattr` may run `Crew.__getattr__`, which may take the lock again');
  });
});

describe('an object whose property gives what another object keeps', () => {
  it('has no lock of its own', async () => {
    const answer = await asked(`class Cache:
    """Safe to use from several threads."""

    def __init__(self):
        self.lines = None


class Text:
    """Safe to use from several threads."""

    def __init__(self, text):
        self.text = text
        self.cache = Cache()

    @property
    def lines(self):
        if self.cache.lines is None:
            self.cache.lines = list(self.text)  # here
        return self.cache.lines

    def copy(self):
        lines = self.lines[:]
        return lines
`);
    const made = [...answer.offered.values()].join();
    expect(made).not.toContain('with self._lock');
    expect(answer.refused).toContain('the object that has the lock has no name there, line 22');
  });
});

describe('one entry of many', () => {
  const pages = (make: string): string =>
    promised(`    def page(self, name):
        if name not in self.names:
            self.names[name] = ${make}  # here
        return self.names[name]


class Page:
    def __init__(self, name):
        self.name = name
`).replace('self.names = None', 'self.names = {}');

  it('is made once under the lock', async () => {
    expect(titles(await asked(pages('Page(name)')))).toContain('Test again and create under a new lock');
  });

  it('but not while those who need another one would wait for the network', async () => {
    const answer = await asked(pages('Page(self.men.connection.request(name))'));
    expect(titles(answer)).not.toContain('Test again');
    expect(answer.refused).toContain(
      'whoever needs another entry would wait for `self.men.connection.request`, which reads or writes',
    );
  });
});

describe('what is called for each thing that an entry holds', () => {
  it('may put more there, so that the entry is not taken out first', async () => {
    const answer = await asked(
      promised(`    def add(self, key, call):
        self.names.setdefault(key, []).append(call)

    def run(self, key):
        if key in self.names:
            for call in self.names[key]:
                call()
            del self.names[key]  # here
`).replace('self.names = None', 'self.names = {}'),
    );
    expect(titles(answer)).toBe('');
    expect(answer.refused).toContain(
      'what `self.names[key]` holds is called, and may put more there meanwhile',
    );
  });
});

describe('what is replaced by what is made of it', () => {
  it('is not copied first', async () => {
    const answer = await asked(
      promised(`    def add(self, name):
        self.names.append(name)

    def sweep(self):
        self.names = [name for name in self.names if name]  # here
`).replace('self.names = None', 'self.names = []'),
    );
    expect(titles(answer)).not.toContain('Iterate a copy');
  });
});

describe('a tar file', () => {
  it('is not read under the lock', async () => {
    const answer = await asked(`import tarfile


class Image:
    """Safe to use from several threads."""

    def __init__(self, path):
        self.path = path
        self.names = None

    def load(self):
        if self.names is None:
            self.names = self.read()  # here

    def drop(self):
        self.names = []

    def read(self):
        with tarfile.open(self.path) as tar:
            return tar.getnames()
`);
    expect(titles(answer)).toBe('Test again and create under a new lock');
    expect(answer.refused).toContain('`Image.read` reads or writes outside the program in `tarfile.open`');
  });
});
