import { describe, it } from 'vitest';
import { attempt } from '../../../src/edits/attempt.ts';
import { countUp } from '../../../src/edits/countUp.ts';
import { doubleCheck } from '../../../src/edits/doubleCheck.ts';
import { hoistLock } from '../../../src/edits/hoistLock.ts';
import { readOnce } from '../../../src/edits/readOnce.ts';
import { renameConstructor } from '../../../src/edits/renameConstructor.ts';
import { singleOperation } from '../../../src/edits/singleOperation.ts';
import { snapshot } from '../../../src/edits/snapshot.ts';
import { takeOut } from '../../../src/edits/takeOut.ts';
import { testAgain } from '../../../src/edits/testAgain.ts';
import { type Case, expectCase } from './marked.ts';

const RENAMED: readonly Case[] = [
  {
    name: 'by module',
    before: 'import threading\nL = «threading.Lock()»\n',
    after: 'import threading\nL = threading.RLock()\n',
  },
  {
    name: 'by name',
    before: 'from threading import Lock\nL = «Lock()»\n',
    after: 'from threading import RLock\nL = RLock()\n',
  },
  {
    name: 'the name is used elsewhere',
    before: 'from threading import Lock, Thread\nL = «Lock()»\nM = Lock()\n',
    after: 'from threading import Lock, RLock, Thread\nL = RLock()\nM = Lock()\n',
  },
  {
    name: 'with its annotation',
    before: 'import threading as t\nclass A:\n    def f(self):\n        self.l: t.Lock = «t.Lock()»\n',
    after: 'import threading as t\nclass A:\n    def f(self):\n        self.l: t.RLock = t.RLock()\n',
  },
  {
    name: 'a factory of a dataclass field',
    before: 'import threading\nclass A:\n    l = «field(default_factory=threading.Lock)»\n',
    after: 'import threading\nclass A:\n    l = field(default_factory=threading.RLock)\n',
  },
  { name: 'not named', before: 'L = «make()»\n', after: 'refused: `Lock` is not named at this place' },
];

const SNAPSHOTS: readonly Case[] = [
  { name: 'a name', before: 'for x in «d»:\n    pass\n', after: 'for x in list(d):\n    pass\n' },
  {
    name: 'a view',
    before: 'for k, v in «self.d».items(): pass\n',
    after: 'for k, v in list(self.d.items()): pass\n',
  },
  { name: 'the whole view', before: 'for k in «d.keys()»: pass\n', after: 'for k in list(d.keys()): pass\n' },
  {
    name: 'in enumerate',
    before: 'for i, x in enumerate(«d»): pass\n',
    after: 'for i, x in enumerate(list(d)): pass\n',
  },
  {
    name: 'a comprehension',
    before: 'y = {x for x in «self.d[1]»}\n',
    after: 'y = {x for x in list(self.d[1])}\n',
  },
  { name: 'the loop itself', before: '«for x in d:\n    pass»\n', after: 'for x in list(d):\n    pass\n' },
  {
    name: 'list is something else',
    before: 'def f(list):\n    for x in «d»: pass\n',
    after: 'def f(list):\n    for x in [*d]: pass\n',
  },
  {
    name: 'a tuple is made entry by entry',
    before: 'x = tuple(«d.items()»)\n',
    after: 'x = tuple(list(d.items()))\n',
  },
  {
    name: 'copied already',
    before: 'for x in sorted(«d»): pass\n',
    after: 'refused: `sorted` copies it already',
  },
  {
    name: 'async for',
    before: 'async def f():\n    async for x in «d»: pass\n',
    after: 'refused: the iteration is asynchronous',
  },
  {
    name: 'numbers that are used for the original',
    before: 'def f(q):\n    for i, x in enumerate(«q»):\n        if x:\n            q.pop(i)\n',
    after: 'refused: what is counted there is then looked up in the original',
  },
];

