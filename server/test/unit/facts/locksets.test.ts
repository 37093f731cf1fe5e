import { describe, expect, it } from 'vitest';
import { facts, heldByName } from '../../support/check.ts';

/** The locks that a method holds at each `self.n += 1` in its body; `?` for perhaps. */
function held(body: string): readonly string[] {
  return facts(`class A:\n    def f(self, x):\n        ${body.trim().replaceAll('\n', '\n        ')}\n`)
    .changes.filter((line) => line.startsWith('update self.n'))
    .map((line) => line.replace('update self.n += ', '').replace('update self.n +=', ''));
}

function acquisitions(body: string, define = 'def'): readonly string[] {
  return facts(`class A:\n    ${define} f(self, x):\n        ${body.trim().replaceAll('\n', '\n        ')}\n`)
    .acquisitions;
}

describe('locks held', () => {
  it('`with` holds for its body', () => {
    expect(held('with self._lock:\n    self.n += 1\nself.n += 1')).toEqual(['[self._lock]', '']);
  });

  it.each(['with self._a, self._b:', 'with (self._a, self._b):', 'with self._a as a, self._b as b:'])(
    '`%s` takes one after the other',
    (head) => {
      expect(held(`${head}\n    self.n += 1`)).toEqual(['[self._a, self._b]']);
      expect(acquisitions(`${head}\n    pass`)).toEqual(['with self._a', 'with self._b [self._a]']);
    },
  );

  it('`acquire` holds until `release`', () => {
    expect(held('self._lock.acquire()\nself.n += 1\nself._lock.release()\nself.n += 1')).toEqual([
      '[self._lock]',
      '',
    ]);
  });

  it('`finally` gives the lock back on every way', () => {
    expect(
      held('self._lock.acquire()\ntry:\n    self.n += 1\nfinally:\n    self._lock.release()\nself.n += 1'),
    ).toEqual(['[self._lock]', '']);
  });

  it('a way that returns does not count for what follows', () => {
    expect(
      held(`
self._lock.acquire()
if x:
    self._lock.release()
    return
self.n += 1
`),
    ).toEqual(['[self._lock]']);
  });

  it('a lock taken on some ways only is held perhaps', () => {
    expect(held('if x:\n    self._lock.acquire()\nself.n += 1')).toEqual(['[self._lock?]']);
    expect(held('with self._a if x else self._b:\n    self.n += 1')).toEqual(['[self._a?, self._b?]']);
  });

  it('a tested `acquire` holds where it succeeded', () => {
    expect(held('if self._lock.acquire(False):\n    self.n += 1\nelse:\n    self.n += 1')).toEqual([
      '[self._lock]',
      '',
    ]);
    expect(held('if not self._lock.acquire(timeout=1):\n    return\nself.n += 1')).toEqual(['[self._lock]']);
    expect(held('while not self._lock.acquire(False):\n    pass\nself.n += 1')).toEqual(['[self._lock]']);
  });

  it('`enter_context` holds for the rest of the block', () => {
    expect(held('stack.enter_context(self._lock)\nself.n += 1')).toEqual(['[self._lock]']);
  });

  it('nested functions and lambdas start with nothing held, comprehensions do not', () => {
    expect(held('with self._lock:\n    def g():\n        self.n += 1')).toEqual(['']);
    const { changes } = facts(
      'class A:\n    def f(self):\n        with self._lock:\n            lambda: self.l.append(1)\n            [self.l.append(2) for i in x]\n',
    );
    expect(changes).toEqual(['mutate self.l append key 1', 'mutate self.l append key 2 [self._lock]']);
  });

  it('a handler may run with or without what its `try` took', () => {
    expect(held('try:\n    self._lock.acquire()\n    g()\nexcept E:\n    self.n += 1')).toEqual([
      '[self._lock?]',
    ]);
  });

  it('`break` leaves a loop with what it holds', () => {
    expect(held('while True:\n    with self._lock:\n        if x:\n            break\nself.n += 1')).toEqual([
      '',
    ]);
  });

  it('a way that gives the lock back in a loop counts for what follows the loop', () => {
    expect(
      held(
        'self._lock.acquire()\nwhile c:\n    if d:\n        self._lock.release()\n        break\nself.n += 1',
      ),
    ).toEqual(['[self._lock?]']);
    expect(
      held('self._lock.acquire()\nfor x in xs:\n    self.n += 1\n    self._lock.release()\n    work()'),
    ).toEqual(['[self._lock?]']);
  });

  it('every way out of a `with` gives the lock back', () => {
    expect(
      held('for x in y:\n    with self._lock:\n        if x: continue\n        g()\n    self.n += 1'),
    ).toEqual(['']);
    expect(held('try:\n    with self._lock:\n        g()\nexcept E:\n    self.n += 1')).toEqual(['']);
  });

  it('`finally` runs on the way of `return`, `break` and exceptions, each with what is held there', () => {
    expect(
      held(
        'try:\n    if x:\n        self._lock.acquire()\n        return\nfinally:\n    self.n += 1\nself.n += 1',
      ),
    ).toEqual(['[self._lock?]', '']);
  });

  it('a kept result says whether the lock was taken', () => {
    expect(
      held('got = self._lock.acquire(timeout=1)\nif got:\n    self.n += 1\nelse:\n    self.n += 1'),
    ).toEqual(['[self._lock]', '[self._lock?]']);
  });
});

describe('acquisitions', () => {
  it.each([
    ['', ''],
    ['True', ''],
    ['True, -1', ''],
    ['timeout=-1', ''],
    ['False', ' perhaps blocking no'],
    ['blocking=False', ' perhaps blocking no'],
    ['timeout=3', ' perhaps blocking no'],
    ['True, 3', ' perhaps blocking no'],
    ['x', ' perhaps blocking unknown'],
  ])('`acquire(%s)` says whether it waits', (given, blocking) => {
    expect(acquisitions(`self._lock.acquire(${given})`)).toEqual([`acquire self._lock${blocking}`]);
  });

  it('knows what is held where the holder stops in the middle', () => {
    const stops = (body: string, define = 'def'): readonly string[] => {
      const { summary } = facts(
        `class A:\n    ${define} f(self, x):\n        ${body.replaceAll('\n', '\n        ')}\n`,
      );
      const locks = heldByName(summary);
      return summary.suspensions.map(({ how, fact }) => [how, ...locks.at(fact).must.keys()].join(' '));
    };
    expect(stops('with self._lock:\n    yield 1')).toEqual(['yield self._lock']);
    expect(stops('with self._lock:\n    await g()', 'async def')).toEqual(['await self._lock']);
    expect(stops('with self._lock:\n    async for i in g(): pass', 'async def')).toEqual([
      'async for self._lock',
    ]);
    expect(stops('with self._lock:\n    def g():\n        yield 1')).toEqual(['yield']);
    expect(stops('async with self._lock:\n    pass', 'async def')).toEqual(['async with']);
  });

  it('a function called in `with` may take a lock', () => {
    expect(acquisitions('with self.guard(x):\n    pass')).toEqual(['call self.guard']);
  });
});
