import { describe, expect, it } from 'vitest';
import { accessesTo, linked, threadsOf } from '../../support/check.ts';

describe('names across files', () => {
  it('are followed through re-exports, aliases and relative imports', () => {
    const program = linked({
      'pkg/__init__.py': 'from .core import counter, bump as push\n',
      'pkg/core.py': 'class C: pass\ncounter = C()\ncounter.n = 0\ndef bump():\n    counter.n += 1\n',
      'pkg/sub/__init__.py': '',
      'pkg/sub/deep.py': 'from ..core import counter as c\ndef deeper():\n    c.n += 1\n',
      'app.py':
        'import threading, pkg\nfrom pkg import push\ndef w():\n    pkg.counter.n += 1\nthreading.Thread(target=push).start()\n',
    });
    expect(accessesTo(program, 'n').toSorted()).toEqual([
      'update in bump',
      'update in deeper',
      'update in w',
      'write in <module>',
    ]);
    expect(threadsOf(program)).toEqual(['thread bump']);
  });

  it('of base classes may come through a parameter', () => {
    const program = linked({
      'a.py': 'def make(orm):\n    class Row(orm.Base):\n        pass\n    return Row\nmake(object())\n',
    });
    expect(program.classes.map(({ scope }) => scope.name)).toEqual(['Row']);
  });

  it('survive imports in a circle', () => {
    const program = linked({
      'a.py': 'from b import x\nfrom b import y as z\ndef f():\n    global z\n    z += 1\n',
      'b.py': 'from a import x\nfrom a import z as y\n',
    });
    expect(program.modules).toHaveLength(2);
  });

  it('do not mix modules of one name in different folders', () => {
    const util = 'n = 0\ndef f():\n    global n\n    n += 1\n';
    const app = 'import threading\nfrom .util import f\nthreading.Thread(target=f).start()\n';
    const program = linked({
      'one/__init__.py': '',
      'one/util.py': util,
      'two/__init__.py': '',
      'two/util.py': util,
      'two/app.py': app,
    });
    const [thread] = program.threads;
    expect(thread!.entries.map((entry) => entry.function.module.file)).toEqual(['/two/util.py']);
    for (const variable of program.variables)
      expect(new Set(variable.accesses.map(({ module }) => module.file)).size).toBe(1);
  });

  it('of two files of one name share no lock and no variable', () => {
    const program = linked({
      'mint/press.py':
        'import threading\n_lock = threading.Lock()\nn = 0\ndef f():\n    global n\n    with _lock: n += 1\nthreading.Thread(target=f).start()\nf()\n',
      'wine/press.py':
        'import threading\n_lock = threading.RLock()\nn = 0\ndef f():\n    global n\n    with _lock: n += 1\nthreading.Thread(target=f).start()\nf()\n',
    });
    expect(program.lockUses.map(({ lock }) => [lock.key, lock.kind])).toEqual([
      ['g:mint/press.py:_lock', 'Lock'],
      ['g:wine/press.py:_lock', 'RLock'],
    ]);
    expect(program.variables.filter(({ attribute }) => attribute === 'n').map(({ key }) => key)).toEqual([
      'g:mint/press.py:n',
      'g:wine/press.py:n',
    ]);
  });

  it('mean the same in whatever order the files are given', () => {
    const files: Readonly<Record<string, string>> = {
      'base.py':
        'import threading\nclass Base:\n    def __init__(self):\n        self._lock = threading.Lock()\n        self.n = 0\n',
      'sub.py':
        'from base import Base\nclass Sub(Base):\n    def f(self):\n        with self._lock:\n            self._put()\n    def _put(self):\n        self.n += 1\n',
      'app.py':
        'import threading\nfrom sub import Sub\ns = Sub()\nfor i in range(2):\n    threading.Thread(target=s.f).start()\n',
    };
    const said = (names: readonly string[]) => {
      const program = linked(Object.fromEntries(names.map((name) => [name, files[name]!])));
      return {
        accesses: accessesTo(program, 'n').toSorted(),
        threads: threadsOf(program),
        locks: [...program.locks.keys()].toSorted(),
      };
    };
    const expected = said(['base.py', 'sub.py', 'app.py']);
    expect(expected.accesses).toEqual(['update in Sub._put [self._lock]', 'write in Base.__init__']);
    for (const order of [
      ['app.py', 'base.py', 'sub.py'],
      ['sub.py', 'app.py', 'base.py'],
      ['app.py', 'sub.py', 'base.py'],
    ])
      expect(said(order)).toEqual(expected);
  });
});