const POPS: readonly Case[] = [
  { name: 'del', before: 'if «k» in d:\n    del «d[k]»\nx()\n', after: 'd.pop(k, None)\nx()\n' },
  {
    name: 'one-line suite, comments',
    before: 'def f(self):\n    # a\n    if «k» in self.d:  # b\n        self.d.pop(«k»)  # c\n',
    after: 'def f(self):\n    # a\n    # b\n    self.d.pop(k, None)  # c\n',
  },
  {
    name: 'more in the body',
    before: 'if «k» in d:\n    del «d[k]»\n    y()\n',
    after: 'refused: more than the removal depends on the test',
  },
  {
    name: 'else',
    before: 'if «k» in d:\n    del «d[k]»\nelse: y()\n',
    after: 'refused: the `if` has an `else`',
  },
  {
    name: 'another key',
    before: 'if «k» in d:\n    del «d[j]»\n',
    after: 'refused: more than the removal depends on the test',
  },
];

const DISCARDS: readonly Case[] = [
  { name: 'remove', before: 'if «x» in s: s.remove(«x»)\n', after: 's.discard(x)\n' },
];

const ATTEMPTS: readonly Case[] = [
  {
    name: 'looked at, and then taken',
    before: 'def f(q):\n    if «q»:\n        show(«q[0]».name)\n        return q.pop(0)\n',
    after: 'refused: more of the body relies on the test',
  },
  {
    name: 'looked at once more behind an `if` that leaves',
    before:
      'def f(d, k):\n    if «k» not in d:\n        return None\n    v = «d[k]»\n    del d[k]\n    return v\n',
    after: 'refused: more behind the test relies on it',
  },
  {
    name: 'what is stored behind it, and under another key',
    before: 'def f(d, k):\n    if «k» in d:\n        v = «d[k]»\n        d[k] = v + d[j]\n',
    after:
      'def f(d, k):\n    try:\n        v = d[k]\n    except KeyError:\n        pass\n    else:\n        d[k] = v + d[j]\n',
  },
  {
    name: 'behind an `if` that leaves, in the body of another',
    before:
      'def f(d, k):\n    if y:\n        if «k» not in d:\n            return None\n        return «d[k]»\n',
    after:
      'def f(d, k):\n    if y:\n        try:\n            return d[k]\n        except KeyError:\n            return None\n',
  },
  {
    name: 'what is taken is used afterwards',
    before: 'def f():\n    if «k» in d:\n        v = «d.pop(k)»  # c\n        use(v)\n    g()\n',
    after:
      'def f():\n    try:\n        v = d.pop(k)  # c\n    except KeyError:\n        pass\n    else:\n        use(v)\n    g()\n',
  },
  {
    name: 'nothing follows',
    before: 'if «x» in s:\n    # c\n    «s.remove(x)»\n',
    after: 'try:\n    # c\n    s.remove(x)\nexcept KeyError:\n    pass\n',
  },
  {
    name: 'a loop until nothing is left',
    before: 'def f():\n\twhile «q»:\n\t\tx = «q.popleft()»\n\t\tuse(x)\n',
    after:
      'def f():\n\twhile True:\n\t\ttry:\n\t\t\tx = q.popleft()\n\t\texcept KeyError:\n\t\t\tbreak\n\t\tuse(x)\n',
  },
  {
    name: 'the statement does more that could fail',
    before: 'if «k» in d:\n    use(«d.pop(k)»)\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'the test asks for more',
    before: 'if «k» in d and ready:\n    v = «d.pop(k)»\n',
    after: 'refused: the test asks for more than whether the use succeeds',
  },
  {
    name: 'the use comes later',
    before: 'if «k» in d:\n    use(k)\n    v = «d.pop(k)»\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'there is an else',
    before: 'if «k» in d:\n    v = «d.pop(k)»\nelse:\n    v = 1\n',
    after: 'try:\n    v = d.pop(k)\nexcept KeyError:\n    v = 1\n',
  },
  {
    name: 'there is an else, and more than the use before it: it moves up',
    before: 'if «k» in d:\n    v = «d.pop(k)»\n    f(v)\nelse:\n    v = 1\n',
    after: 'try:\n    v = d.pop(k)\nexcept KeyError:\n    v = 1\nelse:\n    f(v)\n',
  },
  {
    name: 'there is an elif',
    before: 'if «k» in d:\n    v = «d.pop(k)»\nelif k:\n    v = 1\n',
    after: 'refused: the `if` has an `elif`',
  },
  {
    name: 'the use is an argument',
    before: 'def g(d, k):\n    if «k» in d:\n        f(1, «d[k]»)  # why\n',
    after:
      'def g(d, k):\n    try:\n        value = d[k]\n    except KeyError:\n        pass\n    else:\n        f(1, value)  # why\n',
  },
  {
    name: 'the use comes after a call',
    before: 'def g(d, k):\n    if «k» in d:\n        f(h(), «d[k]»)\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'the use may not be reached',
    before: 'def g(d, k):\n    if «k» in d:\n        f(k and «d[k]»)\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'the use is repeated',
    before: 'def g(d, k):\n    if «k» in d:\n        f(«d[k]»)\n        f(d[k])\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'the entry is set',
    before: 'def g(d, k):\n    if «k» in d:\n        «d[k]» += 1\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'the use is in a later statement',
    before: 'def g(d, k):\n    if «k» in d:\n        f(k)\n        h(«d[k]»)\n',
    after: 'refused: the use is a part of a larger statement',
  },
  {
    name: 'the test leaves first',
    before: 'def g(d, k):\n    if «k» not in d:\n        return 1\n    «del d[k]»  # gone\n    f()\n',
    after:
      'def g(d, k):\n    try:\n        del d[k]  # gone\n    except KeyError:\n        return 1\n    f()\n',
  },
  {
    name: 'the test leaves first, and something comes between',
    before: 'def g(d, k):\n    if «k» not in d:\n        return 1\n    f()\n    «del d[k]»\n',
    after: 'refused: the test and the use do not stand in one `if`',
  },
  {
    name: 'the test leaves first, and says why',
    before: 'def g(d, k):\n    if «k» not in d:\n        return 1\n    # There is one.\n    «del d[k]»\n',
    after: 'refused: there is more than the test and the use',
  },
];

