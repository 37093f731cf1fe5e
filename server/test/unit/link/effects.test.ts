import { describe, expect, it } from 'vitest';
import type { Happening } from '../../../src/link/program.ts';
import { accessesTo, isContended, linked } from '../../support/check.ts';

/** What happens in a function: `acquire self._lock of self.pool via A.f, B.g`, in any order. */
function effects(source: string, label: string): readonly string[] {
  const program = linked({ 'm.py': `import threading, time\n${source}` });
  const function_ = program.functions.find((one) => one.label === label)!;
  return program.effectsOf(function_).map((one) => {
    const way: string[] = [];
    for (let at: Happening | undefined = one; at?.edge !== undefined; at = at.rest)
      way.push(at.edge.callee.label);
    const what = one.lock?.name ?? one.blocking?.name ?? 'somebody';
    return [
      `${one.kind} ${what}`,
      ...(one.kind === 'acquire' ? [`of ${one.on === '' ? 'all' : one.on.replace(/\?.*/, '?')}`] : []),
      ...(way.length > 0 ? [`via ${way.join(', ')}`] : []),
    ].join(' ');
  });
}

const BOX = `
class Box:
    def __init__(self):
        self._lock = threading.Lock()
    def put(self):
        with self._lock: pass
`;

describe('what happens in a function', () => {
  it('on the object itself, on a part, on a parameter and on a new object', () => {
    const source = `${BOX}
class Store:
    def __init__(self):
        self.box = Box()
    def a(self):
        self.box.put()
    def b(self, box: Box):
        box.put()
    def c(self):
        box = Box()
        box.put()
    def d(self):
        self.b(self.box)
`;
    expect(effects(source, 'Box.put')).toEqual(['acquire self._lock of self']);
    expect(effects(source, 'Store.a')).toEqual(['acquire self._lock of self.box via Box.put']);
    expect(effects(source, 'Store.b')).toEqual(['acquire self._lock of box: via Box.put']);
    expect(effects(source, 'Store.c')).toEqual(['acquire self._lock of ? via Box.put']);
    expect(effects(source, 'Store.d')).toEqual(['acquire self._lock of self.box via Store.b, Box.put']);
  });

  it('the way to a part and back ends at the object itself', () => {
    const source = `
class Tower:
    def __init__(self):
        self._lock = threading.Lock()
        self._radar = Radar(self)
    def clear(self):
        self._radar.drop()
    def report(self):
        with self._lock: pass
class Radar:
    def __init__(self, tower: Tower):
        self._tower = tower
    def drop(self):
        self._tower.report()
`;
    expect(effects(source, 'Tower.clear')).toEqual([
      'acquire self._lock of self via Radar.drop, Tower.report',
    ]);
  });

  it('through any number of calls, and through cycles of them', () => {
    const chain = Array.from({ length: 30 }, (_, i) => `def f${i}(n):\n    f${i + 1}(n)\n`).join('');
    const source = `lock = threading.Lock()\n${chain}
def f30(n):
    if n:
        f0(n - 1)
    with lock: pass
`;
    expect(effects(source, 'f0')).toHaveLength(1);
    expect(effects(source, 'f30')[0]).toBe('acquire lock of all');
    expect(effects(source, 'f29')).toEqual(['acquire lock of all via f30']);
  });

  it('a lock that is handed over is the one of the caller', () => {
    const source = `
first = threading.Lock()
def work(guard):
    with guard: pass
def f():
    work(first)
`;
    expect(effects(source, 'f')).toEqual(['acquire first of all via work']);
  });

  it('not in a generator or a coroutine that is only made', () => {
    const source = `
lock = threading.Lock()
def rows():
    with lock:
        yield 1
async def load():
    with lock: pass
def f():
    rows(), load()
async def g():
    await load()
`;
    expect(effects(source, 'f')).toEqual([]);
    expect(effects(source, 'g')).toEqual(['acquire lock of all via load']);
  });

  it('a method of a sibling class does not run on this object', () => {
    const source = `
class Base:
    def close(self):
        self._flush()
    def _flush(self): pass
class Left(Base):
    def __init__(self):
        self._lock = threading.Lock()
    def _flush(self):
        with self._lock: pass
class Right(Base):
    def stop(self):
        self.close()
`;
    expect(effects(source, 'Right.stop')).toEqual([]);
    expect(effects(source, 'Base.close')).toEqual(['acquire self._lock of self via Left._flush']);
  });

  it('waiting and calling out', () => {
    const source = `
from concurrent.futures import ThreadPoolExecutor
import queue
class A:
    def __init__(self, done):
        self._done = done
        self._thread = threading.Thread(target=print)
        self._pool = ThreadPoolExecutor()
        self._queue = queue.Queue(5)
        self._ready = threading.Event()
    def f(self, then):
        time.sleep(1)
        self._thread.join()
        self._pool.submit(print).result()
        self._queue.put(1)
        self._queue.get(False)
        self._ready.wait()
        self._done()
        then()
`;
    expect(effects(source, 'A.f')).toEqual([
      'block time.sleep()',
      'block join()',
      'block result()',
      'block put()',
      'block wait()',
      'callback somebody',
      'callback somebody',
    ]);
  });
});

describe('what callers hold and where threads end', () => {
  it('a long chain of private helpers inherits only what all its callers hold', () => {
    const chain = Array.from(
      { length: 40 },
      (_, i) => `    def _f${40 - i}(self):\n        ${i === 0 ? 'self.n += 1' : `self._f${41 - i}()`}\n`,
    ).join('');
    const source = `
import threading
class A:
    def __init__(self):
        self._lock = threading.Lock()
        self.n = 0
    def held(self):
        with self._lock:
            self._f1()
    def bare(self):
        self._f1()
${chain}`;
    expect(accessesTo(linked({ 'm.py': source }), 'n').at(-1)).toBe('update in A._f40');
    expect(
      accessesTo(
        linked({ 'm.py': source.replace('def bare(self):\n        self', 'def bare(self):\n        print') }),
        'n',
      ).at(-1),
    ).toBe('update in A._f40 [self._lock]');
  });

  it('a public function that calls itself may still be called by anybody', () => {
    const source = `
import threading
class Parser:
    def __init__(self):
        self.depth = 0
        threading.Thread(target=self._watch).start()
    def _watch(self):
        self.depth = 0
    def parse(self, text):
        self.depth += 1
        if text:
            self.parse(text[1:])
`;
    expect(isContended(linked({ 'm.py': source }), 'depth')).toBe(true);
  });
});
