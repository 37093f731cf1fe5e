import { describe, expect, it } from 'vitest';
import { facts } from '../../support/check.ts';

function branches(body: string): readonly string[] {
  return facts(`class A:\n    def f(self, k):\n        ${body.trim().replaceAll('\n', '\n        ')}\n`)
    .branches;
}

describe('tests that hold in a branch', () => {
  it.each([
    ['if self.x is None: pass', 'if isNone self.x'],
    ['if self.x == None: pass', 'if isNone self.x'],
    ['if self.x is not None: pass', 'if isNotNone self.x'],
    ['if self.x: pass', 'if truthy self.x'],
    ['if not self.x: pass', 'if falsy self.x'],
    ['if not (self.x is None): pass', 'if isNotNone self.x'],
    ['if k in self.d: pass', 'if contains self.d k'],
    ['if k not in self.d: pass', 'if lacks self.d k'],
    ['if k in self.d.keys(): pass', 'if contains self.d k'],
    ['if self.d.get(k): pass', 'if contains self.d k'],
    ['if len(self.d): pass', 'if truthy self.d'],
    ['if len(self.d) == 0: pass', 'if falsy self.d'],
    ['if len(self.d) > 3: pass', 'if truthy self.d'],
    ['if self.q.empty(): pass', 'if falsy self.q'],
    ['if hasattr(self, "x"): pass', 'if hasAttribute self.x'],
    ['if self.n > 3: pass', 'if compares self.n'],
    ['while self.n > 3: pass', 'loop compares self.n'],
  ])('`%s`', (body, branch) => {
    expect(branches(body)).toEqual([branch]);
  });

  it('`else` holds the opposite, `elif` what was left and its own', () => {
    expect(branches('if self.x is None: pass\nelif self.y: pass\nelse: pass')).toEqual([
      'if isNone self.x',
      'else isNotNone self.x',
      'if truthy self.y',
      'else falsy self.y',
    ]);
  });

  it('`and` holds both, `or` neither for sure but its second operand when the first failed', () => {
    expect(branches('if self.x is None and not self.y: pass')).toEqual([
      'if isNone self.x',
      'if isNone self.x, falsy self.y',
    ]);
    expect(branches('if self.x is None or self.y: pass\nelse: pass')).toEqual([
      'if isNotNone self.x',
      'else isNotNone self.x, falsy self.y',
    ]);
  });

  it('an early exit leaves its opposite to what follows', () => {
    expect(branches('if self.x is not None:\n    return self.x\nself.x = 1')).toEqual([
      'if isNotNone self.x',
      'rest isNone self.x',
    ]);
    expect(branches('for i in k:\n    if self.x: continue\n    self.x = 1')).toEqual([
      'if truthy self.x',
      'rest falsy self.x',
    ]);
  });

  it('a local that was read from a place stands for it', () => {
    expect(branches('v = self.x\nif v is None: pass')).toEqual(['if isNone self.x via local:v']);
    expect(branches('v = self.d.get(k)\nif v is None: pass')).toEqual(['if lacks self.d k via local:v']);
    expect(branches('if (v := self.d.get(k)) is None: pass')).toEqual(['if lacks self.d k via local:v']);
    expect(branches('v = self.x\nv = 1\nif v is None: pass')).toEqual([]);
  });

  it('a handler of KeyError knows that the key was missing', () => {
    expect(branches('try:\n    self.d[k]\nexcept KeyError:\n    pass')).toEqual([
      'except caughtMissing self.d k',
    ]);
    expect(branches('try:\n    self.d[k]\nexcept (ValueError, LookupError):\n    pass')).toEqual([
      'except caughtMissing self.d k',
    ]);
    expect(branches('try:\n    self.d[k]\nexcept ValueError:\n    pass')).toEqual([]);
    expect(branches('try:\n    self.x\nexcept AttributeError:\n    pass')).toEqual([
      'except lacksAttribute self.x',
    ]);
  });

  it('conditional expressions and comprehension conditions are branches', () => {
    expect(branches('r = self.x if self.x else 1')).toEqual(['if truthy self.x', 'else falsy self.x']);
    expect(branches('[i for i in k if self.x]')).toEqual(['if truthy self.x']);
    expect(branches('self.x = self.x or 1')).toEqual(['if falsy self.x']);
  });

  it('a test knows the lock under which it was made', () => {
    const { summary } = facts(
      'class A:\n    def f(self):\n        with self._lock:\n            if self.x is None: pass\n',
    );
    expect(summary.tests.map(({ lockset }) => summary.locksets[lockset]!.must.length)).toEqual([1, 1]);
  });

  it('a local of nobody else is no test', () => {
    expect(branches('v = 1\nif v is None: pass\nif k: pass')).toEqual([]);
  });
});