const DEFAULTS: readonly Case[] = [
  {
    name: 'not in',
    before: 'if «k» not in d:\n    «d[k]» = v(1)\ny()\n',
    after: 'd.setdefault(k, v(1))\ny()\n',
  },
  {
    name: 'followed by the use',
    before: 'def f():\n    if «k» not in d:\n        «d[k]» = []\n    d[k].append(v)  # c\n',
    after: 'def f():\n    d.setdefault(k, []).append(v)  # c\n',
  },
  { name: 'not … in', before: 'if not «k» in d: «d[k]» = 1\n', after: 'd.setdefault(k, 1)\n' },
  {
    name: 'through a local',
    before: 'v = d.get(k)\nif «v» is None:\n    v = f()\n    «d[k]» = v\n',
    after: 'v = d.get(k)\nif v is None:\n    v = d.setdefault(k, f())\n',
  },
  {
    name: 'through a local at once',
    before: 'v = d.get(k)\nif «v» is None:\n    v = «d[k]» = f()\n',
    after: 'v = d.get(k)\nif v is None:\n    v = d.setdefault(k, f())\n',
  },
];

const DOUBLE: readonly Case[] = [
  {
    name: 'a global',
    before: 'def f():\n    global x\n    if «x» is None:\n        # make\n        «x» = g()\n    return x\n',
    after:
      'def f():\n    global x\n    if x is None:\n        # make\n        with L:\n            if x is None:\n                x = g()\n    return x\n',
  },
  {
    name: 'one-line suite, tabs',
    before: 'class A:\n\tdef f(self):\n\t\tif not «self.x»: «self.x» = g()\n',
    after:
      'class A:\n\tdef f(self):\n\t\tif not self.x:\n\t\t\twith L:\n\t\t\t\tif not self.x:\n\t\t\t\t\tself.x = g()\n',
  },
  {
    name: 'read into a local first',
    before:
      'def f(k):\n    v = C.get(k)\n    if «v» is None:\n        v = g()\n        «C[k]» = v\n    return v\n',
    after:
      'def f(k):\n    v = C.get(k)\n    if v is None:\n        with L:\n            v = C.get(k)\n            if v is None:\n                v = g()\n                C[k] = v\n    return v\n',
  },
  {
    name: 'early return',
    before:
      'def f():\n    global x\n    if «x» is not None:\n        return x\n    y = 1\n    «x» = g(y)\n    return x\n',
    after:
      'def f():\n    global x\n    if x is not None:\n        return x\n    with L:\n        if x is not None:\n            return x\n        y = 1\n        x = g(y)\n    return x\n',
  },
  {
    name: 'a key that is a local',
    before: 'def f(a):\n    k = a.b\n    if «k» not in C:\n        «C[k]» = g()\n',
    after:
      'def f(a):\n    k = a.b\n    if k not in C:\n        with L:\n            if k not in C:\n                C[k] = g()\n',
  },
  {
    name: 'else',
    before: 'if «x» is None:\n    «x» = g()\nelse: pass\n',
    after: 'refused: the `if` has an `else`',
  },
  {
    name: 'await',
    before: 'async def f():\n    if «x» is None:\n        «x» = await g()\n',
    after: 'refused: the statement contains `await`',
  },
  {
    name: 'a loop',
    before: 'while «x» is None:\n    «x» = g()\n',
    after: 'refused: the test is not the condition of an `if`',
  },
  {
    name: 'a local read by a call',
    before: 'def f():\n    v = load()\n    if «v» is None:\n        «C.v» = v = g()\n',
    after: 'refused: `v` cannot be read again',
  },
];

