import { describe, expect, it } from 'vitest';
import { facts } from '../../support/check.ts';

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
      expect(acquisitions(`${head}\n    pass`)).toEqual(['with self._a with', 'with self._b with [self._a]']);
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
    expect(held('try:\n    self._lock.acquire()\nexcept E:\n    self.n += 1')).toEqual(['[self._lock?]']);
  });

  it('`break` leaves a loop with what it holds', () => {
    expect(held('while True:\n    with self._lock:\n        if x:\n            break\nself.n += 1')).toEqual([
      '',
    ]);
  });
});

describe('acquisitions', () => {
  it.each([
    ['self._lock.acquire()\ntry:\n    g()\nfinally:\n    self._lock.release()', 'finally'],
    ['try:\n    self._lock.acquire()\n    g()\nfinally:\n    self._lock.release()', 'finally'],
    ['self._lock.acquire()\nself.l.append(1)\nself._lock.release()', 'sibling'],
    ['self._lock.acquire()\ng()\nself._lock.release()', 'sibling may raise'],
    ['self._lock.acquire()\nif x:\n    return\nself._lock.release()', 'sibling leaves'],
    ['self._lock.acquire()\nif x:\n    self._lock.release()', 'nested'],
    ['self._lock.acquire()\ng()\ntry:\n    g()\nfinally:\n    self._lock.release()', 'nested may raise'],
    ['self._lock.acquire()', 'absent'],
  ])('after `%s` the lock comes back: %s', (body, release) => {
    expect(acquisitions(body)).toEqual([`acquire self._lock ${release}`]);
  });

  it('a lambda between acquire and release cannot raise, storing an item neither', () => {
    expect(
      acquisitions('self._lock.acquire()\nself.g = lambda: h()\nself.d[x] = 1\nself._lock.release()'),
    ).toEqual(['acquire self._lock sibling']);
  });

  it.each([
    ['', ''],
    ['True', ''],
    ['True, -1', ''],
    ['timeout=-1', ''],
    ['False', ' blocking no'],
    ['blocking=False', ' blocking no'],
    ['timeout=3', ' blocking no'],
    ['True, 3', ' blocking no'],
    ['x', ' blocking unknown'],
  ])('`acquire(%s)` says whether it waits', (given, blocking) => {
    expect(acquisitions(`self._lock.acquire(${given})`)).toEqual([`acquire self._lock absent${blocking}`]);
  });

  it('knows when the holder stops in the middle', () => {
    expect(acquisitions('with self._lock:\n    yield 1')).toEqual(['with self._lock with yield']);
    expect(acquisitions('with self._lock:\n    await g()', 'async def')).toEqual([
      'with self._lock with await',
    ]);
    expect(acquisitions('with self._lock:\n    def g():\n        yield 1')).toEqual(['with self._lock with']);
    expect(acquisitions('async with self._lock:\n    pass', 'async def')).toEqual(['async self._lock with']);
  });

  it('a function called in `with` may take a lock', () => {
    expect(acquisitions('with self.guard(x):\n    pass')).toEqual(['call self.guard with']);
  });
});
