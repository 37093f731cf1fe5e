import { describe, it } from 'vitest';
import { declareLock, type LockDeclaration } from '../../../src/edits/declareLock.ts';
import { isRefused } from '../../../src/edits/refusal.ts';
import { wrapInWith } from '../../../src/edits/wrapInWith.ts';
import { type Case, expectCase } from './marked.ts';

/** The first span is the owner, the others are places to guard. */
function check(sample: Case, owner: LockDeclaration['owner'], name = '_lock'): Promise<void> {
  return expectCase(sample, ({ syntax, spans }) => {
    const [at, ...usedAt] = spans;
    const declared = declareLock(syntax, { owner, at: at!, name, constructor: 'Lock', usedAt });
    if (isRefused(declared)) return declared;
    const wrapped = wrapInWith(syntax, usedAt, declared.expressionAt);
    return isRefused(wrapped) ? wrapped : [...declared.edits, ...wrapped];
  });
}

const MODULE: readonly Case[] = [
  {
    name: 'below the variable',
    before: '"""Doc."""\nimport os\n\n«count» = 0  # all\n\n\ndef f():\n    global count\n    «count» += 1\n',
    after:
      '"""Doc."""\nimport os\nimport threading\n\ncount = 0  # all\n_lock = threading.Lock()\n\n\ndef f():\n    global count\n    with _lock:\n        count += 1\n',
  },
  {
    name: 'behind the text that describes the variable',
    before: 'import threading\n\n«x» = {}\n"""What there is."""\n\ny = 1\n',
    after: 'import threading\n\nx = {}\n"""What there is."""\n_lock = threading.Lock()\n\ny = 1\n',
  },
  {
    name: 'bound in a function only: above that function and its comments',
    before:
      'import threading\n\n\n# counts\n@d\ndef f():\n    global count\n    «count» = 0\n    «count» += 1\n',
    after:
      'import threading\n\n\n_lock = threading.Lock()\n\n\n# counts\n@d\ndef f():\n    global count\n    count = 0\n    with _lock:\n        count += 1\n',
  },
  {
    name: 'bound in a try: below the whole statement',
    before: 'import os\ntry:\n    «x» = os.y\nexcept AttributeError:\n    x = None\nz = 1\n',
    after:
      'import os\nimport threading\ntry:\n    x = os.y\nexcept AttributeError:\n    x = None\n_lock = threading.Lock()\nz = 1\n',
  },
  {
    name: 'an imported variable: below all imports',
    before: 'import threading\nfrom a import «cache»\nfrom b import (\n    c,\n)\nx = 1\n',
    after:
      'import threading\nfrom a import cache\nfrom b import (\n    c,\n)\n\n_lock = threading.Lock()\n\nx = 1\n',
  },
  {
    name: 'bound and used in the main block',
    before: "import threading\n\nif __name__ == '__main__':\n    «n» = 0\n    «n» += 1\n",
    after:
      "import threading\n\n_lock = threading.Lock()\n\nif __name__ == '__main__':\n    n = 0\n    with _lock:\n        n += 1\n",
  },
  {
    name: 'unique name',
    before: 'from threading import Lock\n_lock = Lock()\n«x» = {}\ndef f(_lock_2): pass\n',
    after: 'from threading import Lock\n_lock = Lock()\nx = {}\n_lock_3 = Lock()\ndef f(_lock_2): pass\n',
  },
  {
    name: 'bound on a line with others, CRLF',
    before: 'import threading\r\n«a» = 0; b = 1\r\n',
    after: 'import threading\r\na = 0; b = 1\r\n_lock = threading.Lock()\r\n',
  },
  {
    name: 'no imports, no docstring',
    before: '«n» = 0\n\ndef f():\n    global n\n    «n» += 1\n',
    after:
      'import threading\n\nn = 0\n_lock = threading.Lock()\n\ndef f():\n    global n\n    with _lock:\n        n += 1\n',
  },
];