/** The marks: the constructor, then the owner. */
const HOISTED: readonly Case[] = [
  {
    name: 'in a with, to the module',
    before: 'import threading\n\n«def save(r):\n    with «threading.Lock()»:\n        w(r)»\n',
    after: 'import threading\n\n_lock = threading.Lock()\n\n\ndef save(r):\n    with _lock:\n        w(r)\n',
  },
  {
    name: 'a local, to the module',
    before:
      'import threading\n\n«def save(r):\n    lock = «threading.RLock()»\n    a()\n    with lock:\n        w(r)\n    lock.acquire()»\n',
    after:
      'import threading\n\n_lock = threading.RLock()\n\n\ndef save(r):\n    a()\n    with _lock:\n        w(r)\n    _lock.acquire()\n',
  },
  {
    name: 'a local that a closure uses stays as an alias',
    before:
      'import threading\n\n«def save(r):\n    lock = «threading.Lock()»\n    def g():\n        with lock: w(r)»\n',
    after:
      'import threading\n\n_lock = threading.Lock()\n\n\ndef save(r):\n    lock = _lock\n    def g():\n        with lock: w(r)\n',
  },
  {
    name: 'a semaphore keeps its count',
    before: 'import threading\n\n«def save(r):\n    with «threading.Semaphore(3)»:\n        w(r)»\n',
    after:
      'import threading\n\n_lock = threading.Semaphore(3)\n\n\ndef save(r):\n    with _lock:\n        w(r)\n',
  },
  {
    name: 'an argument of the function',
    before: 'import threading\n\n«def save(r):\n    with «threading.Semaphore(r)»:\n        w(r)»\n',
    after: 'refused: the arguments of the constructor belong to the function',
  },
];

