/** The proof that stands beside the fixes finds what people found in them by reading: each the smallest program of its kind. */
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';

const script = fileURLToPath(new URL('../../../scripts/fixProof.py', import.meta.url));

function judged(before: string, after: string, title = 'Hold `self._lock` here'): string {
  const input = JSON.stringify({ id: 0, before, after, title });
  const run = spawnSync('python3', ['-B', script], { input, encoding: 'utf8' });
  if (run.status !== 0) throw new Error(run.stderr);
  return (JSON.parse(run.stdout) as { readonly wrong: string }).wrong;
}

/** A class with a lock, before and after the statements of a method were put under it. */
const method = (body: readonly string[], more: readonly string[] = [], head = '    def run(self):') => {
  const text = (lines: readonly string[]): string =>
    [
      'import threading',
      'class Depot:',
      '    def __init__(self):',
      '        self._lock = threading.Lock()',
      '        self._jobs = []',
      head,
      ...lines,
      ...more,
    ].join('\n');
  const locked = ['        with self._lock:', ...body.map((line) => `    ${line}`)];
  return [text(body), text(locked)] as const;
};

describe('a fix is proved wrong', () => {
  it.each([
    ['self._loop.run_until_complete(self._jobs)', /over `self\._loop\.run_until_complete\(\)` in line 8/],
    ['self._jobs.append(self._queue.get())', /over `self\._queue\.get\(\)`/],
    ['self._thread.join()', /over `self\._thread\.join\(\)`/],
    ['self._jobs.append(self._future.result(3))', /result/],
    ['yield self._jobs', /over a suspension in line 8/],
    ['self._take()', /over a call that takes it, `_take`/],
    ['print(self.first)', /over a call that takes it, `_take`/],
  ])('that holds its lock over `%s`', (statement, why) => {
    const [before, after] = method(
      [`        ${statement}`],
      [
        '    def _take(self):',
        '        with self._lock:',
        '            return self._jobs.pop()',
        '    @property',
        '    def first(self):',
        '        return self._take()',
      ],
    );
    expect(judged(before, after)).toMatch(why);
  });

  it('that leaves out a change which its title promises', () => {
    for (const change of [
      'heapq.heappush(self._jobs, 1)',
      'self._jobs.append(1)',
      'self._jobs[0] = 1',
      'del self._jobs[:]',
    ]) {
      const [before, after] = method(
        ['        self._jobs.pop()'],
        ['    def add(self):', `        ${change}`],
      );
      const title = 'Hold `self._lock` wherever `self._jobs` changes';
      expect(judged(before, after, title)).toBe('leaves out the change of `self._jobs` in `add`, line 10');
      expect(judged(before, after)).toBe('');
    }
  });

  it('that does something else', () => {
    const [before, after] = method(['        self._jobs.pop()']);
    expect(judged(before, after.replace('pop', 'clear'))).toBe('differs in more than locks');
  });
});

describe('a fix is right', () => {
  it.each([
    'self._jobs.append(", ".join(self.names))',
    'self._jobs.append(self.table.get("a"))',
    'self.calls = lambda: self._queue.get()',
    'self._lock.wait()',
  ])('that holds its lock over `%s`', (statement) => {
    const [before, after] = method([`        ${statement}`]);
    expect(judged(before, after)).toBe('');
  });

  it('whose other changes are made by callers that hold the lock, or before anybody else is there', () => {
    const [before, after] = method(
      ['        self._jobs.pop()', '        self._drop()'],
      ['    def _drop(self):', '        self._jobs.clear()'],
    );
    expect(judged(before, after, 'Hold `self._lock` wherever `self._jobs` changes')).toBe('');
  });
});
