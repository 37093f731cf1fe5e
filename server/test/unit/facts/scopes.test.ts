import { describe, expect, it } from 'vitest';
import { facts } from '../../support/check.ts';

describe('names and scopes', () => {
  it('`global` makes a function write the module, an assignment without it a local', () => {
    const { changes } = facts(`
n = 0
def f():
    global n
    n = 1
def g():
    n = 2
`);
    expect(changes).toEqual(['write global:n =', 'write global:n =']);
  });

  it('a local counts once a nested function shares it, and only then', () => {
    const { changes } = facts(`
def outer():
    shared = 0
    private = 0
    def inner():
        nonlocal shared
        shared += 1
    private += 1
    return inner
`);
    expect(changes).toEqual(['write local:shared =', 'update local:shared +=']);
  });

  it('a comprehension keeps its own target, a walrus inside it does not', () => {
    expect(facts('x = 0\ny = [x for x in items]\n').changes).toEqual([
      'write global:x =',
      'write global:y =',
    ]);
    expect(facts('def f(v):\n    global x\n    [(x := one) for one in ()]\n').changes).toEqual([
      'write global:x :=',
    ]);
  });

  it('a class body is no scope for its methods', () => {
    const { accesses } = facts(`
total = 0
class A:
    total = 1
    def f(self):
        return total
`);
    expect(accesses).toEqual(['write global:total =', 'read global:total']);
  });

  it('the class is reached by its name, by `cls`, by `type(self)` and by `self.__class__`', () => {
    const { changes } = facts(`
class A:
    def f(self):
        A.n += 1
        type(self).n += 1
        self.__class__.n += 1
    @classmethod
    def g(cls):
        cls.n += 1
    def __new__(klass):
        klass.n += 1
`);
    expect(changes).toEqual([
      'update global:A.n +=',
      'update cls.n +=',
      'update cls.n +=',
      'update cls.n +=',
      'update cls.n +=',
    ]);
  });

  it('the receiver is the first parameter, whatever its name, and a static method has none', () => {
    const { changes } = facts(`
class A:
    def f(this):
        this.n += 1
        later = lambda: this.m.append(1)
    @staticmethod
    def g(this):
        this.n += 1
`);
    expect(changes).toEqual(['update self.n +=', 'mutate self.m append key 1', 'update local:this.n +=']);
  });

  it('definitions are named by their way down from the module', () => {
    const { scopes } = facts(
      'class A:\n    class B:\n        def f(self):\n            def g(): pass\n            lambda: 1\n',
    );
    expect(scopes).toEqual([
      'class A',
      'class A.B',
      'function A.B.f',
      'function A.B.f.<locals>.g',
      'lambda A.B.f.<locals>.<lambda>',
    ]);
  });

  it('a name means its import where the import stands, above or below the use', () => {
    const { calls } = facts(`
def f():
    Lock()
    from multiprocessing import Lock as Local
    Local()
from threading import Lock
import os.path, a.b as c
Lock()
os.path.join()
c.run()
`);
    expect(calls).toEqual([
      'import:threading.Lock()',
      'import:multiprocessing.Lock()',
      'import:threading.Lock()',
      'import:os.path.join()',
      'import:a.b.run()',
    ]);
  });

  it('says what a function is: generator, coroutine, one whose callers hold the lock', () => {
    const { summary } = facts(`
def gen():
    yield
async def task(): pass
def put_locked(): pass
def doc():
    """Must be called with the lock held."""
def plain():
    """Takes no lock."""
def inner_only():
    def gen():
        yield
# Caller must hold the lock.
def commented(): pass
`);
    const named = (wanted: 'generator' | 'async' | 'saysLockHeld') =>
      summary.scopes.filter((scope) => scope[wanted]).map(({ qualified }) => qualified);
    expect(named('generator')).toEqual(['gen', 'inner_only.<locals>.gen']);
    expect(named('async')).toEqual(['task']);
    expect(named('saysLockHeld')).toEqual(['put_locked', 'doc', 'commented']);
  });

  it('an unknown name leaves no trace but that something was called', () => {
    const text = (name: string) => `def f():\n    ${name}.append(1)\n    return ${name}\n`;
    expect(facts(text('missing')).summary).toEqual(facts(text('unheard')).summary);
    expect(facts(text('missing')).accesses).toEqual([]);
  });
});
