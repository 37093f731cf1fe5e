import { describe, expect, it } from 'vitest';
import { accessesTo, linked } from '../../support/check.ts';

/** A class whose methods share `self.n` and `self._lock`. */
function counter(methods: string, lock = 'threading.Lock()'): Readonly<Record<string, string>> {
  return {
    'm.py': `
import contextlib, threading
class A:
    def __init__(self):
        self._lock = ${lock}
        self.n = 0
    ${methods.trim().replaceAll('\n', '\n    ')}
`,
  };
}

/** The accesses to `n` outside the constructor. */
function uses(files: Readonly<Record<string, string>>): readonly string[] {
  return accessesTo(linked(files), 'n').filter(
    (line) => !line.endsWith('__init__') && !line.endsWith('<module>'),
  );
}

describe('which lock is held', () => {
  it('a Condition is the lock it was made of', () => {
    const program = linked({
      'm.py': `
import threading
class A:
    def __init__(self):
        self._lock = threading.Lock()
        self._ready = threading.Condition(self._lock)
    def f(self):
        with self._ready:
            pass
    def g(self):
        with self._lock:
            pass
`,
    });
    const [first, second] = program.lockUses;
    expect(first!.lock.key).toBe(second!.lock.key);
  });

  it('two locks are never one, the same lock in two instances neither known apart nor mixed with another class', () => {
    const program = linked({
      'm.py': `
import threading
class A:
    def __init__(self):
        self._lock = threading.Lock()
    def f(self):
        with self._lock: pass
class B:
    def __init__(self):
        self._lock = threading.RLock()
    def f(self):
        with self._lock: pass
`,
    });
    expect(program.lockUses.map(({ lock }) => [lock.key, lock.kind, lock.reentrant])).toEqual([
      ['i:m.py:A._lock', 'Lock', 'no'],
      ['i:m.py:B._lock', 'RLock', 'yes'],
    ]);
  });

  it('methods that only acquire and release hold the lock between their calls', () => {
    expect(
      uses(
        counter(`
def enter(self):
    self._lock.acquire()
def leave(self):
    self._lock.release()
def f(self):
    self.enter()
    self.n += 1
    self.leave()
    self.n += 1
`),
      ),
    ).toEqual(['update in A.f [self._lock]', 'update in A.f']);
  });

  it('a context manager holds what it holds where it yields', () => {
    expect(
      uses(
        counter(`
@contextlib.contextmanager
def locked(self):
    with self._lock:
        yield
def f(self):
    with self.locked():
        self.n += 1
`),
      ),
    ).toEqual(['update in A.f [self._lock]']);
  });

  it('a class with `__enter__` holds what that takes', () => {
    expect(
      uses(
        counter(`
def __enter__(self):
    self._lock.acquire()
    return self
def __exit__(self, *error):
    self._lock.release()
def f(self):
    with self:
        self.n += 1
`),
      ),
    ).toEqual(['update in A.f [self._lock]']);
  });

  it('a decorator that calls its function under a lock holds it there', () => {
    expect(
      uses({
        'm.py': `
import functools, threading
_lock = threading.Lock()
n = 0
def synchronized(function):
    @functools.wraps(function)
    def wrapper(*args):
        with _lock:
            return function(*args)
    return wrapper
@synchronized
def f():
    global n
    n += 1
`,
      }),
    ).toEqual(['update in f [_lock]']);
  });

  it('a lock of a base class in another module is found', () => {
    const base =
      'import threading\nclass Base:\n    def __init__(self):\n        self._lock = threading.Lock()\n        self.n = 0\n';
    const sub =
      'from base import Base\nclass Sub(Base):\n    def f(self):\n        with self._lock:\n            self.n += 1\n';
    expect(uses({ 'base.py': base, 'sub.py': sub })).toEqual(['update in Sub.f [self._lock]']);
  });

  it('a lock imported from another module is the same lock there', () => {
    const program = linked({
      'state.py': 'import threading\nlock = threading.Lock()\n',
      'a.py': 'from state import lock as guard\ndef f():\n    with guard: pass\n',
      'b.py': 'import state\ndef g():\n    with state.lock: pass\n',
    });
    expect(program.lockUses.map(({ lock }) => lock.key)).toEqual(['g:state.py:lock', 'g:state.py:lock']);
  });
});