const READ_ONCE: readonly Case[] = [
  {
    name: 'behind an `assert`',
    before:
      'class A:\n    def f(self):\n        assert «self.x» is not None\n        try:\n            «self.x».f()\n            self.x.g()\n        finally:\n            h()\n',
    after:
      'class A:\n    def f(self):\n        x = self.x\n        assert x is not None\n        try:\n            x.f()\n            x.g()\n        finally:\n            h()\n',
  },
  {
    name: 'behind an `if` that leaves, in the body of another',
    before:
      'class A:\n    def f(self):\n        if y:\n            if not «self.x»:\n                raise E\n            return «self.x».f()\n',
    after:
      'class A:\n    def f(self):\n        if y:\n            x = self.x\n            if not x:\n                raise E\n            return x.f()\n',
  },
  {
    name: 'where the attribute may be missing',
    before:
      "class A:\n    def f(self):\n        if hasattr(self, 'x') and «self.x» is not None:\n            «self.x».f()\n",
    after: 'refused: `self.x` may only be read where the rest of the test holds',
  },
  {
    name: 'where what it belongs to may be missing',
    before: 'class A:\n    def f(self):\n        if self.x and «self.x.y»:\n            «self.x.y».f()\n',
    after: 'refused: `self.x.y` may only be read where the rest of the test holds',
  },
  {
    name: 'set to another one, which is used from there on',
    before:
      'class A:\n    def f(self):\n        if «self.x»:\n            «self.x».stop()\n            self.x = made(self.y)\n            self.x.go()\n',
    after:
      'class A:\n    def f(self):\n        x = self.x\n        if x:\n            x.stop()\n            self.x = made(self.y)\n            self.x.go()\n',
  },
  {
    name: 'set to another one on some ways only',
    before:
      'class A:\n    def f(self):\n        if «self.x»:\n            «self.x».stop()\n            if y:\n                self.x = made()\n            self.x.go()\n',
    after: 'refused: `self.x` is also set in the body',
  },
  {
    name: 'in one statement',
    before:
      'class A:\n    def f(self):\n        if y:\n            return «self.x» is not None and «self.x».f()\n',
    after:
      'class A:\n    def f(self):\n        if y:\n            x = self.x\n            return x is not None and x.f()\n',
  },
  {
    name: 'in one statement, as one of two values',
    before: 'class A:\n    def f(self):\n        y = «self.x».f() if «self.x» else g(self.x)\n',
    after: 'class A:\n    def f(self):\n        x = self.x\n        y = x.f() if x else g(x)\n',
  },
  {
    name: 'behind a call in one statement',
    before: 'class A:\n    def f(self):\n        return self.g() and «self.x» and «self.x».f()\n',
    after: 'refused: something else is called before the test',
  },
  {
    name: 'for each element anew',
    before: 'class A:\n    def f(self):\n        return [«self.x» and «self.x».f(y) for y in z]\n',
    after: 'refused: the test is made anew for each element',
  },
  {
    name: 'the use in the condition, and a reset',
    before:
      'class A:\n    def f(self):\n        if «self.x» and «self.x».closed():\n            self.x = None\n',
    after:
      'class A:\n    def f(self):\n        x = self.x\n        if x and x.closed():\n            self.x = None\n',
  },
  {
    name: 'behind an `if` that leaves',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            return\n        if self.x in y:\n            y.remove(self.x)\n        «self.x».f()\n        self.x = None\n',
    after:
      'class A:\n    def f(self):\n        x = self.x\n        if x is None:\n            return\n        if x in y:\n            y.remove(x)\n        x.f()\n        self.x = None\n',
  },
  {
    name: 'set in between',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            return\n        self.x = 1\n        «self.x».f()\n',
    after: 'refused: `self.x` is also set in the body',
  },
  {
    name: 'a loop that goes through it into it',
    before:
      'class A:\n    def f(self):\n        if «self.x»:\n            for self.x in y:\n                «self.x».f()\n',
    after: 'refused: `self.x` is also set in the body',
  },
  {
    name: 'used after it was given up',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            return\n        self.x = None\n        «self.x».f()\n',
    after: 'refused: `self.x` is used again after it is set in the body',
  },
  {
    name: 'what a call between has made of it is still asked for',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            return\n        «self.x».f()\n        if self.g() or self.x is None:\n            return\n        self.h(self.x)\n',
    after:
      'class A:\n    def f(self):\n        x = self.x\n        if x is None:\n            return\n        x.f()\n        if self.g() or self.x is None:\n            return\n        self.h(self.x)\n',
  },
  {
    name: 'tested once more, and then used',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            return\n        self.g()\n        if not self.x:\n            return\n        «self.x».f()\n',
    after: 'refused: `self.x` is tested once more before it is used',
  },
  {
    name: 'a loop that waits for another value',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            return\n        while self.x:\n            «self.x».f()\n',
    after: 'refused: `self.x` is tested anew in a loop',
  },
  {
    name: 'an `if` that does not leave',
    before:
      'class A:\n    def f(self):\n        if «self.x» is None:\n            log()\n        «self.x».f()\n',
    after: 'refused: the test and the use do not stand in one `if`',
  },
];

