/** Chains of names far longer than anybody writes: linking ends, and what else stands in the file is found. */
import { expect, test, vi } from 'vitest';
import { silentLogger } from '../../src/base/log.ts';
import { Hierarchy } from '../../src/link/hierarchy.ts';
import { createAnalyzer } from '../../src/service/createAnalyzer.ts';
import { memoryHost } from '../support/memoryHost.ts';
import { pythonParser } from '../support/parser.ts';
import { COUNTER } from '../support/python.ts';

const times = (count: number, line: (index: number) => string): string =>
  Array.from({ length: count }, (_, index) => line(index + 1)).join('');

const CHAINS: readonly (readonly [string, string])[] = [
  [
    'names of one lock',
    `import threading\na0 = threading.Lock()\n${times(5000, (n) => `a${n} = a${n - 1}\n`)}def go():\n    with a5000:\n        pass\n`,
  ],
  [
    'either of two names',
    `a0 = object()\na1 = a0\n${times(5000, (n) => `a${n + 1} = a${n} or a${n - 1}\n`)}def go():\n    with a5001:\n        pass\n`,
  ],
  [
    'attributes',
    `class C:\n    def __init__(self):\n        self.a0 = []\n${times(5000, (n) => `        self.a${n} = self.a${n - 1}\n`)}    def go(self):\n        with self.a5000:\n            pass\n`,
  ],
  [
    'names in a circle',
    `${times(5000, (n) => `a${n - 1} = a${n}\n`)}a5000 = a0\ndef go():\n    with a0:\n        pass\n`,
  ],
  [
    'classes that call each other',
    times(2000, (n) => `class C${n}:\n    def m${n}(self, o):\n        o.m${n + 1}(o)\n`),
  ],
  [
    'context managers in each other',
    `from contextlib import contextmanager\n@contextmanager\ndef m0():\n    yield\n${times(10_000, (n) => `@contextmanager\ndef m${n}():\n    with m${n - 1}():\n        yield\n`)}def go():\n    with m10000():\n        pass\n`,
  ],
  ['base classes', `class C0: pass\n${times(3000, (n) => `class C${n}(C${n - 1}): pass\n`)}`],
  ['functions', `def f0(): pass\n${times(5000, (n) => `def f${n}(): f${n - 1}()\n`)}`],
  ['decorators', `def d0(f): return f\n${times(3000, (n) => `@d${n - 1}\ndef d${n}(f): return f\n`)}`],
  ['attributes of attributes', `import a\nx0 = a\n${times(5000, (n) => `x${n} = x${n - 1}.y\n`)}`],
  [
    'results of calls',
    `def f0(): return []\n${times(3000, (n) => `def f${n}(): return f${n - 1}()\n`)}x = f3000()\n`,
  ],
];

test.each(CHAINS)('%s', async (_, text) => {
  const host = memoryHost({ '/p/chain.py': text, '/p/counter.py': COUNTER });
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders(['/p']);
  const report = await analyzer.audit(undefined, async () => {}, { report() {} });
  expect(report.notAnalysed).toEqual([]);
  const found = report.files.filter(({ findings }) => findings.length > 0).map(({ file }) => file);
  expect(found).toContain('/p/counter.py');
});

test('methods of a library that call each other in a long line are asked for the locks of their callers', async () => {
  const methods = times(12_000, (n) => `    def m${n}(self): self.m${n + 1}()\n`);
  const text = `import threading\nclass A:\n    def __init__(self):\n        self._lock = threading.Lock()\n        self.n = 0\n    def safe(self):\n        with self._lock: self.n += 1\n${methods}    def m12001(self):\n        self.n += 1\n`;
  const settings = '[tool.heddle]\nprofile = "library"\n';
  const host = memoryHost({ '/p/pyproject.toml': settings, '/p/chain.py': text });
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders(['/p']);
  const report = await analyzer.audit(undefined, async () => {}, { report() {} });
  expect(report.notAnalysed).toEqual([]);
  expect(report.files.flatMap(({ findings }) => findings)).not.toEqual([]);
});

test('classes in a long line are not asked of each other what each of them lacks', async () => {
  const classes = times(1000, (n) => `class C${n}(C${n - 1}):\n    def m${n}(self):\n        self.m()\n`);
  const host = memoryHost({ '/p/a.py': `class C0:\n    def m(self): pass\n${classes}` });
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders(['/p']);
  const looked = vi.spyOn(Hierarchy.prototype, 'method');
  const { analysed } = await analyzer.audit(undefined, async () => {}, { report() {} });
  expect(analysed).toBe(1);
  expect(looked.mock.calls.length).toBeLessThan(1000 * 100);
  looked.mockRestore();
});

test('what else stands in a file is found beside attributes of attributes that a function changes', async () => {
  const chain = `import heapq\ndef go(job):\n    heapq.heappush(job${'.next'.repeat(20_000)}, job)\n`;
  const host = memoryHost({ '/p/chain.py': `${COUNTER}\n${chain}` });
  const analyzer = createAnalyzer({ host, parser: await pythonParser(), logger: silentLogger });
  analyzer.setFolders(['/p']);
  const report = await analyzer.audit(undefined, async () => {}, { report() {} });
  expect(report.notAnalysed).toMatchObject([{ part: { lines: 1 } }]);
  expect(report.files.flatMap(({ findings }) => findings)).not.toEqual([]);
});
