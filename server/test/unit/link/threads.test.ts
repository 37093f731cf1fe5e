import { describe, expect, it } from 'vitest';
import { isContended, linked, threadsOf } from '../../support/check.ts';

const HEAD = `
import asyncio, functools, socketserver, threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from multiprocessing.pool import ThreadPool
def work(*args): pass
class Box:
    def run(self): pass
box = Box()
`;

function started(code: string): readonly string[] {
  return threadsOf(
    linked({ 'm.py': `${HEAD}def main(loop):\n    ${code.trim().replaceAll('\n', '\n    ')}\n` }),
  );
}

describe('where threads begin', () => {
  it.each([
    ['threading.Thread(target=work).start()', 'thread work'],
    ['threading.Thread(None, work).start()', 'thread work'],
    ['t = threading.Timer(3, work)\nt.start()', 'timer thread work'],
    ['threading.Thread(target=functools.partial(work, 1)).start()', 'thread work'],
    ['threading.Thread(target=lambda: work()).start()', 'thread main.<locals>.<lambda>'],
    ['threading.Thread(target=box.run).start()', 'thread Box.run'],
    ['def inner(): pass\nthreading.Thread(target=inner).start()', 'thread main.<locals>.inner'],
    ['ThreadPoolExecutor().submit(work, 1)', 'pool thread work, many'],
    ['with ThreadPoolExecutor(4) as pool:\n    pool.map(work, [])', 'pool thread work, many'],
    ['ThreadPool(3).map(work, [])', 'pool thread work, many'],
    ['asyncio.to_thread(work)', 'worker thread work, many'],
    ['loop.run_in_executor(None, work)', 'worker thread work, many'],
  ])('%s', (code, thread) => {
    expect(started(code)).toEqual([thread]);
  });

  it('a name that is bound to what its own method gives has no class, and hangs nothing', () => {
    expect(
      threadsOf(
        linked({
          'a.py':
            'def main(jobs):\n    job = jobs.first()\n    while job:\n        job = job.map(main)\n        job.submit(main)\n',
        }),
      ),
    ).toEqual([]);
  });

  it('a thread that others start runs what they give', () => {
    expect(
      threadsOf(
        linked({
          'a.py':
            'import threading\ndef background(job):\n    threading.Thread(target=job).start()\n' +
            'def poll(): pass\ndef clean(): pass\ndef main():\n    for _ in range(3):\n        background(poll)\n    background(clean)\n',
        }),
      ),
    ).toEqual(['thread poll, many', 'thread clean']);
  });

  it('a timer that starts itself anew is one thread after the other', () => {
    const program = linked({
      'a.py':
        'import threading\nn = 0\ndef tick():\n    global n\n    n += 1\n    threading.Timer(1, tick).start()\n' +
        'def main():\n    threading.Timer(1, tick).start()\n',
    });
    expect(isContended(program, 'n')).toBe(false);
  });

  it('a subclass of Thread runs its `run`', () => {
    expect(
      threadsOf(
        linked({
          'm.py': 'import threading\nclass T(threading.Thread):\n    def run(self): pass\nT().start()\n',
        }),
      ),
    ).toEqual(['thread T.run']);
  });

  it('a threading server runs its handlers', () => {
    expect(
      threadsOf(
        linked({
          'm.py': `
import socketserver
class Handler(socketserver.BaseRequestHandler):
    def handle(self): pass
socketserver.ThreadingTCPServer(('', 1), Handler)
`,
        }),
      ),
    ).toEqual(['request thread Handler.handle, many']);
  });

  it('processes are no threads', () => {
    expect(started('ProcessPoolExecutor().submit(work)')).toEqual([]);
  });

  it('a thread in a loop is many, a pool of one worker is one', () => {
    expect(started('for i in range(3):\n    threading.Thread(target=work).start()')).toEqual([
      'thread work, many',
    ]);
    expect(started('ts = [threading.Thread(target=work) for i in range(3)]')).toEqual(['thread work, many']);
    expect(started('ThreadPoolExecutor(max_workers=1).submit(work)')).toEqual(['pool thread work']);
  });
});

const COUNT = 'import threading\nn = 0\ndef work():\n    global n\n    n += 1\n';

describe('what may run at the same time', () => {
  it.each([
    [
      'two threads of one function',
      'threading.Thread(target=work).start()\nthreading.Thread(target=work).start()\n',
    ],
    ['many threads', 'for i in range(2):\n    threading.Thread(target=work).start()\n'],
    [
      'a thread and what follows its start',
      'def main():\n    global n\n    t = threading.Thread(target=work)\n    t.start()\n    n += 1\n    t.join()\n',
    ],
  ])('%s', (_, code) => {
    expect(isContended(linked({ 'm.py': COUNT + code }), 'n')).toBe(true);
  });

  it.each([
    ['one thread alone', 'threading.Thread(target=work).start()\n'],
    ['no thread at all', 'work()\nwork()\n'],
    [
      'what comes before the start',
      'def main():\n    global n\n    t = threading.Thread(target=work)\n    n += 1\n    t.start()\n',
    ],
    [
      'what comes after the join',
      'def main():\n    global n\n    t = threading.Thread(target=work)\n    t.start()\n    t.join()\n    n += 1\n',
    ],
  ])('not %s', (_, code) => {
    expect(isContended(linked({ 'm.py': COUNT + code }), 'n')).toBe(false);
  });

  const BOX =
    'import threading\nclass A:\n    def __init__(self):\n        self.n = 0\n    def f(self):\n        self.n += 1\n';
  const MANY = 'for i in range(4):\n    threading.Thread(target=work).start()\n';

  it('an object that a thread makes for itself is its own', () => {
    expect(isContended(linked({ 'm.py': `${BOX}def work():\n    a = A()\n    a.f()\n${MANY}` }), 'n')).toBe(
      false,
    );
  });

  it('an object that all threads share is not', () => {
    expect(
      isContended(linked({ 'm.py': `${BOX}shared = A()\ndef work():\n    shared.f()\n${MANY}` }), 'n'),
    ).toBe(true);
  });
});