const TAKEN_OUT: readonly Case[] = [
  {
    name: 'the entry stays on some ways',
    before:
      'def f(d, ks):\n    for k in ks:\n        if «k in d»:\n            if d[k].busy:\n                continue\n            del d[k]\n',
    after: 'refused: the body may be left before the entry is removed',
  },
  {
    name: 'used and removed',
    before: 'def f(self, k):\n    if «k in self.d»:\n        self.d[k].end()\n        del self.d[k]\n',
    after:
      'def f(self, k):\n    try:\n        value = self.d.pop(k)\n    except KeyError:\n        pass\n    else:\n        value.end()\n',
  },
  {
    name: 'the other way round',
    before:
      'def f(self, k):\n    if «k not in self.d»:\n        no(k)\n    else:\n        for g in self.d[k]:\n            note(g)\n        # gone\n        del self.d[k]\n    return 1\n',
    after:
      'def f(self, k):\n    try:\n        value = self.d.pop(k)\n    except KeyError:\n        no(k)\n    else:\n        for g in value:\n            note(g)\n        # gone\n    return 1\n',
  },
  {
    name: 'with an `else`',
    before:
      'def f(self, k):\n    if «k in self.d»:\n        self.d[k].end()\n        self.d.pop(k)\n        g()\n    else:\n        # nothing\n        h()\n        i()\n    return 2\n',
    after:
      'def f(self, k):\n    try:\n        value = self.d.pop(k)\n    except KeyError:\n        # nothing\n        h()\n        i()\n    else:\n        value.end()\n        g()\n    return 2\n',
  },
  {
    name: 'used afterwards',
    before: 'def f(self, k):\n    if «k in self.d»:\n        del self.d[k]\n        self.d[k].end()\n',
    after: 'refused: `self.d[k]` is used again after it is removed',
  },
  {
    name: 'with an `elif`',
    before:
      'def f(self, k):\n    if «k in self.d»:\n        self.d[k].end()\n        del self.d[k]\n    elif k:\n        h()\n',
    after: 'refused: the `if` has an `elif`',
  },
  {
    name: 'more is asked',
    before: 'def f(self, k):\n    if «k in self.d» and k:\n        self.d[k].end()\n        del self.d[k]\n',
    after: 'refused: the test asks for more than whether the entry is there',
  },
];

const TESTED_AGAIN: readonly Case[] = [
  {
    name: 'the lock in the body',
    before:
      'def f(self):\n    if «self.x is None»:\n        with self.l:\n            «self.x» = g()\n            self.y = 1\n    return self.x\n',
    after:
      'def f(self):\n    if self.x is None:\n        with self.l:\n            if self.x is None:\n                self.x = g()\n                self.y = 1\n    return self.x\n',
  },
  {
    name: 'behind an `if` that leaves, with the local that was tested',
    before:
      'def f(self):\n    x = self.x\n    if «x is not None»:\n        return x\n    with self.l:\n        «self.x» = g()\n        return self.x\n',
    after:
      'def f(self):\n    x = self.x\n    if x is not None:\n        return x\n    with self.l:\n        x = self.x\n        if x is not None:\n            return x\n        self.x = g()\n        return self.x\n',
  },
  {
    name: 'on one line',
    before: 'def f(self, k):\n    if «k not in d»:\n        with l: «d[k]» = g()\n',
    after:
      'def f(self, k):\n    if k not in d:\n        with l:\n            if k not in d:\n                d[k] = g()\n',
  },
  {
    name: 'what is stored was made before',
    before: 'def f(k):\n    if «k not in d»:\n        v = g()\n        with l:\n            «d[k]» = v\n',
    after: 'refused: more than what the lock is held over depends on the test',
  },
  {
    name: 'a test that does something',
    before: 'def f():\n    if «ask()»:\n        with l:\n            «x.y» = 1\n',
    after: 'refused: the condition does more than test',
  },
];