describe('locks that callers hold', () => {
  const LOCKED = 'def f(self):\n    with self._lock:\n        self._put()\n';

  it('hold for a private method when every caller holds them', () => {
    expect(
      uses(
        counter(
          `${LOCKED}def g(self):\n    with self._lock:\n        self._put()\ndef _put(self):\n    self.n += 1\n`,
        ),
      ),
    ).toEqual(['update in A._put [self._lock]']);
  });

  it('hold through two private methods', () => {
    expect(
      uses(counter(`${LOCKED}def _put(self):\n    self._really()\ndef _really(self):\n    self.n += 1\n`)),
    ).toEqual(['update in A._really [self._lock]']);
  });

  it('do not hold when one caller lacks them', () => {
    expect(
      uses(counter(`${LOCKED}def g(self):\n    self._put()\ndef _put(self):\n    self.n += 1\n`)),
    ).toEqual(['update in A._put']);
  });

  it('hold for a public method of an application that is called under the lock only', () => {
    const source =
      'def f(self):\n    with self._lock:\n        self.put()\ndef put(self):\n    self.n += 1\n';
    expect(uses(counter(source))).toEqual(['update in A.put [self._lock]']);
  });

  it('do not hold for a public method of which some call may be another’s', () => {
    const source =
      'def f(self, other):\n    with self._lock:\n        self.put()\n    other.put()\ndef put(self):\n    self.n += 1\n';
    expect(uses(counter(source))).toEqual(['update in A.put']);
  });

  it('do not hold for a method that is handed on', () => {
    expect(
      uses(
        counter(
          `${LOCKED}def g(self, button):\n    button.on_click(self._put)\ndef _put(self):\n    self.n += 1\n`,
        ),
      ),
    ).toEqual(['update in A._put']);
  });

  it('are perhaps held when the function says so', () => {
    expect(uses(counter('def put_locked(self):\n    self.n += 1\n'))).toEqual([
      'update in A.put_locked maybe locked',
    ]);
  });
});

/** The lock of each acquisition, by its function: `f self._lock`, the same number for the same lock. */
function identities(source: string): readonly string[] {
  const numbers = new Map<string, number>();
  return linked({ 'm.py': `import contextlib, logging, threading\n${source}` }).lockUses.map((use) => {
    const { key, reentrant } = use.lock;
    if (!numbers.has(key)) numbers.set(key, numbers.size + 1);
    return `${use.function.label} ${numbers.get(key)} ${reentrant}`;
  });
}

