import { describe, it } from 'vitest';
import { acquireToWith } from '../../../src/edits/acquireToWith.ts';
import { type Case, expectCase } from './marked.ts';

const CASES: readonly Case[] = [
  {
    name: 'statements on their own lines, comments kept',
    before:
      'def f(self):\n    # enter\n    «self.lock.acquire()»  # take\n    a()\n\n    # mid\n    if b:\n        return 1\n    self.lock.release()  # give\n    c()\n',
    after:
      'def f(self):\n    # enter\n    with self.lock:  # take\n        a()\n\n        # mid\n        if b:\n            return 1\n    # give\n    c()\n',
  },
  {
    name: 'release without comment, CRLF, tabs',
    before: 'def f():\r\n\t«L.acquire()»\r\n\tx = """\r\na"""\r\n\tL.release()\r\n\ty()\r\n',
    after: 'def f():\r\n\twith L:\r\n\t\tx = """\r\na"""\r\n\ty()\r\n',
  },
  {
    name: 'all on one line',
    before: 'def f():\n    «L.acquire()»; data = parse(raw); L.release()\n    g()\n',
    after: 'def f():\n    with L:\n        data = parse(raw)\n    g()\n',
  },
  {
    name: 'a one-line suite with more behind',
    before: 'if x: «L.acquire()»; a(); b(); L.release(); c()\n',
    after: 'if x:\n    with L:\n        a(); b()\n    c()\n',
  },
  {
    name: 'something before on the line',
    before: 'if x: z(); «L.acquire()»; a(); L.release()\n',
    after: 'if x:\n    z()\n    with L:\n        a()\n',
  },
  {
    name: 'nothing in between',
    before: 'def f():\n    «L.acquire()»\n    L.release()\n    g()\n',
    after: 'def f():\n    with L:\n        pass\n    g()\n',
  },
  {
    name: 'nothing in between on one line',
    before: 'def f():\n    «L.acquire()»; L.release(); g()\n',
    after: 'def f():\n    with L:\n        pass\n    g()\n',
  },
  {
    name: 'release at the end of a file without line break',
    before: '«L.acquire()»\na()\nL.release()',
    after: 'with L:\n    a()',
  },
  {
    name: 'a timeout',
    before: '«L.acquire(timeout=1)»\na()\nL.release()\n',
    after: 'refused: the lock is not taken by a statement `….acquire()` without arguments',
  },
  {
    name: 'released early as well',
    before: '«L.acquire()»\nif a:\n    L.release()\n    b()\nL.release()\n',
    after: 'refused: `L.release` is also called in between',
  },
  {
    name: 'released elsewhere',
    before: 'def f():\n    «L.acquire()»\n    a()\n',
    after: 'refused: the lock is not released in the same block',
  },
];

describe('acquireToWith', () => {
  it.each(CASES)('$name', (sample) =>
    expectCase(sample, ({ syntax, spans }) => acquireToWith(syntax, spans[0]!)),
  );
});