const COUNTED: readonly Case[] = [
  {
    name: 'raised first',
    before:
      'class A:\n    def __init__(self):\n        «self.n» = 0\n\n    def f(self):\n        «self.n» += 1\n        return «self.n»\n',
    after:
      'import itertools\n\n\nclass A:\n    def __init__(self):\n        self.n = itertools.count(1)\n\n    def f(self):\n        return next(self.n)\n',
  },
  {
    name: 'given out first',
    before:
      'from itertools import count\n«last» = 0\ndef f():\n    global last\n    name = "x%d" % «last»\n    «last» += 1\n    return name\n',
    after:
      'from itertools import count\nlast = count()\ndef f():\n    global last\n    name = "x%d" % next(last)\n    return name\n',
  },
  {
    name: 'raised by more',
    before: '«n» = 0\ndef f():\n    global n\n    «n» += 2\n    return «n»\n',
    after: 'refused: the number is not raised by one',
  },
  {
    name: 'given out perhaps',
    before: '«n» = 0\ndef f(x):\n    global n\n    «n» += 1\n    return x or «n»\n',
    after: 'refused: the number is not given out once',
  },
  {
    name: 'something happens in between',
    before: '«n» = 0\ndef f(x):\n    global n\n    «n» += 1\n    x()\n    return «n»\n',
    after: 'refused: the number is not given out right beside where it is raised',
  },
  {
    name: 'no literal',
    before: '«n» = g()\ndef f(x):\n    global n\n    «n» += 1\n    return «n»\n',
    after: 'refused: the number does not begin with a literal',
  },
];

describe('renameConstructor', () => {
  it.each(RENAMED)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => renameConstructor(syntax, spans[0]!, 'Lock', 'RLock')),
  );
});

describe('snapshot', () => {
  it.each(SNAPSHOTS)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => snapshot(syntax, spans[0]!)),
  );
});

describe('singleOperation', () => {
  it.each(POPS)('pop: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => singleOperation(syntax, spans[0]!, spans[1]!, 'pop')),
  );
  it.each(DISCARDS)('discard: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => singleOperation(syntax, spans[0]!, spans[1]!, 'discard')),
  );
  it.each(DEFAULTS)('setdefault: $name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => singleOperation(syntax, spans[0]!, spans[1]!, 'setdefault')),
  );
});

describe('countUp', () => {
  it.each(COUNTED)('$name', (given) =>
    expectCase(given, ({ syntax, spans: [declared, one, other] }) => {
      const isRaised = syntax.text.slice(one!.end).startsWith(' +=');
      return countUp(syntax, declared!, isRaised ? one! : other!, isRaised ? other! : one!);
    }),
  );
});

describe('readOnce', () => {
  it.each(READ_ONCE)('$name', (given) =>
    expectCase(given, ({ syntax, spans: [test, act] }) => readOnce(syntax, test!, act!)),
  );
});

describe('takeOut', () => {
  it.each(TAKEN_OUT)('$name', (given) =>
    expectCase(given, ({ syntax, spans: [test] }) => takeOut(syntax, test!)),
  );
});

describe('testAgain', () => {
  it.each(TESTED_AGAIN)('$name', (given) =>
    expectCase(given, ({ syntax, spans: [test, act] }) => testAgain(syntax, test!, act!)),
  );
});

describe('attempt', () => {
  it.each(ATTEMPTS)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => attempt(syntax, spans[0]!, spans[1]!, 'KeyError')),
  );
});

describe('doubleCheck', () => {
  it.each(DOUBLE)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => doubleCheck(syntax, spans[0]!, spans[1]!, () => 'L')),
  );
});

describe('hoistLock', () => {
  it.each(HOISTED)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans: [owner, made] }) =>
      hoistLock(syntax, made!, { kind: 'declare', owner: 'module', at: owner!, name: '_lock' }),
    ),
  );
  it('to the instance', () =>
    expectCase(
      {
        name: '',
        before:
          'import threading\n\n«class A:\n    def save(self):\n        with «threading.Lock()» as l, b:\n            w()»\n',
        after:
          'import threading\n\nclass A:\n    def __init__(self):\n        self._lock = threading.Lock()\n\n    def save(self):\n        with self._lock as l, b:\n            w()\n',
      },
      ({ syntax, spans: [owner, made] }) =>
        hoistLock(syntax, made!, { kind: 'declare', owner: 'instance', at: owner!, name: '_lock' }),
    ));
  it('to a lock that exists', () =>
    expectCase(
      {
        name: '',
        before: 'def save():\n    with «threading.Lock()»:\n        w()\n',
        after: 'def save():\n    with _io:\n        w()\n',
      },
      ({ syntax, spans: [made] }) => hoistLock(syntax, made!, { kind: 'existing', expression: '_io' }),
    ));
});
