import { describe, expect, it } from 'vitest';
import { facts, heldByName, testText } from '../../support/check.ts';

/** The tests that hold at each call of `here`, after the locks held since they were made. */
function inForce(body: string): readonly string[] {
  const { summary } = facts(
    `class A:\n    def f(self, k):\n        ${body.trim().replaceAll('\n', '\n        ')}\n`,
  );
  const held = heldByName(summary);
  return summary.calls
    .filter(({ callee }) => summary.paths[callee]!.last === 'here')
    .map(({ fact }) =>
      held
        .testsAt(fact)
        .map(
          ({ test, locks, weak }) =>
            [...locks].map((lock) => `[${lock}] `).join('') +
            `${weak ? 'perhaps ' : ''}${testText(summary, test)}`,
        )
        .join(', '),
    );
}

describe('tests in force', () => {
  it.each([
    ['if self.x is None: k.here()', 'isNone self.x'],
    ['if self.x == None: k.here()', 'isNone self.x'],
    ['if self.x is not None: k.here()', 'isNotNone self.x'],
    ['if self.x: k.here()', 'truthy self.x'],
    ['if not self.x: k.here()', 'falsy self.x'],
    ['if not (self.x is None): k.here()', 'isNotNone self.x'],
    ['if k in self.d: k.here()', 'contains self.d k'],
    ['if k not in self.d: k.here()', 'lacks self.d k'],
    ['if k in self.d.keys(): k.here()', 'contains self.d k'],
    ['if self.d.get(k): k.here()', 'contains self.d k'],
    ['if len(self.d): k.here()', 'truthy self.d'],
    ['if len(self.d) == 0: k.here()', 'falsy self.d'],
    ['if len(self.d) > 3: k.here()', 'truthy self.d'],
    ['if self.q.empty(): k.here()', 'falsy self.q'],
    ['if hasattr(self, "x"): k.here()', 'hasAttribute self.x'],
    ['if self.n > 3: k.here()', 'orders self.n'],
    ['while self.n > 3: k.here()', 'orders self.n'],
    ['assert self.x\nk.here()', 'truthy self.x'],
    ['r = k.here() if self.x else 1', 'truthy self.x'],
    ['r = 1 if self.x else k.here()', 'falsy self.x'],
    ['[k.here() for i in k if self.x]', 'truthy self.x'],
    ['self.x = self.x or k.here()', 'falsy self.x'],
  ])('`%s`', (body, tests) => {
    expect(inForce(body)).toEqual([tests]);
  });

  it('`else` holds the opposite, `elif` what was left and its own', () => {
    expect(inForce('if self.x is None: k.here()\nelif self.y: k.here()\nelse: k.here()')).toEqual([
      'isNone self.x',
      'isNotNone self.x, truthy self.y',
      'isNotNone self.x, falsy self.y',
    ]);
  });

  it('`and` holds both; past it either may have failed', () => {
    expect(inForce('if self.x is None and not self.y: k.here()\nelse: k.here()')).toEqual([
      'isNone self.x, falsy self.y',
      'perhaps isNotNone self.x, perhaps truthy self.y',
    ]);
    expect(inForce('if not k and self.y in self.d: pass\nelse: k.here()')).toEqual([
      'perhaps lacks self.d self.y',
    ]);
  });

  it('`or` holds either; past it neither holds', () => {
    expect(inForce('if self.x is None or self.y: k.here()\nelse: k.here()')).toEqual([
      'perhaps isNone self.x, perhaps truthy self.y',
      'isNotNone self.x, falsy self.y',
    ]);
    expect(inForce('if self.x is None or k.here(): pass')).toEqual(['isNotNone self.x']);
  });

  it('an early exit leaves its opposite to what follows', () => {
    expect(inForce('if self.x is not None:\n    return self.x\nk.here()')).toEqual(['isNone self.x']);
    expect(inForce('for i in k:\n    if self.x: continue\n    k.here()')).toEqual(['falsy self.x']);
    expect(inForce('while True:\n    if self.x: break\nk.here()')).toEqual(['truthy self.x']);
  });

  it('nothing is known where the ways have met again, or after a store', () => {
    expect(inForce('if self.x: g()\nk.here()')).toEqual(['']);
    expect(inForce('if self.x is None:\n    self.x = 1\n    k.here()')).toEqual(['']);
    expect(inForce('if k not in self.d:\n    self.d[k] = 1\n    k.here()')).toEqual(['']);
    expect(inForce('if k not in self.d:\n    self.d[j] = 1\n    k.here()')).toEqual(['lacks self.d k']);
  });

  it('a local that was read from a place stands for it', () => {
    expect(inForce('v = self.x\nif v is None: k.here()')).toEqual(['isNone self.x via local:v']);
    expect(inForce('v = self.d.get(k)\nif v is None: k.here()')).toEqual(['lacks self.d k via local:v']);
    expect(inForce('if (v := self.d.get(k)) is None: k.here()')).toEqual(['lacks self.d k via local:v']);
    expect(inForce('v = self.x\nv = 1\nif v is None: k.here()')).toEqual(['']);
  });

  it('a handler of KeyError knows that the key was missing', () => {
    expect(inForce('try:\n    self.d[k]\nexcept KeyError:\n    k.here()')).toEqual([
      'caughtMissing self.d k',
    ]);
    expect(inForce('try:\n    self.d[k]\nexcept (ValueError, LookupError):\n    k.here()')).toEqual([
      'caughtMissing self.d k',
    ]);
    expect(inForce('try:\n    return self.d[k]\nexcept KeyError:\n    pass\nk.here()')).toEqual([
      'caughtMissing self.d k',
    ]);
    expect(inForce('try:\n    self.d[k]\nexcept ValueError:\n    k.here()')).toEqual(['']);
    expect(inForce('try:\n    self.x\nexcept AttributeError:\n    k.here()')).toEqual([
      'lacksAttribute self.x',
    ]);
  });

  it('a test keeps the locks that were held without a break since it was made', () => {
    expect(inForce('with self.l:\n    if self.x is None: k.here()')).toEqual(['[self.l] isNone self.x']);
    expect(inForce('if self.x is None:\n    with self.l: k.here()')).toEqual(['isNone self.x']);
    expect(inForce('with self.l:\n    v = self.x\nif v is None:\n    with self.l: k.here()')).toEqual([
      'isNone self.x via local:v',
    ]);
  });

  it('a local of nobody else is no test', () => {
    expect(inForce('v = 1\nif v is None: k.here()\nif k: k.here()')).toEqual(['', '']);
  });
});