const INSTANCE: readonly Case[] = [
  {
    name: 'a named tuple',
    before: "import threading\nclass «A»(namedtuple('A', 'x')):\n    def f(self): pass\n",
    after: "refused: instances of `namedtuple('A', 'x')` are not built by `__init__`",
  },
  {
    name: 'a dataclass above the import',
    before: 'from dataclasses import dataclass\n@dataclass\nclass «A»:\n    n: int\nimport threading\n',
    after: 'refused: the class stands above the import of `threading`',
  },
  {
    name: 'first statement of __init__, below its docstring',
    before:
      'import threading\n\nclass «A»:\n    def __init__(self):\n        """Doc."""\n        # start\n        self.n = 0\n\n    def f(self):\n        «self.n» += 1\n',
    after:
      'import threading\n\nclass A:\n    def __init__(self):\n        """Doc."""\n        self._lock = threading.Lock()\n        # start\n        self.n = 0\n\n    def f(self):\n        with self._lock:\n            self.n += 1\n',
  },
  {
    name: 'behind super().__init__',
    before:
      'import threading\nclass «A»(B):\n\tdef __init__(me, x):\n\t\tsuper().__init__(\n\t\t\tx)\n\t\tme.n = 0\n\tdef f(this):\n\t\t«this.n» += 1\n',
    after:
      'import threading\nclass A(B):\n\tdef __init__(me, x):\n\t\tsuper().__init__(\n\t\t\tx)\n\t\tme._a_lock = threading.Lock()\n\t\tme.n = 0\n\tdef f(this):\n\t\twith this._a_lock:\n\t\t\tthis.n += 1\n',
  },
  {
    name: 'behind super().__init__ on a shared line',
    before: 'import threading\nclass «A»(Thread):\n    def __init__(self): super().__init__(); self.n = 0\n',
    after:
      'import threading\nclass A(Thread):\n    def __init__(self):\n        super().__init__(); self._lock = threading.Lock(); self.n = 0\n',
  },
  {
    name: 'behind super().__init__, the only statement',
    before:
      'import threading\nclass «A»(Thread):\n    def __init__(self):\n        super().__init__()  # base\n',
    after:
      'import threading\nclass A(Thread):\n    def __init__(self):\n        super().__init__()  # base\n        self._lock = threading.Lock()\n',
  },
  {
    name: 'one-line __init__',
    before: 'import threading\nclass «A»:\n    def __init__(self): self.n = 0\n',
    after:
      'import threading\nclass A:\n    def __init__(self):\n        self._lock = threading.Lock()\n        self.n = 0\n',
  },
  {
    name: 'a type comment stays below the header',
    before:
      'import threading\nclass «A»:\n    def __init__(self):\n        # type: () -> None\n        self.n = 0\n',
    after:
      'import threading\nclass A:\n    def __init__(self):\n        # type: () -> None\n        self._lock = threading.Lock()\n        self.n = 0\n',
  },
  {
    name: '__init__ made below docstring and attributes',
    before:
      'import threading\n\nclass «A»:\n    """Doc."""\n\n    n = 0\n\n    # f\n    @d\n    def f(self):\n        «self.n» += 1\n',
    after:
      'import threading\n\nclass A:\n    """Doc."""\n\n    n = 0\n\n    def __init__(self):\n        self._lock = threading.Lock()\n\n    # f\n    @d\n    def f(self):\n        with self._lock:\n            self.n += 1\n',
  },
  {
    name: '__init__ made in a class with bases',
    before:
      'import threading\n\nclass «A»(Base, metaclass=ABCMeta):\n  def f(self):\n    «self.n» += 1\n\nclass Base: pass\n',
    after:
      'import threading\n\nclass A(Base, metaclass=ABCMeta):\n  def __init__(self, *args, **kwargs):\n    self._lock = threading.Lock()\n    super().__init__(*args, **kwargs)\n\n  def f(self):\n    with self._lock:\n      self.n += 1\n\nclass Base: pass\n',
  },
  {
    name: '__init__ made in a mixin passes the call on',
    before: 'import threading\n\nclass «CountMixin»:\n    def f(self): pass\n',
    after:
      'import threading\n\nclass CountMixin:\n    def __init__(self, *args, **kwargs):\n        self._lock = threading.Lock()\n        super().__init__(*args, **kwargs)\n\n    def f(self): pass\n',
  },
  {
    name: '__init__ made in a class without methods',
    before: 'import threading\n\nclass «A»:\n    n = 0\n\nx = 1\n',
    after:
      'import threading\n\nclass A:\n    n = 0\n\n    def __init__(self):\n        self._lock = threading.Lock()\n\nx = 1\n',
  },
  {
    name: '__init__ made in a one-line class',
    before: 'import threading\n\nclass «A»: pass\n',
    after:
      'import threading\n\nclass A:\n    pass\n\n    def __init__(self):\n        self._lock = threading.Lock()\n',
  },
  {
    name: 'tuple of slots',
    before:
      "import threading\nclass «A»:\n    __slots__ = ('n', 'm')\n    def __init__(self):\n        self.n = 0\n",
    after:
      "import threading\nclass A:\n    __slots__ = ('n', 'm', '_lock')\n    def __init__(self):\n        self._lock = threading.Lock()\n        self.n = 0\n",
  },
  {
    name: 'slots line by line, with double quotes',
    before:
      'import threading\nclass «A»:\n    __slots__ = [\n        "n",  # number\n    ]\n    def __init__(self):\n        self.n = 0\n',
    after:
      'import threading\nclass A:\n    __slots__ = [\n        "n",\n        "_lock",  # number\n    ]\n    def __init__(self):\n        self._lock = threading.Lock()\n        self.n = 0\n',
  },
  {
    name: 'empty slots',
    before: 'import threading\nclass «A»:\n    __slots__ = ()\n    def __init__(self):\n        pass\n',
    after:
      "import threading\nclass A:\n    __slots__ = ('_lock',)\n    def __init__(self):\n        self._lock = threading.Lock()\n        pass\n",
  },
  {
    name: 'computed slots',
    before: 'import threading\nclass «A»:\n    __slots__ = B + C\n    def __init__(self):\n        pass\n',
    after: 'refused: `__slots__` is not a literal tuple or list',
  },
  {
    name: 'dataclass',
    before:
      'from dataclasses import dataclass\n\n@dataclass\nclass «A»:\n    n: int = 0\n\n    def f(self):\n        «self.n» += 1\n',
    after:
      'import threading\nfrom dataclasses import dataclass, field\n\n@dataclass\nclass A:\n    n: int = 0\n    _lock: threading.Lock = field(default_factory=threading.Lock, init=False, repr=False, compare=False)\n\n    def f(self):\n        with self._lock:\n            self.n += 1\n',
  },
  {
    name: 'dataclass by module',
    before:
      'import dataclasses as d\nfrom threading import Lock\n\n@d.dataclass(slots=True)\nclass «A»:\n    """Doc."""\n    n: int\n',
    after:
      'import dataclasses as d\nfrom threading import Lock\n\n@d.dataclass(slots=True)\nclass A:\n    """Doc."""\n    n: int\n    _lock: Lock = d.field(default_factory=Lock, init=False, repr=False, compare=False)\n',
  },
  {
    name: 'dataclass that is copied by asdict',
    before: 'from dataclasses import asdict, dataclass\n\n@dataclass\nclass «A»:\n    n: int = 0\n',
    after: 'refused: `asdict` and `astuple` would try to copy the lock',
  },
  {
    name: 'dataclass of another library',
    before: 'from pydantic.dataclasses import dataclass\n\n@dataclass\nclass «A»:\n    n: int = 0\n',
    after: 'refused: the dataclass is not one of the standard library',
  },
  {
    name: 'NamedTuple',
    before: 'class «A»(NamedTuple):\n    n: int\n',
    after: 'refused: a `NamedTuple` cannot hold a lock',
  },
  {
    name: 'Enum',
    before: 'class «A»(enum.Enum):\n    N = 1\n',
    after: 'refused: a `Enum` cannot hold a lock',
  },
  {
    name: 'Protocol',
    before: 'class «A»(Protocol[T]):\n    n: int\n',
    after: 'refused: a `Protocol` cannot hold a lock',
  },
  {
    name: 'a subclass that skips the initialiser',
    before: 'class «A»:\n    def f(self): pass\nclass B(A):\n    def __init__(self):\n        self.n = 0\n',
    after: 'refused: `B.__init__` does not call `super().__init__`',
  },
  {
    name: '__new__',
    before: 'class «A»:\n    def __new__(cls): return X\n',
    after: 'refused: `__new__` may hand out an existing instance, whose `__init__` then runs again',
  },
  {
    name: 'threading.local',
    before: 'import threading\nclass «A»(threading.local):\n    n = 0\n',
    after: 'refused: every thread has its own attributes here',
  },
  {
    name: 'a name that a base class in the file uses',
    before:
      'import threading\nclass B:\n    def g(self): self._lock.x()\nclass «A»(B):\n    def __init__(self): pass\n',
    after:
      'import threading\nclass B:\n    def g(self): self._lock.x()\nclass A(B):\n    def __init__(self):\n        self._lock_2 = threading.Lock()\n        pass\n',
  },
  {
    name: 'no instance in a static method',
    before:
      'import threading\nclass «A»:\n    def __init__(self): pass\n    @staticmethod\n    def f(a):\n        «a.n» += 1\n',
    after: 'refused: the instance has no name at this place',
  },
  {
    name: 'a closure in a method',
    before:
      'import threading\nclass «A»:\n    def __init__(self): pass\n    def f(self):\n        def g():\n            «self.n» += 1\n',
    after:
      'import threading\nclass A:\n    def __init__(self):\n        self._lock = threading.Lock()\n        pass\n    def f(self):\n        def g():\n            with self._lock:\n                self.n += 1\n',
  },
];

