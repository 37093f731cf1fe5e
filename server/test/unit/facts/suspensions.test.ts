import { describe, expect, it } from 'vitest';
import { facts } from '../../support/check.ts';

describe('where a function stops until somebody goes on with it', () => {
  it('await, async for, async with and yield, each with the locks it keeps', () => {
    const { suspensions } = facts(`
import threading
lock = threading.Lock()
async def f(rows, session):
    with lock:
        await g()
        row = await g()
        async for row in rows:
            pass
    async with session:
        pass
    return [row async for row in rows]
def h(rows):
    with lock:
        yield from rows
    yield
`);
    expect(suspensions).toEqual([
      'await [global:lock]',
      'await [global:lock]',
      'async for [global:lock]',
      'async with',
      'async for',
      'yield from [global:lock]',
      'yield',
    ]);
  });
});

describe('operators on the receiver', () => {
  it('are calls of the methods of its class', () => {
    const { calls } = facts(`
class A:
    def f(self, k):
        self[k] = self[k]
        del self[k]
        if k in self and len(self):
            return [x for x in self]
    def g(self, other):
        return other[0], len(other), self.n[0]
`);
    expect(calls).toEqual([
      'self.__getitem__()',
      'self.__setitem__()',
      'self.__delitem__()',
      'self.__contains__()',
      'self.__len__()',
      'self.__iter__()',
      'builtin:len(local:other)',
    ]);
  });
});
