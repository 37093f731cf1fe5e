import { describe, expect, it } from 'vitest';
import { facts } from '../../support/check.ts';

/** The changes that a body of a method makes, and its copies and iterations. */
function changesIn(body: string): readonly string[] {
  return facts(`class A:\n    def f(self, k, v):\n        ${body.replaceAll('\n', '\n        ')}\n`).changes;
}

describe('accesses', () => {
  it.each([
    ['self.n = v', 'write self.n ='],
    ['del self.n', 'delete self.n del'],
    ['self.d[k] = v', 'mutate self.d []= key k'],
    ['del self.d[k]', 'mutate self.d del [] key k'],
    ['self.l.append(v)', 'mutate self.l append key v'],
    ['self.d.pop(k)', 'mutate self.d pop key k'],
    ['self.d.pop(k, None)', 'mutate self.d pop default key k'],
    ['self.d.setdefault(k, [])', 'mutate self.d setdefault key k'],
    ['self.a.b.c = v', 'write self.a.b.c ='],
    ['(self.n) = v', 'write self.n ='],
    ['for self.n in (): pass', 'write self.n ='],
    ['with v as self.n: pass', 'write self.n = [local:v]'],
  ])('`%s` is a change of its place', (body, access) => {
    expect(changesIn(body)).toEqual([access]);
  });

  it('`a, b = …` and `a = b = …` write every target', () => {
    expect(changesIn('self.x, (self.y, *self.z) = v')).toEqual([
      'write self.x =',
      'write self.y =',
      'write self.z =',
    ]);
    expect(changesIn('self.x = self.y = v')).toEqual(['write self.y =', 'write self.x =']);
  });

  it.each([
    ['self.n += 1', 'update self.n +='],
    ['self.n //= 2', 'update self.n //='],
    ['self.n = self.n + 1', 'update self.n ='],
    ['self.n = 1 + self.n', 'update self.n ='],
    ['self.d[k] += 1', 'update self.d += key k'],
    ['self.d[k] = self.d[k] + 1', 'update self.d []= key k'],
    ['self.d[k] = self.d.get(k, 0) + 1', 'update self.d []= key k call between'],
    ['old = self.n\nself.n = old + 1', 'update self.n ='],
    ['old = self.d.get(k, 0)\nself.d[k] = old + 1', 'update self.d []= key k call between'],
  ])('`%s` reads, computes and stores again', (body, access) => {
    expect(changesIn(body)).toEqual([access]);
  });

  it('a copy with one more element is an update of the name', () => {
    expect(changesIn('self.d = {**self.d, k: v}')).toEqual(['snapshot self.d {**}', 'update self.d =']);
    expect(changesIn('self.l = [*self.l, v]')).toEqual(['snapshot self.l [*]', 'update self.l =']);
  });

  it('reaches objects and containers through locals, parameters and results', () => {
    expect(changesIn('k.n += 1')).toEqual(['update local:k.n +=']);
    expect(changesIn('one = self.state\none.n = v')).toEqual(['write local:one.n =']);
    expect(changesIn('k[v] = 1\nk.append(v)\nfor one in k: pass')).toEqual([
      'mutate local:k []= key v',
      'mutate local:k append key v',
      'iterate local:k for',
    ]);
    expect(changesIn('self.get(k).n += 1')).toEqual(['update self.get(local:k).n +=']);
    expect(changesIn('k = v')).toEqual([]);
  });

  it('is no update when the value does not come from the place', () => {
    expect(changesIn('self.n = self.m + 1')).toEqual(['write self.n =']);
    expect(changesIn('self.d[k] = self.d[v]')).toEqual(['mutate self.d []= key k']);
    expect(changesIn('old = self.n\nold = v\nself.n = old + 1')).toEqual(['write self.n =']);
    expect(changesIn('self.n = self.n')).toEqual([]);
  });

  it('says when other code runs between the read and the write', () => {
    expect(changesIn('self.n += v()')).toEqual(['update self.n += call between']);
    expect(changesIn('self.n = max(self.n, v)')).toEqual(['update self.n = call between']);
    expect(changesIn('self.n += len(v)')).toEqual(['update self.n +=']);
    expect(changesIn('old = self.n\nv()\nself.n = old + 1')).toEqual(['update self.n = call between']);
    expect(facts('class A:\n    async def f(self):\n        self.n += await g\n').changes).toEqual([
      'update self.n += call between',
    ]);
  });

  it('reads say how they are used', () => {
    const { summary } = facts(`
n = 0
def f():
    n()
    g(n)
    a = n
    if n: pass
    n.m()
    with n: pass
    return n
`);
    expect(summary.accesses.slice(1).map(({ use }) => use)).toEqual([
      'called',
      'argument',
      'assigned',
      'tested',
      'method',
      'lock',
      'returned',
    ]);
  });

  it.each([
    'for x in self.d: pass',
    '[x for x in self.d]',
    'for x in self.d.items(): pass',
    'for i, x in enumerate(self.d): pass',
    'for x in reversed(self.d): pass',
    'for x, y in zip(self.d, ()): pass',
    'tuple(self.d)',
    'sum(self.d)',
    'max(self.d)',
    '",".join(self.d)',
    'copy.deepcopy(self.d)',
  ])('`%s` steps through the container', (body) => {
    expect(facts(`import copy\nclass A:\n    def f(self, v):\n        ${body}\n`).changes).toEqual([
      expect.stringMatching(/^iterate self\.d /),
    ]);
  });

  it.each([
    'list(self.d)',
    'set(self.d)',
    'sorted(self.d)',
    'list(self.d.items())',
    'self.d.copy()',
    'self.d[:]',
    'copy.copy(self.d)',
    'for x in list(self.d): pass',
    'for x in self.d.copy(): pass',
    'f(*self.d)',
  ])('`%s` copies the container in one step', (body) => {
    expect(facts(`import copy\nclass A:\n    def f(self):\n        ${body}\n`).changes).toEqual([
      expect.stringMatching(/^snapshot self\.d /),
    ]);
  });

  it('does not take a shadowed built-in for the real one', () => {
    expect(facts('def list(x): pass\nclass A:\n    def f(self):\n        list(self.d)\n').changes).toEqual(
      [],
    );
  });
});