const CLASS: readonly Case[] = [
  {
    name: 'below the attributes',
    before: 'import threading\nclass «A»:\n    n = 0\n\n    def f(self):\n        «A.n» += 1\n',
    after:
      'import threading\nclass A:\n    n = 0\n    _lock = threading.Lock()\n\n    def f(self):\n        with A._lock:\n            A.n += 1\n',
  },
  {
    name: 'a class without attributes',
    before:
      'import threading\nclass «A»:\n    """Doc."""\n\n    @classmethod\n    def f(cls):\n        «cls.n» += 1\n',
    after:
      'import threading\nclass A:\n    """Doc."""\n\n    _lock = threading.Lock()\n\n    @classmethod\n    def f(cls):\n        with A._lock:\n            cls.n += 1\n',
  },
  {
    name: 'a nested class',
    before:
      'import threading\nclass O:\n    class «A»:\n        n = 0\n        def f(self):\n            «self.n» += 1\n',
    after:
      'import threading\nclass O:\n    class A:\n        n = 0\n        _lock = threading.Lock()\n        def f(self):\n            with O.A._lock:\n                self.n += 1\n',
  },
];

const FUNCTION: readonly Case[] = [
  {
    name: 'beside what stands above its first use',
    before:
      'import threading\ndef «f»():\n    """Doc."""\n    n = 0\n\n    def g():\n        nonlocal n\n        «n += 1»\n',
    after:
      'import threading\ndef f():\n    """Doc."""\n    n = 0\n    _lock = threading.Lock()\n\n    def g():\n        nonlocal n\n        with _lock:\n            n += 1\n',
  },
  {
    name: 'a parameter: below the docstring',
    before:
      'import threading\n@d\ndef «f»(n):\n    """Doc."""\n    def g():\n        nonlocal n\n        «n += 1»\n',
    after:
      'import threading\n@d\ndef f(n):\n    """Doc."""\n    _lock = threading.Lock()\n\n    def g():\n        nonlocal n\n        with _lock:\n            n += 1\n',
  },
  {
    name: 'made in each round of a loop: above the loop',
    before:
      'import threading\ndef «f»():\n    for _ in x:\n        «n = 0»\n        def g():\n            nonlocal n\n            «n += 1»\n',
    after:
      'import threading\ndef f():\n    _lock = threading.Lock()\n    for _ in x:\n        with _lock:\n            n = 0\n        def g():\n            nonlocal n\n            with _lock:\n                n += 1\n',
  },
  {
    name: 'in a method, tabs, CRLF',
    before:
      'import threading\r\nclass A:\r\n\tasync def «f»(self):\r\n\t\tn = 0\r\n\t\tdef g():\r\n\t\t\tnonlocal n\r\n\t\t\t«n += 1»\r\n',
    after:
      'import threading\r\nclass A:\r\n\tasync def f(self):\r\n\t\tn = 0\r\n\t\t_lock = threading.Lock()\r\n\t\tdef g():\r\n\t\t\tnonlocal n\r\n\t\t\twith _lock:\r\n\t\t\t\tn += 1\r\n',
  },
  {
    name: 'not where the function imports threading only below',
    before:
      'import threading\ndef «f»():\n    n = 0\n    def g():\n        nonlocal n\n        «n += 1»\n    import threading\n    threading.Thread(target=g).start()\n',
    after: 'refused: `threading` is imported only later in the function',
  },
  {
    name: 'not for a use in another function',
    before: 'import threading\ndef «f»(): pass\ndef g(n):\n    «n.append(1)»\n',
    after: 'refused: the variable is used outside of its function',
  },
];

describe('declareLock', () => {
  it('module: above the first user when the variable stands below it', () =>
    expectCase(
      {
        name: '',
        before: 'import threading\n\ndef f():\n    global n\n    «n» += 1\n\n«n» = 0\n',
        after:
          'import threading\n\n_lock = threading.Lock()\n\n\ndef f():\n    global n\n    with _lock:\n        n += 1\n\nn = 0\n',
      },
      ({ syntax, spans: [use, at] }) => {
        const declared = declareLock(syntax, {
          owner: 'module',
          at: at!,
          name: '_lock',
          constructor: 'Lock',
          usedAt: [use!],
        });
        if (isRefused(declared)) return declared;
        const wrapped = wrapInWith(syntax, [use!], declared.expressionAt);
        return isRefused(wrapped) ? wrapped : [...declared.edits, ...wrapped];
      },
    ));
  it.each(MODULE)('module: $name', (sample) => check(sample, 'module'));
  it.each(INSTANCE)('instance: $name', (sample) => check(sample, 'instance'));
  it.each(CLASS)('class: $name', (sample) => check(sample, 'class'));
  it.each(FUNCTION)('function: $name', (sample) => check(sample, 'function'));
});