describe('which lock is which', () => {
  it('a class that is a lock gives each place that keeps one a lock of its own', () => {
    expect(
      identities(`
class Latch:
    def __init__(self):
        self._inner = threading.Lock()
    def __enter__(self):
        self._inner.acquire()
    def __exit__(self, *exc):
        self._inner.release()
class Loom:
    def __init__(self):
        self._warp = Latch()
        self._weft = Latch()
    def a(self):
        with self._warp: pass
    def b(self):
        with self._weft: pass
    def c(self):
        with self._warp: pass
`),
    ).toEqual(['Latch.__enter__ 1 no', 'Loom.a 2 no', 'Loom.b 3 no', 'Loom.c 2 no']);
  });

  it('a class that uses its lock itself has one lock, inside and outside', () => {
    expect(
      identities(`
class Table:
    def __init__(self):
        self._inner = threading.RLock()
    def __enter__(self):
        self._inner.acquire()
    def __exit__(self, *exc):
        self._inner.release()
    def put(self):
        with self._inner: pass
class User:
    def __init__(self):
        self.table = Table()
    def f(self):
        with self.table: pass
`),
    ).toEqual(['Table.__enter__ 1 yes', 'Table.put 1 yes', 'User.f 1 yes']);
  });

  it('a condition and an attribute made of one local are one lock', () => {
    expect(
      identities(`
from helpers import create_lock, create_condition
class Pool:
    def __init__(self):
        _lock = create_lock()
        self.lock = _lock
        self.size_cond = create_condition(_lock)
        self.other_cond = create_condition(_lock)
    def a(self):
        with self.lock: pass
    def b(self):
        with self.size_cond: pass
    def c(self):
        with self.other_cond: pass
`),
    ).toEqual(['Pool.a 1 unknown', 'Pool.b 1 unknown', 'Pool.c 1 unknown']);
  });

  it('the lock of a class under the name of an attribute is the lock of the class', () => {
    expect(
      identities(`
class Bar:
    _lock = threading.RLock()
    def __init__(self):
        self.guard = Bar._lock
    def a(self):
        with self.guard: pass
    def b(self):
        with Bar._lock: pass
`),
    ).toEqual(['Bar.a 1 yes', 'Bar.b 1 yes']);
  });

  it('a lock that is passed to two constructors is one lock', () => {
    expect(
      identities(`
class Reader:
    def __init__(self, lock):
        self.lock = lock
    def a(self):
        with self.lock: pass
class Writer:
    def __init__(self, path, lock):
        self.lock = lock
    def b(self):
        with self.lock: pass
def main():
    lock = threading.Lock()
    Reader(lock), Writer("x", lock=lock)
`),
    ).toEqual(['Reader.a 1 no', 'Writer.b 1 no']);
  });

  it('what an accessor returns is the lock, however it is taken', () => {
    expect(
      identities(`
class Ink:
    _lock = threading.Lock()
    @classmethod
    def lock(cls):
        return cls._lock
    def a(self):
        self.lock().acquire()
        Ink._lock.release()
    def b(self):
        with self.lock(): pass
    def c(self):
        with self._lock: pass
`),
    ).toEqual(['Ink.a 1 no', 'Ink.b 1 no', 'Ink.c 1 no']);
  });

  it('locks in a container are a family of their kind', () => {
    expect(
      identities(`
from collections import defaultdict
class Rooms:
    def __init__(self):
        self._locks = defaultdict(threading.Lock)
        self._more = {}
    def _lock_of(self, name):
        return self._more.setdefault(name, threading.RLock())
    def a(self, name):
        with self._locks[name]: pass
    def b(self, name):
        with self._lock_of(name): pass
    def c(self, name):
        with self._more[name]: pass
`),
    ).toEqual(['Rooms.a 1 no', 'Rooms.b 2 yes', 'Rooms.c 2 yes']);
  });

  it('a handler of logging has the lock of the library, and holds it in emit', () => {
    const source = `
import logging
class Recent(logging.Handler):
    def __init__(self):
        super().__init__()
        self.n = 0
    def emit(self, record):
        self.n += 1
    def show(self):
        self.acquire()
        try:
            self.n = 0
        finally:
            self.release()
    def bare(self):
        self.n = 0
`;
    expect(accessesTo(linked({ 'm.py': source }), 'n').slice(1)).toEqual([
      'update in Recent.emit [self.lock] maybe locked',
      'write in Recent.show [self.lock]',
      'write in Recent.bare',
    ]);
  });

  it('the read side of a read-write lock keeps nobody out', () => {
    const source = `
from somewhere import RWLock
rw = RWLock()
n = 0
def a():
    global n
    with rw.read_lock():
        n += 1
def b():
    global n
    with rw.write_lock():
        n += 1
`;
    const [, read, write] = accessesTo(linked({ 'm.py': source }), 'n');
    expect(read).not.toContain('[');
    expect(write).toContain('[');
  });

  it('a decorator that is given a lock holds that one', () => {
    const source = `
import threading
first, second = threading.Lock(), threading.Lock()
n = 0
def holding(lock):
    def decorate(function):
        def wrapper(*args):
            with lock:
                return function(*args)
        return wrapper
    return decorate
@holding(first)
def a():
    global n
    n += 1
@holding(second)
def b():
    global n
    n += 1
`;
    expect(accessesTo(linked({ 'm.py': source }), 'n').slice(1)).toEqual([
      'update in a [first]',
      'update in b [second]',
    ]);
  });
});
