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

  it('do not hold for a public method, which anybody may call', () => {
    expect(
      uses(
        counter('def f(self):\n    with self._lock:\n        self.put()\ndef put(self):\n    self.n += 1\n'),
      ),
    ).toEqual(['update in A.put']);
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
