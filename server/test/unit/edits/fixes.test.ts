import { describe, expect, it } from 'vitest';
import { applyEdits, insertion } from '../../../src/base/textEdit.ts';
import { isRefused, type Outcome } from '../../../src/edits/refusal.ts';
import { type EditIntention, editsFor, tried } from '../../../src/service/fixes.ts';
import { pythonParser } from '../../support/parser.ts';
import { marked } from './marked.ts';

const FILE = '/p/a.py';

/** The text after an intention whose fact numbers are those of the marks. */
async function fixed(text: string, intention: EditIntention): Promise<string> {
  const { syntax, spans } = await marked(text);
  const summary = { spans: spans.flatMap(({ start, end }) => [start, end]) };
  const made = editsFor(
    intention,
    () => ({ summary, syntax }),
    await pythonParser(),
    () => undefined,
  );
  return shown(syntax.text, isRefused(made) ? made : made.flatMap(({ edits }) => edits));
}

function shown(text: string, outcome: Outcome): string {
  return isRefused(outcome) ? `refused: ${outcome.refused}` : applyEdits(text, outcome);
}

describe('editsFor', () => {
  it('declares a lock, imports threading and guards every update', async () => {
    const before =
      '"""Counts."""\nimport os\n\n«class Counter:\n    def add(self):\n        «self.n» += 1\n\n    def sub(self):\n        if os.x: «self.n» -= 1»\n';
    expect(
      await fixed(before, {
        kind: 'holdLock',
        file: FILE,
        lock: {
          kind: 'declare',
          file: FILE,
          owner: 'instance',
          fact: 0,
          name: '_lock',
          constructor: 'RLock',
        },
        units: [
          { file: FILE, places: [1] },
          { file: FILE, places: [2] },
        ],
      }),
    ).toBe(
      '"""Counts."""\nimport os\nimport threading\n\nclass Counter:\n    def __init__(self):\n        self._lock = threading.RLock()\n\n    def add(self):\n        with self._lock:\n            self.n += 1\n\n    def sub(self):\n        if os.x:\n            with self._lock:\n                self.n -= 1\n',
    );
  });

  it('uses a lock that exists, where it is in reach', async () => {
    const lock = { kind: 'existing', expression: 'self._lock', key: '' } as const;
    expect(
      await fixed('class A:\n    def f(self):\n        «self.n» += 1\n', {
        kind: 'holdLock',
        file: FILE,
        lock,
        units: [{ file: FILE, places: [0] }],
      }),
    ).toBe('class A:\n    def f(self):\n        with self._lock:\n            self.n += 1\n');
    expect(
      await fixed('def f(a):\n    «a.n» += 1\n', {
        kind: 'holdLock',
        file: FILE,
        lock,
        units: [{ file: FILE, places: [0] }],
      }),
    ).toBe('refused: `self._lock` is out of reach there');
  });

  it('declares a class lock for double-checked creation', async () => {
    expect(
      await fixed(
        'import threading\n\n«class A:\n    one = None\n\n    @classmethod\n    def get(cls):\n        if «cls.one» is None:\n            «cls.one» = cls()\n        return cls.one»\n',
        {
          kind: 'doubleCheck',
          object: '',
          file: FILE,
          lock: { kind: 'declare', file: FILE, owner: 'class', fact: 0, name: '_lock', constructor: 'Lock' },
          test: 1,
          act: 2,
        },
      ),
    ).toBe(
      'import threading\n\nclass A:\n    one = None\n    _lock = threading.Lock()\n\n    @classmethod\n    def get(cls):\n        if cls.one is None:\n            with A._lock:\n                if cls.one is None:\n                    cls.one = cls()\n        return cls.one\n',
    );
  });

  it('does the other intentions', async () => {
    const acquired = '«L.acquire()»\na()\nL.release()\n';
    expect(await fixed(acquired, { kind: 'acquireToWith', file: FILE, acquire: 0 })).toBe(
      'with L:\n    a()\n',
    );
    expect(await fixed('for x in «d»: pass\n', { kind: 'snapshot', file: FILE, iterated: 0 })).toBe(
      'for x in list(d): pass\n',
    );
    expect(
      await fixed('import threading as t\nL = «t.Lock()»\n', {
        kind: 'renameConstructor',
        file: FILE,
        call: 0,
        from: 'Lock',
        to: 'RLock',
      }),
    ).toBe('import threading as t\nL = t.RLock()\n');
    expect(
      await fixed('if «k» in d:\n    del «d[k]»\n', {
        kind: 'singleOperation',
        file: FILE,
        test: 0,
        act: 1,
        operation: 'pop',
      }),
    ).toBe('d.pop(k, None)\n');
    expect(
      await fixed('def f():\n    with «Lock()»:\n        g()\n', {
        kind: 'hoistLock',
        file: FILE,
        constructor: 0,
        owner: { kind: 'existing', expression: '_lock', key: '' },
      }),
    ).toBe('def f():\n    with _lock:\n        g()\n');
  });

  it('works beside a syntax error elsewhere in the file', async () => {
    expect(
      await fixed('def g(:\n    pass\n\n\ndef f():\n    «n» += 1\n', {
        kind: 'holdLock',
        file: FILE,
        lock: { kind: 'existing', expression: 'L', key: '' },
        units: [{ file: FILE, places: [0] }],
      }),
    ).toBe('def g(:\n    pass\n\n\ndef f():\n    with L:\n        n += 1\n');
  });

  it('leaves files with lone carriage returns alone', async () => {
    expect(
      await fixed('x = 1\r«n» = 2\n', {
        kind: 'holdLock',
        file: FILE,
        lock: { kind: 'existing', expression: 'L', key: '' },
        units: [{ file: FILE, places: [0] }],
      }),
    ).toBe('refused: the file ends lines with a lone carriage return');
  });
});

describe('tried', () => {
  it('refuses what does not parse, what overlaps, and what reaches further', async () => {
    const parser = await pythonParser();
    const { syntax } = await marked('a = 1\nb = 2\n');
    expect(shown(syntax.text, tried(syntax, [insertion(4, '= ')], parser))).toBe(
      'refused: the result would not be valid Python',
    );
    const crossing = [
      { span: { start: 0, end: 3 }, text: 'c' },
      { span: { start: 2, end: 4 }, text: 'd' },
    ];
    expect(shown(syntax.text, tried(syntax, crossing, parser))).toBe('refused: the changes overlap');
    expect(shown(syntax.text, tried(syntax, [insertion(6, '"""'), insertion(11, '"""')], parser))).toBe(
      'refused: the change would reach further than intended',
    );
  });
});
